//! The real program in a real terminal.

use std::path::Path;

#[cfg(unix)]
use saleflex_store::{
    Till,
    shell::ManualShell,
    verify::{Verification, Whole},
};

use crate::common::{
    masked::masked,
    terminal::{DOWN, ENTER, ESCAPE, Terminal, shop},
};

#[test]
fn from_log_in_to_the_z_report_in_a_real_terminal() {
    from_log_in_to_the_z_report((80, 24), "");
}

#[test]
fn from_log_in_to_the_z_report_in_a_large_terminal() {
    from_log_in_to_the_z_report((120, 40), "_120x40");
}

/// A day of one sale, its screens compared under names that end as given.
fn from_log_in_to_the_z_report(size: (u16, u16), ending: &str) {
    let (_folder, data) = shop();
    let mut terminal = Terminal::start(&data, size, &[]);
    terminal.see("The till is ready");
    insta::assert_snapshot!(format!("login{ending}"), masked(&terminal.screen()));
    terminal.send(&format!("{DOWN}2222{ENTER}"));
    terminal.see("Parked documents");
    terminal.send(ENTER);
    terminal.see("Scan a barcode");
    terminal.send(&format!("3*10106{ENTER}"));
    terminal.see("3 x Baguette");
    terminal.send(&format!("5098101000017{ENTER}"));
    terminal.see("1 x White loaf");
    // F10, an amount, the letter of the card, then exactly the rest in cash.
    terminal.send("\x1b[21~");
    terminal.see("Gift card");
    terminal.send("200k");
    terminal.see("£2.00 left");
    insta::assert_snapshot!(format!("payment{ending}"), masked(&terminal.screen()));
    terminal.send("+");
    // A frame comes from top to bottom: what changed last is there when all of it is.
    terminal.until("the receipt", |screen| screen.contains("Paid. No change.") && screen.contains("R 2 |"));
    insta::assert_snapshot!(format!("receipt{ending}"), masked(&terminal.screen()));
    terminal.send(ENTER);
    terminal.until("an empty sale", |screen| screen.contains("Scan a barcode") && !screen.contains("Paid."));
    terminal.send(ESCAPE);
    terminal.see("Lock the till");
    terminal.send("4");
    terminal.see("Cash drop");
    terminal.send("z");
    terminal.see("Count the drawer");
    terminal.send(&format!("200{ENTER}"));
    terminal.see("Press Z for yes");
    terminal.send("z");
    terminal
        .until("the Z report", |screen| screen.contains("Z report, period 1") && screen.contains("C 2 |"));
    insta::assert_snapshot!(format!("z_report{ending}"), masked(&terminal.screen()));
    terminal.send(ESCAPE);
    terminal.until("the period", |screen| !screen.contains("Z report, period 1"));
    terminal.send("\x03");
    terminal.see("End the program?");
    terminal.send("y");
    let (_, code) = terminal.end();
    assert_eq!(code, 0);
}

#[test]
fn a_tiny_terminal_a_flood_of_digits_and_strange_letters_do_no_harm() {
    let (_folder, data) = shop();
    let mut terminal = Terminal::start(&data, (10, 5), &[]);
    terminal.see("enlarge");
    terminal.resize(120, 40);
    terminal.see("Priya Thornbury");
    terminal.send(&format!("{DOWN}{DOWN}3333{ENTER}"));
    terminal.see("Parked documents");
    terminal.send("1");
    terminal.see("Scan a barcode");
    terminal.send(&"7".repeat(10_000));
    terminal.see("The line is full.");
    terminal.send(ENTER);
    terminal.see("Nothing is known as 777");
    terminal.send(ESCAPE);
    terminal.until("an empty line", |screen| !screen.contains("777"));
    terminal.send(&format!("ÇAY漢字€{ENTER}"));
    terminal.see("Nothing is known as ÇAY漢字€.");
    // One of them asks for a coupon: what was refused is none.
    terminal.send("\x01\x0f\x1f\x00");
    terminal.see("the code of the coupon");
    terminal.send(ESCAPE);
    terminal.until("the sale", |screen| !screen.contains("the code of the coupon"));
    terminal.send(ESCAPE);
    terminal.until("an empty line", |screen| !screen.contains("ÇAY"));
    terminal.send(&format!("10106{ENTER}"));
    terminal.see("1 x Baguette");
    terminal.resize(10, 5);
    terminal.see("enlarge");
    terminal.resize(80, 24);
    terminal.see("Baguette");
}

