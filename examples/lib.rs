//! Programs that show the SDK at work. Run one with
//! `cargo run -p saleflex-examples --example first_sale`.
//!
//! - `campaigns`: discounts as goods are scanned, a coupon, a tender that earns one, the receipt.
//! - `embed`: a till inside another product, with its own menu and its own screen.
//! - `explain`: why each campaign gives what it gives, and what little more would bring.
//! - `first_sale`: a whole sale in twenty lines.
//! - `offline_day`: a till, the store's hub and the company's, whose network comes and goes; in the end all agree.
//! - `own_shop`: a shop of one's own, made at the first start and opened at every other.
//! - `refund`: goods brought back with the receipt, by exact shares.
//! - `replay_day FILE`: a real trading day rung up from a table, one closure a date as JSON.
//! - `simulate`: a chain for days under every fault a network and a machine have, by seed.
//!
//! `tests/output.rs` runs each and compares what it prints with `expected/`.
