//! Closed periods: correcting them by records of their own, finding them by date, adding them up.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use saleflex_core::{
    cashier::{Approval, access::Act},
    closure::{
        Change, Closure, Corrected, Correction, DocumentFigures, Level, Misfit, Report, Rollup, RollupKey,
        roll_up,
    },
    document::Document,
    ids::{ClosureNumber, DocumentId, DocumentNumber},
    journal::{Entry, Event},
    money::{CurrencyCode, Money},
};

use super::Till;
use crate::{
    books::{
        documents::{self, Finished, Stored},
        index::{self, Topic},
        totals::Totals,
    },
    error::{Error, FieldFault},
};

/// What is to be corrected of a closed period. A till knows all of its documents when it closes: one comes late to a
/// period only where it had been withdrawn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Amendment {
    /// So much was in the drawer when it was counted.
    CountedCash(Money),
    /// So much of a foreign currency was in the drawers when it was counted, in its own minor units.
    CountedForeign(CurrencyCode, Money),
    /// So much was in the drawer at first.
    OpeningCash(Money),
    /// A document that must not count, such as one recorded twice.
    Withdraw(DocumentId),
    /// A document that was withdrawn and counts after all.
    Reinstate(DocumentId),
}

/// Corrections.
impl Till {
    /// Corrects a closed period. The closure stays as it is; the correction is a record beside it.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability or an approval; [`Error::NoSuchClosure`]; [`Error::NoSuchDocument`] for
    /// a document that the period did not count; [`Error::Correction`] for one withdrawn before, and for one to count
    /// again that is not; [`Error::BadRecord`] without a reason; [`Error::BadField`] for an amount below nothing or too
    /// large.
    pub fn correct_closure(
        &mut self,
        closure: ClosureNumber,
        amendment: Amendment,
        reason: String,
        approval: Option<Approval>,
    ) -> Result<Corrected, Error> {
        let authority = self.authorise(Act::CorrectClosure, approval)?;
        let closed = self.closure(closure)?;
        let closure = closed.number();
        let mut corrections = self.corrections(closure)?;
        let stands = self.stands(&closed, &corrections)?;
        if reason.trim().is_empty() {
            return Err(Error::BadRecord { record: "reason" });
        }
        let (store, terminal) = (closed.period.store, closed.period.terminal);
        let no = u32::try_from(corrections.len()).unwrap_or(u32::MAX).saturating_add(1);
        let change = self.change(&closed, amendment, (&stands, &corrections))?;
        let at = self.shell.now();
        corrections.push(Correction { store, terminal, closure, no, at, authority, reason, change });
        let stands = self.stands(&closed, &corrections)?;
        if let Some(correction) = corrections.pop() {
            let entity = self.shell.new_id();
            self.commit_event_at(at, Event::ClosureAmended(Box::new(correction)), entity, |_, _| Ok(()))?;
        }
        Ok(stands)
    }

    fn change(
        &self,
        closure: &Closure,
        amendment: Amendment,
        (stands, corrections): (&Corrected, &[Correction]),
    ) -> Result<Change, Error> {
        match amendment {
            Amendment::CountedCash(new) => {
                check_amount("counted", new)?;
                Ok(Change::CountedCash { old: stands.counted_cash, new })
            }
            Amendment::CountedForeign(currency, new) if currency == closure.period.currency.code() => {
                self.change(closure, Amendment::CountedCash(new), (stands, corrections))
            }
            Amendment::CountedForeign(currency, new) => {
                check_amount("counted", new)?;
                let old = stands.foreign.get(&currency).and_then(|cash| cash.counted);
                Ok(Change::CountedForeign { currency, old, new })
            }
            Amendment::OpeningCash(new) => {
                check_amount("opening", new)?;
                Ok(Change::OpeningCash { old: stands.said_opening(), new })
            }
            Amendment::Withdraw(document) => {
                let (number, figures) = self.brought(closure, document)?;
                let replaced = self.replaced_by_float(closure, corrections, (document, &figures, true))?;
                Ok(Change::WithdrawnDocument { document, number, figures, replaced })
            }
            Amendment::Reinstate(document) => {
                let (number, figures) = self.brought(closure, document)?;
                if !stands.withdrawn.contains(&document) {
                    return Err(Misfit::NotWithdrawn { number }.into());
                }
                let replaced = self.replaced_by_float(closure, corrections, (document, &figures, false))?;
                Ok(Change::LateDocument { document, number, figures, replaced })
            }
        }
    }

