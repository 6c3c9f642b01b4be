//! Devices made of software: they listen on a TCP port of this machine and speak the bytes of the real ones.
//!
//! The reader of ESC/POS in [`paper`] was written from the makers' command tables and shares no code with the
//! writer in core, so that one is a check of the other.

pub mod paper;
mod printer;
mod scale;

pub use self::{
    printer::{Mood, VirtualPrinter},
    scale::VirtualScale,
};
