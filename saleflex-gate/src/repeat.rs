//! Requests that may be repeated: the first answer is kept under the caller's key and given again.
//!
//! **Invariant:** the answer is kept in the transaction of its effect, so that there is never one without the other.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use saleflex_core::digest::Digest;
use serde::Serialize;

use crate::{ApiError, Hub, desk::Desk};

/// For how long answers are kept.
const KEPT: TimeDelta = TimeDelta::days(7);

/// The key under which a caller repeats a request.
#[derive(Clone, Debug)]
pub(crate) struct IdempotencyKey(String);

impl FromRequestParts<Hub> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Hub) -> Result<Self, ApiError> {
        let key = parts.headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::trim);
        let key = key.filter(|key| (1..=128).contains(&key.len()));
        let message = "say in `Idempotency-Key` what makes this request the same when it is sent again";
        let key =
            key.ok_or_else(|| ApiError::new(StatusCode::BAD_REQUEST, "idempotency_key_required", message))?;
        Ok(Self(key.to_owned()))
    }
}

/// An answer, given for the first time or again.
#[derive(Debug)]
pub(crate) struct Answer {
    status: u16,
    body: String,
    is_repeated: bool,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let repeated = if self.is_repeated { "true" } else { "false" };
        let headers =
            [(header::CONTENT_TYPE.as_str(), "application/json"), ("idempotency-replayed", repeated)];
        (status, headers, self.body).into_response()
    }
}

/// Does the work once for a key and a request; the second time the first answer is given.
///
/// # Errors
/// `idempotency_key_reused` when the key came with another request; those of the work, which are not kept: what was
/// refused can be tried again.
pub(crate) fn once<T: Serialize>(
    desk: &mut Desk<'_>,
    IdempotencyKey(key): &IdempotencyKey,
    (act, request): (&str, &impl Serialize),
    work: impl FnOnce(&mut Desk<'_>) -> Result<T, ApiError>,
) -> Result<Answer, ApiError> {
    let request = serde_json::to_vec(request).map_err(|_| ApiError::internal())?;
    let digest = Digest::of_parts([act.as_bytes(), request.as_slice()]).to_string();
    let of = [desk.company.into(), desk.actor.id().into(), key.as_str().into()];
    let mut since = of.to_vec();
    since.push((desk.now - KEPT).timestamp_millis().into());
    desk.session.execute(
        "DELETE FROM answer WHERE company_id = $1 AND actor_id = $2 AND key = $3 AND created_at < $4",
        &since,
    )?;
    // The company's row is locked first: of two with the same key, the second finds the answer of the first.
    desk.session.execute("UPDATE company SET name = name WHERE company_id = $1", &[desk.company.into()])?;
    let kept = desk.session.query(
        "SELECT digest, status, body FROM answer WHERE company_id = $1 AND actor_id = $2 AND key = $3",
        &of,
    )?;
    if let Some(row) = kept.first() {
        if row.text(0)? != digest {
            let message = "the key was used for another request";
            return Err(ApiError::conflict("idempotency_key_reused", message));
        }
        let status = u16::try_from(row.integer(1)?).unwrap_or(200);
        return Ok(Answer { status, body: row.text(2)?.to_owned(), is_repeated: true });
    }
    let done = work(desk)?;
    let body = serde_json::to_string(&done).map_err(|_| ApiError::internal())?;
    let mut values = of.to_vec();
    values.extend([digest.into(), 200_i64.into(), body.as_str().into(), desk.now.timestamp_millis().into()]);
    desk.session.execute(
        "INSERT INTO answer (company_id, actor_id, key, digest, status, body, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &values,
    )?;
    Ok(Answer { status: 200, body, is_repeated: false })
}
