//! Price lists: other prices of some products, from a day, until a day, in a store or in all.
//!
//! **Invariant:** a product has one price on a list, and goes with either of them (`parts`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use saleflex_core::catalog::{Catalog, CatalogRecords, PriceList};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    NewRow,
    editing::{self, Stored},
    next_change, parts, put,
    rules::{self, Rule, invalid},
};
use crate::{
    ApiError,
    db::{self, DatabaseError, Row, Session, Value},
    registry::regions,
};

/// The resource of lists.
pub(crate) const LISTS: &str = "price_lists";
/// The resource of their prices.
pub(crate) const PRICES: &str = "price_list_prices";
/// The field of a price that names its list.
pub(super) const LIST: &str = "fk_price_list_id";
/// The field of a price that names its product.
const PRODUCT: &str = "fk_product_id";
/// The field of a list's first day, and that of its last.
const DAYS: [&str; 2] = ["valid_from", "valid_until"];
/// The most lists of a company, and of each of its stores.
const MOST_LISTS: i64 = 100;
/// How long lists are at most.
const LENGTH: Length = Length { most: 10_000, short: 2_000, together: 2_000 * MOST_LISTS };

/// How long lists may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Length {
    /// The most products on a list: tills write one that is new, or has other days, whole.
    pub(super) most: i64,
    /// A list of so many is short: those that there may be, all of them short, come to no more than `together`.
    pub(super) short: i64,
    /// The most prices of a company's lists, and of those of each store, where one of them is not short: tills hold them in
    /// memory.
    pub(super) together: i64,
}

/// What a product costs by a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListPrice {
    /// The product.
    pub(crate) product_id: Uuid,
    /// For one of its unit, as a decimal number.
    pub(crate) sale_price: String,
    /// The number of its last change.
    pub(crate) version: i64,
    /// When it last changed.
    pub(crate) updated_at: DateTime<Utc>,
}

/// That a till takes the list.
pub(super) fn check(body: &Map<String, Json>) -> Result<(), ApiError> {
    let [from, until] = DAYS.map(|field| day(body, field));
    let (from, until) = (from?, until?);
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        return Err(invalid("valid_until", "is before its first day"));
    }
    let text = |field: &str| body.get(field).and_then(Json::as_str).unwrap_or_default().trim().to_owned();
    let fits = || "x".to_owned();
    for (field, code, name) in [("code", text("code"), fits()), ("name", fits(), text("name"))] {
        let list = PriceList { code, name, ..PriceList::default() };
        let records = CatalogRecords { price_lists: vec![list], ..CatalogRecords::default() };
        Catalog::from_records(records)
            .map_err(|cause| invalid(field, &format!("fits at no till: {cause}")))?;
    }
    Ok(())
}

/// That a row may hold in a region: a list of prices, and of no store beside.
///
/// # Errors
/// `field_invalid`; `not_found` for the region.
pub(super) fn check_region(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (store, region): (Option<Uuid>, Uuid),
) -> Result<(), ApiError> {
    if rule.resource != LISTS {
        return Err(invalid("region_id", "is said of price lists alone"));
    }
    if store.is_some() {
        return Err(invalid("region_id", "does not stand beside `store_id`"));
    }
    regions::one(session, company, region).map(drop)
}

/// That a company, with its regions, or a store may have one list more.
///
/// # Errors
/// `too_many_rows`.
pub(super) fn check_room(
    session: &mut dyn Session,
    company: Uuid,
    store: Option<Uuid>,
) -> Result<(), ApiError> {
    let mut values: Vec<Value> = vec![company.into(), LISTS.into()];
    values.extend(store.map(Value::from));
    let of = if store.is_some() { "store_id = $3" } else { "store_id IS NULL" };
    let sql = format!(
        "SELECT count(*) FROM definition WHERE company_id = $1 AND resource = $2 AND is_deleted = 0 AND {of}"
    );
    if number(session, &sql, &values)? >= MOST_LISTS {
        let message =
            format!("a company has at most {MOST_LISTS} price lists, and a store as many of its own");
        return Err(ApiError::unprocessable("too_many_rows", message));
    }
    Ok(())
}

