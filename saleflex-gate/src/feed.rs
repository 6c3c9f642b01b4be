//! How far the sequence of a till is here, life by life of its file.
//!
//! **Invariant:** the place only moves forward, over numbers that are here or that the till has said to be set
//! aside; later events are stored at once, and what lacks before them is named.

use std::collections::{BTreeMap, BTreeSet};

use saleflex_sync::wire::HighWater;
use uuid::Uuid;

use crate::db::{DatabaseError, Form, Question, Row, Rows, Session};

/// The most missing numbers that an answer names.
const NAMED: usize = 100;
/// The highest number that a sequence counts to: what JSON carries exactly everywhere.
pub(crate) const HIGHEST: u64 = 1 << 53;
/// How far ahead one answer looks.
const AHEAD: i64 = 10_000;

/// How a number comes in that will never come by itself.
static GAP: Form = Form {
    table: "ledger_gap",
    common: &[("company_id", "uuid"), ("terminal_id", "uuid"), ("epoch", "uuid")],
    own: &[("seq", "bigint")],
    key: &["seq"],
};

/// Notes numbers that will never come by themselves.
pub(crate) fn set_aside(
    session: &mut dyn Session,
    (company, terminal, epoch): (Uuid, Uuid, Uuid),
    missing: &[u64],
) -> Result<(), DatabaseError> {
    let once = "ON CONFLICT (company_id, terminal_id, epoch, seq) DO NOTHING";
    let mut rows = Rows::new(&GAP, once, vec![company.into(), terminal.into(), epoch.into()]);
    for seq in missing.iter().filter_map(|seq| i64::try_from(*seq).ok()) {
        rows.push([seq.into()]);
    }
    if rows.is_empty() { Ok(()) } else { session.send_rows(rows) }
}

/// Asks which lives of a till's file are known.
pub(crate) fn known(company: Uuid, terminal: Uuid) -> Question {
    let sql = "SELECT epoch, life, contiguous_seq FROM feed WHERE company_id = $1 AND terminal_id = $2";
    (sql.to_owned(), vec![company.into(), terminal.into()])
}

/// Notes a life the first time that it is heard of: its numbers go on behind `after`. Answers how far it was here, by what
/// [`known`] was answered.
pub(crate) fn hear(
    session: &mut dyn Session,
    (company, terminal, epoch): (Uuid, Uuid, Uuid),
    after: u64,
    known: &[Row],
) -> Result<i64, DatabaseError> {
    let mut last = 0;
    for row in known {
        if row.id(0)? == epoch {
            return row.integer(2);
        }
        last = last.max(row.integer(1)?);
    }
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    session.send(
        "INSERT INTO feed (company_id, terminal_id, epoch, contiguous_seq, epoch_after, life) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[company.into(), terminal.into(), epoch.into(), after.into(), after.into(), (last + 1).into()],
    )?;
    Ok(after)
}

/// Lets a terminal begin where the one was that its device had before: what came up to there is taken, elsewhere.
pub(crate) fn follow(
    session: &mut dyn Session,
    company: Uuid,
    (from, to): (Uuid, Uuid),
) -> Result<(), DatabaseError> {
    session.execute(
        "INSERT INTO feed (company_id, terminal_id, epoch, contiguous_seq, epoch_after, life) \
         SELECT f.company_id, t.terminal_id, f.epoch, f.contiguous_seq, f.contiguous_seq, f.life FROM feed f \
         JOIN terminal t ON t.company_id = f.company_id AND t.terminal_id = $3 \
         WHERE f.company_id = $1 AND f.terminal_id = $2",
        &[company.into(), from.into(), to.into()],
    )?;
    Ok(())
}

/// The number of the last event before a life.
pub(crate) fn begins_after(
    session: &mut dyn Session,
    (company, terminal, epoch): (Uuid, Uuid, Uuid),
) -> Result<u64, DatabaseError> {
    let rows = session.query(
        "SELECT epoch_after FROM feed WHERE company_id = $1 AND terminal_id = $2 AND epoch = $3",
        &[company.into(), terminal.into(), epoch.into()],
    )?;
    rows.first().map_or(Ok(0), |row| row.integer(0).map(i64::unsigned_abs))
}

/// The numbers of a life that will never come by themselves.
pub(crate) fn gaps(
    session: &mut dyn Session,
    (company, terminal, epoch): (Uuid, Uuid, Uuid),
) -> Result<Vec<u64>, DatabaseError> {
    let rows = session.query(
        "SELECT seq FROM ledger_gap WHERE company_id = $1 AND terminal_id = $2 AND epoch = $3 ORDER BY seq",
        &[company.into(), terminal.into(), epoch.into()],
    )?;
    rows.iter().map(|row| row.integer(0).map(i64::unsigned_abs)).collect()
}

/// How far each life of a till's file is here, in the order in which the hub heard of them: the last is the present.
pub(crate) fn lives(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
) -> Result<Vec<HighWater>, DatabaseError> {
    let known = session.query(
        "SELECT epoch FROM feed WHERE company_id = $1 AND terminal_id = $2 ORDER BY life",
        &[company.into(), terminal.into()],
    )?;
    known.iter().map(|row| reached(session, (company, terminal, row.id(0)?))).collect()
}

