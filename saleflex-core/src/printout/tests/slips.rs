//! Slips beside receipts: drawer counts, labels, kitchen tickets, and what a customer is shown.

use alloc::collections::BTreeMap;

use super::*;
use crate::{
    closure::{
        CashCount, Declaration, Denomination,
        drawer::{CountPurpose, DrawerNo, OverShortReason},
    },
    ids::{ClosureNumber, TenderNo},
    money::CurrencyCode,
    printout::{
        count::{CountFrame, drawer_count},
        display::{DisplaySize, Showing},
        html,
        label::{self, Label},
        receipt::{Serving, serving},
        ticket::{KitchenTicket, TicketItem, TicketKind, kitchen},
    },
    quantity::Quantity,
};

/// Nothing is expected of other currencies.
static NOTHING: BTreeMap<CurrencyCode, Money> = BTreeMap::new();

fn count_frame() -> CountFrame<'static> {
    CountFrame {
        words: &ENGLISH,
        header: "Corner Market",
        register: "2",
        cashier: "1 Ada",
        closure: ClosureNumber(7),
        at: moment("2026-03-12 20:41:00"),
        drawer: None,
        purpose: CountPurpose::Closing,
        to: "",
        expected: Some(Money::from_minor(31_251)),
        expected_foreign: &NOTHING,
        copy: false,
    }
}

#[test]
fn a_drawer_count_lists_notes_and_coins_and_what_is_missing() {
    let piece = |value, count| Denomination { value: Money::from_minor(value), count };
    let counted = CashCount::Denominations(vec![piece(5000, 5), piece(1000, 6), piece(200, 1), piece(50, 0)]);
    let declaration = Declaration {
        counted,
        foreign: [(CurrencyCode::parse("EUR").unwrap(), CashCount::Amount(Money::from_minor(1800)))].into(),
        float_left: Some(Money::from_minor(10_000)),
        foreign_left: alloc::collections::BTreeMap::new(),
        declared: alloc::collections::BTreeMap::new(),
        reason: Some("a coin fell behind the counter".into()),
        over_short: None,
    };
    let slip = drawer_count(&declaration, &currency("GBP"), &count_frame());
    pages("count", &slip, &[32, 42]);
    assert!(one_line(&slip, "Difference").ends_with("-£0.51"));
    let [eur, usd] = ["EUR", "USD"].map(|code| CurrencyCode::parse(code).unwrap());
    let expected_foreign = [(eur, Money::from_minor(2000)), (usd, Money::from_minor(500))].into();
    let known = CountFrame { expected_foreign: &expected_foreign, ..count_frame() };
    let known = drawer_count(&declaration, &currency("GBP"), &known);
    assert!(one_line(&known, "Counted EUR").ends_with("18.00"));
    assert!(one_line(&known, "Expected EUR").ends_with("20.00"));
    assert!(one_line(&known, "Difference EUR").ends_with("-2.00"));
    assert!(one_line(&known, "Expected USD").ends_with("5.00"), "what nobody counted");
    let blind = drawer_count(&declaration, &currency("GBP"), &CountFrame { expected: None, ..count_frame() });
    assert!(!text::render(&blind, 42).iter().any(|line| line.contains("Expected") || line.contains("Diff")));
}

#[test]
fn a_drawer_count_says_which_drawer_was_counted_what_for_and_why_it_differs() {
    let declaration = Declaration {
        over_short: Some(OverShortReason::WrongChange),
        reason: Some("a busy hour".into()),
        ..Declaration::amount(Money::from_minor(5_115))
    };
    let slip = |drawer, purpose, to: &'static str| {
        let frame = CountFrame { drawer, purpose, to, ..count_frame() };
        text::render(&drawer_count(&declaration, &currency("GBP"), &frame), 42).join("\n")
    };
    let to = crate::closure::tests::samples::cashier(3);
    let handed = slip(Some(DrawerNo(2)), CountPurpose::HandOver { to }, "Tom Ashgrove");
    for words in ["Drawer 2", "Hand-over to: Tom Ashgrove", "Reason: Wrong change, a busy hour"] {
        assert!(handed.contains(words), "{words} in {handed}");
    }
    let only = |purpose| slip(None, purpose, "");
    assert!(!only(CountPurpose::Closing).contains("Drawer "), "a till with one drawer has no numbers");
    for (purpose, words) in [
        (CountPurpose::Opening, "Float before selling"),
        (CountPurpose::SpotCheck, "Spot check"),
        (CountPurpose::Closing, "Close the period"),
    ] {
        assert!(only(purpose).contains(words), "{words}");
    }
}

