//! Where the cashier is: a kind of screen, and what it remembers while it is shown.

use chrono::NaiveDateTime;
use saleflex_core::{basket::GoodsState, quantity::Quantity};

use crate::{action::Action, effect::Sold, entry::TypedLine, listing::List, record::Record, view::Person};

/// Where the cashier is.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// The first start: there is no till yet.
    Setup,
    /// Logging in.
    Login(Login),
    /// A page of buttons, the menu among them.
    Page {
        /// Its form.
        form: String,
        /// The entry selected, where the page is a menu.
        at: usize,
    },
    /// Selling.
    Sale,
    /// Payment.
    Payment {
        /// The tender selected, among those that count.
        at: Option<usize>,
    },
    /// A list of things looked up.
    List(Box<List>),
    /// Goods brought back.
    Return(Box<Return>),
    /// One record.
    Record(Box<Record>),
}

/// Logging in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Login {
    /// The cashier selected.
    pub at: usize,
    /// The PIN or password as typed.
    pub secret: Secret,
    /// Typing searches the list instead.
    pub is_searching: bool,
    /// What was typed to search.
    pub search: String,
    /// What letters are part of.
    pub letters: Letters,
    /// Whether somebody was chosen.
    pub chosen: Chosen,
    /// Before this no further attempt is looked at.
    pub wait_until: Option<NaiveDateTime>,
    /// Escape was pressed: once more ends the program.
    pub is_leaving: bool,
    /// The cashier whose document waits, where the till is locked.
    pub locked_by: Option<Box<Person>>,
}

impl Login {
    /// The name that was searched for is the one meant, or the search is given up.
    pub(super) fn end_search(&mut self, action: &Action) {
        self.is_searching = false;
        if matches!(action, Action::Confirm) {
            (self.letters, self.chosen) = (Letters::Secret, Chosen::Somebody);
        } else {
            self.letters = Letters::Name;
            self.search.clear();
        }
    }

    /// What was typed to search, as it is shown: after a refused PIN it may be a password.
    pub fn shown_search(&self) -> String {
        match self.letters {
            Letters::Name | Letters::Secret => self.search.clone(),
            Letters::AfterRefusal { .. } => "*".repeat(self.search.chars().count()),
        }
    }

    /// Whether a character that is typed now names somebody and is no part of the PIN.
    pub(super) fn names_somebody(&self, typed: char) -> bool {
        let begins = typed.is_alphabetic() && self.letters != Letters::Secret && self.locked_by.is_none();
        self.is_searching || begins
    }
}

/// What letters are part of that are typed at log-in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Letters {
    /// The name of who logs in.
    #[default]
    Name,
    /// Such a name, or the password of the one whose PIN was refused. Nobody else is to read which.
    AfterRefusal {
        /// The one who was refused, or was chosen since.
        of: usize,
    },
    /// The PIN or password, which was gone to.
    Secret,
}

/// Whether somebody was chosen at log-in: what is typed then is a PIN, and before that it may be a badge.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Chosen {
    /// The first, or who was there last, until somebody says otherwise.
    #[default]
    Nobody,
    /// By the arrows, by a name, by a badge, or by going to the PIN.
    Somebody,
}

/// A secret being typed; it has no debug output.
#[derive(Clone, Default)]
pub struct Secret(pub TypedLine);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.text() == other.0.text()
    }
}

/// Goods brought back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Return {
    /// The receipt number as typed.
    pub number: String,
    /// The sale, once found.
    pub sold: Option<Sold>,
    /// What comes back of each of its lines.
    pub picked: Vec<Option<Quantity>>,
    /// The line selected.
    pub at: usize,
    /// The state of the goods; only as new they go back on the shelf.
    pub state: GoodsState,
    /// Everything comes back: the sale is to be undone as a whole.
    pub takes_all: bool,
}

impl Place {
    /// The form that draws it.
    pub fn form(&self) -> &str {
        match self {
            Self::Setup => "SETUP",
            Self::Login(_) => "LOGIN",
            Self::Page { form, .. } => form,
            Self::Sale => "SALE",
            Self::Payment { .. } => "PAYMENT",
            Self::List(list) => list.listing.form(),
            Self::Return(_) => "REFUND",
            Self::Record(record) => record.model.shape().form,
        }
    }
}
