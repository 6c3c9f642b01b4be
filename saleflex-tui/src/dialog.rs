//! Dialogs: what stands above a screen until it is answered. Each has Enter and Escape; an act that matters asks
//! for its own key instead of Enter, so that nobody confirms it by habit.

use saleflex_core::{
    cashier::{session::BreakKind, time_clock::Punch},
    document::{CashMovementKind, DocumentType, Kind},
    ids::{AdjustmentNo, CouponId, CustomerId, LineNo, TenderNo},
    money::{CurrencyCode, Money},
    tender::TenderKind,
};

use crate::{
    action::{Action, Adjustment, Erase, Move},
    effect::{Act, Approver, Effect, FirstStart, Paper, Progress},
    entry::TypedLine,
    view::ProductKey,
};

mod choosing;
mod field;

pub use field::{Field, FieldKind};

/// The place of the certificate among the fields of an exemption.
pub(crate) const CERTIFICATE: usize = 1;

/// What stands above a screen.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// Fields to fill in.
    Prompt(Box<Prompt>),
    /// A question with its own key.
    Question(Question),
    /// A list to pick from.
    Pick(Pick),
    /// A text to read.
    Paper(Reader),
    /// How far something is that takes a while.
    Progress(Progress),
}

/// Fields to fill in.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What it is about.
    pub title: String,
    /// What to do, in a sentence.
    pub hint: Option<String>,
    /// The fields.
    pub fields: Vec<Field>,
    /// The field that typing goes to.
    pub at: usize,
    /// Why it was not accepted; what was typed stays.
    pub error: Option<String>,
    /// It was a PIN of digits that was not accepted: a letter in its place names somebody else.
    pub is_pin_refused: bool,
    /// A letter led back from the PIN that was refused: digits are the next try.
    pub is_named_anew: bool,
    /// What the answer is for.
    pub purpose: Purpose,
    /// Who approved the act it is for already.
    pub approver: Option<Box<Approver>>,
}

/// What the answer to a prompt is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// A manager approves an act.
    Approve(Act),
    /// The buyer's age is checked for an act.
    Age(Act),
    /// A price is typed for an act.
    Price(Act),
    /// How much of something weighed, for an act.
    Weight(Act),
    /// Which pieces, for an act: of a line that stands on the document, or on the sale that they come back from.
    Pieces(Act, Option<LineNo>),
    /// A new quantity of a line.
    Quantity(LineNo),
    /// A new price of a line.
    LinePrice(LineNo),
    /// A note, on a line or on the document.
    Note(Option<LineNo>),
    /// A discount or markup on a line.
    AdjustLine(LineNo, Adjustment),
    /// A discount or surcharge on the document.
    AdjustDocument(Adjustment),
    /// Why no tax is charged, and on which certificate.
    Exempt,
    /// The number of a department, for the price in the input line.
    Department,
    /// Money in or out of the drawer.
    Cash(CashMovementKind),
    /// Why the drawer is opened.
    Drawer,
    /// Foreign notes.
    Foreign(CurrencyCode),
    /// The tip of the next payment.
    Tip,
    /// A payment with what else is known of it.
    Particulars(TenderKind),
    /// What the provider answered to a tender.
    Answer(TenderNo),
    /// The provider's reference of a reversal, for an act.
    Reversal(Act),
    /// How many of a sold line come back.
    ReturnQuantity(LineNo),
    /// What was counted in the drawer, and declared under these names.
    Count(Vec<String>),
    /// Why the drawer differs from what is expected, for an act.
    Reason(Act),
    /// The secret of whoever punches the clock, by user name.
    Punch(String, Punch),
    /// How long a break is to last.
    Break(BreakKind),
    /// Another secret.
    Secret,
    /// How many points.
    Points,
    /// The code of a coupon.
    Coupon,
    /// The number of a gift card, and how much to take of it; none: what is owed.
    GiftCard(Option<Money>),
    /// A file of products.
    ImportFile,
    /// An empty store.
    SetUp(Option<Box<FirstStart>>),
}

/// A question that its own key answers with yes.
#[derive(Clone, Debug)]
pub struct Question {
    /// The question and what there is to know, line by line.
    pub lines: Vec<String>,
    /// The key that means yes.
    pub key: char,
    /// What is done then.
    pub then: Then,
}

