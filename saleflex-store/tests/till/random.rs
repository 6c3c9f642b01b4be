//! Whatever a cashier does in whatever order, and wherever the till stops: the journal tells what is stored.

use proptest::prelude::*;
use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue},
    document::{Adjust, CashMovementKind, Command, Kind, NoteKind, OpenDocument, State, replay},
    ids::{AdjustmentNo, ClosureNumber, LineNo, TenderNo},
    money::Money,
    quantity::{Percent, Points, UnitPrice},
    tender::TenderKind,
};
use saleflex_store::{Error, Request, Till, verify::Verification};

use crate::support::shop::{
    self, ADMIN, Shop, cash, minor, pay, quantity, sell, sell_some, suspend, take_back,
};

/// Something that may be done at a till.
#[derive(Clone, Debug)]
enum Act {
    Command(Box<Command>),
    Resume(usize),
    CancelSuspended(usize),
    Return(usize),
    Quote(usize),
    Redeem(i64),
    Customer(bool),
    Close,
    Restart,
}

fn command(command: Command) -> Act {
    Act::Command(Box::new(command))
}

fn code() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["A", "B", "C", "D", "4006381333931", "nonsense"])
}

fn line() -> impl Strategy<Value = LineNo> {
    (1_u32..5).prop_map(LineNo)
}

fn open() -> impl Strategy<Value = Command> {
    let kinds = [Kind::Sale, Kind::Quote, Kind::Order, Kind::Layaway];
    let open = |kind| Command::Open(OpenDocument { kind, ..OpenDocument::default() });
    prop::sample::select(kinds.to_vec()).prop_map(open)
}

fn changing() -> impl Strategy<Value = Command> {
    let adjust = |percent: u32| Adjust {
        kind: if percent.is_multiple_of(2) { AdjustmentKind::Discount } else { AdjustmentKind::Surcharge },
        value: AdjustmentValue::Percent(Percent::parse(&percent.to_string()).unwrap()),
        reason: None,
    };
    let source = |adjust: &Adjust| match adjust.kind {
        AdjustmentKind::Discount => AdjustmentSource::Manager,
        AdjustmentKind::Surcharge => AdjustmentSource::ServiceCharge,
    };
    prop_oneof![
        line().prop_map(|line| Command::RepeatLine { line }),
        line().prop_map(|line| Command::VoidLine { line, reason: None }),
        (line(), "[1-9]")
            .prop_map(|(line, how_many)| { Command::ChangeQuantity { line, quantity: quantity(&how_many) } }),
        (line(), "[1-9]").prop_map(|(line, price)| {
            Command::OverridePrice { line, price: UnitPrice::parse(&price).unwrap(), reason: None }
        }),
        (1_u32..60).prop_map(move |percent| Command::AdjustLine { line: None, adjust: adjust(percent) }),
        (1_u32..60).prop_map(move |percent| {
            let adjust = adjust(percent);
            Command::AdjustDocument { source: source(&adjust), adjust, code: None }
        }),
        (1_u32..3).prop_map(|no| Command::RemoveAdjustment { adjustment: AdjustmentNo(no) }),
        Just(Command::AddNote {
            kind: NoteKind::General,
            line: None,
            text: "no ice".to_owned(),
            on_receipt: true
        }),
        Just(Command::ExemptTax { reason: "diplomat".to_owned(), kind: None, certificate: None }),
    ]
}

fn ending() -> impl Strategy<Value = Command> {
    let take_back = |(line, how_many): (LineNo, String)| take_back(line.0, &how_many);
    prop_oneof![
        9 => Just(cash()),
        2 => (1_i64..2_000).prop_map(|amount| pay(TenderKind::Cash, amount)),
        1 => (1_i64..2_000).prop_map(|amount| pay(TenderKind::OnAccount, amount)),
        1 => (1_i64..2_000).prop_map(|amount| pay(TenderKind::StoreCredit, amount)),
        1 => (1_u32..3).prop_map(|no| Command::VoidTender { tender: TenderNo(no), reason: None, reversal: None }),
        2 => (line(), "[1-3]").prop_map(take_back),
        1 => Just(Command::ExchangeForSale),
        1 => Just(Command::Close),
        2 => Just(suspend()),
        1 => Just(Command::Cancel { reason: None }),
        1 => Just(Command::OpenDrawer { reason: None }),
        1 => (1_i64..500).prop_map(|amount| Command::MoveCash {
            kind: CashMovementKind::PaidIn,
            amount: minor(amount),
            reason: "change".to_owned(),
        }),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (code(), "[1-4]").prop_map(|(code, how_many)| command(sell_some(code, &how_many))),
        4 => code().prop_map(|code| command(sell(code))),
        1 => open().prop_map(command),
        6 => changing().prop_map(command),
        10 => ending().prop_map(command),
        2 => (0_usize..3).prop_map(Act::Resume),
        1 => (0_usize..3).prop_map(Act::CancelSuspended),
        2 => (0_usize..9).prop_map(Act::Return),
        1 => (0_usize..9).prop_map(Act::Quote),
        1 => (1_i64..50).prop_map(Act::Redeem),
        1 => any::<bool>().prop_map(Act::Customer),
        1 => Just(Act::Close),
        1 => Just(Act::Restart),
    ]
}

