//! Counts of a store: what is found is added up, closed, and the difference booked.
//!
//! **Invariant:** what is booked is the difference to what the hub's books said at the instant of the last finding, so that
//! what is sold meanwhile, at however many tills, is not lost; nobody approves what they counted, as far as they counted under
//! their own name and not with a mobile device.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use saleflex_core::inventory::AdjustmentKind;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    adjusting::{Found, put_right, wrong_state},
    papers::{self, Paper},
    postings::{self, Spot, refused},
};
use crate::{
    ApiError,
    db::{DatabaseError, Session},
    desk::Desk,
    e4,
    ids::new_id,
    office::{content, intake},
    stock, text,
};

/// A count to begin.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"at": {"store_id": "018f0000-0000-7000-8000-000000000001"}, "is_blind": true}))]
pub(crate) struct NewStocktake {
    /// The store, all of which is counted; the till in whose books differences are booked, and the location they are booked at.
    pub(crate) at: Spot,
    /// The products to count; absent: whatever is found.
    #[serde(default)]
    pub(crate) products: Vec<Uuid>,
    /// Whether what the books say is kept from those who count.
    #[serde(default)]
    pub(crate) is_blind: bool,
    /// What it is for, in words.
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// How a count stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StocktakeState {
    /// People count.
    Open,
    /// They are done; the differences stand.
    Closed,
    /// The differences are booked.
    Approved,
    /// It counts for nothing.
    Cancelled,
}

/// What a count found of a product.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[schema(as = StocktakeVariance)]
pub(crate) struct Variance {
    /// The product.
    pub(crate) product_id: Uuid,
    /// What the hub's books said when it was last counted.
    #[schema(value_type = String, example = "10")]
    pub(crate) expected: Decimal,
    /// What was found.
    #[schema(value_type = String, example = "9")]
    pub(crate) counted: Decimal,
    /// What is booked.
    #[schema(value_type = String, example = "-1")]
    pub(crate) difference: Decimal,
}

/// A count.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Stocktake {
    /// Its identity.
    pub(crate) id: Uuid,
    /// Where.
    pub(crate) at: Spot,
    /// The till in whose books differences are booked.
    pub(crate) terminal_id: Uuid,
    /// The products to count; empty: whatever is found.
    pub(crate) products: Vec<Uuid>,
    /// Whether what the books say is kept from those who count.
    pub(crate) is_blind: bool,
    /// How it stands.
    pub(crate) state: StocktakeState,
    /// What it is for, in words.
    pub(crate) reason: Option<String>,
    /// Who began it.
    pub(crate) opened_by: Uuid,
    /// When.
    pub(crate) opened_at: DateTime<Utc>,
    /// What was found, once it is closed.
    pub(crate) variances: Vec<Variance>,
    /// Products to count of which nothing was reported.
    pub(crate) uncounted: Vec<Uuid>,
}

impl Paper for Stocktake {
    const KIND: &'static str = "stocktake";

    fn id(&self) -> Uuid {
        self.id
    }

    fn stores(&self) -> (Option<Uuid>, Option<Uuid>) {
        (Some(self.at.store_id), None)
    }

    fn state(&self) -> &'static str {
        match self.state {
            StocktakeState::Open => "open",
            StocktakeState::Closed => "closed",
            StocktakeState::Approved => "approved",
            StocktakeState::Cancelled => "cancelled",
        }
    }
}

/// What somebody found.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "line_id": "018f0000-0000-7000-8000-00000000000a", "barcode": "5901234123457", "quantity": "6",
    "counted_at": "2026-11-21T12:00:00Z"
}))]
pub(crate) struct CountLine {
    /// Its identity: the same again is no second finding.
    pub(crate) line_id: Uuid,
    /// The product; or say `barcode`.
    #[serde(default)]
    pub(crate) product_id: Option<Uuid>,
    /// The barcode of the product or of a pack of it; or say `product_id`.
    #[serde(default)]
    pub(crate) barcode: Option<String>,
    /// How many, of packs where the barcode is a pack's; below nothing takes back what was reported.
    #[schema(value_type = String, example = "6")]
    pub(crate) quantity: Decimal,
    /// When.
    pub(crate) counted_at: DateTime<Utc>,
}

