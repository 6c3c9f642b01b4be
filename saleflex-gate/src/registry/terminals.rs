//! Terminals as they are administered: states, tokens, telemetry, a move to another store.

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Codes, StoreKey, Terminal, register};
use crate::{
    ApiError,
    access::{Profile, Reach, Wanted},
    counters,
    db::{DatabaseError, Row, Session},
    feed, relay, text,
};

/// For how long a revoked terminal may still deliver what it holds, where nothing else is said.
pub(crate) const GRACE: TimeDelta = TimeDelta::hours(72);

/// A terminal to register.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "store_id": "018f0000-0000-7000-8000-000000000001", "code": "TILL-1", "number": 1, "name": "By the door"
}))]
pub(crate) struct NewTerminal {
    /// Its store.
    pub(crate) store_id: Uuid,
    /// Its code, unique in the store.
    pub(crate) code: String,
    /// Its number in the store, for receipts.
    #[serde(default)]
    pub(crate) number: Option<i64>,
    /// What people call it.
    #[serde(default)]
    pub(crate) name: String,
    /// What its device is made for.
    #[serde(default)]
    pub(crate) profile: Option<Profile>,
    /// The installation that owns it, if the store is served by several.
    #[serde(default)]
    pub(crate) office_code: Option<String>,
}

/// What changes of a terminal; what is absent stays.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "By the door", "may_pull": true}))]
pub(crate) struct TerminalEdit {
    /// What people call it.
    pub(crate) name: Option<String>,
    /// Its number in the store.
    pub(crate) number: Option<i64>,
    /// Whether it may take definitions.
    pub(crate) may_pull: Option<bool>,
}

/// A terminal with what it said of itself last.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = RegisteredTerminal)]
pub(crate) struct TerminalRow {
    /// Its identity.
    pub(crate) id: Uuid,
    /// Its store.
    pub(crate) store_id: Uuid,
    /// The installation that owns it.
    pub(crate) office_code: String,
    /// Its code, unique in the store.
    pub(crate) code: String,
    /// Its number in the store.
    pub(crate) number: i64,
    /// What people call it.
    pub(crate) name: String,
    /// What its device is made for: `pos`, `kitchen`, `office`, `mobile` or `display`.
    pub(crate) profile: String,
    /// `active`, `suspended`, `revoked` or `moved`.
    pub(crate) state: String,
    /// Whether it may take definitions.
    pub(crate) may_pull: bool,
    /// Until when it may still deliver although it is suspended or revoked.
    pub(crate) push_until: Option<DateTime<Utc>>,
    /// When it took everything.
    pub(crate) last_bootstrap_at: Option<DateTime<Utc>>,
    /// When it said how it is.
    pub(crate) last_heartbeat_at: Option<DateTime<Utc>>,
    /// When it delivered.
    pub(crate) last_push_at: Option<DateTime<Utc>>,
    /// How many events it had set aside for a person when it delivered last.
    pub(crate) set_aside: Option<i64>,
    /// Since when the hub waits to hear what it holds, for its books were put back to a backup; nothing of a limit is lent
    /// until then. Of one that may deliver no more it means nothing.
    pub(crate) awaited_since: Option<DateTime<Utc>>,
    /// What it does next then: it asks for the `state` of these books, empties its `queue`, tells its `shares`.
    pub(crate) awaited_for: Option<String>,
    /// When a secret that its device has now was shown last, to the hour.
    pub(crate) secret_used_at: Option<DateTime<Utc>>,
    /// From which address that was.
    pub(crate) secret_used_from: Option<String>,
    /// By how many seconds its clock was ahead of the hub's then; below nothing: behind. What the answer took on its way counts
    /// for it.
    pub(crate) clock_ahead_seconds: Option<i64>,
    /// What it said of itself: versions, queue, when it took changes last and where it is in them, printers.
    #[schema(value_type = Option<Object>)]
    pub(crate) telemetry: Option<Json>,
}

const TERMINAL: &str = "SELECT terminal_id, store_id, office_code, terminal_code, number, name, profile, state, \
     may_pull, push_until, last_bootstrap_at, last_heartbeat_at, last_push_at, telemetry, \
     (SELECT max(t.last_used_at) FROM device_token t WHERE t.company_id = terminal.company_id \
     AND t.terminal_id = terminal.terminal_id), \
     (SELECT t.last_used_from FROM device_token t WHERE t.company_id = terminal.company_id \
     AND t.terminal_id = terminal.terminal_id AND t.last_used_at IS NOT NULL ORDER BY t.last_used_at DESC LIMIT 1), \
     set_aside, awaited_since, awaited_for FROM terminal WHERE company_id = $1";

