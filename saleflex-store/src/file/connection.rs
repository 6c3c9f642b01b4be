//! One file, one process, one connection; everything that makes SQLite safe for money.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig, ffi};

use crate::{
    error::{Error, OpenError},
    file::migrate,
};

mod lock;
mod making;
mod transaction;
mod writing;

pub(crate) use self::transaction::Transaction;

/// Marks a file as a till of this product in its header: the letters `SFTL`.
const APPLICATION_ID: i64 = 0x5346_544C;
/// Where the mark ends in a file of SQLite; eight bytes before it stands the version.
const MARK_ENDS: usize = 72;
/// How a journal of SQLite begins; eight bytes behind it stands how many pages its file had before.
const JOURNAL_MARK: [u8; 8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7];
/// Where the number of pages ends in a journal.
const PAGES_END: usize = 20;
/// An existing file, to be used by one thread at a time.
const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);
/// An existing file, to be looked at only. What another program left in its log is read and stays where it is.
const LOOKING: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);
/// How long another writer may hold the file before that is an error: a sender beside the till on a slow card needs
/// most of a second for a sync, and a cashier rather waits than reads that the file is busy.
const PATIENCE: Duration = Duration::from_secs(2);
/// As large as the sectors of disks: a page that is written never touches its neighbours, see DESIGN.md.
const PAGE_BYTES: i64 = 4_096;
/// The log is written back to the file when it has so many pages: 4 MB.
const CHECKPOINT_PAGES: i64 = 1_024;
/// To this size the log shrinks again after something large, such as a new catalog.
const LONGEST_LOG_BYTES: i64 = 16 * 1_024 * 1_024;
/// Statements kept ready; a sale uses about thirty.
const STATEMENTS: usize = 128;

/// What is called with every finished statement and how long it took.
pub(crate) type AfterStatement = fn(&str, Duration);

/// The connection, and the lock that keeps every other till off the file for as long as it lives.
#[derive(Debug)]
pub(crate) struct Database {
    connection: Connection,
    path: PathBuf,
    /// None where the file is only read.
    lock: Option<Arc<File>>,
    /// What further connections call, too.
    after_statement: Option<AfterStatement>,
}

impl Database {
    /// Makes a new file and fills it. It is made under another name first, so that a file that stands at `path` is a
    /// whole till, whenever the power fails. `after_statement` is called as by [`Self::trace`].
    pub(crate) fn create(
        path: &Path,
        after_statement: Option<AfterStatement>,
        fill: impl FnOnce(&Connection) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let path = lock::resolve(path)?;
        let lock = lock::lock(&path)?;
        if path.exists() {
            if began_with_nothing(&path) {
                roll_back(&path)?;
            }
            refuse_used(&path)?;
        }
        making::make(&path, after_statement, fill)?;
        // Whoever hears that it failed tries again, and finds nothing in the way.
        let connection = begin(&path, after_statement).inspect_err(|_| making::remove(&path))?;
        Ok(Self { connection, path, lock: Some(Arc::new(lock)), after_statement })
    }

