//! What somebody said of a cashier's service: of whom, of which day, stars, praise or a complaint.

use saleflex_core::cashier::rating::{CashierRating, Feedback, Stars};
use saleflex_store::{Error, Till};

use super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value, person};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

/// A rating to be entered.
pub(crate) struct RatingModel;

impl Model for RatingModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "CASHIER_RATING",
            panel: "RATING_RECORD",
            definition: include_str!("../../forms/cashier_rating.toml"),
            event: "CASHIER_RATING_FORM",
            fields: &["WHOSE", "DAY", "FEEDBACK", "STARS", "NOTE"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintRating
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let today = till.now().business_date;
        let (whose, day) = match of {
            Some(RowId::Performance(cashier, _, to)) => (Some(cashier), to.min(today)),
            _ => (None, today),
        };
        let people = person::people(till);
        let at = people.iter().position(|(id, _)| Some(*id) == whose).unwrap_or(0);
        let options = people.into_iter().map(|(_, words)| words).collect();
        let kinds = Feedback::ALL.map(|feedback| text.word(feedback_word(feedback)).to_owned());
        let stars = std::iter::once("-".to_owned()).chain((1..=Stars::MOST).map(|stars| stars.to_string()));
        Ok(vec![
            ("WHOSE", Value::Choice { options, at }),
            ("DAY", Value::Text(day.to_string())),
            ("FEEDBACK", Value::Choice { options: kinds.to_vec(), at: 0 }),
            ("STARS", Value::Choice { options: stars.collect(), at: 0 }),
            ("NOTE", Value::Text(String::new())),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        read.needed("DAY", 10);
        let date = read.date("DAY");
        if date.is_some_and(|date| date > till.now().business_date) {
            read.fault("DAY", text.word(Key::DayToCome).to_owned());
        }
        let feedback = Feedback::ALL.get(entered.choice("FEEDBACK")).copied().unwrap_or(Feedback::Rating);
        let stars = u8::try_from(entered.choice("STARS")).ok().and_then(|stars| Stars::try_new(stars).ok());
        if feedback == Feedback::Rating && stars.is_none() {
            read.fault("STARS", text.word(Key::StarsNeeded).to_owned());
        }
        let chosen = person::chosen(till, entered, "WHOSE");
        if chosen.is_none() {
            read.fault("WHOSE", text.word(Key::NoSuchCashier).to_owned());
        }
        read.finish()?;
        let (Some(cashier), Some(date)) = (chosen, date) else { return Ok(()) };
        let rating = CashierRating { cashier, date, feedback, stars, note: entered.optional("NOTE") };
        till.rate_cashier(rating).map_err(Unsaved::Till)
    }
}

/// What a kind of word is called.
pub(crate) const fn feedback_word(feedback: Feedback) -> Key {
    match feedback {
        Feedback::Rating => Key::FeedbackRating,
        Feedback::Praise => Key::FeedbackPraise,
        Feedback::Complaint => Key::FeedbackComplaint,
    }
}
