use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::{catalog::barcode::check_digit, tax::TaxChange};

/// Any day, where none changes a tax.
const DAY: NaiveDate = NaiveDate::MIN;

fn find(catalog: &Catalog, entered: &str) -> Result<Sellable, LookupError> {
    catalog.find(entered, day(6), &currency())
}

fn code(catalog: &Catalog, entered: &str) -> Result<String, LookupError> {
    find(catalog, entered).map(|sellable| sellable.code)
}

#[test]
fn an_exact_barcode_wins_over_an_exact_code_and_blanks_do_not_count() {
    let sold = find(&shop(), " 5449000000996\r\n").unwrap();
    assert_eq!((sold.code.as_str(), sold.barcode.as_deref()), ("8", Some("5449000000996")));
    let catalog = shop_with(|shop| shop.barcodes.push(barcode(1, "1"))).unwrap();
    assert_eq!(find(&catalog, "1").unwrap().barcode.as_deref(), Some("1"));
    assert_eq!(find(&shop(), "1").unwrap().barcode, None);
}

#[test]
fn a_barcodes_own_price_wins_unless_it_is_nothing() {
    let catalog = shop();
    assert_eq!(find(&catalog, "8").unwrap().price, price("110.00"));
    assert_eq!(find(&catalog, "5449000000996").unwrap().price, price("190.00"));
    assert_eq!(find(&catalog, "746817004304").unwrap().price, price("110.00"));
    let free = shop_with(|shop| shop.barcodes[0].price = Some(UnitPrice::ZERO)).unwrap();
    assert_eq!(find(&free, "5449000000996").unwrap().price, price("110.00"));
}

#[test]
fn a_barcode_may_sell_a_pack() {
    let six = Quantity::parse("6").unwrap();
    let catalog = shop_with(|shop| shop.barcodes[1].pack_quantity = six).unwrap();
    assert_eq!(find(&catalog, "746817004304").unwrap().pack_quantity, six);
    assert_eq!(find(&catalog, "5449000000996").unwrap().pack_quantity, Quantity::ONE);
}

#[test]
fn the_short_name_is_the_lines_name_where_there_is_one() {
    assert_eq!(find(&shop(), "8").unwrap().name, "Cola 1l");
    assert_eq!(find(&shop(), "1").unwrap().name, "Baguette");
}

#[test]
fn nothing_entered_and_nothing_known_are_told_apart() {
    assert_eq!(find(&shop(), " \t"), Err(LookupError::NothingEntered));
    assert_eq!(find(&shop(), "999"), Err(LookupError::NotFound { entered: "999".into() }));
}

#[test]
fn ten_thousand_digits_are_a_short_error() {
    let Err(LookupError::NotFound { entered }) = find(&shop(), &"9".repeat(10_000)) else { panic!("found") };
    assert_eq!(entered.chars().count(), 41);
}

#[test]
fn leading_zeros_count_but_a_upc_a_and_its_ean_13_are_one_number() {
    let sold = find(&shop(), "0746817004304").unwrap();
    assert_eq!((sold.code.as_str(), sold.barcode.as_deref()), ("8", Some("746817004304")));
    let both = shop_with(|shop| shop.barcodes.push(barcode(1, "0746817004304"))).unwrap();
    assert_eq!(code(&both, "0746817004304"), Ok("1".into()));
    assert_eq!(code(&both, "746817004304"), Ok("8".into()));
    assert!(matches!(find(&both, "08"), Err(LookupError::NotFound { .. })));
}

#[test]
fn a_product_out_of_sale_is_refused_by_code_and_by_barcode_p4() {
    let catalog = shop_with(|shop| shop.products[3].is_active = false).unwrap();
    let refused = Err(LookupError::Inactive { code: "8".into(), name: "Cola in the large bottle".into() });
    assert_eq!(find(&catalog, "8"), refused);
    assert_eq!(find(&catalog, "5449000000996"), refused);
    assert_eq!(find(&catalog, "0746817004304"), refused);
}

