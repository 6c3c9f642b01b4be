//! Bringing goods back with the receipt: exactly what was paid, in any pieces and any order.
//!
//! **Invariant:** shares are taken cumulatively. When `r` of `q` units of a line are back, the refunds so far are
//! `round(value × r / q)` together, so the pieces add up to exactly what was paid, and never a cent more at any
//! step. Tax follows the value in the same way.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use rust_decimal::Decimal;

use super::{Completed, Document, Kind, Promotions};
use crate::{
    adjustment::{AdjustmentSource, ClawBack, Refunded},
    basket::LineItem,
    ids::{GiftCardId, LineNo, TenderNo},
    money::{CurrencyCode, Money},
    quantity::{Points, Quantity},
    tender::{Direction, Tender, TenderKind},
};

mod bundles;
mod discounts;
mod share;

pub use self::discounts::campaign_part_back;
pub(crate) use self::share::portion;
pub(super) use self::{
    bundles::Bundles,
    share::{LineShare, share},
};

/// A completed sale and every completed return of it so far.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OriginalSale {
    /// The sale that goods come back from.
    pub sale: Completed,
    /// Its returns, in any order.
    pub earlier: Vec<Completed>,
    /// How the points it redeemed come back.
    pub claw_back: ClawBack,
    /// Of the points it earned, what its returns took back so far.
    pub taken_back: Points,
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
    /// The line of the original sale.
    pub line: LineNo,
    /// The product's name.
    pub name: String,
    /// How many are left.
    pub quantity: Quantity,
    /// What they are worth together.
    pub value: Money,
}

impl Document {
    /// Whether nothing but empties comes back on it: each of its lines pays a deposit out, and no receipt was shown.
    pub fn is_of_empties(&self) -> bool {
        let is_return = self.kind == Kind::Return && self.original.is_none();
        is_return && self.active_lines().all(|line| line.item.is_container)
    }
}

impl OriginalSale {
    /// What can still come back.
    pub fn refundable(&self) -> Refundable {
        let lines =
            self.sale.document().active_lines().filter_map(|line| self.refundable_line(line)).collect();
        let sold = self.sale.document();
        let kinds = TenderKind::ALL.into_iter().filter(|&kind| paid_by(sold, kind, None).is_positive());
        Refundable {
            lines,
            tenders: kinds.map(|kind| (kind, self.left_of_tender(kind, None))).collect(),
            paid: self.paid_left(),
        }
    }

    /// What can still come back where the rest of what campaigns priced together is priced anew
    /// ([`BundleReturns::RepriceRest`](super::BundleReturns::RepriceRest)): each line is worth what all that is left of it
    /// brings when nothing else comes back with it.
    pub fn refundable_repriced(&self, promotions: &dyn Promotions) -> Refundable {
        let mut refundable = self.refundable();
        let Some(bundles) = Bundles::of(self, promotions) else { return refundable };
        for line in &mut refundable.lines {
            if bundles.lines().any(|no| no == line.line)
                && let Some(shares) = bundles.shares(&[(line.line, line.quantity)])
            {
                line.value = shares.iter().map(|share| share.value).sum();
            }
        }
        refundable
    }

    /// What is left of what was paid by each tender kind once an open return of the sale, or a sale it is exchanged for,
    /// has paid out what it did and asked for.
    pub fn tenders_left(&self, open: &Document) -> Vec<(TenderKind, Money)> {
        let sold = self.sale.document();
        let kinds = TenderKind::ALL.into_iter().filter(|&kind| paid_by(sold, kind, None).is_positive());
        kinds.map(|kind| (kind, self.net_beside(open.goods_back(), kind, None).or_zero())).collect()
    }

    fn refundable_line(&self, line: &LineItem) -> Option<RefundableLine> {
        let left = Quantity::try_new(line.quantity.decimal() - self.returned(line.no, None)).ok()?;
        let value = share(self.sale.document(), line, self.returned(line.no, None), left)?.value;
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
        if self.is_all_back(open) { left - due } else { (due + values - paid_back).min(left) - due }
    }

    /// What the sale was worth, whether money or points paid for it.
    pub fn worth(&self) -> Money {
        let sold = self.sale.document();
        let by_points = sold.adjustments.iter().filter(|adjustment| adjustment.source.points().is_some());
        sold.totals.net_due + by_points.map(|adjustment| adjustment.amount).sum::<Money>()
    }

    /// How much of that is back with the earlier returns and with one more.
    pub fn refunded(&self, returned: &Document) -> Refunded {
        let before = self.worth_back(None);
        Refunded {
            before: (!self.earlier.is_empty()).then_some(before),
            now: self.worth_back(Some(returned)) - before,
            is_whole: self.is_all_back(returned),
        }
    }

    fn worth_back(&self, open: Option<&Document>) -> Money {
        let returns = self.earlier.iter().map(Completed::document).chain(open);
        let money: Money = returns.map(|back| back.totals.net_due).sum();
        let adjustments = self.sale.document().adjustments.iter();
        let redeemed = adjustments.filter(|adjustment| adjustment.source.points().is_some());
        money + redeemed.map(|adjustment| self.back_of(&adjustment.shares, open)).sum::<Money>()
    }

    /// How much of what some lines count for is back with the earlier returns and with one more.
    pub(crate) fn refunded_of(&self, lines: &[(LineNo, Money)], returned: &Document) -> Refunded {
        let before = self.back_of(lines, None);
        Refunded {
            before: (!self.earlier.is_empty()).then_some(before),
            now: self.back_of(lines, Some(returned)) - before,
            is_whole: self.is_all_back(returned),
        }
    }

