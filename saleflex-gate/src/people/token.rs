//! Access tokens of people: signed, short-lived, and nothing but a pointer to a session.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use ring::signature::{Ed25519KeyPair, KeyPair};
use saleflex_core::digest::Digest;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::ids;

mod ed25519;

/// Whom the tokens are for.
const AUDIENCE: &str = "saleflex-gate";

/// What a token says. Rights do not stand in it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Claims {
    /// The id of the user it is given to.
    pub(crate) sub: Uuid,
    /// The session it belongs to.
    pub(crate) sid: Uuid,
    /// The company that was chosen for the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) company_id: Option<Uuid>,
    /// Until when it is good, in seconds.
    pub(crate) exp: i64,
    /// Since when, in seconds.
    pub(crate) iat: i64,
    /// Whom it is for.
    pub(crate) aud: String,
    /// Who made it; another maker's is refused.
    pub(crate) iss: String,
}

/// Signs tokens and knows its own again. All processes of a hub with the same secret make the same key.
#[derive(Clone)]
pub(crate) struct Signer {
    key: EncodingKey,
    own: DecodingKey,
    key_id: String,
    public: String,
}

impl Signer {
    /// The key that follows from a secret; without one a key that ends with the process.
    pub(crate) fn new(secret: Option<&str>) -> Self {
        ed25519::choose();
        let seed = secret.map_or_else(ids::random::<32>, |secret| {
            *Digest::of_parts([b"saleflex-gate tokens 1".as_slice(), secret.as_bytes()]).bytes()
        });
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("32 bytes make a key");
        let public = pair.public_key().as_ref();
        let key_id: String = Digest::of(public).to_string().chars().take(16).collect();
        Self {
            key: EncodingKey::from_ed_der(&seed),
            own: DecodingKey::from_ed_der(public),
            key_id,
            public: URL_SAFE_NO_PAD.encode(public),
        }
    }

    /// A token for a session.
    pub(crate) fn issue(
        &self,
        (user, session, company): (Uuid, Uuid, Option<Uuid>),
        lifetime: TimeDelta,
        now: DateTime<Utc>,
    ) -> String {
        let claims = Claims {
            sub: user,
            sid: session,
            company_id: company,
            exp: (now + lifetime).timestamp(),
            iat: now.timestamp(),
            aud: AUDIENCE.to_owned(),
            iss: AUDIENCE.to_owned(),
        };
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &self.key).expect("plain claims can be signed")
    }

    /// What a token says, if this hub signed it for itself and it is still good. Whatever its header names, it is
    /// checked by the one algorithm that signs here.
    pub(crate) fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        // The hub's clock decides, not the one that the library would ask.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.own, &validation).ok()?.claims;
        (claims.exp > now.timestamp()).then_some(claims)
    }

    /// The public key, for whoever checks tokens beside the hub.
    pub(crate) fn key_set(&self) -> Json {
        let key = json!({
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.key_id, "x": self.public,
        });
        json!({"keys": [key]})
    }
}

/// Whether a credential has the shape of an access token.
pub(crate) fn is_one(credential: &str) -> bool {
    credential.split('.').count() == 3
}

#[cfg(test)]
mod tests {
    use ring::hmac;

    use super::*;

    const LIFETIME: TimeDelta = TimeDelta::minutes(15);

    fn noon() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-11-21T12:00:00Z").unwrap().to_utc()
    }

    #[test]
    fn a_token_is_good_for_its_time_and_at_hubs_with_the_same_secret() {
        let hub = Signer::new(Some("one"));
        let token = hub.issue((Uuid::nil(), Uuid::max(), None), LIFETIME, noon());
        let claims = Signer::new(Some("one")).verify(&token, noon() + LIFETIME - TimeDelta::seconds(1));
        assert_eq!(claims.unwrap().sid, Uuid::max());
        assert!(hub.verify(&token, noon() + LIFETIME).is_none(), "it is over");
        assert!(Signer::new(Some("other")).verify(&token, noon()).is_none());
        assert!(Signer::new(None).verify(&token, noon()).is_none());
    }

    #[test]
    fn a_token_that_names_another_algorithm_or_was_touched_is_none() {
        let hub = Signer::new(Some("one"));
        let token = hub.issue((Uuid::nil(), Uuid::max(), None), LIFETIME, noon());
        let parts: Vec<&str> = token.split('.').collect();
        let encoded = |json: Json| URL_SAFE_NO_PAD.encode(json.to_string());
        let none = encoded(json!({"alg": "none", "typ": "JWT"}));
        assert!(hub.verify(&format!("{none}.{}.", parts[1]), noon()).is_none());
        let claims = json!({"sub": Uuid::nil(), "sid": Uuid::nil(), "exp": i64::MAX, "iat": 0, "aud": AUDIENCE, "iss": AUDIENCE});
        assert!(
            hub.verify(&format!("{}.{}.{}", parts[0], encoded(claims.clone()), parts[2]), noon()).is_none()
        );
        // The public key is no secret: signing with it as if it were one must not help.
        let named = encoded(json!({"alg": "HS256", "typ": "JWT", "kid": hub.key_id}));
        let said = format!("{named}.{}", encoded(claims));
        let public = hmac::Key::new(hmac::HMAC_SHA256, &URL_SAFE_NO_PAD.decode(&hub.public).unwrap());
        let forged = format!("{said}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&public, said.as_bytes())));
        assert!(hub.verify(&forged, noon()).is_none());
    }

    #[test]
    fn a_token_for_somebody_else_is_none() {
        let hub = Signer::new(Some("one"));
        let claims = json!({"sub": Uuid::nil(), "sid": Uuid::nil(), "exp": noon().timestamp() + 60, "iat": 0, "aud": "others", "iss": AUDIENCE});
        let foreign = jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &hub.key).unwrap();
        assert!(hub.verify(&foreign, noon()).is_none());
    }
}
