//! What became of a piece with a serial number.

use std::io::Write;

use anyhow::Context;
use saleflex_core::catalog::SerialNo;
use saleflex_store::{stock::MovementStory, till::PieceStory};
use serde_json::json;

use super::{
    super::{Call, answer},
    code_of, name_of, place_of,
};

pub(super) fn piece(call: &Call<'_>, typed: &str, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let serial = SerialNo::parse(typed).with_context(|| format!("{typed} is no serial number"))?;
    let till = call.reader()?;
    let stories = till.pieces(&serial).map_err(|error| call.words(&error))?;
    if json {
        let moved = |story: &MovementStory| {
            json!({
                "at": story.at.local,
                "number": story.number,
                "kind": story.movement.kind,
                "location": place_of(&till, story.movement.place),
            })
        };
        let shape = |story: &PieceStory| {
            json!({
                "product": code_of(&till, story.product.into()),
                "serial": story.serial,
                "location": story.place.map(|place| place_of(&till, place)),
                "sold": story.sold,
                "warranty_until": story.warranty_until,
                "movements": story.movements.iter().map(moved).collect::<Vec<_>>(),
            })
        };
        return answer(out, &stories.iter().map(shape).collect::<Vec<_>>());
    }
    crate::cli::say_none(out, stories.is_empty())?;
    for story in &stories {
        let (code, name) = (code_of(&till, story.product.into()), name_of(&till, story.product.into()));
        let at = story.place.map(|place| place_of(&till, place)).unwrap_or_default();
        let day = |date: Option<chrono::NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
        let (sold, until) = (day(story.sold), day(story.warranty_until));
        writeln!(out, "{code:<14}  {name:<30}  {at:<14}  {sold:<10}  {until:<10}")?;
        for moved in &story.movements {
            let kind = serde_json::to_value(moved.movement.kind)?;
            let (kind, number) =
                (kind.as_str().unwrap_or_default(), moved.number.as_deref().unwrap_or_default());
            writeln!(out, "    {}  {number:<24}  {kind}", moved.at.local.format("%Y-%m-%d %H:%M"))?;
        }
    }
    Ok(())
}
