//! Targets that take all the goods of another: of thousands, those are looked at that name something the other names, or that
//! take a thing that is sold of it.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use super::known::Known;
use crate::campaign::{
    basket::ALL,
    index::TargetNo,
    target::{Selector, Target},
};

/// The most targets that are held against one by what they name, and again by what is sold: those that are tried first.
const MOST_TRIED: usize = 32;
/// The most wider targets of one.
const MOST_WIDER: usize = 16;
/// The most goods of a target that are looked at one by one.
const MOST_GOODS: usize = 100;

/// Targets, to be asked which of them take all that another takes.
#[derive(Default)]
pub(super) struct Wider<'s> {
    targets: BTreeMap<TargetNo, Named<'s>>,
    /// Those that take everything but what they exclude.
    open: Vec<TargetNo>,
    /// By what they include, in the order they were added.
    including: BTreeMap<&'s Selector, Vec<TargetNo>>,
    /// What was found of a target.
    found: BTreeMap<TargetNo, Vec<TargetNo>>,
}

/// What a target names.
struct Named<'s> {
    include: BTreeSet<&'s Selector>,
    exclude: BTreeSet<&'s Selector>,
}

impl<'s> Named<'s> {
    fn of(target: &'s Target) -> Self {
        Self { include: target.include.iter().collect(), exclude: target.exclude.iter().collect() }
    }

    /// Whether it takes every line that the other takes, whatever lines there are.
    fn takes_all_of(&self, other: &Self) -> bool {
        let has_all = self.include.is_empty()
            || !other.include.is_empty() && other.include.iter().all(|one| self.include.contains(*one));
        has_all && self.exclude.iter().all(|one| other.exclude.contains(*one))
    }

    fn asks_price(&self) -> bool {
        self.include.iter().chain(&self.exclude).any(|one| matches!(one, Selector::UnitPrice { .. }))
    }
}

impl<'s> Wider<'s> {
    /// Adds a target that may turn out wider than others.
    pub(super) fn add(&mut self, number: TargetNo, target: &'s Target) {
        if number == ALL || self.targets.contains_key(&number) {
            return;
        }
        let named = Named::of(target);
        if named.include.is_empty() {
            self.open.push(number);
        }
        for &selector in &named.include {
            self.including.entry(selector).or_default().push(number);
        }
        self.targets.insert(number, named);
    }

    /// A target, and of those that were added the ones that take all it takes.
    pub(super) fn of(
        &mut self,
        number: TargetNo,
        target: &Target,
        known: &Known<'_>,
        compared: &mut usize,
    ) -> Vec<TargetNo> {
        if let Some(found) = self.found.get(&number) {
            return found.clone();
        }
        let mut found = Vec::from([number]);
        if number != ALL {
            found.push(ALL);
            let named = Named::of(target);
            let by_goods = self.by_goods(number, &named, known, compared);
            let wider = self.by_words(&named, compared).into_iter().chain(by_goods);
            for one in wider {
                if found.len() < 2 + MOST_WIDER && !found.contains(&one) {
                    found.push(one);
                }
            }
        }
        self.found.insert(number, found.clone());
        found
    }

    /// Those that are wider whatever is sold.
    fn by_words(&self, narrow: &Named<'_>, compared: &mut usize) -> Vec<TargetNo> {
        let including = |one: &&Selector| self.including.get(*one).map(Vec::as_slice).unwrap_or_default();
        // A wider one names each of them, so that any tells which may be wider: the one that the fewest name.
        let fewest = narrow.include.iter().map(including).min_by_key(|wide| wide.len()).unwrap_or_default();
        let tried = self.open.iter().take(MOST_TRIED).chain(fewest.iter().take(MOST_TRIED));
        let is_wider = |wide: &&TargetNo| {
            *compared += 1;
            self.targets.get(*wide).is_some_and(|named| named.takes_all_of(narrow))
        };
        tried.filter(is_wider).copied().collect()
    }

    /// Those that take each thing that is sold of it. What is sold without being in the catalogue, at the price of the hour or by
    /// the key of a department, is no such thing.
    fn by_goods(
        &self,
        number: TargetNo,
        narrow: &Named<'_>,
        known: &Known<'_>,
        compared: &mut usize,
    ) -> Vec<TargetNo> {
        let is_sure = !narrow.include.is_empty()
            && narrow.include.iter().copied().all(is_of_catalogue)
            && !narrow.asks_price();
        if !is_sure || known.sold_of(number).nth(MOST_GOODS).is_some() {
            return Vec::new();
        }
        let Some((_, of_first)) = known.sold_of(number).next() else { return Vec::new() };
        let is_fixed = |wide: &&TargetNo| self.targets.get(*wide).is_some_and(|named| !named.asks_price());
        let mut tried: Vec<TargetNo> =
            of_first.iter().filter(|wide| **wide != number).filter(is_fixed).copied().collect();
        tried.sort_unstable();
        tried.truncate(MOST_TRIED);
        tried.retain(|wide| {
            *compared += 1;
            known.takes_all_sold_of(*wide, number)
        });
        tried
    }
}

/// Whether only products of the catalogue follow it.
fn is_of_catalogue(selector: &Selector) -> bool {
    match selector {
        Selector::Product(_) | Selector::Brand(_) | Selector::Style(_) | Selector::Tag(_) => true,
        Selector::Department(_)
        | Selector::Category(_)
        | Selector::Pattern(_)
        | Selector::UnitPrice { .. }
        | Selector::Unknown(_) => false,
    }
}
