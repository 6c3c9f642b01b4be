//! The same of loyalty programs, of their members, and of what people say of themselves.

use chrono::TimeDelta;
use saleflex_core::{
    customer::{
        CallingCode, Channel, Consent, PhoneRules, Purpose, Source, TrunkPrefix,
        segment::{Criterion, Segment},
    },
    ids::{CustomerId, ProgramId},
    loyalty::{MemberStatus, Program},
    quantity::Percent,
};
use saleflex_store::customer::NewCustomer;
use uuid::Uuid;

use super::{member, of_goods, records::segment};
use crate::support::{
    shop::{self, Shop, morning},
    stopping::{stop_everywhere, stop_in_stages},
};

/// Where people dial as in Turkey, and members of the upper tier get a tenth off.
pub(super) fn abroad() -> Program {
    let mut program = shop::program();
    program.calling_code = Some("90".to_owned());
    program.tiers[1].discount = Percent::parse("10").ok();
    program
}

/// By which key the customer of the shop is found.
pub(super) fn key(shop: &Shop) -> String {
    let record = shop.till.person(member(shop)).unwrap().unwrap();
    record.phone_key.unwrap().as_str().to_owned()
}

/// The key where people dial as in Turkey.
pub(super) const KEY: &str = "905321112233";

/// A shop with a segment whose members are those who meet a criterion.
fn gathering(criterion: Criterion) -> (Shop, CustomerId) {
    let mut shop = of_goods();
    shop.till.save_segment(Segment { criterion, ..segment() }).unwrap();
    let id = member(&shop);
    (shop, id)
}

/// Whether somebody is in the segment.
fn is_in(shop: &Shop, id: CustomerId) -> bool {
    shop.till.segments_of(id).unwrap().contains(&segment().id)
}

#[test]
fn saving_programs_with_the_campaigns_of_their_tiers_and_the_keys_of_telephones() {
    let other = Program {
        id: ProgramId::new(Uuid::from_u128(901)),
        name: "Not yet".to_owned(),
        is_active: false,
        ..shop::program()
    };
    let shop = of_goods();
    assert_ne!(key(&shop), KEY);
    stop_everywhere(shop, |shop| {
        shop.till.save_programs(vec![abroad(), other]).unwrap();
        assert_eq!((key(shop).as_str(), shop.till.campaigns().campaigns().len()), (KEY, 1));
    });
}

#[test]
fn dialling_otherwise_by_the_settings_and_by_a_program_that_begins() {
    stop_everywhere(of_goods(), |shop| {
        let mut settings = shop.till.settings().clone();
        settings.dialling = PhoneRules::new(CallingCode::parse("90"), TrunkPrefix::Zero);
        shop.till.change_settings(settings).unwrap();
        assert_eq!(key(shop), KEY);
    });
    let mut shop = of_goods();
    let starts = Some(morning() + TimeDelta::days(1));
    shop.till.save_program(Program { starts, ..abroad() }).unwrap();
    assert_ne!(key(&shop), KEY);
    shop.clock.advance(TimeDelta::days(2));
    let stages = stop_in_stages(shop, |shop| {
        shop.till.start_day().unwrap();
        assert_eq!(key(shop), KEY);
    });
    assert_eq!(stages, 1, "the day begins with the keys of its program");
}

#[test]
fn suspending_and_ending_a_membership_with_the_segment_of_its_tier() {
    let tier = || Criterion::Tier(["BASE".to_owned()].into());
    for status in [MemberStatus::Suspended, MemberStatus::Ended] {
        let (shop, id) = gathering(tier());
        assert!(is_in(&shop, id));
        stop_everywhere(shop, |shop| {
            shop.till.set_member_status(id, status).unwrap();
            assert!(!is_in(shop, id));
        });
    }
}

#[test]
fn agreeing_to_messages_and_taking_it_back_with_the_segment_of_those_who_may_be_written_to() {
    let reachable = || {
        let (mut shop, id) = gathering(Criterion::MayMessage(Channel::Sms));
        shop.till.record_consent(id, Purpose::Marketing, true, "offers").unwrap();
        (shop, id)
    };
    let (shop, id) = reachable();
    stop_everywhere(shop, |shop| {
        shop.till.record_consent(id, Purpose::Sms, true, "by SMS").unwrap();
        assert!(is_in(shop, id));
    });
    let (mut shop, id) = reachable();
    shop.till.record_consent(id, Purpose::Sms, true, "by SMS").unwrap();
    let at = shop.till.now();
    let wording = "no more".to_owned();
    let said = Consent { purpose: Purpose::Sms, given: false, at, source: Source::Website, wording };
    stop_everywhere(shop, |shop| {
        shop.till.record_statement(id, &said).unwrap();
        assert!(!is_in(shop, id));
    });
}

#[test]
fn adding_and_changing_a_customer_with_what_they_agree_to() {
    let agreed = [(Purpose::Marketing, true), (Purpose::Sms, true)];
    let mut new = NewCustomer::named("N1", "Ada King");
    new.details.phone = Some("0533 222 11 00".to_owned());
    let ready = || gathering(Criterion::MayMessage(Channel::Sms)).0;
    stop_everywhere(ready(), |shop| {
        let id = shop.till.add_customer_with(&new, &agreed, "offers by SMS").unwrap();
        assert!(is_in(shop, id));
    });
    let mut other = new.clone();
    other.code = "N2".to_owned();
    other.details.last_name = "Lovelace".to_owned();
    let known = || {
        let mut shop = ready();
        let id = shop.till.add_customer(&new).unwrap();
        (shop, id)
    };
    let (shop, id) = known();
    stop_everywhere(shop, |shop| shop.till.change_customer(id, &other).unwrap());
    let (shop, id) = known();
    stop_everywhere(shop, |shop| {
        shop.till.change_customer_with(id, &other, &agreed, "offers by SMS").unwrap();
        assert!(is_in(shop, id));
    });
}
