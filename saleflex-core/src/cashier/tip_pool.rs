//! Sharing out tips: what is pooled is given out to the last minor unit.

use alloc::{collections::BTreeMap, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{authority::Authority, ids::CashierId, money::Money};

/// By what tips are shared.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TipRule {
    /// Everybody keeps what came with their documents.
    Own,
    /// Everybody in the pool alike.
    Even,
    /// By the minutes that each has worked.
    Hours,
    /// By the points that the store gives each, such as 10 for service and 4 for the kitchen.
    Shares,
    /// By points times minutes worked.
    SharedHours,
}

/// Someone in the pool.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Participant {
    /// The cashier who takes part.
    pub cashier: CashierId,
    /// Tips that came with their documents.
    pub own: Money,
    /// Minutes worked while the tips came in.
    pub worked_min: u32,
    /// The points of their work, where tips are shared by points.
    pub points: u32,
}

/// What a pool came to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Distribution {
    /// By what it was shared.
    pub rule: TipRule,
    /// What each cashier gets.
    pub shares: BTreeMap<CashierId, Money>,
    /// What nobody gets: all of it where nobody has worked or has points.
    pub undistributed: Money,
}

impl Distribution {
    /// What was given out.
    pub fn distributed(&self) -> Money {
        self.shares.values().copied().sum()
    }
}

/// Tips that were shared out, by whose word.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TipDistribution {
    /// Who shared them out, and who approved it where they may not alone.
    pub authority: Authority,
    /// What each got of it, and by which rule.
    #[serde(flatten)]
    pub shared: Distribution,
}

impl TipDistribution {
    /// What was given out.
    pub fn distributed(&self) -> Money {
        self.shared.distributed()
    }
}

/// Shares out the tips of all participants, and `unassigned` ones that belong to nobody. The shares and what is left
/// undistributed add up to what came in; ties for the last minor unit go to whoever is listed first.
///
/// Each cashier is listed once; of one listed twice the amounts are added.
pub fn distribute(rule: TipRule, participants: &[Participant], unassigned: Money) -> Distribution {
    let pool = unassigned + participants.iter().map(|one| one.own).sum::<Money>();
    let weight = |one: &Participant| match rule {
        TipRule::Own => one.own.minor(),
        TipRule::Even => 1,
        TipRule::Hours => i64::from(one.worked_min),
        TipRule::Shares => i64::from(one.points),
        TipRule::SharedHours => i64::from(one.points).saturating_mul(i64::from(one.worked_min)),
    };
    let weights: Vec<Money> = participants.iter().map(|one| Money::from_minor(weight(one))).collect();
    // Money::split would share evenly where all weights are nothing: nobody has earned it then.
    let parts = match rule {
        TipRule::Own => participants.iter().map(|one| one.own).collect(),
        _ if weights.iter().any(|weight| weight.is_positive()) => pool.split(&weights),
        TipRule::Even | TipRule::Hours | TipRule::Shares | TipRule::SharedHours => Vec::new(),
    };
    let mut shares = BTreeMap::new();
    for (one, part) in participants.iter().zip(parts) {
        *shares.entry(one.cashier).or_insert(Money::ZERO) += part;
    }
    let undistributed = pool - shares.values().copied().sum::<Money>();
    Distribution { rule, shares, undistributed }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const RULES: [TipRule; 5] =
        [TipRule::Own, TipRule::Even, TipRule::Hours, TipRule::Shares, TipRule::SharedHours];

    fn one(no: u128, own: i64, worked_min: u32, points: u32) -> Participant {
        Participant {
            cashier: CashierId::new(Uuid::from_u128(no)),
            own: Money::from_minor(own),
            worked_min,
            points,
        }
    }

    fn shares(rule: TipRule, pool: &[Participant], unassigned: i64) -> (Vec<i64>, i64) {
        let distribution = distribute(rule, pool, Money::from_minor(unassigned));
        let shares = distribution.shares.values().map(|share| share.minor()).collect();
        (shares, distribution.undistributed.minor())
    }

    #[test]
    fn a_pool_is_shared_by_hours_or_points_and_the_last_cent_goes_to_the_first() {
        let pool = [one(1, 7000, 480, 10), one(2, 3001, 240, 10), one(3, 0, 480, 4)];
        assert_eq!(shares(TipRule::Own, &pool, 0), (vec![7000, 3001, 0], 0));
        assert_eq!(shares(TipRule::Even, &pool, 0), (vec![3334, 3334, 3333], 0));
        assert_eq!(shares(TipRule::Hours, &pool, 0), (vec![4001, 2000, 4000], 0));
        assert_eq!(shares(TipRule::Shares, &pool, 0), (vec![4167, 4167, 1667], 0));
        assert_eq!(shares(TipRule::SharedHours, &pool, 0), (vec![5264, 2632, 2105], 0));
    }

    #[test]
    fn tips_that_nobody_earned_stay_undistributed() {
        assert_eq!(shares(TipRule::Own, &[one(1, 500, 60, 1)], 250), (vec![500], 250));
        assert_eq!(shares(TipRule::Hours, &[one(1, 500, 0, 1)], 250), (vec![], 750));
        assert_eq!(shares(TipRule::Even, &[], 250), (vec![], 250));
    }

    proptest! {
        #[test]
        fn what_is_pooled_is_what_is_given_out_and_left(
            pool in proptest::collection::vec((0..5_u128, 0..100_000_i64, 0..1000_u32, 0..20_u32), 0..8),
            unassigned in 0..100_000_i64,
            rule in proptest::sample::select(&RULES[..]),
        ) {
            let pool: Vec<_> = pool.into_iter().map(|(no, own, min, points)| one(no, own, min, points)).collect();
            let total: i64 = unassigned + pool.iter().map(|one| one.own.minor()).sum::<i64>();
            let distribution = distribute(rule, &pool, Money::from_minor(unassigned));
            let given = distribution.distributed() + distribution.undistributed;
            prop_assert_eq!(given.minor(), total);
            prop_assert!(distribution.shares.values().all(|share| !share.is_negative()));
        }
    }
}
