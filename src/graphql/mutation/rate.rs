//! What an hour of somebody is worth.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use crate::graphql::ContextExt;
use crate::graphql::scalar::{MinorUnits, parse_id};
use crate::model::{Kind, Money};
use crate::service::RateFields;

use super::Nullable;
use super::patch::patch;
use super::payload::{UserPayload, settled};

/// An amount of money.
#[derive(InputObject)]
pub struct MoneyInput {
    /// How much, in minor units of the currency: 1050 with `EUR` is 10.50 €.
    amount: MinorUnits,
    /// ISO 4217 code, like `EUR`.
    currency: String,
}

/// What an hour of somebody is to be worth; what is left out stays.
#[derive(InputObject)]
pub struct SetUserRatesInput {
    /// Who.
    user_id: ID,
    /// What it costs the organisation: from 0 to 100 000 000 000 minor units; null for not set.
    hourly_rate: MaybeUndefined<MoneyInput>,
    /// What clients are billed for it: from 0 to 100 000 000 000 minor units; null for not set.
    billing_rate: MaybeUndefined<MoneyInput>,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current person.
    expected_version: Option<i64>,
}

/// What an hour of people is worth.
#[derive(Default)]
pub struct RateMutation;

#[Object]
impl RateMutation {
    /// Sets what an hour of somebody costs, and what clients are billed for it: of anybody, administrators and oneself
    /// too, for rates give no rights. Needs user:update.
    async fn set_user_rates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is worth what.")] input: SetUserRatesInput,
    ) -> Nullable<UserPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("userId", Kind::User, &input.user_id)?;
            let fields = RateFields {
                hourly_rate: patch(input.hourly_rate.map_value(Money::from)),
                billing_rate: patch(input.billing_rate.map_value(Money::from)),
            };
            let services = ctx.services();
            let call = services.set_user_rates(viewer, id, &fields, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}

impl From<MoneyInput> for Money {
    fn from(input: MoneyInput) -> Money {
        Money {
            amount: input.amount.0,
            currency: input.currency,
        }
    }
}
