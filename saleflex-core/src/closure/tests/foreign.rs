//! Foreign notes in a drawer that goes from hand to hand: whose they are, what of them is missing, and what is said with counts.

use super::*;
use crate::closure::drawer::{
    CashShare, CountPurpose, Counting, DrawerCount, DrawerNo, ForeignShare, OverShort, OverShortReason, Step,
    count, declared, hand_overs,
};

fn eur() -> CurrencyCode {
    currency("EUR").code()
}

fn of_euros(amount: i64) -> BTreeMap<CurrencyCode, Money> {
    BTreeMap::from([(eur(), money(amount))])
}

/// Sales of 16.00, each paid with a note of 20.00 euros.
fn notes(how_many: i64) -> Report {
    let paid = |_| {
        let rate = ExchangeRate::parse("1.25").unwrap();
        let foreign = ForeignCash { currency: currency("EUR"), amount: money(2000), rate };
        let pen = sold("16.00");
        let tender = Tender { foreign: Some(foreign), ..pen.new_tender(TenderKind::ForeignCurrency, 1600) };
        pen.take(tender).complete()
    };
    let papers: Vec<Completed> = (0..how_many).map(paid).collect();
    report(&papers)
}

/// The own money of the drawer, all of it, and so many euros.
fn euros(counted: i64) -> Declaration {
    let foreign = BTreeMap::from([(eur(), CashCount::Amount(money(counted)))]);
    Declaration { foreign, ..Declaration::amount(money(10_000)) }
}

fn of_steps(counts: &[DrawerCount]) -> Vec<CashShare> {
    let steps: Vec<Step<'_>> = counts.iter().map(Step::Counted).collect();
    hand_overs(&steps, &[])
}

fn count_of(
    whole: &Report,
    before: &[DrawerCount],
    purpose: CountPurpose,
    declaration: &Declaration,
) -> Result<DrawerCount, Refusal> {
    let expected = period().foreign_in_drawer(whole, &of_steps(before));
    count(Counting {
        moment: moment("2026-03-12 14:00:00"),
        cashier: &OnDuty::with_role(cashier(1), Role::Manager),
        approval: None,
        policy: &ClosingPolicy::default(),
        period: ClosureNumber(7),
        currency: &currency("GBP"),
        drawer: DrawerNo(1),
        purpose,
        received: money(10_000),
        cash: &whole.cash,
        before: &whole.cash,
        by_cashier: &whole.cash_by_cashier,
        foreign: &expected,
        rates: &[],
        declaration,
    })
}

/// Closes where a difference of more than 5.00 needs a reason.
fn closed(
    whole: &Report,
    counts: &[DrawerCount],
    declaration: Option<&Declaration>,
) -> Result<Closure, Refusal> {
    let hand_overs = of_steps(counts);
    let policy = ClosingPolicy { difference_limit: Some(money(500)), ..ClosingPolicy::default() };
    let rates = [(eur(), ExchangeRate::parse("1.25").unwrap())];
    with_closing(whole, |closing| {
        close(Closing { policy: &policy, rates: &rates, declaration, hand_overs: &hand_overs, ..closing })
    })
}

const fn to(no: CashierId) -> CountPurpose {
    CountPurpose::HandOver { to: no }
}

