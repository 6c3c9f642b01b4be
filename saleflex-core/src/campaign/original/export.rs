//! From our model back to the original's columns, for what they can hold.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    CATEGORY, DEPARTMENT, OriginalCampaign, OriginalProduct, OriginalRule, PATTERN, PaymentTypes, TENDER,
};
use crate::{
    campaign::{
        benefit::{Benefit, Choice, Per, ProductRow, Reward},
        definition::{Activation, Campaign, Exclusivity, Limits},
        target::{Selector, Target},
        window::Weekdays,
    },
    money::{Currency, Money},
    quantity::Percent,
};

/// What the original's columns cannot hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotOriginal {
    /// This kind of benefit.
    #[error("the original has no such benefit")]
    Benefit,
    /// A time of day that only begins or only ends.
    #[error("the original needs both times of a day, or none")]
    Window,
    /// A further condition.
    #[error("the original has no such condition")]
    Condition,
    /// A selector such as a tag.
    #[error("the original has no such selector")]
    Selector,
    /// A limit beyond those of the original.
    #[error("the original has no such limit")]
    Limit,
    /// Stacking groups or strict exclusivity.
    #[error("the original has no stacking groups and no strict exclusivity")]
    Lane,
    /// A tender method without a type, or a least share.
    #[error("the original has no such tender rule")]
    Tender,
    /// A rate of more than two digits.
    #[error("the original has no rate of more than two digits")]
    Rate,
}

impl OriginalCampaign {
    /// The row that loads back into this campaign.
    ///
    /// # Errors
    /// [`NotOriginal`] names what the columns cannot hold.
    pub fn export(
        campaign: &Campaign,
        currency: &Currency,
        types: &PaymentTypes,
    ) -> Result<Self, NotOriginal> {
        check_holdable(campaign)?;
        let money = |amount: Option<Money>| amount.map(|amount| currency.format(amount));
        let window = &campaign.window;
        let mut row = Self {
            id: campaign.id.uuid(),
            code: campaign.code.to_string(),
            name: campaign.name.clone(),
            description: campaign.description.clone(),
            notification_message: campaign.message.clone(),
            fk_store_id: campaign.store.map(crate::ids::StoreId::uuid),
            max_discount_amount: money(campaign.limits.per_proposal),
            min_purchase_amount: money(campaign.limits.least_purchase),
            max_purchase_amount: money(campaign.limits.most_purchase),
            start_date: window.start.map(|day| day.to_string()),
            end_date: window.end.map(|day| day.to_string()),
            start_time: window.from.map(|time| time.to_string()),
            end_time: window.until.map(|time| time.to_string()),
            days_of_week: window.weekdays.map(days),
            priority: Some(campaign.lane.priority),
            is_combinable: campaign.lane.exclusivity == Exclusivity::Combinable,
            usage_limit_per_customer: campaign.limits.uses_per_customer.map(i64::from),
            total_usage_limit: campaign.limits.uses.map(i64::from),
            is_active: campaign.is_active,
            is_auto_apply: campaign.activation == Activation::Automatic,
            requires_coupon: campaign.activation == Activation::Coupon,
            fk_customer_segment_id: campaign.segment.map(crate::ids::SegmentId::uuid),
            rules: rules(&campaign.target)?,
            ..Self::default()
        };
        row.put_benefit(campaign, currency)?;
        row.put_tenders(campaign, types)?;
        Ok(row)
    }

    fn put_benefit(&mut self, campaign: &Campaign, currency: &Currency) -> Result<(), NotOriginal> {
        let basket = if campaign.window.from.is_some() { "TIME_BASED" } else { "BASKET_DISCOUNT" };
        match &campaign.benefit {
            Benefit::Off { reward, per: Per::Document } => {
                let name = if campaign.tender.is_some() { "PAYMENT_DISCOUNT" } else { basket };
                self.campaign_type_code = name.into();
                self.put_reward(Some(*reward), currency)?;
            }
            Benefit::Products { rows, reward } => {
                self.campaign_type_code = "PRODUCT_DISCOUNT".into();
                self.put_reward(*reward, currency)?;
                let rows = (0..).zip(rows).map(|(order, row)| product(row, order, currency));
                self.products = rows.collect::<Result<_, _>>()?;
            }
            Benefit::BuyGet { buy, get, percent, among, of: None, choice: Choice::Cheapest }
                if *percent == Percent::HUNDRED =>
            {
                self.campaign_type_code = "BUY_X_GET_Y".into();
                self.discount_type = Some("BUY_X_GET_Y".into());
                self.buy_quantity = Some(i64::from(*buy));
                self.get_quantity = Some(i64::from(*get));
                self.products = among.iter().map(pool).collect::<Result<Vec<_>, _>>()?.concat();
            }
            Benefit::Nothing
            | Benefit::Off { .. }
            | Benefit::FixedPrice { .. }
            | Benefit::PriceFor { .. }
            | Benefit::Tiers { .. }
            | Benefit::BuyGet { .. }
            | Benefit::Bundle { .. }
            | Benefit::Gift { .. }
            | Benefit::Points { .. } => return Err(NotOriginal::Benefit),
        }
        Ok(())
    }