/// Does it, if a rule does not stand against it.
fn perform(mut shop: Shop, act: Act) -> Shop {
    let parked = |shop: &Shop, at: usize| shop.till.suspended().unwrap().get(at).map(|parked| parked.id);
    let finished = |shop: &Shop, at: usize| {
        let closure = shop.till.period().number;
        shop.till.documents(closure).unwrap().get(at).map(|head| head.id)
    };
    let done = match act {
        Act::Command(command) => shop.try_approved(*command).map(drop),
        Act::Resume(at) => match parked(&shop, at) {
            Some(id) => shop.try_approved(Request::resume(id)).map(drop),
            None => return shop,
        },
        Act::CancelSuspended(at) => match parked(&shop, at) {
            Some(id) => shop.try_approved(Request::cancel_suspended(id, None)).map(drop),
            None => return shop,
        },
        Act::Return(at) => match finished(&shop, at) {
            Some(id) => shop.try_approved(Request::begin_return(id)).map(drop),
            None => return shop,
        },
        Act::Quote(at) => match finished(&shop, at) {
            Some(id) => shop.try_approved(Request::convert_quote(id, None)).map(drop),
            None => return shop,
        },
        Act::Redeem(points) => shop.till.redeem_points(Points::new(points)).map(drop),
        Act::Customer(is_there) => {
            let customer = shop.till.find_customers("", 1).unwrap()[0].id;
            shop.till.assign_customer(is_there.then_some(customer)).map(drop)
        }
        Act::Close => shop.till.close_period(None, None).map(drop),
        Act::Restart => {
            let before = (shop.till.draft().cloned(), *shop.till.chain_head());
            let mut shop = shop.restarted();
            assert_eq!((shop.till.draft().cloned(), *shop.till.chain_head()), before);
            shop.log_in(ADMIN);
            return shop;
        }
    };
    match done {
        Ok(())
        | Err(
            Error::Refused(_)
            | Error::Lookup(_)
            | Error::NotClosed(_)
            | Error::NotRedeemable(_)
            | Error::QuoteSold { .. }
            | Error::NoSuchDocument { .. },
        ) => shop,
        Err(error) => panic!("{error:?}"),
    }
}

/// What must hold of the whole till after any row of acts.
fn check(till: &Till) {
    let found = till.verify().unwrap();
    let Verification::Whole(whole) = found else { panic!("{found:?}") };
    assert_eq!(whole.not_replayed, 0);
    let mut numbers = std::collections::BTreeSet::new();
    let mut balance = Money::ZERO;
    for closure in 1..=till.period().number.0 {
        for head in till.documents(ClosureNumber(closure)).unwrap() {
            assert!(numbers.insert(head.number), "{} is there twice", head.number);
            let document = till.find_document(head.id).unwrap().unwrap();
            let document = document.document();
            let on_account = document.counted_tenders().filter(|one| {
                matches!(one.kind, TenderKind::OnAccount | TenderKind::StoreCredit) && !one.sets_off
            });
            if !head.is_cancelled {
                let sign = if document.kind.pays_out() { -1 } else { 1 };
                balance += on_account.map(|one| minor(sign * one.amount.minor())).sum();
            }
        }
    }
    assert_eq!(till.find_customers("", 1).unwrap()[0].account_balance, balance);
    for closure in till.closures(100).unwrap() {
        assert!(closure.report.document_count() + closure.suspended_count > 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_journal_of_any_day_tells_what_is_stored(acts in prop::collection::vec(act(), 10..90)) {
        let mut shop = Shop::with(shop::setup_with_points());
        shop.log_in(ADMIN);
        for act in acts {
            shop = perform(shop, act);
        }
        check(&shop.till);
        let open = shop.till.draft().cloned();
        let shop = shop.restarted();
        prop_assert_eq!(shop.till.draft().cloned(), open);
    }
}

#[test]
fn the_events_of_a_sale_replayed_by_core_alone_give_the_stored_sale() {
    let mut shop = Shop::open();
    shop.execute(sell_some("A", "3"));
    shop.execute(Command::VoidLine { line: LineNo(1), reason: None });
    shop.execute(sell("B"));
    let done = shop.execute(cash());
    let sale = &done.completed()[0];
    let entries = (1..=done.seq()).map(|seq| shop.till.entry(seq).unwrap());
    let events: Vec<_> = entries
        .filter(|entry| entry.entity == sale.document().id.uuid())
        .flat_map(|entry| entry.document_events().to_vec())
        .collect();
    assert_eq!(replay(State::Idle, &events), State::Completed(vec![sale.clone()]));
}

#[test]
fn a_sale_is_frozen_as_serde_json_writes_it() {
    let mut shop = Shop::open();
    shop.execute(sell_some("A", "3"));
    shop.execute(sell("B"));
    let done = shop.execute(cash());
    for entry in (1..=done.seq()).map(|seq| shop.till.entry(seq).unwrap()) {
        let [ours, its_own] = [entry.to_bytes().unwrap(), serde_json::to_vec(&entry).unwrap()];
        assert_eq!(String::from_utf8(ours), String::from_utf8(its_own));
    }
}
