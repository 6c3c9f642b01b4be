//! A printer that the spooler of the operating system owns: what is to be printed is handed over as it is, by the programs
//! that come with it.

use std::{
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Knows whether there is a queue of a name.
const ASKS: &str = "lpstat";
/// Takes a job from its input.
const TAKES: &str = "lp";

/// A job for a queue of the spooler. It is handed over when it is flushed; nothing ever comes back.
#[derive(Debug)]
pub(super) struct SpooledJob {
    takes: PathBuf,
    queue: String,
    bytes: Vec<u8>,
}

/// Begins a job for a queue, where there is one.
///
/// # Errors
/// [`NotFound`](io::ErrorKind::NotFound) where there is no such queue, or no spooler.
pub(super) fn open(queue: &str) -> io::Result<SpooledJob> {
    open_by(Path::new(ASKS), Path::new(TAKES), queue)
}

fn open_by(asks: &Path, takes: &Path, queue: &str) -> io::Result<SpooledJob> {
    let asked = quiet(Command::new(asks).args(["-p", queue]).stdin(Stdio::null())).status()?;
    if !asked.success() {
        return Err(io::ErrorKind::NotFound.into());
    }
    Ok(SpooledJob { takes: takes.to_owned(), queue: queue.to_owned(), bytes: Vec::new() })
}

/// Without a word on the screen of the till.
fn quiet(command: &mut Command) -> &mut Command {
    command.stdout(Stdio::null()).stderr(Stdio::null())
}

impl Read for SpooledJob {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

impl Write for SpooledJob {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let mut command = Command::new(&self.takes);
        command.args(["-s", "-o", "raw", "-d", &self.queue]).stdin(Stdio::piped());
        let mut taking = quiet(&mut command).spawn()?;
        // Its input ends where it goes out of scope here.
        let sent = taking.stdin.take().map_or(Ok(()), |mut input| input.write_all(&self.bytes));
        let ended = taking.wait()?;
        sent?;
        if !ended.success() {
            return Err(io::Error::other("the spooler does not take the job"));
        }
        self.bytes.clear();
        Ok(())
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn a_job_is_handed_to_the_spooler_as_it_is_and_only_where_there_is_its_queue() {
        let folder = tempfile::tempdir().unwrap();
        let program = |name: &str, does: &str| {
            let path = folder.path().join(name);
            fs::write(&path, format!("#!/bin/sh\ncd '{}'\n{does}\n", folder.path().display())).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            path
        };
        let asks = program("asks", "test \"$1 $2\" = '-p receipts'");
        let takes = program("takes", "echo \"$@\" > how; cat > job");
        let none = open_by(&asks, &takes, "labels").map(|_| ()).map_err(|error| error.kind());
        assert_eq!(none, Err(io::ErrorKind::NotFound));
        let absent = folder.path().join("absent");
        assert!(open_by(&absent, &takes, "receipts").is_err(), "no spooler");
        let mut job = open_by(&asks, &takes, "receipts").unwrap();
        job.flush().unwrap();
        assert!(!folder.path().join("job").exists(), "nothing to print is no job");
        job.write_all(b"\x1b@\xff").unwrap();
        job.write_all(b"paper").unwrap();
        job.flush().unwrap();
        assert_eq!(fs::read(folder.path().join("job")).unwrap(), b"\x1b@\xffpaper");
        assert_eq!(fs::read_to_string(folder.path().join("how")).unwrap(), "-s -o raw -d receipts\n");
        let refuses = program("refuses", "cat > /dev/null; exit 1");
        let mut job = open_by(&asks, &refuses, "receipts").unwrap();
        job.write_all(b"paper").unwrap();
        assert!(job.flush().is_err());
    }
}
