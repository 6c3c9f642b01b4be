//! Campaigns evaluated line by line as a basket grows.

use alloc::{borrow::Cow, boxed::Box, collections::BTreeSet, vec::Vec};

use super::{
    allocate::{Allocation, allocate, points_by_line},
    basket::{Basket, CartError, places},
    best::Resolution,
    cart::{Cart, CartLine, CartTender, Context},
    compile::CampaignSet,
    content_hash::ContentHash,
    index::TargetNo,
    pass::{Given, Memo, Pass},
    proposal::{Evaluation, Rank},
};
use crate::{
    ids::{LineNo, TenderNo},
    money::Money,
};

/// What an evaluator knows of its basket, apart from the campaigns: kept between two commands, so that the second only
/// says what changed.
#[derive(Clone, Debug)]
pub struct Remembered {
    of: ContentHash,
    context: Context,
    basket: Basket,
    tenders: Vec<CartTender>,
    /// A bit for each campaign that the document as a whole allows.
    eligible: Vec<u64>,
    given: Given,
    was_asked: bool,
    memo: Option<Box<Memo>>,
}

/// A basket under a set of campaigns: tell it what changed, ask it what that comes to.
///
/// Lines are looked up in the set's indexes once, when they are put in; what the document as a whole decides
/// (window, store, customer, codes, limits) is decided when the context is set. From the second evaluation by priority on
/// it remembers what each campaign came to, and works out those that see a difference. [`Evaluator::evaluate`] gives the
/// same answer as an evaluator made anew from the same cart.
#[derive(Clone, Debug)]
pub struct Evaluator<'s> {
    set: &'s CampaignSet,
    context: Context,
    basket: Basket,
    tenders: Vec<CartTender>,
    /// A bit for each campaign that the document as a whole allows.
    eligible: Vec<u64>,
    given: Given,
    /// Whether there was a pass by priority: who asks once has no use for a memo.
    was_asked: bool,
    memo: Option<Box<Memo>>,
}

impl<'s> Evaluator<'s> {
    /// An empty basket.
    pub fn new(set: &'s CampaignSet, context: Context) -> Self {
        Self::with_room(set, context, 0)
    }

    fn with_room(set: &'s CampaignSet, context: Context, lines: usize) -> Self {
        let (basket, given) = (Basket::new(set, lines), Given::default());
        let mut eligible = Vec::new();
        set.find_eligible(&context, &mut eligible);
        Self { set, context, basket, tenders: Vec::new(), eligible, given, was_asked: false, memo: None }
    }

    /// A basket with everything in it.
    ///
    /// # Errors
    /// [`CartError`]: the lines come to too much, are too many, or a number stands twice.
    pub fn of(set: &'s CampaignSet, cart: &Cart) -> Result<Self, CartError> {
        let mut evaluator = Self::with_room(set, cart.context.clone(), cart.lines.len());
        // A basket grows at its end: lines that come in another order are brought into theirs first.
        for line in &*by_number(&cart.lines, |line| line.no.0)? {
            evaluator.put_line(line)?;
        }
        evaluator.tenders = by_number(&cart.tenders, |tender| tender.no.0)?.into_owned();
        Ok(evaluator)
    }

    /// Goes on where another evaluator ended; none where that one asked other campaigns.
    pub fn going_on(set: &'s CampaignSet, remembered: Remembered) -> Option<Self> {
        let Remembered { of, context, basket, tenders, eligible, given, was_asked, memo } = remembered;
        let evaluator = Self { set, context, basket, tenders, eligible, given, was_asked, memo };
        (of == set.hash()).then_some(evaluator)
    }

    /// Ends, and keeps what is known of the basket.
    pub fn remember(self) -> Remembered {
        let Self { set, context, basket, tenders, eligible, given, was_asked, memo } = self;
        Remembered { of: set.hash(), context, basket, tenders, eligible, given, was_asked, memo }
    }

