//! Shares that do not come back: given up by a person who says why, or by time where nobody can report them any more.
//!
//! **Invariant:** what is written off is never more than what the till holds; a till that comes back all the same gives
//! that back before it is lent anything.

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::money::{Currency, CurrencyCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{LentShare, Loan, listing, loans, put_back};
use crate::{
    ApiError,
    access::Reach,
    db::{DatabaseError, Session},
    desk::Desk,
    text,
};

/// Shares that somebody gives up.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"terminal_id": "018f0000-0000-7000-8000-000000000001", "reason": "Burnt with the shop"}))]
pub(crate) struct Loss {
    /// The till that does not come back.
    pub(crate) terminal_id: Uuid,
    /// Of this campaign or coupon alone; absent: everything the till has.
    #[serde(default)]
    pub(crate) subject_id: Option<Uuid>,
    /// Why.
    pub(crate) reason: String,
}

/// Writes off what is over and was not given back of a till's shares, and answers it as it was before. A till that is awaited
/// because the books were put back to a backup is awaited no longer.
///
/// # Errors
/// `field_invalid`; `not_found` for no till of the company; `nothing_lost` where every share is in force or came back.
pub(crate) fn write_off(desk: &mut Desk<'_>, loss: &Loss) -> Result<Vec<LentShare>, ApiError> {
    text::within("reason", &loss.reason, 1..=500)?;
    let of_company = (desk.company, desk.now);
    lock(desk.session, desk.company)?;
    let known = listing::list(desk.session, desk.company, &Reach::company())?;
    let currency =
        currency_of(desk.session, desk.company, loss.terminal_id)?.ok_or_else(ApiError::not_found)?;
    let can_deliver = can_deliver(desk.session, of_company, loss.terminal_id)?;
    let was_awaited = loss.subject_id.is_none() && put_back::give_up(desk, (loss.terminal_id, &loss.reason))?;
    let mut given_up = Vec::new();
    for loan in loans(desk.session, desk.company, &currency)? {
        let is_meant = loan.terminal == loss.terminal_id
            && loss.subject_id.is_none_or(|subject| subject == loan.subject);
        let is_over = !can_deliver || loan.expires_at.is_none_or(|until| until <= desk.now);
        if is_meant && is_over && loan.outstanding() > 0 {
            give_up(desk, &loan, &loss.reason)?;
            given_up.extend(known.iter().position(|share| share.is_of(&loan)));
        }
    }
    if given_up.is_empty() && !was_awaited {
        let message = "no share of the till is over and was not given back";
        return Err(ApiError::conflict("nothing_lost", message));
    }
    let is_given_up = |(place, share)| given_up.contains(&place).then_some(share);
    Ok(known.into_iter().enumerate().filter_map(is_given_up).collect())
}

/// Writes off what nobody can report any more: shares of revoked tills that may no longer deliver, and, where the
/// operator says after how long, of tills that were not heard since. Answers how many.
pub(crate) fn write_off_overdue(desk: &mut Desk<'_>, after: Option<TimeDelta>) -> Result<u64, ApiError> {
    let borrowers = desk.session.query(
        "SELECT DISTINCT terminal_id FROM quota_share WHERE company_id = $1 \
         AND granted > returned + written_off AND (expires_at IS NULL OR expires_at <= $2)",
        &[desk.company.into(), desk.now.timestamp_millis().into()],
    )?;
    let mut count = 0;
    for row in &borrowers {
        let terminal = row.id(0)?;
        let can_deliver = can_deliver(desk.session, (desk.company, desk.now), terminal)?;
        let Some(currency) = currency_of(desk.session, desk.company, terminal)? else { continue };
        if can_deliver && after.is_none() {
            continue;
        }
        lock(desk.session, desk.company)?;
        for loan in loans(desk.session, desk.company, &currency)? {
            let is_overdue = loan.terminal == terminal && is_overdue(&loan, can_deliver, after, desk.now);
            if is_overdue && loan.outstanding() > 0 {
                let reason = if can_deliver { "not heard since" } else { "may not deliver any more" };
                give_up(desk, &loan, reason)?;
                count += 1;
            }
        }
    }
    Ok(count)
}

fn is_overdue(loan: &Loan, can_deliver: bool, after: Option<TimeDelta>, now: DateTime<Utc>) -> bool {
    let since = loan.expires_at.map_or(loan.heard_at, |over| over.max(loan.heard_at));
    since <= now && (!can_deliver || after.is_some_and(|after| since + after <= now))
}

/// Two who lend or write off at once follow one another.
pub(super) fn lock(session: &mut dyn Session, company: Uuid) -> Result<(), DatabaseError> {
    session.execute("UPDATE company SET name = name WHERE company_id = $1", &[company.into()]).map(drop)
}

fn can_deliver(
    session: &mut dyn Session,
    (company, now): (Uuid, DateTime<Utc>),
    terminal: Uuid,
) -> Result<bool, DatabaseError> {
    let rows = session.query(
        "SELECT 1 FROM terminal WHERE company_id = $1 AND terminal_id = $2 \
         AND (state NOT IN ('revoked', 'moved') OR push_until > $3)",
        &[company.into(), terminal.into(), now.timestamp_millis().into()],
    )?;
    Ok(!rows.is_empty())
}

fn currency_of(
    session: &mut dyn Session,
    company: Uuid,
    terminal: Uuid,
) -> Result<Option<Currency>, DatabaseError> {
    let rows = session.query(
        "SELECT s.currency FROM terminal t JOIN store s ON s.company_id = t.company_id AND s.store_id = t.store_id \
         WHERE t.company_id = $1 AND t.terminal_id = $2",
        &[company.into(), terminal.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let unreadable = DatabaseError::Column { column: 0, expected: "a currency" };
    let code = CurrencyCode::parse(row.text(0)?).map_err(|_| unreadable)?;
    Ok(Some(Currency::of(code)))
}

fn put(
    session: &mut dyn Session,
    company: Uuid,
    (loan, written_off): (&Loan, i64),
) -> Result<(), DatabaseError> {
    session.execute(
        "UPDATE quota_share SET written_off = $7 WHERE company_id = $1 AND terminal_id = $2 AND epoch = $3 \
         AND kind = $4 AND subject_id = $5 AND owner_id = $6",
        &[
            company.into(),
            loan.terminal.into(),
            loan.epoch.into(),
            loan.kind.as_str().into(),
            loan.subject.into(),
            loan.owner.into(),
            written_off.into(),
        ],
    )?;
    Ok(())
}

fn give_up(desk: &mut Desk<'_>, loan: &Loan, reason: &str) -> Result<(), ApiError> {
    let units = loan.outstanding();
    put(desk.session, desk.company, (loan, loan.written_off + units))?;
    let detail = json!({
        "kind": loan.kind.as_str(), "subject_id": loan.subject, "epoch": loan.epoch, "units": units, "reason": reason,
    });
    Ok(desk.note("quota.written_off", ("terminal", loan.terminal), None, detail)?)
}

/// Whether a till that speaks of a share again still holds what was written off of it. What came back meanwhile is
/// written off no longer.
pub(super) fn is_still_out(
    session: &mut dyn Session,
    company: Uuid,
    own: &Loan,
) -> Result<bool, DatabaseError> {
    let still_out = own.written_off.min(own.in_hand().max(0));
    if still_out < own.written_off {
        put(session, company, (own, still_out))?;
    }
    Ok(still_out > 0)
}
