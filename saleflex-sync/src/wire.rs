//! What is written on the wire, version 1 of its shape.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

mod push;

pub use push::{
    HighWater, ItemError, ItemResult, Mismatch, PeriodLink, PushAnswer, PushItem, PushRequest, Sender,
};

/// The version of the envelope. A payload has its own.
pub const SCHEMA_VERSION: u32 = 1;

/// An enumeration of texts that keeps a text it does not know, so that a newer sender's value survives.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$value_doc])* $value,)*
            /// A value of a newer version, kept as it came.
            Unknown(String),
        }

        impl $name {
            /// The text on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$value => $text,)*
                    Self::Unknown(text) => text,
                }
            }

            /// The value of a text.
            pub fn of(text: &str) -> Self {
                match text {
                    $($text => Self::$value,)*
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(|text| Self::of(&text))
            }
        }
    };
}

open_enum! {
    /// What kind of event an item carries.
    EventKind {
        /// A completed or cancelled document with all its effects.
        Transaction = "transaction",
        /// A closed period.
        Closure = "closure",
        /// Goods received, counted, adjusted or moved.
        StockMovement = "stock_movement",
        /// Points outside a document.
        Loyalty = "loyalty",
        /// A coupon used outside a document.
        CouponUsage = "coupon_usage",
        /// A campaign used outside a document.
        CampaignUsage = "campaign_usage",
        /// A customer created or changed at the till.
        Customer = "customer",
        /// A message for a merchandise system.
        ErpSync = "erp_sync",
        /// A payment provider's answer.
        Payment = "payment",
    }
}

open_enum! {
    /// The hub's verdict on one item.
    Verdict {
        /// It took effect now.
        Accepted = "accepted",
        /// It had taken effect before; as good as accepted.
        Duplicate = "duplicate",
        /// Not now: keep it and send it again.
        Retry = "retry",
        /// Never: set it aside for a person.
        Rejected = "rejected",
    }
}
