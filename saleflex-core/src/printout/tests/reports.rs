use std::collections::BTreeMap;

use super::*;
use crate::{
    cashier::{OnDuty, Role},
    catalog::DepartmentNo,
    closure::{
        AdjustmentType, CampaignTotals, CashCount, CashierTotals, CashierWork, Change, Closing,
        ClosingPolicy, Closure, Correction, Declaration, PrepaidTotals, Report, Staff, TenderTotals, close,
        drawer::{ClosedDrawer, CountPurpose, DrawerNo, EnteredCount, OverShortReason},
        tests::{
            busy_day, period,
            samples::{authority, cashier},
        },
        view,
    },
    ids::{CashierId, DocumentId, DocumentNumber},
    money::CurrencyCode,
    printout::closure::{ReportFrame, corrected_z_report, x_report, z_report},
    tender::PrepaidKind,
};

pub(super) fn closed(report: &Report, currency: Currency) -> Closure {
    let (mut period, policy) = (period(), ClosingPolicy::default());
    period.currency = currency;
    let manager = OnDuty::with_role(cashier(9), Role::Manager);
    let euros = CashCount::Amount(Money::from_minor(1800));
    let declaration = Declaration {
        float_left: Some(Money::from_minor(3000)),
        foreign: [(CurrencyCode::parse("EUR").unwrap(), euros)].into(),
        ..Declaration::amount(Money::from_minor(4800))
    };
    close(Closing {
        moment: moment("2026-03-12 20:41:00"),
        cashier: &manager,
        approval: None,
        policy: &policy,
        rates: &[],
        period: &period,
        open_document: None,
        report,
        first_document: None,
        last_document: None,
        suspended_count: 1,
        declaration: Some(&declaration),
        drawers: &[],
        entered: &[],
        hand_overs: &[],
        staff: &Staff::default(),
    })
    .unwrap()
}

fn number_of(closure: &Closure) -> DocumentNumber {
    DocumentNumber { date: closure.business_date, closure: closure.number(), receipt: 12 }
}

