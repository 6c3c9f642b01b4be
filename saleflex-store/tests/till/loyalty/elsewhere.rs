//! Points that somebody else keeps: asked for, held there, told of, and limited while that one is away.

mod returns;
mod turned;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use saleflex_core::{
    document::Command,
    ids::{CustomerId, DocumentId},
    loyalty::{
        AuthorityError, CompletedSale, HoldRefusal, Mode, Occasion, PointsAuthority, PointsKind, Program,
        RefundRecord, SaleRecord, Standing, Who,
    },
    quantity::{Percent, Points},
};
use saleflex_store::{Error, customer::NewCustomer, request::Note};

use super::{available, club, give_back, grace, sold, whole};
use crate::support::shop::{ADMIN, CASHIER, Shop, cash, minor, sell, suspend};

const LIMIT: Points = Points::new(30);
const GATE: Mode = Mode::Gate { offline_limit: LIMIT };
const EXTERNAL: Mode = Mode::External { offline_limit: LIMIT };

/// What the other one has in its books.
#[derive(Default)]
struct Book {
    is_away: bool,
    balance: i64,
    held: BTreeMap<DocumentId, i64>,
    tier: Option<String>,
    is_welcomed: bool,
    /// Earned and redeemed of sales; taken back and given back of refunds.
    told: Vec<(&'static str, i64, i64)>,
}

#[derive(Clone, Default)]
struct Keeper(Arc<Mutex<Book>>);

impl Keeper {
    fn with(balance: i64) -> Self {
        let keeper = Self::default();
        keeper.0.lock().unwrap().balance = balance;
        keeper
    }

    fn be_away(&self, is_away: bool) {
        self.0.lock().unwrap().is_away = is_away;
    }

    fn told(&self) -> Vec<(&'static str, i64, i64)> {
        self.0.lock().unwrap().told.clone()
    }

    fn held(&self) -> i64 {
        self.0.lock().unwrap().held.values().sum()
    }

    fn does<T>(
        &self,
        customer: CustomerId,
        act: impl FnOnce(&mut Book) -> Result<T, AuthorityError>,
    ) -> Result<Standing, AuthorityError> {
        let mut book = self.0.lock().unwrap();
        if book.is_away {
            return Err(AuthorityError::Unreachable);
        }
        act(&mut book)?;
        let (balance, held) = (book.balance, book.held.values().sum::<i64>());
        Ok(Standing {
            customer,
            balance: Points::new(balance),
            available: Points::new(balance - held),
            tier: book.tier.clone(),
            is_welcomed: book.is_welcomed,
        })
    }
}

impl PointsAuthority for Keeper {
    fn lookup(&mut self, who: &Who) -> Result<Standing, AuthorityError> {
        let Who::Customer(customer) = who else { return Err(AuthorityError::Unknown) };
        self.does(*customer, |_| Ok(()))
    }

    fn reserve(
        &mut self,
        customer: CustomerId,
        document: DocumentId,
        points: Points,
    ) -> Result<Standing, AuthorityError> {
        self.does(customer, |book| {
            let before = book.held.remove(&document).unwrap_or_default();
            let available = Points::new(book.balance - book.held.values().sum::<i64>());
            if points > available {
                book.held.insert(document, before);
                return Err(HoldRefusal::NotEnough { asked: points, available }.into());
            }
            Ok(book.held.insert(document, points.get()))
        })
    }

    fn release(&mut self, customer: CustomerId, document: DocumentId) -> Result<Standing, AuthorityError> {
        self.does(customer, |book| Ok(book.held.remove(&document)))
    }

    fn commit(&mut self, sale: &CompletedSale, _: Occasion) -> Result<Standing, AuthorityError> {
        self.does(sale.customer, |book| {
            book.held.remove(&sale.document);
            book.balance += sale.earned.get() - sale.redeemed.get();
            book.told.push(("sale", sale.earned.get(), sale.redeemed.get()));
            Ok(())
        })
    }

    fn reverse(
        &mut self,
        sale: &SaleRecord,
        refund: &RefundRecord,
        _: Occasion,
    ) -> Result<Standing, AuthorityError> {
        let (taken, given) = (refund.reversal.taken_back.get(), refund.reversal.given_back.get());
        self.does(sale.customer, |book| {
            book.balance += given - taken;
            book.told.push(("refund", taken, given));
            Ok(())
        })
    }
}

fn kept_by(mode: Mode, keeper: &Keeper) -> Shop {
    let mut shop = club(|program| program.mode = mode);
    shop.till.set_points_authority(Some(Box::new(keeper.clone())));
    shop
}

/// A sale of 120.00 to Grace is open; answers what is to be known of it.
fn begun(shop: &mut Shop) -> Vec<Note> {
    let id = grace(shop);
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(id)).unwrap().notes().to_vec()
}

