//! The audit trail, to search: who did what sensitive act to what, and who agreed.

use chrono::NaiveDate;
use saleflex_core::{
    audit::{AuditRecord, AuditSearch, Figure, Subject},
    cashier::access::Act,
    ids::CashierId,
    journal::Event,
    money::Money,
};
use saleflex_store::{Error, Till, audit::AuditRow};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::{Effect, Question},
    message,
    text::{Key, Text},
    view,
};

pub(crate) mod changes;
mod said;

/// Most acts of a page; left shows those before them, and a date in the search those of a day.
const PAGE: usize = 500;
/// Most acts looked through for words before a key is heard again.
const PART: usize = 200;

/// The audit trail.
pub(crate) struct Audit;

impl Listing for Audit {
    fn form(&self) -> &'static str {
        "AUDIT"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/audit.toml")
    }

    fn event(&self) -> &'static str {
        "AUDIT_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["AUDIT_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleAudit, none: Key::AuditNone, hint: Key::HintAudit }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnTime, 16),
                Heading::text(Key::ColumnAct, 20),
                Heading::text(Key::ColumnWho, 16),
                Heading::text(Key::ColumnApproved, 16),
                Heading::below(Key::ColumnWhat),
            ]
        }
    }

    fn is_long(&self) -> bool {
        true
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let (search, rest) = search(&query.term);
        if rest.is_empty() {
            return page(till, text, &search, query.back);
        }
        let (found, back) = match query.from {
            Some(before) => (till.audit_before(&search, before, PART)?, query.back),
            None => from_page(till, &search, query.back, PART)?,
        };
        let mut rows = Vec::new();
        for found in &found {
            let row = row(till, text, found)?;
            // What was said why is read only where the row does not answer by itself.
            if row.holds(&rest) || said::holds(till, text, found, &row, &rest)? {
                rows.push(row);
            }
        }
        let last = found.last().filter(|_| found.len() == PART);
        let title = last.map(|last| {
            let day = last.record.at.local.date().to_string();
            text.fill(Key::AuditBackTo, &[("day", &day)])
        });
        Ok(Listed { rows, title, back, next: last.map(|last| last.no) })
    }

    fn act(&self, _: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        let RowId::Audit(seq) = row.id else { return Vec::new() };
        vec![Effect::Ask(Question::Audit(seq))]
    }
}

/// Acts from a page on, or from the last one that there is where nothing lies so far back.
fn from_page(
    till: &Till,
    search: &AuditSearch,
    mut back: u32,
    most: usize,
) -> Result<(Vec<AuditRow>, u32), Error> {
    let mut found = till.audit_page(search, skipped(back), most)?;
    while found.is_empty() && back > 0 {
        back -= 1;
        found = till.audit_page(search, skipped(back), most)?;
    }
    Ok((found, back))
}

/// A page of acts.
fn page(till: &Till, text: &Text, search: &AuditSearch, back: u32) -> Result<Listed, Error> {
    let (found, back) = from_page(till, search, back, PAGE)?;
    let rows = found.iter().map(|found| row(till, text, found)).collect::<Result<_, _>>()?;
    let (first, last) = (skipped(back) + 1, skipped(back) + found.len());
    let title = text.fill(Key::AuditPage, &[("first", &first.to_string()), ("last", &last.to_string())]);
    Ok(Listed { rows, title: (back > 0).then_some(title), back, next: None })
}

/// How many acts lie before a page.
fn skipped(back: u32) -> usize {
    usize::try_from(back).unwrap_or(usize::MAX).saturating_mul(PAGE)
}

/// What is searched for: a date among the words names the day, the other words have to stand in the row.
fn search(term: &str) -> (AuditSearch, String) {
    let date = |word: &str| {
        ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]
            .iter()
            .find_map(|form| NaiveDate::parse_from_str(word, form).ok())
    };
    let named = term.split_whitespace().find_map(date);
    let rest: Vec<&str> = term.split_whitespace().filter(|word| date(word).is_none()).collect();
    // A day of the store's clock lies within this, whatever its time zone.
    let at = |day: NaiveDate, days: i64| {
        let midnight = day.and_hms_opt(0, 0, 0).unwrap_or_default().and_utc();
        midnight.checked_add_signed(chrono::TimeDelta::days(days))
    };
    let mut search = AuditSearch::default();
    if let Some(day) = named {
        (search.from, search.until) = (at(day, -1), at(day, 2));
    }
    // Of the days beside it only the one that was named stays: it stands in the row.
    let named = named.map(|day| day.to_string());
    let rest = rest.into_iter().map(str::to_owned).chain(named);
    (search, rest.collect::<Vec<_>>().join(" "))
}

