//! A printout as bytes for a dot-matrix printer that reads ESC/P: invoices and reports on sheets or folded paper.
//!
//! Such printers draw no codes: a barcode or QR code is printed as its text, the logo not at all, and a cut is the
//! end of the page. No drawer hangs on them.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Block, Printout, Size, code_page::CodePage, text};

/// What a printer is and what is in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Profile {
    /// How close letters stand.
    pub pitch: Pitch,
    /// Letters on a line at that pitch.
    pub columns: usize,
    /// Lines of a page.
    pub page_lines: u8,
    /// The letters it is told to use; the nearest page that these printers have is taken.
    pub code_page: CodePage,
}

/// How close letters stand.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pitch {
    /// Ten to the inch.
    Pica,
    /// Twelve to the inch.
    #[default]
    Elite,
    /// About seventeen to the inch.
    Condensed,
}

impl Profile {
    /// A page of A4 height, twelve letters to the inch: 96 on a line.
    pub const fn a4(code_page: CodePage) -> Self {
        Self { pitch: Pitch::Elite, columns: 96, page_lines: 70, code_page }
    }

    /// Folded paper of 240 mm by 11 inches, ten letters to the inch: 80 on a line.
    pub const fn folded(code_page: CodePage) -> Self {
        Self { pitch: Pitch::Pica, columns: 80, page_lines: 66, code_page }
    }
}

const ESC: u8 = 0x1b;
const FORM_FEED: u8 = 0x0c;
const CONDENSED_ON: u8 = 0x0f;
const CONDENSED_OFF: u8 = 0x12;

/// The whole printout, from resetting the printer to the end of the last page.
pub fn render(printout: &Printout, profile: &Profile) -> Vec<u8> {
    let (page, number) = profile.code_page.esc_p();
    let mut pen = Pen { bytes: Vec::new(), columns: profile.columns, page, bold: false, size: Size::Normal };
    // Reset; table 1 is the code page; table 1 is used.
    pen.bytes.extend([ESC, b'@', ESC, b'(', b't', 3, 0, 1, number, 0, ESC, b't', 1]);
    pen.bytes.extend([ESC, b'C', profile.page_lines.clamp(1, 127)]);
    match profile.pitch {
        Pitch::Pica => pen.bytes.extend([ESC, b'P', CONDENSED_OFF]),
        Pitch::Elite => pen.bytes.extend([ESC, b'M', CONDENSED_OFF]),
        Pitch::Condensed => pen.bytes.extend([ESC, b'P', CONDENSED_ON]),
    }
    for block in printout.blocks() {
        pen.block(&block.map_text(|text| page.fit(text)));
    }
    pen.style(false, Size::Normal);
    if !matches!(printout.blocks().last(), Some(Block::Cut)) {
        pen.bytes.push(FORM_FEED);
    }
    pen.bytes
}

#[derive(Debug)]
struct Pen {
    bytes: Vec<u8>,
    columns: usize,
    page: CodePage,
    bold: bool,
    size: Size,
}

impl Pen {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Line { text, align, bold, size } => {
                let columns = self.columns / size.columns();
                self.style(*bold, *size);
                self.line(&text::aligned(text::cut(text, columns), *align, columns));
            }
            Block::Paragraph { text, align, size } => {
                let columns = self.columns / size.columns();
                self.style(false, *size);
                for line in text::wrap(text, columns) {
                    self.line(&text::aligned(&line, *align, columns));
                }
            }
            Block::Pair { bold, .. } => self.lines(block, *bold),
            Block::Table(_)
            | Block::Rule(_)
            | Block::FormLine { .. }
            | Block::Logo
            | Block::Barcode(_)
            | Block::Ean(_)
            | Block::Qr(_)
            | Block::Feed(_)
            | Block::DrawerKick
            | Block::DrawerKickOn(_) => self.lines(block, false),
            Block::Cut => {
                self.style(false, Size::Normal);
                self.bytes.push(FORM_FEED);
            }
        }
    }

    fn lines(&mut self, block: &Block, bold: bool) {
        self.style(bold, Size::Normal);
        for line in text::lines(block, self.columns) {
            self.line(&line);
        }
    }

    fn line(&mut self, text: &str) {
        self.bytes.extend(self.page.encode(text.trim_end()));
        self.bytes.extend(*b"\r\n");
    }

    /// Sets what differs from how the printer is set.
    fn style(&mut self, bold: bool, size: Size) {
        if self.bold != bold {
            self.bold = bold;
            self.bytes.extend([ESC, if bold { b'E' } else { b'F' }]);
        }
        if self.size.is_wide() != size.is_wide() {
            self.bytes.extend([ESC, b'W', u8::from(size.is_wide())]);
        }
        if self.size.is_tall() != size.is_tall() {
            self.bytes.extend([ESC, b'w', u8::from(size.is_tall())]);
        }
        self.size = size;
    }
}