    /// The set it asks.
    pub const fn set(&self) -> &'s CampaignSet {
        self.set
    }

    /// What holds for the whole document.
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// Another moment, customer, code or count.
    pub fn set_context(&mut self, context: Context) {
        if self.context != context {
            self.context = context;
            self.set.find_eligible(&self.context, &mut self.eligible);
        }
    }

    /// Another sum that is due before ways to pay earn anything.
    pub(super) const fn set_due(&mut self, due: Option<Money>) {
        self.context.due = due;
    }

    /// Adds a line, or changes the one with its number.
    ///
    /// # Errors
    /// [`CartError::TooLarge`], [`CartError::TooManyLines`]; then the basket is as before.
    pub fn put_line(&mut self, line: &CartLine) -> Result<(), CartError> {
        self.forget_line(line.no);
        self.basket.put(self.set, line)?;
        self.forget_line(line.no);
        Ok(())
    }

    /// Takes a line out; whether there was one.
    pub fn remove_line(&mut self, no: LineNo) -> bool {
        self.forget_line(no);
        self.basket.remove(self.set, no)
    }

    /// Forgets what campaigns came to that look at a line as it stands.
    fn forget_line(&mut self, no: LineNo) {
        if let Some(memo) = &mut self.memo
            && let Ok(at) = self.basket.place(no)
        {
            memo.forget_line(self.set, &self.basket, at);
        }
    }

    /// Whether a line stands under this number.
    pub(super) fn has_line(&self, no: LineNo) -> bool {
        let found = self.basket.place(no);
        found.is_ok_and(|at| self.basket.slots[at].is_live)
    }

    /// The targets that take a line of the basket.
    pub(super) fn targets_of(&self, no: LineNo) -> &[TargetNo] {
        self.basket.place(no).map_or(&[], |at| self.basket.targets(at))
    }

    /// Adds a tender, or changes the one with its number.
    pub fn put_tender(&mut self, tender: CartTender) {
        match self.tenders.binary_search_by_key(&tender.no, |known| known.no) {
            Ok(at) => self.tenders[at] = tender,
            Err(at) => self.tenders.insert(at, tender),
        }
    }

    /// Puts these tenders in the place of all there were.
    pub fn set_tenders(&mut self, tenders: impl IntoIterator<Item = CartTender>) {
        self.tenders.clear();
        for tender in tenders {
            self.put_tender(tender);
        }
    }

    /// Takes a tender out; whether there was one.
    pub fn remove_tender(&mut self, no: TenderNo) -> bool {
        let found = self.tenders.binary_search_by_key(&no, |known| known.no);
        found.map(|at| self.tenders.remove(at)).is_ok()
    }

    /// The campaigns that the document as a whole allows, in the order they are tried.
    pub fn eligible(&self) -> impl Iterator<Item = Rank> {
        places(&self.eligible, &self.eligible).map(Rank::nth)
    }

    /// What campaigns give, chosen from by the rule of [their set](CampaignSet::rule).
    pub fn evaluate(&mut self) -> &Evaluation {
        match self.set.rule().resolution() {
            Resolution::Priority => self.by_priority(),
            Resolution::BestForCustomer { effort } => {
                self.best_for_customer(effort);
                &self.given.evaluation
            }
        }
    }

    /// How much more another choice could give at most than the last evaluation: nothing where the best one was proved,
    /// and where campaigns went by priority, which claims no best.
    pub const fn gap(&self) -> Money {
        self.given.gap
    }

    /// The original's pass: each eligible campaign once, in order, until one ends it.
    pub fn by_priority(&mut self) -> &Evaluation {
        let Self { set, context, basket, tenders, eligible, given, was_asked, memo } = self;
        let mut pass = Pass { set, context, basket, tenders, given };
        if core::mem::replace(was_asked, true) {
            memo.get_or_insert_default().go_through(&mut pass, eligible);
        } else {
            pass.begin();
            // Most campaigns are about goods that are not in the basket.
            for rank in pass.basket.met(eligible) {
                if pass.is_ended() {
                    break;
                }
                // Why a campaign gives nothing is the explanation's question.
                let _unmet = pass.apply(rank).err();
            }
        }
        &self.given.evaluation
    }

    /// What was given last.
    pub(super) const fn evaluation(&self) -> &Evaluation {
        &self.given.evaluation
    }

    /// The last evaluation shared out to lines: see [`Allocation`].
    pub fn allocate(&self) -> Vec<Allocation> {
        allocate(self.set, &self.basket, &self.given.evaluation)
    }

    /// The lines that proposals of its campaigns on the document may make cheaper.
    pub(crate) fn bearers(&self) -> BTreeSet<LineNo> {
        let bearers = self.set.compiled.iter().flat_map(|compiled| compiled.bearers(&self.basket));
        bearers.map(|at| self.basket.slots[at].no).collect()
    }

    /// The lines without which its campaigns might give less on those that they make cheaper.
    pub(crate) fn triggers(&self) -> BTreeSet<LineNo> {
        let triggers = self.set.compiled.iter().flat_map(|compiled| compiled.triggers(&self.basket));
        triggers.map(|at| self.basket.slots[at].no).collect()
    }

    /// What each line counts for of what a campaign gave points on last; they add up to its [base](Self::points_base).
    pub fn points_by_line(&self, campaign: Rank) -> Vec<(LineNo, Money)> {
        points_by_line(self.set, &self.basket, &self.given.evaluation, campaign)
    }

    /// What a campaign gave points on last: what is left of its lines after all discounts of campaigns and each line's shares
    /// of them.
    pub fn points_base(&self, campaign: Rank) -> Money {
        self.points_by_line(campaign).into_iter().map(|(_, left)| left).sum()
    }

    /// A pass over the basket, and the campaigns to choose from. What is remembered of the last one is forgotten: this one
    /// is its caller's to give by.
    pub(super) fn pass(&mut self) -> (&[u64], Pass<'_>) {
        let Self { set, context, basket, tenders, eligible, given, memo, .. } = self;
        if let Some(memo) = memo {
            memo.clear();
        }
        (eligible, Pass { set, context, basket, tenders, given })
    }
}

