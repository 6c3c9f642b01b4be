//! Whatever is done with goods in whatever order, levels are what a naive list of sums says.

use std::collections::BTreeMap;

use proptest::prelude::*;
use saleflex_core::{
    ids::{LocationId, ProductId, TransferId},
    inventory::{
        IssueKind, Stock, Tracking,
        command::Command,
        transfer::{Arrival, Loss},
    },
};
use saleflex_store::verify::Verification;

use crate::support::{
    goods::{adjust, at_cost, back, floor, issue, location, of_batch, receive, take, transfer},
    shop::{ADMIN, Shop, cash, product, sell_some, suspend},
};

#[derive(Clone, Debug)]
enum Step {
    Receive(usize, usize, i32),
    ReceiveBatch(usize, u8),
    Waste(usize, usize, i32),
    Transfer(usize, usize, usize, i32),
    Send(usize, usize, usize, i32),
    Arrive(i32),
    Adjust(usize, usize, i32),
    Sell(usize, i32),
    Park(usize),
    Restart,
}

fn any_step() -> impl Strategy<Value = Step> {
    let (item, place, count) = (|| 0_usize..4, || 0_usize..3, || -1_i32..30);
    prop_oneof![
        (item(), place(), count()).prop_map(|(item, at, n)| Step::Receive(item, at, n)),
        (place(), 0_u8..3).prop_map(|(at, no)| Step::ReceiveBatch(at, no)),
        (item(), place(), count()).prop_map(|(item, at, n)| Step::Waste(item, at, n)),
        (item(), place(), place(), count()).prop_map(|(item, from, to, n)| Step::Transfer(item, from, to, n)),
        (item(), place(), place(), count()).prop_map(|(item, from, to, n)| Step::Send(item, from, to, n)),
        count().prop_map(Step::Arrive),
        (item(), place(), count()).prop_map(|(item, at, n)| Step::Adjust(item, at, n)),
        (item(), 1_i32..6).prop_map(|(item, n)| Step::Sell(item, n)),
        item().prop_map(Step::Park),
        Just(Step::Restart),
    ]
}

const CODES: [&str; 4] = ["A", "B", "C", "D"];
/// The one that is kept in batches, of which there is nothing at first.
const IN_BATCHES: usize = 1;

/// What there should be, as plain sums.
#[derive(Default)]
struct Naive {
    sums: BTreeMap<(ProductId, LocationId), i32>,
    on_the_way: Option<(TransferId, ProductId, LocationId, i32)>,
}

impl Naive {
    fn add(&mut self, item: usize, at: LocationId, change: i32) {
        *self.sums.entry((product(CODES[item]), at)).or_default() += change;
    }
}

struct Run {
    shop: Shop,
    places: [LocationId; 3],
    naive: Naive,
}

impl Run {
    fn new() -> Self {
        let mut shop = Shop::open();
        shop.log_in(ADMIN);
        shop.till.set_tracking(product(CODES[IN_BATCHES]), Tracking::Batches).unwrap();
        let places = [floor(&shop), back(&shop), location(&shop, "COLD-001-A")];
        let mut naive = Naive::default();
        for (item, level) in [(0, 100), (2, 3), (3, 10)] {
            naive.add(item, places[0], level);
        }
        Self { shop, places, naive }
    }

    fn is_kept(&self, item: usize) -> bool {
        self.naive.sums.keys().any(|(known, _)| *known == product(CODES[item]))
    }

    fn moves(&mut self, command: &Command) -> bool {
        self.shop.till.move_goods(command, None).is_ok()
    }

