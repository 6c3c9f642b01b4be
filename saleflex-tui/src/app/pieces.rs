//! Asking which pieces are sold or come back, each by its serial number.

use saleflex_core::{
    catalog::SerialNo,
    document::{Command, ReturnLine},
    ids::LineNo,
    quantity::Quantity,
};

use super::State;
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose},
    effect::{Act, Effect, Sale},
    text::Key,
};

/// Most fields of the prompt; more pieces are typed several in one, commas between them.
const MOST_FIELDS: usize = 8;

impl State {
    /// Asks for the serial numbers of so many pieces: a field each, so that a scanner fills them one after another.
    pub(super) fn ask_pieces(&mut self, act: Act, line: Option<LineNo>, name: &str, quantity: Quantity) {
        let pieces = usize::try_from(quantity.decimal()).unwrap_or(1).clamp(1, MOST_FIELDS);
        let label = self.text.word(Key::SerialField);
        let fields = (1..=pieces).map(|no| {
            let label = if pieces == 1 { label.to_owned() } else { format!("{label} {no}") };
            Field::new(&label, FieldKind::Text)
        });
        let prompt =
            Prompt::new(self.text.word(Key::SerialTitle), fields.collect(), Purpose::Pieces(act, line));
        let hint = self.text.fill(Key::SerialHint, &[("quantity", &quantity.to_string()), ("name", name)]);
        self.dialogs.push(Dialog::Prompt(Box::new(prompt.with_hint(hint))));
    }

    /// The act with the numbers that were typed; a line that stands on the document is told them first.
    pub(super) fn answer_pieces(
        &self,
        prompt: &Prompt,
        act: &Act,
        line: Option<LineNo>,
    ) -> Result<Vec<Effect>, String> {
        let typed = (0..prompt.fields.len()).flat_map(|at| prompt.value(at).split(','));
        let typed = typed.filter(|text| !text.trim().is_empty());
        let serials: Result<Vec<SerialNo>, _> = typed.map(SerialNo::parse).collect();
        let serials = serials.map_err(|_| self.text.word(Key::SerialNotRead).to_owned())?;
        if serials.is_empty() {
            return Err(self.text.word(Key::FieldNeeded).to_owned());
        }
        let again = |act| Effect::Act { act: Box::new(act), approver: prompt.approver.as_deref().cloned() };
        let with = |back: &ReturnLine| {
            let serials = if Some(back.line) == line { serials.clone() } else { back.serials.clone() };
            ReturnLine { serials, ..back.clone() }
        };
        Ok(match (act, line) {
            (Act::Sell(sale), _) => vec![again(Act::Sell(Sale { serials, ..sale.clone() }))],
            (Act::TakeBack { sale, lines }, _) => {
                vec![again(Act::TakeBack { sale: *sale, lines: lines.iter().map(with).collect() })]
            }
            (other, Some(line)) => {
                let named = Act::Command(Command::NamePieces { line, serials });
                vec![again(named), again(other.clone())]
            }
            (other, None) => vec![again(other.clone())],
        })
    }
}
