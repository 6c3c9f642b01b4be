//! What little more would make campaigns give on a sale, and what exactly that saves.

use alloc::{collections::BTreeSet, sync::Arc, vec::Vec};
use core::cmp::Reverse;

use rust_decimal::Decimal;

use super::{Campaigns, ProductTraits, campaigns::cart_item};
use crate::{
    campaign::{
        Benefit, Campaign, CartItem, CartLine, Evaluator, FineMoney, FineQuantity, Hint, Offer, Rank,
        Selector, Target,
    },
    catalog::Sellable,
    document::Document,
    ids::{LineNo, ProductId},
    money::{Money, Rounding},
    quantity::{Percent, Quantity, UnitPrice},
};

/// A little more, and what it brings.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Advice {
    /// The campaign that gives more then.
    pub campaign: Rank,
    /// Others that give more by the very same goods: what is saved is all of theirs together.
    pub with: Vec<Rank>,
    /// What is to be bought.
    pub of: Advised,
    /// How much more, by the piece or by the measure that the goods are sold by; the least that brings it.
    pub quantity: Quantity,
}

impl Advice {
    /// All pieces or measures that are to be bought.
    fn quantities(&self) -> Decimal {
        let beside = match &self.of {
            Advised::Goods { beside, .. } => beside.as_ref().map_or(0, |(_, units)| *units),
            Advised::Kind(_) => 0,
        };
        self.quantity.decimal() + Decimal::from(beside)
    }
}

/// What is to be bought.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Advised {
    /// These goods, and how much more all campaigns together give then.
    Goods {
        /// The goods that are advised.
        item: Arc<Sellable>,
        /// Other goods that are needed as well, and how many of them.
        beside: Option<(Arc<Sellable>, u32)>,
        /// How much more, to the minor unit; nothing where the campaign gives points alone.
        saving: Money,
        /// How many times the points, in percent, and the value of the lines that are worth so many.
        earns: Option<(Percent, Money)>,
    },
    /// Goods of a department, a maker or a word, of which none can be told that would save anything: they are not sold by
    /// the piece at a known price, or the cheapest do not bring it. What they save depends on their price.
    Kind(Selector),
}

impl Advised {
    /// How much more is saved, where that can be told.
    pub const fn saving(&self) -> Option<Money> {
        match self {
            Self::Goods { saving, .. } => Some(*saving),
            Self::Kind(_) => None,
        }
    }
}

/// Where goods to advise come from.
pub trait Assortment {
    /// A product as it would be sold now; none where it cannot be.
    fn product(&self, product: ProductId) -> Option<Offered>;

    /// Of the goods a target takes that are sold by the piece at a price above nothing, the cheapest.
    fn cheapest(&self, of: &Target) -> Option<Offered>;
}

/// Goods that may be advised, as they would be sold now.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The goods, priced as they would be sold now.
    pub item: Arc<Sellable>,
    /// What one piece costs.
    pub price: UnitPrice,
    /// What campaigns know of them.
    pub traits: ProductTraits,
}

/// The most goods that are tried out of those on the sale, the first ones, and again of those that campaigns name.
const MOST_OFFERS: usize = 20;
/// The most pieces that are advised.
const MOST_UNITS: u32 = 60;
/// The most pieces that are advised of goods whose price nobody knows.
const MOST_OF_KIND: u32 = 5;

impl Campaigns<'_> {
    /// What a little more would bring, of goods on the sale and of those that campaigns name for it: the gift, the
    /// missing part of a bundle, what is bought or got beside the other. Of what is weighed or measured on the sale, the
    /// least that fills up a value or a quantity. Where campaigns name a department or a maker, the cheapest of its goods
    /// are tried; a campaign that these do not reach says the kind alone. For each campaign the fewest pieces or measures,
    /// of those the most saved. Points are told to a customer who is on the sale. `goods` is asked for a bounded number of
    /// goods.
    pub fn advise(&self, sale: &Document, goods: &impl Assortment) -> Vec<Advice> {
        let sale = &*self.with_due(sale, None);
        let Some(mut evaluator) = self.evaluator(sale, None) else { return Vec::new() };
        let named = self.named(evaluator.eligible());
        let mut offered = on_sale(sale, goods);
        offered.extend(beside(&offered, &named, goods));
        let last = sale.lines.iter().map(|line| line.no.0).max().unwrap_or(0);
        let numbered = (1..).zip(offered).map(|(nth, offered)| (LineNo(last.saturating_add(nth)), offered));
        let (known, offers): (Vec<(LineNo, Offered)>, Vec<Offer>) = numbered
            .filter_map(|(no, offered)| {
                let offer = offered.offer(no, sale)?;
                Some(((no, offered), offer))
            })
            .unzip();
        let mut hints = evaluator.hints(&offers).unwrap_or_default();
        hints.retain(|hint| hint.earns.is_none() || sale.customer.is_some());
        let mut advice: Vec<Advice> = hints.iter().filter_map(|hint| advise_goods(hint, &known)).collect();
        advice.extend(kinds(&mut evaluator, sale, &named, &advice));
        self.remember(sale, evaluator);
        advice.sort_by_key(|one| (one.campaign, one.quantities(), Reverse(one.of.saving())));
        advice.dedup_by_key(|one| one.campaign);
        told_once(advice)
    }

    /// What campaigns about several kinds of goods name, in the order of the campaigns.
    fn named(&self, eligible: impl Iterator<Item = Rank>) -> Vec<(Rank, &Target)> {
        let named = |rank: Rank| parts(self.set.campaign(rank)).into_iter().map(move |target| (rank, target));
        eligible.flat_map(named).collect()
    }
}

