//! The campaigns and coupons that are in force in a store, from the definitions that its tills get.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use saleflex_core::{
    adjustment::ResolutionRule,
    campaign::{
        Campaign, CampaignSet, Coupon, CouponKind, OriginalCampaign, OriginalProduct, OriginalRule,
        PaymentTypes, Uses, parse_local,
    },
    ids::{CampaignId, CouponId, CustomerId},
    money::{Currency, CurrencyCode, Money, Rounding},
};
use saleflex_sync::wire::QuotaKind;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{known::Departments, quotas};
use crate::{
    ApiError,
    db::{DatabaseError, Session},
    office::intake,
    registry,
};

/// What a store's offers are judged by.
pub(crate) struct InForce {
    pub(crate) set: CampaignSet,
    pub(crate) currency: Currency,
    pub(crate) time_zone: String,
    pub(super) departments: Departments,
    coupons: Vec<Coupon>,
}

impl InForce {
    /// Everything that is in force in a store.
    ///
    /// # Errors
    /// `campaigns_unusable` when two campaigns cannot stand beside one another.
    pub(crate) fn of(session: &mut dyn Session, company: Uuid, store: Uuid) -> Result<Self, ApiError> {
        let place = registry::store_by_id(session, company, store)?.ok_or_else(ApiError::not_found)?;
        let code = CurrencyCode::parse(&place.currency).map_err(|_| ApiError::internal())?;
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
            .filter_map(|row| {
                Some((id(row, "id")?, (text(row, "code")?, row["is_active"].as_bool().unwrap_or(true))))
            })
            .collect();
        let (rules, products) = (rows("campaign_rules")?, rows("campaign_products")?);
        let mut campaigns = Vec::new();
        for row in rows("campaigns")? {
            campaigns.push(whole(&row).unwrap_or_else(|| {
                let mut campaign = campaign(&row, &kinds, (rules.as_slice(), products.as_slice()));
                campaign.number_departments(|id| departments.number(id));
                campaign.load(&currency, &types)
            }));
        }
        let coupons = rows("coupons")?.iter().filter_map(coupon).collect();
        let set = CampaignSet::compile(campaigns).map_err(|error| {
            ApiError::unprocessable(
                "campaigns_unusable",
                format!("the campaigns cannot be compiled: {error}"),
            )
        })?;
        Ok(Self { set, currency, time_zone: place.time_zone, departments, coupons })
    }

    /// The same with its campaigns chosen from by a rule.
    pub(crate) fn resolved_by(self, rule: ResolutionRule) -> Self {
        Self { set: self.set.resolved_by(rule), ..self }
    }

    /// The coupon that a typed or scanned text stands for.
    pub(crate) fn coupon(&self, entered: &str) -> Option<&Coupon> {
        let normalised = saleflex_core::campaign::unlocking(entered);
        self.coupons.iter().find(|coupon| coupon.answers_to(&normalised))
    }

    /// The coupon with this identity.
    pub(crate) fn coupon_by_id(&self, id: Uuid) -> Option<&Coupon> {
        self.coupons.iter().find(|coupon| coupon.id.uuid() == id)
    }

