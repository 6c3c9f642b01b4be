//! How people show who they are.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json_;
use utoipa::ToSchema;
use uuid::Uuid;

use super::second_factor;
use crate::{
    ApiError, Hub,
    audit::Actor,
    db::Tenant,
    error::Refusal,
    limits::Class,
    people::{
        password,
        session::{self, ACCESS, Found, OpenSession, Refreshed},
        set_up, standing,
        user::{self, NewUser, User},
    },
    request::{Listed, Named, Origin, Sent},
    scope::UserScope,
};

/// What a log-in answers.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Tokens {
    /// Shown as `Authorization: Bearer …`.
    pub(crate) access: String,
    /// `Bearer`.
    pub(crate) token_type: String,
    /// For how many seconds `access` is good.
    pub(crate) expires_in: i64,
    /// Good once, for the next pair. A second use ends the session.
    pub(crate) refresh: String,
    /// Who.
    pub(crate) user: User,
    /// The company of the session: chosen by itself for whoever has exactly one.
    pub(crate) company_id: Option<Uuid>,
}

/// A log-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "ayse.yilmaz", "password": "seven quiet bridges"}))]
pub(crate) struct LogIn {
    /// The user name; its case does not count.
    username: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
    /// A code of the second factor, for whoever has one: of the authenticator, or a recovery code.
    #[serde(default)]
    otp: Option<String>,
    /// The terminal that the person works at: the session is one in its company, and reaches no further than its store, as a
    /// log-in at the terminal itself.
    #[serde(default)]
    terminal_id: Option<Uuid>,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh": "sfr_kX2v…"}))]
pub(crate) struct Refresh {
    /// The token.
    refresh: String,
}

/// A log-out.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"all": true}))]
pub(crate) struct LogOut {
    /// Of all sessions, and not of this one alone.
    all: bool,
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"old": "seven quiet bridges", "new": "nine louder bridges"}))]
pub(crate) struct PasswordChange {
    /// The one until now.
    #[schema(format = Password)]
    old: String,
    /// The one from now on, at least 10 characters.
    #[schema(format = Password)]
    new: String,
}

/// A company to work in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"company_id": "018f0000-0000-7000-8000-000000000001"}))]
pub(crate) struct Choice {
    /// Which.
    company_id: Uuid,
}

/// An access token for the company that was chosen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Chosen {
    /// Shown as `Authorization: Bearer …` from now on; the one before is void.
    access: String,
    /// For how many seconds it is good.
    expires_in: i64,
    /// The company.
    company_id: Uuid,
}

/// Registers a person, who is signed in at once. At a store's hub it takes the code that its first start printed, and makes
/// its bearer the owner of the company.
#[utoipa::path(post, path = "/auth/register", tag = "people", request_body = NewUser, responses(
    (status = CREATED, body = Tokens),
    (status = FORBIDDEN, body = Refusal, description = "`registration_closed`"),
    (status = CONFLICT, body = Refusal, description = "`username_taken`; `one_company`: with a code, before there is a store"),
))]
pub(crate) async fn register(
    State(hub): State<Hub>,
    origin: Origin,
    Sent(new): Sent<NewUser>,
) -> Result<(StatusCode, Json<Tokens>), ApiError> {
    hub.limits.take(Class::LogInAddress, &origin.address, hub.now())?;
    let is_first = new.setup_code.as_deref().is_some_and(|code| hub.set_up_code.is(code));
    let comes_by_themselves = new.setup_code.is_none() && hub.settings.takes_people_in();
    if !is_first && !comes_by_themselves {
        return Err(set_up::closed());
    }
    let (new, hash) = hub.compute(move || user::prepare(&new).map(|hash| (new, hash))).await?;
    let now = hub.now();
    let opened = hub.act_found(move |books| {
        let user = user::register(books, &new, &hash, now)?;
        let company = if is_first { Some(set_up::take_over(books, user.id, now)?) } else { None };
        let (found, refresh) =
            session::open(books, (user.id, company), (None, Some(origin.address.as_str())), now)?;
        Ok((user, found, refresh))
    });
    let (user, found, refresh) = opened.await?;
    Ok((StatusCode::CREATED, Json(tokens(&hub, user, found, refresh))))
}

fn tokens(hub: &Hub, user: User, found: Found, refresh: String) -> Tokens {
    Tokens {
        access: hub.signer.issue((found.user, found.id, found.company), ACCESS, hub.now()),
        token_type: "Bearer".to_owned(),
        expires_in: ACCESS.num_seconds(),
        refresh,
        user,
        company_id: found.company,
    }
}

