use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
};

use chrono::DateTime;

use super::*;
use crate::{
    authority::Authority,
    cashier::{
        Capability, OnDuty, Role,
        lock::{Lock, LockCause, Unlocked},
        note::SessionNote,
        rating::{CashierRating, Feedback, Stars},
        session::{Break, BreakKind, Termination},
        time_clock::{ClockEntry, ClockRecord, Punch},
        tip_pool::{TipDistribution, TipRule, distribute},
    },
    catalog::{CatalogChange, Reference},
    closure::{
        Change, Closing, ClosingPolicy, Report, Staff, close,
        drawer::{CountPurpose, DrawerNo, EnteredCount},
        tests::period,
    },
    customer::RecordPart,
    document::{AgeRefused, Event as DocumentEvent},
    ids::{CustomerId, DocumentId, LocationId, ProductId, StoreId, TerminalId},
    inventory::{MovementKind, Place, Stock, StockAct, StockMovement},
    loyalty::{LoyaltyAct, LoyaltyChange},
    money::{Currency, CurrencyCode, Money},
    quantity::{ExchangeRate, Points, UnitPrice},
    settings::Settings,
    tax::TaxMode,
};

fn entry(event: Event) -> Entry {
    let at = Moment::utc(DateTime::UNIX_EPOCH);
    Entry::new(Uuid::from_u128(1), at, Some(CashierId::new(Uuid::from_u128(2))), ClosureNumber(3), event)
}

/// A period in which nothing happened but parking.
fn closure() -> Closure {
    let administrator = OnDuty::with_role(CashierId::new(Uuid::from_u128(2)), Role::Administrator);
    let closing = Closing {
        moment: Moment::utc(DateTime::UNIX_EPOCH),
        cashier: &administrator,
        approval: None,
        policy: &ClosingPolicy::default(),
        rates: &[],
        period: &period(),
        open_document: None,
        report: &Report::empty(),
        first_document: None,
        last_document: None,
        suspended_count: 1,
        declaration: None,
        drawers: &[],
        hand_overs: &[],
        entered: &[],
        staff: &Staff::default(),
    };
    close(closing).unwrap()
}

fn pause() -> Break {
    let from = Moment::utc(DateTime::UNIX_EPOCH);
    Break { kind: BreakKind::Coffee, from, to: None, planned_min: Some(10), approved_by: None }
}

fn amended(cashier: CashierId) -> Correction {
    Correction {
        store: StoreId::new(Uuid::from_u128(5)),
        terminal: TerminalId::new(Uuid::from_u128(6)),
        closure: ClosureNumber(7),
        no: 1,
        at: Moment::utc(DateTime::UNIX_EPOCH),
        authority: Authority { cashier, approved_by: None },
        reason: "a note lay beside the drawer".into(),
        change: Change::CountedCash { old: None, new: Money::from_minor(4100) },
    }
}

fn count_of(cashier: CashierId) -> EnteredCount {
    EnteredCount {
        drawer: DrawerNo(1),
        purpose: CountPurpose::Closing,
        at: Moment::utc(DateTime::UNIX_EPOCH),
        cashier,
        period: ClosureNumber(7),
        expected: Money::from_minor(4308),
        counted: Money::from_minor(4000),
        blind: true,
    }
}

