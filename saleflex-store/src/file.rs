//! The SQLite file itself: opened and locked, brought to this version, written and read column by column, copied,
//! and rescued when it no longer opens.

pub(crate) mod backup;
pub(crate) mod codec;
pub(crate) mod connection;
pub(crate) mod migrate;
pub mod rescue;
