//! The input line: what the digits in it mean for the key that is pressed next.

use chrono::NaiveDate;
use saleflex_core::{
    catalog::{
        Catalog, LookupError, Named, Sellable, Unit,
        barcode::{self, Symbology},
        is_measured, is_unprintable,
    },
    document::Entered,
    money::{AmountError, Currency},
    quantity::{ExchangeRate, Percent, Quantity, UnitFactor},
};
use tui_input::{Input, InputRequest};

use crate::action::{Erase, Move};

mod amounts;
mod label;

pub use self::{
    amounts::{Amounts, amount, echo, unit_price},
    label::{BATCH, OnLabel, PRICE, SERIAL, goods_of},
};

/// Longest text a line takes: longer than any barcode, so that a runaway scanner does no harm.
pub const LONGEST: usize = 120;
/// Longest text a line of a text of several lines takes.
const LONGEST_OF_TEXT: usize = 4_000;

/// One line of text being typed, with its cursor.
#[derive(Clone, Debug, Default)]
pub struct TypedLine {
    input: Input,
    /// It is one of several lines, which may be long.
    is_of_text: bool,
}

impl TypedLine {
    /// A line that holds a text already, the cursor behind it.
    pub fn holding(text: &str) -> Self {
        let mut line = Self::default();
        line.type_text(text);
        line
    }

    /// A line of a text of several lines, whole however long it is, the cursor behind it.
    pub fn of_text(text: &str) -> Self {
        Self { input: Input::new(text.to_owned()), is_of_text: true }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.input.value().is_empty()
    }

    /// Types a character at the cursor; false where the line is full or the character cannot be shown.
    pub fn type_char(&mut self, character: char) -> bool {
        let longest = if self.is_of_text { LONGEST_OF_TEXT } else { LONGEST };
        if is_unprintable(character) || self.text().chars().count() >= longest {
            return false;
        }
        self.input.handle(InputRequest::InsertChar(character));
        true
    }

    /// Types a text as far as it fits; false where something of it was left out.
    pub fn type_text(&mut self, text: &str) -> bool {
        let mut whole = true;
        for character in text.chars() {
            whole &= self.type_char(character);
        }
        whole
    }

    /// Erases.
    pub fn erase(&mut self, what: Erase) {
        match what {
            Erase::Before => self.input.handle(InputRequest::DeletePrevChar),
            Erase::After => self.input.handle(InputRequest::DeleteNextChar),
            Erase::All => self.input.handle(InputRequest::DeleteLine),
        };
    }

    /// Moves the cursor; false for a move a line does not know.
    pub fn step(&mut self, step: Move) -> bool {
        let request = match step {
            Move::Left => InputRequest::GoToPrevChar,
            Move::Right => InputRequest::GoToNextChar,
            Move::Start => InputRequest::GoToStart,
            Move::End => InputRequest::GoToEnd,
            Move::Up
            | Move::Down
            | Move::PageUp
            | Move::PageDown
            | Move::Next
            | Move::Previous
            | Move::To(_) => return false,
        };
        self.input.handle(request);
        true
    }

    /// Which character the cursor stands before, from 0.
    pub fn cursor(&self) -> usize {
        self.input.cursor()
    }

    /// Puts the cursor before a character, at most behind the last.
    pub fn place_cursor(&mut self, at: usize) {
        self.input.handle(InputRequest::SetCursor(at));
    }

    /// Cuts the line at the cursor, and answers what stood behind it, the cursor at its start.
    #[must_use]
    pub fn cut(&mut self) -> Self {
        let (before, after): (Vec<_>, Vec<_>) =
            self.text().chars().enumerate().partition(|(at, _)| *at < self.cursor());
        let text = |part: Vec<(usize, char)>| part.into_iter().map(|(_, one)| one).collect::<String>();
        let mut rest = Self { input: Input::new(text(after)), is_of_text: self.is_of_text };
        rest.place_cursor(0);
        self.input = Input::new(text(before));
        rest
    }

    /// Puts another line behind this one, the cursor where they meet.
    pub fn join(&mut self, other: &Self) {
        let seam = self.text().chars().count();
        self.input = Input::new(format!("{}{}", self.text(), other.text())).with_cursor(seam);
    }

    /// Empties the line.
    pub fn clear(&mut self) {
        self.input.reset();
    }

