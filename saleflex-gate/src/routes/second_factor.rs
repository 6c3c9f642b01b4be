//! The second factor of a person's log-in.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::auth;
use crate::{
    ApiError, Hub, audit,
    db::Tenant,
    error::Refusal,
    limits::Class,
    people::{
        second_factor::{self, Factor, totp},
        session,
    },
    request::Sent,
    scope::UserScope,
};

/// How a person's log-in is secured.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecondFactor {
    /// Whether a log-in asks for a code.
    is_on: bool,
    /// How many codes are left for the day on which the authenticator is lost.
    recovery_codes_left: i64,
}

/// Who asks for an authenticator: an access token alone may be a thief's.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "seven quiet bridges"}))]
pub(crate) struct OwnPassword {
    /// The caller's password.
    #[schema(format = Password)]
    password: String,
}

/// What an authenticator is given, once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    "uri": "otpauth://totp/SaleFlex:ayse.yilmaz?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=SaleFlex&algorithm=SHA1&digits=6&period=30"
}))]
pub(crate) struct AuthenticatorSecret {
    /// The secret, in base 32, for typing.
    secret: String,
    /// The same as an address that authenticators read as a picture.
    uri: String,
}

/// A code that is good once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"otp": "287082"}))]
pub(crate) struct OneTimeCode {
    /// The six digits that the authenticator shows, or one of the recovery codes.
    otp: String,
}

/// Codes for the day on which the authenticator is lost, shown once; each is good once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"recovery_codes": ["7KQ2-M4XA-9PWT", "H3VC-8ZRE-5LND"]}))]
pub(crate) struct RecoveryCodes {
    /// The codes.
    recovery_codes: Vec<String>,
}

/// How my log-in is secured.
#[utoipa::path(get, path = "/auth/mfa", tag = "people", responses((status = OK, body = SecondFactor)))]
pub(crate) async fn show(State(hub): State<Hub>, caller: UserScope) -> Result<Json<SecondFactor>, ApiError> {
    let read = hub.books.read(Tenant::Platform, move |books| {
        let is_on = second_factor::of(books, caller.id)?.is_some_and(|factor| factor.is_on);
        let recovery_codes_left = second_factor::codes_left(books, caller.id)?;
        Ok::<_, ApiError>(SecondFactor { is_on, recovery_codes_left })
    });
    read.await.map(Json)
}

/// Gives out a secret for an authenticator, for the caller's password. Nothing is asked at a log-in before its first code
/// is confirmed, within an hour.
#[utoipa::path(post, path = "/auth/mfa/enroll", tag = "people", request_body = OwnPassword, responses(
    (status = CREATED, body = AuthenticatorSecret),
    (status = FORBIDDEN, body = Refusal, description = "`second_factor_unavailable`: the settings of this hub name no `secret`"),
    (status = CONFLICT, body = Refusal, description = "`second_factor_on`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`password_wrong`"),
))]
pub(crate) async fn enroll(
    State(hub): State<Hub>,
    caller: UserScope,
    Sent(OwnPassword { password }): Sent<OwnPassword>,
) -> Result<(StatusCode, Json<AuthenticatorSecret>), ApiError> {
    let (id, now) = (caller.id, hub.now());
    let secret = totp::new_secret();
    let sealed = hub.seal.as_ref().and_then(|seal| seal.seal(&secret)).ok_or_else(unavailable)?;
    let user = auth::need_password(&hub, id, password).await?;
    let begun = hub.books.write(Tenant::Platform, move |books| {
        let has_begun = second_factor::begin(books, id, &sealed, now)?;
        if has_begun { Ok(()) } else { Err(is_on()) }
    });
    begun.await?;
    let uri = totp::address(&user.username, &secret);
    Ok((StatusCode::CREATED, Json(AuthenticatorSecret { secret, uri })))
}

