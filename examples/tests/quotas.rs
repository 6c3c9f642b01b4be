//! Tills that are away from their hub most of the time give what a campaign and a coupon may give in the whole company,
//! take what is on a gift card, and never more: whatever is lost, doubled or late, whoever is killed, in whatever order, and
//! although the hub is put back to backups. When all have talked to each other, everything that may be given can be given.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::{
    basket::GoodsState,
    campaign::{Activation, Benefit, Campaign, Exclusivity, Limits, Per, Reward},
    document::{AddLine, Command, ReturnLine, TakeTender},
    ids::{CampaignId, DocumentId, LineNo},
    money::Money,
    quantity::{Percent, Quantity},
    tender::{GiftCardNumber, TenderDetails, TenderKind},
};
use saleflex_gate::{
    db::{Books, DatabaseError, Tenant},
    settings::Settings,
};
use saleflex_store::{
    Error, Request, Till, demo, quotas::Withheld, request, shell::ManualShell, verify::Verification,
};
use saleflex_sync::{
    plan::{Intervals, Schedule},
    till::{TillInbox, TillOutbox, take_over},
    transport::{Request as Asked, Response, Transport, Unreachable},
    wire::{Secret, Sender},
    worker::{Device, Done, Instant, Worker},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::{
    dice::Dice,
    in_process::InProcess,
    node::{Node, OFFICE_CODE, STORE_CODE, set_clock},
};

const TILLS: usize = 3;
const GATE: &str = "gate";
const USES: u32 = 12;
const BUDGET: i64 = 90;
/// What is on the gift card.
const BALANCE: i64 = 900;
const CARD: &str = "6035710012345678905";
const LIMITED: CampaignId = CampaignId::new(Uuid::from_u128(0xA1));
const PAID: CampaignId = CampaignId::new(Uuid::from_u128(0xA2));
const OPENED: CampaignId = CampaignId::new(Uuid::from_u128(0xA3));

fn begin() -> DateTime<Utc> {
    "2025-04-06T08:00:00Z".parse().unwrap()
}

struct Station {
    // Dropped before the folder it lives in.
    worker: Option<Worker<TillOutbox, TillInbox>>,
    till: Option<Till>,
    clock: ManualShell,
    code: String,
    secret: String,
    sales: Vec<DocumentId>,
    /// What finished sales took of the gift card.
    taken: i64,
    folder: TempDir,
}

struct World {
    dice: Dice,
    elapsed: Duration,
    runtime: Runtime,
    node: Node,
    stations: Vec<Station>,
    late: Vec<(usize, Vec<u8>, String)>,
}

/// A tenth off, combinable with the others.
fn campaign(id: CampaignId, code: &str, limits: Limits) -> Campaign {
    let reward = Reward::Percent(Percent::parse("10").unwrap());
    let mut campaign = Campaign::new(id, code, Benefit::Off { reward, per: Per::Document });
    campaign.lane.exclusivity = Exclusivity::Combinable;
    campaign.limits = limits;
    campaign
}

/// The rows that the company's hub defines.
fn definitions() -> Vec<(&'static str, Uuid, Value)> {
    let limited = campaign(LIMITED, "LIMITED", Limits { uses: Some(USES), ..Limits::default() });
    let paid =
        campaign(PAID, "PAID", Limits { budget: Some(Money::from_minor(BUDGET)), ..Limits::default() });
    let mut opened = campaign(OPENED, "OPENED", Limits::default());
    opened.activation = Activation::Coupon;
    let mut rows: Vec<_> = [limited, paid, opened]
        .into_iter()
        .map(|one| {
            let (id, definition) = (one.id.uuid(), serde_json::to_value(&one).unwrap());
            ("campaigns", id, json!({"id": id, "code": one.code, "name": one.name, "definition": definition}))
        })
        .collect();
    let id = Uuid::from_u128(0xC0);
    let coupon = json!({
        "id": id, "code": "ONCE", "fk_campaign_id": OPENED.uuid(), "coupon_type": "SINGLE_USE", "is_active": true,
    });
    rows.push(("coupons", id, coupon));
    rows
}

/// What the company decides: its rows, and that a till without a share gives nothing.
fn decide(books: &Books, company: Uuid) {
    let written = books.write_waiting(Tenant::Platform, |session| {
        session.execute(
            "UPDATE company SET quota_policy = 'refuse', changes = 10 WHERE company_id = $1",
            &[company.into()],
        )?;
        for (version, (resource, id, body)) in (1_i64..).zip(definitions()) {
            session.execute(
                "INSERT INTO definition (company_id, resource, definition_id, version, is_deleted, body, updated_at) \
                 VALUES ($1, $2, $3, $4, 0, $5, 0)",
                &[company.into(), resource.into(), id.into(), version.into(), body.to_string().into()],
            )?;
        }
        let card = GiftCardNumber::parse(CARD).unwrap().id().uuid();
        session.execute(
            "INSERT INTO gift_card (company_id, card_id, last4, currency, is_blocked, created_at) \
             VALUES ($1, $2, '8905', 'GBP', 0, 0)",
            &[company.into(), card.into()],
        )?;
        session.execute(
            "INSERT INTO gift_card_entry (company_id, entry_id, card_id, kind, amount, created_at) \
             VALUES ($1, $2, $2, 'issued', $3, 0)",
            &[company.into(), card.into(), BALANCE.into()],
        )?;
        Ok::<_, DatabaseError>(())
    });
    written.unwrap();
}

/// A network that loses a request or its answer, or brings a request a second time much later.
struct Network<'a> {
    hub: InProcess<'a>,
    dice: &'a mut Dice,
    faults: u32,
    at: usize,
    late: &'a mut Vec<(usize, Vec<u8>, String)>,
}

