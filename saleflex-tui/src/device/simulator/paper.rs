//! What would be on the paper: a reader of ESC/POS.

use encoding_rs::SHIFT_JIS;
use saleflex_core::printout::text::width_of;
use yore::{
    CodePage,
    code_pages::{CP437, CP737, CP850, CP852, CP857, CP866, CP1250, CP1251, CP1252, CP1253, CP1254},
};

const DLE: u8 = 0x10;
const ESC: u8 = 0x1b;
const FS: u8 = 0x1c;
const GS: u8 = 0x1d;

/// Reads bytes as a printer does and keeps what it would have printed.
#[derive(Clone, Debug)]
pub struct Paper {
    columns: usize,
    lines: Vec<String>,
    line: String,
    pending: Vec<u8>,
    page: u8,
    /// Letters of two bytes are read as Shift JIS.
    is_japanese: bool,
    align: u8,
    is_wide: bool,
    qr: String,
    unknown: usize,
}

/// What a printer is asked while it reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Question {
    /// `DLE EOT n`: answered at once.
    Status(u8),
    /// `GS r n`: answered when everything before it is printed.
    AfterPrinting,
}

/// How many bytes a command has; more are needed to tell, or it is none.
enum Command {
    Whole(usize),
    Incomplete,
    Unknown,
}

impl Paper {
    /// Empty paper of so many columns.
    pub const fn new(columns: usize) -> Self {
        Self {
            columns,
            lines: Vec::new(),
            line: String::new(),
            pending: Vec::new(),
            page: 0,
            is_japanese: false,
            align: 0,
            is_wide: false,
            qr: String::new(),
            unknown: 0,
        }
    }

    /// The lines so far, without spaces at their ends. What is no text stands in brackets: `[cut]`, `[drawer]`.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// How many bytes were no command that a printer knows.
    pub const fn unknown(&self) -> usize {
        self.unknown
    }

    /// Reads one byte; a question where the byte completes one.
    pub fn feed(&mut self, byte: u8) -> Option<Question> {
        self.pending.push(byte);
        match self.command() {
            Command::Incomplete => None,
            Command::Unknown => {
                self.unknown += self.pending.len();
                self.pending.clear();
                None
            }
            Command::Whole(length) if length > self.pending.len() => None,
            Command::Whole(_) => {
                let command = std::mem::take(&mut self.pending);
                self.obey(&command)
            }
        }
    }

    /// The same paper in a printer that has just been switched on: what was half read is forgotten.
    #[must_use]
    pub(super) fn after_power_cut(&self) -> Self {
        let mut lines = self.lines.clone();
        if !self.line.is_empty() {
            lines.push(self.line.clone());
        }
        Self { lines, ..Self::new(self.columns) }
    }

    fn command(&self) -> Command {
        let bytes = self.pending.as_slice();
        let word = |at: usize| match (bytes.get(at), bytes.get(at + 1)) {
            (Some(low), Some(high)) => Some(usize::from(u16::from_le_bytes([*low, *high]))),
            _ => None,
        };
        let whole = |length: Option<usize>| length.map_or(Command::Incomplete, Command::Whole);
        match bytes {
            [] | [ESC | GS | FS | DLE] => Command::Incomplete,
            [b'\n' | b'\r' | 0x0c, ..] => Command::Whole(1),
            [ESC, b'@', ..] | [FS, b'.' | b'&', ..] => Command::Whole(2),
            [ESC, b'p', ..] => Command::Whole(5),
            [ESC, b't' | b'a' | b'E' | b'd' | b'R' | b'M', ..]
            | [DLE, 0x04, ..]
            | [FS, b'C', ..]
            | [GS, b'!' | b'r' | b'H' | b'h' | b'w' | b'f', ..] => Command::Whole(3),
            [GS, b'V', mode, ..] => Command::Whole(if *mode >= 65 { 4 } else { 3 }),
            // The length of a barcode of the newer form follows its kind.
            [GS, b'k', kind, length, ..] if *kind >= 65 => Command::Whole(4 + usize::from(*length)),
            [GS, b'(', _, ..] => whole(word(3).map(|length| 5 + length)),
            [GS, b'v', b'0', ..] => {
                whole(word(4).zip(word(6)).map(|(bytes_a_row, rows)| 8 + bytes_a_row * rows))
            }
            [GS, b'V' | b'k' | b'(' | b'v', ..] if bytes.len() < 4 => Command::Incomplete,
            [0x81..=0x9f | 0xe0..=0xef, ..] if self.is_japanese => Command::Whole(2),
            [byte, ..] if *byte >= 0x20 && *byte != 0x7f => Command::Whole(1),
            _ => Command::Unknown,
        }
    }

