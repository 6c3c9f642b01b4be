use super::*;

fn buy_get(buy: u32, get: u32) -> Benefit {
    Benefit::BuyGet { buy, get, percent: percent("100"), among: None, of: None, choice: Choice::Cheapest }
}

fn fine_line(no: u32, total: &str) -> CartLine {
    let currency = crate::money::Currency::of(crate::money::CurrencyCode::parse("GBP").unwrap());
    CartLine { total: FineMoney::parse(total, &currency).unwrap(), ..line(no, 1, "1", 0) }
}

#[test]
fn an_amount_is_rounded_once_half_up() {
    for (total_minor, rate, expected) in [(1005, "10", 101), (1004, "10", 100), (50, "5", 3), (49, "1", 0)] {
        let cart = cart(vec![line(1, 1, "1", total_minor)]);
        assert_eq!(total(vec![campaign(1, "A", off(rate))], &cart), expected, "{rate} % of {total_minor}");
    }
}

#[test]
fn a_rate_above_the_whole_is_the_whole_d3() {
    let cart = cart(vec![line(1, 1, "1", 10_000)]);
    assert_eq!(total(vec![campaign(1, "A", off("150"))], &cart), 10_000);
}

#[test]
fn rounding_up_never_passes_the_base_d4() {
    let cart = cart(vec![fine_line(1, "10.005")]);
    assert_eq!(total(vec![campaign(1, "A", off("100"))], &cart), 1000);
    let fixed = Benefit::Off { reward: Reward::Amount(minor(9999)), per: Per::Document };
    assert_eq!(total(vec![campaign(1, "A", fixed)], &cart), 1000);
}

#[test]
fn unit_prices_are_exact_fractions_so_that_ties_round_up_d5() {
    for (quantity, total_minor, buy, get, expected) in [
        ("6", 65, 1, 1, 33),
        ("3", 1000, 2, 1, 333),
        ("6", 1000, 1, 1, 500),
        ("8", 8000, 2, 1, 2000),
        ("2.5", 2500, 1, 1, 1000),
    ] {
        let cart = cart(vec![line(1, 1, quantity, total_minor)]);
        assert_eq!(total(vec![campaign(1, "A", buy_get(buy, get))], &cart), expected, "{quantity}");
    }
}

#[test]
fn fractions_of_many_denominators_add_up_exactly() {
    // Prime quantities whose thirds, sevenths and so on make exactly one half of a minor unit together.
    let mut sum = units::ExactSum::default();
    for (units, net, quantity) in [(1, 1_0000, 3_0000), (1, 1_0000, 6_0000)] {
        sum.add(&units::UnitLine { slot: 0, units, net, quantity }, units, units::WHOLE);
    }
    assert_eq!(sum.floor(), 5000);
    let primes = [9973, 9967, 9949, 9941, 9931, 9929, 9923, 9907, 9901, 9887];
    let mut sum = units::ExactSum::default();
    for prime in primes {
        // One part of each, and then the rest of each: whole units together.
        for units in [1, prime - 1] {
            let line = units::UnitLine { slot: 0, units, net: 1, quantity: prime * 10_000 };
            sum.add(&line, units, units::WHOLE * 10_000);
        }
    }
    assert_eq!(sum.floor(), 10_000 * 10);
}

#[test]
fn the_cheapest_of_the_whole_pool_are_free_a5_and_of_each_group_on_request() {
    let lines = vec![line(1, 1, "2", 4000), line(2, 2, "1", 500), line(3, 3, "3", 900)];
    assert_eq!(total(vec![campaign(1, "A", buy_get(2, 1))], &cart(lines.clone())), 600);
    let grouped = Benefit::BuyGet {
        buy: 2,
        get: 1,
        percent: percent("100"),
        among: None,
        of: None,
        choice: Choice::CheapestOfGroup,
    };
    // Groups from the dearest: 20 20 5, 3 3 3.
    assert_eq!(total(vec![campaign(1, "A", grouped)], &cart(lines)), 500 + 300);
}

#[test]
fn a_ceiling_cuts_a_share_and_not_a_fixed_amount_a4_and_the_documents_ceiling_cuts_both() {
    let cart = cart(vec![line(1, 1, "1", 10_000)]);
    let fixed = Benefit::Off { reward: Reward::Amount(minor(2000)), per: Per::Document };
    let capped = |benefit| {
        let mut one = campaign(1, "A", benefit);
        one.limits.per_proposal = Some(minor(500));
        one
    };
    assert_eq!(total(vec![capped(off("20"))], &cart), 500);
    assert_eq!(total(vec![capped(fixed.clone())], &cart), 2000);
    let mut both = campaign(1, "A", fixed);
    both.limits.per_document = Some(minor(500));
    assert_eq!(total(vec![both], &cart), 500);
}

