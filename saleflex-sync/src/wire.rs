//! What is written on the wire, version 1 of its shape.
//!
//! | module | what it carries |
//! |---|---|
//! | [`push`] | `POST /sync/push`: events of a till and a verdict on each |
//! | [`pull`] | `GET /sync/changes` and `/sync/bootstrap`: rows, tombstones, cursors |
//! | [`state`] | `GET /sync/state`: what the hub has of a till, and its counters |
//! | [`heartbeat`] | `POST /sync/heartbeat`: how a till is, and signals back |
//! | [`quotas`] | `POST /sync/quotas`: what is lent to a till of limits that hold for the whole company |
//! | [`notification`] | `GET /notifications`: messages for the people at a till |
//! | [`enrolment`] | `POST /auth/device/enroll`, `/auth/device/token`, `/auth/device/rotate`: how a till gets to be known |
//! | [`refusal`] | the body of every answer that is not a success |
//!
//! **Invariants:** a value of an enumeration that this version does not know is kept as it came, and so are fields
//! of an answer; amounts are decimal texts or the frozen bytes of the till, never floating point.

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

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(|text| Self::of(&text))
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let examples = [$($text),*];
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .examples(examples)
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}

pub mod enrolment;
pub mod heartbeat;
pub mod notification;
pub mod pull;
pub mod push;
pub mod quotas;
pub mod refusal;
pub mod state;

pub use self::{
    enrolment::{Secret, TokenAnswer},
    heartbeat::{Heartbeat, HeartbeatAnswer, Signal},
    notification::Notification,
    pull::{Bootstrap, Change, ChangesPage, Cursor, Row},
    push::{
        Forwarded, HighWater, ItemError, ItemResult, Mismatch, PeriodLink, Person, PushAnswer, PushItem,
        PushRequest, Sender,
    },
    quotas::{QuotaAsk, QuotaKind, QuotaPolicy, QuotaShare, QuotaWithheld, QuotasAnswer, QuotasRequest},
    refusal::RefusalBody,
    state::{Counter, SyncState},
};

/// The version of the envelope. A payload has its own.
pub const SCHEMA_VERSION: u32 = 1;

open_enum! {
    /// What kind of event an item carries.
    EventKind {
        /// A completed or cancelled document with all its effects.
        Transaction = "transaction",
        /// A closed period.
        Closure = "closure",
        /// A correction of one.
        ClosureCorrection = "closure_correction",
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

open_enum! {
    /// A part of what is known, with an authority of its own: who may change it, and whether a till pulls it.
    Domain {
        /// Documents.
        Transactions = "transactions",
        /// Closures.
        Closures = "closures",
        /// Stock and its movements.
        Warehouse = "warehouse",
        /// Products, barcodes, prices, departments, tax rates, units.
        Catalog = "catalog",
        /// Campaigns and coupons.
        Campaign = "campaign",
        /// Programs, tiers, members.
        Loyalty = "loyalty",
        /// Customers and segments.
        Customers = "customers",
        /// Cashiers and what they may do.
        Users = "users",
        /// Screens, labels, receipt texts.
        Forms = "forms",
        /// The settings of a till.
        Settings = "settings",
        /// The merchandise system behind the hub.
        Erp = "erp",
        /// The payment provider behind the hub.
        Payment = "payment",
    }
}

open_enum! {
    /// Who decides in a domain.
    Authority {
        /// The till itself.
        Terminal = "terminal",
        /// The store's own node.
        Office = "office",
        /// The company's hub.
        Gate = "gate",
    }
}