fn row(till: &Till, text: &Text, found: &AuditRow) -> Result<ListRow, Error> {
    let record = &found.record;
    Ok(ListRow {
        id: RowId::Audit(found.seq),
        cells: vec![
            record.at.local.format("%Y-%m-%d %H:%M").to_string(),
            message::act(text, record.act).to_owned(),
            who(till, actor(record)),
            who(till, record.approved_by),
            what(till, text, found)?,
        ],
        total: Money::ZERO,
        is_dim: false,
    })
}

/// The name of a cashier; none where nobody is known.
pub(crate) fn who(till: &Till, cashier: Option<CashierId>) -> String {
    cashier.and_then(|id| till.cashier(id)).map(|cashier| cashier.name.clone()).unwrap_or_default()
}

/// Who did it. Whoever logged in was nobody at the till before that.
pub(crate) const fn actor(record: &AuditRecord) -> Option<CashierId> {
    match (record.cashier, record.act, record.subject) {
        (None, Act::LogIn | Act::LogOut, Subject::Cashier(cashier)) => Some(cashier),
        (known, ..) => known,
    }
}

/// To what an act was done, and the figures before and after it.
fn what(till: &Till, text: &Text, found: &AuditRow) -> Result<String, Error> {
    let record = &found.record;
    if record.act == Act::UseFunction {
        return used(till, text, found);
    }
    let subject = subject(till, text, record.subject)?;
    let changes = changes::of(till, text, record.act, found.seq)?;
    let figures = match (&record.before, &record.after) {
        (Some(before), Some(after)) => {
            format!("{} -> {}", figure(till, text, before), figure(till, text, after))
        }
        (Some(one), None) | (None, Some(one)) => figure(till, text, one),
        (None, None) => String::new(),
    };
    let figures = if changes.is_empty() { figures } else { changes.join("; ") };
    Ok([subject, figures].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  "))
}

/// Which function was used, on which document, and what whoever agreed said: that stands in the journal.
fn used(till: &Till, text: &Text, found: &AuditRow) -> Result<String, Error> {
    let record = &found.record;
    let function = record.after.as_ref().map(|used| figure(till, text, used)).unwrap_or_default();
    let event = till.entry(found.seq)?.event;
    let said = if let Event::FunctionAllowed { reason: Some(reason), .. } = event {
        format!("\"{reason}\"")
    } else {
        String::new()
    };
    let parts = [function, subject(till, text, record.subject)?, said];
    Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  "))
}

/// What an act was done to, in words.
pub(crate) fn subject(till: &Till, text: &Text, subject: Subject) -> Result<String, Error> {
    let number = |id| -> Result<String, Error> {
        Ok(till.find_document(id)?.map(|found| found.document().number.to_string()).unwrap_or_default())
    };
    Ok(match subject {
        Subject::Document(id) => number(id)?,
        Subject::Line(id, line) => format!("{}/{line}", number(id)?),
        Subject::Tender(id, tender) => format!("{}/{tender}", number(id)?),
        Subject::Period(period) => text.fill(Key::SubjectPeriod, &[("period", &period.0.to_string())]),
        Subject::Drawer(drawer) => text.fill(Key::SubjectDrawer, &[("drawer", &drawer.0.to_string())]),
        Subject::Cashier(id) => who(till, Some(id)),
        // Names of customers stay where they are kept.
        Subject::Customer(id) => till.customer(id)?.map(|customer| customer.code).unwrap_or_default(),
        Subject::Product(id) => {
            till.catalog().product(id).map(|product| product.code().to_owned()).unwrap_or_default()
        }
        Subject::Currency(code) => code.to_string(),
        _ => String::new(),
    })
}

/// A figure as screens write it.
pub(crate) fn figure(till: &Till, text: &Text, figure: &Figure) -> String {
    match figure {
        Figure::Amount(amount) => till.currency().show(*amount),
        Figure::Price(price) => view::price(till.currency(), *price),
        Figure::Percent(percent) => format!("{percent} %"),
        Figure::Number(number) => number.normalize().to_string(),
        Figure::Rate(rate) => rate.to_string(),
        Figure::Capabilities(held) => {
            text.fill(Key::FigureCapabilities, &[("count", &held.len().to_string())])
        }
        Figure::Address(address) => address.clone(),
        Figure::Function(used) => format!("{} ({} {})", used.words, used.screen, used.control),
        Figure::Flag(may_log_in) => {
            text.word(if *may_log_in { Key::FigureLetIn } else { Key::FigureLockedOut }).to_owned()
        }
        Figure::Cashier(id) => who(till, Some(*id)),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_in_the_search_names_the_day_and_the_other_words_stand_in_the_row() {
        let (found, rest) = search("void 05.04.2025 priya");
        assert_eq!(rest, "void priya 2025-04-05");
        assert_eq!(found.from.unwrap().to_rfc3339(), "2025-04-04T00:00:00+00:00");
        assert_eq!(found.until.unwrap().to_rfc3339(), "2025-04-07T00:00:00+00:00");
        assert_eq!(search("void"), (AuditSearch::default(), "void".to_owned()));
    }
}
