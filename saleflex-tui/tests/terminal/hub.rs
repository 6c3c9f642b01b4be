//! The connection to a hub on the screen: what the bar says, what was set aside and what somebody does about it,
//! messages, getting known to a hub.

use std::io::{self, BufReader, Read};

use saleflex_store::{
    Till, demo,
    inbox::{Message, PulledPage, PulledRow},
    outbox::{Failure, Limits, Settlement},
    quotas::{Granted, QuotaPolicy},
    shell::ManualShell,
};
use saleflex_sync::{
    inbox::Inbox,
    till::{TillInbox, take_over},
    wire::{Signal, heartbeat::SignalKind},
};
use saleflex_tui::{effect::Desk, script::run, text::Text};
use uuid::Uuid;

use crate::common::harness::Shop;

const SETTINGS: &str = "[sync]\nmode = 'gate'\naddress = 'http://127.0.0.1:9/api/v1'\noffice_code = 'OFC-1'\n\
    store_code = 'S-1'\nterminal_code = 'T-1'\nterminal_id = '00000000-0000-0000-0000-000000000007'\n";

/// The demo store with its administrator, connected to a hub that nobody asks.
fn connected(width: u16, height: u16) -> Shop {
    let mut shop = Shop::with_devices(width, height, SETTINGS);
    shop.keys("'1111' enter");
    shop.till().add_connector("gate").unwrap();
    shop
}

/// Three sales, of which the hub would not take the first.
fn with_one_aside(width: u16, height: u16) -> Shop {
    let mut shop = connected(width, height);
    for _ in 0..3 {
        shop.keys("1 '10101' enter plus enter esc");
    }
    let (till, now) = (shop.till(), "2025-04-06T09:31:00Z".parse().unwrap());
    let mut outbox = till.outbox("gate").unwrap();
    let until = "2025-04-06T09:32:00Z".parse().unwrap();
    let claimed = outbox.claim(now, until, Limits { events: 1, ..Limits::default() }).unwrap();
    let failure = Failure {
        status: Some(422),
        code: "document_invalid".to_owned(),
        detail: "no such product".to_owned(),
    };
    outbox.settle(now, &[(claimed[0].no, Settlement::Quarantined(failure))]).unwrap();
    shop.session.tick();
    shop
}

fn message(number: u128, title: &str) -> Message {
    Message {
        id: Uuid::from_u128(number),
        kind: "terminal_message".to_owned(),
        title: title.to_owned(),
        body: "The fire drill is at noon.".to_owned(),
        created_at: "2025-04-06T09:00:00Z".parse().unwrap(),
        expires_at: None,
        requires_ack: true,
    }
}

#[test]
fn a_till_on_its_own_says_nothing_of_a_hub_and_one_that_is_connected_says_what_waits() {
    let mut shop = Shop::managed(80, 24);
    shop.session.tick();
    assert!(!shop.shows("hub:"), "{}", shop.screen());
    let mut shop = connected(80, 24);
    shop.keys("1 '10101' enter plus enter esc");
    shop.session.tick();
    assert!(shop.shows("hub: 3 wait"), "{}", shop.screen());
}

#[test]
fn a_row_of_the_hub_that_does_not_fit_stands_in_the_bar_and_what_else_waits_does_not_hide_it() {
    let mut shop = connected(80, 24);
    let now = "2025-04-06T09:31:00Z".parse().unwrap();
    let row = PulledRow {
        resource: "products".to_owned(),
        id: Uuid::from_u128(5),
        version: 1,
        is_deleted: false,
        was_taken: false,
        taken_as: None,
        held_for: None,
        fields: r#"{"code": "10101"}"#.to_owned(),
    };
    let page = PulledPage { rows: vec![row], cursor: "c".to_owned(), ..PulledPage::default() };
    let till = shop.till();
    till.inbox("gate").unwrap().keep(now, &page).unwrap();
    take_over(till, "gate", &[], 100).unwrap();
    assert_eq!(till.pull_state("gate").unwrap().held, 1);
    shop.keys("1 '10101' enter plus enter esc");
    shop.session.tick();
    assert!(shop.shows("hub: 1 do not fit!"), "{}", shop.screen());
}

