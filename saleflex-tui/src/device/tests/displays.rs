use chrono::DateTime;

use super::*;
use crate::device::{
    customer_display::{self, CustomerDisplay, PageDisplay, TerminalDisplay},
    line_display::{self, EscPosDisplay, LineDisplay},
    slides::slide_at,
};

/// Listens once and gives all that was sent before the line was closed.
fn listener() -> (Address, thread::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = at(&listener.local_addr().unwrap().to_string());
    let read = thread::spawn(move || {
        let (mut stream, _): (TcpStream, _) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        bytes
    });
    (address, read)
}

#[test]
fn a_slide_stays_for_as_long_as_it_is_to_and_the_first_follows_the_last() {
    let at = |second| DateTime::from_timestamp(second, 0).unwrap();
    let turns = |count, stay| [0, 9, 10, 29, 30, -1].map(|second| slide_at(count, stay, at(second)));
    let stay = Duration::from_secs(10);
    assert_eq!(turns(3, stay), [0, 0, 1, 2, 0, 2].map(Some));
    assert_eq!(turns(2, stay), [0, 0, 1, 0, 1, 1].map(Some));
    for (count, stay) in [(3, Duration::ZERO), (1, stay), (0, stay)] {
        assert_eq!(turns(count, stay), [None; 6], "{count}");
    }
}

const SIZE: DisplaySize = DisplaySize { columns: 8, rows: 2 };

#[test]
fn a_line_display_is_set_up_once_then_cleared_and_written_line_by_line() {
    let (address, read) = listener();
    let mut display = EscPosDisplay::new(address, SIZE, CodePage::Pc857, LONG);
    display.show(&["Çay     ".into(), "  ₺18.50".into()]).unwrap();
    display.show(&["too long for it".into()]).unwrap();
    drop(display);
    let first = b"\x1b@\x1bt\x0d\x0c\x1f$\x01\x01\x80ay     \x1f$\x01\x02  TL18.5";
    let second = b"\x0c\x1f$\x01\x01too long";
    assert_eq!(read.join().unwrap(), [&first[..], second].concat());
}

#[test]
fn a_display_that_is_off_holds_back_no_sale_and_shows_the_newest_when_it_is_back() {
    let place = closed_port();
    let display = EscPosDisplay::new(at(&place), SIZE, CodePage::Pc437, SHORT);
    let mailbox = line_display::in_background(Box::new(display), Duration::from_millis(5));
    for line in ["first", "second", "newest"] {
        mailbox.bring(vec![line.to_owned()]);
    }
    let listener = TcpListener::bind(&place).unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    assert!(mailbox.wait_until_shown(1, LONG));
    assert_eq!(mailbox.trouble(), None);
    drop(mailbox);
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    assert!(bytes.ends_with(b"newest"), "{bytes:?}");
}

fn view(text: &str) -> Printout {
    let mut view = Printout::new();
    for line in text.lines() {
        view.line(line);
    }
    view
}

#[test]
fn a_page_on_the_second_screen_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("customer.html");
    let mut display =
        PageDisplay { path: path.clone(), title: "Corner Market".into(), language: "en".into(), logo: None };
    display.show(&view("Tea")).unwrap();
    display.show(&view("Tea\nCake <3")).unwrap();
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.contains("Cake &lt;3") && page.contains("http-equiv=\"refresh\" content=\"1\""));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half written is left");
}

#[test]
fn a_second_terminal_shows_the_end_of_a_long_document() {
    let (address, read) = listener();
    let mut display = TerminalDisplay { address, columns: 20, rows: 2, patience: LONG };
    display.show(&view("one\ntwo\nthree")).unwrap();
    assert_eq!(read.join().unwrap(), b"\x1b[2J\x1b[Htwo\r\nthree");
    let off = TerminalDisplay { address: at(&closed_port()), columns: 20, rows: 2, patience: SHORT };
    let mailbox = customer_display::in_background(Box::new(off), Duration::from_millis(5));
    mailbox.bring(view("one"));
    assert!(!mailbox.wait_until_shown(1, SHORT));
    assert_eq!(mailbox.trouble(), Some(Trouble::Unreachable));
}
