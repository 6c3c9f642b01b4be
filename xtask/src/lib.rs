//! What a developer of SaleFlex runs, as functions that can be tested: the steps of `cargo xtask test`, the
//! rules that keep the tree tidy, a throw-away PostgreSQL. Depends on nothing of ours, so that it is built in no time.

pub mod check;
pub mod fuzz;
pub mod pages;
pub mod paper;
pub mod postgres;
pub mod simulate;
pub mod tidy;
pub mod workspace;
