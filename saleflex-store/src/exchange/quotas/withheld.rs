//! Why a hub lends nothing, as a till keeps it.

/// Why the hub lends nothing of a limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Withheld {
    /// All of it was used.
    #[error("it is used up")]
    UsedUp,
    /// What is left of it is lent to others.
    #[error("it is lent to another till")]
    LentElsewhere,
    /// The hub came back from a backup, and has not heard all of its tills yet.
    #[error("the hub lends nothing now: it waits for tills")]
    AwaitingTills,
    /// Nothing of the kind is in force at the hub.
    #[error("it is not in force at the hub")]
    NotInForce,
    /// The store's hub has nothing of it, and asks the company's.
    #[error("the store's hub asks the company's")]
    AskedAbove,
}

impl Withheld {
    const ALL: [Self; 5] =
        [Self::UsedUp, Self::LentElsewhere, Self::AwaitingTills, Self::NotInForce, Self::AskedAbove];

    /// Its number in the place of what was left, where nothing was: below nothing, which nothing that is left is.
    pub(super) const fn number(self) -> i64 {
        match self {
            Self::UsedUp => -1,
            Self::LentElsewhere => -2,
            Self::AwaitingTills => -3,
            Self::NotInForce => -4,
            Self::AskedAbove => -5,
        }
    }

    /// The one with a number.
    pub(super) fn of(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.number() == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_found_by_its_number_and_what_is_left_is_none() {
        for one in Withheld::ALL {
            assert!(one.number() < 0);
            assert_eq!(Withheld::of(one.number()), Some(one));
        }
        assert_eq!([Withheld::of(0), Withheld::of(1), Withheld::of(-6)], [None; 3]);
    }
}
