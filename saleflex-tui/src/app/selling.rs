//! What selling keeps between keys.

use saleflex_core::{basket::GoodsState, ids::LineNo, money::Money, quantity::Quantity, tender::TenderKind};

use crate::{dialog::Prompt, effect::Act, entry::TypedLine};

/// What selling keeps between keys.
#[derive(Clone, Debug, Default)]
pub struct Selling {
    /// The input line.
    pub entry: TypedLine,
    /// What stands in it was refused: it can be mended, and typing anew replaces it.
    pub is_refused: bool,
    /// The kind of tender whose key put the balance there.
    pub offered: Option<TenderKind>,
    /// The tip that comes with the next payment.
    pub tip: Option<Money>,
    /// How many the next sale sells.
    pub multiplier: Option<Quantity>,
    /// The next code shows price and stock.
    pub is_inquiry: bool,
    /// The state of what comes back next without a receipt.
    pub state: GoodsState,
    /// The prompt for serial numbers that was answered last, with the act that followed.
    pub named: Option<Box<(Prompt, Act)>>,
    /// The line selected.
    pub selected: Option<LineNo>,
    /// The product page shown, from 0.
    pub page: usize,
    /// Which part of its keys, from 0.
    pub part: usize,
    /// The sale was left for the menu by Escape, which leads back to it until another screen is opened.
    pub is_left: bool,
}
