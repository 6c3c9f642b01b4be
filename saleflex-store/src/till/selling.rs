//! One command, one transaction.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use saleflex_core::{
    cashier::OnDuty,
    catalog::Sellable,
    document::{
        self, AddLine, CancelCause, CashMovementKind, Command, CustomerFacts, Document, ExpiredGoods, Facts,
        Kind, KnownPiece, NewDocument, OriginalSale, PastDate, Policy, Promotions, TakeTender, TillFacts,
    },
    ids::{CustomerId, DocumentId, DocumentNumber, ProductId},
    inventory::Tracking,
    journal::{CommandMark, Entry},
    money::Money,
    quantity::{ExchangeRate, Points},
    tax::TaxRate,
    time::Moment,
};

use super::{Till, points::PointsLookUp};
use crate::{
    books::{
        closures::OpenPeriod,
        drafts::{self, Aside},
        history::Parked,
        journal,
    },
    error::Error,
    people::customer,
    request::{Done, Request, Subject},
};

mod keeping;

/// Everything that was looked up for a command.
#[derive(Debug, Default)]
pub(super) struct LookedUp {
    pub(super) item: Option<Sellable>,
    stock: Vec<(ProductId, Decimal)>,
    past_date: Vec<(ProductId, PastDate)>,
    pieces: Vec<KnownPiece>,
    numbered: Vec<ProductId>,
    customer: Option<CustomerFacts>,
    pub(super) original: Option<OriginalSale>,
    pub(super) aside: Option<Aside>,
    pub(super) points: PointsLookUp,
    drawer_in_use: bool,
    /// What is true together with what is done by the command.
    behind: Option<Entry>,
}

impl LookedUp {
    /// Nothing but a document that was put aside.
    pub(super) fn of_aside(aside: Option<Aside>) -> Self {
        Self { aside, ..Self::default() }
    }
}

/// Selling.
impl Till {
    /// Carries a command out: looks up what it needs, decides, and writes all that follows in one transaction.
    ///
    /// # Errors
    /// [`Error::Refused`] or [`Error::Lookup`] when a rule stands against it, [`Error::NotRedeemable`] and
    /// [`Error::PointsAuthority`] when points do not pay; [`Error::NotLoggedIn`], [`Error::TillLocked`] or
    /// [`Error::SecretExpired`] when nobody may work; [`Error::NoSuchDocument`] when it names one that is not there;
    /// [`Error::DiskFull`], [`Error::Locked`] or [`Error::Database`] when the file cannot be written.
    /// Whatever the error, nothing of the command has changed; what may stay beside it is listed at [`Error`]. Only after a
    /// failure of the disk itself nobody can know whether the command reached it; with [`Request::once`] asking again is
    /// safe then too, and [`Error::IdentityReused`] answers another command under the same identity.
    pub fn execute(&mut self, request: impl Into<Request>) -> Result<Done, Error> {
        self.execute_with(request.into(), None)
    }

    /// The same with an entry behind it that is true together with it or not at all.
    pub(super) fn execute_with(&mut self, request: Request, behind: Option<Entry>) -> Result<Done, Error> {
        let mark = request.mark()?;
        if let Some(mark) = &mark
            && let Some((seq, entry)) = journal::find_command(self.connection(), mark)?
        {
            return Ok(Done::again(seq, entry));
        }
        let cashier = self.cashier_on_duty()?;
        self.start_day_past_midnight()?;
        if let Some(customer) = self.whose_points(&request)? {
            self.ask_points_of(customer)?;
        }
        self.run_out_past_midnight(&request.command)?;
        let request = self.with_worth(request)?;
        let request = self.with_gift_card(request)?;
        let moment = self.shell.now();
        let request = self.with_scanned_piece(request, moment)?;
        let reserved = self.reserve_points(&request.command)?;
        let done = self.carry_out(request, moment, &cashier, mark, behind);
        if let (Err(_), Some(reserved)) = (&done, reserved) {
            self.give_back(reserved)?;
        }
        if let Err(Error::Refused(document::Refusal::TooYoung { birth_date, minimum_age })) = done {
            self.keep_refused_age(birth_date, minimum_age)?;
        }
        done
    }

    /// Whose points are asked for where somebody else keeps them: those of a customer who comes onto the open document, also
    /// with a document that is taken up, since which others may have spent them.
    fn whose_points(&self, request: &Request) -> Result<Option<CustomerId>, Error> {
        match request.subject {
            Some(Subject::Customer(customer)) => Ok(Some(customer)),
            Some(Subject::Suspended(id)) if request.command == Command::Resume => {
                let aside = drafts::aside(self.connection(), id)?;
                Ok(aside.and_then(|aside| aside.document.document().customer))
            }
            Some(Subject::Suspended(_) | Subject::Original(_) | Subject::Points) | None => Ok(None),
        }
    }

