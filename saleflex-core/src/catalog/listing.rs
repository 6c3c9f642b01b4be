//! Names in order, and every text of a product in one place to be searched from end to end.
//!
//! Searching reads one stretch of memory instead of a hundred thousand rows, and what it finds comes out by name. A
//! changed product is noted and looked at by itself; when many are noted the listing is dropped, and whoever asks next has
//! it made anew.

use alloc::{boxed::Box, collections::BTreeSet, string::String, vec::Vec};
use core::ops::Range;

use memchr::memmem::Finder;
use once_cell::race::OnceBox;

use super::{
    Catalog, DepartmentNo, ProductRef,
    row::{ProductRow, Slot},
};

/// Changed products that are looked at one by one, whatever the size of the catalog.
const FEW: usize = 64;
/// At most one changed product in so many is looked at by itself.
const ONE_IN: usize = 32;

/// The products by name. They are put in order when somebody first asks, so that nobody who only opens a till waits for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Listing {
    listed: OnceBox<Listed>,
    /// Products whose entries are missing or no longer true.
    changed: BTreeSet<Slot>,
}

impl Listing {
    /// The products in order, made now unless they are there.
    pub(super) fn of(&self, catalog: &Catalog) -> &Listed {
        self.listed.get_or_init(|| Box::new(Listed::of(catalog)))
    }

    /// Notes that the texts or the department of a product are no longer what is listed. Where so many are noted that
    /// listing anew is cheaper, nothing is listed until somebody asks again.
    pub(super) fn note(&mut self, product: Slot) {
        let Some(listed) = self.listed.get() else { return };
        self.changed.insert(product);
        if self.changed.len() > FEW + listed.entries.len() / ONE_IN {
            *self = Self::default();
        }
    }

    /// The noted products; some may be gone.
    pub(super) fn changed(&self) -> impl Iterator<Item = Slot> {
        self.changed.iter().copied()
    }

    /// The products that are as listed and have `folded` in a text, by name.
    pub(super) fn matching<'a>(
        &'a self,
        catalog: &Catalog,
        folded: &'a str,
    ) -> impl Iterator<Item = Slot> + use<'a> {
        self.unchanged(self.of(catalog).matching(folded))
    }

    /// The products that are as listed and belong to a department that `belongs`, by name.
    pub(super) fn in_departments(
        &self,
        catalog: &Catalog,
        belongs: impl Fn(DepartmentNo) -> bool,
    ) -> impl Iterator<Item = Slot> {
        self.unchanged(self.of(catalog).entries.iter().filter(move |entry| belongs(entry.department)))
    }

    fn unchanged<'a>(&self, entries: impl Iterator<Item = &'a Entry>) -> impl Iterator<Item = Slot> {
        entries.map(|entry| entry.product).filter(|product| !self.changed.contains(product))
    }
}

/// The products by name, and their folded texts in that order.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    /// Name, code, short name and barcodes of each product, a line each.
    text: String,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    product: Slot,
    department: DepartmentNo,
}

impl Listed {
    fn of(catalog: &Catalog) -> Self {
        // A text that grows is twice as large in the end as it needs to be, and nothing else of a till is as large.
        let length = catalog.products().map(|product| length(catalog, product)).sum();
        let mut text = String::with_capacity(length);
        let mut entries = Vec::with_capacity(catalog.len());
        for product in in_order(catalog) {
            let start = place(&text);
            write_texts(catalog, product, &mut text);
            entries.push(Entry { start, product, department: catalog.row(product).department });
        }
        Self { text, entries }
    }

    fn matching<'a>(&'a self, folded: &'a str) -> impl Iterator<Item = &'a Entry> {
        let finder = Finder::new(folded);
        let mut next = 0;
        core::iter::from_fn(move || {
            let start = self.entries.get(next)?.start as usize;
            let at = start + finder.find(self.text.as_bytes().get(start..)?)?;
            next += self.entries.get(next..)?.partition_point(|entry| entry.start as usize <= at);
            self.entries.get(next - 1)
        })
    }
}

/// All products by their folded texts. As the name comes first and a line break sorts before any letter, that is the order
/// of names, then codes.
fn in_order(catalog: &Catalog) -> impl Iterator<Item = Slot> {
    // Most names differ in their first letters. Whole texts are made of those products alone that do not.
    let mut text = String::new();
    let mut all: Vec<(u64, Slot)> = Vec::with_capacity(catalog.len());
    all.extend(catalog.products().map(|product| (first_letters(product.row(), &mut text), product.slot())));
    all.sort_unstable();
    let mut alike: Vec<(Range<usize>, Slot)> = Vec::new();
    for run in all.chunk_by_mut(|one, next| one.0 == next.0).filter(|run| run.len() > 1) {
        text.clear();
        alike.clear();
        for (_, product) in run.iter() {
            let start = text.len();
            write_texts(catalog, *product, &mut text);
            alike.push((start..text.len(), *product));
        }
        alike.sort_unstable_by_key(|(of, _)| text.get(of.clone()));
        for (place, (_, product)) in run.iter_mut().zip(&alike) {
            place.1 = *product;
        }
    }
    all.into_iter().map(|(_, product)| product)
}

/// What the folded name begins with, as a number; `text` is room to fold it in.
fn first_letters(row: &ProductRow, text: &mut String) -> u64 {
    text.clear();
    fold_into(row.name(), text);
    text.push('\n');
    let letters = text.bytes().chain(core::iter::repeat(0)).take(size_of::<u64>());
    letters.fold(0, |number, byte| number << 8 | u64::from(byte))
}

/// Appends the folded texts of a product.
fn write_texts(catalog: &Catalog, product: Slot, text: &mut String) {
    let row = catalog.row(product);
    for part in [Some(row.name()), Some(row.code()), row.short_name()].into_iter().flatten() {
        fold_into(part, text);
        text.push('\n');
    }
    for barcode in catalog.barcode_slots(product) {
        catalog.barcode_row(barcode).text.write_to(text, fold_into);
        text.push('\n');
    }
}

/// About how long the texts of a product are; folding changes the length of a few letters.
fn length(catalog: &Catalog, product: ProductRef<'_>) -> usize {
    let row = product.row();
    let texts = row.name().len() + row.code().len() + row.short_name().map_or(0, |name| name.len() + 1) + 2;
    texts + catalog.barcode_slots(product.slot()).count() * BARCODE_LENGTH
}

/// A barcode of thirteen digits and its line break.
const BARCODE_LENGTH: usize = 14;

fn place(text: &str) -> u32 {
    u32::try_from(text.len()).expect("texts of a till's products are below 4 GB")
}

/// What lower-casing an İ by the rules of other languages leaves behind the i.
const COMBINING_DOT: char = '\u{307}';

/// The characters of a text without their case. Turkish has two letters i; all four forms of them become `i`.
pub(super) fn folded(text: &str) -> impl Iterator<Item = char> {
    let dotted = |c| if c == 'ı' { 'i' } else { c };
    text.chars().map(dotted).flat_map(char::to_lowercase).filter(|&c| c != COMBINING_DOT)
}

/// Appends [`folded`].
pub(super) fn fold_into(text: &str, out: &mut String) {
    if !text.is_ascii() {
        out.extend(folded(text));
        return;
    }
    let start = out.len();
    out.push_str(text);
    if let Some(appended) = out.get_mut(start..) {
        appended.make_ascii_lowercase();
    }
}
