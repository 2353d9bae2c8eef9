//! An amount of money wherever one stands: whole minor units of a currency, never a fraction.

use super::Embedded;
use super::declare::declare;

// What clients see of it is declared in graphql, whose scalar the amount is.
declare! {
    /// An amount of money.
    #[derive(Eq)]
    pub struct Money {
        /// How much, in minor units of the currency: 1250 with `EUR` is 12.50 €.
        amount: i64 => hidden,
        /// The ISO 4217 code of the currency, like `EUR`.
        currency: String => hidden,
    }
}

impl Embedded for Money {}
