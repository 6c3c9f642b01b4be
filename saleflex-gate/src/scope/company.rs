//! A member of the company that a path names.

use std::collections::HashMap;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use uuid::Uuid;

use super::UserScope;
use crate::{
    ApiError, Hub,
    access::{Capability, Right},
    db::Tenant,
    people::standing::{self, Standing},
};

/// A person and what they are in the company whose slug the path holds. To anybody else the company is not there.
#[derive(Clone, Debug)]
pub(crate) struct CompanyScope {
    pub(crate) user: Uuid,
    pub(crate) standing: Standing,
}

impl CompanyScope {
    /// The id of the company that the scope is of.
    pub(crate) const fn company(&self) -> Uuid {
        self.standing.company
    }

    /// That the person has a right in the whole company.
    ///
    /// # Errors
    /// `not_allowed`.
    pub(crate) fn may<R: Right>(&self, _: R) -> Result<(), ApiError> {
        self.may_do(R::CAPABILITY)
    }

    fn may_do(&self, capability: Capability) -> Result<(), ApiError> {
        if self.standing.reach(capability).is_company() {
            Ok(())
        } else {
            Err(ApiError::not_allowed(capability.name()))
        }
    }

    /// That the person is an owner.
    ///
    /// # Errors
    /// `not_allowed`.
    pub(crate) fn is_owner(&self) -> Result<(), ApiError> {
        if self.standing.is_owner { Ok(()) } else { Err(ApiError::not_allowed("owner")) }
    }
}

impl FromRequestParts<Hub> for CompanyScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let caller = UserScope::from_request_parts(parts, hub).await?;
        let user = caller.id;
        let names = Path::<HashMap<String, String>>::from_request_parts(parts, hub).await;
        let slug = names.ok().and_then(|Path(mut names)| names.remove("slug")).unwrap_or_default();
        let found = hub.books.read(Tenant::Platform, move |session| {
            let rows = session.query(
                "SELECT company_id FROM company_slug WHERE slug = $1",
                &[slug.to_lowercase().into()],
            )?;
            let Some(row) = rows.first() else { return Ok(None) };
            Ok::<_, ApiError>(standing::of(session, row.id(0)?, user)?)
        });
        let standing = found.await?.ok_or_else(ApiError::not_found)?;
        // A log-in at a terminal is one of the terminal's company alone.
        let own = caller.standing.as_ref().map(|standing| standing.company);
        if caller.store.is_some() && own != Some(standing.company) {
            return Err(ApiError::not_found());
        }
        let standing = caller.as_here(standing);
        Ok(Self { user, standing })
    }
}
