//! `GET /api/v1/sync/changes` and `GET /api/v1/sync/bootstrap`: what a till takes over from a hub.
//!
//! A row travels in the shape of the same resource of `GET /pos/init`, whole, with the resource it belongs to and a
//! version that only rises. A row that was taken away travels as a tombstone.

use std::{collections::BTreeMap, fmt, num::ParseIntError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Authority, Counter, Domain, QuotaPolicy};

/// A row in the shape its resource has, field by field.
pub type Row = Map<String, Value>;

/// The longest cursor: it stands in an address.
pub const LONGEST_CURSOR: usize = 512;
/// The longest that a hub waits for a change before it answers that there is none, in seconds.
pub const LONGEST_WAIT_S: u32 = 10;
/// The most rows in one page.
pub const MOST_ROWS: u32 = 500;

/// A place in the changes of a hub. Only the hub that made it can read it; a till keeps it as it came.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Cursor(String);

/// A text that is no cursor.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a cursor has 1 to {LONGEST_CURSOR} letters, digits or any of - _ . ~")]
pub struct NotACursor;

impl Cursor {
    /// Takes a text that may stand in an address as it is.
    ///
    /// # Errors
    /// [`NotACursor`] for an empty or overlong one, or one with any other character.
    pub fn parse(text: &str) -> Result<Self, NotACursor> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        let is_cursor = !text.is_empty() && text.len() <= LONGEST_CURSOR && text.bytes().all(is_plain);
        is_cursor.then(|| Self(text.to_owned())).ok_or(NotACursor)
    }

    /// A cursor that is one number: the place in a hub's count of changes.
    pub fn of_change(change: u64) -> Self {
        Self(format!("c{change}"))
    }

    /// The number of [`Cursor::of_change`].
    ///
    /// # Errors
    /// [`NotACursor`] for a cursor of another hub or version.
    pub fn change(&self) -> Result<u64, NotACursor> {
        let digits = self.0.strip_prefix('c').ok_or(NotACursor)?;
        // One text a place: neither signs nor leading zeros.
        let number = digits.parse().map_err(|_: ParseIntError| NotACursor)?;
        if Self::of_change(number) == *self { Ok(number) } else { Err(NotACursor) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// What a till asks: everything after a place, of some domains or of all.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangesQuery {
    /// After this place; none: everything there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub cursor: Option<Cursor>,
    /// Names of domains with commas between; none: all that the till may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domains: Option<String>,
    /// At most so many rows; none: as many as the hub likes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// How many seconds the hub waits for a change where there is none yet, up to [`LONGEST_WAIT_S`]; none: not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u32>,
}

/// Rows that changed, in the order their changes were committed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangesPage {
    /// The rows; of one that changed twice perhaps only the last state.
    pub items: Vec<Change>,
    /// Where the next page starts.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub next_cursor: Cursor,
    /// Whether there is a next page already.
    #[serde(default)]
    pub has_more: bool,
    /// Who decides in which domain from now on, in the place of what was said before; none: as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<BTreeMap<String, String>>))]
    pub authority: Option<BTreeMap<Domain, Authority>>,
    /// What the company wants of a till without a share, for a store's hub that tells its tills; none: as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub quota_policy: Option<QuotaPolicy>,
    /// The hub's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_time: Option<DateTime<Utc>>,
    /// What a newer hub adds, kept as it came.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub further: BTreeMap<String, Value>,
}

/// One row as it is now, or that it is gone.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// Which table of `GET /pos/init`, such as `products`.
    pub resource: String,
    /// The row's identity in its resource.
    pub id: Uuid,
    /// Rises with each change of the row: of two states the one with the higher version is in force.
    pub version: u64,
    /// Whether the row is gone; its other fields are then what they last were, or absent.
    #[serde(default)]
    pub is_deleted: bool,
    /// The row's other fields.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub row: Row,
}

/// Everything a till that knows nothing needs to sell.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bootstrap {
    /// The version of this shape.
    pub schema_version: u32,
    /// The till as the hub knows it.
    pub terminal: Terminal,
    /// Who decides in which domain; the till's own file may only narrow it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, String>))]
    pub authority: BTreeMap<Domain, Authority>,
    /// Where the till's numbers continue.
    #[serde(default)]
    pub counters: Vec<Counter>,
    /// The rows of each resource, parents before children.
    pub resources: Vec<Resource>,
    /// Where the changes after this start.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub cursor: Cursor,
    /// The hub's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_time: Option<DateTime<Utc>>,
    /// What a newer hub adds, kept as it came.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub further: BTreeMap<String, Value>,
}

/// All rows of one resource.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resource {
    /// Which table of `GET /pos/init`.
    pub resource: String,
    /// Its rows, each with `id` and `version`.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub rows: Vec<Row>,
}

/// A till as its hub knows it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Terminal {
    /// Its identity.
    pub id: Uuid,
    /// Its store's.
    pub store_id: Uuid,
    /// The installation that owns it.
    pub office_code: String,
    /// The store's code.
    pub store_code: String,
    /// The store's name, for receipts.
    pub store_name: String,
    /// Its code, unique in the store.
    pub terminal_code: String,
    /// Its number in the store, for receipts.
    pub number: u32,
    /// The store's currency, by ISO 4217.
    pub currency: String,
    /// The store's time zone, by its IANA name.
    pub time_zone: String,
    /// Whether prices contain tax.
    pub prices_include_tax: bool,
}
