//! How the viewer wants things shown.

use std::task::Poll;

use async_graphql::{Context, InputObject, MaybeUndefined, Object};

use crate::execute::Output;
use crate::graphql::ContextExt;
use crate::graphql::declare::{Declarations, FieldDeclaration, Ty};
use crate::graphql::object::asking;
use crate::model::{DateFormat, Theme, TimeFormat};
use crate::service::PreferencesFields;

use super::Nullable;
use super::answer::answers;
use super::patch::patch;
use super::payload::{UserError, settled, user_errors};

/// What changes of the own preferences; what is left out stays, and nothing here can be null.
#[derive(InputObject)]
pub struct UpdatePreferencesInput {
    /// The colours of the pages.
    theme: MaybeUndefined<Theme>,
    /// Whether the sidebar is folded.
    sidebar_collapsed: MaybeUndefined<bool>,
    /// How dates are written.
    date_format: MaybeUndefined<DateFormat>,
    /// How times of day are written.
    time_format: MaybeUndefined<TimeFormat>,
}

/// What a change of the own preferences answers.
#[derive(Clone)]
pub struct PreferencesPayload {
    is_done: bool,
    user_errors: Vec<UserError>,
}

answers! {
    PreferencesPayload as "PreferencesPayload",
}

/// The own preferences.
#[derive(Default)]
pub struct PreferencesMutation;

#[Object]
impl PreferencesMutation {
    /// Changes how the viewer wants things shown.
    async fn update_preferences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdatePreferencesInput,
    ) -> Nullable<PreferencesPayload> {
        let answer = async {
            let fields = PreferencesFields {
                theme: patch(input.theme),
                sidebar_collapsed: patch(input.sidebar_collapsed),
                date_format: patch(input.date_format),
                time_format: patch(input.time_format),
            };
            let done = settled(ctx.services().update_preferences(ctx.viewer()?, &fields)).await?;
            Ok(PreferencesPayload {
                is_done: done.value.is_some(),
                user_errors: done.errors,
            })
        };
        Some(answer.await)
    }
}

/// Declares the payload.
pub(super) fn declare(to: &mut Declarations) {
    to.object("PreferencesPayload", "What a change of the own preferences answers.")
        .field(FieldDeclaration::made(
            "viewer",
            Ty::of("Viewer"),
            "Whose they are; null when the input isn't acceptable.",
            |payload: &PreferencesPayload, call| {
                Poll::Ready(Ok(match payload.is_done {
                    true => asking(call),
                    false => Output::Null,
                }))
            },
        ))
        .field(user_errors(
            "What is wrong with the input; empty when it was done.",
            |payload: &PreferencesPayload| &payload.user_errors,
        ));
}
