//! The end of the day.

use std::collections::BTreeSet;

use saleflex_core::{
    cashier::{Approval, OnDuty},
    closure::{
        self, Closing, Closure, Declaration, DocumentFigures, DocumentMark, Effect, Period, Report, Staff,
        drawer::{self, CountPurpose, DrawerNo},
        template::{Inputs, Resolved},
    },
    document::Kind,
    ids::ClosureNumber,
    journal::{CommandMark, Entry, Event},
    money::Money,
    tender::Direction,
    time::Moment,
};
use uuid::Uuid;

use super::Till;
use crate::{
    books::{
        closures::{self, OpenPeriod},
        documents::{self, Span},
        drafts, journal,
    },
    error::Error,
    exchange::quotas,
    request, templates,
};

/// The figures of the open period.
#[derive(Clone, Debug)]
pub struct XReport {
    /// The open period.
    pub period: Period,
    /// The figures of its documents so far.
    pub report: Report,
    /// Its first document.
    pub first_document: Option<DocumentMark>,
    /// Its last document.
    pub last_document: Option<DocumentMark>,
    /// How many documents were parked in it and still are.
    pub suspended_count: u64,
    /// How many were parked before it and still are.
    pub parked_before: u64,
    /// What was taken so far for the document that is open, less what was paid back on it: no sale yet, and no deposit.
    pub underway: Money,
}

/// What the figures of a country ask the shop for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CountryAsks {
    /// Classes that departments belong to, such as `gift_card`.
    pub classes: BTreeSet<String>,
    /// Amounts that people declare, such as `reported_tips`.
    pub declared: BTreeSet<String>,
}

/// What was taken for a document that is being served; an order's money is a deposit.
fn underway(figures: &DocumentFigures) -> Money {
    if figures.effect != Effect::Underway {
        return Money::ZERO;
    }
    let net = figures.tenders.iter().map(|tender| match tender.direction {
        Direction::In => tender.amount - tender.change,
        Direction::Out => -tender.amount,
    });
    net.sum()
}

/// Periods.
impl Till {
    /// The open period.
    pub const fn period(&self) -> &Period {
        &self.period.period
    }

