//! Two records of one person side by side, to be made one.

use saleflex_core::{customer::MergeRefusal, ids::CustomerId};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value, customer::customer_id},
    code, customer,
};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

/// Two records of one person.
pub(crate) struct MergeModel;

impl Model for MergeModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "CUSTOMER_MERGE",
            panel: "MERGE",
            definition: include_str!("../../../forms/customer_merge.toml"),
            event: "CUSTOMER_MERGE_FORM",
            fields: &["KEEPS", "GOES", "CONFIRM", "COMPARED"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintMerge
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let (keeps, goes) = match of {
            Some(RowId::Pair(keeps, goes)) => (Some(keeps), Some(goes)),
            other => (customer_id(other), None),
        };
        let known = |id: Option<CustomerId>| id.map_or(Ok(None), |id| till.customer(id));
        let compared = compared(till, text, keeps, goes)?;
        Ok(vec![
            ("KEEPS", code(known(keeps)?.as_ref())),
            ("GOES", code(known(goes)?.as_ref())),
            ("CONFIRM", Value::Flag(false)),
            ("COMPARED", Value::Lines(compared)),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let keeps = customer(&mut read, till, "KEEPS")?;
        let goes = customer(&mut read, till, "GOES")?;
        let both = keeps.zip(goes);
        if let Some((keeps, goes)) = &both {
            if keeps.id == goes.id {
                read.fault("GOES", text.word(Key::MergeItself).to_owned());
            } else if !entered.flag("CONFIRM") {
                let names = [("keeps", &*keeps.name), ("goes", &*goes.name)];
                read.fault("CONFIRM", text.fill(Key::MergeConfirm, &names));
            }
        }
        read.finish()?;
        let Some((keeps, goes)) = both else { return Ok(()) };
        till.merge_customers(keeps.id, goes.id).map_err(|error| match error {
            Error::NotMerged(MergeRefusal::Itself) => {
                Unsaved::Fields(vec![("GOES", text.word(Key::MergeItself).to_owned())])
            }
            other => Unsaved::Till(other),
        })
    }
}

/// What each record says, line by line.
fn compared(
    till: &Till,
    text: &Text,
    keeps: Option<CustomerId>,
    goes: Option<CustomerId>,
) -> Result<Vec<String>, Error> {
    let (left, right) = (side(till, keeps)?, side(till, goes)?);
    let line = |(key, (left, right)): (Key, (&String, &String))| {
        format!("{:<16.15}{left:<30.29}{right:<30.29}", text.word(key))
    };
    let keys = [
        Key::FieldCode,
        Key::FieldFirstName,
        Key::FieldLastName,
        Key::FieldPhone,
        Key::FieldEmail,
        Key::FieldBorn,
        Key::FieldTown,
        Key::FieldTier,
        Key::PointsField,
        Key::FieldBalance,
    ];
    Ok(keys.into_iter().zip(left.iter().zip(&right)).map(line).collect())
}

/// What one record says, in the order of the lines.
fn side(till: &Till, id: Option<CustomerId>) -> Result<[String; 10], Error> {
    let Some(id) = id else { return Ok(Default::default()) };
    let (Some(known), Some(person)) = (till.customer(id)?, till.person(id)?) else {
        return Ok(Default::default());
    };
    let details = person.details;
    let text = |text: Option<String>| text.unwrap_or_default();
    Ok([
        known.code,
        details.name,
        details.last_name,
        text(details.phone),
        text(details.email),
        text(details.date_of_birth.map(|born| born.to_string())),
        text(details.address.town),
        text(known.tier),
        text(known.points.map(|points| points.to_string())),
        till.currency().format(known.account_balance),
    ])
}
