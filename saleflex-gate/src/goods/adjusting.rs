//! Levels that are put right: proposed by whoever counts, booked by whoever may; and the hub's own, where a till's books
//! have what the hub was never told.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use saleflex_core::{
    ids::ProductId,
    inventory::{AdjustmentKind, Cause, MovementKind},
};
use saleflex_sync::goods::HubLine;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    papers::{self, Paper},
    postings::{self, NewPosting, Spot, refused},
};
use crate::{
    ApiError,
    desk::Desk,
    ids::new_id,
    office::intake,
    stock::{self, Moved},
    text,
};

/// A level to put right: what was found, or by how much it is wrong.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "at": {"store_id": "018f0000-0000-7000-8000-000000000001"},
    "product_id": "018f0000-0000-7000-8000-000000000002", "counted": "9", "reason": "Found behind the fridge"
}))]
pub(crate) struct NewAdjustment {
    /// Where.
    pub(crate) at: Spot,
    /// The product.
    pub(crate) product_id: Uuid,
    /// What was found in the whole store; or say `delta`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "9")]
    pub(crate) counted: Option<Decimal>,
    /// By how much the level is wrong; or say `counted`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "-1")]
    pub(crate) delta: Option<Decimal>,
    /// Why.
    pub(crate) reason: String,
}

/// How an adjustment stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AdjustmentState {
    /// Somebody who may has to say.
    Proposed,
    /// It is on the shelves.
    Booked,
    /// It is not going to be.
    Rejected,
}

/// A level that is put right.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = StockAdjustment)]
pub(crate) struct Adjusted {
    /// Its identity, also that of the posting.
    pub(crate) id: Uuid,
    /// Where.
    pub(crate) at: Spot,
    /// The till in whose books it is.
    pub(crate) terminal_id: Uuid,
    /// The product.
    pub(crate) product_id: Uuid,
    /// What the hub's books said when it was proposed.
    #[schema(value_type = String, example = "10")]
    pub(crate) expected: Decimal,
    /// What is booked, whatever is sold meanwhile: what was found less what the books said.
    #[schema(value_type = String, example = "-1")]
    pub(crate) difference: Decimal,
    /// Why.
    pub(crate) reason: String,
    /// How it stands.
    pub(crate) state: AdjustmentState,
    /// Who proposed it.
    pub(crate) proposed_by: Uuid,
    /// When.
    pub(crate) proposed_at: DateTime<Utc>,
    /// Who booked or rejected it.
    pub(crate) decided_by: Option<Uuid>,
}

impl Paper for Adjusted {
    const KIND: &'static str = "adjustment";

    fn id(&self) -> Uuid {
        self.id
    }

    fn stores(&self) -> (Option<Uuid>, Option<Uuid>) {
        (Some(self.at.store_id), None)
    }

    fn state(&self) -> &'static str {
        match self.state {
            AdjustmentState::Proposed => "proposed",
            AdjustmentState::Booked => "booked",
            AdjustmentState::Rejected => "rejected",
        }
    }
}

/// Proposes one, and books it where the caller may.
///
/// # Errors
/// `field_invalid`, `product_unknown`, and those of [`Spot::till`].
pub(crate) fn propose(
    desk: &mut Desk<'_>,
    new: &NewAdjustment,
    books_at_once: bool,
) -> Result<Adjusted, ApiError> {
    text::within("reason", &new.reason, 1..=200)?;
    let store = new.at.store_id;
    let terminal_id = new.at.till(desk.session, desk.company)?;
    postings::need_product(desk.session, desk.company, (store, new.product_id))?;
    stock::hold_beside(desk.session, (desk.company, store))?;
    let expected = stock::on_hand(desk.session, (desk.company, store, new.product_id), None)?;
    let difference = match (new.counted, new.delta) {
        (Some(counted), None) => postings::found("counted", counted)?.saturating_sub(expected),
        (None, Some(delta)) if delta.is_sign_negative() => -postings::quantity("delta", -delta)?,
        (None, Some(delta)) => postings::quantity("delta", delta)?,
        _ => return Err(refused("field_invalid", "counted", "say either `counted` or `delta`")),
    };
    let mut adjusted = Adjusted {
        id: new_id(desk.now),
        at: new.at.clone(),
        terminal_id,
        product_id: new.product_id,
        expected: intake::amount(expected).normalize(),
        difference: intake::amount(difference).normalize(),
        reason: new.reason.clone(),
        state: AdjustmentState::Proposed,
        proposed_by: desk.actor.id(),
        proposed_at: desk.now,
        decided_by: None,
    };
    if books_at_once {
        book(desk, &mut adjusted)?;
    } else {
        let detail = json!({"product": adjusted.product_id, "difference": adjusted.difference});
        desk.note("stock.adjustment_proposed", ("adjustment", adjusted.id), Some(store), detail)?;
    }
    papers::put(desk.session, desk.company, &adjusted, desk.now)?;
    Ok(adjusted)
}

/// Books one that was proposed, or rejects it. Doing it again changes nothing.
///
/// # Errors
/// `wrong_state` for one that was decided otherwise.
pub(crate) fn decide(desk: &mut Desk<'_>, id: Uuid, is_good: bool) -> Result<Adjusted, ApiError> {
    let mut adjusted: Adjusted = papers::one(desk.session, desk.company, id)?;
    let wanted = if is_good { AdjustmentState::Booked } else { AdjustmentState::Rejected };
    if adjusted.state == wanted {
        return Ok(adjusted);
    }
    if adjusted.state != AdjustmentState::Proposed {
        return Err(wrong_state(adjusted.state()));
    }
    if is_good {
        book(desk, &mut adjusted)?;
    } else {
        (adjusted.state, adjusted.decided_by) = (wanted, Some(desk.actor.id()));
        let store = Some(adjusted.at.store_id);
        desk.note("stock.adjustment_rejected", ("adjustment", id), store, json!({}))?;
    }
    papers::put(desk.session, desk.company, &adjusted, desk.now)?;
    Ok(adjusted)
}

