//! What campaigns give centrally on a cart depends on the goods and the customer as the company knows them.

use saleflex_core::{
    campaign::{
        Activation, Benefit, Campaign, CampaignUse, Condition, DepartmentKey, Exclusivity, Limits,
        MOST_PATTERN_BYTES, Pattern, Per, Reward, Selector, Target, TenderTerms, Usage,
    },
    catalog::DepartmentNo,
    checkout::SaleUsage,
    customer::CustomerChange,
    ids::{CampaignId, ClosureNumber, CustomerId, DocumentId},
    journal::{Entry, Event},
    money::Money,
    quantity::Percent,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business,
    chain::{Chain, Company, SHELF, chains},
    quotas,
    relay::sql,
    support::every_books,
};

fn percent(text: &str) -> Percent {
    Percent::parse(text).unwrap()
}

pub(super) fn tenth() -> Campaign {
    let benefit = Benefit::Off { reward: Reward::Percent(percent("10")), per: Per::Document };
    Campaign::new(CampaignId::new(Uuid::from_u128(0xCA)), "TENTH", benefit)
}

async fn define(chain: &Chain, owner: &str, (resource, id): (&str, Uuid), row: Value) {
    chain.ok("POST", &format!("/definitions/{resource}"), owner, json!({"id": id, "row": row})).await;
}

/// A company with a campaign of ours.
pub(super) async fn company(chain: &Chain, campaign: &Campaign) -> Company {
    let harbour = chain.company("harbour").await;
    let owner = harbour.owner.access.as_str();
    let kind = Uuid::from_u128(0xC0);
    define(chain, owner, ("campaign_types", kind), json!({"code": "BASKET_DISCOUNT", "name": "Basket"}))
        .await;
    let row = json!({
        "code": campaign.code, "name": campaign.name, "fk_campaign_type_id": kind,
        "definition": serde_json::to_value(campaign).unwrap(),
    });
    define(chain, owner, ("campaigns", campaign.id.uuid()), row).await;
    harbour
}

/// What is given on a cart of 30.00, in all.
pub(super) async fn given(chain: &Chain, company: &Company, cart: Value) -> Value {
    let answer = chain.ok("POST", "/campaigns/evaluate", &company.device, cart).await;
    answer["proposals"].as_array().unwrap().first().map_or(json!("0"), |one| one["amount"].clone())
}

fn with_line(field: &str, value: Value) -> Value {
    let mut cart = business::cart("30.00", &[]);
    cart["lines"][0][field] = value;
    cart
}

#[tokio::test]
async fn a_department_is_meant_by_its_identity_or_by_the_number_that_tills_know_it_by() {
    let tea = Selector::Department(DepartmentKey::from(DepartmentNo(7)));
    let campaign = Campaign { target: Target::of(vec![tea]), ..tenth() };
    for chain in chains().await {
        let harbour = company(&chain, &campaign).await;
        let (seven, eight) = (Uuid::from_u128(0xD7), Uuid::from_u128(0xD8));
        for (id, code) in [(seven, "7"), (eight, "8")] {
            let row = json!({"code": code, "name": format!("Department {code}")});
            define(&chain, &harbour.owner.access, ("department_main_groups", id), row).await;
        }
        let of = async |named: Value| {
            given(&chain, &harbour, with_line("fk_department_main_group_id", named)).await
        };
        assert_eq!(of(json!("7")).await, "3.00", "as a till of ours writes it");
        assert_eq!(of(json!(seven)).await, "3.00", "as older tills write it");
        assert_eq!((of(json!("8")).await, of(json!(eight)).await), (json!("0"), json!("0")));
        // A cart that does not say it is of the department of its product.
        let row =
            json!({"code": "1", "name": "Tea", "sale_price": "1", "fk_department_main_group_id": seven});
        define(&chain, &harbour.owner.access, ("products", Uuid::from_u128(3)), row).await;
        assert_eq!(of(json!("")).await, "3.00");
    }
}

