//! What a client is told when a request cannot be served.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// A refusal: a stable code for programs, a sentence for people, and nothing that is not safe to send.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ApiError {
    #[serde(skip)]
    status: StatusCode,
    /// A stable code, such as `not_found`.
    pub code: &'static str,
    /// What went wrong, for a person.
    pub message: &'static str,
}

impl ApiError {
    /// There is nothing at this path, or nothing the caller may know of.
    pub const NOT_FOUND: Self =
        Self { status: StatusCode::NOT_FOUND, code: "not_found", message: "there is nothing at this path" };
    /// The path exists, the method does not.
    pub const METHOD_NOT_ALLOWED: Self = Self {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "method_not_allowed",
        message: "this path does not take that method",
    };
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}
