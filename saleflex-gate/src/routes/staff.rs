//! The people of a company at work: roles, numbers, PINs, and the log-in at a terminal.

use std::collections::BTreeSet;

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::{Capability, may},
    audit::Actor,
    db::Tenant,
    error::Refusal,
    limits::Class,
    people::{
        members::{self, Member},
        pin,
        roles::{self, Assignment, AssignmentEdit, Grantor, HoldsAt, NewAssignment},
        session::{self, ACCESS},
        standing,
        user::{self, NewUser, User},
    },
    request::{Asked, Listed, Named, Origin, Page, Sent},
    scope::{Permit, TerminalScope},
    text,
    version::{ReadBefore, Shown},
};

/// What stands behind a permit to assign roles: a person, because programs give nobody rights. Somebody who logged in
/// at a terminal is no more than they are in its store.
fn grantor_of(permit: &Permit<may::RoleAssign>) -> Result<Grantor<'_>, ApiError> {
    match (permit.actor, &permit.standing) {
        (Actor::User(user), Some(standing)) => Ok(Grantor { user, standing }),
        _ => Err(ApiError::not_allowed(Capability::RoleAssign.name())),
    }
}

/// That whoever asks may change somebody they see.
fn may_change(
    books: &mut dyn crate::db::Session,
    permit: &Permit<may::RoleAssign>,
    member: &Member,
) -> Result<(), ApiError> {
    if permit.reach.is_company() { Ok(()) } else { roles::looks_after(books, &grantor_of(permit)?, member) }
}

/// Whose.
#[derive(Deserialize, IntoParams)]
pub(crate) struct AssignmentQuery {
    /// Those of this person.
    user_id: Option<Uuid>,
}

/// The roles that are assigned where I may assign them.
#[utoipa::path(get, path = "/role-assignments", tag = "people", params(AssignmentQuery, Page), responses((status = OK, body = Listed<Assignment>)))]
pub(crate) async fn assignments(
    State(hub): State<Hub>,
    permit: Permit<may::RoleAssign>,
    Asked(query): Asked<AssignmentQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<Assignment>>, ApiError> {
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let mut visible = Vec::new();
        for one in roles::of(books, permit.company, query.user_id)? {
            if permit.reach.holds(&one.reach(books, permit.company)?) {
                visible.push(one);
            }
        }
        Ok::<_, ApiError>(visible)
    });
    Listed::cut(read.await?, &page, |assignment| assignment.id.to_string()).map(Json)
}

/// Assigns a role.
#[utoipa::path(post, path = "/role-assignments", tag = "people", request_body = NewAssignment, responses(
    (status = CREATED, body = Assignment),
    (status = CONFLICT, body = Refusal, description = "`already_assigned`, `pin_taken`"),
))]
pub(crate) async fn assign(
    State(hub): State<Hub>,
    permit: Permit<may::RoleAssign>,
    Sent(new): Sent<NewAssignment>,
) -> Result<(StatusCode, Json<Assignment>), ApiError> {
    let assigned = hub.act((permit.company, permit.actor), move |desk| {
        let grantor = grantor_of(&permit)?;
        roles::check(desk.session, &grantor, &new)?;
        let assignment = roles::put(desk.session, desk.company, &new, Some(grantor.user), desk.now)?;
        desk.note("role.assigned", ("user", assignment.user_id), None, json!(new))?;
        Ok(assignment)
    });
    assigned.await.map(|assignment| (StatusCode::CREATED, Json(assignment)))
}

/// A role that is assigned where I may assign it.
#[utoipa::path(get, path = "/role-assignments/{id}", tag = "people", params(("id" = Uuid, Path, description = "The assignment")), responses((status = OK, body = Assignment)))]
pub(crate) async fn assignment(
    State(hub): State<Hub>,
    permit: Permit<may::RoleAssign>,
    Named(id): Named<Uuid>,
) -> Result<Json<Assignment>, ApiError> {
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let one = roles::one(books, permit.company, id)?;
        if permit.reach.holds(&one.reach(books, permit.company)?) {
            Ok(one)
        } else {
            Err(ApiError::not_found())
        }
    });
    read.await.map(Json)
}

