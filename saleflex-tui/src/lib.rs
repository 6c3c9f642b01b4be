//! The cashier's till in a terminal.

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
pub mod text;
pub mod theme;
pub mod view;
pub mod widget;
