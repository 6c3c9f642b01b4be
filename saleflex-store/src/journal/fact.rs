//! What happens at a till besides documents and closures.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use saleflex_core::{
    cashier::Capability,
    catalog::{CatalogChange, Reference},
    ids::{CashierId, CustomerId, ProductId, StoreId, TerminalId},
    money::{Currency, CurrencyCode},
    quantity::ExchangeRate,
    tax::TaxMode,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::RecordKind;
use crate::settings::Settings;

/// Something that happened at the till.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fact {
    /// The till was made: the first record of every journal.
    TillCreated {
        /// Its store.
        store: StoreId,
        /// Which till.
        terminal: TerminalId,
        /// The currency it sells in.
        currency: Currency,
        /// Whether its prices contain tax.
        tax_mode: TaxMode,
        /// The life of this file.
        epoch: Uuid,
    },
    /// A copy of the file was opened: what follows is another life.
    EpochBegan {
        /// The new life.
        epoch: Uuid,
    },
    /// A cashier logged in.
    LoggedIn {
        /// Who.
        cashier: CashierId,
    },
    /// A cashier logged out.
    LoggedOut {
        /// Who.
        cashier: CashierId,
    },
    /// Somebody tried to log in. What was typed is not kept: it may be a secret in the wrong field.
    LogInRefused {
        /// Whose user name it was, where it was anybody's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cashier: Option<CashierId>,
    },
    /// A cashier was added or changed.
    CashierChanged {
        /// Who.
        cashier: CashierId,
        /// What they may do now.
        capabilities: BTreeSet<Capability>,
        /// Whether they may log in.
        is_active: bool,
    },
    /// A cashier has another secret.
    SecretChanged {
        /// Who.
        cashier: CashierId,
    },
    /// Products or barcodes were changed.
    CatalogChanged {
        /// How.
        change: Box<CatalogChange>,
    },
    /// Tax rates, departments, units and masks were replaced.
    ReferenceReplaced {
        /// By these.
        reference: Box<Reference>,
    },
    /// An exchange rate was set.
    RateSet {
        /// Of which currency.
        currency: CurrencyCode,
        /// What one unit of the till's currency buys of it; none: it is no longer taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<ExchangeRate>,
    },
    /// The settings were changed.
    SettingsChanged {
        /// To these.
        settings: Box<Settings>,
    },
    /// A customer was added or changed. Who it is stands in the customer's row alone.
    CustomerChanged {
        /// Which.
        customer: CustomerId,
        /// 1 when added, one more with each change.
        revision: u32,
    },
    /// The stock of a product was counted or corrected.
    StockSet {
        /// Of which product.
        product: ProductId,
        /// What was on the shelf by the books; none: no stock was kept.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "rust_decimal::serde::str_option")]
        before: Option<Decimal>,
        /// What is there now.
        #[serde(with = "rust_decimal::serde::str")]
        now: Decimal,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

impl Fact {
    /// What kind of record it makes.
    pub const fn kind(&self) -> RecordKind {
        match self {
            Self::CustomerChanged { .. } => RecordKind::Customer,
            Self::StockSet { .. } => RecordKind::StockMovement,
            Self::TillCreated { .. }
            | Self::EpochBegan { .. }
            | Self::LoggedIn { .. }
            | Self::LoggedOut { .. }
            | Self::LogInRefused { .. }
            | Self::CashierChanged { .. }
            | Self::SecretChanged { .. }
            | Self::CatalogChanged { .. }
            | Self::ReferenceReplaced { .. }
            | Self::RateSet { .. }
            | Self::SettingsChanged { .. } => RecordKind::Till,
        }
    }
}
