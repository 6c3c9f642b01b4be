//! The usage audit: which sales used a campaign or a coupon, and which of these uses were taken back, and why.

use rusqlite::{Connection, OptionalExtension};
use saleflex_core::{
    campaign::AppliedCoupons,
    checkout::SaleUsage,
    document::{Completed, Document, Kind, campaign_part_back},
    ids::{CampaignId, CashierId, CouponId, CustomerId, DocumentId, DocumentNumber},
    journal::Entry,
    money::Money,
    time::Moment,
};

use crate::{
    books::{
        documents,
        index::{self, Topic},
        journal,
    },
    error::Error,
    file::codec::Col,
};

/// A use of a campaign or a coupon by a completed sale.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UsageRecord {
    /// The sale that used it.
    pub document: DocumentId,
    /// The number of that sale.
    pub number: DocumentNumber,
    /// When it was completed.
    pub at: Moment,
    /// The cashier who completed the sale.
    pub cashier: CashierId,
    /// The customer who bought; none for a walk-in.
    pub customer: Option<CustomerId>,
    /// What the campaign gave, or the coupon's share of it; nothing where it gave points.
    pub amount: Money,
    /// What of it was given for goods that came back.
    pub went_back: Money,
    /// The code of the coupon that opened it.
    pub coupon_code: Option<String>,
    /// The return that brought all of the sale back: the use counts no longer.
    pub taken_back: Option<TakenBack>,
}

/// The end of a use.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TakenBack {
    /// The number of the return.
    pub number: DocumentNumber,
    /// When the return was completed.
    pub at: Moment,
    /// The cashier who took the goods back.
    pub cashier: CashierId,
    /// Why, as it was said of the goods; empty where nothing was said. At most 1,000 characters.
    pub reason: String,
}

/// What is asked about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Used {
    Campaign(CampaignId),
    Coupon(CouponId),
}

impl Used {
    fn owner(self) -> (Topic, String) {
        match self {
            Self::Campaign(id) => (Topic::CampaignUse, id.uuid().to_string()),
            Self::Coupon(id) => (Topic::CouponUse, id.uuid().to_string()),
        }
    }

    /// What of it came back with goods; of a coupon its share of what its campaign got back.
    fn part_back(self, sale: &Document, returns: &[Completed]) -> Money {
        match self {
            Self::Campaign(id) => campaign_part_back(sale, returns, id),
            Self::Coupon(id) => {
                let applied = sale.coupons.iter().find(|coupon| coupon.id == id);
                let shares = applied.map(|coupon| {
                    let back = campaign_part_back(sale, returns, coupon.campaign);
                    AppliedCoupons::of(sale.coupons.clone()).shares(coupon.campaign, back)
                });
                let own = shares.into_iter().flatten().filter(|(coupon, _)| *coupon == id);
                own.map(|(_, share)| share).sum()
            }
        }
    }

    /// What a sale used of it: the amount, and the code of the coupon that opened it.
    fn by(self, used: &SaleUsage, sale: &Completed) -> Option<(Money, Option<String>)> {
        match self {
            Self::Campaign(id) => {
                let row = used.usage.campaigns.iter().find(|row| row.campaign == id)?;
                Some((row.amount, row.coupon_code.clone()))
            }
            Self::Coupon(id) => {
                let row = used.usage.coupons.iter().find(|row| row.coupon == id)?;
                let applied = sale.document().coupons.iter().find(|coupon| coupon.id == id);
                Some((row.amount, applied.map(|coupon| coupon.code.clone())))
            }
        }
    }
}

/// At most so many uses, the latest first.
pub(crate) fn latest(connection: &Connection, of: Used, limit: u32) -> Result<Vec<UsageRecord>, Error> {
    let (topic, owner) = of.owner();
    let mut uses = Vec::new();
    for seq in index::last_places(connection, topic, &owner, limit)? {
        let entry = journal::read(connection, seq)?;
        for used in &entry.effects.usage {
            let sales = entry.effects.completed.iter();
            let Some(sale) = sales.into_iter().find(|sale| sale.document().id == used.document) else {
                continue;
            };
            let Some((amount, coupon_code)) = of.by(used, sale) else { continue };
            let document = sale.document();
            let returns = documents::returns_of(connection, document.id)?;
            let went_back = of.part_back(document, &returns);
            uses.push(UsageRecord {
                document: document.id,
                number: document.number,
                at: sale.completed_at(),
                cashier: sale.completed_by(),
                customer: document.customer,
                amount,
                went_back: went_back.min(amount),
                coupon_code,
                taken_back: taken_back(connection, used)?,
            });
        }
    }
    Ok(uses)
}

/// The end of what a sale used, where it came back whole.
fn taken_back(connection: &Connection, used: &SaleUsage) -> Result<Option<TakenBack>, Error> {
    let mut select = connection.prepare_cached("SELECT seq FROM usage_reversal WHERE document = ?1")?;
    let seq: Option<i64> = select.query_row([Col(used.document)], |row| row.get(0)).optional()?;
    let Some(seq) = seq else { return Ok(None) };
    let entry = journal::read(connection, seq)?;
    Ok(end_of(used, &entry))
}

fn end_of(used: &SaleUsage, entry: &Entry) -> Option<TakenBack> {
    let is_return = |completed: &&Completed| {
        let document = completed.document();
        document.kind == Kind::Return && document.original == Some(used.document)
    };
    let back = entry.effects.completed.iter().find(is_return)?;
    let said = back.document().active_lines().filter_map(|line| line.returned.as_ref()?.reason.clone());
    let mut reasons: Vec<String> = said.collect();
    reasons.dedup();
    let mut usage = used.usage.clone();
    usage.reverse(&reasons.join("; "));
    Some(TakenBack {
        number: back.document().number,
        at: back.completed_at(),
        cashier: back.completed_by(),
        reason: usage.reversed.unwrap_or_default(),
    })
}
