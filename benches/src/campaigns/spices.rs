//! What the plain generator leaves out, added to its campaigns and baskets: conditions, tenders, weighed and returned
//! goods, words, codes and categories on them, bounds, uses, windows. Seeds of the plain generator stay as they are.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use rust_decimal::Decimal;
use saleflex_core::{
    campaign::{
        Activation, Benefit, Campaign, Cart, CartItem, CartLine, CartTender, Condition, Context,
        DepartmentKey, FineMoney, FineQuantity, Pattern, Reward, Selector, Shopper, Target, TenderMethod,
        TenderTarget, TenderTerms, Uses, Weekdays, Window,
    },
    ids::{CustomerId, SegmentId, StoreId, TenderNo},
    money::{Currency, CurrencyCode, Money},
    quantity::Percent,
    tender::TenderKind,
    time::Moment,
};
use uuid::Uuid;

use super::generator::Numbers;

const TAGS: [&str; 3] = ["fresh", "cheap", "own"];
const WORDS: [&str; 2] = ["employee", "press"];
const TIERS: [&str; 2] = ["SILVER", "GOLD"];
const CHANNELS: [&str; 2] = ["till", "web"];
const PATTERNS: [&str; 5] = ["8691", "*-[0-3]", "869?0[!2]", "re:^SKU-[2-6]$", "RE:0{2}"];

/// Adds what the plain generator leaves out.
pub(crate) fn spiced(definitions: &mut [Campaign], cart: &mut Cart, numbers: &mut Numbers) {
    cart.context = context(&cart.context, numbers);
    for line in &mut cart.lines {
        spice_line(line, numbers);
    }
    cart.tenders = tenders(&cart.lines, numbers);
    for campaign in definitions {
        for _ in 0..numbers.below(4) {
            spice(campaign, &mut cart.context, numbers);
        }
    }
    cart.context.due = numbers.chance(40).then(|| due(&cart.lines, numbers));
}

/// What is to be paid in all: other discounts left so much of the goods.
fn due(lines: &[CartLine], numbers: &mut Numbers) -> Money {
    let worth: i64 = lines.iter().map(|line| line.total.whole().minor()).sum();
    Money::from_minor(worth * i64::from(numbers.below(121)) / 100)
}

/// Another moment, store, channel and customer than before.
pub(crate) fn context(before: &Context, numbers: &mut Numbers) -> Context {
    let hours = [0, 0, 0, 0, 3, 7, 9, 11, -15, 24 * 2, -24 * 3, -24 * 64];
    let moved = TimeDelta::hours(numbers.one_of(&hours)) + TimeDelta::seconds(i64::from(numbers.below(2)));
    Context {
        moment: Moment::utc(before.moment.instant + moved),
        store: numbers.chance(70).then(|| store(numbers)),
        channel: numbers.chance(70).then(|| numbers.one_of(&CHANNELS).to_owned()),
        shopper: numbers.chance(70).then(|| shopper(numbers)),
        ..before.clone()
    }
}

/// Up to three tenders; some are of no kind that a rule can name, some are paid back.
pub(crate) fn tenders(lines: &[CartLine], numbers: &mut Numbers) -> Vec<CartTender> {
    let worth: i64 = lines.iter().map(|line| line.total.whole().minor().max(0)).sum();
    let methods = [
        TenderMethod::Kind(TenderKind::Cash),
        TenderMethod::Kind(TenderKind::CreditCard),
        TenderMethod::Points,
        TenderMethod::Unknown,
    ];
    let tender = |numbers: &mut Numbers, no| {
        let sign = if numbers.chance(8) { -1 } else { 1 };
        let amount = Money::from_minor(sign * worth * i64::from(numbers.below(121)) / 100);
        CartTender { no: TenderNo(no), method: numbers.one_of(&methods), amount }
    };
    (1..=numbers.below(4)).map(|no| tender(numbers, no)).collect()
}

