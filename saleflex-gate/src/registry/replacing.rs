//! Another secret for a device, in the place of the one that it shows.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{expire_tokens, issue_token};
use crate::{
    db::{DatabaseError, Session},
    ids::digest,
};

/// For how long an answer may be under way: no line keeps one longer.
const UNDER_WAY: TimeDelta = TimeDelta::hours(1);

/// Gives a device another secret for the one that it shows; those before are good until then. None for what ends by
/// itself: a token for an hour, or a secret whose place another one has taken.
///
/// That place is taken once the other one was shown, or at once where somebody else gave it out: a device that died
/// before it kept an answer asks again. What nobody has shown for an hour is void then; before that it may be what the device
/// has, where a line delivered its request twice, and is void once it shows another one.
pub(crate) fn replace_token(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    (shown, old_until): (&str, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<Option<String>, DatabaseError> {
    let shown = digest(shown);
    // Of two requests at once the later one knows of the earlier.
    session.execute(
        "UPDATE terminal SET number = number WHERE company_id = $1 AND terminal_id = $2",
        &[company.into(), terminal.into()],
    )?;
    if !may_be_replaced(session, company, &shown)? {
        return Ok(None);
    }
    session.execute(
        "DELETE FROM device_token WHERE company_id = $1 AND terminal_id = $2 AND replaces = $3 \
         AND expires_at IS NULL AND last_used_at IS NULL AND created_at <= $4",
        &[
            company.into(),
            terminal.into(),
            shown.as_str().into(),
            (now - UNDER_WAY).timestamp_millis().into(),
        ],
    )?;
    // It is the present one again, and its last days begin anew.
    session.execute(
        "UPDATE device_token SET expires_at = NULL WHERE company_id = $1 AND digest = $2",
        &[company.into(), shown.as_str().into()],
    )?;
    expire_tokens(session, company, terminal, old_until)?;
    // So are those that may be under way to the device, none of which has an end.
    session.execute(
        "UPDATE device_token SET expires_at = NULL WHERE company_id = $1 AND terminal_id = $2 AND replaces = $3 \
         AND last_used_at IS NULL",
        &[company.into(), terminal.into(), shown.as_str().into()],
    )?;
    let secret = issue_token(session, company, terminal, None, now)?;
    session.execute(
        "UPDATE device_token SET replaces = $3 WHERE company_id = $1 AND digest = $2",
        &[company.into(), digest(&secret).into(), shown.into()],
    )?;
    Ok(Some(secret))
}

/// Leaves a device the one secret that it shows for the first time, of those that were made in the place of one.
pub(crate) fn chosen(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    shown: &str,
) -> Result<(), DatabaseError> {
    session.execute(
        "DELETE FROM device_token WHERE company_id = $1 AND terminal_id = $2 AND digest <> $3 \
         AND last_used_at IS NULL AND replaces = (SELECT replaces FROM device_token WHERE digest = $3)",
        &[company.into(), terminal.into(), digest(shown).into()],
    )?;
    Ok(())
}

/// Whether a secret, by its digest, is the one that its device has: it has no end, or what it was replaced by has none
/// and was never shown.
fn may_be_replaced(session: &mut dyn Session, company: Uuid, shown: &str) -> Result<bool, DatabaseError> {
    let rows = session.query(
        "SELECT 1 FROM device_token t WHERE t.company_id = $1 AND t.digest = $2 AND (t.expires_at IS NULL \
         OR EXISTS (SELECT 1 FROM device_token s WHERE s.company_id = t.company_id \
         AND s.terminal_id = t.terminal_id AND s.replaces = t.digest \
         AND s.expires_at IS NULL AND s.last_used_at IS NULL))",
        &[company.into(), shown.into()],
    )?;
    Ok(!rows.is_empty())
}
