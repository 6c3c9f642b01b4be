//! The till from the outside, one file a subject: what people do at it, and what happens to it.
#![allow(clippy::unwrap_used, reason = "what fails in a helper fails its test")]

mod advice;
mod backtest;
mod campaigns;
mod crash;
mod crash_day;
mod customers;
mod day;
mod forms;
mod goods;
mod goods_random;
mod guards;
mod kill;
mod limits;
mod loyalty;
mod older_files;
mod once;
mod one_file;
mod outbox;
mod people;
mod prices;
mod printing;
mod pulled;
mod quotas;
mod random;
mod recovery;
mod refusals;
mod set_by_people;
mod story;
mod support;
mod tampering;
mod tampering_day;
mod tax_rates;
mod upkeep;
mod usage;
mod vouchers;
