//! What earns how much at most, who gets points for whom, and who keeps them.

use saleflex_core::{
    loyalty::{EarnBase, EarnLimits, Mode, Program, ReferralPoints},
    quantity::Points,
};

use super::super::{Fields, Reader, Value, rules::tenders};
use crate::text::{Key, Text};

/// The fields of it.
pub(super) const FIELDS: [&str; 9] = [
    "BASE",
    "EARN_TENDERS",
    "PER_DOCUMENT",
    "PER_DAY",
    "REFERRER",
    "REFERRED",
    "CALLING_CODE",
    "KEEPER",
    "OFFLINE_LIMIT",
];

const BASES: [(EarnBase, Key); 2] =
    [(EarnBase::Net, Key::EarnBaseNet), (EarnBase::Gross, Key::EarnBaseGross)];
const KEEPERS: [Key; 3] = [Key::KeeperTill, Key::KeeperHub, Key::KeeperOther];
const HUB: usize = 1;
const OTHER: usize = 2;

pub(super) fn shown(text: &Text, program: &Program) -> Fields {
    let (earn, referral) = (&program.earn, program.referral);
    let base = BASES.iter().position(|(base, _)| *base == earn.base).unwrap_or_default();
    let (keeper, limit) = match program.mode {
        Mode::Local => (0, None),
        Mode::Gate { offline_limit } => (HUB, Some(offline_limit)),
        Mode::External { offline_limit } => (OTHER, Some(offline_limit)),
    };
    let kinds = earn.eligible_tenders.clone().unwrap_or_default();
    let choice = |keys: &[Key], at| {
        let options = keys.iter().map(|key| text.word(*key).to_owned()).collect();
        Value::Choice { options, at }
    };
    let values = [
        choice(&BASES.map(|(_, key)| key), base),
        tenders::shown(text, &kinds),
        Value::text(earn.limits.per_document),
        Value::text(earn.limits.per_day),
        Value::text(Some(referral.referrer)),
        Value::text(Some(referral.referred)),
        Value::text(program.calling_code.as_ref()),
        choice(&KEEPERS, keeper),
        Value::text(limit),
    ];
    FIELDS.into_iter().zip(values).collect()
}

/// Reads it into a program.
pub(super) fn read(read: &mut Reader<'_>, program: &mut Program) {
    let earn = &mut program.earn;
    earn.base = BASES.get(read.entered.choice("BASE")).map_or(earn.base, |(base, _)| *base);
    earn.eligible_tenders = Some(read.tenders("EARN_TENDERS")).filter(|kinds| !kinds.is_empty());
    earn.limits = EarnLimits { per_document: points(read, "PER_DOCUMENT"), per_day: points(read, "PER_DAY") };
    program.referral = ReferralPoints {
        referrer: points(read, "REFERRER").unwrap_or_default(),
        referred: points(read, "REFERRED").unwrap_or_default(),
    };
    program.calling_code = read.entered.optional("CALLING_CODE");
    let offline_limit = points(read, "OFFLINE_LIMIT").unwrap_or_default();
    program.mode = match read.entered.choice("KEEPER") {
        HUB => Mode::Gate { offline_limit },
        OTHER => Mode::External { offline_limit },
        _ => Mode::Local,
    };
}

/// Points where there are any; none below nothing, and no more than one booking moves.
pub(super) fn points(read: &mut Reader<'_>, name: &'static str) -> Option<Points> {
    let points = Points::new(read.number::<i64>(name)?);
    if points.is_negative() {
        read.fault(name, read.text.word(Key::NotBelowNothing).to_owned());
    } else if points.bounded().is_err() {
        let most = Points::MAX.to_string();
        read.fault(name, read.text.fill(Key::TooManyPoints, &[("most", &most)]));
    }
    Some(points)
}
