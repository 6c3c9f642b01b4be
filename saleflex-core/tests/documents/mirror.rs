//! Whatever was sold, in whatever pieces and order it comes back: exactly what was paid is paid back when all is
//! back, never a penny more on the way, tax follows, and points come back as points.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::select};
use rust_decimal::Decimal;
use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource},
    basket::{GoodsState, LineItem},
    campaign::Benefit,
    catalog::{Permissions, PriceRule, Sellable, Unit},
    document::{AddLine, BundleReturns, Command, Completed, Document, Refusal, ReturnLine},
    ids::{DocumentId, LineNo},
    money::{Money, Rounding},
    quantity::{Points, Quantity},
    tax::{TaxMode, TaxPart},
    tender::TenderKind::{Cash, CreditCard},
};

use crate::campaigning::{campaign, everything_and};
use crate::support::{Counter, Promoted, amount, currency, goods, m, percent, price, rate, return_line};

/// A line as it will be sold.
#[derive(Clone, Debug)]
struct Sold {
    price: i64,
    /// In units of the line's last decimal.
    quantity: i64,
    decimals: u8,
    rates: Vec<&'static str>,
    adjustments: Vec<(AdjustmentKind, bool, i64)>,
    discountable: bool,
    made: Made,
}

/// Where the price of a line comes from.
#[derive(Clone, Copy, Debug)]
enum Made {
    /// The catalog.
    Listed,
    /// A cashier, who typed another one on the line.
    Overridden(i64),
    /// A label that says what all of it costs, whatever a unit does.
    OnLabel(i64),
}

/// A sale, and what happens to its document.
#[derive(Clone, Debug)]
struct Sale {
    lines: Vec<Sold>,
    mode: TaxMode,
    step: i64,
    exempt: bool,
    campaigns: Option<BundleReturns>,
    discount: Option<(bool, i64)>,
    surcharge: Option<(bool, i64)>,
    own_rates: Vec<&'static str>,
    redemption: Option<(i64, i64)>,
    card_share: i64,
}

/// One thing a cashier does inside a return. The numbers pick among what is there.
#[derive(Clone, Copy, Debug)]
enum Back {
    Take { line: usize, part: i64, damaged: bool },
    Change { line: usize, part: i64 },
    Void { line: usize },
}

/// A return: what is done in it, and how much of it is paid by card.
type Return = (Vec<Back>, i64);

/// Campaigns of every scope, and goods that are cheaper together.
fn promoted() -> Promoted {
    let pairs = Benefit::PriceFor { quantity: 2, price: m(700) };
    everything_and(vec![campaign(5, "PAIRS", pairs)])
}

fn sold() -> impl Strategy<Value = Sold> {
    let rates = select(vec![
        vec!["0"],
        vec!["20"],
        vec!["5.5"],
        vec!["4", "4.875"],
        vec!["20", "20", "1"],
        vec!["100"],
    ]);
    let kind = select(vec![AdjustmentKind::Discount, AdjustmentKind::Surcharge]);
    let adjustments = prop::collection::vec((kind, any::<bool>(), 1_i64..=100), 0..3);
    let quantity = prop_oneof![(Just(0_u8), 1_i64..6), (Just(3_u8), 1_i64..4000)];
    let at = || prop_oneof![3 => 0_i64..3000, 1 => 0_i64..20, 1 => 0_i64..10_000_000];
    let made = prop_oneof![
        3 => Just(Made::Listed),
        1 => at().prop_map(Made::Overridden),
        1 => at().prop_map(Made::OnLabel),
    ];
    (at(), quantity, rates, adjustments, prop::bool::weighted(0.8), made).prop_map(
        |(price, (decimals, quantity), rates, adjustments, discountable, made)| Sold {
            price,
            quantity,
            decimals,
            rates,
            adjustments,
            discountable,
            made,
        },
    )
}

/// A sale with campaigns, and what parts of bundles bring then; or without.
fn sale(campaigns: impl Strategy<Value = Option<BundleReturns>>) -> impl Strategy<Value = Sale> {
    let lines = prop::collection::vec(sold(), 1..5);
    let adjusted = || prop::option::of((any::<bool>(), 1_i64..=100));
    let own_rates = select(vec![vec![], vec!["10"], vec!["10", "5"]]);
    let mode = select(vec![TaxMode::Inclusive, TaxMode::Exclusive]);
    let step = select(vec![1_i64, 1, 5, 10, 100]);
    let redemption = prop::option::of((1_i64..300, 1_i64..=100));
    let head = (mode, step, prop::bool::weighted(0.1), campaigns);
    (lines, head, adjusted(), adjusted(), own_rates, redemption, 0_i64..=100).prop_map(
        |(lines, (mode, step, exempt, campaigns), discount, surcharge, own_rates, redemption, card_share)| {
            Sale {
                lines,
                mode,
                step,
                exempt,
                campaigns,
                discount,
                surcharge,
                own_rates,
                redemption,
                card_share,
            }
        },
    )
}

