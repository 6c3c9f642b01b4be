//! Typing a text of several lines on a record. What is wrong with it stays above it until it is saved again, so that
//! one can read it while mending; of a list of goods, until the line that it is about is mended.

use super::{State, Tone};
use crate::{
    action::{Action, Move},
    device::scanner::WRITTEN_SEPARATOR,
    effect::Effect,
    record::{Area, FieldState, Record, Value},
    text::Key,
};

impl State {
    /// Does what an action means in a text of several lines; nothing where the cursor is in none, or the action is the
    /// record's. `rows` are those of the tab shown.
    pub(super) fn update_area(
        &mut self,
        rows: &[(usize, Option<usize>)],
        action: &Action,
    ) -> Option<Vec<Effect>> {
        let is_focused = self.has_focus();
        let record = self.record()?;
        if let Action::Type(character) = action
            && goes_on(record, rows, character.encode_utf8(&mut [0; 4]))
        {
            return Some(Vec::new());
        }
        let (field, line) = place(record, rows)?;
        if matches!(action, Action::Type(BEGINNING)) && is_untouched(record, field, line) {
            empty(record, field);
        }
        let area = &mut record.fields.get_mut(field)?.area;
        let (to, is_changed) = match action {
            Action::Type(character) => (line, area.type_char(line, *character)),
            Action::Erase(what) => (area.erase(line, *what), true),
            Action::Confirm if !is_focused => (area.split(line), true),
            Action::Move(step @ (Move::Left | Move::Right | Move::Start | Move::End)) => {
                (area.step(line, *step), false)
            }
            Action::Move(step @ (Move::Up | Move::Down)) => {
                let to = area.step(line, *step);
                // From the first line one goes on to what stands above.
                if to == line {
                    return None;
                }
                (to, false)
            }
            _ => return None,
        };
        record.at = record.at + to - line;
        record.is_dirty |= is_changed;
        if is_changed {
            tell_standing(record, field);
        }
        Some(Vec::new())
    }

    /// Puts a pasted text with its lines where the cursor is in a text of several; false where it is in none.
    pub(super) fn paste_lines(&mut self, text: &str) -> bool {
        let rows = self.record_rows();
        let Some(record) = self.record() else { return false };
        if goes_on(record, &rows, text) {
            return true;
        }
        let Some((field, line)) = place(record, &rows) else { return false };
        if text.trim_start().starts_with(BEGINNING) && is_untouched(record, field, line) {
            empty(record, field);
        }
        let Some(area) = record.fields.get_mut(field).map(|field: &mut FieldState| &mut field.area) else {
            return false;
        };
        let (to, is_whole) = area.insert(line, text);
        record.at = record.at + to - line;
        record.is_dirty = true;
        tell_standing(record, field);
        if !is_whole {
            self.say(Tone::Bad, Key::TextFull);
        }
        true
    }

    /// A code was listed in a text of several lines: where typing goes to that very line, it goes on behind it, so that nothing
    /// is typed into the code. A line that somebody began elsewhere is gone on with.
    pub(super) fn go_past_scanned(&mut self, name: &str) {
        let rows = self.record_rows();
        let Some(record) = self.record() else { return };
        let Some((field, Some(line))) = rows.get(record.at).copied() else { return };
        let listed = record.fields.get(field).filter(|field| field.name == name);
        let is_last = listed.is_some_and(|field| line + 1 == field.area.lines().len());
        if is_last && let Some(first) = record.at.checked_sub(line) {
            go_to_free_line(record, field, first);
        }
    }
}

/// Has typing go to the line behind the last of a text of several, which begins in a row; to the last where that is free.
pub(super) fn go_to_free_line(record: &mut Record, field: usize, first: usize) {
    let Some(area) = record.fields.get_mut(field).map(|known| &mut known.area) else { return };
    let mut last = area.lines().len().saturating_sub(1);
    if area.lines().last().is_some_and(|line| !line.text().trim().is_empty()) {
        area.step(last, Move::End);
        last = area.split(last);
    }
    record.at = first + last;
}

/// Takes back what a scanner typed into a line of a text of several: nobody mended it.
pub(super) fn untype_line(record: &mut Record, (field, line): (usize, usize), typed: &str) {
    let Some(known) = record.fields.get_mut(field) else { return };
    known.area.untype(line, &typed.replace('\u{1d}', WRITTEN_SEPARATOR));
    tell_standing(record, field);
}

/// Says of a list what is wrong with those of its lines alone that stand there as they were when it was said: whoever changes
/// one mends it. What is said of a text that is no list stays.
fn tell_standing(record: &mut Record, field: usize) {
    let name = record.model.scan_field();
    let Some(known) = record.fields.get_mut(field).filter(|known| Some(known.name) == name) else { return };
    let Some(refused) = &known.refused else { return };
    let stands = |fault: &&str| {
        let mut lines = known.area.lines().iter().map(|line| line.text().trim());
        lines.any(|line| {
            fault.strip_prefix(line).is_some_and(|said| !line.is_empty() && said.starts_with(": "))
        })
    };
    let left: Vec<_> = refused.lines().filter(stands).collect();
    let (count, left) = (left.len(), left.join("\n"));
    let before = known.error.as_ref().map_or(0, |said| said.lines().count());
    known.error = Some(left).filter(|left| !left.is_empty());
    record.at = (record.at + count).saturating_sub(before);
}

/// What a definition begins with: before one that stands there, another makes no sense but in its place.
const BEGINNING: char = '{';

/// Whether nothing was changed yet and the cursor is before all of the text.
fn is_untouched(record: &Record, field: usize, line: usize) -> bool {
    let first = record.fields.get(field).and_then(|field| field.area.lines().first());
    !record.is_dirty && line == 0 && first.is_some_and(|first| first.cursor() == 0)
}

/// Takes all of a text away; the cursor stays in its first line.
fn empty(record: &mut Record, field: usize) {
    if let Some(field) = record.fields.get_mut(field) {
        field.area = Area::default();
    }
}

/// Takes what is typed where the cursor is on what is wrong with a list of lines into the next free line of it, as if it
/// were scanned, and goes on there; false where the cursor is elsewhere, or lines are not typed one after another.
fn goes_on(record: &mut Record, rows: &[(usize, Option<usize>)], text: &str) -> bool {
    let Some((field, None)) = rows.get(record.at).copied() else { return false };
    let is_area = record.fields.get(field).is_some_and(|known| matches!(known.value, Value::Area(_)));
    let first = rows.iter().position(|row| *row == (field, Some(0)));
    let (model, Some(first)) = (record.model, first.filter(|_| is_area)) else { return false };
    if !model.scanned(record, text) {
        return false;
    }
    let lines = record.fields.get(field).map_or(1, |known| known.area.lines().len());
    record.at = first + lines.saturating_sub(1);
    true
}

/// The text of several lines that the cursor is in, and in which line.
fn place(record: &Record, rows: &[(usize, Option<usize>)]) -> Option<(usize, usize)> {
    let (field, line) = rows.get(record.at).copied()?;
    let is_area = matches!(record.fields.get(field)?.value, Value::Area(_));
    Some((field, line.filter(|_| is_area)?))
}