    /// Removes `text` from before the cursor, where it stands there: the keys of a scanner that were taken for
    /// typing until its Enter came.
    pub fn untype(&mut self, text: &str) {
        let before: String = self.text().chars().take(self.input.cursor()).collect();
        if before.ends_with(text) {
            for _ in text.chars() {
                self.erase(Erase::Before);
            }
        }
    }

    /// The part that fits `width` columns, and the cursor's column in it.
    pub fn visible(&self, width: usize) -> (String, usize) {
        let scroll = self.input.visual_scroll(width.saturating_sub(1));
        let mut skipped = 0;
        let mut shown = String::new();
        for character in self.text().chars() {
            if skipped < scroll {
                skipped += columns(character);
            } else {
                shown.push(character);
            }
        }
        (shown, self.input.visual_cursor().saturating_sub(skipped))
    }
}

/// A text that was pasted, without what a terminal would obey: colours and other sequences as a whole, and whatever else
/// cannot be shown.
pub fn plain(pasted: &str) -> String {
    let mut plain = String::new();
    let mut rest = pasted.chars();
    while let Some(character) = rest.next() {
        if character == ESCAPE {
            skip_sequence(&mut rest);
        } else if !is_unprintable(character) {
            plain.push(character);
        }
    }
    plain
}

/// Begins what a terminal obeys.
const ESCAPE: char = '\u{1b}';

/// Passes what follows an escape: with a bracket all up to the letter or sign that ends it, else one character.
fn skip_sequence(rest: &mut std::str::Chars<'_>) {
    if rest.next() == Some('[') {
        let _ = rest.find(|character| ('@'..='~').contains(character));
    }
}

/// Columns a character takes on a terminal.
fn columns(character: char) -> usize {
    let mut buffer = [0; 4];
    ratatui::text::Span::raw(&*character.encode_utf8(&mut buffer)).width()
}

/// One way to read an entry: so many of a code.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reading {
    /// How many; the pending multiplier or one where absent.
    pub quantity: Option<Quantity>,
    /// How much, said in a measure that the unit of the goods is asked for, such as `500 g`.
    pub measure: Option<String>,
    /// The last day that the goods are good, as their label says it: `10106@2026-11-30`.
    pub expiry: Option<NaiveDate>,
    /// What the label says besides.
    pub label: OnLabel,
    /// The code.
    pub code: String,
    /// What kind of code it is.
    pub named: Named,
}

impl Reading {
    /// One of a code.
    pub fn of(code: impl Into<String>) -> Self {
        let (label, named) = (OnLabel::default(), Named::Either);
        Self { quantity: None, measure: None, expiry: None, label, code: code.into(), named }
    }

    /// What the catalog knows by it.
    ///
    /// # Errors
    /// As [`Catalog::find`].
    pub fn find(
        &self,
        catalog: &Catalog,
        today: NaiveDate,
        currency: &Currency,
    ) -> Result<Sellable, LookupError> {
        catalog.find_named(self.named, &self.code, today, currency)
    }

    /// The same as a line to be added names it.
    pub fn entered(&self) -> Entered {
        let code = self.code.clone();
        match self.named {
            Named::Either => Entered::Code(code),
            Named::Code => Entered::ProductCode(code),
            Named::Barcode => Entered::Barcode(code),
        }
    }

    /// The same as it is written: with what its label says behind the code, where it says something.
    pub fn written(text: &str) -> Self {
        match label::apart(text) {
            Some((code, expiry, label)) => Self { expiry, label, ..Self::of(code) },
            None => Self::of(text),
        }
    }
}

/// Signs between a quantity and a code.
const TIMES: [char; 4] = ['*', 'x', 'X', '×'];

/// Above so many of one thing a number is rather a code.
const MOST_TYPED: u32 = 999;

/// The ways to read an entry, the likeliest first: as it stands, then as so many of a code. The till sells the first
/// whose code it knows. `3*1001` and `1001*3` are three of 1001; where either half could say how many, the first does. How
/// much may be said in a unit of the shop's own too.
pub fn readings(text: &str, units: &[Unit]) -> Vec<Reading> {
    let text = text.trim();
    if text.is_empty() {
        return Vec::new();
    }
    let as_it_stands = Reading::of(text);
    if let Some((goods, expiry, label)) = label::apart(text) {
        let readings = readings(goods, units).into_iter();
        return readings
            .map(|reading| Reading { expiry, label: label.clone(), ..reading })
            .chain([as_it_stands])
            .collect();
    }
    let multiplied = TIMES.into_iter().find_map(|sign| {
        let (left, right) = text.split_once(sign)?;
        let (left, right) = (left.trim(), right.trim());
        let is_few = |half| quantity_of(half).is_some_and(|many| many.decimal() <= MOST_TYPED.into());
        let (many, code) = if is_few(right) && !is_few(left) { (right, left) } else { (left, right) };
        let quantity = quantity_of(many).filter(|_| !code.is_empty())?;
        Some(Reading { quantity: Some(quantity), ..Reading::of(code) })
    });
    [as_it_stands].into_iter().chain(multiplied).chain(measured(text, units)).collect()
}