/// The person of a name and a password. An unknown name takes as long as a wrong password and is refused alike.
pub(super) async fn authenticate(
    hub: &Hub,
    origin: &Origin,
    (username, password): (String, String),
) -> Result<User, ApiError> {
    hub.limits.take(Class::LogIn, &user::key(&username), hub.now())?;
    hub.limits.take(Class::LogInAddress, &origin.address, hub.now())?;
    let found = hub.books.read(Tenant::Platform, move |books| {
        let user = user::by_name(books, &username)?;
        let hash = user.as_ref().map(|user| user::password_hash(books, user.id)).transpose()?;
        Ok::<_, ApiError>(user.zip(hash))
    });
    let found = found.await?;
    let checked = hub.compute(move || {
        let Some((user, hash)) = found else {
            password::pretend(&password);
            return Ok(None);
        };
        Ok(password::fits(&password, &hash).then_some(user))
    });
    match checked.await? {
        Some(user) if user.is_active => Ok(user),
        _ => Err(wrong()),
    }
}

fn wrong() -> ApiError {
    ApiError {
        code: "credentials_wrong",
        message: "user name and password do not fit".to_owned(),
        ..ApiError::unauthorized()
    }
}

/// Signs a person in: with the password, and with a code where the person has a second factor.
#[utoipa::path(post, path = "/auth/login", tag = "people", request_body = LogIn, responses(
    (status = OK, body = Tokens),
    (status = UNAUTHORIZED, body = Refusal, description = "`credentials_wrong`; `otp_required`, `otp_wrong`: the password is right"),
    (status = NOT_FOUND, body = Refusal, description = "`not_found`: the person has no role in the store of such a terminal"),
))]
pub(crate) async fn login(
    State(hub): State<Hub>,
    origin: Origin,
    Sent(LogIn { username, password, otp, terminal_id }): Sent<LogIn>,
) -> Result<Json<Tokens>, ApiError> {
    let user = authenticate(&hub, &origin, (username, password)).await?;
    second_factor::pass(&hub, user.id, otp).await?;
    let (id, now) = (user.id, hub.now());
    let opened = hub.books.write(Tenant::Platform, move |books| {
        let company = match terminal_id {
            Some(terminal) => {
                let company = standing::company_at(books, id, terminal)?;
                Some(company.ok_or_else(ApiError::not_found)?)
            }
            None => standing::only_company(books, id)?,
        };
        let at = (terminal_id, Some(origin.address.as_str()));
        Ok::<_, ApiError>(session::open(books, (id, company), at, now)?)
    });
    let (found, refresh) = opened.await?;
    Ok(Json(tokens(&hub, user, found, refresh)))
}

/// The next pair of tokens for a refresh token.
#[utoipa::path(post, path = "/auth/refresh", tag = "people", request_body = Refresh, responses(
    (status = OK, body = Tokens),
    (status = UNAUTHORIZED, body = Refusal, description = "`refresh_unknown`; `refresh_reused`: the session is over"),
))]
pub(crate) async fn refresh(
    State(hub): State<Hub>,
    origin: Origin,
    Sent(Refresh { refresh }): Sent<Refresh>,
) -> Result<Json<Tokens>, ApiError> {
    let now = hub.now();
    hub.limits.take(Class::Refresh, &origin.address, now)?;
    let refreshed = hub.books.write(Tenant::Platform, move |books| {
        let refreshed = session::refresh(books, &refresh, now)?;
        let user = match &refreshed {
            Refreshed::Next(found, _) => user::by_id(books, found.user)?,
            Refreshed::Unknown | Refreshed::Reused(_) => None,
        };
        Ok::<_, ApiError>((refreshed, user))
    });
    match refreshed.await? {
        (Refreshed::Next(found, refresh), Some(user)) => {
            hub.limits.give_back(Class::Refresh, &origin.address);
            Ok(Json(tokens(&hub, user, found, refresh)))
        }
        (Refreshed::Reused(found), _) => {
            tracing::warn!(user = %found.user, session = %found.id, "a refresh token came a second time");
            let message = "the token was used before: the session is over, sign in again";
            Err(ApiError { code: "refresh_reused", message: message.to_owned(), ..ApiError::unauthorized() })
        }
        (Refreshed::Next(..) | Refreshed::Unknown, _) => {
            let message = "the token is unknown or over: sign in again";
            Err(ApiError { code: "refresh_unknown", message: message.to_owned(), ..ApiError::unauthorized() })
        }
    }
}

/// Signs the person out.
#[utoipa::path(post, path = "/auth/logout", tag = "people", request_body = LogOut, responses((status = NO_CONTENT, description = "It is over")))]
pub(crate) async fn logout(
    State(hub): State<Hub>,
    caller: UserScope,
    Sent(LogOut { all }): Sent<LogOut>,
) -> Result<StatusCode, ApiError> {
    let now = hub.now();
    let ended = hub.books.write(Tenant::Platform, move |books| {
        if all {
            session::end_others(books, caller.id, None, now)?;
        }
        Ok::<_, ApiError>(session::end(books, caller.session, now)?)
    });
    ended.await.map(|_| StatusCode::NO_CONTENT)
}

