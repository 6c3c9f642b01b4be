use super::*;

/// What a benefit gives by itself, in the plain pass and as the best choice.
fn gives(benefit: Benefit, lines: Vec<CartLine>) -> i64 {
    let (alone, cart) = (vec![campaign(1, "A", benefit)], cart(lines));
    let set = CampaignSet::compile(alone.clone()).unwrap();
    let best = Evaluator::of(&set, &cart).unwrap().best_for_customer(DEFAULT_EFFORT);
    let plain = total(alone, &cart);
    assert_eq!((best.proof, best.evaluation.total().minor()), (Proof::Optimal, plain));
    plain
}

fn of_product(number: u128) -> Target {
    Target::of(vec![Selector::Product(product(number))])
}

#[test]
fn an_amount_per_unit_counts_whole_units_and_stops_at_the_line() {
    let each = |minor_units| Benefit::Off { reward: Reward::Amount(minor(minor_units)), per: Per::Unit };
    assert_eq!(gives(each(50), vec![line(1, 1, "3", 900)]), 150);
    assert_eq!(gives(each(500), vec![line(1, 1, "3", 900)]), 900);
    assert_eq!(gives(each(50), vec![line(1, 1, "0.9", 900)]), 0);
    let mut twice = campaign(1, "A", each(50));
    twice.limits.times_per_document = Some(2);
    assert_eq!(total(vec![twice], &cart(vec![line(1, 1, "1", 300), line(2, 1, "4", 1200)])), 100);
}

#[test]
fn a_fixed_price_lowers_what_is_dearer_and_never_raises() {
    let price = Benefit::FixedPrice { price: minor(199) };
    assert_eq!(gives(price.clone(), vec![line(1, 1, "2", 600)]), 600 - 398);
    assert_eq!(gives(price, vec![line(1, 1, "2", 300)]), 0);
}

#[test]
fn price_for_n_takes_the_dearest_units_as_often_as_it_saves() {
    let three = Benefit::PriceFor { quantity: 3, price: minor(1000) };
    // 5.00 5.00 4.00 | 4.00 4.00 3.00: two sets of 14.00 and 11.00.
    let lines = vec![line(1, 1, "2", 1000), line(2, 2, "3", 1200), line(3, 3, "1", 300)];
    assert_eq!(gives(three.clone(), lines), 400 + 100);
    assert_eq!(gives(three.clone(), vec![line(1, 1, "2", 1000)]), 0);
    assert_eq!(gives(three, vec![line(1, 1, "7000000", 700_000_000)]), 0);
    let cheap = Benefit::PriceFor { quantity: 2, price: minor(100) };
    assert_eq!(gives(cheap, vec![line(1, 1, "7000000", 700_000_000)]), 350_000_000);
}

#[test]
fn a_bundle_needs_all_its_parts() {
    let parts =
        vec![BundlePart { of: of_product(1), quantity: 1 }, BundlePart { of: of_product(2), quantity: 2 }];
    let fixed = Benefit::Bundle { parts: parts.clone(), price: BundlePrice::Fixed(minor(900)) };
    let lines = vec![line(1, 1, "2", 1000), line(2, 2, "3", 900)];
    assert_eq!(gives(fixed.clone(), lines.clone()), 500 + 600 - 900);
    assert_eq!(gives(fixed, vec![line(1, 1, "2", 1000), line(2, 2, "1", 300)]), 0);
    let half = BundlePrice::Off(Reward::Percent(percent("50")));
    assert_eq!(gives(Benefit::Bundle { parts: parts.clone(), price: half }, lines.clone()), 550);
    let less = BundlePrice::Off(Reward::Amount(minor(250)));
    assert_eq!(gives(Benefit::Bundle { parts, price: less }, lines), 250);
}

