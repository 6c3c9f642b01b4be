//! Code pages: which letters a printer has, and what is printed for those it has not.
//!
//! A text is first [fitted](CodePage::fit) to the page, then laid out, then [encoded](CodePage::encode): what takes
//! another letter's place may be longer than it (`₺` is `TL`), and columns are counted with what is printed.

use alloc::{string::String, vec::Vec};

use encoding_rs::{EncoderResult, SHIFT_JIS};
use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthChar;
use yore::code_pages::{CP437, CP737, CP850, CP852, CP857, CP866, CP1250, CP1251, CP1252, CP1253, CP1254};

/// A set of letters. Letters it has not are printed as the nearest ASCII ones.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CodePage {
    /// The original page of personal computers: what a printer has before anything is set.
    #[default]
    Pc437,
    /// Greek.
    Pc737,
    /// Western European.
    Pc850,
    /// Central European.
    Pc852,
    /// Turkish.
    Pc857,
    /// Western European with the euro sign.
    Pc858,
    /// Cyrillic.
    Pc866,
    /// Central European, as Windows has it.
    Wpc1250,
    /// Cyrillic, as Windows has it.
    Wpc1251,
    /// Western European with the euro sign, as Windows has it.
    Wpc1252,
    /// Greek, as Windows has it.
    Wpc1253,
    /// Turkish with the euro sign, as Windows has it.
    Wpc1254,
    /// Japanese: Shift JIS, whose wide letters take two bytes and two columns. A backslash is a yen sign there.
    Pc932,
}

/// A letter as a printer is sent it.
enum Letter {
    /// One byte, one column.
    Narrow(u8),
    /// Two bytes, two columns.
    Wide([u8; 2]),
}

/// Letters of the Japanese page.
mod japanese {
    /// The byte of the yen sign.
    pub(super) const YEN: u8 = 0x5c;
    /// Letters of half the width that say how a word sounds.
    pub(super) const KANA: core::ops::RangeInclusive<u8> = 0xa1..=0xdf;
    /// Where the letters that IBM added begin, and how many there are.
    const ADDED: (u16, u16) = (index(0xfa, 0x5c), 360);
    /// Where the same letters stand among those that NEC added, in the same order.
    const CHOSEN: u16 = index(0xed, 0x40);
    /// Letters that begin with the same byte.
    const ROW: u16 = 188;

    /// The place of a letter in the order of all.
    const fn index(lead: u8, trail: u8) -> u16 {
        let row = if lead >= 0xe0 { lead - 0xc1 } else { lead.wrapping_sub(0x81) };
        let column = if trail >= 0x80 { trail - 0x41 } else { trail.wrapping_sub(0x40) };
        row as u16 * ROW + column as u16
    }

    /// A letter as printers have it: they know first bytes up to 0xEF alone, and what IBM added begins above.
    pub(super) fn printable([lead, trail]: [u8; 2]) -> Option<[u8; 2]> {
        let (first, count) = ADDED;
        let Some(at) = index(lead, trail).checked_sub(first).filter(|at| *at < count) else {
            return (lead <= 0xef).then_some([lead, trail]);
        };
        let (row, column) = ((CHOSEN + at) / ROW, (CHOSEN + at) % ROW);
        let lead = u8::try_from(row).ok()?.checked_add(0xc1)?;
        let trail = u8::try_from(column).ok()?;
        Some([lead, if trail >= 0x3f { trail + 0x41 } else { trail + 0x40 }])
    }
}

