//! A text of several lines being typed, such as a definition.

use crate::{
    action::{Erase, Move},
    entry::TypedLine,
};

/// Most lines: a runaway paste does no harm.
const MOST_LINES: usize = 5_000;

/// A text of several lines; there is always one.
#[derive(Clone, Debug)]
pub struct Area {
    lines: Vec<TypedLine>,
}

impl Default for Area {
    fn default() -> Self {
        Self::holding("")
    }
}

impl Area {
    /// A text that is there already, whole, the cursor of each line at its start.
    pub fn holding(text: &str) -> Self {
        let line = |text| {
            let mut line = TypedLine::of_text(text);
            line.place_cursor(0);
            line
        };
        Self { lines: text.split('\n').map(line).collect() }
    }

    /// The text.
    pub fn text(&self) -> String {
        self.lines.iter().map(TypedLine::text).collect::<Vec<_>>().join("\n")
    }

    /// Its lines.
    pub fn lines(&self) -> &[TypedLine] {
        &self.lines
    }

    /// Types a character into a line; false where the line is full or the character cannot be shown.
    pub fn type_char(&mut self, at: usize, character: char) -> bool {
        self.lines.get_mut(at).is_some_and(|line| line.type_char(character))
    }

    /// Removes what a scanner typed from before the cursor of a line.
    pub fn untype(&mut self, at: usize, typed: &str) {
        if let Some(line) = self.lines.get_mut(at) {
            line.untype(typed);
        }
    }

    /// Types a text of several lines at the cursor of one. Answers the line the cursor is in then, and whether nothing
    /// was left out.
    pub fn insert(&mut self, at: usize, text: &str) -> (usize, bool) {
        let (mut at, mut is_whole) = (at, true);
        for (nth, piece) in text.lines().enumerate() {
            if nth > 0 {
                let split = self.split(at);
                is_whole &= split != at;
                at = split;
            }
            // Columns of a table come with tabs, which no line shows.
            let piece = piece.replace('\t', "  ");
            is_whole &= self.lines.get_mut(at).is_some_and(|line| line.type_text(&piece));
        }
        (at, is_whole)
    }

    /// Breaks a line at its cursor; answers the line the cursor is in then.
    pub fn split(&mut self, at: usize) -> usize {
        if self.lines.len() >= MOST_LINES {
            return at;
        }
        let Some(line) = self.lines.get_mut(at) else { return at };
        let rest = line.cut();
        self.lines.insert(at + 1, rest);
        at + 1
    }

    /// Erases at the cursor of a line; a break is erased like a character. Answers the line the cursor is in then.
    pub fn erase(&mut self, at: usize, what: Erase) -> usize {
        let Some(line) = self.lines.get_mut(at) else { return at };
        let (is_at_start, is_at_end) = (line.cursor() == 0, line.cursor() >= line.text().chars().count());
        match what {
            Erase::Before if is_at_start && at > 0 => {
                self.join(at - 1);
                return at - 1;
            }
            Erase::After if is_at_end => self.join(at),
            what => line.erase(what),
        }
        at
    }

    /// Moves the cursor from a line; answers the line it is in then. Going up and down keeps the column.
    pub fn step(&mut self, at: usize, step: Move) -> usize {
        let last = self.lines.len().saturating_sub(1);
        let Some(line) = self.lines.get_mut(at) else { return at };
        let (column, end) = (line.cursor(), line.text().chars().count());
        let (to, place) = match step {
            Move::Up if at > 0 => (at - 1, column),
            Move::Down if at < last => (at + 1, column),
            Move::Left if column == 0 && at > 0 => (at - 1, usize::MAX),
            Move::Right if column >= end && at < last => (at + 1, 0),
            step => {
                line.step(step);
                return at;
            }
        };
        if let Some(line) = self.lines.get_mut(to) {
            line.place_cursor(place.min(line.text().chars().count()));
        }
        to
    }

    /// Puts the line behind another at its end.
    fn join(&mut self, at: usize) {
        if at + 1 < self.lines.len() {
            let next = self.lines.remove(at + 1);
            if let Some(line) = self.lines.get_mut(at) {
                line.join(&next);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_held_whole_and_comes_out_as_it_was() {
        let text = format!("{{\n  \"name\": \"{}\"\n}}", "n".repeat(6_000));
        assert_eq!(Area::holding(&text).text(), text);
        assert_eq!(Area::default().text(), "");
    }

    #[test]
    fn lines_are_broken_and_joined_at_the_cursor() {
        let mut area = Area::holding("one two\nthree");
        for _ in 0..3 {
            area.step(0, Move::Right);
        }
        assert_eq!(area.split(0), 1);
        assert_eq!(area.text(), "one\n two\nthree");
        assert_eq!(area.erase(1, Erase::Before), 0);
        assert_eq!(area.text(), "one two\nthree");
        assert!(area.type_char(0, '!'));
        assert_eq!(area.text(), "one! two\nthree");
        area.step(0, Move::End);
        assert_eq!(area.erase(0, Erase::After), 0);
        assert_eq!(area.text(), "one! twothree");
        area.step(0, Move::End);
        assert_eq!(area.erase(0, Erase::After), 0, "behind the last character there is nothing");
    }

    #[test]
    fn the_cursor_goes_on_from_line_to_line_and_keeps_its_column() {
        let mut area = Area::holding("abcd\nx\nefgh");
        area.step(0, Move::End);
        assert_eq!(area.step(0, Move::Down), 1);
        assert_eq!(area.lines()[1].cursor(), 1);
        assert_eq!(area.step(1, Move::Right), 2);
        assert_eq!((area.step(2, Move::Left), area.lines()[1].cursor()), (1, 1));
        assert_eq!(area.step(2, Move::Down), 2);
    }

    #[test]
    fn a_pasted_text_keeps_its_lines_and_says_when_something_is_left_out() {
        let mut area = Area::holding("[]");
        area.step(0, Move::Right);
        assert_eq!(area.insert(0, "\n\t1,\n  2\n"), (2, true));
        assert_eq!(area.text(), "[\n  1,\n  2]");
        let (_, is_whole) = area.insert(0, &"x\n".repeat(2 * MOST_LINES));
        assert!(!is_whole && area.lines().len() == MOST_LINES);
    }
}
