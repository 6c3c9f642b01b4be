//! Serial lines and device files, with time limits.
//!
//! On Unix the till sets a line's speed and frame itself. Elsewhere a port is set up by who installs the till, and
//! the system's own limits hold.

use std::{fmt, io, path::Path, time::Duration};

/// The speed and frame of a serial line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LineSettings {
    /// Bits a second.
    pub baud: u32,
    /// Seven data bits instead of eight.
    pub has_seven_bits: bool,
    /// How each byte is checked.
    pub parity: Parity,
    /// Two stop bits instead of one.
    pub has_two_stop_bits: bool,
}

/// How each byte on a serial line is checked.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Parity {
    /// Not at all.
    #[default]
    None,
    /// An even number of ones.
    Even,
    /// An odd number of ones.
    Odd,
}

impl Default for LineSettings {
    /// The common one: 9600 bits a second, eight data bits, no parity, one stop bit.
    fn default() -> Self {
        Self { baud: 9600, has_seven_bits: false, parity: Parity::None, has_two_stop_bits: false }
    }
}

impl fmt::Display for LineSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = if self.has_seven_bits { 7 } else { 8 };
        let parity = match self.parity {
            Parity::None => 'n',
            Parity::Even => 'e',
            Parity::Odd => 'o',
        };
        let stop = if self.has_two_stop_bits { 2 } else { 1 };
        write!(f, "{},{bits}{parity}{stop}", self.baud)
    }
}

/// Opens a line or device; with settings, sets the line up.
#[cfg(unix)]
pub(super) fn open(
    path: &Path,
    settings: Option<LineSettings>,
    patience: Duration,
) -> io::Result<unix::Port> {
    unix::Port::open(path, settings, patience)
}

/// Opens a port as it was set up.
#[cfg(not(unix))]
pub(super) fn open(path: &Path, _: Option<LineSettings>, _: Duration) -> io::Result<std::fs::File> {
    std::fs::OpenOptions::new().read(true).write(true).open(path)
}

#[cfg(unix)]
mod unix {
    use std::{
        fs::{File, OpenOptions},
        io::{self, Read, Write},
        os::unix::fs::OpenOptionsExt,
        path::Path,
        time::Duration,
    };

    use rustix::{
        event::{PollFd, PollFlags, Timespec, poll},
        termios::{ControlModes, OptionalActions, tcgetattr, tcsetattr},
    };

    use super::{LineSettings, Parity};

    /// `O_NONBLOCK` and `O_NOCTTY`: opening a line waits for no carrier and makes it no terminal of ours.
    #[cfg(target_os = "linux")]
    const OPEN_FLAGS: i32 = 0o4000 | 0o400;
    #[cfg(not(target_os = "linux"))]
    const OPEN_FLAGS: i32 = 0x0004 | 0x20000;

    /// An open line or device.
    #[derive(Debug)]
    pub(in crate::device) struct Port {
        file: File,
        patience: Timespec,
    }

    impl Port {
        pub(super) fn open(
            path: &Path,
            settings: Option<LineSettings>,
            patience: Duration,
        ) -> io::Result<Self> {
            let file = OpenOptions::new().read(true).write(true).custom_flags(OPEN_FLAGS).open(path)?;
            if let Some(settings) = settings {
                set_up(&file, settings)?;
            }
            let patience =
                Timespec::try_from(patience).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
            Ok(Self { file, patience })
        }

        /// Waits until the device is ready.
        fn wait(&self, what: PollFlags) -> io::Result<()> {
            let mut waited = [PollFd::new(&self.file, what)];
            match poll(&mut waited, Some(&self.patience))? {
                0 => Err(io::ErrorKind::TimedOut.into()),
                _ => Ok(()),
            }
        }
    }

    impl Read for Port {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            self.wait(PollFlags::IN)?;
            self.file.read(bytes)
        }
    }

    impl Write for Port {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.wait(PollFlags::OUT)?;
            self.file.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.file.flush()
        }
    }

    /// Bytes as they are, at the line's speed and frame.
    fn set_up(line: &File, settings: LineSettings) -> io::Result<()> {
        let mut modes = tcgetattr(line)?;
        modes.make_raw();
        modes.set_speed(settings.baud)?;
        modes.control_modes |= ControlModes::CLOCAL | ControlModes::CREAD;
        modes.control_modes -= ControlModes::CSIZE;
        modes.control_modes |= if settings.has_seven_bits { ControlModes::CS7 } else { ControlModes::CS8 };
        modes.control_modes.set(ControlModes::CSTOPB, settings.has_two_stop_bits);
        modes.control_modes.set(ControlModes::PARENB, settings.parity != Parity::None);
        modes.control_modes.set(ControlModes::PARODD, settings.parity == Parity::Odd);
        tcsetattr(line, OptionalActions::Now, &modes)?;
        Ok(())
    }
}
