//! What every request goes through: one correlation id, one line in the log, a time limit, safe headers.

use std::{
    cell::Cell,
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    str::FromStr,
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{
        ConnectInfo, DefaultBodyLimit, FromRef, FromRequest, FromRequestParts, MatchedPath, Path, Query,
        Request, State, rejection::BytesRejection,
    },
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{ApiError, Hub, access::routes, ids::new_id};

const CORRELATION: HeaderName = HeaderName::from_static("x-correlation-id");
/// The longest correlation id that is taken from a client.
const LONGEST: usize = 64;
/// How many times as long as others requests of files may take.
const LONGER: u64 = 10;

tokio::task_local! {
    static CORRELATION_ID: String;
    static CALLER: Cell<Caller>;
    static ADDRESS: Option<String>;
    static IS_OLDER: bool;
}

/// Who asks, as far as the credential says it: what a line of the log names, and no more.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Caller {
    /// `user`, `device` or `key`.
    pub(crate) kind: Option<&'static str>,
    pub(crate) id: Option<Uuid>,
    pub(crate) company: Option<Uuid>,
    pub(crate) store: Option<Uuid>,
    pub(crate) terminal: Option<Uuid>,
}

/// Notes who asks; outside a request nobody does.
pub(crate) fn note_caller(caller: Caller) {
    let _outside = CALLER.try_with(|noted| noted.set(caller));
}

/// The id of the request that is being served.
pub(crate) fn correlation_id() -> Option<String> {
    CORRELATION_ID.try_with(Clone::clone).ok()
}

/// The address that the request comes from which is being served, where it is known.
pub(crate) fn address() -> Option<String> {
    ADDRESS.try_with(Clone::clone).ok().flatten()
}

/// Whether the request that is being served is one of the older wire, which is refused in a shape of its own.
pub(crate) fn is_older() -> bool {
    IS_OLDER.try_with(|is_older| *is_older).unwrap_or(false)
}

/// Runs work of a request on another thread under the request's id.
pub(crate) fn under<T>(id: Option<String>, work: impl FnOnce() -> T) -> T {
    match id {
        Some(id) => CORRELATION_ID.sync_scope(id, work),
        None => work(),
    }
}

/// How long a request of a route may take: one that brings a file, takes it in or fetches one longer than others.
fn patience(seconds: u64, route: &str) -> Duration {
    let path = route.strip_prefix(routes::BASE).unwrap_or_default();
    let is_of_a_file = ["/imports/", "/exports/"].iter().any(|kind| path.starts_with(kind));
    let times = if is_of_a_file { LONGER } else { 1 };
    Duration::from_secs(seconds.saturating_mul(times))
}

/// Serves a request under its correlation id, within the time it may take, and logs one line of it.
pub(crate) async fn observe(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    let started = hub.now();
    let given = request.headers().get(&CORRELATION).and_then(|id| id.to_str().ok());
    let id = given.filter(|id| is_plain(id)).map_or_else(|| new_id(started).to_string(), str::to_owned);
    let method = request.method().clone();
    // Never the path: an invitation's token is a part of it.
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let address = address_of(request.headers(), request.extensions(), hub.settings.behind_proxy);
    let is_older = routes::is_older(&method, request.uri().path());
    let limit = patience(hub.settings.request_timeout_seconds, &route);
    let bytes_in = request.body().size_hint().exact();
    let served = tokio::time::timeout(limit, next.run(request));
    let observed = CALLER.scope(Cell::default(), async {
        let late = || {
            let message = "the request took longer than this hub waits";
            ApiError::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", message).into_response()
        };
        let response = served.await.unwrap_or_else(|_| late());
        (response, CALLER.with(Cell::get))
    });
    let observed = IS_OLDER.scope(is_older, ADDRESS.scope(address, observed));
    let (mut response, caller) = CORRELATION_ID.scope(id.clone(), observed).await;
    let took = hub.now() - started;
    hub.metrics.served(&method, &route, response.status(), took.to_std().unwrap_or_default());
    tracing::info!(
        correlation_id = id,
        %method,
        route,
        principal = caller.kind,
        principal_id = caller.id.map(tracing::field::display),
        company = caller.company.map(tracing::field::display),
        store = caller.store.map(tracing::field::display),
        terminal = caller.terminal.map(tracing::field::display),
        status = response.status().as_u16(),
        duration_ms = took.num_milliseconds(),
        bytes_in,
        bytes_out = response.body().size_hint().exact(),
        "served"
    );
    secure(&mut response, hub.settings.behind_proxy);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(CORRELATION, id);
    }
    response
}

