//! A command on a book becomes a posting, or is refused.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use self::desk::Desk;
use super::{
    Book, Cause, ItemRules, Movement, MovementKind, NumberKind, Place, Posting, PostingNumber, Sites,
    StockPolicy, StockRefusal, Use,
    command::{Adjust, Command, Issue, MoveLine, Receive, ReceiveLine, Transfer},
    refusal::every_line,
};
use crate::{
    authority::Authority,
    cashier::{Approval, Capability, OnDuty, authorise},
    ids::{LocationId, PostingId, ProductId},
    time::Moment,
};

mod adjusting;
pub(super) mod desk;
mod lines;
mod opening;

pub use self::opening::opening;
pub(super) use self::{
    adjusting::adjust_level,
    lines::{check_serials, check_size},
};

/// Most lines of one command.
pub(super) const MOST_LINES: usize = 10_000;

/// Everything besides the book and the command that a decision looks at.
#[derive(Debug)]
pub struct Facts<'a> {
    /// When it is done, by the till's clock.
    pub moment: Moment,
    /// The cashier who does it.
    pub cashier: &'a OnDuty,
    /// The approval of whoever stands by; it is spent with the command.
    pub approval: Option<Approval>,
    /// The warehouses and locations there are.
    pub sites: &'a Sites,
    /// The rules of the items concerned.
    pub items: &'a BTreeMap<ProductId, ItemRules>,
    /// The store's rules.
    pub policy: &'a StockPolicy,
    /// A fresh id for the posting, minted by the caller.
    pub posting: PostingId,
    /// The terminal's short name.
    pub terminal: &'a str,
    /// The next number of the command's kind ([`Command::number_kind`]) at the terminal.
    pub counter: u32,
}

impl Facts<'_> {
    pub(super) fn number(&self, kind: NumberKind) -> PostingNumber {
        PostingNumber {
            kind,
            date: self.moment.business_date,
            terminal: self.terminal.into(),
            counter: self.counter,
        }
    }

    pub(super) fn authority(&self, capability: Capability) -> Result<Authority, StockRefusal> {
        authorise(self.cashier, self.approval.as_ref(), capability)
            .map_err(|capability| StockRefusal::NotAllowed { capability })
    }

    pub(super) fn check(&self, location: LocationId, what: Use) -> Result<(), StockRefusal> {
        self.sites.check(location, what).map_err(|problem| StockRefusal::Location { location, problem })
    }
}

impl Command {
    /// Which counter numbers its posting.
    pub const fn number_kind(&self) -> NumberKind {
        match self {
            Self::Receive(_) => NumberKind::Receipt,
            Self::Issue(_) => NumberKind::Issue,
            Self::Adjust(_) | Self::SetApart(_) => NumberKind::Adjustment,
            Self::Transfer(_) => NumberKind::Transfer,
        }
    }
}

/// What a command comes to. The book is as it was; [`Book::apply`] books the posting.
///
/// # Errors
/// A [`StockRefusal`] with the figures; then nothing is done.
#[expect(clippy::needless_pass_by_value, reason = "an approval is good for one command")]
pub fn decide(book: &Book, command: &Command, facts: Facts<'_>) -> Result<Posting, StockRefusal> {
    if book.has(facts.posting) {
        return Err(StockRefusal::AlreadyDone { posting: facts.posting });
    }
    let mut desk = Desk::new(book, &facts);
    let number = facts.number(command.number_kind());
    match command {
        Command::Receive(receive) => {
            let authority = facts.authority(Capability::StockReceive)?;
            received(&mut desk, receive)?;
            let Receive { supplier, supplier_name, order, reference, reason, .. } = receive.clone();
            let cause = Cause::Receipt { supplier, supplier_name, order };
            Ok(Posting { reference, ..desk.posting(number, cause, authority, reason) })
        }
        Command::Issue(issue) => {
            let authority = facts.authority(Capability::StockIssue)?;
            issued(&mut desk, issue)?;
            let cause = Cause::Issue { kind: issue.kind };
            Ok(desk.posting(number, cause, authority, Some(issue.reason.clone())))
        }
        Command::Adjust(adjust) => {
            let authority = facts.authority(Capability::StockAdjust)?;
            let expected = adjusting::adjusted(&mut desk, adjust, authority)?;
            let &Adjust { kind, counted, .. } = adjust;
            let cause = Cause::Adjustment { kind, expected, counted };
            Ok(desk.posting(number, cause, authority, adjust.reason.clone()))
        }
        Command::Transfer(transfer) => {
            let authority = facts.authority(Capability::StockTransfer)?;
            transferred(&mut desk, transfer)?;
            let cause = Cause::Transfer { transfer: None };
            Ok(desk.posting(number, cause, authority, transfer.reason.clone()))
        }
        Command::SetApart(set_apart) => {
            let authority = facts.authority(Capability::StockIssue)?;
            adjusting::set_apart(&mut desk, set_apart)?;
            Ok(desk.posting(number, Cause::Condition, authority, set_apart.reason.clone()))
        }
    }
}

