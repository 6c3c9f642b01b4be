//! Points that somebody else keeps: asked for, held, and told of what became of them.

use saleflex_core::{
    checkout::{self, KeptPoints},
    document::{Command, Completed, Document},
    ids::{CustomerId, DocumentId},
    journal::Entry,
    loyalty::{
        AuthorityError, Cause, CompletedSale, LoyaltyChange, Membership, Mode, Occasion, PointsAuthority,
        RefundRecord, Reversal, Standing, Who, in_force, redeemable_offline,
    },
    quantity::Points,
    time::Moment,
};

use super::Till;
use crate::{
    books::{documents, journal},
    error::Error,
    exchange::outbox,
    people::{
        customer,
        loyalty::{self as ledger, elsewhere},
    },
};

/// Points that were held for a document just now: what the keeper held for it before is held again where the command is
/// refused after all.
#[derive(Clone, Copy, Debug)]
pub(in crate::till) struct Reserved {
    customer: CustomerId,
    document: DocumentId,
    before: Points,
}

/// Whoever keeps points elsewhere.
impl Till {
    /// Asks somebody else for the points of programs in mode `GATE` and `EXTERNAL`. Without it, and while it cannot be
    /// reached, earning waits in the outbox and redeeming is limited as the program says.
    pub fn set_points_authority(&mut self, authority: Option<Box<dyn PointsAuthority + Send>>) {
        self.points_authority = authority;
        (self.points_away, self.points_untold) = (false, false);
    }

