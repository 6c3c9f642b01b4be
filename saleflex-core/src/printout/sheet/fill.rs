//! A document on the pages of its form.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use rust_decimal::Decimal;

use super::{Design, Field, Filled, LineValue, Narrow, TOO_NARROW, Value, in_words};
use crate::{
    basket::LineItem,
    document::{Completed, Document},
    money::Money,
    printout::{
        Align, Printout, clean,
        code_page::CodePage,
        name, parts,
        receipt::{self, Frame},
        text,
    },
    tender::Direction,
};

/// One page of several.
#[derive(Clone, Copy, Debug)]
struct Page {
    no: usize,
    of: usize,
    /// What the lines of the pages before come to.
    brought: Money,
    /// The same with those of this one.
    carried: Money,
    /// Whether it is printed once more, after the printer broke off.
    is_again: bool,
}

impl Page {
    const fn is_last(&self) -> bool {
        self.no == self.of
    }
}

/// A completed document on its form, a page after the other; `design` was [checked](Design::check). None of what a form has no
/// place for: a movement of cash, and a document that gave a voucher anew, whose number its owner needs. What takes the place
/// of letters that the printer has not may be longer than they are: of a printer that has not all, `letters` says which it has.
pub fn completed(
    completed: &Completed,
    frame: &Frame<'_>,
    design: &Design,
    letters: Option<CodePage>,
) -> Option<Filled> {
    let document = completed.document();
    if document.cash_movement.is_some() || document.rests().next().is_some() {
        return None;
    }
    let sold: Vec<&LineItem> = document.active_lines().collect();
    let room = usize::from(design.lines.last.saturating_sub(design.lines.first)) + 1;
    let mut pages: Vec<&[&LineItem]> = sold.chunks(room).collect();
    if pages.is_empty() {
        pages.push(&[]);
    }
    let mut out = Printout::new();
    if receipt::opens_drawer(completed, frame) {
        out.drawer_kick();
    }
    let (mut brought, mut narrow) = (Money::ZERO, None);
    for (no, lines) in (1..).zip(&pages) {
        let carried = brought + lines.iter().map(|line| line.total).sum::<Money>();
        let page = |is_again| Page { no, of: pages.len(), brought, carried, is_again };
        let mut rows = |is_again| {
            let mut sheet = Sheet { rows: vec![Vec::new(); usize::from(design.rows)], letters, narrow };
            sheet.put_fields(completed, frame, design, page(is_again));
            sheet.put_lines(lines, document, frame, design);
            narrow = sheet.narrow;
            sheet.texts()
        };
        print(&mut out, &rows(false), &rows(true));
        brought = carried;
    }
    Some(Filled { printout: out, narrow })
}

/// Prints a page, with what stands on it where it is printed once more, and goes to the next.
fn print(out: &mut Printout, rows: &[String], again: &[String]) {
    for at in 0..rows.len().max(again.len()) {
        let [text, again] = [rows, again].map(|rows| rows.get(at).map_or("", String::as_str));
        out.form_line(text, again);
    }
    out.cut();
}

/// The rows of a page: texts that are as wide as their places, each with its column.
struct Sheet {
    rows: Vec<Vec<(u16, String)>>,
    letters: Option<CodePage>,
    /// The first place that was too narrow for its figure.
    narrow: Option<Narrow>,
}

/// Where a value stands, of a design.
#[derive(Clone, Copy)]
struct Place {
    row: u16,
    column: u16,
    width: u16,
    align: Align,
    is_figure: bool,
}

impl Sheet {
    fn put(&mut self, row: u16, column: u16, text: &str) {
        let at = usize::from(row).saturating_sub(1);
        if let (Some(cells), false) = (self.rows.get_mut(at), text.trim().is_empty()) {
            cells.push((column, text.to_string()));
        }
    }

