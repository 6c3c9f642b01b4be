//! Charging no tax, by keyboard.

use crate::common::harness::Shop;

#[test]
fn a_cashier_exempts_a_sale_on_a_certificate_by_a_managers_word() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'20303' enter f2 'charge no tax' enter");
    shop.keys("'D-77' enter enter");
    assert!(shop.shows("Certificate") && shop.document().exemption.is_none(), "a reason is needed");
    shop.keys("'embassy of Malta' enter");
    assert!(shop.shows("PIN"), "{}", shop.screen());
    shop.keys("'a' enter '1111' enter");
    assert!(shop.message().contains("embassy of Malta"), "{}", shop.screen());
    let document = shop.document();
    let exemption = document.exemption.unwrap();
    assert_eq!(
        (exemption.reason.as_str(), exemption.certificate.as_deref()),
        ("embassy of Malta", Some("D-77"))
    );
    assert!(exemption.authority.approved_by.is_some());
    assert!(document.totals.tax.is_zero());
    shop.keys("plus");
    assert!(shop.shows("embassy of Malta"), "the receipt says so: {}", shop.screen());
}
