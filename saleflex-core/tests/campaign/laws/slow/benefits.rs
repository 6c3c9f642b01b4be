//! What each benefit comes to, unit by unit.
#![allow(clippy::wildcard_enum_match_arm, reason = "what the generator does not make is refused")]

use saleflex_core::{
    campaign::{
        Benefit, BundlePart, BundlePrice, Campaign, Choice, Per, ProductRow, Reward, Target, Tier, TierBy,
    },
    money::Money,
    quantity::Percent,
};

use super::{Bounds, Slow, Unit, exact::Exact};

/// So many are bought, so many get cheaper, by so much.
type Terms<'a> = (i64, i64, Percent, Option<&'a Target>);

impl Slow<'_> {
    pub(super) fn give(&mut self, campaign: &Campaign, own: &[usize], bounds: Bounds) {
        match &campaign.benefit {
            Benefit::Off { reward, per: Per::Document } => self.off_document(campaign, own, *reward, bounds),
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
            Benefit::BuyGet { buy, get, percent, among, of, choice } => {
                let terms = (i64::from(*buy), i64::from(*get), *percent, among.as_ref());
                match of {
                    None => self.buy_get_same(campaign, own, terms, *choice, bounds),
                    Some(of) => self.buy_get_other(campaign, own, terms, of, bounds),
                }
            }
            Benefit::Gift { of, quantity } => {
                let of = self.lines_in(of);
                let units = count(i64::from(*quantity).min(times(campaign)));
                let wanted = self.units(&of).iter().take(units).map(|unit| unit.price).sum();
                self.on_document(campaign, &of, (capped(campaign, wanted), None), None, bounds);
            }
            Benefit::Points { percent } => {
                self.awards.push((campaign.id, *percent, own.to_vec()));
            }
            _ => {
                let ceiling = bounds.ceiling.min(self.above_floors(campaign, own));
                self.give_on_lines(campaign, own, Bounds { ceiling, ..bounds });
            }
        }
    }

    /// A ceiling of one proposal cuts shares, not amounts (A4).
    fn off_document(&mut self, campaign: &Campaign, own: &[usize], reward: Reward, bounds: Bounds) {
        let wanted = taken(campaign, reward, bounds.base);
        self.on_document(campaign, own, (wanted, Some(bounds.base)), rate(reward), bounds);
    }

    fn give_on_lines(&mut self, campaign: &Campaign, own: &[usize], bounds: Bounds) {
        let turns = self.turns(campaign, own);
        for &at in own {
            let net = self.net(at);
            let left = turns.iter().find(|(line, _)| *line == at).map_or(0, |(_, turns)| *turns);
            match &campaign.benefit {
                Benefit::Off { reward: Reward::Amount(amount), per: Per::Unit } => {
                    let wanted = self.off_units(at, *amount, self.units_on(at).min(left));
                    self.on_line(campaign, at, wanted, None, bounds);
                }
                Benefit::Off { reward, .. } => {
                    if left > 0 && net.is_positive() {
                        self.on_line(campaign, at, taken(campaign, *reward, net), rate(*reward), bounds);
                    }
                }
                Benefit::Products { rows, reward } => self.first_row(campaign, at, rows, *reward, bounds),
                Benefit::FixedPrice { price } => {
                    let quantity = Exact::quantity(self.lines[at].quantity).or_zero();
                    self.on_line(campaign, at, net - Exact::money(*price) * quantity, None, bounds);
                }
                other => panic!("the generator makes no {other:?}"),
            }
        }
    }

    /// The turns of each line, one after the other, each where it gives the most.
    fn turns(&self, campaign: &Campaign, own: &[usize]) -> Vec<(usize, i64)> {
        let Benefit::Off { reward, per } = &campaign.benefit else { return Vec::new() };
        let given = |at: usize, turns: i64| {
            let wanted = match (reward, per) {
                (Reward::Amount(amount), Per::Unit) => {
                    self.off_units(at, *amount, turns.min(self.units_on(at)))
                }
                _ if turns > 0 => taken(campaign, *reward, self.net(at)),
                _ => Exact::ZERO,
            };
            wanted.min(self.room(campaign, at))
        };
        let mut turns: Vec<(usize, i64)> = own.iter().map(|&at| (at, 0)).collect();
        for _ in 0..times(campaign) {
            let gain = |(at, so_far): &(usize, i64)| given(*at, so_far + 1) - given(*at, *so_far);
            let most = turns.iter().map(gain).fold(Exact::ZERO, Exact::max);
            let next = turns.iter_mut().find(|line| most.is_positive() && gain(line) == most);
            let Some((_, so_far)) = next else { break };
            *so_far += 1;
        }
        turns
    }

    /// An amount off each of some units, at most their price.
    fn off_units(&self, at: usize, amount: Money, units: i64) -> Exact {
        let (units, quantity) = (Exact::whole(units), Exact::quantity(self.lines[at].quantity));
        if !units.is_positive() {
            return Exact::ZERO;
        }
        (Exact::money(amount) * units).min(self.net(at) * units / quantity)
    }

    /// The first row of the product that comes to something.
    fn first_row(
        &mut self,
        campaign: &Campaign,
        at: usize,
        rows: &[ProductRow],
        common: Option<Reward>,
        bounds: Bounds,
    ) {
        let quantity = Exact::quantity(self.lines[at].quantity);
        for row in rows {
            let fits = self.lines[at].item.product == Some(row.product)
                && row.least.is_none_or(|least| quantity >= Exact::whole(least))
                && row.most.is_none_or(|most| quantity <= Exact::whole(most));
            if let Some(reward) = row.reward.or(common).filter(|_| fits) {
                let wanted = taken(campaign, reward, self.net(at));
                if self.on_line(campaign, at, wanted, rate(reward), bounds) {
                    return;
                }
            }
        }
    }

    fn tiers(&mut self, campaign: &Campaign, own: &[usize], by: TierBy, steps: &[Tier], bounds: Bounds) {
        let actual = match by {
            TierBy::Value => bounds.base,
            TierBy::Quantity => Exact::whole(own.iter().map(|&at| self.units_on(at)).sum()),
        };
        let reached = steps.iter().filter(|step| Exact::whole(step.from) <= actual);
        if let Some(step) = reached.max_by_key(|step| step.from) {
            self.off_document(campaign, own, step.reward, bounds);
        }
    }

    fn both(&self, own: &[usize], among: Option<&Target>) -> Vec<usize> {
        let among = among.map(|among| self.lines_in(among));
        own.iter().copied().filter(|at| among.as_ref().is_none_or(|among| among.contains(at))).collect()
    }

    fn buy_get_same(
        &mut self,
        campaign: &Campaign,
        own: &[usize],
        (buy, get, percent, among): Terms<'_>,
        choice: Choice,
        bounds: Bounds,
    ) {
        let pool = self.both(own, among);
        let mut units = self.units(&pool);
        let groups = (whole(units.len()) / (buy + get)).min(times(campaign));
        let cheaper: Exact = match choice {
            Choice::Cheapest => units.iter().take(count(groups * get)).map(|unit| unit.price).sum(),
            Choice::CheapestOfGroup => {
                units.reverse();
                let groups = units.chunks(count(buy + get)).take(count(groups));
                groups.flat_map(|group| &group[count(buy)..]).map(|unit| unit.price).sum()
            }
        };
        let wanted = capped(campaign, cheaper * Exact::percent(percent)).min(bounds.base);
        self.on_document(campaign, &pool, (wanted, Some(bounds.base)), None, bounds);
    }

    /// A unit that is on both sides counts on one of them.
    fn buy_get_other(
        &mut self,
        campaign: &Campaign,
        own: &[usize],
        (buy, get, percent, among): Terms<'_>,
        of: &Target,
        bounds: Bounds,
    ) {
        let (bought, of) = (self.both(own, among), self.lines_in(of));
        let units = self.units(&of);
        let both = whole(units.iter().filter(|unit| bought.contains(&unit.line)).count());
        let only_bought = bought.iter().map(|&at| self.units_on(at)).sum::<i64>() - both;
        let only_got = whole(units.len()) - both;
        let fits =
            |groups: &i64| (groups * buy - only_bought).max(0) + (groups * get - only_got).max(0) <= both;
        let most = whole(units.len()) + only_bought;
        let groups = (0..=most).take_while(fits).last().unwrap_or(0).min(times(campaign));
        let mut free_of_both = both - (groups * buy - only_bought).max(0);
        let (mut wanted, mut cheaper) = (groups * get, Exact::ZERO);
        for Unit { price, line } in units {
            let is_both = bought.contains(&line);
            if wanted > 0 && (!is_both || free_of_both > 0) {
                free_of_both -= i64::from(is_both);
                wanted -= 1;
                cheaper = cheaper + price;
            }
        }
        let wanted = capped(campaign, cheaper * Exact::percent(percent));
        self.on_document(campaign, &of, (wanted, None), None, bounds);
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
        let all = units.clone();
        let (mut wanted, mut is_greedy) = (Exact::ZERO, true);
        for _ in 0..times(campaign) {
            let part_by_part = if is_greedy { take_set(&units, parts, &lines) } else { None };
            // Where that fails once, it is not tried again.
            is_greedy = part_by_part.is_some();
            let set = part_by_part.or_else(|| by_every_way(&units, parts, &lines));
            let saving = |(value, left): (Exact, Vec<Unit>)| {
                let saved = saved(price, value);
                saved.is_positive().then_some((saved, left))
            };
            let mut given = set.and_then(saving);
            // Nor where it saves nothing.
            if given.is_none() && is_greedy {
                is_greedy = false;
                given = by_every_way(&units, parts, &lines).and_then(saving);
            }
            let Some((saved, left)) = given else { break };
            (units, wanted) = (left, wanted + saved);
        }
        let wanted = capped(campaign, wanted).min(bounds.base);
        let place = self.given.len();
        self.on_document(campaign, &bearing, (wanted, Some(bounds.base)), None, bounds);
        if self.given.len() > place {
            self.in_sets.insert(place, without(all, &units));
        }
    }
}