/// What is done once a question is answered with yes.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// What the till was to be asked for.
    Ask(Effect),
    /// What the cashier meant.
    Mean(Action),
}

/// A list to pick from, with a filter.
#[derive(Clone, Debug)]
pub struct Pick {
    /// What it is about.
    pub title: String,
    /// What was typed to narrow it.
    pub filter: TypedLine,
    /// The rows; a list that is searched elsewhere holds what was found.
    pub rows: Vec<Row>,
    /// The row selected, among those shown.
    pub at: usize,
    /// Where the rows come from.
    pub source: Source,
}

/// Where the rows of a list come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Source {
    /// All are here; typing narrows them.
    Here,
    /// The catalog is searched.
    Products,
    /// The customers are searched.
    Customers,
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its columns.
    pub cells: Vec<String>,
    /// What picking it means.
    pub choice: Choice,
}

/// What picking a row means.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// Run an action.
    Run(Action),
    /// Sell a product by its code.
    Product(String),
    /// Sell what a product key means.
    Key(Box<ProductKey>),
    /// Put a customer on the document.
    Customer(CustomerId),
    /// Begin a document.
    Begin(DocumentType, Kind),
    /// Take foreign notes.
    Currency(CurrencyCode),
    /// Take a payment with what else is known of it.
    Particulars(TenderKind),
    /// Take a document adjustment back.
    Adjustment(AdjustmentNo),
    /// Take a coupon off the document.
    Coupon(CouponId),
    /// Go on a break of this kind: by the clock, for a user name; none: the cashier leaves the till.
    Break(Option<String>, BreakKind),
}

/// A text to read.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The text.
    pub paper: Paper,
    /// The first line shown.
    pub scroll: usize,
    /// A line in large above it, such as the change.
    pub headline: Option<String>,
}

impl Prompt {
    /// A prompt; typing goes to its first field.
    pub fn new(title: &str, fields: Vec<Field>, purpose: Purpose) -> Self {
        Self {
            title: title.to_owned(),
            hint: None,
            fields,
            at: 0,
            error: None,
            is_pin_refused: false,
            is_named_anew: false,
            purpose,
            approver: None,
        }
    }

    /// The same, with a sentence on what to do.
    #[must_use]
    pub fn with_hint(self, hint: String) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// What was typed in a field.
    pub fn value(&self, at: usize) -> &str {
        self.fields.get(at).map_or("", |field| field.line.text())
    }

    /// Which of a few was chosen in a field.
    pub fn choice(&self, at: usize) -> Option<usize> {
        match self.fields.get(at).map(|field| &field.kind) {
            Some(FieldKind::Choice { at, .. }) => *at,
            _ => None,
        }
    }

    /// Why, in the last field that takes a text.
    pub fn said(&self) -> Option<String> {
        let takes_text = |field: &&Field| !matches!(field.kind, FieldKind::Choice { .. });
        self.fields.iter().rev().find(takes_text).and_then(Field::said)
    }

    /// The reasons to pick from, where one is asked for.
    pub fn reasons(&self) -> &[String] {
        let known = self.fields.iter().find_map(|field| match &field.kind {
            FieldKind::Reason { known, .. } => Some(known.as_slice()),
            _ => None,
        });
        known.unwrap_or_default()
    }

    /// Whether what is typed may be a code, which somebody may scan: of a coupon, a card, a certificate, a piece.
    pub const fn takes_codes(&self) -> bool {
        let is_certificate = matches!(self.purpose, Purpose::Exempt) && self.at == CERTIFICATE;
        is_certificate
            || matches!(
                self.purpose,
                Purpose::Pieces(..)
                    | Purpose::Particulars(_)
                    | Purpose::Answer(_)
                    | Purpose::Reversal(_)
                    | Purpose::Coupon
                    | Purpose::GiftCard(_)
                    | Purpose::ImportFile
                    | Purpose::SetUp(_)
            )
    }

    /// The field that typing goes to.
    pub fn field(&self) -> Option<&Field> {
        self.fields.get(self.at)
    }

