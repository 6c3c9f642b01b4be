//! Customers on disk: who they are, what they owe, what they agreed to.
//!
//! **Invariant:** what identifies a person lies in the customer's row, the consents, the cards, the reasons of granted
//! points and the paper that waits for a printer, and nowhere else; so it can be wiped out and documents, sums and the
//! chain stay.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, Row, params};
use saleflex_core::{
    catalog::is_unprintable,
    customer::{
        BuyerGaps, Customer as Record, CustomerDetails, DetailsError, PhoneKey, PhoneRules, Source, Standing,
        folded,
    },
    document::{Completed, CustomerFacts, Document},
    ids::CustomerId,
    loyalty::CardNumber,
    money::Money,
    quantity::Points,
    tender::Tender,
};

use crate::{
    error::Error,
    file::codec::{Col, get},
};

mod export;
mod import;
mod record;

pub(crate) use self::{
    export::export,
    record::{
        absorbed_by, all, consent, find as record, has_keys_of_zeros, records_of, rekey, take, wipe, write,
    },
};
pub use self::{
    export::{EarlierRecord, ExportedDocument, ExportedLine, ExportedPoints, PersonExport},
    import::{CustomerImport, ImportFault, ImportedCustomer, read_csv},
};

/// A customer as sales and lists show one.
#[derive(Clone, Eq, PartialEq)]
pub struct Customer {
    /// The customer's id, which documents carry.
    pub id: CustomerId,
    /// The customer's code, unique.
    pub code: String,
    /// First and last name.
    pub name: String,
    /// The telephone number as typed, where there is one.
    pub phone: Option<String>,
    /// What may stay unpaid; none: no account.
    pub account_limit: Option<Money>,
    /// What is unpaid; below nothing is store credit, which the shop owes.
    pub account_balance: Money,
    /// Points that may be spent, as whoever keeps them said last; none: no member.
    pub points: Option<Points>,
    /// The code of the member's tier.
    pub tier: Option<String>,
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
            .field("tier", &self.tier)
            .finish_non_exhaustive()
    }
}

/// What is known of a customer to be made or changed.
#[derive(Clone, Default)]
pub struct NewCustomer {
    /// The customer's code, 1–50 characters, unique.
    pub code: String,
    /// Who it is.
    pub details: CustomerDetails,
    /// What may stay unpaid; none: no account.
    pub account_limit: Option<Money>,
    /// Where the person registered; of one who is changed it stays what it was.
    pub source: Source,
    /// Points to start with, in a setup that has a loyalty program; none: no member yet.
    pub points: Option<Points>,
}

impl fmt::Debug for NewCustomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewCustomer").field("account_limit", &self.account_limit).finish_non_exhaustive()
    }
}

/// Longest code of a customer.
const LONGEST_CODE: usize = 50;

impl NewCustomer {
    /// A customer known by name alone; the last word is the last name.
    pub fn named(code: &str, name: &str) -> Self {
        let (name, last_name) = split_name(name);
        let details = CustomerDetails { name, last_name, ..CustomerDetails::default() };
        Self { code: code.to_owned(), details, ..Self::default() }
    }

    /// The same with code and details in the form they are stored in.
    ///
    /// # Errors
    /// [`Error::BadRecord`] for the code or for points beyond [`Points::MAX`], [`Error::Details`] for what is known of
    /// the person.
    pub(crate) fn checked(&self) -> Result<Self, Error> {
        let code = self.code.trim();
        if !self.has_code() {
            return Err(Error::BadRecord { record: "customer code" });
        }
        if self.points.is_some_and(|points| points.bounded().is_err()) {
            return Err(Error::BadRecord { record: "points" });
        }
        let details = self.details.clone().checked().map_err(|why: DetailsError| Error::Details(why))?;
        Ok(Self { code: code.to_owned(), details, ..self.clone() })
    }
}

impl NewCustomer {
    /// Whether the code is one.
    fn has_code(&self) -> bool {
        let code = self.code.trim();
        (1..=LONGEST_CODE).contains(&code.chars().count()) && !code.chars().any(is_unprintable)
    }
}

