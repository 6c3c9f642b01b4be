//! Every route, once.

use axum::{Json, Router, routing::get};
use chrono::{DateTime, Utc};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{ApiError, openapi, routes::health};

/// What handlers share.
#[derive(Clone, Copy, Debug)]
pub struct Hub {
    /// Reads the clock. The program passes the system's, a test its own.
    pub clock: fn() -> DateTime<Utc>,
}

/// The whole service, as the program serves it and as tests call it.
pub fn app(hub: Hub) -> Router {
    let (router, document) = described();
    let described = Router::new().route("/openapi.json", get(|| async move { Json(document) }));
    router
        .merge(described)
        .fallback(|| async { ApiError::NOT_FOUND })
        .method_not_allowed_fallback(|| async { ApiError::METHOD_NOT_ALLOWED })
        .with_state(hub)
}

/// The routes and the document they make.
pub(crate) fn described() -> (Router<Hub>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(openapi::Head::openapi()).nest("/api/v1", version_1()).split_for_parts()
}

fn version_1() -> OpenApiRouter<Hub> {
    OpenApiRouter::new().routes(routes!(health::health))
}
