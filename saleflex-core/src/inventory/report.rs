//! Lists and figures: what is low, what expires, what turns, what is lost.

use alloc::vec::Vec;

use chrono::{Datelike, Days, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{BatchNo, Book, Cause, Item, Limits, MovementKind, Place, Posting, Stock, cost::Value};

/// The places whose stock is at or below their minimum.
pub fn low_stock(book: &Book, limits: impl IntoIterator<Item = (Place, Limits)>) -> Vec<(Place, Stock)> {
    let low = limits.into_iter().filter(|(place, limits)| limits.is_low(book.on_hand(*place)));
    low.map(|(place, _)| (place, book.on_hand(place))).collect()
}

/// A batch that is past its date or will be soon.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Expiring {
    /// Its last good day.
    pub expiry: NaiveDate,
    /// Where, and of what.
    pub place: Place,
    /// The number of the batch.
    pub batch: BatchNo,
    /// How much of it is there.
    pub on_hand: Stock,
}

/// The batches whose last good day comes within so many days or is past, the first to expire first.
pub fn expiring(book: &Book, on: NaiveDate, within_days: u16) -> Vec<Expiring> {
    let until = on.checked_add_days(Days::new(within_days.into())).unwrap_or(NaiveDate::MAX);
    let mut list = Vec::new();
    for (place, level) in book.levels() {
        for (no, batch) in level.batches.iter().filter(|(_, batch)| batch.on_hand.is_positive()) {
            if let Some(expiry) = batch.expiry.filter(|expiry| *expiry <= until) {
                list.push(Expiring { expiry, place, batch: no.clone(), on_hand: batch.on_hand });
            }
        }
    }
    list.sort_by(|one, other| {
        (one.expiry, one.place, &one.batch).cmp(&(other.expiry, other.place, &other.batch))
    });
    list
}

/// How much is likely to be sold on so many days from a first one on: on each as much as on the same day of the weeks before,
/// on average, rounded up to a tenth. What comes back beyond what was sold counts as nothing, as days of which nothing is known do.
pub fn expected_sales(sold: &[(NaiveDate, Stock)], first: NaiveDate, days: u16) -> Stock {
    let of_day = |day: NaiveDate| {
        let same = sold.iter().filter(|(known, _)| known.weekday() == day.weekday());
        let (sum, count) =
            same.fold((Stock::ZERO, 0_u32), |(sum, count), (_, sold)| (sum + *sold, count + 1));
        sum.or_zero().decimal().checked_div(count.into()).unwrap_or_default()
    };
    let sum: Decimal = first.iter_days().take(days.into()).map(of_day).sum();
    Stock::try_new(sum.round_dp_with_strategy(1, RoundingStrategy::AwayFromZero)).unwrap_or_default()
}

/// How important an item is by its share of the turnover.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Class {
    /// The first 80 %.
    A,
    /// The next 15 %.
    B,
    /// The rest, and what does not turn at all.
    C,
}

/// Up to which percent of the turnover an item begins in a class.
const A_BEGINS_BELOW: i64 = 80;
const B_BEGINS_BELOW: i64 = 95;

/// Sorts items by turnover, the largest first and ties by item, and classes each by the share of those before it.
pub fn classes(mut turnover: Vec<(Item, Value)>) -> Vec<(Item, Value, Class)> {
    turnover.sort_by_key(|(item, value)| (core::cmp::Reverse(*value), *item));
    let positive = |value: Value| value.max(Value::ZERO);
    let total: Value = turnover.iter().map(|(_, value)| positive(*value)).sum();
    let mut before = Value::ZERO;
    let mut classed = Vec::new();
    for (item, value) in turnover {
        let begins_below = |percent: i64| {
            let part = before.decimal().saturating_mul(Decimal::ONE_HUNDRED);
            part < total.decimal().saturating_mul(Decimal::from(percent))
        };
        let class = if value <= Value::ZERO {
            Class::C
        } else if begins_below(A_BEGINS_BELOW) {
            Class::A
        } else if begins_below(B_BEGINS_BELOW) {
            Class::B
        } else {
            Class::C
        };
        before += positive(value);
        classed.push((item, value, class));
    }
    classed
}

