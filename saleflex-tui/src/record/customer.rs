//! A customer: who it is, what is owed, points and segments, what was bought.

use std::collections::BTreeSet;

use saleflex_core::{
    checkout::KeptPoints,
    customer::{
        Address, Consents, Customer as Person, CustomerDetails, DetailsError, Field, Gender, PhoneTaken,
        Purpose,
    },
    ids::CustomerId,
    loyalty::{Cause, LedgerRow, Mode, PointsKind, kept_until},
};
use saleflex_store::{
    Error, Till,
    customer::{Customer, NewCustomer},
};

use super::{
    Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value,
    member::card::{card_line, membership},
};
use crate::{
    app::State,
    effect::{Act, Effect},
    listing::RowId,
    message,
    text::{Key, Text},
};

/// A customer.
pub(crate) struct CustomerModel;

/// Most documents and movements listed.
const MOST: u32 = 500;

/// What a person may say of their gender, nothing first.
const GENDERS: [(Option<Gender>, Key); 5] = [
    (None, Key::GenderUnsaid),
    (Some(Gender::Male), Key::GenderMale),
    (Some(Gender::Female), Key::GenderFemale),
    (Some(Gender::Other), Key::GenderOther),
    (Some(Gender::PreferNotToSay), Key::GenderPrivate),
];

/// The boxes of what a person may agree to.
const CONSENTS: [(&str, Purpose); 3] =
    [("MARKETING", Purpose::Marketing), ("SMS_CONSENT", Purpose::Sms), ("EMAIL_CONSENT", Purpose::Email)];

impl Model for CustomerModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "CUSTOMER_DETAIL",
            panel: "CUSTOMER_RECORD",
            definition: include_str!("../../forms/customer_detail.toml"),
            event: "CUSTOMER_ADD",
            fields: &[
                "CODE",
                "NAME",
                "LAST_NAME",
                "PHONE",
                "EMAIL",
                "BORN",
                "ACCOUNT_LIMIT",
                "BALANCE",
                "TIER",
                "POINTS",
                "STREET",
                "AREA",
                "TOWN",
                "ZIP",
                "NATIONAL_ID",
                "TAX_ID",
                "GENDER",
                "PREFERENCES",
                "NOTE",
                "MARKETING",
                "SMS_CONSENT",
                "EMAIL_CONSENT",
                "CONSENT_WORDING",
                "MOVEMENTS",
                "SEGMENTS",
                "DOCUMENTS",
            ],
        }
    }

    fn events(&self) -> &'static [&'static str] {
        &[
            "CUSTOMER_SELECT",
            "CUSTOMER_POINTS",
            "CUSTOMER_CARD",
            "CUSTOMER_REFERRAL",
            "CUSTOMER_MERGE_ROW",
            "CUSTOMER_ERASE_ROW",
        ]
    }

    fn money(&self) -> &'static [&'static str] {
        &["ACCOUNT_LIMIT"]
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let Some(id) = customer_id(of) else { return Ok(shown(till, text, None, None)) };
        let known = till.customer(id)?.ok_or(Error::NoSuchCustomer { customer: id })?;
        let person = till.person(id)?;
        let mut fields = shown(till, text, Some(&known), person.as_ref());
        fields.push(("MOVEMENTS", Value::Lines(movements(till, text, id)?)));
        fields.push(("SEGMENTS", Value::Lines(segments(till, text, id)?)));
        fields.push(("DOCUMENTS", Value::Lines(documents(till, text, id)?)));
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let known = match customer_id(of) {
            Some(id) => till.person(id)?,
            None => None,
        };
        let mut read = Reader::new(entered, text, till);
        let new = NewCustomer {
            code: read.needed("CODE", 50),
            details: details(&mut read, known.as_ref()),
            account_limit: read.amount("ACCOUNT_LIMIT"),
            ..NewCustomer::default()
        };
        read.finish()?;
        let agreed = CONSENTS.map(|(name, purpose)| (purpose, entered.flag(name)));
        let words = read_wording(text, entered);
        let saved = match &known {
            Some(known) => till.change_customer_with(known.id, &new, &agreed, &words),
            None => till.add_customer_with(&new, &agreed, &words).map(drop),
        };
        saved.map_err(|error| unsaved(till, text, error))
    }

    fn told(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Option<String> {
        phone_is_none(till, text, entered.text("CODE"))
    }

    fn act(&self, state: &mut State, of: Option<RowId>, event: &str) -> Vec<Effect> {
        let Some(id) = customer_id(of) else {
            state.say(crate::app::Tone::Notice, Key::SaveFirst);
            return Vec::new();
        };
        let form = match event {
            "CUSTOMER_POINTS" => "POINTS_GRANT",
            "CUSTOMER_CARD" => "MEMBER_CARD",
            "CUSTOMER_REFERRAL" => "REFERRAL",
            "CUSTOMER_MERGE_ROW" => "CUSTOMER_MERGE",
            "CUSTOMER_ERASE_ROW" => "CUSTOMER_ERASE",
            _ => return State::act(Act::AssignCustomer(Some(id))),
        };
        state.open_record(form, of)
    }
}

