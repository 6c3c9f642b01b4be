//! Documents that several closures hold: a till's file was copied with a period open in it, and the copy closed it as well as
//! whoever it was copied from.
//!
//! **Invariant:** a document is in the sum of all closures of its till once, or the sum says that this cannot be told.

use saleflex_core::{
    closure::{Closure, Report, Told, counted_elsewhere},
    journal::Entry,
};
use uuid::Uuid;

use super::read;
use crate::{
    db::{DatabaseError, Session},
    ledger::flag,
};

/// A closure in the books.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) company: Uuid,
    pub(super) terminal: Uuid,
    pub(super) id: Uuid,
    /// The life of the file that closed it; none of an older terminal's.
    pub(super) epoch: Option<Uuid>,
    pub(super) closure: &'a Closure,
}

/// What a closure shares with others of its till.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// What others count.
    pub(super) elsewhere: Vec<Report>,
    /// It may hold what others count too, and nobody can tell.
    pub(super) is_unclear: bool,
}

impl Known<'_> {
    /// What it shares with those of its number.
    pub(super) fn shared(self, session: &mut dyn Session) -> Result<Shared, DatabaseError> {
        let others = self.others(session)?;
        let mut told = Vec::new();
        for (id, epoch, entry) in &others {
            told.extend(entry.closure().map(|closure| Told { id: *id, epoch: *epoch, closure }));
        }
        let number = self.closure.period.closing_number();
        let mut shared = Shared {
            elsewhere: Vec::new(),
            // An earlier version gave a copy's closure the number of the original's, and did not say what it had copied.
            is_unclear: told.iter().any(|other| other.closure.period.closing_number() == number),
        };
        let Some(epoch) = self.epoch else { return Ok(shared) };
        let own = Told { id: self.id, epoch, closure: self.closure };
        for part in counted_elsewhere(own, &told) {
            if self.is_forked(session, part.epoch)? {
                shared.is_unclear = true;
            } else {
                shared.elsewhere.push(part.report.clone());
            }
        }
        Ok(shared)
    }

    /// The closures of its till that have its number.
    fn others(self, session: &mut dyn Session) -> Result<Vec<(Uuid, Uuid, Entry)>, DatabaseError> {
        let rows = session.query(
            "SELECT c.closure_id, l.epoch, l.body FROM closure c JOIN ledger l ON l.company_id = c.company_id \
             AND l.terminal_id = c.terminal_id AND l.kind = 'closure' AND l.entity_id = c.closure_id \
             AND l.revision = 1 WHERE c.company_id = $1 AND c.terminal_id = $2 AND c.closure_number = $3 \
             AND c.closure_id <> $4 AND l.epoch IS NOT NULL",
            &[
                self.company.into(),
                self.terminal.into(),
                i64::from(self.closure.number().0).into(),
                self.id.into(),
            ],
        )?;
        let mut others = Vec::new();
        for row in &rows {
            if let Some((entry, _)) = read(row.text(2)?) {
                others.push((row.id(0)?, row.id(1)?, entry));
            }
        }
        Ok(others)
    }

    /// Whether two files went on in one life: nobody can tell which of the documents of it a closure counts.
    fn is_forked(self, session: &mut dyn Session, epoch: Uuid) -> Result<bool, DatabaseError> {
        let rows = session.query(
            "SELECT 1 FROM ledger_flag f JOIN ledger l ON l.company_id = f.company_id \
             AND l.terminal_id = f.terminal_id AND l.kind = f.kind AND l.entity_id = f.entity_id \
             AND l.revision = f.revision WHERE f.company_id = $1 AND f.terminal_id = $2 AND f.flag = $3 \
             AND l.epoch = $4 LIMIT 1",
            &[self.company.into(), self.terminal.into(), flag::FORKED.into(), epoch.into()],
        )?;
        Ok(!rows.is_empty())
    }
}
