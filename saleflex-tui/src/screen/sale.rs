//! The document being sold: its lines, its totals, and the input line.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};
use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentValue, DocumentAdjustment, LineAdjustment},
    basket::{GoodsState, LineItem},
    document::{Document, Kind},
    money::Money,
    tax::TaxMode,
};

use crate::{
    app::{Place, State},
    entry,
    text::Key,
    theme::Theme,
    view,
    widget::{self, Column, Table, TableRow, framed, pair, within},
};

pub(super) fn draw_lines(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let title = match &state.view.document {
        Some(document) if document.kind == Kind::Return => Key::LinesOfReturn,
        Some(document) if document.exchange.is_some() => Key::LinesOfExchange,
        _ => Key::Lines,
    };
    let inner = framed(theme, frame, rect, state.text.word(title));
    let Some(document) = &state.view.document else {
        let hint = Paragraph::new(state.text.word(Key::LinesEmpty)).style(theme.dim);
        frame.render_widget(hint, inner);
        return;
    };
    table(state, theme, document, inner.width).0.draw(theme, frame, inner);
}

/// The line under the mouse, from 0; what stands below a line is part of it.
pub(super) fn line_at(state: &State, rect: Rect, position: Position) -> Option<usize> {
    let Place::Sale = state.place() else { return None };
    let inner = within(rect);
    let (table, lines) = table(state, &Theme::plain(), state.view.document.as_ref()?, inner.width);
    *lines.get(table.row_at(inner, position)?)?
}

/// The table of a document, and of each of its rows which line it is of.
fn table<'a>(
    state: &'a State,
    theme: &Theme,
    document: &Document,
    width: u16,
) -> (Table<'a>, Vec<Option<usize>>) {
    let (lines, rows): (Vec<Option<usize>>, Vec<TableRow>) = rows(state, theme, document).into_iter().unzip();
    let selected = document.lines.iter().position(|line| state.selling.selected == Some(line.no));
    let selected = selected.and_then(|selected| lines.iter().position(|line| *line == Some(selected)));
    let word = |key| state.text.word(key);
    // Where there is little room, names have it; but a figure that is cut would be another figure.
    let least = if width < 70 { [6, 8, 9] } else { [9, 11, 12] };
    let [quantity, price, total] = figure_widths(least, &rows, width);
    let columns = vec![
        Column::number("#", 3),
        Column::text(word(Key::ColumnProduct), 0),
        Column::number(word(Key::ColumnQuantity), quantity),
        Column::number(word(Key::ColumnPrice), price),
        Column::number(word(Key::ColumnTotal), total),
    ];
    (Table { columns, rows, selected, is_tail: true }, lines)
}

/// What names keep beside figures, and what the number of the line and the gaps take.
const LEAST_NAME: u16 = 12;
const BESIDE_FIGURES: u16 = 3 + 4;

/// How wide quantity, price and total are: what the widest of each needs, as far as names keep some room.
fn figure_widths(least: [u16; 3], rows: &[TableRow], width: u16) -> [u16; 3] {
    let mut room = width.saturating_sub(least.iter().sum::<u16>() + BESIDE_FIGURES + LEAST_NAME);
    let mut widths = least;
    for (at, width) in widths.iter_mut().enumerate() {
        let cells = rows.iter().filter_map(|row| row.cells.get(at + 2));
        let widest = cells.map(|cell| Span::raw(cell.as_str()).width()).max().unwrap_or_default();
        let more = u16::try_from(widest).unwrap_or(u16::MAX).saturating_sub(*width).min(room);
        *width += more;
        room -= more;
    }
    widths
}

