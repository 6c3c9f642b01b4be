//! Books that were put back to a backup. What was lent after it stands nowhere in them, nor what was sold out of it. So
//! nothing leaves the hub's hands until every terminal that may hold something of it has been heard: it compared what it
//! had sent with these books, sent what they lack, and said what it holds.
//!
//! **Invariant:** a terminal is awaited until it was heard, may deliver no more, or a person gives up what it may hold. Time
//! alone ends no waiting but where the operator says after how long.

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_sync::wire::Heartbeat;
use serde_json::json;
use uuid::Uuid;

use super::lost;
use crate::{
    ApiError, Hub,
    audit::{self, Act, Actor},
    db::{DatabaseError, Session, Tenant},
    desk::Desk,
    feed, relay,
};

/// That terminal `t` is awaited at the time `$2`: one that may deliver no more is not, from then on.
const AWAITED: &str = "t.awaited_since IS NOT NULL AND (t.state = 'active' OR t.push_until > $2)";
/// How many of those who are awaited a refusal names.
const MOST_NAMED: usize = 10;

/// What a terminal that is awaited does next, in this order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stage {
    /// It compares what it had sent with what these books have, and queues again what they lack.
    State,
    /// It says that nothing waits in its queue.
    Queue,
    /// It says what it holds.
    Shares,
}

impl Stage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Queue => "queue",
            Self::Shares => "shares",
        }
    }

    const fn next(self) -> Option<Self> {
        match self {
            Self::State => Some(Self::Queue),
            Self::Queue => Some(Self::Shares),
            Self::Shares => None,
        }
    }
}

/// Whether a hub holds back what it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    /// Somebody is awaited.
    pub(super) is_on: bool,
    /// The terminal that asks is: it is known already that these books lack what it was lent.
    is_of_asker: bool,
}

impl Hold {
    pub(super) fn of(
        session: &mut dyn Session,
        (company, terminal): (Uuid, Uuid),
        now: DateTime<Utc>,
    ) -> Result<Self, DatabaseError> {
        let sql = format!("SELECT t.terminal_id FROM terminal t WHERE t.company_id = $1 AND {AWAITED}");
        let awaited = session.query(&sql, &[company.into(), now.timestamp_millis().into()])?;
        let awaited = awaited.iter().map(|row| row.id(0)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { is_on: !awaited.is_empty(), is_of_asker: awaited.contains(&terminal) })
    }

    /// Hears that a terminal was lent what these books know nothing of: they were put back to a backup.
    pub(super) fn learn(
        &mut self,
        session: &mut dyn Session,
        (company, terminal): (Uuid, Uuid),
        now: DateTime<Utc>,
    ) -> Result<(), DatabaseError> {
        if self.is_of_asker {
            return Ok(());
        }
        let awaited = await_all(session, (company, Actor::Device(terminal)), now)?;
        tracing::warn!(
            awaited,
            "these books were put back to a backup: nothing is lent until all tills were heard"
        );
        *self = Self::of(session, (company, terminal), now)?;
        Ok(())
    }
}

/// Whether somebody is awaited: then nobody knows what is left of anything.
pub(crate) fn is_awaiting(
    session: &mut dyn Session,
    company: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let sql = format!("SELECT 1 FROM terminal t WHERE t.company_id = $1 AND {AWAITED} LIMIT 1");
    Ok(!session.query(&sql, &[company.into(), now.timestamp_millis().into()])?.is_empty())
}

/// Lets nothing be given that is limited while somebody is awaited.
///
/// # Errors
/// `awaiting_tills` with the first of those who are in `detail`.
pub(crate) fn check_awaiting(
    session: &mut dyn Session,
    company: Uuid,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    let awaited = awaited(session, company, now)?;
    if awaited.is_empty() {
        return Ok(());
    }
    let named = awaited.iter().take(MOST_NAMED).map(|(store, terminal)| format!("{store}/{terminal}"));
    let named = named.collect::<Vec<_>>().join(", ");
    let message = format!(
        "the hub was put back to a backup: what is left is known when all its tills were heard, and {} were not: {named}{}",
        awaited.len(),
        if awaited.len() > MOST_NAMED { ", …" } else { "" }
    );
    Err(ApiError { detail: Some(named), ..ApiError::conflict("awaiting_tills", message) })
}

