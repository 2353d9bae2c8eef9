//! Which fields stand under which names in a document. One rule keeps every document valid however its fragments meet: in
//! all of it a name stands for values of one shape, and in one type for one field with the same arguments.

use std::collections::HashMap;

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::arguments::Given;
use super::sdl::{Field, Sdl};

/// Names that are often given, so that fields meet under them.
const ALIASES: [&str; 10] = ["a", "b", "c", "id", "name", "title", "tasks", "user", "status", "_x1"];
/// Names for `__typename`, which no field may have in any type.
const TYPE_NAMES: [&str; 4] = ["__typename", "__typename", "kind", "of"];

/// The names in a document.
#[derive(Default)]
pub struct Names {
    shapes: HashMap<String, String>,
    fields: HashMap<(String, String), (String, Given)>,
    /// Fields that types have from an interface, by the name that they have taken for all types.
    bound: HashMap<String, String>,
    fresh: usize,
}

/// A name, and the arguments of the field that has it already.
pub struct Named {
    pub name: String,
    pub given: Option<Given>,
}

impl Names {
    /// A name for this field of this type.
    pub fn choose(&mut self, dice: &mut StdRng, sdl: &Sdl, of: &str, field: &Field) -> Named {
        let mut candidates = vec![field.name.clone(); if dice.random_bool(0.6) { 1 } else { 0 }];
        candidates.extend((0..3).map(|_| (*ALIASES.choose(dice).unwrap()).to_owned()));
        let fits = candidates.into_iter().find(|name| self.fits(sdl, of, name, field));
        let name = fits.unwrap_or_else(|| {
            self.fresh += 1;
            format!("f{}", self.fresh)
        });
        let known = self.fields.get(&(of.to_owned(), name.clone()));
        let given = known.map(|(_, given)| given.clone());
        self.shapes.insert(name.clone(), field.shape(sdl));
        if sdl.is_of_interface(&field.name) {
            self.bound.insert(name.clone(), field.name.clone());
        }
        Named { name, given }
    }

    /// Holds what stands under a name that was new in its type.
    pub fn take(&mut self, of: &str, name: &str, field: &Field, given: &Given) {
        let field = (field.name.clone(), given.clone());
        self.fields.insert((of.to_owned(), name.to_owned()), field);
    }

    /// `__typename` under some name.
    pub fn type_name(dice: &mut StdRng) -> String {
        match *TYPE_NAMES.choose(dice).unwrap() {
            "__typename" => "__typename".into(),
            alias => format!("{alias}: __typename"),
        }
    }

    fn fits(&self, sdl: &Sdl, of: &str, name: &str, field: &Field) -> bool {
        let is_same = |other: &String| *other == field.name;
        let is_bound = sdl.is_of_interface(&field.name);
        let known = self.fields.get(&(of.to_owned(), name.to_owned()));
        !TYPE_NAMES.contains(&name)
            && self.shapes.get(name).is_none_or(|shape| *shape == field.shape(sdl))
            && known.is_none_or(|(other, _)| is_same(other))
            && match self.bound.get(name) {
                Some(other) => is_same(other),
                None => !is_bound || !self.shapes.contains_key(name),
            }
    }
}
