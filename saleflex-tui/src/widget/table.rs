//! A table with a selected row that is always in sight.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::Span,
    widgets::Paragraph,
};
use saleflex_core::catalog::is_unprintable;

use super::elided;
use crate::theme::Theme;

/// A column: its heading, its width, and whether it is a number.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// The heading.
    pub heading: &'a str,
    /// Columns of the terminal; the one with none takes what is left.
    pub width: u16,
    /// Numbers stand right.
    pub is_right: bool,
    /// What does not fit stands whole on a line of its own below the row.
    pub is_below: bool,
}

impl<'a> Column<'a> {
    /// A column of text.
    pub const fn text(heading: &'a str, width: u16) -> Self {
        Self { heading, width, is_right: false, is_below: false }
    }

    /// A column of numbers.
    pub const fn number(heading: &'a str, width: u16) -> Self {
        Self { heading, width, is_right: true, is_below: false }
    }
}

/// A row: its cells and how it looks.
#[derive(Clone, Debug)]
pub struct TableRow {
    /// One text a column.
    pub cells: Vec<String>,
    /// How it looks.
    pub style: Style,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    /// The columns.
    pub columns: Vec<Column<'a>>,
    /// The rows.
    pub rows: Vec<TableRow>,
    /// The row the next key acts on.
    pub selected: Option<usize>,
    /// Where none is selected, the last rows are in sight instead of the first.
    pub is_tail: bool,
}

impl Table<'_> {
    /// Draws headings and the rows around the selected one.
    pub fn draw(&self, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
        let widths = self.widths(rect.width);
        if self.heading_height(rect) > 0 {
            let headings = self.columns.iter().map(|column| column.heading.to_owned());
            self.draw_row(frame, Rect { height: 1, ..rect }, &widths, headings, theme.dim);
        }
        for (at, row, place) in self.placed(rect, &widths) {
            let style = if self.selected == Some(at) { row.style.patch(theme.selected) } else { row.style };
            let below = self.below(row, &widths);
            let cells = row.cells.iter().enumerate();
            let cells = cells.map(|(at, cell)| self.beside(at, cell, below, &widths));
            self.draw_row(frame, Rect { height: 1, ..place }, &widths, cells, style);
            if let Some(cell) = below.and_then(|at| row.cells.get(at)).filter(|_| place.height > 1) {
                let words = elided(&clean(cell), place.width.saturating_sub(2));
                let line = Paragraph::new(format!("  {words}")).style(style);
                frame.render_widget(line, Rect { y: place.y + 1, height: 1, ..place });
            }
        }
    }

    /// The row under the mouse, where there is one.
    pub fn row_at(&self, rect: Rect, position: Position) -> Option<usize> {
        let placed = self.placed(rect, &self.widths(rect.width));
        placed.into_iter().find(|(.., place)| place.contains(position)).map(|(at, ..)| at)
    }

    /// The rows in sight, each with its place, what stands below it included.
    fn placed(&self, rect: Rect, widths: &[u16]) -> Vec<(usize, &TableRow, Rect)> {
        let mut y = rect.y + self.heading_height(rect);
        let first = self.first(widths, rect.bottom().saturating_sub(y));
        let mut placed = Vec::new();
        for (at, row) in self.rows.iter().enumerate().skip(first) {
            let needed = 1 + u16::from(self.below(row, widths).is_some());
            let height = needed.min(rect.bottom().saturating_sub(y));
            if height == 0 {
                break;
            }
            placed.push((at, row, Rect { y, height, ..rect }));
            y += height;
        }
        placed
    }

    /// Rows that the headings take.
    fn heading_height(&self, rect: Rect) -> u16 {
        let has_heading = self.columns.iter().any(|column| !column.heading.is_empty());
        u16::from(has_heading).min(rect.height)
    }

    /// A cell that does not stand below its row; of a number that its column has no room for, the end is marked: cut, it
    /// would be another number.
    fn beside(&self, at: usize, cell: &str, below: Option<usize>, widths: &[u16]) -> String {
        if below == Some(at) {
            return String::new();
        }
        let is_number = self.columns.get(at).is_some_and(|column| column.is_right);
        let width = widths.get(at).map_or(0, |width| usize::from(*width));
        if !is_number || Span::raw(cell).width() <= width {
            return cell.to_owned();
        }
        let mut shown: String = cell.chars().take(width.saturating_sub(1)).collect();
        shown.push('…');
        shown
    }

    /// The cell that stands below its row, where one does.
    fn below(&self, row: &TableRow, widths: &[u16]) -> Option<usize> {
        let mut cells = row.cells.iter().zip(&self.columns).zip(widths);
        let is_wider = |cell: &str, width: u16| Span::raw(cell).width() > usize::from(width);
        cells.position(|((cell, column), width)| column.is_below && is_wider(cell, *width))
    }

    /// The first row in sight.
    fn first(&self, widths: &[u16], visible: u16) -> usize {
        let end = self.rows.len().saturating_sub(1);
        let last = match self.selected {
            Some(at) => at.min(end),
            None if self.is_tail => end,
            None => return 0,
        };
        let mut room = visible;
        let mut first = last;
        for (at, row) in self.rows.iter().enumerate().take(last + 1).rev() {
            let height = 1 + u16::from(self.below(row, widths).is_some());
            let Some(left) = room.checked_sub(height) else { break };
            (room, first) = (left, at);
        }
        first
    }

    fn widths(&self, total: u16) -> Vec<u16> {
        let gaps = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(0);
        let fixed: u16 = self.columns.iter().map(|column| column.width).sum();
        let left = total.saturating_sub(fixed + gaps);
        let open = u16::try_from(self.columns.iter().filter(|column| column.width == 0).count()).unwrap_or(1);
        let share = left / open.max(1);
        self.columns.iter().map(|column| if column.width == 0 { share } else { column.width }).collect()
    }

    fn draw_row(
        &self,
        frame: &mut Frame<'_>,
        rect: Rect,
        widths: &[u16],
        cells: impl Iterator<Item = String>,
        style: Style,
    ) {
        frame.render_widget(Paragraph::new("").style(style), rect);
        let mut x = rect.x;
        for ((cell, column), width) in cells.zip(&self.columns).zip(widths) {
            let width = (*width).min(rect.right().saturating_sub(x));
            let shown = clean(&cell);
            let shown_width = u16::try_from(Span::raw(shown.as_str()).width()).unwrap_or(u16::MAX).min(width);
            let indent = if column.is_right { width - shown_width } else { 0 };
            let area = Rect { x: x + indent, width: width - indent, ..rect };
            frame.render_widget(Paragraph::new(shown).style(style), area);
            x = x.saturating_add(width + 1).min(rect.right());
        }
    }
}

