//! What a closure tells of its people: what each did and when they were at work, and the tips.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
};

use chrono::{DateTime, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

use super::super::{CashierTotals, CashierWork, Report, Staff, TipTotals};
use crate::{ids::CashierId, money::Currency, tender::TenderKind};

/// Tips that came with one kind of tender.
#[derive(Serialize)]
pub(super) struct TipView {
    count: u64,
    total: String,
    average: String,
    average_percentage: String,
    distributed: Option<String>,
    undistributed: Option<String>,
}

/// What one cashier did.
#[derive(Serialize)]
pub(super) struct CashierView {
    transaction_count: u64,
    total_sales_amount: String,
    average_transaction_amount: String,
    void_count: u64,
    void_amount: String,
    correction_count: u64,
    clock_in_time: Option<DateTime<Utc>>,
    clock_out_time: Option<DateTime<Utc>>,
    hours_worked: Option<String>,
}

pub(super) fn tips(report: &Report, currency: &Currency, staff: &Staff) -> BTreeMap<&'static str, TipView> {
    let shared = staff.tips_of(report);
    let view = |kind: &TenderKind, totals: &TipTotals| {
        let distributed = shared.get(kind).copied();
        TipView {
            count: totals.count,
            total: currency.format(totals.total),
            average: currency.format(totals.average()),
            average_percentage: totals.percentage().to_string(),
            distributed: distributed.map(|distributed| currency.format(distributed)),
            undistributed: distributed.map(|distributed| currency.format(totals.total - distributed)),
        }
    };
    report.tips_by_tender.iter().map(|(kind, totals)| (kind.code(), view(kind, totals))).collect()
}

pub(super) fn cashiers(
    report: &Report,
    currency: &Currency,
    staff: &Staff,
) -> BTreeMap<CashierId, CashierView> {
    let view = |cashier: &CashierId, totals: &CashierTotals| {
        let work = staff.work.get(cashier);
        CashierView {
            transaction_count: totals.documents(),
            total_sales_amount: currency.format(totals.total_sales()),
            average_transaction_amount: currency.format(totals.average_sale()),
            void_count: totals.void_count,
            void_amount: currency.format(totals.voids),
            correction_count: totals.corrections,
            clock_in_time: work.map(|work| work.clock_in.instant),
            clock_out_time: work.and_then(|work| work.clock_out).map(|out| out.instant),
            hours_worked: work.map(hours),
        }
    };
    report.cashiers.iter().map(|(cashier, totals)| (*cashier, view(cashier, totals))).collect()
}

/// Hours with two digits.
fn hours(work: &CashierWork) -> String {
    let hours = Decimal::from(work.worked_min()) / Decimal::from(60);
    let mut hours = hours.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    hours.rescale(2);
    hours.to_string()
}
