//! Details of products and the styles they belong to.

use super::*;
use crate::ids::BrandId;

fn details(product: u128) -> ProductDetails {
    ProductDetails::none(id(product))
}

fn variant(product: u128, size: &str, is_default: bool) -> ProductDetails {
    let variant =
        Variant { style: "SHIRT".into(), size: Some(size.into()), is_default, ..Variant::default() };
    ProductDetails { variant: Some(variant), ..details(product) }
}

fn change(details: Vec<ProductDetails>) -> CatalogChange {
    CatalogChange { details, ..CatalogChange::default() }
}

#[test]
fn variants_of_a_style_are_products_of_their_own_the_default_first() {
    let mut catalog = shop();
    catalog.apply(change([variant(1, "S", false), variant(2, "M", true)].into())).unwrap();
    let shown: Vec<_> =
        catalog.variants("SHIRT").iter().map(|(one, product)| (one.size.clone(), product.id())).collect();
    assert_eq!(shown, [(Some("M".into()), id(2)), (Some("S".into()), id(1))]);
}

#[test]
fn no_two_products_are_the_same_cell_of_a_style() {
    let mut catalog = shop();
    catalog.apply(change([variant(1, "S", false)].into())).unwrap();
    let refused = catalog.apply(change([variant(2, "S", false)].into())).unwrap_err();
    assert!(
        matches!(&refused.0[..], [CatalogError::VariantTaken { owner, .. }] if *owner == id(1)),
        "{refused:?}"
    );
    assert!(catalog.details(id(2)).is_none());
    // What one gives up in the same change another may take.
    catalog.apply(change([variant(1, "L", false), variant(2, "S", false)].into())).unwrap();
}

#[test]
fn a_style_has_one_default_at_most() {
    let refused = shop().apply(change([variant(1, "S", true), variant(2, "M", true)].into())).unwrap_err();
    assert!(refused.0.iter().all(|error| matches!(error, CatalogError::TwoDefaults { .. })), "{refused:?}");
}

#[test]
fn details_name_a_brand_that_is_known_and_a_product_that_is_there() {
    let mut catalog = shop();
    let brand = BrandId::new(Uuid::from_u128(77));
    let branded = ProductDetails { brand: Some(brand), ..details(1) };
    let refused = catalog.apply(change([branded.clone()].into())).unwrap_err();
    assert!(matches!(&refused.0[..], [CatalogError::UnknownBrand { .. }]), "{refused:?}");
    let mut reference = catalog.reference();
    reference.brands.push(Brand { id: brand, name: "Oakleaf".into(), manufacturer: None });
    catalog.replace_reference(reference.clone()).unwrap();
    catalog.apply(change([branded].into())).unwrap();
    reference.brands.clear();
    let refused = catalog.replace_reference(reference).unwrap_err();
    assert!(matches!(&refused.0[..], [CatalogError::UnknownBrand { .. }]), "{refused:?}");
    let gone = catalog.apply(change([details(999)].into())).unwrap_err();
    assert!(matches!(&gone.0[..], [CatalogError::DetailsOfNothing { .. }]), "{gone:?}");
}

#[test]
fn details_that_say_nothing_are_taken_away_and_go_with_their_product() {
    let mut catalog = shop();
    catalog.apply(change([variant(1, "S", false), variant(2, "M", false)].into())).unwrap();
    catalog.apply(change([details(1)].into())).unwrap();
    assert!(catalog.details(id(1)).is_none());
    catalog.apply(CatalogChange { removed_products: [id(2)].into(), ..CatalogChange::default() }).unwrap();
    assert!(catalog.details(id(2)).is_none());
}

