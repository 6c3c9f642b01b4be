//! Lets the crate's own tests hash secrets with next to no work.
//!
//! **Invariant:** a program that is built to be used never does, whatever features others turned on in the same build.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(weak_secrets)");
    let is_asked_for = env::var_os("CARGO_FEATURE_WEAK_SECRETS").is_some();
    if is_asked_for && env::var("PROFILE").is_ok_and(|profile| profile == "debug") {
        println!("cargo::rustc-cfg=weak_secrets");
    }
}
