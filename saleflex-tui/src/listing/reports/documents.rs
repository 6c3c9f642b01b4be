//! The documents of days, one by one: all of them, or those of one kind.

use saleflex_core::document::{DocumentType, Kind};
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
}

/// Every document, of a day.
pub(crate) const SALES: Documents = Documents {
    form: "SALE_DETAILS",
    definition: include_str!("../../../forms/sale_details.toml"),
    event: "SALE_DETAIL_REPORT",
    title: Key::TitleSaleDetails,
    holds: |_| true,
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
};

/// Waybills and delivery notes.
pub(crate) const WAYBILLS: Documents = Documents {
    form: "WAYBILLS",
    definition: include_str!("../../../forms/waybills.toml"),
    event: "WAYBILL_LIST",
    title: Key::TitleWaybills,
    holds: |head| head.document_type.is_delivery(),
};

/// What came back.
pub(crate) const RETURNS: Documents = Documents {
    form: "RETURNS",
    definition: include_str!("../../../forms/returns.toml"),
    event: "RETURN_LIST",
    title: Key::TitleReturns,
    holds: |head| head.kind == Kind::Return,
};

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
        let rows = receipts::rows(till, text, heads.iter().filter(|head| (self.holds)(head)), &asked.rest)?;
        Ok(Listed { rows, title: Some(asked.title(text, self.title)), back: query.back })
    }

    fn act(&self, _: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        let RowId::Document(id) = row.id else { return Vec::new() };
        vec![Effect::Ask(Question::Copy(id))]
    }
}
