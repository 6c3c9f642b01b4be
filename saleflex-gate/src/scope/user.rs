//! A person who is signed in.

use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    credential::Credential,
    db::{Session, Tenant},
    ids::digest,
    people::{
        session::{self, Found},
        standing::{self, Standing},
        token::Claims,
    },
    registry,
    request::{self, Caller},
};

/// A person who is signed in, with what they are in the company that they chose.
#[derive(Clone, Debug)]
pub(crate) struct UserScope {
    pub(crate) id: Uuid,
    pub(crate) session: Uuid,
    /// The store of the terminal the session was opened at; it reaches no further.
    pub(crate) store: Option<Uuid>,
    /// None until a company was chosen.
    pub(crate) standing: Option<Standing>,
}

impl UserScope {
    /// Looks up the session of a token. A session that was ended, or whose person may not log in any more, is none.
    fn of(session: &mut dyn Session, claims: &Claims) -> Result<Option<Self>, ApiError> {
        let Some(found) = session::find(session, claims.sid)? else { return Ok(None) };
        let Found { id, user, company, terminal } = found;
        // A token that was made before another company was chosen must not act in the new one.
        if user != claims.sub || company != claims.company_id {
            return Ok(None);
        }
        let store = match company.zip(terminal) {
            None => None,
            Some((company, terminal)) => {
                // A terminal that was suspended, revoked or moved takes its log-ins with it.
                let at = registry::terminal_by_id(session, company, terminal)?.filter(|at| at.is_active);
                let Some(at) = at else { return Ok(None) };
                Some(at.store)
            }
        };
        let scope = Self { id: user, session: id, store, standing: None };
        let standing = company.map(|company| standing::of(session, company, user)).transpose()?.flatten();
        Ok(Some(Self { standing: standing.map(|standing| scope.as_here(standing)), ..scope }))
    }

    /// What the person is where the session was opened.
    pub(super) fn as_here(&self, standing: Standing) -> Standing {
        match self.store {
            Some(store) => standing.within(store),
            None => standing,
        }
    }
}

/// The person of a credential that has the shape of an access token.
///
/// # Errors
/// `unauthorized` when the token is forged, over, or its session was ended.
pub(super) async fn of_credential(hub: &Hub, credential: &Credential) -> Result<UserScope, ApiError> {
    let found = match hub.signer.verify(&credential.secret, hub.now()) {
        Some(claims) => {
            hub.books.read(Tenant::Platform, move |session| UserScope::of(session, &claims)).await?
        }
        None => None,
    };
    hub.limits.looked_up(&digest(&credential.secret), found.is_some());
    let person = found.ok_or_else(ApiError::unauthorized)?;
    request::note_caller(Caller {
        kind: Some("user"),
        id: Some(person.id),
        company: person.standing.as_ref().map(|standing| standing.company),
        store: person.store,
        terminal: None,
    });
    Ok(person)
}

impl FromRequestParts<Hub> for UserScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let credential = Credential::of(&parts.headers).ok_or_else(ApiError::unauthorized)?;
        if credential.is_of_a_person() {
            let person = of_credential(hub, &credential).await?;
            // A few digits open a session at a till: what is the person's own is not changed with them.
            if person.store.is_some() && parts.method != Method::GET {
                let message = "this log-in is one at a terminal: sign in with the password to do this";
                return Err(ApiError::forbidden("terminal_session", message));
            }
            return Ok(person);
        }
        super::must_be_known(hub, credential).await?;
        Err(ApiError::forbidden("not_a_person", "only a person who is signed in may do this"))
    }
}
