use serde_json::json;

use super::*;

fn with(mut row: Json, field: &str, value: Json) -> Json {
    row[field] = value;
    row
}

#[test]
fn a_coupon_of_which_a_limit_a_flag_or_a_date_cannot_be_read_is_none() {
    let plain = || {
        json!({
            "id": Uuid::from_u128(1), "code": "X5", "fk_campaign_id": Uuid::from_u128(2), "coupon_type": "MULTI_USE",
            "start_date": null, "end_date": "None", "usage_limit": 5, "is_active": true,
        })
    };
    let read = coupon(&plain()).unwrap();
    assert_eq!((read.uses, read.is_active, read.end, read.kind), (Some(5), true, None, CouponKind::MultiUse));
    // What an earlier version took out of a file means what it says.
    assert_eq!(coupon(&with(plain(), "usage_limit", json!("5"))), Ok(read.clone()));
    assert!(!coupon(&with(plain(), "is_active", json!("FALSE"))).unwrap().is_active);
    assert_eq!(coupon(&with(plain(), "usage_limit", json!(""))).unwrap().uses, None, "which says nothing");
    for (field, unread) in [
        ("usage_limit", json!("a few")),
        ("usage_limit", json!(1.5)),
        ("usage_limit", json!(4_294_967_296_u64)),
        ("is_active", json!("perhaps")),
        ("start_date", json!("01/12/2026")),
        ("end_date", json!("01/12/2026")),
        ("coupon_type", json!("GIFT")),
        ("coupon_type", Json::Null),
        ("fk_customer_id", json!("Ada")),
    ] {
        assert_eq!(coupon(&with(plain(), field, unread.clone())), Err(field), "{unread}");
    }
}

#[test]
fn a_campaign_of_which_a_part_cannot_be_read_is_none_and_none_is_everybodys() {
    let [own, kind] = [Uuid::from_u128(1), Uuid::from_u128(2)];
    let kinds = BTreeMap::from([(kind, ("BASKET_DISCOUNT".to_owned(), true))]);
    let plain = || {
        json!({
            "id": own, "code": "TEN", "name": "Ten", "fk_campaign_type_id": kind, "discount_type": "PERCENTAGE",
            "discount_percentage": 10, "priority": "10", "is_active": "TRUE", "total_usage_limit": "5", "end_time": "",
            "days_of_week": "None",
        })
    };
    let rule = || json!({"fk_campaign_id": own, "rule_type": "PRODUCT", "fk_product_id": kind, "is_include": "false"});
    let product = || json!({"fk_campaign_id": own, "fk_product_id": kind, "min_quantity": "2"});
    let types = PaymentTypes::default();
    let read = |row: &Json, rule: Json, product: Json| campaign(row, (&kinds, &types), (&[rule], &[product]));
    let fit = read(&plain(), rule(), product()).unwrap();
    assert_eq!((fit.id, fit.priority, fit.total_usage_limit), (own, Some(10), Some(5)));
    assert_eq!((fit.rules[0].is_include, fit.products[0].min_quantity), (false, Some(2)));
    for (field, unread) in [
        ("id", Json::Null),
        ("priority", json!("high")),
        ("total_usage_limit", json!("five")),
        ("is_active", json!("perhaps")),
        ("end_date", json!("01/12/2026")),
        ("start_time", json!("noon")),
        ("min_purchase_amount", json!("twenty")),
        // What can be read and would give more than was meant.
        ("discount_percentage", json!("150")),
        ("days_of_week", json!("Mon,Tue")),
        ("start_time", json!("09:00")),
    ] {
        assert!(read(&with(plain(), field, unread), rule(), product()).is_err(), "{field}");
    }
    let unread = with(rule(), "fk_product_id", json!("tea"));
    assert!(read(&plain(), unread, product()).is_err(), "it would give on everything");
    let unknown = with(rule(), "rule_type", json!("PRODUKT"));
    assert!(read(&plain(), unknown, product()).is_err(), "it would leave nothing out");
    assert!(read(&plain(), rule(), with(product(), "discount_value", json!("much"))).is_err());
    let of_another = with(with(rule(), "is_include", json!("perhaps")), "fk_campaign_id", json!(kind));
    assert!(read(&plain(), of_another, product()).is_ok(), "which is nothing to this one");
    let is_in_force = |said: Json| is_active("campaign_types", &json!({"is_active": said}));
    assert_eq!([json!(true), json!("TRUE"), Json::Null].map(is_in_force), [true; 3]);
    assert_eq!([json!(false), json!("FALSE"), json!("perhaps")].map(is_in_force), [false; 3]);
}
