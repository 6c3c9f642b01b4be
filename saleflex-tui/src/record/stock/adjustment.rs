//! A level put right, goods thrown away, or set apart as damaged.

use saleflex_core::{
    cashier::Approval,
    inventory::{
        AdjustmentKind, Batch, IssueKind, Place,
        command::{Adjust, Command, Issue, MoveLine, SetApart},
    },
};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Value},
    choice, chosen, locations, product, quantity, read_label,
    receipt::{batch_no, serials},
};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

/// What is wrong with a level.
pub(crate) struct AdjustmentModel;

#[derive(Clone, Copy)]
enum Cause {
    Counted(AdjustmentKind),
    Issued(IssueKind),
    Damaged,
    Mended,
}

/// What can be the matter, and what each is called.
const CAUSES: [(Cause, Key); 10] = [
    (Cause::Counted(AdjustmentKind::CycleCount), Key::CauseCounted),
    (Cause::Counted(AdjustmentKind::Found), Key::CauseFound),
    (Cause::Counted(AdjustmentKind::WriteOff), Key::CauseWriteOff),
    (Cause::Issued(IssueKind::Broken), Key::CauseBroken),
    (Cause::Issued(IssueKind::Spoilt), Key::CauseSpoilt),
    (Cause::Issued(IssueKind::Stolen), Key::CauseStolen),
    (Cause::Issued(IssueKind::OwnUse), Key::CauseOwnUse),
    (Cause::Issued(IssueKind::SupplierReturn), Key::CauseSupplierReturn),
    (Cause::Damaged, Key::CauseDamaged),
    (Cause::Mended, Key::CauseMended),
];

impl Model for AdjustmentModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "STOCK_ADJUST",
            panel: "ADJUSTMENT",
            definition: include_str!("../../../forms/stock_adjust.toml"),
            event: "STOCK_ADJUST_FORM",
            fields: &["PRODUCT", "LOCATION", "ON_HAND", "CAUSE", "QUANTITY", "REASON", "BATCH", "SERIALS"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintAdjust
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let place = if let Some(RowId::Place(place)) = of { Some(place) } else { None };
        let known = place.and_then(|place| till.catalog().product(place.item.product));
        let on_hand = on_hand(till, place)?;
        let options = CAUSES.iter().map(|(_, key)| text.word(*key).to_owned()).collect();
        Ok(vec![
            ("PRODUCT", Value::text(known.map(|product| product.code().to_owned()))),
            ("LOCATION", choice(till, place.map(|place| place.location).or_else(|| till.counter()))),
            ("ON_HAND", Value::Fixed(on_hand)),
            ("CAUSE", Value::Choice { options, at: 0 }),
            ("QUANTITY", Value::Text(String::new())),
            ("REASON", Value::Text(String::new())),
            ("BATCH", Value::Text(String::new())),
            ("SERIALS", Value::Text(String::new())),
        ])
    }

    fn followed(&self) -> &'static [&'static str] {
        &["PRODUCT", "LOCATION"]
    }

    fn follow(&self, till: &mut Till, followed: &[String]) -> Result<Fields, Error> {
        let [code, location] = followed else { return Ok(Vec::new()) };
        let today = till.now().business_date;
        let item = read_label(till, code, today).map(|(goods, _)| goods.item);
        let location = locations(till).into_iter().find(|(_, known)| known == location).map(|(id, _)| id);
        let place = item.zip(location).map(|(item, location)| Place { item, location });
        Ok(vec![("ON_HAND", Value::Fixed(on_hand(till, place)?))])
    }

    fn takes_approval(&self) -> bool {
        true
    }

    fn save_approved(
        &self,
        till: &mut Till,
        text: &Text,
        _: Option<RowId>,
        entered: &Entered,
        approval: Option<Approval>,
    ) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let (item, given) = (product(&mut read, till, "PRODUCT"), quantity(&mut read, "QUANTITY"));
        let location = chosen(&read, till, "LOCATION");
        let cause = CAUSES.get(entered.choice("CAUSE")).map(|(cause, _)| *cause);
        let reason = read.needed("REASON", 200);
        let (batch, serials) = (batch_no(&mut read), serials(&mut read));
        // Goods are set apart by how many: numbers would be lost.
        if matches!(cause, Some(Cause::Damaged | Cause::Mended)) && !serials.is_empty() {
            read.fault("SERIALS", text.word(Key::SerialNotApart).to_owned());
        }
        read.finish()?;
        let (Some(item), Some(quantity), Some(location)) = (item, given, location) else { return Ok(()) };
        let place = Place { item, location };
        let command = match cause {
            Some(Cause::Issued(kind)) => {
                let line = MoveLine { item, quantity, batch, serials };
                Command::Issue(Issue { kind, location, lines: vec![line], reason })
            }
            Some(apart @ (Cause::Damaged | Cause::Mended)) => Command::SetApart(SetApart {
                place,
                quantity,
                batch,
                mended: matches!(apart, Cause::Mended),
                reason: Some(reason),
            }),
            Some(Cause::Counted(_)) | None => Command::Adjust(Adjust {
                place,
                kind: if let Some(Cause::Counted(kind)) = cause { kind } else { AdjustmentKind::default() },
                expected: None,
                counted: quantity,
                batch: batch.map(|no| Batch { no, produced: None, expiry: None }),
                serials,
                reason: Some(reason),
            }),
        };
        till.move_goods(&command, approval)?;
        Ok(())
    }
}

/// How much is there by the books; nothing where nothing ever was, or nobody says of what and where.
fn on_hand(till: &Till, place: Option<Place>) -> Result<String, Error> {
    let Some(place) = place else { return Ok(String::new()) };
    let here = till.stock_levels(place.item)?.into_iter().find(|(known, _)| *known == place);
    Ok(here.map(|(_, level)| level.on_hand.to_string()).unwrap_or_default())
}