#[test]
fn what_the_hub_would_not_take_is_shown_with_why_at_both_sizes() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut shop = with_one_aside(width, height);
        assert!(shop.shows("HUB: 1 SET ASIDE!"), "{}", shop.screen());
        shop.keys("s h");
        insta::assert_snapshot!(format!("deliveries_{width}x{height}"), shop.screen());
    }
}

#[test]
fn what_the_hub_lends_is_shown_with_what_is_left_at_both_sizes() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut shop = connected(width, height);
        let till = shop.till();
        let mut campaign = till.campaigns().campaigns()[0].clone();
        (campaign.limits.uses, campaign.name) = (Some(50), "Tea week".to_owned());
        till.save_campaign(campaign).unwrap();
        let mut inbox = till.inbox("gate").unwrap();
        let now = "2025-04-06T09:31:00Z".parse().unwrap();
        let request = inbox.quotas().unwrap();
        inbox.keep_quotas(now, (&request, QuotaPolicy::Refuse), &[]).unwrap();
        till.tend_quotas("gate").unwrap();
        let request = inbox.quotas().unwrap();
        let lent = request.shares.iter().map(|share| Granted {
            quota: share.quota,
            granted: 7,
            expires_at: Some("2025-04-07T09:31:00Z".parse().unwrap()),
            withheld: None,
        });
        inbox.keep_quotas(now, (&request, QuotaPolicy::Refuse), &lent.collect::<Vec<_>>()).unwrap();
        shop.keys("s h");
        let words = ["no share, no offer", "uses", "04-07", "lent", "7 left, 0 used"];
        assert!(words.iter().all(|words| shop.shows(words)), "{}", shop.screen());
        assert!(width < 120 || shop.shows("Tea week"), "{}", shop.screen());
    }
}

#[test]
fn a_gift_card_is_asked_for_by_its_number_where_a_hub_keeps_its_balance() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut shop = connected(width, height);
        let mut inbox = shop.till().inbox("gate").unwrap();
        let now = "2025-04-06T09:31:00Z".parse().unwrap();
        let request = inbox.quotas().unwrap();
        inbox.keep_quotas(now, (&request, QuotaPolicy::Refuse), &[]).unwrap();
        shop.keys("1 '10101' enter f10 g");
        assert!(shop.shows("number of the gift card"), "{}", shop.screen());
        shop.keys("'6035 7100 1234 5678 905' enter");
        assert!(shop.message().contains("8905 is lent to this till yet"), "{}", shop.screen());
        let request = inbox.quotas().unwrap();
        let lent = request.shares.iter().map(|share| Granted {
            quota: share.quota,
            granted: 50,
            expires_at: Some("2025-04-07T09:31:00Z".parse().unwrap()),
            withheld: None,
        });
        inbox.keep_quotas(now, (&request, QuotaPolicy::Refuse), &lent.collect::<Vec<_>>()).unwrap();
        shop.keys("g '6035710012345678905' enter");
        let document = shop.till().draft().unwrap();
        let tender = &document.tenders[0];
        assert_eq!((tender.amount.minor(), tender.details.reference.as_deref()), (50, None));
        shop.keys("c c enter esc s h");
        assert!(shop.shows("gift card") && shop.shows("0.50 used"), "{}", shop.screen());
    }
}

#[test]
fn what_the_hub_noticed_about_an_event_is_told_once_and_stands_in_the_list() {
    let mut shop = connected(120, 40);
    shop.keys("1 '10101' enter plus enter esc");
    shop.session.tick();
    let (till, now) = (shop.till(), "2025-04-06T09:31:00Z".parse().unwrap());
    let mut outbox = till.outbox("gate").unwrap();
    let claimed = outbox.claim(now, now, Limits { events: 1, ..Limits::default() }).unwrap();
    let flagged = Settlement::Sent { is_duplicate: false, flags: vec!["number_reused".to_owned()] };
    outbox.settle(now, &[(claimed[0].no, flagged)]).unwrap();
    drop(outbox);
    shop.keys("1 '10101' enter plus enter esc");
    shop.session.tick();
    assert!(shop.message().contains("noticed something about 1 events: number_reused"), "{}", shop.screen());
    shop.keys("s h");
    assert!(shop.shows("flagged") && shop.shows("number_reused"), "{}", shop.screen());
    shop.keys("esc esc 1 '10101' enter plus enter esc");
    shop.session.tick();
    assert!(!shop.message().contains("number_reused"), "it is told once: {}", shop.screen());
}

