//! `POST /api/v1/sync/heartbeat`: how a till is, and what its hub wants it to do.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{Cursor, Domain};

/// How a till is.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Heartbeat {
    /// The version of this shape.
    pub schema_version: u32,
    /// The program's version.
    pub software_version: String,
    /// The operating system, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operating_system: Option<String>,
    /// The life of the till's file.
    pub epoch: Uuid,
    /// The number of the last event it queued.
    pub last_seq: u64,
    /// Events that wait.
    pub queue_depth: u64,
    /// When the oldest of them was committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_waiting: Option<DateTime<Utc>>,
    /// Events set aside for a person.
    #[serde(default)]
    pub quarantined: u64,
    /// The state of each printer by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub printers: BTreeMap<String, String>,
    /// When it took changes of the hub last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pulled_at: Option<DateTime<Utc>>,
    /// Where it is in them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub cursor: Option<Cursor>,
    /// The till's clock.
    pub clock: DateTime<Utc>,
    /// Signals that it has obeyed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledged: Vec<Uuid>,
}

/// The hub's answer.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeartbeatAnswer {
    /// The hub's clock.
    pub server_time: DateTime<Utc>,
    /// What it wants done, until each is acknowledged.
    #[serde(default)]
    pub signals: Vec<Signal>,
    /// The life of the hub: another one since each start of its program, and while it waits for the till to compare. Where it
    /// changed since the till compared with what the hub has, the hub may have been put back to a backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub life: Option<Uuid>,
    /// What a newer hub adds, kept as it came.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub further: BTreeMap<String, Value>,
}

/// Something a till should do. It never carries business data; it says what to pull.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Signal {
    /// Its identity; a till obeys it once.
    pub id: Uuid,
    /// What to do.
    #[serde(rename = "type")]
    pub kind: SignalKind,
    /// The domains it is about; none: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<Domain>,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// When it is void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
}

open_enum! {
    /// What a signal asks for.
    SignalKind {
        /// Pull what changed.
        CacheRefresh = "cache_refresh",
        /// Push what waits and pull what changed, now.
        ForceSync = "force_sync",
        /// Ask for the till's settings again.
        SettingsChanged = "settings_changed",
        /// Ask for its screens again.
        FormPublished = "form_published",
        /// Ask for its people again.
        CashierChanged = "cashier_changed",
        /// Ask the cashier to close the period.
        RequestClosure = "request_closure",
        /// Stop pulling: the till is suspended.
        SuspendTerminal = "suspend_terminal",
        /// Another version of the program is there.
        UpdateAvailable = "update_available",
    }
}

impl SignalKind {
    /// Whether it says that something at the hub changed that a till pulls.
    pub const fn asks_for_a_pull(&self) -> bool {
        matches!(
            self,
            Self::CacheRefresh
                | Self::ForceSync
                | Self::SettingsChanged
                | Self::FormPublished
                | Self::CashierChanged
        )
    }

    /// Whether it asks something of the people at the till.
    pub const fn is_for_people(&self) -> bool {
        matches!(self, Self::RequestClosure | Self::UpdateAvailable)
    }

    /// Whether a till does something about it. A suspended terminal is refused by the hub itself; screens and people of a
    /// hub are pulled and taken over by no till yet.
    pub const fn has_an_effect(&self) -> bool {
        let is_about_what_comes =
            self.asks_for_a_pull() && !matches!(self, Self::FormPublished | Self::CashierChanged);
        is_about_what_comes || self.is_for_people()
    }

    /// Whether it asks for what waits.
    pub const fn asks_for_a_push(&self) -> bool {
        matches!(self, Self::ForceSync)
    }
}
