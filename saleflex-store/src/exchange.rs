//! What passes between the till and its hub: facts on their way out, changes on their way in, quotas lent.

pub mod inbox;
pub mod outbox;
pub mod quotas;
