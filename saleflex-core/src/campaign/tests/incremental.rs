use super::*;
use crate::ids::{CustomerId, TenderNo};

/// So much percent off each line of some products, before others of a lower priority, which may follow.
fn off_lines(code: &str, priority: i32, rate: &str, products: &[u128]) -> Campaign {
    of_products(code, priority, products, Reward::Percent(percent(rate)), Per::Line)
}

fn of_products(code: &str, priority: i32, products: &[u128], reward: Reward, per: Per) -> Campaign {
    let number = code.bytes().fold(0, |number, byte| number * 256 + u128::from(byte));
    let mut one = campaign(number, code, Benefit::Off { reward, per });
    one.target.include = products.iter().map(|of| Selector::Product(product(*of))).collect();
    one.lane.priority = priority;
    one.lane.exclusivity = Exclusivity::Combinable;
    one
}

/// A basket that was evaluated often enough that what campaigns came to is remembered.
fn followed<'s>(set: &'s CampaignSet, cart: &Cart) -> Evaluator<'s> {
    let mut evaluator = Evaluator::of(set, cart).unwrap();
    for _ in 0..3 {
        evaluator.evaluate();
    }
    evaluator
}

/// Changes a basket back and forth; what is given, each time as by an evaluator made anew.
fn totals(definitions: Vec<Campaign>, carts: &[Cart]) -> Vec<i64> {
    let set = CampaignSet::compile(definitions).unwrap();
    let mut evaluator = followed(&set, &carts[0]);
    let mut there: Vec<LineNo> = carts[0].lines.iter().map(|line| line.no).collect();
    let mut totals = Vec::new();
    for cart in carts.iter().chain(carts.iter().rev()) {
        for no in there.drain(..).filter(|no| cart.lines.iter().all(|line| line.no != *no)) {
            evaluator.remove_line(no);
        }
        for line in &cart.lines {
            // What stands in each of them is put in once: to put it in again would forget what is known of it.
            if carts.iter().any(|cart| !cart.lines.contains(line)) {
                evaluator.put_line(line).unwrap();
            }
            there.push(line.no);
        }
        evaluator.set_tenders(cart.tenders.iter().copied());
        evaluator.set_context(cart.context.clone());
        let anew = set.evaluate(cart).unwrap();
        assert_eq!(evaluator.evaluate(), &anew);
        totals.push(anew.total().minor());
    }
    totals
}

#[test]
fn what_another_campaign_takes_off_a_line_is_told_to_those_that_look_at_it() {
    // Of two lines it makes the dearer one cheaper.
    let mut one_of_two = off_lines("FIRST", 9, "10", &[1, 2]);
    one_of_two.limits.times_per_document = Some(1);
    let half = off_lines("HALF", 5, "50", &[1]);
    let short = cart(vec![line(1, 1, "1", 100)]);
    let long = cart(vec![line(1, 1, "1", 100), line(2, 2, "1", 200)]);
    assert_eq!(totals(vec![one_of_two, half], &[short, long]), [10 + 45, 20 + 50, 20 + 50, 10 + 45]);
}

#[test]
fn what_another_campaign_takes_off_the_document_is_told_to_those_to_which_it_matters() {
    let first = of_products("FIRST", 9, &[1], Reward::Amount(minor(30)), Per::Document);
    let tenth = of_products("TENTH", 5, &[2], Reward::Percent(percent("10")), Per::Document);
    let short = cart(vec![line(2, 2, "1", 200)]);
    let long = cart(vec![line(1, 1, "1", 100), line(2, 2, "1", 200)]);
    assert_eq!(totals(vec![first, tenth], &[short, long]), [20, 30 + 17, 30 + 17, 20]);
}

#[test]
fn what_was_cut_by_all_that_was_left_is_worked_out_once_more_is_and_so_is_the_other_way_round() {
    let first = of_products("FIRST", 9, &[], Reward::Amount(minor(60)), Per::Document);
    let most = off_lines("MOST", 5, "80", &[1]);
    let short = cart(vec![line(1, 1, "1", 100)]);
    let long = cart(vec![line(1, 1, "1", 100), line(2, 2, "1", 100)]);
    assert_eq!(totals(vec![first, most], &[short, long]), [60 + 40, 60 + 80, 60 + 80, 60 + 40]);
}

#[test]
fn what_stood_behind_a_campaign_that_ended_the_pass_is_tried_once_that_is_gone() {
    let mut last = off_lines("LAST", 9, "10", &[1]);
    last.lane.exclusivity = Exclusivity::Last;
    let behind = off_lines("BEHIND", 5, "10", &[2]);
    let short = cart(vec![line(2, 2, "1", 200)]);
    let long = cart(vec![line(1, 1, "1", 100), line(2, 2, "1", 200)]);
    assert_eq!(totals(vec![last, behind], &[short, long]), [20, 10, 10, 20]);
}

