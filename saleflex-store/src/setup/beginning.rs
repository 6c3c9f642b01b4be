//! What a shop of one's own begins with: the currency and the taxes of its place, units, and a department.

use saleflex_core::{
    catalog::{Department, DepartmentNo, Reference, Unit},
    closure::template::{Region, SetUp},
    money::{Currency, CurrencyCode, Money},
    quantity::Percent,
    tax::{TaxMode, TaxRate},
};

use super::{Identity, Setup};
use crate::templates;

/// What a shop begins with before anybody sets something up, so that its first product can be made and sold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Beginning {
    /// Where it is; none: nowhere in particular.
    region: Option<Region>,
    /// The currency, with the smallest coin of the place.
    currency: Currency,
    /// What the template of the place says, where it says something.
    set_up: Option<SetUp>,
    /// The usual rate, where the place names none and somebody said it.
    usual: Option<TaxRate>,
}

/// What the first records are called in the language of the shop.
#[derive(Clone, Copy, Debug)]
pub struct FirstNames<'a> {
    /// The department that goods are in until there are others.
    pub department: &'a str,
    /// The rate of nothing, where the place names no rates.
    pub no_tax: &'a str,
}

/// Units that goods are sold by, and their fraction digits.
const UNITS: [(&str, u8); 6] = [("PCS", 0), ("KG", 3), ("G", 0), ("LT", 3), ("ML", 0), ("MT", 2)];

/// The smallest coin in use of currencies that have smaller amounts than coins, in minor units.
const SMALLEST_COINS: [(&str, i64); 11] = [
    ("AUD", 5),
    ("CAD", 5),
    ("CHF", 5),
    ("CZK", 100),
    ("DKK", 50),
    ("HUF", 500),
    ("ILS", 10),
    ("MYR", 5),
    ("NOK", 100),
    ("NZD", 10),
    ("SEK", 100),
];

/// A currency as cash is paid in it.
fn in_coins(code: CurrencyCode) -> Currency {
    let currency = Currency::of(code);
    let known = SMALLEST_COINS.iter().find(|(known, _)| *known == code.as_str());
    known.map_or(currency, |(_, step)| currency.with_cash_step(Money::from_minor(*step)))
}

impl Beginning {
    /// What a shop at a place begins with. A currency that was chosen goes before that of the place; none where
    /// neither names one, since nothing can be sold without.
    pub fn at(region: Option<Region>, chosen: Option<CurrencyCode>) -> Option<Self> {
        let templates = templates::with(&[]).ok()?;
        let set_up = region.as_ref().and_then(|region| templates.resolve(region).template.set_up);
        let of_place = set_up.as_ref().map(|set_up| {
            let currency = in_coins(set_up.currency);
            set_up.cash_step.map_or(currency, |step| currency.with_cash_step(step))
        });
        let currency = match (chosen, of_place) {
            (Some(chosen), Some(of_place)) if of_place.code() == chosen => of_place,
            (Some(chosen), _) => in_coins(chosen),
            (None, of_place) => of_place?,
        };
        Some(Self { region, currency, set_up, usual: None })
    }

    /// Whether taxes are known: those of the place, or the usual rate that was said. Without any everything is sold at
    /// a rate of nothing.
    pub fn has_taxes(&self) -> bool {
        self.usual.is_some() || self.set_up.as_ref().is_some_and(|set_up| !set_up.tax_rates.is_empty())
    }

    /// The same with the usual rate of a place that names none.
    #[must_use]
    pub fn taxed(self, name: String, percent: Percent) -> Self {
        Self { usual: Some(TaxRate { no: 1, name, percent, jurisdiction: None }), ..self }
    }

    /// The currency that the till sells in.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// Whether prices contain tax; they do where the place says nothing.
    pub fn tax_mode(&self) -> TaxMode {
        self.set_up.as_ref().map_or(TaxMode::Inclusive, |set_up| set_up.tax_mode)
    }

    /// A shop of these beginnings, with nobody in it yet; the currency and the tax mode of `identity` are those of
    /// the place.
    pub fn setup(&self, identity: Identity, names: FirstNames<'_>) -> Setup {
        let identity = Identity { currency: self.currency, tax_mode: self.tax_mode(), ..identity };
        let mut setup = Setup::new(identity);
        setup.settings.region.clone_from(&self.region);
        setup.catalog.reference = self.reference(names);
        setup
    }

