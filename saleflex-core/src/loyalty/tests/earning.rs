use super::*;
use crate::{catalog::DepartmentNo, tender::TenderKind};

const GROCERY: DepartmentNo = DepartmentNo(1);
const DRINKS: DepartmentNo = DepartmentNo(2);

fn line(number: u128, department: DepartmentNo, total: i64) -> EarnLine<'static> {
    EarnLine {
        product: product(number),
        code: ["P0", "P1", "P2", "P3"][usize::try_from(number).unwrap()],
        department: Some(department),
        sub_department: None,
        total: m(total),
    }
}

fn rule(target: RuleTarget, flat: i64, rate: Option<&str>) -> EarnRule {
    EarnRule {
        code: "R".into(),
        priority: 1,
        is_active: true,
        starts: None,
        ends: None,
        stores: BTreeSet::new(),
        target,
        award: Award {
            flat: Points::new(flat),
            rate: rate.map(|rate| PointRate::parse(rate).unwrap()),
            times: None,
        },
        cap: None,
    }
}

fn everything() -> RuleTarget {
    RuleTarget::Document { min_amount: None }
}

fn request<'a>(base: i64, tier: Option<&'a str>, lines: &'a [EarnLine<'a>]) -> EarnRequest<'a> {
    let occasion = on(day(2025, 5, 1));
    EarnRequest {
        is_sale: true,
        earner: Earner::Member { tier },
        base: m(base),
        lines,
        tenders: &[TenderKind::Cash],
        campaign: Multiplier::ONE,
        campaigns: &[],
        earned_today: Points::ZERO,
        store: occasion.store,
        at: occasion.at.instant,
    }
}

fn earned(program: &Program, request: &EarnRequest<'_>) -> Earned {
    earn(request, Some(program), &pounds()).unwrap()
}

fn points(program: &Program, base: i64, tier: Option<&str>) -> i64 {
    earned(program, &request(base, tier, &[])).points.get()
}

#[test]
fn the_base_is_rounded_down_once_on_the_exact_product() {
    let program = program();
    assert_eq!(points(&program, 9999, None), 9);
    assert_eq!(points(&program, 9999, Some("GOLD")), 12, "not floor(9) × 1.25");
    assert_eq!((points(&program, 1000, None), points(&program, 999, None)), (1, 0));
    assert_eq!(points(&program, -9999, None), 0, "below nothing counts as nothing");
}

#[test]
fn rates_have_four_decimals_and_more() {
    let mut program = program();
    program.earn.rate = PointRate::parse("0.001").unwrap();
    assert_eq!((points(&program, 99_999, None), points(&program, 100_000, None)), (0, 1));
    assert!(PointRate::parse("-0.1").is_err());
}

#[test]
fn rules_pay_below_the_minimum_and_flat_points_of_documents_are_summed_before_rounding() {
    let mut program = program();
    program.rules = vec![rule(everything(), 10, None)];
    assert_eq!(points(&program, 999, Some("SILVER")), 11);
    program.earn.min_purchase = None;
    program.rules = vec![rule(everything(), 5, None), rule(everything(), 5, None)];
    assert_eq!(points(&program, 5000, Some("SILVER")), 16, "not 5 + 5 + 5");
}

#[test]
fn the_fuller_example_adds_up() {
    let mut program = program();
    let p1 = RuleTarget::Line { product: None, code: Some(" p1 ".into()) };
    let set = RuleTarget::ProductSet { products: BTreeSet::from([product(1), product(3)]) };
    program.rules = vec![
        rule(p1, 5, Some("0.05")),
        rule(RuleTarget::Category { main: Some(GROCERY), sub: None }, 3, None),
        rule(set, 15, None),
    ];
    let lines = [line(1, GROCERY, 3000), line(2, GROCERY, 3000), line(3, DRINKS, 2000)];
    let earned = earned(&program, &request(8000, Some("PLATINUM"), &lines));
    let parts = EarnParts {
        base: Points::new(12),
        document: Points::new(0),
        lines: Points::new(17),
        sets: Points::new(22),
        campaigns: Points::new(0),
    };
    assert_eq!((earned.points, earned.parts), (Points::new(51), parts));
    let snapshot = earned.snapshot(Points::new(100), Redemption::default(), &program, &pounds());
    assert_eq!(
        (snapshot.bonus, snapshot.balance_after, snapshot.worth),
        (Points::new(39), Points::new(151), m(2550))
    );
    assert_eq!(snapshot.tier.as_deref(), Some("PLATINUM"));
}