/// The life of the hub as a terminal is told it: another one than its own while it is to hear what these books have of the
/// terminal. Whoever hears of another life compares, and says what it holds. It is another one each minute: a terminal that
/// compared and is awaited anew before it heard of the hub's own is told so, and one that cannot compare is not told without end.
pub(crate) fn life_told(
    session: &mut dyn Session,
    of: (Uuid, Uuid),
    (life, now): (Uuid, DateTime<Utc>),
) -> Result<Uuid, DatabaseError> {
    if !waits_for(session, of, Stage::State)? {
        return Ok(life);
    }
    let minute = u64::try_from(now.timestamp().div_euclid(60)).unwrap_or_default();
    Ok(Uuid::from_u128(!life.as_u128() ^ u128::from(minute)))
}

/// Whether a terminal is awaited to do something.
pub(crate) fn waits_for(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    stage: Stage,
) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 FROM terminal WHERE company_id = $1 AND terminal_id = $2 AND awaited_for = $3";
    Ok(!session.query(sql, &[company.into(), terminal.into(), stage.as_str().into()])?.is_empty())
}

/// Notes that a terminal did something that it may be awaited to do.
pub(crate) fn advance(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    stage: Stage,
) -> Result<(), DatabaseError> {
    session.execute(
        "UPDATE terminal SET awaited_since = CASE WHEN awaited_for = 'shares' THEN NULL ELSE awaited_since END, \
         awaited_for = $4 WHERE company_id = $1 AND terminal_id = $2 AND awaited_for = $3",
        &[company.into(), terminal.into(), stage.as_str().into(), stage.next().map(Stage::as_str).into()],
    )?;
    Ok(())
}

/// Hears that nothing waits in a terminal's queue. It may never have got what it was told to be lacking: these books have to hold
/// all that it queued, whose numbers go on from life to life. A store's hub counts nothing of its own.
pub(crate) fn caught_up(
    session: &mut dyn Session,
    of: (Uuid, Uuid),
    heard: &Heartbeat,
) -> Result<(), DatabaseError> {
    if !waits_for(session, of, Stage::Queue)? {
        return Ok(());
    }
    if !relay::is_node(session, of)? {
        let lives = feed::lives(session, of)?;
        let highest = lives.iter().map(|life| life.highest_seq).max().unwrap_or_default();
        let present = lives.iter().find(|life| life.epoch == heard.epoch);
        let missing = u64::try_from(present.map_or(0, |life| life.missing.len())).unwrap_or(u64::MAX);
        if heard.last_seq.saturating_sub(highest).saturating_add(missing) > heard.quarantined {
            return Ok(());
        }
    }
    advance(session, of, Stage::Queue)
}