fn one_of_each() -> Vec<Event> {
    let (cashier, pounds) = (CashierId::new(Uuid::from_u128(2)), CurrencyCode::parse("GBP").unwrap());
    let customer = CustomerId::new(Uuid::from_u128(4));
    vec![
        Event::Document(vec![DocumentEvent::CustomerAssigned { customer: Some(customer) }]),
        Event::PeriodClosed(Box::new(closure())),
        Event::ClosureAmended(Box::new(amended(cashier))),
        Event::CashierRated(Box::new(CashierRating {
            cashier,
            date: chrono::NaiveDate::default(),
            feedback: Feedback::Praise,
            stars: Stars::try_new(5).ok(),
            note: Some("quick".into()),
        })),
        Event::SessionNoted(Box::new(SessionNote {
            cashier,
            started_at: DateTime::UNIX_EPOCH,
            of_break: Some(DateTime::UNIX_EPOCH),
            note: "the bus was late".into(),
        })),
        Event::TillCreated {
            store: StoreId::new(Uuid::from_u128(5)),
            terminal: TerminalId::new(Uuid::from_u128(6)),
            currency: Currency::of(pounds),
            tax_mode: TaxMode::Inclusive,
            epoch: Uuid::from_u128(7),
            opening_stock: Digest::default(),
            made_with: Some(Box::new(MadeWith {
                settings: Settings::default(),
                reference: Reference::default(),
                rates: BTreeMap::from([(pounds, ExchangeRate::parse("1.18").unwrap())]),
                cashiers: BTreeMap::from([(cashier, BTreeSet::from([Capability::Sell]))]),
            })),
        },
        Event::EpochBegan { epoch: Uuid::from_u128(8), closes_as: Some(ClosureNumber(11)) },
        Event::PeriodLifted { next: ClosureNumber(12), closes_as: true },
        Event::CustomersTaken { customers: vec![CustomerId::new(Uuid::from_u128(9))] },
        Event::CountRefused(count_of(cashier)),
        Event::LoggedIn { cashier, planned_min: None, for_command: false },
        Event::LoggedOut { cashier },
        Event::LogInRefused { cashier: None },
        Event::AgeRefused(AgeRefused { document: None, minimum_age: 18 }),
        Event::CashierChanged { cashier, capabilities: BTreeSet::from([Capability::Sell]), is_active: true },
        Event::SecretChanged { cashier },
        Event::CatalogChanged {
            change: Box::new(CatalogChange::default()),
            opens_stock: false,
            limits: Vec::new(),
        },
        Event::ReferenceReplaced {
            reference: Box::new(Reference::default()),
            was: Some(Box::new(Reference::default())),
        },
        Event::RateSet { currency: pounds, rate: Some(ExchangeRate::parse("1.18").unwrap()) },
        Event::SettingsChanged {
            settings: Box::new(Settings::default()),
            was: Some(Box::new(Settings::default())),
            cash: None,
        },
        Event::FormChanged { form_no: 5, digest: Digest::default() },
        Event::FormRemoved { form_no: 900, name: "OURS".into() },
        Event::DeliveryDiscarded { connector: "gate".into(), no: 3, reason: "double".into() },
        Event::HubChosen {
            connector: Some("gate".into()),
            was: None,
            address: Some("10.0.0.5:9000".into()),
            shelves: None,
        },
        Event::BreakStarted { cashier, pause: pause() },
        Event::BreakEnded { cashier },
        Event::SessionTerminated { cashier, cause: Termination::By(cashier) },
        Event::Locked(Lock { cashier, at: Moment::utc(DateTime::UNIX_EPOCH), cause: LockCause::Idle }),
        Event::Unlocked { by: cashier, unlocked: Unlocked::TakenOver { from: cashier } },
        Event::ClockPunched(Box::new(ClockEntry {
            cashier,
            no: 1,
            at: Moment::utc(DateTime::UNIX_EPOCH),
            record: ClockRecord::Punched(Punch::BreakStart(BreakKind::Lunch)),
        })),
        Event::TipsDistributed {
            closure: ClosureNumber(7),
            distribution: Box::new(TipDistribution {
                authority: Authority { cashier, approved_by: None },
                shared: distribute(TipRule::Even, &[], Money::ZERO),
            }),
        },
        Event::Customer(CustomerChange::Saved { customer, revision: 9, changed: vec![RecordPart::Phone] }),
        Event::Customer(CustomerChange::Merged { from: customer, into: customer }),
        Event::Loyalty(LoyaltyAct::Enrolled { customer }),
        Event::DayStarted { date: chrono::NaiveDate::default(), is_more: false },
        Event::Stock(Box::new(StockAct::Moved)),
        Event::CatalogChanged {
            change: Box::new(CatalogChange::default()),
            opens_stock: true,
            limits: Vec::new(),
        },
    ]
}

#[test]
fn frozen_bytes_are_json_in_the_order_of_the_fields_without_blanks_and_without_what_is_not_there() {
    let bytes = entry(Event::LogInRefused { cashier: None }).to_bytes().unwrap();
    assert_eq!(
        core::str::from_utf8(&bytes).unwrap(),
        format!(
            "{{\"schema\":1,\"engine\":{ENGINE_VERSION},\"entity\":\"00000000-0000-0000-0000-000000000001\",\
             \"at\":{{\"instant\":\"1970-01-01T00:00:00Z\",\"local\":\"1970-01-01T00:00:00\",\
             \"business_date\":\"1970-01-01\"}},\"cashier\":\"00000000-0000-0000-0000-000000000002\",\
             \"period\":3,\"event\":{{\"log_in_refused\":{{}}}}}}"
        )
    );
}

#[test]
fn every_event_survives_its_bytes_and_they_are_the_same_again() {
    for event in one_of_each() {
        let entry = entry(event);
        let bytes = entry.to_bytes().unwrap();
        let back = Entry::from_bytes(&bytes).unwrap();
        assert_eq!(back, entry);
        assert_eq!(back.to_bytes().unwrap(), bytes);
    }
}

#[test]
fn every_event_is_frozen_as_serde_json_writes_it() {
    for event in one_of_each() {
        let entry = entry(event);
        let [ours, its_own] = [entry.to_bytes().unwrap(), serde_json::to_vec(&entry).unwrap()];
        assert_eq!(String::from_utf8(ours), String::from_utf8(its_own));
    }
}

#[test]
fn a_log_in_without_a_plan_has_the_bytes_of_a_former_program() {
    let cashier = CashierId::new(Uuid::from_u128(2));
    let bytes = entry(Event::LoggedIn { cashier, planned_min: None, for_command: false }).to_bytes().unwrap();
    let end = "\"event\":{\"logged_in\":{\"cashier\":\"00000000-0000-0000-0000-000000000002\"}}}";
    assert!(core::str::from_utf8(&bytes).unwrap().ends_with(end));
}