/// The same goods that several campaigns advise are bought once, and what they save is saved once.
fn told_once(advice: Vec<Advice>) -> Vec<Advice> {
    let mut told: Vec<Advice> = Vec::new();
    for one in advice {
        let is_saving = matches!(one.of, Advised::Goods { earns: None, .. });
        match told.iter_mut().find(|known| is_saving && known.of == one.of && known.quantity == one.quantity)
        {
            Some(known) => known.with.push(one.campaign),
            None => told.push(one),
        }
    }
    told
}

/// A hint about goods that were offered under their numbers.
fn advise_goods(hint: &Hint, known: &[(LineNo, Offered)]) -> Option<Advice> {
    let item = |offer: LineNo| known.iter().find(|(no, _)| *no == offer).map(|(_, offered)| &offered.item);
    let beside = hint.beside.map(|(offer, units)| Some((item(offer)?.clone(), units)));
    let item = item(hint.offer)?;
    let quantity = step(item)?.times(Quantity::try_new(hint.units.into()).ok()?).ok()?;
    let (saving, earns) = (hint.saving, hint.earns);
    let of = Advised::Goods { item: item.clone(), beside: beside.flatten(), saving, earns };
    Some(Advice { campaign: hint.campaign, with: Vec::new(), of, quantity })
}

/// Goods that campaigns name beside those on the sale: products by their identity, of a kind of goods the cheapest.
fn beside(known: &[Offered], named: &[(Rank, &Target)], goods: &impl Assortment) -> Vec<Offered> {
    let mut tried: Vec<ProductId> = known.iter().filter_map(|offered| offered.item.product).collect();
    let mut offered: Vec<Offered> = Vec::new();
    for (_, target) in named {
        let one = |selector: &Selector| {
            if let Selector::Product(product) = selector { Some(*product) } else { None }
        };
        let products: Vec<ProductId> = target.include.iter().filter_map(one).collect();
        let is_of_kinds = products.len() < target.include.len();
        let cheapest = || is_of_kinds.then(|| goods.cheapest(target)).flatten();
        for found in products.iter().filter_map(|id| goods.product(*id)).chain(cheapest()) {
            let Some(product) = found.item.product.filter(|product| !tried.contains(product)) else {
                continue;
            };
            if offered.len() == MOST_OFFERS {
                return offered;
            }
            tried.push(product);
            offered.push(found);
        }
    }
    offered
}

/// Kinds of goods that reach a campaign which nothing else reaches, tried at the price of the dearest piece on the sale.
fn kinds(
    evaluator: &mut Evaluator<'_>,
    sale: &Document,
    named: &[(Rank, &Target)],
    known: &[Advice],
) -> Vec<Advice> {
    // What gives something already would only give it on dearer goods.
    let given: Vec<Rank> = evaluator.evaluate().proposals.iter().map(|proposal| proposal.campaign).collect();
    let is_known = |rank| given.contains(&rank) || known.iter().any(|advice| advice.campaign == rank);
    let dearest = sale.active_lines().filter(|line| is_counted(&line.item)).map(|line| line.unit_price).max();
    let last = sale.lines.iter().map(|line| line.no.0).max().unwrap_or(0);
    let open = named.iter().filter(|(rank, _)| !is_known(*rank));
    let selectors = open.flat_map(|(rank, target)| target.include.iter().map(move |of| (*rank, of)));
    let stand_ins = selectors.filter_map(|(rank, of)| Some((rank, of, stand_in(of)?)));
    let Some(totals) = dearest.and_then(|price| totals(price, MOST_OF_KIND, sale)) else { return Vec::new() };
    let offer = |(nth, (rank, of, item)): (u32, (Rank, &Selector, CartItem))| {
        let no = LineNo(last.saturating_add(nth));
        ((no, rank, of.clone()), Offer::new(of_one(no, item, &totals), totals.clone()))
    };
    let (known, offers): (Vec<_>, Vec<Offer>) = (1..).zip(stand_ins.take(MOST_OFFERS)).map(offer).unzip();
    if offers.is_empty() {
        return Vec::new();
    }
    let hints = evaluator.hints(&offers).unwrap_or_default().into_iter();
    let advised = hints.filter_map(|hint| {
        let (_, rank, of) = known.iter().find(|(no, ..)| *no == hint.offer)?;
        // Two kinds together would be advice that nobody can price.
        let quantity = Quantity::try_new(hint.units.into()).ok()?;
        let is_alone = hint.beside.is_none() && hint.earns.is_none();
        (*rank == hint.campaign && is_alone).then(|| Advice {
            campaign: hint.campaign,
            with: Vec::new(),
            of: Advised::Kind(of.clone()),
            quantity,
        })
    });
    advised.collect()
}

