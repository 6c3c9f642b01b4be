//! The first person of a store's hub: with the code that its start prints somebody registers and owns the company.
//!
//! **Invariant:** nobody comes by a company that somebody owns. The code is kept in no book: another start prints another.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::members;
use crate::{
    ApiError,
    audit::Actor,
    db::{DatabaseError, Session},
    desk::Desk,
    ids::{digest, new_code},
};

/// The code that is out, by its digest.
#[derive(Debug, Default)]
pub(crate) struct SetUpCode(Mutex<Option<String>>);

impl SetUpCode {
    /// Another code; the one before is void.
    pub(crate) fn renew(&self) -> String {
        let code = new_code();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(digest(&code));
        code
    }

    /// Whether this is the one that is out.
    pub(crate) fn is(&self, code: &str) -> bool {
        let out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.as_ref().is_some_and(|out| *out == digest(code.trim()))
    }
}

/// Whether somebody owns a company here.
pub(crate) fn is_owned(session: &mut dyn Session) -> Result<bool, DatabaseError> {
    Ok(!session.query("SELECT 1 FROM membership WHERE is_owner = 1 LIMIT 1", &[])?.is_empty())
}

/// Makes a person the owner of the company of a store's hub, which it answers.
///
/// # Errors
/// `one_company` where there is none yet, or several; `registration_closed` where somebody owns it.
pub(crate) fn take_over(
    session: &mut dyn Session,
    person: Uuid,
    now: DateTime<Utc>,
) -> Result<Uuid, ApiError> {
    // Whoever comes with the same code at the same time waits here, and finds it owned.
    let sql = "UPDATE company SET name = name WHERE state <> 'deleted' RETURNING company_id";
    let companies = session.query(sql, &[])?;
    let [company] = companies.as_slice() else {
        let message =
            format!("a store's hub has one company, this one has {}: add its store first", companies.len());
        return Err(ApiError::conflict("one_company", message));
    };
    let company = company.id(0)?;
    if is_owned(session)? {
        return Err(closed());
    }
    members::add_owner(session, company, person, now)?;
    let mut desk = Desk { session, company, actor: Actor::User(person), now };
    desk.note("company.taken_over", ("company", company), None, json!({"by": "set-up code"}))?;
    Ok(company)
}

/// Whoever comes by themselves, or with another code.
pub(crate) fn closed() -> ApiError {
    let message =
        "this hub takes in nobody by themselves, and the first one with the code that its start printed";
    ApiError::forbidden("registration_closed", message)
}
