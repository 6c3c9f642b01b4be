//! People: who they are, how they show it, and what they are in a company.
//!
//! **Invariants:** of a secret only a hash or a digest is kept. What a person may do is looked up at every request,
//! so that taking it away holds from the next one on. A refresh token is good once; a second use ends its session.

pub(crate) mod deletion;
pub(crate) mod joining;
pub(crate) mod members;
pub(crate) mod password;
pub(crate) mod picture;
pub(crate) mod pin;
pub(crate) mod reset;
pub(crate) mod roles;
pub(crate) mod second_factor;
pub(crate) mod session;
pub(crate) mod set_up;
pub(crate) mod standing;
pub(crate) mod token;
pub(crate) mod user;
