//! A rule that earns points besides the program's rate.

use std::collections::BTreeSet;

use saleflex_core::{
    catalog::DepartmentNo,
    ids::ProductId,
    loyalty::{Award, EarnRule, RuleTarget},
    quantity::{PointRate, Points},
};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Value},
    shown,
    tier::multiplier,
};
use crate::{
    entry,
    listing::RowId,
    message,
    text::{Key, Text},
};

/// A rule; of none a new one. The days and stores it holds in stay as they are.
pub(crate) struct EarnRuleModel;

/// What a rule can pay for, and what each is called.
const TARGETS: [Key; 4] = [Key::PaysDocument, Key::PaysProduct, Key::PaysDepartment, Key::PaysSet];
/// Stands between two products of a set, and between a main and a sub department.
const SEPARATOR: char = '|';

impl Model for EarnRuleModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "EARN_RULE",
            panel: "EARN_RULE_PANEL",
            definition: include_str!("../../../forms/earn_rule.toml"),
            event: "EARN_RULE_ADD",
            fields: &["CODE", "IS_ACTIVE", "TARGET", "OF", "FLAT", "RATE", "TIMES", "CAP", "REMOVE"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintEarnRule
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let program = shown(till);
        let known = if let Some(RowId::EarnRule(at)) = of { program.rules.get(at) } else { None };
        let (at, words) = known.map_or_else(|| (0, String::new()), |rule| target_words(till, &rule.target));
        let options = TARGETS.iter().map(|key| text.word(*key).to_owned()).collect();
        let award = known.map(|rule| rule.award).unwrap_or_default();
        let mut fields = vec![
            (
                "CODE",
                known.map_or_else(|| Value::Text(String::new()), |rule| Value::Fixed(rule.code.clone())),
            ),
            ("IS_ACTIVE", Value::Flag(known.is_none_or(|rule| rule.is_active))),
            ("TARGET", Value::Choice { options, at }),
            ("OF", Value::Text(words)),
            ("FLAT", Value::text(Some(award.flat))),
            ("RATE", Value::text(award.rate)),
            ("TIMES", Value::text(award.times)),
            ("CAP", Value::text(known.and_then(|rule| rule.cap))),
        ];
        if known.is_some() {
            fields.push(("REMOVE", Value::Flag(false)));
        }
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let mut program = shown(till);
        let code = entered.text("CODE");
        if of.is_some() && entered.flag("REMOVE") {
            program.rules.retain(|rule| rule.code != code);
            return Ok(till.save_program(program)?);
        }
        let mut read = Reader::new(entered, text, till);
        let code = read.needed("CODE", 64);
        let at = program.rules.iter().position(|rule| rule.code == code);
        if of.is_none() && at.is_some() {
            read.fault("CODE", text.fill(Key::CodeTaken, &[("code", &code)]));
        }
        let before = at.and_then(|at| program.rules.get(at));
        let award = Award {
            flat: Points::new(read.number("FLAT").unwrap_or_default()),
            rate: rate(&mut read),
            times: multiplier(&mut read, "TIMES"),
        };
        let cap = read.number("CAP").map(Points::new);
        if award == Award::default() {
            read.fault("FLAT", text.word(Key::RulePaysNothing).to_owned());
        }
        for (field, points) in [("FLAT", award.flat), ("CAP", cap.unwrap_or_default())] {
            if points.is_negative() {
                read.fault(field, text.word(Key::NotBelowNothing).to_owned());
            } else if points.bounded().is_err() {
                let most = Points::MAX.to_string();
                read.fault(field, text.fill(Key::TooManyPoints, &[("most", &most)]));
            }
        }
        let target = target(&mut read, till, before);
        read.finish()?;
        let Some(target) = target else { return Ok(()) };
        let rule = EarnRule {
            code,
            priority: before.map_or(0, |rule| rule.priority),
            is_active: entered.flag("IS_ACTIVE"),
            starts: before.and_then(|rule| rule.starts),
            ends: before.and_then(|rule| rule.ends),
            stores: before.map(|rule| rule.stores.clone()).unwrap_or_default(),
            target,
            award,
            cap,
        };
        match at.and_then(|at| program.rules.get_mut(at)) {
            Some(known) => *known = rule,
            None => program.rules.push(rule),
        }
        Ok(till.save_program(program)?)
    }
}

