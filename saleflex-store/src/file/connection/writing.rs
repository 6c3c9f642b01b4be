//! Files that SQLite will not write, and whose fault that is.

use std::{fs::File, io::Read, path::Path};

use rusqlite::ErrorCode;

use crate::error::{Error, OpenError};

/// Where the header says which format writers and readers have to know.
const FORMATS_END: usize = 20;

/// Why a file that is to be written is read-only: the right is lacking, or its header names a format that there is not,
/// for which SQLite says the same.
pub(super) fn refused(path: &Path, error: Error) -> Error {
    let is_read_only =
        matches!(&error, Error::Database(cause) if cause.sqlite_error_code() == Some(ErrorCode::ReadOnly));
    if !is_read_only {
        return error;
    }
    if names_no_format(path) {
        return OpenError::Damaged { finding: "its header is not one that any program writes".to_owned() }
            .into();
    }
    OpenError::ReadOnly { path: path.to_owned() }.into()
}

/// SQLite writes formats 1 and 2. A file that cannot be read is not known to have another.
fn names_no_format(path: &Path) -> bool {
    let mut header = [0_u8; FORMATS_END];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    let [.., writes, reads] = header;
    read.is_ok() && ![writes, reads].iter().all(|format| (1..=2).contains(format))
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    #[test]
    fn a_file_that_may_not_be_written_is_told_from_one_whose_header_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("till.saleflex");
        let failed = |code| Error::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        let mut header = [0_u8; 100];
        (header[18], header[19]) = (2, 2);
        std::fs::write(&path, header).unwrap();
        let refused_to = |code| refused(&path, failed(code));
        let told = refused_to(ffi::SQLITE_READONLY);
        assert!(matches!(told, Error::Open(OpenError::ReadOnly { .. })), "{told:?}");
        assert!(matches!(refused_to(ffi::SQLITE_IOERR), Error::Database(_)));
        header[18] = 0xff;
        std::fs::write(&path, header).unwrap();
        let told = refused_to(ffi::SQLITE_READONLY);
        assert!(matches!(told, Error::Open(OpenError::Damaged { .. })), "{told:?}");
    }
}
