//! Why campaigns give on a sale what they give, and what little more would bring.

use alloc::{sync::Arc, vec::Vec};
use core::cmp::Reverse;

use super::{Campaigns, ProductTraits, campaigns::cart_item};
use crate::{
    campaign::{Benefit, Campaign, CartLine, FineMoney, FineQuantity, Rank, Selector, Target, Verdict},
    catalog::Sellable,
    document::{Document, IntendedTender},
    ids::{LineNo, ProductId},
    money::{Money, Rounding},
    quantity::{Quantity, UnitPrice},
};

/// A few more pieces, and what they bring.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Advice {
    /// The campaign that gives more then.
    pub campaign: Rank,
    /// What is to be bought.
    pub item: Arc<Sellable>,
    /// How many more; one less brings nothing.
    pub units: u32,
    /// How much more all campaigns together give then.
    pub saving: Money,
}

/// Goods that may be advised, as they would be sold now.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The goods.
    pub item: Arc<Sellable>,
    /// What one piece costs.
    pub price: UnitPrice,
    /// What campaigns know of them.
    pub traits: ProductTraits,
}

/// The most goods that are tried out of those on the sale, the first ones, and again of those that campaigns name.
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

    /// What a few more pieces would bring, of goods on the sale and of those that campaigns name for it: the gift, the
    /// missing part of a bundle, what is bought or got beside the other. For each campaign the fewest pieces, of those the
    /// most saved. `find` knows goods as they would be sold now; it is asked for a bounded number of them.
    pub fn advise(&self, sale: &Document, find: impl Fn(ProductId) -> Option<Offered>) -> Vec<Advice> {
        let Some(mut evaluator) = self.evaluator(sale, None) else { return Vec::new() };
        let on_sale = on_sale(sale, &find);
        let named = self.named(sale, evaluator.eligible());
        let offered = on_sale.into_iter().chain(named.into_iter().filter_map(find));
        let last = sale.lines.iter().map(|line| line.no.0).max().unwrap_or(0);
        let offers: Vec<(Offered, CartLine)> = (1..)
            .zip(offered)
            .filter_map(|(nth, offered)| {
                let line = offered.line(LineNo(last.saturating_add(nth)), sale)?;
                Some((offered, line))
            })
            .collect();
        let lines: Vec<CartLine> = offers.iter().map(|(_, line)| line.clone()).collect();
        let hints = evaluator.hints(&lines, MOST_UNITS).unwrap_or_default();
        self.remember(sale, evaluator);
        let mut advice: Vec<Advice> = hints
            .into_iter()
            .filter_map(|hint| {
                let (offered, _) = offers.iter().find(|(_, line)| line.no == hint.offer)?;
                let (campaign, item) = (hint.campaign, offered.item.clone());
                Some(Advice { campaign, item, units: hint.units, saving: hint.saving })
            })
            .collect();
        advice.sort_by_key(|one| (one.campaign, one.units, Reverse(one.saving)));
        advice.dedup_by_key(|one| one.campaign);
        advice
    }

    /// Products that campaigns name beside those on the sale, in the order of the campaigns.
    fn named(&self, sale: &Document, eligible: impl Iterator<Item = Rank>) -> Vec<ProductId> {
        let mut named: Vec<ProductId> = Vec::new();
        for product in eligible.flat_map(|rank| parts(self.set.campaign(rank))) {
            let is_on_sale = || sale.active_lines().any(|line| line.item.product == Some(product));
            if named.len() == MOST_OFFERS {
                break;
            }
            if !named.contains(&product) && !is_on_sale() {
                named.push(product);
            }
        }
        named
    }
}

/// Goods that stand on the sale already, each once: products at the price of one more, which need not be that of
/// the line.
fn on_sale(sale: &Document, find: &impl Fn(ProductId) -> Option<Offered>) -> Vec<Offered> {
    let mut tried: Vec<(Option<ProductId>, &str)> = Vec::new();
    let mut offered: Vec<Offered> = Vec::new();
    for line in sale.active_lines().filter(|line| is_counted(&line.item)) {
        let goods = (line.item.product, line.item.code.as_str());
        if offered.len() == MOST_OFFERS {
            break;
        }
        if !tried.contains(&goods) {
            tried.push(goods);
            let as_on_line = || Offered {
                item: line.item.clone(),
                price: line.unit_price,
                traits: ProductTraits::default(),
            };
            offered.extend(line.item.product.map_or_else(|| Some(as_on_line()), find));
        }
    }
    offered
}

/// Whether it is sold by the piece: of weighed goods nobody is advised one more.
fn is_counted(item: &Sellable) -> bool {
    item.unit.decimals == 0
}

/// The products that a campaign about several kinds of goods names.
fn parts(campaign: &Campaign) -> Vec<ProductId> {
    let targets: Vec<&Target> = match &campaign.benefit {
        Benefit::Gift { of, .. } => Vec::from([of]),
        Benefit::Bundle { parts, .. } => parts.iter().map(|part| &part.of).collect(),
        Benefit::BuyGet { of: Some(of), .. } => Vec::from([of, &campaign.target]),
        Benefit::BuyGet { of: None, .. }
        | Benefit::FixedPrice { .. }
        | Benefit::Nothing
        | Benefit::Off { .. }
        | Benefit::Points { .. }
        | Benefit::PriceFor { .. }
        | Benefit::Products { .. }
        | Benefit::Tiers { .. } => Vec::new(),
    };
    let selectors = targets.into_iter().flat_map(|target| &target.include);
    let products = selectors
        .filter_map(|selector| if let Selector::Product(product) = selector { Some(*product) } else { None });
    products.collect()
}

impl Offered {
    /// One piece of it as a line; none of what is weighed or costs nothing.
    fn line(&self, no: LineNo, sale: &Document) -> Option<CartLine> {
        let total = self.price.times(Quantity::ONE, &sale.currency, Rounding::HalfUp).ok()?;
        (is_counted(&self.item) && total.is_positive()).then(|| CartLine {
            no,
            item: Arc::new(cart_item(&self.item, Some(&self.traits), &sale.currency)),
            quantity: FineQuantity::pieces(1),
            total: FineMoney::from_money(total),
        })
    }
}
