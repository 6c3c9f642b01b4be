//! The loyalty program: what is earned and redeemed, what is given, and its tiers.

mod earning;
pub(crate) mod rule;
pub(crate) mod tier;

use saleflex_core::{
    loyalty::{ClawBack, EarnPolicy, Program, ProgramError, RedemptionPolicy},
    money::Money,
    quantity::{Percent, PointRate, Points, UnitPrice},
};
use saleflex_store::{Error, Till};

use super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value};
use crate::{
    listing::RowId,
    text::{Key, Text},
    view,
};

/// The program that new members join, or else the first.
pub(crate) struct LoyaltyModel;

const CLAW_BACKS: [(ClawBack, Key); 3] = [
    (ClawBack::Proportional, Key::ClawBackProportional),
    (ClawBack::Full, Key::ClawBackFull),
    (ClawBack::None, Key::ClawBackNone),
];

impl Model for LoyaltyModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "LOYALTY_SETTINGS",
            panel: "LOYALTY",
            definition: include_str!("../../forms/loyalty_settings.toml"),
            event: "LOYALTY_SETTINGS_FORM",
            fields: &[
                "NAME",
                "IS_ACTIVE",
                "RATE",
                "MIN_PURCHASE",
                "WELCOME",
                "BIRTHDAY",
                "EXPIRY_DAYS",
                "GRACE_DAYS",
                "REQUIRE_PHONE",
                "POINT_VALUE",
                "SHARE",
                "MINIMUM",
                "STEP",
                "PARTIAL",
                "CLAW_BACK",
                "BASE",
                "EARN_TENDERS",
                "PER_DOCUMENT",
                "PER_DAY",
                "REFERRER",
                "REFERRED",
                "CALLING_CODE",
                "KEEPER",
                "OFFLINE_LIMIT",
                "TIERS",
            ],
        }
    }

    fn money(&self) -> &'static [&'static str] {
        &["MIN_PURCHASE", "POINT_VALUE"]
    }

    fn is_the_only_one(&self) -> bool {
        true
    }

    fn load(&self, till: &mut Till, text: &Text, _: Option<RowId>) -> Result<Fields, Error> {
        let currency = *till.currency();
        let program = shown(till);
        let money = |amount: Option<Money>| Value::text(amount.map(|amount| currency.format(amount)));
        let redemption = program.redemption;
        let at = CLAW_BACKS.iter().position(|(policy, _)| *policy == program.claw_back);
        let mut fields = vec![
            ("NAME", Value::Text(program.name.clone())),
            ("IS_ACTIVE", Value::Flag(program.is_active)),
            ("RATE", Value::text(Some(program.earn.rate))),
            ("MIN_PURCHASE", money(program.earn.min_purchase)),
            ("WELCOME", Value::text(Some(program.welcome))),
            ("BIRTHDAY", Value::text(Some(program.birthday))),
            ("EXPIRY_DAYS", Value::text(program.expiry_days)),
            ("GRACE_DAYS", Value::text(Some(program.grace_days))),
            ("REQUIRE_PHONE", Value::Flag(program.require_phone)),
            ("POINT_VALUE", Value::text(Some(view::price(&currency, redemption.point_value)))),
            ("SHARE", Value::text(redemption.max_basket_share)),
            ("MINIMUM", Value::text(Some(redemption.minimum))),
            ("STEP", Value::text(Some(redemption.step))),
            ("PARTIAL", Value::Flag(redemption.allow_partial)),
            (
                "CLAW_BACK",
                Value::Choice {
                    options: CLAW_BACKS.map(|(_, key)| text.word(key).to_owned()).to_vec(),
                    at: at.unwrap_or_default(),
                },
            ),
        ];
        fields.extend(earning::shown(text, &program));
        fields.push(("TIERS", Value::Lines(tiers(text, &program, |amount| currency.show(amount)))));
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let known = shown(till);
        let mut read = Reader::new(entered, text, till);
        let points = |read: &mut Reader<'_>, name| earning::points(read, name).unwrap_or_default();
        let mut program = Program {
            name: read.needed("NAME", 250),
            is_active: entered.flag("IS_ACTIVE"),
            earn: EarnPolicy {
                rate: rate(&mut read),
                min_purchase: read.amount("MIN_PURCHASE"),
                ..known.earn.clone()
            },
            welcome: points(&mut read, "WELCOME"),
            birthday: points(&mut read, "BIRTHDAY"),
            expiry_days: read.number("EXPIRY_DAYS"),
            grace_days: read.number("GRACE_DAYS").unwrap_or_default(),
            require_phone: entered.flag("REQUIRE_PHONE"),
            redemption: RedemptionPolicy {
                point_value: read.price("POINT_VALUE").unwrap_or(UnitPrice::ZERO),
                max_basket_share: share(&mut read),
                minimum: points(&mut read, "MINIMUM"),
                // Below one it counts as one, also below nothing.
                step: Points::new(read.number("STEP").unwrap_or_default()),
                allow_partial: entered.flag("PARTIAL"),
            },
            claw_back: CLAW_BACKS
                .get(entered.choice("CLAW_BACK"))
                .map_or(known.claw_back, |(policy, _)| *policy),
            ..known
        };
        earning::read(&mut read, &mut program);
        read.finish()?;
        till.save_program(program).map_err(|error| match error {
            Error::Program(ProgramError::NegativeAmount) => {
                Unsaved::Fields(vec![("MIN_PURCHASE", text.word(Key::NotBelowNothing).to_owned())])
            }
            Error::Program(ProgramError::TooManyPoints { most }) => {
                let told = text.fill(Key::TooManyPoints, &[("most", &most.to_string())]);
                Unsaved::Fields(vec![("STEP", told)])
            }
            Error::Program(ProgramError::Share) => {
                Unsaved::Fields(vec![("SHARE", text.word(Key::AtMostWhole).to_owned())])
            }
            Error::Program(ProgramError::CallingCode) => {
                Unsaved::Fields(vec![("CALLING_CODE", text.word(Key::CallingCodeWrong).to_owned())])
            }
            other => Unsaved::Till(other),
        })
    }
}

