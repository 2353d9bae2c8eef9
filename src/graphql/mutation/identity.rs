//! Signing in and out.

use std::time::Duration;

use async_graphql::{Context, InputObject, Object, SimpleObject};

use crate::graphql::ContextExt;
use crate::graphql::object::{Nullable, UserObject};
use crate::service::Password;

use super::cookie::session_cookie;
use super::payload::{UserError, settled};

/// Who signs in.
#[derive(InputObject)]
pub struct LoginInput {
    /// The address of the account; case and blanks around it don't matter.
    email: String,
    /// Its password.
    password: String,
}

/// A new password.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The one that is valid now.
    current_password: String,
    /// The one to use from now on: 10 to 200 characters.
    new_password: String,
}

/// What a sign-in answers.
#[derive(SimpleObject)]
pub struct LoginPayload {
    /// What to send as `Authorization: Bearer …` from now on. Browsers also get it as the cookie `kanvaro_session`.
    /// It is shown this once.
    token: Option<String>,
    /// Who signed in.
    user: Option<UserObject>,
    /// What is wrong with the input; empty when it was done.
    user_errors: Vec<UserError>,
}

/// What a sign-out answers.
#[derive(SimpleObject)]
pub struct LogoutPayload {
    /// Whether the session has ended.
    signed_out: bool,
    /// What is wrong with the input; a sign-out has none.
    user_errors: Vec<UserError>,
}

/// What a change of the password answers.
#[derive(SimpleObject)]
pub struct ChangePasswordPayload {
    /// Whose password it is; null when the input isn't acceptable.
    user: Option<UserObject>,
    /// How many other sessions have ended.
    ended_sessions: i32,
    /// What is wrong with the input; empty when it was done.
    user_errors: Vec<UserError>,
}

/// Identity.
#[derive(Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Signs in. Whatever is wrong with address or password, the answer is the same UNAUTHENTICATED error.
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: LoginInput,
    ) -> Nullable<LoginPayload> {
        let answer = async {
            let scope = ctx.scope();
            let password = Password::new(input.password);
            let call = scope.services.login(&input.email, &password, &scope.client.user_agent);
            let done = settled(ctx, call).await?;
            let (token, user) = done.value.map(|(token, user, _)| (token.text(), user)).unzip();
            if let Some(token) = &token {
                let ttl = scope.services.session_policy().ttl;
                ctx.append_http_header("set-cookie", session_cookie(token, ttl, scope.client.secure_cookie));
            }
            Ok(LoginPayload {
                token,
                user: user.map(UserObject),
                user_errors: done.errors,
            })
        };
        Some(answer.await)
    }

    /// Signs out: ends the session of this request and clears its cookie.
    async fn logout(&self, ctx: &Context<'_>) -> Nullable<LogoutPayload> {
        let answer = async {
            let scope = ctx.scope();
            let done = settled(ctx, scope.services.logout(ctx.viewer()?)).await?;
            ctx.append_http_header(
                "set-cookie",
                session_cookie("", Duration::ZERO, scope.client.secure_cookie),
            );
            Ok(LogoutPayload {
                signed_out: done.value.is_some(),
                user_errors: done.errors,
            })
        };
        Some(answer.await)
    }

    /// Gives the viewer a new password, and ends all their other sessions.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The current and the new password.")] input: ChangePasswordInput,
    ) -> Nullable<ChangePasswordPayload> {
        let answer = async {
            let (current, new) = (Password::new(input.current_password), Password::new(input.new_password));
            let call = ctx.services().change_password(ctx.viewer()?, &current, &new);
            let done = settled(ctx, call).await?;
            let (user, ended) = done.value.unzip();
            Ok(ChangePasswordPayload {
                user: user.map(UserObject),
                ended_sessions: ended.map_or(0, |ended| i32::try_from(ended).unwrap_or(i32::MAX)),
                user_errors: done.errors,
            })
        };
        Some(answer.await)
    }
}
