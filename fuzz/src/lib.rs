//! What holds for any input: one module a fuzz target, each a function that panics where its promise is broken.
//!
//! `cargo test` runs them over the committed seeds; `libfuzzer/` lets cargo-fuzz look for inputs nobody thought of.

use std::str;

pub mod barcode;
pub mod campaign_definition;
pub mod campaign_evaluate;
pub mod cursor;
pub mod document_commands;
pub mod money_parse;
pub mod older_wire;
pub mod phone;
pub mod script;
pub mod segment;
pub mod wire;

/// A target's promise, put to one input.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also that of its folder of seeds.
pub const TARGETS: [(&str, Target); 11] = [
    ("barcode", |bytes| text(bytes, barcode::run)),
    ("campaign_definition", |bytes| text(bytes, campaign_definition::run)),
    ("campaign_evaluate", campaign_evaluate::run),
    ("cursor", cursor::run),
    ("document_commands", document_commands::run),
    ("money_parse", |bytes| text(bytes, money_parse::run)),
    ("older_wire", older_wire::run),
    ("phone", |bytes| text(bytes, phone::run)),
    ("script", |bytes| text(bytes, script::run)),
    ("segment", |bytes| text(bytes, segment::run)),
    ("wire", wire::run),
];

/// Gives `run` what is text: bytes are nothing to a target that reads text.
pub fn text(bytes: &[u8], run: fn(&str)) {
    if let Ok(text) = str::from_utf8(bytes) {
        run(text);
    }
}
