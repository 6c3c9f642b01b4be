//! What of a shop the rules of a segment name.

use alloc::{collections::BTreeSet, string::String};

use super::{Criterion, Goods};
use crate::{catalog::DepartmentNo, ids::ProductId};

/// What a criterion names of a shop.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Names {
    /// Codes of loyalty tiers.
    pub tiers: BTreeSet<String>,
    /// Products and departments.
    pub goods: Goods,
}

/// A name of something that a shop has not, so that nobody would ever meet the rules for it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownName {
    /// No program has such a tier.
    #[error("there is no tier {code}")]
    Tier {
        /// The code that no tier has.
        code: String,
    },
    /// There is no such department, main or sub.
    #[error("there is no department {no}")]
    Department {
        /// The number that no department has.
        no: DepartmentNo,
    },
    /// There is no such product.
    #[error("there is no product {product}")]
    Product {
        /// The identity that no product has.
        product: ProductId,
    },
}

impl Names {
    /// What a criterion names, in whichever of its groups.
    pub fn of(criterion: &Criterion) -> Self {
        let mut names = Self::default();
        names.take(criterion);
        names
    }

    fn take(&mut self, criterion: &Criterion) {
        match criterion {
            Criterion::All(group) | Criterion::Any(group) => {
                for one in group {
                    self.take(one);
                }
            }
            Criterion::Not(one) => self.take(one),
            Criterion::Tier(codes) => self.tiers.extend(codes.iter().cloned()),
            Criterion::Bought { goods, .. } => {
                self.goods.products.extend(&goods.products);
                self.goods.departments.extend(&goods.departments);
            }
            Criterion::RegisteredWithin { .. }
            | Criterion::NotSeenFor { .. }
            | Criterion::SeenWithin { .. }
            | Criterion::MinPurchases(_)
            | Criterion::MaxPurchases(_)
            | Criterion::PurchasesWithin { .. }
            | Criterion::MinAnnualSpending(_)
            | Criterion::MinLifetimeSpending(_)
            | Criterion::MinAveragePurchase(_)
            | Criterion::MinAverageOf { .. }
            | Criterion::Birthday(_)
            | Criterion::PrefersVip
            | Criterion::Town(_)
            | Criterion::ZipBeginsWith(_)
            | Criterion::Store(_)
            | Criterion::MayMessage(_) => {}
        }
    }
}