/// `500 g * 10106` and `10106*500g`.
fn measured(text: &str, units: &[Unit]) -> Option<Reading> {
    TIMES.into_iter().find_map(|sign| {
        let (left, right) = text.split_once(sign)?;
        let halves = [(left, right), (right, left)];
        let (measure, code) =
            halves.into_iter().find_map(|(half, code)| Some((measure_of(half, units)?, code)))?;
        let code = code.trim().to_owned();
        (!code.is_empty()).then_some(Reading { measure: Some(measure), ..Reading::of(code) })
    })
}

/// An amount in a measure, such as `500 g`, as it is turned into the unit of what it is of.
pub fn measure_of(text: &str, units: &[Unit]) -> Option<String> {
    Some(point(text)).filter(|text| is_measured(text, units))
}

/// The multiplier an entry such as `3*` or `2.5x` stands for, the code not typed yet.
pub fn multiplier(text: &str) -> Option<Quantity> {
    quantity_of(text.trim().strip_suffix(TIMES)?.trim())
}

/// Of what an entry such as `0*1001` says none: what stands on the other side of the sign, which may not be typed yet.
pub fn none_of(text: &str) -> Option<&str> {
    let is_nothing = |half: &str| half.contains('0') && half.trim().chars().all(|one| "0.,".contains(one));
    TIMES.into_iter().find_map(|sign| {
        let (left, right) = text.split_once(sign)?;
        let rest = if is_nothing(left) { right } else { Some(left).filter(|_| is_nothing(right))? };
        Some(rest.trim())
    })
}

/// A quantity as typed; a comma is read as a point.
pub fn quantity_of(text: &str) -> Option<Quantity> {
    Quantity::parse(&point(text)).ok()
}

/// Whether what was typed is the number of a product rather than an amount: as long as a barcode of a whole product,
/// with the check digit of one.
pub fn is_barcode(text: &str) -> bool {
    let is_long = matches!(Symbology::of(text), Some(Symbology::UpcA | Symbology::Ean13));
    is_long && barcode::verify(text).is_none()
}

/// Whether a text is the barcode of a product: as long as one, with its check digit.
pub fn is_product(text: &str) -> bool {
    Symbology::of(text).is_some() && barcode::verify(text).is_none()
}

/// A percentage as typed.
///
/// # Errors
/// [`AmountError`] when it is none.
pub fn percent(text: &str) -> Result<Percent, AmountError> {
    let text = point(text);
    Percent::parse(text.strip_suffix('%').unwrap_or(&text).trim())
}

/// An exchange rate as typed.
///
/// # Errors
/// [`AmountError`] when it is none.
pub fn exchange_rate(text: &str) -> Result<ExchangeRate, AmountError> {
    ExchangeRate::parse(&point(text))
}

/// How much of the base of its kind a unit is, as typed.
///
/// # Errors
/// [`AmountError`] when it is none.
pub fn unit_factor(text: &str) -> Result<UnitFactor, AmountError> {
    UnitFactor::parse(&point(text))
}

fn point(text: &str) -> String {
    text.trim().replace(',', ".")
}

#[cfg(test)]
mod tests {
    use saleflex_core::{
        catalog::{Measure, MeasureKind},
        quantity::UnitFactor,
    };

    use super::*;

    fn read(text: &str) -> Vec<String> {
        let show = |reading: &Reading| match reading.quantity {
            Some(quantity) => format!("{quantity} of {}", reading.code),
            None => reading.code.clone(),
        };
        readings(text, &[]).iter().map(show).collect()
    }