fn terminal(row: &Row) -> Result<TerminalRow, DatabaseError> {
    let telemetry = row.optional_text(13)?.map(serde_json::from_str).transpose();
    let telemetry: Option<Json> =
        telemetry.map_err(|_| DatabaseError::Column { column: 13, expected: "JSON" })?;
    Ok(TerminalRow {
        id: row.id(0)?,
        store_id: row.id(1)?,
        office_code: row.text(2)?.to_owned(),
        code: row.text(3)?.to_owned(),
        number: row.integer(4)?,
        name: row.text(5)?.to_owned(),
        profile: row.text(6)?.to_owned(),
        state: row.text(7)?.to_owned(),
        may_pull: row.flag(8)?,
        push_until: row.optional_time(9)?,
        last_bootstrap_at: row.optional_time(10)?,
        last_heartbeat_at: row.optional_time(11)?,
        last_push_at: row.optional_time(12)?,
        set_aside: row.optional_integer(16)?,
        awaited_since: row.optional_time(17)?,
        awaited_for: row.optional_text(18)?.map(str::to_owned),
        secret_used_at: row.optional_time(14)?,
        secret_used_from: row.optional_text(15)?.map(str::to_owned),
        clock_ahead_seconds: clock_ahead(telemetry.as_ref(), row.optional_time(11)?),
        telemetry,
    })
}

/// By how many seconds a clock is ahead that was told of in a heartbeat, when that was heard.
fn clock_ahead(telemetry: Option<&Json>, heard_at: Option<DateTime<Utc>>) -> Option<i64> {
    let clock: DateTime<Utc> = telemetry?.get("clock")?.as_str()?.parse().ok()?;
    Some(clock.signed_duration_since(heard_at?).num_seconds())
}

/// Which terminals are listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) store: Option<Uuid>,
    pub(crate) state: Option<String>,
    pub(crate) profile: Option<String>,
}

/// The terminals within reach, after one of them.
pub(crate) fn list(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filter): (&Reach, &Filter),
    (after, limit): (Uuid, i64),
) -> Result<Vec<TerminalRow>, DatabaseError> {
    let wanted = Wanted::within(reach, ("store_id", Some("terminal_id")), [company.into(), after.into()])
        .and("store_id =", filter.store)
        .and("state =", filter.state.as_deref())
        .and("profile =", filter.profile.as_deref());
    let (sql, values) = wanted.page(&format!("{TERMINAL} AND terminal_id > $2"), "terminal_id", limit);
    session.query(&sql, &values)?.iter().map(terminal).collect()
}

