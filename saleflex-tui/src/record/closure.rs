//! A closed period: its head, its money, its taxes, its people.

use saleflex_core::{
    closure::Closure,
    ids::ClosureNumber,
    money::{Currency, Money},
    printout::closure::{CountryLine, country_lines, country_title},
};
use saleflex_store::{Error, Till};

use super::{Fields, Model, Shape, Value};
use crate::{
    app::State,
    effect::Effect,
    listing::{self, RowId},
    message,
    text::{Key, Text},
};

mod cash;
pub(crate) mod correction;
mod kinds;

/// A closed period.
pub(crate) struct ClosureModel;

impl Model for ClosureModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "CLOSURE_DETAIL",
            panel: "CLOSURE_RECORD",
            definition: include_str!("../../forms/closure_detail.toml"),
            event: "CLOSURE_DETAIL_FORM",
            fields: &["HEAD", "CASH", "PAYMENTS", "TAXES", "DEPARTMENTS", "PEOPLE", "COUNTRY"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintClosureDetail
    }

    fn was_part_of(&self, field: &str) -> Option<&'static str> {
        (field == "CASH").then_some("HEAD")
    }

    fn events(&self) -> &'static [&'static str] {
        &["REPRINT_Z", "RECEIPTS_OF_CLOSURE", "TIPS_OF_CLOSURE", "CORRECT_CLOSURE"]
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let closure = match of {
            Some(RowId::Closure(number)) => Some(till.closure(number)?),
            _ => till.closures(1)?.into_iter().next(),
        };
        let Some(closure) = closure else {
            let none = vec![text.word(Key::ClosuresNone).to_owned()];
            return Ok(vec![("HEAD", Value::Lines(none))]);
        };
        let corrections = correction::told(till, text, closure.number())?;
        let page = Page { till, text, closure: &closure };
        Ok(vec![
            ("HEAD", Value::Lines(page.head().into_iter().chain(corrections).collect())),
            ("CASH", Value::Lines(page.cash())),
            ("PAYMENTS", Value::Lines(page.payments().into_iter().chain(page.worth()).collect())),
            ("TAXES", Value::Lines(page.taxes())),
            ("DEPARTMENTS", Value::Lines(page.departments())),
            ("PEOPLE", Value::Lines(page.people())),
            ("COUNTRY", Value::Lines(page.country())),
        ])
    }

    fn act(&self, state: &mut State, of: Option<RowId>, event: &str) -> Vec<Effect> {
        let last = ClosureNumber(state.view.period.0.saturating_sub(1));
        let number = if let Some(RowId::Closure(number)) = of { number } else { last };
        listing::closures::of_period(state, number, event)
    }
}

/// What lines are made from.
struct Page<'a> {
    till: &'a Till,
    text: &'a Text,
    closure: &'a Closure,
}

/// Columns of a label.
const LABEL: usize = 30;
/// Columns of a number.
const NUMBER: usize = 12;