/// Goods of which only the kind is known; none for a product, a pattern, a price.
fn stand_in(of: &Selector) -> Option<CartItem> {
    let mut item = CartItem::default();
    match of {
        Selector::Department(key) => item.department = Some(*key),
        Selector::Category(key) => item.category = Some(*key),
        Selector::Brand(brand) => item.brand = Some(*brand),
        Selector::Style(style) => item.style = Some(style.clone()),
        Selector::Tag(tag) => item.tags = BTreeSet::from([tag.clone()]),
        Selector::Product(_) | Selector::Pattern(_) | Selector::UnitPrice { .. } | Selector::Unknown(_) => {
            return None;
        }
    }
    Some(item)
}

/// Goods that stand on the sale already, each once: products at the price of one more, which need not be that of
/// the line.
fn on_sale(sale: &Document, goods: &impl Assortment) -> Vec<Offered> {
    let mut tried: Vec<(Option<ProductId>, &str)> = Vec::new();
    let mut offered: Vec<Offered> = Vec::new();
    for line in sale.active_lines() {
        let known = (line.item.product, line.item.code.as_str());
        if offered.len() == MOST_OFFERS {
            break;
        }
        if !tried.contains(&known) {
            tried.push(known);
            let as_on_line = || Offered {
                item: line.item.clone(),
                price: line.unit_price,
                traits: ProductTraits::default(),
            };
            offered.extend(
                line.item.product.map_or_else(|| Some(as_on_line()), |product| goods.product(product)),
            );
        }
    }
    offered
}

/// Whether it is sold by the piece.
fn is_counted(item: &Sellable) -> bool {
    item.unit.decimals == 0
}

/// The least that can be added of goods: a piece, or the last digit of their measure.
fn step(item: &Sellable) -> Option<Quantity> {
    Quantity::try_new(Decimal::new(1, item.unit.decimals.into())).ok()
}

/// What a campaign about several kinds of goods names.
fn parts(campaign: &Campaign) -> Vec<&Target> {
    match &campaign.benefit {
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
    }
}

impl Offered {
    /// It as an offer, by the piece or by its measure; none of what costs nothing.
    fn offer(&self, no: LineNo, sale: &Document) -> Option<Offer> {
        let item = cart_item(&self.item, Some(&self.traits), &sale.currency);
        let totals = totals(self.price, if is_counted(&self.item) { MOST_UNITS } else { 1 }, sale)?;
        let line = of_one(no, item, &totals);
        if is_counted(&self.item) {
            return Some(Offer::new(line, totals));
        }
        Some(Offer::measured(line, step(&self.item)?, self.price, sale.currency))
    }
}

/// One piece or measure of goods as a line.
fn of_one(no: LineNo, item: CartItem, totals: &[Money]) -> CartLine {
    let total = FineMoney::from_money(totals.first().copied().unwrap_or_default());
    CartLine { no, item: Arc::new(item), quantity: FineQuantity::pieces(1), total }
}

/// What one piece at a price comes to on a line, two, and so on to the most; none where one comes to nothing.
fn totals(price: UnitPrice, most: u32, sale: &Document) -> Option<Vec<Money>> {
    let total = |units: u32| {
        let quantity = Quantity::try_new(units.into()).ok()?;
        price.times(quantity, &sale.currency, Rounding::HalfUp).ok()
    };
    let totals: Vec<Money> = (1..=most).map_while(total).collect();
    totals.first().is_some_and(|one| one.is_positive()).then_some(totals)
}
