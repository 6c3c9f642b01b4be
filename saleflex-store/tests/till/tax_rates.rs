//! Tax rates that change: by which one goods are taxed, and what may not be said of one that was used.

use chrono::{Duration, NaiveDate};
use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue},
    catalog::{CatalogChange, PriceList, Reference},
    document::{Adjust, Command, Document, OpenDocument},
    money::Money,
    quantity::{Percent, UnitPrice},
    tax::TaxChange,
    tender::TenderKind,
};
use saleflex_store::{Error, Request, verify::Verification};

use crate::support::shop::{ADMIN, Shop, cash, morning, pay, product, sell, take_back};

fn percent(text: &str) -> Percent {
    Percent::parse(text).unwrap()
}

/// The reference data of the till with one rate at another percentage.
fn at(shop: &Shop, rate: &str) -> Reference {
    let mut reference = shop.till.catalog().reference();
    reference.tax_rates[0].percent = percent(rate);
    reference
}

/// The reference data of the till with a change of its rate.
fn changing(shop: &Shop, from: NaiveDate, to: &str) -> Reference {
    let mut reference = shop.till.catalog().reference();
    let name = format!("VAT {to} %");
    reference.tax_changes.push(TaxChange { no: 1, valid_from: from, name, percent: percent(to) });
    reference
}

/// The names by which the lines of a document are taxed.
fn taxed(document: &Document) -> Vec<String> {
    document.lines.iter().flat_map(|line| &line.taxes).map(|part| part.rate.name.clone()).collect()
}

/// A till that sold at its first rate and knows that it changes tomorrow.
fn before_the_change() -> (Shop, NaiveDate) {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let today = shop.till.now().business_date;
    let tomorrow = today.succ_opt().unwrap();
    let reference = changing(&shop, tomorrow, "22");
    shop.till.replace_reference(&reference).unwrap();
    (shop, tomorrow)
}

