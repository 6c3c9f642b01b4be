//! The definition of a campaign as it is stored, in JSON: all that the other screen has no fields for. It is checked like
//! any other, and what is saved is a new version of the campaign.

use saleflex_core::{
    campaign::{Campaign, FieldError},
    ids::CampaignId,
};
use saleflex_store::{Error, Till};

use super::{blank, is_taken, keep, known};
use crate::{
    goods_named,
    listing::RowId,
    message::definition,
    record::{Entered, Fields, Model, Saved, Shape, Unsaved, Value},
    text::{Key, Text},
};

/// The definition of a campaign.
pub(crate) struct DefinitionModel;

/// How much of a version's digest tells it from others on a screen.
const VERSION_SHOWN: usize = 12;

impl Model for DefinitionModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "CAMPAIGN_DEFINITION",
            panel: "CAMPAIGN_DEFINITION_FIELDS",
            definition: include_str!("../../../forms/campaign_definition.toml"),
            event: "ADD_CAMPAIGN_DEFINITION",
            fields: &["VERSION", "ACCEPTED", "DEFINITION"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintDefinition
    }

    fn load(&self, till: &mut Till, _: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = known(till, of)?;
        let version = known.as_ref().map_or_else(String::new, |known| version(till, known.id));
        let campaign = known.unwrap_or_else(|| blank(till.new_campaign_id()));
        let written = serde_json::to_string_pretty(&campaign).map_err(Error::Json)?;
        Ok(vec![
            ("VERSION", Value::Fixed(version)),
            ("ACCEPTED", Value::Flag(false)),
            ("DEFINITION", Value::Area(written)),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let known = known(till, of)?;
        let id = known.as_ref().map_or_else(|| till.new_campaign_id(), |known| known.id);
        let campaign = read(text, till, id, entered.text("DEFINITION"))?;
        let said = |field: &str, reason: &str| wrong(text, &[(field, reason.to_owned())]);
        match &known {
            Some(known) if known.id != campaign.id => {
                return Err(said("id", text.word(Key::DefinitionIdFixed)));
            }
            // Somebody else, or the hub, was faster: their change is not to be lost.
            Some(known) if version(till, known.id) != entered.text("VERSION") => {
                return Err(said("", text.word(Key::DefinitionChanged)));
            }
            None if till.campaigns().find(campaign.id).is_some() => {
                return Err(said("id", &text.fill(Key::CodeTaken, &[("code", &campaign.id.to_string())])));
            }
            Some(_) | None => {}
        }
        if is_taken(till, &campaign) {
            return Err(said("code", &text.fill(Key::CodeTaken, &[("code", campaign.code.as_str())])));
        }
        keep(till, text, campaign, entered).map_err(|unsaved| match unsaved {
            Unsaved::Till(Error::CampaignFields { faults, .. }) => fields(text, &faults),
            other => other,
        })
    }
}

/// The version of a campaign, as far as a screen shows it.
fn version(till: &Till, campaign: CampaignId) -> String {
    let hash = till.campaigns().hash_of(campaign).map(|hash| hash.to_string());
    hash.unwrap_or_default().chars().take(VERSION_SHOWN).collect()
}

/// A definition, or the place or field that is wrong with why.
fn read(text: &Text, till: &Till, id: CampaignId, written: &str) -> Result<Campaign, Unsaved> {
    // What is no JSON is wrong at a line and column.
    let mut named: serde_json::Value =
        serde_json::from_str(written).map_err(|error| wrong(text, &[("", error.to_string())]))?;
    goods_named::by_identity(&mut named, till)
        .map_err(|unknown| wrong(text, &[(unknown.field.as_str(), unknown.words(text))]))?;
    fill(&mut named, id);
    let campaign: Campaign = serde_path_to_error::deserialize(named).map_err(|error| {
        let path = error.path().to_string();
        let field = path.strip_suffix('?').unwrap_or(&path).trim_end_matches('.');
        wrong(text, &[(field, definition::unreadable(text, field, error.inner()))])
    })?;
    let faults = campaign.check();
    if faults.is_empty() { Ok(campaign) } else { Err(fields(text, &faults)) }
}

/// What a short definition leaves out: it is called by its code, is in force, and is the campaign on the screen.
fn fill(definition: &mut serde_json::Value, id: CampaignId) {
    let Some(fields) = definition.as_object_mut() else { return };
    if let Some(code) = fields.get("code").cloned() {
        fields.entry("name").or_insert(code);
    }
    fields.entry("is_active").or_insert(true.into());
    fields.entry("id").or_insert_with(|| id.to_string().into());
}

fn fields(text: &Text, faults: &[FieldError]) -> Unsaved {
    let faults: Vec<_> =
        faults.iter().map(|fault| (&*fault.field, definition::reason(text, &fault.reason))).collect();
    wrong(text, &faults)
}

/// What is wrong with the definition, a line for each field.
fn wrong(text: &Text, faults: &[(&str, String)]) -> Unsaved {
    let line = |(field, reason): &(&str, String)| match *field {
        "" => reason.clone(),
        field => text.fill(Key::DoubtField, &[("field", field), ("reason", reason)]),
    };
    let lines: Vec<String> = faults.iter().map(line).collect();
    Unsaved::Fields(vec![("DEFINITION", lines.join("\n"))])
}
