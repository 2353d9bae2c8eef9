//! Uploads that go to where files lie by themselves: granted before a byte is sent, and completed once the file is there,
//! by what also takes the files that come with a request. Nothing is kept of a grant: its id says all, and names the asset
//! that it will come to, so that no upload comes to two.

use std::sync::Arc;

use crate::media::blob::{Announced, PutLink};
use crate::media::image::Format;
use crate::media::{Grant, StagingError, check_size, safe_name, unhex};
use crate::model::{AnyEntity, Asset, AssetKind, Id, Permission, Task, Timestamp, Viewer};

use super::asset::{check_room, may_exchange_logo, unkept};
use super::check::Check;
use super::{FieldError, ServiceError, Services, UserErrorCode as Code};

/// What somebody wants to upload.
#[derive(Clone, Debug)]
pub struct UploadFields {
    /// What it is for.
    pub kind: AssetKind,
    /// What it is to belong to; may be left out where there is only one.
    pub target: Option<Id>,
    /// What the file is called.
    pub name: String,
    /// Its content type; none where it isn't known.
    pub content_type: Option<String>,
    /// How many bytes it has.
    pub bytes: i64,
    /// Their SHA-256 in hexadecimal digits, if it is known.
    pub sha256: Option<String>,
}

/// An upload that was granted.
#[derive(Clone, Debug)]
pub struct DirectUpload {
    /// What completes it.
    pub id: String,
    /// Where the file is put.
    pub link: PutLink,
    /// Until when.
    pub expires_at: Timestamp,
}

/// What an upload has come to.
#[derive(Clone, Debug)]
pub struct CompletedUpload {
    /// The file; none when it has been taken away again.
    pub asset: Option<Arc<Asset>>,
    /// What it belongs to.
    pub target: AnyEntity,
}

/// The task that a file is to hang on; what takes the place of another always has room.
struct Room(Option<Arc<Task>>);

impl Room {
    fn check(&self) -> Result<(), ServiceError> {
        self.0.as_ref().map_or(Ok(()), |task| check_room(task, 1))
    }
}

/// What is put where nothing is known of it.
const UNKNOWN: &str = "application/octet-stream";
/// Most characters of a content type.
const LONGEST_TYPE: usize = 127;
const FORMATS: [Format; 4] = [Format::Jpeg, Format::Png, Format::WebP, Format::Gif];
/// What some clients call JPEG.
const NEARLY_JPEG: &str = "image/jpg";

impl Services {
    /// Grants an upload to who may do it, if such a file can be taken at all.
    pub async fn create_upload(&self, viewer: &Viewer, fields: &UploadFields) -> Result<DirectUpload, ServiceError> {
        let target = own_target(viewer, fields)?;
        let room = self.may_upload(viewer, fields.kind, target).await?.check();
        room.map_err(|error| at("targetId", error))?;
        let announced = self.announced(fields)?;
        let staged = self.free_place(viewer).await?;
        let now = self.now();
        let expires = now.plus(self.assets.upload_life).millis() / 1_000;
        let grant = Grant {
            asset: Id::generate(now),
            organization: viewer.organization(),
            viewer: viewer.user(),
            kind: fields.kind,
            target,
            name: safe_name(&fields.name),
            announced,
            staged,
            expires: u64::try_from(expires).unwrap_or_default(),
        };
        let link = self.assets.put_link(&grant).await;
        Ok(DirectUpload {
            id: self.assets.links.seal(&grant),
            link: link.map_err(|error| unkept(&error))?,
            expires_at: Timestamp::from_millis(expires * 1_000),
        })
    }

    /// Takes the file that was put for this grant, as if it had come with the request. Whoever it wasn't granted to finds
    /// no such upload; rights are looked at anew.
    pub async fn complete_upload(
        &self,
        viewer: &Viewer,
        grant: &Grant,
        sha256: Option<&str>,
        expected: Option<i64>,
    ) -> Result<CompletedUpload, ServiceError> {
        self.told(self.complete(viewer, grant, sha256, expected).await).await
    }

