//! Whatever campaigns meet whatever basket: an evaluator that grows line by line, changes and goes on from what it
//! remembered answers as one made anew; no proposal is nothing or less, all together are no more than the lines are worth,
//! shares add up, the order of lines does not matter, and the best choice is never below the plain pass.

use std::sync::Arc;

use saleflex_core::{
    campaign::{
        Benefit, BundlePart, BundlePrice, Campaign, CampaignSet, Cart, CartItem, CartLine, CartTender,
        Choice, Context, DepartmentKey, Evaluator, Exclusivity, FineMoney, FineQuantity, Per, ProductRow,
        Reward, Selector, Target, TenderMethod, TenderTarget, TenderTerms, Tier, TierBy,
    },
    ids::{CampaignId, LineNo, ProductId, TenderNo},
    money::Money,
    quantity::Percent,
    tender::TenderKind,
    time::Moment,
};
use uuid::Uuid;

/// Choices read from the input; zeros after its end.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().map_or((0, self.0), |(first, rest)| (*first, rest));
        self.0 = rest;
        first
    }

    fn below(&mut self, bound: u8) -> u32 {
        u32::from(self.byte() % bound)
    }

    fn money(&mut self) -> Money {
        let scale = [1, 7, 100, 99_999][self.below(4) as usize];
        Money::from_minor(i64::from(self.byte()) * scale)
    }

    fn percent(&mut self) -> Percent {
        Percent::try_new(rust_decimal::Decimal::new(i64::from(self.byte()) * 41, 2))
            .unwrap_or(Percent::HUNDRED)
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(4) == 0).then(|| make(self))
    }

    fn reward(&mut self) -> Reward {
        if self.below(2) == 0 { Reward::Percent(self.percent()) } else { Reward::Amount(self.money()) }
    }

    fn target(&mut self) -> Target {
        let selector = |choices: &mut Self| match choices.below(3) {
            0 => Selector::Product(ProductId::new(id(choices.below(4)))),
            1 => Selector::Department(DepartmentKey::new(id(choices.below(2)))),
            _ => Selector::UnitPrice { least: choices.maybe(Self::money), most: choices.maybe(Self::money) },
        };
        let include = (0..self.below(3)).map(|_| selector(self)).collect();
        Target { include, exclude: self.maybe(selector).into_iter().collect() }
    }

    fn benefit(&mut self) -> Benefit {
        match self.below(9) {
            0 => Benefit::Off {
                reward: self.reward(),
                per: [Per::Document, Per::Line, Per::Unit][self.below(3) as usize],
            },
            1 => Benefit::Products {
                rows: (0..=self.below(3)).map(|_| self.row()).collect(),
                reward: Some(self.reward()),
            },
            2 => Benefit::FixedPrice { price: self.money() },
            3 => Benefit::PriceFor { quantity: self.below(4), price: self.money() },
            4 => Benefit::Tiers {
                by: if self.below(2) == 0 { TierBy::Quantity } else { TierBy::Value },
                steps: (0..self.below(3))
                    .map(|_| Tier { from: self.money().minor(), reward: self.reward() })
                    .collect(),
            },
            5 => Benefit::BuyGet {
                buy: self.below(4),
                get: self.below(3),
                percent: self.percent(),
                among: self.maybe(Self::target),
                of: self.maybe(Self::target),
                choice: if self.below(2) == 0 { Choice::Cheapest } else { Choice::CheapestOfGroup },
            },
            6 => Benefit::Bundle {
                parts: (0..self.below(4))
                    .map(|_| BundlePart { of: self.target(), quantity: self.below(3) })
                    .collect(),
                price: if self.below(2) == 0 {
                    BundlePrice::Fixed(self.money())
                } else {
                    BundlePrice::Off(self.reward())
                },
            },
            7 => Benefit::Gift { of: self.target(), quantity: self.below(3) },
            _ => Benefit::Points { percent: self.percent() },
        }
    }

    fn row(&mut self) -> ProductRow {
        ProductRow {
            product: ProductId::new(id(self.below(4))),
            least: self.maybe(|choices| i64::from(choices.byte())),
            most: self.maybe(|choices| i64::from(choices.byte())),
            reward: self.maybe(Self::reward),
        }
    }

    fn campaign(&mut self, number: u32) -> Campaign {
        let mut campaign = Campaign::new(CampaignId::new(id(number)), format!("C{number}"), self.benefit());
        campaign.target = self.target();
        campaign.lane.priority = i32::from(self.byte());
        campaign.lane.exclusivity =
            [Exclusivity::Combinable, Exclusivity::Combinable, Exclusivity::Last, Exclusivity::Alone]
                [self.below(4) as usize];
        let limits = &mut campaign.limits;
        limits.least_purchase = self.maybe(Self::money);
        limits.most_purchase = self.maybe(Self::money);
        limits.per_proposal = self.maybe(Self::money);
        limits.per_line = self.maybe(Self::money);
        limits.per_document = self.maybe(Self::money);
        limits.lowest_price = self.maybe(Self::money);
        limits.times_per_document = self.maybe(|choices| choices.below(4));
        limits.cost_floor = self.below(8) == 0;
        campaign.tender =
            self.maybe(|choices| TenderTerms { of: TenderTarget::default(), least_share: choices.percent() });
        campaign
    }

    fn line(&mut self, no: u32) -> CartLine {
        let item = CartItem {
            product: Some(ProductId::new(id(self.below(4)))),
            department: Some(DepartmentKey::new(id(self.below(2)))),
            cost: self.maybe(|choices| choices.money().into()),
            is_excluded: self.below(16) == 0,
            ..CartItem::default()
        };
        let sign = if self.below(12) == 0 { -1 } else { 1 };
        let total = Money::from_minor(self.money().minor() * sign);
        let quantity = if self.below(4) == 0 {
            FineQuantity::parse(&format!("{}.{}", self.below(9), self.below(9))).unwrap_or_default()
        } else {
            FineQuantity::pieces(self.below(9))
        };
        CartLine { no: LineNo(no), item: Arc::new(item), quantity, total: FineMoney::from_money(total) }
    }
}

