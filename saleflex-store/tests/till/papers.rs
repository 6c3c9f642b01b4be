//! The twelve types of document, each on its own way: onto the disk, off the shelf, through the drawer, into the closure.

use saleflex_core::{
    basket::GoodsState,
    closure::Declaration,
    document::{AddLine, CashMovementKind, Command, DocumentType, Kind, OpenDocument},
    ids::ClosureNumber,
    inventory::Stock,
    quantity::UnitPrice,
};
use saleflex_store::history::Found;

use crate::support::shop::{self, MANAGER, Shop, cash, float, minor, product, quantity, sell, sell_some};

/// How a document of a type is made, with two things of 2.50 where it has goods, and what comes of it.
struct Way {
    /// What begins, fills and ends it.
    commands: Vec<Command>,
    kind: Kind,
    amount: i64,
    /// What it does to the shelf.
    shelf: i32,
    /// What it does to the drawer.
    drawer: i64,
}

fn way(paper: DocumentType) -> Way {
    let open = |kind| Command::Open(OpenDocument::new(paper, kind));
    let two = || AddLine::code("A").times(quantity("2"));
    let move_cash = |kind, amount, drawer| Way {
        commands: vec![Command::MoveCash { kind, amount: minor(amount), reason: "change".to_owned() }],
        kind: Kind::CashMovement,
        amount,
        shelf: 0,
        drawer,
    };
    let goods = |kind, line, end, amount, shelf, drawer| Way {
        commands: vec![open(kind), Command::AddLine(line), end],
        kind,
        amount,
        shelf,
        drawer,
    };
    match paper {
        DocumentType::CashIn => move_cash(CashMovementKind::PaidIn, 700, 700),
        DocumentType::CashOut => move_cash(CashMovementKind::PaidOut, 200, -200),
        DocumentType::Return => {
            let back = AddLine { returned: Some((GoodsState::New, true)), ..two() };
            goods(Kind::Return, back, cash(), 500, 2, -500)
        }
        DocumentType::SelfBillingInvoice => {
            let bought = two().at(UnitPrice::parse("1.50").unwrap());
            goods(Kind::Purchase, bought, cash(), 300, 2, -300)
        }
        DocumentType::Waybill | DocumentType::DeliveryNote => {
            goods(Kind::Sale, two(), Command::Close, 500, -2, 0)
        }
        DocumentType::FiscalReceipt
        | DocumentType::NonFiscalReceipt
        | DocumentType::Invoice
        | DocumentType::EInvoice
        | DocumentType::EArchiveInvoice
        | DocumentType::DiplomaticInvoice => goods(Kind::Sale, two(), cash(), 500, -2, 500),
    }
}

#[test]
fn each_of_the_twelve_types_goes_its_own_way_through_shelf_drawer_and_closure() {
    let mut setup = shop::setup();
    setup.settings.policy.invoice_needs_buyer = false;
    let mut shop = Shop::with(setup);
    shop.log_in(MANAGER);
    shop.execute(float(10_000));
    let (mut on_shelf, mut in_drawer, mut made) = (100, 10_000, Vec::new());
    for paper in DocumentType::ALL {
        let Way { mut commands, kind, amount, shelf, drawer } = way(paper);
        let last = commands.pop().unwrap();
        for command in commands {
            shop.execute(command);
        }
        let done = shop.execute(last);
        let completed = done.completed()[0].clone();
        let document = completed.document();
        assert_eq!((document.document_type, document.kind), (paper, kind));
        assert_eq!(document.totals.total, minor(amount), "{paper:?}");
        let exempt = paper == DocumentType::DiplomaticInvoice;
        assert_eq!(document.exemption.is_some(), exempt, "{paper:?}");
        (on_shelf, in_drawer) = (on_shelf + shelf, in_drawer + drawer);
        let level = shop.till.stock(product("A")).unwrap().unwrap().on_hand;
        assert_eq!(level, Stock::whole(on_shelf), "{paper:?}");
        let x = shop.till.x_report().unwrap();
        assert_eq!(x.period.expected_cash(&x.report), minor(in_drawer), "{paper:?}");
        made.push(completed);
    }
    let closure = shop.till.close_period(Some(&Declaration::amount(minor(in_drawer))), None).unwrap();
    let report = &closure.report;
    for paper in DocumentType::ALL {
        // What the drawer begins with is put in, too.
        let (count, begun) = if paper == DocumentType::CashIn { (2, 10_000) } else { (1, 0) };
        let totals = &report.document_types[&paper];
        let expected = (count, minor(way(paper).amount + begun), 0);
        assert_eq!((totals.valid_count, totals.valid_amount, totals.cancelled_count), expected, "{paper:?}");
    }
    // Six sell: a sixth of 5.00 is tax, but for the diplomat. One of them comes back.
    let sums = [report.gross_sales, report.returns, report.net_sales, report.tax, report.purchases];
    assert_eq!(sums, [3_000, 500, 2_500, 4 * 83, 300].map(minor));
    assert_eq!((report.counts.valid, report.counts.sales, report.counts.returns), (12, 6, 1));
    // From the disk they are what they were.
    let shop = shop.restarted();
    shop.check_whole();
    shop.expect_each_event_to_travel_as_its_own();
    let heads = shop.till.documents(ClosureNumber(1)).unwrap();
    let papers: Vec<_> = heads.iter().skip(1).map(|head| head.document_type).collect();
    assert_eq!(papers, DocumentType::ALL);
    for completed in made {
        let Some(Found::Completed(found)) = shop.till.find_document(completed.document().id).unwrap() else {
            panic!("{:?}", completed.document().document_type)
        };
        assert_eq!(*found, completed);
    }
}

#[test]
fn keys_of_what_sells_leave_out_what_leaves_on_a_waybill() {
    let mut shop = Shop::open();
    shop.execute(Command::Open(OpenDocument::new(DocumentType::Waybill, Kind::Sale)));
    shop.execute(sell("D"));
    shop.execute(Command::Close);
    shop.execute(sell_some("A", "2"));
    shop.execute(cash());
    assert_eq!(shop.till.best_sold(10).unwrap(), [product("A")]);
}
