//! What a developer of SaleFlex runs, as functions that can be tested: the steps of `cargo xtask test`, the
//! rules that keep the tree tidy, and the runner of the golden vectors.

pub mod api_fuzz;
pub mod check;
pub mod fuzz;
pub mod postgres;
pub mod simulate;
pub mod tidy;
pub mod vectors;
pub mod workspace;
