//! What is declared with counts, of one drawer or of all together.

use alloc::{
    collections::{BTreeMap, btree_map::Entry},
    string::String,
    vec::Vec,
};

use super::{CountPurpose, DrawerCount};
use crate::{
    closure::{CashCount, Declaration, Refusal},
    money::{AmountError, CurrencyCode, Money},
};

/// Whether a count says nothing that its purpose has no use for. Only with one for closing something goes to the safe: by any
/// other nothing moves, and whoever takes the drawer over would answer for what was said to be gone. What people declare counts
/// once, with a hand-over or the closing.
pub(super) fn fits(declaration: &Declaration, purpose: CountPurpose) -> Result<(), Refusal> {
    let says_what_stays = declaration.float_left.is_some() || !declaration.foreign_left.is_empty();
    if says_what_stays && purpose != CountPurpose::Closing {
        return Err(Refusal::StaysAtClosingOnly);
    }
    let declares = declaration.declared.values().any(|amount| !amount.is_zero());
    let is_in_between = matches!(purpose, CountPurpose::Opening | CountPurpose::SpotCheck);
    if declares && is_in_between { Err(Refusal::DeclaredInBetween) } else { Ok(()) }
}

/// What people declared in a period, by name: whoever handed a drawer on with their count, and the last with `closing`, what
/// was declared when it was closed.
pub fn declared(counts: &[DrawerCount], closing: Option<&Declaration>) -> BTreeMap<String, Money> {
    let handed = counts.iter().filter(|count| matches!(count.purpose, CountPurpose::HandOver { .. }));
    let mut declared: BTreeMap<String, Money> = BTreeMap::new();
    for said in handed.map(|count| &count.declaration).chain(closing) {
        for (name, amount) in &said.declared {
            *declared.entry(name.clone()).or_default() += *amount;
        }
    }
    declared
}

/// What was counted in all drawers of a till together: the sums, of foreign money too, and the reasons one after another.
/// The pieces of a foreign currency are kept where it was counted in one drawer alone.
///
/// # Errors
/// As [`CashCount::total`]; a count that was accepted has been checked.
pub fn together(counts: &[DrawerCount]) -> Result<Declaration, AmountError> {
    let stays = |count: &DrawerCount| count.declaration.float_left.unwrap_or(count.counted);
    let reasons: Vec<&str> = counts.iter().filter_map(|count| count.declaration.reason.as_deref()).collect();
    let mut foreign: BTreeMap<CurrencyCode, CashCount> = BTreeMap::new();
    let mut foreign_left: BTreeMap<CurrencyCode, Money> = BTreeMap::new();
    let mut declared: BTreeMap<String, Money> = BTreeMap::new();
    for Declaration { foreign: counted, foreign_left: left, declared: said, .. } in
        counts.iter().map(|one| &one.declaration)
    {
        for (name, amount) in said {
            *declared.entry(name.clone()).or_default() += *amount;
        }
        for (code, count) in counted {
            let stays = left.get(code).copied().map_or_else(|| count.total(), Ok)?;
            *foreign_left.entry(*code).or_default() += stays;
            match foreign.entry(*code) {
                Entry::Vacant(first) => {
                    first.insert(count.clone());
                }
                Entry::Occupied(mut known) => {
                    let sum = known.get().total()? + count.total()?;
                    known.insert(CashCount::Amount(sum));
                }
            }
        }
    }
    Ok(Declaration {
        counted: CashCount::Amount(counts.iter().map(|count| count.counted).sum()),
        foreign,
        float_left: Some(counts.iter().map(stays).sum()),
        foreign_left,
        declared,
        reason: Some(reasons.join("; ")).filter(|reason| !reason.is_empty()),
        over_short: counts.iter().find_map(|count| count.declaration.over_short),
    })
}
