//! How cashiers do: sums over their documents and sessions, and the rates and scores made of them.
//!
//! [`Work`] adds up, so a week is its days; [`Metrics`] is worked out from it. Rates, scores and hourly values are
//! decimals of two digits, each rounded half up from exact values, except where a score is defined over a rate: it
//! uses the rounded one, which is what people see.

use alloc::{collections::BTreeMap, vec::Vec};

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeDelta};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::target::Goal;
use crate::{
    ids::CashierId,
    money::{Currency, Money, Rounding},
};

/// What paid the most of a document.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaidBy {
    /// Notes and coins, foreign ones too.
    Cash,
    /// A payment card.
    Card,
    /// A telephone or wallet.
    Mobile,
    /// A gift card or voucher.
    GiftCard,
    /// Anything else.
    Other,
}

impl PaidBy {
    /// All of them, in the order screens list them.
    pub const ALL: [Self; 5] = [Self::Cash, Self::Card, Self::Mobile, Self::GiftCard, Self::Other];
}

/// The sales of an hour of the clock.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct HourOfWork {
    /// How many.
    pub documents: u64,
    /// What they came to.
    pub sales: Money,
}

/// The busiest hour of the clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Peak {
    /// When it began, by the store's clock.
    pub from: NaiveDateTime,
    /// What was sold in it.
    pub hour: HourOfWork,
}

impl Peak {
    /// When it ended.
    pub fn to(&self) -> NaiveDateTime {
        self.from.checked_add_signed(TimeDelta::hours(1)).unwrap_or(self.from)
    }
}

/// What a cashier did in some time.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Work {
    /// Work sessions.
    pub sessions: u64,
    /// Seconds of those sessions, breaks and idle times included.
    pub working_s: u64,
    /// Seconds idle, by the store's rule of when idle time begins.
    pub idle_s: u64,
    /// Seconds on breaks.
    pub break_s: u64,
    /// Completed sales.
    pub documents: u64,
    /// Completed returns.
    pub returns: u64,
    /// Documents cancelled.
    pub cancelled: u64,
    /// Completed sales by what paid the most of them.
    pub paid_by: BTreeMap<PaidBy, u64>,
    /// Completed sales by the hour of the store's clock.
    pub hours: BTreeMap<NaiveDateTime, HourOfWork>,
    /// Lines of completed documents.
    pub lines: u64,
    /// Items of them; a weighed line is one.
    pub items: u64,
    /// Sales less returns.
    pub sales: Money,
    /// What all sales came to, returns not taken off.
    pub gross: Money,
    /// Lines voided, quantities reduced and documents cancelled, as the closure counts them.
    pub voids: u64,
    /// Prices overridden.
    pub overrides: u64,
    /// Approvals asked for.
    pub approvals: u64,
    /// Campaigns that gave something on completed sales, each once a sale.
    pub promotions: u64,
    /// Coupons that opened one of those.
    pub coupons: u64,
    /// Seconds that each completed document took, from its first line.
    pub document_s: Vec<u32>,
}

impl Work {
    /// Adds another part.
    pub fn merge(&mut self, other: &Self) {
        let Self { sessions, working_s, idle_s, break_s, documents, returns, lines, items, .. } = self;
        *sessions += other.sessions;
        *working_s += other.working_s;
        *idle_s += other.idle_s;
        *break_s += other.break_s;
        *documents += other.documents;
        *returns += other.returns;
        *lines += other.lines;
        *items += other.items;
        self.sales += other.sales;
        self.gross += other.gross;
        self.voids += other.voids;
        self.overrides += other.overrides;
        self.approvals += other.approvals;
        self.promotions += other.promotions;
        self.coupons += other.coupons;
        self.cancelled += other.cancelled;
        for (means, documents) in &other.paid_by {
            *self.paid_by.entry(*means).or_default() += documents;
        }
        for (from, hour) in &other.hours {
            let own = self.hours.entry(*from).or_default();
            own.documents += hour.documents;
            own.sales += hour.sales;
        }
        self.document_s.extend_from_slice(&other.document_s);
        self.document_s.sort_unstable();
    }

