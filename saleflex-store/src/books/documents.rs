//! Finished documents: a row to find and list them by, the whole in the payload of their event. Never updated.

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params, params_from_iter, types::Value};
use saleflex_core::{
    document::{Cancelled, Completed, Document, Kind},
    ids::{CashierId, ClosureNumber, CustomerId, DocumentId, DocumentNumber},
    journal::Entry,
    time::Moment,
};

use crate::{
    books::{history::DocumentHead, journal},
    error::Error,
    file::codec::{Col, Column, Name, get, get_moment, get_name, get_number, name_of},
};

/// A finished document in either way.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Finished<'a> {
    Completed(&'a Completed),
    Cancelled(&'a Cancelled),
}

impl<'a> Finished<'a> {
    /// The documents that an entry finished, in the order they are numbered.
    pub(crate) fn of(entry: &'a Entry) -> impl Iterator<Item = Self> {
        let effects = &entry.effects;
        let cancelled = effects.cancelled.as_deref().map(Self::Cancelled);
        effects.completed.iter().map(Self::Completed).chain(cancelled)
    }

    pub(crate) fn document(self) -> &'a Document {
        match self {
            Self::Completed(completed) => completed.document(),
            Self::Cancelled(cancelled) => cancelled.document(),
        }
    }

    const fn status(self) -> &'static str {
        match self {
            Self::Completed(_) => "completed",
            Self::Cancelled(_) => "cancelled",
        }
    }

    const fn finished(self) -> (Moment, CashierId, ClosureNumber) {
        match self {
            Self::Completed(it) => (it.completed_at(), it.completed_by(), it.closure()),
            Self::Cancelled(it) => (it.cancelled_at(), it.authority().cashier, it.closure()),
        }
    }

    /// Its row without the place it gets, in the order of [`COLUMNS`].
    pub(crate) fn row(self, seq: i64) -> Vec<Value> {
        let document = self.document();
        let (at, by, closure) = self.finished();
        let totals = &document.totals;
        let amounts = [
            totals.total,
            totals.discount,
            totals.surcharge,
            totals.tax,
            totals.net_due,
            totals.rounding,
            totals.paid,
            totals.change,
            totals.tip,
        ];
        let head = [
            document.id.to_value(),
            Value::Integer(seq),
            document.number.date.to_value(),
            document.number.closure.to_value(),
            Value::Integer(document.number.receipt.into()),
            Value::Text(document.document_type.code().to_owned()),
            Value::Text(name_of(&document.kind)),
            Value::Text(self.status().to_owned()),
            Value::Integer(document.training.into()),
            document.customer.to_value(),
            document.original.to_value(),
            closure.to_value(),
            at.instant.to_value(),
            at.local.to_value(),
            at.business_date.to_value(),
            by.to_value(),
        ];
        head.into_iter().chain(amounts.iter().map(Column::to_value)).collect()
    }

    /// Writes its row.
    pub(crate) fn write(self, connection: &Connection, seq: i64) -> Result<(), Error> {
        let mut insert = connection.prepare_cached(&format!(
            "INSERT INTO document ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, \
             ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)"
        ))?;
        insert.execute(params_from_iter(self.row(seq)))?;
        Ok(())
    }
}

/// The columns of a row but its place.
const COLUMNS: &str = "id, seq, number_date, number_closure, number_receipt, document_type, kind, status, \
                       is_training, customer, original, closure, finished_at, finished_local, business_date, \
                       finished_by, total, discount, surcharge, tax, net_due, rounding, paid, change_given, tip";

/// The stored row at a place, in the order of [`COLUMNS`].
pub(crate) fn row_at(connection: &Connection, no: i64) -> Result<Option<Vec<Value>>, Error> {
    let mut select = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM document WHERE no = ?1"))?;
    let count = select.column_count();
    let row = select.query_row([no], |row| (0..count).map(|at| row.get(at)).collect());
    Ok(row.optional()?)
}

/// A stored finished document, whole.
#[derive(Clone, Debug)]
pub(crate) enum Stored {
    Completed(Box<Completed>),
    Cancelled(Box<Cancelled>),
}

impl Stored {
    /// Head and contents.
    pub(crate) fn document(&self) -> &Document {
        match self {
            Self::Completed(completed) => completed.document(),
            Self::Cancelled(cancelled) => cancelled.document(),
        }
    }
}

/// A finished document, by its identity.
pub(crate) fn find(connection: &Connection, id: DocumentId) -> Result<Option<Stored>, Error> {
    let Some(seq) = place(connection, id)? else { return Ok(None) };
    take_out(journal::read(connection, seq)?, id).map(Some).ok_or(Error::Contradiction { seq })
}

