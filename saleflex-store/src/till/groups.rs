//! Groups of customers at the till: kept as their rules say, looked at, decided by hand.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use saleflex_core::{
    cashier::Capability,
    catalog::DepartmentNo,
    checkout::Effects,
    customer::{
        Channel, CustomerChange, MarketingProfile,
        segment::{
            AssignedBy, Criterion, CriterionError, Names, Roster, Segment, SegmentChange, SegmentError,
            UnknownName, refresh,
        },
    },
    document::Completed,
    ids::{CustomerId, SegmentId},
    journal::{Entry, Event},
    loyalty::{LoyaltyChange, Membership},
    time::Moment,
};

use super::Till;
use crate::{
    error::Error,
    people::{
        customer, loyalty,
        segments::{self, Asker, SegmentCount},
    },
};

/// Segments.
impl Till {
    /// The segments, in the order of lists.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// An identity for a segment to be made.
    pub fn new_segment_id(&mut self) -> SegmentId {
        SegmentId::new(self.shell.new_id())
    }

    /// Makes a segment or changes it; who belongs to it follows at once.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability to write campaigns; [`Error::Segment`] when it cannot be;
    /// [`Error::SegmentName`] for a tier, a department or a product that there is not;
    /// [`Error::Taken`] for a code that another segment has.
    pub fn save_segment(&mut self, segment: Segment) -> Result<(), Error> {
        self.need(Capability::CampaignWrite)?;
        segment.check()?;
        self.check_written(&segment)?;
        if self.segments.iter().any(|known| known.id != segment.id && known.code == segment.code) {
            return Err(Error::Taken { code: segment.code });
        }
        let now = self.shell.now();
        let effects =
            Effects { segments: self.sweep(std::slice::from_ref(&segment), now)?, ..Effects::default() };
        let entity = segment.id.uuid();
        let event = Event::SegmentSaved { segment: Box::new(segment.clone()) };
        let entry =
            Entry::new(entity, now, self.on_duty, self.period.period.number, event).with_effects(effects);
        self.commit(&entry, None, None, |connection, _| segments::put(connection, &segment))?;
        self.segments.retain(|known| known.id != segment.id);
        self.segments.push(segment);
        segments::sort(&mut self.segments);
        Ok(())
    }

    /// What people write names what there is. What a segment named before, as one that came from a hub may, stays.
    fn check_written(&self, segment: &Segment) -> Result<(), Error> {
        let before = self.segments.iter().find(|known| known.id == segment.id).map(|known| &known.criterion);
        if segment.criterion.asks_no_times() && !before.is_some_and(Criterion::asks_no_times) {
            return Err(SegmentError::from(CriterionError::NoTimes).into());
        }
        let named = before.map(Names::of).unwrap_or_default();
        let Names { tiers, goods } = Names::of(&segment.criterion);
        let has_tier = |code: &str| {
            self.programs.iter().flat_map(|program| &program.tiers).any(|tier| tier.code == code)
        };
        if let Some(code) = tiers.difference(&named.tiers).find(|code| !has_tier(code)) {
            return Err(UnknownName::Tier { code: code.clone() }.into());
        }
        let has_department = |no: DepartmentNo| self.catalog.departments().any(|known| known.no == no);
        let departments = goods.departments.difference(&named.goods.departments);
        if let Some(no) = departments.copied().find(|no| !has_department(*no)) {
            return Err(UnknownName::Department { no }.into());
        }
        let products = goods.products.difference(&named.goods.products);
        match products.copied().find(|product| self.catalog.product(*product).is_none()) {
            Some(product) => Err(UnknownName::Product { product }.into()),
            None => Ok(()),
        }
    }

    /// Puts a customer into a segment by hand, or keeps one out of it: the rules do not undo it.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability to write campaigns; [`Error::NoSuchSegment`],
    /// [`Error::NoSuchCustomer`].
    pub fn set_segment_member(
        &mut self,
        segment: SegmentId,
        customer: CustomerId,
        is_in: bool,
    ) -> Result<(), Error> {
        self.need(Capability::CampaignWrite)?;
        if !self.segments.iter().any(|known| known.id == segment) {
            return Err(Error::NoSuchSegment { segment });
        }
        self.live_customer(customer)?;
        let (by, at) = (AssignedBy::Manual, self.shell.now());
        let change = if is_in {
            SegmentChange::Joined { customer, segment, by, at }
        } else {
            SegmentChange::Left { customer, segment, by, at }
        };
        let event = Event::Customer(CustomerChange::Segment(change));
        let entity = self.shell.new_id();
        self.commit_event_at(at, event, entity, |connection, _| segments::write(connection, [&change]))
    }

