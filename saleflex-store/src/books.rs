//! What happened, written once: the journal under its hash chain, documents, closures, and the ways to find them.

pub mod audit;
pub(crate) mod closures;
pub(crate) mod documents;
pub(crate) mod drafts;
pub mod history;
pub(crate) mod index;
pub(crate) mod journal;
pub(crate) mod totals;
pub(crate) mod vouchers;
