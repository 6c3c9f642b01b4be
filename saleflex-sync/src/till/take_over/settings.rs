//! Settings that the hub sets for this till. What somebody changes at the till afterwards stands until the hub sets
//! them anew.

use std::{collections::BTreeMap, slice};

use saleflex_core::{catalog::CatalogChange, closure::template::Template, settings::Settings};
use saleflex_store::{
    Error, Till,
    inbox::{PulledRow, Taken},
};
use serde_json::{Map, Value};

use super::{fields, mark};
use crate::managed::{RESOURCE, TEMPLATES, TEXTS, laid_over};

/// The setting that the texts of receipts are parts of.
const PAPER: &str = "paper";
/// The parts of it that are those texts.
const PARTS: [&str; 2] = ["header", "footer"];

/// Takes settings over, or says why they do not fit. They stand in the place of all before: a text that they do not say is
/// that of the store or the company again.
pub(super) fn settings(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let mut marks = Vec::new();
    for row in till.waiting_rows(connector, RESOURCE, most)? {
        let wanted = if row.is_deleted { Map::new() } else { fields(&row) };
        let texts = texts(till, connector)?;
        let next = laid_over(till.settings(), &wanted).map(|next| with_others(next, &wanted, texts));
        let one = match next {
            Ok(next) if next != *till.settings() => {
                let taken = mark(&row, None);
                till.take_over_settings(connector, next, slice::from_ref(&taken))?;
                marks.push(taken);
                continue;
            }
            Ok(_) => mark(&row, None),
            Err(unfit) => mark(&row, Some(unfit.to_string())),
        };
        till.take_over(connector, CatalogChange::default(), slice::from_ref(&one))?;
        marks.push(one);
    }
    Ok(marks)
}

/// Settings with the texts that are not among what the hub set for this till. Those that do not fit wait by themselves,
/// and hold up nothing else.
fn with_others(next: Settings, set: &Map<String, Value>, mut texts: Map<String, Value>) -> Settings {
    let paper = set.get(PAPER).and_then(Value::as_object);
    texts.retain(|name, _| paper.is_none_or(|paper| !paper.contains_key(name)));
    let others = Map::from_iter([(PAPER.to_owned(), Value::Object(texts))]);
    laid_over(&next, &others).unwrap_or(next)
}

/// Takes over what stands above and below every receipt.
pub(super) fn receipt_texts(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let waiting = till.waiting_rows(connector, TEXTS, most)?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let paper = texts(till, connector)?;
    let marks = |held: Option<&str>| -> Vec<Taken> {
        waiting.iter().map(|row: &PulledRow| mark(row, held.map(str::to_owned))).collect()
    };
    let wanted = Map::from_iter([(PAPER.to_owned(), Value::Object(paper))]);
    let marks = match laid_over(till.settings(), &wanted) {
        Ok(next) if next != *till.settings() => {
            let marks = marks(None);
            till.take_over_settings(connector, next, &marks)?;
            return Ok(marks);
        }
        Ok(_) => marks(None),
        Err(unfit) => marks(Some(&unfit.to_string())),
    };
    till.take_over(connector, CatalogChange::default(), &marks)?;
    Ok(marks)
}

/// Takes over what the law of a country wants of a closure. A template of the hub stands in the place of the till's own of its
/// name; where it goes there is none of that name, and of one that cannot be read the one before stays.
pub(super) fn closure_templates(till: &mut Till, connector: &str, most: usize) -> Result<Vec<Taken>, Error> {
    let waiting = till.waiting_rows(connector, TEMPLATES, most)?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let (mut made, mut unfit) = (BTreeMap::new(), BTreeMap::new());
    for row in till.pulled_rows(connector, TEMPLATES)? {
        let said = fields(&row);
        let name = said.get("code").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        if row.is_deleted {
            made.entry(name).or_insert(None);
            continue;
        }
        match template(&name, &said) {
            Ok(template) => drop(made.insert(name, Some(template))),
            Err(why) => drop(unfit.insert(row.id, why)),
        }
    }
    let mut next = till.settings().clone();
    next.templates.retain(|known| !made.contains_key(&known.name));
    next.templates.extend(made.into_values().flatten());
    let marks = |held: Option<&String>| -> Vec<Taken> {
        // What is gone waits for nothing.
        let why = |row: &PulledRow| unfit.get(&row.id).or(held).filter(|_| !row.is_deleted).cloned();
        waiting.iter().map(|row| mark(row, why(row))).collect()
    };
    if let Err(cause) = next.validate() {
        let marks = marks(Some(&cause.to_string()));
        till.take_over(connector, CatalogChange::default(), &marks)?;
        return Ok(marks);
    }
    let marks = marks(None);
    if next == *till.settings() {
        till.take_over(connector, CatalogChange::default(), &marks)?;
    } else {
        till.take_over_settings(connector, next, &marks)?;
    }
    Ok(marks)
}

/// The template of a row, whose code is its name.
fn template(name: &str, said: &Map<String, Value>) -> Result<Template, String> {
    let definition = said.get("definition").cloned().unwrap_or_default();
    let template = serde_json::from_value::<Template>(definition);
    let template = template.map_err(|cause| format!("definition cannot be read: {cause}"))?;
    template.check().map_err(|cause| cause.to_string())?;
    if template.name == name { Ok(template) } else { Err("definition is another template's".to_owned()) }
}

/// The texts: what the store says over what the company does, and what is set for this till over both. Of that nothing but
/// the texts: the rest of it was taken over when it was set, and may have been changed at the till since.
fn texts(till: &Till, connector: &str) -> Result<Map<String, Value>, Error> {
    let mut paper = Map::new();
    let mut lay_over = |mut said: Map<String, Value>| {
        said.retain(|name, text| PARTS.contains(&name.as_str()) && text.is_string());
        paper.extend(said);
    };
    let rows = till.pulled_rows(connector, TEXTS)?;
    for level in ["company", "store"] {
        for row in rows.iter().filter(|row| !row.is_deleted) {
            let said = fields(row);
            if said.get("level").and_then(Value::as_str) == Some(level) {
                lay_over(said);
            }
        }
    }
    let of_this_till = till.pulled_rows(connector, RESOURCE)?;
    for row in of_this_till.iter().filter(|row| !row.is_deleted) {
        if let Some(Value::Object(own)) = fields(row).remove(PAPER) {
            lay_over(own);
        }
    }
    Ok(paper)
}
