//! Printing by the till itself: every way a printer can fail while selling, and the paper comes all the same.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use saleflex_core::{
    catalog::{CatalogChange, ProductBarcode},
    closure::{
        Declaration,
        drawer::{CountPurpose, Drawer, DrawerNo},
    },
    customer::{Address, CustomerDetails},
    document::{Command, TakeTender},
    money::Money,
    printout::{escp::Pitch, escpos::DrawerPin},
    quantity::{Quantity, UnitPrice},
    tender::TenderKind,
};
use saleflex_store::customer::NewCustomer;
use saleflex_tui::action::Action;
use saleflex_tui::device::simulator::{Mood, VirtualPrinter, VirtualScale};
use saleflex_tui::program::ProgramConfig;

use crate::common::harness::Shop;

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

fn printer() -> VirtualPrinter {
    VirtualPrinter::start("127.0.0.1:0", 42).unwrap()
}

fn settings(printer: &str) -> String {
    format!("[printer]\naddress = \"{printer}\"\n")
}

/// A demo store whose printer is at an address, with Priya at the sale screen.
fn selling_at(printer: &str) -> Shop {
    let mut shop = Shop::with_devices(80, 24, &settings(printer));
    shop.keys("down down '3333' enter enter");
    shop
}

fn selling_on(device: &VirtualPrinter) -> Shop {
    selling_at(&device.address().to_string())
}

fn printed(shop: &Shop) {
    shop.session.finish_printing(LONG);
}

/// Looks at the clock until the screen says something of the devices.
fn until(shop: &mut Shop, words: &str) {
    let began = clock();
    while !shop.message().contains(words) {
        assert!(began.elapsed() < LONG, "{words}: {}", shop.screen());
        shop.session.finish_printing(Duration::from_millis(5));
        shop.session.tick();
    }
}

#[expect(clippy::disallowed_methods, reason = "a test that waits for another thread gives up some day")]
fn clock() -> Instant {
    Instant::now()
}

fn count(lines: &[String], words: &str) -> usize {
    lines.iter().filter(|line| line.contains(words)).count()
}

#[test]
fn a_receipt_comes_out_with_the_sale_and_the_drawer_opens_for_cash_alone() {
    let device = printer();
    let mut shop = selling_on(&device);
    shop.keys("'10106' enter plus");
    printed(&shop);
    let lines = device.lines();
    assert_eq!((count(&lines, "[drawer]"), count(&lines, "[cut]")), (1, 1), "{lines:?}");
    assert!(count(&lines, "BALANCE DUE") == 1 && count(&lines, "COPY") == 0, "{lines:?}");
    assert_eq!(device.unknown(), 0);
}

#[test]
fn a_copy_is_printed_on_request_and_says_that_it_is_one() {
    let device = printer();
    let mut shop = selling_on(&device);
    shop.keys("'10106' enter plus esc");
    printed(&shop);
    let before = device.lines().len();
    shop.keys("ctrl+p ctrl+p");
    assert_eq!(shop.message(), "It is printed.", "{}", shop.screen());
    printed(&shop);
    let copy = device.lines()[before..].to_vec();
    assert!(count(&copy, "COPY") == 1 && count(&copy, "[drawer]") == 0, "{copy:?}");
    shop.keys("esc f1 ctrl+p");
    assert_eq!(shop.message(), "This is only to be read: there is nothing to print.");
}

/// Priya selling on a printer with a form whose place for the total has three letters.
fn selling_on_a_form(device: &VirtualPrinter, folder: &Path) -> Shop {
    let design = folder.join("receipt.toml");
    let lines = "rows = 20\ncolumns = 42\n[lines]\nfirst = 5\nlast = 6\n";
    let column = "[[lines.column]]\nvalue = \"name\"\ncolumn = 3\nwidth = 20\n";
    let field = "[[field]]\nvalue = \"in_words\"\nrow = 10\ncolumn = 1\nwidth = 42\n";
    let narrow = "[[field]]\nvalue = \"total\"\nrow = 11\ncolumn = 1\nwidth = 3\n";
    fs::write(&design, [lines, column, field, narrow].concat()).unwrap();
    let forms = format!("[printer.forms]\nfiscal_receipt = \"{}\"\n", design.display());
    let mut shop = Shop::with_devices(80, 24, &(settings(&device.address().to_string()) + &forms));
    shop.keys("down down '3333' enter enter");
    shop
}

