//! The till's secret at its hub. It lies beside the till and not in it, so that no backup carries it to another computer;
//! below it stands since when the till has it, so that a copy of the file says so too.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::UNIX_EPOCH,
};

use chrono::{DateTime, SecondsFormat, Utc};
use saleflex_sync::{wire::Secret, worker::secret::Keeper};

use super::SyncError;

/// Of two that write the file one waits: a connection that ends may still be replacing what enrolment gives.
static WRITING: Mutex<()> = Mutex::new(());

/// A secret, and since when the till has it.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) secret: Secret,
    /// None where neither the file nor its folder says it.
    pub(super) since: Option<DateTime<Utc>>,
}

fn token_path(till: &Path) -> PathBuf {
    till.with_extension("token")
}

/// What lies beside a till; nothing before it is enrolled.
pub(super) fn read_token(till: &Path) -> Result<Option<Token>, SyncError> {
    let path = token_path(till);
    read(&path).map_err(|cause| SyncError::Token { path, cause })
}

/// Since when the till has its secret at the hub, where it has one and that is known.
///
/// # Errors
/// [`SyncError::Token`].
pub fn secret_since(till: &Path) -> Result<Option<DateTime<Utc>>, SyncError> {
    Ok(read_token(till)?.and_then(|token| token.since))
}

/// Writes the secret beside a till, for its owner alone.
///
/// # Errors
/// [`SyncError::Token`].
pub fn write_token(till: &Path, secret: &Secret, now: DateTime<Utc>) -> Result<(), SyncError> {
    let _alone = lock(&WRITING);
    let path = token_path(till);
    write(&path, secret, now).map_err(|cause| SyncError::Token { path, cause })
}

fn read(path: &Path) -> io::Result<Option<Token>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(cause),
    };
    let mut lines = text.trim().lines();
    let secret = Secret::new(lines.next().unwrap_or_default().trim());
    let said = lines.next().and_then(|line| DateTime::parse_from_rfc3339(line.trim()).ok());
    // A file of an older version says the secret alone.
    let since = said.map(|since| since.to_utc()).or_else(|| written_at(path));
    Ok(Some(Token { secret, since }))
}

fn written_at(path: &Path) -> Option<DateTime<Utc>> {
    let since_epoch = fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    DateTime::from_timestamp(i64::try_from(since_epoch.as_secs()).ok()?, 0)
}

/// Whatever becomes of the computer, there is the one before or this one, whole.
fn write(path: &Path, secret: &Secret, since: DateTime<Utc>) -> io::Result<()> {
    let beside = path.with_extension("token.new");
    let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
    write_private(&beside, &format!("{}\n{since}\n", secret.reveal()))?;
    fs::rename(&beside, path)?;
    if cfg!(unix) {
        // A new name is on the disk only when its folder is.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.sync_all()
}

/// What a connection shows, for all of its threads.
pub(super) type Shown = Arc<Mutex<Option<Secret>>>;

/// Keeps the secret of a connection at work beside its till.
#[derive(Debug)]
pub(super) struct Beside {
    path: PathBuf,
    since: Option<DateTime<Utc>>,
    shown: Shown,
}

impl Beside {
    /// Keeps what lies beside a till.
    pub(super) fn new(till: &Path, token: Option<&Token>) -> Self {
        let shown = Arc::new(Mutex::new(token.map(|token| token.secret.clone())));
        Self { path: token_path(till), since: token.and_then(|token| token.since), shown }
    }

    /// What the connection shows, now and whenever that changes.
    pub(super) fn shown(&self) -> Shown {
        Arc::clone(&self.shown)
    }
}

impl Keeper for Beside {
    fn since(&self) -> Option<DateTime<Utc>> {
        self.since
    }

    fn keep(&mut self, shown: &Secret, next: &Secret, now: DateTime<Utc>) -> io::Result<()> {
        let _alone = lock(&WRITING);
        if read(&self.path)?.is_none_or(|kept| kept.secret != *shown) {
            return Err(io::Error::other("another secret lies there now"));
        }
        write(&self.path, next, now)?;
        self.since = Some(now);
        *lock(&self.shown) = Some(next.clone());
        Ok(())
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[cfg(unix)]
    #[test]
    fn the_token_is_readable_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let till = folder.path().join("till.saleflex");
        assert!(read_token(&till).unwrap().is_none());
        write_token(&till, &Secret::new("opensesame"), at("2026-03-01T09:00:00Z")).unwrap();
        let mode = fs::metadata(token_path(&till)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(read_token(&till).unwrap().unwrap().secret, Secret::new("opensesame"));
    }

    #[test]
    fn a_secret_says_since_when_it_is_also_in_a_copy_and_one_of_an_older_version_by_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let [till, copy] = ["till.saleflex", "copy.saleflex"].map(|name| folder.path().join(name));
        let since = at("2026-03-01T09:00:00Z");
        write_token(&till, &Secret::new("opensesame"), since).unwrap();
        fs::copy(token_path(&till), token_path(&copy)).unwrap();
        assert_eq!(secret_since(&copy).unwrap(), Some(since));
        fs::write(token_path(&till), "opensesame\n").unwrap();
        let older = read_token(&till).unwrap().unwrap();
        assert_eq!((older.secret, older.since), (Secret::new("opensesame"), written_at(&token_path(&till))));
        assert!(older.since.is_some());
    }

    #[test]
    fn a_new_secret_is_kept_for_all_who_show_it_and_never_over_one_that_enrolment_gave_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let till = folder.path().join("till.saleflex");
        let (first, now) = (Secret::new("first"), at("2026-06-01T09:00:00Z"));
        write_token(&till, &first, at("2026-03-01T09:00:00Z")).unwrap();
        let mut keeper = Beside::new(&till, read_token(&till).unwrap().as_ref());
        let shown = keeper.shown();
        let second = Secret::new("second");
        keeper.keep(&first, &second, now).unwrap();
        assert_eq!((keeper.since(), secret_since(&till).unwrap()), (Some(now), Some(now)));
        assert_eq!(*lock(&shown), Some(second.clone()));
        let enrolled = Secret::new("another hub's");
        write_token(&till, &enrolled, now).unwrap();
        keeper.keep(&second, &Secret::new("third"), now).unwrap_err();
        assert_eq!(read_token(&till).unwrap().unwrap().secret, enrolled);
        assert_eq!(*lock(&shown), Some(second));
    }
}
