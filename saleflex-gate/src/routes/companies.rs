//! Companies, who belongs to them, and how.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    audit::Actor,
    db::Tenant,
    desk::Desk,
    error::Refusal,
    limits::Class,
    mail::Letter,
    notices::{self, Told},
    people::{
        joining::{self, Invitation, JoinRequest, NewInvitation},
        members::{self, Company, CompanyChange, Member, NewCompany},
        roles::Grantor,
        session, user,
    },
    request::{Asked, Listed, Named, Page, Sent},
    scope::{CompanyScope, UserScope},
    version::{ReadBefore, Shown},
};

impl CompanyScope {
    pub(super) const fn of(&self) -> (Uuid, Actor) {
        (self.company(), Actor::User(self.user))
    }
}

/// The companies I belong to.
#[utoipa::path(get, path = "/companies", tag = "companies", responses((status = OK, body = Listed<Company>)))]
pub(crate) async fn list(
    State(hub): State<Hub>,
    caller: UserScope,
) -> Result<Json<Listed<Company>>, ApiError> {
    super::me::companies(State(hub), caller).await
}

/// Founds a company. I own and administer it; `POST /auth/company` chooses it for this session.
#[utoipa::path(post, path = "/companies", tag = "companies", request_body = NewCompany, responses((status = CREATED, body = Company)))]
pub(crate) async fn found(
    State(hub): State<Hub>,
    caller: UserScope,
    Sent(new): Sent<NewCompany>,
) -> Result<(StatusCode, Json<Company>), ApiError> {
    let now = hub.now();
    let founded = hub.act_found(move |books| {
        let company = members::found(books, caller.id, &new, now)?;
        let mut desk = Desk { session: books, company, actor: caller.actor(), now };
        desk.note("company.founded", ("company", company), None, json!({"name": new.name}))?;
        own(desk.session, (company, caller.id), now)
    });
    founded.await.map(|company| (StatusCode::CREATED, Json(company)))
}

