//! What a till is asked to do, and what came of it.

use saleflex_core::{
    cashier::Approval,
    checkout::{Effects, JoinNote},
    digest::Digest,
    document::{
        AgeEvidence, Cancelled, Command, Completed, DocumentType, Event, Kind, OpenDocument, ReturnLine,
    },
    ids::{CustomerId, DocumentId},
    journal::{CommandMark, Entry},
    money::Money,
    quantity::Points,
};
use serde::Serialize;
use uuid::Uuid;

use crate::error::Error;

/// A command with what it needs besides: the document it is about, a manager's approval, an identity that makes
/// doing it twice safe.
///
/// Every [`Command`] is a request by itself; the constructors here are for those that point at a stored record.
///
/// ```
/// use saleflex_core::document::{AddLine, Command};
/// use saleflex_store::Request;
///
/// let request = Request::from(Command::AddLine(AddLine::code("4006381333931")));
/// # let _ = request;
/// ```
///
/// A command whose record is not named means none:
///
/// | command | bare | with its record |
/// |---|---|---|
/// | [`Command::AssignCustomer`] | makes the document a walk-in's again | [`Request::assign_customer`] |
/// | [`Command::Open`] of a return | goods without a receipt | [`Request::begin_return`] |
/// | [`Command::TakeBack`] | refused: nothing was sold | [`Request::take_back`] |
/// | [`Command::Open`] of a sale | a sale of nothing yet | [`Request::convert_quote`] |
/// | [`Command::Resume`], [`Command::CancelSuspended`] | refused: there is no such document | [`Request::resume`], [`Request::cancel_suspended`] |
/// | [`Command::RedeemPoints`] | points at the worth it states | [`Request::redeem_points`], at the program's |
///
/// An approval in it is good for this request alone, so that a request cannot be copied.
#[derive(Debug)]
pub struct Request {
    pub(crate) command: Command,
    pub(crate) subject: Option<Subject>,
    pub(crate) approval: Option<Approval>,
    pub(crate) id: Option<Uuid>,
    pub(crate) counted: bool,
}

/// The stored record a command is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub(crate) enum Subject {
    /// A suspended document.
    Suspended(DocumentId),
    /// A completed sale that goods come back from, or a quote that becomes a sale.
    Original(DocumentId),
    /// A customer.
    Customer(CustomerId),
    /// The points of the open document's customer.
    Points,
}

impl Request {
    /// Take up a suspended document.
    pub fn resume(document: DocumentId) -> Self {
        Self::about(Command::Resume, Subject::Suspended(document))
    }

    /// Close a suspended document without effect.
    pub fn cancel_suspended(document: DocumentId, reason: Option<String>) -> Self {
        let command = Command::CancelSuspended { reason };
        Self::about(command, Subject::Suspended(document))
    }

    /// Begin a return of goods of a completed sale.
    pub fn begin_return(sale: DocumentId) -> Self {
        Self::about(Command::Open(RETURN), Subject::Original(sale))
    }

    /// Begin a return with what comes back of a completed sale; where something may not come back, no return begins.
    pub fn take_back(sale: DocumentId, lines: Vec<ReturnLine>) -> Self {
        Self::about(Command::TakeBack { lines }, Subject::Original(sale))
    }

    /// Begin a return of goods whose receipt is missing; needs approval.
    pub fn begin_return_without_receipt() -> Self {
        Self::from(Command::Open(RETURN))
    }

    /// Begin a sale of what a quote offered, at its prices, once; the till refuses to sell it a second time. The buyer's age is asked for anew, where it matters.
    pub fn convert_quote(quote: DocumentId, age: Option<AgeEvidence>) -> Self {
        let open = OpenDocument { age, ..OpenDocument::default() };
        Self::about(Command::Open(open), Subject::Original(quote))
    }