/// A name as one text, taken apart: the last word is the last name.
pub(crate) fn split_name(name: &str) -> (String, String) {
    match name.trim().rsplit_once(char::is_whitespace) {
        Some((first, last)) => (first.trim_end().to_owned(), last.to_owned()),
        None => (name.trim().to_owned(), String::new()),
    }
}

const SELECT: &str = "SELECT c.id, c.code, trim(c.name || ' ' || c.last_name), c.phone, c.account_limit, \
                      c.account_balance, coalesce(k.available, m.available), m.tier, c.revision \
                      FROM customer c LEFT JOIN membership m ON m.customer = c.id AND m.status <> 'ended' \
                      LEFT JOIN points_elsewhere k ON k.customer = m.customer";

fn read(row: &Row<'_>) -> rusqlite::Result<Customer> {
    Ok(Customer {
        id: get(row, 0)?,
        code: row.get(1)?,
        name: row.get(2)?,
        phone: row.get(3)?,
        account_limit: get(row, 4)?,
        account_balance: get(row, 5)?,
        points: get(row, 6)?,
        tier: row.get(7)?,
        revision: row.get(8)?,
    })
}

/// How many versions of a record one life of the file may make before it meets those of the next.
const VERSIONS_OF_A_LIFE: u32 = 1_000_000;

/// Another life of the file begins: its versions of records are others than those that the file it was copied from
/// will make, so that a hub which hears of both takes none for the other.
pub(crate) fn live_on(connection: &Connection) -> Result<(), Error> {
    let sql = "UPDATE customer SET revision = min(revision + ?1, ?2)";
    connection.execute(sql, params![VERSIONS_OF_A_LIFE, u32::MAX])?;
    Ok(())
}

/// A customer, in use or not.
pub(crate) fn find(connection: &Connection, id: CustomerId) -> Result<Option<Customer>, Error> {
    let mut select = connection.prepare_cached(&format!("{SELECT} WHERE c.id = ?1"))?;
    Ok(select.query_row([Col(id)], read).optional()?)
}

/// The customer in use who has a code.
pub(crate) fn find_code(connection: &Connection, code: &str) -> Result<Option<Customer>, Error> {
    let mut select = connection.prepare_cached(&format!("{SELECT} WHERE c.code = ?1"))?;
    Ok(select.query_row([code], read).optional()?)
}

/// The record in use for an id that a document carries: of a merged one, the survivor.
pub(crate) fn in_use(connection: &Connection, id: CustomerId) -> Result<CustomerId, Error> {
    /// No chain of merges is longer; a damaged one that turns in a circle ends where it is.
    const LONGEST: usize = 1_000;
    let mut select = connection.prepare_cached("SELECT merged_into FROM customer WHERE id = ?1")?;
    let mut at = id;
    for _ in 0..LONGEST {
        let next: Option<Option<CustomerId>> = select.query_row([Col(at)], |row| get(row, 0)).optional()?;
        let Some(next) = next.flatten() else { break };
        at = next;
    }
    Ok(at)
}

/// What selling needs to know of the customer on a document; none where there is no such customer.
pub(crate) fn facts(connection: &Connection, id: CustomerId) -> Result<Option<CustomerFacts>, Error> {
    let in_use = in_use(connection, id)?;
    let Some(known) = find(connection, in_use)? else { return Ok(None) };
    Ok(Some(CustomerFacts {
        id,
        account_limit: known.account_limit,
        account_balance: known.account_balance,
        gaps: gaps(connection, in_use)?,
        is_member: super::loyalty::membership(connection, in_use)?.is_some_and(|member| member.is_active()),
    }))
}

/// What an invoice says of its buyer and is not known.
fn gaps(connection: &Connection, id: CustomerId) -> Result<BuyerGaps, Error> {
    let mut select = connection.prepare_cached(
        "SELECT trim(name || last_name) = '', \
         trim(coalesce(street, '') || coalesce(area, '') || coalesce(town, '')) = '', \
         trim(coalesce(tax_id, '') || coalesce(national_id, '')) = '' FROM customer WHERE id = ?1",
    )?;
    let read =
        |row: &Row<'_>| Ok(BuyerGaps { name: row.get(0)?, address: row.get(1)?, tax_number: row.get(2)? });
    Ok(select.query_row([Col(id)], read)?)
}

