//! What was finished in a period: to print it once more, by its place in the list or by its number.

use saleflex_core::{
    document::{CashMovement, CashMovementKind, DocumentType, Kind},
    ids::DocumentNumber,
    money::Money,
    time::Moment,
};
use saleflex_store::{
    Error, Till,
    history::{DocumentHead, PassedNumber, parse_number},
};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    action::Screen,
    app::{Place, Return, State},
    effect::{Act, Effect, Question},
    text::{Key, Text},
};

/// The receipts of a period.
pub(crate) struct Receipts;

/// What a list of documents says of each.
pub(crate) const HEADINGS: &[Heading] = &[
    Heading::text(Key::ColumnNumber, 20),
    Heading::text(Key::ColumnTime, 5),
    Heading { is_below: true, ..Heading::text(Key::ColumnKind, 11) },
    Heading::text(Key::ColumnName, 0),
    Heading::number(Key::ColumnPaid, 9),
    Heading::number(Key::ColumnChange, 8),
    Heading::number(Key::ColumnGross, 10),
];

impl Listing for Receipts {
    fn form(&self) -> &'static str {
        super::RECEIPTS
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/receipts.toml")
    }

    fn event(&self) -> &'static str {
        "CLOSURE_RECEIPTS_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &[
            "CLOSURE_RECEIPT_DETAIL_FORM",
            "CLOSURE_RECEIPT_LINES",
            "REPEAT_RECEIPT",
            "REFUND_RECEIPT",
            "VOID_RECEIPT",
        ]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleReceipts, none: Key::ReceiptsNone, hint: Key::HintReceipts }
    }

    fn empty(&self) -> Key {
        Key::ReceiptsEmpty
    }

    fn headings(&self) -> &'static [Heading] {
        HEADINGS
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let open = till.period().number;
        // A number as printed says which period it is of.
        let named = parse_number(&query.term).map(|number| number.closure);
        let wanted = match named {
            Some(named) => named,
            None => till.period_back(query.back)?.unwrap_or(open),
        };
        let (period, heads) = match till.documents(wanted) {
            Err(Error::NoSuchClosure { .. }) => (open, till.documents(open)?),
            heads => (wanted, heads?),
        };
        let mut rows = rows(till, text, heads.iter(), &query.term)?;
        let passed = till.passed_numbers(period)?;
        rows.extend(passed.iter().map(|passed| passed_on(text, passed)).filter(|row| row.holds(&query.term)));
        let title = text.fill(Key::ReceiptsOf, &[("period", &period.0.to_string())]);
        Ok(Listed { rows, title: Some(title), back: till.periods_since(period)?, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let RowId::Document(id) = row.id else { return Vec::new() };
        match event {
            "CLOSURE_RECEIPT_DETAIL_FORM" => return vec![Effect::Ask(Question::Copy(id))],
            "CLOSURE_RECEIPT_LINES" => return vec![Effect::Ask(Question::Detail(id))],
            "REPEAT_RECEIPT" => return State::act(Act::Repeat(id, None)),
            _ => {}
        }
        let number = row.name().to_owned();
        let effects = state.go_to(Screen::Return);
        if let Some(Place::Return(back)) = state.places.last_mut() {
            let takes_all = event == "VOID_RECEIPT";
            **back = Return { number: number.clone(), takes_all, ..Return::default() };
            return vec![Effect::Ask(Question::Receipt(number))];
        }
        effects
    }
}

/// Documents as rows, the last first: those of which a row holds the words.
pub(crate) fn rows<'a>(
    till: &Till,
    text: &Text,
    heads: impl DoubleEndedIterator<Item = &'a DocumentHead>,
    words: &str,
) -> Result<Vec<ListRow>, Error> {
    let all = heads.rev().map(|head| row(till, text, head));
    all.filter(|row| !row.as_ref().is_ok_and(|row| !row.holds(words))).collect()
}

