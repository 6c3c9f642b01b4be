//! What the document machine costs by itself: adding one line to a document that has many.

use std::{hint::black_box, time::Duration};

use saleflex_core::{
    cashier::{OnDuty, Role},
    catalog::{DepartmentNo, Permissions, PriceRule, Sellable, Unit},
    checkout,
    document::{AddLine, CancelCause, Command, Draft, Facts, NewDocument, Policy, State, TillFacts},
    ids::{CashierId, ClosureNumber, DocumentId, ProductId, StoreId, TerminalId},
    money::{Currency, CurrencyCode},
    quantity::{Percent, Quantity, UnitPrice},
    tax::{TaxMode, TaxRate},
    time::Moment,
};
use uuid::Uuid;

use crate::figures::{Times, heading, judged, row, show};

/// Prints the cost of a line at several sizes of document.
pub(crate) fn print() -> anyhow::Result<()> {
    heading("Deciding, in memory: one more line");
    for lines in [1, 10, 100, 600] {
        let times = add_to(lines)?;
        let what = format!("on a document of {lines}");
        let slowest = times.percentile(99);
        let measured = format!("{} (p99 {})", show(times.median()), show(slowest));
        if lines == 100 {
            judged(&what, &measured, "p99 under 200 µs", slowest < Duration::from_micros(200));
        } else {
            row(&what, &measured);
        }
    }
    Ok(())
}

fn add_to(lines: usize) -> anyhow::Result<Times> {
    let (cashier, policy, item) =
        (OnDuty::with_role(CashierId::new(Uuid::nil()), Role::Cashier), Policy::default(), item()?);
    let currency = Currency::of(CurrencyCode::parse("GBP")?);
    let facts = || Facts {
        moment: Moment::utc(chrono::DateTime::UNIX_EPOCH),
        cashier: &cashier,
        approval: None,
        policy: &policy,
        till: TillFacts {
            store: StoreId::new(Uuid::nil()),
            terminal: TerminalId::new(Uuid::nil()),
            currency,
            tax_mode: TaxMode::Inclusive,
            training: false,
            closure: ClosureNumber(1),
        },
        next: NewDocument { id: DocumentId::new(Uuid::nil()), receipt: 1 },
        item: Some(&item),
        stock: &[],
        customer: None,
        original: None,
        suspended: None,
        rate: None,
        cause: CancelCause::Cashier,
        promotions: None,
    };
    let add = Command::AddLine(AddLine::code("1"));
    let mut state = State::Idle;
    for _ in 0..lines {
        state = checkout::run(state.draft(), &add, facts())?.state;
    }
    let draft: Option<&Draft> = state.draft();
    Ok(Times::of(2_000, |_| checkout::run(draft, &add, facts()).map(|outcome| drop(black_box(outcome))))?)
}

fn item() -> anyhow::Result<Sellable> {
    Ok(Sellable {
        product: Some(ProductId::new(Uuid::nil())),
        code: "1".into(),
        barcode: Some("2000000000015".into()),
        name: "Wholemeal loaf 800 g".into(),
        department: DepartmentNo(1),
        sub_department: None,
        unit: Unit { code: "PCS".into(), decimals: 0 },
        price: UnitPrice::parse("1.45")?,
        price_rule: PriceRule::Fixed,
        cost_price: None,
        max_price: None,
        taxes: vec![TaxRate {
            no: 1,
            name: "VAT".into(),
            percent: Percent::parse("20")?,
            jurisdiction: None,
        }],
        permissions: Permissions::default(),
        minimum_age: None,
        return_days: None,
        pack_quantity: Quantity::ONE,
        embedded_quantity: None,
        embedded_total: None,
    })
}
