//! The pure heart of a till.
#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod adjustment;
pub mod authority;
pub mod basket;
pub mod cashier;
pub mod catalog;
pub mod checkout;
pub mod closure;
pub mod document;
pub mod ids;
pub mod inventory;
pub mod loyalty;
pub mod money;
pub mod printout;
pub mod quantity;
pub mod tax;
pub mod tender;
pub mod time;
