//! Whom what happens in a company is told to.

use serde_json::json;

use super::{
    chain::{Chain, Person, chains, text},
    companies::own,
};

/// What somebody was told beside who asks to join, by its kinds in their order: all of it came at one instant.
async fn told(chain: &Chain, person: &Person) -> Vec<String> {
    let told = chain.get("/me/notifications", &person.access).await;
    let kinds = told["items"].as_array().unwrap().iter().map(|one| text(&one["type"]));
    // How somebody joined is told elsewhere.
    let mut kinds: Vec<String> = kinds.filter(|kind| !kind.starts_with("join_")).collect();
    kinds.sort();
    kinds
}

#[tokio::test]
async fn whom_a_change_of_tags_or_members_is_about_and_the_owners_are_told_once() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let company = format!("/companies/{}", harbour.slug);
        let owner = &harbour.owner;
        let (plain, left) = (chain.member(&harbour, "plain").await, chain.member(&harbour, "left").await);
        let tag = format!("{company}/members/{}/admin", plain.id);
        for method in ["PUT", "PUT", "DELETE", "DELETE"] {
            chain.ok(method, &tag, &owner.access, json!({})).await;
        }
        assert_eq!(told(&chain, &plain).await, ["admin_granted", "admin_revoked"]);
        let second = own(&chain, &harbour, "second").await;
        let deletion = format!("{company}/deletion");
        let approval = format!("{deletion}/approval");
        for (method, path) in
            [("POST", &deletion), ("POST", &approval), ("DELETE", &approval), ("DELETE", &deletion)]
        {
            chain.ok(method, path, &owner.access, json!({})).await;
        }
        chain.ok("DELETE", &format!("{company}/owners/me"), &second.access, json!({})).await;
        chain.ok("DELETE", &format!("{company}/members/{}", left.id), &left.access, json!({})).await;
        chain.ok("DELETE", &format!("{company}/members/{}", plain.id), &owner.access, json!({})).await;
        let expected = [
            "deletion_approval_revoked",
            "deletion_approved",
            "deletion_cancelled",
            "deletion_request",
            "member_left",
            "owner_accepted",
            "owner_dropped",
        ];
        assert_eq!(told(&chain, owner).await, expected);
        let plain = chain.login("plain").await;
        assert_eq!(told(&chain, &plain).await, ["admin_granted", "admin_revoked", "member_removed"]);
    }
}
