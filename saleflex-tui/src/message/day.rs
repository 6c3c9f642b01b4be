//! What people do in a working day, and what the audit trail calls it.

use saleflex_core::{
    cashier::{
        access::Act,
        session::BreakKind,
        time_clock::{Presence, Punch},
    },
    closure::drawer::OverShortReason,
    document::ExemptionKind,
};

use crate::text::{Key, Text};

/// What a kind of break is called.
pub const fn break_kind(kind: BreakKind) -> Key {
    match kind {
        BreakKind::Lunch => Key::BreakLunch,
        BreakKind::Coffee => Key::BreakCoffee,
        BreakKind::Prayer => Key::BreakPrayer,
        BreakKind::Smoke => Key::BreakSmoke,
        BreakKind::Personal => Key::BreakPersonal,
        BreakKind::Emergency => Key::BreakEmergency,
        BreakKind::Sick => Key::BreakSick,
        BreakKind::Scheduled => Key::BreakScheduled,
        BreakKind::Unscheduled => Key::BreakUnscheduled,
    }
}

/// What somebody does at the time clock.
pub const fn punch(punch: Punch) -> Key {
    match punch {
        Punch::In => Key::PunchIn,
        Punch::BreakStart(_) => Key::PunchBreak,
        Punch::BreakEnd => Key::PunchReturn,
        Punch::Out => Key::PunchOut,
    }
}

/// Where somebody is by the time clock.
pub const fn presence(presence: Presence) -> Key {
    match presence {
        Presence::Out => Key::PresenceOut,
        Presence::In => Key::PresenceIn,
        Presence::OnBreak => Key::PresenceBreak,
    }
}

/// Why a drawer was over or short.
pub const fn over_short(reason: OverShortReason) -> Key {
    match reason {
        OverShortReason::WrongChange => Key::ShortWrongChange,
        OverShortReason::NotRecorded => Key::ShortNotRecorded,
        OverShortReason::WrongTender => Key::ShortWrongTender,
        OverShortReason::Counterfeit => Key::ShortCounterfeit,
        OverShortReason::WrongFloat => Key::ShortWrongFloat,
        OverShortReason::Theft => Key::ShortTheft,
        OverShortReason::Unknown => Key::ShortUnknown,
        _ => Key::ShortOther,
    }
}

/// Why no tax is charged, as the law calls it: in the words of the receipt.
pub fn exemption(text: &Text, kind: ExemptionKind) -> &str {
    text.printout.exemptions.of(kind).unwrap_or_else(|| text.word(Key::ExemptOther))
}

/// What the audit trail calls an act.
pub fn act(text: &Text, act: Act) -> &str {
    text.word(match act {
        Act::VoidLine => Key::ActVoidLine,
        Act::VoidTender => Key::ActVoidTender,
        Act::ChangeQuantity => Key::ActChangeQuantity,
        Act::OverridePrice => Key::ActOverridePrice,
        Act::AdjustLine => Key::ActAdjustLine,
        Act::AdjustDocument => Key::ActAdjustDocument,
        Act::ExemptFromTax => Key::ActExemptFromTax,
        Act::CancelDocument => Key::ActCancelDocument,
        Act::Return => Key::ActReturn,
        Act::BuyGoods => Key::ActBuyGoods,
        Act::OpenDrawer => Key::ActOpenDrawer,
        Act::MoveCash => Key::ActMoveCash,
        Act::UseFunction => Key::ActUseFunction,
        Act::CountDrawer => Key::ActCountDrawer,
        Act::Reprint => Key::ActReprint,
        Act::ClosePeriod => Key::ActClosePeriod,
        Act::CorrectClosure => Key::ActCorrectClosure,
        Act::LogIn => Key::ActLogIn,
        Act::LogOut => Key::ActLogOut,
        Act::LogInRefused => Key::ActLogInRefused,
        Act::CountRefused => Key::ActCountRefused,
        Act::AgeRefused => Key::ActAgeRefused,
        Act::Lock => Key::ActLock,
        Act::Unlock => Key::ActUnlock,
        Act::TakeOver => Key::ActTakeOver,
        Act::Attendance => Key::ActAttendance,
        Act::CorrectAttendance => Key::ActCorrectAttendance,
        Act::DistributeTips => Key::ActDistributeTips,
        Act::SetTarget => Key::ActSetTarget,
        Act::RateCashier => Key::ActRateCashier,
        Act::NoteSession => Key::ActNoteSession,
        Act::ChangeCashier => Key::ActChangeCashier,
        Act::ChangeSecret => Key::ActChangeSecret,
        Act::ChangeCatalog => Key::ActChangeCatalog,
        Act::ChangeReference => Key::ActChangeReference,
        Act::ChangeCampaigns => Key::ActChangeCampaigns,
        Act::ChangeRate => Key::ActChangeRate,
        Act::ChangeSettings => Key::ActChangeSettings,
        Act::AdjustStock => Key::ActAdjustStock,
        Act::ChangeCustomer => Key::ActChangeCustomer,
        Act::GrantPoints => Key::ActGrantPoints,
        Act::RemoveCustomer => Key::ActRemoveCustomer,
        Act::DiscardDelivery => Key::ActDiscardDelivery,
        Act::StartTill => Key::ActStartTill,
        _ => Key::ActOther,
    })
}
