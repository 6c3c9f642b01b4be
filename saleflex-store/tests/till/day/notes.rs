//! Foreign notes in the drawer, and what staff declare: what hand-overs and corrections make of them.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use saleflex_core::{
    closure::{
        CashCount, Declaration, Refusal,
        drawer::{CountPurpose, Drawer, DrawerNo},
        template::{Region, Value},
    },
    document::{Command, TakeTender},
    ids::{ClosureNumber, DocumentId},
    money::{Currency, CurrencyCode, Money},
    quantity::ExchangeRate,
    tender::{ForeignCash, TenderKind},
};
use saleflex_store::{
    Error,
    till::{Amendment, DrawerState},
};

use super::{whole, work::two_drawers};
use crate::support::shop::{ADMIN, CASHIER, MANAGER, Shop, cash, float, minor, sell, setup};

const FIRST: ClosureNumber = ClosureNumber(1);

fn eur() -> CurrencyCode {
    CurrencyCode::parse("EUR").unwrap()
}

fn of_euros(amount: i64) -> BTreeMap<CurrencyCode, Money> {
    BTreeMap::from([(eur(), minor(amount))])
}

/// Sells for 2.50, paid with a note of 20.00 euros, worth 16.95: 14.45 go out of the drawer as change.
fn sells_for_euros(shop: &mut Shop) -> DocumentId {
    sells_for_twenty(shop, eur(), "1.18")
}

fn sells_for_twenty(shop: &mut Shop, code: CurrencyCode, rate: &str) -> DocumentId {
    shop.execute(sell("A"));
    let rate = ExchangeRate::parse(rate).unwrap();
    let foreign = Some(ForeignCash { currency: Currency::of(code), amount: minor(2_000), rate });
    let notes = TakeTender { foreign, ..TakeTender::balance(TenderKind::ForeignCurrency) };
    shop.execute(Command::TakeTender(notes)).completed()[0].document().id
}

/// So much of the till's own money, and of euros where they were counted.
fn lies(own: i64, euros: Option<i64>) -> Declaration {
    let foreign = euros.map(|amount| (eur(), CashCount::Amount(minor(amount))));
    Declaration { foreign: foreign.into_iter().collect(), ..Declaration::amount(minor(own)) }
}

fn counts(
    shop: &mut Shop,
    purpose: CountPurpose,
    declaration: &Declaration,
) -> BTreeMap<CurrencyCode, Money> {
    shop.till.count_drawer(DrawerNo(1), purpose, declaration, None).unwrap().foreign_differences
}

/// A till with a float of 100.00 that took a note of euros twice.
fn with_forty_euros() -> (Shop, [DocumentId; 2]) {
    let mut shop = Shop::open();
    shop.approved(float(10_000));
    let sales = [(); 2].map(|()| sells_for_euros(&mut shop));
    shop.log_in(MANAGER);
    (shop, sales)
}

fn expected(shop: &Shop) -> BTreeMap<CurrencyCode, Money> {
    shop.till.expected_foreign().unwrap()
}

fn corrects(shop: &mut Shop, amendment: Amendment) {
    drop(shop.till.correct_closure(FIRST, amendment, "rung twice".into(), None).unwrap());
}

#[test]
fn foreign_notes_that_were_missing_at_a_hand_over_are_not_missing_once_more() {
    let (mut shop, _) = with_forty_euros();
    let to = shop.manager.id;
    // 100.00 less 14.45 twice.
    let off = counts(&mut shop, CountPurpose::HandOver { to }, &lies(7_110, Some(3_000)));
    assert_eq!((off, expected(&shop)), (of_euros(-1_000), of_euros(3_000)));
    sells_for_euros(&mut shop);
    let again = counts(&mut shop, CountPurpose::SpotCheck, &lies(5_665, Some(5_000)));
    assert_eq!(again, BTreeMap::new());
    let closure = shop.till.close_period(None, None).unwrap();
    let own: Vec<_> = closure.shares.iter().map(|share| share.foreign[&eur()].difference()).collect();
    assert_eq!(own, [Some(minor(-1_000)), None]);
    assert_eq!((closure.foreign_left().unwrap(), expected(&shop)), (of_euros(5_000), of_euros(5_000)));
    let shop = shop.restarted();
    assert_eq!(expected(&shop), of_euros(5_000));
    whole(&shop);
}

