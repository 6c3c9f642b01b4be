//! Definitions that are stored. An older program took in what this one refuses: with the whole form every lock that the
//! shop put on its screen would go, too, so only what means nothing is left out.

use saleflex_store::forms::{ControlRecord, FormRecord};

use super::{Form, FormError};

/// Reads a definition that is stored, without what means nothing in it; that is told beside.
///
/// # Errors
/// [`FormError`] where the form cannot be drawn by what is left either.
pub(super) fn read(record: &FormRecord) -> Result<(Form, Vec<FormError>), FormError> {
    let mut record = record.clone();
    let mut left_out = Vec::new();
    loop {
        match Form::from_record(&record) {
            Ok(form) => return Ok((form, left_out)),
            // Each time there is less left, so this comes to an end.
            Err(fault) if leave_out(&mut record, &fault) => left_out.push(fault),
            Err(fault) => return Err(fault),
        }
    }
}

/// Leaves out what a fault is about; `false` where the form cannot do without.
fn leave_out(record: &mut FormRecord, fault: &FormError) -> bool {
    if let FormError::OutOfPlace { control, attribute: "required_capability", .. } = fault {
        // A key of a product page: nobody was ever asked for it.
        return change(record, control, |control| control.required_capability.take().is_some());
    }
    if let FormError::HoldsNothing { control, .. } = fault {
        // It was drawn where its own rectangle says.
        return change(record, control, |control| control.parent_name.take().is_some());
    }
    if let FormError::NothingFillsIt { control, .. } | FormError::NoPlace { control, .. } = fault {
        let count = record.control.len();
        record.control.retain(|known| known.name != *control && known.parent_name.as_ref() != Some(control));
        return record.control.len() < count;
    }
    false
}

fn change(record: &mut FormRecord, name: &str, change: impl Fn(&mut ControlRecord) -> bool) -> bool {
    // Where two have the name, the other comes with the next round.
    record.control.iter_mut().filter(|control| control.name == name).any(change)
}

#[cfg(test)]
mod tests {
    use saleflex_core::cashier::Capability;

    use super::*;

    /// What programs before this one took in, and a lock beside.
    const SALE: &str = r#"
form_no = 5
name = "SALE"
[[control]]
name = "SUSPEND"
type = "BUTTON"
function1 = "SUSPEND_SALE"
required_capability = "pos.override"
compact = [0, 1, 20, 1]
[[control]]
name = "PAGES"
type = "TABCONTROL"
tabs = ["Hot"]
compact = [0, 2, 0, 9]
[[control]]
name = "PLU10101"
type = "BUTTON"
parent_name = "PAGES"
function1 = "SALE_PLU_CODE"
required_capability = "pos.override"
[[control]]
name = "STRAY"
type = "CHECKBOX"
compact = [0, 12, 9, 1]
[[control]]
name = "WITHIN"
type = "LABEL"
caption1 = "x"
parent_name = "SUSPEND"
compact = [0, 13, 9, 1]
[[control]]
name = "NOWHERE"
type = "LABEL"
caption1 = "x"
parent_name = "SUSPEND"
"#;

    #[test]
    fn what_means_nothing_in_a_stored_form_is_left_out_and_its_locks_stay() {
        let record: FormRecord = toml::from_str(SALE).unwrap();
        assert!(Form::from_record(&record).is_err(), "as something new it is refused");
        let (form, left_out) = read(&record).unwrap();
        let lock = |name: &str| form.control(name).map(|control| control.required_capability);
        assert_eq!(lock("SUSPEND"), Some(Some(Capability::Override)));
        assert_eq!(lock("PLU10101"), Some(None), "the key stands and sells as before");
        assert_eq!(form.control("WITHIN").map(|control| control.parent.clone()), Some(None));
        assert!(form.control("STRAY").is_none() && form.control("NOWHERE").is_none());
        let mut told: Vec<String> = left_out.iter().map(ToString::to_string).collect();
        told.sort();
        assert_eq!(
            told,
            [
                "form SALE, control NOWHERE: it is nowhere",
                "form SALE, control NOWHERE: nothing stands in SUSPEND",
                "form SALE, control PLU10101: `required_capability` means nothing there",
                "form SALE, control STRAY: nothing fills it",
                "form SALE, control WITHIN: nothing stands in SUSPEND",
            ]
        );
    }

    #[test]
    fn a_stored_form_that_cannot_be_drawn_is_none() {
        let record: FormRecord = toml::from_str(&SALE.replace("SUSPEND_SALE", "DANCE")).unwrap();
        assert!(matches!(read(&record), Err(FormError::Event { .. })));
    }
}
