use std::{collections::BTreeSet, fs, path::Path};

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::text::Text;

fn step(line: &str) -> Step {
    parse_line(line).unwrap()
}

fn error(line: &str) -> String {
    parse_line(line).unwrap_err().to_string()
}

fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

fn price(text: &str) -> UnitPrice {
    UnitPrice::parse(text).unwrap()
}

fn major_of(text: &str) -> Major {
    Major(text.parse().unwrap())
}

#[test]
fn empty_lines_and_comments_are_nothing() {
    for line in ["", "   ", "# a comment", "  # sell 1001"] {
        assert_eq!(step(line), Step::Nothing, "{line:?}");
    }
}

#[test]
fn selling_takes_a_quantity_and_a_price_or_either() {
    let sell = |quantity, price| Step::Sell {
        code: "1001".into(),
        quantity,
        price,
        serials: vec![],
        counted: false,
    };
    assert_eq!(step("sell 1001"), sell(None, None));
    assert_eq!(step("sell 1001 3"), sell(Some(quantity("3")), None));
    assert_eq!(step("sell 1001 @1.50"), sell(None, Some(price("1.5"))));
    assert_eq!(step("  sell   1001\t0.250  @2 "), sell(Some(quantity("0.25")), Some(price("2"))));
    for line in ["sell 1001 2000 counted", "sell 1001 counted", "sell 1001 @2 counted"] {
        assert!(matches!(step(line), Step::Sell { counted: true, .. }), "{line}");
    }
    assert!(matches!(step("quantity 1 2000 counted"), Step::Quantity { counted: true, .. }));
    assert!(matches!(step("price 1 2000 counted"), Step::Price { counted: true, .. }));
    assert!(matches!(step("empties 7 2000 counted"), Step::Empties { counted: true, .. }));
    assert_eq!(error("sell"), "`sell` needs a code");
    assert_eq!(error("sell 1001 many"), "`many` is not a quantity");
    assert_eq!(error("sell 1001 @"), "`@` is not a price");
    assert_eq!(error("sell 1001 1 @2 more"), "`more` is too much");
    assert_eq!(error("sell 1001 0"), "`0` is not a quantity");
}

#[test]
fn a_word_with_blanks_stands_in_quotes_and_a_quote_in_it_is_written_twice() {
    let code = |line| match step(line) {
        Step::Sell { code, quantity, price, .. } => (code, quantity, price),
        other => panic!("{other:?}"),
    };
    let charges = || "BANK CHARGES".to_owned();
    assert_eq!(code("sell \"BANK CHARGES\""), (charges(), None, None));
    assert_eq!(code("sell \"BANK CHARGES\"  2 @15.00"), (charges(), Some(quantity("2")), Some(price("15"))));
    assert_eq!(code("sell \"5\"\" NAIL\" 3"), ("5\" NAIL".to_owned(), Some(quantity("3")), None));
    // Within a word a quote is itself, and what is quoted is no word of the script's.
    assert_eq!(code("sell 5\"NAIL").0, "5\"NAIL");
    assert_eq!(code("sell \"because\" 1"), ("because".to_owned(), Some(quantity("1")), None));
    assert_eq!(step("customer \"C 1\""), Step::Customer("C 1".into()));
    // A text goes to the end of its line and needs none.
    assert_eq!(step("suspend \"Table 5\""), Step::Suspend(Some("\"Table 5\"".into())));
    assert_eq!(
        error("sell \"BANK CHARGES"),
        "`\"BANK CHARGES`: a quote is not closed, or a blank is missing behind it"
    );
    assert_eq!(
        error("sell \"BANK\"CHARGES 1"),
        "`\"BANK\"CHARGES 1`: a quote is not closed, or a blank is missing behind it"
    );
    assert_eq!(error("sell \"\""), "`sell` needs a code");
    // What may be a secret is not repeated.
    for line in ["login morgan \"2222", "login \"morgan 2222", "approve morgan \"22\"22"] {
        assert_eq!(error(line), "`…`: a quote is not closed, or a blank is missing behind it", "{line}");
    }
}