#[test]
fn a_withdrawn_document_takes_its_foreign_notes_along_into_the_next_period() {
    let (mut shop, sales) = with_forty_euros();
    drop(shop.till.close_period(None, None).unwrap());
    assert_eq!(expected(&shop), of_euros(4_000));
    corrects(&mut shop, Amendment::Withdraw(sales[0]));
    let stands = shop.till.corrected(FIRST).unwrap().foreign[&eur()];
    assert_eq!((stands.expected, stands.left, stands.counted), (minor(2_000), minor(2_000), None));
    let x = shop.till.x_report().unwrap();
    assert_eq!((x.period.foreign_left.clone(), expected(&shop)), (of_euros(2_000), of_euros(2_000)));
    assert_eq!(x.period.expected_cash(&x.report), minor(8_555), "its change is there again");
    corrects(&mut shop, Amendment::Withdraw(sales[1]));
    assert_eq!(expected(&shop), BTreeMap::new(), "nobody is short of euros that never were there");
    corrects(&mut shop, Amendment::Reinstate(sales[1]));
    // What was known when the period was closed is not taken from it again.
    shop.execute(sell("A"));
    shop.execute(cash());
    let second = shop.till.close_period(None, None).unwrap();
    assert_eq!(
        (second.followed_foreign.clone(), second.foreign_left().unwrap()),
        (of_euros(-2_000), of_euros(2_000))
    );
    assert_eq!(expected(&shop), of_euros(2_000));
    corrects(&mut shop, Amendment::Reinstate(sales[0]));
    assert_eq!(expected(&shop), of_euros(4_000));
    let stands = shop.till.corrected(second.number()).unwrap().foreign[&eur()];
    assert_eq!((stands.opening, stands.expected), (minor(4_000), minor(4_000)));
    assert_eq!(shop.till.closure(second.number()).unwrap(), second, "the closure stays as it is");
    let shop = shop.restarted();
    assert_eq!(expected(&shop), of_euros(4_000));
    whole(&shop);
}

#[test]
fn foreign_notes_that_were_counted_or_handed_on_stay_whatever_is_withdrawn() {
    let (mut shop, sales) = with_forty_euros();
    drop(shop.till.close_period(Some(&lies(7_110, Some(4_000))), None).unwrap());
    corrects(&mut shop, Amendment::Withdraw(sales[0]));
    let stands = shop.till.corrected(FIRST).unwrap().foreign[&eur()];
    assert_eq!((stands.difference(), stands.left), (Some(minor(2_000)), minor(4_000)));
    assert_eq!(expected(&shop), of_euros(4_000));

    // A hand-over settles the currencies that were counted with it.
    for (euros, left) in [(Some(4_000), 4_000), (None, 2_000)] {
        let (mut shop, sales) = with_forty_euros();
        let to = shop.manager.id;
        let off = counts(&mut shop, CountPurpose::HandOver { to }, &lies(7_110, euros));
        assert_eq!(off, BTreeMap::new());
        drop(shop.till.close_period(None, None).unwrap());
        corrects(&mut shop, Amendment::Withdraw(sales[0]));
        let stands = shop.till.corrected(FIRST).unwrap().foreign[&eur()];
        assert_eq!((stands.expected, stands.left), (minor(2_000), minor(left)), "{euros:?}");
        assert_eq!(expected(&shop), of_euros(left), "{euros:?}");
        let shop = shop.restarted();
        assert_eq!(expected(&shop), of_euros(left), "{euros:?}");
        whole(&shop);
    }
}

#[test]
fn a_foreign_currency_that_was_counted_wrong_is_corrected_as_the_tills_own_money_is() {
    let (mut shop, sales) = with_forty_euros();
    let closed = shop.till.close_period(Some(&lies(7_110, Some(3_000))), None).unwrap();
    assert_eq!(expected(&shop), of_euros(3_000));
    corrects(&mut shop, Amendment::CountedForeign(eur(), minor(4_000)));
    let stands = shop.till.corrected(FIRST).unwrap().foreign[&eur()];
    assert_eq!((stands.counted, stands.difference()), (Some(minor(4_000)), Some(Money::ZERO)));
    assert_eq!(expected(&shop), of_euros(4_000), "the next period begins with what was there");
    corrects(&mut shop, Amendment::Withdraw(sales[0]));
    let stands = shop.till.corrected(FIRST).unwrap().foreign[&eur()];
    assert_eq!((stands.difference(), expected(&shop)), (Some(minor(2_000)), of_euros(4_000)));
    corrects(&mut shop, Amendment::CountedForeign(eur(), minor(2_000)));
    assert_eq!(expected(&shop), of_euros(2_000));
    let below = Amendment::CountedForeign(eur(), minor(-1));
    let refused = shop.till.correct_closure(FIRST, below, "too low".into(), None);
    assert!(matches!(refused, Err(Error::BadField { .. })));
    // The till's own currency is no foreign one.
    let own = closed.period.currency.code();
    corrects(&mut shop, Amendment::CountedForeign(own, minor(7_000)));
    assert_eq!(shop.till.corrected(FIRST).unwrap().counted_cash, Some(minor(7_000)));
    assert_eq!(shop.till.closure(FIRST).unwrap(), closed, "the closure stays as it is");
    let shop = shop.restarted();
    assert_eq!(expected(&shop), of_euros(2_000));
    whole(&shop);
}

