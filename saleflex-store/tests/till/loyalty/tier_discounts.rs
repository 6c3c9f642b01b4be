//! What a tier takes off is a campaign that asks for the tier.

use saleflex_core::{cashier::Capability, document::Refusal};

use super::*;

/// What ten pieces of A, 25.00, come to for a customer.
fn due(shop: &mut Shop, id: CustomerId) -> i64 {
    shop.execute(sell_some("A", "10"));
    shop.till.assign_customer(Some(id)).unwrap();
    let due = shop.till.draft().unwrap().totals.net_due.minor();
    shop.execute(Command::Cancel { reason: None });
    due
}

#[test]
fn a_program_is_changed_by_whoever_may_change_the_settings_alone_d_csh_04() {
    let mut shop = club(|_| ());
    let changed = Program { name: "Another club".to_owned(), ..shop.till.programs()[0].clone() };
    let before = whole(&shop).events;
    let refused = shop.till.save_program(changed.clone()).unwrap_err();
    let needed = Capability::SettingsWrite;
    assert!(
        matches!(refused, Error::Refused(Refusal::ApprovalNeeded { capability }) if capability == needed),
        "{refused:?}"
    );
    assert_eq!(whole(&shop).events, before);
    shop.log_in(ADMIN);
    shop.till.save_program(changed.clone()).unwrap();
    assert_eq!(shop.till.programs()[0].name, changed.name);
}

#[test]
fn a_tiers_discount_is_given_to_its_members_until_the_program_says_otherwise() {
    let mut shop = club(|program| program.tiers[0].discount = Percent::parse("5").ok());
    let id = grace(&shop);
    let program = shop.till.programs()[0].clone();
    assert_eq!(due(&mut shop, id), 2_375, "a till that is made with the program gives it from the start");
    shop.log_in(ADMIN);
    let made = shop.till.campaigns().campaigns().to_vec();
    shop.till.save_program(program.clone()).unwrap();
    assert_eq!(shop.till.campaigns().campaigns(), made, "twice changes nothing");
    assert_eq!(due(&mut shop, id), 2_375);
    let other = shop.till.add_customer(&NewCustomer::named("N1", "Ada King")).unwrap();
    // Who joins by a sale gets it from the next one on.
    assert_eq!((due(&mut shop, other), due(&mut shop, other)), (2_500, 2_375));
    let mut changed = program.clone();
    changed.tiers[0].discount = Percent::parse("10").ok();
    shop.till.save_program(changed.clone()).unwrap();
    assert_eq!(due(&mut shop, id), 2_250);
    changed.tiers[0].discount = None;
    shop.till.save_program(changed).unwrap();
    assert_eq!(due(&mut shop, id), 2_500);
    let codes: Vec<_> = shop.till.campaigns().campaigns().iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["TIER-BASE"]);
    whole(&shop);
}

#[test]
fn a_tier_that_is_gone_takes_its_campaign_along_and_all_of_it_is_one_entry() {
    let mut shop = club(|program| program.tiers[0].discount = Percent::parse("5").ok());
    let id = grace(&shop);
    shop.log_in(ADMIN);
    let program = shop.till.programs()[0].clone();
    let before = whole(&shop).events;
    shop.till.save_program(program.clone()).unwrap();
    assert_eq!(whole(&shop).events, before + 1);
    assert_eq!(due(&mut shop, id), 2_375);
    let without = Program { tiers: Vec::new(), ..program.clone() };
    shop.till.save_program(without).unwrap();
    assert!(shop.till.campaigns().campaigns().is_empty());
    assert_eq!(due(&mut shop, id), 2_500);
    shop.till.save_program(Program { is_active: false, ..program }).unwrap();
    assert!(shop.till.campaigns().campaigns().is_empty(), "a program that is off gives nothing");
    let shop = shop.restarted();
    assert!(shop.till.campaigns().campaigns().is_empty());
    whole(&shop);
}

#[test]
fn several_programs_are_saved_with_their_campaigns_all_or_none() {
    let mut shop = club(|program| program.tiers[0].discount = Percent::parse("5").ok());
    let id = grace(&shop);
    shop.log_in(ADMIN);
    let (mut own, before) = (shop.till.programs()[0].clone(), whole(&shop).events);
    let campaigns = shop.till.campaigns().campaigns().to_vec();
    own.tiers[0].discount = Percent::parse("10").ok();
    let mut other = Program { id: shop.till.new_program_id(), name: "Zebra".to_owned(), ..own.clone() };
    other.tiers[0].code = "STRIPED".to_owned();
    let bad = Program { welcome: Points::new(-1), ..other.clone() };
    assert!(matches!(shop.till.save_programs(vec![own.clone(), bad]), Err(Error::Program(_))));
    assert_eq!(shop.till.campaigns().campaigns(), campaigns);
    assert_eq!((shop.till.programs().len(), whole(&shop).events), (1, before));
    assert_eq!(due(&mut shop, id), 2_375);
    let before = whole(&shop).events;
    shop.till.save_programs(vec![own.clone(), other.clone()]).unwrap();
    assert_eq!(whole(&shop).events, before + 2);
    let codes = |shop: &Shop| -> Vec<String> {
        shop.till.campaigns().campaigns().iter().map(|one| one.code.as_str().to_owned()).collect()
    };
    assert_eq!(codes(&shop), ["TIER-BASE", "TIER-STRIPED"]);
    assert_eq!(due(&mut shop, id), 2_250);
    let shop = shop.restarted();
    assert_eq!(shop.till.programs(), [own, other]);
    assert_eq!(codes(&shop), ["TIER-BASE", "TIER-STRIPED"]);
    whole(&shop);
}

#[test]
fn a_code_that_two_programs_have_gives_what_the_program_that_was_saved_gives() {
    let mut shop = club(|program| program.tiers[0].discount = Percent::parse("5").ok());
    let id = grace(&shop);
    shop.log_in(ADMIN);
    let own = shop.till.programs()[0].clone();
    shop.till.save_program(own.clone()).unwrap();
    let other = Program { id: shop.till.new_program_id(), name: "Zebra".to_owned(), ..own };
    shop.till.save_program(other.clone()).unwrap();
    shop.till.save_program(Program { tiers: Vec::new(), ..other }).unwrap();
    assert_eq!(due(&mut shop, id), 2_375, "the other program still has the tier");
}

#[test]
fn a_customer_is_found_by_card_until_it_is_blocked() {
    let mut shop = shop_with(|_| ());
    let id = grace(&shop);
    shop.till.issue_card(id, "AB-1234").unwrap();
    let found = |shop: &Shop, term| shop.till.find_customers(term, 5).unwrap().first().map(|one| one.id);
    assert_eq!(found(&shop, "ab1234"), Some(id));
    assert_eq!(found(&shop, "b1234"), None, "a part of a number opens nothing");
    shop.till.block_card("AB1234").unwrap();
    assert_eq!(found(&shop, "AB1234"), None);
}
