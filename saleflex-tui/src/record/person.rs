//! Choosing one of everybody: found again by the words that were shown, since a hub may send other people while the screen is
//! open, and the places move.

use saleflex_core::ids::CashierId;
use saleflex_store::Till;

use super::Entered;

/// Everybody with the words to choose them by: the name, and beside it the one they log in with where two share theirs.
pub(super) fn people(till: &Till) -> Vec<(CashierId, String)> {
    let everybody = till.everybody();
    let is_shared = |name: &str| everybody.iter().filter(|one| one.name == name).count() > 1;
    let words = everybody.iter().map(|one| {
        let is_shared = is_shared(&one.name);
        (one.id, if is_shared { format!("{} ({})", one.name, one.user_name) } else { one.name.clone() })
    });
    words.collect()
}

/// Whoever was chosen; none where nobody is called so any more.
pub(super) fn chosen(till: &Till, entered: &Entered, field: &str) -> Option<CashierId> {
    let words = entered.chosen(field)?;
    people(till).into_iter().find(|(_, known)| known == words).map(|(id, _)| id)
}
