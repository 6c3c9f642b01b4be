//! What an action asks of the world outside the screen, and what the world answers.
//!
//! Updating the state answers with effects; [`Desk::run`] is the one place that carries them out on a
//! [`Till`](saleflex_store::Till) and gives a [`Reply`] back to the state.

use crate::{
    action::Action,
    entry::Reading,
    form::stored::Loaded,
    listing::{Listed, Query, RowId, forms::FormTask},
    record::{Entered, Faults, Fields},
    registry,
};
use saleflex_core::{
    basket::GoodsState,
    cashier::{Capability, session::BreakKind, time_clock::Punch},
    catalog::SerialNo,
    closure::Declaration,
    document::{AgeEvidence, Command, ReturnLine},
    ids::{CampaignId, CustomerId, DocumentId, DocumentNumber, LineNo, ProductId},
    journal::CopyOf,
    journal::UsedFunction,
    money::{Currency, Money},
    printout::Printout,
    quantity::{Points, Quantity, UnitPrice},
    tender::TenderKind,
};
use saleflex_store::setup::Beginning;

mod day;
mod denied;
mod desk;
mod detail;
mod devices;
mod doubts;
mod identity;
mod import;
pub(crate) mod label;
mod letterhead;
mod logged;
pub(crate) mod look_up;
mod pages;
pub(crate) mod paper;
mod people;
mod periods;
mod promoted;
mod punches;
mod question;
mod reasons;
mod repeating;
mod ringing;
mod said;
mod saving;
mod scanned;
mod screens;
mod sheets;
mod snapshot;
mod sold;
mod sync;
mod trying;
pub(crate) mod usage;

pub use day::{CountFor, Counted};
pub use desk::Desk;
pub use devices::DeviceStatus;
pub use identity::{Approver, Credentials, NotLoggedIn, Secret};
pub use import::{FileRead, Progress, Work};
pub use paper::{RECEIPT_WIDTH, REPORT_WIDTH};
pub use periods::{ClosureCorrection, PeriodChange, TipShare};
pub use punches::{PunchChange, PunchCorrection};
pub use question::Question;
pub use sold::{Found, Sold, SoldLine};
pub use sync::{Enrolment, News, SyncAct, SyncStatus};
pub(crate) use sync::{connector as sync_connector, part_key};
pub use trying::Tried;

/// What an action asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// End the program.
    Exit,
    /// Make the till: the first start.
    SetUp(FirstStart),
    /// Log a cashier in.
    LogIn(Credentials),
    /// Lock the till for the cashier; the document stays.
    Lock,
    /// Log the cashier out.
    LogOut,
    /// Let the cashier of the locked till in again, or whoever takes it over.
    Unlock(Credentials),
    /// Give the cashier another secret.
    ChangeSecret {
        /// The secret so far.
        old: Secret,
        /// The new one.
        new: Secret,
    },
    /// Do something that changes the till, with a manager's approval where one is given.
    Act {
        /// What.
        act: Box<Act>,
        /// Who approves.
        approver: Option<Approver>,
    },
    /// Look something up.
    Ask(Question),
    /// Read the screens from the till's file.
    LoadForms {
        /// Somebody asked for it.
        is_asked: bool,
    },
    /// Read a file of products.
    ReadProducts(String),
    /// Store the next part of them.
    StoreProducts,
    /// Begin to try on the stored sales what a campaign would give, were it in force.
    BeginTrial(CampaignId),
    /// Try it on the next of them.
    GoOnTrying,
    /// Leave the screen shown without saving.
    Leave,
    /// Print a text that is shown.
    Print(Box<Paper>),
    /// Try the printer again at once.
    RetryPrinting,
}

impl Effect {
    /// Whether it is the next part of what takes a while, so that the screen first tells how far it is.
    pub const fn is_part(&self) -> bool {
        matches!(self, Self::StoreProducts | Self::GoOnTrying)
    }

    /// Whether it lists something from its beginning.
    pub const fn lists_anew(&self) -> bool {
        matches!(self, Self::Ask(Question::List { query: Query { from: None, .. }, .. }))
    }

    /// Whether it waits until nobody types: words are looked for in what may be long, or its next part.
    pub fn waits(&self) -> bool {
        matches!(self, Self::Ask(Question::List { form, query })
            if (!query.term.is_empty() || query.from.is_some()) && registry::is_long(form))
    }

    /// Something that changes the till, done by the cashier alone.
    pub fn act(act: Act) -> Self {
        Self::Act { act: Box::new(act), approver: None }
    }
}

/// What a till is made from at its first start.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FirstStart {
    /// The stocked demo store.
    Demo,
    /// An empty store.
    Empty {
        /// Its name.
        store: String,
        /// What it begins with, by where it is.
        beginning: Box<Beginning>,
        /// Its first administrator.
        administrator: Credentials,
    },
}

