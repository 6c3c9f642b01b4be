//! Everything the till knows of a person, for that person.

use rusqlite::Connection;
use saleflex_core::{
    customer::{Customer as Record, Export},
    ids::CustomerId,
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
    /// Codes of earlier records of the same person, merged into this one.
    pub earlier_codes: Vec<String>,
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

/// A movement of points.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ExportedPoints {
    /// The local date.
    pub on: chrono::NaiveDate,
    /// What was booked.
    pub kind: &'static str,
    /// How many points; debits are below nothing.
    pub points: Points,
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
    let earlier: Vec<CustomerId> =
        super::absorbed_by(connection, id)?.iter().map(|record| record.id).collect();
    let (mut movements, mut documents, mut earlier_codes) = (Vec::new(), Vec::new(), Vec::new());
    for of in std::iter::once(id).chain(earlier) {
        movements.extend(loyalty::movements(connection, of, u32::MAX)?);
        documents.extend(documents::of_customer(connection, of, u32::MAX)?);
        let code = super::find(connection, of)?.map(|known| known.code);
        earlier_codes.extend(code.filter(|_| of != id));
    }
    movements.sort_by_key(|row| row.occasion.at.instant);
    let mut cards =
        connection.prepare("SELECT number FROM loyalty_card WHERE customer = ?1 AND number IS NOT NULL")?;
    let cards = cards.query_map([Col(id)], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(PersonExport {
        code: known.code,
        record: saleflex_core::customer::export(record),
        earlier_codes,
        account_balance: known.account_balance,
        tier: known.tier,
        points: balance(connection, id)?,
        cards,
        segments,
        movements: movements
            .iter()
            .map(|row| ExportedPoints {
                on: row.occasion.at.local.date(),
                kind: row.kind.code(),
                points: row.points,
            })
            .collect(),
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

fn balance(connection: &Connection, id: CustomerId) -> Result<Option<Points>, Error> {
    Ok(loyalty::membership(connection, id)?.map(|member| member.balance()))
}
