//! What a client is told when a request cannot be served, in the shape of the wire that it speaks.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{db::DatabaseError, request};

/// How many requests of a kind are taken at once.
const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
/// How many of them are left.
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
/// In how many seconds the next one is taken.
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// A refusal: a stable code for programs, a sentence for people, and nothing that is not safe to send.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ApiError {
    /// The status of the answer.
    pub status: StatusCode,
    /// A stable code, such as `not_found`.
    pub code: &'static str,
    /// What went wrong, for a person.
    pub message: String,
    /// Which field or number, where that says more.
    pub detail: Option<String>,
    /// In how many seconds it is worth trying again.
    pub retry_after_seconds: Option<u64>,
    /// How many requests of this kind are taken at once, where that was too many.
    pub allowed_at_once: Option<u64>,
}

/// The body of a refusal.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"code": "field_invalid", "message": "`name` is 1 to 200 characters", "detail": "name", "correlation_id": "018f0000-0000-7000-8000-000000000001"}))]
pub(crate) struct Refusal {
    /// A stable code, such as `not_found`.
    pub(crate) code: &'static str,
    /// What went wrong, for a person.
    pub(crate) message: String,
    /// Which field or number, where that says more.
    pub(crate) detail: Option<String>,
    /// Under which the hub has logged the request; also in the header `x-correlation-id`.
    pub(crate) correlation_id: Option<String>,
}

/// The body of a refusal in the shape that older terminals know, with a code added.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"status": "error", "message": "`transaction` lacks `head`", "error_code": "document_incomplete", "correlation_id": "018f0000-0000-7000-8000-000000000001"}))]
pub(crate) struct OfficeRefusal {
    /// `error`.
    status: &'static str,
    /// What went wrong, for a person.
    message: String,
    /// A stable code.
    error_code: &'static str,
    /// Under which the hub has logged the request.
    correlation_id: Option<String>,
}

impl ApiError {
    /// A refusal with a status, a code and a sentence.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { status, code, message, detail: None, retry_after_seconds: None, allowed_at_once: None }
    }

    /// What is named is not there, or nothing the caller may know of.
    pub fn not_found() -> Self {
        let message = "what the path or the body names is not there, or not for the caller";
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// No route has this path.
    pub fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this path")
    }

    /// The path exists, the method does not.
    pub fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path does not take that method")
    }

    /// The request cannot be read.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", message)
    }

    /// The caller shows no credential, or none that is known.
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "show the credential of a person, a device or a program that this hub knows",
        )
    }

    /// The caller is known and may not.
    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    /// The caller is known and their role does not allow it.
    pub fn not_allowed(capability: &str) -> Self {
        let message = "your role does not allow this here";
        Self { detail: Some(capability.to_owned()), ..Self::forbidden("not_allowed", message) }
    }

    /// What is there stands against it.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// It can be read, and a rule forbids it.
    pub fn unprocessable(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    /// What was read before has changed since.
    pub fn stale() -> Self {
        let message = "it was changed since you read it: read it again";
        Self::new(StatusCode::PRECONDITION_FAILED, "stale", message)
    }

    /// It is not said which version was read.
    pub fn if_match_required() -> Self {
        let message = "say in `If-Match` which version you have read: the `ETag` of the row";
        Self::new(StatusCode::PRECONDITION_REQUIRED, "if_match_required", message)
    }

    /// It was asked too often: the answer says after how many seconds to try again, and how many are taken at once.
    pub fn too_often(retry_after_seconds: u64, allowed_at_once: u64) -> Self {
        let error =
            Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "too many requests, wait a while");
        Self {
            retry_after_seconds: Some(retry_after_seconds),
            allowed_at_once: Some(allowed_at_once),
            ..error
        }
    }

    /// The hub itself failed; what happened stands in its log.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal server error")
    }
}

impl From<DatabaseError> for ApiError {
    fn from(error: DatabaseError) -> Self {
        let correlation_id = request::correlation_id();
        tracing::error!(error = error.told(), correlation_id, "the database refused");
        match error {
            error if error.is_busy() => {
                let message = "others write the same at this moment";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "database_unavailable", message)
            }
            DatabaseError::Pool(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "database_unavailable",
                "the database is away for now",
            ),
            DatabaseError::Sqlite(_)
            | DatabaseError::Postgres(_)
            | DatabaseError::Build(_)
            | DatabaseError::Column { .. }
            | DatabaseError::Newer { .. }
            | DatabaseError::Changed { .. }
            | DatabaseError::Outdated
            | DatabaseError::Stopped => Self::internal(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Self { status, code, message, detail, retry_after_seconds, allowed_at_once } = self;
        let correlation_id = request::correlation_id();
        let mut response = if request::is_older() {
            let refusal = OfficeRefusal { status: "error", message, error_code: code, correlation_id };
            (status, Json(refusal)).into_response()
        } else {
            (status, Json(Refusal { code, message, detail, correlation_id })).into_response()
        };
        with_hints(&mut response, status);
        if let Some(seconds) = retry_after_seconds {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            if let Some(allowed) = allowed_at_once {
                headers.insert(LIMIT, HeaderValue::from(allowed));
                headers.insert(REMAINING, HeaderValue::from(0_u64));
                headers.insert(RESET, HeaderValue::from(seconds));
            }
        }
        response
    }
}

/// Headers that tell a client how to go on.
fn with_hints(response: &mut Response, status: StatusCode) {
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"SaleFlex\", charset=\"UTF-8\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
}
