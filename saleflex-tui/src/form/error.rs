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
    /// What stands on a product page sells nothing.
    #[error("form {form}, control {control}: a key of a product page is SALE_PLU_CODE or SALE_PLU_BARCODE")]
    NoProductKey {
        /// The form.
        form: String,
        /// The control.
        control: String,
    },
    /// A control has no rectangle at all.
    #[error("form {form}, control {control}: it is nowhere")]
    NoPlace {
        /// The form.
        form: String,
        /// The control.
        control: String,
    },
    /// A control stands in one that is not there.
    #[error("form {form}, control {control}: there is no {parent} to stand in")]
    UnknownParent {
        /// The form.
        form: String,
        /// The control.
        control: String,
        /// As written.
        parent: String,
    },
    /// A control stands in one that holds no others.
    #[error("form {form}, control {control}: nothing stands in {parent}")]
    HoldsNothing {
        /// The form.
        form: String,
        /// The control.
        control: String,
        /// What it stands in.
        parent: String,
    },
    /// An attribute that a control of its type does not have, or that nothing follows from.
    #[error("form {form}, control {control}: `{attribute}` means nothing there")]
    OutOfPlace {
        /// The form.
        form: String,
        /// The control.
        control: String,
        /// The attribute.
        attribute: &'static str,
    },
    /// An attribute with a value that it cannot have.
    #[error("form {form}, control {control}: `{attribute}` cannot be `{value}`")]
    BadValue {
        /// The form.
        form: String,
        /// The control.
        control: String,
        /// The attribute.
        attribute: &'static str,
        /// As written.
        value: String,
    },
    /// An attribute of a form with a value that it cannot have.
    #[error("form {form}: `{attribute}` cannot be `{value}`: {why}")]
    BadOfForm {
        /// The form.
        form: String,
        /// The attribute.
        attribute: &'static str,
        /// As written.
        value: String,
        /// What it can be.
        why: &'static str,
    },
    /// A control that nobody could press, on the customer's display.
    #[error(
        "form {form}, control {control}: the customer's display has labels, pictures, groups, addresses and lists without an event alone"
    )]
    NotForCustomer {
        /// The form.
        form: String,
        /// The control.
        control: String,
    },
    /// A form that is needed on every terminal and asks for a large one.
    #[error("form {form}: it is needed on a terminal of {columns}x{rows} too, and asks for a larger one")]
    NeedsRoom {
        /// The form.
        form: String,
        /// The smallest terminal there is.
        columns: u16,
        /// The smallest terminal there is.
        rows: u16,
    },
    /// A picture without words or a file, a list without rows, a pop-up without a name, or no address.
    #[error("form {form}, control {control}: it shows nothing")]
    ShowsNothing {
        /// The form.
        form: String,
        /// The control.
        control: String,
    },
    /// A control that goes to another form in a way there is not.
    #[error("form {form}, control {control}: {reason}")]
    BadTarget {
        /// The form.
        form: String,
        /// The control.
        control: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A control goes to a form that is not there.
    #[error("form {form}, control {control}: there is no form {target}")]
    UnknownTarget {
        /// The form.
        form: String,
        /// The control.
        control: String,
        /// Where it goes.
        target: String,
    },
    /// A control whose key means something else on its screen.
    #[error("form {form}, control {control}: the key {key} has another meaning on this screen")]
    KeyTaken {
        /// The form.
        form: String,
        /// The control.
        control: String,
        /// The key.
        key: String,
    },
    /// A control that is not in sight as a whole on a terminal that it is for.
    #[error("form {form}, control {control}: it is out of sight on a terminal of {columns}x{rows}")]
    OutOfSight {
        /// The form.
        form: String,
        /// The control.
        control: String,
        /// The terminal.
        columns: u16,
        /// The terminal.
        rows: u16,
    },
    /// A set of forms in which nothing leads to where a form can be had back.
    #[error("nothing leads from {from} to {to} any more, where a screen is had back as delivered")]
    NoWay {
        /// Where everything begins.
        from: &'static str,
        /// Where nothing leads to.
        to: &'static str,
    },
    /// A list of forms on which none can be had back.
    #[error("form {form}: nothing has a screen back any more; a button with the event {event} does")]
    NothingRestores {
        /// The form.
        form: &'static str,
        /// The event that is missing.
        event: &'static str,
    },
    /// A screen without what nobody gets on without.
    #[error("form {form}: it has no {needed}, without which nobody gets on there")]
    Lacks {
        /// The form.
        form: &'static str,
        /// The type or name of the control that is missing.
        needed: &'static str,
    },
    /// A definition under the name of another form.
    #[error("the definition is of form {found}, and {expected} was to be taken in")]
    OtherForm {
        /// The form that was to be taken in.
        expected: String,
        /// The one that the definition names.
        found: String,
    },
    /// A name that a form cannot have.
    #[error("form {form}: a name has capitals from A to Z, digits and _ alone")]
    BadName {
        /// As written.
        form: String,
    },
    /// A number that another form has.
    #[error("form {form}: the number {form_no} is that of {other}")]
    NumberTaken {
        /// The form.
        form: String,
        /// The number.
        form_no: u16,
        /// Whose it is.
        other: String,
    },
    /// A form that is not among those of the till.
    #[error("form {form}: the till has none of this name")]
    NotKept {
        /// The form.
        form: String,
    },
    /// A stored definition that cannot be read.
    #[error("form {form}: its definition cannot be read")]
    Unreadable {
        /// The form.
        form: String,
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