#[tokio::test]
async fn rules_of_the_original_mean_the_departments_of_tills() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let [kind, campaign, seven, sub] = [0xC0, 0xCA, 0xD7, 0xD9].map(Uuid::from_u128);
        define(&chain, owner, ("department_main_groups", seven), json!({"code": "7", "name": "Tea"})).await;
        let row = json!({"code": "171", "name": "Green tea", "main_group_id": seven});
        define(&chain, owner, ("department_sub_groups", sub), row).await;
        define(&chain, owner, ("campaign_types", kind), json!({"code": "BASKET_DISCOUNT", "name": "Basket"}))
            .await;
        let row = json!({
            "code": "TENTH", "name": "Tenth", "fk_campaign_type_id": kind, "discount_type": "PERCENTAGE",
            "discount_percentage": "10.00", "is_active": true, "is_auto_apply": true,
        });
        define(&chain, owner, ("campaigns", campaign), row).await;
        let rule = Uuid::from_u128(0xCB);
        let of = |kind: &str, value: Value, department: Value| {
            json!({
                "fk_campaign_id": campaign, "rule_type": kind, "rule_value": value,
                "fk_department_id": department, "is_include": true,
            })
        };
        define(&chain, owner, ("campaign_rules", rule), of("CATEGORY", json!(sub), Value::Null)).await;
        let more = |sub: &str| {
            let mut cart = with_line("fk_department_main_group_id", json!("7"));
            cart["schema_version"] = json!("1.1");
            cart["lines"][0]["fk_department_sub_group_id"] = json!(sub);
            cart["lines"][0]["fk_product_manufacturer_id"] = Value::Null;
            cart["lines"][0]["barcodes"] = json!([]);
            cart
        };
        assert_eq!(given(&chain, &harbour, more("171")).await, "3.00");
        assert_eq!(given(&chain, &harbour, more("172")).await, "0");
    }
}

#[tokio::test]
async fn goods_that_must_not_be_discounted_are_left_alone_centrally_too() {
    for chain in chains().await {
        let harbour = company(&chain, &tenth()).await;
        chain.shelf(&harbour.owner.access).await;
        let cart = || business::cart("30.00", &[]);
        assert_eq!(given(&chain, &harbour, cart()).await, "3.00");
        let row = json!({"code": "1", "name": "Tea", "sale_price": "1", "is_allowed_discount": false, "fk_department_main_group_id": SHELF});
        define(&chain, &harbour.owner.access, ("products", Uuid::from_u128(3)), row).await;
        assert_eq!(given(&chain, &harbour, cart()).await, "0");
    }
}

#[tokio::test]
async fn numbers_of_a_cart_may_have_an_exponent_d42() {
    for chain in chains().await {
        let harbour = company(&chain, &tenth()).await;
        let mut cart = business::cart("3E+1", &[]);
        let mut free = cart["lines"][0].clone();
        for (field, value) in [("line_id", "2"), ("unit_price", "0E-8"), ("line_total", "0E-8")] {
            free[field] = json!(value);
        }
        free["line_no"] = json!(2);
        cart["lines"][0]["quantity"] = json!("1E+1");
        cart["lines"].as_array_mut().unwrap().push(free);
        assert_eq!(given(&chain, &harbour, cart).await, "3.00");
        let malformed = business::cart("3E", &[]);
        let path = "/campaigns/evaluate";
        chain.refused(("POST", path, &harbour.device), malformed, (422, "cart_invalid")).await;
    }
}

#[tokio::test]
async fn a_tender_is_known_by_the_codes_of_our_tills_and_of_older_ones() {
    let terms = TenderTerms {
        of: serde_json::from_value(json!({"include": [{"kind": "credit_card"}]})).unwrap(),
        least_share: percent("0"),
    };
    let campaign = Campaign { tender: Some(terms), ..tenth() };
    for chain in chains().await {
        let harbour = company(&chain, &campaign).await;
        for (kind, expected) in
            [("credit_card", "3.00"), ("CREDIT_PAYMENT", "3.00"), ("cash", "0"), ("CASH_PAYMENT", "0")]
        {
            let mut cart = business::cart("30.00", &[]);
            cart["payments"] = json!([{
                "payment_id": "1", "line_no": 1, "payment_type": kind, "payment_total": "30.00", "is_cancel": false,
            }]);
            assert_eq!(given(&chain, &harbour, cart).await, expected, "{kind}");
        }
    }
}

