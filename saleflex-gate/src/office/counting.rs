//! What documents and closures of older terminals count in, and what their uses of offers are held to.

use chrono::{DateTime, Utc};
use saleflex_core::money::{Currency, CurrencyCode};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{effects, given};
use crate::{
    db::{DatabaseError, Session},
    ledger::{self, Key, flag},
    offers::{in_force::InStore, quotas, uses::By},
};

/// The store in which something is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfStore<'a> {
    /// What it counts in.
    pub(crate) currency: Option<CurrencyCode>,
    /// What is in force there.
    pub(crate) offers: &'a InStore<'a>,
}

impl OfStore<'_> {
    /// Whether a document counts in what its store does: where it does not say, it does.
    pub(super) fn has(self, head: &Json) -> bool {
        let said = of_head(head);
        said.is_none() || self.currency.is_none() || said == self.currency
    }

    /// Whether a document that is here counts in another currency than its store does.
    pub(super) fn counts_otherwise(
        self,
        session: &mut dyn Session,
        key: &Key,
        document: Uuid,
    ) -> Result<bool, DatabaseError> {
        let Some(own) = self.currency else { return Ok(false) };
        let sql = "SELECT 1 FROM document WHERE company_id = $1 AND terminal_id = $2 AND document_id = $3 \
                   AND currency <> $4";
        let values = [key.company.into(), key.terminal.into(), document.into(), own.to_string().into()];
        Ok(!session.query(sql, &values)?.is_empty())
    }

    /// What a document counts in: what it says, or else what its store does. That it is another is noted.
    pub(super) fn of_document(
        self,
        session: &mut dyn Session,
        key: &Key,
        head: &Json,
    ) -> Result<Option<CurrencyCode>, DatabaseError> {
        self.noted(session, key, of_head(head))
    }

    /// The same of a closure, which names a row of the company's currencies.
    pub(super) fn of_closure(
        self,
        session: &mut dyn Session,
        key: &Key,
        head: &Json,
    ) -> Result<Option<CurrencyCode>, DatabaseError> {
        let said = match effects::id(&head["fk_base_currency_id"]) {
            Some(row) => of_row(session, key.company, row)?,
            None => None,
        };
        self.noted(session, key, said)
    }

    fn noted(
        self,
        session: &mut dyn Session,
        key: &Key,
        said: Option<CurrencyCode>,
    ) -> Result<Option<CurrencyCode>, DatabaseError> {
        if said.is_some() && self.currency.is_some() && said != self.currency {
            ledger::note(session, key, flag::CURRENCY_DIFFERS)?;
        }
        Ok(said.or(self.currency))
    }

    /// Notes that a use which was just counted is beyond what there was of it. Older terminals are lent nothing and never told so:
    /// theirs are held to the limit beside what others used and have in hand.
    pub(super) fn note_beyond(
        self,
        session: &mut dyn Session,
        (key, by): (&Key, By),
        (offer, customer): (Uuid, Option<Uuid>),
        now: DateTime<Utc>,
    ) -> Result<(), DatabaseError> {
        let Some(currency) = self.currency.map(Currency::of) else { return Ok(()) };
        if quotas::is_beyond(session, (self.offers, by), (offer, customer, &currency), now)? {
            ledger::note(session, key, flag::OVER_QUOTA)?;
        }
        Ok(())
    }
}

/// What the head of a document says.
fn of_head(head: &Json) -> Option<CurrencyCode> {
    let code = head["base_currency"].as_str()?.trim().to_ascii_uppercase();
    CurrencyCode::parse(&code).ok()
}

/// The code of a row of the company's currencies, or of one that is given to every store.
fn of_row(
    session: &mut dyn Session,
    company: Uuid,
    row: Uuid,
) -> Result<Option<CurrencyCode>, DatabaseError> {
    let rows = session.query(
        "SELECT body FROM definition WHERE company_id = $1 AND resource = 'currencies' AND definition_id = $2",
        &[company.into(), row.into()],
    )?;
    let Some(found) = rows.first() else {
        return Ok(given::sign_of(row).and_then(|sign| CurrencyCode::parse(sign).ok()));
    };
    // A row that cannot be read names none, as one of another sign does.
    let body: Json = serde_json::from_str(found.text(0)?).unwrap_or_default();
    Ok(body["sign"].as_str().and_then(|sign| CurrencyCode::parse(sign.trim()).ok()))
}
