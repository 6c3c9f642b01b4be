//! The wire of the older terminals: its rules beyond the recordings, which `cargo xtask vectors` replays.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use saleflex_gate::{TerminalChange, settings::OfficeWire};
use serde_json::{Value, json};

use super::{
    chain::chains,
    support::{Shop, call, codes, envelope, every_books, id, request, sale},
};

const PUSH: &str = "/api/v1/pos/transactions";
const CLOSE: &str = "/api/v1/pos/closures";
const INIT: &str = "/api/v1/pos/init?office_code=OFC-HARBOUR&store_code=HARBOUR-01&terminal_code=";

async fn shops(wire: OfficeWire) -> Vec<Shop> {
    let mut shops = Vec::new();
    for books in every_books().await {
        shops.push(Shop::open(books, wire).await);
    }
    shops
}

fn counted(answer: &Value) -> (u64, u64) {
    (answer["accepted"].as_u64().unwrap(), answer["rejected"].as_u64().unwrap())
}

#[tokio::test]
async fn a_repeat_is_accepted_again_and_changes_nothing() {
    for shop in shops(OfficeWire::Open).await {
        let push = envelope("TILL-1", "transactions", &[sale(&id(1), 1, "3.4000")]);
        for result in ["accepted", "duplicate", "duplicate"] {
            let (status, answer) = shop.post(PUSH, None, &push).await;
            assert_eq!((status, counted(&answer)), (StatusCode::OK, (1, 0)));
            assert_eq!(answer["results"][0]["result"], result);
        }
        let holdings = &shop.hub.holdings(shop.company).await.unwrap()["TILL-1"];
        assert_eq!((holdings.documents, holdings.completed_total), (1, "3.4".parse().unwrap()));
    }
}

#[tokio::test]
async fn a_bad_item_is_counted_and_never_undoes_its_neighbours() {
    for shop in shops(OfficeWire::Open).await {
        let bad = [json!({}), json!(7), json!({"head": {}}), json!({"head": {"id": "not one"}}), json!(null)];
        let items = [&bad[..], &[sale(&id(1), 1, "1.0")], &bad[..], &[sale(&id(2), 2, "2.0")]].concat();
        let (status, answer) = shop.post(PUSH, None, &envelope("TILL-1", "transactions", &items)).await;
        assert_eq!((status, counted(&answer)), (StatusCode::OK, (2, 10)));
        assert_eq!(answer["results"][0]["error_code"], "head_missing");
        assert_eq!(answer["results"][3]["error_code"], "id_invalid");
        assert_eq!(shop.hub.holdings(shop.company).await.unwrap()["TILL-1"].documents, 2);
    }
}

#[tokio::test]
async fn two_terminals_with_one_number_are_two_documents_and_two_closures() {
    for shop in shops(OfficeWire::Open).await {
        for (till, number) in [("TILL-1", 1), ("TILL-2", 2)] {
            let closure = json!({"closure": {"id": id(number + 10), "closure_unique_id": "20261121-0001",
                "closure_number": 1, "total_document_count": 1, "gross_sales_amount": "1.0000"}});
            shop.post(PUSH, None, &envelope(till, "transactions", &[sale(&id(number), 1, "1.0")])).await;
            let (_, answer) = shop.post(CLOSE, None, &envelope(till, "closures", &[closure])).await;
            assert_eq!(counted(&answer), (1, 0));
            assert_eq!(answer["results"][0]["flags"], Value::Null, "nothing is wrong with it");
        }
        let holdings = shop.hub.holdings(shop.company).await.unwrap();
        for till in ["TILL-1", "TILL-2"] {
            assert_eq!((holdings[till].documents, holdings[till].closures), (1, 1));
        }
    }
}

#[tokio::test]
async fn other_content_under_the_same_identity_is_flagged_and_kept_aside() {
    for shop in shops(OfficeWire::Open).await {
        let first = envelope("TILL-1", "transactions", &[sale(&id(1), 1, "3.4000")]);
        let same_value = envelope("TILL-1", "transactions", &[sale(&id(1), 1, "3.40")]);
        let other = envelope("TILL-1", "transactions", &[sale(&id(1), 1, "3.5000")]);
        shop.post(PUSH, None, &first).await;
        let (_, answer) = shop.post(PUSH, None, &same_value).await;
        assert_eq!(answer["results"][0]["flags"], json!(["no_lines"]));
        for _ in 0..2 {
            let (_, answer) = shop.post(PUSH, None, &other).await;
            assert_eq!(counted(&answer), (1, 0), "an old terminal would send it for ever");
            assert_eq!(answer["results"][0]["flags"], json!(["content_mismatch", "no_lines"]));
        }
        let holdings = &shop.hub.holdings(shop.company).await.unwrap()["TILL-1"];
        assert_eq!((holdings.documents, holdings.variants), (1, 1));
        assert_eq!(holdings.completed_total, "3.4".parse().unwrap(), "the first version is in force");
    }
}