/// Turns the second factor on with the first code of the authenticator. My other sessions end.
#[utoipa::path(post, path = "/auth/mfa/confirm", tag = "people", request_body = OneTimeCode, responses(
    (status = OK, body = RecoveryCodes),
    (status = CONFLICT, body = Refusal, description = "`second_factor_on`; `second_factor_off`: no secret waits for its first code"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`otp_wrong`"),
))]
pub(crate) async fn confirm(
    State(hub): State<Hub>,
    caller: UserScope,
    Sent(OneTimeCode { otp }): Sent<OneTimeCode>,
) -> Result<Json<RecoveryCodes>, ApiError> {
    let (id, now) = (caller.id, hub.now());
    let factor = match factor_of(&hub, id).await? {
        Some(factor) if factor.is_on => return Err(is_on()),
        Some(factor) if factor.waits(now) => factor,
        Some(_) | None => return Err(is_off()),
    };
    let key = id.to_string();
    hub.limits.take(Class::SecondFactor, &key, now)?;
    let secret = opened(&hub, &factor).ok_or_else(unavailable)?;
    let step = totp::step_of(&secret, &plain(&otp), now).ok_or_else(wrong)?;
    hub.limits.give_back(Class::SecondFactor, &key);
    let (recovery_codes, hashes) = hub.compute(move || Ok(second_factor::new_codes(id))).await?;
    let turned = hub.books.write(Tenant::Platform, move |books| {
        if !second_factor::turn_on(books, id, (&factor.sealed, step), now)? {
            return Err(is_on());
        }
        second_factor::put_codes(books, id, &hashes)?;
        session::end_others(books, id, Some(caller.session), now)?;
        Ok(audit::write_of_person(books, id, ("user.second_factor_on", caller.actor()), now)?)
    });
    turned.await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Other recovery codes. Those given out before are void.
#[utoipa::path(post, path = "/auth/mfa/recovery-codes", tag = "people", request_body = OneTimeCode, responses(
    (status = OK, body = RecoveryCodes),
    (status = CONFLICT, body = Refusal, description = "`second_factor_off`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`otp_wrong`"),
))]
pub(crate) async fn renew_codes(
    State(hub): State<Hub>,
    caller: UserScope,
    Sent(OneTimeCode { otp }): Sent<OneTimeCode>,
) -> Result<Json<RecoveryCodes>, ApiError> {
    let (id, now) = (caller.id, hub.now());
    let factor = factor_of(&hub, id).await?.filter(|factor| factor.is_on).ok_or_else(is_off)?;
    spend(&hub, (id, &factor), &otp).await?;
    let (recovery_codes, hashes) = hub.compute(move || Ok(second_factor::new_codes(id))).await?;
    let put = hub.books.write(Tenant::Platform, move |books| {
        second_factor::put_codes(books, id, &hashes)?;
        Ok::<_, ApiError>(audit::write_of_person(
            books,
            id,
            ("user.recovery_codes_renewed", caller.actor()),
            now,
        )?)
    });
    put.await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Turns the second factor off, with one of its codes. Where none is on nothing changes.
#[utoipa::path(delete, path = "/auth/mfa", tag = "people", request_body = OneTimeCode, responses(
    (status = NO_CONTENT, description = "A log-in asks for the password alone"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`otp_wrong`"),
))]
pub(crate) async fn remove(
    State(hub): State<Hub>,
    caller: UserScope,
    Sent(OneTimeCode { otp }): Sent<OneTimeCode>,
) -> Result<StatusCode, ApiError> {
    let (id, now) = (caller.id, hub.now());
    if let Some(factor) = factor_of(&hub, id).await?.filter(|factor| factor.is_on) {
        spend(&hub, (id, &factor), &otp).await?;
    }
    let removed = hub.books.write(Tenant::Platform, move |books| {
        if second_factor::remove(books, id)? {
            audit::write_of_person(books, id, ("user.second_factor_off", caller.actor()), now)?;
        }
        Ok::<_, ApiError>(())
    });
    removed.await.map(|()| StatusCode::NO_CONTENT)
}

/// That whoever has the password has the person's second factor too, where there is one.
pub(super) async fn pass(hub: &Hub, user: Uuid, otp: Option<String>) -> Result<(), ApiError> {
    let Some(factor) = factor_of(hub, user).await?.filter(|factor| factor.is_on) else { return Ok(()) };
    let Some(otp) = otp else {
        let message = "this person has a second factor: send a code of it as `otp`";
        return Err(ApiError {
            code: "otp_required",
            message: message.to_owned(),
            ..ApiError::unauthorized()
        });
    };
    let spent = spend(hub, (user, &factor), &otp).await;
    // At a log-in nobody is known yet: a wrong code is as a wrong password.
    spent.map_err(|error| {
        let is_wrong = error.status == StatusCode::UNPROCESSABLE_ENTITY;
        ApiError { status: if is_wrong { StatusCode::UNAUTHORIZED } else { error.status }, ..error }
    })
}

/// Uses up a code of the person's second factor. Wrong ones are counted.
async fn spend(hub: &Hub, (user, factor): (Uuid, &Factor), otp: &str) -> Result<(), ApiError> {
    let key = user.to_string();
    hub.limits.take(Class::SecondFactor, &key, hub.now())?;
    if !is_spent(hub, (user, factor), plain(otp)).await? {
        return Err(wrong());
    }
    hub.limits.give_back(Class::SecondFactor, &key);
    Ok(())
}

async fn is_spent(hub: &Hub, (user, factor): (Uuid, &Factor), otp: String) -> Result<bool, ApiError> {
    let now = hub.now();
    if totp::is_one(&otp) {
        let step = opened(hub, factor).and_then(|secret| totp::step_of(&secret, &otp, now));
        let Some(step) = step else { return Ok(false) };
        let spent = hub.books.write(Tenant::Platform, move |books| {
            Ok::<_, ApiError>(second_factor::use_step(books, user, step)?)
        });
        return spent.await;
    }
    if otp.len() > second_factor::LONGEST {
        return Ok(false);
    }
    let hash = hub.compute(move || Ok(second_factor::hash(user, &otp))).await?;
    let spent = hub.books.write(Tenant::Platform, move |books| {
        Ok::<_, ApiError>(second_factor::use_code(books, user, &hash, now)?)
    });
    spent.await
}

/// A code as it is typed in groups.
fn plain(otp: &str) -> String {
    otp.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect()
}

async fn factor_of(hub: &Hub, user: Uuid) -> Result<Option<Factor>, ApiError> {
    let read =
        hub.books.read(Tenant::Platform, move |books| Ok::<_, ApiError>(second_factor::of(books, user)?));
    read.await
}

/// The authenticator's secret; none where the hub has another secret of its own than when it was given out.
fn opened(hub: &Hub, factor: &Factor) -> Option<String> {
    let secret = hub.seal.as_ref().and_then(|seal| seal.open(&factor.sealed));
    if secret.is_none() {
        tracing::error!(
            "a second factor cannot be read: the hub's `secret` is not the one it was sealed under"
        );
    }
    secret
}

fn wrong() -> ApiError {
    ApiError::unprocessable("otp_wrong", "the code is none, or was used")
}

fn is_on() -> ApiError {
    ApiError::conflict("second_factor_on", "the second factor is on: turn it off first")
}

fn is_off() -> ApiError {
    ApiError::conflict("second_factor_off", "no second factor is on or waits for its first code")
}

fn unavailable() -> ApiError {
    let message = "this hub keeps no second factors: its settings name no secret, or another one than before";
    ApiError::forbidden("second_factor_unavailable", message)
}
