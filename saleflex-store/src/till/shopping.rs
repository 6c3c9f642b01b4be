//! How people shop: when they come, whether they come again, how much they take and what they take together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Timelike};
use saleflex_core::{
    customer::WALK_IN,
    document::{Completed, Kind},
    ids::{CustomerId, ProductId},
    money::{Money, Rounding},
    time::Moment,
};

use super::Till;
use crate::{books::documents, error::Error, people::customer};

/// What completed sales say of those who bought, returns not counted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Shopping {
    /// How many sales there were.
    pub sales: u64,
    /// What was paid for them.
    pub amount: Money,
    /// How many different products were on them, added up.
    pub products: u64,
    /// How many were to customers who gave a name.
    pub known: u64,
    /// How many customers these were.
    pub customers: u64,
    /// How many of them bought more than once.
    pub returning: u64,
    /// How many sales were finished in each hour of the store's clock in which one was.
    pub hours: BTreeMap<u32, u64>,
    /// The same for days of the week, 1 for Monday.
    pub weekdays: BTreeMap<u32, u64>,
    /// Products that were bought together more than once, the most often first; at most [`Shopping::MOST_PAIRS`].
    pub together: Vec<Together>,
}

/// Two products that were on the same sales.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Together {
    /// The two, in the order of their identities.
    pub products: (ProductId, ProductId),
    /// On how many sales.
    pub sales: u64,
}

impl Shopping {
    /// The most pairs that are told.
    pub const MOST_PAIRS: usize = 20;

    /// What one sale came to on average.
    pub fn average(&self) -> Money {
        let sales = Money::from_minor(i64::try_from(self.sales).unwrap_or(i64::MAX));
        self.amount.share(Money::from_minor(1), sales, Rounding::HalfUp)
    }
}

/// Products of one sale beyond so many are paired with none: a wholesaler's list says nothing of taste.
const MOST_PAIRED: usize = 50;

/// What is counted while sales are gone through.
#[derive(Default)]
struct Tally {
    shopping: Shopping,
    visits: BTreeMap<CustomerId, u64>,
    pairs: BTreeMap<(ProductId, ProductId), u64>,
}

impl Tally {
    fn add(&mut self, sale: &Completed, at: Moment) {
        let document = sale.document();
        if document.kind != Kind::Sale || document.training {
            return;
        }
        let shopping = &mut self.shopping;
        shopping.sales += 1;
        shopping.amount += document.totals.net_due;
        *shopping.hours.entry(at.local.hour()).or_default() += 1;
        *shopping.weekdays.entry(at.local.weekday().number_from_monday()).or_default() += 1;
        if let Some(customer) = document.customer.filter(|customer| *customer != WALK_IN) {
            *self.visits.entry(customer).or_default() += 1;
        }
        let products: BTreeSet<ProductId> =
            document.active_lines().filter_map(|line| line.item.product).collect();
        shopping.products += u64::try_from(products.len()).unwrap_or_default();
        let mut others = products.iter().take(MOST_PAIRED);
        while let Some(one) = others.next() {
            for other in others.clone() {
                *self.pairs.entry((*one, *other)).or_default() += 1;
            }
        }
    }
}

/// Behaviour of shoppers.
impl Till {
    /// How people shopped in a span of business dates.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn shopping(&self, from: NaiveDate, to: NaiveDate) -> Result<Shopping, Error> {
        let (first, end) = self.entries_of(from, to)?;
        let span = documents::finished_between(self.connection(), first, end)?;
        let mut tally = Tally::default();
        documents::for_each_entry(self.connection(), span, |entry| {
            entry.effects.completed.iter().for_each(|sale| tally.add(sale, entry.at));
            Ok(())
        })?;
        let Tally { mut shopping, visits, pairs } = tally;
        // Two records that are one by now were one person.
        let mut persons: BTreeMap<CustomerId, u64> = BTreeMap::new();
        for (record, sales) in visits {
            *persons.entry(customer::in_use(self.connection(), record)?).or_default() += sales;
        }
        shopping.known = persons.values().sum();
        shopping.customers = u64::try_from(persons.len()).unwrap_or_default();
        shopping.returning = persons.values().map(|sales| u64::from(*sales > 1)).sum();
        let often = pairs.into_iter().filter(|(_, sales)| *sales > 1);
        shopping.together = often.map(|(products, sales)| Together { products, sales }).collect();
        shopping.together.sort_by_key(|pair| (std::cmp::Reverse(pair.sales), pair.products));
        shopping.together.truncate(Shopping::MOST_PAIRS);
        Ok(shopping)
    }
}
