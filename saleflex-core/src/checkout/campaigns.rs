//! What campaigns make of a sale: the document as the engine sees it, and the engine's answer as discounts.

use alloc::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::{bundles, memory::Memory, points::DocumentPoints};
use crate::{
    adjustment::{AdjustmentSource, AppliedCoupon, CouponRefusal},
    basket::{LineItem, PriceSource},
    campaign::{
        self, Allocation, AppliedCoupons, Campaign, CampaignSet, CartItem, CartLine, CartTender, Context,
        Coupon, CouponOnFile, DiscountRow, Evaluator, FineMoney, FineQuantity, OpenDocument, PointsAward,
        RowSource, Shopper, TenderMethod, Usage, Uses,
    },
    catalog::Sellable,
    document::{
        self, CampaignDiscount, CampaignPoints, Completed, Document, GoodsSeen, IntendedTender, Kind,
        OriginalSale, PricedTogether, Pricing, Promotions, UsageCount,
    },
    ids::{BrandId, CampaignId, CouponId, DocumentId, LineNo, ProductId},
    loyalty::PointsSnapshot,
    money::{Currency, Money},
    quantity::Quantity,
    time::Moment,
};

/// The campaigns in force, and what was looked up to judge a sale by them.
#[derive(Clone, Debug)]
pub struct Campaigns<'a> {
    /// The campaigns in force.
    pub set: &'a CampaignSet,
    /// When the sale is judged, by the store's clock.
    pub moment: Moment,
    /// Through what is sold: `till`, `kiosk`, `web`.
    pub channel: Option<&'a str>,
    /// Who buys, after the command; nobody for a walk-in (D36).
    pub shopper: Option<Shopper>,
    /// How often campaigns with limits were used.
    pub uses: BTreeMap<CampaignId, Uses>,
    /// The coupons on the document and the one that is entered, each with its live uses.
    pub coupons: Vec<(Coupon, u32)>,
    /// What campaigns know of products beyond what stands on a line.
    pub traits: &'a BTreeMap<ProductId, ProductTraits>,
    /// What the last evaluation of the document left behind, where somebody keeps it.
    pub memory: Option<&'a Memory>,
}

/// What campaigns know of a product beyond what stands on a line.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProductTraits {
    /// The maker; none where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<BrandId>,
    /// The style it is a variant of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// All its barcodes, old ones too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barcodes: Vec<String>,
    /// Words on it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
}

/// What a completed sale used of campaigns and coupons.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SaleUsage {
    /// The sale that used them.
    pub document: DocumentId,
    /// What it used.
    #[serde(flatten)]
    pub usage: Usage,
}

