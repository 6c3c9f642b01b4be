//! What random documents are made of, and how they are written.

use super::{super::*, Paper};
use crate::{
    adjustment::AdjustmentValue,
    basket::PriceOverride,
    document::TaxExemption,
    ids::{CustomerId, LineNo},
    quantity::UnitPrice,
};

/// A line of a random document.
#[derive(Clone, Debug)]
struct Rung {
    price: i64,
    quantity: String,
    department: u32,
    rate: u16,
    discount: Option<u32>,
    /// The price it is sold at instead.
    other_price: Option<i64>,
    is_voided: bool,
    is_container: bool,
}

/// A tender of a random document.
#[derive(Clone, Copy, Debug)]
struct Payment {
    kind: TenderKind,
    /// How much of what is due, in percent.
    share: i64,
    tip: Option<Tip>,
    /// What it is in, where it is foreign cash.
    notes: usize,
    is_voided: bool,
}

/// What a random document is made of.
#[derive(Clone, Debug)]
pub(in super::super) struct Plan {
    what: u8,
    cashier: u128,
    lines: Vec<Rung>,
    empties: Vec<(i64, u32)>,
    discount: Option<u32>,
    surcharge: Option<i64>,
    exemption: Option<&'static str>,
    customer: Option<u128>,
    payments: Vec<Payment>,
    over: i64,
    step: i64,
}

/// Reasons why no tax is charged: codes that closures tell apart, and words that are none.
const REASONS: [&str; 4] = ["diplomatic", "export", "Resale", "the mayor says so"];

/// Foreign notes, with what one of ours is worth; one currency at two rates.
const NOTES: [(&str, &str); 4] = [("EUR", "1.18"), ("EUR", "1.2"), ("JPY", "190"), ("KWD", "0.39")];

/// Quantities of what is weighed or counted; containers are counted.
fn rung() -> impl Strategy<Value = Rung> {
    let quantity = prop_oneof![Just("1"), Just("3"), Just("0.25"), Just("1.375")].prop_map(str::to_owned);
    let optional = (
        proptest::option::of(1..60_u32),
        proptest::option::weighted(0.2, 1..90_000_i64),
        any::<bool>(),
        proptest::bool::weighted(0.25),
    );
    (1..90_000_i64, quantity, 1..5_u32, 0..4_u16, optional).prop_map(
        |(price, quantity, department, rate, (discount, other_price, is_voided, is_container))| {
            if is_container {
                let quantity = if quantity == "3" { "6" } else { "1" }.to_owned();
                let (discount, other_price) = (None, None);
                Rung { price, quantity, department, rate, discount, other_price, is_voided, is_container }
            } else {
                Rung { price, quantity, department, rate, discount, other_price, is_voided, is_container }
            }
        },
    )
}

fn payment() -> impl Strategy<Value = Payment> {
    let kind = (0..TenderKind::ALL.len()).prop_map(|at| TenderKind::ALL[at]);
    let tip_kind = prop_oneof![Just(TipKind::Cash), Just(TipKind::Card), Just(TipKind::AutoGratuity)];
    let tip = (1..300_i64, tip_kind).prop_map(|(amount, kind)| Tip { amount: money(amount), kind });
    (kind, 1..90_i64, proptest::option::of(tip), 0..NOTES.len(), proptest::bool::weighted(0.25))
        .prop_map(|(kind, share, tip, notes, is_voided)| Payment { kind, share, tip, notes, is_voided })
}

pub(in super::super) fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let reason = (0..REASONS.len()).prop_map(|at| REASONS[at]);
    let head =
        (0..19_u8, 0..3_u128, proptest::option::weighted(0.25, reason), proptest::option::of(0..5_u128));
    let plan = (
        head,
        proptest::collection::vec(rung(), 1..5),
        proptest::collection::vec((1..40_i64, 1..9_u32), 1..3),
        (proptest::option::of(1..50_u32), proptest::option::of(1..900_i64)),
        proptest::collection::vec(payment(), 1..4),
        (0..5000_i64, prop_oneof![Just(1_i64), Just(5), Just(10)]),
    );
    let plan = plan.prop_map(|(head, lines, empties, (discount, surcharge), payments, (over, step))| {
        let (what, cashier, exemption, customer) = head;
        Plan { what, cashier, lines, empties, discount, surcharge, exemption, customer, payments, over, step }
    });
    proptest::collection::vec(plan, 0..9)
}