fn day(body: &Map<String, Json>, field: &str) -> Result<Option<NaiveDate>, ApiError> {
    let none = || invalid(field, "is no day, such as \"2026-11-30\"");
    match body.get(field) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => text.parse().map(Some).map_err(|_| none()),
        Some(Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_)) => Err(none()),
    }
}

/// The prices of a list in the order of their changes, after a number.
///
/// # Errors
/// `not_found` for a list that is gone.
pub(crate) fn prices(
    session: &mut dyn Session,
    (company, list): (Uuid, &Stored),
    (since, limit): (i64, i64),
) -> Result<Vec<ListPrice>, ApiError> {
    need(list)?;
    let values = [company.into(), PRICES.into(), list.id.to_string().into(), since.into(), limit.into()];
    let prices = session.query(&page(), &values)?.iter().map(list_price).collect::<Result<_, _>>();
    Ok(prices?)
}

/// A page of the prices of a list. With its plus the number is looked up in no index, which would be that of all rows.
pub(super) fn page() -> String {
    let of_list = parts::OF_FIRST;
    format!(
        "SELECT body, version, updated_at FROM definition WHERE {of_list} AND +version > $4 \
         ORDER BY +version LIMIT $5"
    )
}

/// How many prices a list has.
pub(super) fn count() -> String {
    format!("SELECT count(*) FROM definition WHERE {}", parts::OF_FIRST)
}

/// What a product costs by a list.
///
/// # Errors
/// `not_found` for a list that is gone, and for a product that is not on it.
pub(crate) fn price(
    session: &mut dyn Session,
    (company, list): (Uuid, &Stored),
    product: Uuid,
) -> Result<ListPrice, ApiError> {
    need(list)?;
    on_it(session, (company, list.id), product)?.ok_or_else(ApiError::not_found)
}

/// What a product costs by a list that names it.
fn on_it(
    session: &mut dyn Session,
    (company, list): (Uuid, Uuid),
    product: Uuid,
) -> Result<Option<ListPrice>, DatabaseError> {
    let rows = session.query(
        "SELECT body, version, updated_at FROM definition WHERE company_id = $1 AND resource = $2 \
         AND definition_id = $3 AND is_deleted = 0",
        &[company.into(), PRICES.into(), parts::identity(PRICES, list, product).into()],
    )?;
    rows.first().map(list_price).transpose()
}

/// Puts the price of one product on a list, or takes it off (none), for a caller who read a version of it, or none. Answers
/// what it costs by the list now, and whether it did not before.
///
/// # Errors
/// `if_match_required` for another price than one that is there, of which no version was read; `stale` where it is another
/// than was read, `not_found` where what is to be taken off is not there; and as [`write`].
pub(crate) fn write_one(
    session: &mut dyn Session,
    of @ (company, list): (Uuid, &Stored),
    (product, price): (Uuid, Option<String>),
    (read, now): (Option<i64>, DateTime<Utc>),
) -> Result<(Option<ListPrice>, bool), ApiError> {
    need(list)?;
    // The counter's row is locked first: of two who read the same version the second is stale.
    next_change(session, company)?;
    let before = on_it(session, (company, list.id), product)?;
    match (&before, read) {
        (Some(before), Some(read)) if before.version != read => return Err(ApiError::stale()),
        // Whoever puts a new price there once more, since no answer came, finds it there.
        (Some(before), None) if price.as_deref().map(str::trim) != Some(before.sale_price.as_str()) => {
            return Err(ApiError::if_match_required());
        }
        (None, _) if price.is_none() => return Err(ApiError::not_found()),
        (None, Some(_)) => return Err(ApiError::stale()),
        (Some(_) | None, _) => {}
    }
    write(session, of, &BTreeMap::from([(product, price)]), now)?;
    Ok((on_it(session, (company, list.id), product)?, before.is_none()))
}

