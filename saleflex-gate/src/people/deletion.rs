//! Deleting a company: one owner wishes it, and it is done when every owner at that moment has agreed.
//!
//! **Invariant:** nothing of what the company's tills delivered is removed by it; the company is closed, its sessions and
//! tokens are void.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{members, session};
use crate::{
    ApiError,
    db::{DatabaseError, Session},
    ids::new_id,
    programs,
};

/// After which time a wish that not all agreed to is over.
const WISH: TimeDelta = TimeDelta::days(30);

/// A wish to delete a company.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Deletion {
    /// Its identity.
    pub(crate) id: Uuid,
    /// `pending` or `deleted`.
    pub(crate) state: String,
    /// Who began it.
    pub(crate) started_by: Uuid,
    /// Which owners agree.
    pub(crate) approved_by: Vec<Uuid>,
    /// How many owners there are.
    pub(crate) owners: usize,
    /// When it is over, if not all agree.
    pub(crate) expires_at: DateTime<Utc>,
}

/// The wish that is open, if there is one.
pub(crate) fn pending(
    session: &mut dyn Session,
    company: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Deletion>, DatabaseError> {
    let rows = session.query(
        "SELECT deletion_id, state, started_by, expires_at FROM company_deletion \
         WHERE company_id = $1 AND state = 'pending' AND expires_at > $2 ORDER BY deletion_id DESC",
        &[company.into(), now.timestamp_millis().into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let approved = session.query(
        "SELECT a.user_id FROM company_deletion_approval a JOIN membership m ON m.company_id = a.company_id \
         AND m.user_id = a.user_id WHERE a.company_id = $1 AND a.deletion_id = $2 AND m.is_owner = 1 \
         ORDER BY a.user_id",
        &[company.into(), row.id(0)?.into()],
    )?;
    let owners = session
        .query("SELECT user_id FROM membership WHERE company_id = $1 AND is_owner = 1", &[company.into()])?;
    Ok(Some(Deletion {
        id: row.id(0)?,
        state: row.text(1)?.to_owned(),
        started_by: row.id(2)?,
        approved_by: approved.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?,
        owners: owners.len(),
        expires_at: row.time(3)?,
    }))
}

/// An owner wishes the company deleted, which is their own agreement.
///
/// # Errors
/// `deletion_pending` when somebody else has begun.
pub(crate) fn start(
    session: &mut dyn Session,
    company: Uuid,
    owner: Uuid,
    now: DateTime<Utc>,
) -> Result<Deletion, ApiError> {
    members::owners(session, company)?;
    if pending(session, company, now)?.is_some() {
        return Err(ApiError::conflict("deletion_pending", "an owner has begun: approve or cancel that"));
    }
    session.execute(
        "INSERT INTO company_deletion (company_id, deletion_id, state, started_by, expires_at, created_at) \
         VALUES ($1, $2, 'pending', $3, $4, $5)",
        &[
            company.into(),
            new_id(now).into(),
            owner.into(),
            (now + WISH).timestamp_millis().into(),
            now.timestamp_millis().into(),
        ],
    )?;
    session.execute(
        "UPDATE company SET state = 'deletion_pending' WHERE company_id = $1 AND state = 'active'",
        &[company.into()],
    )?;
    approve(session, company, (owner, true), now)
}

/// An owner agrees, or takes the agreement back.
///
/// # Errors
/// `not_found` when nobody wishes it.
pub(crate) fn approve(
    session: &mut dyn Session,
    company: Uuid,
    (owner, agrees): (Uuid, bool),
    now: DateTime<Utc>,
) -> Result<Deletion, ApiError> {
    members::owners(session, company)?;
    let open = pending(session, company, now)?.ok_or_else(ApiError::not_found)?;
    let mut values = vec![company.into(), open.id.into(), owner.into()];
    let sql = if agrees {
        values.push(now.timestamp_millis().into());
        "INSERT INTO company_deletion_approval (company_id, deletion_id, user_id, approved_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (company_id, deletion_id, user_id) DO NOTHING"
    } else {
        "DELETE FROM company_deletion_approval WHERE company_id = $1 AND deletion_id = $2 AND user_id = $3"
    };
    session.execute(sql, &values)?;
    settle(session, company, now)?.ok_or_else(ApiError::not_found)
}

/// Closes the company if every owner of this moment agrees. Also asked when an owner drops the tag.
pub(crate) fn settle(
    session: &mut dyn Session,
    company: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Deletion>, DatabaseError> {
    let Some(mut open) = pending(session, company, now)? else { return Ok(None) };
    if open.owners == 0 || open.approved_by.len() < open.owners {
        return Ok(Some(open));
    }
    let key = [company.into(), open.id.into()];
    session.execute(
        "UPDATE company_deletion SET state = 'deleted' WHERE company_id = $1 AND deletion_id = $2",
        &key,
    )?;
    session.execute("UPDATE company SET state = 'deleted' WHERE company_id = $1", &[company.into()])?;
    session.execute("DELETE FROM device_token WHERE company_id = $1", &[company.into()])?;
    session.execute("DELETE FROM enrolment WHERE company_id = $1", &[company.into()])?;
    session::end_of_company(session, company, None, now)?;
    "deleted".clone_into(&mut open.state);
    Ok(Some(open))
}

/// That a company is not deleted: what was made in one would be void, and good again when somebody brings it back.
///
/// # Errors
/// `wrong_state`.
pub(crate) fn not_deleted(session: &mut dyn Session, company: Uuid) -> Result<(), ApiError> {
    let sql = "SELECT 1 FROM company WHERE company_id = $1 AND state = 'deleted'";
    if session.query(sql, &[company.into()])?.is_empty() {
        return Ok(());
    }
    let message = "the company is deleted: `saleflex-gate bring-back` opens it again";
    let refused = ApiError::conflict("wrong_state", message);
    Err(ApiError { detail: Some("deleted".to_owned()), ..refused })
}

/// Takes a deletion back; whether there was one. What is void stays so, keys of programs too: devices are enrolled, people log in
/// and keys are issued anew.
pub(crate) fn undo(
    session: &mut dyn Session,
    company: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE company SET state = 'active' WHERE company_id = $1 AND state = 'deleted'";
    if session.execute(sql, &[company.into()])? == 0 {
        return Ok(false);
    }
    programs::revoke_all(session, company, now)?;
    Ok(true)
}

/// Notes that nothing is left of a deleted company's books.
pub(crate) fn purged(session: &mut dyn Session, company: Uuid) -> Result<(), DatabaseError> {
    let sql = "UPDATE company_deletion SET state = 'purged' WHERE company_id = $1 AND state = 'deleted'";
    session.execute(sql, &[company.into()]).map(drop)
}

/// That there is something to bring back of a company.
///
/// # Errors
/// `wrong_state`.
pub(crate) fn not_purged(session: &mut dyn Session, company: Uuid) -> Result<(), ApiError> {
    let sql = "SELECT 1 FROM company_deletion WHERE company_id = $1 AND state = 'purged'";
    if session.query(sql, &[company.into()])?.is_empty() {
        return Ok(());
    }
    let refused =
        ApiError::conflict("wrong_state", "the books of the company are gone: there is nothing to open");
    Err(ApiError { detail: Some("purged".to_owned()), ..refused })
}

/// An owner ends the wish.
///
/// # Errors
/// `not_found` when nobody wishes it.
pub(crate) fn cancel(session: &mut dyn Session, company: Uuid, now: DateTime<Utc>) -> Result<(), ApiError> {
    let open = pending(session, company, now)?.ok_or_else(ApiError::not_found)?;
    session.execute(
        "UPDATE company_deletion SET state = 'cancelled' WHERE company_id = $1 AND deletion_id = $2",
        &[company.into(), open.id.into()],
    )?;
    let sql = "UPDATE company SET state = 'active' WHERE company_id = $1 AND state = 'deletion_pending'";
    session.execute(sql, &[company.into()])?;
    Ok(())
}
