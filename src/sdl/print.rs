//! A schema as SDL: sorted by name all through, with descriptions and directives, extensions folded in. What is equal
//! prints equal, in whatever order it was written.

use apollo_compiler::ast::{Directive, DirectiveDefinition, FieldDefinition, InputValueDefinition, OperationType};
use apollo_compiler::schema::{ComponentName, ExtendedType};
use apollo_compiler::{Name, Node};

use super::Sdl;
use super::literal::{joined, write_description, write_value};

/// The schema as SDL.
pub fn print(sdl: &Sdl) -> String {
    let mut out = String::new();
    schema_definition(&mut out, sdl);
    for (_, directive) in sorted(sdl.directives()) {
        separate(&mut out);
        directive_definition(&mut out, directive);
    }
    for (_, ty) in sorted(sdl.types()) {
        separate(&mut out);
        type_definition(&mut out, ty);
    }
    out
}

const INDENT: &str = "  ";

fn separate(out: &mut String) {
    if !out.is_empty() {
        out.push('\n');
    }
}

/// Left out where it says nothing: no description, no directive, roots by their usual names.
fn schema_definition(out: &mut String, sdl: &Sdl) {
    let definition = &sdl.schema().schema_definition;
    let roots = [
        (OperationType::Query, &definition.query),
        (OperationType::Mutation, &definition.mutation),
        (OperationType::Subscription, &definition.subscription),
    ];
    let usual = roots.iter().all(|(operation, root)| match root {
        Some(root) => root.name == operation.default_type_name(),
        None => sdl.get(&operation.default_type_name()).is_none(),
    });
    if usual && definition.description.is_none() && definition.directives.is_empty() {
        return;
    }
    described(out, definition.description.as_ref(), "");
    out.push_str("schema");
    applied(out, definition.directives.iter().map(|directive| &***directive));
    out.push_str(" {\n");
    for (operation, root) in roots {
        if let Some(root) = root {
            out.push_str(&format!("{INDENT}{}: {}\n", operation.name(), root.name));
        }
    }
    out.push_str("}\n");
}

fn directive_definition(out: &mut String, directive: &DirectiveDefinition) {
    described(out, directive.description.as_ref(), "");
    out.push_str("directive @");
    out.push_str(&directive.name);
    arguments(out, &directive.arguments, "");
    if directive.repeatable {
        out.push_str(" repeatable");
    }
    let mut locations: Vec<&str> = directive.locations.iter().map(|location| location.name()).collect();
    locations.sort_unstable();
    locations.dedup();
    out.push_str(" on ");
    out.push_str(&locations.join(" | "));
    out.push('\n');
}

fn type_definition(out: &mut String, ty: &ExtendedType) {
    described(out, ty.description(), "");
    out.push_str(match ty {
        ExtendedType::Scalar(_) => "scalar ",
        ExtendedType::Object(_) => "type ",
        ExtendedType::Interface(_) => "interface ",
        ExtendedType::Union(_) => "union ",
        ExtendedType::Enum(_) => "enum ",
        ExtendedType::InputObject(_) => "input ",
    });
    out.push_str(ty.name());
    match ty {
        ExtendedType::Object(object) => implements(out, object.implements_interfaces.iter()),
        ExtendedType::Interface(interface) => implements(out, interface.implements_interfaces.iter()),
        _ => {}
    }
    applied(out, ty.directives().iter().map(|directive| &***directive));
    match ty {
        ExtendedType::Scalar(_) => {}
        ExtendedType::Object(object) => fields(out, object.fields.values().map(|field| &***field)),
        ExtendedType::Interface(interface) => fields(out, interface.fields.values().map(|field| &***field)),
        ExtendedType::Union(union) => {
            let mut members: Vec<&str> = union.members.iter().map(|member| member.as_str()).collect();
            members.sort_unstable();
            out.push_str(" = ");
            out.push_str(&members.join(" | "));
        }
        ExtendedType::Enum(values) => {
            out.push_str(" {\n");
            for (index, (name, value)) in sorted(values.values.iter()).into_iter().enumerate() {
                apart(out, index, value.description.as_ref());
                described(out, value.description.as_ref(), INDENT);
                out.push_str(INDENT);
                out.push_str(name);
                applied(out, value.directives.iter().map(|directive| &**directive));
                out.push('\n');
            }
            out.push('}');
        }
        ExtendedType::InputObject(input) => {
            out.push_str(" {\n");
            for (index, (_, field)) in sorted(input.fields.iter()).into_iter().enumerate() {
                apart(out, index, field.description.as_ref());
                input_value(out, field, INDENT);
                out.push('\n');
            }
            out.push('}');
        }
    }
    out.push('\n');
}

