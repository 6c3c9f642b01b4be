//! Memberships, the points ledger and segments: what is stored is the fold of what the entries say.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use saleflex_core::{
    customer::{CustomerChange, segment::Roster},
    ids::CustomerId,
    journal::{Entry, Event},
    loyalty::{LedgerRow, LoyaltyChange, Membership},
    quantity::Points,
};

use super::{Finding, Tampering, hold};
use crate::{
    error::Error,
    file::codec::{Col, Name, get, get_json, name_of},
    people::{loyalty, segments},
};

pub(super) struct Members<'a> {
    connection: &'a Connection,
    memberships: BTreeMap<CustomerId, Membership>,
    sums: BTreeMap<CustomerId, Points>,
    rosters: BTreeMap<CustomerId, Roster>,
    /// How many rows the ledger has.
    rows: i64,
}

impl<'a> Members<'a> {
    pub(super) const fn new(connection: &'a Connection) -> Self {
        Self {
            connection,
            memberships: BTreeMap::new(),
            sums: BTreeMap::new(),
            rosters: BTreeMap::new(),
            rows: 0,
        }
    }

    /// Follows an entry, and compares the rows it left in the ledger.
    pub(super) fn of_entry(&mut self, entry: &Entry, seq: i64) -> Finding {
        for change in &entry.effects.loyalty {
            if let LoyaltyChange::Enrolled { customer, program, occasion } = change {
                let newly = || Membership::new(*customer, *program, occasion.at);
                self.memberships.entry(*customer).or_insert_with(newly);
            }
            if let LoyaltyChange::PointsBooked { row } = change {
                let is_right = self.row(row, seq)?;
                hold!(is_right, Tampering::PointsChanged { customer: row.customer });
            }
            for id in change.customers() {
                if let Some(member) = self.memberships.get_mut(&id) {
                    member.apply(change);
                }
            }
        }
        let by_hand = if let Event::Customer(CustomerChange::Segment(change)) = &entry.event {
            Some(change)
        } else {
            None
        };
        for change in entry.effects.segments.iter().chain(by_hand) {
            self.rosters.entry(change.customer()).or_default().apply(change);
        }
        Ok(Ok(()))
    }

    /// Whether the next row of the ledger is this one.
    fn row(&mut self, row: &LedgerRow, seq: i64) -> Result<bool, Error> {
        self.rows += 1;
        let sum = self.sums.entry(row.customer).or_default();
        *sum = *sum + row.points;
        let mut select = self.connection.prepare_cached(
            "SELECT entry, seq, customer, kind, points, balance_after, booked_on, json(cause) = json_extract(entry, '$.cause') \
             FROM points_entry WHERE no = ?1",
        )?;
        let stored = select.query_row(params![self.rows], |stored| {
            let columns = (
                get(stored, 2)?,
                stored.get::<_, String>(3)?,
                stored.get(4)?,
                stored.get(5)?,
                get(stored, 6)?,
            );
            Ok((
                get_json::<LedgerRow>(stored, 0)?,
                stored.get::<_, i64>(1)?,
                columns,
                stored.get::<_, bool>(7)?,
            ))
        });
        let date = row.occasion.at.local.date();
        let columns = (row.customer, name_of(&row.kind), row.points.get(), row.balance_after.get(), date);
        let is_it = stored.optional()? == Some((*row, seq, columns, true));
        Ok(is_it && *sum == row.balance_after)
    }

    /// What must hold when every event was seen.
    pub(super) fn end(&self) -> Finding {
        let rows: i64 =
            self.connection.query_row("SELECT count(*) FROM points_entry", [], |row| row.get(0))?;
        let somebody = self.memberships.keys().next().copied().unwrap_or(saleflex_core::customer::WALK_IN);
        hold!(rows == self.rows, Tampering::PointsChanged { customer: somebody });
        let stored = loyalty::memberships(self.connection)?;
        for (id, member) in &self.memberships {
            let what = Tampering::PointsChanged { customer: *id };
            let sum = self.sums.get(id).copied().unwrap_or_default();
            hold!(stored.get(id) == Some(member) && member.balance() == sum, what.clone());
            hold!(self.columns_fit(member)?, what);
        }
        let strange = stored.keys().find(|id| !self.memberships.contains_key(id));
        hold!(strange.is_none(), Tampering::PointsChanged { customer: *strange.unwrap_or(&somebody) });
        hold!(segments::rosters(self.connection)? == self.rosters, Tampering::SegmentChanged);
        let odd = "SELECT EXISTS (SELECT * FROM segment_member WHERE is_active <> (state ->> '$.is_active'))";
        hold!(!self.connection.query_row(odd, [], |row| row.get::<_, bool>(0))?, Tampering::SegmentChanged);
        Ok(Ok(()))
    }

    /// Whether the columns beside a membership say what it says.
    fn columns_fit(&self, member: &Membership) -> Result<bool, Error> {
        let mut select = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT * FROM membership WHERE customer = ?1 AND program = ?2 AND status = ?3 \
             AND tier IS ?4 AND balance = ?5 AND available = ?6 AND next_expiry IS ?7)",
        )?;
        Ok(select.query_row(
            params![
                Col(member.customer),
                Col(member.program),
                Name(member.status),
                member.tier,
                member.balance().get(),
                member.available().get(),
                Col(loyalty::next_expiry(member)),
            ],
            |row| row.get(0),
        )?)
    }
}
