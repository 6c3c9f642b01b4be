//! Every screen but the few with code of their own (log-in, sale, payment, return): one entry each.
//!
//! A new screen is its form in `forms`, its words in the language files and one entry here; a list is a
//! [`Listing`] beside it, a record that can be changed a [`Model`]. A page of buttons has no code at all.

use std::borrow::Cow;

use crate::{
    action::{Action, Screen},
    keymap::Mode,
    listing::{self, Listing},
    record::{self, Model},
};

/// What shows a form.
#[derive(Clone, Copy, Debug)]
pub enum Entry {
    /// A list of what was looked up.
    List(&'static dyn Listing),
    /// One record, to look at or to change.
    Record(&'static dyn Model),
    /// Buttons alone.
    Page {
        /// The form.
        form: &'static str,
        /// The event that shows it.
        event: &'static str,
        /// The definition.
        definition: &'static str,
    },
}

macro_rules! page {
    ($form:literal, $event:literal, $file:literal) => {
        Entry::Page { form: $form, event: $event, definition: include_str!(concat!("../forms/", $file)) }
    };
}

/// Every entry.
const ALL: &[Entry] = &[
    page!("MAIN_MENU", "MAIN_MENU_FORM", "main_menu.toml"),
    page!("CLOSURE", "CLOSURE_FORM", "closure.toml"),
    page!("CASH_MOVEMENT", "CASH_MOVEMENT_FORM", "cash_movement.toml"),
    page!("SETTINGS_MENU", "SETTING_FORM", "settings_menu.toml"),
    page!("DEFINITIONS", "DEFINITIONS_FORM", "definitions.toml"),
    Entry::List(&listing::tax_rates::TaxRates),
    Entry::Record(&record::reference::tax_rate::TaxRateModel),
    Entry::List(&listing::departments::Departments),
    Entry::Record(&record::reference::department::DepartmentModel),
    Entry::List(&listing::units::Units),
    Entry::Record(&record::reference::unit::UnitModel),
    Entry::List(&listing::exchange_rates::ExchangeRates),
    Entry::Record(&record::reference::exchange_rate::ExchangeRateModel),
    page!("STOCK_MENU", "STOCK_FORM", "stock_menu.toml"),
    Entry::List(&listing::stock::Levels),
    Entry::List(&listing::stock::moved::StockMovements),
    Entry::List(&listing::stock::alerts::StockAlerts),
    Entry::List(&listing::stock::transfers::Transfers),
    Entry::List(&listing::stock::counts::Counts),
    Entry::List(&listing::stock::suppliers::Suppliers),
    Entry::List(&listing::stock::orders::Orders),
    Entry::List(&listing::stock::locations::Locations),
    Entry::List(&listing::stock::forecast::LikelySold),
    Entry::List(&listing::stock::shelves::Shelves),
    Entry::List(&listing::stock::picks::Picks),
    Entry::Record(&record::stock::picking::PickingModel),
    Entry::Record(&record::stock::location::LocationModel),
    Entry::Record(&record::stock::warehouse::WarehouseModel),
    Entry::Record(&record::stock::limits::LimitsModel),
    Entry::Record(&record::stock::supplier::SupplierModel),
    Entry::Record(&record::stock::order::OrderModel),
    Entry::Record(&record::stock::receipt::ReceiptModel),
    Entry::Record(&record::stock::matrix::MatrixModel),
    Entry::Record(&record::stock::adjustment::AdjustmentModel),
    Entry::Record(&record::stock::transfer::TransferModel),
    Entry::Record(&record::stock::arrival::ArrivalModel),
    Entry::Record(&record::stock::count::CountModel),
    Entry::List(&listing::parked::Parked),
    Entry::List(&listing::parked::PickUp),
    Entry::List(&listing::receipts::Receipts),
    Entry::List(&listing::quotes::Quotes),
    Entry::List(&listing::closures::Closures),
    Entry::List(&listing::cashiers::Cashiers),
    Entry::List(&listing::roles::Roles),
    Entry::Record(&record::role::RoleModel),
    Entry::List(&listing::employees::Employees),
    page!("REPORT", "REPORT_FORM", "report.toml"),
    page!("SERVICE", "SERVICE_FORM", "service.toml"),
    Entry::List(&listing::reports::summary::Summary),
    Entry::List(&listing::reports::documents::SALES),
    Entry::List(&listing::reports::documents::INVOICES),
    Entry::List(&listing::reports::documents::WAYBILLS),
    Entry::List(&listing::reports::documents::RETURNS),
    Entry::List(&listing::reports::products::ProductsSold),
    Entry::List(&listing::reports::shopping::Shoppers),
    Entry::List(&listing::reports::performance::People),
    Entry::List(&listing::sessions::Sessions),
    Entry::List(&listing::audit::Audit),
    Entry::List(&listing::products::Products),
    Entry::List(&listing::inquiry::Inquiry),
    Entry::List(&listing::customers::Customers),
    Entry::List(&listing::movements::Movements),
    Entry::List(&listing::void::Void),
    Entry::List(&listing::why::Why),
    Entry::List(&listing::campaigns::Campaigns),
    Entry::List(&listing::coupons::Coupons),
    Entry::Record(&record::coupon::CouponModel),
    Entry::Record(&record::coupon::batch::BatchModel),
    Entry::Record(&record::campaign::definition::DefinitionModel),
    Entry::List(&listing::forms::FormList),
    Entry::List(&listing::deliveries::Deliveries),
    Entry::List(&listing::messages::Messages),
    Entry::Record(&record::cashier::CashierModel),
    Entry::Record(&record::campaign::CampaignModel),
    Entry::Record(&record::product::ProductModel),
    Entry::Record(&record::customer::CustomerModel),
    Entry::List(&listing::duplicates::Duplicates),
    Entry::Record(&record::member::merge::MergeModel),
    Entry::Record(&record::member::erase::EraseModel),
    Entry::Record(&record::member::grant::GrantModel),
    Entry::Record(&record::member::card::CardModel),
    Entry::Record(&record::member::referral::ReferralModel),
    Entry::List(&listing::tiers::Tiers),
    Entry::Record(&record::loyalty::tier::TierModel),
    Entry::List(&listing::earn_rules::EarnRules),
    Entry::Record(&record::loyalty::rule::EarnRuleModel),
    Entry::List(&listing::price_lists::PriceLists),
    Entry::Record(&record::price_list::PriceListModel),
    Entry::List(&listing::segments::Segments),
    Entry::Record(&record::segment::SegmentModel),
    Entry::Record(&record::segment::member::SegmentMemberModel),
    Entry::Record(&record::loyalty::LoyaltyModel),
    Entry::Record(&record::closure::ClosureModel),
    Entry::Record(&record::closure::correction::CorrectionModel),
    Entry::Record(&record::tips::TipsModel),
    Entry::List(&listing::targets::Targets),
    Entry::Record(&record::target::TargetModel),
    Entry::Record(&record::rating::RatingModel),
    Entry::Record(&record::session_note::SessionNoteModel),
    Entry::Record(&record::settings::SettingsModel),
    Entry::Record(&record::rules::RulesModel),
    Entry::Record(&record::devices::DevicesModel),
    Entry::Record(&record::hub::HubModel),
    Entry::Record(&record::drawer::DrawerModel),
    Entry::Record(&record::drawers::DrawersModel),
    Entry::Record(&record::punch::PunchModel),
];

impl Entry {
    /// The form it shows.
    pub fn form(self) -> &'static str {
        match self {
            Self::List(listing) => listing.form(),
            Self::Record(model) => model.shape().form,
            Self::Page { form, .. } => form,
        }
    }

    /// The event that shows it.
    pub fn event(self) -> &'static str {
        match self {
            Self::List(listing) => listing.event(),
            Self::Record(model) => model.shape().event,
            Self::Page { event, .. } => event,
        }
    }