/// Goods with words and codes on them; some are weighed, brought back, worth next to nothing or to be left alone.
pub(crate) fn spice_line(line: &mut CartLine, numbers: &mut Numbers) {
    let mut item = CartItem::clone(&line.item);
    item.codes =
        vec![format!("SKU-{}", numbers.below(8)), format!("869{}00{}", numbers.below(3), numbers.below(4))];
    item.category = numbers.chance(70).then(|| category(numbers));
    item.tags = some_of(&TAGS, numbers);
    item.brand = item.brand.filter(|_| !numbers.chance(10));
    item.product = item.product.filter(|_| !numbers.chance(6));
    item.is_excluded = numbers.chance(4);
    if numbers.chance(10) {
        item.cost = Some(parts_of_minor(i64::from(numbers.below(20_000)), numbers));
    }
    line.item = Arc::new(item);
    let price = line.total.whole().minor() / line.quantity.whole().max(1);
    match numbers.below(24) {
        0..=5 => {
            let hundredths = i64::from(numbers.between(5, 450));
            line.quantity = hundredths_of_piece(hundredths);
            line.total = Money::from_minor((price * hundredths + 50) / 100).into();
        }
        6 => line.total = Money::from_minor(-line.total.whole().minor()).into(),
        7 => {
            line.quantity = hundredths_of_piece(-100 * line.quantity.whole());
            line.total = Money::from_minor(-line.total.whole().minor()).into();
        }
        8..=9 => line.total = numbers.minor(0, 12).into(),
        10 => line.total = parts_of_minor(line.total.whole().minor(), numbers),
        11 => line.quantity = hundredths_of_piece(0),
        _ => {}
    }
}

fn hundredths_of_piece(hundredths: i64) -> FineQuantity {
    FineQuantity::parse(&Decimal::new(hundredths, 2).to_string()).unwrap_or_default()
}

/// An amount and some quarters of a minor unit.
fn parts_of_minor(minor: i64, numbers: &mut Numbers) -> FineMoney {
    let quarters = i64::from(numbers.below(4));
    let pounds = CurrencyCode::parse("GBP").map(Currency::of);
    let major = Decimal::new(minor * 100 + quarters * 25, 4);
    pounds.and_then(|pounds| FineMoney::from_decimal(major, &pounds)).unwrap_or_default()
}

fn shopper(numbers: &mut Numbers) -> Shopper {
    let birthdays = [(2000, 2, 29), (1990, 3, 4), (1990, 3, 7), (1980, 12, 30), (1985, 1, 2), (1970, 7, 1)];
    let (year, month, day) = numbers.one_of(&birthdays);
    Shopper {
        segments: [1, 2]
            .into_iter()
            .filter(|_| numbers.chance(60))
            .map(|no| SegmentId::new(id(no)))
            .collect(),
        tier: numbers.chance(60).then(|| numbers.one_of(&TIERS).to_owned()),
        tags: some_of(&WORDS, numbers),
        birthday: NaiveDate::from_ymd_opt(year, month, day).filter(|_| numbers.chance(80)),
        purchases: numbers.below(2),
        ..Shopper::new(CustomerId::new(id(numbers.below(3))))
    }
}

/// One thing more that a campaign asks for or keeps to, which may be there or not.
fn spice(campaign: &mut Campaign, context: &mut Context, numbers: &mut Numbers) {
    let amount = numbers.minor(20, 2_500);
    let uses = context.uses.entry(campaign.id).or_default();
    match numbers.below(26) {
        0..=4 => campaign.condition = condition(numbers, 3),
        5..=6 => {
            let (of, least_share) = (tender_target(numbers), share(numbers));
            campaign.tender = Some(TenderTerms { of, least_share });
        }
        7..=8 => campaign.limits.most_purchase = Some(Money::from_minor(amount.minor() * 4)),
        9..=10 => campaign.limits.per_proposal = Some(amount),
        11..=13 => {
            let side =
                if numbers.chance(60) { &mut campaign.target.include } else { &mut campaign.target.exclude };
            side.push(selector(numbers));
        }
        14 => campaign.limits.per_line = Some(amount),
        15 => campaign.limits.cost_floor = true,
        16 => campaign.limits.lowest_price = Some(Money::from_minor(amount.minor() / 20)),
        17 => {
            campaign.limits.budget = Some(amount);
            uses.spent = Money::from_minor(i64::from(numbers.below(60)));
        }
        18 => count_uses(campaign, uses, numbers),
        19 => campaign.window = window(numbers),
        20 => ask_who(campaign, context, numbers),
        _ => turn(&mut campaign.benefit, numbers),
    }
}

