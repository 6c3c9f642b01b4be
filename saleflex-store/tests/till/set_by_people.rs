//! What people set is what the journal said last: settings, rates, what is sold, who may do what, what is owed.

use saleflex_core::{
    catalog::{CatalogChange, ProductBarcode},
    document::Command,
    money::CurrencyCode,
    quantity::{ExchangeRate, Quantity},
    tender::TenderKind,
};
use saleflex_store::{
    cashier::NewCashier,
    customer::NewCustomer,
    verify::{Tampering, Verification},
};

use crate::support::{
    shop::{ADMIN, CASHIER, Shop, goods, pay, product, sell},
    tampered::{found_in, run},
};

fn code(text: &str) -> CurrencyCode {
    CurrencyCode::parse(text).unwrap()
}

/// A till at which an administrator changed everything there is to change.
fn managed() -> Shop {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let mut settings = shop.till.settings().clone();
    settings.policy.max_lines = 70;
    shop.till.change_settings(settings).unwrap();
    shop.till.set_exchange_rate(code("USD"), Some(ExchangeRate::parse("1.27").unwrap())).unwrap();
    shop.till.set_exchange_rate(code("EUR"), None).unwrap();
    let mut reference = shop.till.catalog().reference();
    "VAT".clone_into(&mut reference.tax_rates[0].name);
    shop.till.replace_reference(&reference).unwrap();
    let barcode = |text: &str| ProductBarcode {
        barcode: text.to_owned(),
        product: product("A"),
        price: None,
        pack_quantity: Quantity::ONE,
    };
    let change = CatalogChange {
        products: vec![goods(product("A"), "A", "2.60")],
        barcodes: vec![barcode("96385074")],
        ..CatalogChange::default()
    };
    shop.till.change_catalog(change).unwrap();
    let removal = CatalogChange { removed_products: vec![product("B")], ..CatalogChange::default() };
    shop.till.change_catalog(removal).unwrap();
    let clerk = NewCashier::with_role("kit", "Kit", "2468", saleflex_core::cashier::Role::Cashier);
    shop.till.add_cashier(&clerk).unwrap();
    shop
}

#[test]
fn a_till_at_which_everything_was_changed_is_whole() {
    let shop = managed();
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)), "{:?}", shop.till.verify());
}

#[test]
fn settings_are_those_that_were_last_set() {
    let change =
        "UPDATE setting SET value = json_set(value, '$.policy.max_lines', 4999) WHERE key = 'settings'";
    for shop in [Shop::open(), managed()] {
        assert_eq!(found_in(shop, run(change)).1, Tampering::SettingsChanged);
    }
    let removal = "DELETE FROM setting WHERE key = 'settings'";
    assert_eq!(found_in(managed(), run(removal)).1, Tampering::SettingsChanged);
}

#[test]
fn tax_rates_departments_and_units_are_those_that_were_last_set() {
    for change in [
        "UPDATE tax_rate SET percent = 0",
        "UPDATE department SET max_price = 1",
        "UPDATE unit SET decimals = 3",
        r#"UPDATE unit SET measure = '{"kind":"count","factor":"12"}'"#,
    ] {
        for shop in [Shop::open(), managed()] {
            assert_eq!(found_in(shop, run(change)).1, Tampering::CatalogChanged, "{change}");
        }
    }
}

#[test]
fn exchange_rates_are_those_that_were_last_set() {
    for (change, currency) in [
        ("UPDATE exchange_rate SET rate = rate + 1", "USD"),
        ("DELETE FROM exchange_rate", "USD"),
        ("INSERT INTO exchange_rate VALUES ('EUR', 118000000)", "EUR"),
        ("INSERT INTO exchange_rate VALUES ('CHF', 118000000)", "CHF"),
    ] {
        let what = found_in(managed(), run(change)).1;
        assert_eq!(what, Tampering::RateChanged { currency: code(currency) }, "{change}");
    }
    let at_first = "UPDATE exchange_rate SET rate = rate + 1";
    let what = found_in(Shop::open(), run(at_first)).1;
    assert_eq!(what, Tampering::RateChanged { currency: code("EUR") });
}

