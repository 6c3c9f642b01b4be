//! What people may do, and where: the matrix of roles, and how far a right reaches.
//!
//! The matrix is a table in the repository, `access/matrix.csv`: a row for each capability, a column for each role.
//!
//! **Invariant:** what the table does not grant is refused.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

mod capability;
mod profile;
mod reach;
pub(crate) mod routes;
mod wanted;

pub(crate) use capability::{Capability, Right, may};
pub(crate) use profile::{Profile, Profiles};
pub(crate) use reach::Reach;
pub(crate) use wanted::Wanted;

const TABLE: &str = include_str!("access/matrix.csv");

/// What a person is in a company, a region or a store. The first two come with a membership, the others are assigned.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Owner,
    Admin,
    Finance,
    Analyst,
    RegionManager,
    StoreManager,
    OfficeOperator,
    StockClerk,
    Cashier,
    Waiter,
    Kitchen,
    Member,
}

impl Role {
    /// All roles, as the columns of the matrix.
    pub(crate) const ALL: [Self; 12] = [
        Self::Owner,
        Self::Admin,
        Self::Finance,
        Self::Analyst,
        Self::RegionManager,
        Self::StoreManager,
        Self::OfficeOperator,
        Self::StockClerk,
        Self::Cashier,
        Self::Waiter,
        Self::Kitchen,
        Self::Member,
    ];

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Finance => "finance",
            Self::Analyst => "analyst",
            Self::RegionManager => "region_manager",
            Self::StoreManager => "store_manager",
            Self::OfficeOperator => "office_operator",
            Self::StockClerk => "stock_clerk",
            Self::Cashier => "cashier",
            Self::Waiter => "waiter",
            Self::Kitchen => "kitchen",
            Self::Member => "member",
        }
    }

    /// The role of a name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What an assignment of it may be on; none for what comes with a membership.
    pub(crate) const fn places(self) -> &'static [Place] {
        match self {
            Self::Owner | Self::Admin | Self::Member => &[],
            Self::Finance => &[Place::Company, Place::Region],
            Self::Analyst => &[Place::Company, Place::Region, Place::Store],
            Self::RegionManager => &[Place::Region],
            Self::StoreManager
            | Self::OfficeOperator
            | Self::StockClerk
            | Self::Cashier
            | Self::Waiter
            | Self::Kitchen => &[Place::Store],
        }
    }

    /// Whether it is one of those a store manager hands out.
    pub(crate) const fn is_of_store_staff(self) -> bool {
        matches!(self, Self::OfficeOperator | Self::StockClerk | Self::Cashier | Self::Waiter | Self::Kitchen)
    }
}

/// What an assignment is on.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    Company,
    Region,
    Store,
}

/// One cell of the matrix.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Grant {
    /// Not at all, whatever the company says.
    Refused,
    /// In all of what the role is on.
    Granted,
    /// At the terminals that the assignment names.
    AtTerminals,
    /// Only if the company gives the domain of the capability to its stores.
    ByPolicy,
}

/// The whole matrix.
#[derive(Debug)]
pub(crate) struct Matrix(BTreeMap<(Capability, Role), Grant>);

impl Matrix {
    /// The committed one.
    pub(crate) fn committed() -> &'static Self {
        static MATRIX: LazyLock<Matrix> =
            LazyLock::new(|| Matrix::parse(TABLE).expect("the committed matrix is whole, as a test checks"));
        &MATRIX
    }

    /// What a role has of a capability.
    pub(crate) fn grant(&self, capability: Capability, role: Role) -> Grant {
        self.0.get(&(capability, role)).copied().unwrap_or(Grant::Refused)
    }

    fn parse(table: &str) -> Option<Self> {
        let mut lines = table.lines();
        let roles = lines.next()?.split(',').skip(1).map(Role::parse).collect::<Option<Vec<_>>>()?;
        let mut cells = BTreeMap::new();
        for line in lines {
            let mut fields = line.split(',');
            let capability = Capability::parse(fields.next()?)?;
            for role in &roles {
                let grant = match fields.next()? {
                    "-" => Grant::Refused,
                    "C" | "R" | "S" => Grant::Granted,
                    "T" => Grant::AtTerminals,
                    "R(p)" | "S(p)" => Grant::ByPolicy,
                    _ => return None,
                };
                cells.insert((capability, *role), grant);
            }
        }
        Some(Self(cells))
    }
}

