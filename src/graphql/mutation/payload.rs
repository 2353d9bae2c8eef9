//! What mutations answer: the changed object, or what the sender can mend.

use std::marker::PhantomData;
use std::sync::Arc;
use std::task::Poll;

use async_graphql::resolver_utils::EnumType;

use crate::execute::{Call, Object, Output};
use crate::graphql::ApiError;
use crate::graphql::declare::{Declarations, FieldDeclaration, Ty, json};
use crate::model::{
    AnyEntity, Comment, CustomRole, Entity, EntityRef, Id, Invitation, Kind, Organization, Project, Row, Task, User,
};
use crate::service::{FieldError, ServiceError, UserErrorCode};

use super::answer::answers;

/// Something about the input that its sender can mend.
#[derive(Clone)]
pub struct UserError {
    field: String,
    code: UserErrorCode,
    message: String,
}

/// What a change of an entity answers.
#[derive(Clone)]
pub struct Changed<E> {
    /// It as it is now.
    entity: Option<Row>,
    user_errors: Vec<UserError>,
    of: PhantomData<E>,
}

/// What the removal of an entity answers.
#[derive(Clone)]
pub struct Deleted<E> {
    /// What is gone.
    deleted: Option<EntityRef>,
    /// With a conflict, it as somebody else has left it.
    current: Option<Row>,
    user_errors: Vec<UserError>,
    of: PhantomData<E>,
}

/// What a change of a project answers.
pub type ProjectPayload = Changed<Project>;
/// What a change of a task answers.
pub type TaskPayload = Changed<Task>;
/// What a change of a comment answers.
pub type CommentPayload = Changed<Comment>;
/// What a change of a person answers.
pub type UserPayload = Changed<User>;
/// What a change of an organisation answers.
pub type OrganizationPayload = Changed<Organization>;
/// What an invitation answers.
pub type InvitationPayload = Changed<Invitation>;
/// What the end of an invitation answers.
pub type DeleteInvitationPayload = Deleted<Invitation>;
/// What a change of a custom role answers.
pub type CustomRolePayload = Changed<CustomRole>;
/// What the removal of a project answers.
pub type DeleteProjectPayload = Deleted<Project>;
/// What the removal of a task answers.
pub type DeleteTaskPayload = Deleted<Task>;
/// What the removal of a comment answers.
pub type DeleteCommentPayload = Deleted<Comment>;
/// What the removal of a custom role answers.
pub type DeleteCustomRolePayload = Deleted<CustomRole>;

answers! {
    Changed<Project> as "ProjectPayload",
    Changed<Task> as "TaskPayload",
    Changed<Comment> as "CommentPayload",
    Changed<User> as "UserPayload",
    Changed<Organization> as "OrganizationPayload",
    Changed<Invitation> as "InvitationPayload",
    Deleted<Invitation> as "DeleteInvitationPayload",
    Changed<CustomRole> as "CustomRolePayload",
    Deleted<Project> as "DeleteProjectPayload",
    Deleted<Task> as "DeleteTaskPayload",
    Deleted<Comment> as "DeleteCommentPayload",
    Deleted<CustomRole> as "DeleteCustomRolePayload",
}

/// How a service call ended that the sender can live with.
pub(super) struct Settled<T> {
    /// What was done.
    pub(super) value: Option<T>,
    /// After a conflict, the object as it is.
    pub(super) current: Option<AnyEntity>,
    /// What the sender can mend.
    pub(super) errors: Vec<UserError>,
}

/// Waits for a service call, and sorts refusals into those that the sender can mend and errors.
pub(super) async fn settled<T>(call: impl Future<Output = Result<T, ServiceError>>) -> Result<Settled<T>, ApiError> {
    match call.await {
        Ok(value) => Ok(Settled::new(Some(value), None, Vec::new())),
        Err(ServiceError::Invalid(errors)) => Ok(Settled::new(
            None,
            None,
            errors.into_iter().map(UserError::from).collect(),
        )),
        Err(ServiceError::Conflict(current)) => Ok(Settled::new(None, Some(current), vec![UserError::conflict()])),
        Err(error) => Err(error.into()),
    }
}

impl<T> Settled<T> {
    fn new(value: Option<T>, current: Option<AnyEntity>, errors: Vec<UserError>) -> Settled<T> {
        Settled { value, current, errors }
    }
}

impl UserError {
    fn conflict() -> UserError {
        UserError {
            field: "expectedVersion".into(),
            code: UserErrorCode::Conflict,
            message: "somebody else has changed it since; the payload has it as it is now".into(),
        }
    }

    /// Them, as what a field comes to.
    pub(super) fn output(errors: &[UserError], call: &Call<'_>) -> Output {
        let of = call.type_of("UserError");
        Output::Objects(
            errors
                .iter()
                .map(|error| Some(Object::made(of, error.clone())))
                .collect(),
        )
    }
}

impl From<FieldError> for UserError {
    fn from(error: FieldError) -> UserError {
        UserError {
            field: error.field,
            code: error.code,
            message: error.message,
        }
    }
}

impl<E: Entity> From<Settled<Arc<E>>> for Changed<E> {
    fn from(settled: Settled<Arc<E>>) -> Changed<E> {
        let written = settled.value.map(|entity| entity.to_row());
        Changed {
            // As it was written, or as somebody else has left it.
            entity: written.or_else(|| settled.current.map(|current| current.to_row())),
            user_errors: settled.errors,
            of: PhantomData,
        }
    }
}

