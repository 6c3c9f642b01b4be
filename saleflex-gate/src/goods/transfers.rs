//! Goods that go from one place to another, and are on their way for a while.
//!
//! **Invariant:** what is on its way is in nobody's shelf; what arrives is no more than what left, and what does not is lost.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use saleflex_core::inventory::{Cause, MovementKind};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    adjusting::wrong_state,
    papers::{self, Paper},
    postings::{self, GoodsLine, NewPosting, Spot, refused},
};
use crate::{ApiError, desk::Desk, ids::new_id, office::intake, stock, text};

/// Goods to send.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewStockTransfer, example = json!({
    "from": {"store_id": "018f0000-0000-7000-8000-000000000001", "location": "BACK-001-A"},
    "to": {"store_id": "018f0000-0000-7000-8000-000000000003"},
    "lines": [{"product_id": "018f0000-0000-7000-8000-000000000002", "quantity": "12"}]
}))]
pub(crate) struct NewTransfer {
    /// Where they leave.
    pub(crate) from: Spot,
    /// Where they go.
    pub(crate) to: Spot,
    /// What, each product on one line.
    pub(crate) lines: Vec<GoodsLine>,
    /// Why, in words.
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// What arrived; what is not named arrived whole.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StockArrival, example = json!({
    "lines": [{"product_id": "018f0000-0000-7000-8000-000000000002", "received": "11"}]
}))]
pub(crate) struct Arrival {
    /// What arrived in part, or not at all.
    #[serde(default)]
    pub(crate) lines: Vec<ArrivalLine>,
}

/// How much of a product arrived.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArrivalLine {
    /// The product.
    pub(crate) product_id: Uuid,
    /// How much; the rest is lost.
    #[schema(value_type = String, example = "11")]
    pub(crate) received: Decimal,
}

/// How a transfer stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StockTransferState)]
pub(crate) enum TransferState {
    /// Nothing has left.
    Written,
    /// The goods are on their way.
    Shipped,
    /// They arrived.
    Received,
    /// They never left, or came back.
    Cancelled,
}

/// One product of a transfer.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct TransferLine {
    /// The product.
    pub(crate) product_id: Uuid,
    /// How much is sent.
    #[schema(value_type = String, example = "12")]
    pub(crate) quantity: Decimal,
    /// How much arrived; none before.
    #[schema(value_type = Option<String>, example = "11")]
    pub(crate) received: Option<Decimal>,
}

/// Goods that go from one place to another.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = StockTransfer)]
pub(crate) struct Transfer {
    /// Its identity.
    pub(crate) id: Uuid,
    /// Where the goods leave.
    pub(crate) from: Spot,
    /// The till in whose books they leave.
    pub(crate) from_terminal_id: Uuid,
    /// Where they go.
    pub(crate) to: Spot,
    /// The till in whose books they arrive.
    pub(crate) to_terminal_id: Uuid,
    /// What.
    pub(crate) lines: Vec<TransferLine>,
    /// How it stands.
    pub(crate) state: TransferState,
    /// Why, in words.
    pub(crate) reason: Option<String>,
    /// Who wrote it.
    pub(crate) written_by: Uuid,
    /// When.
    pub(crate) written_at: DateTime<Utc>,
}

impl Paper for Transfer {
    const KIND: &'static str = "transfer";

    fn id(&self) -> Uuid {
        self.id
    }

    fn stores(&self) -> (Option<Uuid>, Option<Uuid>) {
        (Some(self.from.store_id), Some(self.to.store_id))
    }

    fn state(&self) -> &'static str {
        match self.state {
            TransferState::Written => "written",
            TransferState::Shipped => "shipped",
            TransferState::Received => "received",
            TransferState::Cancelled => "cancelled",
        }
    }
}

