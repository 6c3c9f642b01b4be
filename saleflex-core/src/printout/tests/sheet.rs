//! Forms that were printed beforehand.

use super::*;
use crate::printout::{
    code_page::CodePage,
    sheet::{self, Column, Design, DesignFault, Field, LineValue, Lines, Narrow, Value, completed, in_words},
};

/// Two lines a page.
fn design() -> Design {
    let column = |value, column, width| Column { value, column, width };
    let field = |value, row, column, width| Field { value, row, column, width, rows: 2, align: Align::Right };
    Design {
        rows: 10,
        columns: 40,
        lines: Lines {
            first: 3,
            last: 4,
            columns: vec![
                column(LineValue::Name, 1, 10),
                column(LineValue::Quantity, 16, 4),
                column(LineValue::Price, 21, 7),
                column(LineValue::Total, 30, 8),
            ],
        },
        fields: vec![
            field(Value::Page, 1, 38, 2),
            field(Value::Brought, 2, 30, 8),
            field(Value::Carried, 5, 30, 8),
            field(Value::Total, 6, 30, 8),
            Field { align: Align::Left, ..field(Value::InWords, 7, 1, 40) },
            Field { align: Align::Left, ..field(Value::Payments, 8, 1, 20) },
        ],
    }
}

/// A field of one row that begins at its left.
fn of_one_row(value: Value, row: u16, column: u16, width: u16) -> Field {
    Field { value, row, column, width, rows: 1, align: Align::Left }
}

fn sale() -> Completed {
    let pen = Head::sale("GBP").begin();
    let pen = pen.line(&Line::new("Tea", "3.50").times("2")).line(&Line::new("Hardware", "12.00"));
    let pen = pen.line(&Line::new("Milk", "1.10")).pay(TenderKind::Cash, 3_000);
    let over = -pen.document().balance().minor();
    pen.change(over).complete()
}

#[test]
fn a_form_that_takes_several_pages_carries_its_subtotal_over_and_ends_with_the_total_in_words() {
    let printout = completed(&sale(), &frame(), &design(), None).unwrap().printout;
    let at_the_right = |value: &str| format!("{:<29}{value:>8}", "");
    let sold = |name: &str, count: &str, price: &str, total: &str| {
        format!("{name:<15}{count:>4} {price:>7}  {total:>8}")
    };
    let page = |no: &str| format!("{:<37}{no:>2}", "");
    let paid = |label: &str, amount: &str| format!("{label:<15}{amount:>5}");
    let expected = [
        page("1"),
        String::new(),
        sold("Tea", "2", "3.50", "7.00"),
        sold("Hardware", "1", "12.00", "12.00"),
        at_the_right("19.00"),
        page("2"),
        at_the_right("19.00"),
        sold("Milk", "1", "1.10", "1.10"),
        String::new(),
        String::new(),
        at_the_right("20.10"),
        "twenty GBP 10/100".to_string(),
        paid(ENGLISH.tenders.cash, "30.00"),
        paid(ENGLISH.receipt.change, " 9.90"),
    ];
    assert_eq!(text::render(&printout, 40), expected);
    let is_cut = |block: &&Block| matches!(block, Block::Cut);
    assert_eq!(printout.blocks().iter().filter(is_cut).count(), 2, "each page ends");
    assert!(printout.opens_drawer());
}

#[test]
fn a_form_that_is_printed_once_more_says_so_and_nothing_leaves_its_row() {
    let rows = |design: &Design| {
        let first = completed(&sale(), &frame(), design, None).unwrap().printout;
        let again = first.marked(ENGLISH.titles.repeat);
        assert!(!again.opens_drawer());
        [first, again].map(|printout| text::render(&printout, 40))
    };
    let [first, again] = rows(&design());
    for (at, (row, once_more)) in first.iter().zip(&again).enumerate() {
        // Each page begins with its number.
        if [0, 5].contains(&at) {
            assert!(once_more.starts_with("** REPEATED PRINT **"), "{once_more}");
            assert_eq!(once_more.split_at(38).1, row.split_at(38).1);
        } else {
            assert_eq!(once_more, row);
        }
    }
    assert_eq!(again.len(), first.len());
    let mut placed = design();
    placed.fields.push(of_one_row(Value::Mark, 10, 5, 30));
    let [first, again] = rows(&placed);
    assert_eq!((first[..9].to_vec(), first[9].trim()), (again[..9].to_vec(), ""));
    assert_eq!(again[9], "    ** REPEATED PRINT **");
}