impl<E: Entity> From<Settled<Id>> for Deleted<E> {
    fn from(settled: Settled<Id>) -> Deleted<E> {
        Deleted {
            deleted: settled.value.map(|id| EntityRef::new(E::KIND, id)),
            current: settled.current.map(|current| current.to_row()),
            user_errors: settled.errors,
            of: PhantomData,
        }
    }
}

/// Declares them.
pub(super) fn declare(to: &mut Declarations) {
    declare_user_error(to);
    changed::<Project>(
        to,
        "What a change of a project answers.",
        "The project as it is now; with a CONFLICT, as somebody else has left it; null when the input isn't acceptable.",
    );
    changed::<Task>(
        to,
        "What a change of a task answers.",
        "The task as it is now; with a CONFLICT, as somebody else has left it; null when the input isn't acceptable.",
    );
    changed::<Comment>(
        to,
        "What a change of a comment answers.",
        "The comment as it is now; null when the input isn't acceptable.",
    );
    changed::<User>(
        to,
        "What a change of a person answers.",
        "The person as they are now; with a CONFLICT, as somebody else has left them; null when the input isn't acceptable.",
    );
    changed::<Organization>(
        to,
        "What a change of the organisation answers.",
        "The organisation as it is now; with a CONFLICT, as somebody else has left it; null when the input isn't acceptable.",
    );
    changed::<CustomRole>(
        to,
        "What a change of a custom role answers.",
        "The custom role as it is now; with a CONFLICT, as somebody else has left it; null when the input isn't acceptable.",
    );
    changed::<Invitation>(
        to,
        "What an invitation answers.",
        "Who was asked; null when the input isn't acceptable.",
    );
    deleted::<Invitation>(to, None);
    deleted::<Project>(to, Some("With a CONFLICT, the project as somebody else has left it."));
    deleted::<Task>(to, Some("With a CONFLICT, the task as somebody else has left it."));
    deleted::<Comment>(to, None);
    deleted::<CustomRole>(
        to,
        Some("With a CONFLICT, the custom role as somebody else has left it."),
    );
}

fn changed<E: Entity>(to: &mut Declarations, docs: &str, entity: &str) {
    let name = E::KIND.name();
    to.object(format!("{name}Payload"), docs)
        .field(FieldDeclaration::made(
            &field_name(E::KIND),
            Ty::of(name),
            entity,
            |payload: &Changed<E>, call| {
                let of = call.type_of(E::KIND.name());
                Poll::Ready(Ok(Output::row(of, payload.entity.clone())))
            },
        ))
        .field(user_errors(
            "What is wrong with the input; empty when it was done.",
            |payload: &Changed<E>| &payload.user_errors,
        ));
}

fn deleted<E: Entity>(to: &mut Declarations, current: Option<&str>) {
    let (kind, name) = (E::KIND, E::KIND.name());
    let noun = kind.noun();
    let article = if noun.starts_with('i') { "an" } else { "a" };
    let mut object = to
        .object(
            format!("Delete{name}Payload"),
            &format!("What the removal of {article} {noun} answers."),
        )
        .field(FieldDeclaration::made(
            "deletedId",
            Ty::leaf::<Option<async_graphql::ID>>(),
            &format!("The id of the {noun} that is gone; null when it isn't."),
            |payload: &Deleted<E>, call| json(call, &payload.deleted.map(|deleted| deleted.global())),
        ));
    if let Some(docs) = current {
        object = object.field(FieldDeclaration::made(
            &field_name(kind),
            Ty::of(name),
            docs,
            move |payload: &Deleted<E>, call| {
                let of = call.type_of(kind.name());
                Poll::Ready(Ok(Output::row(of, payload.current.clone())))
            },
        ));
    }
    object.field(user_errors(
        "Why it wasn't removed; empty when it was.",
        |payload: &Deleted<E>| &payload.user_errors,
    ));
}

/// What the field is called that holds one of this kind.
fn field_name(kind: Kind) -> String {
    let (first, rest) = kind.name().split_at(1);
    first.to_lowercase() + rest
}

/// The field of what the sender can mend.
pub(super) fn user_errors<P: std::any::Any>(docs: &str, of: fn(&P) -> &[UserError]) -> FieldDeclaration {
    FieldDeclaration::made("userErrors", Ty::of("[UserError!]!"), docs, move |payload: &P, call| {
        Poll::Ready(Ok(UserError::output(of(payload), call)))
    })
}

fn declare_user_error(to: &mut Declarations) {
    to.object("UserError", "Something about the input that its sender can mend.")
        .field(FieldDeclaration::made(
            "field",
            Ty::leaf::<String>(),
            "The input field, as the schema names it; with dots inside objects and lists: `columns.2.key`.",
            |error: &UserError, call| json(call, &error.field),
        ))
        .field(FieldDeclaration::made(
            "code",
            Ty::leaf::<UserErrorCode>(),
            "What sort of problem it is.",
            |error: &UserError, call| {
                let codes = UserErrorCode::items();
                let item = codes.iter().find(|item| item.value == error.code);
                json(call, &item.map(|item| item.name.to_owned()))
            },
        ))
        .field(FieldDeclaration::made(
            "message",
            Ty::leaf::<String>(),
            "What is wrong and what is allowed, for people.",
            |error: &UserError, call| json(call, &error.message),
        ));
}