    /// The customers in a segment, by name. A segment that is switched off has no members.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn segment_members(
        &self,
        segment: &Segment,
        limit: u32,
    ) -> Result<Vec<crate::people::customer::Customer>, Error> {
        if !segment.is_active {
            return Ok(Vec::new());
        }
        let ids = segments::members(self.connection(), segment.id, limit)?;
        let members = ids.into_iter().map(|id| customer::find(self.connection(), id));
        Ok(members.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// How many are in a segment. A segment that is switched off has no members.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn segment_size(&self, segment: &Segment) -> Result<u64, Error> {
        if segment.is_active { segments::count(self.connection(), segment.id) } else { Ok(0) }
    }

    /// How many customers a criterion would gather on a local date. Nothing changes.
    ///
    /// # Errors
    /// [`Error::Segment`] for a criterion that cannot be.
    pub fn preview_segment(&self, criterion: &Criterion, today: NaiveDate) -> Result<SegmentCount, Error> {
        criterion.check().map_err(|why: CriterionError| Error::Segment(why.into()))?;
        let mut count = SegmentCount::default();
        Asker::new(self.connection(), self.identity.store, [criterion]).about_everyone(|_, facts| {
            count.of += 1;
            count.matching += u64::from(criterion.is_met(facts, today));
            Ok(())
        })?;
        Ok(count)
    }

    /// What campaigns and messages see of a customer: segments, tier, channels. Of one who was merged, the survivor's.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn marketing_profile(&self, customer: CustomerId) -> Result<MarketingProfile, Error> {
        let id = customer::in_use(self.connection(), customer)?;
        let member = loyalty::membership(self.connection(), id)?.filter(loyalty::may_redeem);
        let consents =
            customer::record(self.connection(), id)?.map(|record| record.consents).unwrap_or_default();
        let channels = [Channel::Sms, Channel::Email];
        let tier = member.and_then(|member| {
            let kept = member.kept_tier.as_deref().zip(self.program_of(&member));
            let kept = kept.and_then(|(code, program)| program.tier(code)).filter(|tier| tier.is_active);
            kept.map(|tier| tier.code.clone()).or(member.tier)
        });
        Ok(MarketingProfile {
            segments: segments::roster(self.connection(), id)?.active_codes(&self.segments),
            tier,
            channels: channels.into_iter().filter(|channel| consents.may_message(*channel)).collect(),
        })
    }

    /// The active segments a customer is in, by identity.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn segments_of(&self, customer: CustomerId) -> Result<std::collections::BTreeSet<SegmentId>, Error> {
        let id = customer::in_use(self.connection(), customer)?;
        Ok(segments::roster(self.connection(), id)?.active(&self.segments))
    }

    /// Who joins or leaves some segments today, of all customers.
    pub(super) fn sweep(&self, of: &[Segment], now: Moment) -> Result<Vec<SegmentChange>, Error> {
        if of.is_empty() {
            return Ok(Vec::new());
        }
        let rosters = segments::rosters(self.connection())?;
        let nowhere = Roster::default();
        let mut changes = Vec::new();
        let criteria = of.iter().map(|segment| &segment.criterion);
        Asker::new(self.connection(), self.identity.store, criteria).about_everyone(|record, facts| {
            let roster = rosters.get(&record.id).unwrap_or(&nowhere);
            changes.extend(refresh(record.id, record.is_walk_in, of, roster, facts, now));
            Ok(())
        })?;
        Ok(changes)
    }

    /// Who joins or leaves a segment when a customer's record is as given now.
    pub(super) fn segments_of_record(
        &self,
        record: &saleflex_core::customer::Customer,
        member: Option<&saleflex_core::loyalty::Membership>,
        just_now: &[Completed],
        now: Moment,
    ) -> Result<Vec<SegmentChange>, Error> {
        if self.segments.is_empty() || !record.is_live() {
            return Ok(Vec::new());
        }
        let criteria = self.segments.iter().map(|segment| &segment.criterion);
        let facts =
            Asker::new(self.connection(), self.identity.store, criteria).about(record, member, just_now)?;
        let roster = segments::roster(self.connection(), record.id)?;
        Ok(refresh(record.id, record.is_walk_in, &self.segments, &roster, &facts, now))
    }

    /// The same of a record that absorbs another one, with what that brings to its membership and what people decided about
    /// the other.
    pub(super) fn segments_of_merged(
        &self,
        (record, absorbed): (&saleflex_core::customer::Customer, CustomerId),
        loyalty: &[LoyaltyChange],
        now: Moment,
    ) -> Result<Vec<SegmentChange>, Error> {
        if self.segments.is_empty() {
            return Ok(Vec::new());
        }
        let is_theirs = |change: &&LoyaltyChange| change.customers().any(|id| id == record.id);
        let changes = loyalty.iter().filter(is_theirs);
        let member = match loyalty::membership(self.connection(), record.id)? {
            Some(mut member) => {
                member.apply_all(changes);
                Some(member)
            }
            None => Membership::replay(record.id, changes),
        };
        let criteria = self.segments.iter().map(|segment| &segment.criterion);
        let asker = Asker::new(self.connection(), self.identity.store, criteria).with_absorbed(absorbed);
        let facts = asker.about(record, member.as_ref(), &[])?;
        let mut roster = segments::roster(self.connection(), record.id)?;
        let mut changes = roster.decided(&segments::roster(self.connection(), absorbed)?, record.id, now);
        for change in &changes {
            roster.apply(change);
        }
        changes.extend(refresh(record.id, record.is_walk_in, &self.segments, &roster, &facts, now));
        Ok(changes)
    }

    /// Who joins or leaves a segment with what happens to memberships beside sales, of each member whose tier or standing
    /// becomes another.
    pub(super) fn segments_of_members(
        &self,
        changes: &[LoyaltyChange],
        now: Moment,
    ) -> Result<BTreeMap<CustomerId, Vec<SegmentChange>>, Error> {
        let mut followed = BTreeMap::new();
        if self.segments.is_empty() {
            return Ok(followed);
        }
        let mut by_member: BTreeMap<CustomerId, Vec<&LoyaltyChange>> = BTreeMap::new();
        for change in changes {
            for customer in change.customers() {
                by_member.entry(customer).or_default().push(change);
            }
        }
        let counts = |change: &&LoyaltyChange| {
            matches!(
                change,
                LoyaltyChange::Enrolled { .. }
                    | LoyaltyChange::StatusSet { .. }
                    | LoyaltyChange::TierChanged { .. }
            )
        };
        for (id, changes) in by_member.into_iter().filter(|(_, changes)| changes.iter().any(counts)) {
            let Some(record) = customer::record(self.connection(), id)? else { continue };
            let member = match loyalty::membership(self.connection(), id)? {
                Some(mut member) => {
                    member.apply_all(changes);
                    Some(member)
                }
                None => Membership::replay(id, changes),
            };
            followed.insert(id, self.segments_of_record(&record, member.as_ref(), &[], now)?);
        }
        Ok(followed)
    }

    /// Who joins or leaves a segment with what a command completed.
    pub(super) fn segments_after(&self, effects: &Effects, now: Moment) -> Result<Vec<SegmentChange>, Error> {
        let mut completed = effects.completed.iter().filter(|one| !one.document().training);
        let Some(id) = completed.find_map(|one| one.document().customer) else {
            return Ok(Vec::new());
        };
        if self.segments.is_empty() {
            return Ok(Vec::new());
        }
        let id = customer::in_use(self.connection(), id)?;
        let Some(record) = customer::record(self.connection(), id)? else { return Ok(Vec::new()) };
        let mut member = loyalty::membership(self.connection(), id)?;
        if let Some(member) = &mut member {
            member.apply_all(&effects.loyalty);
        }
        self.segments_of_record(&record, member.as_ref(), &effects.completed, now)
    }
}
