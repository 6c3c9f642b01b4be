//! Points of members: the balance, points held for a sale, spent by it, given back.
//!
//! **Invariants:** entries are added and never changed, and what they add up to is the balance, less what ran out and is
//! not written off yet; points that are held are nobody else's until they are spent, freed, or the hold is over; a document spends once.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::expiring;
use crate::{
    ApiError,
    db::{DatabaseError, Session},
    definitions::phones::Dialling,
    ids::new_id,
    text,
};

mod entries;

pub(crate) use self::entries::{PointEntry, entries};

/// For how long points are held for a sale that is not finished.
const HOLD: TimeDelta = TimeDelta::hours(2);
/// The most points of one entry.
const MOST: i64 = 1_000_000_000;

/// What a member has.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Balance {
    /// Whose.
    pub(crate) member_id: Uuid,
    /// What the entries add up to.
    pub(crate) points: i64,
    /// What is held of it.
    pub(crate) held: i64,
    /// What can be spent; below nothing when points that were spent were taken back.
    pub(crate) available: i64,
    /// The code of the tier, where a device asks for a member and the hub decides about tiers in its store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tier: Option<String>,
    /// Where a device asks for a member: whether they were welcomed, so that no till welcomes them once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) welcomed: Option<bool>,
}

/// Points for a document.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "member_id": "018f0000-0000-7000-8000-000000000001", "document_id": "018f0000-0000-7000-8000-000000000002",
    "points": 150
}))]
pub(crate) struct PointsRequest {
    /// Whose.
    pub(crate) member_id: Uuid,
    /// For which document.
    pub(crate) document_id: Uuid,
    /// How many, above nothing.
    pub(crate) points: i64,
}

/// The points of a document.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "member_id": "018f0000-0000-7000-8000-000000000001", "document_id": "018f0000-0000-7000-8000-000000000002"
}))]
pub(crate) struct DocumentOf {
    /// Whose.
    pub(crate) member_id: Uuid,
    /// The document.
    pub(crate) document_id: Uuid,
}

/// Points that a person gives or takes.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"points": 100, "reason": "Late delivery"}))]
pub(crate) struct Adjustment {
    /// How many; below nothing takes them.
    pub(crate) points: i64,
    /// Why.
    pub(crate) reason: String,
}

/// What entries add up to. One that an older hub took without a bound counts as much as can be added up.
pub(crate) const SUM: &str = "CAST(COALESCE(sum(CASE WHEN points > 1000000000000 THEN 1000000000000 \
                              WHEN points < -1000000000000 THEN -1000000000000 ELSE points END), 0) AS bigint)";

/// What a member has now.
pub(crate) fn balance(
    session: &mut dyn Session,
    company: Uuid,
    member: Uuid,
    now: DateTime<Utc>,
) -> Result<Balance, DatabaseError> {
    let sum = session.query(
        &format!("SELECT {SUM} FROM point_entry WHERE company_id = $1 AND member_id = $2"),
        &[company.into(), member.into()],
    )?;
    let points = sum.first().map_or(Ok(0), |row| row.integer(0))?;
    let held = expiring::held(session, (company, member), now)?;
    let points = points.saturating_sub(expiring::run_out(session, (company, member), now)?);
    let available = points.saturating_sub(held);
    Ok(Balance { member_id: member, points, held, available, tier: None, welcomed: None })
}

/// A customer who may have points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    /// Whose store's customer it is; none: the company's.
    pub(crate) store: Option<Uuid>,
}

/// The customer of an identity, where there is one.
pub(crate) fn known(
    session: &mut dyn Session,
    company: Uuid,
    member: Uuid,
) -> Result<Option<Member>, DatabaseError> {
    let rows = session.query(
        "SELECT store_id FROM definition WHERE company_id = $1 AND resource = 'customers' AND definition_id = $2 \
         AND is_deleted = 0",
        &[company.into(), member.into()],
    )?;
    rows.first().map(|row| Ok(Member { store: row.optional_id(0)? })).transpose()
}

/// A member as somebody finds them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundMember {
    /// The customer's name, as far as it is known.
    pub(crate) name: Option<String>,
    /// What they have.
    #[serde(flatten)]
    pub(crate) balance: Balance,
}