    /// The hour with the most sales, of two alike the one that came to more, else the earlier; none without any.
    pub fn peak(&self) -> Option<Peak> {
        let busier = |one: &Peak, other: &Peak| {
            let of = |peak: &Peak| (peak.hour.documents, peak.hour.sales);
            of(one).cmp(&of(other)).then(other.from.cmp(&one.from))
        };
        self.hours.iter().map(|(from, hour)| Peak { from: *from, hour: *hour }).max_by(busier)
    }

    /// Seconds worked: without breaks, as a closure tells them.
    pub const fn worked_s(&self) -> u64 {
        self.working_s.saturating_sub(self.break_s)
    }

    /// Seconds of work: without breaks and idle times.
    pub const fn active_s(&self) -> u64 {
        self.worked_s().saturating_sub(self.idle_s)
    }
}

/// What a store expects of an hour, to measure efficiency and productivity against.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct HourlyTarget {
    /// Items an hour; none: no efficiency.
    pub items: Option<Decimal>,
    /// Sales an hour; none: no productivity.
    pub sales: Option<Money>,
}

impl HourlyTarget {
    /// Whether a till measures what is set as a goal: a share of what is expected is none where nothing is.
    pub const fn measures(&self, goal: Goal) -> bool {
        let has_items = self.items.is_some() || !matches!(goal, Goal::Efficiency | Goal::Productivity);
        let has_sales = self.sales.is_some() || !matches!(goal, Goal::Productivity);
        goal.is_measured() && has_items && has_sales
    }
}

/// Rates and scores. None where there is nothing to divide by or no target to compare with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Metrics {
    /// Documents an hour of active time.
    pub documents_per_hour: Option<Decimal>,
    /// Sales an hour of active time, in major units.
    pub sales_per_hour: Option<Decimal>,
    /// Items an hour of active time.
    pub items_per_hour: Option<Decimal>,
    /// What a sale came to on average.
    pub average_document: Money,
    /// Items a document.
    pub items_per_document: Option<Decimal>,
    /// Seconds a document took: on average.
    pub average_s: Option<Decimal>,
    /// Seconds that the fastest document took.
    pub fastest_s: Option<u32>,
    /// Seconds that the slowest document took.
    pub slowest_s: Option<u32>,
    /// The one in the middle; of two the mean.
    pub median_s: Option<Decimal>,
    /// Voids of all lines, in percent.
    pub void_rate: Decimal,
    /// Returns of all documents, in percent.
    pub return_rate: Decimal,
    /// Overrides of all lines, in percent.
    pub override_rate: Decimal,
    /// Voids and overrides of all lines, in percent.
    pub error_rate: Decimal,
    /// 100 less ten times the error rate, nothing at least.
    pub accuracy: Decimal,
    /// Items an hour of what is expected, 100 at most.
    pub efficiency: Option<Decimal>,
    /// The mean of efficiency and sales an hour of what is expected, 100 at most.
    pub productivity: Option<Decimal>,
}

