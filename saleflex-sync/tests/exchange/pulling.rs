//! What a till takes over from a hub: whole or not at all, in any order, between documents, and nothing that is its
//! own.

mod campaigns;
mod deciding;
mod goods;
mod people;
mod price_lists;
mod programs;
mod segments;
mod texts;
mod together;

use chrono::{DateTime, Utc};
use saleflex_core::ids::ProductId;
use saleflex_store::Till;
use saleflex_sync::{
    inbox::Inbox,
    plan::Came,
    pull,
    till::{TakenOver, TillInbox, take_over},
    wire::{Change, Cursor, Domain, Notification, notification::NotificationKind},
    worker::watch::{self, Heard},
};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::support::{dice::Dice, hub::Hub, network::Network, shop};

const RATE: u128 = 1;
const UNIT: u128 = 2;
const MAIN: u128 = 3;
const SUB: u128 = 4;
const TEA: u128 = 10;
const BARCODE: u128 = 20;

struct Market {
    till: Till,
    hub: Hub,
    _folder: TempDir,
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn row(resource: &str, of: u128, fields: Value) -> Change {
    let Value::Object(row) = fields else { panic!("a row is an object") };
    Change { resource: resource.to_owned(), id: id(of), version: 0, is_deleted: false, row }
}

fn tea(price: &str) -> Change {
    row(
        "products",
        TEA,
        json!({
            "code": "TEA-1", "name": "Black tea", "sale_price": price, "stock": 999,
            "fk_department_main_group_id": id(MAIN), "fk_department_sub_group_id": id(SUB),
            "fk_product_unit_id": id(UNIT), "fk_vat_id": id(RATE), "is_allowed_discount": false
        }),
    )
}

/// What tea needs, parents first.
fn parents() -> Vec<Change> {
    vec![
        row("vat_rates", RATE, json!({"no": 77, "name": "VAT 8 %", "rate": "8.00"})),
        row("product_units", UNIT, json!({"code": "BOX", "name": "box"})),
        row(
            "department_main_groups",
            MAIN,
            json!({"code": "88", "name": "Hot drinks", "fk_vat_id": id(RATE)}),
        ),
        row("department_sub_groups", SUB, json!({"code": "880", "name": "Tea", "main_group_id": id(MAIN)})),
    ]
}

fn barcode() -> Change {
    row("product_barcodes", BARCODE, json!({"barcode": "4006381333931", "fk_product_id": id(TEA)}))
}

impl Market {
    fn open() -> Self {
        let (folder, clock) = (shop::folder(), shop::clock(3));
        let till = shop::new_till(&shop::file(&folder, 0), &clock, "T1");
        Self { till, hub: Hub { page: 2, ..Hub::default() }, _folder: folder }
    }

    /// The hub changes these.
    fn change(&mut self, changes: impl IntoIterator<Item = Change>) {
        for mut change in changes {
            change.version = u64::try_from(self.hub.changes.len()).unwrap() + 1;
            self.hub.changes.push(change);
        }
    }

    fn inbox(&self) -> TillInbox {
        TillInbox::new(self.till.inbox(shop::HUB).unwrap())
    }

    fn page(&mut self, inbox: &mut TillInbox) -> Came {
        let (mut dice, mut late) = (Dice::of(1), Vec::new());
        let mut network =
            Network { hub: &mut self.hub, dice: &mut dice, terminal: "T1", faults: 0, late: &mut late };
        pull::pull(inbox, &mut network, now(), None).unwrap()
    }

    fn pull(&mut self) {
        let mut inbox = self.inbox();
        loop {
            let came = self.page(&mut inbox);
            let Came::Pulled { has_more } = came else { panic!("no page came: {came:?}") };
            if !has_more {
                break;
            }
        }
    }

    fn take_over(&mut self) -> TakenOver {
        self.take_over_but(&[])
    }

