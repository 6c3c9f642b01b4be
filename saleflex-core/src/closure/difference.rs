//! Whether a drawer may differ so much from what should lie there.

use alloc::collections::BTreeMap;

use super::{ClosingPolicy, Declaration, Refusal, drawer};
use crate::{
    cashier::{Approval, Capability, OnDuty, authorise},
    ids::CashierId,
    money::{AmountIn, Currency, CurrencyCode, Money, Rounding},
    quantity::ExchangeRate,
};

/// How a drawer differs from what should lie there, counted less expected.
pub(super) struct Differences<'a> {
    /// In the till's own currency.
    pub(super) own: Money,
    pub(super) currency: &'a Currency,
    /// In foreign ones, in their minor units.
    pub(super) foreign: BTreeMap<CurrencyCode, Money>,
    /// What those are worth.
    pub(super) rates: &'a [(CurrencyCode, ExchangeRate)],
}

impl Differences<'_> {
    /// The first that is above the limit, over or short: each currency by itself, a foreign one by what it is worth,
    /// rounded away from nothing. Of one without a rate nobody knows what it is worth, so that any is above.
    fn above(&self, limit: Money) -> Option<AmountIn> {
        let is_above = |difference: Money| difference > limit || -difference > limit;
        if is_above(self.own) {
            return Some(self.currency.amount(self.own));
        }
        let above = self.foreign.iter().find(|(code, difference)| {
            let rate = self.rates.iter().find(|(known, _)| known == *code).map(|(_, rate)| rate);
            let worth = rate.and_then(|rate| {
                rate.to_base(**difference, &Currency::of(**code), self.currency, Rounding::Up).ok()
            });
            worth.is_none_or(is_above)
        });
        above.map(|(code, difference)| Currency::of(*code).amount(*difference))
    }
}

/// A difference that was explained as far as it has to be. Why is asked first, so that whoever agrees reads it.
#[derive(Clone, Copy, Debug)]
#[must_use = "above the limit a manager has to agree"]
pub(super) struct Explained {
    is_above_limit: bool,
}

/// Whether a reason was given for a difference above the limit.
pub(super) fn explain(
    differences: &Differences<'_>,
    declaration: &Declaration,
    policy: &ClosingPolicy,
) -> Result<Explained, Refusal> {
    let above = policy.difference_limit.and_then(|limit| Some((differences.above(limit)?, limit)));
    match above {
        Some((difference, limit)) if !drawer::has_reason(declaration) => {
            let limit = differences.currency.amount(limit);
            Err(Refusal::ReasonNeeded { difference, limit, is_blind: policy.blind_count })
        }
        _ => Ok(Explained { is_above_limit: above.is_some() }),
    }
}

impl Explained {
    /// Who approved a difference above the limit; none where nobody had to.
    pub(super) fn accept(
        self,
        cashier: &OnDuty,
        approval: Option<&Approval>,
    ) -> Result<Option<CashierId>, Refusal> {
        if !self.is_above_limit {
            return Ok(None);
        }
        authorise(cashier, approval, Capability::Override)
            .map(|authority| authority.approved_by)
            .map_err(|capability| Refusal::ApprovalNeeded { capability })
    }
}