    fn step(mut self, step: &Step) -> Self {
        let places = self.places;
        match *step {
            Step::Receive(item, at, n) => {
                let lines = vec![at_cost(product(CODES[item]), n, "1.25")];
                if self.moves(&receive(places[at], lines)) {
                    self.naive.add(item, places[at], n);
                }
            }
            Step::ReceiveBatch(at, no) => {
                let expiry = format!("2025-05-0{}", no + 1);
                let line = of_batch(product(CODES[IN_BATCHES]), 5, &format!("L{no}"), &expiry);
                if self.moves(&receive(places[at], vec![line])) {
                    self.naive.add(IN_BATCHES, places[at], 5);
                }
            }
            Step::Waste(item, at, n) => {
                if self.moves(&issue(IssueKind::Spoilt, places[at], vec![take(product(CODES[item]), n)])) {
                    self.naive.add(item, places[at], -n);
                }
            }
            Step::Transfer(item, from, to, n) => {
                let (from, to) = (places[from], places[to]);
                if self.moves(&Command::Transfer(transfer(from, to, vec![take(product(CODES[item]), n)]))) {
                    self.naive.add(item, from, -n);
                    self.naive.add(item, to, n);
                }
            }
            Step::Send(item, from, to, n) => self.send(item, places[from], places[to], n),
            Step::Arrive(n) => self.arrive(n),
            Step::Adjust(item, at, n) => {
                if self.moves(&adjust(product(CODES[item]), places[at], n)) {
                    self.naive.sums.insert((product(CODES[item]), places[at]), n);
                }
            }
            Step::Sell(item, n) => self.sell(item, n),
            Step::Park(item) => {
                if self.shop.till.execute(sell_some(CODES[item], "1")).is_ok() {
                    self.shop.execute(suspend());
                }
            }
            Step::Restart => {
                self.shop = self.shop.restarted();
                self.shop.log_in(ADMIN);
            }
        }
        self
    }

    fn send(&mut self, item: usize, from: LocationId, to: LocationId, n: i32) {
        if self.naive.on_the_way.is_some() {
            return;
        }
        let command = transfer(from, to, vec![take(product(CODES[item]), n)]);
        if let Ok((sent, _)) = self.shop.till.send_goods(&command, None)
            && sent.lines.len() == 1
        {
            self.naive.on_the_way = Some((sent.id, product(CODES[item]), to, n));
            self.naive.add(item, from, -n);
        } else if let Some((_, all)) = self.shop.till.transfers(true).unwrap().pop() {
            // What left out of several batches is given up at once.
            self.naive.add(item, from, -n);
            self.naive.add(item, to, 0);
            self.shop.till.take_in_goods(all.id, &[], Some(Loss::of_all("lost")), None).unwrap();
        }
    }

    fn arrive(&mut self, n: i32) {
        let Some((id, product, to, left)) = self.naive.on_the_way else { return };
        let arrival = Arrival { line: 0, quantity: Stock::whole(n), serials: Vec::new() };
        let arrived = self.shop.till.take_in_goods(id, &[arrival], None, None);
        assert_eq!(arrived.is_ok(), (1..=left).contains(&n), "{n} of {left}");
        if arrived.is_ok() {
            *self.naive.sums.entry((product, to)).or_default() += n;
            self.naive.on_the_way = (left > n).then_some((id, product, to, left - n));
        }
    }

    fn sell(&mut self, item: usize, n: i32) {
        if self.shop.till.execute(sell_some(CODES[item], &n.to_string())).is_ok() {
            self.shop.execute(cash());
            if self.is_kept(item) {
                self.naive.add(item, self.places[0], -n);
            }
        }
    }

    fn check(&self) {
        for code in CODES {
            let stored: BTreeMap<_, _> = self
                .shop
                .till
                .stock_levels(product(code).into())
                .unwrap()
                .into_iter()
                .map(|(place, level)| ((place.item.product, place.location), level.on_hand))
                .collect();
            let expected: BTreeMap<_, _> = self
                .naive
                .sums
                .iter()
                .filter(|((known, _), _)| *known == product(code))
                .map(|(key, sum)| (*key, Stock::whole(*sum)))
                .collect();
            assert_eq!(stored, expected, "{code}");
        }
        let verification = self.shop.till.verify().unwrap();
        assert!(matches!(verification, Verification::Whole(_)), "{verification:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn levels_are_the_sums_of_what_moved_whatever_was_done(steps in prop::collection::vec(any_step(), 1..40)) {
        steps.iter().fold(Run::new(), Run::step).check();
    }
}