#[test]
fn a_drawer_count_names_what_was_declared_with_it() {
    let amounts = [("reported_tips", 500), ("driver_tips", 125), ("shoe_bags", 0)];
    let declared = amounts.map(|(name, amount)| (name.to_owned(), Money::from_minor(amount))).into();
    let declaration = Declaration { declared, ..Declaration::amount(Money::from_minor(5_000)) };
    let slip = drawer_count(&declaration, &currency("GBP"), &count_frame());
    assert!(one_line(&slip, "Reported tips").ends_with("£5.00"), "as the country calls it");
    assert!(one_line(&slip, "Driver tips").ends_with("£1.25"), "by its own name");
    assert!(!text::render(&slip, 42).iter().any(|line| line.contains("Shoe bags")));
}

#[test]
fn labels_carry_name_price_base_price_and_a_barcode_of_the_right_kind() {
    let price = |text: &str| UnitPrice::parse(text).unwrap();
    let pounds = currency("GBP");
    let base = label::base_price(price("0.99"), Quantity::parse("0.25").unwrap()).unwrap();
    assert_eq!(base, price("3.96"));
    let dearest = UnitPrice::parse("99999999").unwrap();
    assert_eq!(label::base_price(dearest, Quantity::parse("0.0001").unwrap()), None, "beyond any price");
    let tea = Label {
        name: "Earl Grey tea, 50 bags",
        code: "1007",
        barcode: Some("4006381333931"),
        price: price("0.99"),
        old_price: Some(price("1.29")),
        base_price: Some((base, "kg")),
        currency: &pounds,
    };
    pages("shelf_label", &label::shelf(&tea), &[32]);
    assert!(label::shelf(&tea).blocks().contains(&Block::Ean("4006381333931".into())));
    let own = Label { barcode: None, ..tea };
    assert!(label::shelf(&own).blocks().contains(&Block::Barcode("1007".into())));
    let three = label::product(&tea, 3);
    assert_eq!(three.blocks().iter().filter(|block| **block == Block::Cut).count(), 3);
}

#[test]
fn a_kitchen_ticket_is_large_and_says_what_it_is() {
    let quantity = |text: &str| Quantity::parse(text).unwrap();
    let items = [
        TicketItem {
            quantity: quantity("2"),
            name: "Burger",
            modifiers: &["no onions", "extra cheese"],
            instructions: "Well done, please.",
        },
        TicketItem { quantity: quantity("1"), name: "Soup", modifiers: &[], instructions: "" },
    ];
    let ticket = KitchenTicket {
        words: &ENGLISH,
        kind: TicketKind::New,
        station: "Grill",
        order: "42",
        table: "7",
        cashier: "1 Ada",
        at: moment("2026-03-12 20:41:00"),
        items: &items,
    };
    let printout = kitchen(&ticket);
    pages("kitchen", &printout, &[32]);
    let is_large = |block: &&Block| {
        matches!(block, Block::Line { size: Size::Large, .. } | Block::Paragraph { size: Size::Large, .. })
    };
    assert_eq!(printout.blocks().iter().filter(is_large).count(), 4, "table, order and both dishes");
    let cancelled = kitchen(&KitchenTicket { kind: TicketKind::Cancellation, ..ticket });
    assert_eq!(one_line(&cancelled, "**").trim(), "** CANCELLED **");
    let changed = kitchen(&KitchenTicket { kind: TicketKind::Change, ..ticket });
    assert_eq!(one_line(&changed, "**").trim(), "** CHANGED ORDER **");
}

#[test]
fn a_repeated_print_is_marked_and_leaves_the_drawer_shut() {
    let receipt = receipt::completed(&full_sale(), &frame());
    assert_eq!(receipt.blocks().first(), Some(&Block::DrawerKick));
    let again = receipt.marked(ENGLISH.titles.repeat);
    assert_eq!(text::render(&again, 42)[0].trim(), "** REPEATED PRINT **");
    assert!(!again.blocks().contains(&Block::DrawerKick));
    assert_eq!(text::render(&again, 42)[1..], text::render(&receipt, 42));
    assert_eq!(text::render(&receipt.without_drawer(), 42), text::render(&receipt, 42));
    assert!(!receipt.without_drawer().blocks().contains(&Block::DrawerKick));
}

