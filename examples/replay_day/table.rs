//! The table a day is replayed from: rows grouped to invoices, and the rows that are left out.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use chrono::{NaiveDate, NaiveDateTime};
use saleflex_core::{
    catalog::is_unprintable,
    quantity::{Quantity, UnitPrice},
};
use serde::Deserialize;

/// The most characters of a product's code.
const LONGEST_CODE: usize = 20;
/// The most characters of a product's name.
const LONGEST_NAME: usize = 100;

/// A row as it stands in the file.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    invoice_no: String,
    stock_code: String,
    description: String,
    quantity: String,
    invoice_date: String,
    unit_price: String,
    #[serde(rename = "CustomerID")]
    customer_id: String,
}

/// One invoice: one document.
pub(crate) struct Invoice {
    pub(crate) at: NaiveDateTime,
    /// Its number begins with C: goods came back.
    pub(crate) is_refund: bool,
    /// The row names a customer, who pays by card.
    pub(crate) has_customer: bool,
    pub(crate) lines: Vec<Line>,
}

/// A row that is rung up.
pub(crate) struct Line {
    pub(crate) code: String,
    pub(crate) quantity: Quantity,
    pub(crate) price: UnitPrice,
}

/// One date of the file.
#[derive(Default)]
pub(crate) struct Day {
    /// In the order of their first rows; those without a line are left out.
    pub(crate) invoices: Vec<Invoice>,
    /// Line numbers of the rows that are not rung up; the heading is line 1.
    pub(crate) skipped_lines: Vec<u64>,
}

/// The whole file.
pub(crate) struct Table {
    pub(crate) days: BTreeMap<NaiveDate, Day>,
    /// What was sold, with its first description.
    pub(crate) goods: BTreeMap<String, String>,
    /// How many rows are rung up.
    pub(crate) lines: usize,
    /// How many fraction digits the quantities have: what is sold by weight has some.
    pub(crate) decimals: u32,
}

impl Table {
    /// Reads a table; the first row that makes no sense stops it, with its line number.
    pub(crate) fn read(file: &[u8]) -> anyhow::Result<Self> {
        let mut reader = csv::Reader::from_reader(file);
        let mut table = Self { days: BTreeMap::new(), goods: BTreeMap::new(), lines: 0, decimals: 0 };
        let mut places: BTreeMap<String, (NaiveDate, usize)> = BTreeMap::new();
        let headers = reader.headers().context("the file has no heading")?.clone();
        let mut record = csv::ByteRecord::new();
        let (mut line_no, mut counted) = (1, 0);
        while reader.read_byte_record(&mut record).with_context(|| format!("the row after line {line_no}"))? {
            // The reader's own count of lines drifts in files longer than its buffer.
            let start = record.position().map_or(0, csv::Position::byte);
            let start = usize::try_from(start)?;
            let empty = file[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            line_no += u64::try_from(file[counted..start + empty].split(|byte| *byte == b'\n').count() - 1)?;
            counted = start + empty;
            // Names are often written in another alphabet than the rest: a letter that cannot be read costs no day.
            let record: csv::StringRecord = record.iter().map(String::from_utf8_lossy).collect();
            let row: Row = record.deserialize(Some(&headers)).with_context(|| format!("line {line_no}"))?;
            table.add(&row, line_no, &mut places).with_context(|| format!("line {line_no}"))?;
        }
        Ok(table)
    }

    fn add(
        &mut self,
        row: &Row,
        line_no: u64,
        places: &mut BTreeMap<String, (NaiveDate, usize)>,
    ) -> anyhow::Result<()> {
        let at = NaiveDateTime::parse_from_str(&row.invoice_date, "%Y-%m-%d %H:%M:%S")
            .with_context(|| format!("{:?} is no date and time", row.invoice_date))?;
        let is_refund = row.invoice_no.starts_with('C');
        // What is no number is a fault of the file, whether the row would be rung up or not.
        let (is_negative, size) = unsigned(&row.quantity);
        let quantity = if is_nothing(size) {
            None
        } else {
            Some(Quantity::parse(size).with_context(|| format!("quantity {:?}", row.quantity))?)
        };
        let (is_below_nothing, price) = unsigned(&row.unit_price);
        let price = UnitPrice::parse(price).with_context(|| format!("price {:?}", row.unit_price))?;
        // A row belongs to its invoice, and so to the date the invoice began on.
        let date = places.get(&row.invoice_no).map_or(at.date(), |(date, _)| *date);
        let day = self.days.entry(date).or_default();
        let Some(quantity) = quantity.filter(|_| !is_below_nothing && (is_refund || !is_negative)) else {
            day.skipped_lines.push(line_no);
            return Ok(());
        };
        let code = row.stock_code.trim();
        if code.is_empty() {
            bail!("a row without a stock code");
        }
        let length = code.chars().count();
        if length > LONGEST_CODE {
            bail!("the stock code {code:?} has {length} characters, more than {LONGEST_CODE}");
        }
        let line = Line { code: row.stock_code.trim().to_owned(), quantity, price };
        self.decimals = self.decimals.max(quantity.decimal().normalize().scale());
        self.lines += 1;
        let name = self.goods.entry(line.code.clone()).or_default();
        if name.is_empty() {
            *name = name_of(&row.description);
        }
        let (_, place) = *places.entry(row.invoice_no.clone()).or_insert_with(|| {
            let has_customer = !row.customer_id.trim().is_empty();
            day.invoices.push(Invoice { at, is_refund, has_customer, lines: Vec::new() });
            (date, day.invoices.len() - 1)
        });
        day.invoices[place].lines.push(line);
        Ok(())
    }
}

/// A description as a product can be called: a blank for each break and sign that cannot be printed, and as much as fits.
fn name_of(description: &str) -> String {
    let blank = |sign: char| if is_unprintable(sign) { ' ' } else { sign };
    let printable: String = description.chars().map(blank).collect();
    let fits: String = printable.trim().chars().take(LONGEST_NAME).collect();
    fits.trim_end().to_owned()
}

/// Whether a number is zero, however it is written: nothing was sold or brought back.
fn is_nothing(size: &str) -> bool {
    size.contains('0') && size.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

/// A number without its sign, and whether that was a minus before anything but zero.
fn unsigned(text: &str) -> (bool, &str) {
    match text.trim().strip_prefix('-') {
        Some(size) => (size.bytes().any(|byte| (b'1'..=b'9').contains(&byte)), size),
        None => (false, text.trim()),
    }
}
