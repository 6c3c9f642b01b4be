//! What somebody does who forgot their password.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ApiError, Hub,
    db::Tenant,
    error::Refusal,
    limits::Class,
    people::{password, reset, user},
    request::{Origin, Sent},
};

/// Who forgot their password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "ayse.yilmaz"}))]
pub(crate) struct Forgotten {
    /// The user name; its case does not count.
    username: String,
}

/// That it was heard, whoever asked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Heard {
    /// What happens now.
    message: &'static str,
}

/// Another password, with the token of the letter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "q0Wm…", "new": "nine louder bridges"}))]
pub(crate) struct PasswordReset {
    /// The token.
    token: String,
    /// The password from now on, at least 10 characters.
    #[schema(format = Password)]
    new: String,
}

/// Sends a token for another password to the address of whoever has this name. The answer is the same for a name that
/// nobody has, and for somebody without an address.
#[utoipa::path(post, path = "/auth/password/forgot", tag = "people", request_body = Forgotten, responses(
    (status = ACCEPTED, body = Heard),
))]
pub(crate) async fn forgot(
    State(hub): State<Hub>,
    origin: Origin,
    Sent(Forgotten { username }): Sent<Forgotten>,
) -> Result<(StatusCode, Json<Heard>), ApiError> {
    hub.limits.take(Class::LogIn, &user::key(&username), hub.now())?;
    hub.limits.take(Class::LogInAddress, &origin.address, hub.now())?;
    // Beside the answer: how long a letter takes would tell that there is somebody to write to.
    tokio::spawn(write_to(hub, username));
    let message = "if there is such a person with an address, a letter is on its way";
    Ok((StatusCode::ACCEPTED, Json(Heard { message })))
}

async fn write_to(hub: Hub, username: String) {
    // Whoever cannot be written to now asks again.
    let Some(postage) = hub.postage() else { return };
    let now = hub.now();
    let issued = hub.books.write(Tenant::Platform, move |books| {
        let found = user::by_name(books, &username)?.filter(|user| user.is_active && user.email.is_some());
        let Some(user) = found else { return Ok(None) };
        let secret = reset::issue(books, user.id, now)?;
        Ok::<_, ApiError>(Some((user, secret)))
    });
    let Ok(Some((user, secret))) = issued.await else { return };
    let link = hub.settings.mail.as_ref().and_then(|mail| mail.reset_link.clone());
    let to = user.email.clone().unwrap_or_default();
    let letter = reset::letter(&to, &user, &secret, link.as_deref());
    postage.send(&hub, user.id, letter).await;
}

/// Sets another password with the token of a letter. Every session of the person ends.
#[utoipa::path(post, path = "/auth/password/reset", tag = "people", request_body = PasswordReset, responses(
    (status = NO_CONTENT, description = "It is set: sign in with it"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`reset_invalid`, `password_too_weak`"),
))]
pub(crate) async fn reset(
    State(hub): State<Hub>,
    origin: Origin,
    Sent(PasswordReset { token, new }): Sent<PasswordReset>,
) -> Result<StatusCode, ApiError> {
    let now = hub.now();
    hub.limits.take(Class::Refresh, &origin.address, now)?;
    let shown = token.clone();
    let found =
        hub.books.read(Tenant::Platform, move |books| Ok::<_, ApiError>(reset::find(books, &shown, now)?));
    let user = found.await?.ok_or_else(reset::invalid)?;
    hub.limits.give_back(Class::Refresh, &origin.address);
    let username = user.username.clone();
    let hashed = hub.compute(move || {
        password::check(&new, &username)?;
        Ok(password::hash(&new))
    });
    let hash = hashed.await?;
    let put = hub
        .books
        .write(Tenant::Platform, move |books| reset::put_password(books, (&token, user.id, &hash), now));
    put.await.map(|()| StatusCode::NO_CONTENT)
}
