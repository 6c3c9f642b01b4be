//! A printout as lines of text of any width.
//!
//! Width is what a line takes on paper or screen: a wide character (CJK, full width) takes two columns, an accent of
//! its own none.

use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};
use core::iter;

use unicode_width::UnicodeWidthChar;

use super::{Align, Block, Cell, Printout, Row, Table};

/// The narrowest paper; a smaller width counts as this.
pub const NARROWEST: usize = 16;

/// The whole printout, a line each; what only a printer can do leaves no line.
pub fn render(printout: &Printout, width: usize) -> Vec<String> {
    printout.blocks().iter().flat_map(|block| lines(block, width)).collect()
}

/// The lines of one block.
pub fn lines(block: &Block, width: usize) -> Vec<String> {
    let width = width.max(NARROWEST);
    match block {
        Block::Line { text, align, .. } => vec![aligned(cut(text, width), *align, width)],
        Block::Paragraph { text, align, .. } => {
            wrap(text, width).iter().map(|line| aligned(line, *align, width)).collect()
        }
        Block::FormLine { text, .. } => vec![cut(text, width).to_string()],
        Block::Pair { left, right, whole, .. } => pair(left, right, width, *whole),
        Block::Table(table) => table_lines(table, width),
        Block::Rule(character) => vec![rule(*character, width)],
        Block::Barcode(data) | Block::Ean(data) | Block::Qr(data) => {
            wrap(data, width).iter().map(|line| aligned(line, Align::Center, width)).collect()
        }
        Block::Feed(lines) => iter::repeat_n(String::new(), usize::from(*lines)).collect(),
        Block::Logo | Block::Cut | Block::DrawerKick | Block::DrawerKickOn(_) => Vec::new(),
    }
}

/// How many columns a text takes.
pub fn width_of(text: &str) -> usize {
    text.chars().map(columns).sum()
}

fn columns(character: char) -> usize {
    character.width().unwrap_or(0)
}

/// The beginning of a text that fits.
pub(super) fn cut(text: &str, width: usize) -> &str {
    let mut taken = 0;
    for (at, character) in text.char_indices() {
        taken += columns(character);
        if taken > width {
            return text.split_at(at).0;
        }
    }
    text
}

fn spaces(count: usize) -> String {
    " ".repeat(count)
}

fn rule(character: char, width: usize) -> String {
    iter::repeat_n(character, width / columns(character).max(1)).collect()
}

/// A text that fits, on a line of its own. Text in the middle fills its line.
pub(super) fn aligned(text: &str, align: Align, width: usize) -> String {
    let free = width.saturating_sub(width_of(text));
    match align {
        Align::Left => text.to_string(),
        Align::Center => [&spaces(free / 2), text, &spaces(free - free / 2)].concat(),
        Align::Right => [&spaces(free), text].concat(),
    }
}

/// Left and right on one line; where the right one leaves no room, or not enough for a left one that is to stay whole, on
/// several.
fn pair(left: &str, right: &str, width: usize, whole: bool) -> Vec<String> {
    let taken = width_of(right);
    let is_cut = width_of(left) + 1 + taken > width;
    if (taken + 2 > width || (whole && is_cut)) && !left.trim().is_empty() {
        let above = if whole { wrap(left, width) } else { vec![cut(left, width).to_string()] };
        let below = wrap(right, width).into_iter().map(|line| aligned(&line, Align::Right, width));
        return above.into_iter().chain(below).collect();
    }
    if taken > width {
        return wrap(right, width).iter().map(|line| aligned(line, Align::Right, width)).collect();
    }
    let left = cut(left, (width - taken).saturating_sub(1));
    vec![[left, &spaces(width - taken - width_of(left)), right].concat()]
}

/// How far a text is set in: by the spaces before its first word, of which narrow paper keeps a quarter of its width.
pub(super) fn indent(text: &str, width: usize) -> usize {
    let before = text.len() - text.trim_start_matches(' ').len();
    if before == text.len() { 0 } else { before.min(width / 4) }
}

/// Breaks a text between words, and words that are longer than a line within. A text that is set in stays so on each of
/// its lines.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let indent = indent(text, width);
    let before = spaces(indent);
    words(text, width - indent).iter().map(|line| [before.as_str(), line].concat()).collect()
}

