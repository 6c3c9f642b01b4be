//! The terminal from the outside, one file a subject: by keyboard, by command, and in a real terminal.
#![allow(clippy::unwrap_used, reason = "what fails in a helper fails its test")]

mod bad_input;
mod campaign_commands;
mod campaigns;
mod common;
mod day;
mod definitions;
mod devices;
mod exempt;
mod guides;
mod hub;
mod looking_back;
mod matrix;
mod member_commands;
mod members;
mod pages;
mod payment;
mod people;
mod price_lists;
mod printing;
mod promotions;
mod pty;
mod reasons;
mod records;
mod references;
mod reports;
mod roles;
mod scanner;
mod screens;
mod scripts;
mod stock_commands;
mod stock_screens;
mod story;
mod support;
mod trouble;
mod walk;
