//! What stands between the cells of a CSV file.
//!
//! Where numbers have a comma before their fraction, spreadsheets write semicolons between the cells: then a number may
//! have either sign.

use saleflex_core::catalog::import::{Column, Record};

/// What stands between the cells of a file, by its first line: the names of columns hold neither sign.
pub(crate) fn of(file: &[u8]) -> u8 {
    let mut lines = file.split(|byte| matches!(byte, b'\n' | b'\r'));
    let first = lines.find(|line| !line.is_empty()).unwrap_or_default();
    if first.contains(&b';') && !first.contains(&b',') { b';' } else { b',' }
}

/// A number as it is read here, with a point before its fraction. One with both signs, or with several, stays as it is
/// and is none.
pub(crate) fn pointed(number: &str) -> String {
    let is_plain = !number.contains('.') && number.matches(',').count() == 1;
    if is_plain { number.replace(',', ".") } else { number.to_owned() }
}

/// The columns whose numbers have a comma before their fraction, by their place.
#[derive(Default)]
pub(super) struct Commas {
    numbers: Vec<usize>,
    barcodes: Option<usize>,
}

impl Commas {
    /// Those of a file with this between its cells and these names of columns.
    pub(super) fn of(separator: u8, header: &[String]) -> Self {
        if separator != b';' {
            return Self::default();
        }
        let is_called = |name: &str, column: &str| {
            name.trim_start_matches('\u{FEFF}').trim().eq_ignore_ascii_case(column)
        };
        let numbers = [Column::SalePrice, Column::PurchasePrice, Column::MinStock, Column::OpeningStock];
        let is_number =
            |name: &str| is_called(name, "price") || numbers.iter().any(|one| is_called(name, one.name()));
        let places = header.iter().enumerate();
        Self {
            numbers: places.filter(|(_, name)| is_number(name)).map(|(at, _)| at).collect(),
            barcodes: header.iter().position(|name| is_called(name, Column::Barcodes.name())),
        }
    }

    /// A record with points in the place of those commas.
    pub(super) fn read(&self, mut record: Record) -> Record {
        for (at, cell) in record.cells.iter_mut().enumerate() {
            if self.numbers.contains(&at) {
                *cell = pointed(cell);
            } else if self.barcodes == Some(at) {
                *cell = cell.split('|').map(pointed_barcode).collect::<Vec<_>>().join("|");
            }
        }
        record
    }
}

/// A barcode with its pack and its price, `text*pack=price`: the text stays as it is.
fn pointed_barcode(entry: &str) -> String {
    let Some(at) = entry.find(['*', '=']) else { return entry.to_owned() };
    let (text, numbers) = entry.split_at(at);
    let numbers = numbers.split('=').map(pointed).collect::<Vec<_>>().join("=");
    format!("{text}{numbers}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_is_a_point_in_numbers_alone_and_where_semicolons_stand_between_the_cells() {
        let header = ["\u{FEFF}Price", "name", "barcodes"].map(str::to_owned);
        let cells = ["12,50", "Tea, green", "A,1*1,5=0,95|B"].map(str::to_owned).to_vec();
        let record = Record { line: 2, cells };
        let read = |separator| Commas::of(separator, &header).read(record.clone()).cells;
        assert_eq!(read(b';'), ["12.50", "Tea, green", "A,1*1.5=0.95|B"]);
        assert_eq!(read(b','), record.cells);
        assert_eq!(["1.234,50", "1,234,500", "7"].map(pointed), ["1.234,50", "1,234,500", "7"]);
        assert_eq!([of(b"\r\ncode;name\n1,2"), of(b"code,name\n1;2"), of(b"code")], [b';', b',', b',']);
    }
}
