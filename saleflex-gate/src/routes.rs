//! The handlers, a module for each group of paths.

pub(crate) mod device;
pub(crate) mod health;
pub(crate) mod office;
pub(crate) mod older;
pub(crate) mod sync;
