//! Campaigns the slow way: every unit stands by itself, every rule is read from its definition, nothing is kept.
//!
//! It shares nothing with the engine but definitions and carts, and knows what the generator makes: whole pieces, whole
//! minor units, whole percents.

#![allow(clippy::wildcard_enum_match_arm, reason = "what the generator does not make is refused")]

use saleflex_core::{
    campaign::{
        Activation, Benefit, BundlePart, BundlePrice, Campaign, Cart, CartLine, Choice, Exclusivity, Per,
        Reward, Selector, Target, Tier, TierBy,
    },
    ids::{CampaignId, LineNo},
    money::Money,
    quantity::Percent,
};

/// Parts of a minor unit: every quantity up to 12 and a hundred divide it.
const SCALE: i128 = 2_772_000;

/// What a campaign gives, and on which line.
pub(crate) type Given = (CampaignId, Option<LineNo>, Money);

/// A unit: its price in parts, and the place of its line.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
struct Unit {
    price: i128,
    line: usize,
}

struct Slow<'a> {
    cart: &'a Cart,
    /// By rising number.
    lines: Vec<&'a CartLine>,
    off: Vec<i64>,
    document: i64,
    given: Vec<Given>,
    joined: Vec<&'a Campaign>,
}

/// What a campaign may give, and of what.
#[derive(Clone, Copy)]
struct Bounds {
    base: i64,
    ceiling: i64,
}

/// All that campaigns give on a cart, in their order.
pub(crate) fn by_the_slow_way(definitions: &[Campaign], cart: &Cart) -> Vec<Given> {
    let mut lines: Vec<&CartLine> = cart.lines.iter().collect();
    lines.sort_by_key(|line| line.no);
    let off = vec![0; lines.len()];
    let mut slow = Slow { cart, lines, off, document: 0, given: Vec::new(), joined: Vec::new() };
    let mut order: Vec<&Campaign> = definitions.iter().collect();
    order.sort_by(|one, other| {
        other.lane.priority.cmp(&one.lane.priority).then_with(|| one.code.cmp(&other.code))
    });
    for campaign in order {
        slow.apply(campaign);
    }
    slow.given
}

impl<'a> Slow<'a> {
    fn apply(&mut self, campaign: &'a Campaign) {
        let own = self.lines_in(&campaign.target);
        let is_open = campaign.is_active && campaign.activation == Activation::Automatic;
        if !is_open || own.is_empty() || !self.joined.iter().all(|before| stand_beside(before, campaign)) {
            return;
        }
        let limits = &campaign.limits;
        let signed: i64 = own.iter().map(|&at| self.total(at) - self.off[at]).sum::<i64>() - self.document;
        if limits.least_purchase.is_some_and(|least| signed.max(0) < least.minor()) {
            return;
        }
        let base: i64 = own.iter().map(|&at| self.net(at)).sum::<i64>() - self.document;
        let spent = self.cart.context.uses.get(&campaign.id).map_or(0, |uses| uses.spent.minor());
        let budget = limits.budget.map_or(i64::MAX, |budget| budget.minor() - spent);
        if budget <= 0 {
            return;
        }
        let ceiling = limits.per_document.map_or(i64::MAX, Money::minor).min(budget);
        let before = self.given.len();
        self.give(campaign, &own, Bounds { base: base.max(0), ceiling });
        if self.given.len() > before || matches!(campaign.benefit, Benefit::Points { .. }) {
            self.joined.push(campaign);
        }
    }

