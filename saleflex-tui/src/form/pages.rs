//! Product pages by definition: the buttons that stand in a tab control with tabs of its own.

use saleflex_core::catalog::Named;

use super::{Caption, Control, ControlKind, Form, FormError, Forms};
use crate::action::Action;

/// A page of product keys as the sale screen's definition has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PageLayout {
    /// Its name.
    pub caption: Caption,
    /// Its keys in order.
    pub keys: Vec<KeyLayout>,
}

/// A product key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyLayout {
    /// The code or barcode of what it sells.
    pub code: String,
    /// Which of them that is.
    pub named: Named,
    /// What stands on it; the product's short name where nothing is said.
    pub caption: Option<Caption>,
}

impl Forms {
    /// The product pages of the sale screen; none where they come from the catalog's departments.
    pub fn product_pages(&self) -> Vec<PageLayout> {
        let Some(form) = self.get("SALE") else { return Vec::new() };
        let control = form.controls.iter().find(|control| control.kind == ControlKind::TabControl);
        let Some(control) = control else { return Vec::new() };
        let keys_of =
            |tab: u16| form.product_keys(control).filter(move |key| key.tab == tab).filter_map(layout);
        let pages = (0..).zip(&control.tabs);
        pages
            .map(|(tab, caption)| PageLayout { caption: caption.clone(), keys: keys_of(tab).collect() })
            .collect()
    }
}

impl Form {
    fn product_keys<'a>(&'a self, pages: &'a Control) -> impl Iterator<Item = &'a Control> {
        self.controls.iter().filter(|control| control.parent.as_ref() == Some(&pages.name))
    }

    /// What stands on a product page sells a product, and as every product key at once.
    pub(super) fn check_pages(&self) -> Result<(), FormError> {
        let pages = self.controls.iter().filter(|control| control.kind == ControlKind::TabControl);
        for key in pages.flat_map(|pages| self.product_keys(pages)) {
            let (form, control) = (self.name.clone(), key.name.clone());
            if layout(key).is_none() {
                return Err(FormError::NoProductKey { form, control });
            }
            let asks = [(key.confirm, "confirm"), (key.required_capability.is_some(), "required_capability")];
            if let Some((_, attribute)) = asks.into_iter().find(|(is_given, _)| *is_given) {
                return Err(FormError::OutOfPlace { form, control, attribute });
            }
        }
        Ok(())
    }
}

fn layout(control: &Control) -> Option<KeyLayout> {
    let function = control.first.as_ref()?;
    let (named, code) = match &function.action {
        Action::SellCode(code) => (Named::Code, code),
        Action::SellBarcode(barcode) => (Named::Barcode, barcode),
        _ => return None,
    };
    Some(KeyLayout { code: code.clone(), named, caption: function.caption.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: &str = r#"
form_no = 5
name = "SALE"
[[control]]
name = "PAGES"
type = "TABCONTROL"
tabs = ["Hot", "Cold"]
cell = [0, 1, 0, 9]
[[control]]
name = "TEA"
type = "BUTTON"
parent_name = "PAGES"
tab_index = 1
function1 = "SALE_PLU_CODE"
arg1 = "10101"
caption1 = "Iced tea"
[[control]]
name = "COFFEE"
type = "BUTTON"
parent_name = "PAGES"
function1 = "SALE_PLU_BARCODE"
arg1 = "5098101000024"
"#;

    #[test]
    fn the_buttons_of_a_tab_control_are_its_product_pages() {
        let pages = Forms::parse([PAGES]).unwrap().product_pages();
        let codes = |page: &PageLayout| page.keys.iter().map(|key| key.code.clone()).collect::<Vec<_>>();
        assert_eq!(pages.iter().map(codes).collect::<Vec<_>>(), [vec!["5098101000024"], vec!["10101"]]);
        assert_eq!(pages[1].keys[0].caption, Some(Caption::Words("Iced tea".to_owned())));
        assert_eq!(pages[0].keys[0].caption, None);
        assert_eq!([&pages[0], &pages[1]].map(|page| page.keys[0].named), [Named::Barcode, Named::Code]);
        assert!(Forms::built_in().product_pages().is_empty());
    }

    #[test]
    fn what_sells_no_product_is_no_product_key() {
        let other = PAGES.replace("SALE_PLU_CODE", "CASH_PAYMENT").replace("arg1 = \"10101\"", "");
        let refused = Forms::parse([other.as_str()]).unwrap_err();
        assert!(matches!(refused, FormError::NoProductKey { control, .. } if control == "TEA"));
    }

    #[test]
    fn a_product_key_asks_nothing_and_nobody_and_a_definition_that_wants_it_is_refused() {
        for (line, attribute) in
            [("confirm = true", "confirm"), ("required_capability = \"pos.override\"", "required_capability")]
        {
            let other = PAGES.replace("arg1 = \"10101\"", &format!("arg1 = \"10101\"\n{line}"));
            let refused = Forms::parse([other.as_str()]).unwrap_err();
            assert_eq!(
                refused.to_string(),
                format!("form SALE, control TEA: `{attribute}` means nothing there")
            );
        }
    }
}
