//! Places in lists of what was delivered.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use crate::request::Order;

/// A place in a list of documents: when one came, and which.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place(pub(super) i64, pub(super) Uuid);

impl Place {
    /// Where a list begins that goes this way.
    pub(crate) fn beginning(order: Order) -> Self {
        match order {
            Order::Rising => Self::default(),
            Order::Falling => Self(i64::MAX, Uuid::max()),
        }
    }

    /// The condition that rows come after `$2` and `$3`, and their order.
    pub(super) fn sql(order: Order, at: &str, id: &str) -> (String, String) {
        let behind = order.behind();
        (format!("({at} {behind} $2 OR ({at} = $2 AND {id} {behind} $3))"), order.by(&[at, id]))
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('_').ok_or(())?;
        Ok(Self(at.parse().map_err(|_| ())?, id.parse().map_err(|_| ())?))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.0, self.1)
    }
}
