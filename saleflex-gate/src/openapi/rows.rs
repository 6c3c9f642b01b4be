//! Rows under paths of their own: described as those of `/definitions/{resource}` are, with types that the table of fields makes, so
//! that a client which is made from the document knows what a product is.

use std::slice;

use serde_json::{Map, Value, json};
use utoipa::openapi::{
    AllOfBuilder, ArrayBuilder, Content, KnownFormat, Object, ObjectBuilder, OpenApi, PathItem, Paths, Ref,
    RefOr, Required, Schema, SchemaFormat, Type,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    schema::{AnyOfBuilder, SchemaType},
};

use super::answers;
use crate::{
    access::routes::BASE,
    definitions::{
        fields::{self, Field, Kind},
        paths,
        rules::{self, Rule},
    },
};

/// The shapes of all rows: as they stand, to make, to change, and in a list.
const SHAPES: [&str; 4] = ["Definition", "NewDefinition", "DefinitionChange", "Listed_Definition"];

/// What is said of a path of all rows, for that of one resource.
pub(crate) fn at(said: &Paths, (rule, path): (&Rule, &str)) -> Paths {
    let mut moved = Paths::new();
    for item in said.paths.values() {
        let mut item = item.clone();
        for operation in operations(&mut item) {
            tell(operation, rule);
        }
        moved.paths.insert(path.to_owned(), item);
    }
    moved
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// Which rows an operation is about, and what its path names.
fn tell(operation: &mut Operation, rule: &Rule) {
    let resource = rule.resource;
    operation.description = Some(format!("Rows of `{resource}`, as at `/definitions/{resource}`."));
    let parameters = operation.parameters.get_or_insert_default();
    parameters.retain(|parameter| !is(parameter, "resource"));
    let Some(above) = paths::above(rule) else { return };
    for parameter in parameters.iter_mut() {
        if let RefOr::T(parameter) = parameter
            && parameter.name == "id"
        {
            paths::ROW.clone_into(&mut parameter.name);
        }
    }
    let parent = ParameterBuilder::new()
        .name("id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(format!("The row of `{}` that they belong to", above.resource)))
        .schema(Some(identity(Type::String)));
    parameters.insert(0, RefOr::T(parent.build()));
}

fn is(parameter: &RefOr<Parameter>, name: &str) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.name == name)
}

fn identity(kind: impl Into<SchemaType>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kind).format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
}

/// Gives each such path the types of its resource.
pub(super) fn add_types(document: &mut OpenApi) {
    for rule in rules::all() {
        let name = name_of(rule.resource);
        for path in paths::of(rule).into_iter().flatten() {
            if let Some(item) = document.paths.paths.get_mut(&format!("{BASE}{path}")) {
                for operation in operations(item) {
                    retype(operation, &name);
                }
            }
        }
        if rule.path.is_some() {
            add_shapes(document, rule, &name);
        }
    }
}

/// What one row of a resource is called in types: `ProductBarcode` of `product_barcodes`.
fn name_of(resource: &str) -> String {
    let one = match resource.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => resource.strip_suffix('s').unwrap_or(resource).to_owned(),
    };
    let mut name = String::new();
    for word in one.split('_') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// The name of a shape of all rows for those of one resource.
fn typed(shape: &str, name: &str) -> String {
    shape.replace("Definition", &format!("{name}Definition"))
}

fn retype(operation: &mut Operation, name: &str) {
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        retype_each(body.content.values_mut(), name);
    }
    for answer in operation.responses.responses.values_mut() {
        if let RefOr::T(answer) = answer {
            retype_each(answer.content.values_mut(), name);
        }
    }
}

fn retype_each<'a>(contents: impl Iterator<Item = &'a mut RefOr<Content>>, name: &str) {
    for content in contents {
        if let RefOr::T(content) = content
            && let Some(RefOr::Ref(shape)) = &mut content.schema
        {
            shape.ref_location = typed(&shape.ref_location, name);
        }
    }
}

