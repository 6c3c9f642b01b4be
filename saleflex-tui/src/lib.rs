//! The cashier's till in a terminal.