pub(super) fn rates(no: u16) -> TaxRate {
    let mut rate = rate(no, ["0", "5.5", "20", "20"][usize::from(no)]);
    if no == 3 {
        // The same rate under another name.
        rate.name = "Luxury".into();
    }
    rate
}

fn price(minor: i64) -> String {
    currency("GBP").format(money(minor))
}

fn write_lines(mut pen: Pen, plan: &Plan) -> Pen {
    for (at, rung) in (1..).zip(&plan.lines) {
        let line = Line::new("Thing", &price(rung.price)).within(rung.department).taxed(&[rates(rung.rate)]);
        pen = pen.line(&if rung.is_container {
            line.times(&rung.quantity).container()
        } else {
            line.weighed(&rung.quantity)
        });
        if let Some(other) = rung.other_price {
            let price_override =
                PriceOverride { reason: Some("scratched".into()), authority: authority(plan.cashier + 2) };
            let price = UnitPrice::parse(&price(other)).unwrap();
            pen = pen.apply(&Event::PriceOverridden { line: LineNo(at), price, price_override });
        }
        if let Some(discount) = rung.discount {
            pen = pen.adjust_line(at, AdjustmentKind::Discount, percent(discount));
        }
        if rung.is_voided && at > 1 {
            pen = pen.void_line(at, plan.cashier + 1);
        }
    }
    if let Some(reason) = plan.exemption {
        let authority = authority(plan.cashier);
        let exemption = TaxExemption { reason: reason.into(), kind: None, certificate: None, authority };
        pen = pen.apply(&Event::TaxExempted { exemption });
    }
    let customer = plan.customer.map(|no| CustomerId::new(uuid::Uuid::from_u128(no)));
    pen.apply(&Event::CustomerAssigned { customer })
}

fn write_adjustments(mut pen: Pen, plan: &Plan) -> Pen {
    let mut adjust = |kind, source, value: Option<AdjustmentValue>| {
        if let Some(value) = value {
            pen = pen.clone().adjust(kind, source, value, None);
        }
    };
    adjust(AdjustmentKind::Discount, AdjustmentSource::campaign("C"), plan.discount.map(percent));
    adjust(AdjustmentKind::Surcharge, AdjustmentSource::DeliveryFee, plan.surcharge.map(minor));
    pen
}

/// Pays a share of what is due by each tender, takes some of them back, and pays the rest by the last, in cash with
/// rounding and change.
fn settle(mut pen: Pen, plan: &Plan) -> Pen {
    let out = pen.document().kind.pays_out();
    for payment in &plan.payments {
        let amount = pen.document().balance().minor() * payment.share / 100;
        if amount <= 0 {
            continue;
        }
        let tender = Tender { tip: payment.tip.filter(|_| !out), ..pen.new_tender(payment.kind, amount) };
        let foreign = (payment.kind == TenderKind::ForeignCurrency).then(|| foreign(payment.notes, amount));
        let no = tender.no;
        pen = pen.take(Tender { foreign, ..tender });
        if payment.is_voided {
            let void = Void { reason: None, authority: authority(plan.cashier + 2) };
            pen = pen.apply(&Event::TenderVoided { tender: no, void, reversal: None, revalued: None });
        }
    }
    let balance = pen.document().balance();
    let coins = balance.to_step(money(plan.step), Rounding::HalfUp);
    let over = if out { 0 } else { plan.over };
    let tender = pen.new_tender(TenderKind::Cash, coins.minor() + over);
    let pen = pen.take(Tender { rounding: coins - balance, ..tender });
    if over > 0 { pen.change(over) } else { pen }
}

/// Notes that were taken for an amount. That they are worth just that is no matter here.
fn foreign(notes: usize, amount: i64) -> ForeignCash {
    let (code, rate) = NOTES[notes];
    ForeignCash {
        currency: currency(code),
        amount: money(amount + 7),
        rate: ExchangeRate::parse(rate).unwrap(),
    }
}

