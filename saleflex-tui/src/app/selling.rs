//! What selling keeps between keys.

use saleflex_core::{basket::GoodsState, ids::LineNo, money::Money, quantity::Quantity, tender::TenderKind};

use crate::{dialog::Prompt, effect::Act, entry::TypedLine};

/// What stands in the input line is good for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Standing {
    /// It is being typed.
    #[default]
    Typed,
    /// It counts as it stands, and typing anew replaces it.
    Kept,
    /// It was refused: typing anew replaces it, editing mends it, Enter tries it once more as a code, and whatever else is
    /// done takes it for nothing. A code that nobody knows is no money.
    Refused,
}

/// What selling keeps between keys.
#[derive(Clone, Debug, Default)]
pub struct Selling {
    /// The input line.
    pub entry: TypedLine,
    /// What that which stands in it is good for.
    pub standing: Standing,
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

impl Selling {
    /// What stands in the input line for a key that takes it for something: nothing of what was refused.
    pub fn typed(&self) -> &str {
        if self.is_refused() { "" } else { self.entry.text() }
    }

    /// The same for a key that what was offered or kept is no beginning for.
    pub fn freshly_typed(&self) -> &str {
        if self.standing == Standing::Typed { self.entry.text() } else { "" }
    }

    /// Whether what stands in the input line was refused.
    pub fn is_refused(&self) -> bool {
        self.standing == Standing::Refused && !self.entry.is_empty()
    }

    /// What stands in the input line was refused.
    pub fn refuse(&mut self) {
        self.standing = if self.entry.is_empty() { Standing::Typed } else { Standing::Refused };
    }

    /// What stands in the input line is edited: it is typed again.
    pub fn edit(&mut self) -> &mut TypedLine {
        self.standing = Standing::Typed;
        &mut self.entry
    }

    /// The input line for what is typed into it anew: what was kept or refused is gone.
    pub fn type_anew(&mut self) -> &mut TypedLine {
        if self.standing != Standing::Typed {
            self.empty();
        }
        &mut self.entry
    }

    /// Empties the input line; false where nothing stood in it.
    pub fn empty(&mut self) -> bool {
        let stood = !self.entry.is_empty();
        self.entry.clear();
        self.standing = Standing::Typed;
        stood
    }
}
