//! Products from lines of JSON: an object a line, whose names are those of the columns.

use std::fmt;

use saleflex_core::{
    catalog::{
        Catalog,
        import::{Import, ImportProblem, NamedRecord},
    },
    ids::ProductId,
    money::Currency,
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// Reads lines of JSON, each a product, and checks them against `catalog`; nothing is changed.
///
/// A text, a number, `true` and `false` are read as a cell of the table would be, `null` as a blank one, and a name that
/// is missing leaves what it would say as it was.
pub fn read_lines(
    file: &[u8],
    catalog: &Catalog,
    currency: &Currency,
    mint: impl FnMut() -> ProductId,
) -> Import {
    let (mut records, mut faults) = (Vec::new(), Vec::new());
    for (line, bytes) in (1..).zip(file.split(|byte| *byte == b'\n')) {
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        match read_line(bytes) {
            Ok(cells) => records.push(NamedRecord { line, cells }),
            Err(problem) => faults.push((line, problem)),
        }
    }
    let mut import = Import::read_named(records, catalog, currency, mint);
    for (line, problem) in faults {
        import.reject(line, problem);
    }
    import
}

fn read_line(bytes: &[u8]) -> Result<Vec<(String, String)>, ImportProblem> {
    let text = str::from_utf8(bytes).map_err(|_| ImportProblem::NotText)?;
    let Entries(entries) = serde_json::from_str(text).map_err(|_| ImportProblem::NotObject)?;
    let cell = |(name, value): (String, Box<RawValue>)| match scalar(value.get()) {
        Some(text) => Ok((name, text)),
        None => Err(ImportProblem::NotScalar { name }),
    };
    entries.into_iter().map(cell).collect()
}

/// A value as the text of a cell. Numbers stay as they are written, since an amount must not pass through a binary
/// fraction.
fn scalar(value: &str) -> Option<String> {
    match value.as_bytes().first()? {
        b'"' => serde_json::from_str(value).ok(),
        b'[' | b'{' => None,
        b'n' => Some(String::new()),
        _ => Some(value.to_owned()),
    }
}

/// The entries of an object in their order; a name that is there twice is there twice.
struct Entries(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

#[cfg(test)]
mod tests {
    use saleflex_core::catalog::import::{Acceptance, Column};

    use super::{
        super::tests::{lines, read},
        *,
    };

    #[test]
    fn lines_of_json_bring_what_the_same_table_brings() {
        let table = "code,name,sale_price,department,barcodes,allow_discount,minimum_age\n\
                     1,\"Tea, \"\"black\"\"\",2.10,1,5012345678900*6=9.99,no,\n2,Milk,0.99,1,,yes,18\n";
        let json = concat!(
            r#"{"code":"1","name":"Tea, \"black\"","sale_price":2.10,"department":1,"#,
            r#""barcodes":"5012345678900*6=9.99","allow_discount":false,"minimum_age":null}"#,
            "\r\n\n",
            r#"{"minimum_age":18,"code":2,"name":"Milk","sale_price":"0.99","department":"1","allow_discount":true}"#,
        );
        for mark in ["", "\u{FEFF}"] {
            let read_json = read(format!("{mark}{json}").as_bytes()).accept(Acceptance::Whole).unwrap();
            let of_table = read(table.as_bytes()).accept(Acceptance::Whole).unwrap();
            let without_line = |mut products: Vec<saleflex_core::catalog::import::ImportedProduct>| {
                for product in &mut products {
                    product.line = 0;
                }
                products
            };
            assert_eq!(read_json.iter().map(|product| product.line).collect::<Vec<_>>(), [1, 3]);
            assert_eq!(without_line(read_json), without_line(of_table));
        }
    }

    #[test]
    fn a_line_of_json_with_a_fault_is_told_by_its_number_and_the_others_are_read() {
        let file = concat!(
            r#"{"code":"1","name":"Tea","sale_price":1,"department":1}"#,
            "\n\n",
            r#"{"code":"2","nane":"Milk"}"#,
            "\n",
            r#"{"code":"3","name":"A","name":"B","sale_price":1,"department":1}"#,
            "\n",
            r#"{"code":"4","tags":["hot"]}"#,
            "\nnot json\n",
            r#"{"name":"Salt"}"#,
            "\n",
            r#"{"code":"1","name":"Tea","sale_price":1e1,"department":1}"#,
        );
        let import = read(&[file.as_bytes(), b"\n{\"code\":\"\xff\"}\n[]"].concat());
        assert_eq!(lines(&import), [3, 4, 5, 6, 7, 8, 8, 9, 10], "{:?}", import.errors());
        let problems: Vec<_> = import.errors().iter().map(|error| &error.problem).collect();
        assert_eq!(problems[0], &ImportProblem::UnknownColumn { name: "nane".into() });
        assert_eq!(problems[1], &ImportProblem::DuplicateColumn { column: Column::Name });
        assert_eq!(problems[2], &ImportProblem::NotScalar { name: "tags".into() });
        assert_eq!(problems[3], &ImportProblem::NotObject);
        assert_eq!(problems[4], &ImportProblem::MissingColumn { column: Column::Code });
        assert_eq!(problems[7], &ImportProblem::NotText);
        assert_eq!(import.accept(Acceptance::Partial).unwrap().len(), 1);
    }
}
