//! The arguments of fields: declared as structs, whose docs and types are those of the schema.

use std::any::Any;

use async_graphql::registry::Registry;
use async_graphql::{InputType, Value};

use crate::execute::{Arguments, Failure};
use crate::graphql::ApiError;

/// The arguments that a field takes.
pub trait ArgumentSet: Any + Send + Sync + Sized {
    /// What they are; makes their types known to the registry.
    fn declare(registry: &mut Registry) -> Vec<DeclaredArgument>;

    /// Reads them; BAD_USER_INPUT says what a type does not take.
    fn read(arguments: &Arguments) -> Result<Self, Failure>;
}

/// An argument of a field.
#[derive(Clone, Debug)]
pub struct DeclaredArgument {
    /// Its name.
    pub name: String,
    /// What it is.
    pub docs: String,
    /// Its type, as the SDL has it.
    pub ty: String,
    /// What it is when it is left out.
    pub default: Option<Value>,
}

impl DeclaredArgument {
    /// An argument of this type; `field` is its name in the program.
    pub fn new<T: InputType>(registry: &mut Registry, field: &str, docs: &[&str], default: Option<T>) -> Self {
        DeclaredArgument {
            name: camel(field),
            docs: docs.join("\n"),
            ty: T::create_type_info(registry),
            default: default.map(|value| value.to_value()),
        }
    }
}

/// Reads one argument; `field` is its name in the program.
pub fn read<T: InputType>(arguments: &Arguments, field: &str) -> Result<T, Failure> {
    let read = arguments.get(&camel(field));
    read.map_err(|refused| ApiError::BadUserInput(refused).into())
}

/// No arguments.
impl ArgumentSet for () {
    fn declare(_: &mut Registry) -> Vec<DeclaredArgument> {
        Vec::new()
    }

    fn read(_: &Arguments) -> Result<(), Failure> {
        Ok(())
    }
}

/// Those of one, then those of another.
impl<A: ArgumentSet, B: ArgumentSet> ArgumentSet for (A, B) {
    fn declare(registry: &mut Registry) -> Vec<DeclaredArgument> {
        let mut arguments = A::declare(registry);
        arguments.extend(B::declare(registry));
        arguments
    }

    fn read(arguments: &Arguments) -> Result<(A, B), Failure> {
        Ok((A::read(arguments)?, B::read(arguments)?))
    }
}

/// Declares arguments: a struct whose fields are they, each with its description and, after `=`, what it is when it is
/// left out.
macro_rules! arguments {
    (
        $(#[doc = $about:literal])*
        pub struct $Set:ident {
            $( $(#[doc = $doc:literal])+ $field:ident: $type:ty $(= $default:expr)? ),* $(,)?
        }
    ) => {
        $(#[doc = $about])*
        pub struct $Set {
            $( $(#[doc = $doc])+ pub $field: $type, )*
        }

        impl $crate::graphql::declare::ArgumentSet for $Set {
            fn declare(
                registry: &mut async_graphql::registry::Registry,
            ) -> Vec<$crate::graphql::declare::DeclaredArgument> {
                vec![$(
                    $crate::graphql::declare::DeclaredArgument::new::<$type>(
                        registry,
                        stringify!($field),
                        &[$($doc.trim_ascii_start()),+],
                        None $(.or(Some($default)))?,
                    ),
                )*]
            }

            fn read(
                arguments: &$crate::execute::Arguments,
            ) -> Result<$Set, $crate::execute::Failure> {
                Ok($Set { $( $field: $crate::graphql::declare::read(arguments, stringify!($field))?, )* })
            }
        }
    };
}

pub(in crate::graphql) use arguments;

fn camel(field: &str) -> String {
    let mut parts = field.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (initial, rest) = part.split_at(part.len().min(1));
        name + &initial.to_ascii_uppercase() + rest
    })
}