#[test]
fn a_sale_after_midnight_of_the_change_is_taxed_by_the_new_rate() {
    let (mut shop, _) = before_the_change();
    shop.execute(sell("A"));
    let first = shop.execute(cash()).completed()[0].document().id;
    // Begun before midnight, it stays what it was begun as.
    shop.clock.advance(morning().date_naive().and_hms_opt(23, 59, 0).unwrap() - morning().naive_utc());
    shop.execute(sell("A"));
    shop.clock.advance(Duration::minutes(2));
    shop.execute(sell("A"));
    assert_eq!(taxed(shop.till.draft().unwrap()), ["VAT 20 %", "VAT 20 %"]);
    shop.execute(cash());
    shop.execute(sell("A"));
    assert_eq!(taxed(shop.till.draft().unwrap()), ["VAT 22 %"]);
    let line = &shop.till.draft().unwrap().lines[0];
    assert_eq!((line.taxes[0].rate.no, line.taxes[0].tax.minor()), (1, 45), "22 % in 2.50");
    shop.execute(cash());
    // What was sold before comes back as it was sold.
    shop.approved(Request::begin_return(first));
    shop.approved(take_back(1, "1"));
    assert_eq!(taxed(shop.till.draft().unwrap()), ["VAT 20 %"]);
    let paid = shop.till.draft().unwrap().totals.net_due.minor().abs();
    shop.approved(pay(TenderKind::Cash, paid));
    // The change outlives the program, and the file agrees with its journal.
    let shop = shop.restarted();
    assert_eq!(shop.till.catalog().tax_changes().count(), 1);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

/// Sets the clock of a till whose day starts at four to a time of a day.
fn set_clock(shop: &Shop, day: NaiveDate, (hour, minute): (u32, u32)) {
    let clock = shop.clock.clone().day_starts_at(4);
    clock.set(day.and_hms_opt(hour, minute, 0).unwrap().and_utc());
}

#[test]
fn an_empty_document_of_the_day_before_is_taxed_by_the_day_of_its_first_line() {
    let (mut shop, tomorrow) = before_the_change();
    set_clock(&shop, tomorrow, (3, 50));
    shop.execute(Command::Open(OpenDocument::default()));
    for minute in [10, 11] {
        set_clock(&shop, tomorrow, (4, minute));
        shop.execute(sell("A"));
    }
    assert_eq!(taxed(shop.till.draft().unwrap()), ["VAT 22 %", "VAT 22 %"]);
}

#[test]
fn prices_and_taxes_change_together_with_the_business_day() {
    let (mut shop, tomorrow) = before_the_change();
    let dearer = PriceList {
        code: "MAY".into(),
        name: "May".into(),
        from: Some(tomorrow),
        prices: [(product("A"), UnitPrice::parse("3").unwrap())].into(),
        ..PriceList::default()
    };
    let change = CatalogChange { price_lists: vec![dearer], ..CatalogChange::default() };
    shop.till.change_catalog(change).unwrap();
    for (time, due, name) in [((1, 0), 250, "VAT 20 %"), ((4, 0), 300, "VAT 22 %")] {
        set_clock(&shop, tomorrow, time);
        shop.execute(sell("A"));
        let sale = shop.till.draft().unwrap();
        assert_eq!((sale.totals.net_due.minor(), taxed(sale)), (due, vec![name.to_owned()]), "{time:?}");
        shop.execute(cash());
    }
}

#[test]
fn a_charge_is_taxed_by_the_rate_of_the_day_as_goods_are() {
    let (mut shop, _) = before_the_change();
    let mut settings = shop.till.settings().clone();
    settings.policy.surcharge_taxes = vec![shop.till.catalog().tax_rates().next().unwrap().clone()];
    shop.till.change_settings(settings).unwrap();
    let adjust = Adjust {
        kind: AdjustmentKind::Surcharge,
        value: AdjustmentValue::Amount(Money::from_minor(100)),
        reason: None,
    };
    let source = AdjustmentSource::ServiceCharge;
    let charge = Command::AdjustDocument { adjust, source, code: None };
    let mut charged = || {
        shop.execute(sell("A"));
        shop.execute(charge.clone());
        let named = shop.till.draft().unwrap().adjustments[0].taxes[0].name.clone();
        shop.execute(cash());
        shop.clock.advance(Duration::days(1));
        named
    };
    assert_eq!([charged(), charged()], ["VAT 20 %", "VAT 22 %"]);
}

#[test]
fn what_documents_used_is_never_edited() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let today = shop.till.now().business_date;
    let tomorrow = today.succ_opt().unwrap();
    // As long as nothing was sold by it, it is what anybody says.
    shop.till.replace_reference(&at(&shop, "18")).unwrap();
    shop.till.replace_reference(&at(&shop, "20")).unwrap();
    shop.execute(sell("A"));
    let refused = |shop: &mut Shop, reference: &Reference| {
        let before = *shop.till.chain_head();
        let refused = shop.till.replace_reference(reference);
        let rates = shop.till.exchange_rates().iter().copied().collect();
        let imported = shop.till.import_reference(reference, &rates);
        assert!(matches!(imported, Err(Error::TaxRateUsed { .. })), "{imported:?}");
        assert_eq!(*shop.till.chain_head(), before);
        let Err(Error::TaxRateUsed { no: 1, percent, from }) = refused else { panic!("{refused:?}") };
        (percent, from)
    };
    let other = at(&shop, "22");
    // An open document has used it.
    assert_eq!(refused(&mut shop, &other), (percent("20"), tomorrow));
    shop.execute(cash());
    assert_eq!(refused(&mut shop, &other), (percent("20"), tomorrow));
    let too_early = changing(&shop, today, "22");
    assert_eq!(refused(&mut shop, &too_early), (percent("20"), tomorrow));
    // Its name is another matter, and so is a day to come.
    let mut renamed = shop.till.catalog().reference();
    "Value added".clone_into(&mut renamed.tax_rates[0].name);
    shop.till.replace_reference(&renamed).unwrap();
    let follows = changing(&shop, tomorrow, "22");
    shop.till.replace_reference(&follows).unwrap();
    shop.till.replace_reference(&renamed).unwrap();
    shop.till.replace_reference(&follows).unwrap();
    shop.clock.advance(Duration::days(1));
    shop.execute(sell("A"));
    shop.execute(cash());
    // Now the change was used too.
    let after = tomorrow.succ_opt().unwrap();
    assert_eq!(refused(&mut shop, &renamed), (percent("22"), after));
    let refusal = shop.till.replace_reference(&renamed).unwrap_err().to_string();
    assert_eq!(refusal, format!("tax rate 1 was used at 22 %: another may follow from {after}"));
}

#[test]
fn what_a_hub_changes_follows_from_the_day_it_arrives() {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    shop.till.add_connector("gate").unwrap();
    // Nothing was sold by it: it is as the hub says.
    let unused = at(&shop, "20.5");
    shop.till.take_over_reference("gate", &unused, &[]).unwrap();
    assert_eq!(shop.till.catalog().reference(), unused);
    shop.execute(sell("A"));
    shop.execute(cash());
    let today = shop.till.now().business_date;
    let other = at(&shop, "22");
    for _ in 0..2 {
        // Once more it says nothing new.
        shop.till.take_over_reference("gate", &other, &[]).unwrap();
        let reference = shop.till.catalog().reference();
        assert_eq!(reference.tax_rates[0].percent, percent("20.5"), "what was sold was sold by that");
        let [change] = &reference.tax_changes[..] else { panic!("{:?}", reference.tax_changes) };
        assert_eq!((change.valid_from, change.percent), (today, percent("22")));
    }
    shop.execute(sell("A"));
    assert_eq!(shop.till.draft().unwrap().lines[0].taxes[0].rate.percent, percent("22"));
    shop.execute(cash());
    shop.restarted().check_whole();
}
