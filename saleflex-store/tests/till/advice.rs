//! What customers are advised to add, and that it saves what was said.

use saleflex_core::{
    campaign::{Benefit, BundlePart, BundlePrice, Campaign, Exclusivity, Per, Reward, Selector, Target},
    catalog::{
        Brand, CatalogChange, Department, DepartmentNo, PriceList, PriceRule, Product, ProductDetails, Unit,
    },
    checkout::{Advice, Advised},
    document::{AddLine, Command},
    ids::{BrandId, ProductId},
    money::Money,
    quantity::{Percent, Quantity, UnitPrice},
};
use uuid::Uuid;

use crate::support::{
    promoted::{promoted, share},
    shop::{ADMIN, Shop, cash, goods, minor, morning, product, sell, sell_some, setup},
};

const CAKES: DepartmentNo = DepartmentNo(2);
const BAKERY: BrandId = BrandId::new(Uuid::from_u128(0xB0));

fn cake(number: u128, code: &str, price: &str) -> Product {
    let id = ProductId::new(Uuid::from_u128(number));
    Product { department: CAKES, ..goods(id, code, price) }
}

/// The small shop with cakes: two of a maker, and one of nobody's that is the cheapest.
fn bakery(campaigns: Vec<Campaign>, cakes: Vec<Product>) -> Shop {
    let mut setup = setup();
    let reference = &mut setup.catalog.reference;
    reference.departments.push(Department {
        no: CAKES,
        name: "Cakes".to_owned(),
        main: None,
        taxes: vec![1],
        max_price: None,
    });
    reference.brands.push(Brand { id: BAKERY, name: "Old Bakery".to_owned(), manufacturer: None });
    let made = cakes.iter().filter(|cake| cake.code != "CRUMB");
    let of_maker = made.map(|cake| ProductDetails { brand: Some(BAKERY), ..ProductDetails::none(cake.id) });
    setup.catalog.details = of_maker.collect();
    setup.catalog.products.extend(cakes);
    setup.campaigns = campaigns;
    Shop::with(setup)
}

fn cakes() -> Vec<Product> {
    vec![cake(501, "TORTE", "9.99"), cake(502, "BUN", "1.25"), cake(503, "CRUMB", "0.80")]
}

/// A tenth off D with one of what a selector means.
fn with_d(number: u128, of: Target) -> Campaign {
    let mut campaign = share(number, "COFFEE&CAKE", "1", Per::Document);
    let d = Target::of(vec![Selector::Product(product("D"))]);
    let parts = vec![BundlePart { of: d, quantity: 1 }, BundlePart { of, quantity: 1 }];
    let tenth = Reward::Percent(Percent::parse("10").unwrap());
    campaign.benefit = Benefit::Bundle { parts, price: BundlePrice::Off(tenth) };
    campaign
}

fn advised(shop: &mut Shop) -> Vec<Advice> {
    shop.till.explain().unwrap().unwrap().advice
}

fn change(shop: &mut Shop, product: Product) {
    let change = CatalogChange { products: vec![product], ..CatalogChange::default() };
    shop.till.change_catalog(change).unwrap();
}

fn discount(shop: &Shop) -> Money {
    shop.till.draft().unwrap().totals.discount
}

/// Adds what is advised, and answers what that saved.
fn carry_out(shop: &mut Shop, advice: &Advice) -> Money {
    let Advised::Goods { item, beside, .. } = &advice.of else { panic!("{advice:?}") };
    let before = discount(shop);
    shop.execute(sell_some(&item.code, &advice.quantity.to_string()));
    if let Some((other, units)) = beside {
        shop.execute(sell_some(&other.code, &units.to_string()));
    }
    discount(shop) - before
}

#[test]
fn goods_that_campaigns_name_are_advised_and_bring_exactly_what_was_said() {
    let of = |code| Target::of(vec![Selector::Product(product(code))]);
    let mut gift = share(1, "GIFT", "1", Per::Document);
    gift.benefit = Benefit::Gift { of: of("A"), quantity: 1 };
    gift.target.exclude = vec![Selector::Product(product("A"))];
    gift.limits.least_purchase = Some(minor(10_000));
    let mut bundle = share(2, "SET", "1", Per::Document);
    let parts = vec![BundlePart { of: of("D"), quantity: 1 }, BundlePart { of: of("A"), quantity: 2 }];
    bundle.benefit = Benefit::Bundle { parts, price: BundlePrice::Off(Reward::Amount(minor(300))) };
    let open = || {
        let mut shop = promoted(vec![gift.clone(), bundle.clone()]);
        shop.execute(sell("D"));
        shop
    };
    let advice = advised(&mut open());
    let units: Vec<String> = advice.iter().map(|one| one.quantity.to_string()).collect();
    let savings: Vec<_> = advice.iter().map(|one| one.of.saving().unwrap().minor()).collect();
    assert_eq!((units, savings), (vec!["1".to_owned(), "2".to_owned()], vec![250, 550]));
    for one in advice {
        assert_eq!(Some(carry_out(&mut open(), &one)), one.of.saving());
    }
}

