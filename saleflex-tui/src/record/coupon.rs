//! A coupon: whose it is, how long and how often it counts, whether it is blocked, and which sales used it. A new one has
//! a code of the shop's own choosing; codes that nobody guesses are made in a [batch].

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use saleflex_core::{
    campaign::{Coupon, CouponKind},
    ids::{CampaignId, CouponId, CustomerId},
};
use saleflex_store::{Error, Till, campaigns::CouponRecord};

use super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value};
use crate::{
    effect::usage,
    listing::{
        RowId,
        coupons::{holder, standing, standing_key},
    },
    text::{Key, Text},
};

pub(crate) mod batch;

/// A coupon.
pub(crate) struct CouponModel;

/// How coupons may be used, and what each way is called.
const KINDS: [(CouponKind, Key); 4] = [
    (CouponKind::SingleUse, Key::CouponSingle),
    (CouponKind::MultiUse, Key::CouponMulti),
    (CouponKind::Public, Key::CouponPublic),
    (CouponKind::Personal, Key::CouponPersonal),
];
/// The longest code.
const LONGEST_CODE: usize = 100;
/// The longest code of a campaign or a customer.
const LONGEST_KEY: usize = 50;
/// How an instant is written.
const INSTANT: &str = "%Y-%m-%d %H:%M";
/// The most customers looked at for the code of a holder.
const MOST_HOLDERS: u32 = 50;
/// The most uses that are listed.
const MOST_USES: u32 = 100;

impl Model for CouponModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "COUPON",
            panel: "COUPON_FIELDS",
            definition: include_str!("../../forms/coupon.toml"),
            event: "ADD_COUPON",
            fields: &[
                "CODE",
                "CAMPAIGN",
                "KIND",
                "HOLDER",
                "START",
                "END",
                "MOST_USES",
                "IS_ACTIVE",
                "STANDING",
                "USED",
                "AUDIT",
            ],
        }
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let Some(record) = known(till, of)? else {
            let mut fields = vec![
                ("CODE", Value::text(None::<&str>)),
                ("CAMPAIGN", Value::text(None::<&str>)),
                ("IS_ACTIVE", Value::Flag(true)),
                ("STANDING", Value::Fixed(String::new())),
                ("USED", Value::Fixed("0".to_owned())),
                ("AUDIT", Value::Lines(Vec::new())),
            ];
            fields.extend(terms(text, CouponKind::Public, None, &Terms::default()));
            return Ok(fields);
        };
        let now = till.now().local;
        let standing = standing(till, &record, now);
        let CouponRecord { coupon, uses } = &record;
        let campaign = till.campaigns().find(coupon.campaign);
        let campaign = campaign.map_or("", |campaign| campaign.code.as_str()).to_owned();
        let audit = usage::lines(till, text, &till.coupon_uses(coupon.id, MOST_USES)?)?;
        let given = Terms { start: coupon.start, end: coupon.end, uses: coupon.uses };
        let mut fields = vec![
            ("CODE", Value::Fixed(coupon.code.clone())),
            ("CAMPAIGN", Value::Fixed(campaign)),
            ("IS_ACTIVE", Value::Flag(coupon.is_active)),
            ("STANDING", Value::Fixed(text.word(standing_key(standing)).to_owned())),
            ("USED", Value::Fixed(uses.to_string())),
            ("AUDIT", Value::Lines(audit)),
        ];
        fields.extend(terms(text, coupon.kind, holder(till, &record)?, &given));
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let known = known(till, of)?.map(|record| record.coupon);
        let mut read = Reader::new(entered, text, till);
        let code = read.needed("CODE", LONGEST_CODE);
        let campaign = match &known {
            Some(known) => Some(known.campaign),
            None => campaign(&mut read, till),
        };
        let given = read_terms(&mut read, till)?;
        read.finish()?;
        let (Some(campaign), Some((kind, holder, Terms { start, end, uses }))) = (campaign, given) else {
            return Ok(());
        };
        let id = known.as_ref().map_or_else(|| till.new_coupon_id(), |known| known.id);
        let base = known.unwrap_or_else(|| Coupon {
            barcode: Some(code.clone()),
            ..Coupon::new(id, code.clone(), campaign, kind)
        });
        let is_active = entered.flag("IS_ACTIVE");
        let coupon = Coupon { kind, holder, start, end, uses, is_active, ..base };
        till.save_coupons(vec![coupon]).map_err(|error| match error {
            Error::Taken { code } => Unsaved::taken(text, "CODE", &code),
            other => Unsaved::Till(other),
        })
    }
}

