use super::*;

#[test]
fn an_address_reads_as_it_is_written() {
    for (text, shown) in [
        ("tcp:192.168.1.50", "tcp:192.168.1.50:9100"),
        ("tcp:printer:9101", "tcp:printer:9101"),
        ("serial:/dev/ttyUSB0", "serial:/dev/ttyUSB0:9600,8n1"),
        ("serial:/dev/ttyS1:19200,7E2", "serial:/dev/ttyS1:19200,7e2"),
        ("device:/dev/usb/lp0", "device:/dev/usb/lp0"),
        ("spooler:receipts", "spooler:receipts"),
        ("file:paper.bin", "file:paper.bin"),
    ] {
        let address: Address = text.parse().unwrap();
        assert_eq!(address.to_string(), shown);
        assert_eq!(shown.parse(), Ok(address));
    }
}

#[test]
fn what_is_no_address_is_named() {
    let error = |text: &str| text.parse::<Address>().unwrap_err();
    assert_eq!(error("lpt1"), AddressError::Kind("lpt1".into()));
    assert_eq!(error("usb:1"), AddressError::Kind("usb:1".into()));
    assert_eq!(error("tcp:"), AddressError::Place("tcp".into()));
    assert_eq!(error("tcp:host:port"), AddressError::Port("port".into()));
    for line in ["fast", "9600,9n1", "9600,8x1", "9600,8n3", "9600,8n12", "1"] {
        assert_eq!(error(&format!("serial:/dev/ttyS0:{line}")), AddressError::Line(line.into()));
    }
}

#[test]
fn a_place_that_is_not_there_is_unreachable() {
    for text in [
        "spooler:no such queue",
        "device:/nowhere/lp0",
        "serial:/nowhere/ttyS0",
        "file:/nowhere/paper",
        "tcp:127.0.0.1:1",
    ] {
        let opened = text.parse::<Address>().unwrap().open(SHORT);
        assert_eq!(opened.err(), Some(Trouble::Unreachable), "{text}");
    }
}