#[tokio::test]
async fn a_number_used_twice_and_an_identity_of_two_terminals_are_flagged_on_both() {
    for shop in shops(OfficeWire::Open).await {
        let flags_of = async |till: &str, number: u32, receipt: u32| {
            let push = envelope(till, "transactions", &[sale(&id(number), receipt, "1.0")]);
            let (_, answer) = shop.post(PUSH, None, &push).await;
            answer["results"][0]["flags"].to_string()
        };
        flags_of("TILL-1", 1, 7).await;
        assert!(flags_of("TILL-1", 2, 7).await.contains("number_reused"));
        assert!(flags_of("TILL-1", 1, 7).await.contains("number_reused"));
        assert!(flags_of("TILL-2", 1, 9).await.contains("cloned_terminal"));
        assert!(flags_of("TILL-1", 1, 7).await.contains("cloned_terminal"));
        assert_eq!(shop.hub.holdings(shop.company).await.unwrap()["TILL-1"].documents, 2);
    }
}

#[tokio::test]
async fn a_closure_ahead_of_its_receipts_is_marked_until_the_late_ones_come() {
    for shop in shops(OfficeWire::Open).await {
        let closure = json!({"closure": {"id": id(9), "closure_number": 1, "total_document_count": 1}});
        let closures = envelope("TILL-1", "closures", &[closure]);
        let (_, answer) = shop.post(CLOSE, None, &closures).await;
        assert_eq!(answer["results"][0]["flags"], json!(["open_receipts"]));
        let late = envelope("TILL-1", "transactions", &[sale(&id(1), 1, "1.0")]);
        let (_, answer) = shop.post(PUSH, None, &late).await;
        assert_eq!(answer["results"][0]["flags"], json!(["late", "no_lines"]));
        let (_, answer) = shop.post(CLOSE, None, &closures).await;
        assert_eq!(answer["results"][0]["flags"], Value::Null);
    }
}

#[tokio::test]
async fn codes_that_nobody_has_are_refused_in_the_old_shape() {
    for shop in shops(OfficeWire::Open).await {
        let mut unknown_store = envelope("TILL-1", "transactions", &[]);
        unknown_store["store_code"] = "NOWHERE".into();
        let unknown_terminal = envelope("TILL-9", "transactions", &[sale(&id(1), 1, "1.0")]);
        let mut no_list = envelope("TILL-1", "transactions", &[]);
        no_list["transactions"] = json!({});
        for (push, status, code) in [
            (&unknown_store, 404, "store_unknown"),
            (&unknown_terminal, 404, "terminal_unknown"),
            (&no_list, 400, "invalid_request"),
            (&json!([]), 400, "invalid_request"),
            (&json!({"store_code": "HARBOUR-01"}), 400, "invalid_request"),
        ] {
            let (found, answer) = shop.post(PUSH, None, push).await;
            assert_eq!((found.as_u16(), &answer["error_code"]), (status, &json!(code)));
            assert_eq!(answer["status"], "error");
            assert!(answer["message"].is_string() && answer["correlation_id"].is_string());
        }
        shop.hub.take_in_strangers(shop.company, shop.store, true).await.unwrap();
        let (_, answer) = shop.post(PUSH, None, &unknown_terminal).await;
        assert_eq!(counted(&answer), (1, 0), "the store takes in strangers now");
        let mut other_office = envelope("TILL-1", "transactions", &[sale(&id(2), 2, "1.0")]);
        other_office["office_code"] = "ANOTHER".into();
        let (_, answer) = shop.post(PUSH, None, &other_office).await;
        assert_eq!(counted(&answer), (1, 0), "the originals look for the store alone");
    }
}

