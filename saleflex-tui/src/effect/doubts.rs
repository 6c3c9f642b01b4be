//! What seems a slip of the keys: it is asked for once more, with the figures.

use rust_decimal::Decimal;
use saleflex_core::{
    document::{CashMovementKind, Command, TakeTender},
    ids::LineNo,
    money::Money,
    quantity::UnitPrice,
    tender::TenderKind,
};
use saleflex_store::{Till, till::DrawerState};

use super::{Act, Denial};
use crate::{
    text::{Key, Text},
    view,
};

/// How many times what the catalog asks a price may be unasked: beyond it a code was rather taken for one.
const MOST_TIMES: Decimal = Decimal::ONE_HUNDRED;

/// Whether an act is to be asked for once more before it is done.
pub(super) fn of(till: &Till, text: &Text, act: &Act) -> Option<Denial> {
    let Act::Command(command) = act else { return None };
    match command {
        Command::OverridePrice { line, price, .. } => of_price(till, text, *line, *price),
        _ => of_cash(till, text, going_out(till, command)?),
    }
}

/// The cash that a command takes out of the drawer, unless somebody stands by it.
fn going_out(till: &Till, command: &Command) -> Option<Money> {
    match command {
        Command::MoveCash {
            kind: CashMovementKind::PaidOut | CashMovementKind::CashDrop, amount, ..
        } => Some(*amount),
        Command::TakeTender(TakeTender { kind: TenderKind::Cash, counted: false, amount, .. }) => {
            let document = till.draft()?;
            let balance = document.balance();
            let owed = if document.kind.pays_out() { balance } else { -balance };
            let is_refund = owed.is_positive() && (document.kind.pays_out() || document.exchange.is_some());
            // No more is paid out than is owed, whatever was typed.
            is_refund.then(|| amount.unwrap_or(owed).min(owed))
        }
        _ => None,
    }
}

/// More cash than the drawers hold. Where drawers are counted blind nothing is asked of what they should hold: from which
/// amount on a question comes would tell it.
fn of_cash(till: &Till, text: &Text, amount: Money) -> Option<Denial> {
    if till.settings().closing.blind_count {
        return None;
    }
    let expected = in_drawers(till)?;
    if amount <= expected {
        return None;
    }
    let [amount, expected] = [amount, expected].map(|amount| till.currency().show(amount));
    let words = text.fill(Key::DrawerHoldsOnly, &[("amount", &amount), ("expected", &expected)]);
    Some(Denial::CashDoubted(vec![words, text.word(Key::DrawerHoldsAsk).to_owned()]))
}

/// What should lie in the drawers; none where it cannot be read.
pub(super) fn in_drawers(till: &Till) -> Option<Money> {
    Some(till.drawers().ok()?.iter().map(DrawerState::expected).sum())
}

/// A price that is many times what the catalog asks.
fn of_price(till: &Till, text: &Text, line: LineNo, price: UnitPrice) -> Option<Denial> {
    let document = till.draft()?;
    let asked = document.line(line)?.item.price;
    let is_far = asked.decimal().checked_mul(MOST_TIMES).is_some_and(|most| price.decimal() > most);
    if asked.is_zero() || !is_far {
        return None;
    }
    let [price, asked] = [price, asked].map(|price| view::price(&document.currency, price));
    let words = text.fill(Key::PriceDoubted, &[("price", &price), ("asked", &asked)]);
    Some(Denial::CashDoubted(vec![words, text.word(Key::PriceDoubtedAsk).to_owned()]))
}