    #[test]
    fn a_code_is_read_as_it_stands_before_it_is_read_as_a_multiplication() {
        assert_eq!(read("5000157024671"), ["5000157024671"]);
        assert_eq!(read("3*1001"), ["3*1001", "3 of 1001"]);
        assert_eq!(read("1001*3"), ["1001*3", "3 of 1001"]);
        assert_eq!(read("1001*1002"), ["1001*1002", "1001 of 1002"]);
        assert_eq!(read("5000157024671*2"), ["5000157024671*2", "2 of 5000157024671"]);
        assert_eq!(read("0.5 x A7"), ["0.5 x A7", "0.5 of A7"]);
        assert_eq!(read("3*"), ["3*"]);
        assert_eq!(read("2XL"), ["2XL", "2 of L"]);
        assert_eq!(read("  "), Vec::<String>::new());
    }

    #[test]
    fn where_both_halves_could_say_how_many_the_first_does() {
        assert_eq!(read("99*3"), ["99*3", "99 of 3"]);
        assert_eq!(read("3*99"), ["3*99", "3 of 99"]);
        assert_eq!(read("999*1000"), ["999*1000", "999 of 1000"]);
    }

    #[test]
    fn an_amount_in_a_measure_stands_before_or_behind_its_code() {
        let measured = |text: &str| {
            let last = readings(text, &[]).pop()?;
            Some((last.measure?, last.code))
        };
        let half_a_kilo = |code: &str| Some(("500 g".to_owned(), code.to_owned()));
        assert_eq!(measured("500 g*10106"), half_a_kilo("10106"));
        assert_eq!(measured("10106 * 500 g"), half_a_kilo("10106"));
        assert_eq!(measured("500 g x A7"), half_a_kilo("A7"));
        assert_eq!(measured("0,5kg*7"), Some(("0.5kg".to_owned(), "7".to_owned())));
        for text in ["500 g", "500 g*", "3*7", "2XL", "0 g*7", "g*7", "2 crate*7"] {
            assert_eq!(measured(text), None, "{text}");
        }
        let twelve = Measure { kind: MeasureKind::Count, factor: UnitFactor::parse("12").unwrap() };
        let crates = [Unit { code: "CRATE".to_owned(), decimals: 0, measure: Some(twelve) }];
        let last = readings("2 crate*7", &crates).pop().unwrap();
        assert_eq!((last.measure.as_deref(), last.code.as_str()), (Some("2 crate"), "7"));
    }

    #[test]
    fn a_number_with_a_times_sign_is_a_multiplier_also_below_one() {
        assert_eq!(multiplier("3*"), quantity_of("3"));
        assert_eq!(multiplier("0,5x"), quantity_of("0.5"));
        for text in ["", "*", "0*", "-1*", "3", "a*", "1e3*"] {
            assert_eq!(multiplier(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_of_nothing_before_or_behind_the_sign_says_none_of_the_rest() {
        for text in ["0*1001", "1001*0", "0.00 x 1001", "1001 × 0,0", "000*1001"] {
            assert_eq!(none_of(text), Some("1001"), "{text}");
        }
        assert_eq!(none_of("0*"), Some(""));
        for text in ["", "0", "*", "10*1001", "1001", "0.5*1001", ".*1001"] {
            assert_eq!(none_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_percentage_may_bear_its_sign_and_a_barcode_is_no_amount() {
        assert_eq!(percent("12.5%").map(|percent| percent.to_string()), Ok("12.5".into()));
        assert!(is_barcode("5098101000024") && is_barcode("036000291452"));
        for amount in ["5098101000025", "96385074", "2000", "5098101000.24"] {
            assert!(!is_barcode(amount), "{amount}");
        }
    }

    #[test]
    fn a_line_takes_what_it_can_show_and_says_when_something_is_left_out() {
        let mut line = TypedLine::default();
        assert!(!line.type_char('\u{1b}'));
        assert!(!line.type_text(&"7".repeat(10_000)));
        assert_eq!(line.text().len(), LONGEST);
        let (shown, cursor) = line.visible(10);
        assert!(cursor < 10 && shown.len() < 10, "{shown} {cursor}");
        line.clear();
        assert!(line.type_text("漢字é"));
        assert_eq!(line.visible(10), ("漢字é".to_owned(), 5));
        assert_eq!(line.visible(4).1, 3);
    }

    #[test]
    fn what_a_scanner_typed_is_taken_back_from_where_it_was_typed() {
        let mut line = TypedLine::holding("no onions 5000157024671");
        line.untype("5000157024671");
        assert_eq!(line.text(), "no onions ");
        line.untype("something else");
        assert_eq!(line.text(), "no onions ");
    }
}