/// Writes one down; nothing leaves yet.
///
/// # Errors
/// `same_place`, `product_unknown`, `twice`, `field_invalid`, and those of [`Spot::till`].
pub(crate) fn write(desk: &mut Desk<'_>, new: &NewTransfer) -> Result<Transfer, ApiError> {
    if let Some(reason) = &new.reason {
        text::within("reason", reason, 1..=200)?;
    }
    let from_terminal_id = new.from.till(desk.session, desk.company)?;
    let to_terminal_id = new.to.till(desk.session, desk.company)?;
    if (from_terminal_id, &new.from.location) == (to_terminal_id, &new.to.location) {
        return Err(ApiError::conflict("same_place", "goods cannot go to where they are"));
    }
    // Both stores have to sell them, and what a line says has to be a quantity.
    let out = (MovementKind::TransferOut, -1);
    for store in [new.from.store_id, new.to.store_id] {
        postings::lines(desk.session, (desk.company, store), out, &new.lines)?;
    }
    if new.lines.iter().any(|line| line.unit_cost.is_some()) {
        return Err(refused("field_invalid", "unit_cost", "what goes from place to place costs what it did"));
    }
    let lines = new.lines.iter().map(|line| TransferLine {
        product_id: line.product_id,
        quantity: line.quantity,
        received: None,
    });
    let transfer = Transfer {
        id: new_id(desk.now),
        from: new.from.clone(),
        from_terminal_id,
        to: new.to.clone(),
        to_terminal_id,
        lines: lines.collect(),
        state: TransferState::Written,
        reason: new.reason.clone(),
        written_by: desk.actor.id(),
        written_at: desk.now,
    };
    keep(desk, &transfer, "stock.transfer_written")?;
    Ok(transfer)
}

fn keep(desk: &mut Desk<'_>, transfer: &Transfer, act: &str) -> Result<(), ApiError> {
    papers::put(desk.session, desk.company, transfer, desk.now)?;
    let detail = json!({"to_store": transfer.to.store_id, "lines": transfer.lines.len()});
    desk.note(act, ("transfer", transfer.id), Some(transfer.from.store_id), detail)?;
    Ok(())
}

/// Sends the goods on their way. Doing it again changes nothing.
///
/// # Errors
/// `wrong_state`; `stock_insufficient` with the product, where the store's shelves have less.
pub(crate) fn ship(desk: &mut Desk<'_>, mut transfer: Transfer) -> Result<Transfer, ApiError> {
    match transfer.state {
        TransferState::Shipped => return Ok(transfer),
        TransferState::Written => {}
        TransferState::Received | TransferState::Cancelled => return Err(wrong_state(transfer.state())),
    }
    for line in &transfer.lines {
        let of = (desk.company, transfer.from.store_id, line.product_id);
        let there = intake::amount(stock::on_hand(desk.session, of, None)?);
        if there < line.quantity {
            let message = format!("{there} are there, {} are to be sent", line.quantity);
            return Err(refused("stock_insufficient", &line.product_id.to_string(), message));
        }
    }
    let (from, terminal) = (transfer.from.clone(), transfer.from_terminal_id);
    let moved = transfer.lines.iter().map(|line| (line.product_id, line.quantity)).collect();
    move_on(desk, (&from, terminal), Leg::Out, (moved, transfer.reason.clone()))?;
    transfer.state = TransferState::Shipped;
    keep(desk, &transfer, "stock.transfer_shipped")?;
    Ok(transfer)
}

/// Takes in what arrived; what did not is lost. Doing it again changes nothing.
///
/// # Errors
/// `wrong_state`; `product_unknown` for what is not on it, `twice`, `field_invalid` for more than was sent;
/// `received_otherwise` where it arrived before and the figures were others.
pub(crate) fn receive(
    desk: &mut Desk<'_>,
    mut transfer: Transfer,
    arrival: &Arrival,
) -> Result<Transfer, ApiError> {
    match transfer.state {
        TransferState::Received => return same_arrival(transfer, arrival),
        TransferState::Shipped => {}
        TransferState::Written | TransferState::Cancelled => return Err(wrong_state(transfer.state())),
    }
    let received = arrived(&transfer.lines, arrival)?;
    for (line, received) in transfer.lines.iter_mut().zip(received) {
        line.received = Some(received);
    }
    let arrived = transfer.lines.iter().filter_map(|line| Some((line.product_id, line.received?)));
    let arrived = arrived.filter(|(_, quantity)| !quantity.is_zero()).collect();
    let (to, terminal) = (transfer.to.clone(), transfer.to_terminal_id);
    move_on(desk, (&to, terminal), Leg::In, (arrived, transfer.reason.clone()))?;
    transfer.state = TransferState::Received;
    keep(desk, &transfer, "stock.transfer_received")?;
    Ok(transfer)
}

