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
    app::State,
    text::Key,
    theme::Theme,
    view::{self, KEYS_SHOWN, Page, ProductKey},
    widget::{elided, framed},
};

/// Keys in a row.
const COLUMNS: u16 = 5;
/// Rows that hold groups and two rows of keys with their prices.
const ROOM_FOR_GROUPS: u16 = 5;

pub(super) fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    if state.view.pages.is_empty() || rect.height < 3 {
        return;
    }
    let inner = framed(theme, frame, rect, "");
    let bar = bar(rect);
    draw_tabs(theme, frame, bar, pages_on(state, bar.width), state.selling.page);
    let Some(page) = state.view.pages.get(state.selling.page) else { return };
    let part = page.part(state.selling.part);
    if let Some(row) = row_of_groups(inner, page) {
        draw_tabs(theme, frame, row, groups_on(page, part.group, row.width), part.group);
    }
    if page.keys.is_empty() && page.department.is_none() {
        let hint = Paragraph::new(state.text.word(Key::FavouritesEmpty)).style(theme.dim);
        frame.render_widget(hint, inner);
    }
    for (at, cell) in cells(inner, page).into_iter().enumerate() {
        match part.keys.get(at) {
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
    let is_short = key.product.is_some_and(|product| state.view.short.contains(&product));
    let mark = if is_short { Span::styled("!", theme.bad) } else { Span::raw(" ") };
    let name = Line::from(vec![
        Span::styled((at + 1).to_string(), theme.key),
        mark,
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

/// A tab: what it stands for, its words, and where it begins on its row.
struct Tab {
    of: usize,
    words: String,
    x: u16,
}

/// The row of tabs.
fn bar(rect: Rect) -> Rect {
    Rect { x: rect.x + 1, width: rect.width.saturating_sub(2), height: 1, ..rect }
}

/// The second row: the groups of a page that has some, where there is room for them.
fn row_of_groups(inner: Rect, page: &Page) -> Option<Rect> {
    (page.groups.len() > 1 && inner.height >= ROOM_FOR_GROUPS).then_some(Rect { height: 1, ..inner })
}

fn draw_tabs(theme: &Theme, frame: &mut Frame<'_>, row: Rect, tabs: Vec<Tab>, shown: usize) {
    let spans = tabs.into_iter().flat_map(|tab| {
        let style = if tab.of == shown { theme.selected } else { theme.title };
        [Span::styled(tab.words, style), Span::raw(" ")]
    });
    frame.render_widget(Paragraph::new(spans.collect::<Line<'_>>()), row);
}

/// The tabs on a row of this width. Where not all fit, the first ones are left out until the one shown is on it, and the last one
/// says that it goes on.
fn tabs(words: Vec<String>, shown: usize, width: u16) -> Vec<Tab> {
    let columns = |words: &String| u16::try_from(Span::raw(words.as_str()).width()).unwrap_or(u16::MAX) + 1;
    let mut first = 0;
    while first < shown && words.iter().take(shown + 1).skip(first).map(columns).sum::<u16>() > width {
        first += 1;
    }
    let mut x = 0;
    let mut tabs = Vec::new();
    for (of, words) in words.into_iter().enumerate().skip(first) {
        let next = x + columns(&words);
        let words = if next > width { elided(words.trim_end(), width - x) } else { words };
        tabs.push(Tab { of, words, x });
        x = next;
        if x >= width {
            break;
        }
    }
    tabs
}

fn pages_on(state: &State, width: u16) -> Vec<Tab> {
    let words = (0..state.view.pages.len()).map(|page| words_of_page(state, page)).collect();
    tabs(words, state.selling.page, width)
}

fn groups_on(page: &Page, shown: usize, width: u16) -> Vec<Tab> {
    tabs(page.groups.iter().map(|group| format!(" {} ", group.name)).collect(), shown, width)
}

fn words_of_page(state: &State, page: usize) -> String {
    let Some(shown) = state.view.pages.get(page) else { return String::new() };
    let parts = shown.parts();
    let part = if page == state.selling.page && parts.len() > 1 {
        format!(" {}/{}", state.selling.part + 1, parts.len())
    } else {
        String::new()
    };
    // The first four have keys of their own.
    let key = if page < 4 { format!("F{} ", page + 5) } else { String::new() };
    format!(" {key}{}{part} ", shown.name)
}

/// The ten cells: nine products and the department.
fn cells(inner: Rect, page: &Page) -> Vec<Rect> {
    let above = row_of_groups(inner, page).map_or(0, |row| row.height);
    let inner = Rect { y: inner.y + above, height: inner.height - above, ..inner };
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

/// The tab under a column of a row.
fn pressed(tabs: &[Tab], row: Rect, column: u16) -> Option<u8> {
    let at = column.checked_sub(row.x)?;
    let tab = tabs.iter().rev().find(|tab| tab.x <= at)?;
    u8::try_from(tab.of + 1).ok()
}

/// What a press of the mouse on a tab or a key means.
pub(super) fn action_at(state: &State, rect: Rect, column: u16, row: u16) -> Option<Action> {
    if row == rect.y {
        let bar = bar(rect);
        return pressed(&pages_on(state, bar.width), bar, column).map(Action::ProductPage);
    }
    let inner = Rect {
        x: rect.x + 1,
        y: rect.y + 1,
        width: rect.width.saturating_sub(2),
        height: rect.height.saturating_sub(2),
    };
    let page = state.view.pages.get(state.selling.page)?;
    if let Some(groups) = row_of_groups(inner, page).filter(|groups| groups.y == row) {
        let shown = page.part(state.selling.part).group;
        return pressed(&groups_on(page, shown, groups.width), groups, column).map(Action::ProductGroup);
    }
    let position = ratatui::layout::Position::new(column, row);
    let at = cells(inner, page).iter().position(|cell| cell.contains(position))?;
    match u8::try_from(at + 1).ok()? {
        10 => Some(Action::PageDepartment),
        key => Some(Action::ProductKey(key)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_that_is_cut_says_that_it_goes_on() {
        let words = [" F5 Bakery ", " F6 Fruit and vegetables "].map(str::to_owned).to_vec();
        let shown = |width: u16| -> Vec<String> {
            tabs(words.clone(), 0, width).into_iter().map(|tab| tab.words).collect()
        };
        assert_eq!(shown(24), [" F5 Bakery ", " F6 Fruit a…"]);
        // The blank behind it is no part of it.
        assert_eq!(shown(36), [" F5 Bakery ", " F6 Fruit and vegetables"]);
        assert_eq!(shown(38), [" F5 Bakery ", " F6 Fruit and vegetables "]);
    }
}
