//! Uploads: pictures of people, projects and organisations, and files that hang on tasks.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use crate::graphql::scalar::parse_id;
use crate::graphql::{ApiError, ContextExt, Upload};
use crate::media::UploadedFile;
use crate::model::Kind;
use crate::service::{FieldError, ServiceError, UserErrorCode};

use super::Nullable;
use super::payload::{OrganizationPayload, ProjectPayload, TaskPayload, UserPayload, settled};

/// The viewer's new picture.
#[derive(InputObject)]
pub struct UploadAvatarInput {
    /// A JPEG, PNG, WebP or GIF, of at most 2 MB unless the server is configured otherwise; null takes the present one away.
    file: MaybeUndefined<Upload>,
}

/// A project's new picture.
#[derive(InputObject)]
pub struct UploadProjectCoverInput {
    /// Which project.
    project_id: ID,
    /// A JPEG, PNG, WebP or GIF, of at most 10 MB unless the server is configured otherwise; null takes the present one away.
    file: MaybeUndefined<Upload>,
    /// The version that the change is meant for: with any other current version nothing is changed, and the answer is
    /// CONFLICT with the current project.
    expected_version: Option<i64>,
}

/// The organisation's new picture.
#[derive(InputObject)]
pub struct UploadOrganizationLogoInput {
    /// A JPEG, PNG, WebP or GIF, of at most 5 MB unless the server is configured otherwise; null takes the present one away.
    file: MaybeUndefined<Upload>,
}

/// Files for a task.
#[derive(InputObject)]
pub struct AttachToTaskInput {
    /// Which task.
    task_id: ID,
    /// Of at most 25 MB each unless the server is configured otherwise. Programs are refused; pictures stay as they are, with
    /// all that they say of where they were taken.
    files: Vec<Upload>,
}

/// Names a file to take off a task.
#[derive(InputObject)]
pub struct DetachFromTaskInput {
    /// Which task.
    task_id: ID,
    /// The id of an `Asset` among its attachments.
    asset_id: ID,
}

/// Uploads.
#[derive(Default)]
pub struct AssetMutation;

#[Object]
impl AssetMutation {
    /// Gives the viewer a picture, in place of the one that they have.
    async fn upload_avatar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The picture.")] input: UploadAvatarInput,
    ) -> Nullable<UserPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let file = given(ctx, &input.file)?;
            let call = async { ctx.services().upload_avatar(viewer, file?.as_deref()).await };
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Gives a project a picture, in place of the one that it has. Needs project:update.
    async fn upload_project_cover(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The picture.")] input: UploadProjectCoverInput,
    ) -> Nullable<ProjectPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("projectId", Kind::Project, &input.project_id)?;
            let (file, services) = (given(ctx, &input.file)?, ctx.services());
            let call = async {
                services
                    .upload_project_cover(viewer, id, input.expected_version, file?.as_deref())
                    .await
            };
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Gives the organisation a picture, in place of the one that it has. Needs organization:update.
    async fn upload_organization_logo(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The picture.")] input: UploadOrganizationLogoInput,
    ) -> Nullable<OrganizationPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let file = given(ctx, &input.file)?;
            let call = async { ctx.services().upload_organization_logo(viewer, file?.as_deref()).await };
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Hangs files on a task, behind those that it has: all of them or none; at most 50 hang on one. Needs
    /// task:manage_attachments.
    async fn attach_to_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The files.")] input: AttachToTaskInput,
    ) -> Nullable<TaskPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("taskId", Kind::Task, &input.task_id)?;
            let files = input.files.iter().map(|file| file.of(ctx.scope()));
            let files: Vec<Arc<UploadedFile>> = files.collect::<Result<_, ApiError>>()?;
            let services = ctx.services();
            let call = services.attach_to_task(viewer, id, &files);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }

    /// Takes a file off a task, for good. Needs task:manage_attachments.
    async fn detach_from_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which file.")] input: DetachFromTaskInput,
    ) -> Nullable<TaskPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let id = parse_id("taskId", Kind::Task, &input.task_id)?;
            let asset = parse_id("assetId", Kind::Asset, &input.asset_id)?;
            let services = ctx.services();
            let call = services.detach_from_task(viewer, id, asset);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}

type Given = Result<Option<Arc<UploadedFile>>, ServiceError>;

/// The file of a field that has to be there, if only as null: who merely forgets it shall not lose a picture.
fn given(ctx: &Context<'_>, file: &MaybeUndefined<Upload>) -> Result<Given, ApiError> {
    Ok(match file {
        MaybeUndefined::Undefined => {
            let why = "is needed; null takes the present picture away";
            Err(FieldError::new("file", UserErrorCode::Required, why).into())
        }
        MaybeUndefined::Null => Ok(None),
        MaybeUndefined::Value(file) => Ok(Some(file.of(ctx.scope())?)),
    })
}
