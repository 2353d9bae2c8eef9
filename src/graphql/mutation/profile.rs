//! The viewer's own record.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};

use crate::graphql::ContextExt;
use crate::service::ProfileFields;

use super::Nullable;
use super::patch::patch;
use super::payload::{UserPayload, settled};

/// What changes of the own record; what is left out stays, and nothing here can be null.
#[derive(InputObject)]
pub struct UpdateProfileInput {
    /// Given name, at most 100 characters.
    first_name: MaybeUndefined<String>,
    /// Family name, at most 100 characters.
    last_name: MaybeUndefined<String>,
    /// IANA name of the time zone, like `Europe/Vienna`.
    timezone: MaybeUndefined<String>,
    /// BCP 47 tag of the language, like `de-AT`.
    language: MaybeUndefined<String>,
    /// ISO 4217 code of the currency, like `EUR`.
    currency: MaybeUndefined<String>,
}

/// The own record.
#[derive(Default)]
pub struct ProfileMutation;

#[Object]
impl ProfileMutation {
    /// Changes the viewer's own record.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateProfileInput,
    ) -> Nullable<UserPayload> {
        let answer = async {
            let fields = ProfileFields {
                first_name: patch(input.first_name),
                last_name: patch(input.last_name),
                timezone: patch(input.timezone),
                language: patch(input.language),
                currency: patch(input.currency),
            };
            let call = ctx.services().update_profile(ctx.viewer()?, &fields);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}