fn own(
    books: &mut dyn crate::db::Session,
    (company, user): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<Company, ApiError> {
    let mut found = members::companies(books, (user, Some(company)), now)?;
    found.pop().ok_or_else(ApiError::not_found)
}

/// A company I belong to.
#[utoipa::path(get, path = "/companies/{slug}", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses")), responses((status = OK, body = Company, headers(("etag" = String, description = "Its version")))))]
pub(crate) async fn show(State(hub): State<Hub>, caller: CompanyScope) -> Result<Shown<Company>, ApiError> {
    let now = hub.now();
    let read = hub.books.read(Tenant::Company(caller.company()), move |books| {
        own(books, (caller.company(), caller.user), now)
    });
    read.await.map(Shown)
}

/// Changes a company. Its slug stays. At a store's hub that forwards, the company's hub says all of it.
#[utoipa::path(patch, path = "/companies/{slug}", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses"), ReadBefore), request_body = CompanyChange, responses(
    (status = OK, body = Company, headers(("etag" = String, description = "Its version"))),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`, `not_the_authority`"),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
))]
pub(crate) async fn change(
    State(hub): State<Hub>,
    caller: CompanyScope,
    read: ReadBefore,
    sent: Result<Sent<CompanyChange>, ApiError>,
) -> Result<Shown<Company>, ApiError> {
    caller.may(may::CompanyEdit)?;
    if hub.settings.upstream.is_some() {
        let message = "what holds for the company is said at the company's hub";
        return Err(ApiError::forbidden("not_the_authority", message));
    }
    let Sent(change) = sent?;
    let changed = hub.act(caller.of(), move |desk| {
        read.is(&own(desk.session, (desk.company, caller.user), desk.now)?)?;
        members::change(desk.session, desk.company, &change)?;
        let detail = json!({
            "name": change.name, "store_domains": change.store_domains, "quota_policy": change.quota_policy,
            "authority": change.authority,
        });
        desk.note("company.changed", ("company", desk.company), None, detail)?;
        own(desk.session, (desk.company, caller.user), desk.now)
    });
    changed.await.map(Shown)
}

/// A wish to belong to a company.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"slug": "harbour-foods", "message": "I work at the quay shop"}))]
pub(crate) struct NewJoinRequest {
    /// The company's name in addresses; its case does not count.
    slug: String,
    /// What to tell those who decide, at most 500 characters.
    #[serde(default)]
    message: Option<String>,
}

/// Asks to belong to a company. Somebody who administers it decides.
#[utoipa::path(post, path = "/companies/join-requests", tag = "companies", request_body = NewJoinRequest, responses(
    (status = ACCEPTED, body = JoinRequest),
    (status = NOT_FOUND, body = Refusal, description = "`not_found`: no company has this slug"),
    (status = CONFLICT, body = Refusal, description = "`already_member`, `already_asked`"),
))]
pub(crate) async fn ask(
    State(hub): State<Hub>,
    caller: UserScope,
    Sent(wish): Sent<NewJoinRequest>,
) -> Result<(StatusCode, Json<JoinRequest>), ApiError> {
    // Few tries: slugs shall not be found out one by one.
    hub.limits.take(Class::Join, &caller.id.to_string(), hub.now())?;
    let now = hub.now();
    let asked = hub.act_found(move |books| {
        let company = members::by_slug(books, &wish.slug)?.ok_or_else(ApiError::not_found)?;
        let request = joining::ask(books, company, (caller.id, wish.message.as_deref()), now)?;
        let mut desk = Desk { session: books, company, actor: caller.actor(), now };
        desk.note("join.asked", ("join_request", request.id), None, json!({}))?;
        let told = ("join_request", "Somebody asks to join", request.username.as_str());
        notices::tell(desk.session, company, Told::Admins, told, now)?;
        Ok(request)
    });
    asked.await.map(|request| (StatusCode::ACCEPTED, Json(request)))
}

/// Which requests.
#[derive(Deserialize, IntoParams)]
pub(crate) struct JoinQuery {
    /// `pending` where nothing is said; or `approved`, `rejected`.
    status: Option<String>,
}

/// Who asks to belong.
#[utoipa::path(get, path = "/companies/{slug}/join-requests", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses"), JoinQuery, Page), responses((status = OK, body = Listed<JoinRequest>)))]
pub(crate) async fn join_requests(
    State(hub): State<Hub>,
    caller: CompanyScope,
    Asked(query): Asked<JoinQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<JoinRequest>>, ApiError> {
    caller.may(may::JoinDecide)?;
    let read = hub.books.read(Tenant::Company(caller.company()), move |books| {
        let state = query.status.as_deref().unwrap_or("pending");
        Ok::<_, ApiError>(joining::requests(books, caller.company(), state)?)
    });
    Listed::cut(read.await?, &page, |request| request.id.to_string()).map(Json)
}

/// Why.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"reason": "We do not know you"}))]
pub(crate) struct Reason {
    /// For the one who asked.
    reason: Option<String>,
}

/// Takes somebody in who asked.
#[utoipa::path(post, path = "/companies/{slug}/join-requests/{id}/approve", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses"), ("id" = Uuid, Path, description = "The request")), responses(
    (status = OK, body = Member),
    (status = CONFLICT, body = Refusal, description = "`already_decided`"),
))]
pub(crate) async fn approve(
    State(hub): State<Hub>,
    caller: CompanyScope,
    Named(path): Named<(String, Uuid)>,
) -> Result<Json<Member>, ApiError> {
    let request = decide(&hub, &caller, (path.1, true, None)).await?;
    let read = hub.books.read(Tenant::Company(caller.company()), move |books| {
        members::one(books, caller.company(), request.user_id)
    });
    read.await.map(Json)
}

/// Turns somebody down who asked.
#[utoipa::path(post, path = "/companies/{slug}/join-requests/{id}/reject", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses"), ("id" = Uuid, Path, description = "The request")), request_body = Reason, responses(
    (status = NO_CONTENT, description = "It is rejected"),
    (status = CONFLICT, body = Refusal, description = "`already_decided`"),
))]
pub(crate) async fn reject(
    State(hub): State<Hub>,
    caller: CompanyScope,
    Named(path): Named<(String, Uuid)>,
    Sent(Reason { reason }): Sent<Reason>,
) -> Result<StatusCode, ApiError> {
    decide(&hub, &caller, (path.1, false, reason)).await.map(|_| StatusCode::NO_CONTENT)
}

async fn decide(
    hub: &Hub,
    caller: &CompanyScope,
    (id, approved, reason): (Uuid, bool, Option<String>),
) -> Result<JoinRequest, ApiError> {
    caller.may(may::JoinDecide)?;
    let by = caller.user;
    let decided = hub.act(caller.of(), move |desk| {
        let decision = (by, approved, reason.as_deref());
        let request = joining::decide(desk.session, (desk.company, id), decision, desk.now)?;
        let name = if approved { "join.approved" } else { "join.rejected" };
        desk.note(name, ("user", request.user_id), None, json!({"request": id}))?;
        let title = if approved { "You belong to the company" } else { "You were turned down" };
        let told = ("join_decided", title, request.reason.as_deref().unwrap_or_default());
        notices::tell(desk.session, desk.company, Told::One(request.user_id), told, desk.now)?;
        Ok(request)
    });
    decided.await
}

/// The invitations of a company.
#[utoipa::path(get, path = "/companies/{slug}/invitations", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses"), Page), responses((status = OK, body = Listed<Invitation>)))]
pub(crate) async fn invitations(
    State(hub): State<Hub>,
    caller: CompanyScope,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<Invitation>>, ApiError> {
    caller.may(may::MemberInvite)?;
    let read = hub.books.read(Tenant::Company(caller.company()), move |books| {
        Ok::<_, ApiError>(joining::invitations(books, caller.company())?)
    });
    Listed::cut(read.await?, &page, |invitation| invitation.id.to_string()).map(Json)
}

/// An invitation with the token that accepts it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invited {
    /// The invitation.
    invitation: Invitation,
    /// For whoever is invited; shown once, good once, for seven days.
    token: String,
    /// Whether a letter with it is on its way to them. Where it is not, give it to them: nobody delivers letters here, too
    /// many are under way, or you wrote five within the hour.
    is_mailed: bool,
}

/// Invites somebody by a letter with a token, where the hub's settings name who delivers letters. The token is shown once.
#[utoipa::path(post, path = "/companies/{slug}/invitations", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses")), request_body = NewInvitation, responses((status = CREATED, body = Invited)))]
pub(crate) async fn invite(
    State(hub): State<Hub>,
    caller: CompanyScope,
    sent: Result<Sent<NewInvitation>, ApiError>,
) -> Result<(StatusCode, Json<Invited>), ApiError> {
    caller.may(may::MemberInvite)?;
    let (Sent(new), by) = (sent?, caller.user);
    let invited = hub.act(caller.of(), move |desk| {
        let grantor = Grantor { user: by, standing: &caller.standing };
        let (invitation, token) = joining::invite(desk.session, &grantor, &new, desk.now)?;
        desk.note("invitation.written", ("invitation", invitation.id), None, json!({"roles": new.roles}))?;
        let author = user::by_id(desk.session, by)?.ok_or_else(ApiError::internal)?;
        let company = own(desk.session, (desk.company, by), desk.now)?;
        let letter = joining::letter(&invitation, &token, (&author, &company.name));
        Ok((invitation, token, letter))
    });
    let (invitation, token, letter) = invited.await?;
    let is_mailed = mail(&hub, by, (invitation.id, letter));
    Ok((StatusCode::CREATED, Json(Invited { invitation, token, is_mailed })))
}

/// Sends an invitation beside the answer, if it can go. Few an hour: anybody may found a company, and write to strangers then.
fn mail(hub: &Hub, by: Uuid, (invitation, letter): (Uuid, Letter)) -> bool {
    let has_written_few = || hub.limits.take(Class::Join, &format!("letters of {by}"), hub.now()).is_ok();
    let postage = if hub.mailer.is_some() && has_written_few() { hub.postage() } else { None };
    let Some(postage) = postage else { return false };
    let hub = hub.clone();
    tokio::spawn(async move { postage.send(&hub, invitation, letter).await });
    true
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/companies/{slug}/invitations/{id}", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses"), ("id" = Uuid, Path, description = "The invitation")), responses(
    (status = NO_CONTENT, description = "It is void"),
    (status = CONFLICT, body = Refusal, description = "`already_decided`"),
))]
pub(crate) async fn withdraw(
    State(hub): State<Hub>,
    caller: CompanyScope,
    Named(path): Named<(String, Uuid)>,
) -> Result<StatusCode, ApiError> {
    caller.may(may::MemberInvite)?;
    let id = path.1;
    let withdrawn = hub.act(caller.of(), move |desk| {
        joining::withdraw(desk.session, desk.company, id)?;
        Ok(desk.note("invitation.withdrawn", ("invitation", id), None, json!({}))?)
    });
    withdrawn.await.map(|()| StatusCode::NO_CONTENT)
}

/// Accepts an invitation: I belong to the company, with the roles that come with it.
#[utoipa::path(post, path = "/invitations/{token}/accept", tag = "companies", params(("token" = String, Path, description = "The token of the invitation")), responses(
    (status = OK, body = Member),
    (status = CONFLICT, body = Refusal, description = "`pin_taken`"),
))]
pub(crate) async fn accept_invitation(
    State(hub): State<Hub>,
    caller: UserScope,
    Named(token): Named<String>,
) -> Result<Json<Member>, ApiError> {
    hub.limits.take(Class::LogIn, &caller.id.to_string(), hub.now())?;
    let now = hub.now();
    let accepted = hub.act_found(move |books| {
        let (company, invitation) = joining::accept(books, &token, caller.id, now)?;
        let mut desk = Desk { session: books, company, actor: caller.actor(), now };
        desk.note("invitation.accepted", ("invitation", invitation.id), None, json!({}))?;
        members::one(desk.session, company, caller.id)
    });
    accepted.await.map(Json)
}

/// Who belongs to a company.
#[utoipa::path(get, path = "/companies/{slug}/members", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses"), Page), responses((status = OK, body = Listed<Member>)))]
pub(crate) async fn members(
    State(hub): State<Hub>,
    caller: CompanyScope,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<Member>>, ApiError> {
    let read = hub.books.read(Tenant::Company(caller.company()), move |books| {
        Ok::<_, ApiError>(members::list(books, caller.company())?)
    });
    Listed::cut(read.await?, &page, Member::place).map(Json)
}

/// Takes a member out, or leaves. An owner drops the ownership first.
#[utoipa::path(delete, path = "/companies/{slug}/members/{user}", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses"), ("user" = Uuid, Path, description = "Who")), responses(
    (status = NO_CONTENT, description = "They are out"),
    (status = CONFLICT, body = Refusal, description = "`owner_stays`"),
))]
pub(crate) async fn remove(
    State(hub): State<Hub>,
    caller: CompanyScope,
    Named(path): Named<(String, Uuid)>,
) -> Result<StatusCode, ApiError> {
    let user = path.1;
    if user != caller.user {
        caller.may(may::MemberRemove)?;
    }
    let removed = hub.act(caller.of(), move |desk| {
        let member = members::remove(desk.session, desk.company, user)?;
        session::end_of_company(desk.session, desk.company, Some(user), desk.now)?;
        let (told, said) = if user == caller.user {
            (Told::Admins, ("member_left", "A member left the company", member.username.as_str()))
        } else {
            let slug = caller.standing.slug.as_str();
            (Told::One(user), ("member_removed", "You no longer belong to the company", slug))
        };
        notices::tell(desk.session, desk.company, told, said, desk.now)?;
        Ok(desk.note("member.removed", ("user", user), None, json!({}))?)
    });
    removed.await.map(|()| StatusCode::NO_CONTENT)
}

/// Gives a member the administrator's tag.
#[utoipa::path(put, path = "/companies/{slug}/members/{user}/admin", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses"), ("user" = Uuid, Path, description = "Who")), responses((status = OK, body = Member)))]
pub(crate) async fn grant_admin(
    State(hub): State<Hub>,
    caller: CompanyScope,
    Named(path): Named<(String, Uuid)>,
) -> Result<Json<Member>, ApiError> {
    caller.may(may::AdminGrant)?;
    put_admin(&hub, &caller, (path.1, true)).await.map(Json)
}

/// Takes the administrator's tag from a member who does not own the company.
#[utoipa::path(delete, path = "/companies/{slug}/members/{user}/admin", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses"), ("user" = Uuid, Path, description = "Who")), responses(
    (status = OK, body = Member),
    (status = CONFLICT, body = Refusal, description = "`owner_stays_admin`, `own_tag`"),
))]
pub(crate) async fn revoke_admin(
    State(hub): State<Hub>,
    caller: CompanyScope,
    Named(path): Named<(String, Uuid)>,
) -> Result<Json<Member>, ApiError> {
    caller.may(may::AdminRevoke)?;
    put_admin(&hub, &caller, (path.1, false)).await.map(Json)
}

async fn put_admin(
    hub: &Hub,
    caller: &CompanyScope,
    (user, is_admin): (Uuid, bool),
) -> Result<Member, ApiError> {
    let (by, slug) = (caller.user, caller.standing.slug.clone());
    let put = hub.act(caller.of(), move |desk| {
        let was_admin = members::one(desk.session, desk.company, user)?.is_admin;
        let member = members::put_admin(desk.session, desk.company, user, (by, is_admin))?;
        let (name, kind, title) = if is_admin {
            ("admin.granted", "admin_granted", "You administer the company")
        } else {
            ("admin.revoked", "admin_revoked", "You no longer administer the company")
        };
        desk.note(name, ("user", user), None, json!({}))?;
        if was_admin != is_admin {
            notices::tell(
                desk.session,
                desk.company,
                Told::One(user),
                (kind, title, slug.as_str()),
                desk.now,
            )?;
        }
        Ok(member)
    });
    put.await
}
