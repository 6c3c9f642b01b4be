//! Everything the till knows of a person, for that person.

use rusqlite::Connection;
use saleflex_core::{
    customer::{Customer as Record, Export},
    ids::CustomerId,
    loyalty::{Cause, LedgerRow},
    money::Money,
    quantity::Points,
};
use serde::Serialize;

use crate::{books::documents, error::Error, file::codec::Col, people::loyalty};

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
    /// What may stay unpaid, in minor units; none: no account.
    pub account_limit: Option<Money>,
    /// What is unpaid, in minor units.
    pub account_balance: Money,
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
    /// What was owed for it, in minor units.
    pub net_due: Money,
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
    let documents = documents::of_records(connection, &records, u32::MAX)?;
    movements.reverse();
    let mut cards =
        connection.prepare("SELECT number FROM loyalty_card WHERE customer = ?1 AND number IS NOT NULL")?;
    let cards = cards.query_map([Col(id)], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(PersonExport {
        code: known.code,
        record: saleflex_core::customer::export(record),
        earlier,
        account_limit: known.account_limit,
        account_balance: known.account_balance,
        tier: known.tier,
        points: balance(connection, id)?,
        cards,
        segments,
        movements: movements.iter().map(|row| exported(connection, row)).collect::<Result<_, _>>()?,
        documents: documents
            .iter()
            .map(|head| ExportedDocument {
                number: head.number.to_string(),
                on: head.finished_at.local.date(),
                net_due: head.net_due,
            })
            .collect(),
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
