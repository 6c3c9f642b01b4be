//! The program `saleflex`.
fn main() {}
