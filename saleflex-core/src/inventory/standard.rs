//! The warehouses a new store begins with.

use alloc::{string::String, vec::Vec};

use uuid::Uuid;

use super::{Location, Warehouse, WarehouseKind};
use crate::{
    digest::Digest,
    ids::{LocationId, StoreId, WarehouseId},
};

/// Code and name of a warehouse, what it is for, and code and name of its locations.
type Standard = (&'static str, &'static str, WarehouseKind, &'static [(&'static str, &'static str)]);

const STANDARD: [Standard; 6] = [
    ("MAIN-001", "Main store", WarehouseKind::Main, &[("MAIN-001-A", "Main rack")]),
    ("BACK-001", "Back room", WarehouseKind::Backroom, &[("BACK-001-A", "Back room shelf")]),
    (
        "SALES-001",
        "Sales floor",
        WarehouseKind::SalesFloor,
        &[("SALES-001-A", "General"), ("SALES-001-B", "Electronics"), ("SALES-001-C", "Checkout")],
    ),
    ("COLD-001", "Cold store", WarehouseKind::ColdStorage, &[("COLD-001-A", "Cold rack")]),
    ("SEC-001", "Locked store", WarehouseKind::Security, &[("SEC-001-A", "Locked zone")]),
    ("TEMP-001", "Returns", WarehouseKind::Temporary, &[("TEMP-001-A", "Returned goods")]),
];

/// One warehouse of each kind with its locations, all open to everything. Their identities follow from the store's and
/// their codes, so that all tills of a store mean the same places without asking each other.
pub fn standard(store: StoreId) -> (Vec<Warehouse>, Vec<Location>) {
    let (mut warehouses, mut locations) = (Vec::new(), Vec::new());
    for (code, name, kind, places) in STANDARD {
        let id = WarehouseId::new(derived(store, code));
        warehouses.push(Warehouse {
            id,
            code: String::from(code),
            name: String::from(name),
            store,
            kind,
            is_active: true,
            receives: true,
            ships: true,
            counts: true,
        });
        for ((code, name), pick_sequence) in places.iter().zip(1..) {
            locations.push(Location {
                id: LocationId::new(derived(store, code)),
                code: String::from(*code),
                name: String::from(*name),
                warehouse: id,
                parent: None,
                is_active: true,
                blocked: None,
                pick_sequence,
            });
        }
    }
    (warehouses, locations)
}

fn derived(store: StoreId, code: &str) -> Uuid {
    let digest = Digest::of_parts([store.uuid().as_bytes().as_slice(), code.as_bytes()]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Sites;

    fn sites(store: u128) -> Sites {
        let (warehouses, locations) = standard(StoreId::new(Uuid::from_u128(store)));
        Sites::try_new(warehouses, locations).unwrap()
    }

    #[test]
    fn a_store_sells_from_the_first_location_of_its_sales_floor() {
        let sites = sites(1);
        let sells = sites.location(sites.sales_location(None).unwrap()).unwrap();
        assert_eq!(sells.code, "SALES-001-A");
        assert_eq!(sites.location(sites.damaged_location().unwrap()).unwrap().code, "TEMP-001-A");
        assert_eq!((sites.warehouses().count(), sites.locations().count()), (6, 8));
    }

    #[test]
    fn tills_of_one_store_mean_the_same_places_and_those_of_another_others() {
        assert_eq!(sites(1).sales_location(None), sites(1).sales_location(None));
        assert_ne!(sites(1).sales_location(None), sites(2).sales_location(None));
    }
}