/// An id that can neither break a line of the log nor fill it.
fn is_plain(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !id.is_empty() && id.len() <= LONGEST && id.bytes().all(is_plain)
}

fn secure(response: &mut Response<Body>, is_behind_tls: bool) {
    let headers = response.headers_mut();
    if is_behind_tls {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(year);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// A whole body within the limit, refused in our own words beyond it.
pub(crate) struct Whole(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Whole
where
    Hub: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let limit = u64::try_from(Hub::from_ref(state).settings.body_limit_bytes).unwrap_or(u64::MAX);
        // One that says beforehand that it is too large is not waited for.
        if request.body().size_hint().lower() > limit {
            return Err(too_large());
        }
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| refused(&rejection))
    }
}

fn refused(rejection: &BytesRejection) -> ApiError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    ApiError::invalid("the body cannot be read")
}

fn too_large() -> ApiError {
    let message = "the body is larger than this hub reads";
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
}

/// A JSON body with a file in it, which has a limit of its own.
pub(crate) struct SentFile<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for SentFile<T>
where
    Hub: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, ApiError> {
        let limit = Hub::from_ref(state).settings.file_limit_bytes;
        if request.body().size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
            return Err(too_large());
        }
        DefaultBodyLimit::max(limit).apply(&mut request);
        let body = Bytes::from_request(request, state).await.map_err(|rejection| refused(&rejection))?;
        read(&body).map(Self)
    }
}

/// A JSON body of a known shape; what does not fit is refused with the place where it does not.
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T>
where
    Hub: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let Whole(body) = Whole::from_request(request, state).await?;
        read(&body).map(Self)
    }
}

/// Reads a JSON body.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    // An object that is asked for nothing may be left out.
    let body = if body.is_empty() { b"{}".as_slice() } else { body };
    // Fields are named. What reads an object would also read a list of its values, in an order nobody wrote down.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(ApiError::invalid("the body is not as described: it is an object, not a list"));
    }
    let wrong =
        |error: serde_json::Error| ApiError::invalid(format!("the body is not as described: {error}"));
    // Only an escape can bring U+0000 into a text, so most bodies are read once.
    if body.windows(6).any(|piece| piece == br"\u0000") {
        let value: serde_json::Value = serde_json::from_slice(body).map_err(wrong)?;
        if holds_nul(&value) {
            return Err(ApiError::invalid("the body holds U+0000, which no text has"));
        }
    }
    serde_json::from_slice(body).map_err(wrong)
}

/// Whether a text or a name in it holds U+0000, which PostgreSQL does not keep.
fn holds_nul(value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
    }
}

/// What a path names: identities and texts. What cannot be one names nothing.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let named = Path::<T>::from_request_parts(parts, state).await;
        named.map(|Path(named)| Self(named)).map_err(|_| ApiError::not_found())
    }
}

/// What the query of a path asks for.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let asked = Query::<T>::from_request_parts(parts, state).await;
        asked.map(|Query(asked)| Self(asked)).map_err(|error| {
            ApiError::invalid(format!("the query is not as described: {}", error.body_text()))
        })
    }
}

/// By which fields of its items a list is filtered beside what its query names: the names in `filter[…]`, and what is said of
/// each.
pub(crate) struct Filtered(pub(crate) Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Filtered {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Asked(asked) = Asked::<Vec<(String, String)>>::from_request_parts(parts, state).await?;
        let filters = asked.into_iter().filter_map(|(name, said)| {
            let field = name.strip_prefix("filter[")?.strip_suffix(']')?.to_owned();
            Some((field, said))
        });
        Ok(Self(filters.collect()))
    }
}

/// Which part of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub(crate) struct Page {
    /// At most so many, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    pub(crate) limit: Option<i64>,
    /// After this place: the `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listed<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// Where the next part begins; absent at the end.
    pub(crate) next_cursor: Option<String>,
}

impl Page {
    /// How many.
    ///
    /// # Errors
    /// `invalid_request`.
    pub(crate) fn limit(&self) -> Result<i64, ApiError> {
        let limit = self.limit.unwrap_or(50);
        if (1..=500).contains(&limit) { Ok(limit) } else { Err(ApiError::invalid("`limit` is 1 to 500")) }
    }

