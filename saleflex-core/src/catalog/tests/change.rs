use proptest::prelude::*;

use super::*;

fn errors(change: impl FnOnce(&mut CatalogRecords)) -> Vec<CatalogError> {
    shop_with(change).unwrap_err().0
}

fn change() -> CatalogChange {
    CatalogChange::default()
}

#[test]
fn all_faults_of_a_catalog_are_told_at_once() {
    let found = errors(|shop| {
        shop.reference.tax_rates.push(rate(1, "1"));
        shop.reference.departments.push(department(103, None, &[]));
        shop.reference.masks.push(MaskDefinition { code: None, ..mask(3, 13, "2") });
        shop.products[0].unit = "EA".into();
        shop.products[1].department = DepartmentNo(55);
        shop.products[2].code = "8".into();
        shop.barcodes.push(barcode(99, "55555"));
    });
    assert_eq!(
        found,
        [
            CatalogError::DuplicateTaxRate { no: 1 },
            CatalogError::NoMainDepartment { no: DepartmentNo(103) },
            CatalogError::Mask { no: MaskNo(3), source: MaskError::CodeMissing },
            CatalogError::UnknownUnit { code: "1".into(), unit: "EA".into() },
            CatalogError::UnknownDepartment { code: "2".into(), department: DepartmentNo(55) },
            CatalogError::CodeTaken { code: "8".into(), owner: id(3) },
            CatalogError::UnknownProduct { barcode: "5449000000996".into(), product: id(8) },
            CatalogError::UnknownProduct { barcode: "746817004304".into(), product: id(8) },
            CatalogError::UnknownProduct { barcode: "55555".into(), product: id(99) },
        ]
    );
}

#[test]
fn a_broken_record_does_not_keep_the_valid_ones_from_being_sold() {
    let mut builder = CatalogBuilder::new(reference());
    builder.add_product(product(1, "1", "Baguette", "1.10"));
    builder.add_product(product(2, "1", "Impostor", "1.20"));
    let (catalog, errors) = builder.build_valid();
    assert_eq!(errors, [CatalogError::CodeTaken { code: "1".into(), owner: id(1) }]);
    assert_eq!(catalog.find("1", day(6), &currency()).unwrap().name, "Baguette");
    assert_eq!(catalog.len(), 1);
}

#[test]
fn departments_have_the_numbers_and_mains_their_rule_asks_for_p6() {
    let found = errors(|shop| {
        shop.reference.departments.extend([
            department(0, None, &[1]),
            department(3, Some(1), &[9]),
            department(104, Some(101), &[1]),
            department(2, None, &[1]),
        ]);
    });
    let (three, sub) = (DepartmentNo(3), DepartmentNo(104));
    assert_eq!(
        found,
        [
            CatalogError::DuplicateDepartment { no: DepartmentNo(2) },
            CatalogError::DepartmentZero,
            CatalogError::MainBelowMain { no: three, main: DepartmentNo(1) },
            CatalogError::UnknownDepartmentTax { no: three, tax_no: 9 },
            CatalogError::UnknownMainDepartment { no: sub, main: DepartmentNo(101) },
        ]
    );
}

#[test]
fn a_product_without_a_tax_anywhere_is_an_error_and_not_untaxed() {
    let department_7 = DepartmentNo(7);
    let found = errors(|shop| {
        shop.reference.departments.push(department(7, None, &[]));
        shop.products[0].department = department_7;
    });
    assert_eq!(found, [CatalogError::NoTax { code: "1".into(), department: department_7 }]);
    let found = errors(|shop| shop.products[0].taxes = Some(vec![1, 8]));
    assert_eq!(found, [CatalogError::UnknownProductTax { code: "1".into(), tax_no: 8 }]);
}

