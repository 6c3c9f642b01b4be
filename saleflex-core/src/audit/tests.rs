use alloc::{boxed::Box, vec::Vec};

use uuid::Uuid;

use super::*;
use crate::{
    adjustment::{AdjustmentKind, AdjustmentValue, LineAdjustment},
    authority::Void,
    basket::PriceOverride,
    cashier::{
        Approval, OnDuty, Role,
        lock::{Lock, LockCause},
    },
    closure::{
        drawer::CountPurpose,
        tests::samples::{Head, Line, authority, cashier, moment},
    },
    document::{CancelCause, CashMovementKind, DocumentType, Event as Did, Kind},
    quantity::Quantity,
    tender::Tender,
};

fn entry(event: Event) -> Entry {
    Entry::new(Uuid::from_u128(77), moment("2026-03-12 10:00:00"), Some(cashier(1)), ClosureNumber(7), event)
}

fn approved() -> Authority {
    Authority { cashier: cashier(1), approved_by: Some(cashier(9)) }
}

fn secret() -> alloc::string::String {
    "Mrs Ada Smith said so".into()
}

#[test]
fn a_count_that_was_not_accepted_is_in_the_trail_and_a_blind_one_tells_nobody_what_to_count() {
    let refused = |blind| {
        let count = EnteredCount {
            drawer: DrawerNo(1),
            purpose: CountPurpose::Closing,
            at: moment("2026-03-12 20:00:00"),
            cashier: cashier(1),
            period: ClosureNumber(7),
            expected: Money::from_minor(4308),
            counted: Money::from_minor(4000),
            blind,
        };
        records(&entry(Event::CountRefused(count)), None).remove(0)
    };
    let amount = |minor| Some(Figure::Amount(Money::from_minor(minor)));
    let seen = refused(false);
    assert_eq!((seen.act, seen.subject), (Act::CountRefused, Subject::Drawer(DrawerNo(1))));
    assert_eq!((seen.cashier, seen.before, seen.after), (Some(cashier(1)), amount(4308), amount(4000)));
    assert_eq!((refused(true).before, refused(true).after), (None, amount(4000)));
}

#[test]
fn a_function_that_was_used_is_named_with_its_document_and_the_reason_stays_in_the_journal() {
    let document = DocumentId::new(Uuid::from_u128(5));
    let allowed = |words: Option<&str>| {
        let event = Event::FunctionAllowed {
            screen: "SALE".into(),
            control: "SUSPEND".into(),
            capability: Capability::Override,
            authority: approved(),
            words: words.map(Into::into),
            document: words.map(|_| document),
            reason: Some(secret()),
        };
        records(&entry(event), None).remove(0)
    };
    let record = allowed(Some("Park"));
    let used = UsedFunction { screen: "SALE".into(), control: "SUSPEND".into(), words: "Park".into() };
    assert_eq!((record.subject, &record.after), (Subject::Document(document), &Some(Figure::Function(used))));
    assert_eq!(record.approved_by, Some(cashier(9)));
    assert!(!serde_json::to_string(&record).unwrap().contains("Ada Smith"));
    let older = allowed(None);
    let needed = Figure::Capabilities([Capability::Override].into());
    assert_eq!((older.subject, older.after), (Subject::Till, Some(needed)));
}

