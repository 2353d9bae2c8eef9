//! The operations that are known, one by one, each with the fragments that it needs, from whichever file.

use std::collections::HashMap;
use std::sync::Arc;

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Document, FragmentDefinition, OperationDefinition, Selection};
use apollo_compiler::parser::{Parser, SourceMap, SourceSpan};

use super::{OperationsError, manifest};
use crate::sdl::{Place, SdlError};

/// How deep selections, lists and objects may be nested in each other.
pub(super) const DEEPEST: usize = 64;

/// Known operations.
#[derive(Default)]
pub struct Documents {
    operations: Vec<Operation>,
    fragments: HashMap<String, Node<FragmentDefinition>>,
    sources: SourceMap,
}

/// One of them.
pub(super) struct Operation {
    /// Its name, or what it is called without one.
    pub name: String,
    file: String,
    /// Whether lines and columns of its text are those of the file.
    is_file: bool,
    definition: Node<OperationDefinition>,
    /// Fragments of the same text, which go before those of others.
    fragments: HashMap<String, Node<FragmentDefinition>>,
}

impl Documents {
    /// Adds the operations of a file: a manifest if it ends with `.json`, otherwise GraphQL.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), OperationsError> {
        if !file.ends_with(".json") {
            return self.add_text(file, text, true);
        }
        let persisted = manifest::read(file, text)?;
        if persisted.is_empty() {
            return Err(OperationsError::Empty(file.into()));
        }
        persisted.iter().try_for_each(|one| {
            let before = self.operations.len();
            self.add_text(file, &one.text, false)?;
            match self.operations.len() == before {
                true => Err(OperationsError::Empty(format!("{file}: {}", one.id))),
                false => Ok(()),
            }
        })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.operations.len()
    }

    pub(super) fn operations(&self) -> &[Operation] {
        &self.operations
    }

    fn add_text(&mut self, file: &str, text: &str, is_file: bool) -> Result<(), OperationsError> {
        let parsed = Parser::new().recursion_limit(DEEPEST).parse_ast(text, file);
        let document = parsed.map_err(|found| SdlError::first(file, &found.errors))?;
        Arc::make_mut(&mut self.sources).extend(document.sources.iter().map(|(id, source)| (*id, source.clone())));
        let fragments = document
            .definitions
            .iter()
            .filter_map(Definition::as_fragment_definition);
        let fragments: HashMap<_, _> = fragments.map(|own| (own.name.to_string(), own.clone())).collect();
        let operations = document
            .definitions
            .iter()
            .filter_map(Definition::as_operation_definition);
        self.operations.extend(operations.map(|definition| {
            Operation {
                name: definition
                    .name
                    .as_ref()
                    .map_or_else(|| "an anonymous operation".into(), ToString::to_string),
                file: file.to_owned(),
                is_file,
                definition: definition.clone(),
                fragments: fragments.clone(),
            }
        }));
        self.fragments.extend(fragments);
        Ok(())
    }

    /// The operation with what it needs, and nothing else.
    pub(super) fn document(&self, operation: &Operation) -> Document {
        let mut needed: Vec<Node<FragmentDefinition>> = Vec::new();
        let mut wanted: Vec<String> = Vec::new();
        spreads(&operation.definition.selection_set, &mut wanted);
        while let Some(name) = wanted.pop() {
            if needed.iter().any(|fragment| fragment.name == *name) {
                continue;
            }
            if let Some(fragment) = operation.fragments.get(&name).or_else(|| self.fragments.get(&name)) {
                spreads(&fragment.selection_set, &mut wanted);
                needed.push(fragment.clone());
            }
        }
        let fragments = needed.into_iter().map(Definition::FragmentDefinition);
        let operation = Definition::OperationDefinition(operation.definition.clone());
        let mut document = Document::new();
        document.sources = self.sources.clone();
        document.definitions = [operation].into_iter().chain(fragments).collect();
        document
    }

    /// Where something of an operation stands.
    pub(super) fn place(&self, operation: &Operation, span: Option<SourceSpan>) -> Place {
        let span = span.filter(|_| operation.is_file);
        let found = span.and_then(|span| Some((self.sources.get(&span.file_id())?, span.line_column(&self.sources)?)));
        match found {
            None => Place::file(&operation.file),
            Some((source, at)) => Place {
                file: source.path().to_string_lossy().into_owned(),
                position: Some((at.line, at.column)),
            },
        }
    }

    /// Where it begins.
    pub(super) fn start(&self, operation: &Operation) -> Place {
        self.place(operation, operation.definition.location())
    }
}

impl Operation {
    /// The file that it is of.
    pub fn file(&self) -> &str {
        &self.file
    }
}

fn spreads(selections: &[Selection], names: &mut Vec<String>) {
    for selection in selections {
        match selection {
            Selection::Field(field) => spreads(&field.selection_set, names),
            Selection::InlineFragment(fragment) => spreads(&fragment.selection_set, names),
            Selection::FragmentSpread(spread) => names.push(spread.fragment_name.to_string()),
        }
    }
}