    fn take_over_but(&mut self, kept: &[Domain]) -> TakenOver {
        take_over(&mut self.till, shop::HUB, kept, 100).unwrap()
    }

    fn price(&self) -> Option<String> {
        let product = self.till.catalog().product(ProductId::new(id(TEA)))?;
        Some(product.price().to_string())
    }
}

fn now() -> DateTime<Utc> {
    "2025-04-06T08:00:00Z".parse().unwrap()
}

#[test]
fn products_with_all_they_need_are_sold_after_a_pull() {
    let mut market = Market::open();
    market.change(parents());
    market.change([tea("3.20"), barcode()]);
    market.pull();
    assert_eq!(market.take_over(), TakenOver { taken: 6, ..TakenOver::default() });
    assert_eq!(market.price().as_deref(), Some("3.2"));
    let found = market.till.catalog().search("black tea", 1);
    assert_eq!(found[0].department().0, 880);
    // Stock is the till's own.
    assert!(market.till.stock(ProductId::new(id(TEA))).unwrap().is_none());
    assert_eq!(market.take_over(), TakenOver::default());
}

#[test]
fn what_the_hub_sets_of_the_settings_is_in_force_between_documents_and_leaves_the_tills_own_alone() {
    let mut market = Market::open();
    let own = market.till.settings().clone();
    let set =
        |days: u16| row("till_settings", 50, json!({"suspended_days": days, "idle": {"locks_after_s": 90}}));
    market.change([set(7)]);
    market.pull();
    assert_eq!(market.take_over(), TakenOver { taken: 1, ..TakenOver::default() });
    let now = market.till.settings().clone();
    assert_eq!((now.suspended_days, now.idle.locks_after_s), (Some(7), Some(90)));
    assert_eq!((now.training, &now.policy, &now.stock), (own.training, &own.policy, &own.stock));
    // What is the till's own is held with the reason, and changes nothing.
    market.change([row("till_settings", 50, json!({"training": true}))]);
    market.pull();
    assert_eq!(market.take_over(), TakenOver { held: 1, ..TakenOver::default() });
    assert_eq!(*market.till.settings(), now);
    let held = market.till.held_rows(shop::HUB, 10).unwrap();
    assert!(format!("{held:?}").contains("`training` is not set by a hub"), "{held:?}");
    // A till that keeps its settings to itself does.
    market.change([set(9)]);
    market.pull();
    assert_eq!(market.take_over_but(&[Domain::Settings]), TakenOver::default());
    assert_eq!(market.till.settings().suspended_days, Some(7));
    assert_eq!(market.take_over().taken, 1);
    assert_eq!(market.till.settings().suspended_days, Some(9));
    assert!(market.till.verify().is_ok());
}

#[test]
fn a_child_before_its_parent_waits_and_says_for_what() {
    let mut market = Market::open();
    market.change([barcode(), tea("3.20")]);
    market.pull();
    assert_eq!(market.take_over().held, 2);
    let state = market.till.pull_state(shop::HUB).unwrap();
    assert_eq!((state.waiting, state.held), (2, 2));
    market.change(parents());
    market.pull();
    assert_eq!(market.take_over(), TakenOver { taken: 6, ..TakenOver::default() });
    assert!(market.price().is_some());
}

#[test]
fn a_row_that_does_not_fit_stops_no_other() {
    let mut market = Market::open();
    market.change(parents());
    let mut bad = tea("-1");
    bad.id = id(11);
    bad.row.insert("code".to_owned(), json!("TEA-2"));
    market.change([bad, tea("3.20")]);
    market.pull();
    let taken = market.take_over();
    assert_eq!((taken.taken, taken.held), (5, 1));
    assert!(market.price().is_some());
}

#[test]
fn a_department_that_does_not_fit_keeps_no_tax_rate_from_the_till() {
    let mut market = Market::open();
    market.change(parents());
    market.pull();
    market.take_over();
    let orphan =
        row("department_sub_groups", 44, json!({"code": "901", "name": "Lost", "main_group_id": id(SUB)}));
    let rate = row("vat_rates", 45, json!({"no": 78, "name": "New law", "rate": "21"}));
    market.change([orphan, rate]);
    market.pull();
    let taken = market.take_over();
    assert_eq!((taken.taken, taken.held), (1, 1), "{:?}", market.till.held_rows(shop::HUB, 10));
    assert!(market.till.catalog().reference().tax_rates.iter().any(|rate| rate.no == 78));
    let end = *market.till.chain_head();
    assert_eq!(market.take_over().held, 1);
    assert_eq!(*market.till.chain_head(), end, "what still does not fit writes nothing");
}

#[test]
fn after_a_snapshot_of_a_restored_hub_its_older_price_is_in_force() {
    let mut market = Market::open();
    market.change(parents());
    market.change([tea("3.20"), barcode()]);
    for price in ["3.40", "3.60"] {
        market.change([tea(price)]);
    }
    market.pull();
    market.take_over();
    market.hub = Hub { page: 2, ..Hub::default() };
    market.change(parents());
    market.change([tea("9.99"), barcode()]);
    market.inbox().start_over().unwrap();
    market.pull();
    market.take_over();
    assert_eq!(market.price().as_deref(), Some("9.99"));
}

#[test]
fn a_price_changes_between_documents_only() {
    let mut market = Market::open();
    market.change(parents());
    market.change([tea("3.20")]);
    market.pull();
    market.take_over();
    shop::add_a_line(&mut market.till);
    market.change([tea("9.99")]);
    market.pull();
    assert!(market.take_over().is_put_off);
    assert_eq!(market.price().as_deref(), Some("3.2"));
    shop::pay(&mut market.till);
    assert_eq!(market.take_over().taken, 1);
    assert_eq!(market.price().as_deref(), Some("9.99"));
}

#[test]
fn stock_that_was_sold_here_and_not_sent_yet_is_not_overwritten_by_the_hub() {
    let mut market = Market::open();
    let (milk, code) = {
        let milk = market.till.catalog().search("milk", 1)[0];
        (milk.id(), milk.code().to_owned())
    };
    let on_hand = |market: &Market| market.till.stock(milk).unwrap().unwrap().on_hand;
    let before = on_hand(&market);
    shop::sell(&mut market.till);
    let sold = on_hand(&market);
    assert!(sold < before);
    let mut fields = tea("7.70").row;
    fields.insert("code".to_owned(), json!(code));
    let level = json!({"fk_product_id": milk.uuid(), "quantity": 999});
    market.change(parents());
    market.change([
        row("products", milk.uuid().as_u128(), Value::Object(fields)),
        row("warehouse_product_stock", 90, level),
    ]);
    market.pull();
    market.take_over();
    let price = market.till.catalog().product(milk).unwrap().price().to_string();
    assert_eq!((price.as_str(), on_hand(&market)), ("7.7", sold));
}

#[test]
fn an_interruption_at_any_page_repeats_at_most_that_page() {
    for stop_after in 0..4 {
        let mut market = Market::open();
        market.change(parents());
        market.change([tea("3.20"), barcode()]);
        let mut inbox = market.inbox();
        for _ in 0..stop_after {
            market.page(&mut inbox);
        }
        drop(inbox);
        market.pull();
        market.take_over();
        assert_eq!(market.price().as_deref(), Some("3.2"), "stopped after {stop_after}");
    }
}

#[test]
fn an_older_state_of_a_row_changes_nothing() {
    let mut market = Market::open();
    market.change(parents());
    market.change([tea("3.20"), tea("4.40")]);
    market.hub.changes.swap(4, 5);
    market.pull();
    market.take_over();
    assert_eq!(market.price().as_deref(), Some("4.4"));
}

#[test]
fn what_is_deleted_at_the_hub_goes_and_comes_back_when_it_does() {
    let mut market = Market::open();
    market.change(parents());
    market.change([tea("3.20")]);
    market.pull();
    market.take_over();
    let mut gone = tea("3.20");
    (gone.is_deleted, gone.row) = (true, Map::new());
    market.change([gone]);
    market.pull();
    market.take_over();
    assert_eq!(market.price(), None);
    market.change([tea("5.00")]);
    market.pull();
    market.take_over();
    assert_eq!(market.price().as_deref(), Some("5"));
}

#[test]
fn a_unit_comes_with_what_it_measures_and_keeps_it_where_the_hub_says_nothing_of_it() {
    let mut market = Market::open();
    let row = |more: Value| {
        let mut fields = json!({"code": "CRATE", "name": "crate"});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row("product_units", 31, fields)
    };
    let factor = |market: &Market| {
        let unit = market.till.catalog().units().iter().find(|unit| unit.code == "CRATE")?;
        unit.measure.map(|measure| measure.factor.to_string())
    };
    for (more, known) in [
        (json!({"kind": "count", "factor": "12"}), "12"),
        (json!({}), "12"),
        (json!({"kind": "count", "factor": 24}), "24"),
        // What cannot be waits, and what was there stays.
        (json!({"kind": "count"}), "24"),
        (json!({"kind": "many", "factor": "6"}), "24"),
        (json!({"kind": "count", "factor": "0"}), "24"),
    ] {
        market.change([row(more.clone())]);
        market.pull();
        market.take_over();
        assert_eq!(factor(&market).as_deref(), Some(known), "{more}");
    }
}

#[test]
fn a_cursor_that_is_too_old_brings_a_snapshot_and_what_it_lacks_is_gone() {
    let mut market = Market::open();
    market.change(parents());
    market.change([tea("3.20")]);
    market.pull();
    market.take_over();
    // The tea goes, and the hub forgets that there ever was one.
    market.hub.changes.pop();
    let mut gone = tea("3.20");
    gone.is_deleted = true;
    market.change([gone]);
    market.change([row("product_units", 30, json!({"code": "BAG", "name": "bag"}))]);
    market.hub.forgotten = 100;
    let mut inbox = market.inbox();
    assert_eq!(market.page(&mut inbox), Came::CursorExpired);
    assert_eq!(inbox.cursor().unwrap(), None);
    market.hub.changes.retain(|change| !change.is_deleted);
    market.hub.forgotten = 0;
    market.pull();
    market.take_over();
    assert_eq!(market.price(), None);
    assert!(market.till.catalog().reference().units.iter().any(|unit| unit.code == "BAG"));
}

#[test]
fn a_hub_whose_cursor_stands_still_is_not_asked_for_ever() {
    let mut market = Market::open();
    market.change(parents());
    market.pull();
    let mut inbox = market.inbox();
    assert_eq!(inbox.cursor().unwrap(), Some(Cursor::of_change(4)));
    assert_eq!(market.page(&mut inbox), Came::Pulled { has_more: false });
}

#[test]
fn a_message_comes_once_and_the_hub_hears_that_it_was_read() {
    let mut market = Market::open();
    let message = |of: u128, kind: NotificationKind| Notification {
        id: id(of),
        kind,
        title: "Delivery".to_owned(),
        body: "The milk is late.".to_owned(),
        source_terminal_id: None,
        created_at: now(),
        expires_at: None,
        requires_ack: true,
    };
    market.hub.messages =
        vec![message(1, NotificationKind::TerminalMessage), message(2, NotificationKind::PriceChange)];
    let mut inbox = market.inbox();
    let mut ask = |hub: &mut Hub| {
        let (mut dice, mut late) = (Dice::of(1), Vec::new());
        let mut network = Network { hub, dice: &mut dice, terminal: "T1", faults: 0, late: &mut late };
        pull::notifications(&mut inbox, &mut network, None).unwrap()
    };
    assert_eq!(ask(&mut market.hub), Came::Notified { pull: true });
    assert_eq!(ask(&mut market.hub), Came::Notified { pull: false });
    assert_eq!(market.till.messages(now()).unwrap().len(), 2);
    assert!(market.till.message_read(id(1)).unwrap());
    assert!(!market.till.message_read(id(1)).unwrap());
    assert_eq!(market.till.messages(now()).unwrap().len(), 1);
    ask(&mut market.hub);
    assert!(market.hub.read.contains(&id(1)) && market.hub.read.len() == 1);
}

const CAMPAIGN: u128 = 30;
const TYPE: u128 = 31;
const COUPON: u128 = 32;
const GRACE: u128 = 40;

/// Ten percent off everything, in the shape of the older hub.
fn campaign(rate: &str) -> Vec<Change> {
    vec![
        row("campaign_types", TYPE, json!({"code": "BASKET_DISCOUNT", "name": "Basket", "is_active": true})),
        row(
            "campaigns",
            CAMPAIGN,
            json!({
                "code": "ALL10", "name": "Off everything", "fk_campaign_type_id": id(TYPE), "priority": 10,
                "discount_type": "PERCENTAGE", "discount_percentage": rate, "discount_value": null,
                "is_active": true, "is_auto_apply": true, "requires_coupon": false, "is_combinable": false,
            }),
        ),
    ]
}

impl Market {
    /// What the open document comes to.
    fn due(&self) -> i64 {
        self.till.draft().unwrap().totals.net_due.minor()
    }
}

#[test]
fn a_campaign_of_the_hub_is_in_force_for_the_next_document_and_never_in_an_open_one() {
    let mut market = Market::open();
    shop::add_a_line(&mut market.till);
    let full = market.due();
    market.change(campaign("10.00"));
    market.pull();
    assert!(market.take_over().is_put_off);
    shop::add_a_line(&mut market.till);
    assert_eq!(market.due(), 2 * full, "an open document keeps the prices it began with");
    shop::pay(&mut market.till);
    assert_eq!(market.take_over(), TakenOver { taken: 2, ..TakenOver::default() });
    shop::add_a_line(&mut market.till);
    assert_eq!(market.due(), full - (full + 5) / 10, "ten percent, half up");
    shop::pay(&mut market.till);
    let [_, mut gone] = campaign("10.00").try_into().unwrap();
    gone.is_deleted = true;
    market.change([gone]);
    market.pull();
    market.take_over();
    shop::add_a_line(&mut market.till);
    assert_eq!(market.due(), full);
    shop::pay(&mut market.till);
    assert!(matches!(market.till.verify().unwrap(), saleflex_store::verify::Verification::Whole(_)));
}

#[test]
fn a_campaign_without_its_type_waits_and_says_for_what_and_a_definition_of_ours_is_taken_whole() {
    let mut market = Market::open();
    let [kind, row_of_it] = campaign("10.00").try_into().unwrap();
    market.change([row_of_it]);
    market.pull();
    assert_eq!(market.take_over().held, 1);
    let held = market.till.held_rows(shop::HUB, 10).unwrap();
    assert!(held[0].held_for.contains("campaign type"), "{held:?}");
    market.change([kind]);
    market.pull();
    assert_eq!(market.take_over().taken, 2);
    let mut whole = market.till.campaigns().campaigns()[0].clone();
    whole.name = "Whole".to_owned();
    let definition = serde_json::to_value(&whole).unwrap();
    market.change([row("campaigns", CAMPAIGN, json!({"definition": definition}))]);
    market.pull();
    assert_eq!(market.take_over().held, 0, "{:?}", market.till.held_rows(shop::HUB, 10));
    assert!(market.till.campaigns().campaigns().iter().any(|campaign| campaign.name == "Whole"));
}

#[test]
fn a_coupon_of_the_hub_waits_for_its_campaign_and_is_found_by_its_code() {
    let mut market = Market::open();
    let coupon = row(
        "coupons",
        COUPON,
        json!({"code": "TAKE-ME", "name": "Once", "fk_campaign_id": id(CAMPAIGN), "coupon_type": "SINGLE_USE", "is_active": true}),
    );
    market.change([coupon]);
    market.pull();
    assert_eq!(market.take_over().held, 1);
    market.change(campaign("10.00"));
    market.pull();
    assert_eq!(market.take_over().taken, 3, "{:?}", market.till.held_rows(shop::HUB, 10));
    assert!(market.till.find_coupon("take-me").unwrap().is_some());
}

fn grace(phone: &str) -> Change {
    row(
        "customers",
        GRACE,
        json!({"name": "Grace", "last_name": "Hopper", "phone_number": phone, "is_active": true, "total_bonus_point": 999}),
    )
}

#[test]
fn a_customer_of_the_hub_is_found_here_and_is_not_sent_back() {
    let mut market = Market::open();
    let before = shop::committed(&market.till).len();
    market.change([grace("0532 111 22 33")]);
    market.pull();
    assert_eq!(market.take_over().taken, 1);
    let found = market.till.find_customers("Hopper", 10).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].points, None, "points are not taken from a row");
    assert_eq!(shop::committed(&market.till).len(), before);
    let other = json!({"name": "Ada", "last_name": "King", "phone_number": "0532 111 22 33"});
    market.change([row("customers", GRACE + 1, other)]);
    market.pull();
    assert_eq!(market.take_over().held, 1, "a telephone belongs to one person");
    let mut gone = grace("0532 111 22 33");
    gone.is_deleted = true;
    market.change([gone]);
    market.pull();
    market.take_over();
    assert!(market.till.find_customers("Hopper", 10).unwrap().is_empty());
}