impl Transport for Network<'_> {
    fn send(&mut self, asked: &Asked<'_>) -> Result<Response, Unreachable> {
        let lost = || Err(Unreachable::Broken { reason: "the line is dead".to_owned() });
        let is_whole = self.dice.below(1_000) >= self.faults;
        match self.dice.below(3) {
            _ if is_whole => self.hub.send(asked),
            0 => lost(),
            1 => {
                drop(self.hub.send(asked));
                lost()
            }
            2 if asked.path == "/sync/quotas" => {
                self.late.push((self.at, asked.body.unwrap_or_default().to_vec(), asked.path.to_owned()));
                self.hub.send(asked)
            }
            _ => self.hub.send(asked),
        }
    }
}

impl Station {
    fn new(seed: u64, no: usize, (code, secret): (String, String)) -> Self {
        let clock = ManualShell::starting(begin(), seed * 10 + u64::try_from(no).unwrap());
        let memory = PathBuf::from("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory).unwrap()
        } else {
            tempfile::tempdir().unwrap()
        };
        let mut setup = demo::corner_market(&mut clock.clone());
        code.clone_into(&mut setup.identity.terminal_code);
        setup.campaigns.clear();
        setup.coupons.clear();
        setup.customers.clear();
        let mut till = Till::create(folder.path().join("till.saleflex"), setup, clock.clone()).unwrap();
        till.log_in("admin", "1111").unwrap();
        till.add_connector(GATE).unwrap();
        let sales = Vec::new();
        let mut station =
            Self { worker: None, till: Some(till), clock, code, secret, sales, taken: 0, folder };
        station.connect();
        station
    }

    fn till(&mut self) -> &mut Till {
        self.till.as_mut().unwrap()
    }