/// What stands otherwise than it has to for what is asked.
pub(super) fn wrong_state(state: &str) -> ApiError {
    let error = ApiError::conflict("wrong_state", format!("it is {state} already"));
    ApiError { detail: Some(state.to_owned()), ..error }
}

fn book(desk: &mut Desk<'_>, adjusted: &mut Adjusted) -> Result<(), ApiError> {
    (adjusted.state, adjusted.decided_by) = (AdjustmentState::Booked, Some(desk.actor.id()));
    let of = (adjusted.id, adjusted.at.store_id, adjusted.terminal_id);
    let found = Found {
        product: adjusted.product_id,
        expected: adjusted.expected,
        difference: adjusted.difference,
        kind: AdjustmentKind::CycleCount,
    };
    put_right(desk, of, (adjusted.at.location.clone(), adjusted.reason.clone()), found)?;
    let detail = json!({"product": adjusted.product_id, "difference": adjusted.difference});
    let store = Some(adjusted.at.store_id);
    desk.note("stock.adjusted", ("adjustment", adjusted.id), store, detail).map_err(ApiError::from)
}

/// By how much a product's level is wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) product: Uuid,
    pub(super) expected: Decimal,
    pub(super) difference: Decimal,
    pub(super) kind: AdjustmentKind,
}

/// Books a difference; of none nothing moves.
pub(super) fn put_right(
    desk: &mut Desk<'_>,
    (id, store, terminal): (Uuid, Uuid, Uuid),
    (location, reason): (Option<String>, String),
    found: Found,
) -> Result<(), ApiError> {
    if found.difference.is_zero() {
        return Ok(());
    }
    let e4 = |number: Decimal| crate::e4::of(number).ok_or_else(ApiError::internal);
    let (expected, change) =
        (postings::stock_of(e4(found.expected)?)?, postings::stock_of(e4(found.difference)?)?);
    let counted = expected + change;
    let product_id = ProductId::new(found.product);
    let posting = NewPosting {
        id,
        store,
        terminal,
        location,
        cause: Cause::Adjustment { kind: found.kind, expected, counted },
        // By the hub's books, which know what all tills moved: no till's own finding.
        kind: "hub_adjustment",
        reason: Some(reason),
        reference: None,
        lines: vec![HubLine { product_id, kind: MovementKind::Adjustment, change, unit_cost: None }],
    };
    postings::post(desk, posting).map(drop)
}

/// What lies in a store, to be taken into the hub's books alone.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "at": {"store_id": "018f0000-0000-7000-8000-000000000001"}, "reason": "On the shelves before the till was connected",
    "lines": [{"product_id": "018f0000-0000-7000-8000-000000000002", "on_hand": "40"}]
}))]
pub(crate) struct Correction {
    /// Which store, and the till whose books are right.
    pub(crate) at: Spot,
    /// What is there of each product.
    pub(crate) lines: Vec<CorrectionLine>,
    /// Why.
    pub(crate) reason: String,
}

/// What is there of a product.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectionLine {
    /// The product.
    pub(crate) product_id: Uuid,
    /// What is there in the whole store.
    #[schema(value_type = String, example = "40")]
    pub(crate) on_hand: Decimal,
}

/// The hub's books after a correction.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Corrected {
    /// What its movements have as their `source_id`.
    pub(crate) id: Uuid,
    /// How many products were wrong.
    pub(crate) changed: usize,
}

/// Puts the hub's own books right; no till hears of it, since its own books are, so that it may be one behind a store's hub.
///
/// # Errors
/// `field_invalid`, `product_unknown`, and those of [`Spot::in_books`].
pub(crate) fn correct(desk: &mut Desk<'_>, correction: &Correction) -> Result<Corrected, ApiError> {
    text::within("reason", &correction.reason, 1..=200)?;
    postings::check_lines(correction.lines.len())?;
    let (id, store) = (new_id(desk.now), correction.at.store_id);
    let terminal = correction.at.in_books(desk.session, desk.company)?;
    stock::hold_beside(desk.session, (desk.company, store))?;
    let mut moved = Moved::default();
    let mut changes = Vec::new();
    for line in &correction.lines {
        let product = ProductId::new(line.product_id);
        if changes.iter().any(|(known, _)| *known == product) {
            return Err(refused("twice", &line.product_id.to_string(), "the product stands on two lines"));
        }
        postings::need_product(desk.session, desk.company, (store, line.product_id))?;
        let there = stock::on_hand(desk.session, (desk.company, store, line.product_id), None)?;
        changes.push((product, postings::found("on_hand", line.on_hand)?.saturating_sub(there)));
    }
    changes.retain(|(_, change)| *change != 0);
    for (position, (product, change)) in changes.iter().enumerate() {
        moved.add((id, position), (*product, "correction"), *change, desk.now);
    }
    stock::book(desk.session, (desk.company, store, terminal), &moved, desk.now)?;
    let detail = json!({"changed": changes.len(), "reason": correction.reason});
    desk.note("stock.corrected", ("posting", id), Some(store), detail)?;
    Ok(Corrected { id, changed: changes.len() })
}