    async fn complete(
        &self,
        viewer: &Viewer,
        grant: &Grant,
        sha256: Option<&str>,
        expected: Option<i64>,
    ) -> Result<CompletedUpload, ServiceError> {
        if (grant.viewer, grant.organization) != (viewer.user(), viewer.organization()) {
            return Err(ServiceError::NoUpload);
        }
        let room = self.may_upload(viewer, grant.kind, grant.target).await?;
        if self.is_completed(grant).await? {
            return Err(completed());
        }
        let sha256 = announced_hash(grant, sha256)?;
        self.check_time(grant)?;
        room.check().map_err(|error| at("uploadId", error))?;
        let target = match self.take(viewer, grant, sha256, expected).await {
            // Whoever has completed it meanwhile has cleared up, written another version, or taken the last room.
            Err(_) if self.is_completed(grant).await? => return Err(completed()),
            taken => taken.map_err(|error| at("uploadId", error))?,
        };
        if let Err(error) = self.assets.clear_staged(grant).await {
            tracing::warn!(%error, "what was uploaded is left for the next sweep");
        }
        let asset = self.store.get(grant.asset).await?;
        Ok(CompletedUpload { asset, target })
    }

    /// Takes what waits the way that files go which come with a request.
    async fn take(
        &self,
        viewer: &Viewer,
        grant: &Grant,
        sha256: [u8; 32],
        expected: Option<i64>,
    ) -> Result<AnyEntity, ServiceError> {
        let file = self.assets.fetch_staged(grant, sha256).await;
        let file = Arc::new(file.map_err(|error| unstaged(&error))?);
        let (target, one) = (grant.target, Some(&*file));
        match grant.kind {
            AssetKind::Avatar => self.upload_avatar(viewer, one).await.map(AnyEntity::User),
            AssetKind::Cover => self
                .upload_project_cover(viewer, target, expected, one)
                .await
                .map(AnyEntity::Project),
            AssetKind::Logo => self
                .upload_organization_logo(viewer, one)
                .await
                .map(AnyEntity::Organization),
            AssetKind::Attachment => self.attach_to_task(viewer, target, &[file]).await.map(AnyEntity::Task),
        }
    }

    async fn is_completed(&self, grant: &Grant) -> Result<bool, ServiceError> {
        Ok(self.store.get::<Asset>(grant.asset).await?.is_some())
    }

    /// Refuses who may not upload this there; says whether there is room.
    async fn may_upload(&self, viewer: &Viewer, kind: AssetKind, target: Id) -> Result<Room, ServiceError> {
        match kind {
            AssetKind::Avatar => self.me(viewer).await.map(drop)?,
            AssetKind::Cover => {
                let right = Permission::ProjectUpdate;
                self.project_for(viewer, target, right).await.map(drop)?;
            }
            AssetKind::Logo => may_exchange_logo(viewer)?,
            AssetKind::Attachment => {
                let right = Permission::TaskManageAttachments;
                return Ok(Room(Some(self.task_for(viewer, target, right).await?.task)));
            }
        }
        Ok(Room(None))
    }

    /// What is said of the file, if such a one can be taken.
    fn announced(&self, fields: &UploadFields) -> Result<Announced, ServiceError> {
        let mut check = Check::default();
        let content_type = content_type(&mut check, fields);
        let bytes = u64::try_from(fields.bytes).unwrap_or_else(|_| {
            check.fail("bytes", Code::OutOfRange, "is how many bytes the file has: 0 or more");
            0
        });
        if let Err(error) = check_size(bytes, self.assets.limits.of(fields.kind)) {
            check.fail("bytes", Code::OutOfRange, error.to_string());
        }
        let sha256 = fields.sha256.as_ref().and_then(|text| {
            let hash = unhex(text);
            if hash.is_none() {
                check.fail("sha256", Code::Invalid, HASH);
            }
            hash
        });
        check.done()?;
        Ok(Announced {
            content_type,
            bytes,
            sha256,
        })
    }

    /// A file that was put in time may still be completed for as long again.
    fn check_time(&self, grant: &Grant) -> Result<(), ServiceError> {
        let until = grant.expires.saturating_add(self.assets.upload_life.as_secs());
        let now = u64::try_from(self.now().millis() / 1_000).unwrap_or_default();
        if now < until {
            return Ok(());
        }
        let message = "its time is over; begin with createUpload, and complete it in time";
        Err(FieldError::new("uploadId", Code::NotFound, message).into())
    }
}