#[test]
fn a_bundle_whose_parts_take_the_same_goods_finds_the_set_there_is() {
    let any = BundlePart { of: Target::all(), quantity: 1 };
    let cola = BundlePart { of: of_product(1), quantity: 1 };
    let price = BundlePrice::Fixed(minor(250));
    let drinks = vec![line(1, 1, "1", 200), line(2, 2, "1", 100)];
    for parts in [vec![any.clone(), cola.clone()], vec![cola.clone(), any.clone()]] {
        assert_eq!(gives(Benefit::Bundle { parts, price }, drinks.clone()), 50);
    }
    // A second set is made of what is left, and many alike at once.
    let many = vec![line(1, 1, "3000000", 600_000_000), line(2, 2, "3000000", 300_000_000)];
    let parts = vec![any.clone(), cola.clone()];
    assert_eq!(gives(Benefit::Bundle { parts, price }, many), 225_000_000);
    // Along a chain of parts: each is full with what the next one needs.
    let either = |one, other| BundlePart {
        of: Target::of(vec![Selector::Product(product(one)), Selector::Product(product(other))]),
        quantity: 1,
    };
    let parts = vec![either(2, 3), either(1, 2), cola];
    let lines = vec![line(1, 1, "1", 500), line(2, 2, "1", 600), line(3, 3, "1", 100)];
    assert_eq!(gives(Benefit::Bundle { parts, price }, lines), 1_200 - 250);
}

/// What each line bears of a campaign.
fn borne(benefit: Benefit, lines: Vec<CartLine>) -> Vec<(u32, i64)> {
    let set = CampaignSet::compile(vec![campaign(1, "A", benefit)]).unwrap();
    let mut evaluator = Evaluator::of(&set, &cart(lines)).unwrap();
    evaluator.evaluate();
    let shares = evaluator.allocate().remove(0).shares;
    shares.into_iter().map(|(line, share)| (line.0, share.minor())).collect()
}

#[test]
fn what_a_set_takes_off_is_borne_by_its_own_units_and_by_no_others() {
    let drink = BundlePart { of: of_product(1), quantity: 1 };
    let pastry = BundlePart {
        of: Target::of(vec![Selector::Product(product(2)), Selector::Product(product(3))]),
        quantity: 1,
    };
    let deal = Benefit::Bundle { parts: vec![drink, pastry], price: BundlePrice::Fixed(minor(500)) };
    // 4.00 and 3.00 for 5.00; the other pastry is no part of a set.
    let lines = vec![line(1, 1, "1", 400), line(2, 2, "1", 300), line(3, 3, "1", 250)];
    assert_eq!(borne(deal.clone(), lines), [(1, 114), (2, 86)]);
    // Of three at 3.00 one is in the set.
    let lines = vec![line(1, 1, "1", 400), line(2, 2, "3", 900)];
    assert_eq!(borne(deal.clone(), lines), [(1, 114), (2, 86)]);
    // Two sets, of which the second is made of the other pastry.
    let lines = vec![line(1, 1, "2", 800), line(2, 2, "1", 300), line(3, 3, "1", 250)];
    assert_eq!(borne(deal, lines), [(1, 207), (2, 78), (3, 65)]);
    // A price for several is for the dearest, and the cheapest stays as it is.
    let two = Benefit::PriceFor { quantity: 2, price: minor(800) };
    let lines = vec![line(1, 1, "2", 1_200), line(2, 2, "1", 400)];
    assert_eq!(borne(two, lines), [(1, 400)]);
    // What is lacking for a second set is no part of the first.
    let three = BundlePart { of: of_product(1), quantity: 3 };
    let half = BundlePrice::Off(Reward::Percent(percent("50")));
    let deal = Benefit::Bundle { parts: vec![three], price: half };
    let lines = vec![line(1, 1, "2", 200), line(2, 1, "2", 180), line(3, 1, "1", 10)];
    assert_eq!(borne(deal, lines), [(1, 100), (2, 45)]);
}

