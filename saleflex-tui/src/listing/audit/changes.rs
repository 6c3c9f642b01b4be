//! What an act changed: settings by key, products with their prices, the figures of closed periods.

use std::collections::BTreeSet;

use saleflex_core::{cashier::access::Act, ids::ProductId, journal::Event, quantity::UnitPrice};
use saleflex_store::{Error, Till, audit::SettingChange, cashier::Cashier};

use crate::{
    form::Forms,
    record::closure::correction,
    text::{Key, Text},
    view,
};

/// The setting that names people.
const DRAWERS: &str = "drawers";
/// What was not there.
const NOTHING: &str = "-";

/// What the act of an entry changed, a line for each: `10101 Espresso 1.80 -> 1.95`, `counted £98.00 -> £98.50`,
/// `policy.max_lines 5000 -> 100`. Empty where the act tells it in its own figures.
pub(crate) fn of(till: &Till, text: &Text, act: Act, seq: i64) -> Result<Vec<String>, Error> {
    if act == Act::ChangeSettings {
        match till.entry(seq)?.event {
            Event::FormChanged { form_no, .. } => {
                Ok(vec![text.fill(Key::ScreenTakenIn, &[("screen", &form_name(till, form_no)?)])])
            }
            Event::FormRemoved { name, .. } => Ok(vec![text.fill(Key::ScreenTakenOut, &[("screen", &name)])]),
            _ => Ok(lines(till, till.setting_changes(seq)?)),
        }
    } else if act == Act::ChangeReference {
        Ok(lines(till, till.reference_changes(seq)?))
    } else if act == Act::ChangeCatalog {
        catalog(till, seq)
    } else if act == Act::CorrectClosure {
        let entry = till.entry(seq)?;
        Ok(entry.correction().map(|it| correction::changed(till, text, &it.change)).into_iter().collect())
    } else {
        Ok(Vec::new())
    }
}

fn lines(till: &Till, changes: Vec<SettingChange>) -> Vec<String> {
    let line = |change: SettingChange| {
        let [was, became] = [&change.was, &change.became].map(|it| it.as_deref().unwrap_or(NOTHING));
        let line = format!("{} {was} -> {became}", change.key);
        if change.key == DRAWERS { with_names(till, line) } else { line }
    };
    changes.into_iter().map(line).collect()
}

/// The same with people by their user names.
fn with_names(till: &Till, line: String) -> String {
    let named = |line: String, one: &Cashier| line.replace(&one.id.to_string(), &one.user_name);
    till.everybody().iter().fold(line, named)
}

/// The prices that changed, then the products of which anything else did.
fn catalog(till: &Till, seq: i64) -> Result<Vec<String>, Error> {
    let price = |price: Option<UnitPrice>| {
        price.map_or_else(|| NOTHING.to_owned(), |price| view::price(till.currency(), price))
    };
    let mut lines = Vec::new();
    let mut named = BTreeSet::new();
    for (product, change) in till.price_changes(seq)? {
        let list = change.list.map(|list| format!(" ({list})")).unwrap_or_default();
        lines.push(format!(
            "{}{list} {} -> {}",
            name(till, product),
            price(change.was),
            price(change.became)
        ));
        named.insert(product);
    }
    if let Event::CatalogChanged { change, .. } = till.entry(seq)?.event {
        let others = change.products.iter().map(|product| product.id).filter(|id| !named.contains(id));
        lines.extend(others.map(|product| name(till, product)));
    }
    Ok(lines)
}

/// The name of a screen, whether it is still there or was delivered with the program.
fn form_name(till: &Till, form_no: u16) -> Result<String, Error> {
    let stored = till.forms()?.into_iter().find(|form| form.form_no == form_no);
    let delivered = || Forms::delivered().iter().find(|form| form.form_no == form_no);
    Ok(stored
        .map(|form| form.name)
        .or_else(|| delivered().map(|form| form.name.clone()))
        .unwrap_or_else(|| form_no.to_string()))
}

/// The code and the name of a product.
fn name(till: &Till, product: ProductId) -> String {
    let known = till.catalog().product(product);
    known.map_or_else(|| product.to_string(), |known| format!("{} {}", known.code(), known.name()))
}
