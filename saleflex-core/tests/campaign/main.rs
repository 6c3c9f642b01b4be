//! Campaigns from the outside: what holds on baskets that a seed makes, and the promotions of the guide.
#![allow(clippy::unwrap_used, reason = "what fails in a helper fails its test")]

mod best;
mod conditions;
mod coupons;
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

/// The seeds of a law: so many, or `SALEFLEX_LAWS` times as many where that is set.
pub(crate) fn seeds(usual: u64) -> std::ops::Range<u64> {
    let times = std::env::var("SALEFLEX_LAWS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    0..usual.saturating_mul(times)
}
