//! Whatever bytes claim to be an envelope or an answer: read or refused, never a panic, and what was read is
//! written again with the same meaning and the same frozen payloads.

use std::time::Duration;

use saleflex_sync::{
    plan,
    wire::{PushAnswer, PushRequest},
};

/// Holds for any bytes.
///
/// # Panics
/// Where it does not: a finding.
pub fn run(bytes: &[u8]) {
    if let Ok(request) = serde_json::from_slice::<PushRequest>(bytes) {
        let written = serde_json::to_string(&request).expect("what was read can be written");
        let again: PushRequest = serde_json::from_str(&written).expect("what was written can be read");
        assert_eq!(serde_json::to_string(&again).expect("as before"), written);
        for (item, same) in request.items.iter().zip(&again.items) {
            assert_eq!(item.payload.get(), same.payload.get(), "a frozen payload changed");
            assert_eq!(item.verify(&request.sender), same.verify(&again.sender));
        }
        for status in [200, 400, 409, 500] {
            let _ = plan::next(&request, status, bytes, None);
        }
    }
    if let Ok(answer) = serde_json::from_slice::<PushAnswer>(bytes) {
        let written = serde_json::to_string(&answer).expect("what was read can be written");
        assert_eq!(serde_json::from_str::<PushAnswer>(&written).expect("and read"), answer);
    }
    if let [failures, rest @ ..] = bytes {
        let random = rest.iter().fold(0_u32, |random, byte| random.rotate_left(8) ^ u32::from(*byte));
        let wait = plan::wait((*failures).into(), random, Duration::ZERO);
        assert!((Duration::from_secs(1)..=Duration::from_secs(300)).contains(&wait));
    }
}
