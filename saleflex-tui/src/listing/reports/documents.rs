//! The documents of days, one by one: all of them, or those of one kind.

use std::collections::BTreeSet;

use saleflex_core::{
    document::{DocumentType, Kind},
    ids::DocumentId,
    money::Money,
};
use saleflex_store::{Error, Till, history::DocumentHead};

use super::{
    super::{Heading, ListRow, Listed, Listing, Query, RowId, Words, receipts},
    Asked, Step,
};
use crate::{
    app::State,
    effect::{Effect, Question},
    text::{Key, Text},
};

/// Documents of days.
pub(crate) struct Documents {
    form: &'static str,
    definition: &'static str,
    event: &'static str,
    title: Key,
    holds: fn(&DocumentHead) -> bool,
    /// Which of them the total sums.
    counts: fn(&DocumentHead) -> bool,
}

/// Every document, of a day.
pub(crate) const SALES: Documents = Documents {
    form: "SALE_DETAILS",
    definition: include_str!("../../../forms/sale_details.toml"),
    event: "SALE_DETAIL_REPORT",
    title: Key::TitleSaleDetails,
    holds: |_| true,
    counts: |head| {
        let is_sold = matches!(head.kind, Kind::Sale | Kind::Order | Kind::Layaway | Kind::Return);
        is_sold && is_valid(head) && !head.document_type.is_delivery()
    },
};

/// Invoices on paper and electronic ones.
pub(crate) const INVOICES: Documents = Documents {
    form: "INVOICES",
    definition: include_str!("../../../forms/invoices.toml"),
    event: "INVOICE_LIST",
    title: Key::TitleInvoices,
    holds: |head| {
        matches!(
            head.document_type,
            DocumentType::Invoice
                | DocumentType::EInvoice
                | DocumentType::EArchiveInvoice
                | DocumentType::DiplomaticInvoice
                | DocumentType::SelfBillingInvoice
        )
    },
    counts: is_valid,
};

/// Waybills and delivery notes.
pub(crate) const WAYBILLS: Documents = Documents {
    form: "WAYBILLS",
    definition: include_str!("../../../forms/waybills.toml"),
    event: "WAYBILL_LIST",
    title: Key::TitleWaybills,
    holds: |head| head.document_type.is_delivery(),
    counts: is_valid,
};

/// What came back.
pub(crate) const RETURNS: Documents = Documents {
    form: "RETURNS",
    definition: include_str!("../../../forms/returns.toml"),
    event: "RETURN_LIST",
    title: Key::TitleReturns,
    holds: |head| head.kind == Kind::Return,
    counts: is_valid,
};

/// Whether it counts at all.
const fn is_valid(head: &DocumentHead) -> bool {
    !head.is_cancelled && !head.is_training
}

/// The document of a row.
fn document(row: &ListRow) -> Option<DocumentId> {
    if let RowId::Document(id) = row.id { Some(id) } else { None }
}

/// The line that says what the others come to.
fn total(till: &Till, text: &Text, total: Money) -> ListRow {
    let sum = till.currency().format(total);
    let mut cells = vec![String::new(); receipts::HEADINGS.len()];
    text.word(Key::ListTotal).clone_into(&mut cells[0]);
    if let Some(last) = cells.last_mut() {
        *last = sum;
    }
    ListRow { id: RowId::Nothing, cells, total, is_dim: false }
}

impl Listing for Documents {
    fn form(&self) -> &'static str {
        self.form
    }

    fn definition(&self) -> &'static str {
        self.definition
    }

    fn event(&self) -> &'static str {
        self.event
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["REPORTED_DOCUMENT"]
    }

    fn words(&self) -> Words {
        Words { title: self.title, none: Key::ReportNone, hint: Key::HintReport }
    }

    fn headings(&self) -> &'static [Heading] {
        receipts::HEADINGS
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let asked = Asked::of(query, till.now().business_date, Step::Day);
        let heads = till.documents_between(asked.from, asked.to)?;
        let held = heads.iter().filter(|head| (self.holds)(head));
        let mut rows = receipts::rows(till, text, held.clone(), &asked.rest)?;
        // What they come to together ends the list, of those that are in it.
        if !rows.is_empty() {
            let listed: BTreeSet<DocumentId> = rows.iter().filter_map(document).collect();
            let held = held.filter(|head| (self.counts)(head) && listed.contains(&head.id));
            rows.push(total(till, text, held.map(receipts::worth).sum()));
        }
        Ok(Listed { rows, title: Some(asked.title(text, self.title)), back: query.back, ..Listed::default() })
    }

    fn act(&self, _: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        let RowId::Document(id) = row.id else { return Vec::new() };
        vec![Effect::Ask(Question::Copy(id))]
    }
}
