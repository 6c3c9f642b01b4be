//! Which targets a line belongs to, found from the line and not by asking every target.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::hash::Hash;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::{
    cart::CartItem,
    compiled::Compiled,
    exact::FineMoney,
    pattern::{Matcher, Pattern},
    proposal::Rank,
    target::{DepartmentKey, Selector, Target},
};
use crate::{
    ids::{BrandId, ProductId},
    money::Money,
};

type Lookup<K, V = Vec<Mark>> = HashMap<K, V, FxBuildHasher>;

/// The number of a target in a set: equal targets of several campaigns are one.
pub(super) type TargetNo = u32;
/// The number of a product that a set names.
pub(super) type ProductNo = u32;
/// The most memory that all patterns of a set may take together; one of them takes some kilobytes, mostly.
pub const MOST_PATTERN_BYTES: usize = 128 * 1024 * 1024;
/// A product that a set does not name.
pub(super) const UNNAMED: ProductNo = ProductNo::MAX;

/// A selector of a target that a line follows.
#[derive(Clone, Copy, Debug)]
struct Mark {
    target: TargetNo,
    excludes: bool,
}

/// What a set knows of a product by its identity.
#[derive(Clone, Debug)]
struct NamedProduct {
    /// Its number among those that the set names.
    number: ProductNo,
    marks: Vec<Mark>,
}

/// All targets of a set, turned round.
#[derive(Clone, Debug, Default)]
pub(super) struct TargetIndex {
    numbers: BTreeMap<Target, TargetNo>,
    /// Targets that take every line they do not exclude.
    open: Vec<TargetNo>,
    count: TargetNo,
    products: Lookup<ProductId, NamedProduct>,
    departments: Lookup<DepartmentKey>,
    categories: Lookup<DepartmentKey>,
    brands: Lookup<BrandId>,
    styles: Lookup<String>,
    tags: Lookup<String>,
    patterns: Vec<(Matcher, Vec<Mark>)>,
    /// Where a pattern that several targets name stands among them; none where it cannot be used.
    written: BTreeMap<Pattern, Option<usize>>,
    /// What they take together.
    pattern_bytes: usize,
    /// How much that may be.
    most_pattern_bytes: usize,
    prices: Vec<(Option<FineMoney>, Option<FineMoney>, Mark)>,
}

impl TargetIndex {
    /// One whose patterns may take so much memory.
    pub(super) fn within(most_pattern_bytes: usize) -> Self {
        Self { most_pattern_bytes, ..Self::default() }
    }

    /// The number of a target, a new one where it is not known yet.
    pub(super) fn add(&mut self, target: &Target) -> TargetNo {
        if let Some(&number) = self.numbers.get(target) {
            return number;
        }
        let number = self.count;
        self.count += 1;
        self.numbers.insert(target.clone(), number);
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
            Selector::Product(id) => {
                let next = ProductNo::try_from(self.products.len()).unwrap_or(UNNAMED);
                let unseen = || NamedProduct { number: next, marks: Vec::new() };
                self.products.entry(*id).or_insert_with(unseen).marks.push(mark);
            }
            Selector::Department(key) => self.departments.entry(*key).or_default().push(mark),
            Selector::Category(key) => self.categories.entry(*key).or_default().push(mark),
            Selector::Brand(id) => self.brands.entry(*id).or_default().push(mark),
            Selector::Style(style) => self.styles.entry(style.clone()).or_default().push(mark),
            Selector::Tag(tag) => self.tags.entry(tag.clone()).or_default().push(mark),
            Selector::Pattern(pattern) => self.add_pattern(pattern, mark),
            Selector::UnitPrice { least, most } => {
                self.prices.push((least.map(FineMoney::from), most.map(FineMoney::from), mark));
            }
            Selector::Unknown(_) => {}
        }
    }

    /// A pattern that cannot be used matches nothing; saving refuses it. No more are compiled once they are too large.
    fn add_pattern(&mut self, pattern: &Pattern, mark: Mark) {
        let known = self.written.get(pattern).copied();
        let at = known.unwrap_or_else(|| {
            let may_grow = self.pattern_bytes <= self.most_pattern_bytes;
            let matcher = may_grow.then(|| pattern.compile().ok()).flatten()?;
            self.pattern_bytes = self.pattern_bytes.saturating_add(matcher.bytes());
            self.patterns.push((matcher, Vec::new()));
            Some(self.patterns.len() - 1)
        });
        if known.is_none() {
            self.written.insert(pattern.clone(), at);
        }
        if let Some((_, marks)) = at.and_then(|at| self.patterns.get_mut(at)) {
            marks.push(mark);
        }
    }

    /// How many different patterns are compiled, and what they take together.
    pub(super) const fn patterns(&self) -> (usize, usize) {
        (self.patterns.len(), self.pattern_bytes)
    }

    /// Whether a target asks for the brand, the style, the tags or the barcodes of goods.
    pub(super) fn asks_goods(&self) -> bool {
        let words = [&self.styles, &self.tags];
        !self.brands.is_empty() || words.iter().any(|words| !words.is_empty()) || self.asks_codes()
    }

    /// How many targets there are.
    pub(super) fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether the same item can belong to different targets on different lines.
    pub(super) fn asks_price(&self) -> bool {
        !self.prices.is_empty()
    }

    /// Whether codes are read, which takes far longer than looking something up.
    pub(super) const fn asks_codes(&self) -> bool {
        !self.patterns.is_empty()
    }

    /// The number of a product; [`UNNAMED`] where no target names it.
    pub(super) fn product_no(&self, product: ProductId) -> ProductNo {
        self.products.get(&product).map_or(UNNAMED, |named| named.number)
    }

    /// Adds the targets of an item sold at this price a unit (fine units) to `found`, each once, and answers the
    /// product's number. `marks` holds a zero for each target and does so again afterwards.
    pub(super) fn find_targets(
        &self,
        item: &CartItem,
        unit_price: impl FnOnce() -> i64,
        marks: &mut [u8],
        found: &mut Vec<TargetNo>,
    ) -> ProductNo {
        let product = item.product.and_then(|id| self.products.get(&id));
        let number = product.map_or(UNNAMED, |named| named.number);
        if item.is_excluded {
            return number;
        }
        let before = found.len();
        let mut finds = Finds { marks, found };
        for &target in &self.open {
            finds.add(&[Mark { target, excludes: false }]);
        }
        finds.add(product.map_or(&[], |named| &named.marks));
        finds.add(looked_up(&self.departments, item.department.as_ref()));
        finds.add(looked_up(&self.categories, item.category.as_ref()));
        finds.add(looked_up(&self.brands, item.brand.as_ref()));
        finds.add(looked_up(&self.styles, item.style.as_ref()));
        if !self.tags.is_empty() {
            item.tags.iter().for_each(|tag| finds.add(looked_up(&self.tags, Some(tag))));
        }
        for (matcher, marks) in &self.patterns {
            if item.codes.iter().any(|code| matcher.matches(code)) {
                finds.add(marks);
            }
        }
        if self.asks_price() {
            self.find_by_price(unit_price(), &mut finds);
        }
        finds.keep_included(before);
        number
    }

    fn find_by_price(&self, unit_price: i64, finds: &mut Finds<'_>) {
        for (least, most, mark) in &self.prices {
            if least.is_none_or(|least| unit_price >= least.fine())
                && most.is_none_or(|most| unit_price <= most.fine())
            {
                finds.add(&[*mark]);
            }
        }
    }
}