#[test]
fn a_line_on_a_form_has_all_of_its_taxes_in_one_percentage_and_discounts_lower_the_subtotal() {
    let mut design = design();
    design.lines.columns[1] = Column { value: LineValue::Tax, column: 16, width: 5 };
    design.fields = vec![
        of_one_row(Value::Subtotal, 6, 1, 8),
        of_one_row(Value::Discount, 7, 1, 8),
        of_one_row(Value::Total, 8, 1, 8),
    ];
    let state_and_city = [rate(1, "7.25"), rate(2, "1.5")];
    let pen = Head::sale("GBP").begin();
    let pen = pen.line(&Line::new("Tea", "3.50").taxed(&state_and_city));
    let pen = pen.line(&Line::new("Stamp", "1.00").taxed(&[]));
    let pen = pen.adjust(AdjustmentKind::Discount, AdjustmentSource::Manager, minor(50), None);
    let form = completed(&pen.pay(TenderKind::Cash, 400).complete(), &frame(), &design, None).unwrap();
    let page = text::render(&form.printout, 40);
    let words = |row: usize| page[row].split_whitespace().collect::<Vec<_>>();
    assert_eq!(words(2), ["Tea", "8.75", "3.50", "3.50"]);
    assert_eq!(words(3), ["Stamp", "1.00", "1.00"]);
    assert_eq!([5, 6, 7].map(words), [["4.50"], ["-0.50"], ["4.00"]]);
}

#[test]
fn a_copy_on_a_form_says_that_it_is_one_and_a_voucher_that_was_given_is_on_none() {
    let copy = completed(&sale(), &Frame { copy: true, ..frame() }, &design(), None).unwrap().printout;
    assert!(text::render(&copy, 40)[0].starts_with("** COPY **"));
    assert!(!copy.opens_drawer());
    let pen = Head::sale("GBP").begin().line(&Line::new("Tea", "3.50"));
    let rest = Rest::NewVoucher { number: "V2".into(), amount: Money::from_minor(150) };
    let details = TenderDetails { rest: Some(Box::new(rest)), ..TenderDetails::default() };
    let voucher = Tender { details, ..pen.new_tender(TenderKind::PrepaidCard, 350) };
    assert_eq!(completed(&pen.take(voucher).complete(), &frame(), &design(), None), None);
}

#[test]
fn letters_that_the_printer_has_not_leave_every_value_of_a_form_in_its_columns() {
    let page = CodePage::Pc437;
    let sold = |name: &str, quantity: &str| {
        let pen = Head::sale("GBP").begin().line(&Line::new(name, "3.50").times(quantity));
        let frame = Frame { customer: name, ..frame() };
        let mut design = design();
        design.fields.push(of_one_row(Value::Customer, 6, 1, 10));
        let form = completed(&pen.pay_rest(TenderKind::Cash).complete(), &frame, &design, Some(page));
        text::render(&form.unwrap().printout, 40)
    };
    let (cyrillic, latin) = (sold("Жжёный щавель", "2"), sold("Zhzhenyj schavel", "2"));
    for (row, beside) in cyrillic.iter().zip(&latin) {
        assert_eq!(page.fit(row), *row, "it is of the printer's letters before it is placed");
        let [amounts, expected] = [row, beside].map(|row| row.chars().skip(10).collect::<String>());
        assert_eq!(amounts, expected, "{cyrillic:#?}");
    }
    assert!(cyrillic[2].starts_with("Zhzh") && cyrillic[5].starts_with("Zhzh"), "{cyrillic:#?}");
}

#[test]
fn more_payments_than_a_form_has_rows_for_are_told_in_the_last_with_what_they_come_to() {
    let pen = Head::sale("GBP").begin().line(&Line::new("Tea", "20.10"));
    let pen = pen.pay(TenderKind::Cash, 500).pay(TenderKind::CreditCard, 500).pay(TenderKind::Cash, 2_000);
    let paid = pen.change(990).complete();
    let shown = |rows| {
        let mut design = design();
        design.fields.retain(|field| field.value == Value::Payments);
        design.fields[0].rows = rows;
        design.fields[0].row = 6;
        let lines = text::render(&completed(&paid, &frame(), &design, None).unwrap().printout, 40);
        lines[5..].to_vec()
    };
    let row = |label: &str, amount: &str| format!("{label:<15}{amount:>5}");
    let each = [row("CASH", "5.00"), row("CREDIT CARD", "5.00"), row("CASH", "20.00"), row("CHANGE", "9.90")];
    assert_eq!(shown(4), each);
    assert_eq!(shown(3), [each[0].clone(), each[1].clone(), row("CASH + 1", "10.10")]);
    assert_eq!(shown(2), [each[0].clone(), row("CREDIT CAR + 2", "15.10")]);
    assert_eq!(shown(1), [row("CASH + 3", "20.10")]);
}