fn id(number: u32) -> Uuid {
    Uuid::from_u128(u128::from(number) + 1)
}

/// Holds for any bytes.
///
/// # Panics
/// Where it does not: a finding.
pub fn run(input: &[u8]) {
    let mut choices = Choices(input);
    let definitions: Vec<Campaign> = (0..=choices.below(6)).map(|no| choices.campaign(no)).collect();
    let set = CampaignSet::compile(definitions).expect("numbered campaigns");
    let lines: Vec<CartLine> = (1..=1 + choices.below(6)).map(|no| choices.line(no)).collect();
    let kind = TenderMethod::Kind(TenderKind::Cash);
    let tenders: Vec<CartTender> = choices
        .maybe(|choices| CartTender { no: TenderNo(1), method: kind, amount: choices.money() })
        .into_iter()
        .collect();
    let context = Context::at(Moment::utc(chrono::DateTime::UNIX_EPOCH));
    let cart = Cart { context: context.clone(), lines: lines.clone(), tenders: tenders.clone() };
    let whole = set.evaluate(&cart).expect("a small cart");

    // Grown backwards, with a change and a line that comes and goes, and a pause in between.
    let mut grown = Evaluator::new(&set, context);
    for line in lines.iter().rev() {
        grown
            .put_line(&CartLine { quantity: FineQuantity::pieces(2), ..line.clone() })
            .expect("a small cart");
        grown.evaluate();
        grown.put_line(line).expect("a small cart");
    }
    grown.put_line(&CartLine { no: LineNo(99), ..lines[0].clone() }).expect("a small cart");
    grown.evaluate();
    assert!(grown.remove_line(LineNo(99)));
    let mut grown = Evaluator::going_on(&set, grown.remember()).expect("the same set");
    grown.set_tenders(tenders);
    assert_eq!(*grown.evaluate(), whole);

    let value: i64 = lines.iter().map(|line| line.total.whole().minor().max(0)).sum();
    assert!(whole.total().minor() <= value);
    for allocation in grown.allocate() {
        assert!(allocation.proposal.amount.is_positive());
        let shares: Money = allocation.shares.iter().map(|(_, share)| *share).sum();
        assert_eq!(shares, allocation.proposal.amount);
    }
    let best = grown.best_for_customer(2_000);
    assert!(best.evaluation.total() >= whole.total());
    assert!(best.evaluation.total().minor() <= value);
    let verdicts = grown.explain(&whole);
    assert_eq!(verdicts.len(), set.len());
}
