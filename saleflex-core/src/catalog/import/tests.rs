use alloc::string::ToString;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    catalog::{Attribute, Department, DepartmentNo, Permissions, PriceRule, Reference, TextError, Unit},
    money::CurrencyCode,
    quantity::{Percent, Quantity, UnitPrice},
    tax::TaxRate,
};

const HEADER: &str = "code,name,sale_price,department,unit,barcodes";

fn shop() -> Catalog {
    let rate = TaxRate { no: 1, name: "VAT".into(), percent: Percent::HUNDRED, jurisdiction: None };
    let department =
        Department { no: DepartmentNo(1), name: "Food".into(), main: None, taxes: vec![1], max_price: None };
    let reference = Reference {
        tax_rates: vec![rate],
        departments: vec![department],
        units: vec![
            Unit::piece(),
            Unit { code: "KG".into(), decimals: 3, measure: None },
            Unit { code: "G".into(), decimals: 0, measure: None },
        ],
        masks: vec![],
        ..Reference::default()
    };
    let mut catalog = Catalog::default();
    catalog.replace_reference(reference).unwrap();
    catalog
}

pub(super) fn pounds() -> Currency {
    Currency::of(CurrencyCode::parse("GBP").unwrap())
}

pub(super) fn cells(line: &str) -> Vec<String> {
    line.split(',').map(String::from).collect()
}

/// Reads a table without quotes; line 2 is the first below the header.
fn read(catalog: &Catalog, header: &str, lines: &[&str]) -> Import {
    let mut next = 1_000;
    let records = (2..).zip(lines).map(|(line, text)| Record { line, cells: cells(text) });
    Import::read(&cells(header), records, catalog, &pounds(), || {
        next += 1;
        ProductId::new(Uuid::from_u128(next))
    })
}

fn problems(header: &str, lines: &[&str]) -> Vec<(u64, ImportProblem)> {
    let import = read(&shop(), header, lines);
    let found = import.errors().iter().map(|error| (error.line, error.problem.clone())).collect();
    assert!(import.accept(Acceptance::Whole).is_err());
    found
}

/// A shop that took these lines over.
pub(super) fn shop_of(header: &str, lines: &[&str]) -> Catalog {
    let mut catalog = shop();
    let products = read(&catalog, header, lines).accept(Acceptance::Whole).unwrap();
    catalog.apply(products.into_iter().collect()).unwrap();
    catalog
}

#[test]
fn a_line_becomes_a_product_with_its_barcodes_packs_and_prices() {
    let header = "code,name,short_name,sale_price,purchase_price,department,tax_no,unit,barcodes,min_stock,\
                  opening_stock,allow_negative_stock,allow_discount,allow_returns,sold_by_weight,minimum_age,price_rule";
    let line =
        "7,Old ale,Ale,2.50,1.10,1,1,,5012345678900|5012345678917*6=13.00,6,24,no,no,no,no,18,may_be_free";
    let import = read(&shop(), header, &[line]);
    assert_eq!(import.warnings(), []);
    let [imported]: [ImportedProduct; 1] = import.accept(Acceptance::Whole).unwrap().try_into().unwrap();
    let product = &imported.product;
    assert_eq!(
        (product.code.as_str(), product.name.as_str(), product.short_name.as_deref()),
        ("7", "Old ale", Some("Ale"))
    );
    assert_eq!(
        (product.price.to_string(), product.cost_price.map(|cost| cost.to_string())),
        ("2.5".into(), Some("1.1".into()))
    );
    assert_eq!(
        (product.department, product.taxes.as_deref(), product.unit.as_str()),
        (DepartmentNo(1), Some(&[1][..]), "PCS")
    );
    let permissions = product.permissions;
    assert!(!permissions.negative_stock && !permissions.discount && !permissions.returns);
    assert_eq!((product.minimum_age, product.price_rule), (Some(18), PriceRule::MayBeFree));
    assert_eq!(
        (imported.min_stock, imported.opening_stock),
        (Some(Decimal::from(6)), Some(Decimal::from(24)))
    );
    assert!(imported.is_new);
    let pack = &imported.barcodes[1];
    assert_eq!(
        (pack.barcode.as_str(), pack.pack_quantity, pack.price),
        ("5012345678917", Quantity::parse("6").unwrap(), Some(UnitPrice::parse("13").unwrap()))
    );
}

