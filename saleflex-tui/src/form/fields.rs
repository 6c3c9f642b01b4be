//! Fields, in which something is typed or chosen: somebody has to read what they hold.

use super::{Control, ControlKind, Form, FormError};
use crate::registry;

/// The form whose fields are read by the log-in.
pub(super) const LOG_IN: &str = "LOGIN";

impl Form {
    /// A field stands in the panel of a record or on the log-in screen, where there is nothing to tick. Anywhere else
    /// nothing would be done with what is typed there.
    pub(super) fn check_fields(&self) -> Result<(), FormError> {
        let is_read = |control: &Control| {
            let mut panels = control.parent.iter();
            (self.name == LOG_IN && control.kind != ControlKind::CheckBox)
                || panels.any(|parent| registry::model_of_panel(parent).is_some())
        };
        match self.controls.iter().find(|control| is_field(control.kind) && !is_read(control)) {
            Some(control) => {
                Err(FormError::NothingFillsIt { form: self.name.clone(), control: control.name.clone() })
            }
            None => Ok(()),
        }
    }
}

const fn is_field(kind: ControlKind) -> bool {
    matches!(
        kind,
        ControlKind::TextBox | ControlKind::Password | ControlKind::CheckBox | ControlKind::ComboBox
    )
}
