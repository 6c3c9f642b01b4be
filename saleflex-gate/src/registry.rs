//! Companies, stores and terminals: who is who, by the codes that terminals carry.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    ApiError,
    access::Profile,
    counters,
    db::{DatabaseError, Row, Session},
    ids::{digest, new_code, new_id, new_secret},
};

mod bearing;
pub(crate) mod closing;
pub(crate) mod contacts;
pub(crate) mod regions;
mod replacing;
mod stores;
pub(crate) mod terminals;

pub(crate) use bearing::{Bearer, Coming, bearer, bearer_asked, bearer_of, came};
pub(crate) use replacing::{chosen, replace_token};
pub(crate) use stores::{
    StoreChange, StoreRow, change_store, close_store, company_name, currency_of, list_stores, slug,
    store_by_id,
};

/// For how long an enrolment code is good.
const ENROLMENT_MINUTES: i64 = 15;

/// The three texts by which a terminal names itself, trimmed, compared exactly.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Codes {
    /// The installation that owns the terminal.
    pub office: String,
    /// The code of the store.
    pub store: String,
    /// The terminal, unique in its store.
    pub terminal: String,
}

/// A store, found by its codes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StoreKey {
    /// The id of the company.
    pub company: Uuid,
    /// The id of the store.
    pub store: Uuid,
}

/// What a new store is.
#[derive(Clone, Debug)]
pub struct NewStore {
    /// The installation that serves it.
    pub office_code: String,
    /// Its code, by which terminals name it.
    pub store_code: String,
    /// Its name, for receipts.
    pub name: String,
    /// Its currency, by ISO 4217.
    pub currency: String,
    /// Its time zone, by its IANA name.
    pub time_zone: String,
    /// Whether prices contain tax.
    pub prices_include_tax: bool,
    /// Whether a terminal that nobody registered is taken in when it pushes.
    pub self_registration: bool,
}

/// A registered terminal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Terminal {
    /// Its identity.
    pub id: Uuid,
    /// Its store.
    pub store: Uuid,
    /// The installation that owns it.
    pub office_code: String,
    /// Its code.
    pub code: String,
    /// Its number in the store: a label on receipts, not an identity.
    pub number: i64,
    /// Whether it may push.
    pub is_active: bool,
    /// Whether it may take definitions.
    pub may_pull: bool,
    /// Whether it can only compare readable passcodes.
    pub is_legacy: bool,
    /// Until when it may push although it is not active: what it sold before shall not be lost.
    pub push_until: Option<DateTime<Utc>>,
    /// What its device is made for.
    pub(crate) profile: Profile,
}

/// The columns of a terminal, of `terminal m`.
const TERMINAL: &str = "m.terminal_id, m.store_id, m.office_code, m.terminal_code, m.number, m.state, m.may_pull, \
     m.is_legacy, m.push_until, m.profile";

fn terminal(row: &Row) -> Result<Terminal, DatabaseError> {
    Ok(Terminal {
        id: row.id(0)?,
        store: row.id(1)?,
        office_code: row.text(2)?.to_owned(),
        code: row.text(3)?.to_owned(),
        number: row.integer(4)?,
        is_active: row.text(5)? == "active",
        may_pull: row.flag(6)?,
        is_legacy: row.flag(7)?,
        push_until: row.optional_time(8)?,
        profile: Profile::parse(row.text(9)?)
            .ok_or(DatabaseError::Column { column: 9, expected: "a profile" })?,
    })
}

/// Adds a company under a slug, or finds the one that has it.
pub(crate) fn company(
    session: &mut dyn Session,
    slug: &str,
    name: &str,
    now: DateTime<Utc>,
) -> Result<Uuid, DatabaseError> {
    let found = session.query("SELECT company_id FROM company_slug WHERE slug = $1", &[slug.into()])?;
    if let Some(row) = found.first() {
        return row.id(0);
    }
    let company = new_id(now);
    session.execute(
        "INSERT INTO company (company_id, slug, name, created_at, quota_policy) VALUES ($1, $2, $3, $4, 'refuse')",
        &[company.into(), slug.into(), name.into(), now.timestamp_millis().into()],
    )?;
    session.execute(
        "INSERT INTO company_slug (slug, company_id) VALUES ($1, $2)",
        &[slug.into(), company.into()],
    )?;
    Ok(company)
}

