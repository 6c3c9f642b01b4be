//! The table, see [`saleflex_benches`].

fn main() -> anyhow::Result<()> {
    saleflex_benches::run()
}
