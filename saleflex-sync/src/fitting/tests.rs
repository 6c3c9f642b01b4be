use serde_json::json;

use super::*;

fn blamed(resource: &str, row: &Value) -> Option<&'static str> {
    check(resource, row.as_object().expect("a row is an object")).err().map(|unfit| unfit.field())
}

#[test]
fn what_no_till_takes_of_goods_is_told_by_its_field() {
    let id = Uuid::from_u128(7);
    let tea = json!({"code": "1", "name": "Tea", "sale_price": "3.40", "fk_department_main_group_id": id});
    let with = |field: &str, value: Value| {
        let mut tea = tea.clone();
        tea[field] = value;
        tea
    };
    assert_eq!(blamed(PRODUCTS, &tea), None);
    assert_eq!(blamed(PRODUCTS, &with("fk_department_sub_group_id", json!(id))), None);
    for (field, value) in [
        ("fk_department_main_group_id", Value::Null),
        ("sale_price", Value::Null),
        ("code", json!("123456789012345678901")),
        ("name", json!("x".repeat(101))),
        ("short_name", json!("x".repeat(51))),
        ("minimum_age", json!("old")),
    ] {
        assert_eq!(blamed(PRODUCTS, &with(field, value)), Some(field));
    }
    let barcode =
        |text: &str, pack: &str| json!({"barcode": text, "fk_product_id": id, "pack_quantity": pack});
    assert_eq!(blamed(BARCODES, &barcode("4006381333931", "6")), None);
    assert_eq!(blamed(BARCODES, &barcode(&"4".repeat(60), "6")), Some("barcode"));
    assert_eq!(blamed(BARCODES, &barcode("4006381333931", "0")), Some("pack_quantity"));
}

#[test]
fn what_no_till_takes_of_rates_units_and_departments_is_told_by_its_field() {
    let above = Uuid::from_u128(7);
    for (resource, fits, wrong, field) in [
        (
            TAX_RATES,
            json!({"no": 1, "name": "Standard", "rate": "20"}),
            json!({"no": 1, "name": "Standard", "rate": "1001"}),
            "rate",
        ),
        (
            UNITS,
            json!({"code": "KG", "name": "Kilo"}),
            json!({"code": "KILOGRAMMES", "name": "Kilo"}),
            "code",
        ),
        (UNITS, json!({"code": "KG", "decimals": 4}), json!({"code": "KG", "decimals": 5}), "decimals"),
        (UNITS, json!({"code": "KG"}), json!({"code": "KG", "kind": "mass"}), "factor"),
        (
            MAIN_DEPARTMENTS,
            json!({"code": "99", "name": "All"}),
            json!({"code": "100", "name": "All"}),
            "code",
        ),
        (
            MAIN_DEPARTMENTS,
            json!({"code": "1", "name": "All"}),
            json!({"code": "ALL", "name": "All"}),
            "code",
        ),
        (
            SUB_DEPARTMENTS,
            json!({"code": "100", "name": "Tea", "main_group_id": above}),
            json!({"code": "99", "name": "Tea", "main_group_id": above}),
            "code",
        ),
        (
            SUB_DEPARTMENTS,
            json!({"code": "100", "name": "Tea", "main_group_id": above}),
            json!({"code": "100", "name": "Tea"}),
            "main_group_id",
        ),
    ] {
        assert_eq!(blamed(resource, &fits), None, "{fits}");
        assert_eq!(blamed(resource, &wrong), Some(field), "{wrong}");
    }
}

#[test]
fn what_no_till_takes_of_people_coupons_and_programs_is_told_by_its_field() {
    let campaign = Uuid::from_u128(7);
    for (resource, fits, wrong, field) in [
        (CUSTOMERS, json!({"name": "Ada", "last_name": "King"}), json!({"name": "Ada"}), "last_name"),
        (
            CUSTOMERS,
            json!({"name": "Ada", "is_active": false}),
            json!({"name": "Ada", "last_name": " "}),
            "last_name",
        ),
        (
            CUSTOMERS,
            json!({"name": "Ada", "is_walkin": true}),
            json!({"name": "Ada", "last_name": "King", "zip_code": "1".repeat(51)}),
            "zip_code",
        ),
        (
            COUPONS,
            json!({"code": "A", "fk_campaign_id": campaign, "coupon_type": "public"}),
            json!({"code": "A", "fk_campaign_id": campaign}),
            "coupon_type",
        ),
        (
            COUPONS,
            json!({"code": "A", "fk_campaign_id": campaign, "coupon_type": "PUBLIC"}),
            json!({"code": "x".repeat(101), "fk_campaign_id": campaign, "coupon_type": "PUBLIC"}),
            "code",
        ),
        (
            SEGMENTS,
            json!({"code": "GOLD", "name": "Gold"}),
            json!({"code": "GOLD", "name": "Gold", "criteria_json": "{"}),
            "criteria_json",
        ),
        (
            programs::TIERS,
            json!({"code": "GOLD", "name": "Gold"}),
            json!({"code": "GOLD", "name": "Gold", "points_multiplier": "1001"}),
            "points_multiplier",
        ),
        (
            programs::RULES,
            json!({"rule_code": "A", "rule_type": "DOCUMENT_TOTAL"}),
            json!({"rule_code": "A", "rule_type": "WEATHER"}),
            "config_json",
        ),
        (
            programs::POLICIES,
            json!({"integration_provider": "GATE"}),
            json!({"integration_provider": "CLOUD"}),
            "integration_provider",
        ),
        (
            programs::PROGRAMS,
            json!({"name": "Regulars"}),
            json!({"name": "Regulars", "definition": {"name": "Regulars"}}),
            "definition",
        ),
    ] {
        assert_eq!(blamed(resource, &fits), None, "{fits}");
        assert_eq!(blamed(resource, &wrong), Some(field), "{wrong}");
    }
    assert_eq!(blamed("forms", &json!({})), None, "no till takes them over");
}