/// A transfer that arrived before, where nothing else is said of it now.
fn same_arrival(transfer: Transfer, arrival: &Arrival) -> Result<Transfer, ApiError> {
    arrived(&transfer.lines, arrival)?;
    for again in &arrival.lines {
        let line = transfer.lines.iter().find(|line| line.product_id == again.product_id);
        let before = line.and_then(|line| line.received).unwrap_or_default();
        if before != again.received {
            let message = format!("{before} arrived, not {}", again.received);
            let detail = Some(again.product_id.to_string());
            return Err(ApiError { detail, ..ApiError::conflict("received_otherwise", message) });
        }
    }
    Ok(transfer)
}

/// How much of each line arrived.
fn arrived(lines: &[TransferLine], arrival: &Arrival) -> Result<Vec<Decimal>, ApiError> {
    let is_on_it = |id: Uuid| lines.iter().any(|line| line.product_id == id);
    if let Some(other) = arrival.lines.iter().find(|line| !is_on_it(line.product_id)) {
        return Err(refused("product_unknown", &other.product_id.to_string(), "it is not on the transfer"));
    }
    for (nth, line) in arrival.lines.iter().enumerate() {
        if arrival.lines.iter().take(nth).any(|one| one.product_id == line.product_id) {
            return Err(refused("twice", &line.product_id.to_string(), "the product stands on two lines"));
        }
    }
    let of_line = |line: &TransferLine| {
        let named = arrival.lines.iter().find(|one| one.product_id == line.product_id);
        let received = named.map_or(line.quantity, |one| one.received);
        postings::found("received", received)?;
        if received > line.quantity {
            let message = format!("`received` is at most the {} that were sent", line.quantity);
            return Err(refused("field_invalid", "received", message));
        }
        Ok(received)
    };
    lines.iter().map(of_line).collect()
}

/// Gives it up: what is on its way comes back to where it left. Doing it again changes nothing.
///
/// # Errors
/// `wrong_state` once the goods arrived.
pub(crate) fn cancel(desk: &mut Desk<'_>, mut transfer: Transfer) -> Result<Transfer, ApiError> {
    match transfer.state {
        TransferState::Cancelled => return Ok(transfer),
        TransferState::Received => return Err(wrong_state(transfer.state())),
        TransferState::Written => {}
        TransferState::Shipped => {
            let back = transfer.lines.iter().map(|line| (line.product_id, line.quantity)).collect();
            let (from, terminal) = (transfer.from.clone(), transfer.from_terminal_id);
            move_on(desk, (&from, terminal), Leg::In, (back, transfer.reason.clone()))?;
        }
    }
    transfer.state = TransferState::Cancelled;
    keep(desk, &transfer, "stock.transfer_cancelled")?;
    Ok(transfer)
}

/// Which way goods go at one end.
#[derive(Clone, Copy, Debug)]
enum Leg {
    Out,
    In,
}

fn move_on(
    desk: &mut Desk<'_>,
    (at, terminal): (&Spot, Uuid),
    leg: Leg,
    (goods, reason): (Vec<(Uuid, Decimal)>, Option<String>),
) -> Result<(), ApiError> {
    if goods.is_empty() {
        return Ok(());
    }
    // The till's stock is worth less or more by what leaves it or comes: at a till of another store it is owned no more.
    let (kind, name, sign) = match leg {
        Leg::Out => (MovementKind::Issue, "transfer_out", -1),
        Leg::In => (MovementKind::Receipt, "transfer_in", 1),
    };
    let given: Vec<GoodsLine> = goods
        .into_iter()
        .map(|(product_id, quantity)| GoodsLine { product_id, quantity, unit_cost: None })
        .collect();
    let lines = postings::known_lines((kind, sign), &given)?;
    let posting = NewPosting {
        id: new_id(desk.now),
        store: at.store_id,
        terminal,
        location: at.location.clone(),
        cause: Cause::Transfer { transfer: None },
        kind: name,
        reason,
        reference: None,
        lines,
    };
    postings::post(desk, posting).map(drop)
}
