//! How things look, by what they mean. Sixteen colours at most, so that every terminal can show them; without
//! colours (`NO_COLOR`) the same meanings are told by bold, reverse, underline and strike-through alone.

use ratatui::style::{Color, Modifier, Style};

use crate::{form::Look, text::Key};

/// The themes by name, and what each is called; the first is taken where none is chosen.
pub const NAMES: [(&str, Key); 4] = [
    ("standard", Key::ThemeStandard),
    ("warm", Key::ThemeWarm),
    ("contrast", Key::ThemeContrast),
    ("plain", Key::ThemePlain),
];

/// A style for each meaning on the screen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Theme {
    /// Plain text.
    pub text: Style,
    /// Text of less weight: hints, units, empty lists.
    pub dim: Style,
    /// Frames around blocks.
    pub frame: Style,
    /// The title bar and headings.
    pub title: Style,
    /// Amounts that decide: the balance, the change.
    pub strong: Style,
    /// The row or button the next key acts on.
    pub selected: Style,
    /// A button.
    pub button: Style,
    /// The key that presses a button.
    pub key: Style,
    /// A button the cashier needs a manager for.
    pub locked: Style,
    /// A line that was taken back.
    pub voided: Style,
    /// A discount or surcharge below a line.
    pub adjustment: Style,
    /// Something went as asked.
    pub good: Style,
    /// Something was refused.
    pub bad: Style,
    /// Something to look at: a pending multiplier, an armed inquiry.
    pub notice: Style,
    /// The status bar.
    pub bar: Style,
    /// Where typing goes.
    pub input: Style,
    /// Colours that a screen's definition gives are shown; else the theme has reasons for its own.
    pub takes_colours: bool,
}

impl Theme {
    /// Sixteen colours, readable on a dark and on a light background: the background is the terminal's own.
    pub const fn colours() -> Self {
        let plain = Style::new();
        Self {
            text: plain,
            dim: plain.add_modifier(Modifier::DIM),
            frame: plain.add_modifier(Modifier::DIM),
            title: plain.add_modifier(Modifier::BOLD),
            strong: plain.add_modifier(Modifier::BOLD),
            selected: plain.add_modifier(Modifier::REVERSED),
            button: plain,
            key: plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
            locked: plain.add_modifier(Modifier::DIM),
            voided: plain.add_modifier(Modifier::DIM).add_modifier(Modifier::CROSSED_OUT),
            adjustment: plain.fg(Color::Magenta),
            good: plain.fg(Color::Green).add_modifier(Modifier::BOLD),
            bad: plain.fg(Color::Red).add_modifier(Modifier::BOLD),
            notice: plain.fg(Color::Yellow).add_modifier(Modifier::BOLD),
            bar: plain.add_modifier(Modifier::REVERSED),
            input: plain.add_modifier(Modifier::BOLD),
            takes_colours: true,
        }
    }

    /// The theme of a name; the standard one where there is none.
    pub fn of(name: Option<&str>) -> Self {
        match name {
            Some("warm") => Self::warm(),
            Some("contrast") => Self::contrast(),
            Some("plain") => Self::plain(),
            _ => Self::colours(),
        }
    }

    /// Yellow keys, blue bars.
    pub const fn warm() -> Self {
        let plain = Style::new();
        let standard = Self::colours();
        Self {
            key: plain.fg(Color::Yellow).add_modifier(Modifier::BOLD),
            title: plain.fg(Color::Yellow).add_modifier(Modifier::BOLD),
            bar: plain.fg(Color::White).bg(Color::Blue),
            selected: plain.fg(Color::Black).bg(Color::Yellow),
            adjustment: plain.fg(Color::Cyan),
            notice: plain.fg(Color::Magenta).add_modifier(Modifier::BOLD),
            ..standard
        }
    }

    /// White on black, for screens in bright light and for weak eyes: nothing is dim.
    pub const fn contrast() -> Self {
        let plain = Style::new().fg(Color::White).bg(Color::Black);
        let bold = plain.add_modifier(Modifier::BOLD);
        Self {
            text: plain,
            dim: plain,
            frame: plain,
            title: bold,
            strong: plain.fg(Color::LightYellow).add_modifier(Modifier::BOLD),
            selected: Style::new().fg(Color::Black).bg(Color::LightYellow).add_modifier(Modifier::BOLD),
            button: plain,
            key: plain.fg(Color::LightYellow).add_modifier(Modifier::BOLD),
            locked: plain.add_modifier(Modifier::ITALIC),
            voided: plain.add_modifier(Modifier::CROSSED_OUT),
            adjustment: plain.fg(Color::LightCyan),
            good: plain.fg(Color::LightGreen).add_modifier(Modifier::BOLD),
            bad: Style::new().fg(Color::White).bg(Color::Red).add_modifier(Modifier::BOLD),
            notice: plain.fg(Color::LightYellow).add_modifier(Modifier::BOLD),
            bar: Style::new().fg(Color::Black).bg(Color::White),
            input: bold,
            takes_colours: false,
        }
    }

    /// No colour at all.
    pub const fn plain() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        Self {
            text: plain,
            dim: plain,
            frame: plain,
            title: bold,
            strong: bold,
            selected: plain.add_modifier(Modifier::REVERSED),
            button: plain,
            key: bold.add_modifier(Modifier::UNDERLINED),
            locked: plain.add_modifier(Modifier::DIM),
            voided: plain.add_modifier(Modifier::CROSSED_OUT),
            adjustment: plain,
            good: bold,
            bad: bold.add_modifier(Modifier::REVERSED),
            notice: bold.add_modifier(Modifier::UNDERLINED),
            bar: plain.add_modifier(Modifier::REVERSED),
            input: bold,
            takes_colours: false,
        }
    }

    /// A style with the colours that a control's definition gives, where the theme shows them.
    pub fn dressed(&self, style: Style, look: &Look) -> Style {
        if !self.takes_colours {
            return style;
        }
        let style = look.text.map_or(style, |colour| style.fg(colour));
        look.ground.map_or(style, |colour| style.bg(colour))
    }

    /// Whether the value of the environment variable `NO_COLOR` wants none: set and not empty (no-color.org).
    pub fn is_no_color(value: Option<&str>) -> bool {
        value.is_some_and(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_color_means_no_colour_and_still_tells_voided_selected_and_refused_apart() {
        let theme = Theme::plain();
        for style in [theme.voided, theme.selected, theme.bad, theme.key, theme.notice] {
            assert_eq!((style.fg, style.bg), (None, None));
            assert_ne!(style, theme.text);
        }
        assert_ne!(theme.voided, theme.selected);
        assert!(Theme::is_no_color(Some("1")) && !Theme::is_no_color(Some("")) && !Theme::is_no_color(None));
    }

    #[test]
    fn every_theme_tells_voided_selected_and_refused_apart_and_an_unknown_name_is_the_standard_one() {
        for (name, _) in NAMES {
            let theme = Theme::of(Some(name));
            let styles = [theme.text, theme.voided, theme.selected, theme.bad, theme.key];
            for (at, style) in styles.iter().enumerate() {
                assert!(!styles.iter().skip(at + 1).any(|other| other == style), "{name}");
            }
        }
        assert_eq!(Theme::of(Some("no such theme")), Theme::of(None));
    }
}
