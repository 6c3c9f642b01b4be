//! Files of definitions taken over: looked at first, then written as a whole.
//!
//! **Invariant:** what was looked at is what is written: the file is kept with its report until somebody commits it,
//! and a file with a single bad row is not committed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError,
    db::{DatabaseError, Row, Session},
    definitions::{
        editing::{self, Stored, ToChange, ToMake},
        fields, phones, references,
        rules::{self, Rule, invalid},
        told,
    },
    ids::new_id,
    office::content,
};

mod xml;

/// The most rows of a file.
const MOST_ROWS: usize = 100_000;
/// The most faults that a report names; it counts all of them.
const NAMED: usize = 1_000;
/// What the hub says of every row. A file that was written here says it too, of whichever hub it was.
const SAID_OF_EACH: [&str; 3] = ["id", "created_at", "updated_at"];
/// That a row is gone, which no file says.
const IS_DELETED: &str = "is_deleted";
/// With what a cell begins that a spreadsheet would take for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A file that was looked at.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Import {
    /// Its identity.
    pub(crate) id: Uuid,
    /// The resource its rows are of.
    pub(crate) resource: String,
    /// `ready`, `faulty` or `committed`.
    pub(crate) state: String,
    /// How many rows it has.
    pub(crate) rows: i64,
    /// How many are new, changed, and as they were; of a faulty file nothing is said.
    pub(crate) report: Report,
    /// When it came.
    pub(crate) created_at: DateTime<Utc>,
}

/// What a file would do, or did.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct Report {
    /// Rows that are new.
    pub(crate) new: usize,
    /// Rows that change.
    pub(crate) changed: usize,
    /// Rows that stand as they are.
    pub(crate) same: usize,
    /// How many rows are wrong.
    #[serde(default)]
    pub(crate) faulty: usize,
    /// What is wrong, row by row; the first thousand.
    pub(crate) faults: Vec<Fault>,
}

/// A row that cannot be taken.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Fault {
    /// Its line in the file; the heading is line 1, and of XML the first row line 2.
    pub(crate) line: usize,
    /// The field.
    pub(crate) field: Option<String>,
    /// What is wrong with it.
    pub(crate) message: String,
}

/// Reads a file: comma-separated values, a heading with the names of fields, then a row a line; or XML as it is exported.
///
/// # Errors
/// `file_unreadable`, `too_many_rows`.
fn rows(resource: &str, text: &str) -> Result<Vec<Map<String, Json>>, ApiError> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('<') {
        let said = |(name, text): (String, String)| {
            let value = fields::of_cell(resource, &name, text.trim());
            (name, value)
        };
        let rows = xml::rows(text)?.into_iter();
        return Ok(rows.map(|row| row.into_iter().map(said).collect()).collect());
    }
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let heading = reader.headers().map_err(unreadable)?.clone();
    let mut names = BTreeSet::new();
    if let Some(twice) = heading.iter().find(|name| !name.is_empty() && !names.insert(*name)) {
        return Err(unreadable(format!("the heading names `{twice}` twice")));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let cells = heading.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty());
        let said = |(name, cell): (&str, &str)| {
            (name.to_owned(), fields::of_cell(resource, name, without_mark(cell)))
        };
        rows.push(cells.map(said).collect());
        if rows.len() > MOST_ROWS {
            return Err(too_many_rows());
        }
    }
    Ok(rows)
}