    /// Put a customer on the open document; none makes it a walk-in again.
    pub fn assign_customer(customer: Option<CustomerId>) -> Self {
        Self { subject: customer.map(Subject::Customer), ..Self::from(Command::AssignCustomer) }
    }

    /// Turn points of the customer into a discount: as many of those asked for as the loyalty program's rules allow on
    /// the open document, for what they are worth there.
    pub fn redeem_points(points: Points) -> Self {
        Self::about(Command::RedeemPoints { points, amount: Money::ZERO }, Subject::Points)
    }

    /// The same, with the approval of a manager who stands by: see [`crate::Till::approve`].
    #[must_use]
    pub fn approved(self, approval: Approval) -> Self {
        Self { approval: Some(approval), ..self }
    }

    /// The same, after the cashier looked again at a quantity or a date that the store's rules doubt, and stands by it.
    #[must_use]
    pub fn counted(self) -> Self {
        Self { counted: true, ..self }
    }

    /// The same under an identity minted by the caller: asked again, the till does nothing and answers what came
    /// of the first time.
    #[must_use]
    pub fn once(self, id: Uuid) -> Self {
        Self { id: Some(id), ..self }
    }

    /// What is kept of it to recognise it by.
    pub(crate) fn mark(&self) -> Result<Option<CommandMark>, Error> {
        let mark = |id| Ok(CommandMark { id, digest: digest(&(&self.command, &self.subject))? });
        self.id.map(mark).transpose()
    }

    fn about(command: Command, subject: Subject) -> Self {
        Self { subject: Some(subject), ..Self::from(command) }
    }
}

const RETURN: OpenDocument = OpenDocument::new(DocumentType::Return, Kind::Return);

/// What tells a command from every other.
pub(crate) fn digest(command: &impl Serialize) -> Result<Digest, Error> {
    Ok(Digest::of(&serde_json::to_vec(command).map_err(Error::Json)?))
}

impl From<Command> for Request {
    fn from(command: Command) -> Self {
        Self { command, subject: None, approval: None, id: None, counted: false }
    }
}

/// What came of a request. It is on disk.
#[derive(Clone, Debug)]
pub struct Done {
    seq: i64,
    is_repeat: bool,
    entry: Entry,
    notes: Vec<Note>,
}

/// What somebody should know of a command that was carried out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Note {
    /// About the membership of a customer who was put on the document.
    Join(JoinNote),
    /// Whoever keeps the customer's points does not answer.
    PointsAway {
        /// How many the document may redeem meanwhile.
        most: Points,
    },
}

impl Done {
    pub(crate) const fn first(seq: i64, entry: Entry) -> Self {
        Self { seq, is_repeat: false, entry, notes: Vec::new() }
    }

    pub(crate) const fn again(seq: i64, entry: Entry) -> Self {
        Self { seq, is_repeat: true, entry, notes: Vec::new() }
    }

    pub(crate) fn noting(self, joined: Option<JoinNote>, away: Option<Points>) -> Self {
        let joined = joined.map(Note::Join);
        let away = away.map(|most| Note::PointsAway { most });
        Self { notes: joined.into_iter().chain(away).collect(), ..self }
    }

    /// What somebody should know of it; nothing of what was done before under the same identity.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Its place in the till's journal.
    pub const fn seq(&self) -> i64 {
        self.seq
    }

    /// Whether it had been done before under the same identity; nothing happened this time.
    pub const fn is_repeat(&self) -> bool {
        self.is_repeat
    }

    /// What happened to the document, in order.
    pub fn events(&self) -> &[Event] {
        self.entry.document_events()
    }

    /// What followed from it.
    pub const fn effects(&self) -> &Effects {
        &self.entry.effects
    }

    /// The documents it settled: one, or a return and its sale in an exchange.
    pub fn completed(&self) -> &[Completed] {
        &self.entry.effects.completed
    }

    /// The document it closed without effect.
    pub fn cancelled(&self) -> Option<&Cancelled> {
        self.entry.effects.cancelled.as_deref()
    }
}