impl CodePage {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Pc437,
        Self::Pc737,
        Self::Pc850,
        Self::Pc852,
        Self::Pc857,
        Self::Pc858,
        Self::Pc866,
        Self::Wpc1250,
        Self::Wpc1251,
        Self::Wpc1252,
        Self::Wpc1253,
        Self::Wpc1254,
        Self::Pc932,
    ];

    /// The number that selects the page by `ESC t` on Epson's receipt printers and those that follow them. Of the
    /// Japanese page that is the one for its narrow letters.
    pub const fn esc_pos_number(self) -> u8 {
        match self {
            Self::Pc437 => 0,
            Self::Pc932 => 1,
            Self::Pc850 => 2,
            Self::Pc857 => 13,
            Self::Pc737 => 14,
            Self::Wpc1252 => 16,
            Self::Pc866 => 17,
            Self::Pc852 => 18,
            Self::Pc858 => 19,
            Self::Wpc1250 => 45,
            Self::Wpc1251 => 46,
            Self::Wpc1253 => 47,
            Self::Wpc1254 => 48,
        }
    }

    /// Whether some of its letters take two bytes.
    pub const fn is_wide(self) -> bool {
        matches!(self, Self::Pc932)
    }

    /// The nearest page that dot-matrix printers have, and its number for `ESC ( t`.
    pub const fn esc_p(self) -> (Self, u8) {
        match self {
            Self::Pc437 | Self::Pc737 | Self::Wpc1253 | Self::Pc932 => (Self::Pc437, 1),
            Self::Pc850 | Self::Pc858 | Self::Wpc1252 => (Self::Pc850, 3),
            Self::Pc852 | Self::Wpc1250 => (Self::Pc852, 10),
            Self::Pc857 | Self::Wpc1254 => (Self::Pc857, 11),
            Self::Pc866 | Self::Wpc1251 => (Self::Pc866, 14),
        }
    }

    /// A text of the letters the page has. Every other letter becomes its nearest ASCII ones, a currency sign the
    /// currency's code; what has no such letters is left out.
    pub fn fit(self, text: &str) -> String {
        let mut fitted = String::with_capacity(text.len());
        // A soft hyphen takes no column on screen and would take one on paper.
        for character in text.chars().filter(|character| *character != '\u{ad}') {
            if self.letter(character).is_some() {
                fitted.push(character);
            } else {
                let nearest = currency(character).unwrap_or_else(|| any_ascii::any_ascii_char(character));
                let printed = nearest.chars().map(|character| match character {
                    // It would be taken for a price.
                    '\\' if self.is_wide() => '/',
                    other => other,
                });
                fitted.extend(printed.filter(|character| !character.is_control()));
            }
        }
        fitted
    }

    /// The bytes of a fitted text, as many as it takes columns; anything else is left out.
    pub fn encode(self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len());
        for letter in text.chars().filter_map(|character| self.letter(character)) {
            match letter {
                Letter::Narrow(byte) => bytes.push(byte),
                Letter::Wide(pair) => bytes.extend(pair),
            }
        }
        bytes
    }

    fn letter(self, character: char) -> Option<Letter> {
        if self.is_wide() { shift_jis(character) } else { self.byte(character).map(Letter::Narrow) }
    }

    fn byte(self, character: char) -> Option<u8> {
        if character == ' ' || character.is_ascii_graphic() {
            return u8::try_from(character).ok();
        }
        let byte = match self {
            Self::Pc437 => CP437.encode_char(character),
            Self::Pc737 => CP737.encode_char(character),
            Self::Pc852 => CP852.encode_char(character),
            Self::Pc857 => CP857.encode_char(character),
            // The same page but for one letter: the euro sign stands in the place of the dotless i.
            Self::Pc858 if character == '€' => Some(0xd5),
            Self::Pc858 if character == 'ı' => None,
            Self::Pc850 | Self::Pc858 => CP850.encode_char(character),
            Self::Pc866 => CP866.encode_char(character),
            Self::Wpc1250 => CP1250.encode_char(character),
            Self::Wpc1251 => CP1251.encode_char(character),
            Self::Wpc1252 => CP1252.encode_char(character),
            Self::Wpc1253 => CP1253.encode_char(character),
            Self::Wpc1254 => CP1254.encode_char(character),
            Self::Pc932 => None,
        };
        // Below 0x80 nothing but what was handled above may pass: there the printer reads commands.
        byte.filter(|byte| *byte >= 0x80)
    }
}

/// A letter of the Japanese page. What a screen shows in one column is none that a printer prints in two: the columns
/// of a receipt would not stand below each other.
fn shift_jis(character: char) -> Option<Letter> {
    match character {
        '¥' => return Some(Letter::Narrow(japanese::YEN)),
        '\\' => return None,
        ' '..='~' => return u8::try_from(character).ok().map(Letter::Narrow),
        _ => {}
    }
    let (mut text, mut bytes) = ([0; 4], [0; 8]);
    let text = character.encode_utf8(&mut text);
    let (result, _, written) =
        SHIFT_JIS.new_encoder().encode_from_utf8_without_replacement(text, &mut bytes, true);
    match (result, bytes.get(..written)?, character.width()) {
        (EncoderResult::InputEmpty, [byte], Some(1)) if japanese::KANA.contains(byte) => {
            Some(Letter::Narrow(*byte))
        }
        (EncoderResult::InputEmpty, [lead, trail], Some(2)) => {
            japanese::printable([*lead, *trail]).map(Letter::Wide)
        }
        _ => None,
    }
}

