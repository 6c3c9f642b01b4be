//! What tills tell of customers whom the hub has: what they agreed to, that they are no longer in use, that two are one.
//!
//! **Invariant:** only a row in use changes that the till may have, the company's or its own store's. Of what was said of
//! one purpose the latest statement holds, in whatever order tills deliver; nothing is said later than it is heard.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use saleflex_core::{customer::Consent, ids::CustomerId};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    IS_OF_THE_ERASED, NewRow, editing, is_erased, next_change, parts,
    phones::{self, CUSTOMERS},
    put,
    segment_members::{MEMBERS, SEGMENTS},
    told::{self, SHARED_PHONE},
};
use crate::{
    db::{DatabaseError, Row, Session},
    relay,
};

/// In which row somebody goes on whose own is gone because two were one person.
pub(super) const MERGED_INTO: &str = "merged_into";
/// That no more is left of somebody than that they are gone.
const IS_FORGOTTEN: &str = "is_forgotten";
/// What is agreed to; a row has `sms_consent`, and in `sms_consent_at` when that was said.
const PURPOSES: [&str; 3] = ["marketing", "sms", "email"];
/// No chain of merges is longer; a damaged one that turns in a circle ends where it is.
const LONGEST: usize = 100;

/// A row in use, of a customer or of what people decided about one.
pub(super) struct Record {
    /// None: the company's.
    pub(super) store: Option<Uuid>,
    pub(super) body: Map<String, Json>,
}

impl Record {
    pub(super) fn row(self, id: Uuid) -> NewRow {
        NewRow { resource: CUSTOMERS, id, store: self.store, terminal: None, body: self.body }
    }
}

/// The row of a customer, where it is in use and a till of the store may have it. Who gives no name is nobody.
pub(super) fn record(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    customer: Uuid,
) -> Result<Option<Record>, DatabaseError> {
    let rows = session.query(
        "SELECT store_id, body FROM definition WHERE company_id = $1 AND resource = 'customers' \
         AND definition_id = $2 AND is_deleted = 0 AND (store_id IS NULL OR store_id = $3)",
        &[company.into(), customer.into(), store.into()],
    )?;
    let record = rows.first().map(read).transpose()?;
    Ok(record.filter(|record| record.body.get("is_walkin") != Some(&Json::Bool(true))))
}

fn read(row: &Row) -> Result<Record, DatabaseError> {
    let body = serde_json::from_str::<Map<String, Json>>(row.text(1)?);
    let body = body.map_err(|_| DatabaseError::Column { column: 1, expected: "a JSON object" })?;
    Ok(Record { store: row.optional_id(0)?, body })
}

/// Whether there was a customer of an identity and is none any more.
pub(crate) fn is_gone(
    session: &mut dyn Session,
    company: Uuid,
    customer: Uuid,
) -> Result<bool, DatabaseError> {
    let rows = session.query(
        "SELECT 1 FROM definition WHERE company_id = $1 AND resource = 'customers' AND definition_id = $2 \
         AND is_deleted = 1",
        &[company.into(), customer.into()],
    )?;
    Ok(!rows.is_empty())
}

