//! How people come to belong to a company: they ask, or they are invited.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    members,
    roles::{self, Grantor, NewAssignment},
    user::User,
};
use crate::{
    ApiError,
    db::{DatabaseError, Row, Session},
    ids::{digest, new_id, new_secret},
    mail::Letter,
    text,
};

/// For how long an invitation is good.
const INVITATION: TimeDelta = TimeDelta::days(7);

/// Somebody who asks to belong.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct JoinRequest {
    /// Its identity.
    pub(crate) id: Uuid,
    /// Who asks.
    pub(crate) user_id: Uuid,
    /// Their user name.
    pub(crate) username: String,
    /// What they say.
    pub(crate) message: Option<String>,
    /// `pending`, `approved` or `rejected`.
    pub(crate) state: String,
    /// Why it was rejected.
    pub(crate) reason: Option<String>,
    /// Who decided.
    pub(crate) decided_by: Option<Uuid>,
    /// When they asked.
    pub(crate) created_at: DateTime<Utc>,
}

/// An invitation.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Invitation {
    /// Its identity.
    pub(crate) id: Uuid,
    /// Whom it was written to.
    pub(crate) email: String,
    /// The roles that come with it.
    pub(crate) roles: Vec<NewAssignment>,
    /// `pending`, `accepted` or `withdrawn`.
    pub(crate) state: String,
    /// Until when it is good.
    pub(crate) expires_at: DateTime<Utc>,
}

/// An invitation to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "can@example.com", "roles": []}))]
pub(crate) struct NewInvitation {
    /// Whom to.
    pub(crate) email: String,
    /// The roles that come with it.
    #[serde(default)]
    pub(crate) roles: Vec<NewAssignment>,
}

/// Asks to belong to a company.
///
/// # Errors
/// `already_member`, `already_asked`.
pub(crate) fn ask(
    session: &mut dyn Session,
    company: Uuid,
    (user, message): (Uuid, Option<&str>),
    now: DateTime<Utc>,
) -> Result<JoinRequest, ApiError> {
    text::within("message", message.unwrap_or_default(), 0..=500)?;
    if members::one(session, company, user).is_ok() {
        return Err(ApiError::conflict("already_member", "you belong to this company"));
    }
    let pending = session.query(
        "SELECT 1 FROM join_request WHERE company_id = $1 AND user_id = $2 AND state = 'pending'",
        &[company.into(), user.into()],
    )?;
    if !pending.is_empty() {
        return Err(ApiError::conflict("already_asked", "you have asked and nobody has decided yet"));
    }
    let id = new_id(now);
    session.execute(
        "INSERT INTO join_request (company_id, request_id, user_id, message, state, created_at) \
         VALUES ($1, $2, $3, $4, 'pending', $5)",
        &[company.into(), id.into(), user.into(), message.into(), now.timestamp_millis().into()],
    )?;
    request(session, company, id)
}

const REQUEST: &str = "SELECT r.request_id, r.user_id, u.username, r.message, r.state, r.reason, r.decided_by, \
     r.created_at FROM join_request r JOIN hub_user u ON u.user_id = r.user_id WHERE r.company_id = $1";

fn join_request(row: &Row) -> Result<JoinRequest, DatabaseError> {
    Ok(JoinRequest {
        id: row.id(0)?,
        user_id: row.id(1)?,
        username: row.text(2)?.to_owned(),
        message: row.optional_text(3)?.map(str::to_owned),
        state: row.text(4)?.to_owned(),
        reason: row.optional_text(5)?.map(str::to_owned),
        decided_by: row.optional_id(6)?,
        created_at: row.time(7)?,
    })
}

/// Who has asked, the oldest first.
pub(crate) fn requests(
    session: &mut dyn Session,
    company: Uuid,
    state: &str,
) -> Result<Vec<JoinRequest>, DatabaseError> {
    let sql = format!("{REQUEST} AND r.state = $2 ORDER BY r.request_id");
    session.query(&sql, &[company.into(), state.into()])?.iter().map(join_request).collect()
}

