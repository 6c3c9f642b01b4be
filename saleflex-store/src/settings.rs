//! What differs from till to till and may be changed by someone who may.

use rusqlite::{Connection, OptionalExtension, params};
use saleflex_core::{closure::ClosingPolicy, document::Policy, loyalty::RedemptionPolicy};
use serde::{Deserialize, Serialize};

use crate::{
    codec::{Json, get_json},
    error::Error,
};

/// A till's settings.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Settings {
    /// The store's rules of selling.
    pub policy: Policy,
    /// The store's rules of closing.
    pub closing: ClosingPolicy,
    /// The loyalty program's rules of redeeming; none: points buy nothing.
    pub redemption: Option<RedemptionPolicy>,
    /// What becomes of a document that was open when the till stopped.
    pub recovery: RecoveryRule,
    /// Training: documents never count.
    pub training: bool,
}

/// What becomes of a document that was open when the till stopped.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryRule {
    /// It is open again.
    #[default]
    Continue,
    /// It is put aside.
    Park,
    /// It is closed without effect.
    Cancel,
}

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
