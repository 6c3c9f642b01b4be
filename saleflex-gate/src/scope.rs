//! Who a request is for: a type that only a credential can make.

use axum::{extract::FromRequestParts, http::request::Parts};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    credential::Credential,
    db::Tenant,
    registry::{self, Terminal},
};

/// The terminal whose device has shown its credential. A handler that takes it can reach that terminal's company
/// and store, and nothing else.
#[derive(Clone, Debug)]
pub(crate) struct TerminalScope {
    pub(crate) company: Uuid,
    pub(crate) terminal: Terminal,
}

impl TerminalScope {
    /// That the device may take definitions.
    pub(crate) fn may_pull(&self) -> Result<(), ApiError> {
        if !self.terminal.is_active {
            return Err(ApiError::forbidden("terminal_revoked", "the terminal is revoked"));
        }
        if !self.terminal.may_pull {
            return Err(ApiError::forbidden("pull_not_allowed", "the terminal may not take definitions"));
        }
        Ok(())
    }

    /// That the device may deliver.
    pub(crate) fn may_push(&self) -> Result<(), ApiError> {
        if self.terminal.is_active {
            Ok(())
        } else {
            Err(ApiError::forbidden("terminal_revoked", "the terminal is revoked"))
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
    let found = hub.books.read(Tenant::Platform, move |session| {
        let Some((company, id)) = registry::bearer(session, &secret, now)? else { return Ok(None) };
        let terminal = registry::terminal_by_id(session, company, id)?;
        Ok::<_, ApiError>(terminal.map(|terminal| TerminalScope { company, terminal }))
    });
    let scope = found.await?;
    Ok(scope.filter(|scope| name.is_none_or(|name| name == scope.terminal.code)))
}

impl FromRequestParts<Hub> for TerminalScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let credential = Credential::of(&parts.headers).ok_or_else(ApiError::unauthorized)?;
        of_credential(hub, credential).await?.ok_or_else(ApiError::unauthorized)
    }
}
