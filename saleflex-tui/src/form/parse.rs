//! From the text of a definition to a checked form.

use ratatui::layout::Size;
use saleflex_core::cashier::Capability;
use saleflex_store::forms::{ControlRecord, FormRecord};

use super::{Caption, Cells, Control, ControlKind, Form, FormError, Function, Pixels, Typing, attributes};
use crate::{
    action::{self, Action, EventError},
    keymap::{Key, UnknownKey},
    registry, text,
};

impl Form {
    /// Reads and checks a definition.
    ///
    /// # Errors
    /// [`FormError`] for the first thing that is wrong.
    pub fn parse(definition: &str) -> Result<Self, FormError> {
        Self::from_record(&toml::from_str(definition)?)
    }

    /// Checks a definition.
    ///
    /// # Errors
    /// [`FormError`] for the first thing that is wrong within it.
    pub fn from_record(record: &FormRecord) -> Result<Self, FormError> {
        let raw = record.clone();
        if raw.name.is_empty() || raw.control.iter().any(|control| control.name.is_empty()) {
            return Err(FormError::NoName { form_no: raw.form_no });
        }
        let controls: Result<Vec<Control>, FormError> = raw
            .control
            .into_iter()
            .filter(|control| control.is_visible)
            .map(|control| parse_control(&raw.name, control))
            .collect();
        let form = Self {
            form_no: raw.form_no,
            required_capability: capability(&raw.name, raw.required_capability)?,
            caption: raw.caption.map(|words| caption(&raw.name, words)).transpose()?,
            functions: functions(&raw.name, raw.functions)?,
            need_login: raw.need_login,
            design: Size::new(raw.width, raw.height),
            least: attributes::least(record)?,
            display: attributes::display(record)?,
            controls: controls?,
            name: raw.name,
        };
        form.check_display()?;
        form.check_parents()?;
        form.check_fields()?;
        form.check_places()?;
        form.check_pages()?;
        form.check_names()?;
        form.check_keys()?;
        Ok(form)
    }

    /// Buttons of a form with a menu stand in the menu; everything else has a rectangle.
    fn check_places(&self) -> Result<(), FormError> {
        let has_menu = self.controls.iter().any(|control| control.kind == ControlKind::Menu);
        let is_placed = |control: &&Control| {
            let cells = [control.cells, control.compact, control.wide];
            control.pixels.is_some()
                || cells.iter().any(Option::is_some)
                || (has_menu && control.kind == ControlKind::Button)
                || (control.parent.is_some() && self.group_of(control).is_none())
        };
        match self.controls.iter().find(|control| !is_placed(control)) {
            Some(control) => {
                Err(FormError::NoPlace { form: self.name.clone(), control: control.name.clone() })
            }
            None => Ok(()),
        }
    }

    /// What stands in another control stands in one that is there; in the panel of a record it is one of its fields.
    fn check_parents(&self) -> Result<(), FormError> {
        for control in &self.controls {
            let Some(parent) = &control.parent else { continue };
            let named = || (self.name.clone(), control.name.clone());
            let Some(owner) = self.control(parent) else {
                let (form, control) = named();
                return Err(FormError::UnknownParent { form, control, parent: parent.clone() });
            };
            if !matches!(owner.kind, ControlKind::Panel | ControlKind::TabControl | ControlKind::Group) {
                let (form, control) = named();
                return Err(FormError::HoldsNothing { form, control, parent: parent.clone() });
            }
            let tabs = u16::try_from(owner.tabs.len()).unwrap_or(u16::MAX).max(1);
            let is_field = registry::model_of_panel(parent)
                .is_none_or(|model| model.shape().fields.contains(&control.name.as_str()));
            if control.tab >= tabs || !is_field {
                let (form, control) = named();
                return Err(FormError::NothingFillsIt { form, control });
            }
        }
        Ok(())
    }

    fn check_names(&self) -> Result<(), FormError> {
        for (at, control) in self.controls.iter().enumerate() {
            if self.controls.iter().skip(at + 1).any(|other| other.name == control.name) {
                return Err(FormError::DoubleControl {
                    form: self.name.clone(),
                    control: control.name.clone(),
                });
            }
        }
        Ok(())
    }

    fn check_keys(&self) -> Result<(), FormError> {
        for (at, control) in self.controls.iter().enumerate() {
            let Some(key) = control.hotkey else { continue };
            if let Some(other) = self.controls.iter().skip(at + 1).find(|other| other.hotkey == Some(key)) {
                return Err(FormError::DoubleKey {
                    form: self.name.clone(),
                    one: control.name.clone(),
                    other: other.name.clone(),
                    key: key.to_string(),
                });
            }
        }
        Ok(())
    }
}