/// What somebody found, in one request.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lines": [{
    "line_id": "018f0000-0000-7000-8000-00000000000a", "barcode": "5901234123457", "quantity": "6",
    "counted_at": "2026-11-21T12:00:00Z"
}]}))]
pub(crate) struct CountLines {
    /// At most 1,000.
    pub(crate) lines: Vec<CountLine>,
}

/// What became of one finding.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct CountResult {
    /// Which.
    pub(crate) line_id: Uuid,
    /// `accepted`, `duplicate` or `rejected`.
    pub(crate) result: String,
    /// Why it is rejected: a code.
    pub(crate) code: Option<String>,
}

/// What became of each finding.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct CountResults {
    /// In the order of the request.
    pub(crate) results: Vec<CountResult>,
}

/// Begins a count.
///
/// # Errors
/// `product_unknown`, `field_invalid`, and those of [`Spot::till`].
pub(crate) fn open(desk: &mut Desk<'_>, new: &NewStocktake) -> Result<Stocktake, ApiError> {
    if let Some(reason) = &new.reason {
        text::within("reason", reason, 1..=200)?;
    }
    if !new.products.is_empty() {
        postings::check_lines(new.products.len())?;
    }
    let (store, terminal_id) = (new.at.store_id, new.at.till(desk.session, desk.company)?);
    for product in &new.products {
        postings::need_product(desk.session, desk.company, (store, *product))?;
    }
    let count = Stocktake {
        id: new_id(desk.now),
        at: new.at.clone(),
        terminal_id,
        products: new.products.clone(),
        is_blind: new.is_blind,
        state: StocktakeState::Open,
        reason: new.reason.clone(),
        opened_by: desk.actor.id(),
        opened_at: desk.now,
        variances: Vec::new(),
        uncounted: Vec::new(),
    };
    keep(desk, &count, "stocktake.opened")?;
    Ok(count)
}

fn keep(desk: &mut Desk<'_>, count: &Stocktake, act: &str) -> Result<(), ApiError> {
    papers::put(desk.session, desk.company, count, desk.now)?;
    let wrong = count.variances.iter().filter(|one| !one.difference.is_zero()).count();
    let detail = json!({"products": count.variances.len(), "differences": wrong});
    desk.note(act, ("stocktake", count.id), Some(count.at.store_id), detail)?;
    Ok(())
}

/// Takes what somebody found, line by line: one that cannot be stops no other.
///
/// # Errors
/// `wrong_state` for a count that is not open.
pub(crate) fn count(
    desk: &mut Desk<'_>,
    count: &Stocktake,
    found: &CountLines,
) -> Result<CountResults, ApiError> {
    if count.state != StocktakeState::Open {
        return Err(wrong_state(count.state()));
    }
    postings::check_lines(found.lines.len())?;
    let mut results = Vec::with_capacity(found.lines.len());
    for line in &found.lines {
        let (result, code) = match take(desk, count, line) {
            Ok(true) => ("accepted", None),
            Ok(false) => ("duplicate", None),
            Err(error) if error.status.is_server_error() => return Err(error),
            Err(error) => ("rejected", Some(error.code.to_owned())),
        };
        results.push(CountResult { line_id: line.line_id, result: result.to_owned(), code });
    }
    Ok(CountResults { results })
}

