//! What is looked at before a request is served: the name it came under, whether this hub has the route, and how often its
//! caller comes.

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

mod queries;

use crate::{
    ApiError, Hub, access::routes, credential::Credential, ids::digest, limits::Class, request::Origin,
    settings::OfficeWire,
};

/// Lets a request through, or refuses it.
pub(crate) async fn admit(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let named = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !is_own(&hub.settings.allowed_hosts, named) {
        let message = "this hub is not reached under that name";
        return ApiError::new(StatusCode::MISDIRECTED_REQUEST, "host_not_allowed", message).into_response();
    }
    if is_unwritable(&parts.uri) {
        return ApiError::invalid("the address holds U+0000, which no text has").into_response();
    }
    let is_here = is_of_this_hub(&hub, &parts);
    if is_here && let Err(refused) = queries::read(&mut parts) {
        return refused.into_response();
    }
    let Ok(origin) = Origin::from_request_parts(&mut parts, &hub).await;
    let shown = match count(&hub, &parts, &origin) {
        Ok(shown) => shown,
        Err(refused) => return refused.into_response(),
    };
    if !is_here {
        return ApiError::no_route().into_response();
    }
    let response = next.run(Request::from_parts(parts, body)).await;
    if let Some(shown) = shown {
        settle(&hub, &origin, &shown);
    }
    response
}

/// Whether a hub of this profile has the route that was asked for. Where it has not, nothing more is looked at.
fn is_of_this_hub(hub: &Hub, parts: &Parts) -> bool {
    let Some(path) = parts.extensions.get::<MatchedPath>() else { return true };
    routes::is_at(hub.settings.profile, &parts.method, path.as_str())
}

/// A credential that was counted, by its digest.
struct Shown {
    digest: String,
    was_known: bool,
}

/// Counts a request before anything is looked up. A credential that is not known to be good is a guess of its address;
/// it is not counted as nobody, so that whoever guesses shuts out nobody who asks without a credential. Terminals that need
/// show none are counted as devices, by their address.
fn count(hub: &Hub, parts: &Parts, origin: &Origin) -> Result<Option<Shown>, ApiError> {
    if !hub.settings.rate_limits {
        return Ok(None);
    }
    let now = hub.now();
    let Some(shown) = Credential::of(&parts.headers) else {
        let is_open = hub.settings.office_wire == OfficeWire::Open;
        let is_a_terminal = is_open && routes::is_older(&parts.method, parts.uri.path());
        let class = if is_a_terminal { Class::Device } else { Class::Anonymous };
        return hub.limits.take(class, &origin.address, now).map(|()| None);
    };
    let digest = digest(&shown.secret);
    let was_known = hub.limits.knows(&digest);
    if !was_known {
        hub.limits.take(Class::Guess, &origin.address, now)?;
    }
    let class = if shown.is_of_a_person() { Class::User } else { Class::Device };
    hub.limits.take(class, &digest, now)?;
    Ok(Some(Shown { digest, was_known }))
}

/// Gives the guess back that was none, and counts the one that was taken for a credential.
fn settle(hub: &Hub, origin: &Origin, shown: &Shown) {
    match (shown.was_known, hub.limits.knows(&shown.digest)) {
        (false, true) => hub.limits.give_back(Class::Guess, &origin.address),
        (true, false) => {
            let _counted_for_the_next = hub.limits.take(Class::Guess, &origin.address, hub.now());
        }
        _ => {}
    }
}

/// Whether an address holds U+0000: PostgreSQL keeps no text with it, and nothing is named so.
fn is_unwritable(uri: &Uri) -> bool {
    uri.path().contains("%00") || uri.query().is_some_and(|query| query.contains("%00"))
}

/// Whether a request came under a name of the hub; ports count on neither side.
fn is_own(allowed: &[String], named: &str) -> bool {
    let host = host_of(named);
    allowed.is_empty() || allowed.iter().any(|own| host_of(own).eq_ignore_ascii_case(host))
}

fn host_of(named: &str) -> &str {
    match named.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
        _ => named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_nothing_as_a_letter_is_none_and_one_that_speaks_of_it_is() {
        let is = |uri: &'static str| is_unwritable(&Uri::from_static(uri));
        assert!(is("/documents?number=%00") && is("/companies/a%00b") && is("/x?a%00=1"));
        assert!(!is("/documents?number=%2500") && !is("/x?a=%2000") && !is("/"));
    }

    #[test]
    fn a_hub_answers_to_its_own_names_with_any_port() {
        let own = ["hub.example.com".to_owned()];
        assert!(is_own(&own, "hub.example.com") && is_own(&own, "HUB.example.com:9000"));
        let with_port = ["127.0.0.1:9000".to_owned(), "[::1]".to_owned()];
        assert!(is_own(&with_port, "127.0.0.1:9000") && is_own(&with_port, "127.0.0.1"));
        assert!(is_own(&with_port, "[::1]:9000") && !is_own(&with_port, "127.0.0.2"));
        assert!(!is_own(&own, "evil.example.com") && !is_own(&own, "") && is_own(&[], "anything"));
    }
}
