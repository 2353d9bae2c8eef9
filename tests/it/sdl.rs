//! The schema as a document: everything in it is described, and nothing secret stands in it.

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use kanvaro::graphql::schema;

/// What has no description, as paths like `Task.comments(first)`.
fn undescribed(sdl: &str) -> Vec<String> {
    let document = parse_schema(sdl).unwrap();
    let mut missing = Vec::new();
    for definition in &document.definitions {
        match definition {
            TypeSystemDefinition::Type(definition) => describe_type(&definition.node, &mut missing),
            // The built-in directives are described by the specification.
            TypeSystemDefinition::Directive(_) | TypeSystemDefinition::Schema(_) => {}
        }
    }
    missing
}

fn describe_type(definition: &TypeDefinition, missing: &mut Vec<String>) {
    let name = definition.name.node.to_string();
    note(&name, &definition.description, missing);
    match &definition.kind {
        TypeKind::Object(object) => fields(&name, &object.fields, missing),
        TypeKind::Interface(interface) => fields(&name, &interface.fields, missing),
        TypeKind::InputObject(input) => inputs(&format!("{name}."), &input.fields, missing),
        TypeKind::Enum(values) => {
            for value in &values.values {
                let path = format!("{name}.{}", value.node.value.node);
                note(&path, &value.node.description, missing);
            }
        }
        TypeKind::Scalar | TypeKind::Union(_) => {}
    }
}

fn fields(of: &str, fields: &[Positioned<FieldDefinition>], missing: &mut Vec<String>) {
    for field in fields {
        let path = format!("{of}.{}", field.node.name.node);
        note(&path, &field.node.description, missing);
        inputs(&format!("{path}:"), &field.node.arguments, missing);
    }
}

fn inputs(of: &str, inputs: &[Positioned<InputValueDefinition>], missing: &mut Vec<String>) {
    for input in inputs {
        let path = format!("{of}{}", input.node.name.node);
        note(&path, &input.node.description, missing);
    }
}

fn note(path: &str, description: &Option<Positioned<String>>, missing: &mut Vec<String>) {
    let text = description.as_ref().map_or("", |text| text.node.trim());
    if text.is_empty() || text.contains("PLACEHOLDER") {
        missing.push(path.to_owned());
    }
}

#[test]
fn everything_in_the_schema_is_described() {
    let missing = undescribed(&schema(true).sdl());
    assert!(missing.is_empty(), "without a description: {missing:#?}");
}

#[test]
fn what_is_not_described_is_found() {
    let sdl = "type Query { a(b: Int): E } enum E { V } input I { \"text\" f: Int }";
    let missing = undescribed(sdl);
    assert_eq!(missing, ["Query", "Query.a", "Query.a:b", "E", "E.V", "I"]);
}

#[test]
fn what_clients_must_not_see_is_not_in_the_schema() {
    let sdl = schema(true).sdl();
    for secret in ["passwordHash", "searchTerms", "dueSort", "tokenHash"] {
        assert!(!sdl.contains(secret), "{secret}");
    }
}
