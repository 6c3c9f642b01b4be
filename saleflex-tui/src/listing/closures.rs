//! Periods that were closed, to print their Z reports once more and to look into their receipts.

use saleflex_core::{closure::Closure, ids::ClosureNumber, money::Money};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::{Effect, Question},
    text::{Key, Text},
};

/// Most periods listed at once; left shows those before them.
const MOST: u32 = 400;

/// Closed periods.
pub(crate) struct Closures;

impl Listing for Closures {
    fn form(&self) -> &'static str {
        "CLOSURE_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/closures.toml")
    }

    fn event(&self) -> &'static str {
        "CLOSURE_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["CLOSURE_DETAIL_OF", "REPRINT_Z", "RECEIPTS_OF_CLOSURE", "TIPS_OF_CLOSURE", "CORRECT_CLOSURE"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleClosures, none: Key::ClosuresNone, hint: Key::HintClosures }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnNumber, 7),
                Heading::text(Key::ColumnClosedAt, 17),
                Heading::text(Key::ColumnName, 0),
                Heading::number(Key::ColumnDocuments, 9),
                Heading::number(Key::ColumnGross, 11),
                Heading::number(Key::ColumnOpening, 10),
                Heading::number(Key::ColumnClosing, 10),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        page(till, text, query, MOST)
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let RowId::Closure(number) = row.id else { return Vec::new() };
        match event {
            "CLOSURE_DETAIL_OF" => state.open_record("CLOSURE_DETAIL", Some(row.id)),
            _ => of_period(state, number, event),
        }
    }
}

/// So many periods, as many times as many back as was asked for.
fn page(till: &Till, text: &Text, query: &Query, most: u32) -> Result<Listed, Error> {
    let mut back = query.back;
    let mut closures = till.closures_page(back.saturating_mul(most), most)?;
    while closures.is_empty() && back > 0 {
        // Nothing lies so far back: the last page that there is.
        back -= 1;
        closures = till.closures_page(back.saturating_mul(most), most)?;
    }
    let rows = closures.iter().map(|closure| row(till, closure));
    let rows = rows.filter(|row| row.holds(&query.term)).collect();
    let number = |closure: &Closure| closure.period.closing_number().0;
    let number = |closure: Option<&Closure>| closure.map_or(0, number).to_string();
    let (first, last) = (number(closures.last()), number(closures.first()));
    let title = text.fill(Key::ClosuresPage, &[("first", &first), ("last", &last)]);
    Ok(Listed { rows, title: (back > 0).then_some(title), back, ..Listed::default() })
}

/// What can be done about a closed period, in the list and beside its figures.
pub(crate) fn of_period(state: &mut State, number: ClosureNumber, event: &str) -> Vec<Effect> {
    let id = Some(RowId::Closure(number));
    match event {
        "REPRINT_Z" => vec![Effect::Ask(Question::ZCopy(number))],
        "TIPS_OF_CLOSURE" => state.open_record("TIP_POOL", id),
        "CORRECT_CLOSURE" => state.open_record("CLOSURE_CORRECTION", id),
        _ => {
            let back = state.view.period.0.saturating_sub(number.0);
            state.open_list(super::RECEIPTS, back)
        }
    }
}

fn row(till: &Till, closure: &Closure) -> ListRow {
    let ClosureNumber(number) = closure.period.closing_number();
    // With tax, discounts and returns taken off: what every list calls gross.
    let total: Money = closure.report.net_sales;
    ListRow {
        id: RowId::Closure(closure.period.number),
        cells: vec![
            number.to_string(),
            closure.closed_at.local.format("%Y-%m-%d %H:%M").to_string(),
            till.cashier(closure.closed_by.cashier).map(|cashier| cashier.name.clone()).unwrap_or_default(),
            closure.report.document_count().to_string(),
            till.currency().format(total),
            till.currency().format(closure.opening_cash),
            closure.counted_cash.map_or_else(|| "-".to_owned(), |counted| till.currency().format(counted)),
        ],
        total,
        is_dim: false,
    }
}

#[cfg(test)]
mod tests {
    use saleflex_core::{
        document::{AddLine, Command, TakeTender},
        tender::TenderKind,
    };
    use saleflex_store::{demo, shell::ManualShell};

    use super::*;

    #[test]
    fn periods_that_were_closed_long_ago_are_a_page_further_back() {
        let mut shell = ManualShell::starting("2025-04-06T09:30:00Z".parse().unwrap(), 7);
        let folder = tempfile::tempdir().unwrap();
        let setup = demo::corner_market(&mut shell);
        let mut till = Till::create(folder.path().join("till.saleflex"), setup, shell).unwrap();
        till.log_in("admin", "1111").unwrap();
        for _ in 0..5 {
            till.execute(Command::AddLine(AddLine::code("10101"))).unwrap();
            till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash))).unwrap();
            till.close_period(None, None).unwrap();
        }
        let text = Text::english();
        let shown = |back| {
            let listed = page(&till, text, &Query { back, ..Query::default() }, 2).unwrap();
            let numbers: Vec<String> = listed.rows.iter().map(|row| row.cells[0].clone()).collect();
            (numbers.join(" "), listed.title, listed.back)
        };
        let titled = |title: &str| Some(title.to_owned());
        assert_eq!(shown(0), ("5 4".to_owned(), None, 0));
        assert_eq!(shown(1), ("3 2".to_owned(), titled("Closed periods 2 to 3"), 1));
        assert_eq!(shown(2), ("1".to_owned(), titled("Closed periods 1 to 1"), 2));
        assert_eq!(shown(9), ("1".to_owned(), titled("Closed periods 1 to 1"), 2), "the last there is");
    }
}
