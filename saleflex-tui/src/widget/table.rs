//! A table with a selected row that is always in sight.

use ratatui::{Frame, layout::Rect, style::Style, text::Span, widgets::Paragraph};
use saleflex_core::catalog::is_unprintable;

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
}

impl<'a> Column<'a> {
    /// A column of text.
    pub const fn text(heading: &'a str, width: u16) -> Self {
        Self { heading, width, is_right: false }
    }

    /// A column of numbers.
    pub const fn number(heading: &'a str, width: u16) -> Self {
        Self { heading, width, is_right: true }
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
        let has_heading = self.columns.iter().any(|column| !column.heading.is_empty());
        let widths = self.widths(rect.width);
        let mut y = rect.y;
        if has_heading && rect.height > 0 {
            let headings = self.columns.iter().map(|column| column.heading.to_owned());
            self.draw_row(frame, Rect { y, height: 1, ..rect }, &widths, headings, theme.dim);
            y += 1;
        }
        let visible = usize::from(rect.bottom().saturating_sub(y));
        let first = self.first(visible);
        for (at, row) in self.rows.iter().enumerate().skip(first).take(visible) {
            let style = if self.selected == Some(at) { row.style.patch(theme.selected) } else { row.style };
            self.draw_row(frame, Rect { y, height: 1, ..rect }, &widths, row.cells.iter().cloned(), style);
            y += 1;
        }
    }

    /// The first row in sight.
    fn first(&self, visible: usize) -> usize {
        let last_first = self.rows.len().saturating_sub(visible);
        match self.selected {
            Some(at) => (at + 1).saturating_sub(visible.max(1)).min(last_first),
            None if self.is_tail => last_first,
            None => 0,
        }
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
