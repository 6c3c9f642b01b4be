//! What others hold SaleFlex to: the golden vectors, and the hub's OpenAPI document under schemathesis.

pub mod api_fuzz;
mod books;
pub mod vectors;
