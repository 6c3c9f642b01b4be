//! Rows of definitions as files: for spreadsheets, and for programs.
//!
//! **Invariant:** what a text says is a text in each of them, whatever it begins with: no spreadsheet takes it for a formula.

use std::{borrow::Cow, collections::BTreeSet, iter};

use quick_xml::escape::escape;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use serde::Deserialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    ApiError,
    definitions::{editing::Stored, fields},
    import,
};

/// The most cells of a sheet: it is made in memory, and takes much more of it than a text.
const MOST_CELLS: usize = 1_000_000;
/// The most columns of a sheet.
const MOST_COLUMNS: usize = 16_384;
/// The most letters of a cell of a sheet.
const MOST_LETTERS: usize = 32_767;
/// The digits of a decimal that a spreadsheet keeps.
const MOST_DIGITS: usize = 15;

/// How a file is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FileFormat)]
pub(crate) enum Format {
    /// Comma-separated values.
    #[default]
    Csv,
    /// A sheet of a spreadsheet.
    Xlsx,
    /// Rows of fields in XML.
    Xml,
}

impl Format {
    /// What it is called in an answer.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Xml => "application/xml; charset=utf-8",
        }
    }

    /// What the name of a file ends in.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Xml => "xml",
        }
    }
}

/// The rows of a resource as a file: a column for each field that any row fills.
///
/// # Errors
/// `export_too_large` for a sheet that is more than a spreadsheet takes.
pub(crate) fn write(resource: &str, rows: &[Stored], format: Format) -> Result<Vec<u8>, ApiError> {
    match format {
        Format::Csv => csv(rows).map(String::into_bytes),
        Format::Xlsx => xlsx(resource, rows),
        Format::Xml => Ok(xml(resource, rows).into_bytes()),
    }
}

/// The fields that any row fills, in the order in which they are met.
fn names(rows: &[Stored]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    let all = rows.iter().flat_map(|row| row.row.keys()).map(String::as_str);
    all.filter(|name| seen.insert(*name)).collect()
}

fn csv(rows: &[Stored]) -> Result<String, ApiError> {
    let names = names(rows);
    let heading = names.iter().map(|name| (*name).to_owned()).collect();
    let cells = |row: &Stored| names.iter().map(|name| import::cell(row.row.get(*name))).collect();
    let records: Vec<Vec<String>> = iter::once(heading).chain(rows.iter().map(cells)).collect();
    import::records(&records)
}

fn too_large(message: String) -> ApiError {
    ApiError::unprocessable("export_too_large", message)
}

fn failed(cause: &XlsxError) -> ApiError {
    tracing::error!(%cause, "a sheet cannot be written");
    ApiError::internal()
}

fn xlsx(resource: &str, rows: &[Stored]) -> Result<Vec<u8>, ApiError> {
    let names = names(rows);
    if names.len() > MOST_COLUMNS || names.len().saturating_mul(rows.len()) > MOST_CELLS {
        let message = format!("a sheet has at most {MOST_CELLS} cells: name a store, or take `csv` or `xml`");
        return Err(too_large(message));
    }
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(&names) {
        sheet.write_string(0, column, *name).map_err(|cause| failed(&cause))?;
    }
    for (line, row) in (1..).zip(rows) {
        for (column, name) in (0..).zip(&names) {
            if let Some(value) = row.row.get(*name) {
                let is_decimal = || fields::is_decimal(resource, name);
                put(sheet, (line, column), value, is_decimal)?;
            }
        }
    }
    book.save_to_buffer().map_err(|cause| failed(&cause))
}

/// Puts a value into a cell: flags and numbers as such, as far as a spreadsheet keeps their digits.
fn put(
    sheet: &mut Worksheet,
    (line, column): (u32, u16),
    value: &Json,
    is_decimal: impl FnOnce() -> bool,
) -> Result<(), ApiError> {
    let number = match value {
        Json::Null => return Ok(()),
        Json::Bool(yes) => {
            return sheet.write_boolean(line, column, *yes).map(drop).map_err(|cause| failed(&cause));
        }
        Json::Number(number) => kept(&number.to_string()),
        Json::String(text) => kept(text).filter(|_| is_decimal()),
        Json::Array(_) | Json::Object(_) => None,
    };
    if let Some(number) = number {
        return sheet.write_number(line, column, number).map(drop).map_err(|cause| failed(&cause));
    }
    let text = said(value);
    if text.chars().count() > MOST_LETTERS {
        let message = format!("a cell of a sheet has at most {MOST_LETTERS} letters: take `csv` or `xml`");
        return Err(too_large(message));
    }
    sheet.write_string(line, column, text.into_owned()).map(drop).map_err(|cause| failed(&cause))
}