/// That prices are what a caller read of them, of those of which they say so; 0 is none. Locks the company's changes.
///
/// # Errors
/// `stale` with the product.
pub(crate) fn check_read(
    session: &mut dyn Session,
    (company, list): (Uuid, Uuid),
    read: &BTreeMap<Uuid, i64>,
) -> Result<(), ApiError> {
    if read.is_empty() {
        return Ok(());
    }
    next_change(session, company)?;
    let ids: Vec<Uuid> = read.keys().map(|product| parts::identity(PRICES, list, *product)).collect();
    let mut stored: BTreeMap<Uuid, i64> = BTreeMap::new();
    for ids in ids.chunks(db::MOST_NAMED) {
        let (places, named) = db::named(3, ids);
        let sql = format!(
            "SELECT definition_id, version FROM definition WHERE company_id = $1 AND resource = $2 \
             AND is_deleted = 0 AND definition_id IN ({places})"
        );
        let mut values: Vec<Value> = vec![company.into(), PRICES.into()];
        values.extend(named);
        for row in session.query(&sql, &values)? {
            stored.insert(row.id(0)?, row.integer(1)?);
        }
    }
    let is_other = |(id, (_, version)): &(&Uuid, (&Uuid, &i64))| {
        stored.get(*id).copied().unwrap_or_default() != **version
    };
    match ids.iter().zip(read).find(is_other) {
        Some((_, (product, _))) => Err(ApiError { detail: Some(product.to_string()), ..ApiError::stale() }),
        None => Ok(()),
    }
}

fn list_price(row: &Row) -> Result<ListPrice, DatabaseError> {
    let unfit = || DatabaseError::Column { column: 0, expected: "a price of a product" };
    let body: Json = serde_json::from_str(row.text(0)?).map_err(|_| unfit())?;
    let text = |field: &str| body[field].as_str().ok_or_else(unfit);
    Ok(ListPrice {
        product_id: Uuid::parse_str(text(PRODUCT)?).map_err(|_| unfit())?,
        sale_price: text("sale_price")?.to_owned(),
        version: row.integer(1)?,
        updated_at: row.time(2)?,
    })
}

/// Puts prices on a list; what has none is taken off it. All or none of them; answers how many changed.
///
/// # Errors
/// `not_found` for a list that is gone; `field_invalid`, `reference_unknown` with the product; `too_many_rows`.
pub(crate) fn write(
    session: &mut dyn Session,
    (company, list): (Uuid, &Stored),
    new: &BTreeMap<Uuid, Option<String>>,
    now: DateTime<Utc>,
) -> Result<usize, ApiError> {
    let [of_lists, rule] = [rules::of(LISTS), rules::of(PRICES)];
    let rule = rule.ok_or_else(ApiError::internal)?;
    // The counter's row is locked first: two who write one list follow one another, and who read it before it went sees so.
    next_change(session, company)?;
    let list = &editing::one(session, company, of_lists.ok_or_else(ApiError::internal)?, list.id)?;
    need(list)?;
    let priced: Vec<Uuid> = new.iter().filter(|(_, price)| price.is_some()).map(|(id, _)| *id).collect();
    let known = sold_in(session, (company, list.store_id), &priced)?;
    if let Some(missing) = priced.iter().find(|id| !known.contains(*id)) {
        let message = "a product is not there, or not in all the stores of the list";
        let error = ApiError::unprocessable("reference_unknown", message);
        return Err(ApiError { detail: Some(missing.to_string()), ..error });
    }
    let currencies = editing::currencies(session, company, list.store_id)?;
    let before = on_list(session, (company, list.id))?;
    let (mut rows, mut gone) = (Vec::new(), 0);
    for (product, price) in new {
        let id = parts::identity(PRICES, list.id, *product);
        let Some(price) = price else {
            gone += usize::from(parts::take_off(session, company, (PRICES, id), now)?);
            continue;
        };
        let body = json!({
            "id": id, LIST: list.id, PRODUCT: product, "sale_price": price.trim(),
            "is_deleted": false,
        });
        let Json::Object(body) = body else { continue };
        check_price(rule, &body)?;
        rules::costs_something(&body, &currencies)?;
        rows.push(NewRow { resource: PRICES, id, store: list.store_id, terminal: None, body });
    }
    let changed = put(session, company, &rows, now)?.saturating_add(gone);
    if let Some(region) = list.region_id {
        session.execute(
            "UPDATE definition SET region_id = $4 WHERE company_id = $1 AND resource = $2 AND code = $3 \
             AND region_id IS NULL",
            &[company.into(), PRICES.into(), list.id.to_string().into(), region.into()],
        )?;
    }
    check_length(session, (company, list), (before, LENGTH))?;
    Ok(changed)
}