    /// Types a character; false where it was not taken.
    pub fn type_char(&mut self, character: char) -> bool {
        let is_untouched = self.error.take().is_some();
        if is_untouched && self.is_pin_refused && character.is_alphabetic() {
            self.go_to_names();
        }
        match self.fields.get_mut(self.at) {
            Some(Field { kind: FieldKind::Choice { options, at }, .. }) => {
                let starts = |option: &String| {
                    option.chars().flat_map(char::to_lowercase).next() == character.to_lowercase().next()
                };
                // Once more the same letter: the next one that begins with it.
                let behind = at.map_or(0, |at| at + 1);
                let mut order = (behind..options.len()).chain(0..behind.min(options.len()));
                let found = order.find(|at| options.get(*at).is_some_and(starts));
                let is_chosen = at.is_some();
                if let Some(found) = found {
                    *at = Some(found);
                    return true;
                }
                self.type_past_choice(character, is_chosen)
            }
            Some(field) => {
                if std::mem::take(&mut field.is_offered) {
                    field.line.clear();
                }
                field.line.type_char(character)
            }
            None => false,
        }
    }

    /// Takes back what a scanner typed.
    pub fn untype(&mut self, typed: &str) {
        if let Some(field) = self.fields.get_mut(self.at) {
            field.line.untype(typed);
        }
    }

    /// Erases in the field.
    pub fn erase(&mut self, what: Erase) {
        self.error = None;
        if let Some(field) = self.fields.get_mut(self.at) {
            field.is_offered = false;
            field.line.erase(what);
        }
    }

    /// Moves within the field or to another.
    pub fn step(&mut self, step: Move) {
        let count = self.fields.len().max(1);
        match (step, self.fields.get_mut(self.at)) {
            (Move::Next | Move::Down, _) => self.at = (self.at + 1) % count,
            (Move::Previous | Move::Up, _) => self.at = (self.at + count - 1) % count,
            (Move::To(at), _) => self.at = at.min(count - 1),
            (Move::Left, Some(Field { kind: FieldKind::Choice { options, at }, .. })) => {
                let last = options.len().saturating_sub(1);
                *at = Some(at.map_or(last, |at| (at + last) % options.len().max(1)));
            }
            (Move::Right, Some(Field { kind: FieldKind::Choice { options, at }, .. })) => {
                *at = Some(at.map_or(0, |at| (at + 1) % options.len().max(1)));
            }
            (other, Some(field)) => {
                field.is_offered = false;
                field.line.step(other);
            }
            (_, None) => {}
        }
    }

    /// Whether Enter answers the prompt: typing goes to the last field, or none of those that follow is needed.
    pub fn is_answered(&self) -> bool {
        let is_looked = matches!(self.purpose, Purpose::Age(_)) && self.at == 0 && self.choice(0) == Some(0);
        is_looked || self.fields.iter().skip(self.at + 1).all(|field| field.is_optional)
    }
}

impl Pick {
    /// A list of what is here.
    pub fn here(title: &str, rows: Vec<Row>) -> Self {
        Self { title: title.to_owned(), filter: TypedLine::default(), rows, at: 0, source: Source::Here }
    }

    /// The rows that the filter leaves.
    pub fn shown(&self) -> Vec<&Row> {
        if self.source != Source::Here {
            return self.rows.iter().collect();
        }
        let wanted: Vec<String> = self.filter.text().split_whitespace().map(str::to_lowercase).collect();
        let holds = |row: &&Row| {
            let text = row.cells.join(" ").to_lowercase();
            wanted.iter().all(|word| text.contains(word))
        };
        self.rows.iter().filter(holds).collect()
    }

    /// The row selected.
    pub fn selected(&self) -> Option<&Row> {
        self.shown().get(self.at).copied()
    }

    /// Moves the selection.
    pub fn step(&mut self, step: Move, page: usize) {
        let count = self.shown().len();
        self.at = stepped(self.at, count, step, page);
    }
}

impl Reader {
    /// A text from its beginning.
    pub const fn new(paper: Paper) -> Self {
        Self { paper, scroll: 0, headline: None }
    }

