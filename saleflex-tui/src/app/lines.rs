//! Acting on one line of the document: the selected one, else the last.

use saleflex_core::{
    catalog::read_in,
    document::{Command, NoteKind},
    ids::LineNo,
    quantity::Quantity,
};

use super::{State, Tone};
use crate::{
    action::{Action, Move},
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose, stepped},
    effect::Effect,
    entry,
    text::Key,
};

/// Lines passed by a page key.
const PAGE: usize = 10;

/// Whom a note is for, and what each is called.
pub(super) const NOTES: [(NoteKind, Key); 4] = [
    (NoteKind::General, Key::NoteGeneral),
    (NoteKind::Kitchen, Key::NoteKitchen),
    (NoteKind::Delivery, Key::NoteDelivery),
    (NoteKind::Internal, Key::NoteInternal),
];

impl State {
    /// The line that is acted on: the selected one, else the last goods, not the deposit that was charged with them.
    pub(super) fn target(&self) -> Option<LineNo> {
        let last = || self.view.last_line().map(|line| line.container_of.unwrap_or(line.no));
        self.selling.selected.or_else(last)
    }

    /// Selects a line; below the last, none is selected and typing goes on.
    pub(super) fn select_line(&mut self, step: Move) {
        let Some(document) = &self.view.document else { return };
        let lines: Vec<LineNo> = document.lines.iter().map(|line| line.no).collect();
        let Some(last) = lines.len().checked_sub(1) else { return };
        let at = self.selling.selected.and_then(|no| lines.iter().position(|line| *line == no));
        self.selling.selected = match (at, step) {
            (None, Move::Up | Move::PageUp | Move::End) => lines.get(last).copied(),
            (None, Move::Start) => lines.first().copied(),
            (_, Move::To(row)) => lines.get(row).copied(),
            (None, _) => None,
            (Some(at), Move::Down) if at == last => None,
            (Some(at), step) => lines.get(stepped(at, lines.len(), step, PAGE)).copied(),
        };
    }

    pub(super) fn act_on_line(&mut self, action: &Action) -> Vec<Effect> {
        let Some(line) = self.target() else {
            self.say(Tone::Notice, Key::NoLine);
            return Vec::new();
        };
        // A note may tell why it was voided.
        if *action != Action::LineNote && self.is_voided(line) {
            return Vec::new();
        }
        match action {
            Action::RepeatLine => return Self::command(Command::RepeatLine { line }),
            Action::VoidLine => return self.explain(Command::VoidLine { line, reason: None }),
            Action::ChangeQuantity => {
                // What was typed before is the quantity; otherwise it is asked for.
                if let Some(quantity) = self.quantity_for(line, self.selling.typed()) {
                    return Self::command(Command::ChangeQuantity { line, quantity });
                }
                self.ask_of_line(line, Key::QuantityTitle, Purpose::Quantity(line));
            }
            Action::ChangePrice => {
                if let Ok(price) = entry::unit_price(self.selling.typed(), &self.view.amounts()) {
                    return self.explain(Command::OverridePrice { line, price, reason: None });
                }
                self.ask_of_line(line, Key::LinePriceTitle, Purpose::LinePrice(line));
            }
            _ => self.ask_note(Some(line)),
        }
        Vec::new()
    }

    /// Whether a line is voided, which is said then: nothing can be done to it any more.
    pub(super) fn is_voided(&mut self, no: LineNo) -> bool {
        let line = self.view.document.as_ref().and_then(|document| document.line(no));
        let is_voided = line.is_some_and(|line| !line.is_active());
        if is_voided {
            let words = self.text.fill(Key::LineIsVoided, &[("line", &no.to_string())]);
            self.say_words(Tone::Bad, words);
        }
        is_voided
    }

    /// How much was typed, in the unit of a line: in it, or in another measure of its kind, such as `500 g`.
    pub(super) fn quantity_for(&self, no: LineNo, typed: &str) -> Option<Quantity> {
        entry::quantity_of(typed).or_else(|| {
            let line = self.view.document.as_ref()?.line(no)?;
            let units = &self.view.units;
            let amount = read_in(&entry::measure_of(typed, units)?, &line.item.unit, units).ok()?;
            Quantity::try_new(amount).ok()
        })
    }

    /// Asks for a number about a line.
    fn ask_of_line(&mut self, line: LineNo, title: Key, purpose: Purpose) {
        let hint = self.name_of_line(line);
        let (label, kind) = if matches!(purpose, Purpose::Quantity(_)) {
            (Key::QuantityField, FieldKind::Number)
        } else {
            (Key::PriceField, FieldKind::Money(self.view.amounts()))
        };
        let mut fields = vec![Field::new(self.text.word(label), kind)];
        if matches!(purpose, Purpose::LinePrice(_)) {
            fields.push(self.reason_field());
        }
        let prompt = Prompt::new(self.text.word(title), fields, purpose).with_hint(hint);
        self.dialogs.push(Dialog::Prompt(Box::new(prompt)));
    }

    /// A line as messages name it.
    pub(super) fn name_of_line(&self, no: LineNo) -> String {
        let line = self.view.document.as_ref().and_then(|document| document.line(no));
        line.map_or_else(String::new, |line| {
            let total = self.view.currency.show(line.total);
            format!("{no}  {} x {}  {total}", line.quantity, line.item.name)
        })
    }

    pub(super) fn ask_note(&mut self, line: Option<LineNo>) {
        if self.view.document.is_none() {
            self.say(Tone::Notice, Key::NoDocument);
            return;
        }
        let title = if line.is_some() { Key::LineNoteTitle } else { Key::DocumentNoteTitle };
        let field = Field::new(self.text.word(Key::NoteField), FieldKind::Text);
        // What stands in the input line and is no code yet may be the note already.
        let field = field.holding(self.selling.typed());
        let options = NOTES.iter().map(|(_, key)| self.text.word(*key).to_owned()).collect();
        let whom = FieldKind::Choice { options, at: Some(0) };
        let whom = Field::new(self.text.word(Key::NoteFor), whom).optional();
        let mut prompt = Prompt::new(self.text.word(title), vec![field, whom], Purpose::Note(line));
        prompt.hint = line.map(|line| self.name_of_line(line));
        self.dialogs.push(Dialog::Prompt(Box::new(prompt)));
    }
}
