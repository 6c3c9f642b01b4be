//! The OpenAPI document: what the routes say of themselves, under one title.

use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::router;

/// What does not come from a route.
#[derive(OpenApi)]
#[openapi(
    info(title = "SaleFlex gate", description = "The hub that tills and stores report to.", license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")),
    modifiers(&Credentials),
    tags(
        (name = "service", description = "The hub itself"),
        (name = "office wire", description = "What older terminals speak, in their shapes"),
        (name = "sync", description = "What our tills speak: events in, definitions out"),
        (name = "older clients", description = "Paths that the client of an older central hub names"),
        (name = "devices", description = "How a device gets to be known"),
    )
)]
pub(crate) struct Head;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        for (name, scheme, description) in [
            ("device", HttpAuthScheme::Bearer, "The secret of an enrolled device, or a token got for it"),
            ("basic", HttpAuthScheme::Basic, "The terminal's code and the secret of its device"),
        ] {
            let scheme = HttpBuilder::new().scheme(scheme).description(Some(description)).build();
            components.add_security_scheme(name, SecurityScheme::Http(scheme));
        }
    }
}

/// The document as it is served at `/openapi.json` and committed beside the code.
pub fn document() -> utoipa::openapi::OpenApi {
    router::described().1
}
