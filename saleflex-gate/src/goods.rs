//! Goods as people move them at a hub: deliveries, losses, levels put right, transfers, counts, orders to suppliers.
//!
//! A posting is in the books of one till, which books it too under the same identity. **Invariant:** what is moved here is
//! told to that till in the transaction that moves it, and moves nothing here when the till delivers it; whoever does not
//! decide about stock moves nothing.

pub(crate) mod adjusting;
pub(crate) mod counting;
pub(crate) mod papers;
pub(crate) mod postings;
pub(crate) mod purchasing;
pub(crate) mod receiving;
pub(crate) mod transfers;