pub(super) const fn customer_id(of: Option<RowId>) -> Option<CustomerId> {
    if let Some(RowId::Customer(id)) = of { Some(id) } else { None }
}

/// The fields that can be changed, and those of the account and the membership.
fn shown(till: &Till, text: &Text, known: Option<&Customer>, person: Option<&Person>) -> Fields {
    let details = person.map(|person| person.details.clone()).unwrap_or_default();
    let consents = person.map_or_else(Consents::default, |person| person.consents.clone());
    let currency = *till.currency();
    let show = |amount| currency.format(amount);
    let points = known.and_then(|known| known.points).map(|points| points.to_string());
    let no_member = || text.word(Key::NoMember).to_owned();
    let tier = known.and_then(|known| known.tier.clone()).unwrap_or_else(no_member);
    let Address { street, area, town, zip } = details.address;
    let mut fields = vec![
        ("CODE", Value::text(known.map(|known| &known.code))),
        ("NAME", Value::Text(details.name)),
        ("LAST_NAME", Value::Text(details.last_name)),
        ("PHONE", Value::text(details.phone)),
        ("EMAIL", Value::text(details.email)),
        ("BORN", Value::text(details.date_of_birth)),
        ("ACCOUNT_LIMIT", Value::text(known.and_then(|known| known.account_limit).map(show))),
        ("BALANCE", Value::Fixed(known.map(|known| show(known.account_balance)).unwrap_or_default())),
        ("TIER", Value::Fixed(tier)),
        ("POINTS", Value::Fixed(points.unwrap_or_else(no_member))),
        ("STREET", Value::text(street)),
        ("AREA", Value::text(area)),
        ("TOWN", Value::text(town)),
        ("ZIP", Value::text(zip)),
        ("NATIONAL_ID", Value::text(details.national_id)),
        ("TAX_ID", Value::text(details.tax_id)),
        ("GENDER", gender(text, details.gender)),
        ("PREFERENCES", Value::Text(in_one_line(&details.preferences))),
        ("NOTE", Value::text(details.note)),
    ];
    fields.extend(CONSENTS.map(|(name, purpose)| (name, Value::Flag(consents.holds(purpose)))));
    fields.push(("CONSENT_WORDING", Value::Text(text.word(Key::ConsentWording).to_owned())));
    fields
}

/// What was entered of preferences: words with blanks between them. One of several words, as other systems may have it,
/// stays as long as nothing is changed.
fn preferences(entered: &Entered, known: Option<&Person>) -> BTreeSet<String> {
    let known = known.map(|known| known.details.preferences.clone()).unwrap_or_default();
    let (before, now) = (in_one_line(&known), entered.text("PREFERENCES"));
    if before == now { known } else { now.split_whitespace().map(str::to_owned).collect() }
}

fn in_one_line(preferences: &BTreeSet<String>) -> String {
    preferences.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn gender(text: &Text, of: Option<Gender>) -> Value {
    let options = GENDERS.iter().map(|(_, key)| text.word(*key).to_owned()).collect();
    Value::Choice { options, at: GENDERS.iter().position(|(gender, _)| *gender == of).unwrap_or(0) }
}

/// The words that were agreed to; the usual ones where none stand there.
fn read_wording(text: &Text, entered: &Entered) -> String {
    entered.optional("CONSENT_WORDING").unwrap_or_else(|| text.word(Key::ConsentWording).to_owned())
}

/// What was entered of a person; preferences that the screen does not show stay as they were.
fn details(read: &mut Reader<'_>, known: Option<&Person>) -> CustomerDetails {
    let entered = read.entered;
    let born = entered.optional("BORN").and_then(|typed| {
        let date = typed.parse().ok();
        if date.is_none() {
            read.fault("BORN", read.text.word(Key::DateNotRead).to_owned());
        }
        date
    });
    CustomerDetails {
        name: read.needed("NAME", Field::Name.longest()),
        last_name: read.needed("LAST_NAME", Field::LastName.longest()),
        phone: entered.optional("PHONE"),
        email: entered.optional("EMAIL"),
        address: Address {
            street: entered.optional("STREET"),
            area: entered.optional("AREA"),
            town: entered.optional("TOWN"),
            zip: entered.optional("ZIP"),
        },
        note: entered.optional("NOTE"),
        date_of_birth: born,
        gender: GENDERS.get(entered.choice("GENDER")).and_then(|(gender, _)| *gender),
        preferences: preferences(entered, known),
        national_id: entered.optional("NATIONAL_ID"),
        tax_id: entered.optional("TAX_ID"),
    }
}

/// Where on the screen the reason belongs.
fn unsaved(till: &Till, text: &Text, error: Error) -> Unsaved {
    match error {
        Error::Taken { code } => Unsaved::taken(text, "CODE", &code),
        Error::PhoneTaken(taken) => Unsaved::Fields(vec![("PHONE", phone_taken(till, text, taken))]),
        Error::Details(why) => Unsaved::Fields(vec![(at_fault(why), message::of_person(text, why))]),
        other => Unsaved::Till(other),
    }
}

/// The field that what is known of a person is wrong in.
const fn at_fault(why: DetailsError) -> &'static str {
    match why {
        DetailsError::TooLong { field, .. }
        | DetailsError::Required { field }
        | DetailsError::ControlCharacter { field } => field_name(field),
        DetailsError::NoDigit => "PHONE",
        DetailsError::NotBorn => "BORN",
        _ => "NAME",
    }
}

