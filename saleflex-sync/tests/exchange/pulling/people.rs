//! What a hub says of people beside what the till knows of them, and what it waits for.

use saleflex_core::{
    customer::{Address, Gender, Purpose},
    document::{Command, TakeTender},
    ids::CustomerId,
    money::Money,
    tender::TenderKind,
};
use saleflex_store::{
    customer::NewCustomer,
    outbox::{Limits, Settlement},
};
use saleflex_sync::{
    outbox::{Claim, Outbox as _},
    plan::Came,
    till::TakenOver,
    wire::Change,
};
use serde_json::json;

use super::{Market, grace, now, row};
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

    /// The rows that the till tells beside the events that wait, as a hub keeps them that takes these.
    fn told(&self) -> Vec<Change> {
        let mut outbox = shop::outbox(&self.till);
        let claimed = outbox.claim(&Claim::at(now())).unwrap();
        let sent =
            |no| (no, saleflex_sync::outbox::Settlement::Sent { is_duplicate: false, flags: Vec::new() });
        outbox.settle(now(), &claimed.iter().map(|event| sent(event.no)).collect::<Vec<_>>()).unwrap();
        let people = claimed.iter().flat_map(|event| &event.item.people);
        let change = |person: &saleflex_sync::wire::Person| {
            // Whose row it is stands beside what it says.
            let mut said = person.0.clone();
            said.remove("id");
            row("customers", person.id().unwrap().as_u128(), said.into())
        };
        people.map(change).collect()
    }
}

#[test]
fn whom_a_till_tells_of_is_the_same_at_another_and_makes_no_news_where_they_come_from() {
    let (mut here, mut there) = (Market::open(), Market::open());
    let text = |text: &str| Some(text.to_owned());
    let mut new = NewCustomer::named("N-7", "Ida Rhodes");
    new.details.phone = text(PHONE);
    new.details.email = text("ida@example.com");
    new.details.address =
        Address { street: text("Quay 1"), area: text("Port"), town: text("İzmir"), zip: text("35000") };
    new.details.note = text("by telephone");
    new.details.date_of_birth = "1990-05-01".parse().ok();
    new.details.gender = Some(Gender::PreferNotToSay);
    (new.details.national_id, new.details.tax_id) = (text("1"), text("2"));
    new.details.preferences = ["vip".to_owned(), "tea".to_owned()].into();
    let ida = here.till.add_customer(&new).unwrap();
    here.till.record_consent(ida, Purpose::Sms, true, "v3").unwrap();
    let rows = here.told();
    assert_eq!((rows.len(), &rows[1].row["sms_consent"]), (2, &json!(true)));
    // A hub hands out a row as it stands.
    there.change([rows[1].clone()]);
    there.pull();
    assert_eq!(there.take_over(), TakenOver { taken: 1, ..TakenOver::default() });
    let details = |market: &Market| market.till.person(ida).unwrap().unwrap().details;
    assert_eq!(details(&there), details(&here));
    assert_eq!(there.till.customer_with_code("N-7").unwrap().map(|known| known.id), Some(ida));
    let end = *here.till.chain_head();
    here.change([rows[1].clone()]);
    here.pull();
    assert_eq!(here.take_over(), TakenOver { taken: 1, ..TakenOver::default() });
    assert_eq!(*here.till.chain_head(), end, "it says what the till said");
    assert!(there.told().is_empty(), "nobody is sent back");
}

#[test]
fn nobody_goes_because_a_hub_gives_out_all_that_it_has_without_them_and_whoever_it_put_away_does() {
    let mut market = Market::open();
    let ida = market.till.add_customer(&NewCustomer::named("N-7", "Ida Rhodes")).unwrap();
    let bob = market.till.add_customer(&NewCustomer::named("N-8", "Bob Noyce")).unwrap();
    let rows = market.told();
    market.change(rows.clone());
    market.pull();
    market.take_over();
    // A copy that was made before anybody was known, but for one who is taken out of use at the hub.
    market.hub.forgotten = 100;
    let mut inbox = market.inbox();
    assert_eq!(market.page(&mut inbox), Came::CursorExpired);
    market.hub.forgotten = 0;
    market.hub.changes.clear();
    let mut gone = rows[1].clone();
    gone.is_deleted = true;
    market.change([gone]);
    market.pull();
    market.take_over();
    let is_live = |id| market.till.person(id).unwrap().unwrap().is_live();
    assert_eq!([ida, bob].map(is_live), [true, false]);
}

#[test]
fn a_code_that_is_anothers_here_keeps_nobody_away() {
    let mut market = Market::open();
    let bob = market.till.add_customer(&NewCustomer::named("N-7", "Bob Noyce")).unwrap();
    market.change([row("customers", 777, json!({"name": "Ida", "last_name": "Rhodes", "code": "N-7"}))]);
    market.pull();
    assert_eq!(market.take_over(), TakenOver { taken: 1, ..TakenOver::default() });
    assert_eq!(market.till.customer_with_code("N-7").unwrap().map(|known| known.id), Some(bob));
    let ida = market.till.find_customers("Rhodes", 10).unwrap().remove(0);
    assert_ne!(ida.code, "N-7");
    // The row comes once more, and says the same of her.
    let end = *market.till.chain_head();
    market.change([row(
        "customers",
        777,
        json!({"name": "Ida", "last_name": "Rhodes", "code": "N-7", "fax": 1}),
    )]);
    market.pull();
    market.take_over();
    assert_eq!(*market.till.chain_head(), end);
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