/// The units that are left no more.
fn without(all: Vec<Unit>, left: &[Unit]) -> Vec<Unit> {
    let mut left = left.to_vec();
    let mut is_gone = |unit: &Unit| match left.iter().position(|other| other == unit) {
        Some(at) => {
            left.remove(at);
            false
        }
        None => true,
    };
    all.into_iter().filter(|unit| is_gone(unit)).collect()
}

/// What a set of a value saves.
fn saved(price: BundlePrice, value: Exact) -> Exact {
    match price {
        BundlePrice::Fixed(price) => value - Exact::money(price),
        BundlePrice::Off(Reward::Percent(percent)) => value * Exact::percent(percent),
        BundlePrice::Off(Reward::Amount(amount)) => Exact::whole(amount.minor().min(value.floor())),
    }
}

/// What the dearest units that fit come to, part by part, and the units that are left; nothing where a part lacks some.
fn take_set(units: &[Unit], parts: &[(&Target, u32)], lines: &[Vec<usize>]) -> Option<(Exact, Vec<Unit>)> {
    let (mut value, mut left) = (Exact::ZERO, units.to_vec());
    for ((_, quantity), lines) in parts.iter().zip(lines) {
        for _ in 0..*quantity {
            let at = left.iter().position(|unit| lines.contains(&unit.line))?;
            value = value + left.remove(at).price;
        }
    }
    Some((value, left))
}

