//! Whatever is floated, sold, handed on, counted and corrected, in whichever drawers: a period begins with what the corrected
//! books say that the one before it left. The books are kept here once more, by plain sums from the first period on.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use saleflex_core::{
    closure::{
        Closure, Declaration,
        drawer::{CountPurpose, Drawer, DrawerNo},
    },
    ids::{CashierId, DocumentId},
};
use saleflex_store::till::Amendment;

use super::whole;
use crate::support::shop::{ADMIN, CASHIER, MANAGER, Shop, cash, float, minor, sell};

const PEOPLE: [(&str, &str); 3] = [CASHIER, MANAGER, ADMIN];

#[derive(Clone, Debug)]
enum Step {
    Float(usize, i64),
    Sell(usize),
    HandOn(usize, usize, i64),
    /// Closed without a count, or with so much beyond what should be there.
    Close(Option<i64>),
    /// A document of a closed period is withdrawn, or counts again.
    Turn(usize, usize),
    /// The count of a closed period was so much beyond what it had left.
    Count(usize, i64),
    /// So much more lay in the one drawer of a closed period at first.
    Say(usize, i64),
    Drawers(usize),
    Restart,
}

fn any_step() -> impl Strategy<Value = Step> {
    let (who, off) = (|| 0_usize..3, || -500_i64..500);
    prop_oneof![
        6 => (who(), 1_i64..9_000).prop_map(|(who, amount)| Step::Float(who, amount)),
        6 => who().prop_map(Step::Sell),
        2 => (who(), who(), off()).prop_map(|(drawer, to, off)| Step::HandOn(drawer, to, off)),
        6 => prop::option::weighted(0.2, 0_i64..500).prop_map(Step::Close),
        6 => (0_usize..9, 0_usize..9).prop_map(|(period, document)| Step::Turn(period, document)),
        1 => (0_usize..9, 0_i64..500).prop_map(|(period, off)| Step::Count(period, off)),
        3 => (0_usize..9, 0_i64..500).prop_map(|(period, off)| Step::Say(period, off)),
        9 => (0_usize..4).prop_map(Step::Drawers),
        1 => Just(Step::Restart),
    ]
}

/// What lies in a drawer that is new. The first never is: what the till had in its one drawer lies there.
fn brought(no: u8) -> i64 {
    300 * i64::from(no)
}

/// Amounts by drawer.
type Amounts = BTreeMap<u8, i64>;

struct Brought {
    id: DocumentId,
    drawer: u8,
    amount: i64,
    is_float: bool,
    counts: bool,
}

/// A period as these books have it.
#[derive(Default)]
struct Kept {
    drawers: Vec<u8>,
    documents: Vec<Brought>,
    /// What lay at first, beside floats, in each drawer that was handed on, as it was known then.
    began: Amounts,
    /// What was said to have lain in its one drawer, where no float lies there.
    said: Option<i64>,
    /// What was said to have lain there beyond its floats.
    beside_floats: i64,
    /// What it left in each drawer that was counted or handed on.
    left: Amounts,
    closure: Option<Closure>,
}

impl Kept {
    fn sum(&self, is_float: bool, drawer: u8) -> i64 {
        let all = self.documents.iter().filter(|one| one.counts && one.is_float == is_float);
        all.filter(|one| one.drawer == drawer).map(|one| one.amount).sum()
    }

    fn has_float(&self, drawer: Option<u8>) -> bool {
        let mut floats = self.documents.iter().filter(|one| one.counts && one.is_float);
        floats.any(|one| drawer.is_none_or(|no| one.drawer == no))
    }
}

struct Books {
    shop: Shop,
    periods: Vec<Kept>,
}

impl Books {
    fn new() -> Self {
        let mut shop = Shop::open();
        shop.log_in(MANAGER);
        Self { shop, periods: vec![Kept { drawers: vec![1], ..Kept::default() }] }
    }

    /// What lay in each drawer of a period at first, beside floats: what it was left with, or what it brings where it is new;
    /// the rest in the first.
    fn began(&self, at: usize) -> Amounts {
        let period = &self.periods[at];
        let before = at.checked_sub(1).map(|before| self.left(before)).unwrap_or_default();
        let mut began: Amounts = BTreeMap::new();
        for no in &period.drawers[1..] {
            began.insert(*no, before.get(no).copied().unwrap_or(brought(*no)));
        }
        let elsewhere = period.drawers[1..].iter().filter_map(|no| before.get(no)).sum::<i64>();
        let rest = before.values().sum::<i64>() - elsewhere;
        began.insert(period.drawers[0], rest);
        began.extend(period.began.clone());
        began
    }

