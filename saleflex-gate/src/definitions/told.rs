//! Customers as tills tell of them beside an event, taken over into the hub's rows.
//!
//! **Invariants:** of each part of a row the latest change holds, in whatever order tills deliver, and none is later than it is
//! heard; what a till does not say it changed fills what nobody said anything of yet, and replaces nothing. Only a row in use
//! changes that the till may have, and nobody is known again who is gone.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use saleflex_core::{
    customer::{CustomerChange, RecordPart},
    journal::{Entry, Event},
};
use saleflex_sync::wire::Person;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{
    editing, is_erased, next_change,
    people::{self, Record, instant, said_at, says},
    phones::{self, CUSTOMERS},
    put, rules,
};
use crate::db::{DatabaseError, Session};

/// When each part was changed last, by its name.
const CHANGED_AT: &str = "changed_at";
/// When a change of a till was older than what the row says: that till takes the row over once more.
const KEPT_AT: &str = "kept_at";
/// The number of somebody that another row was known by first: this one is not.
pub(super) const SHARED_PHONE: &str = "shared_phone";
/// What the hub alone says of a row: nobody sets it, by a file no more than by hand.
pub(crate) const SAID_BY_THE_HUB: [&str; 3] = [CHANGED_AT, KEPT_AT, SHARED_PHONE];
/// The most bytes of a text: none that a till takes is longer.
const LONGEST: usize = 4_096;