/// Where a customer's row leads to: tills that did not hear yet that two are one go on naming the one that went.
pub(crate) fn in_use(
    session: &mut dyn Session,
    company: Uuid,
    customer: Uuid,
) -> Result<Uuid, DatabaseError> {
    let mut at = customer;
    for _ in 0..LONGEST {
        let rows = session.query(
            "SELECT body FROM definition WHERE company_id = $1 AND resource = 'customers' AND definition_id = $2 \
             AND is_deleted = 1",
            &[company.into(), at.into()],
        )?;
        let Some(row) = rows.first() else { break };
        let body: Json = serde_json::from_str(row.text(0)?).unwrap_or_default();
        match body[MERGED_INTO].as_str().and_then(|id| Uuid::parse_str(id).ok()) {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(at)
}

/// Everybody who was made one with somebody, with who that is.
pub(crate) fn merged(
    session: &mut dyn Session,
    company: Uuid,
) -> Result<BTreeMap<CustomerId, CustomerId>, DatabaseError> {
    let rows = session.query(
        "SELECT definition_id, body FROM definition WHERE company_id = $1 AND resource = 'customers' \
         AND is_deleted = 1 AND body LIKE '%\"merged_into\":\"%'",
        &[company.into()],
    )?;
    let mut merged = BTreeMap::new();
    for row in &rows {
        let body: Json = serde_json::from_str(row.text(1)?).unwrap_or_default();
        if let Some(into) = body[MERGED_INTO].as_str().and_then(|id| Uuid::parse_str(id).ok()) {
            merged.insert(CustomerId::new(row.id(0)?), CustomerId::new(into));
        }
    }
    Ok(merged)
}

/// Writes down what somebody agreed to or took back, unless they said something later of it.
pub(crate) fn agree(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    (customer, consent): (Uuid, &Consent),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    // The counter's row is locked first: whoever reads a row to change it follows whoever did so before.
    next_change(session, company)?;
    let customer = in_use(session, company, customer)?;
    let Some(mut record) = record(session, (company, store), customer)? else { return Ok(()) };
    let purpose = serde_json::to_value(consent.purpose).unwrap_or_default();
    // What a newer till asks for has no field here.
    let known = PURPOSES.into_iter().find(|known| purpose.as_str() == Some(*known));
    let Some((given, at)) = known.map(fields) else { return Ok(()) };
    // A clock that is ahead makes nothing the latest word for as long as it is ahead.
    let said = consent.at.instant.min(now);
    if said_at(&record.body, &at).is_some_and(|before| before.min(now) > said) {
        return Ok(());
    }
    record.body.insert(given, consent.given.into());
    record.body.insert(at, instant(said));
    record.body.insert("updated_at".to_owned(), editing::naive(now).into());
    put(session, company, &[record.row(customer)], now).map(drop)
}

/// Leaves of a customer whom the hub does not have that they are gone, so that what comes late of them makes nobody: a row of
/// no name that may say where they went.
fn never_was(
    session: &mut dyn Session,
    company: Uuid,
    (customer, into): (Uuid, Option<Uuid>),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    if told::is_known(session, company, customer)? {
        return Ok(());
    }
    let mut body = Map::new();
    body.insert("id".to_owned(), customer.to_string().into());
    body.insert("is_deleted".to_owned(), true.into());
    body.extend(into.map(|into| (MERGED_INTO.to_owned(), into.to_string().into())));
    put(session, company, &[Record { store: None, body }.row(customer)], now).map(drop)
}

/// Takes a customer out of use. Nothing of them stays in what waits to be forwarded.
pub(crate) fn remove(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    customer: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    next_change(session, company)?;
    let Some(mut gone) = record(session, (company, store), customer)? else {
        return never_was(session, company, (customer, None), now);
    };
    gone.body.insert("is_deleted".to_owned(), true.into());
    put(session, company, &[gone.row(customer)], now)?;
    parts::follow(session, company, (CUSTOMERS, customer), now)?;
    relay::forget(session, (company, customer))
}

/// Erases somebody, and everybody who was made one with them, wherever their rows are; whether anything of them was left.
pub(crate) fn erase_everywhere(
    session: &mut dyn Session,
    company: Uuid,
    customer: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    next_change(session, company)?;
    let merged = merged(session, company)?;
    let mut all = vec![in_use(session, company, customer)?];
    let mut at = 0;
    while let Some(into) = all.get(at).copied() {
        let others = merged.iter().filter(|(_, to)| to.uuid() == into).map(|(from, _)| from.uuid());
        let others: Vec<Uuid> = others.filter(|from| !all.contains(from)).collect();
        all.extend(others);
        at += 1;
    }
    let mut is_news = false;
    for customer in all {
        let rows = session.query(
            "SELECT store_id, body FROM definition WHERE company_id = $1 AND resource = 'customers' \
             AND definition_id = $2",
            &[company.into(), customer.into()],
        )?;
        let known = rows.first().map(read).transpose()?;
        is_news |= known.as_ref().is_none_or(|known| !is_erased(&known.body));
        let store = known.and_then(|known| known.store).unwrap_or_default();
        super::erase(session, (company, store), customer, now)?;
    }
    Ok(is_news)
}

/// Leaves of customers who were taken out of use before an instant that they were, and in whose row they go on: a till that was
/// away for years hears of it still. Answers of how many.
pub(crate) fn forget(session: &mut dyn Session, before: DateTime<Utc>) -> Result<u64, DatabaseError> {
    let rows = session.query(
        &format!(
            "SELECT d.company_id, d.definition_id, d.body FROM definition d WHERE d.resource = 'customers' \
             AND d.is_deleted = 1 AND d.updated_at < $1 AND NOT {IS_OF_THE_ERASED} \
             AND d.body NOT LIKE '%\"{IS_FORGOTTEN}\":true%'"
        ),
        &[before.timestamp_millis().into()],
    )?;
    let mut forgotten = 0;
    for row in &rows {
        let known: Map<String, Json> = serde_json::from_str(row.text(2)?).unwrap_or_default();
        let mut body =
            Map::from_iter([("is_deleted".to_owned(), true.into()), (IS_FORGOTTEN.to_owned(), true.into())]);
        let kept = ["id", MERGED_INTO].into_iter().filter_map(|field| known.get_key_value(field));
        body.extend(kept.map(|(field, value)| (field.clone(), value.clone())));
        forgotten += session.execute(
            "UPDATE definition SET body = $3, code = NULL \
             WHERE company_id = $1 AND resource = 'customers' AND definition_id = $2",
            &[row.id(0)?.into(), row.id(1)?.into(), Json::Object(body).to_string().into()],
        )?;
    }
    Ok(forgotten)
}

/// Makes two rows one: the one that stays gets what it lacks, and the other says where it went. Where the hub has one of
/// them alone it has nobody twice, and keeps it. What two stores have each is the company's from then on.
pub(crate) fn merge(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    (from, into): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    next_change(session, company)?;
    let into = in_use(session, company, into)?;
    if from == into {
        return Ok(());
    }
    let Some(mut gone) = record(session, (company, store), from)? else {
        return never_was(session, company, (from, Some(into)), now);
    };
    let Some(mut kept) = record(session, (company, store), into)? else { return Ok(()) };
    fill(&mut kept.body, &gone.body);
    kept.body.insert("updated_at".to_owned(), editing::naive(now).into());
    kept.store = kept.store.filter(|_| kept.store == gone.store);
    gone.body.insert("is_deleted".to_owned(), true.into());
    gone.body.insert(MERGED_INTO.to_owned(), into.to_string().into());
    let decided = decided(session, company, (from, into))?;
    // Whoever takes the changes one after the other has the row that stays before the other goes.
    put(session, company, &[kept.row(into)], now)?;
    put(session, company, &decided, now)?;
    put(session, company, &[gone.row(from)], now)?;
    parts::follow(session, company, (CUSTOMERS, from), now)
}

/// What people decided about segments of a customer who goes, for the one who stays, where nobody decided about that one. It
/// is heard of where it was before.
fn decided(
    session: &mut dyn Session,
    company: Uuid,
    (from, into): (Uuid, Uuid),
) -> Result<Vec<NewRow>, DatabaseError> {
    let segments = session.query(
        "SELECT definition_id FROM definition WHERE company_id = $1 AND resource = $2 AND is_deleted = 0",
        &[company.into(), SEGMENTS.into()],
    )?;
    let (gone, stays) = (Json::from(from.to_string()), Json::from(into.to_string()));
    let mut rows = Vec::new();
    for segment in &segments {
        let segment = segment.id(0)?;
        let Some(Record { store, mut body }) = member(session, company, (segment, from))? else { continue };
        if member(session, company, (segment, into))?.is_some() {
            continue;
        }
        let id = parts::identity(MEMBERS, segment, into);
        for value in body.values_mut().filter(|value| **value == gone) {
            value.clone_from(&stays);
        }
        body.insert("id".to_owned(), id.to_string().into());
        rows.push(NewRow { resource: MEMBERS, id, store, terminal: None, body });
    }
    Ok(rows)
}

/// What people decided about a customer and a segment.
fn member(
    session: &mut dyn Session,
    company: Uuid,
    (segment, customer): (Uuid, Uuid),
) -> Result<Option<Record>, DatabaseError> {
    let rows = session.query(
        "SELECT store_id, body FROM definition WHERE company_id = $1 AND resource = $2 AND definition_id = $3 \
         AND is_deleted = 0",
        &[company.into(), MEMBERS.into(), parts::identity(MEMBERS, segment, customer).into()],
    )?;
    rows.first().map(read).transpose()
}

/// Gives a row what another says of the same person and it does not.
fn fill(kept: &mut Map<String, Json>, gone: &Map<String, Json>) {
    // A number that somebody is known by comes with its key, in the place of a text that is none.
    if !says(kept, phones::KEY) && says(gone, phones::KEY) {
        copy(kept, gone, &[phones::KEY, phones::TYPED]);
        kept.remove(SHARED_PHONE);
    }
    let alone = ["email_address", "description", "date_of_birth", "gender", "national_id", "tax_id"];
    for name in alone.into_iter().chain([phones::TYPED, "preferences_json"]) {
        if !says(kept, name) {
            copy(kept, gone, &[name]);
        }
    }
    // Lines of two addresses make no third one.
    let address = ["address_line_1", "address_line_2", "address_line_3", "zip_code"];
    if !address.iter().any(|name| says(kept, name)) {
        copy(kept, gone, &address);
    }
    for (given, at) in PURPOSES.map(fields) {
        if said_at(gone, &at) > said_at(kept, &at) {
            copy(kept, gone, &[&given, &at]);
        }
    }
}

/// Takes over what a till tells of what somebody agreed to, unless they said something later of it.
pub(super) fn later_statements(kept: &mut Map<String, Json>, told: &Map<String, Json>, now: DateTime<Utc>) {
    for (given, at) in PURPOSES.map(fields) {
        let Some(is_given) = told.get(&given).and_then(Json::as_bool) else { continue };
        let Some(said) = said_at(told, &at).map(|said| said.min(now)) else { continue };
        if said_at(kept, &at).is_none_or(|before| before.min(now) < said) {
            kept.insert(given, is_given.into());
            kept.insert(at, instant(said));
        }
    }
}

/// Notes when people at the hub say what somebody agreed to, so that no till overrides it by what was said before.
pub(super) fn stated(before: &Map<String, Json>, body: &mut Map<String, Json>, now: DateTime<Utc>) {
    for (given, at) in PURPOSES.map(fields) {
        let is_new = body.get(&given).is_some_and(Json::is_boolean) && body.get(&given) != before.get(&given);
        if is_new && body.get(&at) == before.get(&at) {
            body.insert(at, instant(now));
        }
    }
}

/// The fields of a purpose: whether it is agreed to, and since when.
fn fields(purpose: &str) -> (String, String) {
    (format!("{purpose}_consent"), format!("{purpose}_consent_at"))
}

fn copy(kept: &mut Map<String, Json>, gone: &Map<String, Json>, names: &[&str]) {
    kept.extend(names.iter().filter_map(|name| Some(((*name).to_owned(), gone.get(*name)?.clone()))));
}

pub(super) fn says(row: &Map<String, Json>, name: &str) -> bool {
    row.get(name).and_then(Json::as_str).is_some_and(|text| !text.trim().is_empty())
}

pub(super) fn said_at(row: &Map<String, Json>, name: &str) -> Option<DateTime<Utc>> {
    let said = DateTime::parse_from_rfc3339(row.get(name)?.as_str()?).ok()?;
    Some(said.to_utc())
}

pub(super) fn instant(at: DateTime<Utc>) -> Json {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filled(mut kept: Json, gone: &Json) -> Json {
        fill(kept.as_object_mut().unwrap(), gone.as_object().unwrap());
        kept
    }

    #[test]
    fn the_row_that_stays_gets_what_it_lacks_and_a_number_with_its_key() {
        let gone = json!({
            "name": "Bob", "phone_number": "0532 111 22 33", "phone_normalized": "905321112233", "zip_code": "34000",
            "address_line_1": "Quay 2", "email_address": "b@example.com",
        });
        let kept = json!({
            "name": "Robert", "phone_number": "n/a", "address_line_1": "Quay 1", "email_address": " ",
            "shared_phone": "0532 111 22 33",
        });
        let expected = json!({
            "name": "Robert", "phone_number": "0532 111 22 33", "phone_normalized": "905321112233",
            "address_line_1": "Quay 1", "email_address": "b@example.com",
        });
        assert_eq!(filled(kept, &gone), expected);
        let own = json!({"phone_number": "0532 999 99 99", "phone_normalized": "905329999999"});
        let both = filled(own.clone(), &gone);
        assert_eq!(
            (&both["phone_number"], &both["phone_normalized"]),
            (&own["phone_number"], &own["phone_normalized"])
        );
        assert_eq!(
            filled(json!({"phone_number": "n/a"}), &json!({"phone_number": ""})),
            json!({"phone_number": "n/a"})
        );
    }

    #[test]
    fn of_two_rows_of_one_person_the_later_statement_holds() {
        let early = json!({"sms_consent": true, "sms_consent_at": "2026-03-08T11:00:00Z"});
        let late = json!({"sms_consent": false, "sms_consent_at": "2026-03-08T12:00:00Z"});
        assert_eq!(filled(early.clone(), &late), late);
        assert_eq!(filled(late.clone(), &early), late);
        let silent = json!({"sms_consent": false});
        assert_eq!(filled(silent.clone(), &early), early);
        assert_eq!(filled(early.clone(), &silent), early);
    }
}
