//! Tips: what came in during a period, whose it is, and how it is shared out.

use std::collections::{BTreeMap, BTreeSet};

use saleflex_core::{
    cashier::{
        Approval,
        access::Act,
        tip_pool::{Participant, TipDistribution, TipRule, distribute},
    },
    closure::{Change, DocumentFigures},
    document::{CashMovementKind, Command},
    ids::{CashierId, ClosureNumber},
    journal::{Entry, Event},
    money::Money,
};

use super::Till;
use crate::{
    books::{
        documents::{self, Finished},
        index::{self, Topic},
    },
    error::Error,
    request::{Done, Request},
};

/// Tips.
impl Till {
    /// Shares out the tips of a period that have not been, among cashiers with their points: nothing more is given out
    /// than came in, and what nobody gets stays.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability or an approval; [`Error::NoSuchClosure`]; [`Error::NoSuchCashier`];
    /// [`Error::TooManyTips`] where [`TipRule::Own`] gives the participants more than is left.
    pub fn distribute_tips(
        &mut self,
        closure: ClosureNumber,
        rule: TipRule,
        people: &BTreeMap<CashierId, u32>,
        approval: Option<Approval>,
    ) -> Result<TipDistribution, Error> {
        let closure = self.own_number(closure)?;
        let distribution = self.tips_to_share(closure, rule, people, approval)?;
        let event = Event::TipsDistributed { closure, distribution: Box::new(distribution.clone()) };
        let entity = self.shell.new_id();
        self.commit_event(event, entity, |_, _| Ok(()))?;
        Ok(distribution)
    }

    /// The same, and what is given out is taken out of the drawer of whoever is on duty, in the same step: a cash movement
    /// under `reason`, none where nothing is given out.
    ///
    /// # Errors
    /// As [`Till::distribute_tips`] and as [`Till::execute`] for [`CashMovementKind::PaidOut`]. Nothing was shared then.
    pub fn pay_out_tips(
        &mut self,
        closure: ClosureNumber,
        rule: TipRule,
        people: &BTreeMap<CashierId, u32>,
        reason: &str,
        approval: Option<Approval>,
    ) -> Result<(TipDistribution, Option<Done>), Error> {
        let [approval, for_cash] = match approval.map(Approval::for_both) {
            Some(both) => both.map(Some),
            None => [None, None],
        };
        let closure = self.own_number(closure)?;
        let distribution = self.tips_to_share(closure, rule, people, approval)?;
        let event = Event::TipsDistributed { closure, distribution: Box::new(distribution.clone()) };
        let (entity, now) = (self.shell.new_id(), self.shell.now());
        let amount = distribution.distributed();
        if amount.is_zero() {
            self.commit_event_at(now, event, entity, |_, _| Ok(()))?;
            return Ok((distribution, None));
        }
        let shared = Entry::new(entity, now, self.on_duty, self.period.period.number, event);
        let kind = CashMovementKind::PaidOut;
        let request = Request::from(Command::MoveCash { kind, amount, reason: reason.to_owned() });
        let request = match for_cash {
            Some(approval) => request.approved(approval),
            None => request,
        };
        let done = self.execute_with(request, Some(shared))?;
        Ok((distribution, Some(done)))
    }

    fn tips_to_share(
        &self,
        closure: ClosureNumber,
        rule: TipRule,
        people: &BTreeMap<CashierId, u32>,
        approval: Option<Approval>,
    ) -> Result<TipDistribution, Error> {
        let authority = self.authorise(Act::DistributeTips, approval)?;
        let participants = self.tip_pool(closure, people)?;
        let left = self.tips_left(closure)?;
        let own: Money = participants.iter().map(|one| one.own).sum();
        // By any other rule all that is left is one pool, whoever's documents it came with.
        let claimed = if rule == TipRule::Own { own } else { Money::ZERO };
        if claimed > left {
            let [own, left] = [claimed, left].map(|amount| self.identity.currency.amount(amount));
            return Err(Error::TooManyTips { own, left });
        }
        let shared = distribute(rule, &participants, left - own);
        Ok(TipDistribution { authority, shared })
    }