#[test]
fn a_barcode_goes_with_its_deleted_product_p4() {
    let mut catalog = shop();
    assert!(catalog.remove(id(8)));
    assert!(matches!(find(&catalog, "5449000000996"), Err(LookupError::NotFound { .. })));
    assert!(!catalog.remove(id(8)));
}

#[test]
fn a_product_is_sold_from_its_first_to_its_last_day() {
    let window = |from, until| {
        let catalog = shop_with(|shop| {
            shop.products[0].sellable_from = Some(day(from));
            shop.products[0].sellable_until = Some(day(until));
        });
        code(&catalog.unwrap(), "1")
    };
    let name = || "Baguette".to_string();
    assert_eq!(window(6, 6), Ok("1".into()));
    assert_eq!(
        window(7, 9),
        Err(LookupError::NotYetSellable { code: "1".into(), name: name(), from: day(7) })
    );
    assert_eq!(
        window(1, 5),
        Err(LookupError::NoLongerSellable { code: "1".into(), name: name(), until: day(5) })
    );
}

#[test]
fn a_masks_price_part_is_the_line_total_and_its_weight_the_quantity_d_doc_17() {
    let sold = find(&shop(), "1000002001250006875").unwrap();
    assert_eq!((sold.code.as_str(), sold.barcode.as_deref()), ("2", Some("1000002001250006875")));
    assert_eq!(sold.embedded_quantity, Some(Quantity::parse("1.250").unwrap()));
    assert_eq!(sold.embedded_total, Some(Money::from_minor(6875)));
    assert_eq!(sold.price, price("55.00"));
}

#[test]
fn a_weight_alone_leaves_the_total_to_the_line_d_doc_17() {
    let sold = find(&shop(), "1000002001250000000").unwrap();
    assert_eq!(sold.embedded_quantity, Some(Quantity::parse("1.250").unwrap()));
    assert_eq!(sold.embedded_total, None);
    let short = find(&shop(), "1000003000480").unwrap();
    assert_eq!(short.code, "3");
    let quantity = short.embedded_quantity.unwrap();
    assert_eq!(quantity, Quantity::parse("0.480").unwrap());
    let total = short.price.times(quantity, &currency(), crate::money::Rounding::HalfUp);
    assert_eq!(total, Ok(Money::from_minor(4560)));
}

#[test]
fn a_price_alone_gives_the_quantity_rounded_half_up_to_thousandths() {
    let quantity = |minor: u32, unit_price: &str| {
        let catalog = shop_with(|shop| shop.products[1].price = price(unit_price)).unwrap();
        let sold = find(&catalog, &format!("1000002000000{minor:06}")).unwrap();
        assert_eq!(sold.embedded_total, Some(Money::from_minor(i64::from(minor))));
        sold.embedded_quantity.map(|quantity| quantity.to_string())
    };
    assert_eq!(quantity(6875, "55.00").as_deref(), Some("1.25"));
    assert_eq!(quantity(100, "16.00").as_deref(), Some("0.063"));
    assert_eq!(quantity(5, "40.00").as_deref(), Some("0.001"));
    assert_eq!(quantity(1, "16.00").as_deref(), Some("0.001"));
    assert_eq!(quantity(1, "99999").as_deref(), Some("0.001"));
    assert_eq!(quantity(6875, "0"), None);
}

#[test]
fn something_sold_by_the_piece_with_its_price_on_the_label_is_one_piece() {
    let sold = find(&shop(), "1000001000000000437").unwrap();
    assert_eq!((sold.embedded_quantity, sold.embedded_total), (None, Some(Money::from_minor(437))));
}

#[test]
fn the_unit_says_whether_pieces_or_weight_of_a_barcode_are_sold() {
    let both = |code: &str| {
        let catalog = shop_with(|shop| {
            let (quantity, weight) = (Some(Digits::new(7, 3)), Some(Digits::new(10, 5)));
            shop.reference.masks = vec![MaskDefinition { quantity, weight, ..mask(1, 15, "1") }];
        });
        find(&catalog.unwrap(), &format!("1{code}00301250")).unwrap().embedded_quantity.unwrap().to_string()
    };
    assert_eq!(both("000001"), "3");
    assert_eq!(both("000002"), "1.25");
}

