//! What is printed: receipts and reports as typed blocks, before any printer or screen is known.
//!
//! A layout ([`receipt`], [`sheet`], [`closure`], [`count`], [`label`], [`ticket`]) makes a [`Printout`]; a renderer turns it into
//! lines of text ([`text`]), bytes for a receipt printer ([`escpos`]) or an older dot-matrix printer ([`escp`]), or a
//! page for a browser ([`html`]). Layouts know no width, so one printout fits every roll of paper. What a customer
//! sees while being served is laid out in [`display`].
//!
//! **Invariant:** a printout holds no control characters, whatever names and notes hold: nothing a cashier or a
//! customer typed can reach a printer as a command or change the direction of writing.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use self::escpos::DrawerPin;
use crate::catalog::{barcode::Symbology, is_unprintable};

pub mod bitmap;
pub mod closure;
pub mod code_page;
pub mod count;
pub mod coupon;
pub mod display;
pub mod escp;
pub mod escpos;
pub mod html;
pub mod label;
mod parts;
pub mod receipt;
pub mod sheet;
mod symbol;
#[cfg(test)]
mod tests;
pub mod text;
pub mod ticket;
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
        /// The text, a line of it.
        text: String,
        /// Where on the line.
        align: Align,
        /// Whether it stands out.
        bold: bool,
        /// How large its letters are.
        #[serde(default, skip_serializing_if = "Size::is_normal")]
        size: Size,
    },
    /// Words over as many lines as they need.
    Paragraph {
        /// The text, which may need several lines.
        text: String,
        /// Where on the lines.
        align: Align,
        /// How large its letters are.
        #[serde(default, skip_serializing_if = "Size::is_normal")]
        size: Size,
    },
    /// A text at the left and one at the right of the same line; where both do not fit the left one is cut, or stands above.
    Pair {
        /// At the left: a name.
        left: String,
        /// At the right: an amount, which is never cut.
        right: String,
        /// Whether it stands out.
        bold: bool,
        /// Whether the left one is never cut either: it has a number that something is found by.
        #[serde(default, skip_serializing_if = "is_false")]
        whole: bool,
    },
    /// Columns over several rows.
    Table(Table),
    /// A line of one character.
    Rule(char),
    /// The shop's logo, which the printer or page knows; nothing where it knows none.
    Logo,
    /// A CODE128 barcode.
    Barcode(String),
    /// An EAN-13 or EAN-8 barcode with its right check digit.
    Ean(String),
    /// A QR code.
    Qr(String),
    /// A line of a form that was printed beforehand: it stays on its row.
    FormLine {
        /// The text, a line of it.
        text: String,
        /// What stands there where the form is printed once more; none: the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<String>,
    },
    /// So many empty lines.
    Feed(u8),
    /// Cut the paper.
    Cut,
    /// Open the drawer.
    DrawerKick,
    /// Open the one of several drawers that is at this pin of the printer.
    DrawerKickOn(DrawerPin),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
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

/// How large letters are. A renderer without large letters writes normal ones.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// As everything else.
    #[default]
    Normal,
    /// Twice as wide: half as many fit on a line.
    Wide,
    /// Twice as high.
    Tall,
    /// Twice as wide and high.
    Large,
}

impl Size {
    /// Whether letters take two columns each.
    pub const fn is_wide(self) -> bool {
        matches!(self, Self::Wide | Self::Large)
    }

    /// How many columns a letter takes.
    const fn columns(self) -> usize {
        if self.is_wide() { 2 } else { 1 }
    }

    /// Whether letters take two lines.
    pub const fn is_tall(self) -> bool {
        matches!(self, Self::Tall | Self::Large)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
    fn is_normal(&self) -> bool {
        *self == Self::Normal
    }
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
    /// The rows, the heading first.
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
        self.push_line(text, Align::Left, false, Size::Normal);
    }

    /// Adds a line in the middle that stands out.
    pub fn title(&mut self, text: &str) {
        self.push_line(text, Align::Center, true, Size::Normal);
    }

    /// Adds a line in the middle in letters of another size.
    pub fn sized(&mut self, text: &str, size: Size) {
        self.push_line(text, Align::Center, true, size);
    }

    /// Adds a line at the right.
    pub fn right(&mut self, text: &str) {
        self.push_line(text, Align::Right, false, Size::Normal);
    }

    fn push_line(&mut self, text: &str, align: Align, bold: bool, size: Size) {
        self.blocks.push(Block::Line { text: clean(text), align, bold, size });
    }

    /// Adds a text of any length, a paragraph for each of its lines. At the left the spaces before a line set in all
    /// that it takes on the paper.
    pub fn paragraph(&mut self, text: &str, align: Align) {
        self.sized_paragraph(text, align, Size::Normal);
    }

    /// Adds a text of any length in letters of another size, a paragraph for each of its lines.
    pub fn sized_paragraph(&mut self, text: &str, align: Align, size: Size) {
        for line in text.trim_end().lines() {
            let line = if align == Align::Left { line } else { line.trim_start() };
            self.blocks.push(Block::Paragraph { text: clean(line), align, size });
        }
    }

    /// Adds a pair.
    pub fn pair(&mut self, left: &str, right: &str) {
        self.push_pair(left, right, false, false);
    }

    /// Adds a pair whose left text stands above where it does not fit beside the right one.
    pub fn whole_pair(&mut self, left: &str, right: &str) {
        self.push_pair(left, right, false, true);
    }

    /// Adds a pair that stands out.
    pub fn bold_pair(&mut self, left: &str, right: &str) {
        self.push_pair(left, right, true, false);
    }