/// Says at which terminals a role holds. Another role or another place is taken back and assigned anew.
#[utoipa::path(patch, path = "/role-assignments/{id}", tag = "people", params(("id" = Uuid, Path, description = "The assignment")), request_body = AssignmentEdit, responses((status = OK, body = Assignment)))]
pub(crate) async fn reassign(
    State(hub): State<Hub>,
    permit: Permit<may::RoleAssign>,
    Named(id): Named<Uuid>,
    Sent(edit): Sent<AssignmentEdit>,
) -> Result<Json<Assignment>, ApiError> {
    let changed = hub.act((permit.company, permit.actor), move |desk| {
        let grantor = grantor_of(&permit)?;
        let assignment = roles::one(desk.session, desk.company, id)?;
        let known =
            assignment.as_new().ok_or_else(|| ApiError::not_allowed(Capability::RoleAssign.name()))?;
        roles::check(desk.session, &grantor, &known)?;
        let new = match edit.terminals {
            HoldsAt::AsBefore => known,
            HoldsAt::Said(terminals) => NewAssignment { terminals, ..known },
        };
        roles::check(desk.session, &grantor, &new)?;
        let changed = roles::put_terminals(desk.session, desk.company, (id, new.terminals.as_ref()))?;
        desk.note("role.changed", ("user", changed.user_id), None, json!(new))?;
        Ok(changed)
    });
    changed.await.map(Json)
}

/// Takes a role back.
#[utoipa::path(delete, path = "/role-assignments/{id}", tag = "people", params(("id" = Uuid, Path, description = "The assignment")), responses((status = NO_CONTENT, description = "It is taken back")))]
pub(crate) async fn unassign(
    State(hub): State<Hub>,
    permit: Permit<may::RoleAssign>,
    Named(id): Named<Uuid>,
) -> Result<StatusCode, ApiError> {
    let taken = hub.act((permit.company, permit.actor), move |desk| {
        let grantor = grantor_of(&permit)?;
        let assignment = roles::one(desk.session, desk.company, id)?;
        if let Some(new) = assignment.as_new() {
            roles::check(desk.session, &grantor, &new)?;
        } else {
            permit.in_company()?;
        }
        roles::remove(desk.session, desk.company, id)?;
        Ok(desk.note("role.taken", ("user", assignment.user_id), None, json!(assignment))?)
    });
    taken.await.map(|()| StatusCode::NO_CONTENT)
}

/// A person to take on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "username": "zeynep.kaya", "password": "seven quiet bridges", "first_name": "Zeynep", "last_name": "Kaya",
    "cashier_number": "17"
}))]
pub(crate) struct NewStaff {
    /// The name to log in with.
    username: String,
    /// To be changed by the person.
    #[schema(format = Password)]
    password: String,
    /// First name.
    #[serde(default)]
    first_name: String,
    /// Last name.
    #[serde(default)]
    last_name: String,
    /// Their number at tills, unique in the company.
    #[serde(default)]
    cashier_number: Option<String>,
}

/// What changes of somebody at work; what is absent stays.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"cashier_number": "17", "is_active": true}))]
pub(crate) struct StaffChange {
    /// Their number at tills, unique in the company.
    cashier_number: Option<String>,
    /// Whether they may act in this company.
    is_active: Option<bool>,
}

/// Whom a grantor may see and change: all people of the company, or those with a role in their stores.
fn staff(
    books: &mut dyn crate::db::Session,
    permit: &Permit<may::RoleAssign>,
) -> Result<Vec<Member>, ApiError> {
    let all = members::list(books, permit.company)?;
    if permit.reach.is_company() {
        return Ok(all);
    }
    let mut near = BTreeSet::new();
    for one in roles::of(books, permit.company, None)? {
        if permit.reach.holds(&one.reach(books, permit.company)?) {
            near.insert(one.user_id);
        }
    }
    Ok(all.into_iter().filter(|member| near.contains(&member.user_id)).collect())
}

