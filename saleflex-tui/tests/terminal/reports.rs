//! Reports, the service screen, and closed periods added up: by keyboard and by command.

use chrono::Duration;
use saleflex_core::{
    cashier::{Role, metrics::HourlyTarget},
    document::{AddLine, Command, DocumentType, Kind, OpenDocument, TakeTender},
    money::Money,
    quantity::UnitPrice,
    settings::Settings,
    tender::TenderKind,
};
use saleflex_tui::dialog::Dialog;
use serde_json::Value;

use crate::common::{
    harness::Shop,
    program::{ends, json, sold},
};

/// Morgan at the menu after two days with a sale and a closure each, and a sale today.
fn two_days() -> Shop {
    let mut shop = Shop::managed(120, 40);
    for _ in 0..2 {
        shop.keys("'2*10106' enter plus enter esc 4 z enter z esc esc 1");
        shop.clock.advance(Duration::days(1));
    }
    shop.keys("'10106' enter plus enter esc");
    shop
}

#[test]
fn the_days_of_a_month_are_listed_with_their_sum_and_one_is_read_as_a_sheet() {
    let mut shop = two_days();
    assert_eq!(shop.till().closures(10).unwrap().len(), 2, "{}", shop.screen());
    shop.keys("r 1");
    for words in ["2025-04-06", "2025-04-07", "2025-04 together"] {
        assert!(shop.shows(words), "{words}: {}", shop.screen());
    }
    shop.keys("down down enter");
    assert!(shop.shows("SALES SUMMARY") && shop.shows("2025-04-06"), "{}", shop.screen());
    shop.keys("esc '2025' ");
    assert!(shop.shows("Sales summary: 2025"), "{}", shop.screen());
    shop.keys("left");
    assert!(shop.shows("Sales summary: 2024") && shop.shows("No period was closed"), "{}", shop.screen());
}

#[test]
fn documents_and_products_of_a_day_or_a_month_are_found() {
    let mut shop = two_days();
    shop.keys("r 2");
    let of_day = |shop: &Shop| shop.screen().matches("-0000").count();
    assert_eq!(of_day(&shop), 1, "{}", shop.screen());
    shop.keys("'2025-04'");
    assert!(of_day(&shop) >= 3, "{}", shop.screen());
    shop.keys("enter");
    assert!(shop.shows("COPY"), "{}", shop.screen());
    shop.keys("esc esc esc 3 '2025-04'");
    assert!(shop.shows("Baguette") && shop.shows("5 PCS"), "{}", shop.screen());
    // The first goes back over the month that was typed.
    for (keys, title) in [("esc esc 4", "Invoices"), ("esc 5", "Waybills"), ("esc 6", "Returns")] {
        shop.keys(keys);
        assert!(shop.shows(title) && shop.shows("nothing in these days"), "{keys}: {}", shop.screen());
    }
}

#[test]
fn the_products_of_days_end_with_what_those_that_are_listed_come_to() {
    let mut shop = two_days();
    shop.keys("1 '10101' enter plus enter esc r 3");
    let minor = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
    let last_three = |shop: &Shop, words: &str| -> [i64; 3] {
        let row = figures(shop, words);
        [3, 2, 1].map(|from_end: usize| minor(&row[row.len() - from_end]))
    };
    let (one, other) = (last_three(&shop, "10106"), last_three(&shop, "10101"));
    assert!(one[1] > 0 && other[1] > 0, "{}", shop.screen());
    let both = [0, 1, 2].map(|at: usize| one[at] + other[at]);
    assert_eq!(last_three(&shop, "All together"), both, "{}", shop.screen());
    // Of those that were looked for alone; the line itself leads nowhere.
    shop.keys("'baguette'");
    assert_eq!(last_three(&shop, "All together"), one, "{}", shop.screen());
    shop.keys("down enter f5");
    assert!(shop.session.state.dialogs.is_empty() && shop.shows("All together"), "{}", shop.screen());
    shop.keys("'no such goods'");
    assert!(!shop.shows("All together"), "{}", shop.screen());
}

#[test]
fn enter_goes_back_from_how_people_shop_where_a_row_leads_nowhere() {
    let mut shop = two_days();
    shop.keys("r b");
    assert!(shop.shows("How people shop: 2025-04-08"), "{}", shop.screen());
    shop.keys("down enter");
    assert!(shop.shows("Sales summary: days"), "{}", shop.screen());
}