/// The customers who have a telephone, however it is typed: those of the asker's own store first, then the company's, then
/// those of other stores. Two stores may each know somebody of one number.
pub(crate) fn by_phone(
    session: &mut dyn Session,
    company: Uuid,
    (typed, own): (&str, Option<Uuid>),
) -> Result<Vec<Uuid>, DatabaseError> {
    let dialling = Dialling::of(session, company)?;
    let Some(key) = dialling.key(typed) else { return Ok(Vec::new()) };
    let rows = session.query(
        "SELECT definition_id, store_id FROM definition WHERE company_id = $1 AND resource = 'customers' \
         AND code = $2 AND is_deleted = 0",
        &[company.into(), key.as_str().into()],
    )?;
    let known = rows.iter().map(|row| Ok((row.id(0)?, row.optional_id(1)?)));
    let mut found = known.collect::<Result<Vec<(Uuid, Option<Uuid>)>, DatabaseError>>()?;
    if !found.iter().any(|(_, store)| store.is_none() || *store == own) {
        found.extend(dialling.earlier(session, company, (&key, Uuid::nil()))?);
    }
    let distance = |store: Option<Uuid>| match store {
        Some(store) if own == Some(store) => 0,
        None => 1,
        Some(_) => 2,
    };
    found.sort_by_key(|(id, store)| (distance(*store), *id));
    Ok(found.into_iter().map(|(id, _)| id).collect())
}

