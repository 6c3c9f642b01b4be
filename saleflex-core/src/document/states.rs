//! The states of a document, each a type: open, put aside, settled, closed without effect.
//!
//! **Invariant:** what is put aside, settled or closed is made by [`evolve`](super::evolve) or read as it was written, and
//! nothing of it can be set.

use alloc::{string::String, sync::Arc};

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{CancelCause, Document, Pricing};
use crate::{
    authority::Authority,
    basket::LineItem,
    ids::{CashierId, ClosureNumber},
    time::Moment,
};

/// An open document with at least one event behind it. Commands are decided against it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Draft {
    pub(super) document: Document,
}

/// A document put aside: a sale that is interrupted, or an order waiting for its goods.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::struct_field_names, reason = "the journal names them so")]
pub struct Suspended {
    pub(super) document: Document,
    pub(super) suspended_at: Moment,
    pub(super) suspended_by: CashierId,
    pub(super) closure: ClosureNumber,
}

impl Suspended {
    /// When it was put aside.
    pub const fn suspended_at(&self) -> Moment {
        self.suspended_at
    }

    /// The cashier who put it aside.
    pub const fn suspended_by(&self) -> CashierId {
        self.suspended_by
    }
}

/// A document that is settled for ever. It is made by [`evolve`](super::evolve), and nothing of it can be set.
///
/// ```compile_fail
/// fn repriced(mut sale: saleflex_core::document::Completed) -> saleflex_core::document::Completed {
///     sale.pricing.engine_version = 0;
///     sale
/// }
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::struct_field_names, reason = "the journal names them so")]
pub struct Completed {
    /// It never changes again, so copies share it.
    pub(super) document: Arc<Document>,
    pub(super) completed_at: Moment,
    pub(super) completed_by: CashierId,
    pub(super) closure: ClosureNumber,
    pub(super) pricing: Pricing,
}

impl Completed {
    /// Head and contents.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// When it was settled; the days for bringing back run from here.
    pub const fn completed_at(&self) -> Moment {
        self.completed_at
    }

    /// The cashier who settled it.
    pub const fn completed_by(&self) -> CashierId {
        self.completed_by
    }

    /// What priced it, so that the price can be derived again.
    pub const fn pricing(&self) -> &Pricing {
        &self.pricing
    }

    /// The last day a line may be brought back; none: any day. The days run from completion, when the goods were
    /// handed over, however long before it the line was rung up.
    pub fn returnable_until(&self, line: &LineItem) -> Option<NaiveDate> {
        let days = Days::new(line.return_days?.into());
        self.completed_at.local.date().checked_add_days(days)
    }
}

/// A document closed without effect.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::struct_field_names, reason = "the journal names them so")]
pub struct Cancelled {
    pub(super) document: Document,
    pub(super) cancelled_at: Moment,
    pub(super) authority: Authority,
    pub(super) closure: ClosureNumber,
    pub(super) cause: CancelCause,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

impl Cancelled {
    /// When it was closed.
    pub const fn cancelled_at(&self) -> Moment {
        self.cancelled_at
    }

    /// Who closed it, and who approved it where that took a manager.
    pub const fn authority(&self) -> Authority {
        self.authority
    }

    /// What closed it.
    pub const fn cause(&self) -> CancelCause {
        self.cause
    }

    /// Why, in words, frozen as typed; none where nothing was said.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

macro_rules! contents {
    ($($state:ident)*) => {$(
        impl $state {
            /// Head and contents.
            pub const fn document(&self) -> &Document {
                &self.document
            }
        }
    )*};
}

contents! { Draft Suspended Cancelled }

macro_rules! periods {
    ($($state:ident)*) => {$(
        impl $state {
            /// The period it counts in.
            pub const fn closure(&self) -> ClosureNumber {
                self.closure
            }
        }
    )*};
}

periods! { Suspended Completed Cancelled }
