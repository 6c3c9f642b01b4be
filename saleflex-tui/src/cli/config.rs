//! `config`: the till's settings and those of the program, a key a value.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Subcommand;
use saleflex_core::settings::Settings as TillSettings;
use saleflex_store::{Till, templates};
use serde_json::{Value, json};
use uuid::Uuid;

mod delivered;
mod screens;
mod written;

use super::{
    Call, Ending, answer,
    customer::{logged_in, say_clashes},
    secret::Person,
};
use crate::{
    entry::Amounts,
    form::stored,
    message,
    program::{ProgramConfig, ProgramConfigError},
    record::settings,
    sync::SyncSettings,
    text::{Key, Text},
    theme,
};

mod amounts;

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
    /// Take a country template of the shop's own, in TOML; one of the same name is replaced.
    Template {
        /// Its file.
        file: PathBuf,
        /// Who changes the till's settings.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
    /// Take in the definition of a screen, in TOML; one of the same name is replaced, another is a screen of the shop's own.
    Form {
        /// Its file.
        file: PathBuf,
        /// Who changes screens.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
    /// Have screens back as they are delivered; one of the shop's own that is named is taken out.
    RestoreForms {
        /// Which, such as `MAIN_MENU`; without, every delivered one that was changed.
        name: Option<String>,
        /// Who changes screens.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
    /// Change one setting.
    Set {
        /// Its key.
        key: String,
        /// Its value: an amount as it is typed at the till, `10.00`; else JSON, a table or list of TOML, or a text as it is;
        /// null takes it away.
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
            Self::List { json } => show(call, &all(call)?, "", *json, out)?,
            Self::Get { key, json } => {
                let all = all(call)?;
                let value = all.pointer(&pointer(key)).with_context(|| no_such(key))?;
                show(call, value, key, *json, out)?;
            }
            Self::Template { file, user } => take_template(call, file, user)?,
            Self::Form { file, user } => screens::take_in(call, file, user, out)?,
            Self::RestoreForms { name, user } => screens::restore(call, name.as_deref(), user, out)?,
            Self::Set { key, value, user } => {
                if let Some(key) = key.strip_prefix("program.") {
                    set_of_program(call, key, value_of(value))?;
                    writeln!(out, "{}", call.text.word(Key::SetForNextStart))?;
                } else {
                    let till = set_of_till(call, key, value, user.clone())?;
                    let mut set = serde_json::to_value(till.settings())?;
                    delivered::write_out(&mut set);
                    let set = set.pointer(&pointer(key)).unwrap_or(&Value::Null);
                    say(set, key, &till, out)?;
                    if key.split('.').next() == Some("dialling") {
                        say_clashes(call, &till, out)?;
                    }
                    if key == "region" {
                        say_figures(call, &till, out)?;
                    }
                }
            }
        }
        Ok(Ending::Good)
    }
}

/// What was typed as JSON, as a table or list of TOML such as `{ 1 = "two" }`, else as the text it is.
fn value_of(typed: &str) -> Value {
    let is_group = typed.trim_start().starts_with(['{', '[']);
    let table = || toml::from_str::<Value>(&format!("value = {typed}")).ok().filter(|_| is_group);
    let json = serde_json::from_str(typed).ok();
    json.or_else(|| table()?.get("value").cloned()).unwrap_or_else(|| Value::String(typed.to_owned()))
}

fn no_such(key: &str) -> String {
    format!("there is no setting {key}: `saleflex config list` names them all")
}

fn all(call: &Call<'_>) -> anyhow::Result<Value> {
    let mut all = serde_json::to_value(call.reader()?.settings())?;
    all[PROGRAM] = json!(call.program()?);
    if all[PROGRAM].get("sync").is_none() {
        all[PROGRAM]["sync"] = json!(SyncSettings::default());
    }
    delivered::write_out(&mut all);
    Ok(all)
}

/// What a till decides itself whatever its hub says.
const KEEPS: &str = "sync.keeps";

/// Settings of the printer that have members.
const TABLES: [&str; 2] = ["drawer_pins", "forms"];

fn set_of_program(call: &Call<'_>, key: &str, value: Value) -> anyhow::Result<()> {
    // Who points a till at another hub is asked for and written down: not here. What it keeps for itself is nobody's secret.
    anyhow::ensure!(
        key == KEEPS || key.split('.').next() != Some("sync"),
        "{PROGRAM}.{key}: the hub is changed by `saleflex sync enrol` and `saleflex sync leave`"
    );
    let (path, _) = call.place()?;
    let named = || format!("{PROGRAM}.{key}");
    let mut program = serde_json::to_value(call.program()?)?;
    if key == KEEPS && program.get("sync").is_none() {
        program["sync"] = json!(SyncSettings::default());
    }
    // The pin of a further drawer is a setting that was not there, and so is the form of a further kind of document.
    let is_member = TABLES.iter().any(|table| key.starts_with(&format!("printer.{table}.")));
    let is_one = program.pointer(&pointer(key)).is_some() || is_member;
    anyhow::ensure!(is_one, no_such(&named()));
    put(&mut program, key, value).with_context(|| no_such(&named()))?;
    for table in TABLES {
        if let Some(Value::Object(members)) = program.pointer_mut(&format!("/printer/{table}")) {
            members.retain(|_, member| !member.is_null());
        }
    }
    let program: ProgramConfig = serde_json::from_value(program).with_context(named)?;
    program.write(&path).map_err(named_in_full)
}

/// What is wrong with settings of the program, by the name that they are set by.
fn named_in_full(error: ProgramConfigError) -> anyhow::Error {
    match error {
        ProgramConfigError::Printer(_)
        | ProgramConfigError::Address { .. }
        | ProgramConfigError::OutOfRange { .. }
        | ProgramConfigError::NoDrawer { .. } => {
            anyhow::Error::msg(format!("{PROGRAM}.{}", message::with_causes(&error)))
        }
        ProgramConfigError::Io { .. }
        | ProgramConfigError::Malformed { .. }
        | ProgramConfigError::Unwritable(_) => error.into(),
    }
}

fn set_of_till(call: &Call<'_>, key: &str, typed: &str, user: Option<String>) -> anyhow::Result<Till> {
    let user = user.context("the till's settings are changed by somebody: add --user")?;
    let mut till = call.till()?;
    let mut value = amounts::read(key, typed, &Amounts::of(&till))?;
    let mut settings = serde_json::to_value(till.settings())?;
    let unstored = delivered::of(key);
    let is_known = unstored.is_some() || settings.pointer(&pointer(key)).is_some();
    if let Some(delivered) = unstored.filter(|_| value.is_null()) {
        value = delivered;
    }
    put(&mut settings, key, value).with_context(|| no_such(key))?;
    name_cashiers(&till, &mut settings)?;
    written::name_location(&till, &mut settings)?;
    let settings: TillSettings = written::settled(settings, key, typed)?;
    // A member of a table was not there before: it is a setting if it is one now.
    let is_one = is_known || serde_json::to_value(&settings)?.pointer(&pointer(key)).is_some();
    anyhow::ensure!(is_one, no_such(key));
    check_appearance(&settings)?;
    screens::check_start(call, &till, &settings)?;
    let keys = stored::check_keys(&till, &settings.appearance.keys)?;
    keys.map_err(|fault| anyhow::anyhow!("{key}: {fault}"))?;
    Person { user }.log_in(call, &mut till)?;
    till.change_settings(settings).map_err(|error| call.words(&error))?;
    Ok(till)
}

/// Says which templates the country's figures are made by from now on: those of a place fall back on its country's, and
/// those of a country on the default.
fn say_figures(call: &Call<'_>, till: &Till, out: &mut dyn Write) -> anyhow::Result<()> {
    let layers = till.country_layers().map_err(|error| call.words(&error))?;
    if !layers.is_empty() {
        writeln!(out, "{}: {}", call.text.word(Key::FieldCountryFigures), settings::layers(&layers))?;
    }
    Ok(())
}

fn take_template(call: &Call<'_>, file: &Path, user: &str) -> anyhow::Result<()> {
    let named = || file.display().to_string();
    let template = templates::read(&fs::read_to_string(file).with_context(named)?).with_context(named)?;
    let mut till = logged_in(call, user)?;
    let mut settings = till.settings().clone();
    settings.templates.retain(|known| known.name != template.name);
    settings.templates.push(template);
    till.change_settings(settings).map_err(|error| call.words(&error))
}

/// Puts a value at a key; nothing where a part of the key is no group of settings.
fn put(settings: &mut Value, key: &str, value: Value) -> Option<()> {
    let mut place = settings;
    for name in key.split('.') {
        place = match place {
            // A list has the members it has: more come as a whole list.
            Value::Array(members) => members.get_mut(name.parse::<usize>().ok()?)?,
            group => group.as_object_mut()?.entry(name).or_insert_with(|| json!({})),
        };
    }
    *place = value;
    Some(())
}

/// Takes the user names of those who work from a drawer as who they are: people know each other by them.
fn name_cashiers(till: &Till, settings: &mut Value) -> anyhow::Result<()> {
    let drawers = settings.get_mut("drawers").and_then(Value::as_array_mut).into_iter().flatten();
    let cashiers = drawers.filter_map(|drawer| drawer.get_mut("cashiers")?.as_array_mut()).flatten();
    for cashier in cashiers {
        let Some(name) = cashier.as_str().map(str::to_owned) else { continue };
        let known = till.everybody().iter().find(|known| known.user_name.eq_ignore_ascii_case(&name));
        match known {
            Some(known) => *cashier = json!(known.id),
            None => anyhow::ensure!(Uuid::parse_str(&name).is_ok(), "drawers: there is no user {name}"),
        }
    }
    Ok(())
}

/// Refuses a language and colours that the screen does not know: it would take its own first choice without a word.
fn check_appearance(settings: &TillSettings) -> anyhow::Result<()> {
    let languages: Vec<&str> = Text::all().map(|text| text.code).collect();
    let themes = theme::NAMES.map(|(name, _)| name);
    let appearance = &settings.appearance;
    for (key, set, known) in [
        ("appearance.language", &appearance.language, languages.as_slice()),
        ("appearance.theme", &appearance.theme, &themes),
    ] {
        let unknown = set.as_deref().filter(|set| !known.contains(set));
        let refused =
            unknown.map(|unknown| format!("{key}: there is no {unknown}, but {}", known.join(", ")));
        refused.map_or(Ok(()), |words| Err(anyhow::Error::msg(words)))?;
    }
    screens::check_keyboard(&appearance.screen_keyboard)
}

/// `policy.max_lines` as a JSON pointer.
fn pointer(key: &str) -> String {
    format!("/{}", key.replace('.', "/"))
}

fn show(call: &Call<'_>, value: &Value, key: &str, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if json { answer(out, value) } else { say(value, key, &*call.reader()?, out) }
}

/// Says a setting, or all below a key, a line each; amounts as money, a location by its code.
fn say(value: &Value, key: &str, till: &Till, out: &mut dyn Write) -> anyhow::Result<()> {
    let amounts = Amounts::of(till);
    let mut flat = BTreeMap::new();
    flatten(value, key, &mut flat);
    for (key, value) in flat {
        let said = written::said(&key, value, till);
        writeln!(out, "{key} = {}", said.unwrap_or_else(|| amounts::said(&key, value, &amounts)))?;
    }
    Ok(())
}

fn flatten<'a>(value: &'a Value, key: &str, flat: &mut BTreeMap<String, &'a Value>) {
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        // A table that is empty is a setting, too.
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(name, value)| flatten(value, &below(name), flat));
        }
        // A list of tables has amounts and names within; one of words is one setting.
        Value::Array(members) if members.iter().any(Value::is_object) => {
            members.iter().enumerate().for_each(|(at, value)| flatten(value, &below(&at.to_string()), flat));
        }
        Value::Object(_)
        | Value::Array(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_) => {
            flat.insert(key.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_of_a_list_is_a_setting_and_one_beyond_its_end_is_none() {
        let mut settings = json!({"templates": [{"name": "uk", "version": 1}]});
        assert_eq!(put(&mut settings, "templates.0.version", json!(2)), Some(()));
        assert_eq!(settings, json!({"templates": [{"name": "uk", "version": 2}]}));
        for key in ["templates.1.version", "templates.name", "templates.0.name.x"] {
            assert_eq!(put(&mut settings, key, json!(3)), None, "{key}");
        }
    }
}
