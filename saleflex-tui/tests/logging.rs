//! The log: what a sale leaves in it, and what it never holds.
//!
//! A program of its own: whether an event is looked at is remembered for the whole process, and other tests have no log.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::{
    fs, io,
    path::Path,
    process::{Command, Output},
    sync::{Arc, Mutex},
};

use saleflex_core::{
    catalog::Named,
    document::{AddLine, Command as TillCommand, NoteKind, TakeTender},
    money::Money,
    tender::{TenderDetails, TenderKind},
};
use saleflex_store::{Till, demo, shell::ManualShell};
use saleflex_tui::{
    effect::{Act, Approver, Credentials, Desk, Effect, Question, Secret},
    text::Text,
};
use tempfile::TempDir;
use tracing_subscriber::fmt::MakeWriter;

fn program(folder: &TempDir, arguments: &[&str], log: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saleflex"));
    command.current_dir(folder).args(["--time-zone", "UTC", "--data", "till.saleflex"]).args(arguments);
    command.env("SALEFLEX_LOG", log).output().unwrap()
}

fn logged(folder: &Path) -> String {
    let Ok(entries) = fs::read_dir(folder) else { return String::new() };
    entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
}

/// What a test looks into afterwards.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const NAME: &str = "Ayse";
const PHONE: &str = "5321112233";
const REFERENCE: &str = "APPR-4111-1111";

/// A day with everything that is nobody's business: names, telephones, secrets, card references, reasons, notes.
fn a_day_of_secrets() {
    let mut clock = ManualShell::starting("2025-04-06T09:30:00Z".parse().unwrap(), 7);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.saleflex");
    let setup = demo::corner_market(&mut clock);
    let till = Till::create(&path, setup, clock.clone()).unwrap();
    let mut desk = Desk::new(Some(till), path, clock, Text::english());
    let who = |user_name: &str, secret: &str| Credentials {
        user_name: user_name.to_owned(),
        secret: secret.to_owned(),
    };
    let mut run = |effect: Effect| desk.run(effect).unwrap();
    run(Effect::LogIn(who("priya", "9876")));
    run(Effect::LogIn(who("priya", "3333")));
    run(Effect::Ask(Question::Customers(NAME.to_owned())));
    run(Effect::Ask(Question::Product(Named::Either, PHONE.to_owned())));
    let act = |command: TillCommand| Effect::act(Act::Command(command));
    run(act(TillCommand::AddLine(AddLine::code("10101"))));
    run(act(TillCommand::AddLine(AddLine::code(PHONE))));
    run(act(TillCommand::AddNote {
        kind: NoteKind::General,
        line: None,
        text: format!("call {NAME} {PHONE}"),
        on_receipt: false,
    }));
    let card = TakeTender {
        details: TenderDetails { reference: Some(REFERENCE.to_owned()), ..TenderDetails::default() },
        ..TakeTender::amount(TenderKind::CreditCard, Money::from_minor(10))
    };
    run(act(TillCommand::TakeTender(card)));
    let cancel = TillCommand::Cancel { reason: Some(format!("{NAME} changed her mind")) };
    let approver = Approver { credentials: who("morgan", "2222"), reason: Some(format!("{NAME} asked")) };
    run(Effect::Act { act: Box::new(Act::Command(cancel)), approver: Some(approver) });
    run(Effect::ChangeSecret { old: Secret("3333".to_owned()), new: Secret("7531".to_owned()) });
    run(Effect::LogOut);
}

#[test]
fn nothing_personal_and_no_secret_is_logged_at_any_level() {
    let sink = Sink::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        // Any four digits may stand in the fractions of a second.
        .without_time()
        .with_writer(sink.clone());
    tracing::subscriber::with_default(subscriber.finish(), a_day_of_secrets);
    let log = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    for what in ["LogIn", "AddLine", "TakeTender", "Customers", "refused", "ChangeSecret"] {
        assert!(log.contains(what), "{what} is not in\n{log}");
    }
    for secret in
        [NAME, PHONE, REFERENCE, "3333", "9876", "7531", "2222", "priya", "Priya", "morgan", "10101"]
    {
        assert!(!log.contains(secret), "{secret} is in\n{log}");
    }
}

#[test]
fn a_sale_is_logged_to_a_file_and_the_support_bundle_has_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("day.sale"),
        "login priya 3333\nsell 10101\ncustomer C001\npay cash 50\nsell 99999999\n",
    )
    .unwrap();
    let sold = program(&folder, &["sell", "--demo", "--keep-going", "--script", "day.sale"], "");
    assert_eq!(sold.status.code(), Some(3));
    let log = logged(&folder.path().join("till.logs"));
    for what in ["the program begins", "completed number=", "refused kind=\"Lookup\""] {
        assert!(log.contains(what), "{what} is not in\n{log}");
    }
    assert!(!log.contains("priya") && !log.contains("3333") && !log.contains("99999999"), "{log}");
    let doctor = program(&folder, &["doctor", "--quick", "--bundle", "bundle"], "");
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("logging    level info, 1 files"));
    assert_eq!(logged(&folder.path().join("bundle/logs")), log);
}

#[test]
fn how_much_is_logged_is_a_setting_and_the_variable_goes_before_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("day.sale"), "login priya 3333\nsell 10101\npay cash 50\n").unwrap();
    fs::write(folder.path().join("till.toml"), "[log]\nlevel = \"warn\"\n").unwrap();
    let logs = folder.path().join("till.logs");
    let sell = |log: &str| {
        let sold = program(&folder, &["sell", "--demo", "--script", "day.sale"], log);
        assert!(sold.status.success());
    };
    sell("");
    assert_eq!(logged(&logs), "");
    sell("info");
    assert!(logged(&logs).contains("completed"));
    fs::write(folder.path().join("till.toml"), "[log]\nlevel = \"off\"\n").unwrap();
    fs::remove_dir_all(&logs).unwrap();
    sell("");
    assert!(!logs.exists());
}

#[test]
fn old_files_go_by_themselves() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("day.sale"), "login priya 3333\n").unwrap();
    fs::write(folder.path().join("till.toml"), "[log]\ndays = 3\n").unwrap();
    let logs = folder.path().join("till.logs");
    fs::create_dir(&logs).unwrap();
    for day in 1..=9 {
        fs::write(logs.join(format!("saleflex.2024-01-0{day}.log")), "old").unwrap();
    }
    assert!(program(&folder, &["sell", "--demo", "--script", "day.sale"], "").status.success());
    assert_eq!(fs::read_dir(&logs).unwrap().count(), 3);
}

#[test]
fn a_log_that_cannot_be_written_stops_no_sale_and_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("day.sale"), "login priya 3333\nsell 10101\npay cash 50\n").unwrap();
    fs::write(folder.path().join("till.logs"), "no folder").unwrap();
    let sold = program(&folder, &["sell", "--demo", "--script", "day.sale"], "");
    assert!(sold.status.success());
    let said = String::from_utf8_lossy(&sold.stderr);
    assert!(said.starts_with("saleflex: ") && said.contains("till.logs cannot be written"), "{said}");
    assert_eq!(said.lines().count(), 1, "no library says it first: {said}");
}
