//! Somebody who has a right, and how far it reaches.

use std::marker::PhantomData;

use axum::{extract::FromRequestParts, http::request::Parts};
use uuid::Uuid;

use super::{TerminalScope, user};
use crate::{
    ApiError, Hub,
    access::{Capability, Reach, Right},
    audit::Actor,
    credential::Credential,
    db::{Session, Tenant},
    ids::digest,
    people::standing::{self, Standing},
    programs::Program,
    registry::{self, Terminal},
    request::{self, Caller},
};

/// A person or a program that has a right in its company. Only a credential makes one.
#[derive(Clone, Debug)]
pub(crate) struct Permit<R> {
    pub(crate) company: Uuid,
    pub(crate) actor: Actor,
    /// Where the right holds.
    pub(crate) reach: Reach,
    /// What the caller may know of.
    pub(crate) sees: Reach,
    /// What the person is here; none of a program or a device.
    pub(crate) standing: Option<Standing>,
    capability: Capability,
    right: PhantomData<R>,
}

/// The same, or a device, which has the right in its own store.
#[derive(Clone, Debug)]
pub(crate) struct Access<R> {
    pub(crate) permit: Permit<R>,
    /// The device, if it is one.
    pub(crate) terminal: Option<Terminal>,
}

impl<R> Permit<R> {
    /// That the right holds in the whole company.
    ///
    /// # Errors
    /// `not_allowed`.
    pub(crate) fn in_company(&self) -> Result<(), ApiError> {
        if self.reach.is_company() { Ok(()) } else { Err(self.refused()) }
    }

    /// That the right holds in a store.
    ///
    /// # Errors
    /// `not_found` when the caller may not know of the store, else `not_allowed`.
    pub(crate) fn in_store(&self, store: Uuid) -> Result<(), ApiError> {
        if self.reach.holds_store(store) {
            Ok(())
        } else if self.sees.holds_store(store) {
            Err(self.refused())
        } else {
            Err(ApiError::not_found())
        }
    }

    /// That the right holds at a terminal of a store.
    ///
    /// # Errors
    /// `not_found` when the caller may not know of it, else `not_allowed`.
    pub(crate) fn at_terminal(&self, store: Uuid, terminal: Uuid) -> Result<(), ApiError> {
        if self.reach.holds_terminal(store, terminal) { Ok(()) } else { self.in_store(store) }
    }

    /// That the right holds where a row is: in its store, or in the whole company when it is of none.
    ///
    /// # Errors
    /// As [`Self::in_store`].
    pub(crate) fn in_place(&self, store: Option<Uuid>) -> Result<(), ApiError> {
        store.map_or_else(|| self.in_company(), |store| self.in_store(store))
    }

    /// That the right holds where a row is: in all stores of its region, or as [`Self::in_place`].
    ///
    /// # Errors
    /// As [`Self::in_store`].
    pub(crate) fn at(
        &self,
        session: &mut dyn Session,
        (store, region): (Option<Uuid>, Option<Uuid>),
    ) -> Result<(), ApiError> {
        let Some(region) = region.filter(|_| store.is_none()) else { return self.in_place(store) };
        let there = Reach::of_stores(standing::stores_of_region(session, self.company, region)?);
        if self.reach.holds(&there) {
            Ok(())
        } else if self.sees.meets(&there) {
            Err(self.refused())
        } else {
            Err(ApiError::not_found())
        }
    }

    /// That there is a store, and the right holds in it.
    ///
    /// # Errors
    /// As [`Self::in_store`].
    pub(crate) fn store(
        &self,
        session: &mut dyn Session,
        store: Uuid,
    ) -> Result<registry::StoreRow, ApiError> {
        self.in_store(store)?;
        registry::store_by_id(session, self.company, store)?.ok_or_else(ApiError::not_found)
    }

    /// That there is a terminal, and the right holds at it.
    ///
    /// # Errors
    /// As [`Self::at_terminal`].
    pub(crate) fn terminal(&self, session: &mut dyn Session, id: Uuid) -> Result<Terminal, ApiError> {
        let found = registry::terminal_by_id(session, self.company, id)?;
        let terminal = found.ok_or_else(ApiError::not_found)?;
        self.at_terminal(terminal.store, terminal.id)?;
        Ok(terminal)
    }

