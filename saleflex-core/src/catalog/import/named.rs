//! Products from lines that name their own columns, as objects of JSON do.

use alloc::{string::String, vec::Vec};

use super::{
    Import, Record,
    cells::{Against, Layout},
};
use crate::{catalog::Catalog, ids::ProductId, money::Currency};

/// One line that names what it says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NamedRecord {
    /// The line in the file it began on, from 1.
    pub line: u64,
    /// What it says, by the names of the columns; what is not named stays as it was.
    pub cells: Vec<(String, String)>,
}

impl Import {
    /// Reads lines that name their own columns by the rules of [`Import::read`].
    ///
    /// A name that is wrong is a fault of its line alone, which is then left out.
    pub fn read_named(
        records: impl IntoIterator<Item = NamedRecord>,
        catalog: &Catalog,
        currency: &Currency,
        mint: impl FnMut() -> ProductId,
    ) -> Self {
        let mut import = Self::default();
        let mut laid_out = Vec::new();
        for NamedRecord { line, cells } in records {
            let mut problems = Vec::new();
            let (names, cells): (Vec<String>, Vec<String>) = cells.into_iter().unzip();
            match Layout::read(&names, &mut problems) {
                Some(layout) if problems.is_empty() => laid_out.push((layout, Record { line, cells })),
                Some(_) | None => import.fail(line, problems),
            }
        }
        let rows: Vec<(&Layout, &Record)> =
            laid_out.iter().map(|(layout, record)| (layout, record)).collect();
        import.take(&rows, &Against::new(&rows, catalog, currency, mint));
        import
    }
}
