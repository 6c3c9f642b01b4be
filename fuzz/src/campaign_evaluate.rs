//! Whatever campaigns meet whatever basket: an evaluator that grows line by line, changes and goes on from what it
//! remembered answers as one made anew; no proposal is nothing or less, all together are no more than the lines are worth,
//! shares add up, the order of lines does not matter, the best choice is never below the plain pass, and a hint saves what
//! it says.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{NaiveDate, NaiveTime};
use saleflex_core::{
    campaign::{
        Activation, Benefit, BundlePart, BundlePrice, Campaign, CampaignSet, Cart, CartItem, CartLine,
        CartTender, Choice, Condition, Context, DepartmentKey, Evaluator, Exclusivity, FineMoney,
        FineQuantity, Offer, Per, ProductRow, Reward, Selector, Shopper, Target, TenderMethod, TenderTarget,
        TenderTerms, Tier, TierBy, Uses, Weekdays, Window,
    },
    ids::{CampaignId, CustomerId, LineNo, ProductId, SegmentId, StoreId, TenderNo},
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
        self.ask(&mut campaign);
        campaign
    }

    /// Lets a campaign ask for what the document as a whole has or has not, and stand beside some only.
    fn ask(&mut self, campaign: &mut Campaign) {
        if self.below(4) != 0 {
            return;
        }
        campaign.condition = self.condition(3);
        campaign.segment = self.maybe(|choices| SegmentId::new(id(choices.below(2))));
        campaign.store = self.maybe(|choices| StoreId::new(id(choices.below(2))));
        campaign.window = self.window();
        campaign.activation =
            [Activation::Automatic, Activation::Automatic, Activation::Coupon, Activation::Never]
                [self.below(4) as usize];
        campaign.limits.uses = self.maybe(|choices| choices.below(4));
        campaign.limits.uses_per_customer = self.maybe(|choices| choices.below(4));
        campaign.limits.uses_per_day = self.maybe(|choices| choices.below(4));
        campaign.limits.budget = self.maybe(Self::money);
        ["", "a", "b"][self.below(3) as usize].clone_into(&mut campaign.lane.group);
        campaign.lane.stacks_with = self.maybe(|choices| {
            ["", "a", "b"].into_iter().filter(|_| choices.below(2) == 0).map(str::to_owned).collect()
        });
    }

    fn window(&mut self) -> Window {
        let hour = |choices: &mut Self| NaiveTime::from_hms_opt(choices.below(24), 0, 0);
        let day = |choices: &mut Self| NaiveDate::from_ymd_opt(1970, 1, 1 + choices.below(3));
        Window {
            start: self.maybe(day).flatten(),
            end: self.maybe(day).flatten(),
            from: self.maybe(hour).flatten(),
            until: self.maybe(hour).flatten(),
            weekdays: self.maybe(|choices| Weekdays::of([choices.byte() % 9, 4])),
        }
    }

    fn condition(&mut self, levels: u8) -> Condition {
        let word = |choices: &mut Self| ["a", "b"][choices.below(2) as usize].to_owned();
        let parts =
            |choices: &mut Self| (0..choices.below(4)).map(|_| choices.condition(levels - 1)).collect();
        match self.below(if levels > 1 { 16 } else { 13 }) {
            0 => Condition::Stores((0..self.below(3)).map(|no| StoreId::new(id(no))).collect()),
            1 => Condition::Window(self.window()),
            2 => Condition::Channel(word(self)),
            3 => Condition::CustomerKnown,
            4 => Condition::Segment(SegmentId::new(id(self.below(2)))),
            5 => Condition::Tier(word(self)),
            6 => Condition::CustomerTag(word(self)),
            7 => Condition::FirstPurchase,
            8 => Condition::Birthday { within_days: u16::from(self.byte()) },
            9 => Condition::Coupon,
            10 => Condition::Value {
                of: self.target(),
                least: self.maybe(Self::money),
                most: self.maybe(Self::money),
            },
            11 => Condition::Quantity {
                of: self.target(),
                least: self.maybe(|choices| choices.below(9)),
                most: self.maybe(|choices| choices.below(9)),
            },
            12 => Condition::Tender { of: TenderTarget::default(), least_share: self.percent() },
            13 => Condition::All(parts(self)),
            14 => Condition::Any(parts(self)),
            _ => Condition::Not(Box::new(self.condition(levels - 1))),
        }
    }

    /// Who buys where and when, with which codes, and how often campaigns were used.
    fn context(&mut self, definitions: &[Campaign]) -> Context {
        let word = |choices: &mut Self| ["a", "b"][choices.below(2) as usize].to_owned();
        let shopper = |choices: &mut Self| Shopper {
            segments: choices.maybe(|choices| SegmentId::new(id(choices.below(2)))).into_iter().collect(),
            tier: choices.maybe(word),
            tags: choices.maybe(word).into_iter().collect(),
            birthday: NaiveDate::from_ymd_opt(1960, 1 + choices.below(12), 1 + choices.below(28)),
            purchases: choices.below(3),
            ..Shopper::new(CustomerId::new(id(choices.below(2))))
        };
        let instant = chrono::DateTime::from_timestamp(i64::from(self.below(72)) * 3_600, 0);
        let counted = |choices: &mut Self| Uses {
            total: choices.below(4),
            by_customer: choices.below(4),
            today: choices.below(4),
            spent: choices.money(),
            is_share: choices.below(2) == 0,
        };
        let uses = definitions.iter().filter_map(|one| Some((one.id, self.maybe(counted)?))).collect();
        let codes = definitions.iter().filter(|_| self.below(2) == 0);
        let unlocked: BTreeSet<String> = codes.map(|one| one.code.unlocking()).collect();
        Context {
            store: self.maybe(|choices| StoreId::new(id(choices.below(2)))),
            channel: self.maybe(word),
            shopper: self.maybe(shopper),
            unlocked,
            uses,
            ..Context::at(Moment::utc(instant.unwrap_or_default()))
        }
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
    let set = CampaignSet::compile(definitions.clone()).expect("numbered campaigns");
    let lines: Vec<CartLine> = (1..=1 + choices.below(6)).map(|no| choices.line(no)).collect();
    let kind = TenderMethod::Kind(TenderKind::Cash);
    let tenders: Vec<CartTender> = choices
        .maybe(|choices| CartTender { no: TenderNo(1), method: kind, amount: choices.money() })
        .into_iter()
        .collect();
    let context = choices.context(&definitions);
    let offered = choices.line(98);
    let cart = Cart { context: context.clone(), lines: lines.clone(), tenders: tenders.clone() };
    let whole = set.evaluate(&cart).expect("a small cart");

    // Grown backwards, with a change and a line that comes and goes, and a pause in between.
    let mut grown = Evaluator::new(&set, Context::at(context.moment));
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
    grown.set_context(context);
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
    check_hints(&mut grown, &cart, &offered);
}

/// Carried out, each hint saves what it says, and asking for it changes nothing.
fn check_hints(evaluator: &mut Evaluator<'_>, cart: &Cart, offered: &CartLine) {
    let piece = offered.total.whole();
    let totals = (1..=3).scan(Money::ZERO, |total, _| {
        *total += piece;
        Some(*total)
    });
    let offer = Offer::new(offered.clone(), totals.collect());
    let set = evaluator.set();
    let before = evaluator.by_priority().clone();
    let hints = evaluator.hints(&[offer]).expect("a small cart");
    assert_eq!(*evaluator.evaluate(), before);
    for hint in hints {
        let mut more = cart.clone();
        let total = FineMoney::from_money(Money::from_minor(piece.minor() * i64::from(hint.units)));
        more.lines.push(CartLine { quantity: FineQuantity::pieces(hint.units), total, ..offered.clone() });
        let after = set.evaluate(&more).expect("a small cart");
        assert_eq!(after.total() - before.total(), hint.saving);
    }
}
