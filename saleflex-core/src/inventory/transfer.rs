//! Transfers that take time: goods leave one location, are on their way, and arrive, whole or in parts.
//!
//! **Invariant:** what was sent has arrived, is on its way, or was declared lost.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    Batch, Book, Cause, Facts, Item, LineFault, Movement, MovementKind, NumberKind, Place, Posting, SerialNo,
    Stock, StockRefusal, Use, command,
    decide::{desk::Desk, send},
    refusal::{Listed, every_line},
};
use crate::{
    cashier::Capability,
    ids::{LocationId, TransferId},
};

/// Goods on their way.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Transfer {
    /// The transfer's id.
    pub id: TransferId,
    /// The location the goods left.
    pub from: LocationId,
    /// The location they are expected at.
    pub to: LocationId,
    /// What was sent, a line a batch.
    pub lines: Vec<TransferLine>,
}

/// One item on its way.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TransferLine {
    /// The item that is on its way.
    pub item: Item,
    /// The batch it is of; none for goods in no certain batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Batch>,
    /// The pieces that are still on their way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<SerialNo>,
    /// How much was sent.
    pub sent: Stock,
    /// How much arrived so far.
    pub arrived: Stock,
    /// How much was declared lost so far.
    pub lost: Stock,
}

impl TransferLine {
    /// How much is on its way.
    pub fn in_transit(&self) -> Stock {
        self.sent - self.arrived - self.lost
    }
}

/// What arrived of a line.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Arrival {
    /// The position of the line in the transfer, from 0.
    pub line: usize,
    /// How much arrived, in the item's unit.
    pub quantity: Stock,
    /// The numbers of the pieces that arrived, of an item that has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<SerialNo>,
}

/// What will never arrive: it was broken, or stolen, on the way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Loss {
    /// Of which lines, by their positions in the transfer, from 0; of none: of all.
    pub lines: Vec<usize>,
    /// Why.
    pub reason: String,
}

impl Loss {
    /// Nothing more arrives.
    pub fn of_all(reason: impl Into<String>) -> Self {
        Self { lines: Vec::new(), reason: reason.into() }
    }

    fn takes(&self, line: usize) -> bool {
        self.lines.is_empty() || self.lines.contains(&line)
    }
}

/// Why goods cannot arrive.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ArrivalRefusal {
    /// As any stock command.
    #[error(transparent)]
    Stock(#[from] StockRefusal),
    /// Nothing of it is on its way any more.
    #[error("transfer {transfer} has arrived")]
    AlreadyDone {
        /// The transfer that is done.
        transfer: TransferId,
    },
    /// The transfer has no such line.
    #[error("transfer {transfer} has {lines} lines, no line {line}")]
    NoLine {
        /// The transfer that goods arrived of.
        transfer: TransferId,
        /// The position that was given.
        line: usize,
        /// How many there are.
        lines: usize,
    },
    /// More than is on its way.
    #[error("only {in_transit} on its way, {given} arrived")]
    TooMuch {
        /// The item of the line.
        item: Item,
        /// What is on its way.
        in_transit: Stock,
        /// What is said to have arrived.
        given: Stock,
    },
    /// A piece that was not sent.
    #[error("serial number {serial} is not on its way")]
    NotSent {
        /// The number of the piece that was not sent.
        serial: SerialNo,
    },
    /// Lines that cannot be, of arrivals with more than one: all of them.
    #[error("{}", Listed(faults))]
    Lines {
        /// What is wrong, by the position of the arrival.
        faults: Vec<LineFault<Self>>,
    },
}

/// A transfer after a step, and what the step moves.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Step {
    /// The transfer as it is after the step.
    pub transfer: Transfer,
    /// The movements of the step, booked together.
    pub posting: Posting,
}

/// Sends goods off.
///
/// # Errors
/// As [`super::decide()`] of a transfer.
#[expect(clippy::needless_pass_by_value, reason = "an approval is good for one command")]
pub fn send_off(
    book: &Book,
    id: TransferId,
    command: &command::Transfer,
    facts: Facts<'_>,
) -> Result<Step, StockRefusal> {
    let authority = facts.authority(Capability::StockTransfer)?;
    if book.has(facts.posting) {
        return Err(StockRefusal::AlreadyDone { posting: facts.posting });
    }
    let mut desk = Desk::new(book, &facts);
    let movements = send(&mut desk, command)?;
    let line = |out: &Movement| TransferLine {
        item: out.item(),
        batch: out.batch.clone(),
        serials: out.serials.clone(),
        sent: -out.change,
        arrived: Stock::ZERO,
        lost: Stock::ZERO,
    };
    let lines = movements.iter().map(line).collect();
    let transfer = Transfer { id, from: command.from, to: command.to, lines };
    let posting = desk.posting(
        facts.number(NumberKind::Transfer),
        Cause::Transfer { transfer: Some(id) },
        authority,
        command.reason.clone(),
    );
    Ok(Step { transfer, posting })
}

