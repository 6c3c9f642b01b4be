//! Points beside a command on a document: what is looked up for it, and what they are worth.

use std::collections::{BTreeMap, BTreeSet};

use saleflex_core::{
    checkout::{self, Beside, Outcome, PointsFacts},
    customer::{Customer as Record, PhoneRules, PhoneTaken},
    document::{Command, Document, Draft, Facts, Kind, OriginalSale, Refusal},
    ids::{CustomerId, DocumentId},
    loyalty::{
        self, AuthorityError, ClawBack, Holder, LoyaltyChange, Membership, Mode, PointsAuthority,
        PointsSnapshot, Program, Redemption, RedemptionPolicy, RedemptionRequest, in_force,
        redeemable_offline,
    },
    quantity::Points,
    settings::Settings,
    time::Moment,
};

use super::Till;
use crate::{
    error::Error,
    people::{customer, loyalty as ledger, loyalty::BookedRows},
};

/// What was looked up about points for a command.
#[derive(Debug, Default)]
pub(super) struct PointsLookUp {
    /// By the id on the document.
    pub(super) members: BTreeMap<CustomerId, Membership>,
    person: Option<Record>,
    phone_taken: Option<PhoneTaken>,
    sale: Option<PointsSnapshot>,
    earned_today: Points,
}

/// Points at checkout.
impl Till {
    /// Asks somebody else for the points of programs in mode `GATE` and `EXTERNAL`. Without it, and while it cannot be
    /// reached, earning waits in the outbox and redeeming is limited as the program says.
    pub fn set_points_authority(&mut self, authority: Option<Box<dyn PointsAuthority + Send>>) {
        self.points_authority = authority;
    }

    /// The loyalty programs, by name.
    pub fn programs(&self) -> &[Program] {
        &self.programs
    }

    /// The program that new members join now.
    pub fn program_in_force(&mut self) -> Option<&Program> {
        let now = self.shell.now();
        in_force(&self.programs, self.identity.store, now.instant)
    }

    /// How telephones become keys: as the settings say, in the country of the program in force where it names one.
    pub(super) fn phone_rules(&self, now: Moment) -> PhoneRules {
        self.phone_rules_by(&self.settings, now)
    }

    /// The same by other settings.
    pub(super) fn phone_rules_by(&self, settings: &Settings, now: Moment) -> PhoneRules {
        let program = in_force(&self.programs, self.identity.store, now.instant);
        let code = program.and_then(|program| program.calling_code.as_deref());
        let code = code.and_then(saleflex_core::customer::CallingCode::parse);
        settings.dialling.with_country(code)
    }

    /// As many of so many points as the open document takes now, and the discount they make. Nothing changes.
    ///
    /// # Errors
    /// [`Error::NotRedeemable`] with the first reason why none are taken; [`Refusal::NoDocument`].
    pub fn worth_of_points(&mut self, points: Points) -> Result<Redemption, Error> {
        let now = self.shell.now();
        let document = self.draft().ok_or(Refusal::NoDocument)?;
        let (holder, policy) = self.holder(document, now)?;
        let request = RedemptionRequest {
            points,
            is_sale: document.kind == Kind::Sale,
            holder,
            total: checkout::redeemable_total(document),
            due: checkout::redeemable_due(document),
            redeemed: checkout::redemption(document),
        };
        Ok(loyalty::redeem(&request, &policy, &self.identity.currency)?)
    }

    /// Who would pay with points, and by which rules.
    fn holder(&self, document: &Document, now: Moment) -> Result<(Holder, RedemptionPolicy), Error> {
        let Some(customer) = document.customer else {
            return Ok((Holder::NoCustomer, RedemptionPolicy::NOTHING));
        };
        let member = ledger::membership(self.connection(), customer::in_use(self.connection(), customer)?)?;
        let Some(member) = member.filter(ledger::may_redeem) else {
            return Ok((Holder::NoMembership, RedemptionPolicy::NOTHING));
        };
        let is_in_force = |program: &&Program| program.is_in_force(self.identity.store, now.instant);
        let Some(program) = self.program_of(&member).filter(is_in_force) else {
            return Ok((Holder::ProgramInactive, RedemptionPolicy::NOTHING));
        };
        Ok((Holder::Member { available: member.available_to(document.id) }, program.redemption))
    }

    /// The program of a member, where it is in force or not.
    pub(super) fn program_of(&self, member: &Membership) -> Option<&Program> {
        self.programs.iter().find(|program| program.id == member.program)
    }

