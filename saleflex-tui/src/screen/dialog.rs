//! Dialogs above a screen.

use ratatui::{
    Frame,
    layout::{Alignment, Position, Rect, Size},
    text::{Line, Span},
    widgets::{Block, Clear, Paragraph, Wrap},
};

mod choice;
mod mouse;

pub use self::mouse::{Spot, spot_at};

use crate::{
    app::{State, Tone},
    dialog::{Dialog, Field, FieldKind, Pick, Prompt, Question, Reader},
    effect::{Progress, Work},
    text::Key,
    theme::Theme,
    widget::{self, Column, Table, TableRow},
};

/// Columns of a dialog with fields.
const PROMPT_WIDTH: u16 = 60;
/// How many rows a hint takes at most.
const MOST_HINT_ROWS: u16 = 3;
/// Columns of labels in it.
const LABEL_WIDTH: u16 = 20;
/// Columns of a receipt, its frame included.
const PAPER_WIDTH: u16 = 52;

pub(super) fn draw(state: &State, theme: &Theme, frame: &mut Frame<'_>, dialog: &Dialog) {
    match dialog {
        Dialog::Prompt(prompt) => draw_prompt(state, theme, frame, prompt),
        Dialog::Question(question) => draw_question(state, theme, frame, question),
        Dialog::Pick(pick) => draw_pick(state, theme, frame, pick),
        Dialog::Progress(progress) => draw_progress(state, theme, frame, progress),
        Dialog::Paper(reader) => draw_paper(state, theme, frame, reader),
    }
}

/// Where lists and texts are shown.
pub(super) fn list_rect(size: Size) -> Rect {
    let width = size.width.saturating_sub(8).min(90);
    let height = size.height.saturating_sub(4).min(34);
    centred(size, width, height)
}

fn centred(size: Size, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(size.width), height.min(size.height));
    Rect { x: (size.width - width) / 2, y: (size.height - height) / 2, width, height }
}

fn boxed(theme: &Theme, frame: &mut Frame<'_>, rect: Rect, title: &str, foot: &str) -> Rect {
    let block = Block::bordered()
        .title(Span::styled(format!(" {title} "), theme.title))
        .title_bottom(Line::styled(format!(" {foot} "), theme.dim))
        .border_style(theme.strong);
    let inner = block.inner(rect);
    frame.render_widget(Clear, rect);
    frame.render_widget(block, rect);
    inner
}

/// Where a prompt stands, and by how many rows its fields are moved down.
fn place_of_prompt(size: Size, prompt: &Prompt) -> (Rect, u16) {
    let rows = u16::try_from(prompt.fields.len() + prompt.reasons().len()).unwrap_or(u16::MAX);
    let width = PROMPT_WIDTH.min(size.width);
    // A hint that is too long for one row takes more, and all else moves down.
    let hint = prompt.hint.as_deref().unwrap_or_default();
    let more = hint.chars().count().saturating_sub(1) / usize::from(width.saturating_sub(2).max(1));
    let more = u16::try_from(more).unwrap_or(u16::MAX).min(MOST_HINT_ROWS - 1);
    (centred(size, width, rows.saturating_add(6 + more)), more)
}

fn draw_prompt(state: &State, theme: &Theme, frame: &mut Frame<'_>, prompt: &Prompt) {
    let fields = u16::try_from(prompt.fields.len()).unwrap_or(u16::MAX);
    let reasons = u16::try_from(prompt.reasons().len()).unwrap_or(u16::MAX);
    let hint = prompt.hint.as_deref().unwrap_or_default();
    let (rect, more) = place_of_prompt(state.size, prompt);
    let inner = boxed(theme, frame, rect, &prompt.title, state.text.word(Key::PromptKeys));
    let row = |at: u16| Rect { y: inner.y + at.min(inner.height.saturating_sub(1)), height: 1, ..inner };
    let hinted = Rect { height: 1 + more, ..row(0) }.intersection(inner);
    frame.render_widget(Paragraph::new(hint).style(theme.dim).wrap(Wrap { trim: true }), hinted);
    let row = |at: u16| row(at.saturating_add(more));
    for (at, field) in (1..).zip(&prompt.fields) {
        draw_field(theme, frame, row(at), field, usize::from(at) == prompt.at + 1);
    }
    for (at, reason) in (1..).zip(prompt.reasons()) {
        let area = row(fields.saturating_add(at));
        let indent = usize::from(LABEL_WIDTH.min(area.width));
        frame.render_widget(Paragraph::new(format!("{:indent$}{at} {reason}", "")).style(theme.dim), area);
    }
    if let Some(error) = &prompt.error {
        let area = Rect { height: 2, ..row(fields.saturating_add(reasons) + 2) }.intersection(inner);
        frame.render_widget(Paragraph::new(error.as_str()).style(theme.bad).wrap(Wrap { trim: true }), area);
    }
}

