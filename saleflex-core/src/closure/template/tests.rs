use alloc::vec::Vec;

use super::*;
use crate::{
    adjustment::{AdjustmentKind, AdjustmentSource},
    closure::DocumentFigures,
    closure::{
        Report,
        tests::samples::{Head, Line, Pen, currency, minor},
    },
    document::{Completed, Event, Kind, TaxExemption},
    money::Currency,
    quantity::Percent,
    tax::Jurisdiction,
    tender::Tip,
};

fn parse(text: &str) -> Template {
    toml::from_str(text).unwrap()
}

fn templates() -> Templates {
    Templates::new(BUILT_IN.iter().map(|(_, text)| parse(text))).unwrap()
}

fn region(code: &str) -> Region {
    Region::parse(code).unwrap()
}

fn money(minor: i64) -> Money {
    Money::from_minor(minor)
}

fn report(completed: &[Completed]) -> Report {
    completed.iter().filter_map(DocumentFigures::of).collect()
}

fn rate(name: &str, percent: &str, by: Option<(JurisdictionLevel, &str)>) -> TaxRate {
    TaxRate {
        no: 1,
        name: name.into(),
        percent: Percent::parse(percent).unwrap(),
        jurisdiction: by.map(|(level, code)| Jurisdiction { level, code: code.into() }),
    }
}

fn sold(head: &Head, price: &str, rates: &[TaxRate]) -> Pen {
    head.begin().line(&Line::new("Thing", price).taxed(rates))
}

fn paid(pen: Pen) -> Completed {
    pen.pay_rest(TenderKind::Cash).complete()
}

fn exempt(head: &Head, price: &str, rates: &[TaxRate], reason: &str) -> Completed {
    let exemption = TaxExemption {
        reason: reason.into(),
        kind: None,
        certificate: None,
        authority: crate::closure::tests::samples::authority(1),
    };
    paid(sold(head, price, rates).apply(&Event::TaxExempted { exemption }))
}

fn filled(code: &str, report: &Report, currency: &Currency) -> CountryFigures {
    templates().resolve(&region(code)).fill(report, currency, &Inputs::default())
}

fn amount(figures: &CountryFigures, field: &str) -> i64 {
    let Some(Value::Amount(amount)) = figures.fields.get(field) else {
        panic!("{field}: {:?}", figures.fields.get(field));
    };
    amount.minor()
}

#[test]
fn every_built_in_template_is_read_and_named_after_its_file() {
    for (name, text) in BUILT_IN {
        let template = parse(text);
        assert_eq!(template.name, name);
        assert_eq!(template.check(), Ok(()), "{name}");
        assert!(template.version >= 1 && !template.fields.is_empty());
        if let Some(set_up) = &template.set_up {
            let mut numbers: Vec<u16> = set_up.tax_rates.iter().map(|rate| rate.no).collect();
            numbers.dedup();
            assert_eq!(numbers.len(), set_up.tax_rates.len(), "{name}: two rates of one number");
        }
    }
}

