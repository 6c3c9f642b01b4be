//! Products from a CSV file or from lines of JSON, and the prices of a price list from a CSV file.
//!
//! The columns are those of [`saleflex_core::catalog::import`]. CSV has commas or semicolons between the cells and
//! quotes around a cell that holds one, a quote or a line break; a line of JSON is an object whose names are columns. Both
//! are UTF-8.

mod lines;
pub(crate) mod separator;
pub(crate) mod underway;

use csv::{ByteRecord, Reader, ReaderBuilder};
use saleflex_core::{
    catalog::{
        Catalog,
        import::{HEADER_LINE, Import, ImportProblem, PriceImport, Record},
    },
    ids::ProductId,
    money::Currency,
};

use self::separator::Commas;
pub use self::{lines::read_lines, underway::ImportUnderway};

/// Reads a file of products, of whichever of the two forms it is, and checks it against `catalog`; nothing is changed.
///
/// A file that begins with `{` is read by [`read_lines`], every other one by [`read_csv`].
pub fn read_products(
    file: &[u8],
    catalog: &Catalog,
    currency: &Currency,
    mint: impl FnMut() -> ProductId,
) -> Import {
    let text = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file);
    if text.trim_ascii_start().starts_with(b"{") {
        read_lines(text, catalog, currency, mint)
    } else {
        read_csv(file, catalog, currency, mint)
    }
}

/// Some editors mark the beginning of a file with it.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Reads a CSV file of products and checks it against `catalog`; nothing is changed.
///
/// Prices are in `currency`; `mint` makes the identities of new products. Take the lines over with [`Import::accept`] and
/// [`Catalog::apply`].
pub fn read_csv(
    file: &[u8],
    catalog: &Catalog,
    currency: &Currency,
    mint: impl FnMut() -> ProductId,
) -> Import {
    let mut lines = Lines::new(file);
    let header = match lines.next() {
        None => Vec::new(),
        Some(Ok(record)) => record.cells,
        Some(Err(line)) => {
            let mut import = Import::default();
            import.reject(line, ImportProblem::NotText);
            return import;
        }
    };
    let commas = Commas::of(separator::of(file), &header);
    let mut unreadable = Vec::new();
    let records = lines.filter_map(|line| line.map_err(|line| unreadable.push(line)).ok());
    let records = records.map(|record| commas.read(record));
    let mut import = Import::read(&header, records, catalog, currency, mint);
    for line in unreadable {
        import.reject(line, ImportProblem::NotText);
    }
    import
}

/// Reads a file of prices in `currency`, with the columns `code` and `price`, against `catalog`; nothing is changed.
pub fn read_prices(file: &[u8], catalog: &Catalog, currency: &Currency) -> PriceImport {
    let mut lines = Lines::new(file);
    let header = match lines.next() {
        Some(Err(line)) => {
            let mut import = PriceImport::default();
            import.reject(line, ImportProblem::NotText);
            return import;
        }
        Some(Ok(record)) => record.cells,
        None => Vec::new(),
    };
    let commas = Commas::of(separator::of(file), &header);
    let mut unreadable = Vec::new();
    let records = lines.filter_map(|line| line.map_err(|line| unreadable.push(line)).ok());
    let records = records.map(|record| commas.read(record));
    let mut import = PriceImport::read(&header, records, catalog, currency);
    for line in unreadable {
        import.reject(line, ImportProblem::NotText);
    }
    import
}