fn draw_field(theme: &Theme, frame: &mut Frame<'_>, row: Rect, field: &Field, has_cursor: bool) {
    let label_width = LABEL_WIDTH.min(row.width);
    let label_style = if has_cursor { theme.strong } else { theme.text };
    let label = Rect { width: label_width, ..row };
    frame.render_widget(Paragraph::new(field.label.as_str()).style(label_style), label);
    let area = Rect { x: row.x + label_width, width: row.width - label_width, ..row };
    if let FieldKind::Choice { options, at } = &field.kind {
        choice::Shown::of(options, *at, area.width).draw(theme, frame, area, *at);
        return;
    }
    let mut area = area;
    if let Some(echo) = field.echo() {
        area = widget::echo(theme, frame, area, &echo);
    }
    let (shown, cursor) = field.line.visible(usize::from(area.width));
    let shown = if field.kind == FieldKind::Secret { "*".repeat(shown.chars().count()) } else { shown };
    frame.render_widget(Paragraph::new(shown).style(theme.input), area);
    if has_cursor {
        let x = area.x.saturating_add(u16::try_from(cursor).unwrap_or(0)).min(area.right().saturating_sub(1));
        frame.set_cursor_position(Position::new(x, area.y));
    }
}

fn place_of_question(size: Size, question: &Question) -> Rect {
    let lines = u16::try_from(question.lines.len()).unwrap_or(u16::MAX);
    centred(size, PROMPT_WIDTH + 8, lines.saturating_add(6))
}

fn draw_question(state: &State, theme: &Theme, frame: &mut Frame<'_>, question: &Question) {
    let rect = place_of_question(state.size, question);
    let inner =
        boxed(theme, frame, rect, state.text.word(Key::QuestionTitle), state.text.word(Key::QuestionNo));
    frame.render_widget(words_of_question(state, theme, question), inner);
}

/// The question, and last the key that means yes.
fn words_of_question<'a>(state: &State, theme: &Theme, question: &'a Question) -> Paragraph<'a> {
    let key = question.key.to_uppercase().to_string();
    let mut text: Vec<Line<'_>> = question.lines.iter().map(|line| Line::from(line.as_str())).collect();
    text.push(Line::default());
    text.push(Line::styled(state.text.fill(Key::QuestionYes, &[("key", &key)]), theme.notice));
    Paragraph::new(text).style(theme.text).alignment(Alignment::Center).wrap(Wrap { trim: true })
}

fn draw_progress(state: &State, theme: &Theme, frame: &mut Frame<'_>, progress: &Progress) {
    let rect = centred(state.size, PROMPT_WIDTH, 4);
    let (title, words) = match progress.work {
        Work::Products => (Key::ImportTitle, Key::ImportProgress),
        Work::Trial => (Key::TrialTitle, Key::TrialProgress),
    };
    let inner = boxed(theme, frame, rect, state.text.word(title), "");
    let width = usize::from(inner.width);
    let filled = width * progress.done / progress.total.max(1);
    let bar = format!("{}{}", "#".repeat(filled), ".".repeat(width.saturating_sub(filled)));
    let (done, total) = (progress.done.to_string(), progress.total.to_string());
    let words = state.text.fill(words, &[("done", &done), ("total", &total)]);
    let lines = vec![Line::styled(bar, theme.good), Line::styled(words, theme.text)];
    frame.render_widget(Paragraph::new(lines), inner);
}

