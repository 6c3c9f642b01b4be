//! Screens by command: for whoever sets up many tills, and where a screen that was changed is in the way of itself.

use std::{fs, io::Write, path::Path};

use anyhow::Context;
use saleflex_core::settings::{ScreenKeyboard, Settings};
use saleflex_store::{
    Till,
    forms::{FormRecord, StoredForm},
};

use crate::{
    cli::{Call, customer::logged_in},
    form::{
        self,
        stored::{self, ChangeError, GivenUp},
    },
    keyboard::Keyboard,
    text::{Key, Text},
};

/// Takes a definition in under the name that it has within.
pub(super) fn take_in(call: &Call<'_>, file: &Path, user: &str, out: &mut dyn Write) -> anyhow::Result<()> {
    let named = || file.display().to_string();
    let written = fs::read_to_string(file).with_context(named)?;
    let record: FormRecord = toml::from_str(&written).with_context(named)?;
    let mut till = logged_in(call, user)?;
    stored::take_in(&mut till, &record).map_err(|error| in_words(call, error))?;
    let file = named();
    let values = [("form", record.name.as_str()), ("file", file.as_str())];
    writeln!(out, "{}", call.text.fill(Key::FormImported, &values))?;
    Ok(())
}

/// Has one screen back, or each that the program delivers and somebody changed.
pub(super) fn restore(
    call: &Call<'_>,
    name: Option<&str>,
    user: &str,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut till = logged_in(call, user)?;
    let names = if let Some(name) = name {
        vec![name.to_owned()]
    } else {
        let kept = till.forms().map_err(|error| call.words(&error))?.into_iter();
        let changed = kept.filter(|form| form.is_own && stored::delivered_form(&form.name).is_some());
        changed.map(|form| form.name).collect()
    };
    if names.is_empty() {
        writeln!(out, "{}", call.text.word(Key::DoubtsNone))?;
    }
    for name in names {
        let done = stored::give_up(&mut till, &name).map_err(|error| in_words(call, error))?;
        let key = match done {
            GivenUp::Restored => Key::FormRestored,
            GivenUp::TakenOut => Key::FormRemoved,
        };
        writeln!(out, "{}", call.text.fill(key, &[("form", &name)]))?;
    }
    Ok(())
}

/// Refuses to set a screen to begin on that there is not, or that is for nobody who has logged in. One that is gone since it
/// was set is no reason against other settings: whoever logs in begins on the menu then.
pub(super) fn check_start(call: &Call<'_>, till: &Till, settings: &Settings) -> anyhow::Result<()> {
    let before = &till.settings().appearance.start_form;
    let Some(name) = settings.appearance.start_form.as_ref().filter(|name| before.as_ref() != Some(name))
    else {
        return Ok(());
    };
    let is_own = |form: &StoredForm| {
        let is_for_cashiers = |definition: &FormRecord| {
            definition.need_login && definition.display_mode.as_deref() != Some("CUSTOMER")
        };
        form.name == *name && form.definition.as_ref().is_ok_and(is_for_cashiers)
    };
    let is_one = stored::delivered_form(name).is_some_and(|form| form.need_login)
        || till.forms().map_err(|error| call.words(&error))?.iter().any(is_own);
    anyhow::ensure!(is_one, "appearance.start_form: there is no form {name} to begin on");
    Ok(())
}

/// Refuses a layout to begin with that the keyboard on the screen has not, and colours that are none: it would take its own first
/// choice without a word.
pub(super) fn check_keyboard(own: &ScreenKeyboard) -> anyhow::Result<()> {
    let key = "appearance.screen_keyboard";
    if let Some(name) = &own.layout {
        let keyboard = Keyboard::of(Text::english(), own);
        let known: Vec<&str> = keyboard.names().collect();
        let is_one = known.contains(&name.as_str());
        anyhow::ensure!(is_one, "{key}.layout: there is no {name}, but {}", known.join(", "));
    }
    for (field, colour) in [
        ("fore_color", &own.fore_color),
        ("back_color", &own.back_color),
        ("selected_fore_color", &own.selected_fore_color),
        ("selected_back_color", &own.selected_back_color),
        ("border_color", &own.border_color),
    ] {
        let is_one = colour.as_deref().is_none_or(|colour| form::colour(colour).is_some());
        anyhow::ensure!(is_one, "{key}.{field}: a colour is written 0xRRGGBB");
    }
    Ok(())
}

fn in_words(call: &Call<'_>, error: ChangeError) -> anyhow::Error {
    match error {
        ChangeError::Till(error) => call.words(&error),
        ChangeError::Form(fault) => fault.into(),
    }
}
