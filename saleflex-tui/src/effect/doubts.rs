//! What seems a slip of the keys: it is asked for once more, with the figures.

use saleflex_core::document::{CashMovementKind, Command};
use saleflex_store::Till;

use super::{Act, Denial};
use crate::text::{Key, Text};

/// Whether an act is to be asked for once more before it is done. Where drawers are counted blind nothing is asked of
/// what they should hold: from which amount on a question comes would tell it.
pub(super) fn of(till: &Till, text: &Text, act: &Act) -> Option<Denial> {
    match act {
        Act::Command(Command::MoveCash {
            kind: CashMovementKind::PaidOut | CashMovementKind::CashDrop,
            amount,
            ..
        }) if !till.settings().closing.blind_count => {
            let expected = till.drawers().ok()?.iter().map(saleflex_store::till::DrawerState::expected).sum();
            if *amount <= expected {
                return None;
            }
            let [amount, expected] = [*amount, expected].map(|amount| till.currency().show(amount));
            let words = text.fill(Key::DrawerHoldsOnly, &[("amount", &amount), ("expected", &expected)]);
            Some(Denial::CashDoubted(vec![words, text.word(Key::DrawerHoldsAsk).to_owned()]))
        }
        _ => None,
    }
}
