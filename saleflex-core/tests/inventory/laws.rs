//! What holds whatever happens.

use proptest::prelude::*;
use saleflex_core::{
    ids::{LocationId, ProductId},
    inventory::{
        AdjustmentKind, Applied, Book, Command, IssueKind, MovementKind, Posting, Stock,
        command::{Adjust, Issue, ReceiveLine, SetApart},
        pick,
    },
};

use super::support::*;

#[derive(Clone, Debug)]
enum Step {
    Receive(ProductId, LocationId, Stock, Option<(u8, u32)>),
    Transfer(ProductId, LocationId, LocationId, Stock),
    Adjust(ProductId, LocationId, Stock),
    Waste(ProductId, LocationId, Stock),
    SetApart(ProductId, LocationId, Stock, bool),
    Document(MovementKind, ProductId, Stock),
    NextDay,
}

fn any_location() -> impl Strategy<Value = LocationId> {
    prop::sample::select(vec![SALES, BACK, MAIN, CLOSED])
}

fn any_quantity() -> impl Strategy<Value = Stock> {
    (-2_i32..40).prop_map(Stock::whole)
}

fn any_step() -> impl Strategy<Value = Step> {
    let product = || prop::sample::select(vec![APPLES, MILK, BREAD]);
    let kind = prop::sample::select(vec![
        MovementKind::Sale,
        MovementKind::Return,
        MovementKind::Reserve,
        MovementKind::Release,
    ]);
    prop_oneof![
        (product(), any_location(), any_quantity(), prop::option::of((0_u8..4, 8_u32..30)))
            .prop_map(|(p, l, n, batch)| Step::Receive(p, l, n, batch)),
        (product(), any_location(), any_location(), any_quantity())
            .prop_map(|(p, from, to, n)| Step::Transfer(p, from, to, n)),
        (product(), any_location(), any_quantity()).prop_map(|(p, l, n)| Step::Adjust(p, l, n)),
        (product(), any_location(), any_quantity()).prop_map(|(p, l, n)| Step::Waste(p, l, n)),
        (product(), any_location(), any_quantity(), any::<bool>())
            .prop_map(|(p, l, n, mended)| Step::SetApart(p, l, n, mended)),
        (kind, product(), (1_i32..20).prop_map(Stock::whole)).prop_map(|(k, p, n)| Step::Document(k, p, n)),
        Just(Step::NextDay),
    ]
}

fn command(step: &Step) -> Option<Command> {
    Some(match step.clone() {
        Step::Receive(product, location, quantity, dated) => {
            let batch = dated.map(|(no, last)| batch(&format!("B{no}-{last}"), Some(day(last))));
            let quantity = quantity.to_string();
            receipt(location, ReceiveLine { batch, ..line(product.into(), &quantity) })
        }
        Step::Transfer(product, from, to, quantity) => {
            let lines = vec![taken(product, &quantity.to_string())];
            Command::Transfer(saleflex_core::inventory::command::Transfer { from, to, lines, reason: None })
        }
        Step::Adjust(product, location, counted) => Command::Adjust(Adjust {
            place: at(product, location),
            kind: AdjustmentKind::PhysicalCount,
            expected: None,
            counted,
            batch: None,
            serials: Vec::new(),
            reason: None,
        }),
        Step::Waste(product, location, quantity) => Command::Issue(Issue {
            kind: IssueKind::Broken,
            location,
            lines: vec![taken(product, &quantity.to_string())],
            reason: "broken".into(),
        }),
        Step::SetApart(product, location, quantity, mended) => {
            let place = at(product, location);
            Command::SetApart(SetApart { place, quantity, batch: None, mended, reason: None })
        }
        Step::Document(..) | Step::NextDay => return None,
    })
}

