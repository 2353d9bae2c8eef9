//! Amounts of money, and what a project may cost.

use async_graphql::SimpleObject;

use crate::model::Budget;

use super::super::cache_control::Inherit;
use super::super::scalar::MinorUnits;

/// An amount of money.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(directive = Inherit::apply())]
pub struct Money {
    /// How much, in minor units of the currency: 1250 with `EUR` is 12.50 €.
    amount: MinorUnits,
    /// The ISO 4217 code of the currency, like `EUR`.
    currency: String,
}

/// What a project may cost and has cost.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Budget", directive = Inherit::apply())]
pub struct BudgetObject {
    /// What may be spent.
    total: Money,
    /// What has been spent.
    spent: Money,
    /// What is left; less than zero when more has been spent than may be.
    remaining: Money,
}

impl From<&Budget> for BudgetObject {
    fn from(budget: &Budget) -> BudgetObject {
        let money = |amount| Money {
            amount: MinorUnits(amount),
            currency: budget.currency.clone(),
        };
        BudgetObject {
            total: money(budget.total),
            spent: money(budget.spent),
            remaining: money(budget.total.saturating_sub(budget.spent)),
        }
    }
}
