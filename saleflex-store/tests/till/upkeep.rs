//! Backups, exports, settings, products: what keeps a till going.

use std::fs;

use saleflex_core::{
    catalog::{CatalogChange, CatalogError},
    document::{Command, Refusal, TakeTender},
    ids::ClosureNumber,
    inventory::Stock,
    money::{Currency, CurrencyCode},
    quantity::{ExchangeRate, UnitPrice},
    settings::{Settings, SettingsError},
    tender::{ForeignCash, TenderKind},
};
use saleflex_store::{
    Error, Till, customer::NewCustomer, error::OpenError, rescue, shell::ManualShell, verify::Verification,
};

use crate::support::shop::{
    self, ADMIN, CASHIER, MANAGER, Shop, cash, goods, minor, morning, product, sell, suspend,
};

#[test]
fn a_backup_made_while_selling_opens_as_a_till_that_lives_on_its_own() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.execute(sell("B"));
    let copy = shop.folder.path().join("copy.saleflex");
    shop.till.backup(&copy).unwrap();
    // The original goes on meanwhile.
    shop.execute(sell("C"));
    let mut restored = Till::open(&copy, ManualShell::starting(morning(), 5)).unwrap();
    assert_eq!(restored.draft().unwrap().lines.len(), 1);
    assert_eq!(shop.till.draft().unwrap().lines.len(), 2);
    restored.log_in(CASHIER.0, CASHIER.1).unwrap();
    restored.execute(cash()).unwrap();
    for till in [&shop.till, &restored] {
        assert!(matches!(till.verify().unwrap(), Verification::Whole(_)));
    }
    // Whatever the original gave out meanwhile, the copy gives out no number of its.
    restored.execute(sell("A")).unwrap();
    assert_eq!(restored.draft().unwrap().number.receipt, 100_001);
    restored.execute(cash()).unwrap();
    restored.log_in(MANAGER.0, MANAGER.1).unwrap();
    // The original closes the period too, and each its own under a number that the other has not.
    shop.execute(cash());
    shop.log_in(MANAGER);
    let theirs = shop.till.close_period(None, None).unwrap();
    let closure = restored.close_period(None, None).unwrap();
    assert_eq!((closure.number(), closure.period.closing_number()), (ClosureNumber(1), ClosureNumber(2)));
    assert_ne!(closure.label(), theirs.label());
    // What of it both have is told.
    let [part] = &closure.copied[..] else { panic!("{:?}", closure.copied) };
    assert_eq!((part.documents, part.report.counts.sales), (1, 1));
    assert_eq!((closure.report.counts.sales, &theirs.copied), (3, &Vec::new()));
    assert_eq!(restored.closure(ClosureNumber(2)).unwrap().label(), closure.label());
    restored.execute(sell("A")).unwrap();
    let number = restored.draft().unwrap().number;
    assert_eq!((number.closure, number.receipt), (ClosureNumber(3), 100_001));
    assert!(matches!(restored.verify().unwrap(), Verification::Whole(_)));
    drop(restored);
    // The copy began a life of its own once, not with every start.
    let epochs = |path| -> i64 {
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.query_row("SELECT count(*) FROM epoch", [], |row| row.get(0)).unwrap()
    };
    drop(Till::open(&copy, ManualShell::starting(morning(), 6)).unwrap());
    assert_eq!((epochs(&copy), epochs(&shop.path())), (2, 1));
}

#[test]
fn a_life_that_begins_later_writes_versions_of_a_record_that_no_earlier_one_writes() {
    let mut shop = Shop::open();
    let grace = shop.till.customer_with_code("C1").unwrap().unwrap().id;
    let copy = shop.folder.path().join("copy.saleflex");
    shop.till.backup(&copy).unwrap();
    let mut restored = Till::open(&copy, ManualShell::starting(morning(), 5)).unwrap();
    restored.log_in(MANAGER.0, MANAGER.1).unwrap();
    shop.log_in(MANAGER);
    let changed = NewCustomer { account_limit: Some(minor(1)), ..NewCustomer::named("C1", "Grace Hopper") };
    let mut revisions = Vec::new();
    for till in [&mut shop.till, &mut restored] {
        till.change_customer(grace, &changed).unwrap();
        revisions.push(till.entry(till.chain_head().seq).unwrap().revision().unwrap());
    }
    assert_eq!((revisions[0], revisions[1]), (2, 1_000_002));
}

