//! Forms from the till's file: what the program delivers, replaced by what the shop made of it.
//!
//! **Invariant:** a form that cannot be drawn never hides a screen. A broken one is told, and the one that the program
//! delivers is shown instead.

use std::sync::LazyLock;

use saleflex_store::{Error, Till, forms::FormRecord};

use super::{Form, FormError, Forms, definitions};
use crate::keymap::Keymap;

/// The forms of a till.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// Those that are drawn.
    pub forms: Forms,
    /// What is wrong with those that are not, in words.
    pub faults: Vec<String>,
}

/// The definitions that the program delivers.
///
/// # Panics
/// Never: a test reads them.
pub fn delivered() -> &'static [FormRecord] {
    // Read once a process: every start needs them all.
    static DELIVERED: LazyLock<Vec<FormRecord>> = LazyLock::new(|| {
        definitions().map(|definition| toml::from_str(definition).expect("a test reads every form")).collect()
    });
    &DELIVERED
}

/// The delivered definition of a form.
pub fn delivered_form(name: &str) -> Option<&'static FormRecord> {
    delivered().iter().find(|form| form.name == name)
}

/// Brings the till's forms up to date and reads them.
///
/// # Errors
/// A failure of the disk.
pub fn load(till: &mut Till, keymap: &Keymap) -> Result<Loaded, Error> {
    till.deliver_forms(delivered())?;
    let mut forms = Forms::built_in();
    let mut faults: Vec<FormError> = Vec::new();
    for stored in till.forms()?.into_iter().filter(|stored| stored.is_own) {
        let form = match &stored.definition {
            Ok(record) => Form::from_record(record),
            Err(_) => Err(FormError::Unreadable { form: stored.name.clone() }),
        };
        match form {
            Ok(form) => forms.put(form),
            Err(fault) => faults.push(fault),
        }
    }
    // A fault between forms takes the shop's form out; that may be where another one leads.
    loop {
        let built_in = Forms::built_in();
        let broken =
            forms.iter().find_map(|form| Some((form.name.clone(), form.check(&forms, keymap).err()?)));
        let Some((name, fault)) = broken else { break };
        faults.push(fault);
        match built_in.get(&name) {
            Some(form) if forms.get(&name) != Some(form) => forms.put(form.clone()),
            _ => forms.remove(&name),
        }
    }
    Ok(Loaded { forms, faults: faults.iter().map(ToString::to_string).collect() })
}

/// Checks a definition as it will stand among the others, without storing it.
///
/// # Errors
/// [`FormError`] for the first thing that is wrong.
pub fn check(record: &FormRecord, forms: &Forms, keymap: &Keymap) -> Result<Form, FormError> {
    let form = Form::from_record(record)?;
    let mut all = forms.clone();
    all.put(form.clone());
    form.check(&all, keymap)?;
    Ok(form)
}
