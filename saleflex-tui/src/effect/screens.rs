//! Taking the definition of a screen out to a file, in from it, and back to what the program delivers.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use saleflex_store::{Error, Shell, Till, forms::FormRecord};

use super::{Denial, Desk, Outcome};
use crate::{
    form::{
        FormError,
        stored::{self, ChangeError, GivenUp},
    },
    listing::forms::{FILE_END, FormTask},
    message,
    text::{Key, Text},
};

impl<S: Shell + Clone + 'static> Desk<S> {
    pub(super) fn change_form(&mut self, name: &str, task: FormTask) -> Result<Outcome, Denial> {
        let text = self.text();
        let file = self.path().with_file_name(format!("{name}{FILE_END}"));
        let Some(till) = self.till() else {
            return Err(Denial::Said(text.word(Key::NotLoggedIn).to_owned()));
        };
        let done = match task {
            FormTask::Export => export(till, name, &file).map(|()| Key::FormExported),
            FormTask::Import => import(till, name, &file).map(|()| Key::FormImported),
            FormTask::Restore => match stored::give_up(till, name) {
                Ok(GivenUp::Restored) => Ok(Key::FormRestored),
                Ok(GivenUp::TakenOut) => Ok(Key::FormRemoved),
                Err(error) => Err(error.into()),
            },
        };
        match done {
            Ok(key) => {
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
    File(io::Error, PathBuf),
    Missing { form: String, path: PathBuf },
}

impl From<ChangeError> for Failure {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Till(error) => Self::Till(error),
            ChangeError::Form(fault) => Self::Form(fault),
        }
    }
}

impl Failure {
    fn words(&self, text: &Text) -> String {
        match self {
            Self::Till(error) => message::error(text, error),
            Self::Form(fault) => message::with_causes(fault),
            Self::File(error, path) => message::file(text, path, error),
            Self::Missing { form, path } => {
                text.fill(Key::FormFileMissing, &[("path", &path.display().to_string()), ("form", form)])
            }
        }
    }
}

fn export(till: &Till, name: &str, file: &Path) -> Result<(), Failure> {
    let known = till.forms().map_err(Failure::Till)?.into_iter().find(|known| known.name == name);
    let Some(known) = known else {
        return Err(Failure::Form(FormError::NotKept { form: name.to_owned() }));
    };
    let record = known.definition.map_err(Failure::Till)?;
    let failed = |error| Failure::File(error, file.to_owned());
    let written = toml::to_string_pretty(&record).map_err(|error| failed(io::Error::other(error)))?;
    fs::write(file, written).map_err(failed)
}

fn import(till: &mut Till, name: &str, file: &Path) -> Result<(), Failure> {
    let written = fs::read_to_string(file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::Missing { form: name.to_owned(), path: file.to_owned() },
        _ => Failure::File(error, file.to_owned()),
    })?;
    let record: FormRecord = toml::from_str(&written).map_err(|error| Failure::Form(error.into()))?;
    if record.name != name {
        let (expected, found) = (name.to_owned(), record.name);
        return Err(Failure::Form(FormError::OtherForm { expected, found }));
    }
    Ok(stored::take_in(till, &record)?)
}
