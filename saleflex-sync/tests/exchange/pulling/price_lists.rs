//! Price lists of a hub at a till.

use chrono::NaiveDate;
use saleflex_core::{
    catalog::{CatalogChange, PriceList},
    ids::ProductId,
};
use saleflex_sync::wire::Change;
use serde_json::json;

use super::{Market, TEA, id, parents, row, tea};

const SPRING: u128 = 60;
const OTHER: u128 = 70;

fn spring(until: &str) -> Change {
    let fields =
        json!({"code": "SPRING", "name": "Spring", "valid_from": "2026-03-01", "valid_until": until});
    row("price_lists", SPRING, fields)
}

fn price(of: u128, (list, product): (u128, u128), price: &str) -> Change {
    let fields = json!({"fk_price_list_id": id(list), "fk_product_id": id(product), "sale_price": price});
    row("price_list_prices", of, fields)
}

fn gone(mut change: Change) -> Change {
    change.is_deleted = true;
    change
}

/// What tea costs by a list on a day.
fn asked(market: &Market, on: &str) -> Option<String> {
    let on: NaiveDate = on.parse().unwrap();
    let (_, price) = market.till.catalog().list_price(ProductId::new(id(TEA)), on)?;
    Some(price.to_string())
}

fn taken_over(market: &mut Market, changes: impl IntoIterator<Item = Change>) -> (u64, u64) {
    market.change(changes);
    market.pull();
    let over = market.take_over();
    (over.taken, over.held)
}

#[test]
fn a_price_list_of_the_hub_prices_from_its_first_day_to_its_last_and_goes_when_it_goes() {
    let mut market = Market::open();
    market.change(parents());
    // Nobody has the other product: its price waits alone.
    let list = [
        tea("3.20"),
        spring("2026-05-31"),
        price(61, (SPRING, TEA), "2.50"),
        price(62, (SPRING, 999), "1.00"),
    ];
    assert_eq!(taken_over(&mut market, list), (7, 1), "{:?}", market.till.held_rows("gate", 10));
    let days = ["2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01"];
    assert_eq!(
        days.map(|day| asked(&market, day)),
        [None, Some("2.5".to_owned()), Some("2.5".to_owned()), None]
    );
    let end = *market.till.chain_head();
    assert_eq!(market.take_over().held, 1);
    assert_eq!(*market.till.chain_head(), end, "a list that stands so already is not written again");
    let shorter = [spring("2026-04-30"), price(61, (SPRING, TEA), "2.40")];
    assert_eq!(taken_over(&mut market, shorter), (2, 1));
    assert_eq!((asked(&market, "2026-04-30").as_deref(), asked(&market, "2026-05-01")), (Some("2.4"), None));
    assert_eq!(taken_over(&mut market, [gone(price(61, (SPRING, TEA), "2.40"))]), (1, 1));
    assert_eq!(asked(&market, "2026-04-30"), None);
    assert_eq!(taken_over(&mut market, [price(61, (SPRING, TEA), "2.30")]), (1, 1));
    assert_eq!(asked(&market, "2026-04-30").as_deref(), Some("2.3"));
    assert_eq!(taken_over(&mut market, [gone(spring("2026-04-30"))]), (2, 0));
    assert!(market.till.catalog().price_list("SPRING").is_none());
    assert!(market.till.verify().is_ok());
}

#[test]
fn of_two_price_lists_with_one_code_one_waits_with_its_prices_until_the_other_goes() {
    let mut market = Market::open();
    market.change(parents());
    let lists = [
        tea("3.20"),
        spring("2026-05-31"),
        price(61, (SPRING, TEA), "2.50"),
        row("price_lists", OTHER, json!({"code": "SPRING", "name": "Other"})),
        price(72, (OTHER, TEA), "9.00"),
    ];
    assert_eq!(taken_over(&mut market, lists), (7, 2));
    assert_eq!(asked(&market, "2026-05-31").as_deref(), Some("2.5"));
    assert_eq!(taken_over(&mut market, [gone(spring("2026-05-31"))]), (3, 0));
    assert_eq!(asked(&market, "2026-06-01").as_deref(), Some("9"));
}

#[test]
fn a_list_of_the_tills_own_stays_when_one_of_its_code_goes_that_the_hub_never_gave_it() {
    let mut market = Market::open();
    let own = PriceList { code: "SPRING".to_owned(), name: "Own".to_owned(), ..PriceList::default() };
    let change = CatalogChange { price_lists: vec![own], ..CatalogChange::default() };
    market.till.change_catalog(change).unwrap();
    let name = |market: &Market| {
        let list = market.till.catalog().price_list("SPRING");
        list.map(|list| list.name.clone())
    };
    assert_eq!(taken_over(&mut market, [gone(spring("2026-05-31"))]), (1, 0), "made and deleted before");
    assert_eq!(name(&market).as_deref(), Some("Own"));
    let unfit = || row("price_lists", SPRING, json!({"code": "SPRING"}));
    assert_eq!(taken_over(&mut market, [unfit()]), (0, 1), "it has no name");
    assert_eq!(taken_over(&mut market, [gone(unfit())]), (1, 0));
    assert_eq!(name(&market).as_deref(), Some("Own"), "the hub's never came into force");
    assert_eq!(taken_over(&mut market, [spring("2026-05-31")]), (1, 0));
    assert_eq!(name(&market).as_deref(), Some("Spring"), "the hub has one now");
    assert_eq!(taken_over(&mut market, [unfit()]), (0, 1));
    assert_eq!(taken_over(&mut market, [gone(unfit())]), (1, 0));
    assert_eq!(name(&market), None, "what came from it goes, also where a later state did not fit");
    assert!(market.till.verify().is_ok());
}