fn implements<'a>(out: &mut String, interfaces: impl Iterator<Item = &'a ComponentName>) {
    let mut names: Vec<&str> = interfaces.map(|interface| interface.as_str()).collect();
    names.sort_unstable();
    if !names.is_empty() {
        out.push_str(" implements ");
        out.push_str(&names.join(" & "));
    }
}

fn fields<'a>(out: &mut String, fields: impl Iterator<Item = &'a FieldDefinition>) {
    out.push_str(" {\n");
    for (index, (_, field)) in sorted(fields.map(|field| (&field.name, field))).into_iter().enumerate() {
        apart(out, index, field.description.as_ref());
        described(out, field.description.as_ref(), INDENT);
        out.push_str(INDENT);
        out.push_str(&field.name);
        arguments(out, &field.arguments, INDENT);
        out.push_str(": ");
        out.push_str(&field.ty.to_string());
        applied(out, field.directives.iter().map(|directive| &**directive));
        out.push('\n');
    }
    out.push('}');
}

/// On one line, unless one of them is described.
fn arguments(out: &mut String, arguments: &[Node<InputValueDefinition>], indent: &str) {
    if arguments.is_empty() {
        return;
    }
    let arguments = sorted(arguments.iter().map(|argument| (&argument.name, argument)));
    if arguments.iter().all(|(_, argument)| argument.description.is_none()) {
        out.push('(');
        joined(out, arguments.iter(), |out, (_, argument)| {
            input_value(out, argument, "");
        });
        out.push(')');
        return;
    }
    let inner = format!("{indent}{INDENT}");
    out.push_str("(\n");
    for (index, (_, argument)) in arguments.into_iter().enumerate() {
        apart(out, index, argument.description.as_ref());
        input_value(out, argument, &inner);
        out.push('\n');
    }
    out.push_str(indent);
    out.push(')');
}

fn input_value(out: &mut String, value: &InputValueDefinition, indent: &str) {
    described(out, value.description.as_ref(), indent);
    out.push_str(indent);
    out.push_str(&value.name);
    out.push_str(": ");
    out.push_str(&value.ty.to_string());
    if let Some(default) = &value.default_value {
        out.push_str(" = ");
        write_value(out, default);
    }
    applied(out, value.directives.iter().map(|directive| &**directive));
}

/// Directives stay in their order: it may mean something.
fn applied<'a>(out: &mut String, directives: impl Iterator<Item = &'a Directive>) {
    for directive in directives {
        out.push_str(" @");
        out.push_str(&directive.name);
        if !directive.arguments.is_empty() {
            out.push('(');
            joined(out, directive.arguments.iter(), |out, argument| {
                out.push_str(&argument.name);
                out.push_str(": ");
                write_value(out, &argument.value);
            });
            out.push(')');
        }
    }
}

/// A blank line above what is described, so that one sees what a description is of.
fn apart(out: &mut String, index: usize, description: Option<&Node<str>>) {
    if index > 0 && description.is_some_and(|text| !text.is_empty()) {
        out.push('\n');
    }
}

fn described(out: &mut String, text: Option<&Node<str>>, indent: &str) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        write_description(out, text, indent);
    }
}

fn sorted<'a, T>(items: impl Iterator<Item = (&'a Name, T)>) -> Vec<(&'a Name, T)> {
    let mut items: Vec<_> = items.collect();
    items.sort_by_key(|(name, _)| name.as_str());
    items
}