pub(super) fn with_frame<T>(words: &words::Words, call: impl FnOnce(&ReportFrame<'_>) -> T) -> T {
    let cashiers: BTreeMap<CashierId, String> =
        [(cashier(1), "Ada".to_owned()), (cashier(2), "İpek".to_owned())].into();
    let departments: BTreeMap<DepartmentNo, String> =
        [(1, "Hot drinks"), (2, "Groceries")].map(|(no, name)| (DepartmentNo(no), name.to_owned())).into();
    call(&ReportFrame {
        words,
        header: "Corner Market",
        register: "2",
        serial: "SF-1",
        cashier: "9 Joan",
        cashiers: &cashiers,
        departments: &departments,
        hides_cash: false,
        copy: false,
        parked_before: 0,
        underway: Money::ZERO,
    })
}

#[test]
fn a_z_report() {
    let closure = closed(&busy_day(), currency("GBP"));
    let printout = with_frame(&ENGLISH, |frame| z_report(&closure, frame));
    pages("z", &printout, &WIDTHS);
}

#[test]
fn cash_that_was_paid_for_goods_is_not_said_to_have_been_paid_back() {
    let paper = |purchases: i64| {
        let mut closure = closed(&busy_day(), currency("GBP"));
        closure.report.cash.refunds = Money::from_minor(50);
        closure.report.purchases = Money::from_minor(purchases);
        with_frame(&ENGLISH, |frame| text::render(&z_report(&closure, frame), 42).join("\n"))
    };
    assert!(paper(0).contains("Cash paid back:"), "{}", paper(0));
    assert!(paper(50).contains("Cash paid back or out:"), "{}", paper(50));
}

#[test]
fn a_z_report_lists_gift_cards_and_vouchers_by_kind_and_what_is_no_longer_owed_on_them() {
    let mut closure = closed(&busy_day(), currency("GBP"));
    let pounds = Money::from_minor;
    let vouchers = PrepaidTotals {
        count: 3,
        taken: pounds(750),
        refund_count: 1,
        refunds: pounds(250),
        renewed_count: 1,
        renewed: pounds(400),
        lost_count: 2,
        lost: pounds(900),
    };
    let cards = PrepaidTotals { count: 1, taken: pounds(499), ..PrepaidTotals::default() };
    closure.report.prepaid =
        [(PrepaidKind::GiftCard, cards), (PrepaidKind::Voucher, vouchers)].into_iter().collect();
    let printout = with_frame(&ENGLISH, |frame| z_report(&closure, frame));
    let paper = text::render(&printout, 42);
    let from = paper.iter().position(|line| line.contains("GIFT CARDS AND VOUCHERS")).unwrap();
    let amounts: Vec<&str> = paper[from..]
        .iter()
        .filter_map(|line| line.rsplit(' ').next().filter(|word| word.contains('£')))
        .take(6)
        .collect();
    // What paid, what was paid back, the new ones, what nobody got; then 4.99 + 7.50 + 9.00 - 2.50.
    assert_eq!(amounts, ["£4.99", "£7.50", "-£2.50", "£4.00", "£9.00", "£18.99"], "{}", paper.join("\n"));
    let view = serde_json::to_value(view::z_view(&closure)).unwrap();
    let of = |kind: &str, field: &str| view["gift_cards"][kind][field].clone();
    for (field, expected) in [
        ("tendered_amount", "7.50"),
        ("refund_amount", "2.50"),
        ("new_voucher_amount", "4.00"),
        ("lost_amount", "9.00"),
        ("no_longer_owed", "14.00"),
    ] {
        assert_eq!(of("voucher", field), expected, "{field}");
    }
    assert_eq!((of("voucher", "lost_count"), of("voucher", "refund_count")), (2.into(), 1.into()));
    assert_eq!(of("gift_card", "no_longer_owed"), "4.99");
}

#[test]
fn a_z_report_tells_the_hours_what_was_set_off_and_the_first_count() {
    let mut closure = closed(&busy_day(), currency("GBP"));
    let exchanged = TenderTotals {
        count: 2,
        tendered: Money::from_minor(67),
        refunds: Money::from_minor(67),
        ..TenderTotals::default()
    };
    closure.report.tenders.insert(TenderKind::StoreCredit, exchanged);
    let work = CashierWork {
        clock_in: moment("2026-03-12 08:05:00"),
        clock_out: Some(moment("2026-03-12 16:35:00")),
        worked_s: 8 * 3600 + 59,
    };
    closure.staff.work.insert(cashier(1), work);
    closure.staff.tips_distributed = Some(Money::from_minor(150));
    closure.first_counts = vec![EnteredCount {
        drawer: DrawerNo(1),
        purpose: CountPurpose::Closing,
        at: moment("2026-03-12 20:30:00"),
        cashier: cashier(2),
        period: closure.number(),
        expected: closure.expected_cash,
        counted: Money::from_minor(4000),
        blind: true,
    }];
    let printed = |closure: &Closure| {
        let printout = with_frame(&ENGLISH, |frame| z_report(closure, frame));
        text::render(&printout, 42).join("\n")
    };
    let lines = printed(&closure);
    for line in [
        "    Worked 08:05-16:35:               8:00",
        "  Shared out:                        £1.50",
        "  Not shared out:                    £0.50",
        "  First counted:                    £40.00",
        "    Difference:                     -£8.38",
        "    İpek                  12/03/2026 20:30",
    ] {
        assert!(lines.contains(line), "{line}: {lines}");
    }
    closure
        .staff
        .work
        .insert(cashier(1), CashierWork { clock_out: Some(moment("2026-03-13 02:00:00")), ..work });
    assert!(printed(&closure).contains("Worked 12/03 08:05-13/03 02:00:"), "{}", printed(&closure));
    closure.report.tenders.get_mut(&TenderKind::StoreCredit).unwrap().refunds = Money::ZERO;
    assert!(printed(&closure).contains("STORE CREDIT (2)"), "credit that somebody paid with");
}

#[test]
fn why_a_drawer_differed_is_set_in_below_it_on_each_of_its_lines() {
    let mut closure = closed(&busy_day(), currency("GBP"));
    let drawer = |no: u8, over_short, reason: Option<&str>| ClosedDrawer {
        over_short,
        reason: reason.map(str::to_owned),
        counted: Some(Money::from_minor(900)),
        ..ClosedDrawer::uncounted(DrawerNo(no), Money::from_minor(1000))
    };
    let said = "an envelope that went to the safe before anybody wrote it down";
    closure.drawers = vec![drawer(1, Some(OverShortReason::Other), Some(said)), drawer(2, None, None)];
    let printout = with_frame(&ENGLISH, |frame| z_report(&closure, frame));
    for width in WIDTHS {
        let lines = text::render(&printout, width);
        let of = |label: &str| lines.iter().position(|line| line.trim_end() == label).unwrap();
        let between = &lines[of("  Drawer 1") + 1..of("  Drawer 2")];
        assert!(between.iter().all(|line| line.starts_with("    ")), "{between:#?}");
        assert!(between.iter().any(|line| line.starts_with("    Reason: ")), "{between:#?}");
    }
    let page = html::render(&printout, &html::Page::default());
    assert!(page.contains("<p class=\"text left\" style=\"padding-left:4ch\">    Reason: "), "{page}");
}

#[test]
fn what_the_till_cancelled_by_itself_stands_under_a_word_and_no_number() {
    let mut report = Report::default();
    let totals = CashierTotals { void_count: 2, voids: Money::from_minor(450), ..CashierTotals::default() };
    report.cashiers.insert(CashierId::new(uuid::Uuid::nil()), totals);
    let closure = closed(&report, currency("GBP"));
    for (words, name) in [(&ENGLISH, "The till itself (0)"), (&TURKISH, "Kasanın kendisi (0)")] {
        let printout = with_frame(words, |frame| z_report(&closure, frame));
        let lines = text::render(&printout, 42).join("\n");
        assert!(lines.contains(name) && !lines.contains("00000000"), "{lines}");
    }
}

#[test]
fn discounts_of_lines_come_first_and_all_of_them_add_up() {
    let closure = closed(&busy_day(), currency("GBP"));
    let printout = with_frame(&ENGLISH, |frame| z_report(&closure, frame));
    let amount = |label: &str| -> i64 {
        let line = one_line(&printout, label);
        line.rsplit('£').next().unwrap().replace('.', "").trim().parse().unwrap()
    };
    assert_eq!(amount("On single lines") + amount("On whole documents"), amount("All discounts"));
    assert!(amount("On single lines") > 0 && amount("On whole documents") > 0);
}

#[test]
fn each_campaign_is_listed_and_what_it_gave_on_lines_is_not_on_whole_documents() {
    let mut report = busy_day();
    let given = report.adjustments.get_mut(&AdjustmentType::Campaign).unwrap();
    given.amount = Money::from_minor(900);
    let of = |sales, on_lines, on_documents, back| CampaignTotals {
        sales,
        on_lines: Money::from_minor(on_lines),
        on_documents: Money::from_minor(on_documents),
        back: Money::from_minor(back),
    };
    report.campaigns = [("HAPPY".into(), of(2, 300, 0, 120)), ("SHIRTS".into(), of(1, 40, 560, 0))].into();
    report.discounts = Money::from_minor(900);
    let closure = closed(&report, currency("GBP"));
    let printout = with_frame(&ENGLISH, |frame| z_report(&closure, frame));
    let lines = text::render(&printout, 42).join("\n");
    for (label, amount) in [
        ("    HAPPY (2), after returns", "-£1.80"),
        ("    SHIRTS (1)", "-£6.00"),
        ("  Came back with goods:", "£1.20"),
        ("  Campaigns on lines:", "-£3.40"),
        ("  On whole documents:", "-£5.60"),
    ] {
        let has = lines.lines().any(|line| line.starts_with(label) && line.trim_end().ends_with(amount));
        assert!(has, "{label} {amount}: {lines}");
    }
}

#[test]
fn a_turkish_z_report() {
    let closure = closed(&busy_day(), currency("TRY"));
    let printout = with_frame(&TURKISH, |frame| z_report(&closure, frame));
    pages("z_turkish", &printout, &[32, 42]);
}

#[test]
fn a_z_report_has_the_figures_that_the_country_wants_and_what_each_cashier_has_of_the_cash() {
    use crate::{
        closure::{
            TaxKey, TaxTotals,
            template::{CountryFigures, JurisdictionRow, RateRow, Value},
        },
        tax::{Jurisdiction, JurisdictionLevel},
    };
    let money = Money::from_minor;
    let percent = |text: &str| crate::quantity::Percent::parse(text).unwrap();
    let rate = |rate: &str, taxable, exempt| RateRow {
        rate: percent(rate),
        name: "KDV".to_owned(),
        taxable: money(taxable),
        tax: money(taxable / 10),
        exempt: money(exempt),
    };
    let county = JurisdictionRow { taxable: money(5000), tax: money(50), exempt: money(700) };
    let fields = [
        ("electronic_invoice_count", Value::Count(2)),
        ("electronic_waybill_count", Value::Count(0)),
        ("exempt_sales", Value::Amount(money(1234))),
        ("gift_card_sales", Value::Amount(Money::ZERO)),
        ("local_tax_enabled", Value::Flag(true)),
        ("sales_tax_by_county", Value::Jurisdictions([("US-CA-LA".to_owned(), county)].into())),
        ("vat_by_rate", Value::Rates(vec![rate("1", 0, 0), rate("10", 4000, 0)])),
    ];
    let mut closure = closed(&busy_day(), currency("TRY"));
    closure.country = Some(CountryFigures {
        layers: vec![("US".to_owned(), 1), ("US-CA".to_owned(), 1)],
        fields: fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    });
    for (name, rate) in [("Exempt", "0"), ("LA county", "0.25")] {
        let level = JurisdictionLevel::County;
        let jurisdiction = Some(Jurisdiction { level, code: "US-CA-LA".to_owned() });
        let key = TaxKey { percent: percent(rate), name: name.to_owned(), jurisdiction };
        closure.report.taxes.insert(key, TaxTotals::default());
    }
    for (name, words) in [("country", &ENGLISH), ("country_turkish", &TURKISH)] {
        let printout = with_frame(words, |frame| z_report(&closure, frame));
        let lines = text::render(&printout, 32);
        let has = |title: &str| lines.iter().any(|line| line.starts_with(title));
        assert!(
            has(words.report.sales_tax_summary) && !has(words.report.tax_summary),
            "what a county levies"
        );
        let from = lines.iter().position(|line| line.starts_with(words.report.cash_by_cashier)).unwrap();
        insta::assert_snapshot!(name, lines[from..].join("\n"));
    }
}

#[test]
fn every_figure_and_place_of_the_delivered_country_templates_has_its_word_in_every_language() {
    use crate::closure::template::{BUILT_IN, Figure, Template};
    for (file, text) in BUILT_IN {
        let template: Template = toml::from_str(text).unwrap();
        for words in [&ENGLISH, &TURKISH] {
            let has = |known: &[(&str, &str)], name: &str| known.iter().any(|(known, _)| *known == name);
            assert!(has(words.report.regions, &template.name), "{file}");
            for (field, figure) in &template.fields {
                let is_shown = !matches!(figure, Figure::Percent(_) | Figure::Flag(_) | Figure::Free);
                assert!(!is_shown || has(words.report.country_fields, field), "{file}: {field}");
            }
        }
    }
}

#[test]
fn foreign_money_that_lay_in_the_drawer_and_stays_there_is_on_the_z_also_where_nobody_counted_it() {
    let [eur, usd] = ["EUR", "USD"].map(|code| CurrencyCode::parse(code).unwrap());
    let money = Money::from_minor;
    let mut closure = closed(&Report::empty(), currency("GBP"));
    closure.period.foreign_left = [(eur, money(2000)), (usd, money(700))].into();
    for (words, labels) in [
        (&ENGLISH, ["Opening cash", "Expected", "Counted", "Left in drawer", "Moved to safe"]),
        (
            &TURKISH,
            [
                TURKISH.report.opening_cash,
                TURKISH.report.expected,
                TURKISH.report.counted,
                TURKISH.report.left_in_drawer,
                TURKISH.report.to_safe,
            ],
        ),
    ] {
        let printed =
            |closure: &Closure| with_frame(words, |frame| text::render(&z_report(closure, frame), 32));
        let shows = |lines: &[String], at: usize, code: &str, amount: &str| {
            let label = format!("{} {code}", labels[at]);
            lines.iter().any(|line| line.trim().starts_with(&label) && line.trim().ends_with(amount))
        };
        let lines = printed(&closure);
        assert!(shows(&lines, 0, "EUR", "20.00") && shows(&lines, 1, "EUR", "20.00"), "{lines:#?}");
        // Eighteen euros were counted; nobody looked for dollars.
        assert!(shows(&lines, 2, "EUR", "18.00") && shows(&lines, 3, "EUR", "18.00"), "{lines:#?}");
        assert!(shows(&lines, 3, "USD", "7.00") && !shows(&lines, 2, "USD", ""), "{lines:#?}");
        let mut to_safe = closure.clone();
        to_safe.declaration.as_mut().unwrap().foreign_left = [(eur, money(500))].into();
        let lines = printed(&to_safe);
        assert!(shows(&lines, 3, "EUR", "5.00") && shows(&lines, 4, "EUR", "13.00"), "{lines:#?}");
    }
}

#[test]
fn z_reports_in_yen_and_dinars_have_their_own_digits() {
    for code in ["JPY", "KWD"] {
        let closure = closed(&busy_day(), currency(code));
        let printout = with_frame(&ENGLISH, |frame| z_report(&closure, frame));
        pages(&format!("z_{code}"), &printout, &[42]);
    }
}

#[test]
fn an_x_report_says_nothing_of_the_drawer_where_it_is_counted_blind() {
    let report = busy_day();
    let x = |hides_cash| {
        with_frame(&ENGLISH, |frame| {
            let frame = ReportFrame { hides_cash, ..*frame };
            page(
                &x_report(&period(), &report, (0, &Staff::default()), moment("2026-03-12 12:00:00"), &frame),
                42,
            )
        })
    };
    let (open, blind) = (x(false), x(true));
    for words in [ENGLISH.report.expected, ENGLISH.report.cash_taken, ENGLISH.report.opening_cash, "CASH ("] {
        assert!(open.contains(words), "{words}: {open}");
        assert!(!blind.contains(words), "{words}: {blind}");
    }
    assert!(
        blind.contains(ENGLISH.report.counted_blind) && blind.contains(ENGLISH.report.sales_with_tax),
        "{blind}"
    );
}

#[test]
fn a_copy_has_what_was_corrected_since_below_figures_that_stay() {
    let closure = closed(&busy_day(), currency("GBP"));
    let sale = busy_day();
    let (document, number) = (DocumentId::new(uuid::Uuid::from_u128(77)), number_of(&closure));
    let change = |no, change| Correction {
        store: closure.period.store,
        terminal: closure.period.terminal,
        closure: closure.number(),
        no,
        at: moment("2026-03-13 09:05:00"),
        authority: authority(2),
        reason: "rung up twice, as the camera shows".into(),
        change,
    };
    let figures = alloc::boxed::Box::new(sale);
    let corrections = [
        change(1, Change::CountedCash { old: closure.counted_cash, new: Money::from_minor(4_900) }),
        change(2, Change::WithdrawnDocument { document, number, figures: figures.clone(), replaced: None }),
        change(3, Change::LateDocument { document, number, figures, replaced: None }),
        change(4, Change::OpeningCash { old: closure.opening_cash, new: Money::from_minor(1) }),
    ];
    let stands = closure.corrected(&corrections).unwrap();
    for words in [&ENGLISH, &TURKISH] {
        let lines = |width| {
            let of = |frame: &ReportFrame<'_>| {
                let printout = corrected_z_report(&closure, (&corrections, &stands), frame);
                text::render(&printout, width)
            };
            with_frame(words, of)
        };
        let as_closed = with_frame(words, |frame| text::render(&z_report(&closure, frame), 42));
        let end = as_closed.iter().position(|line| line == words.report.transactions).unwrap() - 1;
        let told = lines(42);
        assert_eq!(told[..end], as_closed[..end], "what was closed stays");
        let since = told[end..].join("\n");
        let report = &words.report;
        for part in [report.corrected_since, report.withdrawn, report.counts_again, report.stands, "İpek"] {
            assert!(since.contains(part), "{part}: {since}");
        }
        assert!(since.contains("£48.00 -> £49.00") && since.contains("as the camera shows"), "{since}");
        assert!(lines(32).iter().all(|line| text::width_of(line) <= 32));
    }
    let none = closure.corrected([]).unwrap();
    let plain = with_frame(&ENGLISH, |frame| corrected_z_report(&closure, (&[], &none), frame));
    assert_eq!(plain, with_frame(&ENGLISH, |frame| z_report(&closure, frame)));
    // What a period before left otherwise is told also of one that nobody corrected itself.
    let mut later = none;
    later.opening_cash -= Money::from_minor(123);
    let told = with_frame(&ENGLISH, |frame| corrected_z_report(&closure, (&[], &later), frame));
    let told = text::render(&told, 42).join("\n");
    let report = &ENGLISH.report;
    assert!(told.contains(report.stands) && !told.contains(report.corrected_since), "{told}");
}