fn count_uses(campaign: &mut Campaign, uses: &mut Uses, numbers: &mut Numbers) {
    let (most, count) = (Some(2), numbers.below(4));
    match numbers.below(3) {
        0 => (campaign.limits.uses, uses.total) = (most, count),
        1 => (campaign.limits.uses_per_customer, uses.by_customer) = (most, count),
        _ => (campaign.limits.uses_per_day, uses.today) = (most, count),
    }
}

fn ask_who(campaign: &mut Campaign, context: &mut Context, numbers: &mut Numbers) {
    match numbers.below(6) {
        0 => campaign.store = Some(store(numbers)),
        1 => campaign.segment = Some(segment(numbers)),
        2 => campaign.activation = Activation::Never,
        3 => campaign.is_active = false,
        _ => {
            campaign.activation = Activation::Coupon;
            if numbers.chance(70) {
                context.unlocked.insert(campaign.code.unlocking());
            }
        }
    }
}

/// Another form of the same kind of benefit.
fn turn(benefit: &mut Benefit, numbers: &mut Numbers) {
    if let Benefit::BuyGet { get, among, .. } = benefit {
        *among = numbers.chance(70).then(|| target(numbers));
        *get = numbers.between(1, 2);
    } else if let Benefit::Bundle { parts, .. } = benefit {
        for part in parts {
            part.quantity = numbers.between(1, 3);
            if numbers.chance(30) {
                part.of.include.push(selector(numbers));
            }
        }
    } else if let Benefit::Products { rows, reward } = benefit {
        *reward = Some(small(numbers));
        for row in rows.iter_mut() {
            row.most = numbers.chance(50).then(|| i64::from(numbers.between(1, 3)));
            row.reward = numbers.chance(50).then(|| small(numbers));
        }
        rows.extend(rows.first().copied());
    } else if let Benefit::Off { reward, .. } = benefit {
        *reward = small(numbers);
    } else if let Benefit::Gift { quantity, .. } = benefit {
        *quantity = numbers.between(1, 3);
    }
}

/// A reward with parts of a percent, or one that may round to nothing.
fn small(numbers: &mut Numbers) -> Reward {
    match numbers.below(3) {
        0 => Reward::Percent(hundredths_of_percent(numbers.between(1, 400))),
        1 => Reward::Percent(hundredths_of_percent(numbers.between(1_000, 10_000))),
        _ => Reward::Amount(numbers.minor(1, 300)),
    }
}

fn hundredths_of_percent(hundredths: u32) -> Percent {
    Percent::try_new(Decimal::new(i64::from(hundredths), 2)).unwrap_or(Percent::ZERO)
}

fn share(numbers: &mut Numbers) -> Percent {
    hundredths_of_percent(numbers.one_of(&[0, 2_500, 3_333, 5_000, 10_000]))
}