#[test]
fn what_a_form_has_no_room_for_is_said_until_something_else_is_and_no_device_is_at_fault() {
    let (device, folder) = (printer(), tempfile::tempdir().unwrap());
    let mut shop = selling_on_a_form(&device, folder.path());
    shop.keys("'10106' enter plus");
    until(&mut shop, "its form has 3 letters");
    assert!(!shop.shows("DEVICES!"), "{}", shop.screen());
    shop.keys("esc '10106' enter");
    printed(&shop);
    shop.session.tick();
    assert!(!shop.message().contains("its form") && !shop.shows("DEVICES!"), "{}", shop.screen());
}

#[test]
fn a_document_is_printed_on_the_form_of_its_kind_and_so_is_its_copy() {
    let (device, folder) = (printer(), tempfile::tempdir().unwrap());
    let mut shop = selling_on_a_form(&device, folder.path());
    shop.keys("'10106' enter plus");
    let told = "its form has 3 letters at row 11, column 1, where a figure needs 4";
    until(&mut shop, told);
    shop.keys("esc");
    printed(&shop);
    let lines = device.lines();
    assert_eq!((count(&lines, "Baguette"), count(&lines, "GBP 95/100")), (1, 1), "{lines:?}");
    assert_eq!((count(&lines, "###"), count(&lines, "0.9")), (1, 0), "{lines:?}");
    assert_eq!((count(&lines, "BALANCE DUE"), count(&lines, "[drawer]")), (0, 1), "{lines:?}");
    shop.keys("ctrl+p ctrl+p");
    assert!(shop.message().contains(told), "{}", shop.screen());
    printed(&shop);
    let copy = device.lines()[lines.len()..].to_vec();
    assert_eq!((count(&copy, "COPY"), count(&copy, "GBP 95/100")), (1, 1), "{copy:?}");
    assert_eq!((count(&copy, "BALANCE DUE"), count(&copy, "[drawer]")), (0, 0), "{copy:?}");
}

#[test]
fn a_printer_that_is_off_blocks_no_sale_and_prints_after_a_restart() {
    let place = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut shop = selling_at(&format!("tcp:{place}"));
    for _ in 0..3 {
        shop.keys("'10106' enter plus");
    }
    until(&mut shop, "cannot be reached");
    shop.keys("'10106' enter");
    assert!(shop.shows("PRINTER! 3"), "{}", shop.screen());
    shop.keys("plus esc");
    assert_eq!(shop.settled().len(), 4);
    let shop = shop.restart();
    let device = VirtualPrinter::start(&place, 42).unwrap();
    let shop = shop.restart();
    printed(&shop);
    let lines = device.lines();
    assert_eq!((count(&lines, "[cut]"), count(&lines, "[drawer]")), (4, 0), "{lines:?}");
}

#[test]
fn out_of_paper_is_said_and_the_receipt_comes_when_the_roll_is_changed() {
    let device = printer();
    device.set_mood(Mood::PaperOut);
    let mut shop = selling_on(&device);
    shop.keys("'10106' enter plus");
    until(&mut shop, "is out of paper");
    shop.keys("'10106' enter");
    assert!(shop.message().starts_with("1 x Baguette") && shop.shows("PRINTER! 1"), "{}", shop.screen());
    shop.session.perform(saleflex_tui::action::Action::RetryPrinting);
    until(&mut shop, "is out of paper");
    device.set_mood(Mood::Well);
    shop.session.perform(saleflex_tui::action::Action::RetryPrinting);
    // A try that began before the roll was changed may say once more why it cannot print; the next one prints.
    let began = clock();
    while (count(&device.lines(), "[cut]") == 0 || shop.shows("PRINTER!")) && began.elapsed() < LONG {
        shop.session.finish_printing(Duration::from_millis(5));
        shop.session.tick();
    }
    assert_eq!(count(&device.lines(), "[cut]"), 1);
    assert!(!shop.shows("PRINTER!"), "{}", shop.screen());
}

