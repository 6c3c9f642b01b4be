//! What a file says: comma-separated values under a heading with the names of fields, or XML as it is exported.
//!
//! **Invariant:** of the rows of a file no more than a part are in memory at once, beside its text.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::xml;
use crate::{
    ApiError,
    db::{DatabaseError, Session},
    definitions::{fields, phones, rules::Rule, told},
};

/// The most rows of a file.
const MOST_ROWS: usize = 100_000;
/// How many rows are worked on together.
const AT_ONCE: usize = 500;
/// What the hub says of every row. A file that was written here says it too, of whichever hub it was.
const SAID_OF_EACH: [&str; 3] = ["id", "created_at", "updated_at"];
/// That a row is gone, which no file says.
pub(super) const IS_DELETED: &str = "is_deleted";
/// With what a cell begins that a spreadsheet would take for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A row: its fields.
pub(super) type Fields = Map<String, Json>;
/// What is done with one thing after the other.
type Taking<'a, T> = &'a mut dyn FnMut(T) -> Result<(), ApiError>;

/// How the rows of a resource are read in a company.
pub(super) struct Reading<'a> {
    rule: &'a Rule,
    /// How customers' telephones are read; none of other resources.
    dialling: Option<phones::Dialling>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(
        session: &mut dyn Session,
        (company, rule): (Uuid, &'a Rule),
    ) -> Result<Self, DatabaseError> {
        let is_of_people = rule.resource == phones::CUSTOMERS;
        let dialling = is_of_people.then(|| phones::Dialling::of(session, company)).transpose()?;
        Ok(Self { rule, dialling })
    }

    /// Works on the rows of a file part by part, each with what it is known by; answers how many there are. What is no file,
    /// or too long, is refused before anything is done.
    ///
    /// # Errors
    /// `file_unreadable`, `too_many_rows`; those of the work.
    pub(super) fn in_parts(&self, text: &str, work: Taking<'_, Vec<Fields>>) -> Result<usize, ApiError> {
        let mut count = 0;
        each(self.rule.resource, text, &mut |_| {
            count += 1;
            if count > MOST_ROWS { Err(too_many_rows()) } else { Ok(()) }
        })?;
        let mut part = Vec::new();
        each(self.rule.resource, text, &mut |row| {
            part.push(self.completed(row));
            if part.len() < AT_ONCE { Ok(()) } else { work(std::mem::take(&mut part)) }
        })?;
        if !part.is_empty() {
            work(part)?;
        }
        Ok(count)
    }

    /// A row with what it is known by.
    fn completed(&self, mut row: Fields) -> Fields {
        self.rule.trim(&mut row);
        // A file that was written here before says the same when it comes back.
        row.retain(|field, value| {
            !SAID_OF_EACH.contains(&field.as_str()) && (field != IS_DELETED || *value != Json::Bool(false))
        });
        if let Some(dialling) = &self.dialling {
            row.retain(|field, _| !told::SAID_BY_THE_HUB.contains(&field.as_str()));
            dialling.complete(&mut row, |_| true);
        }
        row
    }
}

/// Reads a file: a heading, then a row a line; or XML.
///
/// # Errors
/// `file_unreadable`; those of whoever takes a row.
fn each(resource: &str, text: &str, take: Taking<'_, Fields>) -> Result<(), ApiError> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('<') {
        let said = |(name, text): (String, String)| {
            let value = fields::of_cell(resource, &name, text.trim());
            (name, value)
        };
        return xml::each(text, &mut |row| take(row.into_iter().map(said).collect()));
    }
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let heading = reader.headers().map_err(unreadable)?.clone();
    let mut names = BTreeSet::new();
    if let Some(twice) = heading.iter().find(|name| !name.is_empty() && !names.insert(*name)) {
        return Err(unreadable(format!("the heading names `{twice}` twice")));
    }
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let cells = heading.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty());
        let said = |(name, cell): (&str, &str)| {
            (name.to_owned(), fields::of_cell(resource, name, without_mark(cell)))
        };
        take(cells.map(said).collect())?;
    }
    Ok(())
}

fn too_many_rows() -> ApiError {
    ApiError::unprocessable("too_many_rows", format!("a file has at most {MOST_ROWS} rows"))
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed over so")]
pub(super) fn unreadable(why: impl ToString) -> ApiError {
    ApiError::unprocessable("file_unreadable", why.to_string())
}

/// A cell that a spreadsheet would take for a formula is marked as text.
pub(super) fn harmless(text: &str) -> String {
    let is_number = text.parse::<rust_decimal::Decimal>().is_ok();
    if !is_number && text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// A cell without the mark that makes it a text.
fn without_mark(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| text.starts_with(FORMULA)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::definitions::rules;

    fn read(text: &str) -> Result<Vec<Fields>, ApiError> {
        let mut rows = Vec::new();
        each("products", text, &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn a_file_keeps_leading_zeros_and_loses_empty_cells() {
        let rows = read("\u{feff}code,name,is_scalable,old_code,min_stock\n0017, Tea ,False,,07\n").unwrap();
        assert_eq!(
            Json::Object(rows[0].clone()),
            serde_json::json!({"code": "0017", "name": "Tea", "is_scalable": false, "min_stock": 7})
        );
        assert_eq!(read("a,b\n1\n").unwrap_err().code, "file_unreadable");
    }

    #[test]
    fn a_cell_that_would_be_a_formula_is_text_and_a_number_stays_one() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("-3.50"), "-3.50");
        assert_eq!(["'=1+1", "'", "'s", "'-3.50"].map(without_mark), ["=1+1", "'", "'s", "-3.50"]);
    }

    #[test]
    fn a_file_is_worked_on_in_parts_and_one_that_is_too_long_or_broken_not_at_all() {
        let reading = Reading { rule: rules::of("products").unwrap(), dialling: None };
        let parts = |text: &str| {
            let mut parts = Vec::new();
            let read = reading.in_parts(text, &mut |part| {
                parts.push(part.len());
                Ok(())
            });
            (read.map_err(|error| error.code), parts)
        };
        let file = |rows: usize| {
            let mut file = "code\n".to_owned();
            for row in 0..rows {
                writeln!(file, "{row}").unwrap();
            }
            file
        };
        assert_eq!(parts(&file(AT_ONCE)), (Ok(AT_ONCE), vec![AT_ONCE]));
        assert_eq!(parts(&file(AT_ONCE + 1)), (Ok(AT_ONCE + 1), vec![AT_ONCE, 1]));
        assert_eq!(parts(&file(MOST_ROWS + 1)), (Err("too_many_rows"), Vec::new()));
        assert_eq!(parts(&(file(AT_ONCE) + "1,2\n")), (Err("file_unreadable"), Vec::new()));
        let xml = format!("<rows>{}</rows>", "<row/>".repeat(MOST_ROWS + 1));
        assert_eq!(parts(&xml), (Err("too_many_rows"), Vec::new()));
    }
}