#[tokio::test]
async fn without_a_credential_nobody_is_served_unless_the_operator_opened_the_wire() {
    for shop in shops(OfficeWire::Credentials).await {
        let push = envelope("TILL-1", "transactions", &[sale(&id(1), 1, "1.0")]);
        let (status, answer) = shop.post(PUSH, None, &push).await;
        assert_eq!((status, &answer["error_code"]), (StatusCode::UNAUTHORIZED, &json!("unauthorized")));
        assert_eq!(shop.post(PUSH, Some("guessed"), &push).await.0, StatusCode::UNAUTHORIZED);
        let other = Some(shop.till_2.secret.as_str());
        let (status, answer) = shop.post(PUSH, other, &push).await;
        assert_eq!((status, &answer["error_code"]), (StatusCode::FORBIDDEN, &json!("scope_mismatch")));
        let own = Some(shop.till_1.secret.as_str());
        assert_eq!(shop.post(PUSH, own, &push).await.0, StatusCode::OK);
        shop.change(&shop.till_1, TerminalChange::IsActive(false)).await;
        let (status, answer) = shop.post(PUSH, own, &push).await;
        assert_eq!((status, &answer["error_code"]), (StatusCode::FORBIDDEN, &json!("terminal_revoked")));
    }
}

#[tokio::test]
async fn the_secret_in_the_address_opens_under_its_own_terminals_name_only() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    for shop in shops(OfficeWire::Credentials).await {
        for (name, expected) in [("TILL-1", StatusCode::OK), ("TILL-2", StatusCode::UNAUTHORIZED)] {
            let pair = STANDARD.encode(format!("{name}:{}", shop.till_1.secret));
            let asked =
                Request::get(format!("{INIT}TILL-1")).header(header::AUTHORIZATION, format!("Basic {pair}"));
            let (status, _) = call(&shop.router, asked.body(Body::empty()).unwrap()).await;
            assert_eq!(status, expected, "{name}");
        }
    }
}

#[tokio::test]
async fn passcodes_are_readable_for_terminals_that_can_do_nothing_else_and_for_nobody_beside() {
    for shop in shops(OfficeWire::Open).await {
        let passcodes = async || {
            let (status, answer) = shop.get(&format!("{INIT}TILL-1"), None).await;
            assert_eq!(status, StatusCode::OK);
            answer["data"]["cashiers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["password"].clone())
                .collect::<Vec<_>>()
        };
        let unusable = passcodes().await;
        let is_typed_by_nobody =
            |one: &Value| one.as_str().is_some_and(|one| one.len() == 33 && one.starts_with('!'));
        assert!(unusable.iter().all(is_typed_by_nobody), "{unusable:?}");
        assert_eq!(passcodes().await, unusable, "the same at each start");
        let (_, other) = shop.get(&format!("{INIT}TILL-2"), None).await;
        assert_ne!(other["data"]["cashiers"][0]["password"], unusable[0], "another at each terminal");
        let verifier = async || {
            let (_, answer) = shop.get(&format!("{INIT}TILL-1"), None).await;
            answer["data"]["cashiers"][0]["password_verifier"].clone()
        };
        let checked = verifier().await;
        assert!(checked.as_str().unwrap().starts_with("$argon2id$"), "{checked}");
        assert_ne!(
            other["data"]["cashiers"][0]["password_verifier"], checked,
            "another salt at each terminal"
        );
        shop.change(&shop.till_1, TerminalChange::IsLegacy(true)).await;
        assert_eq!(passcodes().await[0], "7719");
        assert_eq!(verifier().await, Value::Null);
    }
}

#[tokio::test]
async fn a_credential_learns_nothing_of_codes_that_are_not_its_own() {
    for chain in chains().await {
        let (harbour, valley) = (chain.company("harbour").await, chain.company("valley").await);
        for (office, store, terminal) in [
            (valley.slug.as_str(), "QUAY", "TILL-1"),
            (valley.slug.as_str(), "QUAY", "TILL-9"),
            ("NOBODY", "QUAY", "TILL-1"),
            (harbour.slug.as_str(), "HILL", "TILL-1"),
            (harbour.slug.as_str(), "QUAY", "TILL-9"),
        ] {
            let init = format!("/pos/init?office_code={office}&store_code={store}&terminal_code={terminal}");
            let push = json!({
                "office_code": office, "store_code": store, "terminal_code": terminal, "pos_id": 1,
                "transactions": [], "sequences": [],
            });
            let device = harbour.device.as_str();
            let answers = [
                chain.send("GET", &init, device, &Value::Null).await,
                chain.send("POST", "/pos/transactions", device, &push).await,
                chain.send("POST", "/transactions", device, &push).await,
                chain.send("POST", "/pos/sequences", device, &push).await,
            ];
            for (status, answer) in answers {
                let told = (status, &answer["error_code"], &answer["message"]);
                let message = json!("the credential is that of another terminal");
                assert_eq!(told, (StatusCode::FORBIDDEN, &json!("scope_mismatch"), &message), "{answer}");
            }
        }
    }
}

#[tokio::test]
async fn a_cashier_made_at_the_hub_has_a_passcode_of_each_older_terminal_that_who_gives_roles_reads() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let row = json!({"no": 7, "user_name": "ece", "name": "Ece", "last_name": "K", "is_active": true});
        let made = json!({"row": row, "store_id": harbour.store});
        let cashier = chain.ok("POST", "/definitions/cashiers", owner, made).await;
        let path = format!("/terminals/{}/passcodes", harbour.terminal);
        chain.refused(("GET", &path, owner), Value::Null, (409, "not_legacy")).await;
        let (company, terminal) = (harbour.id.parse().unwrap(), harbour.terminal.parse().unwrap());
        chain.hub.change(company, terminal, TerminalChange::IsLegacy(true)).await.unwrap();
        let listed = chain.get(&path, owner).await;
        let mine = &listed["items"][0];
        assert_eq!((&mine["cashier_id"], &mine["user_name"]), (&cashier["id"], &json!("ece")));
        let passcode = mine["passcode"].as_str().unwrap();
        assert!(passcode.len() == 6 && passcode.bytes().all(|byte| byte.is_ascii_digit()), "{passcode}");
        let init = format!("/pos/init?office_code={}&store_code=QUAY&terminal_code=TILL-1", harbour.slug);
        let seed = chain.get(&init, &harbour.device).await;
        assert_eq!(seed["data"]["cashiers"][0]["password"], passcode, "it is what the terminal compares");
        let audit = chain.get("/audit?act=passcodes.shown", owner).await;
        assert_eq!(audit["items"].as_array().unwrap().len(), 1, "that they were read is known");
        assert!(!audit.to_string().contains(passcode), "and not what was read");
    }
}

