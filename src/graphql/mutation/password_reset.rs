//! A new password for who has forgotten theirs.

use async_graphql::{Context, InputObject, Object};

use crate::graphql::ContextExt;
use crate::graphql::declare::{Declarations, FieldDeclaration, Ty, json};
use crate::service::Password;

use super::Nullable;
use super::answer::answers;
use super::payload::{UserError, settled, user_errors};

/// Who wants a new password.
#[derive(InputObject)]
pub struct RequestPasswordResetInput {
    /// The address of the account; case and blanks around it don't matter.
    email: String,
}

/// A new password, by the token of a mail.
#[derive(InputObject)]
pub struct ResetPasswordInput {
    /// What the mail brought. It is good for 30 minutes, once.
    token: String,
    /// The password to use from now on: 10 to 200 characters.
    new_password: String,
}

/// What a request for a new password answers.
#[derive(Clone)]
pub struct RequestPasswordResetPayload {
    accepted: bool,
    user_errors: Vec<UserError>,
}

/// What the choice of a new password answers.
#[derive(Clone)]
pub struct ResetPasswordPayload {
    changed: bool,
    user_errors: Vec<UserError>,
}

answers! {
    RequestPasswordResetPayload as "RequestPasswordResetPayload",
    ResetPasswordPayload as "ResetPasswordPayload",
}

/// Forgotten passwords.
#[derive(Default)]
pub struct PasswordResetMutation;

#[Object]
impl PasswordResetMutation {
    /// Sends a mail with which a new password can be chosen. The answer is the same whether the address is that of an
    /// account or not. Asked often for one address or from one address, it answers RATE_LIMITED as `login` does.
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: RequestPasswordResetInput,
    ) -> Nullable<RequestPasswordResetPayload> {
        let answer = async {
            let scope = ctx.scope();
            let call = scope
                .services
                .request_password_reset(&input.email, &scope.client.origin);
            let done = settled(call).await?;
            Ok(RequestPasswordResetPayload {
                accepted: done.value.is_some(),
                user_errors: done.errors,
            })
        };
        Some(answer.await)
    }

    /// Gives the person of the token a new password, and ends all their sessions.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token and the new password.")] input: ResetPasswordInput,
    ) -> Nullable<ResetPasswordPayload> {
        let answer = async {
            let scope = ctx.scope();
            let new = Password::new(input.new_password);
            let call = scope.services.reset_password(&input.token, &new, &scope.client.origin);
            let done = settled(call).await?;
            Ok(ResetPasswordPayload {
                changed: done.value.is_some(),
                user_errors: done.errors,
            })
        };
        Some(answer.await)
    }
}

/// Declares the payloads.
pub(super) fn declare(to: &mut Declarations) {
    to.object(
        "RequestPasswordResetPayload",
        "What a request for a new password answers.",
    )
    .field(FieldDeclaration::made(
        "accepted",
        Ty::leaf::<bool>(),
        "Whether a mail is sent, if the address is that of an account.",
        |payload: &RequestPasswordResetPayload, call| json(call, &payload.accepted),
    ))
    .field(user_errors(
        "What is wrong with the input; empty when it was accepted.",
        |payload: &RequestPasswordResetPayload| &payload.user_errors,
    ));
    to.object("ResetPasswordPayload", "What the choice of a new password answers.")
        .field(FieldDeclaration::made(
            "changed",
            Ty::leaf::<bool>(),
            "Whether the new password is the one to sign in with now.",
            |payload: &ResetPasswordPayload, call| json(call, &payload.changed),
        ))
        .field(user_errors(
            "What is wrong with the input; empty when it was done.",
            |payload: &ResetPasswordPayload| &payload.user_errors,
        ));
}
