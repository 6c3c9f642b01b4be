//! Goods that travel.

use saleflex_core::{
    cashier::Capability,
    ids::{LocationId, TransferId},
    inventory::{
        Facts, Stock, StockRefusal,
        command::{ReceiveLine, Transfer as Send},
        transfer::{Arrival, ArrivalRefusal, Loss, Step, Transfer, TransferLine, send_off},
    },
};
use uuid::Uuid;

use super::support::*;

fn sent(shop: &mut Shop, quantity: &str) -> Transfer {
    let command = Send { from: MAIN, to: SALES, lines: vec![taken(APPLES, quantity)], reason: None };
    let id = TransferId::new(Uuid::from_u128(1));
    let Step { transfer, posting } = send_off(&shop.book, id, &command, shop.facts()).unwrap();
    shop.book(&posting);
    transfer
}

fn arrived(
    shop: &mut Shop,
    transfer: &Transfer,
    quantity: &str,
    lost: Option<&str>,
) -> Result<Transfer, ArrivalRefusal> {
    let arrivals = [Arrival { line: 0, quantity: q(quantity), serials: Vec::new() }];
    let arrivals = if quantity == "0" { &[][..] } else { &arrivals };
    let step = transfer.arrive(&shop.book, arrivals, lost.map(Loss::of_all), shop.facts())?;
    shop.book(&step.posting);
    Ok(step.transfer)
}

#[test]
fn goods_leave_are_on_their_way_and_arrive_in_parts() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, MAIN), "10").unwrap();
    let transfer = sent(&mut shop, "6");
    assert_eq!((shop.on_hand(APPLES, MAIN), shop.on_hand(APPLES, SALES)), (q("4"), Stock::ZERO));
    assert_eq!(transfer.lines[0].in_transit(), q("6"));
    let transfer = arrived(&mut shop, &transfer, "4", None).unwrap();
    assert_eq!((shop.on_hand(APPLES, SALES), transfer.lines[0].in_transit()), (q("4"), q("2")));
    let transfer = arrived(&mut shop, &transfer, "2", None).unwrap();
    assert!(transfer.is_done());
    let again = arrived(&mut shop, &transfer, "1", None);
    assert_eq!(again, Err(ArrivalRefusal::AlreadyDone { transfer: transfer.id }));
}

#[test]
fn no_more_arrives_than_was_sent() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, MAIN), "10").unwrap();
    let transfer = sent(&mut shop, "6");
    let refused = arrived(&mut shop, &transfer, "7", None);
    assert_eq!(
        refused,
        Err(ArrivalRefusal::TooMuch { item: APPLES.into(), in_transit: q("6"), given: q("7") })
    );
    let no_line = transfer.arrive(
        &shop.book,
        &[Arrival { line: 1, quantity: q("1"), serials: Vec::new() }],
        None,
        shop.facts(),
    );
    let (transfer, line, lines) = (transfer.id, 1, 1);
    assert_eq!(no_line.unwrap_err(), ArrivalRefusal::NoLine { transfer, line, lines });
}

#[test]
fn every_line_that_cannot_arrive_is_told_and_none_arrives() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, MAIN), "10").unwrap();
    shop.receive(at(BREAD, MAIN), "4").unwrap();
    let command =
        Send { from: MAIN, to: SALES, lines: vec![taken(APPLES, "6"), taken(BREAD, "2")], reason: None };
    let id = TransferId::new(Uuid::from_u128(78));
    let Step { transfer, posting } = send_off(&shop.book, id, &command, shop.facts()).unwrap();
    shop.book(&posting);
    let arrival = |line, quantity| Arrival { line, quantity: q(quantity), serials: Vec::new() };
    let arrivals = [arrival(0, "7"), arrival(1, "1"), arrival(1, "-1")];
    let Err(ArrivalRefusal::Lines { faults }) = transfer.arrive(&shop.book, &arrivals, None, shop.facts())
    else {
        panic!("all of them are told")
    };
    let told: Vec<_> = faults.iter().map(|fault| (fault.line, fault.item)).collect();
    assert_eq!(told, [(0, APPLES.into()), (2, BREAD.into())]);
    let too_much = ArrivalRefusal::TooMuch { item: APPLES.into(), in_transit: q("6"), given: q("7") };
    assert_eq!(faults[0].refusal, too_much);
    let step = transfer.arrive(&shop.book, &[arrival(0, "6"), arrival(1, "2")], None, shop.facts()).unwrap();
    assert!(step.transfer.is_done());
}

#[test]
fn what_never_arrives_is_declared_lost_with_a_reason() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, MAIN), "10").unwrap();
    let transfer = sent(&mut shop, "6");
    let silent = arrived(&mut shop, &transfer, "5", Some(""));
    assert_eq!(silent, Err(StockRefusal::NoReason.into()));
    let transfer = arrived(&mut shop, &transfer, "5", Some("box fell off")).unwrap();
    assert!(transfer.is_done());
    assert_eq!((transfer.lines[0].arrived, transfer.lines[0].lost), (q("5"), q("1")));
    assert_eq!(shop.on_hand(APPLES, SALES), q("5"));
    let totals = shop.book.level(at(APPLES, SALES)).unwrap().totals;
    assert_eq!(totals.issued, q("1"), "what is lost is a loss of the shop");
}