/// Of every way to say which unit stands for which part, the one with the dearest units.
fn by_every_way(
    units: &[Unit],
    parts: &[(&Target, u32)],
    lines: &[Vec<usize>],
) -> Option<(Exact, Vec<Unit>)> {
    // Units of a line are alike.
    let mut kinds: Vec<usize> = units.iter().map(|unit| unit.line).collect();
    kinds.dedup();
    let counts: Vec<i64> =
        kinds.iter().map(|line| whole(units.iter().filter(|unit| unit.line == *line).count())).collect();
    let fits = |lines: &Vec<usize>| kinds.iter().map(|line| lines.contains(line)).collect();
    let parts: Vec<(i64, Vec<bool>)> =
        parts.iter().zip(lines).map(|((_, quantity), lines)| (i64::from(*quantity), fits(lines))).collect();
    let mut taken = dearest_way(&counts, &parts)?;
    let (mut value, mut left) = (Exact::ZERO, Vec::new());
    for unit in units {
        let at = kinds.iter().position(|line| *line == unit.line)?;
        if taken[at] > 0 {
            taken[at] -= 1;
            value = value + unit.price;
        } else {
            left.push(*unit);
        }
    }
    Some((value, left))
}

/// How many of each kind of units are taken where every way to fill all parts is tried: as many as can be of the first kind,
/// then of the second, and so on. Nothing where no way fills them all.
pub(in crate::laws) fn dearest_way(units: &[i64], parts: &[(i64, Vec<bool>)]) -> Option<Vec<i64>> {
    let Some(((quantity, fits), others)) = parts.split_first() else { return Some(vec![0; units.len()]) };
    let beside = |own: Vec<i64>| {
        let left: Vec<i64> = units.iter().zip(&own).map(|(all, own)| all - own).collect();
        let rest = dearest_way(&left, others)?;
        Some(own.iter().zip(&rest).map(|(own, rest)| own + rest).collect())
    };
    ways(*quantity, units, fits).into_iter().filter_map(beside).max()
}

/// Every way to take so many units of the kinds that fit.
fn ways(wanted: i64, units: &[i64], fits: &[bool]) -> Vec<Vec<i64>> {
    let (Some((most, units)), Some((fits, others))) = (units.split_first(), fits.split_first()) else {
        return if wanted == 0 { vec![Vec::new()] } else { Vec::new() };
    };
    let most = if *fits { (*most).min(wanted) } else { 0 };
    let with = |own: i64| {
        let rest = ways(wanted - own, units, others);
        rest.into_iter().map(move |rest| std::iter::once(own).chain(rest).collect())
    };
    (0..=most).flat_map(with).collect()
}

fn times(campaign: &Campaign) -> i64 {
    campaign.limits.times_per_document.map_or(1_000, i64::from)
}

/// What one proposal may come to, where it is a share, free units or sets.
fn capped(campaign: &Campaign, wanted: Exact) -> Exact {
    campaign.limits.per_proposal.map_or(wanted, |most| wanted.min(Exact::money(most)))
}

fn taken(campaign: &Campaign, reward: Reward, of: Exact) -> Exact {
    match reward {
        Reward::Percent(percent) => capped(campaign, of * Exact::percent(percent)),
        Reward::Amount(amount) => Exact::money(amount).min(of),
    }
}

const fn rate(reward: Reward) -> Option<Percent> {
    match reward {
        Reward::Percent(percent) => Some(percent),
        Reward::Amount(_) => None,
    }
}

fn count(number: i64) -> usize {
    usize::try_from(number).expect("counts are small")
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).expect("counts are small")
}
