//! Bringing goods back with the receipt: exactly what was paid, in any pieces and any order.
//!
//! **Invariant:** shares are taken cumulatively. When `r` of `q` units of a line are back, the refunds so far are
//! `round(value × r / q)` together, so the pieces add up to exactly what was paid, and never a cent more at any
//! step. Tax follows the value in the same way.

use alloc::vec::Vec;

use rust_decimal::Decimal;

use super::{Completed, Document, Kind};
use crate::{
    basket::LineItem,
    ids::LineNo,
    money::{Money, Rounding},
    quantity::{Points, Quantity},
    tax::TaxPart,
    tender::{Direction, TenderKind},
};

/// A completed sale and every completed return of it so far.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OriginalSale {
    /// The sale.
    pub sale: Completed,
    /// Its returns, in any order.
    pub earlier: Vec<Completed>,
}

/// What can still come back of a sale.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refundable {
    /// Line by line; lines with nothing left are not listed.
    pub lines: Vec<RefundableLine>,
    /// What is left of what was paid by each tender kind.
    pub tenders: Vec<(TenderKind, Money)>,
    /// What is left of what was paid altogether.
    pub paid: Money,
}

/// What can still come back of one line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RefundableLine {
    /// The sold line.
    pub line: LineNo,
    /// Its name.
    pub name: alloc::string::String,
    /// How many are left.
    pub quantity: Quantity,
    /// What they are worth together.
    pub value: Money,
}

/// The share of one line that a return takes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct LineShare {
    pub(super) value: Money,
    pub(super) taxes: Vec<TaxPart>,
}

impl OriginalSale {
    /// What can still come back.
    pub fn refundable(&self) -> Refundable {
        let lines =
            self.sale.document().active_lines().filter_map(|line| self.refundable_line(line)).collect();
        let sold = self.sale.document();
        let kinds = TenderKind::ALL.into_iter().filter(|&kind| paid_by(sold, kind).is_positive());
        Refundable {
            lines,
            tenders: kinds.map(|kind| (kind, self.left_of_tender(kind))).collect(),
            paid: self.paid_left(),
        }
    }

    fn refundable_line(&self, line: &LineItem) -> Option<RefundableLine> {
        let left = Quantity::try_new(line.quantity.decimal() - self.returned(line.no, None)).ok()?;
        let value = share(line, self.returned(line.no, None), left)?.value;
        Some(RefundableLine { line: line.no, name: line.item.name.clone(), quantity: left, value })
    }

    /// How many of a line came back in completed returns and, where given, in the open one.
    pub(super) fn returned(&self, line: LineNo, open: Option<&Document>) -> Decimal {
        let id = self.sale.document().id;
        self.earlier
            .iter()
            .map(Completed::document)
            .chain(open)
            .flat_map(Document::active_lines)
            .filter(|back| back.returned.as_ref().is_some_and(|item| item.original == Some((id, line))))
            .map(|back| back.quantity.decimal())
            .sum()
    }

    /// What is left of what was paid for the sale: paid less everything paid back.
    pub(super) fn paid_left(&self) -> Money {
        let owed = |document: &Document| document.totals.net_due + document.totals.rounding;
        owed(self.sale.document()) - self.earlier.iter().map(|back| owed(back.document())).sum::<Money>()
    }

    /// What the roundings of the sale and its earlier refunds leave for the open return to carry, so that due
    /// comes to what is left of the money and never more.
    pub(super) fn carried_rounding(&self, open: &Document) -> Money {
        let due = open.totals.net_due;
        let values: Money = self.earlier.iter().map(|back| back.document().totals.net_due).sum();
        let paid_back: Money = self
            .earlier
            .iter()
            .map(|back| back.document().totals)
            .map(|totals| totals.net_due + totals.rounding)
            .sum();
        let left = self.paid_left();
        let is_last = self
            .sale
            .document()
            .active_lines()
            .all(|line| self.returned(line.no, Some(open)) >= line.quantity.decimal());
        if is_last { left - due } else { (due + values - paid_back).min(left) - due }
    }

    /// Points that come back with the open return: the cumulative share of those redeemed on the sale.
    pub(super) fn points_back(&self, open: &Document) -> Option<Points> {
        let sold = self.sale.document();
        let redeemed = super::pricing::redeemed_points(sold);
        if redeemed.0 == 0 {
            return None;
        }
        let whole: Money = sold.active_lines().map(LineItem::value).sum();
        let value = |document: &Document| document.active_lines().map(LineItem::value).sum::<Money>();
        let before: Money = self.earlier.iter().map(|back| value(back.document())).sum();
        let share = |part| Money::from_minor(redeemed.0).share(part, whole, Rounding::HalfUp).minor();
        Some(Points(share(before + value(open)) - share(before)))
    }

    /// What is left of what was paid by one kind of tender.
    pub(super) fn left_of_tender(&self, kind: TenderKind) -> Money {
        let back: Money = self.earlier.iter().map(|back| paid_by(back.document(), kind)).sum();
        (paid_by(self.sale.document(), kind) - back).or_zero()
    }

    /// Whether the document is one that can be refunded at all.
    pub(super) fn is_refundable(&self) -> bool {
        let document = self.sale.document();
        matches!(document.kind, Kind::Sale | Kind::Order | Kind::Layaway)
            && !document.document_type.is_delivery()
            && !document.training
    }
}

/// The share of `quantity` more units of a line when `before` came back already; none beyond what was sold.
pub(super) fn share(line: &LineItem, before: Decimal, quantity: Quantity) -> Option<LineShare> {
    let after = before + quantity.decimal();
    if after > line.quantity.decimal() {
        return None;
    }
    let value = |returned: Decimal| portion(line.value(), returned, line.quantity.decimal());
    let (from, to) = (value(before), value(after));
    let part = |tax: &TaxPart| {
        let share = |amount: Money| {
            amount.share(to, line.value(), Rounding::HalfUp)
                - amount.share(from, line.value(), Rounding::HalfUp)
        };
        TaxPart {
            rate: tax.rate.clone(),
            taxable: share(tax.taxable),
            tax: share(tax.tax),
            exempt: tax.exempt,
        }
    };
    Some(LineShare { value: to - from, taxes: line.taxes.iter().map(part).collect() })
}

/// What was paid by one kind of tender, change taken off the tender that gave it.
pub(super) fn paid_by(document: &Document, kind: TenderKind) -> Money {
    let out = document.kind.pays_out();
    let mut left = document.change;
    let mut sum = Money::ZERO;
    // Change comes out of what was given last.
    for tender in document.tenders.iter().rev().filter(|tender| tender.counts()) {
        let change = if tender.kind.gives_change() { left.min(tender.amount) } else { Money::ZERO };
        left -= change;
        if tender.kind == kind {
            let amount = tender.amount - change;
            let forward = (tender.direction == Direction::Out) == out;
            sum += if forward { amount } else { -amount };
        }
    }
    sum
}

fn portion(amount: Money, part: Decimal, whole: Decimal) -> Money {
    if part == whole {
        return amount;
    }
    let exact = Decimal::from(amount.minor()) * part / whole;
    Money::from_minor(i64::try_from(Rounding::HalfUp.round(exact, 0)).unwrap_or_default())
}
