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
    view::{self, ProductKey},
    widget::framed,
};

/// Keys in a row.
const COLUMNS: u16 = 5;

pub(super) fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    if state.view.pages.is_empty() || rect.height < 3 {
        return;
    }
    let inner = framed(theme, frame, rect, "");
    let bar = bar(rect);
    let spans = tabs(state, bar.width).into_iter().flat_map(|tab| {
        let style = if tab.page == state.selling.page { theme.selected } else { theme.title };
        [Span::styled(tab.words, style), Span::raw(" ")]
    });
    frame.render_widget(Paragraph::new(spans.collect::<Line<'_>>()), bar);
    let Some(page) = state.view.pages.get(state.selling.page) else { return };
    if page.keys.is_empty() && page.department.is_none() {
        let hint = Paragraph::new(state.text.word(Key::FavouritesEmpty)).style(theme.dim);
        frame.render_widget(hint, inner);
    }
    for (at, cell) in cells(inner).into_iter().enumerate() {
        match page.keys.get(state.selling.part * KEYS_SHOWN + at) {
            Some(key) if at < KEYS_SHOWN => draw_key(state, theme, frame, cell, at, key),
            _ if at == KEYS_SHOWN && page.department.is_some() => {
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
        _ => view::price(&state.view.currency, key.price),
    };
    let mut lines = vec![name];
    if cell.height > 1 {
        lines.push(Line::styled(format!("  {price}"), theme.dim));
    }
    frame.render_widget(Paragraph::new(lines), cell);
}

/// A tab: its page, its words, and where it begins on the bar.
struct Tab {
    page: usize,
    words: String,
    x: u16,
}

/// The row of tabs.
fn bar(rect: Rect) -> Rect {
    Rect { x: rect.x + 1, width: rect.width.saturating_sub(2), height: 1, ..rect }
}

/// The tabs on a bar of this width. Where not all fit, the first ones are left out until the page shown is on it.
fn tabs(state: &State, width: u16) -> Vec<Tab> {
    let words: Vec<String> = (0..state.view.pages.len()).map(|page| words_of_tab(state, page)).collect();
    let columns = |words: &String| u16::try_from(Span::raw(words.as_str()).width()).unwrap_or(u16::MAX) + 1;
    let shown = state.selling.page;
    let mut first = 0;
    while first < shown && words.iter().take(shown + 1).skip(first).map(columns).sum::<u16>() > width {
        first += 1;
    }
    let mut x = 0;
    let mut tabs = Vec::new();
    for (page, words) in words.into_iter().enumerate().skip(first) {
        let next = x + columns(&words);
        tabs.push(Tab { page, words, x });
        x = next;
        if x >= width {
            break;
        }
    }
    tabs
}

fn words_of_tab(state: &State, page: usize) -> String {
    let Some(shown) = state.view.pages.get(page) else { return String::new() };
    let parts = shown.keys.len().div_ceil(KEYS_SHOWN).max(1);
    let part = if page == state.selling.page && parts > 1 {
        format!(" {}/{parts}", state.selling.part + 1)
    } else {
        String::new()
    };
    // The first four have keys of their own.
    let key = if page < 4 { format!("F{} ", page + 5) } else { String::new() };
    format!(" {key}{}{part} ", shown.name)
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
        let bar = bar(rect);
        let at = column.checked_sub(bar.x)?;
        let tab = tabs(state, bar.width).into_iter().rev().find(|tab| tab.x <= at)?;
        return u8::try_from(tab.page + 1).ok().map(Action::ProductPage);
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
