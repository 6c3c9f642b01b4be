//! Where a device is, as one line of the settings, and how a connection to it is opened.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use super::{
    Trouble,
    port::{self, LineSettings, Parity},
    system_queue,
};

/// The port of receipt printers on a network.
const PRINTER_PORT: u16 = 9100;

/// Where a device is.
///
/// Written as `tcp:192.168.1.50`, `tcp:printer:9100`, `serial:/dev/ttyUSB0:9600,8n1`, `device:/dev/usb/lp0`,
/// `spooler:receipts`, `file:paper.bin`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Address {
    /// A TCP port.
    Tcp {
        /// The host's name or number.
        host: String,
        /// The port.
        port: u16,
    },
    /// A serial line that the till sets up.
    Serial {
        /// The line.
        path: PathBuf,
        /// Its speed and frame.
        settings: LineSettings,
    },
    /// A device that needs no setting up, or was set up by who installed it.
    Device(PathBuf),
    /// A queue of the operating system's spooler.
    Spooler(String),
    /// A file that grows.
    File(PathBuf),
}

/// Why a line of the settings is no address.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AddressError {
    /// It begins with none of the five words.
    #[error("`{0}` begins with none of tcp:, serial:, device:, spooler:, file:")]
    Kind(String),
    /// Nothing follows the word.
    #[error("the place is missing after `{0}:`")]
    Place(String),
    /// The port is no number up to 65535.
    #[error("`{0}` is no port")]
    Port(String),
    /// The speed or frame of a serial line.
    #[error("`{0}` is no speed and frame such as 9600,8n1")]
    Line(String),
}

/// An open way to a device and back, with time limits.
pub trait Connection: Read + Send + Write {}

impl<T: Read + Send + Write> Connection for T {}

impl Address {
    /// Opens a connection on which neither reading nor writing waits longer than `patience`.
    ///
    /// # Errors
    /// [`Trouble::Unreachable`], [`Trouble::Forbidden`] or [`Trouble::Failed`].
    pub fn open(&self, patience: Duration) -> Result<Box<dyn Connection>, Trouble> {
        self.try_open(patience).map_err(|error| Trouble::opening(&error))
    }

    fn try_open(&self, patience: Duration) -> io::Result<Box<dyn Connection>> {
        Ok(match self {
            Self::Tcp { host, port } => Box::new(connect(host, *port, patience)?),
            Self::Serial { path, settings } => Box::new(port::open(path, Some(*settings), patience)?),
            Self::Device(path) => Box::new(port::open(path, None, patience)?),
            Self::Spooler(queue) => Box::new(system_queue::open(queue)?),
            Self::File(path) => Box::new(Growing(OpenOptions::new().append(true).create(true).open(path)?)),
        })
    }
}

fn connect(host: &str, port: u16, patience: Duration) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, patience) {
            Ok(stream) => {
                stream.set_read_timeout(Some(patience))?;
                stream.set_write_timeout(Some(patience))?;
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// A file that is only written: nothing ever comes back from it.
#[derive(Debug)]
struct Growing(File);

impl Read for Growing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (kind, place) = text.split_once(':').ok_or_else(|| AddressError::Kind(text.to_owned()))?;
        if place.is_empty() {
            return Err(AddressError::Place(kind.to_owned()));
        }
        match kind {
            "tcp" => {
                let (host, port) = match place.rsplit_once(':') {
                    Some((host, port)) => {
                        (host, port.parse().map_err(|_| AddressError::Port(port.to_owned()))?)
                    }
                    None => (place, PRINTER_PORT),
                };
                Ok(Self::Tcp { host: host.to_owned(), port })
            }
            "serial" => {
                let (path, settings) = match place.rsplit_once(':') {
                    Some((path, settings)) => (path, line_settings(settings)?),
                    None => (place, LineSettings::default()),
                };
                Ok(Self::Serial { path: path.into(), settings })
            }
            "device" => Ok(Self::Device(place.into())),
            "spooler" => Ok(Self::Spooler(place.to_owned())),
            "file" => Ok(Self::File(place.into())),
            _ => Err(AddressError::Kind(text.to_owned())),
        }
    }
}

/// `9600,8n1`: speed, data bits, parity, stop bits.
fn line_settings(text: &str) -> Result<LineSettings, AddressError> {
    let wrong = || AddressError::Line(text.to_owned());
    let (baud, frame) = text.split_once(',').unwrap_or((text, "8n1"));
    let mut frame = frame.chars();
    let (data_bits, parity, stop_bits) = (frame.next(), frame.next(), frame.next());
    let settings = LineSettings {
        baud: baud.parse().ok().filter(|baud| (50..=4_000_000).contains(baud)).ok_or_else(wrong)?,
        has_seven_bits: match data_bits {
            Some('7') => true,
            Some('8') => false,
            _ => return Err(wrong()),
        },
        parity: match parity {
            Some('n' | 'N') => Parity::None,
            Some('e' | 'E') => Parity::Even,
            Some('o' | 'O') => Parity::Odd,
            _ => return Err(wrong()),
        },
        has_two_stop_bits: match stop_bits {
            Some('1') => false,
            Some('2') => true,
            _ => return Err(wrong()),
        },
    };
    if frame.next().is_some() { Err(wrong()) } else { Ok(settings) }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
            Self::Serial { path, settings } => write!(f, "serial:{}:{settings}", path.display()),
            Self::Device(path) => write!(f, "device:{}", path.display()),
            Self::Spooler(queue) => write!(f, "spooler:{queue}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}