#[test]
fn the_highest_step_reached_counts() {
    let step = |from, rate| Tier { from, reward: Reward::Percent(percent(rate)) };
    let by_value = Benefit::Tiers { by: TierBy::Value, steps: vec![step(10_000, "10"), step(5_000, "5")] };
    assert_eq!(gives(by_value.clone(), vec![line(1, 1, "1", 4_999)]), 0);
    assert_eq!(gives(by_value.clone(), vec![line(1, 1, "1", 5_000)]), 250);
    assert_eq!(gives(by_value, vec![line(1, 1, "1", 10_000)]), 1_000);
    let by_count = Benefit::Tiers { by: TierBy::Quantity, steps: vec![step(3, "10")] };
    assert_eq!(gives(by_count.clone(), vec![line(1, 1, "2.9", 1_000)]), 0);
    assert_eq!(gives(by_count, vec![line(1, 1, "3", 1_000)]), 100);
}

#[test]
fn a_step_that_is_just_reached_is_weighed_for_the_best_choice() {
    let reward = Reward::Percent(percent("50"));
    let tiers = Benefit::Tiers { by: TierBy::Value, steps: vec![Tier { from: 10_000, reward }] };
    let of = |of, priority, benefit, exclusivity| {
        let mut one = campaign(priority, &format!("C{priority}"), benefit);
        one.target = of_product(of);
        one.lane.priority = i32::try_from(priority).unwrap();
        one.lane.exclusivity = exclusivity;
        one
    };
    // What the first takes brings the goods of the last below its step; the second is about others.
    let of_line = Benefit::Off { reward: Reward::Percent(percent("30")), per: Per::Line };
    let definitions = vec![
        of(1, 9, off("10"), Exclusivity::Combinable),
        of(2, 5, of_line, Exclusivity::Combinable),
        of(1, 1, tiers, Exclusivity::Last),
    ];
    let set = CampaignSet::compile(definitions).unwrap();
    let totals = |total| {
        let cart = cart(vec![line(1, 1, "1", total), line(2, 2, "1", 1_000)]);
        let mut evaluator = Evaluator::of(&set, &cart).unwrap();
        let plain = evaluator.evaluate().total().minor();
        (plain, evaluator.best_for_customer(DEFAULT_EFFORT).evaluation.total().minor())
    };
    assert_eq!(totals(9_999), (1_300, 1_300));
    assert_eq!(totals(10_000), (1_300, 5_300));
}

#[test]
fn what_is_bought_here_makes_units_there_cheaper() {
    let terms = |buy, get, rate| Benefit::BuyGet {
        buy,
        get,
        percent: percent(rate),
        among: None,
        of: Some(of_product(2)),
        choice: Choice::Cheapest,
    };
    let mut shampoo = campaign(1, "A", terms(2, 1, "50"));
    shampoo.target = of_product(1);
    let lines = vec![line(1, 1, "5", 2500), line(2, 2, "3", 900)];
    assert_eq!(total(vec![shampoo], &cart(lines)), 300);
    // Where both sides are the same lines, a unit counts once: of six, two pairs of two and one.
    let mut both = campaign(1, "A", terms(2, 1, "100"));
    both.target = of_product(2);
    assert_eq!(total(vec![both], &cart(vec![line(2, 2, "6", 600)])), 200);
}

#[test]
fn the_second_at_half_price() {
    let second = Benefit::BuyGet {
        buy: 1,
        get: 1,
        percent: percent("50"),
        among: None,
        of: None,
        choice: Choice::Cheapest,
    };
    assert_eq!(gives(second, vec![line(1, 1, "1", 300), line(2, 2, "1", 500)]), 150);
}

#[test]
fn a_gift_is_free_from_its_threshold_on() {
    let mut gift = campaign(1, "A", Benefit::Gift { of: of_product(9), quantity: 1 });
    gift.target.exclude = vec![Selector::Product(product(9))];
    gift.limits.least_purchase = Some(minor(5_000));
    let with = |total_minor| cart(vec![line(1, 1, "1", total_minor), line(2, 9, "2", 800)]);
    assert_eq!(total(vec![gift.clone()], &with(5_000)), 400);
    assert_eq!(total(vec![gift], &with(4_999)), 0);
}

#[test]
fn points_are_awarded_and_no_money_is_given() {
    let set =
        CampaignSet::compile(vec![campaign(1, "A", Benefit::Points { percent: percent("200") })]).unwrap();
    let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "1", 1_234)])).unwrap();
    let evaluation = evaluator.evaluate().clone();
    assert_eq!(evaluation.proposals, []);
    assert_eq!(evaluator.points_base(evaluation.points[0].campaign), minor(1_234));
}

