//! Why goods were not moved.

use saleflex_core::inventory::{
    Item, LineFault, StockRefusal, count::CountRefusal, order::OrderRefusal, transfer::ArrivalRefusal,
};
use saleflex_store::Error;

use super::capability;
use crate::text::{Key, Text};

/// Why goods were not moved.
pub(super) fn refusal(text: &Text, refusal: &StockRefusal) -> String {
    let fill = |key, values: &[(&str, &dyn ToString)]| {
        let values: Vec<(&str, String)> =
            values.iter().map(|(name, value)| (*name, value.to_string())).collect();
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text.fill(key, &values)
    };
    match refusal {
        StockRefusal::NotAllowed { capability: needed } => {
            text.fill(Key::StockNotAllowed, &[("capability", capability(text, *needed))])
        }
        StockRefusal::NeedsApproval { difference, limit } => {
            fill(Key::StockNeedsApproval, &[("difference", difference), ("limit", limit)])
        }
        StockRefusal::NoReason => super::fields::no_reason(text),
        StockRefusal::NotPositive { given, .. } => fill(Key::StockNotPositive, &[("given", given)]),
        StockRefusal::CountedNegative { counted, .. } => {
            fill(Key::StockCountedNegative, &[("counted", counted)])
        }
        StockRefusal::TooFine { given, most, .. } => {
            fill(Key::StockTooFine, &[("given", given), ("most", most)])
        }
        StockRefusal::TooMuch { level, most, .. } => {
            fill(Key::StockTooMuch, &[("level", level), ("most", most)])
        }
        StockRefusal::Location { .. } => text.word(Key::StockLocation).to_owned(),
        StockRefusal::SameLocation { .. } => text.word(Key::StockSameLocation).to_owned(),
        StockRefusal::NotEnough { available, requested, .. } => {
            fill(Key::StockNotEnough, &[("available", available), ("requested", requested)])
        }
        StockRefusal::NoBatch { .. } => text.word(Key::StockNoBatch).to_owned(),
        StockRefusal::UnknownBatch { batch, .. } => fill(Key::StockUnknownBatch, &[("batch", batch)]),
        StockRefusal::Expired { batch, expiry, .. } => {
            fill(Key::StockExpired, &[("batch", batch), ("expiry", expiry)])
        }
        StockRefusal::OtherExpiry { batch, known, given } => {
            fill(Key::StockOtherExpiry, &[("batch", batch), ("known", known), ("given", given)])
        }
        StockRefusal::SerialCount { quantity, serials, .. } => {
            fill(Key::StockSerialCount, &[("quantity", quantity), ("serials", serials)])
        }
        StockRefusal::SerialPresent { serial, .. } => fill(Key::StockSerialPresent, &[("serial", serial)]),
        StockRefusal::SerialAbsent { serial, .. } => fill(Key::StockSerialAbsent, &[("serial", serial)]),
        StockRefusal::Lines { faults } => together(text, &lines(faults, |why| self::refusal(text, why))),
        other => other.to_string(),
    }
}

/// Why goods did not arrive.
pub(super) fn arrival(text: &Text, why: &ArrivalRefusal) -> String {
    match why {
        ArrivalRefusal::Stock(why) => refusal(text, why),
        ArrivalRefusal::AlreadyDone { .. } => text.word(Key::StockTransferDone).to_owned(),
        ArrivalRefusal::TooMuch { in_transit, given, .. } => too_much(text, in_transit, given),
        ArrivalRefusal::NotSent { serial } => {
            text.fill(Key::StockSerialAbsent, &[("serial", serial.as_str())])
        }
        ArrivalRefusal::Lines { faults } => together(text, &lines(faults, |why| arrival(text, why))),
        other => other.to_string(),
    }
}

