//! Serial lines, tried on pseudo-terminals.

use std::{fs::File, io::Write};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::*;
use crate::device::scanner::{AddressedScanner, ScanDecoder, Scanner};

/// A line whose other end is in the test.
fn line() -> (File, Address) {
    let far = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&far).unwrap();
    unlockpt(&far).unwrap();
    let name = ptsname(&far, Vec::new()).unwrap().into_string().unwrap();
    (File::from(far), format!("serial:{name}:19200,8n1").parse().unwrap())
}

#[test]
fn bytes_go_through_a_serial_line_as_they_are() {
    let (mut far, address) = line();
    let mut near = address.open(LONG).unwrap();
    let every: Vec<u8> = (0..=255).collect();
    near.write_all(&every).unwrap();
    let mut read = [0; 256];
    far.read_exact(&mut read).unwrap();
    assert_eq!(read.to_vec(), every);
    far.write_all(&every).unwrap();
    near.read_exact(&mut read).unwrap();
    assert_eq!(read.to_vec(), every);
}

#[test]
fn a_line_on_which_nothing_comes_gives_up() {
    let (_far, address) = line();
    let mut near = address.open(SHORT).unwrap();
    let error = near.read(&mut [0; 8]).unwrap_err();
    assert_eq!(Trouble::working(&error), Trouble::NoAnswer);
}

#[test]
fn a_serial_scanner_is_read_and_waited_for() {
    let (mut far, address) = line();
    let scanner = |patience| AddressedScanner::new(address.clone(), ScanDecoder::default(), patience);
    assert_eq!(scanner(SHORT).read(), Ok(None), "nobody scans");
    let mut scanner = scanner(LONG);
    far.write_all(b"]E04006381333931\r\n20001\r").unwrap();
    let mut codes = Vec::new();
    while codes.len() < 2 {
        codes.extend(scanner.read().unwrap().map(|scan| scan.code));
    }
    assert_eq!(codes, ["4006381333931", "20001"]);
}
