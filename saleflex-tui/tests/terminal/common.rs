//! What the tests of the terminal share.

pub mod harness;
pub mod masked;
pub mod program;
pub mod svg;
pub mod terminal;
