//! Goods that a hub moved in this till's books.
//!
//! **Invariant:** what people here found after a hub had moved goods, and before this till heard of it, stays what they found:
//! the goods lay there when they looked, by this till's clock, of which its heartbeat tells the hub.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use saleflex_core::{
    authority::Authority,
    catalog::CatalogChange,
    checkout::Effects,
    ids::{CashierId, PostingId},
    inventory::{
        Cause, Movement, MovementKind, NumberKind, Place, Posting, PostingNumber, Stock, StockAct,
        count::CountStep,
    },
    journal::{Entry, Event, EventKind},
    quantity::UnitPrice,
};

use crate::{
    books::journal,
    error::Error,
    exchange::inbox::{self, Taken},
    goods::stock::{self, moves},
    till::Till,
};

/// What moved at one place, as a hub tells it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PulledMovement {
    /// What kind of movement it is.
    pub kind: MovementKind,
    /// The item and the location.
    pub place: Place,
    /// By how much the level changes.
    pub change: Stock,
    /// What one unit cost, where goods came in at a known cost.
    pub unit_cost: Option<UnitPrice>,
}

/// What somebody did with goods at a hub, to be booked here under the hub's identity for it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PulledPosting {
    /// Its identity: the hub knows by it that it has moved these goods itself.
    pub id: PostingId,
    /// When the hub moved it, by this till's clock as far as the hub knows it; none where an older hub does not say.
    pub at: Option<DateTime<Utc>>,
    /// Which counter of the till numbers it.
    pub number: NumberKind,
    /// Who did it, by their identity at the hub.
    pub by: CashierId,
    /// What it comes from.
    pub cause: Cause,
    /// Why, in words.
    pub reason: Option<String>,
    /// The paper it refers to.
    pub reference: Option<String>,
    /// What moved, in order.
    pub movements: Vec<PulledMovement>,
}

/// What a hub did with goods.
impl Till {
    /// Books what a hub moved, and notes what became of the row that said so; all in one transaction. The hub decided, so
    /// nobody at the till needs a capability, and what was done there is a fact that no level refuses. What was booked
    /// before is not booked again.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`]; [`Error::NoSuchProduct`]; then nothing moved.
    pub fn take_over_posting(
        &mut self,
        connector: &str,
        pulled: PulledPosting,
        taken: &[Taken],
    ) -> Result<(), Error> {
        self.need_between_documents()?;
        if moves::is_booked(self.connection(), pulled.id)? {
            return self.take_over(connector, CatalogChange::default(), taken);
        }
        for movement in &pulled.movements {
            self.need_product(movement.place.item.product)?;
        }
        let found = pulled.at.map(|at| self.found_since(at)).transpose()?.unwrap_or_default();
        let posting = self.posting_of(pulled, &found)?;
        let (entity, moment, period) = (posting.id.uuid(), posting.moment, self.period.period.number);
        let effects = Effects { posting: Some(Box::new(posting)), ..Effects::default() };
        let event = Event::Stock(Box::new(StockAct::Moved));
        let entry = Entry::new(entity, moment, None, period, event).with_effects(effects);
        self.commit(&entry, None, None, |connection, _| inbox::mark(connection, connector, taken))?;
        self.goods.follow(&entry, None);
        Ok(())
    }

    /// Where people here put a level right by what they found after an instant.
    fn found_since(&self, since: DateTime<Utc>) -> Result<BTreeSet<Place>, Error> {
        let (mut counted, mut found) = (BTreeSet::new(), BTreeSet::new());
        journal::for_each_since(self.connection(), (EventKind::StockMovement, since), |entry| {
            if let Event::Stock(act) = &entry.event
                && let StockAct::Count { count, step: CountStep::Found { place, .. } } = act.as_ref()
            {
                counted.insert((*count, *place));
            }
            // What a hub moved here stands under nobody's log-in.
            let own = entry.effects.posting.as_deref().filter(|_| entry.cashier.is_some());
            let Some(posting) = own else { return };
            let by_hand = matches!(posting.cause, Cause::Adjustment { .. });
            let count = if let Cause::Count { count } = posting.cause { Some(count) } else { None };
            for movement in posting.movements.iter().filter(|one| one.kind == MovementKind::Adjustment) {
                if by_hand || count.is_some_and(|count| counted.contains(&(count, movement.place))) {
                    found.insert(movement.place);
                }
            }
        })?;
        Ok(found)
    }

    /// The posting that it makes here: with the till's time and number, and what its books said before. Where somebody has
    /// `found` the goods already they are taken back at once.
    fn posting_of(&mut self, pulled: PulledPosting, found: &BTreeSet<Place>) -> Result<Posting, Error> {
        let moment = self.shell.now();
        let PulledPosting { id, at: _, number, by, cause, reason, reference, movements } = pulled;
        let number = PostingNumber {
            kind: number,
            date: moment.business_date,
            terminal: self.identity.terminal_code.clone(),
            counter: moves::next_counter(self.connection(), number)?,
        };
        let mut booked: Vec<Movement> = Vec::with_capacity(movements.len());
        for PulledMovement { kind, place, change, unit_cost } in movements {
            let last = booked.iter().rev().find(|movement| movement.place == place).map(Movement::after);
            let before = if let Some(after) = last {
                after
            } else {
                let level = stock::bare_level(self.connection(), place)?;
                level.map_or(Stock::ZERO, |level| level.on_hand)
            };
            let movement = Movement { unit_cost, ..Movement::new(kind, place, change, before) };
            let after = movement.after();
            booked.push(movement);
            if kind.is_on_hand() && found.contains(&place) {
                booked.push(Movement::new(MovementKind::Adjustment, place, -change, after));
            }
        }
        Ok(Posting {
            id,
            number: Some(number),
            cause,
            moment,
            authority: Authority { cashier: by, approved_by: None },
            reason,
            reference,
            movements: booked,
        })
    }
}
