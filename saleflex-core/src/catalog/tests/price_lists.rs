//! Which price holds on a day.

use alloc::collections::BTreeMap;

use super::*;
use crate::ids::StoreId;

fn list(code: &str, days: (Option<u32>, Option<u32>), prices: &[(u128, &str)]) -> PriceList {
    PriceList {
        code: code.into(),
        name: format!("List {code}"),
        from: days.0.map(day),
        until: days.1.map(day),
        stores: [].into(),
        prices: prices.iter().map(|(product, text)| (id(*product), price(text))).collect(),
    }
}

fn priced(lists: Vec<PriceList>) -> Catalog {
    let mut catalog = shop();
    catalog.apply(CatalogChange { price_lists: lists, ..CatalogChange::default() }).unwrap();
    catalog
}

fn sold_at(catalog: &Catalog, product: u128, on: u32) -> String {
    catalog.find_product(id(product), day(on)).unwrap().price.to_string()
}

#[test]
fn a_list_prices_from_its_first_day_to_its_last() {
    let catalog = priced([list("EASTER", (Some(6), Some(8)), &[(1, "0.77")])].into());
    let own = shop().find_product(id(1), day(5)).unwrap().price.to_string();
    let found = [5, 6, 8, 9].map(|on| sold_at(&catalog, 1, on));
    assert_eq!(found, [own.clone(), "0.77".into(), "0.77".into(), own]);
    assert_eq!(catalog.product(id(1)).unwrap().price_on(day(6)), price("0.77"));
}

#[test]
fn of_two_lists_the_one_that_began_last_prices_and_of_two_that_began_together_the_later_code() {
    let year = list("YEAR", (None, None), &[(1, "3.00"), (2, "4.00")]);
    let april = list("APRIL", (Some(2), None), &[(1, "2.00")]);
    let also = list("APRIL2", (Some(2), None), &[(1, "2.50")]);
    let catalog = priced([year, april, also].into());
    assert_eq!(sold_at(&catalog, 1, 1), "3");
    assert_eq!(sold_at(&catalog, 1, 2), "2.5");
    assert_eq!(sold_at(&catalog, 2, 2), "4");
    assert_eq!(catalog.list_price(id(1), day(2)).map(|(list, _)| list.code.as_str()), Some("APRIL2"));
}

#[test]
fn a_list_of_other_stores_prices_nothing_here() {
    let [here, there] = [1, 2].map(|number| StoreId::new(Uuid::from_u128(number)));
    let mut catalog =
        priced([PriceList { stores: [there].into(), ..list("THERE", (None, None), &[(1, "9.99")]) }].into());
    catalog.set_store(here);
    assert_ne!(sold_at(&catalog, 1, 1), "9.99");
    catalog.set_store(there);
    assert_eq!(sold_at(&catalog, 1, 1), "9.99");
}

#[test]
fn the_price_of_a_barcode_wins_over_a_list() {
    let mut catalog = priced([list("LIST", (None, None), &[(1, "0.50")])].into());
    let own = ProductBarcode { price: Some(price("0.40")), ..barcode(1, "99887766") };
    catalog.apply(CatalogChange { barcodes: [own].into(), ..CatalogChange::default() }).unwrap();
    assert_eq!(catalog.find_barcode("99887766", day(1)).unwrap().price, price("0.40"));
}

#[test]
fn a_list_is_refused_whole_with_everything_that_is_wrong() {
    let backwards = list("BACK", (Some(9), Some(8)), &[(999, "1")]);
    let unnamed = PriceList { name: String::new(), prices: BTreeMap::new(), ..list("", (None, None), &[]) };
    let change = CatalogChange { price_lists: [backwards, unnamed].into(), ..CatalogChange::default() };
    let mut catalog = shop();
    let refused = catalog.apply(change).unwrap_err();
    assert!(matches!(
        &refused.0[..],
        [
            CatalogError::PriceListWindow { .. },
            CatalogError::PriceOfNothing { .. },
            CatalogError::Text { field: Field::Code, .. },
            CatalogError::Text { field: Field::Name, .. },
        ]
    ));
    assert_eq!(catalog.price_lists().count(), 0);
}

#[test]
fn single_prices_are_put_on_a_list_and_taken_off_and_nothing_else_of_it_changes() {
    let mut catalog = priced([list("LIST", (Some(2), None), &[(1, "0.50"), (2, "0.60")])].into());
    let one = |list: &str, product: u128, text: Option<&str>| ListPrice {
        list: list.into(),
        product: id(product),
        price: text.map(price),
    };
    let change = |list_prices: Vec<ListPrice>| CatalogChange { list_prices, ..CatalogChange::default() };
    catalog.apply(change([one("LIST", 1, Some("0.40")), one("LIST", 2, None)].into())).unwrap();
    assert_eq!(catalog.price_list("LIST"), Some(&list("LIST", (Some(2), None), &[(1, "0.40")])));
    let wrong =
        change([one("NONE", 1, Some("1")), one("LIST", 999, Some("1")), one("LIST", 999, None)].into());
    let refused = catalog.apply(wrong).unwrap_err();
    assert!(matches!(
        &refused.0[..],
        [CatalogError::UnknownPriceList { .. }, CatalogError::PriceOfNothing { .. }]
    ));
    // A list that comes with its prices takes more in the same change, and one that goes takes none.
    let mut new = change([one("NEW", 2, Some("3"))].into());
    new.price_lists = [list("NEW", (None, None), &[(1, "2")])].into();
    catalog.apply(new).unwrap();
    assert_eq!((sold_at(&catalog, 1, 1), sold_at(&catalog, 2, 1)), ("2".into(), "3".into()));
    let mut gone = change([one("NEW", 1, Some("1"))].into());
    gone.removed_price_lists = ["NEW".into()].into();
    assert!(matches!(&catalog.apply(gone).unwrap_err().0[..], [CatalogError::UnknownPriceList { .. }]));
}

#[test]
fn a_product_that_goes_takes_its_list_prices_with_it_and_a_list_can_be_taken_out() {
    let mut catalog = priced([list("LIST", (None, None), &[(1, "0.50"), (2, "0.60")])].into());
    catalog.apply(CatalogChange { removed_products: [id(1)].into(), ..CatalogChange::default() }).unwrap();
    let left: Vec<_> = catalog.price_list("LIST").unwrap().prices.keys().copied().collect();
    assert_eq!(left, [id(2)]);
    let out = CatalogChange { removed_price_lists: ["LIST".into()].into(), ..CatalogChange::default() };
    catalog.apply(out).unwrap();
    assert_ne!(sold_at(&catalog, 2, 1), "0.6");
}
