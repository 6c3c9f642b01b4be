//! The little display turned to the customer: two to four lines of twenty letters or so.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use super::{Align, receipt, text, words::Words};
use crate::{
    document::{Document, Event},
    money::{Currency, Money},
};

/// Letters on a line and lines of a display.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DisplaySize {
    /// Letters on a line.
    pub columns: usize,
    /// How many lines it has.
    pub rows: usize,
}

impl Default for DisplaySize {
    /// The common one: two lines of twenty letters.
    fn default() -> Self {
        Self { columns: 20, rows: 2 }
    }
}

/// What the customer is shown.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Showing {
    /// Nothing is being sold.
    Idle {
        /// What the shop says, a line each.
        message: String,
    },
    /// A line or discount was added.
    Entered {
        /// The name of the product or discount.
        name: String,
        /// How much of it at which price; none for one piece, or for a discount.
        how_much: Option<HowMuch>,
        /// What it costs, below nothing for a discount.
        amount: Money,
        /// What is owed now, discounts taken off.
        net_due: Money,
    },
    /// Something was paid.
    Paid {
        /// What the customer gave.
        tendered: Money,
        /// What was owed.
        net_due: Money,
        /// What is still to pay.
        balance: Money,
        /// What the customer gets back.
        change: Money,
    },
}

/// How much of something was sold, and the price of one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HowMuch {
    /// As the receipt says it: `0.412 kg x £3.50`.
    pub text: String,
    /// Whether it was weighed or measured: then the customer sees how much before anything else, as shops that sell by weight
    /// have to show it.
    pub is_weighed: bool,
}

impl Showing {
    /// What is shown of a document after a line or payment; nothing of an empty one. Change that was handed out with a
    /// deposit is not promised again.
    pub fn of(document: &Document) -> Option<Self> {
        Self::with_change(document, Money::ZERO)
    }

    /// `given` is the change that was handed out just now.
    fn with_change(document: &Document, given: Money) -> Option<Self> {
        let net_due = document.totals.net_due;
        let tendered = document.totals.paid;
        if document.counted_tenders().next().is_some() {
            let balance = document.balance();
            let balance = if balance.is_negative() { Money::ZERO } else { balance };
            // What deposits before had too much went back then.
            let change = if document.kind.takes_deposits() { given } else { document.change };
            let tendered = tendered - (document.change - change);
            return Some(Self::Paid { tendered, net_due, balance, change });
        }
        let line = document.active_lines().last()?;
        let is_weighed = line.item.unit.decimals > 0;
        let how_much = receipt::how_much(line, &document.currency).map(|text| HowMuch { text, is_weighed });
        Some(Self::Entered { name: line.item.name.clone(), how_much, amount: line.total, net_due })
    }

    /// What is shown of a document after a command, by the events that came of it: a discount or surcharge on the whole
    /// document, else as [`Showing::of`].
    pub fn after(events: &[Event], document: &Document, words: &Words) -> Option<Self> {
        let is_adjusted = events.iter().any(|event| matches!(event, Event::DocumentAdjusted { .. }));
        let adjusted = if is_adjusted { Self::adjusted(document, words) } else { None };
        let given = events.iter().filter_map(|event| {
            if let Event::ChangeGiven { amount, .. } = event { Some(*amount) } else { None }
        });
        adjusted.or_else(|| Self::with_change(document, given.sum()))
    }

    /// What is shown after a discount or surcharge on the whole document.
    pub(super) fn adjusted(document: &Document, words: &Words) -> Option<Self> {
        let (name, amount) = receipt::last_adjustment(document, words)?;
        Some(Self::Entered { name, how_much: None, amount, net_due: document.totals.net_due })
    }

    /// The lines of a display, each as long as the display is wide.
    pub fn lines(&self, size: DisplaySize, currency: &Currency, words: &Words) -> Vec<String> {
        let show = |amount: Money| currency.show(amount);
        let words = &words.receipt;
        let pair = |left: &str, amount: Money| pair(left, &show(amount), size.columns);
        let mut lines = match self {
            Self::Idle { message } => message.lines().map(ToString::to_string).collect(),
            Self::Entered { name, how_much: Some(HowMuch { text, is_weighed: true }), amount, .. }
                if size.rows < 3 =>
            {
                weighed((name, text), &show(*amount), size.columns)
            }
            Self::Entered { name, amount, net_due, .. } if size.rows < 3 => {
                // The total stands at the left where it finds room; the price is never cut.
                let total = [words.total, " ", &show(*net_due)].concat();
                let free = size.columns.saturating_sub(text::width_of(&show(*amount)) + 1);
                let total = if text::width_of(&total) <= free { &*total } else { "" };
                Vec::from([name.clone(), pair(total, *amount)])
            }
            Self::Entered { name, how_much: Some(HowMuch { text, is_weighed: true }), amount, net_due } => {
                let mut lines = weighed((name, text), &show(*amount), size.columns);
                lines.push(pair(words.total, *net_due));
                lines
            }
            Self::Entered { name, how_much, amount, net_due } => {
                let free = size.columns.saturating_sub(text::width_of(&show(*amount)) + 1);
                let how_much = how_much.as_ref().map(|it| &*it.text);
                let how_much = how_much.filter(|it| text::width_of(it) <= free).unwrap_or_default();
                Vec::from([name.clone(), pair(how_much, *amount), pair(words.total, *net_due)])
            }
            Self::Paid { tendered, net_due, balance, change } => {
                let last = if change.is_positive() || balance.is_zero() {
                    pair(words.change, *change)
                } else {
                    pair(words.balance_due, *balance)
                };
                let first = pair(words.tendered, *tendered);
                if size.rows < 3 {
                    Vec::from([first, last])
                } else {
                    Vec::from([first, pair(words.total, *net_due), last])
                }
            }
        };
        lines.resize(size.rows, String::new());
        lines.iter().map(|line| padded(line, size.columns)).collect()
    }
}

/// What was weighed: how much at which price stands beside the amount, closer together where it has to, and where there is no
/// room there in the place of the name. It is never cut while the display has room for it.
fn weighed((name, how_much): (&str, &str), amount: &str, columns: usize) -> Vec<String> {
    let free = columns.saturating_sub(text::width_of(amount) + 1);
    let close: String = how_much.split(' ').collect();
    for beside in [how_much, &*close] {
        if text::width_of(beside) <= free {
            return Vec::from([name.to_string(), pair(beside, amount, columns)]);
        }
    }
    let above = if text::width_of(how_much) <= columns { how_much.to_string() } else { close };
    Vec::from([above, pair(name, amount, columns)])
}

/// Left and right on one line; the right one is never cut.
fn pair(left: &str, right: &str, columns: usize) -> String {
    let left = text::cut(left, columns.saturating_sub(text::width_of(right) + 1));
    let right = text::aligned(right, Align::Right, columns.saturating_sub(text::width_of(left)));
    [left, &right].concat()
}

fn padded(line: &str, columns: usize) -> String {
    let line = text::cut(line, columns);
    [line, &" ".repeat(columns.saturating_sub(text::width_of(line)))].concat()
}