/// What has a number, by rising number; as it is where it comes so, which nearly every cart does.
///
/// # Errors
/// [`CartError::SameNumber`]: one stands twice.
fn by_number<T: Clone>(numbered: &[T], number: impl Fn(&T) -> u32) -> Result<Cow<'_, [T]>, CartError> {
    if numbered.is_sorted_by(|one, next| number(one) < number(next)) {
        return Ok(Cow::Borrowed(numbered));
    }
    let mut rising = numbered.to_vec();
    rising.sort_by_key(&number);
    let mut pairs = rising.iter().zip(rising.iter().skip(1));
    match pairs.find(|(one, next)| number(one) == number(next)) {
        Some((twice, _)) => Err(CartError::SameNumber(number(twice))),
        None => Ok(Cow::Owned(rising)),
    }
}

impl CampaignSet {
    /// Evaluates a whole cart once.
    ///
    /// # Errors
    /// As [`Evaluator::of`].
    pub fn evaluate(&self, cart: &Cart) -> Result<Evaluation, CartError> {
        Evaluator::of(self, cart).map(|mut evaluator| evaluator.evaluate().clone())
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::campaign::{
        TenderMethod,
        tests::{campaign, cart, line, minor, off},
    };

    #[test]
    fn lines_that_come_from_the_last_to_the_first_are_each_placed_once() {
        let set = CampaignSet::compile(vec![campaign(1, "A", off("10"))]).unwrap();
        let falling = cart((1..=2_000).rev().map(|no| line(no, 1, "1", 100)).collect());
        let mut evaluator = Evaluator::of(&set, &falling).unwrap();
        assert_eq!(evaluator.basket.placed, 2_000);
        assert_eq!(evaluator.evaluate().total(), minor(20_000));
    }

    #[test]
    fn a_number_that_stands_twice_is_refused_wherever_it_stands() {
        let set = CampaignSet::compile(vec![campaign(1, "A", off("10"))]).unwrap();
        let twice = cart(vec![line(7, 1, "1", 100), line(2, 1, "1", 100), line(7, 1, "1", 100)]);
        assert_eq!(Evaluator::of(&set, &twice).unwrap_err(), CartError::SameNumber(7));
        let tender = |no| CartTender { no: TenderNo(no), method: TenderMethod::Points, amount: minor(1) };
        let mut paid = cart(vec![line(1, 1, "1", 100)]);
        paid.tenders = vec![tender(3), tender(1), tender(3)];
        assert_eq!(Evaluator::of(&set, &paid).unwrap_err(), CartError::SameNumber(3));
        paid.tenders = vec![tender(3), tender(1), tender(2)];
        let numbers = Evaluator::of(&set, &paid).unwrap().tenders.into_iter().map(|tender| tender.no.0);
        assert_eq!(numbers.collect::<Vec<_>>(), [1, 2, 3]);
    }
}