fn row(till: &Till, text: &Text, head: &DocumentHead) -> Result<ListRow, Error> {
    let customer = head.customer.map(|id| till.customer(id)).transpose()?.flatten();
    let name = match customer {
        Some(customer) => customer.name,
        None => till.cashier(head.finished_by).map(|cashier| cashier.name.clone()).unwrap_or_default(),
    };
    let (kind, total) = match moved(till, head)? {
        // What moved in or out of the drawer is owed by nobody.
        Some(CashMovement { kind, amount, .. }) => {
            (text.word(movement(kind)), if kind.is_in() { amount } else { -amount })
        }
        None => (kind_word(text, head), worth(head)),
    };
    let kind = said_of(text, head, kind);
    let paid = |amount: Money| {
        if amount.is_zero() { String::new() } else { till.currency().format(amount) }
    };
    let cells = vec![
        head.number.to_string(),
        finished(head.number, &head.finished_at),
        kind,
        name,
        paid(head.paid),
        paid(head.change),
        till.currency().format(total),
    ];
    Ok(ListRow { id: RowId::Document(head.id), cells, total, is_dim: head.is_cancelled || head.is_training })
}

/// When a document was finished: the time, or the day in as much room where that is another than its number begins with.
fn finished(number: DocumentNumber, at: &Moment) -> String {
    let shown = if at.local.date() == number.date { "%H:%M" } else { "%m-%d" };
    at.local.format(shown).to_string()
}

/// A kind with what keeps the document from counting.
pub(crate) fn said_of(text: &Text, head: &DocumentHead, kind: &str) -> String {
    let mut said = kind.to_owned();
    for (is_so, key) in [(head.is_training, Key::TrainingKind), (head.is_cancelled, Key::CancelledKind)] {
        if is_so {
            said = text.fill(key, &[("kind", &said)]);
        }
    }
    said
}

/// A number that is no finished document's own, with the one it leads to: Enter shows that.
fn passed_on(text: &Text, passed: &PassedNumber) -> ListRow {
    let why = if passed.has_moved() { Key::NumberMoved } else { Key::NumberGivenUp };
    let cells = vec![
        passed.number.to_string(),
        finished(passed.number, &passed.to.finished_at),
        text.word(why).to_owned(),
        text.fill(Key::NumberLeadsTo, &[("number", &passed.to.number.to_string())]),
        String::new(),
        String::new(),
        String::new(),
    ];
    ListRow { id: RowId::Document(passed.to.id), cells, total: Money::ZERO, is_dim: true }
}

/// What a document brought the shop: below nothing where it pays out, for goods that came back or were bought.
pub(crate) fn worth(head: &DocumentHead) -> Money {
    if head.kind.pays_out() { -head.net_due } else { head.net_due }
}

/// What moved in or out of the drawer; none of any other document.
fn moved(till: &Till, head: &DocumentHead) -> Result<Option<CashMovement>, Error> {
    if head.kind != Kind::CashMovement {
        return Ok(None);
    }
    let found = till.find_document(head.id)?;
    Ok(found.and_then(|found| found.document().cash_movement.clone()))
}

/// What a movement of cash is called.
const fn movement(kind: CashMovementKind) -> Key {
    match kind {
        CashMovementKind::Float => Key::FloatTitle,
        CashMovementKind::PaidIn => Key::PaidInTitle,
        CashMovementKind::PaidOut => Key::PaidOutTitle,
        CashMovementKind::CashDrop => Key::CashDropTitle,
    }
}

pub(crate) fn kind_word<'a>(text: &'a Text, head: &DocumentHead) -> &'a str {
    match (head.kind, head.document_type) {
        (Kind::Return, _) => text.word(Key::ReturnWord),
        (Kind::Quote, _) => text.event("OPEN_DOCUMENT quote"),
        (Kind::Order, _) => text.event("OPEN_DOCUMENT order"),
        (Kind::Layaway, _) => text.event("OPEN_DOCUMENT layaway"),
        (Kind::CashMovement, DocumentType::CashIn) => text.word(Key::CashInWord),
        (Kind::CashMovement, _) => text.word(Key::CashOutWord),
        (_, paper) => text.document_type(paper),
    }
}
