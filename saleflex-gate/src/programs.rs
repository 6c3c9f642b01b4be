//! Programs of a company that call the hub with a key: some capabilities, in some stores or in all.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError,
    access::{Capability, Reach},
    credential::PROGRAM,
    db::{DatabaseError, Row, Session},
    ids::{digest, new_id, new_secret},
    text,
};

/// How often it is noted that a program comes.
const NOTED_EVERY: TimeDelta = TimeDelta::hours(1);

/// A program whose key was shown.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) company: Uuid,
    pub(crate) id: Uuid,
    pub(crate) capabilities: BTreeSet<String>,
    stores: Option<BTreeSet<Uuid>>,
    last_used_at: Option<DateTime<Utc>>,
}

/// A key, as it is listed.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct ApiKey {
    /// Its identity.
    pub(crate) id: Uuid,
    /// What it is for.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) capabilities: BTreeSet<String>,
    /// Where; absent: in all stores.
    pub(crate) stores: Option<BTreeSet<Uuid>>,
    /// Since when.
    pub(crate) created_at: DateTime<Utc>,
    /// When it was used last, to the hour.
    pub(crate) last_used_at: Option<DateTime<Utc>>,
    /// Since when it is void.
    pub(crate) revoked_at: Option<DateTime<Utc>>,
}

/// A key to issue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Accounting export", "capabilities": ["transaction.read", "closure.read"]}))]
pub(crate) struct NewApiKey {
    /// What it is for.
    pub(crate) name: String,
    /// What it may do; no more than whoever issues it.
    pub(crate) capabilities: BTreeSet<String>,
    /// Where; absent: in all stores.
    #[serde(default)]
    pub(crate) stores: Option<BTreeSet<Uuid>>,
}

impl Program {
    /// The program of a key that is still good.
    pub(crate) fn of_secret(session: &mut dyn Session, secret: &str) -> Result<Option<Self>, DatabaseError> {
        let rows = session.query(
            "SELECT k.company_id, k.key_id, k.capabilities, k.stores, k.last_used_at FROM company_secret s \
             JOIN api_key k ON k.company_id = s.company_id AND k.key_id = s.owner_id \
             JOIN company c ON c.company_id = k.company_id \
             WHERE s.digest = $1 AND s.kind = 'api_key' AND k.revoked_at IS NULL AND c.state <> 'deleted'",
            &[digest(secret).into()],
        )?;
        let program = rows.first().map(|row| {
            Ok(Self {
                company: row.id(0)?,
                id: row.id(1)?,
                capabilities: set(row, 2)?,
                stores: stores(row, 3)?,
                last_used_at: row.optional_time(4)?,
            })
        });
        program.transpose()
    }

    /// Whether it is to be noted that it came: once an hour is enough to see which keys nobody needs.
    pub(crate) fn comes_anew(&self, now: DateTime<Utc>) -> bool {
        self.last_used_at.is_none_or(|last| now - last >= NOTED_EVERY)
    }

    /// Notes that it came.
    pub(crate) fn came(
        session: &mut dyn Session,
        (company, id): (Uuid, Uuid),
        now: DateTime<Utc>,
    ) -> Result<(), DatabaseError> {
        let sql = "UPDATE api_key SET last_used_at = $3 WHERE company_id = $1 AND key_id = $2";
        session.execute(sql, &[company.into(), id.into(), now.timestamp_millis().into()]).map(drop)
    }

    /// What it may know of.
    pub(crate) fn sees(&self) -> Reach {
        self.stores.as_ref().map_or_else(Reach::company, |stores| Reach::of_stores(stores.iter().copied()))
    }
}

fn set(row: &Row, column: usize) -> Result<BTreeSet<String>, DatabaseError> {
    serde_json::from_str(row.text(column)?)
        .map_err(|_| DatabaseError::Column { column, expected: "a list of names" })
}

fn stores(row: &Row, column: usize) -> Result<Option<BTreeSet<Uuid>>, DatabaseError> {
    let stores = row.optional_text(column)?.map(serde_json::from_str).transpose();
    stores.map_err(|_| DatabaseError::Column { column, expected: "a list of stores" })
}

/// Issues a key and answers its secret, which is shown once.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn issue(
    session: &mut dyn Session,
    company: Uuid,
    issuer: Uuid,
    new: &NewApiKey,
    now: DateTime<Utc>,
) -> Result<(ApiKey, String), ApiError> {
    text::within("name", &new.name, 1..=100)?;
    if let Some(unknown) = new.capabilities.iter().find(|name| Capability::parse(name).is_none()) {
        return Err(text::unfit("capabilities", &format!("`{unknown}` is no capability")));
    }
    let (id, secret) = (new_id(now), format!("{PROGRAM}{}", new_secret()));
    let stores = new.stores.as_ref().map(serde_json::to_string).transpose();
    let stores = stores.map_err(|_| ApiError::internal())?;
    let capabilities = serde_json::to_string(&new.capabilities).map_err(|_| ApiError::internal())?;
    session.execute(
        "INSERT INTO api_key (company_id, key_id, name, capabilities, stores, created_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            company.into(),
            id.into(),
            new.name.as_str().into(),
            capabilities.into(),
            stores.into(),
            issuer.into(),
            now.timestamp_millis().into(),
        ],
    )?;
    session.execute(
        "INSERT INTO company_secret (digest, company_id, kind, owner_id) VALUES ($1, $2, 'api_key', $3)",
        &[digest(&secret).into(), company.into(), id.into()],
    )?;
    let key = list(session, company)?.into_iter().find(|key| key.id == id).ok_or_else(ApiError::internal)?;
    Ok((key, secret))
}

/// The keys of a company, the oldest first.
pub(crate) fn list(session: &mut dyn Session, company: Uuid) -> Result<Vec<ApiKey>, DatabaseError> {
    let rows = session.query(
        "SELECT key_id, name, capabilities, stores, created_at, last_used_at, revoked_at FROM api_key \
         WHERE company_id = $1 ORDER BY key_id",
        &[company.into()],
    )?;
    let keys = rows.iter().map(|row| {
        Ok(ApiKey {
            id: row.id(0)?,
            name: row.text(1)?.to_owned(),
            capabilities: set(row, 2)?,
            stores: stores(row, 3)?,
            created_at: row.time(4)?,
            last_used_at: row.optional_time(5)?,
            revoked_at: row.optional_time(6)?,
        })
    });
    keys.collect()
}

/// Makes all keys of a company void.
pub(crate) fn revoke_all(
    session: &mut dyn Session,
    company: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE api_key SET revoked_at = $2 WHERE company_id = $1 AND revoked_at IS NULL";
    session.execute(sql, &[company.into(), now.timestamp_millis().into()]).map(drop)
}

/// Makes a key void; whether there was one that was not.
pub(crate) fn revoke(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let revoked = session.execute(
        "UPDATE api_key SET revoked_at = $3 WHERE company_id = $1 AND key_id = $2 AND revoked_at IS NULL",
        &[company.into(), id.into(), now.timestamp_millis().into()],
    )?;
    Ok(revoked == 1)
}
