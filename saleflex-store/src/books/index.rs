//! Where entries are found that are asked for by what they are about: counts by period, punches by cashier, closures
//! by date, sales by the campaigns and coupons they used. The entry itself lies in the journal.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};
use saleflex_core::{
    ids::{CashierId, ClosureNumber},
    journal::{Entry, Event},
    performance::Sessions,
};
use uuid::Uuid;

use crate::{books::journal, error::Error};

/// What entries are about.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Topic {
    /// Closed periods, by business date.
    Closure,
    /// Corrections, by the closure's number.
    Correction,
    /// Drawer counts, accepted or not, and other people at the drawers, by the period's number.
    DrawerCount,
    /// The time clock, by cashier.
    Punch,
    /// Work sessions, of the till.
    Session,
    /// Tips, by the period's number.
    Tips,
    /// Roles, by code.
    Role,
    /// Targets, by identity.
    Target,
    /// What was said of people, by cashier.
    Rating,
    /// What was noted of work sessions, by cashier.
    SessionNote,
    /// Days that were started, by local date: the entry that ended it.
    Day,
    /// Sales that used a campaign, by its identity.
    CampaignUse,
    /// Sales that used a coupon, by its identity.
    CouponUse,
    /// The parts of a day's start before the one that ended it, by local date.
    DayPart,
}

impl Topic {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Closure => "closure",
            Self::Correction => "correction",
            Self::DrawerCount => "drawer_count",
            Self::Punch => "punch",
            Self::Session => "session",
            Self::Tips => "tips",
            Self::Role => "role",
            Self::Target => "target",
            Self::Rating => "rating",
            Self::SessionNote => "session_note",
            Self::Day => "day",
            Self::CampaignUse => "campaign_use",
            Self::CouponUse => "coupon_use",
            Self::DayPart => "day_part",
        }
    }
}

/// The owner of a period's entries: its number, so that text sorts as numbers do.
pub(crate) fn period(number: ClosureNumber) -> String {
    format!("{:010}", number.0)
}

/// The owner of a cashier's entries.
pub(crate) fn cashier(id: CashierId) -> String {
    id.uuid().to_string()
}

/// Under what an entry is found; nothing where it is found by its place alone.
pub(crate) fn of(entry: &Entry) -> impl Iterator<Item = (Topic, String)> {
    by_event(entry).into_iter().chain(by_use(entry))
}

/// The campaigns and coupons that the sales of an entry used, each once.
pub(crate) fn by_use(entry: &Entry) -> impl Iterator<Item = (Topic, String)> {
    let used = entry.effects.usage.iter().flat_map(|sale| {
        let campaigns = sale.usage.campaigns.iter().map(|used| (Topic::CampaignUse, used.campaign.uuid()));
        let coupons = sale.usage.coupons.iter().map(|used| (Topic::CouponUse, used.coupon.uuid()));
        campaigns.chain(coupons)
    });
    let each: BTreeSet<(Topic, Uuid)> = used.collect();
    each.into_iter().map(|(topic, id)| (topic, id.to_string()))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what is not named here does not concern it")]
fn by_event(entry: &Entry) -> Option<(Topic, String)> {
    Some(match &entry.event {
        Event::PeriodClosed(closure) => (Topic::Closure, closure.business_date.to_string()),
        Event::ClosureCorrected(correction) | Event::ClosureAmended(correction) => {
            (Topic::Correction, period(correction.closure))
        }
        Event::DrawerCounted(count) => (Topic::DrawerCount, period(count.period)),
        Event::CountRefused(count) => (Topic::DrawerCount, period(count.period)),
        Event::SettingsChanged { cash: Some(_), .. } => (Topic::DrawerCount, period(entry.period)),
        Event::ClockPunched(punched) => (Topic::Punch, cashier(punched.cashier)),
        Event::TipsDistributed { closure, .. } => (Topic::Tips, period(*closure)),
        Event::RoleChanged(role) => (Topic::Role, role.code.clone()),
        Event::TargetSet { target, .. } => (Topic::Target, target.to_string()),
        Event::CashierRated(rating) => (Topic::Rating, cashier(rating.cashier)),
        Event::SessionNoted(note) => (Topic::SessionNote, cashier(note.cashier)),
        Event::DayStarted { date, is_more } => {
            (if *is_more { Topic::DayPart } else { Topic::Day }, date.to_string())
        }
        event if Sessions::concern(event) => (Topic::Session, String::new()),
        _ => return None,
    })
}

/// Writes where an entry is found.
pub(crate) fn write(connection: &Connection, seq: i64, entry: &Entry) -> Result<(), Error> {
    of(entry).try_for_each(|(topic, owner)| add(connection, seq, topic, &owner))
}

/// Adds an entry behind those that are found under the same.
pub(crate) fn add(connection: &Connection, seq: i64, topic: Topic, owner: &str) -> Result<(), Error> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO entry_index (topic, owner, no, seq) SELECT ?1, ?2, coalesce(max(no), 0) + 1, ?3 \
         FROM entry_index WHERE topic = ?1 AND owner = ?2",
    )?;
    insert.execute(params![topic.name(), owner, seq])?;
    Ok(())
}