#[tokio::test]
async fn a_birthday_and_the_way_of_selling_are_known_of_a_cart() {
    let customer = Uuid::from_u128(0xA1);
    for (condition, expected) in [
        (Condition::Birthday { within_days: 3 }, "3.00"),
        (Condition::Channel("till".to_owned()), "3.00"),
        (Condition::Channel("web".to_owned()), "0"),
    ] {
        for chain in chains().await {
            let harbour = company(&chain, &Campaign { condition: condition.clone(), ..tenth() }).await;
            let row = json!({"name": "Ada", "last_name": "King", "date_of_birth": "1990-11-22"});
            define(&chain, &harbour.owner.access, ("customers", customer), row).await;
            let mut cart = business::cart("30.00", &[]);
            cart["fk_customer_id"] = json!(customer);
            assert_eq!(given(&chain, &harbour, cart).await, expected, "{condition:?}");
        }
    }
}

#[tokio::test]
async fn a_coupon_for_a_segment_counts_for_whoever_belongs_to_it() {
    let segment = Uuid::from_u128(0x5E);
    let campaign = Campaign {
        segment: Some(saleflex_core::ids::SegmentId::new(segment)),
        activation: Activation::Coupon,
        ..tenth()
    };
    for chain in chains().await {
        let harbour = company(&chain, &campaign).await;
        let owner = harbour.owner.access.as_str();
        define(&chain, owner, ("customer_segments", segment), json!({"code": "GOLD", "name": "Gold"})).await;
        let row = json!({"code": "FOR-GOLD", "fk_campaign_id": campaign.id, "coupon_type": "PUBLIC", "is_active": true});
        define(&chain, owner, ("coupons", Uuid::from_u128(0xC1)), row).await;
        let asked = |codes: &[&str]| {
            json!({
                "code": "FOR-GOLD", "document_id": Uuid::from_u128(1), "customer_id": Uuid::from_u128(0xA1),
                "customer_segment_codes": codes,
            })
        };
        let path = "/coupons/validate";
        chain.ok("POST", path, &harbour.device, asked(&["GOLD"])).await;
        chain.refused(("POST", path, &harbour.device), asked(&[]), (422, "coupon_refused")).await;
    }
}

#[tokio::test]
async fn what_another_store_has_of_its_own_is_not_known_on_a_cart_of_this_one() {
    let silver = Uuid::from_u128(0x5E);
    let of_segment = Campaign { segment: Some(saleflex_core::ids::SegmentId::new(silver)), ..tenth() };
    let segment = (silver, json!({"code": "SILVER", "name": "Silver"}));
    let tea = (
        Uuid::from_u128(3),
        json!({"code": "1", "name": "Tea", "sale_price": "1", "is_allowed_discount": false, "fk_department_main_group_id": SHELF}),
    );
    for (campaign, resource, (id, row), expected) in
        [(of_segment, "customer_segments", segment, ["0", "3.00"]), (tenth(), "products", tea, ["3.00", "0"])]
    {
        for chain in chains().await {
            let harbour = company(&chain, &campaign).await;
            let owner = harbour.owner.access.as_str();
            chain.shelf(owner).await;
            let new = json!({"id": id, "store_id": harbour.other_store, "row": row});
            chain.ok("POST", &format!("/definitions/{resource}"), owner, new).await;
            let (_, device) = chain.terminal(owner, &harbour.other_store, "TILL-9", "pos").await;
            let mut cart = business::cart("30.00", &[]);
            cart["fk_customer_id"] = json!(Uuid::from_u128(0xA1));
            cart["customer_segment_codes"] = json!(["SILVER"]);
            let here = given(&chain, &harbour, cart.clone()).await;
            let there = given(&chain, &Company { device, ..harbour }, cart).await;
            assert_eq!([here, there], expected, "{resource}");
        }
    }
}