    fn put_fields(&mut self, completed: &Completed, frame: &Frame<'_>, design: &Design, page: Page) {
        let top = Field {
            value: Value::Mark,
            row: 1,
            column: 1,
            width: design.columns,
            rows: 1,
            align: Align::Left,
        };
        let has_mark = design.fields.iter().any(|field| field.value == Value::Mark);
        let mark = (!has_mark).then_some(&top);
        for field in design.fields.iter().chain(mark) {
            let texts = of_document(field, completed, frame, page, self.letters);
            let Field { row, column, width, align, .. } = *field;
            let place = Place { row, column, width, align, is_figure: field.value.is_figure() };
            let rows = (row..).zip(&texts).take(field.rows.into());
            for (row, text) in rows {
                let fitted = self.fitted(text, place);
                self.put(row, column, &fitted);
            }
        }
    }

    fn put_lines(&mut self, lines: &[&LineItem], document: &Document, frame: &Frame<'_>, design: &Design) {
        for (row, line) in (design.lines.first..).zip(lines) {
            for column in &design.lines.columns {
                let value = of_line(column.value, line, document, frame);
                let is_figure = column.value != LineValue::Name;
                let align = if is_figure { Align::Right } else { Align::Left };
                let (first, width) = (design.lines.first, column.width);
                let place = Place { row: first, column: column.column, width, align, is_figure };
                let fitted = self.fitted(&value, place);
                self.put(row, column.column, &fitted);
            }
        }
    }

    /// A text as wide as its place, of letters that the printer has. A figure is whole or not there at all.
    fn fitted(&mut self, value: &str, place: Place) -> String {
        let Place { row, column, width, align, is_figure } = place;
        let text = printable(value, self.letters);
        let (most, needed) = (usize::from(width), text::width_of(&text));
        if is_figure && needed > most {
            self.narrow = self.narrow.or(Some(Narrow { row, column, width, needed }));
            return TOO_NARROW.to_string().repeat(most);
        }
        text::aligned(text::cut(&text, most), align, most)
    }

    /// Its rows as lines of text, down to the last on which anything stands.
    fn texts(self) -> Vec<String> {
        let used = self.rows.iter().rposition(|cells| !cells.is_empty()).map_or(0, |last| last + 1);
        self.rows.into_iter().take(used).map(row_text).collect()
    }
}

fn row_text(mut cells: Vec<(u16, String)>) -> String {
    cells.sort_by_key(|(column, _)| *column);
    let mut line = String::new();
    for (column, value) in &cells {
        let at = usize::from(*column).saturating_sub(1);
        // Where two stand in the same place the later one does.
        line.truncate(text::cut(&line, at).len());
        line.push_str(&" ".repeat(at.saturating_sub(text::width_of(&line))));
        line.push_str(value);
    }
    line.trim_end().to_string()
}

/// A text as it is printed.
fn printable(value: &str, letters: Option<CodePage>) -> String {
    let value = clean(value);
    match letters {
        Some(page) => page.fit(&value),
        None => value,
    }
}

fn of_line(value: LineValue, line: &LineItem, document: &Document, frame: &Frame<'_>) -> String {
    let currency = &document.currency;
    match value {
        LineValue::Name => name(&line.item.name, frame.words.receipt.item),
        LineValue::Tax if line.taxes.iter().all(|part| part.exempt) => String::new(),
        LineValue::Tax => {
            let percent: Decimal = line.taxes.iter().map(|part| part.rate.percent.decimal()).sum();
            percent.normalize().to_string()
        }
        LineValue::Quantity => line.quantity.to_string(),
        LineValue::Price => parts::price(line.unit_price, currency),
        LineValue::Total => currency.format(line.total),
    }
}

