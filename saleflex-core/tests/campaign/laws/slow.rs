//! Campaigns the slow way: every unit stands by itself, every amount is a fraction, every rule is read from its
//! definition, nothing is kept.
//!
//! It shares nothing with the engine but definitions and carts.

use std::collections::BTreeMap;

use saleflex_core::{
    campaign::{Campaign, Cart, CartLine, Exclusivity, Target},
    ids::{CampaignId, LineNo, TenderNo},
    money::Money,
    quantity::Percent,
};

use self::exact::Exact;

mod asked;
mod benefits;
mod exact;
mod shares;

pub(super) use benefits::dearest_way;

/// What a campaign gives, on which line, by which tender and at which rate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Given {
    pub(crate) campaign: CampaignId,
    pub(crate) line: Option<LineNo>,
    pub(crate) tender: Option<TenderNo>,
    pub(crate) amount: Money,
    pub(crate) rate: Option<Percent>,
}

/// Points that a campaign awards, and on how much.
pub(crate) type Award = (CampaignId, Percent, Money);

/// A unit: its price, and the place of its line.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
struct Unit {
    price: Exact,
    line: usize,
}

struct Slow<'a> {
    definitions: &'a [Campaign],
    cart: &'a Cart,
    /// By rising number; what campaigns leave alone is none of them.
    lines: Vec<&'a CartLine>,
    /// By line: what was taken from it, in minor units.
    off: Vec<i64>,
    document: i64,
    given: Vec<Given>,
    /// By what was given: the lines it is about.
    bearing: Vec<Vec<usize>>,
    /// By the place of what was given for sets: the units that they are made of.
    in_sets: BTreeMap<usize, Vec<Unit>>,
    /// Who gives points, how many times, and on which lines.
    awards: Vec<(CampaignId, Percent, Vec<usize>)>,
    joined: Vec<&'a Campaign>,
}

/// What a campaign may give, and of what.
#[derive(Clone, Copy)]
struct Bounds {
    base: Exact,
    ceiling: i64,
    tender: Option<TenderNo>,
}

/// No tender that is asked for, or too small a share.
struct NotEarned;

/// All that campaigns give on a cart, in their order.
pub(crate) fn by_the_slow_way(definitions: &[Campaign], cart: &Cart) -> (Vec<Given>, Vec<Award>) {
    let slow = Slow::of(definitions, cart);
    let left = slow.left_of_lines();
    let base = |lines: Vec<usize>| lines.into_iter().map(|at| left[at].or_zero()).sum();
    let awards = slow.awards.into_iter().map(|(id, percent, lines)| (id, percent, base(lines))).collect();
    (slow.given, awards)
}

/// What is left of each line once everything is shared out; what campaigns leave alone is none of them.
pub(crate) fn left_by_the_slow_way(definitions: &[Campaign], cart: &Cart) -> BTreeMap<LineNo, Money> {
    let slow = Slow::of(definitions, cart);
    slow.lines.iter().map(|line| line.no).zip(slow.left_of_lines()).collect()
}

impl<'a> Slow<'a> {
    fn of(definitions: &'a [Campaign], cart: &'a Cart) -> Self {
        let mut lines: Vec<&CartLine> = cart.lines.iter().filter(|line| !line.item.is_excluded).collect();
        lines.sort_by_key(|line| line.no);
        let off = vec![0; lines.len()];
        let (given, bearing, in_sets) = (Vec::new(), Vec::new(), BTreeMap::new());
        let (awards, joined) = (Vec::new(), Vec::new());
        let mut slow =
            Self { definitions, cart, lines, off, document: 0, given, bearing, in_sets, awards, joined };
        let mut order: Vec<&Campaign> = definitions.iter().collect();
        order.sort_by(|one, other| {
            other.lane.priority.cmp(&one.lane.priority).then_with(|| one.code.cmp(&other.code))
        });
        for campaign in order {
            slow.apply(campaign);
        }
        slow
    }

    fn apply(&mut self, campaign: &'a Campaign) {
        let own = self.lines_in(&campaign.target);
        let stands_beside_all = self.joined.iter().all(|before| stand_beside(before, campaign));
        if own.is_empty() || !stands_beside_all || !asked::is_asked(campaign, self.cart) {
            return;
        }
        let limits = &campaign.limits;
        let document = Exact::whole(self.document);
        let left = own.iter().map(|&at| self.total(at) - Exact::whole(self.off[at]));
        let signed = (left.sum::<Exact>() - document).or_zero();
        if limits.least_purchase.is_some_and(|least| signed < Exact::money(least))
            || limits.most_purchase.is_some_and(|most| signed > Exact::money(most))
        {
            return;
        }
        let base = (own.iter().map(|&at| self.net(at)).sum::<Exact>() - document).or_zero();
        let Ok(tender) = self.anchor(campaign, base) else { return };
        let spent = self.cart.context.uses.get(&campaign.id).map_or(0, |uses| uses.spent.minor());
        let budget = limits.budget.map_or(i64::MAX, |budget| budget.minor() - spent);
        let ceiling = limits.per_document.map_or(i64::MAX, Money::minor).min(budget);
        let before = (self.given.len(), self.awards.len());
        self.give(campaign, &own, Bounds { base, ceiling, tender });
        if (self.given.len(), self.awards.len()) != before {
            self.joined.push(campaign);
        }
    }

    /// The tender that carries what the campaign gives, where it asks for one.
    fn anchor(&self, campaign: &Campaign, base: Exact) -> Result<Option<TenderNo>, NotEarned> {
        let Some(terms) = &campaign.tender else { return Ok(None) };
        let tenders = asked::passing(&terms.of, self.cart);
        let needed = asked::payable(base, self.cart) * Exact::percent(terms.least_share);
        let is_earned = needed == Exact::ZERO || asked::paid(&tenders) >= needed;
        tenders.first().filter(|_| is_earned).map(|first| Some(first.no)).ok_or(NotEarned)
    }

