//! What a product is beyond what a line needs, and what its prices are on lists and were.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use saleflex_core::{
    catalog::{Attribute, PriceList, ProductDetails, ProductRef, Variant},
    ids::ProductId,
    quantity::UnitPrice,
};
use saleflex_store::{Error, Till};

use super::{
    super::{Fields, Reader, Value},
    SEPARATOR, joined,
};
use crate::{
    entry, message,
    text::{Key, Text},
    view,
};

/// What no brand is called.
const NO_BRAND: &str = "-";
/// Between the name and the value of an attribute, and between a list and its price.
const IS: char = '=';
/// Most price changes listed.
const MOST: u32 = 100;

/// The fields as they are.
pub(super) fn fields(
    till: &Till,
    text: &Text,
    product: Option<ProductId>,
    today: NaiveDate,
) -> Result<Fields, Error> {
    let catalog = till.catalog();
    let details = product.and_then(|id| catalog.details(id));
    let brands = catalog.brands();
    let brand = details.and_then(|details| details.brand);
    let at = brands.iter().position(|known| Some(known.id) == brand).map_or(0, |at| at + 1);
    let names = brands.iter().map(|brand| brand.name.clone());
    let options = std::iter::once(NO_BRAND.to_owned()).chain(names).collect();
    let attribute = |(name, value): (&String, &Attribute)| format!("{name}{IS}{value}");
    let variant = details.and_then(|details| details.variant.as_ref());
    let container = details.and_then(|details| details.container).and_then(|id| catalog.product(id));
    let container = container.map(|container| container.code().to_owned());
    Ok(vec![
        ("BRAND", Value::Choice { options, at }),
        ("TAGS", Value::Text(details.map(|details| joined(details.tags.iter())).unwrap_or_default())),
        (
            "ATTRIBUTES",
            Value::Text(
                details.map(|details| joined(details.attributes.iter().map(attribute))).unwrap_or_default(),
            ),
        ),
        ("CONTAINER", Value::text(container)),
        ("TARE", Value::text(details.and_then(|details| details.tare_g))),
        ("STYLE", Value::text(variant.map(|variant| &variant.style))),
        ("SIZE", Value::text(variant.and_then(|variant| variant.size.as_ref()))),
        ("COLOUR", Value::text(variant.and_then(|variant| variant.colour.as_ref()))),
        ("IS_DEFAULT", Value::Flag(variant.is_some_and(|variant| variant.is_default))),
        (
            "VARIANTS",
            Value::Lines(variant.map(|variant| variants(till, &variant.style, today)).unwrap_or_default()),
        ),
        ("LIST_PRICES", Value::Text(product.map(|id| list_prices(till, id)).unwrap_or_default())),
        (
            "PRICES",
            Value::Lines(product.map(|id| prices(till, text, id, today)).transpose()?.unwrap_or_default()),
        ),
    ])
}

/// The details as entered.
pub(super) fn read(read: &mut Reader<'_>, till: &Till, product: ProductId) -> ProductDetails {
    let brand = read.entered.choice("BRAND").checked_sub(1).and_then(|at| till.catalog().brands().get(at));
    let tags = parts(read.entered.text("TAGS")).map(str::to_owned).collect();
    let mut attributes = BTreeMap::new();
    for part in parts(read.entered.text("ATTRIBUTES")) {
        match part.split_once(IS) {
            Some((name, value)) => drop(attributes.insert(name.trim().to_owned(), Attribute::read(value))),
            None => read.fault("ATTRIBUTES", read.text.word(Key::AttributesNotRead).to_owned()),
        }
    }
    let (size, colour) = (read.entered.optional("SIZE"), read.entered.optional("COLOUR"));
    let variant = read.entered.optional("STYLE").map(|style| Variant {
        style,
        size,
        colour,
        is_default: read.entered.flag("IS_DEFAULT"),
    });
    let container = read.entered.optional("CONTAINER").and_then(|code| {
        let known = till.catalog().product_by_code(&code).map(ProductRef::id);
        if known.is_none() {
            read.fault("CONTAINER", read.text.fill(Key::NoSuchCode, &[("code", &code)]));
        }
        known
    });
    let tare_g = read.number("TARE").filter(|grams| *grams > 0);
    let brand = brand.map(|brand| brand.id);
    ProductDetails { product, brand, tags, attributes, variant, container, tare_g }
}

