//! Pictures of black and white dots: a shop's logo, a QR code.

use alloc::{vec, vec::Vec};

/// The most dots a side may have: wider than any receipt paper.
pub const LONGEST_SIDE: usize = 1024;

/// A picture of black and white dots.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bitmap {
    width: usize,
    height: usize,
    /// Row by row, eight dots a byte, the leftmost in the highest bit; a row begins with a new byte.
    bits: Vec<u8>,
}

/// Why a picture cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BitmapError {
    /// Neither `P1` nor `P4` at the beginning.
    #[error("not a portable bitmap (PBM)")]
    NotPbm,
    /// Its head does not say how many dots it has.
    #[error("the size of the bitmap is missing")]
    NoSize,
    /// Without dots, or with more than fit on paper.
    #[error("a bitmap of {width} by {height} dots; 1 to {LONGEST_SIDE} a side are allowed")]
    Size {
        /// Dots in a row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// It ends before its last dot.
    #[error("the bitmap ends after {found} of {expected} dots")]
    Short {
        /// Dots its head promises.
        expected: usize,
        /// Dots that are there.
        found: usize,
    },
}

impl Bitmap {
    /// A white picture.
    ///
    /// # Errors
    /// [`BitmapError::Size`] for a side of nothing or beyond [`LONGEST_SIDE`].
    pub fn try_new(width: usize, height: usize) -> Result<Self, BitmapError> {
        let allowed = 1..=LONGEST_SIDE;
        if !allowed.contains(&width) || !allowed.contains(&height) {
            return Err(BitmapError::Size { width, height });
        }
        Ok(Self { width, height, bits: vec![0; width.div_ceil(8) * height] })
    }

    /// The QR code of a text, without the light frame that readers need around it; none of a text that is too long.
    pub fn qr(text: &str) -> Option<Self> {
        super::symbol::qr(text)
    }

    /// Reads a portable bitmap (PBM, plain `P1` or raw `P4`), which every picture program writes.
    ///
    /// # Errors
    /// [`BitmapError`], each naming what is wrong with the file.
    pub fn parse_pbm(file: &[u8]) -> Result<Self, BitmapError> {
        let (is_raw, rest) = match file.split_at_checked(2) {
            Some((b"P1", rest)) => (false, rest),
            Some((b"P4", rest)) => (true, rest),
            _ => return Err(BitmapError::NotPbm),
        };
        let (width, rest) = number(rest).ok_or(BitmapError::NoSize)?;
        let (height, rest) = number(rest).ok_or(BitmapError::NoSize)?;
        let mut bitmap = Self::try_new(width, height)?;
        let found = if is_raw {
            // One white space ends the head; whatever follows are dots.
            let dots = rest.get(1..).unwrap_or_default();
            let taken = dots.len().min(bitmap.bits.len());
            bitmap.bits.iter_mut().zip(dots).for_each(|(bits, dots)| *bits = *dots);
            taken / bitmap.row_bytes() * width
        } else {
            let dots = uncommented(rest).filter(|byte| matches!(byte, b'0' | b'1'));
            let mut found = 0;
            for (at, dot) in dots.take(width * height).enumerate() {
                bitmap.set(at % width, at / width, dot == b'1');
                found = at + 1;
            }
            found
        };
        let expected = width * height;
        if found < expected { Err(BitmapError::Short { expected, found }) } else { Ok(bitmap) }
    }

    /// Dots in a row.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// How many rows of dots it has.
    pub const fn height(&self) -> usize {
        self.height
    }

    /// Bytes in a row.
    pub const fn row_bytes(&self) -> usize {
        self.width.div_ceil(8)
    }

    /// The rows as printers take them: eight dots a byte, the leftmost in the highest bit, white behind the last.
    pub fn rows(&self) -> impl Iterator<Item = Vec<u8>> {
        let used = self.width % 8;
        let mask = if used == 0 { 0xff } else { 0xff_u8 << (8 - used) };
        self.bits.chunks(self.row_bytes()).map(move |row| {
            let mut row = row.to_vec();
            if let Some(last) = row.last_mut() {
                *last &= mask;
            }
            row
        })
    }

