use saleflex_core::printout::sheet::Narrow;

use crate::{
    device::{Trouble, scale::ScaleError},
    text::{Key, Text},
};

/// What is wrong with a device, and what can be done about it.
pub fn trouble(text: &Text, trouble: Trouble) -> String {
    text.word(match trouble {
        Trouble::Unreachable => Key::TroubleUnreachable,
        Trouble::Forbidden => Key::TroubleForbidden,
        Trouble::NoAnswer => Key::TroubleNoAnswer,
        Trouble::CutOff => Key::TroubleCutOff,
        Trouble::Nonsense => Key::TroubleNonsense,
        Trouble::CoverOpen => Key::TroubleCoverOpen,
        Trouble::PaperOut => Key::TroublePaperOut,
        Trouble::Jammed => Key::TroubleJammed,
        Trouble::Offline => Key::TroubleOffline,
        Trouble::Failed(kind) => return text.fill(Key::TroubleFailed, &[("why", &kind.to_string())]),
    })
    .to_owned()
}

/// What a form had no room for, of a document by its number.
pub fn narrow(text: &Text, number: &str, narrow: Narrow) -> String {
    let [row, column, width] = [narrow.row, narrow.column, narrow.width].map(|one| one.to_string());
    let needed = narrow.needed.to_string();
    let values =
        [("number", number), ("row", &row), ("column", &column), ("width", &width), ("needed", &needed)];
    text.fill(Key::FormNarrow, &values)
}

/// Why the scale gives no weight.
pub fn scale_error(text: &Text, error: ScaleError) -> String {
    match error {
        ScaleError::Moving => text.word(Key::ScaleMoving).to_owned(),
        ScaleError::Zero => text.word(Key::ScaleZero).to_owned(),
        ScaleError::BelowZero => text.word(Key::ScaleBelowZero).to_owned(),
        ScaleError::Overload => text.word(Key::ScaleOverload).to_owned(),
        ScaleError::Device(device) => text.fill(Key::ScaleTrouble, &[("trouble", &trouble(text, device))]),
    }
}
