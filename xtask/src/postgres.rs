//! A PostgreSQL server that lives as long as the tests or benchmarks that use it.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, ensure};

/// Where Debian keeps the programs of each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// A running server in a folder of its own; it ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    programs: PathBuf,
    folder: tempfile::TempDir,
    options: String,
    /// The URL of its first database, for a role that may do everything.
    pub url: String,
}

/// Starts a server for tests on a free port of this machine; none where PostgreSQL is not installed. What it holds is
/// worth nothing, so it does not wait for the disk.
///
/// # Errors
/// When it is installed and cannot be started.
pub fn start() -> anyhow::Result<Option<Server>> {
    start_with("-c fsync=off -c full_page_writes=off")
}

/// Starts a server that keeps what it answered through a power cut, as one that is installed does: for measuring.
///
/// # Errors
/// As [`start`].
pub fn start_durable() -> anyhow::Result<Option<Server>> {
    start_with("-c fsync=on -c full_page_writes=on -c synchronous_commit=on")
}

fn start_with(durability: &str) -> anyhow::Result<Option<Server>> {
    let Some(programs) = programs() else { return Ok(None) };
    let folder = tempfile::tempdir().context("no folder for PostgreSQL")?;
    if is_root() {
        run(Command::new("chown").arg("postgres:").arg(folder.path()))?;
    }
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let cluster = folder.path().join("cluster");
    let init = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"];
    run(program(&programs, folder.path(), "initdb").args(init).arg(&cluster))?;
    let socket = folder.path().display();
    let options =
        format!("-p {port} -k {socket} -c listen_addresses=127.0.0.1 -c autovacuum=off {durability}");
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    let server = Server { programs, folder, options, url };
    server.control(&["-w", "-t", "30", "start"])?;
    Ok(Some(server))
}

impl Server {
    /// Ends it without a word to anybody, as a crash does, and starts it again on the same port.
    ///
    /// # Errors
    /// When it cannot be started again.
    pub fn crash_and_restart(&self) -> anyhow::Result<()> {
        self.control(&["-w", "-t", "30", "-m", "immediate", "restart"])
    }

    fn control(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let folder = self.folder.path();
        let mut command = program(&self.programs, folder, "pg_ctl");
        command.arg("-l").arg(folder.join("log")).arg("-D").arg(folder.join("cluster"));
        run(command.args(["-o", &self.options]).args(arguments))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.control(&["-w", "-m", "immediate", "stop"]) {
            eprintln!("PostgreSQL was not stopped: {error:#}");
        }
    }
}

/// The newest version's programs.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).ok()?.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    versions.filter(|programs| programs.join("initdb").is_file()).max()
}

/// A program of the server; PostgreSQL refuses to run as root, so root runs it as the user of its package.
fn program(programs: &Path, folder: &Path, name: &str) -> Command {
    let path = programs.join(name);
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(path);
        command
    } else {
        Command::new(path)
    };
    command.current_dir(folder);
    command
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status =
        command.stdout(Stdio::null()).status().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(status.success(), "{command:?} failed ({status})");
    Ok(())
}