    fn give(&mut self, campaign: &Campaign, own: &[usize], bounds: Bounds) {
        match &campaign.benefit {
            Benefit::Off { reward, per: Per::Document } => {
                let wanted = taken(*reward, bounds.base);
                self.on_document(campaign, own, wanted, bounds.base, bounds);
            }
            Benefit::Tiers { by, steps } => self.tiers(campaign, own, *by, steps, bounds),
            Benefit::PriceFor { quantity, price } => {
                let part = (&campaign.target, *quantity);
                self.sets(campaign, own, &[part], BundlePrice::Fixed(*price), bounds);
            }
            Benefit::Bundle { parts, price } => {
                let parts: Vec<(&Target, u32)> =
                    parts.iter().map(|BundlePart { of, quantity }| (of, *quantity)).collect();
                self.sets(campaign, own, &parts, *price, bounds);
            }
            Benefit::BuyGet { buy, get, percent, of: None, choice, .. } => {
                let terms = (i64::from(*buy), i64::from(*get), *percent);
                self.buy_get_same(campaign, own, terms, *choice, bounds);
            }
            Benefit::BuyGet { buy, get, percent, of: Some(of), .. } => {
                let terms = (i64::from(*buy), i64::from(*get), *percent);
                self.buy_get_other(campaign, own, terms, of, bounds);
            }
            Benefit::Gift { of, quantity } => {
                let of = self.lines_in(of);
                let units = count(i64::from(*quantity).min(times(campaign)));
                let wanted = self.units(&of).iter().take(units).map(|unit| unit.price).sum();
                self.on_document(campaign, &of, wanted, i64::MAX, bounds);
            }
            Benefit::Points { .. } => {}
            _ => self.give_on_lines(campaign, own, bounds),
        }
    }

    fn give_on_lines(&mut self, campaign: &Campaign, own: &[usize], bounds: Bounds) {
        let ceiling = bounds.ceiling.min(self.above_floors(campaign, own));
        let bounds = Bounds { ceiling, ..bounds };
        match &campaign.benefit {
            Benefit::Off { reward: Reward::Amount(amount), per: Per::Unit } => {
                let mut left = times(campaign);
                for &at in own {
                    let units = self.units_on(at).min(left);
                    left -= units;
                    let wanted = i128::from(amount.minor() * units) * SCALE;
                    self.on_line(campaign, at, wanted, bounds);
                }
            }
            Benefit::Off { reward, .. } => {
                let mut left = times(campaign);
                for &at in own {
                    if left > 0 {
                        left -= i64::from(self.net(at) > 0);
                        self.on_line(campaign, at, taken(*reward, self.net(at)), bounds);
                    }
                }
            }
            Benefit::Products { rows, reward } => {
                for &at in own {
                    let quantity = self.units_on(at);
                    let fits = rows.iter().filter(|row| {
                        self.lines[at].item.product == Some(row.product)
                            && row.least.is_none_or(|least| quantity >= least)
                            && row.most.is_none_or(|most| quantity <= most)
                    });
                    let rewards: Vec<Reward> = fits.filter_map(|row| row.reward.or(*reward)).collect();
                    for reward in rewards {
                        if self.on_line(campaign, at, taken(reward, self.net(at)), bounds) {
                            break;
                        }
                    }
                }
            }
            Benefit::FixedPrice { price } => {
                for &at in own {
                    let above = self.net(at) - price.minor() * self.units_on(at);
                    self.on_line(campaign, at, i128::from(above) * SCALE, bounds);
                }
            }
            other => panic!("the generator makes no {other:?}"),
        }
    }

    fn tiers(&mut self, campaign: &Campaign, own: &[usize], by: TierBy, steps: &[Tier], bounds: Bounds) {
        let actual = match by {
            TierBy::Value => bounds.base,
            TierBy::Quantity => own.iter().map(|&at| self.units_on(at)).sum(),
        };
        let reached = steps.iter().filter(|step| step.from <= actual).max_by_key(|step| step.from);
        if let Some(step) = reached {
            self.on_document(campaign, own, taken(step.reward, bounds.base), bounds.base, bounds);
        }
    }

    fn buy_get_same(
        &mut self,
        campaign: &Campaign,
        own: &[usize],
        (buy, get, percent): (i64, i64, Percent),
        choice: Choice,
        bounds: Bounds,
    ) {
        let mut units = self.units(own);
        let groups = (whole(units.len()) / (buy + get)).min(times(campaign));
        let cheaper: i128 = match choice {
            Choice::Cheapest => units.iter().take(count(groups * get)).map(|unit| unit.price).sum(),
            Choice::CheapestOfGroup => {
                units.reverse();
                let groups = units.chunks(count(buy + get)).take(count(groups));
                groups.flat_map(|group| &group[count(buy)..]).map(|unit| unit.price).sum()
            }
        };
        self.on_document(campaign, own, share(percent, cheaper), bounds.base, bounds);
    }

