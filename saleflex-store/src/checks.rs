//! Whether the file holds what it promises: the whole audit, the short look at each start, and its health in figures.

pub mod consistency;
pub mod health;
pub mod verify;
