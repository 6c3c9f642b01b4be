//! A product: what it is, what may be done with it, its barcodes and its stock.

mod barcodes;
mod details;
mod keeping;

use chrono::NaiveDate;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use saleflex_core::{
    catalog::{CatalogChange, Permissions, PriceRule, Product, ProductBarcode},
    inventory::Stock,
    quantity::UnitPrice,
};
use saleflex_store::{Error, Till, till::DayOfGoods};

use super::{Entered, Fields, Model, Reader, Saved, Shape, Value};
use crate::{
    app::{State, Tone},
    effect::{Act, Effect, Question},
    entry::Amounts,
    listing::{
        RowId,
        stock::{location_name, moved::movement_key},
    },
    text::{Key, Text},
    view,
};

pub(crate) use self::keeping::tracking_key;

/// A product.
pub(crate) struct ProductModel;

/// How a product is priced, and what each is called.
const PRICE_RULES: [(PriceRule, Key); 3] = [
    (PriceRule::Fixed, Key::PriceFixed),
    (PriceRule::Open, Key::OpenPrice),
    (PriceRule::MayBeFree, Key::PriceMayBeFree),
];
/// Stands between two barcodes or two tax rates, as in product files.
const SEPARATOR: char = '|';
/// Most movements listed.
const MOST: u32 = 100;

impl Model for ProductModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "PRODUCT_DETAIL",
            panel: "PRODUCT",
            definition: include_str!("../../forms/product_detail.toml"),
            event: "PRODUCT_ADD",
            fields: &[
                "CODE",
                "NAME",
                "SHORT_NAME",
                "PRICE",
                "PRICE_RULE",
                "COST_PRICE",
                "DEPARTMENT",
                "UNIT",
                "TAXES",
                "IS_ACTIVE",
                "DISCOUNT",
                "RETURNS",
                "NEGATIVE_STOCK",
                "MINIMUM_AGE",
                "RETURN_DAYS",
                "SELLABLE_FROM",
                "SELLABLE_UNTIL",
                "BARCODES",
                "BARCODE_LIST",
                "TRACKING",
                "STOCK",
                "BRAND",
                "TAGS",
                "ATTRIBUTES",
                "CONTAINER",
                "TARE",
                "STYLE",
                "SIZE",
                "COLOUR",
                "IS_DEFAULT",
                "VARIANTS",
                "LIST_PRICES",
                "PRICES",
            ],
        }
    }

    fn events(&self) -> &'static [&'static str] {
        &["PRODUCT_LABEL", "PRODUCT_MATRIX", "PRODUCT_FAVOURITE"]
    }

    fn act(&self, state: &mut State, of: Option<RowId>, event: &str) -> Vec<Effect> {
        let Some(RowId::Product(id)) = of else {
            state.say(Tone::Notice, Key::SaveFirst);
            return Vec::new();
        };
        match event {
            "PRODUCT_MATRIX" => state.open_record("STOCK_MATRIX", of),
            "PRODUCT_FAVOURITE" => State::act(Act::ToggleFavourite(id)),
            _ => vec![Effect::Ask(Question::Label(id))],
        }
    }

    fn money(&self) -> &'static [&'static str] {
        &["PRICE", "COST_PRICE"]
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let now = till.now();
        let today = now.business_date;
        let known = product(till, of)?;
        let barcodes = known_barcodes(till, of);
        let department = known.as_ref().map(|known| known.department);
        let department = keeping::department(till, text, department, now.business_date);
        let units: Vec<String> = till.catalog().units().iter().map(|unit| unit.code.clone()).collect();
        let unit = known.as_ref().and_then(|known| units.iter().position(|unit| *unit == known.unit));
        let rule = known.as_ref().map(|known| known.price_rule).unwrap_or_default();
        let rule = PRICE_RULES.iter().position(|(other, _)| *other == rule).unwrap_or(0);
        let permissions = known.as_ref().map(|known| known.permissions).unwrap_or_default();
        let currency = *till.currency();
        let price = |price: UnitPrice| view::price(&currency, price);
        let taxes = known.as_ref().and_then(|known| known.taxes.as_ref());
        let of_product = known.as_ref();
        let stock = stock_lines(till, text, of)?;
        let mut fields = vec![
            ("CODE", Value::text(of_product.map(|known| &known.code))),
            ("NAME", Value::text(of_product.map(|known| &known.name))),
            ("SHORT_NAME", Value::text(of_product.and_then(|known| known.short_name.as_ref()))),
            ("PRICE", Value::text(of_product.map(|known| price(known.price)))),
            (
                "PRICE_RULE",
                Value::Choice {
                    options: PRICE_RULES.iter().map(|(_, key)| text.word(*key).to_owned()).collect(),
                    at: rule,
                },
            ),
            ("COST_PRICE", Value::text(of_product.and_then(|known| known.cost_price).map(price))),
            ("DEPARTMENT", department),
            ("UNIT", Value::Choice { options: units, at: unit.unwrap_or(0) }),
            ("TAXES", Value::text(taxes.map(|taxes| joined(taxes.iter())))),
            ("IS_ACTIVE", Value::Flag(of_product.is_none_or(|known| known.is_active))),
            ("DISCOUNT", Value::Flag(permissions.discount)),
            ("RETURNS", Value::Flag(permissions.returns)),
            ("NEGATIVE_STOCK", Value::Flag(permissions.negative_stock)),
            ("MINIMUM_AGE", Value::text(of_product.and_then(|known| known.minimum_age))),
            ("RETURN_DAYS", Value::text(of_product.and_then(|known| known.return_days))),
            ("SELLABLE_FROM", Value::text(of_product.and_then(|known| known.sellable_from))),
            ("SELLABLE_UNTIL", Value::text(of_product.and_then(|known| known.sellable_until))),
            ("BARCODES", Value::Text(barcodes::written(&barcodes, &currency))),
            (
                "BARCODE_LIST",
                Value::Lines(barcodes.iter().map(|barcode| barcode_line(&price, barcode)).collect()),
            ),
            ("TRACKING", keeping::tracking(till, text, known.as_ref().map(|known| known.id))),
            ("STOCK", Value::Lines(stock)),
        ];
        fields.extend(details::fields(till, text, known.map(|known| known.id), today)?);
        Ok(fields)
    }

    fn warning(&self, till: &Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Option<String> {
        barcodes::warning(text, &known_barcodes(till, of), entered.text("BARCODES"), &Amounts::of(till))
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let known = product(till, of)?;
        let id = known.as_ref().map_or_else(|| till.new_product_id(), |known| known.id);
        let mut read = Reader::new(entered, text, till);
        let date = |read: &mut Reader<'_>, name| read_date(read, name);
        let product = Product {
            id,
            code: read.needed("CODE", 20),
            name: read.needed("NAME", 100),
            short_name: entered.optional("SHORT_NAME"),
            price: read.price("PRICE").unwrap_or(UnitPrice::ZERO),
            price_rule: PRICE_RULES
                .get(entered.choice("PRICE_RULE"))
                .map_or(PriceRule::Fixed, |(rule, _)| *rule),
            cost_price: read.price("COST_PRICE"),
            department: keeping::read_department(&mut read, till, known.is_none()),
            taxes: read_taxes(&mut read),
            unit: till
                .catalog()
                .units()
                .get(entered.choice("UNIT"))
                .map(|unit| unit.code.clone())
                .unwrap_or_default(),
            permissions: Permissions {
                discount: entered.flag("DISCOUNT"),
                returns: entered.flag("RETURNS"),
                negative_stock: entered.flag("NEGATIVE_STOCK"),
            },
            minimum_age: read.number("MINIMUM_AGE"),
            return_days: read.number("RETURN_DAYS"),
            sellable_from: date(&mut read, "SELLABLE_FROM"),
            sellable_until: date(&mut read, "SELLABLE_UNTIL"),
            is_active: entered.flag("IS_ACTIVE"),
        };
        let entered_details = details::read(&mut read, till, id);
        let price_lists = details::read_lists(&mut read, till, id);
        let tracking = keeping::read_tracking(&mut read, till, id)?;
        let (removed_barcodes, barcodes) = barcodes::read(&mut read, &known_barcodes(till, of), id);
        read.finish()?;
        let change = CatalogChange {
            products: vec![product],
            barcodes,
            removed_barcodes,
            details: vec![entered_details],
            price_lists,
            ..CatalogChange::default()
        };
        till.change_catalog(change)?;
        Ok(keeping::save_tracking(till, id, tracking)?)
    }
}