/// That the telephone of a customer who was saved tells nobody apart, where it is no number.
pub(crate) fn phone_is_none(till: &Till, text: &Text, code: &str) -> Option<String> {
    let known = till.customer_with_code(code.trim()).ok().flatten()?;
    let person = till.person(known.id).ok().flatten()?;
    let is_none = person.details.phone.is_some() && person.phone_key.is_none();
    is_none.then(|| text.word(Key::PhoneIsNone).to_owned())
}

/// Who has the telephone already.
pub(crate) fn phone_taken(till: &Till, text: &Text, taken: PhoneTaken) -> String {
    match till.customer(taken.by).ok().flatten() {
        Some(by) => text.fill(Key::PhoneTakenBy, &[("code", &by.code), ("name", &by.name)]),
        None => text.word(Key::PhoneTaken).to_owned(),
    }
}

const fn field_name(field: Field) -> &'static str {
    match field {
        Field::LastName => "LAST_NAME",
        Field::Phone => "PHONE",
        Field::Email => "EMAIL",
        Field::Street => "STREET",
        Field::Area => "AREA",
        Field::Town => "TOWN",
        Field::Zip => "ZIP",
        Field::Note => "NOTE",
        Field::NationalId => "NATIONAL_ID",
        Field::TaxId => "TAX_ID",
        Field::Preference => "PREFERENCES",
        _ => "NAME",
    }
}

/// Cards, and what moved on the account of points, the latest first.
fn movements(till: &Till, text: &Text, id: CustomerId) -> Result<Vec<String>, Error> {
    let cards = till.cards_of(id)?;
    let mut lines: Vec<String> = cards.iter().map(|card| card_line(text, card)).collect();
    lines.extend(standing(till, text, id)?);
    let rows = till.point_movements(id, MOST)?;
    if rows.is_empty() {
        lines.push(text.word(Key::NoPointsYet).to_owned());
    }
    for row in &rows {
        lines.push(movement(text, row, &why(till, text, row)?));
    }
    Ok(lines)
}

/// That the membership is not active, until when the tier is kept that is no longer reached, which points run out next, and who else keeps them: that comes last,
/// since it ends with what the movements below it are.
pub(crate) fn standing(till: &Till, text: &Text, id: CustomerId) -> Result<Vec<String>, Error> {
    let Some(member) = till.membership(id)? else { return Ok(Vec::new()) };
    let waits = (!member.is_active()).then(|| text.word(membership(member.status)).to_owned());
    let program = till.programs().iter().find(|program| program.id == member.program);
    let kept = program.and_then(|program| kept_until(&member, program));
    let kept = kept
        .zip(member.tier.as_ref())
        .map(|(day, tier)| text.fill(Key::TierKeptUntil, &[("tier", tier), ("day", &day.to_string())]));
    let elsewhere = till.points_elsewhere(id)?;
    // What runs out where somebody else keeps them is known there alone.
    let next = member.lots.open().first().filter(|_| elsewhere.is_none());
    let next = next.and_then(|lot| Some((lot.points, lot.expires?)));
    let next = next.map(|(points, day)| {
        text.fill(Key::PointsRunOut, &[("points", &points.to_string()), ("day", &day.to_string())])
    });
    let elsewhere = elsewhere.map(|(mode, said)| kept_elsewhere(text, mode, said));
    Ok(waits.into_iter().chain(kept).chain(next).chain(elsewhere).collect())
}