#[test]
fn each_sensitive_act_names_who_agreed_and_the_figures_before_and_after() {
    let pen = Head::sale("GBP").begin().line(&Line::new("Tea", "3.50").times("2"));
    let pen = pen.pay(crate::tender::TenderKind::Cash, 100);
    let document = pen.document();
    let price = |text| UnitPrice::parse(text).unwrap();
    let amount = |minor| Figure::Amount(Money::from_minor(minor));
    let line = LineNo(1);
    let tender = document.tenders[0].clone();
    let void = Void { reason: Some(secret()), authority: approved() };
    let discount = LineAdjustment {
        kind: AdjustmentKind::Discount,
        value: AdjustmentValue::Percent(Percent::parse("10").unwrap()),
        amount: Money::ZERO,
        reason: Some(secret()),
        authority: approved(),
    };
    let cases = [
        (Did::LineVoided { line, void: void.clone() }, Act::VoidLine, Some(amount(700)), Some(amount(0))),
        (
            Did::QuantityChanged { line, quantity: Quantity::ONE, authority: approved() },
            Act::ChangeQuantity,
            Some(Figure::Number(Decimal::TWO)),
            Some(Figure::Number(Decimal::ONE)),
        ),
        (
            Did::PriceOverridden {
                line,
                price: price("3.00"),
                price_override: PriceOverride { reason: Some(secret()), authority: approved() },
            },
            Act::OverridePrice,
            Some(Figure::Price(price("3.50"))),
            Some(Figure::Price(price("3.00"))),
        ),
        (
            Did::LineAdjusted { line, adjustment: discount },
            Act::AdjustLine,
            Some(amount(700)),
            Some(Figure::Percent(Percent::parse("10").unwrap())),
        ),
        (
            Did::TenderVoided { tender: TenderNo(1), void: void.clone(), reversal: None, revalued: None },
            Act::VoidTender,
            Some(amount(100)),
            Some(amount(0)),
        ),
        (
            Did::TenderTaken { tender: Box::new(tender), takes_back: Some(void) },
            Act::VoidTender,
            Some(amount(100)),
            Some(amount(0)),
        ),
        (
            Did::DocumentCancelled {
                at: moment("2026-03-12 10:00:00"),
                authority: approved(),
                closure: ClosureNumber(7),
                cause: CancelCause::Cashier,
                reason: Some(secret()),
            },
            Act::CancelDocument,
            Some(amount(700)),
            Some(amount(0)),
        ),
        (Did::DrawerOpened { reason: Some(secret()), authority: approved() }, Act::OpenDrawer, None, None),
    ];
    for (event, act, before, after) in cases {
        let entry = entry(Event::Document(Vec::from([event])));
        let [record] = &records(&entry, Some(document))[..] else { panic!("{act:?} is one record") };
        assert_eq!(
            (record.act, record.cashier, record.approved_by),
            (act, Some(cashier(1)), Some(cashier(9)))
        );
        assert_eq!((&record.before, &record.after), (&before, &after), "{act:?}");
        assert!(act == Act::OpenDrawer || record.subject.document() == Some(document.id));
        let text = serde_json::to_string(record).unwrap();
        assert!(!text.contains("Ada"), "words stay in the journal: {text}");
        assert_eq!(serde_json::from_str::<AuditRecord>(&text).unwrap(), *record);
    }
}

#[test]
fn an_ordinary_sale_leaves_no_trace_in_the_trail() {
    let pen = Head::sale("GBP").begin().line(&Line::new("Tea", "3.50"));
    let line = Box::new(pen.document().lines[0].clone());
    let events = Vec::from([Did::LineAdded { line }, Did::CustomerAssigned { customer: None }]);
    assert_eq!(records(&entry(Event::Document(events)), None), []);
}

#[test]
fn cash_movements_counts_locks_and_refused_log_ins_are_in_it() {
    let movement = Head::sale("GBP").movement(CashMovementKind::PaidOut, 1500, "Mrs Smith's windows");
    assert_eq!(movement.document().cash_movement.as_ref().map(|it| it.authority), Some(authority(1)));
    let lock = Lock { cashier: cashier(1), at: moment("2026-03-12 10:00:00"), cause: LockCause::Idle };
    let of = |event| records(&entry(event), None).remove(0);
    let refused = of(Event::LogInRefused { cashier: Some(cashier(2)) });
    assert_eq!((refused.act, refused.subject), (Act::LogInRefused, Subject::Cashier(cashier(2))));
    assert_eq!(of(Event::Locked(lock)).act, Act::Lock);
    let changed = Event::CashierChanged {
        cashier: cashier(2),
        capabilities: Role::Cashier.capabilities(),
        is_active: true,
    };
    assert_eq!(of(changed).after, Some(Figure::Capabilities(Role::Cashier.capabilities())));
}

#[test]
fn goods_bought_a_till_taken_over_and_somebody_locked_out_are_acts_of_their_own() {
    let of = |event| records(&entry(event), None).remove(0);
    let head = Head::sale("GBP").of(Kind::Purchase, DocumentType::SelfBillingInvoice);
    let bought = Event::Document(Vec::from([Did::DocumentOpened(Box::new(head.begin().document().clone()))]));
    assert_eq!(of(bought).act, Act::BuyGoods);
    let unlocked = |unlocked| of(Event::Unlocked { by: cashier(2), unlocked });
    assert_eq!((unlocked(Unlocked::Resumed).act, unlocked(Unlocked::Resumed).before), (Act::Unlock, None));
    let taken = unlocked(Unlocked::TakenOver { from: cashier(1) });
    assert_eq!((taken.act, taken.subject), (Act::TakeOver, Subject::Cashier(cashier(2))));
    assert_eq!(taken.before, Some(Figure::Cashier(cashier(1))));
    let changed = |is_active| {
        let capabilities = Role::Cashier.capabilities();
        of(Event::CashierChanged { cashier: cashier(2), capabilities, is_active })
    };
    assert_eq!(changed(false).after, Some(Figure::Flag(false)));
    assert_ne!(changed(false), changed(true), "letting in and locking out do not read alike");
}