    /// What a document brought to the period it was finished in, and its number.
    fn brought(&self, closure: &Closure, id: DocumentId) -> Result<(DocumentNumber, Box<Report>), Error> {
        let stored = documents::find(self.connection(), id)?.ok_or(Error::NoSuchDocument { document: id })?;
        let (document, counted_in, figures): (&Document, _, _) = match &stored {
            Stored::Completed(one) => (one.document(), one.closure(), DocumentFigures::of(one)),
            Stored::Cancelled(one) => (one.document(), one.closure(), DocumentFigures::cancelled(one)),
        };
        let figures = figures
            .filter(|_| counted_in == closure.number())
            .ok_or(Error::NoSuchDocument { document: id })?;
        let is_set_off = DocumentFigures::set_offs(document, counted_in) > 0;
        let figures = if is_set_off && self.counts_set_offs(closure)? {
            figures.with_set_offs(document, counted_in)
        } else {
            figures
        };
        Ok((document.number, Box::new(closure.brought(&figures))))
    }

    /// Whether a closure of an older program counted what the halves of exchanges settle each other by.
    fn counts_set_offs(&self, closure: &Closure) -> Result<bool, Error> {
        let span = self.span_of(closure.number())?;
        let mut set_offs = Money::ZERO;
        documents::for_each_entry(self.connection(), span, |entry| {
            for finished in Finished::of(entry) {
                set_offs += DocumentFigures::set_off_given(finished.document(), closure.number());
            }
            Ok(())
        })?;
        let today = Totals::of(self.connection(), span)?.report;
        Ok(closure.counts_set_offs(&today, set_offs))
    }

    /// The corrections of a closed period, in order.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn corrections(&self, closure: ClosureNumber) -> Result<Vec<Correction>, Error> {
        let own = index::period(self.own_number(closure)?);
        let entries = index::entries(self.connection(), Topic::Correction, &own)?;
        let corrections = entries.iter().filter_map(Entry::correction).cloned();
        Ok(corrections.collect())
    }

    /// A closed period as it stands with its corrections, and with what follows of those of the periods before it: where
    /// nobody counted, it began with what should have been there.
    ///
    /// # Errors
    /// [`Error::NoSuchClosure`].
    pub fn corrected(&self, closure: ClosureNumber) -> Result<Corrected, Error> {
        self.stands(&self.closure(closure)?, &self.corrections(closure)?)
    }
}

/// The history of closures.
impl Till {
    /// The closed periods of a span of business dates, the earliest first. Each can be printed again as a copy.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn closures_between(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<Closure>, Error> {
        let (from, to) = (from.to_string(), to.to_string());
        let entries = index::between(self.connection(), Topic::Closure, &from, &to)?.into_iter();
        Ok(entries
            .filter_map(
                |entry| if let Event::PeriodClosed(closed) = entry.event { Some(*closed) } else { None },
            )
            .collect())
    }

    /// The closed periods of a span of business dates, with their corrections, added up by till and day, by day, by
    /// month.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn rollups(
        &self,
        from: NaiveDate,
        to: NaiveDate,
        level: Level,
    ) -> Result<BTreeMap<RollupKey, Rollup>, Error> {
        let mut closures = Vec::new();
        for closure in self.closures_between(from, to)? {
            let stands = self.stands(&closure, &self.corrections(closure.number())?)?;
            closures.push((closure, stands));
        }
        Ok(roll_up(closures.iter().map(|(closure, stands)| (closure, stands)), level))
    }
}

/// An amount that can lie in a drawer.
fn check_amount(field: &'static str, amount: Money) -> Result<(), Error> {
    let fault = if amount.is_negative() {
        FieldFault::BelowNothing
    } else if amount.bounded().is_err() {
        FieldFault::TooLarge
    } else {
        return Ok(());
    };
    Err(Error::bad_field(field, fault))
}
