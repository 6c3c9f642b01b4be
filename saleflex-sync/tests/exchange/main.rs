//! The exchange between tills and a hub, one file a subject.
#![allow(clippy::unwrap_used, reason = "what fails in a helper fails its test")]

mod delivery;
mod matrix;
mod pulling;
mod rotating;
mod shapes;
mod simulation;
mod stampede;
mod support;
mod wire;
