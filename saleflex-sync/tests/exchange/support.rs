//! What the tests of the exchange share: a shop, a hub, the network between them, and dice.

pub(crate) mod balance;
pub(crate) mod dice;
pub(crate) mod hub;
pub(crate) mod network;
pub(crate) mod seeds;
pub(crate) mod shop;