#[tokio::test]
async fn a_coupon_is_asked_about_with_the_cart_that_it_would_be_on() {
    let campaign = Campaign { activation: Activation::Coupon, ..tenth() };
    for chain in chains().await {
        let harbour = company(&chain, &campaign).await;
        let till = harbour.device.as_str();
        for (id, code) in [(0xC1, "FIRST"), (0xC2, "SECOND")] {
            let row = json!({"code": code, "fk_campaign_id": campaign.id, "coupon_type": "SINGLE_USE", "is_active": true});
            define(&chain, &harbour.owner.access, ("coupons", Uuid::from_u128(id)), row).await;
        }
        let (validate, redeem, release) = ("/coupons/validate", "/coupons/redeem", "/coupons/release");
        let on = |codes: &[&str]| json!({"code": "FIRST", "cart": business::cart("30.00", codes)});
        chain.ok("POST", validate, till, on(&[])).await;
        for (there, why) in [("FIRST", "already_applied"), ("SECOND", "campaign_already_applied")] {
            let (status, refusal) = chain.send("POST", validate, till, &on(&[there])).await;
            assert_eq!((status.as_u16(), &refusal["detail"]), (422, &json!(why)), "{refusal}");
        }
        let cart = business::cart("30.00", &["FIRST", "SECOND", "first"]);
        let evaluated = chain.ok("POST", "/campaigns/evaluate", till, cart).await;
        let other = json!([{"code": "SECOND", "reason": "campaign_already_applied"}]);
        assert_eq!((&evaluated["rejected_coupons"], &evaluated["proposals"][1]), (&other, &Value::Null));
        // Held for another document than the cart's, by its code or its identity, and freed as it was held.
        for named in [json!("FIRST"), json!(Uuid::from_u128(0xC1))] {
            let held = json!({"coupon": named, "document_id": Uuid::from_u128(7)});
            chain.ok("POST", redeem, till, held.clone()).await;
            let (_, refusal) = chain.send("POST", validate, till, &on(&[])).await;
            assert_eq!(refusal["detail"], "single_use_used", "{refusal}");
            chain.ok("POST", release, till, held).await;
            chain.ok("POST", validate, till, on(&[])).await;
        }
        chain.ok("POST", redeem, till, on(&[])).await;
        let elsewhere = json!({"coupon": "FIRST", "document_id": Uuid::from_u128(7)});
        chain.refused(("POST", redeem, till), elsewhere, (422, "coupon_refused")).await;
        chain.refused(("POST", redeem, till), json!({"code": "FIRST"}), (422, "field_invalid")).await;
        let nobodys = json!({"coupon": "THIRD", "document_id": Uuid::from_u128(7)});
        chain.refused(("POST", release, till), nobodys, (422, "coupon_refused")).await;
    }
}

/// A sale of a business day that used the campaign.
fn used_on(company: &Company, receipt: u32, day: &str) -> Entry {
    let mut entry = used_by(company, receipt, None);
    entry.at.business_date = day.parse().unwrap();
    entry
}

/// A sale to a customer that used the campaign.
fn used_by(company: &Company, receipt: u32, customer: Option<CustomerId>) -> Entry {
    let mut entry = business::sale_to(company, receipt, None, customer);
    let document = DocumentId::new(Uuid::from_u128(u128::from(receipt) + 1_000));
    let amount = Money::from_minor(24);
    let campaigns = vec![CampaignUse { campaign: tenth().id, amount, coupon_code: None }];
    let usage = Usage { campaigns, coupons: Vec::new(), reversed: None };
    entry.effects.usage = vec![SaleUsage { document, usage }];
    entry
}

#[tokio::test]
async fn a_limit_a_day_counts_the_day_a_sale_was_made_on_and_not_the_one_it_came_on() {
    let limits = Limits { uses_per_day: Some(1), ..Limits::default() };
    for chain in chains().await {
        let harbour = company(&chain, &Campaign { limits: limits.clone(), ..tenth() }).await;
        let cart = || business::cart("30.00", &[]);
        for (receipt, day, expected) in [(1, "2026-11-20", "3.00"), (2, "2026-11-21", "0")] {
            let entry = used_on(&harbour, receipt, day);
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            business::deliver(&chain, &harbour, (receipt.into(), entry.entity), &bytes).await;
            assert_eq!(given(&chain, &harbour, cart()).await, expected, "{day}");
        }
    }
}

