//! What products refer to, one record at a time: tax rates, departments, units; and what foreign money is worth.

use saleflex_core::catalog::{CatalogError, CatalogErrors, Reference};
use saleflex_store::{Error, Till};

use super::{Entered, Reader, Saved, Unsaved};
use crate::text::{Key, Text};

pub(crate) mod department;
pub(crate) mod exchange_rate;
pub(crate) mod tax_rate;
pub(crate) mod unit;

/// The field of all these forms that takes the record out.
const REMOVE: &str = "REMOVE";
/// Most characters of a name.
const LONGEST_NAME: usize = 50;

/// Puts changed reference records in the place of the present ones; why not is told at the field it is about.
fn save(till: &mut Till, text: &Text, reference: &Reference, field: Option<&'static str>) -> Saved {
    till.replace_reference(reference).map_err(|error| match (error, field) {
        (Error::Catalog(errors), Some(field)) => match in_use(&errors) {
            Some((first, count)) => {
                let values = [("count", count.as_str()), ("first", first.as_str())];
                Unsaved::Fields(vec![(field, text.fill(Key::ReferenceInUse, &values))])
            }
            None => Unsaved::Till(Error::Catalog(errors)),
        },
        (error, _) => Unsaved::Till(error),
    })
}

/// What would be left without the record: the first of them by its code or number, and how many.
fn in_use(errors: &CatalogErrors) -> Option<(String, String)> {
    let user = |error: &CatalogError| match error {
        CatalogError::UnknownProductTax { code, .. }
        | CatalogError::NoTax { code, .. }
        | CatalogError::UnknownUnit { code, .. }
        | CatalogError::UnknownDepartment { code, .. } => Some(code.clone()),
        CatalogError::UnknownDepartmentTax { no, .. } | CatalogError::UnknownMainDepartment { no, .. } => {
            Some(no.to_string())
        }
        _ => None,
    };
    let users: Vec<String> = errors.0.iter().filter_map(user).collect();
    Some((users.first()?.clone(), users.len().to_string()))
}

impl Reader<'_> {
    /// The number of a record: of a new one as typed, from 1.
    fn record_number<T: std::str::FromStr + Default + PartialEq>(&mut self, name: &'static str) -> T {
        let typed = self.entered.text(name);
        match typed.parse::<T>() {
            Ok(number) if number != T::default() => number,
            _ => {
                self.fault(name, self.text.word(Key::NumberFromOne).to_owned());
                T::default()
            }
        }
    }
}

/// Whether the record is to be taken out.
fn removes(entered: &Entered, is_known: bool) -> bool {
    is_known && entered.flag(REMOVE)
}