impl Metrics {
    /// Of some work.
    pub fn of(work: &Work, target: &HourlyTarget, currency: &Currency) -> Self {
        let active_s = Decimal::from(work.active_s());
        let hourly = |amount: Decimal| (amount * Decimal::from(3600)).checked_div(active_s);
        let sales = hourly(currency.decimal(work.sales));
        let items = hourly(Decimal::from(work.items));
        let error_rate = percent(work.voids + work.overrides, work.lines);
        let efficiency = items.zip(target.items).map(|(items, target)| share_of_target(items, target));
        let sold =
            sales.zip(target.sales).map(|(sales, target)| share_of_target(sales, currency.decimal(target)));
        let documents = i64::try_from(work.documents).unwrap_or(i64::MAX);
        Self {
            documents_per_hour: hourly(Decimal::from(work.documents)).map(two_digits),
            sales_per_hour: sales.map(two_digits),
            items_per_hour: items.map(two_digits),
            average_document: work.gross.share(
                Money::ONE_MINOR,
                Money::from_minor(documents),
                Rounding::HalfUp,
            ),
            items_per_document: ratio(work.items, work.documents),
            average_s: ratio(work.document_s.iter().copied().map(u64::from).sum(), count(&work.document_s)),
            fastest_s: work.document_s.iter().min().copied(),
            slowest_s: work.document_s.iter().max().copied(),
            median_s: median(&work.document_s),
            void_rate: percent(work.voids, work.lines + work.voids),
            return_rate: percent(work.returns, work.documents),
            override_rate: percent(work.overrides, work.lines),
            error_rate,
            accuracy: two_digits((Decimal::ONE_HUNDRED - error_rate * Decimal::TEN).max(Decimal::ZERO)),
            efficiency: efficiency.map(two_digits),
            productivity: efficiency.zip(sold).map(|(one, other)| two_digits((one + other) / Decimal::TWO)),
        }
    }

    /// How much more or less was sold an hour than in the period before, in percent; none without one.
    pub fn improvement(&self, before: &Self) -> Option<Decimal> {
        let (now, then) = self.sales_per_hour.zip(before.sales_per_hour)?;
        ((now - then) * Decimal::ONE_HUNDRED).checked_div(then).map(two_digits)
    }
}

/// The days before some: as many, and of whole months as many months.
pub fn span_before(from: NaiveDate, to: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let (until, next) = (from.pred_opt()?, to.succ_opt()?);
    if from.day() == 1 && next.day() == 1 {
        let of_year = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month());
        let months = u32::try_from(of_year(next) - of_year(from)).ok()?;
        return Some((from.checked_sub_months(Months::new(months))?, until));
    }
    let more = u64::try_from((to - from).num_days()).ok()?;
    Some((until.checked_sub_days(Days::new(more))?, until))
}

/// Ranks cashiers by productivity, the best first; those alike share the better rank, those without one have none.
pub fn ranks(cashiers: &[(CashierId, Metrics)]) -> Vec<(CashierId, usize)> {
    let scored = cashiers.iter().filter_map(|(cashier, metrics)| Some((*cashier, metrics.productivity?)));
    let mut scored: Vec<(CashierId, Decimal)> = scored.collect();
    scored.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
    let rank = |score: Decimal| 1 + scored.iter().filter(|(_, other)| *other > score).count();
    scored.iter().map(|(cashier, score)| (*cashier, rank(*score))).collect()
}

pub(super) fn two_digits(value: Decimal) -> Decimal {
    let mut rounded = Rounding::HalfUp.round(value, 2);
    rounded.rescale(2);
    rounded
}

fn ratio(part: u64, whole: u64) -> Option<Decimal> {
    Decimal::from(part).checked_div(Decimal::from(whole)).map(two_digits)
}

/// A percentage of two digits; nothing of nothing is nothing.
fn percent(part: u64, whole: u64) -> Decimal {
    let exact = (Decimal::from(part) * Decimal::ONE_HUNDRED).checked_div(Decimal::from(whole));
    two_digits(exact.unwrap_or_default())
}

fn share_of_target(actual: Decimal, target: Decimal) -> Decimal {
    let share = (actual * Decimal::ONE_HUNDRED).checked_div(target);
    share.unwrap_or(Decimal::ONE_HUNDRED).clamp(Decimal::ZERO, Decimal::ONE_HUNDRED)
}

fn count(values: &[u32]) -> u64 {
    u64::try_from(values.len()).unwrap_or(u64::MAX)
}

