//! Members of loyalty programs: enrolled, given points, found by card.

use chrono::NaiveDate;
use saleflex_core::{
    campaign::CampaignSet,
    cashier::{Approval, Capability, access::Act},
    catalog::LookupError,
    checkout::Effects,
    ids::{CardId, CashierId, CustomerId, PointsGrantId, ProgramId},
    journal::{Entry, Event},
    loyalty::{
        Booked, Candidate, Card, CardNumber, CardRefusal, ChangeKey, Enrolment, Grant, LedgerRow, LoyaltyAct,
        LoyaltyChange, MemberStatus, Membership, Occasion, PointsKind, Program, enrol, grant, in_force,
        referral, set_status,
    },
    quantity::Points,
    time::Moment,
};

use super::{Till, campaigns::checked_campaigns, tier_discounts::tier_discounts};
use crate::{
    error::Error,
    exchange::inbox::{self, Taken},
    goods::campaigns,
    people::{
        customer,
        loyalty::{self, BookedRows, cards},
    },
};

/// Members.
impl Till {
    /// An identity for a program to be made.
    pub fn new_program_id(&mut self) -> ProgramId {
        ProgramId::new(self.shell.new_id())
    }

    /// Makes a loyalty program or changes it, and with it the campaigns that give what its tiers take off. Where it
    /// changes the country of telephones, all keys are worked out anew with it.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability to change settings, and campaigns where a tier's discount changes;
    /// [`Error::Program`] when it cannot be; [`Error::CampaignFields`] and [`Error::Campaigns`] when a tier's campaign
    /// cannot.
    pub fn save_program(&mut self, program: Program) -> Result<(), Error> {
        self.save_programs(vec![program])
    }

    /// The same with several programs, one after the other, all of them or none.
    ///
    /// # Errors
    /// As [`Till::save_program`].
    pub fn save_programs(&mut self, saved: Vec<Program>) -> Result<(), Error> {
        self.need(Capability::SettingsWrite)?;
        self.put_programs(saved, self.on_duty, None)
    }

    /// Puts programs beside those that are here, saved by somebody, or as a hub says: then nobody at the till needs a
    /// capability, and what became of the hub's rows is noted with them.
    pub(super) fn put_programs(
        &mut self,
        saved: Vec<Program>,
        by: Option<CashierId>,
        mut taken: Option<(&str, &[Taken])>,
    ) -> Result<(), Error> {
        let now = self.shell.now();
        let mut programs = self.programs.clone();
        let mut set: Option<CampaignSet> = None;
        let mut entries = Vec::new();
        for program in saved {
            program.check()?;
            let present = set.as_ref().unwrap_or_else(|| self.in_force.set());
            let change = tier_discounts(&program, &programs, present.campaigns(), &mut *self.shell);
            if !change.is_empty() {
                if by.is_some() {
                    self.need(Capability::CampaignWrite)?;
                }
                set = Some(checked_campaigns(present, &change)?);
            }
            programs.retain(|known| known.id != program.id);
            programs.push(program.clone());
            programs.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
            let entity = program.id.uuid();
            let event = Event::ProgramSaved { program: Box::new(program), campaigns: change };
            entries.push(Entry::new(entity, now, by, self.period.period.number, event));
        }
        let (before, has_turned) = (self.phone_rules(now), self.country_turned(now)?);
        let previous = std::mem::replace(&mut self.programs, programs);
        let rules = self.phone_rules(now);
        let mut is_to_rekey = rules != before || has_turned;
        let written = self.commit_entries(&entries, |connection, event| {
            if let Event::ProgramSaved { program, campaigns: change } = event {
                loyalty::put_program(connection, program)?;
                campaigns::apply(connection, change)?;
            }
            if std::mem::take(&mut is_to_rekey) {
                customer::rekey(connection, &rules)?;
            }
            taken.take().map_or(Ok(()), |(connector, taken)| inbox::mark(connection, connector, taken))
        });
        match (&written, set) {
            (Ok(()), Some(set)) => self.in_force.replace(set),
            (Ok(()), None) => {}
            (Err(_), _) => self.programs = previous,
        }
        written
    }

