//! Sets of campaigns that were in force before, made again from the journal.

use rusqlite::{Connection, params};
use saleflex_core::{
    campaign::{Campaign, CampaignSet, ContentHash, Definitions},
    journal::{Entry, EventKind},
};

use crate::error::Error;

/// The set with a digest, where the journal's changes of campaigns ever made it.
pub(crate) fn find_set(connection: &Connection, set: ContentHash) -> Result<Option<CampaignSet>, Error> {
    let mut select = connection.prepare("SELECT payload FROM event WHERE kind = ?1 ORDER BY seq")?;
    let mut rows = select.query(params![EventKind::Till.name()])?;
    let mut definitions = Definitions::default();
    // Before the first change there is the set without campaigns.
    let mut rule = definitions.rule_of(set);
    while rule.is_none()
        && let Some(row) = rows.next()?
    {
        let payload: Vec<u8> = row.get(0)?;
        let entry = Entry::from_bytes(&payload)?;
        if let Some(change) = entry.event.campaign_change() {
            definitions.follow(change)?;
            rule = definitions.rule_of(set);
        }
    }
    Ok(rule.map(|rule| definitions.compile(rule)).transpose()?)
}

/// The campaign that had a code last, as it was saved last, where the journal knows one.
pub(crate) fn find_by_code(connection: &Connection, code: &str) -> Result<Option<Campaign>, Error> {
    let mut select = connection.prepare("SELECT payload FROM event WHERE kind = ?1 ORDER BY seq DESC")?;
    let mut rows = select.query(params![EventKind::Till.name()])?;
    while let Some(row) = rows.next()? {
        let entry = Entry::from_bytes(&row.get::<_, Vec<u8>>(0)?)?;
        let saved = entry.event.campaign_change().map_or(&[][..], |change| change.saved.as_slice());
        if let Some(known) = saved.iter().rfind(|campaign| campaign.code.as_str() == code) {
            return Ok(Some(known.clone()));
        }
    }
    Ok(None)
}
