//! A loyalty program: what it gives, to whom, and how it counts.

use alloc::{collections::BTreeSet, string::String, vec::Vec};

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{ClawBack, EarnRule, Mode, RedemptionPolicy, Tier};
use crate::{
    customer::CallingCode,
    ids::{ProgramId, StoreId},
    money::Money,
    quantity::{Percent, PointRate, Points},
    tender::TenderKind,
};

/// Longest code of a tier.
const LONGEST_TIER_CODE: usize = 50;
/// Longest code of a rule.
const LONGEST_RULE_CODE: usize = 64;

/// A loyalty program.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// The program's id.
    pub id: ProgramId,
    /// Its name, 1–250 characters.
    pub name: String,
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its terms, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<String>,
    /// The store it is for; none: every store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreId>,
    /// From when on; none: always was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<DateTime<Utc>>,
    /// Until before when; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<DateTime<Utc>>,
    /// Whether it is switched on.
    pub is_active: bool,
    /// What a sale earns.
    pub earn: EarnPolicy,
    /// Rules that earn besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<EarnRule>,
    /// The tiers a member can reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
    /// Days that a member keeps a tier no longer reached; nothing: none.
    #[serde(default)]
    pub grace_days: u16,
    /// How points are redeemed.
    pub redemption: RedemptionPolicy,
    /// Points given at enrolment.
    #[serde(default)]
    pub welcome: Points,
    /// Points given for a birthday.
    #[serde(default)]
    pub birthday: Points,
    /// Points given when a member brings another.
    #[serde(default)]
    pub referral: ReferralPoints,
    /// Days after the day of a credit that its points may be used; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry_days: Option<u16>,
    /// How members are found.
    #[serde(default)]
    pub identifier: Identifier,
    /// Whether a customer needs a telephone to become a member.
    pub require_phone: bool,
    /// The calling code of telephones without one, where it is not the store's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calling_code: Option<String>,
    /// What a refund does to points.
    #[serde(default)]
    pub claw_back: ClawBack,
    /// Who keeps the points.
    #[serde(default)]
    pub mode: Mode,
}

/// What a sale earns without any rule.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EarnPolicy {
    /// Points for one unit of the currency.
    pub rate: PointRate,
    /// The smallest amount that earns at this rate; rules earn below it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_purchase: Option<Money>,
    /// Which amount of a document counts.
    #[serde(default)]
    pub base: EarnBase,
    /// The tenders that earn; one of another kind and the document earns nothing. None: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eligible_tenders: Option<BTreeSet<TenderKind>>,
    /// The most points one may earn.
    #[serde(default)]
    pub limits: EarnLimits,
}

/// The most points that may be earned; none: no limit.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EarnLimits {
    /// By one document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_document: Option<Points>,
    /// By one member on one local day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<Points>,
}

/// What points are earned on.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EarnBase {
    /// What is left after all discounts, points among them.
    #[default]
    Net,
    /// The total before document-level adjustments.
    Gross,
}

impl EarnBase {
    /// The amount of a document that counts.
    pub fn of(self, totals: &crate::basket::Totals) -> Money {
        match self {
            Self::Net => totals.total - totals.discount + totals.surcharge,
            Self::Gross => totals.total,
        }
    }
}

/// How members are found.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Identifier {
    /// By telephone.
    #[default]
    Phone,
    /// By card.
    Card,
}

/// Points given when a member brings another.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReferralPoints {
    /// To the member who brings somebody.
    pub referrer: Points,
    /// To the one brought.
    pub referred: Points,
}

/// What is wrong with a program; it is refused when it is saved, not when a sale is paid.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// No name, or one longer than 250 characters.
    #[error("the name must have 1 to 250 characters")]
    Name,
    /// It ends before it begins.
    #[error("the program ends before it begins")]
    Dates,
    /// Points given that are below nothing.
    #[error("points given cannot be below nothing")]
    NegativePoints,
    /// More points than one booking moves.
    #[error("at most {most} points can be given or asked for")]
    TooManyPoints {
        /// The most points of one booking, [`Points::MAX`].
        most: Points,
    },
    /// A smallest purchase below nothing.
    #[error("an amount cannot be below nothing")]
    NegativeAmount,
    /// A share above the whole.
    #[error("no more than 100 % of a basket can be paid with points")]
    Share,
    /// A calling code that is none.
    #[error("a calling code has one to four digits")]
    CallingCode,
    /// A tier or a rule without a code.
    #[error("a tier and a rule need a code")]
    CodeMissing,
    /// The code of a tier has more than 50 characters, or that of a rule more than 64.
    #[error("the code {code} is too long")]
    CodeTooLong {
        /// The code that is too long.
        code: String,
    },
    /// Two tiers or two rules with one code.
    #[error("the code {code} is used twice")]
    CodeTwice {
        /// The code that both have.
        code: String,
    },
}

