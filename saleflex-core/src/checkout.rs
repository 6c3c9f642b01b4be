//! One command, everything that follows from it: the one place where a price is made.
//!
//! Till and hub both call [`run`]; what it answers is committed as a whole or not at all.

mod advising;
mod bundles;
mod campaigns;
mod cart;
mod explaining;
mod memory;
mod points;
mod recorded;
mod stock;

use alloc::{boxed::Box, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    customer::segment::SegmentChange,
    document::{self, Cancelled, Command, Completed, Decided, Draft, Event, Facts, Refusal, State},
    ids::{DocumentId, LocationId},
    inventory::{Posting, StockMovement},
    loyalty::LoyaltyChange,
};

pub use self::{
    advising::{Advice, Advised, Assortment, Offered},
    campaigns::{Campaigns, ProductTraits, SaleUsage, cart_item},
    cart::{CartFacts, cart_snapshot},
    explaining::Explanation,
    memory::Memory,
    points::{
        DocumentPoints, JoinNote, KeptPoints, PointsFacts, redeemable_due, redeemable_total, redemption,
        refund_of,
    },
    recorded::{RecordedFacts, recorded},
    stock::GoodsFacts,
};

/// Decides a command and gathers its effects, where nothing but the document's facts is known.
///
/// # Errors
/// A [`Refusal`] with the reason; then nothing follows.
pub fn run(draft: Option<&Draft>, command: &Command, facts: Facts<'_>) -> Result<Outcome, Refusal> {
    run_with(draft, command, facts, &Beside::default())
}

/// The same with what was looked up beside the document.
///
/// # Errors
/// As [`run`].
pub fn run_with(
    draft: Option<&Draft>,
    command: &Command,
    facts: Facts<'_>,
    beside: &Beside<'_>,
) -> Result<Outcome, Refusal> {
    let original = facts.original;
    let setting = points::Setting::of(&facts);
    let Decided { mut events, mut state, suspended_name } = document::run(draft, command, facts)?;
    let followed = points::follow(&mut events, &mut state, setting, &beside.points)?;
    let effects = Effects::of(&events, &state, draft, beside.goods);
    let effects = Effects {
        usage: campaigns::usage(&effects.completed, &followed.points),
        usage_reversed: campaigns::reversed(&effects.completed, original, beside.points.sale),
        loyalty: followed.changes,
        points: followed.points,
        ..effects
    };
    Ok(Outcome { events, state, effects, suspended_name, join_note: followed.join_note })
}

/// What was looked up beside the document for a command.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// What was looked up about points.
    pub points: PointsFacts<'a>,
    /// What was looked up about goods.
    pub goods: GoodsFacts,
}

/// What follows from a command.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// What happened to the document, in order.
    pub events: Vec<Event>,
    /// Where the document stands now.
    pub state: State,
    /// What it does to the world outside the document.
    pub effects: Effects,
    /// The name a document was put aside under: a person, a table. It is told here and not in the events, which are
    /// frozen, so that it can be kept where it can be erased.
    pub suspended_name: Option<String>,
    /// What somebody should know of the membership of a customer who was put on the document.
    pub join_note: Option<JoinNote>,
}

/// What a command does to the world outside its document.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Effects {
    /// Documents that are settled for ever, whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub completed: Vec<Completed>,
    /// The document that was closed without effect, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Box<Cancelled>>,
    /// What a document moves on the shelves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stock: Vec<StockMovement>,
    /// Where it moves, unless a movement says otherwise; none: nothing moves, or there is no place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<LocationId>,
    /// What people moved by hand: received, issued, put right, transferred, counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posting: Option<Box<Posting>>,
    /// What happens to memberships: points booked and held, spending, tiers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loyalty: Vec<LoyaltyChange>,
    /// What completed sales of members earned and redeemed, and where somebody else keeps the points, what was there after a
    /// return.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<DocumentPoints>,
    /// Who joins or leaves a segment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<SegmentChange>,
    /// What completed sales used of campaigns and coupons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<SaleUsage>,
    /// The sale that is taken back entirely by now: what it used counts no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage_reversed: Option<DocumentId>,
}

impl Effects {
    /// Whether others than the till have to hear of any of it: then the entry that carries it travels. What documents that
    /// are open or put aside hold back, of goods and of points, is the till's own, and so are tiers and segments.
    pub fn travel(&self) -> bool {
        let Self { completed, cancelled, stock, posting, loyalty, points, usage, usage_reversed, .. } = self;
        !(completed.is_empty() && points.is_empty() && usage.is_empty())
            || cancelled.is_some()
            || usage_reversed.is_some()
            || stock.iter().any(|movement| movement.kind.is_on_hand())
            || posting.iter().flat_map(|one| &one.movements).any(|movement| movement.kind.is_on_hand())
            || loyalty.iter().any(LoyaltyChange::travels)
    }

    /// What follows for documents and shelves.
    fn of(events: &[Event], state: &State, before: Option<&Draft>, goods: GoodsFacts) -> Self {
        let (completed, cancelled) = match state {
            State::Completed(documents) => (documents.clone(), None),
            State::Cancelled(cancelled) => (Vec::new(), Some(cancelled.clone())),
            State::Idle | State::Draft(_) | State::Suspended(_) => (Vec::new(), None),
        };
        let stock = stock::follow(events, state, before, goods);
        Self { completed, cancelled, stock, ..Self::default() }
    }
}
