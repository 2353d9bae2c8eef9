//! What a selection asks for, summed up over everything below it.

use std::collections::HashMap;

use super::LimitError;

/// The sums of a selection set with its fragments resolved.
#[derive(Clone, Debug, Default)]
pub struct Weight<'d> {
    /// What its fields cost.
    pub cost: u64,
    /// How many levels of fields it has.
    pub depth: usize,
    /// How many directives stand in it.
    pub directives: usize,
    /// How many levels of selections and fragments it has.
    pub height: usize,
    /// How often each field stands under an alias, on the first level.
    pub aliases: HashMap<&'d str, usize>,
}

impl<'d> Weight<'d> {
    /// Adds a field whose selection weighs `below`, in a list of `size`.
    pub fn add_field(&mut self, below: &Weight<'d>, size: u64) {
        self.cost = self
            .cost
            .saturating_add(below.cost.saturating_mul(size).saturating_add(1));
        self.depth = self.depth.max(below.depth + 1);
        self.add_level(below);
    }

    /// Adds what a fragment selects on the same level.
    pub fn add_fragment(&mut self, fragment: &Weight<'d>, allowed: usize) -> Result<(), LimitError> {
        self.cost = self.cost.saturating_add(fragment.cost);
        self.depth = self.depth.max(fragment.depth);
        self.add_level(fragment);
        let mut aliases = fragment.aliases.iter();
        aliases.try_for_each(|(field, count)| self.add_aliases(field, *count, allowed))
    }

    /// Adds so many aliases of one field.
    pub fn add_aliases(&mut self, field: &'d str, count: usize, allowed: usize) -> Result<(), LimitError> {
        let all = self.aliases.entry(field).or_default();
        *all += count;
        if *all <= allowed {
            return Ok(());
        }
        let field = field.to_owned();
        Err(LimitError::Aliases { field, allowed })
    }

    fn add_level(&mut self, below: &Weight<'d>) {
        self.directives = self.directives.saturating_add(below.directives);
        self.height = self.height.max(below.height + 1);
    }
}
