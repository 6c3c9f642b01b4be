//! What the system says about a process, and what processes that are started say about themselves.

use std::{env, fs, io, path::Path, process::Command};

use anyhow::ensure;

/// The numbers that a program tells of itself which lies beside this one, started with a file.
pub(crate) fn told_by(program: &str, file: &Path) -> anyhow::Result<Vec<u64>> {
    let program = env::current_exe()?.with_file_name(format!("{program}{}", env::consts::EXE_SUFFIX));
    let output = Command::new(program).arg(file).output()?;
    ensure!(output.status.success(), "a start failed: {}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout)?;
    Ok(said.split_whitespace().map(str::parse::<u64>).collect::<Result<_, _>>()?)
}

/// Bytes this process has caused to be written to storage; none where the system does not count them.
pub(crate) fn bytes_written() -> io::Result<Option<u64>> {
    number_in("/proc/self/io", "write_bytes:")
}

/// Memory of this process in bytes: what it holds now, and the most it held.
pub(crate) fn memory() -> io::Result<Option<(u64, u64)>> {
    let kib = |name| number_in("/proc/self/status", name);
    let now_and_most = kib("VmRSS:")?.zip(kib("VmHWM:")?);
    Ok(now_and_most.map(|(now, most)| (now * 1_024, most * 1_024)))
}

/// The number behind a word at the beginning of a line; none where the file does not exist.
fn number_in(path: &str, name: &str) -> io::Result<Option<u64>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let rest = text.lines().find_map(|line| line.strip_prefix(name));
    Ok(rest.and_then(|rest| rest.split_whitespace().next()?.parse().ok()))
}
