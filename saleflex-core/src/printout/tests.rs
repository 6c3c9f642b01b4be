use proptest::prelude::*;

use super::{
    receipt::{Frame, PointsNote},
    words::{ENGLISH, TURKISH},
    *,
};
use crate::{
    adjustment::{AdjustmentKind, AdjustmentSource},
    closure::{
        drawer::DrawerRule,
        tests::samples::{Head, Line, Pen, authority, currency, minor, moment, percent, rate},
    },
    document::{
        CashMovementKind, Completed, DocumentType, Event, ExemptionKind, Kind, Note, NoteKind, TaxExemption,
    },
    ids::{CustomerId, LineNo},
    loyalty::Mode,
    money::{Currency, Money},
    quantity::{ExchangeRate, Percent, Points, UnitPrice},
    tax::{Jurisdiction, JurisdictionLevel, TaxMode, TaxRate},
    tender::{Direction, ForeignCash, Rest, Tender, TenderDetails, TenderKind, Tip, TipKind},
};

mod bytes;
mod exchanges;
mod foreign;
mod plain;
mod reports;
mod sheet;
mod slips;

const WIDTHS: [usize; 4] = [32, 38, 42, 48];

/// The lines with the right edge of the paper, so that a snapshot shows what is padded and what overflows.
fn page(printout: &Printout, width: usize) -> String {
    let framed = text::render(printout, width).into_iter().map(|line| {
        let free = width.saturating_sub(text::width_of(&line));
        format!("{line}{}|\n", " ".repeat(free))
    });
    framed.collect()
}

fn pages(name: &str, printout: &Printout, widths: &[usize]) {
    for width in widths {
        insta::assert_snapshot!(format!("{name}_{width}"), page(printout, *width));
    }
}

fn one_line(printout: &Printout, containing: &str) -> String {
    let lines = text::render(printout, 42);
    lines.iter().find(|line| line.contains(containing)).unwrap_or_else(|| panic!("{lines:#?}")).clone()
}

const fn frame() -> Frame<'static> {
    Frame {
        header: "Corner Market\n1 High Street, London N1 9GU\nVAT no. GB 123 4567 89",
        footer: "Thank you! Goods may be returned within 30 days with this receipt.",
        register: "2",
        cashier: "1 Ada",
        ..Frame::new(&ENGLISH)
    }
}

fn note(text: &str, line: Option<u32>, on_receipt: bool) -> Event {
    let note = Note { kind: NoteKind::General, line: line.map(LineNo), text: text.into(), on_receipt };
    Event::NoteAdded { note }
}

/// A sale with something of everything.
fn full_sale() -> Completed {
    let reduced = [rate(2, "5")];
    let bananas = Line::new("Bananas, loose", "1.4900").weighed("1.25").within(2).taxed(&reduced);
    let pen = Head::sale("GBP").begin();
    let pen = pen.line(&Line::new("Earl Grey tea, 50 bags", "3.50").times("2"));
    let pen = pen.line(&Line::new("Hardware", "12.00").within(3).by_key());
    let pen = pen.line(&bananas);
    let pen = pen.line(&Line::new("Milk 1 l", "1.10").taxed(&reduced)).void_line(4, 1);
    let pen = pen.line(&Line::new("A very long product description that does not fit", "6.50"));
    let pen = pen.adjust_line(1, AdjustmentKind::Discount, percent(10));
    let price_override =
        crate::basket::PriceOverride { reason: Some("scratched".into()), authority: authority(9) };
    let price = UnitPrice::parse("9.99").unwrap();
    let pen = pen.apply(&Event::PriceOverridden { line: LineNo(2), price, price_override });
    let pen = pen.apply(&note("Keep cool.", Some(3), true)).apply(&note("Gift: wrap it nicely.", None, true));
    let pen = pen.apply(&note("complains a lot", None, false));
    let campaign = AdjustmentSource::campaign("WELCOME10");
    let pen = pen.adjust(AdjustmentKind::Discount, campaign, minor(100), None);
    let loyalty = AdjustmentSource::Loyalty { points: Points::new(150) };
    let pen = pen.adjust(AdjustmentKind::Discount, loyalty, minor(150), Some("150PTS"));
    let pen = pen.adjust(AdjustmentKind::Surcharge, AdjustmentSource::ServiceCharge, percent(5), None);
    let customer = CustomerId::new(uuid::Uuid::from_u128(77));
    let pen = pen.apply(&Event::CustomerAssigned { customer: Some(customer) });
    let card = Tender {
        tip: Some(Tip { amount: Money::from_minor(200), kind: TipKind::Card }),
        details: TenderDetails { last4: Some("4242".into()), ..TenderDetails::default() },
        ..pen.new_tender(TenderKind::CreditCard, 1000)
    };
    let pen = pen.take(card).pay(TenderKind::Cash, 2000);
    let over = -pen.document().balance().minor();
    pen.change(over).complete()
}