    /// What of each campaign's discounts goes back with the goods of an open return, by the campaign's code: of each
    /// recorded share the part that comes back of its line. Pieces add up to the share, in whatever order they come.
    pub(super) fn campaigns_back(&self, open: &Document) -> BTreeMap<String, Money> {
        let mut back: BTreeMap<String, Money> = BTreeMap::new();
        for discount in &self.sale.document().adjustments {
            let AdjustmentSource::Campaign { code, .. } = &discount.source else { continue };
            let now = self.back_of(&discount.shares, Some(open)) - self.back_of(&discount.shares, None);
            if !now.is_zero() {
                *back.entry(code.clone()).or_default() += now;
            }
        }
        back
    }

    /// What is back of the shares of some lines.
    fn back_of(&self, shares: &[(LineNo, Money)], open: Option<&Document>) -> Money {
        let back = |&(no, share): &(LineNo, Money)| {
            let sold = self.sale.document().line(no).map_or(Decimal::ONE, |line| line.quantity.decimal());
            share::portion(share, self.returned(no, open), sold)
        };
        shares.iter().map(back).sum()
    }

    fn is_all_back(&self, open: &Document) -> bool {
        let mut lines = self.sale.document().active_lines();
        lines.all(|line| self.returned(line.no, Some(open)) >= line.quantity.decimal())
    }

    /// Points that come back with the open return. None where no points were redeemed.
    pub(super) fn points_back(&self, open: &Document) -> Option<Points> {
        let adjustments = self.sale.document().adjustments.iter();
        let redeemed = adjustments.filter_map(|adjustment| adjustment.source.points());
        let redeemed = redeemed.reduce(|sum, points| sum + points)?;
        let given_back: Points = self.earlier.iter().filter_map(|back| back.document().points_returned).sum();
        Some(self.claw_back.moved(redeemed, given_back, &self.refunded(open), self.worth()))
    }

    /// What is left of what was paid by one kind of tender, or in the notes of one currency.
    pub(super) fn left_of_tender(&self, kind: TenderKind, currency: Option<CurrencyCode>) -> Money {
        self.net_of_tender(kind, currency).or_zero()
    }

    /// The same, below nothing where more of the kind went back than came in.
    pub(super) fn net_of_tender(&self, kind: TenderKind, currency: Option<CurrencyCode>) -> Money {
        let back: Money = self.earlier.iter().map(|back| paid_by(back.document(), kind, currency)).sum();
        paid_by(self.sale.document(), kind, currency) - back
    }

    /// The same once an open return has paid out what it did and asked for.
    pub(super) fn net_beside(
        &self,
        open: &Document,
        kind: TenderKind,
        currency: Option<CurrencyCode>,
    ) -> Money {
        let waiting = open.tenders.iter().filter(|tender| tender.is_pending() && tender.kind == kind);
        let promised: Money = waiting.map(|tender| tender.amount).sum();
        self.net_of_tender(kind, currency) - paid_by(open, kind, currency) - promised
    }

    /// The tender of the sale that a payout gives back: of those that brought money and were not paid back before, the
    /// one by the same gift card, else the first of its kind that still holds so much, else the one that holds most.
    pub(super) fn tender_to_refund(
        &self,
        (kind, currency, card): (TenderKind, Option<CurrencyCode>, Option<GiftCardId>),
        amount: Money,
        open: &Document,
    ) -> Option<TenderNo> {
        let sold = self.sale.document();
        let back = |no: TenderNo| -> Money {
            let payouts = self.earlier.iter().map(Completed::document).chain([open]);
            let counted = payouts.flat_map(Document::counted_tenders);
            counted.filter(|back| back.refunds == Some((sold.id, no))).map(|back| back.amount).sum()
        };
        let held = |tender: &&Tender| tender.amount - tender.change - back(tender.no);
        let is_refundable = |tender: &&Tender| {
            tender.direction == Direction::In && !sold.is_paid_back(tender) && is_of(tender, kind, currency)
        };
        let of_kind = || sold.counted_tenders().filter(is_refundable);
        let by_card = of_kind().find(|tender| card.is_some() && tender.details.gift_card == card);
        let enough = of_kind().find(|tender| held(tender) >= amount);
        by_card.or(enough).or_else(|| of_kind().max_by_key(held)).map(|tender| tender.no)
    }

    /// Whether the document is one that can be refunded at all.
    pub(super) fn is_refundable(&self) -> bool {
        let document = self.sale.document();
        matches!(document.kind, Kind::Sale | Kind::Order | Kind::Layaway)
            && !document.document_type.is_delivery()
    }
}

fn is_of(tender: &Tender, kind: TenderKind, currency: Option<CurrencyCode>) -> bool {
    let notes = tender.foreign.map(|foreign| foreign.currency.code());
    tender.kind == kind && (currency.is_none() || notes == currency)
}

/// What was paid by one kind of tender, or in the notes of one currency, the change it gave taken off. The credit of an
/// exchange counts as what it was paid with.
pub(super) fn paid_by(document: &Document, kind: TenderKind, currency: Option<CurrencyCode>) -> Money {
    let forward = if document.kind.pays_out() { Direction::Out } else { Direction::In };
    let signed = |tender: &Tender| {
        let amount = tender.of_kind(kind, is_of(tender, kind, currency));
        if tender.direction == forward { amount } else { -amount }
    };
    document.counted_tenders().map(signed).sum()
}