/// Adds a store, or finds the one that has its codes.
///
/// # Errors
/// `office_code_taken` when the office belongs to another company.
pub(crate) fn store(
    session: &mut dyn Session,
    company: Uuid,
    new: &NewStore,
    now: DateTime<Utc>,
) -> Result<StoreKey, ApiError> {
    let owners = session
        .query("SELECT company_id FROM office WHERE office_code = $1", &[(&new.office_code).into()])?;
    for owner in &owners {
        if owner.id(0)? != company {
            let message = format!("the office code '{}' is taken", new.office_code);
            return Err(ApiError::new(StatusCode::CONFLICT, "office_code_taken", message));
        }
    }
    if let Some(found) = store_by_codes(session, &new.office_code, &new.store_code)? {
        return Ok(found);
    }
    // A store that another installation serves too stays one store: the new office code leads to it.
    let same = session.query(
        "SELECT store_id FROM store WHERE company_id = $1 AND store_code = $2",
        &[company.into(), (&new.store_code).into()],
    )?;
    if let Some(row) = same.first() {
        let key = StoreKey { company, store: row.id(0)? };
        serve_from(session, key, &new.office_code, &new.store_code)?;
        return Ok(key);
    }
    let store = new_id(now);
    session.execute(
        "INSERT INTO store (company_id, store_id, store_code, name, currency, time_zone, prices_include_tax, \
         self_registration, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            company.into(),
            store.into(),
            (&new.store_code).into(),
            (&new.name).into(),
            (&new.currency).into(),
            (&new.time_zone).into(),
            new.prices_include_tax.into(),
            new.self_registration.into(),
            now.timestamp_millis().into(),
        ],
    )?;
    let key = StoreKey { company, store };
    serve_from(session, key, &new.office_code, &new.store_code)?;
    Ok(key)
}

/// Notes that an installation serves a store.
fn serve_from(
    session: &mut dyn Session,
    key: StoreKey,
    office_code: &str,
    store_code: &str,
) -> Result<(), DatabaseError> {
    session.execute(
        "INSERT INTO office (office_code, store_code, company_id, store_id) VALUES ($1, $2, $3, $4)",
        &[office_code.into(), store_code.into(), key.company.into(), key.store.into()],
    )?;
    Ok(())
}

/// The store that both codes mean.
pub(crate) fn store_by_codes(
    session: &mut dyn Session,
    office_code: &str,
    store_code: &str,
) -> Result<Option<StoreKey>, DatabaseError> {
    let rows = session.query(
        "SELECT company_id, store_id FROM office WHERE office_code = $1 AND store_code = $2",
        &[office_code.into(), store_code.into()],
    )?;
    rows.first().map(store_key).transpose()
}

/// The store of a code when exactly one on this hub has it, as the originals look for it when something is pushed.
pub(crate) fn store_by_its_code(
    session: &mut dyn Session,
    store_code: &str,
) -> Result<Option<StoreKey>, DatabaseError> {
    let rows = session.query(
        "SELECT DISTINCT company_id, store_id FROM office WHERE store_code = $1",
        &[store_code.into()],
    )?;
    match rows.as_slice() {
        [one] => store_key(one).map(Some),
        _ => Ok(None),
    }
}

fn store_key(row: &Row) -> Result<StoreKey, DatabaseError> {
    Ok(StoreKey { company: row.id(0)?, store: row.id(1)? })
}

/// A terminal of a store by its code.
pub(crate) fn terminal_by_code(
    session: &mut dyn Session,
    place: StoreKey,
    code: &str,
) -> Result<Option<Terminal>, DatabaseError> {
    let sql = format!(
        "SELECT {TERMINAL} FROM terminal m WHERE m.company_id = $1 AND m.store_id = $2 AND m.terminal_code = $3"
    );
    let rows = session.query(&sql, &[place.company.into(), place.store.into(), code.into()])?;
    rows.first().map(terminal).transpose()
}

/// A terminal by its identity.
pub(crate) fn terminal_by_id(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
) -> Result<Option<Terminal>, DatabaseError> {
    let sql = format!("SELECT {TERMINAL} FROM terminal m WHERE m.company_id = $1 AND m.terminal_id = $2");
    let rows = session.query(&sql, &[company.into(), id.into()])?;
    rows.first().map(terminal).transpose()
}

