use proptest::prelude::*;

use super::*;

fn names<'a>(products: &[ProductRef<'a>]) -> Vec<&'a str> {
    products.iter().map(|product| product.name()).collect()
}

fn search(catalog: &Catalog, term: &str) -> Vec<String> {
    names(&catalog.search(term, 500)).into_iter().map(String::from).collect()
}

fn tea_house() -> Catalog {
    shop_with(|shop| {
        shop.products = vec![
            product(1, "10", "Çay", "1"),
            product(2, "20", "ILIK SÜT", "1"),
            product(3, "30", "İnce belli bardak", "1"),
            product(4, "40", "milk", "1"),
            Product { short_name: Some("OAT".into()), ..product(5, "50", "Milk of oats", "1") },
            product(6, "5", "Zest", "1"),
        ];
        shop.barcodes = vec![barcode(4, "0040000000017"), barcode(1, "TEA-1")];
    })
    .unwrap()
}

#[test]
fn a_term_is_found_in_code_name_short_name_and_barcode_ignoring_case() {
    let catalog = tea_house();
    assert_eq!(search(&catalog, "MILK"), ["milk", "Milk of oats"]);
    assert_eq!(search(&catalog, "oat"), ["Milk of oats"]);
    assert_eq!(search(&catalog, "tea"), ["Çay"]);
    assert_eq!(search(&catalog, "00017"), ["milk"]);
    assert_eq!(search(&catalog, "10040"), Vec::<String>::new());
    assert_eq!(search(&catalog, "40milk"), Vec::<String>::new());
    assert_eq!(search(&catalog, "40\nmilk"), Vec::<String>::new());
}

#[test]
fn turkish_letters_are_found_from_any_keyboard() {
    let catalog = tea_house();
    for term in ["ılık süt", "ILIK SÜT", "ilik süt", "İLİK SÜT", "i\u{307}lik"] {
        assert_eq!(search(&catalog, term), ["ILIK SÜT"], "{term}");
    }
    assert_eq!(search(&catalog, "ince"), ["İnce belli bardak"]);
    assert_eq!(search(&catalog, "INCE"), ["İnce belli bardak"]);
    assert_eq!(search(&catalog, "ÇAY"), ["Çay"]);
    assert_eq!(search(&catalog, "mılk"), ["milk", "Milk of oats"]);
}

#[test]
fn an_exact_code_or_barcode_comes_first_then_names_in_order() {
    let catalog = tea_house();
    assert_eq!(search(&catalog, "5"), ["Zest", "Milk of oats"]);
    assert_eq!(search(&catalog, "0040000000017"), ["milk"]);
    assert_eq!(
        search(&catalog, " "),
        ["ILIK SÜT", "İnce belli bardak", "milk", "Milk of oats", "Zest", "Çay"]
    );
}

#[test]
fn no_more_than_the_limit_is_answered_and_it_is_the_first_by_name() {
    let products = (0..1_000_u128)
        .map(|at| product(at, &(1_000 + at).to_string(), &format!("p{}", (at * 7) % 1_000), "1"));
    let catalog = shop_with(|shop| {
        shop.products = products.collect();
        shop.barcodes.clear();
    })
    .unwrap();
    assert_eq!(names(&catalog.search("p", 4)), ["p0", "p1", "p10", "p100"]);
    assert_eq!(catalog.search("p", 500).len(), 500);
    assert_eq!(catalog.search("1001", 1).len(), 1);
    assert!(catalog.search("1001", 0).is_empty());
}

#[test]
fn a_main_departments_page_shows_its_sub_departments_too() {
    let catalog = shop_with(|shop| {
        shop.products[0].department = DepartmentNo(101);
        shop.products[1].department = DepartmentNo(1);
    })
    .unwrap();
    assert_eq!(
        names(&catalog.in_department(DepartmentNo(2))),
        ["Baguette", "Bananas", "Cola in the large bottle"]
    );
    assert_eq!(names(&catalog.in_department(DepartmentNo(101))), ["Baguette"]);
    assert!(catalog.in_department(DepartmentNo(55)).is_empty());
}