#[test]
fn a_customer_whom_the_hub_takes_up_again_is_in_use_again_unless_deleted_here() {
    let mut market = Market::open();
    let found = |market: &Market| market.till.find_customers("Hopper", 10).unwrap();
    let says = |market: &mut Market, is_active: bool, phone: &str| {
        let mut change = grace(phone);
        change.row.insert("is_active".to_owned(), json!(is_active));
        market.change([change]);
        market.pull();
        assert_eq!(market.take_over().held, 0);
    };
    says(&mut market, true, "0532 111 22 33");
    let (id, code) = (found(&market)[0].id, found(&market)[0].code.clone());
    says(&mut market, false, "0532 111 22 33");
    assert!(found(&market).is_empty());
    says(&mut market, true, "0532 111 22 33");
    assert_eq!(found(&market).iter().map(|one| (one.id, one.code.clone())).collect::<Vec<_>>(), [(id, code)]);
    market.till.delete_customer(id).unwrap();
    says(&mut market, true, "0532 999 99 99");
    assert!(found(&market).is_empty(), "what people of this till decided stands");
}

#[test]
fn a_record_that_was_merged_here_leads_to_its_survivor_whatever_the_hub_says_of_it() {
    let mut market = Market::open();
    market.change([grace("0532 111 22 33")]);
    market.pull();
    market.take_over();
    let goes = market.till.find_customers("Hopper", 10).unwrap()[0].id;
    let stays = saleflex_store::customer::NewCustomer::named("K-1", "Grace Murray");
    let stays = market.till.add_customer(&stays).unwrap();
    market.till.merge_customers(stays, goes).unwrap();
    let mut gone = grace("0532 111 22 33");
    gone.is_deleted = true;
    for change in [grace("0532 999 99 99"), gone] {
        market.change([change]);
        market.pull();
        assert_eq!((market.take_over().taken, market.till.pull_state(shop::HUB).unwrap().held), (1, 0));
        let record = market.till.person(goes).unwrap().unwrap();
        assert_eq!(record.standing, saleflex_core::customer::Standing::Merged { into: stays });
    }
    // Whoever asks for the old record gets the new one, and forgetting the person forgets both.
    assert_eq!(market.till.marketing_profile(goes).unwrap(), market.till.marketing_profile(stays).unwrap());
    market.till.erase_customer(stays).unwrap();
    let record = market.till.person(goes).unwrap().unwrap();
    assert!(record.details.name.is_empty() && record.details.phone.is_none(), "{:?}", record.standing);
}

