//! What a sale costs when many are stored: the same sale at tills that differ in nothing else, one after the other.

use std::fs;

use anyhow::Context;

use crate::{
    Run, copies,
    figures::{Ratios, Times, grouped, heading, judged, row, show, show_bytes},
    shop::{LINES, Shop},
};

const PRODUCTS: usize = 10_000;

/// A till and what its sales took.
struct Till {
    documents: usize,
    shop: Shop,
    opened: Times,
    file_size: u64,
    times: (Times, Ratios),
    tender: (Times, Ratios),
}

pub(crate) fn print(run: &Run) -> anyhow::Result<()> {
    heading(&format!("A sale of {LINES} lines when many documents are stored, beside the time with few"));
    let folder = run.folder()?;
    let sizes: &[usize] = if run.is_quick { &[1_000, 100_000] } else { &[1_000, 100_000, 1_000_000] };
    let mut tills = Vec::new();
    for &documents in sizes {
        let path = folder.path().join(format!("{documents}.saleflex"));
        let mut shop = Shop::create(&path, PRODUCTS)?;
        shop.sell(1)?;
        drop(shop);
        copies::fill(&path, documents)?;
        let file_size = fs::metadata(&path)?.len();
        let mut opened = Times::default();
        let mut shop = opened.measure(|| Shop::open(&path))?;
        for _ in 0..20 {
            shop.sell(LINES)?;
        }
        tills.push(Till {
            documents,
            shop,
            opened,
            file_size,
            times: Default::default(),
            tender: Default::default(),
        });
    }
    for _ in 0..run.sized(7, 3) {
        round(&mut tills, run.sized(300, 60))?;
    }
    for till in &tills {
        till.print(sizes.first() == Some(&till.documents));
    }
    Ok(())
}

fn round(tills: &mut [Till], sales: usize) -> anyhow::Result<()> {
    let mut rounds: Vec<(Times, Times)> = tills.iter().map(|_| Default::default()).collect();
    for sale in 0..sales {
        // Each begins as often as the others, since whoever begins pays for what was left to do.
        for turn in 0..tills.len() {
            let at = (sale + turn) % tills.len();
            let (shop, (whole, tender)) = (&mut tills[at].shop, &mut rounds[at]);
            whole.measure(|| {
                for _ in 0..LINES {
                    shop.scan()?;
                }
                tender.measure(|| shop.take_tender())
            })?;
        }
    }
    let first = rounds.first().context("there is a till")?;
    let few = (first.0.total(), first.1.total());
    for (till, (whole, tender)) in tills.iter_mut().zip(&rounds) {
        till.times.0.push(whole.median());
        till.times.1.push_times(whole.total(), few.0);
        till.tender.0.push(tender.median());
        till.tender.1.push_times(tender.total(), few.1);
    }
    Ok(())
}

impl Till {
    fn print(&self, is_first: bool) {
        let documents = grouped(self.documents);
        let (sale, tender) = (show(self.times.0.median()), show(self.tender.0.median()));
        row(
            &format!("{documents} documents, {}", show_bytes(self.file_size)),
            &format!("sale {sale}, tender {tender}, opened in {}", show(self.opened.median())),
        );
        if !is_first {
            for (what, ratios) in [("the whole sale", &self.times.1), ("completing it", &self.tender.1)] {
                judged(
                    what,
                    &ratios.to_string(),
                    "at most 1.20 of the time with few",
                    ratios.median() <= 1_200,
                );
            }
        }
    }
}
