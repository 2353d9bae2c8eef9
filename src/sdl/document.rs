//! One schema, read and found valid.

use apollo_compiler::ast::{DirectiveDefinition, DirectiveLocation};
use apollo_compiler::parser::{Parser, SourceSpan};
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Node, Schema, name};

use super::{Place, SdlError};

/// How deep lists and objects may be nested in each other.
const DEEPEST: usize = 64;

/// The directives that every GraphQL service has; they aren't part of what differs between schemas.
const SPECIFIED: [&str; 5] = ["skip", "include", "deprecated", "specifiedBy", "oneOf"];

/// A valid schema and what it was read from.
pub struct Sdl {
    file: String,
    schema: Valid<Schema>,
    tells_directives: bool,
}

impl Sdl {
    /// Reads a schema; `file` is what mistakes in it are told of.
    pub fn parse(file: &str, text: &str) -> Result<Sdl, SdlError> {
        if text.trim().is_empty() {
            return Err(SdlError::of_file(file, "is empty; at least `type Query` was expected"));
        }
        let mut builder = Schema::builder().ignore_builtin_redefinitions();
        let mut parser = Parser::new().recursion_limit(DEEPEST);
        parser.parse_into_schema_builder(text, file, &mut builder);
        let built = builder.build().map_err(|found| SdlError::first(file, &found.errors));
        let mut schema = built?;
        if schema.schema_definition.query.is_none() {
            let missing = "has no root of queries; `type Query` or `schema { query: … }` was expected";
            return Err(SdlError::of_file(file, missing));
        }
        schema
            .directive_definitions
            .entry(name!("oneOf"))
            .or_insert_with(one_of);
        let valid = schema
            .validate()
            .map_err(|found| SdlError::first(file, &found.errors))?;
        let read = Sdl {
            file: file.to_owned(),
            schema: valid,
            tells_directives: true,
        };
        read.check_one_of()?;
        Ok(read)
    }

    /// The same, of a schema whose source doesn't tell which directives stand at its parts.
    pub(super) fn without_directives(self) -> Sdl {
        Sdl {
            tells_directives: false,
            ..self
        }
    }

    /// What it was read from.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Whether it says which directives stand at its parts; introspection doesn't.
    pub fn tells_directives(&self) -> bool {
        self.tells_directives
    }

    /// The schema itself.
    pub(super) fn schema(&self) -> &Valid<Schema> {
        &self.schema
    }

    /// The types that it adds to what every service has.
    pub(super) fn types(&self) -> impl Iterator<Item = (&Name, &ExtendedType)> + Clone {
        self.schema.types.iter().filter(|(_, ty)| !ty.is_built_in())
    }

    /// One of these types.
    pub(super) fn get(&self, name: &str) -> Option<&ExtendedType> {
        self.schema.types.get(name).filter(|ty| !ty.is_built_in())
    }

    /// The directives that it adds to what every service has.
    pub(super) fn directives(&self) -> impl Iterator<Item = (&Name, &Node<DirectiveDefinition>)> + Clone {
        let own = |(name, _): &(&Name, _)| !is_specified(name);
        self.schema.directive_definitions.iter().filter(own)
    }

    /// Where it stands.
    pub(super) fn place(&self, span: Option<SourceSpan>) -> Place {
        let found = span.and_then(|span| span.line_column(&self.schema.sources));
        Place {
            file: self.file.clone(),
            position: found.map(|at| (at.line, at.column)),
        }
    }

    /// What the specification asks of `@oneOf`, which the parser's library doesn't know yet.
    fn check_one_of(&self) -> Result<(), SdlError> {
        let inputs = self.types().filter_map(|(_, ty)| ty.as_input_object());
        match inputs
            .filter(|input| input.directives.has("oneOf"))
            .find_map(required_field)
        {
            None => Ok(()),
            Some((path, span)) => Err(SdlError {
                place: self.place(span),
                problem: format!("{path} is in an input with @oneOf; a nullable type without a default was expected"),
                others: 0,
            }),
        }
    }
}

/// Whether every service has a directive of this name.
pub(super) fn is_specified(name: &str) -> bool {
    SPECIFIED.contains(&name)
}

fn required_field(input: &InputObjectType) -> Option<(String, Option<SourceSpan>)> {
    let fields = input.fields.values();
    let mut wrong = fields.filter(|field| field.ty.is_non_null() || field.default_value.is_some());
    let field = wrong.next()?;
    Some((format!("{}.{}", input.name, field.name), field.location()))
}

fn one_of() -> Node<DirectiveDefinition> {
    Node::new(DirectiveDefinition {
        description: None,
        name: name!("oneOf"),
        arguments: Vec::new(),
        repeatable: false,
        locations: vec![DirectiveLocation::InputObject],
    })
}
