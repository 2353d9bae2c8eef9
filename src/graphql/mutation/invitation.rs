//! Asking people to join, and joining.

use async_graphql::{Context, ID, InputObject, Object};

use crate::graphql::ContextExt;
use crate::graphql::scalar::parse_id;
use crate::model::{Kind, Role};
use crate::service::{Acceptance, Password};

use super::Nullable;
use super::identity::{LoginPayload, signed_in};
use super::payload::{DeleteInvitationPayload, InvitationPayload, settled};

/// Who is asked to join.
#[derive(InputObject)]
pub struct InviteUserInput {
    /// The address to write to.
    email: String,
    /// What they will be; nothing that may what one may not oneself.
    role: Role,
}

/// Names an invitation to take back.
#[derive(InputObject)]
pub struct CancelInvitationInput {
    /// Which one.
    invitation_id: ID,
}

/// Who joins.
#[derive(InputObject)]
pub struct AcceptInvitationInput {
    /// What the mail brought. It is good for 7 days, once.
    token: String,
    /// Given name, at most 100 characters.
    first_name: String,
    /// Family name, at most 100 characters.
    last_name: String,
    /// What to sign in with: 10 to 200 characters.
    password: String,
}

/// Invitations.
#[derive(Default)]
pub struct InvitationMutation;

#[Object]
impl InvitationMutation {
    /// Asks somebody to join the organisation, by mail; whatever they were asked before ends. Needs user:invite.
    async fn invite_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, as what.")] input: InviteUserInput,
    ) -> Nullable<InvitationPayload> {
        let answer = async {
            let call = ctx.services().invite_user(ctx.viewer()?, &input.email, input.role);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Takes an invitation back: its mail is good for nothing any more. Needs user:invite.
    async fn cancel_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: CancelInvitationInput,
    ) -> Nullable<DeleteInvitationPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("invitationId", Kind::Invitation, &input.invitation_id)?;
            Ok(settled(ctx.services().cancel_invitation(viewer, id)).await?.into())
        };
        Some(answer.await)
    }

    /// Makes the account that somebody was asked to have, and signs them in.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token, and who joins.")] input: AcceptInvitationInput,
    ) -> Nullable<LoginPayload> {
        let answer = async {
            let scope = ctx.scope();
            let acceptance = Acceptance {
                first_name: input.first_name,
                last_name: input.last_name,
                password: Password::new(input.password),
            };
            let call = scope
                .services
                .accept_invitation(&input.token, &acceptance, &scope.client.origin);
            Ok(signed_in(ctx, settled(call).await?))
        };
        Some(answer.await)
    }
}
