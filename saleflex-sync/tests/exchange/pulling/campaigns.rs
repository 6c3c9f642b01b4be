//! Campaigns of a hub that the till would not let anybody save are held, and stop no others.

use serde_json::{Value, json};

use super::{CAMPAIGN, Market, TYPE, campaign, id, row};
use crate::support::shop;

/// The campaign of the hub as a whole definition, with something else in it, under another identity.
fn another(whole: &Value, no: u128, field: &str, value: Value) -> saleflex_sync::wire::Change {
    let mut definition = whole.clone();
    definition["id"] = json!(id(no));
    definition["code"] = json!(format!("C{no}"));
    definition[field] = value;
    row("campaigns", no, json!({"definition": definition}))
}

#[test]
fn a_definition_that_nobody_could_save_is_held_with_what_is_wrong_and_the_others_are_taken() {
    let mut market = Market::open();
    market.change(campaign("10.00"));
    market.pull();
    assert_eq!(market.take_over().held, 0);
    let whole = serde_json::to_value(&market.till.campaigns().campaigns()[0]).unwrap();
    let before = market.till.campaigns().campaigns().len();
    market.change([
        another(&whole, 0xC1, "name", json!("Good")),
        another(&whole, 0xC2, "name", json!("")),
        another(&whole, 0xC3, "benefit", json!("a lot")),
        // No two campaigns have one code.
        another(&whole, 0xC4, "code", json!("C193")),
    ]);
    market.pull();
    let taken = market.take_over();
    let held = market.till.held_rows(shop::HUB, 10).unwrap();
    assert_eq!((taken.taken, taken.held), (1, 3), "{held:?}");
    assert!(held.iter().any(|one| one.held_for.starts_with("name: ")), "{held:?}");
    assert!(held.iter().any(|one| one.held_for.starts_with("definition: ")), "{held:?}");
    let names: Vec<&str> = market.till.campaigns().campaigns().iter().map(|one| one.name.as_str()).collect();
    assert!(names.len() == before + 1 && names.contains(&"Good"), "{names:?}");
}

#[test]
fn a_campaign_of_a_type_that_is_out_of_force_or_gone_gives_nothing() {
    let kind = |is_active: bool| {
        row(
            "campaign_types",
            TYPE,
            json!({"code": "BASKET_DISCOUNT", "name": "Basket", "is_active": is_active}),
        )
    };
    let mut gone = kind(true);
    gone.is_deleted = true;
    for change in [kind(false), gone] {
        let mut market = Market::open();
        shop::add_a_line(&mut market.till);
        let full = market.due();
        shop::pay(&mut market.till);
        market.change(campaign("10.00"));
        market.pull();
        market.take_over();
        shop::add_a_line(&mut market.till);
        assert_eq!(market.due(), full - (full + 5) / 10);
        shop::pay(&mut market.till);
        market.change([change]);
        market.pull();
        assert_eq!(market.take_over().held, 0, "{:?}", market.till.held_rows(shop::HUB, 10).unwrap());
        shop::add_a_line(&mut market.till);
        assert_eq!(market.due(), full);
        shop::pay(&mut market.till);
        // In force again, it gives what it gave.
        market.change([kind(true)]);
        market.pull();
        market.take_over();
        shop::add_a_line(&mut market.till);
        assert_eq!(market.due(), full - (full + 5) / 10);
    }
}

#[test]
fn what_an_older_hub_writes_for_nothing_is_nothing() {
    let mut market = Market::open();
    shop::add_a_line(&mut market.till);
    let full = market.due();
    shop::pay(&mut market.till);
    let [kind, _] = campaign("10.00").try_into().unwrap();
    let fields = json!({
        "code": "ALL10", "name": "Off everything", "fk_campaign_type_id": id(TYPE), "priority": 10,
        "discount_type": "PERCENTAGE", "discount_percentage": "10.00", "discount_value": "None",
        "max_discount_amount": "", "fk_store_id": "None", "fk_customer_segment_id": "", "days_of_week": "",
        "start_date": "None", "buy_quantity": "", "is_active": true, "is_auto_apply": true,
        "requires_coupon": false, "is_combinable": false,
    });
    market.change([kind, row("campaigns", CAMPAIGN, fields)]);
    market.pull();
    assert_eq!(market.take_over().held, 0, "{:?}", market.till.held_rows(shop::HUB, 10).unwrap());
    shop::add_a_line(&mut market.till);
    assert_eq!(market.due(), full - (full + 5) / 10);
}

#[test]
fn a_campaign_with_a_date_or_a_flag_that_cannot_be_read_is_held_and_gives_nothing() {
    for (at, field, said, why) in [
        (1, "end_date", "01/12/2026", "end_date cannot be read"),
        (0, "is_active", "perhaps", "is_active is neither true nor false"),
    ] {
        let mut market = Market::open();
        let before = market.till.campaigns().campaigns().len();
        let mut rows = campaign("10.00");
        rows[at].row.insert(field.to_owned(), json!(said));
        market.change(rows);
        market.pull();
        market.take_over();
        let held = format!("{:?}", market.till.held_rows(shop::HUB, 10).unwrap());
        assert!(held.contains(why), "{held}");
        assert_eq!(market.till.campaigns().campaigns().len(), before);
    }
}

#[test]
fn a_campaign_that_would_give_more_than_was_meant_is_held_with_what_is_wrong_and_what_held_before_stays() {
    let mut market = Market::open();
    market.change(campaign("10.00"));
    market.pull();
    market.take_over();
    let stands = market.till.campaigns().campaigns().to_vec();
    for (field, said, why) in [
        ("discount_percentage", "150", "discount_percentage: must be from 0 to 100"),
        ("days_of_week", "Mon,Tue", "days_of_week: cannot be read"),
        ("start_time", "09:00", "end_time: missing"),
    ] {
        let [kind, mut wrong] = campaign("10.00").try_into().unwrap();
        wrong.row.insert(field.to_owned(), json!(said));
        market.change([kind, wrong]);
        market.pull();
        market.take_over();
        let held = format!("{:?}", market.till.held_rows(shop::HUB, 10).unwrap());
        assert!(held.contains(why), "{held}");
        assert_eq!(market.till.campaigns().campaigns(), stands);
    }
    // A rule that names nothing would leave nothing out; two rewards are none too many, as older hubs write them.
    let [kind, mut fit] = campaign("10.00").try_into().unwrap();
    fit.row.insert("discount_value".to_owned(), json!("10.00"));
    let out = json!({"fk_campaign_id": id(CAMPAIGN), "rule_type": "PRODUKT", "is_include": false});
    market.change([kind, fit, row("campaign_rules", 0xCA, out)]);
    market.pull();
    market.take_over();
    let held = format!("{:?}", market.till.held_rows(shop::HUB, 10).unwrap());
    assert!(held.contains("rules[0].rule_type: unknown") && !held.contains("discount"), "{held}");
}
