//! The real program in a terminal of its own.

use std::{
    io::{Read, Write},
    num::NonZero,
    path::Path,
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;

/// Longest wait for a text to appear: only a test that fails waits so long, and a busy machine is slow.
const PATIENCE: Duration = Duration::from_secs(60);

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

/// What every till here is started with; its file follows.
const OPTIONS: [&str; 4] = ["--demo", "--time-zone", "UTC", "--data"];

/// A command that draws in colours, whatever terminal the tests run in.
fn named(program: &str) -> CommandBuilder {
    let mut command = CommandBuilder::new(program);
    command.env("TERM", "xterm-256color");
    command.env_remove("NO_COLOR");
    command
}

/// A program in a terminal of its own.
pub(crate) struct Terminal {
    pub(crate) child: Box<dyn Child + Send + Sync>,
    /// None once it is closed.
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    pub(crate) bytes: Vec<u8>,
}

impl Terminal {
    pub(crate) fn start(data: &Path, size: (u16, u16), environment: &[(&str, &str)]) -> Self {
        let mut command = named(env!("CARGO_BIN_EXE_saleflex"));
        command.args(OPTIONS);
        command.arg(data);
        for (name, value) in environment {
            command.env(name, value);
        }
        Self::run(command, size)
    }

    /// The program as a line of a shell starts it, which has its command as `"$@"`.
    #[cfg(unix)]
    pub(crate) fn through(line: &str, data: &Path) -> Self {
        let mut command = named("sh");
        command.args(["-c", line, "sh", env!("CARGO_BIN_EXE_saleflex")]);
        command.args(OPTIONS);
        command.arg(data);
        Self::run(command, (80, 24))
    }

    fn run(command: CommandBuilder, (columns, rows): (u16, u16)) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let (send, output) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || send.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let parser = vt100::Parser::new(cells(rows), cells(columns), 0);
        Self { child, master: Some(pair.master), keys, output, parser, bytes: Vec::new() }
    }

    pub(crate) fn screen(&self) -> String {
        self.parser.screen().contents()
    }

    /// Waits until the screen is as wanted.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, is_there: impl Fn(&str) -> bool) {
        let deadline = clock() + PATIENCE;
        while !is_there(&self.screen()) {
            let left = deadline.saturating_duration_since(clock());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.parser.process(&bytes);
                    self.bytes.extend(bytes);
                }
                Err(error) => panic!("{what} did not come ({error}):\n{}", self.screen()),
            }
        }
    }

    #[track_caller]
    pub(crate) fn see(&mut self, text: &str) {
        self.until(text, |screen| screen.contains(text));
    }

    pub(crate) fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().unwrap().resize(size).unwrap();
        self.parser.screen_mut().set_size(cells(rows), cells(columns));
    }

    /// What the terminal said after the program ended, and its exit code.
    pub(crate) fn end(mut self) -> (String, u32) {
        let code = self.ended();
        (self.screen(), code)
    }

    /// Takes what the terminal says until the program has ended, and answers its exit code.
    pub(crate) fn ended(&mut self) -> u32 {
        let deadline = clock() + PATIENCE;
        while let Ok(bytes) = self.output.recv_timeout(deadline.saturating_duration_since(clock())) {
            self.parser.process(&bytes);
            self.bytes.extend(bytes);
        }
        self.child.wait().unwrap().exit_code()
    }

    /// Closes the terminal, as closing its window does, waits until the program has ended, and answers its exit code.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn close(&mut self) -> u32 {
        // Whoever reads along stops at the next frame, for which a key asks, and lets go of the terminal as well.
        self.output = channel().1;
        self.send(DOWN);
        self.master = None;
        self.keys = Box::new(std::io::sink());
        let deadline = clock() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(clock() < deadline, "the program goes on without its terminal");
            thread::park_timeout(Duration::from_millis(5));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[expect(clippy::disallowed_methods, reason = "a test of a real program waits for real time")]
fn clock() -> Instant {
    Instant::now()
}

pub(crate) const DOWN: &str = "\x1b[B";
pub(crate) const ENTER: &str = "\r";
pub(crate) const ESCAPE: &str = "\x1b";

pub(crate) fn shop() -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("till.saleflex");
    (folder, data)
}
