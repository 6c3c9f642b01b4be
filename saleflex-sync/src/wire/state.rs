//! `GET /api/v1/sync/state`: what a hub has of the till that asks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{Cursor, push::HighWater};

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
    /// The highest number it has of that life; nothing or less than the one above means the same as that.
    #[serde(default)]
    pub highest_seq: u64,
    /// The idempotency key of the event with the highest number: a till whose event of that number is another one
    /// is not the file the hub heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest_key: Option<String>,
    /// Numbers above the contiguous one that did not come while later ones did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<u64>,
    /// The same of the lives before; none from a hub that does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Vec<HighWater>>,
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

impl SyncState {
    /// Whether the hub has the event of this number of this life. Where it says nothing of earlier lives, it is taken
    /// to have them whole.
    pub fn holds(&self, epoch: Uuid, seq: u64) -> bool {
        if self.epoch == Some(epoch) {
            return holds(self.contiguous_seq, self.highest_seq, &self.missing, seq);
        }
        let Some(earlier) = &self.earlier else { return self.epoch.is_some() };
        let mark = earlier.iter().find(|mark| mark.epoch == epoch);
        mark.is_some_and(|mark| holds(mark.contiguous_seq, mark.highest_seq, &mark.missing, seq))
    }
}

fn holds(contiguous: u64, highest: u64, missing: &[u64], seq: u64) -> bool {
    let highest = missing.iter().copied().max().unwrap_or_default().max(highest);
    seq <= contiguous || (seq <= highest && !missing.contains(&seq))
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
    fn what_a_hub_has_is_all_up_to_its_first_gap_and_beyond_it_what_it_does_not_miss() {
        let [now, before, other] = [1, 2, 3].map(Uuid::from_u128);
        let mark = HighWater { epoch: before, contiguous_seq: 2, highest_seq: 2, missing: Vec::new() };
        let mut state = SyncState {
            epoch: Some(now),
            contiguous_seq: 3,
            highest_seq: 7,
            missing: vec![4, 6],
            ..SyncState::default()
        };
        let held =
            |state: &SyncState, epoch| (1..=9).filter(|seq| state.holds(epoch, *seq)).collect::<Vec<_>>();
        assert_eq!(held(&state, now), [1, 2, 3, 5, 7]);
        assert_eq!(held(&state, before).len(), 9);
        state.earlier = Some(vec![mark]);
        assert_eq!((held(&state, before), held(&state, other)), (vec![1, 2], Vec::new()));
        assert!(!SyncState::default().holds(now, 1));
    }

    #[test]
    fn what_is_sent_is_read_back() {
        let counters = Counters { closure: 12, receipt: 345 };
        assert_eq!(Counters::of(&counters.to_list()), Some(counters));
    }
}
