//! What is doubtful about a campaign, in the words of the language file.

use saleflex_core::campaign::Fault;

use super::definition;
use crate::text::{Key, Text};

/// One doubt as a sentence.
pub fn sentence(text: &Text, fault: &Fault) -> String {
    match fault {
        Fault::Field(wrong) => {
            let reason = definition::reason(text, &wrong.reason);
            text.fill(Key::DoubtField, &[("field", &*wrong.field), ("reason", &*reason)])
        }
        Fault::NeverActivated => text.word(Key::DoubtNeverActivated).to_owned(),
        Fault::NeverOpen => text.word(Key::DoubtNeverOpen).to_owned(),
        Fault::Over { end } => text.fill(Key::DoubtOver, &[("day", &*end.to_string())]),
        Fault::Contradiction => text.word(Key::DoubtContradiction).to_owned(),
        Fault::Shadowed { by } => text.fill(Key::DoubtShadowed, &[("campaign", by.as_str())]),
        Fault::Apart { other } => text.fill(Key::DoubtApart, &[("campaign", other.as_str())]),
        Fault::Lowered { other } => text.fill(Key::DoubtLowered, &[("campaign", other.as_str())]),
        Fault::NoGoods { goods } => text.fill(Key::DoubtNoGoods, &[("goods", &**goods)]),
        Fault::NoSaving => text.word(Key::DoubtNoSaving).to_owned(),
        Fault::NoTier { tier } => text.fill(Key::DoubtNoTier, &[("tier", &**tier)]),
        Fault::SameUnlockingCode { other } => {
            text.fill(Key::DoubtSameUnlock, &[("campaign", other.as_str())])
        }
        Fault::SamePrintedCode { other } => text.fill(Key::DoubtSamePrinted, &[("campaign", other.as_str())]),
        Fault::SameCouponText { coupon, other } => {
            text.fill(Key::DoubtSameCoupon, &[("coupon", &**coupon), ("other", &**other)])
        }
        Fault::NoCoupon => text.word(Key::DoubtNoCoupon).to_owned(),
        Fault::FreeGoods => text.word(Key::DoubtFreeGoods).to_owned(),
        Fault::BelowCost { item, .. } => text.fill(Key::DoubtBelowCost, &[("item", &**item)]),
        Fault::BelowCostBeside { item, beside, .. } => {
            text.fill(Key::DoubtBelowCostBeside, &[("item", &**item), ("campaign", beside.as_str())])
        }
        Fault::Unbounded => text.word(Key::DoubtUnbounded).to_owned(),
        Fault::StepGivesLess { from } => text.fill(Key::DoubtStepLess, &[("from", &*from.to_string())]),
        Fault::StepNeverReached { from } => text.fill(Key::DoubtStepNever, &[("from", &*from.to_string())]),
        Fault::CeilingIgnored => text.word(Key::DoubtCeiling).to_owned(),
        Fault::UnknownGroup { group } => text.fill(Key::DoubtGroup, &[("group", &**group)]),
        _ => text.word(Key::DoubtOther).to_owned(),
    }
}

/// The first of several doubts, and how many more there are; none where there is no doubt.
pub fn first_of(text: &Text, faults: &[Fault]) -> Option<String> {
    let (first, more) = faults.split_first()?;
    let doubt = sentence(text, first);
    Some(match more.len() {
        0 => doubt,
        more => text.fill(Key::DoubtsMore, &[("doubt", &*doubt), ("more", &*more.to_string())]),
    })
}
