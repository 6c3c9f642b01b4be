//! What a control looks like and what it lists: attributes that not every type of control takes.

use ratatui::{layout::Alignment, style::Color};
use saleflex_store::forms::ControlRecord;

use super::{Caption, ControlKind, FormError, Function, parse};

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

/// Refuses what means nothing on a control of its type, and what a control of its type cannot do without.
pub(super) fn check(form: &str, raw: &ControlRecord, kind: ControlKind) -> Result<(), FormError> {
    use ControlKind as Kind;
    let is_list = kind == Kind::ListBox;
    let does = [&raw.function1, &raw.function2].into_iter().flatten().any(|event| event != "NONE");
    let is_drawn_plain = matches!(
        kind,
        Kind::Button | Kind::Label | Kind::Picture | Kind::ListBox | Kind::Group | Kind::TransactionStatus
    );
    let given = [
        ("confirm", raw.confirm, does || raw.target_form.is_some()),
        ("list_values", !raw.list_values.is_empty(), is_list),
        ("image", raw.image.is_some(), kind == Kind::Picture),
        ("tool_tip", raw.tool_tip.is_some(), matches!(kind, Kind::Button | Kind::ListBox)),
        ("text_alignment", raw.text_alignment.is_some(), matches!(kind, Kind::Label | Kind::Picture)),
        ("fore_color", raw.fore_color.is_some(), is_drawn_plain),
        ("back_color", raw.back_color.is_some(), is_drawn_plain),
        ("function2", raw.function2.is_some(), !is_list),
        ("arg1", raw.arg1.is_some(), !is_list),
        ("target_form", raw.target_form.is_some(), !is_list),
        ("hotkey", raw.hotkey.is_some(), !is_list),
        // A group stands on the screen itself, so that it is clear where its controls are.
        ("parent_name", raw.parent_name.is_some(), kind != Kind::Group),
    ];
    let named = || (form.to_owned(), raw.name.clone());
    if let Some((attribute, ..)) =
        given.into_iter().find(|(_, is_given, has_meaning)| *is_given && !has_meaning)
    {
        let (form, control) = named();
        return Err(FormError::OutOfPlace { form, control, attribute });
    }
    let is_empty = match kind {
        Kind::ListBox => raw.list_values.is_empty(),
        Kind::Picture => raw.caption1.is_none() && raw.image.is_none(),
        _ => false,
    };
    if is_empty {
        let (form, control) = named();
        return Err(FormError::ShowsNothing { form, control });
    }
    Ok(())
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
fn colour(value: &str) -> Option<Color> {
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
