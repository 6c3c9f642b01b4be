//! Goods that a script takes back, of a receipt or without one.

use saleflex_core::{
    basket::GoodsState,
    catalog::SerialNo,
    document::{Command, DocumentType, Kind, OpenDocument, ReturnLine},
    ids::DocumentId,
    quantity::Quantity,
};
use saleflex_store::Shell;

use super::{Runner, Said};
use crate::{
    effect::{Act, Effect, Question, Reply, Sale},
    entry::Reading,
    text::Key,
};

impl<S: Shell + Clone + 'static> Runner<'_, S> {
    /// Takes goods of a receipt back: on its return, where that is open already, else with it; a return of which
    /// nothing may come back does not begin.
    pub(super) fn take_back(&mut self, receipt: &str, back: ReturnLine) -> Result<Act, String> {
        let sold = match self.desk.run(Effect::Ask(Question::Receipt(receipt.to_owned()))) {
            Some(Reply::Receipt(sold)) => sold.id,
            Some(Reply::NotFound(words)) => return Err(words),
            _ => return Err(self.text.word(Key::NotLoggedIn).to_owned()),
        };
        let is_open = self.draft_is(|kind, original| kind == Kind::Return && original == Some(sold));
        Ok(if is_open {
            Act::Command(Command::ReturnLine(back))
        } else {
            Act::TakeBack { sale: sold, lines: vec![back] }
        })
    }

    /// Takes goods back whose receipt is missing. A return that was begun for them is left where they may not come
    /// back.
    pub(super) fn return_without_receipt(
        &mut self,
        code: String,
        quantity: Option<Quantity>,
        state: GoodsState,
        serials: Vec<SerialNo>,
    ) -> Result<Said, String> {
        let is_open = self.draft_is(|kind, original| kind == Kind::Return && original.is_none());
        if !is_open {
            let open = OpenDocument::new(DocumentType::Return, Kind::Return);
            self.act(Act::Command(Command::Open(open)))?;
        }
        let readings = vec![Reading { quantity, ..Reading::of(code) }];
        let returned = Some((state, state == GoodsState::New));
        let reason = self.reason.take();
        let sale = Sale { returned, serials, reason, counted: true, ..Sale::of(readings) };
        let taken = self.act(Act::Sell(sale));
        if taken.is_err() && !is_open {
            self.act(Act::Command(Command::Cancel { reason: None }))?;
        }
        taken
    }

    fn draft_is(&mut self, is_meant: impl Fn(Kind, Option<DocumentId>) -> bool) -> bool {
        let draft = self.desk.till().and_then(|till| till.draft());
        draft.is_some_and(|document| is_meant(document.kind, document.original))
    }
}
