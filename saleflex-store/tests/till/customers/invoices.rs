//! Invoices: they say who bought.

use saleflex_core::{
    customer::{BuyerGaps, CustomerDetails},
    document::{Command, DocumentType, Kind, OpenDocument, Refusal},
};
use saleflex_store::{Error, customer::NewCustomer};

use super::{add, check, open};
use crate::support::shop::{Shop, cash, sell};

fn record(details: CustomerDetails) -> NewCustomer {
    NewCustomer { code: "I1".to_owned(), details, ..NewCustomer::default() }
}

#[test]
fn an_invoice_tells_what_is_not_known_of_its_buyer_until_the_record_is_filled_in() {
    let mut shop = open();
    let id = add(&mut shop, "I1", "Ines Vidal", "");
    shop.execute(Command::Open(OpenDocument::new(DocumentType::EInvoice, Kind::Sale)));
    shop.execute(sell("A"));
    let missing = |shop: &mut Shop| match shop.till.execute(cash()) {
        Err(Error::Refused(Refusal::BuyerIncomplete { missing })) => missing,
        other => panic!("{other:?}"),
    };
    let nobody = shop.till.execute(cash());
    assert!(matches!(nobody, Err(Error::Refused(Refusal::BuyerNeeded))), "{nobody:?}");
    shop.till.assign_customer(Some(id)).unwrap();
    assert_eq!(missing(&mut shop), BuyerGaps { name: false, address: true, tax_number: true });
    let mut details = shop.till.person(id).unwrap().unwrap().details;
    details.address.town = Some("Leeds".to_owned());
    shop.till.change_customer(id, &record(details.clone())).unwrap();
    assert_eq!(missing(&mut shop), BuyerGaps { name: false, address: false, tax_number: true });
    // A person has no tax number but a national one.
    details.national_id = Some("QQ 12".to_owned());
    shop.till.change_customer(id, &record(details)).unwrap();
    assert_eq!(shop.execute(cash()).completed().len(), 1);
    // A shop may do without.
    let mut settings = shop.till.settings().clone();
    settings.policy.invoice_needs_buyer = false;
    shop.till.change_settings(settings).unwrap();
    shop.execute(Command::Open(OpenDocument::new(DocumentType::Invoice, Kind::Sale)));
    shop.execute(sell("A"));
    assert_eq!(shop.execute(cash()).completed().len(), 1);
    check(&shop);
}