#[test]
fn a_receipt_cut_in_the_middle_is_printed_again_whole_and_marked() {
    let device = printer();
    device.set_mood(Mood::CutsAfter(120));
    let mut shop = selling_on(&device);
    shop.keys("'10106' enter plus");
    until(&mut shop, "cut off");
    shop.keys("'10106' enter");
    until(&mut shop, "prints again");
    let lines = device.lines();
    assert_eq!((count(&lines, "REPEATED PRINT"), count(&lines, "[cut]")), (1, 1), "{lines:?}");
    assert_eq!(shop.lines().len(), 1, "the next customer is being served");
}

#[test]
fn a_printer_that_talks_nonsense_gets_no_paper_and_the_sale_goes_on() {
    let device = printer();
    device.set_mood(Mood::Nonsense);
    let mut shop = selling_on(&device);
    shop.keys("'10106' enter plus");
    until(&mut shop, "answers nonsense");
    assert_eq!((shop.settled().len(), device.lines().len()), (1, 0));
}

#[test]
fn a_parked_document_gets_a_ticket_and_a_closed_period_its_report() {
    let device = printer();
    let mut shop = Shop::with_devices(120, 40, &settings(&device.address().to_string()));
    shop.keys("down '2222' enter enter '10106' enter ctrl+s");
    shop.session.perform(saleflex_tui::action::Action::Confirm);
    printed(&shop);
    let ticket = device.lines();
    assert_eq!(count(&ticket, "[cut]"), 1, "{ticket:?} {}", shop.screen());
    shop.keys("'10106' enter plus esc");
    printed(&shop);
    shop.session.tick();
    assert_eq!(count(&device.lines(), "[cut]"), 2, "{:?} {:?}", device.lines(), shop.session.state.devices);
    shop.till().close_period(None, None).unwrap();
    // The power fails before the report is queued: the next start finds it.
    let shop = shop.restart();
    printed(&shop);
    assert_eq!(
        count(&device.lines(), "END-OF-DAY CLOSURE"),
        1,
        "{:?} {:?}",
        device.lines(),
        shop.session.state.devices
    );
}

#[test]
fn the_shops_texts_stand_on_its_paper_and_an_invoice_says_who_bought_d_per_04() {
    let device = printer();
    let mut shop = Shop::with_devices(120, 40, &settings(&device.address().to_string()));
    shop.keys(
        "'1111' enter s 2 pgdn pgdn 'High Street 1 | VAT 123 4567' down 'Come again' down 'SN 0042' ctrl+s",
    );
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let address = Address {
        street: Some("Church Lane 3".to_owned()),
        town: Some("Leeds".to_owned()),
        ..Address::default()
    };
    let details = CustomerDetails {
        name: "Ines".to_owned(),
        last_name: "Vidal".to_owned(),
        address,
        tax_id: Some("GB 99".to_owned()),
        ..CustomerDetails::default()
    };
    let buyer = NewCustomer { code: "K99".to_owned(), details, ..NewCustomer::default() };
    shop.till().add_customer(&buyer).unwrap();
    shop.keys("esc 1 f11 'K99' enter '10106' enter plus esc");
    printed(&shop);
    let receipt = device.lines();
    for words in ["High Street 1", "VAT 123 4567", "Come again"] {
        assert_eq!(count(&receipt, words), 1, "{words}: {receipt:?}");
    }
    // A receipt of a few pence says nothing of where its buyer lives.
    assert_eq!((count(&receipt, "Ines"), count(&receipt, "Church Lane 3")), (1, 0), "{receipt:?}");
    shop.keys("ctrl+t 'invoice' enter f11 'K99' enter '10106' enter plus esc");
    printed(&shop);
    let invoice = device.lines()[receipt.len()..].to_vec();
    for words in ["INVOICE", "Ines", "Church Lane 3", "Leeds", "GB 99", "VAT 123 4567"] {
        assert_eq!(count(&invoice, words), 1, "{words}: {invoice:?}");
    }
    shop.keys("esc 4 x");
    assert!(shop.shows("VAT 123 4567") && !shop.shows("Come again"), "{}", shop.screen());
    assert!(shop.shows("Serial: SN 0042"), "{}", shop.screen());
}

