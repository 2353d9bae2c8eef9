//! The viewer's organisation.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};

use crate::graphql::ContextExt;
use crate::service::OrganizationFields;

use super::Nullable;
use super::patch::patch;
use super::payload::{OrganizationPayload, settled};

/// What changes of the organisation; what is left out stays.
#[derive(InputObject)]
pub struct UpdateOrganizationInput {
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current organisation.
    expected_version: Option<i64>,
    /// What it is called: 1 to 200 characters; can't be null.
    name: MaybeUndefined<String>,
    /// Its internet domain, like `example.com`; null for none.
    domain: MaybeUndefined<String>,
    /// IANA name of its time zone, like `Europe/Vienna`; can't be null. New people begin with it.
    timezone: MaybeUndefined<String>,
    /// ISO 4217 code of its currency, like `EUR`; can't be null.
    currency: MaybeUndefined<String>,
    /// BCP 47 tag of its language, like `de-AT`; can't be null.
    language: MaybeUndefined<String>,
}

/// The viewer's organisation.
#[derive(Default)]
pub struct OrganizationMutation;

#[Object]
impl OrganizationMutation {
    /// Changes the viewer's organisation. Needs organization:update.
    async fn update_organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateOrganizationInput,
    ) -> Nullable<OrganizationPayload> {
        let answer = async {
            let fields = OrganizationFields {
                name: patch(input.name),
                domain: patch(input.domain),
                timezone: patch(input.timezone),
                currency: patch(input.currency),
                language: patch(input.language),
            };
            let services = ctx.services();
            let call = services.update_organization(ctx.viewer()?, &fields, input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}
