//! Pages of product keys: a tab a department, nine keys at a time, and the department's own key.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};
use saleflex_core::catalog::PriceRule;

use crate::{
    action::Action,
    app::{KEYS_SHOWN, State},
    text::Key,
    theme::Theme,
    view::ProductKey,
    widget::framed,
};

/// Keys in a row.
const COLUMNS: u16 = 5;

pub(super) fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    if state.view.pages.is_empty() || rect.height < 3 {
        return;
    }
    let inner = framed(theme, frame, rect, "");
    let mut spans = Vec::new();
    for (at, words, _) in tabs(state) {
        let style = if at == state.selling.page { theme.selected } else { theme.title };
        spans.push(Span::styled(words, style));
        spans.push(Span::raw(" "));
    }
    let bar = Rect { x: rect.x + 1, y: rect.y, width: rect.width.saturating_sub(2), height: 1 };
    frame.render_widget(Paragraph::new(Line::from(spans)), bar);
    let Some(page) = state.view.pages.get(state.selling.page) else { return };
    for (at, cell) in cells(inner).into_iter().enumerate() {
        match page.keys.get(state.selling.part * KEYS_SHOWN + at) {
            Some(key) if at < KEYS_SHOWN => draw_key(state, theme, frame, cell, at, key),
            _ if at == KEYS_SHOWN => {
                let words = state.text.fill(Key::DepartmentKey, &[("name", &page.name)]);
                let line = Line::from(vec![Span::styled("0 ", theme.key), Span::raw(words)]);
                frame.render_widget(Paragraph::new(line), cell);
            }
            _ => {}
        }
    }
}

fn draw_key(state: &State, theme: &Theme, frame: &mut Frame<'_>, cell: Rect, at: usize, key: &ProductKey) {
    let style = if key.is_sellable { theme.button } else { theme.voided };
    let name = Line::from(vec![
        Span::styled(format!("{} ", at + 1), theme.key),
        Span::styled(key.name.clone(), style),
    ]);
    let price = match key.price_rule {
        PriceRule::Open => state.text.word(Key::OpenPrice).to_owned(),
        _ => key.price.to_string(),
    };
    let mut lines = vec![name];
    if cell.height > 1 {
        lines.push(Line::styled(format!("  {price}"), theme.dim));
    }
    frame.render_widget(Paragraph::new(lines), cell);
}

/// The tabs with their columns from the left of the bar: the page, its words, where they begin.
fn tabs(state: &State) -> Vec<(usize, String, u16)> {
    let mut x = 0_u16;
    let mut tabs = Vec::new();
    for (at, page) in state.view.pages.iter().enumerate() {
        let parts = page.keys.len().div_ceil(KEYS_SHOWN).max(1);
        let part = if at == state.selling.page && parts > 1 {
            format!(" {}/{parts}", state.selling.part + 1)
        } else {
            String::new()
        };
        let key = if at < 4 { format!("F{} ", at + 5) } else { String::new() };
        let words = format!(" {key}{}{part} ", page.name);
        let width = u16::try_from(Span::raw(words.as_str()).width()).unwrap_or(u16::MAX);
        tabs.push((at, words, x));
        x = x.saturating_add(width + 1);
    }
    tabs
}

/// The ten cells: nine products and the department.
fn cells(inner: Rect) -> Vec<Rect> {
    let width = inner.width / COLUMNS;
    let height = (inner.height / 2).max(1);
    (0..2)
        .flat_map(|row| (0..COLUMNS).map(move |column| (row, column)))
        .map(|(row, column)| Rect {
            x: inner.x + column * width,
            y: inner.y + row * height,
            width: width.saturating_sub(1),
            height,
        })
        .map(|cell| cell.intersection(inner))
        .collect()
}

/// What a press of the mouse on a tab or a key means.
pub(super) fn action_at(state: &State, rect: Rect, column: u16, row: u16) -> Option<Action> {
    if row == rect.y {
        let at = column.checked_sub(rect.x + 1)?;
        let (page, ..) = tabs(state).into_iter().rev().find(|(_, _, x)| *x <= at)?;
        return u8::try_from(page + 1).ok().map(Action::ProductPage);
    }
    let inner = Rect {
        x: rect.x + 1,
        y: rect.y + 1,
        width: rect.width.saturating_sub(2),
        height: rect.height.saturating_sub(2),
    };
    let position = ratatui::layout::Position::new(column, row);
    let at = cells(inner).iter().position(|cell| cell.contains(position))?;
    match u8::try_from(at + 1).ok()? {
        10 => Some(Action::PageDepartment),
        key => Some(Action::ProductKey(key)),
    }
}