#[test]
fn what_is_wrong_is_said_in_the_language_chosen_and_a_bound_with_its_number() {
    let turkish = |line: &str| parse_line(line).unwrap_err().words(Text::of(Some("tr")));
    assert_eq!(turkish("dance"), "`dance` diye bir adım yok");
    assert_eq!(turkish("sell"), "`sell` için bir kod gerekli");
    assert_eq!(turkish("sell 1 {what}"), "`{what}`, bir miktar değil");
    assert_eq!(error("sell 1 99999999"), "`99999999` is not a quantity: at most 9999999");
    assert_eq!(error("price 1 99999999999999"), "`99999999999999` is not a price: at most 99999999999");
    assert_eq!(error("sell 1 @999999999999"), "`@999999999999` is not a price: at most 99999999999");
}

#[test]
fn pieces_are_named_behind_of() {
    let serials =
        |texts: &[&str]| -> Vec<_> { texts.iter().map(|text| SerialNo::parse(text).unwrap()).collect() };
    assert_eq!(
        step("sell 1001 2 @3 of A1,A2"),
        Step::Sell {
            code: "1001".into(),
            quantity: Some(quantity("2")),
            price: Some(price("3")),
            serials: serials(&["A1", "A2"]),
            counted: false,
        }
    );
    let looked = step("sell 1001 of A1/A2 counted");
    assert!(matches!(looked, Step::Sell { serials, counted: true, .. } if serials.len() == 2));
    let one = step("sell 1001 of A1");
    assert!(matches!(one, Step::Sell { quantity: None, price: None, serials, .. } if serials.len() == 1));
    assert_eq!(
        step("return 7 1 1 opened of A2"),
        Step::Return {
            receipt: "7".into(),
            line: LineNo(1),
            quantity: quantity("1"),
            state: GoodsState::Opened,
            serials: serials(&["A2"])
        }
    );
    let because = step("return-without-receipt 1001 of A1 because it broke");
    assert!(matches!(because, Step::Because { reason, .. } if reason == "it broke"));
    assert_eq!(error("sell 1001 of"), "`sell` needs a serial number");
    assert_eq!(error("sell 1001 of ,"), "`,` is not a serial number");
}

#[test]
fn a_discount_is_on_a_line_the_last_or_the_document_in_percent_or_money() {
    let adjust = |is_discount, target, value| Step::Adjust { is_discount, target, value, source: None };
    let ten = Value::Percent(Percent::parse("10").unwrap());
    assert_eq!(step("discount last 10%"), adjust(true, Target::Last, ten));
    assert_eq!(step("discount 2 10%"), adjust(true, Target::Line(LineNo(2)), ten));
    assert_eq!(
        step("markup document 1.50"),
        adjust(false, Target::Document, Value::Amount(major_of("1.50")))
    );
    assert_eq!(error("discount first 10%"), "`first` is not a line number");
    assert_eq!(error("discount last"), "`discount` needs a percentage or an amount");
    assert_eq!(error("discount last ten%"), "`ten%` is not a percentage or an amount");
}

#[test]
fn paying_takes_kind_amount_and_currency() {
    let plain = |kind, amount, currency, tip, is_counted| Step::Pay {
        kind,
        amount,
        currency,
        tip,
        balance: None,
        details: Box::default(),
        is_pending: false,
        is_counted,
    };
    let pay = |kind, amount, currency| plain(kind, amount, currency, None, false);
    assert_eq!(step("pay cash"), pay(TenderKind::Cash, None, None));
    assert_eq!(step("pay card 10.00"), pay(TenderKind::CreditCard, Some(major_of("10.00")), None));
    let euro = CurrencyCode::parse("EUR").ok();
    assert_eq!(step("pay foreign 20 EUR"), pay(TenderKind::ForeignCurrency, Some(major_of("20")), euro));
    let tipped = |kind, amount, tip| plain(kind, amount, None, tip, true);
    let two = Some(Value::Amount(major_of("2.00")));
    assert_eq!(step("pay cash 20 tip 2.00 counted"), tipped(TenderKind::Cash, Some(major_of("20")), two));
    let tenth = Some(Value::Percent(Percent::parse("10").unwrap()));
    assert_eq!(step("pay card tip 10% counted"), tipped(TenderKind::CreditCard, None, tenth));
    assert_eq!(error("pay card tip"), "`pay` needs a tip");
    assert_eq!(error("pay card tip much"), "`much` is not a tip");
    assert_eq!(error("pay shells"), "`shells` is not a kind of payment");
    assert_eq!(error("pay foreign 20 euro"), "`euro` is not a currency");
    for (one, other) in [("gift-card", "gift_card"), ("store-credit", "store_credit")] {
        assert_eq!(step(&format!("pay {one}")), step(&format!("pay {other}")));
    }
    for kind in TenderKind::ALL {
        assert_eq!(step(&format!("pay {kind}")), pay(kind, None, None));
    }
}

