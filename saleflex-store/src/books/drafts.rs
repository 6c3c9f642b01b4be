//! Documents that are not finished: the open one and those put aside, and the numbers all documents have.
//!
//! **Invariant:** ringing up a line writes one event and nothing else. The open document is its snapshot with the
//! later events of its root applied; a snapshot is written once, when a document is put aside.

use rusqlite::{Connection, OptionalExtension, Row, params};
use saleflex_core::{
    document::{Document, Event, State, Suspended, evolve},
    ids::{ClosureNumber, CustomerId, DocumentId, DocumentNumber},
    money::Money,
};

use crate::{
    books::{history::Parked, journal},
    error::Error,
    file::codec::{Col, get},
};

/// The slot of the open document.
const OPEN: i64 = 0;

/// Takes a number for a document; a number that is taken already is an error of the database.
pub(crate) fn take_number(
    connection: &Connection,
    number: DocumentNumber,
    document: DocumentId,
) -> Result<(), Error> {
    let mut insert =
        connection.prepare_cached("INSERT INTO number (closure, receipt, document) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![Col(number.closure), number.receipt, Col(document)])?;
    Ok(())
}

fn give_back_number(connection: &Connection, number: DocumentNumber) -> Result<(), Error> {
    let mut delete = connection.prepare_cached("DELETE FROM number WHERE closure = ?1 AND receipt = ?2")?;
    delete.execute(params![Col(number.closure), number.receipt])?;
    Ok(())
}

/// One more than the highest receipt number of a period that is in use, and at least `first`.
pub(crate) fn next_receipt(
    connection: &Connection,
    closure: ClosureNumber,
    first: u32,
) -> Result<u32, Error> {
    let mut select = connection.prepare_cached("SELECT max(receipt) FROM number WHERE closure = ?1")?;
    let highest: Option<u32> = select.query_row([Col(closure)], |row| row.get(0))?;
    Ok(highest.map_or(first, |highest| highest.saturating_add(1)).max(first))
}

/// The document that has or had a number.
pub(crate) fn document_of_number(
    connection: &Connection,
    closure: ClosureNumber,
    receipt: u32,
) -> Result<Option<DocumentId>, Error> {
    let mut select =
        connection.prepare_cached("SELECT document FROM number WHERE closure = ?1 AND receipt = ?2")?;
    Ok(select.query_row(params![Col(closure), receipt], |row| get(row, 0)).optional()?)
}

/// The stored draft a command works on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Held {
    /// Where it lies.
    pub(crate) slot: i64,
    /// Under which entity its events stand.
    pub(crate) root: DocumentId,
}

/// A document put aside, and where it lies.
#[derive(Debug)]
pub(crate) struct Aside {
    pub(crate) held: Held,
    pub(crate) document: Suspended,
    /// The name it was put aside under: here and nowhere else.
    pub(crate) name: Option<String>,
}

const ASIDE: &str = "SELECT slot, root, snapshot, name FROM draft WHERE slot > 0";

type AsideRow = (Held, Vec<u8>, Option<String>);

fn read_aside(row: &Row<'_>) -> rusqlite::Result<AsideRow> {
    Ok((Held { slot: row.get(0)?, root: get(row, 1)? }, row.get(2)?, row.get(3)?))
}

fn to_aside((held, snapshot, name): AsideRow) -> Result<Aside, Error> {
    Ok(Aside { held, document: serde_json::from_slice(&snapshot).map_err(Error::Json)?, name })
}

/// A document put aside, by its identity or that of the return it is exchanged for.
pub(crate) fn aside(connection: &Connection, id: DocumentId) -> Result<Option<Aside>, Error> {
    let mut select = connection.prepare_cached(&format!("{ASIDE} AND (id = ?1 OR root = ?1)"))?;
    select.query_row([Col(id)], read_aside).optional()?.map(to_aside).transpose()
}

/// The documents of a customer that are put aside.
pub(crate) fn aside_of_customer(connection: &Connection, customer: CustomerId) -> Result<Vec<Aside>, Error> {
    let mut select = connection.prepare_cached(&format!("{ASIDE} AND customer = ?1"))?;
    let rows = select.query_map([Col(customer)], read_aside)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().map(to_aside).collect()
}

/// All documents put aside, the latest first.
pub(crate) fn all_aside(connection: &Connection) -> Result<Vec<Aside>, Error> {
    aside_rows(connection)?.into_iter().map(to_aside).collect()
}

/// The same without what cannot be read as a document.
pub(crate) fn readable_aside(connection: &Connection) -> Result<Vec<Aside>, Error> {
    Ok(aside_rows(connection)?.into_iter().filter_map(|row| to_aside(row).ok()).collect())
}