/// One terminal.
///
/// # Errors
/// `not_found`.
pub(crate) fn one(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<TerminalRow, ApiError> {
    let rows = session.query(&format!("{TERMINAL} AND terminal_id = $2"), &[company.into(), id.into()])?;
    Ok(terminal(rows.first().ok_or_else(ApiError::not_found)?)?)
}

/// Registers a terminal.
///
/// # Errors
/// `code_taken`, `number_taken`, `field_invalid`, `office_unknown`.
pub(crate) fn add(
    session: &mut dyn Session,
    company: Uuid,
    new: &NewTerminal,
    now: DateTime<Utc>,
) -> Result<Terminal, ApiError> {
    text::code("code", &new.code)?;
    text::within("name", &new.name, 0..=100)?;
    let key = StoreKey { company, store: new.store_id };
    // One at a time in a store: of two of one code the second finds it taken.
    session.execute(
        "UPDATE store SET name = name WHERE company_id = $1 AND store_id = $2",
        &[company.into(), new.store_id.into()],
    )?;
    if super::terminal_by_code(session, key, &new.code)?.is_some() {
        return Err(ApiError::conflict("code_taken", "the store has a terminal of this code"));
    }
    let offices = session.query(
        "SELECT office_code, store_code FROM office WHERE company_id = $1 AND store_id = $2 ORDER BY office_code",
        &[company.into(), new.store_id.into()],
    )?;
    let wanted = offices.iter().find(|row| {
        new.office_code.as_deref().is_none_or(|code| row.text(0).is_ok_and(|known| known == code))
    });
    let office = wanted
        .ok_or_else(|| ApiError::unprocessable("office_unknown", "no such installation serves the store"))?;
    let codes = Codes {
        office: office.text(0)?.to_owned(),
        store: office.text(1)?.to_owned(),
        terminal: new.code.clone(),
    };
    if let Some(number) = new.number {
        free_number(session, key, (number, Uuid::nil()))?;
    }
    let terminal = register(session, key, &codes, new.number, now)?;
    session.execute(
        "UPDATE terminal SET name = $3, profile = $4 WHERE company_id = $1 AND terminal_id = $2",
        &[
            company.into(),
            terminal.id.into(),
            new.name.as_str().into(),
            new.profile.unwrap_or(Profile::Pos).name().into(),
        ],
    )?;
    Ok(terminal)
}

/// That a terminal of a store may have a number.
fn free_number(session: &mut dyn Session, key: StoreKey, (number, own): (i64, Uuid)) -> Result<(), ApiError> {
    if !(1..=9_999).contains(&number) {
        return Err(text::unfit("number", "`number` is 1 to 9999"));
    }
    if super::has_number(session, key, number, own)? {
        return Err(ApiError::conflict("number_taken", "the store has a terminal of this number"));
    }
    Ok(())
}

/// Changes a terminal.
///
/// # Errors
/// `field_invalid`, `number_taken`.
pub(crate) fn edit(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
    edit: &TerminalEdit,
) -> Result<TerminalRow, ApiError> {
    text::within("name", edit.name.as_deref().unwrap_or_default(), 0..=100)?;
    if let Some(number) = edit.number {
        let key = StoreKey { company, store: one(session, company, id)?.store_id };
        free_number(session, key, (number, id))?;
    }
    session.execute(
        "UPDATE terminal SET name = COALESCE($3, name), number = COALESCE($4, number), \
         may_pull = COALESCE($5, may_pull) WHERE company_id = $1 AND terminal_id = $2",
        &[company.into(), id.into(), edit.name.as_deref().into(), edit.number.into(), edit.may_pull.into()],
    )?;
    one(session, company, id)
}

/// Puts a terminal into a state; `push_until` is until when it may still deliver in it.
pub(crate) fn put_state(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
    (state, push_until): (&str, Option<DateTime<Utc>>),
) -> Result<TerminalRow, ApiError> {
    session.execute(
        "UPDATE terminal SET state = $3, push_until = $4 WHERE company_id = $1 AND terminal_id = $2",
        &[company.into(), id.into(), state.into(), push_until.map(|time| time.timestamp_millis()).into()],
    )?;
    one(session, company, id)
}

/// Moves a device to another store: what it sold stays with the old terminal, which is moved away and may still deliver
/// for a while what it sold there; the device gets a new terminal and enrols anew. There it begins where it was, so that
/// it does not send its past once more. With `continues` its counters go on.
///
/// # Errors
/// As [`add`], `terminal_moved` when it was moved before, `is_node` for the hub of a store.
pub(crate) fn relocate(
    session: &mut dyn Session,
    company: Uuid,
    from: &TerminalRow,
    (to, continues): (Uuid, bool),
    now: DateTime<Utc>,
) -> Result<Terminal, ApiError> {
    if from.state == "moved" {
        return Err(ApiError::conflict("terminal_moved", "the terminal was moved before"));
    }
    if from.store_id == to {
        return Err(ApiError::new(StatusCode::CONFLICT, "same_store", "the terminal is in this store"));
    }
    if relay::is_node(session, (company, from.id))? {
        // What it lends on to the tills of its store would be lent by two.
        return Err(ApiError::conflict("is_node", "the terminal is the hub of its store"));
    }
    let formers = formers(session, company, Some(from.id))?;
    free_code(session, StoreKey { company, store: to }, &from.code, &formers)?;
    let new = NewTerminal {
        store_id: to,
        code: from.code.clone(),
        number: None,
        name: from.name.clone(),
        profile: None,
        office_code: None,
    };
    let moved = add(session, company, &new, now)?;
    session.execute(
        "UPDATE terminal SET profile = $3, moved_from = f.terminal_id, awaited_since = f.awaited_since, \
         awaited_for = f.awaited_for FROM terminal f WHERE terminal.company_id = $1 AND terminal.terminal_id = $2 \
         AND f.company_id = $1 AND f.terminal_id = $4",
        &[company.into(), moved.id.into(), from.profile.as_str().into(), from.id.into()],
    )?;
    // Whatever it may be awaited for, it does as the terminal that it is now.
    session.execute(
        "UPDATE terminal SET awaited_since = NULL, awaited_for = NULL WHERE company_id = $1 AND terminal_id = $2",
        &[company.into(), from.id.into()],
    )?;
    feed::follow(session, company, (from.id, moved.id))?;
    // Its file keeps what it was lent.
    session.execute(
        "UPDATE quota_share SET terminal_id = $3 WHERE company_id = $1 AND terminal_id = $2",
        &[company.into(), from.id.into(), moved.id.into()],
    )?;
    let before = counters::of(session, company, from.id)?;
    let ids: Vec<(String, Uuid)> = before.iter().map(|one| (one.name.clone(), one.id)).collect();
    if continues {
        let values: Vec<(String, i64)> = before.into_iter().map(|one| (one.name, one.value)).collect();
        counters::raise(session, company, moved.id, &values, now)?;
    }
    counters::adopt(session, (company, moved.id), &ids)?;
    put_state(session, company, from.id, ("moved", Some(now + GRACE)))?;
    Ok(moved)
}

/// Lets the terminals that a device was before deliver no longer than it may itself: a device that is lost has their secrets
/// too.
pub(crate) fn cut_off_formers(
    session: &mut dyn Session,
    company: Uuid,
    (id, until): (Uuid, DateTime<Utc>),
) -> Result<(), DatabaseError> {
    for former in formers(session, company, Some(id))?.into_iter().filter(|former| *former != id) {
        session.execute(
            "UPDATE terminal SET push_until = $3 WHERE company_id = $1 AND terminal_id = $2 AND state = 'moved' \
             AND push_until > $3",
            &[company.into(), former.into(), until.timestamp_millis().into()],
        )?;
    }
    Ok(())
}

/// Lets a device that comes back to a store have its code again: the terminal that it was there gets one behind it.
fn free_code(
    session: &mut dyn Session,
    key: StoreKey,
    code: &str,
    formers: &[Uuid],
) -> Result<(), DatabaseError> {
    let Some(holder) = super::terminal_by_code(session, key, code)? else { return Ok(()) };
    if !formers.contains(&holder.id) {
        return Ok(());
    }
    for nth in 1..=formers.len() {
        let former = format!("{code}~{nth}");
        if super::terminal_by_code(session, key, &former)?.is_none() {
            session.execute(
                "UPDATE terminal SET terminal_code = $3 WHERE company_id = $1 AND terminal_id = $2",
                &[key.company.into(), holder.id.into(), former.into()],
            )?;
            return Ok(());
        }
    }
    Ok(())
}

/// The terminals that a device had before it had the one that was moved from `from`, that one first.
pub(crate) fn formers(
    session: &mut dyn Session,
    company: Uuid,
    from: Option<Uuid>,
) -> Result<Vec<Uuid>, DatabaseError> {
    let mut formers = Vec::new();
    let mut next = from;
    while let Some(id) = next.filter(|id| !formers.contains(id)) {
        formers.push(id);
        let rows = session.query(
            "SELECT moved_from FROM terminal WHERE company_id = $1 AND terminal_id = $2",
            &[company.into(), id.into()],
        )?;
        next = rows.first().map_or(Ok(None), |row| row.optional_id(0))?;
    }
    Ok(formers)
}

/// What is set for a terminal's hardware and program.
pub(crate) fn settings(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
) -> Result<Map<String, Json>, DatabaseError> {
    let rows = session.query(
        "SELECT settings FROM terminal WHERE company_id = $1 AND terminal_id = $2",
        &[company.into(), id.into()],
    )?;
    let text = rows.first().map_or(Ok("{}"), |row| row.text(0))?;
    serde_json::from_str(text).map_err(|_| DatabaseError::Column { column: 0, expected: "a JSON object" })
}

/// Sets what is set for a terminal.
pub(crate) fn put_settings(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
    settings: &Map<String, Json>,
) -> Result<(), DatabaseError> {
    session.execute(
        "UPDATE terminal SET settings = $3 WHERE company_id = $1 AND terminal_id = $2",
        &[company.into(), id.into(), Json::Object(settings.clone()).to_string().into()],
    )?;
    Ok(())
}
