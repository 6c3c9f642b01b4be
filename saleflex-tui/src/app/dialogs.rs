//! What an action does to the dialog in front.

use super::{State, Tone};
use crate::{
    action::{Action, Move},
    dialog::{Dialog, FieldKind, Prompt, Purpose, Source, Then},
    effect::{self, Effect},
    input::Listening,
    screen,
    text::Key,
};

impl State {
    /// What a scanner means where typing goes in a prompt.
    pub(super) fn listening_in(&self, prompt: &Prompt) -> Listening {
        match (&prompt.purpose, prompt.field().map(|field| &field.kind)) {
            // Letters choose who agrees, and digits are when somebody was born: nothing of a scan does either.
            (Purpose::Approve(_), Some(FieldKind::Choice { .. })) | (Purpose::Age(_), _) => {
                Listening::Commands
            }
            (Purpose::Approve(_), Some(FieldKind::Secret)) => Listening::Secret,
            (_, Some(FieldKind::Number | FieldKind::Money(_))) if self.view.cashier.is_some() => {
                Listening::Lookup
            }
            _ if self.view.cashier.is_none() || prompt.takes_codes() => Listening::Typing,
            (_, Some(FieldKind::Text | FieldKind::Reason { .. })) => Listening::Words,
            (_, Some(FieldKind::Choice { .. })) => Listening::Commands,
            (_, Some(FieldKind::Secret)) => Listening::Secret,
            (_, Some(FieldKind::Number | FieldKind::Money(_)) | None) => Listening::Typing,
        }
    }

    /// Whether it is asked if a record may be left though something of it is not saved.
    pub(super) fn asks_to_leave(&self) -> bool {
        let Some(Dialog::Question(question)) = self.dialogs.last() else { return false };
        matches!(question.then, Then::Ask(Effect::Leave))
    }

    pub(super) fn update_dialog(&mut self, action: Action) -> Vec<Effect> {
        let page = screen::dialog_rows(self.size);
        if matches!((self.dialogs.last(), &action), (Some(Dialog::Paper(_)), Action::Type(_))) {
            return self.type_past_paper(action);
        }
        match (self.dialogs.last_mut(), action) {
            (Some(Dialog::Progress(_)), _) => {}
            (_, Action::Back) | (Some(Dialog::Paper(_)), Action::Confirm) => {
                self.dialogs.pop();
                return self.next_scan();
            }
            (Some(Dialog::Prompt(prompt)), Action::Type(character)) => {
                prompt.type_char(character);
            }
            (Some(Dialog::Prompt(prompt)), Action::Erase(what)) => prompt.erase(what),
            (Some(Dialog::Prompt(prompt)), Action::Move(step)) => prompt.step(step),
            (Some(Dialog::Prompt(prompt)), Action::Confirm) if prompt.at == 0 && prompt.lacks_approver() => {
                prompt.refuse(self.text.word(Key::ApproverFirst).to_owned());
            }
            (Some(Dialog::Prompt(prompt)), Action::Confirm) if prompt.is_answered() => {
                return self.answer_prompt();
            }
            (Some(Dialog::Prompt(prompt)), Action::Confirm) => prompt.step(Move::Next),
            (Some(Dialog::Question(_)), Action::Type(character)) => return self.answer_question(character),
            (Some(Dialog::Question(question)), Action::Confirm) => {
                let key = question.key.to_uppercase().to_string();
                let words = self.text.fill(Key::QuestionEnter, &[("key", &key)]);
                self.say_words(Tone::Notice, words);
            }
            (Some(Dialog::Pick(pick)), Action::Move(step @ (Move::Left | Move::Right))) => {
                pick.filter.step(step);
            }
            (Some(Dialog::Pick(pick)), Action::Move(step)) => pick.step(step, page),
            (Some(Dialog::Pick(pick)), Action::Type(character)) => {
                pick.filter.type_char(character);
                return self.search();
            }
            (Some(Dialog::Pick(pick)), Action::Erase(what)) => {
                pick.filter.erase(what);
                return self.search();
            }
            (Some(Dialog::Pick(_)), Action::Confirm) => return self.choose(),
            (Some(Dialog::Paper(reader)), Action::Move(step)) => reader.step(step, page),
            (Some(Dialog::Paper(reader)), Action::Print) if reader.headline.is_some() => {
                // It was printed as it was settled: what is printed once more is a copy and says so.
                self.dialogs.pop();
                return vec![Effect::Ask(effect::Question::LastReceipt)];
            }
            (Some(Dialog::Paper(reader)), Action::Print) => {
                return vec![Effect::Print(Box::new(reader.paper.clone()))];
            }
            _ => {}
        }
        Vec::new()
    }

    /// Typing on goes past a receipt: nobody has to close it first. Elsewhere a text lies over what the key would mean.
    fn type_past_paper(&mut self, action: Action) -> Vec<Effect> {
        if !self.is_selling() {
            self.say(Tone::Notice, Key::PaperInFront);
            return Vec::new();
        }
        self.dialogs.pop();
        self.update(action)
    }

    /// Searches anew after the filter changed, where the rows come from elsewhere.
    fn search(&mut self) -> Vec<Effect> {
        let Some(Dialog::Pick(pick)) = self.dialogs.last_mut() else { return Vec::new() };
        pick.at = 0;
        let term = pick.filter.text().to_owned();
        match pick.source {
            Source::Here => Vec::new(),
            Source::Products => vec![Effect::Ask(effect::Question::Products(term))],
            Source::Customers => vec![Effect::Ask(effect::Question::Customers(term))],
        }
    }

    fn answer_question(&mut self, character: char) -> Vec<Effect> {
        let Some(Dialog::Question(question)) = self.dialogs.last() else { return Vec::new() };
        let is_yes = character.to_lowercase().eq(question.key.to_lowercase());
        if !is_yes {
            return Vec::new();
        }
        let then = question.then.clone();
        self.dialogs.pop();
        match then {
            Then::Ask(effect) => self.explain_effect(effect),
            Then::Mean(action) => {
                let effects = self.unless_locked(action);
                // A reply goes on with what was scanned meanwhile; where none comes, nothing else would.
                if effects.is_empty() { self.next_scan() } else { effects }
            }
        }
    }
}
