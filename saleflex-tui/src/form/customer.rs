//! Forms for the customer's display: what they say there, and that nothing on them is typed or pressed.

use super::{
    Caption, Control, ControlKind, Form, FormError, SMALLEST,
    layout::{SMALLEST_NORMAL, SMALLEST_WIDE},
    stored,
};
use crate::text::Text;

/// Whose display a form is for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Display {
    /// The cashier's.
    #[default]
    Cashier,
    /// The customer's alone: no cashier goes there.
    Customer,
    /// The cashier's, and its words are the customer's too.
    Both,
}

impl Form {
    /// What it says on the customer's display, a paragraph each, from top to bottom: its title, and what labels, pictures,
    /// groups, lists and addresses say. What is typed or pressed is the cashier's.
    pub fn slide(&self, text: &Text) -> Vec<String> {
        let sizes = [SMALLEST_WIDE, SMALLEST_NORMAL, SMALLEST];
        let place = |control: &Control| {
            let rect = sizes.into_iter().find_map(|size| self.rect_of(control, size))?;
            Some((rect.y, rect.x))
        };
        let mut said: Vec<((u16, u16), &Control)> = self
            .controls
            .iter()
            .filter(|control| control.only_says())
            .filter_map(|control| Some((place(control)?, control)))
            .collect();
        said.sort_by_key(|(place, _)| *place);
        let title = self.caption.iter().map(|caption| text.caption(caption).to_owned());
        title.chain(said.into_iter().flat_map(|(_, control)| control.words(text))).collect()
    }

    /// A form that is the customer's alone has nothing to press, and is none that the cashier needs.
    pub(super) fn check_display(&self) -> Result<(), FormError> {
        if self.display != Display::Customer {
            return Ok(());
        }
        if stored::delivered_form(&self.name).is_some() {
            return Err(FormError::BadOfForm {
                form: self.name.clone(),
                attribute: "display_mode",
                value: "CUSTOMER".to_owned(),
                why: "the cashier needs this form",
            });
        }
        match self.controls.iter().find(|control| !control.only_says()) {
            Some(control) => {
                Err(FormError::NotForCustomer { form: self.name.clone(), control: control.name.clone() })
            }
            None => Ok(()),
        }
    }
}

impl Control {
    /// Whether it says something and does nothing.
    fn only_says(&self) -> bool {
        use ControlKind as Kind;
        matches!(self.kind, Kind::Label | Kind::Picture | Kind::Group | Kind::ListBox | Kind::WebBrowser)
            && self.functions().next().is_none()
    }

    /// What it says.
    fn words(&self, text: &Text) -> Vec<String> {
        let said = |caption: &Caption| text.caption(caption).to_owned();
        let own = self.caption.iter().map(said);
        own.chain(self.items.iter().map(|item| said(&item.words))).chain(self.address.clone()).collect()
    }
}