    /// Opens a file after making sure that it is a till's, whole, and not newer than this program. One in which making a
    /// till was cut short is as good as none.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        Self::open_whole(path).map_err(none_if_unused).map_err(|error| writing::refused(path, error))
    }

    fn open_whole(path: &Path) -> Result<Self, Error> {
        let Self { connection, path, lock, after_statement } = Self::look_at(path)?;
        drop(connection);
        let mut connection =
            Connection::open_with_flags(&path, FLAGS).map_err(|cause| unreachable_file(&path, cause))?;
        prepare(&connection)?;
        refuse_damaged(&connection)?;
        migrate::to_newest(&mut connection)?;
        if migrate::is_unfinished(&connection)? {
            return Err(OpenError::NotATill { path }.into());
        }
        Ok(Self { connection, path, lock, after_statement })
    }

    /// Opens a file of this product, whole or not, to read it. Nothing in it or in its log can be changed; what a power
    /// cut left half written beside a journal is rolled back first.
    pub(crate) fn look_at(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Err(OpenError::Missing { path: path.to_owned() }.into());
        }
        let path = lock::resolve(path)?;
        let lock = lock::lock(&path)?;
        lock::refuse_second_name(&path)?;
        roll_back(&path)?;
        let connection = look(&path)?;
        Ok(Self { connection, path, lock: Some(Arc::new(lock)), after_statement: None })
    }

    /// Opens a file of this version to read one moment of it, while another program may work with it: without the
    /// lock, and without any way to change it. One in which making a till was cut short is as good as none.
    pub(crate) fn beside(path: &Path) -> Result<Self, Error> {
        Self::whole_beside(path).map_err(none_if_unused)
    }

    fn whole_beside(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Err(OpenError::Missing { path: path.to_owned() }.into());
        }
        let path = lock::resolve(path)?;
        let connection = look(&path)?;
        let found = migrate::version(&connection)?;
        if found == 0 {
            return Err(OpenError::NotATill { path }.into());
        }
        connection.execute_batch("BEGIN")?;
        if migrate::is_unfinished(&connection)? {
            return Err(OpenError::NotATill { path }.into());
        }
        if found < migrate::NEWEST {
            return Err(OpenError::Older { found, known: migrate::NEWEST }.into());
        }
        Ok(Self { connection, path, lock: None, after_statement: None })
    }

    /// Keeps every till off a file that is there or will be, for as long as the answer lives.
    pub(crate) fn keep_off(path: &Path) -> Result<(PathBuf, File), OpenError> {
        let path = lock::resolve(path)?;
        let lock = lock::lock(&path)?;
        Ok((path, lock))
    }

    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) const fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A further connection to the same file, and a share of the lock on it.
    pub(crate) fn further(&self) -> Result<(Connection, Arc<File>), Error> {
        let lock = self.lock.as_ref().ok_or(Error::Locked)?;
        let mut connection = Connection::open_with_flags(&self.path, FLAGS)?;
        prepare(&connection)?;
        trace(&mut connection, self.after_statement);
        Ok((connection, Arc::clone(lock)))
    }

    /// Leaves nothing of what was changed or deleted: the file is written anew without its free space, and the log
    /// emptied.
    ///
    /// # Errors
    /// [`Error::Locked`] while another connection reads; then asking again does it.
    pub(crate) fn scrub(&self) -> Result<(), Error> {
        self.connection.execute_batch("VACUUM")?;
        let is_busy: bool =
            self.connection.query_row("PRAGMA wal_checkpoint (TRUNCATE)", [], |row| row.get(0))?;
        if is_busy { Err(Error::Locked) } else { Ok(()) }
    }

    /// Calls a function with every finished statement and how long it took, of this connection and of further ones that are
    /// asked for later.
    pub(crate) fn trace(&mut self, after_statement: Option<AfterStatement>) {
        self.after_statement = after_statement;
        trace(&mut self.connection, after_statement);
    }
}

#[expect(deprecated, reason = "its successor wraps the same plain function into a type of the binding")]
fn trace(connection: &mut Connection, after_statement: Option<AfterStatement>) {
    connection.profile(after_statement);
}

/// The first connection to a file that was just made.
fn begin(path: &Path, after_statement: Option<AfterStatement>) -> Result<Connection, Error> {
    let mut connection = Connection::open_with_flags(path, FLAGS)?;
    trace(&mut connection, after_statement);
    prepare(&connection)?;
    Ok(connection)
}

/// A connection that only reads, to a file of this product that is not newer than the program.
fn look(path: &Path) -> Result<Connection, Error> {
    lock::refuse_second_name(path)?;
    let connection =
        Connection::open_with_flags(path, LOOKING).map_err(|cause| unreachable_file(path, cause))?;
    connection.busy_timeout(PATIENCE)?;
    refuse_foreign(&connection, path)?;
    migrate::refuse_newer(&connection)?;
    Ok(connection)
}

/// Rolls back what was being written when the power failed, where a journal tells how it was: a backup that became a till
/// has one until its log is there, and who only looks cannot roll it back. A file of another program is left alone, and so
/// is one of a newer version; one that had nothing in it before belongs to nobody, and has nothing again.
fn roll_back(path: &Path) -> Result<(), Error> {
    let version = if journal_of(path).exists() { version_in_header(path) } else { None };
    match version {
        Some(found) if found > migrate::NEWEST => {
            return Err(OpenError::Newer { found, known: migrate::NEWEST }.into());
        }
        None if !began_with_nothing(path) => return Ok(()),
        Some(_) | None => {}
    }
    let connection = Connection::open_with_flags(path, FLAGS)?;
    // What lies in a log stays there: the journal beside it may be no more than rubbish.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.busy_timeout(PATIENCE)?;
    migrate::version(&connection)?;
    Ok(())
}

/// The journal of a file, by which SQLite undoes what was not finished.
fn journal_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-journal");
    name.into()
}

/// Whether a journal lies beside a file and says that there was nothing in it before: earlier versions made a till under
/// its own name, and the power could fail while they wrote its first page.
fn began_with_nothing(path: &Path) -> bool {
    let mut header = [0_u8; PAGES_END];
    let is_read = File::open(journal_of(path)).and_then(|mut file| file.read_exact(&mut header)).is_ok();
    is_read && header.starts_with(&JOURNAL_MARK) && header.ends_with(&[0; 4]) && may_be_database(path)
}

