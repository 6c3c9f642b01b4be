//! What is nothing, less than nothing or too much, and what is nothing but blanks: each is refused with the field that says it.

use serde_json::{Value, json};

use super::chain::{SHELF, chains, text};

/// The paths of lists for people, as the document of the API names them.
fn lists() -> Vec<String> {
    let document: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    let paths = document["paths"].as_object().unwrap().iter().filter(|(path, asked)| {
        let parameters = asked["get"]["parameters"].as_array();
        let has_limit = parameters.is_some_and(|all| all.iter().any(|one| one["name"] == "limit"));
        // What is asked for of one thing reads the same part of a list.
        has_limit && !path.contains('{') && !path.ends_with("/sync/changes")
    });
    paths.map(|(path, _)| path.clone()).collect()
}

#[tokio::test]
async fn a_limit_that_is_none_is_refused_by_every_list() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let lists = lists();
        assert!(lists.len() > 40, "{lists:?}");
        for path in lists {
            for limit in ["0", "-1", "501", "99999999999999999999", "1.5", ""] {
                let asked = format!("{path}?limit={limit}");
                let (status, answer) = chain.send("GET", &asked, owner, &Value::Null).await;
                assert_eq!((status.as_u16(), &answer["code"]), (400, &json!("invalid_request")), "{asked}");
                assert!(answer["message"].as_str().unwrap().contains("limit"), "{asked}: {answer}");
            }
            chain.get(&format!("{path}?limit=500"), owner).await;
        }
    }
}

#[tokio::test]
async fn a_number_beyond_its_bounds_and_a_name_of_blanks_are_refused_by_their_field() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let terminal = format!("/terminals/{}", harbour.terminal);
        let store = format!("/stores/{}", harbour.store);
        let (tokens, revoke) = (format!("{terminal}/tokens"), format!("{terminal}/revoke"));
        let (terminal, store) = (terminal.as_str(), store.as_str());
        let (tokens, revoke) = (tokens.as_str(), revoke.as_str());
        for (method, path, body, field) in [
            ("POST", tokens, json!({"overlap_days": -1}), "overlap_days"),
            ("POST", tokens, json!({"overlap_days": 31}), "overlap_days"),
            ("POST", revoke, json!({"grace_hours": -1}), "grace_hours"),
            ("POST", revoke, json!({"grace_hours": 721}), "grace_hours"),
            ("PATCH", terminal, json!({"number": 0}), "number"),
            ("PATCH", terminal, json!({"number": 10_000}), "number"),
            ("PATCH", store, json!({"name": " "}), "name"),
            ("POST", "/regions", json!({"code": "EAST", "name": "\n"}), "name"),
            ("POST", "/regions", json!({"code": " EAST", "name": "East"}), "code"),
            ("POST", "/contacts", json!({"name": "  "}), "name"),
            ("POST", "/api-keys", json!({"name": " ", "capabilities": []}), "name"),
            ("POST", "/api-keys", json!({"name": "Books", "capabilities": ["all"]}), "capabilities"),
        ] {
            let (status, answer) = chain.send(method, path, owner, &body).await;
            assert_eq!((status.as_u16(), &answer["code"]), (422, &json!("field_invalid")), "{path} {body}");
            assert_eq!(answer["detail"], field, "{path} {body}: {answer}");
        }
    }
}

#[tokio::test]
async fn what_a_row_is_known_by_is_kept_without_the_blanks_around_it() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        chain.shelf(owner).await;
        let tea = |code: &str| json!({"code": code, "name": "Tea", "sale_price": "1", "fk_department_main_group_id": SHELF});
        let made = chain.ok("POST", "/definitions/products", owner, json!({"row": tea(" A 1\t")})).await;
        assert_eq!(made["row"]["code"], "A 1");
        let again = ("POST", "/definitions/products", owner);
        chain.refused(again, json!({"row": tea("A 1 ")}), (409, "key_taken")).await;
        let path = format!("/definitions/products/{}", text(&made["id"]));
        let tag = format!("\"{}\"", made["version"]);
        let change = json!({"row": {"code": "\u{a0}A 2 "}});
        let (status, changed) = chain.send_with("PATCH", &path, owner, &change, &[("if-match", &tag)]).await;
        assert_eq!((status.as_u16(), &changed["row"]["code"]), (200, &json!("A 2")), "{changed}");
        let file = json!({"content": "code,name\n A 2 ,Tea\n"});
        let looked = chain.ok("POST", "/imports/products", owner, file).await;
        assert_eq!(
            (&looked["report"]["same"], &looked["report"]["changed"]),
            (&json!(1), &json!(0)),
            "{looked}"
        );
        for code in ["", " ", "\t"] {
            let (status, answer) =
                chain.send("POST", "/definitions/products", owner, &json!({"row": tea(code)})).await;
            assert_eq!((status.as_u16(), &answer["detail"]), (422, &json!("code")), "{answer}");
        }
    }
}