/// Whether the store takes in terminals that nobody registered.
pub(crate) fn takes_in_strangers(session: &mut dyn Session, place: StoreKey) -> Result<bool, DatabaseError> {
    let rows = session.query(
        "SELECT self_registration FROM store WHERE company_id = $1 AND store_id = $2",
        &[place.company.into(), place.store.into()],
    )?;
    rows.first().map_or(Ok(false), |row| row.flag(0))
}

/// Registers a terminal with its two counters, or finds the one that has the code. Without a number, or with one that
/// another terminal of the store has, it gets the next one that is free: receipts tell tills apart by it.
pub(crate) fn register(
    session: &mut dyn Session,
    place: StoreKey,
    codes: &Codes,
    number: Option<i64>,
    now: DateTime<Utc>,
) -> Result<Terminal, DatabaseError> {
    if let Some(known) = terminal_by_code(session, place, &codes.terminal)? {
        return Ok(known);
    }
    let id = new_id(now);
    let number = match number {
        Some(number) if !has_number(session, place, number, id)? => number,
        _ => next_number(session, place)?,
    };
    session.execute(
        "INSERT INTO terminal (company_id, terminal_id, store_id, office_code, terminal_code, number, state, \
         may_pull, is_legacy, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'active', 1, 0, $7) \
         ON CONFLICT (company_id, store_id, terminal_code) DO NOTHING",
        &[
            place.company.into(),
            id.into(),
            place.store.into(),
            (&codes.office).into(),
            (&codes.terminal).into(),
            number.into(),
            now.timestamp_millis().into(),
        ],
    )?;
    let found = terminal_by_code(session, place, &codes.terminal)?;
    let terminal =
        found.ok_or(DatabaseError::Column { column: 0, expected: "the terminal just registered" })?;
    if terminal.id == id {
        counters::create(session, place.company, id, now)?;
    }
    Ok(terminal)
}

/// Whether a terminal of the store other than this one has a number. Locks the store's row, so that two that are
/// registered at once do not both find it free.
pub(crate) fn has_number(
    session: &mut dyn Session,
    place: StoreKey,
    number: i64,
    own: Uuid,
) -> Result<bool, DatabaseError> {
    let key = [place.company.into(), place.store.into()];
    session.execute("UPDATE store SET name = name WHERE company_id = $1 AND store_id = $2", &key)?;
    let rows = session.query(
        "SELECT 1 FROM terminal WHERE company_id = $1 AND store_id = $2 AND number = $3 AND terminal_id <> $4",
        &[place.company.into(), place.store.into(), number.into(), own.into()],
    )?;
    Ok(!rows.is_empty())
}

/// The number after the highest of a store's terminals.
fn next_number(session: &mut dyn Session, place: StoreKey) -> Result<i64, DatabaseError> {
    let key = [place.company.into(), place.store.into()];
    session.execute("UPDATE store SET name = name WHERE company_id = $1 AND store_id = $2", &key)?;
    let sql = "SELECT COALESCE(MAX(number), 0) FROM terminal WHERE company_id = $1 AND store_id = $2";
    let rows = session.query(sql, &key)?;
    Ok(rows.first().map_or(Ok(0), |row| row.integer(0))?.max(0) + 1)
}

/// What may change of a registered terminal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TerminalChange {
    /// It may take definitions, or may not.
    MayPull(bool),
    /// It can only compare readable passcodes, or can do better.
    IsLegacy(bool),
    /// It may push, or is revoked.
    IsActive(bool),
    /// It is a store's hub that delivers what its tills sent it, or a till.
    IsNode(bool),
}

pub(crate) fn change(
    session: &mut dyn Session,
    company: Uuid,
    terminal: Uuid,
    change: TerminalChange,
) -> Result<(), DatabaseError> {
    let (column, value) = match change {
        TerminalChange::MayPull(yes) => ("may_pull", yes.into()),
        TerminalChange::IsNode(yes) => ("is_node", yes.into()),
        TerminalChange::IsLegacy(yes) => ("is_legacy", yes.into()),
        TerminalChange::IsActive(yes) => ("state", if yes { "active" } else { "revoked" }.into()),
    };
    let sql = format!("UPDATE terminal SET {column} = $3 WHERE company_id = $1 AND terminal_id = $2");
    session.execute(&sql, &[company.into(), terminal.into(), value])?;
    Ok(())
}

