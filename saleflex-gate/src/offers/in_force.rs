//! The campaigns and coupons that are in force in a store, from the definitions that its tills get.

use std::{
    cell::OnceCell,
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use saleflex_core::{
    campaign::{
        Campaign, CampaignSet, CompileError, Coupon, CouponKind, OriginalCampaign, PaymentTypes, Uses,
        parse_local,
    },
    ids::{CampaignId, CouponId, CustomerId},
    money::{Currency, CurrencyCode, Money},
    time::Moment,
};
use saleflex_sync::wire::QuotaKind;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    evaluation::day_began,
    known::{Departments, KnownCoupons},
    quotas,
};
use crate::{
    ApiError,
    db::{self, DatabaseError, Row, Session, Value},
    definitions::{self, fields, overriding::bodies},
    e4,
    registry::{self, StoreRow},
};

/// The resources of campaigns, of what belongs to them, and of coupons.
pub(crate) const CAMPAIGNS: &str = "campaigns";
pub(crate) const RULES: &str = "campaign_rules";
pub(crate) const PRODUCTS: &str = "campaign_products";
pub(crate) const COUPONS: &str = "coupons";

/// What a store's offers are judged by.
pub(crate) struct InForce {
    pub(crate) set: CampaignSet,
    pub(crate) currency: Currency,
    pub(crate) time_zone: String,
    pub(super) departments: Departments,
    /// By product: its barcodes, where a campaign asks for goods by their codes.
    pub(super) barcodes: BTreeMap<Uuid, Vec<String>>,
    coupons: KnownCoupons,
}

/// Why a store has no offers.
#[derive(Debug)]
pub(crate) enum Unusable {
    /// There is no such store.
    Gone,
    /// Its currency is none.
    Currency,
    /// Two campaigns cannot stand beside one another.
    Campaigns(CompileError),
}

impl From<Unusable> for ApiError {
    fn from(why: Unusable) -> Self {
        match why {
            Unusable::Gone => Self::not_found(),
            Unusable::Currency => Self::internal(),
            Unusable::Campaigns(error) => Self::unprocessable(
                "campaigns_unusable",
                format!("the campaigns cannot be compiled: {error}"),
            ),
        }
    }
}

/// What was in force in the stores when it was asked for last, so that campaigns are read and compiled once and not for
/// every cart. **Invariant:** it is good for the change of the company that it was read at or one before, and for the
/// store as it is now.
#[derive(Clone, Default)]
pub(crate) struct KnownOffers(Arc<Mutex<ByStore>>);

/// By company and store: the change that it was read at, and what it was.
type ByStore = BTreeMap<(Uuid, Uuid), (i64, Arc<InForce>)>;

impl fmt::Debug for KnownOffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownOffers").finish_non_exhaustive()
    }
}

/// The most stores of which it is kept.
const MOST: usize = 256;

impl KnownOffers {
    /// Everything that is in force in a store.
    ///
    /// # Errors
    /// `campaigns_unusable` when two campaigns cannot stand beside one another.
    pub(crate) fn of(
        &self,
        session: &mut dyn Session,
        company: Uuid,
        store: Uuid,
    ) -> Result<Arc<InForce>, ApiError> {
        Ok(self.find(session, company, store)??)
    }

    /// The same for whoever tells what is unusable from a failure of the books.
    pub(crate) fn find(
        &self,
        session: &mut dyn Session,
        company: Uuid,
        store: Uuid,
    ) -> Result<Result<Arc<InForce>, Unusable>, DatabaseError> {
        // Before the rows: what changes in between is read at most once more.
        let change = definitions::last_change(session, company)?;
        let Some(place) = registry::store_by_id(session, company, store)? else {
            return Ok(Err(Unusable::Gone));
        };
        let known = self.lock().get(&(company, store)).cloned();
        if let Some((_, known)) = known.filter(|(at, known)| *at == change && known.is_of(&place)) {
            return Ok(Ok(known));
        }
        let in_force = match InForce::read(session, company, &place)? {
            Ok(in_force) => Arc::new(in_force),
            Err(why) => return Ok(Err(why)),
        };
        let mut all = self.lock();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert((company, store), (change, Arc::clone(&in_force)));
        Ok(Ok(in_force))
    }

    fn lock(&self) -> MutexGuard<'_, ByStore> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is in force in one store, read when it is first asked for, once for all events of a delivery.
pub(crate) struct InStore<'a> {
    known: &'a KnownOffers,
    pub(super) company: Uuid,
    pub(crate) store: Uuid,
    /// Whether this hub has one above it, which knows the limits of the company.
    pub(super) lends_on: bool,
    read: OnceCell<Option<Arc<InForce>>>,
}

