//! The same of what a sender and a receiver write, who work beside the till.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use saleflex_store::{
    inbox::{PulledPage, PulledRow},
    outbox::{Failure, Limits, Outbox, Settlement},
    quotas::QuotaPolicy,
};
use uuid::Uuid;

use super::busy;
use crate::support::{
    shop::{Shop, cash, morning, sell},
    stopping::stop_beside,
};

const HUB: &str = "gate";
const DELIVERIES: &[&str] = &["delivery"];
const PULLED: &[&str] = &["pull", "inbox"];

fn waiting() -> Shop {
    let mut shop = busy();
    for code in ["A", "B"] {
        shop.execute(sell(code));
        shop.execute(cash());
    }
    shop
}

fn outbox(shop: &Shop) -> Outbox {
    shop.till.outbox(HUB).unwrap()
}

/// Takes what is due; answers the first numbers.
fn claim(shop: &Shop) -> [u64; 3] {
    let until = morning() + TimeDelta::seconds(60);
    let events = outbox(shop).claim(morning(), until, Limits::default()).unwrap();
    [events[0].no, events[1].no, events[2].no]
}

/// What becomes of three: one is delivered, one is put off, one is set aside.
fn settled([sent, later, aside]: [u64; 3]) -> [(u64, Settlement); 3] {
    let failure =
        || Failure { status: Some(422), code: "bad_document".to_owned(), detail: "because".to_owned() };
    let at = morning() + TimeDelta::minutes(5);
    [
        (sent, Settlement::Sent { is_duplicate: false, flags: vec!["gap".to_owned()] }),
        (later, Settlement::Retry { at, failure: failure() }),
        (aside, Settlement::Quarantined(failure())),
    ]
}

#[test]
fn a_sender_that_dies_has_taken_all_events_of_a_request_or_none() {
    let statements = stop_beside(waiting(), DELIVERIES, |shop| {
        claim(shop);
    });
    assert!(
        statements.iter().filter(|sql| sql.starts_with("UPDATE delivery")).count() >= 3,
        "{statements:?}"
    );
}

#[test]
fn what_became_of_a_request_is_written_down_whole_or_not_at_all() {
    let shop = waiting();
    let taken = claim(&shop);
    stop_beside(shop, DELIVERIES, |shop| outbox(shop).settle(morning(), &settled(taken)).unwrap());
    let shop = waiting();
    let taken = claim(&shop);
    stop_beside(shop, DELIVERIES, |shop| outbox(shop).give_back(&taken).unwrap());
}

#[test]
fn what_goes_once_more_does_so_whole_or_not_at_all() {
    let shop = waiting();
    let taken @ [.., aside] = claim(&shop);
    outbox(&shop).settle(morning(), &settled(taken)).unwrap();
    stop_beside(shop, DELIVERIES, |shop| assert!(outbox(shop).release(aside).unwrap()));
    // The hub lost what it was sent.
    let shop = waiting();
    let sent = claim(&shop).map(|no| (no, Settlement::Sent { is_duplicate: false, flags: Vec::new() }));
    outbox(&shop).settle(morning(), &sent).unwrap();
    stop_beside(shop, DELIVERIES, |shop| assert_eq!(outbox(shop).send_again(|_, _| false).unwrap(), 3));
}

fn page(cursor: &str, rows: [u128; 2]) -> PulledPage {
    let row = |id: u128| PulledRow {
        resource: "product_units".to_owned(),
        id: Uuid::from_u128(id),
        version: 7,
        is_deleted: false,
        was_taken: false,
        taken_as: None,
        held_for: None,
        fields: "{\"code\":\"BOX\"}".to_owned(),
    };
    let authority = Some(BTreeMap::from([("catalog".to_owned(), "gate".to_owned())]));
    PulledPage { rows: rows.map(row).into(), cursor: cursor.to_owned(), has_more: false, authority }
}

#[test]
fn a_page_stands_with_its_cursor_whole_or_not_at_all() {
    let keep = |shop: &Shop, page: &PulledPage| {
        shop.till.inbox(HUB).unwrap().keep(morning(), page).unwrap();
    };
    stop_beside(busy(), PULLED, |shop| keep(shop, &page("c7", [5, 6])));
    // What a snapshot does not hold is gone with its last page.
    let shop = busy();
    keep(&shop, &page("c7", [5, 6]));
    stop_beside(shop, PULLED, |shop| shop.till.inbox(HUB).unwrap().start_over().unwrap());
    let shop = busy();
    keep(&shop, &page("c7", [5, 6]));
    shop.till.inbox(HUB).unwrap().start_over().unwrap();
    stop_beside(shop, PULLED, |shop| keep(shop, &page("c9", [6, 8])));
}

#[test]
fn what_the_hub_lends_is_kept_whole_or_not_at_all() {
    stop_beside(busy(), &["quota", "quota_terms"], |shop| {
        let mut inbox = shop.till.inbox(HUB).unwrap();
        let request = inbox.quotas().unwrap();
        inbox.keep_quotas(morning(), (&request, QuotaPolicy::Refuse), &[]).unwrap();
    });
}
