//! What a till and its hub tell each other of shares.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{COLUMNS, Quota, QuotaPolicy, Share, Withheld, read};
use crate::{
    error::Error,
    file::codec::{Col, Name, get},
};

/// The most shares that one request names.
const MOST: i64 = 500;

/// What a till asks of its hub.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// The life of the file.
    pub epoch: Uuid,
    /// Its shares: those that every till has all the time, and of the others those the hub has not heard of or that are in
    /// use, of which it may have lost what it heard.
    pub shares: Vec<Share>,
}

/// What a hub grants.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Granted {
    /// The limit that it is lent of.
    pub quota: Quota,
    /// How much is granted in all, what was granted before among it.
    pub granted: i64,
    /// When the till gives back what it has not used.
    pub expires_at: Option<DateTime<Utc>>,
    /// Why nothing is granted, where the hub says so.
    pub withheld: Option<Withheld>,
}

fn epoch(connection: &Connection) -> Result<Uuid, Error> {
    Ok(connection.query_row("SELECT id FROM epoch ORDER BY no DESC LIMIT 1", [], |row| get(row, 0))?)
}

/// What to ask of the hub behind a connector.
pub(crate) fn asked(connection: &mut Connection, connector: &str) -> Result<Request, Error> {
    // The shares are those of the epoch.
    let transaction = connection.transaction()?;
    let epoch = epoch(&transaction)?;
    let sql = format!(
        "SELECT {COLUMNS} FROM quota WHERE connector = ?1 AND (is_told = 0 \
         OR kind IN ('campaign_uses', 'campaign_budget') OR granted > returned + used \
         OR (granted > returned AND expires_at > (SELECT heard_at FROM quota_terms t WHERE t.connector = ?1))) \
         ORDER BY is_told, kind, owner, subject LIMIT ?2"
    );
    let mut select = transaction.prepare(&sql)?;
    let shares = select.query_map(params![connector, MOST], read)?.collect::<Result<_, _>>()?;
    drop(select);
    Ok(Request { epoch, shares })
}

/// Whether the hub must hear of a share.
pub(crate) fn waits(connection: &Connection, connector: &str) -> Result<bool, Error> {
    let mut select = connection
        .prepare_cached("SELECT EXISTS (SELECT * FROM quota WHERE connector = ?1 AND is_told = 0)")?;
    Ok(select.query_row([connector], |row| row.get(0))?)
}

/// Whether something is left of a share.
pub(crate) fn holds(connection: &Connection, connector: &str) -> Result<bool, Error> {
    let mut select = connection.prepare_cached(
        "SELECT EXISTS (SELECT * FROM quota WHERE connector = ?1 AND granted > returned + used)",
    )?;
    Ok(select.query_row([connector], |row| row.get(0))?)
}

/// Asks again for what the store's hub had to ask the company's for a moment ago; whether there is any.
pub(crate) fn ask_again(
    connection: &Connection,
    (connector, since): (&str, DateTime<Utc>),
) -> Result<bool, Error> {
    let mut update = connection.prepare_cached(
        "UPDATE quota SET is_wanted = 1, is_told = 0 \
         WHERE connector = ?1 AND left_then = ?2 AND granted - returned - used <= 0 AND expires_at > ?3",
    )?;
    Ok(update.execute(params![connector, Withheld::AskedAbove.number(), Col(since)])? > 0)
}

/// When the hub behind a connector answered last.
pub(crate) fn heard_at(connection: &Connection, connector: &str) -> Result<Option<DateTime<Utc>>, Error> {
    let mut select = connection.prepare_cached("SELECT heard_at FROM quota_terms WHERE connector = ?1")?;
    Ok(select.query_row([connector], |row| get(row, 0)).optional()?)
}

/// Keeps what a hub answered to a request. What the till used or gave back meanwhile stands; of answers that overtake
/// one another the highest grant counts, for it only rises. Of what it does not say until when, that is as it was; and what
/// the request did not want, it says nothing of: whoever wants that since is asked for still.
pub(crate) fn keep(
    connection: &mut Connection,
    (connector, now): (&str, DateTime<Utc>),
    (request, policy): (&Request, QuotaPolicy),
    granted: &[Granted],
) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    transaction.execute(
        "INSERT INTO quota_terms (connector, policy, heard_at) VALUES (?1, ?2, ?3) \
         ON CONFLICT (connector) DO UPDATE SET policy = excluded.policy, heard_at = excluded.heard_at",
        params![connector, Name(policy), Col(now)],
    )?;
    if epoch(&transaction)? == request.epoch {
        for one in granted {
            let asked = request.shares.iter().find(|share| share.quota == one.quota);
            if let Some(asked) = asked {
                take(&transaction, connector, asked, one)?;
            }
        }
    }
    transaction.commit()?;
    Ok(())
}

fn take(connection: &Connection, connector: &str, asked: &Share, one: &Granted) -> Result<(), Error> {
    let Share { quota, returned, used, is_wanted, .. } = asked;
    let was_wanted = *is_wanted || quota.kind.is_standing();
    let mut update = connection.prepare_cached(
        "UPDATE quota SET granted = max(granted, ?5), expires_at = coalesce(?6, expires_at), \
         left_then = CASE WHEN max(granted, ?5) > returned + used THEN max(granted, ?5) - returned - used \
         WHEN ?10 THEN ?9 ELSE left_then END, \
         is_wanted = CASE WHEN used = ?8 AND ?10 THEN 0 ELSE is_wanted END, \
         is_told = returned = ?7 AND used = ?8 AND (?10 OR is_wanted = 0) \
         WHERE kind = ?1 AND owner = ?2 AND subject = ?3 AND connector = ?4",
    )?;
    update.execute(params![
        Name(quota.kind),
        quota.owner(),
        Col(quota.subject),
        connector,
        one.granted,
        Col(one.expires_at),
        returned,
        used,
        one.withheld.map_or(0, Withheld::number),
        was_wanted
    ])?;
    Ok(())
}