fn one_of_staff(
    books: &mut dyn crate::db::Session,
    permit: &Permit<may::RoleAssign>,
    user: Uuid,
) -> Result<Member, ApiError> {
    staff(books, permit)?.into_iter().find(|member| member.user_id == user).ok_or_else(ApiError::not_found)
}

/// The people I look after.
#[utoipa::path(get, path = "/users", tag = "people", params(Page), responses((status = OK, body = Listed<Member>)))]
pub(crate) async fn users(
    State(hub): State<Hub>,
    permit: Permit<may::RoleAssign>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<Member>>, ApiError> {
    let read = hub.books.read(Tenant::Company(permit.company), move |books| staff(books, &permit));
    Listed::cut(read.await?, &page, Member::place).map(Json)
}

/// Takes a person on: registers them and makes them a member. What they may do is assigned afterwards.
#[utoipa::path(post, path = "/users", tag = "people", request_body = NewStaff, responses(
    (status = CREATED, body = Member),
    (status = CONFLICT, body = Refusal, description = "`username_taken`, `cashier_number_taken`"),
))]
pub(crate) async fn take_on(
    State(hub): State<Hub>,
    permit: Permit<may::RoleAssign>,
    sent: Result<Sent<NewStaff>, ApiError>,
) -> Result<(StatusCode, Json<Member>), ApiError> {
    permit.in_company()?;
    let Sent(new) = sent?;
    let NewStaff { username, password, first_name, last_name, cashier_number } = new;
    let new = NewUser { username, password, email: None, first_name, last_name, setup_code: None };
    let (new, hash) = hub.compute(move || user::prepare(&new).map(|hash| (new, hash))).await?;
    let taken = hub.act_above((permit.company, permit.actor), move |desk| {
        let user = user::register(desk.session, &new, &hash, desk.now)?;
        members::add(desk.session, desk.company, user.id, desk.now)?;
        let change = StaffChange { cashier_number, is_active: None };
        change_member(desk.session, desk.company, user.id, &change)?;
        desk.note("user.taken_on", ("user", user.id), None, json!({}))?;
        members::one(desk.session, desk.company, user.id)
    });
    taken.await.map(|member| (StatusCode::CREATED, Json(member)))
}

fn change_member(
    books: &mut dyn crate::db::Session,
    company: Uuid,
    user: Uuid,
    change: &StaffChange,
) -> Result<(), ApiError> {
    if let Some(number) = &change.cashier_number {
        text::code("cashier_number", number)?;
        let taken = books.query(
            "SELECT 1 FROM membership WHERE company_id = $1 AND cashier_number = $2 AND user_id <> $3",
            &[company.into(), number.into(), user.into()],
        )?;
        if !taken.is_empty() {
            return Err(ApiError::conflict("cashier_number_taken", "somebody else has this number"));
        }
    }
    books.execute(
        "UPDATE membership SET cashier_number = COALESCE($3, cashier_number), is_active = COALESCE($4, is_active) \
         WHERE company_id = $1 AND user_id = $2",
        &[company.into(), user.into(), change.cashier_number.as_ref().into(), change.is_active.into()],
    )?;
    if change.is_active == Some(true) { pin::is_alone(books, company, user) } else { Ok(()) }
}

/// Somebody I look after.
#[utoipa::path(get, path = "/users/{id}", tag = "people", params(("id" = Uuid, Path, description = "Who")), responses((status = OK, body = Member, headers(("etag" = String, description = "Its version")))))]
pub(crate) async fn show(
    State(hub): State<Hub>,
    permit: Permit<may::RoleAssign>,
    Named(id): Named<Uuid>,
) -> Result<Shown<Member>, ApiError> {
    let read = hub.books.read(Tenant::Company(permit.company), move |books| one_of_staff(books, &permit, id));
    read.await.map(Shown)
}

