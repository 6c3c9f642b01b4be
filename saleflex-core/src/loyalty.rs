//! Points: earned, redeemed, taken back, expired; and the tiers they lead to.
//!
//! **Invariants:** the ledger is append-only and the sum of a member's rows is the balance. Every row names its
//! [`Cause`], and a cause books a kind of row once: whatever is done twice changes nothing the second time. A balance
//! may fall below nothing when points that were spent are taken back; it is never silently raised to nothing, and
//! redeeming waits until earning has worked it off.
//!
//! Nothing here writes: functions answer [`LoyaltyChange`]s, which the caller stores, carries in its events and
//! applies with [`Membership::apply`]. They hold ids only, so a person can be erased and the ledger stays.

mod act;
mod authority;
mod card;
mod change;
mod clawback;
mod complete;
mod earn;
mod enrol;
mod expiry;
mod grant;
mod hold;
mod ledger;
mod lots;
mod membership;
mod merge;
mod program;
mod redeem;
mod rule;
mod tier;

pub use crate::adjustment::{ClawBack, Refunded};

pub use self::{
    act::LoyaltyAct,
    authority::{AuthorityError, LocalAuthority, Mode, PointsAuthority, Standing, Who, redeemable_offline},
    card::{Card, CardNumber, CardRefusal, CardStatus, card_in},
    change::{Booked, ChangeKey, LoyaltyChange, Occasion},
    clawback::{RefundRecord, Reversal, SaleRecord, claw_back, reverse_refund},
    complete::{CompletedSale, NotCounted, complete_sale},
    earn::{
        CampaignAward, EarnLine, EarnParts, EarnRequest, Earned, Earner, NotEarned, PointsOnLines,
        PointsSnapshot, earn,
    },
    enrol::{Candidate, Enrolment, NotEnrolled, enrol, set_status, take_over},
    expiry::{expire, next_to_expire},
    grant::{BIRTHDAY_GRACE_DAYS, Grant, GrantRefusal, birthday, grant, referral},
    hold::{HoldRefusal, Revalidated, hold, hold_of, release, revalidate},
    ledger::{Cause, LedgerRow, PointsKind, ReceiptPoints, points_on_receipt, sums_by_kind},
    lots::{Lot, Lots},
    membership::{MemberStatus, Membership},
    merge::{PointsStillHeld, merge_memberships},
    program::{
        EarnBase, EarnLimits, EarnPolicy, Identifier, Program, ProgramError, ReferralPoints, in_force,
    },
    redeem::{Holder, NotRedeemable, Redemption, RedemptionPolicy, RedemptionRequest, redeem},
    rule::{Award, EarnRule, LegacyRule, RuleError, RuleFault, RuleTarget, eligible_tenders, read_rules},
    tier::{Tier, TierFact, TierVerdict, evaluate_tier, kept_until, review_tier, tier_by_history},
};
#[cfg(test)]
mod tests;
