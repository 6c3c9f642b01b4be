//! A stocked shop to try the till with: Corner Market, an invented grocery.
//!
//! It has more than three hundred products in fourteen departments, goods sold by weight with the labels of two
//! scales, things that only adults may buy, an open price, a free sample, and one bottle that must not be oversold.
//! It has customers with and without account and points, a loyalty program with tiers, segments, and takes two foreign currencies. Its cashiers'
//! PINs stand in the data for everybody to read.

use saleflex_core::{
    cashier::{Limits, Role, metrics::HourlyTarget},
    catalog::{Catalog, CatalogChange, CatalogRecords, Reference, import::Acceptance},
    closure::ClosingPolicy,
    customer::{Address, PhoneRules, segment::Segment},
    document::Policy,
    ids::{ProductId, StoreId, TerminalId},
    loyalty::Program,
    money::{Currency, CurrencyCode, Money},
    quantity::{ExchangeRate, Points},
    tax::TaxMode,
};
use serde::Deserialize;

use crate::{
    goods::import::read_csv,
    people::{cashier::NewCashier, customer::NewCustomer},
    setup::{Identity, Setup},
    shell::Shell,
};

const SHOP: &str = include_str!("../demo/corner-market.toml");
const PRODUCTS: &str = include_str!("../demo/products.csv");
const CAMPAIGNS: &str = include_str!("../demo/campaigns.json");
const COUPONS: &str = include_str!("../demo/coupons.json");

/// Everything of the shop but its products.
#[derive(Deserialize)]
struct DemoFile {
    shop: DemoShop,
    cashiers: Vec<DemoCashier>,
    customers: Vec<DemoCustomer>,
    exchange_rates: Vec<DemoRate>,
    closing: ClosingPolicy,
    hourly: HourlyTarget,
    limits: Limits,
    dialling: PhoneRules,
    programs: Vec<Program>,
    segments: Vec<Segment>,
    #[serde(flatten)]
    reference: Reference,
}

#[derive(Deserialize)]
struct DemoShop {
    name: String,
    currency: CurrencyCode,
    tax_mode: TaxMode,
}

#[derive(Deserialize)]
struct DemoCashier {
    user_name: String,
    name: String,
    role: Role,
    pin: String,
}

#[derive(Deserialize)]
struct DemoCustomer {
    code: String,
    name: String,
    phone: Option<String>,
    street: Option<String>,
    town: Option<String>,
    zip: Option<String>,
    tax_id: Option<String>,
    account_limit: Option<Money>,
    points: Option<Points>,
}

#[derive(Deserialize)]
struct DemoRate {
    currency: CurrencyCode,
    rate: ExchangeRate,
}

/// The code of the demo store, by which a program can tell that a till is for trying out.
pub const STORE_CODE: &str = "DEMO";

/// Who may log in at the demo store: user names and PINs, for a hint on the screen.
///
/// # Panics
/// Never: a test loads the data.
pub fn pins() -> Vec<(String, String)> {
    let file: DemoFile = toml::from_str(SHOP).expect("a test loads the demo shop");
    file.cashiers.into_iter().map(|cashier| (cashier.user_name, cashier.pin)).collect()
}

