//! Suppliers, what is ordered of them, and what of it came.
//!
//! **Invariant:** of an order no more comes in than was ordered; what came is on the shelves in the step that notes it.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use saleflex_core::inventory::{Cause, MovementKind};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    adjusting::wrong_state,
    papers::{self, Paper},
    postings::{self, GoodsLine, NewPosting, Spot, refused},
};
use crate::{ApiError, desk::Desk, ids::new_id, text};

/// Who delivers.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Supplier {
    /// Its identity.
    pub(crate) id: Uuid,
    /// What it is known by, in the company.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: String,
    /// Its address for orders.
    pub(crate) email: Option<String>,
    /// Its telephone.
    pub(crate) phone: Option<String>,
    /// How many days a delivery takes.
    pub(crate) lead_days: Option<u16>,
    /// Whether goods are ordered of it.
    pub(crate) is_active: bool,
    /// The number of its last change, also its `ETag`.
    pub(crate) version: i64,
}

impl Paper for Supplier {
    const KIND: &'static str = "supplier";

    fn id(&self) -> Uuid {
        self.id
    }

    fn stores(&self) -> (Option<Uuid>, Option<Uuid>) {
        (None, None)
    }

    fn state(&self) -> &'static str {
        if self.is_active { "active" } else { "retired" }
    }

    fn code(&self) -> Option<&str> {
        Some(&self.code)
    }
}

/// A supplier to make.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "DAIRY", "name": "Dairy", "lead_days": 2}))]
pub(crate) struct NewSupplier {
    /// What it is known by, in the company.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: String,
    /// Its address for orders.
    #[serde(default)]
    pub(crate) email: Option<String>,
    /// Its telephone.
    #[serde(default)]
    pub(crate) phone: Option<String>,
    /// How many days a delivery takes.
    #[serde(default)]
    pub(crate) lead_days: Option<u16>,
}

/// What changes of a supplier; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lead_days": 3}))]
pub(crate) struct SupplierChange {
    /// Its name.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// Its address for orders.
    #[serde(default)]
    pub(crate) email: Option<String>,
    /// Its telephone.
    #[serde(default)]
    pub(crate) phone: Option<String>,
    /// How many days a delivery takes.
    #[serde(default)]
    pub(crate) lead_days: Option<u16>,
    /// Whether goods are ordered of it.
    #[serde(default)]
    pub(crate) is_active: Option<bool>,
}

fn check(supplier: &Supplier) -> Result<(), ApiError> {
    text::code("code", &supplier.code)?;
    text::within("name", &supplier.name, 1..=200)?;
    text::email(supplier.email.as_deref())?;
    supplier.phone.as_deref().map_or(Ok(()), |phone| text::within("phone", phone, 1..=40))
}

/// Makes a supplier.
///
/// # Errors
/// `code_taken`, `field_invalid`.
pub(crate) fn add(desk: &mut Desk<'_>, new: NewSupplier) -> Result<Supplier, ApiError> {
    let NewSupplier { code, name, email, phone, lead_days } = new;
    let id = new_id(desk.now);
    let supplier = Supplier { id, code, name, email, phone, lead_days, is_active: true, version: 1 };
    check(&supplier)?;
    if papers::by_code::<Supplier>(desk.session, desk.company, &supplier.code)?.is_some() {
        return Err(ApiError::conflict("code_taken", "another supplier has this code"));
    }
    papers::put(desk.session, desk.company, &supplier, desk.now)?;
    desk.note("supplier.added", ("supplier", id), None, json!({"code": supplier.code}))?;
    Ok(supplier)
}

/// Changes a supplier that is at `version`.
///
/// # Errors
/// `stale`, `not_found`, `field_invalid`.
pub(crate) fn change(
    desk: &mut Desk<'_>,
    (id, version): (Uuid, i64),
    change: SupplierChange,
) -> Result<Supplier, ApiError> {
    lock(desk)?;
    let before: Supplier = papers::one(desk.session, desk.company, id)?;
    if before.version != version {
        return Err(ApiError::stale());
    }
    let SupplierChange { name, email, phone, lead_days, is_active } = change;
    let supplier = Supplier {
        name: name.unwrap_or(before.name),
        email: email.or(before.email),
        phone: phone.or(before.phone),
        lead_days: lead_days.or(before.lead_days),
        is_active: is_active.unwrap_or(before.is_active),
        version: version + 1,
        id,
        code: before.code,
    };
    check(&supplier)?;
    papers::put(desk.session, desk.company, &supplier, desk.now)?;
    desk.note("supplier.changed", ("supplier", id), None, json!({"is_active": supplier.is_active}))?;
    Ok(supplier)
}

/// The supplier that a request names.
///
/// # Errors
/// `reference_unknown` for none, or one of whom nothing is ordered any more.
pub(super) fn in_use(desk: &mut Desk<'_>, id: Uuid) -> Result<Supplier, ApiError> {
    let unknown = || refused("reference_unknown", "supplier_id", "`supplier_id` is no supplier in use");
    match papers::one::<Supplier>(desk.session, desk.company, id) {
        Ok(supplier) if supplier.is_active => Ok(supplier),
        Ok(_) => Err(unknown()),
        Err(error) if error.code == "not_found" => Err(unknown()),
        Err(error) => Err(error),
    }
}

