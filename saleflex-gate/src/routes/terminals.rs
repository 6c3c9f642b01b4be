//! Terminals as people administer them.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use saleflex_sync::{managed, wire::heartbeat::SignalKind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json_, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::{Right, may},
    authority,
    db::Tenant,
    definitions::{self, NewRow},
    error::Refusal,
    ids::new_id,
    registry::{
        self,
        terminals::{self, Filter, GRACE, NewTerminal, TerminalEdit, TerminalRow},
    },
    request::{Asked, Listed, Named, Page, Sent},
    scope::{Access, Permit},
    text,
    version::{ReadBefore, Shown},
};

/// Which terminals.
#[derive(Deserialize, IntoParams)]
pub(crate) struct TerminalQuery {
    /// Those of this store.
    store_id: Option<Uuid>,
    /// Those in this state: `active`, `suspended`, `revoked`, `moved`.
    state: Option<String>,
    /// Those made for this: `pos`, `kitchen`, `office`, `mobile`.
    profile: Option<String>,
}

/// The terminals I look after.
#[utoipa::path(get, path = "/terminals", tag = "terminals", params(TerminalQuery, Page), responses((status = OK, body = Listed<TerminalRow>)))]
pub(crate) async fn list(
    State(hub): State<Hub>,
    permit: Permit<may::SyncHealth>,
    Asked(query): Asked<TerminalQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<TerminalRow>>, ApiError> {
    let (after, limit) = (page.after()?, page.limit()?);
    let TerminalQuery { store_id: store, state, profile } = query;
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let within = (&permit.reach, &Filter { store, state, profile });
        Ok::<_, ApiError>(terminals::list(books, permit.company, within, (after, limit + 1))?)
    });
    read.await.map(|rows| Json(Listed::part(rows, limit, |row| row.id.to_string())))
}

/// A terminal with the code by which its device enrols.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Enrolling {
    /// The terminal.
    terminal: TerminalRow,
    /// Typed into the device; good once, for fifteen minutes.
    enrolment_code: String,
}

/// Registers a terminal.
#[utoipa::path(post, path = "/terminals", tag = "terminals", request_body = NewTerminal, responses(
    (status = CREATED, body = Enrolling),
    (status = CONFLICT, body = Refusal, description = "`code_taken`, `number_taken`"),
))]
pub(crate) async fn add(
    State(hub): State<Hub>,
    permit: Permit<may::TerminalRegister>,
    Sent(new): Sent<NewTerminal>,
) -> Result<(StatusCode, Json<Enrolling>), ApiError> {
    let added = hub.act((permit.company, permit.actor), move |desk| {
        permit.store(desk.session, new.store_id)?;
        let terminal = terminals::add(desk.session, desk.company, &new, desk.now)?;
        let enrolment_code = registry::invite(desk.session, desk.company, terminal.id, desk.now)?;
        desk.note("terminal.registered", ("terminal", terminal.id), Some(new.store_id), json!(new))?;
        let terminal = terminals::one(desk.session, desk.company, terminal.id)?;
        Ok(Enrolling { terminal, enrolment_code })
    });
    added.await.map(|enrolling| (StatusCode::CREATED, Json(enrolling)))
}

/// A terminal.
#[utoipa::path(get, path = "/terminals/{id}", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal")), responses((status = OK, body = TerminalRow, headers(("etag" = String, description = "Its version")))))]
pub(crate) async fn show(
    State(hub): State<Hub>,
    access: Access<may::SyncHealth>,
    Named(id): Named<Uuid>,
) -> Result<Shown<TerminalRow>, ApiError> {
    itself(&access, id)?;
    let read = hub.books.read(Tenant::Company(access.company()), move |books| {
        access.permit.terminal(books, id)?;
        terminals::one(books, access.company(), id)
    });
    read.await.map(Shown)
}

/// A device reads of itself alone.
pub(super) fn itself<R: Right>(access: &Access<R>, id: Uuid) -> Result<(), ApiError> {
    match &access.terminal {
        Some(terminal) if terminal.id != id => Err(ApiError::not_found()),
        _ => Ok(()),
    }
}

