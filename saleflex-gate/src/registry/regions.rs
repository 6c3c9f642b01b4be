//! Regions: parts of a company that hold stores and other regions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError,
    db::{DatabaseError, Row, Session},
    definitions,
    ids::new_id,
    people::{pin, standing},
    text,
};

/// How deep regions lie in one another at most.
const DEEPEST: usize = 8;

/// A region.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Region {
    /// Its identity.
    pub(crate) id: Uuid,
    /// Its code, unique in the company.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: String,
    /// The region it lies in.
    pub(crate) parent_id: Option<Uuid>,
}

/// A region to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "NORTH", "name": "North"}))]
pub(crate) struct NewRegion {
    /// Its code, unique in the company.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: String,
    /// The region it lies in.
    #[serde(default)]
    pub(crate) parent_id: Option<Uuid>,
}

/// What changes of a region; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "North coast"}))]
pub(crate) struct RegionChange {
    /// Its name.
    pub(crate) name: Option<String>,
    /// The region it lies in.
    pub(crate) parent_id: Option<Uuid>,
}

const REGION: &str =
    "SELECT region_id, code, name, parent_id FROM region WHERE company_id = $1 AND is_deleted = 0";

fn region(row: &Row) -> Result<Region, DatabaseError> {
    Ok(Region {
        id: row.id(0)?,
        code: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        parent_id: row.optional_id(3)?,
    })
}

/// The regions of a company by code.
pub(crate) fn list(session: &mut dyn Session, company: Uuid) -> Result<Vec<Region>, DatabaseError> {
    let rows = session.query(&format!("{REGION} ORDER BY code"), &[company.into()])?;
    rows.iter().map(region).collect()
}

