//! A definition with a word that is not known is refused, wherever in it the word stands: what was meant would silently
//! not hold, and give too much.

use alloc::string::ToString;

use serde_json::{Value, json};

use super::*;
use crate::{catalog::DepartmentNo, tender::TenderKind};

fn read(field: &str, value: Value) -> Result<Campaign, serde_json::Error> {
    let mut definition = serde_json::to_value(campaign(1, "A", off("10"))).unwrap();
    definition[field] = value;
    serde_json::from_value(definition)
}

#[test]
fn a_misspelt_word_is_refused_wherever_it_stands() {
    let id = Uuid::nil();
    let cases = [
        ("tender", json!({"of": {}, "least_share": "50"}), "least_share", "leastshare"),
        ("benefit", json!({"off": {"reward": {"percent": "10"}, "per": "line"}}), "per", "pre"),
        (
            "benefit",
            json!({"buy_get": {"buy": 1, "get": 1, "percent": "100", "among": {}}}),
            "among",
            "amung",
        ),
        (
            "benefit",
            json!({"products": {"rows": [{"product": id, "least": 2}], "reward": {"percent": "5"}}}),
            "least",
            "lest",
        ),
        (
            "benefit",
            json!({"tiers": {"by": "value", "steps": [{"from": 1, "reward": {"percent": "5"}}]}}),
            "from",
            "form",
        ),
        ("benefit", json!({"gift": {"of": {"include": []}, "quantity": 1}}), "include", "includes"),
        (
            "benefit",
            json!({"bundle": {"parts": [{"of": {}, "quantity": 1}], "price": {"fixed": 100}}}),
            "quantity",
            "quantities",
        ),
        ("condition", json!({"value": {"least": 100}}), "least", "minimum"),
        ("condition", json!({"all": [{"any": [{"quantity": {"most": 3}}]}]}), "most", "mots"),
        ("target", json!({"include": [{"unit_price": {"least": 100}}]}), "least", "from"),
    ];
    for (field, right, word, wrong) in cases {
        assert!(
            read(field, right.clone()).is_ok(),
            "{right} is right: {:?}",
            read(field, right.clone()).err()
        );
        let misspelt = right.to_string().replace(word, wrong);
        let refused = read(field, serde_json::from_str(&misspelt).unwrap()).unwrap_err().to_string();
        assert!(refused.contains(wrong) || refused.contains(word), "{misspelt}: {refused}");
    }
}

#[test]
fn departments_of_the_original_become_those_of_tills() {
    let [main, sub, unknown] = [1, 2, 3].map(Uuid::from_u128);
    let rule = |kind: &str, value: Option<Uuid>, department| OriginalRule {
        rule_type: kind.into(),
        rule_value: value.map(|id| id.to_string()),
        fk_department_id: department,
        ..OriginalRule::default()
    };
    let mut original = OriginalCampaign {
        rules: Vec::from([
            rule("DEPARTMENT", None, Some(main)),
            rule("category", Some(sub), None),
            rule("DEPARTMENT", None, Some(unknown)),
            rule("BARCODE_PATTERN", Some(sub), None),
        ]),
        ..OriginalCampaign::default()
    };
    let number = |id| [(main, 7), (sub, 71)].into_iter().find(|(known, _)| *known == id).map(|one| one.1);
    original.number_departments(|id| number(id).map(DepartmentNo));
    let key = |number| DepartmentKey::from(DepartmentNo(number)).uuid();
    assert_eq!(original.rules[0].fk_department_id, Some(key(7)));
    assert_eq!(original.rules[1].rule_value, Some(key(71).to_string()));
    assert_eq!(original.rules[2].fk_department_id, Some(unknown), "stays what it is");
    assert_eq!(original.rules[3].rule_value, Some(sub.to_string()), "names no department");
}

#[test]
fn a_payment_is_known_by_the_word_of_either_kind_of_till() {
    let kind = |kind| TenderMethod::Kind(kind);
    assert_eq!(TenderMethod::of_event("CHECK_PAYMENT"), kind(TenderKind::Cheque));
    for one in TenderKind::ALL {
        assert_eq!(TenderMethod::of_event(one.code()), kind(one));
    }
    assert_eq!(TenderMethod::of_event("Cash"), TenderMethod::Unknown);
}

#[test]
fn a_department_is_read_by_its_number_and_written_by_its_identity() {
    let by = |department: Value| read("target", json!({"include": [{"department": department}]}));
    let known = Target::of(alloc::vec![Selector::Department(DepartmentNo(18).into())]);
    for written in [json!(18), json!("18"), json!("00000000-0000-0000-0000-000000000012")] {
        assert_eq!(by(written).unwrap().target, known);
    }
    let shown = serde_json::to_value(&known).unwrap();
    assert_eq!(shown, json!({"include": [{"department": "00000000-0000-0000-0000-000000000012"}]}));
    for wrong in [json!("drinks"), json!(-1), json!(u64::MAX), json!(1.5)] {
        assert!(by(wrong.clone()).is_err(), "{wrong}");
    }
}
