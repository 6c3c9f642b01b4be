//! Points beside a command on a document: what is looked up for it, and what they are worth.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use saleflex_core::{
    checkout::{self, Beside, Effects, KeptPoints, Outcome, PointsFacts},
    customer::{Customer as Record, PhoneRules, PhoneTaken},
    document::{Command, Completed, Document, Draft, Facts, Kind, OriginalSale, Refusal},
    ids::{CustomerId, DocumentId},
    journal::{Entry, Event},
    loyalty::{
        self, ClawBack, Holder, LoyaltyAct, Membership, PointsSnapshot, Program, Redemption,
        RedemptionPolicy, RedemptionRequest, in_force,
    },
    money::Money,
    quantity::{Percent, Points},
    settings::Settings,
    time::Moment,
};

use super::Till;
use crate::{
    error::Error,
    people::{customer, loyalty as ledger, loyalty::BookedRows},
    request::{Request, Subject},
};

mod keeper;

/// What was looked up about points for a command.
#[derive(Debug, Default)]
pub(super) struct PointsLookUp {
    /// By the id on the document.
    pub(super) members: BTreeMap<CustomerId, Membership>,
    /// How they stand on the document, where somebody else keeps their points.
    kept: BTreeMap<CustomerId, KeptPoints>,
    person: Option<Record>,
    phone_taken: Option<PhoneTaken>,
    sale: Option<PointsSnapshot>,
    earned_today: Points,
    /// The tier that somebody else says of a person who is no member here.
    kept_tier: Option<String>,
    /// Whether that one has welcomed them.
    is_welcomed: bool,
}

/// Points at checkout.
impl Till {
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

    /// What so many points of the open document's customer are worth, whatever the document takes of them; none where they
    /// buy nothing.
    ///
    /// # Errors
    /// [`Refusal::NoDocument`]; [`Error::Database`] when the file cannot be read.
    pub fn value_of_points(&mut self, points: Points) -> Result<Option<Money>, Error> {
        let now = self.shell.now();
        let document = self.draft().ok_or(Refusal::NoDocument)?;
        let (_, policy) = self.holder(document, now)?;
        Ok(policy.worth_of(points, &self.identity.currency))
    }

    /// The largest part of the open document that points of its customer may pay, and what that comes to; none where they may
    /// pay all of it.
    ///
    /// # Errors
    /// [`Refusal::NoDocument`]; [`Error::Database`] when the file cannot be read.
    pub fn share_for_points(&mut self) -> Result<Option<(Percent, Money)>, Error> {
        let now = self.shell.now();
        let document = self.draft().ok_or(Refusal::NoDocument)?;
        let (_, policy) = self.holder(document, now)?;
        Ok(policy.share_of(checkout::redeemable_total(document), &self.identity.currency))
    }

    /// Points are worth what the rules say, whoever asks.
    pub(super) fn with_worth(&mut self, request: Request) -> Result<Request, Error> {
        let Command::RedeemPoints { points, amount } = request.command else { return Ok(request) };
        self.check_points_away(points)?;
        let worth = self.worth_of_points(points)?;
        if request.subject == Some(Subject::Points) || worth == (Redemption { points, amount }) {
            let command = Command::RedeemPoints { points: worth.points, amount: worth.amount };
            return Ok(Request { command, ..request });
        }
        let [amount, worth] = [amount, worth.amount].map(|amount| self.identity.currency.amount(amount));
        Err(Refusal::PointsWorthOther { points, amount, worth }.into())
    }