/// Without characters that would move the cursor of the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|character| if is_unprintable(character) { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use ratatui::{Terminal, backend::TestBackend};

    use super::*;

    /// The lines of a table of a name and what is known of it, so many columns wide.
    fn lines(width: u16, height: u16, selected: usize) -> Vec<String> {
        let known = ["short", "a whole sentence on it", "brief"];
        let row = |(at, known): (usize, &&str)| TableRow {
            cells: vec![format!("n{at}"), (*known).to_owned()],
            style: Style::default(),
        };
        let rows = known.iter().enumerate().map(row).collect();
        let columns = vec![Column::text("name", 4), Column { is_below: true, ..Column::text("known", 0) }];
        let table = Table { columns, rows, selected: Some(selected), is_tail: false };
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let drawn = terminal.draw(|frame| table.draw(&Theme::plain(), frame, frame.area())).unwrap();
        let cells: Vec<&str> = drawn.buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
        cells.chunks(usize::from(width)).map(|line| line.concat().trim_end().to_owned()).collect()
    }

    #[test]
    fn what_does_not_fit_beside_stands_whole_below_and_what_fits_stays_beside() {
        assert_eq!(lines(26, 6, 0)[1..], ["n0   short", "n1", "  a whole sentence on it", "n2   brief", ""]);
        assert_eq!(lines(40, 4, 0)[1..], ["n0   short", "n1   a whole sentence on it", "n2   brief"]);
    }

    #[test]
    fn the_selected_row_is_in_sight_whole_also_behind_rows_of_two_lines() {
        assert_eq!(lines(26, 4, 1)[1..], ["n0   short", "n1", "  a whole sentence on it"]);
        assert_eq!(lines(26, 4, 2)[1..], ["n1", "  a whole sentence on it", "n2   brief"]);
        assert_eq!(lines(26, 3, 2)[1..], ["n2   brief", ""]);
    }

    #[test]
    fn a_number_that_does_not_fit_is_marked_as_cut() {
        let row = |quantity: &str| TableRow { cells: vec![quantity.to_owned()], style: Style::default() };
        let columns = vec![Column::number("Quantity", 6)];
        let rows = vec![row("123.456kg"), row("12.5kg")];
        let table = Table { columns, rows, selected: None, is_tail: false };
        let mut terminal = Terminal::new(TestBackend::new(6, 3)).unwrap();
        let drawn = terminal.draw(|frame| table.draw(&Theme::plain(), frame, frame.area())).unwrap();
        let cells: Vec<&str> = drawn.buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
        let lines: Vec<String> = cells.chunks(6).map(<[&str]>::concat).collect();
        assert_eq!(lines[1..], ["123.4…", "12.5kg"]);
    }
}