#[test]
fn points_are_worth_so_many_times_on_what_is_left_of_their_lines_when_all_is_given() {
    let goods = cart(vec![line(1, 1, "1", 1_000), line(2, 2, "1", 1_000)]);
    for priority in [9, 1] {
        let mut double = campaign(1, "DOUBLE", Benefit::Points { percent: percent("200") });
        double.target = of_product(1);
        double.lane.priority = priority;
        let mut half = campaign(2, "HALF", off("50"));
        half.lane.priority = 5;
        for one in [&mut double, &mut half] {
            one.lane.exclusivity = Exclusivity::Combinable;
        }
        let set = CampaignSet::compile(vec![double, half]).unwrap();
        let mut evaluator = Evaluator::of(&set, &goods).unwrap();
        let campaign = evaluator.by_priority().points[0].campaign;
        assert_eq!(evaluator.points_base(campaign), minor(500), "{priority}");
        let best = evaluator.best_for_customer(DEFAULT_EFFORT).evaluation;
        assert_eq!(evaluator.points_base(best.points[0].campaign), minor(500), "{priority}");
        assert_eq!(evaluator.evaluate().points, best.points);
    }
}

#[test]
fn no_unit_goes_below_the_lowest_price_or_what_it_cost() {
    let mut floor = campaign(1, "A", off("50"));
    floor.limits.lowest_price = Some(minor(400));
    assert_eq!(total(vec![floor], &cart(vec![line(1, 1, "2", 1_000)])), 200);
    let mut cost = campaign(1, "A", off("50"));
    cost.limits.cost_floor = true;
    let mut line = line(1, 1, "2", 1_000);
    line.item = Arc::new(CartItem { cost: Some(minor(450).into()), ..CartItem::default() });
    assert_eq!(total(vec![cost], &cart(vec![line])), 100);
}

#[test]
fn a_floor_counts_what_was_taken_off_the_document_before() {
    let three = |per| Benefit::Off { reward: Reward::Amount(minor(300)), per };
    let given = |per, lowest: Option<i64>, costs: Vec<i64>| {
        let mut floored = campaign(2, "B", three(per));
        floored.limits.lowest_price = lowest.map(minor);
        floored.limits.cost_floor = lowest.is_none();
        let with_cost = |(no, cost): (u32, i64)| {
            let item = CartItem { cost: Some(minor(cost).into()), ..CartItem::default() };
            CartLine { item: Arc::new(item), ..line(no, 1, "1", 1_000) }
        };
        let cart = cart((1..).zip(costs).map(with_cost).collect());
        floored.lane.exclusivity = Exclusivity::Combinable;
        let mut first = campaign(1, "A", three(Per::Document));
        first.lane.exclusivity = Exclusivity::Combinable;
        let set = CampaignSet::compile(vec![first, floored]).unwrap();
        let mut evaluator = Evaluator::of(&set, &cart).unwrap();
        evaluator.evaluate();
        let mut borne = vec![0; cart.lines.len()];
        for (line, share) in evaluator.allocate().into_iter().flat_map(|one| one.shares) {
            borne[line.0 as usize - 1] += share.minor();
        }
        borne
    };
    for per in [Per::Document, Per::Line, Per::Unit] {
        assert_eq!(given(per, None, vec![600]), [400], "{per:?}");
        assert_eq!(given(per, Some(650), vec![0]), [350], "{per:?}");
        assert_eq!(given(per, Some(800), vec![0]), [300], "{per:?}");
    }
    // The first line is taken to its cost, so the second bears more of what was off the document.
    assert_eq!(given(Per::Line, None, vec![700, 600]), [300, 400]);
}

