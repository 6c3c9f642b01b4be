//! Pieces with serial numbers: which of them are sold and come back.

use saleflex_core::{
    basket::GoodsState,
    catalog::{Permissions, Sellable, SerialNo},
    document::{
        AddLine, Command, DocumentType, Kind, KnownPiece, PieceRefusal, Refusal, ReturnLine, Whereabouts,
    },
    ids::{ClosureNumber, DocumentNumber, LineNo},
    inventory::{MovementKind, StockMovement},
    tender::TenderKind,
};

use crate::support::{Counter, GOODS, goods, quantity, return_line};

/// Something that has serial numbers and must not be sold beyond the shelf.
fn phone() -> Sellable {
    let permissions = Permissions { negative_stock: false, ..Permissions::default() };
    Sellable { permissions, has_serials: true, ..goods("100") }
}

fn serial(text: &str) -> SerialNo {
    SerialNo::parse(text).unwrap()
}

fn serials(texts: &[&str]) -> Vec<SerialNo> {
    texts.iter().map(|text| serial(text)).collect()
}

/// A counter at which these pieces lie, and A9 elsewhere in the shop.
fn counter(here: &[&str]) -> Counter {
    let mut counter = Counter::new();
    let here = here.iter().map(|text| known(text, Whereabouts::Here));
    counter.pieces = Some(here.chain([known("A9", Whereabouts::Elsewhere)]).collect());
    counter
}

fn known(text: &str, whereabouts: Whereabouts) -> KnownPiece {
    KnownPiece { product: GOODS, serial: serial(text), whereabouts }
}

/// A piece that document 1-7 sold.
fn gone(counter: &Counter, text: &str) -> (KnownPiece, Refusal) {
    let on = counter.now.business_date;
    let document = DocumentNumber { date: on, closure: ClosureNumber(1), receipt: 7 };
    let refusal = Refusal::Piece(PieceRefusal::Sold { serial: serial(text), on, document });
    (known(text, Whereabouts::Sold { on, document }), refusal)
}

fn of(texts: &[&str]) -> AddLine {
    AddLine::code("G").times(quantity(&texts.len().to_string())).of_pieces(serials(texts))
}

fn name(line: u32, texts: &[&str]) -> Command {
    Command::NamePieces { line: LineNo(line), serials: serials(texts) }
}

fn back(line: u32, texts: &[&str]) -> Command {
    let line = return_line(line, &texts.len().to_string());
    Command::ReturnLine(ReturnLine { serials: serials(texts), ..line })
}

/// A counter that sold A1 and A2 on one line.
fn sold_two() -> Counter {
    let mut counter = counter(&["A1", "A2"]);
    counter.add_as(&phone(), of(&["A1", "A2"])).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    counter.pieces = Some(Vec::new());
    counter
}

#[test]
fn a_piece_is_named_before_it_is_paid_and_goes_by_its_number() {
    let mut counter = counter(&["A1", "A2"]);
    counter.add_as(&phone(), AddLine::code("G").times(quantity("2"))).unwrap();
    let needed = Refusal::Piece(PieceRefusal::Needed {
        line: LineNo(1),
        name: "Goods".into(),
        quantity: quantity("2"),
    });
    assert_eq!(counter.pay_rest(TenderKind::Cash).unwrap_err(), needed);
    assert_eq!(
        counter.pay_pending(TenderKind::CreditCard, 100).unwrap_err(),
        needed,
        "nor is a provider asked"
    );
    counter.run(&name(1, &["A2", "A1"])).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    assert_eq!(counter.last().lines[0].serials, serials(&["A2", "A1"]));
    let movement = StockMovement::new(GOODS, MovementKind::Sale, "-2".parse().unwrap());
    let moved = StockMovement { serials: serials(&["A2", "A1"]), ..movement };
    assert_eq!(counter.effects.stock, [moved]);
}

