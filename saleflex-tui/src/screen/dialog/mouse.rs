//! What of a dialog is under the mouse. The keys at its foot are pressed by it, each by its words.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::Span,
    widgets::Widget,
};

use super::{
    LABEL_WIDTH, choice::Shown, keys_of_paper, list_rect, place_of_paper, place_of_prompt, place_of_question,
    rows_of_pick, table_of_pick, words_of_question,
};
use crate::{
    app::State,
    dialog::{Dialog, Field, FieldKind, Prompt, Question},
    keymap::Key,
    text,
    theme::Theme,
    widget::within,
};

/// What stands between two keys at the foot of a dialog.
const BETWEEN_KEYS: &str = "   ";

/// What of a dialog is under the mouse.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Spot {
    /// A key at its foot, or the one that answers its question with yes.
    Key(Key),
    /// A row of a list, among those shown.
    Row(usize),
    /// What is typed to narrow a list.
    Typing,
    /// A field.
    Field {
        /// Which, from 0.
        at: usize,
        /// Which of a few is under the mouse, where it is chosen from.
        option: Option<usize>,
    },
    /// A reason to pick, from 1.
    Reason(usize),
    /// A text, above or below its middle.
    Text {
        /// Above: what stands before is shown.
        is_above: bool,
    },
}

/// What of a dialog is under the mouse; nothing beside it, or where it means nothing.
pub fn spot_at(state: &State, dialog: &Dialog, position: Position) -> Option<Spot> {
    let size = state.size;
    let (rect, keys) = match dialog {
        Dialog::Prompt(prompt) => (place_of_prompt(size, prompt).0, text::Key::PromptKeys),
        Dialog::Question(question) => (place_of_question(size, question), text::Key::QuestionNo),
        Dialog::Pick(_) => (list_rect(size), text::Key::PickKeys),
        Dialog::Paper(reader) => (place_of_paper(size, reader), keys_of_paper(reader)),
        Dialog::Progress(_) => return None,
    };
    if let Some(key) = key_at_foot(state.text.word(keys), rect, position) {
        return Some(Spot::Key(key));
    }
    let inner = within(rect);
    if !inner.contains(position) {
        return None;
    }
    match dialog {
        Dialog::Prompt(prompt) => in_prompt(state, prompt, inner, position),
        Dialog::Question(question) => {
            (yes_row(state, question, inner)? == position.y).then(|| Key::of(question.key)).map(Spot::Key)
        }
        Dialog::Pick(_) if position.y == inner.y => Some(Spot::Typing),
        Dialog::Pick(pick) => {
            table_of_pick(&Theme::plain(), pick).row_at(rows_of_pick(inner), position).map(Spot::Row)
        }
        Dialog::Paper(_) => Some(Spot::Text { is_above: position.y < inner.y + inner.height / 2 }),
        Dialog::Progress(_) => None,
    }
}

/// The key at the foot of a dialog that is under the mouse: each is named where its words begin, `Enter: choose   Esc: cancel`.
fn key_at_foot(foot: &str, rect: Rect, position: Position) -> Option<Key> {
    if position.y + 1 != rect.bottom() {
        return None;
    }
    let columns = |words: &str| u16::try_from(Span::raw(words).width()).unwrap_or(u16::MAX);
    // Behind the corner and a blank.
    let mut x = rect.x + 2;
    for words in foot.split(BETWEEN_KEYS) {
        let end = x.saturating_add(columns(words));
        if (x..end).contains(&position.x) {
            let name = words.split([':', ',']).next().unwrap_or_default();
            return Key::parse(&name.trim().to_lowercase()).ok();
        }
        x = end.saturating_add(columns(BETWEEN_KEYS));
    }
    None
}

fn in_prompt(state: &State, prompt: &Prompt, inner: Rect, position: Position) -> Option<Spot> {
    let (_, more) = place_of_prompt(state.size, prompt);
    // The first row is the hint's.
    let at = usize::from((position.y - inner.y).checked_sub(1 + more)?);
    if let Some(field) = prompt.fields.get(at) {
        let width = inner.width.saturating_sub(LABEL_WIDTH);
        let option = position.x.checked_sub(inner.x + LABEL_WIDTH).and_then(|x| option_at(field, x, width));
        return Some(Spot::Field { at, option });
    }
    let reason = at - prompt.fields.len();
    (reason < prompt.reasons().len()).then_some(Spot::Reason(reason + 1))
}

/// Which of a few is at a column of a field.
fn option_at(field: &Field, x: u16, width: u16) -> Option<usize> {
    let FieldKind::Choice { options, at } = &field.kind else { return None };
    Shown::of(options, *at, width).at(x)
}

/// The row that says which key means yes: the last one of the question, wherever its words are wrapped.
fn yes_row(state: &State, question: &Question, inner: Rect) -> Option<u16> {
    let mut shown = Buffer::empty(inner);
    words_of_question(state, &Theme::plain(), question).render(inner, &mut shown);
    let is_blank = |y: u16| {
        let mut cells = (inner.x..inner.right()).filter_map(|x| shown.cell(Position::new(x, y)));
        cells.all(|cell| cell.symbol().trim().is_empty())
    };
    (inner.y..inner.bottom()).rev().find(|y| !is_blank(*y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    #[test]
    fn every_key_at_the_foot_of_a_dialog_is_under_the_mouse_in_every_language() {
        let rect = Rect::new(3, 2, 70, 6);
        let pressed = |foot: &str| {
            let keys = (0..80).filter_map(|x| key_at_foot(foot, rect, Position::new(x, 7)));
            let mut keys: Vec<String> = keys.map(|key| key.to_string()).collect();
            keys.dedup();
            keys
        };
        for text in Text::all() {
            for (foot, keys) in [
                (text::Key::PromptKeys, vec!["Enter", "Esc"]),
                (text::Key::PickKeys, vec!["Enter", "Esc"]),
                (text::Key::QuestionNo, vec!["Esc"]),
                (text::Key::PaperKeys, vec!["Esc"]),
                (text::Key::ReceiptKeys, vec!["Enter"]),
            ] {
                assert_eq!(pressed(text.word(foot)), keys, "{} {foot:?}", text.code);
            }
        }
        assert_eq!(key_at_foot("Esc: no", rect, Position::new(5, 6)), None, "beside the foot");
    }
}