#[test]
fn the_drawer_opens_on_request() {
    let device = printer();
    let mut shop = Shop::with_devices(120, 40, &settings(&device.address().to_string()));
    shop.keys("down '2222' enter enter ctrl+e 'change' enter");
    printed(&shop);
    assert_eq!(device.wait_for_lines(0, LONG), ["[drawer]"], "{}", shop.screen());
}

#[test]
fn the_drawer_opens_when_a_deposit_is_taken_in_cash_and_not_again_when_a_card_pays_the_rest() {
    let device = printer();
    let mut shop = Shop::with_devices(120, 40, &settings(&device.address().to_string()));
    shop.keys("down '2222' enter enter ctrl+t 'layaway' enter '12402' enter f10 '100' c");
    printed(&shop);
    assert_eq!(device.wait_for_lines(0, LONG), ["[drawer]"], "{}", shop.screen());
    shop.keys("ctrl+s");
    printed(&shop);
    let parked = shop.till().suspended().unwrap().remove(0).id;
    shop.till().resume(parked).unwrap();
    let balance = TakeTender::balance(TenderKind::CreditCard);
    shop.till().execute(Command::TakeTender(balance)).unwrap();
    shop.session.perform(Action::Close);
    printed(&shop);
    let kicks = device.lines().iter().filter(|line| *line == "[drawer]").count();
    assert_eq!(kicks, 1, "{:?}", device.lines());
}

#[test]
fn the_slip_of_change_out_of_a_deposit_is_printed_at_the_next_start_where_the_power_failed() {
    let device = printer();
    let mut shop = Shop::with_devices(120, 40, &settings(&device.address().to_string()));
    shop.keys("down '2222' enter enter ctrl+t 'layaway' enter '20303' enter");
    // £1.75 is owed: the power fails between the payment and its slip.
    let notes = TakeTender::amount(TenderKind::Cash, Money::from_minor(500));
    shop.till().execute(Command::TakeTender(notes)).unwrap();
    let slips = || {
        let is_change = |line: &&String| line.trim_start().starts_with("CHANGE") && line.ends_with("3.25");
        device.lines().iter().filter(is_change).count()
    };
    for _ in 0..2 {
        shop = shop.restart();
        printed(&shop);
        assert_eq!(slips(), 1, "{:?}", device.lines());
    }
    // Nobody stands at the drawer any more.
    assert!(!device.lines().contains(&"[drawer]".to_owned()), "{:?}", device.lines());
}

#[test]
fn each_of_several_drawers_opens_at_its_own_pin_for_whoever_works_from_it() {
    let device = printer();
    let file =
        format!("{}drawer_pins = {{ 1 = \"two\", 2 = \"five\" }}\n", settings(&device.address().to_string()));
    let mut shop = Shop::with_devices(80, 24, &file);
    let till = shop.till();
    till.log_in("admin", "1111").unwrap();
    let priya = till.cashiers().into_iter().find(|one| one.user_name == "priya").unwrap().id;
    let mut settings = till.settings().clone();
    let drawer = |no, cashiers| Drawer { no: DrawerNo(no), cashiers, opening: Money::ZERO };
    settings.drawers = vec![drawer(1, BTreeSet::new()), drawer(2, BTreeSet::from([priya]))];
    till.change_settings(settings).unwrap();
    till.log_out().unwrap();
    let opened = |keys: &str, shop: &mut Shop| {
        let seen = device.lines().len();
        shop.keys(keys);
        printed(shop);
        device.wait_for_lines(seen, LONG).remove(0)
    };
    assert_eq!(opened("down down '3333' enter enter '10106' enter plus", &mut shop), "[drawer at pin 5]");
    shop.keys("enter esc 9 'morgan' enter '2222' enter");
    assert_eq!(opened("1 ctrl+e 'change' enter", &mut shop), "[drawer]", "{}", shop.screen());
    // Whoever it is handed to works from it.
    let to = shop.till().on_duty().unwrap().id;
    let (counted, drawer) = (Declaration::amount(Money::from_minor(95)), DrawerNo(2));
    shop.till().count_drawer(drawer, CountPurpose::HandOver { to }, &counted, None).unwrap();
    assert_eq!(opened("ctrl+e 'change' enter", &mut shop), "[drawer at pin 5]", "{}", shop.screen());
}

