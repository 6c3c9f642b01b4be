//! Why campaigns give on a sale what they give, and what little more would bring.

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::{Campaigns, campaigns::cart_line};
use crate::{
    basket::LineItem,
    campaign::{CartLine, FineMoney, FineQuantity, Rank, Verdict},
    document::{Document, IntendedTender},
    ids::LineNo,
    money::{Money, Rounding},
    quantity::Quantity,
};

/// One more of what is on the sale already, and what it brings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Advice {
    /// The campaign that gives more then.
    pub campaign: Rank,
    /// The line of which more is to be bought.
    pub line: LineNo,
    /// How many more; one less brings nothing.
    pub units: u32,
    /// How much more all campaigns together give then.
    pub saving: Money,
}

/// The most lines that are tried out, the first ones.
const MOST_OFFERS: usize = 20;
/// The most units that are advised.
const MOST_UNITS: u32 = 5;

impl Campaigns<'_> {
    /// One verdict for each campaign of the set on a sale as it stands, with a tender about to be taken where there is
    /// one. Nothing for a basket that the engine cannot hold, which no document is.
    pub fn explain(&self, sale: &Document, intended: Option<IntendedTender>) -> Vec<Verdict> {
        let Some(mut evaluator) = self.evaluator(sale, intended) else { return Vec::new() };
        let evaluation = evaluator.evaluate().clone();
        let verdicts = evaluator.explain(&evaluation);
        self.remember(sale, evaluator);
        verdicts
    }

    /// What a few more pieces of goods on the sale would bring: for each campaign the fewest pieces, of those the most
    /// saved.
    pub fn advise(&self, sale: &Document) -> Vec<Advice> {
        let Some(mut evaluator) = self.evaluator(sale, None) else { return Vec::new() };
        let last = sale.lines.iter().map(|line| line.no.0).max().unwrap_or(0);
        let mut offers: Vec<(LineNo, CartLine)> = Vec::new();
        for line in sale.active_lines().filter(|line| line.item.unit.decimals == 0) {
            let no = LineNo(last.saturating_add(1).saturating_add(u32::try_from(offers.len()).unwrap_or(0)));
            let is_known = |(known, _): &(LineNo, CartLine)| {
                sale.line(*known).is_some_and(|known| known.item.code == line.item.code)
            };
            if offers.len() < MOST_OFFERS
                && !offers.iter().any(is_known)
                && let Some(offer) = self.offer(line, sale, no)
            {
                offers.push((line.no, offer));
            }
        }
        let lines: Vec<CartLine> = offers.iter().map(|(_, offer)| offer.clone()).collect();
        let hints = evaluator.hints(&lines, MOST_UNITS).unwrap_or_default();
        self.remember(sale, evaluator);
        let mut advice: Vec<Advice> = hints
            .into_iter()
            .filter_map(|hint| {
                let (line, _) = offers.iter().find(|(_, offer)| offer.no == hint.offer)?;
                Some(Advice { campaign: hint.campaign, line: *line, units: hint.units, saving: hint.saving })
            })
            .collect();
        advice.sort_by_key(|one| (one.campaign, one.units, Reverse(one.saving)));
        advice.dedup_by_key(|one| one.campaign);
        advice
    }

    /// One more piece of what a line sells.
    fn offer(&self, line: &LineItem, sale: &Document, no: LineNo) -> Option<CartLine> {
        let total = line.unit_price.times(Quantity::ONE, &sale.currency, Rounding::HalfUp).ok()?;
        let sold = cart_line(line, self.traits, &sale.currency);
        Some(CartLine { no, quantity: FineQuantity::pieces(1), total: FineMoney::from_money(total), ..sold })
    }
}