fn returns() -> impl Strategy<Value = Vec<Return>> {
    let line = || 0_usize..8;
    let back = prop_oneof![
        5 => (line(), 1_i64..=8, any::<bool>()).prop_map(|(line, part, damaged)| Back::Take { line, part, damaged }),
        1 => (line(), 1_i64..=8).prop_map(|(line, part)| Back::Change { line, part }),
        1 => line().prop_map(|line| Back::Void { line }),
    ];
    prop::collection::vec((prop::collection::vec(back, 1..5), 0_i64..=100), 0..6)
}

impl Sale {
    /// Sells it; none where nothing of it can be sold as generated.
    fn ring_up(&self) -> Option<(Counter, DocumentId)> {
        let mut counter = Counter::new();
        counter.till.currency = currency("GBP").with_cash_step(m(self.step));
        counter.till.tax_mode = self.mode;
        counter.policy.min_line_total = m(self.card_share % 2);
        counter.policy.surcharge_taxes =
            (7..).zip(&self.own_rates).map(|(no, text)| rate(no, text)).collect();
        counter.policy.bundle_returns = self.campaigns.unwrap_or_default();
        counter.promotions = self.campaigns.map(|_| promoted());
        counter.customer_account(None, 0);
        counter.run(&Command::AssignCustomer).unwrap();
        for line in &self.lines {
            line.ring_up(&mut counter);
        }
        if self.campaigns.is_some() {
            // Where nothing is left to discount, it opens nothing.
            let _ = counter.run(&Command::EnterCoupon { entered: "WELCOME10-DEMO".into() });
        }
        if self.exempt {
            counter
                .run(&Command::ExemptTax { reason: "embassy".into(), kind: None, certificate: None })
                .unwrap();
        }
        let value = |(is_percent, value): (bool, i64)| {
            if is_percent { percent(&value.to_string()) } else { amount(value) }
        };
        if let Some(discount) = self.discount {
            let _ = counter.adjust_document(AdjustmentSource::Manager, value(discount));
        }
        if let Some(surcharge) = self.surcharge {
            counter.adjust_document(AdjustmentSource::ServiceCharge, value(surcharge)).unwrap();
        }
        if let Some((points, share)) = self.redemption {
            let left = counter.document().totals.total - counter.document().totals.discount;
            let money = (left.minor() * share / 100).min(counter.document().balance().minor());
            let _ = counter.redeem(points, money);
        }
        self.settle(&mut counter);
        let sale = counter.completed.last()?.document().id;
        Some((counter, sale))
    }

    fn settle(&self, counter: &mut Counter) {
        if counter.draft.is_none() {
            return;
        }
        let by_card = counter.document().balance().minor() * self.card_share / 100;
        if by_card > 0 {
            // What the card earns may leave less than is discounted by hand, or nothing to pay: then cash pays it all.
            let taken = counter.pay(CreditCard, by_card);
            let leaves_less =
                matches!(taken, Err(Refusal::DiscountExceedsTotal { .. } | Refusal::AlreadyPaid));
            assert!(taken.is_ok() || (self.campaigns.is_some() && leaves_less), "{taken:?}");
        }
        if counter.draft.is_some() {
            let end = if counter.document().balance().is_zero() {
                counter.run(&Command::Close)
            } else {
                counter.pay_rest(Cash)
            };
            end.unwrap();
        }
    }
}

impl Sold {
    fn item(&self) -> Sellable {
        let taxes = (1..).zip(&self.rates).map(|(no, text)| rate(no, text)).collect();
        Sellable {
            unit: Unit { code: "U".into(), decimals: self.decimals, measure: None },
            price_rule: PriceRule::MayBeFree,
            permissions: Permissions { discount: self.discountable, ..Permissions::default() },
            taxes,
            ..goods("1")
        }
    }

