//! What people upload: pictures of themselves, of projects and of the organisation, and files for tasks. Whoever may not is
//! refused before anything is made of the file; the entity is written with what it belongs to, in one step.

use std::sync::Arc;

use futures_util::future::try_join_all;

use crate::media::blob::BlobError;
use crate::media::image::ImageError;
use crate::media::{IntakeError, Taken, UploadedFile};
use crate::model::{Asset, AssetKind, Change, Entity, Id, Kind, Organization, Permission, Project, Task, User, Viewer};

use super::access::{TaskInProject, any, expect};
use super::upload::completed;
use super::{FieldError, ServiceError, Services, UserErrorCode as Code};

/// The most files that hang on a task.
const MOST_ATTACHMENTS: usize = 50;

impl Services {
    /// Gives the viewer this picture; none takes the one away that they have.
    pub async fn upload_avatar(&self, viewer: &Viewer, file: Option<&UploadedFile>) -> Result<Arc<User>, ServiceError> {
        self.me(viewer).await?;
        let picture = self.picture(viewer, AssetKind::Avatar, viewer.user(), file).await?;
        self.retried(|| async {
            let me = self.me(viewer).await?;
            self.exchange(me, |user| &mut user.avatar, picture.as_ref()).await
        })
        .await
    }

    /// Gives a project this picture; none takes the one away that it has.
    pub async fn upload_project_cover(
        &self,
        viewer: &Viewer,
        id: Id,
        expected: Option<i64>,
        file: Option<&UploadedFile>,
    ) -> Result<Arc<Project>, ServiceError> {
        let project = || async {
            let project = self.project_for(viewer, id, Permission::ProjectUpdate).await?;
            expect(&project, expected)?;
            Ok::<_, ServiceError>(project)
        };
        self.told(project().await).await?;
        let picture = self.picture(viewer, AssetKind::Cover, id, file).await?;
        self.retried(|| async {
            let project = project().await?;
            self.exchange(project, |project| &mut project.cover, picture.as_ref())
                .await
        })
        .await
    }

    /// Gives the viewer's organisation this picture; none takes the one away that it has.
    pub async fn upload_organization_logo(
        &self,
        viewer: &Viewer,
        file: Option<&UploadedFile>,
    ) -> Result<Arc<Organization>, ServiceError> {
        may_exchange_logo(viewer)?;
        let id = viewer.organization();
        let picture = self.picture(viewer, AssetKind::Logo, id, file).await?;
        self.retried(|| async {
            let own: Option<Arc<Organization>> = self.store.get(id).await?;
            let own = own.ok_or(ServiceError::NotFound(Kind::Organization))?;
            self.exchange(own, |organization| &mut organization.logo, picture.as_ref())
                .await
        })
        .await
    }

    /// Hangs files on a task, behind those that it has: all of them or none.
    pub async fn attach_to_task(
        &self,
        viewer: &Viewer,
        id: Id,
        files: &[Arc<UploadedFile>],
    ) -> Result<Arc<Task>, ServiceError> {
        let task = async || self.task_for(viewer, id, Permission::TaskManageAttachments).await;
        let room = task().await.and_then(|found| check_room(&found.task, files.len()));
        self.told(room).await?;
        let limit = self.assets.limits.of(AssetKind::Attachment);
        let taken = files.iter().enumerate().map(|(at, file)| async move {
            let taken = self.assets.take_file(file, limit).await;
            taken.map_err(|error| refused(&format!("files.{at}"), error))
        });
        let taken = try_join_all(taken).await?;
        let assets = taken.into_iter().zip(files);
        let assets: Vec<Asset> = assets
            .map(|(taken, file)| self.asset(viewer, AssetKind::Attachment, id, file, taken))
            .collect();
        self.retried(|| async {
            let TaskInProject { task, .. } = task().await?;
            if assets.iter().any(|asset| task.attachments.contains(&asset.id)) {
                return Err(completed());
            }
            check_room(&task, files.len())?;
            let mut after = Task::clone(&task);
            after.attachments.extend(assets.iter().map(|asset| asset.id));
            let (change, after) = self.store.updating(&task, after);
            // The project that it is in now: it may have been moved while the files came in.
            let project = Some(task.project);
            let mut changes: Vec<Change> = assets
                .iter()
                .map(|asset| Asset {
                    project,
                    ..asset.clone()
                })
                .map(|asset| self.store.inserting(asset).0)
                .collect();
            changes.push(change);
            self.store.write(changes).await?;
            Ok(after)
        })
        .await
    }

    /// Takes a file away that hangs on a task.
    pub async fn detach_from_task(&self, viewer: &Viewer, id: Id, asset: Id) -> Result<Arc<Task>, ServiceError> {
        self.retried(|| async {
            let TaskInProject { task, .. } = self.task_for(viewer, id, Permission::TaskManageAttachments).await?;
            if !task.attachments.contains(&asset) {
                return Err(ServiceError::NotFound(Kind::Asset));
            }
            let mut after = Task::clone(&task);
            after.attachments.retain(|attached| *attached != asset);
            let (change, after) = self.store.updating(&task, after);
            let mut changes = self.removal(asset).await?;
            changes.push(change);
            self.store.write(changes).await?;
            Ok(after)
        })
        .await
    }