/// Changes a terminal.
#[utoipa::path(patch, path = "/terminals/{id}", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal"), ReadBefore), request_body = TerminalEdit, responses(
    (status = OK, body = TerminalRow, headers(("etag" = String, description = "Its version"))),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
    (status = CONFLICT, body = Refusal, description = "`number_taken`"),
))]
pub(crate) async fn change(
    State(hub): State<Hub>,
    permit: Permit<may::TerminalRegister>,
    Named(id): Named<Uuid>,
    read: ReadBefore,
    Sent(edit): Sent<TerminalEdit>,
) -> Result<Shown<TerminalRow>, ApiError> {
    let changed = hub.act((permit.company, permit.actor), move |desk| {
        let before = permit.terminal(desk.session, id)?;
        read.is(&terminals::one(desk.session, desk.company, id)?)?;
        let row = terminals::edit(desk.session, desk.company, id, &edit)?;
        desk.note("terminal.changed", ("terminal", id), Some(before.store), json!(edit))?;
        Ok(row)
    });
    changed.await.map(Shown)
}

/// For how long it may still deliver.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"grace_hours": 72}))]
pub(crate) struct Grace {
    /// In hours, 0 to 720; 72 where nothing is said.
    grace_hours: Option<i64>,
}

impl Grace {
    fn until(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, ApiError> {
        match self.grace_hours {
            None => Ok(now + GRACE),
            Some(hours @ 0..=720) => Ok(now + TimeDelta::hours(hours)),
            Some(_) => Err(text::unfit("grace_hours", "`grace_hours` is 0 to 720")),
        }
    }
}

async fn put_state<R: Right>(
    hub: &Hub,
    permit: Permit<R>,
    id: Uuid,
    (state, act, grace): (&'static str, &'static str, Option<Grace>),
) -> Result<Json<TerminalRow>, ApiError> {
    let put = hub.act((permit.company, permit.actor), move |desk| {
        let before = permit.terminal(desk.session, id)?;
        let known = terminals::one(desk.session, desk.company, id)?;
        let is_moved = known.state == "moved";
        if is_moved && state != "revoked" {
            return Err(ApiError::conflict("terminal_moved", "the terminal was moved to another store"));
        }
        // One that was lost on the way is cut off; it stays the one that was moved.
        let state = if is_moved { "moved" } else { state };
        let mut until = grace.map(|grace| grace.until(desk.now)).transpose()?;
        if is_moved {
            // Nor does it deliver longer for it.
            until = until.zip(known.push_until).map(|(until, before)| until.min(before));
        }
        let row = terminals::put_state(desk.session, desk.company, id, (state, until))?;
        if let Some(until) = until.filter(|_| state == "revoked") {
            terminals::cut_off_formers(desk.session, desk.company, (id, until))?;
        }
        desk.note(act, ("terminal", id), Some(before.store), json!({"push_until": until}))?;
        Ok(row)
    });
    put.await.map(Json)
}

/// Suspends a terminal: it takes nothing more, and delivers what it holds for a while.
#[utoipa::path(post, path = "/terminals/{id}/suspend", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal")), request_body = Grace, responses(
    (status = OK, body = TerminalRow),
    (status = CONFLICT, body = Refusal, description = "`terminal_moved`"),
))]
pub(crate) async fn suspend(
    State(hub): State<Hub>,
    permit: Permit<may::TerminalSuspend>,
    Named(id): Named<Uuid>,
    Sent(grace): Sent<Grace>,
) -> Result<Json<TerminalRow>, ApiError> {
    put_state(&hub, permit, id, ("suspended", "terminal.suspended", Some(grace))).await
}

/// Resumes a terminal that was suspended or revoked.
#[utoipa::path(post, path = "/terminals/{id}/resume", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal")), responses(
    (status = OK, body = TerminalRow),
    (status = CONFLICT, body = Refusal, description = "`terminal_moved`"),
))]
pub(crate) async fn resume(
    State(hub): State<Hub>,
    permit: Permit<may::TerminalSuspend>,
    Named(id): Named<Uuid>,
) -> Result<Json<TerminalRow>, ApiError> {
    put_state(&hub, permit, id, ("active", "terminal.resumed", None)).await
}