/// The number of a text, where a spreadsheet shows the same.
fn kept(text: &str) -> Option<f64> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.parse::<Decimal>().ok().filter(|_| digits <= MOST_DIGITS)?;
    text.parse().ok()
}

/// A value as a text.
fn said(value: &Json) -> Cow<'_, str> {
    match value {
        Json::String(text) => Cow::Borrowed(text),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
            Cow::Owned(value.to_string())
        }
    }
}

fn xml(resource: &str, rows: &[Stored]) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rows resource=\"".to_owned();
    text.push_str(resource);
    text.push_str("\">\n");
    for row in rows {
        text.push_str("  <row>\n");
        for (name, value) in row.row.iter().filter(|(_, value)| !value.is_null()) {
            for piece in ["    <field name=\"", &plain(name), "\">", &plain(&said(value)), "</field>\n"] {
                text.push_str(piece);
            }
        }
        text.push_str("  </row>\n");
    }
    text.push_str("</rows>\n");
    text
}

/// A text as XML holds it: what it cannot hold is told by the letter for that.
fn plain(text: &str) -> String {
    let is_held = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let held: String = text
        .chars()
        .map(|letter| if is_held(letter) { letter } else { char::REPLACEMENT_CHARACTER })
        .collect();
    escape(held.as_str()).replace('\r', "&#13;")
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn stored(row: Json) -> Stored {
        let Json::Object(row) = row else { panic!("a row is an object") };
        Stored {
            id: Uuid::nil(),
            version: 1,
            store_id: None,
            region_id: None,
            overrides: None,
            is_deleted: false,
            updated_at: DateTime::UNIX_EPOCH,
            row,
        }
    }

    #[test]
    fn a_file_of_xml_holds_what_the_rows_do_and_no_letter_that_breaks_it() {
        let row =
            stored(json!({"code": "1", "name": "<Tea> & \"milk\"\r\u{1}", "old_code": null, "stock": 7}));
        let text = String::from_utf8(write("products", &[row], Format::Xml).unwrap()).unwrap();
        assert!(text.contains("<rows resource=\"products\">"), "{text}");
        assert!(text.contains("&lt;Tea&gt; &amp; &quot;milk&quot;&#13;\u{fffd}</field>"), "{text}");
        assert!(text.contains("<field name=\"stock\">7</field>") && !text.contains("old_code"), "{text}");
    }

    #[test]
    fn a_number_is_one_in_a_sheet_as_far_as_that_keeps_its_digits() {
        assert_eq!(
            ["3.40", "-2", "1234567890.12345"].map(kept),
            [Some(3.4), Some(-2.0), Some(1_234_567_890.123_45)]
        );
        assert_eq!(["12345678901234.56", "NaN", "inf", "", "=1"].map(kept), [None; 5]);
    }

    #[test]
    fn a_sheet_is_one_and_no_larger_than_it_may_be() {
        let row =
            || stored(json!({"code": "0017", "name": "=1+1", "sale_price": "3.40", "is_scalable": true}));
        let file = write("products", &[row()], Format::Xlsx).unwrap();
        assert!(file.starts_with(b"PK"));
        let long = stored(json!({"name": "x".repeat(MOST_LETTERS + 1)}));
        assert_eq!(write("products", &[long], Format::Xlsx).unwrap_err().code, "export_too_large");
        let names: serde_json::Map<String, Json> =
            (0..=MOST_COLUMNS).map(|number| (format!("c{number}"), json!(1))).collect();
        let wide = write("products", &[stored(Json::Object(names))], Format::Xlsx);
        assert_eq!(wide.unwrap_err().code, "export_too_large");
    }
}
