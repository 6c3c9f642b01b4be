//! Points given or taken by hand, with a reason, and a manager's word where the cashier's own is not enough.

use saleflex_core::{cashier::Approval, quantity::Points};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value},
    code, customer, opened_for,
};
use crate::{
    listing::RowId,
    message,
    text::{Key, Text},
};

/// Points by hand.
pub(crate) struct GrantModel;

impl Model for GrantModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "POINTS_GRANT",
            panel: "GRANT",
            definition: include_str!("../../../forms/points_grant.toml"),
            event: "POINTS_GRANT_FORM",
            fields: &["CUSTOMER", "BALANCE", "POINTS", "CORRECTION", "REASON", "APPROVER", "APPROVER_SECRET"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintGrant
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = opened_for(till, of)?;
        let points = known.as_ref().and_then(|known| known.points).map(|points| points.to_string());
        Ok(vec![
            ("CUSTOMER", code(known.as_ref())),
            ("BALANCE", Value::Fixed(points.unwrap_or_else(|| text.word(Key::NoMember).to_owned()))),
            ("POINTS", Value::Text(String::new())),
            ("CORRECTION", Value::Flag(false)),
            ("REASON", Value::Text(String::new())),
            ("APPROVER", Value::Text(String::new())),
            ("APPROVER_SECRET", Value::secret()),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let known = customer(&mut read, till, "CUSTOMER")?;
        read.needed("POINTS", 20);
        let points = Points::new(read.number("POINTS").unwrap_or_default());
        let is_correction = entered.flag("CORRECTION");
        if points.is_negative() && !is_correction {
            read.fault("POINTS", text.word(Key::PointsTakenByCorrection).to_owned());
        }
        let reason = read.needed("REASON", 200);
        read.finish()?;
        let Some(known) = known else { return Ok(()) };
        let approval = approval(till, text, entered, &reason)?;
        till.grant_points(known.id, points, is_correction, &reason, approval)?;
        Ok(())
    }
}

/// The manager who stands by, where one is named.
fn approval(
    till: &mut Till,
    text: &Text,
    entered: &Entered,
    reason: &str,
) -> Result<Option<Approval>, Unsaved> {
    let Some(name) = entered.optional("APPROVER") else { return Ok(None) };
    let agreed = till.approve(&name, entered.text("APPROVER_SECRET"), Some(reason.to_owned()));
    agreed.map(Some).map_err(|error| match error {
        Error::LogInRefused | Error::LogInDelayed { .. } => {
            Unsaved::Fields(vec![("APPROVER_SECRET", message::error(text, &error))])
        }
        other => Unsaved::Till(other),
    })
}
