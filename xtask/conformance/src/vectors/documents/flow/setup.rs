//! The till that a case describes.

use rust_decimal::Decimal;
use saleflex_core::{
    catalog::{Department, DepartmentNo, Permissions, PriceRule, Product, ProductBarcode, Unit},
    ids::{ClosureNumber, ProductId, StoreId, TerminalId},
    money::{Currency, Money},
    quantity::{Percent, Quantity, UnitPrice},
    tax::{TaxMode, TaxRate},
};
use saleflex_store::{
    Setup,
    customer::NewCustomer,
    setup::{Identity, Numbering},
};
use serde_json::Value;
use uuid::Uuid;

use crate::vectors::documents::{paying, read};

/// The card of the customer who pays on account.
pub(super) const CUSTOMER: &str = "C1";

const UNIT: &str = "X";

/// Everything but the cashiers and their rules.
pub(super) fn setup(input: &Value, currency: Currency) -> Result<Setup, String> {
    let mut setup = Setup::new(Identity {
        store: StoreId::new(Uuid::from_u128(1)),
        store_code: "S1".into(),
        store_name: "Store".into(),
        terminal: TerminalId::new(Uuid::from_u128(2)),
        terminal_code: "T1".into(),
        currency,
        tax_mode: TaxMode::Inclusive,
    });
    setup.numbering = Numbering {
        closure: ClosureNumber(read::count(input, "closure_number")?),
        receipt: read::count(input, "receipt_number")?,
    };
    setup.customers.push(NewCustomer {
        account_limit: Some(Money::MAX),
        ..NewCustomer::named(CUSTOMER, "Some Customer")
    });
    setup.exchange_rates.push(paying::at_par(&currency)?);
    let reference = &mut setup.catalog.reference;
    reference.units = vec![Unit { code: UNIT.into(), decimals: 4, measure: None }];
    reference.departments = departments(input, &mut reference.tax_rates)?;
    let goods = department_of_goods(&reference.departments, &mut reference.tax_rates)?;
    let goods_no = goods.no;
    reference.departments.push(goods);
    for (place, entry) in (1_u128..).zip(read::list(input, "catalog")?) {
        let id = ProductId::new(Uuid::from_u128(1_000 + place));
        let taxes = vec![tax_no(entry, &mut setup.catalog.reference.tax_rates)?];
        setup.catalog.products.push(product(entry, id, goods_no, taxes)?);
        setup.catalog.barcodes.extend(read::optional(entry, "barcode", || barcode(entry, id))?);
        let stock = read::optional(entry, "stock", || read::whole(entry, "stock"))?;
        setup.stock.extend(stock.map(|stock| (id, Decimal::from(stock))));
    }
    Ok(setup)
}

/// The departments with keys, and the main departments that sub departments name without them.
fn departments(input: &Value, rates: &mut Vec<TaxRate>) -> Result<Vec<Department>, String> {
    let mut departments = Vec::new();
    for entry in read::list(input, "departments")? {
        let no = DepartmentNo(read::count(entry, "no")?);
        let main =
            read::optional(entry, "main_group", || read::count(entry, "main_group"))?.map(DepartmentNo);
        let max_price = || read::parsed(entry, "max_price", UnitPrice::parse);
        departments.push(Department {
            no,
            name: format!("Department {no}"),
            main: main.filter(|_| !no.is_main()),
            taxes: vec![tax_no(entry, rates)?],
            max_price: read::optional(entry, "max_price", max_price)?,
        });
    }
    let named: Vec<(DepartmentNo, Vec<u16>)> = departments
        .iter()
        .filter_map(|sub: &Department| sub.main.map(|main| (main, sub.taxes.clone())))
        .collect();
    for (no, taxes) in named {
        if departments.iter().all(|known| known.no != no) {
            let name = format!("Department {no}");
            departments.push(Department { no, name, main: None, taxes, max_price: None });
        }
    }
    Ok(departments)
}

/// A main department without a key in the case, so that price limits of keys stay with the keys.
fn department_of_goods(known: &[Department], rates: &mut Vec<TaxRate>) -> Result<Department, String> {
    let free = (1..100).map(DepartmentNo).find(|no| known.iter().all(|department| department.no != *no));
    let no = free.ok_or("no main department is free for the goods")?;
    let taxes = vec![number_of(Percent::ZERO, rates)?];
    Ok(Department { no, name: "Goods".into(), main: None, taxes, max_price: None })
}

fn tax_no(entry: &Value, rates: &mut Vec<TaxRate>) -> Result<u16, String> {
    number_of(read::parsed(entry, "vat_rate", Percent::parse)?, rates)
}

/// The number of a rate, which joins the list where it is new.
fn number_of(percent: Percent, rates: &mut Vec<TaxRate>) -> Result<u16, String> {
    if let Some(known) = rates.iter().find(|known| known.percent == percent) {
        return Ok(known.no);
    }
    let no = u16::try_from(rates.len() + 1).map_err(|error| error.to_string())?;
    rates.push(TaxRate { no, name: format!("VAT {percent} %"), percent, jurisdiction: None });
    Ok(no)
}

fn product(
    entry: &Value,
    id: ProductId,
    department: DepartmentNo,
    taxes: Vec<u16>,
) -> Result<Product, String> {
    let flag = || read::flag(entry, "allow_negative_stock");
    let negative_stock = read::optional(entry, "allow_negative_stock", flag)?.unwrap_or(true);
    Ok(Product {
        id,
        code: read::text(entry, "code")?.into(),
        name: read::text(entry, "name")?.into(),
        short_name: None,
        price: read::parsed(entry, "price", UnitPrice::parse)?,
        price_rule: PriceRule::Fixed,
        cost_price: None,
        department,
        taxes: Some(taxes),
        unit: UNIT.into(),
        permissions: Permissions { negative_stock, ..Permissions::default() },
        minimum_age: None,
        return_days: None,
        sellable_from: None,
        sellable_until: None,
        is_active: true,
    })
}

fn barcode(entry: &Value, product: ProductId) -> Result<ProductBarcode, String> {
    let price = || read::parsed(entry, "barcode_price", UnitPrice::parse);
    Ok(ProductBarcode {
        barcode: read::text(entry, "barcode")?.into(),
        product,
        price: read::optional(entry, "barcode_price", price)?,
        pack_quantity: Quantity::ONE,
    })
}