fn request(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<JoinRequest, ApiError> {
    let rows = session.query(&format!("{REQUEST} AND r.request_id = $2"), &[company.into(), id.into()])?;
    Ok(join_request(rows.first().ok_or_else(ApiError::not_found)?)?)
}

/// Decides about somebody who asked.
///
/// # Errors
/// `not_found`; `already_decided`.
pub(crate) fn decide(
    session: &mut dyn Session,
    (company, id): (Uuid, Uuid),
    (by, approved, reason): (Uuid, bool, Option<&str>),
    now: DateTime<Utc>,
) -> Result<JoinRequest, ApiError> {
    text::within("reason", reason.unwrap_or_default(), 0..=500)?;
    let decided = session.execute(
        "UPDATE join_request SET state = $3, reason = $4, decided_by = $5, decided_at = $6 \
         WHERE company_id = $1 AND request_id = $2 AND state = 'pending'",
        &[
            company.into(),
            id.into(),
            if approved { "approved" } else { "rejected" }.into(),
            reason.into(),
            by.into(),
            now.timestamp_millis().into(),
        ],
    )?;
    let request = request(session, company, id)?;
    if decided == 0 {
        return Err(ApiError::conflict("already_decided", "somebody has decided about it"));
    }
    if approved {
        members::add(session, company, request.user_id, now)?;
    }
    Ok(request)
}

/// Writes an invitation; its token is shown once.
///
/// # Errors
/// What a role or an address is refused with.
pub(crate) fn invite(
    session: &mut dyn Session,
    grantor: &Grantor<'_>,
    new: &NewInvitation,
    now: DateTime<Utc>,
) -> Result<(Invitation, String), ApiError> {
    text::email(Some(&new.email))?;
    for role in &new.roles {
        roles::check(session, grantor, role)?;
    }
    let company = grantor.standing.company;
    let (id, token) = (new_id(now), new_secret());
    let roles = serde_json::to_string(&new.roles).map_err(|_| ApiError::internal())?;
    session.execute(
        "INSERT INTO invitation (company_id, invitation_id, email, roles, state, invited_by, expires_at, created_at) \
         VALUES ($1, $2, $3, $4, 'pending', $5, $6, $7)",
        &[
            company.into(),
            id.into(),
            new.email.as_str().into(),
            roles.into(),
            grantor.user.into(),
            (now + INVITATION).timestamp_millis().into(),
            now.timestamp_millis().into(),
        ],
    )?;
    session.execute(
        "INSERT INTO company_secret (digest, company_id, kind, owner_id) VALUES ($1, $2, 'invitation', $3)",
        &[digest(&token).into(), company.into(), id.into()],
    )?;
    Ok((invitation(session, company, id)?, token))
}

/// The letter to whoever is invited, in the language of whoever invites them.
pub(crate) fn letter(invitation: &Invitation, token: &str, (by, company): (&User, &str)) -> Letter {
    let is_turkish = by.locale.as_deref().is_some_and(|locale| locale.starts_with("tr"));
    let name = &by.username;
    let (subject, text) = if is_turkish {
        (
            format!("Davet: {company}"),
            format!(
                "{name} sizi {company} şirketine davet ediyor. Oturum açın ya da kaydolun ve bu kodla kabul edin; yedi \
                 gün içinde, bir kez geçerlidir:\n\n{token}\n\nOnu tanımıyorsanız hiçbir şey yapmayın."
            ),
        )
    } else {
        (
            format!("Invitation: {company}"),
            format!(
                "{name} invites you to {company}. Sign in or register, and accept with this token, which is good once, \
                 within seven days:\n\n{token}\n\nIf you do not know them, do nothing."
            ),
        )
    };
    Letter { to: invitation.email.clone(), subject, text }
}

const INVITED: &str =
    "SELECT invitation_id, email, roles, state, expires_at FROM invitation WHERE company_id = $1";

fn invited(row: &Row) -> Result<Invitation, DatabaseError> {
    let roles = serde_json::from_str(row.text(2)?);
    Ok(Invitation {
        id: row.id(0)?,
        email: row.text(1)?.to_owned(),
        roles: roles.map_err(|_| DatabaseError::Column { column: 2, expected: "a list of roles" })?,
        state: row.text(3)?.to_owned(),
        expires_at: row.time(4)?,
    })
}

/// The invitations of a company, the oldest first.
pub(crate) fn invitations(
    session: &mut dyn Session,
    company: Uuid,
) -> Result<Vec<Invitation>, DatabaseError> {
    let rows = session.query(&format!("{INVITED} ORDER BY invitation_id"), &[company.into()])?;
    rows.iter().map(invited).collect()
}

fn invitation(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<Invitation, ApiError> {
    let rows = session.query(&format!("{INVITED} AND invitation_id = $2"), &[company.into(), id.into()])?;
    Ok(invited(rows.first().ok_or_else(ApiError::not_found)?)?)
}

/// Takes an invitation back.
///
/// # Errors
/// `not_found`; `already_decided` when it was accepted.
pub(crate) fn withdraw(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<Invitation, ApiError> {
    let before = invitation(session, company, id)?;
    let taken = session.execute(
        "UPDATE invitation SET state = 'withdrawn' \
         WHERE company_id = $1 AND invitation_id = $2 AND state = 'pending'",
        &[company.into(), id.into()],
    )?;
    if taken == 0 {
        return Err(ApiError::conflict("already_decided", "it was accepted or taken back before"));
    }
    Ok(before)
}

/// Accepts an invitation: the person belongs to the company, with its roles. Answers the company.
///
/// # Errors
/// `not_found` for a token that is unknown, used, taken back or too old.
pub(crate) fn accept(
    session: &mut dyn Session,
    token: &str,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<(Uuid, Invitation), ApiError> {
    let rows = session.query(
        "SELECT company_id, owner_id FROM company_secret WHERE digest = $1 AND kind = 'invitation'",
        &[digest(token).into()],
    )?;
    let row = rows.first().ok_or_else(ApiError::not_found)?;
    let (company, id) = (row.id(0)?, row.id(1)?);
    let accepted = session.execute(
        "UPDATE invitation SET state = 'accepted', accepted_by = $3 \
         WHERE company_id = $1 AND invitation_id = $2 AND state = 'pending' AND expires_at > $4 \
         AND EXISTS (SELECT 1 FROM company c WHERE c.company_id = $1 AND c.state <> 'deleted')",
        &[company.into(), id.into(), user.into(), now.timestamp_millis().into()],
    )?;
    if accepted == 0 {
        return Err(ApiError::not_found());
    }
    members::add(session, company, user, now)?;
    let invitation = invitation(session, company, id)?;
    for role in &invitation.roles {
        // Who invited could grant it then; whether the store is still there is asked again.
        let new = NewAssignment { user_id: Some(user), ..role.clone() };
        match roles::put(session, company, &new, None, now) {
            Err(error) if error.code == "already_assigned" => {}
            put => drop(put?),
        }
    }
    Ok((company, invitation))
}
