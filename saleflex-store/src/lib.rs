//! The till on disk: a whole till in one SQLite file.
//!
//! [`Till`] is the paved path of the SDK. It takes [`saleflex_core`]'s commands, looks up what they need, and
//! writes everything that follows from one command in **one transaction**: the journal event, the numbers, the
//! completed document, stock, counters. A power cut at any instant leaves the till as it was before a command or
//! as it was after it.
//!
//! What it refuses to do: it never asks for the time or an id by itself (the [`Shell`] does), never opens a
//! socket, starts no thread and keeps no global. A `Till` owns its file: a second one on the same file is refused.

pub mod audit;
mod backup;
pub mod campaigns;
pub mod cashier;
pub mod catalog;
mod closures;
mod codec;
mod connection;
pub mod consistency;
pub mod customer;
pub mod demo;
mod documents;
mod drafts;
pub mod error;
pub mod forms;
pub mod health;
pub mod history;
pub mod import;
pub mod inbox;
mod index;
mod journal;
mod loyalty;
mod migrate;
pub mod outbox;
pub mod printing;
pub mod quotas;
pub mod request;
pub mod rescue;
pub mod segments;
mod settings;
pub mod setup;
pub mod shell;
pub mod stock;
pub mod templates;
pub mod till;
pub mod verify;

pub use crate::{error::Error, request::Request, setup::Setup, shell::Shell, till::Till};