impl Desk<'_> {
    pub(super) fn posting(
        self,
        number: PostingNumber,
        cause: Cause,
        authority: Authority,
        reason: Option<String>,
    ) -> Posting {
        Posting {
            id: self.facts().posting,
            number: Some(number),
            cause,
            moment: self.facts().moment,
            authority,
            reason,
            reference: None,
            movements: self.into_movements(),
        }
    }
}

pub(super) fn check_count(lines: usize) -> Result<(), StockRefusal> {
    match lines {
        0 => Err(StockRefusal::NoLines),
        1..=MOST_LINES => Ok(()),
        _ => Err(StockRefusal::TooManyLines { lines, most: MOST_LINES }),
    }
}

fn received(desk: &mut Desk<'_>, receive: &Receive) -> Result<(), StockRefusal> {
    check_count(receive.lines.len())?;
    desk.facts().check(receive.location, Use::Receive)?;
    let take_in = |line: &ReceiveLine| {
        lines::check_receipt(desk, line)?;
        let place = Place { item: line.item, location: receive.location };
        let before = desk.level(place).on_hand;
        desk.push(Movement {
            batch: line.batch.clone(),
            serials: line.serials.clone(),
            unit_cost: line.unit_cost,
            ..Movement::new(MovementKind::Receipt, place, line.quantity, before)
        })
    };
    every_line(&receive.lines, |line| line.item, take_in, |faults| StockRefusal::Lines { faults })
}

fn issued(desk: &mut Desk<'_>, issue: &Issue) -> Result<(), StockRefusal> {
    check_count(issue.lines.len())?;
    if issue.reason.trim().is_empty() {
        return Err(StockRefusal::NoReason);
    }
    desk.facts().check(issue.location, Use::Hold)?;
    let how = lines::Taking::of(issue.kind);
    let take = |line: &MoveLine| {
        let place = Place { item: line.item, location: issue.location };
        lines::take(desk, how, place, line, None)
    };
    every_line(&issue.lines, |line| line.item, take, |faults| StockRefusal::Lines { faults })
}

fn transferred(desk: &mut Desk<'_>, transfer: &Transfer) -> Result<(), StockRefusal> {
    let sent = send(desk, transfer)?;
    for out in sent {
        let place = Place { item: out.item(), location: transfer.to };
        let before = desk.level(place).on_hand;
        desk.push(Movement {
            counterpart: Some(transfer.from),
            batch: out.batch,
            serials: out.serials,
            ..Movement::new(MovementKind::TransferIn, place, -out.change, before)
        })?;
    }
    Ok(())
}

/// The first half of a transfer; answers what left.
pub(super) fn send(desk: &mut Desk<'_>, transfer: &Transfer) -> Result<Vec<Movement>, StockRefusal> {
    check_count(transfer.lines.len())?;
    let &Transfer { from, to, .. } = transfer;
    if from == to {
        return Err(StockRefusal::SameLocation { location: from });
    }
    desk.facts().check(from, Use::Ship)?;
    desk.facts().check(to, Use::Hold)?;
    let first = desk.len();
    let take = |line: &MoveLine| {
        lines::take(desk, lines::Taking::Sent, Place { item: line.item, location: from }, line, Some(to))
    };
    every_line(&transfer.lines, |line| line.item, take, |faults| StockRefusal::Lines { faults })?;
    Ok(desk.movements_from(first))
}
