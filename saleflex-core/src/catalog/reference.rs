//! What products refer to: tax rates, departments, units and barcode masks. A shop has a few dozen of each.

use alloc::{
    collections::{BTreeMap, btree_map::Entry},
    string::{String, ToString},
    vec::Vec,
};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    BarcodeMask, Brand, CatalogError, Department, DepartmentNo, Field, LookupError, MaskDefinition, Unit,
    text,
};
use crate::tax::{TaxChange, TaxRate};

/// Longest name of a tax rate or department.
const LONGEST_NAME: usize = 50;
/// Longest code of a unit.
const LONGEST_UNIT_CODE: usize = 10;
/// Fraction digits of a [`crate::quantity::Quantity`].
const QUANTITY_DECIMALS: u8 = 4;

/// The records that products refer to.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reference {
    /// Tax rates.
    #[serde(default)]
    pub tax_rates: Vec<TaxRate>,
    /// What rates become from a date on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tax_changes: Vec<TaxChange>,
    /// Departments, main and sub.
    #[serde(default)]
    pub departments: Vec<Department>,
    /// Units.
    #[serde(default)]
    pub units: Vec<Unit>,
    /// Barcode masks.
    #[serde(default)]
    pub masks: Vec<MaskDefinition>,
    /// Makers of products.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brands: Vec<Brand>,
}

/// The position of a unit in [`Index::units`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct UnitSlot(u16);

impl UnitSlot {
    pub(super) const fn at(self) -> usize {
        self.0 as usize
    }
}

/// The same records, checked and arranged for looking up.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    pub(super) tax_rates: BTreeMap<u16, TaxRate>,
    /// By rate and date.
    pub(super) tax_changes: BTreeMap<(u16, NaiveDate), TaxChange>,
    pub(super) departments: BTreeMap<DepartmentNo, Department>,
    pub(super) units: Vec<Unit>,
    /// In the order they are tried.
    pub(super) masks: Vec<BarcodeMask>,
    /// By name.
    pub(super) brands: Vec<Brand>,
}

/// Why the tax of a product or department is not known.
pub(super) enum TaxProblem {
    /// A rate is named that does not exist.
    Unknown { tax_no: u16 },
    /// The main department does not exist.
    NoMain,
    /// No rate is named anywhere.
    None,
}

impl Index {
    /// Takes over what is valid; a department whose main department is missing stays, so that its key can say so.
    pub(super) fn build(reference: Reference, errors: &mut Vec<CatalogError>) -> Self {
        let mut index = Self::default();
        for rate in reference.tax_rates {
            check_text(&rate.no, Field::Name, &rate.name, LONGEST_NAME, errors);
            match index.tax_rates.entry(rate.no) {
                Entry::Vacant(free) => drop(free.insert(rate)),
                Entry::Occupied(_) => errors.push(CatalogError::DuplicateTaxRate { no: rate.no }),
            }
        }
        for change in reference.tax_changes {
            index.add_tax_change(change, errors);
        }
        for unit in reference.units {
            index.add_unit(unit, errors);
        }
        for department in reference.departments {
            check_text(&department.no, Field::Name, &department.name, LONGEST_NAME, errors);
            match index.departments.entry(department.no) {
                Entry::Vacant(free) => drop(free.insert(department)),
                Entry::Occupied(_) => errors.push(CatalogError::DuplicateDepartment { no: department.no }),
            }
        }
        index.check_departments(errors);
        for mask in reference.masks {
            index.add_mask(mask, errors);
        }
        index.masks.sort_by_key(BarcodeMask::precedence);
        for brand in reference.brands {
            index.add_brand(brand, errors);
        }
        index.brands.sort_by(|one, other| one.name.cmp(&other.name));
        index
    }

    fn add_tax_change(&mut self, change: TaxChange, errors: &mut Vec<CatalogError>) {
        let (no, from) = (change.no, change.valid_from);
        check_text(&no, Field::Name, &change.name, LONGEST_NAME, errors);
        if !self.tax_rates.contains_key(&no) {
            errors.push(CatalogError::ChangeOfUnknownTax { no, from });
            return;
        }
        match self.tax_changes.entry((no, from)) {
            Entry::Vacant(free) => drop(free.insert(change)),
            Entry::Occupied(_) => errors.push(CatalogError::DuplicateTaxChange { no, from }),
        }
    }

    fn add_unit(&mut self, unit: Unit, errors: &mut Vec<CatalogError>) {
        check_text(&unit.code, Field::Code, &unit.code, LONGEST_UNIT_CODE, errors);
        if self.unit_slot(&unit.code).is_some() {
            errors.push(CatalogError::DuplicateUnit { code: unit.code });
            return;
        }
        if unit.decimals > QUANTITY_DECIMALS {
            let Unit { code, decimals, .. } = unit.clone();
            errors.push(CatalogError::UnitDecimals { code, decimals, most: QUANTITY_DECIMALS });
        }
        self.units.push(unit);
    }

