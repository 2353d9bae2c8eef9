//! The variables of a document: how they are declared, and what is sent for them each time it is asked.

use async_graphql::parser::types::Type;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::literal::Literal;
use super::values::{Meaning, Values};

/// A place that a variable may stand in.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    pub meaning: Meaning,
    pub ty: &'a Type,
    pub has_default: bool,
}

/// A declared variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Without the dollar.
    pub name: String,
    meaning: Meaning,
    /// Its own type.
    ty: Type,
    default: Option<Literal>,
    /// Whether null may be sent: by its type, and by the places it stands in.
    takes_null: bool,
    /// The places that it fits: their type, and whether they have a default.
    fits: (String, bool),
}

/// What is sent for a variable.
pub enum Sent {
    Nothing,
    Value(Literal),
    /// What it can't be: the request is refused.
    Wrong(Option<Literal>),
}

/// The variables of a document.
#[derive(Default)]
pub struct Variables {
    all: Vec<Variable>,
}

impl Variables {
    /// The number of a variable for this place: one that is there, or a new one.
    pub fn place(&mut self, dice: &mut StdRng, values: Values<'_>, place: &Place<'_>) -> usize {
        let fits = (place.ty.to_string(), place.has_default);
        let known = |variable: &Variable| variable.meaning == place.meaning && variable.fits == fits;
        let known: Vec<usize> = (0..self.all.len()).filter(|at| known(&self.all[*at])).collect();
        match known.choose(dice) {
            Some(known) if dice.random_bool(0.5) => *known,
            _ => {
                let variable = self.declare(dice, values, place, fits);
                self.all.push(variable);
                self.all.len() - 1
            }
        }
    }

    fn declare(&self, dice: &mut StdRng, values: Values<'_>, place: &Place<'_>, fits: (String, bool)) -> Variable {
        let default = dice
            .random_bool(0.35)
            .then(|| values.value(dice, &place.meaning, place.ty));
        let may_be_nullable = place.ty.nullable || place.has_default || default.is_some();
        let nullable = may_be_nullable && dice.random_bool(0.8);
        let default = match default {
            Some(_) if nullable && place.ty.nullable && dice.random_bool(0.1) => Some(Literal::Null),
            other => other,
        };
        Variable {
            name: format!("v{}", self.all.len()),
            meaning: place.meaning.clone(),
            ty: Type {
                base: place.ty.base.clone(),
                nullable,
            },
            default,
            takes_null: nullable && place.ty.nullable,
            fits,
        }
    }

    /// The variable of this number.
    pub fn get(&self, number: usize) -> &Variable {
        &self.all[number]
    }
}

impl Variable {
    /// Whether it can be the condition of a directive.
    pub fn is_flag(&self) -> bool {
        self.fits == ("Boolean!".to_owned(), false)
    }

    /// Its declaration.
    pub fn text(&self) -> String {
        let default = self.default.as_ref().map(|default| format!(" = {}", default.text()));
        format!("${}: {}{}", self.name, self.ty, default.unwrap_or_default())
    }

    /// What to send for it this time.
    pub fn draw(&self, dice: &mut StdRng, values: Values<'_>) -> Sent {
        let may_be_absent = self.ty.nullable || self.default.is_some();
        match dice.random_range(0..1_000) {
            0..4 => Sent::Wrong(Some(values.wrong(dice, &self.meaning))),
            4..6 if !may_be_absent => Sent::Wrong(None),
            6..8 if !self.ty.nullable => Sent::Wrong(Some(Literal::Null)),
            8..230 if may_be_absent => Sent::Nothing,
            230..330 if self.takes_null => Sent::Value(Literal::Null),
            _ => Sent::Value(values.value(dice, &self.meaning, &self.ty)),
        }
    }
}