    /// What a completed sale earned and redeemed; none where it did not count for a member.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn points_of(&self, sale: DocumentId) -> Result<Option<PointsSnapshot>, Error> {
        ledger::snapshot(self.connection(), sale)
    }

    /// How points follow goods of a sale that come back: as the program of its member says.
    pub(super) fn claw_back_of(&self, sale: &Document) -> Result<ClawBack, Error> {
        let Some(id) = sale.customer else { return Ok(ClawBack::default()) };
        let member = ledger::membership(self.connection(), customer::in_use(self.connection(), id)?)?;
        let program = member.as_ref().and_then(|member| self.program_of(member));
        Ok(program.map(|program| program.claw_back).unwrap_or_default())
    }

    /// Before points are redeemed whose program another keeps, the other is asked to hold them; where it cannot be
    /// reached, no more are taken than the program allows then.
    ///
    /// # Errors
    /// [`Error::PointsAuthority`] where they are not held.
    pub(super) fn reserve_points(&mut self, command: &Command) -> Result<(), Error> {
        let (Command::RedeemPoints { points, .. }, Some(document)) = (command, self.draft()) else {
            return Ok(());
        };
        let Some(customer) = document.customer else { return Ok(()) };
        let member = ledger::membership(self.connection(), customer::in_use(self.connection(), customer)?)?;
        let Some(member) = member else { return Ok(()) };
        let mode = self.program_of(&member).map_or(Mode::Local, |program| program.mode);
        if mode == Mode::Local {
            return Ok(());
        }
        let (id, wanted) = (document.id, checkout::redemption(document).points + *points);
        let answer = match &mut self.points_authority {
            Some(authority) => authority.reserve(member.customer, id, wanted),
            None => Err(AuthorityError::Unreachable),
        };
        match answer {
            Ok(_) => {
                self.points_heard = self.head.seq;
                self.points_reserved = Some(id);
                Ok(())
            }
            Err(AuthorityError::Unreachable) => {
                let redeemed = ledger::redeemed_since(self.connection(), member.customer, self.points_heard)?;
                let most = redeemable_offline(mode, &member, id, redeemed);
                if wanted <= most { Ok(()) } else { Err(AuthorityError::Unreachable.into()) }
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Tells whoever keeps the points which documents no longer hold any. Nothing is lost where it does not hear: what
    /// it holds runs out.
    pub(super) fn release_points(&mut self, changes: &[LoyaltyChange]) {
        let Some(mut authority) = self.points_authority.take() else { return };
        for change in changes {
            if let LoyaltyChange::PointsReleased { customer, document } = change {
                // One that does not answer lets go by itself, see above.
                let _ = authority.release(*customer, *document);
            }
            if let LoyaltyChange::SaleCounted { document, .. } = change
                && self.points_reserved == Some(*document)
            {
                // What was spent with its leave does not count against the limit of a till on its own.
                self.points_heard = self.head.seq;
                self.points_reserved = None;
            }
        }
        self.points_authority = Some(authority);
    }

    /// Looks up what a command may need to know of points: `about` are the documents it may concern, `assigned` the
    /// customer it puts on one.
    pub(super) fn look_up_points<'d>(
        &self,
        about: impl IntoIterator<Item = &'d Document>,
        assigned: Option<CustomerId>,
        original: Option<&'d OriginalSale>,
        now: Moment,
    ) -> Result<PointsLookUp, Error> {
        let mut found = PointsLookUp::default();
        if self.programs.is_empty() {
            return Ok(found);
        }
        let connection = self.connection();
        let sold = original.map(|original| original.sale.document());
        let documents = about.into_iter().chain(sold);
        let mut concerned: BTreeSet<CustomerId> = assigned.into_iter().collect();
        for document in documents {
            let exchanged = document.exchange.as_deref().and_then(|returned| returned.customer);
            concerned.extend(document.customer.into_iter().chain(exchanged));
        }
        for id in concerned {
            let member = ledger::membership(connection, customer::in_use(connection, id)?)?;
            found.members.extend(member.map(|member| (id, member)));
        }
        if let Some(id) = assigned {
            found.person = customer::record(connection, id)?;
            found.phone_taken = self.phone_taken(found.person.as_ref(), now)?;
        }
        if let Some(sale) = sold {
            found.sale = ledger::snapshot(connection, sale.id)?;
        }
        let limits_a_day = |program: &Program| program.earn.limits.per_day.is_some();
        if self.programs.iter().any(limits_a_day)
            && let Some(member) = self.draft().and_then(|draft| found.members.get(&draft.customer?))
        {
            found.earned_today = ledger::earned_on(connection, member.customer, now.local.date())?;
        }
        Ok(found)
    }

    /// Who else has the telephone of a person whose own key was left out for it.
    fn phone_taken(&self, person: Option<&Record>, now: Moment) -> Result<Option<PhoneTaken>, Error> {
        let Some(person) = person.filter(|person| person.phone_key.is_none()) else { return Ok(None) };
        let Some(key) = person.details.phone_key(&self.phone_rules(now)) else { return Ok(None) };
        let by = customer::holder_of_phone(self.connection(), &key, Some(person.id))?;
        Ok(by.map(|by| PhoneTaken { by }))
    }

    /// Decides a command with what was looked up about points, and finds who joins or leaves a segment by it.
    pub(super) fn decide(
        &self,
        draft: Option<&Draft>,
        command: &Command,
        facts: Facts<'_>,
        points: &PointsLookUp,
    ) -> Result<Outcome, Error> {
        let moment = facts.moment;
        let goods = self.goods_facts(facts.suspended)?;
        let booked = BookedRows::new(self.connection());
        let beside = Beside {
            points: PointsFacts {
                programs: &self.programs,
                members: Some(&points.members),
                customer: points.person.as_ref(),
                phone_taken: points.phone_taken,
                sale: points.sale.as_ref(),
                earned_today: points.earned_today,
                booked: Some(&booked),
            },
            goods,
        };
        let outcome = checkout::run_with(draft, command, facts, &beside);
        booked.finish()?;
        let mut outcome = outcome?;
        self.place_goods(&mut outcome.effects, moment)?;
        outcome.effects.segments = self.segments_after(&outcome.effects, moment)?;
        Ok(outcome)
    }
}
