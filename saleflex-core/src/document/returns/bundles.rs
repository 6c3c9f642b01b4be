//! Parts of what campaigns priced together, brought back where the store prices the rest anew.
//!
//! The lines are those that campaigns made cheaper and those that were bought so that others get cheaper: who brings back
//! what made a thing free pays for the thing, or brings it along.
//!
//! **Invariant:** what is back so far is what was paid for the lines less what those kept would have cost by
//! themselves; it never falls, never exceeds what was paid, and is exactly that when all of it is back. Tax follows
//! the value.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use rust_decimal::Decimal;

use super::{
    OriginalSale,
    share::{Group, LineShare, portion},
};
use crate::{
    adjustment::{AdjustmentSource, DocumentAdjustment},
    basket::LineItem,
    document::{Document, Promotions},
    ids::{CampaignId, LineNo},
    money::Money,
    quantity::Quantity,
    tax::TaxPart,
};

/// The most lines that are priced anew with what was bought for others among them: each that comes back asks for the price
/// of the rest once more for each before it.
const MOST_BOUGHT: usize = 50;

/// The lines of a sale that campaigns priced together.
pub(in crate::document) struct Bundles<'a> {
    original: &'a OriginalSale,
    promotions: &'a dyn Promotions,
    discounts: Vec<(CampaignId, &'a DocumentAdjustment)>,
    /// By rising number.
    lines: Vec<&'a LineItem>,
    worth: Money,
    taxes: Vec<TaxPart>,
}

impl<'a> Bundles<'a> {
    /// None where no campaign priced lines together that can still be asked, or where those that got cheaper are taxed
    /// differently: a discount is not moved from one tax to another, so each line keeps its share.
    pub(in crate::document) fn of(
        original: &'a OriginalSale,
        promotions: &'a dyn Promotions,
    ) -> Option<Self> {
        let sale = original.sale.document();
        let of_campaign = |discount: &'a DocumentAdjustment| {
            let AdjustmentSource::Campaign { id: Some(id), line: None, .. } = discount.source else {
                return None;
            };
            Some((id, discount))
        };
        let mut discounts = Vec::new();
        let (mut cheaper, mut bought) = (BTreeSet::<LineNo>::new(), BTreeSet::<LineNo>::new());
        for (id, discount) in sale.adjustments.iter().filter_map(of_campaign) {
            if let Some(together) = promotions.priced_together(&original.sale, id) {
                let bearers = discount.shares.iter().map(|(no, _)| *no);
                cheaper.extend(together.cheaper.into_iter().chain(bearers));
                bought.extend(together.bought);
                discounts.push((id, discount));
            }
        }
        bought.extend(&cheaper);
        // Where what was bought is taxed differently, or too much, at least what got cheaper is priced anew.
        let all = taxed_alike(sale, &bought).filter(|(lines, _)| lines.len() <= MOST_BOUGHT);
        let (lines, taxes) = all.or_else(|| taxed_alike(sale, &cheaper))?;
        let worth = lines.iter().map(|line| line.value()).sum();
        Some(Self { original, promotions, discounts, lines, worth, taxes })
    }

    /// The lines, by their numbers on the sale.
    pub(in crate::document) fn lines(&self) -> impl Iterator<Item = LineNo> {
        self.lines.iter().map(|line| line.no)
    }

    /// The share of each piece, taken one after the other; none where more comes back than was sold.
    pub(in crate::document) fn shares(&self, pieces: &[(LineNo, Quantity)]) -> Option<Vec<LineShare>> {
        let mut returned: BTreeMap<LineNo, Decimal> =
            self.lines().map(|no| (no, self.original.returned(no, None))).collect();
        let mut back = self.back_before();
        let mut shares = Vec::with_capacity(pieces.len());
        for (no, quantity) in pieces {
            let so_many = returned.get_mut(no)?;
            *so_many += quantity.decimal();
            let after = self.back(&returned)?.max(back);
            shares.push(self.share(back, after));
            back = after;
        }
        Some(shares)
    }

    fn share(&self, before: Money, after: Money) -> LineShare {
        let (from, to) = (self.taxes_in(before), self.taxes_in(after));
        let part = |(to, from): (TaxPart, TaxPart)| TaxPart {
            taxable: to.taxable - from.taxable,
            tax: to.tax - from.tax,
            ..to
        };
        LineShare { value: after - before, taxes: to.into_iter().zip(from).map(part).collect() }
    }

    fn taxes_in(&self, value: Money) -> Vec<TaxPart> {
        let group = Group { worth: self.worth, taxes: &self.taxes };
        group.part(value, self.original.sale.document().tax_mode)
    }

    /// What earlier returns gave back for these lines.
    fn back_before(&self) -> Money {
        let sale = self.original.sale.document().id;
        let is_one = |back: &&LineItem| {
            let of = back.returned.as_ref().and_then(|item| item.original);
            of.is_some_and(|(id, no)| id == sale && self.lines().any(|known| known == no))
        };
        let earlier = self.original.earlier.iter().flat_map(|back| back.document().active_lines());
        earlier.filter(is_one).map(|back| back.gross).sum()
    }

    /// What is back when so many of each line are; none beyond what was sold.
    fn back(&self, returned: &BTreeMap<LineNo, Decimal>) -> Option<Money> {
        let sale = self.original.sale.document();
        let mut full = Money::ZERO;
        for line in &self.lines {
            let so_many = returned.get(&line.no).copied().unwrap_or_default();
            if so_many > line.quantity.decimal() {
                return None;
            }
            full += portion(line.value() + self.borne(line.no), so_many, line.quantity.decimal());
        }
        let kept = sale.active_lines().map(|line| {
            let back =
                returned.get(&line.no).copied().unwrap_or_else(|| self.original.returned(line.no, None));
            (line.no, line.quantity.decimal() - back)
        });
        let kept = quantities(kept);
        if self.lines().all(|no| !kept.contains_key(&no)) {
            return Some(self.worth);
        }
        let lost = self.discounts.iter().map(|(campaign, discount)| {
            let on_the_rest = self.promotions.on_the_rest(&self.original.sale, *campaign, &kept);
            (discount.amount - on_the_rest.unwrap_or_default()).or_zero()
        });
        Some((full - lost.sum::<Money>()).or_zero().min(self.worth))
    }

    /// What a line bore of these discounts.
    fn borne(&self, no: LineNo) -> Money {
        let shares = self.discounts.iter().flat_map(|(_, discount)| &discount.shares);
        shares.filter(|(line, _)| *line == no).map(|(_, share)| *share).sum()
    }
}