/// Awaits every terminal that was ever heard here or has a share, and may deliver. One behind a store's hub speaks through
/// that, unless it has something in hand that it was lent here; one that was moved, as what it is now. Answers how many.
fn await_all(
    session: &mut dyn Session,
    (company, actor): (Uuid, Actor),
    now: DateTime<Utc>,
) -> Result<u64, DatabaseError> {
    let share =
        "SELECT 1 FROM quota_share q WHERE q.company_id = t.company_id AND q.terminal_id = t.terminal_id";
    let awaited = session.execute(
        &format!(
            "UPDATE terminal AS t SET awaited_since = COALESCE(awaited_since, $2), awaited_for = 'state' \
             WHERE t.company_id = $1 AND t.is_legacy = 0 AND t.state <> 'moved' \
             AND (t.state = 'active' OR t.push_until > $2) \
             AND (EXISTS ({share} AND q.granted > q.returned + q.written_off) \
             OR ((t.last_heartbeat_at IS NOT NULL OR EXISTS ({share})) AND (t.is_node = 1 \
             OR NOT EXISTS (SELECT 1 FROM terminal n WHERE n.company_id = t.company_id \
             AND n.store_id = t.store_id AND n.is_node = 1 AND n.state = 'active'))))"
        ),
        &[company.into(), now.timestamp_millis().into()],
    )?;
    let act = Act {
        name: "quota.awaited",
        subject: "company",
        id: company.to_string(),
        store: None,
        detail: json!({"terminals": awaited}),
    };
    audit::write(session, company, actor, &act, now)?;
    Ok(awaited)
}

/// Awaits a terminal no longer, since a person gave up what it may hold; whether it was awaited.
pub(super) fn give_up(desk: &mut Desk<'_>, (terminal, reason): (Uuid, &str)) -> Result<bool, DatabaseError> {
    let was_awaited = desk.session.execute(
        "UPDATE terminal SET awaited_since = NULL, awaited_for = NULL WHERE company_id = $1 AND terminal_id = $2 \
         AND awaited_since IS NOT NULL",
        &[desk.company.into(), terminal.into()],
    )? > 0;
    if was_awaited {
        desk.note("quota.awaited_no_more", ("terminal", terminal), None, json!({"reason": reason}))?;
    }
    Ok(was_awaited)
}

/// Writes down that nobody is awaited any longer who may deliver no more, and awaits nobody for longer than the operator says,
/// where they do.
pub(crate) fn give_up_overdue(
    session: &mut dyn Session,
    after: Option<TimeDelta>,
    now: DateTime<Utc>,
) -> Result<u64, DatabaseError> {
    // Nobody was awaited in 1970.
    let since = after.map_or(0, |after| (now - after).timestamp_millis());
    session.execute(
        "UPDATE terminal SET awaited_since = NULL, awaited_for = NULL WHERE awaited_since IS NOT NULL \
         AND (awaited_since <= $2 OR (state <> 'active' AND (push_until IS NULL OR push_until <= $1)))",
        &[now.timestamp_millis().into(), since.into()],
    )
}

/// The terminals that are awaited, by the codes of their stores and their own.
fn awaited(
    session: &mut dyn Session,
    company: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<(String, String)>, DatabaseError> {
    let sql = format!(
        "SELECT s.store_code, t.terminal_code FROM terminal t JOIN store s ON s.company_id = t.company_id \
         AND s.store_id = t.store_id WHERE t.company_id = $1 AND {AWAITED} \
         ORDER BY s.store_code, t.terminal_code"
    );
    let rows = session.query(&sql, &[company.into(), now.timestamp_millis().into()])?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
}

impl Hub {
    /// Hears from whoever runs the hub that its books were put back to a backup: nothing of a limit is lent, and nothing
    /// taken of a limit or a gift card at the hub itself, until every terminal that may hold some of it was heard. Answers
    /// which those are, by the codes of their stores and their own.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses.
    pub async fn books_were_put_back(&self) -> Result<Vec<(String, String)>, ApiError> {
        let companies = self.books.read(Tenant::Platform, |session| {
            let rows = session.query("SELECT company_id FROM company ORDER BY company_id", &[])?;
            Ok::<Vec<Uuid>, ApiError>(rows.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?)
        });
        let mut all = Vec::new();
        for company in companies.await? {
            let done = self.act((company, Actor::Operator), |desk| {
                lost::lock(desk.session, desk.company)?;
                await_all(desk.session, (desk.company, desk.actor), desk.now)?;
                Ok(awaited(desk.session, desk.company, desk.now)?)
            });
            all.extend(done.await?);
        }
        Ok(all)
    }
}
