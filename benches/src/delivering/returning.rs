//! Tills that sold for a day without a network and come back in the same minute.
//!
//! Each sends its next sales when all have sent their last ones: what they send is made in between, which is no work of a
//! hub.

use std::path::Path;

use saleflex_gate::{
    Codes,
    db::{Books, Sqlite},
};

use super::{
    Service, at_once, said,
    sales::{Sales, TillOf},
    taken_wholly,
};
use crate::{
    Run,
    figures::{Times, grouped, heading, row, show, show_bytes},
    process,
};

/// Events of one request, as tills send them.
const BATCH: u64 = 50;

pub(crate) fn print(run: &Run, folder: &Path, sales: &Sales) -> anyhow::Result<()> {
    let (tills, events) = (run.sized(200, 20), run.sized(1_000, 100));
    heading(&format!("{tills} tills come back with {} events each, all at once", grouped(events)));
    let hub = Service::open(|| Books::open(Sqlite::open(&folder.join("returning.sqlite"))?))?;
    let mut tokens = Vec::new();
    for no in 0..tills {
        let codes = Codes { office: "OFC".to_owned(), store: "S".to_owned(), terminal: code(no) };
        let number = i64::try_from(no)? + 2;
        let registered = hub.runtime.block_on(hub.hub.register(codes, number)).map_err(said)?;
        tokens.push(registered.secret);
    }
    let mut times = Times::default();
    for sent in (0..u64::try_from(events)?).step_by(usize::try_from(BATCH)?) {
        let mut pushes = Vec::with_capacity(tills);
        for (no, token) in tokens.iter().enumerate() {
            let till = TillOf { store: "S", code: &code(no), no: u8::try_from(no)? };
            pushes.push(hub.delivery(token, sales.push(till, sent, BATCH)?)?);
        }
        for answer in times.measure(|| at_once(&hub.runtime, pushes))? {
            taken_wholly(&answer)?;
        }
    }
    let all = tills * events;
    let each = times.total() / u32::try_from(all)?;
    row("until all is taken in", &format!("{}, {} an event", show(times.total()), show(each)));
    if let Some((now, most)) = process::memory()? {
        row("memory then, and the most of the run", &format!("{} and {}", show_bytes(now), show_bytes(most)));
    }
    Ok(())
}

fn code(till: usize) -> String {
    format!("B{till}")
}