fn member(frame: Frame<'static>) -> Frame<'static> {
    let points = PointsNote {
        earned: Points::new(24),
        taken_back: Points::ZERO,
        balance: Points::new(374),
        keeper: Mode::Local,
    };
    Frame { customer: "Grace Hopper", tier: "Silver", points: Some(points), ..frame }
}

#[test]
fn a_receipt_says_who_else_keeps_the_points() {
    let keeper = Mode::Gate { offline_limit: Points::ZERO };
    let of_hub =
        PointsNote { earned: Points::new(24), taken_back: Points::ZERO, balance: Points::new(374), keeper };
    let lines = |points| {
        let frame = Frame { points: Some(points), ..member(frame()) };
        text::render(&receipt::completed(&full_sale(), &frame), 42).join("\n")
    };
    assert!(lines(of_hub).contains("Points kept by"), "{}", lines(of_hub));
    assert!(lines(of_hub).lines().any(|line| line.starts_with("Tier ") && line.ends_with(" Silver")));
    assert!(!lines(PointsNote { keeper: Mode::Local, ..of_hub }).contains("kept by"));
}

#[test]
fn a_full_sale() {
    pages("sale", &receipt::completed(&full_sale(), &member(frame())), &WIDTHS);
}

#[test]
fn a_turkish_sale() {
    let vat = |no, percent: &str| TaxRate { name: format!("KDV %{percent}"), ..rate(no, percent) };
    let pen = Head::sale("TRY").begin();
    let pen = pen.line(&Line::new("Çay, ince belli", "18.50").times("2").taxed(&[vat(1, "10")]));
    let pen = pen.line(&Line::new("Beyaz peynir", "289.90").weighed("0.485").taxed(&[vat(2, "1")]));
    let pen = pen.line(&Line::new("Şemsiye", "449.99").taxed(&[vat(3, "20")]));
    let pen = pen.adjust(AdjustmentKind::Discount, AdjustmentSource::Manager, percent(5), None);
    let pen = pen.pay(TenderKind::Cash, 100_000);
    let over = -pen.document().balance().minor();
    let sale = pen.change(over).complete();
    let frame = Frame {
        words: &TURKISH,
        header: "Köşe Bakkalı\nBağdat Cad. 12, Kadıköy\nKadıköy V.D. 1234567890",
        footer: "Teşekkür ederiz",
        cashier: "1 Işıl",
        ..frame()
    };
    pages("turkish", &receipt::completed(&sale, &frame), &[32, 42]);
}

#[test]
fn yen_have_no_minor_digits_and_wide_letters_take_two_columns_d_per_01() {
    let pen = Head::sale("JPY").begin();
    let pen = pen.line(&Line::new("おにぎり 鮭", "150").times("3").taxed(&[rate(2, "8")]));
    let pen =
        pen.line(&Line::new("とても長い名前の電池パック単三形十二本入り", "1250").taxed(&[rate(1, "10")]));
    let pen = pen.pay(TenderKind::Cash, 2000).change(300);
    let printout = receipt::completed(&pen.complete(), &frame());
    pages("yen", &printout, &[32, 42]);
    assert!(one_line(&printout, "BALANCE DUE").ends_with("¥1700"));
}

#[test]
fn dinars_have_three_digits_d_per_01() {
    let pen = Head::sale("KWD").begin().line(&Line::new("Dates", "1.2345").times("3").taxed(&[rate(1, "0")]));
    let printout = receipt::completed(&pen.pay(TenderKind::Cash, 4000).change(296).complete(), &frame());
    pages("dinar", &printout, &[38]);
    assert!(one_line(&printout, "3 x").contains("3 x KWD1.2345"), "a unit price may have more digits");
}

#[test]
fn taxes_on_top_are_listed_before_what_is_due() {
    let levy = |no, name: &str, percent: &str, level| TaxRate {
        no,
        name: name.into(),
        percent: Percent::parse(percent).unwrap(),
        jurisdiction: Some(Jurisdiction { level, code: "US-NY".into() }),
    };
    let both = [
        levy(1, "NY state", "4", JurisdictionLevel::State),
        levy(2, "NY city", "4.875", JurisdictionLevel::City),
    ];
    let head = Head { tax_mode: TaxMode::Exclusive, ..Head::sale("USD") };
    let pen = head.begin().line(&Line::new("Notebook", "9.99").times("2").taxed(&both));
    let pen =
        pen.line(&Line::new("Bread", "3.50").taxed(&[levy(1, "NY state", "4", JurisdictionLevel::State)]));
    pages(
        "exclusive",
        &receipt::completed(&pen.pay_rest(TenderKind::CreditCard).complete(), &frame()),
        &[32, 42],
    );
}

#[test]
fn a_return_pays_out_and_gives_points_back() {
    let head = Head::sale("GBP").of(Kind::Return, DocumentType::Return);
    let pen = head.begin().line(&Line::new("Kettle", "29.99"));
    let pen = pen.apply(&Event::RefundSettled {
        carried_rounding: Money::from_minor(-4),
        points: Some(Points::new(30)),
    });
    let printout = receipt::completed(&pen.pay_rest(TenderKind::Cash).complete(), &frame());
    pages("return", &printout, &[42]);
    assert_eq!(printout.blocks().first(), Some(&Block::DrawerKick));
}

#[test]
fn what_is_bought_is_to_be_paid_out_and_is_no_refund() {
    let head = Head::sale("GBP").of(Kind::Purchase, DocumentType::SelfBillingInvoice);
    let bought = head.begin().line(&Line::new("Eggs, 30", "4.50")).pay_rest(TenderKind::Cash).complete();
    let printout = receipt::completed(&bought, &frame());
    assert!(one_line(&printout, "1 TO PAY OUT").ends_with("£4.50"));
    for words in [&ENGLISH, &TURKISH] {
        let paper = page(&receipt::completed(&bought, &Frame { words, ..frame() }), 42);
        assert!(paper.contains(words.receipt.purchase_due), "{paper}");
        assert!(!paper.contains(words.receipt.refund_due), "{paper}");
    }
}

#[test]
fn an_order_shows_its_deposits_and_its_slip_what_is_still_to_pay() {
    let head = Head::sale("GBP").of(Kind::Order, DocumentType::Invoice);
    let pen = head.begin().line(&Line::new("Sofa", "300.00")).pay(TenderKind::Cash, 10_000);
    pages("order_slip", &receipt::suspended(&pen.clone().suspend(), Some("Ada Lovelace"), &frame()), &[42]);
    let pen = pen.in_closure(8);
    let back = Tender { direction: Direction::Out, ..pen.new_tender(TenderKind::Cash, 1000) };
    let finished = pen.take(back).pay_rest(TenderKind::BankTransfer).complete();
    let customer = "Ada Lovelace\n12 St James's Square\nVAT no. GB 999 9999 73";
    let printout = receipt::completed(&finished, &Frame { customer, ..frame() });
    pages("order", &printout, &[42]);
    assert!(one_line(&printout, "DEPOSIT CASH").ends_with("£100.00"));
}

#[test]
fn slips_of_quotes_deliveries_cash_and_cancelled_documents() {
    let head = Head::sale("GBP");
    let goods = |pen: Pen| pen.line(&Line::new("Tea", "5.00").times("2"));
    let quote = goods(head.clone().of(Kind::Quote, DocumentType::NonFiscalReceipt).begin()).complete();
    let waybill = goods(head.clone().of(Kind::Sale, DocumentType::Waybill).begin()).complete();
    let drop = head.movement(CashMovementKind::CashDrop, 25_000, "to the safe");
    let cancelled = goods(head.begin()).cancel();
    let frame = frame();
    pages("quote", &receipt::completed(&quote, &frame), &[42]);
    pages("waybill", &receipt::completed(&waybill, &frame), &[42]);
    pages("cash_drop", &receipt::completed(&drop, &frame), &[42]);
    pages("cancelled", &receipt::cancelled(&cancelled, &frame), &[42]);
}

#[test]
fn a_copy_is_marked_and_leaves_the_drawer_shut() {
    let sale = full_sale();
    let copy = receipt::completed(&sale, &Frame { copy: true, ..frame() });
    assert_eq!(one_line(&copy, "COPY").trim(), "** COPY **");
    assert!(!copy.blocks().contains(&Block::DrawerKick));
    let original = receipt::completed(&sale, &frame());
    assert!(!text::render(&original, 42).iter().any(|line| line.contains("COPY")));
}

#[test]
fn the_drawer_opens_for_cash_and_not_for_cards_d_per_02() {
    let sold = || Head::sale("GBP").begin().line(&Line::new("Tea", "5.00"));
    let opens = |sale: &Completed, drawer| {
        receipt::completed(sale, &Frame { drawer, ..frame() }).blocks().contains(&Block::DrawerKick)
    };
    let by_card = sold().pay_rest(TenderKind::CreditCard).complete();
    let by_cash = sold().pay_rest(TenderKind::Cash).complete();
    let by_cheque = sold().pay(TenderKind::Cheque, 600).change(100).complete();
    assert_eq!(
        [&by_card, &by_cash, &by_cheque].map(|sale| opens(sale, DrawerRule::WithCash)),
        [false, true, true]
    );
    assert!(opens(&by_card, DrawerRule::Always));
    assert!(!opens(&by_cash, DrawerRule::Never));
    assert!(opens(&Head::sale("GBP").movement(CashMovementKind::PaidIn, 100, "coins"), DrawerRule::WithCash));
    // A deposit of an earlier period put its cash into the drawer then.
    let order = Head::sale("GBP").of(Kind::Order, DocumentType::Invoice).begin();
    let order = order.line(&Line::new("Sofa", "9.00")).pay(TenderKind::Cash, 400).in_closure(8);
    assert!(!opens(&order.pay_rest(TenderKind::CreditCard).complete(), DrawerRule::WithCash));
}

#[test]
fn training_and_exemption_stand_on_the_paper() {
    let head = Head { training: true, ..Head::sale("GBP").of(Kind::Sale, DocumentType::DiplomaticInvoice) };
    let exemption =
        TaxExemption { reason: "embassy".into(), kind: None, certificate: None, authority: authority(1) };
    let pen = head.begin().line(&Line::new("Tea", "5.00")).apply(&Event::TaxExempted { exemption });
    let printout = receipt::completed(&pen.pay_rest(TenderKind::CreditCard).complete(), &frame());
    assert_eq!(one_line(&printout, "TRAINING").trim(), "** TRAINING **");
    assert_eq!(one_line(&printout, "Exempt"), "Exempt from tax: embassy");
}

#[test]
fn what_bears_no_tax_says_what_the_law_calls_it_and_names_no_rate() {
    let sold = |reason: &str, kind, certificate: Option<&str>, tax_mode| {
        let (reason, certificate) = (reason.into(), certificate.map(Into::into));
        let exemption = TaxExemption { reason, kind, certificate, authority: authority(1) };
        let head = Head { tax_mode, ..Head::sale("GBP") };
        let tea = Line::new("Tea", "5.00");
        let pen = head.begin().line(&tea).line(&Line::new("Bread", "2.00").taxed(&[rate(2, "5")]));
        let pen = pen.apply(&Event::TaxExempted { exemption });
        receipt::completed(&pen.pay_rest(TenderKind::CreditCard).complete(), &frame())
    };
    let export = Some(ExemptionKind::Export);
    let cases = [
        ("Export", export, None, "Exempt from tax: Export"),
        ("to Norway", export, Some("D-77"), "Exempt from tax (Export): to Norway (D-77)"),
        ("diplomatic", None, None, "Exempt from tax: Diplomat"),
        ("embassy", Some(ExemptionKind::Other), Some("D-77"), "Exempt from tax: embassy (D-77)"),
    ];
    for (reason, kind, certificate, told) in cases {
        for tax_mode in [TaxMode::Inclusive, TaxMode::Exclusive] {
            let printout = sold(reason, kind, certificate, tax_mode);
            assert_eq!(one_line(&printout, "Exempt"), told);
            assert_eq!(one_line(&printout, "exempt "), "  exempt       7.00      0.00      7.00");
            let lines = text::render(&printout, 42);
            assert!(
                !lines.iter().any(|line| line.contains("20.00%") || line.contains("5.00%")),
                "{lines:#?}"
            );
        }
    }
}

#[test]
fn lines_stand_in_entry_order_and_department_keys_by_name_d_per_06_07() {
    let lines = text::render(&receipt::completed(&full_sale(), &frame()), 42);
    let at = |text: &str| lines.iter().position(|line| line.starts_with(text)).unwrap();
    assert!(at("Earl Grey") < at("Hardware") && at("Hardware") < at("Bananas"));
    assert!(!lines.iter().any(|line| line.contains("Milk")), "voided lines are not printed");
}

#[test]
fn quantities_are_short_and_weighed_goods_have_their_unit_d_per_03() {
    let printout = receipt::completed(&full_sale(), &frame());
    assert_eq!(one_line(&printout, "2 x"), "  2 x £3.50                          £7.00");
    assert_eq!(one_line(&printout, "kg"), "  1.250 kg x £1.49                   £1.86");
}

#[test]
fn a_total_that_was_given_is_shared_out_to_the_pieces_where_it_comes_out_even() {
    let each = |quantity: &str, gross| {
        let pen = Head::sale("GBP").begin().line(&Line::new("Mug", "3.50").times(quantity));
        let mut line = pen.document().lines[0].clone();
        // As goods come back: for what was paid for them.
        (line.no, line.fixed_gross) = (LineNo(2), Some(Money::from_minor(gross)));
        let pen = pen.apply(&Event::LineAdded { line: Box::new(line) });
        let printout = receipt::completed(&pen.pay_rest(TenderKind::Cash).complete(), &frame());
        let lines = text::render(&printout, 42);
        lines.iter().filter(|line| line.starts_with(&format!("  {quantity} "))).nth(1).unwrap().clone()
    };
    assert_eq!(each("3", 9_00), "  3 x £3.00                          £9.00");
    assert_eq!(each("3", 10_00), "  3                                 £10.00");
}

#[test]
fn list_price_and_line_discounts_stand_beneath_the_line_d_per_08() {
    let printout = receipt::completed(&full_sale(), &frame());
    assert_eq!(one_line(&printout, "Discount 10%"), "  Discount 10%                      -£0.70");
    assert_eq!(one_line(&printout, "List price"), "  List price: £12.00");
}

#[test]
fn foreign_notes_and_rounding_are_shown() {
    let pen = Head::sale("GBP").begin().line(&Line::new("Mug", "16.94"));
    let rate = ExchangeRate::parse("1.18").unwrap();
    let foreign = ForeignCash { currency: currency("EUR"), amount: Money::from_minor(2000), rate };
    let notes = Tender { foreign: Some(foreign), ..pen.new_tender(TenderKind::ForeignCurrency, 1695) };
    let printout = receipt::completed(&pen.take(notes).change(1).complete(), &frame());
    assert_eq!(one_line(&printout, "EUR"), "     EUR 20.00 @ 1.18");

    let pen = Head::sale("CHF").begin().line(&Line::new("Käse", "12.32"));
    let cash = Tender { rounding: Money::from_minor(-2), ..pen.new_tender(TenderKind::Cash, 1230) };
    let printout = receipt::completed(&pen.take(cash).complete(), &frame());
    assert_eq!(one_line(&printout, "ROUNDING"), "   ROUNDING                        -Fr0.02");
}

#[test]
fn what_a_bank_or_a_provider_finds_a_tender_by_stands_beneath_it_and_no_number_that_can_be_spent() {
    let named = |reference: &str| Some(reference.to_owned());
    let printed = |kind, details: TenderDetails| {
        let pen = Head::sale("GBP").begin().line(&Line::new("Mug", "16.94"));
        let tender = Tender { details, ..pen.new_tender(kind, 1694) };
        text::render(&receipt::completed(&pen.take(tender).complete(), &frame()), 42).join("\n")
    };
    let due_date = chrono::NaiveDate::from_ymd_opt(2026, 5, 1);
    let (bank, reference) = (named("Barclays"), named("000123"));
    let cheque = TenderDetails { reference, bank, due_date, ..TenderDetails::default() };
    let paper = printed(TenderKind::Cheque, cheque);
    assert!(paper.contains("     No: 000123\n     Bank: Barclays\n     Due: 2026-05-01"), "{paper}");
    let card =
        TenderDetails { authorisation: named("A77"), reference: named("T-1"), ..TenderDetails::default() };
    let paper = printed(TenderKind::CreditCard, card);
    assert!(paper.contains("     Authorised: A77") && !paper.contains("T-1"), "{paper}");
    let gift = TenderDetails { reference: named("9876543210"), ..TenderDetails::default() };
    let paper = printed(TenderKind::PrepaidCard, gift);
    assert!(paper.contains("GIFT CARD") && !paper.contains("9876543210"), "called as on the screen: {paper}");
}

#[test]
fn a_receipt_has_the_number_of_the_new_voucher_and_a_copy_its_last_digits() {
    let printed = |rest: Rest, frame: &Frame<'_>| {
        let pen = Head::sale("GBP").begin().line(&Line::new("Mug", "2.50"));
        let details = TenderDetails { rest: Some(Box::new(rest)), ..TenderDetails::default() };
        let tender = Tender { details, ..pen.new_tender(TenderKind::PrepaidCard, 250) };
        text::render(&receipt::completed(&pen.take(tender).complete(), frame), 42).join("\n")
    };
    let new = || Rest::NewVoucher { number: "4455667788990013".to_owned(), amount: Money::from_minor(750) };
    let paper = printed(new(), &frame());
    assert!(paper.contains("4455667788990013") && paper.contains("£7.50"), "{paper}");
    let copy = printed(new(), &Frame { copy: true, ..frame() });
    assert!(copy.contains("*0013") && copy.contains("£7.50") && !copy.contains("990013"), "{copy}");
    let lost = printed(Rest::Lost { amount: Money::from_minor(750) }, &frame());
    let line = lost.lines().find(|line| line.contains("Rest not given back")).unwrap();
    assert!(line.ends_with("£7.50"), "{lost}");
}