#[test]
fn the_quantity_range_gates_the_line_a6_and_a_fixed_reward_is_the_lines_a7() {
    let row = ProductRow {
        product: product(1),
        least: Some(2),
        most: Some(3),
        reward: Some(Reward::Amount(minor(100))),
    };
    let rows = campaign(1, "A", Benefit::Products { rows: vec![row], reward: None });
    let of = |lines| amounts(vec![rows.clone()], &cart(lines));
    assert_eq!(of(vec![line(1, 1, "3", 900)]), [("A".into(), Some(1), 100)]);
    assert_eq!(of(vec![line(1, 1, "4", 1200)]), []);
    assert_eq!(of(vec![line(1, 1, "1", 300), line(2, 1, "1", 300)]), []);
    assert_eq!(of(vec![line(1, 1, "2", 60)]), [("A".into(), Some(1), 60)]);
}

#[test]
fn purchase_bounds_hold_for_products_too_d8() {
    let row = ProductRow { product: product(1), least: None, most: None, reward: None };
    let reward = Some(Reward::Percent(percent("10")));
    let mut one = campaign(1, "A", Benefit::Products { rows: vec![row], reward });
    one.limits.least_purchase = Some(minor(5000));
    assert_eq!(total(vec![one.clone()], &cart(vec![line(1, 1, "1", 4999)])), 0);
    assert_eq!(total(vec![one], &cart(vec![line(1, 1, "1", 4999), line(2, 2, "1", 1)])), 500);
}

#[test]
fn what_is_brought_back_lowers_the_base_for_bounds_and_not_for_rewards_d12() {
    let mut back = line(2, 2, "1", 0);
    back.total = minor(-4000).into();
    let lines = vec![line(1, 1, "1", 10_000), back];
    let mut bound = campaign(1, "A", off("10"));
    bound.limits.least_purchase = Some(minor(6001));
    assert_eq!(total(vec![bound.clone()], &cart(lines.clone())), 0);
    bound.limits.least_purchase = Some(minor(6000));
    assert_eq!(total(vec![bound], &cart(lines)), 1000);
}

#[test]
fn an_amount_has_the_minor_digits_of_its_currency_d13() {
    // 10 % of 105 yen, which have no minor units, is 11 yen.
    assert_eq!(total(vec![campaign(1, "A", off("10"))], &cart(vec![line(1, 1, "1", 105)])), 11);
}

#[test]
fn excluded_items_are_left_alone_d21_and_departments_without_product_count_d22() {
    let mut excluded = line(1, 1, "1", 6000);
    excluded.item = Arc::new(CartItem { is_excluded: true, ..CartItem::default() });
    let mut department = line(2, 2, "1", 4000);
    department.item = Arc::new(CartItem::default());
    assert_eq!(total(vec![campaign(1, "A", off("10"))], &cart(vec![excluded, department])), 400);
}

#[test]
fn any_earning_tender_earns_the_whole_a8_and_a_least_share_is_an_option() {
    let mut by_card = campaign(1, "A", off("10"));
    let kind = TenderMethod::Kind(crate::tender::TenderKind::CreditCard);
    let of = TenderTarget { include: vec![kind], exclude: vec![] };
    by_card.tender = Some(TenderTerms { of, least_share: percent("0") });
    let mut cart = cart(vec![line(1, 1, "1", 10_000)]);
    assert_eq!(total(vec![by_card.clone()], &cart), 0);
    cart.tenders = vec![CartTender { no: crate::ids::TenderNo(2), method: kind, amount: minor(1) }];
    assert_eq!(total(vec![by_card.clone()], &cart), 1000);
    cart.tenders[0].amount = minor(-1);
    assert_eq!(total(vec![by_card.clone()], &cart), 1000, "without a share no amount counts");
    by_card.tender.as_mut().unwrap().least_share = percent("50");
    assert_eq!(total(vec![by_card.clone()], &cart), 0);
    cart.tenders[0].amount = minor(5000);
    assert_eq!(total(vec![by_card], &cart), 1000);
}

