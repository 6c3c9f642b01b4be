//! A cart of the wire → the discounts that campaigns give on it. Changes nothing.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, NaiveTime, TimeZone, Utc};
use rust_decimal::RoundingStrategy;
use saleflex_core::{
    campaign::{
        AppliedCoupons, Cart, CartLine, CartSnapshot, CartTender, Context, CouponRefusal, ENGINE_VERSION,
        Evaluator, FineMoney, FineQuantity, OpenDocument, SnapshotLine, SnapshotPayment, TenderMethod,
    },
    ids::{LineNo, StoreId, TenderNo},
    money::{AmountError, Currency, Money, parse_number},
    time::Moment,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    coupons,
    in_force::{InForce, KnownOffers},
    known::{self, Goods},
    rejudging::CHANNEL,
    tiers,
};
use crate::{ApiError, db::Session};

/// What campaigns give on a cart.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Proposed {
    /// The version of the answer, that of the cart.
    schema_version: String,
    /// The version of the engine.
    engine_version: String,
    /// The set of campaigns by its content.
    campaign_set: String,
    /// What they give, in the order of the campaigns.
    proposals: Vec<Proposal>,
    /// Codes that open nothing now, and why.
    rejected_coupons: Vec<RejectedCoupon>,
}

/// What one campaign gives on the document or a line of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Proposal {
    /// The campaign.
    campaign: Uuid,
    /// Its code.
    code: String,
    /// Its name.
    name: String,
    /// What the customer reads.
    description: String,
    /// `document` or `line`.
    scope: &'static str,
    /// The line it is taken from.
    line_id: Option<String>,
    /// The payment that earned it.
    payment_id: Option<String>,
    /// How much, as a decimal number.
    amount: String,
    /// The share used, for a percentage.
    rate: Option<String>,
}

impl From<Offered> for Proposed {
    fn from(offered: Offered) -> Self {
        let Offered { schema_version, engine_version, campaign_set, discounts, rejected_coupons } = offered;
        let proposals = discounts.into_iter().map(Proposal::from).collect();
        Self { schema_version, engine_version, campaign_set, proposals, rejected_coupons }
    }
}

impl From<Discount> for Proposal {
    fn from(discount: Discount) -> Self {
        Self {
            campaign: discount.campaign_id,
            code: discount.campaign_code,
            name: discount.campaign_name,
            description: discount.description,
            scope: if discount.line_no.is_some() { "line" } else { "document" },
            line_id: discount.fk_transaction_product_temp_id,
            payment_id: discount.fk_transaction_payment_temp_id,
            amount: discount.discount_amount,
            rate: discount.discount_rate,
        }
    }
}

/// The same as older clients read it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Offered {
    /// The version of the answer, that of the cart.
    pub(crate) schema_version: String,
    /// The version of the engine.
    pub(crate) engine_version: String,
    /// The set of campaigns by its content.
    pub(crate) campaign_set: String,
    /// The discounts, in the order of the campaigns.
    pub(crate) discounts: Vec<Discount>,
    /// Codes that open nothing now, and why.
    pub(crate) rejected_coupons: Vec<RejectedCoupon>,
}

/// One discount.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "older clients know the columns by these names")]
pub(crate) struct Discount {
    /// The campaign.
    campaign_id: Uuid,
    /// Its code.
    campaign_code: String,
    /// Its name.
    campaign_name: String,
    /// What the customer reads.
    description: String,
    /// `DOCUMENT` or `LINE`.
    scope: &'static str,
    /// The line it is taken from.
    fk_transaction_product_temp_id: Option<String>,
    /// The payment that earned it.
    fk_transaction_payment_temp_id: Option<String>,
    /// The line's number.
    line_no: Option<u32>,
    /// How much.
    discount_amount: String,
    /// The share used, for a percentage.
    discount_rate: Option<String>,
    /// `CAMPAIGN`.
    temp_discount_type: &'static str,
    /// What is printed, at most 15 characters.
    discount_code: String,
}

/// A code that opens nothing now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RejectedCoupon {
    /// As it was given.
    pub(crate) code: String,
    /// Why.
    pub(crate) reason: String,
}

/// Who asks, and when.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    pub(crate) company: Uuid,
    pub(crate) store: Uuid,
    pub(crate) now: DateTime<Utc>,
    /// Whether this hub has one above it.
    pub(crate) is_below: bool,
    /// What is in force in the stores, as far as it is known already.
    pub(crate) offers: KnownOffers,
}

/// The moment of a store's clock.
pub(crate) fn moment(instant: DateTime<Utc>, time_zone: &str) -> Moment {
    let zone: chrono_tz::Tz = time_zone.parse().unwrap_or(chrono_tz::UTC);
    let local = zone.from_utc_datetime(&instant.naive_utc()).naive_local();
    Moment::new(instant, local, local.date())
}

