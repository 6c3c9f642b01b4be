//! Contacts: whom to call, of a company, of a store or of a warehouse.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError,
    access::{Reach, Wanted},
    db::{DatabaseError, Row, Session},
    ids::new_id,
    text,
};

/// A contact.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Contact {
    /// Its identity.
    pub(crate) id: Uuid,
    /// The store it is of; of a warehouse that of the warehouse. None: the company.
    pub(crate) store_id: Option<Uuid>,
    /// The warehouse it is of.
    pub(crate) warehouse_id: Option<Uuid>,
    /// Who.
    pub(crate) name: String,
    /// What they are there, such as `night manager`.
    pub(crate) position: Option<String>,
    /// What they may decide, in the company's own words.
    pub(crate) authority_level: Option<String>,
    /// Where to call.
    pub(crate) phone: Option<String>,
    /// Where to write to.
    pub(crate) email: Option<String>,
    /// Anything else.
    pub(crate) note: Option<String>,
    /// Since when.
    pub(crate) created_at: DateTime<Utc>,
    /// When it was changed last.
    pub(crate) changed_at: DateTime<Utc>,
}

/// A contact to add: of the company where neither a store nor a warehouse is named.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Zeynep Kaya", "position": "night manager", "authority_level": "orders up to 5000", "phone": "+90 532 000 00 00"
}))]
pub(crate) struct NewContact {
    /// The store it is of.
    #[serde(default)]
    pub(crate) store_id: Option<Uuid>,
    /// The warehouse it is of.
    #[serde(default)]
    pub(crate) warehouse_id: Option<Uuid>,
    /// Who, 1 to 100 characters.
    pub(crate) name: String,
    /// What they are there, at most 100 characters.
    #[serde(default)]
    pub(crate) position: Option<String>,
    /// What they may decide, at most 100 characters.
    #[serde(default)]
    pub(crate) authority_level: Option<String>,
    /// Where to call, at most 40 characters.
    #[serde(default)]
    pub(crate) phone: Option<String>,
    /// Where to write to.
    #[serde(default)]
    pub(crate) email: Option<String>,
    /// Anything else, at most 500 characters.
    #[serde(default)]
    pub(crate) note: Option<String>,
}

/// What changes of a contact; what is absent stays, an empty text takes away. Where it belongs never changes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phone": "+90 532 000 00 01", "note": ""}))]
pub(crate) struct ContactChange {
    /// Who.
    pub(crate) name: Option<String>,
    /// What they are there.
    pub(crate) position: Option<String>,
    /// What they may decide.
    pub(crate) authority_level: Option<String>,
    /// Where to call.
    pub(crate) phone: Option<String>,
    /// Where to write to.
    pub(crate) email: Option<String>,
    /// Anything else.
    pub(crate) note: Option<String>,
}

const CONTACT: &str = "SELECT contact_id, store_id, warehouse_id, name, held_position, authority_level, phone, email, note, \
     created_at, changed_at FROM contact WHERE company_id = $1";

fn contact(row: &Row) -> Result<Contact, DatabaseError> {
    let text = |column| row.optional_text(column).map(|text| text.map(str::to_owned));
    Ok(Contact {
        id: row.id(0)?,
        store_id: row.optional_id(1)?,
        warehouse_id: row.optional_id(2)?,
        name: row.text(3)?.to_owned(),
        position: text(4)?,
        authority_level: text(5)?,
        phone: text(6)?,
        email: text(7)?,
        note: text(8)?,
        created_at: row.time(9)?,
        changed_at: row.time(10)?,
    })
}

/// Which contacts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter {
    pub(crate) store: Option<Uuid>,
    pub(crate) warehouse: Option<Uuid>,
}

/// The contacts within reach, after one of them. Those of the company itself are for whoever reaches all of it.
pub(crate) fn list(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filter): (&Reach, Filter),
    (after, limit): (Uuid, i64),
) -> Result<Vec<Contact>, DatabaseError> {
    let wanted = Wanted::within(reach, ("store_id", None), [company.into(), after.into()])
        .and("store_id =", filter.store)
        .and("warehouse_id =", filter.warehouse);
    let (sql, values) = wanted.page(&format!("{CONTACT} AND contact_id > $2"), "contact_id", limit);
    session.query(&sql, &values)?.iter().map(contact).collect()
}

/// One contact within reach.
///
/// # Errors
/// `not_found`.
pub(crate) fn one(
    session: &mut dyn Session,
    company: Uuid,
    (reach, id): (&Reach, Uuid),
) -> Result<Contact, ApiError> {
    let wanted = Wanted::within(reach, ("store_id", None), [company.into(), id.into()]);
    let (conditions, values) = wanted.all();
    let rows = session.query(&format!("{CONTACT} AND contact_id = $2 AND {conditions}"), &values)?;
    Ok(contact(rows.first().ok_or_else(ApiError::not_found)?)?)
}

