//! Who a request is for: types that only a credential can make.
//!
//! A handler that takes [`UserScope`] knows a person, one that takes [`CompanyScope`] a member of the company that the
//! path names, one that takes a [`Permit`] somebody who has a right, with how far it reaches, and one that takes
//! [`TerminalScope`] a device.
//!
//! **Invariant:** what lies outside a caller's reach is answered as if it were not there, 404; what lies inside it
//! without the right is refused, 403.

mod company;
mod definition;
mod permit;
mod remembered;
mod user;

pub(crate) use company::CompanyScope;
pub(crate) use definition::{DefinitionExporter, DefinitionReader, DefinitionWriter, NamedRow};
pub(crate) use permit::{Access, Permit};
pub(crate) use remembered::{Memory, Presented, Remembered, Shown};
pub(crate) use user::UserScope;

use axum::{
    extract::{FromRequestParts, MatchedPath},
    http::request::Parts,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::routes,
    credential::Credential,
    db::Tenant,
    ids::digest,
    registry::{self, Bearer, Coming, Terminal},
    request::{self, Caller},
};

/// The terminal whose device has shown its credential. A handler that takes it can reach that terminal's company
/// and store, and nothing else.
#[derive(Clone, Debug)]
pub(crate) struct TerminalScope {
    pub(crate) company: Uuid,
    pub(crate) terminal: Terminal,
    /// The code by which its office serves its store, as far as that was looked up.
    pub(crate) store_code: Option<String>,
    pub(crate) now: DateTime<Utc>,
}

impl TerminalScope {
    /// Notes for the log that the device asks.
    pub(crate) fn note_caller(&self) {
        request::note_caller(Caller {
            kind: Some("device"),
            id: Some(self.terminal.id),
            company: Some(self.company),
            store: Some(self.terminal.store),
            terminal: Some(self.terminal.id),
        });
    }

    /// That the device is told anything. One that was suspended or revoked is told nothing more at once.
    pub(crate) fn may_hear(&self) -> Result<(), ApiError> {
        if self.terminal.is_active {
            Ok(())
        } else {
            Err(ApiError::forbidden("terminal_revoked", "the terminal is suspended, revoked or moved"))
        }
    }

    /// That the device may take definitions.
    pub(crate) fn may_pull(&self) -> Result<(), ApiError> {
        self.may_hear()?;
        if !self.terminal.may_pull {
            return Err(ApiError::forbidden("pull_not_allowed", "the terminal may not take definitions"));
        }
        Ok(())
    }

    /// That the device may deliver. One that was suspended or revoked may for a while.
    pub(crate) fn may_push(&self) -> Result<(), ApiError> {
        if self.terminal.is_active || self.terminal.push_until.is_some_and(|until| self.now < until) {
            Ok(())
        } else {
            Err(ApiError::forbidden("terminal_revoked", "the terminal is suspended, revoked or moved"))
        }
    }
}

/// The scope of a credential; none if nobody has it, or it came under another terminal's name.
pub(crate) async fn of_credential(
    hub: &Hub,
    credential: Credential,
) -> Result<Option<TerminalScope>, ApiError> {
    let now = hub.now();
    let Credential { name, secret } = credential;
    let (shown, borne, address) = (digest(&secret), secret.clone(), request::address());
    let from = address.clone();
    let found = hub.books.read(Tenant::Platform, move |session| {
        let borne = (borne.as_str(), from.as_deref());
        let Some(bearer) = registry::bearer(session, borne, now)? else { return Ok(None) };
        let coming = bearer.coming(now);
        let Bearer { company, terminal, store_code, .. } = bearer;
        Ok::<_, ApiError>(Some((TerminalScope { company, terminal, store_code, now }, coming)))
    });
    let (scope, coming) = found.await?.unzip();
    hub.limits.looked_up(&shown, scope.is_some());
    hub.memory.keep(&shown, scope.as_ref());
    if let Some(coming @ (Coming::First | Coming::Anew)) = coming {
        let of = scope.as_ref().map(|scope| (scope.company, scope.terminal.id));
        let noted = hub.books.write(Tenant::Platform, move |session| {
            registry::came(session, (secret.as_str(), address.as_deref()), now)?;
            if let Some(of) = of.filter(|_| coming == Coming::First) {
                registry::chosen(session, of, &secret)?;
            }
            Ok::<_, ApiError>(())
        });
        match noted.await {
            Ok(()) => {}
            // Of a secret that counts as never shown the one before it may take the place.
            Err(error) if coming == Coming::First => return Err(error),
            // Whoever asks is answered all the same.
            Err(error) => {
                tracing::warn!(code = error.code, "the use of a device's secret could not be noted");
            }
        }
    }
    let scope = scope.filter(|scope| name.is_none_or(|name| name == scope.terminal.code));
    if let Some(scope) = &scope {
        scope.note_caller();
    }
    Ok(scope)
}

/// That a credential is somebody's, whoever it is. Who shows a bad one is told nothing but that.
async fn must_be_known(hub: &Hub, credential: Credential) -> Result<(), ApiError> {
    if credential.is_of_a_person() {
        user::of_credential(hub, &credential).await.map(drop)
    } else if credential.is_of_a_program() {
        permit::program(hub, credential).await.map(drop)
    } else {
        known(hub, credential).await.map(drop)
    }
}

/// The device of a credential.
async fn known(hub: &Hub, credential: Credential) -> Result<TerminalScope, ApiError> {
    of_credential(hub, credential).await?.ok_or_else(ApiError::unauthorized)
}

impl FromRequestParts<Hub> for TerminalScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let credential = Credential::of(&parts.headers).ok_or_else(ApiError::unauthorized)?;
        if credential.is_of_a_person() || credential.is_of_a_program() {
            must_be_known(hub, credential).await?;
            return Err(ApiError::forbidden("not_a_device", "only a device may do this"));
        }
        let scope = known(hub, credential).await?;
        of_its_profile(parts, &scope.terminal)?;
        Ok(scope)
    }
}

/// That the route is one for devices made for what this one is, by the table of routes.
pub(crate) fn of_its_profile(parts: &Parts, terminal: &Terminal) -> Result<(), ApiError> {
    let Some(path) = parts.extensions.get::<MatchedPath>() else { return Ok(()) };
    if routes::serves(&parts.method, path.as_str(), terminal.profile) {
        return Ok(());
    }
    let message = format!("this is not for a device of profile `{}`", terminal.profile.name());
    Err(ApiError::forbidden("profile_not_allowed", message))
}