#[test]
fn one_of_several_drawers_opens_at_its_pin_and_an_older_job_reads_as_it_was() {
    let receipt = receipt::completed(&full_sale(), &frame()).on_drawer_pin(escpos::DrawerPin::Five);
    assert_eq!(receipt.blocks().first(), Some(&Block::DrawerKickOn(escpos::DrawerPin::Five)));
    assert!(receipt.opens_drawer() && !receipt.without_drawer().opens_drawer());
    let none = receipt.without_drawer().on_drawer_pin(escpos::DrawerPin::Five);
    assert!(!none.opens_drawer(), "what opens none opens none");
    let older: Printout = serde_json::from_str(r#"["drawer_kick"]"#).unwrap();
    assert_eq!(older.blocks(), [Block::DrawerKick]);
}

#[test]
fn header_footer_and_logo_stand_on_the_paper_d_per_04() {
    let receipt = receipt::completed(&full_sale(), &frame());
    assert!(receipt.blocks().contains(&Block::Logo));
    let lines = text::render(&receipt, 42);
    assert_eq!(lines[0].trim(), "Corner Market");
    assert!(lines.iter().any(|line| line.contains("Thank you!")));
}

#[test]
fn tax_is_listed_by_rate_d_per_05() {
    let receipt = receipt::completed(&full_sale(), &frame());
    assert_eq!(one_line(&receipt, "  5.00%"), "    5.00%      1.68      0.08      1.76");
    assert_eq!(one_line(&receipt, " 20.00%"), "   20.00%     17.92      3.58     21.50");
}

#[test]
fn cashier_register_document_closure_customer_and_points_stand_on_the_paper_d_per_09() {
    let lines = text::render(&receipt::completed(&full_sale(), &member(frame())), 42);
    for line in
        ["Cashier: 1 Ada", "Register: 2", "Document: 20260312-0007-000001", "Closure: 7", "Grace Hopper"]
    {
        assert!(lines.iter().any(|printed| printed == line), "{line}");
    }
    assert!(lines.iter().any(|line| line.starts_with("Points balance") && line.ends_with("374")));
}

const TWO: DisplaySize = DisplaySize { columns: 20, rows: 2 };
const THREE: DisplaySize = DisplaySize { columns: 20, rows: 3 };

#[test]
fn the_line_display_shows_symbol_digits_and_what_is_owed_d_per_10() {
    let show = |showing: Showing, size| showing.lines(size, &currency("GBP"), &ENGLISH);
    let pen = Head::sale("GBP").begin();
    assert_eq!(Showing::of(pen.document()), None);
    let pen = pen.line(&Line::new("Earl Grey tea, 50 bags", "3.50").times("2"));
    let pen = pen.adjust(AdjustmentKind::Discount, AdjustmentSource::Manager, minor(100), None);
    assert_eq!(
        show(Showing::of(pen.document()).unwrap(), THREE),
        ["Earl Grey tea, 50 ba", "2 x £3.50      £7.00", "TOTAL          £6.00"],
        "the discount is taken off the total"
    );
    assert_eq!(
        show(Showing::of(pen.document()).unwrap(), TWO),
        ["Earl Grey tea, 50 ba", "TOTAL £6.00    £7.00"]
    );
    assert_eq!(
        show(Showing::adjusted(pen.document(), &ENGLISH).unwrap(), TWO),
        ["Manager's discount  ", "TOTAL £6.00   -£1.00"]
    );
    let pen = pen.pay(TenderKind::Cash, 500);
    assert_eq!(
        show(Showing::of(pen.document()).unwrap(), THREE),
        ["TENDERED       £5.00", "TOTAL          £6.00", "BALANCE DUE    £1.00"]
    );
    let pen = pen.pay(TenderKind::Cash, 500).change(400);
    assert_eq!(
        show(Showing::of(pen.document()).unwrap(), TWO),
        ["TENDERED      £10.00", "CHANGE         £4.00"]
    );
    let idle = Showing::Idle { message: "Welcome to\nthe Corner Market".into() };
    assert_eq!(show(idle, TWO), ["Welcome to          ", "the Corner Market   "]);
    let dear = Showing::Entered {
        name: "Piano".into(),
        how_much: None,
        amount: Money::from_minor(123_456_789),
        net_due: Money::from_minor(223_456_789),
    };
    assert_eq!(show(dear, TWO)[1], "         £1234567.89", "a price is never cut");
}

#[test]
fn the_line_display_shows_weight_unit_price_and_price_of_what_was_weighed() {
    let show = |line: &Line, size| {
        let pen = Head::sale("GBP").begin().line(line);
        Showing::of(pen.document()).unwrap().lines(size, &currency("GBP"), &ENGLISH)
    };
    let bananas = Line::new("Bananas", "3.50").weighed("0.412");
    assert_eq!(show(&bananas, TWO), ["Bananas             ", "0.412kgx£3.50  £1.44"]);
    assert_eq!(show(&bananas, THREE)[1..], ["0.412kgx£3.50  £1.44", "TOTAL          £1.44"]);
    let wide = DisplaySize { columns: 40, rows: 2 };
    assert_eq!(show(&bananas, wide)[1], "0.412 kg x £3.50                   £1.44");
    let sirloin = Line::new("Sirloin", "13.50").weighed("2.412");
    assert_eq!(show(&sirloin, TWO), ["2.412 kg x £13.50   ", "Sirloin       £32.56"]);
}

fn screen() -> Serving<'static> {
    Serving {
        words: &ENGLISH,
        store: "Corner Market",
        customer: "Grace",
        points: Some(Points::new(374)),
        messages: &["Buy two more, pay for one."],
        payment_qr: Some("pay:1"),
        idle: &["Fresh bread at eight."],
    }
}

