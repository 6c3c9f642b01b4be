//! Price lists: other prices of some products, from a day, until a day.
//!
//! **Invariant:** what a list says here is what the hub's rows of it say together, those of them that fit; a list that stands
//! so already is not written again. A list of the till's own is left alone until the hub has one of its code; what goes at the hub
//! takes away what came from it alone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use saleflex_core::{
    catalog::{CatalogChange, ListPrice, PriceList},
    ids::ProductId,
};
use saleflex_store::{
    Error, Till,
    inbox::{PulledRow, Taken},
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{fields, mark};
use crate::fitting::rows::Fields;

const LISTS: &str = "price_lists";
const PRICES: &str = "price_list_prices";
/// So many prices are looked at at once: all that the hub said is read for each step, so that few are shorter than many.
const MOST_PRICES: usize = 20_000;

/// Lists with their prices. A list that does not fit waits with all its prices; a price of a product that is not here waits
/// alone.
pub(super) fn price_lists(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let heads = till.waiting_rows(connector, LISTS, most)?;
    let prices = till.waiting_rows(connector, PRICES, most.max(MOST_PRICES))?;
    let is_here = |product| till.catalog().product(product).is_some();
    if let Some(marks) = still_held(&prices, is_here).filter(|_| heads.is_empty()) {
        return Ok(marks);
    }
    let hub = Lists::read(till, connector)?;
    let marks = heads.iter().map(|row| mark(row, hub.why_not(row.id)));
    let marks: Vec<Taken> = marks.chain(prices.iter().map(|row| mark(row, hub.why_no_price(row)))).collect();
    let code_of = |row: &PulledRow| Fields(&fields(row)).text("code");
    let is_gone = |code: &String| !hub.holds_code(code) && till.catalog().price_list(code).is_some();
    let gone = heads.iter().filter(|row| row.is_deleted && row.was_taken).filter_map(code_of).filter(is_gone);
    let removed_price_lists: BTreeSet<String> = gone.collect();
    let (mut price_lists, mut list_prices) = (Vec::new(), Vec::new());
    for list in hub.fitting.values() {
        match till.catalog().price_list(&list.code) {
            Some(known) if is_headed_alike(known, list) => list_prices.extend(differences(known, list)),
            Some(_) | None => price_lists.push(list.clone()),
        }
    }
    let removed_price_lists = removed_price_lists.into_iter().collect();
    let change = CatalogChange { removed_price_lists, price_lists, list_prices, ..CatalogChange::default() };
    till.take_over(connector, change, &marks)?;
    Ok(marks)
}

/// Prices that waited before for products that are still not here, where no other price waits: they wait on, and of the lists
/// nothing is read for them.
fn still_held(prices: &[PulledRow], is_here: impl Fn(ProductId) -> bool) -> Option<Vec<Taken>> {
    let wait_on = |row: &PulledRow| {
        let product = Fields(&fields(row)).id("fk_product_id").ok()??;
        let is_held = row.held_for.is_some() && !row.is_deleted && !is_here(ProductId::new(product));
        is_held.then(|| mark(row, row.held_for.clone()))
    };
    prices.iter().map(wait_on).collect()
}

/// Whether two lists differ in their prices alone, if at all.
fn is_headed_alike(known: &PriceList, list: &PriceList) -> bool {
    let PriceList { code, name, from, until, stores, prices: _ } = known;
    (code, name, from, until, stores) == (&list.code, &list.name, &list.from, &list.until, &list.stores)
}

/// What makes the prices of a known list those of another: so much is written, however long the list is.
fn differences(known: &PriceList, list: &PriceList) -> Vec<ListPrice> {
    let of = |product: ProductId| ListPrice {
        list: list.code.clone(),
        product,
        price: list.prices.get(&product).copied(),
    };
    let is_other = |product: &&ProductId| known.prices.get(*product) != list.prices.get(*product);
    let put = list.prices.keys().filter(is_other);
    let off = known.prices.keys().filter(|product| !list.prices.contains_key(*product));
    put.chain(off).copied().map(of).collect()
}

/// What the hub's rows come to.
#[derive(Default)]
struct Lists {
    /// The lists as they are written.
    fitting: BTreeMap<Uuid, PriceList>,
    /// Why others are not.
    unfit: BTreeMap<Uuid, String>,
    /// Those that the hub took away.
    gone: BTreeSet<Uuid>,
    /// Why a price is on no list, by its row.
    priceless: BTreeMap<Uuid, String>,
}

impl Lists {
    fn read(till: &Till, connector: &str) -> Result<Self, Error> {
        let mut lists = Self::default();
        let mut heads = till.pulled_rows(connector, LISTS)?;
        // Of two with one code the lower identity has it, in whatever order they came.
        heads.sort_by_key(|row| row.id);
        for head in &heads {
            lists.begin(head);
        }
        for row in till.pulled_rows(connector, PRICES)?.iter().filter(|row| !row.is_deleted) {
            if let Err(why) = lists.price(till, row) {
                lists.priceless.insert(row.id, why);
            }
        }
        let (mut fitting, mut unfit) = (BTreeMap::new(), lists.unfit);
        for (id, list) in lists.fitting {
            let alone = CatalogChange { price_lists: vec![list], ..CatalogChange::default() };
            match till.catalog().validate(&alone) {
                Ok(()) => fitting.extend(alone.price_lists.into_iter().map(|list| (id, list))),
                Err(cause) => drop(unfit.insert(id, cause.to_string())),
            }
        }
        Ok(Self { fitting, unfit, ..lists })
    }

    /// A list without its prices.
    fn begin(&mut self, head: &PulledRow) {
        if head.is_deleted {
            self.gone.insert(head.id);
            return;
        }
        let list = list(&fields(head)).and_then(|list| {
            if self.holds_code(&list.code) { Err("another list has its code".to_owned()) } else { Ok(list) }
        });
        match list {
            Ok(list) => drop(self.fitting.insert(head.id, list)),
            Err(why) => drop(self.unfit.insert(head.id, why)),
        }
    }

    /// Puts a price on its list.
    fn price(&mut self, till: &Till, row: &PulledRow) -> Result<(), String> {
        let map = fields(row);
        let fields = Fields(&map);
        let list = fields.id("fk_price_list_id")?.ok_or("it is on no list")?;
        if self.gone.contains(&list) {
            return Ok(());
        }
        if let Some(why) = self.unfit.get(&list) {
            return Err(why.clone());
        }
        let to = self.fitting.get_mut(&list).ok_or_else(|| format!("price list {list} is missing"))?;
        let product = ProductId::new(fields.id("fk_product_id")?.ok_or("it belongs to no product")?);
        if till.catalog().product(product).is_none() {
            return Err(format!("product {product} is missing"));
        }
        to.prices.insert(product, fields.price("sale_price")?.ok_or("it has no sale_price")?);
        Ok(())
    }

    fn holds_code(&self, code: &str) -> bool {
        self.fitting.values().any(|list| list.code == code)
    }

    /// Why a list is held.
    fn why_not(&self, list: Uuid) -> Option<String> {
        self.unfit.get(&list).cloned()
    }

    /// Why a price is held: for its own sake, or for that of its list.
    fn why_no_price(&self, row: &PulledRow) -> Option<String> {
        if row.is_deleted {
            return None;
        }
        let of_list = || self.why_not(Fields(&fields(row)).id("fk_price_list_id").ok()??);
        self.priceless.get(&row.id).cloned().or_else(of_list)
    }
}

/// What a row says of a list.
fn list(map: &Map<String, Value>) -> Result<PriceList, String> {
    let fields = Fields(map);
    let day = |name: &str| {
        let day = fields.text(name).map(|text| text.parse::<NaiveDate>());
        day.transpose().map_err(|_| format!("{name} is no date"))
    };
    Ok(PriceList {
        code: fields.needed("code")?,
        name: fields.needed("name")?,
        from: day("valid_from")?,
        until: day("valid_until")?,
        ..PriceList::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(product: u128, held_for: Option<&str>) -> PulledRow {
        let product = Uuid::from_u128(product);
        PulledRow {
            resource: PRICES.to_owned(),
            id: Uuid::from_u128(61),
            version: 4,
            is_deleted: false,
            was_taken: false,
            taken_as: None,
            held_for: held_for.map(str::to_owned),
            fields: format!("{{\"fk_product_id\": \"{product}\"}}"),
        }
    }

    #[test]
    fn of_a_list_that_is_known_its_changed_prices_are_written_and_of_another_all() {
        let price = |text: &str| saleflex_core::quantity::UnitPrice::parse(text).unwrap();
        let product = |number| ProductId::new(Uuid::from_u128(number));
        let list = |prices: &[(u128, &str)]| PriceList {
            code: "SPRING".to_owned(),
            name: "Spring".to_owned(),
            prices: prices.iter().map(|(number, text)| (product(*number), price(text))).collect(),
            ..PriceList::default()
        };
        let known = list(&[(1, "1"), (2, "2"), (3, "3")]);
        let new = list(&[(1, "1"), (2, "2.20"), (4, "4")]);
        assert!(is_headed_alike(&known, &new) && differences(&known, &known).is_empty());
        let changed = differences(&known, &new).into_iter().map(|one| (one.product, one.price));
        let expected =
            [(product(2), Some(price("2.20"))), (product(4), Some(price("4"))), (product(3), None)];
        assert_eq!(changed.collect::<Vec<_>>(), expected);
        let longer = PriceList { until: NaiveDate::from_ymd_opt(2026, 5, 31), ..new };
        assert!(!is_headed_alike(&known, &longer));
    }

    #[test]
    fn lists_are_read_for_what_is_new_or_may_fit_now_and_not_for_what_waits_on() {
        let is_here = |product: ProductId| product.uuid().as_u128() == 1;
        let waits = || price(2, Some("it is missing"));
        let marks = still_held(&[waits(), waits()], is_here).unwrap();
        assert_eq!(marks.len(), 2);
        assert_eq!((marks[0].version, marks[0].held_for.as_deref()), (4, Some("it is missing")));
        let gone = PulledRow { is_deleted: true, ..waits() };
        let unreadable = PulledRow { fields: "{}".to_owned(), ..waits() };
        for other in [price(2, None), price(1, Some("it was missing")), gone, unreadable] {
            assert_eq!(still_held(&[waits(), other.clone()], is_here), None, "{other:?}");
        }
        assert_eq!(still_held(&[], is_here), Some(Vec::new()), "nothing waits");
    }
}
