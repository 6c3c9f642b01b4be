//! What is looked at before a request is served: the name it came under, and how often its caller comes.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{ApiError, Hub, credential::Credential, ids::digest, limits::Class, request::Origin};

/// Lets a request through, or refuses it.
pub(crate) async fn admit(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let named = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !is_own(&hub.settings.allowed_hosts, named) {
        let message = "this hub is not reached under that name";
        return ApiError::new(StatusCode::MISDIRECTED_REQUEST, "host_not_allowed", message).into_response();
    }
    let Ok(origin) = Origin::from_request_parts(&mut parts, &hub).await;
    if let Err(refused) = count(&hub, &parts.headers, &origin) {
        return refused.into_response();
    }
    let response = next.run(Request::from_parts(parts, body)).await;
    // Credentials are tried out from an address, not under a name: whoever guesses is counted as nobody.
    if hub.settings.rate_limits && response.status() == StatusCode::UNAUTHORIZED {
        let _counted_for_the_next = hub.limits.take(Class::Anonymous, &origin.address, hub.now());
    }
    response
}

fn count(hub: &Hub, headers: &axum::http::HeaderMap, origin: &Origin) -> Result<(), ApiError> {
    if !hub.settings.rate_limits {
        return Ok(());
    }
    match Credential::of(headers) {
        None => hub.limits.take(Class::Anonymous, &origin.address, hub.now()),
        Some(shown) => {
            let class = if shown.is_of_a_person() { Class::User } else { Class::Device };
            hub.limits.take(class, &digest(&shown.secret), hub.now())
        }
    }
}

/// Whether a request came under a name of the hub; its port does not count.
fn is_own(allowed: &[String], named: &str) -> bool {
    let host = match named.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
        _ => named,
    };
    allowed.is_empty() || allowed.iter().any(|own| own.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_answers_to_its_own_names_with_any_port() {
        let own = ["hub.example.com".to_owned()];
        assert!(is_own(&own, "hub.example.com") && is_own(&own, "HUB.example.com:9000"));
        assert!(!is_own(&own, "evil.example.com") && !is_own(&own, "") && is_own(&[], "anything"));
    }
}
