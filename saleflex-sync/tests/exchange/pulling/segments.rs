//! Segments of a hub at a till, and whom people put into them.

use saleflex_core::{
    customer::segment::{Criterion, Segment},
    ids::{CustomerId, SegmentId},
};
use saleflex_sync::wire::Change;
use serde_json::json;

use super::{Market, id, row};

const BEST: u128 = 90;
const NEW: u128 = 91;
const ADA: u128 = 80;

fn ada() -> Change {
    row("customers", ADA, json!({"code": "C-ADA", "name": "Ada", "last_name": "King"}))
}

fn best(criteria: Option<&str>) -> Change {
    let fields = json!({
        "code": "BEST-9", "name": "Best", "segment_type": "MANUAL", "criteria_json": criteria, "is_active": true,
    });
    row("customer_segments", BEST, fields)
}

fn member(is_in: bool) -> Change {
    let fields = json!({"fk_customer_segment_id": id(BEST), "fk_customer_id": id(ADA), "is_active": is_in});
    row("customer_segment_members", 95, fields)
}

fn gone(mut change: Change) -> Change {
    change.is_deleted = true;
    change
}

fn taken_over(market: &mut Market, changes: impl IntoIterator<Item = Change>) -> (u64, u64) {
    market.change(changes);
    market.pull();
    let over = market.take_over();
    (over.taken, over.held)
}

fn is_in(market: &Market, segment: u128) -> bool {
    let segments = market.till.segments_of(CustomerId::new(id(ADA))).unwrap();
    segments.contains(&SegmentId::new(id(segment)))
}

#[test]
fn whom_people_put_into_a_segment_at_the_hub_is_in_it_at_the_till_until_they_take_it_back() {
    let mut market = Market::open();
    assert_eq!(taken_over(&mut market, [member(true)]), (0, 1), "it waits for the segment");
    assert_eq!(taken_over(&mut market, [best(None)]), (1, 1), "and for the customer");
    assert_eq!(taken_over(&mut market, [ada()]), (2, 0));
    assert!(is_in(&market, BEST));
    assert_eq!(taken_over(&mut market, [member(false)]), (1, 0));
    assert!(!is_in(&market, BEST));
    assert_eq!(taken_over(&mut market, [member(true)]), (1, 0));
    assert_eq!(taken_over(&mut market, [gone(member(true))]), (1, 0));
    assert!(!is_in(&market, BEST), "nobody meets rules that there are none of");
    let end = *market.till.chain_head();
    assert_eq!(taken_over(&mut market, [gone(member(false))]), (1, 0));
    assert_eq!(*market.till.chain_head(), end, "what stands so already is not written");
    assert_eq!(taken_over(&mut market, [gone(best(None))]), (1, 0));
    let known = market.till.segments().iter().find(|known| known.code == "BEST-9").unwrap();
    assert!(!known.is_active, "a segment that is gone has no members");
    assert!(market.till.verify().is_ok());
}

#[test]
fn the_rules_of_a_hubs_segment_are_followed_at_the_till_and_rules_that_cannot_be_read_wait() {
    let mut market = Market::open();
    let new = Segment {
        id: SegmentId::new(id(NEW)),
        code: "NEW-9".to_owned(),
        name: "New".to_owned(),
        description: None,
        criterion: Criterion::RegisteredWithin { days: 30 },
        is_active: true,
        display_order: 0,
    };
    let whole = row("customer_segments", NEW, json!({"code": "NEW-9", "definition": new}));
    assert_eq!(taken_over(&mut market, [ada(), whole, best(Some("nonsense"))]), (2, 1));
    assert!(is_in(&market, NEW) && !is_in(&market, BEST));
    let held = market.till.held_rows("gate", 10).unwrap();
    assert!(format!("{held:?}").contains("criteria_json cannot be read"), "{held:?}");
    let other = Segment { id: SegmentId::new(id(NEW + 1)), ..new };
    let other = row("customer_segments", NEW + 1, json!({"code": "NEW-9", "definition": other}));
    assert_eq!(taken_over(&mut market, [other]), (0, 2), "another has the code");
    assert!(is_in(&market, NEW));
    assert!(market.till.verify().is_ok());
}

#[test]
fn segments_that_come_together_each_have_their_own_members_and_a_code_that_became_free() {
    let mut market = Market::open();
    let of = |no: u128, code: &str, days: u32| {
        let one = Segment {
            id: SegmentId::new(id(no)),
            code: code.to_owned(),
            name: code.to_owned(),
            description: None,
            criterion: Criterion::RegisteredWithin { days },
            is_active: true,
            display_order: 0,
        };
        row("customer_segments", no, json!({"code": code, "definition": one}))
    };
    let nobody = row(
        "customer_segments",
        BEST,
        json!({"code": "BEST-9", "name": "Best", "segment_type": "MANUAL", "is_active": true}),
    );
    assert_eq!(taken_over(&mut market, [ada(), of(NEW, "ONE", 30), nobody]), (3, 0));
    assert!(is_in(&market, NEW) && !is_in(&market, BEST));
    // The first gives its code to a new one; a third wants one that stays taken.
    let (first, second, third) = (of(NEW, "OTHER", 30), of(NEW + 1, "ONE", 60), of(NEW + 2, "BEST-9", 90));
    assert_eq!(taken_over(&mut market, [first, second, third]), (2, 1));
    assert!(is_in(&market, NEW) && is_in(&market, NEW + 1) && !is_in(&market, NEW + 2));
    assert!(market.till.verify().is_ok());
}
