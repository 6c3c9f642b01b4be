//! A sale on disk beside bare SQLite that writes the same rows: how long it takes and how much is written.

use std::{fs, path::Path};

use rusqlite::Connection;

use crate::{
    Run,
    bare::{Bare, Reader, connect},
    figures::{Ratios, Times, grouped, heading, judged, row, show, show_bytes},
    process,
    shop::{LINES, Shop},
};

const PRODUCTS: usize = 10_000;

pub(crate) fn print(run: &Run) -> anyhow::Result<()> {
    heading(&format!(
        "A sale of {LINES} lines on disk, {} products, beside bare SQLite (same rows, same pragmas)",
        grouped(PRODUCTS)
    ));
    let folder = run.folder()?;
    let (till_path, bare_path) = (folder.path().join("till.saleflex"), folder.path().join("bare.saleflex"));
    let mut shop = Shop::create(&till_path, PRODUCTS)?;
    // What is not warm yet would be counted against the till.
    for _ in 0..20 {
        shop.sell(LINES)?;
    }
    time(run, &mut shop, &bare_path)?;
    fs::remove_file(&bare_path)?;
    count_bytes(run, shop, &bare_path)
}

fn time(run: &Run, shop: &mut Shop, bare_path: &Path) -> anyhow::Result<()> {
    let (rounds, sales) = (run.sized(7, 3), run.sized(300, 60));
    let reading = connect(shop.till.path())?;
    let writing = copy(&reading, bare_path)?;
    let (mut reader, mut bare) = (Reader::new(&reading)?, Bare::new(&writing)?);
    let mut results = Results::default();
    for _ in 0..rounds {
        let mut round = Round::default();
        for _ in 0..sales {
            let before = shop.till.chain_head().seq;
            round.till.sale(shop)?;
            let commands = reader.sale(before + 1, shop.till.chain_head().seq)?;
            round.bare.replay(&mut bare, &commands)?;
        }
        results.add(&round);
    }
    bare.compare_with(shop.till.path())?;
    results.print();
    Ok(())
}

/// A copy of the till's file, page by page, to write the same rows into.
fn copy(till: &Connection, path: &Path) -> anyhow::Result<Connection> {
    till.backup("main", path, None)?;
    connect(path)
}

/// Times of one side in one round.
#[derive(Default)]
struct Side {
    lines: Times,
    tender: Times,
}

impl Side {
    fn sale(&mut self, shop: &mut Shop) -> anyhow::Result<()> {
        for _ in 0..LINES {
            self.lines.measure(|| shop.scan())?;
        }
        self.tender.measure(|| shop.take_tender())
    }

    fn replay(&mut self, bare: &mut Bare<'_>, commands: &[Vec<crate::bare::Write>]) -> anyhow::Result<()> {
        let Some((tender, lines)) = commands.split_last() else { return Ok(()) };
        for line in lines {
            self.lines.measure(|| bare.write(line))?;
        }
        self.tender.measure(|| bare.write(tender))
    }
}

#[derive(Default)]
struct Round {
    till: Side,
    bare: Side,
}

/// What came of all rounds: the bare time in parts of the till's, which is the till's rate in parts of the bare rate.
#[derive(Default)]
struct Results {
    tender: (Ratios, Times, Times),
    line: (Ratios, Times, Times),
    sale: Ratios,
}

impl Results {
    fn add(&mut self, round: &Round) {
        let (till, bare) = (&round.till, &round.bare);
        for (kept, till, bare) in
            [(&mut self.tender, &till.tender, &bare.tender), (&mut self.line, &till.lines, &bare.lines)]
        {
            kept.0.push_times(bare.total(), till.total());
            kept.1.push(till.median());
            kept.2.push(bare.median());
        }
        let whole = |side: &Side| side.lines.total() + side.tender.total();
        self.sale.push_times(whole(bare), whole(till));
    }

    fn print(&self) {
        let budget = "at least 0.70 of the bare rate";
        for (what, (ratios, till, bare)) in
            [("completing the sale (take the tender)", &self.tender), ("one more line", &self.line)]
        {
            judged(what, &ratios.to_string(), budget, ratios.median() >= 700);
            row("", &format!("{} beside {}", show(till.median()), show(bare.median())));
        }
        judged("the whole sale, all its commands", &self.sale.to_string(), budget, self.sale.median() >= 700);
    }
}

/// Bytes that reach the disk for a sale, checkpoints included. One side after the other, since the system counts for
/// the whole process.
fn count_bytes(run: &Run, mut shop: Shop, bare_path: &Path) -> anyhow::Result<()> {
    let sales = run.sized(1_000, 100);
    let first = shop.till.chain_head().seq + 1;
    let reading = connect(shop.till.path())?;
    let writing = copy(&reading, bare_path)?;
    let mut reader = Reader::new(&reading)?;
    let mut commands = Vec::new();
    let Some(before) = process::bytes_written()? else {
        row("bytes written", "not counted by this system");
        return Ok(());
    };
    for _ in 0..sales {
        let before = shop.till.chain_head().seq;
        shop.sell(LINES)?;
        commands.extend(reader.sale(before + 1, shop.till.chain_head().seq)?);
    }
    let json: i64 =
        reading
            .query_row("SELECT sum(length(payload)) FROM event WHERE seq >= ?1", [first], |row| row.get(0))?;
    drop(reader);
    drop(reading);
    // The last connection to leave a file brings everything from the log into it.
    drop(shop);
    let between = process::bytes_written()?.unwrap_or_default();
    let mut bare = Bare::new(&writing)?;
    for command in &commands {
        bare.write(command)?;
    }
    drop(bare);
    drop(writing);
    let after = process::bytes_written()?.unwrap_or_default();

    let per_sale = |bytes: u64| show_bytes(bytes / u64::try_from(sales).unwrap_or(1));
    let (till, bare) = (between - before, after - between);
    row("bytes written to disk for a sale", &format!("{} beside {}", per_sale(till), per_sale(bare)));
    row("of that, frozen bytes of the journal", &per_sale(u64::try_from(json)?));
    Ok(())
}