#[test]
fn an_x_report_is_titled_as_one_and_shows_the_same_figures_without_a_count() {
    let report = busy_day();
    let x = with_frame(&ENGLISH, |frame| {
        let copy = ReportFrame { copy: true, ..*frame };
        x_report(&period(), &report, (1, &Staff::default()), moment("2026-03-12 12:00:00"), &copy)
    });
    let z = with_frame(&ENGLISH, |frame| z_report(&closed(&report, currency("GBP")), frame));
    let (x, z) = (text::render(&x, 42), text::render(&z, 42));
    assert_eq!(x[2].trim(), "X REPORT");
    assert_eq!(x[3].trim(), "** COPY **");
    let counts = ["Counted", "Difference", "Left in drawer", "Moved to safe"];
    let is_count = |line: &&String| counts.iter().any(|word| line.contains(word));
    assert!(!x.iter().any(|line| is_count(&line)));
    let figures = |lines: &[String]| {
        let from = lines.iter().position(|line| line == ENGLISH.report.sales_with_tax).unwrap();
        lines.iter().skip(from).filter(|line| !is_count(line)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(figures(&x), figures(&z));
}

#[test]
fn an_x_report_tells_of_documents_that_wait_since_earlier_periods() {
    let report = busy_day();
    let shown = |parked_before: u64| {
        with_frame(&ENGLISH, |frame| {
            let frame = ReportFrame { parked_before, ..*frame };
            let figures = (0, &Staff::default());
            text::render(&x_report(&period(), &report, figures, moment("2026-03-12 12:00:00"), &frame), 42)
        })
    };
    let line = |lines: &[String]| lines.iter().find(|line| line.contains("Parked before")).cloned();
    assert_eq!(line(&shown(2)).as_deref(), Some("  Parked before:                         2"));
    assert_eq!(line(&shown(0)), None);
}

#[test]
fn an_x_report_says_what_of_its_payments_lies_on_the_open_document() {
    let report = busy_day();
    let shown = |minor| {
        with_frame(&ENGLISH, |frame| {
            let frame = ReportFrame { underway: Money::from_minor(minor), ..*frame };
            let figures = (0, &Staff::default());
            text::render(&x_report(&period(), &report, figures, moment("2026-03-12 12:00:00"), &frame), 42)
        })
    };
    let line = |lines: &[String]| lines.iter().find(|line| line.contains("open document")).cloned();
    assert_eq!(line(&shown(300)).as_deref(), Some("  On the open document:              £3.00"));
    assert_eq!(line(&shown(0)), None);
}

#[test]
fn a_report_that_ends_before_it_began_says_that_the_clock_went_back() {
    let says = |at| {
        let lines = with_frame(&ENGLISH, |frame| {
            text::render(&x_report(&period(), &busy_day(), (0, &Staff::default()), moment(at), frame), 42)
        });
        lines.iter().any(|line| line.contains("The clock or its time zone went back."))
    };
    assert!(says("2026-03-12 07:59:59") && !says("2026-03-12 08:00:00"));
}

#[test]
fn change_for_foreign_notes_stands_beneath_them_so_that_payments_and_drawer_agree() {
    let lines = with_frame(&ENGLISH, |frame| {
        text::render(&z_report(&closed(&busy_day(), currency("GBP")), frame), 42)
    });
    let after = lines.iter().skip_while(|line| !line.starts_with("  EUR 20.00 @ 1.18")).nth(1);
    assert_eq!(after.map(String::as_str), Some("  Change given:                     -£0.01"));
}

#[test]
fn what_a_cheque_was_made_out_for_stands_beneath_it_where_it_gave_change() {
    let mut report = busy_day();
    let money = Money::from_minor;
    let cheques =
        TenderTotals { count: 1, tendered: money(1000), change: money(650), ..TenderTotals::default() };
    report.tenders = [(TenderKind::Cheque, cheques)].into();
    let shown = |report: &Report| {
        let closure = closed(report, currency("GBP"));
        let lines = with_frame(&ENGLISH, |frame| text::render(&z_report(&closure, frame), 42));
        let from = lines.iter().position(|line| line.starts_with("  CHEQUE (1)")).unwrap();
        lines[from..].iter().take_while(|line| !line.starts_with('-')).cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        shown(&report),
        [
            "  CHEQUE (1)                         £3.50",
            "    Taken:                          £10.00",
            "    Change given:                   -£6.50",
        ]
    );
    report.tenders.get_mut(&TenderKind::Cheque).unwrap().change = Money::ZERO;
    assert_eq!(shown(&report), ["  CHEQUE (1)                        £10.00"]);
}

#[test]
fn the_period_has_two_lines_that_fit_d_clo_17() {
    let closure = closed(&busy_day(), currency("GBP"));
    let lines = with_frame(&ENGLISH, |frame| text::render(&z_report(&closure, frame), 32));
    assert!(lines.contains(&"  From: 12/03/2026 08:00".to_owned()));
    assert!(lines.contains(&"  To: 12/03/2026 20:41".to_owned()));
}

#[test]
fn the_number_and_the_span_of_a_period_are_whole_on_the_narrowest_paper() {
    let closure = closed(&busy_day(), currency("GBP"));
    for width in 20..=48 {
        let lines = with_frame(&ENGLISH, |frame| text::render(&z_report(&closure, frame), width));
        let words = lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        let number = format!("Closure: #{:04}", closure.number().0);
        for whole in [number.as_str(), "From: 12/03/2026 08:00", "To: 12/03/2026 20:41"] {
            assert!(words.contains(whole), "{whole} at {width}: {lines:#?}");
        }
    }
}

#[test]
fn a_quiet_day_prints_no_empty_sections() {
    let closure = closed(&Report::empty(), currency("GBP"));
    let lines = with_frame(&ENGLISH, |frame| text::render(&z_report(&closure, frame), 42));
    let sections =
        ["DISCOUNTS", "SURCHARGES", "FOREIGN CURRENCY", "DEPOSITS HELD", "DEPARTMENTS", "CASHIERS", "TIPS"];
    for section in sections {
        assert!(!lines.iter().any(|line| line == section), "{section}");
    }
    assert!(lines.contains(&"  Difference:                      -£52.00".to_owned()), "{lines:#?}");
}
