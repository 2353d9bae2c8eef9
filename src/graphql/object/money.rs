//! Amounts of money as clients see them.

use crate::execute::Resolve;
use crate::graphql::cache_control::Inherit;
use crate::graphql::declare::{Declarations, FieldDeclaration, Ty};
use crate::graphql::scalar::MinorUnits;
use crate::model::Money;

/// Declares them.
pub fn declare(to: &mut Declarations) {
    to.object("Money", "An amount of money.")
        .hint(Inherit::apply())
        .field(FieldDeclaration::slot(
            "amount",
            Ty::leaf::<MinorUnits>(),
            "How much, in minor units of the currency: 1250 with `EUR` is 12.50 €.",
            Resolve::Slot(Money::SLOTS.amount),
        ))
        .field(FieldDeclaration::slot(
            "currency",
            Ty::leaf::<String>(),
            "The ISO 4217 code of the currency, like `EUR`.",
            Resolve::Slot(Money::SLOTS.currency),
        ));
}