fn too_many_rows() -> ApiError {
    ApiError::unprocessable("too_many_rows", format!("a file has at most {MOST_ROWS} rows"))
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed over so")]
fn unreadable(why: impl ToString) -> ApiError {
    ApiError::unprocessable("file_unreadable", why.to_string())
}

/// The rows of a file with what they are known by.
fn completed(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    text: &str,
) -> Result<Vec<Map<String, Json>>, ApiError> {
    let mut rows = rows(rule.resource, text)?;
    for row in &mut rows {
        rule.trim(row);
        // A file that was written here before says the same when it comes back.
        row.retain(|field, value| {
            !SAID_OF_EACH.contains(&field.as_str()) && (field != IS_DELETED || *value != Json::Bool(false))
        });
    }
    if rule.resource == phones::CUSTOMERS {
        let dialling = phones::Dialling::of(session, company)?;
        for row in &mut rows {
            row.retain(|field, _| !told::SAID_BY_THE_HUB.contains(&field.as_str()));
            dialling.complete(row, |_| true);
        }
    }
    Ok(rows)
}

/// A row that nobody could find again, were it made.
fn without_key(rule: &Rule) -> ApiError {
    let key = rule.key.unwrap_or_default();
    let field = if rule.resource == phones::CUSTOMERS { phones::TYPED } else { key };
    invalid(field, "is missing: rows are known by it")
}

/// What a row of a file does, and what the row that has its key says otherwise.
struct Outcome {
    key: String,
    /// None: it is new.
    found: Option<Stored>,
    news: Map<String, Json>,
}

/// Looks at a row of a file; the refusal within says why it cannot be taken.
fn look_at(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (store, row): (Option<Uuid>, Map<String, Json>),
) -> Result<Result<Outcome, ApiError>, DatabaseError> {
    let key = rule.key_of(&row).map(str::to_owned);
    let found = match &key {
        Some(key) => known(session, (company, rule), (store, key))?,
        None => None,
    };
    let said = |name: &str| found.as_ref().and_then(|found| found.row.get(name));
    let mut news = row;
    news.retain(|name, value| said(name).is_none_or(|known| !is_same((rule, name.as_str()), known, value)));
    let mut body = found.as_ref().map(|found| found.row.clone()).unwrap_or_default();
    body.extend(news.clone());
    let is_elsewhere = found.as_ref().is_some_and(|found| found.store_id != store);
    let checked = if news.contains_key(IS_DELETED) {
        Err(invalid(IS_DELETED, "is not set by a file: a row is removed by itself"))
    } else if is_elsewhere && !news.is_empty() && rule.overridden.is_empty() {
        Err(rules::key_taken(rule.key.unwrap_or_default()))
    } else if found.is_some() && news.is_empty() {
        Ok(())
    } else {
        rule.check(&body, |field| found.is_none() || news.contains_key(field))
    };
    let checked = match checked {
        Ok(()) if found.is_none() || !news.is_empty() => {
            let field = references::leads_nowhere(session, company, &body)?;
            field.map_or(Ok(()), |field| Err(references::unknown(field)))
        }
        checked => checked,
    };
    let key = checked.and_then(|()| key.ok_or_else(|| without_key(rule)));
    Ok(key.map(|key| Outcome { key, found, news }))
}

/// A file that was looked at, and how many rows it has.
pub(crate) struct Seen {
    report: Report,
    rows: usize,
}

/// Looks at a file. Nothing is written: nobody who writes waits for a long one.
///
/// # Errors
/// `file_unreadable`, `too_many_rows`, `no_key` for a resource whose rows are not known by a field.
pub(crate) fn look(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (store, text): (Option<Uuid>, &str),
) -> Result<Seen, ApiError> {
    if rule.key.is_none() {
        let message = "rows of this resource are not known by a field, so that a file cannot change them";
        return Err(ApiError::unprocessable("no_key", message));
    }
    let rows = completed(session, (company, rule), text)?;
    if rows.is_empty() {
        return Err(unreadable("there is no row in the file"));
    }
    let mut report = Report::default();
    let mut seen = BTreeSet::new();
    let count = rows.len();
    for (line, row) in (2..).zip(rows) {
        let fault = |error: ApiError| Fault { line, field: error.detail, message: error.message };
        let Outcome { key, found, news } = match look_at(session, (company, rule), (store, row))? {
            Ok(outcome) => outcome,
            Err(error) => {
                report.faults.push(fault(error));
                continue;
            }
        };
        if !seen.insert(key.clone()) {
            let twice = ApiError::unprocessable("twice", format!("`{key}` stands twice in the file"));
            report.faults.push(fault(twice));
            continue;
        }
        match found {
            None => report.new += 1,
            Some(_) if news.is_empty() => report.same += 1,
            Some(_) => report.changed += 1,
        }
    }
    report.faulty = report.faults.len();
    report.faults.truncate(NAMED);
    Ok(Seen { report, rows: count })
}

/// Keeps a file that was looked at with what it would do.
///
/// # Errors
/// [`ApiError::internal`] when it cannot be kept.
pub(crate) fn keep(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (store, text): (Option<Uuid>, &str),
    Seen { report, rows }: &Seen,
    now: DateTime<Utc>,
) -> Result<Import, ApiError> {
    let state = if report.faults.is_empty() { "ready" } else { "faulty" };
    let id = new_id(now);
    session.execute(
        "INSERT INTO import_job (company_id, import_id, resource, store_id, state, row_count, report, content, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            company.into(),
            id.into(),
            rule.resource.into(),
            store.into(),
            state.into(),
            i64::try_from(*rows).unwrap_or(i64::MAX).into(),
            serde_json::to_string(report).map_err(|_| ApiError::internal())?.into(),
            text.replace('\0', "").into(),
            now.timestamp_millis().into(),
        ],
    )?;
    one(session, company, id).map(|(import, _, _)| import)
}

/// The row of a key that holds at a place: of a store its own, else the company's.
fn known(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (store, key): (Option<Uuid>, &str),
) -> Result<Option<editing::Stored>, DatabaseError> {
    // Without a store no store's row is looked at, however many have one under the key.
    let reach = crate::access::Reach::of_stores(store);
    let filter = editing::Filter { key: Some(key.to_owned()), ..editing::Filter::default() };
    let mut rows = editing::list(session, (company, rule), (&reach, &filter), 10)?;
    rows.retain(|row| row.store_id == store || row.store_id.is_none());
    rows.sort_by_key(|row| row.store_id.is_none());
    Ok(rows.into_iter().next())
}