fn add_shapes(document: &mut OpenApi, rule: &Rule, name: &str) {
    let schemas = &mut document.components.get_or_insert_default().schemas;
    for shape in SHAPES {
        if let Some(RefOr::T(Schema::Object(general))) = schemas.get(shape).cloned() {
            let own = own(general, shape, (rule, name));
            schemas.insert(typed(shape, name), RefOr::T(Schema::Object(own)));
        }
    }
    let mut row = ObjectBuilder::new()
        .description(Some(format!("What a row of `{}` holds.", rule.resource)))
        .examples([example(rule)]);
    for field in fields::of_rows(rule.resource) {
        row = row.property(field.name, holds(field.kind));
    }
    schemas.insert(format!("{name}Row"), row.into());
}

/// A shape of all rows, with what those of one resource hold.
fn own(mut shape: Object, called: &str, (rule, name): (&Rule, &str)) -> Object {
    let row = Ref::from_schema_name(format!("{name}Row"));
    match called {
        "Listed_Definition" => {
            let rows = Ref::from_schema_name(typed("Definition", name));
            let items = ArrayBuilder::new().items(rows).description(Some("The items."));
            shape.properties.insert("items".to_owned(), items.into());
        }
        "NewDefinition" => {
            let mut needed = ObjectBuilder::new();
            // What the path says need not be said again.
            for field in rule.required.iter().filter(|field| Some(**field) != rule.parent) {
                needed = needed.required(*field);
            }
            let mut whole = AllOfBuilder::new().item(row).item(needed);
            if !rule.either.is_empty() {
                let one = |any: AnyOfBuilder, field| any.item(ObjectBuilder::new().required(field));
                whole = whole.item(rule.either.iter().copied().fold(AnyOfBuilder::new(), one));
            }
            shape.properties.insert("row".to_owned(), whole.into());
            shape.example = Some(json!({"row": example(rule)}));
        }
        "DefinitionChange" => {
            shape.properties.insert("row".to_owned(), row.into());
            shape.example = Some(json!({"row": change(rule)}));
        }
        _ => {
            shape.properties.insert("row".to_owned(), row.into());
        }
    }
    shape
}