/// How often stock turned over: the cost of what was sold by the average of what was there, to 2 digits; none where
/// there was nothing.
pub fn turnover(cost_of_sales: Value, opening: Value, closing: Value) -> Option<Decimal> {
    let average = (opening + closing).decimal().checked_div(Decimal::TWO)?;
    if average <= Decimal::ZERO {
        return None;
    }
    let times = cost_of_sales.decimal().checked_div(average)?;
    Some(crate::money::Rounding::HalfUp.round(times, 2))
}

/// What went missing without being sold.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Shrinkage {
    /// Broken, spoilt, stolen: known losses.
    pub wasted: Stock,
    /// Missing when it was counted, less what turned up.
    pub missing: Stock,
}

/// What of an item went missing in these postings.
pub fn shrinkage<'a>(item: Item, postings: impl IntoIterator<Item = &'a Posting>) -> Shrinkage {
    let mut shrinkage = Shrinkage::default();
    for posting in postings {
        for movement in posting.movements.iter().filter(|movement| movement.item() == item) {
            match (movement.kind, &posting.cause) {
                (MovementKind::Waste, _) => shrinkage.wasted -= movement.change,
                // Goods of a hub that somebody had found before are taken back under the cause that brought them.
                (MovementKind::Adjustment, cause) if !matches!(cause, Cause::Opening) => {
                    shrinkage.missing -= movement.change;
                }
                _ => {}
            }
        }
    }
    shrinkage
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::ProductId, quantity::UnitPrice};

    #[test]
    fn a_day_sells_what_the_same_day_of_the_weeks_before_did_on_average() {
        // From a Sunday on, four weeks: seven on Saturdays, but once nothing; two came back on a Sunday.
        let first = NaiveDate::from_ymd_opt(2025, 3, 9).unwrap();
        let of_day = |(at, day): (i32, NaiveDate)| match at {
            6 | 13 | 20 => (day, Stock::whole(7)),
            0 => (day, Stock::whole(-2)),
            _ => (day, Stock::ZERO),
        };
        let sold: Vec<(NaiveDate, Stock)> = (0..28).zip(first.iter_days()).map(of_day).collect();
        let next = NaiveDate::from_ymd_opt(2025, 4, 6).unwrap();
        assert_eq!(expected_sales(&sold, next, 6), Stock::ZERO, "Sunday to Friday");
        assert_eq!(
            expected_sales(&sold, next, 7),
            Stock::parse("5.3").unwrap(),
            "5.25, rounded up to a tenth"
        );
        assert_eq!(expected_sales(&[], next, 7), Stock::ZERO);
    }

    fn worth(amount: i32) -> Value {
        Value::of(Stock::whole(amount), UnitPrice::parse("1").unwrap())
    }

    fn item(no: u128) -> Item {
        ProductId::new(uuid::Uuid::from_u128(no)).into()
    }

    #[test]
    fn the_first_80_percent_are_a_the_next_15_b_the_rest_c() {
        let turnover = [(1, 5), (2, 80), (3, 15), (4, 0)].map(|(no, amount)| (item(no), worth(amount)));
        let classed: Vec<_> =
            classes(turnover.into()).into_iter().map(|(item, _, class)| (item, class)).collect();
        let expected = [(item(2), Class::A), (item(3), Class::B), (item(1), Class::C), (item(4), Class::C)];
        assert_eq!(classed, expected);
    }

    #[test]
    fn turnover_is_cost_of_sales_by_average_stock() {
        assert_eq!(turnover(worth(100), worth(30), worth(10)), Some(Decimal::from(5)));
        assert_eq!(turnover(worth(100), worth(0), worth(0)), None);
    }
}