    /// The same with the floats, each in place of what was left in its drawer.
    fn opening(&self, at: usize) -> Amounts {
        let period = &self.periods[at];
        let opening = |(no, began): (u8, i64)| {
            let began = period.said.unwrap_or(began);
            let floats = period.sum(true, no) + period.beside_floats;
            let floated = if period.has_float(Some(no)) { floats } else { began.max(0) };
            (no, if period.has_float(None) { floated } else { began })
        };
        self.began(at).into_iter().map(opening).collect()
    }

    fn left(&self, at: usize) -> Amounts {
        let period = &self.periods[at];
        let mut left: Amounts =
            self.opening(at).into_iter().map(|(no, opening)| (no, opening + period.sum(false, no))).collect();
        left.extend(period.left.clone());
        left
    }

    fn open(&mut self) -> &mut Kept {
        self.periods.last_mut().unwrap()
    }

    fn id(&self, who: usize) -> CashierId {
        self.shop.till.everybody().iter().find(|one| one.user_name == PEOPLE[who].0).unwrap().id
    }

    fn log_in(&mut self, who: usize) {
        let on_duty = self.shop.till.on_duty().map(|cashier| cashier.id);
        if on_duty != Some(self.id(who)) {
            self.shop.log_in(PEOPLE[who]);
        }
    }

    fn expected(&self) -> Amounts {
        let states = self.shop.till.drawers().unwrap();
        states.iter().map(|state| (state.drawer.no.0, state.expected().minor())).collect()
    }

    fn brought(&mut self, who: usize, id: DocumentId, amount: i64, is_float: bool) {
        let drawer = self.shop.till.drawer_of(self.id(who)).unwrap().0;
        self.open().documents.push(Brought { id, drawer, amount, is_float, counts: true });
    }

    fn count(&mut self, no: u8, purpose: CountPurpose, amount: i64) {
        let declared = Declaration::amount(minor(amount));
        self.shop.till.count_drawer(DrawerNo(no), purpose, &declared, None).unwrap();
    }

    fn step(mut self, step: &Step) -> Self {
        match *step {
            Step::Float(who, amount) => {
                self.log_in(who);
                // Not where cash has moved, or the drawer was handed on.
                if let Ok(done) = self.shop.try_approved(float(amount)) {
                    let id = done.completed()[0].document().id;
                    self.brought(who, id, amount, true);
                }
            }
            Step::Sell(who) => {
                self.log_in(who);
                self.shop.execute(sell("A"));
                let id = self.shop.execute(cash()).completed()[0].document().id;
                self.brought(who, id, 250, false);
            }
            Step::HandOn(drawer, to, off) => self.hand_on(drawer, to, off),
            Step::Close(counted) => self.close(counted),
            Step::Turn(period, document) => self.turn(period, document),
            Step::Count(period, off) => self.correct_count(period, off),
            Step::Say(period, off) => self.say_opening(period, off),
            Step::Drawers(count) => self.name_drawers(count),
            Step::Restart => {
                self.shop = self.shop.restarted();
                self.log_in(1);
            }
        }
        self.check();
        self
    }

    fn hand_on(&mut self, drawer: usize, to: usize, off: i64) {
        self.log_in(1);
        let at = self.periods.len() - 1;
        let began = self.began(at);
        let drawers = &self.periods[at].drawers;
        let no = drawers[drawer % drawers.len()];
        let amount = (self.expected()[&no] + off).max(0);
        let to = self.id(to);
        self.count(no, CountPurpose::HandOver { to }, amount);
        self.open().began.entry(no).or_insert(began[&no]);
    }

    fn close(&mut self, counted: Option<i64>) {
        if !self.periods.last().unwrap().documents.iter().any(|one| !one.is_float) {
            return;
        }
        self.log_in(1);
        let mut expected = self.expected();
        let at = self.periods.len() - 1;
        let handed_on: Vec<u8> = self.periods[at].began.keys().copied().collect();
        let mut declared = None;
        if let Some(off) = counted {
            for amount in expected.values_mut() {
                *amount += off;
            }
            if expected.len() == 1 {
                declared = Some(Declaration::amount(minor(expected.values().sum())));
            } else {
                for (no, amount) in &expected {
                    self.count(*no, CountPurpose::Closing, *amount);
                }
            }
        }
        let closure = self.shop.till.close_period(declared.as_ref(), None).unwrap();
        assert_eq!(closure.float_left().minor(), expected.values().sum::<i64>());
        if counted.is_none() {
            expected.retain(|no, _| handed_on.contains(no));
        }
        let period = self.open();
        period.left = expected;
        period.closure = Some(closure);
        let drawers = period.drawers.clone();
        self.periods.push(Kept { drawers, ..Kept::default() });
    }