/// What stands of a document on a page, a row each.
fn of_document(
    field: &Field,
    completed: &Completed,
    frame: &Frame<'_>,
    page: Page,
    letters: Option<CodePage>,
) -> Vec<String> {
    let document = completed.document();
    let (currency, totals) = (&document.currency, &document.totals);
    let at = completed.completed_at().local;
    let at_end = |amount: Money| if page.is_last() { vec![currency.format(amount)] } else { Vec::new() };
    match field.value {
        Value::Number => vec![document.number.to_string()],
        Value::Date => vec![at.format("%d/%m/%Y").to_string()],
        Value::Time => vec![at.format("%H:%M").to_string()],
        Value::Customer => frame.customer.lines().map(ToString::to_string).collect(),
        Value::Register => vec![frame.register.to_string()],
        Value::Cashier => vec![frame.cashier.to_string()],
        Value::Page => vec![page.no.to_string()],
        Value::Pages => vec![page.of.to_string()],
        Value::Brought if page.no > 1 => vec![currency.format(page.brought)],
        Value::Carried if !page.is_last() => vec![currency.format(page.carried)],
        Value::Subtotal => at_end(totals.total),
        Value::Discount => at_end(totals.surcharge - totals.discount),
        Value::Tax => at_end(totals.tax),
        Value::Total => at_end(totals.net_due),
        Value::InWords if page.is_last() => {
            let said = printable(&in_words(totals.net_due, currency, &frame.words.numbers), letters);
            let rows = text::wrap(&said, field.width.into());
            // Some of the words would be another amount.
            if rows.len() > usize::from(field.rows) { vec![said] } else { rows }
        }
        Value::Payments if page.is_last() => payments(document, frame, field, letters),
        Value::Mark => marks(document, frame, page.is_again),
        Value::Brought | Value::Carried | Value::InWords | Value::Payments => Vec::new(),
    }
}

/// How it was paid, each label with its amount at the other end of the place, and the change. Where the place has fewer rows the
/// last says how many more there are, and what it and they come to, less the change.
fn payments(document: &Document, frame: &Frame<'_>, field: &Field, letters: Option<CodePage>) -> Vec<String> {
    let (words, width, rows) = (frame.words, usize::from(field.width), usize::from(field.rows));
    let forward = if document.kind.pays_out() { Direction::Out } else { Direction::In };
    let row = |label: &str, more: &str, amount: Money| {
        let (label, amount) = (printable(label, letters), document.currency.format(amount));
        let taken = text::width_of(&amount) + 1;
        let more = if taken + text::width_of(more) > width { "" } else { more };
        let room = width.saturating_sub(taken + text::width_of(more));
        let label = [text::cut(&label, room), more].concat();
        let between = " ".repeat(width.saturating_sub(text::width_of(&label) + text::width_of(&amount)));
        format!("{label}{between}{amount}")
    };
    // What is shown, and what it adds to what was paid.
    let paid = document.counted_tenders().map(|tender| {
        let amount = if tender.direction == forward { tender.amount } else { -tender.amount };
        (words.tenders.of(tender.kind), amount, amount)
    });
    let change = document.change;
    let change = change.is_positive().then_some((words.receipt.change, change, -change));
    let all: Vec<(&str, Money, Money)> = paid.chain(change).collect();
    let alone = if all.len() > rows { rows.saturating_sub(1) } else { all.len() };
    let (each, together) = all.split_at(alone);
    let mut texts: Vec<String> = each.iter().map(|(label, amount, _)| row(label, "", *amount)).collect();
    if let Some(((label, ..), more)) = together.split_first() {
        let sum: Money = together.iter().map(|(.., paid)| *paid).sum();
        texts.push(row(label, &format!(" + {}", more.len()), sum));
    }
    texts
}

fn marks(document: &Document, frame: &Frame<'_>, is_again: bool) -> Vec<String> {
    let titles = &frame.words.titles;
    let marks = [(is_again, titles.repeat), (frame.copy, titles.copy), (document.training, titles.training)];
    let said: Vec<String> =
        marks.into_iter().filter(|(is_marked, _)| *is_marked).map(|(_, mark)| parts::mark(mark)).collect();
    if said.is_empty() { said } else { vec![said.join(" ")] }
}
