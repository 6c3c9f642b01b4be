//! Saving records.

use saleflex_core::{
    cashier::{Approval, Capability},
    inventory::{StockRefusal, count::CountRefusal, transfer::ArrivalRefusal},
};
use saleflex_store::{Error, Shell, Till};

use super::{Denial, Desk, Outcome};
use crate::{
    listing::RowId,
    log, message,
    record::{Entered, Model, Unsaved},
    registry,
    text::{Key, Text},
};

impl<S: Shell + Clone + 'static> Desk<S> {
    /// Saves a record. What it changed of the catalog is on the product keys at once.
    pub(super) fn save(
        &mut self,
        form: &str,
        of: Option<RowId>,
        entered: &Entered,
        approval: Option<Approval>,
    ) -> Result<Outcome, Denial> {
        let text = self.text;
        let (Some(till), Some(registry::Entry::Record(model))) = (self.till.as_mut(), registry::find(form))
        else {
            return Err(Denial::Said(text.word(Key::NotLoggedIn).to_owned()));
        };
        let is_approved = approval.is_some();
        let (warning, saved) = match as_it_stands(till, text, model, of, entered) {
            Ok(entered) => {
                let warning = model.warning(till, text, of, &entered);
                (warning, model.save_approved(till, text, of, &entered, approval))
            }
            Err(unsaved) => (None, Err(unsaved)),
        };
        self.take_pages();
        if saved.is_ok() && model.changes_devices() {
            self.start_devices();
        }
        if saved.is_ok() && model.changes_connection() {
            match model.enrols(entered) {
                Some(enrolment) => self.enrol(enrolment),
                None => self.connect(),
            }
        }
        match saved {
            Ok(()) => {
                let told = || model.told(self.till.as_mut()?, text, of, entered);
                Ok(Outcome { message: warning.or_else(told), ..Outcome::default() })
            }
            Err(Unsaved::Fields(faults)) => Err(Denial::Fields(faults)),
            // What may not be done alone is done with a second person, who is asked for.
            Err(Unsaved::Till(error)) if model.takes_approval() && needs_second(&error) => {
                log::error(&error);
                let words = message::error(text, &error);
                Err(if is_approved {
                    Denial::ApprovalRefused(words)
                } else {
                    Denial::ApprovalNeeded(Capability::StocktakeApprove)
                })
            }
            Err(Unsaved::Till(error)) => {
                log::error(&error);
                let by_line = self.till.as_ref().and_then(|till| named_lines(till, text, &error));
                Err(Denial::Said(by_line.unwrap_or_else(|| message::error(text, &error))))
            }
        }
    }
}

/// What was entered, beside what the till holds by now.
fn as_it_stands(
    till: &mut Till,
    text: &Text,
    model: &dyn Model,
    of: Option<RowId>,
    entered: &Entered,
) -> Result<Entered, Unsaved> {
    let mut entered = entered.clone();
    let present = model.load(till, text, of)?;
    let changed = entered.meet(&present, of.is_some() || model.is_the_only_one());
    if changed.is_empty() {
        return Ok(entered);
    }
    let words = text.word(Key::ChangedMeanwhile);
    Err(Unsaved::Fields(changed.into_iter().map(|name| (name, words.to_owned())).collect()))
}

/// Why lines of goods cannot be, each with the product's code.
fn named_lines(till: &Till, text: &Text, error: &Error) -> Option<String> {
    let named = |line: &message::LineWords| {
        let code = till.catalog().product(line.item.product).map(|product| product.code().to_owned());
        format!("{}: {}", code.unwrap_or_default(), line.words)
    };
    Some(message::by_line(text, error)?.iter().map(named).collect::<Vec<_>>().join("  "))
}

/// Whether goods stand still for want of somebody who agrees: who may, or another than the one who counted.
const fn needs_second(error: &Error) -> bool {
    matches!(
        error,
        Error::Stock(StockRefusal::NotAllowed { .. } | StockRefusal::NeedsApproval { .. })
            | Error::Arrival(ArrivalRefusal::Stock(StockRefusal::NotAllowed { .. }))
            | Error::StockCount(
                CountRefusal::OwnCount { .. } | CountRefusal::Stock(StockRefusal::NotAllowed { .. })
            )
    )
}