#[test]
fn there_is_one_number_for_each_piece_and_none_twice() {
    let mut counter = counter(&["A1", "A2", "A3"]);
    let count = |given, times| {
        Refusal::Piece(PieceRefusal::Count { name: "Goods".into(), quantity: quantity(times), given })
    };
    let one = AddLine::code("G").of_pieces(serials(&["A1", "A2"]));
    assert_eq!(counter.add_as(&phone(), one).unwrap_err(), count(2, "1"));
    let twice = Refusal::Piece(PieceRefusal::Twice { serial: serial("A1") });
    assert_eq!(counter.add_as(&phone(), of(&["A1", "A1"])).unwrap_err(), twice);
    counter.add_as(&phone(), of(&["A1"])).unwrap();
    assert_eq!(counter.add_as(&phone(), of(&["A1"])).unwrap_err(), twice, "nor on another line");
    counter.run(&name(1, &["A1"])).unwrap();
    assert_eq!(counter.run(&name(1, &[])).unwrap_err(), count(0, "1"));
    assert_eq!(counter.add_as(&goods("1"), of(&["A2"])).unwrap_err(), count(1, "1"), "others have none");
}

#[test]
fn a_piece_that_is_not_here_is_refused_where_stock_may_not_fall_below_nothing() {
    let mut counter = counter(&["A1"]);
    let absent = |text| Refusal::Piece(PieceRefusal::Absent { serial: serial(text) });
    assert_eq!(counter.add_as(&phone(), of(&["A7"])).unwrap_err(), absent("A7"));
    assert_eq!(counter.add_as(&phone(), of(&["A9"])).unwrap_err(), absent("A9"), "it lies elsewhere");
    counter.add_as(&phone(), of(&["A1"])).unwrap();
    // Meanwhile another till sold it.
    counter.pieces = Some(Vec::new());
    assert_eq!(counter.pay_rest(TenderKind::Cash).unwrap_err(), absent("A1"));
    counter.void_line(1).unwrap();
    counter.counted = true;
    assert_eq!(
        counter.add_as(&phone(), of(&["A7"])).unwrap_err(),
        absent("A7"),
        "looking again helps nothing"
    );
}

/// Its stock may fall below nothing.
fn free() -> Sellable {
    let permissions = Permissions { negative_stock: true, ..Permissions::default() };
    Sellable { permissions, ..phone() }
}

#[test]
fn a_piece_that_nobody_knows_is_asked_for_once_more_where_stock_may_fall_below_nothing() {
    let mut counter = counter(&["A1"]);
    let doubted = |text| Refusal::Piece(PieceRefusal::Doubted { serial: serial(text), name: "Goods".into() });
    assert_eq!(counter.add_as(&free(), of(&["A1", "A7"])).unwrap_err(), doubted("A7"));
    assert_eq!(counter.add_as(&free(), of(&["A9"])).unwrap_err(), doubted("A9"), "it lies elsewhere");
    counter.counted = true;
    counter.add_as(&free(), of(&["A1", "A7"])).unwrap();
    counter.counted = false;
    assert_eq!(counter.run(&name(1, &["A1", "A8"])).unwrap_err(), doubted("A8"));
    // It was asked for when it was named, and is not asked for when it is paid.
    counter.pay_rest(TenderKind::Cash).unwrap();
    assert_eq!(counter.last().lines[0].serials, serials(&["A1", "A7"]));
}

#[test]
fn a_piece_that_is_sold_or_gone_is_sold_by_nobody() {
    let mut counter = counter(&["A1"]);
    let (sold, refused) = gone(&counter, "A2");
    counter.pieces.as_mut().unwrap().extend([sold, known("A3", Whereabouts::Gone)]);
    counter.counted = true;
    let absent = Refusal::Piece(PieceRefusal::Absent { serial: serial("A3") });
    for item in [free(), phone()] {
        assert_eq!(counter.add_as(&item, of(&["A2"])).unwrap_err(), refused);
        assert_eq!(counter.add_as(&item, of(&["A3"])).unwrap_err(), absent);
    }
    counter.add_as(&free(), of(&["A1"])).unwrap();
    assert_eq!(counter.run(&name(1, &["A2"])).unwrap_err(), refused);
    // Meanwhile another till sold it.
    let (sold, refused) = gone(&counter, "A1");
    counter.pieces = Some(vec![sold]);
    assert_eq!(counter.pay_rest(TenderKind::Cash).unwrap_err(), refused);
}

