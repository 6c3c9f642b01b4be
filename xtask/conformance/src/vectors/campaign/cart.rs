//! A case's campaigns, cart, coupons and counts in our types.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    sync::Arc,
};

use rust_decimal::{Decimal, RoundingStrategy};
use saleflex_core::{
    campaign::{
        AppliedCoupon, AppliedCoupons, CampaignSet, Cart, CartItem, CartLine, CartTender, Context, Coupon,
        CouponKind, CouponOnFile, DepartmentKey, FineMoney, FineQuantity, OriginalCampaign, PaymentTypes,
        Shopper, TenderMethod, Uses, parse_local, unlocking,
    },
    ids::{BrandId, CampaignId, CouponId, CustomerId, LineNo, ProductId, SegmentId, StoreId, TenderNo},
    money::{Currency, CurrencyCode, Money, parse_number},
    time::Moment,
};
use serde_json::Value;
use uuid::Uuid;

/// Everything of a case.
pub(super) struct Stage {
    pub(super) currency: Currency,
    pub(super) originals: Vec<OriginalCampaign>,
    pub(super) set: CampaignSet,
    pub(super) context: Context,
    pub(super) coupons: Vec<(Coupon, u32)>,
    pub(super) applied: AppliedCoupons,
    /// The identity and number of lines and payments by the number they have in our cart.
    pub(super) lines: BTreeMap<LineNo, (String, Value)>,
    pub(super) payments: BTreeMap<TenderNo, String>,
}

