//! Charging no tax, by keyboard.

use ratatui::layout::Size;
use saleflex_core::{
    closure::template::{Region, Value},
    document::ExemptionKind,
};
use saleflex_tui::{action::Action, text::Text};

use crate::common::harness::Shop;

#[test]
fn a_cashier_exempts_a_sale_on_a_certificate_by_a_managers_word() {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'20303' enter f2 'charge no tax' enter enter 'D-77' enter 'embassy of Malta' enter");
    assert!(shop.shows("Certificate") && shop.document().exemption.is_none(), "a kind is needed");
    shop.keys("esc f2 'charge no tax' enter");
    assert!(shop.shows("Diplomat") && !shop.shows("Export"), "{}", shop.screen());
    shop.keys("'e'");
    assert!(shop.shows("Export"), "what is chosen is in sight: {}", shop.screen());
    shop.keys("esc f2 'charge no tax' enter 'o' enter 'D-77' enter enter");
    assert!(shop.shows("Certificate") && shop.document().exemption.is_none(), "other says nothing by itself");
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
    // The sale says so until it is settled, at every size.
    for (width, height) in [(80, 24), (120, 40)] {
        shop.session.state.size = Size::new(width, height);
        assert!(shop.shows("Exempt from tax"), "{}", shop.screen());
    }
    shop.keys("plus");
    assert!(shop.shows("embassy of Malta"), "the receipt says so: {}", shop.screen());
}

#[test]
fn what_the_law_calls_it_is_chosen_in_the_cashiers_words_and_counted_by_the_template() {
    let mut shop = Shop::open(120, 40);
    let till = shop.till();
    till.log_in("admin", "1111").unwrap();
    let mut settings = till.settings().clone();
    settings.region = Some(Region::parse("DE").unwrap());
    till.change_settings(settings).unwrap();
    shop.session.fix_language(Text::all().find(|text| text.code == "tr").unwrap());
    shop.keys("'1111' enter 1 '20303' enter");
    shop.session.perform(Action::ExemptTax);
    shop.keys("'s' enter enter enter");
    let exemption = shop.document().exemption.unwrap();
    assert_eq!(exemption.kind, Some(ExemptionKind::ReverseCharge), "{}", shop.screen());
    assert_eq!(exemption.reason, "Sorumlu sıfatıyla alıcıdan");
    assert!(shop.shows("Vergiden muaf"), "{}", shop.screen());
    shop.keys("plus enter");
    let closure = shop.till().close_period(None, None).unwrap();
    let fields = closure.country.unwrap().fields;
    assert_eq!(fields["reverse_charge_count"], Value::Count(1));
}