#[test]
fn what_is_missing_in_foreign_notes_at_a_hand_over_is_whoevers_handed_it_on() {
    let whole = notes(1);
    let reason = Some(OverShortReason::WrongChange);
    let missing = Declaration { over_short: reason, ..euros(1000) };
    let first = count_of(&whole, &[], to(cashier(2)), &missing).unwrap();
    assert_eq!(first.foreign_differences, of_euros(-1000));
    let counts = [first];
    let again = count_of(&whole, &counts, CountPurpose::SpotCheck, &euros(1000)).unwrap();
    assert_eq!(again.foreign_differences, BTreeMap::new(), "ten were received and ten are there");
    let closure = closed(&whole, &counts, Some(&euros(1000))).unwrap();
    let own: Vec<_> = closure.shares.iter().map(|share| share.foreign[&eur()].difference()).collect();
    assert_eq!(own, [Some(money(-1000)), Some(Money::ZERO)]);
    assert_eq!(closure.foreign_differences(), Ok(Some(of_euros(-1000))), "of the day");
    let found = closed(&whole, &counts, Some(&euros(2000)));
    assert!(matches!(found, Err(Refusal::ReasonNeeded { .. })), "ten over, worth 8.00");
    let uncounted = closed(&whole, &counts, None).unwrap();
    assert_eq!(uncounted.foreign_left(), Ok(of_euros(1000)));
    assert_eq!(uncounted.shares[1].foreign[&eur()], ForeignShare { expected: money(1000), counted: None });

    let told = serde_json::to_value(view::z_view(&closure)).unwrap();
    assert_eq!(told["hand_overs"][0]["foreign_cash"][0]["difference"], json!("-10.00"));
    let text = serde_json::to_string(&closure).unwrap();
    assert_eq!(serde_json::from_str::<Closure>(&text).unwrap(), closure);

    let stands = closure.corrected(&[]).unwrap();
    let mut rollup = Rollup::of(&closure, &stands);
    rollup.merge(&Rollup::of(&closure, &stands)).unwrap();
    let sums = &rollup.foreign[&eur()];
    assert_eq!((sums.expected, sums.counted, sums.difference()), (money(4000), money(2000), money(-2000)));
    let short = OverShort { reason, count: 2, over: Money::ZERO, short: money(2000) };
    assert_eq!(sums.over_short, [short], "by the reason that was given at the hand-over");
    assert_eq!(rollup.over_short, [], "and nothing of the till's own money");
}

#[test]
fn counts_of_older_tills_have_what_was_missing_before_in_their_difference_once_more() {
    let whole = notes(1);
    let older = |euros: Declaration| {
        let count = count_of(&whole, &[], to(cashier(2)), &euros).unwrap();
        DrawerCount { foreign_expected: None, ..count }
    };
    // Held against 20.00 each time: ten were missing, still are, and are found.
    let shares = of_steps(&[euros(1000), euros(1000), euros(2000)].map(older));
    let own: Vec<_> =
        shares.iter().map(|share| share.foreign.get(&eur()).and_then(ForeignShare::difference)).collect();
    assert_eq!(own, [Some(money(-1000)), Some(Money::ZERO), Some(money(1000))]);
}

#[test]
fn a_hand_over_settles_the_foreign_currencies_alone_that_were_counted_with_it() {
    let whole = notes(1);
    for (said, left) in [(euros(2000), 2000), (Declaration::amount(money(10_000)), 0)] {
        let counts = [count_of(&whole, &[], to(cashier(2)), &said).unwrap()];
        let closure = closed(&whole, &counts, None).unwrap();
        let stands = closure.corrected([]).unwrap().after_foreign(&of_euros(-2000)).foreign[&eur()];
        assert_eq!((stands.expected, stands.left), (Money::ZERO, money(left)));
    }
}

#[test]
fn what_stays_and_what_the_safe_got_of_a_foreign_currency_stand_whatever_its_count_becomes() {
    let said = Declaration { foreign_left: of_euros(500), ..euros(2000) };
    let closure = closed(&notes(1), &[], Some(&said)).unwrap();
    let recounted = Correction {
        store: closure.period.store,
        terminal: closure.period.terminal,
        closure: closure.number(),
        no: 1,
        at: moment("2026-03-14 09:00:00"),
        authority: authority(9),
        reason: "two notes stuck together".into(),
        change: Change::CountedForeign { currency: eur(), old: Some(money(2000)), new: money(1800) },
    };
    let stands = closure.corrected(&[recounted]).unwrap();
    let cash = stands.foreign[&eur()];
    assert_eq!((cash.counted, cash.left), (Some(money(1800)), money(500)));
    let rollup = Rollup::of(&closure, &stands);
    let sums = &rollup.foreign[&eur()];
    assert_eq!((sums.counted, sums.short, sums.moved_to_safe), (money(1800), money(200), money(1500)));
}

