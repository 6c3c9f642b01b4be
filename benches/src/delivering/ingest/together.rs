//! Tills that send at the same moment. The time until all are answered counts, for the hub and then for the bare side.
//!
//! Each is in a store of its own. In one store those that sell the same goods would wait for one another, on both sides, and
//! how its levels stood in between would be known to nobody: the bare side could not write them again.

use uuid::Uuid;

use super::{Bare, Founded, On, Round, Sides, a_request};
use crate::{
    Run,
    delivering::{
        Service, Threads, at_once, said,
        sales::{Sales, TillOf},
        taken_wholly, with_a_till,
    },
};

/// How many there are.
const TILLS: u8 = 8;

/// One of them.
#[derive(Clone)]
pub(super) struct Till {
    store: String,
    /// Tells its sales from those of others.
    no: u8,
    terminal: Uuid,
    token: String,
    /// Its sequence so far.
    sent: u64,
}

impl Till {
    /// The body of a push of its next sales.
    fn push(&mut self, sales: &Sales, events: u64) -> anyhow::Result<Vec<u8>> {
        let body = sales.push(TillOf { store: &self.store, code: "T", no: self.no }, self.sent, events)?;
        self.sent += events;
        Ok(body)
    }
}

/// Registers them at a hub, and lets each send a first sale.
pub(super) fn found(hub: &Service, sales: &Sales) -> anyhow::Result<Vec<Till>> {
    let (mut tills, mut pushes) = (Vec::new(), Vec::new());
    for no in 1..=TILLS {
        let store = format!("S{no}");
        let registered = hub.runtime.block_on(with_a_till(&hub.hub, &store)).map_err(said)?;
        let mut till =
            Till { store, no, terminal: registered.terminal.id, token: registered.secret, sent: 0 };
        let body = till.push(sales, 1)?;
        pushes.push(hub.delivery(&till.token, body)?);
        tills.push(till);
    }
    for answer in at_once(&hub.runtime, pushes)? {
        taken_wholly(&answer)?;
    }
    Ok(tills)
}

/// Measures what comes from all of them at once.
pub(super) fn measure(run: &Run, on: On<'_>, founded: &Founded, sales: &Sales) -> anyhow::Result<()> {
    let mut sides = Sides::begin(founded, on, ("together", Threads::AsServed))?;
    let mut tills = Vec::new();
    for till in &founded.tills {
        tills.push((till.clone(), sides.bare_of(till.terminal)?));
    }
    for (batch, turns) in [(1, run.sized(50, 4)), (50, run.sized(10, 2))] {
        let row = format!("{}, {}, {TILLS} tills at once", on.name(), a_request(batch));
        let turn = |sides: &mut Sides, round: &mut Round| all(sides, &mut tills, (sales, batch), round);
        sides.take_turns(&row, (batch * u32::from(TILLS), turns), turn)?;
    }
    Ok(())
}

/// All send so many events each, and their bare services get the same bodies.
fn all(
    sides: &Sides,
    tills: &mut [(Till, Bare)],
    (sales, batch): (&Sales, u32),
    round: &mut Round,
) -> anyhow::Result<()> {
    let hub = &sides.hub;
    let (mut to_hub, mut to_bare) = (Vec::new(), Vec::new());
    for (till, bare) in &mut *tills {
        let body = till.push(sales, batch.into())?;
        to_bare.push(bare.delivery(body.clone())?);
        to_hub.push(hub.delivery(&till.token, body)?);
    }
    for answer in round.served.measure(|| at_once(&hub.runtime, to_hub))? {
        taken_wholly(&answer)?;
    }
    for (till, bare) in tills {
        let left = sides.left_between(till.terminal, (till.sent - u64::from(batch), till.sent))?;
        bare.give(&hub.runtime, usize::try_from(batch)?, left)?;
    }
    round.written.measure(|| at_once(&hub.runtime, to_bare)).map(drop)
}