/// How many products a list names.
fn on_list(session: &mut dyn Session, (company, list): (Uuid, Uuid)) -> Result<i64, DatabaseError> {
    number(session, &count(), &[company.into(), PRICES.into(), list.to_string().into()])
}

/// The number that a question is answered with.
fn number(session: &mut dyn Session, sql: &str, values: &[Value]) -> Result<i64, DatabaseError> {
    session.query(sql, values)?.first().map_or(Ok(0), |row| row.integer(0))
}

/// That a list is not too long, by itself and, where it is a long one, together with the others of its place. One that did not
/// grow is as long as it may be: what stands on it is changed and taken off, whatever became of the others.
pub(super) fn check_length(
    session: &mut dyn Session,
    (company, list): (Uuid, &Stored),
    (before, Length { most, short, together }): (i64, Length),
) -> Result<(), ApiError> {
    let too_many = |message: String| Err(ApiError::unprocessable("too_many_rows", message));
    let on_it = on_list(session, (company, list.id))?;
    if on_it <= before {
        return Ok(());
    }
    if on_it > most {
        return too_many(format!("a list has at most {most} products"));
    }
    if on_it <= short {
        return Ok(());
    }
    let mut values: Vec<Value> = vec![company.into(), PRICES.into()];
    values.extend(list.store_id.map(Value::from));
    let of = if list.store_id.is_some() { "store_id = $3" } else { "store_id IS NULL" };
    let sql = format!(
        "SELECT count(*) FROM definition WHERE company_id = $1 AND resource = $2 AND is_deleted = 0 AND {of}"
    );
    if number(session, &sql, &values)? > together {
        return too_many(format!(
            "a list of more than {short} products is one of lists with at most {together} prices together"
        ));
    }
    Ok(())
}

/// A price of nothing would give goods away that somebody forgot to price.
fn check_price(rule: &Rule, body: &Map<String, Json>) -> Result<(), ApiError> {
    rule.check(body, |_| true)?;
    let price = body.get("sale_price").and_then(crate::office::content::decimal);
    if price.is_some_and(|price| price.is_zero()) {
        return Err(invalid("sale_price", "is nothing; null takes a product off the list"));
    }
    Ok(())
}

fn need(list: &Stored) -> Result<(), ApiError> {
    if list.is_deleted { Err(ApiError::not_found()) } else { Ok(()) }
}

/// Which of these products are sold wherever a list holds.
fn sold_in(
    session: &mut dyn Session,
    (company, store): (Uuid, Option<Uuid>),
    products: &[Uuid],
) -> Result<BTreeSet<Uuid>, DatabaseError> {
    let mut known = BTreeSet::new();
    for products in products.chunks(db::MOST_NAMED) {
        let (places, named) = db::named(2, products);
        let sql = format!(
            "SELECT definition_id, store_id FROM definition WHERE company_id = $1 AND resource = 'products' \
             AND is_deleted = 0 AND overrides IS NULL AND definition_id IN ({places})"
        );
        let mut values: Vec<Value> = vec![company.into()];
        values.extend(named);
        for row in session.query(&sql, &values)? {
            let (id, of) = (row.id(0)?, row.optional_id(1)?);
            if of.is_none() || of == store {
                known.insert(id);
            }
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_a_code_and_a_name_that_fit_and_ends_no_earlier_than_it_begins() {
        let check = |body: Json| check(body.as_object().unwrap()).map_err(|error| error.detail.unwrap());
        let list = |code: &str, from: &str, until: &str| json!({"code": code, "name": "Spring", "valid_from": from, "valid_until": until});
        assert_eq!(check(json!({"code": "SPRING", "name": "Spring"})), Ok(()));
        assert_eq!(check(list("SPRING", "2026-03-01", "2026-03-01")), Ok(()), "a list of one day");
        for (wrong, field) in [
            (list("SPRING", "2026-03-02", "2026-03-01"), "valid_until"),
            (list("SPRING", "in spring", "2026-03-01"), "valid_from"),
            (list(&"X".repeat(21), "2026-03-01", "2026-03-01"), "code"),
            (json!({"code": "SPRING", "name": "x".repeat(51)}), "name"),
            (json!({"code": "SPRING", "name": "Spring", "valid_from": 7}), "valid_from"),
        ] {
            assert_eq!(check(wrong.clone()), Err(field.to_owned()), "{wrong}");
        }
    }
}
