//! The document machine from the outside: what a cashier does, what stands on the document, what is refused.
//!
//! Ids such as `D-DOC-21` name the rules of the specification that a test proves.
#![expect(clippy::unwrap_used, reason = "what a test prepares must succeed")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a counter tells a few commands and events from the rest"
)]

mod adjusting;
mod approvals;
mod bundles;
mod campaigning;
mod campaigns_back;
mod carts;
mod cash;
mod containers;
mod dates;
mod details;
mod exchanging;
mod limits;
mod mirror;
mod opening;
mod orders;

mod paying;
mod pending;
mod pieces;
mod properties;
mod reasons;
mod redeeming;
mod refunding;
mod resuming;
mod returning;
mod rounding;
mod selling;
mod stock;
mod support;
mod surcharges;
mod suspending;
mod taxes;
mod tender_discounts;
mod tender_shares;
mod tenders;
mod voiding;