impl<'a> InStore<'a> {
    /// Of a store.
    pub(crate) const fn new(known: &'a KnownOffers, (company, store): (Uuid, Uuid), lends_on: bool) -> Self {
        Self { known, company, store, lends_on, read: OnceCell::new() }
    }

    /// What is in force; none where that cannot be said.
    pub(super) fn get(&self, session: &mut dyn Session) -> Result<Option<Arc<InForce>>, DatabaseError> {
        if let Some(read) = self.read.get() {
            return Ok(read.clone());
        }
        let read = self.known.find(session, self.company, self.store)?.ok();
        Ok(self.read.get_or_init(|| read).clone())
    }
}

impl fmt::Debug for InStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InStore").field("store", &self.store).finish_non_exhaustive()
    }
}

impl InForce {
    /// Everything that is in force in a store.
    pub(crate) fn read(
        session: &mut dyn Session,
        company: Uuid,
        place: &StoreRow,
    ) -> Result<Result<Self, Unusable>, DatabaseError> {
        let store = place.id;
        let Ok(code) = CurrencyCode::parse(&place.currency) else { return Ok(Err(Unusable::Currency)) };
        let currency = Currency::of(code);
        let departments = Departments::of(session, company, store)?;
        let mut rows = |resource| bodies(session, company, store, resource);
        let types = rows("payment_types")?;
        let types = PaymentTypes(
            types.iter().filter_map(|row| Some((id(row, "id")?, text(row, "type_name")?))).collect(),
        );
        let kinds = rows("campaign_types")?;
        let kinds: BTreeMap<Uuid, (String, bool)> = kinds
            .iter()
            .filter_map(|row| Some((id(row, "id")?, (text(row, "code")?, is_active("campaign_types", row)))))
            .collect();
        let (rules, products) = (rows(RULES)?, rows(PRODUCTS)?);
        let mut campaigns = Vec::new();
        for row in rows(CAMPAIGNS)? {
            let read = if let Some(read) = whole(&row) {
                read.map_err(|error| format!("definition: {error}"))
            } else {
                let belonging = (rules.as_slice(), products.as_slice());
                campaign(&row, (&kinds, &types), belonging).map(|mut campaign| {
                    campaign.number_departments(|id| departments.number(id));
                    campaign.load(&currency, &types)
                })
            };
            // A till holds such a row as well: what it would give nobody can say.
            campaigns.extend(or_left_out(&row, read));
        }
        let coupons = rows(COUPONS)?;
        let coupons =
            KnownCoupons::of(coupons.iter().filter_map(|row| or_left_out(row, coupon(row))).collect());
        // Whatever memory their patterns take: what an earlier version took stays in force, and who writes is refused more.
        let set = match CampaignSet::compile_stored(campaigns) {
            Ok(set) => set,
            Err(error) => return Ok(Err(Unusable::Campaigns(error))),
        };
        let mut barcodes: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
        if set.asks_patterns() {
            for row in rows("product_barcodes")? {
                let Some(product) = id(&row, "fk_product_id") else { continue };
                let texts = ["barcode", "old_barcode"].into_iter().filter_map(|field| text(&row, field));
                barcodes.entry(product).or_default().extend(texts.filter(|text| !text.is_empty()));
            }
        }
        Ok(Ok(Self { set, currency, time_zone: place.time_zone.clone(), departments, barcodes, coupons }))
    }

    fn is_of(&self, place: &StoreRow) -> bool {
        self.time_zone == place.time_zone && self.currency.code().as_str() == place.currency
    }

    /// The coupon that a typed or scanned text stands for.
    pub(crate) fn coupon(&self, entered: &str) -> Option<&Coupon> {
        self.coupons.by_text(entered)
    }

    /// The coupon with this identity.
    pub(crate) fn coupon_by_id(&self, id: Uuid) -> Option<&Coupon> {
        self.coupons.by_id(CouponId::new(id))
    }

