//! The pure heart of a till.
#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod ids;
pub mod money;
pub mod quantity;
pub mod time;
