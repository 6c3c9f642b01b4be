//! Every screen in a real terminal, by keyboard alone, in every language.

#![allow(clippy::wildcard_enum_match_arm, reason = "a walk follows the few actions that lead somewhere")]

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use saleflex_tui::{
    action::{Action, Screen},
    form::{Form, Forms},
    registry,
    text::Text,
};

use crate::common::terminal::{ENTER, ESCAPE, Terminal, shop};

/// Screens that stand before a log-in.
const ELSEWHERE: [&str; 2] = ["LOGIN", "SETUP"];
/// Control and b, which begins a return.
const CONTROL_B: &str = "\x02";

/// The bytes that a terminal sends for a key.
fn bytes(key: &str) -> Option<String> {
    Some(match key.to_lowercase().as_str() {
        "enter" => ENTER.to_owned(),
        "ins" | "insert" => "\x1b[2~".to_owned(),
        "f3" => "\x1bOR".to_owned(),
        "f4" => "\x1bOS".to_owned(),
        "f5" => "\x1b[15~".to_owned(),
        "f6" => "\x1b[17~".to_owned(),
        "f7" => "\x1b[18~".to_owned(),
        "f8" => "\x1b[19~".to_owned(),
        "f10" => "\x1b[21~".to_owned(),
        key if key.chars().count() == 1 => key.to_owned(),
        _ => return None,
    })
}

struct Walk {
    terminal: Terminal,
    text: &'static Text,
    forms: Forms,
    seen: BTreeSet<String>,
}

impl Walk {
    fn title(&self, form: &str) -> String {
        let form = self.forms.get(form).unwrap();
        self.text.caption(form.caption.as_ref().unwrap()).to_owned()
    }

    /// Waits until the title bar names a form.
    fn at(&mut self, form: &str) {
        let title = format!("| {}  ", self.title(form));
        self.terminal.until(&format!("{form} ({title})"), |screen| {
            screen.lines().next().is_some_and(|line| format!("{line}  ").contains(&title))
        });
        self.seen.insert(form.to_owned());
    }

    /// Where a button leads, and the key that presses it.
    fn ways(form: &Form) -> Vec<(String, String)> {
        let mut ways = Vec::new();
        for control in &form.controls {
            let (Some(function), Some(key)) = (&control.first, control.hotkey) else { continue };
            let Some(bytes) = bytes(&key.to_string()) else { continue };
            let target = match &function.action {
                Action::Go(Screen::Form(target)) => target.to_string(),
                Action::Go(Screen::Sale) => "SALE".to_owned(),
                Action::Row(event) => match leads_to(event) {
                    Some(target) => target.to_owned(),
                    None => continue,
                },
                _ => continue,
            };
            ways.push((target, bytes));
        }
        ways
    }

    /// Goes everywhere that buttons lead from here, and comes back.
    fn from(&mut self, name: &str) {
        let form = self.forms.get(name).unwrap().clone();
        for (target, key) in Self::ways(&form) {
            if self.seen.contains(&target) || target == name {
                continue;
            }
            self.terminal.send(&key);
            self.at(&target);
            self.from(&target);
            self.terminal.send(ESCAPE);
            self.at(name);
        }
    }
}

/// The record that a button of a list shows.
fn leads_to(event: &str) -> Option<&'static str> {
    let known = [
        ("SELECT_CASHIER", "CASHIER_CONFIG"),
        ("PRODUCT_DETAIL", "PRODUCT_DETAIL"),
        ("CUSTOMER_DETAIL", "CUSTOMER_DETAIL"),
        ("PRODUCT_MATRIX", "STOCK_MATRIX"),
        ("CUSTOMER_POINTS", "POINTS_GRANT"),
        ("CUSTOMER_CARD", "MEMBER_CARD"),
        ("CUSTOMER_REFERRAL", "REFERRAL"),
        ("CUSTOMER_MERGE_ROW", "CUSTOMER_MERGE"),
        ("CUSTOMER_ERASE_ROW", "CUSTOMER_ERASE"),
        ("CAMPAIGN_DETAIL", "CAMPAIGN"),
        ("SEGMENT_DETAIL", "SEGMENT_DETAIL"),
        ("SEGMENT_MEMBER_ROW", "SEGMENT_MEMBER"),
        ("STOCK_LIMITS_ROW", "STOCK_LIMITS"),
        ("CLOSURE_DETAIL_OF", "CLOSURE_DETAIL"),
        ("RECEIPTS_OF_CLOSURE", "CLOSURE_RECEIPTS"),
        ("STOCK_ARRIVAL_ROW", "STOCK_ARRIVAL"),
        ("STOCK_PICK_ROW", "STOCK_PICK"),
        ("CLOCK_CORRECT", "PUNCH"),
        ("TIPS_OF_CLOSURE", "TIP_POOL"),
        ("CORRECT_CLOSURE", "CLOSURE_CORRECTION"),
        ("CASHIER_RATE", "CASHIER_RATING"),
        ("SESSION_NOTE", "SESSION_NOTE"),
    ];
    known.into_iter().find(|(known, _)| *known == event).map(|(_, form)| form)
}

