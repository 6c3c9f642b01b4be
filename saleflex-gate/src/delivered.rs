//! What took effect of our tills, event by event: for operators, and for whoever compares a hub with its tills.

use saleflex_sync::wire::{EventKind, PushItem};
use uuid::Uuid;

use crate::{ApiError, Hub, db::Tenant};

/// An event of a till, as it took effect.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Delivered {
    /// The code of the till's store.
    pub store_code: String,
    /// The till's code, unique in its store.
    pub terminal_code: String,
    /// The life of its file.
    pub epoch: Uuid,
    /// Its place in the till's sequence.
    pub seq: u64,
    /// What kind of event.
    pub kind: EventKind,
    /// What it is about.
    pub entity: Uuid,
    /// Which revision.
    pub revision: u32,
    /// The content, byte for byte as the till froze it.
    pub body: String,
}

impl Delivered {
    /// The key under which it is known everywhere.
    pub fn key(&self) -> String {
        PushItem::key_of(&self.terminal_code, &self.kind, self.entity, self.revision)
    }
}

impl Hub {
    /// Every event of our tills of a company that took effect, till by till, in the order of their sequences.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses.
    pub async fn delivered(&self, company: Uuid) -> Result<Vec<Delivered>, ApiError> {
        let read = self.books.read(Tenant::Company(company), move |session| {
            let rows = session.query(
                "SELECT t.terminal_code, l.epoch, l.seq, l.kind, l.entity_id, l.revision, l.body, s.store_code \
                 FROM ledger l JOIN terminal t ON t.company_id = l.company_id AND t.terminal_id = l.terminal_id \
                 JOIN store s ON s.company_id = t.company_id AND s.store_id = t.store_id \
                 JOIN feed f ON f.company_id = l.company_id AND f.terminal_id = l.terminal_id AND f.epoch = l.epoch \
                 WHERE l.company_id = $1 AND l.seq IS NOT NULL ORDER BY s.store_code, t.terminal_code, f.life, l.seq",
                &[company.into()],
            )?;
            let delivered = rows.iter().map(|row| {
                Ok(Delivered {
                    store_code: row.text(7)?.to_owned(),
                    terminal_code: row.text(0)?.to_owned(),
                    epoch: row.id(1)?,
                    seq: u64::try_from(row.integer(2)?).unwrap_or_default(),
                    kind: EventKind::of(row.text(3)?),
                    entity: row.id(4)?,
                    revision: u32::try_from(row.integer(5)?).unwrap_or_default(),
                    body: row.text(6)?.to_owned(),
                })
            });
            delivered.collect::<Result<_, ApiError>>()
        });
        read.await
    }
}
