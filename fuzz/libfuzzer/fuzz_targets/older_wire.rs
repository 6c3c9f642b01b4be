#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| saleflex_fuzz::older_wire::run(bytes));
