//! Uploads that go to where files lie by themselves: asked for before, completed after.

use std::task::Poll;

use async_graphql::{Context, ID, InputObject, Object as SchemaObject};

use crate::execute::{Object, Output};
use crate::graphql::declare::{Declarations, FieldDeclaration, Ty, json};
use crate::graphql::{ApiError, ContextExt};
use crate::media::Grant;
use crate::model::{AssetKind, Entity, Kind, Row, Timestamp};
use crate::service::{CompletedUpload, DirectUpload, UploadFields};

use super::Nullable;
use super::answer::answers;
use super::patch::optional_id;
use super::payload::{Settled, UserError, settled, user_errors};

/// What is said of a file before it is sent.
#[derive(InputObject)]
pub struct CreateUploadInput {
    /// What it is for. Rights and limits are those of `uploadAvatar`, `uploadProjectCover`, `uploadOrganizationLogo` and
    /// `attachToTask`.
    kind: AssetKind,
    /// What it is to belong to: the project of a COVER, the task of an ATTACHMENT. An AVATAR is the viewer's own, a LOGO
    /// their organisation's: leave it out.
    target_id: Option<ID>,
    /// What the file is called.
    name: String,
    /// Its media type, which it has to be sent with; null or blank where it isn't known. What the file is is told by its content.
    content_type: Option<String>,
    /// How many bytes it has: exactly as many have to be sent.
    bytes: i64,
    /// The SHA-256 of the whole file in 64 hexadecimal digits, where it is known already: then nothing else is taken. Else
    /// `completeUpload` has to be told.
    sha256: Option<String>,
}

/// Which file is there now.
#[derive(InputObject)]
pub struct CompleteUploadInput {
    /// The id that `createUpload` gave.
    upload_id: ID,
    /// The SHA-256 of the whole file in 64 hexadecimal digits; may be left out if `createUpload` was told.
    sha256: Option<String>,
    /// Of a COVER: the version of the project that the change is meant for. With any other current version nothing is
    /// changed, and the answer is CONFLICT with the current project; the upload can still be completed.
    expected_version: Option<i64>,
}

/// What a request for an upload answers.
#[derive(Clone)]
pub struct CreateUploadPayload {
    upload: Option<DirectUpload>,
    user_errors: Vec<UserError>,
}

/// What the completion of an upload answers.
#[derive(Clone)]
pub struct CompleteUploadPayload {
    asset: Option<Row>,
    target: Option<Row>,
    user_errors: Vec<UserError>,
}

answers! {
    CreateUploadPayload as "CreateUploadPayload",
    CompleteUploadPayload as "CompleteUploadPayload",
}

/// A header of a request.
struct Header {
    name: String,
    value: String,
}

/// Direct uploads.
#[derive(Default)]
pub struct UploadMutation;

#[SchemaObject]
impl UploadMutation {
    /// Asks where a file can be sent to by itself, outside of GraphQL: for large files, and for clients that can't send
    /// multipart requests. Send it by `PUT` to `url` with the `headers`, then call `completeUpload`. Until then nothing
    /// shows it. Who may not upload it, and a file that is over its limit, are refused here.
    async fn create_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: CreateUploadInput,
    ) -> Nullable<CreateUploadPayload> {
        let answer = async {
            let viewer = ctx.viewer()?;
            let target = optional_id("targetId", input.kind.owner(), input.target_id.as_ref())?;
            let fields = UploadFields {
                kind: input.kind,
                target,
                name: input.name,
                content_type: input.content_type,
                bytes: input.bytes,
                sha256: input.sha256,
            };
            let done = settled(ctx.services().create_upload(viewer, &fields)).await?;
            Ok(CreateUploadPayload {
                upload: done.value,
                user_errors: done.errors,
            })
        };
        Some(answer.await)
    }

    /// Puts a file that was sent to the `url` of `createUpload` where it belongs, in place of the one before where there can
    /// be only one. Rights are looked at again; length, SHA-256 and what the file is are told from its content. What is wrong
    /// with it can be mended by sending it again, as long as the upload hasn't expired.
    async fn complete_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which upload.")] input: CompleteUploadInput,
    ) -> Nullable<CompleteUploadPayload> {
        let answer = async {
            let (viewer, services) = (ctx.viewer()?, ctx.services());
            let grant = services.assets().links.unseal(&input.upload_id);
            let grant: Grant = grant.map_err(|_| unknown(&input.upload_id))?;
            let call = services.complete_upload(viewer, &grant, input.sha256.as_deref(), input.expected_version);
            Ok(settled(call).await?.into())
        };
        Some(answer.await)
    }
}

fn unknown(id: &ID) -> ApiError {
    let shown: String = id.chars().take(60).collect();
    ApiError::BadUserInput(format!(
        "uploadId: {shown:?} is not an id that createUpload gave, or not one that is still good; begin with createUpload"
    ))
}

