//! Which targets a line belongs to, found from the line and not by asking every target.

use alloc::{
    collections::BTreeMap,
    string::String,
    vec::{self, Vec},
};

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::{
    cart::CartItem,
    exact::FineMoney,
    pattern::Matcher,
    target::{DepartmentKey, Selector, Target},
};
use crate::ids::{BrandId, ProductId};

type Lookup<K> = HashMap<K, Vec<Mark>, FxBuildHasher>;

/// The number of a target in a set: equal targets of several campaigns are one.
pub(super) type TargetNo = u32;

/// A selector of a target that a line follows.
#[derive(Clone, Copy, Debug)]
struct Mark {
    target: TargetNo,
    excludes: bool,
}

/// All targets of a set, turned round.
#[derive(Clone, Debug, Default)]
pub(super) struct TargetIndex {
    numbers: BTreeMap<Target, TargetNo>,
    /// Targets that take every line they do not exclude.
    open: Vec<TargetNo>,
    is_open: Vec<bool>,
    products: Lookup<ProductId>,
    departments: Lookup<DepartmentKey>,
    categories: Lookup<DepartmentKey>,
    brands: Lookup<BrandId>,
    tags: Lookup<String>,
    patterns: Vec<(Matcher, Vec<Mark>)>,
    prices: Vec<(Option<FineMoney>, Option<FineMoney>, Mark)>,
}

impl TargetIndex {
    /// The number of a target, a new one where it is not known yet.
    pub(super) fn add(&mut self, target: &Target) -> TargetNo {
        if let Some(&number) = self.numbers.get(target) {
            return number;
        }
        let number = TargetNo::try_from(self.is_open.len()).unwrap_or(TargetNo::MAX);
        self.numbers.insert(target.clone(), number);
        self.is_open.push(target.include.is_empty());
        if target.include.is_empty() {
            self.open.push(number);
        }
        for (selectors, excludes) in [(&target.include, false), (&target.exclude, true)] {
            for selector in selectors {
                self.add_selector(selector, Mark { target: number, excludes });
            }
        }
        number
    }

    fn add_selector(&mut self, selector: &Selector, mark: Mark) {
        match selector {
            Selector::Product(id) => self.products.entry(*id).or_default().push(mark),
            Selector::Department(key) => self.departments.entry(*key).or_default().push(mark),
            Selector::Category(key) => self.categories.entry(*key).or_default().push(mark),
            Selector::Brand(id) => self.brands.entry(*id).or_default().push(mark),
            Selector::Tag(tag) => self.tags.entry(tag.clone()).or_default().push(mark),
            // A pattern that cannot be used matches nothing; saving refuses it.
            Selector::Pattern(pattern) => {
                self.patterns.extend(pattern.compile().ok().map(|matcher| (matcher, vec::Vec::from([mark]))));
            }
            Selector::UnitPrice { least, most } => {
                self.prices.push((least.map(FineMoney::from), most.map(FineMoney::from), mark));
            }
            Selector::Unknown(_) => {}
        }
    }

    /// How many targets there are.
    pub(super) fn len(&self) -> usize {
        self.is_open.len()
    }

    /// Whether the same item can belong to different targets on different lines.
    pub(super) fn asks_price(&self) -> bool {
        !self.prices.is_empty()
    }

    /// The targets of an item sold at this price a unit (fine units), rising. `marks` holds a zero for each target
    /// and does so again afterwards.
    pub(super) fn targets_of(&self, item: &CartItem, unit_price: i64, marks: &mut [u8]) -> Vec<TargetNo> {
        const INCLUDED: u8 = 1;
        const EXCLUDED: u8 = 2;
        if item.is_excluded {
            return Vec::new();
        }
        let mut touched: Vec<TargetNo> = self.open.clone();
        let mut set = |found: &[Mark]| {
            for mark in found {
                touched.push(mark.target);
                if let Some(slot) = marks.get_mut(mark.target as usize) {
                    *slot |= if mark.excludes { EXCLUDED } else { INCLUDED };
                }
            }
        };
        let found = [
            item.product.and_then(|id| self.products.get(&id)),
            item.department.and_then(|key| self.departments.get(&key)),
            item.category.and_then(|key| self.categories.get(&key)),
            item.brand.and_then(|id| self.brands.get(&id)),
        ];
        found.into_iter().flatten().for_each(|found| set(found));
        item.tags.iter().filter_map(|tag| self.tags.get(tag)).for_each(|found| set(found));
        for (matcher, found) in &self.patterns {
            if item.codes.iter().any(|code| matcher.matches(code)) {
                set(found);
            }
        }
        for (least, most, mark) in &self.prices {
            if least.is_none_or(|least| unit_price >= least.fine())
                && most.is_none_or(|most| unit_price <= most.fine())
            {
                set(&[*mark]);
            }
        }
        touched.sort_unstable();
        touched.dedup();
        touched.retain(|&target| {
            let at = target as usize;
            let mark = marks.get_mut(at).map(core::mem::take).unwrap_or_default();
            let is_open = self.is_open.get(at).copied().unwrap_or(false);
            mark & EXCLUDED == 0 && (is_open || mark & INCLUDED != 0)
        });
        touched
    }
}
