//! Master data: rows of resources, each in the shape that `GET /pos/init` gives it.
//!
//! **Invariant:** every change of a row gets a number from the company's change counter, drawn in the transaction
//! that changes it; the counter's row is locked until that transaction ends, so that a row can never appear behind
//! a cursor that was handed out before.

mod closure_templates;
pub(crate) mod editing;
pub(crate) mod fields;
pub(crate) mod filters;
pub(crate) mod keyed;
pub(crate) mod many;
mod meaning;
pub(crate) mod overriding;
mod parts;
pub(crate) mod paths;
mod patterns;
pub(crate) mod people;
pub(crate) mod phones;
pub(crate) mod price_lists;
pub(crate) mod receipt_texts;
pub(crate) mod references;
pub(crate) mod rules;
pub(crate) mod segment_members;
pub(crate) mod told;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_sync::wire::Domain;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::{
    authority,
    db::{DatabaseError, Row, Session, Value},
    registry::Terminal,
    relay,
};

/// For how long it is told that a row is gone.
pub(crate) const TOMBSTONES: TimeDelta = TimeDelta::days(90);

/// The resource of which there is one row, and not a list.
pub(crate) const STORE: &str = "store";
/// The resource that a terminal's counters stand in for.
pub(crate) const SEQUENCES: &str = "transaction_sequences";
/// The resource of people, whose passcodes are never kept readable.
pub(crate) const CASHIERS: &str = "cashiers";
/// The resource whose rows belong to one terminal each.
pub(crate) const SETTINGS: &str = "pos_settings";

/// The resource of the pages of a control that has several.
const TABS: &str = "form_control_tabs";

/// Every resource that older terminals know, parents before children, as they write them.
pub(crate) const RESOURCES: [&str; 43] = [
    "cashiers",
    "countries",
    "country_regions",
    "store",
    "cities",
    "districts",
    "currencies",
    "currency_table",
    "payment_types",
    "vat_rates",
    "product_units",
    "product_manufacturers",
    "department_main_groups",
    "department_sub_groups",
    "products",
    "product_variants",
    "product_attributes",
    "product_barcodes",
    "product_barcode_masks",
    "warehouses",
    "warehouse_locations",
    "warehouse_product_stock",
    "transaction_discount_types",
    "transaction_document_types",
    "transaction_sequences",
    "forms",
    "form_controls",
    "label_values",
    "pos_settings",
    "pos_virtual_keyboards",
    "cashier_performance_targets",
    "campaign_types",
    "campaigns",
    "campaign_rules",
    "campaign_products",
    "coupons",
    "loyalty_programs",
    "loyalty_tiers",
    "loyalty_earn_rules",
    "loyalty_redemption_policies",
    "loyalty_program_policies",
    "customer_segments",
    "customers",
];

/// Resources that no older terminal asks for, behind those that they refer to.
pub(crate) const FURTHER: [&str; 6] = [
    price_lists::LISTS,
    price_lists::PRICES,
    segment_members::MEMBERS,
    receipt_texts::TEXTS,
    closure_templates::TEMPLATES,
    TABS,
];

/// The resource of a name, where rows of it are kept.
pub(crate) fn named(name: &str) -> Option<&'static str> {
    RESOURCES.into_iter().chain(FURTHER).find(|known| *known == name)
}

/// A row to write.
#[derive(Clone, Debug)]
pub(crate) struct NewRow {
    pub(crate) resource: &'static str,
    pub(crate) id: Uuid,
    /// None for all stores.
    pub(crate) store: Option<Uuid>,
    /// None for all terminals.
    pub(crate) terminal: Option<Uuid>,
    pub(crate) body: Map<String, Json>,
}

/// A row as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) resource: String,
    pub(crate) id: Uuid,
    /// None for all stores.
    pub(crate) store: Option<Uuid>,
    pub(crate) version: i64,
    pub(crate) is_deleted: bool,
    pub(crate) body: Map<String, Json>,
}

