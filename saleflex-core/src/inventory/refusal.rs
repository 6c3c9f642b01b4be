//! Why a stock command is refused. Nothing is done then.

use alloc::vec::Vec;
use core::fmt;

use chrono::NaiveDate;

use super::{BatchNo, Item, LocationProblem, SerialNo, Stock, cost::Value};
use crate::{
    cashier::Capability,
    ids::{LocationId, PostingId},
    quantity::UnitPrice,
};

/// Why a stock command is refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StockRefusal {
    /// It was done before.
    #[error("posting {posting} was booked before")]
    AlreadyDone {
        /// The posting that the command named.
        posting: PostingId,
    },
    /// Neither the cashier nor whoever approved may do it.
    #[error("{capability} is needed")]
    NotAllowed {
        /// The capability that is missing.
        capability: Capability,
    },
    /// An adjustment this large needs a second person.
    #[error("a difference of {difference} needs approval, above {limit}")]
    NeedsApproval {
        /// What was counted less what was expected; below nothing where goods are missing.
        difference: Stock,
        /// The largest difference, up or down, that one person may book alone.
        limit: Stock,
    },
    /// There is no line.
    #[error("nothing is on the list")]
    NoLines,
    /// There are more lines than one command takes.
    #[error("{lines} lines are more than {most}")]
    TooManyLines {
        /// How many lines the command has.
        lines: usize,
        /// How many a command may have.
        most: usize,
    },
    /// A reason has to be given.
    #[error("a reason is needed")]
    NoReason,
    /// The item is not in the catalog.
    #[error("item {item} is not known")]
    UnknownItem {
        /// The item that the catalog does not know.
        item: Item,
    },
    /// A quantity of nothing or below.
    #[error("a quantity of {given} is not above nothing")]
    NotPositive {
        /// The item of the line.
        item: Item,
        /// The quantity of the line.
        given: Stock,
    },
    /// A count below nothing.
    #[error("there cannot be {counted}")]
    CountedNegative {
        /// The item that was counted.
        item: Item,
        /// What was said to be there.
        counted: Stock,
    },
    /// More fraction digits than the item's unit has.
    #[error("{given} has more than {most} decimals")]
    TooFine {
        /// The item of the line.
        item: Item,
        /// The quantity as entered.
        given: Stock,
        /// The most fraction digits the item's unit has.
        most: u8,
    },
    /// A quantity or level beyond the bounds.
    #[error("{level} is more than {most}")]
    TooMuch {
        /// The item of the line.
        item: Item,
        /// The quantity, or the level it would make.
        level: Stock,
        /// The most of it one line or one level may hold.
        most: Stock,
    },
    /// A delivery worth more than the bounds.
    #[error("{quantity} at {unit_cost} is worth more than {most}")]
    TooDear {
        /// The item that came.
        item: Item,
        /// How much of it came, in its unit.
        quantity: Stock,
        /// What one unit is said to have cost.
        unit_cost: UnitPrice,
        /// The most that one line of a delivery may be worth.
        most: Value,
    },
    /// A location that cannot be used for this.
    #[error("location {location} {problem}")]
    Location {
        /// The location that the command names.
        location: LocationId,
        /// What stands in the way.
        problem: LocationProblem,
    },
    /// A transfer to where the goods are.
    #[error("goods cannot be moved from location {location} to itself")]
    SameLocation {
        /// The location that is both ends of the transfer.
        location: LocationId,
    },
    /// There is not so much to take.
    #[error("only {available} of {item} at location {location}, {requested} requested")]
    NotEnough {
        /// The item of the line.
        item: Item,
        /// The location it was to be taken from.
        location: LocationId,
        /// What may be taken there: reserved and, but for waste, damaged goods left out; never below nothing.
        available: Stock,
        /// The quantity of the line.
        requested: Stock,
    },
    /// An item kept by batches, without a batch.
    #[error("the batch of {item} is needed")]
    NoBatch {
        /// The item whose batch is missing.
        item: Item,
    },
    /// No such batch is there.
    #[error("batch {batch} of {item} is not at location {location}")]
    UnknownBatch {
        /// The item of the line.
        item: Item,
        /// The batch that is not there.
        batch: BatchNo,
        /// The location it was looked for at.
        location: LocationId,
    },
    /// Delivered after its last good day.
    #[error("batch {batch} expired on {expiry}, before it came on {delivered}")]
    Expired {
        /// The batch that came.
        batch: BatchNo,
        /// The last day it was good.
        expiry: NaiveDate,
        /// The business date it came on.
        delivered: NaiveDate,
    },
    /// Made after it came, or after its last good day.
    #[error("batch {batch} cannot be made on {produced}, after {limit}")]
    MadeTooLate {
        /// The batch that came.
        batch: BatchNo,
        /// The day it is said to be made.
        produced: NaiveDate,
        /// The day it came, or its last good day where that is earlier.
        limit: NaiveDate,
    },
    /// The batch is known with another date.
    #[error("batch {batch} is known to expire on {known}, not {given}")]
    OtherExpiry {
        /// The batch that came.
        batch: BatchNo,
        /// The last good day that some location knows it with.
        known: NaiveDate,
        /// The last good day that the delivery states.
        given: NaiveDate,
    },
    /// Not one serial number a piece.
    #[error("{serials} serial numbers for {quantity} of {item}")]
    SerialCount {
        /// The item of the line.
        item: Item,
        /// The quantity of the line: one number for each is due.
        quantity: Stock,
        /// How many numbers were given.
        serials: usize,
    },
    /// A number is given twice.
    #[error("serial number {serial} is given twice")]
    SerialTwice {
        /// The number that is there twice.
        serial: SerialNo,
    },
    /// The piece is there already.
    #[error("serial number {serial} is at location {location} already")]
    SerialPresent {
        /// The number of the piece.
        serial: SerialNo,
        /// The location where it lies.
        location: LocationId,
    },
    /// The piece is not there.
    #[error("serial number {serial} is not at location {location}")]
    SerialAbsent {
        /// The number of the piece.
        serial: SerialNo,
        /// The location it was looked for at.
        location: LocationId,
    },
    /// Lines that cannot be, of a command with more than one: all of them.
    #[error("{}", Listed(faults))]
    Lines {
        /// What is wrong, by line.
        faults: Vec<LineFault>,
    },
}

