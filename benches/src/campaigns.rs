//! What the campaign engine costs, beside a bare pass over the same rules with prebuilt indexes.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    fs,
    hash::{Hash, Hasher},
    hint::black_box,
    path::Path,
    sync::Arc,
};

use anyhow::Context as _;
use rustc_hash::FxBuildHasher;
use saleflex_core::{
    campaign::{
        Backtest, Campaign, CampaignSet, Cart, CartLine, CartTender, Context, DEFAULT_EFFORT, DepartmentKey,
        Evaluator, Proof, Recorded, RecordedPoints, Resolution, Selector, Shopper, TenderMethod,
    },
    ids::{BrandId, CustomerId, DocumentId, LineNo, ProductId, TenderNo},
    money::Money,
    tender::TenderKind,
};
use uuid::Uuid;

use crate::{
    Run,
    figures::{Ratios, Times, grouped, heading, judged, row, show},
};

mod every_choice;
mod generator;
mod spices;
pub(crate) mod vectors;

use every_choice::{Case, by_every_choice};
use generator::{Numbers, Shop, campaigns, cart, line};

/// Lines and campaigns that are measured.
const LINES: [u32; 3] = [10, 50, 200];
const CAMPAIGNS: [u32; 3] = [5, 50, 500];

/// Prints the cost of evaluations of a supermarket's baskets.
pub(crate) fn print(run: &Run) -> anyhow::Result<()> {
    heading(
        "Campaigns, in memory: full / a line more / another tender / another customer / compile / best for the \
         customer / the same after a line more",
    );
    for lines in LINES {
        for count in CAMPAIGNS {
            sized(run, lines, count)?;
        }
    }
    proofs(run)?;
    if let Some(file) = &run.groceries {
        groceries(run, file)?;
    }
    Ok(())
}

fn sized(run: &Run, lines: u32, count: u32) -> anyhow::Result<()> {
    let mut numbers = Numbers::of(u64::from(lines * 1_000 + count));
    let definitions = campaigns(Shop::SUPERMARKET, &mut numbers, count);
    let basket = cart(Shop::SUPERMARKET, &mut numbers, lines);
    let more = line(Shop::SUPERMARKET, &mut numbers, lines + 1);
    let compile = Times::of(run.sized(50, 5), |_| {
        CampaignSet::compile(definitions.clone()).map(|set| drop(black_box(set)))
    })?;
    let set = CampaignSet::compile(definitions.clone())?;
    let bare = Bare::of(&definitions);
    let (mut of_bare, mut of_full) = (Ratios::default(), Ratios::default());
    let (mut full, mut changed) = (Times::default(), [(); 3].map(|()| Times::default()));
    let mut evaluator = Evaluator::of(&set, &basket)?;
    evaluator.evaluate();
    for _ in 0..run.sized(2_000, 200) {
        let mut once = Times::default();
        once.measure(|| anyhow::Ok(black_box(bare.pass(&basket))))?;
        full.measure(|| {
            let mut fresh = Evaluator::of(&set, &basket)?;
            anyhow::Ok(black_box(fresh.evaluate().total()))
        })?;
        for (time, change) in changed.iter_mut().zip([Change::Line(&more), Change::Tender, Change::Customer])
        {
            time.measure(|| {
                change.carry_out(&mut evaluator, &basket)?;
                anyhow::Ok(black_box(evaluator.evaluate().total()))
            })?;
            change.undo(&mut evaluator, &basket);
        }
        of_bare.push_times(full.last(), once.last());
        of_full.push_times(changed[0].last(), full.last());
    }
    let best = Times::of(run.sized(20, 2), |_| {
        let mut fresh = Evaluator::of(&set, &basket)?;
        black_box(fresh.best_for_customer(DEFAULT_EFFORT));
        anyhow::Ok(())
    })?;
    let best_with_more = Times::of(run.sized(20, 2), |_| {
        evaluator.put_line(&more)?;
        black_box(evaluator.best_for_customer(DEFAULT_EFFORT));
        evaluator.remove_line(more.no);
        anyhow::Ok(())
    })?;
    let what = format!("{lines} lines × {count} campaigns");
    let [added, tendered, known] = changed.map(|times| show(times.median()));
    let (full, compile) = (show(full.median()), show(compile.median()));
    let (best, best_with_more) = (show(best.median()), show(best_with_more.median()));
    row(&what, &format!("{full} / {added} / {tendered} / {known} / {compile} / {best} / {best_with_more}"));
    judged("  full over the bare pass", &of_bare.to_string(), "≤ 5", of_bare.median() <= 5_000);
    judged("  a line more over full", &of_full.to_string(), "≤ 0.20", of_full.median() <= 200);
    Ok(())
}

/// What changes on a basket that is known.
enum Change<'a> {
    /// A line more.
    Line(&'a CartLine),
    /// A card is going to pay.
    Tender,
    /// The customer gives a name.
    Customer,
}

impl Change<'_> {
    fn carry_out(&self, evaluator: &mut Evaluator<'_>, basket: &Cart) -> anyhow::Result<()> {
        match self {
            Self::Line(line) => evaluator.put_line(line)?,
            Self::Tender => evaluator.put_tender(paid(u32::try_from(basket.lines.len())?)),
            Self::Customer => {
                let shopper = Some(Shopper::new(CustomerId::new(Uuid::from_u128(1))));
                evaluator.set_context(Context { shopper, ..basket.context.clone() });
            }
        }
        Ok(())
    }

    fn undo(&self, evaluator: &mut Evaluator<'_>, basket: &Cart) {
        match self {
            Self::Line(line) => {
                evaluator.remove_line(line.no);
            }
            Self::Tender => {
                evaluator.remove_tender(TenderNo(1));
            }
            Self::Customer => evaluator.set_context(basket.context.clone()),
        }
    }
}