/// The lists whose price of the product was changed, as they will be.
pub(super) fn read_lists(read: &mut Reader<'_>, till: &Till, product: ProductId) -> Vec<PriceList> {
    let mut entered = BTreeMap::new();
    for part in parts(read.entered.text("LIST_PRICES")) {
        let Some((code, typed)) = part.split_once(IS) else {
            read.fault("LIST_PRICES", read.text.word(Key::ListPricesNotRead).to_owned());
            continue;
        };
        if till.catalog().price_list(code.trim()).is_none() {
            read.fault("LIST_PRICES", read.text.fill(Key::NoPriceList, &[("code", code.trim())]));
        }
        match entry::unit_price(typed, &read.amounts) {
            Ok(price) => drop(entered.insert(code.trim(), price)),
            Err(error) => read.fault("LIST_PRICES", message::amount_error(read.text, error)),
        }
    }
    let changed = till
        .catalog()
        .price_lists()
        .filter(|list| list.prices.get(&product) != entered.get(list.code.as_str()));
    let with_price = |list: &PriceList| {
        let mut list = list.clone();
        match entered.get(list.code.as_str()) {
            Some(price) => list.prices.insert(product, *price),
            None => list.prices.remove(&product),
        };
        list
    };
    changed.map(with_price).collect()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(SEPARATOR).map(str::trim).filter(|part| !part.is_empty())
}

/// Each variant of a style: code, size, colour, price today, what may be sold.
fn variants(till: &Till, style: &str, today: NaiveDate) -> Vec<String> {
    let line = |(variant, product): (&Variant, ProductRef<'_>)| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (size, colour) = (text(&variant.size), text(&variant.colour));
        let price = view::price(till.currency(), product.price_on(today));
        format!("{:<20}{size:<12}{colour:<12}{price:>12}", product.code())
    };
    till.catalog().variants(style).into_iter().map(line).collect()
}

fn list_prices(till: &Till, product: ProductId) -> String {
    let price = |price: &UnitPrice| view::price(till.currency(), *price);
    let on_list = |list: &PriceList| Some(format!("{}{IS}{}", list.code, price(list.prices.get(&product)?)));
    joined(till.catalog().price_lists().filter_map(on_list))
}

/// What it costs today and by which list, what it will cost, then what it was.
fn prices(till: &Till, text: &Text, product: ProductId, today: NaiveDate) -> Result<Vec<String>, Error> {
    let price = |price: UnitPrice| view::price(till.currency(), price);
    let known = till.catalog().product(product);
    let listed = till.catalog().list_price(product, today);
    let own = known.map(|known| price(known.price_on(today))).unwrap_or_default();
    let by = listed.map_or_else(|| text.word(Key::PriceOwn).to_owned(), |(list, _)| list.name.clone());
    let mut lines = vec![text.fill(Key::PriceToday, &[("price", &own), ("list", &by)]), String::new()];
    for list in till.catalog().price_lists() {
        if let Some(listed) = list.prices.get(&product) {
            let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
            let (from, until) = (day(list.from), day(list.until));
            lines.push(format!("{:<20}{:>10} – {:<10}{:>12}", list.code, from, until, price(*listed)));
        }
    }
    lines.push(String::new());
    for change in till.price_history(product, MOST)? {
        let (was, became) = (change.was.map(price), change.became.map(price));
        let [was, became] = [was, became].map(|price| price.unwrap_or_else(|| NO_BRAND.to_owned()));
        let who = change.cashier.and_then(|id| till.cashier(id)).map(|who| who.user_name.as_str());
        let list = change.list.as_deref().unwrap_or_default();
        let at = change.at.format("%Y-%m-%d %H:%M");
        lines.push(format!("{at}  {was:>10} → {became:<10} {list:<20} {}", who.unwrap_or_default()));
    }
    Ok(lines)
}