/// The rows of a document: each line with its adjustments and notes below it, then those of the whole document; with each
/// which line it is of, from 0.
fn rows(state: &State, theme: &Theme, document: &Document) -> Vec<(Option<usize>, TableRow)> {
    let mut rows = Vec::new();
    for (at, line) in document.lines.iter().enumerate() {
        let mut push = |row| rows.push((Some(at), row));
        let style = if line.is_active() { theme.text } else { theme.voided };
        push(line_row(state, line, style));
        if !line.is_active() {
            continue;
        }
        for adjustment in &line.adjustments {
            push(below(line_adjustment(state, adjustment), theme.adjustment));
        }
        for discount in document.adjustments.iter().filter(|known| known.source.line() == Some(line.no)) {
            let (name, amount) = document_adjustment(state, discount);
            push(below((format!("  {name}"), amount), theme.adjustment));
        }
        let condition = line.returned.as_ref().and_then(|returned| condition(returned.state));
        if let Some(key) = condition {
            push(below((format!("  {}", state.text.word(key)), String::new()), theme.dim));
        }
        for note in document.notes.iter().filter(|note| note.line == Some(line.no)) {
            push(below((format!("  {}", note.text), String::new()), theme.dim));
        }
    }
    let mut push = |row| rows.push((None, row));
    for adjustment in document.adjustments.iter().filter(|known| known.source.line().is_none()) {
        push(below(document_adjustment(state, adjustment), theme.adjustment));
    }
    for note in document.notes.iter().filter(|note| note.line.is_none()) {
        push(below((note.text.clone(), String::new()), theme.dim));
    }
    if let Some(returned) = &document.exchange {
        let worth = state.view.money(-returned.totals.balance());
        let words = state.text.word(key_of_return(returned)).to_owned();
        push(below((words, worth), theme.adjustment));
    }
    rows
}

/// What goods that come back in the place of a payment are called.
fn key_of_return(returned: &Document) -> Key {
    if returned.is_of_empties() { Key::EmptiesBack } else { Key::ExchangedReturn }
}

fn line_row(state: &State, line: &LineItem, style: Style) -> TableRow {
    let mut name = line.item.name.clone();
    if line.container_of.is_some() {
        name.insert_str(0, "  ");
    }
    if !line.is_active() {
        name = format!("({}) {name}", state.text.word(Key::Voided));
    }
    let quantity = format!("{}{}", line.quantity, unit(line));
    let price = view::price(&state.view.currency, line.unit_price);
    // What a voided line came to stands in its place no more: it is no part of what the lines add up to.
    let total = if line.is_active() { state.view.money(line.gross) } else { String::new() };
    let cells = vec![line.no.to_string(), name, quantity, price, total];
    TableRow { cells, style }
}

/// What is to be said of goods that come back; of those as new nothing is.
const fn condition(state: GoodsState) -> Option<Key> {
    match state {
        GoodsState::New => None,
        GoodsState::Opened => Some(Key::ReturnOpened),
        GoodsState::Damaged => Some(Key::ReturnDamaged),
    }
}

/// The unit behind a quantity; pieces are not said.
fn unit(line: &LineItem) -> String {
    if line.item.unit.decimals == 0 { String::new() } else { line.item.unit.code.to_lowercase() }
}

fn below((name, amount): (String, String), style: Style) -> TableRow {
    TableRow { cells: vec![String::new(), name, String::new(), String::new(), amount], style }
}

fn line_adjustment(state: &State, adjustment: &LineAdjustment) -> (String, String) {
    let key = if adjustment.kind == AdjustmentKind::Discount { Key::Discount } else { Key::Markup };
    let name = format!("  {}{}", state.text.word(key), percent(adjustment.value));
    (name, signed(state, adjustment.kind, adjustment.amount))
}

fn document_adjustment(state: &State, adjustment: &DocumentAdjustment) -> (String, String) {
    let is_discount = adjustment.kind == AdjustmentKind::Discount;
    let key = if is_discount { Key::DocumentDiscount } else { Key::DocumentMarkup };
    let name = adjustment.reason.as_ref().filter(|_| adjustment.source.is_campaign());
    let words = name.or(adjustment.code.as_ref()).map_or_else(|| state.text.word(key), String::as_str);
    (format!("{words}{}", percent(adjustment.value)), signed(state, adjustment.kind, adjustment.amount))
}

fn percent(value: AdjustmentValue) -> String {
    match value {
        AdjustmentValue::Percent(percent) => format!(" {percent} %"),
        AdjustmentValue::Amount(_) => String::new(),
    }
}

fn signed(state: &State, kind: AdjustmentKind, amount: Money) -> String {
    state.view.money(if kind == AdjustmentKind::Discount { -amount } else { amount })
}

/// What discounts, or surcharges, on lines come to.
fn on_lines(document: &Document, kind: AdjustmentKind) -> Money {
    let adjustments = document.active_lines().flat_map(|line| &line.adjustments);
    adjustments.filter(|adjustment| adjustment.kind == kind).map(|adjustment| adjustment.amount).sum()
}

