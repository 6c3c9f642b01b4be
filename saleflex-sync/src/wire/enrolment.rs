//! `POST /api/v1/auth/device/enroll`, `/auth/device/token` and `/auth/device/rotate`: how a till gets to be known, and how
//! it shows who it is afterwards.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::pull::Terminal;

/// A text that opens something. It is never shown: its `Debug` is a row of dots, and it has no `Display`.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Secret(String);

impl Secret {
    /// Takes a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret, for the one place that sends, hashes or stores it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A device with the code that somebody at the hub gave out for it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrolRequest {
    /// The code: good once, for fifteen minutes.
    pub enrolment_code: Secret,
    /// The device's serial number.
    pub serial: String,
    /// Its operating system.
    pub os: String,
    /// The program's version.
    pub software_version: String,
    /// What the till counts in, by ISO 4217; older tills do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// The answer, given once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolled {
    /// Which till the device is from now on.
    pub terminal: Terminal,
    /// What it shows from now on.
    pub token: Secret,
}

/// A device that asks for a short-lived token: what it was enrolled with stands in the `Authorization` header, or,
/// of older clients, here.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenRequest {
    /// What it was enrolled with, from clients that have no header for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Secret>,
    /// Which till it says it is; older clients send the code.
    pub terminal_id: String,
}

/// The short-lived token.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenAnswer {
    /// The token.
    pub access: Secret,
    /// `Bearer`.
    #[serde(default = "bearer")]
    pub token_type: String,
    /// For how many seconds it is good; a till renews it sixty seconds before.
    pub expires_in: u64,
    /// The company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_code: Option<String>,
    /// The store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_code: Option<String>,
    /// The till.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_code: Option<String>,
    /// Its identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<Uuid>,
}

/// Another secret for a device in the place of the one that it showed. The answer says more than a till has to know.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RotateAnswer {
    /// What it shows from now on.
    pub token: Secret,
}

fn bearer() -> String {
    "Bearer".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown_by_whatever_carries_it() {
        let request = EnrolRequest {
            enrolment_code: Secret::new("K7-XQ"),
            serial: "S".into(),
            os: "linux".into(),
            software_version: "1".into(),
            currency: None,
        };
        assert!(!format!("{request:?}").contains("K7-XQ"));
        assert_eq!(serde_json::to_value(&request).unwrap()["enrolment_code"], "K7-XQ");
    }
}