fn redeem(shop: &mut Shop, points: i64) -> Result<(), Error> {
    shop.till.redeem_points(Points::new(points)).map(drop)
}

fn is_away(refused: &Result<(), Error>) -> bool {
    matches!(refused, Err(Error::PointsAuthority(AuthorityError::Unreachable)))
}

#[test]
fn a_till_offers_as_many_points_as_whoever_keeps_them_says() {
    let keeper = Keeper::with(900);
    let mut shop = kept_by(GATE, &keeper);
    let id = grace(&shop);
    assert_eq!(available(&shop, id), 500, "nobody was asked yet");
    assert_eq!(begun(&mut shop), []);
    assert_eq!(available(&shop, id), 900);
    assert_eq!(shop.till.worth_of_points(Points::new(1_000)).unwrap().points, Points::new(900));
    redeem(&mut shop, 900).unwrap();
    assert_eq!(keeper.held(), 900);
    let done = shop.execute(cash());
    let snapshot = shop.till.points_of(done.completed()[0].document().id).unwrap().unwrap();
    assert_eq!((snapshot.balance_before, snapshot.redeemed), (Points::new(900), Points::new(900)));
    let earned = snapshot.earned.get();
    assert_eq!(
        (available(&shop, id), shop.till.points_balance(id).unwrap()),
        (earned, Some(Points::new(earned)))
    );
    assert_eq!(keeper.told(), [], "a hub is told by the sale itself");
    whole(&shop);
    // Fewer than the till itself booked are no more than there are.
    let keeper = Keeper::with(40);
    let mut shop = kept_by(GATE, &keeper);
    begun(&mut shop);
    assert_eq!(shop.till.worth_of_points(Points::new(500)).unwrap().points, Points::new(40));
}

#[test]
fn a_till_gives_no_welcome_to_whom_its_keeper_has_welcomed() {
    for is_welcomed in [false, true] {
        let keeper = Keeper::with(900);
        keeper.0.lock().unwrap().is_welcomed = is_welcomed;
        let mut shop = club(|program| (program.mode, program.welcome) = (GATE, Points::new(200)));
        shop.till.set_points_authority(Some(Box::new(keeper)));
        for (code, is_enrolled) in [("N1", false), ("N2", true)] {
            let id = shop.till.add_customer(&NewCustomer::named(code, "Ida Rhodes")).unwrap();
            if is_enrolled {
                shop.till.enrol(id).unwrap();
            } else {
                shop.execute(sell("D"));
                shop.till.assign_customer(Some(id)).unwrap();
                shop.execute(Command::Cancel { reason: None });
            }
            let expected = Points::new(if is_welcomed { 900 } else { 1_100 });
            assert_eq!(shop.till.points_balance(id).unwrap(), Some(expected), "{code}, {is_welcomed}");
            assert_eq!(shop.till.point_movements(id, 10).unwrap().is_empty(), is_welcomed, "{code}");
        }
        whole(&shop);
    }
}

#[test]
fn a_tier_is_that_of_whoever_keeps_the_points_on_the_sale_and_its_campaigns_also_while_that_one_is_away() {
    let keeper = Keeper::with(900);
    keeper.0.lock().unwrap().tier = Some("TOP".to_owned());
    let mut shop = club(|program| {
        program.mode = GATE;
        program.tiers[1].discount = Percent::parse("10").ok();
    });
    shop.till.set_points_authority(Some(Box::new(keeper.clone())));
    let id = grace(&shop);
    let tier = |shop: &Shop| shop.till.membership(id).unwrap().unwrap().tier.unwrap();
    assert_eq!(tier(&shop), "BASE", "by what this till knows");
    begun(&mut shop);
    assert_eq!((tier(&shop).as_str(), shop.till.draft().unwrap().totals.net_due), ("TOP", minor(10_800)));
    let sale = shop.execute(cash()).completed()[0].document().id;
    assert_eq!(
        shop.till.points_of(sale).unwrap().unwrap().tier.as_deref(),
        Some("TOP"),
        "as the receipt says"
    );
    // Neither a sale nor a new day by what is known here alone takes it away.
    keeper.be_away(true);
    shop.clock.advance(chrono::Duration::days(1));
    let mut shop = shop.restarted();
    shop.log_in(CASHIER);
    sold(&mut shop, id, "1", 0);
    assert_eq!(tier(&shop), "TOP");
    keeper.be_away(false);
    keeper.0.lock().unwrap().tier = Some("BASE".to_owned());
    shop.till.set_points_authority(Some(Box::new(keeper.clone())));
    begun(&mut shop);
    assert_eq!(tier(&shop), "BASE");
    shop.execute(Command::Cancel { reason: None });
    whole(&shop);
}

