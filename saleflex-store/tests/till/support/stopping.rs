//! Stopping a till after every statement of what it does.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::NaiveDate;
use saleflex_core::{
    campaign::Campaign,
    cashier::time_clock::Attendance,
    catalog::Reference,
    closure::{Closure, Correction, Period, drawer::DrawerCount},
    customer::{Customer as Record, MarketingProfile, segment::Segment},
    document::Document,
    ids::{ClosureNumber, DocumentNumber},
    inventory::{
        Level, Limits, Location, Place, Warehouse,
        count::StockCount,
        order::{PurchaseOrder, Supplier},
    },
    journal::ChainHead,
    loyalty::{Card, Membership, Program},
    quantity::UnitPrice,
    settings::Settings,
};
use saleflex_store::{
    Till,
    campaigns::{CampaignCount, CouponRecord},
    cashier::Cashier,
    customer::Customer,
    history::{DocumentHead, Parked},
    inbox::{HeldRow, PullState},
    shell::ManualShell,
    stock::MovementRecord,
    verify::Verification,
};

use super::{
    promoted::with_coupon,
    shop::{Shop, morning, product},
};

/// Everything one can see of a till.
#[derive(Debug, PartialEq)]
pub(crate) struct Picture {
    draft: Option<Document>,
    suspended: Vec<Parked>,
    documents: Vec<DocumentHead>,
    closures: Vec<Closure>,
    period: Period,
    next_number: DocumentNumber,
    stock: Vec<Vec<(Place, Level)>>,
    movements: Vec<MovementRecord>,
    on_the_way: usize,
    limits: Vec<Limits>,
    orders: Vec<PurchaseOrder>,
    suppliers: Vec<Supplier>,
    stock_counts: Vec<StockCount>,
    sites: (Vec<Warehouse>, Vec<Location>),
    products: BTreeMap<String, UnitPrice>,
    reference: Reference,
    settings: Settings,
    customers: Vec<Customer>,
    records: Vec<Option<Record>>,
    profiles: Vec<MarketingProfile>,
    segments: Vec<Segment>,
    cards: Vec<Card>,
    programs: Vec<Program>,
    members: Vec<Option<Membership>>,
    campaigns: Vec<(Campaign, CampaignCount)>,
    coupons: Vec<CouponRecord>,
    counts: Vec<DrawerCount>,
    corrections: Vec<Correction>,
    attendance: Vec<(String, Attendance)>,
    people: Vec<Cashier>,
    roles: usize,
    sessions: usize,
    forms: Vec<(String, bool)>,
    unprinted: Vec<i64>,
    pulled: (PullState, Vec<HeldRow>),
    head: ChainHead,
    queued: u64,
}

impl Picture {
    pub(crate) fn of(till: &mut Till) -> Self {
        let periods = 1..=till.period().number.0;
        let documents = periods.flat_map(|closure| till.documents(ClosureNumber(closure)).unwrap());
        let documents = documents.collect();
        let customers = till.find_customers("", 1_000).unwrap();
        let places = ["A", "B", "C", "D"]
            .into_iter()
            .filter_map(|code| Some(Place { item: product(code).into(), location: till.counter()? }));
        let limits = places.map(|place| till.stock_limits(place).unwrap()).collect();
        Self {
            draft: till.draft().cloned(),
            suspended: till.suspended().unwrap(),
            documents,
            closures: till.closures(100).unwrap(),
            period: till.period().clone(),
            next_number: till.next_number().unwrap(),
            stock: ["A", "B", "C", "D"].map(|code| till.stock_levels(product(code).into()).unwrap()).into(),
            movements: till.latest_stock_movements(100).unwrap(),
            on_the_way: till.transfers(true).unwrap().len(),
            limits,
            orders: till.orders(false).unwrap(),
            suppliers: till.suppliers().unwrap(),
            stock_counts: till.counts().unwrap().iter().map(|(_, one)| till.count(one.id).unwrap()).collect(),
            sites: (
                till.sites().warehouses().cloned().collect(),
                till.sites().locations().cloned().collect(),
            ),
            products: till.catalog().products().map(|one| (one.code().to_owned(), one.price())).collect(),
            reference: till.catalog().reference(),
            settings: till.settings().clone(),
            records: customers.iter().map(|one| till.person(one.id).unwrap()).collect(),
            profiles: customers.iter().map(|one| till.marketing_profile(one.id).unwrap()).collect(),
            segments: till.segments().to_vec(),
            cards: customers.iter().flat_map(|one| till.cards_of(one.id).unwrap()).collect(),
            programs: till.programs().to_vec(),
            members: customers.iter().map(|one| till.membership(one.id).unwrap()).collect(),
            customers,
            campaigns: till
                .campaigns()
                .campaigns()
                .iter()
                .map(|campaign| (campaign.clone(), till.campaign_count(campaign.id)))
                .collect(),
            coupons: till.coupons(with_coupon().id, 100).unwrap(),
            counts: (1..=till.period().number.0)
                .flat_map(|no| till.drawer_counts(ClosureNumber(no)).unwrap())
                .collect(),
            corrections: (1..till.period().number.0)
                .flat_map(|no| till.corrections(ClosureNumber(no)).unwrap())
                .collect(),
            attendance: till
                .everybody()
                .iter()
                .map(|one| (one.user_name.clone(), till.attendance(one.id).unwrap()))
                .collect(),
            people: till.everybody().to_vec(),
            roles: till.roles().len(),
            sessions: till.work_sessions(NaiveDate::MIN, NaiveDate::MAX).unwrap().len(),
            forms: till.forms().unwrap().into_iter().map(|form| (form.name, form.is_own)).collect(),
            unprinted: till.unprinted().unwrap().into_iter().map(|(seq, _)| seq).collect(),
            pulled: (till.pull_state("gate").unwrap(), till.held_rows("gate", 100).unwrap()),
            head: *till.chain_head(),
            queued: till.outbox("gate").unwrap().state().unwrap().waiting,
        }
    }