impl Campaigns<'_> {
    /// The sale as a whole, as campaigns see it.
    fn context(&self, sale: &Document) -> Context {
        let mut context = self.unopened(sale);
        context.unlocked = self.unlocked(sale, &context).0;
        context
    }

    /// The campaigns that the coupons on a sale open, and which of them do not count.
    pub(super) fn unlocked(
        &self,
        sale: &Document,
        context: &Context,
    ) -> (BTreeSet<String>, Vec<(CouponId, CouponRefusal)>) {
        let applied = AppliedCoupons::of(sale.coupons.clone());
        applied.unlock(|id| self.on_file(id), self.set, context)
    }

    /// The sale with what is due of it now, as a tender is asked for a share of it.
    pub(super) fn with_due<'d>(
        &self,
        sale: &'d Document,
        intended: Option<IntendedTender>,
    ) -> Cow<'d, Document> {
        document::judged(sale, self, intended).0
    }

    /// The same before any coupon is looked at.
    pub(super) fn unopened(&self, sale: &Document) -> Context {
        let known = self.shopper.as_ref().filter(|shopper| Some(shopper.id) == sale.customer);
        Context {
            store: Some(sale.store),
            channel: self.channel.map(ToString::to_string),
            // Whom the caller does not name is nobody: the record of walk-ins is a customer of the document, not ours.
            shopper: known.cloned(),
            uses: self.uses.clone(),
            due: sale.due_before_tenders,
            ..Context::at(self.moment)
        }
    }

    /// As campaigns stood when a sale was priced: an approval may come later, and on another day.
    fn when_priced(&self, sale: &Document, pricing: &Pricing) -> Self {
        let moment = pricing.moment.unwrap_or(self.moment);
        let then = sale.uses_when_priced.as_ref();
        let uses = then.map(|then| then.iter().map(|(id, count)| (*id, (*count).into())).collect());
        Self { moment, uses: uses.unwrap_or_else(|| self.uses.clone()), ..self.clone() }
    }

    fn on_file(&self, id: CouponId) -> Option<CouponOnFile<'_>> {
        let (coupon, uses) = self.coupons.iter().find(|(coupon, _)| coupon.id == id)?;
        Some(CouponOnFile { coupon, uses: *uses })
    }

    pub(super) fn evaluator(
        &self,
        sale: &Document,
        intended: Option<IntendedTender>,
    ) -> Option<Evaluator<'_>> {
        let context = self.context(sale);
        let mut evaluator = if let Some(memory) = self.memory {
            memory.evaluator(self, sale, context)?
        } else {
            let mut evaluator = Evaluator::new(self.set, context);
            for line in sale.active_lines() {
                evaluator.put_line(&cart_line(line, self.traits, &sale.currency)).ok()?;
            }
            evaluator
        };
        // What a provider was asked for already lacks the discount it earns: until the answer comes it earns it.
        evaluator.set_tenders(cart_tenders(sale));
        if let Some(IntendedTender { no, kind, amount }) = intended {
            evaluator.put_tender(CartTender { no, method: TenderMethod::Kind(kind), amount });
        }
        Some(evaluator)
    }

    /// Keeps what an evaluator knows of a sale for the next evaluation.
    pub(super) fn remember(&self, sale: &Document, evaluator: Evaluator<'_>) {
        if let Some(memory) = self.memory {
            memory.keep(sale, evaluator);
        }
    }

    /// A campaign that made a sale cheaper, where it is still known as it was then.
    fn as_it_was(&self, sale: &Completed, campaign: CampaignId) -> Option<&Campaign> {
        let then = sale.pricing().campaigns.get(&campaign)?;
        let now = self.set.hash_of(campaign)?.to_string();
        self.set.find(campaign).filter(|_| now == *then)
    }

    fn discount(&self, allocation: Allocation) -> CampaignDiscount {
        let Allocation { proposal, shares } = allocation;
        let campaign = self.set.campaign(proposal.campaign);
        CampaignDiscount {
            source: AdjustmentSource::Campaign {
                code: campaign.code.as_str().to_string(),
                id: Some(campaign.id),
                line: proposal.line,
                tender: proposal.tender,
            },
            amount: proposal.amount,
            shares,
            code: campaign.code.printed().to_string(),
            text: campaign.text().to_string(),
        }
    }
}

/// The tenders of a document as campaigns see them: those that settle it, at what they were judged as. The credit that sets
/// an exchange off pays nothing.
pub(super) fn cart_tenders(sale: &Document) -> impl Iterator<Item = CartTender> {
    sale.settling_tenders().filter(|tender| !tender.sets_off).map(|tender| CartTender {
        no: tender.no,
        method: TenderMethod::Kind(tender.kind),
        amount: tender.judged_as.unwrap_or(tender.amount),
    })
}

/// A line of a document as campaigns see it.
pub(super) fn cart_line(
    line: &LineItem,
    traits: &BTreeMap<ProductId, ProductTraits>,
    currency: &Currency,
) -> CartLine {
    let more = line.item.product.and_then(|product| traits.get(&product));
    let mut item = cart_item(&line.item, more, currency);
    item.is_excluded |= line.price_source == PriceSource::Quoted;
    CartLine {
        no: line.no,
        item: Arc::new(item),
        quantity: FineQuantity::from(line.quantity),
        total: FineMoney::from_money(line.total),
    }
}

/// What is sold as campaigns see it, with what is known of the product beyond it.
pub fn cart_item(item: &Sellable, more: Option<&ProductTraits>, currency: &Currency) -> CartItem {
    let barcodes = more.into_iter().flat_map(|more| &more.barcodes).chain(&item.barcode);
    let cost = item.cost_price.and_then(|cost| FineMoney::from_decimal(cost.decimal(), currency).ok());
    CartItem {
        product: item.product,
        department: Some(item.department.into()),
        category: item.sub_department.map(Into::into),
        brand: more.and_then(|more| more.brand),
        codes: core::iter::once(&item.code).chain(barcodes).cloned().collect(),
        style: more.and_then(|more| more.style.clone()),
        tags: more.map(|more| more.tags.clone()).unwrap_or_default(),
        cost,
        is_excluded: item.is_container || !item.permissions.discount,
    }
}