/// Why a count does not go on.
pub(super) fn count(text: &Text, why: &CountRefusal) -> String {
    match why {
        CountRefusal::Stock(why) => refusal(text, why),
        CountRefusal::Closed { .. } => text.word(Key::CountIsClosed).to_owned(),
        CountRefusal::OutOfScope { .. } => text.word(Key::CountNotInScope).to_owned(),
        CountRefusal::Uncounted { places } => {
            text.fill(Key::CountHasGaps, &[("count", &places.len().to_string())])
        }
        CountRefusal::Numbered { .. } => text.word(Key::CountOfNumbers).to_owned(),
        CountRefusal::Again { places } => {
            text.fill(Key::CountHasMoved, &[("count", &places.len().to_string())])
        }
        CountRefusal::OwnCount { .. } => text.word(Key::CountOwn).to_owned(),
        other => other.to_string(),
    }
}

/// Why an order is not written or answered.
pub(super) fn order(text: &Text, why: &OrderRefusal) -> String {
    match why {
        OrderRefusal::Stock(why) => refusal(text, why),
        OrderRefusal::TooMuch { given, most, .. } => too_much(text, most, given),
        OrderRefusal::Closed { .. } => text.word(Key::OrderIsClosed).to_owned(),
        OrderRefusal::Twice { .. } => text.word(Key::OrderTwice).to_owned(),
        OrderRefusal::NotOrdered { .. } => text.word(Key::OrderNotOrdered).to_owned(),
        OrderRefusal::Lines { faults } => together(text, &lines(faults, |why| order(text, why))),
        other => other.to_string(),
    }
}

/// What is wrong with a line.
pub struct LineWords {
    /// The position of the line, from 0.
    pub line: usize,
    /// The item of the line.
    pub item: Item,
    /// Why it cannot be.
    pub words: String,
}

/// Why lines of goods cannot be, one by one; nothing of what stands against all of them.
pub fn by_line(text: &Text, error: &Error) -> Option<Vec<LineWords>> {
    match error {
        Error::Stock(StockRefusal::Lines { faults })
        | Error::Order(OrderRefusal::Stock(StockRefusal::Lines { faults })) => {
            Some(lines(faults, |why| refusal(text, why)))
        }
        Error::Arrival(ArrivalRefusal::Lines { faults }) => Some(lines(faults, |why| arrival(text, why))),
        Error::Order(OrderRefusal::Lines { faults }) => Some(lines(faults, |why| order(text, why))),
        _ => None,
    }
}

/// Whether it is a line of goods that cannot be, and not what is done with all of them.
pub fn is_of_line(error: &Error) -> bool {
    match error {
        Error::Stock(why) | Error::Order(OrderRefusal::Stock(why)) => matches!(
            why,
            StockRefusal::NotPositive { .. }
                | StockRefusal::TooFine { .. }
                | StockRefusal::TooMuch { .. }
                | StockRefusal::TooDear { .. }
                | StockRefusal::NotEnough { .. }
                | StockRefusal::NoBatch { .. }
                | StockRefusal::UnknownBatch { .. }
                | StockRefusal::Expired { .. }
                | StockRefusal::MadeTooLate { .. }
                | StockRefusal::OtherExpiry { .. }
                | StockRefusal::SerialCount { .. }
                | StockRefusal::SerialTwice { .. }
                | StockRefusal::SerialPresent { .. }
                | StockRefusal::SerialAbsent { .. }
        ),
        _ => false,
    }
}

fn lines<R>(faults: &[LineFault<R>], words: impl Fn(&R) -> String) -> Vec<LineWords> {
    let of =
        |fault: &LineFault<R>| LineWords { line: fault.line, item: fault.item, words: words(&fault.refusal) };
    faults.iter().map(of).collect()
}

/// Lines that cannot be, where nobody knows what they are called.
fn together(text: &Text, lines: &[LineWords]) -> String {
    let said = |LineWords { line, words, .. }: &LineWords| {
        text.fill(Key::ImportLine, &[("line", &line.saturating_add(1).to_string()), ("words", words)])
    };
    lines.iter().map(said).collect::<Vec<_>>().join("\n")
}

fn too_much(text: &Text, most: &impl ToString, given: &impl ToString) -> String {
    let (most, given) = (most.to_string(), given.to_string());
    text.fill(Key::StockArrivalTooMuch, &[("most", &most), ("given", &given)])
}
