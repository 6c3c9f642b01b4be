//! Baskets and campaigns by number: the same seed makes the same ones, everywhere and always.
//!
//! Used by the measurements, and by the tests that compare the best choice with trying every choice. A small shop makes
//! dense cases, where nearly every campaign meets every line; a large one is like a supermarket's.

use std::{collections::BTreeSet, sync::Arc};

use chrono::DateTime;
use saleflex_core::{
    campaign::{
        Activation, Benefit, BundlePart, BundlePrice, Campaign, Cart, CartItem, CartLine, Choice, Context,
        DepartmentKey, Exclusivity, FineQuantity, Per, ProductRow, Reward, Selector, Target, Tier, TierBy,
    },
    ids::{BrandId, CampaignId, LineNo, ProductId},
    money::Money,
    quantity::Percent,
    time::Moment,
};
use uuid::Uuid;

/// How many different things a shop has.
#[derive(Clone, Copy)]
pub(crate) struct Shop {
    /// Products.
    pub(crate) products: u32,
    /// Departments.
    pub(crate) departments: u32,
    /// Brands.
    pub(crate) brands: u32,
}

impl Shop {
    /// Everything meets everything.
    pub(crate) const CORNER: Self = Self { products: 8, departments: 3, brands: 3 };
    /// A supermarket.
    pub(crate) const SUPERMARKET: Self = Self { products: 2_000, departments: 24, brands: 150 };
}

/// Numbers that look random (`SplitMix64`).
pub(crate) struct Numbers(u64);