fn median(values: &[u32]) -> Option<Decimal> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    let upper = Decimal::from(*sorted.get(middle)?);
    if sorted.len() % 2 == 1 {
        return Some(two_digits(upper));
    }
    let lower = Decimal::from(*sorted.get(middle - 1)?);
    Some(two_digits((lower + upper) / Decimal::TWO))
}

#[cfg(test)]
mod tests {
    use alloc::{
        borrow::ToOwned,
        string::{String, ToString},
    };

    use uuid::Uuid;

    use super::*;
    use crate::money::CurrencyCode;

    fn pounds() -> Currency {
        Currency::of(CurrencyCode::parse("GBP").unwrap())
    }

    fn worked() -> Work {
        Work {
            documents: 40,
            lines: 160,
            items: 200,
            voids: 4,
            overrides: 1,
            promotions: 12,
            coupons: 3,
            cancelled: 1,
            paid_by: [(PaidBy::Cash, 30), (PaidBy::Card, 10)].into(),
            working_s: 6 * 3600,
            idle_s: 1800,
            break_s: 1800,
            sales: Money::from_minor(124_000),
            gross: Money::from_minor(124_000),
            document_s: vec![90, 30, 60, 40],
            ..Work::default()
        }
    }

    fn text(value: Option<Decimal>) -> Option<String> {
        value.map(|value| value.to_string())
    }

    /// 40 documents, 160 lines, 4 voids, 1 override, 5.0 active hours, sales of 1,240.00.
    #[test]
    fn rates_and_scores_are_those_of_the_worked_example() {
        let metrics = Metrics::of(&worked(), &HourlyTarget::default(), &pounds());
        assert_eq!(text(metrics.documents_per_hour).unwrap(), "8.00");
        assert_eq!(text(metrics.sales_per_hour).unwrap(), "248.00");
        assert_eq!(metrics.average_document, Money::from_minor(3100));
        assert_eq!(metrics.void_rate.to_string(), "2.44");
        assert_eq!(metrics.override_rate.to_string(), "0.63");
        assert_eq!(metrics.error_rate.to_string(), "3.13");
        assert_eq!(metrics.accuracy.to_string(), "68.70", "from the rounded rate");
        assert_eq!((metrics.efficiency, metrics.productivity), (None, None));
    }

    #[test]
    fn times_have_a_mean_a_median_and_extremes() {
        let metrics = Metrics::of(&worked(), &HourlyTarget::default(), &pounds());
        assert_eq!((metrics.fastest_s, metrics.slowest_s), (Some(30), Some(90)));
        assert_eq!(
            (text(metrics.average_s).unwrap(), text(metrics.median_s).unwrap()),
            ("55.00".into(), "50.00".into())
        );
        let odd = Work { document_s: vec![9, 1, 5], ..Work::default() };
        assert_eq!(text(Metrics::of(&odd, &HourlyTarget::default(), &pounds()).median_s).unwrap(), "5.00");
    }

    #[test]
    fn scores_are_measured_against_the_target_and_end_at_100() {
        let target = HourlyTarget { items: Some(Decimal::from(50)), sales: Some(Money::from_minor(10_000)) };
        let metrics = Metrics::of(&worked(), &target, &pounds());
        assert_eq!(text(metrics.efficiency).unwrap(), "80.00");
        assert_eq!(text(metrics.productivity).unwrap(), "90.00");
    }

    #[test]
    fn without_time_or_documents_there_is_nothing_to_divide_by() {
        let metrics = Metrics::of(&Work::default(), &HourlyTarget::default(), &pounds());
        assert_eq!(
            (metrics.documents_per_hour, metrics.items_per_document, metrics.median_s),
            (None, None, None)
        );
        assert_eq!((metrics.void_rate, metrics.average_document), (Decimal::ZERO, Money::ZERO));
        assert_eq!(metrics.accuracy.to_string(), "100.00");
    }