/// One region.
///
/// # Errors
/// `not_found`.
pub(crate) fn one(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<Region, ApiError> {
    let rows = session.query(&format!("{REGION} AND region_id = $2"), &[company.into(), id.into()])?;
    Ok(region(rows.first().ok_or_else(ApiError::not_found)?)?)
}

/// Makes a region.
///
/// # Errors
/// `code_taken`, `not_found` for the region it shall lie in, `field_invalid`.
pub(crate) fn add(
    session: &mut dyn Session,
    company: Uuid,
    new: &NewRegion,
    now: DateTime<Utc>,
) -> Result<Region, ApiError> {
    text::code("code", &new.code)?;
    text::within("name", &new.name, 1..=100)?;
    let id = new_id(now);
    below(session, company, id, new.parent_id)?;
    let added = session.execute(
        "INSERT INTO region (company_id, region_id, parent_id, code, name, is_deleted, created_at) \
         VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT (company_id, code) DO NOTHING",
        &[
            company.into(),
            id.into(),
            new.parent_id.into(),
            new.code.as_str().into(),
            new.name.as_str().into(),
            now.timestamp_millis().into(),
        ],
    )?;
    if added == 0 {
        return Err(ApiError::conflict("code_taken", "the company has a region of this code"));
    }
    one(session, company, id)
}

/// That a region may lie in another: it is there, not in itself, and not too deep.
fn below(session: &mut dyn Session, company: Uuid, id: Uuid, parent: Option<Uuid>) -> Result<(), ApiError> {
    let mut next = parent;
    for _ in 0..DEEPEST {
        let Some(above) = next else { return Ok(()) };
        if above == id {
            break;
        }
        next = one(session, company, above)?.parent_id;
    }
    Err(ApiError::unprocessable("region_in_itself", "a region cannot lie in itself, nor deeper than 8"))
}

/// Changes a region.
///
/// # Errors
/// As [`add`]; `pin_taken` where it would bring two people with one PIN together.
pub(crate) fn change(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
    change: &RegionChange,
) -> Result<Region, ApiError> {
    let before = one(session, company, id)?;
    text::within("name", change.name.as_deref().unwrap_or("-"), 1..=100)?;
    below(session, company, id, change.parent_id)?;
    let pairs = pin::pairs(session, company)?;
    session.execute(
        "UPDATE region SET name = COALESCE($3, name), parent_id = COALESCE($4, parent_id) \
         WHERE company_id = $1 AND region_id = $2",
        &[company.into(), id.into(), change.name.as_deref().into(), change.parent_id.into()],
    )?;
    if change.parent_id.is_some() {
        pin::are_apart(session, company, &pairs)?;
    }
    if change.parent_id.is_some_and(|parent| before.parent_id != Some(parent)) {
        let stores = standing::stores_of_region(session, company, id)?;
        note_moved(session, company, stores)?;
    }
    one(session, company, id)
}

/// Notes that stores lie elsewhere: their tills ask for everything anew, where anything is said of regions.
fn note_moved(
    session: &mut dyn Session,
    company: Uuid,
    stores: impl IntoIterator<Item = Uuid>,
) -> Result<(), DatabaseError> {
    let said = "SELECT 1 FROM definition WHERE company_id = $1 AND region_id IS NOT NULL LIMIT 1";
    if session.query(said, &[company.into()])?.is_empty() {
        return Ok(());
    }
    let change = definitions::next_change(session, company)?;
    for store in stores {
        session.execute(
            "UPDATE store SET placed_after = $3 WHERE company_id = $1 AND store_id = $2",
            &[company.into(), store.into(), change.into()],
        )?;
    }
    Ok(())
}

/// Asks for the regions that stores lie in, and those that these lie in: the company is the first parameter of the statement, and
/// `stores` a condition for the store `s.store_id`.
pub(crate) fn above(stores: &str) -> String {
    format!(
        "WITH RECURSIVE above (region_id, parent_id) AS ( \
             SELECT r.region_id, r.parent_id FROM region r JOIN region_store s ON s.company_id = r.company_id \
             AND s.region_id = r.region_id WHERE r.company_id = $1 AND {stores} \
             UNION SELECT r.region_id, r.parent_id FROM region r JOIN above a ON r.region_id = a.parent_id \
             WHERE r.company_id = $1) SELECT region_id FROM above"
    )
}

/// Removes an empty region.
///
/// # Errors
/// `region_in_use` when a store, a region, a role or a price list is in it.
pub(crate) fn remove(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<(), ApiError> {
    one(session, company, id)?;
    let used = session.query(
        "SELECT 1 FROM region_store WHERE company_id = $1 AND region_id = $2 \
         UNION ALL SELECT 1 FROM region WHERE company_id = $1 AND parent_id = $2 AND is_deleted = 0 \
         UNION ALL SELECT 1 FROM role_assignment WHERE company_id = $1 AND region_id = $2 \
         UNION ALL SELECT 1 FROM definition WHERE company_id = $1 AND region_id = $2 AND is_deleted = 0",
        &[company.into(), id.into()],
    )?;
    if !used.is_empty() {
        return Err(ApiError::conflict(
            "region_in_use",
            "a store, a region, a role or a price list is in it",
        ));
    }
    // Its code is free again.
    session.execute(
        "UPDATE region SET is_deleted = 1, code = $3 WHERE company_id = $1 AND region_id = $2",
        &[company.into(), id.into(), id.to_string().into()],
    )?;
    Ok(())
}

/// Puts a store into a region.
///
/// # Errors
/// `not_found`; `pin_taken` where it would bring two people with one PIN together.
pub(crate) fn put_store(
    session: &mut dyn Session,
    company: Uuid,
    store: Uuid,
    region: Uuid,
) -> Result<(), ApiError> {
    one(session, company, region)?;
    let before = session.query(
        "SELECT 1 FROM region_store WHERE company_id = $1 AND store_id = $2 AND region_id = $3",
        &[company.into(), store.into(), region.into()],
    )?;
    if before.is_empty() {
        note_moved(session, company, [store])?;
    }
    let pairs = pin::pairs(session, company)?;
    session.execute(
        "INSERT INTO region_store (company_id, store_id, region_id) VALUES ($1, $2, $3) \
         ON CONFLICT (company_id, store_id) DO UPDATE SET region_id = excluded.region_id",
        &[company.into(), store.into(), region.into()],
    )?;
    pin::are_apart(session, company, &pairs)
}
