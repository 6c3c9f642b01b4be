//! The same of what a hub decided: it is taken over with what became of the rows that said so.

use chrono::TimeDelta;
use saleflex_core::{
    campaign::{CampaignChange, Coupon, Per},
    catalog::{CatalogChange, Department, DepartmentNo, ProductBarcode},
    customer::{CallingCode, PhoneRules, TrunkPrefix, segment::Segment},
    ids::{CashierId, CustomerId, PostingId, SegmentId},
    inventory::{Cause, MovementKind, NumberKind, Place},
    quantity::{Percent, Points, Quantity, UnitPrice},
};
use saleflex_store::{
    customer::NewCustomer,
    inbox::{PulledPage, PulledRow, Taken},
    till::{PulledCustomer, PulledMember, PulledMovement, PulledPosting},
};
use uuid::Uuid;

use super::{
    member,
    members::{KEY, abroad, key},
    of_goods,
    records::{segment, with_customer},
    with_campaigns,
};
use crate::support::{
    goods,
    promoted::{coupon, share, tenth},
    shop::{Shop, morning, product},
    stopping::{stop_everywhere, stop_in_stages, stop_while_forgetting},
};

const HUB: &str = "gate";

/// Rows of a hub that wait, so many of them, and that they are taken over.
fn waiting(shop: &Shop, resource: &str, count: u128) -> Vec<Taken> {
    let row = |id: u128| PulledRow {
        resource: resource.to_owned(),
        id: Uuid::from_u128(id),
        version: 7,
        is_deleted: false,
        was_taken: false,
        taken_as: None,
        held_for: None,
        fields: "{}".to_owned(),
    };
    let page = PulledPage {
        rows: (1..=count).map(row).collect(),
        cursor: "c1".to_owned(),
        has_more: false,
        authority: None,
    };
    shop.till.inbox(HUB).unwrap().keep(morning(), &page).unwrap();
    let taken = |row: &PulledRow| Taken {
        resource: row.resource.clone(),
        id: row.id,
        version: row.version,
        held_for: None,
    };
    page.rows.iter().map(taken).collect()
}

#[track_caller]
fn nothing_waits(shop: &Shop) {
    assert_eq!(shop.till.pull_state(HUB).unwrap().waiting, 0);
}

#[test]
fn products_and_barcodes_and_rows_that_do_not_concern_the_till() {
    let shop = of_goods();
    let taken = waiting(&shop, "products", 2);
    let mut dearer = shop.till.catalog().product(product("A")).unwrap().to_product();
    dearer.price = UnitPrice::parse("3").unwrap();
    let barcode = ProductBarcode {
        barcode: "4006381333948".to_owned(),
        product: product("A"),
        price: None,
        pack_quantity: Quantity::ONE,
    };
    let change =
        CatalogChange { products: vec![dearer], barcodes: vec![barcode], ..CatalogChange::default() };
    stop_everywhere(shop, |shop| {
        shop.till.take_over(HUB, change, &taken).unwrap();
        nothing_waits(shop);
    });
    let shop = of_goods();
    let taken = waiting(&shop, "products", 2);
    stop_everywhere(shop, |shop| {
        shop.till.take_over(HUB, CatalogChange::default(), &taken).unwrap();
        nothing_waits(shop);
    });
}

#[test]
fn tax_rates_and_departments_of_a_hub() {
    let shop = of_goods();
    let taken = waiting(&shop, "departments", 2);
    let mut reference = shop.till.catalog().reference();
    reference.tax_rates[0].percent = Percent::parse("22").unwrap();
    reference.departments.push(Department {
        no: DepartmentNo(2),
        name: "More".to_owned(),
        main: None,
        taxes: vec![1],
        max_price: None,
    });
    stop_everywhere(shop, |shop| {
        shop.till.take_over_reference(HUB, &reference, &taken).unwrap();
        nothing_waits(shop);
    });
}

#[test]
fn settings_of_a_hub_with_the_keys_of_telephones() {
    let shop = of_goods();
    let taken = waiting(&shop, "terminal_settings", 1);
    let mut settings = shop.till.settings().clone();
    settings.dialling = PhoneRules::new(CallingCode::parse("90"), TrunkPrefix::Zero);
    stop_everywhere(shop, |shop| {
        shop.till.take_over_settings(HUB, settings, &taken).unwrap();
        assert_eq!(key(shop), KEY);
        nothing_waits(shop);
    });
}

#[test]
fn campaigns_saved_and_withdrawn_and_coupons() {
    let shop = with_campaigns();
    let taken = waiting(&shop, "campaigns", 2);
    let change =
        CampaignChange { saved: vec![share(5, "NEW", "5", Per::Document)], withdrawn: [tenth().id].into() };
    stop_everywhere(shop, |shop| {
        shop.till.take_over_campaigns(HUB, change, &taken).unwrap();
        nothing_waits(shop);
    });
    let shop = with_campaigns();
    let taken = waiting(&shop, "coupons", 1);
    let coupons = [Coupon { is_active: false, ..coupon() }];
    stop_everywhere(shop, |shop| {
        shop.till.take_over_coupons(HUB, &coupons, &taken).unwrap();
        nothing_waits(shop);
    });
}

