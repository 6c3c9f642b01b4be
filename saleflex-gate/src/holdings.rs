//! What a hub holds of each terminal, counted and added up: for operators, and for whoever replays a day.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    ApiError, Hub, counters,
    db::{DatabaseError, Session, Tenant},
    office::intake::{self, FISCAL},
};

/// What there is of one terminal.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Holdings {
    /// How many documents there are.
    pub documents: i64,
    /// How many closures there are.
    pub closures: i64,
    /// The printed numbers of the documents.
    pub unique_ids: BTreeSet<String>,
    /// The totals of the completed documents, before discounts.
    pub completed_total: Decimal,
    /// Σ of all payments.
    pub payment_total: Decimal,
    /// How many rows there are of each kind that a document has.
    pub rows: BTreeMap<String, i64>,
    /// How many fiscal records there are.
    pub fiscal_rows: i64,
    /// The counters by name.
    pub counters: BTreeMap<String, i64>,
    /// Other contents under keys that were taken.
    pub variants: i64,
}

impl Hub {
    /// What there is of each terminal of a company, by its code.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses.
    pub async fn holdings(&self, company: Uuid) -> Result<BTreeMap<String, Holdings>, ApiError> {
        let read = self.books.read(Tenant::Company(company), move |session| {
            let terminals = session.query(
                "SELECT terminal_id, terminal_code FROM terminal WHERE company_id = $1",
                &[company.into()],
            )?;
            let holdings = terminals
                .iter()
                .map(|row| Ok((row.text(1)?.to_owned(), of_terminal(session, company, row.id(0)?)?)));
            holdings.collect::<Result<_, ApiError>>()
        });
        read.await
    }
}

fn of_terminal(session: &mut dyn Session, company: Uuid, terminal: Uuid) -> Result<Holdings, DatabaseError> {
    let key = [company.into(), terminal.into()];
    let mut holdings = Holdings::default();
    let documents = session.query(
        "SELECT unique_id, status, total_e4 FROM document WHERE company_id = $1 AND terminal_id = $2",
        &key,
    )?;
    for row in &documents {
        holdings.documents += 1;
        holdings.unique_ids.extend(row.optional_text(0)?.map(str::to_owned));
        if row.text(1)?.eq_ignore_ascii_case("completed") {
            holdings.completed_total += intake::amount(row.optional_integer(2)?.unwrap_or(0));
        }
    }
    let rows = session
        .query("SELECT kind, amount_e4 FROM document_row WHERE company_id = $1 AND terminal_id = $2", &key)?;
    for row in &rows {
        let kind = row.text(0)?;
        if kind == FISCAL {
            holdings.fiscal_rows += 1;
            continue;
        }
        *holdings.rows.entry(kind.to_owned()).or_default() += 1;
        if kind == "payments" {
            holdings.payment_total += intake::amount(row.optional_integer(1)?.unwrap_or(0));
        }
    }
    let count = |session: &mut dyn Session, table: &str| {
        let sql = format!("SELECT count(*) FROM {table} WHERE company_id = $1 AND terminal_id = $2");
        session.query(&sql, &key)?.first().map_or(Ok(0), |row| row.integer(0))
    };
    holdings.closures = count(session, "closure")?;
    holdings.variants = count(session, "ledger_variant")?;
    let counters = counters::of(session, company, terminal)?;
    holdings.counters = counters.into_iter().map(|counter| (counter.name, counter.value)).collect();
    Ok(holdings)
}
