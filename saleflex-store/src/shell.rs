//! Where time and identities come from: the one thing a till asks of the world around it.

use chrono::NaiveDateTime;
use saleflex_core::time::Moment;
use uuid::Uuid;

mod manual;
mod system;

pub use self::{
    manual::ManualShell,
    system::{SystemShell, UnknownTimeZone},
};

/// Source of time and identities. There is no other in this crate.
pub trait Shell: Send {
    /// Now, in the store's time zone and business day.
    fn now(&mut self) -> Moment;

    /// The moment at which the store's clock shows a local time, for what people say of another hour of the day. By
    /// itself it is as far from the universal time as now; a shell that knows its time zone knows better.
    fn at_local(&mut self, local: NaiveDateTime) -> Moment {
        let now = self.now();
        let ahead = now.local - now.instant.naive_utc();
        let instant = local.checked_sub_signed(ahead).unwrap_or(local).and_utc();
        Moment::new(instant, local, local.date())
    }

    /// A new identity, never given before, anywhere. Version 7, so that identities sort by age.
    fn new_id(&mut self) -> Uuid;
}