    /// The definition that the program delivers.
    fn definition(self) -> &'static str {
        match self {
            Self::List(listing) => listing.definition(),
            Self::Record(model) => model.shape().definition,
            Self::Page { definition, .. } => definition,
        }
    }

    /// The events of its own that its buttons name.
    fn own_events(self) -> &'static [&'static str] {
        match self {
            Self::List(listing) => listing.row_events(),
            Self::Record(model) => model.events(),
            Self::Page { .. } => &[],
        }
    }
}

/// What shows a form.
pub fn find(form: &str) -> Option<Entry> {
    ALL.iter().copied().find(|entry| entry.form() == form)
}

/// Whether a form lists what may be long.
pub fn is_long(form: &str) -> bool {
    matches!(find(form), Some(Entry::List(listing)) if listing.is_long())
}

/// The model of a panel.
pub fn model_of_panel(panel: &str) -> Option<&'static dyn Model> {
    ALL.iter().find_map(|entry| match entry {
        Entry::Record(model) if model.shape().panel == panel => Some(*model),
        _ => None,
    })
}

/// The definitions of all their forms.
pub fn definitions() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|entry| entry.definition())
}

/// The names of all their events.
pub fn events() -> impl Iterator<Item = &'static str> {
    ALL.iter().flat_map(|entry| entry.own_events().iter().copied().chain([entry.event()]))
}

/// The action of an event.
pub fn action(event: &str) -> Option<Action> {
    if let Some(entry) = ALL.iter().find(|entry| entry.event() == event) {
        return Some(Action::Go(Screen::Form(Cow::Borrowed(entry.form()))));
    }
    let own = ALL.iter().flat_map(|entry| entry.own_events());
    own.copied().find(|known| *known == event).map(Action::Row)
}

/// The event that shows a form.
pub fn event_of(form: &str) -> Option<&'static str> {
    find(form).map(Entry::event)
}

/// What keys mean on a form.
pub fn mode_of(form: &str) -> Mode {
    match (form, find(form)) {
        ("SETUP", _) => Mode::Setup,
        ("LOGIN", _) => Mode::Login,
        ("SALE", _) => Mode::Sale,
        ("PAYMENT", _) => Mode::Payment,
        ("REFUND", _) => Mode::Return,
        (_, Some(Entry::List(_))) => Mode::List,
        (_, Some(Entry::Record(_))) => Mode::Record,
        (_, Some(Entry::Page { .. }) | None) => Mode::Page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headings_of_every_list_fit_their_columns_in_every_language() {
        let mut cut = Vec::new();
        for text in crate::text::Text::all() {
            for entry in ALL {
                let Entry::List(listing) = entry else { continue };
                for heading in listing.headings().iter().filter(|heading| heading.width > 0) {
                    let words = text.word(heading.key);
                    if words.chars().count() > usize::from(heading.width) {
                        cut.push(format!("{} {}: {words} ({})", text.code, listing.form(), heading.width));
                    }
                }
            }
        }
        assert!(cut.is_empty(), "{}", cut.join("\n"));
    }

    #[test]
    fn no_two_screens_share_a_form_or_an_event() {
        let mut seen = std::collections::BTreeSet::new();
        for entry in ALL {
            assert!(seen.insert(entry.form()), "{}", entry.form());
            assert!(seen.insert(entry.event()), "{}", entry.event());
        }
    }
}
