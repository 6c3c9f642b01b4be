//! What is wrong with a definition of our own form, before it is saved: contradictions, missing parts, bounds.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    condition::Condition,
    definition::{Campaign, Limits},
    field::{FieldError, FieldReason, Findings},
    target::{Selector, Target},
    window::{Weekdays, Window},
};
use crate::{money::Money, quantity::Percent};

mod benefit;

/// The deepest nesting of conditions.
pub const DEEPEST_CONDITION: usize = 32;
/// The most conditions of one campaign, nested ones counted.
pub const MOST_CONDITIONS: usize = 1_000;
/// The most selectors of one target, rows, steps or parts of one benefit.
pub const MOST_NAMED: usize = 10_000;
/// The most patterns of one target: each may take two megabytes when it is made ready.
pub const MOST_PATTERNS: usize = 100;

impl Campaign {
    /// Everything that is wrong with the definition, by the path of its JSON field; nothing where it may be saved.
    pub fn check(&self) -> Vec<FieldError> {
        let mut found = Findings::default();
        found.need(!self.id.uuid().is_nil(), "id", FieldReason::Missing);
        found.text("code", self.code.as_str(), 50);
        found.text("name", &self.name, 250);
        check_window(&mut found, "window", &self.window);
        if self.condition.is_bounded() {
            check_condition(&mut found, "condition", &self.condition);
        } else {
            let reason = if self.condition.is_shallow(DEEPEST_CONDITION) {
                FieldReason::TooMany { most: MOST_CONDITIONS }
            } else {
                FieldReason::TooDeep { most: DEEPEST_CONDITION }
            };
            found.add("condition", reason);
        }
        if let Some(terms) = &self.tender {
            at_most_whole(&mut found, "tender.least_share", terms.least_share);
            let excluded = |method| terms.of.exclude.contains(method);
            let is_empty = !terms.of.include.is_empty() && terms.of.include.iter().all(excluded);
            found.need(!is_empty, "tender.of.exclude", not_beside("tender.of.include"));
        }
        check_target(&mut found, "target", &self.target);
        benefit::check(&mut found, &self.benefit);
        check_limits(&mut found, &self.limits);
        // Who limits what nothing counts means a limit, and would have none.
        if let (Some(_), Some(uncounted)) =
            (self.limits.times_per_document, benefit::uncounted(&self.benefit))
        {
            found.add("limits.times_per_document", not_beside(uncounted));
        }
        found.into_errors()
    }
}

impl Condition {
    /// Whether nesting and number of the parts are within bounds; asked before anything walks the tree.
    pub(super) fn is_bounded(&self) -> bool {
        self.is_shallow(DEEPEST_CONDITION) && self.parts() <= MOST_CONDITIONS
    }

    fn is_shallow(&self, levels: usize) -> bool {
        let below = levels.checked_sub(1);
        below.is_some_and(|below| self.below().iter().all(|part| part.is_shallow(below)))
    }

    fn parts(&self) -> usize {
        1 + self.below().iter().map(Self::parts).sum::<usize>()
    }

    /// The conditions that this one is made of.
    fn below(&self) -> &[Self] {
        if let Self::All(parts) | Self::Any(parts) = self {
            parts
        } else if let Self::Not(part) = self {
            core::slice::from_ref(part)
        } else {
            &[]
        }
    }
}

fn not_beside(other: &str) -> FieldReason {
    FieldReason::NotBeside { other: other.to_string() }
}

fn before(of: &str) -> FieldReason {
    FieldReason::Before { of: of.to_string() }
}

fn check_window(found: &mut Findings, path: &str, window: &Window) {
    let field = |name: &str| format!("{path}.{name}");
    if let (Some(start), Some(end)) = (window.start, window.end) {
        found.need(start <= end, field("end"), before(&field("start")));
    }
    if window.from.is_some() && window.from == window.until {
        found.add(field("until"), FieldReason::Same { of: field("from") });
    }
    let names_days = |days: Weekdays| days.is_known() && days.days().next().is_some();
    let is_known = window.weekdays.is_none_or(names_days);
    found.need(is_known, field("weekdays"), out_of("1", &Weekdays::ALL.to_string()));
}

