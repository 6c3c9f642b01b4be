//! `GET /api/v1/sync/state`: what a hub has of the till that asks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::Cursor;

/// The counter whose value is the next receipt's number.
pub const RECEIPT_NUMBER: &str = "ReceiptNumber";
/// The counter whose value is the open period's number.
pub const CLOSURE_NUMBER: &str = "ClosureNumber";

/// What a hub has of a till.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncState {
    /// The life of the till's file that it last heard of; none before the first event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Uuid>,
    /// The highest number of that life up to which nothing is missing.
    #[serde(default)]
    pub contiguous_seq: u64,
    /// Numbers above it that did not come while later ones did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<u64>,
    /// The till's numbers as far as the hub has seen them.
    #[serde(default)]
    pub counters: Vec<Counter>,
    /// The latest place in the hub's changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub data_version: Option<Cursor>,
    /// What a newer hub adds, kept as it came.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub further: BTreeMap<String, Value>,
}

/// One of a till's counters.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counter {
    /// [`RECEIPT_NUMBER`] or [`CLOSURE_NUMBER`].
    pub name: String,
    /// Its value.
    pub value: u64,
}

/// The two counters of a till, compared by the period first: a receipt's number starts anew with each period.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Counters {
    /// The number of the open period.
    pub closure: u32,
    /// The next receipt's number.
    pub receipt: u32,
}

impl Counters {
    /// Reads a list in which either counter may stand several times: older tills send a stale pair behind the true
    /// one. The greatest pair counts, and one that has only half a pair or no number that fits counts for nothing.
    pub fn of(list: &[Counter]) -> Option<Self> {
        let named = |name: &str| {
            let values = list.iter().filter(move |counter| counter.name == name);
            values.map(|counter| u32::try_from(counter.value).ok()).collect::<Vec<_>>()
        };
        let pairs = named(CLOSURE_NUMBER).into_iter().zip(named(RECEIPT_NUMBER));
        pairs.filter_map(|(closure, receipt)| Some(Self { closure: closure?, receipt: receipt? })).max()
    }

    /// The list as it is sent.
    pub fn to_list(self) -> Vec<Counter> {
        [(RECEIPT_NUMBER, self.receipt), (CLOSURE_NUMBER, self.closure)]
            .map(|(name, value)| Counter { name: name.to_owned(), value: value.into() })
            .to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(pairs: &[(&str, u64)]) -> Vec<Counter> {
        pairs.iter().map(|(name, value)| Counter { name: (*name).to_owned(), value: *value }).collect()
    }

    #[test]
    fn a_stale_pair_behind_the_true_one_moves_nothing_back() {
        let sent =
            list(&[(RECEIPT_NUMBER, 1), (CLOSURE_NUMBER, 3), (RECEIPT_NUMBER, 9), (CLOSURE_NUMBER, 2)]);
        assert_eq!(Counters::of(&sent), Some(Counters { closure: 3, receipt: 1 }));
    }

    #[test]
    fn half_a_pair_and_a_number_beyond_all_receipts_count_for_nothing() {
        assert_eq!(Counters::of(&list(&[(RECEIPT_NUMBER, 7)])), None);
        assert_eq!(Counters::of(&list(&[(RECEIPT_NUMBER, u64::MAX), (CLOSURE_NUMBER, 1)])), None);
    }

    #[test]
    fn what_is_sent_is_read_back() {
        let counters = Counters { closure: 12, receipt: 345 };
        assert_eq!(Counters::of(&counters.to_list()), Some(counters));
    }
}
