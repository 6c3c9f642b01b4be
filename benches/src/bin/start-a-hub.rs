//! The process that opens a hub: a program of its own, so that it holds what a hub holds and nothing else.

fn main() -> anyhow::Result<()> {
    saleflex_benches::start_a_hub()
}