#[test]
fn a_program_with_the_campaigns_of_its_tiers_and_the_keys_of_telephones() {
    let shop = of_goods();
    let taken = waiting(&shop, "loyalty_programs", 3);
    stop_everywhere(shop, |shop| {
        shop.till.take_over_program(HUB, Some(abroad()), &taken).unwrap();
        assert_eq!((key(shop).as_str(), shop.till.campaigns().campaigns().len()), (KEY, 1));
        nothing_waits(shop);
    });
}

#[test]
fn customers_who_came_changed_and_went_with_the_segments_they_are_in() {
    let (mut shop, gone) = with_customer();
    shop.till.save_segment(segment()).unwrap();
    let taken = waiting(&shop, "customers", 3);
    let record = |shop: &Shop, id| shop.till.person(id).unwrap().unwrap().details;
    let known = member(&shop);
    let mut changed = record(&shop, known);
    changed.phone = Some("0533 444 55 66".to_owned());
    let new = CustomerId::new(Uuid::from_u128(0xAD));
    let pulled = [
        PulledCustomer { id: known, code: None, details: changed, is_gone: false },
        PulledCustomer { id: gone, code: None, details: record(&shop, gone), is_gone: true },
        PulledCustomer {
            id: new,
            code: Some("H1".to_owned()),
            details: NewCustomer::named("H1", "Ada King").details,
            is_gone: false,
        },
    ];
    stop_everywhere(shop, |shop| {
        shop.till.take_over_customers(HUB, &pulled, &taken).unwrap();
        assert!(shop.till.segments_of(new).unwrap().contains(&segment().id));
        nothing_waits(shop);
    });
}

#[test]
fn two_records_that_are_one_person_elsewhere() {
    let (mut shop, other) = with_customer();
    let id = member(&shop);
    shop.till.enrol(other).unwrap();
    shop.till.grant_points(other, Points::new(50), false, "sorry", None).unwrap();
    stop_everywhere(shop, |shop| shop.till.take_over_merge(id, other).unwrap());
}

#[test]
fn a_person_who_was_erased_elsewhere_and_what_is_left_of_them() {
    let (mut shop, id) = with_customer();
    shop.till.issue_card(id, "77").unwrap();
    stop_while_forgetting(shop, "Quixotte", |till, _| till.take_over_erasure(id).unwrap());
}

#[test]
fn segments_one_by_one_each_with_those_who_are_in_it() {
    let (mut shop, _) = with_customer();
    shop.till.save_segment(segment()).unwrap();
    let named = |id, code: &str| Segment {
        id: SegmentId::new(Uuid::from_u128(id)),
        code: code.to_owned(),
        ..segment()
    };
    let segments = [named(6, "S"), named(7, "T"), named(8, "U")];
    let rows = waiting(&shop, "customer_segments", 3);
    let stages = stop_in_stages(shop, |shop| {
        let marks = shop.till.take_over_segments(HUB, segments.into_iter().zip(rows).collect()).unwrap();
        assert_eq!(marks.iter().filter(|mark| mark.held_for.is_some()).count(), 1);
        let state = shop.till.pull_state(HUB).unwrap();
        assert_eq!((state.waiting, state.held), (1, 1), "another has the code of the first");
    });
    assert_eq!(stages, 3, "what has to wait on, and each of the others");
}

#[test]
fn whom_people_put_into_a_segment_and_keep_out_of_it() {
    let (mut shop, other) = with_customer();
    shop.till.save_segment(segment()).unwrap();
    let taken = waiting(&shop, "customer_segment_members", 2);
    let put = |customer, is_in| PulledMember { segment: segment().id, customer, is_in: Some(is_in) };
    let members = [put(member(&shop), true), put(other, false)];
    stop_everywhere(shop, |shop| {
        shop.till.take_over_members(HUB, &members, &taken).unwrap();
        assert!(!shop.till.segments_of(other).unwrap().contains(&segment().id));
        nothing_waits(shop);
    });
}

#[test]
fn goods_that_the_hub_moved_and_that_somebody_here_has_found_already() {
    let mut shop = of_goods();
    shop.till.set_stock(product("A"), goods::some(90), "counted".to_owned()).unwrap();
    let taken = waiting(&shop, "stock_postings", 1);
    let location = goods::floor(&shop);
    let came = |code, quantity| PulledMovement {
        kind: MovementKind::Receipt,
        place: Place { item: product(code).into(), location },
        change: goods::some(quantity),
        unit_cost: UnitPrice::parse("1").ok(),
    };
    let pulled = PulledPosting {
        id: PostingId::new(Uuid::from_u128(0xF0)),
        at: Some(morning() - TimeDelta::hours(1)),
        number: NumberKind::Receipt,
        by: CashierId::new(Uuid::from_u128(0xB055)),
        cause: Cause::Receipt { supplier: None, supplier_name: Some("Dairy".to_owned()), order: None },
        reason: None,
        reference: Some("DN 9".to_owned()),
        movements: vec![came("A", 5), came("B", 3)],
    };
    stop_everywhere(shop, |shop| {
        shop.till.take_over_posting(HUB, pulled, &taken).unwrap();
        let on_hand = |code| shop.till.stock(product(code)).unwrap().unwrap().on_hand;
        assert_eq!((on_hand("A"), on_hand("B")), (goods::some(90), goods::some(3)));
        nothing_waits(shop);
    });
}
