//! Where stock lies: warehouses, the locations in them, and which of those is the sales location.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::ids::{LocationId, StoreId, WarehouseId};

/// What a warehouse is for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum WarehouseKind {
    /// The main store of goods.
    Main,
    /// Behind the sales floor.
    Backroom,
    /// Where customers take goods from.
    SalesFloor,
    /// A cold store.
    ColdStorage,
    /// Goods under lock.
    Security,
    /// Returned and damaged goods.
    Temporary,
}

/// A warehouse of a store.
#[expect(clippy::struct_excessive_bools, reason = "four permissions that do not depend on each other")]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Warehouse {
    /// The warehouse's id.
    pub id: WarehouseId,
    /// Its code, unique.
    pub code: String,
    /// The name people know it by.
    pub name: String,
    /// The store it belongs to.
    pub store: StoreId,
    /// What it is for.
    pub kind: WarehouseKind,
    /// Whether it is in use.
    pub is_active: bool,
    /// Whether goods may be received there.
    pub receives: bool,
    /// Whether goods may be transferred out of it.
    pub ships: bool,
    /// Whether it may be counted.
    pub counts: bool,
}

/// A location in a warehouse.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Location {
    /// The location's id.
    pub id: LocationId,
    /// Its code, unique.
    pub code: String,
    /// The name people know it by.
    pub name: String,
    /// The warehouse it is in.
    pub warehouse: WarehouseId,
    /// The location it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<LocationId>,
    /// Whether it is in use.
    pub is_active: bool,
    /// Why nothing may move there at present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<String>,
    /// Where it comes in the order of picking.
    #[serde(default)]
    pub pick_sequence: u32,
}

/// What is wrong with warehouses and locations.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SiteError {
    /// Two of them share an identity or a code.
    #[error("{code} is there twice")]
    Duplicate {
        /// The code of the second.
        code: String,
    },
    /// A location in a warehouse that does not exist.
    #[error("location {location} lies in the unknown warehouse {warehouse}")]
    UnknownWarehouse {
        /// The location's code.
        location: String,
        /// The warehouse it names.
        warehouse: WarehouseId,
    },
    /// A location that is part of an unknown one, or of itself by any detour.
    #[error("location {location} cannot be part of {parent}")]
    Parent {
        /// The location's code.
        location: String,
        /// The location it names.
        parent: LocationId,
    },
}

/// There is no location to sell from.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no active location of a sales floor to sell from")]
pub struct NoSalesLocation;

/// What a location is asked to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Use {
    /// Take goods in.
    Receive,
    /// Send goods out.
    Ship,
    /// Be counted or put right.
    Count,
    /// Take what a transfer brings, hold what is set apart, give what is issued.
    Hold,
}

/// Why a location cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LocationProblem {
    /// There is no such location.
    #[error("is not known")]
    Unknown,
    /// It or its warehouse is out of use.
    #[error("is out of use")]
    Inactive,
    /// It is blocked.
    #[error("is blocked")]
    Blocked,
    /// Its warehouse does not do that.
    #[error("lies in a warehouse that does not allow this")]
    Forbidden,
}

/// The warehouses and locations, checked.
#[derive(Clone, Debug, Default)]
pub struct Sites {
    warehouses: BTreeMap<WarehouseId, Warehouse>,
    locations: BTreeMap<LocationId, Location>,
}

impl Sites {
    /// Takes them over when all fit together.
    ///
    /// # Errors
    /// Every [`SiteError`] there is.
    pub fn try_new(
        warehouses: impl IntoIterator<Item = Warehouse>,
        locations: impl IntoIterator<Item = Location>,
    ) -> Result<Self, Vec<SiteError>> {
        let mut sites = Self::default();
        let mut errors = Vec::new();
        let mut codes = alloc::collections::BTreeSet::new();
        for warehouse in warehouses {
            let code = warehouse.code.clone();
            let is_new = codes.insert(code.clone());
            if sites.warehouses.insert(warehouse.id, warehouse).is_some() || !is_new {
                errors.push(SiteError::Duplicate { code });
            }
        }
        codes.clear();
        for location in locations {
            let code = location.code.clone();
            if !sites.warehouses.contains_key(&location.warehouse) {
                errors.push(SiteError::UnknownWarehouse {
                    location: code.clone(),
                    warehouse: location.warehouse,
                });
            }
            let is_new = codes.insert(code.clone());
            if sites.locations.insert(location.id, location).is_some() || !is_new {
                errors.push(SiteError::Duplicate { code });
            }
        }
        errors.extend(sites.locations.values().filter_map(|location| sites.check_parent(location)));
        if errors.is_empty() { Ok(sites) } else { Err(errors) }
    }