#[test]
fn a_till_says_so_where_whoever_keeps_the_points_does_not_answer_and_asks_again_before_it_refuses() {
    let keeper = Keeper::with(900);
    let mut shop = kept_by(GATE, &keeper);
    keeper.be_away(true);
    assert_eq!(begun(&mut shop), [Note::PointsAway { most: LIMIT }]);
    assert_eq!(shop.till.worth_of_points(Points::new(500)).unwrap().points, LIMIT);
    assert!(is_away(&redeem(&mut shop, 31)));
    keeper.be_away(false);
    redeem(&mut shop, 600).unwrap();
    assert_eq!(keeper.held(), 600);
    // Parked and taken up while it is away, the document has what is held for it.
    shop.execute(suspend());
    keeper.be_away(true);
    assert_eq!(begun(&mut shop), [Note::PointsAway { most: LIMIT }]);
    shop.execute(Command::Cancel { reason: None });
    shop.till.resume(shop.till.suspended().unwrap()[0].id).unwrap();
    assert_eq!(shop.till.draft().unwrap().redeemed_points(), Points::new(600));
    keeper.be_away(false);
    shop.execute(Command::Cancel { reason: None });
    assert_eq!(keeper.held(), 0);
    whole(&shop);
}

#[test]
fn whoever_keeps_the_points_is_asked_anew_when_a_parked_sale_is_taken_up() {
    let keeper = Keeper::with(900);
    let mut shop = kept_by(GATE, &keeper);
    let id = grace(&shop);
    begun(&mut shop);
    shop.execute(suspend());
    // They are spent at another till meanwhile.
    keeper.0.lock().unwrap().balance = 40;
    let taken_up = |shop: &mut Shop| {
        let parked = shop.till.suspended().unwrap()[0].id;
        shop.till.resume(parked).unwrap().notes().to_vec()
    };
    assert_eq!(taken_up(&mut shop), []);
    assert_eq!(available(&shop, id), 40);
    assert_eq!(shop.till.worth_of_points(Points::new(500)).unwrap().points, Points::new(40));
    shop.execute(suspend());
    keeper.be_away(true);
    assert_eq!(taken_up(&mut shop), [Note::PointsAway { most: LIMIT }], "and whoever sells hears of silence");
    shop.execute(cash());
    whole(&shop);
}

#[test]
fn what_parked_documents_hold_counts_against_the_limit_and_what_was_spent_with_leave_does_not_after_a_restart()
 {
    let keeper = Keeper::with(900);
    let mut shop = kept_by(GATE, &keeper);
    begun(&mut shop);
    redeem(&mut shop, 100).unwrap();
    shop.execute(cash());
    // From here on the till is on its own.
    let mut shop = shop.restarted();
    shop.log_in(CASHIER);
    assert_eq!(begun(&mut shop), [Note::PointsAway { most: LIMIT }]);
    redeem(&mut shop, 20).unwrap();
    shop.execute(suspend());
    begun(&mut shop);
    assert!(is_away(&redeem(&mut shop, 11)), "the parked sale holds 20");
    redeem(&mut shop, 10).unwrap();
    shop.execute(cash());
    let mut shop = shop.restarted();
    shop.log_in(CASHIER);
    assert_eq!(begun(&mut shop), [Note::PointsAway { most: Points::new(0) }]);
    assert!(is_away(&redeem(&mut shop, 1)));
    shop.execute(Command::Cancel { reason: None });
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.till.resume(parked).unwrap();
    shop.execute(cash());
    whole(&shop);
}

#[test]
fn a_keeper_that_is_no_hub_is_told_of_sales_and_refunds_once_it_answers() {
    let keeper = Keeper::with(900);
    let mut shop = kept_by(EXTERNAL, &keeper);
    let id = grace(&shop);
    let sale = sold(&mut shop, id, "4", 200);
    assert_eq!((keeper.told(), keeper.held()), (vec![("sale", 8, 200)], 0));
    keeper.be_away(true);
    give_back(&mut shop, sale, "1");
    give_back(&mut shop, sale, "3");
    sold(&mut shop, id, "4", 0);
    assert_eq!((keeper.told().len(), shop.till.untold_points().unwrap()), (1, 3));
    let mut shop = shop.restarted();
    shop.log_in(CASHIER);
    assert_eq!(shop.till.untold_points().unwrap(), 3, "what is to be told waits in the file");
    keeper.be_away(false);
    shop.till.set_points_authority(Some(Box::new(keeper.clone())));
    begun(&mut shop);
    shop.execute(cash());
    let told = keeper.told();
    assert_eq!(told[..4], [("sale", 8, 200), ("refund", 2, 50), ("refund", 6, 150), ("sale", 10, 0)]);
    assert_eq!((told.len(), shop.till.untold_points().unwrap()), (5, 0));
    assert_eq!(shop.till.points_balance(id).unwrap(), Some(Points::new(keeper.0.lock().unwrap().balance)));
    whole(&shop);
}