#[tokio::test]
async fn what_belonged_to_a_merged_record_is_that_of_the_record_that_stays() {
    let limits = Limits { uses_per_customer: Some(1), ..Limits::default() };
    let hers = CampaignId::new(Uuid::from_u128(0xCB));
    let hers = Campaign { activation: Activation::Coupon, ..Campaign::new(hers, "HERS", tenth().benefit) };
    let [stays, goes] = [0xA1, 0xA2].map(|number| CustomerId::new(Uuid::from_u128(number)));
    for chain in chains().await {
        let harbour = company(&chain, &Campaign { limits: limits.clone(), ..tenth() }).await;
        let owner = harbour.owner.access.as_str();
        for (customer, name) in [(stays, "Ada"), (goes, "Eda")] {
            define(&chain, owner, ("customers", customer.uuid()), json!({"name": name, "last_name": "King"}))
                .await;
        }
        define(&chain, owner, ("campaigns", hers.id.uuid()), row_of(&hers)).await;
        let row = json!({
            "code": "HERS", "fk_campaign_id": hers.id, "coupon_type": "PERSONAL", "fk_customer_id": goes, "is_active": true,
        });
        define(&chain, owner, ("coupons", Uuid::from_u128(0xC1)), row).await;
        let send = async |seq: u64, entry: Entry| {
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            business::deliver(&chain, &harbour, (seq, entry.entity), &bytes).await
        };
        let sale = used_by(&harbour, 1, Some(goes));
        let at = sale.at;
        send(1, sale).await;
        let bought_by = async |customer: CustomerId| {
            let mut cart = business::cart("30.00", &[]);
            cart["fk_customer_id"] = json!(customer);
            given(&chain, &harbour, cart).await
        };
        let path = "/coupons/validate";
        let asked = json!({"code": "HERS", "document_id": Uuid::from_u128(1), "customer_id": stays});
        assert_eq!((bought_by(stays).await, bought_by(goes).await), (json!("3.00"), json!("0")));
        chain.refused(("POST", path, &harbour.device), asked.clone(), (422, "coupon_refused")).await;

        let merged = Event::Customer(CustomerChange::Merged { from: goes, into: stays });
        send(2, Entry::new(Uuid::from_u128(901), at, None, ClosureNumber(1), merged)).await;
        let none = (json!("0"), json!("0"));
        assert_eq!((bought_by(stays).await, bought_by(goes).await), none, "whichever a till names");
        chain.ok("POST", path, &harbour.device, asked).await;
        let mut share = quotas::ask("customer_uses", tenth().id.uuid());
        share["customer"] = json!(stays);
        assert_eq!(quotas::granted(&chain, &harbour.device, share).await, 0, "it is used up");
    }
}

#[tokio::test]
async fn a_campaign_that_changes_gives_something_else_at_once() {
    for chain in chains().await {
        let harbour = company(&chain, &tenth()).await;
        assert_eq!(given(&chain, &harbour, business::cart("30.00", &[])).await, "3.00");
        let owner = harbour.owner.access.as_str();
        let benefit = Benefit::Off { reward: Reward::Percent(percent("20")), per: Per::Document };
        let fifth = Campaign::new(tenth().id, "FIFTH", benefit);
        let row = json!({"code": "FIFTH", "name": "Fifth", "definition": fifth});
        let path = format!("/definitions/campaigns/{}", tenth().id.uuid());
        let version = format!("\"{}\"", chain.get(&path, owner).await["version"]);
        let change = json!({"row": row});
        let (status, answer) =
            chain.send_with("PATCH", &path, owner, &change, &[("if-match", &version)]).await;
        assert_eq!(status.as_u16(), 200, "{answer}");
        assert_eq!(given(&chain, &harbour, business::cart("30.00", &[])).await, "6.00");
    }
}

#[tokio::test]
async fn a_definition_that_a_till_would_not_take_is_refused_and_one_that_nobody_can_read_gives_nothing() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = company(&chain, &tenth()).await;
        let owner = harbour.owner.access.as_str();
        let mut twice = serde_json::to_value(tenth()).unwrap();
        twice["id"] = json!(Uuid::from_u128(0xCC));
        let (mut nameless, mut other) = (twice.clone(), twice.clone());
        nameless["name"] = json!("");
        other["id"] = json!(Uuid::from_u128(0xCE));
        for definition in [json!("a tenth"), json!({"benefit": "a lot"}), nameless, other] {
            let row = json!({
                "code": "TWICE", "name": "Twice", "fk_campaign_type_id": Uuid::from_u128(0xC0),
                "definition": definition,
            });
            let new = json!({"id": Uuid::from_u128(0xCC), "row": row});
            let (status, refusal) = chain.send("POST", "/definitions/campaigns", owner, &new).await;
            let told = (status.as_u16(), &refusal["code"], &refusal["detail"]);
            assert_eq!(told, (422, &json!("field_invalid"), &json!("definition")), "{refusal}");
        }
        // What came before there was a check.
        let spoilt = "UPDATE definition SET body = replace(body, '\"benefit\"', '\"gift\"') WHERE resource = 'campaigns'";
        sql(&books, spoilt).await;
        sql(&books, "UPDATE company SET changes = changes + 1").await;
        assert_eq!(given(&chain, &harbour, business::cart("30.00", &[])).await, "0");
    }
}