impl Promotions for Campaigns<'_> {
    fn discounts(&self, sale: &Document, intended: Option<IntendedTender>) -> Vec<CampaignDiscount> {
        // Lines that are too many or too large for the engine are too large for a document as well.
        let Some(mut evaluator) = self.evaluator(sale, intended) else { return Vec::new() };
        let allocations =
            if evaluator.evaluate().proposals.is_empty() { Vec::new() } else { evaluator.allocate() };
        self.remember(sale, evaluator);
        allocations.into_iter().map(|allocation| self.discount(allocation)).collect()
    }

    fn asks_shares(&self) -> bool {
        self.set.asks_shares()
    }

    fn counted(&self) -> Option<BTreeMap<CampaignId, UsageCount>> {
        let counts = self.set.campaigns().iter().any(|campaign| campaign.limits.count_uses());
        counts.then(|| self.uses.iter().map(|(id, uses)| (*id, counted(*uses))).collect())
    }

    fn points(&self, sale: &Completed) -> Vec<CampaignPoints> {
        let (then, sale) = (self.when_priced(sale.document(), sale.pricing()), sale.document());
        let Some(mut evaluator) = then.evaluator(sale, None) else { return Vec::new() };
        // Points are given beside the discounts that stand.
        if sale.tenders_earn_nothing {
            evaluator.set_tenders([]);
        }
        let awards = evaluator.evaluate().points.clone();
        let given = |award: &PointsAward| {
            let campaign = self.set.campaign(award.campaign).id;
            let lines = evaluator.points_by_line(award.campaign);
            let base = lines.iter().map(|(_, left)| *left).sum();
            CampaignPoints { campaign, base, times: award.percent, lines }
        };
        let points = awards.iter().map(given).collect();
        self.remember(sale, evaluator);
        points
    }

    fn coupon(&self, sale: &Document, entered: &str) -> Result<AppliedCoupon, CouponRefusal> {
        let mut applied = AppliedCoupons::of(sale.coupons.clone());
        let find = |text: &str| {
            let answers = |(coupon, _): &&(Coupon, u32)| coupon.answers_to(text);
            let in_force = self.coupons.iter().filter(answers).find(|(coupon, _)| coupon.is_active);
            let found = in_force.or_else(|| self.coupons.iter().find(answers));
            found.map(|(coupon, uses)| CouponOnFile { coupon, uses: *uses })
        };
        let context = self.context(sale);
        let coupon = applied.enter(entered, OpenDocument::Sale, find, self.set, &context)?;
        let Coupon { id, code, campaign, .. } = coupon;
        Ok(AppliedCoupon { id: *id, code: code.clone(), campaign: *campaign })
    }

    fn priced_together(&self, sale: &Completed, campaign: CampaignId) -> Option<PricedTogether> {
        bundles::priced_together(self.as_it_was(sale, campaign)?, sale, self.traits)
    }

    fn on_the_rest(
        &self,
        sale: &Completed,
        campaign: CampaignId,
        kept: &BTreeMap<LineNo, Quantity>,
    ) -> Option<Money> {
        bundles::on_the_rest(self.as_it_was(sale, campaign)?, sale, kept, self.traits)
    }

    fn record(&self, sale: &Document, pricing: &mut Pricing) {
        let then = self.when_priced(sale, pricing);
        let context = then.context(sale);
        pricing.campaign_set = Some(self.set.hash().to_string());
        pricing.campaign_resolution = self.set.rule();
        pricing.campaign_engine = Some(campaign::ENGINE_VERSION.into());
        let applied = sale.adjustments.iter().filter_map(|adjustment| {
            let AdjustmentSource::Campaign { id, .. } = adjustment.source else { return None };
            id
        });
        pricing.campaigns = applied.filter_map(|id| Some((id, self.set.hash_of(id)?.to_string()))).collect();
        pricing.usage = context.uses.iter().map(|(id, uses)| (*id, counted(*uses))).collect();
        if let Some(shopper) = &context.shopper {
            pricing.purchases = Some(shopper.purchases);
            pricing.segments = shopper.segments.iter().copied().collect();
            pricing.tier.clone_from(&shopper.tier);
            let asked = self.set.asked_of_customers();
            pricing.customer_tags = asked.tags.then(|| shopper.tags.clone());
            let today = then.moment.local.date();
            let away = |born| campaign::days_to_birthday(born, today);
            pricing.birthday_away = asked.birthdays.then(|| shopper.birthday.map_or(u16::MAX, away));
        }
        pricing.unlocked_codes = context.unlocked.into_iter().collect();
        pricing.goods = self.set.asks_goods().then(|| goods_seen(sale, self.traits, self.set));
    }
}

