//! Taking the definition of a screen out to a file, in from it, and back to what the program delivers.

use std::{fs, path::PathBuf};

use saleflex_store::{Error, Shell, Till, forms::FormRecord};

use super::{Denial, Desk, Outcome};
use crate::{
    form::{FormError, stored},
    listing::forms::FormTask,
    message,
    text::{Key, Text},
};

impl<S: Shell + Clone + 'static> Desk<S> {
    pub(super) fn change_form(&mut self, name: &str, task: FormTask) -> Result<Outcome, Denial> {
        let text = self.text();
        let file = self.path().with_file_name(format!("{name}.form.toml"));
        let Some(till) = self.till() else {
            return Err(Denial::Said(text.word(Key::NotLoggedIn).to_owned()));
        };
        let done = match task {
            FormTask::Export => export(till, name, &file),
            FormTask::Import => import(till, &file),
            FormTask::Restore => restore(till, name),
        };
        let key = match task {
            FormTask::Export => Key::FormExported,
            FormTask::Import => Key::FormImported,
            FormTask::Restore => Key::FormRestored,
        };
        match done {
            Ok(()) => {
                let values = [("form", name), ("file", &*file.to_string_lossy())];
                Ok(Outcome { message: Some(text.fill(key, &values)), ..Outcome::default() })
            }
            Err(failure) => Err(Denial::Said(failure.words(text))),
        }
    }
}

/// Why a definition was not taken.
enum Failure {
    Till(Error),
    Form(FormError),
    File(std::io::Error, PathBuf),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Till(error)
    }
}

impl Failure {
    fn words(&self, text: &Text) -> String {
        match self {
            Self::Till(error) => message::error(text, error),
            Self::Form(fault) => message::with_causes(fault),
            Self::File(error, path) => {
                let (path, reason) = (path.display().to_string(), error.to_string());
                text.fill(Key::FileFailed, &[("path", &path), ("reason", &reason)])
            }
        }
    }
}

fn export(till: &Till, name: &str, file: &PathBuf) -> Result<(), Failure> {
    let known = till.forms()?.into_iter().find(|known| known.name == name);
    let record = known.map(|known| known.definition).transpose()?;
    let written = record.and_then(|record| toml::to_string_pretty(&record).ok()).unwrap_or_default();
    fs::write(file, written).map_err(|error| Failure::File(error, file.clone()))
}

fn import(till: &mut Till, file: &PathBuf) -> Result<(), Failure> {
    let written = fs::read_to_string(file).map_err(|error| Failure::File(error, file.clone()))?;
    let record: FormRecord = toml::from_str(&written).map_err(|error| Failure::Form(error.into()))?;
    let stored::Loaded { forms, keymap, .. } = stored::load(till)?;
    stored::check(&record, &forms, &keymap).map_err(Failure::Form)?;
    Ok(till.change_form(&record)?)
}

fn restore(till: &mut Till, name: &str) -> Result<(), Failure> {
    match stored::delivered_form(name) {
        Some(record) => Ok(till.restore_form(record)?),
        None => Err(Failure::Form(FormError::Unreadable { form: name.to_owned() })),
    }
}
