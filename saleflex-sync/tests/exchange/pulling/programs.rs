//! Loyalty programs of a hub at a till.

use saleflex_core::{
    ids::ProgramId,
    loyalty::{ClawBack, Program, RuleTarget},
    quantity::{Multiplier, PointRate, Points},
};
use saleflex_sync::wire::{Change, Domain};
use serde_json::{Value, json};

use super::{MAIN, Market, id, parents, row};

const CLUB: u128 = 60;

fn club(rate: &str) -> Program {
    let mut program = Program::new(ProgramId::new(id(CLUB)), "Club");
    program.earn.rate = PointRate::parse(rate).unwrap();
    program
}

fn whole(program: &Program) -> Change {
    row("loyalty_programs", CLUB, json!({"name": "Club", "definition": program}))
}

fn taken_over(market: &mut Market, changes: impl IntoIterator<Item = Change>) -> (u64, u64) {
    market.change(changes);
    market.pull();
    let over = market.take_over();
    (over.taken, over.held)
}

fn known(market: &Market) -> Option<Program> {
    market.till.programs().iter().find(|known| known.id.uuid() == id(CLUB)).cloned()
}

#[test]
fn a_program_of_the_hub_holds_at_the_till_until_it_is_gone_there_unless_the_till_keeps_its_own() {
    let mut market = Market::open();
    market.change([whole(&club("0.10"))]);
    market.pull();
    assert_eq!(market.take_over_but(&[Domain::Loyalty]).taken, 0);
    assert_eq!(known(&market), None);
    assert_eq!(market.take_over().taken, 1);
    assert_eq!(known(&market), Some(club("0.10")));
    let end = *market.till.chain_head();
    let described = json!({"name": "Club", "description": "Ours", "definition": club("0.10")});
    assert_eq!(taken_over(&mut market, [row("loyalty_programs", CLUB, described)]), (1, 0));
    assert_eq!(*market.till.chain_head(), end, "what stands so already is not written");
    assert_eq!(taken_over(&mut market, [whole(&club("0.20"))]), (1, 0));
    assert_eq!(known(&market), Some(club("0.20")));
    // What cannot be is held with the reason, and what was there stays.
    let mut without_name = club("0.30");
    without_name.name.clear();
    assert_eq!(taken_over(&mut market, [whole(&without_name)]), (0, 1));
    let held = market.till.held_rows("gate", 10).unwrap();
    assert!(format!("{held:?}").contains("the name must have"), "{held:?}");
    assert_eq!(known(&market), Some(club("0.20")));
    let mut gone = whole(&club("0.20"));
    gone.is_deleted = true;
    assert_eq!(taken_over(&mut market, [gone]), (1, 0));
    assert_eq!(known(&market), Some(Program { is_active: false, ..club("0.20") }), "its members stay in it");
    assert!(market.till.verify().is_ok());
}

/// A row of the older shape that belongs to the club.
fn of_club(resource: &str, of: u128, mut fields: Value) -> Change {
    fields["fk_loyalty_program_id"] = json!(id(CLUB));
    row(resource, of, fields)
}

#[test]
fn rows_of_the_older_shape_make_a_program_with_tiers_rules_and_policies_and_a_bad_one_waits_alone() {
    let mut market = Market::open();
    let tier = json!({"code": "GOLD", "name": "Gold", "tier_level": 3, "min_points_required": 1500,
        "points_multiplier": "1.25", "discount_percentage": "5.00", "is_active": true});
    let line = |code: &str, flat: Value| {
        let settings = json!({"fk_department_main_group_id": id(MAIN), "extra_points": flat}).to_string();
        json!({"rule_code": code, "rule_type": "CATEGORY", "priority": 1, "is_active": true, "config_json": settings})
    };
    let parts = [
        of_club("loyalty_tiers", 61, tier),
        of_club("loyalty_earn_rules", 62, line("TEA", json!(5))),
        of_club("loyalty_earn_rules", 63, line("BAD", json!("12.5"))),
        of_club(
            "loyalty_redemption_policies",
            64,
            json!({"minimum_points_to_redeem": 50, "points_redemption_step": 25,
            "max_basket_amount_share_from_points": "0.2500", "allow_partial_redemption": false}),
        ),
        of_club(
            "loyalty_program_policies",
            65,
            json!({"require_customer_phone_for_enrollment": false,
            "void_loyalty_points_policy": "CLAWBACK_FULL"}),
        ),
    ];
    assert_eq!(taken_over(&mut market, parents()), (4, 0));
    assert_eq!(taken_over(&mut market, parts), (0, 5), "they wait for their program");
    let head = row(
        "loyalty_programs",
        CLUB,
        json!({"name": "Club", "points_per_currency": "0.10", "currency_per_point": "0.50",
        "min_purchase_for_points": "10.00", "point_expiry_days": 365, "welcome_points": 100, "is_active": true}),
    );
    assert_eq!(taken_over(&mut market, [head]), (5, 1), "the rule that cannot be read");
    let held = market.till.held_rows("gate", 10).unwrap();
    assert!(format!("{held:?}").contains("BAD was refused"), "{held:?}");
    let made = known(&market).unwrap();
    assert_eq!(
        (made.earn.rate, made.welcome, made.expiry_days),
        (PointRate::parse("0.10").unwrap(), Points::new(100), Some(365))
    );
    assert_eq!((made.claw_back, made.require_phone), (ClawBack::Full, false));
    let redemption = made.redemption;
    assert_eq!(
        (redemption.minimum, redemption.step, redemption.allow_partial),
        (Points::new(50), Points::new(25), false)
    );
    assert_eq!(redemption.max_basket_share.unwrap().to_string(), "25");
    assert_eq!(made.tiers[0].multiplier, Some(Multiplier::parse("1.25").unwrap()));
    let target = RuleTarget::Category { main: Some(saleflex_core::catalog::DepartmentNo(88)), sub: None };
    assert_eq!(
        made.rules.iter().map(|rule| (&rule.target, rule.award.flat)).collect::<Vec<_>>(),
        [(&target, Points::new(5))]
    );
    let campaign = market.till.campaigns().campaigns().iter().find(|one| one.code.as_str() == "TIER-GOLD");
    assert!(campaign.is_some_and(|one| one.is_active), "what the tier takes off");
}
