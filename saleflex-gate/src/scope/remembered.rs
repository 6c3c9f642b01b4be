//! Devices that came before: who each was is gone by at once, and the books are asked whether it still is where the work is
//! done.
//!
//! **Invariant:** nothing stands that was done by memory unless the books said in the same transaction that the credential is
//! good and its terminal the same in everything.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::{extract::FromRequestParts, http::request::Parts};
use chrono::{DateTime, Utc};

use super::{TerminalScope, of_its_profile};
use crate::{
    ApiError, Hub,
    credential::Credential,
    db::{DatabaseError, Row, Together},
    ids,
    registry::{self, Coming},
    request::{self, Caller},
};

/// More devices than this are not remembered.
const MOST: usize = 10_000;

/// The terminals whose devices came, by the digests of their credentials.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<HashMap<String, TerminalScope>>);

impl Memory {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, TerminalScope>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what the books said of a credential.
    pub(super) fn keep(&self, digest: &str, said: Option<&TerminalScope>) {
        let mut kept = self.lock();
        let Some(scope) = said else {
            kept.remove(digest);
            return;
        };
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(digest.to_owned(), scope.clone());
    }

    fn of(&self, digest: &str) -> Option<TerminalScope> {
        self.lock().get(digest).cloned()
    }
}

/// What a device shows, by its digest, and from where.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) digest: String,
    address: Option<String>,
}

impl Shown {
    /// Asks the books who it is.
    pub(crate) fn ask(&self, together: &mut Together, now: DateTime<Utc>) -> usize {
        together.add_one(registry::bearer_asked(&self.digest, now))
    }

    /// Whether it is who it was, by what the books answered, and nothing is to be noted of its coming.
    pub(crate) fn is_still(&self, was: &TerminalScope, answer: &[Row]) -> Result<bool, DatabaseError> {
        let is = registry::bearer_of(answer, self.address.as_deref())?;
        Ok(is.is_some_and(|is| {
            let is_the_same = is.company == was.company && is.terminal == was.terminal;
            is_the_same && is.store_code == was.store_code && is.coming(was.now) == Coming::Again
        }))
    }
}

/// A device that came before. Its head holds what it shows, so that it is written nowhere.
pub(crate) struct Remembered {
    /// Who it was.
    pub(crate) scope: TerminalScope,
    pub(crate) shown: Shown,
    parts: Parts,
}

impl Remembered {
    fn of(parts: &Parts, hub: &Hub) -> Option<Self> {
        let Credential { name, secret } = Credential::of(&parts.headers)?;
        let digest = ids::digest(&secret);
        let scope = TerminalScope { now: hub.now(), ..hub.memory.of(&digest)? };
        let is_served = of_its_profile(parts, &scope.terminal).is_ok();
        (is_served && name.is_none_or(|name| name == scope.terminal.code)).then(|| Self {
            scope,
            shown: Shown { digest, address: request::address() },
            parts: parts.clone(),
        })
    }

    /// Asks the books who it is, and nothing of what it was.
    ///
    /// # Errors
    /// As for whoever comes for the first time.
    pub(crate) async fn ask(mut self, hub: &Hub) -> Result<TerminalScope, ApiError> {
        request::note_caller(Caller::default());
        TerminalScope::from_request_parts(&mut self.parts, hub).await
    }
}

/// A device that asks for something.
pub(crate) enum Presented {
    /// The books have said who it is.
    Known(TerminalScope),
    /// They have said so before.
    Remembered(Box<Remembered>),
}

impl FromRequestParts<Hub> for Presented {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, ApiError> {
        match Remembered::of(parts, hub) {
            Some(remembered) => Ok(Self::Remembered(Box::new(remembered))),
            None => TerminalScope::from_request_parts(parts, hub).await.map(Self::Known),
        }
    }
}