    /// What a device may: in its own store.
    pub(super) fn of_device(scope: &TerminalScope, capability: Capability) -> Self {
        let own = Reach::of_stores([scope.terminal.store]);
        Self {
            company: scope.company,
            actor: Actor::Device(scope.terminal.id),
            reach: own.clone(),
            sees: own,
            standing: None,
            capability,
            right: PhantomData,
        }
    }

    fn refused(&self) -> ApiError {
        ApiError::not_allowed(self.capability.name())
    }

    /// What a credential may do of a capability.
    ///
    /// # Errors
    /// `unauthorized`, `no_company`, `not_allowed`.
    pub(super) async fn of(
        hub: &Hub,
        credential: Credential,
        capability: Capability,
    ) -> Result<Self, ApiError> {
        let (company, actor, reach, sees, standing) = if credential.is_of_a_person() {
            let person = user::of_credential(hub, &credential).await?;
            let Some(standing) = person.standing else {
                let message = "choose the company of this session with POST /auth/company";
                return Err(ApiError::forbidden("no_company", message));
            };
            let (reach, sees) = (standing.reach(capability), standing.sees());
            (standing.company, Actor::User(person.id), reach, sees, Some(standing))
        } else if credential.is_of_a_program() {
            let program = program(hub, credential).await?;
            let sees = program.sees();
            let is_granted = program.capabilities.contains(capability.name());
            let reach = if is_granted { sees.clone() } else { Reach::default() };
            (program.company, Actor::Key(program.id), reach, sees, None)
        } else {
            super::known(hub, credential).await?;
            return Err(ApiError::not_allowed(capability.name()));
        };
        if reach.is_nowhere() {
            return Err(ApiError::not_allowed(capability.name()));
        }
        Ok(Self { company, actor, reach, sees, standing, capability, right: PhantomData })
    }
}

/// The program of a key.
pub(super) async fn program(hub: &Hub, credential: Credential) -> Result<Program, ApiError> {
    let shown = digest(&credential.secret);
    let found = hub.books.read(Tenant::Platform, move |session| {
        Ok::<_, ApiError>(Program::of_secret(session, &credential.secret)?)
    });
    let found = found.await?;
    hub.limits.looked_up(&shown, found.is_some());
    let program = found.ok_or_else(ApiError::unauthorized)?;
    let now = hub.now();
    if program.comes_anew(now) {
        let of = (program.company, program.id);
        let noted = hub
            .books
            .write(Tenant::Platform, move |session| Ok::<_, ApiError>(Program::came(session, of, now)?));
        // Whoever asks is answered all the same.
        if let Err(error) = noted.await {
            tracing::warn!(code = error.code, "the use of a key could not be noted");
        }
    }
    let (kind, id, company) = (Some("key"), Some(program.id), Some(program.company));
    request::note_caller(Caller { kind, id, company, ..Caller::default() });
    Ok(program)
}

impl<R: Right> FromRequestParts<Hub> for Permit<R> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let credential = Credential::of(&parts.headers).ok_or_else(ApiError::unauthorized)?;
        Self::of(hub, credential, R::CAPABILITY).await
    }
}

impl<R: Right> Access<R> {
    /// The id of the company that the right is held in.
    pub(crate) const fn company(&self) -> Uuid {
        self.permit.company
    }
}

impl<R: Right> FromRequestParts<Hub> for Access<R> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        let credential = Credential::of(&parts.headers).ok_or_else(ApiError::unauthorized)?;
        if credential.is_of_a_person() || credential.is_of_a_program() {
            return Ok(Self { permit: Permit::from_request_parts(parts, hub).await?, terminal: None });
        }
        let scope = super::known(hub, credential).await?;
        super::of_its_profile(parts, &scope.terminal)?;
        scope.may_pull()?;
        Ok(Self { permit: Permit::of_device(&scope, R::CAPABILITY), terminal: Some(scope.terminal) })
    }
}
