//! From arguments to a till: opens the file, or says plainly why it cannot be opened.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use chrono_tz::Tz;
use saleflex_store::{
    Error, Till,
    error::OpenError,
    shell::{SystemShell, UnknownTimeZone},
};

use crate::{
    config::{self, TillOptions},
    effect::{Desk, Effect, FirstStart, Reply},
    message,
    text::{Key, Text},
};

/// Why the program cannot begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The time zone does not exist.
    #[error(transparent)]
    TimeZone(#[from] UnknownTimeZone),
    /// The till's file cannot be opened or made.
    #[error("{words}")]
    File {
        /// Why, and what to do about it.
        words: String,
    },
    /// There is no till, and nobody to ask whether to make one.
    #[error("there is no till in {}: start `saleflex` once, or add --demo", path.display())]
    NoTill {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The folder of the file that was named does not exist.
    #[error("there is no folder {}: make it, or name another file", folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
}

/// The till of the options; without a till where its file does not exist yet.
///
/// # Errors
/// [`StartError`].
pub fn open(options: &TillOptions, text: &'static Text) -> Result<Desk<SystemShell>, StartError> {
    let (path, shell) = place(options)?;
    let till = match Till::open(&path, shell.clone()) {
        Ok(till) => Some(till),
        Err(Error::Open(OpenError::Missing { .. })) => {
            need_folder(options)?;
            None
        }
        Err(error) => return Err(StartError::File { words: words(text, &path, &error) }),
    };
    Ok(Desk::new(till, path, shell, text))
}

/// Where the till's file is by the options, and the store's clock.
///
/// # Errors
/// [`StartError::TimeZone`].
pub fn place(options: &TillOptions) -> Result<(PathBuf, SystemShell), StartError> {
    let variable = |name: &str| std::env::var(name).ok();
    let path = options.data.clone().unwrap_or_else(|| config::default_file(variable));
    let zone = zone(options).unwrap_or_else(|| "UTC".to_owned());
    Ok((path, SystemShell::try_new(&zone, options.day_starts_at)?))
}

/// Whether nobody said in which time zone the till is and the computer cannot tell: it goes by UTC then, and says so.
pub fn lacks_zone(options: &TillOptions) -> bool {
    zone(options).is_none()
}

/// The time zone of the options, else that of this computer.
fn zone(options: &TillOptions) -> Option<String> {
    options.time_zone.clone().or_else(|| {
        let link = std::fs::read_link("/etc/localtime").ok();
        let name = std::fs::read_to_string("/etc/timezone").ok();
        let is_zone = |zone: &str| zone.parse::<Tz>().is_ok();
        config::default_zone(|name| std::env::var(name).ok(), link, name, is_zone)
    })
}

/// Makes sure that a program which cannot ask has a till or may make one, before anything is written beside it.
///
/// # Errors
/// [`StartError::NoTill`], [`StartError::TimeZone`].
pub fn need_till(options: &TillOptions) -> Result<(), StartError> {
    let (path, _) = place(options)?;
    if options.demo || path.exists() { Ok(()) } else { Err(StartError::NoTill { path }) }
}

/// Makes sure that the folder of a file that was named is there, before anything is written into it: one that was misspelt
/// is not made. That of the file which the program finds by itself is.
///
/// # Errors
/// [`StartError::NoFolder`].
pub fn need_folder(options: &TillOptions) -> Result<(), StartError> {
    // A name alone lies in the present folder.
    let named =
        options.data.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    match named.filter(|folder| !folder.exists()) {
        Some(folder) => Err(StartError::NoFolder { folder: folder.to_owned() }),
        None => Ok(()),
    }
}

/// The till of the options for a program that cannot ask: with `--demo` the demo store is made.
///
/// # Errors
/// [`StartError`].
pub fn open_or_demo(options: &TillOptions, text: &'static Text) -> Result<Desk<SystemShell>, StartError> {
    let mut desk = open(options, text)?;
    if desk.has_till() {
        return Ok(desk);
    }
    if !options.demo {
        return Err(StartError::NoTill { path: desk.path().to_owned() });
    }
    match desk.run(Effect::SetUp(FirstStart::Demo)) {
        Some(Reply::SetUp(Err(words))) => Err(StartError::File { words }),
        _ => Ok(desk),
    }
}

/// Why the file cannot be opened, and what to do about it.
pub(crate) fn words(text: &Text, path: &Path, error: &Error) -> String {
    let path = path.display().to_string();
    match error {
        Error::Open(OpenError::InUse { .. }) | Error::Locked => text.fill(Key::OpenInUse, &[("path", &path)]),
        Error::Open(OpenError::Newer { found, known }) => {
            let (found, known) = (found.to_string(), known.to_string());
            text.fill(Key::OpenNewer, &[("path", &path), ("found", &found), ("known", &known)])
        }
        Error::Open(OpenError::ReadOnly { .. }) => text.fill(Key::OpenReadOnly, &[("path", &path)]),
        Error::Open(OpenError::Folder { .. }) => text.fill(Key::OpenFolder, &[("path", &path)]),
        Error::Open(OpenError::CutShort { .. }) => text.fill(Key::OpenCutShort, &[("path", &path)]),
        Error::Open(OpenError::NotATill { .. }) => text.fill(Key::OpenNotATill, &[("path", &path)]),
        Error::Open(OpenError::Damaged { finding }) => {
            // SQLite tells of a damaged page over several lines.
            let finding: Vec<&str> = finding.split_whitespace().collect();
            text.fill(Key::OpenDamaged, &[("path", &path), ("finding", &finding.join(" "))])
        }
        Error::Open(OpenError::Missing { .. }) => text.fill(Key::OpenMissing, &[("path", &path)]),
        Error::Open(OpenError::Io { cause, .. }) if cause.kind() == ErrorKind::StorageFull => {
            text.word(Key::DiskFull).to_owned()
        }
        // The path stands before the reason already.
        Error::Open(OpenError::Io { cause, .. }) => {
            text.fill(Key::OpenFailed, &[("path", &path), ("reason", &cause.to_string())])
        }
        Error::DiskFull => text.word(Key::DiskFull).to_owned(),
        other => {
            let reason = message::with_causes(other);
            text.fill(Key::OpenFailed, &[("path", &path), ("reason", &reason)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(data: &Path, demo: bool) -> TillOptions {
        TillOptions {
            data: Some(data.to_owned()),
            demo,
            time_zone: Some("Europe/London".to_owned()),
            day_starts_at: 0,
        }
    }

    fn failure(options: &TillOptions) -> String {
        match open_or_demo(options, Text::english()) {
            Err(error) => error.to_string(),
            Ok(_) => String::new(),
        }
    }

    #[test]
    fn a_file_that_is_in_use_is_no_till_or_is_missing_is_said_plainly() {
        let folder = tempfile::tempdir().unwrap();
        let shop = folder.path().join("shop");
        let data = shop.join("till.saleflex");
        for demo in [false, true] {
            let told = failure(&options(&data, demo));
            assert!(told.starts_with("there is no folder ") && told.contains("shop: make it"), "{told}");
            assert!(!shop.exists(), "one that was misspelt is not made");
        }
        assert!(need_folder(&options(Path::new("till.saleflex"), true)).is_ok());
        std::fs::create_dir(&shop).unwrap();
        assert!(failure(&options(&data, false)).contains("add --demo"));
        let desk = open_or_demo(&options(&data, true), Text::english()).ok();
        assert!(desk.is_some());
        assert!(failure(&options(&data, true)).contains("in use"));
        drop(desk);
        assert_eq!(failure(&options(&data, false)), "");
        let letter = folder.path().join("letter.txt");
        std::fs::write(&letter, "Dear customer").unwrap();
        assert!(failure(&options(&letter, true)).contains("letter.txt"));
        let told = failure(&options(folder.path(), true));
        assert!(told.contains("is a folder") && !told.contains("names"), "{told}");
        let data = shop.join("none.saleflex");
        let missing = Till::read(&data, place(&options(&data, false)).unwrap().1).unwrap_err();
        let told = words(Text::english(), &data, &missing);
        assert!(told.starts_with("there is no till in ") && !told.contains("does not exist"), "{told}");
        let cause = std::io::Error::other("Permission denied");
        let io = Error::Open(OpenError::Io { path: "F".into(), cause });
        let told = words(Text::english(), Path::new("F"), &io);
        assert_eq!(told, "F cannot be opened: Permission denied");
        let locked = words(Text::english(), Path::new("F"), &OpenError::ReadOnly { path: "F".into() }.into());
        assert_eq!(locked, "F is read-only: give this user the right to write it and its folder.");
        let full = OpenError::Io { path: "F".into(), cause: ErrorKind::StorageFull.into() };
        assert!(words(Text::english(), Path::new("F"), &full.into()).starts_with("The disk is full."));
        let zone = TillOptions { time_zone: Some("Atlantis/Capital".to_owned()), ..options(&data, false) };
        assert_eq!(failure(&zone), "there is no time zone Atlantis/Capital");
    }
}