/// A new till in Corner Market, with goods on the shelves and four people who may log in.
///
/// # Panics
/// Never: the data is part of the program, and a test loads it.
pub fn corner_market(shell: &mut (impl Shell + ?Sized)) -> Setup {
    let file: DemoFile = toml::from_str(SHOP).expect("a test loads the demo shop");
    let identity = Identity {
        store: StoreId::new(shell.new_id()),
        store_code: STORE_CODE.to_owned(),
        store_name: file.shop.name,
        terminal: TerminalId::new(shell.new_id()),
        terminal_code: "1".to_owned(),
        currency: Currency::of(file.shop.currency),
        tax_mode: file.shop.tax_mode,
    };
    let mut setup = Setup::new(identity);
    let cashier = |one: &DemoCashier| NewCashier::with_role(&one.user_name, &one.name, &one.pin, one.role);
    setup.cashiers = file.cashiers.iter().map(cashier).collect();
    let customer = |one: DemoCustomer| {
        let mut new = NewCustomer::named(&one.code, &one.name);
        new.details.phone = one.phone;
        new.details.address = Address { street: one.street, town: one.town, zip: one.zip, area: None };
        new.details.tax_id = one.tax_id;
        NewCustomer { account_limit: one.account_limit, points: one.points, ..new }
    };
    setup.customers = file.customers.into_iter().map(customer).collect();
    setup.exchange_rates = file.exchange_rates.iter().map(|one| (one.currency, one.rate)).collect();
    setup.campaigns = serde_json::from_str(CAMPAIGNS).expect("a test loads the demo campaigns");
    setup.coupons = serde_json::from_str(COUPONS).expect("a test loads the demo coupons");
    setup.settings.closing = file.closing;
    setup.settings.hourly = file.hourly;
    setup.settings.policy = Policy { limits: file.limits, ..Policy::of_new_shop() };
    setup.settings.dialling = file.dialling;
    setup.programs = file.programs;
    setup.segments = file.segments;
    let empty = CatalogRecords { reference: file.reference, ..CatalogRecords::default() };
    let catalog = Catalog::from_records(empty.clone()).expect("a test loads the demo shop");
    let import =
        read_csv(PRODUCTS.as_bytes(), &catalog, &setup.identity.currency, || ProductId::new(shell.new_id()));
    let products = import.accept(Acceptance::Whole).expect("a test loads the demo products");
    let stock =
        |one: &saleflex_core::catalog::import::ImportedProduct| Some((one.product.id, one.opening_stock?));
    setup.stock = products.iter().filter_map(stock).collect();
    let change: CatalogChange = products.into_iter().collect();
    setup.catalog = CatalogRecords { products: change.products, barcodes: change.barcodes, ..empty };
    setup
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::NaiveDate;
    use saleflex_core::{
        cashier::Capability,
        catalog::{
            PriceRule, Product, Sellable,
            barcode::{self, Symbology, check_digit},
        },
        money::Money,
    };

    use super::*;
    use crate::shell::ManualShell;

    fn market() -> Setup {
        corner_market(&mut ManualShell::starting("2025-04-06T09:00:00Z".parse().unwrap(), 7))
    }

    fn catalog() -> Catalog {
        Catalog::from_records(market().catalog).unwrap()
    }

    fn find(entered: &str) -> Sellable {
        let setup = market();
        let day = NaiveDate::from_ymd_opt(2025, 4, 6).unwrap();
        catalog().find(entered, day, &setup.identity.currency).unwrap()
    }

    fn some_product(what: impl Fn(&Product) -> bool) -> bool {
        market().catalog.products.iter().any(what)
    }

    #[test]
    fn the_demo_shop_is_a_valid_catalog_of_more_than_three_hundred_products() {
        assert!(catalog().len() > 300);
    }

    #[test]
    fn it_has_ten_main_departments_and_every_department_without_subs_has_products() {
        let catalog = catalog();
        assert!(catalog.departments().filter(|department| department.no.is_main()).count() >= 10);
        for department in catalog.departments() {
            assert!(!catalog.in_department(department.no).is_empty(), "{}", department.name);
            assert!(catalog.department(department.no, NaiveDate::MIN).is_ok(), "{}", department.name);
        }
    }

    #[test]
    fn every_barcode_is_an_ean_13_with_the_right_check_digit() {
        let barcodes = market().catalog.barcodes;
        assert!(barcodes.len() > 300);
        for barcode in barcodes {
            assert_eq!(Symbology::of(&barcode.barcode), Some(Symbology::Ean13), "{}", barcode.barcode);
            assert_eq!(barcode::verify(&barcode.barcode), None, "{}", barcode.barcode);
        }
    }

    #[test]
    fn names_and_rates_of_taxes_agree_d_doc_26() {
        let rates = market().catalog.reference.tax_rates;
        assert!(!rates.is_empty());
        for rate in rates {
            let percent = rate.percent.decimal().normalize();
            assert!(rate.name.contains(&format!("{percent} %")), "{} is {percent} %", rate.name);
        }
    }

    #[test]
    fn every_tax_rate_is_used_by_some_product_and_every_product_has_one() {
        let catalog = catalog();
        let used: BTreeSet<u16> = catalog
            .products()
            .flat_map(|product| product.taxes(NaiveDate::MIN).unwrap())
            .map(|rate| rate.no)
            .collect();
        assert_eq!(used, catalog.tax_rates().map(|rate| rate.no).collect());
        assert!(some_product(|product| product.taxes.is_some()));
    }

    #[test]
    fn the_special_cases_of_a_shop_are_all_there() {
        assert!(some_product(|product| product.minimum_age == Some(18)));
        assert!(some_product(|product| product.price_rule == PriceRule::Open));
        assert!(
            some_product(|product| product.price_rule == PriceRule::MayBeFree && product.price.is_zero())
        );
        assert!(some_product(|product| !product.permissions.discount));
        assert!(some_product(|product| !product.permissions.returns));
        assert!(some_product(|product| product.unit == "KG"));
        assert!(
            market().catalog.barcodes.iter().any(
                |barcode| !barcode.pack_quantity.is_whole() || barcode.pack_quantity.decimal() > 1.into()
            )
        );
    }

    #[test]
    fn customers_have_an_account_points_both_or_neither_and_two_currencies_are_taken() {
        let setup = market();
        let kinds: BTreeSet<(bool, bool)> = setup
            .customers
            .iter()
            .map(|customer| (customer.account_limit.is_some(), customer.points.is_some()))
            .collect();
        assert_eq!(kinds.len(), 4);
        let may_be_invoiced = |customer: &&NewCustomer| {
            customer.details.tax_id.is_some() && customer.details.address.street.is_some()
        };
        assert_eq!(setup.customers.iter().filter(may_be_invoiced).count(), 1, "an invoice says who bought");
        assert_eq!(setup.exchange_rates.len(), 2);
        let logins: Vec<_> =
            setup.cashiers.iter().map(|one| (one.user_name.clone(), one.secret.clone())).collect();
        assert_eq!(pins(), logins);
    }

    #[test]
    fn its_campaigns_stand_beside_each_other_and_its_coupon_opens_one() {
        let setup = market();
        let set = saleflex_core::campaign::CampaignSet::compile(setup.campaigns).unwrap();
        assert_eq!(set.len(), 6);
        assert!(setup.coupons.iter().all(|coupon| set.find(coupon.campaign).is_some()));
    }

    #[test]
    fn a_bottle_that_must_not_be_oversold_has_few_in_stock() {
        let setup = market();
        let scarce =
            setup.catalog.products.iter().find(|product| !product.permissions.negative_stock).unwrap();
        let (_, stock) = setup.stock.iter().find(|(product, _)| *product == scarce.id).unwrap();
        assert!(*stock > 0.into() && *stock < 5.into());
    }

    #[test]
    fn nothing_is_priced_below_what_it_cost_in_a_pack_either() {
        let setup = market();
        for product in &setup.catalog.products {
            let cost = product.cost_price.unwrap_or(saleflex_core::quantity::UnitPrice::ZERO);
            assert!(product.price >= cost, "{}", product.name);
            let barcodes = setup.catalog.barcodes.iter().filter(|barcode| barcode.product == product.id);
            assert!(
                barcodes.filter_map(|barcode| barcode.price).all(|price| price >= cost),
                "{}",
                product.name
            );
        }
    }

    #[test]
    fn the_labels_of_both_scales_are_read() {
        let label = |digits: &str| format!("{digits}{}", check_digit(digits).unwrap());
        let weighed = find(&label("200030101250"));
        assert_eq!((weighed.name.as_str(), weighed.unit.code.as_str()), ("Bananas", "KG"));
        assert_eq!(weighed.embedded_quantity.unwrap().to_string(), "1.25");
        let priced = find(&label("210030100275"));
        assert_eq!(priced.embedded_total, Some(Money::from_minor(275)));
        assert_eq!(priced.embedded_quantity.unwrap().to_string(), "2.5");
    }

    #[test]
    fn an_administrator_a_manager_and_two_cashiers_may_log_in() {
        let cashiers = market().cashiers;
        let may = |capability| {
            cashiers.iter().map(|cashier| cashier.capabilities.contains(&capability)).collect::<Vec<_>>()
        };
        assert_eq!(may(Capability::RoleAssign), [true, true, false, false]);
        assert_eq!(may(Capability::Override), [true, true, false, false]);
        assert_eq!(may(Capability::Sell), [true; 4]);
        let pins: BTreeSet<&str> = cashiers.iter().map(|cashier| cashier.secret.as_str()).collect();
        assert_eq!(pins.len(), 4);
    }
}
