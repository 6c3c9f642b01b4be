//! The usage audit, and coupons looked for.

use saleflex_core::{
    campaign::{Batch, Coupon, CouponKind},
    document::{Command, ReturnLine},
    ids::{CouponId, DocumentId},
};
use saleflex_store::{Request, customer::NewCustomer, till::Validity};
use uuid::Uuid;

use crate::support::{
    promoted::{CODE, coupon, promoted, tenth, with_coupon},
    shop::{ADMIN, Shop, cash, minor, sell, sell_some, take_back},
};

fn sold_with_coupon(shop: &mut Shop) -> DocumentId {
    shop.execute(sell("D"));
    shop.execute(Command::EnterCoupon { entered: CODE.to_owned() });
    shop.execute(cash()).completed()[0].document().id
}

/// Brings the one line of a sale back for a reason.
fn bring_back(shop: &mut Shop, sale: DocumentId, why: &str) {
    let Command::ReturnLine(line) = take_back(1, "1") else { panic!("a returned line") };
    shop.approved(Request::begin_return(sale));
    shop.execute(Command::ReturnLine(ReturnLine { reason: Some(why.to_owned()), ..line }));
    shop.execute(cash());
}

#[test]
fn the_usage_audit_names_each_sale_and_the_reason_of_a_reversal() {
    let mut shop = promoted(vec![tenth(), with_coupon()]);
    let first = sold_with_coupon(&mut shop);
    bring_back(&mut shop, first, "wrong colour");
    let second = sold_with_coupon(&mut shop);
    shop.execute(sell("A"));
    shop.execute(cash());

    let uses = shop.till.coupon_uses(coupon().id, 10).unwrap();
    assert_eq!(uses.iter().map(|used| used.document).collect::<Vec<_>>(), [second, first]);
    assert_eq!(uses[0].taken_back, None);
    let back = uses[1].taken_back.as_ref().unwrap();
    assert_eq!(back.reason, "wrong colour");
    assert!(back.number.receipt > uses[1].number.receipt && uses[1].amount.is_positive());
    assert_eq!(uses[1].coupon_code.as_deref(), Some(CODE));

    let uses = shop.till.campaign_uses(tenth().id, 10).unwrap();
    assert_eq!(uses.len(), 3);
    assert_eq!((uses[0].amount, uses[0].coupon_code.as_deref()), (minor(25), None));
    assert_eq!(shop.till.campaign_uses(tenth().id, 1).unwrap(), uses[..1]);
    assert_eq!(shop.till.campaign_uses(with_coupon().id, 10).unwrap().len(), 2);
    // What counts is what was not taken back.
    assert_eq!(shop.till.campaign_count(tenth().id).uses, 2);
    shop.check_whole();
}

#[test]
fn what_went_back_with_goods_is_told_of_each_use() {
    let mut shop = promoted(vec![tenth()]);
    shop.execute(sell_some("A", "4"));
    let sale = shop.execute(cash()).completed()[0].document().id;
    let used = |shop: &Shop| {
        let used = &shop.till.campaign_uses(tenth().id, 10).unwrap()[0];
        (used.amount, used.went_back, used.taken_back.is_some())
    };
    assert_eq!(used(&shop), (minor(100), minor(0), false));
    let bring_back = |shop: &mut Shop, quantity: &str| {
        shop.approved(Request::begin_return(sale));
        shop.execute(take_back(1, quantity));
        shop.execute(cash());
    };
    bring_back(&mut shop, "1");
    assert_eq!(used(&shop), (minor(100), minor(25), false));
    assert_eq!(shop.till.campaign_count(tenth().id).uses, 1, "a use is given back with all of the goods");
    bring_back(&mut shop, "3");
    assert_eq!(used(&shop), (minor(100), minor(100), true));
    shop.check_whole();
}

#[test]
fn what_went_back_with_goods_is_told_of_a_coupon_too() {
    let mut shop = promoted(vec![tenth(), with_coupon()]);
    shop.execute(sell_some("A", "4"));
    shop.execute(Command::EnterCoupon { entered: CODE.to_owned() });
    let sale = shop.execute(cash()).completed()[0].document().id;
    let used = |shop: &Shop| {
        let used = &shop.till.coupon_uses(coupon().id, 10).unwrap()[0];
        (used.amount, used.went_back)
    };
    let (given, none) = used(&shop);
    assert!(given.is_positive() && none.is_zero());
    shop.approved(Request::begin_return(sale));
    shop.execute(take_back(1, "2"));
    shop.execute(cash());
    assert_eq!(used(&shop), (given, given.split(&[minor(1), minor(1)])[0]));
    shop.check_whole();
}

#[test]
fn coupons_are_found_by_words_of_their_code_their_campaign_and_whoever_holds_them() {
    let mut shop = promoted(vec![tenth(), with_coupon()]);
    shop.log_in(ADMIN);
    let holder = shop.till.find_customers("C1", 1).unwrap()[0].id;
    shop.till.add_customer(&NewCustomer::named("C12", "Ada Lovelace")).unwrap();
    let batch = |prefix: &str, kind| Batch { campaign: with_coupon().id, prefix: prefix.to_owned(), kind };
    shop.till.mint_coupons(&batch("SPRING", CouponKind::SingleUse), 3, Validity::default()).unwrap();
    let valid = Validity { holder: Some(holder), ..Validity::default() };
    let own = shop.till.mint_coupons(&batch("GRACE", CouponKind::Personal), 1, valid).unwrap();
    let found = |text: &str| -> Vec<String> {
        let records = shop.till.search_coupons(text, 10).unwrap();
        records.into_iter().map(|record| record.coupon.code).collect()
    };
    assert_eq!(found("").len(), 5);
    assert_eq!(found("spring").len(), 3);
    assert_eq!(found("grace"), [own[0].code.clone()]);
    assert_eq!(found("c1 grace"), [own[0].code.clone()], "the code of the holder and a word of its own");
    assert_eq!(found("C12"), Vec::<String>::new());
    assert_eq!(found(with_coupon().code.as_str()).len(), 5);
    assert_eq!(found("spring nobody"), Vec::<String>::new());
    assert_eq!(found("%"), Vec::<String>::new());
    assert_eq!(shop.till.search_coupons("", 2).unwrap().len(), 2);
    assert_eq!(shop.till.coupon(CouponId::new(Uuid::from_u128(1))).unwrap(), None);
    let known: Coupon = shop.till.coupon(own[0].id).unwrap().unwrap().coupon;
    assert_eq!(known, own[0]);
}