#[test]
fn what_is_blank_or_missing_takes_its_default() {
    let catalog = shop_of("code,name,sale_price,department", &["7,Ale,2.50,1"]);
    let product = catalog.product_by_code("7").unwrap().to_product();
    assert_eq!((product.taxes, product.cost_price, product.minimum_age), (None, None, None));
    assert_eq!((product.permissions, product.is_active), (Permissions::default(), true));
    let header = "code,name,sale_price,department,allow_negative_stock";
    let catalog = shop_of(header, &["7,Ale,2.50,1,", "8,Stout,2.50,1,yes"]);
    let may = |code| catalog.product_by_code(code).unwrap().permissions().negative_stock;
    assert_eq!([may("7"), may("8")], [false, true]);
}

#[test]
fn all_faults_are_told_with_their_lines_and_nothing_is_taken_over() {
    let found = problems(
        HEADER,
        &[
            "1,Bread,1.20,1,,",
            "2,,1 20,one,,",
            "3,Milk,1.20",
            ",Nameless,1,1,,",
            "1,Bread again,1.20,1,,",
            "4,Tea,-1,1,,5|*6|7*x",
        ],
    );
    let number = |column, found: &str, source| ImportProblem::Number { column, found: found.into(), source };
    assert_eq!(
        found,
        [
            (3, ImportProblem::Blank { column: Column::Name }),
            (3, number(Column::SalePrice, "1 20", AmountError::Malformed)),
            (3, number(Column::Department, "one", AmountError::Malformed)),
            (4, ImportProblem::CellCount { expected: 6, found: 3 }),
            (5, ImportProblem::Blank { column: Column::Code }),
            (6, ImportProblem::DuplicateCode { code: "1".into(), first_line: 2 }),
            (7, number(Column::SalePrice, "-1", AmountError::TooSmall)),
            (7, ImportProblem::Blank { column: Column::Barcodes }),
            (7, number(Column::Barcodes, "x", AmountError::Malformed)),
        ]
    );
}

#[test]
fn a_stock_in_fractions_of_pieces_is_a_fault_of_its_line_and_the_others_are_taken() {
    let header = "code,name,sale_price,department,unit,sold_by_weight,opening_stock,min_stock";
    let lines = [
        "1,Bread,1,1,,,1.5,2",
        "2,Ham,1,1,KG,yes,1.2505,1.250",
        "3,Salt,1,1,G,,250,0.5",
        "4,Tea,1,1,,,1.0,2",
    ];
    let fault = |column, found: &str, digits| ImportProblem::Number {
        column,
        found: found.into(),
        source: AmountError::TooPrecise { digits },
    };
    let expected = [
        (2, fault(Column::OpeningStock, "1.5", 0)),
        (3, fault(Column::OpeningStock, "1.2505", 3)),
        (4, fault(Column::MinStock, "0.5", 0)),
    ];
    assert_eq!(problems(header, &lines), expected);
    let taken = read(&shop(), header, &lines).accept(Acceptance::Partial).unwrap();
    assert_eq!(taken.iter().map(|one| one.product.code.as_str()).collect::<Vec<_>>(), ["4"]);
    // Of what is known the books say what is there.
    let known = shop_of(header, &[lines[3]]);
    assert_eq!(read(&known, header, &["4,Tea,1,1,,,1.5,2"]).errors(), []);
}