    /// How often the campaigns that have a limit were used so far, what is lent to tills counted as used, on the business
    /// day of a moment and by a customer.
    pub(crate) fn uses(
        &self,
        session: &mut dyn Session,
        company: Uuid,
        (customer, moment): (Option<CustomerId>, Moment),
    ) -> Result<BTreeMap<CampaignId, Uses>, DatabaseError> {
        let limited = self.set.campaigns().iter().filter(|campaign| is_limited(campaign));
        let limited: Vec<Uuid> = limited.map(|campaign| campaign.id.uuid()).collect();
        let mut uses: BTreeMap<CampaignId, Uses> = BTreeMap::new();
        if limited.is_empty() {
            return Ok(uses);
        }
        // Before the uses: a sale that arrives in between counts twice, never not at all.
        let lent = quotas::loans(session, company, &self.currency)?;
        for some in limited.chunks(db::MOST_NAMED) {
            self.add_uses(session, company, (customer, moment, some), &mut uses)?;
        }
        for loan in &lent {
            let one = uses.entry(CampaignId::new(loan.subject)).or_default();
            let count = u32::try_from(loan.outstanding()).unwrap_or(u32::MAX);
            let is_theirs = || customer.is_some_and(|customer| customer.uuid() == loan.owner);
            if loan.kind == QuotaKind::CampaignUses {
                one.total = one.total.saturating_add(count);
            } else if loan.kind == QuotaKind::CampaignBudget {
                one.spent += Money::from_minor(loan.outstanding());
            } else if loan.kind == QuotaKind::CustomerUses && is_theirs() {
                one.by_customer = one.by_customer.saturating_add(count);
            }
        }
        if quotas::is_awaiting(session, company, moment.instant)? {
            // What is left of any limit is known when all tills were heard.
            for id in &limited {
                let one = uses.entry(CampaignId::new(*id)).or_default();
                (one.total, one.by_customer, one.spent) = (u32::MAX, u32::MAX, Money::MAX);
            }
        }
        Ok(uses)
    }

    fn add_uses(
        &self,
        session: &mut dyn Session,
        company: Uuid,
        (customer, moment, campaigns): (Option<CustomerId>, Moment, &[Uuid]),
        uses: &mut BTreeMap<CampaignId, Uses>,
    ) -> Result<(), DatabaseError> {
        let (ids, named) = db::named(5, campaigns);
        let mut values: Vec<Value> = vec![
            company.into(),
            customer.map_or(Uuid::nil(), CustomerId::uuid).into(),
            moment.business_date.to_string().into(),
            day_began(moment).into(),
        ];
        values.extend(named);
        let rows = session.query(
            &format!(
                "SELECT offer_id, count(*), CAST(COALESCE(sum(CASE WHEN customer_id = $2 THEN 1 ELSE 0 END), 0) \
                 AS bigint), CAST(COALESCE(sum(CASE WHEN sold_on = $3 OR (sold_on IS NULL AND created_at >= $4) \
                 THEN 1 ELSE 0 END), 0) AS bigint), {} FROM offer_use \
                 WHERE company_id = $1 AND kind = 'campaign' AND state = 'used' AND offer_id IN ({ids}) \
                 GROUP BY offer_id",
                e4::sum("amount_e4")
            ),
            &values,
        )?;
        let count = |row: &Row, at| row.integer(at).map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        for row in &rows {
            let one = uses.entry(CampaignId::new(row.id(0)?)).or_default();
            one.total = count(row, 1)?;
            one.by_customer = count(row, 2)?;
            one.today = count(row, 3)?;
            one.spent = quotas::money(&self.currency, row.integer(4)?);
        }
        Ok(())
    }
}

pub(super) fn id(row: &Json, field: &str) -> Option<Uuid> {
    Uuid::parse_str(row[field].as_str()?).ok()
}

fn text(row: &Json, field: &str) -> Option<String> {
    row[field].as_str().map(str::to_owned)
}

/// Whether how often it was used says anything of a campaign.
const fn is_limited(campaign: &Campaign) -> bool {
    let limits = &campaign.limits;
    limits.uses.is_some()
        || limits.uses_per_customer.is_some()
        || limits.uses_per_day.is_some()
        || limits.budget.is_some()
}

/// A whole definition of ours, where the row holds one.
pub(crate) fn whole(row: &Json) -> Option<Result<Campaign, serde_json::Error>> {
    let definition = row.get("definition").filter(|definition| !definition.is_null())?;
    Some(serde_json::from_value(definition.clone()))
}

/// What a row is read as; where it cannot be read it is in force nowhere, and the log says why.
fn or_left_out<T>(row: &Json, read: Result<T, impl fmt::Display>) -> Option<T> {
    read.inspect_err(|why| {
        let id = row["id"].as_str().unwrap_or_default();
        tracing::warn!(%why, id, "a campaign or a coupon is in force nowhere: its row cannot be read");
    })
    .ok()
}

/// A campaign with its rules and products, which stand in rows of their own. One of which a part cannot be read, or means
/// nothing, would give more than it was made for.
///
/// # Errors
/// What is wrong.
fn campaign(
    row: &Json,
    (kinds, types): (&BTreeMap<Uuid, (String, bool)>, &PaymentTypes),
    (rules, products): (&[Json], &[Json]),
) -> Result<OriginalCampaign, String> {
    let own = id(row, "id").ok_or("id")?;
    let kind = id(row, "fk_campaign_type_id").and_then(|id| kinds.get(&id));
    let (kind, is_active) = kind.cloned().unwrap_or_default();
    let campaign = OriginalCampaign {
        campaign_type_code: kind,
        campaign_type_active: is_active,
        rules: parts(RULES, rules, own)?,
        products: parts(PRODUCTS, products, own)?,
        ..original(row).map_err(|error| error.to_string())?
    };
    if let Some(field) = campaign.unreadable() {
        return Err(field.to_owned());
    }
    match campaign.unfit(types).first() {
        Some(fault) => Err(format!("{}: {}", fault.field, fault.reason)),
        None => Ok(campaign),
    }
}

