//! Every word shown, in one file per language.
//!
//! A word is named by a [`Key`] in the code and by the same name in `text/LANGUAGE.toml`; what an action is
//! called stands there under the action's event name. A language file that lacks a word, has one too many or
//! forgets a placeholder is refused as a whole, by a test for those that are built in. Where a word names a key, a
//! script has another one in its place: see [`Text::of_scripts`].

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use saleflex_core::{document::DocumentType, printout};
use serde::Deserialize;

use crate::{action, form::Caption};

mod key;
#[cfg(test)]
mod tests;

pub use key::Key;

const ENGLISH: &str = include_str!("text/en.toml");
const TURKISH: &str = include_str!("text/tr.toml");

/// The words of one language.
#[derive(Clone, Debug)]
pub struct Text {
    /// The language, such as `en`.
    pub code: &'static str,
    /// The words of receipts and reports.
    pub printout: &'static printout::words::Words,
    words: Vec<String>,
    events: BTreeMap<String, String>,
    /// What scripts say in place of words, which they have no keys for.
    scripts: BTreeMap<Key, String>,
}

/// Why a language file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// It is no TOML of the expected shape.
    #[error("the language file cannot be read")]
    Malformed(#[from] toml::de::Error),
    /// A word is missing.
    #[error("the word `{name}` is missing")]
    Missing {
        /// Its name.
        name: String,
    },
    /// A word that nothing shows.
    #[error("nothing shows the word `{name}`")]
    Unknown {
        /// Its name.
        name: String,
    },
}

#[derive(Deserialize)]
struct File {
    text: BTreeMap<String, String>,
    event: BTreeMap<String, String>,
    #[serde(default)]
    script: BTreeMap<String, String>,
}

/// Every language, English first. Each is read when somebody first speaks it.
static LANGUAGES: [LazyLock<Text>; 2] = [
    LazyLock::new(|| Text::built_in(CODES[0], ENGLISH, &printout::words::ENGLISH)),
    LazyLock::new(|| Text::built_in(CODES[1], TURKISH, &printout::words::TURKISH)),
];

/// Their codes, in the same order.
const CODES: [&str; 2] = ["en", "tr"];

/// Every language as scripts speak it, in the same order.
static OF_SCRIPTS: LazyLock<[Text; 2]> =
    LazyLock::new(|| LANGUAGES.each_ref().map(|text| text.with_words_of_scripts()));

impl Text {
    /// English.
    pub fn english() -> &'static Self {
        &LANGUAGES[0]
    }

    /// Every language, English first.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        LANGUAGES.iter().map(LazyLock::force)
    }

    /// The language of a code; English where there is none.
    pub fn of(code: Option<&str>) -> &'static Self {
        code.and_then(Self::known).unwrap_or_else(Self::english)
    }

    /// The language of a code, where there is one.
    pub fn known(code: &str) -> Option<&'static Self> {
        let at = CODES.iter().position(|known| *known == code)?;
        LANGUAGES.get(at).map(LazyLock::force)
    }

    /// The same language without keys: what to do next is said in the steps of a script.
    pub fn of_scripts(&self) -> &'static Self {
        OF_SCRIPTS.iter().find(|text| text.code == self.code).unwrap_or(&OF_SCRIPTS[0])
    }

    fn with_words_of_scripts(&self) -> Self {
        let mut text = self.clone();
        for (key, words) in &self.scripts {
            if let Some(word) = text.words.get_mut(*key as usize) {
                word.clone_from(words);
            }
        }
        text
    }

    fn built_in(code: &'static str, file: &str, printout: &'static printout::words::Words) -> Self {
        let text = Self::parse(file, printout).expect("a test reads every language file that is built in");
        Self { code, ..text }
    }

    /// Reads a language file; `printout` has the words of paper in the same language.
    ///
    /// # Errors
    /// [`TextError`] when it is not complete and exact.
    pub fn parse(file: &str, printout: &'static printout::words::Words) -> Result<Self, TextError> {
        let mut file: File = toml::from_str(file)?;
        let mut words = Vec::with_capacity(Key::ALL.len());
        for key in Key::ALL {
            let word = file.text.remove(key.name());
            words.push(word.ok_or_else(|| TextError::Missing { name: key.name().to_owned() })?);
        }
        if let Some(name) = file.text.into_keys().next() {
            return Err(TextError::Unknown { name });
        }
        let mut scripts = BTreeMap::new();
        for (name, words) in file.script {
            let Some(key) = Key::from_name(&name) else { return Err(TextError::Unknown { name }) };
            scripts.insert(key, words);
        }
        let known: BTreeSet<&str> = action::names().collect();
        if let Some(name) = known.iter().find(|name| !file.event.contains_key(**name)) {
            return Err(TextError::Missing { name: (*name).to_owned() });
        }
        // `EVENT argument` names one use of an event.
        let plain = |name: &str| name.split(' ').next().unwrap_or_default().to_owned();
        match file.event.keys().find(|name| !known.contains(plain(name).as_str())) {
            Some(name) => Err(TextError::Unknown { name: name.clone() }),
            None => Ok(Self { code: "", printout, words, events: file.event, scripts }),
        }
    }

    /// A word.
    pub fn word(&self, key: Key) -> &str {
        self.words.get(key as usize).map_or("", String::as_str)
    }

    /// A word with its placeholders filled, such as `{amount}`.
    pub fn fill(&self, key: Key, values: &[(&str, &str)]) -> String {
        let mut filled = self.word(key).to_owned();
        for (name, value) in values {
            filled = filled.replace(&format!("{{{name}}}"), value);
        }
        filled
    }

    /// What an event such as `OPEN_DOCUMENT quote` is called: by name and argument, else by name; the name itself
    /// where there is no such event.
    pub fn event<'a>(&'a self, event: &'a str) -> &'a str {
        let name = event.split(' ').next().unwrap_or(event);
        self.events.get(event).or_else(|| self.events.get(name)).map_or(name, String::as_str)
    }

    /// What a type of document is called.
    pub fn document_type(&self, document_type: DocumentType) -> &str {
        let event = format!("OPEN_DOCUMENT {}", document_type.code());
        self.events.get(&event).map_or(document_type.code(), String::as_str)
    }

    /// What a caption says.
    pub fn caption<'a>(&'a self, caption: &'a Caption) -> &'a str {
        match caption {
            Caption::Words(words) => words,
            Caption::Key(key) => self.word(*key),
        }
    }
}