    /// What a till opened from these files shows. It must be whole.
    fn of_files(path: &Path) -> Self {
        let mut till = Till::open(path, ManualShell::starting(morning(), 9)).unwrap();
        assert!(matches!(till.verify().unwrap(), Verification::Whole(_)), "{}", path.display());
        Self::of(&mut till)
    }
}

thread_local! {
    /// Where the files are copied to after every statement.
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

#[derive(Debug)]
struct Recorder {
    from: PathBuf,
    folder: tempfile::TempDir,
    /// After each so-manyth statement, and after every one that ends a transaction.
    every: usize,
    statements: Vec<String>,
    copied: Vec<usize>,
}

impl Recorder {
    fn copy(&self, at: usize) -> PathBuf {
        self.folder.path().join(format!("{at}.saleflex"))
    }
}

fn wal(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// The power fails after this statement: what would be on the disk is copied.
fn after_statement(sql: &str, _: Duration) {
    RECORDER.with_borrow_mut(|recorder| {
        let Some(recorder) = recorder else { return };
        let at = recorder.statements.len();
        recorder.statements.push(sql.to_owned());
        if at.is_multiple_of(recorder.every) || sql == "COMMIT" {
            let copy = recorder.copy(at);
            fs::copy(&recorder.from, &copy).unwrap();
            fs::copy(wal(&recorder.from), wal(&copy)).unwrap();
            recorder.copied.push(at);
        }
    });
}

/// Does something with a till and stops after every single statement of it, and in the middle of every page the
/// last one writes. Answers what it stopped after.
pub(crate) fn stop_everywhere(shop: Shop, act: impl FnOnce(&mut Shop)) -> Vec<String> {
    stop_at_each(1, shop, act)
}

/// The same after each so-manyth statement and page, of what writes a great many.
pub(crate) fn stop_at_each(every: usize, mut shop: Shop, act: impl FnOnce(&mut Shop)) -> Vec<String> {
    let before = Picture::of(&mut shop.till);
    let old_log = fs::read(wal(&shop.path())).unwrap();
    let recorder = recorded(every, &mut shop, act);
    let after = Picture::of(&mut shop.till);
    assert_ne!(before, after);
    let pictures: Vec<Picture> =
        recorder.copied.iter().map(|at| Picture::of_files(&recorder.copy(*at))).collect();
    for (picture, at) in pictures.iter().zip(&recorder.copied) {
        let sql = &recorder.statements[*at];
        assert!(*picture == before || *picture == after, "half done after {sql}: {picture:#?}");
    }
    assert_eq!(pictures.last(), Some(&after), "not on disk when it was answered");
    assert_eq!(pictures[0], before);
    tear_the_log(every, &shop, (old_log.as_slice(), [&before, &after]));
    recorder.statements
}

/// Stops after every statement of what is done in several transactions, each of it whole. Answers how many changed something.
pub(crate) fn stop_in_stages(mut shop: Shop, act: impl FnOnce(&mut Shop)) -> usize {
    let before = *shop.till.chain_head();
    let recorder = recorded(1, &mut shop, act);
    let mut stages: Vec<Picture> = Vec::new();
    for (at, sql) in recorder.statements.iter().enumerate() {
        let picture = Picture::of_files(&recorder.copy(at));
        if stages.last() != Some(&picture) {
            assert!(stages.is_empty() || sql == "COMMIT", "half done after {sql}: {picture:#?}");
            stages.push(picture);
        }
    }
    let head = |stage: Option<&Picture>| stage.map(|picture| picture.head);
    assert_eq!(head(stages.first()), Some(before));
    assert_eq!(head(stages.last()), Some(*shop.till.chain_head()), "not on disk when it was answered");
    stages.len() - 1
}

/// Does something beside a till, such as a sender does, and stops after every statement of it: the rows of the tables are as
/// before or as after it, and the till starts. Answers what it stopped after.
pub(crate) fn stop_beside(mut shop: Shop, tables: &[&str], act: impl FnOnce(&mut Shop)) -> Vec<String> {
    let before = rows(&shop.path(), tables);
    let recorder = recorded(1, &mut shop, act);
    let after = rows(&shop.path(), tables);
    assert_ne!(before, after);
    let mut last = None;
    for at in &recorder.copied {
        let (copy, sql) = (recorder.copy(*at), &recorder.statements[*at]);
        let seen = rows(&copy, tables);
        assert!(seen == before || seen == after, "half done after {sql}: {seen:#?}");
        let till = Till::open(copy.as_path(), ManualShell::starting(morning(), 9)).unwrap();
        assert!(matches!(till.verify().unwrap(), Verification::Whole(_)), "{sql}");
        last = Some(seen);
    }
    assert_eq!(last, Some(after), "not on disk when it was answered");
    recorder.statements
}

/// All rows of tables, as they stand in a file.
fn rows(path: &Path, tables: &[&str]) -> Vec<String> {
    let disk = rusqlite::Connection::open(path).unwrap();
    let mut all = Vec::new();
    for table in tables {
        let mut select = disk.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = select.column_count();
        let mut found = select.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let values: Vec<rusqlite::types::Value> =
                (0..columns).map(|column| row.get(column).unwrap()).collect();
            all.push(format!("{table} {values:?}"));
        }
    }
    all.sort();
    all
}

/// Erases somebody and stops after every statement of it. Whoever finds it half done and asks again wipes out what is left;
/// `forget` is told whether the person is erased already.
pub(crate) fn stop_while_forgetting(mut shop: Shop, name: &str, forget: impl Fn(&mut Till, bool)) {
    let before = Picture::of(&mut shop.till);
    let recorder = recorded(1, &mut shop, |shop| forget(&mut shop.till, false));
    let after = Picture::of(&mut shop.till);
    assert!(!holds(&shop.path(), name), "wiped out when it was answered");
    let (mut stages, mut is_left) = (Vec::new(), false);
    for (at, sql) in recorder.statements.iter().enumerate() {
        let copy = recorder.copy(at);
        is_left |= holds(&copy, name);
        let picture = Picture::of_files(&copy);
        let is_erased = picture == after;
        assert!(is_erased || picture == before, "half done after {sql}: {picture:#?}");
        let mut till = Till::open(copy.as_path(), ManualShell::starting(morning(), 9)).unwrap();
        forget(&mut till, is_erased);
        drop(till);
        assert!(!holds(&copy, name), "after {sql} something of them is left");
        stages.push(is_erased);
    }
    assert!(is_left, "the name was never looked for");
    assert!(stages.is_sorted(), "{stages:?}");
    let wiping = stages.iter().filter(|is_erased| **is_erased).count();
    assert!(wiping >= 2, "the commit, and what wipes the rest out: {:?}", recorder.statements);
}

/// Does something with a till and copies its files meanwhile.
fn recorded(every: usize, shop: &mut Shop, act: impl FnOnce(&mut Shop)) -> Recorder {
    let recorder = Recorder {
        from: shop.path(),
        folder: tempfile::tempdir().unwrap(),
        every,
        statements: Vec::new(),
        copied: Vec::new(),
    };
    RECORDER.set(Some(recorder));
    shop.till.trace(Some(after_statement));
    act(shop);
    shop.till.trace(None);
    RECORDER.take().unwrap()
}

/// Whether a text is anywhere in a till's files.
fn holds(path: &Path, text: &str) -> bool {
    let mut bytes = fs::read(path).unwrap();
    bytes.extend(fs::read(wal(path)).unwrap_or_default());
    bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}

/// The power fails while the log is written: it ends in the middle of a page, or the page holds rubbish.
fn tear_the_log(every: usize, shop: &Shop, (old, [before, after]): (&[u8], [&Picture; 2])) {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("torn.saleflex");
    let log = fs::read(wal(&shop.path())).unwrap();
    assert!(log.starts_with(old) && log.len() > old.len());
    let opened = |log: &[u8]| {
        fs::copy(shop.path(), &copy).unwrap();
        fs::write(wal(&copy), log).unwrap();
        Picture::of_files(&copy)
    };
    // A page stands in the log behind a head of its own; the log's head says how long a page is.
    let page = u32::from_be_bytes([log[8], log[9], log[10], log[11]]);
    let page = usize::try_from(page).unwrap() + 24;
    let pages = (log.len() - old.len()) / page;
    for end in (0..pages).step_by(every).flat_map(|at| [at * page, at * page + 10, at * page + page - 1]) {
        assert!(opened(&log[..old.len() + end]) == *before, "torn after {end} bytes");
    }
    let mut rubbish = log.clone();
    let last = rubbish.len() - 100;
    rubbish[last] ^= 1;
    assert!(opened(&rubbish) == *before);
    assert!(opened(&log) == *after);
}
