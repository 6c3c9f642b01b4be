//! Why something was not done: what can be asked of somebody, else words.

use saleflex_core::{
    closure,
    document::{PieceRefusal, Refusal},
};
use saleflex_store::Error;

use super::Denial;
use crate::{
    log, message,
    text::{Key, Text},
};

/// Says it; an approval that was shown already is not asked for again.
pub(super) fn denial(text: &Text, error: &Error, is_approved: bool) -> Denial {
    log::error(error);
    match error {
        Error::Refused(Refusal::ApprovalNeeded { capability })
        | Error::NotClosed(closure::Refusal::ApprovalNeeded { capability }) => {
            if is_approved {
                Denial::ApprovalRefused(text.word(Key::ApproverMayNot).to_owned())
            } else {
                Denial::ApprovalNeeded(*capability)
            }
        }
        Error::Refused(Refusal::Piece(PieceRefusal::Needed { line, name, quantity })) => {
            Denial::PiecesNeeded { line: Some(*line), name: name.clone(), quantity: *quantity }
        }
        Error::Refused(Refusal::AgeCheckNeeded { minimum_age }) => Denial::AgeNeeded(*minimum_age),
        Error::Refused(Refusal::ChangeDoubted { limit, .. }) => Denial::CashDoubted(vec![
            message::error(text, error),
            text.fill(Key::CashDoubtedLimit, &[("limit", &limit.to_string())]),
        ]),
        Error::Refused(Refusal::QuantityDoubted { .. }) => Denial::CashDoubted(vec![
            message::error(text, error),
            text.word(Key::QuantityDoubtedAsk).to_owned(),
        ]),
        Error::Refused(Refusal::Piece(PieceRefusal::Doubted { .. })) => Denial::CashDoubted(vec![
            message::error(text, error),
            text.word(Key::SerialDoubtedAsk).to_owned(),
        ]),
        Error::Refused(Refusal::PastDate { .. }) => {
            Denial::CashDoubted(vec![message::error(text, error), text.word(Key::PastDateAsk).to_owned()])
        }
        Error::Refused(Refusal::PriceNeeded { code }) => Denial::PriceNeeded(code.clone()),
        Error::Refused(Refusal::ReversalNeeded { .. }) => Denial::ReversalNeeded(message::error(text, error)),
        Error::Refused(Refusal::ReasonNeeded) => Denial::ReasonNeeded(message::error(text, error)),
        Error::NotClosed(closure::Refusal::ReasonNeeded { .. }) => {
            Denial::ReasonNeeded(message::error(text, error))
        }
        other => Denial::Said(message::error(text, other)),
    }
}