/// Why one line of a command cannot be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LineFault<R = StockRefusal> {
    /// The position of the line in the command, from 0.
    pub line: usize,
    /// The item of the line.
    pub item: Item,
    /// What is wrong with it.
    pub refusal: R,
}

/// Looks at every line of a command, so that whoever typed them learns at once of all that cannot be. What is wrong with the
/// only line there is is what is wrong with the command.
pub(super) fn every_line<L, R>(
    lines: &[L],
    item: impl Fn(&L) -> Item,
    mut look: impl FnMut(&L) -> Result<(), R>,
    together: impl FnOnce(Vec<LineFault<R>>) -> R,
) -> Result<(), R> {
    if let [only] = lines {
        return look(only);
    }
    let looked = lines.iter().enumerate().filter_map(|(at, line)| {
        let refusal = look(line).err()?;
        Some(LineFault { line: at, item: item(line), refusal })
    });
    let faults: Vec<_> = looked.collect();
    if faults.is_empty() { Ok(()) } else { Err(together(faults)) }
}

/// What is wrong with lines, one after the other.
pub(super) struct Listed<'a, R>(pub(super) &'a [LineFault<R>]);

impl<R: fmt::Display> fmt::Display for Listed<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(at, LineFault { line, refusal, .. })| {
            let before = if at == 0 { "" } else { "; " };
            write!(f, "{before}line {}: {refusal}", line.saturating_add(1))
        })
    }
}
