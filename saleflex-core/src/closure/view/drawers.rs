//! Drawers as they were counted, handed on and differed.

use alloc::{string::String, vec::Vec};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    closure::drawer::{
        CashShare, ClosedDrawer, ClosedForeign, EnteredCount, ForeignShare, OverShort, OverShortReason,
    },
    ids::CashierId,
    money::{Currency, CurrencyCode, Money},
};

/// One of several drawers as it was counted, or as it should stand.
#[derive(Serialize)]
pub(super) struct DrawerView {
    drawer: u8,
    expected_amount: String,
    counted_amount: Option<String>,
    difference: Option<String>,
    left_amount: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<OverShortReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foreign_cash: Vec<ForeignDrawerView>,
}

/// A foreign currency in one of several drawers.
#[derive(Serialize)]
struct ForeignDrawerView {
    currency: CurrencyCode,
    expected_amount: String,
    counted_amount: Option<String>,
    difference: Option<String>,
    left_amount: String,
}

pub(super) fn drawer(drawer: &ClosedDrawer, amount: impl Fn(Money) -> String) -> DrawerView {
    DrawerView {
        drawer: drawer.no.0,
        expected_amount: amount(drawer.expected),
        counted_amount: drawer.counted.map(&amount),
        difference: drawer.difference().map(&amount),
        left_amount: amount(drawer.left),
        reason: drawer.over_short,
        reason_text: drawer.reason.clone(),
        foreign_cash: drawer.foreign.iter().map(in_drawer).collect(),
    }
}

fn in_drawer((code, cash): (&CurrencyCode, &ClosedForeign)) -> ForeignDrawerView {
    let amount = |sum| Currency::of(*code).format(sum);
    ForeignDrawerView {
        currency: *code,
        expected_amount: amount(cash.expected),
        counted_amount: cash.counted.map(amount),
        difference: cash.difference().map(amount),
        left_amount: amount(cash.left),
    }
}

/// What was counted first, where something else was accepted.
#[derive(Serialize)]
pub(super) struct FirstCountView {
    drawer: u8,
    cashier_id: CashierId,
    counted_time: DateTime<Utc>,
    expected_amount: String,
    counted_amount: String,
    difference: String,
}

pub(super) fn first_count(count: &EnteredCount, amount: impl Fn(Money) -> String) -> FirstCountView {
    FirstCountView {
        drawer: count.drawer.0,
        cashier_id: count.cashier,
        counted_time: count.at.instant,
        expected_amount: amount(count.expected),
        counted_amount: amount(count.counted),
        difference: amount(count.difference()),
    }
}

/// What one holder of a drawer answered for.
#[derive(Serialize)]
pub(super) struct ShareView {
    drawer: u8,
    /// None where nobody says who had it.
    cashier_id: Option<CashierId>,
    /// Who counted it then.
    #[serde(skip_serializing_if = "Option::is_none")]
    counted_by_id: Option<CashierId>,
    counted_time: DateTime<Utc>,
    received_amount: String,
    expected_amount: String,
    counted_amount: Option<String>,
    difference: Option<String>,
    handed_to_id: Option<CashierId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<OverShortReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foreign_cash: Vec<ForeignShareView>,
}

/// What one holder of a drawer answered for of a foreign currency.
#[derive(Serialize)]
struct ForeignShareView {
    currency: CurrencyCode,
    expected_amount: String,
    counted_amount: Option<String>,
    difference: Option<String>,
}

pub(super) fn share(share: &CashShare, amount: impl Fn(Money) -> String) -> ShareView {
    ShareView {
        drawer: share.drawer.0,
        cashier_id: Some(share.cashier).filter(|_| !share.is_undeclared),
        counted_by_id: Some(share.cashier).filter(|_| share.is_undeclared),
        counted_time: share.until.instant,
        received_amount: amount(share.received),
        expected_amount: amount(share.expected),
        counted_amount: share.counted.map(&amount),
        difference: share.difference().map(&amount),
        handed_to_id: share.handed_to,
        reason: share.over_short,
        reason_text: share.reason.clone(),
        foreign_cash: foreign(share),
    }
}

fn foreign(share: &CashShare) -> Vec<ForeignShareView> {
    let view = |(code, foreign): (&CurrencyCode, &ForeignShare)| {
        let amount = |sum| Currency::of(*code).format(sum);
        ForeignShareView {
            currency: *code,
            expected_amount: amount(foreign.expected),
            counted_amount: foreign.counted.map(amount),
            difference: foreign.difference().map(amount),
        }
    };
    share.foreign.iter().map(view).collect()
}

/// What was over and short for one reason; none was given where there is none.
#[derive(Serialize)]
pub(super) struct OverShortView {
    reason: Option<OverShortReason>,
    count: u64,
    over_amount: String,
    short_amount: String,
}

pub(super) fn over_short(sum: &OverShort, amount: impl Fn(Money) -> String) -> OverShortView {
    OverShortView {
        reason: sum.reason,
        count: sum.count,
        over_amount: amount(sum.over),
        short_amount: amount(sum.short),
    }
}
