//! The till's settings on disk.

use rusqlite::{Connection, OptionalExtension, params};
use saleflex_core::settings::Settings;

use crate::{
    error::Error,
    file::codec::{Json, get_json},
};

const KEY: &str = "settings";

pub(crate) fn load(connection: &Connection) -> Result<Settings, Error> {
    let sql = "SELECT value FROM setting WHERE key = ?1";
    Ok(connection.query_row(sql, [KEY], |row| get_json(row, 0)).optional()?.unwrap_or_default())
}

pub(crate) fn write(connection: &Connection, settings: &Settings) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO setting (key, value) VALUES (?1, ?2) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        params![KEY, Json(settings)],
    )?;
    Ok(())
}