    /// A unit that is on both sides counts on one of them.
    fn buy_get_other(
        &mut self,
        campaign: &Campaign,
        own: &[usize],
        (buy, get, percent): (i64, i64, Percent),
        of: &Target,
        bounds: Bounds,
    ) {
        let of = self.lines_in(of);
        let units = self.units(&of);
        let both = whole(units.iter().filter(|unit| own.contains(&unit.line)).count());
        let only_bought = own.iter().map(|&at| self.units_on(at)).sum::<i64>() - both;
        let only_got = whole(units.len()) - both;
        let fits =
            |groups: &i64| (groups * buy - only_bought).max(0) + (groups * get - only_got).max(0) <= both;
        let most = whole(units.len()) + only_bought;
        let groups = (0..=most).take_while(fits).last().unwrap_or(0).min(times(campaign));
        let mut free_of_both = both - (groups * buy - only_bought).max(0);
        let (mut wanted, mut cheaper) = (groups * get, 0);
        for unit in units {
            let is_both = own.contains(&unit.line);
            if wanted > 0 && (!is_both || free_of_both > 0) {
                free_of_both -= i64::from(is_both);
                wanted -= 1;
                cheaper += unit.price;
            }
        }
        self.on_document(campaign, &of, share(percent, cheaper), i64::MAX, bounds);
    }

    fn sets(
        &mut self,
        campaign: &Campaign,
        own: &[usize],
        parts: &[(&Target, u32)],
        price: BundlePrice,
        bounds: Bounds,
    ) {
        let lines: Vec<Vec<usize>> = parts.iter().map(|(of, _)| self.lines_in(of)).collect();
        let bearing: Vec<usize> =
            own.iter().copied().filter(|at| lines.iter().any(|part| part.contains(at))).collect();
        let mut units = self.units(&bearing);
        units.reverse();
        let mut wanted: i128 = 0;
        for _ in 0..times(campaign) {
            let mut value = 0;
            for ((_, quantity), lines) in parts.iter().zip(&lines) {
                for _ in 0..*quantity {
                    let Some(at) = units.iter().position(|unit| lines.contains(&unit.line)) else {
                        return self.on_document(campaign, &bearing, wanted, bounds.base, bounds);
                    };
                    value += units.remove(at).price;
                }
            }
            let saved = match price {
                BundlePrice::Fixed(price) => value - i128::from(price.minor()) * SCALE,
                BundlePrice::Off(Reward::Percent(percent)) => share(percent, value),
                BundlePrice::Off(Reward::Amount(amount)) => {
                    i128::from(amount.minor()).min(value / SCALE) * SCALE
                }
            };
            if saved <= 0 {
                break;
            }
            wanted += saved;
        }
        self.on_document(campaign, &bearing, wanted, bounds.base, bounds);
    }

    /// Proposes on the document; `bearing` are the lines that get cheaper.
    fn on_document(
        &mut self,
        campaign: &Campaign,
        bearing: &[usize],
        wanted: i128,
        most: i64,
        bounds: Bounds,
    ) {
        let room: i64 = bearing.iter().map(|&at| self.room(campaign, at)).sum();
        let room = room.min(self.above_floors(campaign, bearing));
        let amount = self.rounded(wanted, most.min(room)).min(bounds.ceiling);
        if amount > 0 {
            self.document += amount;
            self.given.push((campaign.id, None, Money::from_minor(amount)));
        }
    }

    /// Proposes on a line; whether that came to something.
    fn on_line(&mut self, campaign: &Campaign, at: usize, wanted: i128, bounds: Bounds) -> bool {
        let own = self.given.iter().filter(|given| given.0 == campaign.id);
        let so_far: i64 = own.map(|given| given.2.minor()).sum();
        let amount = self.rounded(wanted, self.room(campaign, at)).min(bounds.ceiling - so_far);
        if amount > 0 {
            self.off[at] += amount;
            self.given.push((campaign.id, Some(self.lines[at].no), Money::from_minor(amount)));
        }
        amount > 0
    }