    #[test]
    fn parts_of_the_work_added_up_are_the_whole() {
        let mut twice = worked();
        twice.merge(&worked());
        assert_eq!(
            (twice.documents, twice.active_s(), twice.sales),
            (80, 36_000, Money::from_minor(248_000))
        );
        assert_eq!((twice.promotions, twice.coupons, twice.cancelled), (24, 6, 2));
        assert_eq!(twice.paid_by, [(PaidBy::Cash, 60), (PaidBy::Card, 20)].into());
        assert_eq!(twice.document_s, [30, 30, 40, 40, 60, 60, 90, 90]);
        let rate = Metrics::of(&twice, &HourlyTarget::default(), &pounds()).void_rate;
        assert_eq!(rate.to_string(), "2.44");
    }

    #[test]
    fn the_busiest_hour_is_the_one_with_most_sales_then_the_dearest_then_the_earlier() {
        let hour = |text: &str| {
            NaiveDateTime::parse_from_str(&alloc::format!("{text}:00"), "%Y-%m-%d %H:%M").unwrap()
        };
        let sold = |documents, sales| HourOfWork { documents, sales: Money::from_minor(sales) };
        let mut work = Work::default();
        assert_eq!(work.peak(), None);
        work.hours.insert(hour("2026-03-12 09"), sold(2, 500));
        work.hours.insert(hour("2026-03-12 10"), sold(2, 700));
        work.hours.insert(hour("2026-03-13 09"), sold(2, 700));
        assert_eq!(work.peak().unwrap().from, hour("2026-03-12 10"));
        work.merge(&Work { hours: [(hour("2026-03-12 09"), sold(1, 1))].into(), ..Work::default() });
        let peak = work.peak().unwrap();
        assert_eq!((peak.from, peak.to()), (hour("2026-03-12 09"), hour("2026-03-12 10")));
        assert_eq!(peak.hour, sold(3, 501));
    }

    #[test]
    fn a_period_is_compared_with_the_days_or_months_before_it() {
        let before = |from: &str, to: &str| {
            let day = |text: &str| text.parse::<NaiveDate>().unwrap();
            let (from, to) = span_before(day(from), day(to)).unwrap();
            (from.to_string(), to.to_string())
        };
        let of = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(before("2026-03-12", "2026-03-12"), of("2026-03-11", "2026-03-11"));
        assert_eq!(before("2026-03-09", "2026-03-15"), of("2026-03-02", "2026-03-08"));
        assert_eq!(before("2026-03-01", "2026-03-31"), of("2026-02-01", "2026-02-28"));
        assert_eq!(before("2026-01-01", "2026-12-31"), of("2025-01-01", "2025-12-31"));
        assert_eq!(span_before(NaiveDate::MIN, NaiveDate::MIN), None);
    }

    #[test]
    fn those_alike_share_the_better_rank() {
        let target = HourlyTarget { items: Some(Decimal::from(50)), sales: Some(Money::from_minor(30_000)) };
        let scored = |no: u128, items: u64| {
            let work = Work { items, ..worked() };
            (CashierId::new(Uuid::from_u128(no)), Metrics::of(&work, &target, &pounds()))
        };
        let mut cashiers = vec![scored(1, 100), scored(2, 200), scored(3, 200), scored(4, 50)];
        cashiers
            .push((CashierId::new(Uuid::from_u128(5)), Metrics::of(&Work::default(), &target, &pounds())));
        let ranks: Vec<_> =
            ranks(&cashiers).into_iter().map(|(id, rank)| (id.uuid().as_u128(), rank)).collect();
        assert_eq!(ranks, [(2, 1), (3, 1), (1, 3), (4, 4)]);
        let [before, now] = [0, 1].map(|at: usize| cashiers[at].1.clone());
        assert_eq!(text(now.improvement(&before)).unwrap(), "0.00");
        let none = Metrics::of(&Work::default(), &target, &pounds());
        assert_eq!(now.improvement(&none), None);
    }
}
