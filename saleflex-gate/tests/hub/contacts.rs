//! Whom to call: contacts of the company, of its stores and of their warehouses.

use serde_json::{Value, json};

use super::chain::{Chain, Company, chains, text};

/// A warehouse of a store, or of the company.
async fn warehouse(chain: &Chain, company: &Company, (code, store): (&str, Option<&str>)) -> String {
    let new = json!({"store_id": store, "row": {"code": code, "name": code}});
    text(&chain.ok("POST", "/definitions/warehouses", &company.owner.access, new).await["id"])
}

/// Adds a contact; its identity.
async fn contact(chain: &Chain, token: &str, new: Value) -> String {
    text(&chain.ok("POST", "/contacts", token, new).await["id"])
}

/// Who is listed. They were added in one instant: their order says nothing.
fn names(listed: &Value) -> Vec<String> {
    let mut names: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|one| text(&one["name"])).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_contact_belongs_to_the_company_a_store_or_a_warehouse_and_is_seen_where_it_belongs() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let manager =
            chain.staff(&harbour, "manager", ("store_manager", "store", Some(&harbour.store))).await;
        let (quay, hill) = (harbour.store.as_str(), harbour.other_store.as_str());
        let shed = warehouse(&chain, &harbour, ("SHED", Some(quay))).await;
        let of_company = contact(&chain, owner, json!({"name": "Can", "email": "can@example.com"})).await;
        contact(&chain, owner, json!({"name": "Deniz", "store_id": hill})).await;
        let keeper = json!({"name": "Ece", "warehouse_id": shed, "position": "keeper", "authority_level": "up to 5000"});
        let of_shed = contact(&chain, &manager.access, keeper).await;
        contact(&chain, &manager.access, json!({"name": "Filiz", "store_id": quay})).await;

        assert_eq!(names(&chain.get("/contacts", owner).await), ["Can", "Deniz", "Ece", "Filiz"]);
        assert_eq!(names(&chain.get("/contacts", &manager.access).await), ["Ece", "Filiz"]);
        let asked = chain.get(&format!("/contacts?store_id={hill}"), owner).await;
        assert_eq!(names(&asked), ["Deniz"]);
        let asked = chain.get(&format!("/contacts?warehouse_id={shed}"), owner).await;
        assert_eq!((names(&asked), &asked["items"][0]["store_id"]), (vec!["Ece".to_owned()], &json!(quay)));
        let first = chain.get("/contacts?limit=3", owner).await;
        let rest = format!("/contacts?limit=3&cursor={}", text(&first["next_cursor"]));
        let rest = chain.get(&rest, owner).await;
        let mut all = [names(&first), names(&rest)].concat();
        all.sort();
        assert_eq!((names(&first).len(), all.len()), (3, 4));
        assert_eq!((names(&chain.get("/contacts", owner).await), &rest["next_cursor"]), (all, &Value::Null));

        let path = format!("/contacts/{of_company}");
        for method in ["GET", "PATCH", "DELETE"] {
            chain.refused((method, &path, &manager.access), json!({}), (404, "not_found")).await;
        }
        let post = ("POST", "/contacts", manager.access.as_str());
        chain.refused(post, json!({"name": "Gül"}), (403, "not_allowed")).await;
        chain.refused(post, json!({"name": "Gül", "store_id": hill}), (404, "not_found")).await;
        let elsewhere = json!({"name": "Gül", "store_id": hill, "warehouse_id": shed});
        chain.refused(("POST", "/contacts", owner), elsewhere, (422, "reference_unknown")).await;
        let cellar = warehouse(&chain, &harbour, ("CELLAR", Some(hill))).await;
        chain.refused(post, json!({"name": "Gül", "warehouse_id": cellar}), (422, "reference_unknown")).await;
        let made_up = json!({"name": "Gül", "warehouse_id": of_shed});
        chain.refused(("POST", "/contacts", owner), made_up, (422, "reference_unknown")).await;
        let valley = chain.company("valley").await;
        assert_eq!(names(&chain.get("/contacts", &valley.owner.access).await), [""; 0]);
        chain.refused(("GET", &path, &valley.owner.access), Value::Null, (404, "not_found")).await;
    }
}

#[tokio::test]
async fn a_contact_is_changed_field_by_field_and_deleted_for_good() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let new = json!({"name": "Can", "position": "night manager", "phone": "+90 532 000 00 00", "note": "never on Mondays"});
        let path = format!("/contacts/{}", contact(&chain, owner, new).await);
        let changed =
            chain.ok("PATCH", &path, owner, json!({"phone": "+90 532 000 00 01", "note": ""})).await;
        let told = ["name", "position", "phone", "note", "email"].map(|field| &changed[field]);
        let expected =
            [json!("Can"), json!("night manager"), json!("+90 532 000 00 01"), Value::Null, Value::Null];
        assert_eq!(told, expected.each_ref());
        assert_eq!(chain.get(&path, owner).await, changed);
        for (wrong, field) in [
            (json!({"name": ""}), "name"),
            (json!({"phone": "5".repeat(41)}), "phone"),
            (json!({"email": "nowhere"}), "email"),
            (json!({"position": "a\u{7}b"}), "position"),
        ] {
            let (status, answer) = chain.send("PATCH", &path, owner, &wrong).await;
            let refused = (status.as_u16(), &answer["code"], &answer["detail"]);
            assert_eq!(refused, (422, &json!("field_invalid"), &json!(field)), "{answer}");
        }
        chain.refused(("PATCH", &path, owner), json!({"store_id": null}), (400, "invalid_request")).await;
        assert_eq!(chain.get(&path, owner).await, changed, "what was refused changed nothing");
        chain.ok("DELETE", &path, owner, json!({})).await;
        chain.refused(("DELETE", &path, owner), json!({}), (404, "not_found")).await;
        let audit = chain.get("/audit?limit=500", owner).await.to_string();
        for act in ["contact.created", "contact.changed", "contact.removed"] {
            assert!(audit.contains(act), "{act}");
        }
        assert!(!audit.contains("night manager") && !audit.contains("+90 532"), "what is deleted is gone");
    }
}
