//! Asking which pieces are sold or come back, each by its serial number.

use saleflex_core::{
    catalog::SerialNo,
    document::{Command, ReturnLine},
    ids::LineNo,
    quantity::Quantity,
};

use super::{State, reply};
use crate::{
    dialog::{Dialog, Field, FieldKind, Prompt, Purpose},
    effect::{Act, Denial, Effect, Sale},
    text::Key,
};

/// Most fields of the prompt; more pieces are typed several in one.
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

    /// The act with the numbers that were typed; a line that stands on the document is told them, and the act follows when
    /// it took them.
    pub(super) fn answer_pieces(
        &mut self,
        prompt: &Prompt,
        act: &Act,
        line: Option<LineNo>,
    ) -> Result<Vec<Effect>, String> {
        let serials = typed(prompt).ok_or_else(|| self.text.word(Key::SerialNotRead).to_owned())?;
        if serials.is_empty() {
            return Err(self.text.word(Key::FieldNeeded).to_owned());
        }
        let with = |back: &ReturnLine| {
            let serials = if Some(back.line) == line { serials.clone() } else { back.serials.clone() };
            ReturnLine { serials, ..back.clone() }
        };
        let act = match (act, line) {
            (Act::Sell(sale), _) => Act::Sell(Sale { serials, ..sale.clone() }),
            (Act::TakeBack { sale, lines }, _) => {
                Act::TakeBack { sale: *sale, lines: lines.iter().map(with).collect() }
            }
            (_, Some(line)) => Act::Command(Command::NamePieces { line, serials }),
            (other, None) => other.clone(),
        };
        self.selling.named = Some(Box::new((prompt.clone(), act.clone())));
        let approver = prompt.approver.as_deref().cloned();
        Ok(vec![Effect::Act { act: Box::new(act), approver }])
    }

    /// What follows an act by which pieces were named: what they were asked for, where that is another act.
    pub(super) fn after_naming(&mut self, act: &Act) -> Option<Effect> {
        let (prompt, named) = *self.selling.named.take()?;
        let Purpose::Pieces(asked, Some(_)) = prompt.purpose else { return None };
        let is_naming = matches!(named, Act::Command(Command::NamePieces { .. })) && is_of(act, &named);
        let approver = prompt.approver.map(|approver| *approver);
        is_naming.then(|| Effect::Act { act: Box::new(asked), approver })
    }

    /// Asks anew for numbers that were refused: what was typed stands there with why it was. Answers the refusal where it is
    /// of something else.
    pub(super) fn ask_pieces_anew(&mut self, act: &Act, denial: Denial) -> Option<Denial> {
        let Some(named) = self.selling.named.take().filter(|named| is_of(act, &named.1)) else {
            return Some(denial);
        };
        match denial {
            Denial::Said(words) => {
                let prompt = Prompt { error: Some(words), ..named.0 };
                self.dialogs.push(Dialog::Prompt(Box::new(prompt)));
                None
            }
            other => {
                // It may go on after an answer.
                self.selling.named = Some(named);
                Some(other)
            }
        }
    }
}

/// Whether an act is another one, or that by somebody who looked again.
fn is_of(act: &Act, named: &Act) -> bool {
    act == named || *act == reply::counted(named.clone())
}

/// The numbers that were typed. Where there is a field for each piece, each holds one as it is; otherwise several may stand
/// in one.
fn typed(prompt: &Prompt) -> Option<Vec<SerialNo>> {
    let texts = (0..prompt.fields.len()).map(|at| prompt.value(at)).filter(|text| !text.trim().is_empty());
    let is_one_each = prompt.fields.len() < MOST_FIELDS && texts.clone().count() == prompt.fields.len();
    let numbers = texts.map(|text| {
        if is_one_each {
            SerialNo::parse(text).map(|number| vec![number])
        } else {
            SerialNo::parse_list(text)
        }
    });
    numbers.collect::<Result<Vec<_>, _>>().ok().map(|numbers| numbers.into_iter().flatten().collect())
}