#[test]
fn several_rules_of_one_line_all_pay_and_a_rule_without_a_target_pays_nothing() {
    let mut program = program();
    let one = || RuleTarget::Line { product: Some(product(1)), code: None };
    program.rules = vec![
        rule(one(), 2, None),
        rule(one(), 3, None),
        rule(RuleTarget::Line { product: None, code: None }, 99, None),
        rule(RuleTarget::Category { main: None, sub: None }, 99, None),
        rule(RuleTarget::ProductSet { products: BTreeSet::new() }, 99, None),
        EarnRule { is_active: false, ..rule(one(), 99, None) },
    ];
    let lines = [line(1, GROCERY, 100)];
    assert_eq!(earned(&program, &request(100, None, &lines)).points, Points::new(5));
}

#[test]
fn a_multiplier_of_nothing_is_honoured_and_none_is_one() {
    let mut program = program();
    program.rules = vec![rule(everything(), 10, None)];
    program.tiers[0].multiplier = Some(Multiplier::parse("0").unwrap());
    assert_eq!(points(&program, 9999, Some("SILVER")), 0);
    program.tiers[0].multiplier = None;
    assert_eq!(points(&program, 9999, Some("SILVER")), 19);
}

#[test]
fn an_amount_below_nothing_counts_as_nothing_and_rules_pay_all_the_same() {
    let mut program = program();
    program.earn.min_purchase = None;
    assert_eq!(points(&program, -10_000, None), 0);
    program.rules = vec![rule(everything(), 7, None)];
    assert_eq!(points(&program, -10_000, None), 7);
}

#[test]
fn one_tender_that_does_not_earn_takes_all_points_away() {
    let mut program = program();
    program.rules = vec![rule(everything(), 10, None)];
    program.earn.eligible_tenders = Some(BTreeSet::from([TenderKind::Cash]));
    let mut paid = request(9999, None, &[]);
    assert_eq!(earned(&program, &paid).points, Points::new(19));
    paid.tenders = &[TenderKind::Cash, TenderKind::CreditCard];
    let none = earned(&program, &paid);
    assert_eq!((none.points, none.parts), (Points::new(0), EarnParts::default()));
    assert_eq!(none.blocked_by, Some(TenderKind::CreditCard));
    paid.tenders = &[];
    assert_eq!(earned(&program, &paid).points, Points::new(19), "points paid for everything");
}

#[test]
fn limits_cut_what_a_rule_a_document_and_a_day_earn() {
    let mut program = program();
    program.rules = vec![EarnRule { cap: Some(Points::new(4)), ..rule(everything(), 10, None) }];
    assert_eq!(points(&program, 9999, None), 13);
    program.earn.limits.per_document = Some(Points::new(11));
    assert_eq!(points(&program, 9999, None), 11);
    program.earn.limits.per_day = Some(Points::new(20));
    let earned_before = EarnRequest { earned_today: Points::new(15), ..request(9999, None, &[]) };
    assert_eq!(earned(&program, &earned_before).points, Points::new(5));
    let more = EarnRequest { earned_today: Points::new(25), ..earned_before };
    assert_eq!(earned(&program, &more).points, Points::new(0));
}

#[test]
fn a_sale_earns_no_more_than_one_booking_moves_however_many_rules_pay() {
    let mut program = program();
    program.rules = (0..40).map(|_| rule(everything(), Points::MAX.get(), None)).collect();
    let campaign = CampaignId::new(Uuid::from_u128(3));
    let percent = Percent::parse("300").unwrap();
    let awards = vec![CampaignAward { campaign, base: m(9999), percent }; 1_000];
    let all = earned(&program, &EarnRequest { campaigns: &awards, ..request(9999, None, &[]) });
    assert_eq!((all.points, all.parts.document, all.parts.base), (Points::MAX, Points::MAX, Points::new(9)));
    assert!(all.campaigns.is_empty(), "what the bound cuts off, campaigns lose first");
}

