//! Which changes of a type leave everything working: outputs may promise more, inputs may ask for less.

use apollo_compiler::ast::Type;

/// Whether what reads the old type can read the new one.
pub fn is_safe_output(old: &Type, new: &Type) -> bool {
    match (old, new) {
        (Type::Named(old), Type::Named(new) | Type::NonNullNamed(new))
        | (Type::NonNullNamed(old), Type::NonNullNamed(new)) => old == new,
        (Type::List(old), Type::List(new) | Type::NonNullList(new))
        | (Type::NonNullList(old), Type::NonNullList(new)) => is_safe_output(old, new),
        _ => false,
    }
}

/// Whether what is given for the old type can be given for the new one.
pub fn is_safe_input(old: &Type, new: &Type) -> bool {
    match (old, new) {
        (Type::Named(old) | Type::NonNullNamed(old), Type::Named(new))
        | (Type::NonNullNamed(old), Type::NonNullNamed(new)) => old == new,
        (Type::List(old) | Type::NonNullList(old), Type::List(new))
        | (Type::NonNullList(old), Type::NonNullList(new)) => is_safe_input(old, new),
        _ => false,
    }
}
