//! The documents of manifests, each under its id and each valid for itself: what a server may be told to trust.

use std::collections::HashMap;

use apollo_compiler::ast::Definition;
use apollo_compiler::parser::Parser;

use super::OperationsError;
use super::documents::DEEPEST;
use super::manifest::{Persisted, read, twice};
use crate::sdl::{Sdl, SdlError};

/// The documents of all manifests that were added.
#[derive(Default)]
pub struct Manifests {
    documents: Vec<(String, Persisted)>,
    places: HashMap<String, usize>,
}

impl Manifests {
    /// Adds a manifest, Apollo's or Relay's.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), OperationsError> {
        let documents = read(file, text)?;
        if documents.is_empty() {
            return Err(OperationsError::Empty(file.into()));
        }
        documents.into_iter().try_for_each(|one| self.insert(file, one))
    }

    fn insert(&mut self, file: &str, one: Persisted) -> Result<(), OperationsError> {
        match self.places.get(&one.id) {
            None => {
                self.places.insert(one.id.clone(), self.documents.len());
                self.documents.push((file.to_owned(), one));
                Ok(())
            }
            Some(place) => {
                let (before, same) = &self.documents[*place];
                match same.text == one.text {
                    true => Ok(()),
                    false => Err(twice(file, one.id, before)),
                }
            }
        }
    }

    /// Refuses what the schema doesn't take: the first document that isn't valid.
    pub fn check(&self, schema: &Sdl) -> Result<(), OperationsError> {
        self.iter().try_for_each(|(file, one)| check(file, one, schema))
    }

    /// Each with the file that it stands in.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Persisted)> {
        self.documents.iter().map(|(file, one)| (file.as_str(), one))
    }
}

fn check(file: &str, one: &Persisted, schema: &Sdl) -> Result<(), OperationsError> {
    let name = format!("{file}: {}", one.label());
    let told = |found| SdlError::first(&name, &found);
    let parsed = Parser::new()
        .recursion_limit(DEEPEST)
        .parse_ast(&one.text, name.as_str());
    let document = parsed.map_err(|found| told(found.errors))?;
    let mut operations = document
        .definitions
        .iter()
        .filter_map(Definition::as_operation_definition);
    if operations.next().is_none() {
        return Err(OperationsError::Empty(name));
    }
    document
        .to_executable_validate(schema.schema())
        .map_err(|found| told(found.errors))?;
    Ok(())
}
