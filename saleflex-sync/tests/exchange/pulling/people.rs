//! What a hub says of people beside what the till knows of them, and what it waits for.

use saleflex_core::{
    document::{Command, TakeTender},
    ids::CustomerId,
    money::Money,
    tender::TenderKind,
};
use saleflex_store::{
    customer::NewCustomer,
    outbox::{Limits, Settlement},
};
use saleflex_sync::till::TakenOver;
use serde_json::json;

use super::{Market, grace, now};
use crate::support::shop;

const PHONE: &str = "0532 111 22 33";

impl Market {
    /// Whoever is found by a name.
    fn named(&self, name: &str) -> Vec<CustomerId> {
        self.till.find_customers(name, 10).unwrap().iter().map(|one| one.id).collect()
    }

    /// Changes a customer as people of the till do, and the hub hears that somebody did.
    fn change_here(&mut self, id: CustomerId, new: &NewCustomer) {
        self.till.change_customer(id, new).unwrap();
        let mut outbox = self.till.outbox(shop::HUB).unwrap();
        let until = now() + chrono::TimeDelta::minutes(1);
        let claimed = outbox.claim(now(), until, Limits::default()).unwrap();
        let sent = Settlement::Sent { is_duplicate: false, flags: Vec::new() };
        let sent: Vec<_> = claimed.iter().map(|event| (event.no, sent.clone())).collect();
        outbox.settle(now(), &sent).unwrap();
    }
}

#[test]
fn what_no_till_reads_of_a_row_puts_nothing_in_the_place_of_what_was_changed_here() {
    let mut market = Market::open();
    market.change([grace(PHONE)]);
    market.pull();
    market.take_over();
    let known = market.till.find_customers("Hopper", 10).unwrap().remove(0);
    market.change_here(known.id, &NewCustomer::named(&known.code, "Grace Murray"));
    // The hub has heard what she agreed to, here or elsewhere, and tells it with the name that it knows.
    let agreed = || {
        let mut row = grace(PHONE);
        for purpose in ["sms", "email", "marketing"] {
            row.row.insert(format!("{purpose}_consent"), json!(true));
            row.row.insert(format!("{purpose}_consent_at"), json!("2025-04-06T08:00:00Z"));
        }
        row.row.insert("updated_at".to_owned(), json!("2025-04-06T08:01:00"));
        row
    };
    market.change([agreed()]);
    market.pull();
    assert_eq!(market.take_over(), TakenOver::default());
    assert_eq!((market.named("Murray"), market.named("Hopper")), (vec![known.id], Vec::new()));
    let mut renamed = agreed();
    renamed.row.insert("last_name".to_owned(), json!("King"));
    market.change([renamed]);
    market.pull();
    assert_eq!(market.take_over(), TakenOver { taken: 1, ..TakenOver::default() });
    assert_eq!((market.named("King"), market.named("Murray")), (vec![known.id], Vec::new()));
}

#[test]
fn whom_the_hub_takes_out_of_use_is_in_use_here_until_nothing_waits_for_them() {
    let mut market = Market::open();
    market.change([grace(PHONE)]);
    market.pull();
    market.take_over();
    let id = market.named("Hopper")[0];
    shop::add_a_line(&mut market.till);
    market.till.assign_customer(Some(id)).unwrap();
    market.till.execute(Command::Suspend { name: None }).unwrap();
    let mut gone = grace(PHONE);
    gone.is_deleted = true;
    market.change([gone]);
    market.pull();
    let held = TakenOver { held: 1, ..TakenOver::default() };
    assert_eq!(market.take_over(), held);
    assert_eq!(market.named("Hopper"), [id], "a document waits for her");
    let why = market.till.held_rows(shop::HUB, 10).unwrap().remove(0).held_for;
    assert!(why.contains("1 documents wait"), "{why}");
    let parked = market.till.suspended().unwrap()[0].id;
    market.till.resume(parked).unwrap();
    shop::pay(&mut market.till);
    assert_eq!(market.take_over(), TakenOver { taken: 1, ..TakenOver::default() });
    assert_eq!(market.named("Hopper"), []);
}

#[test]
fn whoever_owes_something_here_is_found_though_the_hub_took_them_out_of_use() {
    let mut market = Market::open();
    market.change([grace(PHONE)]);
    market.pull();
    market.take_over();
    let known = market.till.find_customers("Hopper", 10).unwrap().remove(0);
    let mut new = NewCustomer::named(&known.code, "Grace Hopper");
    new.account_limit = Some(Money::from_minor(1_000_000));
    market.change_here(known.id, &new);
    shop::add_a_line(&mut market.till);
    market.till.assign_customer(Some(known.id)).unwrap();
    market.till.execute(Command::TakeTender(TakeTender::balance(TenderKind::OnAccount))).unwrap();
    let mut gone = grace(PHONE);
    gone.is_deleted = true;
    market.change([gone]);
    market.pull();
    assert_eq!(market.take_over(), TakenOver { held: 1, ..TakenOver::default() });
    assert_eq!(market.named("Hopper"), [known.id], "somebody has to pay for it");
}
