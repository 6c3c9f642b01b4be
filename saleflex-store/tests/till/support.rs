//! What the tests of the till share: a shop, its goods and campaigns, and what stops or forges it.

pub mod goods;
pub mod promoted;
pub mod shop;
pub mod stopping;
pub mod tampered;