/// What a field of a kind may hold in the document's words; every field may say nothing.
fn holds(kind: Kind) -> ObjectBuilder {
    let nullable = |kinds: &[Type]| -> SchemaType { kinds.iter().cloned().chain([Type::Null]).collect() };
    let one = |kind: Type| ObjectBuilder::new().schema_type(nullable(slice::from_ref(&kind)));
    match kind {
        Kind::Id => identity(nullable(&[Type::String])),
        Kind::Whole { least, most } => one(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum((least > i64::MIN).then_some(least))
            .maximum((most < i64::MAX).then_some(most)),
        Kind::Flag => one(Type::Boolean),
        Kind::Text => one(Type::String),
        Kind::Decimal => ObjectBuilder::new()
            .schema_type(nullable(&[Type::String, Type::Number]))
            .description(Some("A decimal, such as `12.50`; a number is one as well.")),
        Kind::Real => ObjectBuilder::new()
            .schema_type(nullable(&[Type::Number, Type::String]))
            .description(Some("A decimal that older terminals write as a number; a text is one as well.")),
        Kind::Day => one(Type::String).description(Some("A day, such as `2026-11-21`.")),
        Kind::Moment => one(Type::String)
            .description(Some("A time of a day on the store's clock, such as `2026-11-21T09:30:00`.")),
        Kind::Time => one(Type::String).description(Some("A time of every day, such as `09:30`.")),
        Kind::Object => one(Type::Object),
        Kind::Written => ObjectBuilder::new()
            .schema_type(nullable(&[Type::String, Type::Object]))
            .description(Some("An object, or a text that holds it.")),
    }
}

/// A row that says what it has to, or something where that is nothing.
fn example(rule: &Rule) -> Value {
    let has_to =
        |field: &&Field| rule.required.contains(&field.name) || rule.either.first() == Some(&field.name);
    let mut said = fields::of_rows(rule.resource).filter(has_to).map(sample).collect::<Map<_, _>>();
    if said.is_empty() {
        said.extend(fields::of_rows(rule.resource).next().map(sample));
    }
    Value::Object(said)
}

/// What it is called, or another field that says more than which row it is about.
fn change(rule: &Rule) -> Value {
    let all = || fields::of_rows(rule.resource);
    let is_news = |field: &&Field| field.kind != Kind::Id && Some(field.name) != rule.key;
    let changed = all().find(|field| field.name == "name").or_else(|| all().find(is_news));
    changed.map(sample).into_iter().collect::<Map<_, _>>().into()
}

fn sample(field: &Field) -> (String, Value) {
    let value = match field.kind {
        Kind::Id => json!(answers::IDENTITY),
        Kind::Whole { least, .. } => json!(least.max(1)),
        Kind::Flag => json!(true),
        Kind::Text => json!(answers::text(field.name, &Value::Null)),
        Kind::Decimal => json!("3.40"),
        Kind::Real => json!(1),
        Kind::Day => json!("2026-11-21"),
        Kind::Moment => json!("2026-11-21T09:30:00"),
        Kind::Time => json!("09:30"),
        Kind::Object => json!({}),
        Kind::Written => json!("{}"),
    };
    (field.name.to_owned(), value)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_a_path_of_rows_takes_and_answers_has_the_fields_of_its_table_and_a_name_of_its_own() {
        let document = serde_json::to_value(super::super::document()).unwrap();
        let schemas = &document["components"]["schemas"];
        let with_paths: Vec<&Rule> = rules::all().iter().filter(|rule| rule.path.is_some()).collect();
        let mut names = BTreeSet::new();
        for rule in &with_paths {
            let name = name_of(rule.resource);
            let described = schemas[format!("{name}Row")]["properties"].as_object().unwrap();
            let mut fields: Vec<&str> = fields::of_rows(rule.resource).map(|field| field.name).collect();
            fields.sort_unstable();
            assert_eq!(described.keys().collect::<Vec<_>>(), fields, "{name}");
            names.insert(name);
        }
        assert_eq!(names.len(), with_paths.len());
        let row = &schemas["ProductRow"]["properties"];
        let age = &row["minimum_age"];
        assert_eq!([&age["minimum"], &age["maximum"]], [&json!(0), &json!(255)]);
        assert_eq!(
            [&age["type"], &row["name"]["type"]],
            [&json!(["integer", "null"]), &json!(["string", "null"])]
        );
        assert_eq!(row["sale_price"]["type"], json!(["string", "number", "null"]));
        let body = "content/application~1json/schema/$ref";
        for (place, name) in [
            ("~1products/get/responses/200", "Listed_ProductDefinition"),
            ("~1products/post/requestBody", "NewProductDefinition"),
            ("~1products/post/responses/201", "ProductDefinition"),
            ("~1products~1{id}/patch/requestBody", "ProductDefinitionChange"),
            ("~1products~1{id}~1barcodes~1{row}/get/responses/200", "ProductBarcodeDefinition"),
        ] {
            let found = document.pointer(&format!("/paths/~1api~1v1{place}/{body}"));
            assert_eq!(found, Some(&json!(format!("#/components/schemas/{name}"))), "{place}");
        }
        let barcode = &document["paths"]["/api/v1/products/{id}/barcodes/{row}"]["get"]["parameters"];
        assert_eq!(
            [&barcode[0]["name"], &barcode[1]["name"], &barcode[2]],
            [&json!("id"), &json!("row"), &Value::Null]
        );
        let needed = |name: &str| schemas[name]["properties"]["row"]["allOf"][1]["required"].clone();
        assert_eq!(needed("NewProductDefinition"), json!(["code", "name", "sale_price"]));
        let either = &schemas["NewProductDefinition"]["properties"]["row"]["allOf"][2]["anyOf"];
        assert_eq!(either[0]["required"], json!(["fk_department_main_group_id"]));
        assert_eq!(needed("NewProductBarcodeDefinition"), json!(["barcode"]), "the path names the product");
        let items = &schemas["Listed_ProductDefinition"]["properties"]["items"]["items"]["$ref"];
        assert_eq!(*items, "#/components/schemas/ProductDefinition");
    }
}