    /// How often the campaigns were used so far, what is lent to tills counted as used, by the day of `today` and by a customer.
    pub(crate) fn uses(
        &self,
        session: &mut dyn Session,
        company: Uuid,
        (customer, day_ms): (Option<CustomerId>, i64),
    ) -> Result<BTreeMap<CampaignId, Uses>, DatabaseError> {
        // Before the uses: a sale that arrives in between counts twice, never not at all.
        let lent = quotas::loans(session, company, &self.currency)?;
        let rows = session.query(
            "SELECT offer_id, customer_id, amount_e4, created_at FROM offer_use \
             WHERE company_id = $1 AND kind = 'campaign' AND state = 'used'",
            &[company.into()],
        )?;
        let mut uses: BTreeMap<CampaignId, Uses> = BTreeMap::new();
        for row in &rows {
            let one = uses.entry(CampaignId::new(row.id(0)?)).or_default();
            one.total += 1;
            let by = row.optional_id(1)?.map(CustomerId::new);
            one.by_customer += u32::from(by.is_some() && by == customer);
            one.today += u32::from(row.integer(3)? >= day_ms);
            one.spent += self.money(intake::amount(row.integer(2)?));
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
        Ok(uses)
    }

    fn money(&self, amount: Decimal) -> Money {
        self.currency.round(amount, Rounding::HalfUp).unwrap_or_default()
    }
}

/// The rows of a resource that hold in a store.
pub(super) fn bodies(
    session: &mut dyn Session,
    company: Uuid,
    store: Uuid,
    resource: &str,
) -> Result<Vec<Json>, DatabaseError> {
    let rows = session.query(
        "SELECT body FROM definition WHERE company_id = $1 AND resource = $2 AND is_deleted = 0 \
         AND (store_id IS NULL OR store_id = $3) ORDER BY definition_id",
        &[company.into(), resource.into(), store.into()],
    )?;
    let bodies = rows.iter().map(|row| {
        serde_json::from_str(row.text(0)?)
            .map_err(|_| DatabaseError::Column { column: 0, expected: "a JSON object" })
    });
    bodies.collect()
}

pub(super) fn id(row: &Json, field: &str) -> Option<Uuid> {
    Uuid::parse_str(row[field].as_str()?).ok()
}

fn text(row: &Json, field: &str) -> Option<String> {
    row[field].as_str().map(str::to_owned)
}

/// A whole definition of ours, where the row holds one.
fn whole(row: &Json) -> Option<Campaign> {
    let definition = row.get("definition").filter(|definition| definition.is_object())?;
    serde_json::from_value(definition.clone()).ok()
}

/// A campaign with its rules and products, which stand in rows of their own.
fn campaign(
    row: &Json,
    kinds: &BTreeMap<Uuid, (String, bool)>,
    (rules, products): (&[Json], &[Json]),
) -> OriginalCampaign {
    let own = id(row, "id");
    let kind = id(row, "fk_campaign_type_id").and_then(|id| kinds.get(&id));
    let (kind, is_active) = kind.cloned().unwrap_or_default();
    let of_this = |part: &&Json| own.is_some() && id(part, "fk_campaign_id") == own;
    let rules: Vec<OriginalRule> = rules.iter().filter(of_this).filter_map(read).collect();
    let products: Vec<OriginalProduct> = products.iter().filter(of_this).filter_map(read).collect();
    let campaign: OriginalCampaign = read(row).unwrap_or_default();
    OriginalCampaign {
        campaign_type_code: kind,
        campaign_type_active: is_active,
        rules,
        products,
        ..campaign
    }
}

/// Reads what a row says; numbers that stand for decimals are texts in the type, and null is nothing said.
fn read<T: DeserializeOwned>(row: &Json) -> Option<T> {
    let mut fields: Map<String, Json> = row.as_object()?.clone();
    fields.retain(|_, value| !value.is_null());
    for (name, value) in &mut fields {
        let is_decimal =
            name.ends_with("_amount") || name.ends_with("_value") || name.ends_with("_percentage");
        if is_decimal && let Json::Number(number) = &*value {
            *value = Json::String(number.to_string());
        }
    }
    serde_json::from_value(Json::Object(fields)).ok()
}

fn coupon(row: &Json) -> Option<Coupon> {
    let kind = match text(row, "coupon_type").unwrap_or_default().to_uppercase().as_str() {
        "SINGLE_USE" => CouponKind::SingleUse,
        "PERSONAL" => CouponKind::Personal,
        "PUBLIC" => CouponKind::Public,
        _ => CouponKind::MultiUse,
    };
    let local = |field| row[field].as_str().and_then(parse_local);
    Some(Coupon {
        id: CouponId::new(id(row, "id")?),
        code: text(row, "code")?,
        campaign: CampaignId::new(id(row, "fk_campaign_id")?),
        kind,
        holder: id(row, "fk_customer_id").map(CustomerId::new),
        start: local("start_date"),
        end: local("end_date"),
        uses: row["usage_limit"].as_u64().and_then(|uses| u32::try_from(uses).ok()),
        is_active: row["is_active"].as_bool().unwrap_or(true),
        barcode: text(row, "barcode"),
        qr_code: text(row, "qr_code"),
    })
}
