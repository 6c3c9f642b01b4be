//! Every way a printer can fail while selling: the sale goes on, the message is clear, the paper comes later.

use std::{
    collections::VecDeque,
    io::{self, Write},
    sync::mpsc,
};

use super::*;

fn waits_for(spooler: &Spooler, is_reached: impl Fn(&QueueStatus) -> bool) -> QueueStatus {
    assert!(spooler.wait(LONG, is_reached), "{:?}", spooler.status());
    spooler.status()
}

fn all_printed(status: &QueueStatus) -> bool {
    status.waiting == 0
}

#[test]
fn a_receipt_comes_out_as_it_was_laid_out() {
    let device = virtual_printer();
    let spooler = spooler(MemoryJobs::new(), printer_at(device.address()));
    spooler.submit(receipt("Sale 1")).unwrap();
    let status = waits_for(&spooler, all_printed);
    assert_eq!(device.lines(), printed("Sale 1"));
    assert_eq!(status, QueueStatus { printed: 1, ..QueueStatus::default() });
    assert_eq!(device.unknown(), 0);
}

#[test]
fn a_printer_that_is_off_never_blocks_a_sale_and_prints_later() {
    let place = closed_port();
    let spooler = spooler(MemoryJobs::new(), printer_at(at(&place)));
    for sale in 1..=3 {
        spooler.submit(receipt(&format!("Sale {sale}"))).unwrap();
    }
    let status = waits_for(&spooler, |status| status.trouble.is_some());
    assert_eq!((status.waiting, status.trouble), (3, Some(Trouble::Unreachable)));
    assert_eq!(Trouble::Unreachable.to_string(), "cannot be reached: is it on and connected?");

    let device = VirtualPrinter::start(&place, 48).unwrap();
    spooler.retry_now();
    let status = waits_for(&spooler, all_printed);
    assert_eq!(status.trouble, None);
    let expected = (1..=3).flat_map(|sale| without_drawer(&printed(&format!("Sale {sale}"))));
    assert_eq!(device.lines(), expected.collect::<Vec<_>>(), "in order, unmarked, and the drawer stays shut");
}

#[test]
fn a_ticket_cut_in_the_middle_is_printed_again_whole_and_marked() {
    let device = virtual_printer();
    let spooler = spooler(MemoryJobs::new(), printer_at(device.address()));
    device.set_mood(Mood::CutsAfter(40));
    spooler.submit(receipt("Sale 1")).unwrap();
    waits_for(&spooler, all_printed);
    let lines = device.lines();
    let torn = lines.len() - repeated("Sale 1").len();
    assert_eq!(lines[torn..], repeated("Sale 1"));
    assert!(torn > 0 && !lines[..torn].contains(&"[cut]".to_owned()), "{lines:?}");
    assert_eq!(lines.iter().filter(|line| *line == "[drawer]").count(), 1, "the drawer opened once");
}

#[test]
fn paper_out_and_an_open_cover_pause_the_queue_and_say_so() {
    let device = virtual_printer();
    let spooler = spooler(MemoryJobs::new(), printer_at(device.address()));
    for (mood, trouble, words) in [
        (Mood::PaperOut, Trouble::PaperOut, "is out of paper"),
        (Mood::CoverOpen, Trouble::CoverOpen, "has its cover open"),
    ] {
        device.set_mood(mood);
        let before = device.lines().len();
        spooler.submit(receipt("Sale 1")).unwrap();
        let status = waits_for(&spooler, |status| status.trouble == Some(trouble));
        assert_eq!((status.waiting, device.lines().len()), (1, before), "{trouble}");
        assert_eq!(trouble.to_string(), words);
        device.set_mood(Mood::Well);
        waits_for(&spooler, all_printed);
        assert_eq!(device.lines()[before..], without_drawer(&printed("Sale 1")));
    }
}

