//! Why a form definition cannot be used.

use crate::{action::EventError, keymap::UnknownKey};

/// Why a form definition cannot be used. It names the form and the control, so that whoever wrote it finds it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// It is no TOML of the expected shape.
    #[error("the definition cannot be read")]
    Malformed(#[from] toml::de::Error),
    /// A name is empty.
    #[error("form {form_no} has a control or itself without a name")]
    NoName {
        /// The form.
        form_no: u16,
    },
    /// Two forms have one name.
    #[error("two forms are called {form}")]
    DoubleForm {
        /// The name.
        form: String,
    },
    /// Two controls have one name.
    #[error("form {form}: two controls are called {control}")]
    DoubleControl {
        /// The form.
        form: String,
        /// The name.
        control: String,
    },
    /// The type does not exist.
    #[error("form {form}, control {control}: there is no type {kind}")]
    UnknownKind {
        /// The form.
        form: String,
        /// The control.
        control: String,
        /// As written.
        kind: String,
    },
    /// An event does not exist or has a wrong argument.
    #[error("form {form}, control {control}: {error}")]
    Event {
        /// The form.
        form: String,
        /// The control.
        control: String,
        /// What is wrong.
        #[source]
        error: EventError,
    },
    /// A key does not exist.
    #[error("form {form}, control {control}: {error}")]
    Key {
        /// The form.
        form: String,
        /// The control.
        control: String,
        /// What is wrong.
        #[source]
        error: UnknownKey,
    },
    /// Two controls have one key.
    #[error("form {form}: {one} and {other} both have the key {key}")]
    DoubleKey {
        /// The form.
        form: String,
        /// One control.
        one: String,
        /// The other.
        other: String,
        /// The key.
        key: String,
    },
    /// A control has no rectangle at all.
    #[error("form {form}, control {control}: it is nowhere")]
    NoPlace {
        /// The form.
        form: String,
        /// The control.
        control: String,
    },
    /// A table or panel with a name that nothing fills.
    #[error("form {form}, control {control}: nothing fills it")]
    NothingFillsIt {
        /// The form.
        form: String,
        /// The control.
        control: String,
    },
    /// A button without an event.
    #[error("form {form}, button {control}: it does nothing")]
    NoEvent {
        /// The form.
        form: String,
        /// The control.
        control: String,
    },
    /// A capability does not exist.
    #[error("form {form}: there is no capability {capability}")]
    UnknownCapability {
        /// The form.
        form: String,
        /// As written.
        capability: String,
    },
    /// A caption that names a word the language files lack.
    #[error("form {form}: there is no word {word}")]
    UnknownWord {
        /// The form.
        form: String,
        /// As written.
        word: String,
    },
}
