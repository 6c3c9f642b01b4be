//! What a caller shows of itself: a bearer token, or HTTP Basic as it comes from the address of an old terminal.

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::people::token;

/// A secret with the name it came under.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Credential {
    /// With HTTP Basic: the terminal's code.
    pub(crate) name: Option<String>,
    pub(crate) secret: String,
}

/// How the secret of a program begins.
pub(crate) const PROGRAM: &str = "sfk_";

impl Credential {
    /// Whether it has the shape of a person's access token.
    pub(crate) fn is_of_a_person(&self) -> bool {
        self.name.is_none() && token::is_one(&self.secret)
    }

    /// Whether it has the shape of a program's key.
    pub(crate) fn is_of_a_program(&self) -> bool {
        self.name.is_none() && self.secret.starts_with(PROGRAM)
    }

    /// Reads the header; none when there is none or it is neither form.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let header = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, rest) = header.split_once(' ')?;
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            return Some(Self { name: None, secret: rest.to_owned() });
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let pair = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
        let (name, secret) = pair.split_once(':')?;
        Some(Self { name: Some(name.to_owned()), secret: secret.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(value: &'static str) -> Option<Credential> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
        Credential::of(&headers)
    }

    #[test]
    fn basic_and_bearer_are_read_and_everything_else_is_nothing() {
        let basic = of("Basic VElMTC0xOnMzY3JldC10b2tlbg==").unwrap();
        assert_eq!((basic.name.as_deref(), basic.secret.as_str()), (Some("TILL-1"), "s3cret-token"));
        assert_eq!(of("bearer abc").unwrap().secret, "abc");
        for nothing in ["", "Basic", "Basic !!!", "Digest x", "Basic /////w=="] {
            assert!(of(nothing).is_none(), "{nothing}");
        }
    }
}
