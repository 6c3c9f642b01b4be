//! A person who is signed in.

use axum::{extract::FromRequestParts, http::request::Parts};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    credential::Credential,
    db::{Session, Tenant},
    people::{
        session::{self, Found},
        standing::{self, Standing},
        token::Claims,
    },
};

/// A person who is signed in, with what they are in the company that they chose.
#[derive(Clone, Debug)]
pub(crate) struct UserScope {
    pub(crate) id: Uuid,
    pub(crate) session: Uuid,
    /// None until a company was chosen.
    pub(crate) standing: Option<Standing>,
}

impl UserScope {
    /// Looks up the session of a token. A session that was ended, or whose person may not log in any more, is none.
    fn of(session: &mut dyn Session, claims: &Claims) -> Result<Option<Self>, ApiError> {
        let Some(Found { id, user, company }) = session::find(session, claims.sid)? else { return Ok(None) };
        // A token that was made before another company was chosen must not act in the new one.
        if user != claims.sub || company != claims.company_id {
            return Ok(None);
        }
        let standing = company.map(|company| standing::of(session, company, user)).transpose()?.flatten();
        Ok(Some(Self { id: user, session: id, standing }))
    }
}

/// The person of a credential that has the shape of an access token.
///
/// # Errors
/// `unauthorized` when the token is forged, over, or its session was ended.
pub(super) async fn of_credential(hub: &Hub, credential: &Credential) -> Result<UserScope, ApiError> {
    let claims = hub.signer.verify(&credential.secret, hub.now()).ok_or_else(ApiError::unauthorized)?;
    let found = hub.books.read(Tenant::Platform, move |session| UserScope::of(session, &claims)).await?;
    found.ok_or_else(ApiError::unauthorized)
}

impl FromRequestParts<Hub> for UserScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let credential = Credential::of(&parts.headers).ok_or_else(ApiError::unauthorized)?;
        if credential.is_of_a_person() {
            return of_credential(hub, &credential).await;
        }
        super::must_be_known(hub, credential).await?;
        Err(ApiError::forbidden("not_a_person", "only a person who is signed in may do this"))
    }
}