#[test]
fn texts_take_the_rest_of_the_line() {
    let note = Step::Note { kind: NoteKind::General, text: "no onions,  please".into() };
    assert_eq!(step("note no onions,  please"), note);
    assert_eq!(step("suspend Table 5"), Step::Suspend(Some("Table 5".into())));
    assert_eq!(step("suspend"), Step::Suspend(None));
    assert_eq!(
        step("paid-out 5.00 window cleaner"),
        Step::Cash {
            kind: CashMovementKind::PaidOut,
            amount: major_of("5.00"),
            reason: "window cleaner".into(),
            counted: false,
        }
    );
    let sure = step("paid-out 5.00 counted window cleaner");
    assert!(matches!(sure, Step::Cash { counted: true, reason, .. } if reason == "window cleaner"));
    assert_eq!(error("paid-in 5.00"), "`paid-in` needs a reason");
}

#[test]
fn returns_documents_ages_and_reports_are_read() {
    assert_eq!(
        step("return 20250406-0001-000001 2 1 damaged"),
        Step::Return {
            receipt: "20250406-0001-000001".into(),
            line: LineNo(2),
            quantity: quantity("1"),
            state: GoodsState::Damaged,
            serials: vec![]
        }
    );
    assert_eq!(
        step("return-without-receipt 1001 2"),
        Step::ReturnWithoutReceipt {
            code: "1001".into(),
            quantity: Some(quantity("2")),
            state: GoodsState::New,
            serials: vec![]
        }
    );
    assert_eq!(step("open layaway"), Step::Open(DocumentWord::parse("layaway").unwrap()));
    assert_eq!(error("open cash_in"), "`cash_in` is not a kind of document");
    assert_eq!(step("age looked"), Step::Age(AgeEvidence::Looked));
    let born = NaiveDate::from_ymd_opt(2001, 5, 30).unwrap();
    assert_eq!(step("age 2001-05-30"), Step::Age(AgeEvidence::BirthDate(born)));
    assert_eq!(step("z 100.00"), Step::Z { counted: Some(major_of("100.00")), reason: None });
    assert_eq!(step("z"), Step::Z { counted: None, reason: None });
    assert_eq!(
        step("z 99.50 a coin fell"),
        Step::Z { counted: Some(major_of("99.50")), reason: Some("a coin fell".into()) }
    );
    assert_eq!(error("z a coin fell"), "`a` is not an amount");
    assert_eq!(step("print"), Step::Print(None));
    assert_eq!(step("print 3"), Step::Print(Some("3".into())));
    assert_eq!(step("print-z 1"), Step::PrintZ(ClosureNumber(1)));
    assert_eq!(error("print-z"), "`print-z` needs a period");
    assert_eq!(step("convert 2"), Step::Convert("2".into()));
    assert_eq!(error("dance"), "`dance` is no step");
    assert_eq!(error(&"x".repeat(5_000)), "the line has more than 4000 characters");
    assert!(error(&"x".repeat(3_000)).chars().count() < 80);
}

