//! The numbers of receipts, as the documents of the journal took them.

use saleflex_core::{
    document,
    ids::{ClosureNumber, DocumentId, DocumentNumber},
    journal::{Entry, Event},
};

use crate::books::closures;

/// The numbers of the open period after the entries seen so far.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    /// Where they begin. Of a till's first period its maker said it: the journal does with its first document.
    first: Option<u32>,
    highest: Option<u32>,
    /// The document that was opened last: where it is left before it has a line, its number is free again.
    last_opened: Option<(DocumentId, u32)>,
}

impl Receipts {
    /// Takes what one entry gave out in the open period.
    pub(super) fn of_entry(&mut self, entry: &Entry, open: ClosureNumber) {
        let Event::Document(events) = &entry.event else { return };
        for event in events {
            if let document::Event::DocumentOpened(opened)
            | document::Event::ExchangeStarted { sale: opened } = event
            {
                self.first.get_or_insert(opened.number.receipt);
                self.highest = self.last();
                self.last_opened =
                    Some((opened.id, opened.number.receipt)).filter(|_| is_in(open, opened.number));
            }
            if let document::Event::EmptiesBegun { returned } = event {
                self.take(open, returned.number);
            }
            if let document::Event::DocumentResumed { number, returned, .. } = event {
                [*number, *returned].into_iter().flatten().for_each(|number| self.take(open, number));
            }
            if let document::Event::DocumentAbandoned { document } = event {
                self.last_opened.take_if(|(id, _)| *id == *document);
            }
        }
    }

    fn take(&mut self, open: ClosureNumber, number: DocumentNumber) {
        self.highest = self.highest.max(Some(number.receipt).filter(|_| is_in(open, number)));
    }

    /// A period begins, or goes on under another number.
    pub(super) fn begin(&mut self) {
        (self.highest, self.last_opened) = (None, None);
    }

    /// The receipts of the open period begin where they do in a life of the file.
    pub(super) fn begin_in_life(&mut self, earlier_lives: i64) {
        self.first = Some(closures::first_receipt(earlier_lives));
    }

    /// Where the receipts of the open period begin, as far as the journal says it.
    pub(super) const fn first(&self) -> Option<u32> {
        self.first
    }

    /// The highest number that a document of the open period has.
    pub(super) fn last(&self) -> Option<u32> {
        self.highest.max(self.last_opened.map(|(_, receipt)| receipt))
    }
}

fn is_in(open: ClosureNumber, number: DocumentNumber) -> bool {
    number.closure == open
}