/// Where the latest entries of an owner lie, the last first.
pub(crate) fn last_places(
    connection: &Connection,
    topic: Topic,
    owner: &str,
    limit: u32,
) -> Result<Vec<i64>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT seq FROM entry_index WHERE topic = ?1 AND owner = ?2 ORDER BY no DESC LIMIT ?3",
    )?;
    let seqs = select.query_map(params![topic.name(), owner, limit], |row| row.get(0))?;
    Ok(seqs.collect::<Result<_, _>>()?)
}

/// The first owner that has an entry, in the order of text.
pub(crate) fn first_owner(connection: &Connection, topic: Topic) -> Result<Option<String>, Error> {
    let mut select = connection.prepare_cached("SELECT min(owner) FROM entry_index WHERE topic = ?1")?;
    Ok(select.query_row([topic.name()], |row| row.get(0))?)
}

/// The last owner that has an entry, in the order of text.
pub(crate) fn last_owner(connection: &Connection, topic: Topic) -> Result<Option<String>, Error> {
    let mut select = connection.prepare_cached("SELECT max(owner) FROM entry_index WHERE topic = ?1")?;
    Ok(select.query_row([topic.name()], |row| row.get(0))?)
}

/// The entries of one owner, in the order they came.
pub(crate) fn entries(connection: &Connection, topic: Topic, owner: &str) -> Result<Vec<Entry>, Error> {
    between(connection, topic, owner, owner)
}

/// The entries of all owners from one to another, in their order; of each in the order they came.
pub(crate) fn between(
    connection: &Connection,
    topic: Topic,
    from: &str,
    to: &str,
) -> Result<Vec<Entry>, Error> {
    let seqs = places(connection, topic, from, to)?;
    seqs.into_iter().map(|seq| journal::read(connection, seq)).collect()
}

/// The last entry before a place whose owner sorts before another.
pub(crate) fn last_before(
    connection: &Connection,
    topic: Topic,
    owner: &str,
    place: i64,
) -> Result<Option<i64>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT seq FROM entry_index WHERE topic = ?1 AND owner < ?2 AND seq < ?3 \
         ORDER BY owner DESC, no DESC LIMIT 1",
    )?;
    Ok(select.query_row(params![topic.name(), owner, place], |row| row.get(0)).optional()?)
}

/// Where the entries of an owner before a place lie, the latest first.
pub(crate) fn places_back(
    connection: &Connection,
    topic: Topic,
    owner: &str,
    place: i64,
) -> Result<Vec<i64>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT seq FROM entry_index WHERE topic = ?1 AND owner = ?2 AND seq < ?3 ORDER BY no DESC",
    )?;
    let seqs = select.query_map(params![topic.name(), owner, place], |row| row.get(0))?;
    Ok(seqs.collect::<Result<_, _>>()?)
}

/// Where the entries of owners lie.
pub(crate) fn places(connection: &Connection, topic: Topic, from: &str, to: &str) -> Result<Vec<i64>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT seq FROM entry_index WHERE topic = ?1 AND owner BETWEEN ?2 AND ?3 ORDER BY owner, no",
    )?;
    let seqs = select.query_map(params![topic.name(), from, to], |row| row.get(0))?;
    Ok(seqs.collect::<Result<_, _>>()?)
}

/// All entries of a topic, in the order they came.
pub(crate) fn all(connection: &Connection, topic: Topic) -> Result<Vec<Entry>, Error> {
    let mut select =
        connection.prepare_cached("SELECT seq FROM entry_index WHERE topic = ?1 ORDER BY seq")?;
    let seqs = select.query_map([topic.name()], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    seqs.into_iter().map(|seq| journal::read(connection, seq)).collect()
}

/// How many entries a topic has.
pub(crate) fn count(connection: &Connection, topic: Topic) -> Result<u64, Error> {
    let mut select = connection.prepare_cached("SELECT count(*) FROM entry_index WHERE topic = ?1")?;
    let count: i64 = select.query_row([topic.name()], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The latest entry of each owner of a topic, in the order of the owners.
pub(crate) fn latest(connection: &Connection, topic: Topic) -> Result<Vec<Entry>, Error> {
    let mut select = connection
        .prepare_cached("SELECT max(seq) FROM entry_index WHERE topic = ?1 GROUP BY owner ORDER BY owner")?;
    let seqs = select.query_map([topic.name()], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    seqs.into_iter().map(|seq| journal::read(connection, seq)).collect()
}
