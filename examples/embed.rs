//! A till inside another product: goods come from that product's own menu as they are asked for, and the screen is its
//! own. Prices, taxes, numbers, receipts and the file are the till's.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;

use anyhow::Context;
use saleflex_core::{
    catalog::{CatalogChange, DepartmentNo, LookupError, Product},
    document::{AddLine, Command, Document, TakeTender},
    quantity::UnitPrice,
    tender::TenderKind,
};
use saleflex_store::{Error, Till, demo::corner_market, request::Done, shell::ManualShell};

/// Where the other product keeps what it sells: by the words on its buttons.
struct Menu(BTreeMap<&'static str, &'static str>);

impl Menu {
    fn price(&self, name: &str) -> anyhow::Result<&str> {
        self.0.get(name).copied().with_context(|| format!("{name} is not on the menu"))
    }
}

/// The other product's counter: its menu before the till.
struct Counter {
    till: Till,
    menu: Menu,
}

impl Counter {
    /// A button was pressed. What the till does not know yet it learns from the menu, and keeps.
    fn press(&mut self, name: &str) -> anyhow::Result<()> {
        let ring_up = |till: &mut Till| till.execute(Command::AddLine(AddLine::code(name)));
        if let Err(Error::Lookup(LookupError::NotFound { .. })) = ring_up(&mut self.till) {
            let product = self.product(name)?;
            self.till
                .change_catalog(CatalogChange { products: vec![product], ..CatalogChange::default() })?;
            ring_up(&mut self.till)?;
        }
        self.show();
        Ok(())
    }

    /// An item of the menu as the till knows products.
    fn product(&mut self, name: &str) -> anyhow::Result<Product> {
        let price = UnitPrice::parse(self.menu.price(name)?)?;
        Ok(Product::new(self.till.new_product_id(), name, name, price, DepartmentNo(1), "PCS"))
    }

    fn pay(&mut self) -> anyhow::Result<Done> {
        let done = self.till.execute(Command::TakeTender(TakeTender::balance(TenderKind::CreditCard)))?;
        self.show();
        Ok(done)
    }

    /// The other product's screen: a line an item, and what is to pay.
    fn show(&self) {
        let money = |amount| self.till.currency().show(amount);
        println!("+------------------------+");
        for line in self.till.draft().iter().flat_map(|document| document.active_lines()) {
            println!("| {:>2} {:<12}{:>7} |", line.quantity.to_string(), line.item.name, money(line.total));
        }
        let due = self.till.draft().map(Document::balance).unwrap_or_default();
        println!("|  = {:>19} |\n+------------------------+", money(due));
    }
}

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut clock = ManualShell::starting("2025-07-01T12:00:00Z".parse()?, 1);
    let mut setup = corner_market(&mut clock);
    // Departments, taxes and people are the shop's; what it sells is the menu's.
    (setup.catalog.products, setup.catalog.barcodes, setup.stock) = (Vec::new(), Vec::new(), Vec::new());
    (setup.campaigns, setup.coupons) = (Vec::new(), Vec::new());
    let mut till = Till::create(folder.path().join("kiosk.saleflex"), setup, clock)?;
    till.log_in("admin", "1111")?;
    let menu = Menu([("vanilla", "2.20"), ("mango", "2.60"), ("cone", "0.40")].into());
    let mut counter = Counter { till, menu };

    for button in ["vanilla", "mango", "mango", "cone"] {
        counter.press(button)?;
    }
    let refused = counter.press("pizza").map_err(|error| error.to_string());
    println!("{}", refused.err().unwrap_or_default());
    for sale in counter.pay()?.completed() {
        let document = sale.document();
        println!("{} paid, tax {}", document.number, counter.till.currency().show(document.totals.tax));
    }
    Ok(())
}
