//! How events travel from a till to a hub, and what the hub knows to the till.
//!
//! The guarantee this crate is built for: *every event that was committed at a till takes effect exactly once at
//! the hub, whatever the network or either process does: in order, but for an event that was put off or set aside; a
//! closure waits for those before it.* The till mints the identity of an event and freezes its bytes before anything
//! is sent; the hub stores identity and digest with the effect; a repeat is answered with the first answer.
//!
//! | module | what it does | feature |
//! |---|---|---|
//! | [`wire`] | what is written on the wire | |
//! | [`plan`] | what to do next, and what an answer means; pure | |
//! | [`outbox`], [`inbox`], [`transport`] | the ports: where events wait, where changes come in, how bytes travel | |
//! | [`push`], [`pull`], [`reconcile`] | one request each: send what is due, ask for changes, compare | |
//! | [`points`] | points that the hub keeps, held there before a till redeems them | |
//! | [`managed`] | settings of a till that its hub may set | |
//! | [`goods`] | goods that a hub moves in the books of a till | |
//! | [`fitting`] | what a till can take of a hub's row | |
//! | [`worker`] | asks the plan and obeys, by hand or in a thread | |
//! | [`transport::HttpTransport`] | HTTP by `ureq` | `push` |
//! | [`till`] | the till's store behind the ports | `till`, on by default |
//!
//! Everything but the last two works without a network, a clock or a thread: whoever embeds it gives the time and
//! carries the bytes. A hub that forwards to another implements [`outbox::Outbox`] and takes the feature `push`.
//!
//! **Invariant:** nothing received is dropped silently. A value of an enumeration that this version does not know is
//! kept as it came, and an item without an answer counts as not delivered.

pub mod fitting;
pub mod goods;
pub mod inbox;
pub mod managed;
pub mod outbox;
pub mod plan;
pub mod points;
pub mod pull;
pub mod push;
pub mod reconcile;
#[cfg(feature = "till")]
pub mod till;
pub mod transport;
pub mod wire;
pub mod worker;
