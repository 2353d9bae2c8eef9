//! What of a schema an operation uses, by the paths that changes have.

use std::collections::HashMap;

use apollo_compiler::ast::{Argument, DirectiveList, DirectiveLocation, FieldDefinition, Type, Value};
use apollo_compiler::executable::{ExecutableDocument, Selection, SelectionSet};
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Node, Schema};

/// Each path that is used, and where first: types `Task`, fields `Task.title`, arguments `Query.task.id`, values
/// `Role.ADMIN`, fields of inputs, directives `@skip`, `@skip.if`, `@skip.FIELD`, roots `schema.query`, and fragments
/// on one type within another, `Node>Task`.
pub(super) struct Usage<'a> {
    schema: &'a Schema,
    used: HashMap<String, Option<SourceSpan>>,
}

impl<'a> Usage<'a> {
    /// What a document uses that is valid for the schema.
    pub fn new(schema: &'a Schema, document: &ExecutableDocument) -> Usage<'a> {
        let used = HashMap::new();
        let mut usage = Usage { schema, used };
        for operation in document.operations.iter() {
            let root = operation.operation_type;
            usage.note(format!("schema.{}", root.name()), operation.location());
            for variable in &operation.variables {
                usage.input_type(variable.ty.inner_named_type(), variable.location());
                if let Some(default) = &variable.default_value {
                    usage.value(&variable.ty, default);
                }
                usage.directives(&variable.directives, DirectiveLocation::VariableDefinition);
            }
            usage.directives(&operation.directives, root.into());
            usage.selections(&operation.selection_set);
        }
        for fragment in document.fragments.values() {
            usage.note(fragment.selection_set.ty.to_string(), fragment.location());
            usage.directives(&fragment.directives, DirectiveLocation::FragmentDefinition);
            usage.selections(&fragment.selection_set);
            usage.spreads(document, &fragment.selection_set);
        }
        for operation in document.operations.iter() {
            usage.spreads(document, &operation.selection_set);
        }
        usage
    }

    /// Where a path is first used; `None`: nowhere.
    pub fn of(&self, path: &str) -> Option<Option<SourceSpan>> {
        self.used.get(path).copied()
    }

    fn note(&mut self, path: String, span: Option<SourceSpan>) {
        self.used.entry(path).or_insert(span);
    }

    fn selections(&mut self, set: &SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    let span = field.location();
                    self.note(set.ty.to_string(), span);
                    self.note(format!("{}.{}", set.ty, field.name), span);
                    self.note(field.definition.ty.inner_named_type().to_string(), span);
                    self.arguments(
                        &format!("{}.{}", set.ty, field.name),
                        &field.definition,
                        &field.arguments,
                    );
                    self.directives(&field.directives, DirectiveLocation::Field);
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    if let Some(condition) = &fragment.type_condition {
                        self.note(condition.to_string(), fragment.location());
                        self.note(format!("{}>{condition}", set.ty), fragment.location());
                    }
                    self.directives(&fragment.directives, DirectiveLocation::InlineFragment);
                    self.selections(&fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives, DirectiveLocation::FragmentSpread);
                }
            }
        }
    }

    /// Named fragments within other types.
    fn spreads(&mut self, document: &ExecutableDocument, set: &SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => self.spreads(document, &field.selection_set),
                Selection::InlineFragment(fragment) => self.spreads(document, &fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = spread.fragment_def(document) {
                        let path = format!("{}>{}", set.ty, fragment.type_condition());
                        self.note(path, spread.location());
                    }
                }
            }
        }
    }

    fn arguments(&mut self, of: &str, definition: &FieldDefinition, given: &[Node<Argument>]) {
        for argument in given {
            self.note(format!("{of}.{}", argument.name), argument.location());
            if let Some(declared) = definition.argument_by_name(&argument.name) {
                self.value(&declared.ty, &argument.value);
            }
        }
    }

    fn directives(&mut self, list: &DirectiveList, location: DirectiveLocation) {
        for directive in list {
            let (path, span) = (format!("@{}", directive.name), directive.location());
            self.note(format!("{path}.{}", location.name()), span);
            for argument in &directive.arguments {
                self.note(format!("{path}.{}", argument.name), argument.location());
                let definition = self.schema.directive_definitions.get(&directive.name);
                if let Some(declared) = definition.and_then(|definition| definition.argument_by_name(&argument.name)) {
                    self.value(&declared.ty, &argument.value);
                }
            }
            self.note(path, span);
        }
    }

    /// A value that stands in the document.
    fn value(&mut self, ty: &Type, value: &Node<Value>) {
        let name = ty.inner_named_type();
        let span = value.location();
        match &**value {
            Value::Enum(given) => {
                self.note(name.to_string(), span);
                self.note(format!("{name}.{given}"), span);
            }
            Value::List(items) => items.iter().for_each(|item| self.value(ty, item)),
            Value::Object(fields) => {
                self.note(name.to_string(), span);
                let schema = self.schema;
                let Some(input) = schema.get_input_object(name) else {
                    return;
                };
                for (field, given) in fields {
                    self.note(format!("{name}.{field}"), given.location());
                    if let Some(declared) = input.fields.get(field) {
                        self.value(&declared.ty, given);
                    }
                }
            }
            _ => self.note(name.to_string(), span),
        }
    }

    /// A variable of this type: whatever the type can hold may be given.
    fn input_type(&mut self, name: &str, span: Option<SourceSpan>) {
        let is_seen = self.used.insert(name.to_owned(), span).is_some();
        let schema = self.schema;
        match schema.types.get(name) {
            Some(ExtendedType::Enum(values)) => {
                for value in values.values.keys() {
                    self.note(format!("{name}.{value}"), span);
                }
            }
            Some(ExtendedType::InputObject(input)) if !is_seen => {
                for (field, declared) in &input.fields {
                    self.note(format!("{name}.{field}"), span);
                    self.input_type(declared.ty.inner_named_type(), span);
                }
            }
            _ => {}
        }
    }
}