/// Sales, discount, tax, net, paid, balance or change.
pub(super) fn draw_totals(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let inner = framed(theme, frame, rect, state.text.word(Key::Totals));
    let totals = state.view.document.as_ref().map(|document| document.totals).unwrap_or_default();
    let balance = state.view.document.as_ref().map(Document::balance).unwrap_or_default();
    // What is off a line is a discount as what is off everything is.
    let lines =
        |kind| state.view.document.as_ref().map(|document| on_lines(document, kind)).unwrap_or_default();
    let (off, on) = (lines(AdjustmentKind::Discount), lines(AdjustmentKind::Surcharge));
    let mut rows =
        vec![(Key::TotalSales, totals.total + off - on), (Key::TotalDiscount, -(totals.discount + off))];
    if !(totals.surcharge + on).is_zero() {
        rows.push((Key::TotalSurcharge, totals.surcharge + on));
    }
    let is_exclusive =
        state.view.document.as_ref().is_some_and(|document| document.tax_mode == TaxMode::Exclusive);
    let is_exempt = state.view.document.as_ref().is_some_and(|document| document.exemption.is_some());
    if is_exempt {
        rows.push((Key::TotalExempt, totals.tax));
    } else if is_exclusive {
        rows.push((Key::TotalTax, totals.tax));
    }
    rows.push((Key::TotalNet, totals.net_due));
    if !is_exempt && !is_exclusive && !totals.tax.is_zero() {
        rows.push((Key::TotalTaxIncluded, totals.tax));
    }
    if !totals.rounding.is_zero() {
        rows.push((Key::TotalRounding, totals.rounding));
    }
    // What comes back settles part of it.
    if let Some(returned) = state.view.document.as_ref().and_then(|document| document.exchange.as_deref()) {
        rows.push((key_of_return(returned), -returned.totals.balance()));
    }
    rows.push((Key::TotalPaid, totals.paid));
    // The balance has the last row whatever happens.
    let last = inner.bottom().saturating_sub(1);
    for (y, (key, amount)) in (inner.y..last).zip(rows) {
        let row = Rect { y, height: 1, ..inner };
        pair(frame, row, state.text.word(key), &state.view.money(amount), theme.text);
    }
    let pays_out = state.view.document.as_ref().is_some_and(|document| document.kind.pays_out());
    let (key, amount) = match balance {
        balance if pays_out => (Key::TotalToPayOut, balance),
        balance if balance.is_negative() => (Key::TotalChange, -balance),
        balance => (Key::TotalBalance, balance),
    };
    let row = Rect { y: last, height: 1, ..inner };
    let style = theme.strong.patch(theme.selected);
    pair(frame, row, state.text.word(key), &state.view.currency.show(amount), style);
}

/// The input line and, before it, what the next key will do with it.
pub(super) fn draw_entry(state: &State, theme: &Theme, frame: &mut Frame<'_>, rect: Rect) {
    let selling = &state.selling;
    let title = if selling.is_inquiry {
        state.text.word(Key::InputInquiry).to_owned()
    } else {
        state.text.word(Key::Input).to_owned()
    };
    let inner =
        if rect.height >= 3 { framed(theme, frame, Rect { height: 3, ..rect }, &title) } else { rect };
    let prompt = match state.multiplier() {
        Some(quantity) => format!("x{quantity} > "),
        None => "> ".to_owned(),
    };
    let prompt_width = u16::try_from(prompt.len()).unwrap_or(0).min(inner.width);
    let mut field = Rect { height: inner.height.min(1), ..inner };
    // On the payment screen all that is typed are amounts.
    let is_payment = matches!(state.place(), Place::Payment { .. });
    // While a dialog asks for what was missing, nothing is settled yet.
    let is_refused = selling.is_refused() && state.dialogs.is_empty();
    if is_refused {
        field = widget::beside(theme, frame, field, &format!(" {}", state.text.word(Key::EntryRefused)));
    } else if let Some(echo) = entry::echo(selling.typed(), &state.view.amounts()).filter(|_| is_payment) {
        field = widget::echo(theme, frame, field, &echo);
    }
    let room = usize::from(field.width.saturating_sub(prompt_width));
    let (shown, cursor) = selling.entry.visible(room);
    let style = if selling.multiplier.is_some() || selling.is_inquiry { theme.notice } else { theme.dim };
    let input = if is_refused { theme.voided } else { theme.input };
    let line = Line::from(vec![Span::styled(prompt, style), Span::styled(shown, input)]);
    frame.render_widget(Paragraph::new(line), field);
    if state.dialogs.is_empty() {
        let cursor = u16::try_from(cursor).unwrap_or(0);
        let x = (inner.x + prompt_width + cursor).min(field.right().saturating_sub(1));
        frame.set_cursor_position(Position::new(x, inner.y));
    }
}