/// A catalog made anew of what another one holds.
fn rebuilt(catalog: &Catalog) -> Catalog {
    let products: Vec<Product> = catalog.products().map(ProductRef::to_product).collect();
    let barcodes = catalog.products().flat_map(ProductRef::barcodes).collect();
    Catalog::from_records(CatalogRecords {
        reference: catalog.reference(),
        products,
        barcodes,
        ..CatalogRecords::default()
    })
    .unwrap()
}

/// Renames, moves, removes and adds; names repeat, so that order depends on codes too.
fn any_change() -> impl Strategy<Value = CatalogChange> {
    let product = (1_u128..90, "[abİıÇ]{1,2}", any::<bool>()).prop_map(|(number, name, is_sub)| Product {
        department: DepartmentNo(if is_sub { 101 } else { 1 }),
        ..product(number, &number.to_string(), &name, "1")
    });
    let barcode = (1_u128..90, any::<bool>()).prop_map(|(number, digits)| {
        barcode(number, &format!("{}{number}", if digits { "700" } else { "B" }))
    });
    let removed_products = prop::option::of((1_u128..90).prop_map(id));
    let removed_barcodes = prop::option::of((1_u128..90).prop_map(|number| format!("B{number}")));
    let lists = (prop::collection::vec(product, 1..4), prop::collection::vec(barcode, 0..2));
    (lists, removed_products, removed_barcodes).prop_map(
        |((products, barcodes), removed_products, removed_barcodes)| CatalogChange {
            removed_products: removed_products.into_iter().collect(),
            removed_barcodes: removed_barcodes.into_iter().collect(),
            products,
            barcodes,
            ..CatalogChange::default()
        },
    )
}

proptest! {
    #[test]
    fn any_term_is_searched_without_panic(term in "\\PC{0,30}|[0-9]{0,60}") {
        let _ = tea_house().search(&term, 5);
    }

    #[test]
    fn every_piece_of_a_barcode_finds_its_product(from in 0_usize..13, length in 1_usize..13) {
        let piece: String = "0040000000017".chars().skip(from).take(length).collect();
        prop_assert!(search(&tea_house(), &piece).contains(&"milk".to_string()), "{}", piece);
    }

    #[test]
    fn a_piece_of_digits_is_found_exactly_where_the_text_has_it(barcode_text in "[0-9]{1,18}", piece in "[0-9]{1,3}") {
        let catalog = shop_with(|shop| {
            shop.products = vec![product(1, "a", "b", "1")];
            shop.barcodes = vec![barcode(1, &barcode_text)];
        }).unwrap();
        prop_assert_eq!(catalog.search(&piece, 5).len(), usize::from(barcode_text.contains(&piece)));
    }

    #[test]
    fn a_changed_catalog_is_searched_and_paged_like_one_made_anew(changes in prop::collection::vec(any_change(), 1..120)) {
        let mut catalog = shop_with(|shop| {
            shop.products = (1..60).map(|number| product(number, &number.to_string(), "ab", "1")).collect();
            shop.barcodes = (1..60).map(|number| barcode(number, &format!("B{number}"))).collect();
        }).unwrap();
        // From here on there is a listing, beside which changes are noted.
        prop_assert_eq!(catalog.search("ab", 100).len(), 59);
        for change in changes {
            // Two of a change may clash; it is then refused whole.
            let _ = catalog.apply(change);
        }
        let fresh = rebuilt(&catalog);
        let codes = |products: Vec<ProductRef<'_>>| products.iter().map(|product| product.code().to_string()).collect::<Vec<_>>();
        for term in ["", "a", "b", "I", "ç", "7", "700", "5", "b1", "b2", "b3", "b4", "b5"] {
            for limit in [3, 500] {
                prop_assert_eq!(codes(catalog.search(term, limit)), codes(fresh.search(term, limit)), "{}", term);
            }
        }
        for no in [1, 2, 101] {
            prop_assert_eq!(codes(catalog.in_department(DepartmentNo(no))), codes(fresh.in_department(DepartmentNo(no))));
        }
    }
}