fn known(till: &Till, of: Option<RowId>) -> Result<Option<CouponRecord>, Error> {
    let id: CouponId = if let Some(RowId::Coupon(id)) = of { id } else { return Ok(None) };
    till.coupon(id)
}

/// When and how often a coupon counts.
#[derive(Clone, Copy, Debug, Default)]
struct Terms {
    start: Option<NaiveDateTime>,
    end: Option<NaiveDateTime>,
    uses: Option<u32>,
}

/// The fields that one coupon and a batch of them have in common.
fn terms(text: &Text, kind: CouponKind, holder: Option<String>, terms: &Terms) -> Fields {
    let options = KINDS.iter().map(|(_, key)| text.word(*key).to_owned()).collect();
    let at = KINDS.iter().position(|(known, _)| *known == kind).unwrap_or(0);
    let instant = |at: Option<NaiveDateTime>| Value::text(at.map(|at| at.format(INSTANT)));
    vec![
        ("KIND", Value::Choice { options, at }),
        ("HOLDER", Value::text(holder)),
        ("START", instant(terms.start)),
        ("END", instant(terms.end)),
        ("MOST_USES", Value::text(terms.uses)),
    ]
}

/// Reads them; nothing where something is wrong, which is noted.
fn read_terms(
    read: &mut Reader<'_>,
    till: &Till,
) -> Result<Option<(CouponKind, Option<CustomerId>, Terms)>, Error> {
    let chosen = KINDS.get(read.entered.choice("KIND")).map_or(CouponKind::SingleUse, |(kind, _)| *kind);
    let code = read.entered.optional("HOLDER");
    let holder = match &code {
        Some(code) => {
            let found = till.find_customers(code, MOST_HOLDERS)?;
            found.into_iter().find(|customer| customer.code == *code).map(|customer| customer.id)
        }
        None => None,
    };
    let mut is_good = true;
    if let Some(code) = code.as_deref().filter(|_| holder.is_none()) {
        read.fault("HOLDER", read.text.fill(Key::NoSuchCustomer, &[("code", code)]));
        is_good = false;
    } else if chosen == CouponKind::Personal && holder.is_none() {
        read.fault("HOLDER", read.text.word(Key::FieldNeeded).to_owned());
        is_good = false;
    }
    let midnight = NaiveTime::MIN;
    let last = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or(NaiveTime::MIN);
    let (start, end) = (instant(read, "START", midnight), instant(read, "END", last));
    if start.zip(end).is_some_and(|(start, end)| start > end) {
        read.fault("END", read.text.word(Key::EndsBeforeStart).to_owned());
        is_good = false;
    }
    let uses = read.number("MOST_USES");
    let fault = match uses {
        Some(0) => Some(Key::NotANumber),
        Some(2..) if chosen == CouponKind::SingleUse => Some(Key::SingleUseOnce),
        _ => None,
    };
    if let Some(fault) = fault {
        read.fault("MOST_USES", read.text.word(fault).to_owned());
        is_good = false;
    }
    // A coupon of several uses is nobody's: one that has a holder is personal, or counts once.
    let kind = match (chosen, holder) {
        (CouponKind::MultiUse | CouponKind::Public, Some(_)) => CouponKind::Personal,
        (kind, _) => kind,
    };
    Ok(is_good.then_some((kind, holder, Terms { start, end, uses })))
}

/// A day, or a day and an hour; a day alone is meant from its first instant or to its last.
fn instant(read: &mut Reader<'_>, name: &'static str, alone: NaiveTime) -> Option<NaiveDateTime> {
    let typed = read.entered.optional(name)?;
    let day = || NaiveDate::parse_from_str(&typed, "%Y-%m-%d").ok().map(|day| day.and_time(alone));
    let at = NaiveDateTime::parse_from_str(&typed, INSTANT).ok().or_else(day);
    if at.is_none() {
        read.fault(name, read.text.word(Key::DayWrong).to_owned());
    }
    at
}

/// The campaign whose code was entered.
fn campaign(read: &mut Reader<'_>, till: &Till) -> Option<CampaignId> {
    let code = read.needed("CAMPAIGN", LONGEST_KEY);
    let known = till.campaigns().campaigns().iter().find(|one| one.code.as_str().eq_ignore_ascii_case(&code));
    if known.is_none() && !code.is_empty() {
        read.fault("CAMPAIGN", read.text.word(Key::CampaignsNone).to_owned());
    }
    known.map(|known| known.id)
}
