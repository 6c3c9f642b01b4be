//! Looking for products by a piece of their text, and listing them by department.

use alloc::{string::String, vec::Vec};
use core::cmp::Ordering;

use super::{
    Catalog, DepartmentNo, ProductRef,
    listing::{fold_into, folded},
};

impl Catalog {
    /// Puts the products in order, as the first who searches would wait for: worth it while nobody waits. It does nothing
    /// where they are in order.
    pub fn prepare_search(&self) {
        self.listing.of(self);
    }

    /// At most `limit` products with `term` in their code, name, short name or a barcode, ignoring case; with an
    /// empty term all of them.
    ///
    /// A product whose code or barcode is exactly the term comes first, the others by name. The letters i, ı, I and
    /// İ count as one: a Turkish name is found whatever keyboard it is typed on.
    pub fn search(&self, term: &str, limit: usize) -> Vec<ProductRef<'_>> {
        let term = term.trim();
        // No text holds one, but the texts of a product are kept with one between them.
        if term.contains(char::is_control) {
            return Vec::new();
        }
        let by_barcode = || self.slot_of_barcode(term).map(|barcode| self.barcode_row(barcode).product);
        let exact = self.slot_of_code(term).or_else(by_barcode);
        let mut term_folded = String::new();
        fold_into(term, &mut term_folded);
        let listed = self.listing.matching(self, &term_folded).filter(|slot| Some(*slot) != exact);
        let mut found: Vec<_> = listed.take(limit).map(|slot| self.product_ref(slot)).collect();
        let matches =
            |product: &ProductRef<'_>| Some(product.slot()) != exact && self.matches(*product, &term_folded);
        self.add_changed(&mut found, matches);
        let exact = exact.map(|slot| self.product_ref(slot));
        exact.into_iter().chain(found).take(limit).collect()
    }

    /// The products of a department by name; a main department has those of its sub departments too.
    pub fn in_department(&self, no: DepartmentNo) -> Vec<ProductRef<'_>> {
        let subs = self.departments().filter(|department| department.main == Some(no));
        let group: Vec<DepartmentNo> = subs.map(|sub| sub.no).chain([no]).collect();
        let belongs = |department: DepartmentNo| group.contains(&department);
        let listed = self.listing.in_departments(self, belongs);
        let mut found: Vec<_> = listed.map(|slot| self.product_ref(slot)).collect();
        self.add_changed(&mut found, |product| belongs(product.department()));
        found
    }

    /// Adds the products that changed since the listing was made, each at its place.
    fn add_changed<'a>(&'a self, found: &mut Vec<ProductRef<'a>>, matches: impl Fn(&ProductRef<'a>) -> bool) {
        let listed = found.len();
        found.extend(self.listing.changed().filter_map(|slot| self.product_at(slot)).filter(matches));
        if found.len() > listed {
            found.sort_by(by_name);
        }
    }

    fn matches(&self, product: ProductRef<'_>, term_folded: &str) -> bool {
        let mut text = String::new();
        fold_into(product.row().texts(), &mut text);
        for barcode in self.barcode_slots(product.slot()) {
            text.push('\n');
            self.barcode_row(barcode).text.write_to(&mut text, fold_into);
        }
        text.contains(term_folded)
    }
}

/// By name ignoring case, then by code.
fn by_name(one: &ProductRef<'_>, other: &ProductRef<'_>) -> Ordering {
    folded(one.name()).cmp(folded(other.name())).then_with(|| folded(one.code()).cmp(folded(other.code())))
}