/// Which event has a number of a life: kind, entity and revision. Where two files gave one number to two events, the
/// one that came first.
pub(crate) fn event_at(
    session: &mut dyn Session,
    (company, terminal, epoch): (Uuid, Uuid, Uuid),
    seq: u64,
) -> Result<Option<(String, Uuid, u32)>, DatabaseError> {
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    let found = session.query(
        "SELECT kind, entity_id, revision FROM ledger \
         WHERE company_id = $1 AND terminal_id = $2 AND epoch = $3 AND seq = $4 ORDER BY received_at LIMIT 1",
        &[company.into(), terminal.into(), epoch.into(), seq.into()],
    )?;
    let Some(row) = found.first() else { return Ok(None) };
    let revision = u32::try_from(row.integer(2)?);
    let revision = revision.map_err(|_| DatabaseError::Column { column: 2, expected: "a revision" })?;
    Ok(Some((row.text(0)?.to_owned(), row.id(1)?, revision)))
}

/// Moves the place forward over what [`ahead`] found here, and keeps it.
pub(crate) fn advance(
    session: &mut dyn Session,
    (company, terminal, epoch): (Uuid, Uuid, Uuid),
    (contiguous, ahead): (i64, &[i64]),
) -> Result<HighWater, DatabaseError> {
    let reached = over(epoch, contiguous, ahead);
    let now = i64::try_from(reached.contiguous_seq).unwrap_or(i64::MAX);
    if now != contiguous {
        session.send(
            "UPDATE feed SET contiguous_seq = $4 WHERE company_id = $1 AND terminal_id = $2 AND epoch = $3",
            &[company.into(), terminal.into(), epoch.into(), now.into()],
        )?;
    }
    Ok(reached)
}

/// How far the sequence is here.
pub(crate) fn reached(
    session: &mut dyn Session,
    of @ (company, terminal, epoch): (Uuid, Uuid, Uuid),
) -> Result<HighWater, DatabaseError> {
    let kept = session.query(
        "SELECT contiguous_seq FROM feed WHERE company_id = $1 AND terminal_id = $2 AND epoch = $3",
        &[company.into(), terminal.into(), epoch.into()],
    )?;
    let contiguous = kept.first().map_or(Ok(0), |row| row.integer(0))?;
    let (sql, values) = ahead(of);
    Ok(over(epoch, contiguous, &numbers(&session.query(&sql, &values)?)?))
}

/// Asks what is here of a life behind the place that it reached, or will never come by itself: nothing of one that nobody heard of.
pub(crate) fn ahead((company, terminal, epoch): (Uuid, Uuid, Uuid)) -> Question {
    // In no order, and a number as often as it is here or was set aside: the server need not sort. The place is looked up for
    // itself: of numbers beyond a column of another table the server believes that they are a third of all.
    let place =
        "SELECT f.contiguous_seq FROM feed f WHERE f.company_id = $1 AND f.terminal_id = $2 AND f.epoch = $3";
    let of = |table| {
        format!(
            "SELECT seq FROM {table} WHERE company_id = $1 AND terminal_id = $2 AND epoch = $3 AND seq > ({place}) \
             AND seq <= ({place}) + {AHEAD}"
        )
    };
    let sql = [of("ledger"), of("ledger_gap")].join(" UNION ALL ");
    (sql, vec![company.into(), terminal.into(), epoch.into()])
}

/// The numbers that [`ahead`] was answered with.
pub(crate) fn numbers(rows: &[Row]) -> Result<Vec<i64>, DatabaseError> {
    rows.iter().map(|row| row.integer(0)).collect()
}

/// Adds numbers that came in or were set aside since [`ahead`] was asked, as far as it looks.
pub(crate) fn came_since(contiguous: i64, ahead: &mut Vec<i64>, numbers: impl Iterator<Item = i64>) {
    let until = contiguous.saturating_add(AHEAD);
    ahead.extend(numbers.filter(|seq| *seq > contiguous && *seq <= until));
}

/// Which of the numbers of events that are here another event may have, by what [`ahead`] found: those that it does not reach
/// to, and those that it found more than once.
pub(crate) fn doubtful(numbers: impl Iterator<Item = i64>, (contiguous, ahead): (i64, &[i64])) -> Vec<i64> {
    let mut found: BTreeMap<i64, usize> = BTreeMap::new();
    for seq in ahead {
        *found.entry(*seq).or_default() += 1;
    }
    let reaches_to = contiguous.saturating_add(AHEAD);
    let is_doubtful =
        |seq: &i64| *seq <= contiguous || *seq > reaches_to || found.get(seq).is_none_or(|times| *times > 1);
    numbers.filter(is_doubtful).collect()
}

/// The place behind everything that follows on it without a gap.
fn over(epoch: Uuid, mut contiguous: i64, ahead: &[i64]) -> HighWater {
    let ahead: BTreeSet<i64> = ahead.iter().copied().collect();
    while ahead.contains(&(contiguous + 1)) {
        contiguous += 1;
    }
    let last = ahead.last().copied().unwrap_or(contiguous);
    let missing: Vec<i64> = (contiguous + 1..last).filter(|seq| !ahead.contains(seq)).take(NAMED).collect();
    // Where more is missing than is named, nothing is said of what lies beyond the last one named.
    let highest = if missing.len() == NAMED { missing.last().copied().unwrap_or(last) } else { last };
    let number = |seq: i64| u64::try_from(seq).unwrap_or(0);
    let (contiguous_seq, highest_seq) = (number(contiguous), number(highest));
    HighWater { epoch, contiguous_seq, highest_seq, missing: missing.into_iter().map(number).collect() }
}
