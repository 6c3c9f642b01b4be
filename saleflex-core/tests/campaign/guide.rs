//! The promotions of `docs/campaigns.md`: each file's basket gets exactly what the file says, to the line.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use saleflex_core::{
    campaign::{
        Campaign, CampaignSet, Cart, CartItem, CartLine, CartTender, Context, Evaluator, Exclusivity,
        FineQuantity, Lane, Limits, LintFacts, Shopper, TenderMethod, Weekdays, Window, parse_local,
    },
    ids::{CustomerId, LineNo, TenderNo},
    money::Money,
    quantity::Percent,
    time::Moment,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Promotion {
    campaign: Campaign,
    basket: Basket,
    gives: Vec<Given>,
    #[serde(default)]
    points: Vec<Points>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Basket {
    at: String,
    lines: Vec<Line>,
    #[serde(default)]
    tenders: Vec<Tender>,
    shopper: Option<Buyer>,
    #[serde(default)]
    unlocked: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    no: u32,
    tags: BTreeSet<String>,
    quantity: String,
    total: Money,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tender {
    kind: saleflex_core::tender::TenderKind,
    amount: Money,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Buyer {
    tier: Option<String>,
    birthday: Option<chrono::NaiveDate>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Given {
    line: Option<u32>,
    amount: Money,
    shares: BTreeMap<String, Money>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Points {
    percent: Percent,
    base: Money,
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/campaigns");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("a readable entry").path())
        .collect();
    files.sort();
    files
}

fn read(file: &Path) -> Promotion {
    let text = fs::read_to_string(file).expect("a readable file");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn cart(basket: &Basket) -> Cart {
    let mut context = Context::at(Moment::utc(parse_local(&basket.at).expect("a local time").and_utc()));
    context.unlocked.clone_from(&basket.unlocked);
    context.shopper = basket.shopper.as_ref().map(|buyer| {
        let mut shopper = Shopper::new(CustomerId::new(uuid::Uuid::from_u128(1)));
        shopper.tier.clone_from(&buyer.tier);
        shopper.birthday = buyer.birthday;
        shopper
    });
    let line = |line: &Line| CartLine {
        no: LineNo(line.no),
        item: Arc::new(CartItem { tags: line.tags.clone(), ..CartItem::default() }),
        quantity: FineQuantity::parse(&line.quantity).expect("a quantity"),
        total: line.total.into(),
    };
    let tender = |(no, tender): (u32, &Tender)| CartTender {
        no: TenderNo(no),
        method: TenderMethod::Kind(tender.kind),
        amount: tender.amount,
    };
    Cart {
        context,
        lines: basket.lines.iter().map(line).collect(),
        tenders: (1..).zip(&basket.tenders).map(tender).collect(),
    }
}

#[test]
fn each_promotion_of_the_guide_gives_what_its_file_says_to_the_line() {
    let files = files();
    assert_eq!(files.len(), 20);
    for file in files {
        let promotion = read(&file);
        let set = CampaignSet::compile(vec![promotion.campaign]).unwrap();
        let mut evaluator = Evaluator::of(&set, &cart(&promotion.basket)).unwrap();
        let awards = evaluator.evaluate().points.clone();
        let points = awards.iter().map(|award| {
            let base = evaluator.points_base(award.campaign);
            Points { percent: award.percent, base }
        });
        let points: Vec<Points> = points.collect();
        let given: Vec<Given> = evaluator.allocate().iter().map(given).collect();
        assert_eq!((given, points), (promotion.gives, promotion.points), "{}", file.display());
    }
}

fn given(allocation: &saleflex_core::campaign::Allocation) -> Given {
    Given {
        line: allocation.proposal.line.map(|line| line.0),
        amount: allocation.proposal.amount,
        shares: allocation.shares.iter().map(|(line, share)| (line.0.to_string(), *share)).collect(),
    }
}

#[test]
fn the_promotions_of_the_guide_may_be_saved_and_lint_says_nothing_on_them() {
    for file in files() {
        let campaign = read(&file).campaign;
        assert_eq!(campaign.check(), [], "{}", file.display());
        let set = CampaignSet::compile(vec![campaign]).unwrap();
        let today = parse_local("2026-03-04").map(|at| at.date());
        let findings = set.lint(&LintFacts { today, ..LintFacts::default() });
        assert_eq!(findings, [], "{}", file.display());
    }
}

#[test]
fn a_promotion_written_out_and_read_in_again_is_the_same() {
    for file in files() {
        let campaign = read(&file).campaign;
        let text = serde_json::to_string(&campaign).unwrap();
        assert_eq!(serde_json::from_str::<Campaign>(&text).unwrap(), campaign, "{}", file.display());
    }
}

#[test]
fn the_guide_names_every_file() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/campaigns.md");
    let guide = fs::read_to_string(guide).unwrap();
    for file in files() {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(guide.contains(&format!("(campaigns/{name})")), "{name}");
    }
}

#[test]
fn the_guide_names_every_field_of_a_definition() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/campaigns.md");
    let guide = fs::read_to_string(guide).unwrap();
    let some = || Some(Money::from_minor(1));
    let limits = Limits {
        least_purchase: some(),
        most_purchase: some(),
        uses: Some(1),
        uses_per_customer: Some(1),
        uses_per_day: Some(1),
        times_per_document: Some(1),
        budget: some(),
        per_proposal: some(),
        per_line: some(),
        per_document: some(),
        lowest_price: some(),
        cost_floor: true,
    };
    let lane = Lane { group: "food".into(), stacks_with: Some(["food".into()].into()), ..Lane::default() };
    let midnight = chrono::NaiveTime::MIN;
    let window = Window {
        start: chrono::NaiveDate::from_ymd_opt(2026, 3, 2),
        end: chrono::NaiveDate::from_ymd_opt(2026, 3, 2),
        from: Some(midnight),
        until: Some(midnight),
        weekdays: Some(Weekdays::of([1])),
    };
    let parts = [
        serde_json::to_value(limits).unwrap(),
        serde_json::to_value(lane).unwrap(),
        serde_json::to_value(window).unwrap(),
    ];
    for field in parts.iter().flat_map(|part| part.as_object().unwrap().keys()) {
        let is_named = guide.contains(&format!("`{field}`")) || guide.contains(&format!("\"{field}\":"));
        assert!(is_named, "{field}");
    }
    for value in [Exclusivity::Combinable, Exclusivity::Last, Exclusivity::Alone] {
        let word = serde_json::to_value(value).unwrap();
        assert!(guide.contains(&format!("| `{}`", word.as_str().unwrap())), "{word}");
    }
}