    /// The balance of a member's points, as whoever keeps them said last; none: no member.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn points_balance(&self, customer: CustomerId) -> Result<Option<Points>, Error> {
        let Some(member) = self.membership(customer)? else { return Ok(None) };
        let heard = elsewhere::heard(self.connection(), member.customer)?;
        Ok(Some(heard.balance.unwrap_or_else(|| member.balance())))
    }

    /// Who else keeps the points of a member, and what that one said of them last, with what was booked here since; none where
    /// the till keeps them itself.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn points_elsewhere(
        &self,
        customer: CustomerId,
    ) -> Result<Option<(Mode, Option<KeptPoints>)>, Error> {
        let Some(member) = self.membership(customer)? else { return Ok(None) };
        let mode = self.program_of(&member).map_or(Mode::Local, |program| program.mode);
        if mode.is_local() {
            return Ok(None);
        }
        let heard = elsewhere::heard(self.connection(), member.customer)?;
        let said = heard.balance.zip(heard.available);
        Ok(Some((mode, said.map(|(balance, spendable)| KeptPoints { balance, spendable }))))
    }

    /// How many completed documents whoever keeps the points has not been told of yet; a hub is told by the outbox.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn untold_points(&self) -> Result<usize, Error> {
        Ok(elsewhere::untold(self.connection())?.len())
    }

    /// Who keeps the points of a member, or of somebody who becomes one now.
    fn keeper_of(&self, member: Option<&Membership>, now: Moment) -> Mode {
        let program = match member {
            Some(member) => self.program_of(member),
            None => in_force(&self.programs, self.identity.store, now.instant),
        };
        program.map_or(Mode::Local, |program| program.mode)
    }

    /// What a member has and may spend on a document, what it holds itself counted as there, where somebody else keeps the
    /// points: as that one said last, and while it does not answer, no more is spent than the program allows then. None where
    /// the till keeps them.
    pub(super) fn kept_for(
        &self,
        document: DocumentId,
        member: &Membership,
    ) -> Result<Option<KeptPoints>, Error> {
        self.kept_while(self.points_away, Some(document), member)
    }

    /// What a member whose points somebody else keeps may spend on a document that begins now while that one does not answer;
    /// none where the till keeps them, and of no member.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn points_while_away(&self, customer: CustomerId) -> Result<Option<Points>, Error> {
        let Some(member) = self.membership(customer)? else { return Ok(None) };
        Ok(self.kept_while(true, None, &member)?.map(|kept| kept.spendable))
    }

    /// The same on a document, or on none yet, whether the one who keeps the points answers or not.
    fn kept_while(
        &self,
        is_away: bool,
        document: Option<DocumentId>,
        member: &Membership,
    ) -> Result<Option<KeptPoints>, Error> {
        let mode = self.program_of(member).map_or(Mode::Local, |program| program.mode);
        if mode.is_local() {
            return Ok(None);
        }
        let connection = self.connection();
        let heard = elsewhere::heard(connection, member.customer)?;
        let leave = document.map(|document| elsewhere::leave(connection, document)).transpose()?;
        let leave = leave.unwrap_or_default();
        let held = elsewhere::held_beside(connection, member, document)?;
        // As long as nothing is heard, what ran out is left out: it is written off by the keeper alone.
        let over = self.day.map_or(Points::ZERO, |today| member.over_on(today));
        let balance = heard.balance.unwrap_or_else(|| member.balance() - over);
        let known = match heard.available {
            Some(available) => available + leave - held,
            None => document.map_or_else(|| member.available(), |one| member.available_to(one)) - over,
        };
        if !is_away {
            return Ok(Some(KeptPoints { balance, spendable: known }));
        }
        let redeemed = elsewhere::redeemed_since(connection, member.customer, heard.at)?;
        let offline = redeemable_offline(mode, known, redeemed + held);
        // What the keeper holds for the document is there, whether it answers or not.
        Ok(Some(KeptPoints { balance, spendable: offline.max(leave) }))
    }

    /// Asks whoever keeps the points of a customer how they stand: before the customer is put on a document, and before
    /// points are redeemed where there was no answer.
    pub(in crate::till) fn ask_points_of(&mut self, customer: CustomerId) -> Result<(), Error> {
        self.welcomed = None;
        if self.programs.iter().all(|program| program.mode.is_local()) {
            return Ok(());
        }
        let now = self.shell.now();
        let id = customer::in_use(self.connection(), customer)?;
        let member = ledger::membership(self.connection(), id)?;
        if self.keeper_of(member.as_ref(), now).is_local() {
            return Ok(());
        }
        let answer = match &mut self.points_authority {
            Some(authority) => authority.lookup(&Who::Customer(id)),
            None => Err(AuthorityError::Unreachable),
        };
        match answer {
            Ok(standing) => {
                self.welcomed = Some(id).filter(|_| standing.is_welcomed);
                self.hear(id, Some(&standing))
            }
            Err(AuthorityError::Unreachable) => {
                self.points_away = true;
                Ok(())
            }
            // It answers, and knows nothing of the customer.
            Err(_) => self.hear(id, None),
        }
    }

    /// Whether a hub has yet to hear of a completed document: until then what it says of points lacks what that one moved.
    pub(in crate::till) fn is_yet_to_be_told(&self, document: DocumentId) -> Result<bool, Error> {
        let Some(entry) = documents::completing_entry(self.connection(), document)? else { return Ok(false) };
        for connector in &self.connectors {
            if outbox::is_unsent(self.connection(), connector, entry.entity)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Keeps what the keeper says, and tells it what waited.
    fn hear(&mut self, customer: CustomerId, standing: Option<&Standing>) -> Result<(), Error> {
        elsewhere::hear(self.connection(), customer, standing, self.head.seq)?;
        self.points_away = false;
        self.tell_keeper()
    }

    /// No more is asked for than the program allows while the keeper does not answer; it is asked once more before.
    pub(in crate::till) fn check_points_away(&mut self, points: Points) -> Result<(), Error> {
        let customer = self.draft().and_then(|document| document.customer);
        let Some(customer) = customer.filter(|_| self.points_away) else { return Ok(()) };
        self.ask_points_of(customer)?;
        let (Some(member), Some(document)) = (self.membership(customer)?, self.draft()) else {
            return Ok(());
        };
        let wanted = checkout::redemption(document).points + points;
        let most = self.kept_for(document.id, &member)?.filter(|_| self.points_away);
        match most {
            Some(most) if wanted > most.spendable => Err(AuthorityError::Unreachable.into()),
            Some(_) | None => Ok(()),
        }
    }

    /// What the customer of the open document may spend on it at most, where whoever keeps the points did not answer.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn most_while_away(&self) -> Result<Option<Points>, Error> {
        let document = self.draft().filter(|_| self.points_away);
        let Some((document, customer)) = document.and_then(|one| Some((one, one.customer?))) else {
            return Ok(None);
        };
        let Some(member) = self.membership(customer)? else { return Ok(None) };
        Ok(self.kept_for(document.id, &member)?.map(|kept| kept.spendable))
    }

    /// Before points are redeemed whose program another keeps, the other is asked to hold them; where it cannot be
    /// reached, no more are taken than the program allows then.
    ///
    /// # Errors
    /// [`Error::PointsAuthority`] where they are not held.
    pub(in crate::till) fn reserve_points(&mut self, command: &Command) -> Result<Option<Reserved>, Error> {
        let (Command::RedeemPoints { points, .. }, Some(document)) = (command, self.draft()) else {
            return Ok(None);
        };
        let Some(customer) = document.customer else { return Ok(None) };
        let (document, wanted) = (document.id, checkout::redemption(document).points + *points);
        let Some(member) = self.membership(customer)? else { return Ok(None) };
        if self.program_of(&member).is_none_or(|program| program.mode.is_local()) {
            return Ok(None);
        }
        let customer = member.customer;
        let answer = match &mut self.points_authority {
            Some(authority) => authority.reserve(customer, document, wanted),
            None => Err(AuthorityError::Unreachable),
        };
        match answer {
            Ok(standing) => {
                let before = elsewhere::leave(self.connection(), document)?;
                elsewhere::set_leave(self.connection(), document, customer, wanted)?;
                self.hear(customer, Some(&standing))?;
                Ok(Some(Reserved { customer, document, before }))
            }
            Err(AuthorityError::Unreachable) => {
                self.points_away = true;
                let most = self.kept_for(document, &member)?.unwrap_or_default();
                if wanted <= most.spendable { Ok(None) } else { Err(AuthorityError::Unreachable.into()) }
            }
            Err(other) => Err(other.into()),
        }
    }

    /// The command for which points were held was refused: as many are held as before.
    pub(in crate::till) fn give_back(&mut self, reserved: Reserved) -> Result<(), Error> {
        let Reserved { customer, document, before } = reserved;
        let Some(authority) = &mut self.points_authority else { return Ok(()) };
        let answer = if before.is_positive() {
            authority.reserve(customer, document, before)
        } else {
            authority.release(customer, document)
        };
        elsewhere::set_leave(self.connection(), document, customer, before)?;
        // Where it does not answer, what it holds too much runs out.
        answer.map_or(Ok(()), |standing| self.hear(customer, Some(&standing)))
    }

    /// Tells whoever keeps the points which documents no longer hold any, and which were completed. Nothing is lost where
    /// it does not hear: what it holds runs out, and what it is to be told waits.
    pub(in crate::till) fn tell_of(&mut self, changes: &[LoyaltyChange]) -> Result<(), Error> {
        for change in changes {
            let LoyaltyChange::PointsReleased { customer, document } = change else { continue };
            if elsewhere::leave(self.connection(), *document)?.is_zero() {
                continue;
            }
            elsewhere::set_leave(self.connection(), *document, *customer, Points::ZERO)?;
            let authority = self.points_authority.as_mut();
            if let Some(Ok(standing)) = authority.map(|authority| authority.release(*customer, *document)) {
                self.hear(*customer, Some(&standing))?;
            }
        }
        if self.points_away || self.points_untold { Ok(()) } else { self.tell_keeper() }
    }

    /// The documents of an entry that a keeper is to be told of which no outbox reaches.
    pub(in crate::till) fn to_be_told(&self, entry: &Entry) -> Result<Vec<DocumentId>, Error> {
        let is_external = |mode: Mode| matches!(mode, Mode::External { .. });
        let mut documents = Vec::new();
        if !self.programs.iter().any(|program| is_external(program.mode)) {
            return Ok(documents);
        }
        for change in &entry.effects.loyalty {
            let (LoyaltyChange::SaleCounted { customer, document, .. }
            | LoyaltyChange::SaleReturned { customer, document, .. }) = change
            else {
                continue;
            };
            let member = ledger::membership(self.connection(), *customer)?;
            if is_external(self.keeper_of(member.as_ref(), entry.at)) {
                documents.push(*document);
            }
        }
        Ok(documents)
    }

    /// Tells the keeper of completed documents, in order, until it does not answer; then no sale waits for it before it is
    /// heard again.
    fn tell_keeper(&mut self) -> Result<(), Error> {
        self.points_untold = false;
        if self.points_authority.is_none() {
            return Ok(());
        }
        for (document, seq) in elsewhere::untold(self.connection())? {
            let entry = journal::read(self.connection(), seq)?;
            match self.tell(document, &entry)? {
                Some(Ok(standing)) => {
                    elsewhere::told(self.connection(), document, None)?;
                    elsewhere::hear(self.connection(), standing.customer, Some(&standing), self.head.seq)?;
                }
                Some(Err(AuthorityError::Unreachable)) => {
                    self.points_untold = true;
                    break;
                }
                Some(Err(other)) => {
                    elsewhere::told(self.connection(), document, Some(&other.to_string()))?;
                }
                None => elsewhere::told(self.connection(), document, None)?,
            }
        }
        Ok(())
    }

    /// Tells the keeper of one; none where there is nothing to tell.
    fn tell(
        &mut self,
        document: DocumentId,
        entry: &Entry,
    ) -> Result<Option<Result<Standing, AuthorityError>>, Error> {
        let occasion = Occasion { at: entry.at, store: self.identity.store, cashier: entry.cashier };
        let mut completed = entry.effects.completed.iter().map(Completed::document);
        let Some(about) = completed.find(|one| one.id == document) else { return Ok(None) };
        let changes = &entry.effects.loyalty;
        let sale = changes.iter().find_map(|change| sale_in(change, about, entry));
        if let Some(sale) = sale {
            let authority = self.points_authority.as_mut();
            return Ok(authority.map(|authority| authority.commit(&sale, occasion)));
        }
        let customer = changes.iter().find_map(|change| {
            let LoyaltyChange::SaleReturned { customer, document: of, .. } = change else { return None };
            (*of == document).then_some(*customer)
        });
        let Some((customer, sold)) = customer.zip(about.original) else { return Ok(None) };
        let (Some(member), Some(points)) = (self.membership(customer)?, self.points_of(sold)?) else {
            return Ok(None);
        };
        let Some(program) = self.program_of(&member) else { return Ok(None) };
        // As it was when the goods came back: without what came back later, and with the points that moved then, whatever
        // the program says since.
        let mut original = self.original_sale(sold)?;
        let before = original.earlier.iter().take_while(|back| back.document().id != document).count();
        original.earlier.truncate(before);
        let refund = checkout::refund_of(about, &original, &points, customer, program);
        let (Some((sale, refund)), Some(authority)) = (refund, self.points_authority.as_mut()) else {
            return Ok(None);
        };
        let refund = RefundRecord { reversal: reversal_in(changes, document), ..refund };
        Ok(Some(authority.reverse(&sale, &refund, occasion)))
    }
}

/// The points that moved with a completed return.
fn reversal_in(changes: &[LoyaltyChange], returned: DocumentId) -> Reversal {
    let mut reversal = Reversal::default();
    for change in changes {
        if let LoyaltyChange::PointsBooked { row } = change
            && let Cause::Refund { document, .. } = row.cause
            && document == returned
        {
            if row.points.is_negative() {
                reversal.taken_back = reversal.taken_back - row.points;
            } else {
                reversal.given_back = reversal.given_back + row.points;
            }
        }
    }
    reversal
}

/// A completed sale as it counts for its member.
fn sale_in(change: &LoyaltyChange, about: &Document, entry: &Entry) -> Option<CompletedSale> {
    let LoyaltyChange::SaleCounted { customer, document, amount, .. } = change else { return None };
    let points = entry.effects.points.iter().find(|points| points.document == about.id)?;
    (*document == about.id).then_some(CompletedSale {
        document: about.id,
        receipt: about.number,
        customer: *customer,
        amount: *amount,
        earned: points.snapshot.earned,
        redeemed: points.snapshot.redeemed,
    })
}
