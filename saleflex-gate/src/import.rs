//! Files of definitions taken over: looked at first, then written as a whole.
//!
//! **Invariant:** what was looked at is what is written: the file is kept with its report until somebody commits it,
//! and a file with a single bad row is not committed.

use std::iter;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError,
    db::{DatabaseError, Row, Session},
    definitions::{
        editing::{self, ToChange, ToMake},
        many,
        rules::Rule,
    },
    ids::{digest, new_id},
};

mod looking;
mod reading;
mod xml;

use looking::{Looking, Outcome};
use reading::{Reading, harmless, unreadable};

/// The most faults that a report names; it counts all of them, and a file tells them.
const NAMED: usize = 1_000;

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
    /// What is wrong, row by row; the first thousand. All of it is in the file of its faults.
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
    let reading = Reading::of(session, (company, rule))?;
    let mut looking = Looking::at(session, (company, rule), store)?;
    let (mut report, mut line) = (Report::default(), 1);
    let rows = reading.in_parts(text, &mut |part| {
        for outcome in looking.part(session, part)? {
            line += 1;
            match outcome {
                Ok(outcome) => report.count(&outcome),
                Err(ApiError { detail, message, .. }) => {
                    report.faults.push(Fault { line, field: detail, message });
                }
            }
        }
        Ok(())
    })?;
    if rows == 0 {
        return Err(unreadable("there is no row in the file"));
    }
    report.faulty = report.faults.len();
    Ok(Seen { report, rows })
}

impl Report {
    fn count(&mut self, outcome: &Outcome) {
        let count = match &outcome.found {
            None => &mut self.new,
            Some(_) if outcome.is_same() => &mut self.same,
            Some(_) => &mut self.changed,
        };
        *count += 1;
    }
}

/// Keeps a file that was looked at with what it would do.
///
/// # Errors
/// [`ApiError::internal`] when it cannot be kept.
pub(crate) fn keep(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (store, text): (Option<Uuid>, String),
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
            text.into(),
            now.timestamp_millis().into(),
        ],
    )?;
    one(session, company, id).map(|(import, _)| import)
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

/// A file that was looked at, with its store and all its faults.
///
/// # Errors
/// `not_found`.
pub(crate) fn whole(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
) -> Result<(Import, Option<Uuid>), ApiError> {
    let rows = session.query(
        "SELECT import_id, resource, state, row_count, report, created_at, store_id FROM import_job \
         WHERE company_id = $1 AND import_id = $2",
        &[company.into(), id.into()],
    )?;
    let row = rows.first().ok_or_else(ApiError::not_found)?;
    Ok((import(row)?, row.optional_id(6)?))
}

/// A file that was looked at, with its store.
///
/// # Errors
/// `not_found`.
pub(crate) fn one(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
) -> Result<(Import, Option<Uuid>), ApiError> {
    let (mut import, store) = whole(session, company, id)?;
    import.report.faults.truncate(NAMED);
    Ok((import, store))
}

/// The faults of a file as comma-separated values, a line each.
///
/// # Errors
/// As [`records`].
pub(crate) fn faults(faults: &[Fault]) -> Result<String, ApiError> {
    let heading = Vec::from(["line", "field", "message"].map(str::to_owned));
    let told = faults.iter().map(|fault| {
        let field = fault.field.as_deref().unwrap_or_default();
        vec![fault.line.to_string(), harmless(field), harmless(&fault.message)]
    });
    records(&iter::once(heading).chain(told).collect::<Vec<_>>())
}

/// What was written of a file.
pub(crate) struct Committed {
    pub(crate) import: Import,
    /// What tells its content from others; none where it was written before.
    pub(crate) digest: Option<String>,
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
) -> Result<Committed, ApiError> {
    session.execute("UPDATE company SET name = name WHERE company_id = $1", &[company.into()])?;
    let (import, store) = one(session, company, id)?;
    match import.state.as_str() {
        "committed" => return Ok(Committed { import, digest: None }),
        "ready" => {}
        _ => return Err(ApiError::conflict("import_faulty", "mend the file and send it anew")),
    }
    let content = session.query(
        "SELECT content FROM import_job WHERE company_id = $1 AND import_id = $2",
        &[company.into(), id.into()],
    )?;
    let content = content.first().ok_or_else(ApiError::not_found)?.text(0)?;
    let reading = Reading::of(session, (company, rule))?;
    let mut looking = Looking::at(session, (company, rule), store)?;
    let mut report = Report::default();
    reading.in_parts(content, &mut |part| {
        let outcomes = looking.part(session, part)?.into_iter().collect::<Result<Vec<_>, _>>()?;
        for outcome in &outcomes {
            report.count(outcome);
        }
        write(session, (company, rule), (store, outcomes), now)
    })?;
    session.execute(
        "UPDATE import_job SET state = 'committed', report = $3, content = '' WHERE company_id = $1 AND import_id = $2",
        &[
            company.into(),
            id.into(),
            serde_json::to_string(&report).map_err(|_| ApiError::internal())?.into(),
        ],
    )?;
    let (import, _) = one(session, company, id)?;
    Ok(Committed { import, digest: Some(digest(content)) })
}

/// Writes what the rows of a part do, together where nothing else is to be looked at.
fn write(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (store, outcomes): (Option<Uuid>, Vec<Outcome>),
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    let new = outcomes.into_iter().filter(|outcome| !outcome.is_same());
    if many::goes_together(rule) {
        let rows = new.map(|outcome| outcome.into_written(store)).collect();
        return Ok(many::write(session, (company, rule), (store, rows), now)?);
    }
    for Outcome { found, news: row, .. } in new {
        if let Some(found) = found {
            let at = (found.id, found.version);
            editing::change(session, (company, rule), at, ToChange { row }, now)?;
        } else {
            let new = ToMake { store_id: store, region_id: None, id: None, row };
            editing::make(session, (company, rule), new, now)?;
        }
    }
    Ok(())
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
