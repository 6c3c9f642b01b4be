//! What a command does to points: members joined, points held while a document is open, earned and redeemed when it
//! completes, taken back and given back with a return.

mod by_lines;
mod counted;

use alloc::{collections::BTreeMap, vec::Vec};
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue, DocumentAdjustment},
    customer::{Customer, PhoneTaken},
    document::{
        CampaignPoints, Completed, Document, Draft, Event, Facts, Kind, OriginalSale, Promotions, Refusal,
        State, evolve,
    },
    ids::{AdjustmentNo, CustomerId, DocumentId},
    loyalty::{
        Booked, CampaignAward, Candidate, ChangeKey, CompletedSale, EarnLine, EarnRequest, Earner, Holder,
        LoyaltyChange, Membership, NotEnrolled, Occasion, PointsKind, PointsSnapshot, Program, Redemption,
        RedemptionRequest, Revalidated, complete_sale, earn, enrol, expire, hold_of, in_force, release,
        revalidate, reverse_refund,
    },
    money::Money,
    quantity::{Multiplier, Points},
    tender::TenderKind,
};

pub use self::counted::{redeemable_due, redeemable_total, redemption, refund_of};
use self::{
    by_lines::{as_counted, on_lines},
    counted::{counted, is_cut, nothing_earned},
};

/// What was looked up about points for a command. The default knows nobody: then nothing happens to points.
#[derive(Clone, Copy, Default)]
pub struct PointsFacts<'a> {
    /// The loyalty programs that there are.
    pub programs: &'a [Program],
    /// The membership of each customer the command may concern, by the id on the document: of one who is assigned, of
    /// the one on the open document, on the document that is taken up, on the sale that goods come back from.
    pub members: Option<&'a BTreeMap<CustomerId, Membership>>,
    /// The record of a customer who is assigned.
    pub customer: Option<&'a Customer>,
    /// Another live customer with that one's telephone.
    pub phone_taken: Option<PhoneTaken>,
    /// What the sale that goods come back from earned and redeemed; none: it did not count for a member.
    pub sale: Option<&'a PointsSnapshot>,
    /// What the member of the document earned on this local day before.
    pub earned_today: Points,
    /// What was booked before; none: nothing that matters.
    pub booked: Option<&'a dyn Booked>,
    /// What members have and may spend on the document that the command concerns, by the id on the document, where somebody
    /// else keeps their points. Of others the membership says it.
    pub kept: Option<&'a BTreeMap<CustomerId, KeptPoints>>,
    /// The code of the tier that whoever else keeps the points says of a customer who is assigned and no member here.
    pub kept_tier: Option<&'a str>,
    /// Whether that one says that it has welcomed a customer who is assigned.
    pub is_welcomed: bool,
}

/// How a member stands on a document where somebody else keeps the points.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct KeptPoints {
    /// The balance, as far as it is known.
    pub balance: Points,
    /// What may be spent: all of that but what other documents hold, and while whoever keeps the points does not answer, no
    /// more than the program allows then.
    pub spendable: Points,
}

impl fmt::Debug for PointsFacts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PointsFacts").field("members", &self.members).finish_non_exhaustive()
    }
}

impl Booked for PointsFacts<'_> {
    fn holds(&self, key: &ChangeKey) -> bool {
        let is_welcome = matches!(key, ChangeKey::Row(_, PointsKind::Welcome, _));
        self.is_welcomed && is_welcome || self.booked.is_some_and(|booked| booked.holds(key))
    }
}

/// The points of a completed sale of a member, and of a return of one whose points somebody else keeps: as that one said, what
/// the member had there.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DocumentPoints {
    /// The completed sale or return.
    pub document: DocumentId,
    /// What became of points by it. A return itself earns and redeems nothing.
    #[serde(flatten)]
    pub snapshot: PointsSnapshot,
}

/// What somebody should know of the membership of a customer who is put on a document. That customer stays on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JoinNote {
    /// There is a program, and the customer is no member of it.
    NoMember(NotEnrolled),
    /// The member's telephone is another customer's too.
    PhoneShared(PhoneTaken),
}

/// What follows from a command for points.
#[derive(Debug, Default)]
pub(super) struct Followed {
    pub(super) changes: Vec<LoyaltyChange>,
    pub(super) points: Vec<DocumentPoints>,
    pub(super) join_note: Option<JoinNote>,
}

/// What is kept of a command's facts while it is decided.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    occasion: Occasion,
    original: Option<&'a OriginalSale>,
    promotions: Option<&'a dyn Promotions>,
}

impl<'a> Setting<'a> {
    pub(super) const fn of(facts: &Facts<'a>) -> Self {
        let occasion =
            Occasion { at: facts.moment, store: facts.till.store, cashier: Some(facts.cashier.id) };
        Self { occasion, original: facts.original, promotions: facts.promotions }
    }
}