/// When the day of a moment began, in milliseconds.
pub(crate) fn day_began(moment: Moment) -> i64 {
    let since_midnight = moment.local.signed_duration_since(moment.local.date().and_time(NaiveTime::MIN));
    moment.instant.timestamp_millis() - since_midnight.num_milliseconds()
}

/// Works out what campaigns give on a cart.
///
/// # Errors
/// `cart_invalid` for a number or identity that is none, or a cart beyond what is counted.
pub(crate) fn evaluate(
    session: &mut dyn Session,
    asker: &Asker,
    snapshot: &CartSnapshot,
) -> Result<Offered, ApiError> {
    let in_force = asker.offers.of(session, asker.company, asker.store)?;
    let (set, rule) = (&in_force.set, snapshot.campaign_resolution);
    let mut rejected = Vec::new();
    let cart = cart(session, (asker, &in_force), snapshot, &mut rejected)?;
    let mut evaluator = Evaluator::of(set, &cart)
        .map_err(|error| ApiError::unprocessable("cart_invalid", error.to_string()))?;
    // By the rule of the cart, which is the till's: a set of its own for it would be a copy of all campaigns.
    let evaluation = evaluator.resolve(rule.resolution()).evaluation;
    let line = |no: LineNo| snapshot.lines.iter().find(|line| line.line_no == no.0);
    let payment = |no: TenderNo| snapshot.payments.iter().flatten().find(|payment| payment.line_no == no.0);
    let discounts = evaluation.proposals.iter().map(|proposal| {
        let campaign = set.campaign(proposal.campaign);
        let of_line = proposal.line.and_then(line);
        Discount {
            campaign_id: campaign.id.uuid(),
            campaign_code: campaign.code.to_string(),
            campaign_name: campaign.name.clone(),
            description: campaign.text().to_owned(),
            scope: if of_line.is_some() { "LINE" } else { "DOCUMENT" },
            fk_transaction_product_temp_id: of_line.map(|line| line.line_id.clone()),
            fk_transaction_payment_temp_id: proposal
                .tender
                .and_then(payment)
                .map(|one| one.payment_id.clone()),
            line_no: of_line.map(|line| line.line_no),
            discount_amount: in_force.currency.format(proposal.amount),
            discount_rate: proposal.rate.map(|rate| rate.decimal().to_string()),
            temp_discount_type: "CAMPAIGN",
            discount_code: campaign.code.printed().to_owned(),
        }
    });
    let version = serde_json::to_value(snapshot.schema_version).ok();
    Ok(Offered {
        schema_version: version.and_then(|version| version.as_str().map(str::to_owned)).unwrap_or_default(),
        engine_version: ENGINE_VERSION.to_owned(),
        campaign_set: set.hash_by(rule).to_string(),
        discounts: discounts.collect(),
        rejected_coupons: rejected,
    })
}

fn invalid(what: &str) -> ApiError {
    ApiError::unprocessable("cart_invalid", format!("{what} cannot be read"))
}

/// The customer that a cart names.
///
/// # Errors
/// `cart_invalid` for an identity that is none.
pub(super) fn customer_of(cart: &CartSnapshot) -> Result<Option<Uuid>, ApiError> {
    let named = cart.fk_customer_id.as_deref().filter(|id| !id.is_empty());
    named.map(|id| Uuid::parse_str(id).map_err(|_| invalid("the customer"))).transpose()
}

/// The document that a cart is of, where it has an identity that holds can be known by.
pub(super) fn document_of(cart: &CartSnapshot) -> Option<Uuid> {
    Uuid::parse_str(cart.transaction_head_temp_id.as_deref()?).ok()
}

fn cart(
    session: &mut dyn Session,
    (asker, in_force): (&Asker, &InForce),
    snapshot: &CartSnapshot,
    rejected: &mut Vec<RejectedCoupon>,
) -> Result<Cart, ApiError> {
    let customer = customer_of(snapshot)?;
    let at = (asker.company, asker.store);
    let mut shopper = known::shopper(session, at, (customer, &snapshot.customer_segment_codes))?;
    if let Some(shopper) = &mut shopper {
        shopper.tier = tiers::on_cart(session, asker, shopper.id.uuid())?;
    }
    let moment = moment(asker.now, &in_force.time_zone);
    let mut context = Context {
        store: Some(StoreId::new(asker.store)),
        channel: Some(CHANNEL.to_owned()),
        uses: known::uses(session, (asker.company, in_force), (shopper.as_ref(), moment))?,
        shopper,
        ..Context::at(moment)
    };
    let due = snapshot.totals.due_before_payments.as_deref();
    let currency = &in_force.currency;
    context.due = due.map(|due| amount(due, currency).map_err(|_| invalid("what is due"))).transpose()?;
    context.unlocked = unlocked(session, (asker, in_force), (&context, snapshot), rejected)?;
    let lines = snapshot.lines.iter().filter(|line| !line.is_cancel && !line.is_voided);
    let earns = |payment: &&SnapshotPayment| !payment.is_cancel && !snapshot.payments_earn_nothing;
    let payments = snapshot.payments.iter().flatten().filter(earns);
    let tenders = payments.map(|payment| {
        Ok::<_, ApiError>(CartTender {
            no: TenderNo(payment.line_no),
            method: TenderMethod::of_event(&payment.payment_type),
            amount: amount(payment.judged_as.as_ref().unwrap_or(&payment.payment_total), currency)
                .map_err(|_| invalid("a payment"))?,
        })
    });
    let tenders = tenders.collect::<Result<Vec<_>, ApiError>>()?;
    let goods = Goods::on(session, at, in_force, &snapshot.lines)?;
    let lines = lines.map(|line| cart_line(line, &goods, in_force)).collect::<Result<Vec<_>, _>>()?;
    Ok(Cart { context, lines, tenders })
}