/// The live customer who has a telephone, other than one.
pub(crate) fn holder_of_phone(
    connection: &Connection,
    key: &PhoneKey,
    except: Option<CustomerId>,
) -> Result<Option<CustomerId>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT id FROM customer WHERE phone_key = ?1 AND standing = '\"live\"' AND id IS NOT ?2",
    )?;
    Ok(select.query_row(params![key.as_str(), Col(except)], |row| get(row, 0)).optional()?)
}

/// Live customers whose name, telephone number, e-mail address or code holds a text, or who have it as their
/// telephone however it is written; by last name and name.
pub(crate) fn search(
    connection: &Connection,
    term: &str,
    rules: &PhoneRules,
    limit: u32,
) -> Result<Vec<Customer>, Error> {
    let mut select = connection.prepare_cached(&format!(
        "{SELECT} WHERE c.standing = '\"live\"' AND NOT c.is_walk_in \
         AND (c.search LIKE ?1 ESCAPE '!' OR c.phone_key = ?2 OR c.id IN          (SELECT customer FROM loyalty_card WHERE number = ?4 AND is_valid)) ORDER BY c.search LIMIT ?3"
    ))?;
    let pattern = folded(term.trim()).replace('!', "!!").replace('%', "!%").replace('_', "!_");
    let key = PhoneKey::normalise(term, rules);
    let key = key.as_ref().map(PhoneKey::as_str);
    let card = CardNumber::parse(term).ok();
    let card = card.as_ref().map(CardNumber::as_str);
    let customers = select.query_map(params![format!("%{pattern}%"), key, limit, card], read)?;
    Ok(customers.collect::<Result<_, _>>()?)
}

/// What searching looks through.
fn search_text(record: &Record, code: &str) -> String {
    if !matches!(record.standing, Standing::Live) {
        return String::new();
    }
    let details = &record.details;
    let rest = [details.phone.as_deref(), details.email.as_deref(), Some(code)];
    let texts = [Some(details.last_name.as_str()), Some(details.name.as_str())].into_iter().chain(rest);
    texts.map(|text| folded(text.unwrap_or_default())).collect::<Vec<_>>().join("\n")
}

/// What a completed document does to its customer's account.
pub(crate) fn settle(connection: &Connection, seq: i64, completed: &Completed) -> Result<(), Error> {
    let document = completed.document();
    let owed = owed_by(document);
    if document.training || owed.is_zero() {
        return Ok(());
    }
    // What is booked is somebody's: nothing is lost without a word.
    let customer = document.customer.ok_or(Error::Contradiction { seq })?;
    book_on_account(connection, seq, in_use(connection, customer)?, owed)
}

/// Adds to what a customer owes, by an entry.
pub(crate) fn book_on_account(
    connection: &Connection,
    seq: i64,
    id: CustomerId,
    owed: Money,
) -> Result<(), Error> {
    let sql = "UPDATE customer SET account_balance = account_balance + ?1 WHERE id = ?2";
    let booked = connection.prepare_cached(sql)?.execute(params![Col(owed), Col(id)])?;
    if booked == 1 { Ok(()) } else { Err(Error::Contradiction { seq }) }
}

/// What a document adds to the customer's unpaid account.
pub(crate) fn owed_by(document: &Document) -> Money {
    document.counted_tenders().map(Tender::adds_to_account).sum()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn money_that_finds_no_account_is_no_money_booked() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::file::migrate::to_newest(&mut connection).unwrap();
        let nobody = CustomerId::new(Uuid::from_u128(404));
        let booked = book_on_account(&connection, 7, nobody, Money::from_minor(250));
        assert!(matches!(booked, Err(Error::Contradiction { seq: 7 })), "{booked:?}");
    }
}