fn paid(lines: u32) -> CartTender {
    let amount = Money::from_minor(i64::from(lines) * 100);
    CartTender { no: TenderNo(1), method: TenderMethod::Kind(TenderKind::CreditCard), amount }
}

/// The rules of a set in hash maps with a fast hasher, and nothing else: which campaigns a product, a department or a
/// brand is in.
struct Bare {
    by_key: HashMap<Uuid, Vec<u32>, FxBuildHasher>,
    rates: Vec<i64>,
}

impl Bare {
    fn of(definitions: &[Campaign]) -> Self {
        let mut by_key: HashMap<Uuid, Vec<u32>, FxBuildHasher> = HashMap::default();
        for (number, campaign) in (0..).zip(definitions) {
            for selector in &campaign.target.include {
                let key = match selector {
                    Selector::Product(id) => id.uuid(),
                    Selector::Department(key) => key.uuid(),
                    Selector::Brand(id) => id.uuid(),
                    Selector::Category(_)
                    | Selector::Pattern(_)
                    | Selector::Style(_)
                    | Selector::Tag(_)
                    | Selector::UnitPrice { .. }
                    | Selector::Unknown(_)
                    | _ => continue,
                };
                by_key.entry(key).or_default().push(number);
            }
        }
        Self { by_key, rates: (0..definitions.len()).map(|_| 10).collect() }
    }

    /// A share of each line for each campaign it is in.
    fn pass(&self, basket: &Cart) -> i64 {
        let mut off = vec![0_i64; self.rates.len()];
        for line in &basket.lines {
            let item = &line.item;
            let keys = [
                item.product.map(ProductId::uuid),
                item.department.map(DepartmentKey::uuid),
                item.brand.map(BrandId::uuid),
            ];
            for number in keys.iter().flatten().filter_map(|key| self.by_key.get(key)).flatten() {
                let at = *number as usize;
                off[at] += line.total.whole().minor() * self.rates[at] / 100;
            }
        }
        off.iter().sum()
    }
}

/// How often the best choice is proved, and that it equals trying every choice.
fn proofs(run: &Run) -> anyhow::Result<()> {
    let baskets = run.sized(1_000, 100);
    let mut open = 0;
    let times = Times::of(baskets, |seed| {
        let mut numbers = Numbers::of(seed as u64);
        let set = CampaignSet::compile(campaigns(Shop::SUPERMARKET, &mut numbers, 200))?;
        let basket = cart(Shop::SUPERMARKET, &mut numbers, 50);
        let best = Evaluator::of(&set, &basket)?.best_for_customer(DEFAULT_EFFORT);
        open += usize::from(best.proof != Proof::Optimal);
        anyhow::Ok(())
    })?;
    let measured = format!("{open} of {} ({} each)", grouped(baskets), show(times.median()));
    judged("50 lines × 200 campaigns, best not proved", &measured, "≤ 1 in 1,000", open * 1_000 <= baskets);
    let cases = run.sized(100_000, 2_000);
    for (kind, is_spiced) in [("", false), (" (spiced)", true)] {
        let differ = (0..cases as u64).filter(|seed| {
            let case = if is_spiced { Case::spiced(*seed) } else { Case::of(*seed) };
            case.evaluator().best_for_customer(u32::MAX).evaluation.total() != by_every_choice(&case)
        });
        let differ = differ.count();
        let what = format!("up to 8 × 8, best other than by trying every choice{kind}");
        judged(&what, &format!("{differ} of {}", grouped(cases)), "none", differ == 0);
    }
    Ok(())
}

/// A draft tried on the baskets of a file: one a line, articles with commas between.
fn groceries(run: &Run, file: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let documents: Vec<Recorded> = text.lines().map(basket).collect();
    let mut numbers = Numbers::of(7);
    let set = CampaignSet::compile(campaigns(Shop::CORNER, &mut numbers, 20))?;
    let times = Times::of(run.sized(10, 2), |_| {
        let mut backtest = Backtest::new(&set, Resolution::Priority);
        for document in &documents {
            backtest.try_on(document)?;
        }
        black_box(backtest);
        anyhow::Ok(())
    })?;
    let rate = documents.len() as u128 * 1_000_000_000 / times.median().as_nanos().max(1);
    let measured = format!("{} baskets a second and core", grouped(usize::try_from(rate).unwrap_or(0)));
    judged("a draft of 20 campaigns on recorded baskets", &measured, "≥ 50,000", rate >= 50_000);
    Ok(())
}

fn basket(articles: &str) -> Recorded {
    let empty = cart(Shop::CORNER, &mut Numbers::of(1), 0);
    let lines = (1..).zip(articles.split(',')).map(|(no, article)| {
        let mut hasher = DefaultHasher::new();
        article.hash(&mut hasher);
        let number = u32::try_from(hasher.finish() % 1_000).unwrap_or(0);
        let shown = line(Shop::CORNER, &mut Numbers::of(u64::from(number)), no);
        CartLine { no: LineNo(no), item: Arc::clone(&shown.item), ..shown }
    });
    let context = Context { channel: Some("till".into()), ..empty.context };
    let day = context.moment.business_date;
    Recorded {
        document: DocumentId::new(Uuid::nil()),
        day,
        cart: Cart { context, lines: lines.collect(), tenders: Vec::new() },
        given: Vec::new(),
        points: RecordedPoints::Unknown,
        codes: std::collections::BTreeMap::new(),
        to_pay: None,
        judged_by: None,
    }
}
