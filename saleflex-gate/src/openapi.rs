//! The OpenAPI document: what the routes say of themselves, under one title.

use utoipa::OpenApi;

use crate::router;

/// What does not come from a route.
#[derive(OpenApi)]
#[openapi(
    info(title = "SaleFlex gate", description = "The hub that tills and stores report to.", license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")),
    tags((name = "service", description = "The hub itself"))
)]
pub(crate) struct Head;

/// The document as it is served at `/openapi.json` and committed beside the code.
pub fn document() -> utoipa::openapi::OpenApi {
    router::described().1
}