/// Revokes a terminal: it takes nothing more, and delivers what it holds for a while. One that was moved stays so, and
/// delivers to the old store for that long, and no longer than it might before.
#[utoipa::path(post, path = "/terminals/{id}/revoke", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal")), request_body = Grace, responses(
    (status = OK, body = TerminalRow),
))]
pub(crate) async fn revoke(
    State(hub): State<Hub>,
    permit: Permit<may::TerminalRevoke>,
    Named(id): Named<Uuid>,
    Sent(grace): Sent<Grace>,
) -> Result<Json<TerminalRow>, ApiError> {
    put_state(&hub, permit, id, ("revoked", "terminal.revoked", Some(grace))).await
}

/// Where to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"store_id": "018f0000-0000-7000-8000-000000000001", "sequences": "continue"}))]
pub(crate) struct Relocation {
    /// The store it moves to.
    store_id: Uuid,
    /// Whether its numbers go on there or begin anew.
    sequences: Sequences,
}

/// What becomes of a terminal's numbers.
#[derive(Clone, Copy, Deserialize, Eq, PartialEq, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sequences {
    Continue,
    Restart,
}

/// Moves a terminal to another store. What it sold stays with the old store, and for 72 hours the device may still deliver
/// there what it has not sent; then it enrols anew, and sends nothing once more. `sequences` is about the numbers that the
/// hub keeps for it: a till that keeps its file goes on with its own.
#[utoipa::path(post, path = "/terminals/{id}/move", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal")), request_body = Relocation, responses(
    (status = OK, body = Enrolling),
    (status = CONFLICT, body = Refusal, description = "`terminal_moved`, `same_store`, `is_node`, `code_taken`"),
))]
pub(crate) async fn relocate(
    State(hub): State<Hub>,
    permit: Permit<may::TerminalMove>,
    Named(id): Named<Uuid>,
    Sent(Relocation { store_id, sequences }): Sent<Relocation>,
) -> Result<Json<Enrolling>, ApiError> {
    let moved = hub.act((permit.company, permit.actor), move |desk| {
        let before = permit.terminal(desk.session, id)?;
        permit.store(desk.session, store_id)?;
        let row = terminals::one(desk.session, desk.company, id)?;
        let to = (store_id, sequences == Sequences::Continue);
        let moved = terminals::relocate(desk.session, desk.company, &row, to, desk.now)?;
        let enrolment_code = registry::invite(desk.session, desk.company, moved.id, desk.now)?;
        let detail = json!({"to_store": store_id, "terminal": moved.id});
        desk.note("terminal.moved", ("terminal", id), Some(before.store), detail)?;
        Ok(Enrolling { terminal: terminals::one(desk.session, desk.company, moved.id)?, enrolment_code })
    });
    moved.await.map(Json)
}

/// For how long the tokens before are still good.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"overlap_days": 7}))]
pub(crate) struct Overlap {
    /// In days, 0 to 30; 7 where nothing is said.
    overlap_days: Option<i64>,
}

/// A token for a device.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeviceToken {
    /// Shown once.
    pub(super) token: String,
    /// Until when the tokens before are good.
    pub(super) old_until: DateTime<Utc>,
}