impl From<Settled<CompletedUpload>> for CompleteUploadPayload {
    fn from(settled: Settled<CompletedUpload>) -> CompleteUploadPayload {
        let (asset, target) = settled.value.map(|done| (done.asset, done.target)).unzip();
        CompleteUploadPayload {
            asset: asset.flatten().map(|asset| asset.to_row()),
            // As it was written, or as somebody else has left it.
            target: target.or(settled.current).map(|target| target.to_row()),
            user_errors: settled.errors,
        }
    }
}

/// Declares the payloads and what is in them.
pub(super) fn declare(to: &mut Declarations) {
    to.object("CreateUploadPayload", "What a request for an upload answers.")
        .field(FieldDeclaration::made(
            "upload",
            Ty::of("DirectUpload"),
            "Where the file is sent to; null when it can't be taken.",
            |payload: &CreateUploadPayload, call| {
                let of = call.type_of("DirectUpload");
                let upload = payload.upload.clone();
                Poll::Ready(Ok(
                    upload.map_or(Output::Null, |upload| Output::Object(Object::made(of, upload)))
                ))
            },
        ))
        .field(user_errors(
            "Why such a file can't be taken; empty when it can.",
            |payload: &CreateUploadPayload| &payload.user_errors,
        ));
    declare_upload(to);
    let mut object = to
        .object("CompleteUploadPayload", "What the completion of an upload answers.")
        .field(FieldDeclaration::made(
            "asset",
            Ty::of("Asset"),
            "The file; null when it wasn't taken.",
            |payload: &CompleteUploadPayload, call| {
                let of = call.type_of(Kind::Asset.name());
                Poll::Ready(Ok(Output::row(of, payload.asset.clone())))
            },
        ));
    for (kind, docs) in [
        (Kind::User, "The viewer as they are now, after an AVATAR."),
        (
            Kind::Project,
            "The project as it is now, after a COVER; with a CONFLICT, as somebody else has left it.",
        ),
        (Kind::Organization, "The organisation as it is now, after a LOGO."),
        (Kind::Task, "The task as it is now, after an ATTACHMENT."),
    ] {
        object = object.field(target(kind, docs));
    }
    object.field(user_errors(
        "Why the file wasn't taken; empty when it was. TAKEN: it was before, so there is nothing more to do.",
        |payload: &CompleteUploadPayload| &payload.user_errors,
    ));
}

/// What the file belongs to, where that is of this kind.
fn target(kind: Kind, docs: &str) -> FieldDeclaration {
    FieldDeclaration::made(
        &kind.name().to_lowercase(),
        Ty::of(kind.name()),
        docs,
        move |payload: &CompleteUploadPayload, call| {
            let is_it = |row: &&Row| row.reference().is_some_and(|of| of.kind == kind);
            let row = payload.target.as_ref().filter(is_it).cloned();
            Poll::Ready(Ok(Output::row(call.type_of(kind.name()), row)))
        },
    )
}

fn declare_upload(to: &mut Declarations) {
    to.object("DirectUpload", "Where a file is sent to by itself.")
        .field(FieldDeclaration::made(
            "id",
            Ty::leaf::<ID>(),
            "What `completeUpload` is told. Only who asked for it can complete it.",
            |upload: &DirectUpload, call| json(call, &upload.id),
        ))
        .field(FieldDeclaration::made(
            "url",
            Ty::leaf::<String>(),
            "The address, good for this file only and for whoever has it. One that begins with `/` is of this server.",
            |upload: &DirectUpload, call| json(call, &upload.link.url),
        ))
        .field(FieldDeclaration::made(
            "method",
            Ty::leaf::<String>(),
            "The method of the request: `PUT`, with the file as it is as its body.",
            |_: &DirectUpload, call| json(call, &"PUT".to_owned()),
        ))
        .field(FieldDeclaration::made(
            "headers",
            Ty::of("[UploadHeader!]!"),
            "What the request has to be sent with, besides the `Content-Length` that every client sets by itself.",
            |upload: &DirectUpload, call| {
                let of = call.type_of("UploadHeader");
                let headers = upload.link.headers.iter().map(|(name, value)| {
                    let (name, value) = (name.clone(), value.clone());
                    Some(Object::made(of, Header { name, value }))
                });
                Poll::Ready(Ok(Output::Objects(headers.collect())))
            },
        ))
        .field(FieldDeclaration::made(
            "expiresAt",
            Ty::leaf::<Timestamp>(),
            "Until when sending may begin. What is there by then can be completed for as long again.",
            |upload: &DirectUpload, call| json(call, &upload.expires_at),
        ));
    to.object("UploadHeader", "A header of the request that sends a file.")
        .field(FieldDeclaration::made(
            "name",
            Ty::leaf::<String>(),
            "Its name.",
            |header: &Header, call| json(call, &header.name),
        ))
        .field(FieldDeclaration::made(
            "value",
            Ty::leaf::<String>(),
            "Its value.",
            |header: &Header, call| json(call, &header.value),
        ));
}
