//! Names in order, and every text of a product in one place to be searched from end to end.
//!
//! Searching reads one stretch of memory instead of a hundred thousand rows, and what it finds comes out by name. A
//! changed product is noted and looked at by itself; when many are noted the listing is made anew.

use alloc::{collections::BTreeSet, string::String, vec::Vec};

use memchr::memmem::Finder;

use super::{Catalog, DepartmentNo, ProductRef, row::Slot};

/// Changed products that are looked at one by one, whatever the size of the catalog.
const FEW: usize = 64;
/// At most one changed product in so many is looked at by itself.
const ONE_IN: usize = 32;

/// The products by name, and their folded texts in that order.
#[derive(Clone, Debug, Default)]
pub(super) struct Listing {
    /// Name, code, short name and barcodes of each product, a line each.
    text: String,
    entries: Vec<Entry>,
    /// Products whose entries are missing or no longer true.
    changed: BTreeSet<Slot>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    product: Slot,
    department: DepartmentNo,
}

impl Listing {
    /// Lists all products of a catalog.
    pub(super) fn of(catalog: &Catalog) -> Self {
        let (text, mut drafts) = texts(catalog);
        let of = |draft: &Draft| text.get(draft.start as usize..draft.end as usize).unwrap_or_default();
        // Most names differ in their first letters, which lie in the draft itself.
        drafts
            .sort_unstable_by(|one, other| one.first.cmp(&other.first).then_with(|| of(one).cmp(of(other))));
        let mut listing = Self {
            text: String::with_capacity(text.len()),
            entries: Vec::with_capacity(drafts.len()),
            changed: BTreeSet::new(),
        };
        for draft in &drafts {
            let start = place(&listing.text);
            listing.entries.push(Entry { start, product: draft.product, department: draft.department });
            listing.text.push_str(of(draft));
        }
        listing
    }

    /// Notes that the texts or the department of a product are no longer what is listed. A worn listing is made anew
    /// before it is read, so it notes nothing more.
    pub(super) fn note(&mut self, product: Slot) {
        if !self.is_worn() {
            self.changed.insert(product);
        }
    }

    /// Whether so many products are noted that listing anew is cheaper.
    pub(super) fn is_worn(&self) -> bool {
        self.changed.len() > FEW + self.entries.len() / ONE_IN
    }

    /// The noted products; some may be gone.
    pub(super) fn changed(&self) -> impl Iterator<Item = Slot> {
        self.changed.iter().copied()
    }

    /// The products that are as listed and have `folded` in a text, by name.
    pub(super) fn matching<'a>(&'a self, folded: &'a str) -> impl Iterator<Item = Slot> {
        let finder = Finder::new(folded);
        let mut next = 0;
        let found = core::iter::from_fn(move || {
            let start = self.entries.get(next)?.start as usize;
            let at = start + finder.find(self.text.as_bytes().get(start..)?)?;
            next += self.entries.get(next..)?.partition_point(|entry| entry.start as usize <= at);
            self.entries.get(next - 1)
        });
        self.unchanged(found)
    }

    /// The products that are as listed and belong to a department that `belongs`, by name.
    pub(super) fn in_departments(
        &self,
        belongs: impl Fn(DepartmentNo) -> bool,
    ) -> impl Iterator<Item = Slot> {
        self.unchanged(self.entries.iter().filter(move |entry| belongs(entry.department)))
    }

    fn unchanged<'a>(&self, entries: impl Iterator<Item = &'a Entry>) -> impl Iterator<Item = Slot> {
        entries.map(|entry| entry.product).filter(|product| !self.changed.contains(product))
    }
}

/// An entry on its way into order.
struct Draft {
    first: u128,
    start: u32,
    end: u32,
    product: Slot,
    department: DepartmentNo,
}

/// The folded texts of all products, and where each one's are. As the name comes first and a line break sorts before
/// any letter, the order of the texts is that of names, then codes.
fn texts(catalog: &Catalog) -> (String, Vec<Draft>) {
    // A text that grows is twice as large in the end as it needs to be, and nothing else of a till is as large.
    let mut text = String::with_capacity(catalog.products().map(|product| length(catalog, product)).sum());
    let mut drafts = Vec::with_capacity(catalog.len());
    for product in catalog.products() {
        let start = place(&text);
        let row = product.row();
        for part in [Some(row.name()), Some(row.code()), row.short_name()].into_iter().flatten() {
            fold_into(part, &mut text);
            text.push('\n');
        }
        for barcode in catalog.barcode_slots(product.slot()) {
            catalog.barcode_row(barcode).text.write_to(&mut text, fold_into);
            text.push('\n');
        }
        let first = text.as_bytes().get(start as usize..).unwrap_or_default().iter().copied();
        let first =
            first.chain(core::iter::repeat(0)).take(16).fold(0, |first, byte| first << 8 | u128::from(byte));
        let (product, department) = (product.slot(), row.department);
        drafts.push(Draft { first, start, end: place(&text), product, department });
    }
    (text, drafts)
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
