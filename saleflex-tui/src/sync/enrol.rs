//! Getting known to a hub: a code that somebody there gave out for this till, for names and a token.

use saleflex_core::money::CurrencyCode;
use saleflex_store::{Error, Till};
use saleflex_sync::{
    transport::{Address, HttpTransport, Request, Transport, Unreachable},
    wire::{
        RefusalBody, Secret,
        enrolment::{EnrolRequest, Enrolled},
    },
};

/// Why a hub did not take a till in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnrolError {
    /// Nobody answers there.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// It refused the code.
    #[error("the hub refused the code: {status} {code} {message}")]
    Refused {
        /// The status of its answer.
        status: u16,
        /// A stable code.
        code: String,
        /// For a person.
        message: String,
    },
    /// Something answers that is no hub.
    #[error("the answer is none of a hub")]
    NoHub(#[source] serde_json::Error),
}

/// Shows a hub the code; answers what this till is there from now on. The code is used up.
///
/// # Errors
/// [`EnrolError`].
pub fn enrol(
    address: &Address,
    code: &str,
    (serial, currency): (&str, CurrencyCode),
) -> Result<Enrolled, EnrolError> {
    let request = EnrolRequest {
        enrolment_code: Secret::new(code),
        serial: serial.to_owned(),
        os: std::env::consts::OS.to_owned(),
        software_version: env!("CARGO_PKG_VERSION").to_owned(),
        currency: Some(currency.as_str().to_owned()),
    };
    let body = serde_json::to_vec(&request).map_err(EnrolError::NoHub)?;
    let mut hub = HttpTransport::new(address.clone());
    let given = hub.send(&Request::post("/auth/device/enroll", &body))?;
    if !matches!(given.status, 200 | 201) {
        let RefusalBody { code, message, .. } = serde_json::from_slice(&given.body).unwrap_or_default();
        return Err(EnrolError::Refused { status: given.status, code, message });
    }
    serde_json::from_slice(&given.body).map_err(EnrolError::NoHub)
}

/// Takes over the number that the hub gave the till in its store, for paper. A hub that gives none leaves it as it is.
///
/// # Errors
/// When the file cannot be written.
pub fn take_number(till: &mut Till, enrolled: &Enrolled) -> Result<(), Error> {
    let number = enrolled.terminal.number;
    if (1..=9_999).contains(&number) { till.take_register_number(number) } else { Ok(()) }
}
