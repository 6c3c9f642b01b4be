//! Units of lines at their exact price, and sums of them.
//!
//! The price of a unit is a fraction: what is left of its line over the line's quantity. Nothing is rounded until
//! the sum is known (D5).

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::exact::FINE;

/// Units of one line, all of one price.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnitLine {
    pub(super) slot: usize,
    /// How many whole units it has.
    pub(super) units: i64,
    /// What is left of the line, fine.
    pub(super) net: i64,
    /// The line's quantity, fine; above nothing.
    pub(super) quantity: i64,
}

impl UnitLine {
    /// Fine, rounded up: what so many of its units cost.
    pub(super) fn worth(&self, units: i64) -> i64 {
        let (over, under) =
            (i128::from(units) * i128::from(self.net) * i128::from(FINE), i128::from(self.quantity));
        i64::try_from((over + under - 1) / under).unwrap_or(i64::MAX)
    }

    /// By price upwards, then by line.
    pub(super) fn by_price(&self, other: &Self) -> Ordering {
        let mine = i128::from(self.net) * i128::from(other.quantity);
        let its = i128::from(other.net) * i128::from(self.quantity);
        mine.cmp(&its).then_with(|| self.slot.cmp(&other.slot))
    }
}

/// Cheapest first.
pub(super) fn sort_by_price(units: &mut [UnitLine]) {
    units.sort_unstable_by(UnitLine::by_price);
}

/// How many units there are.
pub(super) fn count(units: &[UnitLine]) -> i64 {
    units.iter().map(|line| line.units).sum()
}

/// The rate that leaves a price whole.
pub(super) const WHOLE: i64 = 100 * FINE;

/// A sum of fractions of fine money, never rounded on the way.
#[derive(Clone, Copy, Debug)]
pub(super) struct ExactSum {
    whole: i128,
    /// The rest below one, as a fraction.
    numerator: i128,
    denominator: i128,
    /// Rests whose common denominator would grow beyond bounds, in 10⁻¹⁸, rounded up.
    small: i128,
}

/// The largest common denominator kept.
const MOST_DENOMINATOR: i128 = 1_000_000_000_000_000_000;

impl Default for ExactSum {
    fn default() -> Self {
        Self { whole: 0, numerator: 0, denominator: 1, small: 0 }
    }
}

impl ExactSum {
    /// Adds `rate` (of [`WHOLE`]) of the price of `units` units of a line.
    pub(super) fn add(&mut self, line: &UnitLine, units: i64, rate: i64) {
        let numerator = i128::from(units) * i128::from(line.net) * i128::from(rate);
        let denominator = i128::from(line.quantity) * i128::from(WHOLE / FINE);
        self.whole += numerator / denominator;
        self.add_rest(numerator % denominator, denominator);
    }

    fn add_rest(&mut self, numerator: i128, denominator: i128) {
        if numerator == 0 {
            return;
        }
        let shared = gcd(numerator, denominator);
        let (numerator, denominator) = (numerator / shared, denominator / shared);
        let factor = denominator / gcd(self.denominator, denominator);
        let common = self.denominator * factor;
        if common > MOST_DENOMINATOR {
            self.small += (numerator * MOST_DENOMINATOR + denominator - 1) / denominator;
            return;
        }
        self.numerator = self.numerator * factor + numerator * (common / denominator);
        self.denominator = common;
        self.whole += self.numerator / common;
        self.numerator %= common;
    }

    /// The sum rounded down to whole fine units, which is all that rounding to minor units asks of it. Beyond
    /// a common denominator of 10¹⁸, sums closer to a whole than 10⁻¹⁶ count as that whole.
    pub(super) fn floor(&self) -> i64 {
        let rest = self.numerator * MOST_DENOMINATOR / self.denominator;
        let rest = (rest + self.small) / MOST_DENOMINATOR;
        i64::try_from(self.whole + rest).unwrap_or(i64::MAX)
    }
}

const fn gcd(mut one: i128, mut other: i128) -> i128 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

/// Takes units from the front of a sorted list until `wanted` are found.
pub(super) fn first(units: &[UnitLine], wanted: i64, rate: i64, sum: &mut ExactSum) {
    let mut wanted = wanted;
    for line in units {
        let taken = line.units.min(wanted);
        sum.add(line, taken, rate);
        wanted -= taken;
        if wanted == 0 {
            return;
        }
    }
}

/// The units that get cheaper when groups of `buy + get` are made from the dearest down: the last `get` of each.
/// `units` are sorted by price upwards.
pub(super) fn cheapest_of_groups(
    units: &[UnitLine],
    buy: i64,
    get: i64,
    groups: i64,
    rate: i64,
    sum: &mut ExactSum,
) {
    let group = buy + get;
    let free_before = |position: i64| {
        let position = position.min(groups.saturating_mul(group));
        position / group * get + (position % group - buy).max(0)
    };
    let mut position = 0;
    for line in units.iter().rev() {
        let end = position + line.units;
        sum.add(line, free_before(end) - free_before(position), rate);
        position = end;
    }
}

/// The most groups of `buy` units here and `get` units there that can be made, where `both` units count for
/// either side but only once.
pub(super) fn most_groups(buy: i64, get: i64, only_buy: i64, only_get: i64, both: i64) -> i64 {
    let fits = |groups: i64| {
        let lacking = |each: i64, own: i64| (groups.saturating_mul(each) - own).max(0);
        lacking(buy, only_buy).saturating_add(lacking(get, only_get)) <= both
    };
    let (mut least, mut most) = (0, (only_buy + both) / buy);
    while least < most {
        let middle = least + (most - least).div_euclid(2) + 1;
        if fits(middle) { least = middle } else { most = middle - 1 }
    }
    least
}

/// A scratch list of units, kept between campaigns.
pub(super) type Units = Vec<UnitLine>;
