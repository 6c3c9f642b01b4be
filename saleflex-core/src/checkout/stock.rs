//! What a command moves on the shelves: goods sold and brought back, and what orders that are put aside promise.

use alloc::vec::Vec;

use rust_decimal::Decimal;

use crate::{
    document::{Document, Draft, Event, Kind, State},
    inventory::{MovementKind, StockMovement, combine},
};

/// The movements that follow from a command, each product and kind once.
pub(super) fn follow(events: &[Event], state: &State, before: Option<&Draft>) -> Vec<StockMovement> {
    let moved = match state {
        State::Completed(documents) => {
            documents.iter().flat_map(|completed| movements(completed.document())).collect()
        }
        State::Suspended(suspended) => reservations(suspended.document(), MovementKind::Reserve),
        State::Cancelled(cancelled) if !is_same(cancelled.document(), before) => {
            reservations(cancelled.document(), MovementKind::Release)
        }
        State::Draft(draft) if is_resumed(events) => reservations(draft.document(), MovementKind::Release),
        State::Idle | State::Draft(_) | State::Cancelled(_) => Vec::new(),
    };
    combine(moved)
}

/// Whether a document was the open one before the command; otherwise it was put aside.
fn is_same(document: &Document, before: Option<&Draft>) -> bool {
    before.is_some_and(|before| before.document().id == document.id)
}

fn is_resumed(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::DocumentResumed { .. }))
}

/// What a completed document moves.
fn movements(document: &Document) -> Vec<StockMovement> {
    let kind = match document.kind {
        _ if document.training => return Vec::new(),
        Kind::Return => MovementKind::Return,
        Kind::Purchase => MovementKind::Purchase,
        Kind::Sale | Kind::Order | Kind::Layaway => MovementKind::Sale,
        Kind::Quote | Kind::CashMovement => return Vec::new(),
    };
    moved(document, kind, if kind == MovementKind::Sale { -Decimal::ONE } else { Decimal::ONE })
}

/// What an order that is put aside promises, or no longer does.
fn reservations(document: &Document, kind: MovementKind) -> Vec<StockMovement> {
    if !document.kind.takes_deposits() || document.training {
        return Vec::new();
    }
    moved(document, kind, if kind == MovementKind::Reserve { Decimal::ONE } else { -Decimal::ONE })
}

fn moved(document: &Document, kind: MovementKind, sign: Decimal) -> Vec<StockMovement> {
    document
        .active_lines()
        .filter(|line| line.returned.as_ref().is_none_or(|returned| returned.restock))
        .filter_map(|line| {
            let change = (line.quantity.decimal() * sign).normalize();
            line.item.product.map(|product| StockMovement { product, kind, change })
        })
        .collect()
}
