//! Campaigns, coupons and how often both were used.
//!
//! Definitions are reference data: they lie in memory, ready to be asked, and a change makes them anew. An open
//! document keeps the campaigns it began with. Coupons can be many, so they are looked up one by one.
//!
//! **Invariant:** counts change in the transaction of the sale that uses a campaign, or of the return that brings the
//! whole sale back, and in no other.

use rusqlite::{Connection, params};
use saleflex_core::{
    campaign::{Campaign, CampaignChange},
    journal::{Entry, Event},
};

use crate::{
    error::Error,
    file::codec::{Col, Json, get_json},
};

pub(crate) mod counts;
pub(crate) mod coupons;
pub(crate) mod in_force;
pub(crate) mod lent;
mod shelf;
pub(crate) mod uses;
pub(crate) mod versions;

pub use self::{
    counts::CampaignCount,
    coupons::CouponRecord,
    uses::{TakenBack, UsageRecord},
};
pub(crate) use self::{
    in_force::{CHANNEL, InForce, Judged, traits_of},
    shelf::{Cheapest, Shelf},
};

/// All definitions, in the order of their identities.
pub(crate) fn load(connection: &Connection) -> Result<Vec<Campaign>, Error> {
    let mut select = connection.prepare("SELECT definition FROM campaign ORDER BY id")?;
    let campaigns = select.query_map([], |row| get_json(row, 0))?;
    Ok(campaigns.collect::<Result<_, _>>()?)
}

/// Writes a change that fits.
pub(crate) fn apply(connection: &Connection, change: &CampaignChange) -> Result<(), Error> {
    let mut delete = connection.prepare_cached("DELETE FROM campaign WHERE id = ?1")?;
    // A code may change hands within one change: all that change leave first.
    let saved = change.saved.iter().map(|campaign| &campaign.id);
    for campaign in change.withdrawn.iter().chain(saved) {
        delete.execute([Col(*campaign)])?;
    }
    let mut insert =
        connection.prepare_cached("INSERT INTO campaign (id, code, definition) VALUES (?1, ?2, ?3)")?;
    for campaign in &change.saved {
        insert.execute(params![Col(campaign.id), campaign.code.as_str(), Json(campaign)])?;
    }
    Ok(())
}

/// Writes what an entry about campaigns or coupons says; nothing for any other.
pub(crate) fn write(connection: &Connection, entry: &Entry) -> Result<(), Error> {
    if let Some(change) = entry.event.campaign_change() {
        apply(connection, change)?;
    }
    if let Event::CouponsSaved { coupons } = &entry.event {
        coupons::put(connection, coupons)?;
    }
    Ok(())
}