    /// Scrolls; `page` is how many lines are shown.
    pub fn step(&mut self, step: Move, page: usize) {
        let last = self.paper.lines.len().saturating_sub(page);
        self.scroll = match step {
            Move::Up => self.scroll.saturating_sub(1),
            Move::Down => (self.scroll + 1).min(last),
            Move::PageUp => self.scroll.saturating_sub(page),
            Move::PageDown => (self.scroll + page).min(last),
            Move::Start => 0,
            Move::End => last,
            Move::Left | Move::Right | Move::Next | Move::Previous | Move::To(_) => self.scroll,
        };
    }
}

/// A selection moved within a list of `count` rows of which `page` are shown.
pub fn stepped(at: usize, count: usize, step: Move, page: usize) -> usize {
    let last = count.saturating_sub(1);
    let moved = match step {
        Move::Up | Move::Previous => at.saturating_sub(1),
        Move::Down | Move::Next => at + 1,
        Move::PageUp => at.saturating_sub(page.max(1)),
        Move::PageDown => at + page.max(1),
        Move::Start => 0,
        Move::End => last,
        Move::Left | Move::Right => at,
        Move::To(row) => row,
    };
    moved.min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str) -> Row {
        Row { cells: vec![name.to_owned()], choice: Choice::Product(name.to_owned()) }
    }

    #[test]
    fn typing_narrows_a_list_by_every_word_in_any_order() {
        let mut pick = Pick::here("", vec![row("Document discount %"), row("Suspend"), row("Discount %")]);
        pick.filter.type_text("disc doc");
        assert_eq!(pick.shown(), [&row("Document discount %")]);
        pick.filter.clear();
        pick.step(Move::Down, 5);
        assert_eq!(pick.selected(), Some(&row("Suspend")));
        pick.step(Move::PageDown, 5);
        assert_eq!(pick.selected(), Some(&row("Discount %")));
        pick.filter.type_text("nothing like it");
        assert_eq!(pick.selected(), None);
    }

    #[test]
    fn a_choice_is_made_with_arrows_or_its_first_letter() {
        let options = vec!["Look".to_owned(), "Birth date".to_owned()];
        let field = Field::new("", FieldKind::Choice { options, at: None });
        let mut prompt = Prompt::new("", vec![field, Field::new("", FieldKind::Text)], Purpose::Drawer);
        assert_eq!(prompt.choice(0), None, "nothing is chosen for anybody");
        assert!(prompt.type_char('b'));
        assert_eq!(prompt.choice(0), Some(1));
        assert!(prompt.type_char('b'), "the only one of its letter stays");
        assert_eq!(prompt.choice(0), Some(1));
        prompt.step(Move::Right);
        assert_eq!(prompt.choice(0), Some(0));
        prompt.step(Move::Left);
        assert_eq!(prompt.choice(0), Some(1));
        assert!(!prompt.type_char('z'));
        prompt.step(Move::Next);
        assert!(prompt.type_char('z'));
        assert_eq!(prompt.value(1), "z");
    }

    #[test]
    fn digits_behind_a_name_are_a_pin_only_where_a_letter_led_back_from_a_refused_one() {
        let name = FieldKind::Choice { options: vec!["Morgan".to_owned()], at: None };
        let fields = vec![Field::new("", name), Field::new("", FieldKind::Secret)];
        let mut prompt = Prompt::new("", fields, Purpose::Drawer);
        assert!(prompt.type_char('M') && !prompt.type_char('7'));
        (prompt.at, prompt.is_pin_refused, prompt.error) = (1, true, Some(String::new()));
        assert!(prompt.type_char('m') && prompt.type_char('7'));
        assert_eq!((prompt.at, prompt.value(1)), (1, "7"));
    }

    #[test]
    fn a_long_text_scrolls_to_its_last_page_and_no_further() {
        let lines = (0..30).map(|line| line.to_string()).collect();
        let mut reader = Reader::new(Paper { lines, ..Paper::default() });
        reader.step(Move::PageDown, 20);
        assert_eq!(reader.scroll, 10);
        reader.step(Move::Up, 20);
        assert_eq!(reader.scroll, 9);
        reader.step(Move::Start, 20);
        assert_eq!(reader.scroll, 0);
    }
}
