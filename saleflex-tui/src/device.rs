//! Printers, drawers, scales, displays and scanners, and what happens when they are off.
//!
//! Each kind of device stands behind a small blocking trait: [`Printer`](printer::Printer),
//! [`Drawer`](printer::Drawer), [`Scale`](scale::Scale), [`LineDisplay`](line_display::LineDisplay),
//! [`CustomerDisplay`](customer_display::CustomerDisplay), [`Scanner`](scanner::Scanner). The drivers here speak to an
//! [`Address`](address::Address): a TCP port, a serial line, a device, a queue of the system or a file. A device is opened when it is
//! needed and again after it was lost; there is nothing to claim or release.
//!
//! **Invariant:** no device stops a sale. Paper goes through a [queue] that a thread of its own
//! [prints](spooler); what is shown to the customer through a [mailbox] in which the newest wins. A device
//! that fails answers with a [`Trouble`], which says what the cashier can do about it.
//!
//! [`simulator`] has devices made of software that speak the same bytes.

use std::io;

pub mod address;
pub mod customer_display;
pub mod line_display;
pub mod mailbox;
pub mod port;
pub mod printer;
pub mod queue;
pub mod scale;
pub mod scanner;
pub mod settings;
pub mod simulator;
pub mod slides;
pub mod spooler;
pub mod station;
mod system_queue;

/// What is wrong with a device.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// Nobody answers at its address.
    #[error("cannot be reached: is it on and connected?")]
    Unreachable,
    /// The till may not open it.
    #[error("may not be used by this user: ask who installed it")]
    Forbidden,
    /// It is there and does not answer in time.
    #[error("does not answer: is it busy or switched off?")]
    NoAnswer,
    /// The connection broke while it was working.
    #[error("was cut off in the middle")]
    CutOff,
    /// What it answers makes no sense.
    #[error("answers nonsense: is it the right device at the right speed?")]
    Nonsense,
    /// A printer's cover is open.
    #[error("has its cover open")]
    CoverOpen,
    /// A printer has no paper.
    #[error("is out of paper")]
    PaperOut,
    /// A printer's knife is stuck.
    #[error("has a paper jam at its knife")]
    Jammed,
    /// It says of itself that it needs repair or is switched off line.
    #[error("is off line")]
    Offline,
    /// Its disk or port failed.
    #[error("failed: {0}")]
    Failed(io::ErrorKind),
}

impl Trouble {
    /// What an error of the operating system means, before anything was sent.
    pub(crate) fn opening(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            io::ErrorKind::StorageFull | io::ErrorKind::ReadOnlyFilesystem => Self::Failed(error.kind()),
            _ => Self::Unreachable,
        }
    }

    /// What an error of the operating system means once the device is open.
    pub(crate) fn working(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::NoAnswer,
            io::ErrorKind::StorageFull => Self::Failed(error.kind()),
            _ => Self::CutOff,
        }
    }
}

#[cfg(test)]
mod tests;