#[test]
fn a_part_is_laid_over_its_country_and_an_unknown_place_has_the_default_d_clo_15() {
    let layers = |code: &str| {
        let resolved = templates().resolve(&region(code));
        resolved.layers.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(layers("US-CA"), ["US", "US-CA"]);
    assert_eq!(layers("US-NY"), ["US", "US-NY"]);
    assert_eq!(layers("US-TX"), ["US", "US-TX"]);
    assert_eq!(layers("US-WA"), ["US"]);
    assert_eq!(layers("DE-BY"), ["DE"]);
    for country in ["TR", "US", "DE", "FR", "GB", "JP"] {
        assert_eq!(layers(country), [country]);
    }
    assert_eq!(layers("NL"), ["EU"]);
    assert_eq!(layers("BR-SP"), ["default"]);
    let california = templates().resolve(&region("US-CA")).template;
    assert!(california.fields.contains_key("tip_reporting.cash_tips"), "of the country");
    assert!(california.fields.contains_key("state_tax_rate"), "of the state");
}

#[test]
fn a_part_whose_country_has_none_stands_alone() {
    let default = parse(BUILT_IN[0].1);
    let quebec = parse("name='CA-QC'\nversion=1\nregions=['CA-QC']\n[fields]\ngst={tax={}}");
    let templates = Templates::new([default, quebec]).unwrap();
    assert_eq!(templates.resolve(&region("CA-QC")).layers, [("CA-QC".to_string(), 1)]);
    assert_eq!(templates.resolve(&region("CA-ON")).layers, [("default".to_string(), 1)]);
}

#[test]
fn a_shops_template_is_laid_over_the_delivered_one_of_its_region_field_by_field() {
    let own = parse(
        "name='US-CA own'\nversion=7\nregions=['US-CA']\n[fields]\n\
         \"special_rules.bag_fee\"={class_sales='bags'}\n\"tip_reporting.cash_tips\"={flag=false}\n",
    );
    let all = BUILT_IN.iter().map(|(_, text)| parse(text)).chain([own]);
    let resolved = Templates::new(all).unwrap().resolve(&region("US-CA"));
    let layers = [("US", 2), ("US-CA", 1), ("US-CA own", 7)];
    assert_eq!(resolved.layers, layers.map(|(name, version)| (name.to_string(), version)));
    assert!(resolved.template.fields.contains_key("special_rules.bag_fee"));
    assert!(resolved.template.fields.contains_key("tip_reporting.credit_card_tips"), "deep, not shallow");
    assert_eq!(resolved.template.fields["tip_reporting.cash_tips"], Figure::Flag(false));
    let group = parse("name='x'\nversion=1\nregions=['US-CA']\n[fields]\ntip_reporting='free'");
    let all = BUILT_IN.iter().map(|(_, text)| parse(text)).chain([group]);
    let fields = Templates::new(all).unwrap().resolve(&region("US-CA")).template.fields;
    assert!(
        !fields.keys().any(|name| name.starts_with("tip_reporting.")),
        "a field and a group cannot both be"
    );
}

#[test]
fn a_shop_that_adds_a_field_to_a_delivered_template_loses_none_of_it() {
    let own =
        |head: &str| parse(&format!("name='own'\nversion=7\n{head}[fields]\nunion_dues={{declared='dues'}}"));
    let resolved = |own, code| {
        let all = BUILT_IN.iter().map(|(_, text)| parse(text)).chain([own]);
        Templates::new(all).unwrap().resolve(&region(code)).template
    };
    for code in ["US-NY", "DE", "AT", "TR"] {
        let with = resolved(own(&format!("regions=['{code}']\n")), code);
        let delivered = templates().resolve(&region(code)).template;
        let mut fields = delivered.fields.clone();
        fields.insert("union_dues".into(), Figure::Declared("dues".into()));
        assert_eq!((with.fields, with.set_up), (fields, delivered.set_up), "{code}");
        assert_eq!((with.name.as_str(), with.version), ("own", 7), "what the figures are called by");
    }
    assert!(resolved(own("regions=['US-NY']\n"), "US-NY").fields.contains_key("state_tax.tax"));
    let anywhere = resolved(own(""), "BR");
    assert_eq!(anywhere.fields.len(), templates().resolve(&region("BR")).template.fields.len() + 1);
}

#[test]
fn a_bad_template_is_refused_with_its_field() {
    let bad = |fields: &str| parse(&format!("name='x'\nversion=1\n[fields]\n{fields}")).check();
    assert_eq!(bad("\"a..b\"='free'"), Err(TemplateError::BadName { name: "a..b".into() }));
    assert_eq!(bad("\"A\"='free'"), Err(TemplateError::BadName { name: "A".into() }));
    assert_eq!(
        bad("a='free'\n\"a.b\"='free'"),
        Err(TemplateError::Nested { outer: "a".into(), name: "a.b".into() })
    );
    assert!(toml::from_str::<Template>("name='x'\nversion=1\n[fields]\na={guess='x'}").is_err());
    assert!(toml::from_str::<Template>("name='x'\nversion=1\nregions=['Germany']").is_err());
    assert_eq!(Templates::new([]), Err(TemplateError::NoDefault));
    for code in ["", "D", "DEU", "de", "US-", "US-CALI", "US-ca", "US_CA", "Ü-1"] {
        assert_eq!(Region::parse(code), Err(TemplateError::BadRegion), "{code}");
    }
}

#[test]
fn turkey_counts_electronic_diplomatic_and_tax_free_documents() {
    let of = |kind| Head { document_type: kind, ..Head::sale("TRY") };
    let rates = [rate("KDV 20 %", "20", None)];
    let mut report = report(&[
        paid(sold(&of(DocumentType::EInvoice), "120.00", &rates)),
        paid(sold(&of(DocumentType::EArchiveInvoice), "12.00", &rates)),
        sold(&of(DocumentType::Waybill), "7.00", &rates).complete(),
        exempt(&of(DocumentType::DiplomaticInvoice), "50.00", &rates, "diplomatic"),
        exempt(&of(DocumentType::FiscalReceipt), "30.00", &rates, "Tourist "),
        paid(sold(&of(DocumentType::FiscalReceipt), "24.00", &rates)),
    ]);
    let cancelled = sold(&of(DocumentType::EInvoice), "9.00", &rates).cancel();
    report.add(&DocumentFigures::cancelled(&cancelled).unwrap());
    let figures = filled("TR", &report, &currency("TRY"));
    let count = |field: &str| figures.fields[field].clone();
    assert_eq!(count("electronic_invoice_count"), Value::Count(2));
    assert_eq!(amount(&figures, "electronic_invoice_amount"), 13_200);
    assert_eq!(count("canceled_electronic_invoice_count"), Value::Count(1));
    assert_eq!(
        (count("electronic_waybill_count"), amount(&figures, "electronic_waybill_amount")),
        (Value::Count(1), 700)
    );
    assert_eq!(
        (count("diplomatic_invoice_count"), amount(&figures, "diplomatic_invoice_amount")),
        (Value::Count(1), 5000)
    );
    assert_eq!(
        (count("tourist_tax_free_count"), amount(&figures, "tourist_tax_free_amount")),
        (Value::Count(1), 3000)
    );
    let Value::Rates(rows) = count("vat_by_rate") else { panic!("no rows") };
    assert_eq!(
        (rows.len(), rows[0].taxable, rows[0].tax, rows[0].exempt),
        (1, money(13_000), money(2600), money(8000))
    );
}

#[test]
fn american_sales_tax_is_listed_by_state_county_and_city_and_adds_up() {
    let head = Head { tax_mode: TaxMode::Exclusive, ..Head::sale("USD") };
    let rates = [
        rate("NY state", "4", Some((JurisdictionLevel::State, "US-NY"))),
        rate("NYC local", "4.5", Some((JurisdictionLevel::City, "NYC"))),
        rate("MCTD", "0.375", Some((JurisdictionLevel::County, "MCTD"))),
    ];
    let bottle = [rate("Old", "1", None)];
    let tip = |kind, amount| Tip { amount: money(amount), kind };
    let back = Head { kind: Kind::Return, document_type: DocumentType::Return, ..head.clone() };
    let tipped = |pen: Pen, tender, kind, tips| {
        let due = pen.document().balance().minor();
        pen.tip(tender, due, tip(kind, tips)).complete()
    };
    let report = report(&[
        tipped(sold(&head, "100.00", &rates), TenderKind::CreditCard, TipKind::Card, 1500),
        tipped(sold(&head, "10.00", &rates), TenderKind::Cash, TipKind::Cash, 200),
        sold(&head, "20.00", &bottle).pay_rest(TenderKind::PrepaidCard).complete(),
        exempt(&head, "40.00", &rates, "resale"),
        paid(sold(&back, "10.00", &rates)),
        paid(head.begin().line(&Line::new("Gift card", "25.00").within(90).taxed(&[]))),
    ]);
    let inputs = Inputs {
        classes: [("gift_card".to_string(), [DepartmentNo(90)].into())].into(),
        declared: [("reported_tips".to_string(), money(1650))].into(),
    };
    let resolved = templates().resolve(&region("US-NY"));
    let figures = resolved.fill(&report, &currency("USD"), &inputs);
    let row = |taxable, tax, exempt| JurisdictionRow {
        taxable: money(taxable),
        tax: money(tax),
        exempt: money(exempt),
    };
    let table = |field: &str, code: &str| {
        let Value::Jurisdictions(rows) = &figures.fields[field] else { panic!("{field} is no table") };
        rows[code]
    };
    assert_eq!(table("sales_tax_by_state", "US-NY"), row(10_000, 400, 4000));
    assert_eq!(table("sales_tax_by_city", "NYC"), row(10_000, 450, 4000));
    assert_eq!(table("sales_tax_by_county", "MCTD"), row(10_000, 38, 4000));
    assert_eq!(amount(&figures, "sales_tax_unassigned"), 20);
    assert_eq!(amount(&figures, "sales_tax_total"), report.tax.minor());
    assert_eq!((amount(&figures, "state_tax.tax"), amount(&figures, "state_tax.exempt")), (400, 4000));
    assert_eq!((amount(&figures, "exempt_sales"), amount(&figures, "resale_sales")), (4000, 4000));
    assert_eq!(amount(&figures, "tip_reporting.cash_tips"), 200);
    assert_eq!(amount(&figures, "tip_reporting.credit_card_tips"), 1500);
    assert_eq!(amount(&figures, "tip_reporting.reported_tips"), 1650);
    assert_eq!(amount(&figures, "gift_card_sales"), 2500);
    assert_eq!(amount(&figures, "gift_card_redemptions"), 2020);
    assert_eq!(amount(&figures, "special_rules.clothing_exemption_threshold"), 11_000);
    assert_eq!(figures.fields["state_tax_rate"], Value::Percent(Percent::parse("4.0").unwrap()));
    assert_eq!(figures.layers, [("US".to_string(), 2), ("US-NY".to_string(), 1)]);
}

#[test]
fn goods_at_a_states_rate_of_nothing_are_exempt_there_and_taxed_where_another_levies() {
    let head = Head { tax_mode: TaxMode::Exclusive, ..Head::sale("USD") };
    let state = |name, percent| rate(name, percent, Some((JurisdictionLevel::State, "US-NY")));
    let city = rate("NYC local", "4.5", Some((JurisdictionLevel::City, "NYC")));
    let report = report(&[
        paid(sold(&head, "100.00", &[state("Exempt", "0")])),
        paid(sold(&head, "20.00", &[state("Exempt", "0"), city.clone()])),
        exempt(&head, "7.00", &[state("Exempt", "0")], "resale"),
        paid(sold(&head, "50.00", &[state("NY state", "4"), city])),
    ]);
    let figures = filled("US-NY", &report, &currency("USD"));
    let state = ["state_tax.taxable", "state_tax.tax", "state_tax.exempt"];
    assert_eq!(state.map(|field| amount(&figures, field)), [5000, 200, 12_700]);
    let table = |field: &str, code: &str| {
        let Value::Jurisdictions(rows) = &figures.fields[field] else { panic!("{field} is no table") };
        (rows[code].taxable.minor(), rows[code].tax.minor(), rows[code].exempt.minor())
    };
    assert_eq!(table("sales_tax_by_state", "US-NY"), (5000, 200, 12_700));
    assert_eq!(table("sales_tax_by_city", "NYC"), (7000, 315, 0));
}

/// A sale of 1,000 minor units with each rate; what each class of the template then shows.
fn check_classes(code: &str, money_code: &str, group: &str, tax_word: &str, classes: &[(&str, &str)]) {
    let (head, currency) = (Head::sale(money_code), currency(money_code));
    let price = currency.format(money(1000));
    let sales = classes.iter().map(|(percent, _)| paid(sold(&head, &price, &[rate("VAT", percent, None)])));
    let figures = filled(code, &report(&sales.collect::<Vec<_>>()), &currency);
    for (percent, class) in classes {
        let percent = Percent::parse(percent).unwrap();
        let tax = crate::tax::contained(money(1000), percent).minor();
        let field = |part: &str| format!("{group}.{class}_{part}");
        assert_eq!(figures.fields[&field("rate")], Value::Percent(percent), "{code} {class}");
        assert_eq!(amount(&figures, &field("amount")), 1000 - tax, "{code} {class}");
        assert_eq!(amount(&figures, &field(tax_word)), tax, "{code} {class}");
    }
}

#[test]
fn value_added_tax_is_listed_by_class() {
    check_classes("DE", "EUR", "vat_by_rate", "vat", &[("19", "standard"), ("7", "reduced")]);
    let french = [("20", "standard"), ("10", "intermediate"), ("5.5", "reduced"), ("2.1", "super_reduced")];
    check_classes("FR", "EUR", "vat_by_rate", "vat", &french);
    check_classes("GB", "GBP", "vat_by_rate", "vat", &[("20", "standard"), ("5", "reduced")]);
    check_classes("JP", "JPY", "consumption_tax", "tax", &[("10", "standard"), ("8", "reduced")]);
}

#[test]
fn zero_rated_sales_have_a_place_and_every_rate_of_another_member_state_has_a_row() {
    let zero = report(&[paid(sold(&Head::sale("GBP"), "12.00", &[rate("VAT", "0", None)]))]);
    assert_eq!(amount(&filled("GB", &zero, &currency("GBP")), "vat_by_rate.zero_rate_amount"), 1200);
    let head = Head::sale("EUR");
    let dutch = ["21", "9", "0"].map(|percent| paid(sold(&head, "10.00", &[rate("BTW", percent, None)])));
    let dutch = filled("NL", &report(&dutch), &currency("EUR"));
    let Value::Rates(rows) = &dutch.fields["vat_by_rate"] else { panic!("no rows") };
    let rows: Vec<_> = rows.iter().map(|row| (row.taxable.minor(), row.tax.minor())).collect();
    assert_eq!(rows, [(1000, 0), (917, 83), (826, 174)]);
}

#[test]
fn reverse_charge_deliveries_within_the_union_and_exports_are_told_apart() {
    let (head, rates) = (Head::sale("EUR"), [rate("VAT", "19", None)]);
    let report = report(&[
        exempt(&head, "70.00", &rates, "reverse_charge"),
        exempt(&head, "80.00", &rates, "intra_eu"),
        exempt(&head, "90.00", &rates, "export"),
        exempt(&head, "1.00", &rates, "a friend of the house"),
    ]);
    for code in ["DE", "FR", "NL"] {
        let figures = filled(code, &report, &currency("EUR"));
        assert_eq!(figures.fields["reverse_charge_count"], Value::Count(1));
        assert_eq!(amount(&figures, "reverse_charge_amount"), 7000);
        assert_eq!((amount(&figures, "intra_eu_sales"), amount(&figures, "extra_eu_sales")), (8000, 9000));
    }
    assert_eq!(report.exemptions[&ExemptionKind::Other].amount, money(100));
}

#[test]
fn the_figures_of_parts_are_those_of_the_template_over_the_merged_report() {
    let head = Head::sale("EUR");
    let one = report(&[paid(sold(&head, "11.90", &[rate("A", "19", None)]))]);
    let discounted = sold(&head, "10.70", &[rate("B", "7", None)]);
    let discounted = discounted.adjust(AdjustmentKind::Discount, AdjustmentSource::Manager, minor(107), None);
    let other = report(&[paid(discounted), paid(sold(&head, "23.80", &[rate("A", "19", None)]))]);
    let mut both = one.clone();
    both.merge(&other);
    let [one, other, both] = [&one, &other, &both].map(|report| filled("DE", report, &currency("EUR")));
    for field in [
        "vat_by_rate.standard_amount",
        "vat_by_rate.standard_vat",
        "vat_by_rate.reduced_amount",
        "vat_by_rate.reduced_vat",
    ] {
        assert_eq!(amount(&both, field), amount(&one, field) + amount(&other, field), "{field}");
    }
    assert_eq!(amount(&both, "vat_by_rate.reduced_vat"), 63);
}

#[test]
fn a_closure_keeps_the_figures_of_its_template_d_clo_16() {
    let head = Head::sale("EUR");
    let figures =
        filled("DE", &report(&[paid(sold(&head, "11.90", &[rate("A", "19", None)]))]), &currency("EUR"));
    let text = serde_json::to_string(&figures).unwrap();
    assert_eq!(serde_json::from_str::<CountryFigures>(&text).unwrap(), figures);
    assert!(text.contains(r#""vat_by_rate.standard_vat":{"amount":190}"#), "{text}");
}
