//! Why something is not done about a customer or a member.

use saleflex_core::{
    customer::{
        MergeRefusal, NotErasable,
        segment::{CriterionError, SegmentError, UnknownName},
    },
    loyalty::{CardRefusal, GrantRefusal},
};
use saleflex_store::Error;

use super::definition;
use crate::text::{Key, Text};

/// Why points were not given, a card does not serve, records are not merged or a person not erased; none for anything
/// else.
pub(super) fn refusal(text: &Text, error: &Error) -> Option<String> {
    let key = match error {
        Error::NoMember { .. } => Key::NotAMember,
        Error::PointsHeld(_) => Key::MergePointsHeld,
        Error::NotGranted(why) => return granted(text, *why),
        Error::Card(why) => match why {
            CardRefusal::NotANumber => Key::CardNotANumber,
            CardRefusal::Unknown => Key::CardUnknown,
            CardRefusal::Blocked { .. } => Key::CardIsBlocked,
            CardRefusal::Taken { .. } => Key::CardTaken,
            CardRefusal::IsProduct => Key::CardIsProduct,
            _ => return None,
        },
        Error::NotMerged(why) => match why {
            MergeRefusal::Itself => Key::MergeItself,
            MergeRefusal::WalkIn => Key::NobodysRecord,
            MergeRefusal::AlreadyDone => Key::MergedAlready,
            MergeRefusal::NotLive { .. } => Key::RecordNotInUse,
            MergeRefusal::OnDocument { .. } => Key::MergeOnDocument,
            _ => return None,
        },
        Error::NotErasable(why) => return erased(text, why),
        Error::Segment(SegmentError::Criterion(CriterionError::NoTimes)) => Key::CriterionNoTimes,
        Error::SegmentName(unknown) => return Some(unknown_name(text, unknown)),
        _ => return None,
    };
    Some(text.word(key).to_owned())
}

/// What a segment names that there is not.
pub(crate) fn unknown_name(text: &Text, unknown: &UnknownName) -> String {
    match unknown {
        UnknownName::Tier { code } => text.fill(Key::DoubtNoTier, &[("tier", code)]),
        UnknownName::Department { no } => {
            text.fill(Key::UnknownDepartment, &[("department", &no.to_string())])
        }
        UnknownName::Product { product } => definition::no_product(text, &product.to_string()),
        other => other.to_string(),
    }
}

fn granted(text: &Text, why: GrantRefusal) -> Option<String> {
    Some(match why {
        GrantRefusal::OutOfRange { most } => text.fill(Key::PointsOutOfRange, &[("most", &most.to_string())]),
        GrantRefusal::TooMany { most } => text.fill(Key::TooManyPoints, &[("most", &most.to_string())]),
        GrantRefusal::NotAGift => text.word(Key::PointsTakenByCorrection).to_owned(),
        GrantRefusal::Reason => super::fields::no_reason(text),
        GrantRefusal::Inactive => text.word(Key::MemberInactive).to_owned(),
        GrantRefusal::Itself => text.word(Key::BroughtThemselves).to_owned(),
        GrantRefusal::NoNewcomer => text.word(Key::BroughtNoNewcomer).to_owned(),
        _ => return None,
    })
}

fn erased(text: &Text, why: &NotErasable) -> Option<String> {
    Some(match why {
        NotErasable::WalkIn => text.word(Key::NobodysRecord).to_owned(),
        NotErasable::AlreadyDone => text.word(Key::ErasedAlready).to_owned(),
        NotErasable::Merged { .. } => text.word(Key::RecordNotInUse).to_owned(),
        NotErasable::AccountOpen { .. } => text.word(Key::EraseAccountOpen).to_owned(),
        NotErasable::DocumentsOpen { count } => {
            text.fill(Key::EraseDocumentsOpen, &[("count", &count.to_string())])
        }
        _ => return None,
    })
}