#[test]
fn what_was_set_aside_is_sent_once_more() {
    let mut shop = with_one_aside(80, 24);
    shop.keys("s h enter");
    assert!(shop.message().contains("was set aside"), "the hub itself is no event: {}", shop.message());
    shop.keys("down enter");
    assert_eq!(shop.message(), "Event 1 is sent once more.");
    assert!(shop.till().outbox("gate").unwrap().quarantined().unwrap().is_empty());
    shop.session.tick();
    assert!(shop.shows("hub: 5 wait"), "{}", shop.screen());
}

#[test]
fn what_is_written_off_needs_a_reason_and_stays_in_the_journal() {
    let mut shop = with_one_aside(80, 24);
    shop.keys("s h down f7 enter");
    assert!(shop.shows("needed"), "{}", shop.screen());
    shop.keys("'told the office by telephone' enter");
    assert_eq!(shop.message(), "Event 1 is written off.");
    let till = shop.till();
    assert!(till.outbox("gate").unwrap().quarantined().unwrap().is_empty());
    let last = till.entry(till.chain_head().seq).unwrap();
    assert!(format!("{:?}", last.event).contains("told the office by telephone"));
}

#[test]
fn a_message_stands_in_the_bar_until_somebody_has_read_it() {
    let mut shop = connected(80, 24);
    let mut inbox = shop.till().inbox("gate").unwrap();
    inbox.keep_messages(&[message(1, "Fire drill"), message(2, "Fire drill again")]).unwrap();
    shop.keys("1 '10101' enter plus enter esc");
    shop.session.tick();
    assert!(shop.shows("messages: 2"), "{}", shop.screen());
    shop.keys("s h f8");
    insta::assert_snapshot!("messages_80x24", shop.screen());
    shop.keys("enter esc");
    shop.session.tick();
    assert!(shop.shows("messages: 1") && !shop.shows("Fire drill  "), "{}", shop.screen());
    assert_eq!(inbox.read_messages().unwrap(), [Uuid::from_u128(1)]);
}

#[test]
fn everything_is_delivered_now_whatever_is_typed_above_the_list() {
    let mut shop = connected(80, 24);
    shop.keys("s h 'zzz'");
    assert!(shop.shows("Nothing found."), "{}", shop.screen());
    shop.keys("f5");
    assert_eq!(shop.message(), "The hub is asked now.", "{}", shop.screen());
}

#[test]
fn a_message_that_is_longer_than_a_line_is_shown_in_full_before_it_counts_as_read() {
    let mut shop = connected(80, 24);
    let mut inbox = shop.till().inbox("gate").unwrap();
    let body = "Leave by the front door and meet at the bakery opposite.\nNobody goes back in alone.";
    inbox.keep_messages(&[Message { body: body.to_owned(), ..message(1, "Fire drill") }]).unwrap();
    shop.keys("s h f8");
    assert!(!shop.shows("bakery") && !shop.shows("alone."), "{}", shop.screen());
    shop.keys("enter");
    assert!(shop.shows("bakery") && shop.shows("alone."), "{}", shop.screen());
    assert_eq!(inbox.read_messages().unwrap(), [Uuid::from_u128(1)]);
    shop.keys("esc");
    assert!(shop.shows("No message waits."), "{}", shop.screen());
}

#[test]
fn what_a_hub_asks_of_people_stands_among_the_messages_in_the_words_of_the_till() {
    let mut shop = connected(80, 24);
    let inbox = shop.till().inbox("gate").unwrap();
    let signal = |number: u128, kind: &str| Signal {
        id: Uuid::from_u128(number),
        kind: SignalKind::of(kind),
        domains: Vec::new(),
        created_at: "2025-04-06T09:00:00Z".parse().unwrap(),
        expires_at: None,
    };
    let signals = [signal(1, "request_closure"), signal(2, "update_available"), signal(3, "force_sync")];
    let mut inbox = TillInbox::new(inbox);
    for _ in 0..2 {
        inbox.keep_signals(&signals).unwrap();
    }
    shop.keys("1 '10101' enter plus enter esc");
    shop.session.tick();
    assert!(shop.shows("messages: 2"), "what the till does by itself is none: {}", shop.screen());
    shop.keys("s h f8");
    assert!(shop.shows("Close the period") && shop.shows("asks for the Z report"), "{}", shop.screen());
    assert!(shop.shows("New version"), "{}", shop.screen());
    shop.keys("enter esc");
    shop.session.tick();
    assert!(shop.shows("messages: 1"), "{}", shop.screen());
}

