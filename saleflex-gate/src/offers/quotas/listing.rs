//! What is lent, for people who look.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use saleflex_core::money::Currency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Loan, loans};
use crate::{
    access::Reach,
    db::{DatabaseError, Session},
};

/// A share of a limit that a till has.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct LentShare {
    /// `campaign_uses`, `campaign_budget` and `gift_card_balance` in the smallest unit of the store's currency,
    /// `customer_uses`, `coupon_uses`.
    kind: String,
    /// The campaign, coupon or gift card.
    subject_id: Uuid,
    /// Whose uses are counted, where they are one customer's.
    customer_id: Option<Uuid>,
    /// The till.
    terminal_id: Uuid,
    /// Its code.
    terminal_code: String,
    /// The life of the till's file. Of an earlier life nothing comes back by itself.
    epoch: Uuid,
    /// Lent in all.
    granted: i64,
    /// Given back in all.
    returned: i64,
    /// Used by sales that were delivered.
    used: i64,
    /// Given up because the till did not come back.
    written_off: i64,
    /// What the till may still use: it is lent to nobody else.
    left: i64,
    /// When the till gives back what it has not used.
    expires_at: Option<DateTime<Utc>>,
}

impl LentShare {
    /// Whether it is of a loan.
    pub(super) fn is_of(&self, loan: &Loan) -> bool {
        let owner = self.customer_id.unwrap_or_default();
        let of = (self.terminal_id, self.epoch, self.subject_id, owner);
        of == (loan.terminal, loan.epoch, loan.subject, loan.owner) && self.kind == loan.kind.as_str()
    }
}

/// The shares of the tills within reach.
pub(crate) fn list(
    session: &mut dyn Session,
    company: Uuid,
    reach: &Reach,
) -> Result<Vec<LentShare>, DatabaseError> {
    let tills = session.query(
        "SELECT t.terminal_id, t.terminal_code, t.store_id, s.currency FROM terminal t JOIN store s \
         ON s.company_id = t.company_id AND s.store_id = t.store_id WHERE t.company_id = $1",
        &[company.into()],
    )?;
    let mut known = BTreeMap::new();
    let mut currencies = BTreeSet::new();
    for row in &tills {
        let (id, store) = (row.id(0)?, row.id(2)?);
        if reach.holds_terminal(store, id) {
            known.insert(id, (row.text(1)?.to_owned(), row.text(3)?.to_owned()));
            currencies.insert(row.text(3)?.to_owned());
        }
    }
    let mut shares = Vec::new();
    for code in currencies {
        let Ok(parsed) = saleflex_core::money::CurrencyCode::parse(&code) else { continue };
        for loan in loans(session, company, &Currency::of(parsed))? {
            let Some((terminal_code, of)) = known.get(&loan.terminal) else { continue };
            if *of != code {
                continue;
            }
            shares.push(LentShare {
                kind: loan.kind.to_string(),
                subject_id: loan.subject,
                customer_id: Some(loan.owner).filter(|owner| !owner.is_nil()),
                terminal_id: loan.terminal,
                terminal_code: terminal_code.clone(),
                epoch: loan.epoch,
                granted: loan.granted,
                returned: loan.returned,
                used: loan.used,
                written_off: loan.written_off,
                left: loan.outstanding(),
                expires_at: loan.expires_at,
            });
        }
    }
    Ok(shares)
}
