//! Postings that a hub makes: on the shelves here, and as a row for the till in whose books they are.

use rust_decimal::Decimal;
use saleflex_core::{
    ids::ProductId,
    inventory::{Cause, MovementKind, Stock},
    quantity::UnitPrice,
};
use saleflex_sync::{
    goods::{HubLine, HubPosting, RESOURCE},
    wire::{Authority, Domain},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError, Hub, authority,
    db::{Session, Tenant},
    definitions::{self, NewRow},
    desk::Desk,
    e4,
    stock::{self, Moved, counted},
    text,
};

/// The most of one line, in ten-thousandths.
const MOST_E4: i64 = 1_000_000_000 * 10_000;
/// The most lines of one request.
const MOST_LINES: usize = 1_000;

/// Where goods are.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"store_id": "018f0000-0000-7000-8000-000000000001", "location": "BACK-001-A"}))]
pub(crate) struct Spot {
    /// The store.
    pub(crate) store_id: Uuid,
    /// The till whose books have them; may be left out where the store has one.
    #[serde(default)]
    pub(crate) terminal_id: Option<Uuid>,
    /// The code of the location there; absent: where the till sells from.
    #[serde(default)]
    pub(crate) location: Option<String>,
}

/// How much of a product.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoodsLine {
    /// The product.
    pub(crate) product_id: Uuid,
    /// How much, in its unit; above nothing.
    #[schema(value_type = String, example = "12")]
    pub(crate) quantity: Decimal,
    /// What one cost, where goods come in.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "0.62")]
    pub(crate) unit_cost: Option<Decimal>,
}

/// Goods that were moved.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Posted {
    /// The posting: what its movements have as their `source_id`.
    pub(crate) id: Uuid,
    /// The till in whose books they are, which takes them over with its next pull.
    pub(crate) terminal_id: Uuid,
}

/// What is to be moved.
#[derive(Clone, Debug)]
pub(crate) struct NewPosting {
    pub(crate) id: Uuid,
    pub(crate) store: Uuid,
    pub(crate) terminal: Uuid,
    pub(crate) location: Option<String>,
    pub(crate) cause: Cause,
    /// What kind the movements are here.
    pub(crate) kind: &'static str,
    pub(crate) reason: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) lines: Vec<HubLine>,
}

pub(crate) fn refused(code: &'static str, field: &str, message: impl Into<String>) -> ApiError {
    ApiError { detail: Some(field.to_owned()), ..ApiError::unprocessable(code, message) }
}

/// That goods are moved at this hub: the company's moves them where it decides, and a store's those of its own tills, which
/// hear of it and of no other hub, unless stock is left to the tills.
///
/// # Errors
/// `not_the_authority`, with who decides.
pub(crate) async fn moves_goods(hub: &Hub, company: Uuid) -> Result<(), ApiError> {
    let read = hub
        .books
        .read(Tenant::Company(company), move |session| Ok::<_, ApiError>(authority::of(session, company)?));
    let told = read.await?;
    let decides = told.get(&Domain::Warehouse);
    let is_ours = if hub.settings.upstream.is_some() {
        !matches!(decides, Some(Authority::Terminal))
    } else {
        authority::is_of_the_company(&told, &Domain::Warehouse)
    };
    if is_ours {
        return Ok(());
    }
    let who = if matches!(decides, Some(Authority::Terminal)) {
        "stock is left to the tills: goods are moved there"
    } else {
        "stock is left to the stores' hubs: goods are moved there"
    };
    Err(ApiError::forbidden("not_the_authority", who))
}

impl Spot {
    /// The till in whose books it is, which hears from this hub what moves there.
    ///
    /// # Errors
    /// `behind_office` where the store's tills report to a hub of their own, and those of [`Spot::in_books`].
    pub(crate) fn till(&self, session: &mut dyn Session, company: Uuid) -> Result<Uuid, ApiError> {
        // One that is suspended has its tills all the same.
        let offices = session.query(
            "SELECT 1 FROM terminal WHERE company_id = $1 AND store_id = $2 AND (state = 'active' \
             AND profile = 'office' OR state IN ('active', 'suspended') AND is_node = 1) LIMIT 1",
            &[company.into(), self.store_id.into()],
        )?;
        if !offices.is_empty() {
            let message = "the tills of this store report to a hub of their own: its goods are moved there";
            return Err(ApiError::conflict("behind_office", message));
        }
        self.in_books(session, company)
    }

    /// The till in whose books it is, whichever hub that hears from.
    ///
    /// # Errors
    /// `till_needed` where the store has none or several and none is named; `reference_unknown` for one that is not an
    /// active till of the store; `field_invalid`.
    pub(crate) fn in_books(&self, session: &mut dyn Session, company: Uuid) -> Result<Uuid, ApiError> {
        if let Some(code) = &self.location {
            text::code("location", code)?;
        }
        let rows = session.query(
            "SELECT terminal_id FROM terminal WHERE company_id = $1 AND store_id = $2 AND state = 'active' \
             AND profile IN ('pos', 'mobile') AND is_node = 0 ORDER BY terminal_id",
            &[company.into(), self.store_id.into()],
        )?;
        let tills: Vec<Uuid> = rows.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?;
        match (self.terminal_id, tills.as_slice()) {
            (Some(named), tills) if tills.contains(&named) => Ok(named),
            (Some(_), _) => Err(refused(
                "reference_unknown",
                "terminal_id",
                "`terminal_id` is no active till of the store",
            )),
            (None, [only]) => Ok(*only),
            (None, _) => {
                let message = "say in `terminal_id` in the books of which till the goods are";
                Err(refused("till_needed", "terminal_id", message))
            }
        }
    }
}