/// Something that changes the till. It can be tried again with an approval, an age check or a price added.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Act {
    /// Sell what was entered, read in the first way that the catalog knows.
    Sell(Sale),
    /// Take empties of what was entered; of the only container where nothing was.
    TakeEmpties(Sale),
    /// Any command as it is.
    Command(Command),
    /// The same, after the cashier looked again at what seemed a slip and stands by it.
    Counted(Command),
    /// Use a function of a screen that is not for everybody.
    UseFunction {
        /// Which, as it was shown.
        used: UsedFunction,
        /// What it asks for.
        needed: Capability,
        /// What it does.
        action: Box<Action>,
    },
    /// Put a customer on the document.
    AssignCustomer(Option<CustomerId>),
    /// Take up a suspended document.
    Resume(DocumentId),
    /// Take up an order or layaway to settle what is left of it.
    PickUp(DocumentId),
    /// Begin a sale of what a quote offered, at its prices.
    ConvertQuote {
        /// Which.
        quote: DocumentId,
        /// How the buyer's age was checked.
        age: Option<AgeEvidence>,
        /// The cashier looked again at what the store doubts and stands by it.
        counted: bool,
    },
    /// Ring up at today's prices what a document sold, and how the buyer's age was checked.
    Repeat(DocumentId, Option<AgeEvidence>),
    /// Cancel a suspended document.
    CancelSuspended {
        /// Which.
        document: DocumentId,
        /// Why.
        reason: Option<String>,
    },
    /// Begin the return of a sale with what comes back of it.
    TakeBack {
        /// The sale.
        sale: DocumentId,
        /// What comes back of it.
        lines: Vec<ReturnLine>,
    },
    /// Turn points into a discount.
    Redeem(Points),
    /// Save a record.
    Save {
        /// Its form.
        form: &'static str,
        /// Which; none: a new one, or the only one there is.
        of: Option<RowId>,
        /// What was entered.
        entered: Entered,
    },
    /// Take a campaign out of the till for good.
    WithdrawCampaign(CampaignId),
    /// Take a screen's definition out, in or back.
    Form {
        /// Its name.
        name: String,
        /// What.
        task: FormTask,
    },
    /// Do something about the connection to a hub.
    Sync(SyncAct),
    /// Close the period with what was counted in the drawer; none: not counted.
    ClosePeriod(Option<Box<Declaration>>),
    /// Count a drawer while the period goes on.
    CountDrawer(Box<Counted>),
    /// Punch the time clock.
    Punch {
        /// Who they are; none: the cashier on duty.
        who: Option<Credentials>,
        /// What they do.
        punch: Punch,
    },
    /// Go on a break: the till is locked.
    StartBreak(BreakKind, Option<u32>),
    /// Put the time clock right.
    CorrectPunch(Box<PunchCorrection>),
    /// Correct a closed period.
    CorrectClosure(Box<ClosureCorrection>),
    /// Share out the tips of a period.
    ShareTips(Box<TipShare>),
    /// Put a product on the first page of keys, or take it off.
    ToggleFavourite(ProductId),
}

/// Something entered to be sold, or brought back without its receipt.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Sale {
    /// The ways to read it, the likeliest first.
    pub readings: Vec<Reading>,
    /// How many, where the entry does not say: the pending multiplier.
    pub quantity: Option<Quantity>,
    /// A typed price.
    pub price: Option<UnitPrice>,
    /// How the buyer's age was checked.
    pub age: Option<AgeEvidence>,
    /// The state of what comes back, and whether it goes back on the shelf; as new where nothing is said.
    pub returned: Option<(GoodsState, bool)>,
    /// Which pieces, where each has a serial number.
    pub serials: Vec<SerialNo>,
    /// Why it is sold at another price, or comes back.
    pub reason: Option<String>,
    /// The cashier looked again at how many and stands by it.
    pub counted: bool,
}

impl Sale {
    /// As it was entered, and nothing else said of it.
    pub fn of(readings: Vec<Reading>) -> Self {
        Self { readings, ..Self::default() }
    }
}

