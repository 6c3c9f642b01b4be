//! Membership against somebody who counts: plain loops over what somebody is and did, and nothing of what is tested.

use std::{collections::BTreeSet, fmt};

use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;
use uuid::Uuid;

use super::day;
use crate::{
    catalog::DepartmentNo,
    customer::{
        Channel, Spending,
        segment::{Birthday, Criterion, Goods, PurchasedLine, SegmentFacts},
    },
    ids::{ProductId, StoreId},
    money::Money,
};

/// How towns are written, and which of them are one.
const TOWNS: &[(&str, u8)] = &[
    ("İzmir", 0),
    (" izmir ", 0),
    ("IZMIR", 0),
    ("Ağrı", 1),
    ("AĞRI", 1),
    ("York", 2),
    ("yORK", 2),
    ("New York", 3),
];
const ZIPS: &[&str] = &["35100", " 35140", "06100", "SW1A 1AA", "sw1a 2bb"];
const ZIP_STARTS: &[&str] = &["35", " 351", "35100", "351000", "0610", "sw1", "SW1A 2", "5"];
const TIERS: &[&str] = &["BRONZE", "SILVER", "GOLD"];

/// What somebody is and did.
#[derive(Clone, Debug)]
struct Person {
    today: NaiveDate,
    registered: NaiveDate,
    born: Option<NaiveDate>,
    is_vip: bool,
    tier: Option<&'static str>,
    /// How the town is written, and which it is.
    town: Option<(&'static str, u8)>,
    zip: Option<&'static str>,
    channels: Vec<Channel>,
    sales: Vec<Sale>,
    /// Whether the day of each sale is known, and not the sums alone.
    knows_days: bool,
}

#[derive(Clone, Debug)]
struct Sale {
    on: NaiveDate,
    minor: i64,
    store: StoreId,
    lines: Vec<PurchasedLine>,
}

impl Person {
    /// What the code under test gets to know of it.
    fn facts(&self) -> SegmentFacts {
        let mut spending = Spending::default();
        for sale in &self.sales {
            spending.count(Money::from_minor(sale.minor), sale.on.and_hms_opt(9, 0, 0).unwrap());
        }
        SegmentFacts {
            registered_on: self.registered,
            date_of_birth: self.born,
            prefers_vip: self.is_vip,
            spending,
            purchased_on: self.knows_days.then(|| self.sales.iter().map(|sale| sale.on).collect()),
            purchased: self.sales.iter().flat_map(|sale| sale.lines.iter().copied()).collect(),
            tier: self.tier.map(str::to_owned),
            town: self.town.map(|(written, _)| written.to_owned()),
            zip: self.zip.map(str::to_owned),
            stores: self.sales.iter().map(|sale| sale.store).collect(),
            channels: self.channels.iter().copied().collect(),
        }
    }
}

/// How many times one has to turn the page of a calendar from a day to come to today.
fn ago(mut on: NaiveDate, today: NaiveDate) -> u32 {
    let mut pages = 0;
    while on < today {
        on = on.succ_opt().unwrap();
        pages += 1;
    }
    pages
}

/// What a criterion says in words, looked up in what somebody is and did.
fn holds(asked: &Criterion, person: &Person) -> bool {
    let (today, sales) = (person.today, &person.sales);
    let spent: i64 = sales.iter().map(|sale| sale.minor).sum();
    let count = i64::try_from(sales.len()).unwrap();
    match asked {
        Criterion::All(each) => {
            let mut met = 0;
            for one in each {
                met += usize::from(holds(one, person));
            }
            met > 0 && met == each.len()
        }
        Criterion::Any(some) => {
            let mut met = 0;
            for one in some {
                met += usize::from(holds(one, person));
            }
            met > 0
        }
        Criterion::Not(one) => !holds(one, person),
        Criterion::RegisteredWithin { days } => ago(person.registered, today) <= *days,
        Criterion::NotSeenFor { days } => count > 0 && sales.iter().all(|sale| ago(sale.on, today) >= *days),
        Criterion::SeenWithin { days } => sales.iter().any(|sale| ago(sale.on, today) <= *days),
        Criterion::MinPurchases(least) => count >= i64::from(*least),
        Criterion::MaxPurchases(most) => count <= i64::from(*most),
        Criterion::PurchasesWithin { days, at_least } => {
            let mut recent = 0;
            for sale in sales {
                recent += u32::from(ago(sale.on, today) < *days);
            }
            !person.knows_days || recent >= *at_least
        }
        Criterion::MinAnnualSpending(least) => {
            let mut of_the_year = 0;
            for sale in sales {
                of_the_year += if sale.on.year() == today.year() { sale.minor } else { 0 };
            }
            of_the_year >= least.minor()
        }
        Criterion::MinLifetimeSpending(least) => spent >= least.minor(),
        Criterion::MinAveragePurchase(least) => count > 0 && spent >= least.minor() * count,
        Criterion::MinAverageOf { amount, purchases } => {
            count > 0 && spent * i64::from(*purchases) >= amount.minor() * count
        }
        Criterion::Bought { goods, times, within_days } => bought(person, goods, *within_days) >= *times,
        Criterion::Tier(codes) => person.tier.is_some_and(|tier| codes.contains(tier)),
        Criterion::Birthday(when) => person.born.is_some_and(|born| keeps_birthday(born, *when, today)),
        Criterion::PrefersVip => person.is_vip,
        Criterion::Town(towns) => person.town.is_some_and(|(_, town)| {
            TOWNS.iter().any(|(written, which)| *which == town && towns.contains(*written))
        }),
        Criterion::ZipBeginsWith(start) => person.zip.is_some_and(|zip| begins(zip, start)),
        Criterion::Store(stores) => sales.iter().any(|sale| stores.contains(&sale.store)),
        Criterion::MayMessage(channel) => person.channels.contains(channel),
    }
}

/// On how many lines some goods were bought.
fn bought(person: &Person, goods: &Goods, within_days: Option<u32>) -> u32 {
    let mut lines = 0;
    for line in person.sales.iter().flat_map(|sale| &sale.lines) {
        let mut is_one = false;
        for product in &goods.products {
            is_one |= line.product == Some(*product);
        }
        for department in &goods.departments {
            is_one |= line.department == *department || line.sub_department == Some(*department);
        }
        let is_recent = within_days.is_none_or(|days| ago(line.on, person.today) < days);
        lines += u32::from(is_one && is_recent);
    }
    lines
}

/// Whether a birthday falls on a day; 29 February is kept on the last day of the month in years that lack it.
fn is_birthday(born: NaiveDate, on: NaiveDate) -> bool {
    let is_leap_child = (born.month(), born.day()) == (2, 29);
    let ends_february = on.month() == 2 && on.succ_opt().unwrap().month() == 3;
    if is_leap_child { ends_february } else { (born.month(), born.day()) == (on.month(), on.day()) }
}

fn keeps_birthday(born: NaiveDate, when: Birthday, today: NaiveDate) -> bool {
    match when {
        Birthday::ThisMonth => born.month() == today.month(),
        Birthday::Month(month) => born.month() == month,
        Birthday::WithinDays(days) => {
            (0..=days).any(|ahead| is_birthday(born, today + Days::new(ahead.into())))
        }
    }
}

/// Whether a postal code begins so, letter by letter.
fn begins(zip: &str, start: &str) -> bool {
    let mut letters = zip.trim().chars();
    for wanted in start.trim().chars() {
        if !letters.next().is_some_and(|letter| letter.eq_ignore_ascii_case(&wanted)) {
            return false;
        }
    }
    true
}

/// A few of these.
fn some_of<T: Clone + fmt::Debug + Ord + 'static>(all: Vec<T>) -> impl Strategy<Value = BTreeSet<T>> {
    let most = all.len().min(3);
    prop::sample::subsequence(all, 1..=most).prop_map(|some| some.into_iter().collect())
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

fn products() -> Vec<ProductId> {
    (1..=3).map(|no| ProductId::new(Uuid::from_u128(no))).collect()
}

fn stores() -> Vec<StoreId> {
    (1..=3).map(|no| StoreId::new(Uuid::from_u128(no))).collect()
}

/// Days on which calendars go wrong, and any other.
fn turning_days() -> impl Strategy<Value = NaiveDate> {
    let turns = vec![
        day(2023, 12, 31),
        day(2024, 1, 1),
        day(2024, 2, 28),
        day(2024, 2, 29),
        day(2024, 3, 1),
        day(2024, 12, 31),
        day(2025, 1, 1),
        day(2025, 2, 28),
        day(2025, 3, 1),
    ];
    prop_oneof![
        prop::sample::select(turns),
        (0_u64..1_500).prop_map(|days| day(2023, 1, 1) + Days::new(days)),
    ]
}

fn births() -> impl Strategy<Value = NaiveDate> {
    let turns = vec![day(2000, 2, 29), day(1999, 2, 28), day(1999, 3, 1), day(1980, 1, 1), day(1980, 12, 31)];
    prop_oneof![
        prop::sample::select(turns),
        (0_u64..20_000).prop_map(|days| day(1950, 1, 1) + Days::new(days)),
    ]
}

/// How far back something lies: near the limits more often than far from them.
fn days_back() -> impl Strategy<Value = u32> {
    prop_oneof![0_u32..4, 0_u32..40, 0_u32..800]
}

fn amounts() -> impl Strategy<Value = Money> {
    (0_i64..12).prop_map(|major| Money::from_minor(major * 100))
}

/// One criterion that is no group, or a group of nothing.
fn single() -> BoxedStrategy<Criterion> {
    let goods = (
        prop::sample::subsequence(products(), 0..=2),
        prop::sample::subsequence(vec![1_u32, 2, 101, 102], 0..=2),
    )
        .prop_map(|(products, departments)| Goods {
            products: products.into_iter().collect(),
            departments: departments.into_iter().map(DepartmentNo).collect(),
        });
    let birthday = prop_oneof![
        Just(Birthday::ThisMonth),
        (1_u32..13).prop_map(Birthday::Month),
        days_back().prop_map(Birthday::WithinDays),
    ];
    let towns: Vec<String> = TOWNS.iter().map(|(written, _)| (*written).to_owned()).collect();
    prop_oneof![
        days_back().prop_map(|days| Criterion::RegisteredWithin { days }),
        days_back().prop_map(|days| Criterion::NotSeenFor { days }),
        days_back().prop_map(|days| Criterion::SeenWithin { days }),
        (0_u32..8).prop_map(Criterion::MinPurchases),
        (0_u32..8).prop_map(Criterion::MaxPurchases),
        (days_back(), 0_u32..5).prop_map(|(days, at_least)| Criterion::PurchasesWithin { days, at_least }),
        amounts().prop_map(Criterion::MinAnnualSpending),
        amounts().prop_map(Criterion::MinLifetimeSpending),
        amounts().prop_map(Criterion::MinAveragePurchase),
        (amounts(), 1_u32..5).prop_map(|(amount, purchases)| Criterion::MinAverageOf { amount, purchases }),
        (goods, 1_u32..4, prop::option::of(days_back()))
            .prop_map(|(goods, times, within_days)| Criterion::Bought { goods, times, within_days }),
        some_of(texts(TIERS)).prop_map(Criterion::Tier),
        birthday.prop_map(Criterion::Birthday),
        Just(Criterion::PrefersVip),
        some_of(towns).prop_map(Criterion::Town),
        prop::sample::select(ZIP_STARTS).prop_map(|start| Criterion::ZipBeginsWith(start.to_owned())),
        some_of(stores()).prop_map(Criterion::Store),
        prop::sample::select(vec![Channel::Sms, Channel::Email]).prop_map(Criterion::MayMessage),
        prop::sample::select(vec![Criterion::All(Vec::new()), Criterion::Any(Vec::new())]),
    ]
    .boxed()
}

/// Groups within groups, so many deep.
fn nested(depth: usize) -> BoxedStrategy<Criterion> {
    if depth == 0 {
        return single();
    }
    let group = || {
        let others = prop::collection::vec(single(), 0..3);
        (nested(depth - 1), others, any::<bool>()).prop_map(|(deep, mut group, is_first)| {
            let at = if is_first { 0 } else { group.len() };
            group.insert(at, deep);
            group
        })
    };
    prop_oneof![
        group().prop_map(Criterion::All),
        group().prop_map(Criterion::Any),
        nested(depth - 1).prop_map(|one| Criterion::Not(Box::new(one))),
    ]
    .boxed()
}

/// How deep a criterion is.
fn depth(criterion: &Criterion) -> usize {
    if let Criterion::All(group) | Criterion::Any(group) = criterion {
        return 1 + group.iter().map(depth).max().unwrap_or(0);
    }
    if let Criterion::Not(one) = criterion { 1 + depth(one) } else { 0 }
}

fn sales(today: NaiveDate) -> impl Strategy<Value = Vec<Sale>> {
    let product = prop::option::of(prop::sample::select(products()));
    let line = (product, 1_u32..4, prop::option::of(101_u32..104));
    let sale = (days_back(), 1_i64..6, prop::sample::select(stores()), prop::collection::vec(line, 0..3));
    let sale = sale.prop_map(move |(back, major, store, lines)| {
        let on = today - Days::new(back.into());
        let lines = lines.into_iter().map(|(product, department, sub)| PurchasedLine {
            on,
            product,
            department: DepartmentNo(department),
            sub_department: sub.map(DepartmentNo),
        });
        Sale { on, minor: major * 100, store, lines: lines.collect() }
    });
    prop::collection::vec(sale, 0..7)
}

prop_compose! {
    fn people()(today in turning_days())(
        today in Just(today),
        sales in sales(today),
        registered in days_back(),
        born in prop::option::of(births()),
        is_vip in any::<bool>(),
        tier in prop::option::of(prop::sample::select(TIERS)),
        town in prop::option::of(prop::sample::select(TOWNS)),
        zip in prop::option::of(prop::sample::select(ZIPS)),
        channels in prop::sample::subsequence(vec![Channel::Sms, Channel::Email], 0..=2),
        knows_days in prop::bool::weighted(0.8),
    ) -> Person {
        let registered = today - Days::new(registered.into());
        Person { today, registered, born, is_vip, tier, town, zip, channels, sales, knows_days }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn membership_is_what_counting_by_hand_says(
        person in people(),
        asked in prop::collection::vec(single(), 12),
    ) {
        let facts = person.facts();
        for criterion in asked {
            let is_met = criterion.is_met(&facts, person.today);
            prop_assert_eq!((is_met, &criterion), (holds(&criterion, &person), &criterion));
            let json = serde_json::to_string(&criterion).unwrap();
            prop_assert_eq!(serde_json::from_str::<Criterion>(&json).unwrap(), criterion);
        }
    }

    #[test]
    fn groups_within_groups_mean_what_they_mean_one_by_one(
        person in people(),
        asked in prop_oneof![nested(3), nested(4)],
    ) {
        prop_assert!(depth(&asked) >= 3);
        prop_assert_eq!(asked.is_met(&person.facts(), person.today), holds(&asked, &person));
        let json = serde_json::to_string(&asked).unwrap();
        prop_assert_eq!(serde_json::from_str::<Criterion>(&json).unwrap(), asked);
    }

    #[test]
    fn what_does_not_depend_on_time_does_not_change_with_it(
        person in people(),
        asked in prop_oneof![3 => single(), 1 => nested(2)],
        days in 0_u64..900,
    ) {
        let later = person.today + Days::new(days);
        if !asked.depends_on_time() {
            prop_assert_eq!(asked.is_met(&person.facts(), person.today), asked.is_met(&person.facts(), later));
        }
    }

    #[test]
    fn what_a_criterion_does_not_ask_for_changes_nothing(
        person in people(),
        asked in prop_oneof![3 => single(), 1 => nested(2)],
    ) {
        let (needs, mut without) = (asked.needs(), person.facts());
        if !needs.dates {
            without.purchased_on = None;
        }
        if !needs.lines {
            without.purchased.clear();
        }
        prop_assert_eq!(asked.is_met(&without, person.today), asked.is_met(&person.facts(), person.today));
    }
}