    fn push_pair(&mut self, left: &str, right: &str, bold: bool, whole: bool) {
        self.blocks.push(Block::Pair { left: clean(left), right: clean(right), bold, whole });
    }

    /// Adds a table.
    pub fn table(&mut self, mut table: Table) {
        for row in &mut table.rows {
            if let Row::Cells(cells) = row {
                for cell in cells {
                    cell.change(clean);
                }
            }
        }
        self.blocks.push(Block::Table(table));
    }

    /// Adds a line of one character.
    pub fn rule(&mut self, character: char) {
        self.blocks.push(Block::Rule(if is_printable(character) { character } else { '-' }));
    }

    /// Adds the shop's logo.
    pub fn logo(&mut self) {
        self.blocks.push(Block::Logo);
    }

    /// Adds the barcode of a product as it stands on the goods: EAN where its length and check digit say so (an
    /// American UPC-A is the EAN with a zero before it), else CODE128.
    pub fn product_barcode(&mut self, code: &str) {
        let ean = match Symbology::of(code) {
            Some(Symbology::Ean8 | Symbology::Ean13) => Some(code.to_string()),
            Some(Symbology::UpcA) => Some(["0", code].concat()),
            None => None,
        };
        match ean.filter(|ean| symbol::has_right_check_digit(ean)) {
            Some(ean) => self.blocks.push(Block::Ean(ean)),
            None => self.barcode(code),
        }
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

    /// Adds a line of a form; `again` is what stands there where it is printed once more.
    fn form_line(&mut self, text: &str, again: &str) {
        let text = clean(text);
        let again = Some(clean(again)).filter(|again| *again != text);
        self.blocks.push(Block::FormLine { text, again });
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

impl Printout {
    /// The same once more: with `mark` above, and the drawer stays shut. On a form a mark has a place of its own, so that
    /// nothing leaves its row.
    #[must_use]
    pub fn marked(&self, mark: &str) -> Self {
        let mut out = Self::new();
        if !self.blocks.iter().any(|block| matches!(block, Block::FormLine { .. })) {
            out.title(&parts::mark(mark));
        }
        let blocks = self.blocks.iter().filter(|block| !block.opens_drawer());
        out.blocks.extend(blocks.map(Block::once_more));
        out
    }

    /// The same for a printer whose drawer must not open now.
    #[must_use]
    pub fn without_drawer(&self) -> Self {
        let blocks = self.blocks.iter().filter(|block| !block.opens_drawer());
        Self { blocks: blocks.cloned().collect() }
    }

    /// The same that opens the drawer at a pin of the printer, where it opens one at all.
    #[must_use]
    pub fn on_drawer_pin(&self, pin: DrawerPin) -> Self {
        let opened =
            |block: &Block| if block.opens_drawer() { Block::DrawerKickOn(pin) } else { block.clone() };
        Self { blocks: self.blocks.iter().map(opened).collect() }
    }

    /// Whether it opens the drawer.
    pub fn opens_drawer(&self) -> bool {
        self.blocks.iter().any(Block::opens_drawer)
    }
}

impl Block {
    const fn opens_drawer(&self) -> bool {
        matches!(self, Self::DrawerKick | Self::DrawerKickOn(_))
    }

    /// The block where the paper is printed once more.
    fn once_more(&self) -> Self {
        if let Self::FormLine { again: Some(again), .. } = self {
            Self::FormLine { text: again.clone(), again: None }
        } else {
            self.clone()
        }
    }

    /// The block with its texts changed by `change`; codes stay as they are.
    #[must_use]
    fn map_text(&self, change: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Line { text, align, bold, size } => {
                Self::Line { text: change(text), align: *align, bold: *bold, size: *size }
            }
            Self::Paragraph { text, align, size } => {
                Self::Paragraph { text: change(text), align: *align, size: *size }
            }
            Self::Pair { left, right, bold, whole } => {
                Self::Pair { left: change(left), right: change(right), bold: *bold, whole: *whole }
            }
            Self::FormLine { text, again } => {
                Self::FormLine { text: change(text), again: again.as_deref().map(&change) }
            }
            Self::Table(table) => {
                let mut table = table.clone();
                for row in &mut table.rows {
                    if let Row::Cells(cells) = row {
                        for cell in cells {
                            cell.change(&change);
                        }
                    }
                }
                Self::Table(table)
            }
            Self::Rule(character) => {
                let changed = change(character.encode_utf8(&mut [0; 4]));
                Self::Rule(changed.chars().next().unwrap_or('-'))
            }
            Self::Logo
            | Self::Barcode(_)
            | Self::Ean(_)
            | Self::Qr(_)
            | Self::Feed(_)
            | Self::Cut
            | Self::DrawerKick
            | Self::DrawerKickOn(_) => self.clone(),
        }
    }
}

impl Cell {
    fn change(&mut self, change: impl Fn(&str) -> String) {
        match self {
            Self::Left(text) | Self::Right(text) => *text = change(text),
            Self::Ends(left, right) => {
                *left = change(left);
                *right = change(right);
            }
        }
    }
}

/// A text without what a printer or terminal could take for a command.
fn clean(text: &str) -> String {
    text.chars().filter(|&character| is_printable(character)).collect()
}

/// Whether a character prints: one that a name may hold, and that takes its place on the paper.
fn is_printable(character: char) -> bool {
    let is_hidden = matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{206f}');
    !is_hidden && !is_unprintable(character)
}

/// A name as it is printed: without spaces around it, or `instead` where nothing is left.
fn name(text: &str, instead: &str) -> String {
    let name = clean(text);
    let name = name.trim();
    if name.is_empty() { instead.to_string() } else { name.to_string() }
}
