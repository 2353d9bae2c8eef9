//! The type of a field: a scalar or enum of the program, or an object by its name.

use async_graphql::OutputType;
use async_graphql::registry::Registry;

use crate::execute::Shape;

/// The type of a field, with its brackets and exclamation marks.
#[derive(Clone)]
pub enum Ty {
    /// A scalar or an enum, or a list of such.
    Leaf(fn(&mut Registry) -> String),
    /// Objects, like `[Task!]`.
    Objects(String),
}

impl Ty {
    /// The scalar or enum that this type of the program is; an `Option` may be null.
    pub fn leaf<T: OutputType>() -> Ty {
        Ty::Leaf(T::create_type_info)
    }

    /// Objects by the name of their type, as the SDL has it: `Task`, `[Task!]!`.
    pub fn of(text: impl Into<String>) -> Ty {
        Ty::Objects(text.into())
    }

    /// As the SDL has it; makes a scalar known to the registry.
    pub fn text(&self, registry: &mut Registry) -> String {
        match self {
            Ty::Leaf(create) => create(registry),
            Ty::Objects(text) => text.clone(),
        }
    }

    /// The name of its objects; `None`: it has none.
    pub fn object(&self) -> Option<&str> {
        match self {
            Ty::Leaf(_) => None,
            Ty::Objects(text) => Some(text.trim_matches(['[', ']', '!'])),
        }
    }
}

/// Where nulls and lists may be in a type as the SDL has it.
pub(super) fn shape(text: &str) -> Shape {
    let nullable = !text.ends_with('!');
    let inner = text.trim_end_matches('!');
    let items = inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    Shape {
        nullable,
        list: items.map(|item| !item.ends_with('!')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_and_lists_are_read_off_the_text() {
        let of = |text| (shape(text).nullable, shape(text).list);
        assert_eq!(of("Task"), (true, None));
        assert_eq!(of("Task!"), (false, None));
        assert_eq!(of("[Task!]"), (true, Some(false)));
        assert_eq!(of("[Task]!"), (false, Some(true)));
    }
}