    fn correct(&mut self, at: usize, amendment: Amendment) {
        self.log_in(1);
        let closure = self.periods[at].closure.as_ref().unwrap().number();
        self.shop.till.correct_closure(closure, amendment, "the books".into(), None).unwrap();
    }

    fn turn(&mut self, period: usize, document: usize) {
        let closed = self.periods.len() - 1;
        if closed == 0 {
            return;
        }
        let at = period % closed;
        let count = self.periods[at].documents.len();
        let known = &mut self.periods[at].documents[document % count];
        known.counts = !known.counts;
        let is_float_back = known.counts && known.is_float;
        let amendment =
            if known.counts { Amendment::Reinstate(known.id) } else { Amendment::Withdraw(known.id) };
        if is_float_back {
            // It takes the place of what was said to lie there.
            self.periods[at].said = None;
        }
        self.correct(at, amendment);
    }

    /// Of one drawer alone: of several nobody says which of them it lay in.
    fn say_opening(&mut self, period: usize, off: i64) {
        let closed = self.periods.len() - 1;
        if closed == 0 {
            return;
        }
        let at = period % closed;
        let [no] = self.periods[at].drawers[..] else { return };
        let new = self.opening(at)[&no] + off;
        self.correct(at, Amendment::OpeningCash(minor(new)));
        let period = &mut self.periods[at];
        if period.has_float(None) {
            period.beside_floats += off;
        } else {
            period.said = Some(new);
        }
    }

    fn correct_count(&mut self, period: usize, off: i64) {
        let closed = self.periods.len() - 1;
        if closed == 0 {
            return;
        }
        let at = period % closed;
        let closure = self.periods[at].closure.clone().unwrap();
        let new = closure.float_left() + minor(off);
        self.correct(at, Amendment::CountedCash(new));
        // Of several drawers that were counted one by one, what each was left with was declared.
        if closure.drawers.is_empty() || closure.counted_cash.is_none() {
            let left = |no: u8| {
                let drawer = closure.drawers.iter().find(|drawer| drawer.no.0 == no);
                drawer.map_or(closure.float_left(), |drawer| drawer.left).minor()
            };
            let mut lies: Amounts = self.periods[at].drawers.iter().map(|no| (*no, left(*no))).collect();
            *lies.entry(self.periods[at].drawers[0]).or_default() += off;
            self.periods[at].left = lies;
        }
    }

    /// One drawer for everybody, then one that is named so, then one for the cashier beside it, then one for the manager.
    fn name_drawers(&mut self, count: usize) {
        let at = self.periods.len() - 1;
        let period = &self.periods[at];
        if at == 0 || !period.began.is_empty() || !period.documents.is_empty() {
            return;
        }
        let people = [BTreeSet::new(), BTreeSet::from([self.id(0)]), BTreeSet::from([self.id(1)])];
        let drawers = (1..).zip(people).take(count).map(|(no, cashiers)| Drawer {
            no: DrawerNo(no),
            cashiers,
            opening: minor(brought(no)),
        });
        self.log_in(2);
        let mut settings = self.shop.till.settings().clone();
        settings.drawers = drawers.collect();
        self.shop.till.change_settings(settings).unwrap();
        self.open().drawers = (1..).take(count.max(1)).collect();
    }

    fn check(&self) {
        let at = self.periods.len() - 1;
        let states = self.shop.till.drawers().unwrap();
        let opening: Amounts =
            states.iter().map(|state| (state.drawer.no.0, state.drawer.opening.minor())).collect();
        assert_eq!(opening, self.opening(at), "the open period");
        let is_own = |(no, _): &(u8, i64)| !self.periods[at].began.contains_key(no);
        let [lies, kept] =
            [self.expected(), self.left(at)].map(|all| all.into_iter().filter(is_own).collect::<Amounts>());
        assert_eq!(lies, kept, "what should lie in the drawers that nobody handed on");
        for (at, period) in self.periods.iter().enumerate() {
            let Some(closure) = &period.closure else { continue };
            let stands = self.shop.till.corrected(closure.number()).unwrap();
            let sum = |amounts: Amounts| minor(amounts.into_values().sum());
            assert_eq!(stands.opening_cash, sum(self.opening(at)), "the opening of period {at}");
            assert_eq!(stands.float_left(closure), sum(self.left(at)), "what period {at} left");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_period_begins_with_what_the_corrected_books_say_was_left(
        steps in prop::collection::vec(any_step(), 1..60),
    ) {
        let books = steps.iter().fold(Books::new(), Books::step);
        whole(&books.shop.restarted());
    }
}
