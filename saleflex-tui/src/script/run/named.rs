//! What a step names, found at the till.

use saleflex_core::ids::{CustomerId, DocumentId, DocumentNumber, TenderNo};
use saleflex_store::Shell;

use super::Runner;
use crate::{effect::look_up, message, text::Key};

impl<S: Shell + Clone + 'static> Runner<'_, S> {
    /// The tender of a number, or the last that counts.
    pub(super) fn tender(&mut self, no: Option<TenderNo>) -> Result<TenderNo, String> {
        let draft = self.desk.till().and_then(|till| till.draft());
        let last = draft.and_then(|document| {
            let payouts = document.exchange.iter().flat_map(|returned| returned.counted_tenders());
            document.counted_tenders().chain(payouts).map(|tender| tender.no).max()
        });
        no.or(last).ok_or_else(|| self.text.word(Key::NoTender).to_owned())
    }

    /// The tender of a number, or the last that waits for an answer.
    pub(super) fn waiting(&mut self, no: Option<TenderNo>) -> Result<TenderNo, String> {
        let draft = self.desk.till().and_then(|till| till.draft());
        let last = draft.and_then(|document| {
            let payouts = document.exchange.iter().flat_map(|returned| &returned.tenders);
            let waiting = document.tenders.iter().chain(payouts).filter(|tender| tender.is_pending());
            waiting.map(|tender| tender.no).max()
        });
        no.or(last).ok_or_else(|| self.text.word(Key::NothingAwaited).to_owned())
    }

    /// The customer of a code.
    pub(super) fn customer(&mut self, code: &str) -> Result<CustomerId, String> {
        const CANDIDATES: u32 = 50;
        let text = self.text;
        let unknown = || text.fill(Key::NoSuchCustomer, &[("code", code)]);
        let till = self.desk.till().ok_or_else(unknown)?;
        let found = till.find_customers(code, CANDIDATES).map_err(|error| message::error(text, &error))?;
        found.iter().find(|customer| customer.code == code).map(|customer| customer.id).ok_or_else(unknown)
    }

    /// The completed document of a number as printed, or of a receipt number alone.
    pub(super) fn receipt(&mut self, receipt: &str) -> Result<DocumentId, String> {
        let text = self.text;
        let unknown = || text.fill(Key::NoSuchReceipt, &[("number", receipt)]);
        let till = self.desk.till().ok_or_else(unknown)?;
        let found = look_up::find_receipt(till, receipt).map_err(|error| message::error(text, &error))?;
        found.map(|completed| completed.document().id).ok_or_else(unknown)
    }

    /// The suspended document of a number as printed, or of a receipt number alone: of the open period or of the one before.
    pub(super) fn suspended(&mut self, receipt: &str) -> Result<DocumentId, String> {
        let text = self.text;
        let unknown = || text.fill(Key::NoSuchSuspended, &[("number", receipt)]);
        let till = self.desk.till().ok_or_else(unknown)?;
        let parked = till.suspended().map_err(|error| message::error(text, &error))?;
        let open = till.period().number;
        let before = till.period_back(1).map_err(|error| message::error(text, &error))?;
        let in_full = parked.iter().find(|parked| parked.number.to_string() == receipt);
        let alone = [Some(open), before].into_iter().flatten().find_map(|period| {
            let is_meant =
                |number: DocumentNumber| number.closure == period && receipt.parse() == Ok(number.receipt);
            parked.iter().find(|parked| is_meant(parked.number))
        });
        in_full.or(alone).map(|parked| parked.id).ok_or_else(unknown)
    }
}
