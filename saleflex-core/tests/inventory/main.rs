//! Stock driven through the public API: each rule by name, and the laws that hold whatever happens.

mod deciding;
mod documents;
mod laws;
mod support;
mod tracked;
mod transfers;
