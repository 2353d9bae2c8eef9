//! Signing in, and what one signs in by.

use std::sync::Arc;
use std::task::Poll;

use async_graphql::{Context, InputObject, Object};

use crate::execute::{Object as Shown, Output};
use crate::graphql::declare::{Declarations, FieldDeclaration, Ty, json};
use crate::graphql::{ContextExt, guard};
use crate::model::{Entity, Row, Session, User};
use crate::service::{Password, Token};

use super::Nullable;
use super::answer::answers;
use super::cookie::session_cookie;
use super::payload::{Settled, UserError, settled, user_errors};

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
#[derive(Clone)]
pub struct LoginPayload {
    token: Option<String>,
    user: Option<Row>,
    user_errors: Vec<UserError>,
}

/// What a change of the password answers.
#[derive(Clone)]
pub struct ChangePasswordPayload {
    user: Option<Row>,
    ended_sessions: i32,
    user_errors: Vec<UserError>,
}

answers! {
    LoginPayload as "LoginPayload",
    ChangePasswordPayload as "ChangePasswordPayload",
}

/// Identity.
#[derive(Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Signs in. Whatever is wrong with address or password, the answer is the same UNAUTHENTICATED error. After some of
    /// these for one account or from one address, RATE_LIMITED says in `retryAfter` how many seconds to wait.
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: LoginInput,
    ) -> Nullable<LoginPayload> {
        let answer = async {
            let scope = ctx.scope();
            let password = Password::new(input.password);
            let call = scope
                .services
                .login(&input.email, &password, scope.client.origin.clone());
            Ok(signed_in(ctx, settled(call).await?))
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
            let done = settled(call).await?;
            let (user, ended) = done.value.unzip();
            Ok(ChangePasswordPayload {
                user: user.map(|user| user.to_row()),
                ended_sessions: ended.map_or(0, |ended| i32::try_from(ended).unwrap_or(i32::MAX)),
                user_errors: done.errors,
            })
        };
        Some(answer.await)
    }
}

/// What whoever has just signed in is answered, with the cookie for their browser.
pub(super) fn signed_in(ctx: &Context<'_>, done: Settled<(Token, Arc<User>, Arc<Session>)>) -> LoginPayload {
    let scope = ctx.scope();
    let (token, user) = done.value.map(|(token, user, _)| (token.text(), user)).unzip();
    if let Some(token) = &token {
        let ttl = scope.services.session_policy().ttl;
        ctx.append_http_header("set-cookie", session_cookie(token, ttl, scope.client.secure_cookie));
    }
    LoginPayload {
        token,
        user: user.map(|user| user.to_row()),
        user_errors: done.errors,
    }
}

/// Declares the payloads.
pub(super) fn declare(to: &mut Declarations) {
    to.object("LoginPayload", "What a sign-in answers.")
        .field(FieldDeclaration::made(
            "token",
            Ty::leaf::<Option<String>>(),
            "What to send as `Authorization: Bearer …` from now on. Browsers also get it as the cookie `kanvaro_session`.\n\
             It is shown this once.",
            |payload: &LoginPayload, call| json(call, &payload.token),
        ))
        .field(user("Who signed in.", |payload: &LoginPayload| payload.user.as_ref()))
        .field(user_errors(DONE, |payload: &LoginPayload| &payload.user_errors));
    to.object("ChangePasswordPayload", "What a change of the password answers.")
        .field(user(
            "Whose password it is; null when the input isn't acceptable.",
            |payload: &ChangePasswordPayload| payload.user.as_ref(),
        ))
        .field(FieldDeclaration::made(
            "endedSessions",
            Ty::leaf::<i32>(),
            "How many other sessions have ended.",
            |payload: &ChangePasswordPayload, call| json(call, &payload.ended_sessions),
        ))
        .field(user_errors(DONE, |payload: &ChangePasswordPayload| {
            &payload.user_errors
        }));
}

const DONE: &str = "What is wrong with the input; empty when it was done.";

fn user<P: std::any::Any>(docs: &str, of: fn(&P) -> Option<&Row>) -> FieldDeclaration {
    FieldDeclaration::made("user", Ty::of("User"), docs, move |payload: &P, call| {
        let (of, user) = (call.type_of("User"), of(payload).cloned());
        let object = user.map(|row| Shown::noted(of, row, guard::OWN));
        Poll::Ready(Ok(object.map_or(Output::Null, Output::Object)))
    })
}
