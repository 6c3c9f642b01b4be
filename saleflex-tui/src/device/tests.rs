use std::{
    io::Read,
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

use saleflex_core::printout::{
    Align, Cell, Printout, Row, Size, Table, code_page::CodePage, display::DisplaySize, escpos::Profile,
};

use super::{
    Trouble,
    address::{Address, AddressError},
    printer::{
        AddressedPrinter, Drawer, Format, Patience, Printer, PrinterDrawer, Readiness, Told,
        paper_after_printing,
    },
    queue::{JobNo, JobState, JobsError, MemoryJobs, NewJob, PrintJob, PrintJobs},
    simulator::{Mood, VirtualPrinter},
    spooler::{MOST_BEGINNINGS, QueueStatus, Spooler, SpoolerOptions},
};

mod addresses;
mod displays;
mod paper;
#[cfg(unix)]
mod ports;
mod printers;
mod queues;
mod scales;
mod scanners;

/// Longer than anything here takes; a test that waits so long has failed.
const LONG: Duration = Duration::from_secs(20);
/// Short, for devices that never answer.
const SHORT: Duration = Duration::from_millis(100);

fn virtual_printer() -> VirtualPrinter {
    VirtualPrinter::start("127.0.0.1:0", 48).unwrap()
}

fn printer_at(address: Address) -> AddressedPrinter {
    patient_printer_at(address, LONG)
}

fn patient_printer_at(address: Address, answer: Duration) -> AddressedPrinter {
    let patience = Patience { answer, printing: answer };
    AddressedPrinter::new(address, Format::EscPos(Profile::mm80(CodePage::Pc857)), true, patience)
}

fn spooler(jobs: impl PrintJobs + 'static, printer: impl Printer + 'static) -> Spooler {
    let options = SpoolerOptions {
        first_pause: Duration::from_millis(5),
        longest_pause: Duration::from_millis(20),
        ..SpoolerOptions::new("REPEATED PRINT")
    };
    Spooler::start(Box::new(jobs), Box::new(printer), options)
}

/// A little receipt that opens the drawer.
fn receipt(title: &str) -> NewJob {
    let mut printout = Printout::new();
    printout.drawer_kick();
    printout.title(title);
    printout.pair("Çay", "₺18.50");
    printout.cut();
    NewJob { document: None, title: title.to_owned(), printout }
}

/// What [`receipt`] looks like on paper.
fn printed(title: &str) -> Vec<String> {
    let title = " ".repeat((48 - title.len()) / 2) + title;
    vec!["[drawer]".into(), title, "Çay".to_owned() + &" ".repeat(38) + "TL18.50", "[cut]".into()]
}

fn without_drawer(lines: &[String]) -> Vec<String> {
    lines.iter().filter(|line| *line != "[drawer]").cloned().collect()
}

fn repeated(title: &str) -> Vec<String> {
    let mark = " ".repeat(14) + "** REPEATED PRINT **";
    [vec![mark], without_drawer(&printed(title))].concat()
}

/// An address at which nobody listens, but could.
fn closed_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn at(address: &str) -> Address {
    format!("tcp:{address}").parse().unwrap()
}