/// Morgan at the sale screen after a document of each type that the list of types begins, from the first to the last.
fn a_document_of_each_type() -> (Shop, Vec<(DocumentType, Money)>) {
    let mut shop = Shop::managed(120, 40);
    let listed = DocumentType::ALL.into_iter().filter(|paper| {
        !matches!(paper, DocumentType::CashIn | DocumentType::CashOut | DocumentType::Return)
    });
    let mut made = Vec::new();
    for (at, paper) in listed.enumerate() {
        shop.keys(&format!("ctrl+t {} enter", "down ".repeat(at)));
        if paper.is_invoice() {
            shop.keys("f11 'C003' enter");
        }
        shop.keys("'20303' enter");
        // What is bought has a price of its own.
        if paper == DocumentType::SelfBillingInvoice {
            shop.keys("'1.50' enter");
        }
        shop.keys(if paper.is_delivery() { "f2 'without pay' enter enter" } else { "plus enter" });
        let settled = shop.settled();
        assert_eq!(settled.len(), at + 1, "{paper:?}: {}", shop.screen());
        let document = settled[at].document();
        assert_eq!(document.document_type, paper, "{}", shop.screen());
        assert_eq!(document.exemption.is_some(), paper == DocumentType::DiplomaticInvoice, "{paper:?}");
        made.push((paper, document.totals.net_due));
    }
    (shop, made)
}

#[test]
fn every_type_begins_from_the_list_of_types_and_what_was_bought_is_taken_off_the_invoices() {
    let (mut shop, made) = a_document_of_each_type();
    assert_eq!(made.len(), 9);
    let sum = |is_of: fn(DocumentType) -> bool| -> Money {
        made.iter().filter(|(paper, _)| is_of(*paper)).map(|(_, due)| *due).sum()
    };
    let bought = sum(|paper| paper == DocumentType::SelfBillingInvoice);
    assert_eq!(bought, Money::from_minor(150));
    let invoiced = sum(DocumentType::is_invoice) - bought;
    let currency = *shop.till().currency();
    for (keys, total) in [("esc r 4", invoiced), ("esc 5", sum(DocumentType::is_delivery))] {
        shop.keys(keys);
        let row = figures(&shop, "All together");
        assert_eq!(row.last(), Some(&currency.format(total)), "{keys}: {}", shop.screen());
    }
}