    /// The figures of the open period. Nothing changes.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn x_report(&self) -> Result<XReport, Error> {
        let number = self.period.period.number;
        let totals = self.so_far.borrow_mut().of(self.connection(), self.period.after_document)?;
        let mut x = XReport {
            period: self.period.period.clone(),
            first_document: totals.first_document(),
            last_document: totals.last_document(),
            report: totals.report,
            suspended_count: 0,
            parked_before: 0,
            underway: Money::ZERO,
        };
        let asides = drafts::all_aside(self.connection())?;
        let put_aside = asides.iter().map(|aside| aside.document.document());
        let held = put_aside.filter_map(|document| DocumentFigures::deposits(document, number));
        let open = self.draft().and_then(|document| DocumentFigures::open(document, number));
        x.underway = open.as_ref().map_or(Money::ZERO, underway);
        held.chain(open).for_each(|figures| x.report.add(&figures));
        // What is practice, or an offer alone, counts nowhere.
        let counted = asides.iter().filter(|aside| {
            let document = aside.document.document();
            !document.training && document.kind != Kind::Quote
        });
        let (parked, before): (Vec<_>, Vec<_>) =
            counted.partition(|aside| aside.document.closure() == number);
        x.suspended_count = parked.len().try_into().unwrap_or(u64::MAX);
        x.parked_before = before.len().try_into().unwrap_or(u64::MAX);
        let drawers = self.drawers_at_first(&x.report)?;
        let began_with: Money = drawers.iter().map(|drawer| drawer.opening).sum();
        x.period = x.period.with_foreign(&self.foreign_left_more(number)?.total);
        // One drawer for everybody has what the period before left, unless that was corrected since, or other drawers were
        // taken away.
        if !self.settings.drawers.is_empty() || began_with != x.period.opening_cash(&x.report) {
            x.period.in_drawers = Some(began_with);
        }
        Ok(x)
    }

    /// Who has been at work in the open period until `now`, and what was shared out of its tips.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn x_staff(&self, now: Moment) -> Result<Staff, Error> {
        let span = (self.period.period.opened_at, now);
        let shared = self.tips_shared(self.period.period.number)?;
        Ok(Staff::of(&self.sessions_of_open_period()?, span, shared))
    }

    /// Closes the open period and opens the next one, in one transaction. What was counted in the drawer is
    /// declared with it; a manager's approval is needed where the difference is too large. Of several drawers each was
    /// counted before ([`Till::count_drawer`]): what they come to is declared, with the words and the amounts that are
    /// declared here. Sales that were put aside longer ago than the store lets one wait are cancelled before it, one by
    /// one, as at every log-in.
    ///
    /// # Errors
    /// [`Error::NotClosed`] with the reason; [`Error::NotLoggedIn`], [`Error::TillLocked`] or [`Error::SecretExpired`]
    /// when nobody may work; [`Error::Template`] for a template of the shop's own that cannot be one. Nothing was closed
    /// then, and nothing cancelled; a count that differs is kept. [`Error::DiskFull`], [`Error::Locked`] or
    /// [`Error::Database`] when the file cannot be read or written: what was put aside too long may be cancelled then.
    pub fn close_period(
        &mut self,
        declaration: Option<&Declaration>,
        approval: Option<Approval>,
    ) -> Result<Closure, Error> {
        self.close(declaration, approval, None)
    }

    /// The same under an identity minted by the caller: asked again, the till closes nothing and answers the closure
    /// of the first time.
    ///
    /// # Errors
    /// As [`Till::close_period`]; [`Error::IdentityReused`] when the identity was given to another command or another
    /// declaration.
    pub fn close_period_once(
        &mut self,
        id: Uuid,
        declaration: Option<&Declaration>,
        approval: Option<Approval>,
    ) -> Result<Closure, Error> {
        let mark = CommandMark { id, digest: request::digest(&("close_period", declaration))? };
        let Some((seq, entry)) = journal::find_command(self.connection(), &mark)? else {
            return self.close(declaration, approval, Some(mark));
        };
        entry.closure().cloned().ok_or(Error::Contradiction { seq })
    }

    fn close(
        &mut self,
        declaration: Option<&Declaration>,
        approval: Option<Approval>,
        mark: Option<CommandMark>,
    ) -> Result<Closure, Error> {
        let cashier = self.cashier_on_duty()?;
        self.refuse_in_training()?;
        let moment = self.shell.now();
        let country = self.country()?;
        let mut closure = self.decide_closing(&cashier, moment, declaration, approval)?;
        // Only now that the period will close: a refusal changes nothing. A till that nobody logs out of lets old sales
        // go with the day, and its report says so.
        if self.cancel_outlived(moment)? {
            let x = self.x_report()?;
            closure = Closure {
                business_date: x.first_document.map_or(closure.business_date, |first| first.at.business_date),
                first_document: x.first_document,
                last_document: x.last_document,
                report: x.report,
                suspended_count: x.suspended_count,
                ..closure
            };
        }
        // What the law of the shop's country wants is frozen with the closure.
        if let Some(template) = country {
            let counts = self.drawer_counts(closure.number())?;
            let declared = drawer::declared(&counts, closure.declaration.as_ref());
            let classes = self.settings.classes.clone();
            closure = closure.with_country(&template, &Inputs { classes, declared });
        }
        closure.copied = closures::copied(self.connection(), &self.period)?;
        self.leave_empty_document(moment)?;
        let closed = self.period.clone();
        let last_document = documents::last(self.connection())?;
        let least = closures::least(self.connection())?;
        let next_period = closure.next_period();
        let next = OpenPeriod {
            id: self.shell.new_id(),
            period: Period { number: next_period.number.max(least), ..next_period },
            first_receipt: self.first_receipt(),
            after_document: last_document,
        };
        let event = Event::PeriodClosed(Box::new(closure.clone()));
        let entry = Entry::new(closed.id, moment, Some(cashier.id), closed.period.number, event).marked(mark);
        self.commit(&entry, None, None, |connection, seq| {
            closed.close(connection, seq, last_document)?;
            quotas::give_back(connection, quotas::Back::Asked)?;
            next.write(connection)
        })?;
        self.period = next;
        self.next_receipt = None;
        Ok(closure)
    }

    /// Practice counts nowhere: what it would close and count is the shop's real day.
    pub(super) fn refuse_in_training(&self) -> Result<(), closure::Refusal> {
        if self.settings.training { Err(closure::Refusal::Training) } else { Ok(()) }
    }

    /// What the period closes with. A count that is refused is kept, else nothing changes.
    fn decide_closing(
        &mut self,
        cashier: &OnDuty,
        moment: Moment,
        declaration: Option<&Declaration>,
        approval: Option<Approval>,
    ) -> Result<Closure, Error> {
        let x = self.x_report()?;
        let (counted, drawers) = self.counted_drawers(&x.report, declaration)?;
        let declaration = counted.as_ref().or(declaration);
        let entered = self.entered_counts(x.period.number)?;
        let hand_overs = self.hand_overs(&x.report)?;
        let span = (x.period.opened_at, moment);
        let staff =
            Staff::at_closure(self.sessions_of_open_period()?, span, self.tips_shared(x.period.number)?);
        let decided = closure::close(Closing {
            moment,
            cashier,
            approval,
            policy: &self.settings.closing,
            rates: &self.rates,
            period: &x.period,
            open_document: self.open.as_ref().map(|open| &open.draft),
            report: &x.report,
            first_document: x.first_document,
            last_document: x.last_document,
            suspended_count: x.suspended_count,
            declaration,
            drawers: &drawers,
            entered: &entered,
            hand_overs: &hand_overs,
            staff: &staff,
        });
        // Several drawers were counted one by one before, and each count was kept then.
        if let (Err(refusal), Some(declaration), []) = (&decided, declaration, &drawers[..]) {
            let drawer = self.settings.drawers.first().map_or(DrawerNo(1), |first| first.no);
            let expected = x.period.expected_cash(&x.report) + drawer::settled(&hand_overs);
            let who = (cashier.id, moment);
            self.keep_refused(refusal, (drawer, CountPurpose::Closing), who, expected, declaration)?;
        }
        let decided = decided?;
        // The period stays as it was opened; what it began with beyond that is said beside it.
        let foreign_left = self.period.period.foreign_left.clone();
        Ok(Closure {
            period: Period { foreign_left, ..decided.period },
            followed: self.followed(&x.report)?,
            followed_foreign: self.foreign_left_more(x.period.number)?.total,
            ..decided
        })
    }

    /// Another life of the file has used the numbers of periods before `least`: the open period takes that number where
    /// it has no document yet, else it closes under it. Answers whether anything changed.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`]; [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn lift_period(&mut self, least: ClosureNumber) -> Result<bool, Error> {
        if !self.is_between_documents() {
            return Err(Error::DocumentOpen);
        }
        if least <= self.period.period.closing_number() {
            return Ok(false);
        }
        // An earlier version kept what it lifted to for the next period alone: the open one is behind that still.
        let least = least.max(closures::least(self.connection())?);
        let now = self.shell.now();
        self.leave_empty_document(now)?;
        // What is put aside has taken its deposits in the period of its number.
        let is_blank = documents::last(self.connection())? == self.period.after_document
            && drafts::all_aside(self.connection())?.is_empty();
        let open = &self.period.period;
        let (number, closes_as) = if is_blank { (least, None) } else { (open.number, Some(least)) };
        let lifted = Period { number, closes_as, ..open.clone() };
        let terminal = self.identity.terminal.uuid();
        let event = Event::PeriodLifted { next: least, closes_as: !is_blank };
        self.commit_event(event, terminal, |connection, _| {
            closures::keep_least(connection, least)?;
            closures::renumber(connection, &lifted)
        })?;
        self.period.period = lifted;
        self.next_receipt = None;
        Ok(true)
    }

    /// The template of the shop's country; none where no country is set.
    fn country(&self) -> Result<Option<Resolved>, Error> {
        let Some(region) = &self.settings.region else { return Ok(None) };
        Ok(Some(templates::with(&self.settings.templates)?.resolve(region)))
    }

    /// The templates that the country's figures are made by, the most general first: names and versions. None where no
    /// country is set.
    ///
    /// # Errors
    /// [`Error::Template`] for a template of the shop's own that cannot be one.
    pub fn country_layers(&self) -> Result<Vec<(String, u32)>, Error> {
        Ok(self.country()?.map(|country| country.layers).unwrap_or_default())
    }

    /// What the figures of the shop's country ask for: the classes that departments belong to, and the amounts that
    /// people declare when they count for closing, by name. Nothing where no country is set.
    ///
    /// # Errors
    /// [`Error::Template`] for a template of the shop's own that cannot be one.
    pub fn country_asks(&self) -> Result<CountryAsks, Error> {
        let mut asks = CountryAsks::default();
        let Some(country) = self.country()? else { return Ok(asks) };
        for figure in country.template.fields.values() {
            asks.classes.extend(figure.class().map(str::to_owned));
            asks.declared.extend(figure.declared().map(str::to_owned));
        }
        Ok(asks)
    }

    /// The closed periods, the latest first.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn closures(&self, limit: u32) -> Result<Vec<Closure>, Error> {
        self.closures_page(0, limit)
    }

    /// The same behind so many of them: the next page.
    ///
    /// # Errors
    /// As [`Till::closures`].
    pub fn closures_page(&self, skip: u32, limit: u32) -> Result<Vec<Closure>, Error> {
        let closed = closures::page(self.connection(), skip, limit)?;
        closed.iter().map(|closed| closures::record(self.connection(), closed)).collect()
    }

    /// A closed period.
    ///
    /// # Errors
    /// [`Error::NoSuchClosure`] when there is none, or it is still open.
    pub fn closure(&self, number: ClosureNumber) -> Result<Closure, Error> {
        let closed = closures::closed(self.connection(), number)?;
        closures::record(self.connection(), &closed.ok_or(Error::NoSuchClosure { closure: number })?)
    }

    /// The period so many before the open one, by the number of its documents; none where there are not so many. Numbers
    /// that were lifted leave out some between two periods.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn period_back(&self, back: u32) -> Result<Option<ClosureNumber>, Error> {
        let Some(skip) = back.checked_sub(1) else { return Ok(Some(self.period.period.number)) };
        Ok(closures::page(self.connection(), skip, 1)?.first().map(|closed| closed.number))
    }

    /// How many periods began after the one of a number.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn periods_since(&self, number: ClosureNumber) -> Result<u32, Error> {
        closures::since(self.connection(), number)
    }

    /// Whether the open period is meant by a number: its documents' or the one that it closes under.
    fn is_open_period(&self, number: ClosureNumber) -> bool {
        [self.period.period.number, self.period.period.closing_number()].contains(&number)
    }

    /// The number that documents of a period have and everything else is found by, whichever of its two it is asked for by;
    /// of no period the same.
    pub(super) fn own_number(&self, number: ClosureNumber) -> Result<ClosureNumber, Error> {
        if self.is_open_period(number) {
            return Ok(self.period.period.number);
        }
        Ok(closures::closed(self.connection(), number)?.map_or(number, |closed| closed.number))
    }

    /// Where the documents of a period lie.
    pub(super) fn span_of(&self, number: ClosureNumber) -> Result<Span, Error> {
        if self.is_open_period(number) {
            return Ok(self.period.span());
        }
        let closed = closures::closed(self.connection(), number)?;
        closed.map(|closed| closed.span).ok_or(Error::NoSuchClosure { closure: number })
    }
}
