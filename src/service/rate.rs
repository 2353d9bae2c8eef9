//! What an hour of somebody costs, and what clients are billed for it. Rates give nobody a right, so the permission is all
//! that is asked: whoever keeps people's records keeps those of administrators too, and their own.

use std::sync::Arc;

use crate::model::{Id, Money, Permission, User, Viewer};

use super::access::expect;
use super::check::{Check, Patch};
use super::custom_role::needs;
use super::{ServiceError, Services};

/// What an hour of a person is to be worth.
#[derive(Clone, Debug, Default)]
pub struct RateFields {
    /// What it costs the organisation.
    pub hourly_rate: Patch<Money>,
    /// What clients are billed for it.
    pub billing_rate: Patch<Money>,
}

impl RateFields {
    fn apply(&self, user: &mut User, check: &mut Check) {
        if let Some(rate) = &self.hourly_rate {
            user.hourly_rate = rate.as_ref().map(|rate| checked("hourlyRate", rate, check));
        }
        if let Some(rate) = &self.billing_rate {
            user.billing_rate = rate.as_ref().map(|rate| checked("billingRate", rate, check));
        }
    }
}

impl Services {
    /// Sets what an hour of somebody is worth.
    pub async fn set_user_rates(
        &self,
        viewer: &Viewer,
        id: Id,
        fields: &RateFields,
        expected: Option<i64>,
    ) -> Result<Arc<User>, ServiceError> {
        self.retried(|| async {
            let before = self.colleague(viewer, id).await?;
            needs(viewer, Permission::UserUpdate)?;
            expect(&before, expected)?;
            let (mut after, mut check) = (User::clone(&before), Check::default());
            fields.apply(&mut after, &mut check);
            check.done()?;
            self.save(&before, after).await
        })
        .await
    }
}

fn checked(field: &str, rate: &Money, check: &mut Check) -> Money {
    check.within(&format!("{field}.amount"), rate.amount, &(0..=User::MOST_RATE));
    Money {
        amount: rate.amount,
        currency: check.currency(&format!("{field}.currency"), &rate.currency),
    }
}