fn rate(read: &mut Reader<'_>) -> PointRate {
    let text = read.entered.optional("RATE").unwrap_or_default();
    PointRate::parse(&text).unwrap_or_else(|error| {
        read.fault("RATE", crate::message::amount_error(read.text, error));
        PointRate::ZERO
    })
}

fn share(read: &mut Reader<'_>) -> Option<Percent> {
    let text = read.entered.optional("SHARE")?;
    match crate::entry::percent(&text) {
        Ok(percent) => Some(percent),
        Err(error) => {
            read.fault("SHARE", crate::message::amount_error(read.text, error));
            None
        }
    }
}

/// The program to change; where there is none, the one that saving makes.
pub(crate) fn shown(till: &mut Till) -> Program {
    if let Some(program) = till.program_in_force() {
        return program.clone();
    }
    if let Some(program) = till.programs().first() {
        return program.clone();
    }
    let mut program = Program::new(till.new_program_id(), "");
    program.redemption.minimum = Points::new(1);
    program
}

/// A line for each tier, and how they are changed.
fn tiers(text: &Text, program: &Program, show: impl Fn(Money) -> String) -> Vec<String> {
    let line = |tier: &saleflex_core::loyalty::Tier| {
        let points = tier.min_points.map(|points| points.to_string()).unwrap_or_default();
        let spending = tier.min_annual_spending.map(&show).unwrap_or_default();
        let times = tier.multiplier.map(|times| format!("× {times}")).unwrap_or_default();
        format!("{:<20}{points:>10}{spending:>16}{times:>10}", tier.name)
    };
    let mut lines: Vec<String> = program.tiers.iter().map(line).collect();
    lines.push(text.word(Key::TiersByKeys).to_owned());
    lines
}
