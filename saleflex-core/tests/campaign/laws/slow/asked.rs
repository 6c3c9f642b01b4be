//! Whether a campaign is looked at, and which lines it is about: each question read from its definition.
#![allow(clippy::wildcard_enum_match_arm, reason = "what the generator does not make is refused")]

use chrono::{Datelike, Days, NaiveDate, NaiveTime};
use regex::Regex;
use saleflex_core::{
    campaign::{
        Activation, Campaign, Cart, CartLine, CartTender, Condition, Context, Selector, Shopper, Target,
        TenderMethod, TenderTarget, Window, unlocking,
    },
    money::Money,
};

use super::exact::Exact;

/// Everything that is asked before a campaign gives anything, and that no campaign before it changes.
pub(super) fn is_asked(campaign: &Campaign, cart: &Cart) -> bool {
    let context = &cart.context;
    let is_open = match campaign.activation {
        Activation::Automatic => true,
        Activation::Coupon => is_unlocked(campaign, context),
        Activation::Never => false,
    };
    campaign.is_active
        && is_open
        && campaign.store.is_none_or(|store| context.store == Some(store))
        && is_in_window(&campaign.window, context)
        && campaign.segment.is_none_or(|segment| holds(&Condition::Segment(segment), campaign, cart))
        && may_be_used(campaign, context)
        && holds(&campaign.condition, campaign, cart)
}

fn is_unlocked(campaign: &Campaign, context: &Context) -> bool {
    context.unlocked.contains(&unlocking(campaign.code.as_str()))
}

/// Whether an opening of some day has begun and is not over.
fn is_in_window(window: &Window, context: &Context) -> bool {
    let now = context.moment.local;
    let from = window.from.unwrap_or(NaiveTime::MIN);
    let is_over_midnight = window.until.is_some_and(|until| until < from);
    let is_open_since = |day: NaiveDate| {
        let last = if is_over_midnight { day + Days::new(1) } else { day };
        let is_not_over = match window.until {
            Some(until) => now <= last.and_time(until),
            None => now.date() == last,
        };
        let weekday = u8::try_from(day.weekday().number_from_monday()).unwrap();
        window.start.is_none_or(|start| day >= start)
            && window.end.is_none_or(|end| day <= end)
            && window.weekdays.is_none_or(|days| days.days().any(|one| one == weekday))
            && now >= day.and_time(from)
            && is_not_over
    };
    let today = now.date();
    is_open_since(today) || is_open_since(today - Days::new(1))
}

fn may_be_used(campaign: &Campaign, context: &Context) -> bool {
    let limits = &campaign.limits;
    let Some(uses) = context.uses.get(&campaign.id) else { return true };
    limits.uses.is_none_or(|most| uses.total < most)
        && (context.shopper.is_none() || limits.uses_per_customer.is_none_or(|most| uses.by_customer < most))
        && limits.uses_per_day.is_none_or(|most| uses.today < most)
        && limits.budget.is_none_or(|budget| uses.spent < budget)
}

fn holds(condition: &Condition, campaign: &Campaign, cart: &Cart) -> bool {
    let context = &cart.context;
    let of_shopper = |is_so: &dyn Fn(&Shopper) -> bool| context.shopper.as_ref().is_some_and(is_so);
    match condition {
        Condition::All(parts) => parts.iter().all(|part| holds(part, campaign, cart)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, campaign, cart)),
        Condition::Not(part) => !holds(part, campaign, cart),
        Condition::Stores(stores) => stores.iter().any(|store| context.store == Some(*store)),
        Condition::Window(window) => is_in_window(window, context),
        Condition::Channel(channel) => context.channel.as_deref() == Some(channel.as_str()),
        Condition::CustomerKnown => context.shopper.is_some(),
        Condition::Segment(segment) => of_shopper(&|shopper| shopper.segments.contains(segment)),
        Condition::Tier(tier) => of_shopper(&|shopper| shopper.tier.as_ref() == Some(tier)),
        Condition::CustomerTag(tag) => of_shopper(&|shopper| shopper.tags.contains(tag)),
        Condition::FirstPurchase => of_shopper(&|shopper| shopper.purchases == 0),
        Condition::Birthday { within_days } => {
            of_shopper(&|shopper| is_near(shopper.birthday, context.moment.local.date(), *within_days))
        }
        Condition::Coupon => is_unlocked(campaign, context),
        Condition::Value { of, least, most } => {
            let value: Exact = lines_in(of, cart).map(|line| Exact::total(line.total)).sum();
            least.is_none_or(|least| value >= Exact::money(least))
                && most.is_none_or(|most| value <= Exact::money(most))
        }
        Condition::Quantity { of, least, most } => {
            let units: i64 = lines_in(of, cart).map(units).sum();
            least.is_none_or(|least| units >= least.into()) && most.is_none_or(|most| units <= most.into())
        }
        Condition::Tender { of, least_share } => {
            let all = Target::all();
            let goods = lines_in(&all, cart).map(|line| Exact::total(line.total).or_zero());
            let needed = payable(goods.sum(), cart) * Exact::percent(*least_share);
            let tenders = passing(of, cart);
            !tenders.is_empty() && (needed == Exact::ZERO || paid(&tenders) >= needed)
        }
        other => panic!("the generator makes no {other:?}"),
    }
}

