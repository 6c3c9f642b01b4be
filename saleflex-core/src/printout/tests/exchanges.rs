//! What came back and what was taken for it: two papers that name each other.

use super::*;
use crate::ids::DocumentNumber;

fn returning(lines: &[Line]) -> Pen {
    let head = Head { receipt: 8, ..Head::sale("GBP").of(Kind::Return, DocumentType::Return) };
    lines.iter().fold(head.begin(), Pen::line)
}

/// A return and the sale it was exchanged for.
fn exchanged(back: &[Line]) -> [Completed; 2] {
    let pen = returning(back).exchange_for(&Head { receipt: 9, ..Head::sale("GBP") });
    let pen = pen.line(&Line::new("Teapot", "35.00")).pay_rest(TenderKind::Cash);
    pen.complete_exchange().try_into().unwrap()
}

fn printed(document: &Completed, other: &Completed, original: Option<DocumentNumber>) -> String {
    let frame = Frame { original, other_half: Some(other.document()), ..frame() };
    page(&receipt::completed(document, &frame), 42)
}

#[test]
fn each_half_of_an_exchange_says_so_and_names_the_other() {
    let [back, sale] = exchanged(&[Line::new("Kettle", "29.99"), Line::new("Tea", "4").weighed("0.25")]);
    let original = DocumentNumber { receipt: 3, ..sale.document().number };
    let on_sale = printed(&sale, &back, Some(original));
    assert!(on_sale.contains("** EXCHANGE **"), "{on_sale}");
    assert!(on_sale.contains(&format!("Exchange of: {original}")), "{on_sale}");
    assert!(on_sale.contains("GOODS RETURNED") && !on_sale.contains("STORE CREDIT"), "{on_sale}");
    assert!(on_sale.contains("1 x Kettle") && on_sale.contains("0.25 kg x Tea"), "{on_sale}");
    let on_return = printed(&back, &sale, Some(original));
    assert!(on_return.contains("** EXCHANGE **"), "{on_return}");
    assert!(on_return.contains(&format!("Exchanged for: {}", sale.document().number)), "{on_return}");
    assert!(on_return.contains("SET OFF") && !on_return.contains("STORE CREDIT"), "{on_return}");
    // Where no receipt was shown, the return is named.
    let without = printed(&sale, &back, None);
    assert!(without.contains(&format!("Exchange of: {}", back.document().number)), "{without}");
    insta::assert_snapshot!("exchange_42", on_sale);
    insta::assert_snapshot!("exchanged_42", on_return);
}

#[test]
fn empties_stand_on_the_receipt_of_the_sale_they_are_set_off_against() {
    let [back, sale] = exchanged(&[Line::new("Bottle", "0.25").times("6").container()]);
    let on_sale = printed(&sale, &back, None);
    assert!(on_sale.contains("EMPTIES") && on_sale.contains("6 x Bottle"), "{on_sale}");
    assert!(!on_sale.contains("EXCHANGE"), "{on_sale}");
    let on_return = printed(&back, &sale, None);
    assert!(on_return.contains(&format!("Set off against: {}", sale.document().number)), "{on_return}");
    insta::assert_snapshot!("empties_42", on_sale);
}

#[test]
fn a_ticket_says_what_the_parked_sale_is_set_off_against() {
    let pen = returning(&[Line::new("Bottle", "0.25").times("6").container()])
        .exchange_for(&Head { receipt: 9, ..Head::sale("GBP") })
        .line(&Line::new("Teapot", "35.00"));
    let ticket = receipt::suspended(&pen.suspend(), None, &frame());
    assert!(one_line(&ticket, "EMPTIES").ends_with("£1.50"));
    assert!(one_line(&ticket, "6 x Bottle").contains("6 x Bottle"));
    assert!(one_line(&ticket, "STILL TO PAY").ends_with("£33.50"));
}
