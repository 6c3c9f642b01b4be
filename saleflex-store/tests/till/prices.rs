//! Price lists, the history of prices, and what products are beyond what a line needs.

use saleflex_core::{
    catalog::{Attribute, Brand, CatalogChange, CatalogError, ListPrice, PriceList, ProductDetails, Variant},
    ids::{BrandId, ProductId, StoreId},
    quantity::UnitPrice,
};
use saleflex_store::{Error, catalog::PriceChange, verify::Verification};
use uuid::Uuid;

use crate::support::shop::{MANAGER, Shop, cash, minor, product, sell};

fn price(text: &str) -> UnitPrice {
    UnitPrice::parse(text).unwrap()
}

fn list(code: &str, prices: &[(&str, &str)]) -> PriceList {
    PriceList {
        code: code.into(),
        name: format!("List {code}"),
        prices: prices.iter().map(|(name, text)| (product(name), price(text))).collect(),
        ..PriceList::default()
    }
}

fn lists(lists: Vec<PriceList>) -> CatalogChange {
    CatalogChange { price_lists: lists, ..CatalogChange::default() }
}

#[test]
fn a_price_list_prices_what_is_sold_from_its_first_day_on() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    let today = shop.till.now().local.date();
    let now = PriceList { from: Some(today), ..list("NOW", &[("A", "1.75")]) };
    let later = PriceList { from: today.succ_opt(), ..list("LATER", &[("A", "9")]) };
    shop.till.change_catalog(lists([now, later].into())).unwrap();
    shop.execute(sell("A"));
    assert_eq!(shop.till.draft().unwrap().totals.net_due, minor(175));
    shop.execute(cash());
    let mut shop = shop.restarted();
    assert!(shop.till.broken_records().is_empty());
    shop.log_in(MANAGER);
    shop.execute(sell("A"));
    assert_eq!(shop.till.draft().unwrap().totals.net_due, minor(175));
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn a_list_of_another_store_is_kept_and_prices_nothing_here() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    let elsewhere = StoreId::new(Uuid::from_u128(4711));
    let other = PriceList { stores: [elsewhere].into(), ..list("OTHER", &[("A", "1")]) };
    shop.till.change_catalog(lists([other.clone()].into())).unwrap();
    let mut shop = shop.restarted();
    shop.log_in(MANAGER);
    shop.execute(sell("A"));
    assert_eq!(shop.till.draft().unwrap().totals.net_due, minor(250));
    assert_eq!(shop.till.catalog().price_list("OTHER"), Some(&other));
}

#[test]
fn every_price_change_is_remembered_with_what_it_was_when_and_by_whom() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    let manager = shop.till.on_duty().unwrap().id;
    let mut dearer = shop.till.catalog().product(product("A")).unwrap().to_product();
    dearer.price = price("3");
    let own = CatalogChange { products: vec![dearer], ..CatalogChange::default() };
    shop.till.change_catalog(own.clone()).unwrap();
    // The same price again is no change.
    shop.till.change_catalog(own).unwrap();
    shop.till.change_catalog(lists([list("L", &[("A", "2"), ("B", "1")])].into())).unwrap();
    shop.till.change_catalog(lists([list("L", &[("A", "2.20")])].into())).unwrap();
    let out = CatalogChange { removed_price_lists: vec!["L".into()], ..CatalogChange::default() };
    shop.till.change_catalog(out).unwrap();
    let history = |shop: &Shop, name| shop.till.price_history(product(name), 10).unwrap();
    let shown = |change: &PriceChange| {
        assert_eq!(change.cashier, Some(manager));
        let text = |price: Option<UnitPrice>| price.map(|price| price.to_string()).unwrap_or_default();
        format!("{} {}>{}", change.list.as_deref().unwrap_or("own"), text(change.was), text(change.became))
    };
    let told: Vec<_> = history(&shop, "A").iter().map(shown).collect();
    assert_eq!(told, ["L 2.2>", "L 2>2.2", "L >2", "own 2.5>3"]);
    assert_eq!(history(&shop, "B").iter().map(shown).collect::<Vec<_>>(), ["L 1>", "L >1"]);
}