#[test]
fn conditions_nest() {
    let known = |least| Condition::Value { of: of_product(1), least: Some(minor(least)), most: None };
    let mut one = campaign(1, "A", off("10"));
    one.condition = Condition::All(vec![
        Condition::Any(vec![Condition::CustomerKnown, known(500)]),
        Condition::Not(Condition::Channel("web".into()).into()),
        Condition::Quantity { of: Target::all(), least: Some(2), most: None },
    ]);
    let mut two = cart(vec![line(1, 1, "1", 500), line(2, 2, "1", 500)]);
    assert_eq!(total(vec![one.clone()], &two), 100);
    two.context.channel = Some("web".into());
    assert_eq!(total(vec![one.clone()], &two), 0);
    assert_eq!(total(vec![one], &cart(vec![line(1, 1, "1", 1_000)])), 0);
}

#[test]
fn a_budget_gives_what_is_left_of_it() {
    let mut one = campaign(1, "A", off("10"));
    one.limits.budget = Some(minor(1_000));
    let mut cart = cart(vec![line(1, 1, "1", 10_000)]);
    cart.context.uses.insert(one.id, Uses { spent: minor(900), ..Uses::default() });
    assert_eq!(total(vec![one.clone()], &cart), 100);
    cart.context.uses.insert(one.id, Uses { spent: minor(1_000), ..Uses::default() });
    assert_eq!(total(vec![one], &cart), 0);
}

#[test]
fn a_question_is_known_by_its_place_and_whether_another_would_do() {
    let channel = |name: &str| Condition::Channel(name.into());
    let condition = Condition::All(vec![
        channel("a"),
        Condition::Any(vec![Condition::Not(channel("b").into()), channel("c")]),
        Condition::Any(vec![channel("d")]),
    ]);
    let known: Vec<_> = (0..5).map(|no| condition.question(QuestionNo(no)).cloned()).collect();
    assert_eq!(known, [Some(channel("a")), Some(channel("b")), Some(channel("c")), Some(channel("d")), None]);
    let choices: Vec<bool> = (0..5).map(|no| condition.has_alternatives(QuestionNo(no))).collect();
    assert_eq!(choices, [false, true, true, false, false]);
    let neither = Condition::Not(Condition::Any(vec![channel("a"), channel("b")]).into());
    let not_both = Condition::Not(Condition::All(vec![channel("a"), channel("b")]).into());
    let choices = [neither.has_alternatives(QuestionNo(1)), not_both.has_alternatives(QuestionNo(1))];
    assert_eq!(choices, [false, true]);
    let mut one = campaign(1, "A", off("10"));
    one.condition = neither;
    let set = CampaignSet::compile(vec![one]).unwrap();
    let mut shown = cart(vec![line(1, 1, "1", 500)]);
    shown.context.channel = Some("b".into());
    let mut evaluator = Evaluator::of(&set, &shown).unwrap();
    let given = evaluator.evaluate().clone();
    let unmet = Unmet::Condition { question: QuestionNo(1), why: ConditionUnmet::Opposite };
    assert_eq!(evaluator.explain(&given)[0].outcome, Outcome::Unmet(unmet), "what holds is named");
}

#[test]
fn a_style_is_all_its_variants() {
    let mut tenth = campaign(1, "A", off("10"));
    tenth.target = Target::of(vec![Selector::Style("Shirt".into())]);
    let of = |no, style: Option<&str>| {
        let shown = line(no, no.into(), "1", 1_000);
        let item = CartItem { style: style.map(Into::into), ..CartItem::clone(&shown.item) };
        CartLine { item: item.into(), ..shown }
    };
    let lines = vec![of(1, Some("Shirt")), of(2, Some("Shirt")), of(3, Some("Shirts")), of(4, None)];
    assert_eq!(total(vec![tenth.clone()], &cart(lines.clone())), 200);
    tenth.target = Target { include: vec![], ..tenth.target.clone() };
    tenth.target.exclude = vec![Selector::Style("Shirt".into())];
    assert_eq!(total(vec![tenth], &cart(lines)), 200);
}