#[test]
fn foreign_notes_follow_into_a_period_until_they_are_counted_at_a_hand_over_of_it() {
    let (mut shop, sales) = with_forty_euros();
    let to = shop.manager.id;
    drop(shop.till.close_period(None, None).unwrap());
    counts(&mut shop, CountPurpose::HandOver { to }, &lies(7_110, None));
    corrects(&mut shop, Amendment::Withdraw(sales[0]));
    assert_eq!(expected(&shop), of_euros(2_000), "nobody counted them with it");
    let off = counts(&mut shop, CountPurpose::HandOver { to }, &lies(7_110, Some(2_000)));
    assert_eq!(off, BTreeMap::new());
    corrects(&mut shop, Amendment::Withdraw(sales[1]));
    assert_eq!(expected(&shop), of_euros(2_000), "they were counted");
    let mut shop = shop.restarted();
    assert_eq!(expected(&shop), of_euros(2_000));
    shop.log_in(MANAGER);
    shop.execute(sell("A"));
    shop.execute(cash());
    let second = shop.till.close_period(None, None).unwrap();
    assert_eq!((second.followed_foreign.clone(), expected(&shop)), (of_euros(-2_000), of_euros(2_000)));
    let stands = shop.till.corrected(second.number()).unwrap().foreign[&eur()];
    assert_eq!((stands.opening, stands.left), (minor(2_000), minor(2_000)));
    whole(&shop.restarted());
}

#[test]
fn each_foreign_currency_follows_by_itself_whichever_was_counted_since() {
    let usd = CurrencyCode::parse("USD").unwrap();
    let mut setup = setup();
    setup.exchange_rates.push((usd, ExchangeRate::parse("1.25").unwrap()));
    let mut shop = Shop::with(setup);
    shop.log_in(MANAGER);
    shop.execute(float(10_000));
    let of_euros_sold = sells_for_euros(&mut shop);
    drop(shop.till.close_period(None, None).unwrap());
    // Worth 16.00: 13.50 go out.
    let of_dollars_sold = sells_for_twenty(&mut shop, usd, "1.25");
    drop(shop.till.close_period(None, None).unwrap());
    shop.execute(sell("A"));
    shop.execute(cash());
    // 100.00 less 14.45 and 13.50, and 2.50 more; the euros are counted, the dollars are not.
    drop(shop.till.close_period(Some(&lies(7_455, Some(2_000))), None).unwrap());
    corrects(&mut shop, Amendment::Withdraw(of_euros_sold));
    let second = ClosureNumber(2);
    let amendment = Amendment::Withdraw(of_dollars_sold);
    drop(shop.till.correct_closure(second, amendment, "rung twice".into(), None).unwrap());
    let shop = shop.restarted();
    assert_eq!(expected(&shop), of_euros(2_000), "the dollars are gone");
    let stands = shop.till.corrected(second).unwrap().foreign;
    assert_eq!((stands[&eur()].opening, stands[&eur()].left), (Money::ZERO, Money::ZERO));
    assert_eq!((stands[&usd].expected, stands[&usd].left), (Money::ZERO, Money::ZERO));
    let third = shop.till.corrected(ClosureNumber(3)).unwrap().foreign[&eur()];
    assert_eq!((third.opening, third.counted, third.left), (Money::ZERO, Some(minor(2_000)), minor(2_000)));
    whole(&shop);
}

