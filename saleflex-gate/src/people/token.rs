//! Access tokens of people: signed, short-lived, and nothing but a pointer to a session.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

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

/// How long one key signs.
const PERIOD: TimeDelta = TimeDelta::days(90);

/// Signs tokens and knows its own again. A key signs for ninety days; all processes of a hub with the same secret make the
/// same keys.
#[derive(Clone)]
pub(crate) struct Signer {
    seed: [u8; 32],
    /// Keys by the period they sign in: those that were needed lately.
    made: Arc<Mutex<BTreeMap<i64, Arc<Key>>>>,
}

/// A key of one period.
struct Key {
    signing: EncodingKey,
    knowing: DecodingKey,
    id: String,
    public: String,
}

impl Key {
    /// The key that follows from a seed for a period.
    fn new(seed: &[u8; 32], period: i64) -> Self {
        let parts = [b"saleflex-gate tokens 2".as_slice(), seed, &period.to_be_bytes()];
        let seed = *Digest::of_parts(parts).bytes();
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("32 bytes make a key");
        let public = pair.public_key().as_ref();
        Self {
            signing: EncodingKey::from_ed_der(&seed),
            knowing: DecodingKey::from_ed_der(public),
            id: Digest::of(public).to_string().chars().take(16).collect(),
            public: URL_SAFE_NO_PAD.encode(public),
        }
    }
}

/// The period of an instant.
fn period(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(PERIOD.num_seconds())
}

impl Signer {
    /// Keys that follow from a secret; without one, keys that end with the process.
    pub(crate) fn new(secret: Option<&str>) -> Self {
        ed25519::choose();
        let seed = secret.map_or_else(ids::random::<32>, |secret| *Digest::of(secret.as_bytes()).bytes());
        Self { seed, made: Arc::default() }
    }

    /// The key of a period.
    fn key(&self, period: i64) -> Arc<Key> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        // A key of long ago is not needed again.
        made.retain(|known, _| (period - 2..=period + 2).contains(known));
        Arc::clone(made.entry(period).or_insert_with(|| Arc::new(Key::new(&self.seed, period))))
    }

    /// The keys whose tokens may be good: that of the present, the one before, and the next, by which a process signs whose
    /// clock is ahead.
    fn keys(&self, now: DateTime<Utc>) -> [Arc<Key>; 3] {
        let present = period(now);
        [present, present - 1, present + 1].map(|period| self.key(period))
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
        let key = self.key(period(now));
        let header = Header { kid: Some(key.id.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &key.signing).expect("plain claims can be signed")
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
        let named = jsonwebtoken::decode_header(token).ok()?.kid?;
        let key = self.keys(now).into_iter().find(|key| key.id == named)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.knowing, &validation).ok()?.claims;
        (claims.exp > now.timestamp()).then_some(claims)
    }

    /// The public keys whose tokens may be good, for whoever checks tokens beside the hub.
    pub(crate) fn key_set(&self, now: DateTime<Utc>) -> Json {
        let keys = self.keys(now);
        let keys = keys.iter().map(|key| {
            json!({
                "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.id, "x": key.public,
            })
        });
        json!({"keys": keys.collect::<Vec<_>>()})
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
        let key = hub.key(period(noon()));
        let named = encoded(json!({"alg": "HS256", "typ": "JWT", "kid": key.id}));
        let said = format!("{named}.{}", encoded(claims));
        let public = hmac::Key::new(hmac::HMAC_SHA256, &URL_SAFE_NO_PAD.decode(&key.public).unwrap());
        let forged = format!("{said}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&public, said.as_bytes())));
        assert!(hub.verify(&forged, noon()).is_none());
    }

    #[test]
    fn a_token_for_somebody_else_is_none() {
        let hub = Signer::new(Some("one"));
        let claims = json!({"sub": Uuid::nil(), "sid": Uuid::nil(), "exp": noon().timestamp() + 60, "iat": 0, "aud": "others", "iss": AUDIENCE});
        let key = hub.key(period(noon()));
        let header = Header { kid: Some(key.id.clone()), ..Header::new(Algorithm::EdDSA) };
        let foreign = jsonwebtoken::encode(&header, &claims, &key.signing).unwrap();
        assert!(hub.verify(&foreign, noon()).is_none());
    }

    #[test]
    fn a_key_signs_for_ninety_days_and_its_tokens_are_good_to_their_end() {
        let hub = Signer::new(Some("one"));
        // The first second of a period.
        let start = DateTime::from_timestamp((period(noon()) + 1) * PERIOD.num_seconds(), 0).unwrap();
        let token = |at| hub.issue((Uuid::nil(), Uuid::max(), None), LIFETIME, at);
        let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
        let second = TimeDelta::seconds(1);
        let (old, new) = (token(start - second), token(start));
        assert_ne!(kid(&old), kid(&new));
        assert_eq!(kid(&new), kid(&token(start + PERIOD - second)));
        assert!(hub.verify(&old, start + LIFETIME - second * 2).is_some(), "good to its end");
        assert!(Signer::new(Some("one")).verify(&new, start - second).is_some(), "by a clock that is behind");
        let set = hub.key_set(start);
        let told: Vec<&str> =
            set["keys"].as_array().unwrap().iter().filter_map(|key| key["kid"].as_str()).collect();
        assert!(told.len() == 3 && told.contains(&kid(&old).as_str()) && told.contains(&kid(&new).as_str()));
        // A token of a key that signs no more is none, however long it says it is good.
        let long = hub.issue((Uuid::nil(), Uuid::max(), None), PERIOD * 4, start);
        assert!(
            hub.verify(&long, start + PERIOD).is_some() && hub.verify(&long, start + PERIOD * 2).is_none()
        );
    }
}
