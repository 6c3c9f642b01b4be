//! `POST /api/v1/pos/transactions`, `/pos/closures` and `/pos/sequences`: the envelopes that older tills send and a
//! store's node expects. A document or closure in one is a tree of rows whose fields `docs/sync-protocol.md` names.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Counter, Verdict, push::Sender};

/// Documents of one till.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct TransactionPush {
    /// The till that recorded them.
    #[serde(flatten)]
    pub sender: Sender,
    /// The till's number in its store: a label, not an identity.
    pub pos_id: i64,
    /// The documents as they came.
    pub transactions: Vec<Box<RawValue>>,
    /// The till's counters at the moment of sending.
    #[serde(default)]
    pub sequences: Vec<Counter>,
}

/// Closures of one till.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ClosurePush {
    /// The till that closed them.
    #[serde(flatten)]
    pub sender: Sender,
    /// The till's number in its store: a label, not an identity.
    pub pos_id: i64,
    /// The closures as they came.
    pub closures: Vec<Box<RawValue>>,
    /// The till's counters at the moment of sending.
    #[serde(default)]
    pub sequences: Vec<Counter>,
}

/// The counters alone.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct SequencePush {
    /// The till whose counters they are.
    #[serde(flatten)]
    pub sender: Sender,
    /// The till's number in its store.
    pub pos_id: i64,
    /// The counters at the moment of sending.
    pub sequences: Vec<Counter>,
}

/// The answer: counts, and from our hub a verdict on each.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfficeAnswer {
    /// `ok`, or `error` with a message.
    pub status: String,
    /// Taken now or before.
    #[serde(default)]
    pub accepted: u64,
    /// Not taken.
    #[serde(default)]
    pub rejected: u64,
    /// What is wrong, with `error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The same as a stable code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// Under which the hub logged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// A verdict on each, in the order they were sent; none from an older node.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<OfficeResult>,
}

/// The verdict on one document or closure.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfficeResult {
    /// Its place in the request, from 0.
    pub index: u64,
    /// Its identity, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// Its number, such as `20250406-0001-000001`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_id: Option<String>,
    /// The verdict.
    pub result: Verdict,
    /// What the hub noticed about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Why it was not taken, as a stable code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// The same for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}
