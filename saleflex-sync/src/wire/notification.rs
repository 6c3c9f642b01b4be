//! `GET /api/v1/notifications`: messages for the people at a till. Each comes until it is marked read, by
//! `POST /api/v1/notifications/{id}/read`, and is told from a repeat by its identity.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// The answer: what nobody has read yet.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationList {
    /// The messages, the oldest first.
    pub items: Vec<Notification>,
    /// What a newer hub adds, kept as it came.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub further: BTreeMap<String, Value>,
}

/// A message.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notification {
    /// Its identity.
    pub id: Uuid,
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: NotificationKind,
    /// A heading.
    #[serde(default)]
    pub title: String,
    /// The message.
    #[serde(default)]
    pub body: String,
    /// The till it comes from, where one sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_terminal_id: Option<Uuid>,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// When it is void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether somebody has to say that they saw it.
    #[serde(default)]
    pub requires_ack: bool,
}

open_enum! {
    /// What a message is about. The first three ask for a pull.
    NotificationKind {
        /// Products changed.
        ProductUpdate = "product_update",
        /// Prices changed.
        PriceChange = "price_change",
        /// Campaigns changed.
        CampaignUpdate = "campaign_update",
        /// The loyalty program changed.
        LoyaltyUpdate = "loyalty_update",
        /// For the cashier to read.
        TerminalMessage = "terminal_message",
        /// For the cashier to read at once.
        SystemAlert = "system_alert",
        /// Little is left of something.
        StockAlert = "stock_alert",
    }
}

impl NotificationKind {
    /// Whether it says that something at the hub changed that a till pulls.
    pub const fn asks_for_a_pull(&self) -> bool {
        matches!(self, Self::ProductUpdate | Self::PriceChange | Self::CampaignUpdate | Self::LoyaltyUpdate)
    }
}
