//! Controls that show what their definition says: labels, pictures, groups, lists; and how far the document is.

use ratatui::{
    Frame,
    layout::{Alignment, Position, Rect, Size},
    text::{Line, Span},
    widgets::{Block, Paragraph, Wrap},
};
use saleflex_core::document::{Document, Kind};

use super::code::Code;
use crate::{action::Action, app::State, form::Control, text::Key, theme::Theme, widget::within};

pub(super) fn draw_label(state: &State, theme: &Theme, frame: &mut Frame<'_>, control: &Control, rect: Rect) {
    let Some(caption) = &control.caption else { return };
    let lines: Vec<Line<'_>> = state.text.caption(caption).lines().map(Line::from).collect();
    let alignment = control.look.alignment.unwrap_or(Alignment::Center);
    let style = theme.dressed(theme.text, &control.look);
    let text = Paragraph::new(lines).style(style).alignment(alignment).wrap(Wrap { trim: false });
    frame.render_widget(text, rect);
}

/// What a picture shows, in words: no terminal draws its file.
pub(super) fn draw_picture(
    state: &State,
    theme: &Theme,
    frame: &mut Frame<'_>,
    control: &Control,
    rect: Rect,
) {
    let words = match (&control.caption, &control.image) {
        (Some(caption), _) => state.text.caption(caption),
        (None, Some(image)) => image,
        (None, None) => return,
    };
    let alignment = control.look.alignment.unwrap_or(Alignment::Center);
    let style = theme.dressed(theme.dim, &control.look);
    let text = Paragraph::new(format!("[ {words} ]")).style(style).alignment(alignment);
    frame.render_widget(text.wrap(Wrap { trim: true }), rect);
}

/// Where a page of the web is: whoever wants it opens it elsewhere, by its code where there is room for one.
pub(super) fn draw_address(
    state: &State,
    theme: &Theme,
    frame: &mut Frame<'_>,
    control: &Control,
    rect: Rect,
) {
    let Some(address) = &control.address else { return };
    let block = frame_of(state, theme, control);
    let inner = block.inner(rect);
    frame.render_widget(block, rect);
    let lines = vec![
        Line::styled(address.as_str(), theme.dressed(theme.text, &control.look)),
        Line::styled(state.text.word(Key::NoBrowser), theme.dim),
    ];
    let words = draw_code_of(address, theme, frame, inner);
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), words);
}

/// Draws the code of an address at the right, else at the bottom, where that leaves room for the words; they have what is
/// left, which is all of it where there is no room for both.
fn draw_code_of(address: &str, theme: &Theme, frame: &mut Frame<'_>, inner: Rect) -> Rect {
    const WORDS: Size = Size::new(24, 4);
    let Some(code) = Code::of(address, theme) else { return inner };
    let Size { width, height } = code.size();
    let beside = inner.width.saturating_sub(width + 1);
    let above = inner.height.saturating_sub(height);
    if inner.height >= height && beside >= WORDS.width {
        code.draw(frame, Rect { x: inner.right() - width, y: inner.y, width, height });
        return Rect { width: beside, ..inner };
    }
    if inner.width >= width && above >= WORDS.height {
        code.draw(frame, Rect { x: inner.x, y: inner.bottom() - height, width, height });
        return Rect { height: above, ..inner };
    }
    inner
}

pub(super) fn draw_group(state: &State, theme: &Theme, frame: &mut Frame<'_>, control: &Control, rect: Rect) {
    frame.render_widget(frame_of(state, theme, control), rect);
}

/// The frame of a control, with its caption as the title.
fn frame_of<'a>(state: &State, theme: &Theme, control: &Control) -> Block<'a> {
    let title = control.caption.as_ref().map_or("", |caption| state.text.caption(caption));
    let title = if title.is_empty() { String::new() } else { format!(" {title} ") };
    let title = Span::styled(title, theme.dressed(theme.title, &control.look));
    Block::bordered().title(title).border_style(theme.dressed(theme.frame, &control.look))
}

/// A list, scrolled so that the row that Enter chooses is in sight.
pub(super) fn draw_list(state: &State, theme: &Theme, frame: &mut Frame<'_>, control: &Control, rect: Rect) {
    let block = frame_of(state, theme, control);
    let inner = block.inner(rect);
    frame.render_widget(block, rect);
    let focused = focused(state, control);
    let rows = control.items.iter().enumerate().skip(first_shown(state, control, inner));
    let lines = rows.take(usize::from(inner.height)).map(|(row, item)| {
        let is_locked =
            state.needs_agreement(control, item.function.as_ref().map(|function| &function.action));
        let style = if focused == Some(row) {
            theme.selected
        } else if is_locked {
            theme.locked
        } else {
            theme.dressed(theme.text, &control.look)
        };
        let star = if is_locked { " *" } else { "" };
        Line::styled(format!("{}{star}", state.text.caption(&item.words)), style)
    });
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), inner);
}

/// The row that Enter chooses.
fn focused(state: &State, control: &Control) -> Option<usize> {
    state.focus.as_ref().filter(|focus| focus.control == control.name).map(|focus| focus.row)
}

fn first_shown(state: &State, control: &Control, inner: Rect) -> usize {
    let at = focused(state, control).unwrap_or_default();
    (at + 1).saturating_sub(usize::from(inner.height))
}

/// What a press of the mouse on a list means.
pub(super) fn action_at(state: &State, control: &Control, rect: Rect, position: Position) -> Option<Action> {
    let inner = within(rect);
    let row = usize::from(position.y.checked_sub(inner.y)?) + first_shown(state, control, inner);
    let item = control.items.get(row).filter(|_| inner.contains(position))?;
    item.function.as_ref().map(|function| function.action.clone())
}

/// How far the document is, as a badge.
pub(super) fn draw_status(
    state: &State,
    theme: &Theme,
    frame: &mut Frame<'_>,
    control: &Control,
    rect: Rect,
) {
    let (key, style) = match state.view.document.as_ref() {
        None => (Key::BadgeReady, theme.dim),
        Some(document) if document.counted_tenders().next().is_some() => (Key::BadgePaying, theme.notice),
        Some(document) if document.kind == Kind::Return => (Key::BadgeReturn, theme.notice),
        Some(document) if is_empty(document) => (Key::BadgeReady, theme.dim),
        Some(_) => (Key::BadgeActive, theme.strong),
    };
    let badge = Paragraph::new(state.text.word(key)).alignment(Alignment::Center);
    frame.render_widget(badge.style(theme.dressed(style, &control.look)), rect);
}

fn is_empty(document: &Document) -> bool {
    document.active_lines().next().is_none()
}
