//! What a till begins with of members: programs, segments, customers, and balances kept before there was a ledger.

use rusqlite::Connection;
use saleflex_core::{
    checkout::Effects,
    customer::{CallingCode, Customer as Record, Source},
    ids::{CustomerId, PointsGrantId},
    journal::{ChainHead, Entry, Event},
    loyalty::{LoyaltyAct, Occasion, Program, in_force, take_over},
    quantity::Points,
    time::Moment,
};

use super::{Till, opening::FIRST_EPOCH};
use crate::{
    books::{audit, index, journal},
    error::Error,
    file::codec::{Col, get},
    people::{customer, loyalty, segments},
    setup::Setup,
    shell::Shell,
};

/// Writes what a new till starts with. Balances that customers bring are the second entry of its journal.
pub(super) fn fill(
    connection: &Connection,
    setup: &Setup,
    now: Moment,
    shell: &mut dyn Shell,
    head: &ChainHead,
) -> Result<(), Error> {
    for program in &setup.programs {
        loyalty::put_program(connection, program)?;
    }
    for segment in &setup.segments {
        segments::put(connection, segment)?;
    }
    let store = setup.identity.store;
    let country = in_force(&setup.programs, store, now.instant).and_then(|one| one.calling_code.as_deref());
    let rules = setup.settings.dialling.with_country(country.and_then(CallingCode::parse));
    let mut balances = Vec::new();
    for new in &setup.customers {
        let new = new.checked()?;
        let id = CustomerId::new(shell.new_id());
        let record = Record::register(id, new.details, &rules, now, Source::Pos);
        customer::write(connection, &record, &new.code, new.account_limit)?;
        balances.extend(new.points.map(|points| (id, points)));
    }
    let Some(program) = setup.programs.first().filter(|_| !balances.is_empty()) else { return Ok(()) };
    let occasion = Occasion { at: now, store, cashier: None };
    let effects = taken_over(program, &balances, occasion, shell);
    let event = Event::Loyalty(LoyaltyAct::BalancesTakenOver);
    let entity = shell.new_id();
    let entry = Entry::new(entity, now, None, setup.numbering.closure, event).with_effects(effects);
    let head = journal::append(connection, FIRST_EPOCH, head, &entry, None)?;
    index::write(connection, head.seq, &entry)?;
    audit::write(connection, head.seq, &entry, None)?;
    loyalty::write(connection, head.seq, &entry)
}

fn taken_over(
    program: &Program,
    balances: &[(CustomerId, Points)],
    occasion: Occasion,
    shell: &mut dyn Shell,
) -> Effects {
    let take = |(customer, points): &(CustomerId, Points)| {
        take_over(*customer, *points, PointsGrantId::new(shell.new_id()), program, occasion)
    };
    Effects { loyalty: balances.iter().flat_map(take).collect(), ..Effects::default() }
}

/// Old balances.
impl Till {
    /// A file of an earlier version kept a bare number of points for each customer: they become memberships, once.
    pub(super) fn take_balances_over(&mut self) -> Result<(), Error> {
        let balances = {
            let mut select = self
                .connection()
                .prepare("SELECT id, points FROM customer WHERE points IS NOT NULL ORDER BY id")?;
            let rows = select.query_map([], |row| Ok((get(row, 0)?, get(row, 1)?)))?;
            rows.collect::<Result<Vec<(CustomerId, Points)>, _>>()?
        };
        let Some(program) = self.programs.first().filter(|_| !balances.is_empty()).cloned() else {
            return Ok(());
        };
        let now = self.shell.now();
        let occasion = Occasion { at: now, store: self.identity.store, cashier: None };
        let effects = taken_over(&program, &balances, occasion, self.shell.as_mut());
        let event = Event::Loyalty(LoyaltyAct::BalancesTakenOver);
        let entity = self.shell.new_id();
        let entry = Entry::new(entity, now, None, self.period.period.number, event).with_effects(effects);
        self.commit(&entry, None, None, |connection, _| {
            let mut update = connection.prepare("UPDATE customer SET points = NULL WHERE id = ?1")?;
            for (id, _) in &balances {
                update.execute([Col(*id)])?;
            }
            Ok(())
        })
    }
}
