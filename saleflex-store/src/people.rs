//! Who works at the till and who buys there: cashiers, customers, their segments and their points.

pub mod cashier;
pub mod customer;
pub(crate) mod loyalty;
pub mod segments;