/// Writes rows; one that stands as it is keeps its version. Returns how many changed.
pub(crate) fn put(
    session: &mut dyn Session,
    company: Uuid,
    rows: &[NewRow],
    now: DateTime<Utc>,
) -> Result<usize, DatabaseError> {
    let mut changed = 0;
    // The counter's row is locked first: who is erased this very moment is erased by when their row is read.
    session.execute("UPDATE company SET changes = changes WHERE company_id = $1", &[company.into()])?;
    for row in rows {
        let key = key_of(session, company, row)?;
        let text = Json::Object(row.body.clone()).to_string();
        let stored = session.query(
            "SELECT store_id, body, is_deleted FROM definition \
             WHERE company_id = $1 AND resource = $2 AND definition_id = $3",
            &[company.into(), row.resource.into(), row.id.into()],
        )?;
        let is_deleted = row.body.get("is_deleted").and_then(Json::as_bool).unwrap_or(false);
        let mut store = row.store;
        if let Some(stored) = stored.first() {
            let before = stored.optional_text(0)?.map(str::to_owned);
            // A row that two stores have is a row of the company.
            if before != store.map(|store| store.to_string()) {
                store = None;
            }
            let same_level = before == store.map(|store| store.to_string());
            if same_level && stored.text(1)? == text && stored.flag(2)? == is_deleted {
                continue;
            }
            // Nobody is known again because somebody who had not heard says who they were.
            let known = serde_json::from_str(stored.text(1)?).unwrap_or_default();
            if is_erased(&known) && !is_erased(&row.body) {
                continue;
            }
        }
        let version = next_change(session, company)?;
        session.execute(
            "INSERT INTO definition (company_id, resource, definition_id, store_id, terminal_id, version, \
             is_deleted, body, updated_at, code) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (company_id, resource, definition_id) DO UPDATE SET store_id = excluded.store_id, \
             terminal_id = excluded.terminal_id, version = excluded.version, is_deleted = excluded.is_deleted, \
             body = excluded.body, updated_at = excluded.updated_at, code = excluded.code",
            &[
                company.into(),
                row.resource.into(),
                row.id.into(),
                store.into(),
                row.terminal.into(),
                version.into(),
                is_deleted.into(),
                text.into(),
                now.timestamp_millis().into(),
                key.into(),
            ],
        )?;
        if row.resource == phones::CUSTOMERS && is_erased(&row.body) {
            forget_words(session, (company, row.id))?;
            parts::follow(session, company, (row.resource, row.id), now)?;
        }
        if is_deleted {
            overriding::follow(session, company, (row.resource, row.id), now)?;
        }
        changed += 1;
    }
    Ok(changed)
}

/// What a row is known by, or found by. A customer who came without it, as from an older hub, is known by the number.
fn key_of(session: &mut dyn Session, company: Uuid, row: &NewRow) -> Result<Option<String>, DatabaseError> {
    if let Some(first) = parts::found_by(row.resource, &row.body) {
        return Ok(Some(first));
    }
    let key = rules::of(row.resource).and_then(|rule| rule.key_of(&row.body)).map(str::to_owned);
    let typed =
        row.body.get(phones::TYPED).and_then(Json::as_str).filter(|_| row.resource == phones::CUSTOMERS);
    match (key, typed) {
        (None, Some(typed)) => Ok(phones::Dialling::of(session, company)?.key(typed)),
        (key, _) => Ok(key),
    }
}

/// Whether a row says no more than that its person was erased.
pub(crate) fn is_erased(body: &Map<String, Json>) -> bool {
    body.get(IS_ERASED) == Some(&Json::Bool(true))
}

/// Leaves nothing of somebody beside their row: why they were given points or had them taken was typed by a person, about
/// them, and tills told who they are.
fn forget_words(session: &mut dyn Session, (company, member): (Uuid, Uuid)) -> Result<(), DatabaseError> {
    let sql = "UPDATE point_entry SET reason = NULL WHERE company_id = $1 AND member_id = $2";
    session.execute(sql, &[company.into(), member.into()])?;
    relay::forget(session, (company, member))
}

/// Leaves nothing of a customer who was erased at a till but the word that they were, which every till takes over, also
/// where the row went long ago: others may still have it. Only of one that the till may have: a row of another store is
/// left alone.
pub(crate) fn erase(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    customer: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let body = json!({"id": customer, IS_ERASED: true}).to_string();
    let version = next_change(session, company)?;
    session.execute(
        "INSERT INTO definition (company_id, resource, definition_id, version, is_deleted, body, updated_at) \
         VALUES ($1, 'customers', $2, $5, 1, $4, $6) \
         ON CONFLICT (company_id, resource, definition_id) DO UPDATE SET is_deleted = 1, body = excluded.body, \
         code = NULL, version = excluded.version, updated_at = excluded.updated_at \
         WHERE definition.body <> excluded.body AND (definition.store_id IS NULL OR definition.store_id = $3)",
        &[
            company.into(),
            customer.into(),
            store.into(),
            body.as_str().into(),
            version.into(),
            now.timestamp_millis().into(),
        ],
    )?;
    let left = session.query(
        "SELECT 1 FROM definition WHERE company_id = $1 AND resource = 'customers' AND definition_id = $2 \
         AND body = $3",
        &[company.into(), customer.into(), body.as_str().into()],
    )?;
    if left.is_empty() {
        return Ok(());
    }
    parts::follow(session, company, (phones::CUSTOMERS, customer), now)?;
    forget_words(session, (company, customer))
}

