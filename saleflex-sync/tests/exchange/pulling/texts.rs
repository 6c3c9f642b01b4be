//! What stands above and below receipts, and what is wanted of closures, as a hub says it.

use saleflex_sync::wire::Change;
use serde_json::json;

use super::{Market, row};

const COMPANY: u128 = 70;
const STORE: u128 = 71;

fn texts(of: u128, header: Option<&str>, footer: Option<&str>) -> Change {
    let level = if of == COMPANY { "company" } else { "store" };
    row("receipt_texts", of, json!({"level": level, "header": header, "footer": footer}))
}

fn taken_over(market: &mut Market, change: Change) -> (u64, u64) {
    market.change([change]);
    market.pull();
    let over = market.take_over();
    (over.taken, over.held)
}

fn paper(market: &Market) -> (String, String) {
    let paper = market.till.settings().paper.clone();
    (paper.header, paper.footer)
}

#[test]
fn texts_of_receipts_are_the_companys_the_stores_over_them_and_the_tills_over_both() {
    let mut market = Market::open();
    let told = |header: &str, footer: &str| (header.to_owned(), footer.to_owned());
    assert_eq!(taken_over(&mut market, texts(COMPANY, Some("Company"), Some("Thanks"))), (1, 0));
    assert_eq!(paper(&market), told("Company", "Thanks"));
    assert_eq!(taken_over(&mut market, texts(STORE, Some("Store"), None)), (1, 0));
    assert_eq!(paper(&market), told("Store", "Thanks"));
    let own = row("till_settings", 50, json!({"paper": {"footer": "Till 1"}}));
    assert_eq!(taken_over(&mut market, own), (1, 0));
    assert_eq!(taken_over(&mut market, texts(COMPANY, Some("Other"), Some("Bye"))), (1, 0));
    assert_eq!(paper(&market), told("Store", "Till 1"));
    assert_eq!(taken_over(&mut market, texts(STORE, Some(""), None)), (1, 0));
    assert_eq!(paper(&market), told("", "Till 1"), "the store says nothing above");
    assert_eq!(taken_over(&mut market, texts(STORE, Some(&"x".repeat(1_001)), None)), (0, 1));
    assert_eq!(paper(&market), told("", "Till 1"), "what fits on no paper waits");
    let mut gone = texts(STORE, None, None);
    gone.is_deleted = true;
    assert_eq!(taken_over(&mut market, gone), (1, 0));
    assert_eq!(paper(&market), told("Other", "Till 1"));
    // What is set for the till says nothing of texts any more.
    assert_eq!(taken_over(&mut market, row("till_settings", 50, json!({}))), (1, 0));
    assert_eq!(paper(&market), told("Other", "Bye"));
    assert!(market.till.verify().is_ok());
}

#[test]
fn a_text_that_changes_leaves_what_else_is_set_for_the_till_as_it_is() {
    let mut market = Market::open();
    let own = row("till_settings", 50, json!({"paper": {"serial": "A", "footer": "Till 1"}}));
    assert_eq!(taken_over(&mut market, own), (1, 0));
    let mut changed = market.till.settings().clone();
    changed.paper.serial = "B".to_owned();
    market.till.change_settings(changed).unwrap();
    assert_eq!(taken_over(&mut market, texts(COMPANY, Some("Company"), Some("Bye"))), (1, 0));
    assert_eq!(paper(&market), ("Company".to_owned(), "Till 1".to_owned()));
    assert_eq!(market.till.settings().paper.serial, "B", "what somebody changed at the till stands");
    // Neither holds up the other: a part that no till knows, and a text that fits on no paper.
    let newer = row("till_settings", 50, json!({"paper": {"colour": "blue"}}));
    assert_eq!(taken_over(&mut market, newer), (0, 1));
    assert_eq!(taken_over(&mut market, texts(COMPANY, Some("Other"), None)), (1, 1));
    assert_eq!(paper(&market).0, "Other");
    assert_eq!(taken_over(&mut market, texts(COMPANY, Some(&"x".repeat(1_001)), None)), (0, 2));
    assert_eq!(taken_over(&mut market, row("till_settings", 50, json!({"suspended_days": 7}))), (1, 1));
    assert_eq!(market.till.settings().suspended_days, Some(7));
    assert!(market.till.verify().is_ok());
}

#[test]
fn templates_of_closures_are_the_hubs_by_their_names_and_leave_the_tills_others() {
    let mut market = Market::open();
    let template = |id: u128, name: &str, version: u32| {
        let definition =
            json!({"name": name, "version": version, "regions": ["PT"], "fields": {"note": "free"}});
        row("closure_templates", id, json!({"code": name, "definition": definition}))
    };
    let held = |market: &Market| -> Vec<(String, u32)> {
        let templates = market.till.settings().templates.iter();
        templates.map(|template| (template.name.clone(), template.version)).collect()
    };
    let named = |name: &str, version: u32| (name.to_owned(), version);
    let mut settings = market.till.settings().clone();
    for name in ["own", "PT"] {
        let own = json!({"name": name, "version": 1});
        settings.templates.push(serde_json::from_value(own).unwrap());
    }
    market.till.change_settings(settings).unwrap();
    assert_eq!(taken_over(&mut market, template(80, "PT", 2)), (1, 0));
    assert_eq!(held(&market), [named("own", 1), named("PT", 2)]);
    let mut unfit = template(80, "PT", 3);
    unfit.row.insert("definition".to_owned(), json!({"name": "PT", "version": 3, "colour": "blue"}));
    assert_eq!(taken_over(&mut market, unfit), (0, 1));
    assert_eq!(held(&market), [named("own", 1), named("PT", 2)], "the one before stays");
    let mut gone = template(80, "PT", 3);
    gone.is_deleted = true;
    assert_eq!(taken_over(&mut market, gone), (1, 0));
    assert_eq!(held(&market), [named("own", 1)]);
    assert!(market.till.verify().is_ok());
}
