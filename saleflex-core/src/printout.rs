//! What is printed: receipts and reports as typed blocks, before any printer or screen is known.
//!
//! A layout ([`receipt`], [`closure`]) makes a [`Printout`]; a renderer ([`text`]) turns it into lines of a given
//! width. Layouts know no width, so one printout fits every roll of paper.
//!
//! **Invariant:** a printout holds no control characters, whatever names and notes hold: nothing a cashier or a
//! customer typed can reach a printer as a command or change the direction of writing.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use serde::{Deserialize, Serialize};

pub mod closure;
mod parts;
pub mod receipt;
#[cfg(test)]
mod tests;
pub mod text;
pub mod words;

/// Something to print, from top to bottom.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Printout {
    blocks: Vec<Block>,
}

/// One piece of a printout.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Block {
    /// A line of text, cut where the paper is narrower.
    Line {
        /// The text.
        text: String,
        /// Where on the line.
        align: Align,
        /// Whether it stands out.
        bold: bool,
    },
    /// Words over as many lines as they need.
    Paragraph {
        /// The text.
        text: String,
        /// Where on the lines.
        align: Align,
    },
    /// A text at the left and one at the right of the same line; the left one is cut where both do not fit.
    Pair {
        /// At the left: a name.
        left: String,
        /// At the right: an amount, which is never cut.
        right: String,
        /// Whether it stands out.
        bold: bool,
    },
    /// Columns over several rows.
    Table(Table),
    /// A line of one character.
    Rule(char),
    /// A CODE128 barcode.
    Barcode(String),
    /// A QR code.
    Qr(String),
    /// Empty lines.
    Feed(u8),
    /// Cut the paper.
    Cut,
    /// Open the drawer.
    DrawerKick,
}

/// Where a text stands on its line.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// At the left.
    #[default]
    Left,
    /// In the middle; an odd space goes to the right.
    Center,
    /// At the right.
    Right,
}

/// Rows of cells in columns. The first row is the heading. Where the paper is too narrow for the widths asked for,
/// a renderer closes the gaps, then stacks the cells; it cuts no number.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Table {
    /// Spaces before the first column.
    pub indent: usize,
    /// Spaces between columns.
    pub gap: usize,
    /// The least width of each column.
    pub columns: Vec<usize>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One row of a table.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// A cell for each column.
    Cells(Vec<Cell>),
    /// Dashes under each column.
    Rule,
}

/// One cell of a table.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Text at the left of its column.
    Left(String),
    /// Text at the right of its column.
    Right(String),
    /// A label at the left and a value at the right of the same column.
    Ends(String, String),
}

impl Printout {
    /// An empty printout.
    pub const fn new() -> Self {
        Self { blocks: Vec::new() }
    }

    /// The blocks, from top to bottom.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Adds a line at the left.
    pub fn line(&mut self, text: &str) {
        self.blocks.push(Block::Line { text: clean(text), align: Align::Left, bold: false });
    }

    /// Adds a line in the middle that stands out.
    pub fn title(&mut self, text: &str) {
        self.blocks.push(Block::Line { text: clean(text), align: Align::Center, bold: true });
    }

    /// Adds a line at the right.
    pub fn right(&mut self, text: &str) {
        self.blocks.push(Block::Line { text: clean(text), align: Align::Right, bold: false });
    }

    /// Adds a text of any length, a paragraph for each of its lines.
    pub fn paragraph(&mut self, text: &str, align: Align) {
        for line in text.trim_end().lines() {
            self.blocks.push(Block::Paragraph { text: clean(line), align });
        }
    }

    /// Adds a pair.
    pub fn pair(&mut self, left: &str, right: &str) {
        self.blocks.push(Block::Pair { left: clean(left), right: clean(right), bold: false });
    }

    /// Adds a pair that stands out.
    pub fn bold_pair(&mut self, left: &str, right: &str) {
        self.blocks.push(Block::Pair { left: clean(left), right: clean(right), bold: true });
    }

    /// Adds a table.
    pub fn table(&mut self, mut table: Table) {
        for row in &mut table.rows {
            if let Row::Cells(cells) = row {
                cells.iter_mut().for_each(Cell::clean);
            }
        }
        self.blocks.push(Block::Table(table));
    }

    /// Adds a line of one character.
    pub fn rule(&mut self, character: char) {
        self.blocks.push(Block::Rule(if is_printable(character) { character } else { '-' }));
    }

    /// Adds a CODE128 barcode; what such a code cannot hold is left out.
    pub fn barcode(&mut self, data: &str) {
        self.blocks
            .push(Block::Barcode(data.chars().filter(|&c| c == ' ' || c.is_ascii_graphic()).collect()));
    }

    /// Adds a QR code.
    pub fn qr(&mut self, data: &str) {
        self.blocks.push(Block::Qr(clean(data)));
    }

    /// Adds empty lines.
    pub fn feed(&mut self, lines: u8) {
        self.blocks.push(Block::Feed(lines));
    }

    /// Cuts the paper here.
    pub fn cut(&mut self) {
        self.blocks.push(Block::Cut);
    }

    /// Opens the drawer here.
    pub fn drawer_kick(&mut self) {
        self.blocks.push(Block::DrawerKick);
    }
}

impl Cell {
    fn clean(&mut self) {
        match self {
            Self::Left(text) | Self::Right(text) => *text = clean(text),
            Self::Ends(left, right) => {
                *left = clean(left);
                *right = clean(right);
            }
        }
    }
}

/// A text without what a printer or terminal could take for a command.
fn clean(text: &str) -> String {
    text.chars().filter(|&character| is_printable(character)).collect()
}

/// Whether a character prints: no control character, and none that changes the direction of writing or hides.
fn is_printable(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

/// A name as it is printed: without spaces around it, or `instead` where nothing is left.
fn name(text: &str, instead: &str) -> String {
    let name = clean(text);
    let name = name.trim();
    if name.is_empty() { instead.to_string() } else { name.to_string() }
}