#[test]
fn codes_names_and_barcodes_have_bounds_and_no_control_characters() {
    let found = errors(|shop| {
        shop.products[0].code = "c".repeat(21);
        shop.products[1].name = "a\u{1b}[2Jb".into();
        shop.products[2].short_name = Some(String::new());
        shop.barcodes[1].barcode = "9".repeat(51);
        shop.barcodes.push(barcode(8, "55\t5"));
    });
    let text = |of: &str, field, source| CatalogError::Text { of: of.into(), field, source };
    assert_eq!(
        found,
        [
            text(&"c".repeat(21), Field::Code, TextError::TooLong { most: 20 }),
            text("2", Field::Name, TextError::Unprintable { code_point: 0x1b }),
            text("3", Field::ShortName, TextError::Empty),
            text(&("9".repeat(40) + "…"), Field::Barcode, TextError::TooLong { most: 50 }),
            text("55\u{FFFD}5", Field::Barcode, TextError::Unprintable { code_point: 9 }),
        ]
    );
    assert!(shop_with(|shop| shop.products[0].name = "茶 çay 🍵".into()).is_ok());
}

#[test]
fn a_barcode_is_unique_and_no_other_products_code() {
    let found = errors(|shop| {
        shop.barcodes.push(barcode(1, "746817004304"));
        shop.barcodes.push(barcode(8, "746817004304"));
        shop.barcodes.push(barcode(1, "2"));
        shop.barcodes.push(barcode(1, "1"));
    });
    assert_eq!(
        found,
        [
            CatalogError::BarcodeTaken { barcode: "746817004304".into(), owner: id(8) },
            CatalogError::BarcodeTaken { barcode: "746817004304".into(), owner: id(8) },
            CatalogError::BarcodeIsCode { barcode: "2".into(), owner: id(2) },
        ]
    );
    let refused = shop().upsert(product(30, "5449000000996", "Cola again", "1")).unwrap_err();
    assert_eq!(refused.0, [CatalogError::CodeIsBarcode { code: "5449000000996".into(), owner: id(8) }]);
}

#[test]
fn a_sale_window_ends_after_it_begins() {
    let found = errors(|shop| {
        shop.products[0].sellable_from = Some(day(7));
        shop.products[0].sellable_until = Some(day(6));
    });
    assert_eq!(found, [CatalogError::SellableWindow { code: "1".into(), from: day(7), until: day(6) }]);
}

#[test]
fn units_and_masks_are_told_twice_only_once() {
    let found = errors(|shop| {
        shop.reference.units.push(Unit::piece());
        shop.reference.units.push(Unit { code: "MG".into(), decimals: 6, measure: None });
        shop.reference.masks.push(mask(2, 13, "2"));
    });
    assert_eq!(
        found,
        [
            CatalogError::DuplicateUnit { code: "PCS".into() },
            CatalogError::UnitDecimals { code: "MG".into(), decimals: 6, most: 4 },
            CatalogError::DuplicateMask { no: MaskNo(2) },
        ]
    );
}

#[test]
fn the_next_sale_sees_a_changed_price_and_code_and_the_barcodes_stay() {
    let mut catalog = shop();
    let changed = Product { price: price("111.00"), code: "88".into(), ..records().products[3].clone() };
    catalog.upsert(changed.clone()).unwrap();
    assert_eq!(catalog.find("88", day(6), &currency()).unwrap().price, price("111.00"));
    assert!(catalog.find("8", day(6), &currency()).is_err());
    assert_eq!(catalog.find("746817004304", day(6), &currency()).unwrap().code, "88");
    assert_eq!(catalog.product(id(8)).unwrap().to_product(), changed);
    assert_eq!(catalog.len(), 4);
}

#[test]
fn two_products_may_exchange_codes_and_barcodes_in_one_change() {
    let mut catalog = shop();
    let (mut one, mut two) = (records().products[0].clone(), records().products[1].clone());
    core::mem::swap(&mut one.code, &mut two.code);
    catalog
        .apply(CatalogChange {
            products: vec![one, two],
            removed_barcodes: vec!["746817004304".into()],
            barcodes: vec![barcode(1, "746817004304")],
            ..change()
        })
        .unwrap();
    assert_eq!(catalog.product_by_code("1").unwrap().name(), "Apples");
    assert_eq!(catalog.product_by_code("2").unwrap().name(), "Baguette");
    assert_eq!(catalog.barcode("746817004304"), Some(barcode(1, "746817004304")));
}

