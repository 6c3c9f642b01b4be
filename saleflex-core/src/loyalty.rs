//! Points: what they are worth at the till. Earning, tiers and the ledger come later.

mod redeem;

pub use redeem::{Holder, NotRedeemable, Redemption, RedemptionPolicy, RedemptionRequest, redeem};