/// How a control goes to another form.
const TRANSITIONS: [&str; 2] = ["REPLACE", "MODAL"];
/// Tables that are filled by their name.
const TABLES: [&str; 2] = ["LIST", "RETURN_LINES"];
/// Panels that are filled by their name.
const PANELS: [&str; 7] =
    ["MESSAGE", "CUSTOMER", "LAST_RECEIPT", "RETURN_HEAD", "POINTS", "DEMO_PINS", "WELCOME"];

fn parse_control(form: &str, raw: ControlRecord) -> Result<Control, FormError> {
    let named = || (form.to_owned(), raw.name.clone());
    let kind = kind(&raw.kind).ok_or_else(|| {
        let (form, control) = named();
        FormError::UnknownKind { form, control, kind: raw.kind.clone() }
    })?;
    let event = |error| {
        let (form, control) = named();
        FormError::Event { form, control, error }
    };
    let target = target(form, &raw)?;
    attributes::check(form, &raw, kind)?;
    let items = attributes::items(form, &raw)?;
    let look = attributes::look(form, &raw)?;
    let typing = Typing::of(form, &raw, kind)?;
    let address = raw.arg1.clone().filter(|_| kind == ControlKind::WebBrowser);
    let caption1 = raw.caption1.map(|words| caption(form, words)).transpose()?;
    let caption2 = raw.caption2.map(|words| caption(form, words)).transpose()?;
    let (function1, arg1) = match target {
        Some(target) => (Some("SHOW_FORM".to_owned()), Some(target)),
        // The event of a list is that of its rows, and an address has none.
        None if matches!(kind, ControlKind::ListBox | ControlKind::PopUp | ControlKind::WebBrowser) => {
            (None, None)
        }
        None => (raw.function1, raw.arg1),
    };
    let by_name =
        function1.as_deref().filter(|_| arg1.is_none()).and_then(|event| argument_of_name(event, &raw.name));
    let first = function(function1, arg1.as_deref().or(by_name), caption1.clone()).map_err(event)?;
    let first = if kind == ControlKind::PopUp { Some(pop_up(&raw.name, caption1.clone())) } else { first };
    let second = function(raw.function2, raw.arg2.as_deref(), caption2).map_err(event)?;
    let key = |error: UnknownKey| {
        let (form, control) = named();
        FormError::Key { form, control, error }
    };
    let hotkey = raw.hotkey.as_deref().map(Key::parse).transpose().map_err(key)?;
    let pixels = match (raw.location_x, raw.location_y, raw.width, raw.height) {
        (Some(x), Some(y), Some(width), Some(height)) => Some(Pixels { x, y, width, height }),
        _ => None,
    };
    let control = Control {
        kind,
        caption: if first.is_none() { caption1 } else { None },
        first,
        second,
        hotkey,
        parent: raw.parent_name,
        tab: raw.tab_index,
        tabs: raw.tabs.into_iter().map(|words| caption(form, words)).collect::<Result<_, _>>()?,
        pixels,
        cells: raw.cell.map(cells),
        compact: raw.compact.map(cells),
        wide: raw.wide.map(cells),
        required_capability: capability(form, raw.required_capability)?,
        confirm: raw.confirm,
        items,
        image: raw.image,
        address,
        typing,
        tip: raw.tool_tip.map(|words| caption(form, words)).transpose()?,
        look,
        name: raw.name,
    };
    check_use(form, control)
}

/// Refuses a table or panel that nothing fills and a button without an event.
fn check_use(form: &str, control: Control) -> Result<Control, FormError> {
    let filled = match control.kind {
        ControlKind::DataGrid => &TABLES[..],
        ControlKind::Panel => &PANELS[..],
        _ => &[],
    };
    if matches!(control.kind, ControlKind::DataGrid | ControlKind::Panel)
        && !filled.contains(&control.name.as_str())
        && registry::model_of_panel(&control.name).is_none()
        && control.parent.is_none()
    {
        return Err(FormError::NothingFillsIt { form: form.to_owned(), control: control.name });
    }
    if control.kind == ControlKind::Button && control.first.is_none() {
        return Err(FormError::NoEvent { form: form.to_owned(), control: control.name });
    }
    Ok(control)
}

/// The form a control goes to. How it goes there makes no difference on a terminal: the screen it leaves is the one
/// that Escape comes back to.
fn target(form: &str, raw: &ControlRecord) -> Result<Option<String>, FormError> {
    let bad = |reason: &str| FormError::BadTarget {
        form: form.to_owned(),
        control: raw.name.clone(),
        reason: reason.to_owned(),
    };
    if raw.form_transition_mode.as_deref().is_some_and(|mode| !TRANSITIONS.contains(&mode)) {
        return Err(bad("it goes there neither by REPLACE nor by MODAL"));
    }
    if raw.target_form.is_some() && raw.function1.is_some() {
        return Err(bad("it has an event as well"));
    }
    Ok(raw.target_form.clone())
}

