//! Stores as they are administered.

use chrono::{DateTime, Utc};
use saleflex_core::money::CurrencyCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError,
    access::{Reach, Wanted},
    db::{DatabaseError, Row, Session},
    text,
};

/// A store.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = Store)]
pub(crate) struct StoreRow {
    /// Its identity.
    pub(crate) id: Uuid,
    /// Its code.
    pub(crate) code: String,
    /// Its name, for receipts.
    pub(crate) name: String,
    /// Its currency, by ISO 4217.
    pub(crate) currency: String,
    /// Its time zone, by its IANA name.
    pub(crate) time_zone: String,
    /// Whether prices contain tax.
    pub(crate) prices_include_tax: bool,
    /// Whether a terminal that nobody registered is taken in when it pushes on an open older wire.
    pub(crate) self_registration: bool,
    /// The region it lies in.
    pub(crate) region_id: Option<Uuid>,
    /// Address, phone, feature flags, as the company keeps them.
    #[schema(value_type = Object)]
    pub(crate) details: Map<String, Json>,
    /// Since when it is closed.
    pub(crate) closed_at: Option<DateTime<Utc>>,
    /// When it closes, if that was said before.
    pub(crate) closing_at: Option<DateTime<Utc>>,
    /// The installations that serve it.
    pub(crate) office_codes: Vec<String>,
}

/// What changes of a store; what is absent stays.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Quay shop", "time_zone": "Europe/Istanbul"}))]
pub(crate) struct StoreChange {
    /// Its name, for receipts.
    pub(crate) name: Option<String>,
    /// Its time zone, by its IANA name.
    pub(crate) time_zone: Option<String>,
    /// Whether a terminal that nobody registered is taken in when it pushes on an open older wire.
    pub(crate) self_registration: Option<bool>,
    /// The region it lies in.
    pub(crate) region_id: Option<Uuid>,
    /// Address, phone, feature flags, in the place of all before.
    #[schema(value_type = Option<Object>)]
    pub(crate) details: Option<Map<String, Json>>,
}

const STORE: &str = "SELECT s.store_id, s.store_code, s.name, s.currency, s.time_zone, s.prices_include_tax, \
     s.self_registration, r.region_id, s.details, s.closed_at, s.closing_at FROM store s \
     LEFT JOIN region_store r ON r.company_id = s.company_id AND r.store_id = s.store_id \
     WHERE s.company_id = $1";

fn store(session: &mut dyn Session, company: Uuid, row: &Row) -> Result<StoreRow, DatabaseError> {
    let details = serde_json::from_str(row.text(8)?);
    let id = row.id(0)?;
    let offices = session.query(
        "SELECT office_code FROM office WHERE company_id = $1 AND store_id = $2 ORDER BY office_code",
        &[company.into(), id.into()],
    )?;
    Ok(StoreRow {
        id,
        code: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        currency: row.text(3)?.to_owned(),
        time_zone: row.text(4)?.to_owned(),
        prices_include_tax: row.flag(5)?,
        self_registration: row.flag(6)?,
        region_id: row.optional_id(7)?,
        details: details.map_err(|_| DatabaseError::Column { column: 8, expected: "a JSON object" })?,
        closed_at: row.optional_time(9)?,
        closing_at: row.optional_time(10)?,
        office_codes: offices.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<_, _>>()?,
    })
}

/// A store by its identity.
pub(crate) fn store_by_id(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
) -> Result<Option<StoreRow>, DatabaseError> {
    let rows = session.query(&format!("{STORE} AND s.store_id = $2"), &[company.into(), id.into()])?;
    rows.first().map(|row| store(session, company, row)).transpose()
}

/// What a store counts in; none of one that is not there.
pub(crate) fn currency_of(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
) -> Result<Option<CurrencyCode>, DatabaseError> {
    let sql = "SELECT currency FROM store WHERE company_id = $1 AND store_id = $2";
    let rows = session.query(sql, &[company.into(), store.into()])?;
    let code = rows.first().map(|row| row.text(0)).transpose()?;
    Ok(code.and_then(|code| CurrencyCode::parse(code).ok()))
}

/// The stores within reach, after one of them.
pub(crate) fn list_stores(
    session: &mut dyn Session,
    company: Uuid,
    (reach, region): (&Reach, Option<Uuid>),
    (after, limit): (Uuid, i64),
) -> Result<Vec<StoreRow>, DatabaseError> {
    let wanted = Wanted::within(reach, ("s.store_id", None), [company.into(), after.into()])
        .and("r.region_id =", region);
    let (sql, values) = wanted.page(&format!("{STORE} AND s.store_id > $2"), "s.store_id", limit);
    let rows = session.query(&sql, &values)?;
    rows.iter().map(|row| store(session, company, row)).collect()
}

/// Changes a store.
///
/// # Errors
/// `field_invalid`, and `not_found` for a region.
pub(crate) fn change_store(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
    change: &StoreChange,
) -> Result<StoreRow, ApiError> {
    text::within("name", change.name.as_deref().unwrap_or("-"), 1..=100)?;
    change.time_zone.as_deref().map_or(Ok(()), text::time_zone)?;
    if let Some(region) = change.region_id {
        super::regions::put_store(session, company, id, region)?;
    }
    let details = change.details.clone().map(|details| Json::Object(details).to_string());
    session.execute(
        "UPDATE store SET name = COALESCE($3, name), time_zone = COALESCE($4, time_zone), \
         self_registration = COALESCE($5, self_registration), details = COALESCE($6, details) \
         WHERE company_id = $1 AND store_id = $2",
        &[
            company.into(),
            id.into(),
            change.name.as_deref().into(),
            change.time_zone.as_deref().into(),
            change.self_registration.into(),
            details.into(),
        ],
    )?;
    store_by_id(session, company, id)?.ok_or_else(ApiError::not_found)
}

/// Closes a store, or opens it again. Whatever was said before of when it closes is over with it.
pub(crate) fn close_store(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
    closed_at: Option<DateTime<Utc>>,
) -> Result<(), DatabaseError> {
    let closed_at = closed_at.map(|time| time.timestamp_millis());
    session.execute(
        "UPDATE store SET closed_at = $3, closing_at = NULL WHERE company_id = $1 AND store_id = $2",
        &[company.into(), id.into(), closed_at.into()],
    )?;
    Ok(())
}

/// The name of a company in addresses.
pub(crate) fn slug(session: &mut dyn Session, company: Uuid) -> Result<String, DatabaseError> {
    let rows = session.query("SELECT slug FROM company WHERE company_id = $1", &[company.into()])?;
    let row = rows.first().ok_or(DatabaseError::Column { column: 0, expected: "a company" })?;
    row.text(0).map(str::to_owned)
}

/// The name of a company, as it is called.
pub(crate) fn company_name(session: &mut dyn Session, company: Uuid) -> Result<String, DatabaseError> {
    let rows = session.query("SELECT name FROM company WHERE company_id = $1", &[company.into()])?;
    let row = rows.first().ok_or(DatabaseError::Column { column: 0, expected: "a company" })?;
    row.text(0).map(str::to_owned)
}