    /// Half a minor unit and more is one, but no more than there is.
    fn rounded(&self, wanted: i128, most: i64) -> i64 {
        let up = (wanted.max(0) + SCALE / 2) / SCALE;
        let left: i64 = (0..self.lines.len()).map(|at| self.total(at).max(0)).sum::<i64>()
            - self.given.iter().map(|given| given.2.minor()).sum::<i64>();
        i64::try_from(up).expect("amounts are small").min(most).min(left)
    }

    /// What the campaign may take of a line.
    fn room(&self, campaign: &Campaign, at: usize) -> i64 {
        self.above_floor(campaign, at).min(campaign.limits.per_line.map_or(i64::MAX, Money::minor))
    }

    /// What is left of a line above the lowest price and the cost of its units.
    fn above_floor(&self, campaign: &Campaign, at: usize) -> i64 {
        let lowest = campaign.limits.lowest_price.map_or(0, Money::minor);
        let cost = self.lines[at].item.cost.map_or(0, |cost| cost.whole().minor());
        let floor = if campaign.limits.cost_floor { lowest.max(cost) } else { lowest };
        (self.net(at) - floor * self.units_on(at)).max(0)
    }

    /// What a campaign with a floor may take of lines, if they bore all that was taken off the document before.
    fn above_floors(&self, campaign: &Campaign, lines: &[usize]) -> i64 {
        if campaign.limits.lowest_price.is_none() && !campaign.limits.cost_floor {
            return i64::MAX;
        }
        let above: i64 = lines.iter().map(|&at| self.above_floor(campaign, at)).sum();
        (above - self.document).max(0)
    }

    fn total(&self, at: usize) -> i64 {
        self.lines[at].total.whole().minor()
    }

    fn net(&self, at: usize) -> i64 {
        (self.total(at).max(0) - self.off[at]).max(0)
    }

    fn units_on(&self, at: usize) -> i64 {
        self.lines[at].quantity.whole()
    }

    /// The units of lines, the cheapest first, ties by line.
    fn units(&self, lines: &[usize]) -> Vec<Unit> {
        let of_line = |&line: &usize| {
            let units = self.units_on(line);
            let price = i128::from(self.net(line)) * SCALE / i128::from(units.max(1));
            (0..units).map(move |_| Unit { price, line })
        };
        let mut units: Vec<Unit> = lines.iter().flat_map(of_line).collect();
        units.sort_unstable();
        units
    }

    fn lines_in(&self, target: &Target) -> Vec<usize> {
        (0..self.lines.len()).filter(|&at| is_in(target, self.lines[at])).collect()
    }
}

fn is_in(target: &Target, line: &CartLine) -> bool {
    let any = |selectors: &[Selector]| selectors.iter().any(|selector| is_it(selector, line));
    (target.include.is_empty() || any(&target.include)) && !any(&target.exclude)
}

fn is_it(selector: &Selector, line: &CartLine) -> bool {
    let item = &line.item;
    match selector {
        Selector::Product(product) => item.product == Some(*product),
        Selector::Department(department) => item.department == Some(*department),
        Selector::Brand(brand) => item.brand == Some(*brand),
        Selector::Tag(tag) => item.tags.contains(tag),
        Selector::UnitPrice { least, most } => {
            let (total, units) = (line.total.whole(), line.quantity.whole());
            let times = |price: &Money| Money::from_minor(price.minor() * units);
            least.as_ref().is_none_or(|least| total >= times(least))
                && most.as_ref().is_none_or(|most| total <= times(most))
        }
        other => panic!("the generator makes no {other:?}"),
    }
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

fn times(campaign: &Campaign) -> i64 {
    campaign.limits.times_per_document.map_or(1_000, i64::from)
}

fn taken(reward: Reward, of: i64) -> i128 {
    match reward {
        Reward::Percent(percent) => share(percent, i128::from(of) * SCALE),
        Reward::Amount(amount) => i128::from(amount.minor().min(of)) * SCALE,
    }
}

fn share(percent: Percent, of: i128) -> i128 {
    let whole = i64::try_from(percent.decimal()).expect("the generator makes whole percents");
    of * i128::from(whole) / 100
}

fn count(number: i64) -> usize {
    usize::try_from(number).expect("counts are small")
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).expect("counts are small")
}
