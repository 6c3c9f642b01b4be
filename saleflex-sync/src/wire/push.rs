//! `POST /api/v1/sync/push`: many events of one till in its order, and a verdict on each.

use std::{collections::BTreeMap, fmt};

use chrono::{DateTime, FixedOffset, Utc};
use saleflex_core::{digest::Digest, ids::ClosureNumber};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};
use uuid::Uuid;

use super::{Counter, EventKind, SCHEMA_VERSION, Verdict};

/// Events of one till, in the order of its sequence.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushRequest {
    /// The version of this envelope, [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The till that committed the events; kept unchanged when another node forwards them.
    pub sender: Sender,
    /// The random id of the till's database, new after a re-install or a restore: sequences of different epochs
    /// do not continue each other.
    pub epoch: Uuid,
    /// The number of the last event before this epoch: its own numbers continue there, without a gap.
    #[serde(default)]
    pub epoch_after: u64,
    /// How many events the till has set aside for a person.
    #[serde(default)]
    pub quarantined: u64,
    /// The events.
    pub items: Vec<PushItem>,
}

impl PushRequest {
    /// An envelope of the current version.
    pub const fn new(sender: Sender, epoch: Uuid, quarantined: u64, items: Vec<PushItem>) -> Self {
        Self { schema_version: SCHEMA_VERSION, sender, epoch, epoch_after: 0, quarantined, items }
    }
}

/// Which till it was: three texts, compared exactly.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sender {
    /// The installation that owns the till; unique over the whole hub.
    pub office_code: String,
    /// The store, unique within the office.
    pub store_code: String,
    /// The till, unique within the store.
    pub terminal_code: String,
}

/// One committed event with its frozen payload.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushItem {
    /// Its place in the till's sequence.
    pub seq: u64,
    /// What kind of event it is.
    pub kind: EventKind,
    /// What it is about: a document, a closure, a movement.
    pub entity_id: Uuid,
    /// 1 for the event as first committed; a correction is a new event with the next revision.
    pub revision: u32,
    /// How it is tied to a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub depends_on_closure: Option<PeriodLink>,
    /// Events that a closure's period has and that were set aside, by their sequence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<u64>,
    /// When it was committed, with the store's offset.
    pub created_at: DateTime<FixedOffset>,
    /// The same for every attempt, [`PushItem::key`].
    pub idempotency_key: String,
    /// The version of the payload's shape.
    pub schema_version: u32,
    /// The digest of the payload's bytes as they stand here.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub payload_hash: Digest,
    /// The frozen bytes, neither reordered nor reformatted by anybody on the way.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub payload: Box<RawValue>,
    /// The people whom it is about, as the sender knows them now, in rows of `customers`. The payload names them by their
    /// identities alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub people: Vec<Person>,
    /// What a store's hub adds to it when it forwards it; none of a till.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<Forwarded>,
}

/// A person whom an event is about, as a row of `customers`. It stands beside the payload, and neither in the frozen bytes
/// nor in their digest, so that a person can be erased.
#[derive(Clone, Default, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Person(pub Map<String, Value>);

impl Person {
    /// The identity of the customer.
    pub fn id(&self) -> Option<Uuid> {
        Uuid::parse_str(self.0.get("id")?.as_str()?).ok()
    }
}

impl fmt::Debug for Person {
    /// Without what identifies the person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(…)")
    }
}

/// The version of a payload that an older terminal wrote: a document of `POST /pos/transactions`, a closure of
/// `POST /pos/closures`, a movement of goods, a use of an offer or points, as it came. Only a store's hub sends it, and
/// gives it a place in a sequence of its own.
pub const OLDER_PAYLOAD: u32 = 0;

/// What a store's hub adds to an event that it forwards.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Forwarded {
    /// The life of the queue of the store's hub: its numbers count in it.
    pub life: Uuid,
    /// The event's number in that queue. What was used of the shares of that hub is counted by it.
    pub no: u64,
    /// The counters that an older terminal sent with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counters: Vec<Counter>,
}

/// How an event is tied to a period.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodLink {
    /// A document of the period.
    BelongsTo(ClosureNumber),
    /// The record that closes it.
    Closes(ClosureNumber),
}

impl PeriodLink {
    /// The period.
    pub const fn period(self) -> ClosureNumber {
        let (Self::BelongsTo(period) | Self::Closes(period)) = self;
        period
    }
}

impl PushItem {
    /// The idempotency key of an event: `terminal_code/kind/entity_id/revision`.
    pub fn key(sender: &Sender, kind: &EventKind, entity_id: Uuid, revision: u32) -> String {
        Self::key_of(&sender.terminal_code, kind, entity_id, revision)
    }

    /// The same of a till that is known by its code alone, as its own hub knows it.
    pub fn key_of(terminal_code: &str, kind: &EventKind, entity_id: Uuid, revision: u32) -> String {
        format!("{terminal_code}/{kind}/{entity_id}/{revision}")
    }

    /// Whether key and digest are those of the content, as a receiver asks before it believes an item.
    ///
    /// # Errors
    /// The first [`Mismatch`].
    pub fn verify(&self, sender: &Sender) -> Result<(), Mismatch> {
        let expected = Self::key(sender, &self.kind, self.entity_id, self.revision);
        if self.idempotency_key != expected {
            return Err(Mismatch::Key { expected, found: self.idempotency_key.clone() });
        }
        let computed = Digest::of(self.payload.get().as_bytes());
        if self.payload_hash != computed {
            return Err(Mismatch::Payload { stated: self.payload_hash, computed });
        }
        Ok(())
    }
}

/// An item that contradicts itself.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// The key is not that of the event.
    #[error("the key is {found}, that of the event {expected}")]
    Key {
        /// The key that follows from the event.
        expected: String,
        /// The key that came.
        found: String,
    },
    /// The payload was changed after it was frozen.
    #[error("the payload's hash is {computed}, stated was {stated}")]
    Payload {
        /// What the sender stated.
        stated: Digest,
        /// What the bytes give.
        computed: Digest,
    },
}

/// The hub's answer.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushAnswer {
    /// A verdict on each item, in any order.
    pub results: Vec<ItemResult>,
    /// How far the hub has the till's sequence without a gap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high_water: Option<HighWater>,
    /// The hub's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_time: Option<DateTime<Utc>>,
    /// What a newer hub adds, kept as it came.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub further: BTreeMap<String, serde_json::Value>,
}

/// The verdict on one item.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemResult {
    /// The item's idempotency key.
    pub id: String,
    /// The verdict.
    pub result: Verdict,
    /// What the hub noticed about an item it took, such as `number_reused`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Why it was not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ItemError>,
}

/// Why an item was not taken.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemError {
    /// A stable code, such as `content_mismatch`.
    pub code: String,
    /// For a person.
    #[serde(default)]
    pub detail: String,
}

/// How far a hub has a till's sequence.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HighWater {
    /// The epoch it speaks of.
    pub epoch: Uuid,
    /// The highest number up to which nothing is missing.
    pub contiguous_seq: u64,
    /// The highest number it has of that epoch.
    #[serde(default)]
    pub highest_seq: u64,
    /// Numbers above it that did not come while later ones did.
    #[serde(default)]
    pub missing: Vec<u64>,
}
