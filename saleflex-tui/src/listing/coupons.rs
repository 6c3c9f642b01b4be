//! Coupons, the latest first: of which campaign, how they stand, how often they were used, how long they count, whose
//! they are. What is typed narrows them by code, campaign and holder.

use chrono::NaiveDateTime;
use saleflex_core::{
    campaign::{CouponOnFile, CouponStanding},
    money::Money,
};
use saleflex_store::{Error, Till, campaigns::CouponRecord};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::{Effect, Question},
    text::{Key, Text},
};

/// Coupons.
pub(crate) struct Coupons;

/// Most coupons listed; typing on narrows them.
const MOST: u32 = 200;

impl Listing for Coupons {
    fn form(&self) -> &'static str {
        "COUPON_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/coupon_list.toml")
    }

    fn event(&self) -> &'static str {
        "COUPON_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["COUPON_DETAIL", "COUPON_SLIP"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleCoupons, none: Key::CouponsNone, hint: Key::HintCoupons }
    }

    fn empty(&self) -> Key {
        Key::CouponsEmpty
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCoupon, 0),
                Heading::text(Key::ColumnCampaign, 13),
                Heading::text(Key::ColumnState, 10),
                Heading::number(Key::ColumnUses, 8),
                Heading::text(Key::ColumnUntil, 10),
                Heading::text(Key::ColumnHolder, 9),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let now = till.now().local;
        let found = till.search_coupons(&query.term, MOST)?;
        let rows = found.iter().map(|record| row(till, text, record, now));
        Ok(Listed { rows: rows.collect::<Result<_, _>>()?, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        match (row.id, event) {
            (RowId::Coupon(coupon), "COUPON_SLIP") => vec![Effect::Ask(Question::CouponSlip(coupon))],
            _ => state.open_record("COUPON", Some(row.id)),
        }
    }
}

fn row(till: &Till, text: &Text, record: &CouponRecord, now: NaiveDateTime) -> Result<ListRow, Error> {
    let coupon = &record.coupon;
    let campaign = till.campaigns().find(coupon.campaign).map(|campaign| campaign.code.as_str().to_owned());
    let standing = standing(till, record, now);
    let uses = coupon.uses.map_or_else(|| record.uses.to_string(), |most| format!("{}/{most}", record.uses));
    Ok(ListRow {
        id: RowId::Coupon(coupon.id),
        cells: vec![
            coupon.code.clone(),
            campaign.unwrap_or_default(),
            text.word(standing_key(standing)).to_owned(),
            uses,
            coupon.end.map(|end| end.date().to_string()).unwrap_or_default(),
            holder(till, record)?.unwrap_or_default(),
        ],
        total: Money::ZERO,
        is_dim: standing != CouponStanding::Good,
    })
}

/// How a coupon stands, beside its campaign.
pub(crate) fn standing(till: &Till, record: &CouponRecord, now: NaiveDateTime) -> CouponStanding {
    let CouponRecord { coupon, uses } = record;
    let count = till.campaign_count(coupon.campaign);
    let campaign = till.campaigns().find(coupon.campaign);
    CouponOnFile { coupon, uses: *uses }.standing_with(campaign, (count.uses, count.spent), now)
}

/// What a standing is called.
pub(crate) const fn standing_key(standing: CouponStanding) -> Key {
    match standing {
        CouponStanding::Blocked => Key::StandingBlocked,
        CouponStanding::UsedUp => Key::StandingUsedUp,
        CouponStanding::NotYet => Key::StandingNotYet,
        CouponStanding::Over => Key::StandingOver,
        CouponStanding::CampaignOut => Key::StandingCampaignOut,
        CouponStanding::CampaignUsedUp => Key::StandingCampaignUsedUp,
        CouponStanding::Good => Key::StandingGood,
    }
}

/// The code of whoever holds a coupon.
pub(crate) fn holder(till: &Till, record: &CouponRecord) -> Result<Option<String>, Error> {
    let Some(holder) = record.coupon.holder else { return Ok(None) };
    Ok(till.customer(holder)?.map(|customer| customer.code))
}
