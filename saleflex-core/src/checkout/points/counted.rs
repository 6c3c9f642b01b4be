//! What of documents counts for points: what a sale and what comes back of it are worth, what may be redeemed.

use alloc::vec::Vec;

use super::by_lines::taken_back;
use crate::{
    adjustment::{AdjustmentValue, Refunded},
    basket::LineItem,
    document::{Document, OriginalSale},
    ids::CustomerId,
    loyalty::{EarnBase, Mode, PointsSnapshot, Program, Redemption, RefundRecord, Reversal, SaleRecord},
    money::Money,
    quantity::{Multiplier, Points},
    tax::TaxMode,
};

/// What a completed return takes back of a member's sale, which earned and redeemed `points`: for whoever keeps them. None
/// where it is a return of something else.
pub fn refund_of(
    document: &Document,
    original: &OriginalSale,
    points: &PointsSnapshot,
    customer: CustomerId,
    program: &Program,
) -> Option<(SaleRecord, RefundRecord)> {
    let sold = original.sale.document();
    if document.original != Some(sold.id) {
        return None;
    }
    let refunded = original.refunded(document);
    let reversal = Reversal {
        taken_back: taken_back(program.claw_back, points, (original, document), &refunded).or_zero(),
        given_back: document.points_returned.unwrap_or_default().or_zero(),
    };
    let base = program.earn.base;
    let of_sale = counted(base, sold).or_zero();
    let uncounted: Money = original.earlier.iter().map(|back| counted(base, back.document()).or_zero()).sum();
    let left = (of_sale - uncounted).or_zero();
    let now = if refunded.is_whole { left } else { counted(base, document).or_zero().min(left) };
    let sale = SaleRecord {
        document: sold.id,
        receipt: sold.number,
        customer,
        amount: of_sale,
        earned: points.earned,
        redeemed: points.redeemed,
        sold: original.sale.completed_at().local.date(),
    };
    Some((sale, RefundRecord { document: document.id, refunded: Refunded { now, ..refunded }, reversal }))
}

/// What of a document counts for points and spending: a deposit on a container is neither earned on nor spent, since it
/// is paid out for empties without a receipt.
pub(super) fn counted(base: EarnBase, document: &Document) -> Money {
    let deposit = |line: &LineItem| match base {
        EarnBase::Net => line.value(),
        EarnBase::Gross => line.total,
    };
    base.of(&document.totals) - deposits(document).map(deposit).sum()
}

/// What of a document's total the share counts from that points may pay: a deposit on a container is none of it.
pub fn redeemable_total(document: &Document) -> Money {
    document.totals.total - deposits(document).map(|line| line.total).sum()
}

/// What of what is due points may pay: no deposit on a container, which no discount lowers.
pub fn redeemable_due(document: &Document) -> Money {
    let added_tax = |line: &LineItem| match document.tax_mode {
        TaxMode::Inclusive => Money::ZERO,
        TaxMode::Exclusive => line.tax(),
    };
    let deposits: Money = deposits(document).map(|line| line.value() + added_tax(line)).sum();
    let due = document.balance();
    if deposits.is_zero() { due } else { due.min(document.totals.net_due - deposits) }
}

fn deposits(document: &Document) -> impl Iterator<Item = &LineItem> {
    document.active_lines().filter(|line| line.item.is_container)
}

pub(super) fn nothing_earned(balance_before: Points, redeemed: Redemption, keeper: Mode) -> PointsSnapshot {
    PointsSnapshot {
        earned: Points::ZERO,
        redeemed: redeemed.points,
        balance_before,
        balance_after: balance_before - redeemed.points,
        redemption_amount: redeemed.amount,
        tier: None,
        multiplier: Multiplier::ONE,
        bonus: Points::ZERO,
        worth: Money::ZERO,
        keeper,
        campaigns: Vec::new(),
        on_lines: Vec::new(),
    }
}

/// What a document redeems.
pub fn redemption(document: &Document) -> Redemption {
    document.adjustments.iter().fold(Redemption::default(), |sum, adjustment| {
        match adjustment.source.points() {
            Some(points) => {
                Redemption { points: sum.points + points, amount: sum.amount + adjustment.amount }
            }
            None => sum,
        }
    })
}

/// Whether the document has no room for all that its points were worth.
pub(super) fn is_cut(document: &Document) -> bool {
    let mut by_points = document.adjustments.iter().filter(|known| known.source.points().is_some());
    by_points.any(|known| known.value != AdjustmentValue::Amount(known.amount))
}
