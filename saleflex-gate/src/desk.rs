//! Where an administrative act is done: a transaction that knows who acts and writes it down.

use chrono::{DateTime, Utc};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    audit::{self, Act, Actor},
    db::{DatabaseError, Session, Tenant},
};

/// A transaction of somebody who acts in a company.
pub(crate) struct Desk<'a> {
    pub(crate) session: &'a mut dyn Session,
    pub(crate) company: Uuid,
    pub(crate) actor: Actor,
    pub(crate) now: DateTime<Utc>,
}

impl Desk<'_> {
    /// Writes the act down.
    pub(crate) fn note(
        &mut self,
        name: &str,
        (subject, id): (&str, impl ToString),
        store: Option<Uuid>,
        detail: Json,
    ) -> Result<(), DatabaseError> {
        let act = Act { name, subject, id: id.to_string(), store, detail };
        audit::write(self.session, self.company, self.actor, &act, self.now)
    }
}

impl Hub {
    /// Acts in a company, seeing that company alone.
    pub(crate) async fn act<T: Send + 'static>(
        &self,
        of: (Uuid, Actor),
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.act_as(Tenant::Company(of.0), of, work).await
    }

    /// Acts in a company where people of other companies are looked up or registered, or codes given out: those stand above
    /// companies.
    pub(crate) async fn act_above<T: Send + 'static>(
        &self,
        of: (Uuid, Actor),
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.act_as(Tenant::Platform, of, work).await
    }

    /// Acts where the company, and who acts in it, are found on the way.
    pub(crate) async fn act_found<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Session) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let correlation = crate::request::correlation_id();
        let done = self
            .books
            .write(Tenant::Platform, move |session| crate::request::under(correlation, || work(session)));
        done.await
    }

    async fn act_as<T: Send + 'static>(
        &self,
        tenant: Tenant,
        (company, actor): (Uuid, Actor),
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let now = self.now();
        let correlation = crate::request::correlation_id();
        let done = self.books.write(tenant, move |session| {
            crate::request::under(correlation, || work(&mut Desk { session, company, actor, now }))
        });
        done.await
    }
}
