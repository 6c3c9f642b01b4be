//! What is likely to be sold, where goods stand, and what somebody takes off the shelves for a document: for screens and
//! for scripts.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use saleflex_core::{
    catalog::{Attribute, ProductRef},
    document::Document,
    ids::ProductId,
    inventory::{Batch, Item, Level, Stock, pick, report::expected_sales},
};
use saleflex_store::{Error, Till, history::Parked};

use crate::listing::stock::item_names;

/// The days whose sales say how much is sold on each day of a week: four of them.
const LOOKED_AT: u16 = 28;
/// Where on the shelves a product stands, such as `A2/3/07`: people walk past them in this order.
const SHELF: &str = "shelf";
/// How many of it fit there.
const SHELF_HOLDS: &str = "shelf_holds";

/// What a product is likely to sell, and what is there for it.
pub(crate) struct Forecast {
    pub(crate) item: Item,
    pub(crate) expected: Stock,
    pub(crate) available: Stock,
    /// What was sold on each of the days that say it, the oldest first.
    pub(crate) sold: Vec<Stock>,
}

impl Forecast {
    /// How much there is too little.
    pub(crate) fn short(&self) -> Stock {
        (self.expected - self.available).or_zero()
    }
}

/// What an item is likely to sell on so many days from today on.
pub(crate) fn forecast(till: &Till, item: Item, (today, days): (NaiveDate, u16)) -> Result<Forecast, Error> {
    // Today is not over.
    let last = today.pred_opt().unwrap_or(today);
    let sold = till.goods_a_day(item.product, last, LOOKED_AT)?;
    let by_day: Vec<(NaiveDate, Stock)> = sold.iter().map(|day| (day.date, day.sold)).collect();
    let expected = expected_sales(&by_day, today, days);
    let available = till.stock_levels(item)?.iter().map(|(_, level)| level.available(today)).sum();
    Ok(Forecast { item, expected, available, sold: sold.iter().map(|day| day.sold).collect() })
}

/// A product on a shelf.
pub(crate) struct OnShelf {
    pub(crate) shelf: String,
    pub(crate) product: ProductId,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) available: Stock,
    /// How many to fill up; none where nobody says how many fit.
    pub(crate) fill_up: Option<Stock>,
}

/// What stands on the shelves that are wanted, at most so many, in the order of the shelves.
pub(crate) fn shelves(
    till: &Till,
    today: NaiveDate,
    most: usize,
    is_wanted: impl Fn(&str, ProductRef<'_>) -> bool,
) -> Result<Vec<OnShelf>, Error> {
    let mut found: Vec<(String, ProductRef<'_>)> = Vec::new();
    for product in till.catalog().products() {
        let shelf = shelf_of(till, product.id());
        if !shelf.is_empty() && is_wanted(&shelf, product) {
            found.push((shelf, product));
        }
    }
    found.sort_by_cached_key(|(shelf, product)| (along(shelf), shelf.clone(), product.code().to_owned()));
    let row = |(shelf, product): (String, ProductRef<'_>)| {
        let available = level_here(till, product.id().into())?.available(today);
        let holds = match attribute(till, product.id(), SHELF_HOLDS) {
            Some(Attribute::Number(holds)) => Stock::try_new(*holds).ok(),
            Some(Attribute::Flag(_) | Attribute::Date(_) | Attribute::Text(_)) | None => None,
        };
        Ok(OnShelf {
            shelf,
            product: product.id(),
            code: product.code().to_owned(),
            name: product.name().to_owned(),
            available,
            // Less than nothing stands on no shelf: no more goes there than fits.
            fill_up: holds.map(|holds| (holds - available.or_zero()).or_zero()),
        })
    };
    found.into_iter().take(most).map(row).collect()
}

/// A part of where something stands, in the order people walk.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
enum Part {
    /// A number without the zeros before it, after how many digits it has: aisle 2 comes before aisle 10.
    Number(usize, String),
    Words(String),
}

/// Where something stands, part by part.
fn along(shelf: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for char in shelf.chars() {
        match parts.last_mut() {
            Some(Part::Number(len, digits)) if char.is_ascii_digit() => {
                if !digits.is_empty() || char != '0' {
                    digits.push(char);
                    *len += 1;
                }
            }
            Some(Part::Words(words)) if !char.is_ascii_digit() => words.push(char),
            Some(Part::Number(..) | Part::Words(_)) | None => parts.push(match char {
                '0' => Part::Number(0, String::new()),
                '1'..='9' => Part::Number(1, char.into()),
                _ => Part::Words(char.into()),
            }),
        }
    }
    parts
}

/// Where a product stands on the shelves; nothing where nobody says it.
fn shelf_of(till: &Till, product: ProductId) -> String {
    attribute(till, product, SHELF).map(ToString::to_string).unwrap_or_default()
}

fn attribute<'a>(till: &'a Till, product: ProductId, name: &str) -> Option<&'a Attribute> {
    till.catalog().details(product)?.attributes.get(name)
}