    fn ring_up(&self, counter: &mut Counter) {
        let at = price(&Decimal::new(self.price, 2).to_string());
        let item = Sellable { price: at, ..self.item() };
        let times = Quantity::try_new(Decimal::new(self.quantity, self.decimals.into())).unwrap();
        if let Made::OnLabel(total) = self.made {
            let item = Sellable { embedded_quantity: Some(times), embedded_total: Some(m(total)), ..item };
            counter.add_as(&item, AddLine::code("U")).unwrap();
        } else {
            counter.add_as(&item, AddLine::code("U").times(times)).unwrap();
        }
        if let Made::Overridden(other) = self.made {
            let sold = counter.document().lines.last().unwrap().clone();
            let other = price(&Decimal::new(other, 2).to_string());
            let overridden =
                counter.run(&Command::OverridePrice { line: sold.no, price: other, reason: None });
            let comes_to = other.times(times, &counter.till.currency, Rounding::HalfUp).unwrap();
            if comes_to.is_zero() && !other.is_zero() {
                // A penny for a gram comes to nothing: refused, and the line keeps its price.
                assert_eq!(overridden, Err(Refusal::PriceNeeded { code: "G".into() }));
                assert_eq!(counter.document().line(sold.no), Some(&sold));
            } else {
                overridden.unwrap();
            }
        }
        for &(kind, is_percent, value) in &self.adjustments {
            // An amount beyond the line, a discount where none is allowed: refused, and the line stays as it is.
            let value = if is_percent { percent(&value.to_string()) } else { amount(value) };
            let _ = counter.adjust(kind, value);
        }
    }
}

/// Part of a quantity: so many eighths of it, at least one unit of the last decimal.
fn part_of(quantity: Decimal, eighths: i64, decimals: u8) -> Option<Quantity> {
    let part = (quantity * Decimal::from(eighths) / Decimal::from(8)).trunc_with_scale(decimals.into());
    Quantity::try_new(part.max(Decimal::new(1, decimals.into()))).ok()
}

fn act(counter: &mut Counter, sale: &Document, back: Back) {
    match back {
        Back::Take { line, part, damaged } => {
            let sold = &sale.lines[line % sale.lines.len()];
            let Some(quantity) = part_of(sold.quantity.decimal(), part, sold.item.unit.decimals) else {
                return;
            };
            let state = if damaged { GoodsState::Damaged } else { GoodsState::New };
            let back = ReturnLine { quantity, state, ..return_line(sold.no.0, "1") };
            // More than is left is refused, and the return stays as it is.
            let _ = counter.run(&Command::ReturnLine(back));
        }
        Back::Change { line, part } => {
            if let Some((no, sold)) = held(counter, sale, line)
                && let Some(quantity) = part_of(sold.quantity.decimal(), part, sold.item.unit.decimals)
            {
                let _ = counter.run(&Command::ChangeQuantity { line: no, quantity });
            }
        }
        Back::Void { line } => {
            // Voiding the last line would end the return.
            if counter.draft.as_ref().is_some_and(|draft| draft.document().active_lines().count() > 1)
                && let Some((no, _)) = held(counter, sale, line)
            {
                counter.void_line(no.0).unwrap();
            }
        }
    }
}

/// A line of the open return and the sold line it brings back.
fn held<'a>(counter: &Counter, sale: &'a Document, nth: usize) -> Option<(LineNo, &'a LineItem)> {
    let lines: Vec<&LineItem> = counter.draft.as_ref()?.document().active_lines().collect();
    let line = lines.get(nth % lines.len().max(1))?;
    let (_, sold) = line.returned.as_ref()?.original?;
    Some((line.no, sale.line(sold)?))
}

/// Whether nothing is left to bring back after the open return. Then the card takes what it still holds: in cash alone its
/// last pennies might stay unpaid, which
/// `of_a_last_refund_in_cash_alone_what_coins_cannot_pay_stays_and_the_card_that_paid_would_take_it` pins.
fn brings_the_last_back(counter: &Counter, sale: DocumentId) -> bool {
    let left = counter.original(sale).unwrap().refundable().lines;
    let open = |line: LineNo| -> Decimal {
        let of_line = counter
            .document()
            .active_lines()
            .filter(|back| back.returned.as_ref().is_some_and(|known| known.original == Some((sale, line))));
        of_line.map(|back| back.quantity.decimal()).sum()
    };
    left.iter().all(|left| open(left.line) == left.quantity.decimal())
}

/// Pays the open return: so many percent by card where the card still holds it, the rest in cash.
fn pay_back(counter: &mut Counter, sale: DocumentId, card_share: i64) {
    let left = counter.original(sale).unwrap().refundable();
    let on_card =
        left.tenders.iter().find(|(kind, _)| *kind == CreditCard).map_or(0, |(_, left)| left.minor());
    let by_card = (counter.document().balance().minor() * card_share / 100).min(on_card);
    if by_card > 0 {
        counter.pay(CreditCard, by_card).unwrap();
    }
    if counter.draft.is_some() {
        let is_even = counter.document().balance().is_zero();
        let end = if is_even { counter.run(&Command::Close) } else { counter.pay_rest(Cash) };
        end.unwrap();
    }
}

/// What was paid for a document by tenders, which is what a customer would say.
fn paid(document: &Document) -> Money {
    document.totals.paid - document.totals.change
}

type PerRate = BTreeMap<(u16, bool), (Money, Money)>;

