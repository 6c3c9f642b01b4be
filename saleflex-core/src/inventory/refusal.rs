//! Why a stock command is refused. Nothing is done then.

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
        /// Which.
        posting: PostingId,
    },
    /// Neither the cashier nor whoever approved may do it.
    #[error("{capability} is needed")]
    NotAllowed {
        /// What is missing.
        capability: Capability,
    },
    /// An adjustment this large needs a second person.
    #[error("a difference of {difference} needs approval, above {limit}")]
    NeedsApproval {
        /// How much is adjusted.
        difference: Stock,
        /// What one person may adjust alone.
        limit: Stock,
    },
    /// There is no line.
    #[error("nothing is on the list")]
    NoLines,
    /// There are more lines than one command takes.
    #[error("{lines} lines are more than {most}")]
    TooManyLines {
        /// How many.
        lines: usize,
        /// How many there may be.
        most: usize,
    },
    /// A reason has to be given.
    #[error("a reason is needed")]
    NoReason,
    /// The item is not in the catalog.
    #[error("item {item} is not known")]
    UnknownItem {
        /// Which.
        item: Item,
    },
    /// A quantity of nothing or below.
    #[error("a quantity of {given} is not above nothing")]
    NotPositive {
        /// Of what.
        item: Item,
        /// What was given.
        given: Stock,
    },
    /// A count below nothing.
    #[error("there cannot be {counted}")]
    CountedNegative {
        /// Of what.
        item: Item,
        /// What was given.
        counted: Stock,
    },
    /// More fraction digits than the item's unit has.
    #[error("{given} has more than {most} decimals")]
    TooFine {
        /// Of what.
        item: Item,
        /// What was given.
        given: Stock,
        /// Fraction digits there may be.
        most: u8,
    },
    /// A quantity or level beyond the bounds.
    #[error("{level} is more than {most}")]
    TooMuch {
        /// Of what.
        item: Item,
        /// The quantity, or the level it would make.
        level: Stock,
        /// What there may be.
        most: Stock,
    },
    /// A delivery worth more than the bounds.
    #[error("{quantity} at {unit_cost} is worth more than {most}")]
    TooDear {
        /// Of what.
        item: Item,
        /// How much.
        quantity: Stock,
        /// At what.
        unit_cost: UnitPrice,
        /// What it may be worth.
        most: Value,
    },
    /// A location that cannot be used for this.
    #[error("location {location} {problem}")]
    Location {
        /// Which.
        location: LocationId,
        /// What stands in the way.
        problem: LocationProblem,
    },
    /// A transfer to where the goods are.
    #[error("goods cannot be moved from location {location} to itself")]
    SameLocation {
        /// Which.
        location: LocationId,
    },
    /// There is not so much to take.
    #[error("only {available} of {item} at location {location}, {requested} requested")]
    NotEnough {
        /// Of what.
        item: Item,
        /// Where.
        location: LocationId,
        /// What may be taken.
        available: Stock,
        /// What was to be taken.
        requested: Stock,
    },
    /// An item kept by batches, without a batch.
    #[error("the batch of {item} is needed")]
    NoBatch {
        /// Of what.
        item: Item,
    },
    /// No such batch is there.
    #[error("batch {batch} of {item} is not at location {location}")]
    UnknownBatch {
        /// Of what.
        item: Item,
        /// Which.
        batch: BatchNo,
        /// Where.
        location: LocationId,
    },
    /// Delivered after its last good day.
    #[error("batch {batch} expired on {expiry}, before it came on {delivered}")]
    Expired {
        /// Which.
        batch: BatchNo,
        /// Its last good day.
        expiry: NaiveDate,
        /// When it came.
        delivered: NaiveDate,
    },
    /// Made after it came, or after its last good day.
    #[error("batch {batch} cannot be made on {produced}, after {limit}")]
    MadeTooLate {
        /// Which.
        batch: BatchNo,
        /// When it is said to be made.
        produced: NaiveDate,
        /// The latest it can have been.
        limit: NaiveDate,
    },
    /// The batch is known with another date.
    #[error("batch {batch} is known to expire on {known}, not {given}")]
    OtherExpiry {
        /// Which.
        batch: BatchNo,
        /// What is known.
        known: NaiveDate,
        /// What was given.
        given: NaiveDate,
    },
    /// Not one serial number a piece.
    #[error("{serials} serial numbers for {quantity} of {item}")]
    SerialCount {
        /// Of what.
        item: Item,
        /// How much.
        quantity: Stock,
        /// How many numbers.
        serials: usize,
    },
    /// A number is given twice.
    #[error("serial number {serial} is given twice")]
    SerialTwice {
        /// Which.
        serial: SerialNo,
    },
    /// The piece is there already.
    #[error("serial number {serial} is at location {location} already")]
    SerialPresent {
        /// Which.
        serial: SerialNo,
        /// Where it is.
        location: LocationId,
    },
    /// The piece is not there.
    #[error("serial number {serial} is not at location {location}")]
    SerialAbsent {
        /// Which.
        serial: SerialNo,
        /// Where it was looked for.
        location: LocationId,
    },
}
