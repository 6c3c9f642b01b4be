//! Beyond what somebody who approves has to agree.

use serde::{Deserialize, Serialize};

use crate::{money::Money, quantity::Percent};

/// What a cashier may do alone; beyond it needs approval.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Limits {
    /// Largest discount or markup a line may have without approval, in percent of it.
    pub line_discount: Option<Percent>,
    /// The most that may be taken off the lines of a document without approval, all together, and the most that may be
    /// put on them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discounts: Option<Money>,
    /// Largest line that may be voided.
    pub void_line: Option<Money>,
    /// Largest tender that may be taken back.
    pub void_tender: Option<Money>,
    /// Largest document that may be cancelled.
    pub cancel: Option<Money>,
    /// The most that points may take off a document.
    pub redemption: Option<Money>,
    /// The most that empties of one kind may be paid out for.
    pub empties: Option<Money>,
}

impl Limits {
    /// These, and for what they say nothing of, those of the store.
    #[must_use]
    pub fn over(self, store: Self) -> Self {
        Self {
            line_discount: self.line_discount.or(store.line_discount),
            discounts: self.discounts.or(store.discounts),
            void_line: self.void_line.or(store.void_line),
            void_tender: self.void_tender.or(store.void_tender),
            cancel: self.cancel.or(store.cancel),
            redemption: self.redemption.or(store.redemption),
            empties: self.empties.or(store.empties),
        }
    }

    /// Whether more may be done alone by these than by others.
    pub fn is_wider_than(&self, other: &Self) -> bool {
        fn is_wider<T: PartialOrd>(one: Option<T>, other: Option<T>) -> bool {
            other.is_some_and(|other| one.is_none_or(|one| one > other))
        }
        // Named one by one, so that none that is added is forgotten here.
        let Self { line_discount, discounts, void_line, void_tender, cancel, redemption, empties } = *self;
        is_wider(line_discount, other.line_discount)
            || is_wider(discounts, other.discounts)
            || is_wider(void_line, other.void_line)
            || is_wider(void_tender, other.void_tender)
            || is_wider(cancel, other.cancel)
            || is_wider(redemption, other.redemption)
            || is_wider(empties, other.empties)
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_role_says_nothing_of_is_as_the_store_has_it() {
        let some = |minor| Some(Money::from_minor(minor));
        let store =
            Limits { void_line: some(500), cancel: some(900), discounts: some(50), ..Limits::default() };
        let role = Limits { void_line: some(2_000), empties: some(100), ..Limits::default() };
        let expected = Limits { void_line: some(2_000), cancel: some(900), empties: some(100), ..store };
        assert_eq!(role.over(store), expected);
        assert_eq!(Limits::default().over(store), store);
        let own = Limits { discounts: some(10), ..role };
        assert_eq!(own.over(store).discounts, some(10));
        assert!(Limits::default().is_empty() && !role.is_empty());
    }

    #[test]
    fn a_limit_is_wider_where_any_of_its_amounts_is_more_or_not_said() {
        let some = |minor| Some(Money::from_minor(minor));
        let narrow = Limits { void_line: some(500), cancel: some(900), ..Limits::default() };
        assert!(Limits::default().is_wider_than(&narrow) && !narrow.is_wider_than(&Limits::default()));
        assert!(!narrow.is_wider_than(&narrow));
        let more = Limits { void_line: some(501), cancel: some(1), ..narrow };
        assert!(more.is_wider_than(&narrow) && narrow.is_wider_than(&more), "one is enough");
        let percent = |shown: &str| Limits { line_discount: Percent::parse(shown).ok(), ..Limits::default() };
        assert!(
            percent("10.5").is_wider_than(&percent("10")) && !percent("10").is_wider_than(&percent("10.5"))
        );
    }
}
