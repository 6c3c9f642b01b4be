//! A printout as bytes for a receipt printer that reads ESC/POS: Epson's and those that follow them.
//!
//! Lines are laid out here, with the letters the printer has; the printer only moves them to the middle or the
//! right, makes them bold or large, and draws barcodes, QR codes and the logo.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{
    Align, Block, Printout, Size,
    bitmap::Bitmap,
    code_page::CodePage,
    symbol::{self, CodeSet},
    text,
};

/// What a printer is and can.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Profile {
    /// Normal letters on a line.
    pub columns: usize,
    /// Dots on a line.
    pub dots: usize,
    /// The letters it is told to use.
    pub code_page: CodePage,
    /// The number that selects the page, where the printer has its own.
    pub code_page_number: Option<u8>,
    /// How it cuts.
    pub cut: CutMode,
    /// The pin of its drawer socket that opens the drawer.
    pub drawer_pin: DrawerPin,
    /// The shop's logo.
    pub logo: Option<Bitmap>,
}

/// How a printer cuts.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CutMode {
    /// All but a little bridge, so that the paper does not fall.
    #[default]
    Partial,
    /// All of it.
    Full,
    /// It has no knife: the paper is only moved past the tearing edge.
    None,
}

/// The pin of a printer's drawer socket.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawerPin {
    /// The first drawer.
    #[default]
    Two,
    /// The second drawer.
    Five,
}

impl Profile {
    /// Paper of 58 mm: 32 letters.
    pub const fn mm58(code_page: CodePage) -> Self {
        Self::of(32, 384, code_page)
    }

    /// Paper of 80 mm: 48 letters.
    pub const fn mm80(code_page: CodePage) -> Self {
        Self::of(48, 576, code_page)
    }

    /// Paper of 80 mm in a printer of 42 letters.
    pub const fn mm80_with_42(code_page: CodePage) -> Self {
        Self::of(42, 512, code_page)
    }

    const fn of(columns: usize, dots: usize, code_page: CodePage) -> Self {
        Self {
            columns,
            dots,
            code_page,
            code_page_number: None,
            cut: CutMode::Partial,
            drawer_pin: DrawerPin::Two,
            logo: None,
        }
    }
}

/// Opens the drawer: `ESC p`, 50 ms on, 500 ms off.
pub const fn drawer_kick(pin: DrawerPin) -> [u8; 5] {
    let pin = match pin {
        DrawerPin::Two => 0,
        DrawerPin::Five => 1,
    };
    [ESC, b'p', pin, 25, 250]
}

/// Tells a printer or display which letters follow: the code page, by its maker's own number where that is given. For
/// Japanese ones also two-byte letters, as Shift JIS, and the Japanese signs among the narrow ones.
pub fn letters(page: CodePage, number: Option<u8>) -> Vec<u8> {
    let number = number.unwrap_or(page.esc_pos_number());
    let mut bytes = Vec::new();
    if page.is_wide() {
        bytes.extend([FS, b'&', FS, b'C', 1, ESC, b'R', 8]);
    }
    bytes.extend([ESC, b't', number]);
    bytes
}

const ESC: u8 = 0x1b;
const FS: u8 = 0x1c;
const GS: u8 = 0x1d;

/// Lines between the print head and the tearing edge.
const LINES_TO_EDGE: u8 = 4;
/// How high barcodes are, in dots: about 1 cm.
const BARCODE_DOTS: u8 = 80;
/// Rows of a picture sent at once, so that small printers keep up.
const BAND_ROWS: usize = 128;

/// The whole printout, from resetting the printer on.
pub fn render(printout: &Printout, profile: &Profile) -> Vec<u8> {
    let mut pen = Pen { bytes: Vec::new(), profile, align: Align::Left, bold: false, size: Size::Normal };
    pen.bytes.extend([ESC, b'@']);
    if !profile.code_page.is_wide() {
        // Some printers start with two-byte letters.
        pen.bytes.extend([FS, b'.']);
    }
    pen.bytes.extend(letters(profile.code_page, profile.code_page_number));
    for block in printout.blocks() {
        pen.block(&block.map_text(|text| profile.code_page.fit(text)));
    }
    pen.style(Align::Left, false, Size::Normal);
    pen.bytes
}

/// Writes blocks, remembering how the printer is set.
#[derive(Debug)]
struct Pen<'a> {
    bytes: Vec<u8>,
    profile: &'a Profile,
    align: Align,
    bold: bool,
    size: Size,
}