    fn put_reward(&mut self, reward: Option<Reward>, currency: &Currency) -> Result<(), NotOriginal> {
        let Some(reward) = reward else { return Ok(()) };
        self.discount_type = Some(match reward {
            Reward::Percent(_) => "PERCENTAGE".into(),
            Reward::Amount(_) => "FIXED_AMOUNT".into(),
        });
        (self.discount_percentage, self.discount_value) = texts(reward, currency)?;
        Ok(())
    }

    fn put_tenders(&mut self, campaign: &Campaign, types: &PaymentTypes) -> Result<(), NotOriginal> {
        let Some(terms) = &campaign.tender else { return Ok(()) };
        if !terms.least_share.is_zero() || self.campaign_type_code != "PAYMENT_DISCOUNT" {
            return Err(NotOriginal::Tender);
        }
        for (methods, is_include) in [(&terms.of.include, true), (&terms.of.exclude, false)] {
            for method in methods {
                let id = types.id(*method).ok_or(NotOriginal::Tender)?;
                self.rules.push(OriginalRule {
                    rule_type: TENDER.into(),
                    fk_payment_type_id: Some(id),
                    is_include,
                    ..OriginalRule::default()
                });
            }
        }
        Ok(())
    }
}

fn check_holdable(campaign: &Campaign) -> Result<(), NotOriginal> {
    let limits = &campaign.limits;
    let known = Limits {
        least_purchase: limits.least_purchase,
        most_purchase: limits.most_purchase,
        uses: limits.uses,
        uses_per_customer: limits.uses_per_customer,
        per_proposal: limits.per_proposal,
        ..Limits::default()
    };
    let lane = &campaign.lane;
    if !campaign.condition.is_empty() {
        return Err(NotOriginal::Condition);
    }
    if campaign.window.from.is_some() != campaign.window.until.is_some() {
        return Err(NotOriginal::Window);
    }
    if known != *limits {
        return Err(NotOriginal::Limit);
    }
    if lane.exclusivity == Exclusivity::Alone || !lane.group.is_empty() || lane.stacks_with.is_some() {
        return Err(NotOriginal::Lane);
    }
    Ok(())
}

/// A day that never comes: what a list names that holds no other.
const NO_DAY: &str = "0";

/// Days as a comma list. An empty list would be every day (A10).
fn days(days: Weekdays) -> String {
    let named: Vec<String> = days.days().map(|day| day.to_string()).collect();
    if named.is_empty() { NO_DAY.into() } else { named.join(",") }
}

/// The reward as the texts of percentage and value. The original's columns would cut a rate of more than two digits.
fn texts(reward: Reward, currency: &Currency) -> Result<(Option<String>, Option<String>), NotOriginal> {
    match reward {
        Reward::Percent(rate) if rate.decimal().scale() > 2 => Err(NotOriginal::Rate),
        Reward::Percent(rate) => Ok((Some(format!("{:.2}", rate.decimal())), None)),
        Reward::Amount(amount) => Ok((None, Some(currency.format(amount)))),
    }
}

fn product(row: &ProductRow, order: i64, currency: &Currency) -> Result<OriginalProduct, NotOriginal> {
    let (rate, value) = row.reward.map_or(Ok((None, None)), |reward| texts(reward, currency))?;
    Ok(OriginalProduct {
        fk_product_id: row.product.uuid(),
        min_quantity: row.least,
        max_quantity: row.most,
        discount_percentage: rate,
        discount_value: value,
        display_order: Some(order),
        ..OriginalProduct::default()
    })
}

fn pool(among: &Target) -> Result<Vec<OriginalProduct>, NotOriginal> {
    let row = |selector: &Selector| {
        let Selector::Product(id) = selector else { return Err(NotOriginal::Selector) };
        Ok(OriginalProduct { fk_product_id: id.uuid(), ..OriginalProduct::default() })
    };
    if !among.exclude.is_empty() {
        return Err(NotOriginal::Selector);
    }
    among.include.iter().map(row).collect()
}

fn rules(target: &Target) -> Result<Vec<OriginalRule>, NotOriginal> {
    let sides = [(&target.include, true), (&target.exclude, false)];
    let all = sides.into_iter().flat_map(|(side, is_include)| side.iter().map(move |one| (one, is_include)));
    all.map(|(selector, is_include)| {
        let mut rule = OriginalRule { is_include, ..OriginalRule::default() };
        let name = match selector {
            Selector::Product(id) => {
                rule.fk_product_id = Some(id.uuid());
                "PRODUCT"
            }
            Selector::Department(key) => {
                rule.fk_department_id = Some(key.uuid());
                DEPARTMENT
            }
            Selector::Category(key) => {
                rule.rule_value = Some(key.uuid().to_string());
                CATEGORY
            }
            Selector::Brand(id) => {
                rule.fk_product_manufacturer_id = Some(id.uuid());
                "BRAND"
            }
            Selector::Pattern(pattern) => {
                rule.rule_value = Some(pattern.as_str().into());
                PATTERN
            }
            Selector::Unknown(name) => name,
            Selector::Style(_) | Selector::Tag(_) | Selector::UnitPrice { .. } => {
                return Err(NotOriginal::Selector);
            }
        };
        rule.rule_type = name.into();
        Ok(rule)
    })
    .collect()
}