#[test]
fn points_that_were_held_for_a_command_that_is_refused_are_let_go() {
    let keeper = Keeper::with(900);
    let mut shop = kept_by(GATE, &keeper);
    begun(&mut shop);
    redeem(&mut shop, 100).unwrap();
    let disk = rusqlite::Connection::open(shop.path()).unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'full'); END";
    disk.execute_batch(full).unwrap();
    assert!(redeem(&mut shop, 50).is_err());
    assert_eq!(keeper.held(), 100, "as many as before");
    disk.execute_batch("DROP TRIGGER full").unwrap();
    shop.execute(Command::Cancel { reason: None });
    assert_eq!(keeper.held(), 0);
    whole(&shop);
}

#[test]
fn a_sale_keeps_the_balance_that_is_known_also_where_no_more_may_be_spent_of_it_now() {
    let keeper = Keeper::with(900);
    let mut shop = kept_by(GATE, &keeper);
    let id = grace(&shop);
    keeper.be_away(true);
    assert_eq!(begun(&mut shop), [Note::PointsAway { most: LIMIT }]);
    assert_eq!(shop.till.most_while_away().unwrap(), Some(LIMIT));
    redeem(&mut shop, 20).unwrap();
    shop.execute(suspend());
    begun(&mut shop);
    redeem(&mut shop, 10).unwrap();
    let done = shop.execute(cash());
    let snapshot = shop.till.points_of(done.completed()[0].document().id).unwrap().unwrap();
    // 500 are known here, 30 of them may be spent, 20 of these are held by the parked sale.
    assert_eq!((snapshot.balance_before, snapshot.redeemed), (Points::new(500), Points::new(10)));
    assert_eq!(snapshot.balance_after, Points::new(490) + snapshot.earned);
    assert_eq!(shop.till.points_balance(id).unwrap(), Some(snapshot.balance_after));
    whole(&shop);
}

/// An administrator changes the program, and the cashier goes on.
fn change_program(shop: &mut Shop, change: impl FnOnce(&mut Program)) {
    shop.log_in(ADMIN);
    let mut program = shop.till.programs()[0].clone();
    change(&mut program);
    shop.till.save_program(program).unwrap();
    shop.log_in(CASHIER);
}

#[test]
fn what_was_redeemed_while_the_till_kept_the_points_counts_against_no_limit_of_whoever_keeps_them_since() {
    let mut shop = club(|_| ());
    let id = grace(&shop);
    sold(&mut shop, id, "4", 200);
    change_program(&mut shop, |program| program.mode = GATE);
    assert_eq!(begun(&mut shop), [Note::PointsAway { most: LIMIT }]);
    assert!(is_away(&redeem(&mut shop, 31)));
    redeem(&mut shop, 20).unwrap();
    shop.execute(cash());
    // What was redeemed since counts, also after something else of the program changed.
    change_program(&mut shop, |program| program.welcome = Points::new(1));
    assert_eq!(begun(&mut shop), [Note::PointsAway { most: Points::new(10) }]);
    shop.execute(Command::Cancel { reason: None });
    whole(&shop);
}

#[test]
fn points_that_another_keeps_run_out_there_and_not_at_a_till() {
    let keeper = Keeper::with(10);
    let mut shop = kept_by(EXTERNAL, &keeper);
    change_program(&mut shop, |program| program.expiry_days = Some(10));
    let id = grace(&shop);
    sold(&mut shop, id, "4", 0);
    let booked = shop.till.membership(id).unwrap().unwrap().balance();
    shop.clock.advance(chrono::Duration::days(11));
    shop.log_in(CASHIER);
    sold(&mut shop, id, "4", 0);
    let rows = shop.till.point_movements(id, 100).unwrap();
    assert!(rows.iter().all(|row| row.kind != PointsKind::Expired), "{rows:?}");
    // As long as nobody says what is left, what ran out is not there to be spent.
    change_program(&mut shop, |program| program.welcome = Points::new(1));
    assert_eq!(shop.till.membership(id).unwrap().unwrap().balance(), booked + Points::new(10));
    keeper.be_away(true);
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(id)).unwrap();
    let snapshot = shop.execute(cash()).completed()[0].document().id;
    assert_eq!(shop.till.points_of(snapshot).unwrap().unwrap().balance_before, booked);
    whole(&shop);
}