/// What a decided command does to points. A redemption that no longer fits the basket is taken back or made smaller:
/// then events and state say so.
///
/// # Errors
/// [`Refusal::NothingToRedeem`] for points that are not there, [`Refusal::PointsWorthOther`] where a document would be
/// completed with more points than its basket takes.
pub(super) fn follow(
    events: &mut Vec<Event>,
    state: &mut State,
    setting: Setting<'_>,
    facts: &PointsFacts<'_>,
) -> Result<Followed, Refusal> {
    let is_training = is_training(state);
    let mut accounts = Accounts {
        members: facts.members.cloned().unwrap_or_default(),
        followed: Followed::default(),
        setting,
        facts,
    };
    for event in events.iter().filter(|_| !is_training) {
        if let Event::CustomerAssigned { customer: Some(customer) } = event {
            accounts.join(*customer);
        }
    }
    // In training a redemption follows its basket too: nobody practises a till that asks for it to be taken back.
    if !events.iter().any(redeems)
        && let State::Draft(draft) = state
        && let Some(fits) = accounts.fitting(draft.document())
    {
        replace_redemption(events, state, fits);
    }
    if is_training {
        return Ok(accounts.followed);
    }
    match state {
        State::Draft(draft) => accounts.hold(draft.document())?,
        State::Suspended(suspended) => accounts.hold(suspended.document())?,
        State::Cancelled(cancelled) => accounts.release(cancelled.document()),
        State::Completed(documents) => {
            for completed in documents.iter() {
                accounts.complete(completed)?;
            }
        }
        State::Idle => {}
    }
    Ok(accounts.followed)
}

/// Whether the document was begun in training, whatever the till is set to since: then no points move for it.
fn is_training(state: &State) -> bool {
    match state {
        State::Completed(documents) => documents.iter().any(|completed| completed.document().training),
        State::Cancelled(cancelled) => cancelled.document().training,
        State::Idle | State::Draft(_) | State::Suspended(_) => {
            state.document().is_some_and(|document| document.training)
        }
    }
}

/// Whether points were redeemed just now, as many as fit.
fn redeems(event: &Event) -> bool {
    matches!(event, Event::DocumentAdjusted { adjustment } if adjustment.source.points().is_some())
}

/// The memberships a command concerns, as they become.
struct Accounts<'a> {
    members: BTreeMap<CustomerId, Membership>,
    followed: Followed,
    setting: Setting<'a>,
    facts: &'a PointsFacts<'a>,
}

impl<'a> Accounts<'a> {
    fn make(&mut self, changes: Vec<LoyaltyChange>) {
        for member in self.members.values_mut() {
            member.apply_all(&changes);
        }
        self.followed.changes.extend(changes);
    }

