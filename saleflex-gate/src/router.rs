//! Every route, once.

use std::any::Any;

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    http::{Uri, uri::PathAndQuery},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use tower::{Layer, util::MapRequestLayer};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiError, Hub, openapi, request,
    routes::{device, health, office, older, sync},
};

/// The whole service, as the program serves it and as tests call it.
pub fn app(hub: Hub) -> Router {
    let (router, document) = described();
    let described = Router::new().route("/openapi.json", get(|| async move { Json(document) }));
    let served = router
        .merge(described)
        .fallback(|| async { ApiError::not_found() })
        .method_not_allowed_fallback(|| async { ApiError::method_not_allowed() })
        .layer(DefaultBodyLimit::max(hub.settings.body_limit_bytes))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(hub.clone(), request::observe))
        .with_state(hub);
    // A path is rewritten before any route is looked up, so the router stands inside the rewriting service.
    let renamed = MapRequestLayer::new(rename::<axum::body::Body>).layer(served);
    Router::new().fallback_service(renamed)
}

/// The routes and the document they make.
pub(crate) fn described() -> (Router<Hub>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(openapi::Head::openapi()).nest("/api/v1", version_1()).split_for_parts()
}

#[expect(deprecated, reason = "what older clients name is served, and marked in the document")]
fn version_1() -> OpenApiRouter<Hub> {
    OpenApiRouter::new()
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(office::init))
        .routes(routes!(office::transactions))
        .routes(routes!(office::closures))
        .routes(routes!(office::sequences))
        .routes(routes!(device::enroll))
        .routes(routes!(device::token))
        .routes(routes!(device::older_token))
        .routes(routes!(sync::push))
        .routes(routes!(sync::state))
        .routes(routes!(sync::changes))
        .routes(routes!(sync::bootstrap))
        .routes(routes!(sync::heartbeat))
        .routes(routes!(sync::notifications))
        .routes(routes!(sync::read))
        .routes(routes!(older::transactions))
        .routes(routes!(older::closures))
        .routes(routes!(older::products))
        .routes(routes!(older::campaigns))
        .routes(routes!(older::add_product))
}

/// Old clients leave the version out of a path or end it with a slash.
fn rename<B>(mut request: axum::http::Request<B>) -> axum::http::Request<B> {
    let path = request.uri().path();
    let trimmed = path.trim_end_matches('/');
    let renamed = match trimmed.strip_prefix("/api/") {
        Some(rest) if rest != "v1" && !rest.starts_with("v1/") => format!("/api/v1/{rest}"),
        _ if trimmed.len() < path.len() && !trimmed.is_empty() => trimmed.to_owned(),
        _ => return request,
    };
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = request.uri().clone().into_parts();
    if let Ok(path) = PathAndQuery::try_from(format!("{renamed}{query}")) {
        parts.path_and_query = Some(path);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// A handler that panicked is a defect: the client is told nothing of it, the log everything.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(said: Box<dyn Any + Send + 'static>) -> Response {
    let said =
        said.downcast_ref::<String>().map(String::as_str).or_else(|| said.downcast_ref::<&str>().copied());
    tracing::error!(said, "a handler panicked");
    ApiError::internal().into_response()
}