/// Who else keeps the points, and what that one said of them last.
fn kept_elsewhere(text: &Text, mode: Mode, said: Option<KeptPoints>) -> String {
    let keeper = text.word(if matches!(mode, Mode::Gate { .. }) { Key::KeeperHub } else { Key::KeeperOther });
    let Some(KeptPoints { balance, spendable }) = said else {
        return text.fill(Key::PointsKeptUnasked, &[("keeper", keeper)]);
    };
    let (points, available) = (balance.to_string(), spendable.or_zero().to_string());
    let values = [("keeper", keeper), ("points", &*points), ("available", &*available)];
    text.fill(Key::PointsKeptElsewhere, &values)
}

fn movement(text: &Text, row: &LedgerRow, why: &str) -> String {
    let day = row.occasion.at.local.format("%Y-%m-%d %H:%M");
    let kind = text.word(points_kind(row.kind));
    format!("{day}  {kind:<16}{:>10}{:>10}  {why}", row.points.to_string(), row.balance_after.to_string())
}

/// What points moved for: the receipt, whom somebody brought, or the reason that was given.
fn why(till: &Till, text: &Text, row: &LedgerRow) -> Result<String, Error> {
    let reason = match row.cause {
        _ if row.receipt.is_some() => row.receipt.map(|receipt| receipt.to_string()),
        Cause::Referral { referred } if referred == row.customer => {
            Some(text.word(Key::PointsForComing).to_owned())
        }
        Cause::Referral { referred } => {
            let code = till.customer(referred)?.map(|known| known.code).unwrap_or_default();
            Some(text.fill(Key::PointsForBringing, &[("code", &code)]))
        }
        Cause::Manual { grant } => till.grant_reason(grant)?,
        _ => None,
    };
    Ok(reason.unwrap_or_default())
}

/// What a movement of points is called.
pub(crate) const fn points_kind(kind: PointsKind) -> Key {
    match kind {
        PointsKind::Earned => Key::PointsKindEarned,
        PointsKind::Redeemed => Key::PointsKindRedeemed,
        PointsKind::Expired => Key::PointsKindExpired,
        PointsKind::Adjusted => Key::PointsKindAdjusted,
        PointsKind::Bonus => Key::PointsKindBonus,
        PointsKind::Welcome => Key::PointsKindWelcome,
        PointsKind::Birthday => Key::PointsKindBirthday,
        PointsKind::Refund => Key::PointsKindRefund,
    }
}

/// The segments a customer is in.
fn segments(till: &Till, text: &Text, id: CustomerId) -> Result<Vec<String>, Error> {
    let within = till.segments_of(id)?;
    let is_in = till.segments().iter().filter(|segment| within.contains(&segment.id));
    let lines: Vec<String> = is_in.map(|segment| segment.name.clone()).collect();
    Ok(if lines.is_empty() { vec![text.word(Key::InNoSegment).to_owned()] } else { lines })
}

/// What the customer bought and brought back, the latest first.
fn documents(till: &Till, text: &Text, id: CustomerId) -> Result<Vec<String>, Error> {
    let heads = till.documents_of(id, MOST)?;
    if heads.is_empty() {
        return Ok(vec![text.word(Key::NoDocumentsYet).to_owned()]);
    }
    let names = [Key::ColumnGross, Key::ColumnPaid, Key::ColumnChange].map(|key| text.word(key).to_owned());
    let headings = [Key::ColumnNumber, Key::ColumnTime, Key::ColumnKind].map(|key| text.word(key));
    let line = |head: &saleflex_store::history::DocumentHead| {
        let (number, time) = (head.number.to_string(), head.finished_at.local.format("%H:%M").to_string());
        let kind = crate::listing::receipts::kind_word(text, head);
        if head.is_cancelled {
            let cancelled = text.fill(Key::CancelledKind, &[("kind", kind)]);
            return format!("{number:<21}{time:<7}{cancelled}");
        }
        let amounts = [head.net_due, head.paid, head.change].map(|amount| till.currency().format(amount));
        document_line([&number, &time, kind], &amounts)
    };
    Ok([document_line(headings, &names)].into_iter().chain(heads.iter().map(line)).collect())
}

/// A document as a line of columns: its number, which has day and period in it, the time and the kind; what was due, what
/// was paid and what of that went back.
fn document_line([number, time, kind]: [&str; 3], [due, paid, change]: &[String; 3]) -> String {
    format!("{number:<21}{time:<7}{kind:<17.16}{due:>11}{paid:>11}{change:>9}")
}