/// One at a time in a company: of two who read the same version, the second is stale.
fn lock(desk: &mut Desk<'_>) -> Result<(), ApiError> {
    desk.session.execute("UPDATE company SET name = name WHERE company_id = $1", &[desk.company.into()])?;
    Ok(())
}

/// An order to write.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "supplier_id": "018f0000-0000-7000-8000-000000000004",
    "at": {"store_id": "018f0000-0000-7000-8000-000000000001"},
    "lines": [{"product_id": "018f0000-0000-7000-8000-000000000002", "quantity": "50", "unit_cost": "0.62"}]
}))]
pub(crate) struct NewPurchaseOrder {
    /// Of whom.
    pub(crate) supplier_id: Uuid,
    /// Where it is to be delivered.
    pub(crate) at: Spot,
    /// What, each product on one line, at what cost.
    pub(crate) lines: Vec<GoodsLine>,
    /// When it is to come.
    #[serde(default)]
    pub(crate) expected_on: Option<NaiveDate>,
    /// The supplier's own number of it.
    #[serde(default)]
    pub(crate) reference: Option<String>,
}

/// What changes of an order; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"expected_on": "2026-12-01"}))]
pub(crate) struct PurchaseOrderChange {
    /// When it is to come.
    #[serde(default)]
    pub(crate) expected_on: Option<NaiveDate>,
    /// The supplier's own number of it.
    #[serde(default)]
    pub(crate) reference: Option<String>,
    /// Nothing more of it is expected. It is not taken back.
    #[serde(default)]
    pub(crate) is_cancelled: bool,
}

/// How an order stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OrderState {
    /// Nothing came yet.
    Written,
    /// Some of it came.
    PartlyReceived,
    /// All of it came.
    Received,
    /// Nothing more is expected.
    Cancelled,
}

/// One product of an order.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct PurchaseOrderLine {
    /// The product.
    pub(crate) product_id: Uuid,
    /// How much is ordered.
    #[schema(value_type = String, example = "50")]
    pub(crate) ordered: Decimal,
    /// How much of it came.
    #[schema(value_type = String, example = "20")]
    pub(crate) received: Decimal,
    /// What one costs.
    #[schema(value_type = Option<String>, example = "0.62")]
    pub(crate) unit_cost: Option<Decimal>,
}

/// An order to a supplier.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct PurchaseOrder {
    /// Its identity.
    pub(crate) id: Uuid,
    /// Of whom.
    pub(crate) supplier_id: Uuid,
    /// Where it is to be delivered.
    pub(crate) at: Spot,
    /// The till in whose books deliveries are.
    pub(crate) terminal_id: Uuid,
    /// What.
    pub(crate) lines: Vec<PurchaseOrderLine>,
    /// How it stands.
    pub(crate) state: OrderState,
    /// When it is to come.
    pub(crate) expected_on: Option<NaiveDate>,
    /// The supplier's own number of it.
    pub(crate) reference: Option<String>,
    /// Who wrote it.
    pub(crate) written_by: Uuid,
    /// When.
    pub(crate) written_at: DateTime<Utc>,
    /// The number of its last change, also its `ETag`.
    pub(crate) version: i64,
}

impl Paper for PurchaseOrder {
    const KIND: &'static str = "purchase_order";

    fn id(&self) -> Uuid {
        self.id
    }

    fn stores(&self) -> (Option<Uuid>, Option<Uuid>) {
        (Some(self.at.store_id), None)
    }

    fn state(&self) -> &'static str {
        match self.state {
            OrderState::Written => "written",
            OrderState::PartlyReceived => "partly_received",
            OrderState::Received => "received",
            OrderState::Cancelled => "cancelled",
        }
    }
}

/// A delivery of an order; without lines all that is still to come.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrderDelivery, example = json!({
    "lines": [{"product_id": "018f0000-0000-7000-8000-000000000002", "quantity": "20"}], "reference": "DN 18"
}))]
pub(crate) struct Delivery {
    /// What came; a cost that is named stands in the place of the order's.
    #[serde(default)]
    pub(crate) lines: Vec<GoodsLine>,
    /// The delivery note.
    #[serde(default)]
    pub(crate) reference: Option<String>,
}

