//! The rules of a shop away from their defaults: what stands behind the last whole command says them.

use rust_decimal::Decimal;
use saleflex_core::{
    cashier::Limits,
    document::{BundleReturns, ExpiredGoods, MostChange, Policy, PriceCeiling, ReasonRules, VoucherRest},
    money::Money,
    quantity::{Percent, Quantity},
    tender::TenderKind,
};

use super::goods;

/// The rules, as up to three bytes change them.
pub(super) fn changed(bytes: &[u8], policy: Policy) -> Policy {
    let [rules, limited, bounds] = [0_usize, 1, 2].map(|at| bytes.get(at).copied().unwrap_or_default());
    bounded(bounds, Policy { limits: limits(limited), ..ruled(rules, policy) })
}

fn ruled(bits: u8, policy: Policy) -> Policy {
    let has = |bit: u8| bits & bit != 0;
    let rests = [VoucherRest::Stays, VoucherRest::Lost, VoucherRest::NewVoucher, VoucherRest::Stays];
    let expired = [ExpiredGoods::Ask, ExpiredGoods::Sell, ExpiredGoods::Refuse, ExpiredGoods::Ask];
    Policy {
        reasons: ReasonRules { codes: Vec::new(), needed: has(1) },
        bundle_returns: if has(2) { BundleReturns::RepriceRest } else { BundleReturns::KeepShares },
        voucher_rest: rests[usize::from((bits >> 2) & 3)],
        expired_goods: expired[usize::from((bits >> 4) & 3)],
        guard_cost: has(64),
        invoice_needs_buyer: !has(128),
        ..policy
    }
}

fn limits(bits: u8) -> Limits {
    let of = |bit: u8, minor| (bits & bit != 0).then_some(Money::from_minor(minor));
    Limits {
        line_discount: (bits & 1 != 0).then(|| percent(10)),
        discounts: of(2, 500),
        void_line: of(4, 300),
        void_tender: of(8, 500),
        cancel: of(16, 1_000),
        redemption: of(32, 100),
        empties: of(64, 50),
    }
}

fn bounded(bits: u8, policy: Policy) -> Policy {
    let has = |bit: u8| bits & bit != 0;
    let by_card = has(4).then_some(TenderKind::CreditCard);
    let ten = Quantity::try_new(Decimal::TEN).expect("a quantity");
    Policy {
        max_change: has(1).then_some(Money::from_minor(500)),
        surcharge_taxes: if has(2) { vec![goods::rate(9, "10")] } else { Vec::new() },
        change_allowed: policy.change_allowed.iter().copied().chain(by_card).collect(),
        most_change: if has(8) { MostChange::UpTo(Money::from_minor(1_000)) } else { policy.most_change },
        most_tip: has(16).then(|| percent(20)),
        most_quantity: has(32).then_some(ten),
        return_days: has(64).then_some(0),
        price_ceiling: if has(128) { PriceCeiling::All } else { PriceCeiling::Typed },
        ..policy
    }
}

fn percent(of_hundred: u32) -> Percent {
    Percent::try_new(of_hundred.into()).expect("a percent")
}
