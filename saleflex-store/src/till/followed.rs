//! What corrections of closed periods change in the periods after them: what nobody counted when a period was closed is
//! what should have been there, and that is what the next one begins with.
//!
//! A closure never changes, and no correction is written twice: what follows of one is worked out whenever it is asked for.
//!
//! **Invariant:** a hand-over is a count. What was counted then goes on as it was counted: corrections of the periods before
//! that come after the first hand-over of a drawer, and those of documents of the period itself, show in their own period alone
//! as far as they are about that drawer. Of the drawers that nobody handed on they go on. Where the settings name other drawers
//! after a hand-over, all of them are taken as handed on. Of foreign money that is so of each currency by itself that was
//! counted with the hand-over.

use std::collections::BTreeMap;

use saleflex_core::{
    closure::{
        CashTotals, Change, Closure, Corrected, Correction, Report,
        drawer::{Drawer, DrawerCash, DrawerNo, Holders, Step, Turn},
    },
    ids::{ClosureNumber, DocumentId},
    journal::Entry,
    money::Money,
};

use super::{
    Till,
    drawer::{began, step},
};
use crate::{
    books::{
        closures, documents,
        index::{self, Topic},
        journal,
    },
    error::Error,
};

mod foreign;
mod handed;

pub(crate) use self::foreign::Foreign;

/// What lay in the drawers of a period at first beyond what the closure before it says, or less.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct LeftMore {
    /// In all of them.
    pub(crate) total: Money,
    /// In each of several, where it is known of which; what is not said of one lies in the first.
    pub(crate) by_drawer: BTreeMap<DrawerNo, Money>,
}

/// What was worked out of it so far: history is asked for over and over, and changes with a correction alone.
#[derive(Debug, Default)]
pub(crate) struct Followed {
    corrections: u64,
    left: BTreeMap<ClosureNumber, LeftMore>,
    foreign: BTreeMap<ClosureNumber, foreign::ForeignMore>,
    /// What corrections move of foreign money at all; none until it was asked for.
    foreign_moved: Option<foreign::FirstMoved>,
}

impl Followed {
    /// Forgets what was worked out of other corrections.
    fn renew(&mut self, corrections: u64) {
        if self.corrections != corrections {
            *self = Self { corrections, ..Self::default() };
        }
    }
}

/// The floats of a period by the drawer they lie in: how many, and what they come to.
type Floats = BTreeMap<DrawerNo, (u64, Money)>;

/// A document that a correction adds or takes away.
struct Moved<'a> {
    document: DocumentId,
    figures: &'a Report,
    replaced: Option<Money>,
    is_added: bool,
}

/// A closed period as its drawers were then, whatever the settings name today.
struct Then {
    /// The drawers when it began.
    at_first: Vec<Drawer>,
    /// The drawers when it was closed.
    at_last: Vec<Drawer>,
    /// What happened to them, each with its place in the journal.
    entries: Vec<(i64, Entry)>,
}

impl LeftMore {
    /// In each of these drawers: what is not said of another one is the first one's. Nothing where there is nothing.
    pub(crate) fn in_drawers(
        &self,
        drawers: impl IntoIterator<Item = DrawerNo>,
    ) -> BTreeMap<DrawerNo, Money> {
        let mut drawers = drawers.into_iter();
        let Some(first) = drawers.next() else { return BTreeMap::new() };
        let known = |no: DrawerNo| self.by_drawer.get(&no).map(|amount| (no, *amount));
        let mut all: BTreeMap<DrawerNo, Money> = drawers.filter_map(known).collect();
        let elsewhere: Money = all.values().copied().sum();
        all.insert(first, self.total - elsewhere);
        all.retain(|_, amount| !amount.is_zero());
        all
    }

    /// Beyond what a closure knew of it already when it was closed.
    fn beyond(mut self, closure: &Closure) -> Self {
        for (drawer, known) in &closure.followed {
            self.total -= *known;
            *self.by_drawer.entry(*drawer).or_default() -= *known;
        }
        self
    }
}

impl<'a> Moved<'a> {
    fn by(change: &'a Change) -> Option<Self> {
        if let Change::LateDocument { document, figures, replaced, .. } = change {
            Some(Self { document: *document, figures, replaced: *replaced, is_added: true })
        } else if let Change::WithdrawnDocument { document, figures, replaced, .. } = change {
            Some(Self { document: *document, figures, replaced: *replaced, is_added: false })
        } else {
            None
        }
    }
}

