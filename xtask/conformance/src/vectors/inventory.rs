//! The cases of `vectors/inventory`: what may be sold, and what stock becomes by a row of operations.

use std::collections::BTreeMap;

use saleflex_core::inventory::{ItemRules, Stock, Tracking, sellable};
use serde_json::{Value, json};

use super::{documents::read, matching::matches};

mod operations;
mod shop;

use self::shop::Shop;

/// Runs one case by its kind.
pub(super) fn run(case: &Value) -> Result<(), String> {
    let input = &case["input"];
    let actual = match read::text(case, "kind")? {
        "can_sell" => can_sell(input),
        "stock_scenario" => stock_scenario(input),
        kind => Err(format!("no runner for the kind `{kind}`")),
    }?;
    matches(&case["expected"], &actual)
}

fn can_sell(input: &Value) -> Result<Value, String> {
    let product = &input["product"];
    let rules = rules(product)?;
    let available = read::optional(product, "stock", || stock(product, "stock"))?;
    let answer = sellable::check(available, &rules, Stock::ZERO, stock(input, "quantity")?);
    Ok(json!({"allowed": answer.is_ok()}))
}

fn stock_scenario(input: &Value) -> Result<Value, String> {
    let mut shop = Shop::open(input)?;
    let mut done = Vec::new();
    for operation in read::list(input, "operations")? {
        done.push(operations::run(&mut shop, operation)?);
    }
    Ok(json!({
        "operations": done,
        "stock": shop.rows(),
        "product_stock": shop.product_stock(),
        "low_stock_on_sales_floor": shop.low_on_sales_floor(),
    }))
}

/// The rules of a product; its stock unit allows what a quantity allows.
fn rules(product: &Value) -> Result<ItemRules, String> {
    let negative_stock = read::flag(product, "allow_negative_stock")?;
    Ok(ItemRules { decimals: 4, tracking: Tracking::Quantity, negative_stock })
}

/// A quantity, as a number or a text.
fn stock(object: &Value, field: &str) -> Result<Stock, String> {
    let value = &object[field];
    let text = value.as_number().map(ToString::to_string).or_else(|| value.as_str().map(str::to_owned));
    let text = text.ok_or_else(|| format!("`{field}` must be a quantity, not {value}"))?;
    Stock::parse(&text).map_err(|error| format!("`{field}`: {error}"))
}

/// A quantity as a number.
fn number(stock: Stock) -> Value {
    serde_json::from_str(&stock.to_string()).unwrap_or(Value::Null)
}

/// A text that may be missing.
fn text(object: &Value, field: &str) -> Result<Option<String>, String> {
    read::optional(object, field, || read::text(object, field).map(str::to_owned))
}

/// Codes and what stands for them, in the order they were given.
type Codes<T> = BTreeMap<String, T>;