#[test]
fn a_rule_or_a_campaign_multiplies_what_the_program_gives() {
    let mut program = program();
    let double = Award { times: Some(Multiplier::parse("2").unwrap()), ..Award::default() };
    program.rules = vec![EarnRule { award: double, ..rule(everything(), 0, None) }];
    assert_eq!(points(&program, 9999, None), 18);
    program.rules.clear();
    let campaign = EarnRequest { campaign: Multiplier::parse("3").unwrap(), ..request(9999, None, &[]) };
    assert_eq!(earned(&program, &campaign).points, Points::new(29));
}

#[test]
fn a_campaign_pays_its_lines_the_programs_points_so_many_times_and_never_less() {
    let mut program = program();
    let with = |program: &Program, base, awards: &[CampaignAward]| {
        earned(program, &EarnRequest { campaigns: awards, ..request(base, None, &[]) })
    };
    let campaign = CampaignId::new(Uuid::from_u128(3));
    let award =
        |base, percent| CampaignAward { campaign, base: m(base), percent: Percent::parse(percent).unwrap() };
    // 99.99 at 0.10 earns 9; half of it three times over is twice 5.00 more.
    assert_eq!(with(&program, 9999, &[award(5000, "300")]).points, Points::new(19));
    assert_eq!(with(&program, 9999, &[award(5000, "300")]).parts.campaigns, Points::new(10));
    // Two campaigns pay one beside the other, each rounded down by itself.
    assert_eq!(with(&program, 9999, &[award(999, "250"), award(999, "250")]).points, Points::new(11));
    // Lines that count for more than the document (points paid some) count for the document.
    assert_eq!(with(&program, 3000, &[award(9999, "200")]).points, Points::new(6));
    assert_eq!(with(&program, 9999, &[award(9999, "50")]).points, Points::new(9));
    // A campaign is used where it gave points, not where it gave none or a limit left nothing.
    assert_eq!(with(&program, 9999, &[award(5000, "300")]).campaigns, [(campaign, Points::new(10))]);
    assert_eq!(with(&program, 9999, &[award(9999, "100"), award(99, "200")]).campaigns, []);
    program.earn.limits.per_document = Some(Points::ZERO);
    assert_eq!(with(&program, 9999, &[award(5000, "300")]).campaigns, []);
    program.earn.limits.per_document = None;
    program.earn.min_purchase = Some(m(10_000));
    assert_eq!(with(&program, 9999, &[award(9999, "300")]).points, Points::new(0));
}

#[test]
fn a_rule_has_dates_stores_and_a_smallest_document() {
    let program = |rule: EarnRule| Program { rules: vec![rule], ..program() };
    let now = on(day(2025, 5, 1)).at.instant;
    let pays = |rule: EarnRule| points(&program(rule), 1000, None) == 11;
    assert!(pays(rule(everything(), 10, None)));
    assert!(pays(EarnRule { starts: Some(now), ..rule(everything(), 10, None) }));
    assert!(!pays(EarnRule { ends: Some(now), ..rule(everything(), 10, None) }));
    let other = BTreeSet::from([StoreId::new(Uuid::from_u128(2))]);
    assert!(!pays(EarnRule { stores: other, ..rule(everything(), 10, None) }));
    assert!(!pays(rule(RuleTarget::Document { min_amount: Some(m(1001)) }, 10, None)));
}