fn check_condition(found: &mut Findings, path: &str, condition: &Condition) {
    let range = |found: &mut Findings, is_out: bool| {
        found.need(!is_out, format!("{path}.most"), before(&format!("{path}.least")));
    };
    match condition {
        Condition::All(parts) => {
            for (at, part) in parts.iter().enumerate() {
                check_condition(found, &format!("{path}.all[{at}]"), part);
            }
        }
        Condition::Any(parts) => {
            found.need(!parts.is_empty(), format!("{path}.any"), FieldReason::Missing);
            for (at, part) in parts.iter().enumerate() {
                check_condition(found, &format!("{path}.any[{at}]"), part);
            }
        }
        Condition::Not(part) => {
            found.need(!part.is_empty(), format!("{path}.not"), FieldReason::Missing);
            check_condition(found, &format!("{path}.not"), part);
        }
        Condition::Stores(stores) => {
            found.need(!stores.is_empty(), format!("{path}.stores"), FieldReason::Missing);
        }
        Condition::Window(window) => check_window(found, &format!("{path}.window"), window),
        Condition::Channel(word) | Condition::Tier(word) | Condition::CustomerTag(word) => {
            found.text(path, word, 250);
        }
        Condition::Value { of, least, most } => {
            range(found, matches!((least, most), (Some(least), Some(most)) if most < least));
            found.need(least.is_some() || most.is_some(), format!("{path}.least"), FieldReason::Missing);
            check_target(found, &format!("{path}.of"), of);
        }
        Condition::Quantity { of, least, most } => {
            range(found, matches!((least, most), (Some(least), Some(most)) if most < least));
            found.need(least.is_some() || most.is_some(), format!("{path}.least"), FieldReason::Missing);
            check_target(found, &format!("{path}.of"), of);
        }
        Condition::Tender { least_share, .. } => {
            at_most_whole(found, &format!("{path}.least_share"), *least_share);
        }
        Condition::CustomerKnown
        | Condition::Segment(_)
        | Condition::FirstPurchase
        | Condition::Birthday { .. }
        | Condition::Coupon => {}
    }
}

fn check_target(found: &mut Findings, path: &str, target: &Target) {
    for (name, selectors) in [("include", &target.include), ("exclude", &target.exclude)] {
        let path = format!("{path}.{name}");
        few(found, &path, selectors.len());
        let patterns = selectors.iter().filter(|one| matches!(one, Selector::Pattern(_))).count();
        found.need(patterns <= MOST_PATTERNS, &path, FieldReason::TooMany { most: MOST_PATTERNS });
        for (at, selector) in selectors.iter().enumerate().take(MOST_NAMED) {
            check_selector(found, &format!("{path}[{at}]"), selector);
        }
    }
    let is_empty = !target.include.is_empty()
        && target.include.len() <= MOST_NAMED
        && target.exclude.len() <= MOST_NAMED
        && {
            let excluded: alloc::collections::BTreeSet<&Selector> = target.exclude.iter().collect();
            target.include.iter().all(|selector| excluded.contains(selector))
        };
    found.need(!is_empty, format!("{path}.exclude"), not_beside(&format!("{path}.include")));
}

fn check_selector(found: &mut Findings, path: &str, selector: &Selector) {
    match selector {
        Selector::Pattern(pattern) => found.pattern(path, pattern),
        Selector::Style(word) | Selector::Tag(word) => found.text(path, word, 250),
        Selector::UnitPrice { least, most } => {
            let is_out = matches!((least, most), (Some(least), Some(most)) if most < least);
            found.need(!is_out, format!("{path}.most"), before(&format!("{path}.least")));
        }
        Selector::Unknown(_) => found.add(path, FieldReason::Unknown),
        Selector::Product(_) | Selector::Department(_) | Selector::Category(_) | Selector::Brand(_) => {}
    }
}

fn check_limits(found: &mut Findings, limits: &Limits) {
    let amounts = [
        ("budget", limits.budget),
        ("per_proposal", limits.per_proposal),
        ("per_line", limits.per_line),
        ("per_document", limits.per_document),
        ("lowest_price", limits.lowest_price),
    ];
    for (name, amount) in amounts {
        let is_some = amount.is_none_or(Money::is_positive);
        found.need(is_some, format!("limits.{name}"), FieldReason::TooSmall);
    }
    let counts = [
        ("uses", limits.uses),
        ("uses_per_customer", limits.uses_per_customer),
        ("uses_per_day", limits.uses_per_day),
        ("times_per_document", limits.times_per_document),
    ];
    for (name, count) in counts {
        found.need(count != Some(0), format!("limits.{name}"), FieldReason::TooSmall);
    }
    for (name, amount) in [("least_purchase", limits.least_purchase), ("most_purchase", limits.most_purchase)]
    {
        let is_some = amount.is_none_or(|amount| amount >= Money::ZERO);
        found.need(is_some, format!("limits.{name}"), FieldReason::TooSmall);
    }
    if let (Some(least), Some(most)) = (limits.least_purchase, limits.most_purchase) {
        found.need(least <= most, "limits.most_purchase", before("limits.least_purchase"));
    }
}

fn few(found: &mut Findings, path: &str, count: usize) {
    found.need(count <= MOST_NAMED, path, FieldReason::TooMany { most: MOST_NAMED });
}

fn at_most_whole(found: &mut Findings, path: &str, rate: Percent) {
    found.need(rate <= Percent::HUNDRED, path, out_of("0", "100"));
}

fn out_of(least: &str, most: &str) -> FieldReason {
    FieldReason::OutOfRange { least: String::from(least), most: String::from(most) }
}
