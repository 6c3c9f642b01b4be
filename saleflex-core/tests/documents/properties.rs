//! Random things a cashier might press, sensible or not. The counter checks after each of them what must hold of
//! every document (`support`): figures add up, the journal replays, the same facts decide the same. Here it is
//! only made sure that everything happens often enough, that nothing panics, and that a void undoes an add.

use chrono::NaiveDate;
use proptest::{prelude::*, sample::select};
use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue},
    basket::GoodsState,
    cashier::{OnDuty, Role},
    catalog::{DepartmentNo, Permissions, PriceRule, Sellable, SerialNo},
    document::{
        AddLine, Adjust, AgeEvidence, CashMovementKind, ChangeMode, Command, Document, DocumentType, Draft,
        Kind, NoteKind, ReturnLine, TakeTender,
    },
    ids::{AdjustmentNo, CouponId, LineNo, TenderNo},
    money::Money,
    quantity::{ExchangeRate, Points, Quantity, UnitPrice},
    tax::TaxMode,
    tender::{ForeignCash, TenderDetails, TenderKind, Tip, TipKind},
};

use uuid::Uuid;

use crate::campaigning::everything;
use crate::containers::{bottle, water};
use crate::support::{
    CASHIER, Counter, currency, department, goods, m, moment, percent, price, quantity, rate, return_line,
    taxed, weighed,
};

/// A shop as one finds them.
#[derive(Clone, Debug)]
struct Shop {
    mode: TaxMode,
    step: i64,
    change: ChangeMode,
    is_strict: bool,
    plain_cashier: bool,
    stock: Option<i64>,
}