#[tokio::test]
async fn what_people_of_several_stores_type_is_read_by_whoever_gives_roles_in_all_of_them() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let store = Some(harbour.store.as_str());
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", store)).await;
        let (company, terminal) = (harbour.id.parse().unwrap(), harbour.terminal.parse().unwrap());
        chain.hub.change(company, terminal, TerminalChange::IsLegacy(true)).await.unwrap();
        let path = format!("/terminals/{}/passcodes", harbour.terminal);
        let reads = async |token: &str| chain.get(&path, token).await.to_string().contains("7719");
        // A row that a second store brings too is one of the company.
        for (store, till, is_shown) in [("QUAY", "TILL-8", true), ("HILL", "TILL-9", false)] {
            let mut seed: Value =
                serde_json::from_str(include_str!("../../../vectors/wire/init/harbour-TILL-1.json")).unwrap();
            (seed["office_code"], seed["store_code"]) = (json!(harbour.slug), json!(store));
            seed["terminal_code"] = json!(till);
            chain.hub.import(harbour.slug.clone(), seed).await.unwrap();
            assert_eq!((reads(owner).await, reads(&manager.access).await), (true, is_shown), "{store}");
        }
    }
}

#[tokio::test]
async fn a_terminal_keeps_one_row_for_each_counter_and_resumes_where_it_was() {
    for shop in shops(OfficeWire::Open).await {
        let counters = async |till: &str| {
            let (_, answer) = shop.get(&format!("{INIT}{till}"), None).await;
            let rows = answer["data"]["transaction_sequences"].as_array().unwrap().clone();
            rows.into_iter()
                .map(|row| (row["id"].clone(), row["name"].clone(), row["value"].clone()))
                .collect::<Vec<_>>()
        };
        let before = counters("TILL-1").await;
        assert_eq!(before.len(), 2);
        let (_, answer) =
            shop.post("/api/v1/pos/sequences", None, &envelope("TILL-1", "transactions", &[])).await;
        assert_eq!((&answer["status"], &answer["updated"]), (&json!("ok"), &json!(2)));
        let after = counters("TILL-1").await;
        assert_eq!(after[0], (before[0].0.clone(), json!("ReceiptNumber"), json!(2)));
        assert_eq!(after[1].0, before[1].0);
        assert_eq!(counters("TILL-2").await[0].2, 1, "another terminal has counters of its own");
        let mut no_number = envelope("TILL-1", "transactions", &[]);
        no_number.as_object_mut().unwrap().remove("pos_id");
        assert_eq!(shop.post("/api/v1/pos/sequences", None, &no_number).await.0, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_and_one_that_is_no_text_are_refused_in_the_old_shape() {
    for shop in shops(OfficeWire::Open).await {
        let large = request("POST", PUSH, None, Body::from(vec![b' '; 100_001]));
        let (status, answer) = call(&shop.router, large).await;
        assert_eq!((status, &answer["error_code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("too_large")));
        for bytes in [&b"\xff\xfe"[..], b"{\"a\":", b"\0", b"{\"office_code\":\"\\ud800\"}"] {
            let (status, answer) = call(&shop.router, request("POST", PUSH, None, Body::from(bytes))).await;
            assert_eq!((status, &answer["status"]), (StatusCode::BAD_REQUEST, &json!("error")));
        }
    }
}

#[tokio::test]
async fn old_paths_without_a_version_or_with_a_slash_mean_the_same() {
    for shop in shops(OfficeWire::Open).await {
        for path in ["/api/v1/health", "/api/health", "/api/health/", "/api/v1/health/"] {
            let (status, answer) = shop.get(path, None).await;
            assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("ok")), "{path}");
        }
    }
}

#[tokio::test]
async fn what_the_client_of_an_older_hub_names_is_served_and_an_outline_is_not_taken() {
    for shop in shops(OfficeWire::Credentials).await {
        let token = Some(shop.till_1.secret.as_str());
        let whole = envelope("TILL-1", "transactions", &[sale(&id(1), 1, "1.0")]);
        let (status, answer) = shop.post("/api/transactions/", token, &whole).await;
        assert_eq!((status, counted(&answer)), (StatusCode::OK, (1, 0)));
        for (path, field) in [
            ("/api/transactions/", "transaction_id"),
            ("/api/closures/", "closure_id"),
            ("/api/warehouse/movements/", "movement_id"),
        ] {
            let (status, answer) = shop.post(path, token, &json!({field: id(1), "lines": []})).await;
            assert_eq!((status, counted(&answer)), (StatusCode::OK, (0, 1)));
            assert_eq!(answer["results"][0]["error_code"], "document_incomplete");
        }
        for path in ["/api/erp_sync/", "/api/payment/"] {
            let (status, answer) = shop.post(path, token, &json!({"movement_id": id(1)})).await;
            assert_eq!((status, counted(&answer)), (StatusCode::OK, (0, 1)), "{path}");
            assert_eq!(answer["results"][0]["error_code"], "document_incomplete");
            assert_eq!(shop.post(path, None, &json!({})).await.0, StatusCode::UNAUTHORIZED);
        }
        let (_, prices) = shop.get("/api/prices/updates/?since=2026-11-20T00:00:00Z", token).await;
        assert!(prices["results"][0]["sale_price"].is_string(), "{prices}");
        let (status, answer) = shop.post("/api/products/", token, &json!({})).await;
        assert_eq!((status, &answer["code"]), (StatusCode::FORBIDDEN, &json!("not_the_authority")));
        let (_, products) = shop.get("/api/products/updates/?since=2026-11-20T00:00:00Z", token).await;
        assert_eq!(products["results"].as_array().unwrap().len(), 7);
        let (_, campaigns) = shop.get("/api/campaigns/active/", token).await;
        assert_eq!(campaigns["results"][0]["is_deleted"], false);
        assert_eq!(shop.get("/api/notifications/?terminal_id=TILL-1", token).await.1["results"], json!([]));
        assert_eq!(shop.get("/api/campaigns/active/", None).await.0, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn the_cart_that_the_client_of_an_older_hub_really_sends_is_evaluated() {
    let recorded = include_str!("../../../vectors/wire/gate_outline.json");
    let recorded: Value = serde_json::from_str(recorded).unwrap();
    let requests = recorded["timeline"].as_array().unwrap().iter().map(|one| &one["request"]);
    let carts: Vec<&Value> =
        requests.filter(|request| request["path"] == "/api/campaigns/calculate/").collect();
    assert_eq!(carts[0]["body"]["lines"][2]["line_total"], "9.600000000000001", "as its columns hold 9.60");
    for shop in shops(OfficeWire::Credentials).await {
        let token = Some(shop.till_1.secret.as_str());
        let paths = [("/api/campaigns/calculate/", "discounts"), ("/api/v1/campaigns/evaluate", "proposals")];
        for (path, given) in paths {
            let (status, answer) = shop.post(path, token, &carts[0]["body"]).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            assert!(answer[given].is_array() && answer["schema_version"] == "1.0", "{answer}");
        }
    }
}

#[tokio::test]
async fn what_an_older_terminal_was_paid_is_shown_and_not_what_it_was_before_discounts() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let mut sold = sale(&id(1), 1, "249.0000");
        sold["head"]["total_discount_amount"] = json!("24.9000");
        let push = json!({
            "office_code": harbour.slug, "store_code": "QUAY", "terminal_code": "TILL-1", "pos_id": 1,
            "transactions": [sold, sale(&id(2), 2, "3.0000")], "sequences": [],
        });
        chain.ok("POST", "/pos/transactions", &harbour.device, push).await;
        let listed = chain.get("/documents", &harbour.owner.access).await;
        let totals = listed["items"].as_array().unwrap().iter().map(|head| head["total"].clone());
        assert_eq!(totals.collect::<Vec<_>>(), ["224.1000", "3.0000"]);
        let shown = chain.get(&format!("/documents/{}", id(1)), &harbour.owner.access).await;
        assert_eq!(shown["total"], "224.1000");
        let owner = harbour.owner.access.as_str();
        let again = json!({
            "office_code": harbour.slug, "store_code": "QUAY", "terminal_code": "TILL-1", "pos_id": 1,
            "transactions": [sale(&id(2), 2, "3.0000"), sale(&id(3), 3, "1.0000")], "sequences": [],
        });
        let answer = chain.ok("POST", "/sync/transactions", &harbour.device, again).await;
        assert_eq!((&answer["results"][0]["result"], &answer["accepted"]), (&json!("duplicate"), &json!(2)));
        let counters = json!({"counters": [
            {"name": "ReceiptNumber", "value": 4}, {"name": "ClosureNumber", "value": 1}, {"name": "Tray", "value": 9},
        ]});
        assert_eq!(
            chain.ok("POST", "/sync/sequences", &harbour.device, counters).await,
            json!({"updated": 3})
        );
        let state = chain.get("/sync/state", &harbour.device).await;
        assert_eq!(state["counters"][0]["value"], 4, "{state}");
        let below = json!({"counters": [{"name": "Tray", "value": -1}]});
        let post = ("POST", "/sync/sequences", harbour.device.as_str());
        chain.refused(post, below, (422, "field_invalid")).await;
        let listed = chain.get("/documents", owner).await;
        assert_eq!(chain.get("/transactions", owner).await, listed, "under the other name they have too");
        assert_eq!(chain.get(&format!("/transactions/{}", id(1)), owner).await, shown);
        let receipt = format!("/transactions/{}/receipt", id(1));
        chain.refused(("GET", &receipt, owner), Value::Null, (422, "no_receipt")).await;
        let pages = format!("{receipt}?format=pdf");
        chain.refused(("GET", &pages, owner), Value::Null, (422, "no_pdf")).await;
    }
}

#[tokio::test]
async fn a_terminal_of_which_nobody_made_settings_has_those_of_its_store_under_its_own_number() {
    for shop in shops(OfficeWire::Open).await {
        shop.hub.register(codes("TILL-3"), 7).await.unwrap();
        let settings = async |terminal: &str| {
            let (status, answer) = shop.get(&format!("{INIT}{terminal}"), None).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            let rows = answer["data"]["pos_settings"].as_array().unwrap();
            assert_eq!(rows.len(), 1, "{rows:?}");
            rows[0].clone()
        };
        let (first, third) = (settings("TILL-1").await, settings("TILL-3").await);
        assert_eq!((&third["pos_no_in_store"], &third["name"]), (&json!(7), &json!("TILL-3")));
        assert_eq!(third["fk_current_currency_id"], first["fk_current_currency_id"]);
        assert_ne!(third["id"], first["id"]);
        assert_eq!(settings("TILL-3").await["id"], third["id"], "closures name it");
        assert_eq!(first["pos_no_in_store"], 1, "whoever has settings keeps them");
    }
}