/// Everything that was posted, and the shop afterwards.
fn play(steps: &[Step]) -> (Shop, Vec<Posting>) {
    let mut shop = Shop::open();
    let mut postings = Vec::new();
    let mut today = 10;
    for step in steps {
        match step {
            Step::Document(kind, product, quantity) => {
                postings.push(shop.sell(&[moved(*kind, *product, &quantity.to_string())]));
            }
            Step::NextDay => {
                today = 28.min(today + 1);
                shop.moment = moment(today);
            }
            Step::Receive(..)
            | Step::Transfer(..)
            | Step::Adjust(..)
            | Step::Waste(..)
            | Step::SetApart(..) => {
                postings.extend(command(step).and_then(|command| shop.run(&command).ok()));
            }
        }
    }
    (shop, postings)
}

fn total(book: &Book, product: ProductId) -> Stock {
    book.levels_of(product.into()).map(|(_, level)| level.on_hand).sum()
}

proptest! {
    #[test]
    fn levels_are_the_fold_of_what_moved_in_any_order_of_arrival(
        (steps, seed) in (prop::collection::vec(any_step(), 0..30), any::<u64>())
    ) {
        let (shop, mut postings) = play(&steps);
        let mut key = seed;
        postings.sort_by_cached_key(|_| {
            key = key.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            key
        });
        let mut arrived = Book::default();
        for posting in postings.iter().chain(&postings) {
            let first = !arrived.has(posting.id);
            prop_assert_eq!(arrived.apply(posting) == Applied::Now, first);
        }
        prop_assert_eq!(arrived, shop.book);
    }

    #[test]
    fn a_transfer_neither_makes_nor_loses_goods(steps in prop::collection::vec(any_step(), 0..30)) {
        let (mut shop, _) = play(&steps);
        let before = [APPLES, MILK, BREAD].map(|product| total(&shop.book, product));
        for (product, from, to) in [(APPLES, SALES, BACK), (MILK, MAIN, SALES), (BREAD, BACK, MAIN)] {
            let _ = shop.transfer(product, from, to, "1");
        }
        prop_assert_eq!(before, [APPLES, MILK, BREAD].map(|product| total(&shop.book, product)));
    }

    #[test]
    fn available_is_on_hand_less_reserved_damaged_and_expired(
        steps in prop::collection::vec(any_step(), 0..30),
        today in 8_u32..30,
    ) {
        let (shop, _) = play(&steps);
        for (_, level) in shop.book.levels() {
            let free = level.on_hand - level.reserved - level.damaged - level.expired(day(today));
            prop_assert_eq!(level.available(day(today)), free.max(Stock::ZERO));
            let in_batches: Stock = level.batches.values().map(|batch| batch.on_hand).sum();
            prop_assert_eq!(in_batches + level.unbatched(), level.on_hand);
        }
    }

    #[test]
    fn a_count_that_finds_what_the_books_say_changes_nothing(steps in prop::collection::vec(any_step(), 0..30)) {
        let (mut shop, _) = play(&steps);
        let places: Vec<_> = shop.book.levels().map(|(place, level)| (place, level.clone())).collect();
        for (place, before) in places {
            let counted = Step::Adjust(place.item.product, place.location, before.on_hand);
            let _ = shop.run(&command(&counted).unwrap());
            prop_assert_eq!(shop.book.level(place), Some(&before));
        }
    }

    #[test]
    fn what_is_picked_adds_up_and_takes_no_more_of_a_batch_than_it_has(
        steps in prop::collection::vec(any_step(), 0..30),
        wanted in 1_i32..100,
    ) {
        let (shop, _) = play(&steps);
        for (_, level) in shop.book.levels() {
            let picked = pick(level, Stock::whole(wanted), day(15));
            prop_assert_eq!(picked.iter().map(|(_, part)| *part).sum::<Stock>(), Stock::whole(wanted));
            for (batch, part) in &picked {
                prop_assert!(part.is_positive());
                if let Some(batch) = batch {
                    prop_assert!(*part <= level.batches[&batch.no].sound());
                }
            }
        }
    }
}
