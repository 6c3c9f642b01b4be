//! Definitions of a file, in our form or in the original's field names, each with what is wrong with it.

use anyhow::Context;
use saleflex_core::{
    campaign::{Campaign, CampaignChange, OriginalCampaign, PaymentTypes},
    money::Currency,
};
use saleflex_store::Till;
use serde_json::Value;

/// What a file holds.
pub(super) struct Read {
    /// The good definitions.
    pub(super) taken: Vec<Campaign>,
    /// What is wrong with the others.
    pub(super) faults: Vec<Fault>,
}

/// Something wrong with a definition.
pub(super) struct Fault {
    /// Which of the list, from 1.
    pub(super) item: usize,
    /// Its code, where it says one.
    pub(super) code: Option<String>,
    /// The field, where it is one's.
    pub(super) field: Option<String>,
    /// Why.
    pub(super) words: String,
}

/// Reads a list of definitions, or a single one. What does not stand beside the till's own is a fault too.
pub(super) fn read(written: &[u8], till: &Till) -> anyhow::Result<Read> {
    let file: Value = serde_json::from_slice(written).context("the file is no JSON")?;
    let items = match file {
        Value::Array(items) => items,
        single => vec![single],
    };
    let mut read = Read { taken: Vec::new(), faults: Vec::new() };
    for (item, value) in (1..).zip(items) {
        let code = value.get("code").and_then(Value::as_str).map(ToOwned::to_owned);
        match one(value, till.currency()) {
            Ok(campaign) => {
                let beside: CampaignChange = read.taken.iter().cloned().chain([campaign.clone()]).collect();
                match beside.applied_to(till.campaigns()) {
                    Ok(_) => read.taken.push(campaign),
                    Err(error) => {
                        read.faults.push(Fault { item, code, field: None, words: error.to_string() });
                    }
                }
            }
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
    Ok(read)
}

/// A definition, or what is wrong with which field.
fn one(value: Value, currency: &Currency) -> Result<Campaign, Vec<(Option<String>, String)>> {
    let unreadable = |error: serde_json::Error| vec![(None, error.to_string())];
    if value.get("campaign_type_code").is_none() {
        return serde_json::from_value(value).map_err(unreadable);
    }
    let row: OriginalCampaign = serde_json::from_value(value).map_err(unreadable)?;
    let types = PaymentTypes::default();
    let faults = row.check();
    if faults.is_empty() {
        Ok(row.load(currency, &types))
    } else {
        Err(faults.into_iter().map(|fault| (Some(fault.field), fault.reason.to_string())).collect())
    }
}
