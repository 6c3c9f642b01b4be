//! A customer put into a segment by hand, or kept out of it.

use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Value},
    known,
};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

/// A customer in a segment by hand: its rules do not undo it.
pub(crate) struct SegmentMemberModel;

impl Model for SegmentMemberModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "SEGMENT_MEMBER",
            panel: "SEGMENT_MEMBER_PANEL",
            definition: include_str!("../../../forms/segment_member.toml"),
            event: "SEGMENT_MEMBER_FORM",
            fields: &["SEGMENT", "CUSTOMER", "IS_IN"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintSegmentMember
    }

    fn load(&self, till: &mut Till, _: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = known(till, of).map(|segment| Value::Fixed(segment.name.clone()));
        let options = till.segments().iter().map(|segment| segment.name.clone()).collect();
        Ok(vec![
            ("SEGMENT", known.unwrap_or(Value::Choice { options, at: 0 })),
            ("CUSTOMER", Value::Text(String::new())),
            ("IS_IN", Value::Flag(true)),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let code = read.needed("CUSTOMER", 50);
        let customer = till.customer_with_code(&code)?;
        if customer.is_none() && !code.is_empty() {
            read.fault("CUSTOMER", text.fill(Key::NoSuchCustomer, &[("code", &code)]));
        }
        let chosen = || till.segments().get(entered.choice("SEGMENT"));
        let segment = known(till, of).or_else(chosen).map(|segment| segment.id);
        read.finish()?;
        let (Some(segment), Some(customer)) = (segment, customer) else { return Ok(()) };
        till.set_segment_member(segment, customer.id, entered.flag("IS_IN"))?;
        Ok(())
    }
}
