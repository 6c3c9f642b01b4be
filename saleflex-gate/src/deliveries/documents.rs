//! The documents of a delivery: what the books know of them is asked for all of them at once, and all are written at once.
//!
//! **Invariant:** what is noted of a document is what would be, were each delivered by itself: a document knows of those
//! before it and of no other.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use chrono::{DateTime, Utc};
use saleflex_core::{document::Document, ids::CustomerId};
use uuid::Uuid;

use super::Read;
use crate::{
    db::{self, Answers, DatabaseError, Each, Form, Question, Rows, Session, Together, Value},
    ledger::Key,
};

/// How a document comes in.
static DOCUMENT: Form = Form {
    table: "document",
    common: &[("company_id", "uuid"), ("terminal_id", "uuid"), ("received_at", "bigint")],
    own: &[
        ("document_id", "uuid"),
        ("unique_id", "text"),
        ("closure_number", "bigint"),
        ("receipt_number", "bigint"),
        ("status", "text"),
        ("document_type", "text"),
        ("transaction_type", "text"),
        ("occurred_at", "text"),
        ("total_e4", "bigint"),
        ("entity_id", "uuid"),
        ("cashier_id", "uuid"),
        ("customer_id", "uuid"),
        ("is_training", "bigint"),
        ("currency", "text"),
    ],
    key: &["document_id"],
};
/// How a line or a tender of one comes in.
static ROW: Form = Form {
    table: "document_row",
    common: &[("company_id", "uuid"), ("terminal_id", "uuid")],
    own: &[("document_id", "uuid"), ("kind", "text"), ("position", "bigint"), ("amount_e4", "bigint")],
    key: &["document_id", "kind", "position"],
};

/// What is asked of the documents of a terminal before they come in.
#[derive(Debug)]
pub(crate) struct Asked {
    here: Range<usize>,
    closed: Range<usize>,
    numbered: Range<usize>,
}

impl Asked {
    /// Asks which documents of these events are here, which of their periods are closed, and what has their numbers.
    pub(crate) fn of<'a>(
        together: &mut Together,
        (company, terminal): (Uuid, Uuid),
        events: impl Iterator<Item = &'a Read>,
    ) -> Self {
        let sql = "SELECT document_id, terminal_id FROM document WHERE company_id = $1 AND document_id = $2";
        let mut here = Each::new(sql, &["uuid"], vec![company.into()]);
        let (mut periods, mut numbers) = (BTreeSet::new(), BTreeSet::new());
        for document in events.flat_map(Read::finished) {
            here.about([document.id.uuid().into()]);
            periods.insert(i64::from(document.number.closure.0));
            numbers.insert(document.number.to_string());
        }
        let any = !numbers.is_empty();
        let periods: Vec<i64> = periods.into_iter().collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        let of = (company, terminal);
        Self {
            here: together.add(any.then_some(here)),
            closed: together.add(questions(of, &periods, |places| {
                format!(
                    "SELECT closure_number FROM closure WHERE company_id = $1 AND terminal_id = $2 \
                     AND closure_number IN ({places})"
                )
            })),
            numbered: together.add(questions(of, &numbers, |places| {
                format!(
                    "SELECT unique_id, document_id FROM document WHERE company_id = $1 AND terminal_id = $2 \
                     AND unique_id IN ({places})"
                )
            })),
        }
    }
}

/// Questions about what is named, so many a statement as one names.
fn questions<T: Copy + Into<Value>>(
    (company, terminal): (Uuid, Uuid),
    all: &[T],
    sql: impl Fn(String) -> String,
) -> Vec<Question> {
    let questions = all.chunks(db::MOST_NAMED).map(|some| {
        let (places, named) = db::named(3, some);
        let of: [Value; 2] = [company.into(), terminal.into()];
        (sql(places), of.into_iter().chain(named).collect())
    });
    questions.collect()
}

/// The documents of a terminal's delivery.
#[derive(Debug)]
pub(crate) struct Documents {
    here: BTreeSet<Uuid>,
    closed: BTreeSet<i64>,
    numbered: BTreeMap<String, BTreeSet<Uuid>>,
    entered: Rows,
    rows: Rows,
}

/// What there is to be noted of a document that came in.
pub(super) struct CameIn {
    /// Its period is closed.
    pub(super) is_late: bool,
    /// Another one has its number.
    pub(super) is_number_reused: bool,
}

impl Documents {
    /// None yet, with what was answered about them.
    pub(crate) fn known(
        (company, terminal): (Uuid, Uuid),
        (answers, asked): (&Answers, &Asked),
        now: DateTime<Utc>,
    ) -> Result<Self, DatabaseError> {
        let (mut here, mut closed) = (BTreeSet::new(), BTreeSet::new());
        let mut numbered: BTreeMap<String, BTreeSet<Uuid>> = BTreeMap::new();
        for row in answers.of(&asked.here) {
            if row.id(1)? == terminal {
                here.insert(row.id(0)?);
            }
        }
        for row in answers.of(&asked.closed) {
            closed.insert(row.integer(0)?);
        }
        for row in answers.of(&asked.numbered) {
            numbered.entry(row.text(0)?.to_owned()).or_default().insert(row.id(1)?);
        }
        let of: [Value; 2] = [company.into(), terminal.into()];
        let rows = Rows::new(&ROW, "", of.to_vec());
        let of = of.into_iter().chain([now.timestamp_millis().into()]).collect();
        Ok(Self { here, closed, numbered, entered: Rows::new(&DOCUMENT, "", of), rows })
    }

    /// Lets one come in; none where it is here already.
    pub(super) fn enter(
        &mut self,
        key: &Key,
        document: &Document,
        (status, cashier, total): (&str, Uuid, Option<i64>),
    ) -> Option<CameIn> {
        let id = document.id.uuid();
        if !self.here.insert(id) {
            return None;
        }
        let number = document.number;
        let (name, closure) = (number.to_string(), i64::from(number.closure.0));
        let kind = serde_json::to_value(document.kind).ok();
        self.entered.push([
            id.into(),
            (&name).into(),
            closure.into(),
            i64::from(number.receipt).into(),
            status.into(),
            document.document_type.code().into(),
            kind.and_then(|kind| kind.as_str().map(str::to_owned)).into(),
            document.opened_at.local.format("%Y-%m-%dT%H:%M:%S").to_string().into(),
            total.into(),
            key.entity.into(),
            cashier.into(),
            // What was rung up in training is nobody's purchase.
            document.customer.filter(|_| !document.training).map(CustomerId::uuid).into(),
            document.training.into(),
            document.currency.code().to_string().into(),
        ]);
        let of_number = self.numbered.entry(name).or_default();
        of_number.insert(id);
        Some(CameIn { is_late: self.closed.contains(&closure), is_number_reused: of_number.len() > 1 })
    }

    /// Adds what a line or a tender of one comes to.
    pub(super) fn add_row(
        &mut self,
        document: &Document,
        (kind, position, amount_e4): (&str, i64, Option<i64>),
    ) {
        self.rows.push([document.id.uuid().into(), kind.into(), position.into(), amount_e4.into()]);
    }

    /// Knows from now on that a period is closed.
    pub(super) fn close(&mut self, number: i64) {
        self.closed.insert(number);
    }

    /// Writes those that came in.
    pub(crate) fn write(self, session: &mut dyn Session) -> Result<(), DatabaseError> {
        if !self.entered.is_empty() {
            session.send_rows(self.entered)?;
        }
        if self.rows.is_empty() { Ok(()) } else { session.send_rows(self.rows) }
    }
}