    fn reference(&self, names: FirstNames<'_>) -> Reference {
        let rates = self.set_up.as_ref().filter(|set_up| !set_up.tax_rates.is_empty());
        let (tax_rates, taxes) = if let Some(set_up) = rates {
            (set_up.tax_rates.clone(), set_up.usual_taxes())
        } else {
            let nothing = || {
                let name = names.no_tax.to_owned();
                TaxRate { no: 1, name, percent: Percent::ZERO, jurisdiction: None }
            };
            (vec![self.usual.clone().unwrap_or_else(nothing)], vec![1])
        };
        let name = names.department.to_owned();
        let department = Department { no: DepartmentNo(1), name, main: None, taxes, max_price: None };
        let unit = |(code, decimals): (&str, u8)| Unit { code: code.to_owned(), decimals, measure: None };
        Reference {
            tax_rates,
            departments: vec![department],
            units: UNITS.into_iter().map(unit).collect(),
            ..Reference::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: FirstNames<'_> = FirstNames { department: "Goods", no_tax: "No tax" };

    fn beginning(region: &str, currency: Option<&str>) -> Option<Beginning> {
        let currency = currency.map(|code| CurrencyCode::parse(code).unwrap());
        Beginning::at(Some(Region::parse(region).unwrap()), currency)
    }

    #[test]
    fn a_shop_begins_with_what_its_place_says() {
        let gb = beginning("GB", None).unwrap();
        assert_eq!((gb.currency().code().as_str(), gb.tax_mode()), ("GBP", TaxMode::Inclusive));
        assert_eq!(gb.reference(NAMES).departments[0].taxes, [1]);
        let california = beginning("US-CA", None).unwrap();
        assert_eq!(
            (california.currency().code().as_str(), california.tax_mode()),
            ("USD", TaxMode::Exclusive)
        );
        // The state and the county both levy; what is exempt is chosen by hand.
        assert_eq!(california.reference(NAMES).departments[0].taxes, [1, 2]);
        let euros = beginning("GB", Some("EUR")).unwrap();
        assert_eq!((euros.currency().code().as_str(), euros.reference(NAMES).tax_rates.len()), ("EUR", 3));
    }

    #[test]
    fn every_unit_of_a_new_shop_but_the_piece_is_a_measure() {
        for (code, _) in UNITS {
            let unit = Unit { code: code.to_owned(), decimals: 0, measure: None };
            assert_eq!(unit.is_measure(), code != "PCS", "{code}");
        }
    }

    #[test]
    fn a_shop_whose_currency_has_no_small_coins_rounds_cash_to_those_there_are() {
        let step = |code: &str| {
            let code = CurrencyCode::parse(code).unwrap();
            Beginning::at(None, Some(code)).unwrap().currency().cash_step().minor()
        };
        assert_eq!(["CHF", "NZD", "SEK", "HUF", "GBP", "JPY"].map(step), [5, 10, 100, 500, 1, 1]);
        for (code, _) in SMALLEST_COINS {
            assert!(step(code) > 1, "{code}");
        }
        assert_eq!(beginning("GB", Some("CHF")).unwrap().currency().cash_step().minor(), 5);
    }

    #[test]
    fn a_place_without_rates_has_one_of_nothing_and_one_without_currency_needs_one() {
        let florida = beginning("US-FL", None).unwrap();
        assert_eq!(florida.tax_mode(), TaxMode::Exclusive);
        let rates = florida.reference(NAMES).tax_rates;
        assert_eq!((rates.len(), rates[0].percent, rates[0].name.as_str()), (1, Percent::ZERO, "No tax"));
        assert!(!florida.has_taxes() && beginning("GB", None).unwrap().has_taxes());
        let said = florida.taxed("Tax 7 %".to_owned(), Percent::parse("7").unwrap());
        assert!(said.has_taxes());
        assert_eq!(said.reference(NAMES).tax_rates[0].percent.to_string(), "7");
        assert_eq!(beginning("BR", None), None);
        assert_eq!(Beginning::at(None, None), None);
        assert_eq!(beginning("BR", Some("BRL")).unwrap().tax_mode(), TaxMode::Inclusive);
    }

    #[test]
    fn every_place_that_has_a_template_begins_with_a_catalog_that_holds() {
        let templates = templates::with(&[]).unwrap();
        for region in templates.regions() {
            let beginning = Beginning::at(Some(region.clone()), CurrencyCode::parse("EUR").ok()).unwrap();
            let records = saleflex_core::catalog::CatalogRecords {
                reference: beginning.reference(NAMES),
                ..Default::default()
            };
            assert_eq!(saleflex_core::catalog::Catalog::from_records(records).err(), None, "{region}");
        }
    }
}