const HASH: &str = "is the SHA-256 of the whole file in 64 hexadecimal digits";

/// What it is to belong to: of pictures of oneself and of the organisation there is only one.
fn own_target(viewer: &Viewer, fields: &UploadFields) -> Result<Id, ServiceError> {
    let own = match fields.kind {
        AssetKind::Avatar => viewer.user(),
        AssetKind::Logo => viewer.organization(),
        AssetKind::Cover | AssetKind::Attachment => {
            let message = "is needed: the id of the project of a COVER, of the task of an ATTACHMENT";
            let missing = || FieldError::new("targetId", Code::Required, message);
            return Ok(fields.target.ok_or_else(missing)?);
        }
    };
    match fields.target {
        Some(other) if other != own => Err(ServiceError::NotFound(fields.kind.owner())),
        _ => Ok(own),
    }
}

/// One that a header can have, and that isn't refused anyway once the file is there.
fn content_type(check: &mut Check, fields: &UploadFields) -> String {
    let given = fields.content_type.as_deref().unwrap_or_default().trim();
    if given.is_empty() {
        return UNKNOWN.into();
    }
    let is_plain = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    let (kind, subkind) = given.split_once('/').unwrap_or_default();
    let is_type = !kind.is_empty() && !subkind.is_empty() && given.bytes().all(is_plain);
    if !is_type || given.len() > LONGEST_TYPE {
        let message =
            format!("is a media type like image/png, at most {LONGEST_TYPE} plain characters; null if unknown");
        check.fail("contentType", Code::Invalid, message);
    } else if fields.kind != AssetKind::Attachment && !may_be_picture(given) {
        let message = "a picture is a JPEG, PNG, WebP or GIF; convert it into one of them";
        check.fail("contentType", Code::Invalid, message);
    }
    given.to_owned()
}

fn may_be_picture(content_type: &str) -> bool {
    let names = FORMATS.iter().map(|format| format.content_type());
    names
        .chain([NEARLY_JPEG, UNKNOWN])
        .any(|name| name.eq_ignore_ascii_case(content_type))
}

/// The hash that the file must have: as it was said before it was put, or is said now.
fn announced_hash(grant: &Grant, given: Option<&str>) -> Result<[u8; 32], ServiceError> {
    let refused = |code, message: &str| ServiceError::from(FieldError::new("sha256", code, message));
    let given = match given {
        Some(text) => Some(unhex(text).ok_or_else(|| refused(Code::Invalid, HASH))?),
        None => None,
    };
    match (grant.announced.sha256, given) {
        (Some(before), Some(now)) if before != now => {
            Err(refused(Code::Invalid, "is not the one that createUpload was told"))
        }
        (Some(hash), _) | (None, Some(hash)) => Ok(hash),
        (None, None) => Err(refused(Code::Required, "is needed, for createUpload was not told it")),
    }
}

fn unstaged(error: &StagingError) -> ServiceError {
    let (field, code) = match error {
        StagingError::Absent => ("uploadId", Code::NotFound),
        StagingError::Length { .. } => ("uploadId", Code::OutOfRange),
        StagingError::Content { .. } => ("sha256", Code::Invalid),
        StagingError::Blob(error) => return unkept(error),
    };
    FieldError::new(field, code, error.to_string()).into()
}

/// What the second is told who completes an upload.
pub(super) fn completed() -> ServiceError {
    let message = "it is completed already, and the file is where it belongs; there is nothing more to do";
    FieldError::new("uploadId", Code::Taken, message).into()
}

/// What is said of a file of the request is said of this field, which stands for it here.
fn at(field: &str, error: ServiceError) -> ServiceError {
    let ServiceError::Invalid(mut errors) = error else {
        return error;
    };
    for error in &mut errors {
        if error.field.starts_with("file") {
            field.clone_into(&mut error.field);
        }
    }
    ServiceError::Invalid(errors)
}