    /// Looks up what a command needs, decides it, and keeps what follows.
    fn carry_out(
        &mut self,
        request: Request,
        moment: Moment,
        cashier: &OnDuty,
        mark: Option<CommandMark>,
        behind: Option<Entry>,
    ) -> Result<Done, Error> {
        let behind = behind.map(|mut entry| {
            entry.at = moment;
            entry
        });
        let found = LookedUp { behind, ..self.look_up(&request, moment)? };
        let next = self.next_document()?;
        let new_voucher = self.new_voucher(&request.command);
        let judged = self.judge(&request, &found, moment)?;
        let campaigns = judged.as_ref().map(|judged| self.in_force.facts(judged, moment));
        let dated = self.policy_on(self.taxed_on(moment));
        let facts = Facts {
            moment,
            cashier,
            approval: request.approval,
            policy: dated.as_ref().unwrap_or(&self.settings.policy),
            limits: self.limits_of(cashier),
            counted: request.counted,
            refused_birth: self.refused_birth(),
            till: self.facts(),
            next,
            item: found.item.as_ref(),
            stock: &found.stock,
            past_date: &found.past_date,
            pieces: &found.pieces,
            drawer_in_use: found.drawer_in_use,
            checks_pieces: self.settings.stock.check_at_ring_up,
            numbered: &found.numbered,
            customer: found.customer,
            original: found.original.as_ref().or(self.open.as_ref().and_then(|open| open.original.as_ref())),
            suspended: found.aside.as_ref().map(|aside| &aside.document),
            rate: self.rate_of(&request.command),
            new_voucher: new_voucher.as_ref(),
            cause: CancelCause::Cashier,
            promotions: campaigns.as_ref().map(|campaigns| campaigns as &dyn Promotions),
        };
        let is_assigned =
            matches!(request.subject, Some(Subject::Customer(_))) || request.command == Command::Resume;
        // Closing a suspended document leaves the open one alone.
        let is_beside = matches!(request.command, Command::CancelSuspended { .. });
        let draft = self.open.as_ref().filter(|_| !is_beside).map(|open| &open.draft);
        let outcome = self.decide(draft, &request.command, facts, &found.points)?;
        let joined = outcome.join_note;
        let done = self.keep(outcome, moment, Some(cashier.id), mark, found)?;
        // What cannot be told of a command that is on disk is no reason to say that it failed.
        let away = self.most_while_away().ok().flatten().filter(|_| is_assigned);
        Ok(done.noting(joined, away))
    }

    /// The open document.
    pub fn draft(&self) -> Option<&Document> {
        self.open.as_ref().map(|open| open.draft.document())
    }

