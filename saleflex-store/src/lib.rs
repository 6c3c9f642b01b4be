//! The till on disk: a whole till in one SQLite file.
//!
//! [`Till`] is the paved path of the SDK. It takes [`saleflex_core`]'s commands, looks up what they need, and
//! writes everything that follows from one command in **one transaction**: the journal event, the numbers, the
//! completed document, stock, counters. A power cut at any instant leaves the till as it was before a command or
//! as it was after it.
//!
//! What it refuses to do: it never asks for the time or an id by itself (the [`Shell`] does), never opens a
//! socket, starts no thread and keeps no global. A `Till` owns its file: a second one on the same file is refused.

mod books;
mod checks;
pub mod demo;
pub mod error;
mod exchange;
mod file;
pub mod forms;
mod goods;
mod people;
pub mod printing;
pub mod request;
mod settings;
pub mod setup;
pub mod shell;
pub mod templates;
pub mod till;

pub use crate::{
    books::{audit, history},
    checks::{consistency, health, verify},
    error::Error,
    exchange::{inbox, outbox, quotas},
    file::rescue,
    goods::{campaigns, catalog, import, stock},
    people::{cashier, customer, segments},
    request::Request,
    setup::Setup,
    shell::Shell,
    till::Till,
};
