//! What the hub noticed about deliveries and somebody has to look at: written down, and told to those who look after the
//! store.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::{
    audit::{self, Act, Actor},
    db::{DatabaseError, Session},
    ledger::{Event, flag},
    notices::{self, Told},
    registry::Terminal,
};

pub(crate) mod clones;

/// What is told at once. Everything else that was noticed is found by asking for it.
const ALARMING: [&str; 10] = [
    flag::CAMPAIGN_DRIFT,
    flag::CARD_UNUSABLE,
    flag::CLONED_TERMINAL,
    flag::CONTENT_MISMATCH,
    flag::CURRENCY_DIFFERS,
    flag::DRIFT,
    flag::FORKED,
    flag::GAP,
    flag::NUMBER_REUSED,
    flag::OVER_REFUND,
];
/// How many events a message names.
const NAMED: usize = 5;

/// Events with what was noticed about each now.
#[derive(Debug, Default)]
pub(crate) struct Noticed(BTreeMap<&'static str, Vec<Event>>);

impl Noticed {
    /// Adds what was noticed about an event.
    pub(crate) fn add<'a>(&mut self, event: &Event, flags: impl IntoIterator<Item = &'a String>) {
        for flag in flags {
            if let Some(alarming) = ALARMING.into_iter().find(|known| known == flag) {
                self.0.entry(alarming).or_default().push(event.clone());
            }
        }
    }

    /// Writes it down and tells those who look after the store: one act and one message for each thing noticed,
    /// however many events a delivery brought.
    pub(crate) fn raise(
        &self,
        session: &mut dyn Session,
        (company, terminal): (Uuid, &Terminal),
        now: DateTime<Utc>,
    ) -> Result<(), DatabaseError> {
        for (flag, events) in &self.0 {
            let named: Vec<String> = events.iter().take(NAMED).map(|(_, id, _)| id.to_string()).collect();
            let act = Act {
                name: "delivery.flagged",
                subject: "terminal",
                id: terminal.id.to_string(),
                store: Some(terminal.store),
                detail: json!({"flag": flag, "events": events.len(), "first": named}),
            };
            audit::write(session, company, Actor::Device(terminal.id), &act, now)?;
            let title = format!("{}: {flag}", terminal.code);
            let body = format!("{} delivered, such as {}", events.len(), named.join(", "));
            let told = Told::Managers(terminal.store);
            notices::tell(session, company, told, ("delivery_flagged", &title, &body), now)?;
        }
        Ok(())
    }
}