#[test]
fn a_product_or_barcode_that_was_changed_is_as_it_was_changed() {
    for change in [
        "UPDATE product SET price = 1 WHERE code = 'A'",
        "UPDATE product SET name = 'Something else' WHERE code = 'A'",
        "DELETE FROM product WHERE code = 'A'",
        "UPDATE product SET id = (SELECT x'00000000000000000000000000000065') WHERE code = 'C'",
        "UPDATE barcode SET price = 1 WHERE barcode = '96385074'",
        "DELETE FROM barcode WHERE barcode = '96385074'",
    ] {
        assert_eq!(found_in(managed(), run(change)).1, Tampering::CatalogChanged, "{change}");
    }
}

#[test]
fn nobody_may_do_more_than_was_last_said() {
    for change in [
        "UPDATE cashier SET capabilities = (SELECT capabilities FROM cashier WHERE user_key = 'ada') WHERE user_key = 'ann'",
        "UPDATE cashier SET is_active = 0 WHERE user_key = 'ann'",
        "DELETE FROM cashier WHERE user_key = 'kit'",
        "UPDATE cashier SET last_log_in = NULL WHERE user_key = 'ann'",
        "UPDATE cashier SET last_log_in = (SELECT last_log_in FROM cashier WHERE user_key = 'ann') WHERE user_key = 'kit'",
        "INSERT INTO cashier (id, user_key, user_name, name, secret, capabilities) \
         SELECT randomblob(16), 'eve', 'eve', 'Eve', secret, capabilities FROM cashier WHERE user_key = 'ada'",
    ] {
        let what = found_in(managed(), run(change)).1;
        assert!(matches!(what, Tampering::CashierChanged { .. }), "{change}: {what:?}");
    }
}

#[test]
fn the_till_is_the_one_that_its_first_event_names() {
    for change in [
        "UPDATE till SET store = randomblob(16)",
        "UPDATE till SET terminal = randomblob(16)",
        "UPDATE till SET tax_mode = 'exclusive'",
    ] {
        assert_eq!(found_in(Shop::open(), run(change)).1, Tampering::IdentityChanged, "{change}");
    }
}

/// Somebody who bought on account, came back with a part of it, and was found to be known twice.
fn on_account() -> Shop {
    let mut shop = Shop::open();
    let grace = shop.till.find_customers("grace", 1).unwrap()[0].id;
    for _ in 0..2 {
        shop.execute(sell("A"));
        shop.till.assign_customer(Some(grace)).unwrap();
        shop.execute(pay(TenderKind::OnAccount, 250));
    }
    shop.execute(sell("A"));
    shop.execute(Command::Cancel { reason: None });
    shop.log_in(ADMIN);
    let twin = NewCustomer::named("C2", "Grace B. Hopper");
    let twin = shop.till.add_customer(&twin).unwrap();
    shop.till.merge_customers(twin, grace).unwrap();
    shop
}

#[test]
fn what_a_customer_owes_is_what_was_put_on_account_less_what_came_back() {
    let mut shop = on_account();
    let known = shop.till.find_customers("hopper", 9).unwrap();
    assert_eq!(known.iter().map(|one| one.account_balance.minor()).collect::<Vec<_>>(), [500]);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)), "{:?}", shop.till.verify());
    shop.log_in(CASHIER);
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(known[0].id)).unwrap();
    shop.execute(pay(TenderKind::OnAccount, 250));
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)), "{:?}", shop.till.verify());
    for change in [
        "UPDATE customer SET account_balance = 0",
        "UPDATE customer SET account_balance = account_balance - 1 WHERE code = 'C2'",
        "UPDATE customer SET account_balance = 1 WHERE code = 'C1'",
        "DELETE FROM customer WHERE code = 'C2'",
    ] {
        let what = found_in(on_account(), run(change)).1;
        assert!(matches!(what, Tampering::BalanceChanged { .. }), "{change}: {what:?}");
    }
}
