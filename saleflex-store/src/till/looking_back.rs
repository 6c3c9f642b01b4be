//! Documents that were put aside, completed or cancelled.

use chrono::NaiveDate;
use saleflex_core::{
    closure::ProductSales,
    document::{self, Command, Completed, Document, Kind, OriginalSale},
    ids::{ClosureNumber, CustomerId, DocumentId, DocumentNumber, ProductId},
    journal::{Entry, Event},
    performance::GoodsSold,
};

use super::Till;
use crate::{
    books::{
        closures,
        documents::{self, Span, Stored},
        drafts,
        history::{DocumentHead, DocumentKey, Found, PassedNumber},
        journal,
    },
    error::Error,
    people::customer,
};

/// Looking back.
impl Till {
    /// A document by identity or number, in whatever state. A number it had before it was resumed in a later
    /// period finds it too, and the number of a return finds the exchange that holds it until that is completed.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn find_document(&self, key: impl Into<DocumentKey>) -> Result<Option<Found>, Error> {
        let connection = self.connection();
        match key.into() {
            DocumentKey::Id(id) => self.find_by_id(id),
            DocumentKey::Number(number) => {
                let id = drafts::document_of_number(connection, number.closure, number.receipt)?;
                match id.map(|id| self.find_by_id(id)).transpose()?.flatten() {
                    Some(found) if self.had_number(found.document(), number)? => Ok(Some(found)),
                    Some(_) | None => Ok(None),
                }
            }
        }
    }

    fn find_by_id(&self, id: DocumentId) -> Result<Option<Found>, Error> {
        let is_it = |document: &Document| {
            document.id == id || document.exchange.as_ref().is_some_and(|returned| returned.id == id)
        };
        if let Some(open) = self.open.as_ref().filter(|open| is_it(open.draft.document())) {
            return Ok(Some(Found::Open(Box::new(open.draft.clone()))));
        }
        if let Some(stored) = documents::find(self.connection(), id)? {
            return Ok(Some(match stored {
                Stored::Completed(completed) => Found::Completed(completed),
                Stored::Cancelled(cancelled) => Found::Cancelled(cancelled),
            }));
        }
        let mut aside = drafts::aside(self.connection(), id)?;
        if aside.is_none() {
            // A return of empties lies in its sale.
            let all = drafts::all_aside(self.connection())?;
            aside = all.into_iter().find(|aside| is_it(aside.document.document()));
        }
        Ok(aside.map(|aside| Found::Suspended(Box::new(aside.document))))
    }

    /// The finished documents of a period, in the order they were finished.
    ///
    /// # Errors
    /// [`Error::NoSuchClosure`].
    pub fn documents(&self, closure: ClosureNumber) -> Result<Vec<DocumentHead>, Error> {
        documents::heads(self.connection(), self.span_of(closure)?)
    }

    /// The numbers of a period that were given out and are no finished document's own, in order: with the documents of the
    /// period, and those that are open or put aside, every number is accounted for.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read; [`Error::Journal`] when what lies there is no entry.
    pub fn passed_numbers(&self, closure: ClosureNumber) -> Result<Vec<PassedNumber>, Error> {
        let (closure, mut passed) = (self.own_number(closure)?, Vec::new());
        for (receipt, id) in documents::passed_numbers(self.connection(), closure)? {
            let stored = documents::find(self.connection(), id)?;
            let (Some(stored), Some(to)) = (stored, documents::head(self.connection(), id)?) else {
                continue;
            };
            let document = stored.document();
            let known = match numbers_of(document).find(|known| is_of(*known, closure, receipt)) {
                Some(known) => Some(known),
                None => self.taken_number(document.id, closure, receipt)?,
            };
            let date = document.opened_at.local.date();
            passed.push(PassedNumber {
                number: known.unwrap_or(DocumentNumber { date, closure, receipt }),
                to,
            });
        }
        Ok(passed)
    }

    /// A number that a document took in a period and does not say any more, as it moved on more than once since: the entry
    /// that took it has the date that stood on its paper.
    fn taken_number(
        &self,
        document: DocumentId,
        closure: ClosureNumber,
        receipt: u32,
    ) -> Result<Option<DocumentNumber>, Error> {
        let span = closures::entries_of(self.connection(), closure)?;
        let entries = journal::about(self.connection(), document.uuid(), span)?;
        Ok(entries.iter().flat_map(numbers_taken).find(|known| is_of(*known, closure, receipt)))
    }

    /// Whether a number that leads to a document was its own: a number with another date than it had is nobody's.
    fn had_number(&self, document: &Document, number: DocumentNumber) -> Result<bool, Error> {
        let (closure, receipt) = (number.closure, number.receipt);
        let known = match numbers_of(document).find(|known| is_of(*known, closure, receipt)) {
            Some(known) => Some(known),
            None => self.taken_number(document.id, closure, receipt)?,
        };
        Ok(known.is_none_or(|known| known == number))
    }

    /// The documents finished in a span of business dates, in the order they were finished.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn documents_between(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<DocumentHead>, Error> {
        let (first, end) = self.entries_of(from, to)?;
        let span = documents::finished_between(self.connection(), first, end)?;
        documents::heads(self.connection(), span)
    }

    /// What was sold of each product in a span of business dates, returns taken off.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn product_sales(&self, from: NaiveDate, to: NaiveDate) -> Result<ProductSales, Error> {
        let (first, end) = self.entries_of(from, to)?;
        let span = documents::finished_between(self.connection(), first, end)?;
        let mut sales = ProductSales::default();
        documents::for_each_entry(self.connection(), span, |entry| {
            entry.effects.completed.iter().for_each(|completed| sales.add(completed));
            Ok(())
        })?;
        Ok(sales)
    }

    /// The finished documents of a customer, the latest first: those of every record that was merged into the one in use.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn documents_of(&self, customer: CustomerId, limit: u32) -> Result<Vec<DocumentHead>, Error> {
        let records = customer::records_of(self.connection(), customer)?;
        documents::of_records(self.connection(), &records, limit)
    }

    /// A completed sale with what came back of it so far.
    ///
    /// # Errors
    /// [`Error::NoSuchDocument`] unless it is completed.
    pub fn original_sale(&self, document: DocumentId) -> Result<OriginalSale, Error> {
        match documents::find(self.connection(), document)? {
            Some(Stored::Completed(sale)) => {
                let earlier = documents::returns_of(self.connection(), document)?;
                let claw_back = self.claw_back_of(sale.document())?;
                let taken_back = self.taken_back_of(sale.document(), &earlier)?;
                Ok(OriginalSale { sale: *sale, earlier, claw_back, taken_back })
            }
            Some(Stored::Cancelled(_)) | None => Err(Error::NoSuchDocument { document }),
        }
    }

    /// A quote becomes one sale, which may be complete or put aside: what was agreed to once is not sold twice.
    pub(super) fn refuse_sold_quote(&self, original: DocumentId, command: &Command) -> Result<(), Error> {
        let Command::Open(open) = command else { return Ok(()) };
        if open.kind.pays_out() || open.kind == Kind::Quote {
            return Ok(());
        }
        let mut sold_as = documents::sold_as(self.connection(), original)?;
        if sold_as.is_none() {
            let asides = drafts::all_aside(self.connection())?;
            let mut asides = asides.iter().map(|aside| aside.document.document());
            sold_as = asides.find(|aside| aside.original == Some(original)).map(|aside| aside.number);
        }
        sold_as.map_or(Ok(()), |number| Err(Error::QuoteSold { number }))
    }

    /// The document that was completed with one, of an exchange: the return of a sale that it was set off against, or
    /// the sale of such a return. None where it was completed alone, or is not completed.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read; [`Error::Journal`] when what lies there is no entry.
    pub fn completed_with(&self, document: DocumentId) -> Result<Option<Completed>, Error> {
        let entry = documents::completing_entry(self.connection(), document)?;
        let completed = entry.map(|entry| entry.effects.completed).unwrap_or_default();
        Ok(completed.into_iter().find(|other| other.document().id != document))
    }

    /// The products that stand on the most of the latest sales, those first; `sales` says how many of these are looked at.
    ///
    /// # Errors
    /// As [`Till::completed_with`].
    pub fn best_sold(&self, sales: u16) -> Result<Vec<ProductId>, Error> {
        let after = documents::last(self.connection())?.saturating_sub(sales.into());
        let mut sold = GoodsSold::default();
        documents::for_each_entry(self.connection(), Span { after, last: None }, |entry| {
            entry.effects.completed.iter().for_each(|completed| sold.add(completed));
            Ok(())
        })?;
        Ok(sold.best())
    }

    /// What one committed command left behind, by its place in the journal.
    ///
    /// # Errors
    /// [`Error::Database`] when there is no such place; [`Error::Journal`] when what lies there is no entry.
    pub fn entry(&self, seq: i64) -> Result<Entry, Error> {
        journal::read(self.connection(), seq)
    }
}

fn is_of(number: DocumentNumber, closure: ClosureNumber, receipt: u32) -> bool {
    (number.closure, number.receipt) == (closure, receipt)
}

/// The numbers that documents took with an entry.
fn numbers_taken(entry: &Entry) -> Vec<DocumentNumber> {
    let Event::Document(events) = &entry.event else { return Vec::new() };
    let taken = |event: &document::Event| {
        if let document::Event::DocumentOpened(opened) | document::Event::ExchangeStarted { sale: opened } =
            event
        {
            vec![opened.number]
        } else if let document::Event::DocumentResumed { number, returned, .. } = event {
            number.iter().chain(returned).copied().collect()
        } else {
            Vec::new()
        }
    };
    events.iter().flat_map(taken).collect()
}

/// Every number that a document knows to have had, with those of the return that it holds.
fn numbers_of(document: &Document) -> impl Iterator<Item = DocumentNumber> {
    let heads = [Some(document), document.exchange.as_deref()].into_iter().flatten();
    heads.flat_map(|head| {
        [head.number].into_iter().chain(head.former_number).chain(head.spent_numbers.iter().copied())
    })
}