#[test]
fn a_figure_that_is_wider_than_its_place_on_a_form_is_marked_and_no_digit_of_it_is_cut() {
    let filled = |change: fn(&mut Design)| {
        let mut design = design();
        change(&mut design);
        let form = completed(&sale(), &frame(), &design, None).unwrap();
        (text::render(&form.printout, 40), form.narrow)
    };
    let (whole, narrow) = filled(|_| ());
    assert_eq!(narrow, None);
    let place = |row, column, width, needed| Some(Narrow { row, column, width, needed });
    // Of two lines the one that fits stands there, and so does the name that is cut.
    let (rows, narrow) = filled(|it| {
        it.lines.columns[0].width = 3;
        it.lines.columns[3].width = 4;
    });
    assert_eq!((rows[2].split_at(29).1, rows[3].split_at(29).1), ("7.00", "####"), "{rows:#?}");
    assert!(rows[3].starts_with("Har "), "{rows:#?}");
    assert_eq!(narrow, place(3, 30, 4, 5));
    let (rows, narrow) = filled(|it| it.fields[3].width = 4);
    assert_eq!((rows[10].trim(), narrow), ("####", place(6, 30, 4, 5)));
    let (rows, narrow) = filled(|it| it.fields[5].width = 4);
    assert_eq!((rows[12].as_str(), rows[13].trim(), narrow), ("####", "9.90", place(8, 1, 4, 5)));
    // The total in words takes its rows; a part of it would be another amount.
    let (rows, narrow) = filled(|it| (it.fields[4].width, it.fields[5].row) = (12, 9));
    assert_eq!((&rows[11..13], narrow), (&["twenty GBP".to_owned(), "10/100".to_owned()][..], None));
    let (rows, narrow) = filled(|it| (it.fields[4].width, it.fields[4].rows) = (12, 1));
    assert_eq!((rows[11].as_str(), narrow), ("############", place(7, 1, 12, whole[11].len())));
}

#[test]
fn a_design_stands_on_its_page() {
    assert_eq!(design().check(), Ok(()));
    let with = |change: fn(&mut Design)| {
        let mut design = design();
        change(&mut design);
        design.check()
    };
    assert_eq!(with(|it| it.rows = 128), Err(DesignFault::Page { rows: 128, columns: 40 }));
    assert_eq!(with(|it| it.lines.last = 2), Err(DesignFault::NoRoom { first: 3, last: 2, rows: 10 }));
    assert_eq!(with(|it| it.lines.columns.clear()), Err(DesignFault::NoColumn));
    let beyond = |row, column, width| Err(DesignFault::Beyond { row, column, width });
    assert_eq!(with(|it| it.lines.columns[3].width = 12), beyond(3, 30, 12));
    assert_eq!(with(|it| it.fields[5].row = 10), beyond(10, 1, 20));
    assert_eq!(with(|it| it.fields[0].column = 0), beyond(1, 0, 2));
    let written = serde_json::to_string(&design()).unwrap();
    assert_eq!(serde_json::from_str::<sheet::Design>(&written).unwrap(), design());
}

#[test]
fn an_amount_is_said_in_words_as_each_language_does() {
    let said = |minor, code, words: &words::Words| {
        in_words(Money::from_minor(minor), &currency(code), &words.numbers)
    };
    for (minor, words) in [
        (0, "zero GBP 00/100"),
        (10_545, "one hundred five GBP 45/100"),
        (1_900, "nineteen GBP 00/100"),
        (-4_200, "-forty-two GBP 00/100"),
        (123_456_708, "one million two hundred thirty-four thousand five hundred sixty-seven GBP 08/100"),
    ] {
        assert_eq!(said(minor, "GBP", &ENGLISH), words);
    }
    assert_eq!(said(1_100, "JPY", &ENGLISH), "one thousand one hundred JPY");
    for (minor, words) in [
        (112_350, "binyüzyirmiüç TRY 50/100"),
        (200_000, "ikibin TRY 00/100"),
        (100_000_000, "birmilyon TRY 00/100"),
    ] {
        assert_eq!(said(minor, "TRY", &TURKISH), words);
    }
}