impl Pen<'_> {
    fn block(&mut self, block: &Block) {
        let columns = self.profile.columns;
        match block {
            Block::Line { text, align, bold, size } => {
                self.style(*align, *bold, *size);
                self.line(text::cut(text, columns / size.columns()));
            }
            Block::Paragraph { text, align, size } => {
                self.style(*align, false, *size);
                for line in text::wrap(text, columns / size.columns()) {
                    self.line(&line);
                }
            }
            Block::Pair { bold, .. } => self.lines(block, *bold),
            Block::Table(_) | Block::Rule(_) | Block::FormLine { .. } => self.lines(block, false),
            Block::Logo => self.logo(),
            Block::Barcode(data) => self.barcode(data),
            Block::Ean(data) => self.ean(data),
            Block::Qr(data) => self.qr(data),
            Block::Feed(0) => {}
            Block::Feed(lines) => self.bytes.extend([ESC, b'd', *lines]),
            Block::Cut => self.cut(),
            Block::DrawerKick => self.bytes.extend(drawer_kick(self.profile.drawer_pin)),
            Block::DrawerKickOn(pin) => self.bytes.extend(drawer_kick(*pin)),
        }
    }

    /// Sets what differs from how the printer is set.
    fn style(&mut self, align: Align, bold: bool, size: Size) {
        if self.align != align {
            self.align = align;
            let code = match align {
                Align::Left => 0,
                Align::Center => 1,
                Align::Right => 2,
            };
            self.bytes.extend([ESC, b'a', code]);
        }
        if self.bold != bold {
            self.bold = bold;
            self.bytes.extend([ESC, b'E', u8::from(bold)]);
        }
        if self.size != size {
            self.size = size;
            self.bytes.extend([GS, b'!', u8::from(size.is_wide()) << 4 | u8::from(size.is_tall())]);
        }
    }

    fn lines(&mut self, block: &Block, bold: bool) {
        self.style(Align::Left, bold, Size::Normal);
        for line in text::lines(block, self.profile.columns) {
            self.line(line.trim_end());
        }
    }

    fn line(&mut self, text: &str) {
        self.bytes.extend(self.profile.code_page.encode(text));
        self.bytes.push(b'\n');
    }

    fn logo(&mut self) {
        let Some(logo) = self.profile.logo.as_ref().map(|logo| logo.fitted(self.profile.dots)) else {
            return;
        };
        self.style(Align::Center, false, Size::Normal);
        let rows: Vec<Vec<u8>> = logo.rows().collect();
        for band in rows.chunks(BAND_ROWS) {
            self.bytes.extend([GS, b'v', b'0', 0]);
            self.bytes.extend(little_endian(logo.row_bytes()));
            self.bytes.extend(little_endian(band.len()));
            self.bytes.extend(band.iter().flatten());
        }
    }

    /// A CODE128 barcode with its text below; a QR code where the paper is too narrow for the bars, which the
    /// printer would leave out without a word.
    fn barcode(&mut self, data: &str) {
        let bars = (2..=3).rev().find(|width| CodeSet::modules(data) * width <= self.profile.dots);
        let mut code = Vec::new();
        match CodeSet::of(data) {
            CodeSet::B => {
                code.extend(b"{B");
                code.extend(data.replace('{', "{{").bytes());
            }
            CodeSet::C => {
                code.extend(b"{C");
                code.extend(pairs(data));
            }
        }
        if let (Some(width), Ok(length)) = (bars, u8::try_from(code.len())) {
            self.bars(width);
            self.bytes.extend([GS, b'k', 73, length]);
            self.bytes.extend(code);
            self.bytes.push(b'\n');
        } else {
            self.qr(data);
            self.lines(&Block::Barcode(data.into()), false);
        }
    }

    fn ean(&mut self, data: &str) {
        let (kind, length) = match data.len() {
            13 => (67, 13),
            8 => (68, 8),
            _ => return self.barcode(data),
        };
        self.bars(3);
        self.bytes.extend([GS, b'k', kind, length]);
        self.bytes.extend(data.bytes());
        self.bytes.push(b'\n');
    }

    /// Text below, height, and width of the narrowest bar.
    fn bars(&mut self, width: usize) {
        self.style(Align::Center, false, Size::Normal);
        let width = u8::try_from(width).unwrap_or(2);
        self.bytes.extend([GS, b'H', 2, GS, b'h', BARCODE_DOTS, GS, b'w', width]);
    }

    /// A QR code; its text where no code holds so much.
    fn qr(&mut self, data: &str) {
        let side = symbol::qr(data).map(|code| code.width());
        let stored = u16::try_from(data.len() + 3);
        let (Some(side), Ok(length)) = (side, stored) else {
            return self.lines(&Block::Qr(data.into()), false);
        };
        // At most a third of an 80 mm roll wide, with the white frame of four modules around it.
        let dots = (self.profile.dots / 2 / (side + 8)).clamp(2, 6);
        self.style(Align::Center, false, Size::Normal);
        self.bytes.extend([GS, b'(', b'k', 4, 0, 0x31, 0x41, 0x32, 0]);
        self.bytes.extend([GS, b'(', b'k', 3, 0, 0x31, 0x43, u8::try_from(dots).unwrap_or(3)]);
        self.bytes.extend([GS, b'(', b'k', 3, 0, 0x31, 0x45, 0x31]);
        self.bytes.extend([GS, b'(', b'k']);
        self.bytes.extend(length.to_le_bytes());
        self.bytes.extend([0x31, 0x50, 0x30]);
        self.bytes.extend(data.bytes());
        self.bytes.extend([GS, b'(', b'k', 3, 0, 0x31, 0x51, 0x30]);
    }

    fn cut(&mut self) {
        self.style(Align::Left, false, Size::Normal);
        match self.profile.cut {
            CutMode::Partial => self.bytes.extend([GS, b'V', b'B', 0]),
            CutMode::Full => self.bytes.extend([GS, b'V', b'A', 0]),
            CutMode::None => self.bytes.extend([ESC, b'd', LINES_TO_EDGE]),
        }
    }
}

/// Two digits a byte.
fn pairs(digits: &str) -> impl Iterator<Item = u8> {
    let digit = |byte: Option<&u8>| byte.map_or(0, |byte| byte - b'0');
    digits.as_bytes().chunks(2).map(move |pair| digit(pair.first()) * 10 + digit(pair.get(1)))
}

fn little_endian(number: usize) -> [u8; 2] {
    // Pictures have at most 1,024 dots a side.
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}
