//! Which version of what they change people have read: the `ETag` of what they were shown, in `If-Match`.
//!
//! Definitions, papers and prices have versions of their own, which have to be said. What is administered has none: there the
//! version is a digest of what people are shown, and counts where it is said.

use std::convert::Infallible;

use axum::{
    Json,
    extract::FromRequestParts,
    http::{header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{
    IntoParams,
    openapi::{
        ObjectBuilder, Required, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

use crate::{
    ApiError,
    definitions::receipt_texts::ReceiptTexts,
    ids::digest,
    people::members::{Company, Member},
    registry::{StoreRow, contacts::Contact, regions::Region, terminals::TerminalRow},
};

/// What people change who have read it.
pub(crate) trait Versioned: Serialize {
    /// The version of what stands there.
    fn version(&self) -> String {
        serde_json::to_string(self).map(|shown| digest(&shown)).unwrap_or_default()
    }
}

impl Versioned for Company {}
impl Versioned for Contact {}
impl Versioned for Map<String, Value> {}
impl Versioned for Member {}
impl Versioned for ReceiptTexts {}
impl Versioned for Region {}
impl Versioned for StoreRow {}

impl Versioned for TerminalRow {
    /// Of what people change: what the terminal says of itself is another thing with every heartbeat.
    fn version(&self) -> String {
        let Self { id, store_id, number, name, state, may_pull, .. } = self;
        digest(&serde_json::json!([id, store_id, number, name, state, may_pull]).to_string())
    }
}

/// An answer with the version of what it shows.
#[derive(Debug)]
pub(crate) struct Shown<T>(pub(crate) T);

impl<T: Versioned> IntoResponse for Shown<T> {
    fn into_response(self) -> Response {
        let tag = format!("\"{}\"", self.0.version());
        ([(header::ETAG, tag)], Json(self.0)).into_response()
    }
}

/// The versions that a caller says they have read; none where they say nothing.
#[derive(Clone, Debug)]
pub(crate) struct ReadBefore(Option<String>);

impl ReadBefore {
    /// That what stands there is what was read, where that was said.
    ///
    /// # Errors
    /// `stale`.
    pub(crate) fn is(&self, standing: &impl Versioned) -> Result<(), ApiError> {
        let Some(said) = &self.0 else { return Ok(()) };
        let version = standing.version();
        let is_it = |tag: &str| tag.trim() == "*" || tag.trim().trim_matches('"') == version;
        if said.split(',').any(is_it) { Ok(()) } else { Err(ApiError::stale()) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ReadBefore {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // What is no text is the version of nothing.
        let said = parts.headers.get(header::IF_MATCH).map(|tag| tag.to_str().unwrap_or_default().to_owned());
        Ok(Self(said))
    }
}

impl IntoParams for ReadBefore {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let told = "The `ETag` that was read: where something else stands there meanwhile, nothing changes";
        let parameter = ParameterBuilder::new()
            .name("if-match")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(told))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
        vec![parameter.build()]
    }
}
