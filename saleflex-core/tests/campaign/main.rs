//! Campaigns from the outside: what holds on baskets that a seed makes, and the promotions of the guide.
#![allow(clippy::unwrap_used, reason = "what fails in a helper fails its test")]

mod best;
mod conditions;
#[path = "../../../benches/src/campaigns/every_choice.rs"]
mod every_choice;
mod flips;
#[path = "../../../benches/src/campaigns/generator.rs"]
mod generator;
mod guide;
mod laws;
mod promises;
#[path = "../../../benches/src/campaigns/spices.rs"]
mod spices;
