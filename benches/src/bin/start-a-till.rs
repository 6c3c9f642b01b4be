//! The process that starts a till: a program of its own, so that it holds what a till holds and nothing of a hub.

fn main() -> anyhow::Result<()> {
    saleflex_benches::start_a_till()
}