/// What a customer is called.
pub(crate) fn name_of(
    session: &mut dyn Session,
    company: Uuid,
    member: Uuid,
) -> Result<Option<String>, DatabaseError> {
    let rows = session.query(
        "SELECT body FROM definition WHERE company_id = $1 AND resource = 'customers' AND definition_id = $2",
        &[company.into(), member.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let body: serde_json::Value = serde_json::from_str(row.text(0)?).unwrap_or_default();
    let names = ["name", "last_name"].map(|field| body[field].as_str().unwrap_or_default().trim().to_owned());
    let name = names.join(" ").trim().to_owned();
    Ok((!name.is_empty()).then_some(name))
}

/// Whether there is such a customer.
pub(crate) fn is_known(
    session: &mut dyn Session,
    company: Uuid,
    member: Uuid,
) -> Result<bool, DatabaseError> {
    Ok(known(session, company, member)?.is_some())
}

/// That there is such a customer, whose points nobody else touches until this is done.
fn member(session: &mut dyn Session, company: Uuid, member: Uuid) -> Result<(), ApiError> {
    if !is_known(session, company, member)? {
        return Err(ApiError::unprocessable("member_unknown", "no customer has this identity"));
    }
    // One at a time in a company: of two who hold the last points, the second counts the first.
    session.execute("UPDATE company SET name = name WHERE company_id = $1", &[company.into()])?;
    Ok(())
}

fn check(points: i64) -> Result<(), ApiError> {
    if (1..=MOST).contains(&points) {
        return Ok(());
    }
    let error = ApiError::unprocessable("field_invalid", "`points` is 1 to 1000000000");
    Err(ApiError { detail: Some("points".to_owned()), ..error })
}

/// Holds points for a document, in the place of what was held for it before.
///
/// # Errors
/// `member_unknown`, `points_insufficient` with what is available in `detail`, `already_spent`.
pub(crate) fn reserve(
    session: &mut dyn Session,
    company: Uuid,
    request: &PointsRequest,
    now: DateTime<Utc>,
) -> Result<Balance, ApiError> {
    check(request.points)?;
    member(session, company, request.member_id)?;
    let of = (request.member_id, request.document_id);
    let spent = || ApiError::conflict("already_spent", "the document has spent its points");
    if hold_of(session, company, of)?.is_some_and(|(_, state, _)| is_spent(&state)) {
        return Err(spent());
    }
    let standing = balance(session, company, request.member_id, now)?;
    let available = standing.available + held_for(session, company, of, now)?;
    if request.points > available {
        let error = ApiError::unprocessable("points_insufficient", "the member has fewer points to spend");
        return Err(ApiError { detail: Some(available.to_string()), ..error });
    }
    let held = session.execute(
        // What is held longer is held since it was first; what was freed, or over, is held anew. What a till delivers this very
        // moment is held no more.
        "INSERT INTO point_hold (company_id, hold_id, member_id, document_id, points, state, expires_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, 'held', $6, $7) ON CONFLICT (company_id, document_id, member_id) \
         DO UPDATE SET points = excluded.points, state = 'held', expires_at = excluded.expires_at, \
         created_at = CASE WHEN point_hold.state = 'held' AND point_hold.expires_at > excluded.created_at \
         THEN point_hold.created_at ELSE excluded.created_at END WHERE point_hold.state NOT IN ('spent', 'delivered')",
        &[
            company.into(),
            new_id(now).into(),
            request.member_id.into(),
            request.document_id.into(),
            request.points.into(),
            (now + HOLD).timestamp_millis().into(),
            now.timestamp_millis().into(),
        ],
    )?;
    if held == 0 {
        return Err(spent());
    }
    Ok(balance(session, company, request.member_id, now)?)
}

/// What is held for a document: points, state, until when.
fn hold_of(
    session: &mut dyn Session,
    company: Uuid,
    (member, document): (Uuid, Uuid),
) -> Result<Option<(i64, String, i64)>, DatabaseError> {
    let rows = session.query(
        "SELECT points, state, expires_at FROM point_hold \
         WHERE company_id = $1 AND document_id = $2 AND member_id = $3",
        &[company.into(), document.into(), member.into()],
    )?;
    let hold = rows.first().map(|row| Ok((row.integer(0)?, row.text(1)?.to_owned(), row.integer(2)?)));
    hold.transpose()
}

/// How many points are held for a document now.
pub(super) fn held_for(
    session: &mut dyn Session,
    company: Uuid,
    of: (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<i64, DatabaseError> {
    let hold = hold_of(session, company, of)?;
    let hold = hold.filter(|(_, state, over)| state == "held" && *over > now.timestamp_millis());
    Ok(hold.map_or(0, |(points, _, _)| points))
}

/// Moves what is held for a document from one state to another; answers whether it was in that state. Whoever else is at
/// it has finished by then.
fn put_hold(
    session: &mut dyn Session,
    company: Uuid,
    (member, document): (Uuid, Uuid),
    (from, to): (&str, &str),
) -> Result<bool, DatabaseError> {
    let moved = session.execute(
        "UPDATE point_hold SET state = $4 WHERE company_id = $1 AND document_id = $2 AND member_id = $3 AND state = $5",
        &[company.into(), document.into(), member.into(), to.into(), from.into()],
    )?;
    Ok(moved > 0)
}

/// Whether what was held is gone: by a commit here, or by a sale whose till books its points itself.
fn is_spent(state: &str) -> bool {
    matches!(state, "spent" | "delivered")
}

/// A till delivered a sale and books what it spent and what a return gives back: nothing is held for it any more, and nothing
/// is left to be reversed here. Answers how much was spent here for it before, since the sale's own row spends the rest, and
/// the day since which that is held.
pub(crate) fn delivered(
    session: &mut dyn Session,
    company: Uuid,
    of: (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<(i64, Option<NaiveDate>), DatabaseError> {
    let (state, points) = locked(session, company, of, now)?;
    let since = expiring::held_since(session, company, of, now)?;
    put_hold(session, company, of, (&state, "delivered"))?;
    Ok((if state == "spent" { points } else { 0 }, since))
}

/// A document of an older terminal says what it spent; answers how much of that is not booked yet. What was spent here
/// for it before is booked, and what was given back since was. A return of it says nothing of points: it is reversed here.
pub(crate) fn of_older(
    session: &mut dyn Session,
    company: Uuid,
    (of, points): ((Uuid, Uuid), i64),
    now: DateTime<Utc>,
) -> Result<i64, DatabaseError> {
    let (state, before) = locked(session, company, of, now)?;
    let rest = match state.as_str() {
        "delivered" | "reversed" => return Ok(0),
        "spent" => points - before,
        _ => points,
    };
    session.execute(
        "UPDATE point_hold SET state = 'spent', points = $4 \
         WHERE company_id = $1 AND document_id = $2 AND member_id = $3",
        &[company.into(), of.1.into(), of.0.into(), points.into()],
    )?;
    Ok(rest)
}

/// State and points of what is held for a document, which nobody else changes until this is done; where nothing was, it
/// is `noted` from now on.
pub(crate) fn locked(
    session: &mut dyn Session,
    company: Uuid,
    (member, document): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<(String, i64), DatabaseError> {
    let rows = session.query(
        "INSERT INTO point_hold (company_id, hold_id, member_id, document_id, points, state, expires_at, created_at) \
         VALUES ($1, $2, $3, $4, 0, 'noted', $5, $5) ON CONFLICT (company_id, document_id, member_id) \
         DO UPDATE SET points = point_hold.points RETURNING state, points",
        &[
            company.into(),
            new_id(now).into(),
            member.into(),
            document.into(),
            now.timestamp_millis().into(),
        ],
    )?;
    let row = rows.first().ok_or(DatabaseError::Column { column: 0, expected: "a state" })?;
    Ok((row.text(0)?.to_owned(), row.integer(1)?))
}

/// Spends what is held for a document. Doing it again changes nothing.
///
/// # Errors
/// `nothing_held` when nothing is held, or the hold is over.
pub(crate) fn commit(
    session: &mut dyn Session,
    company: Uuid,
    of: &DocumentOf,
    now: DateTime<Utc>,
) -> Result<Balance, ApiError> {
    member(session, company, of.member_id)?;
    let key = (of.member_id, of.document_id);
    match hold_of(session, company, key)? {
        Some((_, state, _)) if is_spent(&state) => {}
        Some((points, state, over)) if state == "held" && over > now.timestamp_millis() => {
            // They are spent of what there was when they were held: they did not run out since.
            let since = expiring::held_since(session, company, key, now)?;
            // A till may have delivered the document this very moment.
            if put_hold(session, company, key, ("held", "spent"))? {
                let spent = (of.member_id, "redeemed", -points);
                enter(session, company, spent, (Some(of.document_id), None), (since, now))?;
            }
        }
        _ => return Err(ApiError::conflict("nothing_held", "no points are held for the document")),
    }
    Ok(balance(session, company, of.member_id, now)?)
}

/// Frees what is held for a document, or gives back what it spent, to run out when that would have. Doing it again changes
/// nothing.
///
/// # Errors
/// `nothing_held` when the document never held anything.
pub(crate) fn reverse(
    session: &mut dyn Session,
    company: Uuid,
    of: &DocumentOf,
    now: DateTime<Utc>,
) -> Result<Balance, ApiError> {
    member(session, company, of.member_id)?;
    let key = (of.member_id, of.document_id);
    // One that is noted alone never held anything.
    match hold_of(session, company, key)?.filter(|(_, state, _)| state != "noted") {
        None => return Err(ApiError::conflict("nothing_held", "no points were held for the document")),
        Some((points, state, _)) if state == "spent" => {
            if put_hold(session, company, key, ("spent", "reversed"))? {
                expiring::give_back(session, (company, of.member_id), (of.document_id, points), now)?;
            }
        }
        Some(_) => {
            put_hold(session, company, key, ("held", "freed"))?;
        }
    }
    Ok(balance(session, company, of.member_id, now)?)
}

/// Gives or takes points by a person's word.
///
/// # Errors
/// `member_unknown`, `field_invalid`.
pub(crate) fn adjust(
    session: &mut dyn Session,
    (company, whose): (Uuid, Uuid),
    adjustment: &Adjustment,
    now: DateTime<Utc>,
) -> Result<Balance, ApiError> {
    text::within("reason", &adjustment.reason, 1..=500)?;
    check(adjustment.points.saturating_abs())?;
    member(session, company, whose)?;
    let reason = Some(adjustment.reason.as_str());
    enter(session, company, (whose, "adjusted", adjustment.points), (None, reason), (None, now))?;
    Ok(balance(session, company, whose, now)?)
}

fn enter(
    session: &mut dyn Session,
    company: Uuid,
    (member, kind, points): (Uuid, &str, i64),
    (document, reason): (Option<Uuid>, Option<&str>),
    (on, now): (Option<NaiveDate>, DateTime<Utc>),
) -> Result<(), DatabaseError> {
    let on = on.unwrap_or_else(|| now.date_naive());
    // What a person gives counts for the tier, and what one takes does not.
    let lifetime = if kind == "adjusted" { points.max(0) } else { 0 };
    session.execute(
        "INSERT INTO point_entry (company_id, entry_id, member_id, kind, points, document_id, reason, created_at, \
         booked_on, lifetime) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            company.into(),
            new_id(now).into(),
            member.into(),
            kind.into(),
            points.into(),
            document.into(),
            reason.into(),
            now.timestamp_millis().into(),
            on.to_string().into(),
            lifetime.into(),
        ],
    )?;
    Ok(())
}
