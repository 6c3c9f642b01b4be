//! What is sold and at which price: the catalog, stock, campaigns, and the import of product lists.

pub mod campaigns;
pub mod catalog;
pub mod import;
pub mod stock;