    fn add_brand(&mut self, brand: Brand, errors: &mut Vec<CatalogError>) {
        for name in core::iter::once(&brand.name).chain(&brand.manufacturer) {
            check_text(&brand.name, Field::Name, name, LONGEST_NAME, errors);
        }
        if self.brands.iter().any(|known| known.id == brand.id || known.name == brand.name) {
            errors.push(CatalogError::DuplicateBrand { name: text::shown(&brand.name) });
            return;
        }
        self.brands.push(brand);
    }

    fn add_mask(&mut self, definition: MaskDefinition, errors: &mut Vec<CatalogError>) {
        let no = definition.no;
        if self.masks.iter().any(|mask| mask.definition().no == no) {
            errors.push(CatalogError::DuplicateMask { no });
            return;
        }
        match BarcodeMask::try_new(definition) {
            Ok(mask) => self.masks.push(mask),
            Err(sources) => {
                errors.extend(sources.into_iter().map(|source| CatalogError::Mask { no, source }));
            }
        }
    }

    fn check_departments(&self, errors: &mut Vec<CatalogError>) {
        for department in self.departments.values() {
            let no = department.no;
            if no.0 == 0 {
                errors.push(CatalogError::DepartmentZero);
            }
            match (no.is_main(), department.main) {
                (true, Some(main)) => errors.push(CatalogError::MainBelowMain { no, main }),
                (false, None) => errors.push(CatalogError::NoMainDepartment { no }),
                (false, Some(main)) if !main.is_main() || !self.departments.contains_key(&main) => {
                    errors.push(CatalogError::UnknownMainDepartment { no, main });
                }
                (true, None) | (false, Some(_)) => {}
            }
            for &tax_no in &department.taxes {
                if !self.tax_rates.contains_key(&tax_no) {
                    errors.push(CatalogError::UnknownDepartmentTax { no, tax_no });
                }
            }
        }
    }

    pub(super) fn unit_slot(&self, code: &str) -> Option<UnitSlot> {
        let at = self.units.iter().position(|unit| unit.code == code)?;
        u16::try_from(at).ok().map(UnitSlot)
    }

    pub(super) fn unit(&self, slot: UnitSlot) -> &Unit {
        &self.units[slot.at()]
    }

    /// The department and its main department, which for a main department is itself.
    pub(super) fn lineage(&self, no: DepartmentNo) -> Result<(&Department, &Department), LookupError> {
        let department = self.departments.get(&no).ok_or(LookupError::UnknownDepartment { no })?;
        if no.is_main() {
            return Ok((department, department));
        }
        let main = department.main.filter(|main| main.is_main()).and_then(|main| self.departments.get(&main));
        main.map(|main| (department, main)).ok_or(LookupError::MainDepartmentMissing { no })
    }

    /// The numbers of a product's tax rates, all known: its own, else its department's, else the main department's.
    pub(super) fn tax_numbers<'a>(
        &'a self,
        own: &'a [u16],
        no: DepartmentNo,
    ) -> Result<&'a [u16], TaxProblem> {
        let numbers = if own.is_empty() {
            let (department, main) = self.lineage(no).map_err(|_| TaxProblem::NoMain)?;
            if department.taxes.is_empty() { &main.taxes } else { &department.taxes }
        } else {
            own
        };
        let unknown = numbers.iter().find(|number| !self.tax_rates.contains_key(number));
        match (unknown, numbers) {
            (Some(&tax_no), _) => Err(TaxProblem::Unknown { tax_no }),
            (None, []) => Err(TaxProblem::None),
            (None, numbers) => Ok(numbers),
        }
    }

    /// The rates behind [`Self::tax_numbers`] as they are in force on a business date.
    pub(super) fn taxes(
        &self,
        own: &[u16],
        no: DepartmentNo,
        on: NaiveDate,
    ) -> Result<Vec<TaxRate>, TaxProblem> {
        let numbers = self.tax_numbers(own, no)?;
        Ok(numbers.iter().filter_map(|number| self.tax_rate(*number, on)).collect())
    }

    /// A rate as it is in force on a business date.
    pub(super) fn tax_rate(&self, no: u16, on: NaiveDate) -> Option<TaxRate> {
        let rate = self.tax_rates.get(&no)?.clone();
        let change = self.tax_changes.range((no, NaiveDate::MIN)..=(no, on)).next_back();
        Some(match change {
            Some((_, change)) => TaxRate { name: change.name.clone(), percent: change.percent, ..rate },
            None => rate,
        })
    }

    pub(super) fn to_reference(&self) -> Reference {
        Reference {
            tax_rates: self.tax_rates.values().cloned().collect(),
            tax_changes: self.tax_changes.values().cloned().collect(),
            departments: self.departments.values().cloned().collect(),
            units: self.units.clone(),
            masks: self.masks.iter().map(|mask| mask.definition().clone()).collect(),
            brands: self.brands.clone(),
        }
    }
}

/// Adds an error when a text of a record cannot be what it is for.
pub(super) fn check_text(
    of: &impl ToString,
    field: Field,
    value: &str,
    most: usize,
    errors: &mut Vec<CatalogError>,
) {
    if let Err(source) = text::check(value, most) {
        let of: String = text::shown(&of.to_string());
        errors.push(CatalogError::Text { of, field, source });
    }
}