    /// After which place.
    ///
    /// # Errors
    /// `invalid_request` for a cursor that was not given out.
    pub(crate) fn after<T: FromStr + Default>(&self) -> Result<T, ApiError> {
        self.after_or(T::default())
    }

    /// The same of a list that begins elsewhere.
    ///
    /// # Errors
    /// As [`Self::after`].
    pub(crate) fn after_or<T: FromStr>(&self, beginning: T) -> Result<T, ApiError> {
        let cursor = self.cursor.as_deref().map(str::parse).transpose();
        cursor
            .map(|place| place.unwrap_or(beginning))
            .map_err(|_| ApiError::invalid("`cursor` is none of this list"))
    }
}

/// Which way a list goes by the field that gives its places.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Order {
    /// The first comes first.
    #[default]
    Rising,
    /// The latest comes first.
    Falling,
}

impl Order {
    /// What `sort` asks for: the name of the field, with a dash before it for the latest first.
    ///
    /// # Errors
    /// `invalid_request`.
    pub(crate) fn of(sort: Option<&str>, field: &str) -> Result<Self, ApiError> {
        match sort.map(|sort| (sort.strip_prefix('-').unwrap_or(sort) == field, sort.starts_with('-'))) {
            None | Some((true, false)) => Ok(Self::Rising),
            Some((true, true)) => Ok(Self::Falling),
            Some((false, _)) => Err(ApiError::invalid(format!("`sort` is `{field}` or `-{field}`"))),
        }
    }

    /// How what comes after a place compares with it.
    pub(crate) const fn behind(self) -> &'static str {
        match self {
            Self::Rising => ">",
            Self::Falling => "<",
        }
    }

    /// Columns in this order, for a statement.
    pub(crate) fn by(self, columns: &[&str]) -> String {
        let way = match self {
            Self::Rising => "ASC",
            Self::Falling => "DESC",
        };
        let columns: Vec<String> = columns.iter().map(|column| format!("{column} {way}")).collect();
        columns.join(", ")
    }
}

impl<T> Listed<T> {
    /// A whole list.
    pub(crate) const fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }

    /// The part of a whole list that a page asks for, in the order of `place`.
    ///
    /// # Errors
    /// As [`Page::limit`].
    pub(crate) fn cut(
        mut items: Vec<T>,
        page: &Page,
        place: impl Fn(&T) -> String,
    ) -> Result<Self, ApiError> {
        let limit = page.limit()?;
        items.sort_by_cached_key(&place);
        let after = page.cursor.as_deref().unwrap_or_default();
        items.retain(|item| place(item).as_str() > after);
        Ok(Self::part(items, limit, place))
    }

    /// A part, of rows that were asked for with one more than `limit`.
    pub(crate) fn part(mut items: Vec<T>, limit: i64, place: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| more).map(place);
        Self { items, next_cursor }
    }
}

/// Where a request comes from, for limits and for the list of sessions.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// The address of the client; behind a proxy that is trusted, what the proxy says of it.
    pub(crate) address: String,
}

impl FromRequestParts<Hub> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, Infallible> {
        let address = address_of(&parts.headers, &parts.extensions, hub.settings.behind_proxy);
        Ok(Self { address: address.unwrap_or_else(|| "unknown".to_owned()) })
    }
}

fn address_of(headers: &HeaderMap, extensions: &Extensions, is_behind_proxy: bool) -> Option<String> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
    let named = headers.get("x-forwarded-for").and_then(|header| header.to_str().ok());
    // What stands last was added by the proxy nearest to the hub; what stands before it anybody can write.
    let named = named.and_then(|list| list.rsplit(',').next()).map(str::trim);
    let named = named.filter(|address| address.parse::<IpAddr>().is_ok()).map(str::to_owned);
    if is_behind_proxy { named.or(peer) } else { peer }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_of_a_file_may_take_ten_times_as_long_as_others() {
        let seconds = |route: &str| patience(30, route).as_secs();
        assert_eq!(["/api/v1/imports/{resource}", "/api/v1/exports/{resource}"].map(seconds), [300; 2]);
        assert_eq!(["/api/v1/stores", "none", "/imports/"].map(seconds), [30; 3]);
    }
}