#[test]
fn the_code_part_is_tried_as_it_is_before_its_zeros_are_taken_off() {
    let catalog = shop_with(|shop| shop.products.push(product(9, "000003", "Padded", "1"))).unwrap();
    assert_eq!(code(&catalog, "1000003000480"), Ok("000003".into()));
    assert_eq!(code(&catalog, "1000002000480"), Ok("2".into()));
}

#[test]
fn the_mask_with_the_longest_beginning_then_the_lower_number_is_tried_first() {
    let with_masks = |masks: Vec<MaskDefinition>| shop_with(|shop| shop.reference.masks = masks).unwrap();
    let weight = |mask| MaskDefinition { weight: Some(Digits::new(7, 6)), ..mask };
    let price = |mask| MaskDefinition { price: Some(Digits::new(7, 6)), ..mask };
    let total = |catalog: &Catalog| find(catalog, "1000003000480").unwrap().embedded_total;
    let longest = with_masks(vec![weight(mask(1, 13, "1")), price(mask(2, 13, "10"))]);
    assert_eq!(total(&longest), Some(Money::from_minor(480)));
    let lower = with_masks(vec![weight(mask(4, 13, "1")), price(mask(3, 13, "1"))]);
    assert_eq!(total(&lower), Some(Money::from_minor(480)));
    let other = with_masks(vec![weight(mask(3, 13, "1")), price(mask(4, 13, "1"))]);
    assert_eq!(total(&other), None);
}

#[test]
fn a_mask_whose_code_is_unknown_leaves_the_barcode_to_the_next() {
    let catalog = shop_with(|shop| {
        let elsewhere = Some(Digits::new(7, 6));
        shop.reference.masks.insert(0, MaskDefinition { code: elsewhere, ..mask(9, 13, "10") });
    });
    assert_eq!(code(&catalog.unwrap(), "1000003000480"), Ok("3".into()));
    assert!(matches!(find(&shop(), "1000077000480"), Err(LookupError::NotFound { .. })));
    assert!(matches!(find(&shop(), "1000000000480"), Err(LookupError::NotFound { .. })));
}

#[test]
fn masks_come_after_exact_barcodes_and_before_the_zero_rule() {
    let catalog = shop_with(|shop| shop.barcodes.push(barcode(1, "1000003000480"))).unwrap();
    assert_eq!(code(&catalog, "1000003000480"), Ok("1".into()));
    let catalog = shop_with(|shop| {
        shop.barcodes.push(barcode(1, "000003000480"));
        shop.reference.masks.push(MaskDefinition { weight: Some(Digits::new(7, 6)), ..mask(3, 13, "0") });
    });
    assert_eq!(code(&catalog.unwrap(), "0000003000480"), Ok("3".into()));
}

#[test]
fn a_misread_weighing_barcode_is_refused() {
    let catalog = shop_with(|shop| {
        let checked =
            MaskDefinition { has_check_digit: true, code: Some(Digits::new(1, 5)), ..mask(3, 13, "2") };
        shop.reference.masks.push(MaskDefinition { price: Some(Digits::new(6, 6)), ..checked });
    });
    let (catalog, digits) = (catalog.unwrap(), "200002001234");
    let right = check_digit(digits).unwrap();
    assert_eq!(
        find(&catalog, &format!("{digits}{right}")).unwrap().embedded_total,
        Some(Money::from_minor(1234))
    );
    let wrong = format!("{digits}{}", (right + 1) % 10);
    assert!(matches!(find(&catalog, &wrong), Err(LookupError::Misread { barcode, .. }) if barcode == wrong));
}