#[test]
fn a_till_that_is_killed_in_a_sale_goes_on_where_it_was() {
    let (_folder, data) = shop();
    let mut terminal = Terminal::start(&data, (80, 24), &[]);
    terminal.see("The till is ready");
    terminal.send(&format!("4444{ENTER}"));
    terminal.see("wrong");
    terminal.send(&format!("{DOWN}{DOWN}{DOWN}4444{ENTER}"));
    terminal.see("Parked documents");
    terminal.send(&format!("110106{ENTER}"));
    terminal.see("1 x Baguette");
    terminal.child.kill().unwrap();
    terminal.end();
    let mut terminal = Terminal::start(&data, (80, 24), &[]);
    terminal.see("Tom Ashgrove");
    terminal.send(&format!("{DOWN}{DOWN}{DOWN}4444{ENTER}"));
    terminal.see("is open: go on with it");
    terminal.see("Baguette");
}

#[cfg(unix)]
#[test]
fn a_till_that_the_system_ends_gives_the_terminal_back() {
    let (_folder, data) = shop();
    let mut terminal = Terminal::start(&data, (80, 24), &[]);
    terminal.see("The till is ready");
    let id = terminal.child.process_id().unwrap();
    let told = std::process::Command::new("sh").args(["-c", &format!("kill -TERM {id}")]).status();
    assert!(told.unwrap().success());
    assert_eq!(terminal.ended(), 0);
    let said = String::from_utf8_lossy(&terminal.bytes).into_owned();
    // Its second screen, the mouse, and pasted text in brackets.
    for mode in ["1049", "1000", "2004"] {
        assert!(said.contains(&format!("\x1b[?{mode}h")), "{mode} was never on");
        assert!(said.contains(&format!("\x1b[?{mode}l")), "{mode} is still on");
    }
}

#[cfg(unix)]
#[test]
fn a_till_whose_terminal_is_closed_ends_and_leaves_its_file_to_the_next() {
    let (_folder, data) = shop();
    let mut terminal = Terminal::start(&data, (80, 24), &[]);
    terminal.see("The till is ready");
    terminal.close();
    is_whole(&data);
}

/// The till's file is free, and whole.
#[cfg(unix)]
fn is_whole(data: &Path) -> Whole {
    let now = "2025-04-06T09:30:00Z".parse().unwrap();
    let till = Till::open(data, ManualShell::starting(now, 7)).unwrap();
    match till.verify().unwrap() {
        Verification::Whole(whole) => whole,
        Verification::Tampered { seq, what } => panic!("event {seq}: {what}"),
    }
}

#[cfg(unix)]
#[test]
fn a_till_that_does_not_hear_its_terminal_close_sees_that_it_is_gone() {
    let (_folder, data) = shop();
    // As `nohup` starts it, with its output still on the terminal.
    let mut terminal = Terminal::through("trap '' HUP; exec \"$@\"", &data);
    terminal.see("The till is ready");
    assert_eq!(terminal.close(), 1);
    is_whole(&data);
}

#[cfg(unix)]
#[test]
fn a_screen_that_nobody_would_see_is_not_drawn() {
    let (folder, data) = shop();
    let written = folder.path().join("nohup.out");
    let line = format!("exec \"$@\" >'{}'", written.display());
    let (words, code) = Terminal::through(&line, &data).end();
    assert!(words.contains("a terminal is needed"), "{words}");
    assert_eq!((code, std::fs::read(written).unwrap().len()), (1, 0));
    assert!(!data.exists(), "no till is made");
}

#[test]
fn a_second_till_on_the_same_file_is_refused_in_words() {
    let (_folder, data) = shop();
    let mut first = Terminal::start(&data, (80, 24), &[]);
    first.see("The till is ready");
    let (words, code) = Terminal::start(&data, (200, 24), &[]).end();
    insta::assert_snapshot!("locked", words.replace(&data.display().to_string(), "FILE").trim());
    assert_eq!(code, 1);
    first.send("\x03");
    assert_eq!(first.end().1, 0);
}

#[test]
fn no_color_means_no_colour() {
    let colours = |environment: &[(&str, &str)]| {
        let (_folder, data) = shop();
        let mut terminal = Terminal::start(&data, (80, 24), environment);
        terminal.see("The till is ready");
        terminal.send(&format!("1{ENTER}"));
        terminal.see("wrong");
        let text = String::from_utf8_lossy(&terminal.bytes).into_owned();
        // A colour is set by `38;` or `48;`, or by 30 to 37 and 90 to 97.
        text.split("\x1b[").skip(1).filter_map(|piece| piece.split_once('m')).any(|(codes, _)| {
            codes.split(';').any(|code| {
                code.parse::<u8>().is_ok_and(|code| matches!(code, 30..=38 | 40..=48 | 90..=97 | 100..=107))
            })
        })
    };
    assert!(colours(&[]));
    assert!(!colours(&[("NO_COLOR", "1")]));
}

