//! One command, everything that follows from it: the one place where a price is made.
//!
//! Till and hub both call [`run`]; what it answers is committed as a whole or not at all.

use alloc::{boxed::Box, string::String, vec::Vec};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    document::{
        self, Cancelled, Command, Completed, Decided, Document, Draft, Event, Facts, Kind, Refusal, State,
    },
    inventory::{MovementKind, StockMovement, combine},
};

/// Decides a command and gathers its effects.
///
/// # Errors
/// A [`Refusal`] with the reason; then nothing follows.
pub fn run(draft: Option<&Draft>, command: &Command, facts: Facts<'_>) -> Result<Outcome, Refusal> {
    let Decided { events, state, suspended_name } = document::run(draft, command, facts)?;
    let effects = Effects::of(&events, &state, draft);
    Ok(Outcome { events, state, effects, suspended_name })
}

/// What follows from a command.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// What happened.
    pub events: Vec<Event>,
    /// Where the document stands now.
    pub state: State,
    /// What it does to the world outside the document.
    pub effects: Effects,
    /// The name a document was put aside under: a person, a table. It is told here and not in the events, which are
    /// frozen, so that it can be kept where it can be erased.
    pub suspended_name: Option<String>,
}

/// What a command does to the world outside its document.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Effects {
    /// Documents that are settled for ever, whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub completed: Vec<Completed>,
    /// The document that was closed without effect, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Box<Cancelled>>,
    /// What moves on the shelves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stock: Vec<StockMovement>,
}

impl Effects {
    fn of(events: &[Event], state: &State, before: Option<&Draft>) -> Self {
        let stock = match state {
            State::Completed(documents) => {
                documents.iter().flat_map(|completed| movements(completed.document())).collect()
            }
            State::Suspended(suspended) => reservations(suspended.document(), MovementKind::Reserve),
            State::Cancelled(cancelled) if !is_same(cancelled.document(), before) => {
                reservations(cancelled.document(), MovementKind::Release)
            }
            State::Draft(draft) if is_resumed(events) => {
                reservations(draft.document(), MovementKind::Release)
            }
            State::Idle | State::Draft(_) | State::Cancelled(_) => Vec::new(),
        };
        let (completed, cancelled) = match state {
            State::Completed(documents) => (documents.clone(), None),
            State::Cancelled(cancelled) => (Vec::new(), Some(cancelled.clone())),
            State::Idle | State::Draft(_) | State::Suspended(_) => (Vec::new(), None),
        };
        Self { completed, cancelled, stock: combine(stock) }
    }
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