#[test]
fn a_change_is_taken_whole_or_not_at_all() {
    let mut catalog = shop();
    let refused = catalog.apply(CatalogChange {
        removed_products: vec![id(1)],
        removed_barcodes: vec!["5449000000996".into()],
        products: vec![
            product(40, "40", "New", "1"),
            product(41, "2", "Clash", "1"),
            product(40, "42", "Twice", "1"),
        ],
        barcodes: vec![barcode(40, "4040"), barcode(1, "1111"), barcode(40, "4040")],
        ..CatalogChange::default()
    });
    assert_eq!(
        refused.unwrap_err().0,
        [
            CatalogError::CodeTaken { code: "2".into(), owner: id(2) },
            CatalogError::DuplicateProduct { product: id(40) },
            CatalogError::UnknownProduct { barcode: "1111".into(), product: id(1) },
            CatalogError::BarcodeTaken { barcode: "4040".into(), owner: id(40) },
        ]
    );
    assert_eq!(catalog.len(), 4);
    assert!(catalog.find("1", day(6), &currency()).is_ok());
    assert!(catalog.find("5449000000996", day(6), &currency()).is_ok());
}

#[test]
fn a_barcode_is_not_taken_from_its_product_without_saying_so() {
    let take = |change: CatalogChange| shop().apply(change);
    let taken = CatalogError::BarcodeTaken { barcode: "5449000000996".into(), owner: id(8) };
    let wanted = || vec![barcode(1, "5449000000996")];
    assert_eq!(take(CatalogChange { barcodes: wanted(), ..change() }), Err(CatalogErrors(vec![taken])));
    let given_up = vec!["5449000000996".into()];
    assert_eq!(take(CatalogChange { barcodes: wanted(), removed_barcodes: given_up, ..change() }), Ok(()));
    assert_eq!(take(CatalogChange { barcodes: wanted(), removed_products: vec![id(8)], ..change() }), Ok(()));
}

#[test]
fn barcodes_of_a_product_keep_their_order() {
    let mut catalog = shop();
    let texts = |catalog: &Catalog| {
        let barcodes = catalog.product(id(8)).unwrap().barcodes();
        barcodes.into_iter().map(|barcode| barcode.barcode).collect::<Vec<_>>()
    };
    catalog.apply(CatalogChange { barcodes: vec![barcode(8, "third")], ..change() }).unwrap();
    assert_eq!(texts(&catalog), ["5449000000996", "746817004304", "third"]);
    let remove = |text: &str| CatalogChange { removed_barcodes: vec![text.into()], ..change() };
    catalog.apply(remove("746817004304")).unwrap();
    assert_eq!(texts(&catalog), ["5449000000996", "third"]);
    catalog.apply(remove("5449000000996")).unwrap();
    assert_eq!(texts(&catalog), ["third"]);
    let dearer = ProductBarcode { price: Some(price("2")), ..barcode(8, "third") };
    catalog.apply(CatalogChange { barcodes: vec![dearer.clone()], ..change() }).unwrap();
    assert_eq!(catalog.product(id(8)).unwrap().barcodes(), [dearer]);
}

#[test]
fn other_reference_data_must_still_fit_every_product() {
    let mut catalog = shop();
    let mut reference = catalog.reference();
    reference.units.reverse();
    reference.tax_rates[0].percent = Percent::parse("1").unwrap();
    catalog.replace_reference(reference.clone()).unwrap();
    let apples = catalog.find("2", day(6), &currency()).unwrap();
    assert_eq!((apples.unit.code.as_str(), apples.taxes[0].percent.to_string()), ("KG", "1".into()));
    reference.units.retain(|unit| unit.code != "KG");
    let refused = catalog.replace_reference(reference).unwrap_err();
    let unknown = |code: &str| CatalogError::UnknownUnit { code: code.into(), unit: "KG".into() };
    assert_eq!(refused.0, [unknown("2"), unknown("3")]);
    assert_eq!(catalog.find("2", day(6), &currency()).unwrap().unit.code, "KG");
}

#[test]
fn several_errors_read_as_the_first_and_a_count() {
    let error =
        shop().upsert(Product { unit: "?".into(), department: DepartmentNo(9), ..product(5, "5", "x", "1") });
    assert_eq!(error.unwrap_err().to_string(), "product 5 has the unknown unit ?, and 1 more");
}

#[test]
fn records_come_back_as_they_were_written() {
    let json = serde_json::to_string(&records()).unwrap();
    assert_eq!(serde_json::from_str::<CatalogRecords>(&json).unwrap(), records());
    let catalog = shop();
    assert_eq!(catalog.reference(), records().reference);
    let products: Vec<Product> = catalog.products().map(ProductRef::to_product).collect();
    assert_eq!(products, records().products);
}

