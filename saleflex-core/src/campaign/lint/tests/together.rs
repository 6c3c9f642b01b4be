//! Prices below cost of what is priced or given together, and whole prices off products.

use super::*;

/// Of what is sold for 5.00 and cost 4.00.
pub(super) fn seeded_together() -> Vec<Seeded> {
    fn goes_for(fault: &Fault, price: i64) -> bool {
        *fault == Fault::BelowCost { item: "8690001".to_string(), price: minor(price), cost: minor(400) }
    }
    let one = || Target::of(vec![Selector::Product(product(1))]);
    let set = |price| {
        let part = |quantity| BundlePart { of: one(), quantity };
        gives(Benefit::Bundle { parts: vec![part(1), part(2)], price })
    };
    let got = |buy, rate: &str| Benefit::BuyGet {
        buy,
        get: 1,
        percent: percent(rate),
        among: None,
        of: Some(one()),
        choice: Choice::Cheapest,
    };
    let product_off = |amount| {
        let row = ProductRow {
            product: product(1),
            least: None,
            most: None,
            reward: Some(Reward::Amount(minor(amount))),
        };
        gives(Benefit::Products { rows: vec![row], reward: None })
    };
    vec![
        ("a set for less than its parts cost", set(BundlePrice::Fixed(minor(900))), |fault| {
            goes_for(fault, 300)
        }),
        ("an amount off a set below cost", set(BundlePrice::Off(Reward::Amount(minor(600)))), |fault| {
            goes_for(fault, 300)
        }),
        (
            "a gift that the purchase does not earn",
            {
                let mut gift = gives(Benefit::Gift { of: one(), quantity: 1 });
                gift[0].limits.least_purchase = Some(minor(1_900));
                gift
            },
            |fault| goes_for(fault, 0),
        ),
        ("free with two that do not earn its cost", gives(got(2, "100")), |fault| goes_for(fault, 0)),
        ("the whole price of a product off", product_off(500), |fault| *fault == Fault::FreeGoods),
    ]
}

#[test]
fn what_is_priced_or_given_together_is_no_doubt_where_it_earns_its_cost() {
    let one = || Target::of(vec![Selector::Product(product(1))]);
    let part = |quantity| BundlePart { of: one(), quantity };
    let set = |price| lint_all(gives(Benefit::Bundle { parts: vec![part(1), part(2)], price }), &[]);
    assert_eq!(set(BundlePrice::Fixed(minor(1_200))), [], "three for what they cost");
    assert!(matches!(set(BundlePrice::Fixed(minor(1_199)))[..], [Fault::BelowCost { .. }]));
    let gift = |least| {
        let mut gift = gives(Benefit::Gift { of: one(), quantity: 1 });
        gift[0].limits.least_purchase = Some(minor(least));
        lint_all(gift, &[])
    };
    assert_eq!(gift(2_000), [], "a fifth of the purchase is earned");
    assert!(matches!(gift(1_999)[..], [Fault::BelowCost { .. }]));
    let got = |buy| {
        let (percent, choice) = (percent("100"), Choice::Cheapest);
        lint_all(gives(Benefit::BuyGet { buy, get: 1, percent, among: None, of: Some(one()), choice }), &[])
    };
    assert_eq!(got(4), [], "four of them earn the fifth");
    assert!(matches!(got(3)[..], [Fault::BelowCost { .. }]));
    let mut floor =
        gives(Benefit::Bundle { parts: vec![part(1), part(2)], price: BundlePrice::Fixed(minor(900)) });
    floor[0].limits.cost_floor = true;
    assert_eq!(lint_all(floor, &[]), []);
}