    /// Whether a dot is black; outside the picture everything is white.
    pub fn is_black(&self, x: usize, y: usize) -> bool {
        let byte = self.bits.get(y * self.row_bytes() + x / 8).filter(|_| x < self.width && y < self.height);
        byte.is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0)
    }

    /// Makes a dot black or white; outside the picture nothing happens.
    pub fn set(&mut self, x: usize, y: usize, is_black: bool) {
        let at = y * self.row_bytes() + x / 8;
        let bit = 0x80 >> (x % 8);
        if let Some(byte) = self.bits.get_mut(at).filter(|_| x < self.width && y < self.height) {
            *byte = if is_black { *byte | bit } else { *byte & !bit };
        }
    }

    /// The picture no wider than `width` dots: as it is, or made smaller in both directions.
    #[must_use]
    pub fn fitted(&self, width: usize) -> Self {
        let width = width.max(1);
        if self.width <= width {
            return self.clone();
        }
        let height = (self.height * width / self.width).max(1);
        let mut small = Self { width, height, bits: vec![0; width.div_ceil(8) * height] };
        for y in 0..height {
            for x in 0..width {
                small.set(x, y, self.is_black(x * self.width / width, y * self.height / height));
            }
        }
        small
    }

    /// The black runs of each row: row, first dot, dots.
    pub(super) fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs = Vec::new();
        for y in 0..self.height {
            let mut x = 0;
            while x < self.width {
                let length = (x..self.width).take_while(|x| self.is_black(*x, y)).count();
                if length > 0 {
                    runs.push((y, x, length));
                }
                x += length.max(1);
            }
        }
        runs
    }
}

/// The next number of a head and what follows it. Comments run from `#` to the end of their line.
fn number(head: &[u8]) -> Option<(usize, &[u8])> {
    let mut rest = head;
    loop {
        match rest.split_first()? {
            (b'#', after) => {
                let end = after.iter().position(|byte| *byte == b'\n')?;
                rest = after.get(end..)?;
            }
            (byte, after) if byte.is_ascii_whitespace() => rest = after,
            _ => break,
        }
    }
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at(digits);
    let number = core::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((number, rest))
}

fn uncommented(text: &[u8]) -> impl Iterator<Item = u8> {
    let mut in_comment = false;
    text.iter().copied().filter(move |byte| {
        in_comment = if in_comment { *byte != b'\n' } else { *byte == b'#' };
        !in_comment
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &[u8] = b"P1\n# a corner\n3 2 # wide, high\n1 0 1\n# middle\n010\n";

    #[test]
    fn plain_and_raw_bitmaps_read_the_same() {
        let plain = Bitmap::parse_pbm(PLAIN).unwrap();
        let raw = Bitmap::parse_pbm(b"P4 3 2\n\xa0\x5f").unwrap();
        assert_eq!(plain.rows().collect::<Vec<_>>(), [[0xa0], [0x40]]);
        assert_eq!(
            raw.rows().collect::<Vec<_>>(),
            [[0xa0], [0x40]],
            "what stands behind the last dot is white"
        );
        assert_eq!(plain.runs(), [(0, 0, 1), (0, 2, 1), (1, 1, 1)]);
    }

    #[test]
    fn a_file_that_is_no_bitmap_is_refused_by_name() {
        let refusal = |file: &[u8]| Bitmap::parse_pbm(file).unwrap_err();
        assert_eq!(refusal(b"\x89PNG"), BitmapError::NotPbm);
        assert_eq!(refusal(b""), BitmapError::NotPbm);
        assert_eq!(refusal(b"P1 x"), BitmapError::NoSize);
        assert_eq!(refusal(b"P4 9999 1\n"), BitmapError::Size { width: 9999, height: 1 });
        assert_eq!(refusal(b"P4 0 1\n"), BitmapError::Size { width: 0, height: 1 });
        assert_eq!(refusal(b"P1 2 2\n101"), BitmapError::Short { expected: 4, found: 3 });
        assert_eq!(refusal(b"P4 9 2\n\x01\x80\x01"), BitmapError::Short { expected: 18, found: 9 });
    }

    #[test]
    fn a_picture_wider_than_the_paper_is_made_smaller() {
        let mut wide = Bitmap::try_new(800, 100).unwrap();
        (0..100).for_each(|y| (0..400).for_each(|x| wide.set(x, y, true)));
        let small = wide.fitted(384);
        assert_eq!((small.width(), small.height()), (384, 48));
        assert!(small.is_black(191, 47) && !small.is_black(192, 47));
        assert_eq!(wide.fitted(800), wide);
    }
}