#[test]
fn a_tag_or_an_attribute_is_a_printable_text_of_its_length() {
    let long = ProductDetails { tags: ["x".repeat(51)].into(), ..details(1) };
    let attributes = [("care".into(), Attribute::Text("\u{7}".into()))].into();
    let strange = ProductDetails { attributes, ..details(2) };
    let refused = shop().apply(change([long, strange].into())).unwrap_err();
    let field = |error: &CatalogError| {
        let CatalogError::Text { field, .. } = error else { panic!("{error:?}") };
        *field
    };
    assert_eq!(refused.0.iter().map(field).collect::<Vec<_>>(), [Field::Tag, Field::Attribute]);
}

fn in_container(product: u128, container: u128) -> ProductDetails {
    ProductDetails { container: Some(id(container)), ..details(product) }
}

#[test]
fn a_product_names_its_container_which_is_found_with_it() {
    let mut catalog = shop();
    let bottle = Product { price: price("0.25"), ..product(70, "BOTTLE", "Bottle", "0.25") };
    let water = product(71, "WATER", "Water", "1.00");
    let both = CatalogChange { products: [bottle, water].into(), ..change([in_container(71, 70)].into()) };
    catalog.apply(both).unwrap();
    let found = |catalog: &Catalog, code| catalog.find(code, day(6), &currency()).unwrap();
    let container = found(&catalog, "WATER").container.unwrap();
    assert_eq!((container.code.as_str(), container.price), ("BOTTLE", price("0.25")));
    assert!(container.is_container && !container.permissions.discount && container.permissions.returns);
    assert!(found(&catalog, "BOTTLE").is_container && !found(&catalog, "WATER").is_container);
    assert_eq!(catalog.containers().len(), 1);
    // One that is off sale is not charged; one that is gone is forgotten.
    let mut off = catalog.product(id(70)).unwrap().to_product();
    off.is_active = false;
    catalog.upsert(off).unwrap();
    assert!(found(&catalog, "WATER").container.is_none());
    assert!(catalog.remove(id(70)));
    assert!(catalog.details(id(71)).is_none() && catalog.containers().is_empty());
}

#[test]
fn a_container_is_counted_in_pieces_and_comes_in_no_other() {
    let mut catalog = shop();
    let pieces = [product(70, "BOTTLE", "Bottle", "0.25"), product(71, "WATER", "Water", "1.00")];
    let weighed = Product { unit: "KG".into(), ..product(72, "LOOSE", "Loose", "1.00") };
    let products = pieces.into_iter().chain([weighed, product(73, "CRATE", "Crate", "1.50")]).collect();
    catalog.apply(CatalogChange { products, ..CatalogChange::default() }).unwrap();
    catalog.apply(change([in_container(71, 70)].into())).unwrap();
    for (product, container) in [(71, 71), (71, 72), (72, 70), (73, 71), (70, 73)] {
        let refused = catalog.apply(change([in_container(product, container)].into())).unwrap_err();
        let is_unfit = matches!(&refused.0[..], [CatalogError::UnfitContainer { .. }]);
        assert!(is_unfit, "{product} in {container}: {refused:?}");
    }
    let unknown = catalog.apply(change([in_container(71, 999)].into())).unwrap_err();
    assert!(matches!(&unknown.0[..], [CatalogError::UnknownContainer { .. }]), "{unknown:?}");
    assert!(catalog.is_container(id(70)), "what is refused changes nothing");
}

/// Water, 71, in the bottle 70; 73 is a crate.
fn with_bottles() -> Catalog {
    let mut catalog = shop();
    let products = [
        product(70, "BOTTLE", "Bottle", "0.25"),
        product(71, "WATER", "Water", "1.00"),
        product(73, "CRATE", "Crate", "1.50"),
    ];
    let tagged = ProductDetails { tags: ["still".into()].into(), ..in_container(71, 70) };
    catalog.apply(CatalogChange { products: products.into(), ..change([tagged].into()) }).unwrap();
    catalog
}