fn aside_rows(connection: &Connection) -> Result<Vec<AsideRow>, Error> {
    let mut select = connection.prepare_cached(&format!("{ASIDE} ORDER BY slot DESC"))?;
    let rows = select.query_map([], read_aside)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The documents that were put aside behind a place of the journal with payments, by the identities their events stand
/// under.
pub(crate) fn paid_aside_behind(connection: &Connection, seq: i64) -> Result<Vec<DocumentId>, Error> {
    let mut select = connection.prepare_cached("SELECT root FROM draft WHERE slot > ?1 AND paid <> 0")?;
    let roots = select.query_map([seq], |row| get(row, 0))?;
    Ok(roots.collect::<Result<_, _>>()?)
}

impl Aside {
    /// What the list of parked documents shows of it.
    pub(crate) fn parked(&self) -> Parked {
        let (suspended, document) = (&self.document, self.document.document());
        Parked {
            id: document.id,
            number: document.number,
            kind: document.kind,
            name: self.name.clone(),
            suspended_at: suspended.suspended_at(),
            suspended_by: suspended.suspended_by(),
            lines: active_lines(document),
            net_due: document.totals.net_due,
            paid: document.totals.paid - document.change,
            balance: document.balance(),
        }
    }
}

fn active_lines(document: &Document) -> u32 {
    u32::try_from(document.active_lines().count()).unwrap_or(u32::MAX)
}

/// What a command made of the drafts, written in its transaction.
#[derive(Debug)]
pub(crate) struct Change<'a> {
    /// The command's place in the journal.
    pub(crate) seq: i64,
    /// The open document before it.
    pub(crate) before: Option<&'a Document>,
    /// The suspended document it took up or closed.
    pub(crate) aside: Option<Held>,
    /// Under which entity the document's events stand.
    pub(crate) root: DocumentId,
    /// What happened.
    pub(crate) events: &'a [Event],
    /// Where the document stands now.
    pub(crate) state: &'a State,
    /// The name it was put aside under.
    pub(crate) name: Option<&'a str>,
}

impl Change<'_> {
    pub(crate) fn write(&self, connection: &Connection) -> Result<(), Error> {
        let is_abandoned = self.write_numbers(connection)?;
        let open = self.before.filter(|_| !is_abandoned && self.aside.is_none());
        let slot = self.aside.map_or(OPEN, |held| held.slot);
        match self.state {
            State::Draft(draft) => match (self.aside, open) {
                (Some(held), _) => self.take_up(connection, held),
                (None, Some(before)) if before.id == draft.document().id => Ok(()),
                (None, Some(_)) => rename(connection, draft.document().id),
                (None, None) => self.insert(connection, draft.document().id),
            },
            State::Suspended(suspended) => self.put_aside(connection, suspended),
            State::Completed(_) | State::Cancelled(_) => {
                if let State::Cancelled(cancelled) = self.state {
                    find_by_sale(connection, cancelled.document())?;
                }
                match (self.aside, open) {
                    (None, None) => Ok(()),
                    (Some(_), _) | (None, Some(_)) => delete(connection, slot),
                }
            }
            State::Idle => Ok(()),
        }
    }

    /// Takes and gives back numbers as the events say; answers whether the open document was abandoned.
    fn write_numbers(&self, connection: &Connection) -> Result<bool, Error> {
        let mut is_abandoned = false;
        for event in self.events {
            if let Event::DocumentOpened(opened) | Event::ExchangeStarted { sale: opened } = event {
                take_number(connection, opened.number, opened.id)?;
            }
            self.write_number_of_empties(connection, event)?;
            if let (Event::DocumentResumed { number, returned, .. }, Some(draft)) =
                (event, self.state.draft())
            {
                let document = draft.document();
                let exchanged = document.exchange.as_ref().map(|exchanged| exchanged.id);
                for (number, id) in number.zip(Some(document.id)).into_iter().chain(returned.zip(exchanged)) {
                    take_number(connection, number, id)?;
                }
            }
            if let (Event::DocumentAbandoned { .. }, Some(before)) = (event, self.before) {
                give_back_number(connection, before.number)?;
                delete(connection, OPEN)?;
                is_abandoned = true;
            }
        }
        Ok(is_abandoned)
    }

    /// A return of empties has a number of its own; one that goes leaves it to the sale, where it is found.
    fn write_number_of_empties(&self, connection: &Connection, event: &Event) -> Result<(), Error> {
        let Some(sale) = self.before else { return Ok(()) };
        if let Event::EmptiesBegun { returned } = event {
            return if sale.spent_numbers.contains(&returned.number) {
                lead(connection, returned.number, returned.id)
            } else {
                take_number(connection, returned.number, returned.id)
            };
        }
        let (Event::EmptiesVoided { line: no, .. }, Some(returned)) = (event, &sale.exchange) else {
            return Ok(());
        };
        let goes = returned.active_lines().all(|line| line.no == *no);
        if goes { lead_all(connection, returned, sale.id) } else { Ok(()) }
    }

    fn insert(&self, connection: &Connection, id: DocumentId) -> Result<(), Error> {
        let mut insert = connection
            .prepare_cached("INSERT INTO draft (slot, id, root, since_seq) VALUES (?1, ?2, ?3, ?4)")?;
        insert.execute(params![OPEN, Col(id), Col(self.root), self.seq - 1])?;
        Ok(())
    }

    /// A snapshot holds as long as the document lies aside, so what happened meanwhile need not be looked through.
    fn take_up(&self, connection: &Connection, held: Held) -> Result<(), Error> {
        let mut update = connection
            .prepare_cached("UPDATE draft SET slot = ?1, since_seq = ?2, name = NULL WHERE slot = ?3")?;
        update.execute(params![OPEN, self.seq - 1, held.slot])?;
        Ok(())
    }

    fn put_aside(&self, connection: &Connection, suspended: &Suspended) -> Result<(), Error> {
        let snapshot = serde_json::to_vec(suspended).map_err(Error::Json)?;
        let document = suspended.document();
        let mut update = connection.prepare_cached(
            "UPDATE draft SET slot = ?1, since_seq = ?1, snapshot = ?2, name = ?3, customer = ?4, lines = ?5, \
             net_due = ?6, paid = ?7 WHERE slot = ?8",
        )?;
        update.execute(params![
            self.seq,
            snapshot,
            self.name,
            Col(document.customer),
            active_lines(document),
            Col(document.totals.net_due),
            Col(document.totals.paid),
            OPEN,
        ])?;
        Ok(())
    }
}

