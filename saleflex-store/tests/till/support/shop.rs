//! A small shop in a temporary folder.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use saleflex_core::{
    basket::GoodsState,
    cashier::{Approval, OnDuty, Role},
    catalog::{Department, DepartmentNo, Permissions, PriceRule, Product, ProductBarcode, Reference, Unit},
    document::{AddLine, CashMovementKind, Command, ReturnLine, TakeTender},
    ids::{LineNo, ProductId, ProgramId, StoreId, TerminalId},
    journal::Entry,
    loyalty::{Program, Tier},
    money::{Currency, CurrencyCode, Money},
    quantity::{ExchangeRate, Multiplier, Percent, PointRate, Points, Quantity, UnitPrice},
    settings::RecoveryRule,
    tax::{TaxMode, TaxRate},
    tender::TenderKind,
};
use saleflex_store::{
    Error, Request, Setup, Till, cashier::NewCashier, customer::NewCustomer, request::Done, setup::Identity,
    shell::ManualShell, verify::Verification,
};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const CASHIER: (&str, &str) = ("ann", "4711");
pub(crate) const MANAGER: (&str, &str) = ("mo", "0815");
pub(crate) const ADMIN: (&str, &str) = ("ada", "1234");

/// Products of the shop by code, with price and what lies on the shelf.
const PRODUCTS: [(&str, &str, Option<i64>); 4] =
    [("A", "2.50", Some(100)), ("B", "4.99", None), ("C", "0.15", Some(3)), ("D", "120", Some(10))];

pub(crate) struct Shop {
    // Dropped before the folder it lives in.
    pub(crate) till: Till,
    pub(crate) clock: ManualShell,
    pub(crate) manager: OnDuty,
    pub(crate) folder: TempDir,
}

pub(crate) fn morning() -> DateTime<Utc> {
    "2025-04-06T08:00:00Z".parse().unwrap()
}

pub(crate) fn minor(amount: i64) -> Money {
    Money::from_minor(amount)
}

pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

pub(crate) fn product(code: &str) -> ProductId {
    let place = PRODUCTS.iter().position(|(known, ..)| *known == code).unwrap();
    ProductId::new(Uuid::from_u128(100 + u128::try_from(place).unwrap()))
}

pub(crate) fn sell(code: &str) -> Command {
    Command::AddLine(AddLine::code(code))
}

pub(crate) fn sell_some(code: &str, how_many: &str) -> Command {
    Command::AddLine(AddLine::code(code).times(quantity(how_many)))
}

/// The whole balance in cash.
pub(crate) fn cash() -> Command {
    Command::TakeTender(TakeTender::balance(TenderKind::Cash))
}

pub(crate) fn pay(kind: TenderKind, amount: i64) -> Command {
    Command::TakeTender(TakeTender::amount(kind, minor(amount)))
}

pub(crate) fn float(amount: i64) -> Command {
    Command::MoveCash { kind: CashMovementKind::Float, amount: minor(amount), reason: "morning".to_owned() }
}

/// So many of a sold line come back as new.
pub(crate) fn take_back(line: u32, how_many: &str) -> Command {
    Command::ReturnLine(ReturnLine {
        line: LineNo(line),
        quantity: quantity(how_many),
        state: GoodsState::New,
        restock: true,
        reason: None,
        serials: Vec::new(),
    })
}

pub(crate) fn suspend() -> Command {
    Command::Suspend { name: None }
}

pub(crate) fn setup() -> Setup {
    let mut setup = Setup::new(Identity {
        store: StoreId::new(Uuid::from_u128(1)),
        store_code: "S1".to_owned(),
        store_name: "The Shop".to_owned(),
        terminal: TerminalId::new(Uuid::from_u128(2)),
        terminal_code: "T1".to_owned(),
        currency: Currency::of(CurrencyCode::parse("GBP").unwrap()),
        tax_mode: TaxMode::Inclusive,
    });
    setup.catalog.reference = Reference {
        tax_rates: vec![TaxRate {
            no: 1,
            name: "VAT 20 %".to_owned(),
            percent: Percent::parse("20").unwrap(),
            jurisdiction: None,
        }],
        departments: vec![Department {
            no: DepartmentNo(1),
            name: "Goods".to_owned(),
            main: None,
            taxes: vec![1],
            max_price: None,
        }],
        units: vec![Unit::piece()],
        masks: Vec::new(),
        ..Reference::default()
    };
    for (code, price, stock) in PRODUCTS {
        setup.catalog.products.push(goods(product(code), code, price));
        setup.stock.extend(stock.map(|on_hand| (product(code), Decimal::from(on_hand))));
    }
    setup.catalog.barcodes.push(ProductBarcode {
        barcode: "4006381333931".to_owned(),
        product: product("A"),
        price: None,
        pack_quantity: Quantity::ONE,
    });
    setup.cashiers = vec![
        NewCashier::with_role(CASHIER.0, "Ann", CASHIER.1, Role::Cashier),
        NewCashier::with_role(MANAGER.0, "Mo", MANAGER.1, Role::Manager),
        NewCashier::with_role(ADMIN.0, "Ada", ADMIN.1, Role::Administrator),
    ];
    let mut grace = NewCustomer::named("C1", "Grace Hopper");
    grace.details.phone = Some("0532 111 22 33".to_owned());
    setup.customers.push(NewCustomer { account_limit: Some(minor(10_000)), ..grace });
    setup.exchange_rates.push((CurrencyCode::parse("EUR").unwrap(), ExchangeRate::parse("1.18").unwrap()));
    setup
}

