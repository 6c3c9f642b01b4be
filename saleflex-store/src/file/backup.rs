//! A copy of the whole till while it works, and everything it knows as lines of JSON.

use std::{fs, io::Write, path::Path};

use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
    types::ValueRef,
};
use serde_json::{Value, value::RawValue};
use uuid::Uuid;

use crate::error::{Error, OpenError};

/// Copies the database to a new file. The copy is made under another name first, so that a file under the wanted
/// name is always whole.
pub(crate) fn copy(from: &Connection, to: &Path) -> Result<(), Error> {
    if to.exists() {
        return Err(OpenError::Exists { path: to.to_owned() }.into());
    }
    let mut unfinished = to.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = Path::new(&unfinished);
    if unfinished.exists() {
        fs::remove_file(unfinished)?;
    }
    let mut target = Connection::open(unfinished)?;
    let step = Backup::new(from, &mut target)?.step(-1)?;
    if step != StepResult::Done {
        return Err(Error::Locked);
    }
    // The copy is one file without a write-ahead log, and knows that it is a copy.
    target.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    target.execute("UPDATE till SET is_copy = 1", [])?;
    target.close().map_err(|(_, cause)| cause)?;
    fs::OpenOptions::new().write(true).open(unfinished)?.sync_all()?;
    fs::rename(unfinished, to)?;
    sync_folder(to)?;
    Ok(())
}

/// A new name is on the disk only when its folder is.
pub(super) fn sync_folder(of: &Path) -> Result<(), Error> {
    if cfg!(unix) {
        let folder = of.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Columns that leave the till in no form.
const SECRETS: [(&str, &str); 1] = [("cashier", "secret")];

/// Writes every row of every table as a line of JSON: `{"table": …, "row": {…}}`. Identities are written as such,
/// digests in hexadecimal digits, frozen payloads as the JSON they are.
pub(crate) fn export(connection: &Connection, out: &mut dyn Write) -> Result<(), Error> {
    let mut tables = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' \
         ORDER BY rowid",
    )?;
    let tables = tables.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    for table in tables {
        let mut select = connection.prepare(&format!("SELECT * FROM {table}"))?;
        let columns: Vec<String> = select.column_names().into_iter().map(str::to_owned).collect();
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            write!(out, "{{\"table\":\"{table}\",\"row\":{{")?;
            let shown = columns.iter().filter(|column| !SECRETS.contains(&(&table, column)));
            for (at, column) in shown.enumerate() {
                let separator = if at == 0 { "" } else { "," };
                write!(out, "{separator}\"{column}\":")?;
                write_value(out, row.get_ref(column.as_str())?)?;
            }
            writeln!(out, "}}}}")?;
        }
    }
    out.flush()?;
    Ok(())
}

fn write_value(out: &mut dyn Write, value: ValueRef<'_>) -> Result<(), Error> {
    let written = match value {
        ValueRef::Null => serde_json::to_writer(out, &Value::Null),
        ValueRef::Integer(number) => serde_json::to_writer(out, &number),
        ValueRef::Real(number) => serde_json::to_writer(out, &number),
        ValueRef::Text(text) => serde_json::to_writer(out, &String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => {
            match (Uuid::from_slice(bytes), serde_json::from_slice::<&RawValue>(bytes)) {
                (Ok(id), _) => serde_json::to_writer(out, &id),
                (Err(_), Ok(json)) => serde_json::to_writer(out, json),
                (Err(_), Err(_)) => serde_json::to_writer(out, &hexadecimal(bytes)),
            }
        }
    };
    written.map_err(Error::Json)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |text, byte| text + &format!("{byte:02x}"))
}
