//! The period: X reads, Z reads and closes.

use std::collections::BTreeMap;

use saleflex_core::{cashier::Capability, closure::Declaration};

use super::State;
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose},
    effect::{Act, Effect, Question},
    entry, message,
    record::drawer::REPORTED_TIPS,
    text::Key,
    view::ClosingCount,
};

impl State {
    /// Begins to close the period: the till knows what is asked for before.
    pub(super) fn begin_closing() -> Vec<Effect> {
        vec![Effect::Ask(Question::Closing)]
    }

    /// Asks what was counted in the drawer, and for the amounts that the country's figures want declared.
    pub(super) fn ask_count(&mut self, declared: Vec<String>) {
        let money = FieldKind::Money(self.view.amounts());
        let mut fields = vec![Field::new(self.text.word(Key::CountField), money.clone())];
        let label = |name: &String| match &**name {
            REPORTED_TIPS => self.text.word(Key::FieldReportedTips).to_owned(),
            other => other.replace('_', " "),
        };
        fields.extend(declared.iter().map(|name| Field::new(&label(name), money.clone())));
        let prompt = Prompt::new(self.text.word(Key::CountTitle), fields, Purpose::Count(declared));
        let hint =
            if self.view.closing_count == ClosingCount::Needed { Key::CountNeeded } else { Key::CountHint };
        // Whoever may not close alone knows before they count that somebody else has to agree.
        let agreed = (!self.view.may(Capability::Closure)).then_some(Key::CountAgreed);
        let words = [Some(hint), agreed].into_iter().flatten().map(|key| self.text.word(key));
        let words = words.collect::<Vec<_>>().join(" ");
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(words))));
    }

    /// What was counted and declared; none where nothing was counted and the store does not want it.
    pub(super) fn counted(&self, prompt: &Prompt, names: &[String]) -> Result<Option<Declaration>, String> {
        let amount = |typed: &str| {
            entry::amount(typed, &self.view.amounts())
                .map_err(|error| message::amount_error(self.text, error))
        };
        let mut declared = BTreeMap::new();
        for (at, name) in (1..).zip(names) {
            let typed = prompt.value(at).trim();
            if !typed.is_empty() {
                declared.insert(name.clone(), amount(typed)?);
            }
        }
        let counted = prompt.value(0).trim();
        if !counted.is_empty() {
            return Ok(Some(Declaration { declared, ..Declaration::amount(amount(counted)?) }));
        }
        let is_needed = self.view.closing_count == ClosingCount::Needed || !declared.is_empty();
        if is_needed { Err(self.text.word(Key::CountNeeded).to_owned()) } else { Ok(None) }
    }

    /// Asks whether to close the period: the explicit key, since nothing brings a closed period back.
    pub(crate) fn ask_close(&mut self, counted: Option<Declaration>) {
        let period = self.view.period.0.to_string();
        let mut lines = vec![self.text.fill(Key::CloseQuestion, &[("period", &period)])];
        let sum = counted.as_ref().and_then(|counted| counted.counted.total().ok());
        let [counted_key, not_counted] = match self.view.closing_count {
            ClosingCount::Each => [Key::CloseCountedEach, Key::CloseNoneCounted],
            ClosingCount::Free | ClosingCount::Needed => [Key::CloseCounted, Key::CloseNotCounted],
        };
        lines.push(match sum {
            Some(sum) => self.text.fill(counted_key, &[("amount", &self.view.currency.show(sum))]),
            None => self.text.word(not_counted).to_owned(),
        });
        if self.view.parked > 0 {
            lines.push(self.text.fill(Key::CloseParked, &[("count", &self.view.parked.to_string())]));
        }
        let effect = Effect::act(Act::ClosePeriod(counted.map(Box::new)));
        self.ask(lines, Key::CloseKey, effect);
    }
}