#[test]
fn turns_go_to_the_lines_and_units_on_which_the_most_is_given_whichever_was_rung_up_first() {
    let limited = |reward, per, times| {
        let mut one = campaign(1, "A", Benefit::Off { reward, per });
        one.limits.times_per_document = Some(times);
        vec![one]
    };
    let share = || limited(Reward::Percent(percent("10")), Per::Line, 1);
    let dear_and_cheap = [line(1, 1, "1", 1_000), line(2, 2, "1", 200)];
    let [dear, cheap] = &dear_and_cheap;
    for (first, second) in [(dear, cheap), (cheap, dear)] {
        let renumbered =
            [(1, first), (2, second)].map(|(no, one)| CartLine { no: LineNo(no), ..one.clone() });
        let given = amounts(share(), &cart(renumbered.to_vec()));
        assert_eq!(given.iter().map(|one| one.2).collect::<Vec<_>>(), [100]);
    }
    let each = || limited(Reward::Amount(minor(50)), Per::Unit, 2);
    for goods in [[line(1, 1, "1", 30), line(2, 2, "1", 500)], [line(1, 2, "1", 500), line(2, 1, "1", 30)]] {
        let given = amounts(each(), &cart(goods.to_vec()));
        assert_eq!(given.iter().map(|one| one.2).sum::<i64>(), 80, "both have a turn");
    }
    for goods in [[line(1, 1, "2", 60), line(2, 2, "1", 500)], [line(1, 2, "1", 500), line(2, 1, "2", 60)]] {
        let given = amounts(each(), &cart(goods.to_vec()));
        assert_eq!(given.iter().map(|one| one.2).sum::<i64>(), 80, "one of the cheap ones has a turn");
    }
}

/// The most that an amount off units gives on lines of `(quantity, net)`, by every way to share out the turns.
fn every_distribution(amount: i64, times: i64, per_line: Option<i64>, goods: &[(i64, i64)]) -> i64 {
    let Some(((units, net), rest)) = goods.split_first() else { return 0 };
    let given = |turns: i64| {
        let here = (amount * turns).min(net * turns / units).min(per_line.unwrap_or(i64::MAX));
        here + every_distribution(amount, times - turns, per_line, rest)
    };
    (0..=times.min(*units)).map(given).max().unwrap()
}

#[test]
fn no_distribution_of_turns_gives_more_also_below_a_ceiling_a_line() {
    let given = |amount, times: i64, per_line: Option<i64>, goods: &[(i64, i64)]| {
        let mut one =
            campaign(1, "A", Benefit::Off { reward: Reward::Amount(minor(amount)), per: Per::Unit });
        one.limits.times_per_document = Some(times.try_into().unwrap());
        one.limits.per_line = per_line.map(minor);
        let lines =
            goods.iter().zip(1..).map(|((units, net), no)| line(no, no.into(), &units.to_string(), *net));
        total(vec![one], &cart(lines.collect()))
    };
    assert_eq!(given(50, 2, Some(100), &[(10, 1_000), (2, 60)]), 100);
    assert_eq!(given(50, 2, Some(100), &[(2, 200), (2, 60)]), 100);
    assert_eq!(given(50, 3, Some(100), &[(10, 1_000), (2, 60)]), 130);
    for (times, per_line, units, price) in [1, 2, 3, 5].into_iter().flat_map(|times| {
        [None, Some(50), Some(70), Some(100)].into_iter().flat_map(move |per_line| {
            [1, 3, 7]
                .into_iter()
                .flat_map(move |units| [20, 60].into_iter().map(move |price| (times, per_line, units, price)))
        })
    }) {
        let goods = [(units, units * price), (2, 60), (4, 160)];
        let most = every_distribution(50, times, per_line, &goods);
        assert_eq!(given(50, times, per_line, &goods), most, "{times} {per_line:?} {goods:?}");
    }
}

#[test]
fn no_unit_of_weighed_goods_is_given_more_than_it_costs() {
    let each = |times| {
        let mut one = campaign(1, "A", Benefit::Off { reward: Reward::Amount(minor(200)), per: Per::Unit });
        one.limits.times_per_document = times;
        total(vec![one], &cart(vec![line(1, 1, "2.5", 250)]))
    };
    assert_eq!([Some(1), Some(2), Some(3), None].map(each), [100, 200, 200, 200]);
}
