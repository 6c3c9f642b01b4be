//! Coupons on file.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter, types::Value};
use saleflex_core::{
    campaign::{Coupon, unlocking},
    ids::{CampaignId, CouponId, CustomerId},
};

use crate::{
    error::Error,
    file::codec::{Col, Json, get, get_json},
};

/// A coupon with how often it was used; uses of sales that came back whole are not counted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CouponRecord {
    /// The coupon as it is on file.
    pub coupon: Coupon,
    /// How often it was used.
    pub uses: u32,
}

fn read(row: &Row<'_>) -> rusqlite::Result<CouponRecord> {
    Ok(CouponRecord { coupon: get_json(row, 0)?, uses: row.get(1)? })
}

/// The texts a coupon answers to.
pub(crate) fn texts(coupon: &Coupon) -> BTreeSet<String> {
    coupon.texts().filter(|text| !text.is_empty()).collect()
}

/// Writes coupons as they are now; how often they were used stays.
pub(crate) fn put(connection: &Connection, coupons: &[Coupon]) -> Result<(), Error> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO coupon (id, campaign, definition) VALUES (?1, ?2, ?3) \
         ON CONFLICT (id) DO UPDATE SET campaign = excluded.campaign, definition = excluded.definition",
    )?;
    let mut forget = connection.prepare_cached("DELETE FROM coupon_text WHERE coupon = ?1")?;
    let mut answer = connection.prepare_cached("INSERT INTO coupon_text (text, coupon) VALUES (?1, ?2)")?;
    for coupon in coupons {
        upsert.execute(params![Col(coupon.id), Col(coupon.campaign), Json(coupon)])?;
        forget.execute([Col(coupon.id)])?;
    }
    for coupon in coupons {
        for text in texts(coupon) {
            answer.execute(params![text, Col(coupon.id)])?;
        }
    }
    Ok(())
}

/// The coupon that a typed or scanned text stands for.
pub(crate) fn find(connection: &Connection, entered: &str) -> Result<Option<CouponRecord>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT definition, uses FROM coupon_text JOIN coupon ON coupon.id = coupon_text.coupon \
         WHERE text = ?1",
    )?;
    Ok(select.query_row([unlocking(entered)], read).optional()?)
}

/// The coupon with this identity.
pub(crate) fn by_id(connection: &Connection, id: CouponId) -> Result<Option<CouponRecord>, Error> {
    let mut select = connection.prepare_cached("SELECT definition, uses FROM coupon WHERE id = ?1")?;
    Ok(select.query_row([Col(id)], read).optional()?)
}

/// Who answers to a text.
pub(crate) fn owner_of(connection: &Connection, text: &str) -> Result<Option<CouponId>, Error> {
    let mut select = connection.prepare_cached("SELECT coupon FROM coupon_text WHERE text = ?1")?;
    Ok(select.query_row([text], |row| get(row, 0)).optional()?)
}

/// All coupons, in the order of their identities.
pub(crate) fn all(connection: &Connection) -> Result<Vec<CouponRecord>, Error> {
    let mut select = connection.prepare_cached("SELECT definition, uses FROM coupon ORDER BY id")?;
    let coupons = select.query_map([], read)?;
    Ok(coupons.collect::<Result<_, _>>()?)
}

/// At most so many coupons that answer to every word, the latest first: a word stands in one of its texts or in the
/// code of its campaign, is that code behind `=`, or it is the code of whoever holds it.
pub(crate) fn search(
    connection: &Connection,
    words: &[(String, Option<CustomerId>)],
    limit: u32,
) -> Result<Vec<CouponRecord>, Error> {
    let condition = |nth: usize| {
        let (word, holder) = (2 * nth + 1, 2 * nth + 2);
        format!(
            "(EXISTS (SELECT 1 FROM coupon_text WHERE coupon_text.coupon = coupon.id AND instr(text, ?{word})) \
             OR instr(upper(campaign.code), ?{word}) OR '=' || upper(campaign.code) = ?{word} \
             OR json_extract(coupon.definition, '$.holder') = ?{holder})"
        )
    };
    let conditions: Vec<String> = (0..words.len()).map(condition).collect();
    let all = if conditions.is_empty() { "true".to_owned() } else { conditions.join(" AND ") };
    let sql = format!(
        "SELECT coupon.definition, uses FROM coupon LEFT JOIN campaign ON campaign.id = coupon.campaign \
         WHERE {all} ORDER BY coupon.id DESC LIMIT {limit}"
    );
    let values = words.iter().flat_map(|(word, holder)| {
        [Value::Text(unlocking(word)), holder.map_or(Value::Null, |id| Value::Text(id.uuid().to_string()))]
    });
    let mut select = connection.prepare_cached(&sql)?;
    let coupons = select.query_map(params_from_iter(values), read)?;
    Ok(coupons.collect::<Result<_, _>>()?)
}

/// At most so many coupons of a campaign, the latest first.
pub(crate) fn of_campaign(
    connection: &Connection,
    campaign: CampaignId,
    limit: u32,
) -> Result<Vec<CouponRecord>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT definition, uses FROM coupon WHERE campaign = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let coupons = select.query_map(params![Col(campaign), limit], read)?;
    Ok(coupons.collect::<Result<_, _>>()?)
}