#[test]
fn the_receipt_is_found_again_by_its_id_and_the_slip_by_its_number() {
    let sale = full_sale();
    let printout = receipt::completed(&sale, &frame());
    assert!(printout.blocks().contains(&Block::Qr(sale.document().id.to_string())));
    let parked = Head::sale("GBP").begin().line(&Line::new("Tea", "5.00")).suspend();
    let slip = receipt::suspended(&parked, Some("Table 4"), &frame());
    assert!(slip.blocks().contains(&Block::Barcode("20260312-0007-000001".into())));
    assert_eq!(slip.blocks().last(), Some(&Block::Cut));
    pages("suspended", &slip, &[32]);
}

#[test]
fn nothing_typed_reaches_a_printer_as_a_command() {
    let mut out = Printout::new();
    let bad = "a\u{1b}@b\u{202e}c\td\u{7f}e\u{9b}f";
    out.line(bad);
    out.paragraph(bad, Align::Center);
    out.pair(bad, bad);
    out.barcode("12\u{1b}é3");
    out.qr(bad);
    out.rule('\u{7}');
    out.table(Table { rows: vec![Row::Cells(vec![Cell::Ends(bad.into(), bad.into())])], ..Table::default() });
    let lines = text::render(&out, 40);
    assert_eq!(lines[0], "a@bcdef");
    assert_eq!(lines[3].trim(), "123");
    assert!(lines.iter().all(|line| !line.chars().any(|c| c.is_control() || c == '\u{202e}')), "{lines:?}");
}

