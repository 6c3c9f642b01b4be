//! What the examples print, and what a chain of tills and hubs comes to whatever happens on the way.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "../../saleflex-sync/tests/exchange/support/balance.rs"]
mod balance;
#[path = "../../saleflex-sync/tests/exchange/support/dice.rs"]
mod dice;
#[path = "../support/in_process.rs"]
mod in_process;
#[path = "chain/mortal.rs"]
mod mortal;
#[path = "chain/network.rs"]
mod network;
#[path = "chain/node.rs"]
mod node;
mod output;
mod price;
mod processes;
mod quotas;
mod registered;
#[path = "../../saleflex-sync/tests/exchange/support/seeds.rs"]
mod seeds;
#[path = "../support/shop.rs"]
mod shop;
mod simulations;
#[path = "chain/station.rs"]
mod station;
#[path = "chain/world.rs"]
mod world;