#[test]
fn a_product_that_is_left_out_is_told_with_its_line() {
    let mut import = read(&shop(), HEADER, &["1,Bread,1.20,1,,", "2,,1,1,,", "3,Milk,1.20,1,,"]);
    let (found, most) = (Decimal::TEN, Decimal::ONE);
    let above = ImportProblem::AboveMaximum { column: Column::MinStock, found, most };
    import.leave_out(&shop(), |product| (product.product.code == "1").then(|| above.clone()));
    assert_eq!(import.errors().iter().map(|error| error.line).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(import.errors()[0].to_string(), "line 2: min_stock 10: at most 1 are to be there");
    let taken = import.accept(Acceptance::Partial).unwrap();
    assert_eq!(taken.iter().map(|one| one.line).collect::<Vec<_>>(), [4]);
}

#[test]
fn what_the_catalog_refuses_is_told_with_its_line() {
    let long = format!("{},Bread,1,1,,", "1".repeat(21));
    let found =
        problems(HEADER, &["1,Bread,1,9,,", "2,Milk,1,1,BOX,", "3,Tea,1,1,,4", "4,Salt,1,1,,", &long]);
    let told = |line: u64| {
        found.iter().filter(|(at, _)| *at == line).map(|(_, problem)| problem.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(told(2), ["product 1 is in the unknown department 9"]);
    assert_eq!(told(3), ["product 2 has the unknown unit BOX"]);
    assert_eq!(told(4), ["barcode 4 is the code of product 4 (line 5)"]);
    assert_eq!(told(5), Vec::<String>::new());
    let too_long = CatalogError::Text {
        of: "1".repeat(21),
        field: crate::catalog::Field::Code,
        source: TextError::TooLong { most: 20 },
    };
    assert!(found.contains(&(6, too_long.into())));
}

#[test]
fn a_line_in_the_way_of_another_is_told_with_its_code_and_its_line() {
    let catalog = shop_of(HEADER, &["1,Bread,1.20,1,,11|12"]);
    let header = "code,name,sale_price,department,barcodes,style,size,colour";
    let lines = [
        "2,Milk,1,1,11,,,",
        "3,Tea,1,1,31,,,",
        "4,Salt,1,1,31,,,",
        "5,Red shirt,1,1,,SHIRT,M,red",
        "6,Reddish shirt,1,1,,SHIRT,M,red",
        "12,Ale,1,1,,,,",
    ];
    let records = (2..).zip(lines).map(|(line, text)| Record { line, cells: cells(text) });
    // Identities that none of the catalog has.
    let mut next = 2_000;
    let found = Import::read(&cells(header), records, &catalog, &pounds(), || {
        next += 1;
        ProductId::new(Uuid::from_u128(next))
    });
    let told: Vec<_> = found.errors().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 2: barcode 11 belongs to product 1 already",
            "line 4: barcode 31 belongs to product 3 already (line 3)",
            "line 5: product 5: product 6 is this size and colour of SHIRT already (line 6)",
            "line 6: product 6: product 5 is this size and colour of SHIRT already (line 5)",
            "line 7: code 12 is a barcode of product 1",
        ]
    );
}

#[test]
fn valid_lines_are_taken_over_alone_only_when_asked_for() {
    let import = read(&shop(), HEADER, &["1,Bread,1.20,1,,", "2,Milk,x,1,,", "3,Tea,2,1,,1"]);
    assert_eq!(import.errors().len(), 2);
    let refused = import.clone().accept(Acceptance::Whole).unwrap_err();
    assert_eq!(refused.to_string().lines().count(), 2);
    assert!(refused.to_string().starts_with("line 3: sale_price x: not a number\nline 4: barcode 1 is"));
    let taken = import.accept(Acceptance::Partial).unwrap();
    assert_eq!(taken.iter().map(|imported| imported.product.code.as_str()).collect::<Vec<_>>(), ["1"]);
}

#[test]
fn a_known_code_is_updated_in_the_named_columns_and_others_stay() {
    let mut catalog = shop_of(HEADER, &["1,Bread,1.20,1,,11|12", "2,Milk,0.90,1,,21"]);
    let before = catalog.product_by_code("1").unwrap().to_product();
    let import = read(&catalog, "code,sale_price", &["1,1.50"]);
    let products = import.accept(Acceptance::Whole).unwrap();
    assert!(!products[0].is_new);
    catalog.apply(products.into_iter().collect()).unwrap();
    let after = catalog.product_by_code("1").unwrap();
    assert_eq!(after.to_product(), Product { price: UnitPrice::parse("1.5").unwrap(), ..before });
    assert_eq!(after.barcodes().len(), 2);
    assert_eq!(catalog.product_by_code("2").unwrap().price().to_string(), "0.9");
}

#[test]
fn the_barcodes_of_a_line_are_all_its_barcodes_and_may_come_from_another_line() {
    let mut catalog = shop_of(HEADER, &["1,Bread,1.20,1,,11|12", "2,Milk,0.90,1,,21"]);
    let import = read(&catalog, "code,barcodes", &["2,12|21", "1,11|13"]);
    assert_eq!(import.errors(), []);
    catalog.apply(import.accept(Acceptance::Whole).unwrap().into_iter().collect()).unwrap();
    let of = |code: &str| {
        let barcodes = catalog.product_by_code(code).unwrap().barcodes();
        barcodes.into_iter().map(|barcode| barcode.barcode).collect::<Vec<_>>()
    };
    assert_eq!(of("1"), ["11", "13"]);
    assert_eq!(of("2"), ["21", "12"]);
}

#[test]
fn a_line_that_counted_on_a_rejected_one_is_rejected_with_it() {
    let catalog = shop_of(HEADER, &["1,Bread,1.20,1,,11", "2,Milk,0.90,1,,21"]);
    let import = read(&catalog, "code,department,barcodes", &["1,9,", "2,1,11"]);
    let lines: Vec<u64> = import.errors().iter().map(|error| error.line).collect();
    assert_eq!(lines, [2, 3]);
    assert!(import.accept(Acceptance::Partial).unwrap().is_empty());
}

#[test]
fn a_misspelt_or_doubled_column_is_a_fault_of_the_first_line() {
    let found = problems("code,barcode,name,name", &["1,2,3,4"]);
    assert_eq!(found[0], (1, ImportProblem::UnknownColumn { name: "barcode".into() }));
    assert_eq!(found[1], (1, ImportProblem::DuplicateColumn { column: Column::Name }));
    assert_eq!(found[2], (2, ImportProblem::MissingColumn { column: Column::SalePrice }));
    assert_eq!(problems("name", &["Bread"]), [(1, ImportProblem::MissingColumn { column: Column::Code })]);
}

#[test]
fn a_byte_order_mark_and_capitals_do_not_hide_a_column() {
    let catalog = shop_of("\u{FEFF}Code,NAME,Sale_Price,department", &["7,Ale,2.50,1"]);
    assert_eq!(catalog.len(), 1);
}

#[test]
fn what_is_sold_by_weight_needs_a_unit_that_measures_also_in_whole_grams_d_doc_16() {
    let header = "code,name,sale_price,department,unit,sold_by_weight";
    assert_eq!(
        problems(header, &["1,Apples,2,1,PCS,yes"]),
        [(2, ImportProblem::WholeUnit { unit: "PCS".into() })]
    );
    let catalog = shop_of(
        header,
        &["1,Apples,2,1,,yes", "2,Bread,2,1,,no", "3,Pears,2,1,KG,", "4,Saffron,0.015,1,G,yes"],
    );
    let unit = |code: &str| catalog.product_by_code(code).unwrap().unit().code.clone();
    assert_eq!(["1", "2", "3", "4"].map(unit), ["KG", "PCS", "KG", "G"]);
    let found = problems(header, &["1,Apples,2,1,,perhaps"]);
    let (column, expected) = (Column::SoldByWeight, "yes or no");
    assert_eq!(found, [(2, ImportProblem::Choice { column, found: "perhaps".into(), expected })]);
}

#[test]
fn an_open_price_may_be_blank_and_a_fixed_price_of_nothing_is_warned_of() {
    let import = read(
        &shop(),
        "code,name,sale_price,department,price_rule",
        &["1,Sundries,,1,open", "2,Gift,0,1,may_be_free", "3,Oops,0,1,"],
    );
    assert_eq!(import.errors(), []);
    assert_eq!(import.warnings(), [ImportWarning::NoPrice { line: 4, code: "3".into() }]);
    let found =
        problems("code,name,sale_price,department,price_rule", &["1,Bread,,1,fixed", "2,Milk,1,1,cheap"]);
    assert_eq!(found[0], (2, ImportProblem::Blank { column: Column::SalePrice }));
    assert!(matches!(found[1], (3, ImportProblem::Choice { column: Column::PriceRule, .. })));
}

#[test]
fn a_wrong_check_digit_is_a_warning_and_not_a_fault() {
    let import = read(&shop(), HEADER, &["1,Bread,1,1,,5012345678901"]);
    assert_eq!(import.errors(), []);
    let told: Vec<String> = import.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["line 2: 5012345678901: EAN-13: check digit is 1, should be 0"]);
}

