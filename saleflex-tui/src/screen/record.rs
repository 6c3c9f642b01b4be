//! One record: a row a field, what is wrong beside it, tabs above.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use crate::{
    app::{Place, State},
    entry,
    form::{Control, Input},
    record::{FieldState, Record, RecordRow, Value},
    text::Key,
    theme::Theme,
    widget::{self, framed, within},
};

/// Columns of labels.
const LABEL_WIDTH: u16 = 26;
/// Columns of the number before a line of a text.
const NUMBER_WIDTH: u16 = 4;
/// Columns between two tabs.
const GAP: u16 = 1;

pub(super) fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>, control: &Control, rect: Rect) {
    let (Place::Record(record), Some(form)) = (state.place(), state.form()) else { return };
    let title = if control.tabs.is_empty() {
        form.caption.as_ref().map_or("", |caption| state.text.caption(caption))
    } else {
        ""
    };
    let inner = framed(theme, frame, rect, title);
    draw_tabs(state, theme, frame, record, control, rect);
    let rows = record.rows(form);
    let first = first_shown(record, &rows, inner);
    for (y, (at, row)) in (inner.y..inner.bottom()).zip(rows.iter().enumerate().skip(first)) {
        let area = Rect { y, height: 1, ..inner };
        let has_cursor = at == record.at;
        match row {
            RecordRow::Field(field, control) => {
                if let Some(field) = record.fields.get(*field) {
                    let label = match &field.value {
                        Value::Pieces { label, .. } => label,
                        _ => control.label().map_or("", |caption| state.text.caption(caption)),
                    };
                    let takes_money = record.model.money().contains(&field.name);
                    let echo = entry::echo(field.line.text(), &state.view.amounts())
                        .filter(|_| takes_money && has_cursor);
                    let is_hidden = control.typing.input == Input::Hidden;
                    draw_field(state, theme, frame, area, (label, echo, is_hidden), field, has_cursor);
                }
            }
            RecordRow::Line(field, line) => {
                if let Some(field) = record.fields.get(*field) {
                    draw_one_of(state, theme, frame, area, (field, *line), has_cursor);
                }
            }
            RecordRow::Fault(field, fault) => {
                let error = record.fields.get(*field).and_then(|field| field.error.as_deref());
                let words = error.and_then(|error| error.lines().nth(*fault)).unwrap_or_default();
                let style = if has_cursor { theme.selected } else { theme.bad };
                frame.render_widget(Paragraph::new(words).style(style), area);
            }
        }
    }
}

/// A line of a field of several: one that is only shown, or one that is typed, behind its number.
fn draw_one_of(
    state: &State,
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
    (field, line): (&FieldState, usize),
    has_cursor: bool,
) {
    if let Value::Lines(lines) = &field.value {
        let style = if has_cursor { theme.selected } else { theme.text };
        let words = lines.get(line).map_or("", String::as_str);
        frame.render_widget(Paragraph::new(words).style(style), area);
    } else if let Some(typed) = field.area.lines().get(line) {
        let number = Paragraph::new(format!("{:>3} ", line + 1)).style(theme.dim);
        frame.render_widget(number, Rect { width: NUMBER_WIDTH.min(area.width), ..area });
        let left = area.width.saturating_sub(NUMBER_WIDTH);
        let area = Rect { x: area.x + area.width - left, width: left, ..area };
        // Only the line with the cursor goes along with it.
        let (shown, cursor) =
            if has_cursor { typed.visible(usize::from(area.width)) } else { (typed.text().to_owned(), 0) };
        frame.render_widget(Paragraph::new(shown).style(theme.input), area);
        if has_cursor && state.dialogs.is_empty() {
            place_cursor(frame, area, cursor);
        }
    }
}

fn draw_tabs(
    state: &State,
    theme: &Theme,
    frame: &mut Frame<'_>,
    record: &Record,
    control: &Control,
    rect: Rect,
) {
    for (at, area, words) in tabs(state, control, rect) {
        let style = if at == record.tab { theme.selected } else { theme.title };
        frame.render_widget(Paragraph::new(words).style(style), area);
    }
}

/// The tabs with their places on the upper edge.
fn tabs(state: &State, control: &Control, rect: Rect) -> Vec<(u16, Rect, String)> {
    let mut x = rect.x + 2;
    let mut placed = Vec::new();
    for (at, caption) in (0..).zip(&control.tabs) {
        let words = format!(" {} ", state.text.caption(caption));
        let width = u16::try_from(Span::raw(words.as_str()).width()).unwrap_or(u16::MAX);
        let width = width.min(rect.right().saturating_sub(x + 1));
        placed.push((at, Rect { x, y: rect.y, width, height: 1 }, words));
        x = x.saturating_add(width + GAP);
    }
    placed
}

