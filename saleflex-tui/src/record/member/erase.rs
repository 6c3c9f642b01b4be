//! A person forgotten: receipts and sums stay, who it was does not. Or a record put out of use: then the person is
//! known still.

use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Value},
    code, customer, opened_for,
};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

/// A person forgotten. The code is typed twice, so that nobody does it by habit.
pub(crate) struct EraseModel;

impl Model for EraseModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "CUSTOMER_ERASE",
            panel: "ERASE",
            definition: include_str!("../../../forms/customer_erase.toml"),
            event: "CUSTOMER_ERASE_FORM",
            fields: &["CUSTOMER", "CONFIRM", "OUT_OF_USE", "KNOWN"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintErase
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = opened_for(till, of)?;
        let mut lines = Vec::new();
        if let Some(known) = &known {
            let documents = till.documents_of(known.id, u32::MAX)?.len().to_string();
            lines.push(format!("{}  {}", known.name, known.phone.as_deref().unwrap_or_default()));
            let owed = till.currency().format(known.account_balance);
            lines.push(format!("{}: {owed}", text.word(Key::FieldBalance)));
            lines.push(text.fill(Key::EraseKeeps, &[("documents", &documents)]));
        }
        lines.push(text.word(Key::EraseForGood).to_owned());
        Ok(vec![
            ("CUSTOMER", code(known.as_ref())),
            ("CONFIRM", Value::Text(String::new())),
            ("OUT_OF_USE", Value::Flag(false)),
            ("KNOWN", Value::Lines(lines)),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let known = customer(&mut read, till, "CUSTOMER")?;
        if read.needed("CONFIRM", 50) != entered.text("CUSTOMER") {
            read.fault("CONFIRM", text.word(Key::CodesDiffer).to_owned());
        }
        read.finish()?;
        let Some(known) = known else { return Ok(()) };
        if entered.flag("OUT_OF_USE") {
            return Ok(till.delete_customer(known.id)?);
        }
        Ok(till.erase_customer(known.id)?)
    }
}