/// An exchange goes on under the identity of its sale.
fn rename(connection: &Connection, id: DocumentId) -> Result<(), Error> {
    let mut update = connection.prepare_cached("UPDATE draft SET id = ?1 WHERE slot = ?2")?;
    update.execute(params![Col(id), OPEN])?;
    Ok(())
}

/// A return whose exchange was cancelled is no document of its own: its numbers lead to the sale that holds it.
fn find_by_sale(connection: &Connection, cancelled: &Document) -> Result<(), Error> {
    let returned = cancelled.exchange.as_deref();
    returned.map_or(Ok(()), |returned| lead_all(connection, returned, cancelled.id))
}

/// Every number of a return that is no document of its own leads to the sale.
fn lead_all(connection: &Connection, returned: &Document, sale: DocumentId) -> Result<(), Error> {
    let mut numbers = [Some(returned.number), returned.former_number].into_iter().flatten();
    numbers.try_for_each(|number| lead(connection, number, sale))
}

/// Makes a number lead to a document.
fn lead(connection: &Connection, number: DocumentNumber, document: DocumentId) -> Result<(), Error> {
    let mut update =
        connection.prepare_cached("UPDATE number SET document = ?1 WHERE closure = ?2 AND receipt = ?3")?;
    update.execute(params![Col(document), Col(number.closure), number.receipt])?;
    Ok(())
}

fn delete(connection: &Connection, slot: i64) -> Result<(), Error> {
    connection.prepare_cached("DELETE FROM draft WHERE slot = ?1")?.execute([slot])?;
    Ok(())
}

/// The open document as the journal tells it.
#[derive(Debug)]
pub(crate) struct Rebuilt {
    pub(crate) root: DocumentId,
    pub(crate) state: State,
    /// The last event, for messages.
    pub(crate) seq: i64,
    /// What the document came to when it was written; none when nothing was written of it since its snapshot.
    pub(crate) written: Option<(Money, Money)>,
}

/// Rebuilds the open document from its snapshot and the events after it.
pub(crate) fn rebuild(connection: &Connection) -> Result<Option<Rebuilt>, Error> {
    let mut select = connection.prepare("SELECT root, since_seq, snapshot FROM draft WHERE slot = ?1")?;
    let row = select
        .query_row([OPEN], |row| {
            Ok((get::<DocumentId>(row, 0)?, row.get::<_, i64>(1)?, row.get::<_, Option<Vec<u8>>>(2)?))
        })
        .optional()?;
    let Some((root, since, snapshot)) = row else { return Ok(None) };
    let mut state = match snapshot {
        Some(bytes) => {
            State::Suspended(serde_json::from_slice::<Box<Suspended>>(&bytes).map_err(Error::Json)?)
        }
        None => State::Idle,
    };
    let (mut seq, mut written) = (since, None);
    for step in journal::steps(connection, root.uuid(), since)? {
        state = step.entry.document_events().iter().fold(state, evolve);
        (seq, written) = (step.seq, step.totals);
    }
    Ok(Some(Rebuilt { root, state, seq, written }))
}
