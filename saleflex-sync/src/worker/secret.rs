//! Another secret for a device in the place of one that is old: asked for with the old one, kept, and only then shown.

use std::{fmt, io, time::Duration};

use chrono::{DateTime, Utc};

use crate::{
    plan::Came,
    transport::{Request, Response, Transport},
    wire::{Secret, enrolment::RotateAnswer},
};

/// Where a device's secret is replaced.
const ROTATE: &str = "/auth/device/rotate";

/// Keeps a device's secret where it outlives the program.
pub trait Keeper: fmt::Debug + Send {
    /// Since when the device has the secret that it shows; none where nobody knows.
    fn since(&self) -> Option<DateTime<Utc>>;

    /// Keeps another one in the place of the one that is shown, so that it is found again whatever becomes of the program
    /// and its computer.
    ///
    /// # Errors
    /// Where it is not kept, or another one than `shown` was kept meanwhile: then that stays.
    fn keep(&mut self, shown: &Secret, next: &Secret, now: DateTime<Utc>) -> io::Result<()>;
}

/// Asks the hub for another secret; else what came of it.
pub(super) fn ask(transport: &mut dyn Transport, shown: &Secret) -> Result<Secret, Came> {
    let away = |at_least| Came::Failed { at_least, is_breakdown: false };
    match transport.send(&Request::post(ROTATE, b"").showing(Some(shown))) {
        Ok(Response { status: 200 | 201, body, .. }) => match serde_json::from_slice::<RotateAnswer>(&body) {
            Ok(answer) => Ok(answer.token),
            Err(_) => Err(Came::NotRotated),
        },
        Ok(Response { status: 401, .. }) => Err(Came::Unauthorized),
        // Busy, or there is nobody behind the one who answers.
        Ok(Response { status: 408 | 425 | 429 | 502..=504, retry_after, .. }) => {
            Err(away(retry_after.unwrap_or_default()))
        }
        Ok(_) => Err(Came::NotRotated),
        Err(_) => Err(away(Duration::ZERO)),
    }
}