    /// Who would pay with points, and by which rules.
    fn holder(&self, document: &Document, now: Moment) -> Result<(Holder, RedemptionPolicy), Error> {
        let Some(customer) = document.customer else {
            return Ok((Holder::NoCustomer, RedemptionPolicy::NOTHING));
        };
        let member = ledger::membership(self.connection(), customer::in_use(self.connection(), customer)?)?;
        let Some(member) = member else {
            return Ok((Holder::NoMembership, RedemptionPolicy::NOTHING));
        };
        if !ledger::may_redeem(&member) {
            return Ok((Holder::MemberInactive { status: member.status }, RedemptionPolicy::NOTHING));
        }
        let is_in_force = |program: &&Program| program.is_in_force(self.identity.store, now.instant);
        let Some(program) = self.program_of(&member).filter(is_in_force) else {
            return Ok((Holder::ProgramInactive, RedemptionPolicy::NOTHING));
        };
        let kept = self.kept_for(document.id, &member)?;
        let own = || member.spendable_on(now.local.date(), document.id);
        let available = kept.map_or_else(own, |kept| kept.spendable);
        Ok((Holder::Member { available }, program.redemption))
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

    /// What returns of a sale took back of the points it earned, under whatever record of its customer.
    pub(super) fn taken_back_of(&self, sale: &Document, returns: &[Completed]) -> Result<Points, Error> {
        let Some(id) = sale.customer.filter(|_| !returns.is_empty()) else { return Ok(Points::ZERO) };
        let connection = self.connection();
        let records = customer::records_of(connection, id)?;
        let returns = returns.iter().map(|back| back.document().id);
        ledger::taken_back(connection, &records, sale.id, returns)
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
        let documents: Vec<&Document> = about.into_iter().chain(sold).collect();
        // A document that was put aside is looked at after the open one: it is the one a command about both concerns.
        let about = documents.iter().rev().find(|document| Some(document.id) != sold.map(|sold| sold.id));
        // A return that begins with this command, and may end with it, holds nothing: there it is all one by which document.
        let about = about.copied().or(sold).map(|document| document.id);
        let mut concerned: BTreeSet<CustomerId> = assigned.into_iter().collect();
        for document in documents {
            let exchanged = document.exchange.as_deref().and_then(|returned| returned.customer);
            concerned.extend(document.customer.into_iter().chain(exchanged));
        }
        for id in concerned {
            let member = ledger::membership(connection, customer::in_use(connection, id)?)?;
            let Some(member) = member else { continue };
            if let Some(document) = about {
                found.kept.extend(self.kept_for(document, &member)?.map(|kept| (id, kept)));
            }
            found.members.insert(id, member);
        }
        if let Some(id) = assigned {
            found.person = customer::record(connection, id)?;
            found.phone_taken = self.phone_taken(found.person.as_ref(), now)?;
            let id = customer::in_use(connection, id)?;
            found.kept_tier = ledger::elsewhere::heard(connection, id)?.tier;
            found.is_welcomed = self.welcomed == Some(id);
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

    /// Who became a member by a step of a document, with the points that welcome them, which stay whatever becomes of it: an
    /// entry ahead of the step, since others hear of no step.
    pub(super) fn joined_by(&mut self, step: &mut Entry) -> Option<Entry> {
        if step.kind().travels() || !step.effects.travel() {
            return None;
        }
        let customer = step.effects.loyalty.first()?.customers().next()?;
        let Effects { loyalty, segments, .. } = &mut step.effects;
        let (loyalty, segments) = (mem::take(loyalty), mem::take(segments));
        let effects = Effects { loyalty, segments, ..Effects::default() };
        let event = Event::Loyalty(LoyaltyAct::Enrolled { customer });
        // As where somebody is enrolled beside a sale, it is an event of its own.
        let entry = Entry::new(self.shell.new_id(), step.at, step.cashier, step.period, event);
        Some(entry.with_effects(effects))
    }

    /// Who else has the telephone of a person whose own key was left out for it.
    pub(super) fn phone_taken(
        &self,
        person: Option<&Record>,
        now: Moment,
    ) -> Result<Option<PhoneTaken>, Error> {
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
                kept: Some(&points.kept),
                kept_tier: points.kept_tier.as_deref(),
                is_welcomed: points.is_welcomed,
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