#[test]
fn a_name_keeps_a_place_of_its_own_where_its_amount_fills_the_line() {
    let printed = |right: &str| {
        let mut out = Printout::new();
        out.pair("Tea", right);
        text::render(&out, 16)
    };
    assert_eq!(printed("12345678901234"), ["T 12345678901234"]);
    assert_eq!(printed("123456789012345"), ["Tea", " 123456789012345"]);
    assert_eq!(printed("12345678901234567"), ["Tea", "1234567890123456", "               7"]);
}

#[test]
fn what_a_receipt_is_found_by_is_whole_on_the_narrowest_paper() {
    let sale = full_sale();
    let document = sale.document();
    let printout = receipt::completed(&sale, &frame());
    for width in 20..=48 {
        let lines = text::render(&printout, width);
        assert!(lines.iter().all(|line| text::width_of(line) <= width), "{width}: {lines:#?}");
        // Where something goes on, or stands at the other edge, is another matter.
        let words = lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        let number = format!("Document: {}", document.number);
        let of_period = format!("Receipt: {}", document.number.receipt);
        let at = parts::date_and_second(sale.completed_at().local);
        for whole in [number, of_period, at] {
            assert!(words.contains(&whole), "{whole} at {width}: {lines:#?}");
        }
    }
}

#[test]
fn a_table_gives_up_its_gaps_then_its_rows_and_never_a_number() {
    let row = |cells: [&str; 4]| {
        let [first, rest @ ..] = cells.map(str::to_owned);
        Row::Cells([Cell::Left(first)].into_iter().chain(rest.map(Cell::Right)).collect())
    };
    let table = Table {
        indent: 2,
        gap: 2,
        columns: vec![7, 8, 8, 8],
        rows: vec![
            row(["Rate%", "Net", "Tax", "Gross"]),
            Row::Rule,
            row(["20%", "123456.78", "24691.36", "148148.14"]),
        ],
    };
    let printed = |width| text::lines(&Block::Table(table.clone()), width);
    assert_eq!(
        printed(42),
        [
            "  Rate%          Net       Tax      Gross",
            "  -------  ---------  --------  ---------",
            "  20%      123456.78  24691.36  148148.14",
        ]
    );
    assert_eq!(
        printed(34),
        [
            "Rate%       Net      Tax     Gross",
            "----- --------- -------- ---------",
            "20%   123456.78 24691.36 148148.14",
        ]
    );
    assert_eq!(
        printed(30),
        [
            "Rate%",
            "        Net      Tax     Gross",
            "------------------------------",
            "20%",
            "  123456.78 24691.36 148148.14",
        ]
    );
    assert_eq!(
        printed(20),
        [
            "--------------------",
            "Rate%            20%",
            "Net        123456.78",
            "Tax         24691.36",
            "Gross      148148.14",
        ]
    );
}