#[test]
fn a_roll_near_its_end_prints_and_warns() {
    let device = virtual_printer();
    device.set_mood(Mood::PaperLow);
    let spooler = spooler(MemoryJobs::new(), printer_at(device.address()));
    spooler.submit(receipt("Sale 1")).unwrap();
    let status = waits_for(&spooler, all_printed);
    assert!(status.is_paper_low && status.trouble.is_none());
    assert_eq!(device.lines(), printed("Sale 1"));
}

#[test]
fn a_device_that_talks_nonsense_or_nothing_gets_no_paper_and_a_clear_message() {
    let device = virtual_printer();
    for (mood, trouble) in [(Mood::Nonsense, Trouble::Nonsense), (Mood::Silent, Trouble::NoAnswer)] {
        device.set_mood(mood);
        let before = device.lines().len();
        let spooler = spooler(MemoryJobs::new(), patient_printer_at(device.address(), SHORT));
        spooler.submit(receipt("Sale 1")).unwrap();
        let status = waits_for(&spooler, |status| status.trouble.is_some());
        assert_eq!((status.trouble, status.waiting, device.lines().len()), (Some(trouble), 1, before));
        device.set_mood(Mood::Well);
        waits_for(&spooler, all_printed);
    }
}

/// A printer that holds each step until it is told how the step ends.
struct Held {
    steps: mpsc::Receiver<Result<(), Trouble>>,
    begun: mpsc::Sender<Printout>,
}

impl Printer for Held {
    fn prepare(&mut self) -> Result<Readiness, Trouble> {
        Ok(Readiness::default())
    }

    fn print(&mut self, printout: &Printout) -> Result<(), Trouble> {
        self.begun.send(printout.clone()).map_err(|_| Trouble::CutOff)?;
        self.steps.recv().unwrap_or(Err(Trouble::CutOff))
    }
}

fn held() -> (Held, mpsc::Sender<Result<(), Trouble>>, mpsc::Receiver<Printout>) {
    let (tell, steps) = mpsc::channel();
    let (begun, papers) = mpsc::channel();
    (Held { steps, begun }, tell, papers)
}

#[test]
fn a_slow_printer_holds_back_no_sale() {
    let (printer, tell, began) = held();
    let spooler = spooler(MemoryJobs::new(), printer);
    spooler.submit(receipt("Sale 1")).unwrap();
    began.recv_timeout(LONG).unwrap();
    for sale in 2..=100 {
        spooler.submit(receipt(&format!("Sale {sale}"))).unwrap();
    }
    assert_eq!(spooler.status().waiting, 100, "the first is still on its way to the paper");
    (0..100).for_each(|_| tell.send(Ok(())).unwrap());
    waits_for(&spooler, all_printed);
}

#[test]
fn a_job_that_always_breaks_off_is_given_up_and_those_behind_it_are_printed() {
    let (printer, tell, began) = held();
    let spooler = spooler(MemoryJobs::new(), printer);
    spooler.submit(receipt("Sale 1")).unwrap();
    spooler.submit(receipt("Sale 2")).unwrap();
    (0..MOST_BEGINNINGS).for_each(|_| tell.send(Err(Trouble::CutOff)).unwrap());
    tell.send(Ok(())).unwrap();
    let status = waits_for(&spooler, |status| status.printed == 1);
    assert_eq!((status.waiting, status.failed), (0, 1));
    let papers: Vec<Printout> = began.try_iter().collect();
    assert_eq!(papers[0], receipt("Sale 1").printout);
    for paper in &papers[1..5] {
        assert_eq!(*paper, receipt("Sale 1").printout.marked("REPEATED PRINT"));
    }
    assert_eq!(papers[5], receipt("Sale 2").printout.without_drawer());
    tell.send(Ok(())).unwrap();
    spooler.retry_failed().unwrap();
    let status = waits_for(&spooler, |status| status.printed == 2);
    assert_eq!(status.failed, 0);
    assert_eq!(began.try_iter().last().unwrap(), receipt("Sale 1").printout.marked("REPEATED PRINT"));
}

/// A place on a disk that fails.
struct NoPlace;