/// The row under the mouse, among those of the tab shown.
pub(super) fn row_at(state: &State, control: &Control, rect: Rect, position: Position) -> Option<usize> {
    let (Place::Record(record), form) = (state.place(), state.form()?) else { return None };
    let inner = within(rect);
    if control.name != record.model.shape().panel || !inner.contains(position) {
        return None;
    }
    let rows = record.rows(form);
    let at = first_shown(record, &rows, inner) + usize::from(position.y - inner.y);
    (at < rows.len()).then_some(at)
}

/// The first row in sight: the cursor's is, and so is what is only shown right behind it, which no arrow goes to.
fn first_shown(record: &Record, rows: &[RecordRow<'_>], inner: Rect) -> usize {
    let is_shown = |row: &&RecordRow<'_>| match row {
        RecordRow::Field(at, _) => {
            record.fields.get(*at).is_some_and(|field| matches!(field.value, Value::Fixed(_)))
        }
        RecordRow::Line(..) | RecordRow::Fault(..) => false,
    };
    let behind = rows.iter().skip(record.at + 1).take_while(is_shown).count();
    (record.at + behind + 1).saturating_sub(usize::from(inner.height)).min(record.at)
}

/// The tab under the mouse.
pub(super) fn tab_at(state: &State, control: &Control, rect: Rect, position: Position) -> Option<u16> {
    let tabs = tabs(state, control, rect);
    tabs.into_iter().find(|(_, area, _)| area.contains(position)).map(|(at, ..)| at)
}

fn draw_field(
    state: &State,
    theme: &Theme,
    frame: &mut Frame<'_>,
    row: Rect,
    (label, echo, is_hidden): (&str, Option<String>, bool),
    field: &FieldState,
    has_cursor: bool,
) {
    let label_width = LABEL_WIDTH.min(row.width);
    let style = if has_cursor { theme.strong } else { theme.text };
    let mark = if has_cursor { "> " } else { "  " };
    let words = Paragraph::new(format!("{mark}{label}")).style(style);
    frame.render_widget(words, Rect { width: label_width, ..row });
    let mut area = Rect { x: row.x + label_width, width: row.width - label_width, ..row };
    if let Some(error) = &field.error {
        // What is wrong stands beside the field, which keeps the half it needs.
        let half = area.width / 2;
        let beside = Rect { x: area.x + half, width: area.width - half, ..area };
        frame.render_widget(Paragraph::new(error.as_str()).style(theme.bad), beside);
        area.width = half;
    } else if let Some(echo) = echo {
        area = widget::echo(theme, frame, area, &echo);
    }
    match &field.value {
        Value::Flag(flag) => {
            let key = if *flag { Key::Yes } else { Key::No };
            let mark = if *flag { "[x] " } else { "[ ] " };
            let words = format!("{mark}{}", state.text.word(key));
            frame.render_widget(Paragraph::new(words).style(theme.input), area);
        }
        Value::Choice { options, at } => {
            let chosen = options.get(*at).map_or("", String::as_str);
            let line = Line::from(vec![
                Span::styled("< ", theme.dim),
                Span::styled(chosen.to_owned(), theme.input),
                Span::styled(" >", theme.dim),
            ]);
            frame.render_widget(Paragraph::new(line), area);
        }
        Value::Fixed(words) => frame.render_widget(Paragraph::new(words.as_str()).style(theme.text), area),
        Value::Area(_) | Value::Lines(_) => {}
        Value::Text(_) | Value::Secret(_) | Value::Pieces { .. } => {
            draw_line(state, theme, frame, area, (field, is_hidden), has_cursor);
        }
    }
}

fn draw_line(
    state: &State,
    theme: &Theme,
    frame: &mut Frame<'_>,
    area: Rect,
    (field, is_hidden): (&FieldState, bool),
    has_cursor: bool,
) {
    let (shown, cursor) = field.line.visible(usize::from(area.width));
    let is_secret = is_hidden || matches!(field.value, Value::Secret(_));
    let shown = if is_secret { "*".repeat(shown.chars().count()) } else { shown };
    frame.render_widget(Paragraph::new(shown).style(theme.input), area);
    if has_cursor && state.dialogs.is_empty() {
        place_cursor(frame, area, cursor);
    }
}

fn place_cursor(frame: &mut Frame<'_>, area: Rect, cursor: usize) {
    let x = area.x.saturating_add(u16::try_from(cursor).unwrap_or(0)).min(area.right().saturating_sub(1));
    frame.set_cursor_position(Position::new(x, area.y));
}