/// The euros that should lie in each of several drawers.
fn in_drawers(shop: &Shop) -> Vec<i64> {
    let euros = |state: &DrawerState| state.foreign.get(&eur()).map_or(0, |amount| amount.minor());
    shop.till.drawers().unwrap().iter().map(euros).collect()
}

#[test]
fn foreign_notes_lie_in_the_drawer_of_whoever_took_them_and_are_handed_on_and_left_with_it() {
    let mut shop = two_drawers();
    let to = shop.manager.id;
    shop.log_in(CASHIER);
    sells_for_euros(&mut shop);
    assert_eq!(in_drawers(&shop), [0, 2_000], "the second is the cashier's");
    shop.log_in(MANAGER);
    sells_for_euros(&mut shop);
    assert_eq!(in_drawers(&shop), [2_000, 2_000]);
    let counted = |shop: &mut Shop, no, purpose, said: &Declaration| {
        shop.till.count_drawer(DrawerNo(no), purpose, said, None).unwrap().foreign_differences
    };
    let off = counted(&mut shop, 2, CountPurpose::HandOver { to }, &lies(555, Some(1_500)));
    assert_eq!((off, in_drawers(&shop)), (of_euros(-500), vec![2_000, 1_500]));
    sells_for_euros(&mut shop);
    assert_eq!(in_drawers(&shop), [2_000, 3_500], "the manager works from the second now");
    // The first is counted without its euros, which stay there.
    counted(&mut shop, 1, CountPurpose::Closing, &lies(0, None));
    let left = Declaration { foreign_left: of_euros(1_000), ..lies(0, Some(3_500)) };
    assert_eq!(counted(&mut shop, 2, CountPurpose::Closing, &left), BTreeMap::new());
    let closure = shop.till.close_period(None, None).unwrap();
    let cash = closure.foreign_cash().unwrap()[&eur()];
    assert_eq!(
        (cash.expected, cash.difference(), cash.left),
        (minor(6_000), Some(minor(-500)), minor(3_000))
    );
    assert_eq!(cash.moved_to_safe(), minor(2_500));
    let own: Vec<_> = closure.shares.iter().map(|share| share.foreign[&eur()].difference()).collect();
    assert_eq!(own, [Some(minor(-500)), Some(Money::ZERO)]);
    let shop = shop.restarted();
    assert_eq!(in_drawers(&shop), [2_000, 1_000]);
    whole(&shop);
}

#[test]
fn foreign_notes_stay_in_the_only_drawer_of_a_till_whichever_others_are_named_before_it() {
    let (mut shop, sales) = with_forty_euros();
    drop(shop.till.close_period(None, None).unwrap());
    let ann = shop.till.cashiers().iter().find(|one| one.user_name == CASHIER.0).unwrap().id;
    let drawer = |no, cashiers| Drawer { no: DrawerNo(no), cashiers, opening: Money::ZERO };
    let one = drawer(1, BTreeSet::new());
    shop.log_in(ADMIN);
    for drawers in [vec![one.clone()], vec![drawer(2, BTreeSet::from([ann])), one]] {
        let mut settings = shop.till.settings().clone();
        settings.drawers = drawers;
        shop.till.change_settings(settings).unwrap();
    }
    let own: Vec<_> = shop.till.drawers().unwrap().iter().map(DrawerState::expected).collect();
    assert_eq!((own, in_drawers(&shop)), (vec![Money::ZERO, minor(7_110)], vec![0, 4_000]));
    shop.log_in(MANAGER);
    corrects(&mut shop, Amendment::Withdraw(sales[0]));
    assert_eq!(in_drawers(&shop), [0, 2_000], "what followed lies there too");
    sells_for_euros(&mut shop);
    assert_eq!(in_drawers(&shop), [0, 4_000]);
    let shop = shop.restarted();
    assert_eq!((in_drawers(&shop), expected(&shop)), (vec![0, 4_000], of_euros(4_000)));
    whole(&shop);
}

