//! What the tests of the till share: a shop, its goods and campaigns, and what stops or forges it.

pub(crate) mod goods;
pub(crate) mod promoted;
pub(crate) mod shop;
pub(crate) mod stopping;
pub(crate) mod tampered;
