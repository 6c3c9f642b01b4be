//! The body of every answer of a hub that is not a success.

use serde::{Deserialize, Serialize};

/// Why a request was refused.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusalBody {
    /// A stable code, such as `cursor_expired`.
    pub code: String,
    /// One sentence for a person.
    #[serde(default)]
    pub message: String,
    /// Which field, which number, where that says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub detail: Option<serde_json::Value>,
    /// Under which the hub logged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// With `out_of_order`: the number the hub waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_seq: Option<u64>,
}

/// The cursor is older than the tombstones that the hub keeps.
pub const CURSOR_EXPIRED: &str = "cursor_expired";
/// The same event came with other content.
pub const CONTENT_MISMATCH: &str = "content_mismatch";
/// Earlier events are lacking.
pub const OUT_OF_ORDER: &str = "out_of_order";
/// The till delivers and takes nothing.
pub const PULL_NOT_ALLOWED: &str = "pull_not_allowed";
