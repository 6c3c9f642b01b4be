//! The paths of the older terminals, in their own shapes.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Query, State},
    http::{StatusCode, request::Parts},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{self, Content, Ref, RefOr, ResponseBuilder},
};

use crate::{
    ApiError, Hub,
    alerts::Noticed,
    audit::Actor,
    counters,
    credential::Credential,
    db::{DatabaseError, Hold, Session, Tenant},
    definitions,
    desk::Desk,
    error::{OfficeRefusal, Refusal},
    offers::in_force::InStore,
    office::{
        counting::OfStore,
        envelope::{Envelope, EnvelopeError},
        intake::{self, From as Sender, Kind, Verdict, Way},
        kept, seed,
    },
    openapi::examples,
    registry::{self, Codes, StoreKey, Terminal},
    request::{self, Whole},
    scope::{self, TerminalScope},
    settings::OfficeWire,
    stock::{self, Moved},
};

impl From<EnvelopeError> for ApiError {
    fn from(error: EnvelopeError) -> Self {
        Self::invalid(error.to_string())
    }
}

/// How a delivery as a whole is refused on the older wire.
pub(crate) struct PushRefusals;

impl IntoResponses for PushRefusals {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        refusals(&OfficeRefusal::name())
    }
}

/// The same on the hub's own paths.
pub(crate) struct DeliveryRefusals;

impl IntoResponses for DeliveryRefusals {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        refusals(&Refusal::name())
    }
}

fn refusals(shape: &str) -> BTreeMap<String, RefOr<openapi::Response>> {
    let refusals = [
        (StatusCode::BAD_REQUEST, "`invalid_request`"),
        (StatusCode::UNAUTHORIZED, "`unauthorized`"),
        (StatusCode::FORBIDDEN, "`terminal_revoked`, `scope_mismatch`, `profile_not_allowed`"),
        (StatusCode::NOT_FOUND, "`store_unknown`, `terminal_unknown`, `not_found`"),
        (StatusCode::PAYLOAD_TOO_LARGE, "`too_large`"),
        (StatusCode::INTERNAL_SERVER_ERROR, "`internal`"),
    ];
    let response = |(status, codes): (StatusCode, &str)| {
        let shape = Content::new(Some(Ref::from_schema_name(shape)));
        let response = ResponseBuilder::new().description(codes).content("application/json", shape);
        (status.as_str().to_owned(), RefOr::T(response.build()))
    };
    refusals.into_iter().map(response).collect()
}

/// The three codes of a terminal.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "the names of the wire")]
pub(crate) struct InitQuery {
    /// The installation that owns the terminal.
    office_code: String,
    /// The store.
    store_code: String,
    /// The terminal.
    terminal_code: String,
}

/// A store's whole data for one terminal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InitAnswer {
    /// `ok`.
    status: &'static str,
    office_code: String,
    store_code: String,
    terminal_code: String,
    /// 43 keys; `store` is an object, the others are lists.
    #[schema(value_type = Object)]
    data: Value,
    /// The hub's clock.
    server_time: chrono::DateTime<chrono::Utc>,
    /// The place in the company's changes, a cursor of `/sync/changes`.
    data_version: String,
}