/// A role of a person at a place, as far as it reaches.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) role: Role,
    /// None: the whole company.
    pub(crate) stores: Option<BTreeSet<uuid::Uuid>>,
    /// None: all terminals there.
    pub(crate) terminals: Option<BTreeSet<uuid::Uuid>>,
}

impl Held {
    /// The same role, no further than one store; none where it does not reach that store.
    pub(crate) fn within(self, store: uuid::Uuid) -> Option<Self> {
        let is_there = self.stores.as_ref().is_none_or(|stores| stores.contains(&store));
        is_there.then(|| Self { stores: Some(BTreeSet::from([store])), ..self })
    }
}

/// How far a capability reaches by the roles that are held. `store_domains` are those that the company gives to its
/// stores, such as `catalog`.
pub(crate) fn reach(held: &[Held], capability: Capability, store_domains: &BTreeSet<String>) -> Reach {
    let mut reach = Reach::default();
    for one in held {
        let grant = Matrix::committed().grant(capability, one.role);
        let is_granted = match grant {
            Grant::Refused => false,
            Grant::Granted | Grant::AtTerminals => true,
            Grant::ByPolicy => store_domains.contains(capability.domain()),
        };
        if is_granted {
            reach.add(one, grant == Grant::AtTerminals);
        }
    }
    reach
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn held(role: Role, store: Option<u128>, terminals: Option<&[u128]>) -> Held {
        let set = |ids: &[u128]| ids.iter().copied().map(Uuid::from_u128).collect();
        Held { role, stores: store.map(|store| set(&[store])), terminals: terminals.map(set) }
    }

    #[test]
    fn the_matrix_has_a_cell_for_every_capability_and_role() {
        for capability in Capability::ALL {
            for role in Role::ALL {
                assert!(Matrix::committed().0.contains_key(&(capability, role)), "{capability:?} {role:?}");
            }
        }
        assert_eq!(Matrix::committed().0.len(), Capability::ALL.len() * Role::ALL.len());
    }

    #[test]
    fn a_table_with_an_unknown_name_or_mark_is_none() {
        for wrong in
            ["capability,king\n", "capability,owner\nworld.rule,C\n", "capability,owner\nstore.edit,?\n"]
        {
            assert!(Matrix::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn rights_add_up_and_reach_no_further_than_each_was_given() {
        let all = [held(Role::StoreManager, Some(1), None), held(Role::Cashier, Some(2), Some(&[9]))];
        let none = BTreeSet::new();
        let edit = reach(&all, Capability::StoreEdit, &none);
        assert!(edit.holds_store(Uuid::from_u128(1)) && !edit.holds_store(Uuid::from_u128(2)));
        let read = reach(&all, Capability::TransactionRead, &none);
        assert!(read.holds_terminal(Uuid::from_u128(2), Uuid::from_u128(9)));
        assert!(!read.holds_terminal(Uuid::from_u128(2), Uuid::from_u128(8)), "another till of that store");
        assert!(read.holds_terminal(Uuid::from_u128(1), Uuid::from_u128(8)));
        assert!(reach(&all, Capability::CompanyEdit, &none).is_nowhere());
    }

    #[test]
    fn what_depends_on_the_company_is_refused_until_it_says_so() {
        let manager = [held(Role::StoreManager, Some(1), None)];
        assert!(reach(&manager, Capability::CatalogWrite, &BTreeSet::new()).is_nowhere());
        let given = BTreeSet::from(["catalog".to_owned()]);
        assert!(reach(&manager, Capability::CatalogWrite, &given).holds_store(Uuid::from_u128(1)));
    }
}