/// A sale and the Z report behind it, so that there is a period to look at, a parked document whose goods can be picked, and
/// goods on their way, so that some can arrive. The till takes its language from the locale it is made in.
fn prepare(folder: &Path, data: &Path, locale: &str) {
    let script = folder.join("day.sale");
    fs::write(&script, "login admin 1111\nsell 10106\npay cash 0.95\nsell 10106\nsuspend\nz 0.95\n").unwrap();
    let run = |arguments: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_saleflex"));
        program.args(["--time-zone", "UTC", "--data"]).arg(data).args(arguments);
        let done = program.env("LC_ALL", locale).env("SALEFLEX_SECRET", "1111").output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&[done.stdout, done.stderr].concat()));
    };
    run(&["sell", "--demo", "--script", &script.to_string_lossy()]);
    let ship = ["stock", "ship", "12303,6", "--from", "SALES-001-A", "--to", "BACK-001-A", "--user", "admin"];
    run(&ship);
}

#[test]
fn every_screen_is_reached_by_keyboard_alone_in_every_language() {
    for text in Text::all() {
        let (folder, data) = shop();
        let locale = if text.code == "tr" { "tr_TR.UTF-8" } else { "en_GB.UTF-8" };
        prepare(folder.path(), &data, locale);
        let mut terminal = Terminal::start(&data, (120, 40), &[("LC_ALL", locale)]);
        terminal.see("1111");
        terminal.send(&format!("1111{ENTER}"));
        let forms = Forms::built_in();
        let mut walk = Walk { terminal, text, forms, seen: BTreeSet::new() };
        walk.at("MAIN_MENU");
        // A closed period and a document in the open one, so that there are rows to look at.
        walk.terminal.send("1");
        walk.at("SALE");
        walk.terminal.send(&format!("10106{ENTER}"));
        walk.terminal.see("Baguette");
        walk.terminal.send("+");
        walk.terminal.until("the receipt", |screen| screen.contains("R 2 |") || screen.contains("F 2 |"));
        walk.terminal.send(ENTER);
        walk.terminal.until("an empty sale", |screen| !screen.contains("-0001-000001"));
        // A return is begun while nothing is rung up.
        walk.terminal.send(CONTROL_B);
        walk.at("REFUND");
        walk.terminal.send(ESCAPE);
        walk.at("SALE");
        walk.terminal.send(&format!("10106{ENTER}"));
        walk.terminal.see("1 x Baguette");
        // Payment and the reasons of campaigns need an open document.
        walk.terminal.send(&bytes("f10").unwrap());
        walk.at("PAYMENT");
        walk.terminal.send(ESCAPE);
        walk.at("SALE");
        walk.terminal.send("\x17");
        walk.at("WHY");
        walk.terminal.send(ESCAPE);
        walk.at("SALE");
        walk.terminal.send(ESCAPE);
        walk.at("MAIN_MENU");
        walk.from("MAIN_MENU");
        let unseen: Vec<String> = walk
            .forms
            .iter()
            .map(|form| form.name.clone())
            .filter(|name| !walk.seen.contains(name) && !ELSEWHERE.contains(&name.as_str()))
            .collect();
        assert!(unseen.is_empty(), "{}: {unseen:?}", text.code);
        assert!(unseen.iter().all(|name| registry::find(name).is_some()));
        drop(walk);
    }
}