fn product(till: &Till, of: Option<RowId>) -> Result<Option<Product>, Error> {
    let Some(RowId::Product(id)) = of else { return Ok(None) };
    let known = till.catalog().product(id).map(saleflex_core::catalog::ProductRef::to_product);
    known.map(Some).ok_or(Error::NoSuchProduct { product: id })
}

fn known_barcodes(till: &Till, of: Option<RowId>) -> Vec<ProductBarcode> {
    let Some(RowId::Product(id)) = of else { return Vec::new() };
    till.catalog().product(id).map(saleflex_core::catalog::ProductRef::barcodes).unwrap_or_default()
}

fn joined(parts: impl Iterator<Item = impl ToString>) -> String {
    parts.map(|part| part.to_string()).collect::<Vec<_>>().join(&SEPARATOR.to_string())
}

fn barcode_line(price: &impl Fn(UnitPrice) -> String, barcode: &ProductBarcode) -> String {
    let own = barcode.price.map(price).unwrap_or_default();
    format!("{:<24}x{:<8}{own:>10}", barcode.barcode, barcode.pack_quantity.to_string())
}

/// What there is at each location and what it is worth, how it sold, then the movements that led there.
fn stock_lines(till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Vec<String>, Error> {
    let Some(RowId::Product(id)) = of else { return Ok(Vec::new()) };
    let today = till.now().business_date;
    let levels = till.stock_levels(id.into())?;
    if levels.is_empty() {
        return Ok(vec![text.word(Key::InquiryNoStock).to_owned()]);
    }
    let mut lines = Vec::new();
    for (place, level) in &levels {
        let figures =
            [level.on_hand, level.reserved, level.available(today)].map(|figure| figure.to_string());
        let [on_hand, promised, available] = figures.each_ref().map(String::as_str);
        let values = [("on_hand", on_hand), ("promised", promised), ("available", available)];
        let at = location_name(till, *place);
        lines.push(format!("{at:<14}{}", text.fill(Key::StockLevels, &values)));
        for (no, batch) in level.batches.iter().filter(|(_, batch)| !batch.on_hand.is_zero()) {
            let expiry = batch.expiry.map(|date| date.to_string()).unwrap_or_default();
            lines.push(format!("{:<14}{:>10}  {no}  {expiry}", "", batch.on_hand.to_string()));
        }
    }
    let worth = till.worth(id.into())?;
    if let Some(cost) = worth.unit_cost {
        let (cost, value) = (view::price(till.currency(), cost), worth.value.rounded(2).to_string());
        lines.push(text.fill(Key::StockWorth, &[("cost", &cost), ("value", &value)]));
    }
    let days = till.goods_a_day(id, today, BAR_DAYS)?;
    for (key, of_day) in
        [(Key::StockSold, (|day| day.sold) as fn(&DayOfGoods) -> Stock), (Key::StockThere, |day| day.on_hand)]
    {
        let bars = bars(&days.iter().map(|day| of_day(day).decimal()).collect::<Vec<_>>());
        lines.push(text.fill(key, &[("days", &BAR_DAYS.to_string()), ("bars", &bars)]));
    }
    lines.push(String::new());
    for movement in till.stock_movements(id, MOST)? {
        let story = till.movement_story(movement)?;
        let movement = &story.movement;
        let (at, kind) = (story.at.local.format("%m-%d %H:%M"), text.word(movement_key(movement.kind)));
        let number = story.number.unwrap_or_default();
        let (change, after) = (movement.change.to_string(), movement.after.to_string());
        lines.push(format!("{at}  {kind:<20.20}{change:>9}{after:>9}  {number}"));
        lines.extend(story.serials.iter().map(|serial| format!("{:<13}{serial}", "")));
    }
    Ok(lines)
}

/// Days that the bars of sales look back over.
const BAR_DAYS: u16 = 28;
/// From nothing to the most.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A bar for each figure, as high as its share of the highest; for nothing and less the lowest.
pub(crate) fn bars(figures: &[Decimal]) -> String {
    let most = figures.iter().copied().max().unwrap_or_default().max(Decimal::ZERO);
    let bar = |figure: &Decimal| {
        let scaled = figure.checked_mul(Decimal::from(BARS.len() - 1));
        let share = scaled.and_then(|scaled| scaled.checked_div(most)).map(|share| share.ceil());
        let at = share.and_then(|share| share.to_usize()).unwrap_or(0);
        BARS.get(at).copied().unwrap_or(BARS[0])
    };
    figures.iter().map(bar).collect()
}

fn read_date(read: &mut Reader<'_>, name: &'static str) -> Option<NaiveDate> {
    let text = read.entered.optional(name)?;
    let date = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok();
    if date.is_none() {
        let words = read.text.word(Key::DateNotRead).to_owned();
        read.fault(name, words);
    }
    date
}

fn read_taxes(read: &mut Reader<'_>) -> Option<Vec<u16>> {
    let text = read.entered.optional("TAXES")?;
    let taxes: Result<Vec<u16>, _> = text.split(SEPARATOR).map(|no| no.trim().parse()).collect();
    if taxes.is_err() {
        let words = read.text.word(Key::TaxesNotRead).to_owned();
        read.fault("TAXES", words);
    }
    taxes.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_high_as_its_share_and_the_lowest_for_nothing_and_less() {
        let drawn = |figures: &[i64]| bars(&figures.iter().copied().map(Decimal::from).collect::<Vec<_>>());
        // A half of seven steps is three and a half: four.
        assert_eq!(drawn(&[0, 5, 10]), "▁▅█");
        assert_eq!(drawn(&[-5, 1, 10]), "▁▂█");
        for below in [&[-83, -83][..], &[-1, 0], &[0, 0]] {
            assert_eq!(drawn(below), "▁▁", "{below:?}");
        }
        assert_eq!(drawn(&[]), "");
    }

    #[test]
    fn of_what_was_sold_and_what_is_there_one_day_stands_above_the_other() {
        for text in Text::all() {
            let begins = [Key::StockSold, Key::StockThere].map(|key| {
                let line = text.fill(key, &[("days", "28"), ("bars", "▁")]);
                line.chars().position(|letter| letter == '▁')
            });
            assert!(begins[0].is_some() && begins[0] == begins[1], "{begins:?}");
        }
    }
}
