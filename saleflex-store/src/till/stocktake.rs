//! Stock counts.

use saleflex_core::{
    cashier::Approval,
    ids::{LocationId, PostingId, ProductId, StockCountId},
    inventory::{
        Book, Facts, NumberKind, Place, Posting, Stock, StockAct, Tracking,
        count::{CountRefusal, CountStep, Guidance, StockCount},
    },
};

use super::Till;
use crate::{
    error::Error,
    goods::stock::{self, papers},
    people::cashier::Cashier,
};

/// Counting what is there: several people count, one who did not approves.
impl Till {
    /// Begins a count of these places.
    ///
    /// # Errors
    /// [`Error::StockCount`]; then there is none.
    pub fn open_count(&mut self, guidance: Guidance, scope: Vec<Place>) -> Result<StockCount, Error> {
        let id = StockCountId::new(self.shell.new_id());
        let posting = PostingId::new(self.shell.new_id());
        let products: Vec<_> = scope.iter().map(|place| place.item.product).collect();
        let desk = self.desk(posting, products, NumberKind::Adjustment)?;
        let count = StockCount::open(id, guidance, scope, &desk.facts(self, None))?;
        self.commit_goods(&desk, StockAct::CountOpened(count.clone()), None)?;
        Ok(count)
    }

    /// Notes what the cashier found at a place of a count, against what the books say now.
    ///
    /// # Errors
    /// [`Error::NoSuchCount`]; [`Error::StockCount`] when it is closed or the place is none of it.
    pub fn count_stock(
        &mut self,
        id: StockCountId,
        place: Place,
        counted: Stock,
    ) -> Result<StockCount, Error> {
        self.note_found(id, place, |count, book, facts| count.find(place, counted, book, facts))
    }

    /// Notes goods that the cashier found at a location of a count where the books do not know them; they are part of the
    /// count from then on.
    ///
    /// # Errors
    /// As [`Till::count_stock`].
    pub fn count_stock_beside(
        &mut self,
        id: StockCountId,
        place: Place,
        counted: Stock,
    ) -> Result<StockCount, Error> {
        self.note_found(id, place, |count, book, facts| count.find_beside(place, counted, book, facts))
    }

    fn note_found(
        &mut self,
        id: StockCountId,
        place: Place,
        decide: impl FnOnce(&StockCount, &Book, &Facts<'_>) -> Result<CountStep, CountRefusal>,
    ) -> Result<StockCount, Error> {
        let mut count = self.count(id)?;
        let posting = PostingId::new(self.shell.new_id());
        let desk = self.desk(posting, [place.item.product], NumberKind::Adjustment)?;
        let book = stock::book(self.connection(), [place.item])?;
        let step = decide(&count, &book, &desk.facts(self, None))?;
        self.commit_goods(&desk, StockAct::Count { count: id, step: step.clone() }, None)?;
        count.apply(&step);
        Ok(count)
    }

    /// Books the differences of a count. Who counted cannot approve.
    ///
    /// # Errors
    /// [`Error::NoSuchCount`]; [`Error::StockCount`] with what is missing; then nothing is booked.
    pub fn approve_count(&mut self, id: StockCountId, approval: Option<Approval>) -> Result<Posting, Error> {
        let count = self.count(id)?;
        let posting = PostingId::new(self.shell.new_id());
        let products: Vec<_> = count.scope().iter().map(|place| place.item.product).collect();
        let desk = self.desk(posting, products, NumberKind::Adjustment)?;
        let book = self.book_of_count(&count)?;
        let (_, posting) = count.approve(&book, desk.facts(self, approval))?;
        let act = StockAct::Count { count: id, step: CountStep::Approved };
        self.commit_goods(&desk, act, Some(posting.clone()))?;
        Ok(posting)
    }

    /// Gives a count up; nothing is booked.
    ///
    /// # Errors
    /// As [`Till::approve_count`].
    pub fn cancel_count(&mut self, id: StockCountId) -> Result<(), Error> {
        let count = self.count(id)?;
        let desk = self.desk_for_papers()?;
        count.cancel(&desk.facts(self, None))?;
        self.commit_goods(&desk, StockAct::Count { count: id, step: CountStep::Cancelled }, None)
    }

    /// The counts with their numbers, the latest first, without what was found.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn counts(&self) -> Result<Vec<(u32, StockCount)>, Error> {
        papers::counts(self.connection())
    }

    /// A count with all that was found.
    ///
    /// # Errors
    /// [`Error::NoSuchCount`]; [`Error::Database`] when the file cannot be read.
    pub fn count(&self, id: StockCountId) -> Result<StockCount, Error> {
        papers::count(self.connection(), id)?.ok_or(Error::NoSuchCount { count: id })
    }

    /// What a counter is shown: the places, and what the books say where the count is guided.
    ///
    /// # Errors
    /// As [`Till::count`].
    pub fn count_sheet(&self, id: StockCountId) -> Result<Vec<(Place, Option<Stock>)>, Error> {
        let count = self.count(id)?;
        Ok(count.sheet(&self.book_of_count(&count)?))
    }

    /// The places of an open count that are to be counted again ([`StockCount::again`]).
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn places_to_count_again(&self, count: &StockCount) -> Result<Vec<Place>, Error> {
        Ok(count.again(&self.book_of_count(count)?))
    }

    /// What a count of a whole location is of: all that is kept there, but for pieces with serial numbers, which are put
    /// right one by one; and the products that are left out for these.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn places_to_count(&self, location: LocationId) -> Result<(Vec<Place>, Vec<ProductId>), Error> {
        let kept = self.stock_report()?.into_iter().map(|row| row.place);
        let here = kept.filter(|place| place.location == location);
        let has_numbers = |place: &Place| self.tracking(place.item.product) == Tracking::Serials;
        let (numbered, counted): (Vec<_>, Vec<_>) = here.partition(has_numbers);
        Ok((counted, numbered.iter().map(|place| place.item.product).collect()))
    }

    /// Whether the cashier on duty is shown the differences of a count
    /// ([`StockCount::shows_differences_to`]); who reads without logging in is shown as little as a counter.
    pub fn shows_differences(&self, count: &StockCount) -> bool {
        count.shows_differences_to(self.on_duty().map(Cashier::on_duty).as_ref())
    }

    fn book_of_count(&self, count: &StockCount) -> Result<Book, Error> {
        let mut book = Book::default();
        for place in count.scope() {
            if let Some(level) = stock::level(self.connection(), *place)? {
                book.set(*place, level);
            }
        }
        Ok(book)
    }
}
