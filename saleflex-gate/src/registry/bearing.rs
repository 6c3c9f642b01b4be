//! Who bears the secret of a device, and when it came.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Session},
    ids::digest,
};

/// How often it is noted that a device comes: once an hour is enough to see which secrets nobody uses.
const NOTED_EVERY: TimeDelta = TimeDelta::hours(1);
/// How soon again where it comes from another address: two that share a secret are seen.
const NOTED_ELSEWHERE: TimeDelta = TimeDelta::minutes(1);

/// The terminal of a secret that is still good.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bearer {
    pub(crate) company: Uuid,
    pub(crate) terminal: Uuid,
    last_used_at: Option<DateTime<Utc>>,
    /// Whether it comes from another address than last.
    is_elsewhere: bool,
}

impl Bearer {
    /// Whether it is to be noted that it came.
    pub(crate) fn comes_anew(&self, now: DateTime<Utc>) -> bool {
        let often = if self.is_elsewhere { NOTED_ELSEWHERE } else { NOTED_EVERY };
        self.last_used_at.is_none_or(|last| now - last >= often)
    }
}

/// The terminal of a secret that is still good and comes from an address. A company that was deleted has none.
pub(crate) fn bearer(
    session: &mut dyn Session,
    (secret, address): (&str, Option<&str>),
    now: DateTime<Utc>,
) -> Result<Option<Bearer>, DatabaseError> {
    let rows = session.query(
        "SELECT t.company_id, t.terminal_id, t.last_used_at, t.last_used_from FROM device_token t \
         JOIN company c ON c.company_id = t.company_id \
         WHERE t.digest = $1 AND (t.expires_at IS NULL OR t.expires_at > $2) AND c.state <> 'deleted'",
        &[digest(secret).into(), now.timestamp_millis().into()],
    )?;
    let borne = rows.first().map(|row| {
        Ok(Bearer {
            company: row.id(0)?,
            terminal: row.id(1)?,
            last_used_at: row.optional_time(2)?,
            is_elsewhere: address.is_some() && row.optional_text(3)? != address,
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
