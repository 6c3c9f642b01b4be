//! The shop the measurements are taken in, and what is sold there.

use std::path::Path;

use anyhow::Context;
use rust_decimal::Decimal;
use saleflex_core::{
    cashier::Role,
    catalog::{
        CatalogRecords, Department, DepartmentNo, Permissions, PriceRule, Product, ProductBarcode, Reference,
        Unit, barcode::check_digit,
    },
    document::{AddLine, Command, TakeTender},
    ids::{ProductId, StoreId, TerminalId},
    money::{Currency, CurrencyCode},
    quantity::{Percent, Quantity, UnitPrice},
    tax::{TaxMode, TaxRate},
    tender::TenderKind,
};
use saleflex_store::{Setup, Shell, Till, cashier::NewCashier, setup::Identity, shell::SystemShell};

/// Lines of the sale that most rows of the table are about.
pub(crate) const LINES: usize = 10;

/// A till that sells one product after another, now here, now there in its catalog.
pub(crate) struct Shop {
    pub(crate) till: Till,
    barcodes: Vec<String>,
    next: usize,
}

impl Shop {
    /// A new till with so many products, each with a barcode and stock, and somebody logged in.
    pub(crate) fn create(path: &Path, products: usize) -> anyhow::Result<Self> {
        let till = Till::create(path, setup(products)?, shell()?)?;
        Self::with(till, products)
    }

    /// The till of a file that [`Self::create`] made.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let till = Till::open(path, shell()?)?;
        let products = till.catalog().len();
        Self::with(till, products)
    }

    fn with(mut till: Till, products: usize) -> anyhow::Result<Self> {
        till.log_in(USER, SECRET)?;
        Ok(Self { till, barcodes: (0..products).map(barcode).collect(), next: 0 })
    }

    /// Scans the next product.
    pub(crate) fn scan(&mut self) -> anyhow::Result<()> {
        // A prime far from the size of any shop here: neighbours in a sale are no neighbours in a table.
        self.next = (self.next + 7_919) % self.barcodes.len();
        let code = self.barcodes.get(self.next).context("the shop is empty")?;
        self.till.execute(Command::AddLine(AddLine::code(code)))?;
        Ok(())
    }

    /// Takes exactly what is owed, in cash, which completes the sale.
    pub(crate) fn take_tender(&mut self) -> anyhow::Result<()> {
        self.till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
        Ok(())
    }

    /// A whole sale.
    pub(crate) fn sell(&mut self, lines: usize) -> anyhow::Result<()> {
        for _ in 0..lines {
            self.scan()?;
        }
        self.take_tender()
    }
}

/// The real clock and real identities, so that they cost what they cost.
pub(crate) fn shell() -> anyhow::Result<SystemShell> {
    Ok(SystemShell::try_new("Europe/London", 0)?)
}

pub(crate) const USER: &str = "manager";
pub(crate) const SECRET: &str = "482913";

fn setup(products: usize) -> anyhow::Result<Setup> {
    let mut ids = shell()?;
    let mut setup = Setup::new(Identity {
        store: StoreId::new(ids.new_id()),
        store_code: "BENCH".into(),
        store_name: "Measured shop".into(),
        terminal: TerminalId::new(ids.new_id()),
        terminal_code: "1".into(),
        currency: Currency::of(CurrencyCode::parse("GBP")?),
        tax_mode: TaxMode::Inclusive,
    });
    setup.cashiers = vec![NewCashier::with_role(USER, "Manager", SECRET, Role::Administrator)];
    let mut records = CatalogRecords { reference: reference()?, ..CatalogRecords::default() };
    for no in 0..products {
        let product = product(no, ProductId::new(ids.new_id()));
        setup.stock.push((product.id, Decimal::from(100_000)));
        records.barcodes.push(ProductBarcode {
            barcode: barcode(no),
            product: product.id,
            price: None,
            pack_quantity: Quantity::ONE,
        });
        records.products.push(product);
    }
    setup.catalog = records;
    Ok(setup)
}

fn reference() -> anyhow::Result<Reference> {
    let rate = |no, name: &str, percent| -> anyhow::Result<TaxRate> {
        Ok(TaxRate { no, name: name.to_owned(), percent: Percent::parse(percent)?, jurisdiction: None })
    };
    let department = |no: u16| Department {
        no: DepartmentNo(no.into()),
        name: format!("Department {no}"),
        main: None,
        taxes: vec![no % 3 + 1],
        max_price: None,
    };
    Ok(Reference {
        tax_rates: vec![rate(1, "VAT 0 %", "0")?, rate(2, "VAT 5 %", "5")?, rate(3, "VAT 20 %", "20")?],
        departments: (1..=DEPARTMENTS).map(department).collect(),
        units: vec![Unit::piece()],
        masks: Vec::new(),
        ..Reference::default()
    })
}

const DEPARTMENTS: u16 = 10;
const MAKERS: [&str; 11] = [
    "Corner Bakehouse",
    "Harbour",
    "Old Mill",
    "Northfield",
    "Bluebell",
    "Kestrel",
    "Ashdown",
    "Two Rivers",
    "Marlow's",
    "Greenway",
    "Pennine",
];
const GOODS: [&str; 17] = [
    "wholemeal loaf",
    "oat biscuits",
    "ground coffee",
    "green tea",
    "strawberry jam",
    "olive oil",
    "basmati rice",
    "tomato soup",
    "lemonade",
    "shampoo",
    "washing powder",
    "candles",
    "notebook",
    "cheddar",
    "yoghurt",
    "apple juice",
    "dark chocolate",
];

fn product(no: usize, id: ProductId) -> Product {
    let size_g = 50 + no % 37 * 25;
    Product {
        id,
        code: format!("{}", 100_000 + no),
        name: format!("{} {} {size_g} g", MAKERS[no % MAKERS.len()], GOODS[no % GOODS.len()]),
        short_name: None,
        price: price(no, 100),
        price_rule: PriceRule::Fixed,
        cost_price: Some(price(no, 60)),
        department: department_of(no),
        taxes: None,
        unit: "PCS".into(),
        // One in five must not be sold beyond what is there, so that the till has to look.
        permissions: Permissions { negative_stock: !no.is_multiple_of(5), ..Permissions::default() },
        minimum_age: None,
        return_days: None,
        sellable_from: None,
        sellable_until: None,
        is_active: true,
    }
}

fn department_of(product: usize) -> DepartmentNo {
    let no = product % usize::from(DEPARTMENTS) + 1;
    DepartmentNo(no.try_into().unwrap_or(1))
}

/// So many hundredths of the price of a product.
fn price(no: usize, percent: usize) -> UnitPrice {
    let minor = i64::try_from((45 + no * 7 % 1_500) * percent / 100).unwrap_or_default();
    UnitPrice::try_new(Decimal::new(minor, 2)).unwrap_or(UnitPrice::ZERO)
}

pub(crate) fn barcode(no: usize) -> String {
    let digits = format!("50{no:010}");
    let check = check_digit(&digits).unwrap_or_default();
    format!("{digits}{check}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measured_shop_opens_sells_and_closes_its_period() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("shop.saleflex");
        Shop::create(&path, 20)?.sell(3)?;
        let mut shop = Shop::open(&path)?;
        shop.sell(2)?;
        let closure = shop.till.close_period(None, None)?;
        let last = closure.last_document.map(|document| document.number.receipt);
        assert_eq!(last, Some(2));
        Ok(())
    }
}