/// The whole of a store's data for one terminal.
#[utoipa::path(get, path = "/pos/init", tag = "office wire", params(InitQuery), security(("basic" = []), ("device" = []), ()), responses(
    (status = OK, body = InitAnswer),
    (status = BAD_REQUEST, body = OfficeRefusal, description = "`invalid_request`: a code is missing"),
    (status = UNAUTHORIZED, body = OfficeRefusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = OfficeRefusal, description = "`pull_not_allowed`, `terminal_revoked`, `scope_mismatch`, `profile_not_allowed`"),
    (status = NOT_FOUND, body = OfficeRefusal, description = "`store_unknown`, `terminal_unknown`, `not_found`"),
    (status = INTERNAL_SERVER_ERROR, body = OfficeRefusal, description = "`internal`"),
))]
pub(crate) async fn init(
    State(hub): State<Hub>,
    parts: Parts,
    query: Result<Query<InitQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<InitAnswer>, ApiError> {
    let asking = admitted(&hub, parts).await?;
    let Query(query) = query.map_err(|_| ApiError::invalid("the query cannot be read"))?;
    let codes = Codes {
        office: query.office_code.trim().to_owned(),
        store: query.store_code.trim().to_owned(),
        terminal: query.terminal_code.trim().to_owned(),
    };
    if [&codes.office, &codes.store, &codes.terminal].into_iter().any(String::is_empty) {
        let message = "Missing required query parameters: office_code, store_code, terminal_code";
        return Err(ApiError::invalid(message));
    }
    let (now, seal) = (hub.now(), hub.seal.clone());
    let key = locate(&hub, &codes, asking.scope.as_ref(), Strictness::Strict).await?;
    let company = key.company;
    let wanted = codes.clone();
    let terminal = hub.books.read(Tenant::Company(company), move |session| {
        let found = registry::terminal_by_code(session, key, &wanted.terminal)?;
        let terminal = found.ok_or_else(|| asking.finds_nothing(|| unknown_terminal(&wanted)))?;
        asking.speaks_for(company, &terminal)?;
        let scope = TerminalScope { company, terminal, store_code: None, now };
        if scope.may_pull().is_err() {
            let code = if scope.terminal.is_active { "pull_not_allowed" } else { "terminal_revoked" };
            let message =
                format!("Terminal '{}' is not authorised to pull data from OFFICE", wanted.terminal);
            return Err(ApiError::forbidden(code, message));
        }
        Ok::<_, ApiError>(scope.terminal)
    });
    let terminal = terminal.await?;
    let id = terminal.id;
    let data = hub.books.read(Tenant::Company(company), move |session| {
        let data = seed::data(session, company, &terminal, seal.as_ref(), now)?;
        Ok::<_, ApiError>((data, definitions::last_change(session, company)?))
    });
    let ((data, made), change) = data.await?;
    let is_of_a_store = hub.settings.upstream.is_some();
    let stamped = hub.books.write(Tenant::Company(company), move |session| {
        let sql = "UPDATE terminal SET last_bootstrap_at = $3 WHERE company_id = $1 AND terminal_id = $2";
        session.execute(sql, &[company.into(), id.into(), now.timestamp_millis().into()])?;
        kept::keep(session, company, (made, is_of_a_store), now)
    });
    stamped.await.map_err(|error: DatabaseError| ApiError::from(error))?;
    let Codes { office, store, terminal } = codes;
    Ok(Json(InitAnswer {
        status: "ok",
        office_code: office,
        store_code: store,
        terminal_code: terminal,
        data,
        server_time: now,
        data_version: format!("c{change}"),
    }))
}

/// How many items were taken and how many not.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OlderPushAnswer)]
pub(crate) struct PushAnswer {
    /// `ok`.
    status: &'static str,
    /// Items taken now or before.
    accepted: usize,
    /// Items that cannot be taken.
    rejected: usize,
    /// What became of each.
    results: Vec<Verdict>,
}

impl PushAnswer {
    /// The answer to an outline of one item.
    pub(super) fn incomplete() -> Self {
        let verdict = Verdict::rejected(0, "document_incomplete", "the body is an outline without a head");
        Self { status: "ok", accepted: 0, rejected: 1, results: vec![verdict] }
    }
}

/// Completed and cancelled documents of one terminal. A repeat changes nothing.
#[utoipa::path(post, path = "/pos/transactions", tag = "office wire", request_body(content = Object, example = json!(examples::documents())), security(("basic" = []), ("device" = []), ()), responses(
    (status = OK, body = PushAnswer),
    PushRefusals,
))]
pub(crate) async fn transactions(
    State(hub): State<Hub>,
    parts: Parts,
    body: Result<Whole, ApiError>,
) -> Result<Json<PushAnswer>, ApiError> {
    push(hub, parts, body?, Kind::Document).await
}

/// Closed periods of one terminal. A repeat changes nothing.
#[utoipa::path(post, path = "/pos/closures", tag = "office wire", request_body(content = Object, example = json!(examples::closures())), security(("basic" = []), ("device" = []), ()), responses(
    (status = OK, body = PushAnswer),
    PushRefusals,
))]
pub(crate) async fn closures(
    State(hub): State<Hub>,
    parts: Parts,
    body: Result<Whole, ApiError>,
) -> Result<Json<PushAnswer>, ApiError> {
    push(hub, parts, body?, Kind::Closure).await
}

