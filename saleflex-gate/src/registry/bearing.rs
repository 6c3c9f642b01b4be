//! Who bears the secret of a device, and when it came.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{TERMINAL, Terminal, terminal};
use crate::{
    db::{DatabaseError, Question, Row, Session},
    ids::digest,
};

/// How often it is noted that a device comes: once an hour is enough to see which secrets nobody uses.
const NOTED_EVERY: TimeDelta = TimeDelta::hours(1);
/// How soon again where it comes from another address: two that share a secret are seen.
const NOTED_ELSEWHERE: TimeDelta = TimeDelta::minutes(1);

/// The terminal of a secret that is still good.
#[derive(Clone, Debug)]
pub(crate) struct Bearer {
    pub(crate) company: Uuid,
    pub(crate) terminal: Terminal,
    /// The code by which the terminal's office serves its store, where it does.
    pub(crate) store_code: Option<String>,
    last_used_at: Option<DateTime<Utc>>,
    /// Whether it comes from another address than last.
    is_elsewhere: bool,
}

/// What there is to note of it that a device comes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Coming {
    /// Its secret was never shown before.
    First,
    /// It came long ago, or from elsewhere.
    Anew,
    /// Nothing.
    Again,
}

impl Bearer {
    /// What is to be noted of it that it comes now.
    pub(crate) fn coming(&self, now: DateTime<Utc>) -> Coming {
        let often = if self.is_elsewhere { NOTED_ELSEWHERE } else { NOTED_EVERY };
        match self.last_used_at {
            None => Coming::First,
            Some(last) if now - last >= often => Coming::Anew,
            Some(_) => Coming::Again,
        }
    }
}

/// The terminal of a secret that is still good and comes from an address. A company that was deleted has none.
pub(crate) fn bearer(
    session: &mut dyn Session,
    (secret, address): (&str, Option<&str>),
    now: DateTime<Utc>,
) -> Result<Option<Bearer>, DatabaseError> {
    let (sql, values) = bearer_asked(&digest(secret), now);
    bearer_of(&session.query(&sql, &values)?, address)
}

/// Asks whose terminal bears a secret, by its digest: all that every request of a device begins with is one question.
pub(crate) fn bearer_asked(digest: &str, now: DateTime<Utc>) -> Question {
    let sql = format!(
        "SELECT {TERMINAL}, t.company_id, t.last_used_at, o.store_code, t.last_used_from FROM device_token t \
         JOIN company c ON c.company_id = t.company_id \
         JOIN terminal m ON m.company_id = t.company_id AND m.terminal_id = t.terminal_id \
         LEFT JOIN store s ON s.company_id = m.company_id AND s.store_id = m.store_id \
         LEFT JOIN office o ON o.office_code = m.office_code AND o.store_code = s.store_code \
         AND o.company_id = m.company_id AND o.store_id = m.store_id \
         WHERE t.digest = $1 AND (t.expires_at IS NULL OR t.expires_at > $2) AND c.state <> 'deleted'"
    );
    (sql, vec![digest.into(), now.timestamp_millis().into()])
}

/// The terminal that [`bearer_asked`] was answered with, which comes from an address.
pub(crate) fn bearer_of(rows: &[Row], address: Option<&str>) -> Result<Option<Bearer>, DatabaseError> {
    let borne = rows.first().map(|row| {
        Ok(Bearer {
            company: row.id(10)?,
            terminal: terminal(row)?,
            store_code: row.optional_text(12)?.map(str::to_owned),
            last_used_at: row.optional_time(11)?,
            is_elsewhere: address.is_some() && row.optional_text(13)? != address,
        })
    });
    borne.transpose()
}

/// Notes that a secret came, and from where.
pub(crate) fn came(
    session: &mut dyn Session,
    (secret, address): (&str, Option<&str>),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE device_token SET last_used_at = $2, last_used_from = $3 WHERE digest = $1";
    session.execute(sql, &[digest(secret).into(), now.timestamp_millis().into(), address.into()]).map(drop)
}
