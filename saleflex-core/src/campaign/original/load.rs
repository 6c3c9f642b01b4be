//! From the original's columns to our model, taking what is stored as it stands.

use alloc::{string::String, vec::Vec};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;

use super::{
    CATEGORY, DEPARTMENT, OriginalCampaign, OriginalProduct, OriginalRule, PATTERN, PaymentTypes, TENDER,
    Type, is_type,
};
use crate::{
    campaign::{
        benefit::{Benefit, Choice, Per, ProductRow, Reward},
        condition::Condition,
        definition::{Activation, Campaign, CampaignCode, Exclusivity, Lane, Limits, TenderTerms},
        target::{DepartmentKey, Selector, Target, TenderMethod, TenderTarget},
        window::{Weekdays, Window},
    },
    ids::{BrandId, CampaignId, ProductId, SegmentId, StoreId},
    money::{Currency, Money, Rounding, parse_number},
    quantity::Percent,
};

impl OriginalCampaign {
    /// The campaign this row is, with the meaning it had. Deleted rows, rules and products count as absent; what is
    /// malformed gives nothing, a rate above 100 % is 100 % (D3).
    pub fn load(&self, currency: &Currency, types: &PaymentTypes) -> Campaign {
        let kind = Type::of(&self.campaign_type_code).filter(|_| self.campaign_type_active);
        let money = |text: &Option<String>| text.as_deref().and_then(|text| amount(text, currency));
        let live: Vec<&OriginalRule> = self.rules.iter().filter(|rule| !rule.is_deleted).collect();
        Campaign {
            id: CampaignId::new(self.id),
            code: CampaignCode::new(self.code.clone()),
            name: self.name.clone(),
            description: self.description.clone(),
            message: self.notification_message.clone(),
            is_active: self.is_active && !self.is_deleted,
            activation: match (self.requires_coupon, self.is_auto_apply) {
                (true, _) => Activation::Coupon,
                (false, true) => Activation::Automatic,
                (false, false) => Activation::Never,
            },
            store: self.fk_store_id.map(StoreId::new),
            window: self.window(),
            segment: self.fk_customer_segment_id.map(SegmentId::new),
            condition: Condition::default(),
            tender: (kind == Some(Type::Payment))
                .then(|| TenderTerms { of: tenders(&live, types), least_share: Percent::ZERO }),
            target: target(&live),
            benefit: kind.map_or(Benefit::Nothing, |kind| self.benefit(kind, currency)),
            limits: Limits {
                least_purchase: money(&self.min_purchase_amount),
                most_purchase: money(&self.max_purchase_amount),
                uses: limit(self.total_usage_limit),
                uses_per_customer: limit(self.usage_limit_per_customer),
                per_proposal: money(&self.max_discount_amount),
                ..Limits::default()
            },
            lane: Lane {
                priority: self.priority.unwrap_or(1),
                exclusivity: if self.is_combinable { Exclusivity::Combinable } else { Exclusivity::Last },
                ..Lane::default()
            },
        }
    }

