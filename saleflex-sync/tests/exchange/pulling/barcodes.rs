//! Barcodes of a hub: what was corrected there is corrected here, and what they were before is known to campaigns.

use saleflex_core::{
    document::{AddLine, Command},
    ids::ProductId,
};
use saleflex_sync::wire::Change;
use serde_json::json;

use super::{BARCODE, CAMPAIGN, MAIN, Market, RATE, SUB, TEA, UNIT, campaign, id, parents, row, tea};
use crate::support::shop;

const MINT: u128 = 11;
const RULE: u128 = 0xC9;
const WAS: &str = "4006381333931";
const IS: &str = "4006381333948";

fn mint() -> Change {
    row(
        "products",
        MINT,
        json!({
            "code": "MINT-1", "name": "Mint tea", "sale_price": "4.00", "fk_department_main_group_id": id(MAIN),
            "fk_department_sub_group_id": id(SUB), "fk_product_unit_id": id(UNIT), "fk_vat_id": id(RATE),
        }),
    )
}

fn barcode(of: u128, text: &str, product: u128) -> Change {
    row("product_barcodes", of, json!({"barcode": text, "fk_product_id": id(product)}))
}

impl Market {
    /// With tea and mint tea, and one barcode of tea.
    fn with_tea() -> Self {
        let mut market = Self::open();
        market.change(parents());
        market.change([tea("3.20"), mint(), barcode(BARCODE, WAS, TEA)]);
        market.heard();
        market
    }

    /// What the hub changed is taken over, all of it.
    fn heard(&mut self) {
        self.pull();
        // What waited for another row fits once that one is there.
        for _ in 0..2 {
            self.take_over();
        }
        assert_eq!(self.till.held_rows(shop::HUB, 10).unwrap(), []);
    }

    fn sold_by(&self, barcode: &str) -> Option<ProductId> {
        self.till.catalog().barcode(barcode).map(|known| known.product)
    }
}

#[test]
fn a_barcode_that_is_corrected_at_the_hub_sells_as_it_was_no_more() {
    let mut market = Market::with_tea();
    let [tea, mint] = [TEA, MINT].map(|number| Some(ProductId::new(id(number))));
    market.change([barcode(BARCODE, IS, TEA)]);
    market.heard();
    assert_eq!((market.sold_by(WAS), market.sold_by(IS)), (None, tea));
    market.change([barcode(BARCODE + 1, WAS, MINT)]);
    market.heard();
    assert_eq!((market.sold_by(WAS), market.sold_by(IS)), (mint, tea), "others may have it");
    // Two are exchanged, each for the other.
    market.change([barcode(BARCODE, WAS, TEA), barcode(BARCODE + 1, IS, MINT)]);
    market.heard();
    assert_eq!((market.sold_by(WAS), market.sold_by(IS)), (tea, mint));
    // One is another product's.
    market.change([barcode(BARCODE, WAS, MINT)]);
    market.heard();
    assert_eq!((market.sold_by(WAS), market.sold_by(IS)), (mint, mint));
    let mut removed = barcode(BARCODE, "", MINT);
    removed.is_deleted = true;
    market.change([removed]);
    market.heard();
    assert_eq!((market.sold_by(WAS), market.sold_by(IS)), (None, mint));
    assert!(matches!(market.till.verify().unwrap(), saleflex_store::verify::Verification::Whole(_)));
}

#[test]
fn patterns_over_codes_know_what_a_barcode_was_before() {
    let mut market = Market::with_tea();
    let mut before = barcode(BARCODE + 1, IS, MINT);
    before.row.insert("old_barcode".to_owned(), "OLD-7".into());
    let rule = json!({
        "fk_campaign_id": id(CAMPAIGN), "rule_type": "BARCODE_PATTERN", "rule_value": "OLD-*", "is_include": true,
    });
    market.change([before]);
    market.change(campaign("10.00"));
    market.change([row("campaign_rules", RULE, rule)]);
    market.heard();
    assert_eq!(market.sold_by("OLD-7"), None, "nothing is sold by it");
    market.till.execute(Command::AddLine(AddLine::code("MINT-1"))).unwrap();
    assert_eq!(market.till.draft().unwrap().adjustments.len(), 1);
}
