//! The tips of a period: what is left of them, who brought and worked how much, how they were shared, and sharing out
//! the rest.

use saleflex_core::{cashier::tip_pool::TipRule, ids::ClosureNumber};
use saleflex_store::{Error, Till};

use super::{Fields, Model, Shape, Value};
use crate::{
    app::{Place, State},
    effect::{Act, Effect, TipShare},
    listing::{RowId, employees::hours},
    text::{Key, Text},
};

/// The tips of a period; of the open one where none is named.
pub(crate) struct TipsModel;

/// By what tips can be shared, in the order of the choice.
const RULES: [(TipRule, Key); 5] = [
    (TipRule::Even, Key::TipEven),
    (TipRule::Hours, Key::TipHours),
    (TipRule::Own, Key::TipOwn),
    (TipRule::Shares, Key::TipShares),
    (TipRule::SharedHours, Key::TipSharedHours),
];
/// Columns of a name, and of a number.
const NAME: usize = 24;
const NUMBER: usize = 14;

impl Model for TipsModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "TIP_POOL",
            panel: "TIPS",
            definition: include_str!("../../forms/tip_pool.toml"),
            event: "TIP_POOL_FORM",
            fields: &["PERIOD", "LEFT", "RULE", "PEOPLE", "IN_CASH", "POOL", "SHARED"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintTips
    }

    fn acts_when_saved(&self) -> bool {
        true
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let number = if let Some(RowId::Closure(number)) = of { number } else { till.period().number };
        let everybody = till.everybody().iter().map(|cashier| (cashier.id, 1)).collect();
        let pool = till.tip_pool(number, &everybody)?;
        let name = |id| till.cashier(id).map_or("", |cashier| cashier.name.as_str());
        let user = |id| till.cashier(id).map_or("", |cashier| cashier.user_name.as_str());
        let took_part = pool.iter().filter(|one| one.worked_min > 0 || one.own.is_positive());
        let people: Vec<&str> = took_part.clone().map(|one| user(one.cashier)).collect();
        let row = |cells: [&str; 4]| {
            let [first, second, third, fourth] = cells;
            format!("{first:<NAME$}{second:<NAME$}{third:>NUMBER$}{fourth:>NUMBER$}")
        };
        let [of_whom, by_name] = [Key::ColumnUser, Key::ColumnName].map(|key| text.word(key));
        let [own, worked] = [Key::ColumnTips, Key::ColumnWorked].map(|key| text.word(key));
        let heading = row([of_whom, by_name, own, worked]);
        let brought = took_part.map(|one| {
            let (own, worked) = (till.currency().show(one.own), hours(one.worked_min.into()));
            row([user(one.cashier), name(one.cashier), &own, &worked])
        });
        let shared = till.tip_distributions(number)?.into_iter().flat_map(|one| {
            let rule = RULES.iter().find(|(rule, _)| *rule == one.shared.rule);
            let rule = rule.map_or("", |(_, key)| text.word(*key)).to_owned();
            one.shared.shares.into_iter().map(move |(id, share)| (rule.clone(), id, share))
        });
        let shared = shared.map(|(rule, id, share)| {
            let share = till.currency().show(share);
            text.fill(Key::TipShared, &[("name", name(id)), ("amount", &share), ("rule", &rule)])
        });
        let options = RULES.map(|(_, key)| text.word(key).to_owned()).to_vec();
        Ok(vec![
            ("PERIOD", Value::Fixed(number.0.to_string())),
            ("LEFT", Value::Fixed(till.currency().show(till.tips_left(number)?))),
            ("RULE", Value::Choice { options, at: 0 }),
            ("PEOPLE", Value::Text(people.join(" "))),
            ("IN_CASH", Value::Flag(false)),
            ("POOL", Value::Lines(std::iter::once(heading).chain(brought).collect())),
            ("SHARED", Value::Lines(shared.collect())),
        ])
    }

    fn act(&self, state: &mut State, of: Option<RowId>, _: &str) -> Vec<Effect> {
        let closure: ClosureNumber =
            if let Some(RowId::Closure(number)) = of { number } else { state.view.period };
        let Some(Place::Record(record)) = state.places.last() else { return Vec::new() };
        let entered = record.entered();
        let people: Vec<String> = entered.text("PEOPLE").split_whitespace().map(str::to_owned).collect();
        let Some((rule, _)) = RULES.get(entered.choice("RULE")).filter(|_| !people.is_empty()) else {
            let needed = state.text.word(Key::FieldNeeded).to_owned();
            state.refuse_fields(&[("PEOPLE", needed)]);
            return Vec::new();
        };
        let in_cash = entered.flag("IN_CASH");
        State::act(Act::ShareTips(Box::new(TipShare { closure, rule: *rule, people, in_cash })))
    }
}