    /// Cashiers as they share in the tips of a period: with their points; with what came with tenders that they took
    /// in documents that count, less what they were given before; and with the minutes they worked within the period,
    /// by the time clock where they punched it, else by their sessions.
    ///
    /// # Errors
    /// [`Error::NoSuchClosure`]; [`Error::NoSuchCashier`].
    pub fn tip_pool(
        &self,
        closure: ClosureNumber,
        people: &BTreeMap<CashierId, u32>,
    ) -> Result<Vec<Participant>, Error> {
        let closure = self.own_number(closure)?;
        let own = self.own_tips(closure)?;
        let mut given: BTreeMap<CashierId, Money> = BTreeMap::new();
        for (cashier, share) in self.tip_distributions(closure)?.into_iter().flat_map(|one| one.shared.shares)
        {
            *given.entry(cashier).or_default() += share;
        }
        let worked = self.worked_min_of(closure, people.keys().copied())?;
        let participant = |(cashier, points): (&CashierId, &u32)| Participant {
            cashier: *cashier,
            own: (amount(&own, *cashier) - amount(&given, *cashier)).max(Money::ZERO),
            worked_min: worked.get(cashier).copied().unwrap_or_default(),
            points: *points,
        };
        Ok(people.iter().map(participant).collect())
    }

    /// The tips of a period that nobody has got yet.
    ///
    /// # Errors
    /// [`Error::NoSuchClosure`].
    pub fn tips_left(&self, closure: ClosureNumber) -> Result<Money, Error> {
        let closure = self.own_number(closure)?;
        let is_open = closure == self.period.period.number;
        let came_in =
            if is_open { self.x_report()?.report.tips } else { self.corrected(closure)?.report.tips };
        Ok(came_in - self.tips_shared(closure)?)
    }

    /// What was shared out of the tips of a period until now.
    pub(super) fn tips_shared(&self, closure: ClosureNumber) -> Result<Money, Error> {
        Ok(self.tip_distributions(closure)?.iter().map(TipDistribution::distributed).sum())
    }

    /// How the tips of a period were shared out, in order.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn tip_distributions(&self, closure: ClosureNumber) -> Result<Vec<TipDistribution>, Error> {
        let own = index::period(self.own_number(closure)?);
        let entries = index::entries(self.connection(), Topic::Tips, &own)?.into_iter();
        let shared = entries.filter_map(|entry| {
            if let Event::TipsDistributed { distribution, .. } = entry.event {
                Some(*distribution)
            } else {
                None
            }
        });
        Ok(shared.collect())
    }

    /// The tips that count of the finished documents of a period, by who took them.
    fn own_tips(&self, closure: ClosureNumber) -> Result<BTreeMap<CashierId, Money>, Error> {
        let withdrawn = |change| {
            if let Change::WithdrawnDocument { document, .. } = change { Some(document) } else { None }
        };
        let changes = self.corrections(closure)?.into_iter().map(|correction| correction.change);
        let withdrawn: BTreeSet<_> = changes.filter_map(withdrawn).collect();
        let mut own: BTreeMap<CashierId, Money> = BTreeMap::new();
        documents::for_each_entry(self.connection(), self.span_of(closure)?, |entry| {
            for finished in Finished::of(entry) {
                if withdrawn.contains(&finished.document().id) {
                    continue;
                }
                let figures = match finished {
                    Finished::Completed(it) => DocumentFigures::of(it),
                    Finished::Cancelled(it) => DocumentFigures::cancelled(it),
                };
                for (cashier, tip) in figures.iter().flat_map(DocumentFigures::tips) {
                    *own.entry(cashier).or_default() += tip;
                }
            }
            Ok(())
        })?;
        Ok(own)
    }

    /// Minutes that cashiers worked between the opening of a period and its end; so far where it is open.
    fn worked_min_of(
        &self,
        closure: ClosureNumber,
        people: impl Iterator<Item = CashierId>,
    ) -> Result<BTreeMap<CashierId, u32>, Error> {
        let (from, to) = if closure == self.period.period.number {
            (self.period.period.opened_at.instant, self.last_command()?)
        } else {
            let closed = self.closure(closure)?;
            (closed.period.opened_at.instant, closed.closed_at.instant)
        };
        let sessions = self.sessions_reaching(from)?;
        let mut worked = BTreeMap::new();
        for cashier in people {
            self.cashier(cashier).ok_or(Error::NoSuchCashier { cashier })?;
            let clock_s = self.attendance(cashier)?.worked_s_within(from, to);
            let own = sessions.iter().filter(|session| session.cashier == cashier);
            let sessions_s = || own.map(|session| session.worked_s_within(from, to)).sum();
            worked.insert(cashier, if clock_s > 0 { clock_s } else { sessions_s() } / 60);
        }
        Ok(worked)
    }
}

fn amount(of: &BTreeMap<CashierId, Money>, cashier: CashierId) -> Money {
    of.get(&cashier).copied().unwrap_or_default()
}
