//! What a control looks like and what it lists: attributes that not every type of control takes.

use ratatui::{
    layout::{Alignment, Size},
    style::Color,
};
use saleflex_store::forms::{ControlRecord, FormRecord};

use super::{Caption, ControlKind, Display, FormError, Function, SMALLEST, Typing, parse};

/// How a control looks where its definition says so.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Look {
    /// Where its text stands.
    pub alignment: Option<Alignment>,
    /// The colour of its text.
    pub text: Option<Color>,
    /// The colour behind it.
    pub ground: Option<Color>,
}

/// A row of a list whose rows a definition gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it says.
    pub words: Caption,
    /// What choosing it means; none where the list is only read.
    pub function: Option<Function>,
}

/// The sixteen colours of a terminal and what they are mixed of. Terminals differ a little; these are xterm's.
const SIXTEEN: [(Color, [u8; 3]); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 0, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::Blue, [0, 0, 238]),
    (Color::Magenta, [205, 0, 205]),
    (Color::Cyan, [0, 205, 205]),
    (Color::Gray, [229, 229, 229]),
    (Color::DarkGray, [127, 127, 127]),
    (Color::LightRed, [255, 0, 0]),
    (Color::LightGreen, [0, 255, 0]),
    (Color::LightYellow, [255, 255, 0]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::LightMagenta, [255, 0, 255]),
    (Color::LightCyan, [0, 255, 255]),
    (Color::White, [255, 255, 255]),
];

/// More columns or rows than this no terminal has.
const MOST_CELLS: u16 = 500;

/// Whose display a form is for; the cashier's where it says nothing.
pub(super) fn display(form: &FormRecord) -> Result<Display, FormError> {
    match form.display_mode.as_deref() {
        None | Some("MAIN") => Ok(Display::Cashier),
        Some("CUSTOMER") => Ok(Display::Customer),
        Some("BOTH") => Ok(Display::Both),
        Some(mode) => Err(bad(form, "display_mode", mode, "it is MAIN, CUSTOMER or BOTH")),
    }
}

/// An attribute of a form with a value that it cannot have.
fn bad(form: &FormRecord, attribute: &'static str, value: &str, why: &'static str) -> FormError {
    FormError::BadOfForm { form: form.name.clone(), attribute, value: value.to_owned(), why }
}

/// The smallest terminal that a form is drawn on; nothing where it says nothing and is drawn on each.
pub(super) fn least(form: &FormRecord) -> Result<Size, FormError> {
    let cells = |attribute, value: Option<u16>| match value {
        Some(value) if !(1..=MOST_CELLS).contains(&value) => {
            Err(bad(form, attribute, &value.to_string(), "it is 1 to 500"))
        }
        value => Ok(value.unwrap_or_default()),
    };
    let (columns, rows) = (cells("min_cols", form.min_cols)?, cells("min_rows", form.min_rows)?);
    if columns <= SMALLEST.width && rows <= SMALLEST.height {
        return Ok(Size::default());
    }
    Ok(Size::new(columns.max(SMALLEST.width), rows.max(SMALLEST.height)))
}

/// Refuses what means nothing on a control of its type, and what a control of its type cannot do without.
pub(super) fn check(form: &str, raw: &ControlRecord, kind: ControlKind) -> Result<(), FormError> {
    let named = || (form.to_owned(), raw.name.clone());
    if let Some(attribute) = out_of_place(form, raw, kind) {
        let (form, control) = named();
        return Err(FormError::OutOfPlace { form, control, attribute });
    }
    let is_empty = match kind {
        ControlKind::ListBox => raw.list_values.is_empty(),
        ControlKind::PopUp => raw.list_values.is_empty() || raw.caption1.is_none(),
        ControlKind::Picture => raw.caption1.is_none() && raw.image.is_none(),
        ControlKind::WebBrowser => raw.arg1.is_none(),
        _ => false,
    };
    if is_empty {
        let (form, control) = named();
        return Err(FormError::ShowsNothing { form, control });
    }
    let address = raw.arg1.as_deref().filter(|_| kind == ControlKind::WebBrowser);
    match address.filter(|address| !is_address(address)) {
        Some(value) => {
            let ((form, control), value) = (named(), value.to_owned());
            Err(FormError::BadValue { form, control, attribute: "arg1", value })
        }
        None => Ok(()),
    }
}

