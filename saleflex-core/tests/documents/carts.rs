//! An open document as other campaign engines get it.

use std::collections::{BTreeMap, BTreeSet};

use saleflex_core::{
    campaign::{CartSnapshot, Per, SchemaVersion},
    checkout::{CartFacts, ProductTraits, cart_snapshot},
    document::Command,
    ids::{BrandId, ProductId},
    tender::TenderKind::{Cash, CreditCard},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    campaigning::{campaign, counter, share},
    support::{CUSTOMER, Counter, GOODS, m},
    tender_discounts::where_it_pays_all,
};

/// Of two lines one is voided; a card waits that pays all that is left, which earned it two percent; a note was taken back.
fn sale() -> Counter {
    let mut counter =
        counter(vec![where_it_pays_all(CreditCard), campaign(1, "TENTH", share("10", Per::Document))]);
    counter.customer_account(None, 0);
    counter.sell("2", "25.00");
    counter.sell("1", "3.00");
    counter.void_line(2).unwrap();
    counter.run(&Command::AssignCustomer).unwrap();
    counter.pay(Cash, 1000).unwrap();
    counter.void_tender(1).unwrap();
    counter.pay_pending(CreditCard, 4500).unwrap();
    assert_eq!(counter.document().tenders[1].amount, m(4410));
    counter
}

fn cart(counter: &Counter, version: SchemaVersion) -> Value {
    let brand = BrandId::new(Uuid::from_u128(0xB7));
    let traits = ProductTraits {
        brand: Some(brand),
        style: None,
        barcodes: vec!["4006381333931".into()],
        tags: BTreeSet::new(),
    };
    let known: BTreeMap<ProductId, ProductTraits> = BTreeMap::from([(GOODS, traits)]);
    let facts = CartFacts { terminal: Some(7), member: Some(CUSTOMER), segment_codes: vec!["VIP".into()] };
    let cart = cart_snapshot(counter.document(), counter.now, facts, |id| known.get(&id), version);
    let written = serde_json::to_value(&cart).unwrap();
    assert_eq!(serde_json::from_value::<CartSnapshot>(written.clone()).unwrap(), cart);
    written
}

#[test]
fn the_cart_of_a_document_says_in_both_versions_what_they_have_room_for() {
    let counter = sale();
    assert_eq!(cart(&counter, SchemaVersion::V1_0), first_version());
    assert_eq!(cart(&counter, SchemaVersion::V1_1), second_version());
}

fn first_version() -> Value {
    json!({
        "active_coupon_codes": [], "currency_code": "GBP", "customer_segment_codes": ["VIP"],
        "evaluated_at": "2025-04-06T10:00:00+00:00",
        "fk_customer_id": "00000000-0000-0000-0000-0000000000c0",
        "fk_store_id": "00000000-0000-0000-0000-000000000001",
        "lines": [
            {
                "fk_department_main_group_id": "00000000-0000-0000-0000-000000000001",
                "fk_product_id": "00000000-0000-0000-0000-0000000600d5", "is_cancel": false,
                "is_voided": false, "line_id": "aa307105-77a1-837e-8021-bda381b7878f", "line_no": 1,
                "line_total": "50.00", "product_code": "G", "product_name": "Goods", "quantity": "2",
                "unit_price": "25", "vat_rate": "20",
            },
            {
                "fk_department_main_group_id": "00000000-0000-0000-0000-000000000001",
                "fk_product_id": "00000000-0000-0000-0000-0000000600d5", "is_cancel": false,
                "is_voided": true, "line_id": "b86c2a5c-695c-8cc5-be81-6931cc46df54", "line_no": 2,
                "line_total": "3.00", "product_code": "G", "product_name": "Goods", "quantity": "1",
                "unit_price": "3", "vat_rate": "20",
            },
        ],
        "loyalty_member_id": "00000000-0000-0000-0000-0000000000c0", "pos_id": 7,
        "schema_version": "1.0",
        "totals": {
            "document_discount_non_campaign_total": "0", "document_discount_total": "5.90",
            "head_total_amount": "50.00", "head_total_discount_amount": "5.90",
            "merchandise_subtotal": "50.00",
        },
        "transaction_head_temp_id": "00000000-0000-0000-0000-0000000003e8",
        "transaction_unique_id": "20250406-0002-000001",
    })
}

fn second_version() -> Value {
    json!({
        "active_coupon_codes": [], "currency_code": "GBP", "customer_segment_codes": ["VIP"],
        "evaluated_at": "2025-04-06T10:00:00+00:00",
        "fk_customer_id": "00000000-0000-0000-0000-0000000000c0",
        "fk_store_id": "00000000-0000-0000-0000-000000000001",
        "lines": [
            {
                "barcodes": ["4006381333931"],
                "fk_department_main_group_id": "00000000-0000-0000-0000-000000000001",
                "fk_department_sub_group_id": null,
                "fk_product_id": "00000000-0000-0000-0000-0000000600d5",
                "fk_product_manufacturer_id": "00000000-0000-0000-0000-0000000000b7", "is_cancel": false,
                "is_voided": false, "line_id": "aa307105-77a1-837e-8021-bda381b7878f", "line_no": 1,
                "line_total": "50.00", "product_code": "G", "product_name": "Goods", "quantity": "2",
                "unit_price": "25", "vat_rate": "20",
            },
            {
                "barcodes": ["4006381333931"],
                "fk_department_main_group_id": "00000000-0000-0000-0000-000000000001",
                "fk_department_sub_group_id": null,
                "fk_product_id": "00000000-0000-0000-0000-0000000600d5",
                "fk_product_manufacturer_id": "00000000-0000-0000-0000-0000000000b7", "is_cancel": false,
                "is_voided": true, "line_id": "b86c2a5c-695c-8cc5-be81-6931cc46df54", "line_no": 2,
                "line_total": "3.00", "product_code": "G", "product_name": "Goods", "quantity": "1",
                "unit_price": "3", "vat_rate": "20",
            },
        ],
        "loyalty_member_id": "00000000-0000-0000-0000-0000000000c0",
        "payments": [
            {
                "is_cancel": true, "line_no": 1, "payment_id": "924f550e-3825-8afd-99a4-debe71895e9c",
                "payment_total": "10.00", "payment_type": "cash",
            },
            {
                "is_cancel": false, "judged_as": "45.00", "line_no": 2,
                "payment_id": "baebed57-13b2-8502-bc50-5e972188b048", "payment_total": "44.10",
                "payment_type": "credit_card",
            },
        ],
        "pos_id": 7, "schema_version": "1.1",
        "totals": {
            "document_discount_non_campaign_total": "0", "document_discount_total": "5.90",
            "due_before_payments": "45.00", "head_total_amount": "50.00",
            "head_total_discount_amount": "5.90", "merchandise_subtotal": "50.00",
            "net_amount_without_tip": "44.10",
            "taxes": [{"taxable_amount": "36.75", "vat_amount": "7.35", "vat_rate": "20"}],
        },
        "transaction_head_temp_id": "00000000-0000-0000-0000-0000000003e8",
        "transaction_unique_id": "20250406-0002-000001",
    })
}