/// What is printed for a currency sign that a page has not.
const fn currency(sign: char) -> Option<&'static str> {
    Some(match sign {
        '₺' => "TL",
        '€' => "EUR",
        '£' => "GBP",
        // Of Japan or China: the code would be a guess.
        '¥' => "Y",
        '₩' => "KRW",
        '₹' => "INR",
        '₽' => "RUB",
        '₴' => "UAH",
        '₪' => "ILS",
        '₫' => "VND",
        '₦' => "NGN",
        '₱' => "PHP",
        '₸' => "KZT",
        '₼' => "AZN",
        '₾' => "GEL",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn turkish_letters_stand_where_page_857_has_them() {
        let bytes = CodePage::Pc857.encode("ıİşŞğĞçÇöÖüÜ");
        assert_eq!(bytes, [0x8d, 0x98, 0x9f, 0x9e, 0xa7, 0xa6, 0x87, 0x80, 0x94, 0x99, 0x81, 0x9a]);
        assert_eq!(CodePage::Wpc1254.encode("ışğİ"), [0xfd, 0xfe, 0xf0, 0xdd]);
    }

    #[test]
    fn the_euro_is_printed_where_the_page_has_it_and_named_elsewhere() {
        assert_eq!(CodePage::Pc858.encode("€"), [0xd5]);
        assert_eq!(CodePage::Wpc1252.encode("€"), [0x80]);
        for page in [CodePage::Pc437, CodePage::Pc850, CodePage::Pc857] {
            assert_eq!(page.fit("€1.99"), "EUR1.99");
        }
        assert_eq!(CodePage::Pc858.fit("Işıl"), "Isil", "its place is taken by the euro sign");
    }

    #[test]
    fn the_lira_sign_is_tl_on_every_page() {
        for page in CodePage::ALL {
            assert_eq!(page.fit("₺18.50"), "TL18.50", "{page:?}");
        }
    }

    #[test]
    fn a_letter_the_page_has_not_is_its_nearest_ascii_letter() {
        assert_eq!(CodePage::Pc437.fit("Şemsiye, Ağrı"), "Semsiye, Agri");
        assert_eq!(CodePage::Pc850.fit("Đorđe “Čačak” – 5 ½ ₹"), "Dorde \"Cacak\" - 5 ½ INR");
        assert_eq!(CodePage::Pc437.fit("Привет"), "Privet");
        assert_eq!(CodePage::Wpc1251.encode("Привет"), [0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]);
    }

    #[test]
    fn japanese_letters_are_those_of_shift_jis_and_take_as_many_bytes_as_columns() {
        let page = CodePage::Pc932;
        let cases: [(&str, &[u8]); 8] = [
            ("日本", &[0x93, 0xfa, 0x96, 0x7b]),
            ("ー・（税込）", &[0x81, 0x5b, 0x81, 0x45, 0x81, 0x69, 0x90, 0xc5, 0x8d, 0x9e, 0x81, 0x6a]),
            // The second byte of this one is that of the yen sign.
            ("表", &[0x95, 0x5c]),
            ("ｱｲｽ 3", &[0xb1, 0xb2, 0xbd, b' ', b'3']),
            ("¥1,250", &[0x5c, b'1', b',', b'2', b'5', b'0']),
            ("㈱ｶﾞ", &[0x87, 0x8a, 0xb6, 0xde]),
            // Names of people have letters that IBM added; printers have them where NEC put them.
            ("髙﨑", &[0xee, 0xe0, 0xed, 0x95]),
            ("纊黑", &[0xed, 0x40, 0xee, 0xec]),
        ];
        for (text, bytes) in cases {
            let fitted = page.fit(text);
            let width: usize = fitted.chars().filter_map(UnicodeWidthChar::width).sum();
            assert_eq!((fitted.as_str(), width), (text, bytes.len()), "{text}");
            assert_eq!(page.encode(text), bytes, "{text}");
        }
    }

    #[test]
    fn what_the_japanese_page_has_not_or_prints_twice_as_wide_is_its_nearest_ascii_letter() {
        let page = CodePage::Pc932;
        assert_eq!(page.fit("Café 20 × 30, Привет €5 ₺9"), "Cafe 20 * 30, Privet EUR5 TL9");
        assert_eq!(page.fit("a\\b"), "a/b", "a backslash would be a yen sign");
    }

    #[test]
    fn pictures_of_command_bytes_are_not_command_bytes() {
        for page in CodePage::ALL {
            let bytes = page.encode(&page.fit("☺◙♪⌂\u{0}\u{a}\u{1b}\u{7f}"));
            assert!(bytes.iter().all(|byte| (0x20..0x7f).contains(byte)), "{page:?}: {bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn every_fitted_letter_has_its_bytes_and_none_is_a_command(
            text in "(\\PC|[ぁ-ん一-龥ｱ-ﾝ]){0,40}",
            page in 0..13_usize,
        ) {
            let page = CodePage::ALL[page];
            let fitted = page.fit(&text);
            let bytes = page.encode(&fitted);
            let taken = |character: char| if page.is_wide() { character.width().unwrap_or(0) } else { 1 };
            prop_assert_eq!(bytes.len(), fitted.chars().map(taken).sum::<usize>());
            prop_assert!(bytes.iter().all(|byte| *byte >= 0x20 && *byte != 0x7f));
        }
    }
}
