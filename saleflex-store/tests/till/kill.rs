//! A real till in a real process, killed without warning while it sells.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command as Program, Stdio},
};

use saleflex_core::{
    document::Command, ids::DocumentNumber, money::Money, settings::RecoveryRule, tender::TenderKind,
};
use saleflex_store::{Till, history::parse_number, shell::SystemShell, verify::Verification};

use crate::support::shop::{CASHIER, MANAGER, Shop, cash, pay, sell, sell_some, suspend};

/// Set in the process that sells.
const PATH: &str = "SALEFLEX_TEST_SELLER";
const SEED: &str = "SALEFLEX_TEST_SEED";
/// What the seller puts before a sale that is done and on disk.
const DONE: &str = "DONE ";
/// What it puts before the last place of the journal and the open document that a command left.
const LEFT: &str = "LEFT ";
/// How often the seller is killed.
const KILLS: u64 = 200;
/// A new till is taken after so many kills, so that looking through its journal stays short.
const KILLS_A_TILL: u64 = 20;

/// Numbers that look random and are the same in every run with the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn shell() -> SystemShell {
    SystemShell::try_new("Europe/Istanbul", 4).unwrap()
}

/// Sells until it is killed, and says what is done.
fn seller(path: &Path, seed: u64) -> ! {
    let mut till = Till::open(path, shell()).unwrap();
    let mut dice = Dice(seed);
    till.log_in(MANAGER.0, MANAGER.1).unwrap();
    let mut out = std::io::stdout();
    loop {
        let done = match dice.below(20) {
            0 => till.execute(suspend()),
            1 => till.execute(Command::Cancel { reason: None }),
            2 => match till.suspended().unwrap().first().map(|parked| parked.id) {
                Some(parked) => till.resume(parked),
                None => continue,
            },
            3 => {
                let _ = till.close_period(None, None);
                continue;
            }
            4..8 => till.execute(cash()),
            8..10 => till.execute(pay(TenderKind::CreditCard, 100)),
            10..13 => till.execute(sell_some("A", "2")),
            13..16 => till.execute(sell("D")),
            _ => till.execute(sell("B")),
        };
        // What a rule stands against is refused; that is no matter here.
        let Ok(done) = done else { continue };
        // Said first: the blow often falls as soon as a sale is heard of.
        writeln!(out, "{LEFT}{}", left(&till)).unwrap();
        for completed in done.completed() {
            let document = completed.document();
            writeln!(out, "{DONE}{} {}", document.number, document.totals.net_due.minor()).unwrap();
        }
        out.flush().unwrap();
    }
}

/// The last place of a till's journal and the document that stands open, in one line.
fn left(till: &Till) -> String {
    format!("{} {}", till.chain_head().seq, serde_json::to_string(&till.draft()).unwrap())
}

/// What a seller said before it was killed.
#[derive(Default)]
struct Said {
    sales: Vec<(DocumentNumber, Money)>,
    /// What its last command left.
    left: Option<String>,
}

impl Said {
    /// Hears the seller up to its next sale; whether there was one.
    fn hear(&mut self, lines: &mut impl Iterator<Item = std::io::Result<String>>) -> bool {
        for line in lines.map_while(Result::ok) {
            if let Some((_, left)) = line.split_once(LEFT) {
                self.left = Some(left.to_owned());
            } else if let Some((_, sale)) = line.split_once(DONE) {
                let (number, net_due) = sale.split_once(' ').unwrap();
                let net_due = Money::from_minor(net_due.parse().unwrap());
                self.sales.push((parse_number(number).unwrap(), net_due));
                return true;
            }
        }
        false
    }
}

/// Starts a seller, kills it after so many sales and answers what it said.
fn sell_and_kill(path: &Path, seed: u64, sales: u64) -> Said {
    let mut seller = Program::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "kill::a_killed_till_has_every_sale_it_acknowledged_and_at_most_one_more",
            "--nocapture",
        ])
        .env(PATH, path)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(seller.stdout.take().unwrap()).lines();
    let mut said = Said::default();
    for _ in 0..sales {
        assert!(said.hear(&mut lines), "the seller ended by itself");
    }
    // It goes on selling meanwhile, so the blow falls anywhere.
    seller.kill().unwrap();
    assert_eq!(seller.wait().unwrap().signal(), Some(9));
    while said.hear(&mut lines) {}
    said
}

/// Every completed document of a till with what was owed for it.
fn sold(till: &Till) -> BTreeMap<DocumentNumber, Money> {
    let mut sold = BTreeMap::new();
    for closure in 1..=till.period().number.0 {
        let documents = till.documents(saleflex_core::ids::ClosureNumber(closure)).unwrap();
        for head in documents.iter().filter(|head| !head.is_cancelled) {
            assert_eq!(sold.insert(head.number, head.net_due), None, "{} is there twice", head.number);
        }
    }
    sold
}

#[test]
fn a_killed_till_has_every_sale_it_acknowledged_and_at_most_one_more() {
    if let Some(path) = std::env::var_os(PATH) {
        let seed = std::env::var(SEED).unwrap().parse().unwrap();
        seller(Path::new(&path), seed);
    }
    let seed = std::env::var(SEED).ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_250_406);
    println!("seed {seed}");
    let mut dice = Dice(seed);
    let mut drafts_back = 0;
    for _ in 0..KILLS / KILLS_A_TILL {
        let (_folder, path) = Shop::with_rule(RecoveryRule::Continue).stopped();
        let mut known = BTreeMap::new();
        for _ in 0..KILLS_A_TILL {
            let sales = dice.below(4);
            let said = sell_and_kill(&path, dice.below(u64::MAX >> 33), sales);
            let till = Till::open(&path, shell()).unwrap();
            let sold = sold(&till);
            known.extend(said.sales);
            // Another place means that the command in whose midst it was killed is on disk.
            let place = format!("{} ", till.chain_head().seq);
            if let Some(said) = said.left.filter(|left| left.starts_with(&place)) {
                assert_eq!(left(&till), said, "the open document is back");
                drafts_back += 1;
            }
            let more: Vec<_> = sold.iter().filter(|(number, _)| !known.contains_key(number)).collect();
            assert!(more.len() <= 1, "never acknowledged: {more:?}");
            for (number, net_due) in &known {
                assert_eq!(sold.get(number), Some(net_due), "{number} was acknowledged");
            }
            known = sold;
        }
        let mut till = Till::open(&path, shell()).unwrap();
        let found = till.verify().unwrap();
        assert!(matches!(found, Verification::Whole(_)), "{found:?}");
        // And it sells.
        till.log_in(CASHIER.0, CASHIER.1).unwrap();
        till.execute(sell("A")).unwrap();
        till.execute(cash()).unwrap();
    }
    println!("{drafts_back} of {KILLS} times nothing was on disk that had not been said");
    assert!(drafts_back > KILLS / 4);
}
