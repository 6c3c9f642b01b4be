//! What every request goes through: one correlation id, one line in the log, a time limit, safe headers.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request, State, rejection::BytesRejection},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{ApiError, Hub, ids::new_id};

const CORRELATION: HeaderName = HeaderName::from_static("x-correlation-id");
/// The longest correlation id that is taken from a client.
const LONGEST: usize = 64;

tokio::task_local! {
    static CORRELATION_ID: String;
}

/// The id of the request that is being served.
pub(crate) fn correlation_id() -> Option<String> {
    CORRELATION_ID.try_with(Clone::clone).ok()
}

/// Serves a request under its correlation id, within the time it may take, and logs one line of it.
pub(crate) async fn observe(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    let started = hub.now();
    let given = request.headers().get(&CORRELATION).and_then(|id| id.to_str().ok());
    let id = given.filter(|id| is_plain(id)).map_or_else(|| new_id(started).to_string(), str::to_owned);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let limit = Duration::from_secs(hub.settings.request_timeout_seconds);
    let served = tokio::time::timeout(limit, next.run(request));
    let response = CORRELATION_ID.scope(id.clone(), async {
        let late = || {
            let message = "the request took longer than this hub waits";
            ApiError::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", message).into_response()
        };
        served.await.unwrap_or_else(|_| late())
    });
    let mut response = response.await;
    let took = hub.now() - started;
    tracing::info!(
        correlation_id = id,
        %method,
        path,
        status = response.status().as_u16(),
        duration_ms = took.num_milliseconds(),
        "served"
    );
    secure(&mut response);
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

fn secure(response: &mut Response<Body>) {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// A whole body within the limit, refused in our own words beyond it.
pub(crate) struct Whole(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Whole {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| refused(&rejection))
    }
}

fn refused(rejection: &BytesRejection) -> ApiError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "the body is larger than this hub reads",
        );
    }
    ApiError::invalid("the body cannot be read")
}