impl Page<'_> {
    fn money(&self, amount: Money) -> String {
        self.till.currency().format(amount)
    }

    fn labelled(label: &str, value: &str) -> String {
        format!("{label:<LABEL$}{value:>24}")
    }

    fn line(&self, key: Key, value: &str) -> String {
        Self::labelled(self.text.word(key), value)
    }

    fn amount(&self, key: Key, amount: Money) -> String {
        self.line(key, &self.money(amount))
    }

    fn head(&self) -> Vec<String> {
        let Closure { period, report, closed_by, .. } = self.closure;
        let time = |local: chrono::NaiveDateTime| local.format("%Y-%m-%d %H:%M").to_string();
        let counts = &report.counts;
        let mut lines = vec![
            self.line(Key::ClosureNumber, &self.closure.label().to_string()),
            self.line(Key::ClosureOpened, &time(period.opened_at.local)),
            self.line(Key::ClosureClosed, &time(self.closure.closed_at.local)),
            self.line(Key::ClosureBusinessDate, &self.closure.business_date.to_string()),
            self.line(Key::ClosureOpenedBy, &self.person(period.opened_by)),
            self.line(Key::ClosureBy, &self.person(Some(closed_by.cashier))),
            self.line(Key::ClosureAgreed, &self.person(closed_by.approved_by)),
            self.line(Key::ClosureFirst, &Self::document(self.closure.first_document)),
            self.line(Key::ClosureLast, &Self::document(self.closure.last_document)),
            self.line(Key::ClosureDocuments, &report.document_count().to_string()),
            self.line(Key::ClosureCancelled, &counts.cancelled.to_string()),
            self.line(Key::ClosureReturned, &counts.returns.to_string()),
            self.line(Key::ClosureSuspended, &self.closure.suspended_count.to_string()),
            self.amount(Key::ClosureGross, report.gross_sales),
            self.amount(Key::ClosureReturns, report.returns),
            self.amount(Key::ClosureDiscounts, report.discounts),
            self.amount(Key::ClosureSurcharges, report.surcharges),
            self.amount(Key::ClosureRounding, report.rounding),
            self.amount(Key::ClosureNetOfTax, report.net_excluding_tax()),
            self.amount(Key::ClosureTax, report.tax),
            self.amount(Key::ClosureNet, report.net_sales),
            self.amount(Key::ClosureTips, report.tips),
            self.amount(Key::ClosurePurchases, report.purchases),
        ];
        lines.extend(self.kinds());
        lines
    }

    /// What lay in the drawer of other currencies, and what stays there: also where nobody counted it.
    fn foreign(&self) -> Vec<String> {
        let mut lines = Vec::new();
        // Closing refuses a count that does not add up.
        for (code, cash) in self.closure.foreign_cash().unwrap_or_default() {
            let mut line = |key: Key, amount: Money| {
                let label = format!("{} {code}", self.text.word(key));
                lines.push(Self::labelled(&label, &Currency::of(code).format(amount)));
            };
            line(Key::ClosureOpening, cash.opening);
            line(Key::ClosureExpected, cash.expected);
            if let Some(counted) = cash.counted {
                line(Key::ClosureCounted, counted);
            }
            if let Some(difference) = cash.difference() {
                line(Key::ClosureDifference, difference);
            }
            line(Key::ClosureLeft, cash.left);
            if cash.counted.is_some() {
                line(Key::ClosureSafe, cash.moved_to_safe());
            }
        }
        lines
    }

    /// A row: a name and its numbers.
    fn row(name: &str, numbers: &[String]) -> String {
        let name: String = name.chars().take(LABEL - 1).collect();
        let row = format!("{name:<LABEL$}");
        numbers.iter().fold(row, |row, number| format!("{row}{number:>NUMBER$}"))
    }

    /// Headings and rows; a word where there are no rows.
    fn table(&self, headings: &[Key], rows: Vec<String>) -> Vec<String> {
        if rows.is_empty() {
            return vec![self.text.word(Key::NothingToList).to_owned()];
        }
        let words: Vec<String> = headings.iter().map(|key| self.text.word(*key).to_owned()).collect();
        let mut lines = vec![Self::row("", &words)];
        lines.extend(rows);
        lines
    }

    fn payments(&self) -> Vec<String> {
        let rows = self.closure.report.tenders.iter().map(|(kind, totals)| {
            let net = totals.tendered - totals.change - totals.refunds;
            let numbers = [
                totals.count.to_string(),
                self.money(totals.tendered),
                self.money(totals.change),
                self.money(net),
            ];
            Self::row(message::tender_kind(self.text, *kind), &numbers)
        });
        let headings = [Key::ColumnCount, Key::ColumnTaken, Key::ColumnChange, Key::ColumnKept];
        self.table(&headings, rows.collect())
    }

    fn taxes(&self) -> Vec<String> {
        let rows = self.closure.report.taxes.iter().map(|(key, totals)| {
            let name = format!("{} {} %", key.name, key.percent);
            let numbers = [totals.documents.to_string(), self.money(totals.taxable), self.money(totals.tax)];
            Self::row(&name, &numbers)
        });
        self.table(&[Key::ColumnDocuments, Key::ColumnTaxable, Key::ColumnTax], rows.collect())
    }

    fn departments(&self) -> Vec<String> {
        let rows = self.closure.report.departments.iter().map(|(no, totals)| {
            let known = self.till.catalog().departments().find(|department| department.no == *no);
            let name = known.map_or_else(|| no.to_string(), |department| department.name.clone());
            let numbers = [totals.lines.to_string(), self.money(totals.gross), self.money(totals.tax)];
            Self::row(&name, &numbers)
        });
        self.table(&[Key::ColumnLines, Key::ColumnGross, Key::ColumnTax], rows.collect())
    }

    /// What the law of the country wants, in the words of the printed report.
    fn country(&self) -> Vec<String> {
        let (words, report) = (self.text.printout, &self.closure.report);
        let told = self.closure.country.as_ref().map(|figures| {
            (country_title(figures, words), country_lines(figures, report, self.till.currency(), words))
        });
        let Some((title, told)) = told.filter(|(_, told)| !told.is_empty()) else {
            return vec![self.text.word(Key::NothingToList).to_owned()];
        };
        let line = |line: CountryLine| {
            let label = format!("{}{}", "  ".repeat(line.depth), line.label);
            Self::labelled(&label, &line.value.unwrap_or_default()).trim_end().to_owned()
        };
        std::iter::once(title).chain(told.into_iter().map(line)).collect()
    }

    fn people(&self) -> Vec<String> {
        let rows = self.closure.report.cashiers.iter().flat_map(|(id, totals)| {
            let name = self.till.cashier(*id).map_or_else(|| id.to_string(), |cashier| cashier.name.clone());
            let numbers = [
                totals.sale_count.to_string(),
                self.money(totals.sales - totals.returns),
                totals.void_count.to_string(),
                self.money(totals.voids),
            ];
            [Self::row(&name, &numbers)].into_iter().chain(self.at_work(*id))
        });
        let headings = [Key::ColumnDocuments, Key::ColumnSales, Key::ColumnVoids, Key::ColumnVoided];
        self.table(&headings, rows.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{form::Form, record::Record};

    #[test]
    fn a_screen_of_before_shows_the_cash_where_it_stood() {
        let mut record = Record::new(&ClosureModel, None);
        let lines = |words: &[&str]| Value::Lines(words.iter().map(|&word| word.to_owned()).collect());
        record.fill(vec![
            ("HEAD", lines(&["a", "b"])),
            ("CASH", lines(&["c", "d", "e"])),
            ("TAXES", lines(&["f"])),
        ]);
        let delivered = ClosureModel.shape().definition;
        assert_eq!(record.rows(&Form::parse(delivered).unwrap()).len(), 2);
        let cash = "[[control]]\nname = \"CASH\"\ntype = \"DATAGRID\"\nparent_name = \"CLOSURE_RECORD\"\ntab_index = 1\n";
        let before = delivered.replace(cash, "");
        assert_ne!(before, delivered);
        assert_eq!(record.rows(&Form::parse(&before).unwrap()).len(), 5);
    }
}