#[test]
fn a_hub_is_named_with_an_address_and_a_code_and_bad_ones_are_told_beside_their_fields() {
    let mut shop = Shop::open(80, 24);
    shop.keys("'1111' enter s h f6");
    insta::assert_snapshot!("hub_settings_80x24", shop.screen());
    shop.keys("right right ctrl+s");
    assert!(shop.shows("gives out a code") && shop.shows("needed"), "{}", shop.screen());
    shop.keys("'ftp://hub' ctrl+s");
    assert!(shop.shows("an address such as"), "{}", shop.screen());
    assert!(shop.till().connectors().is_empty());
}

#[test]
fn an_enrolled_till_moves_to_another_address_without_a_code_and_leaves_its_hub() {
    let mut shop = connected(80, 24);
    shop.keys("s h f6 down backspace backspace '2' ctrl+s");
    assert_eq!(shop.message(), "Saved.");
    let program = std::fs::read_to_string(shop.till().path().with_extension("toml")).unwrap();
    assert!(program.contains("OFC-1"), "{program}");
    shop.keys("f6 left left ctrl+s");
    shop.session.tick();
    assert!(shop.shows("on its own"), "{}", shop.screen());
    assert!(!shop.shows("hub:"), "{}", shop.screen());
}

/// Lines of a script that are read when something else was done.
struct Later<F> {
    before: F,
    lines: &'static [u8],
}

impl<F: FnMut()> Read for Later<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (self.before)();
        self.lines.read(buffer)
    }
}

#[test]
fn a_script_waits_for_what_the_hub_lends_and_fails_where_nobody_waited() {
    let (folder, now) = (tempfile::tempdir().unwrap(), "2025-04-06T09:31:00Z".parse().unwrap());
    let (path, mut clock) = (folder.path().join("till.saleflex"), ManualShell::starting(now, 7));
    std::fs::write(path.with_extension("toml"), SETTINGS).unwrap();
    let mut till = Till::create(&path, demo::corner_market(&mut clock), clock.clone()).unwrap();
    till.log_in("admin", "1111").unwrap();
    till.add_connector("gate").unwrap();
    let mut inbox = till.inbox("gate").unwrap();
    let mut answer = move || {
        let request = inbox.quotas().unwrap();
        let lent = request.shares.iter().map(|share| Granted {
            quota: share.quota,
            granted: 50,
            expires_at: Some("2025-04-07T09:31:00Z".parse().unwrap()),
            withheld: None,
        });
        inbox.keep_quotas(now, (&request, QuotaPolicy::Refuse), &lent.collect::<Vec<_>>()).unwrap();
    };
    answer();
    let mut desk = Desk::new(Some(till), path, clock, Text::english());
    let mut told = |lines: &mut dyn Read| {
        let mut out = Vec::new();
        let code = run::run(&mut desk, Text::english(), BufReader::new(lines), false, &mut out).unwrap();
        (code, String::from_utf8(out).unwrap())
    };
    let card = "wait 5\npay gift-card number 603571001111000011\n".as_bytes();
    let asked = "sell 10101\npay gift-card number 603571001111000011\n".as_bytes();
    let (code, out) = told(&mut asked.chain(Later { before: answer, lines: card }));
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[1].starts_with("2: waits: Nothing of gift card …0011 is lent"), "{out}");
    assert_eq!(lines[2], "3: ok: The hub has answered.");
    assert!(lines[3].starts_with("4: ok:") && code == 0, "{out}");

    let (code, out) = told(&mut "pay gift-card number 603571002222000022\npay cash\n".as_bytes());
    assert!(out.starts_with("1: waits:") && out.lines().count() == 1 && code == run::FAILED, "{out}");
    let (code, out) = told(&mut "pay gift-card number 603571002222000022\nwait 1\n".as_bytes());
    assert!(out.ends_with("2: error: the hub has not answered within 1 s\n") && code == run::FAILED, "{out}");
    let (code, out) = told(&mut "pay gift-card number 603571002222000022\n".as_bytes());
    assert!(out.lines().count() == 1 && code == run::FAILED, "{out}");
}
