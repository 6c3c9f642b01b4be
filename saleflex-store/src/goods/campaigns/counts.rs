//! How often campaigns and coupons were used, and what campaigns gave.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rusqlite::{Connection, params};
use saleflex_core::{
    campaign::Usage,
    checkout::SaleUsage,
    document::{Completed, Document},
    ids::{CampaignId, CouponId, CustomerId, DocumentId},
    journal::Entry,
    money::Money,
};

use crate::{
    books::documents,
    error::Error,
    exchange::quotas,
    file::codec::{Col, get},
    people::customer,
};

/// How often a campaign was used, and what it gave.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct CampaignCount {
    /// The documents that used it.
    pub uses: u32,
    /// Σ of what it took off on them.
    pub spent: Money,
}

/// A use of campaigns and coupons by one sale, or its end when the sale came back whole.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) usage: Usage,
    pub(crate) customer: Option<CustomerId>,
    pub(crate) day: NaiveDate,
    pub(crate) is_back: bool,
}

/// Who is counted for.
pub(crate) enum Owner {
    All,
    Day(NaiveDate),
    Customer(CustomerId),
}

impl Owner {
    pub(crate) fn column(&self) -> String {
        match self {
            Self::All => String::new(),
            Self::Day(day) => day.to_string(),
            Self::Customer(customer) => customer.uuid().to_string(),
        }
    }
}

impl Use {
    /// What the sales that an entry completed used.
    pub(crate) fn taken(entry: &Entry) -> Vec<Self> {
        let taken = |used: &SaleUsage| Self::by(entry, used, false);
        entry.effects.usage.iter().map(taken).collect()
    }

    /// The end of what a sale used, by the entry that completed it.
    pub(crate) fn given_back(completing: &Entry, sale: DocumentId) -> Option<Self> {
        let used = completing.effects.usage.iter().find(|used| used.document == sale)?;
        Some(Self::by(completing, used, true))
    }

    fn by(completing: &Entry, used: &SaleUsage, is_back: bool) -> Self {
        let sales = completing.effects.completed.iter().map(Completed::document);
        let customer =
            sales.filter(|sale| sale.id == used.document).find_map(|sale: &Document| sale.customer);
        Self { usage: used.usage.clone(), customer, day: completing.at.business_date, is_back }
    }

    /// For whom each use is counted.
    pub(crate) fn owners(&self) -> impl Iterator<Item = Owner> {
        [Owner::All, Owner::Day(self.day)].into_iter().chain(self.customer.map(Owner::Customer))
    }

    /// By how many uses and how much money the counts of each campaign change.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (CampaignId, i64, Money)> {
        let sign = self.sign();
        let amount = |amount: Money| if self.is_back { -amount } else { amount };
        self.usage.campaigns.iter().map(move |used| (used.campaign, sign, amount(used.amount)))
    }

    /// By how many uses the count of each coupon changes.
    pub(crate) fn coupons(&self) -> impl Iterator<Item = (CouponId, i64)> {
        let sign = self.sign();
        self.usage.coupons.iter().map(move |used| (used.coupon, sign))
    }

    const fn sign(&self) -> i64 {
        if self.is_back { -1 } else { 1 }
    }

    fn write(&self, connection: &Connection, seq: i64) -> Result<(), Error> {
        let mut count = connection.prepare_cached(
            "INSERT INTO campaign_count (owner, campaign, uses, spent) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (owner, campaign) DO UPDATE SET uses = uses + excluded.uses, \
             spent = spent + excluded.spent",
        )?;
        for owner in self.owners() {
            let owner = owner.column();
            for (campaign, uses, spent) in self.changes() {
                count.execute(params![owner, Col(campaign), uses, Col(spent)])?;
            }
        }
        let mut count = connection.prepare_cached("UPDATE coupon SET uses = uses + ?2 WHERE id = ?1")?;
        for (coupon, uses) in self.coupons() {
            if count.execute(params![Col(coupon), uses])? != 1 {
                return Err(Error::Contradiction { seq });
            }
        }
        Ok(())
    }
}

/// Counts what an entry used and gave back, and leaves what was lent for it and not used; answers the former, for the counts in
/// memory.
pub(crate) fn write(connection: &Connection, seq: i64, entry: &Entry) -> Result<Vec<Use>, Error> {
    let mut uses = Use::taken(entry);
    if let Some(sale) = entry.effects.usage_reversed
        && reverse(connection, seq, sale)?
        && let Some(completing) = documents::completing_entry(connection, sale)?
    {
        uses.extend(Use::given_back(&completing, sale));
    }
    for one in &uses {
        one.write(connection, seq)?;
    }
    quotas::use_up(connection, &uses)?;
    quotas::leave_coupons(connection, entry)?;
    Ok(uses)
}

/// Notes that a sale came back whole; whether this is the first time.
fn reverse(connection: &Connection, seq: i64, sale: DocumentId) -> Result<bool, Error> {
    let mut insert =
        connection.prepare_cached("INSERT OR IGNORE INTO usage_reversal (document, seq) VALUES (?1, ?2)")?;
    Ok(insert.execute(params![Col(sale), seq])? > 0)
}

/// The counts of one owner.
pub(crate) fn of(
    connection: &Connection,
    owner: &Owner,
) -> Result<BTreeMap<CampaignId, CampaignCount>, Error> {
    let mut select =
        connection.prepare_cached("SELECT campaign, uses, spent FROM campaign_count WHERE owner = ?1")?;
    let counts = select.query_map([owner.column()], |row| {
        Ok((get(row, 0)?, CampaignCount { uses: row.get(1)?, spent: get(row, 2)? }))
    })?;
    Ok(counts.collect::<Result<_, _>>()?)
}

/// The counts of a customer, with those of the records that became one with it.
pub(crate) fn of_customer(
    connection: &Connection,
    id: CustomerId,
) -> Result<BTreeMap<CampaignId, CampaignCount>, Error> {
    let mut counts = of(connection, &Owner::Customer(id))?;
    for absorbed in customer::absorbed_by(connection, id)? {
        for (campaign, count) in of(connection, &Owner::Customer(absorbed.id))? {
            let all = counts.entry(campaign).or_default();
            all.uses += count.uses;
            all.spent += count.spent;
        }
    }
    Ok(counts)
}

/// The days on which a campaign was used, rising.
pub(crate) fn by_day(
    connection: &Connection,
    campaign: CampaignId,
) -> Result<Vec<(NaiveDate, CampaignCount)>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT owner, uses, spent FROM campaign_count WHERE campaign = ?1 AND length(owner) = 10 AND uses > 0 \
         ORDER BY owner",
    )?;
    let days = select.query_map([Col(campaign)], |row| {
        Ok((get(row, 0)?, CampaignCount { uses: row.get(1)?, spent: get(row, 2)? }))
    })?;
    Ok(days.collect::<Result<_, _>>()?)
}