fn draw_pick(state: &State, theme: &Theme, frame: &mut Frame<'_>, pick: &Pick) {
    let rect = list_rect(state.size);
    let inner = boxed(theme, frame, rect, &pick.title, state.text.word(Key::PickKeys));
    let (shown, cursor) = pick.filter.visible(usize::from(inner.width.saturating_sub(2)));
    let line = Line::from(vec![Span::styled("> ", theme.dim), Span::styled(shown, theme.input)]);
    frame.render_widget(Paragraph::new(line), Rect { height: 1, ..inner });
    let x = inner.x.saturating_add(2 + u16::try_from(cursor).unwrap_or(0));
    frame.set_cursor_position(Position::new(x.min(inner.right().saturating_sub(1)), inner.y));
    let list = rows_of_pick(inner);
    if pick.shown().is_empty() {
        frame.render_widget(Paragraph::new(state.text.word(Key::PickNone)).style(theme.dim), list);
        return;
    }
    table_of_pick(theme, pick).draw(theme, frame, list);
}

/// The room for the rows of a list, below what is typed.
fn rows_of_pick(inner: Rect) -> Rect {
    Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner }
}

fn table_of_pick(theme: &Theme, pick: &Pick) -> Table<'static> {
    let rows = pick.shown();
    let count = rows.iter().map(|row| row.cells.len()).max().unwrap_or(1);
    let mut columns = vec![Column::text("", 0)];
    let widest =
        |at: usize| rows.iter().filter_map(|row| row.cells.get(at)).map(|cell| Span::raw(cell).width()).max();
    let width = |at: usize| u16::try_from(widest(at).unwrap_or_default()).unwrap_or(u16::MAX).clamp(14, 24);
    columns.extend((1..count).map(|at| Column::number("", width(at))));
    let rows = rows.iter().map(|row| TableRow { cells: row.cells.clone(), style: theme.text }).collect();
    Table { columns, rows, selected: Some(pick.at), is_tail: false }
}

fn longest_of(reader: &Reader) -> usize {
    reader.paper.lines.iter().map(|line| Span::raw(line.as_str()).width()).max().unwrap_or(0)
}

/// Where a text stands.
fn place_of_paper(size: Size, reader: &Reader) -> Rect {
    let width = u16::try_from(longest_of(reader) + 4).unwrap_or(u16::MAX).max(PAPER_WIDTH);
    let most = list_rect(size);
    let headline = u16::from(reader.headline.is_some()) * 2;
    let needed = u16::try_from(reader.paper.lines.len()).unwrap_or(u16::MAX).saturating_add(2 + headline);
    centred(size, width.min(most.width), needed.clamp(6, most.height))
}

/// The keys of a text.
const fn keys_of_paper(reader: &Reader) -> Key {
    if reader.headline.is_some() { Key::ReceiptKeys } else { Key::PaperKeys }
}

fn draw_paper(state: &State, theme: &Theme, frame: &mut Frame<'_>, reader: &Reader) {
    let longest = longest_of(reader);
    let headline = u16::from(reader.headline.is_some()) * 2;
    let rect = place_of_paper(state.size, reader);
    let foot = state.text.word(keys_of_paper(reader));
    let inner = boxed(theme, frame, rect, &reader.paper.title, foot);
    if let Some(words) = &reader.headline {
        let area = Rect { height: 1, ..inner };
        let line = Paragraph::new(words.as_str()).style(theme.good).alignment(Alignment::Center);
        frame.render_widget(line, area);
    }
    let area = Rect { y: inner.y + headline, height: inner.height.saturating_sub(headline), ..inner };
    let indent = usize::from(area.width).saturating_sub(longest) / 2;
    let lines: Vec<Line<'_>> = reader
        .paper
        .lines
        .iter()
        .skip(reader.scroll)
        .take(usize::from(area.height))
        .map(|line| Line::from(format!("{:indent$}{line}", "")))
        .collect();
    frame.render_widget(Paragraph::new(lines).style(theme.text), area);
    if let Some(message) = &state.message
        && message.tone == Tone::Bad
    {
        let foot = Rect { y: rect.bottom().saturating_sub(1), height: 1, ..rect };
        frame.render_widget(Paragraph::new(message.words.as_str()).style(theme.bad), foot);
    }
}