#[test]
fn who_was_erased_elsewhere_is_erased_here_and_nothing_of_them_is_taken_over_any_more() {
    let mut market = Market::open();
    market.change([grace("0532 111 22 33")]);
    market.pull();
    market.take_over();
    let mut erased = row("customers", GRACE, json!({"is_erased": true}));
    erased.is_deleted = true;
    market.change([erased]);
    market.pull();
    assert_eq!((market.take_over().taken, market.take_over().held), (1, 0));
    assert!(market.till.find_customers("Hopper", 10).unwrap().is_empty());
    let id = saleflex_core::ids::CustomerId::new(Uuid::from_u128(GRACE));
    let record = market.till.person(id).unwrap().unwrap();
    let is_erased = matches!(record.standing, saleflex_core::customer::Standing::Erased { .. });
    assert!(is_erased && !record.details.name.contains("Grace"), "{:?}", record.standing);
    // A hub that says something of them once more is not listened to, and its words are not kept.
    market.change([grace("0532 111 22 33")]);
    market.pull();
    market.take_over();
    let file = std::fs::read(market.till.path()).unwrap();
    assert!(!file.windows(6).any(|bytes| bytes == b"Hopper"), "the name is in the file");
    assert_eq!(market.till.pull_state(shop::HUB).unwrap().held, 0);
}

