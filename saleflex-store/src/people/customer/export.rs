//! Everything the till knows of a person, for that person.

use rusqlite::Connection;
use saleflex_core::{
    basket::LineItem,
    customer::{Customer as Record, Export},
    document::Kind,
    ids::CustomerId,
    loyalty::{Cause, LedgerRow},
    money::{Currency, CurrencyCode},
    quantity::{Points, Quantity},
};
use serde::Serialize;

use crate::{
    books::{documents, history::DocumentHead},
    error::Error,
    file::codec::Col,
    people::loyalty,
};

/// Everything the till knows of a person; the shop gives it out on the person's request.
#[derive(Clone, Eq, PartialEq, Serialize)]
pub struct PersonExport {
    /// The customer's code.
    pub code: String,
    /// What the record says of the person, consents among it.
    #[serde(flatten)]
    pub record: Export,
    /// Earlier records of the same person, merged into this one, with what they say still.
    pub earlier: Vec<EarlierRecord>,
    /// The currency of all amounts, which are texts in its units, such as `12.50`.
    pub currency: CurrencyCode,
    /// What may stay unpaid; none: no account.
    pub account_limit: Option<String>,
    /// What is unpaid.
    pub account_balance: String,
    /// The code of the loyalty tier.
    pub tier: Option<String>,
    /// The balance of points.
    pub points: Option<Points>,
    /// Numbers of loyalty cards.
    pub cards: Vec<String>,
    /// Codes of the segments the person is in.
    pub segments: Vec<String>,
    /// Movements of points, the earliest first.
    pub movements: Vec<ExportedPoints>,
    /// Finished documents, the latest first.
    pub documents: Vec<ExportedDocument>,
}

/// A record that was merged into another one.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct EarlierRecord {
    /// The customer's code.
    pub code: String,
    /// The record as it was.
    #[serde(flatten)]
    pub record: Export,
}

/// A movement of points.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ExportedPoints {
    /// The local date.
    pub on: chrono::NaiveDate,
    /// What was booked.
    pub kind: &'static str,
    /// How many points; debits are below nothing.
    pub points: Points,
    /// Why, where a person gave or took them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A finished document of the person.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ExportedDocument {
    /// The number people use.
    pub number: String,
    /// The local date.
    pub on: chrono::NaiveDate,
    /// Whether it sold, took back, or something else.
    pub kind: Kind,
    /// Whether it was closed without effect.
    pub is_cancelled: bool,
    /// Made in training.
    pub is_training: bool,
    /// What was owed for it; of a return, what was paid back for it.
    pub net_due: String,
    /// What was bought with it, or brought back.
    pub lines: Vec<ExportedLine>,
}

/// A line of a document of the person.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ExportedLine {
    /// What it was.
    pub name: String,
    /// How many of it.
    pub quantity: Quantity,
    /// What it came to after all discounts.
    pub value: String,
}

impl std::fmt::Debug for PersonExport {
    /// Without what identifies a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonExport").field("record", &self.record).finish_non_exhaustive()
    }
}

/// Gathers it. `segments` are the codes of the segments the person is in.
pub(crate) fn export(
    connection: &Connection,
    record: &Record,
    segments: Vec<String>,
    currency: &Currency,
) -> Result<PersonExport, Error> {
    let id = record.id;
    let known = super::find(connection, id)?.ok_or(Error::NoSuchCustomer { customer: id })?;
    let absorbed = super::absorbed_by(connection, id)?;
    let records: Vec<CustomerId> =
        std::iter::once(id).chain(absorbed.iter().map(|record| record.id)).collect();
    let mut earlier = Vec::new();
    for record in &absorbed {
        let code = super::find(connection, record.id)?.map(|known| known.code).unwrap_or_default();
        earlier.push(EarlierRecord { code, record: saleflex_core::customer::export(record) });
    }
    let mut movements = loyalty::movements(connection, &records, u32::MAX)?;
    movements.reverse();
    let documents = documents::of_records(connection, &records, u32::MAX)?;
    let documents = documents.iter().map(|head| exported_document(connection, head, currency));
    let mut cards =
        connection.prepare("SELECT number FROM loyalty_card WHERE customer = ?1 AND number IS NOT NULL")?;
    let cards = cards.query_map([Col(id)], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(PersonExport {
        code: known.code,
        record: saleflex_core::customer::export(record),
        earlier,
        currency: currency.code(),
        account_limit: known.account_limit.map(|limit| currency.format(limit)),
        account_balance: currency.format(known.account_balance),
        tier: known.tier,
        points: balance(connection, id)?,
        cards,
        segments,
        movements: movements.iter().map(|row| exported(connection, row)).collect::<Result<_, _>>()?,
        documents: documents.collect::<Result<_, _>>()?,
    })
}

fn exported_document(
    connection: &Connection,
    head: &DocumentHead,
    currency: &Currency,
) -> Result<ExportedDocument, Error> {
    let stored = documents::find(connection, head.id)?.ok_or(Error::NoSuchDocument { document: head.id })?;
    let line = |line: &LineItem| ExportedLine {
        name: line.item.name.clone(),
        quantity: line.quantity,
        value: currency.format(line.value()),
    };
    Ok(ExportedDocument {
        number: head.number.to_string(),
        on: head.finished_at.local.date(),
        kind: head.kind,
        is_cancelled: head.is_cancelled,
        is_training: head.is_training,
        net_due: currency.format(head.net_due),
        lines: stored.document().active_lines().map(line).collect(),
    })
}

fn exported(connection: &Connection, row: &LedgerRow) -> Result<ExportedPoints, Error> {
    let reason =
        if let Cause::Manual { grant } = row.cause { loyalty::reason(connection, grant)? } else { None };
    let on = row.occasion.at.local.date();
    Ok(ExportedPoints { on, kind: row.kind.code(), points: row.points, reason })
}

fn balance(connection: &Connection, id: CustomerId) -> Result<Option<Points>, Error> {
    Ok(loyalty::membership(connection, id)?.map(|member| member.balance()))
}