/// One random step on a catalog of few codes and barcodes, so that they clash often.
fn any_change() -> impl Strategy<Value = CatalogChange> {
    let product =
        (1_u128..6, 1_u32..6).prop_map(|(number, code)| product(number, &code.to_string(), "x", "1"));
    let barcode = (1_u128..6, 4_u32..12).prop_map(|(number, text)| barcode(number, &text.to_string()));
    let removed_products = prop::collection::vec((1_u128..6).prop_map(id), 0..2);
    let removed_barcodes = prop::collection::vec((4_u32..12).prop_map(|text| text.to_string()), 0..2);
    let lists = (prop::collection::vec(product, 0..4), prop::collection::vec(barcode, 0..4));
    (removed_products, removed_barcodes, lists).prop_map(
        |(removed_products, removed_barcodes, (products, barcodes))| CatalogChange {
            removed_products,
            removed_barcodes,
            products,
            barcodes,
            ..CatalogChange::default()
        },
    )
}

/// What the catalog must agree with: lists, searched from end to end.
#[derive(Clone, Default)]
struct Naive {
    products: Vec<Product>,
    barcodes: Vec<ProductBarcode>,
}

impl Naive {
    fn after(&self, change: &CatalogChange) -> Self {
        let mut next = self.clone();
        next.products.retain(|product| !change.removed_products.contains(&product.id));
        next.barcodes.retain(|barcode| {
            !change.removed_products.contains(&barcode.product)
                && !change.removed_barcodes.contains(&barcode.barcode)
        });
        for product in &change.products {
            next.products.retain(|other| other.id != product.id);
            next.products.push(product.clone());
        }
        for barcode in &change.barcodes {
            next.barcodes
                .retain(|other| (&other.barcode, other.product) != (&barcode.barcode, barcode.product));
            next.barcodes.push(barcode.clone());
        }
        next
    }

    fn is_valid(&self) -> bool {
        let owner = |id| self.products.iter().any(|product| product.id == id);
        let code_taken =
            |text: &str, id| self.products.iter().any(|other| other.code == text && other.id != id);
        let count = |text: &str| self.barcodes.iter().filter(|other| other.barcode == text).count();
        self.products.iter().all(|product| !code_taken(&product.code, product.id))
            && self.barcodes.iter().all(|barcode| {
                owner(barcode.product)
                    && count(&barcode.barcode) == 1
                    && !code_taken(&barcode.barcode, barcode.product)
            })
    }
}

proptest! {
    #[test]
    fn a_catalog_after_any_changes_agrees_with_plain_lists(changes in prop::collection::vec(any_change(), 1..12)) {
        let mut catalog = Catalog::from_records(CatalogRecords { reference: reference(), ..CatalogRecords::default() }).unwrap();
        let mut naive = Naive::default();
        for change in changes {
            let next = naive.after(&change);
            let repeats = |texts: Vec<String>| { let all = texts.len(); texts.into_iter().collect::<alloc::collections::BTreeSet<_>>().len() < all };
            let twice = repeats(change.products.iter().map(|product| product.id.to_string()).collect())
                || repeats(change.barcodes.iter().map(|barcode| barcode.barcode.clone()).collect());
            let accepted = catalog.apply(change).is_ok();
            prop_assert_eq!(accepted, next.is_valid() && !twice);
            if accepted {
                naive = next;
            }
            prop_assert_eq!(catalog.len(), naive.products.len());
            for product in &naive.products {
                prop_assert_eq!(catalog.product(product.id).map(ProductRef::to_product), Some(product.clone()));
                prop_assert_eq!(catalog.product_by_code(&product.code).map(ProductRef::id), Some(product.id));
                let listed = catalog.product(product.id).unwrap().barcodes().len();
                prop_assert_eq!(listed, naive.barcodes.iter().filter(|barcode| barcode.product == product.id).count());
            }
            for text in 4..12 {
                let expected = naive.barcodes.iter().find(|barcode| barcode.barcode == text.to_string());
                prop_assert_eq!(catalog.barcode(&text.to_string()), expected.cloned());
            }
        }
    }
}
