//! Becoming a member, when a customer is put on a sale.

use alloc::vec::Vec;

use super::{
    Booked, Cause, ChangeKey, LoyaltyChange, MemberStatus, Membership, Occasion, PointsKind, Program,
    membership::{Draft, Rest},
    tier,
};
use crate::{
    customer::{Customer, PhoneTaken},
    ids::{CustomerId, PointsGrantId},
    quantity::Points,
};

/// Who would become a member.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The customer, the key of the telephone worked out anew; none: unknown.
    pub customer: Option<&'a Customer>,
    /// The live customer who has the same telephone.
    pub phone_taken: Option<PhoneTaken>,
    /// The membership the customer has, in any program, ended ones included.
    pub membership: Option<&'a Membership>,
    /// The program of that membership.
    pub own_program: Option<&'a Program>,
    /// Of a customer without a membership: the code of the tier that whoever else keeps the points says.
    pub kept_tier: Option<&'a str>,
}

/// A customer who is a member.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Enrolment {
    /// The membership as it is now.
    pub membership: Membership,
    /// What was done to the membership, in order.
    pub changes: Vec<LoyaltyChange>,
    /// The member's telephone belongs to another customer too: somebody should look.
    pub phone_taken: Option<PhoneTaken>,
}

/// Why a customer is no member. An answer, not a fault: the customer stays on the sale.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotEnrolled {
    /// Nobody is known by this id, or no longer.
    #[error("the customer is not known")]
    Unknown,
    /// The customer is the anonymous one.
    #[error("a customer without a name is no member")]
    WalkIn,
    /// Another customer has the telephone; the number is not stored.
    #[error(transparent)]
    PhoneTaken(#[from] PhoneTaken),
    /// No program is in force here and now.
    #[error("no loyalty program is active")]
    NoProgram,
    /// The program asks for a telephone and there is none.
    #[error("a member needs a telephone number")]
    NoPhone,
}

/// Makes the customer a member of the program in force, or takes up the membership there is. The first time, welcome
/// points are given; they count for the tier. A newcomer who reaches no tier begins in the lowest one.
///
/// # Errors
/// Why the customer is no member, in the order of [`NotEnrolled`]'s variants.
pub fn enrol(
    candidate: &Candidate<'_>,
    in_force: Option<&Program>,
    occasion: Occasion,
    booked: &dyn Booked,
) -> Result<Enrolment, NotEnrolled> {
    let customer = candidate.customer.filter(|customer| customer.is_live()).ok_or(NotEnrolled::Unknown)?;
    if customer.is_walk_in {
        return Err(NotEnrolled::WalkIn);
    }
    if let Some(taken) = candidate.phone_taken {
        let known = candidate.membership.filter(|known| known.status != MemberStatus::Ended);
        let kept = |known: &Membership| Enrolment {
            membership: known.clone(),
            changes: Vec::new(),
            phone_taken: Some(taken),
        };
        return known.map(kept).ok_or(NotEnrolled::PhoneTaken(taken));
    }
    let program = in_force.ok_or(NotEnrolled::NoProgram)?;
    let mut draft = match candidate.membership {
        Some(known) => Draft::of(known, occasion),
        None if program.require_phone && customer.phone_key.is_none() => return Err(NotEnrolled::NoPhone),
        None => {
            let mut draft = newcomer(customer.id, program, occasion, booked);
            draft.membership.kept_tier = candidate.kept_tier.map(Into::into);
            draft
        }
    };
    if draft.membership.status == MemberStatus::Ended {
        let status = MemberStatus::Active;
        draft.make(LoyaltyChange::StatusSet { customer: customer.id, status, occasion });
    }
    let own = if candidate.membership.is_some() { candidate.own_program } else { Some(program) };
    if let Some(own) = own {
        tier::reassign(&mut draft, &own.tiers, own.grace_days);
        if candidate.membership.is_none() {
            tier::begin(&mut draft, &own.tiers);
        }
    }
    let Draft { membership, changes, .. } = draft;
    Ok(Enrolment { membership, changes, phone_taken: None })
}

fn newcomer(customer: CustomerId, program: &Program, occasion: Occasion, booked: &dyn Booked) -> Draft {
    let mut draft = Draft::of(&Membership::new(customer, program.id, occasion.at), occasion);
    draft.changes.push(LoyaltyChange::Enrolled { customer, program: program.id, occasion });
    let cause = Cause::Enrolment { program: program.id };
    if !booked.holds(&ChangeKey::Row(customer, PointsKind::Welcome, cause)) {
        let expires = program.expiry_of(draft.today());
        let rest = Rest { expires, ..Rest::default() };
        draft.book(PointsKind::Welcome, program.welcome.or_zero(), cause, rest);
    }
    draft
}

/// Makes a customer a member with a balance kept before there was a program: points that never expire, booked as a
/// correction that `grant` decided. There is no welcome for it.
pub fn take_over(
    customer: CustomerId,
    balance: Points,
    grant: PointsGrantId,
    program: &Program,
    occasion: Occasion,
) -> Vec<LoyaltyChange> {
    let mut draft = Draft::of(&Membership::new(customer, program.id, occasion.at), occasion);
    draft.changes.push(LoyaltyChange::Enrolled { customer, program: program.id, occasion });
    draft.book(PointsKind::Adjusted, balance, Cause::Manual { grant }, Rest::default());
    tier::reassign(&mut draft, &program.tiers, program.grace_days);
    tier::begin(&mut draft, &program.tiers);
    draft.changes
}

/// Suspends or ends a membership, or takes it up again; nothing where it is so already.
pub fn set_status(
    membership: &Membership,
    status: MemberStatus,
    occasion: Occasion,
) -> Option<LoyaltyChange> {
    let change = LoyaltyChange::StatusSet { customer: membership.customer, status, occasion };
    (membership.status != status).then_some(change)
}