impl PrintJobs for NoPlace {
    fn add(&mut self, _: &[NewJob], _: Option<i64>) -> Result<Vec<JobNo>, JobsError> {
        Err(saleflex_store::Error::DiskFull.into())
    }

    fn next(&mut self) -> Result<Option<PrintJob>, JobsError> {
        Ok(None)
    }

    fn begin(&mut self, no: JobNo) -> Result<(), JobsError> {
        Err(JobsError::Unknown(no))
    }

    fn end(&mut self, no: JobNo, _: JobState) -> Result<(), JobsError> {
        Err(JobsError::Unknown(no))
    }

    fn count(&self, _: JobState) -> Result<usize, JobsError> {
        Ok(0)
    }

    fn requeue_failed(&mut self) -> Result<(), JobsError> {
        Ok(())
    }
}

#[test]
fn a_till_whose_disk_is_full_says_that_the_paper_cannot_be_kept() {
    let spooler = spooler(NoPlace, printer_at(at(&closed_port())));
    let error = spooler.submit(receipt("Sale 1")).unwrap_err();
    assert_eq!(error.to_string(), "print jobs cannot be kept");
}

#[test]
fn a_printer_that_does_not_tell_how_it_is_is_believed() {
    let device = virtual_printer();
    device.set_mood(Mood::Silent);
    let format = Format::EscPos(Profile::mm80(CodePage::Pc857));
    let printer = AddressedPrinter::new(device.address(), format, false, Patience::default());
    let spooler = spooler(MemoryJobs::new(), printer);
    spooler.submit(receipt("Sale 1")).unwrap();
    waits_for(&spooler, all_printed);
    assert_eq!(device.wait_for_lines(3, LONG).len(), 1);
    assert_eq!(device.lines(), printed("Sale 1"));
}

#[test]
fn a_printer_that_does_not_tell_when_it_has_printed_prints_each_ticket_once() {
    let device = virtual_printer();
    device.set_mood(Mood::StatusAlone);
    // Long enough for what it does answer.
    let spooler = spooler(MemoryJobs::new(), patient_printer_at(device.address(), SHORT * 5));
    for (sale, printed) in [("Sale 1", 1), ("Sale 2", 2)] {
        spooler.submit(receipt(sale)).unwrap();
        let status = waits_for(&spooler, |status| status.printed == printed || status.trouble.is_some());
        assert_eq!(status, QueueStatus { printed, ..QueueStatus::default() });
    }
    assert_eq!(device.lines(), [printed("Sale 1"), printed("Sale 2")].concat());
}

/// A printer that says that nothing is wrong, and tells of each ticket whether the paper lasted so long after it was asked, or
/// not at all.
fn slow_printer(answers: [Option<(Duration, u8)>; 3]) -> Address {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = at(&listener.local_addr().unwrap().to_string());
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut heard, mut byte) = (Vec::new(), [0]);
            while stream.read(&mut byte).is_ok_and(|count| count == 1) {
                heard.push(byte[0]);
                let said = if heard.ends_with(&[0x1d, b'r', 1]) {
                    answer.map(|(after, status)| {
                        let (_nobody, says) = mpsc::channel::<()>();
                        let _over = says.recv_timeout(after);
                        status
                    })
                } else {
                    matches!(heard.as_slice(), [.., 0x10, 0x04, _]).then_some(0x12)
                };
                // A till that has hung up meanwhile is what the test looks for.
                let _lost = said.map(|status| stream.write_all(&[status]));
            }
        }
    });
    address
}

#[test]
fn a_printer_that_told_once_when_it_had_printed_is_waited_for_from_then_on() {
    let patience = Patience { answer: SHORT * 3, printing: SHORT * 12 };
    let at_once = Some((Duration::ZERO, 0));
    // The paper ends while it still prints: told after two answers' time, and before it is given up.
    let late = Some((SHORT * 7, 0x0c));
    let address = slow_printer([at_once, None, late]);
    let format = Format::EscPos(Profile::mm80(CodePage::Pc857));
    let mut printer = AddressedPrinter::new(address, format, true, patience);
    let papers = [(); 3].map(|()| printer.print(&receipt("Sale 1").printout));
    assert_eq!(papers, [Ok(()), Ok(()), Err(Trouble::PaperOut)]);
}