/// A quantity that goods are moved by.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn quantity(field: &str, quantity: Decimal) -> Result<i64, ApiError> {
    let kept = e4::of(quantity).filter(|kept| (1..=MOST_E4).contains(kept));
    kept.ok_or_else(|| {
        let message =
            format!("`{field}` is above nothing, at most 1000000000, and has at most four decimals");
        refused("field_invalid", field, message)
    })
}

/// A quantity that is found: nothing, too.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn found(field: &str, quantity: Decimal) -> Result<i64, ApiError> {
    if quantity.is_zero() { Ok(0) } else { self::quantity(field, quantity) }
}

/// Ten-thousandths as stock of core.
///
/// # Errors
/// `field_invalid` for more than a level holds.
pub(crate) fn stock_of(e4: i64) -> Result<Stock, ApiError> {
    Stock::try_new(Decimal::new(e4, 4))
        .map_err(|cause| refused("field_invalid", "quantity", format!("`quantity`: {cause}")))
}

/// That there are lines, and not too many.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn check_lines(count: usize) -> Result<(), ApiError> {
    if (1..=MOST_LINES).contains(&count) {
        return Ok(());
    }
    Err(refused("field_invalid", "lines", format!("`lines` are 1 to {MOST_LINES}")))
}

/// That a store sells a product.
///
/// # Errors
/// `product_unknown` with the product.
pub(crate) fn need_product(
    session: &mut dyn Session,
    company: Uuid,
    (store, product): (Uuid, Uuid),
) -> Result<(), ApiError> {
    let rows = session.query(
        "SELECT 1 FROM definition WHERE company_id = $1 AND resource = 'products' AND definition_id = $2 \
         AND is_deleted = 0 AND overrides IS NULL AND (store_id IS NULL OR store_id = $3)",
        &[company.into(), product.into(), store.into()],
    )?;
    if rows.is_empty() {
        let message = "the store has no product of this identity";
        return Err(refused("product_unknown", &product.to_string(), message));
    }
    Ok(())
}

/// The lines of a posting: each product once, each of the store, each by so much up or down.
///
/// # Errors
/// `product_unknown`, `twice`, `field_invalid`.
pub(crate) fn lines(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    (kind, sign): (MovementKind, i64),
    given: &[GoodsLine],
) -> Result<Vec<HubLine>, ApiError> {
    check_lines(given.len())?;
    for line in given {
        need_product(session, company, (store, line.product_id))?;
    }
    known_lines((kind, sign), given)
}

/// The same of products that were looked up when a paper was written: what is on its way, or ordered, arrives and comes back
/// though nobody sells it any more.
///
/// # Errors
/// `twice`, `field_invalid`.
pub(crate) fn known_lines(
    (kind, sign): (MovementKind, i64),
    given: &[GoodsLine],
) -> Result<Vec<HubLine>, ApiError> {
    check_lines(given.len())?;
    let mut lines: Vec<HubLine> = Vec::with_capacity(given.len());
    for GoodsLine { product_id, quantity: wanted, unit_cost } in given {
        let product = ProductId::new(*product_id);
        if lines.iter().any(|line| line.product_id == product) {
            return Err(refused("twice", &product_id.to_string(), "the product stands on two lines"));
        }
        let unit_cost = unit_cost.map(UnitPrice::try_new).transpose();
        let unit_cost = unit_cost
            .map_err(|cause| refused("field_invalid", "unit_cost", format!("`unit_cost`: {cause}")))?;
        let change = stock_of(sign * quantity("quantity", *wanted)?)?;
        lines.push(HubLine { product_id: product, kind, change, unit_cost });
    }
    Ok(lines)
}

/// Moves goods here and tells the till: the one that was chosen, or where that was taken away since, the only other one of the
/// store, which has its books.
///
/// # Errors
/// Those of [`Spot::till`].
pub(crate) fn post(desk: &mut Desk<'_>, new: NewPosting) -> Result<Posted, ApiError> {
    let NewPosting { id, store, terminal, location, cause, kind, reason, reference, lines } = new;
    let still = desk.session.query(
        "SELECT 1 FROM terminal WHERE company_id = $1 AND store_id = $2 AND terminal_id = $3 AND state = 'active'",
        &[desk.company.into(), store.into(), terminal.into()],
    )?;
    let spot = Spot { store_id: store, terminal_id: (!still.is_empty()).then_some(terminal), location: None };
    let terminal = spot.till(desk.session, desk.company)?;
    let mut moved = Moved::default();
    for (position, line) in lines.iter().enumerate() {
        let change = e4::of(line.change.decimal()).ok_or_else(ApiError::internal)?;
        moved.add((id, position), (line.product_id, kind), change, desk.now);
    }
    stock::book(desk.session, (desk.company, store, terminal), &moved, desk.now)?;
    // What its people found is told by the till's clock, and so is this.
    let at = desk.now + counted::clock_ahead(desk.session, (desk.company, terminal))?;
    let posting = HubPosting { by: desk.actor.id(), at: Some(at), cause, location, reason, reference, lines };
    let Ok(Json::Object(body)) = serde_json::to_value(&posting) else { return Err(ApiError::internal()) };
    let row = NewRow { resource: RESOURCE, id, store: Some(store), terminal: Some(terminal), body };
    definitions::put(desk.session, desk.company, &[row], desk.now)?;
    Ok(Posted { id, terminal_id: terminal })
}
