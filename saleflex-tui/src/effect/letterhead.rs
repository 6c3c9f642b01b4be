//! What stands on paper of the shop and of its customer, beside what documents carry themselves.

use saleflex_core::{customer::CustomerDetails, document::Document};
use saleflex_store::Till;

/// The shop's name, and below it what the settings say: address, tax office and number. A paragraph a line.
pub(super) fn header(till: &Till) -> String {
    let name = &till.identity().store_name;
    let below = &till.settings().paper.header;
    if below.is_empty() { name.clone() } else { format!("{name}\n{below}") }
}

/// The customer of a document: the name, and on an invoice the address and the tax number too. A name that cannot be
/// read leaves the receipt without one; it is a receipt all the same.
pub(super) fn customer(till: &Till, document: &Document) -> String {
    let Some(id) = document.customer else { return String::new() };
    if !document.document_type.is_invoice() {
        return till.customer(id).ok().flatten().map(|customer| customer.name).unwrap_or_default();
    }
    till.person(id).ok().flatten().map(|person| addressed(&person.details)).unwrap_or_default()
}

/// Who it is and where to, as on a letter, and the tax number below, or the national one.
fn addressed(details: &CustomerDetails) -> String {
    let address = &details.address;
    let joined = |parts: [Option<&str>; 2]| parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let lines = [
        joined([
            Some(details.name.as_str()),
            Some(details.last_name.as_str()).filter(|name| !name.is_empty()),
        ]),
        joined([address.street.as_deref(), address.area.as_deref()]),
        joined([address.zip.as_deref(), address.town.as_deref()]),
        details.tax_id.clone().or_else(|| details.national_id.clone()).unwrap_or_default(),
    ];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