/// The lines of a file that are not empty; for one that is not UTF-8 its number.
pub(crate) struct Lines<'a> {
    file: &'a [u8],
    reader: Reader<&'a [u8]>,
    bytes: ByteRecord,
    /// Bytes whose line breaks are counted in `line`.
    counted: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(file: &'a [u8]) -> Self {
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(separator::of(file));
        let reader = builder.from_reader(file);
        Self { file, reader, bytes: ByteRecord::new(), counted: 0, line: HEADER_LINE }
    }

    /// The line the present record begins on. The reader's own count of lines drifts in files longer than its
    /// buffer, and its byte position is that of the empty lines before the record; so lines are counted here.
    fn line(&mut self) -> u64 {
        let from = self.bytes.position().map_or(0, csv::Position::byte);
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(self.file.len());
        let rest = &self.file[from..];
        let empty = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = &self.file[self.counted..from + empty];
        // A line ends at `\n`, or at an `\r` that none follows, as the reader has it.
        let ends =
            |at: usize| passed[at] == b'\n' || (passed[at] == b'\r' && passed.get(at + 1) != Some(&b'\n'));
        let breaks = (0..passed.len()).filter(|at| ends(*at)).count();
        self.line += u64::try_from(breaks).unwrap_or(u64::MAX);
        self.counted = from + empty;
        self.line
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<Record, u64>;

    fn next(&mut self) -> Option<Self::Item> {
        let is_record = self.reader.read_byte_record(&mut self.bytes);
        if !is_record.expect("cells of any number and bytes of any kind are read from memory") {
            return None;
        }
        let line = self.line();
        let cells = self.bytes.iter().map(|cell| String::from_utf8(cell.to_vec()));
        let cells: Result<Vec<String>, _> = cells.collect();
        Some(cells.map(|cells| Record { line, cells }).map_err(|_| line))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use saleflex_core::catalog::{
        CatalogRecords, Department, DepartmentNo, Reference, Unit,
        import::{Acceptance, Column},
    };
    use saleflex_core::{
        money::CurrencyCode,
        quantity::{Percent, UnitPrice},
        tax::TaxRate,
    };
    use uuid::Uuid;

    use super::*;

    fn shop() -> Catalog {
        let rate = TaxRate { no: 1, name: "VAT".into(), percent: Percent::ZERO, jurisdiction: None };
        let department = Department {
            no: DepartmentNo(1),
            name: "Food".into(),
            main: None,
            taxes: vec![1],
            max_price: None,
        };
        let reference = Reference {
            tax_rates: vec![rate],
            departments: vec![department],
            units: vec![Unit::piece()],
            masks: vec![],
            ..Reference::default()
        };
        Catalog::from_records(CatalogRecords { reference, ..CatalogRecords::default() }).unwrap()
    }

    pub(super) fn read(file: &[u8]) -> Import {
        let mut next = 0;
        let mint = || {
            next += 1;
            ProductId::new(Uuid::from_u128(next))
        };
        let pounds = Currency::of(CurrencyCode::parse("GBP").expect("three capital letters"));
        read_products(file, &shop(), &pounds, mint)
    }

    pub(super) fn lines(import: &Import) -> Vec<u64> {
        import.errors().iter().map(|error| error.line).collect()
    }

    #[test]
    fn quotes_keep_commas_and_a_byte_order_mark_does_no_harm() {
        let file = "\u{FEFF}code,name,sale_price,department\r\n1,\"Tea, \"\"Earl Grey\"\"\",2.10,1\r\n";
        let products = read(file.as_bytes()).accept(Acceptance::Whole).unwrap();
        assert_eq!(products[0].product.name, "Tea, \"Earl Grey\"");
    }

    #[test]
    fn a_file_that_a_spreadsheet_wrote_with_semicolons_has_commas_in_its_numbers() {
        let file = "code;name;sale_price;department;barcodes\r\n1;Tea, green;2,10;1;4006381333931*6=12,50\r\n\
                    2;Rice;1.234,00;1;\r\n";
        let import = read(file.as_bytes());
        assert_eq!(lines(&import), [3], "{:?}", import.errors());
        let products = import.accept(Acceptance::Partial).unwrap();
        let price = |text| UnitPrice::parse(text).unwrap();
        assert_eq!((&*products[0].product.name, products[0].product.price), ("Tea, green", price("2.10")));
        assert_eq!(products[0].barcodes[0].price, Some(price("12.50")));
    }

    #[test]
    fn a_fault_is_told_with_the_line_of_the_file_it_stands_on() {
        let file = b"code,name,sale_price,department\n1,\"two\nlines\",1,1\n\n\n2,Milk,x,1\n3,Tea,1\n\n\xff,b,1,1\n4,Salt,1,1";
        for end in ["\n", "\r\n", "\r"] {
            let file = with_line_ends(file, end);
            let import = read(&file);
            assert_eq!(lines(&import), [2, 6, 7, 9], "{:?}", import.errors());
            assert_eq!(import.errors()[3].problem, ImportProblem::NotText);
            assert_eq!(import.accept(Acceptance::Partial).unwrap().len(), 1);
        }
    }

    fn with_line_ends(file: &[u8], end: &str) -> Vec<u8> {
        file.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(end.as_bytes())
    }

    #[test]
    fn lines_are_counted_right_in_a_file_longer_than_any_buffer() {
        let mut file = b"code,name,sale_price,department\n".to_vec();
        for no in 2..5_000 {
            let price = if no % 777 == 0 { "x" } else { "1.00" };
            file.extend(format!("{no},A name that makes the line longer {no},{price},1\n").bytes());
        }
        let import = read(&file);
        assert_eq!(lines(&import), [777, 1554, 2331, 3108, 3885, 4662]);
    }

    #[test]
    fn a_file_without_a_first_line_that_can_be_read_is_refused() {
        let missing = ImportProblem::MissingColumn { column: Column::Code };
        assert_eq!(read(b"").errors()[0].problem, missing);
        let import = read(b"c\xffde,name\n1,Tea\n");
        assert_eq!((lines(&import), &import.errors()[0].problem), (vec![1], &ImportProblem::NotText));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), start in any::<bool>()) {
            let head: &[u8] = if start { b"code,name,sale_price,department\n" } else { b"" };
            let _ = read(&[head, &bytes].concat());
        }
    }
}