/// Where the entry lies that finished a document.
pub(crate) fn place(connection: &Connection, id: DocumentId) -> Result<Option<i64>, Error> {
    let mut select = connection.prepare_cached("SELECT seq FROM document WHERE id = ?1")?;
    Ok(select.query_row([Col(id)], |row| row.get(0)).optional()?)
}

/// The entry that completed a document.
pub(crate) fn completing_entry(connection: &Connection, id: DocumentId) -> Result<Option<Entry>, Error> {
    let mut select =
        connection.prepare_cached("SELECT seq FROM document WHERE id = ?1 AND status = 'completed'")?;
    let seq = select.query_row([Col(id)], |row| row.get(0)).optional()?;
    seq.map(|seq| journal::read(connection, seq)).transpose()
}

/// How many sales a customer has completed under all of their records, orders and layaways among them and deliveries not,
/// as [`Kind::sells`] says; counted up to a bound: beyond it nobody asks.
pub(crate) fn purchases_of(connection: &Connection, records: &[CustomerId]) -> Result<u32, Error> {
    let mut select = connection.prepare_cached(
        "SELECT count(*) FROM (SELECT 1 FROM document WHERE customer = ?1 AND kind IN ('sale', 'order', 'layaway') \
         AND document_type NOT IN ('waybill', 'delivery_note') AND status = 'completed' AND NOT is_training \
         LIMIT ?2)",
    )?;
    let mut purchases = 0;
    for record in records {
        let left = MOST_PURCHASES - purchases;
        let counted: u32 = select.query_row(params![Col(*record), left], |row| row.get(0))?;
        purchases += counted;
    }
    Ok(purchases)
}

/// The most purchases of a customer that are counted.
const MOST_PURCHASES: u32 = 100;

/// Takes a document out of the entry that finished it.
fn take_out(entry: Entry, id: DocumentId) -> Option<Stored> {
    let mut completed = entry.effects.completed.into_iter();
    let found = completed.find(|completed| completed.document().id == id);
    let cancelled = || entry.effects.cancelled.filter(|cancelled| cancelled.document().id == id);
    found.map(|it| Stored::Completed(Box::new(it))).or_else(|| cancelled().map(Stored::Cancelled))
}

/// The completed returns of a sale.
pub(crate) fn returns_of(connection: &Connection, sale: DocumentId) -> Result<Vec<Completed>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT id, seq FROM document WHERE original = ?1 AND status = 'completed' AND kind = ?2 ORDER BY no",
    )?;
    let rows = select.query_map(params![Col(sale), Name(Kind::Return)], |row| {
        Ok((get::<DocumentId>(row, 0)?, row.get::<_, i64>(1)?))
    })?;
    let mut returns = Vec::new();
    for row in rows {
        let (id, seq) = row?;
        match take_out(journal::read(connection, seq)?, id) {
            Some(Stored::Completed(completed)) => returns.push(*completed),
            Some(Stored::Cancelled(_)) | None => return Err(Error::Contradiction { seq }),
        }
    }
    Ok(returns)
}

/// The number of the completed sale, order or layaway that a quote became, if it became one. A quote may be quoted anew.
pub(crate) fn sold_as(connection: &Connection, quote: DocumentId) -> Result<Option<DocumentNumber>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT number_date, number_closure, number_receipt FROM document \
         WHERE original = ?1 AND status = 'completed' AND kind <> ?2 ORDER BY no LIMIT 1",
    )?;
    let number = select.query_row(params![Col(quote), Name(Kind::Quote)], |row| get_number(row, 0));
    Ok(number.optional()?)
}

/// Which finished documents: those behind one, up to another where there is an end.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Span {
    pub(crate) after: i64,
    pub(crate) last: Option<i64>,
}

impl Span {
    pub(crate) fn bounds(self) -> (i64, i64) {
        (self.after, self.last.unwrap_or(i64::MAX))
    }
}

/// The documents finished by the entries from one place on, before another. Both are found by halving: documents lie in
/// the order of their entries.
pub(crate) fn finished_between(connection: &Connection, first: i64, end: i64) -> Result<Span, Error> {
    let mut select = connection.prepare_cached("SELECT seq FROM document WHERE no = ?1")?;
    let count = last(connection)?;
    let mut before = |seq: i64| -> Result<i64, Error> {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = (low + high + 1).div_euclid(2);
            let here: i64 = select.query_row([middle], |row| row.get(0))?;
            if here < seq { low = middle } else { high = middle - 1 }
        }
        Ok(low)
    };
    Ok(Span { after: before(first)?, last: Some(before(end)?) })
}