#[test]
fn colour_and_size_choose_the_variant_and_never_another_one() {
    let catalog = shop_with(|shop| {
        let (colour, size) = (Some(Digits::new(7, 2)), Some(Digits::new(9, 2)));
        shop.reference.masks = vec![MaskDefinition { colour, size, ..mask(1, 11, "3") }];
        shop.products.push(product(20, "4711", "Shirt", "10"));
        shop.products.push(product(21, "47110242", "Shirt red 42", "12"));
    });
    let catalog = catalog.unwrap();
    assert_eq!(code(&catalog, "30047110242"), Ok("47110242".into()));
    assert_eq!(code(&catalog, "30047110000"), Ok("4711".into()));
    assert!(matches!(find(&catalog, "30047110243"), Err(LookupError::NotFound { .. })));
}

#[test]
fn a_weight_beyond_a_lines_bound_is_an_error_that_names_its_part() {
    let catalog = shop_with(|shop| {
        shop.reference.masks = vec![MaskDefinition { weight: Some(Digits::new(7, 13)), ..mask(1, 20, "1") }];
    });
    let sold = find(&catalog.unwrap(), "10000029999999999999");
    assert!(matches!(sold, Err(LookupError::EmbeddedNumber { part: Part::Weight, .. })), "{sold:?}");
}

#[test]
fn tax_is_the_products_own_else_the_sub_departments_else_the_main_departments_p1() {
    let taxed = |department: u32, own: Option<Vec<u16>>| {
        let catalog = shop_with(|shop| {
            shop.products[0].department = DepartmentNo(department);
            shop.products[0].taxes = own;
        });
        find(&catalog.unwrap(), "1").unwrap().taxes.iter().map(|rate| rate.no).collect::<Vec<_>>()
    };
    assert_eq!(taxed(102, Some(vec![3])), [3]);
    assert_eq!(taxed(102, Some(vec![])), [2]);
    assert_eq!(taxed(102, None), [2]);
    assert_eq!(taxed(101, None), [1]);
    assert_eq!(taxed(1, None), [3]);
    assert_eq!(taxed(1, Some(vec![1, 2])), [1, 2]);
}

#[test]
fn a_line_knows_both_departments() {
    let catalog = shop_with(|shop| shop.products[0].department = DepartmentNo(102)).unwrap();
    let sold = find(&catalog, "1").unwrap();
    assert_eq!((sold.department, sold.sub_department), (DepartmentNo(2), Some(DepartmentNo(102))));
    let sold = find(&catalog, "2").unwrap();
    assert_eq!((sold.department, sold.sub_department), (DepartmentNo(2), None));
}

#[test]
fn the_highest_price_is_that_of_the_products_own_department() {
    let limited = |department: u32| {
        let catalog = shop_with(|shop| {
            shop.reference.departments[1].max_price = Some(price("5"));
            shop.reference.departments[3].max_price = Some(price("7"));
            shop.products[0].department = DepartmentNo(department);
        });
        find(&catalog.unwrap(), "1").unwrap().max_price
    };
    assert_eq!((limited(2), limited(101), limited(102)), (Some(price("5")), None, Some(price("7"))));
}

#[test]
fn a_department_key_sells_one_piece_at_an_open_price() {
    let catalog = shop_with(|shop| shop.reference.departments[3].max_price = Some(price("99.50"))).unwrap();
    let sold = catalog.department(DepartmentNo(102), DAY).unwrap();
    assert_eq!((sold.product, sold.code.as_str(), sold.name.as_str()), (None, "102", "Group 102"));
    assert_eq!((sold.department, sold.sub_department), (DepartmentNo(2), Some(DepartmentNo(102))));
    assert_eq!((sold.price_rule, sold.max_price), (PriceRule::Open, Some(price("99.50"))));
    assert_eq!(sold.taxes, [rate(2, "5")]);
    assert_eq!(catalog.department(DepartmentNo(101), DAY).unwrap().taxes, [rate(1, "0")]);
    assert_eq!(catalog.department(DepartmentNo(1), DAY).unwrap().sub_department, None);
    let unknown = DepartmentNo(77);
    assert_eq!(catalog.department(unknown, DAY), Err(LookupError::UnknownDepartment { no: unknown }));
}