pub(super) fn text_of(error: impl Display) -> String {
    error.to_string()
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn flag(value: &Value, field: &str) -> bool {
    value[field].as_bool().unwrap_or(false)
}

/// What is null is absent: the field has its default.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let there = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(there.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(without_nulls).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

pub(super) fn id(value: &Value) -> Option<Uuid> {
    value.as_str().and_then(|text| Uuid::parse_str(text).ok())
}

pub(super) fn needed(value: &Value, field: &str) -> Result<Uuid, String> {
    id(&value[field]).ok_or_else(|| format!("no `{field}`: {}", value[field]))
}

impl Stage {
    pub(super) fn read(case: &Value) -> Result<Self, String> {
        let code = case["cart"]["currency_code"].as_str().filter(|code| !code.is_empty()).unwrap_or("USD");
        let currency = Currency::of(CurrencyCode::parse(code).map_err(text_of)?);
        let rows = list(&case["campaigns"]).iter().cloned();
        let originals: Result<Vec<OriginalCampaign>, _> =
            rows.map(|row| serde_json::from_value(without_nulls(row))).collect();
        let originals = originals.map_err(text_of)?;
        let types = list(&case["catalog"]["payment_types"])
            .iter()
            .filter_map(|row| Some((id(&row["id"])?, row["type_name"].as_str()?.to_owned())));
        let types = PaymentTypes(types.collect());
        let definitions = originals.iter().map(|original| original.load(&currency, &types)).collect();
        let set = CampaignSet::compile(definitions).map_err(text_of)?;
        let mut stage = Self {
            currency,
            originals,
            set,
            context: context(case)?,
            coupons: coupons(case)?,
            applied: AppliedCoupons::default(),
            lines: BTreeMap::new(),
            payments: BTreeMap::new(),
        };
        stage.applied = stage.applied(case);
        stage.unlock(case);
        Ok(stage)
    }

    /// The coupons on the document; one that is deleted is on none.
    fn applied(&self, case: &Value) -> AppliedCoupons {
        let on_file = |id: CouponId| self.coupons.iter().find(|(coupon, _)| coupon.id == id);
        let ids = list(&case["coupons"]["applied_ids"]).iter().filter_map(id);
        let applied = ids.filter_map(|id| on_file(CouponId::new(id))).map(|(coupon, _)| AppliedCoupon {
            id: coupon.id,
            code: coupon.code.clone(),
            campaign: coupon.campaign,
        });
        AppliedCoupons::of(applied.collect())
    }

    /// Codes handed in, and those behind the coupons on the document that still count.
    fn unlock(&mut self, case: &Value) {
        let codes = list(&case["coupons"]["active_codes"]).iter().filter_map(Value::as_str);
        let mut unlocked: BTreeSet<String> = codes.map(unlocking).collect();
        let (by_coupons, _) = self.applied.unlock(|id| self.on_file(id), &self.set, &self.context);
        unlocked.extend(by_coupons);
        self.context.unlocked = unlocked;
    }

    fn on_file(&self, id: CouponId) -> Option<CouponOnFile<'_>> {
        let found = self.coupons.iter().find(|(coupon, _)| coupon.id == id);
        found.map(|(coupon, uses)| CouponOnFile { coupon, uses: *uses })
    }

    /// The cart: lines that count, in the order of the document, and payments that are not cancelled.
    pub(super) fn cart(&mut self, case: &Value) -> Result<Cart, String> {
        let products: BTreeMap<Uuid, &Value> = list(&case["catalog"]["products"])
            .iter()
            .filter(|product| !flag(product, "is_deleted"))
            .filter_map(|product| Some((id(&product["id"])?, product)))
            .collect();
        let mut lines = Vec::new();
        let counted = |line: &&Value| {
            !flag(line, "is_cancel")
                && !flag(line, "is_voided")
                && line["line_id"].as_str().is_some_and(|id| !id.is_empty())
        };
        for (no, line) in (1..).zip(list(&case["cart"]["lines"]).iter().filter(counted)) {
            let line_id = line["line_id"].as_str().unwrap_or_default().to_owned();
            self.lines.insert(LineNo(no), (line_id, line["line_no"].clone()));
            lines.push(CartLine {
                no: LineNo(no),
                item: Arc::new(item(line, &products)),
                quantity: quantity(&line["quantity"])?,
                total: self.fine(&line["line_total"])?,
            });
        }
        let tenders = self.tenders(case);
        Ok(Cart { context: self.context.clone(), lines, tenders })
    }

    /// Numbered anew: by line number, the first listed on a tie.
    fn tenders(&mut self, case: &Value) -> Vec<CartTender> {
        let payments = list(&case["cart"]["payments"]);
        let mut payments: Vec<&Value> = payments.iter().filter(|one| !flag(one, "is_cancel")).collect();
        payments.sort_by_key(|payment| payment["line_no"].as_i64().unwrap_or(0));
        let mut tenders = Vec::new();
        for (no, payment) in (1..).zip(payments) {
            self.payments.insert(TenderNo(no), payment["payment_id"].as_str().unwrap_or_default().into());
            tenders.push(CartTender {
                no: TenderNo(no),
                method: TenderMethod::of_event(payment["payment_type"].as_str().unwrap_or_default()),
                // No amount of a payment is ever asked for (A8), so none is refused.
                amount: self.money(&payment["payment_total"]).unwrap_or_default(),
            });
        }
        tenders
    }

    fn fine(&self, value: &Value) -> Result<FineMoney, String> {
        let digits = self.currency.minor_digits() + FINE_DIGITS;
        FineMoney::from_decimal(decimal(value, digits)?, &self.currency).map_err(text_of)
    }

    pub(super) fn money(&self, value: &Value) -> Result<Money, String> {
        self.fine(value).map(FineMoney::whole)
    }
}

/// Digits below the minor unit, and below the piece, that the engine counts in.
const FINE_DIGITS: u32 = 4;

fn quantity(value: &Value) -> Result<FineQuantity, String> {
    FineQuantity::parse(&decimal(value, FINE_DIGITS)?.to_string()).map_err(text_of)
}

/// A number as the original writes them, with an exponent or with more digits than any amount has: half and more of the
/// last digit counts as one (D14, D42).
fn decimal(value: &Value, digits: u32) -> Result<Decimal, String> {
    let text = value.as_str().unwrap_or("0").trim();
    let number = parse_number(text).map_err(text_of)?;
    Ok(number.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero).normalize())
}