/// What the world answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// The till was made.
    SetUp(Result<(), String>),
    /// Somebody logged in, or not.
    LoggedIn(Result<(), NotLoggedIn>),
    /// The till was unlocked, or not.
    Unlocked(Result<(), NotLoggedIn>),
    /// The cashier was logged out, or not.
    LoggedOut(Result<(), String>),
    /// The secret was changed, or not.
    SecretChanged(Result<(), String>),
    /// Something was done, or not.
    Acted {
        /// What.
        act: Box<Act>,
        /// Who approved; for the next try, so that nobody is asked twice.
        approver: Option<Approver>,
        /// What came of it.
        result: Result<Outcome, Denial>,
    },
    /// Price and stock.
    Product(Vec<String>),
    /// Products found.
    Products(Vec<Found<String>>),
    /// Customers found.
    Customers(Vec<Found<CustomerId>>),
    /// The rows of a list screen.
    Listed {
        /// Its form.
        form: &'static str,
        /// Where the search went on; none: it began.
        from: Option<i64>,
        /// The rows.
        listed: Listed,
    },
    /// The fields of a record.
    Record {
        /// Its form.
        form: &'static str,
        /// The fields.
        fields: Fields,
    },
    /// Those of a record that follow others.
    Followed {
        /// Its form.
        form: &'static str,
        /// The fields.
        fields: Fields,
    },
    /// The screens as they are stored.
    Forms {
        /// The screens.
        loaded: Loaded,
        /// Somebody asked for it.
        is_asked: bool,
    },
    /// What a file of products holds.
    FileRead(FileRead),
    /// How far they are stored, or why not.
    Stored(Result<Progress, String>),
    /// How far campaigns were tried on stored sales, or why not.
    Tried(Result<Tried, String>),
    /// The screen is left.
    Left,
    /// What can come back of a sale.
    Receipt(Box<Sold>),
    /// What was counted in several drawers for closing; none: nothing, and nobody wants it.
    CountedDrawers(Option<Money>),
    /// The drawer is to be counted for closing, and amounts of these names declared.
    CountDrawer(Vec<String>),
    /// A text to read.
    Paper(Paper),
    /// Paper is on its way, or not.
    Printed(Result<String, String>),
    /// What was found out, in a few words.
    Said(String),
    /// Something could not be looked up.
    NotFound(String),
    /// Nothing was found by a code.
    Unknown {
        /// The code.
        code: String,
        /// Why not.
        words: String,
    },
}

/// What came of an act. It is on disk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// In a few words.
    pub message: Option<String>,
    /// The documents it settled.
    pub completed: Vec<Finished>,
    /// A report it made.
    pub paper: Option<Paper>,
    /// What was asked leave for, and may be done now.
    pub allowed: Option<Action>,
    /// The receipt that was scanned: goods of it are brought back.
    pub returned: Option<String>,
}

impl Outcome {
    /// The same, told after something else.
    pub(crate) fn after(self, told: Option<String>) -> Self {
        Self { message: told.into_iter().chain(self.message).reduce(|told, rest| told + " " + &rest), ..self }
    }
}

/// A document that was settled.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// Its number.
    pub number: DocumentNumber,
    /// Change that is handed out now.
    pub change: Money,
    /// What was paid out for goods brought back.
    pub paid_out: Option<PaidOut>,
    /// The tips that came with it, and all that was to be collected with them.
    pub tip: Option<(Money, Money)>,
    /// Whether somebody pays for it: nobody does for a quote, for goods that are only delivered, or for cash that was put in
    /// or taken out.
    pub is_paid: bool,
    /// Its receipt.
    pub receipt: Paper,
}

/// What is paid out, by where it goes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PaidOut {
    /// What the cashier hands out, in which currency.
    pub in_hand: Vec<(Currency, Money)>,
    /// What goes another way: back to a card, onto an account.
    pub otherwise: Vec<(TenderKind, Money)>,
}

/// A text to read, as it is printed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Paper {
    /// Its title.
    pub title: String,
    /// Its lines.
    pub lines: Vec<String>,
    /// What a printer would print of it; empty of what is only read.
    pub printout: Printout,
    /// Of what it is a copy: printing it is written down.
    pub of: Option<CopyOf>,
}

/// Why something was not done. What can be asked of the cashier is told apart from what can only be said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Denial {
    /// A manager has to agree.
    ApprovalNeeded(Capability),
    /// The name or secret of whoever punches the clock is wrong.
    SecretRefused(String),
    /// The approver's name or secret is wrong, or the approver may not do this either.
    ApprovalRefused(String),
    /// The buyer's age must be confirmed.
    AgeNeeded(u8),
    /// A price must be typed.
    PriceNeeded(String),
    /// It is sold by weight, and how much was not said.
    WeightNeeded {
        /// What.
        name: String,
        /// In which unit.
        unit: String,
        /// Why the scale did not say, where there is one.
        scale: Option<String>,
    },
    /// The pieces have serial numbers, and it was not said which they are.
    PiecesNeeded {
        /// The line, where there is one already.
        line: Option<LineNo>,
        /// What.
        name: String,
        /// How many.
        quantity: Quantity,
    },
    /// A reason must be given, for what is said.
    ReasonNeeded(String),
    /// The provider has to reverse it first: what is to be said.
    ReversalNeeded(String),
    /// So much cash is rarely given: what there is to know before the cashier stands by it.
    CashDoubted(Vec<String>),
    /// Fields cannot be as they are, each with why.
    Fields(Faults),
    /// Anything else, in words.
    Said(String),
}