proptest! {
    #[test]
    fn no_line_is_wider_than_the_paper_and_no_amount_is_cut(
        left in "\\PC{0,60}",
        right in "[0-9.,£₺€-]{0,14}",
        long in "[\\PC\n]{0,120}",
        width in 16..60_usize,
    ) {
        let mut out = Printout::new();
        out.line(&left);
        out.title(&left);
        out.right(&left);
        out.pair(&left, &right);
        out.pair(&left, &long);
        out.paragraph(&long, Align::Center);
        out.rule('=');
        out.rule('本');
        out.barcode(&long);
        out.qr(&long);
        let cells = || vec![Cell::Left(left.clone()), Cell::Right(right.clone()), Cell::Right(right.clone())];
        let rows = vec![Row::Cells(cells()), Row::Rule, Row::Cells(cells())];
        out.table(Table { indent: 2, gap: 2, columns: vec![4, 4, 4], rows });
        let ends = vec![Cell::Ends(left.clone(), right.clone()), Cell::Ends(left.clone(), right.clone())];
        out.table(Table { indent: 2, gap: 3, columns: vec![16, 16], rows: vec![Row::Cells(ends)] });
        let lines = text::render(&out, width);
        for line in &lines {
            prop_assert!(text::width_of(line) <= width, "{} > {width}: {line:?}", text::width_of(line));
        }
        let pair = text::lines(&out.blocks()[3], width);
        prop_assert!(pair.iter().any(|line| line.ends_with(&right)), "{pair:?}");
    }
}
