//! What can still be done with a file that does not open as a till: see what is wrong with it, and get out of it
//! what can be read.

use std::{io::Write, path::Path};

use crate::{
    backup,
    connection::Database,
    error::Error,
    verify::{self, Verification},
};

/// Looks through the journal of a file as [`crate::Till::verify`] does, without opening it as a till. Nothing in it
/// or in its log is changed.
///
/// # Errors
/// [`Error::Open`] when it is no till's or in use; a failure of the disk or a damage where it cannot be read on.
pub fn verify(path: impl AsRef<Path>) -> Result<Verification, Error> {
    verify::verify(Database::look_at(path.as_ref())?.connection())
}

/// Writes every row of a file that can be read as lines of JSON, as [`crate::Till::export`] does. What was written
/// before an error is good.
///
/// # Errors
/// As [`verify()`], and a failure of `out`.
pub fn export(path: impl AsRef<Path>, out: &mut dyn Write) -> Result<(), Error> {
    backup::export(Database::look_at(path.as_ref())?.connection(), out)
}