fn add_taxes<'a>(sums: &mut PerRate, parts: impl IntoIterator<Item = &'a TaxPart>) {
    for part in parts {
        let sum = sums.entry((part.rate.no, part.exempt)).or_default();
        sum.0 += part.taxable;
        sum.1 += part.tax;
    }
}

/// What must hold after every return.
fn check_on_the_way(counter: &Counter, sale: &Completed) {
    let sold = sale.document();
    let returns =
        || counter.completed.iter().map(Completed::document).filter(|back| back.original == Some(sold.id));
    let back: Money = returns().map(paid).sum();
    assert!(back <= paid(sold), "never a penny more: {back:?} of {:?}", paid(sold));
    for line in sold.active_lines() {
        let of_line = || {
            let mine = |back: &&LineItem| {
                back.returned.as_ref().is_some_and(|known| known.original == Some((sold.id, line.no)))
            };
            returns().flat_map(Document::active_lines).filter(mine)
        };
        let (value, tax): (Money, Money) =
            (of_line().map(LineItem::value).sum(), of_line().map(LineItem::tax).sum());
        // Where the rest of what was cheaper together is priced anew, lines bear it for each other.
        let keeps_shares = counter.policy.bundle_returns == BundleReturns::KeepShares;
        let is_within = value <= line.value() && tax <= line.tax();
        assert!(is_within || !keeps_shares, "never more of a line than was sold");
        assert!(sold.tax_mode == TaxMode::Exclusive || tax <= value, "never more tax than value");
        for back in of_line() {
            assert!(back.taxes.iter().all(|part| !part.tax.is_negative() && !part.taxable.is_negative()));
        }
    }
    let points: i64 = returns().filter_map(|back| back.points_returned).map(Points::get).sum();
    assert!(points <= redeemed(sold));
}

fn redeemed(sale: &Document) -> i64 {
    let points = |source: &AdjustmentSource| {
        if let AdjustmentSource::Loyalty { points } = source { points.get() } else { 0 }
    };
    sale.adjustments.iter().map(|known| points(&known.source)).sum()
}

/// What must hold once everything is back.
fn check_when_all_is_back(counter: &Counter, sale: &Completed) {
    let sold = sale.document();
    let returns =
        || counter.completed.iter().map(Completed::document).filter(|back| back.original == Some(sold.id));
    assert_eq!(returns().map(paid).sum::<Money>(), paid(sold), "exactly what was paid");
    let (mut before, mut after) = (PerRate::new(), PerRate::new());
    add_taxes(&mut before, sold.active_lines().flat_map(|line| &line.taxes));
    add_taxes(&mut after, returns().flat_map(Document::active_lines).flat_map(|line| &line.taxes));
    assert_eq!(after, before, "tax and net of every rate");
    let points: i64 = returns().filter_map(|back| back.points_returned).map(Points::get).sum();
    assert_eq!(points, redeemed(sold), "points come back as points");
    let left = counter.original(sold.id).unwrap().refundable();
    assert_eq!((left.paid, left.lines.len()), (Money::ZERO, 0));
}

/// Sells, and brings all of it back as it comes.
fn bring_all_back(sale: &Sale, returns: Vec<Return>) {
    let Some((mut counter, id)) = sale.ring_up() else { return };
    let sold = counter.completed.last().unwrap().clone();
    for (steps, card_share) in returns {
        if counter.original(id).unwrap().refundable().lines.is_empty() {
            break;
        }
        counter.open_return(id).unwrap();
        for back in steps {
            act(&mut counter, sold.document(), back);
        }
        if counter.document().active_lines().next().is_none() {
            counter.run(&Command::Cancel { reason: None }).unwrap();
            continue;
        }
        let card_share = if brings_the_last_back(&counter, id) { 100 } else { card_share };
        pay_back(&mut counter, id, card_share);
        check_on_the_way(&counter, &sold);
    }
    let rest = counter.original(id).unwrap().refundable().lines;
    if !rest.is_empty() {
        counter.open_return(id).unwrap();
        for line in rest {
            let back = ReturnLine { quantity: line.quantity, ..return_line(line.line.0, "1") };
            counter.run(&Command::ReturnLine(back)).unwrap();
        }
        pay_back(&mut counter, id, 100);
        check_on_the_way(&counter, &sold);
    }
    check_when_all_is_back(&counter, &sold);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn what_is_brought_back_in_any_pieces_and_order_is_exactly_what_was_paid(
        sale in sale(Just(None)),
        returns in returns(),
    ) {
        bring_all_back(&sale, returns);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]
    #[test]
    fn what_campaigns_made_cheaper_comes_back_for_exactly_what_was_paid(
        sale in sale(select(vec![Some(BundleReturns::KeepShares), Some(BundleReturns::RepriceRest)])),
        returns in returns(),
    ) {
        bring_all_back(&sale, returns);
    }
}
