//! A customer who is registered at one till is found at another, and what both change of them comes to the same at both.

use chrono::TimeDelta;
use saleflex_core::{
    document::{AddLine, Command},
    ids::CustomerId,
    loyalty::{PointsAuthority, Who},
    quantity::Points,
};
use saleflex_gate::{Codes, settings::Settings};
use saleflex_store::{Till, customer::NewCustomer, demo, shell::ManualShell};
use saleflex_sync::{
    plan::{Intervals, Schedule},
    points::HubPoints,
    till::{TillInbox, TillOutbox, take_over},
    wire::{Secret, Sender},
    worker::{Device, Worker},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::{
    node::folder,
    shop::{Node, TILL, node, opening, settle, to},
};

const HUB: &str = "office";

/// A till with its connection.
struct Station {
    // Dropped before the folder it lives in.
    sending: Worker<TillOutbox, TillInbox>,
    till: Till,
    clock: ManualShell,
    secret: String,
    hours: u64,
    _folder: TempDir,
}

impl Station {
    fn new(runtime: &Runtime, hub: &Node, code: &str, seed: u64) -> Self {
        let [office_code, store_code, terminal_code] =
            ["OFC-HIGH-STREET", "HIGH-STREET", code].map(str::to_owned);
        let codes =
            Codes { office: office_code.clone(), store: store_code.clone(), terminal: terminal_code.clone() };
        let registered = runtime.block_on(hub.hub.register_next(codes)).unwrap();
        let folder = folder();
        // The hub's clock stands still; what is changed is earlier.
        let clock = ManualShell::starting(opening() - TimeDelta::days(1), seed);
        let mut setup = demo::corner_market(&mut clock.clone());
        code.clone_into(&mut setup.identity.terminal_code);
        setup.customers.clear();
        for program in &mut setup.programs {
            (program.welcome, program.require_phone) = (Points::new(200), false);
        }
        let mut till = Till::create(folder.path().join("till.saleflex"), setup, clock.clone()).unwrap();
        till.log_in("admin", "1111").unwrap();
        till.add_connector(HUB).unwrap();
        let device = Device {
            terminal: till.identity().terminal.uuid(),
            token: Some(Secret::new(&registered.secret)),
            software_version: "test".to_owned(),
        };
        let sender = Sender { office_code, store_code, terminal_code };
        let outbox = TillOutbox::new(till.outbox(HUB).unwrap(), sender);
        let inbox = TillInbox::new(till.inbox(HUB).unwrap());
        let sending = Worker::new(outbox, inbox, Schedule::new(Intervals::OFFICE, false), device);
        Self { sending, till, clock, secret: registered.secret, hours: 0, _folder: folder }
    }

    /// Tells the hub what waits, and takes over what it has.
    fn meet(&mut self, hub: &Node, runtime: &Runtime) {
        self.hours += 1;
        let waiting = settle(&mut self.sending, &mut to(hub, runtime), self.hours).unwrap();
        assert_eq!(waiting, 0);
        while take_over(&mut self.till, HUB, &[], 1_000).unwrap().is_more {}
    }

    /// What the hub has of somebody's points.
    fn points_at(&self, hub: &Node, runtime: &Runtime, id: CustomerId) -> Points {
        let shown = || Some(Secret::new(&self.secret));
        let mut points = HubPoints::new(to(hub, runtime), shown, Uuid::nil);
        points.lookup(&Who::Customer(id)).unwrap().balance
    }

    /// Puts somebody on a sale that comes to nothing.
    fn put_on_a_sale(&mut self, id: CustomerId) {
        let code = self.till.catalog().search("milk", 1)[0].code().to_owned();
        self.till.execute(Command::AddLine(AddLine::code(code))).unwrap();
        self.till.assign_customer(Some(id)).unwrap();
        self.till.execute(Command::Cancel { reason: None }).unwrap();
    }

    fn known(&self, id: CustomerId) -> [Option<String>; 3] {
        let details = self.till.person(id).unwrap().unwrap().details;
        [details.phone, details.email, details.note]
    }
}

#[test]
fn who_is_registered_at_one_till_is_found_at_another_and_of_what_both_change_the_latest_holds() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let hub = node(&runtime, Settings::default(), TILL).unwrap();
    let mut one = Station::new(&runtime, &hub, "TILL-A", 1);
    let mut other = Station::new(&runtime, &hub, "TILL-B", 2);
    let text = |text: &str| Some(text.to_owned());
    let mut ida = NewCustomer::named("N-7", "Ida Rhodes");
    ida.details.phone = text("0532 111 22 33");
    let id = one.till.add_customer(&ida).unwrap();
    for station in [&mut one, &mut other] {
        station.meet(&hub, &runtime);
    }
    let found = other.till.find_customers("0532 111 22 33", 5).unwrap();
    assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), [id]);
    // Neither hears of the other meanwhile; the one that was earlier is heard last.
    let mut earlier = ida.clone();
    (earlier.details.email, earlier.details.note) = (text("early@example.com"), text("by telephone"));
    one.clock.advance(TimeDelta::hours(1));
    one.till.change_customer(id, &earlier).unwrap();
    let mut later = ida.clone();
    later.details.email = text("late@example.com");
    other.clock.advance(TimeDelta::hours(2));
    other.till.change_customer(id, &later).unwrap();
    for _ in 0..2 {
        for station in [&mut other, &mut one] {
            station.meet(&hub, &runtime);
        }
    }
    let expected = [text("0532 111 22 33"), text("late@example.com"), text("by telephone")];
    assert_eq!((one.known(id), other.known(id)), (expected.clone(), expected));
    assert!(one.till.verify().is_ok() && other.till.verify().is_ok());
}

#[test]
fn whoever_joins_by_being_put_on_a_sale_has_their_welcome_at_the_hub_once_whatever_becomes_of_the_sale() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let hub = node(&runtime, Settings::default(), TILL).unwrap();
    let mut one = Station::new(&runtime, &hub, "TILL-A", 1);
    let mut other = Station::new(&runtime, &hub, "TILL-B", 2);
    let id = one.till.add_customer(&NewCustomer::named("N-7", "Ida Rhodes")).unwrap();
    one.put_on_a_sale(id);
    for station in [&mut one, &mut other] {
        station.meet(&hub, &runtime);
    }
    assert_eq!(one.points_at(&hub, &runtime, id), Points::new(200));
    // The other till books its own welcome, which is the same one.
    other.put_on_a_sale(id);
    other.meet(&hub, &runtime);
    for station in [&one, &other] {
        assert_eq!(station.till.membership(id).unwrap().unwrap().balance(), Points::new(200));
        assert_eq!(station.points_at(&hub, &runtime, id), Points::new(200));
        assert!(station.till.verify().is_ok());
    }
}
