//! What a till costs: `cargo xtask bench` prints one table. Ratios are measured side by side in one run, since
//! machines differ and drift; nothing here fails.
#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod deciding;
mod figures;

fn main() -> anyhow::Result<()> {
    deciding::print()?;
    Ok(())
}
