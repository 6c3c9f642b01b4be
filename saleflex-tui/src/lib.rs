//! The cashier's till in a terminal.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a screen acts on the few actions that are its own and hands the rest on"
)]

pub mod action;
pub mod app;
pub mod dialog;
pub mod effect;
pub mod entry;
pub mod form;
pub mod input;
pub mod keymap;
pub mod message;
pub mod screen;
pub mod script;
pub mod text;
pub mod theme;
pub mod view;
pub mod widget;