impl Transfer {
    /// Whether nothing is on its way any more.
    pub fn is_done(&self) -> bool {
        self.lines.iter().all(|line| line.in_transit().is_zero())
    }

    /// Takes in what arrived. What is left of the lines of a loss is no longer expected, and is a loss of the shop: it
    /// takes the right to issue as well.
    ///
    /// # Errors
    /// [`ArrivalRefusal`]; then nothing is done.
    #[expect(clippy::needless_pass_by_value, reason = "an approval is good for one command")]
    pub fn arrive(
        &self,
        book: &Book,
        arrivals: &[Arrival],
        loss: Option<Loss>,
        facts: Facts<'_>,
    ) -> Result<Step, ArrivalRefusal> {
        let mut authority = facts.authority(Capability::StockTransfer)?;
        if loss.is_some() {
            let issues = facts.authority(Capability::StockIssue)?;
            authority.approved_by = authority.approved_by.or(issues.approved_by);
        }
        if self.is_done() || book.has(facts.posting) {
            return Err(ArrivalRefusal::AlreadyDone { transfer: self.id });
        }
        facts.check(self.to, Use::Hold)?;
        let mut transfer = self.clone();
        let mut desk = Desk::new(book, &facts);
        let named = arrivals.iter().map(|arrival| match self.lines.get(arrival.line) {
            Some(line) => Ok((line.item, arrival)),
            None => Err(self.no_line(arrival.line)),
        });
        let named: Vec<(Item, &Arrival)> = named.collect::<Result<_, ArrivalRefusal>>()?;
        let take_in = |(_, arrival): &(Item, &Arrival)| -> Result<(), ArrivalRefusal> {
            let movement = transfer.take_in(arrival, &desk)?;
            desk.push(movement).map_err(ArrivalRefusal::from)
        };
        every_line(&named, |(item, _)| *item, take_in, |faults| ArrivalRefusal::Lines { faults })?;
        if let Some(loss) = &loss {
            transfer.write_off(loss, &mut desk)?;
        }
        if desk.len() == 0 {
            return Err(StockRefusal::NoLines.into());
        }
        let cause = Cause::Transfer { transfer: Some(self.id) };
        let posting =
            desk.posting(facts.number(NumberKind::Transfer), cause, authority, loss.map(|loss| loss.reason));
        Ok(Step { transfer, posting })
    }

    /// Takes what never arrived in where it was expected and books it out as a loss, so that what the shop owns and what
    /// it lost add up.
    fn write_off(&mut self, loss: &Loss, desk: &mut Desk<'_>) -> Result<(), ArrivalRefusal> {
        if loss.reason.trim().is_empty() {
            return Err(StockRefusal::NoReason.into());
        }
        if let Some(line) = loss.lines.iter().copied().find(|line| *line >= self.lines.len()) {
            return Err(self.no_line(line));
        }
        for (at, line) in self.lines.iter_mut().enumerate() {
            let quantity = line.in_transit();
            if quantity.is_zero() || !loss.takes(at) {
                continue;
            }
            line.lost += quantity;
            let place = Place { item: line.item, location: self.to };
            let serials = core::mem::take(&mut line.serials);
            for (kind, change, counterpart) in [
                (MovementKind::TransferIn, quantity, Some(self.from)),
                (MovementKind::Waste, -quantity, None),
            ] {
                let before = desk.level(place).on_hand;
                let (batch, serials) = (line.batch.clone(), serials.clone());
                desk.push(Movement {
                    counterpart,
                    batch,
                    serials,
                    ..Movement::new(kind, place, change, before)
                })?;
            }
        }
        Ok(())
    }

    const fn no_line(&self, line: usize) -> ArrivalRefusal {
        ArrivalRefusal::NoLine { transfer: self.id, line, lines: self.lines.len() }
    }

    fn take_in(&mut self, arrival: &Arrival, desk: &Desk<'_>) -> Result<Movement, ArrivalRefusal> {
        let (counterpart, no_line) = (Some(self.from), self.no_line(arrival.line));
        let line = self.lines.get_mut(arrival.line).ok_or(no_line)?;
        let item = line.item;
        let given = arrival.quantity;
        if !given.is_positive() {
            return Err(StockRefusal::NotPositive { item, given }.into());
        }
        if given > line.in_transit() {
            return Err(ArrivalRefusal::TooMuch { item, in_transit: line.in_transit(), given });
        }
        if !line.serials.is_empty() || !arrival.serials.is_empty() {
            super::decide::check_serials(desk, item, given, &arrival.serials)?;
            for serial in &arrival.serials {
                let at = line.serials.iter().position(|sent| sent == serial);
                let at = at.ok_or_else(|| ArrivalRefusal::NotSent { serial: serial.clone() })?;
                line.serials.remove(at);
            }
        }
        line.arrived += given;
        let place = Place { item, location: self.to };
        let before = desk.level(place).on_hand;
        Ok(Movement {
            counterpart,
            batch: line.batch.clone(),
            serials: arrival.serials.clone(),
            ..Movement::new(MovementKind::TransferIn, place, given, before)
        })
    }
}
