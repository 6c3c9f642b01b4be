//! Whatever bytes claim to be a place in a hub's changes, a page of them or what a hub has of a till: read or refused, never
//! a panic, and what was read is written again as it was.

use saleflex_sync::wire::{ChangesPage, Cursor, SyncState, pull::ChangesQuery, state::Counters};
use uuid::Uuid;

/// Holds for any bytes.
///
/// # Panics
/// Where it does not: a finding.
pub fn run(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(cursor) = Cursor::parse(text)
    {
        assert_eq!(cursor.as_str(), text);
        if let Ok(change) = cursor.change() {
            assert_eq!(Cursor::of_change(change), cursor, "one text a place");
        }
    }
    if let Ok(page) = serde_json::from_slice::<ChangesPage>(bytes) {
        let written = serde_json::to_string(&page).expect("what was read can be written");
        assert_eq!(serde_json::from_str::<ChangesPage>(&written).expect("and read"), page);
    }
    if let Ok(state) = serde_json::from_slice::<SyncState>(bytes) {
        let written = serde_json::to_string(&state).expect("what was read can be written");
        assert_eq!(serde_json::from_str::<SyncState>(&written).expect("and read"), state);
        for epoch in [state.epoch.unwrap_or_default(), Uuid::from_u128(1)] {
            for seq in [0, 1, state.contiguous_seq, state.highest_seq, u64::MAX] {
                let _ = state.holds(epoch, seq);
            }
        }
        let _ = Counters::of(&state.counters);
    }
    let _ = serde_json::from_slice::<ChangesQuery>(bytes);
}