impl Program {
    /// A program to begin with: active, in every store and for ever, which earns and gives nothing, whose points buy
    /// nothing, and which a refund takes back in shares.
    pub fn new(id: ProgramId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            description: None,
            terms: None,
            store: None,
            starts: None,
            ends: None,
            is_active: true,
            earn: EarnPolicy::default(),
            rules: Vec::new(),
            tiers: Vec::new(),
            grace_days: 0,
            redemption: RedemptionPolicy::NOTHING,
            welcome: Points::ZERO,
            birthday: Points::ZERO,
            referral: ReferralPoints::default(),
            expiry_days: None,
            identifier: Identifier::default(),
            require_phone: true,
            calling_code: None,
            claw_back: ClawBack::default(),
            mode: Mode::default(),
        }
    }

    /// Whether it may be saved.
    ///
    /// # Errors
    /// [`ProgramError`] with the first thing wrong.
    pub fn check(&self) -> Result<(), ProgramError> {
        if !(1..=250).contains(&self.name.trim().chars().count()) {
            return Err(ProgramError::Name);
        }
        if self.starts.zip(self.ends).is_some_and(|(starts, ends)| ends <= starts) {
            return Err(ProgramError::Dates);
        }
        if self.calling_code.as_deref().is_some_and(|code| CallingCode::parse(code).is_none()) {
            return Err(ProgramError::CallingCode);
        }
        self.check_points()?;
        let amounts = self.tiers.iter().filter_map(|tier| tier.min_annual_spending);
        if amounts.chain(self.earn.min_purchase).any(Money::is_negative) {
            return Err(ProgramError::NegativeAmount);
        }
        if self.redemption.max_basket_share.is_some_and(|share| share > Percent::HUNDRED) {
            return Err(ProgramError::Share);
        }
        let mut codes =
            self.tiers.iter().map(|tier| &tier.code).chain(self.rules.iter().map(|rule| &rule.code));
        if codes.any(|code| code.trim().is_empty()) {
            return Err(ProgramError::CodeMissing);
        }
        let long = |most| move |code: &&String| code.chars().count() > most;
        let tiers = self.tiers.iter().map(|tier| &tier.code).find(long(LONGEST_TIER_CODE));
        let rules = self.rules.iter().map(|rule| &rule.code).find(long(LONGEST_RULE_CODE));
        if let Some(code) = tiers.or(rules) {
            return Err(ProgramError::CodeTooLong { code: code.clone() });
        }
        once(self.tiers.iter().map(|tier| &tier.code))?;
        once(self.rules.iter().map(|rule| &rule.code))
    }

    /// Every number of points it names is from none to [`Points::MAX`]; a step below one counts as one.
    fn check_points(&self) -> Result<(), ProgramError> {
        let limits = self.earn.limits;
        let points = [
            self.welcome,
            self.birthday,
            self.referral.referrer,
            self.referral.referred,
            self.redemption.minimum,
            self.redemption.step.or_zero(),
        ];
        let tiers = self.tiers.iter().filter_map(|tier| tier.min_points);
        let limits = [limits.per_document, limits.per_day].into_iter().flatten();
        let rules = self.rules.iter().flat_map(|rule| [Some(rule.award.flat), rule.cap]).flatten();
        for points in points.into_iter().chain(tiers).chain(limits).chain(rules) {
            if points.is_negative() {
                return Err(ProgramError::NegativePoints);
            }
            points.bounded().map_err(|_| ProgramError::TooManyPoints { most: Points::MAX })?;
        }
        Ok(())
    }

    /// Whether it may be used in a store at an instant.
    pub fn is_in_force(&self, store: StoreId, at: DateTime<Utc>) -> bool {
        self.is_active
            && self.store.is_none_or(|own| own == store)
            && self.starts.is_none_or(|starts| starts <= at)
            && self.ends.is_none_or(|ends| at < ends)
    }

    /// A tier by its code.
    pub fn tier(&self, code: &str) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.code == code)
    }

    /// What members get off by their tier, for the campaign set: each asks for the tier's code.
    pub fn tier_discounts(&self) -> impl Iterator<Item = (&str, Percent)> {
        let given = |tier: &Tier| tier.discount.filter(|percent| tier.is_active && !percent.is_zero());
        self.tiers.iter().filter_map(move |tier| Some((tier.code.as_str(), given(tier)?)))
    }

    /// The last day points credited on a date may be used.
    pub fn expiry_of(&self, credited: NaiveDate) -> Option<NaiveDate> {
        let days = Days::new(self.expiry_days?.into());
        Some(credited.checked_add_days(days).unwrap_or(NaiveDate::MAX))
    }
}

fn once<'a>(codes: impl Iterator<Item = &'a String>) -> Result<(), ProgramError> {
    let mut seen = BTreeSet::new();
    for code in codes {
        if !seen.insert(code) {
            return Err(ProgramError::CodeTwice { code: code.clone() });
        }
    }
    Ok(())
}

/// The program new members join: one of the store before a general one, then by name, then by id.
pub fn in_force(programs: &[Program], store: StoreId, at: DateTime<Utc>) -> Option<&Program> {
    programs.iter().filter(|program| program.is_in_force(store, at)).min_by(|one, other| {
        let order = |program: &&Program| program.store.is_none();
        (order(one), &one.name, one.id).cmp(&(order(other), &other.name, other.id))
    })
}
