//! What an older terminal asks of a store and nobody made: a store that was set up at this hub has no row of itself, and none
//! of the types that are the same everywhere.
//!
//! **Invariants:** what is given here has the same identity at every call, because closures name it, and what of it is the same
//! in every store is the company's own from then on ([`kept`](super::kept)). What people made takes its place: by the key, and of
//! ways to pay, tax rates and departments by being there at all, which a terminal that was given some hears. A store whose data
//! came whole, with a row of itself, has its own rows alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use saleflex_core::{
    digest::Digest,
    money::{Currency, CurrencyCode},
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::{
    definitions::{SETTINGS, STORE, rules},
    ids,
    registry::{StoreRow, Terminal},
};

/// A row, by its columns.
pub(crate) type Row = Map<String, Json>;
/// A row that nobody made, with its resource.
pub(crate) type Made = (&'static str, Row);
/// What a terminal is told, by the resource.
pub(super) type Lists = BTreeMap<&'static str, Vec<Row>>;

const TABLE: &str = include_str!("given.csv");
const ISO_3166: &str = include_str!("countries.csv");

const CAMPAIGN_TYPES: &str = "campaign_types";
const COUNTRIES: &str = "countries";
const CURRENCIES: &str = "currencies";
const DISCOUNT_TYPES: &str = "transaction_discount_types";
const DOCUMENT_TYPES: &str = "transaction_document_types";
const MAINS: &str = "department_main_groups";
const PAYMENT_TYPES: &str = "payment_types";
const PRODUCTS: &str = "products";
const RATES: &str = "vat_rates";
const SUBS: &str = "department_sub_groups";
/// The resources of which rows are given beside those that people made.
const BESIDE: [&str; 9] = [
    CAMPAIGN_TYPES,
    COUNTRIES,
    CURRENCIES,
    DISCOUNT_TYPES,
    DOCUMENT_TYPES,
    MAINS,
    PAYMENT_TYPES,
    RATES,
    SUBS,
];
/// Those of them of which the rows are kept. What stands for a rate or a department where nobody made one is none of the company's.
pub(super) const KEPT: [&str; 6] =
    [CAMPAIGN_TYPES, COUNTRIES, CURRENCIES, DISCOUNT_TYPES, DOCUMENT_TYPES, PAYMENT_TYPES];

/// The fields in which goods name their departments.
const MAIN: &str = "fk_department_main_group_id";
const SUB: &str = "fk_department_sub_group_id";
/// The number of the department of goods that are in none: the last that a main one can have.
const GENERAL: &str = "99";
/// The number of the rate where nobody made one.
const NO_RATE: &str = "0";

/// What the details of a store may say of a column, under its own name or another.
const DETAILS: [(&str, &str); 15] = [
    ("street", "address"),
    ("phone_number", "phone"),
    ("web_page_url", "web_page_url"),
    ("description", "description"),
    ("street", "street"),
    ("block_no", "block_no"),
    ("district", "district"),
    ("postal_code", "postal_code"),
    ("phone_number", "phone_number"),
    ("email", "email"),
    ("fax", "fax"),
    ("manager_name", "manager_name"),
    ("manager_contact_number", "manager_contact_number"),
    ("technician_name", "technician_name"),
    ("technician_contact_number", "technician_contact_number"),
];

/// A row that is the same in every store.
#[derive(Clone, Copy, Debug)]
struct Given {
    resource: &'static str,
    /// What it is known by.
    key: &'static str,
    number: u32,
    name: &'static str,
}

/// Adds what a terminal lacks to what it is told, and answers what of it may be kept. `company` is the company's name.
pub(super) fn add(lists: &mut Lists, terminal: &Terminal, (store, company): (&StoreRow, &str)) -> Vec<Made> {
    let mut made = Vec::new();
    if live(lists, STORE).next().is_none() {
        let known = KEPT.map(|resource| lists.get(resource).map_or(0, Vec::len));
        countries(lists);
        currency(lists, &store.currency);
        types(lists);
        rates(lists);
        departments(lists);
        once(lists);
        for (resource, known) in KEPT.into_iter().zip(known) {
            let rows = lists.get(resource).into_iter().flatten().skip(known).filter(|row| is_live(row));
            made.extend(rows.map(|row| (resource, row.clone())));
        }
        let row = store_row(lists, terminal, (store, company));
        push(lists, STORE, row);
    }
    settings(lists, terminal, store);
    let told: BTreeSet<&str> = rules::of_device(terminal.profile).collect();
    for (_, rows) in lists.iter_mut().filter(|(resource, _)| !told.contains(*resource)) {
        rows.clear();
    }
    made
}

/// The identity of settings that follow from a terminal: closures name it.
pub(super) fn settings_id(terminal: Uuid) -> Uuid {
    ids::of_digest(&Digest::of_parts([SETTINGS.as_bytes(), terminal.as_bytes().as_slice()]))
}

/// Whether a row is in force.
pub(super) fn is_live(row: &Row) -> bool {
    row.get("is_deleted") != Some(&Json::Bool(true))
}

fn all() -> &'static [Given] {
    static GIVEN: LazyLock<Vec<Given>> =
        LazyLock::new(|| parse(TABLE).expect("the committed table is whole, as a test checks"));
    &GIVEN
}