#[test]
fn single_prices_of_a_list_are_changed_by_themselves_and_stand_after_a_restart() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    shop.till.change_catalog(lists([list("L", &[("A", "2"), ("B", "1")])].into())).unwrap();
    let one = |name: &str, text: Option<&str>| ListPrice {
        list: "L".into(),
        product: product(name),
        price: text.map(price),
    };
    let list_prices = vec![one("A", Some("2.20")), one("B", None)];
    shop.till.change_catalog(CatalogChange { list_prices, ..CatalogChange::default() }).unwrap();
    let same = CatalogChange { list_prices: vec![one("A", Some("2.20"))], ..CatalogChange::default() };
    shop.till.change_catalog(same).unwrap();
    let history = |shop: &Shop, name| {
        let changes = shop.till.price_history(product(name), 10).unwrap();
        changes.iter().map(|change| (change.was, change.became)).collect::<Vec<_>>()
    };
    assert_eq!(
        history(&shop, "A"),
        [(Some(price("2")), Some(price("2.20"))), (None, Some(price("2")))],
        "the same price again is no change"
    );
    assert_eq!(history(&shop, "B")[0], (Some(price("1")), None));
    let shop = shop.restarted();
    assert_eq!(shop.till.catalog().price_list("L"), Some(&list("L", &[("A", "2.20")])));
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn a_list_that_cannot_be_leaves_everything_as_it_was() {
    let mut shop = Shop::open();
    let refused = shop.till.change_catalog(lists([list("L", &[("A", "2")])].into()));
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    shop.log_in(MANAGER);
    let head = *shop.till.chain_head();
    let nothing = ProductId::new(Uuid::from_u128(4711));
    let bad = PriceList { prices: [(nothing, price("1"))].into(), ..list("BAD", &[]) };
    let unknown = lists([list("GOOD", &[("A", "2")]), bad].into());
    let Err(Error::Catalog(errors)) = shop.till.change_catalog(unknown) else { panic!("taken") };
    assert!(matches!(&errors.0[..], [CatalogError::PriceOfNothing { list, .. }] if list == "BAD"));
    assert_eq!(*shop.till.chain_head(), head);
    assert_eq!(shop.till.catalog().price_lists().count(), 0);
}

#[test]
fn brand_tags_attributes_and_variant_of_a_product_are_there_after_a_restart() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    let brand = Brand {
        id: BrandId::new(Uuid::from_u128(7)),
        name: "Oakleaf".into(),
        manufacturer: Some("Oak Mills Ltd".into()),
    };
    let mut reference = shop.till.catalog().reference();
    reference.brands.push(brand.clone());
    shop.till.replace_reference(&reference).unwrap();
    let details = ProductDetails {
        brand: Some(brand.id),
        tags: ["organic".into()].into(),
        attributes: [("weight".into(), Attribute::read("120"))].into(),
        variant: Some(Variant { style: "SHIRT".into(), size: Some("S".into()), ..Variant::default() }),
        ..ProductDetails::none(product("A"))
    };
    let change = |details| CatalogChange { details: vec![details], ..CatalogChange::default() };
    shop.till.change_catalog(change(details.clone())).unwrap();
    let mut shop = shop.restarted();
    assert_eq!(shop.till.catalog().brands(), [brand]);
    assert_eq!(shop.till.catalog().details(product("A")), Some(&details));
    assert_eq!(shop.till.catalog().variants("SHIRT").len(), 1);
    shop.log_in(MANAGER);
    shop.till.change_catalog(change(ProductDetails::none(product("A")))).unwrap();
    let shop = shop.restarted();
    assert_eq!(shop.till.catalog().details(product("A")), None);
}