/// The number of the last finished document; 0 before the first.
pub(crate) fn last(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.query_row("SELECT coalesce(max(no), 0) FROM document", [], |row| row.get(0))?)
}

const HEAD: &str = "SELECT id, number_date, number_closure, number_receipt, document_type, kind, status, \
                    is_training, customer, original, finished_at, finished_local, business_date, finished_by, \
                    closure, net_due, tax, paid, change_given FROM document";

fn read_head(row: &Row<'_>) -> rusqlite::Result<DocumentHead> {
    Ok(DocumentHead {
        id: get(row, 0)?,
        number: get_number(row, 1)?,
        document_type: get_name(row, 4)?,
        kind: get_name(row, 5)?,
        is_cancelled: row.get::<_, String>(6)? == "cancelled",
        is_training: row.get(7)?,
        customer: get(row, 8)?,
        original: get(row, 9)?,
        finished_at: get_moment(row, 10)?,
        finished_by: get(row, 13)?,
        closure: get(row, 14)?,
        net_due: get(row, 15)?,
        tax: get(row, 16)?,
        paid: get(row, 17)?,
        change: get(row, 18)?,
    })
}

/// The head of a finished document.
pub(crate) fn head(connection: &Connection, id: DocumentId) -> Result<Option<DocumentHead>, Error> {
    let mut select = connection.prepare_cached(&format!("{HEAD} WHERE id = ?1"))?;
    Ok(select.query_row([Col(id)], read_head).optional()?)
}

/// The numbers of a period that lead to a finished document which has another one, in order.
pub(crate) fn passed_numbers(
    connection: &Connection,
    closure: ClosureNumber,
) -> Result<Vec<(u32, DocumentId)>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT number.receipt, document.id FROM number JOIN document ON document.id = number.document \
         WHERE number.closure = ?1 AND (document.number_closure <> number.closure \
         OR document.number_receipt <> number.receipt) ORDER BY number.receipt",
    )?;
    let rows = select.query_map([Col(closure)], |row| Ok((row.get(0)?, get(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The heads of finished documents, in the order they were finished.
pub(crate) fn heads(connection: &Connection, span: Span) -> Result<Vec<DocumentHead>, Error> {
    let (after, last) = span.bounds();
    let mut select = connection.prepare_cached(&format!("{HEAD} WHERE no > ?1 AND no <= ?2 ORDER BY no"))?;
    let heads = select.query_map([after, last], read_head)?;
    Ok(heads.collect::<Result<_, _>>()?)
}

/// The finished documents of a customer, the latest first.
pub(crate) fn of_customer(
    connection: &Connection,
    customer: CustomerId,
    limit: u32,
) -> Result<Vec<DocumentHead>, Error> {
    of_records(connection, &[customer], limit)
}

/// The same of all records of one person.
pub(crate) fn of_records(
    connection: &Connection,
    records: &[CustomerId],
    limit: u32,
) -> Result<Vec<DocumentHead>, Error> {
    let mut select =
        connection.prepare_cached("SELECT no FROM document WHERE customer = ?1 ORDER BY no DESC LIMIT ?2")?;
    // Each record's are read in order; the latest of all of them come first.
    let mut places = Vec::new();
    for record in records {
        let of_one = select.query_map(params![Col(*record), limit], |row| row.get::<_, i64>(0))?;
        places.extend(of_one.collect::<Result<Vec<_>, _>>()?);
    }
    places.sort_unstable_by(|one, other| other.cmp(one));
    places.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut select = connection.prepare_cached(&format!("{HEAD} WHERE no = ?1"))?;
    places.into_iter().map(|no| Ok(select.query_row([no], read_head)?)).collect()
}

/// Calls a function with each entry that finished documents of a span, in order.
pub(crate) fn for_each_entry(
    connection: &Connection,
    span: Span,
    mut visit: impl FnMut(&Entry) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut select = select_entries(connection)?;
    let mut rows = select.query(span.bounds())?;
    while let Some(row) = rows.next()? {
        let payload: Vec<u8> = row.get(1)?;
        visit(&Entry::from_bytes(&payload)?)?;
    }
    Ok(())
}

/// Finds the place and the frozen bytes of each entry that finished documents between two places, in order.
pub(crate) fn select_entries(connection: &Connection) -> Result<CachedStatement<'_>, Error> {
    Ok(connection.prepare_cached(
        "SELECT seq, payload FROM event WHERE seq IN (SELECT seq FROM document WHERE no > ?1 AND no <= ?2) \
         ORDER BY seq",
    )?)
}
