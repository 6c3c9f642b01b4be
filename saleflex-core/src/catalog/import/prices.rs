//! The prices of a [price list](crate::catalog::PriceList) from a table with the columns `code` and `price`.

use alloc::{
    collections::{BTreeMap, btree_map::Entry},
    string::String,
    vec::Vec,
};

use super::{HEADER_LINE, ImportError, ImportProblem, Record, too_fine};
use crate::{
    catalog::{Catalog, text::shown},
    ids::ProductId,
    money::Currency,
    quantity::UnitPrice,
};

/// The columns, in the order they are asked for.
const COLUMNS: [&str; 2] = ["code", "price"];

/// What was read from a table of prices: the good lines, and all faults of the others.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PriceImport {
    /// The prices of the good lines.
    pub prices: BTreeMap<ProductId, UnitPrice>,
    /// All faults, by line.
    pub errors: Vec<ImportError>,
}

impl PriceImport {
    /// Reads a table whose first line `header` is. Products are known by their code; none is made. Prices are in
    /// `currency`; a piece costs no fraction of its smallest unit.
    ///
    /// ```
    /// use saleflex_core::{
    ///     catalog::{Catalog, import::{PriceImport, Record}},
    ///     money::{Currency, CurrencyCode},
    /// };
    ///
    /// let pounds = Currency::of(CurrencyCode::parse("GBP")?);
    /// let header = ["code".into(), "price".into()];
    /// let record = Record { line: 2, cells: vec!["10101".into(), "1.05".into()] };
    /// let read = PriceImport::read(&header, [record], &Catalog::default(), &pounds);
    /// assert_eq!(read.errors[0].to_string(), "line 2: no product has the code 10101");
    /// # Ok::<(), saleflex_core::money::AmountError>(())
    /// ```
    pub fn read(
        header: &[String],
        records: impl IntoIterator<Item = Record>,
        catalog: &Catalog,
        currency: &Currency,
    ) -> Self {
        let mut import = Self::default();
        let Some(columns) = import.columns(header) else { return import };
        let mut lines = BTreeMap::new();
        for record in records {
            match price(&record, header.len(), columns, (catalog, currency)) {
                Err(problems) => problems.into_iter().for_each(|problem| import.fail(record.line, problem)),
                Ok((product, price)) => match lines.entry(product) {
                    Entry::Vacant(free) => {
                        free.insert(record.line);
                        import.prices.insert(product, price);
                    }
                    Entry::Occupied(first) => {
                        let code = record.cells.get(columns[0]).map_or("", |code| code.trim());
                        let problem =
                            ImportProblem::DuplicateCode { code: shown(code), first_line: *first.get() };
                        import.fail(record.line, problem);
                    }
                },
            }
        }
        import
    }

    /// Remembers a line that could not be read as a record.
    pub fn reject(&mut self, line: u64, problem: ImportProblem) {
        self.fail(line, problem);
        self.errors.sort_by_key(|error| error.line);
    }

    fn fail(&mut self, line: u64, problem: ImportProblem) {
        self.errors.push(ImportError { line, problem });
    }

    /// Where code and price stand.
    fn columns(&mut self, header: &[String]) -> Option<[usize; 2]> {
        let name = |cell: &String| cell.trim_start_matches('\u{FEFF}').trim().to_ascii_lowercase();
        let names: Vec<String> = header.iter().map(name).collect();
        for name in names.iter().filter(|name| !COLUMNS.contains(&name.as_str())) {
            self.fail(HEADER_LINE, ImportProblem::UnknownColumn { name: shown(name) });
        }
        let at = COLUMNS.map(|column| names.iter().position(|name| name == column));
        for (name, at) in COLUMNS.into_iter().zip(at) {
            if at.is_none() {
                self.fail(HEADER_LINE, ImportProblem::MissingPriceColumn { name });
            }
        }
        if let ([Some(code), Some(price)], true) = (at, self.errors.is_empty()) {
            Some([code, price])
        } else {
            None
        }
    }
}

fn price(
    record: &Record,
    expected: usize,
    columns: [usize; 2],
    (catalog, currency): (&Catalog, &Currency),
) -> Result<(ProductId, UnitPrice), Vec<ImportProblem>> {
    let found = record.cells.len();
    let cells = columns.map(|at| record.cells.get(at).map(|cell| cell.trim()));
    let ([Some(code), Some(price)], true) = (cells, expected == found) else {
        return Err(Vec::from([ImportProblem::CellCount { expected, found }]));
    };
    let wrong = |source| ImportProblem::Price { found: shown(price), source };
    let product =
        catalog.product_by_code(code).ok_or_else(|| ImportProblem::UnknownCode { code: shown(code) });
    let read = UnitPrice::parse(price).map_err(wrong);
    match (product, read) {
        (Ok(product), Ok(read)) => match too_fine(read, product.unit(), currency) {
            Some(source) => Err(Vec::from([wrong(source)])),
            None => Ok((product.id(), read)),
        },
        (product, read) => Err(product.err().into_iter().chain(read.err()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::{
        super::tests::{cells, pounds, shop_of},
        *,
    };

    fn read(header: &str, lines: &[&str]) -> PriceImport {
        let catalog = shop_of("code,name,sale_price,department", &["1,Bread,1,1", "2,Milk,2,1"]);
        let records = (2..).zip(lines).map(|(line, text)| Record { line, cells: cells(text) });
        PriceImport::read(&cells(header), records, &catalog, &pounds())
    }

    #[test]
    fn each_line_prices_a_product_that_is_known() {
        let read = read("price,code", &["0.90,1", "1.85,2"]);
        assert_eq!(read.errors, []);
        assert_eq!(read.prices.values().map(UnitPrice::to_string).collect::<Vec<_>>(), ["0.9", "1.85"]);
    }

    #[test]
    fn every_fault_is_told_by_its_line_and_the_good_lines_are_read() {
        let read =
            read("code,price", &["3,1", "1,cheap", "2,1.80", "2,1.70", "1", "1,-1", "1,0.905", "3,cheap"]);
        let told: Vec<_> = read.errors.iter().map(ToString::to_string).collect();
        assert_eq!(read.prices.len(), 1);
        assert_eq!(told[0], "line 2: no product has the code 3");
        assert!(told[1].starts_with("line 3: price cheap: "), "{told:?}");
        assert_eq!(told[2], "line 5: code 2 stands on line 4 already");
        assert_eq!(told[3], "line 6: 1 cells where there are 2 columns");
        assert!(told[4].starts_with("line 7: price -1: "), "{told:?}");
        assert_eq!(told[5], "line 8: price 0.905: more than 2 digits after the point");
        assert_eq!(told[6], "line 9: no product has the code 3");
        assert!(told[7].starts_with("line 9: price cheap: "), "everything wrong with a line: {told:?}");
    }

    #[test]
    fn a_table_with_other_columns_is_not_read() {
        let told: Vec<_> = read("code,cost", &["1,1"]).errors.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["line 1: there is no such column as cost", "line 1: there is no column price"]);
    }
}