/// Gives a terminal another token; those before are good for a while longer.
#[utoipa::path(post, path = "/terminals/{id}/tokens", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal")), request_body = Overlap, responses((status = CREATED, body = DeviceToken)))]
pub(crate) async fn rotate(
    State(hub): State<Hub>,
    permit: Permit<may::TerminalRotate>,
    Named(id): Named<Uuid>,
    Sent(Overlap { overlap_days }): Sent<Overlap>,
) -> Result<(StatusCode, Json<DeviceToken>), ApiError> {
    let days = overlap_days.unwrap_or(7);
    if !(0..=30).contains(&days) {
        return Err(text::unfit("overlap_days", "`overlap_days` is 0 to 30"));
    }
    let rotated = hub.act((permit.company, permit.actor), move |desk| {
        let terminal = permit.terminal(desk.session, id)?;
        let old_until = desk.now + TimeDelta::days(days);
        registry::expire_tokens(desk.session, desk.company, id, old_until)?;
        let token = registry::issue_token(desk.session, desk.company, id, None, desk.now)?;
        desk.note(
            "terminal.token_issued",
            ("terminal", id),
            Some(terminal.store),
            json!({"old_until": old_until}),
        )?;
        Ok(DeviceToken { token, old_until })
    });
    rotated.await.map(|token| (StatusCode::CREATED, Json(token)))
}

/// A new enrolment code for a terminal whose device was wiped or replaced.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Code {
    /// Typed into the device; good once, for fifteen minutes.
    enrolment_code: String,
}

/// Gives out another enrolment code. The device that uses it takes the terminal's place.
#[utoipa::path(post, path = "/terminals/{id}/enrolment", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal")), responses((status = CREATED, body = Code)))]
pub(crate) async fn invite(
    State(hub): State<Hub>,
    permit: Permit<may::TerminalRegister>,
    Named(id): Named<Uuid>,
) -> Result<(StatusCode, Json<Code>), ApiError> {
    let invited = hub.act((permit.company, permit.actor), move |desk| {
        let terminal = permit.terminal(desk.session, id)?;
        let enrolment_code = registry::invite(desk.session, desk.company, id, desk.now)?;
        desk.note("terminal.enrolment_code_issued", ("terminal", id), Some(terminal.store), json!({}))?;
        Ok(Code { enrolment_code })
    });
    invited.await.map(|code| (StatusCode::CREATED, Json(code)))
}

/// What is set for a terminal's hardware and program.
#[utoipa::path(get, path = "/terminals/{id}/settings", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal")), responses((status = OK, body = Object, headers(("etag" = String, description = "Its version")))))]
pub(crate) async fn settings(
    State(hub): State<Hub>,
    access: Access<may::SyncHealth>,
    Named(id): Named<Uuid>,
) -> Result<Shown<Map<String, Json_>>, ApiError> {
    itself(&access, id)?;
    let read = hub.books.read(Tenant::Company(access.company()), move |books| {
        access.permit.terminal(books, id)?;
        Ok::<_, ApiError>(terminals::settings(books, access.company(), id)?)
    });
    read.await.map(Shown)
}

/// Sets what is set for a terminal, in the place of all before: settings by their names in the till's, of which a hub may
/// set `campaigns`, `closing`, `dialling`, `hourly`, `idle`, `paper`, `policy`, `queue` and `suspended_days`, whole or in parts. The
/// till takes them over between two documents; what is changed there afterwards stands until they are set anew.
#[utoipa::path(put, path = "/terminals/{id}/settings", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal"), ReadBefore), request_body(content = Object, example = json!({"suspended_days": 7})), responses(
    (status = OK, body = Object, headers(("etag" = String, description = "Its version"))),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
))]
pub(crate) async fn put_settings(
    State(hub): State<Hub>,
    permit: Permit<may::TerminalRegister>,
    Named(id): Named<Uuid>,
    read: ReadBefore,
    Sent(settings): Sent<Map<String, Json_>>,
) -> Result<Shown<Map<String, Json_>>, ApiError> {
    if let Err(unfit) = managed::laid_over(&saleflex_core::settings::Settings::default(), &settings) {
        let error = ApiError::unprocessable("field_invalid", unfit.to_string());
        return Err(ApiError { detail: unfit.name().map(str::to_owned), ..error });
    }
    let put = hub.act((permit.company, permit.actor), move |desk| {
        let terminal = permit.terminal(desk.session, id)?;
        read.is(&terminals::settings(desk.session, desk.company, id)?)?;
        terminals::put_settings(desk.session, desk.company, id, &settings)?;
        let row = NewRow {
            resource: managed::RESOURCE,
            id,
            store: Some(terminal.store),
            terminal: Some(id),
            body: settings.clone(),
        };
        definitions::put(desk.session, desk.company, &[row], desk.now)?;
        let names: Vec<&String> = settings.keys().collect();
        desk.note(
            "terminal.settings_changed",
            ("terminal", id),
            Some(terminal.store),
            json!({"settings": names}),
        )?;
        signal(desk.session, (desk.company, id), &NewSignal::of("settings_changed"), desk.now)?;
        Ok(settings)
    });
    put.await.map(Shown)
}

