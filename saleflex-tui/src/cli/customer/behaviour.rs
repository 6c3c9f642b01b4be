//! How people shop, in figures.

use std::io::Write;

use anyhow::ensure;
use chrono::NaiveDate;
use saleflex_core::ids::ProductId;
use saleflex_store::{
    Till,
    till::{Shopping, Together},
};
use serde_json::json;

use super::super::{Call, answer};
use crate::text::Key;

pub(super) fn behaviour(
    call: &Call<'_>,
    (from, to): (NaiveDate, NaiveDate),
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    ensure!(from <= to, "the first day, {from}, is after the last, {to}");
    let till = call.reader()?;
    let shopping = till.shopping(from, to).map_err(|error| call.words(&error))?;
    let currency = *till.currency();
    let average = shopping.average();
    let Shopping { sales, amount, products, known, customers, returning, hours, weekdays, together } =
        &shopping;
    if json {
        let pair = |pair: &Together| {
            let (one, other) = pair.products;
            json!({"products": [code_of(&till, one), code_of(&till, other)], "sales": pair.sales})
        };
        let told = json!({
            "sales": sales,
            "amount": currency.format(*amount),
            "average": currency.format(average),
            "products": products,
            "to_known_customers": known,
            "customers": customers,
            "returning_customers": returning,
            "hours": hours,
            "weekdays": weekdays,
            "together": together.iter().map(pair).collect::<Vec<_>>(),
        });
        return answer(out, &told);
    }
    let text = call.text;
    let average = text.fill(Key::BehaviourAverage, &[("amount", &currency.format(average))]);
    writeln!(out, "{:<9}  {sales:>10}   {average}", text.word(Key::BehaviourSales))?;
    let again = text.fill(
        Key::BehaviourReturning,
        &[("returning", &returning.to_string()), ("known", &known.to_string())],
    );
    writeln!(out, "{:<9}  {customers:>10}   {again}", text.word(Key::BehaviourCustomers))?;
    for (hour, sales) in hours {
        writeln!(out, "{hour:02}:00      {sales:>10}")?;
    }
    for pair in together {
        let (one, other) = pair.products;
        writeln!(out, "{:<14}  {:<14}  {:>6}", code_of(&till, one), code_of(&till, other), pair.sales)?;
    }
    Ok(())
}

fn code_of(till: &Till, product: ProductId) -> String {
    let known = till.catalog().product(product);
    known.map_or_else(|| product.to_string(), |product| product.code().to_owned())
}