/// One press.
#[derive(Clone, Debug)]
enum Press {
    Command(Box<Command>),
    Add { item: usize, times: Option<&'static str>, price: Option<&'static str>, age: bool },
    Return { sale: usize, line: u32, exchange: bool },
    TakeBack { sale: usize, lines: Vec<u32>, times: &'static str },
    Empties { item: usize, times: &'static str },
    PayRest { kind: TenderKind },
    Quote { quote: usize },
    Resume { nth: usize },
    CancelParked { nth: usize },
    NextPeriod,
    Midnight,
    Approval { stands_by: bool },
    Customer { is_known: bool },
}

fn items() -> Vec<Sellable> {
    let beer = Sellable { minimum_age: Some(16), ..goods("2.50") };
    let gift = Sellable { price_rule: PriceRule::MayBeFree, ..goods("0") };
    let fixed = Permissions { discount: false, returns: false, negative_stock: false };
    let label = Sellable {
        embedded_quantity: Some(quantity("1.25")),
        embedded_total: Some(m(6875)),
        ..weighed("54.99")
    };
    vec![
        goods("9.99"),
        taxed("0.01", &["8.875", "1"]),
        weighed("3.3333"),
        department(Some("500")),
        beer,
        gift,
        Sellable { permissions: fixed, ..goods("4.20") },
        label,
        taxed("99999999999", &["0"]),
        Sellable { has_serials: true, ..goods("7.50") },
        water(),
        bottle(),
    ]
}

fn line_no() -> impl Strategy<Value = LineNo> {
    prop_oneof![9 => 1_u32..4, 1 => 0_u32..9].prop_map(LineNo)
}

fn reason() -> impl Strategy<Value = Option<String>> {
    let texts = vec![Some("broken".to_owned()), Some(String::new()), Some("x".repeat(201))];
    prop_oneof![8 => Just(None), 1 => select(texts)]
}

fn value() -> impl Strategy<Value = AdjustmentValue> {
    let amounts = select(vec![-1_i64, 0, 1, 99, 500, 10_000, i64::MAX])
        .prop_map(|minor| AdjustmentValue::Amount(m(minor)));
    let percents = select(vec!["0.5", "1", "10", "33.3333", "100", "101"]).prop_map(percent);
    prop_oneof![1 => amounts, 2 => percents]
}

fn adjust() -> impl Strategy<Value = Adjust> {
    let kind = select(vec![AdjustmentKind::Discount, AdjustmentKind::Surcharge]);
    (kind, value(), reason()).prop_map(|(kind, value, reason)| Adjust { kind, value, reason })
}

fn source() -> impl Strategy<Value = AdjustmentSource> {
    select(vec![
        AdjustmentSource::Manager,
        AdjustmentSource::Personal,
        AdjustmentSource::ServiceCharge,
        AdjustmentSource::DeliveryFee,
        AdjustmentSource::Loyalty { points: Points::new(3) },
    ])
}

fn tender() -> impl Strategy<Value = TakeTender> {
    let amounts =
        vec![None, None, Some(1_i64), Some(333), Some(1000), Some(5000), Some(0), Some(-7), Some(i64::MAX)];
    let notes = ForeignCash {
        currency: currency("EUR"),
        amount: m(1999),
        rate: ExchangeRate::parse("1.18").unwrap(),
    };
    let foreign = select(vec![None, None, None, Some(notes)]);
    let tip = select(vec![None, None, Some(Tip { amount: m(50), kind: TipKind::Cash })]);
    let holds = select(vec![None, Some(m(250)), Some(m(-1))]);
    (select(TenderKind::ALL.to_vec()), select(amounts), foreign, tip, holds, prop::bool::weighted(0.1))
        .prop_map(|(kind, amount, foreign, tip, balance_before, pending)| TakeTender {
            amount: amount.map(m),
            foreign: foreign.filter(|_| kind == TenderKind::ForeignCurrency || amount.is_none()),
            tip,
            pending,
            details: TenderDetails { balance_before, ..TenderDetails::default() },
            ..TakeTender::balance(kind)
        })
}

fn times() -> impl Strategy<Value = Quantity> {
    select(vec!["1", "2", "3", "0.5", "0.001", "9999999"]).prop_map(quantity)
}

fn unit_price() -> impl Strategy<Value = UnitPrice> {
    select(vec!["0", "0.0001", "1", "7.77", "99999999999"]).prop_map(price)
}

fn command() -> impl Strategy<Value = Command> {
    let movement = select(vec![
        CashMovementKind::Float,
        CashMovementKind::PaidIn,
        CashMovementKind::PaidOut,
        CashMovementKind::CashDrop,
    ]);
    let pieces = select(vec!["S1", "S2", "S1 S2", "S1 S2 S3", "S1 S1"]);
    prop_oneof![
        2 => line_no().prop_map(|line| Command::RepeatLine { line }),
        3 => (line_no(), reason()).prop_map(|(line, reason)| Command::VoidLine { line, reason }),
        2 => (line_no(), times()).prop_map(|(line, quantity)| Command::ChangeQuantity { line, quantity }),
        1 => (line_no(), unit_price(), reason())
            .prop_map(|(line, price, reason)| Command::OverridePrice { line, price, reason }),
        3 => (prop::option::of(line_no()), adjust()).prop_map(|(line, adjust)| Command::AdjustLine { line, adjust }),
        2 => (adjust(), source()).prop_map(|(adjust, source)| Command::AdjustDocument { adjust, source, code: None }),
        1 => (0_u32..4).prop_map(|no| Command::RemoveAdjustment { adjustment: AdjustmentNo(no) }),
        2 => (1_i64..50, 1_i64..900)
            .prop_map(|(points, minor)| Command::RedeemPoints { points: Points::new(points), amount: m(minor) }),
        1 => (prop::option::of(line_no()), any::<bool>()).prop_map(|(line, on_receipt)| Command::AddNote {
            kind: NoteKind::Kitchen,
            line,
            text: "no onions".into(),
            on_receipt,
        }),
        2 => Just(Command::AssignCustomer),
        1 => reason().prop_map(|reason| Command::ExemptTax { reason: reason.unwrap_or_default(), kind: None, certificate: None }),
        9 => tender().prop_map(Command::TakeTender),
        2 => (1_u32..5, any::<bool>())
            .prop_map(|(no, approved)| Command::ResolveTender { tender: TenderNo(no), approved, authorisation: None }),
        2 => (0_u32..5, reason(), select(vec![None, Some("R1".to_owned())])).prop_map(|(no, reason, reversal)| {
            Command::VoidTender { tender: TenderNo(no), reason, reversal }
        }),
        1 => Just(Command::GiveChange),
        2 => Just(Command::Close),
        2 => select(vec!["WELCOME10-DEMO", "", "X"])
            .prop_map(|entered| Command::EnterCoupon { entered: entered.into() }),
        1 => Just(Command::ReleaseCoupon { coupon: CouponId::new(Uuid::from_u128(0xC0)) }),
        2 => reason().prop_map(|name| Command::Suspend { name }),
        1 => reason().prop_map(|reason| Command::Cancel { reason }),
        2 => Just(Command::ExchangeForSale),
        1 => (movement, -1_i64..500)
            .prop_map(|(kind, minor)| Command::MoveCash { kind, amount: m(minor), reason: "float".into() }),
        1 => Just(Command::OpenDrawer { reason: None }),
        3 => (line_no(), pieces).prop_map(|(line, pieces)| {
            Command::NamePieces { line, serials: SerialNo::parse_list(pieces).unwrap() }
        }),
        2 => (line_no(), reason()).prop_map(|(line, reason)| Command::VoidEmpties { line, reason }),
        5 => (line_no(), times(), any::<bool>(), any::<bool>()).prop_map(|(line, quantity, restock, damaged)| {
            let state = if damaged { GoodsState::Damaged } else { GoodsState::New };
            Command::ReturnLine(ReturnLine { line, quantity, restock, state, ..return_line(1, "1") })
        }),
        2 => (select(DocumentType::ALL.to_vec()), select(vec![Kind::Sale, Kind::Quote, Kind::Order, Kind::Return, Kind::Purchase]))
            .prop_map(|(document_type, kind)| Command::Open(saleflex_core::document::OpenDocument::new(document_type, kind))),
        1 => select(vec![(DocumentType::Return, Kind::Return), (DocumentType::Invoice, Kind::Order)])
            .prop_map(|(document_type, kind)| Command::Open(saleflex_core::document::OpenDocument::new(document_type, kind))),
    ]
}

fn press() -> impl Strategy<Value = Press> {
    let times = select(vec![None, None, None, Some("2"), Some("3"), Some("0.5")]);
    let prices = select(vec![None, None, None, None, Some("7.77"), Some("0")]);
    let back = (0_usize..3, 1_u32..4, any::<bool>());
    let kinds = vec![TenderKind::Cash, TenderKind::CreditCard, TenderKind::Cash, TenderKind::OnAccount];
    let add = (0..items().len(), times, prices, any::<bool>())
        .prop_map(|(item, times, price, age)| Press::Add { item, times, price, age });
    let at_once = (0_usize..3, prop::collection::vec(1_u32..4, 0..3), select(vec!["1", "0.5", "2"]))
        .prop_map(|(sale, lines, times)| Press::TakeBack { sale, lines, times });
    prop_oneof![
        40 => command().prop_map(|command| Press::Command(Box::new(command))),
        30 => add,
        3 => at_once,
        9 => back.prop_map(|(sale, line, exchange)| Press::Return { sale, line, exchange }),
        12 => select(kinds).prop_map(|kind| Press::PayRest { kind }),
        4 => (select(vec![items().len() - 1, items().len() - 1, 0]), select(vec!["1", "4", "30", "0.5"]))
            .prop_map(|(item, times)| Press::Empties { item, times }),
        1 => (0_usize..4).prop_map(|quote| Press::Quote { quote }),
        3 => (0_usize..3).prop_map(|nth| Press::Resume { nth }),
        1 => (0_usize..3).prop_map(|nth| Press::CancelParked { nth }),
        1 => Just(Press::NextPeriod),
        1 => Just(Press::Midnight),
        2 => any::<bool>().prop_map(|stands_by| Press::Approval { stands_by }),
        1 => any::<bool>().prop_map(|is_known| Press::Customer { is_known }),
    ]
}

fn shop() -> impl Strategy<Value = Shop> {
    let mode = select(vec![TaxMode::Inclusive, TaxMode::Exclusive]);
    let change = select(vec![ChangeMode::Auto, ChangeMode::Key]);
    (mode, select(vec![1_i64, 5]), change, any::<bool>(), any::<bool>(), prop::option::of(0_i64..20))
        .prop_map(|(mode, step, change, is_strict, plain_cashier, stock)| Shop {
            mode,
            step,
            change,
            is_strict,
            plain_cashier,
            stock,
        })
}

impl Shop {
    /// Half of the shops have campaigns of every scope, and a coupon.
    fn counter(&self) -> Counter {
        let mut counter = Counter::new();
        counter.promotions = (!self.plain_cashier).then(everything);
        counter.till.tax_mode = self.mode;
        counter.till.currency = currency("GBP").with_cash_step(m(self.step));
        counter.policy.change_mode = self.change;
        counter.policy.surcharge_taxes =
            if self.is_strict { vec![rate(9, "10"), rate(8, "5")] } else { Vec::new() };
        counter.policy.suspend_with_payments = !self.is_strict;
        counter.stock = self.stock.map(Into::into);
        if self.is_strict {
            counter.policy.min_line_total = Money::ZERO;
            counter.policy.limits.cancel = Some(m(1000));
            counter.policy.limits.void_line = Some(m(1000));
            counter.policy.limits.line_discount =
                Some(saleflex_core::quantity::Percent::parse("10").unwrap());
            counter.policy.return_days = Some(2);
            counter.policy.refund_tenders.remove(&TenderKind::Cash);
            counter.policy.max_change = Some(m(500));
            counter.policy.guard_cost = true;
        }
        if self.plain_cashier {
            counter.cashier = OnDuty::with_role(CASHIER, Role::Cashier);
        }
        counter.customer_account(Some(5000), 0);
        counter
    }
}

/// Does it; what is refused leaves everything as it was.
fn push(counter: &mut Counter, press: Press) {
    let before = counter.draft.clone();
    let done = match press {
        Press::Command(command) => counter.run(&command),
        Press::Add { item, times, price: at, age } => add(counter, item, times, at, age),
        Press::Return { sale, line, exchange } => {
            let Some(id) = nth_of(counter, Kind::Sale, sale) else { return };
            if counter.open_return(id).is_err() || counter.take_back(line, "1").is_err() || !exchange {
                return;
            }
            counter.run(&Command::ExchangeForSale)
        }
        Press::TakeBack { sale, lines, times } => {
            let Some(id) = nth_of(counter, Kind::Sale, sale) else { return };
            counter.receipt = Some(id);
            let lines = lines.into_iter().map(|line| return_line(line, times)).collect();
            counter.run(&Command::TakeBack { lines })
        }
        Press::PayRest { kind } => counter.pay_rest(kind),
        Press::Empties { item, times } => counter.take_empties(&items()[item], times),
        Press::Quote { quote } => {
            counter.receipt = nth_of(counter, Kind::Quote, quote);
            counter.open(DocumentType::Invoice, Kind::Sale)
        }
        Press::Resume { nth } if nth < counter.parked.len() => counter.resume(nth),
        Press::CancelParked { nth } if nth < counter.parked.len() => counter.cancel_parked(nth),
        Press::Resume { .. } | Press::CancelParked { .. } => return,
        Press::NextPeriod => return counter.next_period(),
        Press::Midnight => return counter.now = moment("2025-04-09 00:01"),
        Press::Approval { stands_by: true } => return counter.approve(),
        Press::Approval { stands_by: false } => return counter.approver = None,
        Press::Customer { is_known } => {
            counter.customer = None;
            if is_known {
                counter.customer_account(Some(5000), 100);
            }
            return;
        }
    };
    if done.is_err() {
        assert_eq!(counter.draft, before, "a refusal changes nothing");
    }
}

fn add(
    counter: &mut Counter,
    item: usize,
    times: Option<&str>,
    at: Option<&str>,
    age: bool,
) -> Result<saleflex_core::checkout::Outcome, saleflex_core::document::Refusal> {
    let item = &items()[item];
    let line = match item.product {
        Some(_) => AddLine { price: at.map(price), ..AddLine::code("G") },
        None => AddLine::department(DepartmentNo(1), price(at.unwrap_or("12.34"))),
    };
    let born = NaiveDate::from_ymd_opt(1990, 1, 1).map(AgeEvidence::BirthDate);
    let line = AddLine { quantity: times.map(quantity), age: born.filter(|_| age), ..line };
    counter.add_as(item, line)
}

fn nth_of(counter: &Counter, kind: Kind, nth: usize) -> Option<saleflex_core::ids::DocumentId> {
    let mut documents = counter.completed.iter().rev().map(saleflex_core::document::Completed::document);
    documents.by_ref().filter(|document| document.kind == kind).nth(nth).map(|document| document.id)
}

/// Never more is paid back for a sale than was paid, however it came back.
fn check_refunds(counter: &Counter) {
    for sale in counter.completed.iter().map(saleflex_core::document::Completed::document) {
        if !matches!(sale.kind, Kind::Sale | Kind::Order) {
            continue;
        }
        let left = counter.original(sale.id).unwrap().refundable();
        assert!(!left.paid.is_negative(), "more came back than was paid for {}", sale.number);
    }
}

/// A line added and voided again leaves no trace in the figures.
fn check_void(counter: &mut Counter, item: usize) {
    let Some(before) = counter.draft.as_ref().map(Draft::document).cloned() else { return };
    counter.approve();
    if before.active_lines().next().is_none() || add(counter, item, Some("3"), None, true).is_err() {
        return;
    }
    let line = counter.document().lines.last().unwrap().no;
    if counter.void_line(line.0).is_err() || counter.draft.is_none() {
        return;
    }
    let after = counter.document();
    let figures = |document: &Document| {
        let adjustments: Vec<_> = document.adjustments.iter().map(|known| known.amount).collect();
        (document.totals, adjustments, document.active_lines().cloned().collect::<Vec<_>>())
    };
    assert_eq!(figures(after), figures(&before), "a void undoes an add");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn whatever_is_pressed_documents_add_up_and_journals_replay(
        shop in shop(),
        presses in prop::collection::vec(press(), 1..120),
        item in 0..items().len(),
    ) {
        let mut counter = shop.counter();
        for press in presses {
            push(&mut counter, press);
        }
        check_refunds(&counter);
        check_void(&mut counter, item);
    }
}