/// Changes somebody I look after: whoever has no role that I could not give.
#[utoipa::path(patch, path = "/users/{id}", tag = "people", params(("id" = Uuid, Path, description = "Who"), ReadBefore), request_body = StaffChange, responses(
    (status = OK, body = Member, headers(("etag" = String, description = "Its version"))),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
    (status = CONFLICT, body = Refusal, description = "`cashier_number_taken`, `owner_stays`"),
))]
pub(crate) async fn change(
    State(hub): State<Hub>,
    permit: Permit<may::RoleAssign>,
    Named(id): Named<Uuid>,
    read: ReadBefore,
    Sent(change): Sent<StaffChange>,
) -> Result<Shown<Member>, ApiError> {
    let changed = hub.act((permit.company, permit.actor), move |desk| {
        let before = one_of_staff(desk.session, &permit, id)?;
        read.is(&before)?;
        if before.is_owner && change.is_active == Some(false) {
            return Err(ApiError::conflict("owner_stays", "an owner is never shut out"));
        }
        may_change(desk.session, &permit, &before)?;
        change_member(desk.session, desk.company, id, &change)?;
        desk.note("user.changed", ("user", id), None, json!(change))?;
        members::one(desk.session, desk.company, id)
    });
    changed.await.map(Shown)
}

/// A PIN.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"pin": "482915"}))]
pub(crate) struct NewPin {
    /// 4 to 8 digits, not all the same.
    #[schema(format = Password)]
    pin: String,
}

/// Gives somebody I look after a PIN for quick log-in at terminals. No two people of a store have the same.
#[utoipa::path(put, path = "/users/{id}/pin", tag = "people", params(("id" = Uuid, Path, description = "Who")), request_body = NewPin, responses(
    (status = NO_CONTENT, description = "It is set"),
    (status = CONFLICT, body = Refusal, description = "`pin_taken`"),
))]
pub(crate) async fn put_pin(
    State(hub): State<Hub>,
    permit: Permit<may::RoleAssign>,
    Named(id): Named<Uuid>,
    Sent(NewPin { pin }): Sent<NewPin>,
) -> Result<StatusCode, ApiError> {
    pin::check(&pin)?;
    // A PIN is a key: no program hands it out.
    grantor_of(&permit)?;
    let company = permit.company;
    let hash = hub.compute(move || Ok(pin::hash(company, &pin))).await?;
    let put = hub.act((permit.company, permit.actor), move |desk| {
        let member = one_of_staff(desk.session, &permit, id)?;
        may_change(desk.session, &permit, &member)?;
        pin::put(desk.session, desk.company, id, &hash)?;
        pin::is_alone(desk.session, desk.company, id)?;
        Ok(desk.note("user.pin_set", ("user", id), None, json!({}))?)
    });
    put.await.map(|()| StatusCode::NO_CONTENT)
}

/// A log-in at a terminal: with a PIN, or with user name and password.
#[derive(Deserialize, ToSchema)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum TerminalLogIn {
    /// With a PIN.
    Pin {
        /// The PIN.
        pin: String,
    },
    /// With a password.
    Password {
        /// The user name.
        username: String,
        /// The password.
        password: String,
    },
}

/// Who works at a terminal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AtTerminal {
    /// For requests of this person from this terminal.
    access: String,
    /// For how many seconds it is good.
    expires_in: i64,
    /// Ends it.
    session_id: Uuid,
    /// Who.
    user: User,
    /// Their number at tills.
    cashier_number: Option<String>,
    /// What they may do in this store.
    capabilities: Vec<&'static str>,
}