fn parse(table: &'static str) -> Option<Vec<Given>> {
    let rows = table.lines().skip(1).map(|line| {
        let [resource, key, number, name] = cells(line)?;
        Some(Given { resource, key, number: number.parse().ok()?, name })
    });
    rows.collect()
}

fn cells(line: &'static str) -> Option<[&'static str; 4]> {
    line.split(',').collect::<Vec<_>>().try_into().ok()
}

impl Given {
    fn row(self) -> Row {
        let Self { resource, key, number, name } = self;
        let mut row = row(match resource {
            DOCUMENT_TYPES => json!({"no": number, "name": key, "display_name": name}),
            DISCOUNT_TYPES => json!({"code": key, "name": name, "display_name": name}),
            CAMPAIGN_TYPES => json!({"code": key, "name": name, "display_order": number}),
            PAYMENT_TYPES => json!({"type_no": number, "type_name": key, "type_description": name}),
            _ => json!({"name": name}),
        });
        row.insert("id".to_owned(), json!(identity(resource, key)));
        row
    }
}

fn row(value: Json) -> Row {
    if let Json::Object(row) = value { row } else { Row::new() }
}

/// The identity of what is given under a key: the same in every store, at every call.
pub(super) fn identity(resource: &str, key: &str) -> Uuid {
    ids::of_digest(&Digest::of_parts([b"given".as_slice(), resource.as_bytes(), key.as_bytes()]))
}

/// The sign of a currency that is given to every store of it.
pub(super) fn sign_of(currency: Uuid) -> Option<&'static str> {
    let mut given = all().iter().filter(|given| given.resource == CURRENCIES);
    given.find(|given| identity(CURRENCIES, given.key) == currency).map(|given| given.key)
}

fn push(lists: &mut Lists, resource: &'static str, row: Row) {
    lists.entry(resource).or_default().push(row);
}

fn live<'a>(lists: &'a Lists, resource: &str) -> impl Iterator<Item = &'a Row> {
    lists.get(resource).into_iter().flatten().filter(|row| is_live(row))
}

fn id_in(row: &Row, field: &str) -> Option<Uuid> {
    Uuid::parse_str(row.get(field)?.as_str()?).ok()
}

fn text_in<'a>(row: &'a Row, field: &str) -> &'a str {
    row.get(field).and_then(Json::as_str).unwrap_or_default()
}

/// Whether there is a row of a key.
fn holds(lists: &Lists, resource: &str, key: &str) -> bool {
    let field = rules::of(resource).and_then(|rule| rule.key);
    field.is_some_and(|field| live(lists, resource).any(|row| text_in(row, field).trim() == key))
}

/// Leaves of rows of one identity the first, which people made: they may call what is given otherwise.
fn once(lists: &mut Lists) {
    for resource in BESIDE {
        let mut known = BTreeSet::new();
        lists.entry(resource).or_default().retain(|row| known.insert(id_in(row, "id")));
    }
}

fn countries(lists: &mut Lists) {
    let made: BTreeSet<String> =
        live(lists, COUNTRIES).map(|row| text_in(row, "iso_alpha2").to_owned()).collect();
    for [two, three, number, name] in ISO_3166.lines().skip(1).filter_map(cells) {
        if !made.contains(two) {
            let country = json!({
                "id": identity(COUNTRIES, two), "name": name, "iso_alpha2": two, "iso_alpha3": three,
                "iso_numeric": number.parse::<u32>().ok(),
            });
            push(lists, COUNTRIES, row(country));
        }
    }
}

/// The currency of the store, which its settings name.
fn currency(lists: &mut Lists, sign: &str) {
    if holds(lists, CURRENCIES, sign) {
        return;
    }
    let known = all().iter().find(|given| given.resource == CURRENCIES && given.key == sign);
    let written = CurrencyCode::parse(sign).ok().map(Currency::of);
    let last = live(lists, CURRENCIES).filter_map(|row| row.get("no")?.as_i64()).max().unwrap_or_default();
    let currency = json!({
        "id": identity(CURRENCIES, sign),
        "no": last.saturating_add(1),
        "name": known.map_or(sign, |known| known.name),
        "currency_code": known.map(|known| known.number),
        "sign": sign,
        "sign_direction": "LEFT",
        "currency_symbol": written.as_ref().map(Currency::symbol),
        "decimal_places": written.as_ref().map(Currency::minor_digits),
    });
    push(lists, CURRENCIES, row(currency));
}