#[test]
fn a_coupon_that_comes_and_goes_is_told_to_those_behind_what_it_opens() {
    let mut coupon = off_lines("COUPON", 9, "10", &[1]);
    coupon.activation = Activation::Coupon;
    let half = off_lines("HALF", 5, "50", &[1]);
    let without = cart(vec![line(1, 1, "1", 100)]);
    let mut with = without.clone();
    with.context.unlocked.insert("COUPON".into());
    assert_eq!(totals(vec![coupon, half], &[without, with]), [50, 10 + 45, 10 + 45, 50]);
}

#[test]
fn what_conditions_ways_to_pay_and_budgets_decide_is_asked_each_time() {
    let asking = |change: fn(&mut Campaign)| {
        let mut one = off_lines("ASKING", 9, "10", &[1]);
        change(&mut one);
        vec![one, off_lines("HALF", 5, "50", &[1])]
    };
    let plain = cart(vec![line(1, 1, "1", 100)]);
    let known = asking(|one| one.condition = Condition::CustomerKnown);
    let mut with = plain.clone();
    with.context.shopper = Some(Shopper::new(CustomerId::new(Uuid::from_u128(1))));
    assert_eq!(totals(known, &[plain.clone(), with]), [50, 10 + 45, 10 + 45, 50]);

    let paid = asking(|one| {
        let of = TenderTarget { include: vec![TenderMethod::Points], exclude: Vec::new() };
        one.tender = Some(TenderTerms { of, least_share: percent("50") });
    });
    let mut with = plain.clone();
    with.tenders = vec![CartTender { no: TenderNo(1), method: TenderMethod::Points, amount: minor(50) }];
    assert_eq!(totals(paid, &[plain.clone(), with]), [50, 10 + 45, 10 + 45, 50]);

    let budget = asking(|one| one.limits.budget = Some(minor(100)));
    let mut with = plain.clone();
    with.context.uses.insert(budget[0].id, Uses { spent: minor(96), ..Uses::default() });
    assert_eq!(totals(budget, &[plain, with]), [10 + 45, 4 + 48, 4 + 48, 10 + 45]);
}

#[test]
fn what_is_remembered_is_forgotten_where_something_else_was_given_in_between() {
    let mut definitions = vec![off_lines("LITTLE", 9, "5", &[]), off_lines("MUCH", 1, "20", &[])];
    for one in &mut definitions {
        one.lane.exclusivity = Exclusivity::Last;
    }
    let set = CampaignSet::compile(definitions).unwrap();
    let mut evaluator = followed(&set, &cart(vec![line(1, 1, "1", 100)]));
    assert_eq!(evaluator.best_for_customer(DEFAULT_EFFORT).evaluation.total(), minor(20));
    assert_eq!(evaluator.evaluate().total(), minor(5));
    let given = evaluator.evaluate().clone();
    evaluator.explain(&given);
    assert_eq!(evaluator.evaluate(), &given);
}

#[test]
fn a_change_asks_only_the_campaigns_that_see_it() {
    let definitions: Vec<Campaign> =
        (1..=30).map(|of| off_lines(&alloc::format!("C{of:02}"), 5, "10", &[of])).collect();
    let set = CampaignSet::compile(definitions).unwrap();
    let goods = cart((1..=30).map(|no| line(no, u128::from(no), "1", 100)).collect());
    let asked = |change: fn(&mut Evaluator<'_>)| {
        let mut evaluator = followed(&set, &goods);
        change(&mut evaluator);
        evaluator.evaluate();
        evaluator.pass().1.given.applies
    };
    assert_eq!(asked(|_| {}), 0);
    assert_eq!(asked(|evaluator| evaluator.put_line(&line(31, 3, "1", 100)).unwrap()), 1);
    assert_eq!(asked(|evaluator| evaluator.put_line(&line(7, 7, "2", 200)).unwrap()), 1);
    assert_eq!(asked(|evaluator| evaluator.put_line(&line(7, 8, "1", 100)).unwrap()), 1);
    assert_eq!(asked(|evaluator| assert!(evaluator.remove_line(LineNo(9)))), 0);
    assert_eq!(asked(|evaluator| evaluator.put_line(&line(31, 99, "1", 100)).unwrap()), 0);
    let tender = CartTender { no: TenderNo(1), method: TenderMethod::Points, amount: minor(1) };
    let mut evaluator = followed(&set, &goods);
    evaluator.put_tender(tender);
    let shopper = Some(Shopper::new(CustomerId::new(Uuid::from_u128(1))));
    evaluator.set_context(Context { shopper, ..goods.context.clone() });
    assert_eq!(evaluator.evaluate().total(), minor(300));
    assert_eq!(evaluator.pass().1.given.applies, 0);
}
