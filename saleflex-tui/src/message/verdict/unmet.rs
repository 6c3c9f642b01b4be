//! Why a campaign gives nothing: what it needs, by its name, and what there is instead.

use saleflex_core::campaign::{
    Benefit, Campaign, DepartmentKey, Selector, TenderMethod, UnitsOf, Unmet, UseLimit,
};

use super::{Telling, names};
use crate::{
    message::{self, refusal},
    text::Key,
};

impl Telling<'_> {
    pub(super) fn unmet(&self, campaign: &Campaign, why: Unmet) -> String {
        match why {
            Unmet::Inactive => self.word(Key::UnmetInactive),
            Unmet::NeverActivated => self.word(Key::UnmetNeverActivated),
            Unmet::NotUnlocked => self.word(Key::UnmetNotUnlocked),
            Unmet::CouponRefused(why) => match refusal::coupon(why) {
                Some(key) => {
                    self.text.fill(Key::UnmetCoupon, &[("why", self.word(key).trim_end_matches('.'))])
                }
                None => self.word(Key::UnmetNotUnlocked),
            },
            Unmet::OtherStore => self.word(Key::UnmetOtherStore),
            Unmet::Closed(closed) => self.closed(&campaign.window, closed),
            Unmet::NotInSegment { customer_known } => self.other_customers(customer_known, campaign.segment),
            Unmet::UsedUp { limit, most, used } => {
                let key = match limit {
                    UseLimit::Total => Key::UnmetUsedUp,
                    UseLimit::Customer => Key::UnmetUsedUpByCustomer,
                    UseLimit::Day => Key::UnmetUsedUpToday,
                };
                self.text.fill(key, &[("most", &*most.to_string()), ("used", &*used.to_string())])
            }
            Unmet::NotLent => self.word(Key::UnmetNotLent),
            Unmet::BudgetSpent { budget, spent } => self.amounts(Key::UnmetBudget, budget, spent),
            Unmet::NoLines => self.no_lines(campaign),
            Unmet::BelowPurchase { needed, actual } | Unmet::BelowTier { needed, actual } => {
                self.amounts(Key::UnmetBelow, needed, actual)
            }
            Unmet::AbovePurchase { most, actual } => self.amounts(Key::UnmetAbove, most, actual),
            Unmet::NoTender => self.no_tender(campaign),
            Unmet::TenderShare { needed, actual } => self.amounts(Key::UnmetTenderShare, needed, actual),
            Unmet::TooFewUnits { of, needed, actual } => self.too_few(campaign, of, (needed, actual)),
            Unmet::NothingToGive => self.word(Key::UnmetNothingToGive),
            Unmet::Stacking { with } => self.text.fill(Key::UnmetStacking, &[("with", self.campaign(with))]),
            Unmet::Condition { question, why } => self.condition(&campaign.condition, question, why),
            _ => self.word(Key::UnmetCondition),
        }
    }

    /// Whose units are too few, by the names of the goods.
    fn too_few(&self, campaign: &Campaign, of: UnitsOf, (needed, actual): (i64, i64)) -> String {
        let target = match (&campaign.benefit, of) {
            (Benefit::Bundle { parts, .. }, UnitsOf::Part(at)) => parts.get(at).map(|part| &part.of),
            (Benefit::BuyGet { of, .. }, UnitsOf::Got) => of.as_ref(),
            (Benefit::Gift { of, .. }, UnitsOf::Got) => Some(of),
            (Benefit::BuyGet { among: Some(among), .. }, UnitsOf::Bought) => Some(among),
            _ => None,
        };
        let target = target.unwrap_or(&campaign.target);
        let names = names(target.include.iter().map(|selector| self.selected(selector)));
        if names.is_empty() {
            return self.units(needed, actual);
        }
        let values = [("needed", &*needed.to_string()), ("actual", &*actual.to_string()), ("name", &*names)];
        self.text.fill(Key::UnmetTooFewUnitsOf, &values)
    }

    /// What it is about, by the names of the goods.
    fn no_lines(&self, campaign: &Campaign) -> String {
        let names = names(campaign.target.include.iter().map(|selector| self.selected(selector)));
        if names.is_empty() { self.word(Key::UnmetNoLines) } else { self.of(Key::UnmetNoLinesOf, &names) }
    }

    /// What goods are called that a target names.
    pub(super) fn selected(&self, selector: &Selector) -> String {
        let catalog = self.till.catalog();
        let department = |key: DepartmentKey| {
            let known = catalog.departments().find(|known| DepartmentKey::from(known.no) == key);
            known.map_or_else(String::new, |known| known.name.clone())
        };
        match selector {
            Selector::Product(id) => catalog.product(*id).map_or_else(String::new, |it| it.name().to_owned()),
            Selector::Department(key) | Selector::Category(key) => department(*key),
            Selector::Brand(id) => {
                let known = catalog.brands().iter().find(|brand| brand.id == *id);
                known.map_or_else(String::new, |brand| brand.name.clone())
            }
            Selector::Pattern(pattern) => pattern.as_str().to_owned(),
            Selector::Style(word) | Selector::Tag(word) => word.clone(),
            Selector::UnitPrice { least, most } => {
                span(least.map(|least| self.money(least)), most.map(|most| self.money(most)))
            }
            _ => String::new(),
        }
    }

    /// How it would have to be paid.
    fn no_tender(&self, campaign: &Campaign) -> String {
        let names = campaign.tender.as_ref().map(|terms| self.methods(&terms.of)).unwrap_or_default();
        if names.is_empty() { self.word(Key::UnmetNoTender) } else { self.of(Key::UnmetNoTenderOf, &names) }
    }

    /// What a way of paying is called.
    pub(super) fn method(&self, method: TenderMethod) -> String {
        match method {
            TenderMethod::Kind(kind) => message::tender_kind(self.text, kind).to_owned(),
            TenderMethod::Points | TenderMethod::Unknown => String::new(),
        }
    }
}

/// From and until, either of which may be open.
pub(super) fn span(from: Option<String>, until: Option<String>) -> String {
    format!("{} - {}", from.unwrap_or_default(), until.unwrap_or_default()).trim().to_owned()
}
