//! Forms from the till's file: what the program delivers, replaced by what the shop made of it.
//!
//! **Invariant:** a form that cannot be drawn never hides a screen. A broken one is told, and the one that the program
//! delivers is shown instead; what means nothing in one is left out of it. So it is with keys that a shop gave another meaning.

use std::sync::LazyLock;

use saleflex_store::{
    Error, Till,
    forms::{FormRecord, StoredForm},
};

use super::{Display, Form, FormError, Forms, definitions, kept};
use crate::keymap::{Keymap, KeymapError, OwnKeys};

/// The forms and keys of a till.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// Those that are drawn for the cashier.
    pub forms: Forms,
    /// Those whose words are for the customer, by their numbers.
    pub customer: Vec<Form>,
    /// What keys mean beside the forms' own.
    pub keymap: Keymap,
    /// Why keys of the shop's own are not used, in words.
    pub unusable_keys: Option<String>,
    /// What is wrong with forms that are not drawn, or not as they are stored, in words.
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

/// Why a shop's own keys cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// By themselves.
    #[error(transparent)]
    Table(#[from] KeymapError),
    /// Beside the keys of a form that the program delivers.
    #[error(transparent)]
    Form(#[from] FormError),
}

/// The table of the program with a shop's own keys in it.
///
/// # Errors
/// [`KeysError`] for the first thing that is wrong.
pub fn keys(own: &OwnKeys) -> Result<Keymap, KeysError> {
    if own.is_empty() {
        // A test holds the program's keys against its forms.
        return Ok(Keymap::built_in());
    }
    let keymap = Keymap::with_own(own)?;
    match Forms::delivered().faults(&keymap).into_iter().next() {
        Some(fault) => Err(fault.into()),
        None => Ok(keymap),
    }
}

/// Brings the till's forms up to date and reads them and its keys.
///
/// # Errors
/// A failure of the disk.
pub fn load(till: &mut Till) -> Result<Loaded, Error> {
    let own = till.deliver_forms(delivered())?;
    let (keymap, unusable_keys) = match keys(&till.settings().appearance.keys) {
        Ok(keymap) => (keymap, None),
        Err(fault) => (Keymap::built_in(), Some(fault.to_string())),
    };
    Ok(Loaded { unusable_keys, ..put_together(&own, keymap) })
}

/// The forms of a till whose own are these, as they stand beside a table of keys.
fn put_together(own: &[StoredForm], keymap: Keymap) -> Loaded {
    let mut forms = Forms::built_in();
    let mut faults: Vec<FormError> = Vec::new();
    let mut customer: Vec<Form> = Vec::new();
    if own.is_empty() && keymap == *Keymap::delivered() {
        // Most tills: a test holds together what the program delivers.
        return Loaded { forms, customer, keymap, unusable_keys: None, faults: Vec::new() };
    }
    for stored in own {
        let form = match &stored.definition {
            Ok(record) => kept::read(record),
            Err(_) => Err(FormError::Unreadable { form: stored.name.clone() }),
        };
        match form {
            Ok((form, left_out)) => {
                faults.extend(left_out);
                match form.display {
                    Display::Cashier => forms.put(form),
                    Display::Customer => customer.push(form),
                    Display::Both => {
                        customer.push(form.clone());
                        forms.put(form);
                    }
                }
            }
            Err(fault) => faults.push(fault),
        }
    }
    // A fault between forms takes the shop's form out; that may be where another one leads.
    loop {
        let broken =
            forms.iter().find_map(|form| Some((form.name.clone(), form.check(&forms, &keymap).err()?)));
        let Some((name, fault)) = broken else { break };
        faults.push(fault);
        match Forms::delivered().get(&name) {
            Some(form) if forms.get(&name) != Some(form) => forms.put(form.clone()),
            _ => forms.remove(&name),
        }
    }
    // Nor may they hide the screen on which they can be had back, or the one on which everybody begins.
    if let Err(fault) = forms.check_log_in() {
        faults.push(fault);
        forms.open_log_in();
    }
    if let Err(fault) = forms.check_way(&keymap) {
        faults.push(fault);
        forms.open_way(&keymap);
    }
    customer.retain(|form| form.display == Display::Customer || forms.get(&form.name) == Some(form));
    customer.sort_by_key(|form| form.form_no);
    let faults = faults.iter().map(ToString::to_string).collect();
    Loaded { forms, customer, keymap, unusable_keys: None, faults }
}

/// Checks a shop's own keys as they will stand beside its forms, without storing them.
///
/// # Errors
/// A failure of the disk; the answer is what is wrong with them, in words.
pub fn check_keys(till: &Till, own: &OwnKeys) -> Result<Result<(), String>, Error> {
    let keymap = match keys(own) {
        Ok(keymap) => keymap,
        Err(fault) => return Ok(Err(fault.to_string())),
    };
    let present = keys(&till.settings().appearance.keys).unwrap_or_else(|_| Keymap::built_in());
    let own: Vec<StoredForm> = till.forms()?.into_iter().filter(|stored| stored.is_own).collect();
    let known = put_together(&own, present).faults;
    let mut faults = put_together(&own, keymap).faults.into_iter();
    // What was wrong before is not the keys' fault.
    Ok(faults.find(|fault| !known.contains(fault)).map_or(Ok(()), Err))
}

/// Checks a definition as it will stand among the others, without storing it.
///
/// # Errors
/// [`FormError`] for the first thing that is wrong.
pub fn check(record: &FormRecord, forms: &Forms, keymap: &Keymap) -> Result<Form, FormError> {
    let form = Form::from_record(record)?;
    let mut all = forms.clone();
    if form.display == Display::Customer {
        // No cashier goes there, so nothing may lead there.
        all.remove(&form.name);
        if let Some(fault) = all.faults(keymap).into_iter().next() {
            return Err(fault);
        }
    } else {
        all.put(form.clone());
        form.check(&all, keymap)?;
    }
    all.check_log_in()?;
    all.check_way(keymap)?;
    Ok(form)
}

/// Why a form was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The till did not do it.
    #[error(transparent)]
    Till(#[from] Error),
    /// The form, or another that would be left, cannot be.
    #[error(transparent)]
    Form(#[from] FormError),
}

/// What became of a form that was given up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GivenUp {
    /// It is as the program delivers it.
    Restored,
    /// It was the shop's own and is gone.
    TakenOut,
}

/// Stores a definition that can stand among the others.
///
/// # Errors
/// [`ChangeError`].
pub fn take_in(till: &mut Till, record: &FormRecord) -> Result<(), ChangeError> {
    let form = || record.name.clone();
    let is_name = |name: &str| {
        name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if !is_name(&record.name) {
        return Err(FormError::BadName { form: form() }.into());
    }
    let stored = till.forms()?;
    let same = |known: &&StoredForm| known.form_no == record.form_no && known.name != record.name;
    if let Some(known) = stored.iter().find(same) {
        let (form_no, other) = (record.form_no, known.name.clone());
        return Err(FormError::NumberTaken { form: form(), form_no, other }.into());
    }
    let Loaded { forms, keymap, .. } = load(till)?;
    check(record, &forms, &keymap)?;
    Ok(till.change_form(record)?)
}

/// Has a form back as the program delivers it. One of the shop's own is taken out, unless another still leads to it.
///
/// # Errors
/// [`ChangeError`].
pub fn give_up(till: &mut Till, name: &str) -> Result<GivenUp, ChangeError> {
    if let Some(delivered) = delivered_form(name) {
        till.restore_form(delivered)?;
        return Ok(GivenUp::Restored);
    }
    let known = till.forms()?.into_iter().find(|known| known.name == name);
    let Some(known) = known else { return Err(FormError::NotKept { form: name.to_owned() }.into()) };
    let Loaded { mut forms, keymap, .. } = load(till)?;
    forms.remove(name);
    if let Some(fault) = forms.faults(&keymap).into_iter().next() {
        return Err(fault.into());
    }
    till.remove_form(known.form_no)?;
    Ok(GivenUp::TakenOut)
}
