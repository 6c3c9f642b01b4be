//! Definitions of a file, in our form or in the original's field names, each with what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use chrono::NaiveDate;
use saleflex_core::{
    campaign::{
        Campaign, CampaignChange, CampaignCode, CampaignSet, CompileError, FieldError, FieldReason,
        OriginalCampaign,
    },
    digest::Digest,
    ids::CampaignId,
    money::Currency,
};
use saleflex_store::Till;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Builder;

use super::tables::{KIND, KIND_ID, Tables};
use crate::{
    goods_named,
    message::{definition, doubt},
    text::{Key, Text},
};

/// What a file holds.
pub(super) struct Read {
    /// The good definitions, each with its place in the list, from 1.
    pub(super) taken: Vec<(usize, Campaign)>,
    /// What is wrong with the others.
    pub(super) faults: Vec<Fault>,
}

/// Something wrong with a definition.
pub(super) struct Fault {
    /// Which of the list, from 1; 0 where it is all of them together.
    pub(super) item: usize,
    /// Its code, where it says one.
    pub(super) code: Option<String>,
    /// The field, where it is one's.
    pub(super) field: Option<String>,
    /// Why.
    pub(super) words: String,
}

/// Reads a list of definitions, or a single one. What does not stand beside the till's own is a fault too. `tables` are
/// what is known of the original's; a file may bring its own beside its campaigns.
pub(super) fn read(written: &[u8], till: &Till, text: &Text, mut tables: Tables) -> anyhow::Result<Read> {
    let file: Value = serde_json::from_slice(written).context("the file is no JSON")?;
    tables.add(&file)?;
    let items = items(file);
    let mut read = Read { taken: Vec::new(), faults: Vec::new() };
    let mut beside = Beside::of(till.campaigns());
    for (item, mut value) in (1..).zip(items) {
        let code = value.get("code").and_then(Value::as_str).map(ToOwned::to_owned);
        if let Err(unknown) = goods_named::by_identity(&mut value, till) {
            let words = unknown.words(text);
            read.faults.push(Fault { item, code, field: Some(unknown.field), words });
            continue;
        }
        if is_original(&value) {
            value = plain(value);
            tables.name_kind(&mut value);
        }
        match one(text, filled(value, &beside), till.currency(), &tables) {
            Ok(campaign) => match beside.take(&campaign) {
                Ok(()) => read.taken.push((item, campaign)),
                Err(error) => {
                    read.faults.push(Fault { item, code, field: None, words: error.to_string() });
                }
            },
            Err(faults) => {
                let faults = faults.into_iter();
                read.faults.extend(faults.map(|(field, words)| Fault {
                    item,
                    code: code.clone(),
                    field,
                    words,
                }));
            }
        }
    }
    let whole: CampaignChange = read.taken.iter().map(|(_, campaign)| campaign.clone()).collect();
    if let Err(error) = whole.applied_to(till.campaigns()) {
        read.taken.clear();
        read.faults.push(Fault { item: 0, code: None, field: None, words: error.to_string() });
    }
    Ok(read)
}

impl Read {
    /// Leaves out what would be put in force with doubts, each a fault of its own.
    pub(super) fn leave_out_doubtful(
        &mut self,
        till: &Till,
        text: &Text,
        today: NaiveDate,
    ) -> anyhow::Result<()> {
        let change: CampaignChange = self.taken.iter().map(|(_, campaign)| campaign.clone()).collect();
        let doubts = till.new_doubts(&change, today)?;
        for (id, found) in &doubts {
            let of = self.taken.iter().find(|(_, campaign)| campaign.id == *id);
            let Some((item, campaign)) = of else { continue };
            let words = text.fill(Key::DoubtAnyway, &[("doubt", &*doubt::sentence(text, found))]);
            let code = Some(campaign.code.to_string());
            self.faults.push(Fault { item: *item, code, field: None, words });
        }
        self.taken.retain(|(_, campaign)| doubts.iter().all(|(id, _)| *id != campaign.id));
        Ok(())
    }
}

/// The definitions of a file. A case as the guide's samples are, a campaign beside what it gives to a basket, is its
/// campaigns.
fn items(file: Value) -> Vec<Value> {
    match file {
        // Also a list of such cases.
        Value::Array(listed) => listed.into_iter().flat_map(items).collect(),
        Value::Object(mut case) => match case.remove("campaigns").or_else(|| case.remove("campaign")) {
            Some(Value::Array(items)) => items,
            Some(single) => vec![single],
            None => vec![Value::Object(case)],
        },
        single => vec![single],
    }
}