/// Takes one finding; answers whether it is new.
fn take(desk: &mut Desk<'_>, count: &Stocktake, line: &CountLine) -> Result<bool, ApiError> {
    let (product, pack) = match (line.product_id, &line.barcode) {
        (Some(product), None) => (product, Decimal::ONE),
        (None, Some(barcode)) => of_barcode(desk.session, (desk.company, count.at.store_id), barcode)?,
        _ => return Err(refused("field_invalid", "product_id", "say either `product_id` or `barcode`")),
    };
    postings::need_product(desk.session, desk.company, (count.at.store_id, product))?;
    if !count.products.is_empty() && !count.products.contains(&product) {
        return Err(refused("not_counted_here", &product.to_string(), "the count is of other products"));
    }
    let whole = line.quantity.checked_mul(pack).and_then(|whole| e4::of(whole.abs()).map(|e4| (whole, e4)));
    let Some((whole, size)) = whole.filter(|(_, e4)| *e4 <= 1_000_000_000 * 10_000) else {
        return Err(refused("field_invalid", "quantity", "`quantity` is too large or too fine"));
    };
    let quantity = if whole.is_sign_negative() { -size } else { size };
    let entered = desk.session.execute(
        "INSERT INTO stocktake_line (company_id, stocktake_id, line_id, product_id, counter_id, quantity_e4, counted_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (company_id, stocktake_id, line_id) DO NOTHING",
        &[
            desk.company.into(),
            count.id.into(),
            line.line_id.into(),
            product.into(),
            desk.actor.id().into(),
            quantity.into(),
            // A clock that is ahead has not counted what is to come, and one that is behind nothing before the count.
            line.counted_at.max(count.opened_at).min(desk.now).timestamp_millis().into(),
        ],
    )?;
    if entered == 0 {
        need_same(desk, (count.id, line.line_id), (product, quantity))?;
    }
    Ok(entered > 0)
}

/// That a finding which is reported again says what it said.
fn need_same(
    desk: &mut Desk<'_>,
    (count, line): (Uuid, Uuid),
    (product, quantity): (Uuid, i64),
) -> Result<(), ApiError> {
    let rows = desk.session.query(
        "SELECT product_id, quantity_e4 FROM stocktake_line WHERE company_id = $1 AND stocktake_id = $2 \
         AND line_id = $3",
        &[desk.company.into(), count.into(), line.into()],
    )?;
    let Some(row) = rows.first() else { return Err(ApiError::internal()) };
    if (row.id(0)?, row.integer(1)?) == (product, quantity) {
        return Ok(());
    }
    let message =
        "this finding was reported otherwise: report what is to be added or taken back as another one";
    Err(refused("content_mismatch", "line_id", message))
}

/// The product of a barcode, and how many of it are in what it stands on.
fn of_barcode(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    barcode: &str,
) -> Result<(Uuid, Decimal), ApiError> {
    let rows = session.query(
        "SELECT body FROM definition WHERE company_id = $1 AND resource = 'product_barcodes' AND code = $2 \
         AND is_deleted = 0 AND (store_id IS NULL OR store_id = $3) ORDER BY store_id IS NULL",
        &[company.into(), barcode.trim().into(), store.into()],
    )?;
    let unknown = || refused("barcode_unknown", "barcode", "no product of the store has this barcode");
    let row = rows.first().ok_or_else(unknown)?;
    let body: Json = serde_json::from_str(row.text(0)?).map_err(|_| ApiError::internal())?;
    let product = body["fk_product_id"].as_str().and_then(|id| id.parse().ok()).ok_or_else(unknown)?;
    let pack = content::decimal(&body["pack_quantity"]).filter(|pack| *pack > Decimal::ZERO);
    Ok((product, pack.unwrap_or(Decimal::ONE)))
}

/// What was found of a product, and when last.
#[derive(Clone, Copy, Debug)]
struct Sum {
    counted: i64,
    last: DateTime<Utc>,
}