    fn program(&self, member: &Membership) -> Option<&'a Program> {
        self.facts.programs.iter().find(|program| program.id == member.program)
    }

    /// The member on a document, and the program.
    fn member(&self, document: &Document) -> Option<(&Membership, &'a Program)> {
        let member = self.members.get(&document.customer?)?;
        Some((member, self.program(member)?))
    }

    /// A customer who is put on a document becomes a member, where the program in force allows.
    fn join(&mut self, customer: CustomerId) {
        let Occasion { at, store, .. } = self.setting.occasion;
        let membership = self.members.get(&customer);
        let candidate = Candidate {
            customer: self.facts.customer,
            phone_taken: self.facts.phone_taken,
            membership,
            own_program: membership.and_then(|member| self.program(member)),
            kept_tier: self.facts.kept_tier,
        };
        let program = in_force(self.facts.programs, store, at.instant);
        // Whoever is no member stays on the document all the same.
        self.followed.join_note = match enrol(&candidate, program, self.setting.occasion, self.facts) {
            Ok(enrolment) => {
                self.members.insert(customer, enrolment.membership);
                self.followed.changes.extend(enrolment.changes);
                enrolment.phone_taken.map(JoinNote::PhoneShared)
            }
            Err(why @ (NotEnrolled::PhoneTaken(_) | NotEnrolled::NoPhone)) => Some(JoinNote::NoMember(why)),
            Err(NotEnrolled::Unknown | NotEnrolled::WalkIn | NotEnrolled::NoProgram) => None,
        };
    }

    /// What the member may spend on a document, what it holds itself counted as there.
    fn available(&self, member: &Membership, document: &Document) -> Points {
        let today = self.setting.occasion.at.local.date();
        let own = || member.spendable_on(today, document.id);
        self.kept(document).map_or_else(own, |kept| kept.spendable)
    }

    /// What the member has, whether all of it may be spent on a document now or not. Where somebody else keeps the points, that
    /// one has not heard yet of what the other half of an exchange moved.
    fn balance(&self, member: &Membership, document: &Document) -> Points {
        let moved = || moved_of(member.customer, &self.followed.changes);
        self.kept(document).map_or_else(|| member.balance(), |kept| kept.balance + moved())
    }

    fn kept(&self, document: &Document) -> Option<KeptPoints> {
        self.facts.kept?.get(&document.customer?).copied()
    }

    /// What a redemption has to become; none where it fits.
    fn fitting(&self, document: &Document) -> Option<Redemption> {
        let now = redemption(document);
        let (member, program) = self.member(document).filter(|_| now.points.is_positive())?;
        let Occasion { at, store, .. } = self.setting.occasion;
        let holder = if program.is_in_force(store, at.instant) {
            Holder::Member { available: self.available(member, document) }
        } else {
            Holder::ProgramInactive
        };
        let request = RedemptionRequest {
            points: now.points,
            is_sale: document.kind == Kind::Sale,
            holder,
            total: redeemable_total(document),
            // What is paid beyond the price is change that waits to be handed out: nothing is due then.
            due: redeemable_due(document).or_zero(),
            redeemed: now,
        };
        match revalidate(&request, &program.redemption, &document.currency) {
            Revalidated::Shrunk(fits) if fits.amount < now.amount || is_cut(document) => Some(fits),
            Revalidated::Kept | Revalidated::Shrunk(_) => None,
            Revalidated::Dropped(_) => Some(Redemption::default()),
        }
    }

    /// An open document holds what it redeems.
    fn hold(&mut self, document: &Document) -> Result<(), Refusal> {
        let Some((member, _)) = self.member(document) else { return Ok(()) };
        let Redemption { points, amount } = redemption(document);
        if member.holds.get(&document.id).copied().unwrap_or_default() == points {
            return Ok(());
        }
        let refusal = Refusal::NothingToRedeem { points, amount: document.currency.amount(amount) };
        let available = self.available(member, document);
        let change = hold_of(member, document.id, points, available).map_err(|_| refusal)?;
        self.make(change.into_iter().collect());
        Ok(())
    }

    fn release(&mut self, document: &Document) {
        let change = document.customer.and_then(|id| release(self.members.get(&id)?, document.id));
        self.make(change.into_iter().collect());
    }

    fn complete(&mut self, completed: &Completed) -> Result<(), Refusal> {
        let document = completed.document();
        match document.kind {
            _ if document.document_type.is_delivery() => {}
            Kind::Sale | Kind::Order | Kind::Layaway => self.sold(completed)?,
            Kind::Return => self.returned(document),
            Kind::Quote | Kind::CashMovement | Kind::Purchase => {}
        }
        Ok(())
    }

    fn sold(&mut self, completed: &Completed) -> Result<(), Refusal> {
        let document = completed.document();
        let Some((member, program)) = self.member(document) else { return Ok(()) };
        let redeemed = redemption(document);
        let refused = |worth: Money| {
            let [amount, worth] = [redeemed.amount, worth].map(|amount| document.currency.amount(amount));
            Refusal::PointsWorthOther { points: redeemed.points, amount, worth }
        };
        // Whoever redeems nothing is served, however far below nothing their points are.
        if redeemed.points.is_positive() && redeemed.points > self.available(member, document) {
            return Err(refused(Money::ZERO));
        }
        if let Some(fits) = self.fitting(document) {
            return Err(refused(fits.amount));
        }
        let occasion = self.setting.occasion;
        // What others keep, they write off: it may have been spent where this till does not see it.
        if program.mode.is_local() {
            let expired = expire(member, occasion, self.facts);
            self.make(expired);
        }
        let Some((member, _)) = self.member(document) else { return Ok(()) };
        let snapshot = self.earned(completed, member, program, redeemed);
        let sale = CompletedSale {
            document: document.id,
            receipt: document.number,
            customer: member.customer,
            amount: counted(program.earn.base, document).or_zero(),
            earned: snapshot.earned,
            redeemed: redeemed.points,
        };
        let Redemption { points, amount } = redeemed;
        let below_nothing = Refusal::NothingToRedeem { points, amount: document.currency.amount(amount) };
        let changes = complete_sale(member, &sale, program, occasion, self.facts);
        self.make(changes.map_err(|_| below_nothing)?);
        self.followed.points.push(DocumentPoints { document: document.id, snapshot });
        Ok(())
    }

    fn earned(
        &self,
        completed: &Completed,
        member: &Membership,
        program: &Program,
        redeemed: Redemption,
    ) -> PointsSnapshot {
        let document = completed.document();
        let Occasion { at, store, .. } = self.setting.occasion;
        let base = program.earn.base;
        let lines: Vec<EarnLine<'_>> =
            document.active_lines().filter_map(|line| EarnLine::of(line, base)).collect();
        let tenders: Vec<TenderKind> = document.settling_tenders().map(|tender| tender.kind).collect();
        let given = self.campaign_points(completed).into_iter();
        let given: Vec<CampaignPoints> = given.map(|given| as_counted(given, base, document)).collect();
        let award = |given: &CampaignPoints| CampaignAward {
            campaign: given.campaign,
            base: given.base,
            percent: given.times,
        };
        let by_campaigns: Vec<CampaignAward> = given.iter().map(award).collect();
        let who = if member.is_active() {
            Earner::Member { tier: member.tier.as_deref() }
        } else {
            Earner::Inactive
        };
        let request = EarnRequest {
            is_sale: true,
            earner: who,
            base: counted(base, document),
            lines: &lines,
            tenders: &tenders,
            campaign: Multiplier::ONE,
            campaigns: &by_campaigns,
            earned_today: self.facts.earned_today,
            store,
            at: at.instant,
        };
        let (balance, currency) = (self.balance(member, document), &document.currency);
        match earn(&request, Some(program), currency) {
            Ok(earned) => PointsSnapshot {
                on_lines: on_lines(&earned.campaigns, given),
                ..earned.snapshot(balance, redeemed, program, currency)
            },
            Err(_) => nothing_earned(balance, redeemed, program.mode),
        }
    }

    /// What campaigns give a sale in points; orders and layaways are not priced by them.
    fn campaign_points(&self, sale: &Completed) -> Vec<CampaignPoints> {
        let is_sale = sale.document().kind == Kind::Sale;
        let promotions = self.setting.promotions.filter(|_| is_sale);
        promotions.map(|promotions| promotions.points(sale)).unwrap_or_default()
    }

    /// Points follow the goods that come back. What a sale did not count for a member, a return of it does not either.
    fn returned(&mut self, document: &Document) {
        let known = self.setting.original.zip(self.facts.sale);
        let Some(((member, program), (original, points))) = self.member(document).zip(known) else {
            return;
        };
        let Some((sale, refund)) = refund_of(document, original, points, member.customer, program) else {
            return;
        };
        let changes = reverse_refund(member, &sale, &refund, program, self.setting.occasion, self.facts);
        let changes =
            changes.expect("the sale is the member's own, and none of its figures is below nothing");
        // The rows say what this till knows of: what there is, whoever else keeps the points said.
        if !program.mode.is_local() {
            let before = self.balance(member, document);
            let snapshot = PointsSnapshot {
                balance_after: before + moved_of(member.customer, &changes),
                ..nothing_earned(before, Redemption::default(), program.mode)
            };
            self.followed.points.push(DocumentPoints { document: document.id, snapshot });
        }
        self.make(changes);
    }
}