/// What a rule pays for is called so.
pub(crate) fn target_key(target: usize) -> Key {
    TARGETS.get(target).copied().unwrap_or(Key::PaysDocument)
}

/// Which of the four a target is, and what of it, as it is typed.
pub(crate) fn target_words(till: &Till, target: &RuleTarget) -> (usize, String) {
    let code = |id: &ProductId| till.catalog().product(*id).map(|product| product.code().to_owned());
    match target {
        RuleTarget::Document { min_amount } => {
            (0, min_amount.map(|amount| till.currency().format(amount)).unwrap_or_default())
        }
        RuleTarget::Line { product, code: typed } => {
            (1, product.as_ref().and_then(code).or_else(|| typed.clone()).unwrap_or_default())
        }
        RuleTarget::Category { main, sub } => {
            let text = |no: &Option<DepartmentNo>| no.map(|no| no.to_string()).unwrap_or_default();
            let words =
                if sub.is_some() { format!("{}{SEPARATOR}{}", text(main), text(sub)) } else { text(main) };
            (2, words)
        }
        RuleTarget::ProductSet { products } => {
            let codes: Vec<String> = products.iter().filter_map(code).collect();
            (3, codes.join(&SEPARATOR.to_string()))
        }
        _ => (0, String::new()),
    }
}

/// What was entered; what was not touched stays as it was, also where the screen cannot say it all.
fn target(read: &mut Reader<'_>, till: &Till, before: Option<&EarnRule>) -> Option<RuleTarget> {
    let (at, typed) = (read.entered.choice("TARGET"), read.entered.text("OF").to_owned());
    if let Some(before) = before
        && target_words(till, &before.target) == (at, typed.clone())
    {
        return Some(before.target.clone());
    }
    match at {
        1 => {
            let product = product(read, till, &typed)?;
            Some(RuleTarget::Line { product: Some(product), code: None })
        }
        2 => category(read, till, &typed),
        3 => {
            let codes = typed.split(SEPARATOR).map(str::trim).filter(|code| !code.is_empty());
            let products: Option<BTreeSet<ProductId>> = codes.map(|code| product(read, till, code)).collect();
            let products = products?;
            if products.is_empty() {
                read.fault("OF", read.text.word(Key::FieldNeeded).to_owned());
                return None;
            }
            Some(RuleTarget::ProductSet { products })
        }
        _ if typed.is_empty() => Some(RuleTarget::Document { min_amount: None }),
        _ => match entry::amount(&typed, &read.amounts) {
            Ok(amount) => Some(RuleTarget::Document { min_amount: Some(amount) }),
            Err(error) => {
                read.fault("OF", message::amount_error(read.text, error));
                None
            }
        },
    }
}

fn product(read: &mut Reader<'_>, till: &Till, code: &str) -> Option<ProductId> {
    let known = till.catalog().product_by_code(code).map(saleflex_core::catalog::ProductRef::id);
    if known.is_none() {
        read.fault("OF", read.text.fill(Key::NoSuchCode, &[("code", code)]));
    }
    known
}

/// A main department, or a main and a sub department; either may be left out, not both.
fn category(read: &mut Reader<'_>, till: &Till, typed: &str) -> Option<RuleTarget> {
    let (main, sub) = typed.split_once(SEPARATOR).unwrap_or((typed, ""));
    let mut number = |text: &str| {
        let text = text.trim();
        if text.is_empty() {
            return Some(None);
        }
        let no = text.parse().ok().map(DepartmentNo);
        if no.is_none() {
            read.fault("OF", read.text.word(Key::NotANumber).to_owned());
        }
        no.map(Some)
    };
    let (main, sub) = (number(main)?, number(sub)?);
    if let Some(no) = main
        && !till.catalog().departments().any(|known| known.no == no)
    {
        read.fault("OF", read.text.fill(Key::UnknownDepartment, &[("department", &no.to_string())]));
        return None;
    }
    if main.is_none() && sub.is_none() {
        read.fault("OF", read.text.word(Key::FieldNeeded).to_owned());
        return None;
    }
    Some(RuleTarget::Category { main, sub })
}

fn rate(read: &mut Reader<'_>) -> Option<PointRate> {
    let text = read.entered.optional("RATE")?;
    match PointRate::parse(&text) {
        Ok(rate) => Some(rate),
        Err(error) => {
            read.fault("RATE", message::amount_error(read.text, error));
            None
        }
    }
}
