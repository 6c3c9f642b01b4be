//! How far a right reaches inside a company.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::Held;
use crate::db::Value;

/// The whole company, some stores, some terminals, or nowhere.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Reach {
    is_company: bool,
    stores: BTreeSet<Uuid>,
    terminals: BTreeSet<Uuid>,
}

impl Reach {
    /// The whole company.
    pub(crate) fn company() -> Self {
        Self { is_company: true, ..Self::default() }
    }

    /// Some stores.
    pub(crate) fn of_stores(stores: impl IntoIterator<Item = Uuid>) -> Self {
        Self { stores: stores.into_iter().collect(), ..Self::default() }
    }

    /// Adds what a role reaches; with `at_terminals` no further than the terminals that it names.
    pub(super) fn add(&mut self, held: &Held, at_terminals: bool) {
        match (&held.stores, &held.terminals) {
            (_, Some(terminals)) if at_terminals => self.terminals.extend(terminals),
            (Some(stores), _) => self.stores.extend(stores),
            (None, _) => self.is_company = true,
        }
    }

    /// Whether it reaches nothing.
    pub(crate) fn is_nowhere(&self) -> bool {
        !self.is_company && self.stores.is_empty() && self.terminals.is_empty()
    }

    /// Whether it is the whole company.
    pub(crate) const fn is_company(&self) -> bool {
        self.is_company
    }

    /// Whether a store lies in it.
    pub(crate) fn holds_store(&self, store: Uuid) -> bool {
        self.is_company || self.stores.contains(&store)
    }

    /// Whether a terminal of a store lies in it.
    pub(crate) fn holds_terminal(&self, store: Uuid, terminal: Uuid) -> bool {
        self.holds_store(store) || self.terminals.contains(&terminal)
    }

    /// Whether everything that another reach holds lies in it. What reaches nothing lies in the company alone: nobody
    /// who looks after some stores looks after it.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        self.is_company
            || (!other.is_company
                && !other.is_nowhere()
                && other.stores.is_subset(&self.stores)
                && other.terminals.is_subset(&self.terminals))
    }

    /// Whether there is a store that both reach.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        match (self.is_company, other.is_company) {
            (true, _) => !other.is_nowhere(),
            (_, true) => !self.is_nowhere(),
            _ => !self.stores.is_disjoint(&other.stores),
        }
    }

    /// A condition of SQL that holds for the rows inside; its parameters are added to `values`.
    pub(crate) fn condition(&self, store: &str, terminal: Option<&str>, values: &mut Vec<Value>) -> String {
        if self.is_company {
            return "1 = 1".to_owned();
        }
        let mut parts = Vec::new();
        if !self.stores.is_empty() {
            parts.push(format!("{store} IN ({})", placeholders(&self.stores, values)));
        }
        if let Some(terminal) = terminal.filter(|_| !self.terminals.is_empty()) {
            parts.push(format!("{terminal} IN ({})", placeholders(&self.terminals, values)));
        }
        if parts.is_empty() { "1 = 0".to_owned() } else { format!("({})", parts.join(" OR ")) }
    }
}

fn placeholders(ids: &BTreeSet<Uuid>, values: &mut Vec<Value>) -> String {
    let names = ids.iter().map(|id| {
        values.push((*id).into());
        format!("${}", values.len())
    });
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_names_its_parameters_after_those_before_it() {
        let mut values: Vec<Value> = vec![1.into()];
        let reach = Reach { terminals: [Uuid::nil()].into(), ..Reach::of_stores([Uuid::max()]) };
        assert_eq!(reach.condition("s", Some("t"), &mut values), "(s IN ($2) OR t IN ($3))");
        assert_eq!(values.len(), 3);
        assert_eq!(Reach::default().condition("s", Some("t"), &mut values), "1 = 0");
        assert_eq!(Reach::company().condition("s", None, &mut values), "1 = 1");
    }

    #[test]
    fn nothing_reaches_beyond_what_it_is_held_against() {
        let one = Reach::of_stores([Uuid::nil()]);
        assert!(Reach::company().holds(&one) && Reach::company().holds(&Reach::default()));
        assert!(!one.holds(&Reach::default()), "an empty region is nobody's store");
        assert!(one.meets(&Reach::company()) && !one.meets(&Reach::default()));
        assert!(!one.meets(&Reach::of_stores([Uuid::max()])));
        assert!(!one.holds(&Reach::company()) && !one.holds(&Reach::of_stores([Uuid::max()])));
    }
}