#[test]
fn the_customers_screen_shows_the_open_document_and_between_two_customers_what_the_shop_says() {
    let pen = Head::sale("GBP").begin().line(&Line::new("Tea", "3.50").times("2"));
    let pen = pen.adjust_line(1, AdjustmentKind::Discount, percent(10)).pay(TenderKind::CreditCard, 300);
    let shown = serving(Some(pen.document()), &screen());
    pages("serving", &shown, &[42]);
    assert!(shown.blocks().contains(&Block::Qr("pay:1".into())));
    let idle = serving(None, &screen());
    assert_eq!(text::render(&idle, 42)[1].trim(), "Fresh bread at eight.");
    assert!(!text::render(&idle, 42).iter().any(|line| line.contains("Grace")));
}

#[test]
fn a_page_is_whole_and_escaped() {
    let mut out = Printout::new();
    out.line("<script>alert('x')</script> & \"quotes\"");
    out.product_barcode("4006381333931");
    out.qr("\"><img src=x>");
    let page =
        html::render(&out, &html::Page { title: "</title>", language: "tr", logo: None, refresh_s: Some(1) });
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("</title></title>"));
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quotes&quot;"));
    assert!(page.contains("<html lang=\"tr\">") && page.contains("content=\"1\""));
    for outside in ["http", "src=", "url(", "@import"] {
        assert!(!page.replace("http-equiv", "").replace("src=x&gt;", "").contains(outside), "{outside}");
    }
}

#[test]
fn a_page_without_a_title_is_called_by_its_first_words() {
    let title = |out: &Printout| {
        let page = html::render(out, &html::Page::default());
        page.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0.to_string()
    };
    let mut out = Printout::new();
    assert_eq!(title(&out), "SaleFlex");
    out.line(" ");
    out.pair("Tea & milk", "5.00");
    assert_eq!(title(&out), "Tea &amp; milk");
    assert_ne!(title(&receipt::completed(&full_sale(), &member(frame()))), "");
}

#[test]
fn a_page_is_as_long_as_what_is_printed_between_two_cuts() {
    let size = |fill: &dyn Fn(&mut Printout)| {
        let mut out = Printout::new();
        fill(&mut out);
        let page = html::render(&out, &html::Page::default());
        let (_, rest) = page.split_once("@page { size: 80mm ").unwrap();
        rest.split_once("mm;").unwrap().0.parse::<usize>().unwrap()
    };
    assert_eq!(size(&|_| {}), 8, "its margins");
    let lines = |out: &mut Printout| (0..100).for_each(|_| out.line("a"));
    assert_eq!(size(&lines), 448);
    let twice = |out: &mut Printout| {
        lines(out);
        out.cut();
        lines(out);
    };
    assert_eq!(size(&twice), 448, "each part has a sheet of its own");
    assert_eq!(size(&|out| out.line(&"a".repeat(75))), 22, "what is wider than the paper goes on below");
    assert!(size(&|out| out.qr("a")) > size(&|out| out.line("a")) + 20);
}

#[test]
fn a_receipt_as_a_page() {
    let receipt = receipt::completed(&full_sale(), &member(frame()));
    let page = html::render(&receipt, &html::Page { title: "Receipt", ..html::Page::default() });
    insta::assert_snapshot!("sale_html", page.split_once("</style>").unwrap().1);
    assert_eq!(page.matches("<svg").count(), 1);
}

