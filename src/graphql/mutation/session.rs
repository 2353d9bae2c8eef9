//! Signing out: this device, another one, all of them.

use std::time::Duration;

use async_graphql::{Context, ID, InputObject, Object};

use crate::graphql::ContextExt;
use crate::graphql::declare::{Declarations, FieldDeclaration, Ty, json};
use crate::graphql::scalar::parse_id;
use crate::model::{EntityRef, Kind};

use super::Nullable;
use super::answer::answers;
use super::cookie::session_cookie;
use super::payload::{UserError, settled, user_errors};

/// Names a device to sign out.
#[derive(InputObject)]
pub struct RevokeSessionInput {
    /// Which of one's own sessions.
    session_id: ID,
}

/// Which devices to sign out.
#[derive(Default, InputObject)]
pub struct LogoutEverywhereInput {
    /// Whether the one that asks stays signed in.
    #[graphql(default)]
    keep_current: bool,
}

/// What a sign-out answers.
#[derive(Clone)]
pub struct LogoutPayload {
    signed_out: bool,
    user_errors: Vec<UserError>,
}

/// What the sign-out of one device answers.
#[derive(Clone)]
pub struct RevokeSessionPayload {
    revoked: Option<String>,
    user_errors: Vec<UserError>,
}

/// What the sign-out of all devices answers.
#[derive(Clone)]
pub struct LogoutEverywherePayload {
    ended_sessions: i32,
    user_errors: Vec<UserError>,
}

answers! {
    LogoutPayload as "LogoutPayload",
    RevokeSessionPayload as "RevokeSessionPayload",
    LogoutEverywherePayload as "LogoutEverywherePayload",
}

/// Signing out.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Signs out: ends the session of this request and clears its cookie.
    async fn logout(&self, ctx: &Context<'_>) -> Nullable<LogoutPayload> {
        let answer = async {
            let done = settled(ctx.services().logout(ctx.viewer()?)).await?;
            clear_cookie(ctx);
            Ok(LogoutPayload {
                signed_out: done.value.is_some(),
                user_errors: done.errors,
            })
        };
        Some(answer.await)
    }

    /// Signs out one of the viewer's devices, which is refused from its next request on.
    async fn revoke_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: RevokeSessionInput,
    ) -> Nullable<RevokeSessionPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("sessionId", Kind::Session, &input.session_id)?;
            let done = settled(ctx.services().revoke_session(viewer, id)).await?;
            if done.value == Some(viewer.session()) {
                clear_cookie(ctx);
            }
            Ok(RevokeSessionPayload {
                revoked: done.value.map(|id| EntityRef::new(Kind::Session, id).global()),
                user_errors: done.errors,
            })
        };
        Some(answer.await)
    }

    /// Signs out all of the viewer's devices, or all others.
    async fn logout_everywhere(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all unless given.")] input: Option<LogoutEverywhereInput>,
    ) -> Nullable<LogoutEverywherePayload> {
        let answer = async {
            let keeps_current = input.unwrap_or_default().keep_current;
            let call = ctx.services().logout_everywhere(ctx.viewer()?, keeps_current);
            let done = settled(call).await?;
            if !keeps_current {
                clear_cookie(ctx);
            }
            Ok(LogoutEverywherePayload {
                ended_sessions: done.value.map_or(0, |ended| i32::try_from(ended).unwrap_or(i32::MAX)),
                user_errors: done.errors,
            })
        };
        Some(answer.await)
    }
}

/// Declares the payloads.
pub(super) fn declare(to: &mut Declarations) {
    to.object("LogoutPayload", "What a sign-out answers.")
        .field(FieldDeclaration::made(
            "signedOut",
            Ty::leaf::<bool>(),
            "Whether the session has ended.",
            |payload: &LogoutPayload, call| json(call, &payload.signed_out),
        ))
        .field(user_errors(NONE, |payload: &LogoutPayload| &payload.user_errors));
    to.object("RevokeSessionPayload", "What the sign-out of one device answers.")
        .field(FieldDeclaration::made(
            "revokedId",
            Ty::leaf::<Option<ID>>(),
            "The id of the session that has ended.",
            |payload: &RevokeSessionPayload, call| json(call, &payload.revoked),
        ))
        .field(user_errors(NONE, |payload: &RevokeSessionPayload| &payload.user_errors));
    to.object("LogoutEverywherePayload", "What the sign-out of all devices answers.")
        .field(FieldDeclaration::made(
            "endedSessions",
            Ty::leaf::<i32>(),
            "How many sessions have ended.",
            |payload: &LogoutEverywherePayload, call| json(call, &payload.ended_sessions),
        ))
        .field(user_errors(NONE, |payload: &LogoutEverywherePayload| {
            &payload.user_errors
        }));
}

const NONE: &str = "What is wrong with the input; a sign-out has none.";

fn clear_cookie(ctx: &Context<'_>) {
    let cleared = session_cookie("", Duration::ZERO, ctx.scope().client.secure_cookie);
    ctx.append_http_header("set-cookie", cleared);
}
