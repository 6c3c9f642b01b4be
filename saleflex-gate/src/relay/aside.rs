//! What the company's hub would not take, and what a person does about it: forwards it once more, or gives it up.
//!
//! **Invariant:** what is set aside stays in the queue, whatever becomes of it, and closures of its period name it.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::outbox::{RelayOutbox, column, number};
use crate::{
    audit::{self, Act, Actor},
    db::{DatabaseError, Row, Session},
};

impl RelayOutbox {
    /// Numbers with the code and the reason.
    pub(super) fn set_aside(&self) -> Result<Vec<(u64, String, String)>, DatabaseError> {
        let company = self.company;
        self.write(|session| {
            let rows = session.query(
                "SELECT no, last_code, last_detail FROM relay WHERE company_id = $1 AND state = 'quarantined' \
                 AND written_off_at IS NULL ORDER BY no",
                &[company.into()],
            )?;
            let text = |row: &Row, at| Ok::<_, DatabaseError>(row.optional_text(at)?.unwrap_or_default().to_owned());
            rows.iter().map(|row| Ok((number(row.integer(0)?), text(row, 1)?, text(row, 2)?))).collect()
        })
    }

    /// Forwards an event once more; answers whether it was set aside.
    pub(super) fn release(&self, no: u64) -> Result<bool, DatabaseError> {
        let key = [self.company.into(), column(no)];
        self.write(|session| {
            let sql = "UPDATE relay SET state = 'pending', attempts = 0, next_attempt_at = NULL \
                       WHERE company_id = $1 AND no = $2 AND state = 'quarantined' AND written_off_at IS NULL";
            Ok(session.execute(sql, &key)? > 0)
        })
    }

    /// Gives an event up; answers whether it was set aside.
    pub(super) fn write_off(&self, no: u64, reason: &str, now: DateTime<Utc>) -> Result<bool, DatabaseError> {
        let company = self.company;
        self.write(|session| {
            let rows = session.query(
                "UPDATE relay SET written_off_at = $3 WHERE company_id = $1 AND no = $2 AND state = 'quarantined' \
                 AND written_off_at IS NULL RETURNING terminal_id, kind, entity_id, last_code",
                &[company.into(), column(no), now.timestamp_millis().into()],
            )?;
            let Some(row) = rows.first() else { return Ok(false) };
            let act = Act {
                name: "relay.written_off",
                subject: "terminal",
                id: row.id(0)?.to_string(),
                store: None,
                detail: json!({
                    "number": no, "kind": row.text(1)?, "entity_id": row.id(2)?, "code": row.optional_text(3)?,
                    "reason": reason,
                }),
            };
            audit::write(session, company, Actor::Operator, &act, now)?;
            Ok(true)
        })
    }
}

/// The envelopes of a till that never came to the company's hub, because a person has to look at them or gave them up.
pub(super) fn quarantined(
    session: &mut dyn Session,
    company: Uuid,
    terminal: Uuid,
) -> Result<Vec<String>, DatabaseError> {
    let rows = session.query(
        "SELECT head FROM relay WHERE company_id = $1 AND terminal_id = $2 AND state = 'quarantined' ORDER BY no",
        &[company.into(), terminal.into()],
    )?;
    rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}
