//! What is written on the wire, version 1 of its shape.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest, Sha256};

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
    /// What kind of fact an item carries.
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

/// SHA-256 over the frozen bytes of a payload, 64 lower-case hexadecimal digits on the wire.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct PayloadHash([u8; 32]);

impl PayloadHash {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest itself.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 2 * bytes.len() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }
}

const fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for PayloadHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PayloadHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| D::Error::custom("a payload hash is 64 lower-case hexadecimal digits"))
    }
}