pub(super) async fn push(
    hub: Hub,
    parts: Parts,
    Whole(body): Whole,
    kind: Kind,
) -> Result<Json<PushAnswer>, ApiError> {
    let asking = admitted(&hub, parts).await?;
    let envelope = Envelope::read(&body)?;
    envelope.items(kind.list())?;
    let key = locate(&hub, &envelope.codes, asking.scope.as_ref(), Strictness::Lenient).await?;
    let now = hub.now();
    let (correlation, forwards) = (request::correlation_id(), hub.forwards());
    let offers = hub.offers.clone();
    let taken = hub.books.write(Tenant::Company(key.company), move |session| {
        let envelope = Envelope::read(&body)?;
        let hold = if kind == Kind::Movement { Hold::Alone } else { Hold::Shared };
        let terminal =
            request::under(correlation.clone(), || sender(session, key, &envelope, (&asking, hold), now))?;
        let way = Way::Direct { counters: &envelope.sequences, forwards };
        let currency = registry::currency_of(session, (key.company, terminal.store))?;
        let in_store = InStore::new(&offers, (key.company, terminal.store), forwards);
        let store = OfStore { currency, offers: &in_store };
        let from = Sender { company: key.company, terminal: &terminal, store, way };
        let (mut verdicts, mut moved, mut noticed) = (Vec::new(), Moved::default(), Noticed::default());
        for item in envelope.items(kind.list())?.into_iter().enumerate() {
            let index = item.0;
            let taken = match intake::take(session, from, kind, item, now) {
                Err(error) if DatabaseError::is_of_a_statement(&error) => {
                    tracing::error!(error = error.told(), index, "a document could not be written");
                    intake::Taken::failed(index)
                }
                taken => taken?,
            };
            taken.tell(&mut noticed);
            if let Some((_, by_it)) = &taken.entered {
                moved.append(by_it);
            }
            verdicts.push(taken.verdict);
        }
        stock::book(session, (key.company, terminal.store, terminal.id), &moved, now)?;
        counters::raise(session, key.company, terminal.id, &envelope.sequences, now)?;
        request::under(correlation, || noticed.raise(session, (key.company, &terminal), now))?;
        Ok::<_, ApiError>(verdicts)
    });
    let results = taken.await?;
    hub.metrics.entered(results.iter().filter_map(intake::Verdict::entered));
    let rejected = results.iter().filter(|verdict| verdict.is_rejected()).count();
    Ok(Json(PushAnswer { status: "ok", accepted: results.len() - rejected, rejected, results }))
}

/// How many counters were read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SequencesAnswer {
    /// `ok`.
    status: &'static str,
    /// Entries with a name and a whole number that a counter comes to.
    updated: usize,
}

/// The counters of one terminal. They only move forward.
#[utoipa::path(post, path = "/pos/sequences", tag = "office wire", request_body(content = Object, example = json!({
    "office_code": "OFC-HARBOUR", "store_code": "HARBOUR-01", "terminal_code": "TILL-1", "pos_id": 1, "sequences": [{"name": "ReceiptNumber", "value": 2}, {"name": "ClosureNumber", "value": 1}]
})), security(("basic" = []), ("device" = []), ()), responses(
    (status = OK, body = SequencesAnswer),
    PushRefusals,
))]
pub(crate) async fn sequences(
    State(hub): State<Hub>,
    parts: Parts,
    body: Result<Whole, ApiError>,
) -> Result<Json<SequencesAnswer>, ApiError> {
    let Whole(body) = body?;
    let asking = admitted(&hub, parts).await?;
    let envelope = Envelope::read(&body)?;
    envelope.require_number()?;
    let updated = envelope.sequences.iter().filter(|(_, value)| counters::can_be(*value)).count();
    let key = locate(&hub, &envelope.codes, asking.scope.as_ref(), Strictness::Lenient).await?;
    let now = hub.now();
    let correlation = request::correlation_id();
    let raised = hub.books.write(Tenant::Company(key.company), move |session| {
        let envelope = Envelope::read(&body)?;
        let terminal =
            request::under(correlation, || sender(session, key, &envelope, (&asking, Hold::Shared), now))?;
        Ok::<_, ApiError>(counters::raise(session, key.company, terminal.id, &envelope.sequences, now)?)
    });
    raised.await?;
    Ok(Json(SequencesAnswer { status: "ok", updated }))
}

/// Who asks, and by which route.
pub(super) struct Asking {
    /// None without a credential, where the operator opened the wire.
    scope: Option<TerminalScope>,
    parts: Parts,
}

impl Asking {
    /// That the caller is this terminal, as far as it shows who it is, and that the route is for what the terminal is made for.
    fn speaks_for(&self, company: uuid::Uuid, terminal: &Terminal) -> Result<(), ApiError> {
        let is_other = |scope: &&TerminalScope| scope.company != company || scope.terminal.id != terminal.id;
        match self.scope.as_ref().filter(is_other) {
            Some(_) => Err(of_another()),
            None => scope::of_its_profile(&self.parts, terminal),
        }
    }

    /// What is answered where codes name no terminal: to a caller with a credential the same as where they name another's.
    fn finds_nothing(&self, unknown: impl FnOnce() -> ApiError) -> ApiError {
        if self.scope.is_some() { of_another() } else { unknown() }
    }
}

