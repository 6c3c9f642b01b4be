//! Who brought a member.

use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Value},
    code, customer, opened_for,
};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

/// Who brought a member: both get the points of their program, once.
pub(crate) struct ReferralModel;

impl Model for ReferralModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "REFERRAL",
            panel: "REFERRAL_PANEL",
            definition: include_str!("../../../forms/referral.toml"),
            event: "REFERRAL_FORM",
            fields: &["CUSTOMER", "BY"],
        }
    }

    fn load(&self, till: &mut Till, _: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = opened_for(till, of)?;
        Ok(vec![("CUSTOMER", code(known.as_ref())), ("BY", Value::Text(String::new()))])
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let newcomer = customer(&mut read, till, "CUSTOMER")?;
        let by = customer(&mut read, till, "BY")?;
        let both = newcomer.zip(by);
        if both.as_ref().is_some_and(|(newcomer, by)| newcomer.id == by.id) {
            read.fault("BY", text.word(Key::BroughtThemselves).to_owned());
        }
        read.finish()?;
        let Some((newcomer, by)) = both else { return Ok(()) };
        Ok(till.refer(newcomer.id, by.id)?)
    }
}