/// Lines of which something is there.
fn quantities(lines: impl Iterator<Item = (LineNo, Decimal)>) -> BTreeMap<LineNo, Quantity> {
    lines.filter_map(|(no, so_many)| Some((no, Quantity::try_new(so_many).ok()?))).collect()
}

/// The lines with these numbers and their taxes; none where they are taxed differently.
fn taxed_alike<'a>(
    sale: &'a Document,
    numbers: &BTreeSet<LineNo>,
) -> Option<(Vec<&'a LineItem>, Vec<TaxPart>)> {
    let is_one = |line: &&LineItem| numbers.contains(&line.no);
    let lines: Vec<&LineItem> = sale.active_lines().filter(is_one).collect();
    let taxes = summed_taxes(sale, &lines)?;
    Some((lines, taxes))
}

/// The taxes of lines that are all taxed at the same rates; none where they are not, or where a surcharge on them has
/// rates of its own.
fn summed_taxes(sale: &Document, lines: &[&LineItem]) -> Option<Vec<TaxPart>> {
    let (first, others) = lines.split_first()?;
    let has_own = |discount: &DocumentAdjustment| {
        let mut bearers = discount.shares.iter().map(|(no, _)| no);
        !discount.taxes.is_empty() && bearers.any(|no| lines.iter().any(|line| line.no == *no))
    };
    if sale.adjustments.iter().any(has_own) {
        return None;
    }
    let mut taxes = first.taxes.clone();
    for line in others {
        let is_same =
            |(one, other): (&TaxPart, &TaxPart)| one.rate == other.rate && one.exempt == other.exempt;
        if line.taxes.len() != taxes.len() || !taxes.iter().zip(&line.taxes).all(is_same) {
            return None;
        }
        for (sum, part) in taxes.iter_mut().zip(&line.taxes) {
            sum.taxable += part.taxable;
            sum.tax += part.tax;
        }
    }
    Some(taxes)
}