#[test]
fn bounds_of_the_purchase_are_asked_of_a_base_that_is_never_below_nothing() {
    let department = |number: u128| Selector::Department(DepartmentKey::new(Uuid::from_u128(number)));
    let in_department = |no, number: u128, total| {
        let department = Some(DepartmentKey::new(Uuid::from_u128(number)));
        let item = CartItem { product: Some(product(u128::from(no))), department, ..CartItem::default() };
        CartLine { item: Arc::new(item), ..line(no, 1, "1", total) }
    };
    let fifty = Benefit::Off { reward: Reward::Amount(minor(5_000)), per: Per::Document };
    let mut first = campaign(1, "A", fifty);
    first.lane.priority = 2;
    first.lane.exclusivity = Exclusivity::Combinable;
    first.target = Target::of(vec![department(1)]);
    let row = ProductRow { product: product(2), least: None, most: None, reward: None };
    let tenth = Some(Reward::Percent(percent("10")));
    let mut second = campaign(2, "B", Benefit::Products { rows: vec![row], reward: tenth });
    second.target = Target::of(vec![department(2)]);
    let cart = cart(vec![in_department(1, 1, 6_000), in_department(2, 2, 4_000)]);
    for (least, most, expected) in
        [(None, None, 400), (Some(0), None, 400), (Some(1), None, 0), (None, Some(0), 400)]
    {
        second.limits.least_purchase = least.map(minor);
        second.limits.most_purchase = most.map(minor);
        let given = total(vec![first.clone(), second.clone()], &cart);
        assert_eq!(given, 5_000 + expected, "{least:?} {most:?}");
    }
}

/// What gives all of a line, whatever it costs, by each way that can.
fn all_of_it() -> Vec<Benefit> {
    let off = |reward, per| Benefit::Off { reward, per };
    let whole = Reward::Percent(Percent::HUNDRED);
    let step = Tier { from: Money::MAX.minor(), reward: whole };
    vec![
        off(whole, Per::Document),
        off(whole, Per::Line),
        off(Reward::Amount(Money::MAX), Per::Document),
        off(Reward::Amount(Money::MAX), Per::Unit),
        Benefit::FixedPrice { price: Money::ZERO },
        Benefit::PriceFor { quantity: 1, price: Money::ZERO },
        Benefit::Tiers { by: TierBy::Value, steps: vec![step] },
        Benefit::Gift { of: Target::all(), quantity: u32::MAX },
    ]
}

#[test]
fn amounts_at_the_bounds_are_priced_and_a_cart_beyond_them_is_refused_and_stays_as_it_was() {
    let most = Money::MAX.minor();
    for benefit in all_of_it() {
        let mut one = campaign(1, "A", benefit);
        one.limits.least_purchase = Some(Money::MAX);
        one.limits.most_purchase = Some(Money::MAX);
        one.limits.per_line = Some(Money::MAX);
        one.limits.per_document = Some(Money::MAX);
        let set = CampaignSet::compile(vec![one]).unwrap();
        let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "9999999", most)])).unwrap();
        for more in [1, -1] {
            assert_eq!(evaluator.evaluate().total(), Money::MAX, "{:?}", set.campaigns()[0].benefit);
            let shares: Vec<_> = evaluator.allocate().into_iter().flat_map(|one| one.shares).collect();
            assert_eq!(shares, [(LineNo(1), Money::MAX)]);
            assert_eq!(evaluator.put_line(&line(2, 2, "1", more)), Err(CartError::TooLarge));
        }
        // Room for it is made by less of the other.
        evaluator.put_line(&line(1, 1, "9999999", most - 1)).unwrap();
        evaluator.put_line(&line(2, 2, "1", 1)).unwrap();
        assert_eq!(evaluator.evaluate().total(), Money::MAX);
    }
}

#[test]
fn a_cart_of_more_lines_than_a_document_may_have_is_refused_and_stays_as_it_was() {
    let set = CampaignSet::compile(vec![campaign(1, "A", off("10"))]).unwrap();
    let mut evaluator = Evaluator::new(&set, cart(vec![]).context);
    let one = line(1, 1, "1", 100);
    let numbered = |no: usize| CartLine { no: LineNo(u32::try_from(no).unwrap()), ..one.clone() };
    for no in 1..=MOST_LINES {
        evaluator.put_line(&numbered(no)).unwrap();
    }
    let refused = CartError::TooManyLines { most: MOST_LINES };
    assert_eq!(evaluator.put_line(&numbered(MOST_LINES + 1)), Err(refused));
    evaluator.put_line(&numbered(MOST_LINES)).unwrap();
    assert_eq!(evaluator.evaluate().total(), minor(1_000_000));
    assert!(evaluator.remove_line(LineNo(7)));
    evaluator.put_line(&numbered(MOST_LINES + 1)).unwrap();
    assert_eq!(evaluator.put_line(&numbered(7)), Err(refused));
    assert_eq!(evaluator.evaluate().total(), minor(1_000_000));
}