/// Day by day, before and after, until a day is one on which the birthday is kept.
fn is_near(birthday: Option<NaiveDate>, today: NaiveDate, within_days: u16) -> bool {
    let Some(born) = birthday else { return false };
    let is_kept_on = |day: NaiveDate| {
        let is_kept_early =
            (born.month(), born.day()) == (2, 29) && (day.month(), day.day()) == (2, 28) && !day.leap_year();
        (day.month(), day.day()) == (born.month(), born.day()) || is_kept_early
    };
    (0..=u64::from(within_days))
        .any(|days| is_kept_on(today + Days::new(days)) || is_kept_on(today - Days::new(days)))
}

/// Tenders by rising number.
pub(super) fn passing(of: &TenderTarget, cart: &Cart) -> Vec<CartTender> {
    let is_named = |methods: &[TenderMethod], tender: &CartTender| {
        tender.method != TenderMethod::Unknown && methods.contains(&tender.method)
    };
    let passes = |tender: &&CartTender| {
        (of.include.is_empty() || is_named(&of.include, tender)) && !is_named(&of.exclude, tender)
    };
    let mut tenders: Vec<CartTender> = cart.tenders.iter().filter(passes).copied().collect();
    tenders.sort_by_key(|tender| tender.no);
    tenders
}

/// What a share is counted of: no more than is due in all.
pub(super) fn payable(base: Exact, cart: &Cart) -> Exact {
    cart.context.due.map_or(base, |due| base.min(Exact::money(due).or_zero()))
}

pub(super) fn paid(tenders: &[CartTender]) -> Exact {
    Exact::money(tenders.iter().map(|tender| tender.amount).sum::<Money>())
}

/// Whole units on a line; none on one that is brought back by its quantity.
pub(super) fn units(line: &CartLine) -> i64 {
    Exact::quantity(line.quantity).floor().max(0)
}

fn lines_in<'a>(target: &'a Target, cart: &'a Cart) -> impl Iterator<Item = &'a CartLine> {
    cart.lines.iter().filter(|line| is_in(target, line))
}

/// What campaigns leave alone is in no target.
pub(super) fn is_in(target: &Target, line: &CartLine) -> bool {
    let any = |selectors: &[Selector]| selectors.iter().any(|selector| is_it(selector, line));
    !line.item.is_excluded && (target.include.is_empty() || any(&target.include)) && !any(&target.exclude)
}

fn is_it(selector: &Selector, line: &CartLine) -> bool {
    let item = &line.item;
    match selector {
        Selector::Product(product) => item.product == Some(*product),
        Selector::Department(department) => item.department == Some(*department),
        Selector::Category(category) => item.category == Some(*category),
        Selector::Brand(brand) => item.brand == Some(*brand),
        Selector::Tag(tag) => item.tags.contains(tag),
        Selector::Pattern(pattern) => item.codes.iter().any(|code| follows(code, pattern.as_str())),
        Selector::UnitPrice { least, most } => {
            let (total, quantity) = (Exact::total(line.total), Exact::quantity(line.quantity));
            let price = if quantity.is_positive() { total / quantity } else { total };
            least.is_none_or(|least| price >= Exact::money(least))
                && most.is_none_or(|most| price <= Exact::money(most))
        }
        Selector::Unknown(_) => false,
        other => panic!("the generator makes no {other:?}"),
    }
}

/// Wildcards and prefixes are written as the expressions they stand for.
fn follows(code: &str, pattern: &str) -> bool {
    let expression = match pattern.split_at_checked(3) {
        Some((mark, expression)) if mark.eq_ignore_ascii_case("re:") => expression.to_owned(),
        _ if pattern.contains(['*', '?', '[', ']']) => {
            format!("^{}$", pattern.replace('*', ".*").replace('?', ".").replace("[!", "[^"))
        }
        _ => format!("^{}", regex::escape(pattern)),
    };
    Regex::new(&expression).unwrap().is_match(code)
}
