//! What an evaluation of the open document leaves behind for the next one, which then looks up what changed and no more.
//!
//! **Invariant:** with a memory and without one, campaigns give the same.

use alloc::collections::BTreeMap;
use core::cell::RefCell;

use super::campaigns::{Campaigns, cart_line};
use crate::{
    campaign::{Context, Evaluator, Remembered},
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
    remembered: Remembered,
}

/// What may change on a line. What it sells never does.
type Known = (Quantity, Money);

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
            Some((lines, Evaluator::going_on(campaigns.set, remembered)?))
        });
        let (known, mut evaluator) = match gone_on {
            Some((known, mut evaluator)) => {
                evaluator.set_context(context);
                (known, evaluator)
            }
            None => (BTreeMap::new(), Evaluator::new(campaigns.set, context)),
        };
        for line in sale.active_lines() {
            if known.get(&line.no) != Some(&(line.quantity, line.total)) {
                evaluator.put_line(&cart_line(line, campaigns.traits, &sale.currency)).ok()?;
            }
        }
        let is_gone = |no: &LineNo| !sale.line(*no).is_some_and(|line| line.is_active());
        for no in known.into_keys().filter(is_gone) {
            evaluator.remove_line(no);
        }
        Some(evaluator)
    }

    /// Keeps what an evaluator knows of a document.
    pub(super) fn keep(&self, sale: &Document, evaluator: Evaluator<'_>) {
        let lines = sale.active_lines().map(|line| (line.no, (line.quantity, line.total)));
        let kept = Kept { document: sale.id, lines: lines.collect(), remembered: evaluator.remember() };
        self.0.replace(Some(kept));
    }
}
