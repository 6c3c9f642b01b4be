//! A person who is erased leaves no trace.

use super::*;

/// Everything of a person who must leave no trace.
const TRACES: [&str; 9] = [
    "Quixotte",
    "Zebulon",
    "0777 314159",
    "777314159",
    "zq@example.org",
    "Windmill Lane",
    "CARD424242",
    "likes windmills",
    "K-QUIX",
];

fn traces(path: &std::path::Path) -> Vec<&'static str> {
    let mut bytes = fs::read(path).unwrap();
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    bytes.extend(fs::read(log).unwrap_or_default());
    let lower = bytes.to_ascii_lowercase();
    let is_there = |text: &&&str| {
        let text = text.to_ascii_lowercase().into_bytes();
        lower.windows(text.len()).any(|window| window == text)
    };
    TRACES.iter().filter(is_there).copied().collect()
}

/// Paper of a customer's documents waits for a printer: the receipt, a copy that bears the number alone, and what is
/// somebody else's.
fn queue_paper(shop: &Shop, id: CustomerId) {
    let sale = &shop.till.documents_of(id, 1).unwrap()[0];
    let job = |document, title: String, line: &str| {
        let mut printout = Printout::new();
        printout.title(line);
        NewJob { document, title, printout }
    };
    let number = sale.number.to_string();
    let jobs = [
        job(Some(sale.id), number.clone(), "Zebulon Quixotte, Windmill Lane"),
        job(None, number, "copy for Zebulon Quixotte"),
        job(None, "of somebody else".to_owned(), "Z"),
    ];
    shop.till.print_queue().unwrap().add(&jobs, None).unwrap();
}

#[test]
fn an_erased_person_leaves_no_trace_in_the_file_and_the_documents_stay() {
    let mut shop = open();
    let mut new = NewCustomer::named("K-QUIX", "Zebulon Quixotte");
    new.details.phone = Some("0777 314159".to_owned());
    new.details.email = Some("zq@example.org".to_owned());
    new.details.address.street = Some("Windmill Lane".to_owned());
    let id = shop.till.add_customer(&new).unwrap();
    sold(&mut shop, id, "4");
    shop.till.issue_card(id, "card424242").unwrap();
    shop.till.grant_points(id, Points::new(5), false, "likes windmills", None).unwrap();
    new.details.note = Some("likes windmills".to_owned());
    shop.till.change_customer(id, &new).unwrap();
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.execute(Command::Suspend { name: Some("Quixotte".to_owned()) });
    assert!(!traces(&shop.path()).is_empty());
    let waiting = shop.till.erase_customer(id);
    assert!(
        matches!(waiting, Err(Error::NotErasable(NotErasable::DocumentsOpen { count: 1 }))),
        "{waiting:?}"
    );
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.execute(Request::cancel_suspended(parked, None));
    queue_paper(&shop, id);
    shop.till.erase_customer(id).unwrap();
    assert_eq!(traces(&shop.path()), Vec::<&str>::new());
    assert_eq!(shop.till.print_queue().unwrap().oldest().unwrap().unwrap().job.title, "of somebody else");
    assert!(matches!(shop.till.erase_customer(id), Err(Error::NotErasable(NotErasable::AlreadyDone))));
    assert_eq!(shop.till.documents_of(id, 10).unwrap().len(), 2);
    assert_eq!(shop.till.point_movements(id, 10).unwrap().len(), 2);
    assert!(matches!(shop.till.assign_customer(Some(id)), Err(Error::NoSuchCustomer { .. })));
    check(&shop);
    let shop = shop.restarted();
    check(&shop);
    let mut everything = Vec::new();
    shop.till.export(&mut everything).unwrap();
    let everything = String::from_utf8(everything).unwrap();
    assert!(TRACES.iter().all(|trace| !everything.contains(trace)));
}

#[test]
fn who_was_erased_elsewhere_is_the_person_that_they_were_merged_into_here() {
    let mut shop = open();
    let gone = shop.till.add_customer(&NewCustomer::named("K-1", "Zebulon Quixotte")).unwrap();
    let kept = shop.till.add_customer(&NewCustomer::named("K-2", "Zeb Quixotte")).unwrap();
    shop.till.merge_customers(kept, gone).unwrap();
    shop.till.take_over_erasure(gone).unwrap();
    let standing = shop.till.person(kept).unwrap().unwrap().standing;
    assert!(matches!(standing, Standing::Erased { .. }), "{standing:?}");
    assert!(shop.till.find_customers("quixotte", 5).unwrap().is_empty());
    shop.till.take_over_erasure(gone).unwrap();
    shop.till.take_over_erasure(CustomerId::new(Uuid::from_u128(404))).unwrap();
    check(&shop);
}

#[test]
fn records_that_name_each_other_end_the_search_for_a_survivor() {
    let mut shop = open();
    let one = shop.till.add_customer(&NewCustomer::named("K-1", "Zebulon Quixotte")).unwrap();
    let other = shop.till.add_customer(&NewCustomer::named("K-2", "Zeb Quixotte")).unwrap();
    let disk = rusqlite::Connection::open(shop.path()).unwrap();
    for (from, into) in [(one, other), (other, one)] {
        let standing = serde_json::to_string(&Standing::Merged { into }).unwrap();
        let sql = "UPDATE customer SET merged_into = ?1, standing = ?2 WHERE id = ?3";
        let (into, from) = (into.uuid().into_bytes(), from.uuid().into_bytes());
        assert_eq!(disk.execute(sql, rusqlite::params![into, standing, from]).unwrap(), 1);
    }
    let refused = shop.till.take_over_erasure(one);
    assert!(matches!(refused, Err(Error::NotErasable(NotErasable::Merged { .. }))), "{refused:?}");
}

#[test]
fn an_account_that_is_not_settled_keeps_a_person() {
    let mut shop = open();
    let id = grace(&shop);
    shop.execute(sell("A"));
    shop.till.assign_customer(Some(id)).unwrap();
    shop.execute(pay(TenderKind::OnAccount, 250));
    for refused in [shop.till.erase_customer(id), shop.till.delete_customer(id)] {
        let is_open = matches!(&refused, Err(Error::NotErasable(NotErasable::AccountOpen { balance })) if *balance == minor(250));
        assert!(is_open, "{refused:?}");
    }
    shop.log_in(CASHIER);
    assert!(matches!(shop.till.erase_customer(id), Err(Error::Refused(_))));
}