fn cart_line(line: &SnapshotLine, goods: &Goods<'_>, in_force: &InForce) -> Result<CartLine, ApiError> {
    Ok(CartLine {
        no: LineNo(line.line_no),
        item: Arc::new(goods.item(line)),
        quantity: quantity(&line.quantity).map_err(|_| invalid("a quantity"))?,
        total: total(&line.line_total, &in_force.currency).map_err(|_| invalid("a line total"))?,
    })
}

/// A number without the last digits of a binary fraction, which the columns of older clients hold: 3 × 3.2 is
/// 9.600000000000001 there. Decimals may have an exponent (D42).
fn plain(text: &str, digits: u32) -> Result<String, AmountError> {
    let number = parse_number(text)?;
    Ok(number.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero).normalize().to_string())
}

/// Digits below the minor unit that a cart is counted with.
const BELOW_MINOR: u32 = 4;

fn amount(text: &str, currency: &Currency) -> Result<Money, AmountError> {
    currency.parse(&plain(text, currency.minor_digits() + BELOW_MINOR)?)
}

fn total(text: &str, currency: &Currency) -> Result<FineMoney, AmountError> {
    FineMoney::parse(&plain(text, currency.minor_digits() + BELOW_MINOR)?, currency)
}

fn quantity(text: &str) -> Result<FineQuantity, AmountError> {
    FineQuantity::parse(&plain(text, 4)?)
}

/// The campaigns that the cart's codes open.
fn unlocked(
    session: &mut dyn Session,
    (asker, in_force): (&Asker, &InForce),
    (context, snapshot): (&Context, &CartSnapshot),
    rejected: &mut Vec<RejectedCoupon>,
) -> Result<BTreeSet<String>, ApiError> {
    let document = document_of(snapshot);
    let mut applied = AppliedCoupons::default();
    let mut unlocked = BTreeSet::new();
    for code in &snapshot.active_coupon_codes {
        let found = in_force.coupon(code);
        let found = found.map(|coupon| coupons::on_file(session, (asker, in_force), (coupon, document)));
        let found = found.transpose()?;
        match applied.enter(code, OpenDocument::Sale, |_| found, &in_force.set, context) {
            Ok(coupon) => {
                unlocked.extend(in_force.set.find(coupon.campaign).map(|found| found.code.unlocking()));
            }
            // One that is listed twice is on the cart once.
            Err(CouponRefusal::AlreadyApplied) => {}
            Err(refusal) => {
                rejected.push(RejectedCoupon { code: code.clone(), reason: coupons::reason(refusal) });
            }
        }
    }
    Ok(unlocked)
}

#[cfg(test)]
mod tests {
    use saleflex_core::money::CurrencyCode;

    use super::*;

    #[test]
    fn binary_fractions_of_a_cart_are_the_numbers_that_were_meant() {
        let pounds = Currency::of(CurrencyCode::parse("GBP").unwrap());
        let minor = Money::from_minor;
        assert_eq!(total("9.600000000000001", &pounds), FineMoney::parse("9.6", &pounds));
        assert_eq!(total("3.3333", &pounds), FineMoney::parse("3.3333", &pounds), "what is counted stays");
        assert_eq!(amount("23.390000000000001", &pounds), Ok(minor(2_339)));
        assert_eq!(amount("-0.30000000000000004", &pounds), Ok(minor(-30)));
        assert!(amount("23.395", &pounds).is_err(), "which is no amount");
        assert_eq!(quantity("0.30000000000000004"), FineQuantity::parse("0.3"));
        assert_eq!(total("0E-8", &pounds), Ok(FineMoney::ZERO), "0.0000 x 1.0000 (D42)");
        assert_eq!(total("9.6000000000000001E+0", &pounds), FineMoney::parse("9.6", &pounds));
        assert_eq!(
            (amount("1E+1", &pounds), quantity("1E+1")),
            (Ok(minor(1_000)), Ok(FineQuantity::pieces(10)))
        );
        for wrong in ["", "three", "1e", "1e3.5", "1.2.3"] {
            assert!(total(wrong, &pounds).is_err() && quantity(wrong).is_err(), "{wrong}");
        }
    }
}
