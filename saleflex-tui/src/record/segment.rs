//! A segment: its rules, how many they gather today, and who is in it.

use saleflex_core::{
    customer::segment::{Criterion, CriterionError, Segment, SegmentError},
    ids::SegmentId,
};
use saleflex_store::{Error, Till, segments::SegmentCount};

use super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value};
use crate::{
    app::{Place, State},
    effect::{Effect, Question, Reply},
    goods_named,
    listing::RowId,
    message,
    text::{Key, Text},
};

pub(crate) mod member;

/// A segment.
pub(crate) struct SegmentModel;

/// Most members listed.
const MOST: u32 = 500;

impl Model for SegmentModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "SEGMENT_DETAIL",
            panel: "SEGMENT",
            definition: include_str!("../../forms/segment_detail.toml"),
            event: "SEGMENT_ADD",
            fields: &["CODE", "NAME", "CRITERION", "IS_ACTIVE", "MATCHING", "MEMBERS"],
        }
    }

    fn events(&self) -> &'static [&'static str] {
        &["SEGMENT_PREVIEW"]
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let today = till.now().local.date();
        let Some(segment) = known(till, of).cloned() else {
            return Ok(vec![
                ("CODE", Value::Text(String::new())),
                ("NAME", Value::Text(String::new())),
                ("CRITERION", Value::Text(r#"{"min_purchases":1}"#.to_owned())),
                ("IS_ACTIVE", Value::Flag(true)),
                ("MATCHING", Value::Fixed(String::new())),
                ("MEMBERS", Value::Lines(Vec::new())),
            ]);
        };
        let count = till.preview_segment(&segment.criterion, today)?;
        let mut criterion = serde_json::to_value(&segment.criterion).map_err(Error::Json)?;
        goods_named::by_code(&mut criterion, till);
        let members = till.segment_members(&segment, MOST)?.into_iter();
        let mut members: Vec<String> =
            members.map(|member| format!("{:<14}{}", member.code, member.name)).collect();
        if members.is_empty() {
            members.push(text.word(Key::SegmentEmpty).to_owned());
        }
        Ok(vec![
            ("CODE", Value::Text(segment.code)),
            ("NAME", Value::Text(segment.name)),
            ("CRITERION", Value::Text(criterion.to_string())),
            ("IS_ACTIVE", Value::Flag(segment.is_active)),
            ("MATCHING", Value::Fixed(matching(text, count))),
            ("MEMBERS", Value::Lines(members)),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let known = known(till, of).cloned();
        let mut read = Reader::new(entered, text, till);
        let (code, name) = (read.needed("CODE", 50), read.needed("NAME", 100));
        let criterion = match criterion(till, text, entered.text("CRITERION")) {
            Ok(criterion) => Some(criterion),
            Err(words) => {
                read.fault("CRITERION", words);
                None
            }
        };
        read.finish()?;
        let Some(criterion) = criterion else { return Ok(()) };
        let id = known.as_ref().map(|known| known.id);
        let segment = Segment {
            id: id.unwrap_or_else(|| till.new_segment_id()),
            code,
            name,
            description: known.as_ref().and_then(|known| known.description.clone()),
            criterion,
            is_active: entered.flag("IS_ACTIVE"),
            display_order: known.as_ref().map_or(0, |known| known.display_order),
        };
        till.save_segment(segment).map_err(|error| match error {
            Error::Taken { code } => Unsaved::taken(text, "CODE", &code),
            Error::Segment(SegmentError::Criterion(why)) => {
                Unsaved::Fields(vec![("CRITERION", wrong(text, &criterion_words(text, why)))])
            }
            Error::SegmentName(unknown) => {
                Unsaved::Fields(vec![("CRITERION", wrong(text, &message::unknown_name(text, &unknown)))])
            }
            other => Unsaved::Till(other),
        })
    }

    fn act(&self, state: &mut State, _: Option<RowId>, _: &str) -> Vec<Effect> {
        let Place::Record(record) = state.place() else { return Vec::new() };
        vec![Effect::Ask(Question::Gathered(record.entered().text("CRITERION").to_owned()))]
    }
}

/// How many customers the rules that were typed would gather today; nothing is saved.
pub(crate) fn gathered(till: &mut Till, text: &Text, written: &str) -> Result<Reply, Error> {
    let today = till.now().local.date();
    let criterion = match criterion(till, text, written) {
        Ok(criterion) => criterion,
        Err(words) => return Ok(Reply::NotFound(words)),
    };
    match till.preview_segment(&criterion, today) {
        Ok(count) => Ok(Reply::Said(matching(text, count))),
        Err(Error::Segment(SegmentError::Criterion(why))) => {
            Ok(Reply::NotFound(wrong(text, &criterion_words(text, why))))
        }
        Err(error) => Err(error),
    }
}

/// The rules that were typed, with products by their codes; else what is wrong with them.
fn criterion(till: &Till, text: &Text, written: &str) -> Result<Criterion, String> {
    let mut named: serde_json::Value =
        serde_json::from_str(written).map_err(|error| wrong(text, &error.to_string()))?;
    goods_named::by_identity(&mut named, till)
        .map_err(|unknown| wrong(text, &format!("{}: {}", unknown.field, unknown.words(text))))?;
    serde_json::from_value(named).map_err(|error| wrong(text, &error.to_string()))
}

fn wrong(text: &Text, why: &str) -> String {
    text.fill(Key::CriterionWrong, &[("reason", why)])
}

fn matching(text: &Text, count: SegmentCount) -> String {
    let (matching, of) = (count.matching.to_string(), count.of.to_string());
    text.fill(Key::SegmentMatching, &[("matching", &matching), ("of", &of)])
}

fn known(till: &Till, of: Option<RowId>) -> Option<&Segment> {
    let id: SegmentId = if let Some(RowId::Segment(id)) = of { id } else { return None };
    till.segments().iter().find(|segment| segment.id == id)
}

fn criterion_words(text: &Text, why: CriterionError) -> String {
    match why {
        CriterionError::Empty => text.word(Key::CriterionEmpty).to_owned(),
        CriterionError::NoTimes => text.word(Key::CriterionNoTimes).to_owned(),
        CriterionError::NoMonth { month } => {
            text.fill(Key::CriterionNoMonth, &[("month", &month.to_string())])
        }
        other => other.to_string(),
    }
}