#[test]
fn what_a_document_is_discounted_or_charged_for_stands_behind_the_value() {
    let source = |line| match step(line) {
        Step::Adjust { source, .. } => source,
        other => panic!("{other:?}"),
    };
    assert_eq!(source("discount document 10% as personal"), Some(AdjustmentSource::Personal));
    assert_eq!(source("markup document 2.50 as delivery"), Some(AdjustmentSource::DeliveryFee));
    assert_eq!(source("markup document 2.50"), None);
    assert_eq!(error("discount document 10% as delivery"), "`delivery` is not a kind of discount");
    assert_eq!(error("markup document 1.00 as"), "`markup` needs a kind of charge");
    assert_eq!(error("discount last 10% as personal"), "`as personal` is too much");
}

#[test]
fn notes_are_for_somebody_and_a_coupon_is_all_that_follows() {
    let note = |kind| Step::Note { kind, text: "ring twice".into() };
    assert_eq!(step("kitchen-note ring twice"), note(NoteKind::Kitchen));
    assert_eq!(step("delivery-note ring twice"), note(NoteKind::Delivery));
    assert_eq!(step("internal-note ring twice"), note(NoteKind::Internal));
    assert_eq!(error("kitchen-note"), "`kitchen-note` needs a text");
    assert_eq!(step("coupon WELCOME 10"), Step::Coupon("WELCOME 10".into()));
    assert_eq!(error("coupon"), "`coupon` needs a coupon");
}

#[test]
fn what_is_kept_with_a_reason_says_why_at_its_end() {
    let because = |step, reason: &str| Step::Because { step: Box::new(step), reason: reason.into() };
    assert_eq!(step("void 2 because it leaks"), because(Step::Void(LineNo(2)), "it leaks"));
    assert_eq!(step("cancel because  changed mind "), because(Step::Cancel, "changed mind"));
    assert_eq!(
        step("void-tender because wrong card"),
        because(Step::VoidTender { tender: None, reversal: None }, "wrong card")
    );
    for line in ["price 1 2.00", "discount last 10%", "markup document 1.00", "sell 1001 @1.00", "drawer"] {
        assert_eq!(step(&format!("{line} because of this")), because(step(line), "of this"));
    }
    for line in ["return 1 2 1 opened", "return-without-receipt 1001 damaged", "approve grace 2222"] {
        assert_eq!(step(&format!("{line} because of this")), because(step(line), "of this"));
    }
    assert!(matches!(
        step("return-without-receipt 1001 opened"),
        Step::ReturnWithoutReceipt { quantity: None, state: GoodsState::Opened, .. }
    ));
    // A text of its own is a text, whatever words it has.
    let note = Step::Note { kind: NoteKind::General, text: "no onions because of Ann".into() };
    assert_eq!(step("note no onions because of Ann"), note);
    assert_eq!(error("void 2 because"), "`void` needs a reason");
    assert_eq!(error("void 2 for fun"), "`for fun` is too much");
    assert_eq!(error("repeat 2 because it is good"), "`because it is good` is too much");
}

#[test]
fn what_else_is_known_of_a_payment_stands_behind_its_amount_in_any_order() {
    let details = TenderDetails {
        reference: Some("000123".into()),
        bank: Some("Barclays".into()),
        last4: Some("1234".into()),
        due_date: NaiveDate::from_ymd_opt(2025, 5, 1),
        ..TenderDetails::default()
    };
    let read = step("pay cheque 20.00 bank Barclays number 000123 due 2025-05-01 last4 1234");
    assert!(matches!(read, Step::Pay { details: read, is_pending: false, .. } if *read == details));
    let read = step("pay card instalments 6 authorisation A77 pending");
    assert!(matches!(read, Step::Pay { details, is_pending: true, amount: None, .. }
        if details.installments == Some(6) && details.authorisation.as_deref() == Some("A77")));
    let read = step("pay gift-card 20 number 6000000000001234 balance 12.50");
    assert!(matches!(read, Step::Pay { details, balance, .. }
        if balance == Some(major_of("12.50")) && details.reference.is_some()));
    assert_eq!(error("pay gift-card balance full"), "`full` is not a balance");
    assert_eq!(error("pay cheque 20.00 due soon"), "`soon` is not a date");
    assert_eq!(error("pay card instalments"), "`pay` needs a number of instalments");
    assert_eq!(error("pay card instalments 300"), "`300` is not a number of instalments");
}

