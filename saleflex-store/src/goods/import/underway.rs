//! How far a file of products is that comes in part by part: where the program ends in between, the till knows it still.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    file::codec::{Json, get_json},
};

/// Its place beside the settings.
const KEY: &str = "import";

/// A file of products of which some are in the till and the others are not.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ImportUnderway {
    /// The file.
    pub file: String,
    /// So many of its products are in the till.
    pub taken: usize,
    /// Of so many.
    pub total: usize,
}

pub(crate) fn load(connection: &Connection) -> Result<Option<ImportUnderway>, Error> {
    let sql = "SELECT value FROM setting WHERE key = ?1";
    Ok(connection.query_row(sql, [KEY], |row| get_json(row, 0)).optional()?)
}

/// Keeps it, or forgets it once a file came in whole.
pub(crate) fn write(connection: &Connection, underway: Option<&ImportUnderway>) -> Result<(), Error> {
    match underway.filter(|underway| underway.taken < underway.total) {
        Some(underway) => connection.execute(
            "INSERT INTO setting (key, value) VALUES (?1, ?2) \
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            params![KEY, Json(underway)],
        )?,
        None => connection.execute("DELETE FROM setting WHERE key = ?1", [KEY])?,
    };
    Ok(())
}