#[test]
fn a_piece_that_lies_in_the_shop_is_not_brought_back_with_its_receipt() {
    let mut counter = sold_two();
    // By the books it came back already, by another way than this receipt.
    counter.pieces = Some(vec![known("A1", Whereabouts::Here), gone(&counter, "A2").0]);
    counter.open_return(counter.last().id).unwrap();
    let present = Refusal::Piece(PieceRefusal::Present { serial: serial("A1") });
    assert_eq!(counter.run(&back(1, &["A1"])).unwrap_err(), present);
    assert_eq!(
        counter.take_back(1, "2").unwrap_err(),
        present,
        "nor where all come back and nobody names them"
    );
    counter.run(&back(1, &["A2"])).unwrap();
    assert_eq!(counter.run(&name(1, &["A1"])).unwrap_err(), present);
}

#[test]
fn what_was_sold_before_its_product_had_numbers_comes_back_with_one() {
    let mut counter = counter(&["A1"]);
    let unnumbered = Sellable { has_serials: false, ..phone() };
    counter.add_as(&unnumbered, AddLine::code("G").times(quantity("2"))).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    let (sold, _) = gone(&counter, "A2");
    counter.pieces.as_mut().unwrap().push(sold);
    counter.open_return(counter.last().id).unwrap();
    let count =
        Refusal::Piece(PieceRefusal::Count { name: "Goods".into(), quantity: quantity("1"), given: 1 });
    assert_eq!(counter.run(&back(1, &["B1"])).unwrap_err(), count, "it has no numbers yet");
    counter.numbered = vec![GOODS];
    let needed = Refusal::Piece(PieceRefusal::Needed {
        line: LineNo(1),
        name: "Goods".into(),
        quantity: quantity("1"),
    });
    assert_eq!(counter.take_back(1, "1").unwrap_err(), needed);
    assert_eq!(
        counter.run(&back(1, &["A1"])).unwrap_err(),
        Refusal::Piece(PieceRefusal::Present { serial: serial("A1") })
    );
    let not_sold = Refusal::Piece(PieceRefusal::NotSold { serial: serial("A2") });
    assert_eq!(counter.run(&back(1, &["A2"])).unwrap_err(), not_sold, "another sale sold it");
    counter.run(&back(1, &["B1"])).unwrap();
    let twice = Refusal::Piece(PieceRefusal::Twice { serial: serial("B1") });
    assert_eq!(counter.run(&back(1, &["B1"])).unwrap_err(), twice);
    counter.run(&back(1, &["B2"])).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    assert_eq!(counter.effects.stock[0].serials, serials(&["B1", "B2"]));
}

#[test]
fn what_was_begun_to_be_paid_is_never_held_up_by_a_piece_that_is_gone() {
    let mut counter = counter(&["A1"]);
    counter.add_as(&phone(), of(&["A1"])).unwrap();
    counter.pay(TenderKind::Cash, 10_00).unwrap();
    counter.pieces = Some(Vec::new());
    counter.pay_rest(TenderKind::Cash).unwrap();
    assert_eq!(counter.completed.len(), 1);
}

#[test]
fn an_order_is_not_paid_further_for_a_piece_that_was_sold_since_its_deposit() {
    let mut counter = counter(&["A1", "A2"]);
    counter.open(DocumentType::Invoice, Kind::Order).unwrap();
    counter.add_as(&phone(), of(&["A1"])).unwrap();
    counter.pay(TenderKind::Cash, 10_00).unwrap();
    let (sold, refused) = gone(&counter, "A1");
    counter.pieces = Some(vec![sold, known("A2", Whereabouts::Here)]);
    assert_eq!(counter.pay(TenderKind::Cash, 10_00).unwrap_err(), refused, "nor is another deposit taken");
    assert_eq!(counter.pay_rest(TenderKind::Cash).unwrap_err(), refused);
    counter.run(&name(1, &["A2"])).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    counter.run(&Command::Close).unwrap();
    assert_eq!(counter.effects.stock[0].serials, serials(&["A2"]));
}

