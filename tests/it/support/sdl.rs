//! What the schema has, by its SDL.

use async_graphql::Positioned;
use async_graphql::parser::types::{InputValueDefinition, ServiceDocument, TypeKind, TypeSystemDefinition};

/// The fields of a type: name and type; of an object, that of their only argument, empty without one.
pub fn fields(sdl: &ServiceDocument, name: &str) -> Vec<(String, String)> {
    match kind(sdl, name) {
        TypeKind::Object(object) => {
            let fields = object.fields.iter().map(|field| &field.node);
            fields
                .map(|field| (field.name.node.to_string(), only(&field.arguments)))
                .collect()
        }
        TypeKind::InputObject(object) => {
            let fields = object.fields.iter();
            fields
                .map(|field| (field.node.name.node.to_string(), input_type(field)))
                .collect()
        }
        _ => panic!("{name} has no fields"),
    }
}

/// What a type is.
pub fn kind<'s>(sdl: &'s ServiceDocument, name: &str) -> &'s TypeKind {
    let mut all = types(sdl);
    let found = all.find(|(of, _)| *of == name);
    found.unwrap_or_else(|| panic!("there is no {name}")).1
}

/// All types by name.
pub fn types(sdl: &ServiceDocument) -> impl Iterator<Item = (&str, &TypeKind)> {
    sdl.definitions.iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some((definition.node.name.node.as_str(), &definition.node.kind)),
        _ => None,
    })
}

fn only(arguments: &[Positioned<InputValueDefinition>]) -> String {
    match arguments {
        [one] => input_type(one),
        _ => String::new(),
    }
}

fn input_type(field: &Positioned<InputValueDefinition>) -> String {
    field.node.ty.node.to_string().replace(['!', '[', ']'], "")
}

/// The fields of an object and the types that they lead to.
pub fn outputs(sdl: &ServiceDocument, name: &str) -> Vec<(String, String)> {
    let TypeKind::Object(object) = kind(sdl, name) else {
        panic!("{name} is no object");
    };
    let fields = object.fields.iter().map(|field| &field.node);
    let of = |ty: &async_graphql::parser::types::Type| ty.to_string().replace(['!', '[', ']'], "");
    fields
        .map(|field| (field.name.node.to_string(), of(&field.ty.node)))
        .collect()
}