/// That somebody knows their own password: an access token alone may be a thief's. Wrong ones are counted as log-ins.
///
/// # Errors
/// `password_wrong`, `too_many_requests`.
pub(super) async fn need_password(hub: &Hub, id: Uuid, password: String) -> Result<User, ApiError> {
    hub.limits.take(Class::LogIn, &id.to_string(), hub.now())?;
    let known = hub.books.read(Tenant::Platform, move |books| {
        let user = user::by_id(books, id)?.ok_or_else(ApiError::unauthorized)?;
        Ok::<_, ApiError>((user, user::password_hash(books, id)?))
    });
    let (user, hash) = known.await?;
    let checked = hub.compute(move || {
        let fits = password::fits(&password, &hash);
        if fits { Ok(()) } else { Err(ApiError::unprocessable("password_wrong", "the password is another")) }
    });
    checked.await.map(|()| user)
}

/// Gives the person another password. All other sessions end.
#[utoipa::path(post, path = "/auth/password/change", tag = "people", request_body = PasswordChange, responses((status = NO_CONTENT, description = "It is changed")))]
pub(crate) async fn change_password(
    State(hub): State<Hub>,
    caller: UserScope,
    Sent(PasswordChange { old, new }): Sent<PasswordChange>,
) -> Result<StatusCode, ApiError> {
    let user = need_password(&hub, caller.id, old).await?;
    let hashed = hub.compute(move || {
        password::check(&new, &user.username)?;
        Ok(password::hash(&new))
    });
    let (hash, now) = (hashed.await?, hub.now());
    let changed = hub.books.write(Tenant::Platform, move |books| {
        user::put_password(books, caller.id, &hash)?;
        Ok::<_, ApiError>(session::end_others(books, caller.id, Some(caller.session), now)?)
    });
    changed.await.map(|_| StatusCode::NO_CONTENT)
}

/// What the person has open.
#[utoipa::path(get, path = "/auth/sessions", tag = "people", responses((status = OK, body = Listed<OpenSession>)))]
pub(crate) async fn sessions(
    State(hub): State<Hub>,
    caller: UserScope,
) -> Result<Json<Listed<OpenSession>>, ApiError> {
    let read = hub.books.read(Tenant::Platform, move |books| {
        Ok::<_, ApiError>(session::list(books, caller.id, caller.session)?)
    });
    read.await.map(|open| Json(Listed::whole(open)))
}

/// Ends one of the person's sessions.
#[utoipa::path(delete, path = "/auth/sessions/{id}", tag = "people", params(("id" = Uuid, Path, description = "The session")), responses((status = NO_CONTENT, description = "It is over")))]
pub(crate) async fn end_session(
    State(hub): State<Hub>,
    caller: UserScope,
    Named(id): Named<Uuid>,
) -> Result<StatusCode, ApiError> {
    let now = hub.now();
    let ended = hub.books.write(Tenant::Platform, move |books| {
        let mut open = session::list(books, caller.id, caller.session)?.into_iter();
        if open.all(|open| open.id != id) {
            return Err(ApiError::not_found());
        }
        Ok(session::end(books, id, now)?)
    });
    ended.await.map(|_| StatusCode::NO_CONTENT)
}

/// Chooses the company that the session works in. Nothing spans companies.
#[utoipa::path(post, path = "/auth/company", tag = "people", request_body = Choice, responses((status = OK, body = Chosen)))]
pub(crate) async fn choose_company(
    State(hub): State<Hub>,
    caller: UserScope,
    Sent(Choice { company_id }): Sent<Choice>,
) -> Result<Json<Chosen>, ApiError> {
    let (user, open) = (caller.id, caller.session);
    let chosen = hub.books.write(Tenant::Platform, move |books| {
        standing::of(books, company_id, user)?.ok_or_else(ApiError::not_found)?;
        Ok::<_, ApiError>(session::choose(books, open, company_id)?)
    });
    chosen.await?;
    let access = hub.signer.issue((user, open, Some(company_id)), ACCESS, hub.now());
    Ok(Json(Chosen { access, expires_in: ACCESS.num_seconds(), company_id }))
}

/// The public keys by which access tokens can be checked beside the hub (RFC 7517).
#[utoipa::path(get, path = "/auth/keys", tag = "people", responses((status = OK, body = Object, description = "A JSON Web Key Set", example = json!({"keys": []}))))]
pub(crate) async fn keys(State(hub): State<Hub>) -> Json<Json_> {
    Json(hub.signer.key_set(hub.now()))
}

impl UserScope {
    /// The person, as who acts.
    pub(crate) const fn actor(&self) -> Actor {
        Actor::User(self.id)
    }
}