#[test]
fn a_providers_answer_and_its_reversal_are_read() {
    let answer = |tender: Option<u32>, approved, authorisation: Option<&str>| Step::Answer {
        tender: tender.map(TenderNo),
        approved,
        authorisation: authorisation.map(str::to_owned),
    };
    assert_eq!(step("answer approved A77"), answer(None, true, Some("A77")));
    assert_eq!(step("answer 2 declined"), answer(Some(2), false, None));
    assert_eq!(error("answer"), "`answer` needs `approved` or `declined`");
    assert_eq!(error("answer perhaps"), "`perhaps` is not `approved` or `declined`");
    let void =
        |tender: Option<u32>| Step::VoidTender { tender: tender.map(TenderNo), reversal: Some("R1".into()) };
    assert_eq!(step("void-tender reversal R1"), void(None));
    assert_eq!(step("void-tender 2 reversal R1"), void(Some(2)));
}

#[test]
fn an_exemption_has_a_reason_and_may_have_a_certificate() {
    let exempt = |certificate: Option<&str>| Step::Exempt {
        kind: None,
        certificate: certificate.map(str::to_owned),
        reason: "embassy of Malta".into(),
    };
    assert_eq!(step("exempt because embassy of Malta"), exempt(None));
    assert_eq!(step("exempt D-77 because embassy of Malta"), exempt(Some("D-77")));
    let by_law = Step::Exempt {
        kind: Some(ExemptionKind::ReverseCharge),
        certificate: Some("DE123".into()),
        reason: "section 13b".into(),
    };
    assert_eq!(step("exempt reverse_charge DE123 because section 13b"), by_law);
    assert_eq!(error("exempt"), "`exempt` needs `because` and a reason");
    assert_eq!(error("exempt D-77"), "`exempt` needs `because` and a reason");
}

#[test]
fn a_wait_has_a_bound_and_is_of_whole_seconds() {
    assert_eq!([step("wait 1"), step("wait 60")], [Step::Wait(1), Step::Wait(60)]);
    assert_eq!(error("wait"), "`wait` needs a number of seconds");
    for word in ["0", "00", "-1", "1.5", "soon", "+5"] {
        assert_eq!(error(&format!("wait {word}")), format!("`{word}` is not a number of seconds"));
    }
    for word in ["61", "99999999999"] {
        assert_eq!(
            error(&format!("wait {word}")),
            format!("`{word}` is not a number of seconds: at most 60")
        );
    }
    assert_eq!(error("wait 5 more"), "`more` is too much");
}

#[test]
fn the_fuzzer_begins_with_every_step_that_the_guide_tells_of() {
    let of_tree = |path: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let seed = of_tree("../fuzz/seeds/script/every-step");
    let begun: BTreeSet<&str> = seed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    for line in seed.lines() {
        assert_ne!(step(line), Step::Nothing, "{line}");
    }
    let guide = of_tree("../docs/sell-script.md");
    let cells =
        guide.lines().filter(|line| line.starts_with("| `")).filter_map(|row| row.split(" | ").next());
    let told = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    // What is written large stands for something else.
    let steps = told.filter_map(|text| text.split_whitespace().next());
    let steps: BTreeSet<&str> = steps.filter(|word| word.starts_with(char::is_lowercase)).collect();
    assert!(steps.len() > 40, "{steps:?}");
    assert!(steps.is_subset(&begun), "{:?}", steps.difference(&begun));
}

#[test]
fn a_secret_is_never_shown() {
    let shown = format!("{:?}", step("login admin 1234"));
    assert!(shown.contains("admin") && !shown.contains("1234"), "{shown}");
}

proptest! {
    #[test]
    fn no_line_makes_the_reader_panic(line in "\\PC{0,200}") {
        let _ = parse_line(&line);
    }

    #[test]
    fn no_row_of_words_makes_the_reader_panic(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "sell", "pay", "cash", "discount", "last", "document", "10%", "@1", "-1", "1e9", "\u{200b}", "#",
                "return", "wait", "\"", "\"a b\"", "99999999999999999999", "0.00001", "age", "z", "é", "note",
            ]),
            0..8,
        )
    ) {
        let _ = parse_line(&words.join(" "));
    }
}