#[test]
fn what_is_no_entry_is_refused() {
    for bytes in [b"".as_slice(), b"{}", b"{\"schema\":1", b"\xff"] {
        assert!(Entry::from_bytes(bytes).is_err());
    }
    let unknown = entry(Event::LogInRefused { cashier: None }).to_bytes().unwrap();
    let unknown = core::str::from_utf8(&unknown).unwrap().replace("log_in_refused", "fire_drill");
    assert!(Entry::from_bytes(unknown.as_bytes()).is_err());
}

#[test]
fn only_what_concerns_others_travels() {
    let travelling: Vec<_> = one_of_each()
        .into_iter()
        .map(|event| entry(event).kind())
        .filter(|kind| kind.travels())
        .map(EventKind::name)
        .collect();
    assert_eq!(
        travelling,
        [
            "closure",
            "closure_correction",
            "customer",
            "customer",
            "loyalty",
            "loyalty",
            "stock_movement",
            "stock_movement"
        ]
    );
}

#[test]
fn what_is_booked_for_others_is_told_from_what_a_till_holds_back() {
    let (customer, document) = (CustomerId::new(Uuid::from_u128(4)), DocumentId::new(Uuid::from_u128(9)));
    let stock = |kind| {
        let movement = StockMovement::new(ProductId::new(Uuid::from_u128(8)), kind, Stock::default());
        Effects { stock: [movement].into(), ..Effects::default() }
    };
    let loyalty = |change| Effects { loyalty: [change].into(), ..Effects::default() };
    let counted = LoyaltyChange::SaleCounted {
        customer,
        document,
        amount: Money::ZERO,
        at: Moment::utc(DateTime::UNIX_EPOCH),
    };
    let booked = [
        stock(MovementKind::Sale),
        loyalty(counted),
        Effects { usage_reversed: Some(document), ..Effects::default() },
    ];
    assert!(booked.iter().all(Effects::travel));
    let held = LoyaltyChange::PointsHeld { customer, document, points: Points::new(5) };
    let held = [stock(MovementKind::Reserve), loyalty(held), Effects::default()];
    assert!(!held.iter().any(Effects::travel));
}

#[test]
fn revisions_count_where_entries_replace_each_other_and_are_1_where_they_are_final() {
    let revision = |event| entry(event).revision();
    let customer = CustomerId::new(Uuid::from_u128(4));
    let saved = CustomerChange::Saved { customer, revision: 9, changed: Vec::new() };
    assert_eq!(revision(Event::Customer(saved)), Some(9));
    assert_eq!(revision(Event::PeriodClosed(Box::new(closure()))), Some(1));
    assert_eq!(revision(Event::EpochBegan { epoch: Uuid::nil(), closes_as: None }), None);
    assert_eq!(revision(Event::Document(Vec::new())), None);
}

#[test]
fn a_link_is_the_digest_over_the_link_before_and_the_digest_of_the_payload() {
    let (first, second) = (Digest::of(b"first"), Digest::of(b"second"));
    let head = ChainHead::default().then(&first).then(&second);
    let one = Digest::of(&[[0; 32], *first.bytes()].concat());
    assert_eq!(head, ChainHead { seq: 2, link: Digest::of(&[*one.bytes(), *second.bytes()].concat()) });
}

#[test]
fn a_command_under_an_identity_is_part_of_the_bytes() {
    let mark = CommandMark { id: Uuid::from_u128(11), digest: Digest::of(b"sell") };
    let entry = entry(Event::LogInRefused { cashier: None }).marked(Some(mark));
    assert_eq!(Entry::from_bytes(&entry.to_bytes().unwrap()).unwrap().command, Some(mark));
}

#[test]
fn what_is_in_stock_at_first_is_digested_by_place_and_plain_level() {
    let location = LocationId::new(Uuid::from_u128(9));
    let place = |no| Place { item: ProductId::new(Uuid::from_u128(no)).into(), location };
    let opening = |level, cost| Opening {
        on_hand: Stock::parse(level).unwrap(),
        unit_cost: UnitPrice::parse(cost).ok(),
    };
    let levels = [(place(2), opening("15.0", "1.50")), (place(1), opening("-0.5", ""))];
    let text = "00000000-0000-0000-0000-000000000009:00000000-0000-0000-0000-000000000001:-0.5\n\
                00000000-0000-0000-0000-000000000009:00000000-0000-0000-0000-000000000002:15@1.5\n";
    let levels: BTreeMap<Place, Opening> = levels.into();
    assert_eq!(opening_stock(&levels), Digest::of(text.as_bytes()));
    let told = FirstShelves::of(&levels, DateTime::UNIX_EPOCH).unwrap();
    assert_eq!((told.location, told.on_hand.len()), (location, 2));
    let shelves = Some(Box::new(told));
    let chosen = entry(Event::HubChosen { connector: None, was: None, address: None, shelves });
    assert_eq!(chosen.kind(), EventKind::StockMovement, "it travels");
    assert_eq!(Entry::from_bytes(&chosen.to_bytes().unwrap()).unwrap(), chosen);
    assert_eq!(FirstShelves::of(&BTreeMap::new(), DateTime::UNIX_EPOCH), None, "nothing is not told");
}
