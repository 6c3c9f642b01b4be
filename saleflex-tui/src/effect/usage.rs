//! The usage audit to read and to print: a campaign's uses by day, and its latest ones; and a coupon's slip.

use saleflex_core::{
    ids::{CampaignId, CouponId},
    printout::{coupon, text as plain_text},
};
use saleflex_store::{Error, Till, campaigns::UsageRecord};

use super::{Paper, Reply, paper::RECEIPT_WIDTH, sheets::readable};
use crate::{
    listing::audit::who,
    text::{Key, Text},
};

/// The latest days listed.
const MOST_DAYS: usize = 62;
/// The latest uses listed.
const MOST_USES: u32 = 100;

/// What a campaign was used for.
pub(super) fn of_campaign(till: &Till, text: &Text, campaign: CampaignId) -> Result<Reply, Error> {
    let known = till.campaigns().find(campaign).ok_or(Error::NoSuchCampaign { campaign })?;
    let title = text.fill(Key::UsageOf, &[("campaign", known.code.as_str())]);
    let currency = till.currency();
    let days = till.campaign_days(campaign)?;
    let row = |day: &str, uses: &str, given: &str| format!("{day:<12}{uses:>12}{given:>14}");
    let mut lines = Vec::new();
    if days.is_empty() {
        lines.push(text.word(Key::UsageNone).to_owned());
    } else {
        let [day, uses, given] =
            [Key::ColumnDay, Key::ColumnUses, Key::ColumnGiven].map(|key| text.word(key));
        lines.push(row(day, uses, given));
    }
    for (day, count) in days.iter().rev().take(MOST_DAYS) {
        lines.push(row(&day.to_string(), &count.uses.to_string(), &currency.format(count.spent)));
    }
    let uses = till.campaign_uses(campaign, MOST_USES)?;
    if !uses.is_empty() {
        lines.push(String::new());
        lines.extend(self::lines(till, text, &uses)?);
    }
    Ok(Reply::Paper(readable(title, lines)))
}

/// Uses, the latest first: the sale, when, what it gave; below it by whom, for whom, by which coupon, and why it was
/// taken back.
pub(crate) fn lines(till: &Till, text: &Text, uses: &[UsageRecord]) -> Result<Vec<String>, Error> {
    let mut lines = Vec::new();
    for used in uses {
        let at = used.at.local.format("%Y-%m-%d %H:%M");
        let amount = till.currency().format(used.amount);
        lines.push(format!("{:<21}{at}{amount:>11}", used.number.to_string()));
        let customer = used.customer.map(|id| till.customer(id)).transpose()?.flatten();
        let people = [
            Some(who(till, Some(used.cashier))),
            customer.map(|customer| customer.code),
            used.coupon_code.clone(),
        ];
        let people: Vec<String> = people.into_iter().flatten().filter(|name| !name.is_empty()).collect();
        lines.push(format!("  {}", people.join(", ")));
        if used.went_back.is_positive() && used.taken_back.is_none() {
            let amount = till.currency().format(used.went_back);
            lines.push(format!("  {}", text.fill(Key::UsageWentBack, &[("amount", &*amount)])));
        }
        if let Some(back) = &used.taken_back {
            let values = [("number", &*back.number.to_string()), ("reason", &*back.reason)];
            let key = if back.reason.is_empty() { Key::UsageTakenBack } else { Key::UsageTakenBackFor };
            lines.push(format!("  {}", text.fill(key, &values)));
        }
    }
    Ok(lines)
}

/// A coupon to hand out: its code in letters, as a barcode and as a QR picture.
pub(super) fn slip(till: &Till, id: CouponId) -> Result<Reply, Error> {
    let record = till.coupon(id)?.ok_or(Error::BadRecord { record: "coupon" })?;
    let campaign = record.coupon.campaign;
    let known = till.campaigns().find(campaign).ok_or(Error::NoSuchCampaign { campaign })?;
    let printout = coupon::slips(&till.identity().store_name, known, std::slice::from_ref(&record.coupon));
    let lines = plain_text::render(&printout, RECEIPT_WIDTH);
    Ok(Reply::Paper(Paper { title: record.coupon.code, lines, printout, of: None }))
}
