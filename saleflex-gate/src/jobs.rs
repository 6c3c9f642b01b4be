//! Work that leaves a file: who asked for it gets it, and nobody else.
//!
//! A file is made within the request that asks for it; that it may be fetched later, and more than once, is what a job is
//! for.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError,
    db::{DatabaseError, Row, Session},
    ids::new_id,
};

/// Work that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    /// Its identity.
    pub(crate) id: Uuid,
    /// What is made: `report`.
    pub(crate) kind: String,
    /// Which one, such as `sales-summary`.
    pub(crate) subject: String,
    /// `done`.
    pub(crate) state: String,
    /// How far it is, in percent.
    pub(crate) progress: i64,
    /// The name of the file.
    pub(crate) file_name: String,
    /// When it was asked for.
    pub(crate) created_at: DateTime<Utc>,
}

/// A file to keep.
pub(crate) struct NewFile<'a> {
    pub(crate) kind: &'static str,
    pub(crate) subject: &'a str,
    pub(crate) name: String,
    pub(crate) content: &'a str,
}

const JOB: &str = "SELECT job_id, kind, subject, state, progress, file_name, created_at, content FROM job \
     WHERE company_id = $1 AND owner_id = $2 AND job_id = $3";

fn job(row: &Row) -> Result<Job, DatabaseError> {
    Ok(Job {
        id: row.id(0)?,
        kind: row.text(1)?.to_owned(),
        subject: row.text(2)?.to_owned(),
        state: row.text(3)?.to_owned(),
        progress: row.integer(4)?,
        file_name: row.text(5)?.to_owned(),
        created_at: row.time(6)?,
    })
}

/// Keeps a file that was made for somebody.
pub(crate) fn keep(
    session: &mut dyn Session,
    (company, owner): (Uuid, Uuid),
    file: &NewFile<'_>,
    now: DateTime<Utc>,
) -> Result<Job, ApiError> {
    let id = new_id(now);
    session.execute(
        "INSERT INTO job (company_id, job_id, owner_id, kind, subject, state, progress, file_name, content, created_at) \
         VALUES ($1, $2, $3, $4, $5, 'done', 100, $6, $7, $8)",
        &[
            company.into(),
            id.into(),
            owner.into(),
            file.kind.into(),
            file.subject.into(),
            file.name.as_str().into(),
            file.content.into(),
            now.timestamp_millis().into(),
        ],
    )?;
    one(session, (company, owner), id)
}

/// A job of somebody.
///
/// # Errors
/// `not_found`, also for one that somebody else asked for.
pub(crate) fn one(
    session: &mut dyn Session,
    (company, owner): (Uuid, Uuid),
    id: Uuid,
) -> Result<Job, ApiError> {
    let rows = session.query(JOB, &[company.into(), owner.into(), id.into()])?;
    Ok(job(rows.first().ok_or_else(ApiError::not_found)?)?)
}

/// Its file: the name and what is in it.
///
/// # Errors
/// As [`one`].
pub(crate) fn file(
    session: &mut dyn Session,
    (company, owner): (Uuid, Uuid),
    id: Uuid,
) -> Result<(String, String), ApiError> {
    let rows = session.query(JOB, &[company.into(), owner.into(), id.into()])?;
    let row = rows.first().ok_or_else(ApiError::not_found)?;
    Ok((row.text(5)?.to_owned(), row.text(7)?.to_owned()))
}
