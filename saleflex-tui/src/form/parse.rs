//! From the text of a definition to a checked form.

use ratatui::layout::Size;
use saleflex_core::cashier::{Capability, Role};
use serde::Deserialize;

use super::{Caption, Cells, Control, ControlKind, Form, FormError, Function, Pixels};
use crate::{
    action::{Action, EventError},
    keymap::{Key, UnknownKey},
    text,
};

/// A definition as written. Field names are those of the form tables.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawForm {
    form_no: u16,
    name: String,
    caption: Option<String>,
    #[serde(default = "yes")]
    need_login: bool,
    required_capability: Option<String>,
    #[serde(default = "design_width")]
    width: u16,
    #[serde(default = "design_height")]
    height: u16,
    #[serde(default)]
    control: Vec<RawControl>,
    #[serde(default)]
    functions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawControl {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    function1: Option<String>,
    caption1: Option<String>,
    arg1: Option<String>,
    function2: Option<String>,
    caption2: Option<String>,
    arg2: Option<String>,
    hotkey: Option<String>,
    #[serde(default)]
    tabs: Vec<String>,
    location_x: Option<u16>,
    location_y: Option<u16>,
    width: Option<u16>,
    height: Option<u16>,
    cell: Option<[i16; 4]>,
    compact: Option<[i16; 4]>,
    wide: Option<[i16; 4]>,
    required_capability: Option<String>,
}

const fn yes() -> bool {
    true
}

const fn design_width() -> u16 {
    1024
}

const fn design_height() -> u16 {
    768
}

impl Form {
    /// Reads and checks a definition.
    ///
    /// # Errors
    /// [`FormError`] for the first thing that is wrong.
    pub fn parse(definition: &str) -> Result<Self, FormError> {
        let raw: RawForm = toml::from_str(definition)?;
        if raw.name.is_empty() || raw.control.iter().any(|control| control.name.is_empty()) {
            return Err(FormError::NoName { form_no: raw.form_no });
        }
        let controls: Result<Vec<Control>, FormError> =
            raw.control.into_iter().map(|control| parse_control(&raw.name, control)).collect();
        let form = Self {
            form_no: raw.form_no,
            required_capability: capability(&raw.name, raw.required_capability)?,
            caption: raw.caption.map(|words| caption(&raw.name, words)).transpose()?,
            functions: functions(&raw.name, raw.functions)?,
            need_login: raw.need_login,
            design: Size::new(raw.width, raw.height),
            controls: controls?,
            name: raw.name,
        };
        form.check_places()?;
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
        };
        match self.controls.iter().find(|control| !is_placed(control)) {
            Some(control) => {
                Err(FormError::NoPlace { form: self.name.clone(), control: control.name.clone() })
            }
            None => Ok(()),
        }
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

/// Tables that are filled by their name.
const TABLES: [&str; 2] = ["LIST", "RETURN_LINES"];
/// Panels that are filled by their name.
const PANELS: [&str; 7] =
    ["MESSAGE", "CUSTOMER", "LAST_RECEIPT", "RETURN_HEAD", "POINTS", "DEMO_PINS", "WELCOME"];

fn parse_control(form: &str, raw: RawControl) -> Result<Control, FormError> {
    let named = || (form.to_owned(), raw.name.clone());
    let kind = kind(&raw.kind).ok_or_else(|| {
        let (form, control) = named();
        FormError::UnknownKind { form, control, kind: raw.kind.clone() }
    })?;
    let event = |error| {
        let (form, control) = named();
        FormError::Event { form, control, error }
    };
    let caption1 = raw.caption1.map(|words| caption(form, words)).transpose()?;
    let caption2 = raw.caption2.map(|words| caption(form, words)).transpose()?;
    let first = function(raw.function1, raw.arg1.as_deref(), caption1.clone()).map_err(event)?;
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
        tabs: raw.tabs,
        pixels,
        cells: raw.cell.map(cells),
        compact: raw.compact.map(cells),
        wide: raw.wide.map(cells),
        required_capability: capability(form, raw.required_capability)?,
        name: raw.name,
    };
    let filled = match control.kind {
        ControlKind::DataGrid => &TABLES[..],
        ControlKind::Panel => &PANELS[..],
        _ => &[],
    };
    if matches!(control.kind, ControlKind::DataGrid | ControlKind::Panel)
        && !filled.contains(&control.name.as_str())
    {
        return Err(FormError::NothingFillsIt { form: form.to_owned(), control: control.name });
    }
    if control.kind == ControlKind::Button && control.first.is_none() {
        return Err(FormError::NoEvent { form: form.to_owned(), control: control.name });
    }
    Ok(control)
}

fn function(
    event: Option<String>,
    argument: Option<&str>,
    caption: Option<Caption>,
) -> Result<Option<Function>, EventError> {
    let Some(name) = event.filter(|event| event != "NONE") else { return Ok(None) };
    let action = Action::from_event(&name, argument)?;
    let event = argument.map_or_else(|| name.clone(), |argument| format!("{name} {argument}"));
    Ok(Some(Function { action, caption, event }))
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
        Ok(Function { action, caption: None, event })
    };
    events.into_iter().map(parse).collect()
}

/// A caption: `@Name` is a word of the language file, anything else stands as it is.
fn caption(form: &str, words: String) -> Result<Caption, FormError> {
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
        _ => return None,
    })
}

fn capability(form: &str, name: Option<String>) -> Result<Option<Capability>, FormError> {
    let Some(name) = name else { return Ok(None) };
    // An administrator holds every capability there is.
    let found = Role::Administrator.capabilities().into_iter().find(|known| known.name() == name);
    let unknown = || FormError::UnknownCapability { form: form.to_owned(), capability: name };
    found.map(Some).ok_or_else(unknown)
}