/// Who has which code, the till's campaigns and those of the file together.
struct Beside {
    by_code: BTreeMap<CampaignCode, CampaignId>,
    of_file: BTreeSet<CampaignId>,
}

impl Beside {
    fn of(set: &CampaignSet) -> Self {
        let owners = set.campaigns().iter().map(|campaign| (campaign.code.clone(), campaign.id));
        Self { by_code: owners.collect(), of_file: BTreeSet::new() }
    }

    /// Takes a definition in, unless its identity or its code is another's.
    fn take(&mut self, campaign: &Campaign) -> Result<(), CompileError> {
        if self.of_file.contains(&campaign.id) {
            return Err(CompileError::SameId(campaign.id));
        }
        if self.by_code.get(&campaign.code).is_some_and(|owner| *owner != campaign.id) {
            return Err(CompileError::SameCode(campaign.code.clone()));
        }
        self.of_file.insert(campaign.id);
        self.by_code.retain(|_, owner| *owner != campaign.id);
        self.by_code.insert(campaign.code.clone(), campaign.id);
        Ok(())
    }
}

/// A definition of our own form with what a short one leaves out: it is called by its code, is in force, and is the
/// campaign that has its code here, else one whose identity follows from the code, so that a file is the same campaign at
/// every till.
fn filled(mut value: Value, beside: &Beside) -> Value {
    let code = value.get("code").and_then(Value::as_str).map(CampaignCode::new);
    let is_own = !is_original(&value);
    let fields = value.as_object_mut().filter(|_| is_own);
    if let (Some(code), Some(fields)) = (code, fields) {
        fields.entry("name").or_insert_with(|| code.as_str().into());
        fields.entry("is_active").or_insert(true.into());
        let owner = beside.by_code.get(&code).copied();
        fields.entry("id").or_insert_with(|| owner.unwrap_or_else(|| id_of(&code)).to_string().into());
    }
    value
}

/// Whether a definition has the original's field names.
fn is_original(value: &Value) -> bool {
    value.get(KIND).is_some() || value.get(KIND_ID).is_some()
}

/// What a row of the original says, its rules and products too: nothing is absent, and an amount that is written as a number
/// is a text as others write it.
fn plain(row: Value) -> Value {
    let is_amount =
        |name: &str| ["_amount", "_percentage", "_value"].iter().any(|ending| name.ends_with(ending));
    match row {
        Value::Object(fields) => {
            let said = fields.into_iter().filter(|(_, value)| !value.is_null() && *value != "");
            let text = |(name, value): (String, Value)| {
                let is_number = value.is_number() && is_amount(&name);
                let value = if is_number { Value::String(value.to_string()) } else { plain(value) };
                (name, value)
            };
            Value::Object(said.map(text).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => row,
    }
}

/// The identity of a campaign that is known by its code alone.
fn id_of(code: &CampaignCode) -> CampaignId {
    let digest = Digest::of_parts([b"campaign ".as_slice(), code.as_str().as_bytes()]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.bytes()[..16]);
    CampaignId::new(Builder::from_custom_bytes(bytes).into_uuid())
}

/// A definition, or what is wrong with which field.
fn one(
    text: &Text,
    value: Value,
    currency: &Currency,
    tables: &Tables,
) -> Result<Campaign, Vec<(Option<String>, String)>> {
    if !is_original(&value) {
        let campaign: Campaign = typed(text, value)?;
        return good(text, &campaign.check()).map(|()| campaign);
    }
    let mut row: OriginalCampaign = typed(text, value)?;
    let mut faults = row.check(&tables.tenders);
    let unknown = tables.number_departments(&mut row).into_iter();
    faults.extend(unknown.map(|field| FieldError { field, reason: FieldReason::Unknown }));
    good(text, &faults)?;
    Ok(row.load(currency, &tables.tenders))
}

/// A value of a type, or the field that is none of its type.
fn typed<T: DeserializeOwned>(text: &Text, value: Value) -> Result<T, Vec<(Option<String>, String)>> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let words = definition::unreadable(text, &path, error.inner());
        vec![((path != ".").then_some(path), words)]
    })
}

fn good(text: &Text, faults: &[FieldError]) -> Result<(), Vec<(Option<String>, String)>> {
    let one = |fault: &FieldError| (Some(fault.field.clone()), definition::reason(text, &fault.reason));
    let said: Vec<_> = faults.iter().map(one).collect();
    if said.is_empty() { Ok(()) } else { Err(said) }
}
