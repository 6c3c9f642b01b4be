//! What a command moves on the shelves: goods sold and brought back, and what documents that are put aside promise.

use alloc::vec::Vec;

use crate::{
    basket::{GoodsState, LineItem},
    document::{Document, Draft, Event, Kind, State},
    ids::LocationId,
    inventory::{MovementKind, Stock, StockMovement, combine},
};

/// What was looked up about goods for a command. The default knows no places: what comes back damaged is not taken in.
#[derive(Clone, Copy, Debug, Default)]
pub struct GoodsFacts {
    /// Where goods go that come back damaged; none: they are not taken in.
    pub damaged: Option<LocationId>,
    /// Whether an ordinary sale that is put aside holds its goods back.
    pub reserves: bool,
    /// Whether the document that is taken up or closed held its goods back.
    pub was_reserved: bool,
    /// Where it held them back, if not where the till sells from now: there they are let go.
    pub reserved_at: Option<LocationId>,
}

/// The movements that follow from a command, each product and kind once a place.
pub(super) fn follow(
    events: &[Event],
    state: &State,
    before: Option<&Draft>,
    goods: GoodsFacts,
) -> Vec<StockMovement> {
    let released = |document: &Document| -> Vec<StockMovement> {
        let released = reservations(document, MovementKind::Release, goods.was_reserved);
        released
            .into_iter()
            .map(|movement| StockMovement { location: goods.reserved_at, ..movement })
            .collect()
    };
    let moved = match state {
        State::Completed(documents) => {
            documents.iter().flat_map(|completed| movements(completed.document(), goods)).collect()
        }
        State::Suspended(suspended) => {
            reservations(suspended.document(), MovementKind::Reserve, goods.reserves)
        }
        State::Cancelled(cancelled) if !is_same(cancelled.document(), before) => {
            released(cancelled.document())
        }
        State::Draft(draft) if is_resumed(events) => released(draft.document()),
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
fn movements(document: &Document, goods: GoodsFacts) -> Vec<StockMovement> {
    let kind = match document.kind {
        _ if document.training => return Vec::new(),
        Kind::Return => MovementKind::Return,
        Kind::Purchase => MovementKind::Purchase,
        Kind::Sale | Kind::Order | Kind::Layaway => MovementKind::Sale,
        Kind::Quote | Kind::CashMovement => return Vec::new(),
    };
    let leaves = kind == MovementKind::Sale;
    document.active_lines().filter_map(|line| moved(line, kind, leaves, goods.damaged)).collect()
}

/// What a document that is put aside promises, or no longer does: orders always, ordinary sales where the store says so.
fn reservations(document: &Document, kind: MovementKind, of_sales: bool) -> Vec<StockMovement> {
    let promises = document.kind.takes_deposits() || of_sales && document.kind == Kind::Sale;
    if !promises || document.training {
        return Vec::new();
    }
    let leaves = kind == MovementKind::Release;
    document.active_lines().filter_map(|line| moved(line, kind, leaves, None)).collect()
}

/// What a line moves. What came back and does not go on the shelf is gone, unless it is damaged and there is a place
/// for such goods.
fn moved(
    line: &LineItem,
    kind: MovementKind,
    leaves: bool,
    damaged: Option<LocationId>,
) -> Option<StockMovement> {
    let location = match &line.returned {
        Some(returned) if !returned.restock => {
            Some(damaged.filter(|_| returned.state == GoodsState::Damaged)?)
        }
        _ => None,
    };
    let quantity = Stock::from(line.quantity);
    let change = if leaves { -quantity } else { quantity };
    let movement = StockMovement::new(line.item.product?, kind, change);
    let unit_cost = (kind == MovementKind::Purchase).then_some(line.unit_price);
    let serials = if kind.is_reservation() { Vec::new() } else { line.serials.clone() };
    Some(StockMovement { location, unit_cost, serials, ..movement })
}