    /// Proposes on the document; `bearing` are the lines that get cheaper, `most` what the amount is taken from.
    fn on_document(
        &mut self,
        campaign: &Campaign,
        bearing: &[usize],
        (wanted, most): (Exact, Option<Exact>),
        rate: Option<Percent>,
        bounds: Bounds,
    ) {
        let limits_lines = has_floor(campaign) || campaign.limits.per_line.is_some();
        let room = || bearing.iter().map(|&at| self.room(campaign, at)).sum::<Exact>();
        let room = limits_lines.then(room);
        let ceiling = bounds.ceiling.min(self.above_floors(campaign, bearing));
        let amount = self.rounded(wanted, least_of(most, room)).min(ceiling);
        if amount > 0 {
            self.document += amount;
            self.bearing.push(bearing.to_vec());
            self.push(campaign, None, amount, rate, bounds);
        }
    }

    /// Proposes on a line; whether that came to something.
    fn on_line(
        &mut self,
        campaign: &Campaign,
        at: usize,
        wanted: Exact,
        rate: Option<Percent>,
        bounds: Bounds,
    ) -> bool {
        let own = self.given.iter().filter(|given| given.campaign == campaign.id);
        let so_far: i64 = own.map(|given| given.amount.minor()).sum();
        let most = Some(self.room(campaign, at));
        let amount = self.rounded(wanted, most).min(bounds.ceiling.saturating_sub(so_far));
        if amount > 0 {
            self.off[at] += amount;
            self.bearing.push(vec![at]);
            self.push(campaign, Some(self.lines[at].no), amount, rate, bounds);
        }
        amount > 0
    }

    fn push(
        &mut self,
        campaign: &Campaign,
        line: Option<LineNo>,
        amount: i64,
        rate: Option<Percent>,
        bounds: Bounds,
    ) {
        let (campaign, amount) = (campaign.id, Money::from_minor(amount));
        self.given.push(Given { campaign, line, tender: bounds.tender, amount, rate });
    }

    /// Half a minor unit and more is one, but no more than there is: then it is none (D4).
    fn rounded(&self, wanted: Exact, most: Option<Exact>) -> i64 {
        let wanted = wanted.or_zero();
        let up = wanted.rounded();
        let amount = match most {
            Some(most) if Exact::whole(up) > most => wanted.min(most).floor(),
            _ => up,
        };
        let worth = (0..self.lines.len()).map(|at| self.total(at).or_zero()).sum::<Exact>();
        let given: i64 = self.given.iter().map(|given| given.amount.minor()).sum();
        amount.min((worth - Exact::whole(given)).floor())
    }

    /// What the campaign may take of a line.
    fn room(&self, campaign: &Campaign, at: usize) -> Exact {
        let above = self.above_floor(campaign, at);
        campaign.limits.per_line.map_or(above, |most| above.min(Exact::money(most)))
    }

    /// What is left of a line above the lowest price and the cost of its units, which it keeps in whole minor units.
    fn above_floor(&self, campaign: &Campaign, at: usize) -> Exact {
        if !has_floor(campaign) {
            return self.net(at);
        }
        Exact::whole(self.net(at).floor() - self.floor_of(campaign, at)).or_zero()
    }

    /// What a campaign with a floor may take of lines, if they bore all that was taken off the document before.
    fn above_floors(&self, campaign: &Campaign, lines: &[usize]) -> i64 {
        if !has_floor(campaign) {
            return i64::MAX;
        }
        let above = lines.iter().map(|&at| self.above_floor(campaign, at)).sum::<Exact>();
        (above - Exact::whole(self.document)).or_zero().floor()
    }

    fn total(&self, at: usize) -> Exact {
        Exact::total(self.lines[at].total)
    }

    /// What is left of a line; nothing of what is brought back.
    fn net(&self, at: usize) -> Exact {
        (self.total(at).or_zero() - Exact::whole(self.off[at])).or_zero()
    }

    fn units_on(&self, at: usize) -> i64 {
        asked::units(self.lines[at])
    }

    /// The units of lines, the cheapest first, ties by line.
    fn units(&self, lines: &[usize]) -> Vec<Unit> {
        let of_line = |&line: &usize| {
            (0..self.units_on(line)).map(move |_| {
                let price = self.net(line) / Exact::quantity(self.lines[line].quantity);
                Unit { price, line }
            })
        };
        let mut units: Vec<Unit> = lines.iter().flat_map(of_line).collect();
        units.sort_unstable();
        units
    }

    fn lines_in(&self, target: &Target) -> Vec<usize> {
        (0..self.lines.len()).filter(|&at| asked::is_in(target, self.lines[at])).collect()
    }
}

const fn has_floor(campaign: &Campaign) -> bool {
    campaign.limits.lowest_price.is_some() || campaign.limits.cost_floor
}

fn least_of(one: Option<Exact>, other: Option<Exact>) -> Option<Exact> {
    one.into_iter().chain(other).min()
}

/// Whether a campaign may come after one that gave something.
fn stand_beside(before: &Campaign, campaign: &Campaign) -> bool {
    let takes = |one: &Campaign, other: &Campaign| {
        one.lane.stacks_with.as_ref().is_none_or(|with| with.contains(&other.lane.group))
    };
    before.lane.exclusivity == Exclusivity::Combinable
        && campaign.lane.exclusivity != Exclusivity::Alone
        && takes(before, campaign)
        && takes(campaign, before)
}
