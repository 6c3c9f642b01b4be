//! Conditions that cannot hold together.

use alloc::vec::Vec;

use chrono::{Days, NaiveDate, NaiveTime};

use super::Fault;
use crate::campaign::{condition::Condition, definition::Campaign, target::Target, window::Window};

/// The most questions of a condition whose ways are looked into, each beside what must hold anyway.
const MOST_QUESTIONS: usize = 100;

pub(super) fn lint(campaign: &Campaign, faults: &mut Vec<Fault>) {
    if !campaign.condition.is_bounded() {
        return;
    }
    let mut asked = Vec::new();
    collect(&campaign.condition, &mut asked);
    let are_few = campaign.condition.questions().len() <= MOST_QUESTIONS;
    if !can_hold(campaign, &asked) || are_few && !a_way_is_left(campaign, &asked) {
        faults.push(Fault::Contradiction);
    }
}

/// Everything that must hold: nested `all` taken apart.
fn collect<'a>(condition: &'a Condition, asked: &mut Vec<&'a Condition>) {
    if let Condition::All(parts) = condition {
        for part in parts {
            collect(part, asked);
        }
    } else {
        asked.push(condition);
    }
}

fn can_hold(campaign: &Campaign, asked: &[&Condition]) -> bool {
    let denied =
        |one: &Condition| asked.iter().any(|other| matches!(other, Condition::Not(part) if **part == *one));
    let needs_customer = campaign.segment.is_some() || asked.iter().any(|one| is_about_customer(one));
    let is_denied = asked.iter().any(|one| denied(one))
        || (needs_customer && denied(&Condition::CustomerKnown))
        || campaign.segment.is_some_and(|segment| denied(&Condition::Segment(segment)));
    !is_denied
        && one_word_each(asked)
        && a_store_is_left(campaign, asked)
        && a_day_is_left(campaign, asked)
        && bounds_meet(campaign, asked)
}

/// Whether of each "any of" several one can hold beside all that must hold; one "any of" is not held against another.
fn a_way_is_left(campaign: &Campaign, asked: &[&Condition]) -> bool {
    let (ways, others): (Vec<&Condition>, Vec<&Condition>) =
        asked.iter().copied().partition(|one| matches!(one, Condition::Any(_)));
    ways.into_iter().all(|one| {
        let Condition::Any(parts) = one else { return true };
        // That nothing is named is found by the check of its fields.
        parts.is_empty()
            || parts.iter().any(|part| {
                let mut beside = others.clone();
                collect(part, &mut beside);
                can_hold(campaign, &beside) && a_way_is_left(campaign, &beside)
            })
    })
}

const fn is_about_customer(condition: &Condition) -> bool {
    matches!(
        condition,
        Condition::CustomerKnown
            | Condition::Segment(_)
            | Condition::Tier(_)
            | Condition::CustomerTag(_)
            | Condition::FirstPurchase
            | Condition::Birthday { .. }
    )
}

/// A document came one way, a customer stands in one tier.
fn one_word_each(asked: &[&Condition]) -> bool {
    let same = |words: Vec<&str>| words.windows(2).all(|pair| pair.first() == pair.last());
    let tiers = asked
        .iter()
        .filter_map(|one| if let Condition::Tier(word) = one { Some(word.as_str()) } else { None });
    let channels = asked
        .iter()
        .filter_map(|one| if let Condition::Channel(word) = one { Some(word.as_str()) } else { None });
    same(tiers.collect()) && same(channels.collect())
}

fn a_store_is_left(campaign: &Campaign, asked: &[&Condition]) -> bool {
    let lists: Vec<_> = asked
        .iter()
        .filter_map(|one| if let Condition::Stores(stores) = one { Some(stores) } else { None })
        .collect();
    let is_in_all = |store| lists.iter().all(|stores| stores.contains(&store));
    match (campaign.store, lists.first()) {
        (Some(store), _) => is_in_all(store),
        (None, Some(first)) => first.is_empty() || first.iter().any(|store| is_in_all(*store)),
        (None, None) => true,
    }
}

fn a_day_is_left(campaign: &Campaign, asked: &[&Condition]) -> bool {
    let more =
        asked.iter().filter_map(|one| if let Condition::Window(window) = one { Some(window) } else { None });
    let windows: Vec<&Window> = more.chain([&campaign.window]).collect();
    // Contradictions within one window are found by the check of its fields.
    if windows.len() == 1 {
        return true;
    }
    // Where openings meet, they do so at midnight or at the hour one of them begins; of weekdays a week tells, and what is
    // open after midnight is so on the day after its last.
    let hours = windows.iter().filter_map(|window| window.from).chain([NaiveTime::MIN]);
    let hours: Vec<NaiveTime> = hours.collect();
    let first = windows.iter().filter_map(|window| window.start).max();
    let last = windows.iter().filter_map(|window| window.end).min();
    let before = |day: NaiveDate| day.checked_sub_days(Days::new(7)).unwrap_or(NaiveDate::MIN);
    let first = first.or_else(|| last.map(before)).unwrap_or_default();
    let is_open = |at| windows.iter().all(|window| window.check(at).is_ok());
    let mut days = first.iter_days().take(9);
    days.any(|day| hours.iter().any(|hour| is_open(day.and_time(*hour))))
}

/// For each target, the highest lower bound is at most the lowest upper bound. The base of a campaign is at most the
/// value of its lines.
fn bounds_meet(campaign: &Campaign, asked: &[&Condition]) -> bool {
    let targets = asked.iter().filter_map(|one| {
        let (Condition::Value { of, .. } | Condition::Quantity { of, .. }) = one else { return None };
        Some(of)
    });
    targets.into_iter().all(|target| values_meet(campaign, asked, target) && counts_meet(asked, target))
}

fn values_meet(campaign: &Campaign, asked: &[&Condition], target: &Target) -> bool {
    let mut least = if *target == campaign.target { campaign.limits.least_purchase } else { None };
    let mut most = None;
    for condition in asked {
        if let Condition::Value { of, least: lower, most: upper } = condition
            && of == target
        {
            least = least.max(*lower);
            most = [most, *upper].into_iter().flatten().min();
        }
    }
    least.is_none_or(|least| most.is_none_or(|most| least <= most))
}

fn counts_meet(asked: &[&Condition], target: &Target) -> bool {
    let (mut least, mut most) = (None, None);
    for condition in asked {
        if let Condition::Quantity { of, least: lower, most: upper } = condition
            && of == target
        {
            least = least.max(*lower);
            most = [most, *upper].into_iter().flatten().min();
        }
    }
    least.is_none_or(|least| most.is_none_or(|most| least <= most))
}