    fn connect(&mut self) {
        let [office_code, store_code] = [OFFICE_CODE, STORE_CODE].map(str::to_owned);
        let sender = Sender { office_code, store_code, terminal_code: self.code.clone() };
        let till = self.till.as_ref().unwrap();
        let device = Device {
            terminal: till.identity().terminal.uuid(),
            token: Some(Secret::new(&self.secret)),
            software_version: "0.1.0".to_owned(),
        };
        let outbox = TillOutbox::new(till.outbox(GATE).unwrap(), sender);
        let inbox = TillInbox::new(till.inbox(GATE).unwrap());
        self.worker = Some(Worker::new(outbox, inbox, Schedule::new(Intervals::OFFICE, false), device));
    }

    /// The process is killed and started again.
    fn restart(&mut self) {
        (self.worker, self.till) = (None, None);
        let mut till = Till::open(self.folder.path().join("till.saleflex"), self.clock.clone()).unwrap();
        till.log_in("admin", "1111").unwrap();
        self.till = Some(till);
        self.connect();
    }

    /// Whether the hub has lent it something.
    fn is_borrower(&self) -> bool {
        let shares = self.till.as_ref().unwrap().quota_shares(GATE).unwrap();
        shares.iter().any(|share| share.granted > 0)
    }

    fn pay(&mut self) {
        let pay = Command::TakeTender(TakeTender::balance(TenderKind::Cash));
        let done = self.till().execute(pay).unwrap();
        self.note(&done);
    }

    /// Notes finished sales; what a card paid goes back onto a card alone, so that nobody brings it back. Before a till heard
    /// of a hub that lends, a card is written down as it is shown and is none of the hub's.
    fn note(&mut self, done: &request::Done) {
        for completed in done.completed() {
            let document = completed.document();
            let by_card =
                || document.counted_tenders().filter(|tender| tender.kind == TenderKind::PrepaidCard);
            let lent = by_card().filter(|tender| tender.details.gift_card.is_some());
            self.taken += lent.map(|tender| tender.amount.minor()).sum::<i64>();
            self.sales.extend((by_card().count() == 0).then_some(document.id));
        }
    }

    /// Sells one thing to somebody who shows the gift card: of which something can be taken here, or not.
    fn sell_by_card(&mut self) {
        self.finish();
        self.add_a_line();
        let details = TenderDetails { reference: Some(CARD.to_owned()), ..TenderDetails::default() };
        let pay = TakeTender { details, ..TakeTender::balance(TenderKind::PrepaidCard) };
        if let Ok(done) = self.till().execute(Command::TakeTender(pay)) {
            self.note(&done);
        }
        self.finish();
    }

    fn finish(&mut self) {
        if self.till().draft().is_some_and(|document| !document.is_blank()) {
            self.pay();
        }
    }

    fn add_a_line(&mut self) {
        let code = self.till().catalog().search("milk", 1)[0].code().to_owned();
        self.till().execute(Command::AddLine(AddLine::code(code))).unwrap();
    }

    /// Begins a sale of one thing to somebody who shows the coupon.
    fn begin(&mut self) {
        self.finish();
        self.add_a_line();
        self.show_coupon();
    }

    fn show_coupon(&mut self) {
        drop(self.till().execute(Command::EnterCoupon { entered: "ONCE".to_owned() }));
    }

    /// Sells one thing, or what was begun; the coupon is shown once more, and counts or does not.
    fn sell(&mut self) {
        if self.till().is_between_documents() {
            self.begin();
        }
        self.show_coupon();
        self.pay();
    }

    /// A whole sale comes back, and with it what it used.
    fn take_back(&mut self) {
        self.finish();
        let Some(sale) = self.sales.pop() else { return };
        let till = self.till();
        if till.execute(Request::begin_return(sale)).is_err() {
            return;
        }
        let line = ReturnLine {
            line: LineNo(1),
            quantity: Quantity::ONE,
            state: GoodsState::New,
            restock: true,
            reason: None,
            serials: Vec::new(),
        };
        till.execute(Command::ReturnLine(line)).unwrap();
        till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash))).unwrap();
    }
}