/// What campaigns saw of the goods on a sale.
fn goods_seen(
    sale: &Document,
    traits: &BTreeMap<ProductId, ProductTraits>,
    set: &CampaignSet,
) -> BTreeMap<ProductId, GoodsSeen> {
    let products = sale.active_lines().filter_map(|line| line.item.product);
    let known = products.filter_map(|product| Some((product, traits.get(&product)?)));
    let seen = |(id, traits): (ProductId, &ProductTraits)| {
        let barcodes = if set.asks_patterns() { traits.barcodes.clone() } else { Vec::new() };
        let (style, tags) = (traits.style.clone(), traits.tags.clone());
        (id, GoodsSeen { brand: traits.brand, style, tags, barcodes })
    };
    known.map(seen).filter(|(_, goods)| *goods != GoodsSeen::default()).collect()
}

/// What is known of the goods on a completed sale: as campaigns saw them where they asked, else as they are today.
pub(super) fn traits_then(
    sale: &Document,
    pricing: &Pricing,
    today: &BTreeMap<ProductId, ProductTraits>,
) -> BTreeMap<ProductId, ProductTraits> {
    let products = sale.active_lines().filter_map(|line| line.item.product);
    let then = |id: ProductId| {
        let mut traits = today.get(&id).cloned().unwrap_or_default();
        if let Some(goods) = &pricing.goods {
            let seen = goods.get(&id).cloned().unwrap_or_default();
            (traits.brand, traits.style) = (seen.brand, seen.style);
            (traits.tags, traits.barcodes) = (seen.tags, seen.barcodes);
        }
        (id, traits)
    };
    products.map(then).collect()
}

impl From<UsageCount> for Uses {
    fn from(count: UsageCount) -> Self {
        let UsageCount { total, by_customer, today, spent } = count;
        Self { total, by_customer, today, spent, is_share: false }
    }
}

const fn counted(uses: Uses) -> UsageCount {
    let Uses { total, by_customer, today, spent, is_share: _ } = uses;
    UsageCount { total, by_customer, today, spent }
}

/// What completed documents used, sales without campaigns left out; `points` is what they earned. What was sold in
/// training uses nothing.
pub(super) fn usage(completed: &[Completed], points: &[DocumentPoints]) -> Vec<SaleUsage> {
    let documents = completed.iter().map(Completed::document);
    let sales = documents.filter(|document| document.kind == Kind::Sale && !document.training);
    let used = sales.map(|sale| {
        let rows: Vec<DiscountRow> =
            sale.adjustments.iter().zip(1..).filter_map(|(discount, no)| row(discount, no)).collect();
        let applied = AppliedCoupons::of(sale.coupons.clone());
        let earned = points.iter().find(|points| points.document == sale.id);
        let gave_points = earned.map(|points| points.snapshot.campaigns.as_slice()).unwrap_or_default();
        let usage = Usage::of(&rows, &applied).with_points(gave_points, &applied);
        SaleUsage { document: sale.id, usage }
    });
    used.filter(|used| !used.usage.campaigns.is_empty()).collect()
}

fn row(discount: &crate::adjustment::DocumentAdjustment, no: u32) -> Option<DiscountRow> {
    let AdjustmentSource::Campaign { id, line, tender, .. } = &discount.source else { return None };
    Some(DiscountRow {
        no,
        source: RowSource::Campaign(*id),
        amount: discount.amount,
        rate: None,
        code: discount.code.clone(),
        line: *line,
        tender: *tender,
        is_cancelled: false,
    })
}

/// The sale of which everything is back now, so that what it used of campaigns and coupons is given back; `points` is
/// what it earned.
pub(super) fn reversed(
    completed: &[Completed],
    original: Option<&OriginalSale>,
    points: Option<&PointsSnapshot>,
) -> Option<DocumentId> {
    let original = original?;
    let sale = original.sale.document();
    let is_return =
        |document: &&Document| document.kind == Kind::Return && document.original == Some(sale.id);
    let back = completed.iter().map(Completed::document).find(is_return)?;
    let gave_money = sale.adjustments.iter().any(|known| known.source.is_campaign());
    let gave_points = points.is_some_and(|points| !points.campaigns.is_empty());
    ((gave_money || gave_points) && !sale.training && original.refunded(back).is_whole).then_some(sale.id)
}