#[test]
fn change_out_of_a_deposit_is_on_the_slip_of_its_moment_and_on_no_later_paper() {
    let head = Head::sale("GBP").of(Kind::Layaway, DocumentType::FiscalReceipt);
    let pen = head.begin().line(&Line::new("Sofa", "300.00")).pay(TenderKind::Cash, 35_000).change(5_000);
    let at = moment("2026-03-12 10:00:00");
    let slip = receipt::change_of_deposit(pen.document(), TenderNo(1), at, &frame()).unwrap();
    assert!(one_line(&slip, "LAYAWAY").contains("LAYAWAY"));
    assert!(one_line(&slip, "DEPOSIT CASH").ends_with("£350.00"));
    assert!(one_line(&slip, "CHANGE").ends_with("£50.00"));
    assert!(one_line(&slip, "STILL TO PAY").ends_with("£0.00"));
    assert_eq!(receipt::change_of_deposit(pen.document(), TenderNo(2), at, &frame()), None);
    let given = Event::ChangeGiven { amount: Money::from_minor(5_000), rounding: Money::ZERO, tender: None };
    let show = |showing: Option<Showing>| showing.unwrap().lines(TWO, &currency("GBP"), &ENGLISH);
    assert_eq!(show(Showing::after(&[given], pen.document(), &ENGLISH))[1], "CHANGE        £50.00");
    let later = show(Showing::after(&[], pen.document(), &ENGLISH));
    assert_eq!(later, ["TENDERED     £300.00", "CHANGE         £0.00"]);
    // Something comes on top, and its deposit gives change as well.
    let more = pen.clone().line(&Line::new("Rug", "10.00")).pay(TenderKind::Cash, 2_000).change(1_000);
    let given = Event::ChangeGiven {
        amount: Money::from_minor(1_000),
        rounding: Money::ZERO,
        tender: Some(TenderNo(2)),
    };
    let shown = show(Showing::after(&[given], more.document(), &ENGLISH));
    assert_eq!(shown, ["TENDERED     £320.00", "CHANGE        £10.00"]);
    let papers = [
        receipt::suspended(&pen.clone().suspend(), None, &frame()),
        receipt::completed(&pen.complete(), &frame()),
    ];
    for paper in papers {
        assert!(one_line(&paper, "CASH").ends_with("£300.00"), "{paper:?}");
        assert!(!text::render(&paper, 42).iter().any(|line| line.contains("CHANGE")), "{paper:?}");
    }
}

#[test]
fn foreign_notes_of_a_deposit_that_gave_change_are_on_its_slip_alone() {
    let head = Head::sale("GBP").of(Kind::Layaway, DocumentType::FiscalReceipt);
    let pen = head.begin().line(&Line::new("Sofa", "45.00"));
    let euros = ForeignCash {
        currency: currency("EUR"),
        amount: Money::from_minor(6_000),
        rate: ExchangeRate::parse("0.85").unwrap(),
    };
    let tip = Tip { amount: Money::from_minor(50), kind: TipKind::Cash };
    let paid = |change| {
        let notes = Tender {
            foreign: Some(euros),
            tip: Some(tip),
            ..pen.new_tender(TenderKind::ForeignCurrency, 4_500 + change)
        };
        let taken = pen.clone().take(notes);
        if change > 0 { taken.change(change) } else { taken }
    };
    let lists = |paper: &Printout, what: &str| text::render(paper, 42).iter().any(|line| line.contains(what));
    let over = paid(600);
    let slip =
        receipt::change_of_deposit(over.document(), TenderNo(1), moment("2026-03-12 10:00:00"), &frame());
    let slip = slip.unwrap();
    assert!(one_line(&slip, "DEPOSIT FOREIGN").ends_with("£51.00"), "{slip:?}");
    assert!(lists(&slip, "EUR 60.00 @ 0.85") && lists(&slip, "0.50"), "{slip:?}");
    let receipt = receipt::completed(&over.complete(), &frame());
    assert!(one_line(&receipt, "FOREIGN").ends_with("£45.00"), "{receipt:?}");
    assert!(!lists(&receipt, "EUR"), "which is not what the notes were worth: {receipt:?}");
    assert!(lists(&receipt::completed(&paid(0).complete(), &frame()), "EUR 60.00"));
}

#[test]
fn what_has_an_open_price_prints_no_list_price() {
    let line = Line { list_price: UnitPrice::ZERO, ..Line::new("Repair", "12.00") };
    let price_override = crate::basket::PriceOverride { reason: None, authority: authority(9) };
    let price = UnitPrice::parse("9.99").unwrap();
    let pen = Head::sale("GBP").begin().line(&line);
    let pen = pen.apply(&Event::PriceOverridden { line: LineNo(1), price, price_override });
    let printout = receipt::completed(&pen.pay_rest(TenderKind::Cash).complete(), &frame());
    let lines = text::render(&printout, 42);
    assert!(!lines.iter().any(|line| line.contains("List price")), "{lines:#?}");
}
