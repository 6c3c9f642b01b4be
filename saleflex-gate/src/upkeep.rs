//! What is swept up once a day: what is no fact and has had its time; points that ran out are written off, and what two
//! terminals gave out at the same instant is noted.
//!
//! **Invariant:** nothing that took effect is ever swept: no document, closure, entry of the ledger, point or act of the
//! audit log. The books of a company that was deleted go where the operator says after how long.

use std::{collections::BTreeMap, num::NonZeroU32, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    audit::Actor,
    db::{DatabaseError, Session, Tenant},
    definitions,
    offers::{expiring, quotas},
    settings::Keep,
};

mod purging;

/// How long from one sweep to the next.
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// How soon after the start: whoever starts the program anew each night has it swept all the same.
const FIRST: Duration = Duration::from_secs(60);
/// For how long it is still known that something short-lived was there.
const SHORT: TimeDelta = TimeDelta::days(1);
/// For how long is known what was found in a count: nobody finishes an older one.
const FINDINGS: TimeDelta = TimeDelta::days(366);
/// For how long campaigns are known that were in force together, after a sale came under them last.
const SETS: TimeDelta = TimeDelta::days(92);
/// For how long answers are kept that may be given again.
const ANSWERS: TimeDelta = TimeDelta::days(7);

/// How far back it is looked for what terminals gave out at the same instant: to before the last sweep.
const MET: TimeDelta = TimeDelta::days(2);

/// How many rows go in one transaction: whoever sells waits no longer than for these.
const AT_ONCE: u64 = 1_000;

/// Up to when what is told by its name goes, and how: rows of a table, by their key and a condition.
struct Broom {
    what: &'static str,
    before: DateTime<Utc>,
    table: &'static str,
    key: &'static str,
    condition: &'static str,
}

impl Broom {
    /// The statement that sweeps once.
    fn sql(&self) -> String {
        let Self { table, key, condition, .. } = self;
        format!(
            "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {condition} LIMIT {AT_ONCE})"
        )
    }
}

fn days(days: NonZeroU32) -> TimeDelta {
    TimeDelta::days(days.get().into())
}

/// Children before what they refer to.
fn brooms(keep: &Keep, now: DateTime<Utc>) -> [Broom; 15] {
    let broom = |what, before, (table, key), condition| Broom { what, before, table, key, condition };
    [
        broom(
            "forwarded",
            now - days(keep.forwarded_days),
            ("relay", "company_id, no"),
            "state = 'sent' AND settled_at < $1",
        ),
        broom("refresh_tokens", now - SHORT, ("refresh_token", "digest"), "expires_at < $1"),
        broom(
            "sessions",
            now - days(keep.sessions_days),
            ("user_session", "session_id"),
            "(ended_at < $1 OR last_used_at < $1) \
             AND NOT EXISTS (SELECT 1 FROM refresh_token t WHERE t.session_id = user_session.session_id)",
        ),
        broom("device_tokens", now - SHORT, ("device_token", "digest"), "expires_at < $1"),
        broom("enrolments", now - SHORT, ("enrolment", "digest"), "expires_at < $1"),
        broom("password_resets", now - SHORT, ("password_reset", "digest"), "expires_at < $1"),
        broom("answers", now - ANSWERS, ("answer", "company_id, actor_id, key"), "created_at < $1"),
        broom(
            "messages",
            now - days(keep.messages_days),
            ("notification", "company_id, notification_id"),
            "(read_at < $1 OR expires_at < $1)",
        ),
        broom(
            "signals",
            now - days(keep.messages_days),
            ("signal", "company_id, signal_id"),
            "(acknowledged_at < $1 OR expires_at < $1)",
        ),
        broom(
            "notices",
            now - days(keep.messages_days),
            ("user_notification", "company_id, notification_id"),
            "read_at < $1",
        ),
        broom(
            "imports",
            now - days(keep.imports_days),
            ("import_job", "company_id, import_id"),
            "created_at < $1",
        ),
        broom(
            "findings",
            now - FINDINGS,
            ("stock_found", "company_id, count_id, product_id, location_id"),
            "found_at < $1",
        ),
        broom("campaign_sets", now - SETS, ("campaign_set", "company_id, hash"), "seen_at < $1"),
        broom("jobs", now - days(keep.imports_days), ("job", "company_id, job_id"), "created_at < $1"),
        broom(
            "coupon_holds",
            now - SHORT,
            ("offer_use", "company_id, offer_id, document_id"),
            "state = 'held' AND expires_at < $1",
        ),
    ]
}