/// Whether the caller may speak here: by its credential, or, where the operator opened the wire, without one. What it is
/// made for is asked before what it says.
pub(super) async fn admitted(hub: &Hub, parts: Parts) -> Result<Asking, ApiError> {
    let wire = hub.settings.office_wire;
    if wire == OfficeWire::Closed {
        return Err(ApiError::not_found());
    }
    let scope = match Credential::of(&parts.headers) {
        Some(credential) => scope::of_credential(hub, credential).await?,
        None => None,
    };
    match &scope {
        Some(scope) => scope::of_its_profile(&parts, &scope.terminal)?,
        None if wire == OfficeWire::Credentials => return Err(ApiError::unauthorized()),
        None => {}
    }
    Ok(Asking { scope, parts })
}

/// Which store is looked for: the originals are strict when they give and lenient when they take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Strictness {
    Strict,
    Lenient,
}

fn place_of(session: &mut dyn Session, codes: &Codes, strictness: Strictness) -> Result<StoreKey, ApiError> {
    let mut found = registry::store_by_codes(session, &codes.office, &codes.store)?;
    if found.is_none() && strictness == Strictness::Lenient {
        found = registry::store_by_its_code(session, &codes.store)?;
        if found.is_some() {
            tracing::warn!(
                office_code = codes.office,
                store_code = codes.store,
                "a push under another office code"
            );
        }
    }
    found.ok_or_else(|| {
        let Codes { office, store, .. } = codes;
        let message = format!("No store found for office_code='{office}' and store_code='{store}'");
        ApiError::new(StatusCode::NOT_FOUND, "store_unknown", message)
    })
}

/// The store that codes name. A caller without a credential may have the office's code wrong where it delivers, as with the
/// originals; one with a credential learns of no other store than its own, not even whether there is one.
async fn locate(
    hub: &Hub,
    codes: &Codes,
    scope: Option<&TerminalScope>,
    strictness: Strictness,
) -> Result<StoreKey, ApiError> {
    let codes = codes.clone();
    let own = scope.map(|scope| (scope.company, scope.terminal.store));
    let found = hub.books.read(Tenant::Platform, move |session| match own {
        None => place_of(session, &codes, strictness),
        Some(own) => {
            let named = registry::store_by_codes(session, &codes.office, &codes.store)?;
            named.filter(|named| (named.company, named.store) == own).ok_or_else(of_another)
        }
    });
    found.await
}

fn of_another() -> ApiError {
    ApiError::forbidden("scope_mismatch", "the credential is that of another terminal")
}

/// The terminal of a push; its row stays locked until the push is committed, so that pushes of one terminal follow
/// one another, and the shelves of its store are held. A stranger is taken in where the store says so.
fn sender(
    session: &mut dyn Session,
    key: StoreKey,
    envelope: &Envelope<'_>,
    (asking, hold): (&Asking, Hold),
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Terminal, ApiError> {
    let codes = &envelope.codes;
    let terminal = match registry::terminal_by_code(session, key, &codes.terminal)? {
        Some(terminal) => terminal,
        None if asking.scope.is_none() && registry::takes_in_strangers(session, key)? => {
            tracing::warn!(terminal_code = codes.terminal, "a terminal that nobody registered was taken in");
            let terminal = registry::register(session, key, codes, envelope.number, now)?;
            let mut desk =
                Desk { session: &mut *session, company: key.company, actor: Actor::Device(terminal.id), now };
            let detail = json!({"code": codes.terminal, "by": "itself"});
            desk.note("terminal.registered", ("terminal", terminal.id), Some(key.store), detail)?;
            terminal
        }
        None => return Err(asking.finds_nothing(|| unknown_terminal(codes))),
    };
    asking.speaks_for(key.company, &terminal)?;
    TerminalScope { company: key.company, terminal: terminal.clone(), store_code: None, now }.may_push()?;
    if envelope.number.is_some_and(|number| number != terminal.number) {
        tracing::warn!(
            terminal_code = codes.terminal,
            "the terminal has another number than it was registered with"
        );
    }
    session.execute(
        "UPDATE terminal SET last_push_at = $3 WHERE company_id = $1 AND terminal_id = $2",
        &[key.company.into(), terminal.id.into(), now.timestamp_millis().into()],
    )?;
    session.hold(hold, stock::number((key.company, terminal.store)))?;
    Ok(terminal)
}

fn unknown_terminal(codes: &Codes) -> ApiError {
    let message = format!("Terminal '{}' is not registered in store '{}'", codes.terminal, codes.store);
    ApiError::new(StatusCode::NOT_FOUND, "terminal_unknown", message)
}
