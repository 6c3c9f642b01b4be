//! What a till says of its shares, as far as it can be so.

use saleflex_sync::wire::QuotaAsk;
use uuid::Uuid;

use super::{Borrower, Loan, of_share};
use crate::{
    ApiError,
    db::{DatabaseError, Session},
    feed,
};

/// The most that a share comes to over the life of a till's file. It counts up with whatever is lent and given back, an
/// amount in the smallest unit: a hundred times the largest amount there is.
const MOST: u64 = 1_000_000_000_000_000;

/// That a use `u` is of the till that has the share `s`: one that was moved used some of it as the terminals that it was
/// before.
pub(super) const TILL: &str = "u.terminal_id IN (WITH RECURSIVE former (id) AS (SELECT s.terminal_id UNION \
     SELECT t.moved_from FROM terminal t JOIN former f ON t.terminal_id = f.id \
     WHERE t.company_id = s.company_id AND t.moved_from IS NOT NULL) SELECT id FROM former) \
     AND u.epoch = s.epoch AND u.seq > s.since_seq";

/// That its numbers are some that a till can have counted to.
///
/// # Errors
/// `field_invalid` with the field in `detail`.
pub(super) fn check(ask: &QuotaAsk) -> Result<(), ApiError> {
    let bounds = [("granted", ask.granted, MOST), ("returned", ask.returned, MOST)];
    for (field, number, most) in bounds.into_iter().chain([("since", ask.since, feed::HIGHEST)]) {
        if number > most {
            let message = format!("`{field}` is at most {most}");
            let error = ApiError::unprocessable("field_invalid", message);
            return Err(ApiError { detail: Some(field.to_owned()), ..error });
        }
    }
    Ok(())
}

/// Whether a terminal's device was moved, and is another terminal now.
pub(super) fn has_moved_on(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 FROM terminal WHERE company_id = $1 AND moved_from = $2";
    Ok(!session.query(sql, &[company.into(), terminal.into()])?.is_empty())
}

/// Notes that a till speaks of a share, the first time from where it counts.
pub(super) fn note(
    session: &mut dyn Session,
    borrower: Borrower<'_>,
    (epoch, ask): (Uuid, &QuotaAsk),
) -> Result<(), DatabaseError> {
    session.execute(
        "INSERT INTO quota_share (company_id, terminal_id, epoch, kind, subject_id, owner_id, since_seq, granted, \
         returned, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8) \
         ON CONFLICT (company_id, terminal_id, epoch, kind, subject_id, owner_id) \
         DO UPDATE SET updated_at = excluded.updated_at",
        &of_share(borrower, (epoch, ask), [
            number(ask.since).into(),
            borrower.now.timestamp_millis().into(),
        ]),
    )?;
    Ok(())
}

/// Takes its word for what it was lent and gave back. A hub that came back from a backup has forgotten it, and must not
/// lend it again; but nobody has more in hand than `most`, where something is in force, nor gave back what nobody lent.
/// Answers whether it was lent more than these books know.
pub(super) fn believe(
    session: &mut dyn Session,
    company: Uuid,
    (own, ask): (&mut Loan, &QuotaAsk),
    most: Option<i64>,
) -> Result<bool, DatabaseError> {
    let (granted, returned) = (number(ask.granted), number(ask.returned));
    let claimed = own.granted.max(granted);
    let returned = own.returned.max(returned.min(claimed));
    let most = most.map_or(i64::MAX, |most| returned.saturating_add(own.used).saturating_add(most.max(0)));
    let granted = own.granted.max(granted.min(most));
    if (granted, returned) == (own.granted, own.returned) {
        return Ok(false);
    }
    let is_news = granted > own.granted;
    (own.granted, own.returned) = (granted, returned);
    session.execute(
        "UPDATE quota_share SET granted = $7, returned = $8 WHERE company_id = $1 AND terminal_id = $2 \
         AND epoch = $3 AND kind = $4 AND subject_id = $5 AND owner_id = $6",
        &[
            company.into(),
            own.terminal.into(),
            own.epoch.into(),
            own.kind.as_str().into(),
            own.subject.into(),
            own.owner.into(),
            granted.into(),
            returned.into(),
        ],
    )?;
    Ok(is_news)
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