#[test]
fn a_period_is_lifted_at_once_while_it_is_blank_and_else_when_it_closes() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    assert!(shop.till.lift_period(ClosureNumber(4)).unwrap());
    assert!(!shop.till.lift_period(ClosureNumber(3)).unwrap());
    shop.execute(sell("A"));
    assert_eq!(shop.till.draft().unwrap().number.closure, ClosureNumber(4));
    assert!(matches!(shop.till.lift_period(ClosureNumber(9)), Err(Error::DocumentOpen)));
    shop.execute(cash());
    assert!(shop.till.lift_period(ClosureNumber(9)).unwrap());
    let closure = shop.till.close_period(None, None).unwrap();
    assert_eq!((closure.number(), closure.period.closing_number()), (ClosureNumber(4), ClosureNumber(9)));
    let mut shop = shop.restarted();
    assert_eq!(shop.till.period().number, ClosureNumber(10));
    shop.log_in(MANAGER);
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.till.close_period(None, None).unwrap();
    assert_eq!(shop.till.period().number, ClosureNumber(11));
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
    // Whoever goes back finds each period once, whatever numbers lie between.
    let back = [0, 1, 2, 3].map(|back| shop.till.period_back(back).unwrap());
    assert_eq!(back, [Some(11), Some(10), Some(4), None].map(|number| number.map(ClosureNumber)));
    let since = [11, 9, 4].map(|number| shop.till.periods_since(ClosureNumber(number)).unwrap());
    assert_eq!(since, [0, 2, 2]);
}

#[test]
fn a_period_that_an_earlier_version_lifted_for_the_next_one_alone_closes_behind_it_too() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    let (_folder, path) = shop.stopped();
    // As such a version left it: the next period's number is kept, and the open one has its own.
    rusqlite::Connection::open(&path).unwrap().execute("UPDATE till SET least_period = 3", []).unwrap();
    let mut till = Till::open(&path, ManualShell::starting(morning(), 5)).unwrap();
    assert!(till.lift_period(ClosureNumber(2)).unwrap());
    let numbers = (till.period().number, till.period().closing_number());
    assert_eq!(numbers, (ClosureNumber(1), ClosureNumber(3)));
    assert!(!till.lift_period(ClosureNumber(3)).unwrap(), "once");
    assert!(matches!(till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn a_backup_never_overwrites_a_file() {
    let shop = Shop::open();
    let copy = shop.folder.path().join("copy.saleflex");
    fs::write(&copy, "precious").unwrap();
    assert!(matches!(shop.till.backup(&copy), Err(Error::Open(OpenError::Exists { .. }))));
    assert_eq!(fs::read(&copy).unwrap(), b"precious");
}

#[test]
fn an_export_holds_every_row_of_every_table_as_json() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.execute(sell("A"));
    shop.execute(suspend());
    let mut lines = Vec::new();
    shop.till.export(&mut lines).unwrap();
    let rows: Vec<serde_json::Value> =
        String::from_utf8(lines).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (_folder, path) = shop.stopped();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let tables: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(tables.len() > 20);
    for table in tables {
        let stored: u32 =
            connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        let exported = rows.iter().filter(|row| row["table"] == table.as_str()).count();
        assert_eq!(exported, usize::try_from(stored).unwrap(), "{table}");
    }
    let of = |table: &str| rows.iter().find(|row| row["table"] == table).unwrap()["row"].clone();
    assert_eq!(of("event")["payload"]["event"]["till_created"]["tax_mode"], "inclusive");
    assert_eq!(of("product")["id"], product("A").to_string());
    assert_eq!(of("cashier").get("secret"), None);
    assert_eq!(of("event")["payload_hash"].as_str().unwrap().len(), 64);
    // The same can be got out of the file without opening it as a till.
    let mut rescued = Vec::new();
    rescue::export(&path, &mut rescued).unwrap();
    assert_eq!(String::from_utf8(rescued).unwrap().lines().count(), rows.len());
}

#[test]
fn products_change_for_the_next_line_and_not_for_the_last() {
    let mut shop = Shop::open();
    let mut dearer = shop.till.catalog().product(product("A")).unwrap().to_product();
    dearer.price = UnitPrice::parse("3").unwrap();
    let change = CatalogChange { products: vec![dearer], ..CatalogChange::default() };
    let refused = shop.till.change_catalog(change.clone());
    assert!(matches!(refused, Err(Error::Refused(Refusal::ApprovalNeeded { .. }))));
    shop.log_in(MANAGER);
    shop.execute(sell("A"));
    shop.till.change_catalog(change).unwrap();
    shop.execute(sell("A"));
    assert_eq!(shop.till.draft().unwrap().totals.net_due, minor(250 + 300));
    let shop = shop.restarted();
    assert_eq!(shop.till.catalog().product(product("A")).unwrap().price(), UnitPrice::parse("3").unwrap());
    assert_eq!(shop.till.catalog().product(product("A")).unwrap().barcodes().len(), 1);
}

#[test]
fn codes_change_hands_in_one_change_and_an_invalid_change_leaves_everything() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    let swapped = vec![goods(product("A"), "B", "1"), goods(product("B"), "A", "2")];
    shop.till.change_catalog(CatalogChange { products: swapped, ..CatalogChange::default() }).unwrap();
    let head = *shop.till.chain_head();
    let taken = vec![goods(product("D"), "A", "1")];
    let refused = shop.till.change_catalog(CatalogChange { products: taken, ..CatalogChange::default() });
    let Err(Error::Catalog(errors)) = refused else { panic!("{refused:?}") };
    assert!(matches!(errors.0[0], CatalogError::CodeTaken { .. }));
    assert_eq!(*shop.till.chain_head(), head);
    let removal = CatalogChange { removed_products: vec![product("A")], ..CatalogChange::default() };
    shop.till.change_catalog(removal).unwrap();
    let shop = shop.restarted();
    assert!(shop.till.broken_records().is_empty());
    assert_eq!(shop.till.catalog().product_by_code("A").unwrap().id(), product("B"));
    assert_eq!(shop.till.catalog().len(), 3);
    assert!(shop.till.catalog().barcode("4006381333931").is_none());
}