    /// The number the next document gets if it begins now.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn next_number(&mut self) -> Result<DocumentNumber, Error> {
        Ok(DocumentNumber {
            date: self.shell.now().local.date(),
            closure: self.period.period.number,
            receipt: self.next_receipt()?,
        })
    }

    /// The suspended documents, the latest first.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn suspended(&self) -> Result<Vec<Parked>, Error> {
        Ok(drafts::all_aside(self.connection())?.iter().map(Aside::parked).collect())
    }

    /// Takes a suspended document up.
    ///
    /// # Errors
    /// As [`Till::execute`]; [`Error::NoSuchDocument`] when none is suspended under this identity,
    /// [`Refusal::DocumentOpen`](document::Refusal::DocumentOpen) while another has lines.
    pub fn resume(&mut self, document: DocumentId) -> Result<Done, Error> {
        self.execute(Request::resume(document))
    }

    /// Puts a customer on the open document; none makes it a walk-in again.
    ///
    /// # Errors
    /// As [`Till::execute`]; [`Error::NoSuchCustomer`], [`Refusal::PointsRedeemed`](document::Refusal::PointsRedeemed) and
    /// [`Refusal::TendersTaken`](document::Refusal::TendersTaken)
    /// while what is the present customer's stands on the document.
    pub fn assign_customer(&mut self, customer: Option<CustomerId>) -> Result<Done, Error> {
        self.execute(Request::assign_customer(customer))
    }

    /// Turns points of the customer into a discount: as many of those asked for as the loyalty program's rules
    /// allow on this document. Where a manager has to approve it, execute the [`Command::RedeemPoints`] of
    /// [`Till::worth_of_points`] with the approval.
    ///
    /// # Errors
    /// [`Error::NotRedeemable`] with the first reason why none are taken.
    pub fn redeem_points(&mut self, points: Points) -> Result<Done, Error> {
        self.execute(Request::redeem_points(points))
    }

    /// The rate of the foreign notes that a command is about.
    fn rate_of(&self, command: &Command) -> Option<ExchangeRate> {
        let Command::TakeTender(TakeTender { foreign: Some(foreign), .. }) = command else { return None };
        let currency = foreign.currency.code();
        self.rates.iter().find(|(known, _)| *known == currency).map(|(_, rate)| *rate)
    }

    /// What suspended documents of a customer have on the account.
    fn held_on_account(&self, id: CustomerId) -> Result<Money, Error> {
        let asides = drafts::aside_of_customer(self.connection(), id)?;
        let documents = asides.iter().map(|aside| aside.document.document());
        Ok(documents.filter(|document| !document.training).map(customer::owed_by).sum())
    }

    pub(super) const fn facts(&self) -> TillFacts {
        TillFacts {
            store: self.identity.store,
            terminal: self.identity.terminal,
            currency: self.identity.currency,
            tax_mode: self.identity.tax_mode,
            training: self.settings.training,
            closure: self.period.period.number,
        }
    }

    pub(super) fn next_document(&mut self) -> Result<NewDocument, Error> {
        let blank = self.draft().filter(|document| document.is_blank());
        // A document that takes the place of an empty one takes over its number.
        let receipt = match blank.map(|document| document.number) {
            Some(number) if number.closure == self.period.period.number => number.receipt,
            _ => self.next_receipt()?,
        };
        Ok(NewDocument { receipt, id: DocumentId::new(self.shell.new_id()) })
    }

    /// Looked up once for each document, not for each of its lines.
    fn next_receipt(&mut self) -> Result<u32, Error> {
        if let Some(receipt) = self.next_receipt {
            return Ok(receipt);
        }
        let OpenPeriod { ref period, first_receipt, .. } = self.period;
        let receipt = drafts::next_receipt(self.connection(), period.number, first_receipt)?;
        self.next_receipt = Some(receipt);
        Ok(receipt)
    }

    fn look_up(&mut self, request: &Request, moment: Moment) -> Result<LookedUp, Error> {
        let (mut found, mut assigned) = (LookedUp::default(), None);
        let customer = match request.subject {
            Some(Subject::Suspended(id)) => {
                let aside = drafts::aside(self.connection(), id)?;
                found.aside = Some(aside.ok_or(Error::NoSuchDocument { document: id })?);
                None
            }
            Some(Subject::Original(id)) => {
                self.refuse_sold_quote(id, &request.command)?;
                let original = self.original_sale(id)?;
                // Of the points of whoever comes back with goods the receipt says how they stand now.
                let sold = original.sale.document();
                if let Some(customer) = sold.customer
                    && !self.is_yet_to_be_told(sold.id)?
                {
                    self.ask_points_of(customer)?;
                }
                found.original = Some(original);
                None
            }
            Some(Subject::Customer(id)) => {
                let id = customer::in_use(self.connection(), id)?;
                self.live_customer(id)?;
                assigned = Some(id);
                assigned
            }
            None if request.command == Command::AssignCustomer => None,
            Some(Subject::Points) | None => self.draft().and_then(|document| document.customer),
        };
        if let Some(id) = customer {
            let facts = customer::facts(self.connection(), id)?;
            let mut facts = facts.ok_or(Error::NoSuchCustomer { customer: id })?;
            // What orders put aside have on the account is owed as well, though it is booked at completion.
            facts.account_balance += self.held_on_account(id)?;
            found.customer = Some(facts);
        }
        if let Command::AddLine(add) = &request.command {
            found.item = Some(self.find_item(add, moment)?);
        }
        if let Command::TakeEmpties { entered, .. } = &request.command {
            let (day, currency) = (moment.business_date, &self.identity.currency);
            let item = self.catalog.find_empties(entered, day, currency)?;
            found.item = Some(self.catalog.taxed_on(item, self.taxed_on(moment)));
        }
        if let Command::MoveCash { kind: CashMovementKind::Float, .. } = request.command {
            found.drawer_in_use = self.drawer_in_use(self.cashier_on_duty()?.id)?;
        }
        self.look_at_shelf(&request.command, &mut found, moment.business_date)?;
        self.remember_original()?;
        let original = found.original.as_ref().or(self.open.as_ref().and_then(|open| open.original.as_ref()));
        found.pieces = self.known_pieces(&request.command, found.item.as_ref(), original)?;
        found.numbered = self.numbered(&request.command, original);
        let aside = found.aside.as_ref().map(|aside| aside.document.document());
        found.points =
            self.look_up_points(self.draft().into_iter().chain(aside), assigned, original, moment)?;
        Ok(found)
    }

    /// What is sold, at the price of the business date, by which tax rates change as well.
    pub(super) fn find_item(&self, add: &AddLine, moment: Moment) -> Result<Sellable, Error> {
        let day = moment.business_date;
        let item = match &add.entered {
            document::Entered::Code(entered) => self.catalog.find(entered, day, &self.identity.currency)?,
            document::Entered::ProductCode(code) => self.catalog.find_code(code, day)?,
            document::Entered::Barcode(barcode) => self.catalog.find_barcode(barcode, day)?,
            document::Entered::Department(no) => self.catalog.department(*no, day)?,
        };
        let item = self.catalog.taxed_on(item, self.taxed_on(moment));
        let has_serials = item.product.is_some_and(|product| self.tracking(product) == Tracking::Serials);
        Ok(Sellable { has_serials, ..item })
    }

    /// The business date by whose tax rates goods are rung up: that of the open document, so that all its lines are taxed
    /// alike. One without lines begins anew with its first.
    fn taxed_on(&self, moment: Moment) -> NaiveDate {
        let begun = self.draft().filter(|document| !document.is_blank());
        begun.map_or(moment.business_date, |document| document.opened_at.business_date)
    }

    /// The store's rules with surcharges at the tax rates of a day; none where they stand at them already. A rate that the
    /// till does not know any more stays as the rules have it.
    fn policy_on(&self, day: NaiveDate) -> Option<Policy> {
        let policy = &self.settings.policy;
        let of_day = |rate: &TaxRate| self.catalog.tax_rate_on(rate.no, day).unwrap_or_else(|| rate.clone());
        let surcharge_taxes: Vec<TaxRate> = policy.surcharge_taxes.iter().map(of_day).collect();
        let voucher_rest = self.voucher_rest();
        let is_same = surcharge_taxes == policy.surcharge_taxes && voucher_rest == policy.voucher_rest;
        (!is_same).then(|| Policy { surcharge_taxes, voucher_rest, ..policy.clone() })
    }

    /// Looks at the shelf for what a command may want more of than there is, where that is refused, and for what may lie
    /// there past its date.
    fn look_at_shelf(&self, command: &Command, found: &mut LookedUp, on: NaiveDate) -> Result<(), Error> {
        let is_checked = self.settings.stock.check_at_ring_up;
        let is_dated = self.settings.policy.expired_goods != ExpiredGoods::Sell;
        for (product, may_fall_below) in self.rung_up(command, found) {
            let is_scarce = is_checked && !may_fall_below;
            if !(is_scarce || is_dated && self.has_batches(product)) {
                continue;
            }
            let Some(level) = self.level_for_sale(product)? else { continue };
            let free = level.free(on);
            if is_scarce {
                // Whether what is past its date is sold is the rule's matter, not that of how much there is.
                found.stock.push((product, (free + level.expired(on)).decimal()));
            }
            let past_date = self.past_date(product, &level, on);
            found.past_date.extend(past_date.map(|past_date| (product, past_date)));
        }
        Ok(())
    }

    /// The products that a command puts on the document, each with whether its stock may fall below nothing.
    fn rung_up(&self, command: &Command, found: &LookedUp) -> BTreeMap<ProductId, bool> {
        let line = if let Command::RepeatLine { line } | Command::ChangeQuantity { line, .. } = command {
            // What becomes of goods becomes of their containers, whichever line is named.
            self.draft().and_then(|document| {
                let goods = document.line(*line)?.container_of.unwrap_or(*line);
                document.line(goods)
            })
        } else {
            None
        };
        let quote = found.original.as_ref().map(|original| original.sale.document());
        let quote = quote.filter(|document| document.kind == Kind::Quote);
        let lines = line.into_iter().chain(quote.into_iter().flat_map(Document::active_lines));
        let items = lines.map(|line| &*line.item).chain(&found.item);
        items.filter_map(|item| Some((item.product?, item.permissions.negative_stock))).collect()
    }

    /// Goods that come back are measured against what was sold: the sale is read once and kept while the return is
    /// open.
    fn remember_original(&mut self) -> Result<(), Error> {
        let Some(open) = self.open.as_ref().filter(|open| open.original.is_none()) else { return Ok(()) };
        let document = open.draft.document();
        let returned = document.exchange.as_deref().unwrap_or(document);
        let Some(sale) = returned.original.filter(|_| returned.kind == Kind::Return) else { return Ok(()) };
        let original = self.original_sale(sale)?;
        if let Some(open) = &mut self.open {
            open.original = Some(original);
        }
        Ok(())
    }
}
