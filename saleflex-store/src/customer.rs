//! Customers, as far as selling needs them.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, Row, params};
use saleflex_core::{
    document::{Completed, CustomerFacts, Document},
    ids::CustomerId,
    money::Money,
    quantity::Points,
    tender::{Direction, TenderKind},
};

use crate::{
    codec::{Col, get},
    error::Error,
};

/// A customer.
#[derive(Clone, Eq, PartialEq)]
pub struct Customer {
    /// Who.
    pub id: CustomerId,
    /// The code of the customer's card, unique.
    pub code: String,
    /// The name.
    pub name: String,
    /// The telephone number as typed, where there is one.
    pub phone: Option<String>,
    /// What may stay unpaid; none: no account.
    pub account_limit: Option<Money>,
    /// What is unpaid.
    pub account_balance: Money,
    /// Points to redeem; none: no member.
    pub points: Option<Points>,
    /// How often the record was changed, its making included.
    pub revision: u32,
}

impl fmt::Debug for Customer {
    /// Without what identifies a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer")
            .field("id", &self.id)
            .field("account_limit", &self.account_limit)
            .field("account_balance", &self.account_balance)
            .field("points", &self.points)
            .finish_non_exhaustive()
    }
}

impl Customer {
    pub(crate) const fn facts(&self) -> CustomerFacts {
        CustomerFacts {
            id: self.id,
            account_limit: self.account_limit,
            account_balance: self.account_balance,
        }
    }
}

/// What is known of a customer to be made or changed.
#[derive(Clone, Default)]
pub struct NewCustomer {
    /// The code of the customer's card, 1–50 characters, unique.
    pub code: String,
    /// The name, 1–100 characters.
    pub name: String,
    /// The telephone number, as typed.
    pub phone: Option<String>,
    /// What may stay unpaid; none: no account.
    pub account_limit: Option<Money>,
    /// Points to start with; none: no member.
    pub points: Option<Points>,
}

impl fmt::Debug for NewCustomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewCustomer").field("account_limit", &self.account_limit).finish_non_exhaustive()
    }
}

/// Longest code and name of a customer, longest telephone number.
const LONGEST: [usize; 3] = [50, 100, 100];

impl NewCustomer {
    /// Whether code and name are there and nothing is too long.
    pub(crate) fn is_valid(&self) -> bool {
        let fits = |text: &str, most: usize| {
            !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
        };
        fits(&self.code, LONGEST[0])
            && fits(&self.name, LONGEST[1])
            && self.phone.as_deref().is_none_or(|phone| fits(phone, LONGEST[2]))
    }
}

const SELECT: &str =
    "SELECT id, code, name, phone, account_limit, account_balance, points, revision FROM customer";

fn read(row: &Row<'_>) -> rusqlite::Result<Customer> {
    Ok(Customer {
        id: get(row, 0)?,
        code: row.get(1)?,
        name: row.get(2)?,
        phone: row.get(3)?,
        account_limit: get(row, 4)?,
        account_balance: get(row, 5)?,
        points: row.get::<_, Option<i64>>(6)?.map(Points),
        revision: row.get(7)?,
    })
}

pub(crate) fn find(connection: &Connection, id: CustomerId) -> Result<Option<Customer>, Error> {
    let mut select = connection.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
    Ok(select.query_row([Col(id)], read).optional()?)
}

pub(crate) fn find_code(connection: &Connection, code: &str) -> Result<Option<Customer>, Error> {
    let mut select = connection.prepare_cached(&format!("{SELECT} WHERE code = ?1"))?;
    Ok(select.query_row([code], read).optional()?)
}

/// Customers whose code, name or telephone number holds a text, by name.
pub(crate) fn search(connection: &Connection, term: &str, limit: u32) -> Result<Vec<Customer>, Error> {
    let mut select = connection.prepare_cached(&format!(
        "{SELECT} WHERE code LIKE ?1 ESCAPE '!' OR name LIKE ?1 ESCAPE '!' OR phone LIKE ?1 ESCAPE '!' \
         ORDER BY name, code LIMIT ?2"
    ))?;
    let pattern = term.trim().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    let customers = select.query_map(params![format!("%{pattern}%"), limit], read)?;
    Ok(customers.collect::<Result<_, _>>()?)
}

pub(crate) fn insert(connection: &Connection, id: CustomerId, customer: &NewCustomer) -> Result<(), Error> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO customer (id, code, name, phone, account_limit, points) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    insert.execute(params![
        Col(id),
        customer.code.trim(),
        customer.name.trim(),
        customer.phone.as_deref().map(str::trim),
        Col(customer.account_limit),
        customer.points.map(|points| points.0),
    ])?;
    Ok(())
}

/// Changes what is known of a customer; balance and points are not touched.
pub(crate) fn update(
    connection: &Connection,
    id: CustomerId,
    customer: &NewCustomer,
    revision: u32,
) -> Result<(), Error> {
    connection.execute(
        "UPDATE customer SET code = ?1, name = ?2, phone = ?3, account_limit = ?4, revision = ?5 WHERE id = ?6",
        params![
            customer.code.trim(),
            customer.name.trim(),
            customer.phone.as_deref().map(str::trim),
            Col(customer.account_limit),
            revision,
            Col(id),
        ],
    )?;
    Ok(())
}

/// What a completed document does to its customer's account and points.
pub(crate) fn settle(connection: &Connection, seq: i64, completed: &Completed) -> Result<(), Error> {
    let document = completed.document();
    let (owed, points) = (owed_by(document), points_of(document));
    if document.training || (owed.is_zero() && points == 0) {
        return Ok(());
    }
    // What is booked is somebody's: nothing is lost without a word.
    let customer = document.customer.ok_or(Error::Contradiction { seq })?;
    let mut update = connection.prepare_cached(
        "UPDATE customer SET account_balance = account_balance + ?1, points = points + ?2 WHERE id = ?3",
    )?;
    update.execute(params![Col(owed), points, Col(customer)])?;
    Ok(())
}

/// What a document adds to the customer's unpaid account.
pub(crate) fn owed_by(document: &Document) -> Money {
    let on_account = document.counted_tenders().filter(|tender| tender.kind == TenderKind::OnAccount);
    on_account
        .map(|tender| match tender.direction {
            Direction::In => tender.amount,
            Direction::Out => -tender.amount,
        })
        .sum()
}

/// What a document adds to the customer's points: those redeemed go, those of a return come back.
fn points_of(document: &Document) -> i64 {
    document.points_returned.map_or(0, |points| points.0) - redeemed(document)
}

/// The points a document redeems.
pub(crate) fn redeemed(document: &Document) -> i64 {
    document.redeemed_points().0
}