/// Whether a file begins as a database does whose first page is there, or is not yet.
fn may_be_database(path: &Path) -> bool {
    let mut begins = [0_u8; 16];
    let is_read = File::open(path).and_then(|mut file| file.read_exact(&mut begins)).is_ok();
    !is_read || begins == [0; 16] || begins == *b"SQLite format 3\0"
}

/// The version of a file that bears the mark of this product, read without SQLite, which would want the journal rolled
/// back first.
fn version_in_header(path: &Path) -> Option<i64> {
    let mut header = [0_u8; MARK_ENDS];
    File::open(path).and_then(|mut file| file.read_exact(&mut header)).ok()?;
    let [.., a, b, c, d, _, _, _, _, b'S', b'F', b'T', b'L'] = header else { return None };
    Some(i32::from_be_bytes([a, b, c, d]).into())
}

fn unreachable_file(path: &Path, cause: rusqlite::Error) -> Error {
    match fs::metadata(path).map(|_| ()).err() {
        Some(cause) => OpenError::Io { path: path.to_owned(), cause }.into(),
        None => cause.into(),
    }
}

/// One that is no till's because making it was cut short is as good as none.
fn none_if_unused(error: Error) -> Error {
    if let Error::Open(OpenError::NotATill { path }) = &error
        && (began_with_nothing(path) || refuse_used(path).is_ok())
    {
        return OpenError::Missing { path: path.clone() }.into();
    }
    error
}

/// A file in which making a till was cut short may be taken over; any other is left alone, also one that has a journal and
/// lost what says whose it is.
fn refuse_used(path: &Path) -> Result<(), Error> {
    let exists = || Error::from(OpenError::Exists { path: path.to_owned() });
    let connection = Connection::open_with_flags(path, LOOKING).map_err(|_| exists())?;
    let is_ours = refuse_foreign(&connection, path).is_ok() && migrate::refuse_newer(&connection).is_ok();
    let tables = "SELECT count(*) FROM sqlite_schema";
    let is_blank = connection.query_row(tables, [], |row| row.get(0)).is_ok_and(|tables: i64| tables == 0);
    let has_events = "SELECT EXISTS (SELECT * FROM event)";
    let has_journal = || connection.query_row(has_events, [], |row| row.get::<_, bool>(0));
    let is_unused = is_blank || (is_ours && migrate::is_unfinished(&connection)? && !has_journal()?);
    if is_unused { Ok(()) } else { Err(exists()) }
}

fn refuse_foreign(connection: &Connection, path: &Path) -> Result<(), Error> {
    let found = connection.query_row("PRAGMA application_id", [], |row| row.get::<_, i64>(0));
    let is_no_database =
        |cause: &rusqlite::Error| cause.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase);
    // Who only looks cannot roll back what a journal beside it tells of.
    let is_cut_short = |cause: &rusqlite::Error| {
        cause.sqlite_error().is_some_and(|failed| failed.extended_code == ffi::SQLITE_READONLY_ROLLBACK)
    };
    match found {
        Ok(APPLICATION_ID) => Ok(()),
        Ok(_) => Err(OpenError::NotATill { path: path.to_owned() }.into()),
        Err(cause) if is_cut_short(&cause) && version_in_header(path).is_some() => {
            Err(OpenError::CutShort { path: path.to_owned() }.into())
        }
        Err(cause) if is_no_database(&cause) || is_cut_short(&cause) => {
            Err(OpenError::NotATill { path: path.to_owned() }.into())
        }
        Err(cause) => Err(cause.into()),
    }
}

/// Write-ahead log, synced at every commit: what was answered stays.
fn prepare(connection: &Connection) -> Result<(), Error> {
    connection.busy_timeout(PATIENCE)?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Where a plain sync does not reach the platter; elsewhere this changes nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LONGEST_LOG_BYTES)?;
    guard(connection)
}

/// What holds for every connection that writes, whatever its log.
fn guard(connection: &Connection) -> Result<(), Error> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

/// Tables that grow with every sale: checking them whole at each start would take longer the more was sold. Their
/// content is under the hash chain, see [`crate::Till::verify`].
const HISTORY: [&str; 6] = ["event", "document", "number", "stock_movement", "delivery", "points_entry"];
/// Tables as large as the catalog that follow from those: [`crate::Till::verify`] compares them.
const DERIVED: [&str; 1] = ["stock_level"];
/// Tables that are read from end to end at every start, so that damage shows anyway.
const READ_WHOLE: [&str; 2] = ["product", "barcode"];
/// Up to this size everything is checked at start; that takes a few hundredths of a second.
const SMALL_FILE_BYTES: i64 = 8 * 1_024 * 1_024;

