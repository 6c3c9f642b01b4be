//! What is not delivered to the hub: what was set aside, why, and what somebody does about it; what waits; what the hub
//! noticed about events that it took; rows of the hub that do not fit yet; what the hub lends.

use chrono::{DateTime, Utc};
use saleflex_core::{money::Money, time::Moment};
use saleflex_store::{
    Error, Till,
    outbox::{Flagged, Undelivered},
};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words, quotas};
use crate::{
    app::{State, Tone},
    effect::{Act, Effect, SyncAct, sync_connector},
    program::ProgramConfig,
    text::{Key, Text},
};

/// The most rows of each kind.
const MOST_ROWS: u32 = 100;

/// The most rows of what the hub noticed: nothing makes them go away.
const MOST_FLAGGED: u32 = 20;

/// What is not delivered.
pub(crate) struct Deliveries;

impl Listing for Deliveries {
    fn form(&self) -> &'static str {
        "SYNC_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/sync_list.toml")
    }

    fn event(&self) -> &'static str {
        "SYNC_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["SYNC_RELEASE", "SYNC_WRITE_OFF", "SYNC_NOW"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleSync, none: Key::SyncNone, hint: Key::HintSync }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::number(Key::ColumnNumber, 7),
                Heading::text(Key::ColumnKind, 14),
                Heading::text(Key::ColumnTime, 12),
                Heading::text(Key::ColumnState, 14),
                Heading::number(Key::ColumnTries, 6),
                Heading::text(Key::ColumnReason, 0),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let Some(connector) = sync_connector(till) else {
            let title = Some(text.word(Key::SyncStandalone).to_owned());
            return Ok(Listed { title, ..Listed::default() });
        };
        let now = till.now();
        let outbox = till.outbox(connector)?;
        let mut rows = vec![hub(till, text, connector, now)?];
        rows.extend(outbox.undelivered(MOST_ROWS)?.iter().map(|event| row(text, event, now)));
        rows.extend(outbox.flagged(MOST_FLAGGED)?.iter().map(|event| flagged(text, event, now)));
        rows.extend(till.held_rows(connector, MOST_ROWS)?.into_iter().map(|held| ListRow {
            id: RowId::Nothing,
            cells: vec![
                String::new(),
                held.resource,
                String::new(),
                text.word(Key::StateHeld).to_owned(),
                String::new(),
                held.held_for,
            ],
            total: Money::ZERO,
            is_dim: true,
        }));
        rows.extend(quotas::rows(till, text, connector, now)?);
        let progress = outbox.progress()?;
        let (waiting, all) = (progress.waiting.to_string(), progress.last_no.to_string());
        let title = text.fill(Key::SyncWaiting, &[("waiting", &waiting), ("all", &all)]);
        Ok(Listed {
            rows: rows.into_iter().filter(|row| row.holds(&query.term)).collect(),
            title: Some(title),
            ..Listed::default()
        })
    }

    fn act_on_all(&self, event: &str) -> Option<Vec<Effect>> {
        (event == "SYNC_NOW").then(|| State::act(Act::Sync(SyncAct::Now)))
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let RowId::Delivery(no, true) = row.id else {
            state.say_words(Tone::Notice, state.text.word(Key::NotSetAside).to_owned());
            return Vec::new();
        };
        if event == "SYNC_RELEASE" {
            return State::act(Act::Sync(SyncAct::Release(no)));
        }
        let hint = state.text.fill(Key::WriteOffHint, &[("number", &no.to_string())]);
        state.ask_reason(Act::Sync(SyncAct::WriteOff { no, reason: String::new() }), hint);
        Vec::new()
    }
}

/// The hub itself: where it is and when it was last asked.
fn hub(till: &Till, text: &Text, connector: &str, now: Moment) -> Result<ListRow, Error> {
    let pull = till.pull_state(connector)?;
    let asked = match pull.pulled_at {
        Some(at) => shown(now, at),
        None => text.word(Key::SyncNever).to_owned(),
    };
    let address = ProgramConfig::beside(till.path()).unwrap_or_default().sync.address;
    let state = text.word(Key::StateAsked).to_owned();
    let cells = vec![String::new(), connector.to_owned(), asked, state, String::new(), address];
    Ok(ListRow { id: RowId::Nothing, cells, total: Money::ZERO, is_dim: false })
}

fn row(text: &Text, event: &Undelivered, now: Moment) -> ListRow {
    let state = if event.is_set_aside { Key::StateAside } else { Key::StateWaits };
    let why = event.failure.as_ref().map(|failure| format!("{} {}", failure.code, failure.detail));
    let tries = if event.attempts == 0 { String::new() } else { event.attempts.to_string() };
    ListRow {
        id: RowId::Delivery(event.no, event.is_set_aside),
        cells: vec![
            event.no.to_string(),
            kind(text, &event.kind).to_owned(),
            shown(now, event.created_at),
            text.word(state).to_owned(),
            tries,
            why.unwrap_or_default(),
        ],
        total: Money::ZERO,
        is_dim: !event.is_set_aside,
    }
}

/// What the hub took and noticed something about: to be looked into, with nothing to do about the event itself.
fn flagged(text: &Text, event: &Flagged, now: Moment) -> ListRow {
    let cells = vec![
        event.no.to_string(),
        kind(text, &event.kind).to_owned(),
        shown(now, event.created_at),
        text.word(Key::StateFlagged).to_owned(),
        String::new(),
        event.flags.join(", "),
    ];
    ListRow { id: RowId::Nothing, cells, total: Money::ZERO, is_dim: false }
}

/// What an event is about, in a word.
fn kind<'a>(text: &'a Text, name: &'a str) -> &'a str {
    match name {
        "transaction" => text.word(Key::KindDocument),
        "closure" => text.word(Key::KindClosure),
        "closure_correction" => text.word(Key::KindCorrection),
        "customer" => text.word(Key::KindCustomer),
        "loyalty" => text.word(Key::KindPoints),
        "stock_movement" => text.word(Key::KindStock),
        other => other,
    }
}

/// Day and time on the store's clock, with the offset it has now.
pub(super) fn shown(now: Moment, at: DateTime<Utc>) -> String {
    let offset = now.local - now.instant.naive_utc();
    (at.naive_utc() + offset).format("%m-%d %H:%M").to_string()
}