#[test]
fn what_the_same_goods_save_by_two_campaigns_is_told_once() {
    let of = |code| Target::of(vec![Selector::Product(product(code))]);
    let mut second = share(1, "SECOND", "1", Per::Document);
    second.target = of("A");
    second.benefit = Benefit::PriceFor { quantity: 2, price: minor(300) };
    second.lane.exclusivity = Exclusivity::Combinable;
    let mut step = share(2, "STEP", "10", Per::Document);
    step.limits.least_purchase = Some(minor(300));
    step.lane.exclusivity = Exclusivity::Combinable;
    let mut shop = promoted(vec![second, step]);
    shop.execute(sell("A"));
    let advice = advised(&mut shop);
    let [one] = &advice[..] else { panic!("{advice:?}") };
    assert_eq!(one.with.len(), 1, "{one:?}");
    assert_eq!(Some(carry_out(&mut shop, one)), one.of.saving());
}

#[test]
fn what_lacks_goods_of_two_kinds_is_advised_with_both() {
    let meal = |last: Target| {
        let mut meal = with_d(1, Target::of(vec![Selector::Product(product("A"))]));
        let Benefit::Bundle { parts, .. } = &mut meal.benefit else { panic!("a bundle") };
        parts.push(BundlePart { of: last, quantity: 1 });
        meal
    };
    let mut shop = bakery(vec![meal(Target::of(vec![Selector::Brand(BAKERY)]))], cakes());
    shop.execute(sell("D"));
    let advice = advised(&mut shop);
    let [Advice { of: Advised::Goods { item, beside: Some((other, 1)), saving, .. }, quantity, .. }] =
        &advice[..]
    else {
        panic!("{advice:?}");
    };
    assert_eq!(*quantity, Quantity::ONE);
    let mut codes = [&*item.code, &*other.code];
    codes.sort_unstable();
    assert_eq!(codes, ["A", "BUN"]);
    assert_eq!(carry_out(&mut shop, &advice[0]), *saving);
}

#[test]
fn of_a_department_or_a_maker_the_cheapest_goods_that_fit_are_advised_with_what_they_save() {
    let by_department = Target::of(vec![Selector::Department(CAKES.into())]);
    let by_maker = Target::of(vec![Selector::Brand(BAKERY)]);
    let crumb = Selector::Product(ProductId::new(Uuid::from_u128(503)));
    let without = Target { exclude: vec![crumb], ..by_department.clone() };
    for (of, code, saving) in
        [(by_department, "CRUMB", 1_208), (by_maker, "BUN", 1_213), (without, "BUN", 1_213)]
    {
        let mut shop = bakery(vec![with_d(1, of)], cakes());
        shop.execute(sell("D"));
        let advice = advised(&mut shop);
        let Advised::Goods { item, .. } = &advice[0].of else { panic!("{advice:?}") };
        assert_eq!((advice.len(), &*item.code, advice[0].quantity), (1, code, Quantity::ONE));
        assert_eq!(advice[0].of.saving(), Some(minor(saving)));
        assert_eq!(carry_out(&mut shop, &advice[0]), minor(saving));
    }
}

#[test]
fn a_cheapest_that_gets_dearer_is_advised_at_its_price_and_one_that_is_gone_makes_room_for_the_next() {
    let mut shop = bakery(vec![with_d(1, Target::of(vec![Selector::Brand(BAKERY)]))], cakes());
    shop.log_in(ADMIN);
    shop.execute(sell("D"));
    assert_eq!(advised(&mut shop)[0].of.saving(), Some(minor(1_213)));
    let mut bun = cake(502, "BUN", "2.25");
    change(&mut shop, bun.clone());
    assert_eq!(advised(&mut shop)[0].of.saving(), Some(minor(1_223)));
    bun.is_active = false;
    change(&mut shop, bun);
    let advice = advised(&mut shop);
    assert_eq!(advice[0].of.saving(), Some(minor(1_300)), "the next of them");
    assert_eq!(carry_out(&mut shop, &advice[0]), minor(1_300));
}

