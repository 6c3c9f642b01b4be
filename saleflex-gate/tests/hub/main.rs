//! A hub as clients and operators see it, on SQLite always and on PostgreSQL where `SALEFLEX_TEST_POSTGRES` names a
//! server; `cargo xtask test` starts one.
#![expect(clippy::unwrap_used, reason = "what a test prepares must succeed")]

mod api;
mod books;
mod business;
mod chain;
mod companies;
mod following;
mod gift_cards;
mod guards;
mod lists;
mod lives;
mod meeting;
mod moving;
mod office_wire;
mod people;
mod points;
mod purchases;
mod quotas;
mod quotes;
mod relay;
mod reports;
mod support;
mod sync;
mod upkeep;
mod walk;
mod ways;
