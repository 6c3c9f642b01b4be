//! A hub as clients and operators see it, on SQLite always and on PostgreSQL where `SALEFLEX_TEST_POSTGRES` names a
//! server; `cargo xtask test` starts one.
#![expect(clippy::unwrap_used, reason = "what a test prepares must succeed")]

mod accounts;
mod api;
mod bad_input;
mod books;
mod bounds;
mod business;
mod carts;
mod chain;
mod companies;
mod contacts;
mod counted;
mod customers;
mod exchanged;
mod following;
mod forwarding;
mod further;
mod gift_cards;
mod goods;
mod guards;
mod kinds;
mod late;
mod lending;
mod lists;
mod lives;
mod meeting;
mod moved;
mod moving;
mod noticed;
mod office_wire;
mod once;
mod people;
mod points;
mod purchases;
mod quotas;
mod quotes;
mod reach;
mod relay;
mod reports;
mod returned;
mod support;
mod sync;
mod tables;
mod upkeep;
mod walk;