/// One target, ready to be asked about goods that are in no basket.
#[derive(Debug)]
pub struct Selection(TargetIndex);

impl Selection {
    /// Of a target.
    pub fn of(target: &Target) -> Self {
        let mut index = TargetIndex::default();
        index.add(target);
        Self(index)
    }

    /// Whether the target takes an item that is sold at this price a unit.
    pub fn takes(&self, item: &CartItem, unit_price: Money) -> bool {
        let mut found = Vec::new();
        self.0.find_targets(item, || FineMoney::from_money(unit_price).fine(), &mut [0], &mut found);
        !found.is_empty()
    }
}

/// For each target, the campaigns whose base it is, or to which it matters otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct Readers {
    /// By target: where its campaigns begin; one more at the end.
    starts: Vec<u32>,
    ranks: Vec<Rank>,
}

impl Readers {
    pub(super) fn of(compiled: &[Compiled], targets: usize) -> Self {
        Self::sorted((0..).zip(compiled).map(|(at, campaign)| (campaign.target, Rank(at))).collect(), targets)
    }

    /// Campaigns by targets, in whatever way these are theirs.
    pub(super) fn sorted(mut by_target: Vec<(TargetNo, Rank)>, targets: usize) -> Self {
        by_target.sort_unstable();
        by_target.dedup();
        let start = |target: usize| {
            let before = by_target.partition_point(|(known, _)| (*known as usize) < target);
            u32::try_from(before).unwrap_or(u32::MAX)
        };
        let starts = (0..=targets).map(start).collect();
        Self { starts, ranks: by_target.into_iter().map(|(_, rank)| rank).collect() }
    }

    /// The campaigns of this target, rising.
    pub(super) fn of_target(&self, target: TargetNo) -> &[Rank] {
        let at = target as usize;
        let (Some(&from), Some(&to)) = (self.starts.get(at), self.starts.get(at + 1)) else { return &[] };
        self.ranks.get(from as usize..to as usize).unwrap_or_default()
    }
}

/// What a set says about a key; nothing where it does not name it.
fn looked_up<'a, K: Eq + Hash>(lookup: &'a Lookup<K>, key: Option<&K>) -> &'a [Mark] {
    // Many sets name no category and no word at all.
    if lookup.is_empty() {
        return &[];
    }
    key.and_then(|key| lookup.get(key)).map_or(&[], Vec::as_slice)
}

/// Targets met so far by one item.
struct Finds<'a> {
    /// By target: [`INCLUDED`], [`EXCLUDED`] or both.
    marks: &'a mut [u8],
    found: &'a mut Vec<TargetNo>,
}

const INCLUDED: u8 = 1;
const EXCLUDED: u8 = 2;

impl Finds<'_> {
    fn add(&mut self, marks: &[Mark]) {
        for mark in marks {
            let Some(known) = self.marks.get_mut(mark.target as usize) else { continue };
            if *known == 0 {
                self.found.push(mark.target);
            }
            *known |= if mark.excludes { EXCLUDED } else { INCLUDED };
        }
    }

    /// Forgets the marks, and of the targets from a place on those that exclude the item.
    fn keep_included(self, from: usize) {
        let mut kept = from;
        for at in from..self.found.len() {
            let target = self.found[at];
            let mark = self.marks.get_mut(target as usize).map(core::mem::take);
            if mark == Some(INCLUDED) {
                self.found[kept] = target;
                kept += 1;
            }
        }
        self.found.truncate(kept);
    }
}