/// The types of documents, discounts and campaigns, and the ways to pay. A company's list of ways to pay is its own.
fn types(lists: &mut Lists) {
    let has_payments = live(lists, PAYMENT_TYPES).next().is_some();
    for given in all().iter().filter(|given| given.resource != CURRENCIES) {
        if !holds(lists, given.resource, given.key) {
            let mut row = given.row();
            let is_over = given.resource == PAYMENT_TYPES && has_payments;
            row.insert("is_deleted".to_owned(), is_over.into());
            push(lists, given.resource, row);
        }
    }
}

/// A rate where there is none, and the number of the rate of goods that name it, or their department's, by its identity.
fn rates(lists: &mut Lists) {
    let is_over = live(lists, RATES).next().is_some();
    let none = json!({
        "id": identity(RATES, NO_RATE), "no": 0, "name": "No tax", "rate": "0.00", "is_deleted": is_over,
    });
    push(lists, RATES, row(none));
    let numbers: BTreeMap<Uuid, Json> =
        live(lists, RATES).filter_map(|row| Some((id_in(row, "id")?, row.get("no")?.clone()))).collect();
    let of_mains: BTreeMap<Uuid, Uuid> =
        live(lists, MAINS).filter_map(|row| Some((id_in(row, "id")?, id_in(row, "fk_vat_id")?))).collect();
    for product in lists.get_mut(PRODUCTS).into_iter().flatten() {
        if product.get("vat_no").is_some_and(|number| !number.is_null()) {
            continue;
        }
        let of_main = id_in(product, MAIN).and_then(|main| of_mains.get(&main).copied());
        let number = id_in(product, "fk_vat_id").or(of_main).and_then(|rate| numbers.get(&rate));
        if let Some(number) = number {
            product.insert("vat_no".to_owned(), number.clone());
        }
    }
}

/// Departments for goods that are in none, or in a main one alone: a terminal leaves out what is not in both.
fn departments(lists: &mut Lists) {
    let general = identity(MAINS, GENERAL);
    let (mut firsts, mut mains) = (BTreeMap::new(), BTreeMap::new());
    for row in live(lists, SUBS) {
        let (Some(sub), Some(main)) = (id_in(row, "id"), id_in(row, "main_group_id")) else { continue };
        mains.insert(sub, main);
        firsts.entry(main).and_modify(|first: &mut Uuid| *first = sub.min(*first)).or_insert(sub);
    }
    let mut is_over = live(lists, MAINS).next().is_some();
    let mut without = BTreeSet::from([general]);
    for product in lists.get_mut(PRODUCTS).into_iter().flatten().filter(|row| is_live(row)) {
        let sub = id_in(product, SUB);
        let of_sub = sub.and_then(|sub| mains.get(&sub).copied());
        let main = id_in(product, MAIN).or(of_sub).unwrap_or(general);
        is_over &= main != general;
        let sub = sub.or_else(|| firsts.get(&main).copied()).unwrap_or_else(|| {
            without.insert(main);
            identity(SUBS, &main.to_string())
        });
        product.insert(MAIN.to_owned(), json!(main));
        product.insert(SUB.to_owned(), json!(sub));
    }
    let everything = json!({"id": general, "code": GENERAL, "name": "General", "is_deleted": is_over});
    push(lists, MAINS, row(everything));
    for main in without {
        let found = lists.get(MAINS).into_iter().flatten().find(|row| id_in(row, "id") == Some(main));
        let made = found.map(|found| {
            json!({
                "id": identity(SUBS, &main.to_string()),
                "code": format!("{}00", text_in(found, "code")),
                "name": text_in(found, "name"),
                "main_group_id": main,
                "is_deleted": !is_live(found),
            })
        });
        if let Some(made) = made {
            push(lists, SUBS, row(made));
        }
    }
}

/// The store as the hub knows it.
fn store_row(lists: &Lists, terminal: &Terminal, (store, company): (&StoreRow, &str)) -> Row {
    let mut row = row(json!({
        "id": store.id,
        "brand_name": store.name,
        "company_name": company,
        "fk_country_id": country_of(lists, store),
        "is_active": store.closed_at.is_none(),
        "store_code": store.code,
        "office_code": terminal.office_code,
    }));
    for (column, detail) in DETAILS {
        if let Some(text) = store.details.get(detail).filter(|detail| detail.is_string()) {
            row.insert(column.to_owned(), text.clone());
        }
    }
    row
}