/// Writes an order.
///
/// # Errors
/// `reference_unknown`, `product_unknown`, `twice`, `field_invalid`, and those of [`Spot::till`].
pub(crate) fn order(desk: &mut Desk<'_>, new: &NewPurchaseOrder) -> Result<PurchaseOrder, ApiError> {
    check_reference(new.reference.as_deref())?;
    in_use(desk, new.supplier_id)?;
    let (store, terminal_id) = (new.at.store_id, new.at.till(desk.session, desk.company)?);
    // What a line says has to be a quantity of something that the store sells.
    postings::lines(desk.session, (desk.company, store), (MovementKind::Receipt, 1), &new.lines)?;
    let lines = new.lines.iter().map(|line| PurchaseOrderLine {
        product_id: line.product_id,
        ordered: line.quantity,
        received: Decimal::ZERO,
        unit_cost: line.unit_cost,
    });
    let order = PurchaseOrder {
        id: new_id(desk.now),
        supplier_id: new.supplier_id,
        at: new.at.clone(),
        terminal_id,
        lines: lines.collect(),
        state: OrderState::Written,
        expected_on: new.expected_on,
        reference: new.reference.clone(),
        written_by: desk.actor.id(),
        written_at: desk.now,
        version: 1,
    };
    keep(desk, &order, "purchase_order.written")?;
    Ok(order)
}

fn check_reference(reference: Option<&str>) -> Result<(), ApiError> {
    reference.map_or(Ok(()), |reference| text::within("reference", reference, 1..=100))
}

fn keep(desk: &mut Desk<'_>, order: &PurchaseOrder, act: &str) -> Result<(), ApiError> {
    papers::put(desk.session, desk.company, order, desk.now)?;
    let detail = json!({"supplier": order.supplier_id, "state": order.state(), "lines": order.lines.len()});
    desk.note(act, ("purchase_order", order.id), Some(order.at.store_id), detail)?;
    Ok(())
}

/// Changes an order that is at `version`.
///
/// # Errors
/// `stale`; `wrong_state` once all of it came or nothing more is expected; `field_invalid`.
pub(crate) fn amend(
    desk: &mut Desk<'_>,
    (mut order, version): (PurchaseOrder, i64),
    change: PurchaseOrderChange,
) -> Result<PurchaseOrder, ApiError> {
    if order.version != version {
        return Err(ApiError::stale());
    }
    check_reference(change.reference.as_deref())?;
    open(&order)?;
    order.expected_on = change.expected_on.or(order.expected_on);
    order.reference = change.reference.or(order.reference);
    if change.is_cancelled {
        order.state = OrderState::Cancelled;
    }
    order.version += 1;
    keep(desk, &order, "purchase_order.changed")?;
    Ok(order)
}

/// An order as it is while nobody else changes it.
///
/// # Errors
/// `not_found`.
pub(crate) fn locked(desk: &mut Desk<'_>, id: Uuid) -> Result<PurchaseOrder, ApiError> {
    lock(desk)?;
    papers::one(desk.session, desk.company, id)
}

fn open(order: &PurchaseOrder) -> Result<(), ApiError> {
    match order.state {
        OrderState::Written | OrderState::PartlyReceived => Ok(()),
        OrderState::Received | OrderState::Cancelled => Err(wrong_state(order.state())),
    }
}

/// Takes a delivery in.
///
/// # Errors
/// `wrong_state`; `product_unknown` for what is not ordered; `over_delivery` for more than is still to come, which
/// `detail` says; `twice`, `field_invalid`.
pub(crate) fn receive(
    desk: &mut Desk<'_>,
    mut order: PurchaseOrder,
    delivery: &Delivery,
) -> Result<PurchaseOrder, ApiError> {
    check_reference(delivery.reference.as_deref())?;
    open(&order)?;
    let mut given = delivery.lines.clone();
    if given.is_empty() {
        let to_come = order.lines.iter().filter(|line| line.received < line.ordered);
        given.extend(to_come.map(|line| GoodsLine {
            product_id: line.product_id,
            quantity: line.ordered - line.received,
            unit_cost: line.unit_cost,
        }));
    }
    for one in &mut given {
        postings::quantity("quantity", one.quantity)?;
        let Some(line) = order.lines.iter_mut().find(|line| line.product_id == one.product_id) else {
            return Err(refused("product_unknown", &one.product_id.to_string(), "it is not on the order"));
        };
        let to_come = line.ordered - line.received;
        if one.quantity > to_come {
            let message = format!("of {} that are still to come {} are too many", to_come, one.quantity);
            return Err(refused("over_delivery", &to_come.to_string(), message));
        }
        line.received += one.quantity;
        one.unit_cost = one.unit_cost.or(line.unit_cost);
    }
    let supplier: Supplier = papers::one(desk.session, desk.company, order.supplier_id)?;
    let store = order.at.store_id;
    let lines = postings::known_lines((MovementKind::Receipt, 1), &given)?;
    let posting = NewPosting {
        id: new_id(desk.now),
        store,
        terminal: order.terminal_id,
        location: order.at.location.clone(),
        cause: Cause::Receipt { supplier: None, supplier_name: Some(supplier.name), order: None },
        kind: "receipt",
        reason: None,
        reference: delivery.reference.clone().or_else(|| order.reference.clone()),
        lines,
    };
    postings::post(desk, posting)?;
    let is_whole = order.lines.iter().all(|line| line.received >= line.ordered);
    order.state = if is_whole { OrderState::Received } else { OrderState::PartlyReceived };
    order.version += 1;
    keep(desk, &order, "purchase_order.received")?;
    Ok(order)
}
