//! Deliveries that come in and goods that are taken out.

use saleflex_core::inventory::{Cause, IssueKind, MovementKind};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    postings::{self, GoodsLine, NewPosting, Posted, Spot, refused},
    purchasing::in_use,
};
use crate::{ApiError, desk::Desk, ids::new_id, text};

/// Why goods are taken out.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IssueCause {
    /// For the shop's own use.
    OwnUse,
    /// Back to the supplier.
    SupplierReturn,
    /// Broken.
    Broken,
    /// Past its date, or spoilt before.
    Spoilt,
    /// Stolen.
    Stolen,
}

/// Which way goods move.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// A delivery comes in.
    Receive,
    /// Goods are taken out other than by selling them.
    Issue,
}

/// Goods that come in or are taken out.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewStockMovement, example = json!({
    "type": "receive", "at": {"store_id": "018f0000-0000-7000-8000-000000000001"},
    "lines": [{"product_id": "018f0000-0000-7000-8000-000000000002", "quantity": "24", "unit_cost": "0.62"}],
    "reference": "DN 17"
}))]
pub(crate) struct NewMovement {
    /// Which way.
    #[serde(rename = "type")]
    pub(crate) way: Way,
    /// Where.
    pub(crate) at: Spot,
    /// What, each product on one line.
    pub(crate) lines: Vec<GoodsLine>,
    /// Why they are taken out; a delivery has none.
    #[serde(default)]
    pub(crate) cause: Option<IssueCause>,
    /// Who delivered.
    #[serde(default)]
    pub(crate) supplier_id: Option<Uuid>,
    /// The paper it refers to, such as a delivery note.
    #[serde(default)]
    pub(crate) reference: Option<String>,
    /// Why, in words; goods are never taken out without.
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

impl IssueCause {
    const fn kind(self) -> IssueKind {
        match self {
            Self::OwnUse => IssueKind::OwnUse,
            Self::SupplierReturn => IssueKind::SupplierReturn,
            Self::Broken => IssueKind::Broken,
            Self::Spoilt => IssueKind::Spoilt,
            Self::Stolen => IssueKind::Stolen,
        }
    }
}

/// Moves them.
///
/// # Errors
/// `till_needed`, `behind_office`, `reference_unknown`, `product_unknown`, `twice`, `field_invalid`.
pub(crate) fn take(desk: &mut Desk<'_>, new: &NewMovement) -> Result<Posted, ApiError> {
    for (field, words) in [("reference", &new.reference), ("reason", &new.reason)] {
        if let Some(words) = words {
            text::within(field, words, 1..=200)?;
        }
    }
    let terminal = new.at.till(desk.session, desk.company)?;
    let (cause, kind, name, sign) = match new.way {
        Way::Receive => {
            if new.cause.is_some() {
                return Err(refused("field_invalid", "cause", "a delivery has no `cause`"));
            }
            let supplier = new.supplier_id.map(|id| in_use(desk, id)).transpose()?;
            let cause = Cause::Receipt {
                supplier: None,
                supplier_name: supplier.map(|known| known.name),
                order: None,
            };
            (cause, MovementKind::Receipt, "receipt", 1)
        }
        Way::Issue => {
            let Some(cause) = new.cause else {
                return Err(refused("field_invalid", "cause", "say in `cause` why goods are taken out"));
            };
            if new.reason.is_none() {
                return Err(refused("field_invalid", "reason", "goods are not taken out without a `reason`"));
            }
            let kind = cause.kind();
            let (moved, name) =
                if kind.is_waste() { (MovementKind::Waste, "waste") } else { (MovementKind::Issue, "issue") };
            (Cause::Issue { kind }, moved, name, -1)
        }
    };
    let store = new.at.store_id;
    let lines = postings::lines(desk.session, (desk.company, store), (kind, sign), &new.lines)?;
    let posting = NewPosting {
        id: new_id(desk.now),
        store,
        terminal,
        location: new.at.location.clone(),
        cause,
        kind: name,
        reason: new.reason.clone(),
        reference: new.reference.clone(),
        lines,
    };
    let posted = postings::post(desk, posting)?;
    let detail = json!({"kind": name, "terminal": terminal, "lines": new.lines.len()});
    desk.note("stock.moved", ("posting", posted.id), Some(store), detail)?;
    Ok(posted)
}
