//! Goods that a hub moved in this till's books.

use saleflex_core::{
    authority::Authority,
    catalog::CatalogChange,
    checkout::Effects,
    ids::{CashierId, PostingId},
    inventory::{Cause, Movement, MovementKind, NumberKind, Place, Posting, PostingNumber, Stock, StockAct},
    journal::{Entry, Event},
    quantity::UnitPrice,
};

use crate::{
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
        let posting = self.posting_of(pulled)?;
        let (entity, moment, period) = (posting.id.uuid(), posting.moment, self.period.period.number);
        let effects = Effects { posting: Some(Box::new(posting)), ..Effects::default() };
        let event = Event::Stock(Box::new(StockAct::Moved));
        let entry = Entry::new(entity, moment, None, period, event).with_effects(effects);
        self.commit(&entry, None, None, |connection, _| inbox::mark(connection, connector, taken))?;
        self.goods.follow(&entry, None);
        Ok(())
    }

    /// The posting that it makes here: with the till's time and number, and what its books said before.
    fn posting_of(&mut self, pulled: PulledPosting) -> Result<Posting, Error> {
        let moment = self.shell.now();
        let PulledPosting { id, number, by, cause, reason, reference, movements } = pulled;
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
            booked.push(Movement { unit_cost, ..Movement::new(kind, place, change, before) });
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