/// The same with a loyalty program, and a customer who has 500 points: a penny each.
pub(crate) fn setup_with_points() -> Setup {
    let mut setup = setup();
    setup.programs.push(program());
    setup.customers[0].points = Some(Points::new(500));
    setup
}

/// A point a pound, a penny a point, two tiers; nothing is welcome, given for birthdays or runs out.
pub(crate) fn program() -> Program {
    let tier = |code: &str, level, min_points| Tier {
        code: code.to_owned(),
        name: code.to_owned(),
        level,
        display_order: level,
        min_points: Some(Points::new(min_points)),
        min_annual_spending: None,
        multiplier: Some(Multiplier::parse(if level == 1 { "1" } else { "2" }).unwrap()),
        discount: None,
        benefits: None,
        is_active: true,
    };
    let mut program = Program::new(ProgramId::new(Uuid::from_u128(900)), "Club");
    program.earn.rate = PointRate::parse("1").unwrap();
    program.tiers = vec![tier("BASE", 1, 0), tier("TOP", 2, 1_000)];
    program.redemption.point_value = UnitPrice::parse("0.01").unwrap();
    program.require_phone = false;
    program
}

pub(crate) fn goods(id: ProductId, code: &str, price: &str) -> Product {
    Product {
        id,
        code: code.to_owned(),
        name: format!("Product {code}"),
        short_name: None,
        price: UnitPrice::parse(price).unwrap(),
        price_rule: PriceRule::Fixed,
        cost_price: None,
        department: DepartmentNo(1),
        taxes: None,
        unit: Unit::piece().code,
        permissions: Permissions { negative_stock: code != "C", ..Permissions::default() },
        minimum_age: None,
        return_days: None,
        sellable_from: None,
        sellable_until: None,
        is_active: true,
    }
}

impl Shop {
    /// Fails where the journal and what is stored differ.
    pub(crate) fn check_whole(&self) {
        let verification = self.till.verify().unwrap();
        assert!(matches!(verification, Verification::Whole(_)), "{verification:?}");
    }

    /// A new till with a cashier at it.
    pub(crate) fn open() -> Self {
        Self::with(setup())
    }

    pub(crate) fn with_rule(rule: RecoveryRule) -> Self {
        let mut setup = setup();
        setup.settings.recovery = rule;
        Self::with(setup)
    }

    pub(crate) fn with(setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualShell::starting(morning(), 1);
        let mut till = Till::create(folder.path().join("till.saleflex"), setup, clock.clone()).unwrap();
        let manager = till.approve(MANAGER.0, MANAGER.1, None).unwrap().by();
        let manager = OnDuty::with_role(manager, Role::Manager);
        till.log_in(CASHIER.0, CASHIER.1).unwrap();
        Self { till, clock, manager, folder }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("till.saleflex")
    }

    /// Stops the till without a word and starts it again, with nobody logged in.
    pub(crate) fn restarted(self) -> Self {
        let path = self.path();
        drop(self.till);
        let till = Till::open(path, self.clock.clone()).unwrap();
        Self { till, ..self }
    }

    /// Stops the till and gives its file away.
    pub(crate) fn stopped(self) -> (TempDir, PathBuf) {
        let path = self.path();
        drop(self.till);
        (self.folder, path)
    }

    /// To a hub an event is its kind, entity and revision: under one that is taken it would be put aside.
    pub(crate) fn expect_each_event_to_travel_as_its_own(&self) {
        let disk = rusqlite::Connection::open(self.till.path()).unwrap();
        let shared = "SELECT count(*) FROM (SELECT kind FROM event WHERE kind NOT IN ('till', 'step') \
                      GROUP BY kind, entity_id, revision HAVING count(*) > 1)";
        assert_eq!(
            disk.query_row(shared, [], |row| row.get::<_, i64>(0)).unwrap(),
            0,
            "events under one identity"
        );
        // Whatever kind of event it is: what books anything for others is heard of.
        let mut select = disk.prepare("SELECT payload FROM event").unwrap();
        let payloads = select.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        for payload in payloads {
            let entry = Entry::from_bytes(&payload.unwrap()).unwrap();
            assert!(entry.kind().travels() || !entry.effects.travel(), "{entry:?}");
        }
    }

    pub(crate) fn log_in(&mut self, who: (&str, &str)) {
        self.till.log_in(who.0, who.1).unwrap();
    }

    pub(crate) fn execute(&mut self, request: impl Into<Request>) -> Done {
        self.till.execute(request).unwrap()
    }

    /// With a manager standing by.
    pub(crate) fn approved(&mut self, request: impl Into<Request>) -> Done {
        self.try_approved(request).unwrap()
    }

    /// The manager agrees to one act.
    pub(crate) fn approval(&self) -> Approval {
        Approval::of_identified(self.manager.clone())
    }

    pub(crate) fn try_approved(&mut self, request: impl Into<Request>) -> Result<Done, Error> {
        let approval = self.approval();
        self.till.execute(request.into().approved(approval))
    }
}
