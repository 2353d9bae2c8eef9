//! Makes what was declared known to the library, which prints the SDL and validates documents by it.

use async_graphql::CacheControl;
use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{Deprecation, MetaDirectiveInvocation, MetaField, MetaInputValue, MetaType, Registry};

use crate::graphql::cache_control::declare as directive;

use super::argument::DeclaredArgument;
use super::declarations::{Declarations, TypeDeclaration};
use super::field::FieldDeclaration;

/// Registers all types; one that stands there already stays.
pub fn register(declarations: &Declarations, registry: &mut Registry) {
    directive(registry);
    for declared in &declarations.types {
        if registry.types.contains_key(&declared.name) {
            continue;
        }
        let fields = declared
            .fields
            .iter()
            .map(|field| (field.name.clone(), meta(field, registry)));
        let fields: IndexMap<String, MetaField> = fields.collect();
        if let Some(interface) = declared.interface {
            registry.add_implements(&declared.name, interface);
        }
        let ty = if declared.is_interface {
            interface(declarations, declared, fields)
        } else {
            object(declared, fields)
        };
        registry.types.insert(declared.name.clone(), ty);
    }
}

fn object(declared: &TypeDeclaration, fields: IndexMap<String, MetaField>) -> MetaType {
    MetaType::Object {
        name: declared.name.clone(),
        description: described(&declared.docs),
        fields,
        cache_control: CacheControl::default(),
        extends: false,
        shareable: false,
        resolvable: true,
        keys: None,
        visible: None,
        inaccessible: false,
        interface_object: false,
        tags: Vec::new(),
        is_subscription: false,
        rust_typename: None,
        directive_invocations: hints(declared.hint.as_ref()),
        requires_scopes: Vec::new(),
    }
}

fn interface(declarations: &Declarations, declared: &TypeDeclaration, fields: IndexMap<String, MetaField>) -> MetaType {
    let objects = declarations.types.iter();
    let possible = objects.filter(|object| object.interface == Some(declared.name.as_str()));
    MetaType::Interface {
        name: declared.name.clone(),
        description: described(&declared.docs),
        fields,
        possible_types: possible.map(|object| object.name.clone()).collect(),
        extends: false,
        keys: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: hints(declared.hint.as_ref()),
        requires_scopes: Vec::new(),
    }
}

fn meta(field: &FieldDeclaration, registry: &mut Registry) -> MetaField {
    let arguments = (field.arguments)(registry).into_iter().map(argument);
    MetaField {
        name: field.name.clone(),
        description: described(&field.docs),
        args: arguments.collect(),
        ty: field.ty.text(registry),
        deprecation: Deprecation::NoDeprecated,
        cache_control: CacheControl::default(),
        external: false,
        requires: None,
        provides: None,
        visible: None,
        shareable: false,
        inaccessible: false,
        tags: Vec::new(),
        override_from: None,
        compute_complexity: None,
        directive_invocations: hints(field.hint.as_ref()),
        requires_scopes: Vec::new(),
    }
}

fn argument(declared: DeclaredArgument) -> (String, MetaInputValue) {
    let argument = MetaInputValue {
        name: declared.name.clone(),
        description: described(&declared.docs),
        ty: declared.ty,
        deprecation: Deprecation::NoDeprecated,
        default_value: declared.default.map(|value| value.to_string()),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    };
    (declared.name, argument)
}

fn described(docs: &str) -> Option<String> {
    (!docs.is_empty()).then(|| docs.to_owned())
}

fn hints(hint: Option<&MetaDirectiveInvocation>) -> Vec<MetaDirectiveInvocation> {
    hint.cloned().into_iter().collect()
}