impl Then {
    fn steps(&self) -> Vec<Step<'_>> {
        self.entries.iter().filter_map(|(_, entry)| step(entry)).collect()
    }

    /// What changed who works from which drawer before a place of the journal.
    fn turns(&self, before: i64) -> Vec<Turn<'_>> {
        let earlier = self.entries.iter().filter(|(place, _)| *place < before);
        earlier.filter_map(|(_, entry)| step(entry)?.turn()).collect()
    }

    /// The cash of a document by the drawer it lies in: that of whoever took it, or the first where that one was taken away.
    fn cash_of<'a>(&self, place: i64, figures: &'a Report) -> Vec<(DrawerNo, &'a CashTotals)> {
        let holders = Holders::after(&self.at_first, &self.turns(place));
        let first = self.at_last.first().map_or(DrawerNo(1), |first| first.no);
        let cash = figures.cash_by_cashier.iter().map(|(cashier, cash)| {
            let own = holders.drawer_of(*cashier);
            let is_there = self.at_last.iter().any(|drawer| drawer.no == own);
            (if is_there { own } else { first }, cash)
        });
        cash.collect()
    }

    /// The floats as they were when it was closed.
    fn floats(&self, closure: &Closure) -> Floats {
        let cash = DrawerCash::of(&self.at_last, &self.turns(i64::MAX), &closure.report);
        let float = |drawer: &Drawer| {
            let cash = cash.of_drawer(drawer.no);
            (drawer.no, (cash.float_count, cash.float))
        };
        self.at_last.iter().map(float).collect()
    }
}

impl Till {
    /// A closed period as it stands: with its own corrections, and those of the periods before it that nobody counted.
    pub(super) fn stands(&self, closed: &Closure, corrections: &[Correction]) -> Result<Corrected, Error> {
        let followed = self.left_more(closed.number())?.beyond(closed);
        let more = self.beside_floats(closed, followed.clone(), corrections)?;
        let foreign = self.foreign_beyond(closed)?;
        let stands = closed.corrected_after(more.total, corrections)?.after_foreign(&foreign.total);
        let stands = self.with_foreign_left(stands, closed, foreign, corrections)?;
        if self.handed_on_alone(closed)?.is_none() {
            return Ok(stands);
        }
        Ok(stands.with_others_left(self.left_by(closed, followed, corrections)?.total))
    }

    /// What a period began with beyond what the one before it says.
    pub(super) fn left_more(&self, number: ClosureNumber) -> Result<LeftMore, Error> {
        let corrections = index::count(self.connection(), Topic::Correction)?;
        if corrections == 0 {
            return Ok(LeftMore::default());
        }
        let mut known = self.followed.borrow_mut();
        known.renew(corrections);
        if let Some(more) = known.left.get(&number) {
            return Ok(more.clone());
        }
        let more = self.left_more_until(number, None, &mut known)?;
        let more = self.before_hand_overs(number, more)?;
        known.left.insert(number, more.clone());
        Ok(more)
    }

    /// The same as it was known when its opening was said last, which was said with it; nothing where that was not said.
    fn left_more_when_said(&self, number: ClosureNumber) -> Result<LeftMore, Error> {
        let own = index::period(number);
        let mut said = None;
        for place in index::places(self.connection(), Topic::Correction, &own, &own)? {
            let entry = journal::read(self.connection(), place)?;
            if entry.correction().is_some_and(says_opening) {
                said = Some(place);
            }
        }
        let Some(said) = said else { return Ok(LeftMore::default()) };
        let more = self.left_more_until(number, Some(said), &mut Followed::default())?;
        self.before_hand_overs(number, more)
    }

    /// The same by the corrections before a place of the journal.
    fn left_more_until(
        &self,
        number: ClosureNumber,
        until: Option<i64>,
        known: &mut Followed,
    ) -> Result<LeftMore, Error> {
        let first = index::first_owner(self.connection(), Topic::Correction)?;
        let is_corrected = |no| first.as_ref().is_some_and(|first| *first <= index::period(no));
        // Back to what somebody counted: nothing of before goes on from there.
        let (mut chain, mut more, mut after) = (Vec::new(), LeftMore::default(), number);
        while let Some(closed) = closures::before(self.connection(), after)? {
            let closure = closures::record(self.connection(), &closed)?;
            after = closure.number();
            if !is_corrected(after) {
                break;
            }
            let is_settled = is_touched(&closure) && self.handed_on_alone(&closure)?.is_none();
            chain.push(closure);
            if is_settled {
                break;
            }
            if until.is_none()
                && let Some(left) = known.left.get(&after)
            {
                more = left.clone();
                break;
            }
        }
        while let Some(closure) = chain.pop() {
            // What a period began with in which a drawer was handed on is known as it was then.
            if until.is_none() && !is_touched(&closure) {
                known.left.insert(closure.number(), more.clone());
            }
            let corrections = self.corrections_until(closure.number(), until)?;
            more = self.left_by(&closure, more.beyond(&closure), &corrections)?;
        }
        Ok(more)
    }