#[test]
fn what_was_changed_here_and_not_sent_yet_is_not_overwritten_by_the_hub() {
    let mut market = Market::open();
    market.change([grace("0532 111 22 33")]);
    market.pull();
    market.take_over();
    let known = market.till.find_customers("Hopper", 10).unwrap().remove(0);
    let changed = saleflex_store::customer::NewCustomer::named(&known.code, "Grace Murray");
    market.till.change_customer(known.id, &changed).unwrap();
    market.change([grace("0532 999 99 99")]);
    market.pull();
    assert_eq!(market.take_over().held, 1);
    assert_eq!(market.till.find_customers("Murray", 10).unwrap().len(), 1);
    let mut outbox = market.till.outbox(shop::HUB).unwrap();
    let until = now() + chrono::TimeDelta::minutes(1);
    let claimed = outbox.claim(now(), until, saleflex_store::outbox::Limits::default()).unwrap();
    let sent = saleflex_store::outbox::Settlement::Sent { is_duplicate: false, flags: Vec::new() };
    let sent: Vec<_> = claimed.iter().map(|event| (event.no, sent.clone())).collect();
    outbox.settle(now(), &sent).unwrap();
    market.take_over();
    assert_eq!(market.till.find_customers("Hopper", 10).unwrap().len(), 1);
}

#[test]
fn a_change_behind_the_tills_place_is_heard_once_it_has_a_place() {
    let mut market = Market::open();
    market.hub.page = 100;
    market.change(parents());
    let heard = |market: &mut Market| {
        let inbox = market.inbox();
        let (mut dice, mut late) = (Dice::of(1), Vec::new());
        let mut network =
            Network { hub: &mut market.hub, dice: &mut dice, terminal: "T1", faults: 0, late: &mut late };
        watch::ask(&inbox, &mut network, None).unwrap()
    };
    assert_eq!(heard(&mut market), Heard::NoPlace);
    market.pull();
    assert_eq!(heard(&mut market), Heard::Nothing);
    market.change([tea("2.50")]);
    assert_eq!(heard(&mut market), Heard::Change);
    market.pull();
    assert_eq!(heard(&mut market), Heard::Nothing);
}
