//! What a project may cost.

use serde::{Deserialize, Serialize};

use super::column::{Column, Face};
use super::declare::{Declared, Embedded, FIRST_SHAPE, shape_with};
use super::{Money, Row, RowBuilder};

/// What a project may cost and has cost, in minor units of its currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// What may be spent.
    pub total: i64,
    /// What has been spent.
    pub spent: i64,
    /// ISO 4217 code.
    pub currency: String,
}

impl Budget {
    /// The slot of what may be spent.
    pub const TOTAL: usize = 0;
    /// The slot of what has been spent.
    pub const SPENT: usize = 1;
    /// The slot of what is left.
    pub const REMAINING: usize = 2;

    /// What is left; less than zero when more has been spent than may be.
    pub fn remaining(&self) -> i64 {
        self.total.saturating_sub(self.spent)
    }

    fn money(&self, amount: i64) -> Money {
        let currency = self.currency.clone();
        Money { amount, currency }
    }
}

/// Clients see three amounts, each an object with the currency of all; so the row has them as they are shown.
impl Declared for Budget {
    const DOCS: &'static [&'static str] = &["What a project may cost and has cost."];
    const COLUMNS: &'static [Column] = &[
        shown("total", &["What may be spent."]),
        shown("spent", &["What has been spent."]),
        shown(
            "remaining",
            &["What is left; less than zero when more has been spent than may be."],
        ),
    ];
    const SHAPE: u32 = shape_with::<Money>(FIRST_SHAPE, "total, spent, remaining");

    fn put_slots(&self, row: &mut RowBuilder) {
        for amount in [self.total, self.spent, self.remaining()] {
            row.put(&self.money(amount));
        }
    }

    fn take_slots(row: &Row) -> Option<Budget> {
        let (total, spent): (Money, Money) = (row.get(Budget::TOTAL)?, row.get(Budget::SPENT)?);
        Some(Budget {
            total: total.amount,
            spent: spent.amount,
            currency: total.currency,
        })
    }
}

impl Embedded for Budget {}

const fn shown(field: &'static str, docs: &'static [&'static str]) -> Column {
    let (given, face) = ("", Face::Embedded);
    Column {
        field,
        given,
        docs,
        face,
        rule: None,
    }
}
