//! `config`: the till's settings and those of the program, a key a value.

use std::{collections::BTreeMap, io::Write};

use anyhow::Context;
use clap::Subcommand;
use serde_json::{Value, json};

use super::{Call, Ending, answer, secret::Person};
use crate::program::ProgramConfig;

/// Settings. Keys that begin with `program.` are those of the program on this computer.
#[derive(Clone, Debug, Subcommand)]
pub enum Settings {
    /// Every setting.
    List {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// One setting, or all below a key.
    Get {
        /// Its key, such as `policy.max_lines`.
        key: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change one setting.
    Set {
        /// Its key.
        key: String,
        /// Its value: JSON, or a text as it is; null takes it away.
        value: String,
        /// Who changes the till's settings; the secret is read from the variable `SALEFLEX_SECRET`, else asked for.
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
    },
}

const PROGRAM: &str = "program";

impl Settings {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self {
            Self::List { json } => show(&all(call)?, "", *json, out)?,
            Self::Get { key, json } => {
                let all = all(call)?;
                let value = all.pointer(&pointer(key)).with_context(|| no_such(key))?;
                show(value, key, *json, out)?;
            }
            Self::Set { key, value, user } => {
                // What is no JSON is a text.
                let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.clone()));
                match key.strip_prefix("program.") {
                    Some(key) => set_of_program(call, key, value)?,
                    None => set_of_till(call, key, value, user.clone())?,
                }
            }
        }
        Ok(Ending::Good)
    }
}

fn no_such(key: &str) -> String {
    format!("there is no setting {key}: `saleflex config list` names them all")
}

fn all(call: &Call<'_>) -> anyhow::Result<Value> {
    let mut all = serde_json::to_value(call.reader()?.settings())?;
    all[PROGRAM] = json!(call.program()?);
    Ok(all)
}

fn set_of_program(call: &Call<'_>, key: &str, value: Value) -> anyhow::Result<()> {
    let (path, _) = call.place()?;
    let mut program = serde_json::to_value(call.program()?)?;
    *program.pointer_mut(&pointer(key)).with_context(|| no_such(&format!("{PROGRAM}.{key}")))? = value;
    let program: ProgramConfig =
        serde_json::from_value(program).with_context(|| format!("{PROGRAM}.{key}"))?;
    Ok(program.write(&path)?)
}

fn set_of_till(call: &Call<'_>, key: &str, value: Value, user: Option<String>) -> anyhow::Result<()> {
    let user = user.context("the till's settings are changed by somebody: add --user")?;
    let mut till = call.till()?;
    let mut settings = serde_json::to_value(till.settings())?;
    *settings.pointer_mut(&pointer(key)).with_context(|| no_such(key))? = value;
    let settings = serde_json::from_value(settings).with_context(|| key.to_owned())?;
    Person { user }.log_in(call, &mut till)?;
    till.change_settings(settings).map_err(|error| call.words(&error))
}

/// `policy.max_lines` as a JSON pointer.
fn pointer(key: &str) -> String {
    format!("/{}", key.replace('.', "/"))
}

fn show(value: &Value, key: &str, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if json {
        return answer(out, value);
    }
    let mut flat = BTreeMap::new();
    flatten(value, key, &mut flat);
    for (key, value) in flat {
        writeln!(out, "{key} = {value}")?;
    }
    Ok(())
}

fn flatten(value: &Value, key: &str, flat: &mut BTreeMap<String, String>) {
    if let Value::Object(fields) = value {
        for (name, value) in fields {
            let below = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            flatten(value, &below, flat);
        }
    } else {
        flat.insert(key.to_owned(), value.to_string());
    }
}