#[tokio::test]
async fn goods_of_a_cart_that_names_no_barcodes_have_those_of_the_companys_products() {
    let coded = Selector::Pattern(Pattern::new("4006*"));
    let campaign = Campaign { target: Target::of(vec![coded]), ..tenth() };
    for chain in chains().await {
        let harbour = company(&chain, &campaign).await;
        chain.shelf(&harbour.owner.access).await;
        let owner = harbour.owner.access.as_str();
        let cart = || business::cart("30.00", &[]);
        assert_eq!(given(&chain, &harbour, cart()).await, "0");
        let tea = Uuid::from_u128(3);
        define(
            &chain,
            owner,
            ("products", tea),
            json!({"code": "1", "name": "Tea", "sale_price": "1", "fk_department_main_group_id": SHELF}),
        )
        .await;
        let row = json!({"barcode": "4006381333931", "fk_product_id": tea});
        define(&chain, owner, ("product_barcodes", Uuid::from_u128(0xBA)), row).await;
        assert_eq!(given(&chain, &harbour, cart()).await, "3.00", "schema 1.0 cannot say them");
        let mut told = cart();
        told["schema_version"] = json!("1.1");
        let line = &mut told["lines"][0];
        (line["fk_department_sub_group_id"], line["fk_product_manufacturer_id"]) = (Value::Null, Value::Null);
        line["barcodes"] = json!(["5000"]);
        assert_eq!(given(&chain, &harbour, told).await, "0", "what the cart says counts");
    }
}

#[tokio::test]
async fn goods_of_a_cart_that_names_no_code_have_that_of_the_companys_product() {
    let coded = Selector::Pattern(Pattern::new("TEA*"));
    let campaign = Campaign { target: Target::of(vec![coded]), ..tenth() };
    for chain in chains().await {
        let harbour = company(&chain, &campaign).await;
        chain.shelf(&harbour.owner.access).await;
        let row =
            json!({"code": "TEA-1", "name": "Tea", "sale_price": "1", "fk_department_main_group_id": SHELF});
        define(&chain, &harbour.owner.access, ("products", Uuid::from_u128(3)), row).await;
        for (said, expected) in [(Value::Null, "3.00"), (json!(""), "3.00"), (json!("1"), "0")] {
            let cart = with_line("product_code", said.clone());
            assert_eq!(given(&chain, &harbour, cart).await, expected, "{said}");
        }
    }
}

/// A tenth off goods with codes of any of a hundred patterns that begin with a number.
fn by_a_hundred_patterns(number: u128, first: u128) -> Campaign {
    let pattern = |at: u128| Selector::Pattern(Pattern::new(&format!("re:^{first}-{at}$")));
    let id = CampaignId::new(Uuid::from_u128(0xCA00 + number));
    let target = Target::of((0..100).map(pattern).collect());
    Campaign { target, ..Campaign::new(id, format!("C{number}"), tenth().benefit) }
}

fn row_of(campaign: &Campaign) -> Value {
    json!({
        "code": campaign.code, "name": campaign.name, "fk_campaign_type_id": Uuid::from_u128(0xC0),
        "definition": serde_json::to_value(campaign).unwrap(),
    })
}

#[tokio::test]
async fn campaigns_of_more_patterns_than_are_taken_today_stay_in_force_and_none_is_added() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = company(&chain, &tenth()).await;
        let owner = harbour.owner.access.as_str();
        let add = async |number, first| {
            let campaign = by_a_hundred_patterns(number, first);
            let new = json!({"id": campaign.id.uuid(), "row": row_of(&campaign)});
            let (status, answer) = chain.send("POST", "/definitions/campaigns", owner, &new).await;
            (status.as_u16(), answer["code"].clone())
        };
        let mut last = 1;
        let refused = loop {
            match add(last, last).await {
                (200..300, _) => last += 1,
                refused => break refused,
            }
        };
        assert_eq!(refused, (422, json!("field_invalid")));
        assert!((10..25).contains(&last), "{last}");
        assert_eq!(given(&chain, &harbour, business::cart("30.00", &[])).await, "3.00");
        // The patterns of another campaign once more take nothing; an earlier version took others.
        assert!(add(99, 1).await.0 < 300);
        let others = "UPDATE definition SET body = replace(body, 're:^1-', 're:^77-') WHERE code = 'C99'";
        sql(&books, others).await;
        sql(&books, "UPDATE company SET changes = changes + 1").await;
        assert_eq!(given(&chain, &harbour, business::cart("30.00", &[])).await, "3.00", "all stay in force");
        assert_eq!(add(last, last).await, (422, json!("field_invalid")), "none is added");
    }
}

