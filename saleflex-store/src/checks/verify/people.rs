//! The index of the journal and the audit trail: a row for every entry that has one, and no other.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use saleflex_core::{
    audit::{self, AuditRecord},
    document::{Document, ENGINE_VERSION},
    ids::DocumentId,
    journal::Entry,
};

use super::{Finding, Tampering, hold};
use crate::{
    books::index::{self, Topic},
    error::Error,
    file::codec::{get, get_json},
};

pub(super) struct People<'a> {
    connection: &'a Connection,
    /// How many entries each owner has.
    indexed: BTreeMap<(Topic, String), i64>,
    /// How many acts there are.
    acts: i64,
}

impl<'a> People<'a> {
    pub(super) const fn new(connection: &'a Connection) -> Self {
        Self { connection, indexed: BTreeMap::new(), acts: 0 }
    }

    /// Compares what an entry left in the index and in the trail. `before` is the document it is about, as it stood.
    pub(super) fn of_entry(&mut self, entry: &Entry, seq: i64, before: Option<&Document>) -> Finding {
        for (topic, owner) in index::of(entry) {
            let stored = self
                .connection
                .prepare_cached("SELECT seq FROM entry_index WHERE topic = ?1 AND owner = ?2 AND no = ?3");
            let no = self.indexed.entry((topic, owner.clone())).or_default();
            *no += 1;
            let stored: Option<i64> =
                stored?.query_row(params![topic.name(), owner, *no], |row| row.get(0)).optional()?;
            hold!(stored == Some(seq), Tampering::IndexChanged);
        }
        // Figures before an act are what this program's rules make of the document; an older engine's may differ.
        let is_current = entry.engine == ENGINE_VERSION;
        for record in audit::records(entry, before) {
            self.acts += 1;
            let Some((place, at, document, stored)) = self.stored(self.acts)? else {
                return Ok(Err(Tampering::AuditChanged));
            };
            let stands = (place, at, document)
                == (seq, record.at.instant.timestamp_micros(), record.subject.document());
            let is_same = stored == record || (!is_current && without_before(&stored, &record));
            hold!(stands && is_same, Tampering::AuditChanged);
        }
        Ok(Ok(()))
    }

    #[expect(clippy::type_complexity, reason = "a row")]
    fn stored(&self, no: i64) -> Result<Option<(i64, i64, Option<DocumentId>, AuditRecord)>, Error> {
        let mut select =
            self.connection.prepare_cached("SELECT seq, at, document, record FROM audit WHERE no = ?1")?;
        let row =
            select.query_row([no], |row| Ok((row.get(0)?, row.get(1)?, get(row, 2)?, get_json(row, 3)?)));
        Ok(row.optional()?)
    }

    /// What must hold when every entry was seen.
    pub(super) fn end(&self) -> Finding {
        let count = |sql: &str| self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let indexed: i64 = self.indexed.values().sum();
        hold!(count("SELECT count(*) FROM entry_index")? == indexed, Tampering::IndexChanged);
        hold!(count("SELECT count(*) FROM audit")? == self.acts, Tampering::AuditChanged);
        Ok(Ok(()))
    }
}

fn without_before(one: &AuditRecord, other: &AuditRecord) -> bool {
    let bare = |record: &AuditRecord| AuditRecord { before: None, ..record.clone() };
    bare(one) == bare(other)
}