/// What is left of a customer says that they were erased.
const IS_ERASED: &str = "is_erased";
/// That a row `d` is what is left of one.
pub(crate) const IS_OF_THE_ERASED: &str = "(d.resource = 'customers' AND d.body LIKE '%\"is_erased\":true%')";

/// Draws the next number of the company's changes.
pub(crate) fn next_change(session: &mut dyn Session, company: Uuid) -> Result<i64, DatabaseError> {
    next_changes(session, company, 1)
}

/// Draws the next numbers of the company's changes, as many as are asked for, and answers the last of them.
fn next_changes(session: &mut dyn Session, company: Uuid, count: i64) -> Result<i64, DatabaseError> {
    let rows = session.query(
        "UPDATE company SET changes = changes + $2 WHERE company_id = $1 RETURNING changes",
        &[company.into(), count.into()],
    )?;
    let row = rows.first().ok_or(DatabaseError::Column { column: 0, expected: "a company" })?;
    row.integer(0)
}

/// The number of the company's last change.
pub(crate) fn last_change(session: &mut dyn Session, company: Uuid) -> Result<i64, DatabaseError> {
    let rows = session.query("SELECT changes FROM company WHERE company_id = $1", &[company.into()])?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

/// What a terminal may have: company, store and terminal are the first parameters.
fn of_terminal() -> String {
    format!(
        "SELECT resource, definition_id, version, is_deleted, body, overrides, store_id FROM {} \
         WHERE company_id = $1 AND (terminal_id IS NULL OR terminal_id = $3)",
        overriding::told(2)
    )
}

/// What a terminal may have, in the order of the changes, with what is gone since `tombstones_since`.
pub(crate) fn visible(
    session: &mut dyn Session,
    company: Uuid,
    terminal: &Terminal,
    tombstones_since: DateTime<Utc>,
) -> Result<Vec<Definition>, DatabaseError> {
    let of = of(rules::of_device(terminal.profile));
    let visible = of_terminal();
    let sql = format!(
        "{visible} AND is_back = 0 AND {of} AND (is_deleted = 0 OR updated_at >= $4) ORDER BY version"
    );
    let mut values = scope(company, terminal);
    values.push(tombstones_since.timestamp_millis().into());
    session.query(&sql, &values)?.iter().map(definition).collect()
}

/// The rows of a resource that all stores have.
pub(crate) fn of_all_stores(
    session: &mut dyn Session,
    company: Uuid,
    resource: &str,
) -> Result<BTreeSet<Uuid>, DatabaseError> {
    let rows = session.query(
        "SELECT definition_id FROM definition WHERE company_id = $1 AND resource = $2 AND store_id IS NULL \
         AND is_deleted = 0",
        &[company.into(), resource.into()],
    )?;
    rows.iter().map(|row| row.id(0)).collect()
}

/// What changed after a number, in the order of the changes; of some domains, or of all that the terminal may have.
pub(crate) fn changed_after(
    session: &mut dyn Session,
    company: Uuid,
    (terminal, domains): (&Terminal, Option<&BTreeSet<Domain>>),
    (after, limit): (i64, i64),
) -> Result<Vec<Definition>, DatabaseError> {
    let is_wanted = |name: &&str| domains.is_none_or(|domains| domains.contains(&authority::domain_of(name)));
    let of = of(rules::of_device(terminal.profile).filter(is_wanted));
    let visible = of_terminal();
    let sql = format!("{visible} AND {of} AND version > $4 ORDER BY version LIMIT $5");
    let mut values = scope(company, terminal);
    values.extend([after.into(), limit.into()]);
    session.query(&sql, &values)?.iter().map(definition).collect()
}

/// The condition that a row is of one of these resources, whose names are this program's own.
fn of(resources: impl Iterator<Item = &'static str>) -> String {
    let names: Vec<String> = resources.map(|name| format!("'{name}'")).collect();
    if names.is_empty() { "1 = 0".to_owned() } else { format!("resource IN ({})", names.join(", ")) }
}

fn scope(company: Uuid, terminal: &Terminal) -> Vec<Value> {
    vec![company.into(), terminal.store.into(), terminal.id.into()]
}

fn definition(row: &Row) -> Result<Definition, DatabaseError> {
    let body = serde_json::from_str::<Map<String, Json>>(row.text(4)?);
    let mut body = body.map_err(|_| DatabaseError::Column { column: 4, expected: "a JSON object" })?;
    let id = row.id(1)?;
    if row.optional_text(5)?.is_some() {
        body.insert("id".to_owned(), id.to_string().into());
    }
    Ok(Definition {
        resource: row.text(0)?.to_owned(),
        id,
        store: row.optional_id(6)?,
        version: row.integer(2)?,
        is_deleted: row.flag(3)?,
        body,
    })
}
