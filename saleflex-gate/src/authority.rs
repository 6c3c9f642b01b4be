//! Who decides in which domain of a company: a setting of the company, told to tills and stores' hubs with every page of
//! changes. Where nothing is set the company's hub decides.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use saleflex_sync::{
    goods, managed,
    wire::{Authority, Domain},
};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    db::{DatabaseError, Session, Tenant},
    definitions,
};

/// Who decides, by domain.
pub(crate) type Deciders = BTreeMap<Domain, Authority>;

/// The domains whose rows come down from a hub.
const DOMAINS: [Domain; 8] = [
    Domain::Catalog,
    Domain::Campaign,
    Domain::Customers,
    Domain::Forms,
    Domain::Loyalty,
    Domain::Settings,
    Domain::Users,
    Domain::Warehouse,
];

/// The domain of a resource.
pub(crate) fn domain_of(resource: &str) -> Domain {
    match resource {
        "cashiers" | "cashier_performance_targets" => Domain::Users,
        "campaign_types" | "campaigns" | "campaign_rules" | "campaign_products" | "coupons" => {
            Domain::Campaign
        }
        "customers" | "customer_segments" | "customer_segment_members" => Domain::Customers,
        "forms" | "form_controls" | "form_control_tabs" | "label_values" | "pos_virtual_keyboards" => {
            Domain::Forms
        }
        "pos_settings" | managed::RESOURCE | managed::TEXTS | managed::TEMPLATES => Domain::Settings,
        "warehouses" | "warehouse_locations" | "warehouse_product_stock" | goods::RESOURCE => {
            Domain::Warehouse
        }
        _ if resource.starts_with("loyalty_") => Domain::Loyalty,
        _ => Domain::Catalog,
    }
}

/// The domains of a text with commas between.
///
/// # Errors
/// `domain_unknown` for a name that is none whose rows come down.
pub(crate) fn domains(text: &str) -> Result<BTreeSet<Domain>, ApiError> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let domain = |name: &str| {
        let domain = Domain::of(name);
        if DOMAINS.contains(&domain) {
            return Ok(domain);
        }
        let known: Vec<&str> = DOMAINS.iter().map(Domain::as_str).collect();
        let message = format!("`{name}` is no domain of changes; they are {}", known.join(", "));
        Err(ApiError::new(StatusCode::BAD_REQUEST, "domain_unknown", message))
    };
    names.map(domain).collect()
}

/// Whether the company's hub decides in a domain.
pub(crate) fn is_of_the_company(deciders: &Deciders, domain: &Domain) -> bool {
    !matches!(deciders.get(domain), Some(Authority::Office | Authority::Terminal))
}

/// That rows of a resource are changed at this hub: a store's hub has the copy of what the company's decides.
///
/// # Errors
/// `not_the_authority`.
pub(crate) async fn decides_here(hub: &Hub, company: Uuid, resource: &str) -> Result<(), ApiError> {
    if hub.settings.upstream.is_none() {
        return Ok(());
    }
    let read =
        hub.books.read(Tenant::Company(company), move |session| Ok::<_, ApiError>(of(session, company)?));
    let domain = domain_of(resource);
    if is_of_the_company(&read.await?, &domain) {
        let message = format!("`{domain}` is decided at the company's hub");
        return Err(ApiError::forbidden("not_the_authority", message));
    }
    Ok(())
}

/// That these are domains and who can decide in them.
///
/// # Errors
/// `field_invalid`.
pub(crate) fn check(deciders: &Deciders) -> Result<(), ApiError> {
    for (domain, who) in deciders {
        let is_known = DOMAINS.contains(domain) && !matches!(who, Authority::Unknown(_));
        if !is_known {
            let message = format!("`{domain}` cannot be left to `{who}`");
            let error = ApiError::unprocessable("field_invalid", message);
            return Err(ApiError { detail: Some("authority".to_owned()), ..error });
        }
    }
    Ok(())
}

/// Who decides in a company.
pub(crate) fn of(session: &mut dyn Session, company: Uuid) -> Result<Deciders, DatabaseError> {
    let rows = session.query("SELECT authority FROM company WHERE company_id = $1", &[company.into()])?;
    rows.first().map_or(Ok(Deciders::new()), |row| read(row.text(0)?))
}

/// What the column holds.
pub(crate) fn read(text: &str) -> Result<Deciders, DatabaseError> {
    serde_json::from_str(text).map_err(|_| DatabaseError::Column { column: 0, expected: "who decides" })
}

/// Sets who decides, in the place of all before; whether that is another. It is a change of the company, so that whoever
/// waits for one hears of it.
pub(crate) fn put(
    session: &mut dyn Session,
    company: Uuid,
    deciders: &Deciders,
) -> Result<bool, DatabaseError> {
    if of(session, company)? == *deciders {
        return Ok(false);
    }
    let unwritable = |_| DatabaseError::Column { column: 0, expected: "who decides" };
    let text = serde_json::to_string(deciders).map_err(unwritable)?;
    let sql = "UPDATE company SET authority = $2 WHERE company_id = $1";
    session.execute(sql, &[company.into(), text.into()])?;
    definitions::next_change(session, company)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::{FURTHER, RESOURCES};

    #[test]
    fn every_resource_is_of_a_domain_that_somebody_decides_in() {
        for resource in RESOURCES.into_iter().chain(FURTHER) {
            assert!(DOMAINS.contains(&domain_of(resource)), "{resource}");
        }
    }

    #[test]
    fn the_company_decides_what_it_does_not_leave_to_others() {
        let deciders = Deciders::from([
            (Domain::Catalog, Authority::Office),
            (Domain::Campaign, Authority::Gate),
            (Domain::Customers, Authority::Terminal),
        ]);
        let asked = [Domain::Catalog, Domain::Campaign, Domain::Customers, Domain::Forms];
        let found = asked.map(|domain| is_of_the_company(&deciders, &domain));
        assert_eq!(found, [false, true, false, true]);
        assert!(check(&deciders).is_ok());
        assert!(check(&[(Domain::Catalog, Authority::of("nobody"))].into()).is_err());
        assert!(check(&[(Domain::Closures, Authority::Gate)].into()).is_err(), "closures come from tills");
    }
}