/// The first attribute that is given and means nothing on a control of its type.
fn out_of_place(form: &str, raw: &ControlRecord, kind: ControlKind) -> Option<&'static str> {
    use ControlKind as Kind;
    let has_rows = matches!(kind, Kind::ListBox | Kind::PopUp);
    let is_address = kind == Kind::WebBrowser;
    let is_text = kind == Kind::TextBox && Typing::is_for(form, kind);
    let does = [&raw.function1, &raw.function2].into_iter().flatten().any(|event| event != "NONE");
    let is_drawn_plain = is_address
        || has_rows
        || matches!(kind, Kind::Button | Kind::Label | Kind::Picture | Kind::Group | Kind::TransactionStatus);
    let given = [
        ("confirm", raw.confirm, does || raw.target_form.is_some()),
        ("list_values", !raw.list_values.is_empty(), has_rows),
        ("image", raw.image.is_some(), kind == Kind::Picture),
        ("tool_tip", raw.tool_tip.is_some(), has_rows || kind == Kind::Button),
        ("text_alignment", raw.text_alignment.is_some(), matches!(kind, Kind::Label | Kind::Picture)),
        ("fore_color", raw.fore_color.is_some(), is_drawn_plain),
        ("back_color", raw.back_color.is_some(), is_drawn_plain),
        ("function1", raw.function1.is_some(), !is_address),
        ("function2", raw.function2.is_some(), !has_rows && !is_address),
        ("arg1", raw.arg1.is_some(), !has_rows),
        ("target_form", raw.target_form.is_some(), !has_rows && !is_address),
        ("hotkey", raw.hotkey.is_some(), kind != Kind::ListBox && !is_address),
        // Nothing is kept from anybody by a lock on what is only read.
        ("required_capability", raw.required_capability.is_some(), does || kind != Kind::PopUp),
        ("character_casing", raw.character_casing.is_some(), is_text),
        ("input_type", raw.input_type.is_some(), Typing::is_for(form, kind)),
        // A group stands on the screen itself, so that it is clear where its controls are.
        ("parent_name", raw.parent_name.is_some(), kind != Kind::Group),
    ];
    given
        .into_iter()
        .find(|(_, is_given, has_meaning)| *is_given && !has_meaning)
        .map(|(attribute, ..)| attribute)
}

/// Whether a browser elsewhere would find something there.
fn is_address(address: &str) -> bool {
    let place = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    place.is_some_and(|place| !place.is_empty() && place.chars().all(|one| one.is_ascii_graphic()))
}

/// The rows of a list: `ARGUMENT` or `ARGUMENT=words`, each with the event of the list given that.
pub(super) fn items(form: &str, raw: &ControlRecord) -> Result<Vec<Item>, FormError> {
    let item = |value: &String| {
        let (argument, words) = value.split_once('=').unwrap_or((value, value));
        let words = parse::caption(form, words.to_owned())?;
        let function = parse::function(raw.function1.clone(), Some(argument), Some(words.clone()));
        let function = function.map_err(|error| FormError::Event {
            form: form.to_owned(),
            control: raw.name.clone(),
            error,
        })?;
        Ok(Item { words, function })
    };
    raw.list_values.iter().map(item).collect()
}

/// How it looks.
pub(super) fn look(form: &str, raw: &ControlRecord) -> Result<Look, FormError> {
    let bad = |attribute: &'static str, value: &str| FormError::BadValue {
        form: form.to_owned(),
        control: raw.name.clone(),
        attribute,
        value: value.to_owned(),
    };
    let alignment = raw
        .text_alignment
        .as_deref()
        .map(|value| alignment(value).ok_or_else(|| bad("text_alignment", value)));
    let colour = |attribute, value: &Option<String>| {
        let value = value.as_deref();
        value.map(|value| colour(value).ok_or_else(|| bad(attribute, value))).transpose()
    };
    Ok(Look {
        alignment: alignment.transpose()?,
        text: colour("fore_color", &raw.fore_color)?,
        ground: colour("back_color", &raw.back_color)?,
    })
}

fn alignment(value: &str) -> Option<Alignment> {
    match value {
        "LEFT" => Some(Alignment::Left),
        "CENTER" => Some(Alignment::Center),
        "RIGHT" => Some(Alignment::Right),
        _ => None,
    }
}

/// The nearest of the sixteen colours that every terminal has, to `0xRRGGBB` or `#RRGGBB`.
pub(crate) fn colour(value: &str) -> Option<Color> {
    let digits = value.strip_prefix("0x").or_else(|| value.strip_prefix('#'))?;
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let [_, wanted @ ..] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    let distance = |mixed: &[u8; 3]| -> u32 {
        mixed.iter().zip(wanted).map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).sum()
    };
    SIXTEEN.iter().min_by_key(|(_, mixed)| distance(mixed)).map(|(colour, _)| *colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_the_nearest_of_those_that_every_terminal_has() {
        let colours = ["0xFF0000", "#102030", "0xfefefe", "0x6060F0", "#00C800"].map(colour);
        let nearest = [Color::LightRed, Color::Black, Color::White, Color::LightBlue, Color::Green];
        assert_eq!(colours, nearest.map(Some));
        for value in ["red", "0x12345", "#1234567", "0x12G456", "", "123456", "0x+12345", "#çç"] {
            assert_eq!(colour(value), None, "{value}");
        }
    }
}