/// Something a terminal shall do.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"type": "force_sync"}))]
pub(crate) struct NewSignal {
    /// `cache_refresh` and `settings_changed`: pull what changed; `force_sync`: push and pull now; `request_closure` and
    /// `update_available`: tell the people at the till.
    #[serde(rename = "type")]
    kind: String,
    /// The domains it is about, such as `catalog`, where it asks for a pull; none: all.
    #[serde(default)]
    domains: Vec<String>,
    /// Until when the terminal is told of it; until it was heard, where nothing is said.
    #[serde(default)]
    expires_at: Option<DateTime<Utc>>,
}

impl NewSignal {
    /// One that says no more than what it is.
    fn of(kind: &str) -> Self {
        Self { kind: kind.to_owned(), domains: Vec::new(), expires_at: None }
    }

    /// That a till does something about it as it stands.
    ///
    /// # Errors
    /// `field_invalid`, `domain_unknown`.
    fn check(&self, now: DateTime<Utc>) -> Result<(), ApiError> {
        let kind = SignalKind::of(&self.kind);
        if !kind.has_an_effect() {
            return Err(text::unfit(
                "type",
                &format!("no till does anything about `{}`", self.kind.escape_debug()),
            ));
        }
        if !self.domains.is_empty() && !kind.asks_for_a_pull() {
            return Err(text::unfit("domains", "domains are of what asks for a pull"));
        }
        if authority::domains(&self.domains.join(","))?.len() != self.domains.len() {
            return Err(text::unfit("domains", "each domain is named once"));
        }
        text::ahead("expires_at", self.expires_at, now)
    }
}

/// A signal that waits for the terminal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignalSent {
    /// Its identity.
    id: Uuid,
}

/// Tells a terminal to do something; it hears of it with its next heartbeat, until it has acknowledged it.
#[utoipa::path(post, path = "/terminals/{id}/signals", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal")), request_body = NewSignal, responses((status = ACCEPTED, body = SignalSent)))]
pub(crate) async fn send_signal(
    State(hub): State<Hub>,
    permit: Permit<may::NotificationSend>,
    Named(id): Named<Uuid>,
    Sent(new): Sent<NewSignal>,
) -> Result<(StatusCode, Json<SignalSent>), ApiError> {
    new.check(hub.now())?;
    let sent = hub.act((permit.company, permit.actor), move |desk| {
        let terminal = permit.terminal(desk.session, id)?;
        let signal = signal(desk.session, (desk.company, id), &new, desk.now)?;
        desk.note("signal.sent", ("terminal", id), Some(terminal.store), json!(new))?;
        Ok(SignalSent { id: signal })
    });
    sent.await.map(|sent| (StatusCode::ACCEPTED, Json(sent)))
}

fn signal(
    session: &mut dyn crate::db::Session,
    (company, terminal): (Uuid, Uuid),
    new: &NewSignal,
    now: DateTime<Utc>,
) -> Result<Uuid, ApiError> {
    let id = new_id(now);
    let domains: Vec<&str> = new.domains.iter().map(|name| name.trim()).collect();
    session.execute(
        "INSERT INTO signal (company_id, signal_id, terminal_id, kind, created_at, domains, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            company.into(),
            id.into(),
            terminal.into(),
            new.kind.as_str().into(),
            now.timestamp_millis().into(),
            (!domains.is_empty()).then(|| domains.join(",")).into(),
            new.expires_at.map(|at| at.timestamp_millis()).into(),
        ],
    )?;
    Ok(id)
}
