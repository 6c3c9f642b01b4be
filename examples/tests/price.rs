//! A price that the company changes at a till that is connected: the question that waits at each hub hears of it, and one
//! pull brings it. No clock is looked at; how long it takes is measured by the benches.

use std::{thread, time::Duration};

use saleflex_core::{
    document::{AddLine, Command, TakeTender},
    tender::TenderKind,
};
use saleflex_gate::{
    relay::{self, RelayWorker},
    settings::{Profile, Settings, Upstream},
};
use saleflex_store::{Till, demo, shell::ManualShell};
use saleflex_sync::{
    inbox::Inbox,
    outbox::Outbox,
    plan::Step,
    till::{TillInbox, TillOutbox, take_over},
    transport::Transport,
    wire::Secret,
    worker::{
        Done, Instant, Worker,
        watch::{Heard, ask},
    },
};

use crate::shop::{Node, TILL, change_price, connection, node, opening, settle, to};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const MILK: &str = "10101";

struct Chain {
    gate: Node,
    office: Node,
    forwarding: RelayWorker,
    till: Till,
    sending: Worker<TillOutbox, TillInbox>,
    runtime: Runtime,
    _folder: TempDir,
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

impl Chain {
    /// Everybody has pulled once and waits for what comes.
    fn connected() -> Self {
        let runtime = runtime();
        let gate =
            node(&runtime, Settings { profile: Profile::Gate, ..Settings::default() }, "OFFICE").unwrap();
        let upstream = Upstream { address: "http://company".to_owned(), token: gate.secret.clone() };
        let settings = Settings { upstream: Some(upstream), ..Settings::default() };
        let office = node(&runtime, settings, TILL).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualShell::starting(opening(), 1);
        let setup = demo::corner_market(&mut clock.clone());
        let mut till = Till::create(folder.path().join("till.saleflex"), setup, clock).unwrap();
        till.log_in("admin", "1111").unwrap();
        till.add_connector("office").unwrap();
        let sending = connection(&till, &office).unwrap();
        let forwarding = relay::worker(&office.hub).unwrap();
        let mut chain = Self { gate, office, forwarding, till, sending, runtime, _folder: folder };
        change_price(&chain.runtime, &chain.gate, &chain.till, MILK, "1.55").unwrap();
        settle(&mut chain.forwarding, &mut to(&chain.gate, &chain.runtime), 1).unwrap();
        settle(&mut chain.sending, &mut to(&chain.office, &chain.runtime), 1).unwrap();
        take_over(&mut chain.till, "office", &[], 1_000).unwrap();
        assert_eq!(chain.price(), "1.55");
        chain
    }

    fn price(&self) -> String {
        self.till.catalog().product_by_code(MILK).unwrap().price().to_string()
    }

    /// The company changes the price while the store's hub and the till each wait for a word.
    fn change_heard_by_both(&mut self, price: &str) {
        let Self { gate, office, forwarding, till, sending, runtime, .. } = self;
        let (gate, office) = (&*gate, &*office);
        let own = TillInbox::new(till.inbox("office").unwrap());
        thread::scope(|threads| {
            let till_asks = threads.spawn(move || waits_at(office, &own));
            thread::scope(|threads| {
                let inbox = forwarding.inbox();
                let node_asks = threads.spawn(move || waits_at(gate, inbox));
                change_price(runtime, gate, till, MILK, price).unwrap();
                assert_eq!(node_asks.join().unwrap(), Heard::Change);
            });
            pull_once(forwarding, &mut to(gate, runtime));
            assert_eq!(till_asks.join().unwrap(), Heard::Change);
        });
        pull_once(sending, &mut to(office, runtime));
    }
}

/// Asks a hub until there is something to hear: it answers with nothing after a while.
fn waits_at(node: &Node, inbox: &impl Inbox) -> Heard {
    let (runtime, token) = (runtime(), Secret::new(&node.secret));
    loop {
        let heard = ask(inbox, &mut to(node, &runtime), Some(&token)).unwrap();
        if heard != Heard::Nothing {
            return heard;
        }
    }
}

/// What the one who heard does: exactly one page is due, and nothing else.
fn pull_once<O: Outbox, I: Inbox>(worker: &mut Worker<O, I>, hub: &mut dyn Transport) {
    worker.schedule_mut().pull_now();
    let elapsed = Duration::from_secs(3_600);
    let mut step = || worker.step(hub, Instant { elapsed, now: opening(), random: 0 }).unwrap();
    assert!(matches!(step(), Done::Step { step: Step::Pull, .. }));
    assert!(matches!(step(), Done::Nothing(_)));
}

#[test]
fn a_price_changed_at_the_companys_hub_is_at_the_till_after_one_word_and_one_pull() {
    let mut chain = Chain::connected();
    chain.change_heard_by_both("1.75");
    take_over(&mut chain.till, "office", &[], 1_000).unwrap();
    assert_eq!(chain.price(), "1.75");
}

#[test]
fn a_sale_that_is_open_keeps_the_price_it_began_with_and_the_next_has_the_new_one() {
    let mut chain = Chain::connected();
    chain.till.execute(Command::AddLine(AddLine::code(MILK))).unwrap();
    chain.change_heard_by_both("1.75");
    assert!(take_over(&mut chain.till, "office", &[], 1_000).unwrap().is_put_off);
    assert_eq!(chain.price(), "1.55");
    chain.till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash))).unwrap();
    assert!(!take_over(&mut chain.till, "office", &[], 1_000).unwrap().is_put_off);
    assert_eq!(chain.price(), "1.75");
}
