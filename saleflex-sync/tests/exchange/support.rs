//! What the tests of the exchange share: a shop, a hub, the network between them, and dice.

pub mod dice;
pub mod hub;
pub mod network;
pub mod seeds;
pub mod shop;