/// The documents of one plan; a deposit of period 6 is on every order.
fn write(plan: &Plan, tax_mode: TaxMode) -> Vec<Paper> {
    let head = Head { cashier: plan.cashier, tax_mode, ..Head::sale("GBP") };
    let sale = |head: &Head| write_adjustments(write_lines(head.begin(), plan), plan);
    let order = || {
        let head = head.clone().of(Kind::Order, DocumentType::Invoice);
        let pen = sale(&head).in_closure(6);
        let deposit = pen.document().balance().minor() / 3;
        pen.pay(TenderKind::Cash, deposit).in_closure(7)
    };
    let finish = |pen: Pen| vec![Paper::Completed(settle(pen, plan).complete())];
    match plan.what {
        0 => vec![Paper::Cancelled(sale(&head).cancel())],
        1 => {
            let head = head.clone().of(Kind::Return, DocumentType::Return);
            finish(write_lines(head.begin(), plan))
        }
        2 => finish(order()),
        3 => {
            let pen = order();
            let deposit = pen.document().balance().minor() / 2;
            vec![Paper::Parked(pen.pay(TenderKind::Cash, deposit).suspend())]
        }
        4 => {
            let pen = order();
            let deposit = pen.document().totals.paid.minor();
            let back = Tender { direction: Direction::Out, ..pen.new_tender(TenderKind::Cash, deposit) };
            vec![Paper::Cancelled(pen.take(back).cancel())]
        }
        5 => vec![Paper::Completed(
            sale(&head.clone().of(Kind::Quote, DocumentType::NonFiscalReceipt)).complete(),
        )],
        6 => finish(sale(&Head { training: true, ..head.clone() })),
        7 => {
            let kinds = [CashMovementKind::PaidIn, CashMovementKind::PaidOut, CashMovementKind::CashDrop];
            let kind = kinds[plan.payments.len() - 1];
            vec![Paper::Completed(head.movement(kind, plan.over + 1, "coins"))]
        }
        8 => {
            vec![Paper::Completed(sale(&head.clone().of(Kind::Sale, DocumentType::DeliveryNote)).complete())]
        }
        9 => finish(write_lines(
            head.clone().of(Kind::Purchase, DocumentType::SelfBillingInvoice).begin(),
            plan,
        )),
        10 => write_exchange(&head, plan),
        // An order that is paid whole, with change, and put aside until its goods are there.
        11 => vec![Paper::Parked(settle(sale(&head.of(Kind::Order, DocumentType::Invoice)), plan).suspend())],
        12 => {
            let order = sale(&head.of(Kind::Order, DocumentType::Invoice)).in_closure(6);
            vec![Paper::Completed(settle(order, plan).in_closure(7).complete())]
        }
        13 => {
            let order = settle(sale(&head.of(Kind::Order, DocumentType::Invoice)), plan);
            vec![Paper::Cancelled(pay_back(order).cancel())]
        }
        14 => write_empties(&head, sale(&head), plan),
        _ => finish(sale(&head)),
    }
}

/// Each tender is paid back by one that mirrors it.
fn pay_back(mut pen: Pen) -> Pen {
    let (id, taken) = (pen.document().id, pen.document().tenders.clone());
    for tender in taken.into_iter().filter(Tender::counts) {
        let back = Tender {
            no: pen.new_tender(tender.kind, 0).no,
            direction: Direction::Out,
            rounding: -tender.rounding,
            refunds: Some((id, tender.no)),
            ..tender
        };
        pen = pen.take(back);
    }
    pen
}

/// What is brought back is exchanged for the same and one thing more.
fn write_exchange(head: &Head, plan: &Plan) -> Vec<Paper> {
    let back = write_lines(head.clone().of(Kind::Return, DocumentType::Return).begin(), plan);
    let sale = write_lines(back.exchange_for(head), plan).line(&Line::new("More", "12.34"));
    sale.pay_rest(TenderKind::Cheque).complete_exchange().into_iter().map(Paper::Completed).collect()
}

/// Empties are set off against a sale that comes to more; the last of them go with the customer again where there are
/// others.
fn write_empties(head: &Head, sale: Pen, plan: &Plan) -> Vec<Paper> {
    let empties = head.clone().of(Kind::Return, DocumentType::Return);
    let mut pen = sale.line(&Line::new("More", "12.34")).begin_empties(&empties);
    for (no, (worth, pieces)) in (1..).zip(&plan.empties) {
        let line = Line::new("Bottle", &price(*worth)).times(&pieces.to_string()).container();
        pen = pen.take_empties(no, &line);
        if no > 1 {
            let void = Void { reason: None, authority: authority(plan.cashier + 1) };
            pen = pen.apply(&Event::EmptiesVoided { line: LineNo(no), void });
        }
    }
    settle(pen, plan).complete_exchange().into_iter().map(Paper::Completed).collect()
}

pub(in super::super) fn day(plans: &[Plan], tax_mode: TaxMode) -> Vec<Paper> {
    plans.iter().flat_map(|plan| write(plan, tax_mode)).collect()
}
