//! A real till in a real process, killed without warning while it sells.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command as Program, Stdio},
};

use saleflex_core::{
    basket::GoodsState,
    document::{Command, Completed, Kind, ReturnLine},
    ids::{ClosureNumber, DocumentNumber, LineNo},
    money::Money,
    quantity::Quantity,
    settings::RecoveryRule,
    tender::TenderKind,
};
use saleflex_store::{
    Request, Till,
    history::{DocumentHead, parse_number},
    shell::SystemShell,
    verify::Verification,
};

use crate::support::shop::{MANAGER, Shop, cash, pay, sell, sell_some, suspend};

/// Set in the process that sells.
const PATH: &str = "SALEFLEX_TEST_SELLER";
const SEED: &str = "SALEFLEX_TEST_SEED";
/// What the seller puts before a document that is completed and on disk.
const DONE: &str = "DONE ";
/// What it puts before the last place of the journal and the open document that a command left.
const LEFT: &str = "LEFT ";
/// How often the seller is killed.
const KILLS: u64 = 200;
/// A new till is taken after so many kills, so that looking through its journal stays short. What a kill breaks stays
/// broken, so that looking once a till is enough.
const KILLS_A_TILL: u64 = 20;
/// A seller is killed after one to so many commands.
const MOST_COMMANDS: u64 = 15;
/// For how many turns of a loop it goes on behind that at most: a fraction of a millisecond.
const MOST_TURNS: u64 = 10_000;

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
        // What a rule stands against is refused; that is no matter here.
        let Some(finished) = command(&mut till, &mut dice) else { continue };
        for document in finished.iter().map(Completed::document) {
            writeln!(out, "{DONE}{} {}", document.number, document.totals.net_due.minor()).unwrap();
        }
        writeln!(out, "{LEFT}{}", left(&till)).unwrap();
        out.flush().unwrap();
    }
}

/// Some command of a day, and what it completed; none where it is refused or there is nothing to do it with.
fn command(till: &mut Till, dice: &mut Dice) -> Option<Vec<Completed>> {
    let request = match dice.below(24) {
        0 => Request::from(suspend()),
        1 => Command::Cancel { reason: None }.into(),
        2 => Request::resume(till.suspended().unwrap().first()?.id),
        3 => return till.close_period(None, None).ok().map(|_| Vec::new()),
        4..8 => cash().into(),
        8..10 => pay(TenderKind::CreditCard, 100).into(),
        10..13 => sell_some("A", "2").into(),
        13..16 => sell("D").into(),
        16..20 => sell("B").into(),
        _ => goods_back(till, dice)?,
    };
    till.execute(request).ok().map(|done| done.completed().to_vec())
}

/// One of the first line of some sale of the period comes back; none while a document is open.
fn goods_back(till: &Till, dice: &mut Dice) -> Option<Request> {
    if till.draft().is_some() {
        return None;
    }
    let mut documents = till.documents(till.period().number).unwrap();
    documents.retain(|head| head.kind == Kind::Sale && !head.is_cancelled);
    let chosen = dice.below(documents.len().max(1).try_into().unwrap());
    let sale = documents.get(usize::try_from(chosen).unwrap())?.id;
    let line = ReturnLine {
        line: LineNo(1),
        quantity: Quantity::ONE,
        state: GoodsState::New,
        restock: true,
        reason: None,
        serials: Vec::new(),
    };
    Some(Request::take_back(sale, vec![line]))
}

/// The last place of a till's journal and the document that stands open, in one line.
fn left(till: &Till) -> String {
    format!("{} {}", till.chain_head().seq, serde_json::to_string(&till.draft()).unwrap())
}

/// What a seller said before it was killed.
#[derive(Default)]
struct Said {
    documents: Vec<(DocumentNumber, Money)>,
    /// What its last command left.
    left: Option<String>,
}

impl Said {
    /// Hears the seller up to the end of its next command; whether there was one.
    fn hear(&mut self, lines: &mut impl Iterator<Item = std::io::Result<String>>) -> bool {
        for line in lines.map_while(Result::ok) {
            if let Some((_, document)) = line.split_once(DONE) {
                let (number, net_due) = document.split_once(' ').unwrap();
                let net_due = Money::from_minor(net_due.parse().unwrap());
                self.documents.push((parse_number(number).unwrap(), net_due));
            } else if let Some((_, left)) = line.split_once(LEFT) {
                self.left = Some(left.to_owned());
                return true;
            }
        }
        false
    }
}

/// Starts a seller, kills it after so many commands and so long a moment more, and answers what it said.
fn sell_and_kill(path: &Path, seed: u64, commands: u64, moment: u64) -> Said {
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
    for _ in 0..commands {
        assert!(said.hear(&mut lines), "the seller ended by itself");
    }
    // It goes on meanwhile, so that the blow falls anywhere in what comes next: a sale, a return, a closing.
    (0..moment).for_each(|_| std::hint::spin_loop());
    seller.kill().unwrap();
    assert_eq!(seller.wait().unwrap().signal(), Some(9));
    while said.hear(&mut lines) {}
    said
}

/// The completed documents of a till.
fn completed(till: &Till) -> impl Iterator<Item = DocumentHead> {
    let periods = (1..=till.period().number.0).map(ClosureNumber);
    periods.flat_map(move |period| till.documents(period).unwrap()).filter(|head| !head.is_cancelled)
}

/// Every completed document of a till with what was owed for it.
fn sold(till: &Till) -> BTreeMap<DocumentNumber, Money> {
    let mut sold = BTreeMap::new();
    for head in completed(till) {
        assert_eq!(sold.insert(head.number, head.net_due), None, "{} is there twice", head.number);
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
    let (mut drafts_back, mut returns) = (0, 0);
    for _ in 0..KILLS / KILLS_A_TILL {
        let (_folder, path) = Shop::with_rule(RecoveryRule::Continue).stopped();
        let mut known = BTreeMap::new();
        for _ in 0..KILLS_A_TILL {
            let (commands, moment) = (1 + dice.below(MOST_COMMANDS), dice.below(MOST_TURNS));
            let said = sell_and_kill(&path, dice.below(u64::MAX >> 33), commands, moment);
            let till = Till::open(&path, shell()).unwrap();
            let sold = sold(&till);
            known.extend(said.documents);
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
        // And it sells, once goods that were coming back are paid for.
        till.log_in(MANAGER.0, MANAGER.1).unwrap();
        if till.draft().is_some_and(|document| document.kind == Kind::Return) {
            till.execute(cash()).unwrap();
        }
        till.execute(sell("A")).unwrap();
        till.execute(cash()).unwrap();
        returns += completed(&till).filter(|head| head.kind == Kind::Return).count();
    }
    println!("{drafts_back} of {KILLS} times nothing was on disk that had not been said; {returns} returns");
    assert!(drafts_back > KILLS / 4);
    assert!(returns > 0, "goods never came back");
}