#[test]
fn reference_data_is_replaced_as_a_whole_or_not_at_all() {
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    let mut reference = shop.till.catalog().reference();
    reference.departments[0].name = "Things".to_owned();
    shop.till.replace_reference(&reference).unwrap();
    reference.units.clear();
    assert!(matches!(shop.till.replace_reference(&reference), Err(Error::Catalog(_))));
    let shop = shop.restarted();
    assert_eq!(shop.till.catalog().departments().next().unwrap().name, "Things");
    assert_eq!(shop.till.catalog().units().len(), 1);
}

#[test]
fn a_till_opens_although_somebody_broke_a_product() {
    let (_folder, path) = Shop::open().stopped();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("UPDATE product SET department = 77 WHERE code = 'A'", []).unwrap();
    connection.close().unwrap();
    let mut till = Till::open(&path, ManualShell::starting(morning(), 6)).unwrap();
    // The product, and its barcode that now belongs to nobody.
    assert_eq!(till.broken_records().len(), 2);
    till.log_in(CASHIER.0, CASHIER.1).unwrap();
    assert!(till.execute(sell("A")).is_err());
    till.execute(sell("B")).unwrap();
}

#[test]
fn settings_and_rates_are_changed_by_those_who_may_and_stay() {
    let mut shop = Shop::open();
    let settings = Settings { training: true, ..shop.till.settings().clone() };
    let refused = shop.till.change_settings(settings.clone());
    assert!(matches!(refused, Err(Error::Refused(Refusal::ApprovalNeeded { .. }))));
    shop.log_in(ADMIN);
    shop.till.change_settings(settings.clone()).unwrap();
    let (eur, usd) = (CurrencyCode::parse("EUR").unwrap(), CurrencyCode::parse("USD").unwrap());
    let rate = ExchangeRate::parse("1.3").unwrap();
    shop.till.set_exchange_rate(usd, Some(rate)).unwrap();
    shop.till.set_exchange_rate(eur, None).unwrap();
    let mut shop = shop.restarted();
    assert_eq!(shop.till.settings(), &settings);
    assert_eq!(shop.till.exchange_rates(), [(usd, rate)]);
    // Training counts nowhere.
    shop.log_in(ADMIN);
    shop.execute(sell("C"));
    shop.execute(cash());
    let x = shop.till.x_report().unwrap();
    assert_eq!((x.report.document_count(), x.first_document, x.last_document), (0, None, None));
    assert_eq!(shop.till.stock(product("C")).unwrap().unwrap().on_hand, Stock::whole(3));
}