impl World {
    fn new(seed: u64) -> Self {
        set_clock(begin());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let codes: Vec<String> = (0..TILLS).map(|no| format!("T{no}")).collect();
        let node = Node::new(&runtime, Settings::default(), &codes, None);
        decide(&node.books, node.company);
        let stations = (0..).zip(codes).map(|(no, code)| {
            let secret = node.secrets[&code].clone();
            Station::new(seed, no, (code, secret))
        });
        let stations = stations.collect();
        let (dice, elapsed) = (Dice::of(seed), Duration::from_secs(1));
        Self { dice, elapsed, runtime, node, stations, late: Vec::new() }
    }

    fn step(&mut self) {
        if self.node.life.is_over() {
            self.node.restart();
        }
        let at = self.dice.below(u32::try_from(TILLS).unwrap()) as usize;
        match self.dice.below(20) {
            0..5 => self.stations[at].sell(),
            5 => self.stations[at].begin(),
            6 => self.stations[at].take_back(),
            7 if self.dice.below(4) == 0 => self.stations[at].restart(),
            8 if self.dice.below(4) == 0 => {
                self.stations[at].sell();
                self.stations[at].till().close_period(None, None).unwrap();
            }
            9 if self.dice.below(8) == 0 => self.pass(Duration::from_secs(25 * 3_600)),
            10 => self.pass(Duration::from_secs(16 * 60)),
            11 => self.arrive_late(),
            12..14 => self.stations[at].sell_by_card(),
            14 if self.dice.below(6) == 0 => self.node.life.ends_after(self.dice.below(60)),
            15 if self.dice.below(6) == 0 => self.back_up(),
            16 if self.dice.below(12) == 0 => self.restore(),
            _ => self.talk(at, 250),
        }
        self.pass(Duration::from_secs(1));
        self.check();
    }

    fn pass(&mut self, passed: Duration) {
        self.elapsed += passed;
        let passed = TimeDelta::from_std(passed).unwrap();
        set_clock(begin() + TimeDelta::from_std(self.elapsed).unwrap());
        for station in &self.stations {
            station.clock.advance(passed);
        }
    }

    /// What terminals the hub ever heard stands in its backups.
    fn back_up(&mut self) {
        if self.stations.iter().all(Station::is_borrower) {
            self.node.back_up();
        }
    }

    /// The hub is put back to its last backup, and whoever runs it says so.
    fn restore(&mut self) {
        if self.node.restore() {
            // What was under way to it went with its connections.
            self.late.clear();
            self.runtime.block_on(self.node.hub.books_were_put_back()).unwrap();
        }
    }

    fn arrive_late(&mut self) {
        let Some((at, body, path)) = self.late.pop() else { return };
        let secret = Secret::new(&self.stations[at].secret);
        let mut hub = InProcess { router: Some(&self.node.router), runtime: &self.runtime };
        drop(hub.send(&Asked::post(&path, &body).showing(Some(&secret))));
    }

    /// A till talks to its hub until nothing is due or something fails, and takes over what came.
    fn talk(&mut self, at: usize, faults: u32) {
        let Self { dice, elapsed, runtime, node, stations, late } = self;
        let station = &mut stations[at];
        station.worker.as_mut().unwrap().schedule_mut().wake();
        for _ in 0..40 {
            let now = station.till().now().instant;
            let instant = Instant { elapsed: *elapsed, now, random: dice.number() };
            let hub = InProcess { router: Some(&node.router), runtime };
            let mut network = Network { hub, dice, faults, at, late };
            let done = station.worker.as_mut().unwrap().step(&mut network, instant).unwrap();
            take_over(station.till(), GATE, &[], 500).unwrap();
            if node.life.is_over() {
                node.restart();
            }
            if matches!(done, Done::Nothing(_)) || (faults > 0 && dice.below(6) == 0) {
                return;
            }
        }
    }