#[test]
fn weighed_goods_take_their_weight_from_the_scale_and_a_scale_that_is_off_asks_for_it() {
    let scale = VirtualScale::start().unwrap();
    let file = format!("[scale]\naddress = \"{}\"\nprotocol = \"toledo\"\n", scale.address());
    let mut shop = Shop::with_devices(80, 24, &file);
    shop.keys("down down '3333' enter enter");
    let weighed = weighed_code(&mut shop);
    scale.answer(&[(b'W', b"\x0201.250\r")]);
    shop.keys(&format!("'{weighed}' enter"));
    assert!(shop.lines()[0].starts_with("1.25 "), "{:?} {}", shop.lines(), shop.screen());
    scale.answer(&[(b'W', b"\x02xyz\r")]);
    shop.keys(&format!("'{weighed}' enter"));
    assert!(shop.shows("The scale answers nonsense"), "{}", shop.screen());
    shop.keys("'0.4' enter");
    assert!(shop.lines()[1].starts_with("0.4 "), "{:?}", shop.lines());
}

#[test]
fn a_barcode_that_only_names_weighed_goods_asks_the_scale_and_one_that_says_how_much_does_not() {
    let scale = VirtualScale::start().unwrap();
    let file = format!("[scale]\naddress = \"{}\"\nprotocol = \"toledo\"\n", scale.address());
    let mut shop = Shop::with_devices(80, 24, &file);
    let code = weighed_code(&mut shop);
    let product = shop.till().catalog().product_by_code(&code).unwrap().id();
    let barcode = |text: &str, pack: &str, price: Option<&str>| ProductBarcode {
        barcode: text.to_owned(),
        product,
        price: price.map(|price| UnitPrice::parse(price).unwrap()),
        pack_quantity: Quantity::parse(pack).unwrap(),
    };
    let barcodes = vec![
        barcode("2500001", "1", None),
        barcode("2500002", "2.5", None),
        barcode("2500003", "1", Some("0.77")),
    ];
    let till = shop.till();
    till.log_in("admin", "1111").unwrap();
    till.change_catalog(CatalogChange { barcodes, ..CatalogChange::default() }).unwrap();
    till.log_out().unwrap();
    shop.keys("down down '3333' enter enter");
    scale.answer(&[(b'W', b"\x0200.400\r")]);
    shop.keys("'2500001' enter '2500002' enter '2500003' enter");
    let lines = shop.lines();
    assert!(lines[0].starts_with("0.4 ") && lines[1].starts_with("2.5 "), "{lines:?}");
    assert!(lines[2].starts_with("1 "), "{lines:?}");
}

fn weighed_code(shop: &mut Shop) -> String {
    let catalog = shop.till().catalog();
    let products = catalog.search("", 200);
    let weighed =
        products.into_iter().find(|product| product.unit().code.eq_ignore_ascii_case("kg")).unwrap();
    weighed.code().to_owned()
}