fn sums(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<BTreeMap<Uuid, Sum>, DatabaseError> {
    let rows = session.query(
        "SELECT product_id, CAST(sum(quantity_e4) AS bigint), max(counted_at) FROM stocktake_line \
         WHERE company_id = $1 AND stocktake_id = $2 GROUP BY product_id",
        &[company.into(), id.into()],
    )?;
    let sums = rows.iter().map(|row| Ok((row.id(0)?, Sum { counted: row.integer(1)?, last: row.time(2)? })));
    sums.collect()
}

/// What the count comes to by the books of this moment.
fn compare(desk: &mut Desk<'_>, count: &mut Stocktake) -> Result<(), ApiError> {
    stock::hold_beside(desk.session, (desk.company, count.at.store_id))?;
    let found = sums(desk.session, desk.company, count.id)?;
    count.variances.clear();
    for (product, Sum { counted, last }) in &found {
        if *counted < 0 {
            let message = "less than nothing was found: what was reported is taken back more than once";
            return Err(refused("field_invalid", &product.to_string(), message));
        }
        let of = (desk.company, count.at.store_id, *product);
        let expected = stock::on_hand(desk.session, of, Some(*last))?;
        count.variances.push(Variance {
            product_id: *product,
            expected: intake::amount(expected).normalize(),
            counted: intake::amount(*counted).normalize(),
            difference: intake::amount(counted.saturating_sub(expected)).normalize(),
        });
    }
    let to_count = if count.products.is_empty() {
        stock::products(desk.session, (desk.company, count.at.store_id))?
    } else {
        count.products.clone()
    };
    count.uncounted = to_count.into_iter().filter(|product| !found.contains_key(product)).collect();
    Ok(())
}

/// Ends the counting: the differences stand. Doing it again changes nothing.
///
/// # Errors
/// `wrong_state`; `field_invalid` where more was taken back than found.
pub(crate) fn close(desk: &mut Desk<'_>, mut count: Stocktake) -> Result<Stocktake, ApiError> {
    match count.state {
        StocktakeState::Closed => return Ok(count),
        StocktakeState::Open => {}
        StocktakeState::Approved | StocktakeState::Cancelled => return Err(wrong_state(count.state())),
    }
    compare(desk, &mut count)?;
    count.state = StocktakeState::Closed;
    keep(desk, &count, "stocktake.closed")?;
    Ok(count)
}

/// Books the differences, by what has come of the time before the count since it was closed. Doing it again changes
/// nothing.
///
/// # Errors
/// `wrong_state`; `counted_it` for who reported a finding.
pub(crate) fn approve(desk: &mut Desk<'_>, mut count: Stocktake) -> Result<Stocktake, ApiError> {
    match count.state {
        StocktakeState::Approved => return Ok(count),
        StocktakeState::Closed => {}
        StocktakeState::Open | StocktakeState::Cancelled => return Err(wrong_state(count.state())),
    }
    if counters(desk.session, desk.company, count.id)?.contains(&desk.actor.id()) {
        let message = "who counted does not approve the count: somebody else has to";
        return Err(ApiError::forbidden("counted_it", message));
    }
    compare(desk, &mut count)?;
    let reason = count.reason.clone().unwrap_or_else(|| "Stock count".to_owned());
    for variance in &count.variances {
        let found = Found {
            product: variance.product_id,
            expected: variance.expected,
            difference: variance.difference,
            kind: AdjustmentKind::PhysicalCount,
        };
        let of = (new_id(desk.now), count.at.store_id, count.terminal_id);
        put_right(desk, of, (count.at.location.clone(), reason.clone()), found)?;
    }
    count.state = StocktakeState::Approved;
    keep(desk, &count, "stocktake.approved")?;
    Ok(count)
}

/// Lets it count for nothing. Doing it again changes nothing.
///
/// # Errors
/// `wrong_state` once it is booked.
pub(crate) fn cancel(desk: &mut Desk<'_>, mut count: Stocktake) -> Result<Stocktake, ApiError> {
    match count.state {
        StocktakeState::Cancelled => return Ok(count),
        StocktakeState::Approved => return Err(wrong_state(count.state())),
        StocktakeState::Open | StocktakeState::Closed => {}
    }
    count.state = StocktakeState::Cancelled;
    keep(desk, &count, "stocktake.cancelled")?;
    Ok(count)
}

fn counters(session: &mut dyn Session, company: Uuid, id: Uuid) -> Result<BTreeSet<Uuid>, DatabaseError> {
    let rows = session.query(
        "SELECT DISTINCT counter_id FROM stocktake_line WHERE company_id = $1 AND stocktake_id = $2",
        &[company.into(), id.into()],
    )?;
    rows.iter().map(|row| row.id(0)).collect()
}