#[test]
fn how_a_cashier_did_is_told_with_targets_and_paces() {
    let mut shop = two_days();
    shop.keys("r 8");
    assert!(shop.shows("Morgan"), "{}", shop.screen());
    shop.keys("enter");
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    let told = reader.paper.lines.join("\n");
    for words in ["Gross/hour at work", "Average sale", "Sales before returns", "accuracy", "it/min"] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

/// The figures of the row of a list that holds some words.
fn figures(shop: &Shop, words: &str) -> Vec<String> {
    let screen = shop.screen();
    let row = screen.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{words}: {screen}"));
    let is_figure = |word: &&str| word.chars().any(|sign| sign.is_ascii_digit());
    row.split(|sign: char| sign.is_whitespace() || sign == '│')
        .filter(|word| !word.is_empty())
        .filter(is_figure)
        .map(str::to_owned)
        .collect()
}

#[test]
fn net_and_tax_of_a_day_are_its_gross_as_on_the_z_report() {
    let mut shop = two_days();
    shop.keys("r 1");
    let row = figures(&shop, "2025-04-06 ");
    let minor = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
    let [net, tax, gross] = [4, 5, 6].map(|at: usize| minor(&row[at]));
    assert_eq!((net + tax, gross > 0), (gross, true), "{row:?}");
    let closure = shop.till().closures(10).unwrap().pop().unwrap();
    let report = &closure.report;
    let of_z = [report.net_excluding_tax(), report.tax, report.net_sales].map(Money::minor);
    assert_eq!([net, tax, gross], of_z);
    shop.keys("esc esc 4 c down f5");
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    let printed = reader.paper.lines.join("\n");
    for (label, sum) in [("Net (without tax):", net), ("Taxes:", tax), ("Gross (with tax):", gross)] {
        let line = printed.lines().find(|line| line.contains(label)).unwrap_or_else(|| panic!("{printed}"));
        assert_eq!(minor(line.rsplit('£').next().unwrap().trim()), sum, "{line}");
    }
    assert!(!printed.contains("NET SALES"), "what stands with tax is not called net: {printed}");
}

#[test]
fn an_hour_is_one_of_the_time_at_work_that_stands_beside_it() {
    let mut shop = Shop::managed(120, 40);
    for seconds in [0, 90, 600] {
        shop.clock.advance(Duration::seconds(seconds));
        shop.keys("'10106' enter plus enter");
    }
    shop.keys("esc r 8");
    // Ninety seconds between two sales are work, ten minutes are idle time.
    let row = figures(&shop, "Morgan");
    assert!(row.contains(&"0:01".to_owned()) && row.contains(&"114.00".to_owned()), "{row:?}");
    shop.keys("enter");
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    let told = reader.paper.lines.join("\n");
    let figure = |label: &str| {
        let line = told.lines().find(|line| line.starts_with(label)).unwrap_or_else(|| panic!("{told}"));
        line.split_whitespace().last().unwrap().to_owned()
    };
    assert_eq!([figure("At work, not idle"), figure("Gross/hour at work")], ["0:01", "114.00"]);
    // The Z report tells the idle times with it.
    shop.keys("esc esc esc 4 z enter z");
    let closure = shop.till().closures(1).unwrap().remove(0);
    let of_z = closure.staff.work.values().next().unwrap().worked_min();
    assert_eq!((figure("worked").as_str(), of_z), ("0:11", 11), "{}", shop.screen());
    assert_eq!([figure("Sales before returns"), figure("Average sale")], ["2.85", "0.95"]);
}

#[test]
fn goods_that_the_shop_buys_make_the_total_of_its_invoices_less() {
    let mut shop = Shop::administered(120, 40);
    let mut settings = shop.till().settings().clone();
    settings.policy.invoice_needs_buyer = false;
    shop.till().change_settings(settings).unwrap();
    for (paper, kind, price) in [
        (DocumentType::Invoice, Kind::Sale, None),
        (DocumentType::SelfBillingInvoice, Kind::Purchase, Some("0.40")),
    ] {
        let price = price.map(|price| UnitPrice::parse(price).unwrap());
        let tender = TakeTender::balance(TenderKind::Cash);
        for command in [
            Command::Open(OpenDocument::new(paper, kind)),
            Command::AddLine(AddLine { price, ..AddLine::code("10106") }),
            Command::TakeTender(tender),
        ] {
            shop.till().execute(command).unwrap();
        }
    }
    shop.keys("r 4");
    assert!(shop.shows("-0.40"), "{}", shop.screen());
    assert_eq!(figures(&shop, "All together"), ["0.55"], "{}", shop.screen());
}

#[test]
fn cashiers_are_ranked_by_what_the_shop_expects_of_an_hour() {
    let mut shop = Shop::administered(120, 40);
    let clear = |letters| "backspace ".repeat(letters);
    shop.keys(&format!("s 2 pgdn {} {} '12000' down", "down ".repeat(5), clear(6)));
    shop.keys(&format!("{} '-4' ctrl+s", clear(2)));
    assert!(shop.shows("is no number"), "{}", shop.screen());
    shop.keys(&format!("{} '30' ctrl+s", clear(2)));
    let expected = HourlyTarget { items: Some(30.into()), sales: Some(Money::from_minor(12_000)) };
    let kept = shop.till().settings().hourly;
    assert_eq!(kept, expected, "{}", shop.screen());
    shop.keys("esc 1 '10106' enter plus enter");
    shop.clock.advance(Duration::seconds(90));
    shop.keys("'10106' enter plus enter esc r 8");
    assert_eq!(figures(&shop, "Ada")[..2], ["1", "2"], "rank and documents: {}", shop.screen());
    let settings = Settings { hourly: HourlyTarget::default(), ..shop.till().settings().clone() };
    shop.till().change_settings(settings).unwrap();
    shop.keys("esc 8");
    assert_eq!(figures(&shop, "Ada")[0], "2", "without it there is no rank: {}", shop.screen());
}

#[test]
fn how_sales_were_paid_and_the_busiest_hour_stand_beside_a_cashiers_figures() {
    let mut shop = Shop::managed(120, 40);
    // A day before, one sale in a minute of work; then two in one, and one that is cancelled.
    shop.keys("'10106' enter");
    shop.clock.advance(Duration::seconds(60));
    shop.keys("plus enter");
    shop.till().log_out().unwrap();
    shop.clock.advance(Duration::hours(24));
    shop.till().log_in("morgan", "2222").unwrap();
    shop.keys("'10106' enter");
    shop.clock.advance(Duration::seconds(60));
    shop.keys("plus enter '10106' enter plus enter '10101' enter ctrl+x y");
    let day = shop.till().now().business_date;
    let morgan = shop.till().on_duty().unwrap().id;
    let improved = shop.till().improvements(day, day).unwrap();
    assert_eq!(improved[&morgan].to_string(), "100.00");
    let paces = shop.till().paces(day, day).unwrap();
    assert_eq!(paces.iter().filter(|pace| pace.is_cancelled).count(), 1);
    shop.keys("esc r 8 enter");
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    let told = reader.paper.lines.join("\n");
    let figure = |label: &str| {
        let line = told.lines().find(|line| line.starts_with(label)).unwrap_or_else(|| panic!("{told}"));
        line.trim_start_matches(label).trim().to_owned()
    };
    for (label, value) in [
        ("Cancelled", "1"),
        ("Mostly paid in cash", "2"),
        ("Mostly by card", "0"),
        ("Busiest hour", "2025-04-07 09:00-10:00"),
        ("Sales in it", "2 / 1.90"),
        ("Gross/hour, change", "100.00 %"),
    ] {
        assert_eq!(figure(label), value, "{label}: {told}");
    }
    assert_eq!(told.lines().filter(|line| line.ends_with("Cancelled")).count(), 1, "{told}");
}

#[test]
fn goods_that_came_back_stand_with_a_minus_and_the_list_says_what_all_come_to() {
    let mut shop = Shop::managed(120, 40);
    shop.keys("'3*14101' enter plus enter '10106' enter plus enter '1' ctrl+b '1' enter f10");
    assert_eq!(shop.document().lines.len(), 1, "{}", shop.screen());
    shop.keys("plus enter");
    assert_eq!(shop.settled().len(), 3, "{}", shop.screen());
    shop.keys("esc r 2");
    let back = shop.settled().pop().unwrap().document().totals.net_due;
    let shown = format!("-{}", shop.till().currency().format(back));
    assert!(figures(&shop, "Return").contains(&shown), "{shown}: {}", shop.screen());
    let x = shop.till().x_report().unwrap().report;
    let together = shop.till().currency().format(x.net_sales);
    assert_eq!(figures(&shop, "All together"), [together], "{}", shop.screen());
}

#[test]
fn what_came_back_of_a_product_and_what_was_taken_off_stand_beside_what_it_brought() {
    let mut shop = Shop::managed(120, 40);
    // Four tins at 0.75 with 0.50 off come to 2.50; two of them come back for 1.25.
    shop.keys("'4*14101' enter '50' ctrl+u plus enter ctrl+b '1' enter '2' enter f10 plus enter");
    assert_eq!(shop.settled().len(), 2, "{}", shop.screen());
    shop.keys("esc r 3");
    for heading in ["sold", "returns", "discounts", "brought"] {
        assert!(shop.shows(heading), "{heading}: {}", shop.screen());
    }
    let row = figures(&shop, "14101");
    assert_eq!(row[..5], ["14101", "400", "4", "2", "0.50"], "Baked beans 400 g: {row:?}");
    assert_eq!(row[5], "1.25", "{row:?}");
    shop.keys("enter");
    let Some(Dialog::Paper(reader)) = shop.session.state.dialogs.last() else { panic!("{}", shop.screen()) };
    let told = reader.paper.lines.join("\n");
    let figure = |label: &str| {
        let line = told.lines().find(|line| line.starts_with(label)).unwrap_or_else(|| panic!("{told}"));
        line.trim_start_matches(label).trim().to_owned()
    };
    let labels =
        ["Sold ", "Came back", "Stays sold", "Sold, at its price", "Discounts", "Given back", "Brought"];
    let expected = ["4 PCS", "2 PCS", "2 PCS", "3.00", "0.50", "1.25", "1.25"];
    assert_eq!(labels.map(figure), expected, "{told}");
    shop.keys("esc f5");
    assert!(shop.shows("Baked beans 400 g") && shop.shows("0.75"), "{}", shop.screen());
}

#[test]
fn closed_periods_are_listed_with_their_gross_and_the_cash_at_both_ends() {
    let mut shop = Shop::managed(80, 24);
    shop.keys("'2*10106' enter plus enter '10106' enter ctrl+x y esc 4 z '1.50' enter z");
    let closure = shop.till().closures(1).unwrap().remove(0);
    shop.keys("esc esc 4 c");
    let row = figures(&shop, "Morgan");
    let documents = closure.report.document_count().to_string();
    assert_eq!(closure.report.counts.cancelled, 1, "{}", shop.screen());
    assert_eq!(row[3..], [documents, "1.90".into(), "0.00".into(), "1.50".into()], "{row:?}");
}

#[test]
fn how_people_shopped_is_told_of_days_with_a_bar_for_each_day_of_the_week_and_each_hour() {
    let mut shop = two_days();
    shop.keys("r b");
    assert_eq!(figures(&shop, "on average")[0], "1", "{}", shop.screen());
    shop.keys("'2025-04'");
    let month = ["2025-04-01", "2025-04-30"].map(|day| day.parse().unwrap());
    let shopping = shop.till().shopping(month[0], month[1]).unwrap();
    let average = shop.till().currency().format(shopping.average());
    let row = figures(&shop, "on average");
    assert_eq!(row, ["3".to_owned(), average], "{}", shop.screen());
    assert!(shop.shows("How people shop: 2025-04"), "{}", shop.screen());
    // As many on a Monday as on any other of the three days; none on a Friday.
    let bars = |shop: &Shop, day: &str| {
        let screen = shop.screen();
        let row = screen.lines().find(|line| line.contains(day)).map(str::to_owned);
        row.unwrap_or_else(|| panic!("{day}: {screen}")).matches('█').count()
    };
    assert_eq!((bars(&shop, "Monday"), bars(&shop, "Friday")), (30, 0), "{}", shop.screen());
    shop.keys("esc left left left left");
    assert!(shop.shows("There is nothing in these days"), "{}", shop.screen());
}

#[test]
fn reports_are_for_those_who_may_read_them() {
    let mut shop = Shop::selling(80, 24);
    shop.keys("esc r 1");
    assert!(shop.shows("A manager has to agree") && shop.shows("is only for"), "{}", shop.screen());
    assert!(!shop.shows("Gross"), "nothing is read before: {}", shop.screen());
    assert!(!Role::Cashier.capabilities().contains(&saleflex_core::cashier::Capability::ReportView));
}

#[test]
fn the_till_is_checked_and_backed_up_from_the_service_screen() {
    let mut shop = Shop::open(120, 40);
    shop.keys("'1111' enter s v 1");
    assert!(shop.shows("integrity") && shop.shows("journal") | shop.shows("documents"), "{}", shop.screen());
    shop.keys("esc 2");
    assert!(shop.shows("is copied to"), "{}", shop.screen());
    let folder = shop.till().path().parent().unwrap().to_owned();
    let backups = std::fs::read_dir(folder).unwrap().flatten();
    let backups = backups.filter(|file| file.path().extension().is_some_and(|end| end == "backup"));
    assert_eq!(backups.count(), 1);
    let mut shop = Shop::managed(80, 24);
    shop.keys("esc s v");
    assert!(shop.shows("A manager has to agree") && shop.shows("is only for"), "{}", shop.screen());
    // By the word of somebody who may, the screen and what stands on it are there.
    shop.keys("'1111' enter 1");
    assert!(shop.shows("A manager has to agree"), "each time anew: {}", shop.screen());
    shop.keys("'1111' enter");
    assert!(shop.shows("integrity"), "{}", shop.screen());
}

#[test]
fn closed_periods_are_added_up_by_command() {
    let shop = sold("login admin 1111\nsell 10101\npay cash 1.15\nz\nsell 10101\npay cash 1.15\nz\n");
    let all = json(&shop, &["closure", "rollup", "--by", "month", "--json"], 0);
    let months = all.as_array().unwrap();
    assert_eq!(months.len(), 1, "{all}");
    assert_eq!(
        (&months[0]["closures"], &months[0]["figures"]["net_sales_amount"]),
        (&2.into(), &"2.30".into())
    );
    let days = json(&shop, &["closure", "rollup", "--json"], 0);
    let sum: i64 = days.as_array().unwrap().iter().filter_map(|day| day["closures"].as_i64()).sum();
    assert_eq!(sum, 2, "{days}");
    assert!(ends(&shop, &["closure", "rollup"], 0).contains("closures"));
    assert_eq!(
        json(&shop, &["closure", "rollup", "--until", "2000-01-01", "--json"], 0),
        Value::Array(Vec::new())
    );
    ends(&shop, &["closure", "rollup", "--from", "2026-02-01", "--until", "2026-01-01"], 1);
    ends(&shop, &["closure", "rollup", "--from", "soon"], 2);
}