/// What a terminal shows once the program gave up on a file.
fn refused(spoil: impl FnOnce(&Path)) -> String {
    let (_folder, data) = shop();
    let mut terminal = Terminal::start(&data, (80, 24), &[]);
    terminal.see("The till is ready");
    terminal.send("\x03");
    assert_eq!(terminal.end().1, 0);
    spoil(&data);
    let before = std::fs::read(&data).unwrap();
    let (words, code) = Terminal::start(&data, (400, 24), &[]).end();
    assert_eq!(code, 1);
    assert!(std::fs::read(&data).unwrap() == before, "the file was touched");
    words.replace(&data.display().to_string(), "FILE").trim().to_owned()
}

/// Writes bytes over a place of a file.
fn overwrite(path: &Path, at: usize, bytes: &[u8]) {
    let mut file = std::fs::read(path).unwrap();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    std::fs::write(path, file).unwrap();
}

#[test]
fn a_file_of_a_newer_version_is_refused_in_words_and_left_alone() {
    // The version of a file stands at byte 60 of its header.
    let said = refused(|data| overwrite(data, 60, &99_u32.to_be_bytes()));
    // The version this program knows grows with it.
    let (before, after) = said.split_once("up to ").unwrap();
    insta::assert_snapshot!(format!("{before}up to N{}", after.trim_start_matches(char::is_numeric)));
}

#[test]
fn a_damaged_file_is_refused_in_words_and_left_alone() {
    insta::assert_snapshot!(refused(|data| {
        let length = std::fs::read(data).unwrap().len();
        for page in 2..length / 1_024 {
            overwrite(data, page * 1_024, &[0xff; 16]);
        }
    }));
}

#[test]
fn a_file_that_is_no_till_is_refused_in_words_and_left_alone() {
    insta::assert_snapshot!(refused(|data| std::fs::write(data, "Dear customer").unwrap()));
}

#[test]
fn lists_forms_and_settings_are_reached_from_the_menu_of_a_real_terminal_in_both_languages() {
    for (language, walk, ask, yes) in [
        (
            "en",
            ["Products", "Customers", "Price and stock", "Drawer", "Settings of this till"],
            "End the program?",
            "y",
        ),
        (
            "tr",
            ["Ürünler", "Müşteriler", "Fiyat ve stok", "Çekmece", "Bu kasanın ayarları"],
            "Program kapatılsın mı?",
            "e",
        ),
    ] {
        let (_folder, data) = shop();
        let environment = [("LC_ALL", if language == "tr" { "tr_TR.UTF-8" } else { "en_GB.UTF-8" })];
        let mut terminal = Terminal::start(&data, (80, 24), &environment);
        terminal.see("1111");
        terminal.send(&format!("1111{ENTER}"));
        terminal.see("Corner Market / 1 | Men");
        for (key, title) in ["p", "c", "i", "d"].into_iter().zip(walk) {
            terminal.send(key);
            terminal.until(title, |screen| screen.lines().next().is_some_and(|line| line.contains(title)));
            terminal.send(ESCAPE);
            terminal.see("Corner Market / 1 | Men");
        }
        terminal.send("s1");
        terminal.until(walk[4], |screen| screen.lines().next().is_some_and(|line| line.contains(walk[4])));
        terminal.send(ESCAPE);
        terminal.until("the settings", |screen| {
            !screen.lines().next().is_some_and(|line| line.contains(walk[4]))
        });
        terminal.send("\x03");
        terminal.see(ask);
        terminal.send(yes);
        assert_eq!(terminal.end().1, 0);
    }
}

#[cfg(unix)]
#[test]
fn a_script_is_carried_out_to_its_end_whoever_reads_along() {
    use std::process::{Command, Stdio};
    let (folder, data) = shop();
    let script = folder.path().join("day.sale");
    std::fs::write(&script, "login priya 3333\n".to_owned() + &"sell 10106\n".repeat(9) + "pay cash 50\n")
        .unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_saleflex"))
        .args(["sell", "--demo", "--time-zone", "UTC", "--data"])
        .arg(&data)
        .arg("--script")
        .arg(&script)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
    assert_eq!(is_whole(&data).documents, 1);
}