/// What changes book of a member's points.
fn moved_of(customer: CustomerId, changes: &[LoyaltyChange]) -> Points {
    let rows = changes
        .iter()
        .filter_map(|change| if let LoyaltyChange::PointsBooked { row } = change { Some(row) } else { None });
    rows.filter(|row| row.customer == customer).map(|row| row.points).sum()
}

/// Takes the redemption of the open document back, and puts what still fits in its place.
fn replace_redemption(events: &mut Vec<Event>, state: &mut State, fits: Redemption) {
    let Some(document) = state.draft().map(Draft::document) else { return };
    let by_points = document.adjustments.iter().filter(|known| known.source.points().is_some());
    let taken: Vec<DocumentAdjustment> = by_points.cloned().collect();
    let last = document.last_adjustment.map_or(0, |last| last.0);
    let Some(first) = taken.first().cloned() else { return };
    for known in taken {
        emit(events, state, Event::AdjustmentRemoved { adjustment: known.no, authority: known.authority });
    }
    if !fits.points.is_positive() {
        return;
    }
    let adjustment = DocumentAdjustment {
        no: AdjustmentNo(last.saturating_add(1)),
        kind: AdjustmentKind::Discount,
        source: AdjustmentSource::Loyalty { points: fits.points },
        value: AdjustmentValue::Amount(fits.amount),
        amount: fits.amount,
        shares: Vec::new(),
        taxes: Vec::new(),
        code: Some(alloc::format!("{}PTS", fits.points)),
        ..first
    };
    emit(events, state, Event::DocumentAdjusted { adjustment });
    // The event says what the adjustment came to.
    let applied = state.draft().and_then(|draft| draft.document().adjustments.last().cloned());
    if let (Some(applied), Some(Event::DocumentAdjusted { adjustment })) = (applied, events.last_mut()) {
        *adjustment = applied;
    }
}

fn emit(events: &mut Vec<Event>, state: &mut State, event: Event) {
    *state = evolve(core::mem::take(state), &event);
    events.push(event);
}