    fn check_parent(&self, location: &Location) -> Option<SiteError> {
        let parent = location.parent?;
        let mut next = Some(parent);
        // A chain without a circle has fewer steps than there are locations.
        for _ in 0..self.locations.len() {
            let id = next?;
            match self.locations.get(&id) {
                Some(above) if id != location.id => next = above.parent,
                _ => return Some(SiteError::Parent { location: location.code.clone(), parent }),
            }
        }
        next.map(|_| SiteError::Parent { location: location.code.clone(), parent })
    }

    /// The location of an id; none where it is not among these.
    pub fn location(&self, id: LocationId) -> Option<&Location> {
        self.locations.get(&id)
    }

    /// The warehouse of a location.
    pub fn warehouse_of(&self, id: LocationId) -> Option<&Warehouse> {
        self.warehouses.get(&self.locations.get(&id)?.warehouse)
    }

    /// All locations.
    pub fn locations(&self) -> impl Iterator<Item = &Location> {
        self.locations.values()
    }

    /// All warehouses.
    pub fn warehouses(&self) -> impl Iterator<Item = &Warehouse> {
        self.warehouses.values()
    }

    /// Where sales come from: the one that is set, or the sales floor's with the lowest pick sequence, then code.
    ///
    /// # Errors
    /// [`NoSalesLocation`] when the one that is set or every other is out of use, blocked or unknown.
    pub fn sales_location(&self, set: Option<LocationId>) -> Result<LocationId, NoSalesLocation> {
        match set {
            Some(id) => self.check(id, Use::Hold).map(|()| id).map_err(|_| NoSalesLocation),
            None => self.first_of(WarehouseKind::SalesFloor).ok_or(NoSalesLocation),
        }
    }

    /// Where goods that a document moves leave from, whatever state the shop is in, since a completed document is a
    /// fact: [`Sites::sales_location`], else the sales location that is set, else the first location of a sales floor,
    /// else any, by code; none where there is no location at all.
    pub fn counter(&self, set: Option<LocationId>) -> Option<LocationId> {
        let known = set.filter(|id| self.locations.contains_key(id));
        let of_sales_floor = |location: &&Location| {
            let warehouse = self.warehouses.get(&location.warehouse);
            warehouse.is_some_and(|warehouse| warehouse.kind == WarehouseKind::SalesFloor)
        };
        let first = || {
            let by_use = |location: &&Location| (!of_sales_floor(location), location.code.clone());
            self.locations.values().min_by_key(by_use).map(|location| location.id)
        };
        self.sales_location(set).ok().or(known).or_else(first)
    }

    /// A location by its code.
    pub fn by_code(&self, code: &str) -> Option<&Location> {
        self.locations.values().find(|location| location.code == code)
    }

    /// Where returned goods go that cannot be sold again: the first location of a temporary warehouse.
    pub fn damaged_location(&self) -> Option<LocationId> {
        self.first_of(WarehouseKind::Temporary)
    }

    fn first_of(&self, kind: WarehouseKind) -> Option<LocationId> {
        let usable = self.locations.values().filter(|location| {
            self.warehouses.get(&location.warehouse).is_some_and(|warehouse| warehouse.kind == kind)
                && self.check(location.id, Use::Hold).is_ok()
        });
        usable.min_by_key(|location| (location.pick_sequence, &location.code)).map(|location| location.id)
    }

    /// Whether a location may do something now.
    ///
    /// # Errors
    /// [`LocationProblem`] by what stands in the way.
    pub fn check(&self, id: LocationId, what: Use) -> Result<(), LocationProblem> {
        let location = self.locations.get(&id).ok_or(LocationProblem::Unknown)?;
        let warehouse = self.warehouses.get(&location.warehouse).ok_or(LocationProblem::Unknown)?;
        let allows = match what {
            Use::Receive => warehouse.receives,
            Use::Ship => warehouse.ships,
            Use::Count => warehouse.counts,
            Use::Hold => true,
        };
        if !location.is_active || !warehouse.is_active {
            Err(LocationProblem::Inactive)
        } else if location.blocked.is_some() {
            Err(LocationProblem::Blocked)
        } else if !allows {
            Err(LocationProblem::Forbidden)
        } else {
            Ok(())
        }
    }
}