    /// What a closed period left beyond what its closure says, by corrections of it.
    fn left_by(
        &self,
        closure: &Closure,
        more: LeftMore,
        corrections: &[Correction],
    ) -> Result<LeftMore, Error> {
        let followed = more.clone();
        let more = self.beside_floats(closure, more, corrections)?;
        if corrections.is_empty() && more == LeftMore::default() {
            return Ok(more);
        }
        let stands = closure.corrected_after(more.total, corrections)?;
        let handed_on = self.handed_on_alone(closure)?;
        let is_settled = is_touched(closure) && handed_on.is_none();
        if is_settled || stands.counted_cash.is_some() || closure.drawers.is_empty() {
            let total = stands.float_left(closure) - closure.float_left();
            return Ok(LeftMore { total, by_drawer: BTreeMap::new() });
        }
        let total = stands.expected_cash - closure.expected_cash;
        let then = self.then(closure.number())?;
        // What was said of the opening was said with what followed where no float lay then: floats that went or came since
        // have theirs by themselves.
        let said = corrections.iter().rposition(says_opening).filter(|_| stands.is_opening_said());
        let mut by_drawer = match said {
            Some(at) => self.beside_floats(closure, followed, corrections.split_at(at + 1).0)?.by_drawer,
            None => more.by_drawer,
        };
        for moved in corrections.iter().filter_map(|correction| Moved::by(&correction.change)) {
            for (drawer, cash) in then.cash_of(self.place_of(moved.document)?, moved.figures) {
                let is_float = cash.float_count > 0;
                let float =
                    if is_float { cash.float - moved.replaced.unwrap_or_default() } else { Money::ZERO };
                let amount = cash.expected(float);
                *by_drawer.entry(drawer).or_default() += if moved.is_added { amount } else { -amount };
            }
        }
        let mut by_drawer = LeftMore { total, by_drawer }.in_drawers(numbers(closure));
        if let Some(handed_on) = handed_on {
            by_drawer.retain(|no, _| !handed_on.contains(no));
        }
        Ok(LeftMore { total: by_drawer.values().copied().sum(), by_drawer })
    }

    /// The same without what lay in a drawer in which a float lies: that took its place. A till with one drawer says so by
    /// itself.
    fn beside_floats(
        &self,
        closure: &Closure,
        more: LeftMore,
        corrections: &[Correction],
    ) -> Result<LeftMore, Error> {
        if closure.drawers.is_empty() {
            return Ok(more);
        }
        let mut by_drawer = more.in_drawers(numbers(closure));
        if !by_drawer.is_empty() {
            let floats = self.floats(&self.then(closure.number())?, closure, corrections)?;
            by_drawer.retain(|no, _| floats.get(no).is_none_or(|(count, _)| *count == 0));
        }
        Ok(LeftMore { total: by_drawer.values().copied().sum(), by_drawer })
    }

    /// The floats of a closed period as they stand with corrections.
    fn floats(&self, then: &Then, closure: &Closure, corrections: &[Correction]) -> Result<Floats, Error> {
        let mut floats = then.floats(closure);
        for moved in corrections.iter().filter_map(|correction| Moved::by(&correction.change)) {
            if moved.figures.cash.float_count > 0 {
                let cash = then.cash_of(self.place_of(moved.document)?, moved.figures);
                book(&mut floats, &cash, moved.is_added);
            }
        }
        Ok(floats)
    }

