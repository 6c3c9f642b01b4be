#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| saleflex_fuzz::text(bytes, saleflex_fuzz::phone::run));