    /// The first date, time or amount, of the campaign or of a product of it, that cannot be read. [`load`](Self::load) takes it
    /// for one that is not there, as the original did; a campaign without the end or the limit that was meant gives more than
    /// anybody wanted, so who takes a row over from elsewhere asks first.
    pub fn unreadable(&self) -> Option<&'static str> {
        let days = [("start_date", self.start_date.as_deref()), ("end_date", self.end_date.as_deref())];
        let times = [("start_time", self.start_time.as_deref()), ("end_time", self.end_time.as_deref())];
        let amounts = [
            ("discount_value", self.discount_value.as_deref()),
            ("discount_percentage", self.discount_percentage.as_deref()),
            ("max_discount_amount", self.max_discount_amount.as_deref()),
            ("min_purchase_amount", self.min_purchase_amount.as_deref()),
            ("max_purchase_amount", self.max_purchase_amount.as_deref()),
        ];
        let of_product = |row: &OriginalProduct| {
            let amounts = [
                ("products", row.discount_value.as_deref()),
                ("products", row.discount_percentage.as_deref()),
            ];
            first_unreadable(&amounts, is_decimal)
        };
        first_unreadable(&days, |text| parse_local(text).is_some())
            .or_else(|| first_unreadable(&times, |text| parse_time(text).is_some()))
            .or_else(|| first_unreadable(&amounts, is_decimal))
            .or_else(|| self.products.iter().find_map(of_product))
    }

    fn window(&self) -> Window {
        let day = |text: &Option<String>| text.as_deref().and_then(parse_local).map(|at| at.date());
        let time = |text: &Option<String>| text.as_deref().and_then(parse_time);
        Window {
            start: day(&self.start_date),
            end: day(&self.end_date),
            from: time(&self.start_time),
            until: time(&self.end_time),
            weekdays: self.days_of_week.as_deref().and_then(weekdays),
        }
    }

    fn benefit(&self, kind: Type, currency: &Currency) -> Benefit {
        let rows = self.products.iter().filter(|row| row.is_active && !row.is_deleted);
        let mut rows: Vec<&OriginalProduct> = rows.collect();
        // Stable: rows without an identity keep their place (D11).
        rows.sort_by_key(|row| (row.display_order.unwrap_or(0), row.id));
        match kind {
            Type::Basket | Type::Time | Type::Payment => self
                .own_reward(currency)
                .map_or(Benefit::Nothing, |reward| Benefit::Off { reward, per: Per::Document }),
            Type::Product if rows.is_empty() => Benefit::Nothing,
            Type::Product => Benefit::Products {
                rows: rows.iter().filter_map(|row| self.row(row, currency)).collect(),
                reward: None,
            },
            Type::BuyGet => self.buy_get(&rows),
        }
    }

    /// A row with the reward it works with; none where it can give nothing. A gift is no target (D10).
    fn row(&self, row: &OriginalProduct, currency: &Currency) -> Option<ProductRow> {
        let (rate, value) = (row.discount_percentage.as_deref(), row.discount_value.as_deref());
        let own = reward(self.kind(), rate, value, currency);
        let has_own = row.discount_percentage.is_some() || row.discount_value.is_some();
        let reward = if has_own { own } else { self.own_reward(currency) };
        let (least, most) = (row.min_quantity, row.max_quantity);
        let product = ProductId::new(row.fk_product_id);
        let reward = reward.filter(|_| !row.is_gift_product)?;
        Some(ProductRow { product, least, most, reward: Some(reward) })
    }

    fn buy_get(&self, rows: &[&OriginalProduct]) -> Benefit {
        let quantity = |count: Option<i64>| count.and_then(|count| u32::try_from(count).ok()).unwrap_or(0);
        let (buy, get) = (quantity(self.buy_quantity), quantity(self.get_quantity));
        let is_kind = self.kind() == Some(Kind::BuyGet);
        let targets = rows.iter().filter(|row| !row.is_gift_product);
        let among: Vec<Selector> =
            targets.map(|row| Selector::Product(ProductId::new(row.fk_product_id))).collect();
        if !is_kind || buy == 0 || get == 0 || (among.is_empty() && !rows.is_empty()) {
            return Benefit::Nothing;
        }
        let among = (!among.is_empty()).then(|| Target::of(among));
        Benefit::BuyGet { buy, get, percent: Percent::HUNDRED, among, of: None, choice: Choice::Cheapest }
    }

    /// The campaign's own reward; its kind must say which, also where only one field is set.
    fn own_reward(&self, currency: &Currency) -> Option<Reward> {
        match self.kind()? {
            Kind::Percentage => percent(self.discount_percentage.as_deref()).map(Reward::Percent),
            Kind::FixedAmount => fixed(self.discount_value.as_deref(), currency).map(Reward::Amount),
            Kind::BuyGet => None,
        }
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        match self.discount_type.as_deref()?.trim().to_uppercase().as_str() {
            "PERCENTAGE" => Some(Kind::Percentage),
            "FIXED_AMOUNT" => Some(Kind::FixedAmount),
            "BUY_X_GET_Y" => Some(Kind::BuyGet),
            _ => None,
        }
    }
}

/// The kinds of reward that are evaluated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Percentage,
    FixedAmount,
    BuyGet,
}

/// A row's own reward: the one field that is set decides; of two, the campaign's kind picks (D9).
fn reward(
    kind: Option<Kind>,
    rate: Option<&str>,
    value: Option<&str>,
    currency: &Currency,
) -> Option<Reward> {
    let rated = || percent(rate).map(Reward::Percent);
    let valued = || fixed(value, currency).map(Reward::Amount);
    match (rate, value, kind) {
        (Some(_), None, _) | (Some(_), Some(_), Some(Kind::Percentage)) => rated(),
        (None, Some(_), _) | (Some(_), Some(_), Some(Kind::FixedAmount)) => valued(),
        _ => None,
    }
}