    fn obey(&mut self, command: &[u8]) -> Option<Question> {
        match command {
            [DLE, 0x04, number] => return Some(Question::Status(*number)),
            [GS, b'r', _] => return Some(Question::AfterPrinting),
            [ESC, b'@'] => (self.page, self.align, self.is_wide, self.is_japanese) = (0, 0, false, false),
            [FS, b'.'] => self.is_japanese = false,
            [FS, b'C', 1] => self.is_japanese = true,
            [ESC, b't', page] => self.page = *page,
            [ESC, b'a', align] => self.align = *align,
            [GS, b'!', size] => self.is_wide = size & 0x70 != 0,
            [ESC, b'd', lines] => (0..*lines).for_each(|_| self.end_line()),
            [b'\n'] => self.end_line(),
            [ESC, b'p', 1 | b'1', ..] => self.note("[drawer at pin 5]"),
            [ESC, b'p', ..] => self.note("[drawer]"),
            [GS, b'V', ..] => self.note("[cut]"),
            [GS, b'k', kind, _, data @ ..] => self.barcode(*kind, data),
            [GS, b'(', b'k', _, _, 0x31, 0x50, 0x30, data @ ..] => {
                self.qr = String::from_utf8_lossy(data).into_owned();
            }
            [GS, b'(', b'k', _, _, 0x31, 0x51, ..] => {
                let note = format!("[QR {}]", self.qr);
                self.note(&note);
            }
            [GS, b'v', b'0', _, width_low, width_high, rows_low, rows_high, ..] => {
                let width = 8 * usize::from(u16::from_le_bytes([*width_low, *width_high]));
                let rows = u16::from_le_bytes([*rows_low, *rows_high]);
                self.note(&format!("[picture {width}x{rows}]"));
            }
            [byte] if *byte >= 0x20 => self.line.push(self.letter(*byte)),
            [0x81..=0x9f | 0xe0..=0xef, _] => {
                let (letter, _) = SHIFT_JIS.decode_without_bom_handling(command);
                self.line.push_str(&letter);
            }
            // Boldness and the look of barcodes change no letter.
            _ => {}
        }
        None
    }

    fn barcode(&mut self, kind: u8, data: &[u8]) {
        let text = match (kind, data) {
            (67 | 68, digits) => format!("[EAN {}]", String::from_utf8_lossy(digits)),
            (73, [b'{', b'B', text @ ..]) => {
                format!("[CODE128 {}]", String::from_utf8_lossy(text).replace("{{", "{"))
            }
            (73, [b'{', b'C', pairs @ ..]) => {
                let digits: Vec<String> = pairs.iter().map(|pair| format!("{pair:02}")).collect();
                format!("[CODE128 {}]", digits.concat())
            }
            _ => "[barcode nobody can read]".to_owned(),
        };
        self.note(&text);
    }

    fn letter(&self, byte: u8) -> char {
        if self.is_japanese {
            let (letter, _) = SHIFT_JIS.decode_without_bom_handling(std::slice::from_ref(&byte));
            // Where other printers have a backslash.
            return if byte == b'\\' { '¥' } else { letter.chars().next().unwrap_or('\u{fffd}') };
        }
        let page: &dyn CodePage = match self.page {
            0 => &CP437,
            13 => &CP857,
            14 => &CP737,
            16 => &CP1252,
            17 => &CP866,
            18 => &CP852,
            19 if byte == 0xd5 => return '€',
            2 | 19 => &CP850,
            45 => &CP1250,
            46 => &CP1251,
            47 => &CP1253,
            48 => &CP1254,
            _ => return '\u{fffd}',
        };
        let text = page.decode_lossy(std::slice::from_ref(&byte)).into_owned();
        text.chars().next().unwrap_or('\u{fffd}')
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let columns = if self.is_wide { self.columns / 2 } else { self.columns };
        let free = columns.saturating_sub(width_of(&line));
        let before = match self.align {
            1 => free / 2,
            2 => free,
            _ => 0,
        };
        let line = " ".repeat(if line.is_empty() { 0 } else { before }) + &line;
        self.lines.push(line.trim_end().to_owned());
    }

    /// Something that is no text, on a line of its own.
    fn note(&mut self, note: &str) {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.lines.push(note.to_owned());
    }
}