proptest! {
    #[test]
    fn any_table_is_read_without_panic_and_what_is_accepted_is_valid(
        header in prop::sample::subsequence(Column::ALL.to_vec(), 0..=Column::ALL.len()),
        rows in prop::collection::vec(prop::collection::vec("[0-9]{0,3}|\\PC{0,12}|yes|KG|[0-9]\\|[0-9]=1", 17), 0..12),
    ) {
        let names: Vec<String> = header.iter().map(ToString::to_string).collect();
        let mut catalog = shop_of(HEADER, &["1,Bread,1.20,1,,11|12", "2,Milk,0.90,1,,3"]);
        let records = (2..).zip(rows).map(|(line, mut cells)| {
            cells.truncate(names.len());
            Record { line, cells }
        });
        let mut next = 5_000;
        let import = Import::read(&names, records, &catalog, &pounds(), || { next += 1; ProductId::new(Uuid::from_u128(next)) });
        let taken = import.accept(Acceptance::Partial).unwrap();
        prop_assert_eq!(catalog.apply(taken.into_iter().collect()), Ok(()));
    }
}

#[test]
fn a_line_says_which_variant_a_product_is_its_tags_and_its_attributes() {
    let header = "code,name,sale_price,department,tags,attributes,style,size,colour,is_default_variant";
    let catalog = shop_of(
        header,
        &[
            "1,Shirt S,9,1,summer|linen,weight=120|washable=yes,SHIRT,S,red,yes",
            "2,Shirt M,9,1,,,SHIRT,M,red,",
        ],
    );
    let product = catalog.product_by_code("1").unwrap().id();
    let details = catalog.details(product).unwrap();
    assert_eq!(details.tags.iter().map(String::as_str).collect::<Vec<_>>(), ["linen", "summer"]);
    assert_eq!(details.attributes["weight"].to_string(), "120");
    assert_eq!(details.attributes["washable"], Attribute::Flag(true));
    assert!(details.variant.as_ref().unwrap().is_default);
    assert_eq!(catalog.variants("SHIRT").len(), 2);
    // A column that is missing leaves all that as it was; a blank style takes the variant away.
    let mut catalog = catalog;
    for (header, line) in [("code,name", "1,Shirt, small"), ("code,style", "1,")] {
        let line = line.replace(", small", " small");
        let products = read(&catalog, header, &[&line]).accept(Acceptance::Whole).unwrap();
        catalog.apply(products.into_iter().collect()).unwrap();
    }
    let details = catalog.details(product).unwrap();
    assert!(details.variant.is_none());
    assert_eq!(details.tags.len(), 2);
}