/// What a store says of a row of its company in the place of which it has one now.
fn in_its_place(rule: &Rule, found: &Stored, mut news: Map<String, Json>) -> Map<String, Json> {
    for field in &rule.overridden {
        let value = found.row.get(*field).cloned().unwrap_or_default();
        news.insert((*field).to_owned(), value);
    }
    news
}

/// Whether a field of a row already says what the file says of it, also where its cell was written by it: a decimal in however
/// many digits, a text without the blanks around it.
fn is_same((rule, name): (&Rule, &str), known: &Json, file: &Json) -> bool {
    let is_decimal = || fields::is_decimal(rule.resource, name);
    let decimals = || content::decimal(known).zip(content::decimal(file));
    let is_text = || file.as_str().is_some_and(|text| cell(Some(known)).trim() == harmless(text));
    known == file || is_text() || (is_decimal() && decimals().is_some_and(|(known, file)| known == file))
}

fn import(row: &Row) -> Result<Import, DatabaseError> {
    let report = serde_json::from_str(row.text(4)?);
    Ok(Import {
        id: row.id(0)?,
        resource: row.text(1)?.to_owned(),
        state: row.text(2)?.to_owned(),
        rows: row.integer(3)?,
        report: report.map_err(|_| DatabaseError::Column { column: 4, expected: "a report" })?,
        created_at: row.time(5)?,
    })
}

/// A file that was looked at, with its store and content.
///
/// # Errors
/// `not_found`.
pub(crate) fn one(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
) -> Result<(Import, Option<Uuid>, String), ApiError> {
    let rows = session.query(
        "SELECT import_id, resource, state, row_count, report, created_at, store_id, content FROM import_job \
         WHERE company_id = $1 AND import_id = $2",
        &[company.into(), id.into()],
    )?;
    let row = rows.first().ok_or_else(ApiError::not_found)?;
    Ok((import(row)?, row.optional_id(6)?, row.text(7)?.to_owned()))
}

/// Writes a file that was looked at. Doing it again changes nothing.
///
/// # Errors
/// `import_faulty`; what a row is refused with, when something changed since it was looked at.
pub(crate) fn commit(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Import, ApiError> {
    session.execute("UPDATE company SET name = name WHERE company_id = $1", &[company.into()])?;
    let (import, store, content) = one(session, company, id)?;
    match import.state.as_str() {
        "committed" => return Ok(import),
        "ready" => {}
        _ => return Err(ApiError::conflict("import_faulty", "mend the file and send it anew")),
    }
    let mut report = Report::default();
    for row in completed(session, (company, rule), &content)? {
        let Outcome { found, news, .. } = look_at(session, (company, rule), (store, row))??;
        match found {
            None => {
                let new = ToMake { store_id: store, region_id: None, id: None, row: news };
                editing::make(session, (company, rule), new, now)?;
                report.new += 1;
            }
            Some(_) if news.is_empty() => report.same += 1,
            Some(found) if found.store_id != store => {
                let row = in_its_place(rule, &found, news);
                editing::make(
                    session,
                    (company, rule),
                    ToMake { store_id: store, region_id: None, id: None, row },
                    now,
                )?;
                report.changed += 1;
            }
            Some(found) => {
                let at = (found.id, found.version);
                editing::change(session, (company, rule), at, ToChange { row: news }, now)?;
                report.changed += 1;
            }
        }
    }
    session.execute(
        "UPDATE import_job SET state = 'committed', report = $3, content = '' WHERE company_id = $1 AND import_id = $2",
        &[
            company.into(),
            id.into(),
            serde_json::to_string(&report).map_err(|_| ApiError::internal())?.into(),
        ],
    )?;
    one(session, company, id).map(|(import, _, _)| import)
}

/// A value as a cell of a file.
pub(crate) fn cell(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => harmless(text),
        Some(other) => other.to_string(),
    }
}

/// Records as comma-separated values; they need not be of one length.
///
/// # Errors
/// When the file cannot be written, which memory alone prevents.
pub(crate) fn records(records: &[Vec<String>]) -> Result<String, ApiError> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let failed = |_: csv::Error| ApiError::internal();
    for record in records {
        writer.write_record(record).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|_| ApiError::internal())?;
    String::from_utf8(bytes).map_err(|_| ApiError::internal())
}

/// A cell that a spreadsheet would take for a formula is marked as text.
fn harmless(text: &str) -> String {
    let is_number = text.parse::<rust_decimal::Decimal>().is_ok();
    if !is_number && text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// A cell without the mark that makes it a text.
fn without_mark(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| text.starts_with(FORMULA)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_leading_zeros_and_loses_empty_cells() {
        let read = |text: &str| rows("products", text);
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
}