#[test]
fn what_somebody_had_to_agree_to_is_in_the_trail_and_what_they_did_alone_is_not() {
    let pen = Head::sale("GBP").begin().line(&Line::new("Tea", "3.50"));
    let alone = pen.document().lines[0].clone();
    let by = |line: crate::basket::LineItem| {
        let events = Vec::from([Did::LineAdded { line: Box::new(line) }]);
        records(&entry(Event::Document(events)), None)
    };
    let agreed = || crate::basket::LineItem { authority: approved(), ..alone.clone() };
    assert_eq!(by(alone.clone()), []);
    let priced = &by(agreed())[0];
    let price = Some(Figure::Price(UnitPrice::parse("3.50").unwrap()));
    assert_eq!(
        (priced.act, priced.approved_by, &priced.after),
        (Act::OverridePrice, Some(cashier(9)), &price)
    );
    let state = crate::basket::GoodsState::New;
    let returned = crate::basket::ReturnedItem { original: None, state, restock: true, reason: None };
    let back = crate::basket::LineItem { returned: Some(returned), ..agreed() };
    assert_eq!(by(back)[0].act, Act::Return);
    let empties = Vec::from([Did::EmptiesTaken { line: Box::new(agreed()) }]);
    assert_eq!(records(&entry(Event::Document(empties)), None)[0].act, Act::Return);
    let tender = pen.new_tender(crate::tender::TenderKind::Cash, 100);
    let paid = |approved_by| {
        let tender = Box::new(Tender { approved_by, ..tender.clone() });
        let events = Vec::from([Did::TenderTaken { tender, takes_back: None }]);
        records(&entry(Event::Document(events)), None)
    };
    assert_eq!(paid(None), []);
    let out = &paid(Some(cashier(9)))[0];
    assert_eq!((out.act, &out.after), (Act::Return, &Some(Figure::Amount(Money::from_minor(100)))));
}

#[test]
fn a_search_finds_what_meets_everything_said() {
    let record = |minute: u32, person: u128, approved_by: Option<u128>, act| AuditRecord {
        at: moment(&alloc::format!("2026-03-12 10:{minute:02}:00")),
        cashier: Some(cashier(person)),
        approved_by: approved_by.map(cashier),
        act,
        subject: Subject::Document(DocumentId::new(Uuid::from_u128(u128::from(minute)))),
        before: None,
        after: None,
    };
    let trail = [
        record(1, 1, None, Act::VoidLine),
        record(2, 1, Some(9), Act::OverridePrice),
        record(3, 2, Some(9), Act::Return),
        record(4, 9, None, Act::ClosePeriod),
    ];
    let found = |search: AuditSearch| -> Vec<usize> {
        (1..).zip(&trail).filter(|(_, record)| search.finds(record)).map(|(at, _)| at).collect()
    };
    let any = AuditSearch::default;
    assert_eq!(found(any()), [1, 2, 3, 4]);
    assert_eq!(found(AuditSearch { person: Some(cashier(9)), ..any() }), [2, 3, 4], "approving is doing");
    assert_eq!(found(AuditSearch { acts: [Act::Return, Act::VoidLine].into(), ..any() }), [1, 3]);
    assert_eq!(found(AuditSearch { approved_only: true, ..any() }), [2, 3]);
    let [from, until] =
        ["10:02:00", "10:04:00"].map(|time| Some(moment(&alloc::format!("2026-03-12 {time}")).instant));
    assert_eq!(found(AuditSearch { from, until, ..any() }), [2, 3]);
    let document = Some(DocumentId::new(Uuid::from_u128(3)));
    assert_eq!(found(AuditSearch { document, person: Some(cashier(1)), ..any() }), Vec::<usize>::new());
    let manager = Approval::of_identified(OnDuty::with_role(cashier(9), Role::Manager));
    assert!(
        Act::Return.authorise(&OnDuty::with_role(cashier(2), Role::Cashier), Some(manager), false).is_ok()
    );
}