#[test]
fn what_is_advised_costs_what_it_is_sold_at_on_the_business_day() {
    let mut shop = bakery(vec![with_d(1, Target::of(vec![Selector::Brand(BAKERY)]))], cakes());
    shop.log_in(ADMIN);
    let tomorrow = morning().date_naive().succ_opt().unwrap();
    let bun = ProductId::new(Uuid::from_u128(502));
    let dearer = PriceList {
        code: "NEW".into(),
        name: "New prices".into(),
        from: Some(tomorrow),
        prices: [(bun, UnitPrice::parse("2.25").unwrap())].into(),
        ..PriceList::default()
    };
    let lists = CatalogChange { price_lists: vec![dearer], ..CatalogChange::default() };
    shop.till.change_catalog(lists).unwrap();
    let clock = shop.clock.clone().day_starts_at(4);
    for (hour, saving) in [(1, 1_213), (4, 1_223)] {
        clock.set(tomorrow.and_hms_opt(hour, 0, 0).unwrap().and_utc());
        shop.execute(sell("D"));
        let advice = advised(&mut shop);
        assert_eq!(advice[0].of.saving(), Some(minor(saving)), "at {hour}");
        assert_eq!(carry_out(&mut shop, &advice[0]), minor(saving), "at {hour}");
        shop.execute(cash());
    }
}

#[test]
fn a_kind_of_goods_without_a_known_price_is_advised_without_a_figure() {
    let open = Product { price_rule: PriceRule::Open, ..cake(504, "SLICE", "0") };
    let kind = Selector::Department(CAKES.into());
    let mut shop = bakery(vec![with_d(1, Target::of(vec![kind.clone()]))], vec![open]);
    shop.execute(sell("D"));
    let advice = advised(&mut shop);
    assert_eq!(advice.len(), 1);
    assert_eq!((&advice[0].of, advice[0].quantity), (&Advised::Kind(kind), Quantity::ONE));
    let price = Some(UnitPrice::parse("3.00").unwrap());
    shop.execute(Command::AddLine(AddLine { price, ..AddLine::code("SLICE") }));
    assert_eq!(discount(&shop), minor(1_230));
    assert!(advised(&mut shop).is_empty(), "nothing more is to be had");
}

/// A shop of the small one's goods and apples at 2.99 a kilogram, with a share off from a purchase on.
fn grocer(least: i64, give: Benefit) -> Shop {
    let mut setup = setup();
    setup.catalog.reference.units.push(Unit { code: "KG".to_owned(), decimals: 3, measure: None });
    let id = ProductId::new(Uuid::from_u128(601));
    setup.catalog.products.push(Product { unit: "KG".to_owned(), ..goods(id, "APPLES", "2.99") });
    let mut campaign = share(1, "FROM", "10", Per::Document);
    campaign.benefit = give;
    campaign.limits.least_purchase = Some(minor(least));
    setup.campaigns = vec![campaign];
    Shop::with(setup)
}

fn tenth_off() -> Benefit {
    Benefit::Off { reward: Reward::Percent(Percent::parse("10").unwrap()), per: Per::Document }
}

#[test]
fn more_than_a_few_pieces_are_advised_to_fill_up_a_purchase_and_one_less_brings_nothing() {
    let open = || {
        let mut shop = grocer(5_000, tenth_off());
        shop.execute(sell("A"));
        shop
    };
    let advice = advised(&mut open());
    assert_eq!((advice.len(), advice[0].quantity), (1, Quantity::parse("19").unwrap()));
    assert_eq!(Some(carry_out(&mut open(), &advice[0])), advice[0].of.saving());
    let mut short = open();
    short.execute(sell_some("A", "18"));
    assert_eq!(discount(&short), Money::ZERO);
}

#[test]
fn of_weighed_goods_the_least_weight_is_advised_and_a_gram_less_brings_nothing() {
    let open = || {
        let mut shop = grocer(1_000, tenth_off());
        shop.execute(sell_some("APPLES", "1.5"));
        shop
    };
    let advice = advised(&mut open());
    // 1.5 kg are 4.49, and 1.842 kg are 5.51; a gram less is 5.50.
    assert_eq!((advice.len(), advice[0].quantity), (1, Quantity::parse("1.842").unwrap()));
    assert_eq!(advice[0].of.saving(), Some(minor(100)));
    assert_eq!(carry_out(&mut open(), &advice[0]), minor(100));
    let mut short = open();
    short.execute(sell_some("APPLES", "1.841"));
    assert_eq!(discount(&short), Money::ZERO);
}

#[test]
fn more_points_are_advised_to_a_customer_who_is_on_the_sale_and_to_nobody_else() {
    let double = Benefit::Points { percent: Percent::parse("200").unwrap() };
    let mut shop = grocer(1_000, double);
    shop.execute(sell_some("A", "2"));
    assert_eq!(advised(&mut shop), []);
    let customer = shop.till.find_customers("", 1).unwrap()[0].id;
    shop.till.assign_customer(Some(customer)).unwrap();
    let advice = advised(&mut shop);
    let [Advice { of: Advised::Goods { item, saving: Money::ZERO, earns: Some(earns), .. }, quantity, .. }] =
        &advice[..]
    else {
        panic!("{advice:?}");
    };
    assert_eq!((&*item.code, quantity.to_string().as_str()), ("A", "2"));
    assert_eq!(*earns, (Percent::parse("200").unwrap(), minor(1_000)));
}
