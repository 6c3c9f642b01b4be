//! Country figures as other programs read them: dotted names as nested objects, amounts and rates as text (D-CLO-16).

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

use serde::Serialize;

use crate::{
    closure::template::{CountryFigures, JurisdictionRow, RateRow, Value},
    money::Currency,
};

/// The figures of a country template, to be written as JSON.
#[derive(Serialize)]
pub(super) struct CountryView {
    /// Names and versions of the template's layers.
    template: Vec<String>,
    #[serde(flatten)]
    fields: BTreeMap<String, Node>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Node {
    Count(u64),
    Text(String),
    Flag(bool),
    Rates(Vec<RateView>),
    Jurisdictions(BTreeMap<String, JurisdictionView>),
    Group(BTreeMap<String, Self>),
}

#[derive(Serialize)]
struct RateView {
    rate: String,
    name: String,
    taxable: String,
    tax: String,
    exempt: String,
}

#[derive(Serialize)]
struct JurisdictionView {
    taxable: String,
    tax: String,
    exempt: String,
}

pub(super) fn view(figures: &CountryFigures, currency: &Currency) -> CountryView {
    let mut fields = BTreeMap::new();
    for (name, value) in &figures.fields {
        let mut group = &mut fields;
        let mut parts = name.split('.').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                group.insert(part.to_string(), node(value, currency));
                break;
            }
            let inner = group.entry(part.to_string()).or_insert_with(|| Node::Group(BTreeMap::new()));
            // A template has no field that is also a group.
            let Node::Group(inner) = inner else { break };
            group = inner;
        }
    }
    let layer = |(name, version): &(String, u32)| alloc::format!("{name} {version}");
    CountryView { template: figures.layers.iter().map(layer).collect(), fields }
}

fn node(value: &Value, currency: &Currency) -> Node {
    match value {
        Value::Count(count) => Node::Count(*count),
        Value::Amount(amount) => Node::Text(currency.format(*amount)),
        Value::Percent(percent) => Node::Text(percent.to_string()),
        Value::Flag(flag) => Node::Flag(*flag),
        Value::Rates(rows) => Node::Rates(rows.iter().map(|row| rate(row, currency)).collect()),
        Value::Jurisdictions(rows) => {
            let row = |(code, row): (&String, &JurisdictionRow)| (code.clone(), jurisdiction(row, currency));
            Node::Jurisdictions(rows.iter().map(row).collect())
        }
        Value::Empty => Node::Group(BTreeMap::new()),
    }
}

fn rate(row: &RateRow, currency: &Currency) -> RateView {
    RateView {
        rate: row.rate.to_string(),
        name: row.name.clone(),
        taxable: currency.format(row.taxable),
        tax: currency.format(row.tax),
        exempt: currency.format(row.exempt),
    }
}

fn jurisdiction(row: &JurisdictionRow, currency: &Currency) -> JurisdictionView {
    JurisdictionView {
        taxable: currency.format(row.taxable),
        tax: currency.format(row.tax),
        exempt: currency.format(row.exempt),
    }
}