#[test]
fn an_order_that_deposits_paid_whole_ends_with_pieces_that_are_here() {
    let mut counter = counter(&["A1", "A2"]);
    counter.open(DocumentType::Invoice, Kind::Order).unwrap();
    counter.add_as(&phone(), of(&["A1"])).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    let (sold, refused) = gone(&counter, "A1");
    counter.pieces = Some(vec![sold, known("A2", Whereabouts::Here)]);
    assert_eq!(counter.run(&Command::Close).unwrap_err(), refused);
    counter.run(&name(1, &["A2"])).unwrap();
    counter.run(&Command::Close).unwrap();
    assert_eq!(counter.effects.stock[0].serials, serials(&["A2"]));
}

#[test]
fn another_number_of_pieces_or_a_repeat_is_named_anew() {
    let mut counter = counter(&["A1", "A2"]);
    counter.add_as(&phone(), of(&["A1"])).unwrap();
    counter.run(&Command::RepeatLine { line: LineNo(1) }).unwrap();
    assert!(counter.document().lines[1].lacks_serials());
    counter.void_line(2).unwrap();
    counter.run(&Command::ChangeQuantity { line: LineNo(1), quantity: quantity("2") }).unwrap();
    assert!(counter.document().lines[0].lacks_serials());
}

#[test]
fn a_return_says_which_of_the_sold_pieces_come_back() {
    let mut counter = sold_two();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    let needed = Refusal::Piece(PieceRefusal::Needed {
        line: LineNo(1),
        name: "Goods".into(),
        quantity: quantity("1"),
    });
    assert_eq!(counter.take_back(1, "1").unwrap_err(), needed);
    let other = Refusal::Piece(PieceRefusal::NotSold { serial: serial("A3") });
    assert_eq!(counter.run(&back(1, &["A3"])).unwrap_err(), other);
    counter.run(&back(1, &["A2"])).unwrap();
    let change = Command::ChangeQuantity { line: LineNo(1), quantity: quantity("2") };
    assert_eq!(counter.run(&change).unwrap_err(), Refusal::Piece(PieceRefusal::Named { line: LineNo(1) }));
    counter.pay_rest(TenderKind::Cash).unwrap();
    assert_eq!(counter.effects.stock[0].serials, serials(&["A2"]));
    // The one that is left needs no word, and the one that is back comes back no second time.
    counter.open_return(sale).unwrap();
    let gone = Refusal::Piece(PieceRefusal::NotSold { serial: serial("A2") });
    assert_eq!(counter.run(&back(1, &["A2"])).unwrap_err(), gone);
    counter.take_back(1, "1").unwrap();
    assert_eq!(counter.document().lines[0].serials, serials(&["A1"]));
}

#[test]
fn pieces_that_are_brought_back_one_after_another_are_one_line() {
    let mut counter = sold_two();
    counter.open_return(counter.last().id).unwrap();
    counter.run(&back(1, &["A2"])).unwrap();
    counter.run(&back(1, &["A1"])).unwrap();
    let [line] = counter.document().lines.as_slice() else { panic!("one line") };
    assert_eq!(line.serials, serials(&["A2", "A1"]));
}

#[test]
fn a_piece_that_lies_in_the_shop_is_not_brought_back_without_a_receipt() {
    let mut counter = counter(&["A1"]);
    counter.open(DocumentType::Return, Kind::Return).unwrap();
    let present = |text| Refusal::Piece(PieceRefusal::Present { serial: serial(text) });
    assert_eq!(counter.add_as(&phone(), of(&["A1"])).unwrap_err(), present("A1"));
    assert_eq!(counter.add_as(&phone(), of(&["A9"])).unwrap_err(), present("A9"));
    let sound = AddLine { returned: Some((GoodsState::New, true)), ..of(&["A7"]) };
    counter.add_as(&phone(), sound).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    assert_eq!(counter.effects.stock[0].serials, serials(&["A7"]));
}

#[test]
fn a_quote_promises_no_piece() {
    let mut counter = counter(&["A1"]);
    counter.open(DocumentType::FiscalReceipt, Kind::Quote).unwrap();
    counter.add(&phone()).unwrap();
    counter.run(&Command::Close).unwrap();
    assert_eq!(counter.completed.len(), 1);
}
