//! A tier of the loyalty program.

use saleflex_core::{
    loyalty::{ProgramError, Tier},
    quantity::{Multiplier, Points},
};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value},
    shown,
};
use crate::{
    listing::RowId,
    message,
    text::{Key, Text},
};

/// A tier; of none a new one. Its code stands fixed once members may have it.
pub(crate) struct TierModel;

impl Model for TierModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "TIER",
            panel: "TIER_PANEL",
            definition: include_str!("../../../forms/tier.toml"),
            event: "TIER_ADD",
            fields: &[
                "CODE",
                "NAME",
                "LEVEL",
                "MIN_POINTS",
                "MIN_SPENDING",
                "MULTIPLIER",
                "DISCOUNT",
                "BENEFITS",
                "IS_ACTIVE",
            ],
        }
    }

    fn money(&self) -> &'static [&'static str] {
        &["MIN_SPENDING"]
    }

    fn load(&self, till: &mut Till, _: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let currency = *till.currency();
        let program = shown(till);
        let known = if let Some(RowId::Tier(at)) = of { program.tiers.get(at) } else { None };
        let highest = program.tiers.iter().map(|tier| tier.level).max().unwrap_or_default();
        let level = known.map_or(highest.saturating_add(1), |tier| tier.level);
        let spending = known.and_then(|tier| tier.min_annual_spending);
        Ok(vec![
            (
                "CODE",
                known.map_or_else(|| Value::Text(String::new()), |tier| Value::Fixed(tier.code.clone())),
            ),
            ("NAME", Value::text(known.map(|tier| &tier.name))),
            ("LEVEL", Value::text(Some(level))),
            ("MIN_POINTS", Value::text(known.and_then(|tier| tier.min_points))),
            ("MIN_SPENDING", Value::text(spending.map(|amount| currency.format(amount)))),
            ("MULTIPLIER", Value::text(known.and_then(|tier| tier.multiplier))),
            ("DISCOUNT", Value::text(known.and_then(|tier| tier.discount))),
            ("BENEFITS", Value::text(known.and_then(|tier| tier.benefits.as_ref()))),
            ("IS_ACTIVE", Value::Flag(known.is_none_or(|tier| tier.is_active))),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let mut program = shown(till);
        let mut read = Reader::new(entered, text, till);
        let code = read.needed("CODE", 50);
        let at = program.tiers.iter().position(|tier| tier.code == code);
        if of.is_none() && at.is_some() {
            read.fault("CODE", text.fill(Key::CodeTaken, &[("code", &code)]));
        }
        let before = at.and_then(|at| program.tiers.get(at));
        let tier = Tier {
            code,
            name: read.needed("NAME", 100),
            level: read.number("LEVEL").unwrap_or_default(),
            display_order: before.map_or(0, |tier| tier.display_order),
            min_points: read.number("MIN_POINTS").map(Points::new),
            min_annual_spending: read.amount("MIN_SPENDING"),
            multiplier: multiplier(&mut read, "MULTIPLIER"),
            discount: read.percent("DISCOUNT"),
            benefits: entered.optional("BENEFITS"),
            is_active: entered.flag("IS_ACTIVE"),
        };
        read.finish()?;
        match at.and_then(|at| program.tiers.get_mut(at)) {
            Some(known) => *known = tier,
            None => program.tiers.push(tier),
        }
        till.save_program(program).map_err(|error| match error {
            Error::Program(ProgramError::NegativePoints | ProgramError::NegativeAmount) => {
                Unsaved::Fields(vec![("MIN_POINTS", text.word(Key::NotBelowNothing).to_owned())])
            }
            Error::Program(ProgramError::TooManyPoints { most }) => {
                let told = text.fill(Key::TooManyPoints, &[("most", &most.to_string())]);
                Unsaved::Fields(vec![("MIN_POINTS", told)])
            }
            other => Unsaved::Till(other),
        })
    }
}

/// How many times over points are earned, where it is said.
pub(super) fn multiplier(read: &mut Reader<'_>, name: &'static str) -> Option<Multiplier> {
    let text = read.entered.optional(name)?;
    match Multiplier::parse(&text) {
        Ok(times) => Some(times),
        Err(error) => {
            read.fault(name, message::amount_error(read.text, error));
            None
        }
    }
}