impl Hub {
    /// Sweeps up what is no fact and has had its time, and answers how many rows of each kind went. Each
    /// kind goes in transactions of its own, a thousand rows each; repeated, it finds nothing more.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses; what went before that is
    /// gone.
    pub async fn sweep(&self) -> Result<BTreeMap<&'static str, u64>, ApiError> {
        let (now, keep) = (self.now(), self.settings.keep);
        let mut swept = BTreeMap::new();
        for broom in brooms(&keep, now) {
            let (sql, before) = (broom.sql(), broom.before.timestamp_millis());
            let mut all = 0;
            loop {
                let sql = sql.clone();
                let gone = self.books.write(Tenant::Platform, move |session| {
                    Ok::<_, ApiError>(session.execute(&sql, &[before.into()])?)
                });
                let gone = gone.await?;
                all += gone;
                if gone < AT_ONCE {
                    break;
                }
            }
            swept.insert(broom.what, all);
        }
        let tombstones = now - days(keep.tombstones_days);
        let gone = self.books.write(Tenant::Platform, move |session| {
            Ok::<_, ApiError>((forget(session, tombstones)?, end_lives(session, (now, tombstones))?))
        });
        let (definitions, lives) = gone.await?;
        swept.extend([("tombstones", definitions), ("lives", lives)]);
        swept.insert("lost_shares", self.write_off_overdue(keep.lost_shares_days.map(days)).await?);
        swept.insert("expired_points", self.write_off_points().await?);
        self.note_clones_within(MET).await?;
        let purged = match keep.deleted_companies_days {
            Some(after) => purging::purge(self, days(after)).await?,
            None => 0,
        };
        swept.insert("deleted_companies", purged);
        self.metrics.swept(now, &swept);
        Ok(swept)
    }

    /// Writes off points that ran out; answers of how many members.
    async fn write_off_points(&self) -> Result<u64, ApiError> {
        let now = self.now();
        let due =
            self.books.read(Tenant::Platform, move |session| Ok::<_, ApiError>(expiring::due(session, now)?));
        let mut count = 0;
        for of in due.await? {
            let settled = self.books.write(Tenant::Platform, move |session| {
                Ok::<_, ApiError>(expiring::settle(session, of, now)?)
            });
            settled.await?;
            count += 1;
        }
        Ok(count)
    }

    async fn write_off_overdue(&self, after: Option<TimeDelta>) -> Result<u64, ApiError> {
        let now = self.now();
        let given_up = self.books.write(Tenant::Platform, move |session| {
            Ok::<_, ApiError>(quotas::give_up_overdue(session, after, now)?)
        });
        given_up.await?;
        let lenders = self.books.read(Tenant::Platform, move |session| {
            let rows = session.query(
                "SELECT DISTINCT company_id FROM quota_share WHERE granted > returned + written_off \
                 AND (expires_at IS NULL OR expires_at <= $1)",
                &[now.timestamp_millis().into()],
            )?;
            Ok::<Vec<Uuid>, ApiError>(rows.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?)
        });
        let mut count = 0;
        for company in lenders.await? {
            let written_off =
                self.act((company, Actor::Operator), move |desk| quotas::write_off_overdue(desk, after));
            count += written_off.await?;
        }
        Ok(count)
    }
}

/// Forgets what was taken away before an instant, and notes how far whoever asks must have been to know of it. That a
/// person was put away or erased is never forgotten, only who they were: tills hold people of their own, so that what a hub does
/// not say of somebody means that it has yet to hear of them.
fn forget(session: &mut dyn Session, before: DateTime<Utc>) -> Result<u64, DatabaseError> {
    let people = definitions::people::forget(session, before)?;
    let before = [before.timestamp_millis().into()];
    let is_old = "d.is_deleted = 1 AND d.updated_at < $1 AND d.resource <> 'customers'";
    session.execute(
        &format!(
            "UPDATE company SET forgotten = (SELECT max(d.version) FROM definition d \
             WHERE d.company_id = company.company_id AND {is_old}) \
             WHERE EXISTS (SELECT 1 FROM definition d WHERE d.company_id = company.company_id AND {is_old} \
             AND d.version > company.forgotten)"
        ),
        &before,
    )?;
    session.execute(
        &format!(
            "DELETE FROM upstream_row WHERE EXISTS (SELECT 1 FROM definition d \
             WHERE d.company_id = upstream_row.company_id AND d.resource = upstream_row.resource \
             AND d.definition_id = upstream_row.definition_id AND {is_old})"
        ),
        &before,
    )?;
    Ok(people + session.execute(&format!("DELETE FROM definition AS d WHERE {is_old}"), &before)?)
}

/// Notes which lives of the hub are over, and forgets those that were over before a cursor of theirs is too old anyway.
fn end_lives(
    session: &mut dyn Session,
    (now, before): (DateTime<Utc>, DateTime<Utc>),
) -> Result<u64, DatabaseError> {
    session.execute(
        "UPDATE company_life SET ended_at = $1 WHERE ended_at IS NULL AND EXISTS (SELECT 1 FROM company_life n \
         WHERE n.company_id = company_life.company_id AND n.no > company_life.no)",
        &[now.timestamp_millis().into()],
    )?;
    let sql = "DELETE FROM company_life WHERE ended_at < $1";
    session.execute(sql, &[before.timestamp_millis().into()])
}

/// Sweeps soon after the start and then once a day, for as long as it is polled.
pub(crate) async fn every_day(hub: Hub) {
    let mut wait = FIRST;
    loop {
        tokio::time::sleep(wait).await;
        wait = EVERY;
        match hub.sweep().await {
            Ok(swept) => {
                let rows: u64 = swept.values().sum();
                tracing::info!(rows, "swept up what has had its time");
            }
            Err(error) => tracing::error!(code = error.code, "could not sweep up; tried again tomorrow"),
        }
    }
}