/// Logs a person in at the calling terminal, if they have a role in its store. The log-in reaches no further.
#[utoipa::path(post, path = "/auth/terminal/login", tag = "people", request_body(content = TerminalLogIn, example = json!({"pin": "4829"})), responses(
    (status = OK, body = AtTerminal),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`, `credentials_wrong`"),
    (status = CONFLICT, body = Refusal, description = "`pin_ambiguous`: several people of the store have this PIN"),
))]
pub(crate) async fn log_in_at(
    State(hub): State<Hub>,
    scope: TerminalScope,
    origin: Origin,
    Sent(shown): Sent<TerminalLogIn>,
) -> Result<Json<AtTerminal>, ApiError> {
    scope.may_pull()?;
    let wrong = || ApiError {
        code: "credentials_wrong",
        message: "nobody of this store has these".to_owned(),
        ..ApiError::unauthorized()
    };
    let (company, store, terminal) = (scope.company, scope.terminal.store, scope.terminal.id);
    let user = match shown {
        TerminalLogIn::Password { username, password } => {
            super::auth::authenticate(&hub, &origin, (username, password)).await?.id
        }
        TerminalLogIn::Pin { pin } => {
            hub.limits.take(Class::Pin, &terminal.to_string(), hub.now())?;
            let hash = hub.compute(move || Ok(pin::hash(company, &pin))).await?;
            let holders = hub.books.read(Tenant::Company(company), move |books| {
                Ok::<_, ApiError>(pin::holders(books, company, (&hash, store))?)
            });
            match holders.await?.as_slice() {
                [] => return Err(wrong()),
                [one] => *one,
                _ => {
                    tracing::warn!(%company, %store, "a PIN fits several people of a store");
                    let message = "this PIN fits several people here: each of them needs another";
                    return Err(ApiError::conflict("pin_ambiguous", message));
                }
            }
        }
    };
    let now = hub.now();
    let opened = hub.books.write(Tenant::Platform, move |books| {
        let standing = standing::of(books, company, user)?.filter(|found| found.sees().holds_store(store));
        let standing = standing.ok_or_else(wrong)?.within(store);
        let at = (Some(terminal), Some(origin.address.as_str()));
        let (found, _) = session::open(books, (user, Some(company)), at, now)?;
        let member = members::one(books, company, user)?;
        let user = user::by_id(books, user)?.ok_or_else(ApiError::internal)?;
        Ok::<_, ApiError>((standing, found, member, user))
    });
    let (standing, found, member, user) = opened.await?;
    let all = Capability::ALL.into_iter();
    let held = all.filter(|capability| standing.reach(*capability).holds_terminal(store, terminal));
    Ok(Json(AtTerminal {
        access: hub.signer.issue((found.user, found.id, found.company), ACCESS, now),
        expires_in: ACCESS.num_seconds(),
        session_id: found.id,
        cashier_number: member.cashier_number,
        user,
        capabilities: held.map(Capability::name).collect(),
    }))
}

/// Which session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"session_id": "018f0000-0000-7000-8000-000000000001"}))]
pub(crate) struct TerminalLogOut {
    /// What the log-in answered.
    session_id: Uuid,
}

/// Logs a person out of the calling terminal.
#[utoipa::path(post, path = "/auth/terminal/logout", tag = "people", request_body = TerminalLogOut, responses((status = NO_CONTENT, description = "It is over")))]
pub(crate) async fn log_out_at(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Sent(TerminalLogOut { session_id }): Sent<TerminalLogOut>,
) -> Result<StatusCode, ApiError> {
    scope.may_push()?;
    let now = hub.now();
    let ended = hub.books.write(Tenant::Platform, move |books| {
        let ended = books.execute(
            "UPDATE user_session SET ended_at = COALESCE(ended_at, $3) WHERE session_id = $1 AND terminal_id = $2",
            &[session_id.into(), scope.terminal.id.into(), now.timestamp_millis().into()],
        )?;
        if ended == 0 { Err(ApiError::not_found()) } else { Ok(StatusCode::NO_CONTENT) }
    });
    ended.await
}