/// A rule in the original's columns brings its pattern whatever the case of its type, and while a whole definition keeps
/// the rules of its campaign unread.
#[tokio::test]
async fn patterns_of_the_originals_rules_count_however_their_type_is_written() {
    let large = |number: usize| Pattern::new(&format!("re:^\\w{{45}}{}$", 1_000 + number));
    let fit = MOST_PATTERN_BYTES / large(0).bytes();
    let target = Target::of((0..fit).map(|at| Selector::Pattern(large(at))).collect());
    let full =
        Campaign { target, ..Campaign::new(CampaignId::new(Uuid::from_u128(0xCB)), "FULL", tenth().benefit) };
    for chain in chains().await {
        let harbour = company(&chain, &tenth()).await;
        let owner = harbour.owner.access.as_str();
        define(&chain, owner, ("campaigns", full.id.uuid()), row_of(&full)).await;
        let acme = Uuid::from_u128(0xAC);
        define(&chain, owner, ("product_manufacturers", acme), json!({"name": "Acme"})).await;
        let add = async |kind: &str, number| {
            let row = json!({
                "fk_campaign_id": tenth().id.uuid(), "rule_type": kind, "rule_value": large(number).as_str(),
                "fk_product_manufacturer_id": acme,
            });
            let (status, answer) =
                chain.send("POST", "/definitions/campaign_rules", owner, &json!({"row": row})).await;
            (status.as_u16(), answer["code"].clone())
        };
        for kind in ["barcode_pattern", "Barcode_Pattern", "BARCODE_PATTERN"] {
            assert_eq!(add(kind, fit).await, (422, json!("field_invalid")), "{kind}");
            assert_eq!(add(kind, 0).await.0, 201, "{kind}: one that is there takes nothing more");
        }
        assert_eq!(add("brand", fit).await.0, 201, "no pattern");
    }
}

#[tokio::test]
async fn a_share_of_what_is_due_is_asked_of_payments_as_at_the_till() {
    let combinable = |mut campaign: Campaign| {
        campaign.lane.exclusivity = Exclusivity::Combinable;
        campaign
    };
    let by_card = serde_json::from_value(json!({"include": [{"kind": "credit_card"}]})).unwrap();
    let whole = TenderTerms { of: by_card, least_share: percent("100") };
    let fifth = Benefit::Off { reward: Reward::Percent(percent("20")), per: Per::Document };
    let id = CampaignId::new(Uuid::from_u128(0xCD));
    let share = combinable(Campaign { tender: Some(whole), ..Campaign::new(id, "CARD", fifth) });
    for chain in chains().await {
        let harbour = company(&chain, &combinable(tenth())).await;
        define(&chain, &harbour.owner.access, ("campaigns", share.id.uuid()), row_of(&share)).await;
        // A card waits that pays all of the 27.00 that are due, and earned a fifth of 30.00 by it.
        let mut cart = business::cart("30.00", &[]);
        cart["schema_version"] = json!("1.1");
        cart["payments"] = json!([{
            "payment_id": Uuid::from_u128(9), "line_no": 1, "payment_type": "credit_card",
            "payment_total": "21.60", "is_cancel": false, "judged_as": "27.00",
        }]);
        assert_eq!(given(&chain, &harbour, cart.clone()).await, "3.00", "27.00 of 30.00 is not all of it");
        cart["totals"]["due_before_payments"] = json!("27.00");
        assert_eq!(given(&chain, &harbour, cart.clone()).await, "6.00");
        let mut part = cart.clone();
        part["payments"][0]["judged_as"] = json!("26.99");
        assert_eq!(given(&chain, &harbour, part).await, "3.00");
        cart["payments_earn_nothing"] = json!(true);
        assert_eq!(given(&chain, &harbour, cart).await, "3.00");
    }
}
