//! What somebody said of a cashier's service.

use std::io::Write;

use anyhow::Context;
use chrono::NaiveDate;
use clap::Args;
use saleflex_core::cashier::rating::{CashierRating, Stars};
use serde_json::json;

use super::{
    super::{Call, answer, customer::logged_in},
    find, read,
};

/// What was said of whom.
#[derive(Args, Clone, Debug)]
pub struct Rate {
    /// Of whom, by user name.
    cashier: String,
    /// 1 to 5 stars.
    #[arg(long)]
    stars: Option<u8>,
    /// `rating`, `praise` or `complaint`.
    #[arg(long, default_value = "rating")]
    feedback: String,
    /// In words. Who said it does not belong here.
    #[arg(long)]
    note: Option<String>,
    /// Of which business date [default: today].
    #[arg(long, value_name = "DATE")]
    date: Option<NaiveDate>,
    /// Who enters it.
    #[arg(long, value_name = "NAME")]
    user: String,
}

impl Rate {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = logged_in(call, &self.user)?;
        let cashier = find(&till, &self.cashier)?;
        let stars = self.stars.map(Stars::try_new).transpose().context("--stars")?;
        let feedback = read(&self.feedback).context("rating, praise or complaint")?;
        let date = self.date.unwrap_or_else(|| till.now().business_date);
        let rating = CashierRating { cashier, date, feedback, stars, note: self.note.clone() };
        till.rate_cashier(rating).map_err(|error| call.words(&error))?;
        let said = till.ratings(date, date).map_err(|error| call.words(&error))?;
        let said = said.get(&cashier).copied().unwrap_or_default();
        answer(
            out,
            &json!({
                "cashier": self.cashier, "date": date, "ratings": said.rated,
                "rating": said.average().map(|stars| stars.to_string()),
                "praise": said.praise, "complaints": said.complaints,
            }),
        )
    }
}