/// A connection to a printer that tells its sensors, and is silent on all else.
struct Sensed {
    statuses: [u8; 4],
    said: VecDeque<u8>,
}

impl Read for Sensed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer[0] = self.said.pop_front().ok_or(io::ErrorKind::TimedOut)?;
        Ok(1)
    }
}

impl Write for Sensed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let [0x10, 0x04, number] = bytes {
            self.said.push_back(self.statuses[usize::from(*number) - 1]);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_printer_that_is_silent_after_printing_is_believed_as_far_as_its_sensors_tell() {
    let patience = Patience { answer: SHORT, printing: SHORT };
    let after = |statuses| paper_after_printing(&mut Sensed { statuses, said: VecDeque::new() }, patience);
    assert_eq!(after([0x12; 4]), Ok(Told::NoTrouble));
    assert_eq!(after([0x12, 0x32, 0x12, 0x7e]), Err(Trouble::PaperOut));
}

#[test]
fn paper_goes_to_files_as_text_bytes_and_pages_and_none_is_lost_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let print = |name: &str, format: Format| {
        let path = folder.path().join(name);
        let mut printer =
            AddressedPrinter::new(Address::File(path.clone()), format, true, Patience::default());
        for title in ["Sale 1", "Sale 2"] {
            printer.prepare().unwrap();
            printer.print(&receipt(title).printout).unwrap();
        }
        String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
    };
    let text = print("paper.txt", Format::Text { columns: 20 });
    assert_eq!(text, "       Sale 1\nÇay           ₺18.50\n       Sale 2\nÇay           ₺18.50\n");
    let bytes = print("paper.bin", Format::EscPos(Profile::mm80(CodePage::Pc857)));
    assert_eq!(bytes.matches("\x1b@").count(), 2);
    let page = print("paper.html", Format::Html { language: "tr".into() });
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("Sale 1") && page.contains("Sale 2"));
}

#[test]
fn a_drawer_opens_without_paper_and_tells_whether_it_was_left_open() {
    let device = virtual_printer();
    let mut drawer = PrinterDrawer {
        address: device.address(),
        pin: saleflex_core::printout::escpos::DrawerPin::Two,
        open_level: Some(false),
        patience: LONG,
    };
    drawer.open().unwrap();
    assert_eq!(device.wait_for_lines(0, LONG), ["[drawer]"]);
    assert_eq!(drawer.is_open(), Ok(Some(true)), "its switch is at the level of an open drawer");
    drawer.open_level = Some(true);
    assert_eq!(drawer.is_open(), Ok(Some(false)));
    drawer.open_level = None;
    assert_eq!(drawer.is_open(), Ok(None));
    drawer.address = at(&closed_port());
    assert_eq!(drawer.open(), Err(Trouble::Unreachable));
}

#[test]
fn a_drawer_that_stands_open_is_told_until_somebody_shuts_it() {
    let device = virtual_printer();
    // Its switch is low while the drawer is open.
    let printer = printer_at(device.address()).watching(Some(false));
    let options = SpoolerOptions { drawer_pause: SHORT, ..SpoolerOptions::new("REPEATED PRINT") };
    let spooler = Spooler::start(Box::new(MemoryJobs::new()), Box::new(printer), options);
    spooler.submit(receipt("Sale 1")).unwrap();
    assert!(waits_for(&spooler, |status| status.is_drawer_open).is_drawer_open);
    device.set_mood(Mood::DrawerShut);
    waits_for(&spooler, |status| !status.is_drawer_open);
    // Paper that opens no drawer asks nothing.
    device.set_mood(Mood::Well);
    let mut copy = receipt("Sale 2");
    copy.printout = copy.printout.without_drawer();
    spooler.submit(copy).unwrap();
    let status = waits_for(&spooler, |status| status.printed == 2);
    assert!(!status.is_drawer_open);
}
