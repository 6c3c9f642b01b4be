//! What the document machine costs by itself: adding one line to a document that has many.

use std::{collections::BTreeMap, hint::black_box, time::Duration};

use anyhow::Context;
use saleflex_core::{
    campaign::{Benefit, Campaign, CampaignSet, Choice, Exclusivity, Per, Reward, Selector, Target, Uses},
    cashier::{OnDuty, Role},
    catalog::{DepartmentNo, Permissions, PriceRule, Sellable, Unit},
    checkout::{self, Campaigns, Memory},
    document::{AddLine, Command, Draft, Facts, NewDocument, Policy, State, TillFacts},
    ids::{CampaignId, CashierId, ClosureNumber, DocumentId, ProductId, StoreId, TerminalId},
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
    let times = priced(100, 1_000)?;
    let slowest = times.percentile(99);
    let measured = format!("{} (p99 {})", show(times.median()), show(slowest));
    let is_fast = slowest < Duration::from_micros(200);
    judged("on a document of 100 under 1,000 campaigns", &measured, "p99 under 200 µs", is_fast);
    Ok(())
}

/// One more line on a document of so many different products under so many campaigns.
fn priced(lines: u32, campaigns: u32) -> anyhow::Result<Times> {
    let set = CampaignSet::compile((0..campaigns).map(campaign).collect::<Result<_, _>>()?)?;
    let (traits, memory, uses) = (BTreeMap::new(), Memory::default(), uses(&set));
    let counter = Counter::new()?;
    let items: Vec<Sellable> = (0..=lines).map(numbered).collect::<Result<_, _>>()?;
    let promotions = || Campaigns {
        set: &set,
        moment: Moment::utc(chrono::DateTime::UNIX_EPOCH),
        channel: Some("till"),
        shopper: None,
        uses: uses.clone(),
        coupons: Vec::new(),
        traits: &traits,
        memory: Some(&memory),
    };
    let add = Command::AddLine(AddLine::code("1"));
    let two = Command::AddLine(AddLine::code("1").times(Quantity::parse("2")?));
    let mut state = State::Idle;
    let (last, first) = items.split_last().context("one line at least")?;
    for item in first {
        let promotions = promotions();
        let facts = Facts { promotions: Some(&promotions), ..counter.facts(item) };
        state = checkout::run(state.draft(), &add, facts)?.state;
    }
    let draft: Option<&Draft> = state.draft();
    Ok(Times::of(2_000, |run| {
        // Never the line of the run before, which is remembered.
        let more = if run.is_multiple_of(2) { &add } else { &two };
        let promotions = promotions();
        let facts = Facts { promotions: Some(&promotions), ..counter.facts(last) };
        checkout::run(draft, more, facts).map(|outcome| drop(black_box(outcome)))
    })?)
}

/// Campaigns of a supermarket: most are about one product, every five-hundredth about a department, every twentieth is limited.
fn campaign(no: u32) -> anyhow::Result<Campaign> {
    let id = CampaignId::new(Uuid::from_u128(u128::from(no) + 1));
    let product = Selector::Product(ProductId::new(Uuid::from_u128(u128::from(no) + 1)));
    let department = Selector::Department(DepartmentNo(1 + no % 7).into());
    let share = Benefit::Off { reward: Reward::Percent(Percent::parse("5")?), per: Per::Line };
    let third = Benefit::BuyGet {
        buy: 2,
        get: 1,
        percent: Percent::HUNDRED,
        among: None,
        of: None,
        choice: Choice::Cheapest,
    };
    let mut campaign =
        Campaign::new(id, format!("C{no:04}"), if no.is_multiple_of(2) { share } else { third });
    campaign.target = Target::of(vec![if no.is_multiple_of(500) { department } else { product }]);
    campaign.lane.exclusivity = Exclusivity::Combinable;
    campaign.limits.uses = (no.is_multiple_of(20)).then_some(1_000_000);
    Ok(campaign)
}

fn uses(set: &CampaignSet) -> BTreeMap<CampaignId, Uses> {
    let limited = set.campaigns().iter().filter(|campaign| campaign.limits.uses.is_some());
    limited.map(|campaign| (campaign.id, Uses { total: 1, ..Uses::default() })).collect()
}

/// A product of its own.
fn numbered(no: u32) -> anyhow::Result<Sellable> {
    let product = Some(ProductId::new(Uuid::from_u128(u128::from(no) + 1)));
    let (code, department) = (format!("1{no:04}"), DepartmentNo(1 + no % 7));
    Ok(Sellable { product, code, department, ..item()? })
}

/// Everything besides the goods.
struct Counter {
    cashier: OnDuty,
    policy: Policy,
    currency: Currency,
}

impl Counter {
    fn new() -> anyhow::Result<Self> {
        let cashier = OnDuty::with_role(CashierId::new(Uuid::nil()), Role::Cashier);
        let currency = Currency::of(CurrencyCode::parse("GBP")?);
        Ok(Self { cashier, policy: Policy::default(), currency })
    }

    fn facts<'a>(&'a self, item: &'a Sellable) -> Facts<'a> {
        let till = TillFacts {
            store: StoreId::new(Uuid::nil()),
            terminal: TerminalId::new(Uuid::nil()),
            currency: self.currency,
            tax_mode: TaxMode::Inclusive,
            training: false,
            closure: ClosureNumber(1),
        };
        let next = NewDocument { id: DocumentId::new(Uuid::nil()), receipt: 1 };
        let moment = Moment::utc(chrono::DateTime::UNIX_EPOCH);
        Facts { item: Some(item), ..Facts::new(moment, &self.cashier, &self.policy, till, next) }
    }
}

fn add_to(lines: usize) -> anyhow::Result<Times> {
    let (counter, item) = (Counter::new()?, item()?);
    let facts = || counter.facts(&item);
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
        unit: Unit { code: "PCS".into(), decimals: 0, measure: None },
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
        container: None,
        is_container: false,
        has_serials: false,
    })
}