/// What lies of an item where the till sells from.
fn level_here(till: &Till, item: Item) -> Result<Level, Error> {
    let (mut levels, here) = (till.stock_levels(item)?.into_iter(), till.counter());
    let level = levels.find(|(place, _)| Some(place.location) == here);
    Ok(level.map(|(_, level)| level).unwrap_or_default())
}

/// The parked documents that goods go out with.
pub(crate) fn to_pick(till: &Till) -> Result<Vec<Parked>, Error> {
    let mut parked = till.suspended()?;
    parked.retain(|one| !one.kind.pays_out());
    Ok(parked)
}

/// What a document has of goods with a product, by product.
pub(crate) fn wanted(document: &Document) -> BTreeMap<Item, Stock> {
    let mut wanted: BTreeMap<Item, Stock> = BTreeMap::new();
    for line in document.active_lines() {
        let Some(product) = line.item.product else { continue };
        *wanted.entry(product.into()).or_default() += Stock::from(line.quantity);
    }
    wanted
}

/// What to take off a shelf.
pub(crate) struct ToTake {
    pub(crate) shelf: String,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) quantity: Stock,
    /// How many of them are there by the books, where it is fewer.
    pub(crate) there: Option<Stock>,
    pub(crate) batch: Option<Batch>,
}

/// The way along the shelves for what is wanted: first expired, first out.
pub(crate) fn way(
    till: &Till,
    wanted: &BTreeMap<Item, Stock>,
    today: NaiveDate,
) -> Result<Vec<ToTake>, Error> {
    let mut rows = Vec::new();
    for (item, quantity) in wanted {
        let (code, name) = item_names(till, *item);
        let shelf = shelf_of(till, item.product);
        let level = level_here(till, *item)?;
        let loose = (level.unbatched() - level.damaged_unbatched().or_zero()).or_zero();
        for (batch, quantity) in pick(&level, *quantity, today) {
            rows.push(ToTake {
                shelf: shelf.clone(),
                code: code.clone(),
                name: name.clone(),
                quantity,
                // What nothing covers is asked for with what belongs to no batch.
                there: (batch.is_none() && quantity > loose).then_some(loose),
                batch,
            });
        }
    }
    // What stands nowhere is looked for at the end.
    rows.sort_by_cached_key(|row| {
        (row.shelf.is_empty(), along(&row.shelf), row.shelf.clone(), row.code.clone())
    });
    Ok(rows)
}

/// What is missing in a box; below nothing is too much.
pub(crate) fn missing(
    mut wanted: BTreeMap<Item, Stock>,
    packed: impl IntoIterator<Item = (Item, Stock)>,
) -> BTreeMap<Item, Stock> {
    for (item, many) in packed {
        *wanted.entry(item).or_default() -= many;
    }
    wanted.retain(|_, left| !left.is_zero());
    wanted
}