#[test]
fn settings_that_no_till_can_work_by_are_refused_and_the_old_ones_stay() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let before = (*shop.till.chain_head(), shop.till.settings().clone());
    let mut settings = before.1.clone();
    settings.policy.max_lines = 0;
    let refused = shop.till.change_settings(settings.clone());
    assert!(matches!(refused, Err(Error::Settings(SettingsError::Lines { lines: 0, .. }))), "{refused:?}");
    assert_eq!((*shop.till.chain_head(), shop.till.settings().clone()), before);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.saleflex");
    let mut bad = shop::setup();
    bad.settings = settings;
    let made = Till::create(&path, bad, ManualShell::starting(morning(), 2));
    assert!(matches!(made, Err(Error::Settings(_))), "{made:?}");
    assert!(!path.exists());
}

#[test]
fn the_journal_names_no_customer() {
    let mut shop = Shop::open();
    let mut new = NewCustomer::named("C77", "Ada Lovelace");
    new.details.phone = Some("0555 1815".to_owned());
    let id = shop.till.add_customer(&new).unwrap();
    assert!(matches!(shop.till.add_customer(&new), Err(Error::Taken { .. })));
    let nameless = NewCustomer::named("C77", "");
    assert!(matches!(shop.till.change_customer(id, &nameless), Err(Error::Details(_))));
    new.details.last_name = "King".to_owned();
    shop.till.change_customer(id, &new).unwrap();
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.execute(cash());
    assert_eq!(shop.till.customer(id).unwrap().unwrap().revision, 2);
    for seq in 1..=shop.till.chain_head().seq {
        let bytes = String::from_utf8(shop.till.entry(seq).unwrap().to_bytes().unwrap()).unwrap();
        for personal in ["Lovelace", "Ada K", "0555", "C77"] {
            assert!(!bytes.contains(personal), "{personal} in event {seq}");
        }
    }
}

#[test]
fn a_till_that_nobody_could_look_after_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let mut setup = shop::setup();
    setup.cashiers.retain(|cashier| cashier.user_name != ADMIN.0);
    let path = folder.path().join("orphan.saleflex");
    let made = Till::create(&path, setup, ManualShell::starting(morning(), 1));
    assert!(matches!(made, Err(Error::NobodyAssignsRoles)));
    assert!(!path.exists());
}

#[test]
fn foreign_notes_are_taken_at_the_rate_of_the_day_and_no_other() {
    let mut shop = Shop::open();
    let eur = CurrencyCode::parse("EUR").unwrap();
    let notes = |rate: &str| {
        let rate = ExchangeRate::parse(rate).unwrap();
        let foreign = Some(ForeignCash { currency: Currency::of(eur), amount: minor(2_000), rate });
        Command::TakeTender(TakeTender { foreign, ..TakeTender::balance(TenderKind::ForeignCurrency) })
    };
    shop.execute(sell("A"));
    let refused = shop.till.execute(notes("0.01")).unwrap_err();
    assert_eq!(refused.to_string(), "the rate of EUR is 1.18");
    shop.execute(notes("1.18"));
    shop.log_in(ADMIN);
    shop.till.set_exchange_rate(eur, None).unwrap();
    shop.execute(sell("A"));
    let refused = shop.till.execute(notes("1.18"));
    let kind = TenderKind::ForeignCurrency;
    assert!(matches!(refused, Err(Error::Refused(Refusal::TenderNotAccepted { kind: no })) if no == kind));
}
