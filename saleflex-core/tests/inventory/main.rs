//! Stock driven through the public API: each rule by name, and the laws that hold whatever happens.

#![expect(clippy::unwrap_used, reason = "a case that cannot be set up has failed")]

mod counts;
mod deciding;
mod documents;
mod laws;
mod orders;
mod support;
mod tracked;
mod transfers;