/// The store of a warehouse, none where it is the company's own.
///
/// # Errors
/// `reference_unknown` for a warehouse that is not there.
pub(crate) fn store_of_warehouse(
    session: &mut dyn Session,
    company: Uuid,
    warehouse: Uuid,
) -> Result<Option<Uuid>, ApiError> {
    let rows = session.query(
        "SELECT store_id FROM definition WHERE company_id = $1 AND resource = 'warehouses' AND definition_id = $2 \
         AND is_deleted = 0",
        &[company.into(), warehouse.into()],
    )?;
    match rows.first() {
        Some(row) => Ok(row.optional_id(0)?),
        None => Err(unknown_warehouse()),
    }
}

/// That a warehouse is none of the company's, or of another store than the one that was named beside it.
pub(crate) fn unknown_warehouse() -> ApiError {
    let message = "`warehouse_id` leads to no warehouse there";
    let error = ApiError::unprocessable("reference_unknown", message);
    ApiError { detail: Some("warehouse_id".to_owned()), ..error }
}

/// Adds a contact of a store, or of the company.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn add(
    session: &mut dyn Session,
    (company, store): (Uuid, Option<Uuid>),
    new: &NewContact,
    now: DateTime<Utc>,
) -> Result<Contact, ApiError> {
    let contact = Contact {
        id: new_id(now),
        store_id: store,
        warehouse_id: new.warehouse_id,
        name: new.name.clone(),
        position: said(None, new.position.as_ref()),
        authority_level: said(None, new.authority_level.as_ref()),
        phone: said(None, new.phone.as_ref()),
        email: said(None, new.email.as_ref()),
        note: said(None, new.note.as_ref()),
        created_at: now,
        changed_at: now,
    };
    check(&contact)?;
    session.execute(
        "INSERT INTO contact (company_id, contact_id, store_id, warehouse_id, name, held_position, authority_level, phone, \
         email, note, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        &[
            company.into(),
            contact.id.into(),
            contact.store_id.into(),
            contact.warehouse_id.into(),
            contact.name.as_str().into(),
            contact.position.as_deref().into(),
            contact.authority_level.as_deref().into(),
            contact.phone.as_deref().into(),
            contact.email.as_deref().into(),
            contact.note.as_deref().into(),
            now.timestamp_millis().into(),
        ],
    )?;
    one(session, company, (&Reach::company(), contact.id))
}

/// Changes a contact.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn change(
    session: &mut dyn Session,
    company: Uuid,
    (before, change): (Contact, &ContactChange),
    now: DateTime<Utc>,
) -> Result<Contact, ApiError> {
    let contact = Contact {
        name: change.name.clone().unwrap_or(before.name),
        position: said(before.position, change.position.as_ref()),
        authority_level: said(before.authority_level, change.authority_level.as_ref()),
        phone: said(before.phone, change.phone.as_ref()),
        email: said(before.email, change.email.as_ref()),
        note: said(before.note, change.note.as_ref()),
        id: before.id,
        store_id: before.store_id,
        warehouse_id: before.warehouse_id,
        created_at: before.created_at,
        changed_at: now,
    };
    check(&contact)?;
    session.execute(
        "UPDATE contact SET name = $3, held_position = $4, authority_level = $5, phone = $6, email = $7, note = $8, \
         changed_at = $9 WHERE company_id = $1 AND contact_id = $2",
        &[
            company.into(),
            contact.id.into(),
            contact.name.as_str().into(),
            contact.position.as_deref().into(),
            contact.authority_level.as_deref().into(),
            contact.phone.as_deref().into(),
            contact.email.as_deref().into(),
            contact.note.as_deref().into(),
            now.timestamp_millis().into(),
        ],
    )?;
    one(session, company, (&Reach::company(), contact.id))
}

/// Forgets a contact: who it was is nobody's business any more.
pub(crate) fn remove(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM contact WHERE company_id = $1 AND contact_id = $2";
    session.execute(sql, &[company.into(), id.into()]).map(drop)
}

/// What holds from now on of a text that may be missing: what was said, nothing for an empty one, else what was there.
fn said(before: Option<String>, now: Option<&String>) -> Option<String> {
    match now {
        None => before,
        Some(text) => Some(text.clone()).filter(|text| !text.is_empty()),
    }
}

fn check(contact: &Contact) -> Result<(), ApiError> {
    text::within("name", &contact.name, 1..=100)?;
    for (field, value, most) in [
        ("position", &contact.position, 100),
        ("authority_level", &contact.authority_level, 100),
        ("phone", &contact.phone, 40),
        ("note", &contact.note, 500),
    ] {
        text::within(field, value.as_deref().unwrap_or_default(), 0..=most)?;
    }
    text::email(contact.email.as_deref())
}