fn item(line: &Value, products: &BTreeMap<Uuid, &Value>) -> CartItem {
    let product = id(&line["fk_product_id"]);
    let master = product.and_then(|product| products.get(&product));
    let mut codes: Vec<String> = line["product_code"].as_str().map(str::to_owned).into_iter().collect();
    for barcode in master.map_or(&[][..], |master| list(&master["barcodes"])) {
        // A text is a barcode; a row holds one and perhaps the one before it.
        let row = if flag(barcode, "is_deleted") { &Value::Null } else { barcode };
        let texts = [barcode, &row["barcode"], &row["old_barcode"]].into_iter().filter_map(Value::as_str);
        codes.extend(texts.map(str::to_owned));
    }
    CartItem {
        product: product.map(ProductId::new),
        department: id(&line["fk_department_main_group_id"]).map(DepartmentKey::new),
        category: id(&line["fk_department_sub_group_id"]).map(DepartmentKey::new),
        brand: master.and_then(|master| id(&master["fk_manufacturer_id"])).map(BrandId::new),
        codes,
        ..CartItem::default()
    }
}

fn context(case: &Value) -> Result<Context, String> {
    let now = case["now"].as_str().and_then(parse_local).ok_or("no `now`")?;
    let mut context = Context::at(Moment::utc(now.and_utc()));
    context.store = id(&case["cart"]["fk_store_id"]).map(StoreId::new);
    context.shopper = id(&case["cart"]["fk_customer_id"]).map(|customer| {
        let mut shopper = Shopper::new(CustomerId::new(customer));
        if id(&case["customer"]["id"]) == Some(customer) {
            shopper.segments = list(&case["customer"]["segments"])
                .iter()
                .filter(|one| one["is_active"].as_bool().unwrap_or(true) && !flag(one, "is_deleted"))
                .filter_map(|one| id(&one["fk_customer_segment_id"]).map(SegmentId::new))
                .collect();
        }
        shopper
    });
    for row in live_uses(&case["usage"]["campaigns"]) {
        let uses: &mut Uses = context.uses.entry(CampaignId::new(needed(row, "campaign_id")?)).or_default();
        let times = count(row);
        uses.total = uses.total.saturating_add(times);
        let customer = id(&row["customer_id"]).map(CustomerId::new);
        let same = customer.is_some() && customer == context.shopper.as_ref().map(|shopper| shopper.id);
        uses.by_customer = uses.by_customer.saturating_add(if same { times } else { 0 });
    }
    Ok(context)
}

fn coupons(case: &Value) -> Result<Vec<(Coupon, u32)>, String> {
    let rows = list(&case["coupons"]["definitions"]).iter().filter(|row| !flag(row, "is_deleted"));
    rows.map(|row| {
        let text = |field: &str| row[field].as_str().map(str::to_owned);
        let kind = match row["coupon_type"].as_str().unwrap_or_default().to_uppercase().as_str() {
            "SINGLE_USE" => CouponKind::SingleUse,
            "PERSONAL" => CouponKind::Personal,
            "PUBLIC" => CouponKind::Public,
            _ => CouponKind::MultiUse,
        };
        let coupon = Coupon {
            id: CouponId::new(needed(row, "id")?),
            code: text("code").unwrap_or_default(),
            campaign: CampaignId::new(needed(row, "fk_campaign_id")?),
            kind,
            holder: id(&row["fk_customer_id"]).map(CustomerId::new),
            start: row["start_date"].as_str().and_then(parse_local),
            end: row["end_date"].as_str().and_then(parse_local),
            uses: row["usage_limit"].as_i64().and_then(|limit| u32::try_from(limit).ok()),
            is_active: row["is_active"].as_bool().unwrap_or(true),
            barcode: text("barcode"),
            qr_code: text("qr_code"),
        };
        let used = live_uses(&case["usage"]["coupons"]);
        let used = used
            .filter(|used| id(&used["coupon_id"]) == Some(coupon.id.uuid()))
            .map(count)
            .fold(0, u32::saturating_add);
        Ok((coupon, used))
    })
    .collect()
}

fn live_uses(rows: &Value) -> impl Iterator<Item = &Value> {
    list(rows).iter().filter(|row| !flag(row, "is_deleted"))
}

fn count(row: &Value) -> u32 {
    row["count"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(1)
}