    /// The membership of a customer; of one who was merged, the survivor's.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn membership(&self, customer: CustomerId) -> Result<Option<Membership>, Error> {
        loyalty::membership(self.connection(), customer::in_use(self.connection(), customer)?)
    }

    /// The movements of a customer's points, the latest first: those of every record that was merged into the one in use.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn point_movements(&self, customer: CustomerId, limit: u32) -> Result<Vec<LedgerRow>, Error> {
        let records = customer::records_of(self.connection(), customer)?;
        loyalty::movements(self.connection(), &records, limit)
    }

    /// Why points were given or taken by a person, where it is known.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn grant_reason(&self, grant: PointsGrantId) -> Result<Option<String>, Error> {
        loyalty::reason(self.connection(), grant)
    }

    fn member(&self, id: CustomerId) -> Result<(Membership, &Program), Error> {
        let no_member = Error::NoMember { customer: id };
        let member = loyalty::membership(self.connection(), id)?;
        let Some(member) = member else { return Err(no_member) };
        let program = self.program_of(&member).ok_or(no_member)?;
        Ok((member, program))
    }

    const fn occasion(&self, at: Moment) -> Occasion {
        Occasion { at, store: self.identity.store, cashier: self.on_duty }
    }

    /// Commits what was decided about memberships; nothing where nothing follows.
    fn commit_loyalty(
        &mut self,
        act: LoyaltyAct,
        at: Moment,
        changes: Vec<LoyaltyChange>,
        write: impl FnOnce(&rusqlite::Connection) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if changes.is_empty() {
            return Ok(());
        }
        let segments = self.segments_of_members(&changes, at)?.into_values().flatten().collect();
        let effects = Effects { loyalty: changes, segments, ..Effects::default() };
        // An act replaces no other act about the same member: each is an event of its own.
        let entity = self.shell.new_id();
        let entry = Entry::new(entity, at, self.on_duty, self.period.period.number, Event::Loyalty(act))
            .with_effects(effects);
        self.commit(&entry, None, None, |connection, _| write(connection))
    }

    /// Makes a customer a member of the program in force, or takes up the membership there was. Putting a customer on
    /// a sale does the same by itself.
    ///
    /// # Errors
    /// [`Error::NoSuchCustomer`]; [`Error::NotEnrolled`] with the reason.
    pub fn enrol(&mut self, customer: CustomerId) -> Result<(), Error> {
        self.need(Capability::Sell)?;
        let record = self.live_customer(customer)?;
        self.ask_points_of(customer)?;
        let at = self.shell.now();
        let known = loyalty::membership(self.connection(), customer)?;
        let heard = loyalty::elsewhere::heard(self.connection(), customer)?;
        let candidate = Candidate {
            customer: Some(&record),
            phone_taken: self.phone_taken(Some(&record), at)?,
            membership: known.as_ref(),
            own_program: known.as_ref().and_then(|known| self.program_of(known)),
            kept_tier: heard.tier.as_deref(),
        };
        let program = in_force(&self.programs, self.identity.store, at.instant);
        let booked = BookedRows::new(self.connection());
        let is_welcomed = self.welcomed == Some(customer);
        let had = |key: &ChangeKey| {
            is_welcomed && matches!(key, ChangeKey::Row(_, PointsKind::Welcome, _)) || booked.holds(key)
        };
        let enrolled = enrol(&candidate, program, self.occasion(at), &had);
        booked.finish()?;
        let Enrolment { changes, .. } = enrolled?;
        let act = LoyaltyAct::Enrolled { customer };
        self.commit_loyalty(act, at, changes, |_| Ok(()))
    }

    /// Suspends or ends a membership, or takes it up again.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::NoMember`].
    pub fn set_member_status(&mut self, customer: CustomerId, status: MemberStatus) -> Result<(), Error> {
        self.act(Act::RemoveCustomer)?;
        let (member, _) = self.member(customer)?;
        let at = self.shell.now();
        let changes = set_status(&member, status, self.occasion(at)).into_iter().collect();
        let act = LoyaltyAct::StatusSet { customer };
        self.commit_loyalty(act, at, changes, |_| Ok(()))
    }

    /// Gives a member points, or corrects them; below nothing takes them, by a correction only. The reason is kept beside
    /// the journal.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability or an approval; [`Error::NoMember`]; [`Error::NotGranted`].
    pub fn grant_points(
        &mut self,
        customer: CustomerId,
        points: Points,
        is_correction: bool,
        reason: &str,
        approval: Option<Approval>,
    ) -> Result<PointsGrantId, Error> {
        let authority = self.authorise(Act::GrantPoints, approval)?;
        let id = PointsGrantId::new(self.shell.new_id());
        let at = self.shell.now();
        let (member, program) = self.member(customer)?;
        let given = Grant { id, points, is_correction, reason: reason.to_owned() };
        let booked = BookedRows::new(self.connection());
        let changes = grant(&member, &given, program, self.occasion(at), &booked)?;
        booked.finish()?;
        let act = LoyaltyAct::Granted { grant: id, customer, authority };
        self.commit_loyalty(act, at, changes, |connection| {
            loyalty::keep_reason(connection, id, customer, reason.trim())
        })?;
        Ok(id)
    }

    /// Gives both members the points of their program because one brought the other; once, however often it is said.
    ///
    /// # Errors
    /// [`Error::NoMember`]; [`Error::NotGranted`] for a member who would bring themselves.
    pub fn refer(&mut self, newcomer: CustomerId, by: CustomerId) -> Result<(), Error> {
        self.need(Capability::Sell)?;
        let at = self.shell.now();
        let ((brought, program), (bringer, _)) = (self.member(newcomer)?, self.member(by)?);
        let booked = BookedRows::new(self.connection());
        let changes = referral(&bringer, &brought, program, self.occasion(at), &booked)?;
        booked.finish()?;
        let act = LoyaltyAct::Referred { newcomer, by };
        self.commit_loyalty(act, at, changes, |_| Ok(()))
    }

    /// Gives a customer a loyalty card.
    ///
    /// # Errors
    /// [`Error::NoSuchCustomer`]; [`Error::Card`] for no number, one that somebody has or a product, or a blocked one.
    pub fn issue_card(&mut self, customer: CustomerId, number: &str) -> Result<CardId, Error> {
        self.need(Capability::Sell)?;
        self.live_customer(customer)?;
        let (typed, number) = (number, CardNumber::parse(number)?);
        let (id, at) = (CardId::new(self.shell.new_id()), self.shell.now());
        let known = cards::find(self.connection(), &number)?;
        let sells = |entered| self.sells(entered, at.local.date());
        if known.is_none() && (sells(typed) || sells(number.as_str())) {
            return Err(CardRefusal::IsProduct.into());
        }
        let (card, change) = Card::issue(id, number, customer, &known, self.occasion(at))?;
        let act = LoyaltyAct::CardSet { card: card.id, customer };
        let changes = change.into_iter().collect();
        self.commit_loyalty(act, at, changes, |connection| cards::put(connection, &card))?;
        Ok(card.id)
    }

    /// Whether what is entered so names a product, which is looked for before a card is.
    fn sells(&self, entered: &str, on: NaiveDate) -> bool {
        let found = self.catalog.find(entered, on, &self.identity.currency);
        !matches!(
            found,
            Err(LookupError::NothingEntered | LookupError::NotFound { .. } | LookupError::Misread { .. })
        )
    }

    /// Blocks a card for good: lost or stolen.
    ///
    /// # Errors
    /// [`Error::Card`] where nobody has the number.
    pub fn block_card(&mut self, number: &str) -> Result<(), Error> {
        self.need(Capability::Sell)?;
        let number = CardNumber::parse(number)?;
        let mut card = cards::find(self.connection(), &number)?.ok_or(CardRefusal::Unknown)?;
        let at = self.shell.now();
        let changes = card.block(self.occasion(at)).into_iter().collect();
        let act = LoyaltyAct::CardSet { card: card.id, customer: card.customer };
        self.commit_loyalty(act, at, changes, |connection| cards::put(connection, &card))
    }

    /// The customer whose card this is.
    ///
    /// # Errors
    /// [`Error::Card`] for a number that nobody has and for a blocked card.
    pub fn customer_of_card(&self, number: &str) -> Result<CustomerId, Error> {
        let number = CardNumber::parse(number)?;
        let known = cards::find(self.connection(), &number)?;
        Ok(saleflex_core::loyalty::card_in(&known, &number)?.customer)
    }

    /// The cards of a customer, blocked ones included.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn cards_of(&self, customer: CustomerId) -> Result<Vec<Card>, Error> {
        cards::of_customer(self.connection(), customer)
    }
}
