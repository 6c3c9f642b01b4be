//! A draft of campaigns tried on the sales of the till.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::{Bound, RangeBounds},
    sync::Arc,
};

use chrono::NaiveDate;
use saleflex_core::{
    campaign::{Backtest, CampaignSet, ContentHash, Report, Resolution},
    checkout::{DocumentPoints, ProductTraits, RecordedFacts, recorded},
    document::Completed,
    ids::{CustomerId, DocumentId, ProductId},
};

use super::super::Till;
use crate::{
    books::documents::{self, Span},
    error::Error,
    goods::campaigns::{CHANNEL, traits_of, versions},
};

/// A draft being tried on the sales of a till, some at a time. It changes nothing at the till, which may sell between
/// two steps; sales completed after the beginning are not tried.
#[derive(Debug)]
pub struct Trial {
    backtest: Backtest<Arc<CampaignSet>>,
    days: TrialDays,
    /// The number of the last document tried, and of the last to try.
    tried: i64,
    last: i64,
    /// The sale tried last: the two documents of an exchange stand in one entry, which two steps may both meet.
    last_sale: Option<DocumentId>,
    changed: Vec<DocumentId>,
    traits: BTreeMap<ProductId, ProductTraits>,
    customers: BTreeMap<CustomerId, KnownToday>,
}

/// What the record of a customer says today, for sales that do not say what campaigns saw.
#[derive(Clone, Debug, Default)]
struct KnownToday {
    birthday: Option<NaiveDate>,
    tags: BTreeSet<String>,
}

/// The business days to try: both ends included, all where there is no end.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct TrialDays {
    /// The first day; none: from the first document on.
    pub from: Option<NaiveDate>,
    /// The last day; none: to the last document.
    pub until: Option<NaiveDate>,
}

impl TrialDays {
    fn has(self, day: NaiveDate) -> bool {
        let from = self.from.map_or(Bound::Unbounded, Bound::Included);
        let until = self.until.map_or(Bound::Unbounded, Bound::Included);
        (from, until).contains(&day)
    }
}

impl Trial {
    /// What came of all documents so far.
    pub const fn report(&self) -> &Report {
        self.backtest.report()
    }

    /// The campaigns with the draft among them.
    pub fn set(&self) -> &CampaignSet {
        self.backtest.set()
    }

    /// How many documents were looked at, and how many there are in all.
    pub fn progress(&self) -> (u64, u64) {
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        (count(self.tried), count(self.last))
    }

    /// Whether all documents were tried.
    pub const fn is_over(&self) -> bool {
        self.tried >= self.last
    }

    /// The sales on which any discount differs from what was given, the first ones.
    pub fn changed(&self) -> &[DocumentId] {
        &self.changed
    }
}

/// The most changed sales that are named.
const MOST_NAMED: usize = 1_000;

impl Till {
    /// A set of campaigns by the digest that the sales name it by: that in force, or one that was before, under the rule
    /// of choosing it had.
    ///
    /// # Errors
    /// [`Error::NoSuchCampaignSet`] where this till never had it, or had it under another version of the engine.
    pub fn campaign_set(&self, set: ContentHash) -> Result<CampaignSet, Error> {
        if self.campaigns().hash() == set {
            return Ok(self.campaigns().clone());
        }
        versions::find_set(self.connection(), set)?.ok_or(Error::NoSuchCampaignSet { set })
    }

    /// Begins to try a draft on the completed sales of some days.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn begin_trial(
        &self,
        draft: CampaignSet,
        resolution: Resolution,
        days: TrialDays,
    ) -> Result<Trial, Error> {
        Ok(Trial {
            backtest: Backtest::new(Arc::new(draft), resolution),
            days,
            tried: 0,
            last: documents::last(self.connection())?,
            last_sale: None,
            changed: Vec::new(),
            traits: BTreeMap::new(),
            customers: BTreeMap::new(),
        })
    }

    /// Tries the draft on at most so many more documents; whether that was all.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn advance_trial(&self, trial: &mut Trial, documents: u32) -> Result<bool, Error> {
        let last = trial.tried.saturating_add(i64::from(documents)).min(trial.last);
        let span = Span { after: trial.tried, last: Some(last) };
        documents::for_each_entry(self.connection(), span, |entry| {
            let effects = &entry.effects;
            let mut completed = effects.completed.iter();
            completed.try_for_each(|one| self.try_on(trial, one, &effects.points))?;
            if let Some(sale) = effects.usage_reversed {
                trial.backtest.take_back(sale);
            }
            Ok(())
        })?;
        trial.tried = last;
        Ok(trial.is_over())
    }

    fn try_on(
        &self,
        trial: &mut Trial,
        completed: &Completed,
        points: &[DocumentPoints],
    ) -> Result<(), Error> {
        let sale = completed.document();
        if !trial.days.has(completed.completed_at().business_date) {
            return Ok(());
        }
        for product in sale.active_lines().filter_map(|line| line.item.product) {
            trial.traits.entry(product).or_insert_with(|| traits_of(&self.catalog, product));
        }
        let known = sale.customer.map(|customer| self.known_today(trial, customer)).transpose()?;
        let facts = RecordedFacts {
            channel: Some(CHANNEL),
            birthday: known.as_ref().and_then(|known| known.birthday),
            tags: known.as_ref().map(|known| &known.tags),
            traits: &trial.traits,
        };
        let recorded = recorded(completed, facts, Some(points));
        let Some(mut recorded) = recorded.filter(|_| trial.last_sale != Some(sale.id)) else {
            return Ok(());
        };
        // What gave points stands on no discount that would name its code.
        for id in recorded.points.campaigns() {
            if let Some(campaign) = self.campaigns().find(id) {
                recorded.codes.entry(id).or_insert_with(|| campaign.code.to_string());
            }
        }
        trial.last_sale = Some(sale.id);
        // Lines that a document holds are neither too many nor too large for the engine.
        let is_changed = trial.backtest.try_on(&recorded).unwrap_or(false);
        if is_changed && trial.changed.len() < MOST_NAMED {
            trial.changed.push(sale.id);
        }
        Ok(())
    }

    /// What the record of a customer says today.
    fn known_today(&self, trial: &mut Trial, customer: CustomerId) -> Result<KnownToday, Error> {
        if let Some(known) = trial.customers.get(&customer) {
            return Ok(known.clone());
        }
        let details = self.person(customer)?.map(|record| record.details);
        let known = details.map_or_else(KnownToday::default, |details| KnownToday {
            birthday: details.date_of_birth,
            tags: details.preferences,
        });
        trial.customers.insert(customer, known.clone());
        Ok(known)
    }
}
