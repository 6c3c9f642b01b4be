//! Points that somebody else keeps, as the cashier and the customer read of them.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use saleflex_core::{
    ids::{CustomerId, DocumentId},
    loyalty::{
        AuthorityError, CompletedSale, Mode, Occasion, PointsAuthority, RefundRecord, SaleRecord, Standing,
        Who,
    },
    quantity::Points,
};

use crate::common::harness::Shop;

/// Says the same of everybody, whatever it is told.
struct Keeper(Arc<AtomicI64>);

impl Keeper {
    fn says(&self, customer: CustomerId) -> Standing {
        let balance = Points::new(self.0.load(Ordering::Relaxed));
        Standing { customer, balance, available: balance, tier: None, is_welcomed: true }
    }
}

impl PointsAuthority for Keeper {
    fn lookup(&mut self, who: &Who) -> Result<Standing, AuthorityError> {
        let Who::Customer(customer) = who else { return Err(AuthorityError::Unknown) };
        Ok(self.says(*customer))
    }

    fn reserve(
        &mut self,
        customer: CustomerId,
        _: DocumentId,
        _: Points,
    ) -> Result<Standing, AuthorityError> {
        Ok(self.says(customer))
    }

    fn release(&mut self, customer: CustomerId, _: DocumentId) -> Result<Standing, AuthorityError> {
        Ok(self.says(customer))
    }

    fn commit(&mut self, sale: &CompletedSale, _: Occasion) -> Result<Standing, AuthorityError> {
        Ok(self.says(sale.customer))
    }

    fn reverse(
        &mut self,
        sale: &SaleRecord,
        _: &RefundRecord,
        _: Occasion,
    ) -> Result<Standing, AuthorityError> {
        Ok(self.says(sale.customer))
    }
}

/// What the screen shows behind some words.
fn behind(shop: &Shop, words: &str) -> String {
    let screen = shop.screen();
    let found = screen.lines().find_map(|line| line.split_once(words)).unwrap_or_else(|| panic!("{screen}"));
    found.1.split_whitespace().next().unwrap_or_default().to_owned()
}

#[test]
fn the_receipt_of_a_return_says_what_is_there_with_whoever_keeps_the_points() {
    let mut shop = Shop::administered(120, 60);
    let mut program = shop.till().programs()[0].clone();
    program.mode = Mode::Gate { offline_limit: Points::new(100) };
    shop.till().save_program(program).unwrap();
    let balance = Arc::new(AtomicI64::new(1_200));
    shop.till().set_points_authority(Some(Box::new(Keeper(Arc::clone(&balance)))));
    shop.keys("1 '10*14101' enter f11 'C002' enter f10 k k enter");
    let sale = shop.settled().pop().unwrap().document().id;
    let earned = shop.till().points_of(sale).unwrap().unwrap().earned.get();
    assert!(earned > 0);
    // Another till moved points meanwhile.
    balance.store(5_000, Ordering::Relaxed);
    shop.keys("ctrl+b '1' enter space f10 k k enter ctrl+p");
    assert_eq!(behind(&shop, "Points taken back"), earned.to_string());
    assert_eq!(behind(&shop, "Points balance"), (5_000 - earned).to_string());
    assert_eq!(behind(&shop, "Points kept by"), "GATE");
}