#[test]
fn what_earns_nothing_by_its_nature_says_why() {
    let why = |change: &dyn Fn(&mut EarnRequest<'_>), program: Option<&Program>| {
        let mut request = request(9999, None, &[]);
        change(&mut request);
        earn(&request, program, &pounds()).unwrap_err()
    };
    let full = program();
    assert_eq!(why(&|request| request.is_sale = false, Some(&full)), NotEarned::NotASale);
    assert_eq!(why(&|request| request.earner = Earner::NoCustomer, Some(&full)), NotEarned::NoCustomer);
    assert_eq!(why(&|request| request.earner = Earner::WalkIn, Some(&full)), NotEarned::WalkIn);
    assert_eq!(why(&|request| request.earner = Earner::NoMembership, Some(&full)), NotEarned::NoMembership);
    assert_eq!(why(&|request| request.earner = Earner::Inactive, Some(&full)), NotEarned::Inactive);
    assert_eq!(why(&|_| (), None), NotEarned::ProgramInactive);
    let over = Program { ends: Some(on(day(2025, 5, 1)).at.instant), ..program() };
    assert_eq!(why(&|_| (), Some(&over)), NotEarned::ProgramInactive, "dates are honoured, L7");
}

#[test]
fn net_is_the_default_base_and_gross_a_policy_l1() {
    let totals =
        crate::basket::Totals { total: m(100), discount: m(30), surcharge: m(5), ..Default::default() };
    assert_eq!((EarnBase::default().of(&totals), EarnBase::Gross.of(&totals)), (m(75), m(100)));
}

fn read(json: &str) -> (Vec<EarnRule>, Vec<RuleError>) {
    let rules: Vec<LegacyRule> = serde_json::from_str(json).unwrap();
    read_rules(&rules, |id| (id == "d1").then_some(GROCERY))
}

#[test]
fn a_bad_rule_is_refused_and_reported_and_the_others_stay_l8() {
    let (rules, refused) = read(
        r#"[{"rule_code": "A", "config": {"extra_points": "12.5"}}, {"rule_code": "B", "config": [1]},
            {"rule_code": "C", "rule_type": "LINE_ITEM", "config": {"points_per_currency": "-1"}},
            {"rule_code": "D", "rule_type": "MAGIC"}, {"rule_code": "E", "config": {"extra_points": -3}},
            {"rule_code": "F", "rule_type": "BUNDLE", "config": {"product_ids": ["x"]}},
            {"rule_code": "G", "rule_type": "CATEGORY", "config": {"fk_department_main_group_id": "dx"}}]"#,
    );
    assert_eq!(rules.iter().map(|rule| &*rule.code).collect::<Vec<_>>(), ["B"]);
    assert_eq!(refused.iter().map(|error| &*error.code).collect::<Vec<_>>(), ["A", "C", "D", "E", "F", "G"]);
    assert_eq!(refused[0].fault, RuleFault::Points { name: "extra_points" });
    assert_eq!(refused[2].fault, RuleFault::UnknownType { rule_type: "MAGIC".into() });
}

#[test]
fn an_alias_is_read_when_the_first_key_is_missing_zero_or_empty() {
    let (rules, refused) = read(
        r#"[{"rule_code": "A", "config": {"extra_points": 0, "bonus_points": "7"}},
            {"rule_code": "B", "rule_type": "LINE_ITEM", "config": {"product_code": "", "plu": 12, "bonus_points_per_line": 2}},
            {"rule_code": "C", "rule_type": "DEPARTMENT", "config": {"fk_department_main_group_id": "d1", "points_per_currency": 0.05}}]"#,
    );
    assert!(refused.is_empty());
    assert_eq!((rules[0].award.flat, rules[1].award.flat), (Points::new(7), Points::new(2)));
    assert_eq!(rules[1].target, RuleTarget::Line { product: None, code: Some("12".into()) });
    assert_eq!(rules[2].target, RuleTarget::Category { main: Some(GROCERY), sub: None });
    assert_eq!(rules[2].award.rate, PointRate::parse("0.05").ok());
}

#[test]
fn an_absent_or_empty_list_of_tenders_is_no_filter() {
    let tenders = |json: &str| eligible_tenders(&serde_json::from_str(json).unwrap());
    for json in ["{}", r#"{"earn_eligible_payment_types": []}"#, r#"{"earn_eligible_payment_types": "CASH"}"#]
    {
        assert_eq!(tenders(json), None, "{json}");
    }
    let old = tenders(r#"{"earn_allowed_payment_types": ["CASH_PAYMENT", "OTHER_PAYMENT"]}"#).unwrap();
    assert!(old.contains(&TenderKind::Mobile) && !old.contains(&TenderKind::CreditCard));
}
