//! Looking for products by a piece of their text, and listing them by department.

use alloc::{string::String, vec::Vec};
use core::cmp::Ordering;

use super::{Catalog, DepartmentNo, ProductRef, row::BarcodeText, text::is_digits};

impl Catalog {
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
        let needle = Needle::new(term);
        let by_barcode = || self.slot_of_barcode(term).map(|barcode| self.barcode_row(barcode).product);
        let exact = self.slot_of_code(term).or_else(by_barcode);
        let mut best = Best::new(limit.saturating_sub(usize::from(exact.is_some())));
        let mut scratch = String::new();
        for product in self.products() {
            if Some(product.slot()) != exact && self.matches(product, &needle, &mut scratch) {
                best.offer(product);
            }
        }
        let exact = exact.map(|slot| self.product_ref(slot));
        exact.into_iter().chain(best.finish()).take(limit).collect()
    }

    /// The products of a department by name; a main department has those of its sub departments too.
    pub fn in_department(&self, no: DepartmentNo) -> Vec<ProductRef<'_>> {
        let belongs = |product: &ProductRef<'_>| {
            let department = product.department();
            department == no
                || self.index.departments.get(&department).is_some_and(|sub| sub.main == Some(no))
        };
        let mut products: Vec<_> = self.products().filter(belongs).collect();
        products.sort_unstable_by(by_name);
        products
    }

    fn matches(&self, product: ProductRef<'_>, needle: &Needle, scratch: &mut String) -> bool {
        needle.is_in(product.row().texts(), scratch)
            || self
                .barcode_slots(product.slot())
                .any(|slot| needle.is_in_barcode(&self.barcode_row(slot).text, scratch))
    }
}

/// A search term, folded once.
struct Needle {
    folded: String,
    /// Its value, when it is all digits and may be inside a packed barcode.
    digits: Option<u64>,
}

impl Needle {
    fn new(term: &str) -> Self {
        let mut folded = String::new();
        fold_into(term, &mut folded);
        let digits = if is_digits(&folded) { folded.parse().ok() } else { None };
        Self { folded, digits }
    }

    fn is_in(&self, text: &str, scratch: &mut String) -> bool {
        if !text.is_ascii() {
            scratch.clear();
            fold_into(text, scratch);
            return scratch.contains(&self.folded);
        }
        let needle = self.folded.as_bytes();
        let Some(first) = needle.first() else { return true };
        text.as_bytes()
            .windows(needle.len())
            .any(|piece| piece[0].to_ascii_lowercase() == *first && piece.eq_ignore_ascii_case(needle))
    }

    fn is_in_barcode(&self, barcode: &BarcodeText, scratch: &mut String) -> bool {
        match barcode {
            BarcodeText::Other(text) => self.is_in(text, scratch),
            BarcodeText::Digits(packed) => {
                self.digits.is_some_and(|digits| digits_contain(*packed, digits, self.folded.len()))
            }
        }
    }
}

/// Whether the digits behind the leading 1 of a packed barcode contain `needle`, a number of `length` digits.
fn digits_contain(packed: u64, needle: u64, length: usize) -> bool {
    let Some(modulus) = u32::try_from(length).ok().and_then(|length| 10_u64.checked_pow(length)) else {
        return false;
    };
    // While the leading 1 is above the piece, the piece is made of barcode digits only.
    core::iter::successors(Some(packed), |rest| Some(rest / 10))
        .take_while(|rest| *rest >= modulus)
        .any(|rest| rest % modulus == needle)
}

/// The best products by name seen so far, never many more than asked for.
struct Best<'a> {
    limit: usize,
    products: Vec<ProductRef<'a>>,
    /// Nothing behind this one can get in.
    worst: Option<ProductRef<'a>>,
}

impl<'a> Best<'a> {
    const fn new(limit: usize) -> Self {
        Self { limit, products: Vec::new(), worst: None }
    }

    fn offer(&mut self, product: ProductRef<'a>) {
        if self.worst.is_some_and(|worst| by_name(&product, &worst).is_ge()) {
            return;
        }
        self.products.push(product);
        if self.products.len() >= self.limit.saturating_mul(2).max(64) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.products.len() > self.limit {
            self.products.sort_unstable_by(by_name);
            self.products.truncate(self.limit);
            self.worst = self.products.last().copied().or(self.worst);
        }
    }

    fn finish(mut self) -> Vec<ProductRef<'a>> {
        self.products.sort_unstable_by(by_name);
        self.products.truncate(self.limit);
        self.products
    }
}

/// By name ignoring case, then by code.
fn by_name(one: &ProductRef<'_>, other: &ProductRef<'_>) -> Ordering {
    folded(one.name()).cmp(folded(other.name())).then_with(|| one.code().cmp(other.code()))
}

fn fold_into(text: &str, out: &mut String) {
    out.extend(folded(text));
}

/// What lower-casing an İ by the rules of other languages leaves behind the i.
const COMBINING_DOT: char = '\u{307}';

/// The characters of a text without their case. Turkish has two letters i; all four forms of them become `i`.
fn folded(text: &str) -> impl Iterator<Item = char> {
    let dotted = |c| if c == 'ı' { 'i' } else { c };
    text.chars().map(dotted).flat_map(char::to_lowercase).filter(|&c| c != COMBINING_DOT)
}