#[test]
fn the_customer_sees_what_is_sold_and_what_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (display, page) = (folder.path().join("display.bin"), folder.path().join("page.html"));
    let file = format!(
        "[line_display]\naddress = \"file:{}\"\n[customer_display]\npage = \"{}\"\nidle = \"Welcome\"\n",
        display.display(),
        page.display()
    );
    let mut shop = Shop::with_devices(80, 24, &file);
    shop.keys("down down '3333' enter enter '10106' enter '2000' plus");
    let shown = |path: &std::path::Path, words: &str| {
        let began = clock();
        while !String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).contains(words) {
            assert!(began.elapsed() < LONG, "{words}: {:?}", fs::read_to_string(path));
            std::thread::yield_now();
        }
    };
    shown(&display, "CHANGE");
    shown(&page, "CHANGE");
}

#[test]
fn devices_are_set_up_on_their_screen_and_used_at_once() {
    let device = printer();
    let mut shop = Shop::open(80, 24);
    shop.keys("'1111' enter s 7 'nowhere' ctrl+s");
    assert!(shop.shows("begins with none of tcp:"), "{}", shop.screen());
    shop.keys(&format!("{} '{}' ctrl+s", "backspace ".repeat(7), device.address()));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    shop.keys("esc esc 1 '10106' enter plus");
    printed(&shop);
    assert_eq!(count(&device.lines(), "[cut]"), 1, "{}", shop.screen());
}

#[test]
fn the_pins_of_drawers_are_set_on_the_screen_and_what_is_none_is_told_beside_its_field() {
    let mut shop = Shop::open(80, 24);
    let to_pins = "down down down down down down right down";
    shop.keys(&format!("'1111' enter s 7 {to_pins} '1=3' ctrl+s"));
    assert!(shop.shows("Pins are 2 and 5"), "{}", shop.screen());
    shop.keys("backspace '2, 2=5' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let settings = ProgramConfig::beside(shop.till().path()).unwrap().printer;
    assert_eq!(settings.drawer_pin, DrawerPin::Five);
    let pins = settings.drawer_pins.iter().map(|(no, pin)| (no.as_str(), *pin));
    assert_eq!(pins.collect::<Vec<_>>(), [("1", DrawerPin::Two), ("2", DrawerPin::Five)]);
    shop.keys("7");
    assert!(shop.shows("1=2, 2=5"), "{}", shop.screen());
}

#[test]
fn the_display_and_the_page_say_each_its_own_while_nothing_is_sold() {
    let settings = "[line_display]\nidle = \"Welcome\"\n[customer_display]\nidle = \"Fresh rolls\"\n";
    let mut shop = Shop::with_devices(80, 24, settings);
    let idle = |shop: &mut Shop| {
        let program = ProgramConfig::beside(shop.till().path()).unwrap();
        (program.line_display.idle, program.customer_display.idle)
    };
    shop.keys("'1111' enter s 7 down down backspace '8' ctrl+s");
    assert_eq!(idle(&mut shop), ("Welcome".to_owned(), "Fresh rolls".to_owned()), "{}", shop.screen());
    shop.keys("7 pgdn down down down '!' down ' today' ctrl+s");
    assert_eq!(idle(&mut shop), ("Welcome!".to_owned(), "Fresh rolls today".to_owned()), "{}", shop.screen());
}

#[test]
fn a_dot_matrix_printer_is_set_up_on_the_screen_for_the_paper_it_has() {
    let mut shop = Shop::open(80, 24);
    let to_pitch = "down ".repeat(8);
    shop.keys(&format!("'1111' enter s 7 {to_pitch} left down backspace backspace '128' ctrl+s"));
    assert!(shop.shows("1 to 127"), "{}", shop.screen());
    shop.keys("backspace backspace backspace '66' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let printer = ProgramConfig::beside(shop.till().path()).unwrap().printer;
    assert_eq!((printer.pitch, printer.page_lines), (Pitch::Pica, 66));
}

#[test]
fn settings_that_cannot_be_read_stop_no_sale_and_are_told() {
    let mut shop = Shop::with_devices(80, 24, "[printer]\ncolour = 3\n");
    shop.keys("down down '3333' enter enter '10106' enter");
    assert!(shop.shows("DEVICES!"), "{}", shop.screen());
    shop.keys("plus esc");
    assert_eq!(shop.settled().len(), 1);
}