fn words(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && width_of(&line) + 1 + width_of(word) > width {
            lines.push(core::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for character in word.chars() {
            if width_of(&line) + columns(character) > width {
                lines.push(core::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

fn table_lines(table: &Table, width: usize) -> Vec<String> {
    let natural = natural_widths(table);
    let least = table.columns.iter().copied().chain(iter::repeat(0));
    let wanted: Vec<usize> = natural.iter().zip(least).map(|(natural, least)| least.max(*natural)).collect();
    for (indent, gap, widths) in [(table.indent, table.gap, &wanted), (0, 1, &natural)] {
        let gaps = gap * widths.len().saturating_sub(1);
        if indent + gaps + widths.iter().sum::<usize>() <= width {
            return table.rows.iter().map(|row| row_line(row, indent, gap, widths)).collect();
        }
    }
    stacked(table, &natural, width)
}

fn natural_widths(table: &Table) -> Vec<usize> {
    let mut widths = Vec::new();
    for row in &table.rows {
        let Row::Cells(cells) = row else { continue };
        widths.resize(widths.len().max(cells.len()), 0);
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(match cell {
                Cell::Left(text) | Cell::Right(text) => width_of(text),
                Cell::Ends(left, right) => width_of(left) + 1 + width_of(right),
            });
        }
    }
    widths
}

fn row_line(row: &Row, indent: usize, gap: usize, widths: &[usize]) -> String {
    let cells: Vec<String> = match row {
        Row::Cells(cells) => cells.iter().zip(widths).map(|(cell, width)| cell_text(cell, *width)).collect(),
        Row::Rule => widths.iter().map(|width| rule('-', *width)).collect(),
    };
    let line = spaces(indent) + &cells.join(&spaces(gap));
    line.trim_end().to_string()
}

fn cell_text(cell: &Cell, width: usize) -> String {
    match cell {
        Cell::Left(text) => [text, &*spaces(width.saturating_sub(width_of(text)))].concat(),
        Cell::Right(text) => aligned(text, Align::Right, width),
        Cell::Ends(left, right) => {
            let free = width.saturating_sub(width_of(left) + width_of(right));
            [left, &*spaces(free), right].concat()
        }
    }
}

/// A table on paper too narrow for its rows: the first cell above the others, or else every cell on its own line.
fn stacked(table: &Table, natural: &[usize], width: usize) -> Vec<String> {
    let (_, numbers) = natural.split_at(natural.len().min(1));
    let below = numbers.iter().sum::<usize>() + numbers.len().saturating_sub(1);
    let has_ends = |row: &Row| match row {
        Row::Cells(cells) => cells.iter().any(|cell| matches!(cell, Cell::Ends(..))),
        Row::Rule => false,
    };
    if below <= width && !table.rows.iter().any(has_ends) {
        return table.rows.iter().flat_map(|row| two_lines(row, numbers, width)).collect();
    }
    let headings: &[Cell] = match table.rows.first() {
        Some(row @ Row::Cells(cells)) if !has_ends(row) => cells,
        _ => &[],
    };
    let skipped = usize::from(!headings.is_empty());
    table.rows.iter().skip(skipped).flat_map(|row| a_line_a_cell(row, headings, width)).collect()
}

fn two_lines(row: &Row, numbers: &[usize], width: usize) -> Vec<String> {
    let Row::Cells(cells) = row else { return vec![rule('-', width)] };
    let (first, rest) = cells.split_at(cells.len().min(1));
    let name = first.iter().map(|cell| label(cell).trim().to_string());
    let line = row_line(&Row::Cells(rest.to_vec()), 0, 1, numbers);
    name.map(|name| cut(&name, width).to_string())
        .chain(iter::once(aligned(&line, Align::Right, width)))
        .collect()
}

fn a_line_a_cell(row: &Row, headings: &[Cell], width: usize) -> Vec<String> {
    let Row::Cells(cells) = row else { return vec![rule('-', width)] };
    let headings = headings.iter().map(label).chain(iter::repeat(""));
    let line = |(cell, heading): (&Cell, &str)| match cell {
        Cell::Ends(left, right) => pair(left, right, width, false),
        Cell::Left(text) | Cell::Right(text) => pair(heading, text, width, false),
    };
    cells.iter().zip(headings).flat_map(line).collect()
}

fn label(cell: &Cell) -> &str {
    match cell {
        Cell::Left(text) | Cell::Right(text) | Cell::Ends(text, _) => text,
    }
}