#[test]
fn only_a_count_for_closing_says_what_stays_in_the_drawer() {
    let whole = notes(1);
    let own = Declaration { float_left: Some(money(4_000)), ..euros(2000) };
    let foreign = Declaration { foreign_left: of_euros(500), ..euros(2000) };
    for said in [own, foreign] {
        for purpose in [CountPurpose::Opening, CountPurpose::SpotCheck, to(cashier(2))] {
            let refused = count_of(&whole, &[], purpose, &said);
            assert_eq!(refused, Err(Refusal::StaysAtClosingOnly), "{purpose:?}");
        }
        assert!(count_of(&whole, &[], CountPurpose::Closing, &said).is_ok());
    }
}

#[test]
fn what_people_declare_when_they_hand_a_drawer_on_counts_with_what_is_declared_at_closing() {
    let whole = notes(1);
    let tips = |amount| {
        let declared = BTreeMap::from([("reported_tips".to_string(), money(amount))]);
        Declaration { declared, ..euros(2000) }
    };
    let handed = [500, 300].map(|amount| count_of(&whole, &[], to(cashier(2)), &tips(amount)).unwrap());
    assert_eq!(declared(&handed, Some(&tips(200)))["reported_tips"], money(1_000));
    assert_eq!(declared(&handed, None)["reported_tips"], money(800));
    for purpose in [CountPurpose::Opening, CountPurpose::SpotCheck] {
        assert_eq!(count_of(&whole, &[], purpose, &tips(500)), Err(Refusal::DeclaredInBetween));
        assert!(count_of(&whole, &[], purpose, &tips(0)).is_ok(), "nothing is declared");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_foreign_differences_of_hand_overs_and_of_the_last_count_are_that_of_the_day(
        shifts in proptest::collection::vec((0..3_i64, 0..6_000_i64, any::<bool>()), 1..5),
        last in 0..6_000_i64,
    ) {
        let (mut whole, mut lies, mut counts) = (notes(1), 2_000, Vec::new());
        for (no, (sales, counted, is_counted)) in (2..).zip(&shifts) {
            whole.merge(&notes(*sales));
            lies += 2_000 * sales;
            let said = if *is_counted { euros(*counted) } else { Declaration::amount(money(10_000)) };
            let count = count_of(&whole, &counts, to(cashier(no)), &said).unwrap();
            if *is_counted {
                let off = count.foreign_differences.get(&eur()).copied().unwrap_or_default();
                prop_assert_eq!(off, money(counted - lies));
                lies = *counted;
            }
            counts.push(count);
        }
        let said = Declaration { over_short: Some(OverShortReason::Unknown), ..euros(last) };
        let closure = closed(&whole, &counts, Some(&said)).unwrap();
        let of_all: Money =
            closure.shares.iter().filter_map(|share| share.foreign.get(&eur())?.difference()).sum();
        let of_day = closure.foreign_differences().unwrap().unwrap();
        prop_assert_eq!(of_all, of_day.get(&eur()).copied().unwrap_or_default());
        let sums = &Rollup::of(&closure, &closure.corrected(&[]).unwrap()).foreign[&eur()];
        let by_reason: Money = sums.over_short.iter().map(|sum| sum.over - sum.short).sum();
        prop_assert_eq!((by_reason, sums.difference()), (of_all, of_all));
        let uncounted = closed(&whole, &counts, None).unwrap();
        let left = uncounted.foreign_left().unwrap();
        prop_assert_eq!(left.get(&eur()).copied().unwrap_or_default(), money(lies));
    }
}
