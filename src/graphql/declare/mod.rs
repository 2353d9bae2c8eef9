//! How the schema's types are declared: once each, and of that come the SDL, what validation knows, and the table that
//! operations are executed by. To add a type: a file in `object/` with a function that declares it.

mod argument;
mod declarations;
mod field;
mod register;
mod ty;

pub(super) use argument::arguments;
pub use argument::{ArgumentSet, DeclaredArgument, read};
pub use declarations::{Declarations, ObjectDeclaration};
pub use field::{FieldDeclaration, Resolved, json};
pub use register::register;
pub use ty::Ty;