/// A question; of so many levels at most.
fn condition(numbers: &mut Numbers, levels: u32) -> Condition {
    let parts =
        |numbers: &mut Numbers| (0..numbers.below(4)).map(|_| condition(numbers, levels - 1)).collect();
    match numbers.below(if levels > 1 { 18 } else { 13 }) {
        0 => Condition::Stores((0..=numbers.below(2)).map(|_| store(numbers)).collect()),
        1 => Condition::Window(window(numbers)),
        2 => Condition::Channel(numbers.one_of(&CHANNELS).to_owned()),
        3 => Condition::CustomerKnown,
        4 => Condition::Segment(segment(numbers)),
        5 => Condition::Tier(numbers.one_of(&TIERS).to_owned()),
        6 => Condition::CustomerTag(numbers.one_of(&WORDS).to_owned()),
        7 => Condition::FirstPurchase,
        8 => Condition::Birthday { within_days: numbers.one_of(&[0, 3, 4, 30]) },
        9 => Condition::Coupon,
        10 => {
            let bound = |numbers: &mut Numbers| numbers.chance(60).then(|| numbers.minor(0, 9_000));
            Condition::Value { of: target(numbers), least: bound(numbers), most: bound(numbers) }
        }
        11 => {
            let bound = |numbers: &mut Numbers| numbers.chance(60).then(|| numbers.below(9));
            Condition::Quantity { of: target(numbers), least: bound(numbers), most: bound(numbers) }
        }
        12 => Condition::Tender { of: tender_target(numbers), least_share: share(numbers) },
        13..=14 => Condition::All(parts(numbers)),
        15..=16 => Condition::Any(parts(numbers)),
        _ => Condition::Not(Box::new(condition(numbers, levels - 1))),
    }
}

fn window(numbers: &mut Numbers) -> Window {
    let today = NaiveDate::from_ymd_opt(2026, 3, 4);
    let day = |numbers: &mut Numbers, from: u64| {
        today.and_then(|day| {
            day.checked_sub_days(Days::new(2))?
                .checked_add_days(Days::new(from + u64::from(numbers.below(3))))
        })
    };
    let hours = [
        (None, None),
        (None, None),
        (Some(15), Some(18)),
        (Some(22), Some(2)),
        (Some(16), None),
        (None, Some(15)),
    ];
    let (from, until) = numbers.one_of(&hours);
    let time = |hour: u32| NaiveTime::from_hms_opt(hour, 0, 0);
    Window {
        start: day(numbers, 0).filter(|_| numbers.chance(50)),
        end: day(numbers, 2).filter(|_| numbers.chance(50)),
        from: from.and_then(time),
        until: until.and_then(time),
        weekdays: numbers.chance(40).then(|| Weekdays::of((1..=7).filter(|_| numbers.chance(60)))),
    }
}

fn target(numbers: &mut Numbers) -> Target {
    let include = (0..numbers.below(3)).map(|_| selector(numbers)).collect();
    Target { include, exclude: (0..numbers.below(2)).map(|_| selector(numbers)).collect() }
}

fn selector(numbers: &mut Numbers) -> Selector {
    match numbers.below(9) {
        0..=1 => Selector::Tag(numbers.one_of(&TAGS).to_owned()),
        2..=3 => Selector::Pattern(Pattern::new(numbers.one_of(&PATTERNS))),
        4..=5 => Selector::Category(category(numbers)),
        6 => Selector::Unknown("COLOUR".to_owned()),
        _ => {
            let (least, most) = (numbers.minor(0, 200), numbers.minor(60, 800));
            Selector::UnitPrice {
                least: numbers.chance(60).then_some(least),
                most: numbers.chance(60).then_some(most),
            }
        }
    }
}

fn tender_target(numbers: &mut Numbers) -> TenderTarget {
    let methods = [
        TenderMethod::Kind(TenderKind::Cash),
        TenderMethod::Kind(TenderKind::CreditCard),
        TenderMethod::Points,
        TenderMethod::Unknown,
    ];
    let mut some = |percent| methods.into_iter().filter(|_| numbers.chance(percent)).collect();
    TenderTarget { include: some(40), exclude: some(15) }
}

fn category(numbers: &mut Numbers) -> DepartmentKey {
    DepartmentKey::new(id(20 + numbers.below(3)))
}

fn store(numbers: &mut Numbers) -> StoreId {
    StoreId::new(id(numbers.below(3)))
}

fn segment(numbers: &mut Numbers) -> SegmentId {
    SegmentId::new(id(1 + numbers.below(2)))
}

fn some_of(words: &[&str], numbers: &mut Numbers) -> BTreeSet<String> {
    words.iter().filter(|_| numbers.chance(45)).map(|word| (*word).to_owned()).collect()
}

fn id(number: u32) -> Uuid {
    Uuid::from_u128(u128::from(number) + 1)
}