#[test]
fn a_sub_department_without_its_main_is_refused_and_never_guessed_at_d_doc_19_p6() {
    let (no, mut records) = (DepartmentNo(103), records());
    records.reference.departments.push(department(103, Some(9), &[3]));
    records.products[0].department = no;
    let mut builder = CatalogBuilder::new(records.reference);
    builder.add_product(records.products[0].clone());
    let (catalog, errors) = builder.build_valid();
    assert_eq!(errors, [CatalogError::UnknownMainDepartment { no, main: DepartmentNo(9) }]);
    assert_eq!(catalog.department(no, DAY), Err(LookupError::MainDepartmentMissing { no }));
    assert_eq!(find(&catalog, "1"), Err(LookupError::MainDepartmentMissing { no }));
}

#[test]
fn a_department_without_tax_is_not_sold_untaxed() {
    let catalog = shop_with(|shop| shop.reference.departments.push(department(7, None, &[]))).unwrap();
    let no = DepartmentNo(7);
    assert_eq!(catalog.department(no, DAY), Err(LookupError::NoTax { no }));
}

#[test]
fn keys_look_only_where_they_are_bound() {
    let catalog = shop();
    assert_eq!(catalog.find_code("8", day(6)).unwrap().price, price("110.00"));
    assert!(catalog.find_code("5449000000996", day(6)).is_err());
    assert_eq!(catalog.find_barcode("5449000000996", day(6)).unwrap().price, price("190.00"));
    assert!(catalog.find_barcode("8", day(6)).is_err());
    assert_eq!(catalog.find_product(id(8), day(6)).unwrap().code, "8");
    assert!(catalog.find_product(id(99), day(6)).is_err());
}

proptest! {
    #[test]
    fn any_text_is_looked_up_without_panic(entered in "[0-9]{0,60}|\\PC{0,60}|1[0-9]{18}|1[0-9]{12}") {
        let _ = find(&shop(), &entered);
    }

    #[test]
    fn whatever_a_scale_prints_for_a_known_product_sells_it_at_the_printed_total(weight in 0_u32..1_000_000, total in 1_i64..1_000_000) {
        let sold = find(&shop(), &format!("1000002{weight:06}{total:06}")).unwrap();
        prop_assert_eq!(sold.embedded_total, Some(Money::from_minor(total)));
        prop_assert!(sold.embedded_quantity.is_some());
    }
}

#[test]
fn a_rate_is_what_it_became_by_the_day() {
    let mut catalog = shop();
    let mut reference = catalog.reference();
    let change = |no, on, percent: &str| TaxChange {
        no,
        valid_from: day(on),
        name: alloc::format!("VAT {percent}"),
        percent: Percent::parse(percent).unwrap(),
    };
    // In no order; of another rate, nothing changes.
    reference.tax_changes = vec![change(1, 20, "22"), change(1, 10, "21"), change(2, 5, "6")];
    catalog.replace_reference(reference.clone()).unwrap();
    let percent = |on| catalog.find("1", day(on), &currency()).unwrap().taxes[0].percent.to_string();
    assert_eq!([9, 10, 19, 20, 28].map(percent), ["0", "21", "21", "22", "22"]);
    let sold = catalog.find("1", day(9), &currency()).unwrap();
    let later = catalog.taxed_on(sold.clone(), day(20));
    assert_eq!((later.taxes[0].name.as_str(), later.taxes[0].no), ("VAT 22", 1));
    assert_eq!(catalog.taxed_on(later, day(9)), sold);
    assert_eq!(catalog.department(DepartmentNo(2), day(10)).unwrap().taxes[0].percent.to_string(), "21");
    assert_eq!(
        catalog.reference().tax_changes,
        [change(1, 10, "21"), change(1, 20, "22"), change(2, 5, "6")]
    );
    reference.tax_changes = vec![change(1, 10, "21"), change(1, 10, "22"), change(9, 10, "1")];
    let refused = catalog.replace_reference(reference).unwrap_err();
    let from = day(10);
    assert_eq!(
        refused.0,
        [CatalogError::DuplicateTaxChange { no: 1, from }, CatalogError::ChangeOfUnknownTax { no: 9, from }]
    );
}