#[test]
fn what_is_lost_of_one_line_leaves_the_others_on_their_way() {
    let mut shop = Shop::open();
    for product in [APPLES, BREAD] {
        shop.receive(at(product, MAIN), "10").unwrap();
    }
    let lines = vec![taken(APPLES, "6"), taken(BREAD, "4")];
    let command = Send { from: MAIN, to: SALES, lines, reason: None };
    let step = send_off(&shop.book, TransferId::new(Uuid::from_u128(1)), &command, shop.facts()).unwrap();
    shop.book(&step.posting);
    let loss = |lines: Vec<usize>| Some(Loss { lines, ..Loss::of_all("one fell off") });
    let five = [Arrival { line: 0, quantity: q("5"), serials: Vec::new() }];
    let after = step.transfer.arrive(&shop.book, &five, loss(vec![0]), shop.facts()).unwrap();
    shop.book(&after.posting);
    let left: Vec<Stock> = after.transfer.lines.iter().map(TransferLine::in_transit).collect();
    assert_eq!((left, after.transfer.is_done()), (vec![Stock::ZERO, q("4")], false));
    assert_eq!(after.posting.reason.as_deref(), Some("one fell off"));
    let nothing = after.transfer.arrive(&shop.book, &[], loss(vec![0]), shop.facts());
    assert_eq!(nothing, Err(StockRefusal::NoLines.into()));
    let nowhere = after.transfer.arrive(&shop.book, &[], loss(vec![2]), shop.facts());
    assert!(matches!(nowhere, Err(ArrivalRefusal::NoLine { line: 2, lines: 2, .. })), "{nowhere:?}");
    let rest = after.transfer.arrive(&shop.book, &[], loss(Vec::new()), shop.facts()).unwrap();
    assert!(rest.transfer.is_done() && rest.transfer.lines[1].lost == q("4"));
}

#[test]
fn goods_that_are_lost_on_the_way_take_the_right_to_issue_or_a_word_of_who_has_it() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, MAIN), "10").unwrap();
    let transfer = sent(&mut shop, "6");
    let manager = shop.cashier.clone();
    shop.cashier.capabilities = [Capability::StockTransfer].into();
    let refused = arrived(&mut shop, &transfer, "0", Some("gone"));
    let refusal = StockRefusal::NotAllowed { capability: Capability::StockIssue };
    assert_eq!(refused, Err(refusal.into()));
    let facts = Facts { approval: Some(approval(manager.clone())), ..shop.facts() };
    let step = transfer.arrive(&shop.book, &[], Some(Loss::of_all("gone")), facts).unwrap();
    assert_eq!(step.posting.authority.approved_by, Some(manager.id));
    assert!(arrived(&mut shop, &transfer, "6", None).unwrap().is_done(), "what arrives takes no more");
}

#[test]
fn only_the_pieces_that_were_sent_arrive() {
    let mut shop = Shop::open();
    let serials = vec![serial("1"), serial("2")];
    shop.run(&receipt(MAIN, ReceiveLine { serials: serials.clone(), ..line(PHONE.into(), "2") })).unwrap();
    let mut phones = taken(PHONE, "2");
    phones.serials = serials;
    let command = Send { from: MAIN, to: SALES, lines: vec![phones], reason: None };
    let id = TransferId::new(Uuid::from_u128(1));
    let step = send_off(&shop.book, id, &command, shop.facts()).unwrap();
    shop.book(&step.posting);
    let arrival = |no: &str| [Arrival { line: 0, quantity: q("1"), serials: vec![serial(no)] }];
    let other = step.transfer.arrive(&shop.book, &arrival("3"), None, shop.facts());
    assert_eq!(other, Err(ArrivalRefusal::NotSent { serial: serial("3") }));
    let one = step.transfer.arrive(&shop.book, &arrival("2"), None, shop.facts()).unwrap();
    shop.book(&one.posting);
    assert!(shop.book.level(at(PHONE, SALES)).unwrap().has(&serial("2")));
    assert_eq!(one.transfer.lines[0].serials, [serial("1")]);
}

#[test]
fn nothing_is_sent_to_nowhere() {
    let shop = Shop::open();
    let nowhere = LocationId::new(Uuid::from_u128(99));
    let command = Send { from: MAIN, to: nowhere, lines: vec![taken(APPLES, "1")], reason: None };
    let refused = send_off(&shop.book, TransferId::new(Uuid::nil()), &command, shop.facts());
    assert!(matches!(refused, Err(StockRefusal::Location { location, .. }) if location == nowhere));
}