/// What a control's name says where its event is given nothing, as in definitions of the original: `PLU5000157`,
/// `DEPARTMENT3`, `CASH2000`.
fn argument_of_name<'a>(event: &str, name: &'a str) -> Option<&'a str> {
    let before = match event {
        "SALE_PLU_BARCODE" | "SALE_PLU_CODE" => "PLU",
        "SALE_DEPARTMENT" => "DEPARTMENT",
        "CASH_PAYMENT" => "CASH",
        _ => return None,
    };
    let digits = name.strip_prefix(before)?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(digits)
}

pub(super) fn function(
    event: Option<String>,
    argument: Option<&str>,
    caption: Option<Caption>,
) -> Result<Option<Function>, EventError> {
    let Some(name) = event.filter(|event| event != "NONE") else { return Ok(None) };
    let action = Action::from_event(&name, argument)?;
    let name = action::ours(&name);
    let event = argument.map_or_else(|| name.to_owned(), |argument| format!("{name} {argument}"));
    Ok(Some(Function { action, caption, event }))
}

/// What pressing a pop-up means.
fn pop_up(name: &str, caption: Option<Caption>) -> Function {
    Function { action: Action::PopUp(name.to_owned()), caption, event: format!("POP_UP {name}") }
}

/// The functions of a palette, each an event name with or without an argument.
fn functions(form: &str, events: Vec<String>) -> Result<Vec<Function>, FormError> {
    let parse = |event: String| {
        let (name, argument) = match event.split_once(' ') {
            Some((name, argument)) => (name, Some(argument)),
            None => (event.as_str(), None),
        };
        let control = || "functions".to_owned();
        let action = Action::from_event(name, argument).map_err(|error| FormError::Event {
            form: form.to_owned(),
            control: control(),
            error,
        })?;
        let name = action::ours(name);
        let event = argument.map_or_else(|| name.to_owned(), |argument| format!("{name} {argument}"));
        Ok(Function { action, caption: None, event })
    };
    events.into_iter().map(parse).collect()
}

/// A caption: `@Name` is a word of the language file, anything else stands as it is.
pub(super) fn caption(form: &str, words: String) -> Result<Caption, FormError> {
    let Some(name) = words.strip_prefix('@') else { return Ok(Caption::Words(words)) };
    let unknown = || FormError::UnknownWord { form: form.to_owned(), word: name.to_owned() };
    text::Key::from_name(name).map(Caption::Key).ok_or_else(unknown)
}

const fn cells([x, y, w, h]: [i16; 4]) -> Cells {
    Cells { x, y, w, h }
}

/// A control's type by its name; the name decides, as in the original's tables.
fn kind(name: &str) -> Option<ControlKind> {
    Some(match name {
        "BUTTON" => ControlKind::Button,
        "LABEL" => ControlKind::Label,
        "TEXTBOX" => ControlKind::TextBox,
        "PASSWORD" => ControlKind::Password,
        "CHECKBOX" => ControlKind::CheckBox,
        "COMBOBOX" => ControlKind::ComboBox,
        "DATAGRID" => ControlKind::DataGrid,
        "SALESLIST" => ControlKind::SalesList,
        "PAYMENTLIST" => ControlKind::PaymentList,
        "AMOUNTSTABLE" => ControlKind::AmountsTable,
        "NUMPAD" => ControlKind::NumPad,
        "TABCONTROL" => ControlKind::TabControl,
        "TOOLBAR" => ControlKind::ToolBar,
        "STATUSBAR" => ControlKind::StatusBar,
        "MENU" => ControlKind::Menu,
        "PANEL" => ControlKind::Panel,
        "GROUP" => ControlKind::Group,
        "PICTURE" => ControlKind::Picture,
        "LISTBOX" => ControlKind::ListBox,
        "POP_UP" => ControlKind::PopUp,
        "WEBBROWSER" => ControlKind::WebBrowser,
        "TRANSACTION_STATUS" => ControlKind::TransactionStatus,
        _ => return None,
    })
}

fn capability(form: &str, name: Option<String>) -> Result<Option<Capability>, FormError> {
    let Some(name) = name else { return Ok(None) };
    let found = Capability::ALL.into_iter().find(|known| known.name() == name);
    let unknown = || FormError::UnknownCapability { form: form.to_owned(), capability: name };
    found.map(Some).ok_or_else(unknown)
}
