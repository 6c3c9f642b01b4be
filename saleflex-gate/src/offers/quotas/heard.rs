//! What a till says of its shares, as far as it can be so.

use saleflex_sync::wire::QuotaAsk;
use serde_json::json;
use uuid::Uuid;

use super::{Borrower, Loan, Supply, of_share};
use crate::{
    ApiError,
    audit::{self, Act, Actor},
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

/// What a till says of a share, beside what these books know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Heard {
    /// No more than these books know.
    Nothing,
    /// It was lent more than these books know: they were put back to a backup.
    News,
    /// It was lent more than anybody can have been, as far as these books know the limit. That says something of the till and
    /// nothing of the books: it is believed up to the limit, and for others everything goes on.
    Impossible,
}

/// Takes its word for what it was lent and gave back. A hub that came back from a backup has forgotten it, and must not
/// lend it again; but nobody has more in hand than there is, where something is in force, nor gave back what nobody lent.
pub(super) fn believe(
    session: &mut dyn Session,
    company: Uuid,
    (own, ask): (&mut Loan, &QuotaAsk),
    supply: Option<&Supply>,
) -> Result<Heard, DatabaseError> {
    let (granted, returned) = (number(ask.granted), number(ask.returned));
    let claimed = own.granted.max(granted);
    let returned = own.returned.max(returned.min(claimed));
    let with = |in_hand: i64| returned.saturating_add(own.used).saturating_add(in_hand.max(0));
    let is_impossible = supply.and_then(|supply| supply.cap).is_some_and(|cap| claimed > with(cap));
    let most = supply.map_or(i64::MAX, |supply| with(supply.whole));
    let granted = own.granted.max(granted.min(most));
    if (granted, returned) == (own.granted, own.returned) {
        return Ok(Heard::Nothing);
    }
    let is_more = granted > own.granted;
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
    Ok(match (is_more, is_impossible) {
        (false, _) => Heard::Nothing,
        (true, false) => Heard::News,
        (true, true) => Heard::Impossible,
    })
}

/// Notes of a till that it says to have been lent more than there ever was, and what it is believed.
pub(super) fn doubt(
    session: &mut dyn Session,
    borrower: Borrower<'_>,
    (ask, believed): (&QuotaAsk, i64),
) -> Result<(), DatabaseError> {
    let Borrower { company, terminal, now, .. } = borrower;
    tracing::warn!(terminal = %terminal.id, "a till says that it was lent more of a limit than there is");
    let act = Act {
        name: "quota.doubted",
        subject: "terminal",
        id: terminal.id.to_string(),
        store: Some(terminal.store),
        detail: json!({
            "kind": ask.kind.as_str(), "subject_id": ask.subject, "granted": ask.granted, "believed": believed,
        }),
    };
    audit::write(session, company, Actor::Device(terminal.id), &act, now)
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