    /// Puts a picture, or none, where `slot` says in an entity: the one that was there goes in the same step.
    async fn exchange<E: Entity + Clone + PartialEq>(
        &self,
        before: Arc<E>,
        slot: impl Fn(&mut E) -> &mut Option<Id>,
        picture: Option<&Asset>,
    ) -> Result<Arc<E>, ServiceError> {
        let mut after = E::clone(&before);
        let new = picture.map(|asset| asset.id);
        let old = std::mem::replace(slot(&mut after), new);
        if new.is_some() && old == new {
            return Err(completed());
        }
        if *before == after {
            return self.unchanged(before).await;
        }
        let (change, after) = self.store.updating(&before, after);
        let mut changes = match old {
            Some(old) => self.removal(old).await?,
            None => Vec::new(),
        };
        changes.extend(picture.map(|asset| self.store.inserting(asset.clone()).0));
        changes.push(change);
        self.store.write(changes).await?;
        Ok(after)
    }

    /// What removes an asset, if it is there.
    async fn removal(&self, id: Id) -> Result<Vec<Change>, ServiceError> {
        let found: Option<Arc<Asset>> = self.store.get(id).await?;
        Ok(found.iter().map(|asset| Change::Remove(any(asset))).collect())
    }

    /// What is kept of an uploaded picture, not written yet.
    async fn picture(
        &self,
        viewer: &Viewer,
        kind: AssetKind,
        owner: Id,
        file: Option<&UploadedFile>,
    ) -> Result<Option<Asset>, ServiceError> {
        let Some(file) = file else { return Ok(None) };
        let limit = self.assets.limits.of(kind);
        let taken = self.assets.take_picture(file, limit).await;
        let taken = taken.map_err(|error| refused("file", error))?;
        let asset = self.asset(viewer, kind, owner, file, taken);
        let project = (kind == AssetKind::Cover).then_some(owner);
        Ok(Some(Asset { project, ..asset }))
    }

    fn asset(&self, viewer: &Viewer, kind: AssetKind, owner: Id, file: &UploadedFile, taken: Taken) -> Asset {
        let now = self.now();
        let mut asset = Asset {
            id: file.promised.unwrap_or_else(|| Id::generate(now)),
            organization: viewer.organization(),
            version: 0,
            kind,
            owner,
            project: None,
            name: file.name.clone(),
            content_type: taken.content_type.into(),
            bytes: i64::try_from(file.bytes).unwrap_or(i64::MAX),
            uploaded_by: viewer.user(),
            picture: taken.picture,
            file: taken.file,
            sha256: taken.sha256,
            keys: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        asset.refresh();
        asset
    }
}

/// Refuses who may not change the organisation's picture.
pub(super) fn may_exchange_logo(viewer: &Viewer) -> Result<(), ServiceError> {
    match viewer.has(Permission::OrganizationUpdate) {
        true => Ok(()),
        false => Err(ServiceError::Forbidden(Permission::OrganizationUpdate)),
    }
}

/// Refuses unless so many more may hang on the task.
pub(super) fn check_room(task: &Task, more: usize) -> Result<(), ServiceError> {
    let count = task.attachments.len() + more;
    if more == 0 {
        return Err(FieldError::new("files", Code::Required, "has no file").into());
    }
    if count > MOST_ATTACHMENTS {
        let message = format!(
            "there would be {count} on the task, and at most {MOST_ATTACHMENTS} hang on one; detach some first"
        );
        return Err(FieldError::new("files", Code::TooLong, message).into());
    }
    Ok(())
}

const AWAY: &str = "the file can't be kept at the moment";

/// What is said where files can't be reached.
pub(super) fn unkept(error: &BlobError) -> ServiceError {
    tracing::warn!(%error, "an upload can't be taken");
    ServiceError::Assets(AWAY.into())
}

/// What its sender is told of a file that was not taken.
fn refused(field: &str, error: IntakeError) -> ServiceError {
    if error.is_passing() {
        tracing::warn!(%error, "an upload can't be taken");
        return ServiceError::Assets(match error {
            IntakeError::Image(busy @ ImageError::Busy { .. }) => busy.to_string(),
            _ => AWAY.into(),
        });
    }
    let is_too_large = matches!(
        error,
        IntakeError::TooLarge { .. }
            | IntakeError::Image(
                ImageError::TooManyBytes { .. } | ImageError::TooManyPixels { .. } | ImageError::TooMuchWork { .. }
            )
    );
    let code = if is_too_large { Code::OutOfRange } else { Code::Invalid };
    FieldError::new(field, code, error.to_string()).into()
}
