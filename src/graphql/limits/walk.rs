//! The walk over a document's selections: every fragment is weighed once, so that no winding of fragments costs
//! more than reading the document.

use std::collections::HashMap;
use std::rc::Rc;

use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Value};

use super::LimitError;
use super::sizes::{Shape, Size, Sizes, rows};
use super::weight::Weight;

/// More levels of selections and fragments than any tool makes, few enough for every stack.
const MAX_NESTING: usize = 100;

/// A walk over one document.
pub struct Walk<'d> {
    /// The document.
    pub document: &'d ExecutableDocument,
    /// How many objects stand behind each field.
    pub sizes: &'d Sizes,
    /// How often a field may stand under aliases.
    pub max_aliases: usize,
    /// What the variables stand for.
    pub variables: HashMap<&'d str, &'d Value>,
    /// The fragments weighed so far; `None`: being weighed.
    pub weighed: HashMap<&'d str, Option<Rc<Weight<'d>>>>,
}

impl<'d> Walk<'d> {
    /// Weighs a selection set on objects of type `of`.
    pub fn selection(&mut self, of: &'d str, set: &'d SelectionSet, level: usize) -> Result<Weight<'d>, LimitError> {
        let mut weight = Weight::default();
        if level > MAX_NESTING {
            return Err(LimitError::Nesting { allowed: MAX_NESTING });
        }
        for item in &set.items {
            weight.directives = weight.directives.saturating_add(item.node.directives().len());
            match &item.node {
                Selection::Field(field) => self.field(of, &field.node, level, &mut weight)?,
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let of = condition.map_or(of, |condition| condition.node.on.node.as_str());
                    let below = self.selection(of, &fragment.node.selection_set.node, level + 1)?;
                    weight.add_fragment(&below, self.max_aliases)?;
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.fragment(&spread.node.fragment_name.node, level)?;
                    weight.add_fragment(&fragment, self.max_aliases)?;
                }
            }
        }
        if weight.height > MAX_NESTING {
            return Err(LimitError::Nesting { allowed: MAX_NESTING });
        }
        Ok(weight)
    }

    /// Weighs a fragment, unless it has been; one that isn't defined weighs nothing and is left to validation.
    pub fn fragment(&mut self, name: &'d Name, level: usize) -> Result<Rc<Weight<'d>>, LimitError> {
        match self.weighed.get(name.as_str()) {
            Some(Some(weight)) => return Ok(Rc::clone(weight)),
            Some(None) => return Err(LimitError::Cycle(name.to_string())),
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Rc::default());
        };
        self.weighed.insert(name, None);
        let of = fragment.node.type_condition.node.on.node.as_str();
        let mut weight = self.selection(of, &fragment.node.selection_set.node, level + 1)?;
        weight.directives += fragment.node.directives.len();
        let weight = Rc::new(weight);
        self.weighed.insert(name, Some(Rc::clone(&weight)));
        Ok(weight)
    }

    fn field(&mut self, of: &str, field: &'d Field, level: usize, to: &mut Weight<'d>) -> Result<(), LimitError> {
        let name = field.name.node.as_str();
        if field.alias.is_some() {
            to.add_aliases(name, 1, self.max_aliases)?;
        }
        if field.selection_set.node.items.is_empty() {
            to.add_field(&Weight::default(), 1);
            return Ok(());
        }
        let shape = self.sizes.shape(of, name);
        let below = shape.map_or("", |shape| shape.of.as_str());
        let below = self.selection(below, &field.selection_set.node, level + 1)?;
        to.add_field(&below, self.size(shape, field));
        Ok(())
    }

    fn size(&self, shape: Option<&Shape>, field: &Field) -> u64 {
        match shape.map(|shape| &shape.size) {
            None => 1,
            Some(Size::Fixed(size)) => *size,
            Some(Size::Rows(unless_given)) => {
                let given = ["first", "last", "limit"].into_iter();
                let given = given.filter_map(|argument| self.asked(field, argument));
                given.max().unwrap_or(*unless_given)
            }
            Some(Size::Named(argument)) => self.asked(field, argument).unwrap_or(1),
        }
    }

    /// How many objects an argument asks for: by its number, or by the length of its list.
    fn asked(&self, field: &Field, argument: &str) -> Option<u64> {
        let value = field.get_argument(argument)?.node.clone();
        let length = |name: Name| match self.variables.get(name.as_str()) {
            Some(Value::List(items)) => Ok::<_, ()>(Value::from(items.len())),
            Some(Value::Number(number)) => Ok(Value::Number(number.clone())),
            _ => Ok(Value::Null),
        };
        match value.into_const_with(length).ok()? {
            Value::List(items) => rows(&Value::from(items.len())),
            number => rows(&number),
        }
    }
}
