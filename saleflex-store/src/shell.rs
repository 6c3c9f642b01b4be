//! Where time and identities come from: the one thing a till asks of the world around it.

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

    /// A new identity, never given before, anywhere. Version 7, so that identities sort by age.
    fn new_id(&mut self) -> Uuid;
}
