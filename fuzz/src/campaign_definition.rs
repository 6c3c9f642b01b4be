//! Whatever is given as definitions of campaigns, in our form or in the original's: read or refused, never a panic and in
//! bounded time; what may be saved is the same when it is read back, makes a set, and gives no more than the lines are
//! worth.

use std::sync::Arc;

use saleflex_core::{
    campaign::{
        Campaign, CampaignSet, Cart, CartItem, CartLine, CartTender, Context, Coupon, CouponKind,
        DepartmentKey, FineQuantity, LintFacts, OriginalCampaign, PaymentTypes, PricedItem, TenderMethod,
    },
    ids::{BrandId, CampaignId, CouponId, LineNo, ProductId, TenderNo},
    money::{Currency, CurrencyCode, Money},
    tender::TenderKind,
    time::Moment,
};
use uuid::Uuid;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn cart() -> Cart {
    let line = |no: u32, total: i64| CartLine {
        no: LineNo(no),
        item: Arc::new(CartItem {
            product: Some(ProductId::new(id(no.into()))),
            department: Some(DepartmentKey::new(id(1))),
            brand: Some(BrandId::new(id(2))),
            codes: vec![format!("SKU-{no}"), "8690001000011".into()],
            cost: Some(Money::from_minor(total / 2).into()),
            ..CartItem::default()
        }),
        quantity: FineQuantity::pieces(no),
        total: Money::from_minor(total).into(),
    };
    let amount = Money::from_minor(5_000);
    Cart {
        context: Context::at(Moment::utc(chrono::DateTime::UNIX_EPOCH)),
        lines: vec![line(1, 1_999), line(2, 500), line(3, 3_333), line(4, 0)],
        tenders: vec![CartTender { no: TenderNo(1), method: TenderMethod::Kind(TenderKind::Cash), amount }],
    }
}

/// Whatever stands in a set is judged in bounded time and gives no more than there is.
fn judge(definitions: Vec<Campaign>) {
    let Ok(set) = CampaignSet::compile(definitions) else { return };
    let cart = cart();
    let evaluation = set.evaluate(&cart).expect("a small cart");
    let value: Money = cart.lines.iter().map(|line| line.total.whole()).sum();
    assert!(evaluation.total() <= value);
    assert!(evaluation.proposals.iter().all(|proposal| proposal.amount.is_positive()));
    let _ = set.lint(&LintFacts::default());
    let coupon = |(number, campaign): (u128, &Campaign)| {
        Coupon::new(CouponId::new(id(number)), campaign.code.as_str(), campaign.id, CouponKind::SingleUse)
    };
    // One coupon of each campaign, and one of none.
    let mut coupons: Vec<Coupon> = (1..).zip(set.campaigns()).map(coupon).collect();
    coupons.push(Coupon::new(
        CouponId::new(id(0)),
        "STRAY",
        CampaignId::new(id(u128::MAX)),
        CouponKind::Public,
    ));
    let price = |line: &CartLine| line.total.whole();
    let item = |line: &CartLine| PricedItem { item: CartItem::clone(&line.item), price: price(line) };
    let items: Vec<PricedItem> = cart.lines.iter().map(item).collect();
    let today = chrono::NaiveDate::from_ymd_opt(2026, 3, 4);
    for finding in set.lint(&LintFacts { today, coupons: Some(&coupons), items: &items, tiers: Some(&[]) }) {
        assert!(!finding.fault.to_string().is_empty() && finding.campaign.at() < set.len());
    }
}

/// Holds for any text.
///
/// # Panics
/// Where it does not: a finding.
pub fn run(text: &str) {
    if let Ok(campaign) = serde_json::from_str::<Campaign>(text) {
        if campaign.check().is_empty() {
            let again = serde_json::to_string(&campaign).expect("every definition is JSON");
            assert_eq!(serde_json::from_str::<Campaign>(&again).expect("its own JSON"), campaign);
            CampaignSet::compile(vec![campaign.clone()]).expect("a definition that may be saved makes a set");
        }
        judge(vec![campaign]);
    }
    if let Ok(row) = serde_json::from_str::<OriginalCampaign>(text) {
        let currency = Currency::of(CurrencyCode::parse("GBP").expect("three letters"));
        let types = PaymentTypes::default();
        let _ = row.check(&types);
        judge(vec![row.load(&currency, &types)]);
    }
}