#[test]
fn no_later_change_makes_a_container_unfit_for_what_is_in_it() {
    let mut catalog = with_bottles();
    let of = |catalog: &Catalog, number| catalog.product(id(number)).unwrap().to_product();
    let (bottle, water) = (of(&catalog, 70), of(&catalog, 71));
    let weighed = |product: &Product| Product { unit: "KG".into(), ..product.clone() };
    let open = Product { price_rule: PriceRule::Open, ..bottle.clone() };
    let priceless = Product { price: UnitPrice::ZERO, ..bottle.clone() };
    for spoilt in [weighed(&bottle), open.clone(), priceless, weighed(&water)] {
        let refused = catalog.upsert(spoilt.clone()).unwrap_err();
        let names_it = |error: &CatalogError| {
            *error == CatalogError::UnfitContainer { code: "WATER".into(), container: id(70) }
        };
        assert!(matches!(&refused.0[..], [error] if names_it(error)), "{spoilt:?}: {refused:?}");
    }
    let refused = catalog.apply(change([in_container(70, 73)].into())).unwrap_err();
    assert!(matches!(&refused.0[..], [CatalogError::UnfitContainer { .. }]), "{refused:?}");
    let mut reference = catalog.reference();
    reference.units.iter_mut().filter(|unit| unit.code == "PCS").for_each(|unit| unit.decimals = 3);
    let refused = catalog.replace_reference(reference).unwrap_err();
    assert!(matches!(&refused.0[..], [CatalogError::UnfitContainer { .. }]), "{refused:?}");
    assert_eq!(catalog.details(id(71)).unwrap().container, Some(id(70)));
    // One that is off sale may come back; one that nothing is in any more may be anything.
    catalog.upsert(Product { is_active: false, ..bottle }).unwrap();
    catalog.apply(CatalogChange { products: [open].into(), ..change([details(71)].into()) }).unwrap();
    assert!(!catalog.is_container(id(70)));
    catalog.apply(change([in_container(70, 73)].into())).unwrap();
}

#[test]
fn what_is_stored_loses_a_container_that_is_none_and_nothing_else() {
    let catalog = with_bottles();
    let mut builder = CatalogBuilder::new(catalog.reference());
    for known in catalog.products() {
        let price_rule = if known.id() == id(70) { PriceRule::Open } else { known.price_rule() };
        builder.add_product(Product { price_rule, ..known.to_product() });
    }
    let brand = Some(BrandId::new(Uuid::from_u128(77)));
    builder.add_details(ProductDetails { brand, ..catalog.details(id(71)).unwrap().clone() });
    let (loaded, broken) = builder.build_valid();
    let left = ProductDetails { tags: ["still".into()].into(), ..details(71) };
    assert_eq!(loaded.details(id(71)), Some(&left));
    assert!(
        matches!(&broken[..], [CatalogError::UnknownBrand { .. }, CatalogError::UnfitContainer { .. }]),
        "{broken:?}"
    );
}

#[test]
fn empties_are_found_though_their_container_is_not_for_sale_and_other_goods_are_not() {
    let mut catalog = with_bottles();
    let stopped = |catalog: &Catalog, number| Product {
        is_active: false,
        ..catalog.product(id(number)).unwrap().to_product()
    };
    let ended = |product| Product { sellable_until: Some(day(1)), is_active: true, ..product };
    catalog
        .apply(CatalogChange { barcodes: [barcode(70, "5012345678900")].into(), ..change(vec![]) })
        .unwrap();
    for bottle in [stopped(&catalog, 70), ended(stopped(&catalog, 70))] {
        catalog
            .apply(CatalogChange { products: [bottle, stopped(&catalog, 73)].into(), ..change(vec![]) })
            .unwrap();
        for entered in ["BOTTLE", "5012345678900"] {
            assert!(catalog.find(entered, day(6), &currency()).is_err());
            let empties = catalog.find_empties(entered, day(6), &currency()).unwrap();
            assert!(empties.is_container && empties.price == price("0.25"));
        }
        let crates = catalog.find_empties("CRATE", day(6), &currency());
        assert!(matches!(crates, Err(LookupError::Inactive { .. })), "nothing comes in it");
    }
}