    /// What a float of a closed period with several drawers takes the place of: what had been left in its drawer, unless
    /// another float lies there too. `is_there` says whether it counts by the corrections so far. None at a till with one
    /// drawer, where the closure knows.
    pub(super) fn replaced_by_float(
        &self,
        closure: &Closure,
        corrections: &[Correction],
        (document, figures, is_there): (DocumentId, &Report, bool),
    ) -> Result<Option<Money>, Error> {
        if closure.drawers.is_empty() || figures.cash.float_count == 0 {
            return Ok(None);
        }
        let then = self.then(closure.number())?;
        let standing = self.floats(&then, closure, corrections)?;
        let mut other = standing.clone();
        book(&mut other, &then.cash_of(self.place_of(document)?, figures), !is_there);
        let (with, without) = if is_there { (&standing, &other) } else { (&other, &standing) };
        let before = closures::before(self.connection(), closure.number())?;
        let before = before.map(|closed| closures::record(self.connection(), &closed)).transpose()?;
        let more = self.left_more_when_said(closure.number())?;
        let left = (before.as_ref(), closure.period.left_in_drawer + more.total);
        let drawers = began(&then.at_last, left, &then.steps(), &more, &DrawerCash::default());
        let opening = |floats: &Floats| -> Money {
            let lying = |no: DrawerNo| floats.get(&no).filter(|(count, _)| *count > 0);
            let float = |no| lying(no).map(|(_, amount)| *amount);
            Drawer::with_floats(drawers.clone(), float).iter().map(|drawer| drawer.opening).sum()
        };
        Ok(Some(figures.cash.float + opening(without) - opening(with)))
    }

    /// A closed period as its drawers were then: those that the settings were given in it, else those that the next other
    /// settings took the place of.
    fn then(&self, closure: ClosureNumber) -> Result<Then, Error> {
        let mut entries = Vec::new();
        for place in self.drawer_places(closure, closure)? {
            entries.push((place, journal::read(self.connection(), place)?));
        }
        let mut changes = entries.iter().filter_map(|(_, entry)| named(entry));
        let first = changes.next();
        let last = changes.next_back().or(first);
        if let (Some((at_first, _)), Some((_, at_last))) = (first, last) {
            let (at_first, at_last) = (at_first.to_vec(), at_last.to_vec());
            return Ok(Then { at_first, at_last, entries });
        }
        let mut drawers = self.settings.drawers.clone();
        for place in self.drawer_places(closure.next(), self.period.period.number)? {
            if let Some((was, _)) = named(&journal::read(self.connection(), place)?) {
                drawers = was.to_vec();
                break;
            }
        }
        Ok(Then { at_first: drawers.clone(), at_last: drawers, entries })
    }

    /// Where lies what happened to the drawers of periods, from one to another.
    fn drawer_places(&self, from: ClosureNumber, to: ClosureNumber) -> Result<Vec<i64>, Error> {
        let (from, to) = (index::period(from), index::period(to));
        index::places(self.connection(), Topic::DrawerCount, &from, &to)
    }

    /// Where a document lies in the journal; behind everything, where there is none.
    fn place_of(&self, document: DocumentId) -> Result<i64, Error> {
        Ok(documents::place(self.connection(), document)?.unwrap_or(i64::MAX))
    }

    /// The corrections of a closed period before a place of the journal; all of them where none is said.
    fn corrections_until(
        &self,
        closure: ClosureNumber,
        until: Option<i64>,
    ) -> Result<Vec<Correction>, Error> {
        let Some(until) = until else { return self.corrections(closure) };
        let own = index::period(closure);
        let mut corrections = Vec::new();
        for place in index::places(self.connection(), Topic::Correction, &own, &own)? {
            if place < until {
                corrections.extend(journal::read(self.connection(), place)?.correction().cloned());
            }
        }
        Ok(corrections)
    }
}

/// The drawers of a closed period; none at a till with one.
fn numbers(closure: &Closure) -> impl Iterator<Item = DrawerNo> {
    closure.drawers.iter().map(|drawer| drawer.no)
}

/// Whether anything of what a closed period left was counted, when it was closed or when a drawer was handed on.
fn is_touched(closure: &Closure) -> bool {
    closure.counted_cash.is_some() || closure.is_handed_on()
}

/// Whether a correction says what was in the drawers at first.
const fn says_opening(correction: &Correction) -> bool {
    matches!(correction.change, Change::OpeningCash { .. })
}

/// Adds the floats of a document, or takes them away.
fn book(floats: &mut Floats, cash: &[(DrawerNo, &CashTotals)], is_added: bool) {
    for (drawer, cash) in cash {
        let (count, amount) = floats.entry(*drawer).or_default();
        if is_added {
            *count += cash.float_count;
            *amount += cash.float;
        } else {
            *count = count.saturating_sub(cash.float_count);
            *amount -= cash.float;
        }
    }
}

/// The drawers before other settings and since.
fn named(entry: &Entry) -> Option<(&[Drawer], &[Drawer])> {
    if let Step::Named { was, now, .. } = step(entry)? { Some((was, now)) } else { None }
}