/// A rate above nothing, at most the whole.
fn percent(text: Option<&str>) -> Option<Percent> {
    let rate = parse_number(text?.trim()).ok()?.min(Decimal::ONE_HUNDRED);
    Percent::try_new(Rounding::HalfUp.round(rate, 4)).ok().filter(|rate| !rate.is_zero())
}

fn fixed(text: Option<&str>, currency: &Currency) -> Option<Money> {
    amount(text?, currency).filter(|amount| amount.is_positive())
}

/// The first of some fields that says something which is not read.
fn first_unreadable(
    fields: &[(&'static str, Option<&str>)],
    reads: impl Fn(&str) -> bool,
) -> Option<&'static str> {
    let unread = fields.iter().find(|(_, text)| text.is_some_and(|text| !reads(text)));
    unread.map(|(field, _)| *field)
}

fn is_decimal(text: &str) -> bool {
    parse_number(text.trim()).is_ok()
}

/// An amount of account; one beyond all bounds is the largest there is.
fn amount(text: &str, currency: &Currency) -> Option<Money> {
    let value = parse_number(text.trim()).ok()?;
    Some(currency.round(value, Rounding::HalfUp).unwrap_or(if value.is_sign_negative() {
        -Money::MAX
    } else {
        Money::MAX
    }))
}

/// Nothing and less is no limit (A9).
fn limit(limit: Option<i64>) -> Option<u32> {
    limit.filter(|limit| *limit > 0).map(|limit| u32::try_from(limit).unwrap_or(u32::MAX))
}

/// The integers of a comma list; none of them is no restriction (A10), others than 1 to 7 never come.
fn weekdays(text: &str) -> Option<Weekdays> {
    let kept: Vec<&str> = text.split(',').map(str::trim).filter(|part| is_integer(part)).collect();
    (!kept.is_empty()).then(|| Weekdays::of(kept.iter().filter_map(|day| day.parse().ok())))
}

/// Whether a text is an integer, of however many digits.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// A date, with or without a time, on the store's clock.
pub fn parse_local(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    let (day, rest) = text.split_at_checked(10)?;
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    let rest = rest.strip_prefix(['T', ' ']).unwrap_or(rest);
    // What is stored is the store's clock; a zone behind it says nothing more.
    let rest = rest.split(['Z', '+', '-']).next().unwrap_or(rest);
    if rest.is_empty() {
        Some(day.and_time(NaiveTime::MIN))
    } else {
        parse_time(rest).map(|time| day.and_time(time))
    }
}

pub(super) fn parse_time(text: &str) -> Option<NaiveTime> {
    let text = text.trim();
    let formats = ["%H:%M:%S%.f", "%H:%M"];
    formats.into_iter().find_map(|format| NaiveTime::parse_from_str(text, format).ok())
}

fn target(rules: &[&OriginalRule]) -> Target {
    let mut target = Target::all();
    for rule in rules {
        let Some(selector) = selector(rule) else { continue };
        if rule.is_include { target.include.push(selector) } else { target.exclude.push(selector) }
    }
    target
}

/// What a rule means for lines; a rule about tenders means nothing for them (A16).
fn selector(rule: &OriginalRule) -> Option<Selector> {
    let name = rule.rule_type.to_uppercase();
    let selector = match name.as_str() {
        TENDER => return None,
        "PRODUCT" => rule.fk_product_id.map(|id| Selector::Product(ProductId::new(id))),
        DEPARTMENT => rule.fk_department_id.map(|id| Selector::Department(DepartmentKey::new(id))),
        CATEGORY => rule.category().map(|id| Selector::Category(DepartmentKey::new(id))),
        "BRAND" => rule.fk_product_manufacturer_id.map(|id| Selector::Brand(BrandId::new(id))),
        PATTERN => rule.pattern().map(Selector::Pattern),
        _ => None,
    };
    Some(selector.unwrap_or(Selector::Unknown(name)))
}

fn tenders(rules: &[&OriginalRule], types: &PaymentTypes) -> TenderTarget {
    let mut target = TenderTarget::default();
    for rule in rules.iter().filter(|rule| is_type(&rule.rule_type, TENDER)) {
        let method = rule.fk_payment_type_id.map_or(TenderMethod::Unknown, |id| types.method(id));
        if rule.is_include { target.include.push(method) } else { target.exclude.push(method) }
    }
    target
}
