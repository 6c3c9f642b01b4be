//! What an evaluation of the open document leaves behind for the next one, which then looks up what changed and no more.
//!
//! **Invariant:** with a memory and without one, campaigns give the same.

use alloc::{collections::BTreeMap, sync::Arc};
use core::cell::RefCell;

use super::campaigns::{Campaigns, cart_line};
use crate::{
    basket::{LineItem, PriceSource},
    campaign::{Context, Evaluator, Remembered},
    catalog::Sellable,
    document::Document,
    ids::{DocumentId, LineNo},
    money::Money,
    quantity::Quantity,
};

/// A place for it. It belongs to one caller, and is asked again and again for the document that stands open.
#[derive(Debug, Default)]
pub struct Memory(RefCell<Option<Kept>>);

#[derive(Debug)]
struct Kept {
    document: DocumentId,
    lines: BTreeMap<LineNo, Known>,
    /// None while an evaluator is out.
    remembered: Option<Remembered>,
}

/// A line as the evaluator knows it. A command that was refused may have put something else under its number.
#[derive(Debug)]
struct Known {
    item: Arc<Sellable>,
    quantity: Quantity,
    total: Money,
    price_source: PriceSource,
}

impl Known {
    fn of(line: &LineItem) -> Self {
        Self {
            item: line.item.clone(),
            quantity: line.quantity,
            total: line.total,
            price_source: line.price_source,
        }
    }

    fn is_still(&self, line: &LineItem) -> bool {
        self.quantity == line.quantity
            && self.total == line.total
            && self.price_source == line.price_source
            && self.item == line.item
    }
}

impl Memory {
    /// Forgets everything, such as when what is known of products changed.
    pub fn clear(&self) {
        self.0.take();
    }

    /// An evaluator that holds the lines of a document; none where it cannot.
    pub(super) fn evaluator<'s>(
        &self,
        campaigns: &Campaigns<'s>,
        sale: &Document,
        context: Context,
    ) -> Option<Evaluator<'s>> {
        let kept = self.0.take().filter(|kept| kept.document == sale.id);
        let gone_on = kept.and_then(|Kept { lines, remembered, .. }| {
            Some((lines, Evaluator::going_on(campaigns.set, remembered?)?))
        });
        let (mut lines, mut evaluator) = match gone_on {
            Some((lines, mut evaluator)) => {
                evaluator.set_context(context);
                (lines, evaluator)
            }
            None => (BTreeMap::new(), Evaluator::new(campaigns.set, context)),
        };
        for line in sale.active_lines() {
            let known: Option<&Known> = lines.get(&line.no);
            if !known.is_some_and(|known| known.is_still(line)) {
                evaluator.put_line(&cart_line(line, campaigns.traits, &sale.currency)).ok()?;
                lines.insert(line.no, Known::of(line));
            }
        }
        if lines.len() > sale.active_lines().count() {
            lines.retain(|no, _| {
                let is_there = sale.line(*no).is_some_and(LineItem::is_active);
                if !is_there {
                    evaluator.remove_line(*no);
                }
                is_there
            });
        }
        self.0.replace(Some(Kept { document: sale.id, lines, remembered: None }));
        Some(evaluator)
    }

    /// Keeps what an evaluator knows of a document.
    pub(super) fn keep(&self, sale: &Document, evaluator: Evaluator<'_>) {
        let mut kept = self.0.borrow_mut();
        if let Some(kept) = kept.as_mut().filter(|kept| kept.document == sale.id) {
            kept.remembered = Some(evaluator.remember());
        }
    }
}
