//! The shop of a scenario: codes, locations, levels.

use std::collections::BTreeMap;

use chrono::DateTime;
use saleflex_core::{
    cashier::{OnDuty, Role},
    ids::{CashierId, LocationId, PostingId, ProductId, StoreId, WarehouseId},
    inventory::{
        Book, Item, ItemRules, Level, Limits, Location, Place, Sites, Stock, StockPolicy, Warehouse,
        WarehouseKind,
    },
    time::Moment,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Codes, number, read, rules, stock};

/// Where sales come from.
const SALES_LOCATION: &str = "SALES-001-A";

pub(super) struct Shop {
    pub(super) book: Book,
    pub(super) sites: Sites,
    pub(super) items: BTreeMap<ProductId, ItemRules>,
    pub(super) policy: StockPolicy,
    pub(super) manager: OnDuty,
    products: Codes<ProductId>,
    locations: Codes<LocationId>,
    limits: BTreeMap<Place, Limits>,
    postings: u32,
}

fn id(number: usize) -> Uuid {
    Uuid::from_u128(u128::try_from(number).unwrap_or(u128::MAX))
}

impl Shop {
    pub(super) fn open(input: &Value) -> Result<Self, String> {
        let mut products = Codes::new();
        let mut items = BTreeMap::new();
        for (at, product) in read::list(input, "products")?.iter().enumerate() {
            let product_id = ProductId::new(id(at));
            products.insert(read::text(product, "code")?.to_owned(), product_id);
            items.insert(product_id, rules(product)?);
        }
        let mut locations = Codes::new();
        let mut sites = (Vec::new(), Vec::new());
        for (at, location) in read::list(input, "locations")?.iter().enumerate() {
            let code = read::text(location, "code")?;
            locations.insert(code.to_owned(), LocationId::new(id(at)));
            let (warehouse, location) = site(at, code, &location["warehouse_type"])?;
            sites.0.push(warehouse);
            sites.1.push(location);
        }
        let sites = Sites::try_new(sites.0, sites.1).map_err(|errors| format!("{errors:?}"))?;
        let mut shop = Self {
            book: Book::default(),
            sites,
            items,
            policy: StockPolicy::default(),
            manager: OnDuty::with_role(CashierId::new(Uuid::nil()), Role::Manager),
            products,
            locations,
            limits: BTreeMap::new(),
            postings: 0,
        };
        for row in read::list(input, "stock")? {
            let place = Place { item: shop.item(row)?, location: shop.location(row, "location")? };
            shop.book.set(place, Level { on_hand: stock(row, "quantity")?, ..Level::default() });
            let minimum = stock(row, "min_stock_level")?;
            shop.limits.insert(place, Limits { minimum, ..Limits::default() });
        }
        Ok(shop)
    }

    pub(super) fn item(&self, object: &Value) -> Result<Item, String> {
        let code = read::text(object, "product")?;
        let product = self.products.get(code).ok_or_else(|| format!("no product {code}"))?;
        Ok(Item::from(*product))
    }

    pub(super) fn location(&self, object: &Value, field: &str) -> Result<LocationId, String> {
        let code = read::text(object, field)?;
        self.locations.get(code).copied().ok_or_else(|| format!("no location {code}"))
    }

    /// The location that an operation names; one that nobody knows is refused by whoever is asked for it.
    pub(super) fn place_named(&self, object: &Value, field: &str) -> Result<LocationId, String> {
        let code = read::text(object, field)?;
        Ok(self.locations.get(code).copied().unwrap_or(LocationId::new(Uuid::max())))
    }

    pub(super) fn sales_location(&self) -> Result<LocationId, String> {
        let set = self.locations.get(SALES_LOCATION).copied();
        self.sites.sales_location(set).map_err(|error| error.to_string())
    }

    pub(super) fn next_posting(&mut self) -> (PostingId, u32) {
        self.postings += 1;
        (PostingId::new(Uuid::from_u128(u128::from(self.postings))), self.postings)
    }

    pub(super) fn product_code(&self, item: Item) -> &str {
        code_of(&self.products, item.product)
    }

    pub(super) fn location_code(&self, location: LocationId) -> &str {
        code_of(&self.locations, location)
    }

    fn is_low(&self, place: Place) -> bool {
        let limits = self.limits.get(&place).copied().unwrap_or_default();
        limits.is_low(self.book.on_hand(place))
    }

    /// The levels, by product and location.
    pub(super) fn rows(&self) -> Vec<Value> {
        let mut rows: Vec<_> = self
            .book
            .levels()
            .map(|(place, level)| {
                let (product, location) = (self.product_code(place.item), self.location_code(place.location));
                let row = json!({
                    "product": product,
                    "location": location,
                    "quantity": number(level.on_hand),
                    "available_quantity": number(level.available(moment().business_date)),
                    "low_stock": self.is_low(place),
                });
                ((product, location), row)
            })
            .collect();
        rows.sort_by_key(|(key, _)| *key);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn at_sales(&self, product: ProductId) -> Option<Place> {
        let location = self.sales_location().ok()?;
        Some(Place { item: product.into(), location })
    }

    /// What there is of each product where it is sold.
    pub(super) fn product_stock(&self) -> Value {
        let stock = |product| self.at_sales(product).map_or(Stock::ZERO, |place| self.book.on_hand(place));
        self.products.iter().map(|(code, product)| (code.clone(), number(stock(*product)))).collect()
    }

    /// The products that are low where they are sold.
    pub(super) fn low_on_sales_floor(&self) -> Vec<&str> {
        let is_low = |product| self.at_sales(product).is_some_and(|place| self.is_low(place));
        self.products.iter().filter(|(_, product)| is_low(**product)).map(|(code, _)| code.as_str()).collect()
    }
}

pub(super) fn moment() -> Moment {
    Moment::utc(DateTime::UNIX_EPOCH)
}

fn code_of<T: Copy + PartialEq>(codes: &Codes<T>, wanted: T) -> &str {
    codes.iter().find(|(_, id)| **id == wanted).map_or("", |(code, _)| code)
}

/// A location in a warehouse of its own that allows everything.
fn site(at: usize, code: &str, kind: &Value) -> Result<(Warehouse, Location), String> {
    let kind: WarehouseKind = serde_json::from_value(kind.clone()).map_err(|error| error.to_string())?;
    let warehouse = Warehouse {
        id: WarehouseId::new(id(at)),
        code: code.to_owned(),
        name: code.to_owned(),
        store: StoreId::new(Uuid::nil()),
        kind,
        is_active: true,
        receives: true,
        ships: true,
        counts: true,
    };
    let location = Location {
        id: LocationId::new(id(at)),
        code: code.to_owned(),
        name: code.to_owned(),
        warehouse: warehouse.id,
        parent: None,
        is_active: true,
        blocked: None,
        pick_sequence: 0,
    };
    Ok((warehouse, location))
}