/// The columns of a campaign, without its type and what belongs to it.
///
/// # Errors
/// As [`read`].
pub(crate) fn original(row: &Json) -> Result<OriginalCampaign, serde_json::Error> {
    let campaign: OriginalCampaign = read(CAMPAIGNS, row)?;
    // Older hubs write nothing as a text.
    let says_something = |days: &String| !matches!(days.trim(), "" | "None");
    Ok(OriginalCampaign { days_of_week: campaign.days_of_week.filter(says_something), ..campaign })
}

/// The rows that belong to a campaign.
fn parts<T: DeserializeOwned>(resource: &str, rows: &[Json], campaign: Uuid) -> Result<Vec<T>, String> {
    let of_this = rows.iter().filter(|part| id(part, "fk_campaign_id") == Some(campaign));
    let read = of_this.map(|part| read(resource, part).map_err(|error| format!("{resource}: {error}")));
    read.collect()
}

/// Reads what a row says; numbers that stand for decimals are texts in the type, and null is nothing said.
///
/// # Errors
/// When a field does not hold what the type asks for.
pub(crate) fn read<T: DeserializeOwned>(resource: &str, row: &Json) -> Result<T, serde_json::Error> {
    let mut fields = mended(resource, row);
    fields.retain(|_, value| !value.is_null());
    for (name, value) in &mut fields {
        let is_decimal =
            name.ends_with("_amount") || name.ends_with("_value") || name.ends_with("_percentage");
        if is_decimal && let Json::Number(number) = &*value {
            *value = Json::String(number.to_string());
        }
    }
    serde_json::from_value(Json::Object(fields))
}

/// The fields of a row, those among them as they were meant that an earlier version took as texts.
fn mended(resource: &str, row: &Json) -> Map<String, Json> {
    let mut fields = row.as_object().cloned().unwrap_or_default();
    fields::mend(resource, &mut fields);
    fields
}

/// Whether a row says that it is in force, as one does that says nothing of it.
fn is_active(resource: &str, row: &Json) -> bool {
    match mended(resource, row).get("is_active") {
        None | Some(Json::Null) => true,
        Some(said) => *said == Json::Bool(true),
    }
}

/// The type of a coupon by its name.
pub(crate) fn coupon_kind(name: &str) -> Option<CouponKind> {
    Some(match name.trim().to_uppercase().as_str() {
        "SINGLE_USE" => CouponKind::SingleUse,
        "MULTI_USE" => CouponKind::MultiUse,
        "PERSONAL" => CouponKind::Personal,
        "PUBLIC" => CouponKind::Public,
        _ => return None,
    })
}

/// A coupon.
///
/// # Errors
/// The field that cannot be read: taken for one that says nothing, it would open what it was made to bound.
fn coupon(row: &Json) -> Result<Coupon, &'static str> {
    let row = &Json::Object(mended(COUPONS, row));
    let named = |field| said(row, field, |value| Uuid::parse_str(value.as_str()?).ok());
    let text = |field| said(row, field, |value| value.as_str().map(str::to_owned));
    let local = |field| said(row, field, |value| parse_local(value.as_str()?));
    // Less than nothing is no limit.
    let uses = said(row, "usage_limit", |value| value.as_i64().filter(|uses| *uses <= i64::from(u32::MAX)))?;
    Ok(Coupon {
        id: CouponId::new(named("id")?.ok_or("id")?),
        code: text("code")?.ok_or("code")?,
        campaign: CampaignId::new(named("fk_campaign_id")?.ok_or("fk_campaign_id")?),
        kind: said(row, "coupon_type", |value| coupon_kind(value.as_str()?))?.ok_or("coupon_type")?,
        holder: named("fk_customer_id")?.map(CustomerId::new),
        start: local("start_date")?,
        end: local("end_date")?,
        uses: uses.and_then(|uses| u32::try_from(uses).ok()),
        is_active: said(row, "is_active", Json::as_bool)?.unwrap_or(true),
        barcode: text("barcode")?,
        qr_code: text("qr_code")?,
    })
}

/// What a field says, if it says anything.
///
/// # Errors
/// Its name, when that cannot be read.
fn said<T>(
    row: &Json,
    field: &'static str,
    read: impl Fn(&Json) -> Option<T>,
) -> Result<Option<T>, &'static str> {
    let value = &row[field];
    if value.is_null() { Ok(None) } else { read(value).map(Some).ok_or(field) }
}

#[cfg(test)]
mod tests;