/// The country that the details of a store name by its two letters.
fn country_of(lists: &Lists, store: &StoreRow) -> Option<Uuid> {
    let code = store.details.get("country")?.as_str()?.trim();
    let mut countries = live(lists, COUNTRIES);
    id_in(countries.find(|row| text_in(row, "iso_alpha2").eq_ignore_ascii_case(code))?, "id")
}

/// Settings for a terminal of which nobody made any, and the store's currency in those that name none: without it nothing is
/// sold.
fn settings(lists: &mut Lists, terminal: &Terminal, store: &StoreRow) {
    if live(lists, SETTINGS).next().is_none() {
        let made = json!({
            "id": settings_id(terminal.id),
            "pos_no_in_store": terminal.number,
            "name": terminal.code,
            "fk_default_country_id": country_of(lists, store),
            "fk_store_id": store.id,
            "fk_pos_terminal_id": terminal.id,
        });
        push(lists, SETTINGS, row(made));
    }
    let own = live(lists, CURRENCIES).find(|row| text_in(row, "sign") == store.currency);
    let Some(currency) = own.and_then(|row| id_in(row, "id")) else { return };
    for settings in lists.get_mut(SETTINGS).into_iter().flatten().filter(|row| is_live(row)) {
        for field in ["fk_current_currency_id", "fk_working_currency_id"] {
            if id_in(settings, field).is_none() {
                settings.insert(field.to_owned(), json!(currency));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_older_terminals_know_is_given_once() {
        for (resource, expected) in
            [(DOCUMENT_TYPES, 12), (DISCOUNT_TYPES, 7), (CAMPAIGN_TYPES, 6), (PAYMENT_TYPES, 10)]
        {
            let keys: BTreeSet<&str> =
                all().iter().filter(|given| given.resource == resource).map(|given| given.key).collect();
            assert_eq!(keys.len(), expected, "{resource}");
        }
        let lines = ISO_3166.lines().skip(1);
        assert_eq!(lines.clone().filter_map(cells).count(), lines.count(), "each country has four cells");
        for given in all().iter().filter(|given| given.resource == CURRENCIES) {
            assert!(CurrencyCode::parse(given.key).is_ok(), "{}", given.key);
        }
    }

    #[test]
    fn what_is_given_is_the_peoples_own_where_they_made_a_row_of_its_identity() {
        let id = identity(DISCOUNT_TYPES, "NONE");
        let mut lists = Lists::new();
        push(&mut lists, DISCOUNT_TYPES, row(json!({"id": id, "code": "NOTHING", "name": "Nothing"})));
        types(&mut lists);
        once(&mut lists);
        let codes = lists[DISCOUNT_TYPES].iter().map(|row| text_in(row, "code")).collect::<BTreeSet<_>>();
        assert_eq!((lists[DISCOUNT_TYPES].len(), codes.contains("NOTHING")), (7, true));
        assert!(!codes.contains("NONE"), "{codes:?}");
    }

    #[test]
    fn goods_that_stand_in_no_department_are_in_the_general_one() {
        let mut lists = Lists::new();
        push(&mut lists, PRODUCTS, row(json!({"id": Uuid::from_u128(1)})));
        departments(&mut lists);
        let [main, sub] = [MAIN, SUB].map(|field| id_in(&lists[PRODUCTS][0], field));
        let everything = live(&lists, MAINS).find(|row| id_in(row, "id") == main).unwrap();
        assert_eq!(text_in(everything, "code"), GENERAL);
        assert!(live(&lists, SUBS).any(|row| id_in(row, "id") == sub && id_in(row, "main_group_id") == main));
    }

    #[test]
    fn goods_in_a_main_department_alone_are_in_its_first_or_in_one_that_is_given() {
        let (drinks, bread, tea) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let mut lists = Lists::new();
        for (id, code) in [(drinks, "1"), (bread, "2")] {
            push(&mut lists, MAINS, row(json!({"id": id, "code": code, "name": code})));
        }
        push(
            &mut lists,
            SUBS,
            row(json!({"id": tea, "code": "101", "name": "Tea", "main_group_id": drinks})),
        );
        for main in [drinks, bread] {
            push(&mut lists, PRODUCTS, row(json!({"id": main, MAIN: main})));
        }
        departments(&mut lists);
        let subs: Vec<Uuid> = lists[PRODUCTS].iter().filter_map(|product| id_in(product, SUB)).collect();
        assert_eq!(subs[0], tea);
        let given = live(&lists, SUBS).find(|row| id_in(row, "id") == Some(subs[1])).unwrap();
        assert_eq!((id_in(given, "main_group_id"), text_in(given, "code")), (Some(bread), "200"));
        assert_eq!(live(&lists, MAINS).count(), 2, "nothing is in the general one, and it is gone");
    }
}