fn refuse_damaged(connection: &Connection) -> Result<(), Error> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let bytes = number("PRAGMA page_count")? * number("PRAGMA page_size")?;
    let check = |sql: &str| -> Result<(), Error> {
        let finding: String = connection.query_row(sql, [], |row| row.get(0))?;
        if finding == "ok" { Ok(()) } else { Err(OpenError::Damaged { finding }.into()) }
    };
    if bytes <= SMALL_FILE_BYTES {
        return check("PRAGMA quick_check(1)");
    }
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let names = tables.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let left_out = [&HISTORY[..], &DERIVED, &READ_WHOLE].concat();
    for name in names.iter().filter(|name| !left_out.contains(&name.as_str())) {
        check(&format!("PRAGMA quick_check('{name}')"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    thread_local! {
        /// A file that is spoilt once all of it is written.
        static SPOILT: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
    }

    fn spoil(statement: &str, _: Duration) {
        if statement == "PRAGMA journal_mode = WAL"
            && let Some(path) = SPOILT.take()
        {
            fs::write(path, "no database ".repeat(1_000)).unwrap();
        }
    }

    #[test]
    fn a_till_that_does_not_open_once_it_is_made_is_not_there_and_can_be_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("till.saleflex");
        SPOILT.set(Some(folder.path().join("till.saleflex.unfinished")));
        assert!(Database::create(&path, Some(spoil), |_| Ok(())).is_err());
        assert!(SPOILT.take().is_none());
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left, ["till.saleflex.lock"]);
        Database::create(&path, None, |_| Ok(())).unwrap();
    }

    /// What a power cut left of a till while it was made under its own name.
    #[test]
    fn a_file_in_which_making_a_till_was_cut_short_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let named = |name: &str| folder.path().join(name);
        fs::write(named("empty"), "").unwrap();
        let marked = Connection::open(named("marked")).unwrap();
        marked.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
        marked.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        drop(marked);
        drop(Database::create(&named("schema"), None, |_| Ok(())).unwrap());
        for name in ["empty", "marked", "schema"] {
            let path = named(name);
            assert!(matches!(Database::open(&path), Err(Error::Open(OpenError::Missing { .. }))), "{name}");
            let beside = Database::beside(&path);
            assert!(matches!(beside, Err(Error::Open(OpenError::Missing { .. }))), "{name}: {beside:?}");
            drop(Database::create(&path, None, |_| Ok(())).unwrap());
        }
    }

    /// An earlier version made a till under its own name, and the power failed while it wrote the first page.
    #[test]
    fn a_file_whose_journal_says_that_nothing_was_in_it_is_as_good_as_none_for_everybody() {
        let folder = tempfile::tempdir().unwrap();
        let cut = Connection::open(folder.path().join("cut")).unwrap();
        cut.pragma_update(None, "cache_size", 1).unwrap();
        let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) \
                    INSERT INTO half SELECT randomblob(3000) FROM n";
        cut.execute_batch(&format!("BEGIN IMMEDIATE; CREATE TABLE half (a); {many}")).unwrap();
        let left = |name: &str| {
            let path = folder.path().join(name);
            fs::copy(folder.path().join("cut"), &path).unwrap();
            fs::copy(folder.path().join("cut-journal"), journal_of(&path)).unwrap();
            path
        };
        let is_none = |opened: Result<Database, Error>| {
            assert!(matches!(opened, Err(Error::Open(OpenError::Missing { .. }))), "{opened:?}");
        };
        let looked_at = left("looked at");
        assert!(fs::metadata(&looked_at).unwrap().len() > 100_000, "some of it is on the disk");
        is_none(Database::beside(&looked_at));
        assert!(journal_of(&looked_at).exists(), "who only looks leaves it there");
        is_none(Database::open(&looked_at));
        let letter = left("letter");
        fs::write(&letter, "Dear customer, ".repeat(9)).unwrap();
        assert!(Database::create(&letter, None, |_| Ok(())).is_err());
        assert_eq!(
            fs::metadata(&letter).unwrap().len(),
            135,
            "a journal that strayed beside it is not its own"
        );
        for path in [looked_at, left("made")] {
            drop(Database::create(&path, None, |_| Ok(())).unwrap());
            assert!(!journal_of(&path).exists());
            assert_eq!(version_in_header(&path), Some(migrate::NEWEST));
        }
    }

    /// No test can pull a plug: what SQLite promises for one rests on these.
    #[test]
    fn every_transaction_is_on_the_disk_before_it_is_said_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("till.saleflex");
        let asked = |database: &Database, pragma: &str| -> String {
            let sql = format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}");
            database.connection().query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        let database = Database::create(&path, None, |_| Ok(())).unwrap();
        let answers = ["journal_mode", "synchronous", "fullfsync", "checkpoint_fullfsync"];
        assert_eq!(answers.map(|pragma| asked(&database, pragma)), ["wal", "2", "1", "1"]);
    }
}