/// A part of a row: its name, and its fields.
type Part = (RecordPart, &'static str, &'static [&'static str]);

const PARTS: [Part; 11] = [
    (RecordPart::Name, "name", &["name", "last_name"]),
    (RecordPart::Phone, "phone", &[phones::TYPED, phones::KEY]),
    (RecordPart::Email, "email", &["email_address"]),
    (RecordPart::Address, "address", &["address_line_1", "address_line_2", "address_line_3", "zip_code"]),
    (RecordPart::Note, "note", &["description"]),
    (RecordPart::DateOfBirth, "date_of_birth", &["date_of_birth"]),
    (RecordPart::Gender, "gender", &["gender"]),
    (RecordPart::NationalId, "national_id", &["national_id"]),
    (RecordPart::TaxId, "tax_id", &["tax_id"]),
    (RecordPart::Preferences, "preferences", &["preferences_json"]),
    (RecordPart::Code, "code", &["code"]),
];

/// What a till tells of the people of an event.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) people: &'a [Person],
    pub(crate) change: &'a CustomerChange,
    /// When it happened, by the till's clock.
    pub(crate) at: DateTime<Utc>,
}

/// Takes over what a till tells of people.
pub(crate) fn take(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    told: Told<'_>,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let people: BTreeMap<Uuid, &Person> =
        told.people.iter().filter_map(|person| Some((person.id()?, person))).collect();
    let changed: &[RecordPart] =
        if let CustomerChange::Saved { changed, .. } = told.change { changed } else { &[] };
    // A clock that is ahead makes nothing the latest word for as long as it is ahead.
    let said = told.at.min(now);
    for customer in told.change.described() {
        if let Some(Person(row)) = people.get(&customer.uuid()) {
            one(session, (company, store), customer.uuid(), (row, changed, said), now)?;
        }
    }
    Ok(())
}

/// A row, what was changed of it, and when.
type Said<'a> = (&'a Map<String, Json>, &'a [RecordPart], DateTime<Utc>);

fn one(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    customer: Uuid,
    (row, changed, said): Said<'_>,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    // The counter's row is locked first: whoever reads a row to change it follows whoever did so before.
    next_change(session, company)?;
    let customer = people::in_use(session, company, customer)?;
    let known = people::record(session, (company, store), customer)?;
    let before = known.as_ref().map(|record| record.body.clone());
    let mut record = match known {
        Some(record) => record,
        // It is gone, another store's, or of whoever gives no name.
        None if is_known(session, company, customer)? => return Ok(()),
        None => Record { store: None, body: new(customer, row, now) },
    };
    let takes_phone = merge(&mut record.body, (row, changed, said), now);
    if takes_phone {
        find_key(session, company, (customer, &mut record))?;
    }
    if before.as_ref() == Some(&record.body) || !says(&record.body, "name") {
        return Ok(());
    }
    record.body.insert("updated_at".to_owned(), editing::naive(now).into());
    put(session, company, &[record.row(customer)], now).map(drop)
}

/// Whether the hub has a row of somebody, in whatever state.
pub(super) fn is_known(
    session: &mut dyn Session,
    company: Uuid,
    customer: Uuid,
) -> Result<bool, DatabaseError> {
    let rows = session.query(
        "SELECT 1 FROM definition WHERE company_id = $1 AND resource = 'customers' AND definition_id = $2",
        &[company.into(), customer.into()],
    )?;
    Ok(!rows.is_empty())
}

/// The row of somebody whom the hub did not know, before anything is told of them. It is the company's.
fn new(customer: Uuid, row: &Map<String, Json>, now: DateTime<Utc>) -> Map<String, Json> {
    let text = |field: &str| text(row, field).filter(|text| !text.is_null());
    let body = json!({
        "id": customer.to_string(),
        "is_deleted": false,
        "is_active": true,
        "registration_source": text("registration_source"),
        "created_at": text("created_at").unwrap_or_else(|| editing::naive(now).into()),
    });
    if let Json::Object(body) = body { body } else { Map::new() }
}

/// Puts into a row what somebody said of it; whether the telephone is among it.
fn merge(body: &mut Map<String, Json>, (row, changed, said): Said<'_>, now: DateTime<Utc>) -> bool {
    let mut takes_phone = false;
    for (part, name, fields) in PARTS {
        let is_changed = changed.contains(&part);
        // What somebody took out is not put back by a till that has not heard of it.
        let is_open =
            changed_at(body, name).is_none() || says(body, SHARED_PHONE) && part == RecordPart::Phone;
        let fills = is_open && lacks(body, fields) && !lacks(row, fields);
        // What no till writes is left where it is.
        let Some(texts) = texts(row, fields).filter(|_| is_changed || fills) else { continue };
        if changed_at(body, name).is_some_and(|before| before.min(now) > said) {
            if is_changed {
                body.insert(KEPT_AT.to_owned(), instant(now));
            }
            continue;
        }
        body.extend(texts);
        stamp(body, name, said);
        takes_phone |= part == RecordPart::Phone;
    }
    people::later_statements(body, row, now);
    takes_phone
}

/// Works out what somebody is known by whose number is new. Where another row is known by it already, that one stays so, and
/// this one only says that it has it too.
fn find_key(
    session: &mut dyn Session,
    company: Uuid,
    (customer, record): (Uuid, &mut Record),
) -> Result<(), DatabaseError> {
    record.body.remove(SHARED_PHONE);
    phones::Dialling::of(session, company)?.complete(&mut record.body, |_| true);
    let Some(key) = rules::of(CUSTOMERS).and_then(|rule| rule.key_of(&record.body)).map(str::to_owned) else {
        return Ok(());
    };
    if editing::is_taken(session, (company, CUSTOMERS), &key, (customer, record.store, None))? {
        let typed = record.body.insert(phones::TYPED.to_owned(), Json::Null);
        record.body.insert(phones::KEY.to_owned(), Json::Null);
        record.body.insert(SHARED_PHONE.to_owned(), typed.unwrap_or_default());
    }
    Ok(())
}

/// The rows of those whom an event that was kept before is about, for a hub above.
pub(crate) fn rows_of(
    session: &mut dyn Session,
    company: Uuid,
    entry: &Entry,
) -> Result<Vec<Person>, DatabaseError> {
    let Event::Customer(change) = &entry.event else { return Ok(Vec::new()) };
    let mut people = Vec::new();
    for customer in change.described() {
        let rows = session.query(
            "SELECT body FROM definition WHERE company_id = $1 AND resource = 'customers' AND definition_id = $2 \
             AND is_deleted = 0",
            &[company.into(), customer.uuid().into()],
        )?;
        let body = rows.first().map(|row| row.text(0)).transpose()?;
        people.extend(body.and_then(|body| serde_json::from_str(body).ok()).map(Person));
    }
    Ok(people)
}

/// Those of them who were not erased or taken out of use meanwhile, each under the identity as it is looked for when they are.
pub(crate) fn not_erased(
    session: &mut dyn Session,
    company: Uuid,
    people: &[Person],
) -> Result<Vec<Person>, DatabaseError> {
    let mut left = Vec::new();
    for person in people {
        let Some(id) = person.id() else { continue };
        let rows = session.query(
            "SELECT body, is_deleted FROM definition WHERE company_id = $1 AND resource = 'customers' \
             AND definition_id = $2",
            &[company.into(), id.into()],
        )?;
        let body = rows.first().map(|row| row.text(0)).transpose()?;
        let body: Map<String, Json> =
            body.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let is_deleted = rows.first().map_or(Ok(false), |row| row.flag(1))?;
        // Whoever was merged into another goes on there.
        let is_gone = is_deleted && !body.contains_key(people::MERGED_INTO);
        if !is_erased(&body) && !is_gone {
            let Person(mut row) = person.clone();
            row.insert("id".to_owned(), id.to_string().into());
            left.push(Person(row));
        }
    }
    Ok(left)
}

/// Notes when people at the hub changed the parts of a row, so that no till overrides it by what was so before.
pub(super) fn stated(before: &Map<String, Json>, body: &mut Map<String, Json>, now: DateTime<Utc>) {
    for field in SAID_BY_THE_HUB {
        match before.get(field) {
            Some(value) => body.insert(field.to_owned(), value.clone()),
            None => body.remove(field),
        };
    }
    let said = |row: &Map<String, Json>, field: &str| {
        let is_blank = |value: &&Json| value.as_str().is_some_and(|text| text.trim().is_empty());
        row.get(field).filter(|value| !is_blank(value)).cloned().unwrap_or_default()
    };
    for (part, name, fields) in PARTS {
        if fields.iter().any(|field| said(body, field) != said(before, field)) {
            stamp(body, name, now);
            if part == RecordPart::Phone {
                body.remove(SHARED_PHONE);
            }
        }
    }
}

fn changed_at(row: &Map<String, Json>, part: &str) -> Option<DateTime<Utc>> {
    said_at(row.get(CHANGED_AT)?.as_object()?, part)
}

fn stamp(row: &mut Map<String, Json>, part: &str, at: DateTime<Utc>) {
    let stamps = row.entry(CHANGED_AT).or_insert_with(|| json!({}));
    if !stamps.is_object() {
        *stamps = json!({});
    }
    if let Json::Object(stamps) = stamps {
        stamps.insert(part.to_owned(), instant(at));
    }
}

fn lacks(row: &Map<String, Json>, fields: &[&str]) -> bool {
    !fields.iter().any(|field| says(row, field))
}

/// The fields of a part as a till says them; none where one of them is nothing that a till writes.
fn texts(row: &Map<String, Json>, fields: &[&str]) -> Option<Vec<(String, Json)>> {
    fields.iter().map(|field| Some(((*field).to_owned(), text(row, field)?))).collect()
}

/// A text as it is kept: an empty one is null. None where it is none that a till writes.
fn text(row: &Map<String, Json>, field: &str) -> Option<Json> {
    let Some(value) = row.get(field).filter(|value| !value.is_null()) else { return Some(Json::Null) };
    let text = value.as_str()?.trim();
    if text.is_empty() {
        return Some(Json::Null);
    }
    let is_fit = field != "date_of_birth" || text.parse::<NaiveDate>().is_ok();
    (is_fit && text.len() <= LONGEST && !text.contains('\0')).then(|| text.into())
}
