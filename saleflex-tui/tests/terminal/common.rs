//! What the tests of the terminal share.

pub(crate) mod harness;
pub(crate) mod masked;
pub(crate) mod program;
pub(crate) mod svg;
pub(crate) mod terminal;