/// Makes a secret for a terminal and keeps its digest; the secret is known from here on to its device alone.
pub(crate) fn issue_token(
    session: &mut dyn Session,
    company: Uuid,
    terminal: Uuid,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<String, DatabaseError> {
    let secret = new_secret();
    accept_token(session, company, terminal, &secret, expires_at, now)?;
    Ok(secret)
}

/// Takes a secret that a terminal already carries.
pub(crate) fn accept_token(
    session: &mut dyn Session,
    company: Uuid,
    terminal: Uuid,
    secret: &str,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    session.execute(
        "INSERT INTO device_token (digest, company_id, terminal_id, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (digest) DO NOTHING",
        &[
            digest(secret).into(),
            company.into(),
            terminal.into(),
            now.timestamp_millis().into(),
            expires_at.map(|time| time.timestamp_millis()).into(),
        ],
    )?;
    Ok(())
}

/// Gives all secrets of a terminal that have no end, or a later one, this end.
pub(crate) fn expire_tokens(
    session: &mut dyn Session,
    company: Uuid,
    terminal: Uuid,
    at: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    session.execute(
        "UPDATE device_token SET expires_at = $3 \
         WHERE company_id = $1 AND terminal_id = $2 AND (expires_at IS NULL OR expires_at > $3)",
        &[company.into(), terminal.into(), at.timestamp_millis().into()],
    )?;
    Ok(())
}

/// Makes a code with which one device may take a terminal's place, once, within fifteen minutes.
pub(crate) fn invite(
    session: &mut dyn Session,
    company: Uuid,
    terminal: Uuid,
    now: DateTime<Utc>,
) -> Result<String, DatabaseError> {
    let code = new_code();
    let expires_at = now.timestamp_millis() + ENROLMENT_MINUTES * 60_000;
    session.execute(
        "INSERT INTO enrolment (digest, company_id, terminal_id, expires_at) VALUES ($1, $2, $3, $4)",
        &[digest(&code).into(), company.into(), terminal.into(), expires_at.into()],
    )?;
    Ok(code)
}

/// Uses a code up: the terminal it was made for and the secret its device shows from now on. Whatever was shown
/// for that terminal before is void.
pub(crate) fn enrol(
    session: &mut dyn Session,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Option<(Uuid, Uuid, String)>, DatabaseError> {
    let now_ms = now.timestamp_millis();
    let rows = session.query(
        "UPDATE enrolment SET used_at = $2 WHERE digest = $1 AND used_at IS NULL AND expires_at > $2 \
         AND company_id IN (SELECT company_id FROM company WHERE state <> 'deleted') \
         RETURNING company_id, terminal_id",
        &[digest(code.trim()).into(), now_ms.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (company, terminal) = (row.id(0)?, row.id(1)?);
    // Of two devices that show two codes of it at once the later one alone has its place.
    session.execute(
        "UPDATE terminal SET number = number WHERE company_id = $1 AND terminal_id = $2",
        &[company.into(), terminal.into()],
    )?;
    session.execute(
        "DELETE FROM device_token WHERE company_id = $1 AND terminal_id = $2",
        &[company.into(), terminal.into()],
    )?;
    let secret = issue_token(session, company, terminal, None, now)?;
    Ok(Some((company, terminal, secret)))
}

/// A terminal as it travels to its device.
pub(crate) fn on_the_wire(
    session: &mut dyn Session,
    company: Uuid,
    terminal: &Terminal,
) -> Result<saleflex_sync::wire::pull::Terminal, DatabaseError> {
    let rows = session.query(
        "SELECT store_code, name, currency, time_zone, prices_include_tax FROM store \
         WHERE company_id = $1 AND store_id = $2",
        &[company.into(), terminal.store.into()],
    )?;
    let store = rows.first().ok_or(DatabaseError::Column { column: 0, expected: "the terminal's store" })?;
    Ok(saleflex_sync::wire::pull::Terminal {
        id: terminal.id,
        store_id: terminal.store,
        office_code: terminal.office_code.clone(),
        store_code: store.text(0)?.to_owned(),
        store_name: store.text(1)?.to_owned(),
        terminal_code: terminal.code.clone(),
        number: u32::try_from(terminal.number).unwrap_or(0),
        currency: store.text(2)?.to_owned(),
        time_zone: store.text(3)?.to_owned(),
        prices_include_tax: store.flag(4)?,
    })
}
