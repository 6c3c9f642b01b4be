//! How events travel from a till to a hub.
//!
//! The guarantee this crate is built for: *every event that was committed at a till takes effect exactly once at
//! the hub, in the till's order, whatever the network or either process does.* The till mints the identity of a
//! event and freezes its bytes before anything is sent; the hub stores identity and digest with the effect; a
//! repeat is answered with the first answer.
//!
//! - [`wire`]: the envelope a till sends and the answer of the hub.
//! - [`plan`]: what an answer means for each item sent, and how long to wait. Pure.
//!
//! There is no network here yet: whoever embeds this crate sends the bytes. **Invariant:** nothing received is
//! dropped silently. A value of an enumeration that this version does not know is kept as it came, and an item
//! without an answer counts as not delivered.

pub mod plan;
pub mod wire;
