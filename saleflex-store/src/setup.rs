//! What a till is made from.

use rust_decimal::Decimal;
use saleflex_core::{
    campaign::{Campaign, CampaignChange, Coupon},
    catalog::CatalogRecords,
    customer::segment::Segment,
    ids::{ClosureNumber, ProductId, StoreId, TerminalId},
    inventory::{Location, Sites, Warehouse, standard},
    journal::Event,
    loyalty::Program,
    money::{Currency, CurrencyCode},
    quantity::ExchangeRate,
    settings::Settings,
    tax::TaxMode,
};

use crate::{
    error::Error,
    people::{cashier::NewCashier, customer::NewCustomer},
};

mod beginning;

pub use self::beginning::{Beginning, FirstNames};

/// Which till it is. Fixed for the life of its file, but for its code: a hub gives it a number in its store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// The id of the store it stands in.
    pub store: StoreId,
    /// The store's code at the hub.
    pub store_code: String,
    /// The store's name, for receipts.
    pub store_name: String,
    /// The till's own id, which every document carries.
    pub terminal: TerminalId,
    /// The till's code within the store: what paper names the register by.
    pub terminal_code: String,
    /// The currency it sells in.
    pub currency: Currency,
    /// Whether its prices contain tax.
    pub tax_mode: TaxMode,
}

/// Everything a new till starts with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Which till it is, for the life of its file.
    pub identity: Identity,
    /// The settings it starts with.
    pub settings: Settings,
    /// What is for sale.
    pub catalog: CatalogRecords,
    /// How much of a product is in stock where the till sells from; of others no stock is kept.
    pub stock: Vec<(ProductId, Decimal)>,
    /// Where goods lie; empty: one warehouse of each kind.
    pub warehouses: Vec<Warehouse>,
    /// The locations in these warehouses.
    pub locations: Vec<Location>,
    /// Who may log in; at least one of them may let others in.
    pub cashiers: Vec<NewCashier>,
    /// Customers that are known from the start.
    pub customers: Vec<NewCustomer>,
    /// Loyalty programs; points that customers start with are of the first.
    pub programs: Vec<Program>,
    /// Groups of customers.
    pub segments: Vec<Segment>,
    /// What one unit of the till's currency buys of others.
    pub exchange_rates: Vec<(CurrencyCode, ExchangeRate)>,
    /// Campaigns of the shop.
    pub campaigns: Vec<Campaign>,
    /// Coupons of these campaigns.
    pub coupons: Vec<Coupon>,
    /// Where counting starts.
    pub numbering: Numbering,
}

/// Where a till starts to count: at 1, or where the till it replaces stopped, so that no number is given twice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Numbering {
    /// The number of the first period.
    pub closure: ClosureNumber,
    /// The number of the first receipt in it; later periods start at 1.
    pub receipt: u32,
}

impl Default for Numbering {
    fn default() -> Self {
        Self { closure: ClosureNumber(1), receipt: 1 }
    }
}

impl Setup {
    /// A shop without goods and people; fill the lists before use.
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            settings: Settings::default(),
            catalog: CatalogRecords::default(),
            stock: Vec::new(),
            warehouses: Vec::new(),
            locations: Vec::new(),
            cashiers: Vec::new(),
            customers: Vec::new(),
            programs: Vec::new(),
            segments: Vec::new(),
            exchange_rates: Vec::new(),
            campaigns: Vec::new(),
            coupons: Vec::new(),
            numbering: Numbering::default(),
        }
    }

    /// Whether customers, programs and segments may be stored.
    pub(crate) fn check_members(&self) -> Result<(), Error> {
        for customer in &self.customers {
            customer.checked()?;
            if customer.points.is_some() && self.programs.is_empty() {
                return Err(Error::BadRecord { record: "customer with points, and no loyalty program" });
            }
        }
        self.programs.iter().try_for_each(Program::check)?;
        Ok(self.segments.iter().try_for_each(Segment::check)?)
    }

    /// Where goods lie.
    ///
    /// # Errors
    /// [`Error::Sites`] with all that does not fit.
    pub(crate) fn sites(&self) -> Result<Sites, Error> {
        let (warehouses, locations) = if self.warehouses.is_empty() {
            standard(self.identity.store)
        } else {
            (self.warehouses.clone(), self.locations.clone())
        };
        Sites::try_new(warehouses, locations).map_err(Error::Sites)
    }

    /// What the journal says of the campaigns and coupons, where there are any.
    pub(crate) fn promotions(&self) -> impl Iterator<Item = Event> {
        let change: CampaignChange = self.campaigns.iter().cloned().collect();
        let change = (!change.is_empty()).then(|| Event::CampaignsChanged { change: Box::new(change) });
        let coupons = self.coupons.clone();
        let coupons = (!coupons.is_empty()).then_some(Event::CouponsSaved { coupons });
        change.into_iter().chain(coupons)
    }
}
