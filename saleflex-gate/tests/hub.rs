//! A hub as clients and operators see it, on SQLite always and on PostgreSQL where `SALEFLEX_TEST_POSTGRES` names a
//! server; `cargo xtask test` starts one.
#![expect(clippy::unwrap_used, reason = "what a test prepares must succeed")]

#[path = "hub/books.rs"]
mod books;
#[path = "hub/business.rs"]
mod business;
#[path = "hub/chain.rs"]
mod chain;
#[path = "hub/companies.rs"]
mod companies;
#[path = "hub/following.rs"]
mod following;
#[path = "hub/gift_cards.rs"]
mod gift_cards;
#[path = "hub/guards.rs"]
mod guards;
#[path = "hub/lists.rs"]
mod lists;
#[path = "hub/lives.rs"]
mod lives;
#[path = "hub/meeting.rs"]
mod meeting;
#[path = "hub/moving.rs"]
mod moving;
#[path = "hub/office_wire.rs"]
mod office_wire;
#[path = "hub/people.rs"]
mod people;
#[path = "hub/quotas.rs"]
mod quotas;
#[path = "hub/quotes.rs"]
mod quotes;
#[path = "hub/relay.rs"]
mod relay;
#[path = "hub/reports.rs"]
mod reports;
#[path = "hub/support.rs"]
mod support;
#[path = "hub/sync.rs"]
mod sync;
#[path = "hub/upkeep.rs"]
mod upkeep;
#[path = "hub/walk.rs"]
mod walk;
