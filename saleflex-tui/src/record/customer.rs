//! A customer: what is known, what is owed, what was bought.

use saleflex_store::{
    Error, Till,
    customer::{Customer, NewCustomer},
};

use super::{Entered, Fields, Model, Reader, Unsaved, Value};
use crate::{
    app::State,
    effect::{Act, Effect},
    listing::RowId,
    text::{Key, Text},
};

/// A customer.
pub(crate) struct CustomerModel;

/// Most documents listed.
const MOST: u32 = 200;

impl Model for CustomerModel {
    fn form(&self) -> &'static str {
        "CUSTOMER_DETAIL"
    }

    fn panel(&self) -> &'static str {
        "CUSTOMER_RECORD"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/customer_detail.toml")
    }

    fn event(&self) -> &'static str {
        "CUSTOMER_ADD"
    }

    fn fields(&self) -> &'static [&'static str] {
        &["CODE", "NAME", "PHONE", "ACCOUNT_LIMIT", "BALANCE", "POINTS", "DOCUMENTS"]
    }

    fn events(&self) -> &'static [&'static str] {
        &["CUSTOMER_SELECT"]
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = customer(till, of)?;
        let currency = *till.currency();
        let show = |amount| currency.format(amount);
        let limit = known.as_ref().and_then(|known| known.account_limit).map(show);
        let documents = match &known {
            Some(known) => documents(till, text, known)?,
            None => Vec::new(),
        };
        let points = known.as_ref().and_then(|known| known.points).map(|points| points.to_string());
        Ok(vec![
            ("CODE", Value::text(known.as_ref().map(|known| &known.code))),
            ("NAME", Value::text(known.as_ref().map(|known| &known.name))),
            ("PHONE", Value::text(known.as_ref().and_then(|known| known.phone.as_ref()))),
            ("ACCOUNT_LIMIT", Value::text(limit)),
            (
                "BALANCE",
                Value::Fixed(known.as_ref().map(|known| show(known.account_balance)).unwrap_or_default()),
            ),
            ("POINTS", Value::Fixed(points.unwrap_or_else(|| text.word(Key::NoMember).to_owned()))),
            ("DOCUMENTS", Value::Lines(documents)),
        ])
    }

    fn save(
        &self,
        till: &mut Till,
        text: &Text,
        of: Option<RowId>,
        entered: &Entered,
    ) -> Result<(), Unsaved> {
        let mut read = Reader::new(entered, text, *till.currency());
        let new = NewCustomer {
            code: read.needed("CODE", 50),
            name: read.needed("NAME", 100),
            phone: entered.optional("PHONE"),
            account_limit: read.amount("ACCOUNT_LIMIT"),
            points: None,
        };
        read.finish()?;
        let saved = match of {
            Some(RowId::Customer(id)) => till.change_customer(id, &new),
            _ => till.add_customer(&new).map(drop),
        };
        saved.map_err(|error| match error {
            Error::Taken { code } => {
                Unsaved::Fields(vec![("CODE", text.fill(Key::CodeTaken, &[("code", &code)]))])
            }
            other => Unsaved::Till(other),
        })
    }

    fn act(&self, state: &mut State, of: Option<RowId>, _: &str) -> Vec<Effect> {
        let Some(RowId::Customer(id)) = of else {
            state.say(crate::app::Tone::Notice, Key::SaveFirst);
            return Vec::new();
        };
        State::act(Act::AssignCustomer(Some(id)))
    }
}

fn customer(till: &Till, of: Option<RowId>) -> Result<Option<Customer>, Error> {
    let Some(RowId::Customer(id)) = of else { return Ok(None) };
    till.customer(id)?.map(Some).ok_or(Error::NoSuchCustomer { customer: id })
}

/// What the customer bought and brought back, the latest first.
fn documents(till: &Till, text: &Text, customer: &Customer) -> Result<Vec<String>, Error> {
    let heads = till.documents_of(customer.id, MOST)?;
    if heads.is_empty() {
        return Ok(vec![text.word(Key::NoDocumentsYet).to_owned()]);
    }
    let line = |head: &saleflex_store::history::DocumentHead| {
        let kind = crate::listing::receipts::kind_word(text, head);
        let total = till.currency().format(head.net_due);
        let day = head.finished_at.local.format("%Y-%m-%d %H:%M");
        format!("{:<22}{day}  {kind:<22}{total:>12}", head.number.to_string())
    };
    Ok(heads.iter().map(line).collect())
}