#[test]
fn a_fault_of_details_stands_at_its_line() {
    let header = "code,name,sale_price,department,brand,attributes,style,size";
    let found =
        problems(header, &["1,A,1,1,Nobody,,,", "2,B,1,1,,weight,,", "3,C,1,1,,,S,L", "4,D,1,1,,,S,L"]);
    assert!(matches!(
        &found[..2],
        [(2, ImportProblem::NoBrand { .. }), (3, ImportProblem::Attribute { .. })]
    ));
    let is_taken = |problem: &ImportProblem| {
        matches!(problem, ImportProblem::Clash { error: CatalogError::VariantTaken { .. }, .. })
    };
    assert!(found[2].0 == 4 && is_taken(&found[2].1), "{found:?}");
}

#[test]
fn a_container_and_what_comes_in_it_are_taken_from_one_table_in_any_order() {
    let header = "code,name,sale_price,department,container";
    let lines = ["1,Cola,1.00,1,B", "B,Bottle,0.25,1,", "2,Water,0.80,1,B"];
    for lines in [lines, [lines[1], lines[2], lines[0]]] {
        let catalog = shop_of(header, &lines);
        let bottle = catalog.product_by_code("B").unwrap().id();
        for code in ["1", "2"] {
            let product = catalog.product_by_code(code).unwrap().id();
            assert_eq!(catalog.details(product).unwrap().container, Some(bottle));
        }
        assert!(catalog.is_container(bottle));
    }
    // What counted on a line that is left out is left out with it.
    let import =
        read(&shop(), header, &["1,Cola,1.00,1,B", "B,Bottle,0,1,", "2,Water,0.80,1,X", "3,Tea,2,1,"]);
    let told: Vec<u64> = import.errors().iter().map(|error| error.line).collect();
    assert_eq!(told, [2, 4], "a bottle without a price holds nothing");
    let taken = import.accept(Acceptance::Partial).unwrap();
    assert_eq!(taken.iter().map(|one| one.product.code.as_str()).collect::<Vec<_>>(), ["B", "3"]);
    let import = read(&shop(), header, &["1,Cola,1.00,1,B", "B,Bottle,dear,1,"]);
    let told: Vec<u64> = import.errors().iter().map(|error| error.line).collect();
    assert_eq!(told, [2, 3]);
    assert!(import.accept(Acceptance::Partial).unwrap().is_empty());
}

#[test]
fn a_piece_costs_no_fraction_of_a_penny_and_a_kilogram_may() {
    let found = problems(HEADER, &["1,Bread,1.205,1,,", "2,Milk,0.90,1,,21=0.855", "3,Tea,1.50000,1,,"]);
    let too_fine = |column, found: &str, digits| {
        let source = AmountError::TooPrecise { digits };
        ImportProblem::Number { column, found: found.into(), source }
    };
    assert_eq!(
        found[..2],
        [(2, too_fine(Column::SalePrice, "1.205", 2)), (3, too_fine(Column::Barcodes, "0.855", 2)),]
    );
    let catalog = shop_of(HEADER, &["1,Saffron,1250.255,1,KG,", "2,Bread,1.20,1,,"]);
    assert_eq!(catalog.product_by_code("1").unwrap().price().to_string(), "1250.255");
}

#[test]
fn a_gram_may_cost_a_fraction_of_a_penny_though_grams_are_whole() {
    let catalog = shop_of(HEADER, &["1,Tea,0.0125,1,G,11=0.855"]);
    assert_eq!(catalog.product_by_code("1").unwrap().price().to_string(), "0.0125");
}