    /// What was given and did not come back, by all tills together, whoever knows of it.
    fn given(&self) -> BTreeMap<CampaignId, (u32, i64)> {
        let mut given: BTreeMap<CampaignId, (u32, i64)> = BTreeMap::new();
        for station in &self.stations {
            for id in [LIMITED, PAID, OPENED] {
                let count = station.till.as_ref().unwrap().campaign_count(id);
                let sum = given.entry(id).or_default();
                *sum = (sum.0 + count.uses, sum.1 + count.spent.minor());
            }
        }
        given
    }

    fn check(&self) {
        let given = self.given();
        assert!(given[&LIMITED].0 <= USES, "{} uses of {USES}", given[&LIMITED].0);
        assert!(given[&PAID].1 <= BUDGET, "{} of {BUDGET}", given[&PAID].1);
        assert!(given[&OPENED].0 <= 1, "a coupon for one use was used {} times", given[&OPENED].0);
        let taken: i64 = self.stations.iter().map(|station| station.taken).sum();
        assert!(taken <= BALANCE, "{taken} of a card with {BALANCE}");
    }

    /// Everybody hears everything, and people go on buying: what may be given is given to the last.
    fn settle(&mut self) {
        self.node.restart();
        while !self.late.is_empty() {
            self.arrive_late();
        }
        for round in 0..40 {
            for at in 0..TILLS {
                self.stations[at].finish();
                self.stations[at].worker.as_mut().unwrap().schedule_mut().force();
                self.talk(at, 0);
                if round > 3 {
                    self.stations[at].begin();
                    if self.given()[&OPENED].0 == 0 {
                        self.talk(at, 0);
                    }
                    self.stations[at].sell();
                    self.stations[at].sell_by_card();
                }
                self.check();
            }
            self.pass(Duration::from_secs(16 * 60));
        }
        let given = self.given();
        assert_eq!((given[&LIMITED].0, given[&PAID].1, given[&OPENED].0), (USES, BUDGET, 1));
        assert_eq!(self.stations.iter().map(|station| station.taken).sum::<i64>(), BALANCE);
        for station in &mut self.stations {
            assert!(matches!(station.till().verify().unwrap(), Verification::Whole(_)));
        }
    }
}

pub(crate) fn run(seed: u64, steps: u64) {
    let mut world = World::new(seed);
    for _ in 0..steps {
        world.step();
    }
    world.settle();
}

#[test]
fn a_coupon_that_goes_from_till_to_till_is_told_of_truly_and_given_back() {
    let mut world = World::new(7);
    let scan = |world: &mut World, at: usize| {
        world.pass(Duration::from_secs(2));
        world.stations[at].till().execute(Command::EnterCoupon { entered: "ONCE".to_owned() })
    };
    for at in [0, 1] {
        world.talk(at, 0);
        world.stations[at].add_a_line();
        let refused = scan(&mut world, at);
        assert!(matches!(refused, Err(Error::CouponNotLent { .. })), "{refused:?}");
        world.talk(at, 0);
    }
    scan(&mut world, 0).unwrap();
    let elsewhere = |world: &mut World| {
        let refused = scan(world, 1);
        let is_lent = matches!(refused, Err(Error::CouponWithheld { why: Withheld::LentElsewhere, .. }));
        assert!(is_lent, "{refused:?}");
    };
    elsewhere(&mut world);
    world.stations[0].till().execute(Command::Cancel { reason: None }).unwrap();
    world.talk(0, 0);
    elsewhere(&mut world);
    world.talk(1, 0);
    scan(&mut world, 1).unwrap();
    world.stations[1].pay();
    world.talk(1, 0);
    world.stations[0].add_a_line();
    for _ in 0..2 {
        drop(scan(&mut world, 0));
        world.talk(0, 0);
    }
    let refused = scan(&mut world, 0);
    assert!(matches!(refused, Err(Error::Refused(_))), "it is used: {refused:?}");
}
