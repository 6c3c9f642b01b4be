//! What is said of the cashiers' service, entered by whoever may.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use saleflex_core::{
    cashier::{
        access::Act,
        rating::{CashierRating, Feedback, Ratings},
    },
    ids::CashierId,
    journal::Event,
};

use super::Till;
use crate::{
    books::index::{self, Topic},
    error::{Error, FieldFault},
};

/// Ratings.
impl Till {
    /// Keeps what somebody said of a cashier.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::NoSuchCashier`]; [`Error::BadField`] for a rating without stars, a
    /// day that is yet to come or a note that is too long.
    pub fn rate_cashier(&mut self, rating: CashierRating) -> Result<(), Error> {
        self.act(Act::RateCashier)?;
        let cashier = rating.cashier;
        if self.cashier(cashier).is_none() {
            return Err(Error::NoSuchCashier { cashier });
        }
        let letters = rating.note.as_deref().map_or(0, |note| note.chars().count());
        let fault = if rating.feedback == Feedback::Rating && rating.stars.is_none() {
            Some(("stars", FieldFault::Missing))
        } else if rating.date > self.shell.now().business_date {
            Some(("date", FieldFault::TooLarge))
        } else if letters > CashierRating::LONGEST_NOTE {
            Some(("note", FieldFault::TooLarge))
        } else {
            None
        };
        fault.map_or(Ok(()), |(field, fault)| Err(Error::bad_field(field, fault)))?;
        let entity = self.shell.new_id();
        self.commit_event(Event::CashierRated(Box::new(rating)), entity, |_, _| Ok(()))
    }

    /// What was said of a cashier in a span of business dates, in the order in which it was entered.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn ratings_of(
        &self,
        cashier: CashierId,
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Vec<CashierRating>, Error> {
        let entries = index::entries(self.connection(), Topic::Rating, &index::cashier(cashier))?;
        let ratings = entries.into_iter().filter_map(|entry| {
            if let Event::CashierRated(rating) = entry.event { Some(*rating) } else { None }
        });
        Ok(ratings.filter(|rating| (from..=to).contains(&rating.date)).collect())
    }

    /// The same added up, for every cashier of whom something was said.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn ratings(&self, from: NaiveDate, to: NaiveDate) -> Result<BTreeMap<CashierId, Ratings>, Error> {
        let mut all: BTreeMap<CashierId, Ratings> = BTreeMap::new();
        for entry in index::all(self.connection(), Topic::Rating)? {
            if let Event::CashierRated(rating) = entry.event
                && (from..=to).contains(&rating.date)
            {
                all.entry(rating.cashier).or_default().add(&rating);
            }
        }
        Ok(all)
    }
}