impl Numbers {
    /// The numbers of a seed.
    pub(crate) const fn of(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..bound`.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(self.next() % u64::from(bound.max(1))).unwrap_or(0)
    }

    /// One of `least..=most`.
    pub(crate) fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most - least + 1)
    }

    /// Whether something comes about that does so often of a hundred times.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// So many minor units, both ends included.
    pub(crate) fn minor(&mut self, least: u32, most: u32) -> Money {
        Money::from_minor(i64::from(self.between(least, most)))
    }

    /// One of several.
    pub(crate) fn one_of<T: Copy>(&mut self, several: &[T]) -> T {
        several[self.below(u32::try_from(several.len()).unwrap_or(u32::MAX)) as usize]
    }

    fn percent(&mut self, least: u32, most: u32) -> Percent {
        let whole = rust_decimal::Decimal::from(self.between(least, most));
        Percent::try_new(whole).unwrap_or(Percent::ZERO)
    }
}

/// A basket of so many lines; several lines may be of one product.
pub(crate) fn cart(shop: Shop, numbers: &mut Numbers, lines: u32) -> Cart {
    let instant = DateTime::from_timestamp(1_772_636_400, 0).unwrap_or_default();
    let lines = (1..=lines).map(|no| line(shop, numbers, no)).collect();
    Cart { context: Context::at(Moment::utc(instant)), lines, tenders: Vec::new() }
}

/// One line of a basket.
pub(crate) fn line(shop: Shop, numbers: &mut Numbers, no: u32) -> CartLine {
    let product = product(shop, numbers);
    let (quantity, price) = (numbers.between(1, 4), 50 + product * 37 % 3_000);
    let total = Money::from_minor(i64::from(quantity * price));
    CartLine {
        no: LineNo(no),
        item: Arc::new(item(shop, product)),
        quantity: FineQuantity::pieces(quantity),
        total: total.into(),
    }
}

fn item(shop: Shop, product: u32) -> CartItem {
    CartItem {
        product: Some(ProductId::new(id(product))),
        department: Some(DepartmentKey::new(id(product % shop.departments))),
        brand: Some(BrandId::new(id(product % shop.brands))),
        ..CartItem::default()
    }
}

fn id(number: u32) -> Uuid {
    Uuid::from_u128(u128::from(number) + 1)
}

/// So many campaigns: two thirds on products, departments and brands, which go first, the others on the basket.
pub(crate) fn campaigns(shop: Shop, numbers: &mut Numbers, count: u32) -> Vec<Campaign> {
    (0..count).map(|number| campaign(shop, numbers, number)).collect()
}

fn campaign(shop: Shop, numbers: &mut Numbers, number: u32) -> Campaign {
    let benefit = benefit(shop, numbers);
    let is_of_basket = matches!(&benefit, Benefit::Off { per: Per::Document, .. } | Benefit::Tiers { .. });
    let mut campaign = Campaign::new(CampaignId::new(id(number)), format!("C{number:04}"), benefit);
    if !is_of_basket || numbers.chance(40) {
        campaign.target = target(shop, numbers);
    }
    if is_of_basket && numbers.chance(60) {
        campaign.limits.least_purchase = Some(numbers.minor(1_000, 12_000));
    }
    if numbers.chance(10) {
        campaign.limits.per_document = Some(numbers.minor(100, 2_000));
    }
    if numbers.chance(10) {
        campaign.limits.times_per_document = Some(numbers.between(1, 2));
    }
    if (!is_of_basket || shop.products == Shop::CORNER.products) && numbers.chance(10) {
        campaign.limits.lowest_price = Some(numbers.minor(10, 500));
    }
    // A customer holds few of the coupons that are about; most promotions of the basket need one.
    let coupon = if is_of_basket { 60 } else { 25 };
    if shop.products > Shop::CORNER.products && numbers.chance(coupon) {
        campaign.activation = Activation::Coupon;
    }
    // Shops let promotions of articles go first; now and then one does not.
    let goes_first = is_of_basket == numbers.chance(10);
    campaign.lane.priority =
        i32::try_from(numbers.between(1, 9)).unwrap_or(1) + if goes_first { 10 } else { 0 };
    // Promotions of articles run beside each other; of those on the basket a customer gets one, mostly.
    let combinable = if is_of_basket { 35 } else { 75 };
    campaign.lane.exclusivity = match numbers.below(100) {
        share if share < combinable => Exclusivity::Combinable,
        95.. => Exclusivity::Alone,
        _ => Exclusivity::Last,
    };
    if numbers.chance(20) {
        let groups = ["", "articles", "basket", "club"];
        let group = groups[numbers.below(4) as usize];
        // A corner shop decides for each campaign; in a supermarket the club's stand apart from the basket's.
        let stacks = |numbers: &mut Numbers, other: &str| match (group, other) {
            _ if shop.products == Shop::CORNER.products => numbers.chance(70),
            ("club", "basket") | ("basket", "club") => false,
            _ => true,
        };
        let with: BTreeSet<String> =
            groups.into_iter().filter(|other| stacks(numbers, other)).map(str::to_owned).collect();
        group.clone_into(&mut campaign.lane.group);
        campaign.lane.stacks_with = Some(with);
    }
    campaign
}

fn target(shop: Shop, numbers: &mut Numbers) -> Target {
    let mut target = Target::of(vec![selector(shop, numbers)]);
    if numbers.chance(15) {
        target.exclude.push(Selector::Product(ProductId::new(id(numbers.below(shop.products)))));
    }
    target
}

fn selector(shop: Shop, numbers: &mut Numbers) -> Selector {
    match numbers.below(10) {
        0..=1 => Selector::Department(DepartmentKey::new(id(numbers.below(shop.departments)))),
        2..=4 => Selector::Brand(BrandId::new(id(numbers.below(shop.brands)))),
        _ => Selector::Product(ProductId::new(id(product(shop, numbers)))),
    }
}

/// A product; half of what is bought and promoted is of a tenth of the range.
fn product(shop: Shop, numbers: &mut Numbers) -> u32 {
    let range = if numbers.chance(50) { shop.products.div_ceil(10).max(4) } else { shop.products };
    numbers.below(range)
}

fn reward(numbers: &mut Numbers) -> Reward {
    if numbers.chance(70) {
        Reward::Percent(numbers.percent(5, 50))
    } else {
        Reward::Amount(numbers.minor(20, 500))
    }
}

/// Of a whole basket a supermarket gives little; the corner shop tries everything.
fn basket_reward(shop: Shop, numbers: &mut Numbers) -> Reward {
    match (shop.products > Shop::CORNER.products, numbers.chance(70)) {
        (true, true) => Reward::Percent(numbers.percent(2, 12)),
        (true, false) => Reward::Amount(numbers.minor(200, 2_000)),
        (false, _) => reward(numbers),
    }
}

fn benefit(shop: Shop, numbers: &mut Numbers) -> Benefit {
    match numbers.below(100) {
        0..=24 => Benefit::Products { rows: rows(shop, numbers), reward: Some(reward(numbers)) },
        25..=39 => Benefit::Off { reward: reward(numbers), per: Per::Line },
        40..=44 => Benefit::Off { reward: Reward::Amount(numbers.minor(5, 60)), per: Per::Unit },
        45..=49 => Benefit::FixedPrice { price: numbers.minor(50, 1_500) },
        50..=61 => buy_get(shop, numbers),
        62..=66 => Benefit::PriceFor { quantity: numbers.between(2, 3), price: numbers.minor(200, 3_000) },
        67..=70 => bundle(shop, numbers),
        71..=73 => Benefit::Gift { of: target(shop, numbers), quantity: 1 },
        74..=76 => Benefit::Points { percent: Percent::HUNDRED },
        77..=82 => tiers(shop, numbers),
        _ => Benefit::Off { reward: basket_reward(shop, numbers), per: Per::Document },
    }
}

fn rows(shop: Shop, numbers: &mut Numbers) -> Vec<ProductRow> {
    let count = numbers.between(1, 3);
    let row = |numbers: &mut Numbers| ProductRow {
        product: ProductId::new(id(product(shop, numbers))),
        least: numbers.chance(20).then_some(2),
        most: None,
        reward: numbers.chance(30).then(|| reward(numbers)),
    };
    (0..count).map(|_| row(numbers)).collect()
}

fn buy_get(shop: Shop, numbers: &mut Numbers) -> Benefit {
    Benefit::BuyGet {
        buy: numbers.between(1, 3),
        get: 1,
        percent: if numbers.chance(50) { Percent::HUNDRED } else { numbers.percent(20, 60) },
        among: None,
        of: numbers.chance(30).then(|| target(shop, numbers)),
        choice: if numbers.chance(50) { Choice::Cheapest } else { Choice::CheapestOfGroup },
    }
}

fn bundle(shop: Shop, numbers: &mut Numbers) -> Benefit {
    let part = |numbers: &mut Numbers| BundlePart { of: target(shop, numbers), quantity: 1 };
    let price = if numbers.chance(50) {
        BundlePrice::Fixed(numbers.minor(300, 3_000))
    } else {
        BundlePrice::Off(reward(numbers))
    };
    Benefit::Bundle { parts: vec![part(numbers), part(numbers)], price }
}

fn tiers(shop: Shop, numbers: &mut Numbers) -> Benefit {
    let by = if numbers.chance(50) { TierBy::Quantity } else { TierBy::Value };
    let from = |numbers: &mut Numbers, step: u32| match by {
        TierBy::Quantity => i64::from(step * numbers.between(2, 5)),
        TierBy::Value => i64::from(step * numbers.between(1_000, 8_000)),
    };
    let steps = [1, 2].map(|step| Tier { from: from(numbers, step), reward: basket_reward(shop, numbers) });
    Benefit::Tiers { by, steps: steps.into() }
}
