//! Real programs on the loopback: a till that sells by script, the store's hub and the company's. One after the other is
//! killed without warning while it works, and where PostgreSQL is installed the company's database too; in the end all
//! three agree to the cent.
//!
//! `SALEFLEX_SALES` says how many sales; ten thousand are run by hand.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use saleflex_core::journal::Entry;
use saleflex_gate::{
    Codes, Delivered, Hub,
    db::{Books, Postgres, Sqlite},
    settings::Settings,
};
use saleflex_store::{Till, shell::ManualShell, verify::Verification};
use tempfile::TempDir;
use xtask::postgres::{self, Server};

const OFFICE_CODE: &str = "OFC-1";
const STORE_CODE: &str = "STORE-1";
/// Sales of one run of the till's program.
const SALES_A_RUN: u64 = 20;

/// Where cargo puts programs: beside the folder of this test's own.
fn program(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let target = test.parent().and_then(Path::parent).expect("tests are built two folders below the target");
    let path = target.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is not built: run the tests of the whole workspace", path.display());
    path
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

/// A hub's program with its database and its port.
struct Node {
    /// A file, or the URL of a server.
    database: String,
    /// Its profile too.
    name: &'static str,
    port: u16,
    upstream: Option<(String, String)>,
    running: Option<Child>,
}

impl Node {
    fn new(database: String, name: &'static str) -> Self {
        let node = Self { database, name, port: free_port(), upstream: None, running: None };
        node.run(&["store", OFFICE_CODE, STORE_CODE, "Store", "--currency", "GBP"]);
        node
    }

    fn command(&self) -> Command {
        let mut command = Command::new(program("saleflex-gate"));
        command.env("SALEFLEX_GATE_DATABASE", &self.database).env("RUST_LOG", "error").stdin(Stdio::null());
        if let Some((address, token)) = &self.upstream {
            command.env("SALEFLEX_GATE_UPSTREAM", address).env("SALEFLEX_GATE_UPSTREAM_TOKEN", token);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        said(&output)
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Starts it and waits until it listens.
    fn start(&mut self) {
        let mut serving = self.command();
        serving.args(["serve", "--profile", self.name, "--listen", &self.address()]);
        let mut child = serving.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        // A store's hub that nobody owns prints the code of its first person before.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert!(lines.any(|line| line.contains("listens on")), "it does not listen");
        self.running = Some(child);
    }

    /// Kills it without warning.
    fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The value behind a heading of what `saleflex-gate terminal` prints.
fn printed<'a>(text: &'a str, heading: &str) -> &'a str {
    let line = text.lines().find(|line| line.starts_with(heading)).expect("the line is printed");
    line.rsplit(' ').next().unwrap()
}

struct Shop {
    gate: Node,
    office: Node,
    /// Where the company's hub keeps its books, unless in a file.
    server: Option<Server>,
    folder: TempDir,
}

impl Shop {
    fn open(server: Option<Server>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        let books = server.as_ref().map_or_else(|| file("gate.sqlite"), |server| server.url.clone());
        let mut gate = Node::new(books, "gate");
        let node = gate.run(&["terminal", OFFICE_CODE, STORE_CODE, "NODE", "--node"]);
        let token = printed(&node, "secret of the device").to_owned();
        gate.start();
        let mut office = Node::new(file("office.sqlite"), "office");
        office.upstream = Some((format!("http://{}", gate.address()), token));
        let till = office.run(&["terminal", OFFICE_CODE, STORE_CODE, "TILL-1"]);
        let code = printed(&till, "enrolment code").to_owned();
        office.start();
        let shop = Self { gate, office, server, folder };
        shop.script(1);
        shop.till(&["sell", "--demo", "--script", "day.sale"]).output().unwrap();
        let enrol = [
            "sync",
            "enrol",
            "--office",
            "--address",
            &shop.office.address(),
            "--code",
            &code,
            "--user",
            "admin",
        ];
        let enrolled = shop.till(&enrol).output().unwrap();
        assert!(enrolled.status.success(), "{}", said(&enrolled));
        shop
    }

    fn till(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program("saleflex"));
        command.current_dir(&self.folder).args(["--time-zone", "UTC", "--data", "till.saleflex"]);
        command.args(arguments).env("SALEFLEX_SECRET", "1111");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn script(&self, sales: u64) {
        let sale = "sell 10101\npay cash 50\n".repeat(usize::try_from(sales).unwrap());
        fs::write(self.folder.path().join("day.sale"), format!("login admin 1111\n{sale}")).unwrap();
    }

    /// Lets the till sell and kills one of the others, or it, in the middle of it.
    fn sell(&mut self, round: u64) {
        self.script(SALES_A_RUN);
        let mut selling =
            self.till(&["sell", "--demo", "--keep-going", "--script", "day.sale"]).spawn().unwrap();
        // How long the others work before one of them dies differs from round to round.
        let patience = Duration::from_millis(40 + (round * 37) % 200);
        let ended = wait_for(&mut selling, patience);
        match round % 5 {
            0 => self.office.kill(),
            1 => self.gate.kill(),
            2 if !ended => drop(selling.kill()),
            3 => {
                if let Some(server) = &self.server {
                    server.crash_and_restart().unwrap();
                }
            }
            _ => {}
        }
        selling.wait().unwrap();
        for node in [&mut self.gate, &mut self.office] {
            if node.running.is_none() {
                node.start();
            }
        }
    }

    /// Nothing waits any more: neither at the till nor in the store.
    fn settle(&mut self) {
        for _ in 0..100 {
            let pushed = self.till(&["sync", "push"]).output().unwrap();
            let relayed = self.office.run(&["relay", "status"]);
            if said(&pushed).contains(", 0 wait\n") && relayed.starts_with("0 of ") {
                return;
            }
            wait_a_little();
        }
        panic!("it does not come to rest: {}", self.office.run(&["relay", "status"]));
    }
}

/// Waits for a program to end, so long; answers whether it has.
fn wait_for(child: &mut Child, patience: Duration) -> bool {
    for _ in 0..patience.as_millis() / 10 {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        wait_a_little();
    }
    false
}

/// A hundredth of a second, by waiting for a word that nobody says.
fn wait_a_little() {
    let (_keep, silence) = std::sync::mpsc::channel::<()>();
    assert!(silence.recv_timeout(Duration::from_millis(10)).is_err());
}

/// Keys and sum of what a hub's books hold of the till.
fn held(database: &str) -> (BTreeSet<String>, i64) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let books = if database.starts_with("postgres://") {
        let _inside = runtime.enter();
        Books::open(Postgres::connect(database).unwrap())
    } else {
        Books::open(Sqlite::open(Path::new(database)).unwrap())
    };
    let hub = Hub::new(books.unwrap(), Settings::default(), || chrono::DateTime::UNIX_EPOCH);
    let [office, store, terminal] = [OFFICE_CODE, STORE_CODE, "TILL-1"].map(str::to_owned);
    let delivered = runtime.block_on(async {
        let company = hub.register(Codes { office, store, terminal }, 1).await.unwrap().company;
        hub.delivered(company).await.unwrap()
    });
    let entries = delivered.iter().map(|event| Entry::from_bytes(event.body.as_bytes()).unwrap());
    let sum = entries.map(|entry| net_due(&entry)).sum();
    (delivered.iter().map(Delivered::key).collect(), sum)
}

fn net_due(entry: &Entry) -> i64 {
    entry.effects.completed.iter().map(|completed| completed.document().totals.net_due.minor()).sum()
}

#[test]
fn whoever_is_killed_while_the_till_sells_all_three_agree_to_the_cent() {
    sell_and_compare(None);
}

#[test]
fn a_database_server_that_crashes_while_the_till_sells_loses_nothing_and_doubles_nothing() {
    // Where PostgreSQL is not installed there is nothing to crash.
    if let Some(server) = postgres::start().unwrap() {
        sell_and_compare(Some(server));
    }
}

fn sell_and_compare(server: Option<Server>) {
    let sales: u64 = env::var("SALEFLEX_SALES").ok().and_then(|text| text.parse().ok()).unwrap_or(160);
    let mut shop = Shop::open(server);
    for round in 0..sales.div_ceil(SALES_A_RUN) {
        shop.sell(round);
    }
    shop.settle();
    shop.gate.kill();
    shop.office.kill();
    let clock = ManualShell::starting("2030-01-01T00:00:00Z".parse().unwrap(), 1);
    let till = Till::open(shop.folder.path().join("till.saleflex"), clock).unwrap();
    assert!(matches!(till.verify().unwrap(), Verification::Whole(_)));
    let entries: Vec<Entry> = (1..=till.chain_head().seq).map(|seq| till.entry(seq).unwrap()).collect();
    let travelled = entries.iter().filter(|entry| entry.kind().travels());
    let keys: BTreeSet<String> = travelled
        .map(|entry| {
            let kind = saleflex_sync::wire::EventKind::of(entry.kind().name());
            saleflex_sync::wire::PushItem::key_of("TILL-1", &kind, entry.entity, entry.revision().unwrap())
        })
        .collect();
    let sum: i64 = entries.iter().map(net_due).sum();
    assert!(sum > 0);
    for node in [&shop.office, &shop.gate] {
        let (held, total) = held(&node.database);
        assert_eq!(held, keys, "{} has other events than the till", node.name);
        assert_eq!(total, sum, "{} does not agree", node.name);
    }
}