#[test]
fn a_hand_over_of_one_of_several_drawers_settles_the_foreign_notes_of_that_one_alone() {
    for (no, euros, left) in [(1, 0, [0, 0]), (2, 2_000, [0, 2_000])] {
        let mut shop = two_drawers();
        shop.log_in(ADMIN);
        let mut settings = shop.till.settings().clone();
        settings.closing.declaration_required = false;
        shop.till.change_settings(settings).unwrap();
        shop.log_in(CASHIER);
        let sale = sells_for_euros(&mut shop);
        shop.log_in(MANAGER);
        let purpose = CountPurpose::HandOver { to: shop.manager.id };
        let handed = shop.till.count_drawer(DrawerNo(no), purpose, &lies(0, Some(euros)), None).unwrap();
        assert_eq!(handed.foreign_differences, BTreeMap::new());
        drop(shop.till.close_period(None, None).unwrap());
        assert_eq!((expected(&shop), in_drawers(&shop)), (of_euros(2_000), vec![0, 2_000]));
        corrects(&mut shop, Amendment::Withdraw(sale));
        assert_eq!(in_drawers(&shop), left, "handed on: {no}");
        let stands = shop.till.corrected(FIRST).unwrap().foreign[&eur()];
        assert_eq!((stands.expected, stands.left), (Money::ZERO, minor(left[1])));
        let shop = shop.restarted();
        assert_eq!(in_drawers(&shop), left, "handed on: {no}");
        whole(&shop);
    }
}

#[test]
fn nothing_follows_into_a_period_in_which_an_older_till_counted_the_notes() {
    let (mut shop, sales) = with_forty_euros();
    let to = shop.manager.id;
    drop(shop.till.close_period(None, None).unwrap());
    corrects(&mut shop, Amendment::Withdraw(sales[0]));
    // 71.10 and the change of 14.45 that never went out.
    counts(&mut shop, CountPurpose::HandOver { to }, &lies(8_555, Some(2_000)));
    let mut shop = as_counted_by_an_older_till(shop);
    assert_eq!(expected(&shop), of_euros(2_000), "the twenty that were missing then are missing no more");
    shop.log_in(MANAGER);
    assert_eq!(counts(&mut shop, CountPurpose::SpotCheck, &lies(8_555, Some(2_000))), BTreeMap::new());
    shop.execute(sell("A"));
    shop.execute(cash());
    drop(shop.till.close_period(None, None).unwrap());
    assert_eq!(expected(&shop), of_euros(2_000));
}

/// The same with the hand-over as an older till wrote it: held against the 40.00 that the closure before says, without
/// what should have been there.
fn as_counted_by_an_older_till(shop: Shop) -> Shop {
    let disk = Connection::open(shop.path()).unwrap();
    let guard = "SELECT sql FROM sqlite_schema WHERE name = 'event_is_never_changed'";
    let guard: String = disk.query_row(guard, [], |row| row.get(0)).unwrap();
    disk.execute_batch("DROP TRIGGER event_is_never_changed").unwrap();
    let older = "UPDATE event SET payload = CAST(replace(CAST(payload AS TEXT), ?1, ?2) AS BLOB) \
                 WHERE instr(CAST(payload AS TEXT), ?1) > 0";
    let (now, then) = (r#""foreign_expected":{"EUR":2000}"#, r#""foreign_differences":{"EUR":-2000}"#);
    assert_eq!(disk.execute(older, [now, then]).unwrap(), 1);
    disk.execute_batch(&guard).unwrap();
    drop(disk);
    shop.restarted()
}

#[test]
fn what_staff_declare_at_hand_overs_stands_among_the_figures_of_the_country() {
    let tips = |amount| {
        let declared = BTreeMap::from([("reported_tips".to_owned(), minor(amount))]);
        Declaration { declared, ..Declaration::amount(minor(250)) }
    };
    for (at_closing, reported) in [(Some(200), 1_000), (None, 800)] {
        let mut shop = Shop::open();
        shop.log_in(ADMIN);
        let mut settings = shop.till.settings().clone();
        settings.region = Some(Region::parse("US-NY").unwrap());
        shop.till.change_settings(settings).unwrap();
        shop.log_in(CASHIER);
        shop.execute(sell("A"));
        shop.execute(cash());
        let spot = shop.till.count_drawer(DrawerNo(1), CountPurpose::SpotCheck, &tips(500), None);
        assert!(matches!(spot, Err(Error::NotClosed(Refusal::DeclaredInBetween))), "{spot:?}");
        let to = shop.manager.id;
        for amount in [500, 300] {
            counts(&mut shop, CountPurpose::HandOver { to }, &tips(amount));
        }
        shop.log_in(MANAGER);
        let closing = at_closing.map(tips);
        let closure = shop.till.close_period(closing.as_ref(), None).unwrap();
        let fields = closure.country.unwrap().fields;
        assert_eq!(fields["tip_reporting.reported_tips"], Value::Amount(minor(reported)));
        whole(&shop);
    }
}
